"""The people who judge the alerts of a day: who they are, and what they make of one alert."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from lfr_sim.records import Alert, Step
from lfr_sim.scenario import Officers, Scenario
from lfr_sim.streams import Stream, uniforms

from .adjudication import (
    act_probability,
    correlated_evidence,
    criterion_shift,
    d_prime_at,
    judgement,
    roles_of,
)
from .chance import JudgementUniforms

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all who judge an alert make of it."""

    yes: bool
    act_probability: float
    """P(all say yes) of these people at this time."""
    steps: tuple[Step, ...]
    """Each one's judgement; its uniform is what that one sees."""


def judges_of(officers: Officers, *, root_seed: int, replicate: int) -> FloatArray:
    """Return by how much each judge of the day is better than the usual one (d'), normal.

    One judge more leaves the others as they are.
    """
    drawn = uniforms(1, officers.judges, root_seed=root_seed, replicate=replicate, stream=Stream.JUDGES)
    return np.asarray(officers.d_prime_sd * ndtri(drawn[0]))


class Judging:
    """The judgements of a day.

    Args:
        scenario: What is asked.
        judges: Each judge's own deviation of d'.
    """

    def __init__(self, scenario: Scenario, judges: FloatArray) -> None:
        self._officers = scenario.officers
        self._hours = scenario.deployment.hours
        self._judges: list[float] = judges.tolist()
        self._roles = roles_of(scenario.officers)
        self._correlations = [role.correlation for role in self._roles]

    def verdict(self, alert: Alert, u: JudgementUniforms) -> Verdict:
        """Return what the judges make of an alert, raised when it was, on whom it was."""
        officers = self._officers
        late_h = min(max(alert.time_s / 3600.0, 0.0), self._hours) - self._hours / 2.0
        shift = criterion_shift(officers, group=alert.group, after_middle_h=late_h)
        usual = d_prime_at(officers, after_middle_h=late_h)
        steps = []
        for role, picked, own in zip(self._roles, self._picked(u), self._own(u), strict=True):
            deviation = self._judges[int(picked * len(self._judges))]
            judge = judgement(role.presumption, officers.g0_unaided, usual + deviation, shift)
            seen = correlated_evidence(u.first, own, role.correlation)
            steps.append(Step(role.name, judge.chance(is_person=alert.candidate_is_mate), seen))
        return Verdict(
            all(each.passed for each in steps),
            act_probability([each.probability for each in steps], self._correlations),
            tuple(steps),
        )

    def _of_roles(self, first: float, second: float, street: float) -> list[float]:
        """Return the numbers of those who take part, in the order of the roles."""
        officers = self._officers
        return [first, *[second] * (officers.reviewers == 2), *[street] * (officers.stages == 2)]

    def _picked(self, u: JudgementUniforms) -> list[float]:
        return self._of_roles(u.first_judge, u.second_judge, u.street_judge)

    def _own(self, u: JudgementUniforms) -> list[float]:
        return self._of_roles(u.first, u.second, u.street)
