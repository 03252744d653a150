"""What becomes of the alerts of drawn days: dismissed, lost, stopped, arrested.

As in the closed form a team is always free, and judges are as good as they are on average. Every count is
drawn from the one before it, so each alert ends in one way and each stop too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim.closed_form import Theory
from lfr_sim.closed_form.expected import Parts
from lfr_sim.closed_form.stops import declining
from lfr_sim.scenario import GROUPS, Offence, Scenario

from .alert_draws import AlertDays
from .quantiles import Dice, Uniforms, binomial, gamma_sum, split

FloatArray = NDArray[np.float64]
Columns = dict[str, FloatArray]


@dataclass(frozen=True, slots=True)
class StopDays:
    """What becomes of alerts on drawn days."""

    columns: Columns
    """Columns of both rows that judges and teams decide, days along the axis."""
    engagements: FloatArray
    """(groups, days), as the two below."""
    wrongful: FloatArray
    arrests: FloatArray


def stop_days(
    scenario: Scenario, parts: Parts, expected: Theory, alerts: AlertDays, uniforms: Uniforms
) -> StopDays:
    """Return what becomes of the alerts of the days of a seed.

    Args:
        scenario: What is asked.
        parts: What its expected counts are made of.
        expected: Its expected counts: chances are quotients of them.
        alerts: The alerts of these days.
        uniforms: Those of these days.
    """
    of, truth, groups = uniforms.of, expected.truth, len(GROUPS)
    raised = np.stack([alerts.false_alerts, alerts.true_alerts])
    acts = np.array([[expected.groups[group][name] for group in GROUPS] for name in ("g0", "g1")])
    acted = binomial(of(Dice.ACTED, 2, groups), raised, acts[..., None])
    missed = truth["lapsed"] + truth["lost"] + truth["fled"]
    stopped = _share(truth["engagements"], truth["engagements"] + missed)
    engaged = binomial(of(Dice.ENGAGED, 2, groups), acted, stopped)
    wrong, right = engaged
    got_away = (acted - engaged).sum(axis=(0, 1))
    fled = binomial(of(Dice.FLED), got_away, _share(truth["fled"], missed))
    nobody_sent = scenario.officers.teams == 0
    dismissed = (raised - acted).sum(axis=1)
    children = _children(parts, raised, engaged, uniforms)
    stops, arrests = _stops(scenario, expected, wrong, right, uniforms)
    columns = {
        "dismissed_true": dismissed[1],
        "dismissed_false": dismissed[0],
        "lapsed": got_away if nobody_sent else np.zeros_like(fled),
        "fled": fled,
        "lost": np.zeros_like(fled) if nobody_sent else got_away - fled,
        "true_alerts_engaged": right.sum(axis=0),
        "false_alerts_engaged": wrong.sum(axis=0),
        "recorded_true": acted.sum(axis=(0, 1)) - wrong.sum(axis=0),
        "recorded_false": dismissed.sum(axis=0) + wrong.sum(axis=0),
        "engagements": engaged.sum(axis=(0, 1)),
        **children,
        **stops,
        "officer_hours": np.full(uniforms.days, truth["officer_hours"]),
    }
    return StopDays(columns, engaged.sum(axis=0), wrong, arrests)


def _children(parts: Parts, raised: FloatArray, engaged: FloatArray, uniforms: Uniforms) -> Columns:
    """Return alerts on people under 18, and stops of them."""
    kinds = parts.kinds
    both = np.stack([kinds.false_alerts, kinds.true_alerts])
    young, everybody = both[..., 0].sum(axis=2), both.sum(axis=(2, 3))
    share = np.clip(young / np.where(everybody > 0, everybody, np.inf), 0.0, 1.0)
    of_alerts = np.stack([engaged, raised - engaged])
    drawn = binomial(
        uniforms.of(Dice.CHILDREN_ALERTS, *of_alerts.shape[:-1]), of_alerts, share[..., None]
    ).sum(axis=(1, 2))
    return {"children_engagements": drawn[0], "children_alerts": drawn.sum(axis=0)}


def _stops(
    scenario: Scenario, expected: Theory, wrong: FloatArray, right: FloatArray, uniforms: Uniforms
) -> tuple[Columns, FloatArray]:
    """Return what comes of stops of somebody else and of the right person, and arrests by group."""
    of, truth, groups = uniforms.of, expected.truth, len(GROUPS)
    of_right = expected.record["true_alerts_engaged"]
    with_basis = of_right - truth["right_person_no_basis"]
    arrests_right = truth["arrests"] - truth["arrests_misidentified"]
    basis = binomial(of(Dice.BASIS, groups), right, _share(with_basis, of_right))
    arrested = binomial(of(Dice.ARRESTED, groups), basis, _share(arrests_right, with_basis))
    mistaken_share = _share(truth["arrests_misidentified"], truth["wrongful_engagements"])
    mistaken = binomial(of(Dice.ARRESTED_WRONGLY, groups), wrong, mistaken_share)
    not_arrested = (basis - arrested).sum(axis=0)
    other_share = _share(truth["other_actions"], with_basis - arrests_right)
    other = binomial(of(Dice.OTHER_ACTION), not_arrested, other_share)
    all_wrong, all_right = wrong.sum(axis=0), right.sum(axis=0)
    all_mistaken, all_arrests = mistaken.sum(axis=0), arrested.sum(axis=0) + mistaken.sum(axis=0)
    no_basis = all_right - basis.sum(axis=0)
    columns = {
        "wrongful_engagements": all_wrong,
        "right_person_no_basis": no_basis,
        "wrongful_any": all_wrong + no_basis,
        **_words(scenario, (all_wrong, no_basis, basis.sum(axis=0)), all_mistaken, uniforms),
        "arrests": all_arrests,
        "arrests_misidentified": all_mistaken,
        **_offences(scenario, expected, arrested.sum(axis=0), all_mistaken, uniforms),
        "other_actions": other,
        "no_further_action": all_wrong + all_right - all_arrests - other,
    }
    return columns, arrested + mistaken


def _words(
    scenario: Scenario,
    stopped: tuple[FloatArray, FloatArray, FloatArray],
    mistaken: FloatArray,
    uniforms: Uniforms,
) -> Columns:
    """Return who refuses, who is held, who complies unasked, and the minutes of those stopped by mistake.

    Args:
        scenario: What is asked.
        stopped: Somebody else; the right person without a power to detain them; with one.
        mistaken: Somebody else who is arrested, and so stayed.
        uniforms: Those of these days.
    """
    of, rules, shares = uniforms.of, scenario.officers.engagement, scenario.officers.disposal
    wrong, no_basis, basis = stopped
    decline = declining(rules)
    held = _share(decline.refused - decline.left, 1 - decline.left)
    arrested_share = (1 - decline.left) * shares.arrest_share_misidentified
    left = binomial(of(Dice.LEFT), wrong - mistaken, _share(decline.left, 1 - arrested_share))
    stayed = wrong - left
    detained = binomial(of(Dice.DETAINED), stayed, held)
    refused_right = binomial(of(Dice.REFUSED), basis, decline.refused)
    refused_free = binomial(of(Dice.REFUSED_NO_BASIS), no_basis, decline.refused)
    held_free = binomial(of(Dice.DETAINED_NO_BASIS), refused_free, rules.detained_after_refusal_share)
    complied = stayed - detained
    unasked = _share(decline.uninformed_compliance, 1 - decline.refused)
    disputed = detained + binomial(of(Dice.DISPUTED), complied, rules.disputed_share)
    length = of(Dice.MINUTES, 2)
    minutes = rules.minutes_disputed * gamma_sum(length[0], disputed, rules.minutes_shape)
    minutes += rules.minutes_at_once * gamma_sum(length[1], wrong - disputed, rules.minutes_shape)
    return {
        "uninformed_compliance": binomial(of(Dice.UNINFORMED), complied + no_basis - refused_free, unasked),
        "wrongful_minutes": minutes,
        "refused": left + detained + refused_free + refused_right,
        "detained_after_refusal": detained + held_free + refused_right,
        "fingerprints_demanded": binomial(of(Dice.FINGERPRINTS), stayed, rules.fingerprint_share),
    }


def _offences(
    scenario: Scenario, expected: Theory, right: FloatArray, mistaken: FloatArray, uniforms: Uniforms
) -> Columns:
    """Return arrests by offence, and those on purpose."""
    truth, offences = expected.truth, tuple(Offence)
    of_right = {offence: truth[f"arrests_{offence.value}"] for offence in offences}
    of_right[Offence.OTHER] = max(0.0, of_right[Offence.OTHER] - truth["arrests_misidentified"])
    total = sum(of_right.values())
    shares = [of_right[offence] / total if total > 0 else 1 / len(offences) for offence in offences]
    parts = split(uniforms.of(Dice.OFFENCE, len(offences) - 1), right, shares)
    purposes = scenario.deployment.purpose_offences
    on_purpose = [part for offence, part in zip(offences, parts, strict=True) if offence in purposes]
    columns = {f"arrests_{offence.value}": part for offence, part in zip(offences, parts, strict=True)}
    columns[f"arrests_{Offence.OTHER.value}"] = columns[f"arrests_{Offence.OTHER.value}"] + mistaken
    return {"arrests_on_purpose": sum(on_purpose, start=np.zeros_like(right)), **columns}


def _share(part: float, whole: float) -> float:
    """Return a share, 0 where there is nothing to take one of."""
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
