"""Bad input in a real browser: it is told, the nearest good state stays, and nothing of ours gets out."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from browsing import (
    BUSY,
    RIVAL,
    Visitor,
    days_are_simulated,
    eventually,
    free_port,
    numbers_in,
    says,
    serving,
    settled,
    text_of,
    type_into,
    until,
    url_of,
)

from lfr_sim.dashboard.address import opened
from lfr_sim.dashboard.pages.compare import ComparePage
from lfr_sim.dashboard.pages.evidence import EvidencePage
from lfr_sim.dashboard.pages.explore import ExplorePage
from lfr_sim.dashboard.pages.visit import Visit
from lfr_sim.dashboard.runs import Runs
from lfr_sim.dashboard.state import LARGEST_UPLOAD_BYTES
from lfr_sim.scenario import Scenario

pytestmark = pytest.mark.browser

PAGES = ("/", "/compare", "/teach", "/evidence")
OURS = re.compile(r"Traceback|site-packages|/srv|/home|/tmp|\b\w+\.py\b|\bNaN\b|\[object|0x[0-9a-f]{6}")


def assert_nothing_of_ours(page: Any) -> None:
    """Assert that no trace, path or slip of the program stands on a page."""
    shown = page.inner_text("body") + page.title()
    found = OURS.search(shown)
    assert found is None, shown[max(0, found.start() - 80) : found.end() + 80]


def faults_of(page: Any) -> str:
    """Return what the page says is wrong."""
    page.wait_for_selector("#faults")
    return text_of(page, "#faults")


def state_of(page: Any) -> Any:
    """Return the state in the page's address, which must be one that can be had."""
    address = urlsplit(url_of(page))
    found = opened(address.path, address.query)
    assert found.faults == ()
    return found.state


LINKS = {
    "a=oxfrd-circus-2022-01-28": ("oxfrd-circus-2022-01-28", "Did you mean oxford-circus-2022-01-28"),
    "a=minimal&a.set=matcher.threshold=7": (
        "Match threshold (matcher.threshold) is 7",
        "Allowed",
        "own, 0.60, is used",
    ),
    "a=minimal&a.set=watchlist.sise=50": ("watchlist.sise", "Did you mean watchlist.size"),
    "a=minimal&a.set=watchlist.size=-5": ("watchlist.size", "-5"),
    "a=minimal&a.set=crowd.passers_per_hour=1e99": ("crowd.passers_per_hour", "Allowed"),
    "a=minimal&a.set=site.layout=/etc/passwd": ("site.layout", "no"),
    "a=minimal&a.set=matcher.score_file=/etc/passwd": ("matcher.score_file", ""),
    "a=minimal&a.set=nothing": ("not of this form", "path=value"),
    "a=minimal&days=-3&seed=abc&day=5000": ("days is -3", "seed is abc", "Allowed: 1 to 1,000"),
    "a=minimal&days=999999999999999999999": ("days", "1 to 1,000"),
    "a=minimal&redraw=weather:1": ("redraw", "crowd:N"),
    "a=minimal&per=moon&sweep=watchlist.sice": ("per", "Did you mean watchlist.size"),
    "colour=red": ("colour", "no such part"),
    f"a={quote('<script>window.hurt = 1</script>')}": ("<script>", ""),
    f"a=minimal&a.name={quote('<img src=x onerror=window.hurt=1>')}&zz=1": ("zz", ""),
    "a=%ff%00&a.set=%00=%00": ("scenario", ""),
    f"a=minimal&a.set=watchlist.size={'9' * 3000}": ("watchlist.size", ""),
    f"a=minimal&{'&'.join(f'x{n}=1' for n in range(900))}": ("link", "at most"),
}


