"""Explore in a real browser: what it tells against the model, and all that a visitor can do there."""

from __future__ import annotations

import csv
import io
import math
import shlex
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import numpy as np
import pytest
from browsing import (
    BUSY,
    Visitor,
    days_are_simulated,
    eventually,
    numbers_in,
    rows_of,
    saved_by,
    says,
    settled,
    text_of,
    type_into,
    until,
    url_of,
)

from lfr_sim import DeploymentModel
from lfr_sim.cli.asked import asked_scenario
from lfr_sim.cli.parsing import parser
from lfr_sim.dashboard.address import opened
from lfr_sim.dashboard.days import COLUMNS, DayRow, Days
from lfr_sim.dashboard.prediction import predict
from lfr_sim.dashboard.simulated import show_day, simulate_day
from lfr_sim.dashboard.state import Arm
from lfr_sim.dashboard.stories import Story
from lfr_sim.dashboard.views.words import figure
from lfr_sim.scenario import Scenario
from lfr_sim.study.replicates import run

pytestmark = pytest.mark.browser

SCENARIO = opened("/", BUSY).state.scenario
DAYS, SEED = 20, 1
RECORD = ("faces", "alerts", "true_alerts", "false_alerts", "true_alerts_engaged", "false_alerts_engaged",
          "arrests")  # fmt: skip
LEFT_OUT = ("passers", "listed_passers", "missed", "wrongful_minutes")
CHARTS = ("alert-columns", "dots-wrongful-engagements", "threshold-curve")
Row = Mapping[str, int | float]


@pytest.fixture(scope="module")
def days() -> list[DayRow]:
    """Return the days of the state that most tests open, as the model has them."""
    return [simulate_day(SCENARIO, SEED, number) for number in range(DAYS)]


@pytest.fixture
def explore(visitor: Visitor) -> Any:
    """Return Explore with its days simulated."""
    page = visitor.open(f"/?{BUSY}")
    days_are_simulated(page)
    return page


def whole(value: float) -> str:
    """Return a count as the pages round it: halves up, `fewer than 1` where it is not 0."""
    return "fewer than 1" if 0 < value < 0.5 else f"{math.floor(value + 0.5):,}"


def day_of(page: Any) -> int:
    """Return the number of the replicate that the page shows."""
    return int(numbers_in(text_of(page, "#story .row:last-child span"))[0]) - 1


def sentence(page: Any) -> str:
    """Return the sentence of the page."""
    return text_of(page, "#told .sentence")


def counts_in(text: str) -> list[int]:
    """Return the counts of a sentence about a day: faces, alerts, right, wrong, stops, mistaken stops.

    Words for counts are read as numbers: none, nobody, both, all, "and it is wrong".
    """
    first, _, then = text.removesuffix(".").partition(". ")
    first = first.rpartition("; ")[2]  # where days are missing, their number stands before
    faces, *alerts = (int(number) for number in numbers_in(first.replace("no alert", "0 alerts")))
    if len(alerts) == 1 and alerts[0] == 1:
        right, wrong = int("it is right" in first), int("it is wrong" in first)
    else:
        parts = first.partition(":")[2].replace("none", "0")
        right, wrong = (int(number) for number in numbers_in(parts)) if parts else (0, 0)
    people, _, mistaken = then.partition(", ")
    stops = int((numbers_in(people) or [0])[0])
    counted = numbers_in(mistaken)
    if "nobody" in mistaken or "not by" in mistaken or not stops:
        errors = 0
    else:
        errors = int(counted[0]) if counted else stops
    return [faces, alerts[0], right, wrong, stops, errors]


def counts_told(row: Row, truth: Row) -> list[float]:
    """Return the counts of a day in the order of the sentence."""
    return [
        row["faces"],
        row["alerts"],
        truth["true_alerts"],
        truth["false_alerts"],
        truth["engagements"],
        truth["wrongful_engagements"],
    ]


