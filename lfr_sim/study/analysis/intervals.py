"""Intervals over replicates that respect that days differ.

The intervals of `lfr_sim.metrics` take every event for independent. In a study events come in clusters:
a day on which many listed people are out, a unit that walks together, a person who returns. One
replicate is one day, and days are independent. So what the days themselves vary by says how many
independent events the counts are worth: the *design effect* (Kish 1965, Survey Sampling, 8.2), the
variance found over days divided by the variance of independent events. Intervals are formed from counts
divided by it, as Korn and Graubard (1998, Survey Methodology 24(2), 193-201) form them for proportions
of few events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv, ndtri, stdtrit

from lfr_sim.metrics import COUNTS, Metric, Value, garwood
from lfr_sim.metrics.evaluating import counted_interval, undefined
from lfr_sim.metrics.kinds import Interval, Rows

FloatArray = NDArray[np.float64]

Kind = Literal["count", "amount", "fixed"]
"""Count: whole numbers of events. Amount: minutes and the like. Fixed: set by the scenario."""

_FIXED = {"watchlist_size", "officer_hours"}
"""What the settings say, the same on every day unless entries are taken off by what is true of them."""

_UNITS = {count.name: count.unit for count in COUNTS}


def kind_of(column: str, values: FloatArray) -> Kind:
    """Return what a column counts; a column without a known name is judged by its values."""
    name = column.removeprefix("record_")
    if name in _FIXED and np.all(values == values[0]) and (len(values) > 1 or name == "officer_hours"):
        return "fixed"
    if name.endswith("_expected"):
        return "amount"
    unit = _UNITS.get(name)
    if unit is None:
        return "count" if bool(np.all(values == np.rint(values))) else "amount"
    return "count" if unit in ("count", "entries") else "amount"


def mean_interval(values: ArrayLike, level: float = 0.95, *, column: str = "") -> Interval | None:
    """Return an interval of a column's mean per deployment, from one value per replicate.

    Counts: the exact interval of a Poisson mean (Garwood 1936) of the total divided by the design effect,
    which is variance / mean over days, and never below 1. So it is not empty where nothing was counted,
    and one run is enough. Other quantities: Student's t over days; None where there are fewer than two
    days, or all are alike, which says nothing about how much days differ.

    Args:
        values: One value per replicate; which other column is counted does not matter.
        level: Confidence level.
        column: Name of the column, which says whether it is a count; left out: whole numbers are.

    Raises:
        ValueError: If there is no value, or one is not finite.
    """
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not len(found) or not np.all(np.isfinite(found)):
        raise ValueError(f"need finite values, one per replicate; got {values!r:.60}")
    kind = kind_of(column, found)
    if kind == "fixed":
        return float(found[0]), float(found[0])
    if kind == "count" and np.all(found >= 0):
        runs, total = len(found), float(found.sum())
        effect = _design_effect(float(found.var(ddof=1)) if runs > 1 else 0.0, total / runs, runs, level)
        low, high = garwood(total / effect, level)
        return low * effect / runs, high * effect / runs
    return t_interval(found, level)


def t_interval(values: FloatArray, level: float = 0.95) -> Interval | None:
    """Return Student's t interval of a mean; None where the values show no spread."""
    runs = len(values)
    spread = float(values.std(ddof=1)) if runs > 1 else 0.0
    if spread == 0.0:
        return None
    half = float(stdtrit(runs - 1, (1 + level) / 2)) * spread / np.sqrt(runs)
    mean = float(values.mean())
    return mean - float(half), mean + float(half)


def ratio_interval(metric: Metric, rows: Sequence[Rows], level: float = 0.95) -> Value:
    """Return a metric over replicates: sums by sums, with an interval that respects that days differ.

    A proportion has the Jeffreys interval of its counts divided by the design effect; a rate that of
    Garwood; an inverse rate the reciprocal. A mean has a t interval from the linearised variance of a
    ratio (Cochran 1977, Sampling Techniques, 2.11). `interval` is None where days say nothing of it.

    With one run, and where nothing or everything happened, days cannot show how much they differ. Then
    the counts stand as they are, and the interval is too narrow if days do differ.

    Args:
        metric: The metric, of `lfr_sim.metrics.METRICS`.
        rows: {"record": counts, "truth": counts} of each replicate.
        level: Confidence level.
    """
    tops, bottoms = (_sides(side, rows) for side in (metric.numerator, metric.denominator))
    return sides_interval(metric, tops, bottoms, level)


