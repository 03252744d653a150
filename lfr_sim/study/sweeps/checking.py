"""What is wrong with the tables of an experiment: everything that can be known, each thing once."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from pydantic import BaseModel, ValidationError

from lfr_sim.scenario import (
    Fault,
    allowed_by,
    fault_of,
    nearest,
    setting_paths,
    value_faults,
    value_text,
    with_changes,
)
from lfr_sim.scenario.combinations import same_branch

from ..analysis.outcomes import POLICY
from ..expected.expectations import EXPECTED_COLUMNS
from .figure_tables import figure_faults
from .sampling import sampling_faults, to_range
from .tables import ALL_COLUMNS, SAMPLED, Design, ExperimentFile, Outputs, Range, Stopping

_STAND_INS = {"schema": 1, "title": "without a title", "scenario": "", "replicates": 1}
"""What has to be there, for tables in which it is wrong."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The tables of an experiment, as far as they are sound."""

    asked: ExperimentFile | None
    """The tables without what is wrong in them; None where nothing is left."""
    broken: frozenset[str]
    """Where something is wrong, as dotted paths: `replicates`, `design.kind`, `factors.watchlist.size`."""
    faults: tuple[Fault, ...]

    def is_sound(self, *tables: str) -> bool:
        """Return whether nothing is wrong with some tables."""
        return not any(same_branch(name, path) for path in self.broken for name in tables)


def checked(data: Mapping[str, Any]) -> Checked:
    """Return the tables of an experiment as far as they are sound, and all that is wrong with them."""
    faults: list[Fault] = []
    tables = _with_dotted_paths(data, faults)
    faults += _path_faults(tables)
    asked, wrong, broken = _validated(tables)
    found = Checked(asked, frozenset(broken), tuple(wrong + faults))
    if asked is None:
        return found
    told = (*found.faults, *_combination_faults(found, asked))
    return dataclasses.replace(found, faults=(*told, *_figure_faults(told, asked)))


def _validated(tables: Mapping[str, Any]) -> tuple[ExperimentFile | None, list[Fault], set[str]]:
    """Return the tables without what is wrong by itself, the faults, and where they are."""
    try:
        return ExperimentFile.model_validate(tables), [], set()
    except ValidationError as error:
        items = error.errors(include_url=False)
    wrong = _once([_fault(item) for item in items])
    broken = {".".join(map(str, item["loc"][:2])) for item in items}
    for deeper in (True, False):  # first without the faulty entries, then without their whole tables
        try:
            return ExperimentFile.model_validate(_without(tables, items, deeper=deeper)), wrong, broken
        except ValidationError:
            broken |= {str(item["loc"][0]) for item in items}
    return None, wrong, broken


def _without(tables: Mapping[str, Any], items: Iterable[Any], *, deeper: bool) -> dict[str, Any]:
    """Return tables without the entries, or without the whole tables, in which something is wrong."""
    left = {name: dict(table) if isinstance(table, Mapping) else table for name, table in tables.items()}
    for item in items:
        name, *inside = item["loc"][:2]
        table = tables.get(name)
        if deeper and inside and isinstance(table, Mapping) and inside[0] in table:
            left.get(name, {}).pop(inside[0], None)
        else:
            left.pop(name, None)
    return _STAND_INS | left


