"""Run a sweep: chunk after chunk, whatever happens, and the same table whatever has happened."""

from __future__ import annotations

import os
import signal
import statistics
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from lfr_sim.scenario import Fault, InputError

from .collecting import values_of
from .experiment import Experiment, experiment_of, read_experiment
from .plan import Plan, plan_of
from .rows import Chunk, Job, Measure, Row, Status, Task, crashed
from .schedule import Schedule, Shard, shard_faults
from .store import Store
from .workers import MOST_JOBS, GivenWorkers, LocalWorkers, StartMethod, Workers

CHUNK_S = 2.0
"""How long a chunk should take."""
MOST_IN_CHUNK = 1000
TRIES = 3
"""How often a single run may kill its worker before it is given up."""
MOST_CRASHES = 20
"""Beyond this many runs that kill their workers something else is wrong, and the sweep stops."""
_LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep has come."""

    done: int
    total: int
    """Runs to be done; with a stopping rule, as far as is known yet."""
    failed: int
    chunks: int
    """Chunk files written by this process."""
    runs_per_s: float
    left_s: float | None
    """Time left at this rate; None before the first chunk."""
    stopping: bool = False
    """Whether Ctrl-C has been pressed: the chunks that are running are waited for."""


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
    experiment: Experiment | Mapping[str, Any] | str | Path,
    *,
    out: str | Path,
    jobs: int | None = None,
    executor: Executor | Workers | None = None,
    shard: Shard = (1, 1),
    chunk: int | None = None,
    start_method: StartMethod = "spawn",
    other_version: bool = False,
    progress: Callable[[Progress], None] | None = None,
    measure: Measure | None = None,
) -> SweepOutcome:
    """Run an experiment into a folder, or go on with it where it was left.

    The table depends on the plan alone: not on workers, chunks, order, or how often it was stopped.
    Workers are new processes, so a script that calls this needs `if __name__ == "__main__":`.

    Args:
        experiment: The experiment, its tables as plain data, or the path or shipped name of its file.
        out: Folder of the sweep.
        jobs: Processes of this machine; left out: as many as it has processors.
        executor: Where to run instead: any `concurrent.futures.Executor`, or `Workers`.
        shard: Part of the sweep to run, (i, n): others run the other parts into the same folder.
        chunk: Runs done and written together; left out: about two seconds' worth.
        start_method: How processes of this machine are started.
        other_version: Go on although the sweep was begun by another version.
        progress: Called after each chunk, and when Ctrl-C has been pressed.
        measure: What a run is, for tests of what may go wrong.

    Returns:
        How it ended. Stopped by Ctrl-C or by a full disk, it says why; the same call goes on.

    Raises:
        InputError: If anything asked is wrong; nothing has been run then.
        KeyboardInterrupt: At the second Ctrl-C, which does not wait for the chunks that are running.
    """
    faults = _number_faults(jobs, chunk) + shard_faults(shard)
    if faults:
        raise InputError("sweep", faults)
    store = Store.begin(out, plan_of(_asked(experiment)), other_version=other_version)
    store.make_folder()
    part = "" if shard == (1, 1) else f"-{shard[0]}-of-{shard[1]}"
    with store.locked(part):
        store.sweep_up()
        schedule, failed = _so_far(store, shard)
        if not schedule.waiting:
            return _outcome(store, schedule, failed, "")
        workers = _workers(executor, jobs, start_method, measure)
        return _Sweep(store, schedule, workers, failed, chunk, progress).run()


def _asked(experiment: Experiment | Mapping[str, Any] | str | Path) -> Experiment:
    if isinstance(experiment, Experiment):
        return experiment
    return experiment_of(experiment) if isinstance(experiment, Mapping) else read_experiment(experiment)


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
        return LocalWorkers(jobs or _processors(), start_method, measure)
    if isinstance(executor, Executor):
        return GivenWorkers(executor, jobs or _processors(), measure)
    return executor


def _processors() -> int:
    """Return how many processors this process may use: a job of a cluster has fewer than its machine."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


def _number_faults(jobs: object, chunk: object) -> list[Fault]:
    return [
        Fault(name, "not a whole number in range", value, f"1 to {most:,}")
        for name, value, most in (("jobs", jobs, MOST_JOBS), ("chunk", chunk, MOST_IN_CHUNK))
        if value is not None
        and (isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most)
    ]


def _outcome(store: Store, schedule: Schedule, failed: Counter[str], why: str) -> SweepOutcome:
    counts = {status: count for status, count in sorted(failed.items()) if count}
    return SweepOutcome(store.folder, schedule.done, schedule.total, counts, why, tuple(store.quarantined))


def job_of(plan: Plan) -> Job:
    """Return what all runs of a plan share."""
    return Job(plan.base, plan.seed, plan.columns, plan.keep_events, plan.longest_run_s)


def task_of(plan: Plan, run: int) -> Task:
    """Return one run of a plan."""
    return Task(run, plan.replicate_of(run), plan.point_of(run).changes)


