"""Which runs of a sweep are still to be done, in which order, and when a design point has had enough."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

import numpy as np

from lfr_sim.scenario import Fault

from .plan import Plan

Shard = tuple[int, int]
"""Number of the part, from 1, and how many parts there are."""


MOST_PARTS = 100_000
_LONGEST = len("100000/100000")


class Schedule:
    """The runs of a sweep, or of one shard of it, as they are taken and done.

    With a stopping rule a point's runs are opened batch by batch: the next one once the last is done
    as a whole and has not brought enough events. So the runs done depend on the plan alone.
    """

    def __init__(self, plan: Plan, shard: Shard = (1, 1)) -> None:
        self._plan = plan
        self._rule = plan.stopping
        self._done = np.zeros(plan.runs, dtype=bool)
        self._first, self._last = part_of(plan, shard)
        self._open: deque[range] = deque()
        self._opened: dict[int, int] = {}
        """Point -> how many of its replicates are open; with a stopping rule only."""
        self._events: dict[tuple[int, int], float] = {}
        """Point and batch -> events seen."""
        self.done = 0
        """How many of these runs are done."""

    @property
    def total(self) -> int:
        """How many runs there are; with a stopping rule, as far as is known yet."""
        if self._rule is None:
            return self._last - self._first
        return sum(self._opened.values())

    @property
    def counted_column(self) -> str | None:
        """The column that decides when to stop."""
        return None if self._rule is None else str(self._rule["column"])

    def start(self) -> None:
        """Open what is to be done, once it is known what has been done already."""
        if self._rule is None:
            self._open_missing(self._first, self._last)
            return
        replicates = self._plan.replicates
        for point in range(self._first // replicates, -(-self._last // replicates)):
            self._opened[point] = 0
            self._open_next(point)

    def mark(self, runs: Iterable[int], events: Mapping[int, float] | None = None) -> None:
        """Note runs as done.

        Args:
            runs: Their numbers.
            events: Run -> value of the column that decides when to stop.
        """
        points = set()
        for run in runs:
            if self._done[run] or not self._first <= run < self._last:
                continue
            self._done[run] = True
            self.done += 1
            if self._rule is not None:
                point, replicate = divmod(run, self._plan.replicates)
                batch = point, replicate // int(self._rule["batch"])
                self._events[batch] = self._events.get(batch, 0.0) + (events or {}).get(run, 0.0)
                points.add(point)
        for point in points & self._opened.keys():
            self._open_next(point)

    def take(self, most: int) -> list[int]:
        """Return the next runs, at most so many; they are not given again."""
        taken: list[int] = []
        while self._open and len(taken) < most:
            ready = self._open.popleft()
            wanted = most - len(taken)
            taken += ready[:wanted]
            if len(ready) > wanted:
                self._open.appendleft(ready[wanted:])
        return taken

    @property
    def waiting(self) -> int:
        """How many runs are open and not taken."""
        return sum(map(len, self._open))

    def _open_missing(self, first: int, last: int) -> None:
        missing = np.flatnonzero(~self._done[first:last]) + first
        if len(missing) == 0:
            return
        ends = np.flatnonzero(np.diff(missing) > 1)
        starts = [int(missing[0]), *(int(missing[end + 1]) for end in ends)]
        stops = [*(int(missing[end]) + 1 for end in ends), int(missing[-1]) + 1]
        self._open.extend(range(start, stop) for start, stop in zip(starts, stops, strict=True))

    def _open_next(self, point: int) -> None:
        """Open the next batches of a point as long as all open ones are done and there is not enough."""
        assert self._rule is not None
        start, batch = point * self._plan.replicates, int(self._rule["batch"])
        while True:
            opened = self._opened[point]
            if not self._done[start : start + opened].all() or opened == self._plan.replicates:
                return
            seen = sum(self._events.get((point, number), 0.0) for number in range(-(-opened // batch)))
            if opened and seen >= self._rule["events"]:
                return
            self._opened[point] = min(opened + batch, self._plan.replicates)
            self._open_missing(start + opened, start + self._opened[point])


def part_of(plan: Plan, shard: Shard) -> tuple[int, int]:
    """Return the first run of a shard and the one after its last: whole points where a rule stops them."""
    number, parts = shard
    if plan.stopping is None:
        return plan.runs * (number - 1) // parts, plan.runs * number // parts
    points = len(plan.points)
    ends = (points * (number - 1) // parts, points * number // parts)
    return ends[0] * plan.replicates, ends[1] * plan.replicates


def parse_shard(text: str) -> Shard | str:
    """Return the shard of `i/n`, or the text itself, which `shard_faults` then refuses."""
    number, slash, parts = text.partition("/")
    sound = slash and number.isdecimal() and parts.isdecimal() and len(text) <= _LONGEST
    return (int(number), int(parts)) if sound else text


def shard_faults(shard: object) -> list[Fault]:
    """Return what is wrong with a shard."""
    match shard:
        case (int(number), int(parts)) if (
            not isinstance(number, bool) and 1 <= number <= parts <= MOST_PARTS
        ):
            return []
        case (int(number), int(parts)):
            shard = f"{number}/{parts}"
    allowed = "i/n with i from 1 to n, such as 3/10"
    return [Fault("shard", "not a part of so many", shard, allowed)]
