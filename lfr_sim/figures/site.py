"""A site as somebody who knows the place would recognise it."""

from __future__ import annotations

import math
import textwrap
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from shapely.affinity import rotate, translate
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from lfr_sim.street.site import Site, footprint
from lfr_sim.street.walkways import routes_of

from .outlines import union, way_of
from .palette import (
    BUILDING,
    DPI,
    FONT,
    GRASS,
    GROUND,
    INK,
    KERB,
    LEAVES,
    MUTED,
    PAVEMENT,
    PERSON,
    ROAD,
    WATER,
    ZONE,
)

_TINTS = {"park": GRASS, "garden": GRASS, "tree": LEAVES, "water": WATER, "fountain": WATER}
"""Fills by kind of context or obstacle; any other kind of context looks like bare ground, of obstacle like
road."""

CAPTION = "Hand-drawn layout, not a survey; positions of vans and gate shares are assumptions."

_WIDEST_IN, _NARROWEST_IN, _TALLEST_IN = 1280 / DPI, 6.2, 11.0
_BESIDE_IN, _ABOVE_IN, _STRIP_IN = 1.0, 0.55, 0.95
"""Room for labels of gates left and right, and above and below; for scale, legend and caption."""
_Style = dict[str, Any]
_SIGN = _Style(marker="D", ms=4, color=PAVEMENT, mec=MUTED, linestyle="none")
_SIGNAL = _Style(marker="o", ms=4, color=PAVEMENT, mec=INK, mew=1.4, linestyle="none")
_ZONE = _Style(facecolor=to_rgba(ZONE, 0.18), edgecolor=ZONE, linewidth=1.2)
_PLACE = _Style(facecolor=PAVEMENT, edgecolor=MUTED, linewidth=1, linestyle=(0, (2.5, 1.5)))


def site_map(site: Site, *, routes: bool = True) -> Figure:
    """Draw a site as somebody who knows the place would recognise it.

    What is drawn of the layout has a `gid`: "zone:<camera>", "van:<id>", "place:<id>" (for a van that is
    not deployed), "gate:<id>", "crossing:<id>", "signal:<id>", "routes", "north", "scale".

    Args:
        site: The site with its deployed vans.
        routes: Whether to draw the ways people take, wider and darker where more people walk.
    """
    plan = _Plan.of(site)
    _draw_ground(plan, site)
    _draw_crossings(plan, site)
    _draw_objects(plan, site)
    if routes:
        _draw_flows(plan, site)
    _draw_vans(plan, site)
    _label_landmarks(plan, site)
    _label_gates(plan, site)
    _draw_strip(plan, site, routes)
    return plan.figure


