"""Simulated days as the pages need them: the two rows of each, its alerts, and who was missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lfr_sim.records import BREAKDOWN_COLUMNS, RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.tally import Row

FloatArray = NDArray[np.float64]

COLUMNS = (
    *(f"record.{name}" for name in RECORD_COLUMNS),
    *(f"truth.{name}" for name in TRUTH_COLUMNS),
)
"""What there is one number of per day: the row and its column."""
FEW_DAYS = 20
"""Of fewer days, the range of nine in ten is the whole range."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One alert of a day, or one listed passer of whom there was none."""

    passer: int
    time_s: float
    """Of the alert; of somebody missed, when they came nearest to a camera or through the site."""
    alert: int | None
    """Number of the alert within the day; None for somebody missed."""
    right: bool
    """Whether the person is the one of the entry returned."""
    stopped: bool = False
    arrested: bool = False

    @property
    def missed(self) -> bool:
        """Whether this is a listed passer without an alert on the own entry."""
        return self.alert is None


@dataclass(frozen=True, slots=True)
class DayRow:
    """One simulated day, in short."""

    replicate: int
    record: Row
    truth: Row
    marks: tuple[Mark, ...]
    """In order of time."""
    groups: Mapping[str, Mapping[str, int]]
    """Group of passers -> column of `BREAKDOWN_COLUMNS` -> count."""


@dataclass(frozen=True)
class Days:
    """Days of one scenario, as columns. Made from rows, or from seeded draws without marks."""

    columns: Mapping[str, FloatArray]
    """Name of `COLUMNS` -> one value per day."""
    groups: Mapping[str, Mapping[str, FloatArray]]
    """Group -> column of `BREAKDOWN_COLUMNS` -> one value per day."""
    rows: tuple[DayRow, ...] = ()
    """The simulated days themselves; empty where the days are predicted."""
    stops_are_asked_for: bool = False
    """Whether stops are those that alerts ask for, because teams are too few to make nearly all of them."""

    @classmethod
    def of(cls, rows: Sequence[DayRow]) -> Days:
        """Return days that were simulated, as columns."""
        values = {
            f"{kind}.{name}": np.array([float(getattr(row, kind)[name]) for row in rows])
            for kind, names in (("record", RECORD_COLUMNS), ("truth", TRUTH_COLUMNS))
            for name in names
        }
        names = list(rows[0].groups) if rows else []
        groups = {
            group: {
                column: np.array([float(row.groups[group][column]) for row in rows])
                for column in BREAKDOWN_COLUMNS
            }
            for group in names
        }
        return cls(values, groups, tuple(rows))

    def __len__(self) -> int:
        """Return the number of days."""
        return len(self.columns["record.faces"])

    @property
    def are_predicted(self) -> bool:
        """Whether these are draws from the closed form, not simulated days."""
        return not self.rows

    def nine_in_ten(self, column: str) -> tuple[float, float]:
        """Return the range of nine days in ten: the 5th and 95th of a hundred, values that occurred."""
        if column not in self._ranges:
            low, high = np.quantile(self.columns[column], [0.05, 0.95], method="inverted_cdf")
            self._ranges[column] = float(low), float(high)
        return self._ranges[column]

    @cached_property
    def _ranges(self) -> dict[str, tuple[float, float]]:
        """Ranges that were asked for: several parts of a page tell the same ones."""
        return {}

    @cached_property
    def middle(self) -> int:
        """The place among the days of the one that is nearest the middle of all."""
        return int(np.argmin(self.off_middle))

    @cached_property
    def off_middle(self) -> FloatArray:
        """How far each day is off the middle of all.

        By the sum over the counts that the page's sentence names of (value - median)^2 / (variance + 1).
        """
        named = ("record.faces", "record.alerts", "truth.true_alerts", "truth.false_alerts",
                 "truth.engagements", "truth.wrongful_engagements", "truth.arrests")  # fmt: skip
        away = np.zeros(len(self))
        for name in named:
            values = self.columns[name]
            away += (values - np.median(values)) ** 2 / (np.var(values) + 1.0)
        return away

    def is_middle(self, row: DayRow) -> bool:
        """Return whether a day is the one nearest the middle of all."""
        return bool(self.rows) and row.replicate == self.rows[self.middle].replicate
