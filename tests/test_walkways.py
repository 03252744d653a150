"""Ways through every shipped site: connected, on the ground, sanely long, varied, and repeatable."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString, Point, Polygon
from street_twin import block_in_the_middle, crossing_street, says_walk

from lfr_sim.street import Site, load_site, shipped_layouts
from lfr_sim.street.walkways import DETOUR_SCALE, LANES, Routes, routes_of, walkway_graph

SITES = sorted(shipped_layouts())
WITH_SIGNALS = ["oxford_circus", "piccadilly_circus"]
WITHOUT_SIGNALS = [name for name in SITES if name not in WITH_SIGNALS]


@pytest.fixture(scope="module", params=[*SITES, "pavement"])
def site(request: pytest.FixtureRequest, pavement: str) -> Site:
    """Return each shipped site, and a straight pavement."""
    return load_site(pavement if request.param == "pavement" else request.param)


def lines_of(routes: Routes) -> list[LineString]:
    """Return every route as a line."""
    return [LineString(routes.waypoints(route)[1]) for route in range(len(routes))]


def best_per_pair(routes: Routes) -> dict[tuple[int, int], float]:
    """Return the shortest route between each two gates."""
    best: dict[tuple[int, int], float] = {}
    for a, b, length in zip(routes.gate_in, routes.gate_out, routes.length_m, strict=True):
        best[a, b] = min(best.get((a, b), np.inf), length)
    return best


def test_every_gate_reaches_every_other(site: Site) -> None:
    """Protects against people who cannot get to where the layout says they go."""
    routes, gates = routes_of(site), len(site.gates)
    pairs = [
        (a, b, lane) for a in range(gates) for b in range(gates) for lane in range(len(LANES)) if a != b
    ]
    found = list(zip(routes.gate_in, routes.gate_out, np.arange(len(routes)) % len(LANES), strict=True))

    assert pairs == found


def test_routes_lead_from_gate_to_gate(site: Site) -> None:
    """Protects the ends of routes: a lane's own place along its gates, neither swapped nor mirrored."""
    routes = routes_of(site)
    lanes = np.tile(LANES, (len(routes) // len(LANES), 1))[:, 0]
    for gates, end in ((routes.gate_in, 0), (routes.gate_out, -1)):
        ends = np.array([routes.waypoints(route)[1][end] for route in range(len(routes))])
        segments = np.array([site.gates[gate].segment for gate in gates])
        expected = segments[:, 0] + lanes[:, None] * (segments[:, 1] - segments[:, 0])

        np.testing.assert_allclose(ends, expected, atol=1e-9)


def test_routes_stay_on_walkable_ground(site: Site) -> None:
    """Protects against walking through walls, vans and obstacles; posts and trees are stepped round."""
    posts = [Polygon(o.coords) for o in site.layout.obstacles if Polygon(o.coords).area < 0.6]
    ground = shapely.union_all([site.walkable, *posts]).buffer(0.01)
    outside_m = shapely.length(shapely.difference(lines_of(routes_of(site)), ground))

    assert outside_m.max() == pytest.approx(0.0, abs=1e-6)


def test_route_lengths_are_sane(site: Site) -> None:
    """Protects against broken lengths and against people who wander.

    Nobody walks more than 2.2 times the best way between their gates; the mean is less than 1.05 times.
    """
    routes, lines = routes_of(site), lines_of(routes_of(site))
    straight_m = np.array([Point(line.coords[0]).distance(Point(line.coords[-1])) for line in lines])
    best = best_per_pair(routes)
    pairs = zip(routes.gate_in, routes.gate_out, strict=True)
    detour = routes.length_m / np.array([best[pair] for pair in pairs])

    np.testing.assert_allclose(routes.length_m, [line.length for line in lines])
    assert (straight_m <= routes.length_m + 1e-9).all()
    assert detour.max() <= 2.2
    assert float(routes.probability @ detour) <= 1.05


@pytest.mark.parametrize("name", WITHOUT_SIGNALS)
def test_best_route_is_about_the_shortest(name: str) -> None:
    """Protects the graph: a missing corner or edge would send people round.

    The yardstick is another method, a grid of 1 m with steps in 16 directions, which is too long by at
    most 2.8 %; starting in the middle of a gate, not at its near end, adds half a gate at each end.
    """
    site = load_site(name)
    by_grid_m = grid_distances_m(site)
    half_gate_m = [LineString(gate.segment).length / 2 for gate in site.gates]
    for (a, b), length in best_per_pair(routes_of(site)).items():
        slack_m = half_gate_m[a] + half_gate_m[b] + 2.5

        assert by_grid_m[a, b] / 1.028 - slack_m <= length <= by_grid_m[a, b] * 1.10 + 2.5


def grid_distances_m(site: Site) -> NDArray[np.float64]:
    """Return walking distances between the middles of gates over a grid of 1 m."""
    west, south, east, north = site.walkable.bounds
    x, y = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    inside = shapely.contains_xy(site.walkable, x, y)
    number = np.where(inside, np.cumsum(inside).reshape(inside.shape) - 1, -1)
    place = np.column_stack([x[inside], y[inside]])
    links = []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (2, 1), (1, -2), (2, -1)):
        rows, columns = inside.shape
        start = number[: rows - dy, max(0, -dx) : columns - max(0, dx)]
        end = number[dy:, max(0, dx) : columns + min(0, dx)]
        both = (start >= 0) & (end >= 0)
        pair = np.column_stack([start[both], end[both]])
        links.append(pair[shapely.covers(site.walkable, shapely.linestrings(place[pair]))])
    pairs = np.concatenate(links)
    steps_m = np.hypot(*(place[pairs[:, 0]] - place[pairs[:, 1]]).T)
    graph = coo_matrix((steps_m, pairs.T), shape=(len(place), len(place))).tocsr()
    middles = [np.mean(gate.segment, axis=0) for gate in site.gates]
    nearest = [int(np.argmin(np.hypot(*(place - middle).T))) for middle in middles]
    return np.asarray(dijkstra(graph, directed=False, indices=nearest)[:, nearest])


def test_way_round_a_block_has_the_length_of_geometry(tmp_path: Path) -> None:
    """Protects clearance and corners: 1 m off the walls, round two corners of a block, to 1 cm."""
    routes = routes_of(load_site(block_in_the_middle(tmp_path)))
    expected = 1 + np.hypot(8, 11) + 22 + np.hypot(8, 11) + 1

    assert expected == pytest.approx(routes.length_m[0], abs=0.01)


def test_probabilities_follow_the_gates(site: Site) -> None:
    """Protects the demand: P(in) is the layout's share, P(out | in) leaves out the gate itself."""
    routes = routes_of(site)
    for a, entering in enumerate(site.gates):
        here = routes.gate_in == a
        elsewhere = sum(gate.out_share for b, gate in enumerate(site.gates) if b != a)

        assert entering.in_share == pytest.approx(routes.probability[here].sum(), abs=1e-6)
        for b, leaving in enumerate(site.gates):
            onward = 0.0 if a == b else leaving.out_share / elsewhere
            both = here & (routes.gate_out == b)

            assert entering.in_share * onward == pytest.approx(routes.probability[both].sum(), abs=1e-6)
    assert routes.probability.sum() == pytest.approx(1.0, abs=1e-12)
    assert (routes.probability >= 0).all()


@pytest.mark.parametrize("name", ["oxford_circus", "canary_wharf"])
def test_shorter_ways_are_taken_more_often(name: str) -> None:
    """Protects the choice between lanes: odds are exp(-difference / (0.15 x the least cost))."""
    site, (a, b) = load_site(name), (0, 5)
    routes = routes_of(site)
    rows = np.flatnonzero((routes.gate_in == a) & (routes.gate_out == b))
    cost = np.array(
        [
            nx.bellman_ford_path_length(walkway_graph(site, lane), a, b, weight="cost_m")
            for lane in range(len(LANES))
        ]
    )
    odds = np.exp(-(cost - cost.min()) / (DETOUR_SCALE * cost.min()))

    np.testing.assert_allclose(odds / odds.sum(), routes.probability[rows] / routes.probability[rows].sum())


def test_way_back_is_the_same_way_reversed(site: Site) -> None:
    """Protects returns: the way back of the way back is the way, through the same places."""
    routes = routes_of(site)
    back = routes.way_back

    np.testing.assert_array_equal(np.arange(len(routes)), back[back])
    np.testing.assert_array_equal(routes.gate_in, routes.gate_out[back])
    for there in range(len(routes)):
        np.testing.assert_array_equal(routes.waypoints(there)[1][::-1], routes.waypoints(back[there])[1])


@pytest.mark.parametrize("lane", [0, 6])
def test_graph_is_connected_and_complete(site: Site, lane: int) -> None:
    """Protects the documented graph: one piece, true lengths, widths within the ground, costs."""
    graph = walkway_graph(site, lane)
    place = nx.get_node_attributes(graph, "pos")
    widest_m = 2 * shapely.maximum_inscribed_circle(site.walkable, tolerance=0.05).length

    assert nx.is_connected(graph)
    for a, b, edge in graph.edges(data=True):
        assert {"length_m", "width_m", "cost_m"} <= edge.keys()
        assert edge["length_m"] == pytest.approx(np.hypot(*np.subtract(place[a], place[b])))
        assert 0 < edge["width_m"] <= widest_m + 0.1
        assert 0.5 * edge["length_m"] <= edge["cost_m"]


def test_waits_are_judged_as_long_as_they_are(tmp_path: Path) -> None:
    """Protects the cost of a crossing: the mean wait at a signal, over all times of coming, in metres."""
    site = load_site(crossing_street(tmp_path))
    (signal,) = site.signals
    times_s = np.arange(0.05, signal.cycle_s, 0.1)
    waits_s = [0.1 * next(k for k in range(601) if says_walk(signal, t + 0.1 * k)) for t in times_s]
    graph = walkway_graph(site)

    expected = 1.34 * float(np.mean(waits_s))
    assert expected == pytest.approx(graph[0][1]["cost_m"] - graph[0][1]["length_m"], abs=0.1)


@pytest.mark.parametrize("name", ["oxford_circus", "leicester_square"])
def test_routes_are_the_same_every_time(name: str) -> None:
    """Protects repeatability: two computations on two copies of a site agree to the last bit."""
    first, second = (routes_of(replace(load_site(name).ground)) for _ in range(2))

    assert first is not second
    for field in fields(Routes):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name))


