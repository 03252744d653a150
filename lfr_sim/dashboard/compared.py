"""Two to four policies side by side: what differs, and every outcome on the same days.

With one seed, a day of one number is the same crowd under every policy, unless a setting of the crowd or
of the place differs (`another_crowd`). Predicted days are draws: they have sums and spreads, but no day of
one is a day of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lfr_sim.closed_form.composition import Composition
from lfr_sim.metrics.kinds import Interval
from lfr_sim.scenario import Scenario
from lfr_sim.study.analysis.differences import EXACT, FEW_DAYS, paired_difference
from lfr_sim.study.analysis.intervals import t_interval
from lfr_sim.study.analysis.paired import crowd_notes
from lfr_sim.van import presence

from .days import Days, Mark
from .settings import settings_by_table

FloatArray = NDArray[np.float64]

FEW_EVENTS: Final = 5
"""From fewer events no rate of a group is formed."""


@dataclass(frozen=True, slots=True)
class ComparedArm:
    """One policy with its days."""

    letter: str
    """A to D."""
    name: str
    scenario: Scenario
    days: Days


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something that is counted on a day: some columns, less others."""

    name: str
    label: str
    plus: str
    """A column of `lfr_sim.dashboard.days.COLUMNS`."""
    minus: str = ""

    def of(self, days: Days) -> FloatArray:
        """Return its count on each day."""
        counted = days.columns[self.plus]
        return counted - days.columns[self.minus] if self.minus else counted


MISTAKEN = Outcome("wrongful_engagements", "Stopped by mistake", "truth.wrongful_engagements")
ARRESTS = Outcome("arrests", "Arrests", "truth.arrests")

OUTCOMES: Final = (
    Outcome("faces", "Faces compared", "record.faces"),
    Outcome("true_alerts", "Alerts, right person", "truth.true_alerts"),
    Outcome("false_alerts", "Alerts, wrong person", "truth.false_alerts"),
    Outcome("dismissed_true", "Right alerts dismissed", "truth.dismissed_true"),
    Outcome(
        "rightful_engagements",
        "Stopped, right person",
        "truth.engagements",
        "truth.wrongful_engagements",
    ),
    MISTAKEN,
    ARRESTS,
    Outcome("missed", "Listed passers missed", "truth.missed"),
)
"""What the table always shows, in the order of a walk past the van, and who goes unrecognised.

Doubt costs right alerts dismissed, and other matchers or lists cost listed passers missed: both stand
here, since a policy that shows one of them alone would look free."""

FURTHER: Final = (
    Outcome("dismissed_false", "Wrong alerts dismissed", "truth.dismissed_false"),
    Outcome("lapsed", "Acted upon, no team free", "truth.lapsed"),
    Outcome("lost", "Sought and not found", "truth.lost"),
    Outcome("right_person_no_basis", "Right person, no power to detain", "truth.right_person_no_basis"),
    Outcome(
        "uninformed_compliance", "Complied, never told they may decline", "truth.uninformed_compliance"
    ),
    Outcome("children_engagements", "Stopped, under 18", "truth.children_engagements"),
    Outcome("wrongful_minutes", "Minutes held by mistake", "truth.wrongful_minutes"),
    Outcome("arrests_on_purpose", "Arrests for the stated purpose", "truth.arrests_on_purpose"),
    Outcome("listed_passers", "Listed passers", "truth.listed_passers"),
)
"""What the table shows on demand."""


@dataclass(frozen=True, slots=True)
class Per:
    """What outcomes are told per."""

    name: str
    label: str
    column: str
    """The denominator; empty: the day itself."""
    scale: float
    nothing: str
    """What there is none of where a ratio is undefined."""


PERS: Final = {
    per.name: per
    for per in (
        Per("day", "day", "", 1.0, ""),
        Per("faces", "10,000 faces", "record.faces", 10_000.0, "no faces"),
        Per("alert", "alert", "record.alerts", 1.0, "no alerts"),
        Per("stop", "stop", "truth.engagements", 1.0, "no stops"),
        Per("listed", "listed passer", "truth.listed_passers", 1.0, "no listed passer"),
    )
}
"""Name, as in the address of a page -> denominator."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One outcome under one policy."""

    value: float | None
    """Per day, the mean. Else the sum over days by the sum over days; None is undefined."""
    total: float = 0.0
    """The sum over days."""
    low: float | None = None
    high: float | None = None
    """Nine days in ten; None of ratios, and of one day alone."""
    whole: float | None = None
    """Of ratios, the sum over days of what they are told per."""


