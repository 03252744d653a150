"""The same counts in closed form: what a deployment gives on average, if a team is always free.

Computed from the scenario and the geometry of the site alone, so that a mistake in arrivals, walking,
recognition or police cannot cancel itself out. Three things are taken as given: the chance that a
person sought is found (`found_share`, an input, because a team's way to a moving person has no closed
form), that nobody sets off two alerts within the cooldown, and that a team is always free.

    passers       N = passers per hour x hours
    in view       q(route): first walks by the gates' shares, second walks the way back
    captured      c (1 - exp(-t / tau)), averaged over routes, speeds and hours, with t the time in view
    listed        p = E[min(1, presence x G)], G gamma with mean 1
    false alert   f(M) = 1 - (1 - FMR)^M with M = entries other than one's own
    true alert    integral of P(own score = s >= threshold) (1 - FMR(s))^M
    act           g0, g1 on one ROC curve; with two stages a bivariate normal
    stopped       act x found
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import Fault, InputError, Officers, Scenario
from lfr_sim.street.site import site_of

from .in_view import InView
from .quadrature import U_WEIGHT, U
from .recognition import Recognition


@dataclass(frozen=True, slots=True)
class Theory:
    """Expected counts of one deployment."""

    record: dict[str, float]
    """Expected values of the record row."""
    truth: dict[str, float]
    """Expected values of the truth row."""
    rates: dict[str, float | None]
    """The probabilities they rest on; None where there is nothing to take a share of."""


def theory(scenario: Scenario, *, found_share: float | None = None) -> Theory:
    """Return the expected counts of a deployment with a team always free.

    Args:
        scenario: What is asked.
        found_share: P(a person sought is found); left out: the scenario's `officers.found_share`.
            Without any team, nobody is sought and every alert acted upon lapses.

    Raises:
        InputError: If the layout cannot be read, or `found_share` is not a share.
    """
    if found_share is not None and not 0.0 <= found_share <= 1.0:
        raise InputError("theory", [Fault("found_share", "not a share", found_share, "0 to 1")])
    site = site_of(scenario.site, scenario.camera)
    street = InView(scenario, site)
    match = Recognition(scenario)
    found = scenario.officers.found_share if found_share is None else found_share
    crowd = _crowd_counts(scenario, street, match)
    police = _police_counts(scenario, crowd, found)
    record = {"watchlist_size": float(scenario.watchlist.size), **crowd, **police}
    record.update(
        alerts=crowd["true_alerts"] + crowd["false_alerts"],
        true_alerts=police["recorded_true"],
        false_alerts=police["recorded_false"],
    )
    g0, g1 = chain(scenario.officers)
    return Theory(
        record={name: float(record[name]) for name in RECORD_COLUMNS},
        truth={name: float({**police, **crowd}[name]) for name in TRUTH_COLUMNS},
        rates={
            "presence": match.presence,
            "fpir": match.fpir(scenario.watchlist.size),
            "in_view_share": street.in_view_share,
            "captured_share_in_view": _ratio(crowd["captured_passes"], crowd["passes"]),
            "g0": g0,
            "g1": g1,
            "found_share": found,
        },
    )


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None


def chain(officers: Officers) -> tuple[float, float]:
    """Return g0 and g1 of all stages together: P(act | not the person), P(act | the person)."""
    first = officers.presumption_to_intervene
    second = officers.second_presumption_to_intervene
    unaided = officers.g0_unaided
    together = []
    for is_person in (False, True):
        says_yes = []
        for presumption in (first, first if second is None else second)[: officers.stages]:
            g0 = min(1.0, unaided + presumption * (1 - unaided))
            shifted = ndtr(ndtri(g0) + officers.d_prime)
            says_yes.append(float(shifted) if is_person else g0)
        together.append(_both(says_yes, officers.stage_correlation))
    return together[0], together[1]


def _both(says_yes: list[float], rho: float) -> float:
    """Return P(all say yes): the integral over the first one's evidence of P(second | first)."""
    if len(says_yes) == 1:
        return says_yes[0]
    first, second = says_yes
    if rho == 1.0:
        return min(first, second)
    u = U * first
    given = ndtr((ndtri(second) - rho * ndtri(u)) / math.sqrt(1 - rho**2))
    return float(first * np.sum(U_WEIGHT * given))


def _crowd_counts(scenario: Scenario, street: InView, match: Recognition) -> dict[str, float]:
    """Return what is true of the crowd, and the alerts."""
    size, presence, passers = scenario.watchlist.size, match.presence, street.passers
    limit, grown = scenario.camera.capture_probability, street.grown_share()
    captured = true_alerts = false_alerts = found = 0.0
    for share, capture_factor, tpir_factor in match.worn():
        seen = passers * share * limit * capture_factor * grown
        own, own_exceeds = match.own_entry(tpir_factor)
        any_alert = 1 - (1 - own_exceeds) * (1 - match.fpir(size - 1))
        captured += seen
        true_alerts += seen * presence * own
        false_alerts += seen * (presence * (any_alert - own) + (1 - presence) * match.fpir(size))
        found += share * street.found_once(limit * capture_factor * own)
    listed = passers * presence
    return {
        "passers": passers,
        "people": passers / (1 + street.returns_per_person),
        "passes": passers * street.passes_per_passer,
        "captured_passes": captured,
        "faces": captured * scenario.camera.tracks_per_pass,
        "listed_passers": listed,
        "listed_in_view": listed * street.in_view_share,
        "missed": listed * (1 - found),
        "missed_in_view": listed * (street.in_view_share - found),
        "true_alerts": true_alerts,
        "false_alerts": false_alerts,
    }


def _police_counts(scenario: Scenario, crowd: dict[str, float], found: float) -> dict[str, float]:
    """Return what becomes of the alerts."""
    officers, times = scenario.officers, scenario.officers.engagement
    g0, g1 = chain(officers)
    right, wrong = crowd["true_alerts"] * g1, crowd["false_alerts"] * g0
    sought = 1.0 if officers.teams else 0.0
    right_engaged, wrong_engaged = right * sought * found, wrong * sought * found
    current = right_engaged * (1 - scenario.watchlist.stale_share)
    arrests_right = current * officers.disposal.arrest_share
    wrong_minutes = (
        times.disputed_share * times.minutes_disputed + (1 - times.disputed_share) * times.minutes_at_once
    )
    staff = officers.teams * officers.team_size + officers.support_staff
    return {
        "dismissed_true": crowd["true_alerts"] - right,
        "dismissed_false": crowd["false_alerts"] - wrong,
        "lapsed": (right + wrong) * (1 - sought),
        "lost": (right + wrong) * sought * (1 - found),
        "engagements": right_engaged + wrong_engaged,
        "wrongful_engagements": wrong_engaged,
        "right_person_no_basis": right_engaged - current,
        "wrongful_minutes": wrong_engaged * wrong_minutes,
        "true_alerts_engaged": right_engaged,
        "false_alerts_engaged": wrong_engaged,
        "recorded_true": right + wrong - wrong_engaged,
        "recorded_false": crowd["true_alerts"] - right + crowd["false_alerts"] - wrong + wrong_engaged,
        "arrests": arrests_right + wrong_engaged * officers.disposal.arrest_share_misidentified,
        "arrests_on_purpose": arrests_right * officers.disposal.on_purpose_share,
        "officer_hours": staff * scenario.deployment.hours,
    }
