"""What came of design points: means of columns and rates over one point or several, with intervals.

With one root seed, replicate r is the same day at every design point. So where several points are taken
together, they are first taken together day by day: days are independent, points are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lfr_sim.metrics import METRICS, Metric
from lfr_sim.metrics.kinds import Interval
from lfr_sim.records import JUDGED_TWICE
from lfr_sim.scenario import Fault, InputError, nearest

from ..expected.expectations import EXPECTED_COLUMNS
from ..sweeps.results import Point, Results
from .intervals import mean_interval, ratio_interval

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

POLICY = "policy"
"""The policies of an experiment are a factor of this name."""

_EXPECTED = "_expected"


@dataclass(frozen=True)
class Outcome:
    """What is looked at: a column's mean per deployment, or a rate.

    Behind the name of either may stand `_expected`: then it is an expected count, or a sum of expected
    counts divided by another.
    """

    name: str
    metric: Metric | None = None
    """None where it is a column."""

    @cached_property
    def is_expected(self) -> bool:
        """Whether it is formed from expected counts."""
        return self.name.endswith(_EXPECTED)

    @cached_property
    def counted(self) -> str:
        """Name of the same without expected counts."""
        return self.name.removesuffix(_EXPECTED)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table it is formed from."""
        if self.metric is None:
            return (self.name,)
        return tuple(map(self.column, dict.fromkeys((*self.metric.numerator, *self.metric.denominator))))

    def column(self, name: str) -> str:
        """Return the column of the table that is one side of the rate, as `row.column`, or part of it."""
        row, column = name.split(".")
        judged = "record_" if row == "record" and column in JUDGED_TWICE else ""
        return f"{judged}{column}{_EXPECTED if self.is_expected else ''}"


@dataclass(frozen=True, slots=True)
class Estimate:
    """An outcome over the runs of one or several points."""

    value: float | None
    """None is undefined."""
    interval: Interval | None
    """95 %; None where the runs say nothing of it."""
    runs: int
    """How many runs it rests on."""


@dataclass(frozen=True, slots=True)
class Level:
    """One value of a factor, and the points that have it."""

    value: Any
    points: tuple[int, ...]


def named(name: str) -> Outcome:
    """Return the outcome of a name: a rate if there is one of this name, else a column."""
    return _rates().get(name, Outcome(name))


def known_outcomes(columns: Iterable[str]) -> dict[str, Outcome]:
    """Return name -> outcome of everything that can be formed from columns."""
    kept = list(columns)
    found = {name: Outcome(name) for name in kept}
    return found | {name: rate for name, rate in _rates().items() if set(rate.columns) <= set(kept)}


def outcome_fault(path: str, name: object, columns: Iterable[str]) -> Fault | None:
    """Return what is wrong with the name of an outcome, or None."""
    kept = list(columns)
    known = known_outcomes(kept)
    if isinstance(name, str) and name in known:
        return None
    if isinstance(name, str) and name in _rates():
        gone = [column for column in _rates()[name].columns if column not in kept]
        return Fault(path, "the table lacks columns that it is formed from", name, ", ".join(gone))
    near = nearest(name, known) if isinstance(name, str) else ""
    allowed = "" if near else "a column of the table, or a rate that `lfr-sim metrics` lists"
    return Fault(path, "there is no such column or rate", name, allowed, near)


@cache
def _rates() -> dict[str, Outcome]:
    """Return name -> outcome of every rate: of counts, and of expected counts where there are such."""
    counted = [Outcome(metric.name, metric) for metric in METRICS]
    expected = [Outcome(metric.name + _EXPECTED, metric) for metric in METRICS]
    possible = [rate for rate in expected if set(rate.columns) <= set(EXPECTED_COLUMNS)]
    return {rate.name: rate for rate in (*counted, *possible)}


def outcome_of(results: Results, name: str) -> Outcome:
    """Return the outcome of a name; raises `InputError` with the nearest right name."""
    fault = outcome_fault("column", name, results.columns)
    if fault is not None:
        raise InputError("results", [fault])
    return known_outcomes(results.columns)[name]


def factors_of(results: Results) -> tuple[str, ...]:
    """Return what varies: the factors that take more than one value, and the policies."""
    names = (*results.factors, POLICY)
    return tuple(name for name in names if len(levels_of(results, name)) > 1)


def levels_of(results: Results, factor: str) -> list[Level]:
    """Return the values of a factor with their points: numbers in order, others as they first appear."""
    found: dict[Any, tuple[Any, list[int]]] = {}
    for point in results.points:
        value = value_at(point, factor)
        found.setdefault(_key(value), (value, []))[1].append(point.number)
    levels = [Level(value, tuple(points)) for value, points in found.values()]
    if all(is_number(level.value) for level in levels):
        levels.sort(key=lambda level: float(level.value))
    return levels


def value_at(point: Point, factor: str) -> Any:
    """Return the value of a factor at a point; of `policy`, the name of the point's policy."""
    return point.policy if factor == POLICY else point.values.get(factor)


