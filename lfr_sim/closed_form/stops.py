"""What becomes of the alerts on average, if a team is always free: dismissed, lost, stopped, arrested.

Left out: that somebody stopped before is recognised (`remember_share`), which needs a second alert on
one person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim.scenario import CATEGORIES, Category, Engagement, Offence, Scenario

from .judgement import chain

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ExpectedAlerts:
    """The alerts of a deployment, before anybody judges them."""

    true_by_group: FloatArray
    """By group of the passer, in the order of `GROUPS`."""
    false_by_group: FloatArray
    category_share: FloatArray
    """Shares of the true alerts by category of the entry, in the order of `CATEGORIES`."""
    current_share: float
    """Share of the true alerts whose entry is current."""


@dataclass(frozen=True, slots=True)
class PoliceCounts:
    """What becomes of them."""

    counts: dict[str, float]
    """The columns of the two rows that the police decide."""
    engagements: FloatArray
    """By group of the passer, as the two below."""
    wrongful: FloatArray
    arrests: FloatArray


@dataclass(frozen=True, slots=True)
class Declining:
    """What people do who are stopped without a power to detain them."""

    informed: float
    """P(told, or known, that one may decline)."""
    refused: float
    left: float
    """P(refused, and let go)."""
    uninformed_compliance: float
    """P(complied without knowing that one may decline)."""


def police_counts(scenario: Scenario, alerts: ExpectedAlerts, found: float) -> PoliceCounts:
    """Return the expected counts of what becomes of alerts.

    Args:
        scenario: What is asked.
        alerts: The expected alerts.
        found: P(a person sought is found).
    """
    officers, acts = scenario.officers, chain(scenario)
    acted = alerts.false_by_group * acts[:, 0], alerts.true_by_group * acts[:, 1]
    sought = 1.0 if officers.teams else 0.0
    stopped = sought * found * (1 - officers.fled_share)
    wrong, right = acted[0] * stopped, acted[1] * stopped
    arrested_wrong, arrested_right = _arrest_shares(scenario, alerts)
    all_acted, all_wrong = float(acted[0].sum() + acted[1].sum()), float(wrong.sum())
    dismissed = [
        float(alerts.false_by_group.sum() - acted[0].sum()),
        float(alerts.true_by_group.sum() - acted[1].sum()),
    ]
    staff = officers.teams * officers.team_size + officers.support_staff
    counts = {
        "dismissed_true": dismissed[1],
        "dismissed_false": dismissed[0],
        "lapsed": all_acted * (1 - sought),
        "lost": all_acted * sought * (1 - found),
        "fled": all_acted * sought * found * officers.fled_share,
        "true_alerts_engaged": float(right.sum()),
        "false_alerts_engaged": all_wrong,
        "recorded_true": all_acted - all_wrong,
        "recorded_false": sum(dismissed) + all_wrong,
        "officer_hours": staff * scenario.deployment.hours,
        **_stops(scenario, alerts, float(right.sum()), all_wrong),
    }
    arrests = wrong * arrested_wrong + right * arrested_right
    return PoliceCounts(counts, wrong + right, wrong, arrests)


def _arrest_shares(scenario: Scenario, alerts: ExpectedAlerts) -> tuple[float, float]:
    """Return P(arrest) of somebody stopped who is not the person, and who is."""
    shares = scenario.officers.disposal
    stays = 1 - declining(scenario.officers.engagement).left
    basis = alerts.current_share * float(alerts.category_share @ _powers(scenario))
    return stays * shares.arrest_share_misidentified, basis * shares.arrest_share


def _powers(scenario: Scenario) -> FloatArray:
    """Return P(power to detain | the person, entry current) by category."""
    powers = scenario.officers.engagement.legal_basis_share
    return np.array([getattr(powers, category) for category in CATEGORIES])


def declining(rules: Engagement) -> Declining:
    """Return what people do who are stopped without a power to detain them."""
    told = rules.informed_share
    if_told = min(1.0, rules.refusal_share * rules.informed_refusal_multiplier)
    refused = told * if_told + (1 - told) * rules.refusal_share
    left = refused * (1 - rules.detained_after_refusal_share)
    return Declining(told, refused, left, (1 - told) * (1 - rules.refusal_share))


def _stops(scenario: Scenario, alerts: ExpectedAlerts, right: float, wrong: float) -> dict[str, float]:
    """Return what comes of so many stops of the right person, and of somebody else."""
    rules, shares = scenario.officers.engagement, scenario.officers.disposal
    decline = declining(rules)
    basis = right * alerts.current_share * float(alerts.category_share @ _powers(scenario))
    no_basis = right - basis
    free = wrong + no_basis
    arrests_wrong, arrests_right = (
        stops * share for stops, share in zip((wrong, right), _arrest_shares(scenario, alerts), strict=True)
    )
    others = basis * shares.other_share
    complied = 1 - decline.refused
    detained = decline.refused - decline.left
    disputed = detained + complied * rules.disputed_share
    minutes = disputed * rules.minutes_disputed + (1 - disputed) * rules.minutes_at_once
    return {
        "engagements": right + wrong,
        "wrongful_engagements": wrong,
        "right_person_no_basis": no_basis,
        "uninformed_compliance": free * decline.uninformed_compliance,
        "wrongful_any": free,  # whoever complies unasked is one of the two above
        "wrongful_minutes": wrong * minutes,
        "refused": (right + wrong) * decline.refused,
        "detained_after_refusal": basis * decline.refused + free * detained,
        "fingerprints_demanded": wrong * (1 - decline.left) * rules.fingerprint_share,
        "arrests": arrests_right + arrests_wrong,
        "arrests_misidentified": arrests_wrong,
        **_offences(scenario, alerts, right, arrests_wrong),
        "other_actions": others,
        "no_further_action": right + wrong - arrests_right - arrests_wrong - others,
    }


def _offences(
    scenario: Scenario, alerts: ExpectedAlerts, right: float, arrests_wrong: float
) -> dict[str, float]:
    """Return arrests by offence, and those on purpose."""
    arrest_share = scenario.officers.disposal.arrest_share
    of_category = right * alerts.current_share * alerts.category_share * _powers(scenario) * arrest_share
    by_category = dict(zip(CATEGORIES, of_category.tolist(), strict=True))
    warrants = by_category[Category.WARRANT]
    mix = scenario.officers.disposal.warrant_offence_share.model_dump()
    by_offence = {offence: warrants * mix[offence] for offence in Offence}
    by_offence[Offence.VIOLENCE] += by_category[Category.VIOLENCE]
    by_offence[Offence.DRUGS] += by_category[Category.DRUGS]
    named = (Category.WARRANT, Category.VIOLENCE, Category.DRUGS)
    by_offence[Offence.OTHER] += sum(by_category[name] for name in CATEGORIES if name not in named)
    purposes = scenario.deployment.purpose_offences
    on_purpose = sum(by_offence[offence] for offence in Offence if offence in purposes)
    by_offence[Offence.OTHER] += arrests_wrong
    named_counts = {f"arrests_{offence.value}": by_offence[offence] for offence in Offence}
    return {"arrests_on_purpose": on_purpose, **named_counts}
