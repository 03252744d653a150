"""Who comes, when and how fast, against distributions worked out here in another way.

Statistical tests use fixed seeds and fail a right program with probability 1e-6 each; counts are large
enough to see a bias of a few per cent.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.stats import binomtest, chi2, chisquare, kstest, poisson, truncnorm
from strategies import values_of

from lfr_sim.scenario import Scenario
from lfr_sim.street import Crowd, Flow, crowd_of, load_site
from lfr_sim.street.arrivals import SOONEST_RETURN_H, expected_first_units, return_share
from lfr_sim.street.walkways import routes_of

LEAST_P = 1e-6
Z_OF_LEAST_P = 4.892
"""Two-sided normal quantile of 1e-6."""
TUBE = "canary_wharf"
TUBE_GATE = "tube_west"

SEEDS = {"root_seed": 5, "replicate": 2}

Maker = Callable[..., Scenario]


@pytest.fixture
def asked(pavement: str) -> Maker:
    """Return a maker of scenarios on a straight pavement (or elsewhere), by dotted path."""

    def make(layout: str = pavement, /, **changes: object) -> Scenario:
        dotted = {name.replace("__", "."): value for name, value in changes.items()}
        return Scenario.from_dict({"site": {"layout": layout}}).replace(dotted)

    return make


def drawn(scenario: Scenario, replicate: int = 0, root_seed: int = 11) -> Crowd:
    """Return the crowd of one run."""
    site = load_site(scenario.site.layout)
    return crowd_of(scenario, site, root_seed=root_seed, replicate=replicate)


def first_units(crowd: Crowd) -> int:
    """Return how many units are on their first walk."""
    return int(crowd.unit[crowd.people - 1]) + 1 if crowd.people else 0


def returns_of(crowd: Crowd) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the units that come back: as they came first, and as they come again."""
    again = np.arange(first_units(crowd), len(crowd.unit_route))
    first = crowd.unit[: crowd.people][crowd.person[crowd.first_passer[again]]]
    return first, again


def assert_same_crowd(one: Crowd, other: Crowd) -> None:
    """Fail unless two crowds are the same to the last bit."""
    for field in fields(Crowd):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def weight_at(scenario: Scenario, hour: float) -> float:
    """Return the relative flow at an hour of the clock, which may lie beyond midnight."""
    return scenario.crowd.hour_profile[math.floor(hour) % 24]


def returning_share(scenario: Scenario) -> float:
    """Return P(somebody comes back before closing), by numerical integration over the clock."""
    start, end = scenario.deployment.start_hour, scenario.deployment.start_hour + scenario.deployment.hours
    repeat = scenario.crowd.repeat
    edges = [hour for hour in range(48) if start < hour < end]

    def integral(function: Callable[[float], float]) -> float:
        ends = sorted({start, *edges, max(start, end - SOONEST_RETURN_H), end})
        return sum(quad(function, a, b)[0] for a, b in pairwise(ends))

    def in_time(hour: float) -> float:
        further_h = max(end - hour - SOONEST_RETURN_H, 0.0)
        return weight_at(scenario, hour) * (
            1 - math.exp(-further_h / (repeat.delay_mean_h - SOONEST_RETURN_H))
        )

    return repeat.same_day_share * integral(in_time) / integral(lambda hour: weight_at(scenario, hour))


