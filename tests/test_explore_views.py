"""The pieces of the Explore page: true sentences, tables equal to the numbers, drawings that fit."""

from __future__ import annotations

import re
from itertools import combinations, pairwise, product
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from html_parts import Html
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from lfr_sim.dashboard.days import DayRow, Days, Mark
from lfr_sim.dashboard.views import words
from lfr_sim.dashboard.views.alert_columns import MOST_MARKS, alert_columns, alerts_heading
from lfr_sim.dashboard.views.charts import NARROW
from lfr_sim.dashboard.views.evidence_fit import fit_section
from lfr_sim.dashboard.views.funnel import funnel
from lfr_sim.dashboard.views.outside_words import WHY_UNKNOWN
from lfr_sim.dashboard.views.quantile_dots import (
    MOST_COLUMNS,
    TOLD,
    bins_of,
    dots_heading,
    dots_of,
    quantile_dots,
)
from lfr_sim.dashboard.views.record import MEASURES, record_table
from lfr_sim.dashboard.views.round_steps import round_step, whole_step
from lfr_sim.dashboard.views.sentence import day_sentence, predicted_sentence, running_sentence, spread_line
from lfr_sim.dashboard.views.threshold_curve import PLAIN, threshold_curve, x_ticks, y_ticks
from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import Scenario, setting_paths, shipped_scenarios
from lfr_sim.tally import Row

SIZES = {"t13": 13, "t14": 14, "t16": 16, "t26": 26}
NEVER = re.compile(r"\b(None|nan|inf)\b|\{|\}|-0\b")
RANGE = re.compile("\N{EN DASH}")


def read(markup: Markup) -> Html:
    """Return a view's parsed HTML; fails if it is not sound or says something that nobody may see."""
    assert isinstance(markup, Markup)
    html = Html(markup)
    assert len(html.ids) == len(set(html.ids))
    assert not NEVER.search(words.plain(markup)), words.plain(markup)
    return html


def drawings(markup: Markup) -> list[ElementTree.Element]:
    """Return the drawings of a view, each of which must be XML by itself."""
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg role=.*?</svg>", markup, re.DOTALL)]


Box = tuple[float, float, float, float]


def text_boxes(svg: ElementTree.Element) -> list[tuple[str, Box]]:
    """Return every text of a drawing with about where it lies."""
    boxes = []
    for element in svg.iter("text"):
        classes = element.attrib["class"].split()
        size = next(SIZES[name] for name in classes if name in SIZES)
        told = element.text or ""
        wide = 0.55 * size * len(told)
        x, y = float(element.attrib["x"]), float(element.attrib["y"])
        left = x - (wide if "end" in classes else wide / 2 if "mid" in classes else 0)
        boxes.append((told, (left, y - 0.74 * size, left + wide, y + 0.2 * size)))
    return boxes


def assert_texts_fit(markup: Markup) -> None:
    """Fail where texts of a drawing overlap, leave it, or are smaller than 13 px."""
    found = drawings(markup)
    assert len(found) == 2
    for svg in found:
        width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
        assert width <= (NARROW if svg.attrib["aria-labelledby"].endswith("narrow-title") else 368)
        boxes = text_boxes(svg)
        for told, (left, top, right, bottom) in boxes:
            assert left >= -1, told
            assert right <= width + 1, told
            assert top >= -1, told
            assert bottom <= height + 1, told
        for (one, a), (two, b) in combinations(boxes, 2):
            apart = a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1
            assert apart, (one, two)


