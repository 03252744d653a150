"""The place: walkable ground, gates, signals, and the zones of the cameras that are deployed.

Coordinates are metres in the layout's own frame; angles are degrees anticlockwise from +x. The
walkable area is the union of the layout's walkable polygons, less its obstacles and those deployed
vans that stand on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
import shapely.affinity
from shapely.geometry import LineString, MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from lfr_sim.scenario import Camera as CameraSettings
from lfr_sim.scenario import Fault, InputError, SitePlace, nearest, read_text

from .layout import CameraMount, Gate, Layout, Signal, Van, layout_faults, layout_file, parse_layout

_SEAM_M = 0.03
"""Neighbouring polygons of a layout share edges to 0.01 m; this closes the seams."""
_BODY_M = 0.3
"""Half the width of a body: ground that is narrower than two of these connects nothing."""
_GATE_TOLERANCE_M = 0.75
_ARC_STEPS = 24


@dataclass(frozen=True, slots=True)
class Zone:
    """The zone of recognition of one deployed camera: a sector of a ring, seen from above."""

    camera: str
    """Id of the camera in the layout."""
    van: int
    """Index of the van in `Site.vans`."""
    x: float
    """Place of the camera (m)."""
    y: float
    """Place of the camera (m)."""
    z_m: float
    """Height of the camera above the ground."""
    heading_deg: float
    """Direction of the camera's axis."""
    hfov_deg: float
    """Horizontal field of view."""
    range_min_m: float
    """Near end of the zone."""
    range_max_m: float
    """Far end of the zone."""
    max_yaw_deg: float
    """Largest angle between a person's way and the direction to the camera."""

    @property
    def polygon(self) -> Polygon:
        """The sector as a polygon."""
        half = math.radians(self.hfov_deg / 2)
        middle = math.radians(self.heading_deg)
        angles = np.linspace(middle - half, middle + half, _ARC_STEPS)
        direction = np.column_stack([np.cos(angles), np.sin(angles)])
        centre = np.array([self.x, self.y])
        ring = [centre + self.range_max_m * direction, centre + self.range_min_m * direction[::-1]]
        return Polygon(np.concatenate(ring))


@dataclass(frozen=True, eq=False)
class Site:
    """A layout with its deployed vans. Compared by identity; made by `load_site`, which caches."""

    layout: Layout
    vans: tuple[Van, ...]
    zones: tuple[Zone, ...]
    walkable: BaseGeometry = field(repr=False)
    _ground: Site | None = field(default=None, repr=False)

    @property
    def ground(self) -> Site:
        """The same place without zones: one object for all settings of the cameras."""
        return self._ground or self

    @property
    def gates(self) -> list[Gate]:
        """The gates, in the order of the layout."""
        return self.layout.gates

    @property
    def signals(self) -> list[Signal]:
        """The pedestrian signals, in the order of the layout."""
        return self.layout.signals

    @property
    def area_m2(self) -> float:
        """Walkable area."""
        return float(self.walkable.area)

    def crossing(self, signal: Signal) -> BaseGeometry:
        """Return the ground that may be entered only while `signal` says walk."""
        return shapely.union_all(
            [Polygon(area.coords) for area in self.layout.polygons if area.signal == signal.id]
        )

    def sight_blockers(self) -> BaseGeometry:
        """Return what hides a face from a camera: buildings and the obstacles that block sight."""
        layout = self.layout
        grounds = [*layout.polygons, *layout.carriageways, *layout.context]
        opened = shapely.union_all([Polygon(area.coords) for area in grounds]).buffer(0.1)
        buildings = box(*opened.bounds).difference(opened)
        solid = [Polygon(item.coords) for item in layout.obstacles if item.blocks_sight]
        return shapely.union_all([buildings, *solid])


def site_of(place: SitePlace, camera: CameraSettings) -> Site:
    """Return the site that a scenario asks for; raises `InputError` with every fault."""
    overrides = (camera.range_min_m, camera.range_max_m, camera.hfov_deg, camera.max_yaw_deg)
    return load_site(place.layout, place.vans, *overrides)


def load_site(
    layout: str,
    vans: Sequence[str] | None = None,
    range_min_m: float | None = None,
    range_max_m: float | None = None,
    hfov_deg: float | None = None,
    max_yaw_deg: float = 60.0,
) -> Site:
    """Read, check and build a site; the same site again while the file says the same.

    Args:
        layout: Shipped name or path.
        vans: Ids of the vans deployed; None is the layout's first van, () is none.
        range_min_m: Near end of every zone; None is each camera's own.
        range_max_m: Far end of every zone; None is each camera's own.
        hfov_deg: Field of view of every camera; None is each camera's own.
        max_yaw_deg: Largest angle between a person's way and the direction to the camera.

    Raises:
        InputError: With every fault of the file, or of the vans asked for.
    """
    path = layout_file(layout)
    text = read_text(path, kind="layout")
    overrides = (range_min_m, range_max_m, hfov_deg, max_yaw_deg)
    return _site_from(path, text, None if vans is None else tuple(vans), *overrides)


@lru_cache(maxsize=64)
def _ground_from(path: Path, text: str, vans: tuple[str, ...] | None) -> Site:
    """Return a place without zones, and so without what a scenario may say of cameras."""
    parsed = parse_layout(text, path)
    faults = layout_faults(parsed) + _shape_faults(parsed)
    if faults:
        raise InputError(f"layout {path}", faults)
    deployed = _deployed(parsed, vans, path)
    return Site(parsed, deployed, (), _walkable_area(parsed, deployed))


