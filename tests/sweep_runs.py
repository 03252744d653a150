"""Small experiments, and runs that take no time or go wrong in every way: measures for `sweep`.

Workers import this module by its name, so it holds functions only.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lfr_sim.records import Alert
from lfr_sim.study.sweeps.rows import Job, Task
from lfr_sim.study.sweeps.tables import ALL_COLUMNS

Measured = tuple[Mapping[str, Any], tuple[Alert, ...]]

SMALL = """
schema = 1
title = "Does a longer list bring more alerts?"
scenario = "minimal"
replicates = {replicates}
longest_run_s = {longest_run_s}

[base]
"deployment.hours" = 0.05

[factors]
"watchlist.size" = [1000, 2000, 9000]
"""

POISONED = 333
"""The run that goes wrong."""


def small_experiment(
    folder: Path, *, replicates: int = 4, longest_run_s: float = 60.0, more: str = ""
) -> Path:
    """Return an experiment of three points whose runs take no time."""
    folder.mkdir(exist_ok=True)
    path = folder / "small.toml"
    path.write_text(SMALL.format(replicates=replicates, longest_run_s=longest_run_s) + more)
    return path


def quick(job: Job, task: Task) -> Measured:
    """Make counts up, in no time: a function of seed, replicate and changes, as a run is."""
    key = [job.seed, task.replicate, zlib.crc32(repr(sorted(task.changes.items())).encode())]
    drawn = np.random.default_rng(key).poisson(2.0, len(ALL_COLUMNS)).tolist()
    return dict(zip(ALL_COLUMNS, drawn, strict=True)), ()


def slow_and_logged(job: Job, task: Task) -> Measured:
    """Take ten milliseconds and leave a line that says so, in the file that SWEEP_LOG names."""
    time.sleep(0.01)
    with open(os.environ["SWEEP_LOG"], "ab", buffering=0) as log:
        log.write(f"{task.run}\n".encode())
    return quick(job, task)


def raising(job: Job, task: Task) -> Measured:
    """Raise in one run."""
    if task.run == POISONED:
        raise RuntimeError("the walrus\nis in the way")
    return quick(job, task)


def not_a_number(job: Job, task: Task) -> Measured:
    """Return not-a-number in one run."""
    counts, alerts = quick(job, task)
    return ({**counts, "faces": float("nan")} if task.run == POISONED else counts), alerts


def exiting(job: Job, task: Task) -> Measured:
    """Take the worker along in one run."""
    if task.run == POISONED:
        os._exit(7)
    return quick(job, task)


def endless(job: Job, task: Task) -> Measured:
    """Never end in one run."""
    while task.run == POISONED:
        pass
    return quick(job, task)


def sleeping(job: Job, task: Task) -> Measured:
    """Never come back to Python in one run."""
    if task.run == POISONED:
        time.sleep(3600)
    return quick(job, task)


def always_exiting(job: Job, task: Task) -> Measured:
    """Take the worker along in every run."""
    os._exit(7)


def main() -> None:
    """Run a sweep in a process of its own: `sweep_runs.py EXPERIMENT OUT MEASURE CHUNK START_METHOD`."""
    from lfr_sim.study.sweeps.runner import sweep

    experiment, out, measure, chunk, start_method = sys.argv[1:]
    outcome = sweep(
        experiment,
        out=out,
        jobs=2,
        chunk=int(chunk),
        start_method="spawn" if start_method == "spawn" else "forkserver",
        # Workers know the measures by the module's own name, not as part of what was started.
        measure=getattr(importlib.import_module("sweep_runs"), measure),
    )
    sys.exit(130 if outcome.interrupted else 0)


if __name__ == "__main__":
    main()
