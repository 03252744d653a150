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

from lfr_sim.records import PassTable
from lfr_sim.scenario import Scenario
from lfr_sim.streams import Stream, uniforms, uniforms_of

from .camera import VanPasses, capture_probability, faces_counted, van_passes
from .candidates import Gallery, best_rates, chain_draws, ranked
from .entries import CELLS, Entries
from .faces import Faces, fmr_ratios
from .scores import ScoreModel
from .watchlist import NO_ENTRY, Membership, People

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Searches:
    """Every pass of a run and what the search of the list made of it; one row per pass."""

    passes: VanPasses
    captured: BoolArray
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
    evidence: Evidence
    """What decided, for explanations."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The chances and draws behind each search, one row per pass."""

    capture_chance: FloatArray
    capture_u: FloatArray
    other_rate: FloatArray
    """FMR at the best of the others' scores, for a face at large: small is alike."""
    fmr_factor: FloatArray
    """FMR of the face over that of others of its group and sex."""
    own_tpir: FloatArray
    """P(score >= 0.60 against the own entry | captured, bare); 0 for those not listed."""
    own_u: FloatArray


@dataclass(frozen=True, slots=True)
class Street:
    """Who passes: the person of each passer, what is true of people, and their entries."""

    person: IntArray
    """Person of each passer."""
    people: People
    membership: Membership
    entries: Entries


