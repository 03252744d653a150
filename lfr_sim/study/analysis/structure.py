"""Whether the points of a table are what their design says: trajectories, mixtures, independent factors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lfr_sim.scenario import Fault, InputError

from ..sweeps.results import Point, Results
from .outcomes import factors_of, levels_of

FloatArray = NDArray[np.float64]


def steps_of(results: Results, points: Sequence[Point]) -> FloatArray:
    """Return places in the unit cube whose differences have the signs of the trajectories' steps.

    They are read off the points' own values, so that a later SALib that draws other trajectories from the
    same seed does no harm. Signs are all that is needed: every step has the length of the levels.
    """
    table = _table(results, points)
    size = len(results.factors) + 1
    if len(table) == 0 or len(table) % size:
        raise _not_made(f"{len(table):,} points are not trajectories of {size} points")
    signs = np.sign(np.diff(table.reshape(-1, size, size - 1), axis=1))
    for trajectory in signs:
        # A factor with few whole values may take a step and stay where it is: then nothing changes.
        still = np.flatnonzero(~trajectory.any(axis=1))
        unmoved = np.flatnonzero(~trajectory.any(axis=0))
        if len(still) == len(unmoved):
            trajectory[still, unmoved] = 1.0
    if not (np.all(np.abs(signs).sum(axis=1) == 1) and np.all(np.abs(signs).sum(axis=2) == 1)):
        raise _not_made("not every trajectory moves every factor once, one at a time")
    starts = np.zeros((len(signs), 1, size - 1))
    return np.concatenate([starts, np.cumsum(signs, axis=1)], axis=1).reshape(-1, size - 1)


def check_mixtures(results: Results, points: Sequence[Point], block: int) -> None:
    """Refuse points that are not A, A with each factor of B in turn, and B, again and again."""
    table, factors = _table(results, points), len(results.factors)
    if len(table) == 0 or len(table) % block:
        raise _not_made(f"{len(table):,} points are not blocks of {block}")
    blocks = table.reshape(-1, block, factors)
    for number in range(factors):
        mixed = blocks[:, 0].copy()
        mixed[:, number] = blocks[:, -1, number]
        if not np.array_equal(blocks[:, 1 + number], mixed):
            raise _not_made("the points are not mixtures of two samples, as Saltelli's design has them")


def _table(results: Results, points: Sequence[Point]) -> FloatArray:
    rows = [[float(point.values[factor]) for factor in results.factors] for point in points]
    return np.array(rows, dtype=np.float64)


def entangled(results: Results, factor: str) -> tuple[str, ...]:
    """Return the factors whose levels do not come equally often with each level of this one."""
    mine = {point: row for row, level in enumerate(levels_of(results, factor)) for point in level.points}
    found = []
    for other in factors_of(results):
        levels = levels_of(results, other)
        if other == factor:
            continue
        counts = np.zeros((max(mine.values()) + 1, len(levels)))
        for column, level in enumerate(levels):
            for point in level.points:
                counts[mine[point], column] += 1
        expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True)
        if not np.array_equal(counts * counts.sum(), expected):
            found.append(other)
    return tuple(found)


def _not_made(problem: str) -> InputError:
    return InputError("sensitivity", [Fault("points", problem, shows_value=False)])
