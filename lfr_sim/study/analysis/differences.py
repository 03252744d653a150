"""How one count differs between two policies on the same days, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim.metrics import clopper_pearson
from lfr_sim.metrics.kinds import Interval

from .intervals import kind_of, t_interval, weighted_garwood

FloatArray = NDArray[np.float64]

FEW_DAYS = 10
"""Where fewer days differ, Student's t is not trusted: rare differences are skewed, and those seen may
not show the rest. In simulations of 1 to 50 differences in all over 20 to 400 days, Poisson or clustered,
the rule covers the true mean 90 % of the time or more, and mostly 94 to 99 %; t alone covers it 63 % of
the time where one is expected in all, because then often no day differs."""

LARGE = 10
"""A difference of so many counts on the middle day is near enough to normal for t over few days."""

STUDENT = "t of daily differences"
EXACT = "exact, few days differ"
SETTINGS = "the settings fix it"


@dataclass(frozen=True, slots=True)
class Difference:
    """One column under B against A, on the same days."""

    column: str
    runs: int
    mean_a: float
    mean_b: float
    difference: float
    """Mean of B minus A per day."""
    interval: Interval | None
    """95 % interval of the difference per day; None where the days do not give one."""
    method: str
    """How the interval was formed."""
    lower: int
    """Days on which B is lower."""
    equal: int
    higher: int
    pr_lower: float
    """Share of all days on which B is lower; days that are equal are not among them."""
    pr_lower_interval: Interval
    """Its exact 95 % interval (Clopper and Pearson 1934)."""


def paired_difference(column: str, a: FloatArray, b: FloatArray) -> Difference:
    """Return how B differs from A in one column, from aligned replicates: the same crowd in each place.

    The interval, at 95 %:

    - At least ten days differ: Student's t of the daily differences.
    - Fewer differ: rises and falls are two sums of rare events, each with the exact interval of a Poisson
      mean at 97.5 % (Garwood 1936), so that together they hold at 95 % (Bonferroni). Low end: least rise
      minus most fall. A day that differs by more than 1 is one event of that weight, because what happens
      on one day hangs together (Fay and Feuer 1997). This is wide on purpose.
    - No day differs: the same, from no events. Nought is never certain, because what is rare may not have
      shown in so few days. Of amounts such as minutes there is no interval: the size of one is not known.
    - Counts that differ by ten or more on the middle day, such as faces: Student's t, over few days too;
      from one day no interval.
    - The list's size and officers' hours, where they do not vary: the settings fix them.

    Raises:
        ValueError: If the two have different lengths, no value, or a value that is not finite.
    """
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"{column}: replicates are not aligned, shapes {a.shape} and {b.shape}")
    if not len(a) or not np.all(np.isfinite(a)) or not np.all(np.isfinite(b)):
        raise ValueError(f"{column}: need finite values, at least one; got {a!r:.40} and {b!r:.40}")
    change = b - a
    lower, higher = int((change < 0).sum()), int((change > 0).sum())
    interval, method = _interval(column, a, b)
    return Difference(
        column=column,
        runs=len(a),
        mean_a=float(a.mean()),
        mean_b=float(b.mean()),
        difference=float(change.mean()),
        interval=interval,
        method=method,
        lower=lower,
        equal=len(a) - lower - higher,
        higher=higher,
        pr_lower=lower / len(a),
        pr_lower_interval=clopper_pearson(lower, len(a)),
    )


def _interval(column: str, a: FloatArray, b: FloatArray) -> tuple[Interval | None, str]:
    """Return the interval of the mean of b - a, and how it was formed."""
    change = b - a
    size = np.abs(change)
    differing = int((size > 0).sum())
    kinds = {kind_of(column, a), kind_of(column, b)}
    if kinds == {"fixed"}:
        return (float(change[0]), float(change[0])), SETTINGS
    counted = "amount" not in kinds
    usual = t_interval(change)
    large = counted and bool(np.median(size) >= LARGE)
    if usual is not None and (differing >= FEW_DAYS or large):
        return usual, STUDENT
    if large and len(a) == 1:
        return None, "one day"
    if not counted and differing == 0:
        return None, "no day differs"
    # The size of one more event is known to be 1 of counts; of amounts, as what was seen.
    least = 1.0 if counted else float(size.max())
    rises, falls = change[change > 0], size[change < 0]
    rise = weighted_garwood(rises, max(least, float(rises.max(initial=0.0))), 0.975)
    fall = weighted_garwood(falls, max(least, float(falls.max(initial=0.0))), 0.975)
    return ((rise[0] - fall[1]) / len(a), (rise[1] - fall[0]) / len(a)), EXACT
