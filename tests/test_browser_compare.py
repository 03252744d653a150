"""Compare in a real browser: its numbers against the paired comparison, and all that can be done there."""

from __future__ import annotations

import csv
import io
import math
import re
import shlex
from collections import Counter
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import numpy as np
import pytest
from browsing import (
    BUSY,
    RIVAL,
    Visitor,
    comparison_is_simulated,
    eventually,
    numbers_in,
    rows_of,
    saved_by,
    says,
    text_of,
    type_into,
    until,
    url_of,
)
from numpy.typing import NDArray

from lfr_sim.cli.asked import asked_scenario
from lfr_sim.cli.parsing import parser
from lfr_sim.dashboard.address import opened
from lfr_sim.dashboard.days import COLUMNS, Mark
from lfr_sim.dashboard.prediction import predict
from lfr_sim.dashboard.simulated import simulate_day
from lfr_sim.dashboard.telling_apart import DEPLOYMENTS, telling_apart
from lfr_sim.scenario import Scenario
from lfr_sim.study.analysis.paired import Comparison, Difference, compare, paired_difference
from lfr_sim.study.replicates import Study, run

pytestmark = pytest.mark.browser

QUERY = f"{BUSY}&{RIVAL}&b.set=officers.presumption_to_intervene=0.1"
ARMS = tuple(arm.scenario for arm in opened("/compare", QUERY).state.arms)
DAYS, SEED = 20, 1
COUNTED = {
    "Faces compared": "faces",
    "Alerts, right person": "true_alerts",
    "Alerts, wrong person": "false_alerts",
    "Right alerts dismissed": "dismissed_true",
    "Stopped by mistake": "wrongful_engagements",
    "Arrests": "arrests",
    "Listed passers missed": "missed",
}
PERS = {"faces": ("faces", 10_000), "alert": ("alerts", 1), "stop": ("engagements", 1),
        "listed": ("listed_passers", 1)}  # fmt: skip
FloatArray = NDArray[np.float64]


@pytest.fixture(scope="module")
def model() -> Comparison:
    """Return the comparison of the two policies, as the study makes it."""
    return compare(*ARMS, replicates=DAYS, seed=SEED, names=["A", "B"])


@pytest.fixture(scope="module")
def studies() -> list[Study]:
    """Return the days of each policy, as the study makes them."""
    return [run(arm, replicates=DAYS, seed=SEED) for arm in ARMS]


@pytest.fixture
def compared(visitor: Visitor) -> Any:
    """Return Compare with the days of both policies simulated."""
    page = visitor.open(f"/compare?{QUERY}")
    comparison_is_simulated(page)
    return page


def state_of(page: Any) -> Any:
    """Return the state in the page's address."""
    return opened("/compare", urlsplit(url_of(page)).query).state


def columns_of(model: Comparison, label: str) -> tuple[FloatArray, FloatArray]:
    """Return the daily values of an outcome of the table under A and B."""
    a, b = model.values["A"], model.values["B"]
    if label == "Stopped, right person":
        return tuple(arm["engagements"] - arm["wrongful_engagements"] for arm in (a, b))
    return a[COUNTED[label]], b[COUNTED[label]]


def difference_of(model: Comparison, label: str) -> Difference:
    """Return the paired difference of an outcome of the table."""
    if label in COUNTED:
        return model.differences["B"][COUNTED[label]]
    return paired_difference(label, *columns_of(model, label))


def agrees(text: str, value: float) -> bool:
    """Return whether a number in a text is a value, rounded to the decimals that it shows."""
    number = numbers_in(text)[0]
    decimals = len(text.partition(".")[2]) if "." in text else 0
    return abs(number - value) <= 0.5 * 10.0**-decimals + 1e-9


def outcome_rows(page: Any) -> dict[str, list[str]]:
    """Return label -> cells of the table of outcomes."""
    rows = rows_of(page, "#compare-outcomes-B")[1:]
    labels = [*COUNTED, "Stopped, right person", "Listed under A", "Listed under B"]
    found = {}
    for first, *cells in rows:
        found[next((label for label in labels if first.startswith(label)), first)] = cells
    return found


def words_of(marks: list[Mark]) -> str:
    """Return what happened to somebody under one policy, as the table says it."""
    told = []
    for mark in marks:
        if mark.missed:
            told.append("listed, missed")
            continue
        ending = ", stopped and arrested" if mark.arrested else ", stopped" if mark.stopped else ""
        told.append(f"alert, {'right' if mark.right else 'wrong'} person{ending}")
    return "; ".join(told) or "no alert"


