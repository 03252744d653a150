"""Factors, levels and outcomes in plain words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from lfr_sim.metrics import COUNTS
from lfr_sim.scenario import setting_paths
from lfr_sim.study.analysis.outcomes import POLICY, Outcome, is_number

from .names import COLUMNS, FAMILIES, SETTINGS

_SUFFIXES = {"m/s": "_m_s", "s": "_s", "deg": "_deg", "m": "_m", "h": "_h", "years": "_years"}
_UNITS = {"min": "minutes", "h": "hours"}
_SAID = ("share", "ratio", "names", "path", "shape", "exponent", "score", "teams", "passers/h", "stages")
"""Units that a name says already, or that nobody would miss."""

_DESCRIBED = re.compile(
    r"(Share of|Mean|Number of|Standard deviation of|Correlation|Time|Speed|Age|Density)\b[^.,;:()]*"
)
"""Descriptions of settings that begin with a noun in the singular, as far as they can serve as a name."""
_LONGEST_DESCRIBED = 48
_GROUPS = {"white": "White", "black": "Black", "asian": "Asian"}
_OF_THE = re.compile(r"Of (?P<whole>[^,]*), the share (?P<part>.*)")
_LEAST_PLAIN, _LEAST_CHANCE = 1e-4, 1e-3
"""Numbers below are told with a power of ten; chances below as so many in so many."""
_LEAST_WHOLE = 999_999.5
"""From here on six digits leave no room for a fraction, and would be written as 1e+06."""
_MANY = ("1,000", "10,000", "100,000", "a million", "10 million", "100 million", "a billion", "10 billion",
         "100 billion", "a trillion")  # fmt: skip
"""10**3 and on."""
_TIMES = "\N{MULTIPLICATION SIGN}"


def factor_words(path: str) -> str:
    """Return what a factor is called, without an article: of settings without a name, their path."""
    return _names().get(path) or _path_words(path)


def the_factor(path: str) -> str:
    """Return a factor as it stands in a sentence, in the singular."""
    if path == POLICY:
        return "the choice of policy"
    return f"the {_names()[path]}" if path in _names() else f"the setting “{_path_words(path)}”"


def factor_label(path: str) -> str:
    """Return what a factor is called, with its unit."""
    unit, words = _unit(path), factor_words(path)
    told = unit and unit not in _SAID and unit not in words.split()
    return f"{words} ({unit})" if told else words


def level_words(value: Any, factor: str = "") -> str:
    """Return a value as it is read; that of a small chance as `3 in 100 million`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "none"
    if is_number(value):
        is_chance = 0 < value < _LEAST_CHANCE and _unit(factor) in ("share", "per comparison")
        return (is_chance and _chance(value)) or plain_number(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(level_words, value)) or "none"
    return str(value)


def plain_number(value: float) -> str:
    """Return a number in six digits, never as 3e-08: 0.0003, 2,500,000, or a power of 10."""
    if isinstance(value, int) or _LEAST_WHOLE <= abs(value) < 1e15:
        return f"{value:,.0f}"
    if value and not _LEAST_PLAIN <= abs(value) < 1e15:
        digits, power = f"{value:.5e}".split("e")
        raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{float(digits):g} {_TIMES} 10{raised}"
    return f"{value:,.6g}"


def outcome_words(outcome: Outcome, *, per: bool = True) -> str:
    """Return an outcome as a phrase, such as `false alerts per deployment`.

    Args:
        outcome: The outcome.
        per: Whether to say that a count is per deployment.
    """
    if outcome.metric is not None:
        return f"{_rate_words(outcome)}{', by expected counts' if outcome.is_expected else ''}"
    judged = outcome.counted.startswith("record_")
    name = outcome.counted.removeprefix("record_")
    spoken = COLUMNS.get(name, name.replace("_", " "))
    spoken = spoken if "{per}" in spoken else spoken + " {per}"
    spoken = " ".join(spoken.format(per="per deployment" if per else "").split())
    return f"{'expected ' if outcome.is_expected else ''}{spoken}" + (
        ", as the force counts them" if judged else ""
    )


def outcome_label(outcome: Outcome) -> str:
    """Return an outcome as it stands at an axis: of a rate, the sentence that defines it."""
    if outcome.metric is not None:
        sentence = outcome.metric.sentence.rstrip(".")
        return f"{sentence.partition(':')[0]}, by expected counts" if outcome.is_expected else sentence
    unit = _UNITS.get(_units().get(outcome.name, ""), "")
    words = capital(outcome_words(outcome))
    return words if not unit or unit in words.lower() else f"{words} ({unit})"


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


def _rate_words(outcome: Outcome) -> str:
    """Return a rate as a phrase: `the share of the alerts that was in fact true`."""
    sentence = outcome.metric.sentence.rstrip(".").partition(":")[0] if outcome.metric else ""
    if found := _OF_THE.fullmatch(sentence):
        return f"the share of {found['whole']} {found['part']}"
    plain = outcome.counted.removesuffix("_truth").replace("_", " ").replace("100k", "100,000")
    plain = f"the {plain}" if plain.endswith((" share", " rate")) else plain
    return f"{plain}, in truth" if outcome.counted.endswith("_truth") else plain


def _chance(value: float) -> str:
    """Return a small chance as so many in so many; "" where that would take too many digits."""
    digits, power = f"{value:.5e}".split("e")
    behind = digits.replace(".", "").rstrip("0")
    place = -int(power) + len(behind) - 1 - 3
    return f"{int(behind):,} in {_MANY[place]}" if 0 <= place < len(_MANY) else ""


@cache
def _names() -> dict[str, str]:
    """Return path -> name: from the tables, else the setting's description where that can serve."""
    found = {}
    for path, field in setting_paths().items():
        table, _, leaf = path.rpartition(".")
        if table in FAMILIES:
            parts = [_GROUPS.get(part, part) for part in leaf.split("_")]
            filled = parts if "{1}" in FAMILIES[table] else [" ".join(parts)]
            found[path] = FAMILIES[table].format(*filled)
            continue
        match = _DESCRIBED.match(field.description or "")
        if match and len(name := match[0].strip()) <= _LONGEST_DESCRIBED and "`" not in name:
            found[path] = name[0].lower() + name[1:]
    found |= SETTINGS
    times = Counter(found.values())
    return {path: name for path, name in found.items() if times[name] == 1 or path in SETTINGS}


def _path_words(path: str) -> str:
    """Return a dotted path in words: its last name if that is plain by itself, else all of it."""
    suffix = _SUFFIXES.get(_unit(path), "\n")
    leaf = path.rpartition(".")[2]
    plain = "_" in leaf.removesuffix(suffix) and _leaves()[leaf] == 1
    words = (leaf if plain else path).removesuffix(suffix)
    return " ".join(words.replace(".", " ").replace("_", " ").split())


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
