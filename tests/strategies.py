"""Strategies for property tests: scenarios that are sound and small, and scenarios that are broken.

Both are drawn from the settings themselves (type and accepted range), so a new setting is covered as
soon as it is declared. Sound scenarios have small crowds: a run takes milliseconds.
"""

from __future__ import annotations

import atexit
import math
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from lfr_sim.scenario import CATEGORIES, GROUPS, MATCHER_PRESETS, Matcher, Offence, Scenario, setting_paths
from lfr_sim.scenario.setting import Shares
from lfr_sim.scenario.tables import ScenarioSettings

MOST_PASSERS_PER_HOUR = 300.0
LONGEST_HOURS = 0.5
LEAST = 1e-30
"""Numbers nearer to 0 are refused."""

_TABLES = {"crowd.hour_profile": 24, "crowd.social_groups.unit_size_share": 4}
_NAMES: dict[str, tuple[str, ...]] = {
    "deployment.purpose_offences": tuple(Offence),
    "watchlist.operations.keep_categories": CATEGORIES,
}
"""Settings that are a list of some of these names."""
_FILES = ("matcher.score_file",)
"""Settings that name a file, which no random text does."""


@cache
def share_tables() -> dict[str, tuple[str, ...]]:
    """Return dotted path -> settings of every table whose shares sum to 1."""
    tables = {}
    sections: list[tuple[str, type[BaseModel]]] = [("", ScenarioSettings)]
    for prefix, section in sections:
        for name, field in section.model_fields.items():
            part = field.annotation
            if isinstance(part, type) and issubclass(part, BaseModel):
                sections.append((f"{prefix}{name}.", part))
        if issubclass(section, Shares):
            tables[prefix.rstrip(".")] = tuple(f"{prefix}{name}" for name in section.model_fields)
    return tables


@cache
def pavement_file() -> str:
    """Return the path of a short straight pavement, written once and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="lfr-sim-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "short_pavement.toml"
    path.write_text('name = "A short pavement"\nlength_m = 40.0\nwidth_m = 3.0\n', encoding="utf-8")
    return str(path)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one setting accepts."""

    kind: Any
    """float, int, bool, str, or the tuple of choices."""
    low: float
    high: float
    open_low: bool
    open_high: bool
    optional: bool


def limits_of(path: str) -> Limits:
    """Return type and accepted range of a setting."""
    field = setting_paths()[path]
    kind, optional = field.annotation, False
    if type(None) in get_args(kind):
        optional = True
        kind = next(each for each in get_args(kind) if each is not type(None))
    bounds = {
        name: getattr(limit, name)
        for limit in field.metadata
        for name in ("ge", "gt", "le", "lt")
        if getattr(limit, name, None) is not None
    }
    return Limits(
        kind=get_args(kind) if get_origin(kind) is Literal else kind,
        low=bounds.get("ge", bounds.get("gt", -math.inf)),
        high=bounds.get("le", bounds.get("lt", math.inf)),
        open_low="gt" in bounds,
        open_high="lt" in bounds,
        optional=optional,
    )


def simple_settings() -> list[str]:
    """Return the settings of the model that are one number, switch, choice or file."""
    skipped = {"schema", "title", "summary", "site.layout", "site.vans", "deployment.date"}
    skipped |= {"deployment.purpose", *_TABLES, *_NAMES}
    return [path for path in setting_paths() if path not in skipped and not path.startswith("published.")]


def list_settings() -> list[str]:
    """Return the settings of the model that are a list of numbers or of names."""
    return [*_TABLES, *_NAMES]


_SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "crowd.passers_per_hour": st.just(0.0) | st.floats(1e-3, MOST_PASSERS_PER_HOUR),
    "deployment.hours": st.floats(0.01, LONGEST_HOURS),
    # The geometry of a site is computed once for each set of these: few values keep tests fast.
    "camera.max_yaw_deg": st.sampled_from([15.0, 60.0, 180.0]),
    "camera.range_min_m": st.sampled_from([None, 0.0, 6.0]),
    "camera.range_max_m": st.sampled_from([None, 8.0, 20.0]),
    "camera.hfov_deg": st.sampled_from([None, 30.0, 180.0]),
    "camera.capture_time_constant_s": st.just(0.0) | st.floats(1e-3, 60.0),
    "officers.post_distance_m": st.sampled_from([0.0, 20.0, 500.0]),
    "officers.teams": st.sampled_from([0, 1, 5, 1000]),
    "matcher.fmr": st.none() | st.just(0.0) | st.floats(-12, 0).map(lambda power: 10.0**power),
    # Long lists take time: entries have up to ten columns. The longest is tried elsewhere.
    "watchlist.size": st.integers(0, 20_000) | st.sampled_from([0, 1, 200_000]),
    # Hours after closing are stepped through minute by minute.
    "officers.engagement.minutes_shape": st.sampled_from([0.5, 1.0, 4.0, 1000.0]),
    "officers.engagement.team_busy_minutes_arrest": st.just(0.0) | st.floats(0.01, 60.0),
}


