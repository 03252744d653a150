"""From chunk files to one table: Parquet and CSV with the same rows, in the order of the plan.

Tables are written group by group, so that memory does not grow with them, and each takes its name when
it is whole. Their bytes depend on the plan and the rows alone.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lfr_sim.metrics import COUNTS
from lfr_sim.records import Alert
from lfr_sim.scenario import Fault, InputError, Scenario

from ..expected.expectations import EXPECTED_COLUMNS
from .plan import Plan
from .results import IntArray, Results
from .rows import Row, Status
from .store import ChunkFile, Store, sound_body
from .writing import Setting, TableWriter

ROWS_PER_GROUP = 50_000
TABLES = ("results.parquet", "results.csv", "points.csv")
EVENT_TABLES = ("events.parquet", "events.csv")

_REAL = {count.name for count in COUNTS if count.unit in ("min", "h")} | set(EXPECTED_COLUMNS)
"""Columns that are no whole numbers."""

_MAKERS = ("version", "commit")
"""What each row says of the program that made it."""

Line = list[Any]


@dataclass(frozen=True, slots=True)
class Collected:
    """What `collect` has written."""

    rows: int
    total: int | None
    """Rows of the whole sweep; None with a stopping rule."""
    failed: int
    files: tuple[Path, ...]
    damaged: tuple[str, ...]


def collect(folder: str | Path, *, all_settings: bool = False) -> Collected:
    """Write the table of a sweep, as far as it has come, into its folder.

    `results.parquet` and `results.csv` have a row per run; `points.csv` has every setting of each design
    point; `events.parquet` and `events.csv` have a row per alert, if the experiment keeps them.

    Args:
        folder: Folder of the sweep.
        all_settings: Give every row every setting of its scenario, too, not only those that vary.

    Raises:
        InputError: If there is no sweep in the folder, none of its runs has been done, or it cannot be
            written to.
    """
    store = Store.open(folder)
    files, plan = store.files(), store.plan
    if not files:
        damaged = f"; {len(store.quarantined)} damaged files" if store.quarantined else ""
        problem = f"no run of this sweep has been done, so there is nothing to collect{damaged}"
        raise InputError(f"sweep {folder}", [Fault(str(folder), problem, shows_value=False)])
    names = TABLES + (EVENT_TABLES if plan.keep_events else ())
    partials = {name: store.folder / f".{name}.{os.getpid()}.partial" for name in names}
    try:
        rows, failed = _write_rows(plan, files, partials, all_settings=all_settings)
        _write_points(plan, partials["points.csv"])
        if plan.keep_events:
            _write_events(plan, files, partials)
        for name, partial in partials.items():
            os.replace(partial, store.folder / name)
    except OSError as error:
        reason = f"cannot be written ({error.strerror or error})"
        fault = Fault(str(store.folder), reason, shows_value=False)
        raise InputError(f"sweep {folder}", [fault]) from None
    finally:
        for partial in partials.values():
            with suppress(OSError):
                partial.unlink(missing_ok=True)
    written = tuple(store.folder / name for name in names)
    total = plan.runs if plan.stopping is None else None
    return Collected(rows, total, failed, written, tuple(store.quarantined))


def read_results(folder: str | Path) -> Results:
    """Return the runs of a sweep that succeeded, as columns; raises `InputError`."""
    store = Store.open(folder)
    plan = store.plan
    numbers: list[int] = []
    values: list[Line] = []
    failed = 0
    for line in lines_in_order(store.files()):
        if line[1] == Status.OK:
            numbers.append(line[0])
            values.append(line[3:])
        else:
            failed += 1
    run = np.array(numbers, dtype=np.int64)
    table = np.array(values, dtype=np.float64).reshape(len(run), len(plan.columns))
    return Results(
        title=plan.title,
        factors=plan.factors,
        design=plan.design,
        points=plan.points,
        point=run // plan.replicates,
        replicate=run % plan.replicates,
        columns={name: table[:, place] for place, name in enumerate(plan.columns)},
        failed=failed,
        ranges=plan.ranges,
    )


def values_of(plan: Plan, file: ChunkFile, column: str) -> dict[int, float]:
    """Return run -> value of a column, of one chunk file; 0 for runs that failed."""
    place = 3 + plan.columns.index(column)
    return {line[0]: float(line[place] or 0.0) for line in rows_in(file)}


def rows_in(file: ChunkFile) -> list[Line]:
    """Return the rows of a chunk file: run, status, reason, values."""
    lines = sound_body(file.path).split(b"\n")[1 : 1 + file.rows]
    rows: list[Line] = json.loads(b"[" + b",".join(lines) + b"]")
    return rows


def events_in(file: ChunkFile) -> list[Line]:
    """Return the alerts of a chunk file: run, and what there is about the alert."""
    lines = sound_body(file.path).split(b"\n")[1 + file.rows : -1]
    events: list[Line] = json.loads(b"[" + b",".join(lines) + b"]")
    return events


def drop_failed(store: Store) -> int:
    """Take rows of failed runs out of a sweep's files, so that they are run again; return how many."""
    dropped = 0
    for file in store.files(mend=True):
        if not file.failed:
            continue
        events: dict[int, list[tuple[Any, ...]]] = {}
        for event in events_in(file):
            events.setdefault(event[0], []).append(tuple(event[1:]))
        sound = [
            Row(line[0], line[1], line[2], tuple(line[3:]), tuple(events.get(line[0], ())))
            for line in rows_in(file)
            if line[1] == Status.OK
        ]
        if sound:
            store.commit(sound, made_by=file.made_by)
        file.path.unlink()
        dropped += len(file.failed)
    return dropped


