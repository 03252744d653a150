"""Days that have been simulated, for all visitors: a day is a function of scenario, seed and number."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from .days import DayRow, Days

MOST_KEPT = 64 * 200
"""Days kept, as `size_of` counts them: those of 64 usual runs."""
_MARKS_PER_DAY = 50
"""Marks that take about as much memory as the rest of a day."""


class KnownDays:
    """The first days of scenarios, those that were last asked for; safe to use from any thread.

    Args:
        most: How much is kept: a day counts as 1, and 1 more for every 50 alerts and missed persons.
    """

    def __init__(self, most: float = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._rows: OrderedDict[tuple[str, int], tuple[DayRow, ...]] = OrderedDict()
        self._sizes: dict[tuple[str, int], float] = {}

    def of(self, digest: str, seed: int) -> tuple[DayRow, ...]:
        """Return what is known of a scenario: its days 0, 1, … without a gap."""
        key = (digest, seed)
        with self._lock:
            if key in self._rows:
                self._rows.move_to_end(key)
            return self._rows.get(key, ())

    def add(self, digest: str, seed: int, rows: Sequence[DayRow]) -> None:
        """Keep the days 0, 1, … of a scenario, unless more are known; the least recently used make room."""
        key, size = (digest, seed), size_of(rows)
        with self._lock:
            if len(rows) <= len(self._rows.get(key, ())):
                return
            self._rows[key], self._sizes[key] = tuple(rows), size
            self._rows.move_to_end(key)
            while self._rows and sum(self._sizes.values()) > self._most:
                oldest, _ = self._rows.popitem(last=False)
                del self._sizes[oldest]


class KeptColumns:
    """Days as columns, those of the same scenario, seed and number made once; safe to use from any thread.

    Args:
        most: How much is kept, counted as for `KnownDays`; the rows are mostly the same objects as there.
    """

    def __init__(self, most: float = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._days: OrderedDict[tuple[str, int, int], tuple[Days, float]] = OrderedDict()

    def of(self, digest: str, seed: int, rows: Sequence[DayRow]) -> Days:
        """Return the days 0, 1, … of a scenario as columns."""
        key = (digest, seed, len(rows))
        with self._lock:
            if key in self._days:
                self._days.move_to_end(key)
                return self._days[key][0]
        days = Days.of(rows)
        with self._lock:
            self._days[key] = days, size_of(rows)
            while len(self._days) > 1 and sum(size for _, size in self._days.values()) > self._most:
                self._days.popitem(last=False)
        return days


def size_of(rows: Sequence[DayRow]) -> float:
    """Return how much room days take: 1 each, and 1 more for every 50 alerts and missed persons."""
    return len(rows) + sum(len(row.marks) for row in rows) / _MARKS_PER_DAY