def _with_dotted_paths(data: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """Join `[factors.watchlist] size = …` to `"watchlist.size" = …`; both ways to write it are plain."""
    tables = dict(data)
    for name in ("base", "factors"):
        if isinstance(tables.get(name), Mapping):
            tables[name] = _dotted(tables[name], name, faults)
    if isinstance(policies := tables.get("policies"), Mapping):
        tables["policies"] = {
            name: _dotted(changes, f"policies.{name}", faults) if isinstance(changes, Mapping) else changes
            for name, changes in policies.items()
        }
    return tables


def _dotted(table: Mapping[str, Any], at: str, faults: list[Fault], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        path = f"{prefix}{key}"
        is_table = isinstance(value, Mapping) and path not in setting_paths()
        found = _dotted(value, at, faults, f"{path}.") if is_table else {path: value}
        problem = "this is said twice, with dots and as a table"
        faults += [
            Fault(f"{at}.{twice}", problem, found[twice], "one of them") for twice in found if twice in flat
        ]
        flat |= found
    return flat


def _combination_faults(found: Checked, asked: ExperimentFile) -> list[Fault]:
    """Return what does not go together, or names nothing; nothing of what depends on something broken."""
    faults: list[Fault] = []
    if found.is_sound("design.kind"):
        faults += _factor_faults(asked) + _design_faults(asked)
    for name in asked.policies:
        if not name or re.fullmatch(r"p?[0-9]+", name):
            problem = "points are called so, and a policy needs a name of its own"
            faults.append(Fault(f"policies.{name}", problem, name, "a word, such as own-eyes"))
    faults += _column_faults(asked)
    return [fault for fault in faults if not any(same_branch(fault.path, path) for path in found.broken)]


def _factor_faults(asked: ExperimentFile) -> list[Fault]:
    """Return the factors whose values are not those that the design can use."""
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
                problem = f"{value_text(twice[0])} stands twice"
                faults.append(Fault(at, problem, values, "each value once"))
    return faults


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


def _figure_faults(told: Iterable[Fault], asked: ExperimentFile) -> list[Fault]:
    """Return what is wrong with the figures, unless what they could show is itself at fault.

    Of a list, only its file has the factors: `plan_of` looks at its figures.
    """
    rest_on = ("design", "factors", "policies", "outputs")
    if asked.design.kind == "list" or any(fault.path.partition(".")[0] in rest_on for fault in told):
        return []
    varied = (*asked.factors, *([POLICY] if len(asked.policies) > 1 else []))
    return figure_faults(asked.figures, varied, asked.kept)


def faults_of_values(found: Checked) -> list[Fault]:
    """Return what is wrong with values of factors and policies by themselves, and with those of `[base]`.

    Needed where the points cannot be tried, because something else is wrong.
    """
    asked = found.asked
    if asked is None:
        return []
    faults = []
    for path, values in asked.factors.items():
        ends = values if isinstance(values, list) else _ends(values)
        if path in setting_paths():
            faults += [_within("factors", one) for end in ends for one in value_faults({path: end})]
    tables = {"base": asked.base, **{f"policies.{name}": one for name, one in asked.policies.items()}}
    for table, changes in tables.items():
        known = {path: value for path, value in changes.items() if path in setting_paths()}
        faults += [_within(table, fault) for fault in value_faults(known)]
    return faults


def _ends(limits: Range) -> list[Any]:
    return [to_range(u, limits.low, limits.high, limits.scale, limits.whole) for u in (0.0, 1.0)]


def _within(table: str, fault: Fault) -> Fault:
    return dataclasses.replace(fault, path=f"{table}.{fault.path}")


def _fault(error: Any) -> Fault:
    """Return a fault of the file's own tables, with the nearest right name."""
    found = fault_of(error, allowed=_allowed(error["loc"]))
    if error["type"] == "extra_forbidden":
        *tables, leaf = [part for part in error["loc"] if isinstance(part, str)]
        names = list(_fields(tables[0] if tables else ""))
        near = nearest(leaf, names)
        return dataclasses.replace(found, allowed=", ".join(names), did_you_mean=near)
    if error["type"] == "literal_error":
        names = found.allowed.removeprefix("one of ").split(", ")
        near = nearest(str(found.value), names)
        return dataclasses.replace(found, problem="there is no such choice", did_you_mean=near)
    return found


def _fields(table: str) -> dict[str, Any]:
    """Return name -> field of what may stand in a table; "" is the file itself."""
    known: dict[str, type[BaseModel]] = {"": ExperimentFile, "factors": Range}
    known |= {"design": Design, "stopping": Stopping, "outputs": Outputs}
    return {field.alias or name: field for name, field in known[table].model_fields.items()}


def _allowed(location: Sequence[int | str]) -> str:
    """Return what may stand at a place of the file, in words; "" where that cannot be said."""
    table = str(location[0]) if len(location) > 1 else ""
    fields = _fields(table) if table in ("", "factors", "design", "stopping", "outputs") else {}
    field = fields.get(str(location[-1])) if location else None
    return "" if field is None else allowed_by(field)


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