@dataclass(frozen=True, slots=True)
class Change:
    """One outcome under B less that under A."""

    difference: float | None
    """Per day, the mean of the daily differences. Else that of the two ratios; None is undefined."""
    interval: Interval | None
    """Its 95 % interval; None where the days do not give one."""
    lower: int
    equal: int
    higher: int
    undefined: int = 0
    """Days on which a ratio is undefined under one of the two."""
    is_exact: bool = False
    """Whether the interval is the exact one of few differing days."""

    @property
    def differs(self) -> bool:
        """Whether there is a difference to tell: on some day, or of two ratios all the same."""
        return bool(self.lower or self.higher or abs(self.difference or 0.0) > 1e-9)


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """What was counted of one group of passers over all days, under one policy."""

    passers: float
    wrong_alerts: float
    mistaken_stops: float

    @property
    def wrong_per_10_000(self) -> float | None:
        """Wrong alerts per 10,000 passers; None from too few wrong alerts to say."""
        if self.wrong_alerts < FEW_EVENTS or not self.passers:
            return None
        return 10_000.0 * self.wrong_alerts / self.passers


def aligned(arms: Sequence[ComparedArm]) -> tuple[ComparedArm, ...]:
    """Return the policies with the days that all of them have; predicted days as they are."""
    if any(arm.days.are_predicted and len(arm.days) for arm in arms):
        return tuple(arms)
    numbers = [[row.replicate for row in arm.days.rows] for arm in arms]
    if all(one == numbers[0] for one in numbers):
        return tuple(arms)
    shared = set(numbers[0]).intersection(*numbers[1:])
    return tuple(
        replace(arm, days=Days.of([row for row in arm.days.rows if row.replicate in shared]))
        for arm in arms
    )


def are_paired(arms: Sequence[ComparedArm]) -> bool:
    """Return whether days of one number can be set side by side: all are simulated, and there are some."""
    return bool(arms) and all(not arm.days.are_predicted and len(arm.days) for arm in arms)


def stops_differ(arms: Sequence[ComparedArm]) -> list[int]:
    """Return the places of the days on which not the same people are stopped under every policy."""
    return [
        place
        for place, rows in enumerate(zip(*(arm.days.rows for arm in arms), strict=True))
        if len({frozenset(mark.passer for mark in row.marks if mark.stopped) for row in rows}) > 1
    ]


def differing(arms: Sequence[ComparedArm]) -> dict[str, tuple[Any, ...]]:
    """Return dotted path -> its value under each policy, of the settings that are not the same in all."""
    said = [arm.scenario.values() for arm in arms]
    return {
        path: tuple(values[path] for values in said)
        for paths in settings_by_table().values()
        for path in paths
        if any(values[path] != said[0][path] for values in said)
    }


def seen_again(a: ComparedArm, b: ComparedArm) -> bool:
    """Return whether alerts or misses differ by officers alone: who is not stopped may walk past again."""
    paths = differing((a, b))
    columns = "truth.true_alerts", "truth.false_alerts", "truth.missed"
    return all(path.startswith("officers.") for path in paths) and any(
        not np.array_equal(a.days.columns[name], b.days.columns[name]) for name in columns
    )


def another_crowd(arms: Sequence[ComparedArm]) -> bool:
    """Return whether some setting lets other people walk past under one policy than under another."""
    return bool(crowd_notes(differing(arms)))


def stay_listed(a: Scenario, b: Scenario) -> float:
    """Return how many listed people walk past under B for each who does under A, on average.

    By the law of presence over the list's size, and by what is taken off each list. Nobody under A
    gives NaN.
    """
    before, after = (presence(one.watchlist) * _kept_share(one) for one in (a, b))
    return after / before if before else float("nan")


def measured(days: Days, outcome: Outcome, per: Per) -> Measured:
    """Return one outcome under one policy, per day or per something counted."""
    counts = outcome.of(days)
    if not len(counts):
        return Measured(None)
    if not per.column:
        return _a_day(counts)
    total, whole = float(counts.sum()), float(days.columns[per.column].sum())
    return Measured(per.scale * total / whole if whole else None, total, whole=whole)


def change(a: Days, b: Days, outcome: Outcome, per: Per) -> Change:
    """Return how an outcome differs between two policies, from days that stand in the same order.

    Raises:
        ValueError: If there are no days, or not as many of one as of the other.
    """
    first, second = outcome.of(a), outcome.of(b)
    if not per.column:
        found = paired_difference(outcome.name, first, second)
        return Change(
            found.difference,
            found.interval,
            found.lower,
            found.equal,
            found.higher,
            is_exact=found.method == EXACT,
        )
    of_first, of_second = a.columns[per.column], b.columns[per.column]
    defined = (of_first > 0) & (of_second > 0)
    # Cross-multiplied, so that equal ratios are equal whatever their last bits.
    left, right = (first * of_second)[defined], (second * of_first)[defined]
    lower, higher = int((right < left).sum()), int((right > left).sum())
    difference, interval, is_exact = _ratio_change(outcome.name, first, of_first, second, of_second)
    return Change(
        None if difference is None else per.scale * difference,
        None if interval is None else (per.scale * interval[0], per.scale * interval[1]),
        lower,
        int(defined.sum()) - lower - higher,
        higher,
        len(first) - int(defined.sum()),
        is_exact,
    )


