"""Every count and rate by name: what it says, how it is formed, its interval, and when it is undefined.

Counts are sums over runs. Ratios divide sums by sums; they are never means of ratios. Where the
denominator is 0 a ratio is undefined, and that is what is said. `record` columns are the force's own
judgement, `truth` columns what was so.
"""

from .counts import COUNTS
from .evaluating import clopper_pearson, evaluate, evaluate_all, garwood, jeffreys, sum_rows
from .kinds import Count, Metric, Value
from .rates import METRICS

__all__ = [
    "COUNTS",
    "METRICS",
    "Count",
    "Metric",
    "Value",
    "clopper_pearson",
    "evaluate",
    "evaluate_all",
    "garwood",
    "jeffreys",
    "sum_rows",
]
