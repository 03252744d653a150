"""Engine `flow`: walking as event times in closed form along routes.

A unit walks its route at its free speed, slowed by the crowd, and waits at red signals. The crowd slows
it in proportion to how many people are present on the site: a person present stands in each cell of the
ground with a chance that follows from the routes, so density there is crowding x present, and speed
follows Weidmann's relation. People do not meet one another; above about 1 person/m2 that is too simple,
and the engine says so.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lfr_sim.records import PassTable
from lfr_sim.scenario import Scenario

from .arrivals import Crowd
from .site import Site
from .walkways import routes_of
from .zones import ground_of, views_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

DENSE_PER_M2 = 1.0
"""Density above which people get in each other's way as this engine does not model."""

_BIN_S = 60.0
_FEEDBACK_PASSES = 2
_SLOWEST = 0.05
"""Least share of the free speed: people shuffle on."""
_PRESENT_GRID = np.concatenate([[0.0], np.geomspace(50.0, 50_000.0, 31)])

_SHOULDER_M = 0.46
_HEAD_ABOVE_FACE_M = 0.15
_FACE_HEIGHT_M = 1.6


def speed_share(density_per_m2: FloatArray, gamma: float, rho_max: float) -> FloatArray:
    """Return the share of the free speed that is left at a density.

    v / v0 = 1 - exp(-gamma (1 / rho - 1 / rho_max)), Weidmann 1993; never below 0.05.
    """
    with np.errstate(divide="ignore"):
        inverse = 1.0 / np.maximum(density_per_m2, 0.0)
    return np.maximum(-np.expm1(-gamma * (inverse - 1.0 / rho_max)), _SLOWEST)


def occluded_share(density_per_m2: FloatArray, camera_m: FloatArray, height_m: FloatArray) -> FloatArray:
    """Return the share of the time for which somebody in front hides a face.

    Somebody of 0.15 m more than face height hides all faces closer behind than 0.15 m x distance /
    (camera height - face height); with people scattered at random the strip of one shoulder's width is
    empty with probability exp(-density x area).
    """
    shadow_m = _HEAD_ABOVE_FACE_M * camera_m / (height_m - _FACE_HEIGHT_M)
    return np.asarray(-np.expm1(-density_per_m2 * _SHOULDER_M * shadow_m))


