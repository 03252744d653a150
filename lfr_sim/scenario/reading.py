"""From files and text to the tables of a scenario."""

from __future__ import annotations

import itertools
import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .checking import faults_of_error, setting_paths, unknown_setting
from .combinations import same_branch
from .faults import Fault, InputError, nearest
from .tables import ScenarioSettings

LARGEST_FILE_BYTES = 1_048_576
"""A scenario or layout larger than this is refused unread."""

_SHIPPED_DIRS = (Path(__file__).parents[1], Path(__file__).parents[2])
"""Inside an installed wheel; in a checkout."""


def shipped_scenarios() -> dict[str, Path]:
    """Return name -> file of every scenario that travels with the package, sorted by name."""
    return shipped_files("scenarios")


def shipped_files(folder: str) -> dict[str, Path]:
    """Return name -> file of the TOML files that travel with the package in a folder, sorted by name."""
    for home in _SHIPPED_DIRS:
        if (home / folder).is_dir():
            return {path.stem: path for path in sorted((home / folder).glob("*.toml"))}
    return {}


def read_text(path: Path, *, kind: str, largest_bytes: int = LARGEST_FILE_BYTES) -> str:
    """Return the text of a small ordinary file, or raise `InputError` saying why it cannot be read.

    Pipes and devices are refused, because they may never end. A byte-order mark is left out.
    """
    article = "an" if kind[:1] in "aeiou" else "a"

    def refuse(problem: str, allowed: str = "", near: str = "") -> InputError:
        fault = Fault(str(path), problem, allowed=allowed, did_you_mean=near, shows_value=False)
        return InputError(f"{kind} {path}", [fault])

    if not os.path.exists(path):  # unlike Path.exists, false for names that no file can have
        near = nearest(path.name, _neighbours(path))
        raise refuse("there is no such file", near=str(path.with_name(near)) if near else "")
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise refuse("this is a directory", f"{article} {kind} file")
        if not stat.S_ISREG(about.st_mode):
            raise refuse("this is a pipe or a device", f"an ordinary {kind} file")
        if about.st_size > largest_bytes:
            raise refuse(f"the file has {about.st_size:,} bytes", f"at most {largest_bytes:,}")
        with path.open("rb") as file:  # some files are longer than they say
            content = file.read(largest_bytes + 1)
    except OSError as error:
        raise refuse(f"cannot be read ({error.strerror or error})") from None
    if len(content) > largest_bytes:
        raise refuse("the file is too long", f"at most {largest_bytes:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(f"not text: byte {error.start} is not UTF-8", "UTF-8 text") from None


def _neighbours(path: Path) -> list[str]:
    try:
        return [other.name for other in itertools.islice(path.parent.iterdir(), 1000)]
    except (OSError, ValueError):
        return []


def parse_toml(text: str, *, subject: str) -> dict[str, Any]:
    """Return the tables of TOML text, or raise `InputError` with line and column."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # some numbers are too long for Python, not for TOML
        reason = str(error) or type(error).__name__
        raise InputError(subject, [Fault(subject, f"not TOML: {reason}", shows_value=False)]) from None


def read_scenario_data(path: str | Path) -> tuple[Path, dict[str, Any]]:
    """Return the file found for a path or shipped name, and its tables.

    Paths of a layout or of scores in the file are taken relative to the file.
    """
    found, name = Path(path), str(path)
    shipped = shipped_scenarios()
    if name in shipped and not os.path.isfile(found):
        found = shipped[name]
    elif not name or (found.suffix == "" and not os.path.exists(found)):
        fault = Fault(
            name or "(no name)",
            "no such file, and no shipped scenario of this name",
            allowed="a path, or one of " + ", ".join(shipped),
            did_you_mean=nearest(name, shipped),
            shows_value=False,
        )
        raise InputError(f"scenario {path}", [fault])
    data = parse_toml(read_text(found, kind="scenario"), subject=str(found))
    site, matcher = data.get("site"), data.get("matcher")
    if isinstance(site, dict) and _is_layout_path(site.get("layout")):
        site["layout"] = os.path.abspath(found.parent / site["layout"])
    if isinstance(matcher, dict) and isinstance(matcher.get("score_file"), str):
        matcher["score_file"] = os.path.abspath(found.parent / matcher["score_file"])
    return found, data


def _is_layout_path(layout: Any) -> bool:
    return isinstance(layout, str) and layout.endswith((".json", ".toml"))


def parse_value(text: str) -> Any:
    """Return the value of a `--set PATH=VALUE`: any TOML value, else the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _tables_of(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:depth]) for depth in range(1, len(parts))]


def with_changes(data: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return a copy of nested tables with values set by dotted path, and what is wrong with the paths.

    None removes a value. The source of a value goes with the value. Paths that name no setting are
    faults; the others are set all the same, so that whatever else is wrong can be told as well.
    """
    changed = dict(data)
    if isinstance(sources := data.get("sources"), Mapping):
        # The source of a whole table does not speak for a value put into it.
        gone = {part for path in changes for part in (path, *_tables_of(path))}
        changed["sources"] = {path: told for path, told in sources.items() if path not in gone}
    faults = []
    for path, value in changes.items():
        if path not in setting_paths():
            faults.append(unknown_setting(path, value))
            continue
        *sections, leaf = path.split(".")
        table = changed
        for section in sections:
            inner = table.get(section, {})
            if not isinstance(inner, Mapping):
                break  # it stays as it is, and validation will say so
            table[section] = table = dict(inner)
        else:
            if value is None:
                table.pop(leaf, None)
            else:
                table[leaf] = value
    return changed, faults


def value_faults(values: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with values of settings by themselves, whatever else a scenario may say.

    Args:
        values: Dotted path of a setting -> value.
    """
    try:
        ScenarioSettings.model_validate(with_changes({}, values)[0])
    except ValidationError as error:
        found = faults_of_error(error, set())
        return [fault for fault in found if any(same_branch(fault.path, path) for path in values)]
    return []