def levels_of(day: DayRow) -> list[list[str]]:
    """Return the rows of the table under the alert columns."""
    alerts = [mark for mark in day.marks if mark.alert is not None]
    steps = {
        "Alerts": alerts,
        "Stopped": [mark for mark in alerts if mark.stopped],
        "Arrested": [mark for mark in alerts if mark.arrested],
    }
    return [
        [word, f"{len(marks)}", f"{sum(m.right for m in marks)}", f"{sum(not m.right for m in marks)}"]
        for word, marks in steps.items()
    ]


def clock(seconds: float) -> str:
    """Return a time of the day of `SCENARIO`."""
    second = int(SCENARIO.deployment.start_hour * 3600 + seconds)
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def listed_alerts(day: DayRow) -> list[list[str]]:
    """Return the rows of the list of alerts under the columns."""
    alerts = sorted((mark for mark in day.marks if mark.alert is not None), key=lambda m: m.time_s)
    followed = ("not stopped", "stopped", "stopped, arrested")
    return [
        [clock(m.time_s), "right" if m.right else "wrong", followed[m.stopped + m.arrested]] for m in alerts
    ]


def query_of(page: Any) -> str:
    """Return the query of the page's address."""
    return urlsplit(url_of(page)).query


def digest_of(page: Any) -> str:
    """Return the digest of the scenario in the page's address."""
    return str(opened("/", query_of(page)).state.scenario.digest)


def assert_counts(page: Any, counts: Sequence[float]) -> None:
    """Assert which counts the sentence has."""
    assert counts_in(sentence(page)) == list(counts)


def assert_tells(page: Any, day: DayRow) -> None:
    """Assert that sentence, record table and alert columns tell of one day of the model."""
    assert_counts(page, counts_told(day.record, day.truth))
    row = next(row for row in rows_of(page, ".record-wide table") if row[0].startswith("Simulated"))
    expected = [day.record[name] for name in RECORD] + [day.truth[name] for name in LEFT_OUT]
    assert row[1:] == [whole(value) for value in expected]
    assert rows_of(page, "#alert-columns-table table")[1:] == levels_of(day)


def test_page_tells_one_simulated_day(explore: Any, days: list[DayRow]) -> None:
    """Protects the counts: sentence, record, columns and time line are one day of the model."""
    day = days[day_of(explore)]
    replicate = run(SCENARIO, replicates=day.replicate + 1, seed=SEED).replicates[day.replicate]

    assert day.replicate == Days.of(days).middle
    assert (dict(replicate.record), dict(replicate.truth)) == (dict(day.record), dict(day.truth))
    assert sentence(explore).startswith("On a typical day")
    assert_tells(explore, day)
    assert rows_of(explore, "#alert-columns-table table:nth-of-type(2)")[1:] == listed_alerts(day)
    assert explore.locator(".player-alert").count() == day.record["alerts"]
    assert explore.locator("#alert-columns .wide .alert-columns-one").count() == day.record["alerts"]


def test_phone_tells_the_same_day(explore: Any, days: list[DayRow]) -> None:
    """Protects phones: the turned table has the numbers of the wide one."""
    explore.set_viewport_size({"width": 390, "height": 844})
    wide = rows_of(explore, ".record-wide table")[2:]
    narrow = [row for row in rows_of(explore, ".record-narrow table")[1:] if len(row) > 1]

    assert explore.locator(".record-narrow table").is_visible()
    assert [list(column) for column in zip(*(row[1:] for row in narrow), strict=True)] == [
        row[1:] for row in wide
    ]


def test_spread_is_of_all_days(explore: Any, days: list[DayRow]) -> None:
    """Protects the ranges: nine days in ten are the 5th and 95th of a hundred days of the model."""
    columns = {("record", name): [float(day.record[name]) for day in days] for name in RECORD}
    columns |= {("truth", name): [float(day.truth[name]) for day in days] for name in LEFT_OUT}
    row = next(row for row in rows_of(explore, ".record-wide table") if row[0].startswith("Nine"))
    ends = [np.quantile(values, [0.05, 0.95], method="inverted_cdf") for values in columns.values()]
    mistaken = [float(day.truth["wrongful_engagements"]) for day in days]
    spread = [*ends[1], *np.quantile(mistaken, [0.05, 0.95], method="inverted_cdf")]

    assert numbers_in(row[0]) == [DAYS]
    assert [numbers_in(cell) for cell in row[1:]] == [
        sorted({math.floor(low + 0.5), math.floor(high + 0.5)}) for low, high in ends
    ]
    assert numbers_in(text_of(explore, "#told .spread")) == spread