def people_of(replicate: int) -> list[list[str]]:
    """Return who had an alert or was missed on a day, and what happened under A and B."""
    marks = [simulate_day(arm, SEED, replicate).marks for arm in ARMS]
    first: dict[int, float] = {}
    for mark in sorted((*marks[0], *marks[1]), key=lambda mark: mark.time_s):
        first.setdefault(mark.passer, mark.time_s)
    told = [[words_of([m for m in of_arm if m.passer == passer]) for of_arm in marks] for passer in first]
    return [[clock(time_s), *words] for time_s, words in zip(first.values(), told, strict=True)]


def clock(seconds: float) -> str:
    """Return a time of the day of both policies."""
    second = int(ARMS[0].deployment.start_hour * 3600 + seconds)
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def day_of(page: Any) -> int:
    """Return the place of the day shown, from 0."""
    return int(numbers_in(text_of(page, ".compare-picker span"))[0]) - 1


def test_only_what_differs_is_listed(compared: Any, model: Comparison) -> None:
    """Protects the head: the one setting that differs, its values, and the question it asks."""
    rows = rows_of(compared, ".compare-differing")

    assert list(model.differs) == ["officers.presumption_to_intervene"]
    assert [row[0] for row in rows[1:]] == ["Presumption to intervene"]
    assert [float(cell) for cell in rows[1][1:]] == [0.65, 0.1]
    assert text_of(compared, "h1").startswith("What if")
    assert "other 214 settings are the same" in text_of(compared, "#compare-settings")
    assert "own crowd" not in compared.inner_text("main")


def test_sentence_sums_all_days(compared: Any, model: Comparison) -> None:
    """Protects the sentence: mistaken stops and arrests of both policies, summed over the same days."""
    of_b, of_a = (
        [model.values[name][column].sum() for column in ("wrongful_engagements", "arrests")]
        for name in ("B", "A")
    )
    said = text_of(compared, "#compare-sentence")

    assert said.startswith("Past the same 20 crowds")
    assert numbers_in(said) == [DAYS, of_b[0], of_a[0], of_b[1], of_a[1]]


@pytest.mark.parametrize("label", [*COUNTED, "Stopped, right person"])
def test_outcomes_are_the_paired_comparison(shown: Any, model: Comparison, label: str) -> None:
    """Protects the table: means, sums, ranges, differences, intervals and days as the study has them."""
    cells = outcome_rows(shown)[label]
    for cell, values in zip(cells, columns_of(model, label), strict=False):
        low, high = np.quantile(values, [0.05, 0.95], method="inverted_cdf")
        assert agrees(cell.split(" ")[0], values.mean())
        assert numbers_in(cell)[1:] == [values.sum(), low, high]
    found = difference_of(model, label)
    value, *ends = re.findall(r"[+\N{MINUS SIGN}]?\d[\d,.]*", cells[2])
    assert agrees(value, found.difference)
    assert found.interval is not None
    if found.lower or found.higher:
        assert all(agrees(end, wanted) for end, wanted in zip(ends, found.interval, strict=True))
    else:
        assert "no day differs" in cells[2]
    assert [int(cell) for cell in cells[3:6]] == [found.lower, found.equal, found.higher]


@pytest.fixture(scope="module")
def shown(chromium: Any, dashboard: str) -> Any:
    """Return Compare for tests that only read it."""
    visitor = Visitor(chromium, dashboard)
    page = visitor.open(f"/compare?{QUERY}")
    comparison_is_simulated(page)
    yield page
    visitor.close()


def test_same_crowd_stands_under_both(shown: Any) -> None:
    """Protects the paired day: all with an alert, or missed, with both endings as in the model."""
    rows = rows_of(shown, "#compare-people-table table")[1:]

    assert rows == people_of(day_of(shown))
    stopped = [["stopped" in cell for cell in row[1:]] for row in rows]
    both, under_a = sum(a and b for a, b in stopped), sum(a for a, _ in stopped)
    assert numbers_in(text_of(shown, "#compare-people h3"))[:2] in ([both, under_a], [under_a])


