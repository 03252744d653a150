"""What a comparison of policies shows: one sentence in counts of days, what differs, then the table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lfr_sim.metrics.kinds import Interval
from lfr_sim.study.analysis.differences import EXACT, SETTINGS, Difference
from lfr_sim.study.analysis.paired import Comparison

from .tables import figure, quantity, table

MAIN_COLUMNS = (
    "watchlist_size",
    "faces",
    "alerts",
    "true_alerts",
    "false_alerts",
    "missed",
    "engagements",
    "wrongful_engagements",
    "right_person_no_basis",
    "uninformed_compliance",
    "wrongful_any",
    "wrongful_minutes",
    "arrests",
    "arrests_on_purpose",
)
"""What is shown unless everything is asked for."""

LONGEST_NAME = 16
"""Arms with longer names are called by letters in the tables."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def comparison_table(comparison: Comparison, *, every_column: bool = False, title: str = "") -> str:
    """Return the arms, and for each but the first: a sentence, what differs, and the differences.

    Args:
        comparison: What is shown.
        every_column: Show all columns, not the main ones only.
        title: Where the comparison is made, above it.
    """
    short = _short_names(comparison.names)
    days = quantity(comparison.replicates, "day", "days")
    seed = "" if comparison.seed is None else f", seed {comparison.seed}"
    head = [f"{title}\n" if title else "", f"{', '.join(comparison.names)}: {days} each{seed}"]
    if short != comparison.names:
        head += [f"\n{letter}: {name}" for letter, name in zip(short, comparison.names, strict=True)]
    parts = ["".join(head)]
    others = list(zip(comparison.names, short, strict=True))[1:]
    parts += [stopped_sentence(comparison.differences[name], short[0], called) for name, called in others]
    parts.append(_differing(comparison.differs, short))
    starred = False
    for name, called in others:
        found = comparison.differences[name]
        shown = [found[c] for c in (found if every_column else MAIN_COLUMNS) if c in found]
        starred = starred or any(one.method == EXACT for one in shown)
        parts.append(_section(shown, short[0], called))
    parts.append(_explained(starred))
    parts += [f"Note: {note}." for note in comparison.notes]
    return "\n\n".join(parts)


def stopped_sentence(differences: Mapping[str, Difference], first: str, other: str) -> str:
    """Return on how many days fewer people are stopped by mistake, more, and as many."""
    one = differences.get("wrongful_engagements")
    if one is None:
        return f"Nothing is known of stops by mistake under {other}."
    day = "day" if one.runs == 1 else "days"
    return (
        f"On {one.lower:,} of {one.runs:,} {day} fewer people are stopped by mistake under {other} "
        f"than under {first}, on {one.higher:,} more, on {one.equal:,} the same."
    )


def _short_names(names: Sequence[str]) -> tuple[str, ...]:
    if all(len(name) <= LONGEST_NAME for name in names) or len(names) > len(_LETTERS):
        return tuple(names)
    return tuple(_LETTERS[: len(names)])


def _differing(differs: Mapping[str, Sequence[Any]], names: Sequence[str]) -> str:
    if not differs:
        return "No setting differs."
    rows = [
        {"": path, **{name: _setting(value) for name, value in zip(names, values, strict=True)}}
        for path, values in differs.items()
    ]
    return "What differs\n" + table(rows, ["", *names])


def _setting(value: Any) -> str:
    if value is None:
        return "left out"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ", ".join(_setting(item) for item in value) or "none"
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _section(differences: Sequence[Difference], first: str, other: str) -> str:
    runs = max((one.runs for one in differences), default=0)
    rows = [
        {
            "": one.column,
            first: figure(one.mean_a),
            other: figure(one.mean_b),
            "difference": _signed(one.difference),
            "95 % interval": _interval(one.interval) + (" *" if one.method == EXACT else ""),
            "lower": f"{one.lower:,}",
            "same": f"{one.equal:,}",
            "higher": f"{one.higher:,}",
        }
        for one in differences
    ]
    wide = "difference"
    width = max([len(wide), *(len(row[wide]) for row in rows)])
    for row in rows:
        row[wide.rjust(width)] = row[wide].rjust(width)
    columns = ["", first, other, wide.rjust(width), "95 % interval", "lower", "same", "higher"]
    head = f"{other} against {first}: means per day over {quantity(runs, 'day', 'days')}, and on how many "
    return f"{head}days {other} is lower\n{table(rows, columns)}"


def _explained(starred: bool) -> str:
    text = "Days are paired by number. The interval is of the mean difference, from how the days differ."
    if starred:
        text += " * Few days differ: exact, and wide, because what is rare may not have shown."
    return text


def _interval(ends: Interval | None) -> str:
    """Return both ends to three figures of the interval's length."""
    if ends is None:
        return "none"
    low, high = ends
    if low == high:
        return SETTINGS
    places = max(0, 2 - math.floor(math.log10(high - low)))
    return f"{low:+,.{places}f} to {high:+,.{places}f}"


def _signed(value: float) -> str:
    return f"+{figure(value)}" if value > 0 else figure(value)
