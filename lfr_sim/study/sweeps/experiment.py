"""From an experiment file to an experiment: read, checked as a whole, set upon its base scenario.

`lfr_sim.study.sweeps.plan.plan_of` makes its design points and tries each of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lfr_sim.scenario import (
    Fault,
    InputError,
    Scenario,
    nearest,
    parse_toml,
    read_text,
    setting_paths,
    shipped_files,
)
from lfr_sim.street.faults import place_faults

from .checking import checked, faults_of_values
from .design import list_faults
from .points import PLACES
from .tables import Experiment, ExperimentFile


def read_experiment(path: str | Path) -> Experiment:
    """Return the experiment of a file, or a shipped one by name.

    Raises:
        InputError: With every fault of the file and of its base scenario.
    """
    found = experiment_file(path)
    return experiment_of(parse_toml(read_text(found, kind="experiment"), subject=str(found)), found)


def experiment_of(data: Mapping[str, Any], path: Path = Path("experiment")) -> Experiment:
    """Return the experiment of plain tables, as they would stand in a file.

    Args:
        data: The tables.
        path: The file they are of: what they name is looked for beside it.

    Raises:
        InputError: With the faults of the tables, of the base scenario, of the values and of a list's file.
    """
    found = checked(data)
    faults, scenario = list(found.faults), None
    if found.asked is not None and found.is_sound("scenario"):
        try:
            scenario = _base_scenario(path, found.asked)
        except InputError as error:
            faults += error.faults
    if found.asked is None or scenario is None or faults:
        faults += faults_of_values(found)
        faults += [] if found.asked is None else list_faults(path, found.asked)
        faults += [] if scenario is None else place_faults(scenario)
        raise InputError(str(path), {str(fault): fault for fault in faults}.values())
    return Experiment(path, found.asked, scenario)


def shipped_experiments() -> dict[str, Path]:
    """Return name -> file of every experiment that travels with the package, sorted by name."""
    return shipped_files("experiments")


def experiment_file(path: str | Path) -> Path:
    """Return the file of an experiment, given by path or by its shipped name; raises `InputError`."""
    found, shipped = Path(path), shipped_experiments()
    if str(path) in shipped and not os.path.isfile(found):
        return shipped[str(path)]
    if not str(path) or (found.suffix == "" and not os.path.exists(found)):
        problem = "no such file, and no shipped experiment of this name"
        allowed = "a path, or one of " + ", ".join(shipped)
        near = nearest(str(path), shipped)
        fault = Fault(str(path) or "(no name)", problem, None, allowed, near, shows_value=False)
        raise InputError(f"experiment {path}", [fault])
    return found


def _base_scenario(found: Path, asked: ExperimentFile) -> Scenario:
    """Return the scenario with the changes of `[base]`; faults say in which of the two they are."""
    beside = found.parent / asked.scenario
    name = str(beside) if os.path.isfile(beside) else asked.scenario
    try:
        scenario = Scenario.from_file(name)
    except InputError as error:
        if error.subject != name:  # the file itself cannot be read, and the faults name it
            raise
        moved = [
            fault if fault.path == name else replace(fault, path=f"{asked.scenario}: {fault.path}")
            for fault in error.faults  # one that is no TOML is named by the fault already
        ]
        raise InputError(error.subject, moved) from None
    changes = {path: value for path, value in asked.base.items() if path in setting_paths()}
    try:
        return scenario.replace(changes) if changes else scenario
    except InputError as error:
        moved = [
            replace(fault, path=f"base.{fault.path}") if fault.path in changes else fault
            for fault in error.faults
        ]
        raise InputError("[base]", moved + _faults_of_places(scenario, changes)) from None


def _faults_of_places(scenario: Scenario, changes: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with the site and the scores that `[base]` names, whatever else is in it."""
    places = {path: value for path, value in changes.items() if path.startswith(PLACES)}
    try:
        return place_faults(scenario.replace(places))
    except InputError:  # told already
        return []
