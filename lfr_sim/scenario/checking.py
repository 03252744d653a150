"""From plain tables to a scenario, collecting every fault on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from .categories import CATEGORIES
from .combinations import combination_faults, same_branch
from .faults import Fault, nearest
from .place import Offence
from .tables import ScenarioSettings

_BOUNDS = {"ge": ">= {}", "gt": "> {}", "le": "<= {}", "lt": "< {}"}
_KINDS = {bool: "true or false", str: "text"}
_EXPECTED = {
    "string_type": "text",
    "string_too_short": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
}
"""Type of an error of pydantic's -> what is allowed, where the field has no bounds."""
_MOST_NAMES = 16
"""A table with no more settings than this is shown whole where a name in it is wrong."""
_MOST_SUGGESTIONS = 50
"""Looking for the nearest name takes a millisecond; a file full of nonsense gets no more of them."""

ScenarioT = TypeVar("ScenarioT", bound=ScenarioSettings)


@cache
def setting_paths() -> dict[str, Any]:
    """Return dotted path -> field of everything a scenario may say, except source entries."""
    return dict(_walk_fields(ScenarioSettings, ""))


def _walk_fields(model: type[BaseModel], prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += _walk_fields(inner, f"{path}.")
        elif path != "sources":
            found.append((path, field))
    return found


@cache
def _tables() -> dict[str, list[str]]:
    """Return the dotted path of every table of settings -> the names of the settings and tables in it."""
    tables: dict[str, dict[str, None]] = {}
    for path in setting_paths():
        parts = path.split(".")
        for depth in range(1, len(parts)):
            tables.setdefault(".".join(parts[:depth]), {})[parts[depth]] = None
    return {table: list(names) for table, names in tables.items()}


def unknown_setting(path: str, value: Any, *, suggest: bool = True) -> Fault:
    """Return the fault of a dotted path that names no setting, with the nearest that does."""
    if path in _tables():
        inside = [name for name in setting_paths() if name.startswith(f"{path}.")]
        problem = "this is a table of settings, not a setting"
        return Fault(path, problem, value, allowed=", ".join(inside))
    names = _tables().get(path.rpartition(".")[0], [])
    return Fault(
        path,
        "there is no such setting",
        value,
        allowed=", ".join(names) if len(names) <= _MOST_NAMES else "",
        did_you_mean=_nearest_setting(path) if suggest else "",
    )


def _nearest_setting(path: str) -> str:
    """Return the setting or table that is meant: so named elsewhere, of a like name here, or any."""
    table, _, leaf = path.rpartition(".")
    known, here = list(setting_paths()), _tables().get(table, [])
    same_leaf = [name for name in known if name.rsplit(".", 1)[-1] == leaf]
    if same_leaf:
        return nearest(path, same_leaf) or same_leaf[0]
    near = nearest(leaf, here) or next((name for name in here if name.startswith(f"{leaf}_")), "")
    if 0 < len(here) <= _MOST_NAMES:  # all are shown, so only what is meant beyond doubt is suggested
        words = {word for name in here for word in name.split("_")}
        near = near if all(nearest(word, words) for word in leaf.split("_")) else ""
        return near and f"{table}.{near}"
    return f"{table}.{near}" if near else nearest(path, [*known, *_tables()])


def scenario_faults(
    model: type[ScenarioT], data: Mapping[str, Any]
) -> tuple[ScenarioT | None, list[Fault]]:
    """Validate plain data and return the scenario, or None with every fault found."""
    unquoted = _unquoted_sources(data)
    try:
        scenario = model.model_validate(data)
    except ValidationError as error:
        faults = faults_of_error(error, unquoted)
        broken = {fault.path for fault in faults}
        return None, faults + _source_faults(data, unquoted) + _clashes(data, broken)
    faults = _source_faults(data, unquoted) + combination_faults(scenario, set())
    return (None if faults else scenario), faults


def faults_of_error(error: ValidationError, unquoted: set[tuple[str, str]]) -> list[Fault]:
    """Return what is wrong with single values, and not with settings that cannot stand together."""
    errors = [
        item
        for item in error.errors(include_url=False)
        if item["type"] != "clash" and tuple(item["loc"][:2]) not in unquoted and not _echo(item)
    ]
    return [_fault(item, suggest=row < _MOST_SUGGESTIONS) for row, item in enumerate(errors)]


def _fault(error: Any, *, suggest: bool) -> Fault:
    path = dotted(error["loc"])
    if path == "site" and error["type"] == "missing":
        error = error | {"loc": ("site", "layout")}
    match error["type"]:
        case "extra_forbidden":
            return unknown_setting(path, error.get("input"), suggest=suggest)
        case "less_than_equal" if _is_percentage(path, error["input"]):
            given = error["input"]
            problem = f"a share is a number from 0 to 1, so {given:g} % is {given / 100:g}"
            return Fault(path, problem, given, allowed=_allowed(path))
        case "enum" | "literal_error":
            return _unknown_name(path, error, suggest=suggest)
    return fault_of(error, allowed=_allowed(path))


def _is_percentage(path: str, value: Any) -> bool:
    field = setting_paths().get(path)
    about = field.json_schema_extra if field is not None else None
    is_share = isinstance(about, dict) and about["unit"] == "share"
    return is_share and isinstance(value, float | int) and 1 < value <= 100


def _unknown_name(path: str, error: Any, *, suggest: bool) -> Fault:
    """Return the fault of a value that is none of a few names or numbers."""
    given, known = error.get("input"), error["ctx"]["expected"]
    names = [name.strip(" '") for name in known.replace(" or ", ",").split(",")]
    near = nearest(given, names) if suggest and isinstance(given, str) else ""
    choice = "there is no such choice"
    return Fault(path, choice, given, allowed="one of " + ", ".join(names), did_you_mean=near)


def _echo(error: Any) -> bool:
    """Return whether this calls a list too short only because some of its entries are wrong."""
    return bool(error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"])


def dotted(location: Iterable[int | str]) -> str:
    """Return where a value stands, as a dotted path."""
    return ".".join(str(part) for part in location)


def fault_of(error: Any, *, allowed: str = "") -> Fault:
    """Return one entry of `pydantic.ValidationError.errors()` as a fault.

    Args:
        error: The entry.
        allowed: What would have been accepted, where it is known; else what the entry says of it.
    """
    path = dotted(error["loc"]) or "(top level)"
    allowed = allowed or _allowed_by_error(error)
    problem = str(error["msg"]).removeprefix("Value error, ")
    match error["type"]:
        case "too_short" | "too_long":
            context, number = error["ctx"], len(error["input"])
            ends = [f"{context.get(f'{side}_length', '')}" for side in ("min", "max")]
            allowed = f"at {'least' if ends[0] else 'most'} {ends[0] or ends[1]}"
            return Fault(path, f"it has {number:,} entries", error.get("input"), allowed=allowed)
        case "model_type" | "dict_type":
            return Fault(path, "this should be a table", error.get("input"))
        case "tuple_type" | "list_type":
            return Fault(path, "this should be a list", error.get("input"), allowed=_list_example(path))
        case "missing":
            return Fault(path, "this is required and was left out", allowed=allowed, shows_value=False)
        case "extra_forbidden":
            return Fault(path, "there is no such name", error.get("input"))
    return Fault(path, problem[0].lower() + problem[1:], error.get("input"), allowed=allowed)


def _allowed_by_error(error: Any) -> str:
    """Return what an error of pydantic's says would have been accepted; "" for most."""
    bounds = [
        text.format(f"{error['ctx'][name]:,.12g}")
        for name, text in _BOUNDS.items()
        if name in error.get("ctx", {})
    ]
    return "".join(bounds) or _EXPECTED.get(error["type"], "")


def _list_example(path: str) -> str:
    """Return how a list of names is written; "" for other lists."""
    examples = {
        "watchlist.operations.keep_categories": CATEGORIES[:2],
        "deployment.purpose_offences": tuple(offence.value for offence in Offence)[:2],
        "site.vans": ("V1", "V2"),
    }
    names = ", ".join(f'"{name}"' for name in examples.get(path, ()))
    return f"a list of quoted names, such as [{names}]" if names else ""


def _allowed(path: str) -> str:
    """Return what a setting accepts, in words; "" for what is no single setting."""
    field = setting_paths().get(path)
    return "" if field is None else allowed_by(field)


def allowed_by(field: FieldInfo) -> str:
    """Return what a field of a table accepts, in words; "" where that cannot be said."""
    if get_origin(field.annotation) is Literal:
        return "one of " + ", ".join(str(choice) for choice in get_args(field.annotation))
    bounds = [
        text.format(f"{getattr(limit, name):,.12g}")
        for limit in field.metadata
        for name, text in _BOUNDS.items()
        if getattr(limit, name, None) is not None
    ]
    return " and ".join(bounds) or next(
        (words for kind, words in _KINDS.items() if kind is field.annotation), ""
    )


def _unquoted_sources(data: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return where `[sources.a.b]` stands for `[sources."a.b"]`."""
    sources = data.get("sources") if isinstance(data, Mapping) else None
    if not isinstance(sources, Mapping):
        return set()
    return {
        ("sources", name)
        for name, entry in sources.items()
        if isinstance(entry, Mapping)
        and not {"status", "reference"} & set(entry)
        and any(isinstance(inner, Mapping) for inner in entry.values())
    }


def _source_faults(data: Mapping[str, Any], unquoted: set[tuple[str, str]]) -> list[Fault]:
    sources = data.get("sources") if isinstance(data, Mapping) else None
    if not isinstance(sources, Mapping):
        return []
    known = setting_paths()
    faults = []
    for path in sources:
        if ("sources", path) in unquoted:
            problem, allowed = "the dotted path is not in quotes", f'such as [sources."{path}.…"]'
            faults.append(Fault(f"sources.{path}", problem, allowed=allowed, shows_value=False))
        elif path not in known and path not in _tables():
            near = nearest(path, known) if len(faults) < _MOST_SUGGESTIONS else ""
            problem = "there is no such setting"
            faults.append(Fault(f"sources.{path}", problem, did_you_mean=near, shows_value=False))
    return faults


def _clashes(data: Mapping[str, Any], broken: set[str]) -> list[Fault]:
    """Settings that cannot stand together, among those that are sound by themselves.

    So one round of mending is enough. What is broken is left out, and nothing is said about settings
    that depend on it.
    """
    faults: list[Fault] = []
    while True:
        sound = _sound_part(data, broken)
        try:
            scenario = ScenarioSettings.model_validate(sound)
        except ValidationError as error:
            before = len(broken)
            for item in error.errors(include_url=False):
                names = [f"{dotted(item['loc'])}.{name}" for name in item.get("ctx", {}).get("names", ())]
                if names and not _is_said_already(names, broken):
                    faults.append(_clash(names, str(item["msg"]), data))
                broken = broken.union(names)
            if len(broken) == before:
                return faults
        else:
            return faults + combination_faults(scenario, broken)


def _is_said_already(names: list[str], broken: set[str]) -> bool:
    """Return whether something is wrong with one of some settings already, or with the name of one.

    Where a name in a table of shares is wrong, the others need not sum to 1.
    """
    tables = {name.rpartition(".")[0] for name in names}
    if len(tables) == 1 and {name.rpartition(".")[2] for name in names} == set(_tables()[min(tables)]):
        names = [*names, min(tables)]
    return any(same_branch(name, other) for name in names for other in broken)


def _clash(names: list[str], problem: str, data: Mapping[str, Any]) -> Fault:
    """Return the fault of settings that cannot stand together, named by the first that was given."""
    for name in names:
        value = _given(data, name)
        if value is not None:
            return Fault(name, problem, value)
    return Fault(names[0], problem, shows_value=False)  # all are defaults, which the problem names


def _given(data: Any, path: str) -> Any:
    """Return what plain data says at a dotted path; None where it says nothing."""
    for part in path.split("."):
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def _sound_part(data: Mapping[str, Any], broken: set[str]) -> dict[str, Any]:
    """Return the known settings that are not broken; the site is made up where it is."""
    sound: dict[str, Any] = {}
    for path in setting_paths():
        *sections, leaf = path.split(".")
        given = _given(data, ".".join(sections)) if sections else data
        if any(same_branch(path, other) for other in broken):
            continue
        if isinstance(given, Mapping) and leaf in given:
            table = sound
            for section in sections:
                table = table.setdefault(section, {})
            table[leaf] = given[leaf]
    sound.setdefault("site", {}).setdefault("layout", "unknown")
    return sound