def day(
    marks: list[tuple[bool, bool, bool]], *, faces: int = 12_400, size: int = 9_756, missed: int = 1
) -> DayRow:
    """Return a day with these alerts: right, stopped, arrested (if stopped)."""
    made = tuple(
        Mark(3 * n, 70.0 * n, n, right, stopped, stopped and arrested)
        for n, (right, stopped, arrested) in enumerate(marks)
    )
    right = sum(mark.right for mark in made)
    stops = [mark for mark in made if mark.stopped]
    wrongly = sum(not mark.right for mark in stops)
    arrests = sum(mark.arrested for mark in stops)
    record: Row = dict.fromkeys(RECORD_COLUMNS, 0)
    record |= {"watchlist_size": size, "faces": faces, "alerts": len(made), "true_alerts": right}
    record |= {"false_alerts": len(made) - right, "true_alerts_engaged": len(stops) - wrongly}
    record |= {"false_alerts_engaged": wrongly, "arrests": arrests}
    truth: Row = dict.fromkeys(TRUTH_COLUMNS, 0)
    truth |= {"true_alerts": right, "false_alerts": len(made) - right, "engagements": len(stops)}
    truth |= {"wrongful_engagements": wrongly, "arrests": arrests, "missed": missed}
    truth |= {"arrests_misidentified": sum(mark.arrested and not mark.right for mark in stops)}
    truth |= {
        "passers": 13 * faces // 12,
        "listed_passers": right + missed,
        "wrongful_minutes": 9.25 * wrongly,
    }
    gone = Mark(1, 5.0, None, False)
    return DayRow(0, record, truth, (*made, gone), {})


def days_with(column: str, values: list[int]) -> Days:
    """Return simulated days that differ in one column."""
    days = Days.of([day([])] * len(values))
    return Days({**days.columns, column: np.array(values, dtype=float)}, {}, days.rows)


alerts_of_a_day = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=140)
days_drawn = st.builds(
    day, alerts_of_a_day, faces=st.integers(0, 40_000), size=st.integers(0, 2), missed=st.integers(0, 30)
)
expected_counts = st.one_of(st.just(0.0), st.floats(0.001, 0.6), st.floats(0.4, 3_000.0))


def numbers(told: str) -> list[int]:
    """Return the whole numbers of a text."""
    return [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", told)]


@given(days_drawn, st.sampled_from([None, 0, 3]))
def test_the_sentence_is_true_and_its_counts_add_up(row: DayRow, teams: int | None) -> None:
    """Protects the largest words of the page: faces, alerts, right and wrong, stops and mistakes."""
    told = words.plain(day_sentence(row.record, row.truth, teams=teams))
    first, _, second = told.partition(". ")
    alerts, faces = int(row.record["alerts"]), int(row.record["faces"])
    read(day_sentence(row.record, row.truth))

    if not alerts:
        assert "no alert" in told
        assert second == ""
        assert numbers(told) == ([faces] if faces else [])
        assert ("nobody on the list" in told) == (row.record["watchlist_size"] == 0)
        return
    right = re.search(r"(none|[\d,]+) right", first)
    wrong = re.search(r"(none|[\d,]+) wrong", first)
    if right and wrong:
        counts = [0 if m[1] == "none" else numbers(m[1])[0] for m in (right, wrong)]
        assert counts == [row.truth["true_alerts"], row.truth["false_alerts"]]
        assert sum(counts) == alerts == numbers(first)[bool(faces)]
    else:
        assert alerts == 1
        assert first.endswith("right" if row.truth["true_alerts"] else "wrong")
    stops, mistaken = row.truth["engagements"], row.truth["wrongful_engagements"]
    assert ("nobody." in second or "anybody." in second) == (not stops)
    if stops:
        assert numbers(second)[0] == stops
        said = ("nobody" in second or "not by" in second, "both" in second, numbers(second)[1:])
        assert said == (
            not mistaken,
            mistaken == stops == 2,
            [mistaken] if mistaken and stops > 1 and not mistaken == stops == 2 else [],
        )


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ([], "On a typical day 12,400 faces raise no alert."),
        ([(True, True, True)], "raise 1 alert, and it is right. Officers stop 1 person, not by mistake."),
        ([(False, True, False)], "raise 1 alert, and it is wrong. Officers stop 1 person, by mistake."),
        ([(False, False, False)] * 2, "raise 2 alerts: none right and 2 wrong. Officers stop nobody."),
        ([(False, True, False)] * 3, "3 wrong. Officers stop 3 people, all 3 by mistake."),
        ([(True, True, False)] * 2, "2 right and none wrong. Officers stop 2 people, nobody by mistake."),
    ],
)
def test_the_sentence_in_its_small_cases(marks: list[tuple[bool, bool, bool]], said: str) -> None:
    """Protects singular, plural and the words for none, one, both and all."""
    row = day(marks)

    assert words.plain(day_sentence(row.record, row.truth)).endswith(said)