@pytest.mark.parametrize("path", PAGES)
def test_links_are_mended_and_told(visitor: Visitor, path: str) -> None:
    """Protects links: what cannot be is named, the nearest state is shown, and Keep goes on with it."""
    page = visitor.page
    for query, words in LINKS.items() if path == "/" else [*LINKS.items()][::5]:
        visitor.open(f"{path}?{query}")
        told = faults_of(page)
        assert all(word in told for word in words), (query, told)
        assert_nothing_of_ours(page)
        assert page.locator("h1").count() == 1
        assert page.evaluate("window.hurt === undefined"), query
        page.locator("#keep").click()
        page.wait_for_selector("#faults", state="detached")
        state = state_of(page)
        assert len(url_of(page)) < len(query) + 400
        if "threshold=7" in query:
            assert state.arms[-1].scenario.matcher.threshold == 0.6
        if "size=-5" in query:
            assert state.arms[-1].scenario.watchlist.size == 2000
        if "days=-3" in query:
            assert (state.days, state.seed, state.day) == (200, 1, None)
        if "oxfrd" in query:
            assert state.arms[0].base == "oxford-circus-2022-01-28"


TYPED = (
    "-5",
    "\N{MINUS SIGN}5",
    "abc",
    "1e99",
    "",
    "nan",
    "inf",
    "3.7",
    "'; drop table",
    "<b>1</b>",
    "9" * 400,
)


def test_odd_values_in_a_box(visitor: Visitor) -> None:
    """Protects boxes: what a setting does not accept is told with the range; the last good state stays."""
    page = visitor.open(f"/?{BUSY}")
    days_are_simulated(page)
    before, address = text_of(page, "#told"), url_of(page)
    for text in TYPED:
        type_into(page, "#box-watchlist-size", text)
        told = faults_of(page)
        assert "People on the watchlist (watchlist.size)" in told, text
        # Box, slider and results agree at once: all of them are of the value in use.
        until(page, "() => document.querySelector('#box-watchlist-size').value === '2,000'")
        until(page, "() => document.querySelector('#slider-watchlist-size').value === '2000'")
        assert text_of(page, "#told") == before
        assert url_of(page) == address
        assert_nothing_of_ours(page)
        page.locator("#keep").click()
        page.wait_for_selector("#faults", state="detached")
        until(page, "() => document.querySelector('#box-watchlist-size').value === '2,000'")
    type_into(page, "#box-watchlist-size", " 3,000 ")
    until(page, "() => location.search.includes('watchlist.size=3000')")
    page.wait_for_selector("#faults", state="detached")


def test_a_refused_value_gives_way_to_the_one_in_use(visitor: Visitor) -> None:
    """Protects boxes that have been used before: they go back to the last good value, not an older one."""
    page = visitor.open(f"/?{BUSY}")
    for box, good, told, bad in (
        ("matcher-threshold", "0.70", "0.70", "64%"),
        ("watchlist-size", "1e3", "1,000", "9.756"),
    ):
        type_into(page, f"#box-{box}", good)
        says(page, "#changed", "Changed:")
        until(page, f"() => document.querySelector('#open-{box} b').textContent === '{told}'")
        type_into(page, f"#box-{box}", bad)
        assert bad in faults_of(page)
        until(page, f"() => document.querySelector('#box-{box}').value === '{told}'")


def test_a_title_of_one_long_word_fits(chromium: Any, dashboard: str) -> None:
    """Protects the width of the page from a title in a link, which the record beside it outlives."""
    visitor = Visitor(chromium, dashboard, viewport={"width": 390, "height": 844})
    page = visitor.open(f"/?a=oxford-circus-2022-01-28&days=5&a.set=title={'W' * 300}")
    says(page, "#undo-title", "WWW")
    settled(page)

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert "The police record of the day" in text_of(page, "#told .spread")
    assert "Published, 28 Jan 2022" in text_of(page, "#record")
    visitor.close()


