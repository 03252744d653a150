"""One run of a sweep as one row: what workers do. Whatever goes wrong in a run becomes its row."""

from __future__ import annotations

import dataclasses
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from lfr_sim.model import DeploymentModel
from lfr_sim.records import Alert, run_columns
from lfr_sim.scenario import Scenario

from ..expected.expectations import EXPECTED_COLUMNS, Expectations
from ..replicates import maker
from .limit import RunTooLong, time_limit

_RUN_COLUMNS = run_columns()
_LONGEST_REASON = 300


class Status(StrEnum):
    """How a run ended."""

    OK = "ok"
    ERROR = "error"
    """It raised an exception."""
    NON_FINITE = "non-finite"
    """A count was infinite or not a number."""
    TIMEOUT = "timeout"
    """It took longer than it may."""
    CRASHED = "crashed"
    """Its worker process died, more than once."""


@dataclass(frozen=True, slots=True)
class Job:
    """What all runs of a sweep share."""

    base: str
    """The base scenario, as TOML."""
    seed: int
    columns: tuple[str, ...]
    keep_events: bool
    longest_run_s: float


@dataclass(frozen=True, slots=True)
class Task:
    """One run to be done."""

    run: int
    replicate: int
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One run done."""

    run: int
    status: str
    reason: str
    """Why it failed; "" for a run that did not."""
    values: tuple[float | None, ...]
    """Values of the job's columns; all None for a run that failed."""
    events: tuple[tuple[Any, ...], ...] = ()
    """Its alerts, a tuple in the order of `EVENT_COLUMNS` each."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows that were made together."""

    rows: tuple[Row, ...]
    seconds: tuple[float, ...]
    """How long each took, in the order of the rows: never part of a result."""
    made_by: Mapping[str, str | None]
    """Versions of whoever made them."""


Measure = Callable[[Job, Task], tuple[Mapping[str, Any], tuple[Alert, ...]]]
"""Makes the columns and the alerts of a run; `measured` but for tests that let runs go wrong."""

EVENT_COLUMNS = tuple(field.name for field in dataclasses.fields(Alert))


def run_chunk(job: Job, tasks: Sequence[Task], measure: Measure | None = None) -> Chunk:
    """Do some runs, one after the other; none, to see whether anything can be done at all."""
    rows, seconds = [], []
    for task in tasks:
        start = time.perf_counter()
        rows.append(row_of(job, task, measure or measured))
        seconds.append(time.perf_counter() - start)
    return Chunk(tuple(rows), tuple(seconds), maker())


def row_of(job: Job, task: Task, measure: Measure) -> Row:
    """Return the row of a run, whatever becomes of it."""
    try:
        with time_limit(job.longest_run_s):
            counts, alerts = measure(job, task)
    except RunTooLong:
        return _failed(job, task, Status.TIMEOUT, f"took longer than {job.longest_run_s:g} s")
    except Exception as error:  # whatever it is, it belongs to this run, and the others go on
        return _failed(job, task, Status.ERROR, f"{type(error).__name__}: {error}")
    values = tuple(_plain(counts[name]) for name in job.columns)
    odd = [
        name
        for name, value in zip(job.columns, values, strict=True)
        if value is not None and not math.isfinite(value)
    ]
    if odd:
        return _failed(job, task, Status.NON_FINITE, f"{', '.join(odd)} not finite")
    return Row(task.run, Status.OK.value, "", values, tuple(map(_event, alerts)))


def crashed(job: Job, task: Task) -> Row:
    """Return the row of a run whose worker process died each time it was tried."""
    return _failed(job, task, Status.CRASHED, "its worker process died each time it was tried")


def measured(job: Job, task: Task) -> tuple[Mapping[str, Any], tuple[Alert, ...]]:
    """Run the model once; return the columns asked for and, if they are kept, its alerts."""
    scenario, expectations = _prepared(job.base, json.dumps(task.changes))
    model = DeploymentModel(scenario, run_seed=job.seed, replicate=task.replicate)
    model.run()
    rows = {"record": model.record, "truth": model.truth}
    columns: dict[str, Any] = {name: rows[row][column] for name, (row, column) in _RUN_COLUMNS.items()}
    if any(name in EXPECTED_COLUMNS for name in job.columns):
        columns |= expectations.of(model)
    return columns, tuple(model.alerts) if job.keep_events else ()


@lru_cache(maxsize=4)
def _prepared(base: str, changes: str) -> tuple[Scenario, Expectations]:
    scenario = _base(base).replace(json.loads(changes))
    return scenario, Expectations(scenario)


@lru_cache(maxsize=2)
def _base(base: str) -> Scenario:
    return Scenario.from_toml(base)


def _failed(job: Job, task: Task, status: Status, reason: str) -> Row:
    text = " ".join(reason.split())
    short = text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"
    return Row(task.run, status.value, short, (None,) * len(job.columns))


def _event(alert: Alert) -> tuple[Any, ...]:
    return tuple(_plain(getattr(alert, name)) for name in EVENT_COLUMNS)


def _plain(value: Any) -> Any:
    """Return plain Python numbers and text, so that what is written does not depend on NumPy."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return str(value)
    if hasattr(value, "item"):
        return value.item()
    return value
