"""A sweep's folder: the plan, and one file per chunk of runs, whole or not there.

    plan.json               the plan, with its digest
    chunks/runs-*.jsonl     a line about the file, a line per run, a line per alert kept, a line with
                            the SHA-256 of all before it
    quarantine/             chunk files that were damaged

A file is written beside its place, brought to the disk and then renamed, so that a power cut leaves it
whole or leaves none. Only one process writes a chunk; names carry what is inside, so that none replaces
another.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from lfr_sim.scenario import Fault, InputError, read_text, value_text

from ..folders import usable_folder
from ..replicates import maker
from .plan import Plan, first_difference
from .rows import Row, Status

PLAN, CHUNKS, QUARANTINE = "plan.json", "chunks", "quarantine"
LARGEST_PLAN_BYTES = 2**31
_ABANDONED_S = 600.0
"""A file is written in milliseconds: what is half-written after so long will stay so."""
_VERSIONS = "made_by."
_PATIENCE_S = 1.0


@dataclass(frozen=True, slots=True)
class ChunkFile:
    """What the first line of a chunk file says."""

    path: Path
    runs: tuple[tuple[int, int], ...]
    """First run and the one after the last, of each stretch of runs."""
    rows: int
    failed: dict[str, str]
    """Run -> how it ended, of those that failed."""
    made_by: dict[str, str | None]
    """Versions of the program that made the rows."""

    def __contains__(self, run: int) -> bool:
        """Return whether a run is in the file."""
        return any(start <= run < stop for start, stop in self.runs)

    def numbers(self) -> Iterator[int]:
        """Yield the runs in the file."""
        for start, stop in self.runs:
            yield from range(start, stop)


class Store:
    """The folder of one sweep."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder, self.plan = folder, plan
        self.chunks = folder / CHUNKS
        self.made_by = maker()
        """Versions of the program that is running."""
        self.quarantined: list[str] = []
        """Names of chunk files found damaged, with what was wrong."""

    @classmethod
    def open(cls, folder: str | Path) -> Store:
        """Return the store of a folder in which a sweep has begun; raises `InputError`."""
        where = Path(folder)
        if not str(folder):  # not the folder that one stands in
            _usable(folder)
        if not os.path.isfile(where / PLAN):
            problem = "this is a file" if os.path.isfile(where) else "there is no such folder"
            if os.path.isdir(where):
                problem = "there is no sweep in this folder"
            raise _refusal(where, problem, "the folder given as --out to `lfr-sim sweep`")
        text = read_text(where / PLAN, kind="plan", largest_bytes=LARGEST_PLAN_BYTES)
        try:
            data = json.loads(text)
            plan = Plan.from_dict(data["plan"])
            sound = data["seal"] == plan.seal
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            sound = False
        if not sound:
            raise _refusal(where / PLAN, "the plan is damaged", "the plan as it was written")
        return cls(where, plan)

    @classmethod
    def begin(cls, folder: str | Path, plan: Plan, *, other_version: bool = False) -> Store:
        """Return the store of a folder for a plan: a new one, or one in which the same plan has begun.

        Raises:
            InputError: If the folder holds something else, another plan, or was begun by another
                version of the program (unless `other_version`), or cannot be written.
        """
        where = Path(folder)
        cls.check(folder, plan, other_version=other_version)
        try:
            (where / CHUNKS).mkdir(parents=True, exist_ok=True)
            with FileLock(where / ".lock-plan", timeout=60):  # two may begin at the same time
                return cls._begun(where, plan, other_version=other_version)
        except (OSError, Timeout) as error:
            reason = getattr(error, "strerror", None) or error
            raise _refusal(where, f"cannot be written ({reason})") from None

    @classmethod
    def check(cls, folder: str | Path, plan: Plan, *, other_version: bool = False) -> None:
        """Raise `InputError` for a folder that `begin` would refuse; creates nothing."""
        if str(folder) and os.path.exists(Path(folder) / PLAN):
            cls._same(Path(folder), plan, other_version=other_version)
        else:
            _usable(folder)

    @classmethod
    def _same(cls, where: Path, plan: Plan, *, other_version: bool) -> Plan:
        """Return the plan that has begun in a folder; raises `InputError` if it is another one."""
        stored = cls.open(where).plan
        differs = first_difference(stored, plan)
        if differs is not None and not (other_version and differs[0].startswith(_VERSIONS)):
            raise InputError(str(where), [_difference_fault(*differs)])
        return stored

    @classmethod
    def _begun(cls, where: Path, plan: Plan, *, other_version: bool) -> Store:
        """Return the store of a folder with its plan written, or with the one that was there."""
        if os.path.exists(where / PLAN):
            stored = cls._same(where, plan, other_version=other_version)
            plan = dataclasses.replace(plan, made_by=stored.made_by)
            if plan.seal == stored.seal:
                return cls(where, plan)
        text = json.dumps({"seal": plan.seal, "plan": plan.to_dict()}, indent=1)
        _write_whole(where / PLAN, text.encode() + b"\n")
        return cls(where, plan)

    @contextmanager
    def locked(self, part: str = "") -> Iterator[None]:
        """Keep other processes from running the same part of this sweep; raises `InputError`."""
        lock, holder = FileLock(self.folder / f".lock{part}"), self.folder / f".running{part}.json"
        try:
            lock.acquire(timeout=_PATIENCE_S)  # `status` may hold it for a moment, to see who does
        except Timeout:
            raise _refusal(self.folder, f"another process is running this sweep{_told(holder)}") from None
        except OSError as error:
            raise _refusal(self.folder, f"cannot be locked ({error.strerror or error})") from None
        try:
            about = {"pid": os.getpid(), "host": socket.gethostname(), "since": _now()}
            with suppress(OSError):  # a note to others, and no more
                holder.write_text(json.dumps(about))
            yield
        finally:
            with suppress(OSError):
                holder.unlink(missing_ok=True)
            lock.release()

    def sweep_up(self) -> None:
        """Remove what a process that was killed left half-written; others may be writing just now."""
        for partial in [*self.folder.glob(".*.partial"), *self.chunks.glob(".*.partial")]:
            with suppress(OSError):
                if time.time() - partial.stat().st_mtime > _ABANDONED_S:
                    partial.unlink(missing_ok=True)

    def commit(self, rows: Sequence[Row], *, made_by: Mapping[str, str | None] | None = None) -> Path:
        """Write the rows of a chunk; once it returns they are on the disk.

        Args:
            rows: The rows.
            made_by: Versions of the program that made them; left out: of this one.
        """
        rows = sorted(rows, key=lambda row: row.run)
        runs = [row.run for row in rows]
        head = {
            "plan": self.plan.digest,
            "runs": stretches(runs),
            "rows": len(rows),
            "failed": {str(row.run): row.status for row in rows if row.status != Status.OK},
            "made_by": dict(made_by or self.made_by),
        }
        lines = [_line(head), *(line_of(row) for row in rows)]
        lines += [_line([row.run, *event]) for row in rows for event in row.events]
        body = "".join(f"{line}\n" for line in lines).encode()
        digest = hashlib.sha256(body).hexdigest()
        path = self.chunks / f"runs-{runs[0]:09d}-{runs[-1]:09d}-{digest[:8]}.jsonl"
        _write_whole(path, body + f'{{"sha256":"{digest}"}}\n'.encode())
        return path

    def files(self, *, mend: bool = False) -> list[ChunkFile]:
        """Return the sound chunk files, in order of their first run.

        Args:
            mend: Move damaged ones into quarantine; otherwise they are passed over.

        Raises:
            InputError: If a file cannot be read or moved: it may be as sound as the others.
        """
        found = []
        for path in sorted(self.chunks.glob("runs-*.jsonl")):
            try:
                found.append(self._head(path, sound_body(path)))
            except DamagedError as damage:
                self.quarantined.append(f"{path.name}: {damage}")
                if mend:
                    self._put_aside(path)
        return found

    def _put_aside(self, path: Path) -> None:
        try:
            (self.folder / QUARANTINE).mkdir(exist_ok=True)
            os.replace(path, self.folder / QUARANTINE / path.name)
        except OSError as error:
            problem = f"it is damaged and cannot be moved to {QUARANTINE} ({error.strerror or error})"
            raise _refusal(path, problem) from None

    def _head(self, path: Path, body: bytes) -> ChunkFile:
        head = json.loads(body[: body.index(b"\n")])
        if head["plan"] != self.plan.digest:
            raise DamagedError("it belongs to another plan")
        runs = tuple((int(start), int(stop)) for start, stop in head["runs"])
        return ChunkFile(path, runs, head["rows"], head["failed"], head["made_by"])


