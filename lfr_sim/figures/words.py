"""Factors, levels and outcomes in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from lfr_sim.metrics import COUNTS
from lfr_sim.scenario import setting_paths
from lfr_sim.study.outcomes import POLICY, Outcome, is_number

_SPOKEN = {
    "dismissed_false": "false alerts dismissed",
    "dismissed_true": "true alerts dismissed",
    "engagements": "stops",
    "entries_removed": "entries taken off the list",
    "fled": "people found who ran away",
    "lapsed": "alerts for which no team was free",
    "listed_passers": "listed people who walk past",
    "lost": "people sought and not found",
    "missed": "listed people missed",
    "missed_in_view": "listed people in view missed",
    "refused": "people stopped who refused",
    "right_person_no_basis": "stops of the right person without basis",
    "uninformed_compliance": "stops with uninformed compliance",
    "watchlist_size": "entries on the list",
    "wrongful_any": "stops wrongful in any of three ways",
    "wrongful_engagements": "stops of the wrong person",
}
"""Names of columns that do not say by themselves what is counted; others are read as they stand."""

_SUFFIXES = {"m/s": "_m_s", "s": "_s", "deg": "_deg", "m": "_m", "h": "_h", "years": "_years"}
_UNITS = {"min": "minutes", "h": "hours"}
_SAID = ("share", "ratio", "names", "path", "shape", "exponent", "score")
"""Units that a name says already, or that nobody would miss."""


def factor_words(path: str) -> str:
    """Return a dotted path in words: its last name if that is plain by itself, else all of it."""
    suffix = _SUFFIXES.get(_unit(path), "\n")
    leaf = path.rpartition(".")[2]
    plain = "_" in leaf.removesuffix(suffix) and _leaves()[leaf] == 1
    words = (leaf if plain else path).removesuffix(suffix)
    return " ".join(words.replace(".", " ").replace("_", " ").split())


def factor_label(path: str) -> str:
    """Return a dotted path in words, with its unit."""
    unit, words = _unit(path), factor_words(path)
    told = unit and unit not in (*_SAID, "") and unit not in words.split() and unit != "passers/h"
    return f"{words} ({unit})" if told else words


def level_words(value: Any) -> str:
    """Return a value of a factor as it is read."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "none"
    if is_number(value):
        return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(level_words, value)) or "none"
    return str(value)


def level_label(factor: str, value: Any) -> str:
    """Return a value of a factor, with its name where the value would say too little alone."""
    bare = is_number(value) or isinstance(value, bool) or value is None
    return f"{factor_words(factor)} {level_words(value)}" if bare else level_words(value)


def outcome_words(outcome: Outcome) -> str:
    """Return an outcome as a phrase, such as `false alerts per deployment`."""
    name = outcome.name
    if outcome.metric is not None:
        plain = name.removesuffix("_truth").replace("_", " ").replace("100k", "100,000")
        plain = f"the {plain}" if plain.endswith((" share", " rate")) else plain
        return f"{plain}, in truth" if name.endswith("_truth") else plain
    expected = name.endswith("_expected")
    judged = name.startswith("record_")
    name = name.removesuffix("_expected").removeprefix("record_")
    spoken = _SPOKEN.get(name, name.replace("_", " "))
    spoken = f"expected {spoken}" if expected else spoken
    return f"{spoken} per deployment" + (", as the force counts them" if judged else "")


def outcome_label(outcome: Outcome) -> str:
    """Return an outcome as it stands at an axis: of a rate, the sentence that defines it."""
    if outcome.metric is not None:
        return outcome.metric.sentence.rstrip(".")
    unit = _UNITS.get(_units().get(outcome.name, ""), "")
    words = capital(outcome_words(outcome))
    return words if not unit or unit in words else f"{words} ({unit})"


def is_share(outcome: Outcome) -> bool:
    """Return whether an outcome is a part of a whole."""
    return outcome.metric is not None and outcome.metric.kind == "proportion"


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def listed(names: Iterable[str]) -> str:
    """Return names as they are read: `a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def capital(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


@cache
def _leaves() -> Counter[str]:
    return Counter(path.rpartition(".")[2] for path in setting_paths())


@cache
def _units() -> dict[str, str]:
    return {count.name: count.unit for count in COUNTS}


def _unit(path: str) -> str:
    field = setting_paths().get(path) if path != POLICY else None
    about = field.json_schema_extra if field is not None else None
    return str(about["unit"]) if isinstance(about, dict) else ""
