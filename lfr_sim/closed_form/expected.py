"""The same counts in closed form: what a deployment gives on average, if a team is always free.

Computed from the scenario and the geometry of the site alone, so that a mistake in arrivals, walking,
recognition or police cannot cancel itself out. Three things are taken as given: the chance that a
person sought is found (`found_share`, an input, because a team's way to a moving person has no closed
form), that nobody sets off two alerts within the cooldown or after a stop, and that a team is always
free.

    passers       N = passers per hour x hours; by group, sex and age in shares
    in view       q(route): first walks by the gates' shares, second walks the way back
    captured      c (1 - exp(-t / tau)), averaged over routes, speeds and hours, with t the time in view
    listed        E[min(1, presence x G x likeness)], G gamma with mean 1; times P(the entry is kept)
    false alert   1 - (1 - mean over entries of FMR ratio x frailty x FMR)^M, M entries of others
    true alert    integral of P(own score = s >= threshold) P(no other scores higher than s)
    act           g0, g1 on one ROC curve, up to three judgements, by group and over the day
    stopped       act x found
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim.records import BREAKDOWN_COLUMNS, RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import GROUPS, Fault, InputError, Scenario

from .in_view import Street, street_of
from .judgement import chain, chain_of
from .kinds import Kinds, kinds_of
from .recognition import Recognition
from .stops import ExpectedAlerts, PoliceCounts, police_counts

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Theory:
    """Expected counts of one deployment."""

    record: dict[str, float]
    """Expected values of the record row."""
    truth: dict[str, float]
    """Expected values of the truth row."""
    rates: dict[str, float | None]
    """The probabilities they rest on; None where there is nothing to take a share of."""
    groups: dict[str, dict[str, float]]
    """Group -> expected counts of its passers, and the probabilities of an alert."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the expected counts of a scenario are made of."""

    street: Street
    match: Recognition
    kinds: Kinds


def parts_of(scenario: Scenario) -> Parts:
    """Return what expected counts are made of; raises `InputError` if the layout cannot be read."""
    street, match = street_of(scenario), Recognition(scenario)
    return Parts(street, match, kinds_of(scenario, street, match))


def theory(scenario: Scenario, *, found_share: float | None = None, parts: Parts | None = None) -> Theory:
    """Return the expected counts of a deployment with a team always free.

    Args:
        scenario: What is asked.
        found_share: P(a person sought is found); left out: the scenario's `officers.found_share`.
            Without any team, nobody is sought and every alert acted upon lapses.
        parts: What `parts_of` gives for this scenario, if it is there already.

    Raises:
        InputError: If the layout cannot be read, or `found_share` is not a share.
    """
    if found_share is not None and not 0.0 <= found_share <= 1.0:
        raise InputError("theory", [Fault("found_share", "not a share", found_share, "0 to 1")])
    made = parts_of(scenario) if parts is None else parts
    street, match, kinds = made.street, made.match, made.kinds
    found = scenario.officers.found_share if found_share is None else found_share
    alerts = ExpectedAlerts(
        true_by_group=kinds.true_alerts.sum(axis=(1, 2)),
        false_by_group=kinds.false_alerts.sum(axis=(1, 2)),
        category_share=match.list.deployed_category_share,
        current_share=match.current_share,
    )
    police = police_counts(scenario, alerts, found)
    crowd = _crowd_counts(scenario, street, match, kinds)
    truth = {**police.counts, **crowd, "children_engagements": _children_stopped(scenario, kinds, police)}
    record = {
        **truth,
        "watchlist_size": match.list.deployed,
        "faces": crowd["captured_passes"] * scenario.camera.tracks_per_pass,
        "alerts": crowd["true_alerts"] + crowd["false_alerts"],
        "true_alerts": police.counts["recorded_true"],
        "false_alerts": police.counts["recorded_false"],
    }
    return Theory(
        record={name: float(record[name]) for name in RECORD_COLUMNS},
        truth={name: float(truth[name]) for name in TRUTH_COLUMNS},
        rates=_rates(scenario, street, match, alerts, found, crowd),
        groups=_by_group(scenario, match, kinds, police),
    )


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None


