"""An experiment: what is to be varied, how often each variant is run, and what is kept of the runs.

Read one with `read_experiment`; `lfr_sim.study.sweeps.plan.plan_of` makes its design points.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lfr_sim.records import run_columns
from lfr_sim.scenario import (
    Fault,
    InputError,
    Scenario,
    fault_of,
    nearest,
    parse_toml,
    read_text,
    setting_paths,
    shipped_files,
    with_changes,
)

from ..expected.expectations import EXPECTED_COLUMNS
from .sampling import sampling_faults

COUNT_COLUMNS = tuple(run_columns())
ALL_COLUMNS = (*COUNT_COLUMNS, *EXPECTED_COLUMNS)
"""What may be kept of a run: both rows, and the expectations beside the rare counts."""

MOST_REPLICATES = 1_000_000
Kind = Literal["grid", "zip", "list", "lhs", "sobol", "morris", "saltelli"]
SAMPLED = ("lhs", "sobol", "morris", "saltelli")
"""Designs whose factors are ranges."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Range(_Table):
    """What a sampled factor may be."""

    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)
    scale: Literal["linear", "log"] = "linear"
    whole: bool = False
    """Whether only whole numbers are taken."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"a logarithmic scale begins above 0, not at {self.low:g}")
        return self


class Design(_Table):
    """How design points are made from the factors."""

    kind: Kind = "grid"
    file: str | None = None
    """Of a list: a CSV file with a column per factor and a line per point."""
    points: int | None = Field(None, ge=1)
    """Of lhs and sobol: how many."""
    trajectories: int | None = Field(None, ge=2)
    """Of morris."""
    levels: int | None = Field(None, ge=2, le=1000)
    """Of morris; an even number."""
    samples: int | None = Field(None, ge=2)
    """Of saltelli: the base sample N; N (k + 2) points for k factors."""
    second_order: bool = False
    """Of saltelli: N (2 k + 2) points."""
    seed: int = Field(1, ge=0)


class Stopping(_Table):
    """Stop a design point once enough events have been seen, looking after whole batches only."""

    events: int = Field(ge=1)
    column: str = "alerts"
    batch: int = Field(50, ge=1)


class Outputs(_Table):
    """What is kept."""

    columns: list[str] | None = None
    """Names of columns; left out: all."""
    events: bool = False
    """Whether every alert is kept."""


class ExperimentFile(_Table):
    """The tables of an experiment file."""

    schema_version: Literal[1] = Field(alias="schema")
    title: str = Field(min_length=1)
    question: str = ""
    scenario: str
    replicates: int = Field(ge=1, le=MOST_REPLICATES)
    seed: int = Field(1, ge=0, lt=2**63)
    base: dict[str, Any] = {}
    """Dotted path -> value: changes of the scenario that hold everywhere."""
    factors: dict[str, list[Any] | Range] = {}
    policies: dict[str, dict[str, Any]] = {}
    design: Design = Design()
    stopping: Stopping | None = None
    outputs: Outputs = Outputs()
    longest_run_s: float = Field(300.0, gt=0, le=86_400)
    """A run that takes longer is given up."""
    figures: list[dict[str, Any]] = []


class Experiment:
    """An experiment file that holds together, with its base scenario.

    Attributes:
        path: The file.
        asked: What it says.
        scenario: The base scenario, with the changes of `[base]`.
    """

    def __init__(self, path: Path, asked: ExperimentFile, scenario: Scenario) -> None:
        self.path, self.asked, self.scenario = path, asked, scenario

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns kept, in the order of the table."""
        kept = self.asked.outputs.columns
        return ALL_COLUMNS if kept is None else tuple(name for name in ALL_COLUMNS if name in kept)


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
        InputError: With every fault of the tables and of the base scenario.
    """
    tables = _with_dotted_paths(data)
    faults = _path_faults(tables)
    try:
        asked = ExperimentFile.model_validate(tables)
    except ValidationError as error:
        broken = [_fault(item) for item in error.errors(include_url=False)]
        raise InputError(str(path), _once(broken) + faults) from None
    faults += _combination_faults(asked)
    scenario = None
    try:
        scenario = _base_scenario(path, asked)
    except InputError as error:
        faults += error.faults
    if scenario is None or faults:
        raise InputError(str(path), faults)
    return Experiment(path, asked, scenario)


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
    beside = found.parent / asked.scenario
    base = Scenario.from_file(beside if os.path.isfile(beside) else asked.scenario)
    return base.replace(asked.base, subject="[base]") if asked.base else base


def _with_dotted_paths(data: Mapping[str, Any]) -> dict[str, Any]:
    """Join `[factors.watchlist] size = …` to `"watchlist.size" = …`; both ways to write it are plain."""
    tables = dict(data)
    for name in ("base", "factors"):
        if isinstance(tables.get(name), Mapping):
            tables[name] = _dotted(tables[name])
    if isinstance(policies := tables.get("policies"), Mapping):
        tables["policies"] = {
            name: _dotted(changes) if isinstance(changes, Mapping) else changes
            for name, changes in policies.items()
        }
    return tables


def _dotted(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        path = f"{prefix}{key}"
        is_table = isinstance(value, Mapping) and path not in setting_paths()
        found = _dotted(value, f"{path}.") if is_table else {path: value}
        for twice in found.keys() & flat.keys():
            problem = "this is said twice, with dots and as a table"
            raise InputError("experiment", [Fault(twice, problem, found[twice], "one of them")])
        flat |= found
    return flat


def _combination_faults(asked: ExperimentFile) -> list[Fault]:
    """Return what does not go together, or names nothing."""
    faults: list[Fault] = []
    sampled = asked.design.kind in SAMPLED
    for path, values in asked.factors.items():
        at = f"factors.{path}"
        if sampled and isinstance(values, list):
            allowed = "{ low = …, high = … }"
            faults.append(Fault(at, f"design {asked.design.kind} wants a range", values, allowed))
        elif not sampled and isinstance(values, Range):
            kinds = ", ".join(SAMPLED)
            problem = f"a range needs a design that samples it ({kinds})"
            faults.append(Fault(at, problem, values.model_dump(), "a list of values"))
        elif values == []:
            faults.append(Fault(at, "there is no value", values, "a list of at least one"))
        elif isinstance(values, list) and asked.design.kind == "grid":
            twice = [value for number, value in enumerate(values) if value in values[:number]]
            if twice:
                faults.append(Fault(at, f"{twice[0]!r} stands twice", values, "each value once"))
    for name in asked.policies:
        if not name or re.fullmatch(r"p?[0-9]+", name):
            problem = "points are called so, and a policy needs a name of its own"
            faults.append(Fault(f"policies.{name}", problem, name, "a word, such as own-eyes"))
    return faults + _design_faults(asked) + _column_faults(asked)


def _path_faults(data: Mapping[str, Any]) -> list[Fault]:
    """Return the dotted paths that name no setting, and those that a policy and the factors both name."""
    tables = {name: data.get(name) for name in ("base", "factors")}
    policies = data.get("policies")
    named = policies.items() if isinstance(policies, dict) else ()
    tables |= {f"policies.{name}": changes for name, changes in named}
    factors = tables["factors"] if isinstance(tables["factors"], dict) else {}
    faults: list[Fault] = []
    for table, changes in tables.items():
        if not isinstance(changes, dict):
            continue
        faults += [
            Fault(f"{table}.{path}", "dates and times label a deployment, and change no run", value)
            for path, value in changes.items()
            if any(isinstance(one, date | time) for one in (value if isinstance(value, list) else [value]))
        ]
        faults += [_within(table, fault) for fault in with_changes({}, changes)[1]]
        both = [path for path in changes if path in factors and table.startswith("policies.")]
        problem = "this is a factor too, and only one of them can say what it is"
        faults += [Fault(f"{table}.{path}", problem, changes[path]) for path in both]
    return faults


def _within(table: str, fault: Fault) -> Fault:
    near = fault.did_you_mean
    return Fault(f"{table}.{fault.path}", fault.problem, fault.value, fault.allowed, near)


def _design_faults(asked: ExperimentFile) -> list[Fault]:
    design, sizes = asked.design, ("file", "points", "trajectories", "levels", "samples")
    wanted = {
        "list": ("file",),
        "lhs": ("points",),
        "sobol": ("points",),
        "morris": ("trajectories", "levels"),
        "saltelli": ("samples",),
    }.get(design.kind, ())
    faults = [
        Fault(f"design.{name}", f"design {design.kind} has no use for it", value, ", ".join(wanted))
        for name in sizes
        if (value := getattr(design, name)) is not None and name not in wanted
    ]
    if design.kind in SAMPLED:
        return faults + sampling_faults(design.kind, len(asked.factors), design.model_dump())
    if design.kind == "list" and design.file is None:
        problem = "design list needs it, and it was left out"
        faults.append(Fault("design.file", problem, shows_value=False))
    if design.kind == "list" and asked.factors:
        problem = "the factors of a list are the columns of its file"
        faults.append(Fault("factors", problem, list(asked.factors), "no table [factors]"))
    if design.kind == "zip":
        lengths = {path: len(values) for path, values in asked.factors.items() if isinstance(values, list)}
        if len(set(lengths.values())) > 1:
            problem = "the lists of design zip are not equally long"
            faults.append(Fault("factors", problem, lengths, "lists of one length"))
    return faults


def _column_faults(asked: ExperimentFile) -> list[Fault]:
    faults = []
    kept = asked.outputs.columns
    named = [("outputs.columns", name) for name in kept or ()]
    if asked.stopping is not None:
        named.append(("stopping.column", asked.stopping.column))
        if kept is not None and asked.stopping.column not in kept:
            problem = "this column decides when to stop, so it must be among outputs.columns"
            faults.append(Fault("stopping.column", problem, asked.stopping.column))
        if asked.stopping.column in EXPECTED_COLUMNS:
            problem = "stopping counts events, not expectations"
            faults.append(Fault("stopping.column", problem, asked.stopping.column, "a count"))
    if kept == []:
        faults.append(Fault("outputs.columns", "there is no column", kept, "names of columns"))
    for at, name in named:
        if name not in ALL_COLUMNS:
            near = nearest(name, ALL_COLUMNS)
            allowed = "" if near else "a name that `lfr-sim metrics` lists"
            faults.append(Fault(at, "there is no such column", name, allowed, near))
    return faults


def _fault(error: Any) -> Fault:
    """Return a fault of the file's own tables, with the nearest right name."""
    found = fault_of(error)
    if error["type"] == "extra_forbidden":
        *tables, leaf = [part for part in error["loc"] if isinstance(part, str)]
        known: dict[str, type[_Table]] = {"design": Design, "stopping": Stopping, "outputs": Outputs}
        owner = known.get(tables[0], Range) if tables else ExperimentFile
        names = [field.alias or name for name, field in owner.model_fields.items()]
        near = nearest(leaf, names)
        return Fault(found.path, "there is no such name", found.value, ", ".join(names), near)
    if error["type"] == "literal_error":
        choices = str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
        near = nearest(str(found.value), choices.split(", "))
        return Fault(found.path, "there is no such choice", found.value, f"one of {choices}", near)
    return found


def _once(faults: list[Fault]) -> list[Fault]:
    """Return faults without the second telling of a factor that is neither a list nor a range."""
    kept: list[Fault] = []
    for fault in faults:
        path, branch = _branch(fault.path)
        is_table = isinstance(fault.value, dict) or fault.path.rpartition(".")[0] != path
        if not branch:
            kept.append(fault)
        elif branch == "list[any]" and not isinstance(fault.value, dict):
            problem, allowed = "neither a list of values nor a range", "[1, 2, 3] or { low = 1, high = 3 }"
            kept.append(dataclasses.replace(fault, path=path, problem=problem, allowed=allowed))
        elif branch == "range" and is_table:
            leaf = fault.path.rpartition("]")[2]
            kept.append(dataclasses.replace(fault, path=path + leaf))
    return kept


def _branch(path: str) -> tuple[str, str]:
    """Return the path of a factor, and as which of the two it may be it was looked at; "" for others."""
    for mark, branch in ((".list[any]", "list[any]"), (".function-after[", "range")):
        before, found, _ = path.partition(mark)
        if found:
            return before, branch
    return path, ""
