"""What cameras see and where people are, against brute force with shapely.

The brute force walks a route in steps of 5 cm and asks of each step: inside the sector, walking towards
the camera, nothing solid in between?
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from street_twin import square, write_layout

from lfr_sim.street import Site, load_site, posts_of, shipped_layouts
from lfr_sim.street.site import Zone
from lfr_sim.street.walkways import Routes, routes_of
from lfr_sim.street.zones import Views, ground_of, views_of

SITES = sorted(shipped_layouts())
STEP_M = 0.05


@pytest.fixture(scope="module", params=SITES)
def site(request: pytest.FixtureRequest) -> Site:
    """Return each shipped site with all its vans deployed."""
    vans = tuple(van.id for van in load_site(request.param).layout.vans)
    return load_site(request.param, vans)


@pytest.fixture(scope="module")
def street(pavement: str) -> Site:
    """Return a straight pavement of 60 m by 4 m: zone 0 looks west, zone 1 looks east."""
    return load_site(pavement)


@cache
def solid_ground(site: Site) -> BaseGeometry:
    """Return buildings and obstacles that hide a face: whatever is not drawn as open ground."""
    layout = site.layout
    parts = [*layout.polygons, *layout.carriageways, *layout.context]
    opened = shapely.union_all([Polygon(part.coords) for part in parts]).buffer(0.1)
    solid = [Polygon(item.coords) for item in layout.obstacles if item.blocks_sight]
    return shapely.union_all([box(*opened.bounds) - opened, *solid])


def stretches_in_view(site: Site, zone: Zone, routes: Routes, route: int) -> list[tuple[float, float]]:
    """Return every stretch of a route that faces a camera, in steps of 5 cm."""
    line, camera = LineString(routes.waypoints(route)[1]), Point(zone.x, zone.y)
    along = np.arange(STEP_M / 2, line.length, STEP_M)
    x, y = shapely.get_coordinates(line.interpolate(along)).T
    before, after = (shapely.get_coordinates(line.interpolate(along + step)) for step in (-1e-3, 1e-3))
    way = np.degrees(np.arctan2(*(after - before).T[::-1]))
    to_camera = np.degrees(np.arctan2(zone.y - y, zone.x - x))
    yaw = np.abs((way - to_camera + 180) % 360 - 180)
    solid = solid_ground(site).intersection(camera.buffer(zone.range_max_m))
    facing = shapely.contains_xy(zone.polygon, x, y) & (yaw <= zone.max_yaw_deg)
    seen = [
        float(along[step])
        for step in np.flatnonzero(facing)
        if LineString([(x[step], y[step]), camera]).intersection(solid).length < 0.01
    ]
    if not seen:
        return []
    breaks = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(seen)) if b - a > 1.5 * STEP_M), len(seen)]
    return [(seen[a] - STEP_M / 2, seen[b - 1] + STEP_M / 2) for a, b in pairwise(breaks)]


def rows_of(views: Views, zone: int) -> dict[int, int]:
    """Return route -> row of the routes that face a zone."""
    return {int(views.route[row]): int(row) for row in np.flatnonzero(views.zone == zone)}


def in_view_m(site: Site, zone: int = 0) -> dict[int, float]:
    """Return route -> length of its stretch in view of a zone."""
    views = views_of(site)
    return {route: float(views.exit_m[r] - views.enter_m[r]) for route, r in rows_of(views, zone).items()}


def with_zone(site: Site, **changes: float) -> Site:
    """Return a copy of a site whose first zone is changed."""
    return replace(site, zones=(replace(site.zones[0], **changes), *site.zones[1:]))


# --- facing stretches ---------------------------------------------------------------------------


def test_stretches_match_brute_force(site: Site) -> None:
    """Protects what is seen: sector, yaw and line of sight give the longest stretch, to half a metre.

    Half the routes looked at are ones the engine says are seen, half are ones it says are not but
    which come near the camera.
    """
    routes, views = routes_of(site), views_of(site)
    agreed = 0
    for number, zone in enumerate(site.zones):
        rows = rows_of(views, number)
        camera = Point(zone.x, zone.y)
        near = [
            route
            for route in range(0, len(routes), 3)
            if route not in rows and LineString(routes.waypoints(route)[1]).distance(camera) < 8
        ]
        chosen = [*list(rows)[:: max(1, len(rows) // 6)], *near[:: max(1, len(near) // 3)]]
        for route in chosen:
            brute = stretches_in_view(site, zone, routes, route)
            longest_m = max((b - a for a, b in brute), default=0.0)
            if route in rows:
                enter_m, exit_m = float(views.enter_m[rows[route]]), float(views.exit_m[rows[route]])
                agreed += 1

                assert longest_m == pytest.approx(exit_m - enter_m, abs=0.5)
                assert min(abs(a - enter_m) + abs(b - exit_m) for a, b in brute) < 0.6
            else:
                assert longest_m < 0.5
    assert agreed >= 8


@pytest.mark.parametrize(("pillar", "kept"), [((14, 2, 15, 3), 0), ((12, 3, 12.5, 3.5), 1)])
def test_longest_stretch_counts(tmp_path: Path, pillar: tuple[float, ...], kept: int) -> None:
    """Protects the choice among several stretches: a pillar splits the view, the longer part is kept."""
    layout = write_layout(
        tmp_path / "pillar.json",
        polygons=[{"id": "street", "coords": square(0, -2, 40, 12)}],
        obstacles=[{"id": "pillar", "coords": square(*pillar), "blocks_sight": True}],
        gates=[
            {"id": "w", "segment": [(0, 5), (0, 7)], "in_share": 0.5, "out_share": 0.5},
            {"id": "e", "segment": [(40, 5), (40, 7)], "in_share": 0.5, "out_share": 0.5},
        ],
        vans=[{"id": "V", "x": 20.0, "y": -4.0}],
        cameras=[
            {"id": "C", "van": "V", "x": 20.0, "y": -1.0, "heading_deg": 150.0, "hfov_deg": 80.0}
            | {"range_min_m": 1.0, "range_max_m": 40.0}
        ],
    )
    site = load_site(layout)
    stretches = stretches_in_view(site, site.zones[0], routes_of(site), 0)
    lengths = [b - a for a, b in stretches]
    views = views_of(site)

    assert len(stretches) == 2
    assert lengths[kept] > lengths[1 - kept] + 1
    assert stretches[kept] == pytest.approx((views.enter_m[0], views.exit_m[0]), abs=0.3)


def test_middle_of_the_stretch(site: Site) -> None:
    """Protects distance and side: left of the camera's axis is positive, worked out by turning axes."""
    routes, views = routes_of(site), views_of(site)
    for row in range(0, len(views.route), 5):
        zone = site.zones[views.zone[row]]
        middle_m = (views.enter_m[row] + views.exit_m[row]) / 2
        x, y = routes.position(int(views.route[row]), float(middle_m))
        off = complex(x - zone.x, y - zone.y) * np.exp(-1j * math.radians(zone.heading_deg))

        assert abs(off) == pytest.approx(views.camera_m[row], abs=0.3)
        assert off.imag == pytest.approx(views.lateral_m[row], abs=0.3)
        assert zone.van == views.van[row]