def test_dots_are_the_days(explore: Any, days: list[DayRow]) -> None:
    """Protects the quantile dots: their table counts the days of the model, and as many dots are drawn."""
    mistaken = [int(day.truth["wrongful_engagements"]) for day in days]
    rows = rows_of(explore, "#dots-wrongful-engagements-table table")[1:]
    drawn = explore.locator("#dots-wrongful-engagements .wide svg circle").count()
    for label, dots, of_days in rows:
        low, high = numbers_in(label)[0], numbers_in(label)[-1]
        count = sum(low <= value <= high for value in mistaken)
        assert (dots, of_days) == (f"{count}", f"{count}")

    assert sum(int(row[1]) for row in rows) == drawn == DAYS
    some = sum(value > 0 for value in mistaken)
    assert numbers_in(text_of(explore, "#dots-wrongful-engagements h3")) == [some, DAYS] or some == DAYS


def test_threshold_curve_is_the_closed_form(explore: Any) -> None:
    """Protects the curve: its table has the closed form's numbers at every threshold."""
    curve = predict(SCENARIO, seed=SEED, days=DAYS).curve
    rows = rows_of(explore, "#threshold-curve-table table")[1:]

    assert [float(row[0]) for row in rows] == pytest.approx(list(curve.thresholds), abs=6e-4)
    assert [row[1] for row in rows] == [figure(float(value)) for value in curve.false_alerts]
    assert [row[2] for row in rows] == [figure(float(value)) for value in curve.missed]


def move_threshold(page: Any, value: str = "0.62") -> Scenario:
    """Move the slider of the threshold and wait for the answer; return what is asked then."""
    page.locator("#slider-matcher-threshold").fill(value)
    page.wait_for_selector("#told.predicted")
    until(page, "value => location.search.includes(`matcher.threshold=${value}`)", value)
    settled(page)
    return SCENARIO.replace({"matcher.threshold": float(value)})


def test_slider_predicts_and_run_simulates(explore: Any) -> None:
    """Protects the two speeds of answer: a prediction at once, old days dimmed, and days after Run."""
    before = rows_of(explore, ".record-wide table")
    scenario = move_threshold(explore)
    expected = predict(scenario, seed=SEED, days=DAYS)

    assert sentence(explore).startswith("Predicted")
    told = [expected.truth[name] for name in ("true_alerts", "false_alerts", "engagements")]
    told.append(expected.truth["wrongful_engagements"])
    assert numbers_in(sentence(explore)) == [float(whole(value)) for value in told]
    alerts = rows_of(explore, "#alert-columns-table table")[1]
    assert alerts[2:] == [whole(expected.truth[name]) for name in ("true_alerts", "false_alerts")]
    dots = rows_of(explore, "#dots-wrongful-engagements-table table")[1:]
    drawn = np.floor(expected.days.columns["truth.wrongful_engagements"] + 0.5)
    for label, _, count in dots:
        low, high = numbers_in(label)[0], numbers_in(label)[-1]
        assert int(count) == int(((drawn >= low) & (drawn <= high)).sum())
    until(
        explore,
        "() => document.querySelectorAll('.player-dimmed, #record.stale, #story.stale').length === 3",
    )
    assert explore.locator(".player-caption").is_visible()
    assert rows_of(explore, ".record-wide table") == before
    says(explore, "#control-matcher-threshold .was", "0.60")
    assert explore.locator("#box-matcher-threshold").input_value() == "0.62"
    says(explore, "#changed", "4 settings")

    explore.locator("#run").click()
    explore.wait_for_selector("#told:not(.predicted)")
    until(explore, "() => !document.querySelector('.player-dimmed, .stale, #running')")
    eventually(explore, lambda: assert_tells(explore, simulate_day(scenario, SEED, day_of(explore))))
    assert not explore.locator(".player-caption").is_visible()