def sides_interval(metric: Metric, tops: FloatArray, bottoms: FloatArray, level: float = 0.95) -> Value:
    """Return a metric as `ratio_interval` does, from its two sides.

    Args:
        metric: The metric.
        tops: Its numerator, a value per replicate.
        bottoms: Its denominator, a value per replicate.
        level: Confidence level.
    """
    top, bottom = float(tops.sum()), float(bottoms.sum())
    if bottom == 0:
        return undefined(metric, top)
    value = metric.per * top / bottom
    return Value(top, bottom, value, _interval(metric, tops, bottoms, level), "")


def design_effect(metric: Metric, rows: Sequence[Rows], level: float = 0.95) -> float:
    """Return how many times the variance of a metric exceeds that of independent events; at least 1."""
    tops, bottoms = (_sides(side, rows) for side in (metric.numerator, metric.denominator))
    return _effect_of(metric, tops, bottoms, level) if bottoms.sum() else 1.0


def weighted_garwood(weights: FloatArray, largest: float, level: float = 0.95) -> Interval:
    """Return an interval of the mean of a sum of independent Poisson counts, each with a weight.

    The gamma interval of Fay and Feuer (1997, Statistics in Medicine 16, 791-801). Where all weights
    are 1 it is that of Garwood.

    Args:
        weights: Weight of each event that occurred.
        largest: Largest weight that an event could have had.
        level: Confidence level.
    """
    tail = (1 - level) / 2
    total, square = float(weights.sum()), float((weights**2).sum())
    above, above_square = total + largest, square + largest**2
    low = 0.0
    if total > 0:
        low = square / total * float(gammaincinv(total**2 / square, tail))
    high = above_square / above * float(gammaincinv(above**2 / above_square, 1 - tail))
    return low, high


def _interval(metric: Metric, tops: FloatArray, bottoms: FloatArray, level: float) -> Interval | None:
    top, bottom = float(tops.sum()), float(bottoms.sum())
    effect = _effect_of(metric, tops, bottoms, level)
    found = counted_interval(metric, top, bottom, effect=effect, level=level)
    if found is not None:
        return found
    variance, runs = _ratio_variance(tops, bottoms), len(tops)
    if variance == 0.0:
        return None
    half = metric.per * float(stdtrit(runs - 1, (1 + level) / 2)) * float(np.sqrt(variance))
    value = metric.per * top / bottom
    return value - half, value + half


def _effect_of(metric: Metric, tops: FloatArray, bottoms: FloatArray, level: float) -> float:
    """Return the design effect of a ratio, for the side on which its events stand."""
    if metric.kind == "inverse rate":
        tops, bottoms = bottoms, tops
    top, bottom = float(tops.sum()), float(bottoms.sum())
    if top == 0 or bottom == 0:
        return 1.0
    independent = top / bottom**2
    if metric.kind == "proportion":
        independent *= 1 - top / bottom
    return _design_effect(_ratio_variance(tops, bottoms), independent, len(tops), level)


def _ratio_variance(tops: FloatArray, bottoms: FloatArray) -> float:
    """Return the linearised variance of sum(tops) / sum(bottoms) over days."""
    runs, bottom = len(tops), float(bottoms.sum())
    if runs < 2:
        return 0.0
    residuals = tops - bottoms * (tops.sum() / bottom)
    return runs / (runs - 1) * float((residuals**2).sum()) / bottom**2


def _design_effect(found: float, independent: float, runs: int, level: float) -> float:
    """Return found / independent variance, at least 1.

    The variance found over few days is itself uncertain. Korn and Graubard multiply by the square of
    Student's t over the normal quantile, and so does this.
    """
    if runs < 2 or independent <= 0:
        return 1.0
    tail = (1 + level) / 2
    unsure = float(stdtrit(runs - 1, tail) / ndtri(tail)) ** 2
    return max(1.0, unsure * found / independent)


def _sides(columns: tuple[str, ...], rows: Sequence[Rows]) -> FloatArray:
    """Return one side of a ratio, a value per replicate."""
    named = [name.split(".") for name in columns]
    return np.array([sum(float(one[row][column]) for row, column in named) for one in rows], dtype=float)
