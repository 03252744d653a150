"""How likely an alert is acted upon, on average over the day and over the people who judge.

A judge whose d' deviates by s Z says yes to the person if what is seen, x ~ N(0, 1), lies below
h + s Z. So X = x - s Z is compared with h, and all judgements of an alert are one multivariate normal
probability: variances 1 + s^2, covariances those of what is seen, plus s^2 where two judgements are
made by the same judge. Each judge of J is picked with probability 1 / J for each judgement, so who
judges together with whom is summed over exactly. On somebody else, d' plays no part: s = 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, owens_t

from lfr_sim.scenario import GROUPS, TRAININGS, Officers, Scenario

from .quadrature import U_WEIGHT, U

FloatArray = NDArray[np.float64]

_FAR = 9.0
"""Beyond so many standard deviations lies a mass of 1e-19."""
_HOUR_NODES, _HOUR_WEIGHTS = np.polynomial.legendre.leggauss(8)


@dataclass(frozen=True, slots=True)
class _Sharing:
    """A way in which the judgements of an alert are shared out among the judges."""

    probability: float
    same: tuple[bool, bool, bool]
    """Whether the same judge makes judgements 1 and 2, 1 and 3, 2 and 3."""


def chain(scenario: Scenario) -> FloatArray:
    """Return P(act | not the person) and P(act | the person) by group of passer.

    Averaged over the times at which people enter (a walk to the camera takes a minute; second walks
    follow the profile of the first ones here) and over the judges.

    Returns:
        Shape (groups, 2), in the order of `GROUPS`.
    """
    officers = scenario.officers
    after_middle_h, weight = _times(scenario)
    bias = np.array([getattr(officers.group_criterion_shift, group) for group in GROUPS])
    shifts, which = np.unique(bias, return_inverse=True)
    # Shape (distinct shifts, times).
    stricter = _shift(officers) + officers.fatigue_criterion_drift_per_h * after_middle_h + shifts[:, None]
    trained = officers.d_prime + TRAININGS[officers.training].d_prime_shift
    skill = trained + officers.fatigue_d_prime_drift_per_h * after_middle_h
    presumed, seen_alike = _judgements(officers)
    together = np.empty((len(shifts), 2))
    for column, spread in enumerate((0.0, officers.d_prime_sd)):
        levels = [float(ndtri(g0)) - stricter + column * skill for g0 in presumed]
        acts = np.zeros_like(stricter)
        for sharing in _sharings(len(presumed), officers.judges):
            acts += sharing.probability * _all_yes(levels, seen_alike, sharing.same, spread)
        together[:, column] = acts @ weight
    return np.asarray(together[which])


def chain_of(
    scenario: Scenario,
    false_by_group: FloatArray | None = None,
    true_by_group: FloatArray | None = None,
) -> tuple[float, float]:
    """Return g0 and g1 of the whole chain, over all groups.

    Args:
        scenario: What is asked.
        false_by_group: False alerts by group, in any unit; left out or all 0: as the crowd is.
        true_by_group: True alerts by group; left out or all 0: as the list is.
    """
    by_group = chain(scenario)
    crowd, entries = scenario.crowd.groups, scenario.watchlist.groups
    means = []
    for column, (given, table) in enumerate(((false_by_group, crowd), (true_by_group, entries))):
        weights = np.array([getattr(table, group) for group in GROUPS])
        if given is not None and np.sum(given) > 0:
            weights = np.asarray(given, dtype=float)
        means.append(float(by_group[:, column] @ weights / weights.sum()))
    return means[0], means[1]


def _times(scenario: Scenario) -> tuple[FloatArray, FloatArray]:
    """Return times (h after the middle of the deployment) and the shares of passers they stand for."""
    start, hours = scenario.deployment.start_hour, scenario.deployment.hours
    times, weights = [], []
    for hour in range(math.floor(start), math.ceil(start + hours)):
        begin, end = max(hour, start), min(hour + 1, start + hours)
        if end > begin:
            nodes = begin + (end - begin) * (_HOUR_NODES + 1) / 2
            times.append(nodes - start - hours / 2)
            weights.append((end - begin) * _HOUR_WEIGHTS * scenario.crowd.hour_profile[hour % 24])
    weight = np.concatenate(weights)
    if weight.sum() == 0:
        weight = np.ones_like(weight)
    return np.concatenate(times), weight / weight.sum()


def _shift(officers: Officers) -> float:
    """Return the shift of the criterion that holds for everybody, all day."""
    hasty = officers.decision_latency_s < officers.time_pressure_threshold_s
    return (
        TRAININGS[officers.training].criterion_shift
        + officers.low_prevalence_criterion_shift
        + hasty * officers.time_pressure_criterion_shift
        + officers.score_shown * officers.score_shown_criterion_shift
    )


def _judgements(officers: Officers) -> tuple[list[float], list[float]]:
    """Return, for each judgement, g0 as presumed, and rho of what is seen with the first one's."""
    first, second = officers.presumption_to_intervene, officers.second_presumption_to_intervene
    presumptions, rhos = [first], [1.0]
    if officers.reviewers == 2:
        presumptions.append(first)
        rhos.append(officers.second_reviewer_correlation)
    if officers.stages == 2:
        presumptions.append(first if second is None else second)
        rhos.append(officers.stage_correlation)
    unaided = officers.g0_unaided
    return [min(1.0, pi + (1 - pi) * unaided) for pi in presumptions], rhos


