"""Policies compared on the same crowds: the arithmetic of differences, their intervals, and the runs."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom, poisson, ttest_rel
from strategies import pavement_file

import lfr_sim
from lfr_sim.records import run_columns
from lfr_sim.scenario import InputError, Scenario
from lfr_sim.study import run
from lfr_sim.study.analysis.paired import Comparison, Difference, compare, compare_points, paired_difference
from lfr_sim.study.sweeps.results import Point, Results

LIVELY = Scenario.from_dict({"site": {"layout": pavement_file(), "vans": ["V1"]}}).replace(
    {
        "deployment.hours": 0.5,
        "crowd.passers_per_hour": 2000.0,
        "camera.dedupe_cooldown_s": 0.0,
        "watchlist.size": 3000,
        "watchlist.presence": 0.003,
        "matcher.fmr": 3e-6,
        "officers.teams": 1000,
    }
)
"""A quick day with a handful of alerts, and a team always free."""

counts = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=40)


def columns_of(pairs: list[tuple[int, int]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the two arms of a list of days."""
    return np.array([a for a, _ in pairs], dtype=float), np.array([b for _, b in pairs], dtype=float)


@given(counts, st.sampled_from(["arrests", "wrongful_minutes", "watchlist_size"]))
def test_swapping_the_arms_negates_everything(pairs: list[tuple[int, int]], column: str) -> None:
    """Protects symmetry: which arm is called A decides nothing but signs."""
    a, b = columns_of(pairs)
    one, other = paired_difference(column, a, b), paired_difference(column, b, a)

    assert other.difference == -one.difference
    assert (other.lower, other.equal, other.higher) == (one.higher, one.equal, one.lower)
    assert (other.mean_a, other.mean_b, other.method) == (one.mean_b, one.mean_a, one.method)
    if one.interval is None:
        assert other.interval is None
    else:
        assert other.interval == pytest.approx((-one.interval[1], -one.interval[0]))


@given(counts)
def test_days_are_counted_each_once(pairs: list[tuple[int, int]]) -> None:
    """Protects the counts of days, which are what is read first: brute force."""
    a, b = columns_of(pairs)
    one = paired_difference("arrests", a, b)

    assert one.lower == sum(y < x for x, y in pairs)
    assert one.equal == sum(y == x for x, y in pairs)
    assert one.higher == sum(y > x for x, y in pairs)
    assert one.runs == len(pairs) == one.lower + one.equal + one.higher
    assert one.pr_lower == one.lower / len(pairs)


@given(counts, st.integers(1, 50))
def test_what_both_arms_share_changes_nothing(pairs: list[tuple[int, int]], more: int) -> None:
    """Protects the pairing: a busier day under both policies is no difference."""
    a, b = columns_of(pairs)
    plain, shifted = paired_difference("arrests", a, b), paired_difference("arrests", a + more, b + more)

    assert shifted.interval == plain.interval
    assert shifted.difference == plain.difference


def test_a_constant_added_to_one_arm_moves_the_interval_by_it() -> None:
    """Protects location: the t interval follows the difference."""
    source = np.random.default_rng(5)
    a, b = (source.poisson(4.0, 60).astype(float) for _ in range(2))
    plain, moved = paired_difference("arrests", a, b), paired_difference("arrests", a, b + 7)

    assert plain.interval is not None
    assert moved.interval == pytest.approx((plain.interval[0] + 7, plain.interval[1] + 7))


def test_many_differing_days_give_the_textbook_interval() -> None:
    """Protects the t interval: SciPy's own of the paired test."""
    source = np.random.default_rng(6)
    a, b = (source.poisson(2.0, 50).astype(float) for _ in range(2))
    expected = ttest_rel(b, a).confidence_interval(0.95)

    assert paired_difference("arrests", a, b).interval == pytest.approx((expected.low, expected.high))


def _end(events: int, chance: float, *, upper: bool) -> float:
    """Return the Poisson mean at which so few, or so many, events have this chance, by bisection."""
    if events == 0 and not upper:
        return 0.0
    low, high = 0.0, 200.0
    for _ in range(80):
        middle = (low + high) / 2
        tail = poisson.cdf(events, middle) if upper else poisson.sf(events - 1, middle)
        rises = tail > chance if upper else tail < chance
        low, high = (middle, high) if rises else (low, middle)
    return low


