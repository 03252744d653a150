"""Who comes into view of a camera, and how much of the limit of capture they reach, on average."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from lfr_sim.scenario import Scenario
from lfr_sim.street.site import Site
from lfr_sim.street.walkways import Routes, routes_of
from lfr_sim.street.zones import Views, ground_of, views_of

from .quadrature import U_WEIGHT, U

FloatArray = NDArray[np.float64]

_SPEED_LIMITS_M_S = (0.5, 2.2)
_FEEDBACK_ROUNDS = 6
_SOONEST_RETURN_H = 0.1


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of passer: how it walks or what it wears, and how common it is."""

    share: float
    factor: float


class InView:
    """Shares of passers who come into view, and how much of the limit of capture they reach."""

    def __init__(self, scenario: Scenario, site: Site) -> None:
        self._scenario = scenario
        self._site = site
        self._routes: Routes = routes_of(site)
        self._views: Views = views_of(site)
        self.passers = scenario.crowd.passers_per_hour * scenario.deployment.hours
        self.returns_per_person = _returns_per_person(scenario)
        first = self._routes.probability
        back = first[self._routes.way_back]
        returns = self.returns_per_person
        self._route_share = (first + returns * back) / (1 + returns)
        # One row per route and van, in the order of the views.
        key = self._views.route * (len(site.vans) + 1) + self._views.van
        order = np.argsort(key, kind="stable")
        self._order = order
        self._first_view = np.flatnonzero(np.diff(key[order], prepend=-1))
        self._row_route = self._views.route[order][self._first_view]
        self._row_share = self._route_share[self._row_route]

    @property
    def in_view_share(self) -> float:
        """P(a passer comes into view of any camera)."""
        return float(self._route_share[np.unique(self._row_route)].sum())

    @property
    def passes_per_passer(self) -> float:
        """Expected number of vans a passer comes into view of."""
        return float(self._row_share.sum())

    @property
    def most_vans(self) -> int:
        """Largest number of vans that a passer comes into view of."""
        return int(np.bincount(self._row_route).max()) if len(self._row_route) else 0

    def seen_together(self) -> list[float]:
        """Return, for one van, two vans and so on, the expected sum over sets of so many vans.

        Of the product of the shares of the limit of capture reached at each: elementary symmetric sums,
        by Newton's identities from sums of powers. The first is the expected sum over vans; 1 minus
        the alternating sum is what is needed for P(none of them).
        """
        most = self.most_vans
        if most == 0:
            return []
        of_route = np.flatnonzero(np.diff(self._row_route, prepend=-1))
        share = self._route_share[self._row_route[of_route]]
        means = np.zeros(most)
        for weight, grown in self._grown():
            powers = [np.add.reduceat(grown**power, of_route) for power in range(1, most + 1)]
            symmetric = [np.ones(len(of_route))]
            for size in range(1, most + 1):
                terms = [
                    (-1) ** (power - 1) * symmetric[size - power] * powers[power - 1]
                    for power in range(1, size + 1)
                ]
                symmetric.append(np.sum(terms, axis=0) / size)
                means[size - 1] += weight * float(share @ symmetric[size])
        return list(means.tolist())

    def _grown(self) -> Iterator[tuple[float, FloatArray]]:
        """Yield weight and the share of the limit reached per route and van, by hour and speed."""
        camera, views = self._scenario.camera, self._views
        if len(self._first_view) == 0:
            return
        length = (views.exit_m - views.enter_m)[self._order]
        for hour_share, per_h in _hours(self._scenario):
            density = (views.crowding_per_m2 * self._present(per_h))[self._order]
            kept = self._speed_share(density)
            heights = np.array([zone.z_m for zone in self._site.zones])[views.zone[self._order]]
            shadow_m2 = 0.46 * 0.15 * views.camera_m[self._order] / (heights - 1.6)
            clear = np.exp(-density * shadow_m2) ** camera.occlusion_effect
            seen_m = np.add.reduceat(length / kept * clear, self._first_view)
            for share, speed in self._speeds():
                for u_weight, value in zip(U_WEIGHT, speed, strict=True):
                    if camera.capture_time_constant_s == 0:
                        grown = np.ones_like(seen_m)
                    else:
                        grown = 1 - np.exp(-seen_m / value / camera.capture_time_constant_s)
                    yield hour_share * share * u_weight, grown

    def _speeds(self) -> Iterator[tuple[float, FloatArray]]:
        """Yield the share of each kind of passer and its free speeds at the quadrature nodes."""
        crowd = self._scenario.crowd
        mean, sd = crowd.free_speed_mean_m_s, crowd.free_speed_sd_m_s
        if sd > 0:
            low, high = (ndtr((end - mean) / sd) for end in _SPEED_LIMITS_M_S)
            alone = mean + sd * ndtri(low + U * (high - low))
        else:
            alone = np.full_like(U, mean)
        for kind in _walkers(self._scenario):
            yield kind.share, alone * kind.factor

    def _speed_share(self, density: FloatArray) -> FloatArray:
        """Return what a density leaves of the free speed (Weidmann 1993)."""
        if not self._scenario.crowd.density_feedback:
            return np.ones_like(density)
        law = self._scenario.crowd.fundamental
        with np.errstate(divide="ignore"):
            share = 1 - np.exp(-law.gamma * (1 / density - 1 / law.rho_max))
        return np.asarray(np.maximum(share, 0.05))

    def _present(self, per_h: float) -> float:
        """Return the mean number present at a flow (Little's law, with the crowd slowing itself)."""
        ground, routes = ground_of(self._site), self._routes
        of_route = np.repeat(np.arange(len(routes)), np.diff(ground.first_cell))
        pace = sum(share * float(np.sum(U_WEIGHT / speed)) for share, speed in self._speeds())
        waits = np.array([(s.cycle_s - s.walk_s) ** 2 / (2 * s.cycle_s) for s in self._site.signals])
        waited = np.where(routes.stop_signal >= 0, np.append(waits, 0.0)[routes.stop_signal], 0.0)
        present = 0.0
        for _ in range(_FEEDBACK_ROUNDS):
            kept = self._speed_share(ground.crowding_per_m2 * present)
            slow = np.bincount(of_route, weights=ground.cell_share / kept)
            walk_s = routes.length_m * slow * pace + waited.sum(axis=1)
            present = per_h / 3600.0 * float(self._route_share @ walk_s)
        return present


