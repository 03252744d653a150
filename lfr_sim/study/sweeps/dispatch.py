"""Hand out the runs of a sweep, take what comes back, and find whose fault it is when nothing does."""

from __future__ import annotations

import signal
import statistics
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from .plan import Plan
from .rows import Chunk, Job, Row, Status, Task, crashed
from .schedule import Schedule
from .store import Store
from .workers import Workers, told

CHUNK_S = 2.0
"""How long a chunk should take."""
MOST_IN_CHUNK = 1000
TRIES = 3
"""How often a single run may kill its worker before it is given up."""
MOST_CRASHES = 20
"""Beyond this many runs that kill their workers something else is wrong, and the sweep stops."""
_MOST_BROKEN = 2
_GUARD = 'a script that calls sweep() needs `if __name__ == "__main__":`'
_LOOK_S = 0.2
_TELL_S = 1.0


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
    """Whether no more is handed out: the runs in hand are waited for."""
    in_hand: int = 0
    """Runs that workers have and have not given back."""


def job_of(plan: Plan) -> Job:
    """Return what all runs of a plan share."""
    return Job(plan.base, plan.seed, plan.columns, plan.keep_events, plan.longest_run_s)


def task_of(plan: Plan, run: int) -> Task:
    """Return one run of a plan."""
    return Task(run, plan.replicate_of(run), plan.point_of(run).changes)


@dataclass(slots=True)
class Dispatch:
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
    stopping: bool = False
    told_at: float = 0.0
    broken: int = 0
    """How often, one after the other, not even a chunk without a run could be done."""
    started: float = field(default_factory=time.monotonic)
    done_before: int = 0

    def __post_init__(self) -> None:
        self.job = job_of(self.store.plan)
        self.done_before = self.schedule.done

    def run(self) -> None:
        """Do what is left to do; `why` then says why it stopped before its end, if it did."""
        try:
            with _interrupts() as interrupts:
                self._tell()
                while self._submit(stopping=interrupts.is_set()):
                    finished, _ = wait(self.running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
                    for future in finished:
                        self._take(future)
                    if time.monotonic() - self.told_at >= _TELL_S:
                        self._tell()
                if interrupts.is_set() and not self.why:
                    self.why = "interrupted"
        finally:
            self.workers.close()

    def _submit(self, *, stopping: bool) -> bool:
        """Hand out work; return whether there is any left to wait for or to hand out."""
        if stopping or self.why:
            for future in list(self.running):
                if self.workers.cancel(future):
                    del self.running[future]
            if self.running and not self.stopping:
                self.stopping = True
                self._tell()  # at once: whoever has pressed Ctrl-C wants to know that it was heard
            return bool(self.running)
        if self.suspects:
            if not self.running:
                self._hand_out(self.suspects[0])
        else:
            # One more than there are workers, so that none of them waits for this process.
            while len(self.running) <= self.workers.jobs and (runs := self.schedule.take(self._size())):
                if not self._hand_out(runs):
                    break
        return bool(self.running or self.suspects or self.schedule.waiting)

    def _hand_out(self, runs: list[int]) -> bool:
        """Give runs to a worker; return whether one took them."""
        tasks = [task_of(self.store.plan, run) for run in runs]
        try:
            self.running[self.workers.submit(self.job, tasks)] = runs
        except BrokenExecutor as error:  # a worker has died while nobody looked
            self._lost(runs, str(error))
            return False
        return True

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
        try:
            chunk = future.result()
        except (BrokenExecutor, CancelledError) as error:
            self._lost(runs, str(error))
        except Exception as error:  # the chunk as such could not be done, by this worker or at all
            self._failed(runs, f"{type(error).__name__}: {error}")
        else:
            self.recent_s.extend(chunk.seconds)
            if chunk.made_by != self.store.made_by:
                self.why = f"a worker has {told(chunk.made_by)}, and here it is {told(self.store.made_by)}"
            else:
                self._commit(runs, chunk.rows)

    def _lost(self, runs: list[int], reason: str) -> None:
        """Put aside runs whose worker died, and start again once all that ran with them are back."""
        if self._is_alone(runs):
            self._failed(runs, reason)
        else:
            self.suspects.append(runs)
            self._first_see_whether_anything_works()
        if not self.running and not self.why:
            try:
                self.workers.renew()
            except BrokenExecutor as error:
                self.why = str(error)

    def _is_alone(self, runs: list[int]) -> bool:
        """Return whether runs were done with nothing beside them, to find out about them."""
        return bool(self.suspects) and self.suspects[0] is runs

    def _failed(self, runs: list[int], reason: str) -> None:
        """Find, among runs that could not be done, the one whose fault it is.

        First it is made sure that anything can be done here at all, by a chunk without a run. Then the
        runs are halved until one is left, which may try again before it is given up.
        """
        if self._is_alone(runs):
            self.suspects.popleft()
        if not runs:
            self.broken += 1
            if self.broken >= _MOST_BROKEN:
                self.why = f"the workers can do nothing ({reason}); {_GUARD}"
            self.suspects.appendleft(runs)
            return
        if len(runs) > 1:
            middle = len(runs) // 2
            self.suspects.extendleft([runs[middle:], runs[:middle]])
        else:
            self.tries[runs[0]] += 1
            if self.tries[runs[0]] < TRIES:
                self.suspects.appendleft(runs)
            else:
                self._give_up(runs[0], reason)
        if self.suspects:
            self._first_see_whether_anything_works()

    def _first_see_whether_anything_works(self) -> None:
        """Let a chunk without a run be done before runs are blamed."""
        if self.suspects[0]:
            self.suspects.appendleft([])

    def _give_up(self, run: int, reason: str) -> None:
        self._commit([run], (crashed(self.job, task_of(self.store.plan, run)),))
        if sum(count >= TRIES for count in self.tries.values()) > MOST_CRASHES and not self.why:
            self.why = f"more than {MOST_CRASHES} runs have killed their workers; the last: {reason}"

    def _commit(self, runs: list[int], rows: tuple[Row, ...]) -> None:
        if self._is_alone(runs):
            self.suspects.popleft()
        if not rows:  # anything can be done here, as it turns out
            self.broken = 0
            return
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

    def _tell(self) -> None:
        """Tell how far it is: after every chunk, and every second meanwhile."""
        self.told_at = time.monotonic()
        if self.progress is not None:
            self.progress(self._progress())

    def _progress(self) -> Progress:
        done, total = self.schedule.done, self.schedule.total
        rate = (done - self.done_before) / max(time.monotonic() - self.started, 1e-9)
        left = (total - done) / rate if rate else None
        in_hand = sum(map(len, self.running.values()))
        return Progress(done, total, self.failed.total(), self.chunks, rate, left, self.stopping, in_hand)


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