def test_dots_are_days(shown: Any, model: Comparison) -> None:
    """Protects the difference dots: a table of days by difference, zero in its place, and true headings."""
    for column in ("wrongful_engagements", "arrests"):
        change = model.values["B"][column] - model.values["A"][column]
        rows = rows_of(shown, f"#compare-dots-{column}-B-table table")[1:]
        places = [numbers_in(label.replace("same", "0")) for label, _ in rows]
        for (low, high), (_, count) in zip(((p[0], p[-1]) for p in places), rows, strict=True):
            assert int(count) == int(((change >= min(low, high)) & (change <= max(low, high))).sum())
        assert sum(int(count) for _, count in rows) == DAYS
        assert [0.0] in places
        heading = text_of(shown, f"#compare-dots-{column}-B h3")
        assert int((change < 0).sum()) in numbers_in(heading)


def test_deployments_that_would_show_it(shown: Any, model: Comparison) -> None:
    """Protects the last question: its table has the tries of the exact test, of 100."""
    a, b = model.values["A"], model.values["B"]
    rows = rows_of(shown, "#compare-power-B-table table")[1:]
    shares = [telling_apart(a[name], b[name]) for name in ("wrongful_engagements", "arrests")]

    assert [int(row[0]) for row in rows] == list(DEPLOYMENTS)
    for row, *wanted in zip(rows, *shares, strict=True):
        for cell, share in zip(row[1:], wanted, strict=True):
            assert abs(numbers_in(cell.partition(" of ")[0])[0] - 100 * share) <= 1


def test_groups_are_counted_over_all_days(shown: Any, studies: list[Study]) -> None:
    """Protects the groups: sums over days as in the study, and no rate from fewer than five events."""
    rows = rows_of(shown, "#compare-groups table")[1:]
    for study, letter in zip(studies, "AB", strict=True):
        sums: Counter[tuple[str, str]] = Counter()
        for replicate in study.replicates:
            for group, counts in replicate.breakdown["group"].items():
                for name in ("passers", "false_alerts", "wrongful_engagements"):
                    sums[group, name] += int(counts[name])
        for first, passers, wrong, rate, stops in rows:
            group, _, under = first.rpartition(", under ")
            if under != letter:
                continue
            key = next(name for name, _ in sums if name.lower() == group.lower())
            assert int(passers.replace(",", "")) == sums[key, "passers"]
            assert int(wrong) == sums[key, "false_alerts"]
            assert int(stops) == sums[key, "wrongful_engagements"]
            if sums[key, "false_alerts"] < 5:
                assert rate == "not enough to say"
            else:
                assert agrees(rate, 10_000 * sums[key, "false_alerts"] / sums[key, "passers"])
    assert len(rows) == 2 * len(studies[0].replicates[0].breakdown["group"])


def test_denominators_are_switched(compared: Any, model: Comparison) -> None:
    """Protects the switch: sums over days by sums over days, and the address that keeps it."""
    for per, (column, scale) in PERS.items():
        compared.locator(f"#compare-per-{per}").click()
        compared.wait_for_selector(f"#compare-per-{per}[aria-pressed=true]")
        assert compared.locator(".compare-per [aria-pressed=true]").count() == 1
        until(compared, "per => location.search.includes(`per=${per}`)", per)
        rows = outcome_rows(compared)
        for label in ("Stopped by mistake", "Arrests", "Listed passers missed"):
            for cell, values, name in zip(rows[label], columns_of(model, label), "AB", strict=False):
                ratio = scale * values.sum() / model.values[name][column].sum()
                assert agrees(cell.split(" ")[0], ratio), (per, label, cell, ratio)
                assert numbers_in(cell)[1:] == [values.sum(), model.values[name][column].sum()]
    compared.reload()
    comparison_is_simulated(compared)
    assert compared.locator("#compare-per-listed").get_attribute("aria-pressed") == "true"
    compared.locator("#compare-per-day").click()
    until(compared, "() => !location.search.includes('per=')")


def test_swap_turns_everything_round(compared: Any, model: Comparison) -> None:
    """Protects the swap: A and B change places, and every difference its sign, without another run."""
    compared.locator("#compare-swap").click()
    until(compared, "() => /a.set=officers.presumption_to_intervene=0.1/.test(location.search)")
    eventually(compared, lambda: assert_swapped(compared, model))
    first, second = (arm.scenario.digest for arm in state_of(compared).arms)
    assert (first, second) == (ARMS[1].digest, ARMS[0].digest)
    assert compared.locator("#running, .predicted").count() == 0


