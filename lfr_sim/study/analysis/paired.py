"""Policies compared on the same crowds, day by day.

With one root seed, replicate r is the same day under every policy: the same people at the same times. So
the difference is taken on each day, and what the days have in common cancels (common random numbers and
the paired-t interval: Law 2015, Simulation Modeling and Analysis, 5th ed., 10.2.1 and 11.2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lfr_sim.records import run_columns
from lfr_sim.scenario import Fault, InputError, Scenario, nearest
from lfr_sim.street.faults import place_faults

from ..replicates import Study, provenance, run, run_faults
from ..sweeps.results import Point, Results
from .differences import Difference, paired_difference

__all__ = [
    "Comparison",
    "Difference",
    "arm_faults",
    "compare",
    "compare_points",
    "compare_studies",
    "paired_difference",
]

FloatArray = NDArray[np.float64]

_ANOTHER_CROWD = ("crowd", "site.layout", "deployment.hours", "deployment.start_hour")
_WORN = {"crowd.mask_share", "crowd.hood_or_hat_share"}
"""What people have on changes nothing about who walks where and when."""

UNCHANGED = "as in the base"
"""Stands for a value that a design point does not change."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Several arms on the same days, each against the first."""

    names: tuple[str, ...]
    differs: Mapping[str, tuple[Any, ...]]
    """Dotted path -> its value in each arm, of the settings that are not the same in all."""
    seed: int | None
    """None where a sweep was compared, which has its own."""
    replicates: int
    """How many days the first arm has."""
    values: Mapping[str, Mapping[str, FloatArray]]
    """Arm -> column -> value on each of its days."""
    differences: Mapping[str, Mapping[str, Difference]]
    """Arm -> column -> difference from the first arm."""
    notes: tuple[str, ...] = ()
    provenance: Mapping[str, Any] | None = None
    """Arm -> what is needed to make it again."""

    @property
    def means(self) -> dict[str, dict[str, float]]:
        """Arm -> column -> mean per day, over the days on which the column is defined."""
        return {name: {c: _mean(v) for c, v in columns.items()} for name, columns in self.values.items()}

    def summary(self) -> dict[str, Any]:
        """Return what `lfr-sim compare --json` prints: plain data, the same for the same seed."""
        means = {
            name: {column: None if np.isnan(mean) else mean for column, mean in columns.items()}
            for name, columns in self.means.items()
        }
        return {
            "names": list(self.names),
            "differs": {path: [_plain(value) for value in arms] for path, arms in self.differs.items()},
            "seed": self.seed,
            "replicates": self.replicates,
            "means": means,
            "differences": {
                name: {column: asdict(one) for column, one in columns.items()}
                for name, columns in self.differences.items()
            },
            "notes": list(self.notes),
            "provenance": self.provenance,
        }