def test_views_are_ordered(site: Site) -> None:
    """Protects the order that the pass table relies on: by route, then camera, each once."""
    views = views_of(site)

    assert (np.diff(views.route * len(site.zones) + views.zone) > 0).all()
    assert (views.exit_m > views.enter_m).all()
    assert (views.enter_m >= 0).all()
    assert (views.exit_m <= routes_of(site).length_m[views.route] + 1e-9).all()


def test_nobody_walking_away_is_seen(site: Site) -> None:
    """Protects yaw: all along a stretch the walker comes nearer, by at least cos(60 degrees) of the way."""
    routes, views = routes_of(site), views_of(site)
    for row in range(len(views.route)):
        zone, route = site.zones[views.zone[row]], int(views.route[row])
        along = np.arange(views.enter_m[row] + 0.2, views.exit_m[row] - 0.2, 0.5)
        gap_m = [math.dist(routes.position(route, float(m)), (zone.x, zone.y)) for m in along]

        assert all(b < a for a, b in pairwise(gap_m))


def test_each_camera_sees_one_direction(street: Site) -> None:
    """Protects headings: on a pavement the camera that looks west sees those who walk east only."""
    routes, views = routes_of(street), views_of(street)
    for zone, gate in ((0, "west"), (1, "east")):
        from_gate = {r for r in range(len(routes)) if street.gates[routes.gate_in[r]].id == gate}

        assert from_gate == set(rows_of(views, zone))


def test_turning_a_camera_round(street: Site) -> None:
    """Protects the heading: turned round it sees the other direction, turned to the road nobody."""
    routes, zone = routes_of(street), street.zones[0]
    ahead = set(in_view_m(street))
    behind = set(in_view_m(with_zone(street, heading_deg=180.0 - zone.heading_deg)))

    assert set(routes.way_back[list(ahead)].tolist()) == behind
    assert in_view_m(with_zone(street, heading_deg=270.0)) == {}
    assert in_view_m(with_zone(street, heading_deg=zone.heading_deg - 720.0)) == in_view_m(street)