def test_sentences_without_list_faces_or_teams() -> None:
    """Protects the states in which something is missing: each has a sentence that is true."""
    empty, alone = day([], size=0), day([], faces=0)
    both = day([], faces=0, size=0)
    alerted = day([(True, False, False)] * 2)

    assert [words.plain(day_sentence(r.record, r.truth)) for r in (empty, alone, both)] == [
        "With nobody on the list, 12,400 faces raise no alert.",
        "On a typical day no face is compared with the list, so there is no alert.",
        "With nobody on the list and no face compared, there is no alert.",
    ]
    assert "No officers are there" in day_sentence(alerted.record, alerted.truth, teams=0)
    assert "1 face raises no alert" in day_sentence({**empty.record, "faces": 1}, empty.truth)
    assert words.plain(predicted_sentence(empty.record, empty.truth)) == (
        "Predicted: with nobody on the list, 12,400 faces raise no alert."
    )


@given(expected_counts, expected_counts, st.floats(0, 1), st.floats(0, 1))
def test_expected_counts_are_whole_or_fewer_than_one(
    right: float, wrong: float, stopped: float, mistaken: float
) -> None:
    """Protects predictions: rounded, never a false 0, and a part never more than its whole."""
    stops = stopped * (right + wrong)
    row = day([])
    truth: Row = {**row.truth, "true_alerts": right, "false_alerts": wrong, "engagements": stops}
    truth["wrongful_engagements"] = mistaken * stops
    told = words.plain(predicted_sentence(row.record, truth))
    read(predicted_sentence(row.record, truth))

    assert told.startswith("Predicted: ")
    for value, name in ((right, "right"), (wrong, "wrong")):
        if right + wrong:
            assert f"{words.expected(value)} {name}" in told
    if (right or wrong) and stops >= 0.5:
        people = re.search(r"([\d,]+) (person|people) stopped, (.*)\.", told)
        assert people is not None
        assert numbers(people[1])[0] == words.rounded(stops)
        assert (people[2] == "person") == (words.rounded(stops) == 1)
        assert words.expected(mistaken * stops) in people[3] or "nobody" in people[3]
    assert not re.search(r"\b0 ", told) or 0.0 in (right, wrong)


def test_words_for_numbers() -> None:
    """Protects the limits of words: one half, twelve, and values that are no numbers."""
    assert [words.expected(v) for v in (0, 0.49, 0.5, 1.5, 12_400.4)] == [
        "0",
        words.FEWER,
        "1",
        "2",
        "12,400",
    ]
    assert [words.expected_word(v) for v in (0.2, 7.2, 12.6)] == ["fewer than one", "seven", "13"]
    assert words.expected(float("nan")) == words.whole(float("inf")) == words.NOT_KNOWN
    assert words.between(0, 1, "person", "people") == "0 to 1 people"
    assert words.between(1, 1, "person", "people") == "1 person"
    assert words.clock_time(12.0, 10_936.9) == "15:02:16"
    assert words.clock_time(23.5, 3_600) == "00:30:00"