@dataclass
class _Plan:
    """A plan in metres on its sheet, and what already lies on it, so that labels keep clear."""

    figure: Figure
    axes: Axes
    points_per_m: float
    sheet: Polygon
    frame: Polygon
    """What the plan shows; the rest of the sheet is margin."""
    off_ground: BaseGeometry
    """Where nobody walks or drives: a label lies there if it can, and not across the frame."""
    taken: list[BaseGeometry] = field(default_factory=list)
    labels: list[BaseGeometry] = field(default_factory=list)

    @classmethod
    def of(cls, site: Site) -> _Plan:
        """Return an empty sheet that fits the site's bounds."""
        layout = site.layout
        ground = union([*layout.polygons, *layout.carriageways])
        shown = [ground, union(layout.context), *(zone.polygon for zone in site.zones)]
        west, south, east, north = shapely.union_all([*shown, *map(footprint, layout.vans)]).bounds
        inch = min((_WIDEST_IN - 2 * _BESIDE_IN) / (east - west), _TALLEST_IN / (north - south))
        width = max(_NARROWEST_IN, (east - west) * inch + 2 * _BESIDE_IN)
        plan_in = (north - south) * inch + 2 * _ABOVE_IN
        title = textwrap.wrap(layout.name, int(7.0 * (width - 0.6)))
        height = _STRIP_IN + plan_in + 0.15 + 0.26 * len(title)
        figure = Figure(figsize=(width, height), dpi=DPI, facecolor=GROUND)
        FigureCanvasAgg(figure)  # measures the labels
        style = _Style(x=0.3 / width, y=1 - 0.15 / height, ha="left", va="top", size=15, weight="bold")
        figure.suptitle("\n".join(title), color=INK, family=FONT, parse_math=False, **style)
        axes = figure.add_axes((0, _STRIP_IN / height, 1, plan_in / height))
        frame, above = box(west, south, east, north), _ABOVE_IN / inch
        beside = (width / inch - (east - west)) / 2
        sheet = box(west - beside, south - above, east + beside, north + above)
        axes.set(xlim=sheet.bounds[::2], ylim=sheet.bounds[1::2])
        axes.axis("off")
        built = [Polygon(item.coords) for item in layout.obstacles if item.kind == "building"]
        used = ground.buffer(0.05, join_style="mitre").difference(shapely.union_all(built))
        off_ground = sheet.difference(used.union(frame.boundary.buffer(0.05)))
        shapely.prepare(off_ground)
        plan = cls(figure, axes, 72 * inch, sheet, frame, off_ground)
        plan.fill(frame, 0, facecolor=BUILDING)
        return plan

    def fill(self, shape: BaseGeometry, over: float, *, edgecolor: str = "none", **style: Any) -> None:
        """Draw a shape with its holes; `over` is its place in the pile."""
        rings: list[Outline] = []
        for piece in (orient(part) for part in shapely.get_parts(shape) if part.area > 0):
            rings += [Outline(ring.coords, closed=True) for ring in (piece.exterior, *piece.interiors)]
        if rings:
            outline = Outline.make_compound_path(*rings)
            self.axes.add_patch(PathPatch(outline, zorder=over, edgecolor=edgecolor, **style))

    def write(
        self,
        text: str,
        place: Point,
        reach: float,
        *grounds: BaseGeometry,
        angle: float | None = None,
        leader: bool = False,
        **style: Any,
    ) -> bool:
        """Write a label at the free spot nearest to a place, and say whether there was one.

        It lies on the first of the grounds that has room within reach, in points. It is level and may move
        all round, or it is written, and moves, along an angle. A leader joins it to the place.
        """
        style = {"family": FONT, "color": INK, "linespacing": 1.05, "zorder": 9, **style}
        artist = self.axes.text(place.x, place.y, text, ha="center", va="center", parse_math=False, **style)
        extent = artist.get_window_extent().padded(1.5 * DPI / 72)  # with a little air
        body = rotate(box(*extent.transformed(self.axes.transData.inverted()).extents), angle or 0.0)
        taken, written = shapely.union_all(self.taken), shapely.union_all(self.labels)
        for ground, (dx, dy) in product(grounds, _moves(reach, angle)):
            moved = translate(body, dx / self.points_per_m, dy / self.points_per_m)
            line = shapely.shortest_line(place, moved)
            free = not moved.intersects(taken) and not (leader and line.intersects(written))
            if free and ground.covers(moved):
                break
        else:
            artist.remove()
            return False
        middle = moved.centroid
        artist.set(x=middle.x, y=middle.y, rotation=angle or 0.0, rotation_mode="anchor")
        if not self.off_ground.covers(moved):
            artist.set_path_effects([withStroke(linewidth=3, foreground=PAVEMENT)])
        self.taken.append(moved)
        self.labels.append(moved)
        if leader and line.length * self.points_per_m > 10:
            self.axes.plot(*np.array(line.coords).T, color=INK, linewidth=0.7, zorder=8)
            self.taken.append(line.buffer(1.0 / self.points_per_m))
        return True


def _moves(reach: float, angle: float | None) -> Iterable[tuple[float, float]]:
    """Yield moves from none to `reach`, nearest first: all round, or both ways along an angle."""
    yield 0.0, 0.0
    round_about = sorted(range(0, 360, 15), key=lambda turn: turn % 90)  # straight up and across first
    turns = round_about if angle is None else (angle, angle + 180)
    for radius in np.arange(3.0, reach, 3.0):
        for turn in np.radians(turns):
            yield float(radius * np.cos(turn)), float(radius * np.sin(turn))


def _draw_ground(plan: _Plan, site: Site) -> None:
    for area in site.layout.context:
        plan.fill(Polygon(area.coords, area.holes), 1, facecolor=_TINTS.get(area.kind, GROUND))
    plan.fill(union(site.layout.carriageways), 1.1, facecolor=ROAD, edgecolor=KERB, linewidth=0.9)
    walked = union([area for area in site.layout.polygons if area.walkable and area.kind != "crossing"])
    walked = walked.buffer(0.03, join_style="mitre")  # closes the seams between neighbours
    plan.fill(walked, 1.2, facecolor=PAVEMENT, edgecolor=KERB, linewidth=0.9)


