"""Intervals over replicates: right on average where days differ, textbook where they do not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import norm, t

from lfr_sim.metrics import METRICS, Metric, Value, evaluate, garwood, jeffreys, sum_rows
from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.study.analysis.intervals import (
    design_effect,
    kind_of,
    mean_interval,
    ratio_interval,
    t_interval,
    weighted_garwood,
)

BY_NAME = {metric.name: metric for metric in METRICS}
SHARE, PER_FACE = BY_NAME["wrongful_engagement_share"], BY_NAME["wrongful_engagements_per_100k_faces"]
PER_ARREST, MINUTES = BY_NAME["faces_per_arrest"], BY_NAME["minutes_per_wrongful_engagement"]

Rows = list[dict[str, dict[str, float]]]

days = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30)


def rows_of(**columns: NDArray[np.float64] | list[float]) -> Rows:
    """Return a row of each kind per day: 0 but for the columns named, which may stand in either."""
    length = len(next(iter(columns.values())))
    blank = {"record": dict.fromkeys(RECORD_COLUMNS, 0.0), "truth": dict.fromkeys(TRUTH_COLUMNS, 0.0)}
    rows = [{row: dict(counts) for row, counts in blank.items()} for _ in range(length)]
    for name, values in columns.items():
        for one, value in zip(rows, values, strict=True):
            for counts in one.values():
                if name in counts:
                    counts[name] = float(value)
    return rows


def stops(pairs: list[tuple[int, int]]) -> Rows:
    """Return days with so many wrongful and other stops."""
    return rows_of(wrongful_engagements=[a for a, _ in pairs], engagements=[a + b for a, b in pairs])


def ends(value: Value) -> tuple[float, float]:
    """Return the interval of a value that must have one."""
    assert value.interval is not None
    return value.interval


@pytest.mark.parametrize("runs", [1, 7, 100])
def test_nothing_counted_leaves_room_above(runs: int) -> None:
    """Protects against certainty from zeros: the upper end is that of Garwood, 3.69 / runs."""
    low, high = mean_interval(np.zeros(runs)) or (1.0, 0.0)

    assert low == 0
    assert high == pytest.approx(3.6889 / runs, rel=1e-4)


def test_days_that_are_alike_give_the_interval_of_the_total() -> None:
    """Protects the floor of the design effect: never narrower than independent events."""
    low, high = garwood(30)

    assert mean_interval([3.0] * 10) == pytest.approx((low / 10, high / 10))
    assert mean_interval([30.0]) == garwood(30)


def test_days_that_differ_widen_the_interval() -> None:
    """Protects the design effect: by hand for a small case."""
    counts = np.array([0.0, 1, 0, 12, 2, 9, 0, 0])
    effect = counts.var(ddof=1) / counts.mean() * (t.ppf(0.975, 7) / norm.ppf(0.975)) ** 2
    low, high = (end * effect / 8 for end in garwood(24 / effect))

    assert effect > 5
    assert mean_interval(counts) == pytest.approx((low, high))


def test_amounts_have_the_t_interval() -> None:
    """Protects minutes and hours, which are no counts; and what is fixed, or was seen once."""
    minutes = np.array([0.0, 10.5, 3.25, 8.0])
    half = t.ppf(0.975, 3) * minutes.std(ddof=1) / 2
    middle = minutes.mean()

    assert mean_interval(minutes) == pytest.approx((middle - half, middle + half))
    assert mean_interval([0.0, 0.0], column="wrongful_minutes") is None
    assert mean_interval([12.5]) is None
    assert mean_interval([77.0] * 3, column="officer_hours") == (77.0, 77.0)
    assert t_interval(np.array([1.0])) is None


def test_columns_have_the_kind_of_their_unit() -> None:
    """Protects the choice: by name where there is one, by value where there is none."""
    whole = np.array([1.0, 2.0])

    assert kind_of("wrongful_minutes", whole) == "amount"
    assert kind_of("false_alerts_expected", whole) == "amount"
    assert kind_of("record_true_alerts", whole) == "count"
    assert kind_of("watchlist_size", whole) == "count"
    assert kind_of("watchlist_size", np.array([5.0, 5.0])) == "fixed"
    assert kind_of("watchlist_size", np.array([5.0])) == "count"
    assert kind_of("something", whole / 4) == "amount"


@pytest.mark.parametrize("values", [[], [np.nan], [1.0, np.inf], [[1.0]]])
def test_values_that_are_none_are_refused(values: list[float]) -> None:
    """Protects against an interval of nothing."""
    with pytest.raises(ValueError, match="finite values"):
        mean_interval(values)


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "runs"), [(1.0, 20), (1.0, 100), (4.0, 10), (50.0, 30)])
def test_the_interval_of_a_mean_covers_it_where_days_differ(shape: float, runs: int) -> None:
    """Protects the purpose: 95 % cover the mean where that of independent events does not.

    4,000 studies of gamma-Poisson days with mean 5; coverage is 0.950 or more, with a standard error of
    0.0034, so a correct program leaves 0.935 to 0.985 with probability below 1 in 1,000.
    """
    source = np.random.default_rng(21)
    studies = source.poisson(5.0 * source.gamma(shape, 1 / shape, (4000, runs)))
    found = np.array([mean_interval(study) for study in studies])
    naive = np.array([garwood(study.sum()) for study in studies]) / runs

    assert 0.935 < np.mean((found[:, 0] <= 5) & (found[:, 1] >= 5)) < 0.985
    if shape <= 4:
        assert np.mean((naive[:, 0] <= 5) & (naive[:, 1] >= 5)) < 0.85


@given(days)
def test_the_value_is_that_of_the_sums(pairs: list[tuple[int, int]]) -> None:
    """Protects the pooled ratio: sums by sums, never a mean of ratios; and an interval about it."""
    rows = stops(pairs)
    for metric in (SHARE, PER_FACE, PER_ARREST, MINUTES):
        found, plain = ratio_interval(metric, rows), evaluate(metric, sum_rows(rows))

        assert (found.numerator, found.denominator) == (plain.numerator, plain.denominator)
        assert (found.value, found.undefined) == (plain.value, plain.undefined)
        if found.value is not None and found.interval is not None:
            assert found.interval[0] <= found.value <= found.interval[1]


@given(days)
def test_the_interval_is_never_narrower_than_that_of_independent_events(
    pairs: list[tuple[int, int]],
) -> None:
    """Protects the floor of the design effect, at which both are the same."""
    rows = stops(pairs)
    found, plain = ratio_interval(SHARE, rows), evaluate(SHARE, sum_rows(rows))
    if plain.interval is not None:
        low, high = ends(found)

        assert design_effect(SHARE, rows) >= 1
        assert high - low >= plain.interval[1] - plain.interval[0] - 1e-9
        if design_effect(SHARE, rows) == 1:
            assert found.interval == plain.interval


def test_the_design_effect_by_hand() -> None:
    """Protects the ratio's variance: that of a ratio estimator, over that of a binomial share."""
    tops, bottoms = np.array([0.0, 5, 1, 0, 8]), np.array([4.0, 6, 3, 5, 12])
    share = 14 / 30
    variance = 5 / 4 * sum((x - share * n) ** 2 for x, n in zip(tops, bottoms, strict=True)) / 30**2
    effect = variance / (share * (1 - share) / 30) * (t.ppf(0.975, 4) / norm.ppf(0.975)) ** 2
    rows = rows_of(wrongful_engagements=tops, engagements=bottoms)

    assert design_effect(SHARE, rows) == pytest.approx(effect)
    assert ends(ratio_interval(SHARE, rows)) == pytest.approx(jeffreys(14 / effect, 30 / effect))


