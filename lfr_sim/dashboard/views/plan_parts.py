"""The ground of a plan as SVG: outlines, vans and zones, scale, north, and where in the site it lies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely
from markupsafe import Markup
from shapely.affinity import affine_transform
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from lfr_sim.figures.outlines import union
from lfr_sim.street.layout import Area
from lfr_sim.street.site import Site, footprint

from .charts import px, text
from .plan_room import Room

Crop = tuple[float, float, float, float]
"""West, south, east and north edge of what is drawn (m)."""
Matrix = tuple[float, float, float, float, float, float]
"""From metres to px, as a canvas takes it: x' = a x + c y + e, y' = b x + d y + f."""

_SEAM_M = 0.03
_STEP_M = 0.9
"""Breadth of a step of stairs, as drawn."""
_LAMP_PX = 2.6
_CORNER_PX = 14
_MOST_PEOPLE = 0.25
"""Share of the locator that may lie where people walk."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is drawn of a site, at which size; it turns metres into px of the drawing."""

    crop: Crop
    width: int
    height: int

    @property
    def px_per_m(self) -> float:
        """The scale, the same along and across."""
        return min(self.width / (self.crop[2] - self.crop[0]), self.height / (self.crop[3] - self.crop[1]))

    @property
    def matrix(self) -> Matrix:
        """From metres to px; the crop is in the middle of the drawing."""
        scale, (west, south, east, north) = self.px_per_m, self.crop
        left = self.width / 2 - scale * (west + east) / 2
        return (scale, 0.0, 0.0, -scale, left, self.height / 2 + scale * (south + north) / 2)

    def shape(self, shape: BaseGeometry) -> BaseGeometry:
        """Return a shape (m) in px."""
        a, b, c, d, e, f = self.matrix
        return affine_transform(shape, [a, c, b, d, e, f])

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return a point (m) in px."""
        a, _, _, d, e, f = self.matrix
        return a * x + e, d * y + f

    @property
    def sheet(self) -> Polygon:
        """The drawing and a little round it, in px: what is drawn is cut to this."""
        return box(-4, -4, self.width + 4, self.height + 4)


def seamless(areas: Sequence[Area]) -> BaseGeometry:
    """Return the ground of several areas as one shape without the seams between neighbours (m)."""
    return union(areas).buffer(_SEAM_M, join_style="mitre")


def room_of(site: Site, frame: Frame) -> Room:
    """Return where words may stand on a drawing: not on vans, nor on zones."""
    roads = frame.shape(seamless(site.layout.carriageways))
    room = Room(frame.width, frame.height, frame.shape(site.walkable), roads)
    for shape in (*map(footprint, site.vans), *(zone.polygon for zone in site.zones)):
        room.take(frame.shape(shape))
    return room


def ground_parts(site: Site, frame: Frame) -> Iterable[Markup]:
    """Yield the ground from the lowest part up; what nothing covers is buildings."""
    layout = site.layout
    yield Markup('<rect class="plan-building" width="{}" height="{}"/>').format(frame.width, frame.height)
    yield _fill(seamless(layout.context), frame, "plan-open")
    yield _fill(seamless(layout.carriageways), frame, "plan-road")
    walked = [area for area in layout.polygons if area.walkable and area.kind != "crossing"]
    yield _fill(seamless(walked), frame, "plan-pavement")
    for area in layout.polygons:
        if area.kind == "crossing":
            yield _fill(Polygon(area.coords, area.holes), frame, "plan-crossing")
    for item in layout.obstacles:
        outline = Polygon(item.coords)
        yield _fill(outline, frame, "plan-obstacle")
        if item.kind == "subway_stair":
            yield _line(_steps(outline), frame, "plan-mark")
    marks = [LineString(mark.coords) for mark in layout.markings if len(mark.coords) > 1]
    yield _line(shapely.union_all(marks), frame, "plan-mark plan-dashed")


def zone_and_van_parts(site: Site, frame: Frame) -> Iterable[Markup]:
    """Yield the zones of recognition, the vans, and a lamp for each camera."""
    for zone in site.zones:
        yield _fill(zone.polygon, frame, "plan-zone")
    for van in site.vans:
        yield _fill(footprint(van), frame, "plan-van")
    for zone in site.zones:
        x, y = frame.point(zone.x, zone.y)
        yield Markup('<circle class="plan-lamp" cx="{}" cy="{}" r="{}"/>').format(px(x), px(y), _LAMP_PX)


def furniture_parts(site: Site, frame: Frame, room: Room) -> Iterable[Markup]:
    """Yield scale, north and locator, each in the corner where fewest people walk."""
    yield _scale_and_north(site, frame, room)
    yield _locator(site, frame, room)


def _fill(shape: BaseGeometry, frame: Frame, kind: str) -> Markup:
    """Return a shape (m) with its holes as one path."""
    drawn = frame.shape(shape).intersection(frame.sheet)
    outline = "".join(
        _outline(ring.coords, "Z")
        for piece in shapely.get_parts(drawn)
        if isinstance(piece, Polygon) and not piece.is_empty
        for ring in (piece.exterior, *piece.interiors)
    )
    return Markup('<path class="{}" d="{}"/>').format(kind, outline) if outline else Markup("")


def _line(shape: BaseGeometry, frame: Frame, kind: str) -> Markup:
    drawn = frame.shape(shape).intersection(frame.sheet)
    outline = "".join(_outline(part.coords, "") for part in shapely.get_parts(drawn) if part.length > 0)
    return Markup('<path class="{}" d="{}"/>').format(kind, outline) if outline else Markup("")


def _outline(places: Iterable[Sequence[float]], end: str) -> str:
    points = [f"{px(place[0])} {px(place[1])}" for place in places]
    return f"M{'L'.join(points[:-1] if end else points)}{end}"


def _steps(outline: Polygon) -> BaseGeometry:
    """Return lines across the longer side of a flight of stairs."""
    corners = shapely.get_coordinates(outline.minimum_rotated_rectangle)
    start, across, along = corners[0], corners[1] - corners[0], corners[3] - corners[0]
    if math.hypot(*across) > math.hypot(*along):
        across, along = along, across
    count = max(2, round(math.hypot(*along) / _STEP_M / 1.4))
    lines = [LineString([start + along * n / count, start + along * n / count + across])
             for n in range(1, count)]  # fmt: skip
    return shapely.union_all(lines).intersection(outline)


def _corner(frame: Frame, room: Room, width: float, height: float, order: str) -> tuple[float, float]:
    """Return left and top (px) of a block in the free corner with the fewest people, earlier ones first."""
    left, top = _CORNER_PX, _CORNER_PX
    right, bottom = frame.width - width - _CORNER_PX, frame.height - height - _CORNER_PX
    corners = {"sw": (left, bottom), "se": (right, bottom), "nw": (left, top), "ne": (right, top)}

    def cost(name: str) -> float:
        x, y = corners[name]
        block = box(x, y, x + width, y + height)
        walked, taken = room.share_of(room.people, block), room.share_of(room.taken, block)
        return 0.1 * order.split().index(name) + walked + 10.0 * taken

    return corners[min(order.split(), key=cost)]


def _scale_and_north(site: Site, frame: Frame, room: Room) -> Markup:
    wide = frame.width >= 500
    longest = 130.0 if wide else 84.0
    lengths = [times * 10.0**power for power in range(4) for times in (1, 2, 5)]
    metres = max(length for length in lengths if length * frame.px_per_m <= longest or length == lengths[0])
    length = metres * frame.px_per_m
    bearing = site.layout.frame.get("x_axis_bearing_deg")
    north_deg = float(bearing) if isinstance(bearing, int | float) and math.isfinite(bearing) else None
    width, height = max(length, 60.0), 26.0 if north_deg is None else 66.0
    left, top = _corner(frame, room, width, height, "sw se nw ne")
    block = box(left, top, left + width, top + height)
    room.take(block, words=True)
    halo = " plan-halo" if room.over_people(block) else ""
    base = top + height - 2
    bar = Markup('<path class="plan-scale" d="M{0} {1}V{2}H{3}V{1}"/>').format(
        px(left), px(base - 5), px(base), px(left + length)
    )
    words = text(left + length / 2, base - 7, f"{metres:g} m", f"t13 mid{halo}")
    north = "" if north_deg is None else _north(north_deg, left + 14, top + 18, halo)
    return Markup("{}{}{}").format(bar, words, north)


def _north(bearing_deg: float, x: float, y: float, halo: str) -> Markup:
    """Return an arrow whose middle is at (x, y) px; bearing is that of north from +x, anticlockwise."""
    way_x, way_y = math.cos(math.radians(bearing_deg)), -math.sin(math.radians(bearing_deg))
    tip, tail = (x + 13 * way_x, y + 13 * way_y), (x - 13 * way_x, y - 13 * way_y)
    sides = [(tip[0] - 9 * way_x + turn * 3.5 * way_y, tip[1] - 9 * way_y - turn * 3.5 * way_x)
             for turn in (1, -1)]  # fmt: skip
    head = " ".join(f"{px(a)},{px(b)}" for a, b in (tip, *sides))
    shaft = Markup('<path class="plan-scale" d="M{} {}L{} {}"/>').format(*map(px, (*tail, *tip)))
    return Markup('{}<polygon class="fill-ink" points="{}"/>{}').format(
        shaft, head, text(x + 13, y + 5, "N", f"t13 bold{halo}")
    )


def _locator(site: Site, frame: Frame, room: Room) -> Markup:
    """Return the whole site, small, with a box round what is drawn.

    There is none on a phone, of a site that is drawn nearly whole, or where it would lie over the crowd.
    """
    ground = seamless([*site.layout.polygons, *site.layout.carriageways])
    west, south, east, north = ground.union(box(*frame.crop)).bounds
    drawn = box(*frame.crop).intersection(box(*ground.bounds)).area
    if frame.width < 500 or drawn > 0.6 * box(*ground.bounds).area:
        return Markup("")
    scale = min(104.0 / (east - west), 88.0 / (north - south))
    width, height = scale * (east - west), scale * (north - south)
    left, top = _corner(frame, room, width, height, "se ne sw nw")
    block = box(left, top, left + width, top + height)
    small = Frame((west, south, east, north), round(width), round(height))
    outline = _fill(ground.simplify(1.0), small, "plan-small")
    x, y = small.point(frame.crop[0], frame.crop[3])
    shown = Markup('<rect class="plan-shown" x="{}" y="{}" width="{}" height="{}"/>').format(
        *map(px, (x, y, small.px_per_m * (frame.crop[2] - frame.crop[0]),
                  small.px_per_m * (frame.crop[3] - frame.crop[1])))
    )  # fmt: skip
    if room.share_of(room.people, block) > _MOST_PEOPLE:
        return Markup("")
    room.take(block, words=True)
    return Markup('<g transform="translate({} {})">{}{}</g>').format(px(left), px(top), outline, shown)
