"""How soon numbers stand on a page, how soon they follow an input, and whom the pages ask for anything."""

from __future__ import annotations

import statistics
import time
from typing import Any

from dashboard_served import SLIDERS, Desk, Sizes, browsing, cpu_ms, row, spread
from speed import Figure

from lfr_sim.lessons import LESSONS

FIRST_NUMBERS_S, INPUT_MS, MOST_INPUT_MS = 5.0, 60.0, 150.0
DRAGGED, DRAG_EVENT_MS = 60, 16
PAGES = (
    "/",
    "/compare",
    "/teach?lesson=2&step=5&guess=9",
    "/evidence",
    "/?a=no-such-scenario&a.set=watchlist.size=-5",
    "/no-such-page",
)
FILE = b"[watchlist]\nsize = 4000\n"
DO_NEXT = """(done) => {
  const kinds = new Map();
  for (const key of done) kinds.set(key.split("=")[0], (kinds.get(key.split("=")[0]) ?? 0) + 1);
  const all = "[data-do], [data-copy], [data-figure], [data-set], [data-page], .player button, summary";
  for (const element of document.querySelectorAll(all)) {
    const { do: name, value, set, figure, copy } = element.dataset;
    const kind = set ? "set " + set : name ? "do " + name : figure ? "figure" : "press";
    const which = value ?? figure ?? copy ?? element.className + element.id + element.textContent;
    const key = `${kind}=${which}`;
    if (done.includes(key) || (kinds.get(kind) ?? 0) >= (set ? 1 : 4) || element.disabled) continue;
    if (!element.getClientRects().length) continue;
    if (!set || element.type === "checkbox") element.click();
    else {
      if (element.tagName === "SELECT") element.selectedIndex = element.options.length - 1;
      if (element.type === "range") element.stepUp(3);
      for (const kind of ["input", "change"]) element.dispatchEvent(new Event(kind, { bubbles: true }));
    }
    return key;
  }
  return null;
}"""
"""Does what has not been done on a page, four of a kind at most, and returns which; null at the end."""
MOST_PRESSES = 60
"""On each page; sliders, boxes and choices come on top."""
LONGEST_ON_PAGE_S = 15.0


def openings(desk: Desk, sizes: Sizes) -> list[Figure]:
    """Measure how soon the first numbers are seen: by who comes first, and by whoever comes later.

    Should other parts have used the server before, then "just started" is not what it says.
    """
    began = time.perf_counter()
    just_started = desk.started
    ready_s = time.perf_counter() - began
    first_s = _first_numbers_s(desk, just_started)
    address = desk.address
    days_s = time.perf_counter() - began
    later = [_first_numbers_s(desk, address) for _ in range(sizes.openings)]
    name = f"first numbers, new browser: median of {len(later)}"
    return [
        row("first numbers, new browser, server just started", "s", first_s, FIRST_NUMBERS_S),
        row("  from starting the server until it answers", "s", ready_s),
        row("  from starting the server to 200 days simulated", "s", days_s),
        row(name, "s", statistics.median(later), FIRST_NUMBERS_S),
    ]


def _first_numbers_s(desk: Desk, address: str) -> float:
    """Return how long a browser that has never been here takes to show a number, as the page sees it."""
    with desk.another_browser() as browser:
        visitor = desk.visitor(address=address, browser=browser)
        visitor.open(wait_for="#told")
        visitor.page.wait_for_function("lfrBench.numbers()", timeout=60_000)
        return float(visitor.page.evaluate("lfrBench.numbers()")) / 1000.0