def test_counts_have_the_mean_asked_for(asked: Maker) -> None:
    """Protects the totals: walks come to `passers_per_hour`, whatever the groups and the returns.

    Units are Poisson; people and passers are sums over units, with the variance that follows.
    """
    scenario = asked(crowd__passers_per_hour=6000.0, deployment__hours=3.0)
    replicates = 100
    crowds = [drawn(scenario, replicate) for replicate in range(replicates)]
    back = returning_share(scenario)
    share = np.array(scenario.crowd.social_groups.unit_size_share)
    size = np.arange(1, len(share) + 1)
    units = replicates * 18_000 / float(size @ share) / (1 + back)
    people, people_sd = units * float(size @ share), math.sqrt(units * float(size**2 @ share))
    walks_sd = math.sqrt(units * float(size**2 @ share) * (1 + 3 * back))  # E (1 + B)^2 = 1 + 3 p

    count = sum(first_units(crowd) for crowd in crowds)
    assert 2 * min(poisson.cdf(count, units), poisson.sf(count - 1, units)) > LEAST_P
    assert abs(sum(crowd.people for crowd in crowds) - people) < Z_OF_LEAST_P * people_sd
    assert abs(sum(len(crowd) for crowd in crowds) - replicates * 18_000) < Z_OF_LEAST_P * walks_sd


def test_units_scatter_as_a_poisson_count(asked: Maker) -> None:
    """Protects the variance over days: index of dispersion 1, neither fixed nor clumped."""
    scenario = asked(crowd__passers_per_hour=200.0, deployment__hours=1.0)
    counts = [first_units(drawn(scenario, replicate)) for replicate in range(600)]
    dispersion = float(np.var(counts) * len(counts) / np.mean(counts))
    p = chi2.cdf(dispersion, len(counts) - 1)

    assert 2 * min(p, 1 - p) > LEAST_P


def test_expected_counts_match_an_integral(asked: Maker) -> None:
    """Protects the share of returns and what is derived from it, over odd hours and past midnight."""
    for start, hours, delay in ((9.5, 4.0, 1.25), (22.25, 5.0, 0.5), (12.0, 0.3, 2.5), (0.0, 24.0, 24.0)):
        scenario = asked(
            deployment__start_hour=start, deployment__hours=hours, crowd__repeat__delay_mean_h=delay
        )
        back = returning_share(scenario)
        walks = expected_first_units(scenario) * 1.54 * (1 + back)

        assert back == pytest.approx(return_share(scenario), rel=1e-5)
        assert scenario.crowd.passers_per_hour * hours == pytest.approx(walks, rel=1e-5)


def test_share_of_returns(asked: Maker) -> None:
    """Protects how many units come back: the integral over the hours of P(delay ends before closing)."""
    scenario = asked(crowd__passers_per_hour=40_000.0, deployment__start_hour=15.5, deployment__hours=4.0)
    crowd = drawn(scenario)
    again = len(crowd.unit_route) - first_units(crowd)

    assert binomtest(again, first_units(crowd), returning_share(scenario)).pvalue > LEAST_P


def test_returns_come_back_the_way_they_came(asked: Maker) -> None:
    """Protects the second walk: same people, way, speed; later than the first, and before closing."""
    scenario = asked("leicester_square", crowd__passers_per_hour=20_000.0, deployment__hours=1.0)
    routes = routes_of(load_site("leicester_square"))
    for platoons in (False, True):
        crowd = drawn(scenario.replace({"crowd.platoons": platoons}))
        first, again = returns_of(crowd)
        size = np.diff(crowd.first_passer)

        assert len(again) > 1000
        np.testing.assert_array_equal(routes.way_back[crowd.unit_route[first]], crowd.unit_route[again])
        np.testing.assert_array_equal(crowd.unit_speed_m_s[first], crowd.unit_speed_m_s[again])
        np.testing.assert_array_equal(size[first], size[again])
        assert (crowd.unit_arrive_s[first] <= crowd.unit_arrive_s[again]).all()
        assert (crowd.unit_arrive_s >= 0).all()
        assert (crowd.unit_arrive_s < 3600.0).all()