def test_undo_brings_the_days_back(explore: Any, days: list[DayRow]) -> None:
    """Protects undo: the days of before are there again, without another run."""
    before = sentence(explore)
    move_threshold(explore, "0.645")
    explore.locator('[id="undo-matcher.threshold"]').click()
    explore.wait_for_selector("#told:not(.predicted)")

    assert sentence(explore) == before
    eventually(explore, lambda: assert_tells(explore, days[day_of(explore)]))
    assert query_of(explore) == BUSY


def test_stop_keeps_the_finished_days(visitor: Visitor) -> None:
    """Protects Stop: what was done is told as days, and they are the first days of the model."""
    query = BUSY.replace("days=20", "days=1000&seed=7")
    page = visitor.open(f"/?{query}")
    until(page, "() => Number(document.querySelector('#running progress')?.value) >= 25")
    assert page.locator("#run").is_disabled()
    page.locator("#stop").click()
    page.wait_for_selector("#running", state="detached")
    page.wait_for_selector("#told:not(.predicted)")
    page.wait_for_selector("#story")

    # In the end the day in the middle of those kept is shown, whichever was there before.
    eventually(page, lambda: assert_tells(page, simulate_day(SCENARIO, 7, day_of(page))))
    assert not page.locator(".player-caption").is_visible()
    found = next(row for row in rows_of(page, ".record-wide table") if row[0].startswith("Nine"))
    kept = int(numbers_in(found[0])[0])
    assert 25 <= kept < 1000
    assert day_of(page) < kept
    assert page.locator("#run").is_enabled()
    assert len(saved_by(page, "#get-data")[1].splitlines()) == kept + 1


def test_a_stopped_run_is_told_as_one_whenever_it_is_opened(chromium: Any, dashboard: str) -> None:
    """Protects the headline: of days that were stopped it says how many, in another tab too."""
    query = BUSY.replace("days=20", "days=1000&seed=17")
    first, second = (Visitor(chromium, dashboard) for _ in range(2))
    page = first.open(f"/?{query}")
    until(page, "() => Number(document.querySelector('#running progress')?.value) >= 7")
    page.locator("#stop").click()
    page.wait_for_selector("#go-on")
    kept = int(numbers_in(sentence(page))[1])
    opening = f"Of 1,000 days {kept} are simulated; on a typical one of them "

    eventually(page, lambda: assert_begins(page, opening))
    assert 7 <= kept < 1000
    other = second.open(f"/?{query.replace('seed=17', 'seed=18')}")
    other.wait_for_selector("#running")
    type_into(other, "#seed", "17")
    eventually(other, lambda: assert_begins(other, opening))
    eventually(other, lambda: assert_begins(other, f"Of {kept} of 1,000 days", "#record .note"))
    says(other, "#run", f"Run the other {1000 - kept} days")
    other.locator("#go-on").click()
    other.wait_for_selector("#running")
    other.wait_for_selector("#go-on", state="detached")
    for visitor in (first, second):
        visitor.close()


def assert_begins(page: Any, words: str, selector: str = "#told .sentence") -> None:
    """Assert how an element's text begins."""
    assert text_of(page, selector).startswith(words)


def test_address_holds_the_state(explore: Any) -> None:
    """Protects the address: it follows each change, and opens the same state again."""
    type_into(explore, "#box-watchlist-size", "5,000")
    until(explore, "() => location.search.includes('watchlist.size=5000')")
    move_threshold(explore, "0.58")
    type_into(explore, "#seed", "3")
    until(explore, "() => location.search.includes('seed=3')")
    told, asked = sentence(explore), digest_of(explore)
    explore.reload()
    explore.wait_for_selector("#told")

    assert asked == digest_of(explore)
    assert asked == SCENARIO.replace({"watchlist.size": 5000, "matcher.threshold": 0.58}).digest
    assert explore.locator("#box-watchlist-size").input_value() == "5,000"
    assert explore.locator("#slider-matcher-threshold").input_value() == "0.58"
    assert explore.locator("#seed").input_value() == "3"
    assert numbers_in(told)
    days_are_simulated(explore)
    scenario = opened("/", query_of(explore)).state.scenario
    eventually(explore, lambda: assert_tells(explore, simulate_day(scenario, 3, day_of(explore))))


