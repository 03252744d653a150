"""Run a sweep: chunk after chunk, whatever happens, and the same table whatever has happened."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lfr_sim.scenario import Fault, InputError, whole_faults

from .collecting import drop_failed, values_of
from .dispatch import MOST_IN_CHUNK, Dispatch, Progress
from .experiment import experiment_of, read_experiment
from .plan import Plan, plan_of, versions
from .rows import Measure
from .schedule import Schedule, Shard, shard_faults
from .store import Store
from .tables import Experiment
from .workers import MOST_JOBS, GivenWorkers, LocalWorkers, StartMethod, Workers


@dataclass(frozen=True, slots=True)
class SweepOutcome:
    """How a sweep ended."""

    folder: Path
    done: int
    total: int
    failed: dict[str, int]
    """Status -> runs that ended so."""
    interrupted: str
    """Why it stopped before its end; "" if it did not."""
    quarantined: tuple[str, ...]
    """Chunk files found damaged, and redone."""


def sweep(
    experiment: Experiment | Plan | Mapping[str, Any] | str | Path,
    *,
    out: str | Path,
    jobs: int | None = None,
    executor: Executor | Workers | None = None,
    shard: Shard = (1, 1),
    chunk: int | None = None,
    start_method: StartMethod = "spawn",
    other_version: bool = False,
    redo_failed: bool = False,
    progress: Callable[[Progress], None] | None = None,
    measure: Measure | None = None,
) -> SweepOutcome:
    """Run an experiment into a folder, or go on with it where it was left.

    The table depends on the plan alone: not on workers, chunks, order, or how often it was stopped.
    Workers are new processes, so a script that calls this needs `if __name__ == "__main__":`.

    Args:
        experiment: The experiment, its plan, its tables as plain data, or the path or shipped name of its
            file.
        out: Folder of the sweep.
        jobs: Processes of this machine; left out: as many as it has processors.
        executor: Where to run instead: any `concurrent.futures.Executor`, or `Workers`.
        shard: Part of the sweep to run, (i, n): others run the other parts into the same folder.
        chunk: Runs done and written together; left out: about two seconds' worth.
        start_method: How processes of this machine are started.
        other_version: Go on although the sweep was begun by another version.
        redo_failed: Do runs that failed again.
        progress: Called after each chunk, and about every second meanwhile.
        measure: What a run is, for tests of what may go wrong.

    Returns:
        How it ended. Stopped by Ctrl-C or by a full disk, it says why; the same call goes on.

    Raises:
        InputError: If anything asked is wrong; nothing has been run then.
        KeyboardInterrupt: At the second Ctrl-C, which does not wait for the chunks that are running.
    """
    faults = number_faults(jobs, chunk) + shard_faults(shard) + _kind_faults(executor, start_method)
    if faults:
        raise InputError("sweep", faults)
    store = Store.begin(out, _planned(experiment), other_version=other_version)
    part = "" if shard == (1, 1) else f"-{shard[0]}-of-{shard[1]}"
    with store.locked(part):
        store.sweep_up()
        if redo_failed:
            drop_failed(store)
        schedule, failed = _so_far(store, shard)
        if not schedule.waiting:
            return _outcome(store, schedule, failed, "")
        workers = _workers(executor, jobs, start_method, measure)
        work = Dispatch(store, schedule, workers, failed, chunk, progress)
        work.run()
        return _outcome(store, schedule, failed, work.why)


def begun(folder: str | Path) -> Plan:
    """Return the plan that has begun in a folder, as this version of the program would make it.

    Raises:
        InputError: If there is no sweep, or a layout or score file is not what it was.
    """
    plan = Store.open(folder).plan
    if faults := plan.changed_files():
        raise InputError(f"sweep {folder}", faults)
    return replace(plan, made_by=versions())


def _planned(experiment: Experiment | Plan | Mapping[str, Any] | str | Path) -> Plan:
    if isinstance(experiment, Plan):
        return experiment
    if isinstance(experiment, Mapping):
        experiment = experiment_of(experiment)
    return plan_of(experiment if isinstance(experiment, Experiment) else read_experiment(experiment))


def _so_far(store: Store, shard: Shard) -> tuple[Schedule, Counter[str]]:
    """Return what is left to do, and how many runs have failed so far, by status."""
    schedule = Schedule(store.plan, shard)
    failed: Counter[str] = Counter()
    column = schedule.counted_column
    for file in store.files(mend=True):
        events = None if column is None else values_of(store.plan, file, column)
        before = schedule.done
        schedule.mark(file.numbers(), events)
        if schedule.done > before:
            failed.update(file.failed.values())
    schedule.start()
    return schedule, failed


def _workers(
    executor: Executor | Workers | None,
    jobs: int | None,
    start_method: StartMethod,
    measure: Measure | None,
) -> Workers:
    if executor is None:
        return LocalWorkers(jobs or processors(), start_method, measure)
    if isinstance(executor, Executor):
        return GivenWorkers(executor, jobs or processors(), measure)
    return executor


def processors() -> int:
    """Return how many processors this process may use: a job of a cluster has fewer than its machine."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


def number_faults(jobs: object, chunk: object) -> list[Fault]:
    """Return what is wrong with how many processes, and how many runs in a chunk, are asked for."""
    asked = (("jobs", jobs, MOST_JOBS), ("chunk", chunk, MOST_IN_CHUNK))
    given = [one for one in asked if one[1] is not None]
    return [fault for name, value, most in given for fault in whole_faults(name, value, 1, most)]


def _kind_faults(executor: object, start_method: object) -> list[Fault]:
    faults = []
    if start_method not in ("spawn", "forkserver"):
        faults.append(Fault("start_method", "unknown way to start", start_method, "spawn, forkserver"))
    if executor is not None and not (hasattr(executor, "submit") and callable(executor.submit)):
        allowed = "an executor, such as that of dask.distributed's Client.get_executor()"
        faults.append(Fault("executor", "nothing can be submitted to it", executor, allowed))
    return faults


def _outcome(store: Store, schedule: Schedule, failed: Counter[str], why: str) -> SweepOutcome:
    counts = {status: count for status, count in sorted(failed.items()) if count}
    return SweepOutcome(store.folder, schedule.done, schedule.total, counts, why, tuple(store.quarantined))
