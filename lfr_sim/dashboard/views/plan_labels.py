"""Words on a plan: names of streets along them, then what the van and its zone are called, then places.

Words keep off the ground on which people walk, as far as they can, and off one another.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from markupsafe import Markup
from shapely.affinity import rotate
from shapely.geometry import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from lfr_sim.figures.outlines import way_of
from lfr_sim.street.layout import Area, Mark
from lfr_sim.street.site import Site

from .charts import px, text, text_width
from .plan_parts import Frame, seamless
from .plan_room import Room, Spot, box_of

_SIZE_PX, _LINE_PX = 13.0, 18.0
_CAPITAL = 0.74
"""Mean width of a spaced capital, as a share of the size of type; rather too much."""
_ALONG_M = 160.0
"""A name moves so far along its street."""
_REACH_PX = 260.0
_PLACE_REACH_PX = 26.0
_BOLD = 1.06
_AIR_PX = 3.0


def street_names(site: Site, frame: Frame, room: Room) -> Iterable[Markup]:
    """Yield the names of the streets that are drawn, each along its street and once."""
    streets = _streets(site)
    written: set[str] = set()
    for mark in _named(site, frame):
        place = Point(mark.x, mark.y)
        own = seamless([area for area in streets if Polygon(area.coords).covers(place)])
        angle = None if own.is_empty else way_of(own, place)
        if angle is None or mark.label in written:
            continue
        body = _name_body(mark, own, angle, frame, room)
        if body is not None:
            written.add(mark.label)
            room.take(body, words=True)
            middle = body.centroid
            halo = " plan-halo" if room.over_people(body) else ""
            yield Markup(
                '<text class="t13 mid plan-name{}" transform="translate({} {}) rotate({})" dy="0.36em">{}'
                "</text>"
            ).format(halo, px(middle.x), px(middle.y), px(-angle), mark.label.upper())


def van_labels(site: Site, frame: Frame, room: Room) -> Iterable[Markup]:
    """Yield "Zone of recognition" for one of the zones, and "Van" for each van, with leaders."""
    shown = box(*frame.crop)
    zones = [zone.polygon.intersection(shown) for zone in site.zones]
    zones = [zone for zone in zones if not zone.is_empty]
    if zones:
        words = "Zone of recognition" if frame.width >= 500 else "Zone"
        spots = [_leading_spot(words, frame.point(*zone.centroid.coords[0]), room) for zone in zones]
        yield from _leading(words, min(filter(None, spots), key=lambda spot: spot.cost, default=None), room)
    for van in site.vans:
        words = "Van" if len(site.vans) == 1 else f"Van {van.id}"
        yield from _leading(words, _leading_spot(words, frame.point(van.x, van.y), room), room)


def place_names(site: Site, frame: Frame, room: Room) -> Iterable[Markup]:
    """Yield the names of places that are no streets, where there is room beside what is more important."""
    streets = seamless(_streets(site))
    for mark in _named(site, frame) if frame.width >= 500 else []:
        place, name = Point(mark.x, mark.y), mark.label.split(" (")[0]
        # A layout's own word for a block of houses is no name that anybody knows it by.
        if " block" in name or not box(*frame.crop).covers(place) or streets.covers(place):
            continue
        spot = _place_spot(name, frame.point(mark.x, mark.y), room)
        if spot is not None:
            yield from _written(name, spot, room, "t13 mid muted")


def _streets(site: Site) -> list[Area]:
    closed = [area for area in site.layout.polygons if area.kind in ("street_closed", "bridge")]
    return [*site.layout.carriageways, *closed]


def _named(site: Site, frame: Frame) -> list[Mark]:
    """Return the landmarks with a name, those nearest the middle of the drawing first."""
    west, south, east, north = frame.crop
    middle = Point((west + east) / 2, (south + north) / 2)
    # What begins with a small letter describes; it is no name.
    marks = [mark for mark in site.layout.landmarks if mark.label[:1].isupper()]
    return sorted(marks, key=lambda mark: middle.distance(Point(mark.x, mark.y)))


def _name_body(mark: Mark, own: BaseGeometry, angle: float, frame: Frame, room: Room) -> Polygon | None:
    """Return where a name stands (px): in its street, rather off people's ground, near its own place."""
    half = len(mark.label) * _SIZE_PX * _CAPITAL / 2
    way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    moves = sorted(np.arange(-_ALONG_M, _ALONG_M, 2.0), key=abs)
    best: tuple[float, Polygon] | None = None
    for move in moves:
        x, y = np.array([mark.x, mark.y]) + move * way
        if not own.covers(Point(x, y)):
            continue
        left, top = frame.point(x, y)
        body = rotate(box(left - half, top - 8, left + half, top + 8), -angle)
        if room.is_free(body):
            cost = abs(move) * frame.px_per_m + 300.0 * room.share_of(room.people, body)
            if best is None or cost < best[0]:
                best = cost, body
    return best[1] if best is not None else None


def _size(words: str) -> tuple[float, float]:
    """Return width and height (px) of a line of words with air round it."""
    return text_width(words, _SIZE_PX * _BOLD) + 2 * _AIR_PX, _LINE_PX + 2 * _AIR_PX


def _place_spot(name: str, at: tuple[float, float], room: Room) -> Spot | None:
    """Return where the name of a place stands: on the place where people walk there, else beside it."""
    width, height = _size(name)
    body = box(at[0] - width / 2, at[1] - height / 2, at[0] + width / 2, at[1] + height / 2)
    if room.is_free(body) and room.share_of(room.people, body) > 0.99:
        return Spot(*body.bounds[:2], width, height, (*at, *at), 0.0, over_people=True)
    spot = room.place((width, height), at, _PLACE_REACH_PX)
    return None if spot is None or spot.over_people else spot


def _leading_spot(words: str, anchor: tuple[float, float], room: Room) -> Spot | None:
    return room.place(_size(words), anchor, _REACH_PX)


def _leading(words: str, spot: Spot | None, room: Room) -> Iterable[Markup]:
    """Yield a leader and bold words, and take their room; nothing where there was no room."""
    if spot is None:
        return
    x1, y1, x2, y2 = spot.leader
    if np.hypot(x2 - x1, y2 - y1) > 4:
        room.take(shapely.LineString([(x1, y1), (x2, y2)]).buffer(2))
        yield Markup('<path class="plan-leader" d="M{} {}L{} {}"/>').format(*map(px, spot.leader))
    yield from _written(words, spot, room, "t13 bold mid")


def _written(words: str, spot: Spot, room: Room, classes: str) -> Iterable[Markup]:
    room.take(box_of(spot), words=True)
    halo = " plan-halo" if spot.over_people else ""
    yield text(spot.left + spot.width / 2, spot.top + _AIR_PX + 13, words, f"{classes}{halo}")