@dataclass(slots=True)
class _Sweep:
    """One process's work on a sweep."""

    store: Store
    schedule: Schedule
    workers: Workers
    failed: Counter[str]
    chunk: int | None
    progress: Callable[[Progress], None] | None
    job: Job = field(init=False)
    running: dict[Future[Chunk], list[int]] = field(default_factory=dict)
    suspects: deque[list[int]] = field(default_factory=deque)
    """Runs whose worker died: each list is done alone, so that it is clear whose fault it is."""
    tries: Counter[int] = field(default_factory=Counter)
    recent_s: deque[float] = field(default_factory=lambda: deque(maxlen=200))
    chunks: int = 0
    why: str = ""
    told: bool = False
    """Whether it has been said that the sweep is stopping."""
    started: float = field(default_factory=time.monotonic)
    done_before: int = 0

    def __post_init__(self) -> None:
        self.job = job_of(self.store.plan)
        self.done_before = self.schedule.done

    def run(self) -> SweepOutcome:
        """Do what is left to do."""
        at_once = True
        try:
            with _interrupts() as interrupts:
                while self._submit(stopping=interrupts.is_set()):
                    finished, _ = wait(self.running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
                    for future in finished:
                        self._take(future)
                if interrupts.is_set() and not self.why:
                    self.why = "interrupted"
            at_once = bool(self.why) and self.why != "interrupted"
        finally:
            self.workers.close(at_once=at_once)
        return _outcome(self.store, self.schedule, self.failed, self.why)

    def _submit(self, *, stopping: bool) -> bool:
        """Hand out work; return whether any is being done."""
        if stopping or self.why:
            self._tell(stopping=stopping and not self.told)
            for future in list(self.running):
                if future.cancel():
                    del self.running[future]
        elif self.suspects:
            if not self.running:
                self._hand_out(self.suspects[0])
        else:
            # One more than there are workers, so that none of them waits for this process.
            while len(self.running) <= self.workers.jobs and (runs := self.schedule.take(self._size())):
                self._hand_out(runs)
        return bool(self.running)

    def _hand_out(self, runs: list[int]) -> None:
        tasks = [task_of(self.store.plan, run) for run in runs]
        try:
            self.running[self.workers.submit(self.job, tasks)] = runs
        except BrokenExecutor:  # a worker has died and nobody has told us yet
            if not self.suspects or self.suspects[0] is not runs:
                self.suspects.append(runs)
            if not self.running:
                self._renew()

    def _size(self) -> int:
        """Return how many runs the next chunk should have."""
        if self.chunk is not None:
            return self.chunk
        if not self.recent_s:
            return 4
        fitting = CHUNK_S / max(statistics.median(self.recent_s), 1e-6)
        # Towards the end chunks get smaller, so that all workers finish at about the same time.
        share = max(self.schedule.waiting / (2 * self.workers.jobs), fitting / 8)
        return max(1, int(min(fitting, 4 * len(self.recent_s), share, MOST_IN_CHUNK)))

    def _take(self, future: Future[Chunk]) -> None:
        """Take what a worker has done, or note that it died."""
        runs = self.running.pop(future)
        error = future.exception()
        if error is None:
            chunk = future.result()
            self.recent_s.extend(chunk.seconds)
            self._commit(runs, chunk.rows)
        elif isinstance(error, BrokenExecutor):
            self._lost(runs)
            if not self.running:
                self._renew()
        else:  # the chunk as such could not be done, by this worker or at all
            self._blame(runs, str(error))

    def _renew(self) -> None:
        try:
            self.workers.renew()
        except BrokenExecutor as error:
            self.why = str(error)

    def _lost(self, runs: list[int]) -> None:
        """Put aside runs whose worker died; if they were done alone, it was one of them."""
        if self.suspects and self.suspects[0] is runs:
            self._blame(runs, "its worker process died")
        else:
            self.suspects.append(runs)

    def _blame(self, runs: list[int], reason: str) -> None:
        """Halve runs of which one kills its worker, until it is found."""
        if self.suspects and self.suspects[0] is runs:
            self.suspects.popleft()
        if len(runs) > 1:
            middle = len(runs) // 2
            self.suspects.extendleft([runs[middle:], runs[:middle]])
            return
        self.tries[runs[0]] += 1
        if self.tries[runs[0]] < TRIES:
            self.suspects.appendleft(runs)
            return
        self._commit(runs, (crashed(self.job, task_of(self.store.plan, runs[0])),))
        if sum(count >= TRIES for count in self.tries.values()) > MOST_CRASHES and not self.why:
            self.why = f"more than {MOST_CRASHES} runs have killed their workers; the last: {reason}"

    def _commit(self, runs: list[int], rows: tuple[Row, ...]) -> None:
        if self.suspects and self.suspects[0] is runs:
            self.suspects.popleft()
        try:
            self.store.commit(rows)
        except OSError as error:
            self.why = f"{self.store.chunks} cannot be written ({error.strerror or error})"
            return
        column = self.schedule.counted_column
        events = None
        if column is not None:
            place = self.store.plan.columns.index(column)
            events = {row.run: row.values[place] or 0.0 for row in rows}
        self.schedule.mark(runs, events)
        self.failed.update(row.status for row in rows if row.status != Status.OK)
        self.chunks += 1
        self._tell()

    def _tell(self, *, stopping: bool | None = None) -> None:
        """Tell how far it is: after every chunk, and once when Ctrl-C is pressed."""
        if self.progress is None or stopping is False:
            return
        self.told = self.told or bool(stopping)
        self.progress(self._progress(stopping=bool(stopping)))

    def _progress(self, *, stopping: bool) -> Progress:
        done, total = self.schedule.done, self.schedule.total
        rate = (done - self.done_before) / max(time.monotonic() - self.started, 1e-9)
        left = (total - done) / rate if rate else None
        return Progress(done, total, self.failed.total(), self.chunks, rate, left, stopping)


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Let the first Ctrl-C (or a polite kill) set an event, and the second raise KeyboardInterrupt."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def note(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