def test_a_camera_moved_along_sees_the_same_there(street: Site) -> None:
    """Protects the position: on a straight street, 8 m further on the stretch begins 8 m later."""
    moved = with_zone(street, x=street.zones[0].x + 8.0)
    before, after = views_of(street), views_of(moved)
    rows, shifted = rows_of(before, 0), rows_of(after, 0)

    assert rows.keys() == shifted.keys()
    for route, row in rows.items():
        assert pytest.approx(after.enter_m[shifted[route]] - before.enter_m[row], abs=0.6) == 8.0


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        ("range_max_m", (6.0, 9.0, 13.8, 20.0, 35.0)),
        ("hfov_deg", (5.0, 15.0, 30.0, 60.0, 110.0)),
        ("max_yaw_deg", (10.0, 25.0, 45.0, 60.0, 90.0)),
        ("range_min_m", (12.0, 8.0, 4.0, 1.0)),
    ],
)
@pytest.mark.parametrize("name", ["pavement", "stratford_bridge"])
def test_a_larger_zone_sees_more(pavement: str, name: str, setting: str, values: tuple[float, ...]) -> None:
    """Protects the overrides: longer, wider or more tolerant never loses a route, nor any of its length."""
    site = load_site(pavement if name == "pavement" else name)
    seen = [in_view_m(with_zone(site, **{setting: value})) for value in values]

    assert sum(seen[0].values()) < sum(seen[-1].values())
    for smaller, larger in pairwise(seen):
        assert all(length <= larger.get(route, 0.0) + 1e-9 for route, length in smaller.items())


@pytest.mark.parametrize(
    "overrides", [{"range_max_m": 25.0}, {"hfov_deg": 80.0}, {"max_yaw_deg": 20.0}, {"range_min_m": 6.0}]
)
def test_overrides_reach_every_zone(overrides: dict[str, float]) -> None:
    """Protects the way from a scenario to the zones: an override is what each zone then has."""
    plain, changed = load_site("stratford_bridge"), load_site("stratford_bridge", **overrides)
    by_hand = replace(plain, zones=tuple(replace(zone, **overrides) for zone in plain.zones))
    expected, found = views_of(by_hand), views_of(changed)

    np.testing.assert_array_equal(expected.route, found.route)
    np.testing.assert_allclose(expected.exit_m, found.exit_m)
    assert len(expected.route) != len(views_of(plain).route) or not np.allclose(
        found.exit_m - found.enter_m, views_of(plain).exit_m - views_of(plain).enter_m
    )


# --- where people are ---------------------------------------------------------------------------


def test_a_person_is_somewhere(site: Site) -> None:
    """Protects crowding: density times area sums to one person.

    A cell holds a share of each route's walkers; that share over its density is its area, and the areas
    of all cells on the way of anybody are those of the 4 m squares cut out of the ground, though none
    counts as smaller than 4 m2.
    """
    routes, ground = routes_of(site), ground_of(site)
    of_route = np.repeat(np.arange(len(routes)), np.diff(ground.first_cell))
    weight = routes.probability * routes.length_m
    area_m2 = float((weight / weight.sum())[of_route] @ (ground.cell_share / ground.crowding_per_m2))

    assert used_area_m2(site) == pytest.approx(area_m2, rel=0.01)
    np.testing.assert_allclose(np.add.reduceat(ground.cell_share, ground.first_cell[:-1]), 1.0)


