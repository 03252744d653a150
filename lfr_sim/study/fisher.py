"""Fisher's exact test of two groups of one size: its power, with every table counted.

With groups of one size the law of the first count given the total is symmetric, so that the two-sided
test by small probabilities and the one by doubled tails are the same.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import binom

MOST_PER_GROUP = 10_000
"""Larger groups take too long to count."""
_LEFT_OUT = 1e-10
"""Probability of the outcomes that are not counted, at each end."""
_DEVIATIONS = 7.0
"""Standard deviations below the mean at which the tail of a hypergeometric law is begun."""


def fisher_power(count: int, first: float, second: float, level: float = 0.95) -> float:
    """Return the power of Fisher's two-sided test of two shares, with so many people per group.

    The sum, over all pairs of outcomes that the test rejects, of their binomial probabilities (Bennett
    and Hsu 1960, Biometrika 47:393).
    """
    ones, of_ones = _outcomes(count, first)
    twos, of_twos = _outcomes(count, second)
    least, most = int(ones[0] + twos[0]), int(ones[-1] + twos[-1])
    rejected_to = _largest_rejected(count, np.arange(least, most + 1), (1.0 - level) / 2.0)
    here = rejected_to[ones[:, None] + twos - least]
    return float(of_ones @ (np.minimum(ones[:, None], twos) <= here) @ of_twos)


def fisher_size(first: float, second: float, *, power: float, level: float, guess: int) -> int | None:
    """Return the smallest number per group from which on the power is at least the one asked for.

    Power over the number is a saw-tooth: a smaller number may reach it and a somewhat larger one not. So
    the search comes from above, from two teeth beyond the guess. None beyond `MOST_PER_GROUP`.

    Args:
        first: The share in one group.
        second: The share in the other.
        power: Power asked for.
        level: Level of the test.
        guess: A number near the answer, such as one by formula.
    """

    def is_enough(count: int) -> bool:
        return fisher_power(count, first, second, level) >= power

    if guess > MOST_PER_GROUP:
        return None
    count = _two_teeth_above(guess, first, second)
    while not is_enough(count):
        count = _two_teeth_above(count, first, second)
    while count > 1 and is_enough(count - 1):
        count -= 1
    return count


def _two_teeth_above(count: int, first: float, second: float) -> int:
    """Return a number per group that is larger by two teeth of the saw, and 10.

    A tooth is how many people more let the smallest difference that is rejected grow by one. That
    difference is near 1.96 sqrt(2 n q (1 - q)), with q the mean share; one more takes 2 n over it.
    """
    mean = (first + second) / 2.0
    difference = 1.96 * math.sqrt(2.0 * count * mean * (1.0 - mean))
    return count + 2 * math.ceil(2.0 * count / max(difference, 2.0)) + 10


def _outcomes(count: int, share: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the outcomes of a group that matter, and their probabilities."""
    least, most = binom.ppf(_LEFT_OUT, count, share), binom.isf(_LEFT_OUT, count, share)
    outcomes = np.arange(int(least), int(most) + 1)
    return outcomes, binom.pmf(outcomes, count, share)


def _largest_rejected(count: int, totals: NDArray[np.int64], tail: float) -> NDArray[np.int64]:
    """Return, per total of both groups, the largest smaller count that is rejected; -1 where none is."""
    spread = np.sqrt(totals * (2 * count - totals) / (4.0 * max(1, 2 * count - 1)))
    begin = np.floor(totals / 2.0 - _DEVIATIONS * spread).astype(np.int64) - 1
    begin = np.maximum(begin, np.maximum(0, totals - count))
    width = int((totals // 2 - begin).max()) + 1
    smaller = begin[:, None] + np.arange(width)
    larger = totals[:, None] - smaller
    possible = (smaller <= larger) & (larger <= count)
    steps = gammaln(np.arange(2 * count + 1) + 1.0)
    ways = steps[count] - steps[: count + 1] - steps[count::-1]
    all_ways = steps[2 * count] - steps[totals] - steps[2 * count - totals]
    chance = ways[np.where(possible, smaller, 0)] + ways[np.where(possible, larger, 0)] - all_ways[:, None]
    below = np.cumsum(np.where(possible, np.exp(chance), 0.0), axis=1)
    # The slack is for rounding: a tail that equals the level is rejected.
    rejected = (possible & (below <= tail * (1.0 + 1e-9))).sum(axis=1)
    return np.where(rejected == 0, -1, begin + rejected - 1)
