"""How an alert is judged: signal detection with a criterion that the presumption to intervene moves.

g0 is P(act | not the person), g1 is P(act | the person). Presuming more that the machine is right
raises both along one ROC curve; it changes no skill (Howard et al. 2020). What shifts the criterion by
so many standard deviations (above 0 is stricter) moves along the same curve; only d' is skill.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from lfr_sim.scenario import TRAININGS, Officers

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2 / math.sqrt(2 * math.pi)
_END = 9.0
"""Beyond so many standard deviations lies a mass of 1e-19."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judge's chances of saying yes."""

    g0: float
    """P(act | not the person)."""
    g1: float
    """P(act | the person)."""

    def chance(self, *, is_person: bool) -> float:
        """Return P(says yes) of an alert on the person, or on somebody else."""
        return self.g1 if is_person else self.g0


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody's part in judging an alert."""

    name: str
    presumption: float
    """Presumption to intervene."""
    correlation: float
    """rho of what this one sees with what the first reviewer sees; 1 for the first."""


def judgement(presumption: float, g0_unaided: float, d_prime: float, shift: float = 0.0) -> Judgement:
    """Return g0 and g1 at a presumption to intervene.

    c = Phi^-1(g0_unaided + presumption (1 - g0_unaided)) - shift; g0 = Phi(c); g1 = Phi(d' + c).

    Args:
        presumption: 0 is one's own eyes; 1 acts on every alert, whatever shifts the criterion.
        g0_unaided: P(act | not the person) at presumption 0 and no shift.
        d_prime: How well the person and a lookalike can be told apart.
        shift: How much stricter than the presumption says (sd).
    """
    presumed = min(1.0, g0_unaided + presumption * (1.0 - g0_unaided))
    readiness = float(ndtri(presumed)) - shift
    return Judgement(float(ndtr(readiness)), float(ndtr(d_prime + readiness)))


def steady_shift(officers: Officers) -> float:
    """Return how much stricter everybody judges all day (sd): training, score, prevalence, haste."""
    shift = TRAININGS[officers.training].criterion_shift + officers.low_prevalence_criterion_shift
    if officers.score_shown:
        shift += officers.score_shown_criterion_shift
    if officers.decision_latency_s < officers.time_pressure_threshold_s:
        shift += officers.time_pressure_criterion_shift
    return shift


def criterion_shift(officers: Officers, *, group: str, after_middle_h: float) -> float:
    """Return how much stricter a passer of a group is judged at a time (sd).

    Args:
        officers: The settings.
        group: The passer's.
        after_middle_h: Hours since the middle of the deployment, below 0 before it.
    """
    bias: float = getattr(officers.group_criterion_shift, group)
    return steady_shift(officers) + officers.fatigue_criterion_drift_per_h * after_middle_h + bias


def d_prime_at(officers: Officers, *, after_middle_h: float) -> float:
    """Return d' of the usual judge at a time, training and fatigue included."""
    trained = officers.d_prime + TRAININGS[officers.training].d_prime_shift
    return trained + officers.fatigue_d_prime_drift_per_h * after_middle_h


def roles_of(officers: Officers) -> tuple[Role, ...]:
    """Return who must all say yes: one or two reviewers, then perhaps the officers in the street."""
    first = officers.presumption_to_intervene
    roles = [Role("first reviewer says yes", first, 1.0)]
    if officers.reviewers == 2:
        roles.append(Role("second reviewer says yes", first, officers.second_reviewer_correlation))
    if officers.stages == 2:
        street = officers.second_presumption_to_intervene
        own = first if street is None else street
        roles.append(Role("officers in the street say yes", own, officers.stage_correlation))
    return tuple(roles)


def correlated_evidence(u: float, own: float, correlation: float) -> float:
    """Return what somebody else sees of an alert, uniform, correlated with what the first one saw.

    Gaussian copula: Phi(rho Phi^-1(u) + sqrt(1 - rho^2) Phi^-1(own)).

    Args:
        u: Evidence of the first, uniform on [0, 1).
        own: The other's own uniform.
        correlation: rho, 0 to 1.
    """
    if correlation == 1.0:
        return u
    if correlation == 0.0:
        return own
    return float(ndtr(correlation * ndtri(u) + math.sqrt(1.0 - correlation**2) * ndtri(own)))


def act_probability(chances: Sequence[float], correlations: Sequence[float]) -> float:
    """Return P(all say yes).

    Given what the first one sees, z, the others are independent: the integral of phi(z) over z below
    Phi^-1(first chance), times Phi((Phi^-1(chance) - rho z) / sqrt(1 - rho^2)) for each other one.

    Args:
        chances: P(says yes) of each, the first one first.
        correlations: rho of what each sees with what the first one sees; that of the first is not read.
    """
    limit, apart = chances[0], 1.0
    others = []
    for chance, rho in zip(chances[1:], correlations[1:], strict=True):
        if rho == 1.0:
            limit = min(limit, chance)
        elif rho == 0.0:
            apart *= chance
        elif chance < 1.0:
            others.append((max(-_END, float(ndtri(chance))), rho))
    return apart * (_below(float(ndtri(limit)), others) if others else limit)


def _below(end: float, others: Iterable[tuple[float, float]]) -> float:
    """Return the integral up to `end`; pieces end where an integrand close to a step may rise or fall."""
    if end <= -_END:
        return 0.0
    end = min(end, _END)
    factors = []
    knots = [-5.0, -2.5, 0.0, 2.5, 5.0]
    for threshold, rho in others:
        spread = math.sqrt(1.0 - rho**2)
        factors.append((threshold, rho, spread))
        knots += [(threshold + k * spread) / rho for k in (-8.0, -3.0, 0.0, 3.0, 8.0)]
    edges = np.array([-_END, *sorted(knot for knot in knots if -_END < knot < end), end])
    length = np.diff(edges)[:, None]
    z = edges[:-1, None] + length * _NODES
    density = length * _WEIGHTS * np.exp(-0.5 * z * z)
    for threshold, rho, spread in factors:
        density *= ndtr((threshold - rho * z) / spread)
    return float(density.sum())
