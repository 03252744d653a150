"""Full runs of many days for the pages: each in a process of its own, a few at a time, the rest in line."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from lfr_sim.figures.words import count_of
from lfr_sim.scenario import Fault, InputError, Scenario

from . import run_start
from .days import DayRow
from .known_days import KnownDays
from .limits import MOST_ALERTS, MOST_WAITING, job_faults
from .run_process import Batch, Crash, Simulate, Task

RunState = Literal["waiting", "running", "done", "stopped", "failed"]

_log = logging.getLogger(__name__)
_LEAST_BETWEEN_CHANGES_S = 0.1
_JOIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be run: one or several policies on the same crowds."""

    arms: tuple[Scenario, ...]
    seed: int
    days: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    done_days: int
    """Days that are there under every policy."""
    asked_days: int
    seconds_left: float | None
    """Estimated from the days of this run; None before the second batch, and once it has ended."""
    place_in_line: int | None
    """1 is next; None unless the run waits for others."""
    state: RunState
    problem: str
    """What to tell the visitor, as a sentence; empty unless the run has failed."""


class Run:
    """One visitor's run, on its way or ended. Made by `Runs.start`; safe to use from any thread."""

    def __init__(self, runs: Runs, job: Job, on_change: Callable[[], None] | None) -> None:
        self.job = job
        self.on_change: Callable[[], None] | None = None
        """Called without arguments, from a thread of some run or the one that stops it: at the first day,
        then about 8 times a second at most, when the place in line may have changed, and at the end."""
        self._runs = runs
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._digests = tuple(arm.digest for arm in job.arms)
        self._rows: dict[str, list[DayRow]] = {digest: [] for digest in self._digests}
        self._state: RunState = "waiting"
        self._problem = ""
        self._child: run_start.Child | None = None
        self._marks = 0
        self._pace = _Pace()
        self._told = 0.0
        self.look_up()
        self.on_change = on_change

    @property
    def progress(self) -> Progress:
        """How far the run is."""
        place = self._runs.place_of(self)
        with self._lock:
            left = self._pace.seconds_left if self._state == "running" else None
            place = place if self._state == "waiting" else None
            return Progress(self._done, self.job.days, left, place, self._state, self._problem)

    @property
    def is_under_way(self) -> bool:
        """Whether the run waits or runs."""
        return not self._ended.is_set()

    def rows(self, arm: int) -> tuple[DayRow, ...]:
        """Return the days of one policy from day 0 on, as far as they are there under every policy."""
        with self._lock:
            return tuple(self._rows[self._digests[arm]][: self._done])

    def stop(self) -> None:
        """End the run at once and keep its finished days; nothing if it has ended already."""
        self.end("stopped")

    def wait(self, timeout: float | None = None) -> bool:
        """Wait, at most `timeout` seconds, until the run has ended; return whether it has."""
        return self._ended.wait(timeout)

    # What follows is for `Runs`.

    def look_up(self) -> None:
        """Take over the days that are known by now; the run is over if they are all there, or too full."""
        with self._lock:
            if self._ended.is_set():
                return  # what is shown as the result stays so
            for digest, rows in self._rows.items():
                known = self._runs.days_of(digest, self.job.seed)[len(rows) : self.job.days]
                self._marks += sum(len(row.marks) for row in known)
                rows.extend(known)
            is_complete = self._done == self.job.days
            is_full = self._marks > MOST_ALERTS
        if is_complete:
            self.end("done")
        elif is_full:
            self._fail_full()

    def begin(self) -> None:
        """Leave the line."""
        with self._lock:
            if self._state == "waiting":
                self._state = "running"

    def work(self, simulate: Simulate | None) -> None:
        """Simulate what is missing, in a process that is gone when this returns."""
        try:
            self.look_up()  # others may have had the same days run meanwhile
            with self._lock:
                task = self._task()
                self._pace.missing = task.missing
            if self.is_under_way:
                self._listen(run_start.Child(task, simulate))
        except Exception:
            _log.exception("a run could not go on")
            self._fail()

    def tell(self) -> None:
        """Let the page know that there is something new."""
        self._told = time.monotonic()
        on_change = self.on_change
        if on_change is not None:
            try:
                on_change()
            except Exception:
                _log.exception("a page could not be told of its run")

    def end(self, state: RunState, problem: str = "") -> None:
        """End the run, unless it has ended: its process is killed, its days are left to all."""
        with self._lock:
            if self._ended.is_set():
                return
            for digest, rows in self._rows.items():  # before anybody can see that it has ended
                self._runs.keep(digest, self.job.seed, rows)
            is_complete = self._done == self.job.days  # and then it matters no more who ended it
            self._state, self._problem = ("done", "") if is_complete else (state, problem)
            self._ended.set()
            if self._child is not None:
                self._child.kill()
        self._runs.ended(self)
        self.tell()

    @property
    def _done(self) -> int:
        return min(map(len, self._rows.values()))

    def _task(self) -> Task:
        arms = dict(zip(self._digests, self.job.arms, strict=True))
        known = tuple(len(self._rows[digest]) for digest in arms)
        return Task(tuple(arms.values()), known, self.job.seed, self.job.days)

    def _listen(self, child: run_start.Child) -> None:
        """Take what the process sends until it has nothing more, or is no longer wanted."""
        with self._lock:
            self._child = child
            if self._ended.is_set():  # while the process was being made
                child.kill()
        try:
            while self.is_under_way:
                self._take(child.receive())
                # A page that takes long to show something must not lag behind: it is told the latest only.
                if time.monotonic() - self._told >= _LEAST_BETWEEN_CHANGES_S and not child.has_more:
                    self.tell()
        except (EOFError, OSError):
            pass  # the process has ended
        finally:
            with self._lock:
                self._child = None
            code = child.close()
        if self.is_under_way:
            _log.error("the process of a run ended early, with exit code %s", code)
            self._fail()
        elif code is None:
            _log.error("the process of a run does not end")

    def _take(self, message: Batch | Crash) -> None:
        if isinstance(message, Crash):
            _log.error("a run failed:\n%s", message.details)
            self._fail(message.told)
        else:
            self._add(message)

    def _add(self, batch: Batch) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            before = self._done
            digests = tuple(self._rows)
            for arm, row in batch:
                self._rows[digests[arm]].append(row)
                self._marks += len(row.marks)
            self._pace.add(len(batch))
            is_first = before == 0 and self._done > 0
            is_complete = self._done == self.job.days
            is_full = self._marks > MOST_ALERTS
        if is_complete:
            self.end("done")
        elif is_full:
            self._fail_full()
        elif is_first:
            self.tell()

    def _fail_full(self) -> None:
        most = f"{MOST_ALERTS:,} alerts and people missed"
        self._fail(f"more than {most}, the most that one run may bring here")

    def _fail(self, told: str = "") -> None:
        with self._lock:
            done = self._done
        kept = f"{count_of(done, 'day')} {'is' if done == 1 else 'are'} kept" if done else "no day was done"
        why = f"The run has ended early: {told.rstrip('.')}" if told else "The run has broken off"
        self.end("failed", f"{why}; {kept}.")