@pytest.mark.parametrize("size", [(390, 844), (1280, 900)])
def test_a_refusal_stands_at_its_box(chromium: Any, dashboard: str, size: tuple[int, int]) -> None:
    """Protects whoever types far down a page: the message is in view, tied to the box, read out once."""
    visitor = Visitor(chromium, dashboard, viewport={"width": size[0], "height": size[1]})
    page = visitor.open(f"/?{BUSY}")
    days_are_simulated(page)
    if size[0] < 700:
        page.locator("#open-watchlist-size").click()
    page.locator("#all-settings").click()
    page.locator("#table-watchlist").click()
    for box, bad in (
        ("box-watchlist-size", "9.756"),
        ("all-watchlist-stale-share", "7"),
        ("days", "many"),
        ("seed", ""),
    ):
        page.locator(f"#{box}").scroll_into_view_if_needed()
        type_into(page, f"#{box}", bad)
        message = page.locator(f"#fault-{box}")
        message.wait_for()
        settled(page)
        where = page.locator(f"#{box}, #fault-{box}").evaluate_all(BOUNDS)
        assert all(top >= 0 and bottom <= size[1] for top, bottom in where), (box, where)
        assert page.evaluate("document.activeElement.id") == box
        assert page.locator(f"#{box}").get_attribute("aria-invalid") == "true"
        assert page.locator(f"#{box}").get_attribute("aria-describedby") == f"fault-{box}"
        assert (bad or "empty") in str(message.text_content())
        assert page.locator("[role=alert]:visible").count() == 1
        assert message.locator("xpath=ancestor-or-self::*[@role or @aria-live]").count() == 0
    type_into(page, "#seed", "4")
    page.wait_for_selector(".fault-at", state="detached")
    assert page.locator("[aria-invalid]").count() == 0
    assert (visitor.outside, visitor.errors) == ([], [])
    visitor.close()


BOUNDS = """found => found.map(one => one.getBoundingClientRect()).map(box => [box.top, box.bottom])"""


@pytest.mark.parametrize(("box", "allowed"), [("days", "1 to 1,000"), ("seed", "0 to ")])
def test_odd_days_and_seeds(visitor: Visitor, box: str, allowed: str) -> None:
    """Protects the server: a run of 100,000 days cannot even be asked for, and the limit is told."""
    page = visitor.open(f"/?{BUSY}")
    days_are_simulated(page)
    for text in ("100000000000000000000", "-1", "1.5", "many", ""):
        type_into(page, f"#{box}", text)
        told = faults_of(page)
        assert box in told
        assert allowed in told
        assert state_of(page).days == 20
        page.locator("#keep").click()
        page.wait_for_selector("#faults", state="detached")
        until(page, "box => document.querySelector(`#${box}`).value === (box === 'days' ? '20' : '1')", box)
    type_into(page, "#days", "100000")
    assert "1 to 1,000" in faults_of(page)


def test_days_of_a_large_crowd(visitor: Visitor) -> None:
    """Protects against a limit that is told only at Run: the box says how many days can be run."""
    query = BUSY.replace("days=20", "a.set=crowd.passers_per_hour=190000.0&days=20&seed=21")
    page = visitor.open(f"/?{query}")
    type_into(page, "#days", "1,000")
    assert f"1 to {150_000_000 // 190_000}" in faults_of(page)
    until(page, "() => document.querySelector('#days').value === '20'")


def test_odd_values_on_compare(visitor: Visitor) -> None:
    """Protects the forms of Compare: what policy B cannot be is told, and B stays as it was."""
    page = visitor.open(f"/compare?{BUSY}&{RIVAL}&b.set=officers.presumption_to_intervene=0.1")
    page.locator("#form-B summary").click()
    for text in ("7", "abc", ""):
        type_into(page, '[id="B-matcher.threshold"]', text)
        assert "matcher.threshold" in faults_of(page)
        assert state_of(page).arms[1].scenario.matcher.threshold == 0.6
        assert_nothing_of_ours(page)
        page.locator("#keep").click()
        page.wait_for_selector("#faults", state="detached")
        until(page, "() => document.getElementById('B-matcher.threshold').value === '0.60'")
    page.locator("#B-another").select_option("watchlist.operations.keep_categories")
    page.wait_for_selector("#B-value")
    type_into(page, "#B-value", '["violins"]')
    assert "keep_categories" in faults_of(page)
    assert_nothing_of_ours(page)


