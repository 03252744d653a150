"""A slow, readable twin of the flow engine, and small made-to-measure crowds and streets.

The twin moves one passer at a time in small steps of time. It knows crossings as ground, not as
distances along a route: whoever is about to step onto one looks at its signal. It leaves out the
slowing by the crowd.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString

from lfr_sim.street import Crowd, Site
from lfr_sim.street.layout import Signal
from lfr_sim.street.walkways import routes_of

STEP_S = 0.1
"""The twin is late by up to one step at the end of its walk and at each signal."""


@dataclass
class TwinWalk:
    """What one passer of the twin did."""

    time_s: list[float]
    walked_m: list[float]
    waited: int
    """How many signals were red."""
    closest_call_s: float
    """How far from turning red, before or after, the signals were that this passer came to.

    Where this is less than a step or two, a rounding error costs a whole cycle.
    """

    def reaches_s(self, distance_m: float) -> float:
        """Return when the passer has first walked so far."""
        for before, (time_s, walked_m) in enumerate(zip(self.time_s[1:], self.walked_m[1:], strict=True)):
            if walked_m >= distance_m - 1e-9:
                step_m = walked_m - self.walked_m[before]
                left = (walked_m - distance_m) / step_m if step_m else 0.0
                return time_s - left * (time_s - self.time_s[before])
        raise AssertionError(f"never walked {distance_m} m")

    def distance_m(self, time_s: float) -> float:
        """Return how far the passer has walked at a time."""
        return float(np.interp(time_s, self.time_s, self.walked_m))


def walk(site: Site, route: int, arrive_s: float, speed_m_s: float) -> TwinWalk:
    """Walk a route at a speed, step by step, waiting at the edge of crossings that are red."""
    places = [(float(x), float(y)) for x, y in routes_of(site).waypoints(route)[1]]
    length_m = sum(math.dist(a, b) for a, b in pairwise(places))
    crossings = [(signal, site.crossing(signal)) for signal in site.signals]
    crossings = [(s, ground) for s, ground in crossings if ground.intersects(LineString(places))]
    trace = TwinWalk([arrive_s], [0.0], waited=0, closest_call_s=math.inf)
    time_s, walked_m, on, waiting = arrive_s, 0.0, None, False
    while walked_m < length_m:
        ahead_m = min(walked_m + speed_m_s * STEP_S, length_m)
        step_s = (ahead_m - walked_m) / speed_m_s
        x, y = place_at(places, ahead_m)
        next_on = next((s for s, ground in crossings if shapely.contains_xy(ground, x, y)), None)
        stepping_on = next_on is not None and next_on is not on
        if stepping_on and not waiting:
            trace.closest_call_s = min(trace.closest_call_s, closest_call_s(next_on, time_s))
        if stepping_on and not says_walk(next_on, time_s):
            trace.waited += not waiting
            waiting, time_s = True, time_s + STEP_S
        else:
            waiting, on, walked_m, time_s = False, next_on, ahead_m, time_s + step_s
        trace.time_s.append(time_s)
        trace.walked_m.append(walked_m)
    return trace


def says_walk(signal: Signal, time_s: float) -> bool:
    """Return whether people may start to cross."""
    return (time_s - signal.walk_start_s) % signal.cycle_s < signal.walk_s


def closest_call_s(signal: Signal, time_s: float) -> float:
    """Return the time to or from the nearest turn from walk to wait."""
    since = (time_s - signal.walk_start_s - signal.walk_s) % signal.cycle_s
    return min(since, signal.cycle_s - since)


def place_at(places: list[tuple[float, float]], distance_m: float) -> tuple[float, float]:
    """Return the point so far along a line through places."""
    for (x0, y0), (x1, y1) in pairwise(places):
        leg_m = math.dist((x0, y0), (x1, y1))
        if distance_m <= leg_m:
            return x0 + (x1 - x0) * distance_m / leg_m, y0 + (y1 - y0) * distance_m / leg_m
        distance_m -= leg_m
    return places[-1]


def crowd_on(
    routes: Sequence[int] | NDArray[np.int64],
    arrive_s: Sequence[float] | NDArray[np.float64],
    speed_m_s: Sequence[float] | NDArray[np.float64],
    sizes: Sequence[int] | None = None,
) -> Crowd:
    """Return a crowd made by hand: one unit per route named, everybody young and bare-faced."""
    size = np.array(sizes if sizes is not None else [1] * len(routes), dtype=np.int64)
    people = int(size.sum())
    nobody = np.zeros(people, dtype=bool)
    return Crowd(
        unit_arrive_s=np.array(arrive_s, dtype=float),
        unit_route=np.array(routes, dtype=np.int64),
        unit_speed_m_s=np.array(speed_m_s, dtype=float),
        first_passer=np.concatenate([[0], np.cumsum(size)]),
        unit=np.repeat(np.arange(len(size)), size),
        person=np.arange(people),
        older=nobody,
        masked=nobody,
        hooded=nobody,
        under_18=nobody,
        group=np.zeros(people, dtype=np.int64),
        woman=nobody,
    )


def square(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    """Return the corners of a rectangle."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def write_layout(path: Path, **parts: Any) -> str:
    """Write a layout file and return its path."""
    path.write_text(json.dumps({"schema": "lfr-site/0.1", "id": path.stem, "name": path.stem} | parts))
    return str(path)


def crossing_street(folder: Path) -> str:
    """Write a street of 50 m by 6 m that crosses a road from 20 m to 30 m, and one camera beyond it.

    The signal says walk for 15 s in every 60 s, from 10 s on. The camera stands at (46, 3) and looks
    west over the road and its two kerbs.
    """
    return write_layout(
        folder / "crossing_street.json",
        polygons=[
            {"id": "west", "coords": square(0, 0, 20, 6)},
            {"id": "road", "kind": "crossing", "signal": "lights", "coords": square(20, 0, 30, 6)},
            {"id": "east", "coords": square(30, 0, 50, 6)},
        ],
        signals=[{"id": "lights", "cycle_s": 60.0, "walk_start_s": 10.0, "walk_s": 15.0}],
        gates=[
            {"id": "w", "segment": [(0, 0), (0, 6)], "in_share": 0.75, "out_share": 0.25},
            {"id": "e", "segment": [(50, 0), (50, 6)], "in_share": 0.25, "out_share": 0.75},
        ],
        vans=[{"id": "V", "x": 47.0, "y": -1.0}],
        cameras=[
            {"id": "C", "van": "V", "x": 46.0, "y": 3.0, "heading_deg": 180.0, "hfov_deg": 90.0}
            | {"range_min_m": 5.0, "range_max_m": 30.0}
        ],
    )


def block_in_the_middle(folder: Path) -> str:
    """Write a square of 40 m whose middle half is a building, with a gate in the west and the east."""
    return write_layout(
        folder / "block.json",
        polygons=[{"id": "ring", "coords": square(0, 0, 40, 40), "holes": [square(10, 10, 30, 30)]}],
        gates=[
            {"id": "w", "segment": [(0, 18), (0, 22)], "in_share": 0.5, "out_share": 0.5},
            {"id": "e", "segment": [(40, 18), (40, 22)], "in_share": 0.5, "out_share": 0.5},
        ],
    )
