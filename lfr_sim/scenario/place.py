"""Settings of the occasion and the street: `[deployment]`, `[site]`, `[crowd]`."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from .demography import CrowdGroups
from .setting import Section, clash, setting, share, zero_or_at_least

_WEIDMANN = "Weidmann 1993, Transporttechnik der Fussgaenger"
_MOUSSAID = "Moussaid et al. 2010, walking behaviour of pedestrian social groups, PLoS ONE 5(4)"
_LARGEST_WEIGHT = 1e6
_LEAST_FLOW = 1e-3
_GRID = "MPS LFR deployment grid 2020-2022"

Number = Annotated[float, Field(strict=True)]
"""An entry of a list: the list may be of any kind, its numbers are numbers."""
HourProfile = tuple[Number, ...]


class Offence(StrEnum):
    """What an arrest was for."""

    DRUGS = "drugs"
    FAILURE_TO_APPEAR = "failure_to_appear"
    VIOLENCE = "violence"
    OTHER = "other"


class Deployment(Section):
    """`[deployment]`: when, for how long, and what for."""

    date: datetime.date | None = None
    """The day of the deployment; a label, which changes nothing else."""
    start_hour: float = setting(
        12.0,
        unit="h after midnight",
        plausible=(9, 17),
        status="assumed",
        source="hours of 2022 were never published; 27 February 2020 was announced from 13:00",
        ge=0.0,
        lt=24.0,
    )
    """The local hour at which recognition starts."""
    hours: float = setting(
        5.5,
        unit="h",
        plausible=(3, 8),
        status="published",
        source="OnLondon 2020 on MPS policy: stints of five to six hours",
        ge=0.01,
        le=24.0,
    )
    """How long passers are let in. The last of them are followed until they have left the site."""
    purpose: str = "people wanted by the courts or suspected of violence"
    """What the deployment was authorised for, in words."""
    purpose_offences: tuple[Annotated[Offence, Field(strict=False)], ...] = Field(
        default=(Offence.FAILURE_TO_APPEAR, Offence.VIOLENCE, Offence.OTHER),
        strict=False,
        json_schema_extra={
            "unit": "names",
            "plausible": "any of drugs, failure_to_appear, violence, other",
            "status": "derived",
            "source": "Computer Weekly 2022: at least 4 of 8 arrests were drug-related, against a purpose "
            "of violence and warrants; so all but drugs",
        },
    )
    """Offences an arrest for which is on purpose."""


class SitePlace(Section):
    """`[site]`: which layout, and which of its vans are deployed."""

    layout: str = Field(min_length=1)
    """A shipped layout (`lfr-sim sites` lists them) or the path of a layout file (.json, .toml)."""
    vans: tuple[Annotated[str, Field(strict=True)], ...] | None = Field(default=None, strict=False)
    """Ids of the vans deployed. Left out: the layout's first van. Empty: no van, no camera."""


class Repeat(Section):
    """`[crowd.repeat]`: people who walk past a second time on the same day."""

    same_day_share: float = share(
        0.4,
        plausible=(0.1, 0.7),
        status="assumed",
        source="a visit of about 2.5 h makes a return through the same site plausible",
    )
    """P(a person comes back the way they came), if the deployment is still on by then."""
    delay_mean_h: float = setting(
        1.25,
        unit="h",
        plausible=(0.5, 2.5),
        status="assumed",
        source="half of the dwell time of 2.5 h reported for the district; 0.1 h, then exponential",
        ge=0.11,
        le=24.0,
    )
    """Mean time from entering to entering again."""


