"""The sheets in a real browser: as it would print them, and on a telephone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lfr_sim.lessons import LESSONS
from lfr_sim.teaching import MATERIALS, write_materials

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sheets."""
    folder = tmp_path_factory.mktemp("sheets")
    write_materials(folder)
    return folder


def test_each_worksheet_fits_one_page_of_a4(chromium: Any, sheets: Path) -> None:
    """Protects the photocopier: five lessons, five pages."""
    page = chromium.new_page()
    page.goto((sheets / "worksheet.html").as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    pages = re.findall(rb"/Type\s*/Page\b", printed)
    (box,) = set(re.findall(rb"/MediaBox\s*\[([^\]]+)\]", printed))

    assert len(pages) == len(LESSONS)
    assert [round(float(number) / 72 * 25.4) for number in box.split()] == [0, 0, 210, 297]


@pytest.mark.parametrize("name", MATERIALS)
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_cut_on_any_screen(chromium: Any, sheets: Path, name: str, width: int) -> None:
    """Protects those who read on a telephone: no sideways scrolling, and nothing asked for elsewhere."""
    asked: list[str] = []
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.on("request", lambda request: asked.append(request.url))
    page.goto((sheets / name).as_uri())
    beyond = page.evaluate(
        "() => [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right >"
        " document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    )
    page.close()

    assert beyond == []
    assert asked == [(sheets / name).as_uri()]