def lines_in_order(
    files: Sequence[ChunkFile], read: Callable[[ChunkFile], list[Line]] = rows_in
) -> Iterator[Line]:
    """Yield what files hold in the order of runs, each run once, with few files in memory at a time."""
    waiting: dict[int, list[Line]] = {}
    pieces = [np.arange(start, stop) for file in files for start, stop in file.runs]
    order = np.unique(np.concatenate(pieces)).tolist() if pieces else []
    unread = iter(files)
    for run in order:
        while run not in waiting:
            file = next(unread)
            loaded: dict[int, list[Line]] = {number: [] for number in file.numbers()}
            for line in read(file):
                loaded[line[0]].append(line)
            # A run that two processes have done stands in both files: the first one counts.
            waiting = {number: lines for number, lines in loaded.items() if number >= run} | waiting
        yield from waiting.pop(run)


def _write_rows(
    plan: Plan, files: Sequence[ChunkFile], partials: Mapping[str, Path], *, all_settings: bool
) -> tuple[int, int]:
    """Write the main table; return how many rows it has, and how many of them failed."""
    settings = _settings(plan, list(_all_values(plan)[0]) if all_settings else plan.varied)
    policy = Setting([point.policy for point in plan.points])
    columns = {
        "run_id": "text",
        "point": "whole",
        "policy": policy.kind,
        "replicate": "whole",
        "seed": "whole",
        "status": "text",
        "reason": "text",
        **{path: setting.kind for path, setting in settings.items()},
        **{name: "real" if name in _REAL else "whole" for name in plan.columns},
        "version": "text",
        "commit": "text",
    }
    made, makers = _makers(plan, files)
    count = failed = 0
    tables = partials["results.parquet"], partials["results.csv"]
    with TableWriter(*tables, columns, _about(plan, files)) as table:
        for group in _groups(lines_in_order(files)):
            point, replicate = _places(plan, group)
            by_column = list(zip(*group, strict=True))
            failed += sum(status != Status.OK for status in by_column[1])
            count += len(group)
            table.add(
                [
                    _run_ids(point, replicate),
                    point,
                    policy.at(point),
                    replicate,
                    np.full(len(group), plan.seed),
                    *by_column[1:3],
                    *(setting.at(point) for setting in settings.values()),
                    *by_column[3:],
                    *(makers[name].at(made[point * plan.replicates + replicate]) for name in _MAKERS),
                ]
            )
    return count, failed


def _makers(plan: Plan, files: Sequence[ChunkFile]) -> tuple[IntArray, dict[str, Setting]]:
    """Return which maker made each run, and what is said of each maker."""
    made = np.zeros(plan.runs, dtype=np.int64)
    told: list[dict[str, str | None]] = []
    for file in reversed(files):  # so that the first one counts
        if file.made_by not in told:
            told.append(file.made_by)
        for start, stop in file.runs:
            made[start:stop] = told.index(file.made_by)
    told = told or [{}]
    return made, {name: Setting([one.get(name) or "" for one in told]) for name in _MAKERS}


def _write_points(plan: Plan, path: Path) -> None:
    """Write every setting of each design point."""
    values = _all_values(plan)
    settings = _settings(plan, list(values[0]))
    number = np.arange(len(plan.points))
    kinds = {path: setting.kind for path, setting in settings.items()}
    with TableWriter(None, path, {"point": "whole", "policy": "text", **kinds}, None) as table:
        columns = (setting.at(number) for setting in settings.values())
        table.add([number, [point.policy for point in plan.points], *columns])


def _write_events(plan: Plan, files: Sequence[ChunkFile], partials: Mapping[str, Path]) -> None:
    """Write the alerts of all runs."""
    identity = {"run_id": "text", "point": "whole", "replicate": "whole"}
    columns = identity | {field.name: _event_kind(field) for field in dataclasses.fields(Alert)}
    tables = partials["events.parquet"], partials["events.csv"]
    with TableWriter(*tables, columns, _about(plan, files)) as table:
        for group in _groups(lines_in_order(files, events_in)):
            point, replicate = _places(plan, group)
            by_column = list(zip(*group, strict=True))
            table.add([_run_ids(point, replicate), point, replicate, *by_column[1:]])


def _event_kind(field: dataclasses.Field[Any]) -> str:
    kind = str(field.type).removesuffix(" | None")
    return {"int": "whole", "float": "real", "bool": "truth"}.get(kind, "text")


def _places(plan: Plan, group: list[Line]) -> tuple[IntArray, IntArray]:
    """Return point and replicate of each line."""
    run = np.array([line[0] for line in group], dtype=np.int64)
    return run // plan.replicates, run % plan.replicates


def _run_ids(point: IntArray, replicate: IntArray) -> list[str]:
    return [f"p{one}-r{other}" for one, other in zip(point.tolist(), replicate.tolist(), strict=True)]


def _groups(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while group := list(itertools.islice(lines, ROWS_PER_GROUP)):
        yield group


def _settings(plan: Plan, paths: Sequence[str]) -> dict[str, Setting]:
    """Return some settings at every point: what the point says, else what the base scenario has."""
    values = _all_values(plan)
    return {path: Setting([one[path] for one in values]) for path in paths}


def _all_values(plan: Plan) -> list[dict[str, Any]]:
    """Return dotted path -> value of every setting, for each point."""
    base = json.loads(json.dumps(Scenario.from_toml(plan.base).values(), default=str))
    return [base | dict(point.changes) for point in plan.points]


def _about(plan: Plan, files: Sequence[ChunkFile]) -> dict[str, Any]:
    """Return what is needed to make the table again."""
    made = {tuple(file.made_by.items()) for file in files}
    return {
        "plan": plan.digest,
        **{name: value for name, value in plan.to_dict().items() if name != "points"},
        "chunks_made_by": [dict(one) for one in sorted(made, key=str)],
    }
