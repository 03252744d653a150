"""Settings of the people who act: `[officers]`, how they judge and how they go after somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .demography import GroupShift
from .engagement import Disposal, Engagement
from .setting import Section, setting, share

_GRID = "MPS LFR deployment grid 2020-2022"
_ESSEX = "Fussey and Murray 2019 (Essex), counts as reported"
_WHITE = "White et al. 2014, Passport officers' errors in face matching, PLoS ONE 9(8)"
_FYSH = "Fysh and Bindemann 2017, effects of time pressure and time passage on face matching"


@dataclass(frozen=True, slots=True)
class Training:
    """What a training does to judgement, and where that comes from."""

    d_prime_shift: float
    criterion_shift: float
    """In standard deviations; above 0 is stricter."""
    source: str


TRAININGS = {
    "none": Training(0.0, 0.0, "the officers of the record"),
    "short_course": Training(
        0.0, 0.0, "Towler et al. 2019: courses of an hour to half a day bring no improvement (0-0.15)"
    ),
    "feature_training": Training(
        0.4, 0.0, "UNSW, ears and facial marks: 6 points from 0.70-0.80 is 0.36-0.48 (0.1-0.5)"
    ),
    "error_rate_briefing": Training(
        0.0,
        0.25,
        "Barragan et al.: telling of errors removes a label's extra pull; size assumed (0-0.6)",
    ),
}
"""Named trainings. Their effects were measured on photographs, not in a street."""


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
    d_prime_sd: float = setting(
        0.6,
        unit="d prime",
        plausible=(0.3, 0.9),
        status="derived",
        source="Glasgow Face Matching Test norms: 0.76 to 1, shrunk for the sampling error of 40 items",
        ge=0.0,
        le=5.0,
    )
    """Standard deviation of d' between the people who judge; g0, what they presume, is the same."""
    judges: int = setting(
        5,
        unit="people",
        plausible=(1, 12),
        status="assumed",
        source="no roster; one for each team",
        ge=1,
        le=1000,
    )
    """People who judge the alerts of the day, each by one of them at random; each has a d' of their own."""
    training: Literal["none", "short_course", "feature_training", "error_rate_briefing"] = setting(
        "none",
        unit="",
        plausible=("short_course", "feature_training"),
        status="assumed",
        source="the record's officers, whatever they were taught",
    )
    """What the people who judge were taught, beyond the officers of the record."""
    score_shown: bool = setting(
        False, unit="", plausible=None, status="assumed", source="alerts of the record said match"
    )
    """Whether those who judge see the score and not only that there is a match."""
    score_shown_criterion_shift: float = setting(
        0.2,
        unit="sd",
        plausible=(0, 0.5),
        status="assumed",
        source="Mueller et al. 2026: binary-only users shift towards match; size not in the abstract",
        ge=0.0,
        le=5.0,
    )
    """How much stricter people judge who see the score. Unused otherwise."""
    fatigue_criterion_drift_per_h: float = setting(
        -0.05,
        unit="sd/h",
        plausible=(-0.2, 0),
        status="assumed",
        source=f"{_FYSH}: a bias towards match grows over blocks; hourly rate assumed",
        ge=-5.0,
        le=5.0,
    )
    """Change of the criterion per hour of the deployment; below 0 is more lenient. What is said of a day
    holds at the middle of it."""
    fatigue_d_prime_drift_per_h: float = setting(
        -0.03,
        unit="d prime/h",
        plausible=(-0.15, 0),
        status="assumed",
        source="Alenezi et al.: accuracy declines in long tasks; street rate assumed",
        ge=-5.0,
        le=5.0,
    )
    """Change of d' per hour, about the middle of the deployment."""
    low_prevalence_criterion_shift: float = setting(
        0.0,
        unit="sd",
        plausible=(-0.5, 0),
        status="assumed",
        source="Papesh and Goldinger 2014: rare mismatches are missed; Bindemann et al. 2010: no effect",
        ge=-5.0,
        le=5.0,
    )
    """Change of the criterion for people used to alerts that are nearly all true; below 0 is more
    lenient."""
    time_pressure_threshold_s: float = setting(
        4.0,
        unit="s",
        plausible=(2, 10),
        status="published",
        source=f"{_FYSH}: deterioration under targets of 4 s",
        ge=0.0,
        le=600.0,
    )
    """A `decision_latency_s` below this is haste."""
    time_pressure_criterion_shift: float = setting(
        -0.2,
        unit="sd",
        plausible=(-0.5, 0),
        status="assumed",
        source=f"{_FYSH}: direction published; size assumed",
        ge=-5.0,
        le=5.0,
    )
    """Change of the criterion in haste; below 0 is more lenient. Unused otherwise."""
    reviewers: int = setting(
        1,
        unit="people",
        plausible=(1, 2),
        status="assumed",
        source="no rule of a second reviewer was published",
        ge=1,
        le=2,
    )
    """People who look at an alert at the first stage; with two, both must say yes."""
    second_reviewer_correlation: float = setting(
        0.4,
        unit="rho",
        plausible=(0.1, 0.9),
        status="derived",
        source="fusion in face matching: AUC 0.84 alone, 0.88 as a talking pair, 0.91 blind",
        ge=0.0,
        le=1.0,
    )
    """Correlation of what the two reviewers see; 0 are strangers, 1 is one. Unused with one."""
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
    T seconds is found_share ** (T / found_reference_s), at `found_reference_density_per_m2`."""
    found_reference_density_per_m2: float = setting(
        0.25,
        unit="people/m2",
        plausible=(0.05, 0.6),
        status="derived",
        source="mean density around those who set off alerts at the three West End layouts in 2022",
        ge=1e-3,
        le=10.0,
    )
    """Density at which `found_share` holds."""
    loss_density_exponent: float = setting(
        0.5,
        unit="exponent",
        plausible=(0, 1.5),
        status="assumed",
        source="7 July 2022, the densest day: 1 of 4 not found; no measurement",
        ge=0.0,
        le=5.0,
    )
    """The rate of losing people grows as density to this power; 0: it does not."""
    fled_share: float = share(
        0.0,
        plausible=(0.0, 0.1),
        status="assumed",
        source="0 because `found_share` is of all who were sought, those who ran among them",
    )
    """P(runs away | found), before a word is spoken."""
    search_time_s: float = setting(
        20.0, unit="s", plausible=(5, 90), status="assumed", source="no source", ge=0.0, le=3600.0
    )
    """Time a team takes to pick the person out once it is there."""
    give_up_s: float = setting(
        180.0, unit="s", plausible=(60, 600), status="assumed", source="no source", ge=0.0, le=86400
    )
    """Age of an alert at which it lapses if no team was free, or is given up if nobody was reached."""
    alerts_wait: bool = setting(
        True, unit="", plausible=None, status="assumed", source="no rule was published"
    )
    """Whether an alert waits for a team to be free; else it lapses at once."""
    group_criterion_shift: GroupShift = GroupShift()
    engagement: Engagement = Engagement()
    disposal: Disposal = Disposal()
