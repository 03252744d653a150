"""Make the tables of `explanation/odd.md` from the code that they describe.

    python docs/make_odd.py            write them
    python docs/make_odd.py --check    exit code 1 if one is out of date

State variables come from the classes that hold them, with the words that stand under each in the source;
parameters from the schema of scenarios.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from enum import Enum
from functools import partial
from typing import Any

from made_parts import Lines, is_current, write_or_check
from make_reference import _default, _plausible, table
from pages import DOCS

from lfr_sim import model, records, street, van
from lfr_sim.police import Team, TeamState
from lfr_sim.report import site_list
from lfr_sim.scenario import setting_paths
from lfr_sim.streams import PARTS as REDRAWN
from lfr_sim.streams import Stream
from lfr_sim.street import flow, zones
from lfr_sim.street.site import Zone
from lfr_sim.van.camera import VanPasses

PAGE = DOCS / "explanation" / "odd.md"
SCRIPT = "make_odd.py"

ENTITIES: dict[str, tuple[type, ...]] = {
    "zone": (Zone,),
    "unit and passer": (street.Crowd,),
    "person": (records.People, van.Membership),
    "entry": (van.Entries,),
    "pass": (VanPasses, van.Searches),
    "alert": (records.Alert,),
    "team": (Team,),
}
"""Entity -> the classes that hold what is true of it."""

_MOVING = {"team": ("place", "state")}
"""State variables that change during a run, of entities whose class does not tell by its defaults."""

_NOT_STATE = {
    "unit and passer": ("first_passer", "older", "masked", "hooded", "under_18", "group", "woman"),
    "entry": ("all_kept", "by_cell", "cell"),
    "pass": ("passes",),
}
"""Indices, whole tables, and what stands with another entity already."""

_UNITS = {
    "_s": "s",
    "_m": "m",
    "_m_s": "m/s",
    "_deg": "deg",
    "_per_m2": "1/m2",
    "_years": "years",
}
_UNIT_OF = {"x": "m", "y": "m", "minutes": "min", "place": "m", "post": "m", "score": "0 to 1"}
_KINDS = {
    "BoolArray": "yes or no",
    "bool": "yes or no",
    "FloatArray": "number",
    "float": "number",
    "IntArray": "whole number",
    "NDArray[np.int8]": "whole number",
    "int": "whole number",
    "str": "name",
    "tuple[float, float]": "place",
    "Outcome": "one of the outcomes",
    "Cooperation": "complied, refused and was detained, refused and left",
    "Disposal": "arrest, other action, no further action",
    "TeamState": "one of the states",
}

SUBMODELS = {
    "place": ("site", "deployment"),
    "crowd": ("crowd",),
    "list": ("watchlist",),
    "capture": ("camera",),
    "matcher": ("matcher",),
    "judgement and search": ("officers",),
    "stop": ("officers.engagement", "officers.disposal"),
}
"""Table of parameters -> the sections of a scenario that it shows."""


# --- entities and their state variables ---------------------------------------------------------------


def entity(name: str) -> Lines:
    """Yield the table of the state variables of one entity."""
    rows = []
    for cls in ENTITIES[name]:
        for variable, kind, meaning, settled_later in _state_of(cls, _NOT_STATE.get(name, ())):
            moves = settled_later or variable in _MOVING.get(name, ())
            rows.append([f"`{variable}`", meaning, kind, _unit(variable), "changes" if moves else "fixed"])
    yield from table(["variable", "meaning", "kind", "unit", "during a run"], rows)


def _state_of(cls: type, left_out: tuple[str, ...]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield name, kind, meaning and whether it is settled during a run, in the order of the source.

    Raises:
        SystemExit: If a variable has no words under it in the source.
    """
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(node, ast.ClassDef)
    for name, annotation, value, meaning in [*_fields(node.body), *_own(node), *_columns(node)]:
        if name.startswith("_") or name in left_out:
            continue
        if not meaning:
            raise SystemExit(f"{cls.__name__}.{name}: no words under it in the source, for {PAGE.name}")
        later = value in ("None", "Outcome.OPEN")
        yield name, _kind(annotation), " ".join(meaning.split()), later


Found = Iterator[tuple[str, str, str, str]]


def _fields(body: list[ast.stmt]) -> Found:
    """Yield the annotated fields of a class: name, annotation, default, words under it."""
    for statement, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            value = ast.unparse(statement.value) if statement.value else ""
            yield statement.target.id, ast.unparse(statement.annotation), value, _words(after)


def _own(node: ast.ClassDef) -> Found:
    """Yield what `__init__` sets on the object and describes."""
    for function in node.body:
        if isinstance(function, ast.FunctionDef) and function.name == "__init__":
            kinds = {arg.arg: ast.unparse(arg.annotation) for arg in function.args.args if arg.annotation}
            for statement, after in zip(function.body, [*function.body[1:], None], strict=True):
                if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute):
                    name = statement.targets[0].attr
                    value = ast.unparse(statement.value)
                    if _words(after):
                        yield name, kinds.get(value, value.partition(".")[0]), "", _words(after)


def _columns(node: ast.ClassDef) -> Found:
    """Yield the columns of a class that are drawn when first looked at."""
    for function in node.body:
        if not isinstance(function, ast.FunctionDef) or function.returns is None:
            continue
        if "cached_property" in [ast.unparse(decorator) for decorator in function.decorator_list]:
            yield function.name, ast.unparse(function.returns), "", ast.get_docstring(function) or ""