def _sharings(judgements: int, judges: int) -> Iterator[_Sharing]:
    """Yield the ways in which judgements fall to judges, each picked among all for each judgement."""
    again = 1.0 / judges
    if judgements == 1:
        yield _Sharing(1.0, (False, False, False))
    elif judgements == 2:
        yield _Sharing(again, (True, False, False))
        yield _Sharing(1 - again, (False, False, False))
    else:
        yield _Sharing(again**2, (True, True, True))
        for pair in ((True, False, False), (False, True, False), (False, False, True)):
            yield _Sharing(again * (1 - again), pair)
        yield _Sharing((1 - again) * (1 - 2 * again), (False, False, False))


def _all_yes(
    levels: list[FloatArray], rhos: list[float], same: tuple[bool, bool, bool], spread: float
) -> FloatArray:
    """Return P(X_k < level_k for all k) with the covariances of the module's docstring."""
    variance = 1 + spread**2
    scaled = [np.clip(level / math.sqrt(variance), -_FAR, _FAR) for level in levels]
    if len(levels) == 1:
        return np.asarray(ndtr(scaled[0]))
    if len(levels) == 2:
        return normal_pair(scaled[0], scaled[1], (rhos[1] + same[0] * spread**2) / variance)
    alike = (rhos[1], rhos[2], rhos[1] * rhos[2])
    r = [(rho + shared * spread**2) / variance for rho, shared in zip(alike, same, strict=True)]
    return normal_triple(scaled, (r[0], r[1], r[2]))


def normal_pair(h: FloatArray, k: FloatArray, r: float) -> FloatArray:
    """Return P(X < h, Y < k) of standard normals with correlation r.

    Owen 1956: (Phi(h) + Phi(k)) / 2 - T(h, a) - T(k, b) - (1/2 if h and k differ in sign), with
    a = (k / h - r) / sqrt(1 - r^2) and b = (h / k - r) / sqrt(1 - r^2).
    """
    if r >= 1 - 1e-12:
        return np.asarray(ndtr(np.minimum(h, k)))
    h, k = (np.where(np.abs(level) < 1e-150, 1e-150, level) for level in (h, k))
    root = math.sqrt(1 - r * r)
    with np.errstate(over="ignore"):
        owen = owens_t(h, (k / h - r) / root) + owens_t(k, (h / k - r) / root)
    both = (ndtr(h) + ndtr(k)) / 2 - owen - np.where(h * k < 0, 0.5, 0.0)
    return np.asarray(np.clip(both, 0.0, 1.0))


def normal_triple(levels: list[FloatArray], r: tuple[float, float, float]) -> FloatArray:
    """Return P(X1 < level 1, X2 < level 2, X3 < level 3) of standard normals.

    The integral over X1 of the pair that remains, given X1.

    Args:
        levels: One array for each.
        r: Correlations of 1 and 2, 1 and 3, 2 and 3.
    """
    first, second, third = levels
    with_second, with_third, other = r
    if with_second >= 1 - 1e-12:
        return normal_pair(np.minimum(first, second), third, with_third)
    if with_third >= 1 - 1e-12:
        return normal_pair(np.minimum(first, third), second, with_second)
    below = ndtr(first)
    x = np.maximum(ndtri(U * below[..., None]), -4 * _FAR)
    left = math.sqrt(1 - with_second**2), math.sqrt(1 - with_third**2)
    given = normal_pair(
        (second[..., None] - with_second * x) / left[0],
        (third[..., None] - with_third * x) / left[1],
        (other - with_second * with_third) / (left[0] * left[1]),
    )
    return np.asarray(below * (given @ U_WEIGHT))
