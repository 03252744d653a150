"""Why people are on the list: categories of entries, and what differs between them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from .setting import Section, Shares, Status, setting, share

_BRIDGES = "Bridges judgment: 347 of 514 entries on warrants, 161 suspects; split by arrest offence"
_MAXIMUM = "no source by category; judgement from maximum sentences"
_POWER = "judgement by category; HMIC 2013: 27 % of 8,783 search records lacked adequate grounds"


class Category(StrEnum):
    """Why somebody is on the list; the order is that of every array with one row per category."""

    WARRANT = "failed_to_appear_or_warrant"
    VIOLENCE = "suspect_violence"
    SEXUAL = "suspect_sexual"
    THEFT = "suspect_theft_robbery"
    DRUGS = "suspect_drugs"
    OTHER = "suspect_other"
    CONDITION = "court_order_condition"
    MISSING = "missing_or_vulnerable"
    INTEREST = "of_interest"


CATEGORIES = tuple(category.value for category in Category)
"""Their names."""


def _part(default: float, low: float, high: float, status: Status = "assumed") -> Any:
    return share(default, plausible=(low, high), status=status, source=_BRIDGES)


def _serious(default: float, low: float, high: float) -> Any:
    return share(default, plausible=(low, high), status="assumed", source=_MAXIMUM)


def _power(default: float, low: float, high: float) -> Any:
    return share(default, plausible=(low, high), status="assumed", source=_POWER)


def _as_likely() -> Any:
    return setting(
        1.0,
        unit="ratio",
        plausible=(0.1, 10.0),
        status="assumed",
        source="no count of who of a list walks past",
        ge=0.0,
        le=1000.0,
    )


class CategoryShares(Shares):
    """`[watchlist.categories]`: shares of the entries; they sum to 1."""

    failed_to_appear_or_warrant: float = _part(0.6, 0.35, 0.8, "derived")
    """Wanted by a court."""
    suspect_violence: float = _part(0.13, 0.05, 0.3, "derived")
    """Suspected of violence."""
    suspect_sexual: float = _part(0.02, 0.005, 0.08)
    """Suspected of a sexual offence."""
    suspect_theft_robbery: float = _part(0.06, 0.02, 0.2)
    """Suspected of theft or robbery."""
    suspect_drugs: float = _part(0.03, 0.01, 0.1, "derived")
    """Suspected of a drug offence."""
    suspect_other: float = _part(0.05, 0.01, 0.15)
    """Suspected of something else."""
    court_order_condition: float = _part(0.06, 0.0, 0.2)
    """Under conditions of a court order that may be breached."""
    missing_or_vulnerable: float = _part(0.02, 0.0, 0.05)
    """Missing, or at risk of harm."""
    of_interest: float = _part(0.03, 0.0, 0.2)
    """Of interest to the police, without a suspicion."""


class SeriousShares(Section):
    """`[watchlist.serious_share]`: entries whose offence carries four years or more, by category."""

    failed_to_appear_or_warrant: float = _serious(0.35, 0.1, 0.7)
    """Of those wanted by a court."""
    suspect_violence: float = _serious(0.8, 0.5, 1.0)
    """Of those suspected of violence."""
    suspect_sexual: float = _serious(1.0, 0.8, 1.0)
    """Of those suspected of a sexual offence."""
    suspect_theft_robbery: float = _serious(0.5, 0.2, 0.9)
    """Of those suspected of theft or robbery."""
    suspect_drugs: float = _serious(0.3, 0.1, 0.7)
    """Of those suspected of a drug offence."""
    suspect_other: float = _serious(0.4, 0.1, 0.8)
    """Of those suspected of something else."""
    court_order_condition: float = _serious(0.5, 0.1, 1.0)
    """Of those under conditions."""
    missing_or_vulnerable: float = _serious(0.0, 0.0, 0.0)
    """Of those missing."""
    of_interest: float = _serious(0.1, 0.0, 0.5)
    """Of those of interest."""


class PresenceRatios(Section):
    """`[watchlist.presence_ratio]`: how much likelier an entry of a category walks past than others.

    Only ratios matter: `presence` is that of the whole list.
    """

    failed_to_appear_or_warrant: float = _as_likely()
    """Somebody wanted by a court."""
    suspect_violence: float = _as_likely()
    """Somebody suspected of violence."""
    suspect_sexual: float = _as_likely()
    """Somebody suspected of a sexual offence."""
    suspect_theft_robbery: float = _as_likely()
    """Somebody suspected of theft or robbery."""
    suspect_drugs: float = _as_likely()
    """Somebody suspected of a drug offence."""
    suspect_other: float = _as_likely()
    """Somebody suspected of something else."""
    court_order_condition: float = _as_likely()
    """Somebody under conditions."""
    missing_or_vulnerable: float = _as_likely()
    """Somebody missing."""
    of_interest: float = _as_likely()
    """Somebody of interest."""


class LegalBasisShares(Section):
    """`[officers.engagement.legal_basis_share]`: P(a power to detain | the person, entry current)."""

    failed_to_appear_or_warrant: float = _power(1.0, 0.95, 1.0)
    """Wanted by a court."""
    suspect_violence: float = _power(0.9, 0.6, 1.0)
    """Suspected of violence."""
    suspect_sexual: float = _power(0.9, 0.6, 1.0)
    """Suspected of a sexual offence."""
    suspect_theft_robbery: float = _power(0.85, 0.5, 1.0)
    """Suspected of theft or robbery."""
    suspect_drugs: float = _power(0.8, 0.4, 1.0)
    """Suspected of a drug offence."""
    suspect_other: float = _power(0.7, 0.3, 1.0)
    """Suspected of something else."""
    court_order_condition: float = _power(0.5, 0.1, 0.9)
    """Under conditions: a power only if they are being breached."""
    missing_or_vulnerable: float = _power(0.0, 0.0, 0.2)
    """Missing."""
    of_interest: float = _power(0.05, 0.0, 0.3)
    """Of interest."""
