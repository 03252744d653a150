"""From captured passes to alerts: one search of the whole list per pass.

A search returns the top candidate: the own entry of a listed person, that of a lookalike relative, or
the most alike of all the others', whichever scores highest. It is an *exceedance* if that score reaches
the threshold; it becomes an alert unless the same person set one off within the cooldown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim.records import PassTable, People
from lfr_sim.scenario import Scenario
from lfr_sim.streams import Stream

from .camera import VanPasses, capture_probability, faces_counted, van_passes
from .candidates import Gallery
from .draws import PassDraws
from .entries import Entries
from .faces import Faces, fmr_ratios
from .others import Others
from .scores import ScoreModel
from .watchlist import NO_ENTRY, Membership

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Searches:
    """Every pass of a run and what the search of the list made of it; one row per pass."""

    passes: VanPasses
    captured: BoolArray
    """Whether the pass gave a face to compare."""
    faces: IntArray
    """Faces the pass is counted as; 0 where it was not captured."""
    mated: BoolArray
    """Whether the person is on the list deployed."""
    exceeds: BoolArray
    """Whether the top candidate reaches the threshold."""
    candidate_is_mate: BoolArray
    """Whether the top candidate is the person's own entry."""
    candidate_is_kin: BoolArray
    """Whether it is that of a lookalike relative."""
    candidate: IntArray
    """The top candidate of exceedances; -1 elsewhere."""
    score: FloatArray
    """Score of the top candidate; where it is no exceedance, of the best of all entries drawn."""
    time_s: FloatArray
    """When an alert would be raised."""
    capture_chance: FloatArray
    """P(captured)."""
    capture_u: FloatArray
    """The uniform held against it."""


@dataclass(frozen=True, slots=True)
class Street:
    """Who passes: the person of each passer, what is true of people, and their entries."""

    person: IntArray
    """Person of each passer."""
    people: People
    membership: Membership
    entries: Entries
    faces: Faces


@dataclass(frozen=True, slots=True)
class Top:
    """What the search of captured faces returns; one row per pass."""

    mated: BoolArray
    exceeds: BoolArray
    is_mate: BoolArray
    is_kin: BoolArray
    entry: IntArray
    score: FloatArray


class Search:
    """One run's searches, step by step; arrays have one row per pass."""

    def __init__(self, scenario: Scenario, street: Street, draws: PassDraws, who: IntArray) -> None:
        self._scenario, self._street = scenario, street
        self._draws, self._who = draws, who
        self._scores = ScoreModel(scenario)
        self._cell = street.people.cell[who]
        self._ratios = fmr_ratios(scenario.matcher)
        self.fmr_factor = street.faces.fmr_factor(who)
        self.own_entry = street.membership.entry[who]
        self.mated = self.own_entry != NO_ENTRY
        if not street.entries.all_kept:
            self.mated &= street.entries.kept[self.own_entry]

    def top(self) -> Top:
        """Return the top candidates."""
        threshold = self._scenario.matcher.threshold
        fmr = self._scores.fmr(threshold)
        rate, candidate = self.others().best(fmr)
        kin_rate, kin_entry = self.kin()
        is_kin = kin_rate < rate
        rate, candidate = np.minimum(kin_rate, rate), np.where(is_kin, kin_entry, candidate)
        other_score, own_score = self.other_score(rate), self.own()[0]
        is_mate = self.mated & (own_score >= other_score)
        return Top(
            mated=self.mated,
            exceeds=np.where(is_mate, own_score >= threshold, rate < fmr),
            is_mate=is_mate,
            is_kin=~is_mate & is_kin,
            entry=np.where(is_mate, self.own_entry, candidate),
            score=np.where(is_mate, own_score, other_score),
        )

    def others(self) -> Others:
        """Return the searches of everybody else's entries."""
        factor = self._ratios.T[:, self._cell] * self.fmr_factor
        return Others(Gallery(self._street.entries), self._draws, factor, self.own_entry)

    def kin(self) -> tuple[FloatArray, IntArray]:
        """Return FMR at the score against a lookalike relative's entry, and that entry."""
        entry = self._street.membership.kin_entry[self._who]
        rows = np.flatnonzero(entry != NO_ENTRY)
        if not self._street.entries.all_kept:
            rows = rows[self._street.entries.kept[entry[rows]]]
        rate = np.full(len(entry), np.inf)
        u = self._own_draws(rows)[1]
        cell = self._cell[rows]
        factor = self._ratios[cell, cell] * self.fmr_factor[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            rate[rows] = u / (factor * self._scenario.matcher.kin_fmr_multiplier)
        rate[np.isnan(rate)] = np.inf
        return rate, entry

    def own(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return score against the own entry, its TPIR and its uniform; -inf, 0, 0 for others."""
        people, membership = self._street.people, self._street.membership
        score = np.full(len(self._who), -np.inf)
        tpir, u = np.zeros(len(self._who)), np.zeros(len(self._who))
        rows = np.flatnonzero(self.mated)
        who = self._who[rows]
        tpir[rows] = self._scores.tpir_given_capture(
            people.group[who],
            people.woman[who],
            membership.image_age_years[who],
            membership.custody[who],
            membership.images[who],
        )
        u[rows] = self._own_draws(rows)[0]
        score[rows] = self._scores.own_score(
            u[rows], self._street.faces.own_z(who), tpir[rows], self.worn(who)
        )
        return score, tpir, u

    def _own_draws(self, rows: IntArray) -> FloatArray:
        return self._draws.of_some(rows, Stream.OWN_SCORES, 2)

    def worn(self, who: IntArray) -> FloatArray:
        """Return the factor of what people wear on TPIR."""
        people = self._street.people
        return self._scores.worn(people.masked[who], people.hooded[who])

    def other_score(self, rate: FloatArray) -> FloatArray:
        """Return the score at an FMR."""
        return np.where(np.isfinite(rate), self._scores.other_score(rate), -np.inf)


def search_all(
    scenario: Scenario,
    table: PassTable,
    street: Street,
    van_numbers: Sequence[int],
    *,
    root_seed: int,
    replicate: int,
) -> Searches:
    """Capture and search every pass.

    Args:
        scenario: What is asked.
        table: The pass table of the walking engine.
        street: Who passes.
        van_numbers: Number in its layout of each van deployed: its part of the streams, so that a van
            sees the same whether or not another stands beside it.
        root_seed: Seed of the study.
        replicate: Number of the run.
    """
    seeds = {"root_seed": root_seed, "replicate": replicate}
    camera = scenario.camera
    passes = van_passes(table, camera.occlusion_effect)
    draws = PassDraws(passes, len(street.person), van_numbers, **seeds)
    who = street.person[passes.passer]
    u_capture, u_tracks = draws.of_all(Stream.CAPTURE, 2)
    chance = capture_probability(passes.in_view_s, street.people.masked[who], camera)
    captured = u_capture < chance
    found = Search(scenario, street, draws, who).top()
    delay_s = np.minimum(passes.in_view_s, camera.capture_time_constant_s)
    return Searches(
        passes=passes,
        captured=captured,
        faces=np.where(captured, faces_counted(u_tracks, camera.tracks_per_pass), 0),
        mated=found.mated,
        exceeds=captured & found.exceeds,
        candidate_is_mate=found.is_mate,
        candidate_is_kin=found.is_kin,
        candidate=np.where(captured & found.exceeds, found.entry, NO_ENTRY),
        score=np.clip(found.score, 0.0, 1.0),
        time_s=passes.first_s + delay_s + scenario.matcher.search_latency_s,
        capture_chance=chance,
        capture_u=u_capture,
    )


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
