"""How far a sweep has come, from its folder alone: whether or not it is running."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lfr_sim.scenario import Fault, InputError

from .collecting import read_results, rows_in, values_of
from .plan import Plan
from .results import Results
from .rows import Status
from .schedule import Schedule
from .store import Store

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class State:
    """How far a sweep has come."""

    plan: Plan
    done: int
    total: int
    """Runs to be done; with a stopping rule, as far as is known yet."""
    failed: dict[str, int]
    """Status -> runs that ended so."""
    named: tuple[tuple[str, str, str], ...]
    """Run, status and reason of the first runs that failed."""
    chunks: int
    damaged: tuple[str, ...]
    running: tuple[str, ...]
    """Who is running it now, as far as is known."""
    runs_per_s: float | None
    """By the files written in the last minutes; None where nothing is running."""

    @property
    def is_complete(self) -> bool:
        """Whether all is done and sound."""
        return self.done == self.total and not self.damaged

    @property
    def remark(self) -> str:
        """What is missing, as a sentence; "" for nothing."""
        if self.is_complete:
            return ""
        return f"this sweep is not complete: {self.done:,} of {self.total:,} runs done"

    @property
    def left_s(self) -> float | None:
        """Time left at this rate."""
        return (self.total - self.done) / self.runs_per_s if self.runs_per_s else None

    def summary(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "title": self.plan.title,
            "plan": self.plan.digest,
            "points": len(self.plan.points),
            "replicates": self.plan.replicates,
            "done": self.done,
            "total": self.total,
            "failed": self.failed,
            "first_failed": [
                dict(zip(("run", "status", "reason"), one, strict=True)) for one in self.named
            ],
            "chunks": self.chunks,
            "damaged": list(self.damaged),
            "running": list(self.running),
            "runs_per_s": self.runs_per_s,
            "left_s": self.left_s,
        }


def state_of(folder: str | Path) -> State:
    """Return how far the sweep in a folder has come; raises `InputError` where there is none."""
    store = Store.open(folder)
    schedule, files = Schedule(store.plan), store.files()
    failed: Counter[str] = Counter()
    named: list[tuple[str, str, str]] = []
    written: list[tuple[float, int]] = []
    for file in files:
        column, before = schedule.counted_column, schedule.done
        events = None if column is None else values_of(store.plan, file, column)
        schedule.mark(file.numbers(), events)
        if schedule.done == before:
            continue
        written.append((file.path.stat().st_mtime, schedule.done - before))
        failed.update(file.failed.values())
        if file.failed and len(named) < _MOST_NAMED:
            bad = [line for line in rows_in(file) if line[1] != Status.OK]
            named += [(store.plan.run_id(line[0]), line[1], line[2]) for line in bad]
    schedule.start()
    running = _running(store.folder)
    return State(
        plan=store.plan,
        done=schedule.total - schedule.waiting,
        total=schedule.total,
        failed=dict(sorted(failed.items())),
        named=tuple(named[:_MOST_NAMED]),
        chunks=len(files),
        damaged=tuple(store.quarantined),
        running=running,
        runs_per_s=_rate(written) if running else None,
    )


def read_with_remark(folder: str | Path) -> tuple[Results, str]:
    """Return what a sweep has given so far, and what is missing of it, as a sentence; "" for nothing.

    Raises:
        InputError: If there is no sweep in the folder, or no run of it has succeeded.
    """
    results, state = read_results(folder), state_of(folder)
    if not len(results.point):
        problem = "no run of this sweep has come out, so there is nothing to read"
        raise InputError("results", [Fault(str(folder), problem, shows_value=False)])
    return results, state.remark


def _rate(written: list[tuple[float, int]]) -> float | None:
    """Return runs per second by the chunks written in the last minutes."""
    since = time.time() - 300.0
    recent = sorted(one for one in written if one[0] >= since)
    if len(recent) < 2 or recent[-1][0] <= recent[0][0]:
        return None
    return sum(runs for _, runs in recent[1:]) / (recent[-1][0] - recent[0][0])


def _running(folder: Path) -> tuple[str, ...]:
    """Return who holds a lock of the sweep."""
    from filelock import FileLock, Timeout

    found = []
    for holder in sorted(folder.glob(".running*.json")):
        part = holder.name.removeprefix(".running").removesuffix(".json")
        try:
            with FileLock(folder / f".lock{part}", timeout=0):
                continue  # whoever left this note was killed
        except OSError:
            continue  # one cannot know
        except Timeout:
            pass
        try:
            about = json.loads(holder.read_text())
            found.append(f"process {about['pid']} on {about['host']}, since {about['since']}")
        except (OSError, ValueError, KeyError, TypeError):
            found.append("a process unknown")
    return tuple(found)
