"""From files and text to a scenario, collecting every fault on the way."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from .faults import Fault, InputError, nearest
from .model import MOST_PASSERS, Scenario

LARGEST_FILE_BYTES = 1_048_576
"""A scenario or layout larger than this is refused unread."""

_BOUNDS = {"ge": ">= {}", "gt": "> {}", "le": "<= {}", "lt": "< {}"}
_SHIPPED_DIRS = (Path(__file__).parents[1] / "scenarios", Path(__file__).parents[2] / "scenarios")

ScenarioT = TypeVar("ScenarioT", bound=Scenario)


def shipped_scenarios() -> dict[str, Path]:
    """Return name -> file of every scenario that travels with the package, sorted by name."""
    for folder in _SHIPPED_DIRS:  # inside an installed wheel, else in a checkout
        if folder.is_dir():
            return {path.stem: path for path in sorted(folder.glob("*.toml"))}
    return {}


def read_text(path: Path, *, kind: str) -> str:
    """Return the text of a small file, or raise `InputError` saying why it cannot be read."""

    def refuse(problem: str, allowed: str = "", near: str = "") -> InputError:
        fault = Fault(str(path), problem, allowed=allowed, did_you_mean=near, shows_value=False)
        return InputError(f"{kind} {path}", [fault])

    try:
        if path.is_dir():
            raise refuse("this is a directory", f"a {kind} file")
        if not path.exists():
            near = nearest(path.name, _neighbours(path))
            raise refuse("there is no such file", near=str(path.with_name(near)) if near else "")
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise refuse(f"the file has {size:,} bytes", f"at most {LARGEST_FILE_BYTES:,}")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse(f"not text: byte {error.start} is not UTF-8", "UTF-8 text") from None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise refuse(f"cannot be read ({error})") from None


def _neighbours(path: Path) -> list[str]:
    try:
        return [other.name for other in path.parent.iterdir()]
    except OSError:
        return []


def parse_toml(text: str, *, subject: str) -> dict[str, Any]:
    """Return the tables of TOML text, or raise `InputError` with line and column."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise InputError(subject, [Fault(subject, f"not TOML: {reason}", shows_value=False)]) from None


def read_scenario_data(path: str | Path) -> tuple[Path, dict[str, Any]]:
    """Return the file found for a path or shipped name, and its tables."""
    found = Path(path)
    shipped = shipped_scenarios()
    if not found.exists() and str(path) in shipped:
        found = shipped[str(path)]
    elif not found.exists() and found.suffix == "":
        near = nearest(str(path), shipped)
        fault = Fault(
            str(path),
            "no such file, and no shipped scenario of this name",
            allowed="a path, or one of " + ", ".join(shipped),
            did_you_mean=near,
            shows_value=False,
        )
        raise InputError(f"scenario {path}", [fault])
    data = parse_toml(read_text(found, kind="scenario"), subject=str(found))
    site = data.get("site")
    if isinstance(site, dict) and _is_layout_path(site.get("layout")):
        site["layout"] = str((found.parent / site["layout"]).resolve())
    return found, data


def _is_layout_path(layout: Any) -> bool:
    return isinstance(layout, str) and layout.endswith((".json", ".toml"))


def parse_value(text: str) -> Any:
    """Return the value of a `--set PATH=VALUE`: any TOML value, else the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return text


def with_changes(data: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of nested tables with values set by dotted path; None removes a value."""
    changed: dict[str, Any] = _deep_copy(data)
    faults = []
    for path, value in changes.items():
        keys = path.split(".")
        table = changed
        for key in keys[:-1]:
            inner = table.setdefault(key, {})
            if not isinstance(inner, dict):
                faults.append(_unknown(path, value))
                break
            table = inner
        else:
            if path not in setting_paths():
                faults.append(_unknown(path, value))
            elif value is None:
                table.pop(keys[-1], None)
            else:
                table[keys[-1]] = value
    if faults:
        raise InputError("changes", faults)
    return changed


def _deep_copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _deep_copy(item) for key, item in value.items()}
    return value


@cache
def setting_paths() -> dict[str, Any]:
    """Return dotted path -> field of everything a scenario may say, except source entries."""
    return dict(_walk_fields(Scenario, ""))


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


def _unknown(path: str, value: Any) -> Fault:
    known = list(setting_paths())
    leaf = path.rsplit(".", 1)[-1]
    same_leaf = [name for name in known if name.rsplit(".", 1)[-1] == leaf]
    near = nearest(path, same_leaf) or next(iter(same_leaf), "") or nearest(path, known)
    return Fault(path, "there is no such setting", value, did_you_mean=near)