def _words(statement: ast.stmt | None) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return str(statement.value.value)
    return ""


def _kind(annotation: str) -> str:
    name = annotation.removesuffix(" | None")
    return _KINDS[name]


def _unit(name: str) -> str:
    if name in _UNIT_OF:
        return _UNIT_OF[name]
    fitting = [suffix for suffix in _UNITS if name.endswith(suffix)]
    return _UNITS[max(fitting, key=len)] if fitting else ""


# --- scales, states, streams --------------------------------------------------------------------------


def scales() -> Lines:
    """Yield the scales in space and time."""
    sites = site_list()
    areas = sorted(row["walkable_m2"] for row in sites)
    hours = setting_paths()["deployment.hours"]
    rows = [
        ["space", "continuous, two dimensions", "metres in the layout's own frame"],
        [
            "extent",
            f"{areas[0]:,} to {areas[-1]:,} m2 of walkable ground",
            f"the {len(sites)} shipped layouts, with {sites_span(sites, 'gates')} gates",
        ],
        ["views of a camera", f"{zones._STEP_M:g} m along each route", "what a face on the way would show"],
        [
            "density",
            f"cells of {zones._CELL_M:g} m by {zones._CELL_M:g} m",
            "about the width of a pavement",
        ],
        ["time", "continuous, event by event", "seconds since recognition began"],
        ["step of Mesa", f"{model.STEP_S:g} s", "events inside it happen at their own times"],
        ["people present", f"mean over {flow._BIN_S:g} s", "what slows the walking"],
        ["duration", f"{hours.default:g} h by default", "then until all have left and every stop is over"],
        ["one run", "one deployment on one day", "nothing is carried to another run"],
    ]
    yield from table(["scale", "value", "remark"], rows)


def sites_span(sites: list[dict[str, Any]], column: str) -> str:
    """Return the least and the most of a column of the shipped layouts."""
    values = sorted(row[column] for row in sites)
    return f"{values[0]} to {values[-1]}"


def outcomes() -> Lines:
    """Yield what an alert and a team can be."""
    rows = [[f"`{value}`", words or "not settled yet"] for value, words in _members(records.Outcome)]
    yield from table(["outcome of an alert", "meaning"], rows)
    yield from table(["state of a team"], [[state.value] for state in TeamState])


def streams() -> Lines:
    """Yield the streams of random numbers."""
    part_of = {stream: part for part, members in REDRAWN.items() for stream in members}
    names = {stream.value: stream for stream in Stream}
    rows = [
        [str(number), names[number].name, words, part_of.get(names[number], "")]
        for number, words in ((int(value), words) for value, words in _members(Stream))
    ]
    yield from table(["number", "stream", "what it decides", "part"], rows, frozenset({"number"}))


def _members(enum: type[Enum]) -> Iterator[tuple[str, str]]:
    """Yield value and words of the members of an enum."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(enum))).body
    assert isinstance(node, ast.ClassDef)
    for statement, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(statement, ast.Assign):
            yield str(ast.literal_eval(statement.value)), " ".join(_words(after).split())


# --- parameters ---------------------------------------------------------------------------------------


def parameters(name: str) -> Lines:
    """Yield the parameters of one submodel."""
    rows = []
    for path, field in setting_paths().items():
        extra = field.json_schema_extra
        if extra and _submodel(path) == name:
            meaning = " ".join((field.description or "").split())
            ground = [_plausible(extra.get("plausible")), extra["status"]]
            rows.append([f"`{path}`", meaning, extra["unit"], _default(field), *ground])
    yield from table(["parameter", "meaning", "unit", "default", "plausible range", "status"], rows)


def _submodel(path: str) -> str:
    """Return the submodel that a parameter belongs to: that of the innermost section named."""
    sections = {section: name for name, named in SUBMODELS.items() for section in named}
    own = [section for section in sections if path.startswith(f"{section}.")]
    return sections[max(own, key=len)]


def statuses() -> Lines:
    """Yield how many parameters there are of each status."""
    grounds = [field.json_schema_extra for field in setting_paths().values() if field.json_schema_extra]
    counts = {status: sum(1 for one in grounds if one["status"] == status) for status in _STATUSES}
    yield from table(
        ["status", "parameters", "what it means"],
        [[status, str(counts[status]), words] for status, words in _STATUSES.items()],
        frozenset({"parameters"}),
    )
    yield f"{len(grounds)} parameters in all."
    assert sum(counts.values()) == len(grounds)


_STATUSES = {
    "published": "printed somewhere",
    "derived": "computed from something printed",
    "fitted": "chosen so that a result comes out; that result is then no test",
    "assumed": "a judgement",
}

PARTS = {
    "scales": scales,
    "outcomes": outcomes,
    "streams": streams,
    "status of parameters": statuses,
    **{f"state, {name}": partial(entity, name) for name in ENTITIES},
    **{f"parameters, {name}": partial(parameters, name) for name in SUBMODELS},
}
"""Part of the page -> what makes it."""


def current() -> bool:
    """Return whether the page is up to date."""
    return is_current(PAGE, SCRIPT, PARTS)


if __name__ == "__main__":
    sys.exit(write_or_check(PAGE, SCRIPT, PARTS))
