"""What decided one search: each chance on its way, and the uniform that was held against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from lfr_sim.records import Step
from lfr_sim.scenario import Scenario
from lfr_sim.streams import Stream, uniforms_of

from .draws import PassDraws
from .entries import CELLS
from .faces import fmr_ratios
from .matcher import Search, Searches, Street
from .scores import ScoreModel
from .watchlist import NO_ENTRY, likeness, presence_today


@dataclass(frozen=True, slots=True)
class Told:
    """What decided a search, and what else there is to know."""

    steps: list[Step]
    remarks: list[str]


def decisions(
    scenario: Scenario,
    street: Street,
    searches: Searches,
    row: int,
    van_numbers: Sequence[int],
    *,
    root_seed: int,
    replicate: int,
) -> Told:
    """Return what decided the search of one pass, in order.

    Args:
        scenario: What is asked.
        street: Who passes.
        searches: The searches of the run.
        row: The pass.
        van_numbers: As for `search_all`.
        root_seed: Seed of the study.
        replicate: Number of the run.
    """
    seeds = {"root_seed": root_seed, "replicate": replicate}
    passes = searches.passes
    draws = PassDraws(passes, len(street.person), van_numbers, **seeds)
    search = Search(scenario, street, draws, street.person[passes.passer])
    return Told(list(_steps(scenario, street, searches, search, row, seeds)), _remarks(search, street, row))


def _steps(
    scenario: Scenario, street: Street, searches: Searches, search: Search, row: int, seeds: dict[str, int]
) -> Iterator[Step]:
    who = int(street.person[searches.passes.passer[row]])
    fmr = ScoreModel(scenario).fmr(scenario.matcher.threshold)
    factor = float(search.fmr_factor[row])
    yield Step("the person has an entry", *_listed(scenario, street, who, seeds))
    yield Step("the face is captured", float(searches.capture_chance[row]), float(searches.capture_u[row]))
    if search.mated[row]:
        _, tpir, u = search.own()
        z = float(street.faces.own_z(np.array([who]))[0])
        chance = _own_chance(scenario, street, float(tpir[row]), z, who)
        yield Step("the own entry reaches the threshold", chance, float(u[row]))
    kin = int(street.membership.kin_entry[who])
    if kin != NO_ENTRY and street.entries.kept[kin]:
        ratio = fmr_ratios(scenario.matcher)[street.people.cell[who], street.people.cell[who]] * factor
        chance, u_kin = (
            ratio * scenario.matcher.kin_fmr_multiplier * rate for rate in (fmr, search.kin()[0][row])
        )
        yield Step("that of a lookalike relative does", min(1.0, float(chance)), float(u_kin))
    rate = search.others().best_of(row)
    yield Step(
        "somebody else's entry does",
        _others_chance(scenario, street, who, factor, fmr),
        _others_chance(scenario, street, who, factor, rate),
    )


def _remarks(search: Search, street: Street, row: int) -> list[str]:
    own = int(search.own_entry[row])
    if own != NO_ENTRY and not search.mated[row]:
        return [f"the person's own entry, {own}, was taken off the list before the deployment"]
    if own == NO_ENTRY:
        return []
    own_score = float(search.own()[0][row])
    other = float(search.other_score(np.array([search.others().best_of(row)]))[0])
    scores = [f"{max(score, 0.0):.3f}" for score in (own_score, other)]
    return [f"the own entry, {own}, scores {scores[0]}; the most alike of all others {scores[1]}"]


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
    """Return P(some other entry on the list deployed has an FMR below `rate`): 1 - product of misses.

    At the rate of the best of them this is itself uniform on [0, 1).
    """
    entries, matcher = street.entries, scenario.matcher
    cell = int(street.people.cell[who])
    images = np.bincount(entries.cell, weights=entries.images * entries.kept, minlength=CELLS)
    own = int(street.membership.entry[who])
    if own != NO_ENTRY and entries.kept[own]:
        images[entries.cell[own]] -= entries.images[own]
    with np.errstate(divide="ignore", invalid="ignore"):
        matches = np.minimum(1.0, fmr_ratios(matcher)[cell] * factor * rate)
        logs = np.where((images > 0) & (matches > 0), images * np.log1p(-matches), 0.0)
    return float(-np.expm1(logs.sum()))
