"""The street of the lessons: 10,000 people, each seen once, and what the closed form expects of them.

A real street has hundreds of settings. Here all but a handful are taken out: everybody is seen and compared
once, nobody comes back, all groups are alike, a person sought is found. What is left is the base rate, the
list, the matcher and the officer. The numbers are those of the model (`lfr_sim.theory`), for 10,000 faces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from lfr_sim.closed_form import theory
from lfr_sim.scenario import GROUPS, Scenario

PEOPLE: Final = 10_000
"""How many people walk past in every lesson."""
ENTRIES: Final = 1_000
"""Entries on the list, unless a lesson changes it."""
RIGHT_SHARE: Final = 0.99
"""The system is right 99 times in 100: of people on the list, and of those who are not."""
FMR: Final = 1.0 - RIGHT_SHARE ** (1.0 / ENTRIES)
"""False matches per comparison that make one alert in 100 searches: 1 - (1 - FMR)^1000 = 0.01."""

_ALIKE: Final = 1.0 / len(GROUPS)
_PLAIN: Final[dict[str, Any]] = {
    "crowd.repeat.same_day_share": 0.0,
    "crowd.platoons": False,
    "crowd.density_feedback": False,
    "crowd.share_65_plus": 0.0,
    "crowd.share_under_18": 0.0,
    "camera.capture_probability": 1.0,
    "camera.capture_time_constant_s": 0.05,
    "camera.occlusion_effect": 0.0,
    "watchlist.size": ENTRIES,
    "watchlist.presence": 0.001,
    "watchlist.presence_reference_size": ENTRIES,
    "watchlist.presence_day_effect": False,
    "watchlist.kin_share": 0.0,
    "watchlist.share_under_18": 0.0,
    "watchlist.female_share": 0.5,
    "matcher.fmr": FMR,
    "matcher.tpir": RIGHT_SHARE,
    "matcher.frailty_sd_log": 0.0,
    "matcher.tpir_age_decay_per_year": 0.0,
    "matcher.female_fmr_ratio": 1.0,
    "matcher.cross_sex_fmr_ratio": 1.0,
    "matcher.older_fmr_ratio": 1.0,
    "matcher.reference.watchlist_female_share": 0.5,
    "officers.found_share": 1.0,
    "officers.judges": 1,
    "officers.d_prime_sd": 0.0,
    "officers.fatigue_criterion_drift_per_h": 0.0,
    "officers.fatigue_d_prime_drift_per_h": 0.0,
    **{f"matcher.fmr_ratio.{one}_{other}": 1.0 for one in GROUPS for other in GROUPS},
    **{f"crowd.groups.{group}": _ALIKE for group in GROUPS},
    **{f"watchlist.groups.{group}": _ALIKE for group in GROUPS},
    **{f"matcher.reference.crowd.{group}": _ALIKE for group in GROUPS},
    **{f"matcher.reference.watchlist.{group}": _ALIKE for group in GROUPS},
}
"""What is taken out of the shipped scenario `minimal`, and the few values that stay."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is expected of 10,000 people."""

    listed: float
    """Of whom so many are on the list,"""
    right: float
    """so many set off an alert and are the person of the entry,"""
    wrong: float
    """and so many set off an alert and are not."""
    stopped_right: float
    """Of those who are the person of the entry, so many are stopped,"""
    stopped_wrong: float
    """and of those who are not."""
    no_basis: float
    """So many of the right people are stopped without a power to detain them: most no longer wanted."""
    never_told: float
    """So many of those whom nothing obliges to stay, stay without being told so."""

    @property
    def right_share(self) -> float | None:
        """The share of alerts that are right, as a fraction; None without alerts."""
        alerts = self.right + self.wrong
        return self.right / alerts if alerts else None


@dataclass(frozen=True, slots=True)
class Counts:
    """The same as whole people, who add up."""

    listed: int
    right: int
    wrong: int
    stopped_right: int
    stopped_wrong: int

    @property
    def people(self) -> int:
        """Everybody who walks past."""
        return PEOPLE

    @property
    def unlisted(self) -> int:
        """People who are not on the list."""
        return PEOPLE - self.listed

    @property
    def missed(self) -> int:
        """People on the list without an alert."""
        return self.listed - self.right

    @property
    def quiet(self) -> int:
        """People not on the list without an alert."""
        return self.unlisted - self.wrong

    @property
    def alerts(self) -> int:
        """All alerts."""
        return self.right + self.wrong


def lesson_scenario(changes: Mapping[str, Any] = {}) -> Scenario:
    """Return the scenario of the lessons, with some values changed; raises `InputError`."""
    return Scenario.from_file("minimal").replace({**_PLAIN, **changes}, subject="lesson")


def scene_of(changes: Mapping[str, Any] = {}) -> Scene:
    """Return what is expected of 10,000 people, with some settings changed; kept, so asking again is free.

    Args:
        changes: Dotted path of a setting -> value.

    Raises:
        InputError: If a value cannot be used.
    """
    return _scene_of(tuple(sorted(changes.items())))


@lru_cache(maxsize=2048)
def _scene_of(changes: tuple[tuple[str, Any], ...]) -> Scene:
    scenario = lesson_scenario(dict(changes))
    expected = theory(scenario).truth
    seen = expected["captured_passes"]
    each = {name: PEOPLE * value / seen for name, value in expected.items()}
    return Scene(
        listed=PEOPLE * expected["listed_passers"] / expected["passers"],
        right=each["true_alerts"],
        wrong=each["false_alerts"],
        stopped_right=each["engagements"] - each["wrongful_engagements"],
        stopped_wrong=each["wrongful_engagements"],
        no_basis=each["right_person_no_basis"],
        never_told=each["uninformed_compliance"],
    )


def counts_of(changes: Mapping[str, Any] = {}) -> Counts:
    """Return the scene as whole people: each number rounded, no part larger than its whole."""
    scene = scene_of(changes)
    listed = round(scene.listed)
    right, wrong = min(round(scene.right), listed), min(round(scene.wrong), PEOPLE - listed)
    return Counts(
        listed=listed,
        right=right,
        wrong=wrong,
        stopped_right=min(round(scene.stopped_right), right),
        stopped_wrong=min(round(scene.stopped_wrong), wrong),
    )
