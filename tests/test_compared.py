"""The numbers of the Compare page: differences, spreads, who is unsought, and what a street would show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom
from strategies import pavement_file

from lfr_sim import theory
from lfr_sim.dashboard.compared import (
    FURTHER,
    OUTCOMES,
    PERS,
    ComparedArm,
    Outcome,
    aligned,
    another_crowd,
    are_paired,
    change,
    differing,
    group_counts,
    holds_the_list_of,
    measured,
    only_listed_under,
    seen_again,
    stay_listed,
    stops_differ,
    too_few,
)
from lfr_sim.dashboard.days import COLUMNS, DayRow, Days
from lfr_sim.dashboard.prediction import predict
from lfr_sim.dashboard.simulated import simulate_day
from lfr_sim.dashboard.swept import sweep_values, swept
from lfr_sim.dashboard.telling_apart import DEPLOYMENTS, telling_apart
from lfr_sim.records import BREAKDOWN_COLUMNS, RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import Scenario, setting_paths
from lfr_sim.study.analysis.paired import compare

BASE = Scenario.from_dict({"site": {"layout": pavement_file(), "vans": ["V1"]}}).replace(
    {
        "deployment.hours": 0.5,
        "crowd.passers_per_hour": 2000.0,
        "watchlist.size": 3000,
        "watchlist.presence": 0.01,
        "matcher.fmr": 3e-6,
    }
)
"""A quick day with a handful of alerts."""
SHORTER = BASE.replace({"watchlist.size": 700, "officers.presumption_to_intervene": 0.3})
SERIOUS = BASE.replace({"watchlist.operations.serious_only": True})
DAYS = 12


def arm_of(letter: str, scenario: Scenario, days: int = DAYS) -> ComparedArm:
    """Return a policy with a few simulated days."""
    rows = [simulate_day(scenario, 1, replicate) for replicate in range(days)]
    return ComparedArm(letter, f"policy {letter}", scenario, Days.of(rows))


@pytest.fixture(scope="module")
def arms() -> tuple[ComparedArm, ComparedArm, ComparedArm]:
    """Return three policies on the same crowds."""
    return arm_of("A", BASE), arm_of("B", SHORTER), arm_of("C", SERIOUS)


def days_of(name: str, values: list[int], per: str = "", whole: list[int] | None = None) -> Days:
    """Return days on which one column, and a denominator, are all that is counted."""
    columns = {column: np.zeros(len(values)) for column in COLUMNS}
    columns[name] = np.array(values, dtype=float)
    if per:
        columns[per] = np.array(whole, dtype=float)
    return Days(columns, {})


def row_of(replicate: int) -> DayRow:
    """Return a day on which nothing happens."""
    nothing = {"g": dict.fromkeys(BREAKDOWN_COLUMNS, 0)}
    return DayRow(replicate, dict.fromkeys(RECORD_COLUMNS, 0), dict.fromkeys(TRUTH_COLUMNS, 0), (), nothing)


def test_daily_differences_are_those_of_the_command(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the agreement of page and terminal: `lfr-sim compare` gives the same numbers."""
    expected = compare(BASE, SHORTER, replicates=DAYS, seed=1, names=["A", "B"]).differences["B"]
    for outcome in (*OUTCOMES, *FURTHER):
        if outcome.minus:
            continue
        found = change(arms[0].days, arms[1].days, outcome, PERS["day"])
        column = outcome.plus.partition(".")[2]
        one = expected[column]
        assert found.difference == one.difference, column
        assert (found.lower, found.equal, found.higher) == (one.lower, one.equal, one.higher)
        assert found.interval == one.interval