def test_delays_are_exponential_cut_off_at_closing(asked: Maker) -> None:
    """Protects when people come back: P(delay < d | back in time) is F(d) / F(time left).

    About 100,000 returns, enough to see a mean that is 5 % off.
    """
    scenario = asked(crowd__passers_per_hour=120_000.0, crowd__platoons=False, deployment__hours=6.0)
    crowd = drawn(scenario)
    first, again = returns_of(crowd)
    soonest_s = SOONEST_RETURN_H * 3600
    mean_s = scenario.crowd.repeat.delay_mean_h * 3600 - soonest_s
    came_s = crowd.unit_arrive_s[first] + soonest_s
    delay_s = crowd.unit_arrive_s[again] - came_s
    share = np.expm1(-delay_s / mean_s) / np.expm1(-(6 * 3600 - came_s) / mean_s)

    assert len(first) > 90_000
    assert kstest(share, "uniform").pvalue > LEAST_P


def test_every_person_walks_once_or_twice_with_the_same_traits(asked: Maker) -> None:
    """Protects the numbering of units, passers and people, and traits that belong to the person."""
    changes = {"share_65_plus": 0.3, "mask_share": 0.4, "hood_or_hat_share": 0.2, "passers_per_hour": 9e3}
    crowd = drawn(asked(**{f"crowd__{name}": value for name, value in changes.items()}))
    first, again = returns_of(crowd)
    passers = np.arange(len(crowd))
    members = [np.arange(*crowd.first_passer[unit : unit + 2]) for unit in again]
    before = [np.arange(*crowd.first_passer[unit : unit + 2]) for unit in first]

    np.testing.assert_array_equal(np.arange(crowd.people), crowd.person[: crowd.people])
    np.testing.assert_array_equal(
        crowd.person[np.concatenate(before)], crowd.person[np.concatenate(members)]
    )
    assert set(np.bincount(crowd.person).tolist()) == {1, 2}
    assert len(set(first.tolist())) == len(first)
    assert (crowd.first_passer[crowd.unit] <= passers).all()
    assert (passers < crowd.first_passer[crowd.unit + 1]).all()
    for trait in (crowd.older, crowd.masked, crowd.hooded, crowd.under_18, crowd.woman, crowd.group):
        np.testing.assert_array_equal(trait[: crowd.people][crowd.person], trait)
    for trait, share in ((crowd.older, 0.3), (crowd.masked, 0.4), (crowd.hooded, 0.2)):
        has = int(trait[: crowd.people].sum())
        assert binomtest(has, crowd.people, share).pvalue > LEAST_P


def test_groups_sexes_and_ages_come_in_their_shares(asked: Maker) -> None:
    """Protects who walks past: each kind of people is as common as the product of its shares (chi2)."""
    groups = {"white": 0.4, "black": 0.3, "asian": 0.1, "other": 0.2}
    changes = {"share_65_plus": 0.3, "share_under_18": 0.2, "female_share": 0.6, "passers_per_hour": 9e3}
    said = {f"crowd__{name}": value for name, value in changes.items()}
    crowd = drawn(asked(**said, **{f"crowd__groups__{name}": value for name, value in groups.items()}))
    people = slice(0, crowd.people)
    group, woman = crowd.group[people], crowd.woman[people]
    age = np.where(crowd.under_18, 0, np.where(crowd.older, 2, 1))[people]

    counted = np.zeros((4, 2, 3))
    np.add.at(counted, (group, woman.astype(int), age), 1)
    ages = np.array([0.2, 0.5, 0.3])
    expected = np.multiply.outer(np.outer(list(groups.values()), [0.4, 0.6]), ages) * crowd.people
    assert chisquare(counted.ravel(), expected.ravel()).pvalue > LEAST_P
    assert counted.min() > 100
    assert not (crowd.under_18 & crowd.older).any()