def used_area_m2(site: Site) -> float:
    """Return the area of the squares of 4 m through which any route runs that somebody takes."""
    routes = routes_of(site)
    west, south, *_ = site.walkable.bounds
    squares = set()
    for route in np.flatnonzero(routes.probability > 0):
        along, points = routes.waypoints(int(route))
        steps = np.arange(0.0625, along[-1], 0.125)
        x, y = np.interp(steps, along, points[:, 0]), np.interp(steps, along, points[:, 1])
        columns, rows = ((x - west) // 4.0).astype(int), ((y - south) // 4.0).astype(int)
        squares |= set((columns + 100_000 * rows).tolist())
    number = np.array(sorted(squares))
    x0, y0 = west + 4.0 * (number % 100_000), south + 4.0 * (number // 100_000)
    cut = shapely.area(shapely.intersection(shapely.box(x0, y0, x0 + 4, y0 + 4), site.walkable))
    return float(np.maximum(cut, 4.0).sum())


def test_crowding_of_a_pavement_by_hand(street: Site) -> None:
    """Protects the scale: on a straight pavement one person is spread over its 240 m2, everywhere alike."""
    ground, views = ground_of(street), views_of(street)

    np.testing.assert_allclose(ground.crowding_per_m2, 1 / 240, rtol=0.02)
    np.testing.assert_allclose(views.crowding_per_m2, 1 / 240, rtol=0.02)


@pytest.mark.parametrize("name", ["oxford_circus", "stratford_bridge"])
def test_crowding_counts_people(name: str) -> None:
    """Protects the map of densities: people put on routes at random are found in a cell that often."""
    site = load_site(name)
    routes, ground = routes_of(site), ground_of(site)
    weight = routes.probability * routes.length_m
    busiest = int(np.argmax(ground.crowding_per_m2))
    near = int(np.searchsorted(ground.first_cell, busiest, side="right") - 1)
    west, south, *_ = site.walkable.bounds
    steps, owner, places = [], [], []
    for route in range(len(routes)):
        along, points = routes.waypoints(route)
        marks = np.arange(0.125, along[-1], 0.25)
        places.append(
            np.column_stack([np.interp(marks, along, points[:, 0]), np.interp(marks, along, points[:, 1])])
        )
        owner.append(np.full(len(marks), route))
        steps.append(np.full(len(marks), weight[route] / len(marks)))
    place, share = np.concatenate(places), np.concatenate(steps) / weight.sum()
    cell = ((place - [west, south]) // 4.0).astype(int)
    used = np.unique(cell[np.concatenate(owner) == near], axis=0)
    expected = []
    for column, row in used:
        inside = (cell == [column, row]).all(axis=1)
        square_there = box(west + 4 * column, south + 4 * row, west + 4 * column + 4, south + 4 * row + 4)
        expected.append(share[inside].sum() / max(square_there.intersection(site.walkable).area, 4.0))
    found = ground.crowding_per_m2[ground.first_cell[near] : ground.first_cell[near + 1]]

    assert sorted(expected) == pytest.approx(sorted(found), rel=0.02, abs=2e-5)


def test_views_take_the_crowding_of_their_stretch(site: Site) -> None:
    """Protects density in view: it lies between the least and the most crowded cell of the route."""
    views, ground = views_of(site), ground_of(site)
    for row in range(len(views.route)):
        cells = slice(*ground.first_cell[views.route[row] : views.route[row] + 2])
        crowding = ground.crowding_per_m2[cells]

        assert crowding.min() <= views.crowding_per_m2[row] * (1 + 1e-9)
        assert views.crowding_per_m2[row] <= crowding.max() * (1 + 1e-9)


# --- posts --------------------------------------------------------------------------------------


def test_posts_lie_down_stream_on_the_ground(site: Site) -> None:
    """Protects where teams wait: on walkable ground, on a way that has just passed the camera."""
    routes, views = routes_of(site), views_of(site)
    ground = shapely.union_all([site.walkable, *(LineString(gate.segment) for gate in site.gates)])
    posts = posts_of(site, 2 * len(site.zones), 20.0)
    watched = [zone for zone in range(len(site.zones)) if rows_of(views, zone)]

    assert len(posts) == 2 * len(site.zones)
    for number, post in enumerate(posts):
        rows = list(rows_of(views, watched[number % len(watched)]).values())
        on_the_way = [
            routes.position(int(views.route[row]), float(views.exit_m[row]) + 20.0) for row in rows
        ]

        assert ground.distance(Point(post)) < 0.5
        assert min(math.dist(post, place) for place in on_the_way) < 1e-6


def test_posts_on_a_pavement_by_hand(street: Site) -> None:
    """Protects the direction: past the van, as far beyond the zone as asked, held at the gates."""
    views = views_of(street)
    for zone, towards in ((0, 1), (1, -1)):
        row = next(iter(rows_of(views, zone).values()))
        end_x = routes_of(street).position(int(views.route[row]), float(views.exit_m[row]))[0]
        for distance_m in (0.0, 10.0, 500.0):
            x, y = posts_of(street, 2, distance_m)[zone]
            expected = min(max(end_x + towards * distance_m, 0.0), 60.0)

            assert expected == pytest.approx(x, abs=2.0)
            assert 0.0 <= y <= 4.0


def test_posts_are_where_most_people_pass(site: Site) -> None:
    """Protects the choice of way: no other place down-stream is nearer to the ways of most passers."""
    routes, views = routes_of(site), views_of(site)
    rows = list(rows_of(views, 0).values())
    places = [routes.position(int(views.route[row]), float(views.exit_m[row]) + 15.0) for row in rows]
    weights = routes.probability[views.route[rows]]

    def far_from_all(place: tuple[float, float]) -> float:
        return sum(w * math.dist(place, other) for w, other in zip(weights, places, strict=True))

    (post, *_) = posts_of(site, 1, 15.0)
    assert min(far_from_all(place) for place in places) == pytest.approx(far_from_all(post))


def test_posts_without_a_camera(street: Site) -> None:
    """Protects a site without vans: teams wait in the middle of the busiest way."""
    bare = replace(street, vans=(), zones=())

    assert len(views_of(bare).route) == 0
    for x, y in posts_of(bare, 3, 20.0):
        assert pytest.approx(x, abs=0.5) == 30.0
        assert 0.0 <= y <= 4.0
    assert posts_of(bare, 0, 20.0) == ()
