"""Settings of a stop: `[officers.engagement]` and `[officers.disposal]`."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from .categories import LegalBasisShares
from .setting import Section, Shares, clash, setting, share

_GRID = "MPS LFR deployment grid 2020-2022"
_REPORTED = "reported wrongful stops of 10, 20 and almost 30 minutes"
_CONSENT = "Sommers and Bohns: the voluntariness of voluntary consent (Yale LJ 128)"
_COMPUTER_WEEKLY = "Computer Weekly 2022: at least 4 of 8 arrests were drug-related"


class Engagement(Section):
    """`[officers.engagement]`: what people are told and do when they are stopped, and how long it takes."""

    minutes_at_once: float = setting(
        4.0,
        unit="min",
        plausible=(1, 10),
        status="derived",
        source="the short regime of the record",
        ge=0.01,
        le=600.0,
    )
    """Mean length of a stop that is resolved at once."""
    minutes_disputed: float = setting(
        20.0, unit="min", plausible=(10, 40), status="derived", source=_REPORTED, ge=0.01, le=600.0
    )
    """Mean length of a mistaken stop in which identity is disputed."""
    disputed_share: float = share(
        0.3,
        plausible=(0.05, 0.7),
        status="assumed",
        source="only bad cases are reported; no base rate",
    )
    """Share of mistaken stops in which identity is disputed."""
    minutes_true_no_arrest: float = setting(
        10.0,
        unit="min",
        plausible=(3, 30),
        status="assumed",
        source="condition checks and stale entries; no source",
        ge=0.01,
        le=600.0,
    )
    """Mean length of a stop of the person listed that does not end in arrest."""
    minutes_shape: float = setting(
        4.0,
        unit="shape",
        plausible=(1, 10),
        status="assumed",
        source="gamma with half the mean as standard deviation; 1 is the exponential of queue theory",
        ge=0.1,
        le=1000.0,
    )
    """Shape of the gamma distribution of every length above."""
    team_busy_minutes_arrest: float = setting(
        45.0,
        unit="min",
        plausible=(10, 240),
        status="assumed",
        source="hand-over to a van or escort to custody; no source",
        ge=0.0,
        le=1440.0,
    )
    """Time for which an arrest keeps the team after the stop."""
    informed_share: float = share(
        0.1, plausible=(0.0, 0.5), status="assumed", source="nothing published for LFR"
    )
    """Share of people stopped who are told, or know, that they may decline where there is no power."""
    refusal_share: float = share(
        0.03,
        plausible=(0.005, 0.15),
        status="derived",
        source=f"{_CONSENT}: 3 of 103 refused a very intrusive request (0.6-8.3 %)",
    )
    """P(refuses) of somebody stopped who does not know that one may decline."""
    informed_refusal_multiplier: float = setting(
        1.2,
        unit="ratio",
        plausible=(1, 3),
        status="assumed",
        source=f"{_CONSENT}: an advisory did not significantly reduce compliance",
        ge=0.0,
        le=1000.0,
    )
    """P(refuses) of somebody who knows, over that of somebody who does not."""
    detained_after_refusal_share: float = share(
        0.5,
        plausible=(0.1, 0.95),
        status="assumed",
        source="no source; the legal basis decides in principle",
    )
    """P(detained all the same | refused, and there is no power); where there is one, always."""
    fingerprint_share: float = share(
        0.2,
        plausible=(0.05, 0.6),
        status="assumed",
        source="both widely reported wrongful stops; selection makes the base rate unknown",
    )
    """P(fingerprints are demanded) of somebody stopped who is not the person listed and does not leave."""
    remember_share: float = share(0.9, plausible=(0.5, 1.0), status="assumed", source="no source")
    """P(not stopped again) of somebody alerted on again who was stopped and let go the same day."""
    legal_basis_share: LegalBasisShares = LegalBasisShares()


class WarrantOffences(Shares):
    """`[officers.disposal.warrant_offence_share]`: what those wanted by a court are arrested for.

    Suspects are arrested for what they are suspected of. The shares sum to 1 and are such that, with the
    default list, arrests are for drugs 0.50, failure to appear 0.20, violence 0.15 and other 0.15.
    """

    drugs: float = share(
        0.69, plausible=(0.3, 0.9), status="derived", source=f"{_COMPUTER_WEEKLY}; less the suspects"
    )
    """Drug offences."""
    failure_to_appear: float = share(
        0.29, plausible=(0.05, 0.6), status="derived", source=f"{_COMPUTER_WEEKLY}; less the suspects"
    )
    """Failing to appear in court, and nothing else."""
    violence: float = share(
        0.02, plausible=(0.0, 0.3), status="derived", source=f"{_COMPUTER_WEEKLY}; less the suspects"
    )
    """Violence."""
    other: float = share(
        0.0, plausible=(0.0, 0.3), status="derived", source=f"{_COMPUTER_WEEKLY}; less the suspects"
    )
    """Anything else."""


class Disposal(Section):
    """`[officers.disposal]`: how a stop ends."""

    arrest_share: float = share(
        0.845,
        plausible=(0.35, 0.95),
        status="derived",
        source=f"{_GRID}: 8 of 12 engaged true alerts, over the 0.90 current and the 0.877 of those with "
        "a power to detain",
    )
    """P(arrest | the person listed, entry current, power to detain). Without a power there is none, so
    the share of all engaged true alerts is this times (1 - stale share) x mean legal_basis_share."""
    other_share: float = share(
        0.127,
        plausible=(0.0, 0.4),
        status="assumed",
        source="0.1 of engaged true alerts over the same; arrests and disposals share a column",
    )
    """P(other action, such as a condition check | the person listed, entry current, power to detain)."""
    arrest_share_misidentified: float = share(
        0.02,
        plausible=(0.0, 0.1),
        status="assumed",
        source=f"{_GRID}: 0 of 3 in 2022",
    )
    """P(arrest for something else found | not the person listed)."""
    warrant_offence_share: WarrantOffences = WarrantOffences()

    @model_validator(mode="after")
    def _outcomes_fit(self) -> Self:
        total = self.arrest_share + self.other_share
        if total > 1.0 + 1e-9:
            raise clash(
                "arrest_share",
                "other_share",
                problem=f"arrest_share and other_share sum to {total:.6g}, more than 1",
            )
        return self
