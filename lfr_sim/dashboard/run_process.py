"""What happens in the process of a run: days are simulated one after another and sent in batches."""

from __future__ import annotations

import math
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

from lfr_sim.scenario import InputError, Scenario
from lfr_sim.study.sweeps.limit import watch_parent

from .days import DayRow

Simulate = Callable[[Scenario, int, int], DayRow]
"""From scenario, seed and replicate to the day; found by its name in the process of the run."""
Batch = tuple[tuple[int, DayRow], ...]
"""Days with the number of their policy."""

_BATCH_S = 0.125
"""Between two batches: eight a second are as many as anybody sees."""
_NICENESS = 5
"""The pages go first; days get what is left."""


@dataclass(frozen=True, slots=True)
class Task:
    """Which days are to be simulated."""

    arms: tuple[Scenario, ...]
    known: tuple[int, ...]
    """How many days, from day 0 on, are known of each policy already."""
    seed: int
    days: int

    @property
    def missing(self) -> int:
        """How many days of all policies are to be simulated."""
        return sum(max(0, self.days - known) for known in self.known)


@dataclass(frozen=True, slots=True)
class Crash:
    """Something went wrong."""

    told: str
    """What a visitor can mend, in words; empty if it is a fault of ours."""
    details: str
    """For the log."""


def work(connection: Connection, task: Task, simulate: Simulate | None) -> None:
    """Simulate the days of a task and send them; the process ends with the one that wants them.

    Args:
        connection: Takes batches, and a `Crash` if it comes to that.
        task: Which days.
        simulate: How a day is simulated; None is `lfr_sim.dashboard.simulated.simulate_day`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends us
    be_modest()
    watch_parent()
    try:
        for batch in _batches(task, simulate or simulator()):
            connection.send(batch)
    except BrokenPipeError:
        pass  # nobody wants them any more
    except InputError as error:
        connection.send(Crash(str(error.faults[0]), traceback.format_exc()))
    except Exception:
        connection.send(Crash("", traceback.format_exc()))


def be_modest() -> None:
    """Let other processes go first, where there is such a thing."""
    if hasattr(os, "nice"):
        os.nice(max(0, _NICENESS - os.nice(0)))


def simulator() -> Simulate:
    """Return how days are simulated, with all that it needs imported."""
    from .simulated import simulate_day  # not at the top, since the server has no need of it here

    return simulate_day


def _batches(task: Task, simulate: Simulate) -> Iterator[Batch]:
    """Yield the first day alone, then what has come together since: a slow day is no reason to wait."""
    sent = -math.inf
    batch: list[tuple[int, DayRow]] = []
    for replicate in range(task.days):
        for arm, scenario in enumerate(task.arms):
            if replicate >= task.known[arm]:
                batch.append((arm, simulate(scenario, task.seed, replicate)))
        if batch and time.monotonic() - sent >= _BATCH_S:
            yield tuple(batch)
            sent, batch = time.monotonic(), []
    if batch:
        yield tuple(batch)
