"""Who comes, when, with whom, how fast, by which route, and who comes back.

People come in units (a person alone is a unit of one) that share gate, route and speed. Units arrive
as an inhomogeneous Poisson process: the flow follows the hours of the day; at gates with trains a share
of them is held back to a burst. A unit may return the way it came, later on the same day. Every walk
through the site is a *passer*; a person who walks twice is one person and two passers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from lfr_sim.records import People
from lfr_sim.scenario import Crowd as CrowdSettings
from lfr_sim.scenario import Scenario
from lfr_sim.streams import Stream, generator, uniforms

from .site import Site
from .walkways import routes_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

FREE_SPEED_RANGE_M_S = (0.5, 2.2)
"""Free speeds are truncated to this range."""

SOONEST_RETURN_H = 0.1
"""Nobody comes back sooner after entering: the longest walks take about six minutes; assumed."""

_GRID = 2048


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody who walks through the site in one run.

    Units are ordered: first walks, then returns. Passers are ordered by unit, so unit u holds passers
    `first_passer[u]` to `first_passer[u + 1]`.
    """

    unit_arrive_s: FloatArray
    """When each unit enters the site."""
    unit_route: IntArray
    """Route of each unit, from gate to gate."""
    unit_speed_m_s: FloatArray
    """Free speed of the slowest member, after the slowing of company."""
    first_passer: IntArray
    """Where each unit's passers begin, and where the last one's end."""
    unit: IntArray
    """Unit of each passer."""
    person: IntArray
    """Person of each passer; those who return appear twice."""
    older: BoolArray
    """Whether each passer is 65 or over."""
    masked: BoolArray
    """Whether each passer wears a face mask."""
    hooded: BoolArray
    """Whether a hood or hat shades each passer's face."""
    under_18: BoolArray
    """Whether each passer is under 18."""
    group: IntArray
    """Index into `lfr_sim.scenario.GROUPS`."""
    woman: BoolArray
    """Whether each passer is a woman."""

    def __len__(self) -> int:
        """Return the number of passers."""
        return len(self.person)

    @property
    def people(self) -> int:
        """Number of different people."""
        return int(self.person.max()) + 1 if len(self.person) else 0

    @property
    def everybody(self) -> People:
        """What is true of each person; people stand first among passers, in their order."""
        some = slice(0, self.people)
        return People(
            group=self.group[some],
            woman=self.woman[some],
            under_18=self.under_18[some],
            older=self.older[some],
            masked=self.masked[some],
            hooded=self.hooded[some],
        )


def crowd_of(scenario: Scenario, site: Site, *, root_seed: int, replicate: int) -> Crowd:
    """Draw the crowd of one run; consumes the streams ARRIVALS and PEOPLE."""
    settings = scenario.crowd
    open_s = scenario.deployment.hours * 3600.0
    hours = ArrivalHours(scenario)
    seeds = {"root_seed": root_seed, "replicate": replicate}
    count = int(generator(**seeds, stream=Stream.ARRIVALS).poisson(expected_first_units(scenario)))
    u_time, u_route, u_speed, u_size, u_return, u_delay, *u_burst = uniforms(
        10, count, stream=Stream.ARRIVALS, part=1, **seeds
    )

    size = _sizes(settings, u_size)
    wished_s = hours.time_s(u_time)
    route = _pick_routes(site, u_route)
    further_h = settings.repeat.delay_mean_h - SOONEST_RETURN_H
    delay_s = 3600.0 * (SOONEST_RETURN_H - np.log1p(-u_delay) * further_h)
    back = (u_return < settings.repeat.same_day_share) & (wished_s + delay_s < open_s)

    way_back = routes_of(site).way_back[route[back]]
    first_s = _in_bursts(scenario, site, route, wished_s, *u_burst[:2])
    again_s = wished_s[back] + delay_s[back]
    again_s = _in_bursts(scenario, site, way_back, again_s, u_burst[2][back], u_burst[3][back])
    again_s = np.maximum(again_s, first_s[back])  # a burst of each gate's own can swap the two
    people = people_of(settings, int(size.sum()), root_seed=root_seed, replicate=replicate)
    older = people.older
    starts = np.cumsum(size) - size
    speed = _unit_speeds(settings, u_speed, size, older, starts)
    returning = np.repeat(back, size)
    person = np.concatenate([np.arange(len(older)), np.flatnonzero(returning)])
    sizes = np.concatenate([size, size[back]])
    return Crowd(
        unit_arrive_s=np.concatenate([first_s, again_s]),
        unit_route=np.concatenate([route, way_back]),
        unit_speed_m_s=np.concatenate([speed, speed[back]]),
        first_passer=np.concatenate([[0], np.cumsum(sizes)]),
        unit=np.repeat(np.arange(len(sizes)), sizes),
        person=person,
        older=older[person],
        masked=people.masked[person],
        hooded=people.hooded[person],
        under_18=people.under_18[person],
        group=people.group[person],
        woman=people.woman[person],
    )


