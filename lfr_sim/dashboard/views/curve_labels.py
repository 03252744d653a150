"""Where the name of a curve stands: beside its own curve, clear of everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_STEP_PX = (6.0, 4.0)
_CLEAR_PX, _FARTHEST_PX = 4.0, 18.0
"""A label keeps at least, and at most, so far from its own curve."""
_SAMPLES = 80


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in px, y downwards."""

    left: float
    top: float
    right: float
    bottom: float


def place_label(
    wide: float, high: float, own: FloatArray, other: FloatArray, taken: Sequence[Box], area: Box
) -> Box | None:
    """Return where a label of this size stands, or None if there is no clear place near its curve.

    Args:
        wide: Width of the label in px.
        high: Its height in px.
        own: Its curve, rows x and y, in order of x.
        other: The other curve, farther away from the label than its own.
        taken: Places that are not free.
        area: Where it may stand.
    """
    lefts = np.arange(area.left, area.right - wide + 0.1, _STEP_PX[0])
    tops = np.arange(area.top, area.bottom - high + 0.1, _STEP_PX[1])
    if not len(lefts) or not len(tops):
        return None
    left, top = (grid.ravel() for grid in np.meshgrid(lefts, tops))
    free = np.full(len(left), True)
    for box in taken:
        aside = (left >= box.right + 2) | (left + wide <= box.left - 2)
        free &= aside | (top >= box.bottom) | (top + high <= box.top)
    left, top = left[free], top[free]
    near = _distance(left, top, wide, high, own)
    free = (near >= _CLEAR_PX) & (near <= _FARTHEST_PX)
    left, top, near = left[free], top[free], near[free]
    far = _distance(left, top, wide, high, other)
    free = far >= near + _CLEAR_PX
    if not free.any():
        return None
    # Near its own curve, and rather far from the other: nobody then asks which is meant.
    best = int(np.argmin(np.where(free, near - 0.1 * np.minimum(far, 60.0), np.inf)))
    x, y = float(left[best]), float(top[best])
    return Box(x, y, x + wide, y + high)


def _distance(left: FloatArray, top: FloatArray, wide: float, high: float, curve: FloatArray) -> FloatArray:
    """Return the distance of each rectangle from a curve."""
    x, y = _even(curve)[:, :, None]
    across = np.maximum(np.maximum(left - x, x - (left + wide)), 0.0)
    down = np.maximum(np.maximum(top - y, y - (top + high)), 0.0)
    nearest: FloatArray = np.sqrt((across**2 + down**2).min(axis=0))
    return nearest


def _even(curve: FloatArray) -> FloatArray:
    """Return a curve as points that lie evenly along it, so dense that no label fits between two."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve)))])
    at = np.linspace(0.0, along[-1], _SAMPLES)
    return np.stack([np.interp(at, along, row) for row in curve])
