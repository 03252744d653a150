"""Outlines of what stands on a plan, however it is drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from lfr_sim.street.layout import Area

_WAY_M = 18.0
"""Radius within which the direction of a street is judged."""


def union(areas: Sequence[Area]) -> BaseGeometry:
    """Return areas of a layout as one shape."""
    return shapely.union_all([Polygon(area.coords, area.holes) for area in areas])


def way_of(ground: BaseGeometry, place: Point) -> float | None:
    """Return the angle at which a street runs past a place, from -89 to 91, or None if none does."""
    steps = np.linspace(-_WAY_M, _WAY_M, 41)
    x, y = (axis.ravel() for axis in np.meshgrid(steps, steps))
    inside = (np.hypot(x, y) <= _WAY_M) & shapely.contains_xy(ground, x + place.x, y + place.y)
    if inside.sum() < 3:
        return None
    spreads, ways = np.linalg.eigh(np.cov(x[inside], y[inside]))
    if spreads[1] < 1.6 * spreads[0]:  # as wide as it is long: a junction or a square
        return None
    return float((np.degrees(np.arctan2(ways[1, 1], ways[0, 1])) + 89.0) % 180.0 - 89.0)
