"""How an alert is judged: signal detection with a criterion that the presumption to intervene moves.

g0 is P(act | not the person), g1 is P(act | the person). Presuming more that the machine is right
raises both along one ROC curve; it changes no skill (Howard et al. 2020).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from lfr_sim.scenario import Officers


@dataclass(frozen=True, slots=True)
class Judgement:
    """One stage's chances of saying yes."""

    g0: float
    """P(act | not the person)."""
    g1: float
    """P(act | the person)."""

    def says_yes(self, evidence: float, *, is_person: bool) -> bool:
        """Return the judgement for an evidence that is uniform on [0, 1): small speaks for yes."""
        return evidence < (self.g1 if is_person else self.g0)


def judgement(presumption: float, g0_unaided: float, d_prime: float) -> Judgement:
    """Return g0 and g1 at a presumption to intervene.

    g0 = g0_unaided + presumption (1 - g0_unaided); g1 = Phi(d' + Phi^-1(g0)).
    """
    g0 = min(1.0, g0_unaided + presumption * (1.0 - g0_unaided))
    return Judgement(g0, float(ndtr(d_prime + ndtri(g0))))


def stages_of(officers: Officers) -> tuple[Judgement, ...]:
    """Return the judgements that must all say yes, in order."""
    first = officers.presumption_to_intervene
    second = officers.second_presumption_to_intervene
    presumptions = [first, first if second is None else second][: officers.stages]
    return tuple(judgement(pi, officers.g0_unaided, officers.d_prime) for pi in presumptions)


def correlated_evidence(u: float, own: float, correlation: float) -> float:
    """Return the second stage's evidence, uniform, correlated with that of the first.

    Gaussian copula: Phi(rho Phi^-1(u) + sqrt(1 - rho^2) Phi^-1(own)).

    Args:
        u: Evidence of the first stage, uniform on [0, 1).
        own: The second stage's own uniform.
        correlation: rho, 0 to 1.
    """
    if correlation == 1.0:
        return u
    if correlation == 0.0:
        return own
    return float(ndtr(correlation * ndtri(u) + np.sqrt(1.0 - correlation**2) * ndtri(own)))


def act_probability(stages: tuple[Judgement, ...], correlation: float, *, is_person: bool) -> float:
    """Return P(all stages say yes): a bivariate normal with two of them."""
    g = [stage.g1 if is_person else stage.g0 for stage in stages]
    if len(g) == 1:
        return g[0]
    if correlation == 0.0:
        return g[0] * g[1]
    if correlation == 1.0 or max(g) == 1.0 or min(g) == 0.0:
        return min(g)
    from scipy.stats import multivariate_normal

    cov = [[1.0, correlation], [correlation, 1.0]]
    return float(multivariate_normal.cdf(ndtri(g), mean=[0.0, 0.0], cov=cov))
