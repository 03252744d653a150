"""Days that take no time, or go wrong in every way: what the dashboard's runs simulate in tests.

Processes import this module by its name, so it holds functions only. Each day tells in which process it was
simulated, and how modest that process is.
"""

from __future__ import annotations

import os
import sys
import time
import zlib
from pathlib import Path

import numpy as np

from lfr_sim.dashboard.days import DayRow, Mark
from lfr_sim.scenario import Fault, InputError, Scenario

BAD = 3
"""The day that goes wrong."""


def quick(scenario: Scenario, seed: int, replicate: int) -> DayRow:
    """Make a day up, in no time: a function of scenario, seed and replicate, as a day is."""
    key = [seed, replicate, zlib.crc32(scenario.digest.encode())]
    drawn = int(np.random.default_rng(key).integers(10**9))
    nice = os.nice(0) if hasattr(os, "nice") else 0
    truth = {"drawn": drawn, "pid": os.getpid(), "nice": nice, "when": time.monotonic()}
    return DayRow(replicate, {}, truth, (), {})


def slow(scenario: Scenario, seed: int, replicate: int) -> DayRow:
    """Take as long as a day does."""
    time.sleep(0.02)
    return quick(scenario, seed, replicate)


def raising(scenario: Scenario, seed: int, replicate: int) -> DayRow:
    """Raise on one day."""
    if replicate == BAD:
        raise RuntimeError("the walrus is in the way")
    return slow(scenario, seed, replicate)


def refusing(scenario: Scenario, seed: int, replicate: int) -> DayRow:
    """Find a scenario that cannot be simulated."""
    raise InputError("layout", [Fault("site.vans", "no such van", "V9", allowed="V1, V2")])


def exiting(scenario: Scenario, seed: int, replicate: int) -> DayRow:
    """Take the process along on one day; those before have been sent by then."""
    if replicate == BAD:
        os._exit(7)
    time.sleep(0.15)
    return quick(scenario, seed, replicate)


def sleeping(scenario: Scenario, seed: int, replicate: int) -> DayRow:
    """Never come back to Python on one day."""
    if replicate == BAD:
        time.sleep(3600)
    return exiting(scenario, seed, replicate)


def crowded(scenario: Scenario, seed: int, replicate: int) -> DayRow:
    """Bring 30,000 alerts a day."""
    time.sleep(0.15)
    day = quick(scenario, seed, replicate)
    marks = tuple(Mark(passer, 1.0, passer, False) for passer in range(30_000))
    return DayRow(replicate, {}, day.truth, marks, {})


def main() -> None:
    """Be a server with two runs that are stuck: `run_days.py LOG`, until killed; tells their processes."""
    from lfr_sim.dashboard.runs import Job, Runs

    runs = Runs(simulate=sleeping)
    for visitor in ("one", "two"):
        runs.start(visitor, Job((Scenario.from_file("minimal"),), seed=len(visitor + visitor), days=10))
    begun = [runs._of_visitor[visitor] for visitor in ("one", "two")]
    while not all(len(run.rows(0)) == BAD for run in begun):
        time.sleep(0.01)
    print(*(run.rows(0)[0].truth["pid"] for run in begun), flush=True)  # noqa: T201  what the test reads
    time.sleep(3600)


if len(sys.argv) == 2 and sys.argv[0].endswith("run_days.py"):
    with Path(sys.argv[1]).open("a") as imports:  # whoever runs this script, under whatever name
        imports.write(f"{os.getpid()} {__name__}\n")
if __name__ == "__main__":
    # Processes know the days by the module's own name, not as part of what was started.
    import run_days

    sleeping = run_days.sleeping
    main()
