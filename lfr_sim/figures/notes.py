"""What a caption says of a figure: runs and intervals, what else varies, and what is left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from lfr_sim.study.analysis.outcomes import POLICY, Estimate, Outcome, empty_points, factors_of, levels_of
from lfr_sim.study.analysis.structure import entangled
from lfr_sim.study.sweeps.results import Results

from .words import capital, count_of, factor_words, listed, the_factor

SAMPLED = ("lhs", "sobol", "morris", "saltelli")
"""Designs in which every point has values of its own."""

_MARK = 0.025
"""Height of a mark in parts of the axes."""


def averaged_note(results: Results, used: Sequence[str | None]) -> list[str]:
    """Return the sentence that says what else varies, and how it is dealt with."""
    rest = [name for name in factors_of(results) if name not in used]
    if results.design["kind"] in SAMPLED:
        free = [the_factor(name) for name in rest if name != POLICY]
        notes = (
            []
            if not free
            else [f"From point to point {listed(free)} {'varies' if len(free) == 1 else 'vary'}, too."]
        )
        return notes + (["Averaged over policies."] if POLICY in rest else [])
    tied = set().union(*(entangled(results, name) for name in used if name is not None))
    notes = []
    if both := [the_factor(name) for name in rest if name in tied]:
        notes.append(
            f"{capital(listed(both))} {'changes' if len(both) == 1 else 'change'} at the same time."
        )
    named = [
        f"{len(levels_of(results, name)):,} "
        + ("policies" if name == POLICY else f"values of {the_factor(name)}")
        for name in rest
        if name not in tied
    ]
    return [*notes, f"Averaged over {listed(named)}."] if named else notes


def runs_note(
    results: Results, outcomes: Iterable[Outcome], *, intervals: bool, hidden: bool = False
) -> list[str]:
    """Return the sentences on what is drawn, replicates, intervals, and points without any run.

    Args:
        results: The table.
        outcomes: What is drawn.
        intervals: Whether intervals are drawn.
        hidden: Whether they lie within the marks.
    """
    counts = [len(results.replicates_of(point.number)) for point in results.points]
    there = [count for count in counts if count]
    low, high = min(there, default=0), max(there, default=0)
    runs = f"{high:,}" if low == high else f"{low:,} to {high:,}"
    kinds = {outcome.metric is None for outcome in outcomes}
    what = "Means, or sums divided by sums," if len(kinds) > 1 else "Means"
    what = "Sums divided by sums" if kinds == {False} else what
    text = f"{what} over {runs} simulated {'deployment' if high == 1 else 'deployments'} per design point"
    bars = f", with 95 % intervals{', all within the marks' if hidden else ''}" if intervals else ""
    notes = [f"{text}{bars}."]
    if results.failed:
        notes.append(f"{count_of(results.failed, 'run')} failed and left out.")
    if gone := counts.count(0):
        notes.append(f"{gone:,} of {count_of(len(counts), 'point')} without any run, so left out.")
    return notes


def gaps_note(results: Results, found: Iterable[tuple[Outcome, Sequence[Estimate]]]) -> list[str]:
    """Return the sentences on empty cells, which are left out, and on what is 0 / 0.

    Args:
        results: The table.
        found: Outcomes with what is drawn of each, all in the same order.
    """
    told = list(found)
    notes = []
    for scarce in (True, False):
        empty = set().union(
            *(empty_points(results, outcome) for outcome, _ in told if outcome.is_expected == scarce)
        )
        if empty:
            why = "empty where teams are scarce" if scarce else "empty in the table"
            notes.append(f"{len(empty):,} of {count_of(len(results.points), 'point')} {why}, so left out.")
    together = list(zip(*(estimates for _, estimates in told), strict=True))
    undefined = sum(any(one.value is None and one.runs for one in ones) for ones in together)
    if undefined:
        notes.append(
            f"{undefined:,} of {count_of(len(together), 'value')} undefined (0 / 0), so not drawn."
        )
    return notes


def within_marks(found: Iterable[Estimate], *, log: bool) -> bool:
    """Return whether no interval would be seen beside its mark."""
    ends = [(one.value, *(one.interval or (one.value,))) for one in found if one.value is not None]
    if log:
        ends = [tuple(math.log(max(end, 1e-300)) for end in one) for one in ends if one[0] > 0]
    every = [end for one in ends for end in one] + ([] if log else [0.0])
    return bool(ends) and max(max(one) - min(one) for one in ends) < _MARK * (max(every) - min(every))


def zeros_note(found: Sequence[Sequence[Estimate]], log: Sequence[bool]) -> list[str]:
    """Return the sentence on values at 0 that a logarithmic axis leaves out.

    Args:
        found: What is drawn along each axis, all in the same order.
        log: Whether each axis is logarithmic.
    """
    on_log = [estimates for estimates, is_log in zip(found, log, strict=True) if is_log]
    together = list(zip(*on_log, strict=True))
    zero = sum(any(one.value is not None and one.value <= 0 for one in ones) for ones in together)
    if not zero:
        return []
    return [f"{zero:,} of {len(together):,} values at 0, which has no place on this axis."]


def key_heading(factor: str) -> str:
    """Return what stands once above the values of a key; policies have names that say enough."""
    return "" if factor == POLICY else factor_words(factor)
