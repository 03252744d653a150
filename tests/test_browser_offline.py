"""In a real browser: nothing is asked of anybody outside, even where something goes wrong."""

from __future__ import annotations

import time
from typing import Any

import pytest
from browsing import Visitor

pytestmark = pytest.mark.browser
_OUTSIDE = "https://lfr-sim.invalid"
_REFUSED = """address => new Promise(resolve => {
    const told = event => resolve(event.violatedDirective);
    document.addEventListener("securitypolicyviolation", told, {once: true});
    const load = name => {
        const one = document.createElement(name);
        one.src = address;
        document.body.append(one);
    };
    %s
})"""
"""What was refused when something outside is asked for."""


def test_page_is_shown_where_an_extension_comes_late(visitor: Visitor) -> None:
    """Protects slow machines: a widget that is faster than its extension is found here, and not outside."""

    def late(route: Any) -> None:
        time.sleep(2)
        route.continue_()

    visitor.page.route("**/anywidget/extension.js*", late)
    page = visitor.open("/evidence?a=minimal")
    assert page.locator("#nav-explore").is_visible()


@pytest.mark.parametrize(
    ("asks", "refused"),
    [
        ("fetch(address).catch(() => {});", "connect-src"),
        ("try { new WebSocket(address.replace('https', 'wss')); } catch { }", "connect-src"),
        ("load('img');", "img-src"),
        ("load('script');", "script-src-elem"),
        ("load('iframe');", "frame-src"),
    ],
)
def test_browser_refuses_whatever_would_leave(
    chromium: Any, dashboard: str, asks: str, refused: str
) -> None:
    """Protects visitors from any script, ours or a library's, that would call out."""
    visitor = Visitor(chromium, dashboard)
    page = visitor.open("/evidence?a=minimal")
    assert page.evaluate(_REFUSED % asks, _OUTSIDE) == refused
    visitor.close()
