"""The alerts of drawn days: who is listed, whom the cameras find, and who else sets off an alert.

Listed people are drawn from those who walk past, with the presence of the day. Of those captured, some
reach the threshold with their own score; on most of them the alert is right, on the others somebody
else's entry scores higher. All other false alerts are drawn from the captures that are left. So a longer
list never takes an alert away: more people reach the threshold, and more others do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from lfr_sim.closed_form.expected import Parts
from lfr_sim.closed_form.recognition import usual_presence
from lfr_sim.scenario import GROUPS, Scenario

from .crowd_draws import IN_VIEW, WALKS, CrowdDays
from .quantiles import Dice, Uniforms, binomial

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AlertDays:
    """Listed people and alerts of drawn days, (groups, days)."""

    listed: FloatArray
    """Listed passers."""
    listed_in_view: FloatArray
    removed: FloatArray
    """Passers whose entry was taken off the list."""
    found: FloatArray
    """Listed passers with an alert on the own entry."""
    true_alerts: FloatArray
    false_alerts: FloatArray


@dataclass(frozen=True, slots=True)
class _Chances:
    """Chances of each group on each day, (groups, days)."""

    listed: FloatArray
    """P(on the list deployed)."""
    removed: FloatArray
    """P(entry taken off | not on the list deployed)."""
    seen: FloatArray
    """P(captured at one van or more | listed, in view)."""
    reached: FloatArray
    """P(the own score reaches the threshold | seen so)."""
    found: FloatArray
    """P(alert on the own entry | reached)."""
    again: FloatArray
    """True alerts of somebody found, beyond the first."""


def alert_days(scenario: Scenario, parts: Parts, crowd: CrowdDays, uniforms: Uniforms) -> AlertDays:
    """Return the alerts of the days of a seed.

    Args:
        scenario: What is asked.
        parts: What its expected counts are made of.
        crowd: The crowds of these days.
        uniforms: Those of these days.
    """
    of, kinds, groups = uniforms.of, parts.kinds, len(GROUPS)
    chance = _chances(scenario, parts, uniforms)
    people = binomial(of(Dice.LISTED, *crowd.people.shape[:-1]), crowd.people, chance.listed)
    removed = np.zeros_like(people)
    if chance.removed.any():
        left = crowd.people - people
        removed = binomial(of(Dice.REMOVED, *crowd.people.shape[:-1]), left, chance.removed)
    in_view = np.tensordot(IN_VIEW, people, 1)

    captured_share = _over(crowd.captured, crowd.passes)
    usual = _over(kinds.captured.sum(), parts.street.passers * parts.street.passes_per_passer)
    seen = binomial(of(Dice.LISTED_SEEN, groups), in_view, _share(chance.seen * captured_share, usual))
    # As many as can be, with so many captured and so many not.
    seen = np.clip(seen, np.maximum(0.0, in_view - (crowd.passes - crowd.captured)), crowd.captured)
    reached = binomial(of(Dice.REACHED, groups), seen, chance.reached)
    found = binomial(of(Dice.FOUND, groups), reached, chance.found)
    again, further = np.zeros_like(found), parts.street.most_vans - 1
    if further > 0:
        again = binomial(of(Dice.FOUND_AGAIN, groups), found * further, _share(chance.again, further))
    again = np.minimum(again, np.maximum(0.0, crowd.captured - reached))

    free = np.maximum(0.0, crowd.captured - reached - again)
    others = binomial(of(Dice.FALSE, groups), free, _false_share(parts)[:, None])
    return AlertDays(
        listed=np.tensordot(WALKS, people, 1),
        listed_in_view=in_view,
        removed=np.tensordot(WALKS, removed, 1),
        found=found,
        true_alerts=found + again,
        false_alerts=others + reached - found,
    )


def _false_share(parts: Parts) -> FloatArray:
    """Return P(false alert) of a capture of whose person the own score does not reach, by group."""
    kinds = parts.kinds
    outscored = (kinds.listed * (kinds.reached - kinds.found)).sum(axis=(1, 2))
    own = outscored + kinds.true_alerts.sum(axis=(1, 2))
    false = np.maximum(0.0, kinds.false_alerts.sum(axis=(1, 2)) - outscored)
    return _share(false, np.maximum(0.0, kinds.captured.sum(axis=(1, 2)) - own))


def _chances(scenario: Scenario, parts: Parts, uniforms: Uniforms) -> _Chances:
    """Return the chances of each day, with its presence, averaged over the kinds of each group."""
    match, kinds, settings = parts.match, parts.kinds, scenario.watchlist
    today = np.full(uniforms.days, usual_presence(scenario))
    if settings.presence_day_effect:
        shape = settings.presence_day_shape
        today = np.minimum(1.0, today * gammaincinv(shape, uniforms.of(Dice.PRESENCE)) / shape)
    share = match.kind_share[..., None]
    on_list = share * np.minimum(1.0, today * match.likeness[..., None])

    def of_listed(chance: FloatArray) -> FloatArray:
        return np.asarray((on_list * chance[..., None]).sum(axis=(1, 2)))

    listed = _share(on_list.sum(axis=(1, 2)), share.sum(axis=(1, 2)))
    kept = match.list.kept_present[:, None]
    in_view = of_listed(np.full(kinds.passers.shape, parts.street.in_view_share))
    seen, reached, found = (of_listed(each) for each in (kinds.seen, kinds.reached, kinds.found))
    alerts = of_listed(_over(kinds.true_alerts, kinds.listed))
    return _Chances(
        listed=listed * kept,
        removed=_share(listed * (1 - kept), 1 - listed * kept),
        seen=_share(seen, in_view),
        reached=_share(reached, seen),
        found=_share(found, reached),
        again=np.maximum(0.0, _over(alerts, found) - 1.0),
    )


def _over(part: FloatArray | float, whole: FloatArray | float) -> FloatArray:
    """Return quotients, 0 where there is nothing to divide by."""
    whole = np.asarray(whole, dtype=np.float64)
    return np.asarray(np.where(whole > 0, part, 0.0) / np.where(whole > 0, whole, 1.0))


def _share(part: FloatArray | float, whole: FloatArray | float) -> FloatArray:
    """Return shares: quotients within 0 and 1, whatever rounding did."""
    return np.clip(_over(part, whole), 0.0, 1.0)