def _draw_crossings(plan: _Plan, site: Site) -> None:
    """Draw stripes that lie as the traffic runs, and two posts where there is a signal."""
    roads = union(site.layout.carriageways)
    for area in site.layout.polygons:
        if area.kind != "crossing":
            continue
        shape = Polygon(area.coords, area.holes)
        plan.fill(shape, 1.3, facecolor=PAVEMENT, alpha=0.5, gid=f"crossing:{area.id}")
        plan.fill(shape, 1.5, facecolor="none", edgecolor=KERB, linewidth=0.9, linestyle=(0, (3, 2)))
        way = way_of(roads, shape.centroid)
        if way is not None:
            lying = rotate(shape, -way, origin=(0, 0))
            west, south, east, north = lying.bounds
            stripes = shapely.union_all([box(west, y, east, y + 0.7) for y in np.arange(south, north, 1.4)])
            stripes = rotate(stripes.intersection(lying), way, origin=(0, 0))
            plan.fill(stripes, 1.4, facecolor=KERB, alpha=0.55)
            plan.taken.append(shape)
        if area.signal is not None:
            posts = shapely.get_coordinates(shape.minimum_rotated_rectangle)[[0, 2]]
            plan.axes.plot(*posts.T, **_SIGNAL, zorder=4, gid=f"signal:{area.signal}")


def _draw_objects(plan: _Plan, site: Site) -> None:
    for item in site.layout.obstacles:
        kind = "tree" if "tree" in item.kind else item.kind
        colour = BUILDING if kind == "building" else _TINTS.get(kind, ROAD)
        plan.fill(Polygon(item.coords), 2, facecolor=colour, edgecolor=KERB, linewidth=0.8)
    for mark in site.layout.markings:
        if mark.coords:
            plan.axes.plot(*np.array(mark.coords).T, "--", color=KERB, linewidth=1, zorder=2)
    for sign in site.layout.signs:
        plan.axes.plot(sign.x, sign.y, **_SIGN, zorder=5)
    for gate in site.gates:
        style = _Style(color=INK, linewidth=3, solid_capstyle="butt", gid=f"gate:{gate.id}")
        plan.axes.plot(*np.array(gate.segment).T, **style, zorder=4)
        plan.taken.append(LineString(gate.segment).buffer(1.5 / plan.points_per_m))


def _draw_flows(plan: _Plan, site: Site) -> None:
    """Draw each piece of way once, as wide and as dark as the share of people who walk it."""
    routes = routes_of(site)
    share: dict[tuple[tuple[float, float], ...], float] = defaultdict(float)
    for route in range(len(routes)):
        places = [(float(x), float(y)) for x, y in routes.waypoints(route)[1].round(2)]
        for ends in pairwise(places):
            share[tuple(sorted(ends))] += float(routes.probability[route])
    pieces = sorted(share, key=lambda piece: (share[piece], piece))
    strength = [math.sqrt(share[piece] / share[pieces[-1]]) for piece in pieces]
    colours = [to_rgba(PERSON, 0.10 + 0.40 * value) for value in strength]
    lines = LineCollection(pieces, colors=colours, zorder=3, gid="routes")
    lines.set_linewidth([0.4 + 3.2 * value for value in strength])
    plan.axes.add_collection(lines, autolim=False)


def _draw_vans(plan: _Plan, site: Site) -> None:
    """Draw zones and vans, each van's id on the nearest building or as near as there is room."""
    for zone in site.zones:
        plan.fill(zone.polygon, 6, gid=f"zone:{zone.camera}", **_ZONE)
        plan.taken.append(zone.polygon)
    vans = sorted(site.layout.vans, key=lambda van: van not in site.vans)
    plan.taken += map(footprint, vans)
    for van in vans:
        if van in site.vans:
            plan.fill(footprint(van), 7, facecolor=INK, edgecolor=INK, gid=f"van:{van.id}")
            text, style = f"Van {van.id}", _Style(size=14, weight="bold")
        else:
            plan.fill(footprint(van), 5, gid=f"place:{van.id}", **_PLACE)
            text, style = van.id, _Style(size=9, color=MUTED)
        plan.write(text, Point(van.x, van.y), 75.0, plan.off_ground, plan.sheet, leader=True, **style)


def _label_landmarks(plan: _Plan, site: Site) -> None:
    """Write names of streets along them first, then all else level."""
    streets = [*site.layout.carriageways]
    streets += [area for area in site.layout.polygons if area.kind in ("street_closed", "bridge")]
    others = []
    for mark in (mark for mark in site.layout.landmarks if mark.label):
        place = Point(mark.x, mark.y)
        way = way_of(union([area for area in streets if Polygon(area.coords).covers(place)]), place)
        # What begins with a small letter describes; it is no name that would run along a street.
        if way is None or not mark.label[:1].isupper():
            others.append(mark)
        else:
            text, style = mark.label, _Style(angle=way, weight="bold")
            any(plan.write(text, place, 75.0, plan.frame, size=size, **style) for size in (14, 11))
    for mark in others:
        place = Point(mark.x, mark.y)
        off = plan.off_ground.covers(place)
        grounds = (plan.off_ground, plan.sheet) if off else (plan.sheet,)
        plan.write(_folded(mark.label, 17), place, 48.0, *grounds, size=11.5, color=MUTED if off else INK)


