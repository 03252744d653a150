"""From captured passes to alerts: one search of the whole list per pass.

A search returns the top candidate: the own entry of a listed person or the most alike of the others',
whichever scores higher. It is an *exceedance* if that score reaches the threshold; it becomes an alert
unless the same person set one off within the cooldown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim.records import PassTable
from lfr_sim.scenario import Scenario
from lfr_sim.streams import Stream, uniforms

from .camera import VanPasses, capture_probability, faces_counted, van_passes
from .scores import ScoreModel
from .watchlist import Membership

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Wearer:
    """What each passer wears, one row per passer."""

    masked: BoolArray
    hooded: BoolArray


@dataclass(frozen=True, slots=True)
class Searches:
    """Every pass of a run and what the search of the list made of it; one row per pass."""

    passes: VanPasses
    captured: BoolArray
    faces: IntArray
    """Faces the pass is counted as; 0 where it was not captured."""
    mated: BoolArray
    """Whether the person is on the list."""
    exceeds: BoolArray
    """Whether the top candidate reaches the threshold."""
    candidate_is_mate: BoolArray
    """Whether the top candidate is the person's own entry."""
    candidate: IntArray
    candidate_is_stale: BoolArray
    score: FloatArray
    time_s: FloatArray
    """When an alert would be raised."""


def search_all(
    scenario: Scenario,
    table: PassTable,
    person: IntArray,
    membership: Membership,
    wearer: Wearer,
    van_numbers: Sequence[int],
    *,
    root_seed: int,
    replicate: int,
) -> Searches:
    """Capture and search every pass; consumes the streams CAPTURE and MATCHER.

    Args:
        scenario: What is asked.
        table: The pass table of the walking engine.
        person: Person of each passer.
        membership: Who is listed, by person.
        wearer: What passers wear, by passer.
        van_numbers: Number in its layout of each van deployed: its part of the streams, so that a van
            sees the same whether or not another stands beside it.
        root_seed: Seed of the study.
        replicate: Number of the run.
    """
    passes = van_passes(table, scenario.camera.occlusion_effect)
    scores, size = ScoreModel(scenario), scenario.watchlist.size
    who = person[passes.passer]
    masked, hooded = wearer.masked[passes.passer], wearer.hooded[passes.passer]

    seeds = {"root_seed": root_seed, "replicate": replicate}
    u_capture, u_tracks = _own_uniforms(Stream.CAPTURE, 2, passes, len(person), van_numbers, **seeds)
    u_other, u_mated, u_candidate = _own_uniforms(
        Stream.MATCHER, 3, passes, len(person), van_numbers, **seeds
    )

    captured = u_capture < capture_probability(passes.in_view_s, masked, scenario.camera)
    tracks = faces_counted(u_tracks, scenario.camera.tracks_per_pass)
    mated = membership.listed[who]

    # The own entry is not among the others'.
    other_rate = np.where(
        mated, scores.best_other_rate(u_other, size - 1), scores.best_other_rate(u_other, size)
    )
    threshold = scenario.matcher.threshold
    other_exceeds = other_rate < scores.fmr(threshold)
    has_others = np.where(mated, size > 1, size > 0)
    other_exceeds &= has_others
    own_exceeds = mated & (u_mated < scores.tpir_given_capture(threshold, masked, hooded))
    other_score = np.where(has_others, scores.other_score(other_rate), -np.inf)
    own_score = np.where(mated, scores.mated_score(u_mated, masked, hooded), -np.inf)
    is_mate = mated & (own_score >= other_score)

    own = membership.entry[who]
    others = np.maximum(np.where(mated, size - 1, size), 1)
    someone = (u_candidate * others).astype(np.int64)
    someone += mated & (someone >= own)  # past the own entry, which is none of the others
    candidate = np.where(is_mate, own, someone)
    delay_s = np.minimum(passes.in_view_s, scenario.camera.capture_time_constant_s)
    return Searches(
        passes=passes,
        captured=captured,
        faces=np.where(captured, tracks, 0),
        mated=mated,
        exceeds=captured & np.where(is_mate, own_exceeds, other_exceeds),
        candidate_is_mate=is_mate,
        candidate=candidate,
        candidate_is_stale=_stale(membership, candidate),
        score=np.clip(np.where(is_mate, own_score, other_score), 0.0, 1.0),
        time_s=passes.first_s + delay_s + scenario.matcher.search_latency_s,
    )


def _stale(membership: Membership, candidate: IntArray) -> BoolArray:
    if len(membership.stale) == 0:  # an empty list has no candidate
        return np.zeros(len(candidate), dtype=bool)
    return membership.stale[np.minimum(candidate, len(membership.stale) - 1)]


def _own_uniforms(
    stream: Stream,
    count: int,
    passes: VanPasses,
    passers: int,
    van_numbers: Sequence[int],
    *,
    root_seed: int,
    replicate: int,
) -> FloatArray:
    """Return each pass's own uniforms: everybody has a column, in a part of the stream per van."""
    drawn = np.empty((count, len(passes)))
    seeds = {"root_seed": root_seed, "replicate": replicate}
    for van in np.unique(passes.van).tolist():
        here = passes.van == van
        of_all = uniforms(count, passers, stream=stream, part=van_numbers[van], **seeds)
        drawn[:, here] = of_all[:, passes.passer[here]]
    return drawn


def after_cooldown(searches: Searches, person: IntArray, cooldown_s: float) -> IntArray:
    """Return the rows that become alerts, in order of time: one per person and cooldown."""
    rows = np.flatnonzero(searches.exceeds)
    rows = rows[np.argsort(searches.time_s[rows], kind="stable")]
    last: dict[int, float] = {}
    kept = []
    for row in rows.tolist():
        who = int(person[searches.passes.passer[row]])
        time_s = float(searches.time_s[row])
        if who not in last or time_s - last[who] >= cooldown_s:
            last[who] = time_s
            kept.append(row)
    return np.array(kept, dtype=np.int64)