def _walkers(scenario: Scenario) -> Iterator[_Kind]:
    """Yield each size of unit, without and with an older member, as shares of passers."""
    crowd = scenario.crowd
    sizes = crowd.social_groups.unit_size_share
    people = sum(size * share for size, share in enumerate(sizes, start=1))
    for size, share in enumerate(sizes, start=1):
        with_older = 1 - (1 - crowd.share_65_plus) ** size
        company = 1 - crowd.social_groups.slowdown_per_member * (size - 1)
        older = crowd.speed_65_plus_m_s / crowd.free_speed_mean_m_s
        of_size = size * share / people
        yield _Kind(of_size * (1 - with_older), company)
        yield _Kind(of_size * with_older, company * older)


def _hours(scenario: Scenario) -> list[tuple[float, float]]:
    """Return, for each hour of the day or part of one, its share of passers and its flow per hour."""
    start, hours = scenario.deployment.start_hour, scenario.deployment.hours
    pieces = []
    for hour in range(int(start), math.ceil(start + hours)):
        length = min(hour + 1, start + hours) - max(hour, start)
        if length > 0:
            pieces.append((length, scenario.crowd.hour_profile[hour % 24]))
    total = sum(length * weight for length, weight in pieces)
    if total == 0:
        return [(1.0, 0.0)]
    flow = scenario.crowd.passers_per_hour * hours / total
    return [(length * weight / total, weight * flow) for length, weight in pieces]


def _returns_per_person(scenario: Scenario) -> float:
    """Return P(a person walks a second time before closing).

    The delay is 0.1 h and an exponential of mean m. Over a stretch with between a and b hours left,
    P(too late) has the mean (what lies below 0.1 h + m (e^(-(a')/m) - e^(-(b')/m))) / (b - a), with
    a' and b' the hours left beyond 0.1 h.
    """
    mean_h = scenario.crowd.repeat.delay_mean_h - _SOONEST_RETURN_H
    start, hours = scenario.deployment.start_hour, scenario.deployment.hours
    too_late = 0.0
    begin = start
    for share, _ in _hours(scenario):
        end = min(math.floor(begin) + 1, start + hours)
        most, least = start + hours - begin, start + hours - end
        hopeless = min(most, _SOONEST_RETURN_H) - min(least, _SOONEST_RETURN_H)
        beyond = [max(left - _SOONEST_RETURN_H, 0.0) for left in (least, most)]
        late = mean_h * (math.exp(-beyond[0] / mean_h) - math.exp(-beyond[1] / mean_h))
        too_late += share * (hopeless + late) / (end - begin)
        begin = end
    return scenario.crowd.repeat.same_day_share * (1 - too_late)