def inputs(desk: Desk, sizes: Sizes) -> list[Figure]:
    """Measure how soon all numbers of Explore follow a slider, moved once and dragged."""
    visitor = desk.visitor()
    page = visitor.open()
    browsing.days_are_simulated(page)
    time.sleep(0.5)
    found: list[Figure] = []
    times: list[float | None] = []
    before = cpu_ms({desk.server})
    for slider, first, step in SLIDERS:
        values = [round(first + step * number, 3) for number in range(sizes.inputs)]
        seen = [_moved(page, slider, value) for value in values]
        times += seen
        found += spread(f"  {slider.removeprefix('slider-')}", seen)[:1]
    spent = (cpu_ms({desk.server}) - before) / len(times)
    back = [_back_and_forth(page) for _ in range(sizes.drags)]
    drags = [_drag(page, number) for number in range(sizes.drags)]
    visitor.close()
    dials = _dials(desk, sizes)
    return [
        *spread("an input, until all numbers have followed", times, INPUT_MS, MOST_INPUT_MS),
        *found,
        row("  of which CPU time of the server, mean", "ms", spent),
        *spread("  back to settings whose days are simulated", back)[:1],
        *spread(f"a drag of {DRAGGED} events, after its last", drags)[:1],
        *spread("the dial of a lesson, until all numbers have followed", dials, INPUT_MS, MOST_INPUT_MS),
    ]


def _dials(desk: Desk, sizes: Sizes) -> list[float | None]:
    """Move the dial of each lesson in turn and return how long all numbers took to follow (ms)."""
    visitor = desk.visitor()
    times: list[float | None] = []
    for lesson in LESSONS:
        page = visitor.open(f"/teach?lesson={lesson.number}&step=4&guess=1", wait_for="#dial")
        browsing.settled(page)
        time.sleep(0.5)
        dial = lesson.dial
        ways = round((dial.high - dial.low) / dial.step)
        for number in range(sizes.inputs):
            at = dial.low + dial.step * ((1 + 7 * number) % ways)
            asked = ["dial", round(at, 9), "page"]
            times.append(page.evaluate("([id, at, last]) => lfrBench.input(id, at, last)", asked)["ms"])
    visitor.close()
    return times


def _back_and_forth(page: Any) -> float | None:
    """Return how long it takes to show simulated days again, after another value of the slider (ms)."""
    if page.locator("#reset").count():
        page.click("#reset")
        browsing.days_are_simulated(page)
        time.sleep(0.3)
    slider = SLIDERS[3][0]
    value = float(page.input_value(f"#{slider}"))
    _moved(page, slider, value - 0.1)
    return _moved(page, slider, value)


def _moved(page: Any, slider: str, value: float) -> float | None:
    """Move a slider and return how long it took until all numbers had followed (ms)."""
    moved = page.evaluate("([id, value]) => lfrBench.input(id, value)", [slider, value])
    ms: float | None = moved["ms"]
    return ms


def _drag(page: Any, number: int) -> float | None:
    """Drag the size of the list up, to values it has not had."""
    values = [1_000 + 100 * event + 6_000 * number for event in range(DRAGGED)]
    asked = [SLIDERS[0][0], values, DRAG_EVENT_MS]
    settled: float | None = page.evaluate("([id, values, ms]) => lfrBench.drag(id, values, ms)", asked)
    return settled


def outside(desk: Desk, _: Sizes) -> list[Figure]:
    """Do whatever can be done on every page, and count what is asked of others, and what goes wrong."""
    visitor = desk.visitor()
    refused: list[str] = []
    visitor.page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    done = 0
    for path in PAGES:
        visitor.open(path, wait_for=".lfr #content")
        done += 1 + _do_everything(visitor.page)
    visitor.close()
    for told in (*visitor.outside, *refused, *visitor.errors):
        print(f"  {told}")
    return [
        row(f"requests to others, {len(PAGES)} pages and {done} actions", "", len(visitor.outside), 0.0),
        row("  answers that something is not there", "", len(refused), 0.0),
        row("  errors in the browser", "", len(visitor.errors), 0.0),
    ]


def _do_everything(page: Any) -> int:
    """Press, move, choose and upload what the page has, a few of each kind; return how often."""
    done: set[str] = set()
    end = time.perf_counter() + LONGEST_ON_PAGE_S
    here = page.url.partition("?")[0]
    while len(done) < MOST_PRESSES and time.perf_counter() < end:
        key = page.evaluate(DO_NEXT, sorted(done))
        if key is None:
            break
        done.add(key)
        page.wait_for_timeout(60)
        if page.url.partition("?")[0] != here:
            page.goto(here)
            page.wait_for_selector(".lfr #content")
    if page.locator("#upload").count():
        page.set_input_files("#upload", {"name": "mine.toml", "mimeType": "text/plain", "buffer": FILE})
        page.wait_for_timeout(300)
    return len(done)
