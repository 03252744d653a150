"""Who comes into view of a camera, and how much of the limit of capture they reach, on average."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from lfr_sim.scenario import Camera, Crowd, Scenario
from lfr_sim.street.site import Site, site_of
from lfr_sim.street.walkways import Routes, routes_of
from lfr_sim.street.zones import Views, ground_of, views_of

from .quadrature import U_WEIGHT, U

FloatArray = NDArray[np.float64]

_SPEED_LIMITS_M_S = (0.5, 2.2)
_FEEDBACK_ROUNDS = 6
_SOONEST_RETURN_H = 0.1
_SLOWEST = 0.05
"""Least share of the free speed."""
_SHOULDER_M, _HEAD_ABOVE_FACE_M, _FACE_HEIGHT_M = 0.46, 0.15, 1.6
"""Somebody in front hides a face: how wide they are, how far their head is above it, and how high it is.
These and the numbers above are written down anew, so that a slip in the street does not cancel itself."""


@dataclass(frozen=True, slots=True)
class _Walkers:
    """Passers in company of one size, with somebody of 65 or over among them or not."""

    share: float
    """Of all passers."""
    slowed_to: float
    """What company and age leave of the free speed."""


@dataclass(frozen=True, slots=True)
class Street:
    """What of a deployment hangs on site, cameras, crowd and hours alone."""

    passers: float
    """Expected number of walks, second ones counted anew."""
    returns_per_person: float
    """P(a person walks a second time before closing)."""
    in_view_share: float
    """P(a passer comes into view of any camera)."""
    in_view_by_walk: tuple[float, float, float]
    """P(a person who walks twice comes into view on the first walk), on the second, on both."""
    passes_per_passer: float
    """Expected number of vans a passer comes into view of."""
    most_vans: int
    """Largest number of vans that a passer comes into view of."""
    seen_together: tuple[float, ...]
    """See `InView.seen_together`."""


def street_of(scenario: Scenario) -> Street:
    """Return the street of a scenario; computed once for its site, cameras, crowd and hours, and kept.

    Raises:
        InputError: If the layout cannot be read.
    """
    site, deployment = site_of(scenario.site, scenario.camera), scenario.deployment
    key = _Key(site, scenario.camera, scenario.crowd, deployment.start_hour, deployment.hours, scenario)
    return _street_of(key)


@dataclass(frozen=True, slots=True)
class _Key:
    """All that a street hangs on, and a scenario that has it."""

    site: Site
    camera: Camera
    crowd: Crowd
    start_hour: float
    hours: float
    scenario: Scenario = field(compare=False)


@lru_cache(maxsize=256)
def _street_of(key: _Key) -> Street:
    view = InView(key.scenario, key.site)
    return Street(
        passers=view.passers,
        returns_per_person=view.returns_per_person,
        in_view_share=view.in_view_share,
        in_view_by_walk=view.in_view_by_walk,
        passes_per_passer=view.passes_per_passer,
        most_vans=view.most_vans,
        seen_together=tuple(view.seen_together()),
    )


@dataclass(frozen=True, slots=True)
class _Load:
    """How a crowd loads the ground: metres walked, by how crowded the ground is."""

    crowding_per_m2: FloatArray
    """Density for each person present, ascending; each value once."""
    first_m: FloatArray
    """Metres of a first walk on such ground, on average over routes."""
    back_m: FloatArray
    """Metres of a second walk."""


@lru_cache(maxsize=64)
def _load_of(site: Site) -> _Load:
    """Return the load of a site; computed once and kept: cells are many, their crowding repeats."""
    ground, routes = ground_of(site), routes_of(site)
    of_route = np.repeat(np.arange(len(routes)), np.diff(ground.first_cell))
    value, which = np.unique(ground.crowding_per_m2, return_inverse=True)
    length_m = ground.cell_share * routes.length_m[of_route]
    first, back = (
        np.bincount(which, weights=length_m * share[of_route]).astype(np.float64)
        for share in (routes.probability, routes.probability[routes.way_back])
    )
    return _Load(value, first, back)


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
    def in_view_by_walk(self) -> tuple[float, float, float]:
        """P(a person who walks twice comes into view on the first walk), on the second, on both."""
        seen = np.zeros(len(self._routes), dtype=bool)
        seen[self._row_route] = True
        on_first, on_second = self._routes.probability * seen, seen[self._routes.way_back]
        shares = on_first, self._routes.probability * on_second, on_first * on_second
        first, second, both = (float(share.sum()) for share in shares)
        return first, second, both

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
        several = np.diff(of_route, append=len(self._row_route)) > 1
        rows = np.repeat(several, np.diff(of_route, append=len(self._row_route)))
        first = np.flatnonzero(np.diff(self._row_route[rows], prepend=-1))
        share = self._route_share[self._row_route[rows][first]]
        weight, speed = self._speeds()
        means = np.zeros(most)
        for hour_share, seen_m in self._seen_by_hour():
            grown = self._grown(seen_m, speed)
            means[0] += hour_share * float(weight @ (grown @ self._row_share))
            sums = _symmetric_sums(grown[:, rows], first, most) if most > 1 else []
            for size, of_size in enumerate(sums, start=2):
                means[size - 1] += hour_share * float(weight @ (of_size @ share))
        return list(means.tolist())

    def _grown(self, seen_m: FloatArray, speed_m_s: FloatArray) -> FloatArray:
        """Return the share of the limit of capture that is reached at speeds, (speeds, routes and vans)."""
        constant_s = self._scenario.camera.capture_time_constant_s
        if constant_s == 0:
            return np.ones((len(speed_m_s), len(seen_m)))
        grown = np.outer(-1 / speed_m_s / constant_s, seen_m)
        np.expm1(grown, out=grown)
        return np.negative(grown, out=grown)

    def _seen_by_hour(self) -> Iterator[tuple[float, FloatArray]]:
        """Yield, for each hour, its share of passers and the clear metres in view per route and van.

        Metres of somebody whom the crowd does not slow: over the free speed they are the time in view.
        """
        camera, views = self._scenario.camera, self._views
        length = (views.exit_m - views.enter_m)[self._order]
        heights = np.array([zone.z_m for zone in self._site.zones])[views.zone[self._order]]
        shadow_m2 = (
            _SHOULDER_M * _HEAD_ABOVE_FACE_M * views.camera_m[self._order] / (heights - _FACE_HEIGHT_M)
        )
        for hour_share, per_h in _hours(self._scenario):
            density = (views.crowding_per_m2 * self._present(per_h))[self._order]
            clear = np.exp(-density * shadow_m2) ** camera.occlusion_effect
            kept = self._speed_share(density)
            yield hour_share, np.add.reduceat(length / kept * clear, self._first_view)

    def _speeds(self) -> tuple[FloatArray, FloatArray]:
        """Return weights, which sum to 1, and free speeds of each kind of walkers at the nodes (m/s)."""
        crowd = self._scenario.crowd
        mean, sd = crowd.free_speed_mean_m_s, crowd.free_speed_sd_m_s
        if sd > 0:
            low, high = (ndtr((end - mean) / sd) for end in _SPEED_LIMITS_M_S)
            alone = mean + sd * ndtri(low + U * (high - low))
        else:
            alone = np.full_like(U, mean)
        kinds = [kind for kind in _walkers(self._scenario) if kind.share > 0]
        weight = np.concatenate([kind.share * U_WEIGHT for kind in kinds])
        return weight, np.concatenate([alone * kind.slowed_to for kind in kinds])

    def _speed_share(self, density: FloatArray) -> FloatArray:
        """Return what a density leaves of the free speed (Weidmann 1993), never below 0.05."""
        if not self._scenario.crowd.density_feedback:
            return np.ones_like(density)
        law = self._scenario.crowd.fundamental
        with np.errstate(divide="ignore"):
            share = 1 - np.exp(-law.gamma * (1 / density - 1 / law.rho_max))
        return np.asarray(np.maximum(share, _SLOWEST))

    def _present(self, per_h: float) -> float:
        """Return the mean number present at a flow (Little's law, with the crowd slowing itself)."""
        routes, load, returns = self._routes, _load_of(self._site), self.returns_per_person
        walked_m = (load.first_m + returns * load.back_m) / (1 + returns)
        weight, speed = self._speeds()
        pace = float(weight @ (1 / speed))
        waits = np.array([(s.cycle_s - s.walk_s) ** 2 / (2 * s.cycle_s) for s in self._site.signals])
        waited = np.where(routes.stop_signal >= 0, np.append(waits, 0.0)[routes.stop_signal], 0.0)
        waited_s = float(self._route_share @ waited.sum(axis=1))
        present = 0.0
        for _ in range(_FEEDBACK_ROUNDS):
            kept = self._speed_share(load.crowding_per_m2 * present)
            walk_s = pace * float(walked_m @ (1 / kept)) + waited_s
            present = per_h / 3600.0 * walk_s
        return present


def _symmetric_sums(values: FloatArray, first: NDArray[np.int64], most: int) -> list[FloatArray]:
    """Return, per route, the sums over sets of two vans, three and so on of their values multiplied.

    Args:
        values: Routes and vans along the last axis; those of a route stand together.
        first: First of each route.
        most: Largest size of a set.
    """
    powers = [np.add.reduceat(values**power, first, axis=-1) for power in range(1, most + 1)]
    sums = [np.ones_like(powers[0])]
    for size in range(1, most + 1):
        total = np.zeros_like(powers[0])
        for power in range(1, size + 1):
            total += (-1) ** (power - 1) * sums[size - power] * powers[power - 1]
        sums.append(total / size)
    return sums[2:]


def _walkers(scenario: Scenario) -> Iterator[_Walkers]:
    """Yield each size of unit, without and with an older member, as shares of passers."""
    crowd = scenario.crowd
    sizes = crowd.social_groups.unit_size_share
    people = sum(size * share for size, share in enumerate(sizes, start=1))
    for size, share in enumerate(sizes, start=1):
        with_older = 1 - (1 - crowd.share_65_plus) ** size
        company = 1 - crowd.social_groups.slowdown_per_member * (size - 1)
        older = crowd.speed_65_plus_m_s / crowd.free_speed_mean_m_s
        of_size = size * share / people
        yield _Walkers(of_size * (1 - with_older), company)
        yield _Walkers(of_size * with_older, company * older)


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