def test_no_crowd_beyond_the_limit(visitor: Visitor) -> None:
    """Protects the server: more walks a day than it takes are refused with the number that it takes."""
    page = visitor.open(f"/?{BUSY.replace('hours=1.0', 'hours=4.0')}")
    page.locator("#all-settings").click()
    page.locator("#table-crowd").click()
    type_into(page, "#all-crowd-passers-per-hour", "100,000")
    told = faults_of(page)
    most = numbers_in(told.partition("at most")[2])[0]

    assert most == 50_000
    assert "crowd.passers_per_hour" not in url_of(page)
    type_into(page, "#all-crowd-passers-per-hour", f"{most:,.0f}")
    until(page, "() => location.search.includes('crowd.passers_per_hour=50000')")
    page.wait_for_selector("#faults", state="detached")


def test_no_run_beyond_the_limit(visitor: Visitor) -> None:
    """Protects the server: a run of too many walks in all is refused with the days that it takes."""
    query = BUSY.replace("days=20", "a.set=crowd.passers_per_hour=190000.0&days=1000")
    page = visitor.open(f"/?{query}")
    told = faults_of(page)
    most = int(numbers_in(told.partition("at most")[2])[0])

    assert most == 150_000_000 // 190_000
    assert text_of(page, "#told .sentence").startswith("Predicted")
    assert page.locator("#running").count() == 0
    page.locator("#keep").click()
    page.wait_for_selector("#faults", state="detached")
    page.locator("#run").click()
    assert "days" in faults_of(page)
    type_into(page, "#days", f"{most}")
    until(page, "most => location.search.includes(`days=${most}`)", most)
    page.locator("#run").click()
    page.wait_for_selector("#running")
    page.locator("#stop").click()
    page.wait_for_selector("#running", state="detached")


FEW_ALERTS = "import lfr_sim.dashboard.runs as runs; runs.MOST_ALERTS = 150"


def test_run_of_too_many_alerts_ends_early(chromium: Any, tmp_path: Path) -> None:
    """Protects the memory: such a run breaks off, says why, and keeps the days that it has."""
    with serving(tmp_path / "log", before=FEW_ALERTS) as address:
        visitor = Visitor(chromium, address)
        page = visitor.open(f"/?{BUSY}")
        page.wait_for_selector(".fault[role=alert]", timeout=120_000)
        said = text_of(page, ".fault[role=alert]")
        kept = numbers_in(said)[-1]

        assert "150 alerts" in said
        assert 0 < kept < 20
        page.wait_for_selector("#run:not([disabled])")
        assert_nothing_of_ours(page)
        eventually(page, lambda: assert_days(page, kept))
        assert (visitor.outside, visitor.errors) == ([], [])
        visitor.close()


def assert_days(page: Any, kept: float) -> None:
    """Assert of how many days the record table tells."""
    assert f"of {kept:,.0f}" in text_of(page, ".record-wide table")


UPLOADS: dict[str, tuple[bytes, str]] = {
    "huge": (b"title = 'x'\n" + b"#" * LARGEST_UPLOAD_BYTES, "at most 65,536"),
    "binary": (bytes(range(256)) * 20, "not text"),
    "not TOML": (b"title = = 3\n", "TOML"),
    "prose": (b"Dear Sir or Madam,\nplease find enclosed", "TOML"),
    "empty": (b"", ""),
    "out of range": (
        b"[site]\nlayout = 'leicester_square'\n[matcher]\nthreshold = 7\n",
        "matcher.threshold",
    ),
    "misspelt": (b"[site]\nlayout = 'leicester_square'\n[matcher]\ntreshold = 0.6\n", "threshold"),
    "a path": (b"[site]\nlayout = '/etc/passwd'\n", "site.layout"),
    "scores": (
        b"[site]\nlayout = 'leicester_square'\n[matcher]\nscore_file = '/etc/passwd'\n",
        "matcher.score_file",
    ),
    "script": (b"title = '<script>window.hurt = 1</script>'\nnonsense = 1\n", "nonsense"),
    "deep": (b"a = " + b"[" * 3000, ""),
    "too large a crowd": (
        b"[site]\nlayout = 'leicester_square'\n[crowd]\npassers_per_hour = 9e9\n",
        "crowd.passers_per_hour",
    ),
}