def test_running_and_spread() -> None:
    """Protects what stands there while days come in, and that ranges are those of the days."""
    row = day([(False, True, False)])
    alerts = [*range(1, 41)]
    days = days_with("record.alerts", alerts)

    assert words.plain(running_sentence(124, row.record, row.truth)) == (
        "So far 124 days; a typical one has 1 alert, 1 stopped by mistake."
    )
    assert "first day" in running_sentence(0)
    assert words.plain(spread_line(days, {"alerts": 11, "true_alerts": 10, "false_alerts": 1})) == (
        "Nine days in ten bring 2 to 38 alerts and nobody stopped by mistake. "
        "The police record of the day: 11 alerts, 10 true and 1 false."
    )
    unknown = {"alerts": None, "true_alerts": None, "false_alerts": None}
    assert words.plain(spread_line(Days.of(days.rows[:5]), unknown)).startswith("The 5 days bring no alert")
    assert "not known" in spread_line(days, {**unknown, "alerts": 3})
    assert spread_line(Days.of([]), unknown) == ""
    predicted = Days(days.columns, days.groups)
    assert "would bring" in spread_line(predicted, unknown)


@pytest.mark.parametrize("name", shipped_scenarios())
@pytest.mark.parametrize("predicted", [False, True])
def test_the_record_table_has_the_numbers(name: str, predicted: bool) -> None:
    """Protects both tables, cell by cell, and that what was not published is said to be not known."""
    scenario = Scenario.from_file(name)
    rows = [
        day([(n % 3 > 0, n % 2 > 0, True)] * (n % 9), faces=12_000 + n, missed=n % 4) for n in range(40)
    ]
    days = Days.of(rows)
    shown = rows[7]
    record, truth = dict(shown.record), dict(shown.truth)
    if predicted:
        days = Days(days.columns, days.groups)
        record = {column: value * 0.97 for column, value in record.items()}
        truth["missed"] = 0.2
    html = read(record_table(scenario, days, record, truth))
    wide, turned = html.tables
    lines, columns = wide[2:], list(zip(*[row for row in turned[1:] if len(row) > 1], strict=True))[1:]
    has_record = any(value is not None for value in scenario.published.model_dump().values())

    assert wide[1][1:] == [
        *("Faces", "Alerts", "True", "False", "Stopped, true", "Stopped, false", "Arrests"),
        *("Walks past", "Listed passers", "Missed", "Minutes held by mistake"),
    ]
    named = [row[0] for row in turned[1:] if len(row) > 1]
    assert named == wide[1][1:]
    assert len(lines) == len(columns) == 2 + has_record
    for line, column in zip(lines, columns, strict=True):
        assert tuple(line[1:]) == column
    if has_record:
        for measure, cell in zip(MEASURES, lines[0][1:], strict=True):
            value = getattr(scenario.published, measure.column, None) if measure.kind == "record" else None
            assert cell == ("not known" if value is None else f"{value:,}")
    for measure, cell, span in zip(MEASURES, lines[-2][1:], lines[-1][1:], strict=True):
        assert cell == words.expected({"record": record, "truth": truth}[measure.kind][measure.column])
        low, high = days.nine_in_ten(f"{measure.kind}.{measure.column}")
        assert [numbers(end)[0] for end in RANGE.split(span)] == sorted(
            {words.rounded(low), words.rounded(high)}
        )
    assert lines[-2][0].startswith("Predicted" if predicted else "Simulated")
    assert ("No published record" in record_table(scenario, days)) == (not has_record)
    assert 'href="/evidence"' in record_table(scenario, days)


def test_a_published_count_beyond_nine_days_in_ten_is_said_to_be() -> None:
    """Protects against agreement that is none: which count, how few days reach it, in Evidence's words."""
    scenario = Scenario.from_file("oxford-circus-2022-01-28")
    rows = [day([(True, True, True)] * (10 if n == 9 else 4), faces=11_900 + 10 * n) for n in range(40)]
    told = words.plain(record_table(scenario, Days.of(rows)))
    predicted = Days(Days.of(rows).columns, {})
    changed = scenario.replace({"watchlist.size": 5_000})

    assert "Of alerts, 11 were published; 0 in 40 simulated days have as many. Likewise 10 true" in told
    assert "10 true alerts (1 in 40 as many), 1 false alert (0 in 40 as many)," in told
    assert "faces (" not in told
    assert told.count(WHY_UNKNOWN) == 1
    assert WHY_UNKNOWN in words.plain(fit_section())
    assert "0 in 40 predicted days have as many" in words.plain(record_table(scenario, predicted))
    assert "published;" not in record_table(changed, Days.of(rows), shipped=scenario)
    assert "published;" not in record_table(scenario, Days.of(rows[:19]))