def values_of(path: str) -> st.SearchStrategy[Any]:
    """Return values that a setting accepts."""
    if path in _SPECIAL:
        return _SPECIAL[path]
    limits = limits_of(path)
    values: st.SearchStrategy[Any]
    if isinstance(limits.kind, tuple):
        values = st.sampled_from(limits.kind)
    elif limits.kind is bool:
        values = st.booleans()
    elif limits.kind is int:
        values = st.integers(int(limits.low), int(limits.high))
    else:
        values = st.floats(
            limits.low, limits.high, exclude_min=limits.open_low, exclude_max=limits.open_high
        ).filter(lambda value: value == 0 or abs(value) >= LEAST)
    return st.none() | values if limits.optional else values


@st.composite
def scenario_data(draw: st.DrawFn, *, layout: str | None = None) -> dict[str, Any]:
    """Return the tables of a sound scenario with a small crowd.

    Args:
        draw: Given by hypothesis.
        layout: The layout; None draws Oxford Circus or a pavement.
    """
    in_tables = {path for paths in share_tables().values() for path in paths}
    free = [path for path in simple_settings() if path not in in_tables and path not in _FILES]
    chosen = draw(st.lists(st.sampled_from(free), unique=True, max_size=16))
    must = ["crowd.passers_per_hour", "deployment.hours"]
    flat = {path: draw(values_of(path)) for path in dict.fromkeys([*must, *chosen])}
    flat["site.layout"] = layout or draw(st.sampled_from([pavement_file(), "oxford_circus"]))
    flat["site.vans"] = draw(st.sampled_from([None, ("V1",), ()]))
    if draw(st.booleans()):
        weights = st.lists(st.floats(0.01, 10.0), min_size=24, max_size=24)
        flat["crowd.hour_profile"] = draw(weights)
    if draw(st.booleans()):
        parts = draw(st.lists(st.integers(0, 9), min_size=1, max_size=10).filter(any))
        flat["crowd.social_groups.unit_size_share"] = [part / sum(parts) for part in parts]
    for table in draw(st.lists(st.sampled_from(sorted(share_tables())), unique=True, max_size=3)):
        flat |= draw(shares_of(table))
    for path in draw(st.lists(st.sampled_from(sorted(_NAMES)), unique=True)):
        flat[path] = draw(st.lists(st.sampled_from(_NAMES[path]), unique=True, min_size=1))
    _reconcile(flat)
    return nested({path: value for path, value in flat.items() if value is not None})


@st.composite
def shares_of(draw: st.DrawFn, table: str) -> dict[str, float]:
    """Return every setting of a table of shares, some of them 0; they sum to 1."""
    paths = share_tables()[table]
    parts = draw(st.lists(st.integers(0, 9), min_size=len(paths), max_size=len(paths)).filter(any))
    return {path: part / sum(parts) for path, part in zip(paths, parts, strict=True)}


def _reconcile(flat: dict[str, Any]) -> None:
    """Mend what cannot stand together."""
    if flat.get("matcher.preset") != "npl-2023":
        flat.pop("matcher.field_lab_multiplier", None)
    _reconcile_ratios(flat)
    for larger, smaller in (
        ("officers.disposal.arrest_share", "officers.disposal.other_share"),
        ("crowd.share_under_18", "crowd.share_65_plus"),
    ):
        if larger in flat or smaller in flat:
            flat[larger] = flat.get(larger, 0.5)
            flat[smaller] = min(flat.get(smaller, 0.1), 1.0 - flat[larger])
    size, removed = flat.get("watchlist.size", 6747), "watchlist.operations.remove_entries"
    flat[removed] = min(flat.get(removed, 0), size)