def test_odd_files_are_refused(visitor: Visitor) -> None:
    """Protects uploads: each refused file is told what is wrong with it; the page stays as it was."""
    page = visitor.open(f"/?{BUSY}")
    days_are_simulated(page)
    before, address = text_of(page, "#told"), url_of(page)
    for name, (content, words) in UPLOADS.items():
        page.locator("#upload").set_input_files(
            {"name": f"{name}.toml", "mimeType": "application/toml", "buffer": content}
        )
        told = faults_of(page)
        assert words in told, (name, told)
        assert (text_of(page, "#told"), url_of(page)) == (before, address), name
        assert "root:" not in page.content()
        assert page.evaluate("window.hurt === undefined")
        assert_nothing_of_ours(page)
        page.locator("#keep").click()
        page.wait_for_selector("#faults", state="detached")
    good = Scenario.from_file("minimal").replace({"watchlist.size": 4321}).to_toml()
    page.locator("#upload").set_input_files(
        {"name": "<b>good</b>.toml", "mimeType": "", "buffer": good.encode()}
    )
    until(page, "() => location.search.includes('watchlist.size=4321')")
    says(page, "#said", "<b>good</b>.toml")


LONG = BUSY.replace("hours=1.0", "hours=4.0").replace("days=20", "days=1000")
"""A run that is not over before a test is done with it."""


def test_two_runs_at_once(chromium: Any, dashboard: str) -> None:
    """Protects visitors: one run each, of which a second tab knows nothing; both go on side by side."""
    visitor = Visitor(chromium, dashboard)
    first = visitor.open(f"/?{LONG}&seed=11")
    first.wait_for_selector("#running")
    assert first.locator("#run").is_disabled()
    second = visitor.context.new_page()
    second.goto(f"{dashboard}/?{LONG}&seed=12")
    second.wait_for_selector("#running")
    until(second, "() => Number(document.querySelector('#running progress').value) > 3")
    done = first.locator("#running progress").get_attribute("value")
    until(first, "done => Number(document.querySelector('#running progress').value) > Number(done)", done)
    second.locator("#stop").click()
    second.wait_for_selector("#running", state="detached")
    assert first.locator("#running").count() == 1
    assert (state_of(first).seed, state_of(second).seed) == (11, 12)
    type_into(second, "#box-watchlist-size", "77")
    until(second, "() => location.search.includes('watchlist.size=77')")
    assert first.locator("#box-watchlist-size").input_value() == "2,000"
    first.locator("#stop").click()
    first.wait_for_selector("#running", state="detached")
    assert (visitor.outside, visitor.errors) == ([], [])
    visitor.close()


def test_change_while_running(visitor: Visitor) -> None:
    """Protects the numbers: after a change, days of the old state are never told as those of the new."""
    page = visitor.open(f"/?{LONG}&seed=13")
    page.wait_for_selector("#running")
    page.locator("#slider-matcher-threshold").fill("0.665")
    until(page, "() => location.search.includes('matcher.threshold=0.665')")
    eventually(page, lambda: assert_predicted(page))
    page.wait_for_timeout(1500)
    assert_predicted(page)


def assert_predicted(page: Any) -> None:
    """Assert that the sentence is a prediction."""
    assert text_of(page, "#told .sentence").startswith("Predicted")
    assert page.locator("#told.predicted").count() == 1