def test_how_presence_becomes_walks_of_listed_people_is_said() -> None:
    """Protects two numbers side by side, the share set and the walks counted, from seeming to disagree."""
    scenario = Scenario.from_file("oxford-circus-2022-01-28")
    plain = scenario.replace({"watchlist.presence_law": "fixed", "watchlist.presence_day_effect": False})
    days = Days.of([])

    told = words.plain(record_table(scenario, days))
    assert "moved from a list of 6,996 to this one by the law of presence" in told
    assert "more or fewer from day to day (day effect)." in told
    assert "per 10,000 passers, times all walks." in words.plain(record_table(plain, days))


def test_what_is_fitted_is_no_test_and_is_said_only_where_it_is_so() -> None:
    """Protects the honesty of the notes: they follow the sources of the scenario as it stands."""
    scenario = Scenario.from_file("oxford-circus-2022-01-28")
    fitted = scenario.to_dict()
    fitted["sources"]["watchlist.presence"] = {"status": "fitted", "reference": "to this day"}
    fitted["watchlist"]["presence"] = 9.3e-4
    moved = scenario.replace({"crowd.passers_per_hour": 5_000.0, "watchlist.presence": 3e-4})
    days = Days.of([])

    told = record_table(scenario, days)
    assert "The number of walks past is fitted to this day, so agreement on faces is no test" in told
    assert "Walks past: people walking through the site, second walks included." in told
    assert "agreement on true alerts is a weak test" in record_table(scenario, days)
    told = record_table(Scenario.from_dict(fitted), days)
    assert (
        "share of passers who are listed is fitted to this day, so agreement on true alerts is no test"
        in told
    )
    assert "weak test" not in told
    assert "fitted" not in record_table(moved, days)
    assert "weak test" not in record_table(moved, days)
    default = setting_paths()["watchlist.presence"].json_schema_extra
    assert isinstance(default, dict)
    assert "faces of 2022" in str(default["source"])


@given(days_drawn)
@example(day([(True, True, False), (False, False, False)] * 61))
def test_alert_columns_have_the_counts_and_fit(row: DayRow) -> None:
    """Protects the chart of one day: heading, table and drawing tell the same numbers."""
    figure = alert_columns(row, 12.0, selected=2)
    html = read(figure)
    alerts = [mark for mark in row.marks if mark.alert is not None]
    if not alerts:
        assert html.headings == ["No alert, so nobody is stopped"]
        return
    counts = html.tables[0][1:]
    right, wrong = row.truth["true_alerts"], row.truth["false_alerts"]
    stops, mistaken = row.truth["engagements"], row.truth["wrongful_engagements"]
    arrests, misidentified = row.truth["arrests"], row.truth["arrests_misidentified"]
    assert [[numbers(cell)[0] for cell in line[1:]] for line in counts] == [
        [right + wrong, right, wrong],
        [stops, stops - mistaken, mistaken],
        [arrests, arrests - misidentified, misidentified],
    ]
    assert_texts_fit(figure)
    if len(alerts) > MOST_MARKS:
        assert len(html.tables) == 1
        return
    assert len(html.tables[1]) == 1 + len(alerts)
    for svg in drawings(figure):
        groups = [group for group in svg.iter("g") if group.get("data-do") == "alert"]
        assert {group.get("data-value") for group in groups} == {str(mark.alert) for mark in alerts}
        assert sum(len(list(svg.iter(tag))) for tag in ("polygon",)) == wrong + mistaken + misidentified
        squares = [one for one in svg.iter("rect") if one.get("class") == "fill-right"]
        assert len(squares) == sum(float(line[2]) for line in counts)
        assert not [one for one in svg.iter() if one.get("tabindex") or one.tag in ("a", "button")]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ((5, 2, 3), (0, 1, 1), "Five arrests from twelve alerts; one stop in eight is a mistake"),
        ((0, 0, 4), (0, 0, 0), "Four alerts, and nobody is stopped"),
        ((0, 0, 0), (0, 1, 0), "No arrest from one alert; the one stop is a mistake"),
        ((1, 0, 0), (0, 0, 0), "One arrest from one alert; no stop is a mistake"),
        ((0, 0, 0), (1, 1, 0), "One arrest from two alerts; both stops are mistakes"),
        ((0, 10, 0), (0, 3, 0), "No arrest from 13 alerts; three stops in 13 are mistakes"),
        ((0, 0, 0), (0, 3, 0), "No arrest from three alerts; all three stops are mistakes"),
    ],
)
def test_headings_of_alerts(right: tuple[int, ...], wrong: tuple[int, ...], said: str) -> None:
    """Protects the finding in its cases; counts are arrested, stopped only, neither."""
    kinds = [(True, True), (True, False), (False, False)]
    marks = [
        (is_right, *kind)
        for is_right, counts in ((True, right), (False, wrong))
        for kind, count in zip(kinds, counts, strict=True)
        for _ in range(count)
    ]
    alerts = [mark for mark in day(marks).marks if mark.alert is not None]

    assert alerts_heading(alerts) == said


