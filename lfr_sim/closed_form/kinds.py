"""Expected counts of passers and alerts, by kind of passer: group, sex and age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim.scenario import Scenario

from .in_view import Street
from .recognition import Recognition

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kinds:
    """Expected counts, and chances of a passer, by kind: shape (groups, sexes, ages)."""

    passers: FloatArray
    captured: FloatArray
    """Passes captured."""
    listed: FloatArray
    true_alerts: FloatArray
    false_alerts: FloatArray
    seen: FloatArray
    """P(captured at one van or more | passer)."""
    reached: FloatArray
    """P(the own score reaches the threshold at one van or more | listed passer)."""
    found: FloatArray
    """P(alert on the own entry at one van or more | listed passer)."""


def kinds_of(scenario: Scenario, street: Street, match: Recognition) -> Kinds:
    """Return what is true of the crowd, and the alerts.

    Args:
        scenario: What is asked.
        street: Its street.
        match: Its recognition.
    """
    vans = len(street.seen_together)
    passers, deployed = street.passers * match.kind_share, match.deployed
    captured, true_alerts, false_alerts = (np.zeros_like(passers) for _ in range(3))
    seen, reached, found = (np.zeros_like(passers) for _ in range(3))
    for share, capture, worn in match.worn():
        signed = share * signed_captures(scenario, street, capture)
        captures = passers * (signed[0] if vans else 0.0)
        chances = match.chances(worn)
        captured += captures
        true_alerts += captures * deployed * chances.own
        # Whose entry was taken off is compared with all the others', as anybody.
        false_alerts += captures * (deployed * chances.false_listed + (1 - deployed) * chances.false_other)
        seen += signed.sum()
        reached += (match.reached_moments(worn, vans) @ signed)[..., None]
        found += (match.found_moments(worn, vans) @ signed)[..., None]
    return Kinds(passers, captured, passers * deployed, true_alerts, false_alerts, seen, reached, found)


def signed_captures(scenario: Scenario, street: Street, factor: float) -> FloatArray:
    """Return expected captures of a passer at one van, at two, and so on, every second one negative.

    Weighted with the mean of C, C^2, … they add up to P(an event of chance C at any of the captures).

    Args:
        scenario: What is asked.
        street: Its street.
        factor: What is worn leaves so much of P(capture).
    """
    power = np.arange(1, len(street.seen_together) + 1)
    captured = (scenario.camera.capture_probability * factor) ** power * np.array(street.seen_together)
    return np.asarray(np.where(power % 2, captured, -captured))