@lru_cache(maxsize=64)
def _site_from(
    path: Path,
    text: str,
    vans: tuple[str, ...] | None,
    range_min_m: float | None,
    range_max_m: float | None,
    hfov_deg: float | None,
    max_yaw_deg: float,
) -> Site:
    ground = _ground_from(path, text, vans)
    faults = _ground_faults(ground.layout, ground.walkable)
    zones = []
    for mount in ground.layout.cameras:
        for index, van in enumerate(ground.vans):
            if van.id == mount.van:
                zones.append(_zone(mount, index, range_min_m, range_max_m, hfov_deg, max_yaw_deg))
    faults += _depth_faults(zones, range_min_m is not None)
    if faults:
        raise InputError(f"layout {path}", faults)
    in_order = tuple(sorted(zones, key=lambda zone: zone.van))
    return Site(ground.layout, ground.vans, in_order, ground.walkable, ground)


def _depth_faults(zones: list[Zone], near_end_is_set: bool) -> list[Fault]:
    """Zones that a scenario's own near or far end turns inside out."""
    return [
        Fault(
            "camera.range_min_m" if near_end_is_set else "camera.range_max_m",
            f"the zone of camera {zone.camera} has no depth, from {zone.range_min_m:g} to "
            f"{zone.range_max_m:g} m",
            zone.range_min_m if near_end_is_set else zone.range_max_m,
            allowed=f"< {zone.range_max_m:g}" if near_end_is_set else f"> {zone.range_min_m:g}",
        )
        for zone in zones
        if zone.range_min_m >= zone.range_max_m
    ]


def _zone(
    mount: CameraMount,
    van: int,
    range_min_m: float | None,
    range_max_m: float | None,
    hfov_deg: float | None,
    max_yaw_deg: float,
) -> Zone:
    return Zone(
        camera=mount.id,
        van=van,
        x=mount.x,
        y=mount.y,
        z_m=mount.z_m,
        heading_deg=mount.heading_deg,
        hfov_deg=mount.hfov_deg if hfov_deg is None else hfov_deg,
        range_min_m=mount.range_min_m if range_min_m is None else range_min_m,
        range_max_m=mount.range_max_m if range_max_m is None else range_max_m,
        max_yaw_deg=max_yaw_deg,
    )


def _deployed(parsed: Layout, vans: tuple[str, ...] | None, path: Path) -> tuple[Van, ...]:
    if vans is None:
        return tuple(parsed.vans[:1])
    known = {van.id: van for van in parsed.vans}
    faults = [
        Fault(
            "site.vans",
            f"layout {path.stem} has no such van",
            name,
            allowed=", ".join(known) or "none, this layout has no van",
            did_you_mean=nearest(name, known),
        )
        for name in vans
        if name not in known
    ]
    if len(set(vans)) != len(vans):
        faults.append(Fault("site.vans", "a van is named twice", list(vans)))
    if faults:
        raise InputError(f"layout {path}", faults)
    return tuple(known[name] for name in vans)


def _walkable_area(parsed: Layout, deployed: tuple[Van, ...]) -> BaseGeometry:
    ground = shapely.union_all(
        [Polygon(area.coords, area.holes) for area in parsed.polygons if area.walkable]
    )
    ground = ground.buffer(_SEAM_M, join_style="mitre").buffer(-_SEAM_M, join_style="mitre")
    taken = [Polygon(item.coords) for item in parsed.obstacles]
    taken += [footprint(van) for van in deployed if van.on_walkable]
    return ground.difference(shapely.union_all(taken)) if taken else ground


def footprint(van: Van) -> Polygon:
    """Return the ground that a van covers."""
    half_length, half_width = van.length_m / 2, van.width_m / 2
    body = box(-half_length, -half_width, half_length, half_width)
    turned = shapely.affinity.rotate(body, van.heading_deg, origin=(0, 0))
    return shapely.affinity.translate(turned, van.x, van.y)


def _shape_faults(parsed: Layout) -> list[Fault]:
    """Polygons that cross themselves or are flat."""
    faults = []
    for kind in ("polygons", "carriageways", "context", "obstacles"):
        for index, area in enumerate(getattr(parsed, kind)):
            holes = getattr(area, "holes", [])
            shape = Polygon(area.coords, holes)
            if not shape.is_valid or shape.area == 0:
                reason = shapely.is_valid_reason(shape) if not shape.is_valid else "it has no area"
                path = f"{kind}.{area.id or index}"
                faults.append(Fault(path, f"not a valid polygon: {reason}", shows_value=False))
    if not any(area.walkable for area in parsed.polygons):
        faults.append(Fault("polygons", "nothing is walkable", shows_value=False))
    return faults


def _ground_faults(parsed: Layout, walkable: BaseGeometry) -> list[Fault]:
    """Gates that a body cannot reach from every other gate."""
    ground = walkable.buffer(-_BODY_M)
    pieces = list(ground.geoms) if isinstance(ground, MultiPolygon) else [ground]
    pieces = [piece for piece in pieces if not piece.is_empty]
    if not pieces:
        return [Fault("polygons", "no ground is wide enough to walk on", shows_value=False)]
    faults = []
    reached = {}
    for gate in parsed.gates:
        line = LineString(gate.segment)
        distances = [piece.distance(line) for piece in pieces]
        piece = int(np.argmin(distances))
        if distances[piece] > _GATE_TOLERANCE_M:
            problem = f"lies {distances[piece]:.1f} m away from the walkable area"
            faults.append(Fault(f"gates.{gate.id}", problem, shows_value=False))
        reached[gate.id] = piece
    if len(set(reached.values())) > 1:
        home = max(set(reached.values()), key=list(reached.values()).count)
        faults += [
            Fault(f"gates.{name}", "cannot be reached from the other gates", shows_value=False)
            for name, piece in reached.items()
            if piece != home
        ]
    return faults