@pytest.mark.parametrize(("rises", "falls", "days"), [(0, 0, 10), (1, 0, 1), (3, 0, 50), (2, 5, 30)])
def test_few_differing_days_give_the_exact_interval(rises: int, falls: int, days: int) -> None:
    """Protects the conservative interval: two exact Poisson intervals at 97.5 %, by bisection."""
    a = np.full(days, 3.0)
    b = a.copy()
    b[:rises] += 1
    b[rises : rises + falls] -= 1
    chance = 0.0125
    low = _end(rises, chance, upper=False) - _end(falls, chance, upper=True)
    high = _end(rises, chance, upper=True) - _end(falls, chance, upper=False)

    assert paired_difference("arrests", a, b).interval == pytest.approx((low / days, high / days), rel=1e-6)


@pytest.mark.parametrize("days", [1, 4, 20, 100])
def test_four_arrests_against_three_are_no_difference(days: int) -> None:
    """Protects the reader's first question: the interval contains nought."""
    a, b = np.zeros(days), np.zeros(days)
    a[:3], b[-4:] = 1, 1
    if days == 1:
        a[:], b[:] = 3, 4
    one = paired_difference("arrests", a, b)

    assert one.interval is not None
    assert one.interval[0] < 0 < one.interval[1]


@given(counts)
def test_the_interval_holds_the_difference_and_is_never_a_point(pairs: list[tuple[int, int]]) -> None:
    """Protects against false certainty: what is alike on the days seen may differ on others."""
    a, b = columns_of(pairs)
    one = paired_difference("arrests", a, b)

    assert one.interval is not None
    assert one.interval[0] < one.difference < one.interval[1]


def test_a_larger_difference_on_one_day_counts_as_one_event() -> None:
    """Protects against taking six stops of one group for six surprises."""
    days = 40
    a = np.full(days, 8.0)
    lump, spread = a.copy(), a.copy()
    lump[0] -= 6
    spread[:6] -= 1
    of_lump, of_spread = (paired_difference("arrests", a, b).interval for b in (lump, spread))

    assert of_lump is not None
    assert of_spread is not None
    assert of_lump[0] < of_spread[0]
    assert of_lump[1] > of_spread[1]


def test_what_the_settings_fix_is_certain_and_amounts_may_have_no_interval() -> None:
    """Protects the kinds: list size is no accident; of minutes never seen nothing can be said."""
    sizes = paired_difference("watchlist_size", np.full(5, 6747.0), np.full(5, 2000.0))
    minutes = paired_difference("wrongful_minutes", np.zeros(5), np.zeros(5))
    one_day = paired_difference("faces", np.array([12_000.0]), np.array([9_000.0]))
    faces = paired_difference("faces", np.array([12_000.0, 12_100.0]), np.array([9_000.0, 9_300.0]))

    assert (sizes.interval, sizes.method) == ((-4747.0, -4747.0), "the settings fix it")
    assert (minutes.interval, minutes.method) == (None, "no day differs")
    assert (one_day.interval, one_day.method) == (None, "one day")
    assert faces.method == "t of daily differences"


@pytest.mark.parametrize(
    ("a", "b"), [([1.0, 2.0], [1.0]), ([], []), ([1.0], [np.nan]), ([np.inf], [1.0]), ([[1.0]], [[1.0]])]
)
def test_replicates_that_do_not_fit_are_refused(a: list[float], b: list[float]) -> None:
    """Protects the pairing: no silent cutting, no value that is none."""
    with pytest.raises(ValueError, match="arrests"):
        paired_difference("arrests", np.array(a), np.array(b))


def test_the_share_of_lower_days_has_the_exact_interval() -> None:
    """Protects Clopper and Pearson: at each end the tail has 2.5 %."""
    a, b = np.full(30, 3.0), np.full(30, 3.0)
    b[:7], b[7:9] = 1, 5
    low, high = paired_difference("arrests", a, b).pr_lower_interval

    assert binom.sf(6, 30, low) == pytest.approx(0.025)
    assert binom.cdf(7, 30, high) == pytest.approx(0.025)


@pytest.mark.slow
@pytest.mark.parametrize("expected", [1, 3, 6, 10, 15, 20, 30, 50])
@pytest.mark.parametrize("clustered", [False, True])
def test_the_interval_covers_the_true_difference(expected: int, clustered: bool) -> None:
    """Protects the rule of ten days: coverage of differences that only fall, Poisson or clustered.

    2,000 studies; true coverage is 0.905 or more (the least near 20), with a standard error of 0.0066: a
    correct program falls below 0.885 with probability 1 in 1,000.
    """
    source = np.random.default_rng(11 + expected)
    days, covered = 100, 0
    for _ in range(2000):
        factor = source.gamma(1.0, 1.0, days) if clustered else np.ones(days)
        fall = source.poisson(expected / days * factor)
        low, high = paired_difference("arrests", np.full(days, 99.0), 99.0 - fall).interval or (0.0, 0.0)
        covered += low <= -expected / days <= high

    assert covered / 2000 > 0.885