def test_many_alerts_become_bars() -> None:
    """Protects busy days: two thousand alerts fit a phone, and the page stays light."""
    row = day([(n % 5 > 0, n % 2 > 0, True) for n in range(2_000)])
    figure = alert_columns(row, 12.0)

    assert_texts_fit(figure)
    assert len(figure) < 8_000


@given(st.lists(expected_counts, min_size=4, max_size=4), st.floats(0, 1))
def test_expected_bars_fit_and_have_the_numbers(counts: list[float], mistaken: float) -> None:
    """Protects the predicted chart: whole people or fewer than 1, in drawing, heading and table."""
    right, wrong, stops, arrests = sorted(counts, reverse=True)
    row = day([])
    truth: Row = {**row.truth, "true_alerts": right, "false_alerts": wrong, "engagements": stops}
    truth |= {"arrests": arrests, "wrongful_engagements": mistaken * stops}
    truth["arrests_misidentified"] = mistaken * arrests
    figure = funnel(row.record, truth)
    rows = read(figure).tables[0][1:]

    assert rows[0][1:] == [words.expected(value) for value in (right + wrong, right, wrong)]
    assert rows[1][1] == words.expected(stops)
    assert rows[2][3] == words.expected(mistaken * arrests)
    assert_texts_fit(figure)


@given(
    st.lists(st.one_of(st.integers(0, 3), st.integers(0, 5_000)), min_size=1, max_size=60),
    st.sampled_from(sorted(TOLD)),
    st.sampled_from([None, 0, 2, 700]),
)
def test_quantile_dots_have_the_days_and_fit(values: list[int], column: str, shown: int | None) -> None:
    """Protects the dots: their number, their bins, the true days beside them, and words that fit."""
    days = days_with(column, values)
    figure = quantile_dots(days, column, shown)
    html = read(figure)
    rows = html.tables[0][1:]
    dots = min(20, len(values))

    assert sum(numbers(line[1])[0] for line in rows) == dots
    assert len(rows) <= MOST_COLUMNS + 2  # rarer days, on either side
    assert sum(numbers(line[2])[0] for line in rows) == len(values)
    for label, stack, count in rows:
        low, high = numbers(label)[0], numbers(label)[-1]
        assert numbers(count)[0] == sum(low <= value <= high for value in values)
        assert numbers(stack)[0] == sum(low <= value <= high for value in dots_of(np.array(values)))
    assert_texts_fit(figure)
    for svg in drawings(figure):
        assert len(list(svg.iter("circle"))) == dots
        assert ("the day shown" in [told for told, _ in text_boxes(svg)]) == (shown is not None)
    some = re.match(r"On (\d+) of (\d+) days, (some|there is an)", html.headings[0])
    if some:
        assert int(some[1]) == int((dots_of(np.array(values)) > 0).sum())