def test_right_stops_are_all_stops_but_the_mistaken(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the row that no column holds."""
    days = arms[0].days
    right = next(one for one in OUTCOMES if one.name == "rightful_engagements").of(days)
    mistaken = days.columns["truth.wrongful_engagements"]
    assert np.array_equal(right + mistaken, days.columns["truth.engagements"])
    assert mistaken.sum() > 0
    assert (right >= 0).all()


@given(st.lists(st.tuples(*[st.integers(0, 9)] * 4), min_size=1, max_size=30), st.sampled_from(list(PERS)))
def test_every_day_is_lower_same_higher_or_undefined(
    days: list[tuple[int, int, int, int]], per: str
) -> None:
    """Protects the day counts, whatever the denominator: each day stands in one of them."""
    column = PERS[per].column or "record.alerts"
    a, b = (
        days_of("truth.arrests", [day[at] for day in days], column, [day[at + 1] for day in days])
        for at in (0, 2)
    )
    found = change(a, b, Outcome("arrests", "Arrests", "truth.arrests"), PERS[per])

    assert found.lower + found.equal + found.higher + found.undefined == len(days)
    back = change(b, a, Outcome("arrests", "Arrests", "truth.arrests"), PERS[per])
    assert (back.lower, back.higher) == (found.higher, found.lower)
    if found.difference is not None:
        assert back.difference == pytest.approx(-found.difference, abs=1e-12)


def test_ratios_are_sums_by_sums_never_means_of_ratios() -> None:
    """Protects pooled ratios: a day with one alert weighs as one alert."""
    arrests = Outcome("arrests", "Arrests", "truth.arrests")
    a = days_of("truth.arrests", [1, 1], "record.alerts", [1, 9])
    b = days_of("truth.arrests", [0, 1], "record.alerts", [1, 9])

    assert measured(a, arrests, PERS["alert"]).value == pytest.approx(0.2)
    assert change(a, b, arrests, PERS["alert"]).difference == pytest.approx(-0.1)


def test_a_ratio_of_nothing_is_undefined() -> None:
    """Protects from 0 or NaN where there are no alerts at all."""
    arrests = Outcome("arrests", "Arrests", "truth.arrests")
    none = days_of("truth.arrests", [0, 0], "record.alerts", [0, 0])
    found = change(none, none, arrests, PERS["alert"])

    assert measured(none, arrests, PERS["alert"]).value is None
    assert (found.difference, found.interval, found.undefined) == (None, None, 2)


def test_the_interval_of_a_ratio_covers_the_truth_as_often_as_it_says() -> None:
    """Protects the linearised interval: about 95 of 100 cover the true difference."""
    rng = np.random.default_rng(5)
    per, arrests, tries, covered = PERS["alert"], Outcome("arrests", "Arrests", "truth.arrests"), 400, 0
    for _ in range(tries):
        alerts = rng.poisson(12, 60) + 1
        a = days_of("truth.arrests", rng.binomial(alerts, 0.5).tolist(), "record.alerts", alerts.tolist())
        b = days_of("truth.arrests", rng.binomial(alerts, 0.3).tolist(), "record.alerts", alerts.tolist())
        interval = change(a, b, arrests, per).interval
        assert interval is not None
        covered += interval[0] <= -0.2 <= interval[1]
    assert 0.92 < covered / tries < 0.98


@pytest.mark.parametrize("fewer", [1, 4, 9, 10, 30])
def test_per_face_says_what_per_day_says(fewer: int) -> None:
    """Protects against two answers: past the same faces, both or neither of the intervals hold zero."""
    days, outcome = 200, Outcome("missed", "Missed", "truth.missed")
    counts = np.random.default_rng(6).poisson(22, days)
    a = days_of("truth.missed", counts.tolist(), "record.faces", [36_000] * days)
    b = days_of(
        "truth.missed", (counts - (np.arange(days) < fewer)).tolist(), "record.faces", [36_000] * days
    )
    per_day, per_face = (change(a, b, outcome, PERS[name]) for name in ("day", "faces"))
    assert per_day.interval is not None
    assert per_face.interval is not None
    assert per_face.interval == pytest.approx([end * 10_000 / 36_000 for end in per_day.interval], rel=0.01)


def test_identical_policies_differ_nowhere(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the zero: a policy against itself is the same on every day, per whatever."""
    for per in PERS.values():
        for outcome in (*OUTCOMES, *FURTHER):
            found = change(arms[0].days, arms[0].days, outcome, per)
            assert found.difference in (0.0, None)
            assert (found.lower, found.higher) == (0, 0)


def test_days_that_differ_are_those_with_other_people_stopped(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the first day shown: as many stopped, but others, is a day that differs."""
    a, b, _ = arms
    half = replace(b, days=Days.of([*a.days.rows[:6], *b.days.rows[6:]]))
    of_a, of_b = (
        [{mark.passer for mark in row.marks if mark.stopped} for row in arm.days.rows] for arm in (a, half)
    )
    differ = [day for day in range(DAYS) if of_a[day] != of_b[day]]

    assert differ
    assert differ[0] >= 6
    assert stops_differ((a, half)) == differ
    assert stops_differ((a, a, half)) == differ
    assert stops_differ((a, a)) == []


def test_alerts_that_officers_bring_about_are_found(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the sentence on people seen again: officers alone differ, and yet some alert does."""
    a = replace(arms[0], days=days_of("truth.true_alerts", [1, 2]))
    more = days_of("truth.true_alerts", [1, 3])
    doubt = BASE.replace({"officers.presumption_to_intervene": 0.1})
    list_too = doubt.replace({"watchlist.size": 700})

    assert seen_again(a, replace(a, scenario=doubt, days=more))
    assert not seen_again(a, replace(a, scenario=doubt))
    assert not seen_again(a, replace(a, scenario=list_too, days=more))


@pytest.mark.parametrize("other", [0.1, 0.5, 0.9])
def test_a_sweep_holds_the_values_compared(other: float) -> None:
    """Protects the strip: it reaches from the least to the greatest value of the policies, all marked."""
    path = "officers.presumption_to_intervene"
    alone, both = sweep_values(path, BASE), sweep_values(path, BASE, [other])

    assert {0.65, other} <= set(both)
    assert both[0] == min(alone[0], other)
    assert both[-1] == max(alone[-1], other)
    assert sweep_values(path, BASE, [0.65]) == alone
    assert sweep_values("watchlist.operations.cap", BASE, [None, 500, 9000])[-1] == 9000


@pytest.mark.parametrize(
    ("path", "other"),
    [
        *(("watchlist.size", size) for size in (1, 20, 50, 3_000, 100_000)),
        *(("watchlist.presence", presence) for presence in (1e-5, 1e-2)),
        ("matcher.fmr", 1e-5),
    ],
)
def test_a_sweep_reaches_as_far_as_alone_and_as_the_others(path: str, other: float) -> None:
    """Protects the strip where values differ by factors: no end is lost, and most steps are looked at."""
    alone, both = sweep_values(path, BASE), sweep_values(path, BASE, [other])

    assert {BASE.values()[path], other} <= set(both)
    assert both[0] == pytest.approx(min(alone[0], other), rel=0.05)
    assert both[-1] == pytest.approx(max(alone[-1], other), rel=0.05)
    assert len(both) >= 6


def test_a_mean_has_its_sum_and_nine_days_in_ten_that_occurred() -> None:
    """Protects what is told of days: mean and sum, and a spread without interpolation of half people."""
    found = measured(
        days_of("truth.arrests", list(range(20))), Outcome("x", "x", "truth.arrests"), PERS["day"]
    )
    assert (found.value, found.total, found.low, found.high) == (9.5, 190.0, 0.0, 18.0)


def test_marks_hold_every_listed_passer(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the row of the unsought: who is listed is read from the marks, and is all who are listed."""
    nobody = Days.of([row_of(number) for number in range(DAYS)])
    for arm in arms:
        assert np.array_equal(only_listed_under(arm.days, nobody), arm.days.columns["truth.listed_passers"])


@pytest.mark.parametrize("number", [1, 2])
def test_who_is_unsought_is_the_difference_of_the_listed(
    arms: tuple[ComparedArm, ...], number: int
) -> None:
    """Protects what makes a shorter list look better: the people it leaves out are counted, each day."""
    a, b = arms[0], arms[number]
    unsought = only_listed_under(a.days, b.days)
    difference = a.days.columns["truth.listed_passers"] - b.days.columns["truth.listed_passers"]

    assert unsought.sum() > 0
    assert not only_listed_under(b.days, a.days).any()
    assert np.array_equal(unsought, difference)
    assert holds_the_list_of(a.scenario, b.scenario)
    if number == 2:  # what is taken off is counted by the model, too
        assert np.array_equal(unsought, b.days.columns["truth.listed_removed"])


def test_the_share_that_stays_listed_is_that_of_the_law() -> None:
    """Protects the sentence about the shorter list: presence moves with the root of the size."""
    assert stay_listed(BASE, BASE) == 1.0
    assert stay_listed(BASE, SHORTER) == pytest.approx((700 / 3000) ** 0.5)
    fixed = {"watchlist.presence_law": "fixed"}
    assert stay_listed(BASE.replace(fixed), SHORTER.replace(fixed)) == pytest.approx(1.0)
    expected = [theory(one).truth["listed_passers"] for one in (BASE, SERIOUS)]
    assert stay_listed(BASE, SERIOUS) == pytest.approx(expected[1] / expected[0], rel=1e-3)
    assert np.isnan(stay_listed(BASE.replace({"watchlist.size": 0}), BASE))


def test_a_list_holds_another_only_if_it_must() -> None:
    """Protects from a false claim: other filters, or a longer list, leave people on either list alone."""
    other = BASE.replace({"watchlist.operations.keep_categories": ("suspect_violence",)})
    assert not holds_the_list_of(SERIOUS, other)
    assert not holds_the_list_of(SHORTER, BASE)
    assert not holds_the_list_of(BASE, SHORTER.replace({"watchlist.presence": 0.5}))


def test_only_differing_settings_are_told(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the table of settings: what differs, with the value under each policy, and nothing else."""
    assert differing(arms) == {
        "watchlist.size": (3000, 700, 3000),
        "watchlist.operations.serious_only": (False, False, True),
        "officers.presumption_to_intervene": (0.65, 0.3, 0.65),
    }


def test_other_passers_are_another_crowd(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the words `same crowds`: they are false as soon as other people walk past."""
    more = replace(arms[1], scenario=SHORTER.replace({"crowd.passers_per_hour": 1500.0}))
    masked = replace(arms[1], scenario=SHORTER.replace({"crowd.mask_share": 0.4}))
    assert not another_crowd(arms)
    assert not another_crowd((arms[0], masked))
    assert another_crowd((arms[0], more))


def test_days_of_a_run_that_was_stopped_are_paired_by_number() -> None:
    """Protects pairing: only days that all policies have are compared, each with its own."""
    first = ComparedArm("A", "A", BASE, Days.of([row_of(number) for number in (0, 1, 2, 3)]))
    other = ComparedArm("B", "B", BASE, Days.of([row_of(number) for number in (1, 3)]))
    for arm in aligned((first, other)):
        assert [row.replicate for row in arm.days.rows] == [1, 3]
    empty = replace(other, days=Days.of([]))
    assert [len(arm.days) for arm in aligned((first, empty))] == [0, 0]
    assert not are_paired(aligned((first, empty)))


def test_predicted_days_are_not_paired() -> None:
    """Protects from day counts of draws: no drawn day of one policy is a day of another."""
    drawn = ComparedArm("A", "A", BASE, predict(BASE, days=20).days)
    assert not are_paired((drawn, drawn))
    assert aligned((drawn, drawn)) == (drawn, drawn)


def test_groups_sum_to_the_days(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the table of groups: with every group counted, its sums are those of all days."""
    groups = group_counts(arms)
    for number, arm in enumerate(arms):
        for name, column in (
            ("passers", "truth.passers"),
            ("wrong_alerts", "truth.false_alerts"),
            ("mistaken_stops", "truth.wrongful_engagements"),
        ):
            told = sum(getattr(counts[number], name) for counts in groups.values())
            assert told == arm.days.columns[column].sum()
    few = [sum(counts[at].wrong_alerts < 5 for counts in groups.values()) for at in range(len(arms))]
    assert too_few(groups) == few
    for counts in groups.values():
        for one in counts:
            assert (one.wrong_per_10_000 is None) == (one.wrong_alerts < 5)


# --- how many deployments -----------------------------------------------------------------------------


def resampled(a: NDArray[np.float64], b: NDArray[np.float64], number: int, tries: int = 40_000) -> float:
    """Return the share of random tries that tell two sums of days apart, by the textbook test."""
    rng = np.random.default_rng(number)
    first = rng.choice(a, (tries, number)).sum(axis=1)
    second = rng.choice(b, (tries, number)).sum(axis=1)
    tail = binom.cdf(np.minimum(first, second), first + second, 0.5)
    return float((tail <= 0.025).mean())


def test_every_way_to_draw_days_is_counted() -> None:
    """Protects the shares of tries: drawing days at random gives the same, but for chance."""
    rng = np.random.default_rng(2)
    a, b = rng.negative_binomial(1.0, 0.25, 150).astype(float), rng.poisson(1.0, 150).astype(float)
    found = telling_apart(a, b)
    for number, share in zip(DEPLOYMENTS, found, strict=True):
        assert share == pytest.approx(resampled(a, b, number), abs=0.01)
    assert found == telling_apart(b, a)
    assert 0.2 < found[3] < 0.95


@settings(max_examples=30)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), st.lists(st.integers(0, 40), min_size=1))
def test_shares_of_tries_are_shares(first: list[int], second: list[int]) -> None:
    """Protects the chart: never below 0 or above 1, whichever policy is A, whatever the days."""
    a, b = np.array(first, dtype=float), np.array(second, dtype=float)
    found = telling_apart(a, b)
    assert all(0.0 <= share <= 1.0 for share in found)
    assert found == pytest.approx(telling_apart(b, a), abs=1e-9)


def test_days_without_any_count_show_nothing() -> None:
    """Protects the empty case: nothing against nothing never differs, much against nothing always."""
    none, many = np.zeros(5), np.full(5, 30.0)
    assert telling_apart(none, none) == (0.0,) * len(DEPLOYMENTS)
    assert telling_apart(none, many) == pytest.approx((1.0,) * len(DEPLOYMENTS))


def test_six_against_none_is_the_least_that_shows() -> None:
    """Protects the level: 6 to 0 is rejected (1 in 32), 5 to 0 is not (1 in 16)."""
    one, none = np.ones(3), np.zeros(3)
    assert telling_apart(one, none, (5, 6)) == pytest.approx((0.0, 1.0))


def test_counts_of_busy_days_are_told_apart_in_coarser_steps() -> None:
    """Protects speed and sense with huge counts: a tenth more of 3,000 a day shows, the same does not."""
    rng = np.random.default_rng(3)
    busy = rng.poisson(3000, 100).astype(float)
    assert telling_apart(busy, busy * 1.1, (6,))[0] > 0.99
    assert telling_apart(busy, busy, (6,))[0] < 0.15


# --- sweeping one setting -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(BASE.values()))
def test_every_setting_has_values_that_hold_its_own(path: str) -> None:
    """Protects the sweep of any setting: its values ascend, can be read, and hold the one it has."""
    values = sweep_values(path, BASE)
    current = BASE.values()[path]
    assert path in setting_paths()
    assert current is None or current in values
    assert 1 <= len(values) <= 30
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) == len(values):
        assert list(numbers) == sorted(set(numbers))


def test_a_sweep_is_what_is_predicted_at_each_value() -> None:
    """Protects the strip: its numbers are those of the closed form."""
    result = swept("matcher.threshold", BASE, theory)
    assert 5 <= len(result.points) <= 8
    for point in result.points:
        truth = theory(BASE.replace({"matcher.threshold": point.value})).truth
        told = (point.wrong_alerts, point.mistaken_stops, point.arrests)
        assert told == (truth["false_alerts"], truth["wrongful_engagements"], truth["arrests"])
    assert result.current in [point.value for point in result.points]


def test_values_that_cannot_be_had_are_left_out() -> None:
    """Protects the strip from a fault: a value that clashes with another setting is passed over."""
    result = swept("watchlist.operations.remove_entries", BASE, theory, values=(0, 100, 50_000))
    assert [point.value for point in result.points] == [0, 100]
