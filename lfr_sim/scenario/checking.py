"""From plain tables to a scenario, collecting every fault on the way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, TypeVar, get_origin

from pydantic import BaseModel, ValidationError

from .categories import CATEGORIES
from .demography import GROUPS
from .faults import Fault, nearest
from .place import Deployment, Offence
from .tables import MOST_PASSERS, ScenarioSettings

_BOUNDS = {"ge": ">= {}", "gt": "> {}", "le": "<= {}", "lt": "< {}"}
_KINDS = {bool: "true or false", str: "text"}
_LEAST_WEIGHT = 1e-6
_ROUNDING = 1e-12
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
        errors = [
            item
            for item in error.errors(include_url=False)
            if item["type"] != "clash" and tuple(item["loc"][:2]) not in unquoted and not _echo(item)
        ]
        faults = [_fault(item, suggest=row < _MOST_SUGGESTIONS) for row, item in enumerate(errors)]
        broken = {fault.path for fault in faults}
        return None, faults + _source_faults(data, unquoted) + _clashes(data, broken)
    faults = _source_faults(data, unquoted) + _combination_faults(scenario, set())
    return (None if faults else scenario), faults


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
    """Return one entry of `pydantic.ValidationError.errors()` as a fault."""
    path = dotted(error["loc"]) or "(top level)"
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
    if field is None:
        return ""
    if get_origin(field.annotation) is Literal:
        return "one of " + ", ".join(str(choice) for choice in field.annotation.__args__)
    bounds = [
        text.format(f"{getattr(limit, name):,.12g}")
        for limit in field.metadata
        for name, text in _BOUNDS.items()
        if getattr(limit, name, None) is not None
    ]
    return " and ".join(bounds) or _KINDS.get(field.annotation, "")


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
            return faults + _combination_faults(scenario, broken)


def _is_said_already(names: list[str], broken: set[str]) -> bool:
    """Return whether something is wrong with one of some settings already, or with the name of one.

    Where a name in a table of shares is wrong, the others need not sum to 1.
    """
    tables = {name.rpartition(".")[0] for name in names}
    if len(tables) == 1 and {name.rpartition(".")[2] for name in names} == set(_tables()[min(tables)]):
        names = [*names, min(tables)]
    return any(_same_branch(name, other) for name in names for other in broken)


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
        if any(_same_branch(path, other) for other in broken):
            continue
        if isinstance(given, Mapping) and leaf in given:
            table = sound
            for section in sections:
                table = table.setdefault(section, {})
            table[leaf] = given[leaf]
    sound.setdefault("site", {}).setdefault("layout", "unknown")
    return sound


def _same_branch(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.")


def _combination_faults(scenario: ScenarioSettings, broken: set[str]) -> list[Fault]:
    """Faults that need more than one section to be seen, where none of the settings is broken."""
    found = (_too_many_walks(scenario), _nobody_comes(scenario), _tpir_above_capture(scenario))
    return [
        fault
        for names, fault in (item for item in found if item is not None)
        if not any(_same_branch(name, other) for name in names for other in broken)
    ]


_Combination = tuple[tuple[str, ...], Fault]
"""Settings that take part, and what is wrong."""


def _too_many_walks(scenario: ScenarioSettings) -> _Combination | None:
    per_hour, hours = scenario.crowd.passers_per_hour, scenario.deployment.hours
    if per_hour * hours <= MOST_PASSERS:
        return None
    name = "crowd.passers_per_hour"
    problem = f"over {hours:g} h this makes {per_hour * hours:,.0f} walks"
    return (name, "deployment.hours"), Fault(name, problem, per_hour, f"at most {MOST_PASSERS:,} walks")


def _nobody_comes(scenario: ScenarioSettings) -> _Combination | None:
    name, others = "crowd.hour_profile", ("crowd.passers_per_hour", "deployment.start_hour")
    open_weight = _weight_while_open(scenario.crowd.hour_profile, scenario.deployment)
    if scenario.crowd.passers_per_hour == 0 or open_weight >= _LEAST_WEIGHT:
        return None
    fault = Fault(
        name,
        "it is 0 throughout the deployment, yet passers_per_hour is not",
        scenario.crowd.hour_profile,
        allowed=f"a weight of {_LEAST_WEIGHT:g} or more in some hour of the deployment",
    )
    return (name, *others, "deployment.hours"), fault


def _tpir_above_capture(scenario: ScenarioSettings) -> _Combination | None:
    matcher = scenario.matcher
    name, others = "camera.capture_probability", ("matcher.tpir", "matcher.preset", "matcher.score_file")
    tpir, capture = matcher.tpir_at_reference, scenario.camera.capture_probability
    if matcher.score_file is not None:  # its TPIR is that of captured faces
        return None
    if tpir > capture:
        problem = f"TPIR {tpir:g} contains capture, so it cannot be larger than capture"
        return (name, *others), Fault(name, problem, capture, allowed=f">= {tpir:g}")
    ratios = _largest_tpir_ratios(scenario)
    highest = tpir * math.prod(ratios.values())
    if highest <= capture + _ROUNDING:
        return None
    largest = max(ratios, key=lambda path: ratios[path])
    so_far = [f"TPIR {tpir:g}", *(f"{path} {ratio:g}" for path, ratio in ratios.items() if path != largest)]
    problem = (
        f"{' x '.join(so_far)} x this is {highest:g}; it contains capture, so it cannot be larger than "
        f"capture_probability {capture:g}"
    )
    most = capture * ratios[largest] / highest
    fault = Fault(largest, problem, ratios[largest], allowed=f"<= {most:.4g}")
    return (largest, *ratios, name, *others), fault


def _largest_tpir_ratios(scenario: ScenarioSettings) -> dict[str, float]:
    """Return the ratios of TPIR, by path, of those on the list who are most easily matched.

    Ratios that hold for nobody on the list, or raise nothing, are left out; that of a group never is.
    """
    matcher, listed = scenario.matcher, scenario.watchlist
    present = [group for group in GROUPS if getattr(listed.groups, group) > 0]
    group = max(present, key=lambda name: getattr(matcher.tpir_ratio, name))
    ratios = {f"matcher.tpir_ratio.{group}": float(getattr(matcher.tpir_ratio, group))}
    if listed.female_share > 0 and (matcher.female_tpir_ratio > 1 or listed.female_share == 1):
        ratios["matcher.female_tpir_ratio"] = matcher.female_tpir_ratio
    if listed.custody_share < 1 and (matcher.non_custody_tpir_ratio > 1 or listed.custody_share == 0):
        ratios["matcher.non_custody_tpir_ratio"] = matcher.non_custody_tpir_ratio
    return {path: ratio for path, ratio in ratios.items() if ratio != 1.0} or ratios


def _weight_while_open(profile: tuple[float, ...], deployment: Deployment) -> float:
    start, end = deployment.start_hour, deployment.start_hour + deployment.hours
    return max(
        profile[hour % 24]
        for hour in range(int(start), int(end) + 1)
        if min(hour + 1, end) > max(hour, start)
    )
