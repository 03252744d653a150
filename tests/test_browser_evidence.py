"""Evidence in a real browser: its counts against its rows and the record, and what can be done there."""

from __future__ import annotations

import csv
import io
from collections import Counter
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pytest
from browsing import Visitor, numbers_in, rows_of, saved_by, says, text_of, until, url_of

from lfr_sim import evidence
from lfr_sim.dashboard.address import opened
from lfr_sim.scenario import setting_paths

pytestmark = pytest.mark.browser

QUERY = "a=minimal&a.set=matcher.threshold=0.62&days=20"
SCENARIO = opened("/evidence", QUERY).state.scenario
STATUSES = ("Published", "Derived", "Fitted", "Assumed", "Yours")
MEASURES = ("true_alerts", "false_alerts", "alerts", "arrests", "faces")
FIELDS = ("watchlist_size_images", "faces_seen_estimate", "alerts_total", "alerts_true",
          "alerts_true_engaged", "alerts_false", "alerts_false_engaged", "arrests_lfr_led")  # fmt: skip
ROWS = "#evidence-settings tr[id^=setting-]"


@pytest.fixture
def believed(visitor: Visitor) -> Any:
    """Return Evidence with one setting changed."""
    return visitor.open(f"/evidence?{QUERY}")


def known(count: int | None) -> str:
    """Return a published count as a cell has it."""
    return "not known" if count is None else f"{count:,}"


def test_head_counts_the_rows(believed: Any) -> None:
    """Protects the sentence: how many settings rest on what is how many rows say so."""
    statuses = Counter(
        text.partition(",")[0].strip()
        for text in believed.locator(f"{ROWS} .evidence-status").all_text_contents()
    )
    said = numbers_in(text_of(believed, "#evidence-sentence"))

    assert set(statuses) <= set(STATUSES)
    assert said == [sum(statuses.values()), *(statuses[word] for word in STATUSES if statuses[word])]
    assert statuses["Yours"] >= 1
    assert believed.locator(ROWS).count() == said[0]


def test_filters_show_what_they_count(believed: Any) -> None:
    """Protects the filters: each button's count is the number of rows that it leaves, of its kind."""
    for name in ("contested", "assumed", "all"):
        believed.locator(f"#filter-{name}").click()
        believed.wait_for_selector(f"#filter-{name}[aria-pressed=true]")
        count = int(numbers_in(text_of(believed, f"#filter-{name}"))[0])
        until(believed, f"count => document.querySelectorAll('{ROWS}').length === count", count)
        statuses = {
            text.strip() for text in believed.locator(f"{ROWS} .evidence-status").all_text_contents()
        }
        assert name != "assumed" or statuses == {"Assumed"}
        notes = believed.locator(f"{ROWS} th").all_text_contents()
        assert name != "contested" or all("Contested" in note for note in notes)
        assert believed.locator("#evidence-settings [aria-pressed=true]").count() == 1


def test_page_tells_the_visitors_scenario(believed: Any) -> None:
    """Protects the state: values are those in the address, and what the visitor set is called theirs."""
    row = believed.locator('[id="setting-matcher.threshold"]')

    assert "0.62" in row.locator(".evidence-value").text_content()
    assert row.locator(".evidence-status").text_content().strip() == "Yours"
    assert SCENARIO.digest in text_of(believed, "#evidence-cite")
    believed.locator("#nav-explore").click()
    believed.wait_for_selector("#slider-matcher-threshold")
    assert urlsplit(url_of(believed)).query == QUERY


def test_every_setting_is_there_once(believed: Any) -> None:
    """Protects completeness: every setting of a scenario has a row of its own, or one of its table."""
    found = [text.removeprefix("setting-") for text in believed.locator(ROWS).evaluate_all(
        "rows => rows.map(row => row.id)")]  # fmt: skip
    labels = {"deployment.date", "deployment.purpose", "crowd.engine"}
    tables = ("deployment", "site", "crowd", "camera", "watchlist", "matcher", "officers")
    paths = [path for path in setting_paths() if path.partition(".")[0] in tables and path not in labels]

    assert len(found) == len(set(found))
    for path in paths:
        assert path in found or any(path.startswith(f"{one}.") for one in found), path


def test_miss_is_in_the_heading(believed: Any) -> None:
    """Protects the model against the record: the heading counts the deployments that tables call out."""
    outside = set()
    for measure in MEASURES:
        rows = rows_of(believed, f"#fit-{measure.replace('_', '-')}-table table")[1:]
        assert len(rows) == 6
        for name, published, middle, band, verdict, _ in rows:
            (count,), (low, high) = numbers_in(published), numbers_in(band)
            wanted = "above" if count > high else "below" if count < low else "inside"
            assert verdict == wanted
            assert low <= numbers_in(middle)[0] <= high
            outside |= {name} if verdict != "inside" else set()
    words = ("no", "one", "two", "three", "four", "five", "six")
    heading = text_of(believed, "#evidence-fit h2").lower()
    assert heading.startswith(f"{words[len(outside)]} of six" if outside else "all six")