@pytest.fixture(scope="module")
def shorter() -> Comparison:
    """Return a list, one capped, and one with less presumption, on the same days."""
    return compare(
        LIVELY,
        LIVELY.replace({"watchlist.operations.remove_entries": 1500}),
        LIVELY.replace({"officers.presumption_to_intervene": 0.1}),
        replicates=15,
        seed=4,
        names=["all", "half", "own eyes"],
    )


def test_days_are_those_of_run(shorter: Comparison) -> None:
    """Protects the columns: each arm is what `run` gives, under the name the tables use."""
    alone = run(LIVELY, replicates=15, seed=4)

    assert list(shorter.values["all"]) == list(run_columns())
    for column, (row, name) in run_columns().items():
        assert shorter.values["all"][column].tolist() == alone.values(row, name)
    assert shorter.means["all"]["alerts"] == pytest.approx(np.mean(alone.values("record", "alerts")))


def test_a_shorter_list_never_has_more_alerts_on_any_day(shorter: Comparison) -> None:
    """Protects the law at the heart of comparisons; the scenario must have enough alerts to show it."""
    half = shorter.differences["half"]

    assert shorter.means["all"]["false_alerts"] > 2
    for column in ("alerts", "false_alerts", "listed_passers"):
        assert half[column].higher == 0
        assert half[column].lower > 5


def test_less_presumption_never_stops_more_on_any_day(shorter: Comparison) -> None:
    """Protects the law of presumption, with teams to spare: only what follows an alert moves."""
    eyes = shorter.differences["own eyes"]

    assert eyes["engagements"].higher == eyes["wrongful_engagements"].higher == 0
    assert eyes["engagements"].lower > 0
    assert eyes["alerts"].equal == eyes["passers"].equal == 15


def test_only_what_differs_is_named(shorter: Comparison) -> None:
    """Protects the account of what was compared."""
    assert shorter.differs == {
        "watchlist.operations.remove_entries": (0, 1500, 0),
        "officers.presumption_to_intervene": (0.65, 0.65, 0.1),
    }
    assert shorter.notes == ()


def test_the_summary_is_plain_data(shorter: Comparison) -> None:
    """Protects `--json`: everything survives it, None for what is undefined."""
    told: dict[str, Any] = json.loads(json.dumps(shorter.summary(), allow_nan=False))
    one = told["differences"]["half"]["false_alerts"]

    assert told["names"] == ["all", "half", "own eyes"]
    assert set(one) == set(Difference.__dataclass_fields__)
    assert one["difference"] == pytest.approx(
        told["means"]["half"]["false_alerts"] - told["means"]["all"]["false_alerts"]
    )
    assert told["provenance"]["all"]["scenario_digest"] == LIVELY.digest


def test_a_scenario_against_itself_differs_on_no_day() -> None:
    """Protects the common random numbers, and counts progress over both arms."""
    done: list[int] = []
    same = compare(LIVELY, LIVELY, replicates=3, progress=done.append)

    assert done == [1, 2, 3, 4, 5, 6]
    assert same.differs == {}
    assert same.names == ("Untitled deployment (1)", "Untitled deployment (2)")
    for one in same.differences["Untitled deployment (2)"].values():
        assert (one.lower, one.equal, one.higher, one.difference) == (0, 3, 0, 0.0)


@pytest.mark.parametrize(
    ("change", "noted"),
    [
        ({"crowd.passers_per_hour": 1000.0}, True),
        ({"deployment.hours": 0.4}, True),
        ({"deployment.start_hour": 9.0}, True),
        ({"site.layout": "leicester_square"}, True),
        ({"deployment.purpose": "something else"}, False),
        ({"crowd.mask_share": 0.5}, False),
        ({"camera.range_max_m": 9.0}, False),
    ],
)
def test_another_crowd_is_noted(change: dict[str, Any], noted: bool) -> None:
    """Protects readers from pairs that are none: as many passers on each day is what the note denies."""
    quiet = LIVELY.replace({"crowd.passers_per_hour": 200.0})
    other = quiet.replace({"site.vans": None} | change)
    found = compare(quiet, other, replicates=2)
    same = next(iter(found.differences.values()))["passers"].equal == 2

    assert any("do not have the same crowd" in note for note in found.notes) is noted
    assert same or noted


