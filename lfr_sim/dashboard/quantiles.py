"""Counts from uniforms that are kept: the same uniform gives no smaller a count where more is expected.

So a day that is drawn moves as its scenario does, and never jumps back. Counts are exact quantiles where
they vary little; where the standard deviation is above 20 they are those of Cornish and Fisher, within 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, gammaincinv, ndtri, pdtr

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_FEW = 12.0
"""Means below which probabilities are added up from 0 on."""
_LEAST_LOG = -460.0
"""Logarithm of the least P(0) from which that can be done."""
_LARGE_VARIANCE = 400.0
_EDGE = 2.0**-40
"""Uniforms stay so far from 0 and 1 that no quantile hangs on rounding."""


class Dice(IntEnum):
    """What is drawn for a day. Each has uniforms of its own: one more leaves the others as they are."""

    PRESENCE = 0
    UNITS = 1
    GROUPS = 2
    PASSES = 3
    CAPTURED = 4
    FACES = 5
    CHILDREN = 6
    ENTRIES = 7
    CHILDREN_LISTED = 8
    LISTED = 9
    REMOVED = 10
    LISTED_SEEN = 11
    REACHED = 12
    FOUND = 13
    FOUND_AGAIN = 14
    FALSE = 15
    ACTED = 16
    ENGAGED = 17
    FLED = 18
    CHILDREN_ALERTS = 19
    BASIS = 20
    ARRESTED = 21
    ARRESTED_WRONGLY = 22
    OTHER_ACTION = 23
    OFFENCE = 24
    LEFT = 25
    DETAINED = 26
    REFUSED = 27
    REFUSED_NO_BASIS = 28
    DETAINED_NO_BASIS = 29
    UNINFORMED = 30
    FINGERPRINTS = 31
    DISPUTED = 32
    MINUTES = 33


@dataclass(frozen=True, slots=True)
class Uniforms:
    """The uniforms of so many days of a seed: always the same ones."""

    seed: int
    days: int

    def of(self, dice: Dice, *shape: int) -> FloatArray:
        """Return those of one thing, (shape, days); the first days are the same however many there are."""
        return _uniforms(self.seed, int(dice), self.days, *shape)


@lru_cache(maxsize=256)
def _uniforms(seed: int, stream: int, days: int, *shape: int) -> FloatArray:
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, stream])))
    drawn = np.moveaxis(generator.random((days, *shape)), 0, -1)
    kept = np.ascontiguousarray(np.clip(drawn, _EDGE, 1 - _EDGE))
    kept.setflags(write=False)
    return kept


def poisson(u: FloatArray, mean: ArrayLike) -> FloatArray:
    """Return the quantiles of Poisson counts: the least count with P(no more than it) >= u.

    Args:
        u: Uniforms, of the shape of the result.
        mean: Their means, 0 or more.
    """
    means = np.broadcast_to(np.asarray(mean, dtype=np.float64), u.shape)
    drawn = np.zeros(u.shape)
    few, many = (means > 0) & (means < _FEW), means >= _FEW
    m = means[few]
    drawn[few] = _climbed(u[few], np.exp(-m), m, np.zeros_like(m))
    m = means[many]
    drawn[many] = _stepped(u[many], m, m, np.ones_like(m), np.inf, lambda k, rows: _plain(pdtr(k, m[rows])))
    return drawn


def binomial(u: FloatArray, count: ArrayLike, share: ArrayLike) -> FloatArray:
    """Return the quantiles of how many of `count` are drawn, each with probability `share`.

    One more in `count` gives the same or one more.

    Args:
        u: Uniforms, of the shape of the result.
        count: Whole numbers, 0 or more.
        share: From 0 to 1.
    """
    counts = np.broadcast_to(np.asarray(count, dtype=np.float64), u.shape)
    shares = np.broadcast_to(np.asarray(share, dtype=np.float64), u.shape)
    drawn = np.where(shares >= 1, counts, 0.0).ravel()
    some = np.flatnonzero((counts > 0) & (shares > 0) & (shares < 1))
    n, p, at = counts.ravel()[some], shares.ravel()[some], u.ravel()[some]
    log_none = n * np.log1p(-p)
    few = (n * p < _FEW) & (log_none > _LEAST_LOG)
    odds = p[few] / (1 - p[few])
    drawn[some[few]] = _climbed(at[few], np.exp(log_none[few]), n[few] * odds, -odds)
    n, p, at = n[~few], p[~few], at[~few]
    whole, mean = n.astype(np.int64), n * p
    drawn[some[~few]] = _stepped(
        at, mean, mean * (1 - p), 1 - 2 * p, n, lambda k, rows: _plain(bdtr(k, whole[rows], p[rows]))
    )
    return drawn.reshape(u.shape)


def split(u: FloatArray, count: FloatArray, shares: Sequence[float]) -> FloatArray:
    """Return how `count` falls into parts with these shares: parts along the first axis.

    Args:
        u: Uniforms, one fewer along the first axis than there are shares.
        count: Whole numbers.
        shares: They sum to 1.
    """
    parts, left, left_share = [], count, 1.0
    for number, share in enumerate(shares[:-1]):
        parts.append(binomial(u[number], left, min(1.0, share / left_share) if left_share > 0 else 0.0))
        left, left_share = left - parts[-1], left_share - share
    return np.stack([*parts, left])


def gamma_sum(u: FloatArray, count: FloatArray, shape: float) -> FloatArray:
    """Return the quantiles of the sum of so many gamma variables of mean 1 and this shape."""
    total = np.zeros(u.shape)
    some = count > 0
    total[some] = gammaincinv(count[some] * shape, u[some]) / shape
    return total


def _plain(values: ArrayLike) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def _climbed(u: FloatArray, none: FloatArray, rate: FloatArray, slope: FloatArray) -> FloatArray:
    """Return quantiles by adding up probabilities from 0 on: quick where counts are small.

    Args:
        u: Uniforms.
        none: P(0).
        rate: P(k + 1) / P(k) is (rate + slope k) / (k + 1).
        slope: See `rate`.
    """
    count = np.zeros(len(u))
    rows, chance, reached, k = np.arange(len(u)), none, none, 0
    while True:
        more = np.flatnonzero(reached < u[rows])
        if len(more) == 0:
            return count
        rows = rows[more]
        count[rows] += 1
        chance = chance[more] * np.maximum(rate[rows] + slope[rows] * k, 0.0) / (k + 1)
        reached = reached[more] + chance
        k += 1


def _stepped(
    u: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
    asymmetry: FloatArray,
    most: FloatArray | float,
    at_most: Callable[[FloatArray, IntArray], FloatArray],
) -> FloatArray:
    """Return quantiles from a guess by Cornish and Fisher, and from there step by step the exact one.

    Args:
        u: Uniforms.
        mean: Of the counts.
        variance: Of the counts.
        asymmetry: Skewness times standard deviation.
        most: Largest count there can be.
        at_most: P(count <= k) of some rows, from k and the rows.
    """
    z = ndtri(u)
    guess = np.ceil(mean + np.sqrt(variance) * z + (z * z - 1) * asymmetry / 6 - 0.5)
    count = np.asarray(np.clip(guess, 0.0, most), dtype=np.float64)
    rows = np.flatnonzero(variance < _LARGE_VARIANCE)
    low = at_most(count[rows], rows) < u[rows]
    up, down = rows[low], rows[~low]
    while len(up):
        count[up] += 1
        up = up[at_most(count[up], up) < u[up]]
    down = down[count[down] > 0]
    while len(down):
        down = down[at_most(count[down] - 1, down) >= u[down]]
        count[down] -= 1
        down = down[count[down] > 0]
    return count
