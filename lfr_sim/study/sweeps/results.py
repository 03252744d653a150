"""The table of a sweep as columns of numbers, with the design points its rows belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Point:
    """One design point: what is changed against the base scenario."""

    number: int
    policy: str
    """Name of the policy; "" where the experiment has none."""
    values: Mapping[str, Any]
    """Dotted path -> value, of the factors."""
    changes: Mapping[str, Any]
    """Dotted path -> value, of factors and policy together: what is changed in the scenario."""

    @property
    def label(self) -> str:
        """The point in words, such as `watchlist.size=2000`."""
        parts = [self.policy] if self.policy else []
        return ", ".join([*parts, *(f"{path}={value}" for path, value in self.values.items())]) or "base"


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """The runs of a sweep that succeeded, in the order of point and replicate."""

    title: str
    factors: tuple[str, ...]
    """Dotted paths that the design varies."""
    design: Mapping[str, Any]
    """The table `[design]` of the experiment, `kind` and all."""
    points: tuple[Point, ...]
    point: IntArray
    """Number of the point of each row."""
    replicate: IntArray
    columns: Mapping[str, FloatArray]
    """Counts by name, a value per row; not-a-number where a value is undefined."""
    failed: int = 0
    """How many runs failed; they have no row here."""
    ranges: Mapping[str, Any] = field(default_factory=dict)
    """Dotted path -> what the experiment said of a factor that was sampled from a range."""

    def of(self, point: int, column: str) -> FloatArray:
        """Return the values of a column at a point, in the order of replicates."""
        return np.asarray(self.columns[column][self.point == point])

    def replicates_of(self, point: int) -> IntArray:
        """Return the numbers of the replicates at a point, in order."""
        return np.asarray(self.replicate[self.point == point])
