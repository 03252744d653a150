"""Pages for everybody: axe, the keyboard alone, large targets, narrow windows, names and tables."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from browsing import (
    BUSY,
    RIVAL,
    Visitor,
    comparison_is_simulated,
    days_are_simulated,
    says,
    settled,
    text_of,
    type_into,
    until,
)

pytestmark = pytest.mark.browser

PAGES = {
    "explore": f"/?{BUSY}",
    "compare": f"/compare?{BUSY}&{RIVAL}&b.set=officers.presumption_to_intervene=0.1",
    "evidence": f"/evidence?{BUSY}",
    "teach": "/teach?lesson=2&step=5&guess=50",
    "class": "/class?lesson=5",
}
LEAST_CHARTS = {"explore": 3, "compare": 3, "evidence": 1, "teach": 0, "class": 2}
MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"color_scheme": "light", "viewport": {"width": 320, "height": 700}},
}
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
LEAST_TARGET_PX = 44
LEAST_TEXT_PX = 13

FROM_THE_TOP = """() => {
    const first = document.createElement("span");
    first.tabIndex = -1;
    document.body.prepend(first);
    first.focus();
    first.remove();
}"""
"""Tab goes on from the beginning of the page."""
OPEN_ALL = "() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })"


@pytest.fixture
def opened(chromium: Any, dashboard: str) -> Any:
    """Return what opens a page with its numbers there; nobody may have asked for anything outside."""
    visitors: list[Visitor] = []

    def open_page(name: str, **context: Any) -> Any:
        visitors.append(Visitor(chromium, dashboard, **context))
        page = visitors[-1].open(PAGES[name])
        if name == "explore":
            days_are_simulated(page)
        if name == "compare":
            comparison_is_simulated(page)
        if name == "class":
            type_into(page, "#guess-number", "30")
            for step in (2, 3, 4):
                page.locator("#next").click()
                says(page, "#said", f"Step {step} of 5")
            page.wait_for_function("document.activeElement.id === 'count-told'")
            page.evaluate(FROM_THE_TOP)
        return page

    yield open_page
    for visitor in visitors:
        visitor.close()
        assert (visitor.outside, visitor.errors) == ([], [])


def open_everything(page: Any, name: str) -> None:
    """Open all that is folded up: the further settings too, which the server draws."""
    if name == "explore":
        page.locator("#all-settings").click()
        page.locator("#table-watchlist").click()
        page.wait_for_selector("#all-watchlist-size")
    page.evaluate(OPEN_ALL)


def violations(page: Any) -> list[str]:
    """Return what axe holds against a page as it is."""
    from axe_playwright_python.sync_playwright import Axe

    # Without preloading axe takes the style sheets that are there, and asks the server for none.
    options = {"runOnly": {"type": "tag", "values": list(WCAG)}, "preload": False}
    found = Axe().run(page, options=options)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(opened: Callable[..., Any], name: str, mode: str) -> None:
    """Protects WCAG 2.2 A and AA, as far as it can be found by a machine, folded up and not."""
    page = opened(name, **MODES[mode])
    settled(page)
    if mode == "light":  # what is folded up has no more colours and widths than what is not
        assert violations(page) == []
    open_everything(page, name)
    assert violations(page) == []


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_in_other_states(opened: Callable[..., Any], mode: str) -> None:
    """Protects the states: a prediction with old days dimmed, and values that cannot be used."""
    page = opened("explore", **MODES[mode])
    if mode == "narrow":
        page.locator("#open-matcher-threshold").click()
    page.locator("#slider-matcher-threshold").fill("0.655")
    page.wait_for_selector("#told.predicted")
    until(
        page, "() => document.querySelectorAll('.player-dimmed, #record.stale, #story.stale').length === 3"
    )
    page.locator("#seed").fill("abc")
    page.locator("#seed").press("Enter")
    page.wait_for_selector("#faults")
    assert violations(page) == []


FOCUS = """async () => {
    for (let k = 0; k < 2; k += 1) await new Promise(requestAnimationFrame);  // until it has scrolled
    const at = document.activeElement;
    if (!at || at === document.body || at === document.documentElement) return null;
    const shown = one => {
        const style = getComputedStyle(one);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
            || style.boxShadow !== "none";
    };
    // Marks on the time line are ringed instead, since an outline would be as tall as their stem.
    const ring = at.querySelector && at.querySelector(".player-ring");
    const ringed = ring && getComputedStyle(ring).stroke !== "none";
    // Sliders are ringed at the thumb, since an outline would cover what stands above and below.
    const thumb = at.matches(".track input") && getComputedStyle(at).getPropertyValue("--ring");
    const box = at.getBoundingClientRect();
    return {
        name: at.id || at.getAttribute("aria-label") || at.textContent.trim().slice(0, 40),
        tag: at.tagName,
        seen: shown(at) || Boolean(ringed || thumb)
            || (at.parentElement !== null && at.matches("label input") && shown(at.closest("label"))),
        inside: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    };
}"""


AT_REST = """() => new Promise(done => {
    let timer = 0;
    const rest = () => { watch.disconnect(); done(); };
    const watch = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(rest, 200); });
    watch.observe(document.querySelector("#content"), { subtree: true, childList: true, attributes: true });
    timer = setTimeout(rest, 200);
})"""


def press(page: Any, *keys: str) -> dict[str, Any] | None:
    """Press keys one after the other and return what has focus then; it must be seen, and be seen to be."""
    for key in keys:
        page.keyboard.press(key)
    found: dict[str, Any] | None = page.evaluate(FOCUS)
    if found is not None:
        assert found["seen"], f"focus cannot be seen on {found}"
        assert found["inside"], f"focus is out of view on {found}"
    return found


def tab_to(page: Any, selector: str, key: str = "Tab", most: int = 400) -> None:
    """Press Tab until an element has focus, once all has been shown: parts above move others."""
    page.evaluate(AT_REST)
    for _ in range(most):
        press(page, key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


@pytest.mark.parametrize("name", PAGES)
def test_tab_goes_through_the_page(opened: Callable[..., Any], name: str) -> None:
    """Protects the order of focus: first the way past the bar, then all of the page, nowhere a trap."""
    page = opened(name)
    first = press(page, "Tab")
    assert first is not None
    assert page.evaluate("document.activeElement.matches('.skip')")
    press(page, "Enter")
    press(page, "Tab")
    assert page.evaluate("document.querySelector('#content').contains(document.activeElement)")
    page.evaluate("window.met = new Set()")
    for _ in range(600):
        if press(page, "Tab") is None:
            break
        is_new = page.evaluate(
            "() => { const n = met.size; met.add(document.activeElement); return met.size > n; }"
        )
        assert is_new, "Tab comes back before it has left the page"
    else:
        raise AssertionError("Tab never leaves the page")
    missed = page.evaluate(
        """() => [...document.querySelectorAll("main a[href], main button, main input, main select, "
            + "main summary")].filter(one => !met.has(one) && one.tabIndex >= 0 && !one.disabled
            && one.checkVisibility({ visibilityProperty: true }))
            .map(one => one.id || one.textContent).slice(1)"""
    )
    assert missed == []


def test_explore_by_keyboard_alone(opened: Callable[..., Any]) -> None:
    """Protects Explore: a slider moved, an alert opened, the street played, days run, the link copied."""
    page = opened("explore")
    tab_to(page, "#slider-matcher-threshold")
    before = float(page.locator("#slider-matcher-threshold").input_value())
    press(page, "ArrowRight", "ArrowRight")
    until(page, "before => location.search.includes(`matcher.threshold=${before + 0.01}`)", before)
    says(page, "#told", "Predicted")
    assert page.evaluate("document.activeElement.id") == "slider-matcher-threshold"

    tab_to(page, ".player-alert")
    first = page.evaluate("document.activeElement.dataset.alert")
    press(page, "ArrowRight")
    until(page, "first => document.activeElement.dataset.alert !== first", first)
    second = page.evaluate("document.activeElement.dataset.alert")
    until(page, "alert => location.search.includes(`alert=${alert}`)", second)
    press(page, "Space")
    assert text_of(page, ".player-play span") == "Pause"
    press(page, "Space")
    assert text_of(page, ".player-play span") == "Play"
    tab_to(page, ".player-play", "Shift+Tab")
    press(page, "Enter")
    assert text_of(page, ".player-play span") == "Pause"
    press(page, "Enter")
    tab_to(page, "#alert-columns-table summary")
    press(page, "Enter")
    tab_to(page, "#run")
    press_run(page)
    tab_to(page, "#copy-link")
    press(page, "Space")
    says(page, "#said", "Link copied")
    assert page.evaluate("document.activeElement.id") == "copy-link"


def press_run(page: Any) -> None:
    """Press Run, wait for the days, and go on from there: the next stop is the box beside it."""
    page.keyboard.press("Enter")
    page.wait_for_selector("#told:not(.predicted)")
    page.wait_for_selector("#running", state="detached")
    page.wait_for_selector("#run:not([disabled])")
    if page.evaluate("document.activeElement.id") != "run":
        tab_to(page, "#days", most=1)


def test_compare_by_keyboard_alone(opened: Callable[..., Any]) -> None:
    """Protects Compare: swapped, a policy changed by its form, run, a day and a denominator chosen."""
    page = opened("compare")
    tab_to(page, "#compare-swap")
    press(page, "Enter")
    until(page, "() => location.search.includes('a.set=officers.presumption_to_intervene=0.1')")
    assert page.evaluate("document.activeElement.id") == "compare-swap"
    tab_to(page, "#form-B summary")
    press(page, "Enter")
    tab_to(page, '[id="B-matcher.threshold"]')
    page.keyboard.press("Control+a")
    page.keyboard.type("0.625")
    press(page, "Enter")
    until(page, "() => location.search.includes('b.set=matcher.threshold=0.625')")
    assert page.evaluate("document.querySelector('#form-B').open")
    tab_to(page, "#run")
    page.keyboard.press("Enter")
    comparison_is_simulated(page)
    tab_to(page, "#compare-day-after", "Shift+Tab")
    press(page, "Enter")
    until(page, "() => /[&?]day=/.test(location.search)")
    tab_to(page, "#compare-per-alert")
    press(page, "Space")
    page.wait_for_selector("#compare-per-alert[aria-pressed=true]")
    tab_to(page, "#compare-sweep-path")
    press(page, "ArrowDown")
    page.wait_for_selector("#compare-strip")
    tab_to(page, "#copy-link")
    press(page, "Enter")
    says(page, "#said", "Link copied")


def test_evidence_by_keyboard_alone(opened: Callable[..., Any]) -> None:
    """Protects Evidence: the filter pressed, a fold opened, and a value of the record tried."""
    page = opened("evidence")
    tab_to(page, "#filter-contested")
    press(page, "Enter")
    page.wait_for_selector("#filter-contested[aria-pressed=true]")
    assert page.evaluate("document.activeElement.id") == "filter-contested"
    tab_to(page, "#evidence-settings summary")
    press(page, "Enter")
    tab_to(page, "[data-do=try]", most=3)
    press(page, "Enter")
    page.wait_for_selector("#box-watchlist-size")


TARGETS = """least => {
    const inSentence = one => one.tagName === "A" && getComputedStyle(one).display === "inline"
        && [...one.parentElement.childNodes].some(beside => beside !== one && beside.textContent.trim()
            && (beside.nodeType === 3 || getComputedStyle(beside).display.startsWith("inline")));
    const found = [];
    const all = "a[href], button, input, select, textarea, summary, [role=option], [data-do]";
    for (const one of document.querySelectorAll(all)) {
        if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        if (inSentence(one) || one.matches(EXCEPT)) continue;
        const parts = [one, ...(one.labels || [])].map(part => part.getBoundingClientRect());
        if (parts[0].width <= 1 && parts.length === 1) continue;  // shown once it has focus
        const wide = Math.max(...parts.map(box => box.right)) - Math.min(...parts.map(box => box.left));
        const high = Math.max(...parts.map(box => box.bottom)) - Math.min(...parts.map(box => box.top));
        if (Math.min(wide, high) < least - 0.5) {
            found.push(`${one.id || one.className || one.tagName} ${one.textContent.trim().slice(0, 30)}: `
                + `${wide.toFixed(0)} x ${high.toFixed(0)}`);
        }
    }
    return found;
}"""
EXCEPTIONS = {
    # A mark stands where its alert happened; "Next alert", the arrow keys and the list do the same.
    ".player-alert": "equivalent",
    # A column is as wide as there is room for all alerts; the list under it has a button for each.
    ".alert-columns-one": "equivalent",
    # Shown only once it has focus, and then as large as any.
    ".skip": "hidden",
}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_targets_are_large(opened: Callable[..., Any], name: str, width: int) -> None:
    """Protects fingers: 44 px or more for all that can be pressed, but for links within a sentence."""
    page = opened(name, viewport={"width": width, "height": 900})
    open_everything(page, name)
    told = TARGETS.replace("EXCEPT", repr(", ".join(EXCEPTIONS)))
    assert page.evaluate(told, LEAST_TARGET_PX) == []


COVERED = """() => {
    const found = [];
    for (const one of document.querySelectorAll("main button, main input, main select, main summary")) {
        if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        if (one.getBoundingClientRect().width <= 1) continue;
        one.scrollIntoView({ block: "center", behavior: "instant" });
        const box = one.getBoundingClientRect();
        const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        const reach = [one, ...(one.labels || [])];
        const own = hit && reach.some(part => part.contains(hit));
        if (!own) found.push(`${one.id || one.className}: ${hit && (hit.id || hit.getAttribute("class"))}`);
    }
    return found;
}"""


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_targets_are_not_covered(opened: Callable[..., Any], name: str, width: int) -> None:
    """Protects pressing: in the middle of each button, box and slider nothing else lies over it."""
    page = opened(name, viewport={"width": width, "height": 900})
    page.evaluate(OPEN_ALL)
    # The slider of the time line lies under its marks on purpose: a mark is nearer than the time beside.
    assert [one for one in page.evaluate(COVERED) if "player" not in one] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_sideways_scroll(opened: Callable[..., Any], name: str) -> None:
    """Protects narrow windows and enlarged pages: nothing sticks out at the side, folded up or not."""
    page = opened(name)
    for is_open in (False, True):
        if is_open:
            open_everything(page, name)
        for width in (320, 390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_timeout(200)
            wide = page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth]")
            assert max(wide) <= width, (is_open, width, page.evaluate(STICKS_OUT))


STICKS_OUT = """() => [...document.querySelectorAll(".lfr *")]
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
        && !one.closest(".scroll"))
    .slice(0, 6).map(one => `${one.tagName} ${one.id} ${one.getAttribute("class")}`)"""

SMALL_TEXT = """least => [...document.querySelectorAll("svg text")]
    .filter(one => one.checkVisibility({ visibilityProperty: true }) && one.textContent.trim())
    .map(one => [one.textContent, parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a])
    .filter(([, size]) => size < least - 0.1)"""


@pytest.mark.parametrize("name", PAGES)
def test_text_in_drawings_is_never_small(opened: Callable[..., Any], name: str) -> None:
    """Protects reading on phones: text in drawings is 13 px or more at any width."""
    page = opened(name)
    page.evaluate(OPEN_ALL)
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(200)
        assert page.evaluate(SMALL_TEXT, LEAST_TEXT_PX) == [], width


DRAWINGS = """() => {
    const nameOf = one => one.getAttribute("aria-label") || (one.getAttribute("aria-labelledby") || "")
        .split(" ").map(id => document.getElementById(id)?.textContent || "").join(" ").trim();
    const drawings = [...document.querySelectorAll("main svg, main canvas, main [role=img]")]
        .filter(one => one.checkVisibility());
    const bad = [];
    for (const one of drawings) {
        const hidden = one.closest("[aria-hidden=true]");
        const named = one.closest("[role=img], [role=listbox]");
        if (!hidden && !named) bad.push(`neither named nor hidden: ${one.getAttribute("class")}`);
        else if (!hidden && nameOf(named).length < 10) bad.push(`no name: ${one.getAttribute("class")}`);
    }
    const charts = [...document.querySelectorAll("figure.chart:has(svg[role=img])")];
    for (const chart of charts) {
        const own = chart.querySelector("table")
            || chart.closest("section").querySelector("details.as-table table");
        if (!own || own.rows.length < 2) bad.push(`no table: ${chart.id}`);
        if (!chart.querySelector("h3").textContent.trim()) bad.push(`no heading: ${chart.id}`);
    }
    const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
    bad.push(...ids.filter((id, place) => ids.indexOf(id) !== place).map(id => `twice: ${id}`));
    return { bad, charts: charts.length, drawings: drawings.length };
}"""


@pytest.mark.parametrize("name", PAGES)
def test_drawings_have_names_and_tables(opened: Callable[..., Any], name: str) -> None:
    """Protects people who do not see drawings: each has a name in words, a heading and a table."""
    page = opened(name)
    found = page.evaluate(DRAWINGS)

    assert found["bad"] == []
    assert found["charts"] >= LEAST_CHARTS[name]
    if name == "explore":
        assert "alert" in page.locator(".player-plan").get_attribute("aria-label")


def test_pages_have_language_title_heading_and_landmarks(opened: Callable[..., Any]) -> None:
    """Protects finding one's way: a language, a title of its own, one h1, landmarks, and zoom allowed."""
    titles = set()
    for name in PAGES:
        page = opened(name)
        titles.add(page.title())
        assert page.evaluate("document.documentElement.lang").startswith("en")
        assert page.locator("h1").count() == 1
        assert page.locator("main").count() == page.locator("header").count() == 1
        assert page.locator("header nav").count() == 1
        assert page.locator("nav a[aria-current=page]").count() == 1
        assert name in page.title().lower()
        zoom = page.locator('meta[name="viewport"]').get_attribute("content")
        assert "user-scalable" not in zoom
        assert "maximum-scale" not in zoom
        levels = page.evaluate(
            "[...document.querySelectorAll('h1, h2, h3, h4')].map(one => Number(one.tagName[1]))"
        )
        assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert len(titles) == len(PAGES)


def test_what_changes_is_said(opened: Callable[..., Any]) -> None:
    """Protects people who do not see it change: the sentence, faults and what was done are live regions."""
    page = opened("explore")
    assert page.locator("#told").get_attribute("aria-live") == "polite"
    assert page.locator("#said").get_attribute("role") == "status"
    page.locator("#seed").fill("-1")
    page.locator("#seed").press("Enter")
    page.wait_for_selector("#faults[role=alert]")