def test_other_scenario_and_place(explore: Any) -> None:
    """Protects the pickers: another scenario starts afresh, another place puts the van there."""
    explore.locator("#scenario").select_option("leicester-square-2022-03-10")
    until(explore, "() => location.search === '?a=leicester-square-2022-03-10&days=20'")
    says(explore, "#changed", "As published and fitted, nothing changed")
    explore.locator("#place").select_option("stratford_bridge")
    until(explore, "() => location.search.includes('site.layout=stratford_bridge')")

    assert opened("/", query_of(explore)).faults == ()
    assert opened("/", query_of(explore)).state.scenario.site.layout == "stratford_bridge"
    explore.locator("#reset").click()
    until(explore, "() => location.search === '?a=leicester-square-2022-03-10&days=20'")


def test_every_setting_can_be_changed(explore: Any) -> None:
    """Protects the further settings: tables open, their boxes hold the scenario's values and set them."""
    explore.locator("#all-settings").click()
    explore.locator("#table-officers").click()
    box = explore.locator("#all-officers-teams")
    box.wait_for()
    assert box.input_value() == f"{SCENARIO.officers.teams}"
    type_into(explore, "#all-officers-teams", "1")
    until(explore, "() => location.search.includes('officers.teams=1')")
    explore.locator("#table-watchlist").click()
    explore.locator("#all-watchlist-presence-day-effect").uncheck()
    until(explore, "() => location.search.includes('presence_day_effect=false')")

    changed = SCENARIO.replace({"officers.teams": 1, "watchlist.presence_day_effect": False})
    assert digest_of(explore) == changed.digest
    says(explore, "#changed", "5 settings")


