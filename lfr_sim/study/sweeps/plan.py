"""The plan of a sweep: everything that decides its table, settled before anything runs, never changed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from lfr_sim.scenario import Fault, InputError

from ..analysis.outcomes import POLICY
from ..replicates import maker
from .design import points_of
from .figure_tables import figure_faults
from .points import checked_points, fingerprint
from .results import Point
from .tables import Experiment, Range

FORMAT = 1
_LONGEST_NAME = 40
_LABELS = ("title", "question", "figures")
"""What a plan says of itself, and may be mended: no row depends on it."""


@dataclass(frozen=True)
class Plan:
    """What a sweep runs and keeps. Run i is replicate i mod `replicates` of point i // `replicates`."""

    title: str
    question: str
    base: str
    """The base scenario, as TOML."""
    points: tuple[Point, ...]
    replicates: int
    """Runs of each point; with a stopping rule, the most."""
    seed: int
    columns: tuple[str, ...]
    keep_events: bool
    design: Mapping[str, Any]
    factors: tuple[str, ...]
    ranges: Mapping[str, Any]
    stopping: Mapping[str, Any] | None
    longest_run_s: float
    figures: tuple[Mapping[str, Any], ...]
    files: Mapping[str, str]
    """Layout or score file -> fingerprint of what it held when the plan was made."""
    made_by: Mapping[str, Any]
    """Versions: package, commit, NumPy, Mesa, Python."""

    @property
    def runs(self) -> int:
        """How many runs there are at the most."""
        return len(self.points) * self.replicates

    def point_of(self, run: int) -> Point:
        """Return the point of a run."""
        return self.points[run // self.replicates]

    def replicate_of(self, run: int) -> int:
        """Return the replicate of a run."""
        return run % self.replicates

    def run_id(self, run: int) -> str:
        """Return the name of a run, such as `p3-r17`."""
        return f"p{run // self.replicates}-r{run % self.replicates}"

    def run_named(self, name: str) -> int:
        """Return the run of a name; raises `InputError`."""
        point, _, replicate = name[:_LONGEST_NAME].removeprefix("p").partition("-r")
        if point.isdecimal() and replicate.isdecimal():
            run = int(point) * self.replicates + int(replicate)
            if int(point) < len(self.points) and int(replicate) < self.replicates:
                return run
        allowed = f"p0-r0 to {self.run_id(self.runs - 1)}"
        raise InputError("sweep", [Fault("run", "there is no run of this name", name, allowed)])

    @cached_property
    def varied(self) -> tuple[str, ...]:
        """Dotted paths of everything a point may change: factors first, then what policies add."""
        paths = dict.fromkeys(self.factors)
        for point in self.points:
            paths |= dict.fromkeys(point.changes)
        return tuple(paths)

    @cached_property
    def digest(self) -> str:
        """Fingerprint of what is asked, whichever version of the program does it."""
        return hashlib.sha256(_canonical(self._asked).encode()).hexdigest()[:16]

    @property
    def seal(self) -> str:
        """Fingerprint of everything in the plan."""
        return hashlib.sha256(_canonical(self.to_dict()).encode()).hexdigest()

    @property
    def _asked(self) -> dict[str, Any]:
        return {name: value for name, value in self.to_dict().items() if name not in (*_LABELS, "made_by")}

    def changed_files(self) -> list[Fault]:
        """Return the layout and score files that are not what they were when the plan was made."""
        faults: list[Fault] = []
        for path, known in self.files.items():
            if fingerprint(path, faults) != known and not any(fault.path == path for fault in faults):
                faults.append(Fault(path, "this file has changed since the sweep began", shows_value=False))
        return faults

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, from which `from_dict` makes an equal plan."""
        data = {name.name: getattr(self, name.name) for name in dataclasses.fields(self)}
        data["points"] = [[one.policy, one.values, one.changes] for one in self.points]
        plain: dict[str, Any] = json.loads(json.dumps({"format": FORMAT, **data}, default=str))
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the plan of plain data."""
        fields = {name: value for name, value in data.items() if name != "format"}
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']!r}")
        fields["points"] = tuple(Point(number, *point) for number, point in enumerate(fields["points"]))
        for name in ("columns", "factors", "figures"):
            fields[name] = tuple(fields[name])
        return cls(**fields)


def plan_of(experiment: Experiment) -> Plan:
    """Return the plan of an experiment, every design point checked.

    Raises:
        InputError: If design points make no valid scenario: each fault once, with how many points have it.
            If a figure shows what there is not: of a list, only its points tell what varies.
    """
    asked, points = experiment.asked, points_of(experiment)
    varied = (*points[0].values, *([POLICY] if len(asked.policies) > 1 else []))
    files = checked_points(experiment, points, figure_faults(asked.figures, varied, asked.kept))
    ranges = {
        path: limits.model_dump() for path, limits in asked.factors.items() if isinstance(limits, Range)
    }
    return Plan(
        title=asked.title,
        question=asked.question,
        base=experiment.scenario.to_toml(),
        points=points,
        replicates=asked.replicates,
        seed=asked.seed,
        columns=asked.kept,
        keep_events=asked.outputs.events,
        design=asked.design.model_dump(exclude_none=True),
        factors=tuple(points[0].values),
        ranges=ranges,
        stopping=asked.stopping.model_dump() if asked.stopping else None,
        longest_run_s=asked.longest_run_s,
        figures=tuple(asked.figures),
        files=files,
        made_by=versions(),
    )


def versions() -> dict[str, str | None]:
    """Return the versions of this program and of what it stands on."""
    return maker() | {"python": platform.python_version()}


def first_difference(stored: Plan, asked: Plan) -> tuple[str, Any, Any] | None:
    """Return the first thing in which two plans differ: its name, stored, asked; versions come last.

    Labels are no difference, nor is the version of Python.
    """
    found = _difference(stored._asked, asked._asked, "")
    if found is None:
        before, now = (
            {name: value for name, value in plan.made_by.items() if name != "python"}
            for plan in (stored, asked)
        )
        found = _difference(before, now, "made_by.")
    return found


def _difference(old: Any, new: Any, path: str) -> tuple[str, Any, Any] | None:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            inside = _difference(old.get(name), new.get(name), f"{path}{name}.")
            if inside is not None:
                return inside
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            return f"{path}length", len(old), len(new)
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            inside = _difference(one, other, f"{path}{number}.")
            if inside is not None:
                return inside
    elif old != new:
        return path.rstrip("."), old, new
    return None


def _canonical(data: Any) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
