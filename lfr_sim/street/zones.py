"""What cameras see along the routes, and how people spread over the ground: geometry only.

A route *faces* a camera where it runs inside the camera's zone, in its line of sight, within the
largest yaw of the direction to the camera. Of several such stretches the longest counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from .site import Site, Zone
from .walkways import Routes, routes_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_STEP_M = 0.25
"""Between two points of a route that are looked at."""
_CELL_M = 4.0
"""Side of the cells over which crowding is averaged: about the width of a pavement."""


@dataclass(frozen=True, slots=True)
class Views:
    """One row per route and camera that the route faces, ordered by route, then camera."""

    route: IntArray
    zone: IntArray
    """Index into `Site.zones`."""
    van: IntArray
    """Index into `Site.vans`."""
    enter_m: FloatArray
    """Distance along the route at which the face comes into view."""
    exit_m: FloatArray
    """The same where it goes out of view."""
    lateral_m: FloatArray
    """Distance of the middle of the stretch from the camera's axis; left of it is positive."""
    camera_m: FloatArray
    """Distance of the middle of the stretch from the camera."""
    crowding_per_m2: FloatArray
    """Density on the stretch for each person present on the site: density = this x present."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where people are, for each person present on the site."""

    first_cell: IntArray
    """Cells of route r are rows `first_cell[r]` to `first_cell[r + 1]` of the next arrays."""
    cell_share: FloatArray
    """Share of the route's length in the cell."""
    crowding_per_m2: FloatArray
    """Density in the cell for each person present."""


@dataclass(frozen=True, slots=True)
class _Samples:
    """Points along all routes, ordered by route, then distance."""

    route: IntArray
    along_m: FloatArray
    place: FloatArray
    heading: FloatArray
    """Unit vector of the way there."""


def views_of(site: Site) -> Views:
    """Return what the deployed cameras see along each route; computed once and kept."""
    return _survey(site)[0]


def ground_of(site: Site) -> Ground:
    """Return how crowded each route is for each person present; computed once and kept."""
    return _survey(site)[1]


@lru_cache(maxsize=64)
def _survey(site: Site) -> tuple[Views, Ground]:
    """Return both of the above, which rest on the same samples of the routes."""
    routes = routes_of(site)
    samples = _samples(routes)
    cell_of, crowding = _crowding(site, routes, samples.route, samples.place)
    ground = _ground(samples.route, len(routes), cell_of, crowding)
    return _views(site, samples, crowding[cell_of]), ground


