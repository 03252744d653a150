"""How a stop goes and how it ends: pure functions of settings and one person's uniforms."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import gammaincinv

from lfr_sim.records import Disposal
from lfr_sim.scenario import Officers


@dataclass(frozen=True, slots=True)
class StopUniforms:
    """One passer's uniforms for a stop."""

    disposal: float
    dispute: float
    length: float
    purpose: float


@dataclass(frozen=True, slots=True)
class Stop:
    """What came out of a stop."""

    minutes: float
    disposal: Disposal
    on_purpose: bool
    """Whether an arrest is for the deployment's purpose; false without arrest."""


def stop(officers: Officers, u: StopUniforms, *, right_person: bool, current: bool) -> Stop:
    """Return how a stop ends.

    Args:
        officers: The settings.
        u: The person's uniforms.
        right_person: Whether this is the person of the candidate entry.
        current: Whether that person is still wanted.
    """
    disposal = _disposal(officers, u.disposal, right_person=right_person, current=current)
    arrested = disposal is Disposal.ARREST
    times = officers.engagement
    if not right_person:
        disputed = u.dispute < times.disputed_share
        mean = times.minutes_disputed if disputed else times.minutes_at_once
    else:
        mean = times.minutes_at_once if arrested else times.minutes_true_no_arrest
    length = float(gammaincinv(times.minutes_shape, u.length)) / times.minutes_shape
    purposeful = arrested and right_person and u.purpose < officers.disposal.on_purpose_share
    return Stop(mean * length, disposal, purposeful)


def _disposal(officers: Officers, u: float, *, right_person: bool, current: bool) -> Disposal:
    shares = officers.disposal
    if not right_person:
        return Disposal.ARREST if u < shares.arrest_share_misidentified else Disposal.NONE
    if not current:
        return Disposal.NONE
    if u < shares.arrest_share:
        return Disposal.ARREST
    return Disposal.OTHER if u < shares.arrest_share + shares.other_share else Disposal.NONE
