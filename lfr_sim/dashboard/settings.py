"""The settings as controls: what they are called, their range, and where a slider runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from lfr_sim import evidence
from lfr_sim.scenario import setting_paths

Kind = Literal["number", "choice", "switch", "text"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A value under a slider that somebody published, or that was fitted."""

    value: float
    """In the unit of the control."""
    told: str
    """What it is, as the title of its link."""


@dataclass(frozen=True, slots=True)
class Control:
    """A setting that a visitor can move."""

    path: str
    label: str
    note: str
    group: str
    low: float
    high: float
    step: float
    scale: float = 1.0
    """The control shows this many times the setting."""
    digits: int = 0
    least_digits: int = 0
    contested: bool = False


FIRST_CONTROLS = (
    Control(
        "watchlist.size",
        "People on the watchlist",
        "How many people each passer is compared with.",
        "Crowd and list",
        0,
        20_000,
        100,
    ),
    Control(
        "watchlist.presence",
        "Listed people, per 10,000 passers",
        "How many of those who walk past are listed, at the list size of the record.",
        "Crowd and list",
        0,
        20,
        0.1,
        scale=10_000,
        digits=2,
    ),
    Control(
        "matcher.threshold",
        "Match threshold",
        "Higher: fewer alerts, more listed passers missed.",
        "Matcher",
        0.5,
        0.7,
        0.005,
        digits=3,
        least_digits=2,
    ),
    Control(
        "officers.presumption_to_intervene",
        "Presumption to intervene",
        "0 trusts one’s own eyes, 1 acts on every alert.",
        "Officers",
        0,
        1,
        0.01,
        digits=2,
        least_digits=2,
        contested=True,
    ),
)
"""The four settings that Explore shows first."""

TABLES = {
    "deployment": "The deployment",
    "site": "The place",
    "crowd": "The crowd",
    "camera": "The cameras",
    "watchlist": "The list",
    "matcher": "The matcher",
    "officers": "The officers",
}
"""The tables of a scenario in the order of a walk past the van."""


def control_of(path: str) -> Control | None:
    """Return the control of a setting; None for those that Explore does not show first."""
    return next((control for control in FIRST_CONTROLS if control.path == path), None)


def shown(control: Control, value: float) -> str:
    """Return a value of a setting in the unit of its control: `9,756`, `1.76`."""
    whole, _, behind = f"{value * control.scale:,.{control.digits}f}".partition(".")
    behind = behind.rstrip("0").ljust(control.least_digits, "0")
    return f"{whole}.{behind}" if behind else whole


@cache
def marks_of(path: str) -> tuple[Mark, ...]:
    """Return the values of the record that stand under a slider, least first."""
    control = control_of(path)
    assert control is not None
    found: dict[float, str] = {}
    for row in evidence.defaults():
        value = _number(row.default)
        if row.parameter == path and value is not None:
            found.setdefault(round(value * control.scale, 6), f"{row.meaning}: {row.source_title}")
    return tuple(Mark(value, told) for value, told in sorted(found.items()))


def kind_of(path: str) -> Kind:
    """Return by what kind of field a setting is set."""
    annotation = setting_paths()[path].annotation
    options = [kind for kind in get_args(annotation) or (annotation,) if kind is not type(None)]
    if get_origin(annotation) is Literal or choices_of(path):
        return "choice"
    if options == [bool]:
        return "switch"
    return "number" if set(options) <= {int, float} else "text"


def choices_of(path: str) -> tuple[str, ...]:
    """Return what a setting chooses from; empty where it is no choice of words."""
    annotation = setting_paths()[path].annotation
    if get_origin(annotation) is Literal:
        return tuple(str(option) for option in get_args(annotation))
    if isinstance(annotation, type) and hasattr(annotation, "__members__"):
        return tuple(str(option) for option in annotation.__members__.values())
    return ()


def range_of(path: str) -> tuple[float | None, float | None]:
    """Return the least and the greatest value that a setting accepts."""
    found: dict[str, float] = {}
    for rule in setting_paths()[path].metadata:
        for name in ("ge", "le"):
            if getattr(rule, name, None) is not None:
                found[name] = getattr(rule, name)
    return found.get("ge"), found.get("le")


@cache
def settings_by_table() -> dict[str, list[str]]:
    """Return table -> dotted paths of its settings, in the order of a walk past the van."""
    tables: dict[str, list[str]] = {table: [] for table in TABLES}
    for path in setting_paths():
        table = path.partition(".")[0]
        if table in tables:
            tables[table].append(path)
    return tables


@cache
def shown_settings() -> frozenset[str]:
    """Return the dotted paths of all settings that the pages show: no titles, nothing published."""
    return frozenset(path for paths in settings_by_table().values() for path in paths)


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
