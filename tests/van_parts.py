"""What the tests of recognition share: people and searches without a street, and exact tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, binom

from lfr_sim.records import PassTable
from lfr_sim.scenario import GROUPS, Scenario
from lfr_sim.van import Entries, Membership, People, Searches, Street, membership_of, search_all

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

LEAST_P = 1e-6
"""Error probability of each exact test; with the seeds fixed, a right program passes for good."""

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
SAME = {
    f"matcher.fmr_ratio.{passer}_{entry}": 1.0 for passer in GROUPS for entry in GROUPS
} | {
    "matcher.female_fmr_ratio": 1.0,
    "matcher.cross_sex_fmr_ratio": 1.0,
    "matcher.older_fmr_ratio": 1.0,
    "matcher.child_fmr_ratio": 1.0,
    "matcher.frailty_sd_log": 0.0,
}
"""Settings under which all strangers are alike to the matcher."""
AS_LISTED: dict[str, Any] = {
    **{f"crowd.groups.{name}": getattr(PLAIN.watchlist.groups, name) for name in GROUPS},
    "crowd.female_share": PLAIN.watchlist.female_share,
    "crowd.share_under_18": PLAIN.watchlist.share_under_18,
}
"""Settings under which passers are like entries, so that all are as likely to be listed."""


def scenario(base: Scenario = PLAIN, changes: Mapping[str, Any] | None = None, **more: Any) -> Scenario:
    """Return a scenario with changes; in keywords, two underscores stand for the dot."""
    said = {name.replace("__", "."): value for name, value in more.items()}
    return base.replace({**(changes or {}), **said})


def people_of(asked: Scenario, count: int, seed: int = 1) -> People:
    """Return so many people of the crowd of a scenario."""
    crowd, rng = asked.crowd, np.random.default_rng(seed)
    age = rng.random(count)
    return People(
        group=rng.choice(len(GROUPS), count, p=list(crowd.groups.model_dump().values())),
        woman=rng.random(count) < crowd.female_share,
        under_18=age >= 1 - crowd.share_under_18,
        older=age < crowd.share_65_plus,
        masked=rng.random(count) < crowd.mask_share,
        hooded=rng.random(count) < crowd.hood_or_hat_share,
    )


@dataclass(frozen=True)
class VanAlone:
    """The searches of people who each walk past a van, with everything that they rest on."""

    scenario: Scenario
    people: People
    entries: Entries
    membership: Membership
    person: IntArray
    """Person of each pass."""
    searches: Searches

    @property
    def false_alerts(self) -> BoolArray:
        """Whether each pass exceeds on somebody else's entry."""
        return self.searches.exceeds & ~self.searches.candidate_is_mate

    @property
    def true_alerts(self) -> BoolArray:
        """Whether each pass exceeds on the own entry."""
        return self.searches.exceeds & self.searches.candidate_is_mate


def van_alone(
    asked: Scenario, count: int, *, passes: int = 1, seed: int = 1, people: People | None = None
) -> VanAlone:
    """Let people of the scenario's crowd each walk past one van so many times, and search."""
    seeds = {"root_seed": seed, "replicate": 0}
    people = people_of(asked, count, seed) if people is None else people
    entries = Entries(asked.watchlist, **seeds)
    membership = membership_of(entries, people, asked.crowd, **seeds)
    person = np.tile(np.arange(len(people)), passes)
    number = np.arange(len(person))
    zero = np.zeros(len(person))
    none = np.zeros(len(person), dtype=np.int64)
    table = PassTable(number, none, none, zero, zero + 5.0, zero, zero, zero, zero)
    street = Street(person, people, membership, entries)
    searches = search_all(asked, table, street, [0], **seeds)
    return VanAlone(asked, people, entries, membership, person, searches)


def exact_p(count: int, trials: int, chance: float) -> float:
    """Return the two-sided p-value of a count under the binomial law."""
    return float(min(1.0, 2 * min(binom.cdf(count, trials, chance), binom.sf(count - 1, trials, chance))))


def exact_interval(count: int, trials: int, level: float = 0.999) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a chance."""
    tail = (1 - level) / 2
    low = beta.ppf(tail, count, trials - count + 1) if count else 0.0
    high = beta.ppf(1 - tail, count + 1, trials - count) if count < trials else 1.0
    return float(low), float(high)


def same_rate_p(first: tuple[int, int], second: tuple[int, int], ratio: float = 1.0) -> float:
    """Return p of two (count, passes) of rare events whose rates have a given ratio, first over second.

    Given their sum, the first count is binomial, for Poisson counts.
    """
    expected = first[1] * ratio
    return exact_p(first[0], first[0] + second[0], expected / (expected + second[1]))