class _Search:
    """One run's searches, step by step; arrays have one row per pass."""

    def __init__(
        self,
        scenario: Scenario,
        street: Street,
        passes: VanPasses,
        van_numbers: Sequence[int],
        seeds: dict[str, int],
    ) -> None:
        self._street, self._passes = street, passes
        self._van_numbers, self._seeds = van_numbers, seeds
        self._scenario = scenario
        self._scores = ScoreModel(scenario)
        self._fmr = self._scores.fmr(scenario.matcher.threshold)
        self.who = street.person[passes.passer]
        self._cell = street.people.cell[self.who]
        self._gallery = Gallery(street.entries)
        self._faces = Faces(scenario.matcher, street.people, **seeds)
        self.fmr_factor = self._faces.fmr_factor(self.who)
        self._ratios = fmr_ratios(scenario.matcher)
        self.own_entry = street.membership.entry[self.who]
        self.mated = self.own_entry != NO_ENTRY
        if not street.entries.all_kept:
            self.mated &= street.entries.kept[self.own_entry]

    def others(self) -> tuple[FloatArray, IntArray]:
        """Return FMR at the best of the others' scores, and that candidate where it exceeds."""
        u = _own_uniforms(
            Stream.MATCHER, CELLS, self._passes, len(self._street.person), self._van_numbers, **self._seeds
        )
        images = self._gallery.count[:, None]
        rates = best_rates(u, images)
        # The own entry is none of the others', whether or not it has been taken off.
        listed = np.flatnonzero(self.own_entry != NO_ENTRY)
        if len(listed):
            cell, own = self._gallery.own_images(self.own_entry[listed])
            fewer = np.repeat(images, len(listed), axis=1)
            fewer[cell, np.arange(len(listed))] -= own
            rates[:, listed] = best_rates(u[:, listed], fewer)
        with np.errstate(divide="ignore", invalid="ignore"):  # a ratio of 0 never matches
            rates /= self._ratios.T[:, self._cell] * self.fmr_factor
        rates[np.isnan(rates)] = np.inf
        best = rates.min(axis=0) if len(rates) else np.zeros(0)
        return self._candidates(rates, best)

    def _candidates(self, rates: FloatArray, best: FloatArray) -> tuple[FloatArray, IntArray]:
        """Return the best rate and candidate among entries not taken off, for rows that exceed."""
        candidate = np.full(len(best), NO_ENTRY, dtype=np.int64)
        rows = np.flatnonzero(best < self._fmr)
        if len(rows) == 0:
            return best, candidate
        first_u = _own_uniforms_of(
            rows, Stream.CANDIDATES, 1, self._passes, self._street, self._van_numbers, self._seeds
        )[0]
        if self._street.entries.all_kept:
            candidate[rows] = self._tops(rows, rates[:, rows].argmin(axis=0), first_u)
            return best, candidate
        best = best.copy()
        for row, u in zip(rows.tolist(), first_u.tolist(), strict=True):
            best[row], candidate[row] = self._first_kept(row, rates[:, row], u)
        return best, candidate

    def _tops(self, rows: IntArray, cells: IntArray, u: FloatArray) -> IntArray:
        """Return the entry that each row's uniform picks in its cell."""
        found = np.empty(len(rows), dtype=np.int64)
        listed = self.own_entry[rows] != NO_ENTRY
        for place in np.flatnonzero(listed).tolist():
            own, images = self._others_in(int(rows[place]), int(cells[place]))
            found[place] = self._gallery.entry(int(cells[place]), int(u[place] * images), own)
        found[~listed] = self._gallery.entries(cells[~listed], u[~listed])
        return found

    def _first_kept(self, row: int, rates: FloatArray, first_u: float) -> tuple[float, int]:
        """Return rate and entry of the most alike entry that is still on the list, if it exceeds."""
        entries = self._street.entries
        found, top = (np.inf, NO_ENTRY), int(rates.argmin())
        for cell in np.argsort(rates, kind="stable").tolist():
            if not rates[cell] < min(self._fmr, found[0]):
                break
            factor = self._ratios[self._cell[row], cell] * self.fmr_factor[row]
            own, images = self._others_in(row, cell)
            van, passer = int(self._passes.van[row]), int(self._passes.passer[row])
            draws = chain_draws(**self._seeds, van=self._van_numbers[van], passer=passer, cell=cell)
            for rate, place in ranked(
                float(rates[cell] * factor), images, first_u if cell == top else None, draws
            ):
                if not rate < factor * min(self._fmr, found[0]):
                    break
                entry = self._gallery.entry(cell, place, own)
                if entries.kept[entry]:
                    found = (rate / factor, entry)
                    break
        return found

    def _others_in(self, row: int, cell: int) -> tuple[int, int]:
        """Return the own entry (-1 if in another cell) and the number of others' images of a cell."""
        entry, images = int(self.own_entry[row]), int(self._gallery.count[cell])
        if entry == NO_ENTRY or int(self._street.entries.cell[entry]) != cell:
            return NO_ENTRY, images
        return entry, images - int(self._gallery.own_images(np.array([entry]))[1][0])

    def kin(self) -> tuple[FloatArray, IntArray]:
        """Return FMR at the score against a lookalike relative's entry, and that entry."""
        entry = self._street.membership.kin_entry[self.who]
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

    def own(self, worn: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return score against the own entry, its TPIR and its uniform; -inf, 0, 0 for others."""
        people, membership = self._street.people, self._street.membership
        score = np.full(len(self.who), -np.inf)
        tpir, u = np.zeros(len(self.who)), np.zeros(len(self.who))
        rows = np.flatnonzero(self.mated)
        who = self.who[rows]
        tpir[rows] = self._scores.tpir_given_capture(
            people.group[who],
            people.woman[who],
            membership.image_age_years[who],
            membership.custody[who],
            membership.images[who],
        )
        u[rows] = self._own_draws(rows)[0]
        score[rows] = self._scores.own_score(u[rows], self._faces.own_z(who), tpir[rows], worn[rows])
        return score, tpir, u

    def _own_draws(self, rows: IntArray) -> FloatArray:
        return _own_uniforms_of(
            rows, Stream.OWN_SCORES, 2, self._passes, self._street, self._van_numbers, self._seeds
        )

    def worn(self) -> FloatArray:
        """Return the factor of what is worn on TPIR."""
        people = self._street.people
        return self._scores.worn(people.masked[self.who], people.hooded[self.who])

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
    camera, threshold = scenario.camera, scenario.matcher.threshold
    passes = van_passes(table, camera.occlusion_effect)
    seeds = {"root_seed": root_seed, "replicate": replicate}
    u_capture, u_tracks = _own_uniforms(Stream.CAPTURE, 2, passes, len(street.person), van_numbers, **seeds)
    search = _Search(scenario, street, passes, van_numbers, seeds)
    chance = capture_probability(passes.in_view_s, street.people.masked[search.who], camera)
    captured = u_capture < chance

    other_rate, candidate = search.others()
    kin_rate, kin_entry = search.kin()
    is_kin = kin_rate < other_rate
    candidate = np.where(is_kin, kin_entry, candidate)
    other_rate = np.minimum(kin_rate, other_rate)
    other_score = search.other_score(other_rate)
    own_score, own_tpir, own_u = search.own(search.worn())

    is_mate = search.mated & (own_score >= other_score)
    other_exceeds = other_rate < ScoreModel(scenario).fmr(threshold)
    exceeds = captured & np.where(is_mate, own_score >= threshold, other_exceeds)
    delay_s = np.minimum(passes.in_view_s, camera.capture_time_constant_s)
    return Searches(
        passes=passes,
        captured=captured,
        faces=np.where(captured, faces_counted(u_tracks, camera.tracks_per_pass), 0),
        mated=search.mated,
        exceeds=exceeds,
        candidate_is_mate=is_mate,
        candidate_is_kin=~is_mate & is_kin,
        candidate=np.where(exceeds, np.where(is_mate, search.own_entry, candidate), NO_ENTRY),
        score=np.clip(np.where(is_mate, own_score, other_score), 0.0, 1.0),
        time_s=passes.first_s + delay_s + scenario.matcher.search_latency_s,
        evidence=Evidence(chance, u_capture, other_rate, search.fmr_factor, own_tpir, own_u),
    )


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


def _own_uniforms_of(
    rows: IntArray,
    stream: Stream,
    count: int,
    passes: VanPasses,
    street: Street,
    van_numbers: Sequence[int],
    seeds: dict[str, int],
) -> FloatArray:
    """Return the own uniforms of some passes."""
    drawn = np.empty((count, len(rows)))
    vans = passes.van[rows]
    for van in np.unique(vans).tolist():
        here = vans == van
        drawn[:, here] = uniforms_of(
            passes.passer[rows[here]],
            count,
            len(street.person),
            stream=stream,
            part=van_numbers[van],
            **seeds,
        )
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