class Flow:
    """One crowd's walk through one site."""

    def __init__(self, scenario: Scenario, site: Site, crowd: Crowd) -> None:
        self.site = site
        self.crowd = crowd
        self._routes = routes_of(site)
        self._fundamental = scenario.crowd.fundamental
        self._feedback = scenario.crowd.density_feedback
        self._slowness = 1.0 / crowd.unit_speed_m_s
        self._waits_s = np.zeros((len(crowd.unit_route), self._routes.stop_m.shape[1]))
        self._leave_s = self._walk()
        for _ in range(_FEEDBACK_PASSES if self._feedback else 0):
            self._slow_down()
            self._leave_s = self._walk()
        self._count_present()
        self.passes = self._passes()

    @property
    def last_leave_s(self) -> float:
        """When the last passer has left; 0 without passers."""
        return float(self._leave_s.max(initial=0.0))

    @property
    def densest_per_m2(self) -> float:
        """Highest density, averaged over a minute and a cell of the ground."""
        if len(self.crowd) == 0:
            return 0.0
        return float(self._present.max() * ground_of(self.site).crowding_per_m2.max())

    @property
    def unit_slowness_s_per_m(self) -> FloatArray:
        """Walking time of each unit over the way it walks, waits left out."""
        return self._slowness

    @property
    def unit_waits_s(self) -> FloatArray:
        """How long each unit waits at each stop of its route, shape (units, most stops)."""
        return self._waits_s

    @property
    def unit_leave_s(self) -> FloatArray:
        """When each unit leaves the site."""
        return self._leave_s

    @property
    def present_per_minute(self) -> FloatArray:
        """People on the site in each minute from the beginning, mean over the minute."""
        return self._present

    def enter_s(self, passer: int) -> float:
        """Return when a passer enters the site."""
        return float(self.crowd.unit_arrive_s[self.crowd.unit[passer]])

    def leave_s(self, passer: int) -> float:
        """Return when a passer leaves the site."""
        return float(self._leave_s[self.crowd.unit[passer]])

    def present(self, time_s: float) -> IntArray:
        """Return the passers who are on the site at a time."""
        units = (self.crowd.unit_arrive_s <= time_s) & (time_s < self._leave_s)
        return np.flatnonzero(units[self.crowd.unit])

    def locate(self, passer: int, time_s: float) -> tuple[float, float]:
        """Return where a passer is (m); held at the gates before entering and after leaving."""
        unit = self.crowd.unit[passer]
        route = int(self.crowd.unit_route[unit])
        walked_s = time_s - self.crowd.unit_arrive_s[unit]
        distance = max(0.0, walked_s) / self._slowness[unit]
        for stop_m, wait_s in zip(self._routes.stop_m[route], self._waits_s[unit], strict=True):
            if distance <= stop_m:
                break
            distance = max(stop_m, distance - wait_s / self._slowness[unit])
        return self._routes.position(route, distance)

    def _walk(self) -> FloatArray:
        """Wait at every signal on the way, and return when each unit leaves."""
        route = self.crowd.unit_route
        waited = np.zeros(len(route))
        for column in range(self._waits_s.shape[1]):
            signal = self._routes.stop_signal[route, column]
            stops = np.flatnonzero(signal >= 0)
            reach_s = (
                self.crowd.unit_arrive_s[stops]
                + self._routes.stop_m[route[stops], column] * self._slowness[stops]
                + waited[stops]
            )
            wait_s = self._red_s(signal[stops], reach_s)
            self._waits_s[stops, column] = wait_s
            waited[stops] += wait_s
        walk_s: FloatArray = self._routes.length_m[route] * self._slowness
        return self.crowd.unit_arrive_s + walk_s + waited

    def _red_s(self, signal: IntArray, reach_s: FloatArray) -> FloatArray:
        """Return how long somebody waits who reaches a signal at a time."""
        plans = np.array([(s.cycle_s, s.walk_start_s, s.walk_s) for s in self.site.signals])
        cycle, start, walk = plans[signal].T
        phase = (reach_s - start) % cycle
        return np.where(phase < walk, 0.0, cycle - phase)

    def _count_present(self) -> None:
        """Count the people present in each minute (mean over the minute)."""
        size = np.diff(self.crowd.first_passer).astype(float)
        bins = int(self._leave_s.max(initial=0.0) // _BIN_S) + 2
        self._present = _overlap(self.crowd.unit_arrive_s, self._leave_s, size, bins) / _BIN_S

    def _slow_down(self) -> None:
        """Set each unit's slowness from the number present half-way through its walk."""
        self._count_present()
        upper = np.searchsorted(_PRESENT_GRID, self._present).clip(1, len(_PRESENT_GRID) - 1)
        low, high = _PRESENT_GRID[upper - 1], _PRESENT_GRID[upper]
        share = np.minimum((self._present - low) / (high - low), 1.0)
        table = _slowness_table(self.site, self._fundamental.gamma, self._fundamental.rho_max)
        route = self.crowd.unit_route
        minute = ((self.crowd.unit_arrive_s + self._leave_s) / (2 * _BIN_S)).astype(np.int64)
        upper, share = upper[minute], share[minute]
        factor = table[route, upper - 1] * (1 - share) + table[route, upper] * share
        self._slowness = factor / self.crowd.unit_speed_m_s

    def _passes(self) -> PassTable:
        """Return one row per passer and camera."""
        crowd, views = self.crowd, views_of(self.site)
        first_view = np.searchsorted(views.route, np.arange(len(self._routes) + 1))
        views_of_unit = np.diff(first_view)[crowd.unit_route]
        seen = np.flatnonzero(views_of_unit)  # units whose way faces a camera at all
        unit = np.repeat(seen, views_of_unit[seen])
        view = _ranges(first_view[crowd.unit_route[seen]], views_of_unit[seen])

        enter_m, exit_m = views.enter_m[view], views.exit_m[view]
        enter_s = crowd.unit_arrive_s[unit] + enter_m * self._slowness[unit]
        enter_s += self._waited_s(unit, np.zeros_like(enter_m), enter_m)
        density = views.crowding_per_m2[view] * self._present[(enter_s // _BIN_S).astype(np.int64)]
        speed = crowd.unit_speed_m_s[unit]
        if self._feedback:
            speed = speed * speed_share(density, self._fundamental.gamma, self._fundamental.rho_max)
        exit_s = enter_s + (exit_m - enter_m) / speed + self._waited_s(unit, enter_m, exit_m)
        heights = np.array([zone.z_m for zone in self.site.zones])
        hidden = occluded_share(density, views.camera_m[view], heights[views.zone[view]])

        size = np.diff(crowd.first_passer)[unit]
        row = np.repeat(np.arange(len(unit)), size)
        passer = _ranges(crowd.first_passer[unit], size)
        order = np.argsort(passer, kind="stable")
        row, passer = row[order], passer[order]
        return PassTable(
            passer=passer,
            camera=views.zone[view][row],
            van=views.van[view][row],
            enter_s=enter_s[row],
            exit_s=exit_s[row],
            lateral_m=views.lateral_m[view][row],
            speed_m_s=speed[row],
            density_per_m2=density[row],
            occluded_share=hidden[row],
        )

    def _waited_s(self, unit: IntArray, from_m: FloatArray, to_m: FloatArray) -> FloatArray:
        """Return how long units wait at the signals between two places on their way."""
        stop_m = self._routes.stop_m[self.crowd.unit_route[unit]]
        between = (stop_m >= from_m[:, None]) & (stop_m < to_m[:, None])
        return np.asarray((between * self._waits_s[unit]).sum(axis=1))


def _ranges(first: IntArray, count: IntArray) -> IntArray:
    """Return first[0], first[0] + 1, … (count[0] numbers), then the same for each further entry."""
    total = np.cumsum(count)
    return np.repeat(first - (total - count), count) + np.arange(total[-1] if len(total) else 0)


def _overlap(start: FloatArray, end: FloatArray, weight: FloatArray, bins: int) -> FloatArray:
    """Return the weighted seconds of overlap of intervals with each bin of a minute.

    The integral of a step function: differences of the integral of (weight x time since start).
    """

    def elapsed(times: FloatArray) -> FloatArray:
        """Return the sum over intervals of weight x (bin edge - time), where positive."""
        which = (times // _BIN_S).astype(np.int64)
        number = np.bincount(which, weights=weight, minlength=bins)[:bins]
        moment = np.bincount(which, weights=weight * times, minlength=bins)[:bins]
        edges = _BIN_S * np.arange(1, bins + 1)
        return np.asarray(edges * np.cumsum(number) - np.cumsum(moment))

    return np.diff(elapsed(start) - elapsed(end), prepend=0.0)


@lru_cache(maxsize=64)
def _slowness_table(site: Site, gamma: float, rho_max: float) -> FloatArray:
    """Return walking time over free walking time, by route and number present."""
    ground = ground_of(site)
    table = np.empty((len(ground.first_cell) - 1, len(_PRESENT_GRID)))
    for column, present in enumerate(_PRESENT_GRID):
        slowness = ground.cell_share / speed_share(ground.crowding_per_m2 * present, gamma, rho_max)
        table[:, column] = np.add.reduceat(slowness, ground.first_cell[:-1])
    return table
