"""The clock: events happen in order of time, and those of one time in the order they were scheduled."""

from __future__ import annotations

import heapq
from collections.abc import Callable


class Clock:
    """A heap of events. Mesa 3.3 has none that stays; later Mesas schedule by weak reference."""

    def __init__(self) -> None:
        self.now_s = 0.0
        """Seconds since the deployment began."""
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._scheduled = 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is going to happen."""
        return not self._events

    def schedule(self, time_s: float, happen: Callable[[], None]) -> None:
        """Let something happen at a time."""
        self._scheduled += 1
        heapq.heappush(self._events, (time_s, self._scheduled, happen))

    def run_until(self, time_s: float) -> None:
        """Let everything happen that is due by a time, and set the clock to it."""
        while self._events and self._events[0][0] <= time_s:
            self.now_s, _, happen = heapq.heappop(self._events)
            happen()
        self.now_s = time_s