def _reconcile_ratios(flat: dict[str, Any]) -> None:
    """Leave out ratios that let nobody walk past or match, and let TPIR leave room for the others."""
    categories, presence = (
        [flat.get(f"watchlist.{table}.{name}", 1.0) for name in CATEGORIES]
        for table in ("categories", "presence_ratio")
    )
    if not any(share * ratio for share, ratio in zip(categories, presence, strict=True)):
        for name in CATEGORIES:
            flat.pop(f"watchlist.presence_ratio.{name}", None)
    settings = nested({"matcher": {}} | {p: v for p, v in flat.items() if p.startswith("matcher.")})
    if not _mean_fmr_ratio(settings["matcher"]):
        for path in [path for path in flat if path.startswith("matcher.") and "ratio" in path]:
            del flat[path]
    preset = MATCHER_PRESETS[flat.get("matcher.preset") or "operational-2022"]
    names = [f"tpir_ratio.{group}" for group in GROUPS]
    ratios = [flat.get(f"matcher.{name}", 1.0) for name in names]
    others = [flat.get(f"matcher.{name}_tpir_ratio", 1.0) for name in ("female", "non_custody")]
    highest = max(ratios) * math.prod(max(1.0, ratio) for ratio in others)
    tpir = flat.get("matcher.tpir")
    capture = flat.get("camera.capture_probability", 0.95)
    if (preset.tpir if tpir is None else tpir) * max(1.0, highest) > capture:
        flat["matcher.tpir"] = capture / max(1.0, highest)


def _mean_fmr_ratio(matcher: dict[str, Any]) -> float:
    try:
        return Matcher.model_validate(matcher).mean_fmr_ratio
    except ValidationError:
        return 0.0


def scenarios(*, layout: str | None = None) -> st.SearchStrategy[Scenario]:
    """Return sound scenarios with small crowds."""
    return scenario_data(layout=layout).map(Scenario.from_dict)


@dataclass(frozen=True, slots=True)
class Broken:
    """The tables of a scenario that cannot be used, and where its faults were planted."""

    data: dict[str, Any]
    planted: frozenset[str]


@st.composite
def broken_scenarios(draw: st.DrawFn, *, layout: str | None = None) -> Broken:
    """Return scenarios with one to four planted faults, each in another setting."""
    flat = flattened(draw(scenario_data(layout=layout)))
    candidates = [*simple_settings(), *list_settings(), "title", "site.layout", "deployment.date"]
    paths = draw(st.lists(st.sampled_from(candidates), unique=True, min_size=1, max_size=4))
    planted = set()
    for path in paths:
        if draw(st.integers(0, 3)) == 0:
            path += draw(st.sampled_from(["_typo", "2", "é", " "]))
            flat[path] = draw(st.sampled_from([1, "x", True, [1], 0.5]))
        else:
            flat[path] = draw(st.sampled_from(wrong_values(path)))
        planted.add(path)
    return Broken(nested(flat), frozenset(planted))


def wrong_values(path: str) -> list[Any]:
    """Return values that a setting refuses: wrong types, out of range, NaN and infinity."""
    if path in _TABLES:
        entries = _TABLES[path]
        return [3, "x", [], ["a"] * entries, [math.nan] * entries, [True] * entries, [-1.0] * 30]
    if path in _NAMES:
        return [3, "x", _NAMES[path][0], [3], ["nonsense"], [True], [_NAMES[path][0], ""]]
    if path == "site.layout":
        return [3, "", ["oxford_circus"], True]
    limits = limits_of(path)
    wrong: list[Any] = [[], {"a": 1}, "nonsense"]
    if isinstance(limits.kind, tuple):
        wrong += [99, True]
    elif limits.kind is bool:
        wrong += [1, 0.0, "true"]
    elif limits.kind is str:
        wrong = [3, True, [], 0.5]
    elif limits.kind in (float, int):
        wrong += [True, "1", math.nan, math.inf, -math.inf, 1e308, -1e308, 10**30]
        wrong += [limits.low - 1, limits.high + 1]
        wrong += [LEAST / 10, 5e-324] if limits.kind is float else []
        wrong += [1.5] if limits.kind is int else []
        wrong += [limits.low] if limits.open_low else []
        wrong += [limits.high] if limits.open_high else []
    return wrong


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return dotted paths as tables."""
    data: dict[str, Any] = {}
    for path, value in flat.items():
        *sections, leaf = path.split(".")
        table = data
        for section in sections:
            table = table.setdefault(section, {})
        table[leaf] = value
    return data


def flattened(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return tables as dotted paths."""
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            flat |= flattened(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def different_value(path: str, value: Any) -> st.SearchStrategy[Any]:
    """Return values that a setting accepts, other than a given one."""
    return values_of(path).filter(lambda other: other is not None and other != value)