class _Pace:
    """How long the rest of a run takes, going by the days between its first batch and its last."""

    def __init__(self) -> None:
        self.missing = 0
        self._first: tuple[float, int] | None = None
        self._last = (0.0, 0)

    def add(self, days: int) -> None:
        """Take note of a batch that has just come; the days of each policy count alone."""
        self._last = (time.monotonic(), self._last[1] + days)
        self._first = self._first or self._last

    @property
    def seconds_left(self) -> float | None:
        """The estimate, less what has gone by since; None while there is nothing to go by."""
        if self._first is None or self._first == self._last:
            return None
        (began, before), (now, done) = self._first, self._last
        left = (self.missing - done) * (now - began) / (done - before)
        return max(0.0, left - (time.monotonic() - now))


class Runs:
    """All runs of one server.

    Args:
        at_once: How many run at a time; each takes a core.
        simulate: How a day is simulated, found by its name in another process; None is as the model does.
    """

    def __init__(self, at_once: int = 2, simulate: Simulate | None = None) -> None:
        self._at_once, self._simulate = at_once, simulate
        self._lock = threading.Lock()
        self._known = KnownDays()
        self._line: list[Run] = []
        self._busy: dict[Run, threading.Thread] = {}
        self._of_visitor: dict[str, Run] = {}

    def warm(self) -> None:
        """Get ready, in a thread of its own, so that a run begins at once; takes some ten seconds."""
        threading.Thread(target=run_start.warm, name="warming runs", daemon=True).start()

    def start(self, visitor: str, job: Job, on_change: Callable[[], None] | None = None) -> Run:
        """Begin a run, or let it wait in line; done at once if all its days are known.

        Args:
            visitor: Whose run it is, told by the tab; each has one under way at a time.
            job: What to run.
            on_change: As `Run.on_change`; not called if all days are known.

        Raises:
            InputError: If the visitor has a run under way, too many wait, or the job is beyond the limits.
        """
        faults = job_faults(job.arms, seed=job.seed, days=job.days)
        if faults:
            raise InputError("run", faults)
        run = Run(self, job, on_change)
        if not run.is_under_way:
            return run
        with self._lock:
            last = self._of_visitor.get(visitor)
            if last is not None and last.is_under_way:
                problem = "your last run is still under way"
                allowed = "one run at a time: stop it, or wait until it has ended"
                raise InputError("run", [Fault("run", problem, allowed=allowed, shows_value=False)])
            if len(self._line) >= MOST_WAITING:
                problem = f"{len(self._line):,} runs wait in line, as many as may"
                allowed = "days that somebody has had simulated, or this run again in a few minutes"
                raise InputError("run", [Fault("run", problem, allowed=allowed, shows_value=False)])
            self._of_visitor[visitor] = run
            self._line.append(run)
        self._advance()
        return run

    def cached(self, job: Job) -> tuple[tuple[DayRow, ...], ...] | None:
        """Return the days of every policy of a job, if all of them are known."""
        found = tuple(self.known(arm, job.seed)[: job.days] for arm in job.arms)
        return found if all(len(rows) == job.days for rows in found) else None

    def known(self, scenario: Scenario, seed: int) -> tuple[DayRow, ...]:
        """Return the days 0, 1, … of a scenario that are known from earlier runs, whoever had them run."""
        return self.days_of(scenario.digest, seed)

    def leave(self, visitor: str) -> None:
        """End what runs for a visitor who has left, and tell them no more."""
        with self._lock:
            run = self._of_visitor.get(visitor)
        if run is not None:
            run.on_change = None
            run.stop()

    def close(self) -> None:
        """End all runs and wait until their processes are gone."""
        with self._lock:
            runs = [*self._of_visitor.values()]
        for run in reversed(runs):  # those in line first, so that they do not begin
            run.stop()
        with self._lock:
            threads = [*self._busy.values()]
        for thread in threads:
            thread.join(_JOIN_S)

    # What follows is for `Run`.

    def days_of(self, digest: str, seed: int) -> tuple[DayRow, ...]:
        """Return the known days of a scenario by its digest."""
        return self._known.of(digest, seed)

    def keep(self, digest: str, seed: int, rows: Sequence[DayRow]) -> None:
        """Keep days for whoever asks for them next."""
        self._known.add(digest, seed, rows)

    def place_of(self, run: Run) -> int | None:
        """Return the place of a run in line, from 1; None if it is not in line."""
        with self._lock:
            return self._line.index(run) + 1 if run in self._line else None

    def ended(self, run: Run) -> None:
        """Let go of a run that has ended."""
        with self._lock:
            self._of_visitor = {who: one for who, one in self._of_visitor.items() if one is not run}
            moved = self._line[self._line.index(run) + 1 :] if run in self._line else []
            self._line = [one for one in self._line if one is not run]
        for other in moved:
            other.tell()

    def _advance(self) -> None:
        """Let those first in line begin, as far as there is room, and tell the others that it moves."""
        begun: list[threading.Thread] = []
        with self._lock:
            while self._line and len(self._busy) < self._at_once:
                run = self._line.pop(0)
                run.begin()
                thread = threading.Thread(target=self._work, args=(run,), name="run", daemon=True)
                self._busy[run] = thread
                begun.append(thread)
            waiting = list(self._line)
        for thread in begun:
            thread.start()
        for run in waiting if begun else ():
            run.tell()

    def _work(self, run: Run) -> None:
        try:
            run.work(self._simulate)
        finally:
            with self._lock:
                del self._busy[run]
            self._advance()
