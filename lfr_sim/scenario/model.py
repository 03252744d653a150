"""The scenario: everything a run is asked for, frozen and validated as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from .checking import scenario_faults
from .faults import InputError
from .reading import parse_toml, read_scenario_data, with_changes
from .tables import ScenarioSettings


class Scenario(ScenarioSettings):
    """One deployment to be simulated. Read one with `Scenario.from_file`; vary it with `replace`."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, subject: str = "scenario") -> Self:
        """Validate plain data.

        Raises:
            InputError: With every fault found: unknown names, wrong types, values out of range,
                settings that cannot stand together.
        """
        scenario, faults = scenario_faults(cls, data)
        if scenario is None or faults:
            raise InputError(subject, faults)
        return scenario

    @classmethod
    def from_toml(cls, text: str, *, subject: str = "scenario") -> Self:
        """Read a scenario from TOML text; raises `InputError` with every fault."""
        return cls.from_dict(parse_toml(text, subject=subject), subject=subject)

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read a scenario from a TOML file, or a shipped one by name; raises `InputError`.

        Paths of a layout or of scores in the file are taken relative to the file.
        """
        found, data = read_scenario_data(path)
        return cls.from_dict(data, subject=str(found))

    def replace(self, changes: Mapping[str, Any], *, subject: str = "changes") -> Self:
        """Return the scenario with some values changed, by dotted path, validated as a whole.

        Args:
            changes: Dotted path ("watchlist.size") -> new value. None means "left out".
            subject: What the changes are called in an error message.

        The source of a value goes with the value.

        Raises:
            InputError: If a path is unknown or the result is not a valid scenario.
        """
        data, faults = with_changes(self.to_dict(), changes)
        scenario, further = scenario_faults(type(self), data)
        if scenario is None or faults or further:
            raise InputError(subject, faults + further)
        return scenario

    def to_dict(self, *, defaults: bool = False) -> dict[str, Any]:
        """Return plain data: only what was said, or everything with `defaults=True`."""
        if defaults:
            return self.model_dump(mode="json", by_alias=True)
        said = self.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True)
        return {"schema": self.schema_version, **said}

    def to_toml(self) -> str:
        """Return the scenario as TOML that reads back as an equal scenario."""
        import tomli_w

        return tomli_w.dumps(_tuples_as_lists(self.to_dict()))

    @property
    def digest(self) -> str:
        """Short fingerprint of everything that can change a result.

        Titles, the date, the purpose in words, sources and the published record leave it alone; of a
        layout or score file its content counts, not where it lies.
        """
        labels: dict[str, Any] = dict.fromkeys(("title", "summary", "sources", "published"), True)
        values = self.model_dump(mode="json", exclude=labels | {"deployment": {"date", "purpose"}})
        if Path(self.site.layout).suffix:  # the path of a file, not a shipped layout's name
            values["site"]["layout"] = _content(self.site.layout)
        if self.matcher.score_file is not None:
            values["matcher"]["score_file"] = _content(self.matcher.score_file)
        canonical = json.dumps(values, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def values(self) -> dict[str, Any]:
        """Return dotted path -> value for every setting of the model (not titles or sources)."""
        skipped = {"schema_version", "title", "summary", "published", "sources"}
        return flatten(self.model_dump(exclude=skipped))

    def unsourced(self) -> list[str]:
        """Return the dotted paths whose value is not the default and has no entry in `sources`."""
        skipped = {"schema_version", "title", "summary", "sources"}
        said = flatten(self.model_dump(exclude=skipped, exclude_defaults=True, exclude_none=True))
        covered = tuple(self.sources)
        return [
            path for path in said if not any(path == key or path.startswith(f"{key}.") for key in covered)
        ]


def _content(path: str) -> str:
    """Return a fingerprint of what a file holds; its path where it cannot be read."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except (OSError, ValueError):
        return path


def flatten(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested tables as one table of dotted paths."""
    flat: dict[str, Any] = {}
    for key, value in data.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{path}."))
        else:
            flat[path] = value
    return flat


def _tuples_as_lists(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _tuples_as_lists(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_tuples_as_lists(item) for item in value]
    return value