def scenario_faults(
    model: type[ScenarioT], data: Mapping[str, Any]
) -> tuple[ScenarioT | None, list[Fault]]:
    """Validate plain data and return the scenario, or None with every fault found."""
    try:
        scenario = model.model_validate(data)
    except ValidationError as error:
        faults = [_fault(item) for item in error.errors(include_url=False)]
        return None, faults + _source_faults(data) + _partial_combinations(data, faults)
    return scenario, _source_faults(data) + _combination_faults(scenario)


def _fault(error: Any) -> Fault:
    path = dotted(error["loc"])
    if error["type"] == "extra_forbidden":
        return _unknown(path, error.get("input"))
    return fault_of(error, allowed=_allowed(path))


def dotted(location: Iterable[int | str]) -> str:
    """Return where a value stands, as a dotted path."""
    return ".".join(str(part) for part in location)


def fault_of(error: Any, *, allowed: str = "") -> Fault:
    """Return one entry of `pydantic.ValidationError.errors()` as a fault."""
    path = dotted(error["loc"]) or "(top level)"
    problem = str(error["msg"]).removeprefix("Value error, ")
    match error["type"]:
        case "missing":
            return Fault(path, "this is required and was left out", shows_value=False)
        case "extra_forbidden":
            return Fault(path, "there is no such name", error.get("input"))
        case "value_error":  # a section whose settings do not fit together
            return Fault(path, problem, shows_value=False)
    return Fault(path, problem[0].lower() + problem[1:], error.get("input"), allowed=allowed)


def _allowed(path: str) -> str:
    field = setting_paths().get(path)
    if field is None:
        return ""
    bounds = []
    for limit in field.metadata:
        bounds += [
            text.format(f"{getattr(limit, name):g}")
            for name, text in _BOUNDS.items()
            if getattr(limit, name, None) is not None
        ]
    choices = getattr(field.annotation, "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        return "one of " + ", ".join(choices)
    return " and ".join(bounds)


def _source_faults(data: Mapping[str, Any]) -> list[Fault]:
    sources = data.get("sources")
    if not isinstance(sources, Mapping):
        return []
    known = setting_paths()
    sections = {path.rsplit(".", depth)[0] for path in known for depth in (1, 2)}
    return [
        Fault(
            f"sources.{path}",
            "there is no such setting",
            did_you_mean=nearest(path, known),
            shows_value=False,
        )
        for path in sources
        if path not in known and path not in sections
    ]


def _combination_faults(scenario: Scenario) -> list[Fault]:
    """Faults that need more than one section to be seen."""
    faults = []
    crowd, deployment = scenario.crowd, scenario.deployment
    passers = crowd.passers_per_hour * deployment.hours
    if passers > MOST_PASSERS:
        faults.append(
            Fault(
                "crowd.passers_per_hour",
                f"over {deployment.hours:g} h this makes {passers:,.0f} walks",
                crowd.passers_per_hour,
                allowed=f"at most {MOST_PASSERS:,} walks",
            )
        )
    if passers > 0 and _weight_while_open(crowd.hour_profile, deployment) == 0:
        faults.append(
            Fault(
                "crowd.hour_profile",
                "it is 0 throughout the deployment, yet passers_per_hour is not",
                shows_value=False,
                allowed="a weight above 0 in some hour of the deployment",
            )
        )
    limit = scenario.matcher.tpir_at_reference
    if limit > scenario.camera.capture_probability + 1e-12:
        faults.append(
            Fault(
                "camera.capture_probability",
                f"TPIR {limit:g} contains capture, so it cannot be larger than capture",
                scenario.camera.capture_probability,
                allowed=f">= {limit:g}",
            )
        )
    return faults


def _weight_while_open(profile: tuple[float, ...], deployment: Any) -> float:
    start, end = deployment.start_hour, deployment.start_hour + deployment.hours
    return sum(
        profile[hour % 24]
        for hour in range(int(start), int(end) + 1)
        if min(hour + 1, end) > max(hour, start)
    )


def _partial_combinations(data: Mapping[str, Any], faults: list[Fault]) -> list[Fault]:
    """Combination faults of the sections that are sound, so that one round of mending is enough."""
    broken = {fault.path.split(".")[0] for fault in faults}
    sound = {
        key: value
        for key, value in data.items()
        if key in Scenario.model_fields and key not in broken and key != "sources"
    }
    sound.setdefault("site", {"layout": "unknown"})
    try:
        scenario = Scenario.model_validate(sound)
    except ValidationError:
        return []
    return [fault for fault in _combination_faults(scenario) if fault.path.split(".")[0] not in broken]