@pytest.mark.parametrize(("start", "hours"), [(9.5, 4.0), (22.0, 4.0), (12.0, 5.5), (6.75, 1.5)])
def test_hours_of_the_day(asked: Maker, start: float, hours: float) -> None:
    """Protects the profile: each hour or part of one has its share of first walks, even past midnight.

    Within an hour people come evenly.
    """
    scenario = asked(
        crowd__passers_per_hour=120_000.0 / hours,
        crowd__platoons=False,
        deployment__start_hour=start,
        deployment__hours=hours,
    )
    crowd = drawn(scenario)
    hour = start + crowd.unit_arrive_s[: first_units(crowd)] / 3600.0
    pieces = [(max(h, start), min(h + 1, start + hours)) for h in range(int(start), int(start + hours) + 1)]
    pieces = [(a, b) for a, b in pieces if b > a]
    weights = np.array([weight_at(scenario, a) * (b - a) for a, b in pieces])
    counts = [int(((a <= hour) & (hour < b)).sum()) for a, b in pieces]
    a, b = pieces[1]
    inside = hour[(a <= hour) & (hour < b)]

    assert len(hour) == sum(counts)
    assert chisquare(counts, weights / weights.sum() * len(hour)).pvalue > LEAST_P
    assert kstest(inside, "uniform", args=(a, b - a)).pvalue > LEAST_P


def test_trains_bunch_arrivals_at_their_gate(asked: Maker) -> None:
    """Protects platoons: the held share and those who come in a burst anyway are in the burst."""
    crowd = drawn(asked(TUBE, crowd__passers_per_hour=60_000.0, deployment__hours=2.0))
    site = load_site(TUBE)
    number = [gate.id for gate in site.gates].index(TUBE_GATE)
    train = site.gates[number].platoon
    assert train is not None
    first = np.arange(first_units(crowd))
    here = first[routes_of(site).gate_in[crowd.unit_route[first]] == number]
    phase_s = crowd.unit_arrive_s[here] % train.period_s
    in_burst = train.share_in_burst + (1 - train.share_in_burst) * train.burst_s / train.period_s

    assert len(here) > 5000
    assert binomtest(int((phase_s < train.burst_s).sum()), len(here), in_burst).pvalue > LEAST_P
    early = phase_s[phase_s < train.burst_s]
    assert kstest(early, "uniform", args=(0, train.burst_s)).pvalue > LEAST_P


def test_trains_leave_totals_and_hours_alone(asked: Maker) -> None:
    """Protects comparisons with and without platoons: the same people, moved within one period only."""
    scenario = asked(TUBE, crowd__passers_per_hour=30_000.0, deployment__hours=2.0)
    bunched, even = drawn(scenario), drawn(scenario.replace({"crowd.platoons": False}))
    site = load_site(TUBE)
    gate_in = routes_of(site).gate_in[even.unit_route]
    first = np.arange(len(even.unit_route)) < first_units(even)
    tube = gate_in == [gate.id for gate in site.gates].index(TUBE_GATE)
    moved = bunched.unit_arrive_s != even.unit_arrive_s

    np.testing.assert_array_equal(even.person, bunched.person)
    np.testing.assert_array_equal(even.unit_route, bunched.unit_route)
    np.testing.assert_array_equal(even.unit_speed_m_s, bunched.unit_speed_m_s)
    np.testing.assert_array_equal(
        even.unit_arrive_s[first & tube] // 120.0, bunched.unit_arrive_s[first & tube] // 120.0
    )
    assert not moved[first & ~tube].any()
    assert moved[first & tube].mean() == pytest.approx(0.85, abs=0.03)


def test_nobody_comes_after_closing_or_back_before_coming() -> None:
    """Protects the ends of the day where the last train's period is cut short, at every train gate."""
    scenario = Scenario.from_dict({"site": {"layout": "oxford_circus"}})
    site = load_site("oxford_circus")
    for hours in (0.15, 0.34, 0.99):
        changes = {"deployment.hours": hours, "crowd.passers_per_hour": 3500.0 / hours}
        crowd = crowd_of(scenario.replace(changes | {"crowd.repeat.delay_mean_h": 0.11}), site, **SEEDS)
        first, again = returns_of(crowd)

        assert len(again) > 200
        assert (crowd.unit_arrive_s < hours * 3600.0).all()
        assert (crowd.unit_arrive_s[first] <= crowd.unit_arrive_s[again]).all()