def assert_swapped(page: Any, model: Comparison) -> None:
    """Assert that the table has A and B the other way round."""
    assert [float(cell) for cell in rows_of(page, ".compare-differing")[1][1:]] == [0.1, 0.65]
    found = model.differences["B"]["wrongful_engagements"]
    cells = outcome_rows(page)["Stopped by mistake"]
    assert agrees(re.findall(r"[+\N{MINUS SIGN}]?\d[\d,.]*", cells[2])[0], -found.difference)
    assert [int(cell) for cell in cells[3:6]] == [found.higher, found.equal, found.lower]


def test_policies_come_and_go(compared: Any) -> None:
    """Protects two to four policies: each added one has its column and form, and can be taken away."""
    for letter in "CD":
        compared.locator("#compare-add").click()
        compared.wait_for_selector(f"#form-{letter}")
        says(compared, ".compare-differing", letter)
    says(compared, "#compare-settings", "Four policies are the most")
    assert compared.locator("#compare-add").count() == 0
    assert len(state_of(compared).arms) == 4
    tables = ".compare-outcomes[id^=compare-outcomes-]:not([id$=more])"
    until(compared, "tables => document.querySelectorAll(tables).length === 3", tables)
    digests = {arm.scenario.digest for arm in state_of(compared).arms}
    assert len(digests) == 4
    for letter in "DC":
        compared.locator(f"#compare-remove-{letter}").click()
        compared.wait_for_selector(f"#form-{letter}", state="detached")
    until(compared, "() => !location.search.includes('c=')")
    assert [arm.scenario.digest for arm in state_of(compared).arms] == [arm.digest for arm in ARMS]
    comparison_is_simulated(compared)


def test_form_changes_a_policy(compared: Any) -> None:
    """Protects the forms: a box, a further setting, a name and a named policy change B, and Run runs it."""
    compared.locator("#form-B summary").click()
    type_into(compared, '[id="B-matcher.threshold"]', "0.61")
    until(compared, "() => location.search.includes('b.set=matcher.threshold=0.61')")
    compared.locator("#B-another").select_option("officers.teams")
    compared.wait_for_selector("#B-value")
    type_into(compared, "#B-value", "1")
    until(compared, "() => location.search.includes('b.set=officers.teams=1')")
    type_into(compared, "#B-name", "Fewer <officers>")
    until(compared, "() => location.search.includes('b.name=')")
    says(compared, ".compare-differing thead", "Fewer <officers>")
    expected = ARMS[1].replace({"matcher.threshold": 0.61, "officers.teams": 1})
    assert state_of(compared).arms[1].scenario.digest == expected.digest
    assert [row[0] for row in rows_of(compared, ".compare-differing")[1:]] == [
        "Match threshold", "Number of teams", "Presumption to intervene",
    ]  # fmt: skip
    assert compared.locator("#told.predicted").count() == 1
    assert text_of(compared, "#compare-sentence").startswith("Predicted")
    assert_predicted(compared, expected)

    compared.locator("#run-days").click()  # where the days would stand
    comparison_is_simulated(compared)
    again = compare(ARMS[0], expected, replicates=DAYS, seed=SEED, names=["A", "B"])
    eventually(compared, lambda: assert_mistakes(compared, again))
    compared.locator("#B-policy").select_option("serious")
    until(compared, "() => location.search.includes('serious_only=true')")
    assert state_of(compared).arms[0].scenario.digest == ARMS[0].digest


def test_another_scenario_or_file_becomes_a_policy(compared: Any) -> None:
    """Protects comparisons of two days: B is picked from the shipped ones, or a file opened in its form."""
    compared.locator("#form-B summary").click()
    compared.locator("#B-scenario").select_option("leicester-square-2022-03-10")
    until(compared, "() => location.search.includes('b=leicester-square-2022-03-10')")
    says(compared, "#compare-settings", "each day has its own crowd under each policy")
    assert state_of(compared).arms[0].scenario.digest == ARMS[0].digest
    content = Scenario.from_file("oxford-circus-2022-07-14").to_toml().encode()
    mine = {"name": "mine.toml", "mimeType": "application/toml", "buffer": content}
    compared.locator("#B-upload").set_input_files(mine)
    until(compared, "() => location.search.includes('b=oxford-circus-2022-07-14')")
    says(compared, "body", "Opened mine.toml")
    assert state_of(compared).arms[0].scenario.digest == ARMS[0].digest
    assert compared.locator("#upload").count() == 0