class SocialGroups(Section):
    """`[crowd.social_groups]`: people who walk together, at one speed, by one route."""

    unit_size_share: tuple[Number, ...] = Field(
        default=(0.6, 0.285, 0.09, 0.025),
        strict=False,
        min_length=1,
        max_length=10,
        json_schema_extra={
            "unit": "share",
            "plausible": "0.36-0.84, 0.17-0.40, 0.05-0.13, 0.02-0.04",
            "status": "derived",
            "source": f"{_MOUSSAID}: mean of weekday and shopping zero-truncated Poisson sizes",
        },
    )
    """Shares of units (a person alone is a unit of one) of 1, 2, 3, … people; they sum to 1."""
    slowdown_per_member: float = share(
        0.03,
        plausible=(0.02, 0.065),
        status="derived",
        source=f"{_MOUSSAID}, fig. 2: 1.26 - 0.04 n m/s, so 3 % of the speed per further member",
        le=0.1,
    )
    """Share of the free speed that each further member of a unit takes away."""

    @field_validator("unit_size_share")
    @classmethod
    def _shares_sum_to_one(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        if any(value < 0 for value in shares):
            raise ValueError("a share is negative; each must lie in 0 to 1")
        if abs(sum(shares) - 1.0) > 1e-6:
            raise ValueError(f"the shares sum to {sum(shares):.6g}, not to 1")
        return shares


class Fundamental(Section):
    """`[crowd.fundamental]`: speed falls with density, v = v0 (1 - exp(-gamma (1/rho - 1/rho_max)))."""

    gamma: float = setting(
        1.913, unit="1/m2", plausible=(1.5, 2.3), status="published", source=_WEIDMANN, ge=0.1, le=10
    )
    """Steepness of the relation."""
    rho_max: float = setting(
        5.4, unit="1/m2", plausible=(4.5, 7), status="published", source=_WEIDMANN, gt=1, le=12
    )
    """Density at which nobody moves."""


class Crowd(Section):
    """`[crowd]`: who walks, when, how fast, and with whom."""

    engine: Literal["flow"] = "flow"
    """How walking is computed: `flow` is event times in closed form along routes."""
    passers_per_hour: float = setting(
        11600.0,
        unit="passers/h",
        plausible=(6000, 22000),
        status="derived",
        source=f"{_GRID}: 12,120 faces over an assumed 5.5 h, divided by the share facing one van",
        ge=0.0,
        le=200_000.0,
    )
    """Walks through the site per hour, mean over the deployment, second walks included."""
    hour_profile: HourProfile = Field(
        default=(
            *(0.10, 0.06, 0.04, 0.03, 0.02, 0.04, 0.12, 0.40, 0.75, 0.60),
            *(0.65, 0.75, 0.85, 0.95, 0.95, 0.95, 1.05, 1.20, 1.10, 0.90),
            *(0.75, 0.55, 0.40, 0.20),
        ),
        strict=False,
        min_length=24,
        max_length=24,
        json_schema_extra={
            "unit": "ratio",
            "plausible": "each +-25 %",
            "status": "assumed",
            "source": "Marble Arch London footfall counters 2019 publish the order of the hours only",
        },
    )
    """Relative flow in each hour of the day, from midnight. Only ratios matter: the mean over the
    deployment is `passers_per_hour`."""
    free_speed_mean_m_s: float = setting(
        1.34,
        unit="m/s",
        plausible=(1.2, 1.45),
        status="published",
        source=_WEIDMANN,
        gt=0.5,
        lt=2.2,
    )
    """Mean speed of a person walking alone and unhindered."""
    free_speed_sd_m_s: float = setting(
        0.26,
        unit="m/s",
        plausible=(0.15, 0.35),
        status="assumed",
        source="customary companion of Weidmann's mean",
        ge=0.0,
        le=1.0,
    )
    """Standard deviation of the free speed, normal, truncated to 0.5 to 2.2 m/s."""
    share_65_plus: float = share(
        0.06,
        plausible=(0.03, 0.12),
        status="assumed",
        source="Gehl 2004: 96 % of pedestrians on Regent Street are 15 to 64; the rest is split",
    )
    """Share of passers aged 65 or over."""
    speed_65_plus_m_s: float = setting(
        0.85,
        unit="m/s",
        plausible=(0.7, 1.1),
        status="published",
        source="Asher et al. 2012 (UCL): most over-65s walk slower than crossings assume",
        gt=0.1,
        le=1.5,
    )
    """Mean speed of passers aged 65 or over; a unit walks at the speed of its slowest member."""
    share_under_18: float = share(
        0.08,
        plausible=(0.03, 0.15),
        status="assumed",
        source="Gehl 2004: 96 % of pedestrians on Regent Street are 15 to 64; the rest is split",
    )
    """Share of passers under 18."""
    female_share: float = share(
        0.5, plausible=(0.4, 0.6), status="assumed", source="no count found; parity assumed"
    )
    """Share of passers who are women."""
    mask_share: float = share(
        0.0,
        plausible=(0.0, 0.4),
        status="assumed",
        source="0 because the presets' TPIR already contains what people wore; see docs",
    )
    """Share of passers who wear a face mask."""
    hood_or_hat_share: float = share(
        0.0,
        plausible=(0.0, 0.3),
        status="assumed",
        source="0 because the presets' TPIR already contains what people wore; see docs",
    )
    """Share of passers whose hood or hat shades the face."""
    platoons: bool = setting(
        True,
        unit="",
        plausible=None,
        status="assumed",
        source="Key Modern Railways: a train every 100 s on the Victoria line; shares are assumed",
    )
    """Whether gates with trains let people out in bursts, as the layout says."""
    density_feedback: bool = setting(True, unit="", plausible=None, status="published", source=_WEIDMANN)
    """Whether walking slows down where the site is crowded."""
    groups: CrowdGroups = CrowdGroups()
    repeat: Repeat = Repeat()
    social_groups: SocialGroups = SocialGroups()
    fundamental: Fundamental = Fundamental()

    @field_validator("passers_per_hour")
    @classmethod
    def _flow_is_no_speck(cls, value: float) -> float:
        return zero_or_at_least(_LEAST_FLOW, value)

    @field_validator("hour_profile")
    @classmethod
    def _weights_are_usable(cls, profile: HourProfile) -> HourProfile:
        if any(not 0 <= weight <= _LARGEST_WEIGHT for weight in profile):
            raise ValueError(f"each weight must lie in 0 to {_LARGEST_WEIGHT:,g}")
        return profile

    @model_validator(mode="after")
    def _ages_fit(self) -> Self:
        total = self.share_under_18 + self.share_65_plus
        if total > 1.0 + 1e-9:
            raise clash(
                "share_under_18",
                "share_65_plus",
                problem=f"share_under_18 and share_65_plus sum to {total:.6g}, more than 1",
            )
        return self
