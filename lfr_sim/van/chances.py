"""What decided one search: each chance on its way, and the uniform that was held against it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from lfr_sim.scenario import Scenario
from lfr_sim.streams import Stream, uniforms_of

from .entries import CELLS
from .faces import Faces, fmr_ratios
from .matcher import Searches, Street
from .scores import ScoreModel
from .watchlist import NO_ENTRY, likeness, presence_today

Decision = tuple[str, float, float]
"""What was to be decided, its chance, and the uniform: it came to pass if the uniform is smaller."""


def decisions(
    scenario: Scenario, street: Street, searches: Searches, row: int, *, root_seed: int, replicate: int
) -> Iterator[Decision]:
    """Yield what decided the search of one pass, in order.

    Args:
        scenario: What is asked.
        street: Who passes.
        searches: The searches of the run.
        row: The pass.
        root_seed: Seed of the study.
        replicate: Number of the run.
    """
    seeds = {"root_seed": root_seed, "replicate": replicate}
    who = int(street.person[searches.passes.passer[row]])
    evidence = searches.evidence
    yield "the person has an entry", *_listed(scenario, street, who, seeds)
    yield "the face is captured", float(evidence.capture_chance[row]), float(evidence.capture_u[row])
    if searches.mated[row]:
        faces = Faces(scenario.matcher, street.people, **seeds)
        z = float(faces.own_z(np.array([who]))[0])
        chance = _own_chance(scenario, street, float(evidence.own_tpir[row]), z, who)
        yield "the own entry reaches the threshold", chance, float(evidence.own_u[row])
    fmr = ScoreModel(scenario).fmr(scenario.matcher.threshold)
    factor, rate = float(evidence.fmr_factor[row]), float(evidence.other_rate[row])
    chance = _others_chance(scenario, street, who, factor, fmr)
    yield "somebody else's entry does", chance, _others_chance(scenario, street, who, factor, rate)


def _listed(scenario: Scenario, street: Street, who: int, seeds: dict[str, int]) -> tuple[float, float]:
    people = street.people
    kind = int(people.group[who]), int(people.woman[who]), int(people.under_18[who])
    today = presence_today(scenario.watchlist, **seeds)
    chance = today * likeness(scenario.watchlist, scenario.crowd)[kind]
    u = uniforms_of(np.array([who]), 2, len(people), stream=Stream.MEMBERSHIP, **seeds)[0, 0]
    return min(1.0, float(chance)), float(u)


def _own_chance(scenario: Scenario, street: Street, tpir: float, person_z: float, who: int) -> float:
    """Return P(own score >= threshold) of a captured face, given how good a likeness the person is."""
    scores, matcher = ScoreModel(scenario), scenario.matcher
    worn = float(scores.worn(street.people.masked[[who]], street.people.hooded[[who]])[0])
    # The score rises with z: the share of passes above is 1 - Phi(the least z that does).
    least_z = scores.least_own_z(matcher.threshold, tpir)
    rho = matcher.mated_agreement
    if rho == 1.0:
        return worn * float(person_z >= least_z)
    return worn * float(ndtr((np.sqrt(rho) * person_z - least_z) / np.sqrt(1.0 - rho)))


def _others_chance(scenario: Scenario, street: Street, who: int, factor: float, rate: float) -> float:
    """Return P(some other entry on the list deployed has an FMR below `rate`): 1 - product of misses."""
    entries, matcher = street.entries, scenario.matcher
    if not np.isfinite(rate):
        return 1.0
    cell = int(street.people.cell[who])
    images = np.bincount(entries.cell, weights=entries.images * entries.kept, minlength=CELLS)
    own = int(street.membership.entry[who])
    if own != NO_ENTRY and entries.kept[own]:
        images[entries.cell[own]] -= entries.images[own]
    matches = np.minimum(1.0, fmr_ratios(matcher)[cell] * factor * rate)
    with np.errstate(divide="ignore"):
        logs = np.where(images > 0, images * np.log1p(-matches), 0.0)
    kin = int(street.membership.kin_entry[who])
    missed_kin = 1.0
    if kin != NO_ENTRY and entries.kept[kin]:
        ratio = fmr_ratios(matcher)[cell, cell] * factor * matcher.kin_fmr_multiplier
        missed_kin -= min(1.0, float(ratio * rate))
    return float(1.0 - np.exp(logs.sum()) * missed_kin)