def test_group_sizes(asked: Maker) -> None:
    """Protects units: sizes have the shares asked for, also where a size has none."""
    for share in ([0.6, 0.285, 0.09, 0.025], [0.0, 0.5, 0.0, 0.5], [1.0]):
        crowd = drawn(asked(crowd__social_groups__unit_size_share=share, crowd__passers_per_hour=12_000.0))
        size = np.diff(crowd.first_passer)[: first_units(crowd)]
        counts = np.bincount(size, minlength=len(share) + 1)[1:]
        expected = np.array(share) * len(size)
        possible = expected > 0

        assert size.max() <= len(share)
        assert counts[~possible].sum() == 0
        assert len(size) == counts[possible].sum()
        if possible.sum() > 1:
            assert chisquare(counts[possible], expected[possible]).pvalue > LEAST_P


@pytest.mark.parametrize("name", ["oxford_circus", "leicester_square"])
def test_routes_are_taken_with_their_probability(name: str) -> None:
    """Protects the choice of way: gates and lanes as often as their shares say (chi-square)."""
    site = load_site(name)
    routes = routes_of(site)
    scenario = Scenario.from_dict({"site": {"layout": name}})
    crowd = crowd_of(scenario.replace({"crowd.passers_per_hour": 40_000.0}), site, **SEEDS)
    counts = np.bincount(crowd.unit_route[: first_units(crowd)], minlength=len(routes))
    expected = routes.probability * counts.sum()
    often = expected >= 5
    rare = counts[~often].sum(), expected[~often].sum()

    assert rare[1] > 5
    assert chisquare([*counts[often], rare[0]], [*expected[often], rare[1]]).pvalue > LEAST_P


@pytest.mark.parametrize(("mean", "sd"), [(1.34, 0.26), (0.7, 0.5), (2.1, 1.0), (1.0, 0.01)])
def test_free_speeds_are_truncated_normal(asked: Maker, mean: float, sd: float) -> None:
    """Protects speeds of the young and single: scipy's own truncated normal on 0.5 to 2.2 m/s."""
    changes = {"free_speed_mean_m_s": mean, "free_speed_sd_m_s": sd, "share_65_plus": 0.0}
    single = {"crowd__social_groups__unit_size_share": [1.0], "crowd__repeat__same_day_share": 0.0}
    crowd = drawn(asked(**{f"crowd__{name}": value for name, value in changes.items()}, **single))
    law = truncnorm((0.5 - mean) / sd, (2.2 - mean) / sd, loc=mean, scale=sd)

    assert len(crowd) > 20_000
    assert kstest(crowd.unit_speed_m_s, law.cdf).pvalue > LEAST_P


def test_company_and_age_slow_a_unit_down(asked: Maker) -> None:
    """Protects slowing: each further member takes 3 %, an older member scales to the older mean."""
    company = "crowd.social_groups.slowdown_per_member"
    scenario = asked(crowd__share_65_plus=0.2, crowd__passers_per_hour=5000.0)
    plain = drawn(scenario.replace({company: 0.0, "crowd.share_65_plus": 0.0})).unit_speed_m_s
    grouped = drawn(scenario.replace({company: 0.03, "crowd.share_65_plus": 0.0})).unit_speed_m_s
    crowd = drawn(scenario.replace({company: 0.03}))
    size = np.diff(crowd.first_passer)
    has_older = np.array(
        [crowd.older[a:b].any() for a, b in zip(crowd.first_passer, crowd.first_passer[1:], strict=False)]
    )

    np.testing.assert_allclose(plain * (1 - 0.03 * (size - 1)), grouped)
    np.testing.assert_allclose(np.where(has_older, grouped * 0.85 / 1.34, grouped), crowd.unit_speed_m_s)
    assert 0.2 < has_older.mean() < 0.5