def test_a_long_name_and_the_buttons_have_room_on_a_phone(chromium: Any, dashboard: str) -> None:
    """Protects phones: a name of 60 letters leaves the other room, and forms keep off the buttons."""
    visitor = Visitor(chromium, dashboard, viewport={"width": 390, "height": 844})
    page = visitor.open(f"/compare?{QUERY}&a.name={'x' * 60}")
    comparison_is_simulated(page)
    widths = page.locator(".compare-differing thead th").evaluate_all(
        "cells => cells.map(cell => cell.getBoundingClientRect().width)"
    )
    bottom = page.locator("#compare-add").evaluate("one => one.getBoundingClientRect().bottom")
    top = page.locator("#form-A").evaluate("one => one.getBoundingClientRect().top")

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert min(widths) >= 60
    assert all(width <= 260 for width in widths)
    assert top - bottom >= 8
    visitor.close()


def assert_predicted(page: Any, scenario: Scenario) -> None:
    """Assert that the table has the sum of the predicted days."""
    days = predict(scenario, seed=SEED, days=DAYS).days
    values = days.columns["record.faces"]
    eventually(page, lambda: assert_sum(page, values))


def assert_sum(page: Any, values: FloatArray) -> None:
    """Assert the sum of B's faces."""
    assert numbers_in(outcome_rows(page)["Faces compared"][1])[1] == math.floor(values.sum() + 0.5)


def assert_mistakes(page: Any, model: Comparison) -> None:
    """Assert that the table has the mistaken stops of a comparison."""
    found = model.differences["B"]["wrongful_engagements"]
    cells = outcome_rows(page)["Stopped by mistake"]
    assert [int(cell) for cell in cells[3:6]] == [found.lower, found.equal, found.higher]
    assert agrees(re.findall(r"[+\N{MINUS SIGN}]?\d[\d,.]*", cells[2])[0], found.difference)


def test_days_are_played_and_paused(chromium: Any, dashboard: str) -> None:
    """Protects playing the days: one after the other, each the model's, until paused."""
    visitor = Visitor(chromium, dashboard, reduced_motion="no-preference")
    page = visitor.open(f"/compare?{QUERY}&day=2")
    comparison_is_simulated(page)
    assert day_of(page) == 2
    page.locator("#compare-play").click()
    says(page, "#compare-play", "Pause")
    says(page, ".compare-picker span", "Day 5 of 20")
    page.locator("#compare-play").click()
    says(page, "#compare-play", "Play the days")
    page.wait_for_timeout(700)
    stopped = day_of(page)
    page.wait_for_timeout(1300)
    assert day_of(page) == stopped
    eventually(page, lambda: assert_people(page, stopped))
    assert (visitor.outside, visitor.errors) == ([], [])
    visitor.close()


def test_reduced_motion_has_arrows(compared: Any) -> None:
    """Protects people whom motion makes ill: nothing moves by itself, and arrows go through the days."""
    first = day_of(compared)
    if compared.locator("#compare-play").is_visible():
        compared.locator("#compare-play").click()
    compared.wait_for_timeout(1200)
    assert day_of(compared) == first
    compared.locator("#compare-day-after").click()
    eventually(compared, lambda: assert_people(compared, first + 1))
    compared.locator("#compare-day-before").click()
    eventually(compared, lambda: assert_people(compared, first))


def assert_people(page: Any, place: int) -> None:
    """Assert that one day is shown with its people."""
    assert day_of(page) == place
    assert rows_of(page, "#compare-people-table table")[1:] == people_of(place)


def test_one_setting_is_swept(compared: Any) -> None:
    """Protects the strip: at each value, 200 days of what the closed form says, the value in use ringed."""
    compared.locator("#compare-sweep-path").select_option("matcher.threshold")
    compared.wait_for_selector("#compare-strip")
    until(compared, "() => location.search.includes('sweep=matcher.threshold')")
    rows = rows_of(compared, "#compare-strip-table table")[1:]

    assert sum("as it is" in row[0] for row in rows) == 1
    assert len(rows) >= 5
    for first, *cells in rows:
        value = numbers_in(first)[0]
        expected = predict(ARMS[0].replace({"matcher.threshold": value}), seed=SEED, days=1).truth
        wanted = [200 * expected[name] for name in ("false_alerts", "wrongful_engagements", "arrests")]
        assert [numbers_in(cell)[0] for cell in cells] == [
            1 if 0 < count < 0.5 else math.floor(count + 0.5) for count in wanted
        ]
    compared.reload()
    compared.wait_for_selector("#compare-strip")
    assert compared.locator("#compare-sweep-path").input_value() == "matcher.threshold"


