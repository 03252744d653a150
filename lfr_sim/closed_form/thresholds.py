"""False alerts and people missed as the threshold moves, all at once.

Who walks past, who is listed and how likely others score higher than a score know nothing of the
threshold. So P(true alert) at every threshold is one integral over own scores, from the top down:

    own(t) = integral over s >= t of P(own score = s) x P(no other scores higher than s)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim.scenario import Scenario

from .expected import Parts
from .kinds import signed_captures
from .recognition import age_mix, agreed_moments

FloatArray = NDArray[np.float64]

_BETWEEN = 4
"""Steps of the integral from one threshold to the next."""
_BEYOND = 60
"""Steps above the last threshold, short ones first."""
_STEPS = 200
"""Nodes where the scores of one person agree all but wholly: enough for a curve."""


@dataclass(frozen=True, slots=True)
class _Scores:
    """Chances of a captured bare face along thresholds, which stand along the last axis."""

    reached: FloatArray
    """P(own score reaches the threshold), (groups, sexes, thresholds)."""
    own: FloatArray
    """P(alert on the own entry), likewise."""
    other: FloatArray
    """P(another entry scores higher | listed), by kind."""


def over_thresholds(
    scenario: Scenario, parts: Parts, thresholds: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return expected false alerts and expected missed people of a day, at each threshold.

    They differ from those of `theory` by what the steps of the integrals neglect: less than 1 in 100,000
    at the presets.

    Args:
        scenario: What is asked; its own threshold plays no part.
        parts: What `parts_of` gives for it, at any threshold.
        thresholds: Two or more, ascending.
    """
    match, street, kinds = parts.match, parts.street, parts.kinds
    scores = _scores(scenario, parts, thresholds)
    size, vans = scenario.watchlist.size, len(street.seen_together)
    not_listed = match.some_higher(thresholds, size, match.kin_shares[1])
    moments = _moments(scenario, parts, thresholds, scores)
    deployed = match.deployed[..., None]
    false, found = np.zeros(len(thresholds)), np.zeros(len(thresholds))
    for share, capture, worn in match.worn():
        if vans == 0:
            break
        signed = share * signed_captures(scenario, street, capture)
        own, exceeds = worn * scores.own[:, :, None], worn * scores.reached[:, :, None]
        listed = exceeds + (1 - exceeds) * scores.other - own
        by_kind = deployed * listed + (1 - deployed) * not_listed
        false += signed[0] * np.tensordot(kinds.passers, by_kind, 3)
        of_listed = moments @ (signed * worn ** np.arange(1, vans + 1))
        found += np.tensordot(kinds.listed.sum(axis=2), of_listed, 2)
    return np.maximum(false, 0.0), np.maximum(kinds.listed.sum() - found, 0.0)


def _scores(scenario: Scenario, parts: Parts, thresholds: FloatArray) -> _Scores:
    match = parts.match
    steps = np.arange(_BETWEEN * (len(thresholds) - 1) + 1) / _BETWEEN
    within = np.interp(steps, np.arange(len(thresholds)), thresholds)
    top = thresholds[-1]
    beyond = top + np.linspace(0.0, 1.0, _BEYOND + 1)[1:] ** 2 * max(0.5, 1.0 - top)
    scores = np.concatenate([within, beyond])
    # (groups, scores, sexes) to begin with.
    exceeds = np.array(
        [match.law.own_exceeds(scores[:, None, None], tpir) @ w for w, _, tpir in match.tpirs]
    )
    reached = exceeds.transpose(0, 2, 1)
    higher = match.some_higher(scores, scenario.watchlist.size - 1, match.kin_shares[0])
    free = 1 - np.tensordot(higher, age_mix(scenario), ([2], [0]))
    at_step = -np.diff(reached) * (free[..., 1:] + free[..., :-1]) / 2
    last = (reached * free)[..., -1:]
    own = np.cumsum(np.concatenate([last, at_step[..., ::-1]], axis=-1), axis=-1)[..., ::-1]
    at = slice(0, len(within), _BETWEEN)
    return _Scores(reached[..., at], own[..., at], higher[..., at])


def _moments(scenario: Scenario, parts: Parts, thresholds: FloatArray, scores: _Scores) -> FloatArray:
    """Return the mean of F, F^2, … of listed people at each threshold, as `Recognition.found_moments`."""
    match, most = parts.match, len(parts.street.seen_together)
    if most < 2:
        return np.repeat(scores.own[..., None], most, axis=-1)
    rho = scenario.matcher.mated_agreement
    reached = [
        agreed_moments(match.law.own_exceeds(thresholds[:, None, None], tpir), w, rho, most, steps=_STEPS)
        for w, _, tpir in match.tpirs
    ]
    first_here = scores.own / np.where(scores.reached > 0, scores.reached, 1.0)
    moments = np.array(reached).transpose(0, 2, 1, 3)
    return np.asarray(moments * first_here[..., None] ** np.arange(1, most + 1))
