"""One row of a sweep again: the run alone, and whether it gives the same bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lfr_sim.records import Alert
from lfr_sim.scenario import Fault, InputError

from .collecting import rows_in
from .dispatch import job_of, task_of
from .plan import Plan
from .rows import Job, Status, Task, crashed, measured, row_of
from .store import ChunkFile, Store, line_of
from .workers import LocalWorkers, told


@dataclass(frozen=True, slots=True)
class Again:
    """A row as it was written, and as it comes out now."""

    plan: Plan
    run: int
    file: ChunkFile
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
    other_maker: str
    """Versions of the program that made the row, in words; "" if they are those of this one."""

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
    harmful = line[1] in (Status.TIMEOUT, Status.CRASHED)
    now, alerts = _in_a_worker(job, task) if harmful else _here(job, task)
    return Again(
        plan=plan,
        run=run,
        file=file,
        stored=_stored_line(file, run),
        now=now,
        columns=dict(zip(plan.columns, line[3:], strict=True)),
        status=line[1],
        reason=line[2],
        alerts=alerts,
        other_maker="" if file.made_by == store.made_by else told(file.made_by),
    )


def _here(job: Job, task: Task) -> tuple[str, tuple[Alert, ...]]:
    """Return the row as it comes out, and the alerts, whether or not the sweep keeps them."""
    alerts: list[Alert] = []

    def noted(job: Job, task: Task) -> tuple[Mapping[str, Any], tuple[Alert, ...]]:
        counts, raised = measured(job, task)
        alerts.extend(raised)
        return counts, raised

    row = row_of(dataclasses.replace(job, keep_events=True), task, noted)
    return line_of(row), tuple(alerts)


def _in_a_worker(job: Job, task: Task) -> tuple[str, tuple[Alert, ...]]:
    """Return the row of a run that took its worker with it, or no end, tried where it does no harm."""
    workers = LocalWorkers(1, "spawn")
    try:
        chunk = workers.submit(job, [task]).result()
    except BrokenExecutor:  # the worker died again
        return line_of(crashed(job, task)), ()
    else:
        return line_of(chunk.rows[0]), ()
    finally:
        workers.close()


def _stored_line(file: ChunkFile, run: int) -> str:
    start = f"[{run},".encode()
    lines = file.path.read_bytes().split(b"\n")[1 : 1 + file.rows]
    return next(line for line in lines if line.startswith(start)).decode()