def test_settings_of_cameras_leave_the_routes_as_they_are() -> None:
    """Protects the pages' speed: what a camera sees makes nobody walk anew; nothing is computed again."""
    assert routes_of(load_site("oxford_circus", hfov_deg=50.0)) is routes_of(load_site("oxford_circus"))
    assert routes_of(load_site("oxford_circus", ["V2"])) is not routes_of(load_site("oxford_circus"))


def test_far_gates_have_more_than_one_way(site: Site) -> None:
    """Protects variety: between the two gates farthest apart, people do not all walk in one line."""
    routes = routes_of(site)
    best = best_per_pair(routes)
    a, b = max(best, key=lambda pair: best[pair])
    rows = np.flatnonzero((routes.gate_in == a) & (routes.gate_out == b))
    lines = [lines_of(routes)[row] for row in rows]
    apart_m = [shapely.hausdorff_distance(one, other) for one in lines for other in lines]
    shares = routes.probability[rows] / routes.probability[rows].sum()

    assert max(apart_m) > 1.0
    assert shares.max() < 0.6


def test_positions_lie_on_the_route(site: Site) -> None:
    """Protects `position`: so far along the line, held at both ends."""
    routes = routes_of(site)
    for route in range(0, len(routes), 37):
        line = LineString(routes.waypoints(route)[1])
        for distance_m in (-5.0, 0.0, 0.3 * line.length, 0.77 * line.length, line.length + 9.0):
            expected = line.interpolate(min(max(distance_m, 0.0), line.length)).coords[0]

            assert expected == pytest.approx(routes.position(route, distance_m), abs=1e-6)