def test_no_scatter_means_one_speed(asked: Maker) -> None:
    """Protects sd = 0: everybody alone walks at the mean, without a division by zero."""
    crowd = drawn(
        asked(
            crowd__free_speed_sd_m_s=0.0,
            crowd__share_65_plus=0.0,
            crowd__social_groups__unit_size_share=[1.0],
        )
    )

    assert {1.34} == set(crowd.unit_speed_m_s.tolist())


def test_same_seed_same_crowd(asked: Maker) -> None:
    """Protects repeatability: seed and replicate decide everything, and each of them matters."""
    scenario = asked(crowd__passers_per_hour=3000.0)

    assert_same_crowd(drawn(scenario), drawn(scenario))
    for other in (drawn(scenario, replicate=1), drawn(scenario, root_seed=12)):
        assert not np.array_equal(drawn(scenario).unit_arrive_s[:50], other.unit_arrive_s[:50])


@settings(max_examples=25)
@given(
    size=st.integers(0, 50_000),
    presence=values_of("watchlist.presence"),
    presumption=values_of("officers.presumption_to_intervene"),
    teams=st.integers(0, 20),
    fmr=st.sampled_from([1e-6, 1e-4, 1e-2]),
    capture=st.floats(0.8, 1),
    stale=values_of("watchlist.stale_share"),
    d_prime=values_of("officers.d_prime"),
)
def test_crowd_does_not_depend_on_policy(
    pavement: str,
    size: int,
    presence: float,
    presumption: float,
    teams: int,
    fmr: float,
    capture: float,
    stale: float,
    d_prime: float,
) -> None:
    """Protects comparisons: the same crowd walks past every watchlist, matcher and officer."""
    plain = Scenario.from_dict({"site": {"layout": pavement}, "crowd": {"passers_per_hour": 500.0}})
    changes = {
        "watchlist.size": size,
        "watchlist.presence": presence,
        "watchlist.stale_share": stale,
        "matcher.fmr": fmr,
        "camera.capture_probability": capture,
        "officers.teams": teams,
        "officers.presumption_to_intervene": presumption,
        "officers.d_prime": d_prime,
    }

    assert_same_crowd(drawn(plain), drawn(plain.replace(changes)))


def test_more_masks_are_the_same_masks_and_more(asked: Maker) -> None:
    """Protects common random numbers: raising a share only adds people to those who had the trait."""
    few, many = (drawn(asked(crowd__mask_share=share, crowd__passers_per_hour=4e3)) for share in (0.2, 0.5))

    assert few.masked.sum() < many.masked.sum()
    assert not (few.masked & ~many.masked).any()
    np.testing.assert_array_equal(few.unit_arrive_s, many.unit_arrive_s)


def test_an_empty_street(asked: Maker) -> None:
    """Protects the empty crowd: no people, no passes, nothing raised."""
    scenario = asked(crowd__passers_per_hour=0.0)
    crowd = drawn(scenario)
    flow = Flow(scenario, load_site(scenario.site.layout), crowd)

    assert 0 == len(crowd) == crowd.people == len(crowd.unit_route) == len(flow.passes)
    assert 0.0 == flow.last_leave_s == flow.densest_per_m2
    assert len(flow.present(10.0)) == 0


@pytest.mark.parametrize(("start", "hours"), [(12.0, 0.02), (12.5, 0.5), (23.99, 0.02), (23.0, 24.0)])
def test_windows_of_any_length(asked: Maker, start: float, hours: float) -> None:
    """Protects the shortest, half-hour, midnight and whole-day windows: people come within them."""
    scenario = asked(
        deployment__start_hour=start, deployment__hours=hours, crowd__passers_per_hour=3000.0 / hours
    )
    crowd = drawn(scenario)

    assert len(crowd) == pytest.approx(3000, abs=500)
    assert (crowd.unit_arrive_s >= 0).all()
    assert (crowd.unit_arrive_s < hours * 3600).all()
    assert crowd.unit_arrive_s[: first_units(crowd)].max() > hours * 3600 * 0.98