@pytest.mark.parametrize(
    "path", ["/nosuch", "/compare/more", "/Evidence", "/%00", "/..%2f..%2fetc%2fpasswd"]
)
def test_unknown_page(chromium: Any, dashboard: str, path: str) -> None:
    """Protects strays: an address that is no page says so, and leads back to one."""
    visitor = Visitor(chromium, dashboard)
    page = visitor.page
    answer = page.goto(dashboard + path)
    assert answer is not None
    if answer.status >= 400:  # the server itself refuses it
        assert "root:" not in page.content()
        assert_nothing_of_ours(page)
        visitor.close()
        return
    page.wait_for_selector(".lfr #content h1")
    assert "no such page" in faults_of(page)
    assert_nothing_of_ours(page)
    page.locator("#keep").click()
    page.wait_for_selector("#faults", state="detached")
    page.locator("#nav-evidence").click()
    page.wait_for_selector("#evidence-sentence")
    assert (visitor.outside, visitor.errors) == ([], [])
    visitor.close()


@pytest.mark.parametrize("mark", ["#%", "#%E0%A4%A", "#%00", "#no-such-place"])
def test_odd_marks_in_an_address(visitor: Visitor, mark: str) -> None:
    """Protects the page from an address whose end cannot be read: it is shown, and can be used."""
    page = visitor.open(f"/?{BUSY}{mark}")
    days_are_simulated(page)

    assert visitor.errors == []


def test_a_switch_is_sent_once(visitor: Visitor) -> None:
    """Protects against answering each click twice."""
    sent: list[str] = []
    visitor.page.on(
        "websocket", lambda opened: opened.on("framesent", lambda frame: sent.append(str(frame)))
    )
    page = visitor.open(f"/?{BUSY}")
    page.click("#all-settings")
    page.click("#table-watchlist")
    page.locator("#all-watchlist-presence-day-effect").uncheck()
    until(page, "() => location.search.includes('presence_day_effect=false')")
    type_into(page, "#days", "19")
    until(page, "() => location.search.includes('days=19')")

    assert sum("watchlist.presence_day_effect" in frame for frame in sent) == 1


def test_every_link_of_the_bar_leads_somewhere(visitor: Visitor) -> None:
    """Protects the bar: each of its words is a page with a heading, and Back returns."""
    page = visitor.open(f"/?{BUSY}")
    for name in [str(link.get_attribute("id")) for link in page.locator("header nav a").all()]:
        page.locator(f"#{name}").click()
        page.wait_for_selector(f"#{name}[aria-current=page]", timeout=10_000)
        page.wait_for_selector(".lfr #content h1", timeout=10_000)
        assert page.locator("#faults").count() == 0
        assert_nothing_of_ours(page)


LOST = "/cannot be reached.*in the address/.test(document.querySelector('[role=alert].lost').innerText)"
"""Read aloud when it comes."""


def test_server_goes_and_comes_back(chromium: Any, tmp_path: Path) -> None:
    """Protects a lost connection: the page says so, its address keeps the state, and opens it again."""
    port = free_port()
    with serving(tmp_path / "log", port) as address:
        visitor = Visitor(chromium, address)
        page = visitor.open(f"/?{BUSY}")
        type_into(page, "#box-watchlist-size", "2,345")
        until(page, "() => location.search.includes('watchlist.size=2345')")
        kept = url_of(page)
    until(page, f"() => {LOST}")
    assert_nothing_of_ours(page)
    assert url_of(page) == kept
    assert page.locator("#box-watchlist-size").input_value() == "2,345"
    with serving(tmp_path / "log", port):
        page.goto(kept)
        page.wait_for_selector(".lfr #content h1")
        assert url_of(page) == kept
        assert page.locator("#box-watchlist-size").input_value() == "2,345"
        assert not page.evaluate(LOST)
        assert visitor.outside == []
        visitor.close()