@pytest.mark.parametrize("name", WITH_SIGNALS)
def test_stops_lie_where_a_route_enters_a_crossing(name: str) -> None:
    """Protects every stop: brute force in steps of 5 cm finds the same kerbs.

    A second entry into one crossing after leaving it is a stop of its own.
    """
    site = load_site(name)
    routes = routes_of(site)
    expected = entries_by_stepping(site, routes)
    found = [
        [(m, int(s)) for m, s in zip(stops, signals, strict=True) if s >= 0]
        for stops, signals in zip(routes.stop_m, routes.stop_signal, strict=True)
    ]

    assert [[signal for _, signal in stops] for stops in expected] == [
        [signal for _, signal in stops] for stops in found
    ]
    np.testing.assert_allclose(
        [m for stops in expected for m, _ in stops], [m for stops in found for m, _ in stops], atol=0.06
    )
    assert np.isinf(routes.stop_m[routes.stop_signal < 0]).all()


def entries_by_stepping(site: Site, routes: Routes) -> list[list[tuple[float, int]]]:
    """Return (distance, signal) of each entry, found by walking every route in steps of 5 cm."""
    grounds = [site.crossing(signal) for signal in site.signals]
    boxes = [ground.bounds for ground in grounds]
    entries = []
    for route in range(len(routes)):
        along, points = routes.waypoints(route)
        steps = np.arange(0.025, along[-1], 0.05)
        x, y = np.interp(steps, along, points[:, 0]), np.interp(steps, along, points[:, 1])
        stops = []
        for signal, (ground, (west, south, east, north)) in enumerate(zip(grounds, boxes, strict=True)):
            inside = (x > west) & (x < east) & (y > south) & (y < north)
            inside[inside] = shapely.contains_xy(ground, x[inside], y[inside])
            edges = np.flatnonzero(np.diff(inside, prepend=False, append=False))
            for first, last in edges.reshape(-1, 2):
                if last - first > 10:
                    stops.append((float(steps[first]), signal))
        entries.append(sorted(stops))
    return entries


def test_somebody_crosses_twice_at_oxford_circus() -> None:
    """Protects the test above: the case of one crossing entered twice does exist."""
    routes = routes_of(load_site("oxford_circus"))
    twice = (routes.stop_signal[:, 0] >= 0) & (routes.stop_signal[:, 0] == routes.stop_signal[:, 1])

    assert twice.sum() > 0
    assert routes.probability[twice].sum() > 0.001