def test_link_command_and_file_agree(chromium: Any, dashboard: str) -> None:
    """Protects sharing: what each of the three gives has the digest, seed and days of the page."""
    visitor = Visitor(chromium, dashboard, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.open(f"/?{BUSY}&seed=5")
    move_threshold(page, "0.63")
    wanted = SCENARIO.replace({"matcher.threshold": 0.63}).digest

    page.locator("#copy-link").click()
    says(page, "#said", "Link copied")
    link = urlsplit(page.evaluate("navigator.clipboard.readText()"))
    found = opened(link.path, link.query)
    assert f"{link.scheme}://{link.netloc}" == dashboard
    assert (found.state.scenario.digest, found.state.seed, found.state.days) == (wanted, 5, DAYS)
    assert found.faults == ()

    page.locator("#copy-command").click()
    says(page, "#said", "Command copied")
    words = shlex.split(page.evaluate("navigator.clipboard.readText()"))
    options = parser().parse_args(words[1:])
    assert words[:2] == ["lfr-sim", "run"]
    assert (asked_scenario(options).digest, options.seed, options.replicates) == (wanted, 5, DAYS)

    name, content = saved_by(page, "#get-scenario")
    assert name.endswith(".toml")
    assert Scenario.from_toml(content.decode()).digest == wanted
    says(page, "#said", ".toml")
    assert (visitor.outside, visitor.errors) == ([], [])
    visitor.close()


def test_scenario_file_can_be_opened(explore: Any) -> None:
    """Protects uploads: the file's scenario is shown, said so, and held by the address."""
    wanted = Scenario.from_file("minimal").replace({"watchlist.size": 1234, "officers.teams": 3})
    explore.locator("#upload").set_input_files(
        {"name": "mine.toml", "mimeType": "application/toml", "buffer": wanted.to_toml().encode()}
    )
    until(explore, "() => location.search.includes('watchlist.size=1234')")

    assert digest_of(explore) == wanted.digest
    until(explore, "() => document.querySelector('#box-watchlist-size').value === '1,234'")
    says(explore, "#said", "Opened mine.toml")


def test_data_are_the_models_days(explore: Any, days: list[DayRow]) -> None:
    """Protects the CSV: one line per day, every count as the model has it."""
    name, content = saved_by(explore, "#get-data")
    rows = list(csv.DictReader(io.StringIO(content.decode())))

    assert name == "minimal-days.csv"
    assert list(rows[0]) == ["seed", "replicate", *COLUMNS]
    assert [(row["seed"], row["replicate"]) for row in rows] == [(f"{SEED}", f"{n}") for n in range(DAYS)]
    for row, day in zip(rows, days, strict=True):
        for column in COLUMNS:
            kind, _, key = column.partition(".")
            assert float(row[column]) == pytest.approx(float(getattr(day, kind)[key]), rel=1e-11)


@pytest.mark.parametrize("chart", CHARTS)
def test_charts_are_saved_as_drawings(explore: Any, chart: str) -> None:
    """Protects SVG and PNG: files that stand alone, well formed, with the drawing's size and its ink."""
    name, content = saved_by(explore, f"#{chart}-svg")
    root = ElementTree.fromstring(content)
    assert name == f"{chart}.svg"
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    words = " ".join(" ".join(root.itertext()).split())
    assert text_of(explore, f"#{chart} h3") in words
    assert text_of(explore, f"#{chart} figcaption") in words
    source, days = (text_of(explore, f"#figure-source{part}") for part in ("", " [data-of-days]"))
    assert days.startswith(f"{DAYS} simulated days (seed {SEED}).")
    if chart == "threshold-curve":  # by formula: none of the days is in it
        assert days not in words
        source = source.replace(f"{days} ", "")
    assert source in words
    assert b"var(--" not in content
    size = float(root.attrib["width"]), float(root.attrib["height"])

    name, content = saved_by(explore, f"#{chart}-png")
    assert name == f"{chart}.png"
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert (wide, high) == pytest.approx((3 * size[0], 3 * size[1]), abs=3)
    seen = explore.evaluate(
        """async bytes => {
            const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
            const canvas = new OffscreenCanvas(picture.width, picture.height);
            const context = canvas.getContext("2d");
            context.drawImage(picture, 0, 0);
            const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
            return new Set(new Uint32Array(data.buffer)).size;
        }""",
        list(content),
    )
    assert seen > 5  # a blank picture has one colour


def test_alerts_open_from_everywhere(explore: Any, days: list[DayRow]) -> None:
    """Protects the story: time line, list and column open the same alert, and all of them ring it."""
    day = days[day_of(explore)]
    stories = show_day(SCENARIO, seed=SEED, replicate=day.replicate).stories
    numbers = [mark.alert for mark in day.marks if mark.alert is not None]
    first, second, third = numbers[0], numbers[3], numbers[-1]

    explore.locator(f'.player-alert[data-alert="{first}"]').click()
    assert_is_open(explore, first, stories[first])
    explore.locator("#alert-columns-table summary").click()
    explore.locator(f"#alert-{second}-open").click()
    assert_is_open(explore, second, stories[second])
    explore.locator(f'#alert-columns .wide [data-value="{third}"]').click()
    assert_is_open(explore, third, stories[third])
    explore.reload()
    days_are_simulated(explore)
    assert_is_open(explore, third, stories[third])


def assert_is_open(page: Any, alert: int, story: Story) -> None:
    """Assert that an alert is open on every part of the page, and its story told."""
    until(page, "alert => location.search.includes(`alert=${alert}`)", alert)
    until(page, "alert => document.querySelector(`#alert-${alert}-open[aria-pressed=true]`)", alert)
    until(
        page, "n => document.querySelector(`.player-alert[data-alert='${n}'][aria-selected=true]`)", alert
    )
    assert page.locator(".player-alert[aria-selected=true]").count() == 1
    assert page.locator('#alert-columns-table [aria-pressed="true"]').count() == 1
    ringed = page.locator("#alert-columns .wide .alert-columns-one:has(> circle.stroke-ink)")
    assert [one.get_attribute("data-value") for one in ringed.all()] == [f"{alert}"]
    told = [text_of(page, f".steps li:nth-child({place + 1})") for place in range(len(story.steps))]
    for line, step in zip(told, story.steps, strict=True):
        assert line.startswith(step.when)
    assert page.locator(".steps li").count() == len(story.steps)


def test_next_alert_on_a_phone(explore: Any, days: list[DayRow]) -> None:
    """Protects phones, where marks are small: one button goes through the alerts."""
    explore.set_viewport_size({"width": 390, "height": 844})
    seen = [query_of(explore)]
    for _ in range(3):
        explore.locator(".player-next").click()
        until(explore, "seen => !seen.includes(location.search.slice(1))", seen)
        settled(explore)
        seen.append(query_of(explore))
    alerts = [opened("/", query).state.alert for query in seen[1:]]
    assert len(set(alerts)) == 3
    assert set(alerts) <= {mark.alert for mark in days[day_of(explore)].marks if not mark.missed}


def test_officers_are_drawn_again_alone(explore: Any, days: list[DayRow]) -> None:
    """Protects the redraw: another draw of the officers is the model's, on the same alerts, and goes."""
    number = day_of(explore)
    before, story = counts_in(sentence(explore)), text_of(explore, "#story .steps")
    explore.locator("#redraw-officers").click()
    explore.wait_for_selector("#redraw-none")
    model = DeploymentModel(SCENARIO, run_seed=SEED, replicate=number, redraw={"officers": 1})
    model.run()

    assert query_of(explore).endswith("redraw=officers:1")
    eventually(explore, lambda: assert_counts(explore, counts_told(model.record, model.truth)))
    assert counts_in(sentence(explore))[:4] == before[:4]
    assert [row[0] for row in rows_of(explore, "#alert-columns-table table:nth-of-type(2)")[1:]] == [
        row[0] for row in listed_alerts(days[number])
    ]
    explore.locator("#redraw-none").click()
    explore.wait_for_selector("#redraw-none", state="detached")
    eventually(explore, lambda: assert_counts(explore, before))
    assert text_of(explore, "#story .steps") == story
    assert "redraw" not in query_of(explore)


@pytest.mark.parametrize("part", ["matcher", "crowd"])
def test_matcher_and_crowd_are_drawn_again(explore: Any, part: str) -> None:
    """Protects the other two redraws: the day told is the model's."""
    number = day_of(explore)
    explore.locator(f"#redraw-{part}").click()
    explore.wait_for_selector("#redraw-none")
    model = DeploymentModel(SCENARIO, run_seed=SEED, replicate=number, redraw={part: 1})
    model.run()

    assert sentence(explore).startswith("On the day shown")
    expected = counts_told(model.record, model.truth)
    eventually(explore, lambda: assert_counts(explore, expected))


def test_days_before_and_after(explore: Any, days: list[DayRow]) -> None:
    """Protects the walk through the days: each is the model's, and the middle is a press away."""
    middle = day_of(explore)
    explore.locator("#day-after").click()
    until(explore, "day => document.querySelector('#story').textContent.includes(`Day ${day}`)", middle + 2)
    eventually(explore, lambda: assert_tells(explore, days[(middle + 1) % DAYS]))
    assert sentence(explore).startswith("On the day shown")
    explore.locator("#day-before").click()
    eventually(explore, lambda: assert_tells(explore, days[middle]))
    assert opened("/", query_of(explore)).state.day == day_of(explore) == middle
    explore.locator("#day-middle").click()
    until(explore, "() => !/[&?]day=/.test(location.search)")
    eventually(explore, lambda: assert_tells(explore, days[middle]))
    assert sentence(explore).startswith("On a typical day")


def test_days_go_round(visitor: Visitor, days: list[DayRow]) -> None:
    """Protects the ends: after the last day comes the first, and before it the last."""
    page = visitor.open(f"/?{BUSY}&day=19")
    days_are_simulated(page)
    assert day_of(page) == 19
    page.locator("#day-after").click()
    eventually(page, lambda: assert_tells(page, days[0]))
    page.locator("#day-before").click()
    eventually(page, lambda: assert_tells(page, days[19]))


def test_back_from_compare(explore: Any) -> None:
    """Protects the way back: Compare opens with the state, and Back brings Explore as it was."""
    move_threshold(explore, "0.635")
    query = query_of(explore)
    explore.locator("#nav-compare").click()
    explore.wait_for_selector("#compare-sentence")
    assert urlsplit(url_of(explore)).path == "/compare"
    assert "0.635" in text_of(explore, ".compare-differing")
    explore.go_back()
    explore.wait_for_selector("#slider-matcher-threshold")

    assert query_of(explore) == query
    assert explore.locator("#slider-matcher-threshold").input_value() == "0.635"
    explore.go_forward()
    explore.wait_for_selector("#compare-sentence")


def test_day_is_played_and_stepped(explore: Any) -> None:
    """Protects the player: it plays and pauses, its speed changes, and steps move ten seconds."""
    time = explore.locator(".player-time input")
    start = int(time.input_value())
    explore.locator(".player-step[data-move='1']").click()
    assert int(time.input_value()) == start + 10
    explore.locator(".player-step[data-move='-1']").click()
    assert int(time.input_value()) == start
    explore.locator(".player-speed").click()
    assert text_of(explore, ".player-speed") == "60\N{MULTIPLICATION SIGN}"
    explore.locator(".player-play").click()
    assert text_of(explore, ".player-play span") == "Pause"
    until(
        explore, "start => Number(document.querySelector('.player-time input').value) >= start + 60", start
    )
    explore.locator(".player-play").click()
    stopped = int(time.input_value())
    explore.wait_for_timeout(1200)
    assert int(time.input_value()) == stopped


def test_what_was_said_of_a_day_goes_with_it(explore: Any) -> None:
    """Protects those who listen: words about the plan are not left to be found after a change."""
    live = ".player [aria-live]"
    explore.locator(".player-step[data-move='1']").focus()
    explore.keyboard.press("Enter")
    says(explore, live, ", paused.")
    move_threshold(explore, "0.685")
    explore.wait_for_selector(".player-dimmed")
    until(explore, "live => document.querySelector(live).textContent === ''", live)


def test_brief_opens_from_disk(explore: Any, chromium: Any, days: list[DayRow], tmp_path: Path) -> None:
    """Protects the report: one file that stands alone with the counts of the page, and asks for nothing."""
    name, content = saved_by(explore, "#get-brief")
    path = tmp_path / name
    path.write_bytes(content)
    told = counts_in(sentence(explore))
    reader = chromium.new_context()
    page = reader.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())

    assert name.endswith(".html")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    text = " ".join(page.inner_text("body").split())
    for count in told:
        assert f"{count:,}" in text
    assert SCENARIO.digest in text
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang")
    assert page.locator(".brief-address").get_attribute("href") == url_of(explore)
    reader.close()


