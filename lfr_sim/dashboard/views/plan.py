"""The plan of a site as SVG: three tones of ground, the van, its zones, and where one is.

Buildings are darkest, then roads; what people walk on is lightest, so that the crowd is what the eye
finds. The plan is drawn anew for each width and never shrunk, since its words have to stay legible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from markupsafe import Markup

from lfr_sim.street.site import Site, footprint

from .plan_labels import place_names, street_names, van_labels
from .plan_parts import (
    Crop,
    Frame,
    Matrix,
    furniture_parts,
    ground_parts,
    room_of,
    seamless,
    zone_and_van_parts,
)
from .plan_room import CELL_PX, COARSE, Room

SIZES = ((300, 360, 44.0), (390, 420, 54.0), (560, 400, 86.0), (700, 420, 112.0), (856, 460, 142.0))
"""Width and height (px) of each drawing, and the least metres from side to side."""

_MARGIN = 0.12
"""Share of the drawing that stays free round vans and zones."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The ground at one width, and what the browser has to know to draw people on it."""

    svg: Markup
    width: int
    height: int
    matrix: Matrix
    """From metres to px, as a canvas takes it."""
    room: tuple[str, ...]
    """Where further words may stand: see `Room.told`."""

    def told(self) -> dict[str, Any]:
        """Return the drawing as the player takes it."""
        return {
            "svg": str(self.svg),
            "width": self.width,
            "height": self.height,
            "matrix": list(self.matrix),
            "room": list(self.room),
            "cell": CELL_PX * COARSE,
        }


def drawing(site: Site, width_px: int, height_px: int, least_m: float) -> Drawing:
    """Return the ground round a site's vans at a size, with what is needed to draw people on it.

    Args:
        site: The site with its deployed vans.
        width_px: Width of the drawing.
        height_px: Height of the drawing.
        least_m: Least metres from side to side.
    """
    frame = Frame(crop_of(site, width_px / height_px, least_m=least_m), width_px, height_px)
    svg, room = _drawn(site, frame)
    return Drawing(svg, width_px, height_px, frame.matrix, tuple(room.told()))


@lru_cache(maxsize=32)
def grounds(site: Site) -> tuple[Drawing, ...]:
    """Return the ground round a site's vans at every size in `SIZES`, the narrowest first."""
    return tuple(drawing(site, *size) for size in SIZES)


def crop_of(site: Site, aspect: float, *, least_m: float = 142.0) -> Crop:
    """Return the part of a site that is drawn: vans and zones, and as much round them as fits.

    Where that would reach beyond the site while there is more of the site on the other side, it moves
    towards the other side.

    Args:
        site: The site; without vans the middle of its ground is drawn.
        aspect: Width over height of the part.
        least_m: Least width of the part (m).
    """
    shown = [*map(footprint, site.vans), *(zone.polygon for zone in site.zones)]
    walked = seamless([*site.layout.polygons, *site.layout.carriageways])
    whole = shapely.union_all([walked, *shown]).bounds
    middle = [(whole[0] + whole[2]) / 2, (whole[1] + whole[3]) / 2]
    west, south, east, north = shapely.union_all(shown).bounds if shown else (*middle, *middle)
    wide, high = ((end - start) / (1 - 2 * _MARGIN) for start, end in ((west, east), (south, north)))
    width = max(least_m, wide, high * aspect)
    across = _span((west + east) / 2, width, (whole[0], whole[2]))
    along = _span((south + north) / 2, width / aspect, (whole[1], whole[3]))
    return across[0], along[0], across[1], along[1]


def _span(middle: float, length: float, whole: Sequence[float]) -> tuple[float, float]:
    """Return start and end of a length about a middle, within the whole where it fits into that."""
    if length >= whole[1] - whole[0]:
        start = (whole[0] + whole[1] - length) / 2
    else:
        start = min(max(middle - length / 2, whole[0]), whole[1] - length)
    return start, start + length


def _drawn(site: Site, frame: Frame) -> tuple[Markup, Room]:
    room = room_of(site, frame)
    below = [*ground_parts(site, frame), *zone_and_van_parts(site, frame)]
    above = [
        *furniture_parts(site, frame, room),
        *street_names(site, frame, room),
        *van_labels(site, frame, room),
        *place_names(site, frame, room),
    ]
    svg = Markup(
        '<svg class="plan-ground" width="{0}" height="{1}" viewBox="0 0 {0} {1}" aria-hidden="true">'
        "{2}</svg>"
    ).format(frame.width, frame.height, Markup("").join([*below, *above]))
    return svg, room
