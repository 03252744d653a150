"""Ways through the site: the walkway graph, and the routes that people take along it.

The graph is a visibility graph over the walkable area. People differ in how close to walls they
walk and how they judge distances, so there are several *lanes*: in each, the area is shrunk by a
clearance of its own, people enter and leave at a place of their own along the gates, and lengths
are judged with an error of its own. Between two gates each lane has one shortest path; people choose
among the lanes' paths, shorter ones more often.

Nothing here is random: the errors of judgement belong to the site, not to a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from .site import Site

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LANES = ((0.5, 1.0), (0.2, 0.7), (0.8, 0.7), (0.35, 1.5), (0.65, 1.5), (0.1, 0.4), (0.9, 0.4))
"""Place along the gate (share of its width) and clearance from walls (m) of each lane; assumed."""
JUDGEMENT_SD = 0.10
"""Standard deviation of the log of a judged length; assumed (0 to 0.25)."""
DETOUR_SCALE = 0.15
"""A path longer by this share of the shortest is taken exp(-1) times as often; assumed (0.05-0.5)."""
MEAN_SPEED_M_S = 1.34
"""Turns the mean wait at a signal into metres when paths are compared (Weidmann 1993)."""

_SMALLEST_OBSTACLE_M2 = 0.6
"""Posts and trees are stepped round without changing the way."""
_LEAST_CLEARANCE_M = 0.1
"""Below the half-width of a body, at which a site has been found to be connected."""
_JUDGEMENT_SEED = 20220128


@dataclass(frozen=True, slots=True)
class Routes:
    """Every route of a site, as arrays with one entry (or row) per route.

    Routes are ordered by (gate in, gate out, lane); `probability` sums to 1. Waypoints of all routes
    stand in one array, route r in rows `first_point[r]` to `first_point[r + 1]`.
    """

    gate_in: IntArray
    """Index into `Site.gates`."""
    gate_out: IntArray
    probability: FloatArray
    """P(a first walk takes this route)."""
    way_back: IntArray
    """The route of the same lane in the opposite direction."""
    length_m: FloatArray
    points: FloatArray
    """Waypoints (m), shape (n, 2)."""
    first_point: IntArray
    point_m: FloatArray
    """Distance of each waypoint from the start of its route."""
    stop_m: FloatArray
    """Where the route enters a signalled crossing, shape (routes, most stops); inf where there is
    none."""
    stop_signal: IntArray
    """Which signal that is; -1 where there is none."""

    def __len__(self) -> int:
        """Return the number of routes."""
        return len(self.length_m)

    def waypoints(self, route: int) -> tuple[FloatArray, FloatArray]:
        """Return distance along the route (m) and coordinates of its waypoints, shape (n, 2)."""
        rows = slice(self.first_point[route], self.first_point[route + 1])
        return self.point_m[rows], self.points[rows]

    def position(self, route: int, distance_m: float) -> tuple[float, float]:
        """Return the point at a distance along a route, held at its ends."""
        along, points = self.waypoints(route)
        x = np.interp(distance_m, along, points[:, 0])
        y = np.interp(distance_m, along, points[:, 1])
        return float(x), float(y)


def walkway_graph(site: Site, lane: int = 0) -> nx.Graph[int]:
    """Return the visibility graph of one lane.

    Nodes 0 to (gates - 1) are the gates; the others are corners. Node attribute `pos` (m). Edge
    attributes `length_m`, `width_m` (of the way at the middle of the edge), and `cost_m`, the length
    as judged plus the mean wait at signals in metres.
    """
    fraction, clearance = LANES[lane]
    gates = [_along(gate.segment, fraction) for gate in site.gates]
    ground, inner = _cleared_ground(site, gates, clearance)
    corners = _reflex_corners(ground)
    places = np.array([*inner, *corners])
    edges = _visible_pairs(places, ground.buffer(1e-3))
    graph: nx.Graph[int] = nx.Graph()
    for node, (x, y) in enumerate(places):
        graph.add_node(node, pos=(float(x), float(y)))
    starts, ends = places[edges[:, 0]], places[edges[:, 1]]
    middles = (starts + ends) / 2
    lengths = np.hypot(*(starts - ends).T)
    widths = 2 * shapely.distance(site.walkable.boundary, shapely.points(middles))
    costs = lengths * _judgement(lane, middles) + _waits_m(site, starts, ends)
    for (a, b), length, width, cost in zip(edges, lengths, widths, costs, strict=True):
        graph.add_edge(int(a), int(b), length_m=float(length), width_m=float(width), cost_m=float(cost))
    graph.graph["gate_points"] = gates
    return graph


def routes_of(site: Site) -> Routes:
    """Return the routes of a site; computed once and kept, whatever its cameras see."""
    return _routes_of(site.ground)


@lru_cache(maxsize=64)
def _routes_of(site: Site) -> Routes:
    paths: dict[tuple[int, int, int], tuple[FloatArray, float]] = {}
    for lane in range(len(LANES)):
        graph = walkway_graph(site, lane)
        for gate in range(len(site.gates)):
            costs, ways = nx.single_source_dijkstra(graph, gate, weight="cost_m")
            assert isinstance(costs, dict)
            assert isinstance(ways, dict)  # because no target was named
            for other in range(gate + 1, len(site.gates)):
                nodes = [graph.nodes[node]["pos"] for node in ways[other]]
                ends = graph.graph["gate_points"]
                points = np.array([ends[gate], *nodes, ends[other]])
                paths[gate, other, lane] = points, costs[other]
                paths[other, gate, lane] = points[::-1], costs[other]
    return _table(site, paths)


def _table(site: Site, paths: dict[tuple[int, int, int], tuple[FloatArray, float]]) -> Routes:
    keys = sorted(paths)
    index = {key: row for row, key in enumerate(keys)}
    probability = _probabilities(site, paths, keys)
    points = [_without_repeats(paths[key][0]) for key in keys]
    along = [np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(p, axis=0).T))]) for p in points]
    stop_m, stop_signal = _stops(site, points)
    return Routes(
        gate_in=np.array([key[0] for key in keys]),
        gate_out=np.array([key[1] for key in keys]),
        probability=probability / probability.sum(),
        way_back=np.array([index[b, a, lane] for a, b, lane in keys]),
        length_m=np.array([distances[-1] for distances in along]),
        points=np.concatenate(points),
        first_point=np.concatenate([[0], np.cumsum([len(p) for p in points])]),
        point_m=np.concatenate(along),
        stop_m=stop_m,
        stop_signal=stop_signal,
    )


def _probabilities(
    site: Site,
    paths: dict[tuple[int, int, int], tuple[FloatArray, float]],
    keys: list[tuple[int, int, int]],
) -> FloatArray:
    """Return P(in) x P(out, not where one came in) x P(lane), the last a logit of the judged cost."""
    lane_share = {}
    for a, b in permutations(range(len(site.gates)), 2):
        costs = np.array([paths[a, b, lane][1] for lane in range(len(LANES))])
        weight = np.exp(-(costs / costs.min() - 1.0) / DETOUR_SCALE)
        for lane, value in enumerate(weight / weight.sum()):
            lane_share[a, b, lane] = float(value)
    result = []
    for a, b, lane in keys:
        entering, leaving = site.gates[a], site.gates[b]
        others = 1.0 - entering.out_share
        onward = leaving.out_share / others if others > 0 else 0.0
        result.append(entering.in_share * onward * lane_share[a, b, lane])
    return np.array(result)


def _along(segment: tuple[tuple[float, float], tuple[float, float]], share: float) -> FloatArray:
    start, end = np.array(segment[0]), np.array(segment[1])
    return np.asarray(start + share * (end - start))


def _cleared_ground(
    site: Site, gates: list[FloatArray], clearance: float
) -> tuple[Polygon, list[FloatArray]]:
    """Return the ground at a clearance from walls, and each gate's place at its edge.

    Where the clearance would cut off a gate, it is reduced until it does not; a passage that it closes
    while there is another way stays closed to this lane.
    """
    small = [
        Polygon(item.coords)
        for item in site.layout.obstacles
        if Polygon(item.coords).area < _SMALLEST_OBSTACLE_M2
    ]
    open_ground = shapely.union_all([site.walkable, *small])
    reach = open_ground.buffer(0.8)
    while True:
        shrunk = open_ground.buffer(-clearance, join_style="mitre").simplify(0.1)
        pieces: list[Polygon] = shapely.get_parts(shrunk).tolist()
        ground = max(pieces, key=lambda piece: piece.area, default=Polygon())
        if not ground.is_empty:
            ways_in = [shapely.shortest_line(Point(gate), ground) for gate in gates]
            if clearance < _LEAST_CLEARANCE_M or all(
                way.length < 3 * clearance + 1 and reach.covers(way) for way in ways_in
            ):
                return ground, [np.array(way.coords[-1]) for way in ways_in]
        clearance *= 0.7


def _reflex_corners(ground: Polygon) -> FloatArray:
    """Return the corners round which a shortest path can bend."""
    corners = []
    oriented = shapely.geometry.polygon.orient(ground)
    for ring in (oriented.exterior, *oriented.interiors):
        points = np.array(ring.coords)[:-1]
        into, out = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
        turn = into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0]
        corners.append(points[turn < 0])  # interiors run clockwise, so one sign serves both
    return np.concatenate(corners)


def _visible_pairs(places: FloatArray, ground: BaseGeometry) -> IntArray:
    """Return the pairs of places that see each other across walkable ground."""
    first, second = np.triu_indices(len(places), k=1)
    lines = shapely.linestrings(np.stack([places[first], places[second]], axis=1))
    shapely.prepare(ground)
    seen = shapely.covers(ground, lines)
    return np.column_stack([first[seen], second[seen]])


def _judgement(lane: int, middles: FloatArray) -> FloatArray:
    """Return how many times its true length each edge is judged to be, in one lane; lane 0 judges right.

    A smooth field over the site, so that neighbouring edges are misjudged alike.
    """
    if lane == 0:
        return np.ones(len(middles))
    rng = np.random.Generator(np.random.PCG64([_JUDGEMENT_SEED, lane]))
    waves = rng.normal(0.0, 1.0 / 40.0, size=(6, 2))
    phases = rng.uniform(0.0, 2 * np.pi, size=6)
    field = np.sin(middles @ waves.T + phases).sum(axis=1) / np.sqrt(3.0)
    return np.asarray(np.exp(JUDGEMENT_SD * field))


def _waits_m(site: Site, starts: FloatArray, ends: FloatArray) -> FloatArray:
    """Return the mean wait at signals on each edge, in metres of walking."""
    waits = np.zeros(len(starts))
    lines = shapely.linestrings(np.stack([starts, ends], axis=1))
    for signal in site.signals:
        crossing = site.crossing(signal)
        red_s = signal.cycle_s - signal.walk_s
        mean_wait_m = MEAN_SPEED_M_S * red_s**2 / (2 * signal.cycle_s)
        width = _narrow_side(crossing)
        inside = shapely.length(shapely.intersection(lines, crossing))
        waits += mean_wait_m * np.minimum(1.0, inside / width)
    return waits


def _narrow_side(area: BaseGeometry) -> float:
    corners = shapely.get_coordinates(area.minimum_rotated_rectangle)
    return float(min(np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[2] - corners[1]))))


def _without_repeats(points: FloatArray) -> FloatArray:
    moved = np.hypot(*np.diff(points, axis=0).T) > 1e-9
    kept = points[np.concatenate([[True], moved])]
    return kept if len(kept) > 1 else points[:2]


def _stops(site: Site, routes: list[FloatArray]) -> tuple[FloatArray, IntArray]:
    """Return where each route enters signalled crossings, in order along it, and which signals these have.

    Args:
        site: The site.
        routes: Waypoints of each route, shape (n, 2).
    """
    lines = [LineString(points) for points in routes]
    found: list[list[tuple[float, int]]] = [[] for _ in routes]
    for number, signal in enumerate(site.signals):
        crossing = site.crossing(signal)
        for row, part in enumerate(shapely.intersection(lines, crossing)):
            for piece in shapely.get_parts(part):
                if piece.length > 0.5:  # brushing past a corner is no crossing
                    ends = [lines[row].project(Point(piece.coords[end])) for end in (0, -1)]
                    found[row].append((min(ends), number))
    most = max([len(stops) for stops in found], default=0)
    stop_m = np.full((len(routes), most), np.inf)
    stop_signal = np.full((len(routes), most), -1)
    for row, stops in enumerate(found):
        for column, (distance, number) in enumerate(sorted(stops)):
            stop_m[row, column], stop_signal[row, column] = distance, number
    return stop_m, stop_signal