def _views(site: Site, samples: _Samples, crowding: FloatArray) -> Views:
    route, along = samples.route, samples.along_m
    blockers = site.sight_blockers()
    rows: list[tuple[float, ...]] = []
    for number, zone in enumerate(site.zones):
        inside = _faces(zone, samples, blockers)
        for first, last in _longest_runs(route, along, inside):
            middle = samples.place[(first + last) // 2]
            dx, dy = middle[0] - zone.x, middle[1] - zone.y
            axis = np.radians(zone.heading_deg)
            rows.append(
                (
                    route[first],
                    number,
                    zone.van,
                    max(0.0, along[first] - _STEP_M / 2),
                    along[last] + _STEP_M / 2,
                    dy * np.cos(axis) - dx * np.sin(axis),
                    np.hypot(dx, dy),
                    crowding[first : last + 1].mean(),
                )
            )
    rows.sort(key=lambda row: (row[0], row[1]))
    columns = np.array(rows).reshape(-1, 8).T
    whole = [column.astype(np.int64) for column in columns[:3]]
    return Views(*whole, *columns[3:])


def _ground(route: IntArray, routes: int, cell_of: IntArray, crowding: FloatArray) -> Ground:
    pairs, counts = np.unique(route * len(crowding) + cell_of, return_counts=True)
    of_route, cell = np.divmod(pairs, len(crowding))
    per_route = np.bincount(route, minlength=routes)
    return Ground(
        first_cell=np.searchsorted(of_route, np.arange(routes + 1)),
        cell_share=counts / per_route[of_route],
        crowding_per_m2=crowding[cell],
    )


@lru_cache(maxsize=64)
def posts_of(site: Site, count: int, distance_m: float) -> tuple[tuple[float, float], ...]:
    """Return where teams wait: on the ways past the cameras in turn, `distance_m` down-stream.

    Without a camera they wait on the busiest route.
    """
    routes, views = routes_of(site), views_of(site)
    posts = []
    for zone in range(len(site.zones)):
        rows = np.flatnonzero(views.zone == zone)
        if len(rows):
            posts.append(_down_stream(routes, views, rows, distance_m))
    if not posts:
        busiest = int(np.argmax(routes.probability))
        posts.append(routes.position(busiest, float(routes.length_m[busiest]) / 2))
    return tuple(posts[index % len(posts)] for index in range(count))


def _down_stream(routes: Routes, views: Views, rows: IntArray, distance_m: float) -> tuple[float, float]:
    """Return the place beyond one zone to which the ways of most passers come nearest."""
    places = np.array(
        [routes.position(int(views.route[row]), float(views.exit_m[row]) + distance_m) for row in rows]
    )
    weight = routes.probability[views.route[rows]]
    gaps = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    x, y = places[int(np.argmin(gaps @ weight))]
    return float(x), float(y)


def _samples(routes: Routes) -> _Samples:
    """Return points every quarter metre of every route, the first half a step from its start."""
    counts = np.maximum(1, np.floor(routes.length_m / _STEP_M)).astype(np.int64)
    route = np.repeat(np.arange(len(routes)), counts)
    first = np.cumsum(counts) - counts
    step = np.arange(len(route)) - first[route]
    along = (step + 0.5) * _STEP_M
    # One search over all routes: shift each route's distances beyond those before it.
    shift = np.cumsum(routes.length_m + 1.0) - (routes.length_m + 1.0)
    of_point = np.repeat(np.arange(len(routes)), np.diff(routes.first_point))
    marks = routes.point_m + shift[of_point]
    after = np.searchsorted(marks, along + shift[route], side="right")
    after = np.clip(after, routes.first_point[route] + 1, routes.first_point[route + 1] - 1)
    leg = routes.points[after] - routes.points[after - 1]
    length = routes.point_m[after] - routes.point_m[after - 1]
    heading = leg / length[:, None]
    points = routes.points[after - 1] + heading * (along - routes.point_m[after - 1])[:, None]
    return _Samples(route, along, points, heading)


def _crowding(
    site: Site, routes: Routes, route: IntArray, points: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Return the cell of each sample, and each cell's density for each person present.

    Somebody present is on route r with a chance in proportion to P(r) x length(r), and anywhere along
    it alike; a cell's area is the walkable ground within it.
    """
    west, south, east, _ = site.walkable.bounds
    columns = int((east - west) // _CELL_M) + 1
    cells = ((points[:, 0] - west) // _CELL_M + columns * ((points[:, 1] - south) // _CELL_M)).astype(
        np.int64
    )
    used, cell_of = np.unique(cells, return_inverse=True)
    weight = np.bincount(cell_of, weights=routes.probability[route])
    x0, y0 = west + (used % columns) * _CELL_M, south + (used // columns) * _CELL_M
    squares = shapely.box(x0, y0, x0 + _CELL_M, y0 + _CELL_M)
    area = shapely.area(shapely.intersection(squares, site.walkable))
    # A sliver of ground that a route clips would look crowded beyond reason.
    return cell_of, weight / weight.sum() / np.maximum(area, _CELL_M**2 / 4)


def _faces(zone: Zone, samples: _Samples, blockers: shapely.Geometry) -> BoolArray:
    """Return which samples are inside the zone, in sight, and walking towards the camera."""
    to_camera = np.array([zone.x, zone.y]) - samples.place
    distance = np.hypot(*to_camera.T)
    near = (distance >= zone.range_min_m) & (distance <= zone.range_max_m)
    bearing = np.degrees(np.arctan2(-to_camera[:, 1], -to_camera[:, 0])) - zone.heading_deg
    in_view = np.abs((bearing + 180.0) % 360.0 - 180.0) <= zone.hfov_deg / 2
    towards = (samples.heading * to_camera).sum(axis=1) >= distance * np.cos(np.radians(zone.max_yaw_deg))
    inside: BoolArray = near & in_view & towards
    rows = np.flatnonzero(inside)
    camera = np.broadcast_to([zone.x, zone.y], (len(rows), 2))
    sight = shapely.linestrings(np.stack([samples.place[rows], camera], axis=1))
    shapely.prepare(blockers)
    # A camera on a kerb stands on the edge of the drawing's road; only real cover hides a face.
    inside[rows] = ~shapely.crosses(blockers, sight)
    return inside


def _longest_runs(route: IntArray, along: FloatArray, inside: BoolArray) -> list[tuple[int, int]]:
    """Return first and last sample of the longest unbroken stretch of each route that has one."""
    rows = np.flatnonzero(inside)
    if len(rows) == 0:
        return []
    breaks = (np.diff(rows) > 1) | (np.diff(route[rows]) > 0)
    starts = rows[np.concatenate([[True], breaks])]
    ends = rows[np.concatenate([breaks, [True]])]
    best: dict[int, tuple[int, int]] = {}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        kept = best.get(int(route[start]))
        if kept is None or along[end] - along[start] > along[kept[1]] - along[kept[0]]:
            best[int(route[start])] = (start, end)
    return list(best.values())
