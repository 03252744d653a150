"""From sums over runs to values with intervals."""

from __future__ import annotations

from collections.abc import Iterable

from scipy.special import betaincinv, gammaincinv

from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS

from .kinds import Interval, Metric, Rows, Value
from .rates import METRICS


def evaluate(metric: Metric, sums: Rows) -> Value:
    """Return a metric from sums over runs, with a 95 % interval for display."""
    top, bottom = (_total(side, sums) for side in (metric.numerator, metric.denominator))
    if bottom == 0:
        return undefined(metric, top)
    return Value(top, bottom, metric.per * top / bottom, counted_interval(metric, top, bottom), "")


def undefined(metric: Metric, top: float) -> Value:
    """Return the value of a metric whose denominator is 0."""
    wanted = " + ".join(name.split(".")[1] for name in metric.denominator)
    return Value(top, 0.0, None, None, f"undefined, {wanted} is 0")


def evaluate_all(sums: Rows) -> dict[str, Value]:
    """Return every metric from sums over runs."""
    return {metric.name: evaluate(metric, sums) for metric in METRICS}


def sum_rows(rows: Iterable[Rows]) -> dict[str, dict[str, float]]:
    """Return the sums of both rows over runs."""
    sums = {"record": dict.fromkeys(RECORD_COLUMNS, 0.0), "truth": dict.fromkeys(TRUTH_COLUMNS, 0.0)}
    for run in rows:
        for row, columns in sums.items():
            for column in columns:
                columns[column] += run[row][column]
    return sums


def jeffreys(events: float, trials: float, level: float = 0.95) -> Interval:
    """Return the Jeffreys interval of a proportion (Brown, Cai and DasGupta 2001), for display.

    At 0 or all events the near end is 0 or 1.
    """
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events + 0.5, trials - events + 0.5, tail))
    high = 1.0 if events == trials else float(betaincinv(events + 0.5, trials - events + 0.5, 1 - tail))
    return low, high


def clopper_pearson(events: float, trials: float, level: float = 0.95) -> Interval:
    """Return the exact interval of a proportion (Clopper and Pearson 1934), for claims."""
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events, trials - events + 1, tail))
    high = 1.0 if events == trials else float(betaincinv(events + 1, trials - events, 1 - tail))
    return low, high


def garwood(events: float, level: float = 0.95) -> Interval:
    """Return the exact interval of a Poisson mean (Garwood 1936)."""
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(gammaincinv(events, tail))
    return low, float(gammaincinv(events + 1, 1 - tail))


def _total(columns: tuple[str, ...], sums: Rows) -> float:
    return sum(float(sums[row][column]) for row, column in (name.split(".") for name in columns))


def counted_interval(
    metric: Metric, top: float, bottom: float, *, effect: float = 1.0, level: float = 0.95
) -> Interval | None:
    """Return the interval of a metric from its two sums, as of independent events; None for a mean.

    Args:
        metric: The metric.
        top: Sum of its numerator.
        bottom: Sum of its denominator, above 0.
        effect: How many events make one independent event; the sums are worth so much less.
        level: Confidence level.
    """
    if metric.kind == "proportion" and top <= bottom:
        low, high = jeffreys(top / effect, bottom / effect, level)
        return metric.per * low, metric.per * high
    if metric.kind == "rate":
        low, high = (effect * end for end in garwood(top / effect, level))
        return metric.per * low / bottom, metric.per * high / bottom
    if metric.kind == "inverse rate":
        low, high = (effect * end for end in garwood(bottom / effect, level))
        return metric.per * top / high, metric.per * top / low
    return None