def test_headings_of_dots() -> None:
    """Protects the finding: never "nobody" where some day had somebody, never "all" where one had none."""
    told = TOLD["truth.wrongful_engagements"]
    headings = [
        dots_heading(np.array(values), told)
        for values in (
            [0] * 60 + [1] * 140,
            [0] * 200,
            [0] * 199 + [3],
            [1] * 200,
            [0] + [1] * 199,
            [7] * 200,
            [0],
        )
    ]

    assert headings == [
        "On 14 of 20 days, somebody is stopped by mistake",
        "On all 200 days, nobody is stopped by mistake",
        "On fewer than one day in 20, somebody is stopped by mistake",
        "On all 200 days, somebody is stopped by mistake",
        "On almost every day, somebody is stopped by mistake",
        "On 20 of 20 days, 7 or more people are stopped by mistake",
        "Nobody is stopped by mistake",
    ]
    read(quantile_dots(Days.of([])))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_bins_cover_without_overlap(one: int, two: int) -> None:
    """Protects the columns of dots: each value in exactly one, nobody alone, never more than nine."""
    low, high = sorted((one, two))
    bins = bins_of(low, high, NARROW)

    assert len(bins) <= MOST_COLUMNS
    assert bins[0].low <= low <= high <= bins[-1].high
    assert all(a.high + 1 == b.low for a, b in pairwise(bins))
    assert all(each.high == 0 for each in bins if each.low <= 0)


def curve(at: float, wrong: float, missed: float, *, assumed: bool = True, steps: int = 21) -> Markup:
    """Return a curve that falls and one that rises, with these counts at the lowest threshold."""
    thresholds = np.linspace(0.55, 0.65, steps)
    away = thresholds - 0.55
    return threshold_curve(thresholds, wrong * np.exp(-50 * away), missed * (1 + 20 * away), at, assumed)


@pytest.mark.parametrize("assumed", [True, False])
@pytest.mark.parametrize("wrong", [0.0, 0.02, 0.7, 14.6, 900.0, 12_345.0])
def test_the_curve_fits_with_every_number(wrong: float, assumed: bool) -> None:
    """Protects the labels: no text over another or outside, whatever the curves, wherever the threshold."""
    for missed, at in product((0.0, 0.1, 1.2, 40.0, 20_000.0), (0.55, 0.58, 0.6, 0.65, 0.9)):
        figure = curve(at, wrong, missed, assumed=assumed)
        read(figure)
        assert_texts_fit(figure)
        assert ("stroke-dasharray" in figure) == assumed
        assert ("lies beyond this scale" in figure) == (at == 0.9)


@given(st.lists(st.tuples(expected_counts, expected_counts), min_size=1, max_size=12), st.integers(0, 11))
def test_the_curve_table_has_the_numbers(points: list[tuple[float, float]], place: int) -> None:
    """Protects table, words and drawing of any curve, also one that goes up and down."""
    thresholds = [0.5 + 0.01 * number for number in range(len(points))]
    at = thresholds[min(place, len(points) - 1)]
    wrong, missed = zip(*points, strict=True)
    figure = threshold_curve(thresholds, wrong, missed, at, True)
    html = read(figure)

    assert html.tables[0][1:] == [
        [f"{threshold:.2f}", words.figure(a), words.figure(b)]
        for threshold, (a, b) in zip(thresholds, points, strict=True)
    ]
    for row, counts in zip(html.tables[0][1:], points, strict=True):
        read_back = [float(cell.replace(",", "")) for cell in row[1:]]
        assert read_back == pytest.approx(counts, rel=0.05)
    assert_texts_fit(figure)
    if html.headings[0].startswith("A lower threshold: more wrong alerts"):
        now = points[min(place, len(points) - 1)]
        assert wrong[0] - now[0] >= 0.5
        assert ("few more found" in html.headings[0]) <= (
            3 * (now[1] - missed[0]) <= wrong[0] - now[0] + 1e-9
        )