def _crowd_counts(scenario: Scenario, street: Street, match: Recognition, kinds: Kinds) -> dict[str, float]:
    """Return the columns of both rows that nobody's judgement has touched."""
    listed = float(kinds.listed.sum())
    found = float((kinds.listed * kinds.found).sum())
    removed = match.on_list * (1 - match.list.kept_present[:, None, None])
    alerts = kinds.true_alerts + kinds.false_alerts
    deployed = match.list.deployed
    return {
        "entries_removed": match.list.removed,
        "children_listed": deployed * scenario.watchlist.share_under_18,
        "passers": street.passers,
        "people": street.passers / (1 + street.returns_per_person),
        "children_passers": street.passers * scenario.crowd.share_under_18,
        "passes": street.passers * street.passes_per_passer,
        "captured_passes": float(kinds.captured.sum()),
        "listed_passers": listed,
        "listed_removed": float((kinds.passers * removed).sum()),
        "listed_in_view": listed * street.in_view_share,
        "missed": listed - found,
        "missed_in_view": listed * street.in_view_share - found,
        "true_alerts": float(kinds.true_alerts.sum()),
        "false_alerts": float(kinds.false_alerts.sum()),
        "children_alerts": float(alerts[..., 0].sum()),
    }


def _children_stopped(scenario: Scenario, kinds: Kinds, police: PoliceCounts) -> float:
    """Return the stops of people under 18: their alerts are acted upon as those of their group."""
    acts = chain(scenario)
    young = kinds.false_alerts[..., 0].sum(axis=1), kinds.true_alerts[..., 0].sum(axis=1)
    acted = float(young[0] @ acts[:, 0] + young[1] @ acts[:, 1])
    all_alerts = kinds.false_alerts.sum(axis=(1, 2)), kinds.true_alerts.sum(axis=(1, 2))
    everybody = float(all_alerts[0] @ acts[:, 0] + all_alerts[1] @ acts[:, 1])
    return acted * float(police.counts["engagements"] / everybody) if everybody else 0.0


def _rates(
    scenario: Scenario,
    street: Street,
    match: Recognition,
    alerts: ExpectedAlerts,
    found: float,
    crowd: dict[str, float],
) -> dict[str, float | None]:
    """Return the probabilities that the counts rest on."""
    g0, g1 = chain_of(scenario, alerts.false_by_group, alerts.true_by_group)
    return {
        "presence": match.presence,
        "fpir": float((match.kind_share * match.fpir).sum()),
        "in_view_share": street.in_view_share,
        "captured_share_in_view": _ratio(crowd["captured_passes"], crowd["passes"]),
        "g0": g0,
        "g1": g1,
        "found_share": found,
    }


def _by_group(
    scenario: Scenario, match: Recognition, kinds: Kinds, police: PoliceCounts
) -> dict[str, dict[str, float]]:
    """Return what is expected of each group: counts, FPIR, P(alert | listed, captured), g0 and g1."""
    acts = chain(scenario)
    counts = {
        "passers": kinds.passers,
        "captured_passes": kinds.captured,
        "listed_passers": kinds.listed,
        "missed": kinds.listed * (1 - kinds.found),
        "true_alerts": kinds.true_alerts,
        "false_alerts": kinds.false_alerts,
    }
    by_group = {name: values.sum(axis=(1, 2)) for name, values in counts.items()}
    by_group |= {
        "engagements": police.engagements,
        "wrongful_engagements": police.wrongful,
        "arrests": police.arrests,
        "fpir": _mean(match.fpir, match.kind_share),
        "true_alert_given_capture": _over(kinds.true_alerts, kinds.captured * match.deployed),
        "g0": acts[:, 0],
        "g1": acts[:, 1],
    }
    assert set(BREAKDOWN_COLUMNS) <= set(by_group)
    return {
        group: {name: float(values[number]) for name, values in by_group.items()}
        for number, group in enumerate(GROUPS)
    }


def _over(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Return shares by group, 0 where there is nothing to take one of."""
    total = whole.sum(axis=(1, 2))
    return np.asarray(part.sum(axis=(1, 2)) / np.where(total > 0, total, np.inf))


def _mean(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Return means by group, plain where nobody of a group is there."""
    total = weight.sum(axis=(1, 2))
    weighted = (values * weight).sum(axis=(1, 2)) / np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, weighted, values.mean(axis=(1, 2))))