def test_a_whole_day_counted_many_times_is_worth_one_event() -> None:
    """Protects the meaning: days on which all stops or none are wrongful are so many coin throws."""
    all_or_none = np.array([0.0, 20.0] * 50)
    rows = rows_of(wrongful_engagements=all_or_none, engagements=np.full(100, 20.0))

    low, high = ends(ratio_interval(SHARE, rows))
    assert design_effect(SHARE, rows) == pytest.approx(20, rel=0.05)
    assert (low, high) == pytest.approx(jeffreys(50, 100), abs=0.005)


def test_rates_and_their_reciprocals_agree() -> None:
    """Protects inverse rates: faces per arrest are the reciprocal of arrests per face, ends swapped."""
    source = np.random.default_rng(3)
    arrests, faces = source.poisson(2.0 * source.gamma(1, 1, 40)), source.poisson(9000, 40)
    rows = rows_of(arrests=arrests, faces=faces)
    per_face = Metric("arrests_per_face", "", "rate", ("record.arrests",), ("record.faces",))
    low, high = ends(ratio_interval(per_face, rows))

    assert ends(ratio_interval(PER_ARREST, rows)) == pytest.approx((1 / high, 1 / low))
    assert design_effect(PER_ARREST, rows) == pytest.approx(design_effect(per_face, rows))
    assert design_effect(PER_ARREST, rows) > 1.5


