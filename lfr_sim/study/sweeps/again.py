"""One row of a sweep again: the run alone, and whether it gives the same bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lfr_sim.records import Alert
from lfr_sim.scenario import Fault, InputError

from .collecting import rows_in
from .plan import Plan
from .rows import Job, Status, Task, measured, row_of
from .runner import job_of, task_of
from .store import ChunkFile, Store, line_of
from .workers import LocalWorkers


@dataclass(frozen=True, slots=True)
class Again:
    """A row as it was written, and as it comes out now."""

    plan: Plan
    run: int
    file: Path
    stored: str
    """The row as it stands in its chunk file."""
    now: str
    """The row as this program makes it."""
    columns: Mapping[str, Any]
    """The columns of the row that was stored; all None for a run that failed."""
    status: str
    reason: str
    alerts: tuple[Alert, ...]
    """What the run has to tell beyond its row; empty for one that failed."""

    @property
    def agrees(self) -> bool:
        """Whether both are the same to the byte."""
        return self.stored == self.now

    def summary(self) -> dict[str, Any]:
        """Return plain data."""
        point = self.plan.point_of(self.run)
        return {
            "run_id": self.plan.run_id(self.run),
            "policy": point.policy,
            "changes": dict(point.changes),
            "replicate": self.plan.replicate_of(self.run),
            "seed": self.plan.seed,
            "status": self.status,
            "reason": self.reason,
            "columns": dict(self.columns),
            "agrees": self.agrees,
            "stored": self.stored,
            "now": self.now,
        }


def again(folder: str | Path, run_id: str) -> Again:
    """Run one row of a sweep alone and compare it with what was written.

    Args:
        folder: Folder of the sweep.
        run_id: Name of the run, as in the table.

    Raises:
        InputError: If there is no such sweep or run, the run has not been done, or a layout or score
            file is not what it was.
    """
    store = Store.open(folder)
    plan = store.plan
    run = plan.run_named(run_id)
    faults = plan.changed_files()
    file = next((one for one in store.files() if run in one), None)
    if file is None:
        faults.append(Fault(run_id, "this run has not been done", shows_value=False))
    if faults or file is None:
        raise InputError(f"sweep {folder}", faults)
    line = next(line for line in rows_in(file) if line[0] == run)
    job, task = job_of(plan), task_of(plan, run)
    now = _in_a_worker(job, task) if line[1] in (Status.TIMEOUT, Status.CRASHED) else _here(job, task)
    alerts = _alerts(job, task) if line[1] == Status.OK else ()
    columns = dict(zip(plan.columns, line[3:], strict=True))
    stored = _stored_line(file, run)
    return Again(plan, run, file.path, stored, now, columns, line[1], line[2], alerts)


def _here(job: Job, task: Task) -> str:
    return line_of(row_of(job, task, measured))


def _alerts(job: Job, task: Task) -> tuple[Alert, ...]:
    """Return the alerts of a run, whether or not the sweep keeps them."""
    return measured(dataclasses.replace(job, keep_events=True), task)[1]


def _in_a_worker(job: Job, task: Task) -> str:
    """Try a run that took its worker with it, or time without end, where it can do no harm."""
    workers = LocalWorkers(1, "spawn")
    try:
        chunk = workers.submit(job, [task]).result()
    except Exception as error:  # the worker died again
        return f"{type(error).__name__}: {error}"
    else:
        return line_of(chunk.rows[0])
    finally:
        workers.close(at_once=True)


def _stored_line(file: ChunkFile, run: int) -> str:
    start = f"[{run},".encode()
    lines = file.path.read_bytes().split(b"\n")[1 : 1 + file.rows]
    return next(line for line in lines if line.startswith(start)).decode()
