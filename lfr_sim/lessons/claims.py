"""Two percentages of the same false alerts: of all faces, and of all alerts. Both are true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lfr_sim.scenario import Fault, InputError

LARGEST = 10**12


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says of a deployment: so many false alerts, of so many alerts, among so many faces."""

    false_alerts: int
    alerts: int
    faces: int

    @property
    def per_face(self) -> float | None:
        """False alerts / faces, `false_alert_rate`; None without faces."""
        return self.false_alerts / self.faces if self.faces else None

    @property
    def per_alert(self) -> float | None:
        """False alerts / alerts, `false_alert_share`; None without alerts."""
        return self.false_alerts / self.alerts if self.alerts else None


INVENTED: Final = Claim(false_alerts=5, alerts=400, faces=1_000_000)
"""An invented day on which both percentages are small, and far apart."""


def claim(false_alerts: int, alerts: int, faces: int) -> Claim:
    """Return a claim, if its numbers can be: 5 of 400 among 1,000,000 are 0.0005 % and 1.25 %.

    Raises:
        InputError: If a number is negative or too large, or a part larger than its whole.
    """
    numbers = {"false_alerts": false_alerts, "alerts": alerts, "faces": faces}
    faults = [
        Fault(name, "not a number of people in range", value, f"0 to {LARGEST:,}")
        for name, value in numbers.items()
        if not 0 <= value <= LARGEST
    ]
    if not faults and false_alerts > alerts:
        faults.append(Fault("false_alerts", "more than all alerts", false_alerts, f"at most {alerts:,}"))
    if not faults and alerts > faces:
        faults.append(Fault("alerts", "more than all faces", alerts, f"at most {faces:,}"))
    if faults:
        raise InputError("claim", faults)
    return Claim(false_alerts, alerts, faces)
