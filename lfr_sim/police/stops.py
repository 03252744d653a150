"""How a stop goes and how it ends: pure functions of settings and one alert's uniforms."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import gammaincinv

from lfr_sim.records import Cooperation, Disposal, Step
from lfr_sim.scenario import Category, Engagement, Offence, Officers, Scenario

from .chance import StopUniforms

_SUSPECTED = {Category.VIOLENCE: Offence.VIOLENCE, Category.DRUGS: Offence.DRUGS}


@dataclass(frozen=True, slots=True)
class Stop:
    """What came out of a stop."""

    legal_basis: bool
    """Whether there is a power to detain this person."""
    informed: bool
    """Whether the person was told, or knew, that one may decline where there is no power."""
    cooperation: Cooperation
    fingerprints_demanded: bool
    minutes: float
    disposal: Disposal
    offence: str | None
    """What an arrest was for; None without one."""
    on_purpose: bool
    """Whether the person listed was arrested for the deployment's purpose; false without arrest."""
    steps: tuple[Step, ...]
    """What could have gone either way, in the order in which it is settled."""


@dataclass(slots=True)
class _Course:
    """A stop as it unfolds: settles one thing after another and remembers how."""

    steps: list[Step]

    def settle(self, name: str, probability: float, uniform: float) -> bool:
        self.steps.append(Step(name, probability, uniform))
        return self.steps[-1].passed


def stop(scenario: Scenario, u: StopUniforms, *, category: str, right_person: bool, current: bool) -> Stop:
    """Return how a stop goes and ends.

    Args:
        scenario: What is asked.
        u: The alert's uniforms.
        category: That of the entry the person is stopped for.
        right_person: Whether this is the person of that entry.
        current: Whether that person is still wanted.
    """
    officers, course = scenario.officers, _Course([])
    rules = officers.engagement
    power = getattr(rules.legal_basis_share, category) if right_person and current else 0.0
    basis = course.settle("power to detain", power, u.basis)
    informed = course.settle("informed", rules.informed_share, u.informed)
    cooperation = _cooperation(course, rules, u, informed=informed, legal_basis=basis)
    stays = cooperation is not Cooperation.LEFT
    prints = disputed = False
    if stays and not right_person:
        prints = course.settle("fingerprints demanded", rules.fingerprint_share, u.fingerprints)
        complied = cooperation is Cooperation.COMPLIED
        disputed = course.settle("disputed", rules.disputed_share if complied else 1.0, u.dispute)
    disposal = Disposal.NONE
    if stays and (basis or not right_person):
        disposal = _disposal(course, officers, u.disposal, right_person=right_person)
    arrested = disposal is Disposal.ARREST
    offence = _offence(course, officers, category, u.offence, right_person) if arrested else None
    mean = _mean_minutes(rules, at_once=arrested or not stays or not right_person, disputed=disputed)
    return Stop(
        legal_basis=basis,
        informed=informed,
        cooperation=cooperation,
        fingerprints_demanded=prints,
        minutes=mean * float(gammaincinv(rules.minutes_shape, u.length)) / rules.minutes_shape,
        disposal=disposal,
        offence=offence,
        on_purpose=right_person and offence in scenario.deployment.purpose_offences,
        steps=tuple(course.steps),
    )


def _cooperation(
    course: _Course, rules: Engagement, u: StopUniforms, *, informed: bool, legal_basis: bool
) -> Cooperation:
    knowing = rules.informed_refusal_multiplier if informed else 1.0
    if not course.settle("refused", min(1.0, rules.refusal_share * knowing), u.refusal):
        return Cooperation.COMPLIED
    detained = 1.0 if legal_basis else rules.detained_after_refusal_share
    return Cooperation.DETAINED if course.settle("detained", detained, u.detained) else Cooperation.LEFT


def _disposal(course: _Course, officers: Officers, u: float, *, right_person: bool) -> Disposal:
    """Return how a stop ends of somebody who stays and whom there is something to arrest for."""
    shares = officers.disposal
    if not right_person:
        arrested = course.settle("arrested", shares.arrest_share_misidentified, u)
        return Disposal.ARREST if arrested else Disposal.NONE
    if course.settle("arrested", shares.arrest_share, u):
        return Disposal.ARREST
    either = min(1.0, shares.arrest_share + shares.other_share)
    other = course.settle("arrested, or other action", either, u)
    return Disposal.OTHER if other else Disposal.NONE


def _mean_minutes(rules: Engagement, *, at_once: bool, disputed: bool) -> float:
    if disputed:
        return rules.minutes_disputed
    return rules.minutes_at_once if at_once else rules.minutes_true_no_arrest


def _offence(course: _Course, officers: Officers, category: str, u: float, right_person: bool) -> str:
    """Return what an arrest is for: what the person is suspected of, or was found to have done."""
    if not right_person:
        return Offence.OTHER.value
    if category != Category.WARRANT:
        return _SUSPECTED.get(Category(category), Offence.OTHER).value
    shares = officers.disposal.warrant_offence_share
    reached = 0.0
    for offence in (Offence.DRUGS, Offence.FAILURE_TO_APPEAR, Offence.VIOLENCE):
        reached += getattr(shares, offence.value)
        if course.settle(f"offence is {offence.value}, or one before", reached, u):
            return offence.value
    return Offence.OTHER.value