def is_number(value: object) -> bool:
    """Return whether a value is a number and no switch."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def estimate(results: Results, points: Sequence[int], outcome: Outcome) -> Estimate:
    """Return an outcome over points: each weighs the same in a mean; in a rate, all sums are pooled."""
    rows = _rows(results, points, outcome)
    if not any(len(found) for found in rows):
        return Estimate(None, None, 0)
    runs = sum(map(len, rows))
    if outcome.metric is not None:
        value, interval = _rate(results, rows, outcome, outcome.metric)
        return Estimate(value, interval, runs)
    days, weight = daily_sums(results, points, outcome.name)
    interval = mean_interval(days, column=outcome.name)
    if interval is not None:
        interval = interval[0] / weight, interval[1] / weight
    return Estimate(float(days.mean()) / weight, interval, runs)


def daily_sums(
    results: Results, points: Sequence[int], column: str, days: IntArray | None = None
) -> tuple[FloatArray, int]:
    """Return a value per day, and by what to divide them so that their mean is the mean over points.

    Where all points have the same days, a value is the day's sum over points. Else the days stand for
    what each does to the mean of the points' means: values with that mean, whose spread is that of the
    days' influences (the variance of clusters that are not equally large).

    Args:
        results: The table.
        points: Numbers of the points.
        column: A column.
        days: Replicates to give values for; left out: those there are.
    """
    values = results.columns[column]
    rows = [found for found in _rows(results, points, Outcome(column)) if len(found)]
    joined = np.concatenate(rows)
    every = np.unique(results.replicate[joined]) if days is None else days
    place = np.searchsorted(every, results.replicate[joined])
    if all(len(found) == len(every) for found in rows):
        sums = np.bincount(place, weights=values[joined], minlength=len(every))
        return sums.astype(np.float64), len(rows)
    means = [float(values[found].mean()) for found in rows]
    pull = np.concatenate(
        [(values[found] - mean) / len(found) for found, mean in zip(rows, means, strict=True)]
    )
    influence = np.bincount(place, weights=pull, minlength=len(every)) / len(rows)
    return np.mean(means) + len(every) * influence, 1


def days_of(results: Results, points: Sequence[int], column: str) -> IntArray:
    """Return the replicates that there are at any of some points, with the column defined."""
    rows = np.concatenate(_rows(results, points, Outcome(column)))
    return np.unique(results.replicate[rows])


def empty_points(results: Results, outcome: Outcome) -> tuple[int, ...]:
    """Return the points whose runs succeeded and say nothing of an outcome: its cells are empty.

    A column of expected counts is so where teams are scarce (`lfr_sim.study.expected.team_load`).
    """
    numbers = [point.number for point in results.points if len(results.replicates_of(point.number))]
    found = zip(numbers, _rows(results, numbers, outcome), strict=True)
    return tuple(number for number, rows in found if not len(rows))


def estimate_value(results: Results, point: int, outcome: Outcome) -> float | None:
    """Return an outcome at one point, without an interval; None where undefined."""
    (rows,) = _rows(results, [point], outcome)
    if not len(rows):
        return None
    if outcome.metric is None:
        return float(results.columns[outcome.name][rows].mean())
    top, bottom = (
        sum(float(results.columns[outcome.column(name)][rows].sum()) for name in side)
        for side in (outcome.metric.numerator, outcome.metric.denominator)
    )
    return outcome.metric.per * top / bottom if bottom else None


def _rows(results: Results, points: Sequence[int], outcome: Outcome) -> list[IntArray]:
    """Return the rows of each point in which the outcome's columns are defined."""
    starts, ends = (np.searchsorted(results.point, points, side=side) for side in ("left", "right"))
    found = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        rows = np.arange(start, end, dtype=np.int64)
        for name in outcome.columns:
            rows = rows[np.isfinite(results.columns[name][rows])]
        found.append(rows)
    return found


def _rate(
    results: Results, rows: Sequence[IntArray], outcome: Outcome, metric: Metric
) -> tuple[float | None, Interval | None]:
    """Return a rate over rows, with its interval.

    Expected counts are no events, so their ratio has the t interval of a ratio of means over days.
    """
    days = _days_of_rows(results, rows, outcome, metric)
    if not outcome.is_expected:
        found = ratio_interval(metric, days)
        return found.value, found.interval
    found = ratio_interval(replace(metric, kind="mean"), days)
    if found.interval is None or metric.kind != "proportion":
        return found.value, found.interval
    return found.value, (max(0.0, found.interval[0]), min(1.0, found.interval[1]))


def _days_of_rows(
    results: Results, rows: Sequence[IntArray], outcome: Outcome, metric: Metric
) -> list[Mapping[str, Mapping[str, float]]]:
    """Return the sums over points of each day, as `lfr_sim.metrics` wants them."""
    joined = np.concatenate(rows)
    days, place = np.unique(results.replicate[joined], return_inverse=True)
    sums: list[dict[str, dict[str, float]]] = [{"record": {}, "truth": {}} for _ in days]
    for name in (*metric.numerator, *metric.denominator):
        row, column = name.split(".")
        totals = np.bincount(place, weights=results.columns[outcome.column(name)][joined])
        for day, total in zip(sums, totals.tolist(), strict=True):
            day[row][column] = total
    return [*sums]


def _key(value: Any) -> Any:
    """Return what tells values of a factor apart: 1 and 1.0 are one value, 1 and true are two."""
    return float(value) if is_number(value) else repr(value)