def test_headings_of_the_curve() -> None:
    """Protects the finding, which must follow from the numbers, and the plain title where there is none."""

    def heading(*args: Any) -> str:
        return read(curve(*args)).headings[0]

    assert heading(0.6, 14.6, 0.9) == "A lower threshold: more wrong alerts, few more found"
    assert heading(0.6, 14.6, 0.1) == "A lower threshold: more wrong alerts, hardly any more found"
    assert heading(0.6, 14.6, 12.0) == "A lower threshold: more wrong alerts, more listed passers found"
    assert heading(0.6, 0.2, 12.0) == "A lower threshold: more found, hardly more wrong alerts"
    assert heading(0.55, 14.6, 0.9) == "A higher threshold: fewer wrong alerts, few more missed"
    assert heading(0.6, 0.1, 0.1) == heading(0.9, 14.6, 0.9) == PLAIN
    assert PLAIN in threshold_curve([], [], [], 0.6, True)
    assert PLAIN in threshold_curve([0.6], [3.0], [1.0], 0.6, True)
    nowhere = threshold_curve([0.5, 0.6], [float("nan"), 3.0], [1.0, 1.0], 0.6, True)
    assert len(read(nowhere).tables[0]) == 2


@given(st.floats(0, 1e6))
def test_ticks_are_whole_and_enough(highest: float) -> None:
    """Protects the axis: from 0, whole people, few ticks, above the highest value."""
    ticks = y_ticks(highest)

    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert 2 <= len(ticks) <= 6
    assert str(ticks[1]).rstrip("0") in ("1", "2", "5")
    assert 1 <= len(x_ticks(0.5, 0.5 + highest / 2e6)) <= 6


@given(st.floats(0.1, 40), st.floats(0.05, 30), st.floats(0.56, 0.64))
def test_names_of_curves_stand_clear_of_them(wrong: float, missed: float, at: float) -> None:
    """Protects the direct labels: near the own curve, and across neither."""
    for svg in drawings(curve(at, wrong, missed)):
        curves = [
            np.array([list(map(float, pair.split(","))) for pair in line.attrib["points"].split()])
            for line in svg.iter("polyline")
        ]
        bottom = max(float(line.attrib["y1"]) for line in svg.iter("line"))
        for told, (left, top, right, low) in text_boxes(svg):
            if not told.startswith(("wrong", "missed")) or top > bottom:
                continue
            for points in curves[:2]:
                x = np.linspace(left, right, 40)
                y = np.interp(x, points[:, 0], points[:, 1])
                assert not ((y > top) & (y < low)).any()


@given(st.floats(1e-9, 1e11) | st.integers(1, 10**8).map(float))
def test_steps_of_scales_are_round_and_the_least(value: float) -> None:
    """Protects every scale: its step is 1, 2 or 5 times a power of ten, and the least that holds."""
    step = round_step(value)

    assert step >= value * (1 - 1e-9)
    assert f"{step:.0e}"[0] in "125"
    assert step == pytest.approx(float(f"{step:.0e}"), rel=1e-15)
    assert step < 2.5 * value * (1 + 1e-9)
    assert round_step(step) == step
    assert whole_step(value) == max(1, step)


def test_steps_follow_one_another() -> None:
    """Protects those who ask for the next step: it is the next, and there always is one."""
    steps = [1]
    while steps[-1] < 10**10:
        steps.append(whole_step(steps[-1] + 1))

    assert steps[:9] == [1, 2, 5, 10, 20, 50, 100, 200, 500]
    assert steps[-1] == 10**10
    assert round_step(0) == whole_step(0) == 1


def test_a_time_just_below_a_second_is_that_second() -> None:
    """Protects clocks from what sums of fractions lack: the same time on plan, story and chart."""
    assert words.clock_time(15.0, 136.0 - 1e-9) == "15:02:16"
    assert words.clock_time(15.0, 135.9) == "15:02:15"
    assert words.clock_time(23.5, 3600.0) == "00:30:00"
