"""Settings of the people who act: `[officers]` with `[officers.engagement]` and `[officers.disposal]`."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from .setting import Section, clash, setting, share

_GRID = "MPS LFR deployment grid 2020-2022"
_ESSEX = "Fussey and Murray 2019 (Essex), counts as reported"
_WHITE = "White et al. 2014, Passport officers' errors in face matching, PLoS ONE 9(8)"
_REPORTED = "reported wrongful stops of 10, 20 and almost 30 minutes"


class Engagement(Section):
    """`[officers.engagement]`: how long a stop takes."""

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


class Disposal(Section):
    """`[officers.disposal]`: how a stop ends."""

    arrest_share: float = share(
        0.741,
        plausible=(0.35, 0.9),
        status="derived",
        source=f"{_GRID}: 8 of 12 engaged true alerts, divided by the 0.90 whose entry was current",
    )
    """P(arrest | the person listed, entry current). Stale entries lead to none, so the share of all
    engaged true alerts is this times (1 - stale share)."""
    other_share: float = share(
        0.111,
        plausible=(0.0, 0.35),
        status="assumed",
        source="0.1 of engaged true alerts over the 0.90 current; arrests and disposals share a column",
    )
    """P(other action, such as a condition check | the person listed, entry current)."""
    arrest_share_misidentified: float = share(
        0.02,
        plausible=(0.0, 0.1),
        status="assumed",
        source=f"{_GRID}: 0 of 3 in 2022",
    )
    """P(arrest for something else found | not the person listed)."""
    on_purpose_share: float = share(
        0.5,
        plausible=(0.2, 0.8),
        status="derived",
        source="Computer Weekly 2022: at least 4 of 8 arrests were drug-related, against a purpose "
        "of violence and warrants",
    )
    """P(an arrest of the person listed is for the deployment's purpose)."""

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


class Officers(Section):
    """`[officers]`: who judges alerts, and who goes."""

    teams: int = setting(
        5,
        unit="teams",
        plausible=(3, 12),
        status="assumed",
        source="deployment size unpublished; several groups were seen around the van in 2020",
        ge=0,
        le=1000,
    )
    """Teams waiting at posts down-stream of the zones."""
    team_size: int = setting(
        2,
        unit="officers",
        plausible=(2, 4),
        status="assumed",
        source="practice of double crewing",
        ge=1,
        le=20,
    )
    """Officers in a team."""
    support_staff: int = setting(
        4, unit="people", plausible=(2, 8), status="assumed", source="no roster", ge=0, le=1000
    )
    """Further staff at the van; they count in officer hours only."""
    post_distance_m: float = setting(
        20.0, unit="m", plausible=(5, 60), status="assumed", source="no source", ge=0.0, le=500.0
    )
    """How far down-stream of its camera a team waits."""
    walking_speed_m_s: float = setting(
        1.8,
        unit="m/s",
        plausible=(1.3, 3.0),
        status="assumed",
        source="brisk walk above Weidmann's 1.34; 3 is a jog",
        ge=0.1,
        le=10.0,
    )
    """Speed of a team on its way to a person."""
    decision_latency_s: float = setting(
        10.0,
        unit="s",
        plausible=(3, 45),
        status="assumed",
        source="alerts reach phones within seconds; 4 s is the laboratory floor",
        ge=0.0,
        le=3600.0,
    )
    """Time from alert to judgement, per stage."""
    presumption_to_intervene: float = share(
        0.65,
        plausible=(0.3, 1.0),
        status="derived",
        source=f"{_ESSEX}, and {_GRID}: g0 = 0.70 is pi = (0.70 - 0.14) / 0.86",
    )
    """How far officers presume that the machine is right: 0 is one's own eyes, 1 acts on every
    alert. It moves the criterion along one ROC curve: g0 = g0_unaided + pi (1 - g0_unaided)."""
    g0_unaided: float = share(
        0.14,
        plausible=(0.05, 0.3),
        status="published",
        source=f"{_WHITE}: 14 % false acceptances",
        ge=1e-6,
        lt=1.0,
    )
    """P(act | not the person) of somebody who looks without presuming anything."""
    d_prime: float = setting(
        1.7,
        unit="d prime",
        plausible=(1.0, 2.64),
        status="derived",
        source="Glasgow Face Matching Test, photo to photo; a machine chooses lookalikes; 2.64 is a "
        "person against a photo",
        ge=0.0,
        le=10.0,
    )
    """How well the person and a lookalike can be told apart: g1 = Phi(d' + Phi^-1(g0))."""
    stages: int = setting(
        1,
        unit="stages",
        plausible=(1, 2),
        status="published",
        source="MPS: the engagement officer decides; South Wales: operator, then officers",
        ge=1,
        le=2,
    )
    """Number of judgements that must all say yes before anybody is sent."""
    second_presumption_to_intervene: float | None = setting(
        None,
        unit="share",
        plausible=(0.3, 1.0),
        status="assumed",
        source="the same as the first",
        ge=0.0,
        le=1.0,
    )
    """Presumption at the second stage; left out: that of the first. Unused with one stage."""
    stage_correlation: float = setting(
        0.6,
        unit="rho",
        plausible=(0.2, 0.95),
        status="assumed",
        source="same two pictures, and the second knows that the first said yes",
        ge=0.0,
        le=1.0,
    )
    """Correlation of what the two stages see; 0 are strangers, 1 is one judgement. Unused with one."""
    found_share: float = share(
        0.85,
        plausible=(0.65, 0.96),
        status="published",
        source=f"{_ESSEX}: 22 of 26",
    )
    """P(found) of a person who is reached `found_reference_s` after the alert."""
    found_reference_s: float = setting(
        37.0,
        unit="s",
        plausible=(25, 90),
        status="derived",
        source="mean time to contact at the three West End layouts with the default latencies, posts "
        "and search time and a team always free (36-38 s)",
        ge=1.0,
        le=3600.0,
    )
    """Time after which `found_share` holds; people are lost at a constant rate, so the chance after
    T seconds is found_share ** (T / found_reference_s)."""
    search_time_s: float = setting(
        20.0, unit="s", plausible=(5, 90), status="assumed", source="no source", ge=0.0, le=3600.0
    )
    """Time a team takes to pick the person out once it is there."""
    give_up_s: float = setting(
        180.0, unit="s", plausible=(60, 600), status="assumed", source="no source", ge=0.0, le=86400
    )
    """Age of an alert at which it lapses if no team was free, or is given up if nobody was reached."""
    engagement: Engagement = Engagement()
    disposal: Disposal = Disposal()
