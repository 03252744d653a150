"""What the tests of recognition share: people searched without a street, and exact tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from lfr_sim.records import PassTable, People
from lfr_sim.scenario import GROUPS, Scenario
from lfr_sim.street import people_of
from lfr_sim.van import Entries, Faces, Membership, Searches, Street, membership_of, search_all

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

LEAST_P = 1e-6
"""Error probability of each exact test."""

PLAIN = Scenario.from_dict({"site": {"layout": "oxford_circus"}})
"""All defaults."""
SEEN = PLAIN.replace(
    {
        "camera.capture_probability": 1.0,
        "camera.capture_time_constant_s": 0.0,
        "crowd.mask_share": 0.0,
        "crowd.hood_or_hat_share": 0.0,
        "watchlist.presence_law": "fixed",
        "watchlist.presence_day_effect": False,
    }
)
"""Every pass is captured, every face is bare, every day is like any other."""
EQUAL_FACES: dict[str, Any] = {
    **{f"matcher.fmr_ratio.{one}_{other}": 1.0 for one in GROUPS for other in GROUPS},
    "matcher.female_fmr_ratio": 1.0,
    "matcher.cross_sex_fmr_ratio": 1.0,
    "matcher.older_fmr_ratio": 1.0,
    "matcher.child_fmr_ratio": 1.0,
    "matcher.frailty_sd_log": 0.0,
}
"""Settings under which all strangers are alike to the matcher."""
OWN_GROUP_ONLY: dict[str, Any] = EQUAL_FACES | {
    f"matcher.fmr_ratio.{one}_{other}": float(one == other) for one in GROUPS for other in GROUPS
}
"""Settings under which nobody is matched to an entry of another group."""
AS_LISTED: dict[str, Any] = {
    **{f"crowd.groups.{name}": getattr(PLAIN.watchlist.groups, name) for name in GROUPS},
    "crowd.female_share": PLAIN.watchlist.female_share,
    "crowd.share_under_18": PLAIN.watchlist.share_under_18,
}
"""Settings under which passers are like entries, so that all are as likely to be listed."""
NO_KIN: dict[str, Any] = {"watchlist.kin_share": 0.0, "watchlist.kin_also_listed_share": 0.0}
"""Settings under which nobody is a lookalike relative."""


def changed(base: Scenario, *tables: Mapping[str, Any], **changes: Any) -> Scenario:
    """Return a scenario with changes, later ones last; in keywords, two underscores stand for a dot."""
    said: dict[str, Any] = {}
    for table in tables:
        said |= table
    return base.replace(said | {name.replace("__", "."): value for name, value in changes.items()})


@dataclass(frozen=True)
class VanAlone:
    """The searches of people who each walk past a van, with everything that they rest on."""

    people: People
    entries: Entries
    membership: Membership
    person: IntArray
    """Person of each pass."""
    searches: Searches

    @property
    def group(self) -> IntArray:
        """Group of the passer of each pass."""
        return self.people.group[self.person]

    @property
    def false_alerts(self) -> BoolArray:
        """Whether each pass exceeds on somebody else's entry."""
        return self.searches.exceeds & ~self.searches.candidate_is_mate

    @property
    def true_alerts(self) -> BoolArray:
        """Whether each pass exceeds on the own entry."""
        return self.searches.exceeds & self.searches.candidate_is_mate


def van_alone(
    scenario: Scenario,
    count: int,
    *,
    passes: int = 1,
    seed: int = 1,
    replicate: int = 0,
    people: People | None = None,
    **same: Any,
) -> VanAlone:
    """Let people of the scenario's crowd each walk past one van so many times, in full view.

    Args:
        scenario: What is asked.
        count: Number of people.
        passes: Passes of each: first everybody's first.
        seed: Root seed.
        replicate: Number of the run.
        people: The people, if not drawn.
        **same: What all people have alike, as fields of `People`: `older=True`.
    """
    seeds = {"root_seed": seed, "replicate": replicate}
    people = crowd_alone(scenario, count, **seeds) if people is None else people
    people = replace(people, **{name: np.full(len(people), value) for name, value in same.items()})
    entries = Entries(scenario.watchlist, **seeds)
    membership = membership_of(entries, people, scenario.crowd, **seeds)
    person = np.tile(np.arange(len(people)), passes)
    faces = Faces(scenario.matcher, people, **seeds)
    street = Street(person, people, membership, entries, faces)
    searches = search_all(scenario, _table(len(person)), street, [0], **seeds)
    return VanAlone(people, entries, membership, person, searches)


def crowd_alone(scenario: Scenario, count: int, *, root_seed: int = 1, replicate: int = 0) -> People:
    """Return so many people of a scenario's crowd."""
    return people_of(scenario.crowd, count, root_seed=root_seed, replicate=replicate)


def _table(count: int) -> PassTable:
    zero, none = np.zeros(count), np.zeros(count, dtype=np.int64)
    return PassTable(np.arange(count), none, none, zero, zero + 5.0, zero, zero, zero, zero)


def members_of(
    scenario: Scenario, count: int, *, seed: int = 1, people: People | None = None
) -> tuple[Entries, People, Membership]:
    """Return the list, people, and who of them is on it."""
    people = crowd_alone(scenario, count, root_seed=seed) if people is None else people
    entries = Entries(scenario.watchlist, root_seed=seed, replicate=0)
    membership = membership_of(entries, people, scenario.crowd, root_seed=seed, replicate=0)
    return entries, people, membership


def exact_p(count: int, trials: int, chance: float) -> float:
    """Return the two-sided p-value of a count under the binomial law."""
    return float(min(1.0, 2 * min(binom.cdf(count, trials, chance), binom.sf(count - 1, trials, chance))))


def same_rate_p(first: tuple[int, int], second: tuple[int, int], ratio: float = 1.0) -> float:
    """Return p of two (events, trials) if the rate of the first is `ratio` times that of the second.

    Given their sum, the first of two Poisson counts is binomial.
    """
    expected = first[1] * ratio
    return exact_p(first[0], first[0] + second[0], expected / (expected + second[1]))