def _label_gates(plan: _Plan, site: Site) -> None:
    """Write name and share where there is room off the ground, else the share alone, else nothing."""
    margin, edge = plan.sheet.difference(plan.frame.buffer(0.05)), plan.frame.boundary
    named = {"", *(mark.label for mark in site.layout.landmarks)}
    style = _Style(leader=True, size=8.5, color=MUTED)
    for gate in sorted(site.gates, key=lambda gate: -gate.in_share):
        line, share = LineString(gate.segment), f"{gate.in_share * 100:.3g}%"
        name = gate.label.split(" (")[0]
        texts = [share] if name in named else [*(f"{_folded(name, n)}\n{share}" for n in (20, 13)), share]
        grounds = [plan.off_ground] if line.distance(edge) > 1.0 else [margin, plan.off_ground]
        any(plan.write(text, line.centroid, 42.0, *grounds, **style) for text in texts)


def _folded(text: str, width: int) -> str:
    """Return a text in as few lines as the width allows, and those as even as can be."""
    folds = [textwrap.wrap(text, n, break_long_words=False) for n in range(1, width + 1)]
    return "\n".join(next(lines for lines in folds if len(lines) == len(folds[-1])))


def _draw_strip(plan: _Plan, site: Site, routes: bool) -> None:
    """Draw what stands under the plan: north where the layout says how it lies, scale, legend, caption."""
    width, height = plan.figure.get_size_inches()
    strip = plan.figure.add_axes((0, 0, 1, _STRIP_IN / height))
    strip.set(xlim=(0, width * 72), ylim=(0, _STRIP_IN * 72))
    strip.axis("off")
    style = _Style(family=FONT, color=INK, ha="center", size=10)
    bearing, start = site.layout.frame.get("x_axis_bearing_deg"), 22.0
    if isinstance(bearing, int | float) and math.isfinite(bearing):
        x, y = math.cos(math.radians(bearing)), math.sin(math.radians(bearing))
        ends = (38 + 13 * x, 44 + 13 * y), (38 - 13 * x, 44 - 13 * y)
        arrow = _Style(arrowstyle="-|>", color=INK, shrinkA=0, shrinkB=0)
        strip.annotate("", *ends, arrowprops=arrow, gid="north")
        strip.text(38 + 20 * x, 44 + 20 * y, "N", va="center", weight="bold", **style)
        start = 70.0
    lengths = [times * 10.0**power for power in range(-2, 4) for times in (1, 2, 5)]
    length = max(length for length in lengths if length * plan.points_per_m <= 100)
    end = start + length * plan.points_per_m
    strip.plot([start, start, end, end], [42, 38, 38, 42], color=INK, linewidth=1.5, gid="scale")
    strip.text((start + end) / 2, 44, f"{length:g} m", **style)
    strip.text(22, 9, CAPTION, size=8.5, color=MUTED, family=FONT)
    style = _Style(loc="lower right", bbox_to_anchor=(1 - 0.3 / width, 0.3), borderaxespad=0, frameon=False)
    columns, font = max(2, int(width / 2.5)), {"family": FONT, "size": 9}
    strip.legend(handles=_legend(site, routes), ncols=columns, prop=font, **style)


def _legend(site: Site, routes: bool) -> list[Patch | Line2D]:
    """Return an entry for each kind of thing that is on the plan."""
    entries: list[tuple[bool, Patch | Line2D]] = [
        (bool(site.vans), Patch(color=INK, label="camera van")),
        (bool(site.zones), Patch(**_ZONE, label="zone of recognition")),
        (len(site.vans) < len(site.layout.vans), Patch(**_PLACE, label="other place for a van")),
        (True, Line2D([], [], color=INK, linewidth=3, label="gate, share coming in")),
        (routes, Line2D([], [], color=PERSON, linewidth=3, alpha=0.6, label="ways people take")),
        (bool(site.signals), Line2D([], [], **_SIGNAL, label="signal of a crossing")),
        (bool(site.layout.signs), Line2D([], [], **_SIGN, label="sign")),
    ]
    return [handle for shown, handle in entries if shown]