def test_fit_is_of_the_published_counts(believed: Any) -> None:
    """Protects both tables of the record: counts are those of the published file, gaps are `not known`."""
    deployments = sorted(
        evidence.deployments(force="MPS", year=2022, aggregates=False), key=lambda one: one.date_start
    )
    rows = rows_of(believed, "#evidence-record table")[1:]

    assert [row[1:] for row in rows[:-1]] == [
        [known(getattr(one, name)) for name in FIELDS] for one in deployments
    ]
    for place, name in enumerate(FIELDS[1:], start=2):
        counts = [getattr(one, name) for one in deployments]
        assert rows[-1][place] == f"{sum(count for count in counts if count is not None):,}"
    fit = rows_of(believed, "#fit-true-alerts-table table")[1:]
    assert [row[1] for row in fit] == [known(one.alerts_true) for one in deployments]


def test_value_can_be_tried(believed: Any) -> None:
    """Protects "Try it": a value of the record opens Explore with just that value changed."""
    row = believed.locator('[id="setting-watchlist.size"]')
    row.locator("summary").first.click()
    button = row.locator("[data-do=try]").first
    path, _, value = str(button.get_attribute("data-value")).partition("=")
    button.click()
    believed.wait_for_selector("#box-watchlist-size")

    assert path == "watchlist.size"
    address = urlsplit(url_of(believed))
    assert address.path == "/"
    asked = opened("/", address.query)
    assert asked.faults == ()
    assert asked.state.scenario.digest == SCENARIO.replace({path: int(value)}).digest
    until(
        believed,
        "value => document.querySelector('#box-watchlist-size').value === value",
        f"{int(value):,}",
    )
    believed.go_back()
    believed.wait_for_selector("#evidence-sentence")
    assert urlsplit(url_of(believed)).query == QUERY


@pytest.mark.parametrize(
    "control", ["matcher-threshold", "watchlist-size", "officers-presumption-to-intervene"]
)
def test_source_on_explore_leads_to_its_row(visitor: Visitor, control: str) -> None:
    """Protects sources: from a setting on Explore, one press leads to its row, with the visitor's state."""
    page = visitor.open(f"/?{QUERY}")
    page.locator(f"#control-{control} a", has_text="source").click()
    page.wait_for_selector("#evidence-sentence")
    until(page, "() => location.hash.length > 1")

    assert urlsplit(url_of(page)).query == QUERY
    row = page.locator(f'[id="{urlsplit(url_of(page)).fragment}"]')
    assert row.count() == 1
    until(
        page,
        """id => {
            const box = document.getElementById(id).getBoundingClientRect();
            return box.top >= 0 && box.top < innerHeight;
        }""",
        urlsplit(url_of(page)).fragment,
    )


def test_assumptions_are_one_press_from_the_record(visitor: Visitor) -> None:
    """Protects the link under the record table: it leads to Evidence, with the visitor's state."""
    page = visitor.open(f"/?{QUERY}")
    page.locator("#record a", has_text="All assumptions").click()
    page.wait_for_selector("#evidence-sentence")

    assert urlsplit(url_of(page)).path == "/evidence"
    assert urlsplit(url_of(page)).query == QUERY


def test_list_of_sections_leads_there(believed: Any) -> None:
    """Protects the rail: each of its links has a section, and brings it into view."""
    links = believed.locator(".evidence-rail a")
    targets = [str(link.get_attribute("href")) for link in links.all()]

    assert len(targets) >= 6
    assert len(set(targets)) == len(targets)
    for target in targets:
        assert believed.locator(target).count() == 1
    links.last.click()
    until(
        believed, "id => document.querySelector(id).getBoundingClientRect().top < innerHeight", targets[-1]
    )
    assert believed.locator("#evidence-sentence").count() == 1


def test_sources_open_elsewhere_and_only_if_pressed(believed: Any) -> None:
    """Protects visitors: links out open a tab of their own and tell the other side nothing."""
    links = believed.locator("main a[href^='http']").all()

    assert len(links) > 10
    for link in links:
        assert link.get_attribute("target") == "_blank"
        assert {"noreferrer", "noopener"} <= set(str(link.get_attribute("rel")).split())


def test_tables_are_downloaded(believed: Any) -> None:
    """Protects the downloads: every setting with its value, the record as it is, the model beside it."""
    name, content = saved_by(believed, "#get-assumptions-csv")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert name.endswith(".csv")
    by_path = {row["path"]: row for row in rows}
    assert float(by_path["matcher.threshold"]["value"]) == 0.62
    assert by_path["matcher.threshold"]["status"] == "yours"
    for path, value in SCENARIO.values().items():
        if path in by_path and isinstance(value, float):
            assert float(by_path[path]["value"]) == pytest.approx(value), path

    _, content = saved_by(believed, "#get-record-csv")
    shipped = files("lfr_sim.evidence").joinpath("data", "deployments_2016_2022.csv").read_text("utf-8")
    assert content.decode() == shipped

    _, content = saved_by(believed, "#get-data-csv")
    lines = [line for line in content.decode().splitlines() if not line.startswith("#")]
    fit = [row for row in csv.DictReader(lines) if row["measure"] == "true_alerts"]
    shown = rows_of(believed, "#fit-true-alerts-table table")[1:]
    assert [row["published"] for row in fit] == [row[1] for row in shown]
    assert [[float(row["low"]), float(row["high"])] for row in fit] == [numbers_in(row[3]) for row in shown]


def test_citation_names_the_scenario(believed: Any) -> None:
    """Protects citing: the file has version, title and digest of what is on the page, and it is said."""
    name, content = saved_by(believed, "#get-cite")

    assert SCENARIO.digest in content.decode()
    assert SCENARIO.title in content.decode()
    says(believed, "#said", name)
