"""The plan of a brief: the ground, everybody on the street at one moment, and one alert with its stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import shapely
from markupsafe import Markup
from shapely.geometry import LineString

from lfr_sim.records import Alert, Disposal, Outcome
from lfr_sim.street.site import Site, footprint

from ..stories import Story
from ..street_at import Point, Street
from . import shapes
from .charts import px, text, text_width
from .plan import crop_of
from .plan_labels import street_names, van_labels
from .plan_parts import Frame, furniture_parts, ground_parts, seamless, zone_and_van_parts
from .plan_room import Room, Spot, box_of

SIZES: Final = {"wide": (386, 290), "narrow": (320, 300)}
"""Kind of drawing -> its width and height in px."""

_ACROSS_M: Final = (56.0, 76.0, 100.0)
"""Metres from side to side: the first that holds the alert and the stop, else the first."""
_LINE_PX: Final = 17.0
_SIZE_PX: Final = 13.0
_REACH_PX: Final = 240.0
_RING_PX: Final = 13.0
_EDGE_PX: Final = 10.0


def plan(street: Street, site: Site, alert: Alert | None, story: Story | None, *, told: str) -> Markup:
    """Return the plan, drawn twice: for a sheet and for a phone.

    Args:
        street: Everybody on the street, and the ways of the alert.
        site: The site with its deployed vans.
        alert: The alert that is told, or None.
        story: Its story, whose labels stand at alert and stop.
        told: The drawing in words, with its numbers.
    """
    return Markup("").join(
        Markup('<div class="brief-{}">{}</div>').format(
            kind, _drawn(f"brief-plan-{kind}", *size, street, site, alert, story, told)
        )
        for kind, size in SIZES.items()
    )


def stop_is_drawn(street: Street, site: Site) -> bool:
    """Return whether the stop lies within the drawing for a sheet."""
    frame = _framed(*SIZES["wide"], street, site)
    return bool(street.officers) and _holds(frame, [street.officers[-1]])


def _framed(width: int, height: int, street: Street, site: Site) -> Frame:
    """Return the part of the site that is drawn."""
    wanted = [place for place in (street.alert, *street.officers[-1:]) if place is not None]
    frames = [Frame(crop_of(site, width / height, least_m=across), width, height) for across in _ACROSS_M]
    return next((one for one in frames if _holds(one, wanted)), frames[0])


def _holds(frame: Frame, places: Iterable[Point]) -> bool:
    inside = frame.sheet.buffer(-2 * _EDGE_PX)
    return all(inside.covers(shapely.Point(frame.point(*place))) for place in places)


def _drawn(
    name: str,
    width: int,
    height: int,
    street: Street,
    site: Site,
    alert: Alert | None,
    story: Story | None,
    told: str,
) -> Markup:
    frame = _framed(width, height, street, site)
    room = _room(street, site, frame)
    below = [*ground_parts(site, frame), *zone_and_van_parts(site, frame), *_people(street, frame)]
    labels: list[Markup] = []
    above: list[Markup] = []
    if alert is not None and street.alert is not None:
        below += _ways(street, frame, right=alert.candidate_is_mate)
        labels += _labels(street, frame, room, alert, story)
        above += _marks(street, frame, alert)
    labels += [
        *furniture_parts(site, frame, room),
        *street_names(site, frame, room),
        *van_labels(site, frame, room),
    ]
    return Markup(
        '<svg role="img" class="brief-plan" aria-labelledby="{0}-title" width="{1}" height="{2}" '
        'viewBox="0 0 {1} {2}"><title id="{0}-title">{3}</title>{4}</svg>'
    ).format(name, width, height, told, Markup("").join([*below, *labels, *above]))


def _people(street: Street, frame: Frame) -> Iterator[Markup]:
    """Yield everybody who is in the drawing: tails first, then dots, then those a camera can compare."""
    shown = [person for person in street.people if _is_near(frame, (person.x, person.y))]
    tails = "".join(
        f"{_move(frame, person.before)}{_line(frame, (person.x, person.y))}" for person in shown
    )
    yield _path(tails, "brief-tails")
    for in_view, kind in ((False, "brief-people"), (True, "brief-faces")):
        dots = "".join(
            f"{_move(frame, (person.x, person.y))}h0" for person in shown if person.in_view is in_view
        )
        yield _path(dots, kind)


def _is_near(frame: Frame, place: Point) -> bool:
    x, y = frame.point(*place)
    return -4 <= x <= frame.width + 4 and -4 <= y <= frame.height + 4


def _ways(street: Street, frame: Frame, *, right: bool) -> Iterator[Markup]:
    """Yield the way to the alert, dotted, the way on, and that of the officers."""
    colour = f"stroke-{'right' if right else 'wrong'}"
    for way, kind in (
        (street.officers, "stroke-stopped"),
        (street.way_before, f"{colour} brief-dotted"),
        (street.way_after, colour),
    ):
        outline = _way(frame, way)
        yield _path(outline, "brief-way brief-edge")
        yield _path(outline, f"brief-way {kind}")


def _marks(street: Street, frame: Frame, alert: Alert) -> Iterator[Markup]:
    """Yield the ringed shape of the alert, the officers, and the stop."""
    if street.officers:
        x, y = _at(frame, street.officers[-1])
        yield Markup(
            '<path class="brief-team-edge" d="M{0} {2}H{1}"/><path class="brief-team" d="M{0} {2}H{1}"/>'
            '<path class="brief-heads" d="M{0} {2}h0M{1} {2}h0"/>'
        ).format(*map(px, (*_team_ends(x), y)))
        if alert.outcome is Outcome.ENGAGED:
            arrested = alert.disposal is Disposal.ARREST
            if alert.right_person:
                yield shapes.right(x, y - 2, 10) + shapes.bars(x, y - 2, 1 + arrested, 10)
            else:
                yield shapes.mistaken(x, y, 11)
                if arrested:
                    yield shapes.bars(x, y + 1.3, 1, 11)
    assert street.alert is not None
    x, y = _at(frame, street.alert)
    ring = '<circle class="plan-pavement brief-ring" cx="{}" cy="{}" r="{}"/>'
    yield Markup(ring).format(px(x), px(y), _RING_PX)
    yield (shapes.right(x, y, 12) if alert.candidate_is_mate else shapes.wrong(x, y, 13))


def _room(street: Street, site: Site, frame: Frame) -> Room:
    """Return where words may stand: not on vans, zones, ways and marks."""
    roads = frame.shape(seamless(site.layout.carriageways))
    room = Room(frame.width, frame.height, frame.shape(site.walkable), roads)
    for shape in (*map(footprint, site.vans), *(zone.polygon for zone in site.zones)):
        room.take(frame.shape(shape))
    for way in (street.way_before, street.way_after, street.officers):
        if len(way) > 1:
            room.take(LineString([_at(frame, place) for place in way]).buffer(3))
    if street.alert is not None:
        room.take(shapely.Point(*_at(frame, street.alert)).buffer(_RING_PX))
    if street.officers:
        x, y = _at(frame, street.officers[-1])
        room.take(LineString([(x, y), *((end, y) for end in _team_ends(x))]).buffer(8))
    return room


def _team_ends(x: float) -> tuple[float, float]:
    """Return where the two officers stand beside a person at x (px): at the left, but for the left edge."""
    return (x - 21, x - 14) if x > 2 * _EDGE_PX + 12 else (x + 14, x + 21)


def _labels(
    street: Street, frame: Frame, room: Room, alert: Alert, story: Story | None
) -> Iterator[Markup]:
    """Yield the words at alert and stop, each with a leader, where there is room."""
    if story is None or street.alert is None:
        return
    met = _holds(frame, street.officers[-1:]) and bool(street.officers) and bool(story.stop_label)
    colour = "right" if alert.candidate_is_mate else "wrong"
    yield from _label(story.label[:1], _at(frame, street.alert), _RING_PX, room, colour)
    if met:
        yield from _label(story.stop_label, _at(frame, street.officers[-1]), 10.0, room, "stopped")


def _label(lines: Sequence[str], at: Point, clear_px: float, room: Room, colour: str) -> Iterator[Markup]:
    """Yield lines of words, the first bold and coloured, beside what they name; nothing without room."""
    width = max(text_width(line, _SIZE_PX) for line in lines) * 1.02 + 6
    spot = room.place((width, len(lines) * _LINE_PX + 6), at, _REACH_PX)
    if spot is None:
        return
    yield _leader(spot, clear_px)
    room.take(box_of(spot), words=True)
    halo = " plan-halo" if spot.over_people else ""
    for number, words in enumerate(lines):
        classes = f"t13 bold {colour}" if not number else "t13"
        yield text(spot.left + 3, spot.top + 15 + number * _LINE_PX, words, f"{classes}{halo}")


def _leader(spot: Spot, clear_px: float) -> Markup:
    """Return the line from words to what they name, which ends short of it."""
    x1, y1, x2, y2 = spot.leader
    long = float(np.hypot(x2 - x1, y2 - y1))
    if long <= clear_px + 2:
        return Markup("")
    share = (long - clear_px) / long
    return _path(
        f"M{px(x1)} {px(y1)}L{px(x1 + share * (x2 - x1))} {px(y1 + share * (y2 - y1))}", "plan-leader"
    )


def _at(frame: Frame, place: Point) -> Point:
    x, y = frame.point(*place)
    return round(x, 1), round(y, 1)


def _move(frame: Frame, place: Point) -> str:
    x, y = frame.point(*place)
    return f"M{px(x)} {px(y)}"


def _line(frame: Frame, place: Point) -> str:
    x, y = frame.point(*place)
    return f"L{px(x)} {px(y)}"


def _way(frame: Frame, way: Sequence[Point]) -> str:
    """Return a way within the drawing and a little round it; "" where it never comes there."""
    if len(way) < 2:
        return ""
    drawn = LineString([frame.point(*place) for place in way]).intersection(frame.sheet)
    parts = [part for part in shapely.get_parts(drawn) if isinstance(part, LineString)]
    return "".join(
        "M" + "L".join(f"{px(x)} {px(y)}" for x, y in part.simplify(0.2).coords) for part in parts
    )


def _path(outline: str, kind: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(kind, outline) if outline else Markup("")