def test_published_day_stands_beside(visitor: Visitor) -> None:
    """Protects the record: what the force published of the day, and `not known` where it said nothing."""
    page = visitor.open("/?days=5")
    page.wait_for_selector(".record-wide table")
    published = Arm("oxford-circus-2022-01-28").scenario.published
    row = next(row for row in rows_of(page, ".record-wide table") if row[0].startswith("Published"))
    known: Sequence[int | None] = [getattr(published, name) for name in RECORD]

    assert row[1:] == [*("not known" if n is None else f"{n:,}" for n in known), *["not known"] * 4]
    spread = text_of(page, "#told .spread")
    assert numbers_in(spread)[-3:] == [published.alerts, published.true_alerts, published.false_alerts]


def test_no_hour_touches_the_words_of_the_moment(explore: Any) -> None:
    """Protects the time line: wherever the moment stands, its words are clear of every hour shown."""
    boxes = """() => [...document.querySelectorAll('.player-axis text')]
        .filter(text => getComputedStyle(text).display !== 'none')
        .map(text => text.getBoundingClientRect()).map(box => [box.left, box.right])
        .sort((a, b) => a[0] - b[0])"""
    slider = explore.locator(".player-time input")
    slider.focus()
    for _ in range(12):
        explore.keyboard.press("PageUp")
        found = explore.evaluate(boxes)
        assert len(found) > 1
        gaps = [later[0] - earlier[1] for earlier, later in pairwise(found)]
        assert min(gaps, default=99) >= 8, found
