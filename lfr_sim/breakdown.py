"""Who it happens to: counts of one run by group, sex and age of passers, and by category of entries.

Passers and alerts are counted under what the passer is; `category` is that of the entry returned, or of
the listed person's own. Passers as such have no category.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim.records import BREAKDOWN_COLUMNS, Alert, Disposal, Outcome
from lfr_sim.scenario import CATEGORIES, GROUPS

Breakdown = dict[str, dict[str, dict[str, int]]]
"""Dimension -> value -> column -> count."""

KINDS: dict[str, Sequence[str]] = {
    "group": GROUPS,
    "sex": ("men", "women"),
    "age": ("under 18", "18 to 64", "65 and over"),
    "category": CATEGORIES,
}
"""The dimensions, with their values in order."""

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Walks:
    """What is true of each passer."""

    kind: Mapping[str, IntArray]
    """Dimension -> index of the passer's value; for `category` that of the own entry, -1 without one."""
    captured: IntArray
    """How often each was captured."""
    listed: BoolArray
    """Whether each is on the list deployed."""
    found: BoolArray
    """Whether each set off an alert on the own entry."""


def breakdown(walks: Walks, alerts: Iterable[Alert]) -> Breakdown:
    """Return the counts of one run."""
    counted: Breakdown = {}
    for name, values in KINDS.items():
        kind, size = walks.kind[name], len(values)
        rows = {
            "passers": np.bincount(kind[kind >= 0], minlength=size),
            "captured_passes": _sums(kind, walks.captured, size),
            "listed_passers": _sums(kind, walks.listed, size),
            "missed": _sums(kind, walks.listed & ~walks.found, size),
        }
        if name == "category":  # nobody has one but those on the list
            rows["passers"] = rows["captured_passes"] = np.zeros(size, dtype=np.int64)
        counted[name] = {
            value: dict.fromkeys(BREAKDOWN_COLUMNS, 0)
            | {column: int(counts[number]) for column, counts in rows.items()}
            for number, value in enumerate(values)
        }
    for alert in alerts:
        for name, value in _kinds_of(alert, walks).items():
            _count(alert, counted[name][value])
    return counted


def added(breakdowns: Iterable[Breakdown]) -> Breakdown:
    """Return the sums of several runs."""
    total: Breakdown = {
        name: {value: dict.fromkeys(BREAKDOWN_COLUMNS, 0) for value in values}
        for name, values in KINDS.items()
    }
    for one in breakdowns:
        for name, values in one.items():
            for value, columns in values.items():
                for column, count in columns.items():
                    total[name][value][column] += count
    return total


def _sums(kind: IntArray, what: IntArray | BoolArray, size: int) -> IntArray:
    known = kind >= 0
    return np.bincount(kind[known], weights=what[known], minlength=size).astype(np.int64)


def _kinds_of(alert: Alert, walks: Walks) -> dict[str, str]:
    return {
        "group": alert.group,
        "sex": KINDS["sex"][alert.woman],
        "age": KINDS["age"][walks.kind["age"][alert.passer]],
        "category": alert.category,
    }


def _count(alert: Alert, columns: dict[str, int]) -> None:
    columns["true_alerts" if alert.candidate_is_mate else "false_alerts"] += 1
    if alert.outcome is Outcome.ENGAGED:
        columns["engagements"] += 1
        columns["wrongful_engagements"] += not alert.right_person
        columns["arrests"] += alert.disposal is Disposal.ARREST