def test_units_of_a_rate_are_carried_through() -> None:
    """Protects `per`: per 100,000 faces is 100,000 times per face."""
    rows = rows_of(wrongful_engagements=[1, 0, 4], faces=[1000, 1100, 900])
    plain = Metric("x", "", "rate", PER_FACE.numerator, PER_FACE.denominator)

    assert ends(ratio_interval(PER_FACE, rows)) == pytest.approx(
        tuple(1e5 * end for end in ends(ratio_interval(plain, rows)))
    )


def test_a_mean_has_the_interval_of_a_ratio() -> None:
    """Protects means: the linearised t interval; none where days say nothing of it."""
    rows = rows_of(wrongful_minutes=[10, 0, 44, 15], wrongful_engagements=[1, 0, 3, 2])
    residuals = np.array([10, 0, 44, 15]) - np.array([1, 0, 3, 2]) * 69 / 6
    half = t.ppf(0.975, 3) * np.sqrt(4 / 3 * (residuals**2).sum()) / 6

    assert ends(ratio_interval(MINUTES, rows)) == pytest.approx((69 / 6 - half, 69 / 6 + half))
    assert ratio_interval(MINUTES, rows[:1]).interval is None


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_no_event_makes_no_interval_of_a_point(metric: Metric) -> None:
    """Protects every metric where nothing happened: undefined, or with room to one side."""
    nothing = ratio_interval(metric, rows_of(faces=[0.0, 0.0]))
    columns = {name.split(".")[1]: [5.0, 7.0] for name in metric.denominator}
    found = ratio_interval(metric, rows_of(**columns))

    assert (nothing.value, nothing.interval) == (None, None)
    assert nothing.undefined.startswith("undefined, ")
    if found.interval is not None and found.value == 0 and metric.kind != "inverse rate":
        assert found.interval[0] == 0 < found.interval[1]


@pytest.mark.slow
@pytest.mark.parametrize("runs", [20, 100])
def test_the_interval_of_a_share_covers_it_where_days_differ(runs: int) -> None:
    """Protects the purpose: with a day effect, 92 to 99 % cover the share; the naive interval does not.

    4,000 studies of about 8 stops a day, of which a share drawn anew each day (beta, mean 0.2) is
    wrongful. The standard error of a coverage of 0.95 is 0.0034.
    """
    source = np.random.default_rng(31)
    stopped = source.poisson(8.0, (4000, runs))
    wrongful = source.binomial(stopped, source.beta(0.4, 1.6, (4000, runs)))
    covered, naive = 0, 0
    for tops, bottoms in zip(wrongful, stopped, strict=True):
        rows = rows_of(wrongful_engagements=tops, engagements=bottoms)
        low, high = ends(ratio_interval(SHARE, rows))
        covered += low <= 0.2 <= high
        low, high = jeffreys(float(tops.sum()), float(bottoms.sum()))
        naive += low <= 0.2 <= high

    assert 0.92 < covered / 4000 < 0.99
    assert naive / 4000 < 0.75


@given(st.integers(0, 30), st.floats(0.1, 50.0))
def test_events_of_one_weight_have_the_interval_of_garwood(events: int, weight: float) -> None:
    """Protects the gamma interval: where all weights are alike it is exact."""
    low, high = garwood(events)

    assert weighted_garwood(np.full(events, weight), weight) == pytest.approx((weight * low, weight * high))
