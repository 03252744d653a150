"""Writing the sheets into a folder: all of them, whole, and over nobody else's files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from lfr_sim.scenario import Fault, InputError

from .handouts import materials
from .paper import MADE_BY


def write_materials(folder: str | Path) -> tuple[Path, ...]:
    """Write lesson plan, worksheet and answers; return their paths.

    All are written before any takes its place. Sheets of an earlier time are replaced, other files never.

    Raises:
        InputError: If the folder cannot be used, or a file in it was not written by this command.
    """
    target = Path(folder)
    if not str(folder).strip() or "\0" in str(folder):
        raise _refusal(folder, "no folder can have this name", "the name of a folder")
    sheets = materials()
    try:
        if os.path.lexists(target) and not target.is_dir():
            raise _refusal(folder, "this is a file, not a folder", "a folder, which is made if need be")
        strangers = [name for name in sheets if _is_a_stranger(target / name)]
        if strangers:
            raise _refusal(
                folder,
                f"holds files of these names that this command did not write: {', '.join(strangers)}",
                "another folder",
            )
        return _written(target, sheets)
    except OSError as error:
        raise _refusal(folder, f"cannot be written ({error.strerror or error})") from None


def _is_a_stranger(path: Path) -> bool:
    """Return whether something is there that this command did not write."""
    if not os.path.lexists(path):
        return False
    if path.is_symlink() or not path.is_file():
        return True
    with path.open("rb") as file:
        return MADE_BY.encode() not in file.read(1024)


def _written(target: Path, sheets: Mapping[str, str]) -> tuple[Path, ...]:
    missing = [path for path in (target, *target.parents) if not path.exists()]
    partials = {name: target / f".{name}.{os.getpid()}.partial" for name in sheets}
    done = False
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in sheets.items():
            partials[name].write_text(text, encoding="utf-8", newline="\n")
        for name, partial in partials.items():
            os.replace(partial, target / name)
        done = True
    finally:
        for partial in partials.values():
            with suppress(OSError):
                partial.unlink(missing_ok=True)
        for made in [] if done else missing:
            with suppress(OSError):
                made.rmdir()  # which a folder with files in it survives
    return tuple(target / name for name in sheets)


def _refusal(folder: str | Path, problem: str, allowed: str = "") -> InputError:
    return InputError("teach", [Fault("--materials", problem, str(folder), allowed)])