class DamagedError(Exception):
    """A chunk file is not what was written."""


def sound_body(path: Path) -> bytes:
    """Return a chunk file without its last line; raises `DamagedError`, or `InputError` if unreadable."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refusal(path, f"cannot be read ({error.strerror or error})") from None
    body, newline, last = content[:-1].rpartition(b"\n")
    body += newline
    if not content.endswith(b"\n") or not last.startswith(b'{"sha256":"'):
        raise DamagedError("it is cut short")
    if last != f'{{"sha256":"{hashlib.sha256(body).hexdigest()}"}}'.encode():
        raise DamagedError("its contents are not what was written")
    return body


def line_of(row: Row) -> str:
    """Return a row as it stands in a chunk file: run, status, reason, values."""
    return _line([row.run, row.status, row.reason, *row.values])


def stretches(runs: Sequence[int]) -> list[list[int]]:
    """Return sorted run numbers as [first, one after the last] of each stretch without a gap."""
    found: list[list[int]] = []
    for run in runs:
        if found and found[-1][1] == run:
            found[-1][1] = run + 1
        else:
            found.append([run, run + 1])
    return found


def _line(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _write_whole(path: Path, content: bytes) -> None:
    """Bring a file to the disk, whole, before its name appears."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    if os.name == "posix":  # the new name is on the disk once its folder is
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _usable(folder: str | Path) -> None:
    """Raise `InputError` unless a new sweep may begin in a folder; creates nothing."""
    usable_folder(
        folder,
        subject=f"sweep {folder}",
        is_ours=lambda name: name.startswith(".") or name == CHUNKS,
        allowed="a new or empty folder, or that of the same sweep",
    )


def _difference_fault(name: str, stored: Any, asked: Any) -> Fault:
    if name.startswith(_VERSIONS):
        what = name.removeprefix(_VERSIONS)
        problem = f"this sweep was begun with {what} {stored}, and here it is {asked}"
        allowed = "the same, another folder, or --other-version to go on all the same"
        return Fault(name, problem, None, allowed, shows_value=False)
    problem = f"another plan has begun in this folder, where it is {value_text(stored)}"
    return Fault(name, problem, asked, "the same experiment, or another folder")


def _told(holder: Path) -> str:
    try:
        about = json.loads(holder.read_text())
        return f" (process {about['pid']} on {about['host']}, since {about['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _refusal(path: Path, problem: str, allowed: str = "") -> InputError:
    return InputError(f"sweep {path}", [Fault(str(path), problem, allowed=allowed, shows_value=False)])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