def test_all_faults_of_all_arms_are_told_at_once() -> None:
    """Protects the promise: nothing is run, everything wrong is named with its arm."""
    lost = LIVELY.replace({"site.layout": "nowhere.json"})
    with pytest.raises(InputError) as told:
        compare(lost, "minimall", replicates=0, seed=-1, names=["x"])
    text = str(told.value)

    for part in (
        "scenario 1: ",
        "nowhere.json",
        "minimall",
        "replicates = 0",
        "seed = -1",
        "1 names for 2",
    ):
        assert part in text


@pytest.mark.parametrize("arms", [(), (LIVELY,)])
def test_one_arm_is_nothing_to_compare(arms: tuple[Scenario, ...]) -> None:
    """Protects against an empty comparison."""
    with pytest.raises(InputError, match="nothing to compare with"):
        compare(*arms)


def test_the_front_door_leads_here() -> None:
    """Protects the public name, which a module of the same name would hide."""
    assert lfr_sim.compare is compare


def sweep() -> Results:
    """Return a small table: a point lacks replicate 1, an undefined value stands in another."""
    points = tuple(
        Point(number, "", {"watchlist.size": size}, {"watchlist.size": size, "crowd.mask_share": 0.1})
        for number, size in enumerate((100, 200, 300))
    )
    return Results(
        title="A sweep",
        factors=("watchlist.size",),
        design={"kind": "grid"},
        points=points,
        point=np.array([0, 0, 0, 1, 1, 2]),
        replicate=np.array([0, 1, 2, 0, 2, 5]),
        columns={
            "alerts": np.array([1.0, 2.0, 3.0, 1.0, 7.0, 0.0]),
            "share": np.array([0.5, np.nan, np.nan, 0.25, 0.5, np.nan]),
        },
    )


def test_points_are_paired_by_the_days_they_share() -> None:
    """Protects the pairing of a sweep in which runs failed or values are undefined."""
    found = compare_points(sweep(), 0, 1)
    alerts, share = found.differences["watchlist.size=200"].values()

    assert (alerts.runs, alerts.mean_a, alerts.mean_b) == (2, 2.0, 4.0)
    assert (share.runs, share.difference) == (1, -0.25)
    assert found.differs == {"watchlist.size": (100, 200)}
    assert found.means["watchlist.size=100"] == {"alerts": 2.0, "share": 0.5}
    assert found.seed is None
    assert json.dumps(found.summary(), allow_nan=False)


def test_points_that_cannot_be_compared_are_refused() -> None:
    """Protects against a point, a column or a day that does not exist."""
    with pytest.raises(InputError) as told:
        compare_points(sweep(), 0, 2, 7, columns=["alert"])

    text = str(told.value)
    assert "no replicate succeeded both here and at point 0" in text
    assert "point = 7" in text
    assert "did you mean 'alerts'?" in text


@pytest.mark.slow
def test_common_random_numbers_shrink_the_variance_as_theory_says() -> None:
    """Protects what comparisons cost: the longer list's false alerts contain the shorter one's.

    False alerts at 6,700 and 9,756 entries are nested Poisson counts of means a < b. Their difference has
    variance b - a on the same days and a + b on independent ones, so the ratio is (a + b) / (b - a) = 5.4.
    Over 1,500 days the ratio of two variances has a relative standard error of 5.2 %; a correct program
    differs by more than 17 % with probability 1 in 1,000.
    """
    plain = LIVELY.replace(
        {
            "watchlist.presence": 0.0,
            "watchlist.presence_day_effect": False,
            "matcher.fmr": 1e-6,
            "matcher.frailty_sd_log": 0.0,
            "crowd.repeat.same_day_share": 0.0,
        }
    )
    short, long = (plain.replace({"watchlist.size": size}) for size in (6700, 9756))
    found = compare(short, long, replicates=1500, seed=8, names=["short", "long"])
    a, b = (found.values[name]["false_alerts"] for name in found.names)
    together, apart = np.var(b - a, ddof=1), np.var(b - np.roll(a, 1), ddof=1)

    assert found.differences["long"]["false_alerts"].lower == 0
    assert together == pytest.approx(b.mean() - a.mean(), rel=0.15)
    assert apart / together == pytest.approx((b.mean() + a.mean()) / (b.mean() - a.mean()), rel=0.17)
