"""Where on a plan there is room for words: a coarse raster of what people walk on and what is taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

CELL_PX = 4
COARSE = 2
"""So many cells in a row are one cell of the raster that travels to the browser."""

_EDGE_PX = 8
"""Words keep so far from the edge of the drawing."""
_PEOPLE, _ROAD, _LEANING = 400.0, 120.0, 70.0
"""What words over people, over a road, and a leader that is not straight cost, in px of distance."""
_TRIED = 400


@dataclass(frozen=True, slots=True)
class Spot:
    """A box for words (px, y down), and the leader from it to what the words name."""

    left: float
    top: float
    width: float
    height: float
    leader: tuple[float, float, float, float]
    cost: float
    over_people: bool


class Room:
    """A raster over a drawing that knows where people walk, where roads are, and what is taken.

    Args:
        width: Of the drawing, in px.
        height: Of the drawing, in px.
        people: Ground on which people walk, in px of the drawing.
        road: Ground on which vehicles drive, in px of the drawing.
    """

    def __init__(self, width: int, height: int, people: BaseGeometry, road: BaseGeometry) -> None:
        self.width, self.height = width, height
        self.x, self.y = np.meshgrid(
            (np.arange(width // CELL_PX) + 0.5) * CELL_PX, (np.arange(height // CELL_PX) + 0.5) * CELL_PX
        )
        self.people = self.inside(people)
        self.road = self.inside(road) & ~self.people
        self.taken = np.zeros_like(self.people)
        """Where something lies that words may not cover."""
        self.words = np.zeros_like(self.people)
        """Where words stand, so that no leader crosses them."""

    def inside(self, shape: BaseGeometry) -> BoolArray:
        """Return which cells have their middle inside a shape (px)."""
        shapely.prepare(shape)
        found = np.zeros(self.x.shape, dtype=bool)
        near = self._window(shape)
        found[near] = shapely.contains_xy(shape, self.x[near], self.y[near])
        return found

    def take(self, shape: BaseGeometry, *, words: bool = False) -> None:
        """Mark a shape (px) as taken, with a cell's width of air round it."""
        cells = self.inside(shape.buffer(CELL_PX))
        self.taken |= cells
        if words:
            self.words |= cells

    def is_free(self, shape: BaseGeometry) -> bool:
        """Return whether a shape (px) lies wholly in the drawing and on nothing that is taken."""
        left, top, right, bottom = shape.bounds
        held = left >= 4 and top >= 4 and right <= self.width - 4 and bottom <= self.height - 4
        return held and self.share_of(self.taken, shape) == 0

    def share_of(self, cells: BoolArray, shape: BaseGeometry) -> float:
        """Return the share of a shape (px) that lies on some cells."""
        near = self._window(shape)
        inside = shapely.contains_xy(shape, self.x[near], self.y[near])
        return float((inside & cells[near]).sum() / max(1, inside.sum()))

    def over_people(self, shape: BaseGeometry) -> bool:
        """Return whether a shape (px) lies on ground where people walk, more than by its edge."""
        return self.share_of(self.people, shape) > 0.02

    def _window(self, shape: BaseGeometry) -> tuple[slice, slice]:
        """Return rows and columns of the cells that can lie in a shape (px)."""
        if shape.is_empty:
            return slice(0, 0), slice(0, 0)
        left, top, right, bottom = (max(0, int(end // CELL_PX)) for end in shape.bounds)
        return slice(top, bottom + 1), slice(left, right + 1)

    def place(self, size: tuple[float, float], anchor: tuple[float, float], reach: float) -> Spot | None:
        """Return the best free box of a size (px) for words that name a place, or None.

        The best is the nearest that covers neither people nor road; a leader straight up, down or across
        is worth a little distance; one that crosses other words is taken only if all do.
        """
        columns, rows = (int(np.ceil(length / CELL_PX)) + 1 for length in size)
        if rows > self.people.shape[0] or columns > self.people.shape[1]:
            return None
        free = _sums(self.taken, rows, columns) == 0
        top, left = (np.arange(count) * float(CELL_PX) for count in free.shape)
        free &= ((top >= _EDGE_PX) & (top + size[1] <= self.height - _EDGE_PX))[:, None]
        free &= ((left >= _EDGE_PX) & (left + size[0] <= self.width - _EDGE_PX))[None, :]
        across = np.maximum(0.0, np.maximum(left - anchor[0], anchor[0] - left - size[0]))[None, :]
        along = np.maximum(0.0, np.maximum(top - anchor[1], anchor[1] - top - size[1]))[:, None]
        distance = np.hypot(across, along)
        area = rows * columns
        cost = distance + _PEOPLE * _sums(self.people, rows, columns) / area
        cost += _ROAD * _sums(self.road, rows, columns) / area
        cost += _LEANING * ((across > 0) & (along > 0))
        cost += 0.05 * np.abs(left + size[0] / 2 - anchor[0])[None, :]  # rather in the middle
        cost[~free | (distance > reach)] = np.inf
        best: Spot | None = None
        for place in np.argsort(cost, axis=None, kind="stable")[:_TRIED].tolist():
            row, column = divmod(place, cost.shape[1])
            if not np.isfinite(cost[row, column]):
                break
            spot = self._spot(left[column], top[row], size, anchor, float(cost[row, column]))
            if not self._crosses_words(spot.leader):
                return spot
            best = best or spot
        return best

    def _spot(
        self, left: float, top: float, size: tuple[float, float], anchor: tuple[float, float], cost: float
    ) -> Spot:
        width, height = size
        from_x = min(max(anchor[0], left), left + width)
        from_y = min(max(anchor[1], top), top + height)
        box = shapely.box(left, top, left + width, top + height)
        over = self.over_people(box)
        return Spot(float(left), float(top), width, height, (from_x, from_y, *anchor), cost, over)

    def _crosses_words(self, leader: tuple[float, float, float, float]) -> bool:
        x1, y1, x2, y2 = leader
        steps = np.linspace(0.0, 1.0, 60)
        columns = ((x1 + steps * (x2 - x1)) // CELL_PX).astype(int).clip(0, self.words.shape[1] - 1)
        rows = ((y1 + steps * (y2 - y1)) // CELL_PX).astype(int).clip(0, self.words.shape[0] - 1)
        return bool(self.words[rows, columns].any())

    def told(self) -> list[str]:
        """Return the raster for the browser, a string per row of cells twice as coarse.

        A digit a cell: 0 is nobody's ground, 1 road, 2 people's ground, 3 taken, 4 words; of the cells that
        are put together the highest counts.
        """
        kind = np.where(self.people, 2, np.where(self.road, 1, 0))
        kind = np.where(self.words, 4, np.where(self.taken, 3, kind))
        rows, columns = (length // COARSE for length in kind.shape)
        kind = kind[: rows * COARSE, : columns * COARSE].reshape(rows, COARSE, columns, COARSE)
        return ["".join(map(str, row)) for row in kind.max(axis=(1, 3)).tolist()]


def box_of(spot: Spot) -> Polygon:
    """Return the box of a spot as a shape (px)."""
    return shapely.box(spot.left, spot.top, spot.left + spot.width, spot.top + spot.height)


def _sums(cells: BoolArray, rows: int, columns: int) -> FloatArray:
    """Return how many cells are marked in the box of rows x columns that begins at each cell."""
    total = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1))
    total[1:, 1:] = cells.cumsum(axis=0).cumsum(axis=1)
    bottom, right = total[rows:], total[:-rows]
    return np.asarray(
        (bottom[:, columns:] - bottom[:, :-columns]) - (right[:, columns:] - right[:, :-columns])
    )