BROKEN = """
import lfr_sim.dashboard.pages.evidence as evidence, lfr_sim.dashboard.runs as runs
import pathlib
def fail(self):
    if pathlib.Path("BROKEN").exists():
        raise RuntimeError("secret in /srv/secret.py")
    return works(self)
def start(self, *_):
    raise RuntimeError("secret in /srv/secret.py")
works, evidence.EvidencePage.regions = evidence.EvidencePage.regions, fail
runs.Runs.start = start
"""


def test_our_own_mistakes_are_owned_up_to(chromium: Any, tmp_path: Path) -> None:
    """Protects visitors from our faults: a sentence and a way back where a page fails, never a trace."""
    broken = tmp_path / "broken"
    broken.touch()
    with serving(tmp_path / "log", before=BROKEN.replace("BROKEN", str(broken))) as address:
        visitor = Visitor(chromium, address)
        page = visitor.open(f"/?{BUSY}")
        assert "this went wrong here" in faults_of(page)
        assert text_of(page, "#told .sentence").startswith("Predicted")
        assert "secret" not in page.content()
        assert_nothing_of_ours(page)
        page.locator("#nav-evidence").click()
        page.wait_for_selector("#again")
        assert "This page failed" in page.inner_text("body")
        assert "secret" not in page.content()
        assert_nothing_of_ours(page)
        assert BUSY in url_of(page)
        page.locator("#again").click()
        page.wait_for_timeout(1000)
        assert_nothing_of_ours(page)
        broken.unlink()
        page.locator("#again").click()
        page.wait_for_selector("#evidence-sentence")
        assert "secret" in (tmp_path / "log").read_text()
        visitor.close()


class NoRuns(Runs):
    """Runs that know nothing and fail when asked for anything."""

    def start(self, *_: Any, **__: Any) -> Any:
        """Fail as a bug would."""
        raise ZeroDivisionError(f"in {os.getcwd()}/secret.py")


@pytest.mark.parametrize("make", [ExplorePage, ComparePage, EvidencePage])
def test_odd_events_do_no_harm(make: type[Visit]) -> None:
    """Protects the server from pages that are not ours: whatever they send, the state stays a good one."""
    visit = make(opened("/", BUSY), "somebody", NoRuns())
    texts = [
        "",
        "-1",
        "x" * 10_000,
        "\0",
        "[" * 500,
        "1e999",
        "{}",
        "watchlist.size=",
        "=",
        "A:",
        "Z:@name",
    ]
    names = [*visit._doers, "set", "upload", "nothing", "", "__class__", None, 7]
    for name in names:
        for text in texts:
            for event in (
                {"do": name, "value": text},
                {"do": name, "path": text, "value": text},
                {"do": name, "path": "watchlist.size", "value": [text], "size": text, "name": None},
            ):
                assert isinstance(visit.handle(event, b"\xff\xfe"), dict)
                assert "secret" not in " ".join(map(str, visit.faults))
    assert opened(*visit.address.partition("?")[::2]).faults == ()
    assert "secret" not in str(visit.regions())


def test_a_page_reloads_by_itself_once_the_program_is_back(chromium: Any, tmp_path: Path) -> None:
    """Protects whoever leaves a tab open: a button and words meanwhile, then the same state again."""
    port = free_port()
    with serving(tmp_path / "log", port) as address:
        visitor = Visitor(chromium, address)
        page = visitor.open("/evidence?a=minimal")
        assert not page.locator(".lost button").is_visible()
    until(page, f"() => {LOST}")
    assert page.locator(".lost button").is_visible()
    page.evaluate("window.isOld = true")
    with serving(tmp_path / "log", port):
        # One condition, asked by the browser: between two questions of ours the page may reload.
        heading = "document.querySelectorAll('.lfr #content h1').length === 1"
        is_back = (
            f"() => !window.isOld && !{LOST} && {heading} && !document.querySelector('.v-dialog--active')"
        )
        page.wait_for_function(is_back, timeout=120_000)
        assert url_of(page) == f"{address}/evidence?a=minimal"
        visitor.close()