def expected_first_units(scenario: Scenario) -> float:
    """Return the expected number of units on their first walk.

    So many that walks, first and second together, come to `passers_per_hour` on average.
    """
    settings = scenario.crowd
    walks = settings.passers_per_hour * scenario.deployment.hours
    sizes = settings.social_groups.unit_size_share
    mean_size = sum(size * share for size, share in enumerate(sizes, start=1))
    return walks / mean_size / (1.0 + return_share(scenario))


def return_share(scenario: Scenario) -> float:
    """Return P(a person comes back before the deployment ends)."""
    hours = ArrivalHours(scenario)
    repeat = scenario.crowd.repeat
    u = (np.arange(_GRID) + 0.5) / _GRID
    left_h = scenario.deployment.hours - hours.time_s(u) / 3600.0
    further_h = np.maximum(left_h - SOONEST_RETURN_H, 0.0)
    in_time = -np.expm1(-further_h / (repeat.delay_mean_h - SOONEST_RETURN_H))
    return repeat.same_day_share * float(np.mean(in_time))


class ArrivalHours:
    """The flow over the deployment: constant within each hour of the day."""

    def __init__(self, scenario: Scenario) -> None:
        start = scenario.deployment.start_hour
        end = start + scenario.deployment.hours
        profile = scenario.crowd.hour_profile
        edges = [start, *range(int(start) + 1, int(np.ceil(end))), end]
        weights = [profile[int(edge) % 24] for edge in edges[:-1]]
        self._edges_s = (np.array(edges) - start) * 3600.0
        share = np.array(weights) * np.diff(self._edges_s)
        total = share.sum()
        self._cumulative = np.concatenate([[0.0], np.cumsum(share / total if total else share)])

    def time_s(self, u: FloatArray) -> FloatArray:
        """Return the time at which the share `u` of all arrivals has come."""
        return np.interp(u, self._cumulative, self._edges_s)


def _sizes(settings: CrowdSettings, u: FloatArray) -> IntArray:
    cumulative = np.cumsum(settings.social_groups.unit_size_share)[:-1]
    return 1 + np.searchsorted(cumulative, u, side="right")


def _pick_routes(site: Site, u: FloatArray) -> IntArray:
    cumulative = np.cumsum(routes_of(site).probability)
    return np.minimum(np.searchsorted(cumulative, u, side="right"), len(cumulative) - 1)


def _in_bursts(
    scenario: Scenario,
    site: Site,
    route: IntArray,
    wished_s: FloatArray,
    u_held: FloatArray,
    u_phase: FloatArray,
) -> FloatArray:
    """Return times at which those held back for a train come out of their gate.

    Within a period of the gate, arrivals are squeezed into its first `burst_s` seconds, and into what
    is left of the deployment.
    """
    if not scenario.crowd.platoons:
        return wished_s
    open_s = scenario.deployment.hours * 3600.0
    time_s = wished_s.copy()
    gate = routes_of(site).gate_in[route]
    for number, description in enumerate(site.gates):
        train = description.platoon
        if train is not None:
            held = (gate == number) & (u_held < train.share_in_burst)
            period_start = wished_s[held] // train.period_s * train.period_s
            burst_s = np.minimum(min(train.burst_s, train.period_s), open_s - period_start)
            time_s[held] = period_start + u_phase[held] * burst_s
    return time_s


def people_of(settings: CrowdSettings, count: int, *, root_seed: int, replicate: int) -> People:
    """Draw what each of so many people brings along; consumes the stream PEOPLE."""
    seeds = {"root_seed": root_seed, "replicate": replicate}
    u_age, u_mask, u_hood = uniforms(3, count, stream=Stream.PEOPLE, **seeds)
    u_group, u_sex = uniforms(2, count, stream=Stream.PEOPLE, part=1, **seeds)
    edges = np.cumsum(list(settings.groups.model_dump().values()))[:-1]
    return People(
        older=u_age < settings.share_65_plus,
        masked=u_mask < settings.mask_share,
        hooded=u_hood < settings.hood_or_hat_share,
        under_18=u_age >= 1.0 - settings.share_under_18,  # nobody is both
        group=sum((u_group >= edge for edge in edges), start=np.zeros(count, dtype=np.int64)),
        woman=u_sex < settings.female_share,
    )


def _unit_speeds(
    settings: CrowdSettings, u: FloatArray, size: IntArray, older: BoolArray, starts: IntArray
) -> FloatArray:
    """Return each unit's free speed: truncated normal, slowed by company and by an older member."""
    speed = truncated_normal(u, settings.free_speed_mean_m_s, settings.free_speed_sd_m_s)
    speed *= 1.0 - settings.social_groups.slowdown_per_member * (size - 1)
    if len(older):
        with_older = np.logical_or.reduceat(older, starts)
        speed[with_older] *= settings.speed_65_plus_m_s / settings.free_speed_mean_m_s
    return speed


def truncated_normal(u: FloatArray, mean: float, sd: float) -> FloatArray:
    """Return normal speeds (m/s) truncated to `FREE_SPEED_RANGE_M_S`, at the quantiles `u`."""
    if sd == 0.0:
        return np.full(len(u), mean)
    low, high = (ndtr((end - mean) / sd) for end in FREE_SPEED_RANGE_M_S)
    return np.asarray(mean + sd * ndtri(low + u * (high - low)))