def compare(
    *scenarios: Scenario | str | Path,
    replicates: int = 100,
    seed: int = 1,
    names: Sequence[str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Run several scenarios on the same crowds and take the differences day by day.

    Args:
        *scenarios: At least two scenarios, or paths or shipped names; each is set against the first.
        replicates: How many days each is run.
        seed: Root seed, the same for all.
        names: What the arms are called; left out: by their files' names, or their titles.
        progress: Called with the number of runs done, of all arms together, after each.

    Raises:
        InputError: With all that is wrong in any scenario, and in the numbers; nothing has been run then.
    """
    faults = run_faults(replicates=replicates, seed=seed)
    arms = [_checked(scenario, number, faults) for number, scenario in enumerate(scenarios, start=1)]
    called = list(names) if names is not None else _called(scenarios)
    faults += arm_faults(called, len(scenarios))
    asked = [arm for arm in arms if arm is not None]
    if faults:
        raise InputError("comparison", faults)
    studies = []
    for number, arm in enumerate(asked):
        count = None if progress is None else partial(_counted, progress, number * replicates)
        studies.append(run(arm, replicates=replicates, seed=seed, progress=count))
    return compare_studies(studies, called)


def compare_studies(studies: Sequence[Study], names: Sequence[str]) -> Comparison:
    """Return the comparison of studies that have been run with one seed and as many replicates."""
    values = {name: _columns(study) for name, study in zip(names, studies, strict=True)}
    settings = [study.scenario.values() for study in studies]
    differs = {
        path: tuple(arm.get(path) for arm in settings)
        for path in {path: None for arm in settings for path in arm}
        if any(arm.get(path) != settings[0].get(path) for arm in settings)
    }
    said = [(name, note) for name, study in zip(names, studies, strict=True) for note in study.notes]
    first = values[names[0]]
    return Comparison(
        names=tuple(names),
        differs=differs,
        seed=studies[0].seed,
        replicates=len(studies[0].replicates),
        values=values,
        differences={
            name: {
                column: paired_difference(column, first[column], values[name][column]) for column in first
            }
            for name in names[1:]
        },
        notes=(*crowd_notes(differs), *_said_once(said, len(studies))),
        provenance={name: provenance(study.scenario) for name, study in zip(names, studies, strict=True)},
    )


def compare_points(
    results: Results,
    first: int,
    *others: int,
    columns: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
) -> Comparison:
    """Compare design points of a sweep with the first of them, on the days that succeeded at both.

    Args:
        results: The table of the sweep.
        first: Number of the point that the others are set against.
        *others: Numbers of at least one other point.
        columns: Which columns; left out: all.
        names: What the points are called; left out: by their labels.

    Raises:
        InputError: If a point or a column is not in the table, or two points share no day.
    """
    wanted = list(results.columns) if columns is None else list(columns)
    known = {point.number: point for point in results.points}
    numbers = [first, *others]
    called = list(names) if names is not None else _point_names(numbers, known)
    faults = _point_faults(results, numbers, wanted) or arm_faults(called, len(numbers))
    if faults:
        raise InputError("comparison", faults)
    points = [known[number] for number in numbers]
    differs = {
        path: tuple(point.changes.get(path, UNCHANGED) for point in points)
        for path in {path: None for point in points for path in point.changes}
    }
    differs = {path: arms for path, arms in differs.items() if any(arm != arms[0] for arm in arms)}
    return Comparison(
        names=tuple(called),
        differs=differs,
        seed=None,
        replicates=len(results.replicates_of(first)),
        values={
            name: {column: results.of(number, column) for column in wanted}
            for name, number in zip(called, numbers, strict=True)
        },
        differences={
            name: _point_differences(results, first, number, wanted)
            for name, number in zip(called[1:], others, strict=True)
        },
        notes=tuple(crowd_notes(differs)),
    )


def arm_faults(names: Sequence[str], count: int) -> list[Fault]:
    """Return what is wrong with the number of arms and their names."""
    faults = []
    if count < 2:
        faults.append(Fault("arms", "nothing to compare with", count, allowed="at least 2"))
    if len(names) != count:
        faults.append(Fault("names", f"{len(names)} names for {count} arms", list(names)))
    if len(set(names)) < len(names) or not all(names):
        faults.append(Fault("names", "empty, or not all different", list(names)))
    return faults


def _columns(study: Study) -> dict[str, FloatArray]:
    return {name: np.array(study.values(row, column)) for name, (row, column) in run_columns().items()}


def _counted(progress: Callable[[int], None], before: int, done: int) -> None:
    progress(before + done)


def _checked(asked: Scenario | str | Path, number: int, faults: list[Fault]) -> Scenario | None:
    """Return a scenario that can be run; what is wrong with it, under its name, goes to `faults`."""
    scenario = None
    try:
        scenario = asked if isinstance(asked, Scenario) else Scenario.from_file(asked)
        wrong = place_faults(scenario)
    except InputError as error:
        wrong = list(error.faults)
    where = f"scenario {number}" if isinstance(asked, Scenario) else str(asked)
    faults += [
        fault if where in fault.path else replace(fault, path=f"{where}: {fault.path}") for fault in wrong
    ]
    return scenario


def _called(asked: Sequence[Scenario | str | Path]) -> list[str]:
    """Return a name for each arm: of its file, or its title; numbered where two would be alike."""
    names = [one.title if isinstance(one, Scenario) else Path(one).stem for one in asked]
    return [
        name if name and names.count(name) == 1 else f"{name or 'arm'} ({number})"
        for number, name in enumerate(names, start=1)
    ]


def crowd_notes(differs: Mapping[str, Any]) -> list[str]:
    """Return what to know where settings that differ bring another crowd."""
    other = [path for path in differs if path not in _WORN and path.startswith(_ANOTHER_CROWD)]
    if not other:
        return []
    named = ", ".join(other[:3]) + (", …" if len(other) > 3 else "")
    return [f"the arms do not have the same crowd ({named}), so days are paired by number only"]


def _said_once(said: Sequence[tuple[str, str]], arms: int) -> list[str]:
    """Return what arms have to say, each thing once; with the arms' names unless all say it."""
    by_note: dict[str, list[str]] = {}
    for name, note in said:
        by_note.setdefault(note, []).append(name)
    return [
        note if len(names) == arms else f"{', '.join(names)}: {note}" for note, names in by_note.items()
    ]


def _point_names(numbers: Sequence[int], known: Mapping[int, Point]) -> list[str]:
    return [known[number].label if number in known else str(number) for number in numbers]


def _point_faults(results: Results, numbers: Sequence[int], columns: Sequence[str]) -> list[Fault]:
    known = sorted(point.number for point in results.points)
    days = {number: set(results.replicates_of(number).tolist()) for number in numbers}
    faults = [
        Fault("point", "there is no such point", number, allowed=f"{known[0]} to {known[-1]}")
        for number in numbers
        if number not in known
    ]
    faults += [
        Fault("column", "there is no such column", name, did_you_mean=nearest(name, results.columns))
        for name in columns
        if name not in results.columns
    ]
    faults += [
        Fault("point", f"no replicate succeeded both here and at point {numbers[0]}", number)
        for number in numbers
        if number in known and not days[number] & days[numbers[0]]
    ]
    return faults


def _point_differences(
    results: Results, first: int, other: int, columns: Sequence[str]
) -> dict[str, Difference]:
    """Return the differences in the columns that are defined on some day at both points."""
    _, in_a, in_b = np.intersect1d(
        results.replicates_of(first), results.replicates_of(other), return_indices=True
    )
    found = {}
    for column in columns:
        a, b = results.of(first, column)[in_a], results.of(other, column)[in_b]
        defined = np.isfinite(a) & np.isfinite(b)
        if defined.any():
            found[column] = paired_difference(column, a[defined], b[defined])
    return found


def _mean(values: FloatArray) -> float:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if len(defined) else float("nan")


def _plain(value: Any) -> Any:
    """Return a setting's value as it can stand in JSON."""
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
