"""How many deployments it would take to see a difference in the street, where no crowd comes twice.

Days are drawn at random from the simulated ones, with replacement and independently under each policy,
their counts are added up, and the two sums are compared by the conditional test of two Poisson counts.
Nothing is left to chance: the law of a sum of n days is that of one day n times convolved with itself, so
that every draw there could be is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

DEPLOYMENTS: Final = (1, 2, 4, 6, 8, 12, 16, 24)
"""For how many deployments under each policy it is computed."""
IN_2022: Final = 6
"""Deployments of the record of 2022."""
LEVEL: Final = 0.95
_FINEST: Final = 500
"""Largest count of a day that is kept as it is; larger ones are told in coarser steps."""
_EXACT: Final = 20_000
"""Largest total of which the test is exact; above, the normal law is within a count or two."""


def telling_apart(
    a: FloatArray, b: FloatArray, deployments: Sequence[int] = DEPLOYMENTS
) -> tuple[float, ...]:
    """Return, for each number of deployments per policy, the share of tries that tell two counts apart.

    Two-sided at the 5 % level: given their total t, either count is binomial (t, 1/2) if the rates are
    equal, and the smaller one is rejected if its tail is at most 2.5 % (Przyborowski and Wilenski 1940,
    Biometrika 31:313). Days that differ by more than chance make it reject too often: see
    `telling_apart(a, a)`. Counts above 500 a day are rounded to steps of at most a 250th.

    Args:
        a: Counts of one policy, a day each.
        b: Counts of the other; days need not be the same.
        deployments: Numbers of deployments, at least 1 each.

    Raises:
        ValueError: If there are no days.
    """
    if not len(a) or not len(b):
        raise ValueError("need days under both policies")
    largest = int(max(a.max(), b.max(), 0.0))
    step = 1 + largest // _FINEST
    length = max(deployments) * (largest // step) + 1
    first, second = (_transform(values / step, length) for values in (a, b))
    least = _least_rejected(length, step)
    shares = []
    for number in deployments:
        law_a, law_b = _sum_law(first, number, length), _sum_law(second, number, length)
        rejected = float(law_a @ _at_least(law_b, least) + law_b @ _at_least(law_a, least))
        shares.append(min(1.0, max(0.0, rejected)))
    return tuple(shares)


def _transform(values: FloatArray, length: int) -> NDArray[np.complex128]:
    """Return the Fourier transform of the law of a day's count."""
    counts = np.rint(np.maximum(values, 0.0)).astype(np.int64)
    return np.fft.rfft(np.bincount(counts, minlength=length) / len(counts), 2 * length)


def _sum_law(transform: NDArray[np.complex128], days: int, length: int) -> FloatArray:
    """Return the law of a sum of so many days."""
    law = np.maximum(np.fft.irfft(transform**days, 2 * length)[:length], 0.0)
    return np.asarray(law / law.sum())


def _at_least(law: FloatArray, least: IntArray) -> FloatArray:
    """Return, for each smaller count, P(the other count is so large that the two are told apart)."""
    above = np.append(np.cumsum(law[::-1])[::-1], 0.0)
    return np.asarray(above[np.minimum(least, len(law))])


def _least_rejected(length: int, step: int) -> IntArray:
    """Return, for each smaller count in steps, the least larger one in steps that is rejected with it."""
    most = _largest_smaller(1 << (2 * length * step).bit_length())
    smaller = np.arange(length) * step
    # The largest smaller count that is rejected never falls as the total grows.
    total = np.searchsorted(most, smaller, side="left")
    larger = np.where(total < len(most), total - smaller, np.iinfo(np.int64).max // 2)
    return np.asarray(-(-larger // step))


@lru_cache(maxsize=8)
def _largest_smaller(size: int) -> IntArray:
    """Return, for each total below `size`, the largest smaller count that is rejected; -1 where none is."""
    totals = np.arange(size)
    guess = np.floor(totals / 2.0 - 0.98 * np.sqrt(totals)).astype(np.int64)
    tail = (1.0 - LEVEL) / 2.0
    most = np.where(totals <= _EXACT, -1, guess)
    for away in range(-3, 4):
        count = guess + away
        possible = (count >= 0) & (totals <= _EXACT)
        below = bdtr(count[possible].astype(float), totals[possible], 0.5)
        most[possible] = np.where(
            below <= tail, np.maximum(most[possible], count[possible]), most[possible]
        )
    return np.asarray(np.maximum.accumulate(most))
