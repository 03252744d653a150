"""The street at one moment of a simulated day, and what led to and came of one alert, to be drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lfr_sim.model import DeploymentModel
from lfr_sim.records import Alert
from lfr_sim.scenario import Scenario
from lfr_sim.street.walkways import routes_of

from .walks import captured_rows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Point = tuple[float, float]

_TAIL_S: Final = 0.8
_STEP_S: Final = 1.0
_LONGEST_S: Final = 90.0
"""How long somebody is followed after an alert on whom no team comes."""
_ABREAST_M, _SCATTER_M, _QUEUE_M = 0.5, 0.6, 2.4
"""As the player draws people: side by side, each unit a little aside, and waiting behind the kerb."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the street at the moment shown (m)."""

    x: float
    y: float
    before: Point
    """Where they were a moment ago."""
    in_view: bool
    """Whether a camera can compare their face."""


@dataclass(frozen=True, slots=True)
class Street:
    """The street at one moment. Places are metres of the site."""

    time_s: float
    """Seconds since the deployment began."""
    people: tuple[Person, ...]
    """Everybody on the site, but for the person of the alert."""
    alert: Point | None = None
    """Where that person is; None without an alert."""
    way_before: tuple[Point, ...] = ()
    """Their way from entering the site to the alert."""
    way_after: tuple[Point, ...] = ()
    """Their way from the alert to the officers, or on where none came."""
    officers: tuple[Point, ...] = ()
    """The way of the team that was sent, from its post to the person; empty where it did not get there."""


def street_at(
    scenario: Scenario,
    *,
    seed: int,
    replicate: int,
    redraw: tuple[tuple[str, int], ...] = (),
    alert: Alert | None = None,
) -> Street:
    """Return the street of a day when an alert is raised; without one, half-way through the deployment.

    Args:
        scenario: What is simulated.
        seed: Root seed.
        replicate: Number of the day.
        redraw: What of it is drawn again, as for `DeploymentModel`.
        alert: An alert of that very day, which is over.

    Raises:
        InputError: If the scenario, its layout or a number is wrong.
    """
    model = DeploymentModel(scenario, run_seed=seed, replicate=replicate, redraw=dict(redraw))
    walkers = _Walkers(model)
    time_s = 1800.0 * scenario.deployment.hours if alert is None else alert.time_s
    if alert is None:
        return Street(time_s, tuple(walkers.people(time_s)))
    passer = alert.passer
    start_s = model.walking.enter_s(passer)
    end_s = min(model.walking.leave_s(passer), time_s + _LONGEST_S)
    contact = None
    if alert.contact_s is not None and alert.contact_x_m is not None and alert.contact_y_m is not None:
        end_s, contact = alert.contact_s, (alert.contact_x_m, alert.contact_y_m)
    after = walkers.way(passer, time_s, end_s)
    team = alert.team
    return Street(
        time_s,
        tuple(walkers.people(time_s, without=passer)),
        walkers.place(passer, time_s),
        walkers.way(passer, start_s, time_s),
        after if contact is None else (*after[:-1], contact),
        () if contact is None or team is None else (model.teams[team].post, contact),
    )


class _Walkers:
    """Where everybody of a day is drawn at a time: as `Flow.locate`, with the members of a unit abreast."""

    def __init__(self, model: DeploymentModel) -> None:
        self._model = model
        self._routes = routes_of(model.site)

    def people(self, time_s: float, without: int = -1) -> Iterator[Person]:
        """Yield everybody on the site, but for one passer."""
        passes = self._model.walking.passes
        rows = captured_rows(self._model)
        rows = rows[(passes.enter_s[rows] <= time_s) & (time_s < passes.exit_s[rows])]
        in_view = set(passes.passer[rows].tolist())
        for passer in self._model.walking.present(time_s).tolist():
            if passer != without:
                x, y = self.place(passer, time_s)
                yield Person(x, y, self.place(passer, time_s - _TAIL_S), passer in in_view)

    def way(self, passer: int, start_s: float, end_s: float) -> tuple[Point, ...]:
        """Return a passer's places from one time to another, a point a second and both ends."""
        times: Iterable[float] = np.arange(start_s, max(start_s, end_s), _STEP_S).tolist()
        return tuple(self.place(passer, time_s) for time_s in (*times, end_s))

    def place(self, passer: int, time_s: float) -> Point:
        """Return where a passer is drawn (m)."""
        crowd = self._model.crowd
        unit = int(crowd.unit[passer])
        route, walked_m = int(crowd.unit_route[unit]), self._walked_m(unit, time_s)
        x, y = self._routes.position(route, walked_m)
        back = self._routes.position(route, max(0.0, walked_m - 0.5))
        fore = self._routes.position(route, walked_m + 0.5)
        way_x, way_y = fore[0] - back[0], fore[1] - back[1]
        length = math.hypot(way_x, way_y) or 1.0
        first, last = crowd.first_passer[unit : unit + 2].tolist()
        aside = (passer - first - (last - first - 1) / 2) * _ABREAST_M + _SCATTER_M * (_mixed(unit) - 0.5)
        return x - aside * way_y / length, y + aside * way_x / length

    def _walked_m(self, unit: int, time_s: float) -> float:
        """Return how far along its route a unit is drawn: who waits at a signal stands behind the kerb."""
        walking = self._model.walking
        slowness = float(walking.unit_slowness_s_per_m[unit])
        walked = max(0.0, time_s - float(self._model.crowd.unit_arrive_s[unit])) / slowness
        stops = self._routes.stop_m[int(self._model.crowd.unit_route[unit])].tolist()
        for stop_m, wait_s in zip(stops, walking.unit_waits_s[unit].tolist(), strict=True):
            if walked <= stop_m - _QUEUE_M:
                break
            after = max(stop_m, walked - wait_s / slowness) if walked > stop_m else walked
            if wait_s and after < stop_m + 2 * _QUEUE_M:
                behind = stop_m - _QUEUE_M * _mixed(unit + 7)
                return float(min(after, behind + 1.5 * max(0.0, after - stop_m)))
            walked = after
        return float(walked)


def _mixed(unit: int) -> float:
    """Return a number from 0 to 1 that belongs to a unit."""
    return ((unit * 2_654_435_761 & 0xFFFF_FFFF) >> 12 & 1023) / 1023