def only_listed_under(first: Days, second: Days) -> FloatArray:
    """Return, for each day, how many passers are listed under one policy and not under the other.

    A listed passer either set off an alert on the own entry or is missed, so the marks hold them all.
    """
    return np.array(
        [
            float(len(_listed(a.marks) - _listed(b.marks)))
            for a, b in zip(first.rows, second.rows, strict=True)
        ]
    )


def unsought(first: Days, second: Days) -> Measured | None:
    """Return how many a day pass whom nobody looks for under the second policy; None if never anybody."""
    each = only_listed_under(first, second)
    if not each.any():
        return None
    return _a_day(each)


def _a_day(counts: FloatArray) -> Measured:
    mean, total = float(counts.mean()), float(counts.sum())
    if len(counts) == 1:
        return Measured(mean, total)
    low, high = np.quantile(counts, [0.05, 0.95], method="inverted_cdf")
    return Measured(mean, total, float(low), float(high))


def holds_the_list_of(a: Scenario, b: Scenario) -> bool:
    """Return whether everybody listed under B is listed under A, by the settings alone, on the same crowd.

    So it is if nothing of the list differs but that it is shorter, or that entries are taken off it.
    """
    before, after = a.watchlist, b.watchlist
    if after == before:
        return True
    if before.operations != type(before.operations)() or after.size > before.size:
        return False
    same = {"size": before.size, "operations": before.operations}
    return bool(after.model_copy(update=same) == before)


def group_counts(arms: Sequence[ComparedArm]) -> dict[str, tuple[GroupCounts, ...]]:
    """Return group -> its counts under each policy, of groups of whom somebody walks past."""
    found = {
        group: tuple(
            GroupCounts(
                *(
                    float(arm.days.groups[group][name].sum()) if group in arm.days.groups else 0.0
                    for name in ("passers", "false_alerts", "wrongful_engagements")
                )
            )
            for arm in arms
        )
        for group in arms[0].days.groups
    }
    return {group: counts for group, counts in found.items() if any(one.passers for one in counts)}


def too_few(groups: Mapping[str, Sequence[GroupCounts]]) -> list[int]:
    """Return, by policy, of how many groups there are too few wrong alerts to say a rate."""
    return [
        sum(one.wrong_alerts < FEW_EVENTS for one in counts)
        for counts in zip(*groups.values(), strict=True)
    ]


def _listed(marks: Sequence[Mark]) -> set[int]:
    return {mark.passer for mark in marks if mark.right or mark.missed}


def _kept_share(scenario: Scenario) -> float:
    """Return the share of listed people who walk past whose entry is not taken off."""
    made = Composition(scenario)
    return float(made.group_share @ made.kept_present)


def _ratio_change(
    column: str, tops_a: FloatArray, bottoms_a: FloatArray, tops_b: FloatArray, bottoms_b: FloatArray
) -> tuple[float | None, Interval | None, bool]:
    """Return the difference of two pooled ratios with its interval, days paired, and if that is exact.

    Student's t from the linearised daily contributions (Cochran 1977, Sampling Techniques, 2.11), where
    at least `FEW_DAYS` days differ and have something to count. Where fewer do, and the denominators are
    the same, such as the faces of one crowd: the exact interval of the counts, as per day.
    """
    whole_a, whole_b = float(bottoms_a.sum()), float(bottoms_b.sum())
    if not whole_a or not whole_b:
        return None, None, False
    ratio_a, ratio_b = float(tops_a.sum()) / whole_a, float(tops_b.sum()) / whole_b
    difference, days = ratio_b - ratio_a, len(tops_a)
    differ = (tops_a != tops_b) | (bottoms_a != bottoms_b)
    if int((differ & ((tops_a > 0) | (tops_b > 0))).sum()) >= FEW_DAYS:
        off = (tops_b - ratio_b * bottoms_b) / whole_b - (tops_a - ratio_a * bottoms_a) / whole_a
        usual = t_interval(days * off)
        ends = None if usual is None else (difference + usual[0], difference + usual[1])
        return difference, ends, False
    if np.array_equal(bottoms_a, bottoms_b):
        found = paired_difference(column, tops_a, tops_b)
        exact = found.interval
        ends = None if exact is None else (exact[0] * days / whole_a, exact[1] * days / whole_a)
        return difference, ends, found.method == EXACT
    return difference, None, False