def test_command_and_files_agree(chromium: Any, dashboard: str) -> None:
    """Protects sharing: link, command and scenario files give the digests of both policies."""
    visitor = Visitor(chromium, dashboard, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.open(f"/compare?{QUERY}")
    digests = [arm.digest for arm in ARMS]
    page.locator("#copy-command").click()
    says(page, "#said", "Command copied")
    words = shlex.split(page.evaluate("navigator.clipboard.readText()"))
    options = parser().parse_args(words[1:])
    base = options.scenarios[0]
    asked = []
    for changes in [[], *([part.strip() for part in arm.split(";")] for arm in options.arms)]:
        options.scenario, options.changes = base, [*parser().parse_args(words[1:]).changes, *changes]
        asked.append(asked_scenario(options).digest)

    assert words[:2] == ["lfr-sim", "compare"]
    assert (asked, options.seed, options.replicates) == (digests, SEED, DAYS)
    for letter, digest in zip("AB", digests, strict=True):
        name, content = saved_by(page, f"#get-scenario-{letter}")
        assert name == f"{letter}.toml"
        assert Scenario.from_toml(content.decode()).digest == digest
    page.locator("#copy-link").click()
    says(page, "#said", "Link copied")
    link = urlsplit(page.evaluate("navigator.clipboard.readText()"))
    assert [arm.scenario.digest for arm in opened(link.path, link.query).state.arms] == digests
    visitor.close()


def test_data_are_the_days_of_both(shown: Any, studies: list[Study]) -> None:
    """Protects the CSV: one line per day and policy, with the study's counts and each policy's digest."""
    _, content = saved_by(shown, "#get-data")
    rows = list(csv.DictReader(io.StringIO(content.decode())))

    assert [(row["policy"], row["replicate"]) for row in rows] == [
        (letter, f"{number}") for letter in "AB" for number in range(DAYS)
    ]
    replicates = [(study.scenario.digest, one) for study in studies for one in study.replicates]
    for row, (digest, replicate) in zip(rows, replicates, strict=True):
        assert row["scenario_digest"] == digest
        for column in COLUMNS:
            kind, _, name = column.partition(".")
            assert float(row[column]) == pytest.approx(float(getattr(replicate, kind)[name]), rel=1e-11)


def test_every_file_offered_is_saved(shown: Any) -> None:
    """Protects the foot: no button of it does nothing, and the brief names both policies."""
    for button in shown.locator("[data-do=download]").all():
        name, content = saved_by(shown, f"#{button.get_attribute('id')}")
        assert content, name
        says(shown, "#said", name)
        if name.endswith(".html"):
            assert all(arm.digest.encode() in content for arm in ARMS)
            assert f'href="{url_of(shown).replace("&", "&amp;")}"'.encode() in content


def test_every_drawing_is_saved(shown: Any) -> None:
    """Protects slides and papers: each chart has an SVG and a PNG, and the SVG is what is drawn."""
    charts = shown.locator("figure.chart:has(svg[role=img])")
    names = [str(chart.get_attribute("id")) for chart in charts.all()]
    assert {"compare-people", "compare-dots-wrongful_engagements-B"} <= set(names)
    for name in names:
        saved, content = saved_by(shown, f"#{name}-svg")
        root = ElementTree.fromstring(content)
        words = " ".join(" ".join(root.itertext()).split())
        assert text_of(shown, f"#{name} h3") in words
        assert text_of(shown, "#figure-source") in words
        drawn = shown.locator(f"#{name} svg[role=img] >> visible=true").first
        told = drawn.get_attribute("aria-labelledby")
        assert saved == f"{name}.svg"
        assert root.attrib["aria-labelledby"] == told
        if name == "compare-people":
            assert "alert, right person" in words
            assert "Day " in words
        assert shown.locator(f"#{name}-png").count() == 1
