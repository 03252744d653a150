"""Layout files: what a site file may say, checked name by name and number by number.

A layout is JSON with polygons in local metres, or a straight pavement in a few lines of TOML. This
module knows the file; `site` knows the place that comes of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lfr_sim.scenario import Fault, InputError, fault_of, nearest, parse_toml

_FARTHEST_M = 1_100.0
_MOST_GATES, _MOST_CORNERS = 30, 2_000
"""Routes grow with the square of either; the six shipped layouts have up to 21 gates and 240 corners."""
_LEAST_APART_M = 1.0
_MOST_SUGGESTIONS = 50

Id = Annotated[str, Field(min_length=1, max_length=100)]
Angle = Annotated[float, Field(ge=-360, le=360)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
Period = Annotated[float, Field(ge=1, le=86_400)]
Coordinate = Annotated[float, Field(ge=-_FARTHEST_M, le=_FARTHEST_M)]
Point = tuple[Coordinate, Coordinate]
Ring = Annotated[list[Point], Field(min_length=3)]
NearEnd = Annotated[float, Field(ge=0, le=100)]
FarEnd = Annotated[float, Field(ge=0.1, le=200)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Area(_Part):
    """A polygon of the ground: where people walk, where vehicles drive, or what is drawn only."""

    id: str = Field(default="", max_length=100)
    kind: str = ""
    label: str = ""
    walkable: bool = True
    signal: str | None = None
    coords: Ring
    holes: list[Ring] = []


class Obstacle(_Part):
    """Something on the pavement that people walk round."""

    id: str = Field(default="", max_length=100)
    kind: str = ""
    coords: Ring
    blocks_sight: bool = False
    height_m: float = 1.0


class Signal(_Part):
    """A pedestrian signal: people may start to cross from `walk_start_s` for `walk_s` seconds."""

    id: Id
    cycle_s: Period
    walk_start_s: Seconds = 0.0
    walk_s: Period
    clearance_s: Seconds = 0.0
    """Time to finish crossing after that; for the record, since nobody is stopped half-way."""
    status: str = ""


class Platoon(_Part):
    """People who leave a gate in bursts, as after a train."""

    period_s: Period
    burst_s: Period
    share_in_burst: Share
    status: str = ""


class Gate(_Part):
    """A line through which people enter and leave the site, with its share of each."""

    id: Id
    label: str = ""
    kind: str = ""
    segment: tuple[Point, Point]
    in_share: Share
    out_share: Share
    platoon: Platoon | None = None


class Van(_Part):
    """A place for a camera van; whether it is deployed is for the scenario to say."""

    id: Id
    label: str = ""
    x: Coordinate
    y: Coordinate
    heading_deg: Angle = 0.0
    length_m: Annotated[float, Field(ge=1, le=30)] = 6.0
    width_m: Annotated[float, Field(ge=0.5, le=5)] = 2.1
    on_walkable: bool = False
    position_evidence: str = ""


class CameraMount(_Part):
    """A camera of a van: where it stands, where it looks, how far it sees (a sector)."""

    id: Id
    van: Id
    x: Coordinate
    y: Coordinate
    z_m: Annotated[float, Field(ge=1.8, le=20)] = 3.0
    """Height; below 1.8 m it would look up at faces."""
    heading_deg: Angle
    hfov_deg: Annotated[float, Field(ge=1, le=180)]
    range_min_m: NearEnd = 4.0
    range_max_m: FarEnd = 13.8
    sensor_px_width: int = 3840
    min_eye_px: float = 24
    status: str = ""
    zone_area_m2: float | None = None
    zone_walkable_fraction: float | None = None
    zone_width_at_max_m: float | None = None


class Mark(_Part):
    """Text or lines for the drawing."""

    kind: str = ""
    label: str = ""
    text: str = ""
    status: str = ""
    x: float = 0.0
    y: float = 0.0
    coords: list[Point] = []


class Layout(_Part):
    """Everything a layout file says."""

    format: Literal["lfr-site/0.1"] = Field(alias="schema")
    id: Id
    name: str = Field(max_length=200)
    units: Literal["metres"] = "metres"
    frame: dict[str, Any] = {}
    polygons: list[Area] = Field(min_length=1)
    carriageways: list[Area] = []
    context: list[Area] = []
    obstacles: list[Obstacle] = []
    signals: list[Signal] = []
    gates: list[Gate] = Field(min_length=2, max_length=_MOST_GATES)
    vans: list[Van] = []
    cameras: list[CameraMount] = []
    signs: list[Mark] = []
    landmarks: list[Mark] = []
    markings: list[Mark] = []
    demand: dict[str, Any] = {}
    provenance: list[str] = []
    derived: dict[str, Any] = {}


class Pavement(_Part):
    """A straight pavement: the short form of a layout, in TOML."""

    name: str = Field(max_length=200)
    length_m: Annotated[float, Field(ge=10, le=1000)]
    width_m: Annotated[float, Field(ge=1, le=100)]
    west_share: Share = 0.5
    """Share of passers who enter at the west end and leave at the east end."""
    van_x_m: float | None = None
    """Where along the pavement the van stands, on its south kerb; left out: in the middle."""
    cameras: list[Literal["west", "east"]] = ["west", "east"]
    """The directions in which the van's cameras look."""
    range_min_m: NearEnd = 4.0
    range_max_m: FarEnd = 13.8
    hfov_deg: Annotated[float, Field(ge=1, le=180)] = 40.0


def shipped_layouts() -> dict[str, Path]:
    """Return name -> file of the layouts that travel with the package, sorted by name."""
    folder = resources.files("lfr_sim.street") / "layouts"
    with resources.as_file(folder) as path:
        return {file.stem: file for file in sorted(path.glob("*.json"))}


def layout_file(layout: str) -> Path:
    """Return the file of a shipped layout or of a path, or raise `InputError`."""
    shipped = shipped_layouts()
    if layout in shipped:
        return shipped[layout]
    if layout.endswith((".json", ".toml")):
        return Path(layout)
    fault = Fault(
        "site.layout",
        "no shipped layout of this name",
        layout,
        allowed="a path ending in .json or .toml, or one of " + ", ".join(shipped),
        did_you_mean=nearest(layout, shipped),
    )
    raise InputError(f"layout {layout}", [fault])


def parse_layout(text: str, path: Path) -> Layout:
    """Return what a layout file says; raises `InputError` with every name and number that is wrong.

    Whether it makes sense as a whole is for `layout_faults` and for `site` to say.
    """
    if path.suffix == ".toml":
        tables = parse_toml(text, subject=str(path))
        with _faults_of(path, Pavement):
            pavement = Pavement.model_validate(tables)
        return _layout_of_pavement(pavement, path)
    with _faults_of(path, Layout):
        return Layout.model_validate_json(text)


def layout_faults(layout: Layout) -> list[Fault]:
    """Return what does not fit together in a layout, shapes apart."""
    return [*_name_faults(layout), *_number_faults(layout), *_gate_faults(layout)]


@contextmanager
def _faults_of(path: Path, model: type[_Part]) -> Iterator[None]:
    """Turn what pydantic finds into faults."""
    try:
        yield
    except ValidationError as error:
        faults: list[Fault] = []
        for item in error.errors(include_url=False):
            fault = fault_of(item)
            if item["type"] == "json_invalid":
                problem = f"not JSON: {item['ctx']['error']}"
                fault = Fault(str(path), problem, shows_value=False)
            elif item["type"] == "extra_forbidden" and len(faults) < _MOST_SUGGESTIONS:
                near = nearest(str(item["loc"][-1]), _names_in(model))
                fault = Fault(fault.path, fault.problem, fault.value, did_you_mean=near)
            faults.append(fault)
        raise InputError(f"layout {path}", faults) from None


def _name_faults(layout: Layout) -> list[Fault]:
    """Names that are used twice, or that name nothing."""
    faults = []
    kinds = ("polygons", "carriageways", "context", "obstacles", "gates", "signals", "vans", "cameras")
    for kind in kinds:
        names = Counter(item.id for item in getattr(layout, kind) if item.id)
        faults += [
            Fault(f"{kind}.{name}", "this id is used more than once", name)
            for name, count in names.items()
            if count > 1
        ]
    vans = [van.id for van in layout.vans]
    signals = [signal.id for signal in layout.signals]
    for camera in layout.cameras:
        if camera.van not in vans:
            near = nearest(camera.van, vans)
            faults.append(
                Fault(f"cameras.{camera.id}.van", "no such van", camera.van, ", ".join(vans), near)
            )
    for area in layout.polygons:
        if area.signal is not None and area.signal not in signals:
            near = nearest(area.signal, signals)
            known = ", ".join(signals)
            faults.append(Fault(f"polygons.{area.id}.signal", "no such signal", area.signal, known, near))
    crossed = {area.signal for area in layout.polygons}
    faults += [
        Fault(f"signals.{name}", "no polygon is crossed at this signal", shows_value=False)
        for name in signals
        if name not in crossed
    ]
    return faults


def _number_faults(layout: Layout) -> list[Fault]:
    """Numbers that cannot stand together, and more corners than can be walked round."""
    faults = []
    for signal in layout.signals:
        if signal.walk_s > signal.cycle_s:
            allowed = f"<= {signal.cycle_s:g}"
            faults.append(
                Fault(f"signals.{signal.id}.walk_s", "longer than its cycle", signal.walk_s, allowed)
            )
    for camera in layout.cameras:
        if camera.range_min_m >= camera.range_max_m:
            path, allowed = f"cameras.{camera.id}.range_min_m", f"below {camera.range_max_m:g}"
            faults.append(Fault(path, "its zone has no depth", camera.range_min_m, allowed))
    rings = [area.coords for area in layout.polygons] + [item.coords for item in layout.obstacles]
    rings += [hole for area in layout.polygons for hole in area.holes]
    corners = sum(len(ring) for ring in rings)
    if corners > _MOST_CORNERS:
        faults.append(Fault("polygons", "too many corners", corners, f"at most {_MOST_CORNERS:,}"))
    return faults


def _gate_faults(layout: Layout) -> list[Fault]:
    """Gates without width, gates on top of one another, and shares that do not add up."""
    faults = []
    for side in ("in_share", "out_share"):
        total = sum(getattr(gate, side) for gate in layout.gates)
        if abs(total - 1.0) > 1e-6:
            faults.append(Fault(f"gates.*.{side}", "the shares do not sum to 1", round(total, 9), "1"))
    for gate in layout.gates:
        if gate.in_share > 0 and gate.out_share >= 1.0 - 1e-9:
            problem = "people enter here, yet nobody leaves anywhere else"
            faults.append(Fault(f"gates.{gate.id}.out_share", problem, gate.out_share, "< 1"))
    # Where people enter, over the width of each gate: shape (gates, places, 2).
    share = np.linspace(0.0, 1.0, 11)[:, None]
    ends = np.array([gate.segment for gate in layout.gates])
    places = ends[:, None, 0] * (1 - share) + ends[:, None, 1] * share
    for index, gate in enumerate(layout.gates):
        width = float(np.hypot(*(ends[index, 1] - ends[index, 0])))
        if width < _LEAST_APART_M:
            path, allowed = f"gates.{gate.id}.segment", f"ends {_LEAST_APART_M:g} m or more apart"
            faults.append(Fault(path, "the gate is too narrow to walk through", gate.segment, allowed))
        for other in range(index):
            gaps = np.hypot(*np.moveaxis(places[index] - places[other], -1, 0))
            if gaps.min() < _LEAST_APART_M:
                path, near = f"gates.{gate.id}.segment", layout.gates[other].id
                problem = f"it lies on gate {near}, so there is no way between them"
                faults.append(Fault(path, problem, gate.segment, f"{_LEAST_APART_M:g} m or more apart"))
    return faults


def _names_in(model: type[BaseModel]) -> set[str]:
    parts = (model, Area, Obstacle, Signal, Platoon, Gate, Van, CameraMount)
    return {field.alias or name for part in parts for name, field in part.model_fields.items()}


def _layout_of_pavement(pavement: Pavement, path: Path) -> Layout:
    """Return the rectangle, its two gates, and a van on the kerb with one camera per direction."""
    length, width = pavement.length_m, pavement.width_m
    van_x = length / 2 if pavement.van_x_m is None else pavement.van_x_m
    if not 0 <= van_x <= length:
        raise InputError(
            f"layout {path}",
            [Fault("van_x_m", "the van is not on the pavement", van_x, f"0 to {length:g}")],
        )
    west, east = pavement.west_share, 1.0 - pavement.west_share
    headings = {"west": (180.0 - 12.0, -3.0), "east": (12.0, 3.0)}  # turned in by 12 degrees
    cameras = [
        CameraMount(
            id=f"V1-{side}",
            van="V1",
            x=van_x + headings[side][1],
            y=-0.4,
            heading_deg=headings[side][0],
            hfov_deg=pavement.hfov_deg,
            range_min_m=pavement.range_min_m,
            range_max_m=pavement.range_max_m,
        )
        for side in pavement.cameras
    ]
    rectangle: list[Point] = [(0.0, 0.0), (length, 0.0), (length, width), (0.0, width)]
    road: list[Point] = [(0.0, -6.0), (length, -6.0), (length, 0.0), (0.0, 0.0)]
    return Layout(
        schema="lfr-site/0.1",
        id=path.stem,
        name=pavement.name,
        polygons=[Area(id="pavement", kind="footway", coords=rectangle)],
        carriageways=[Area(id="road", coords=road)],
        gates=[
            Gate(id="west", segment=((0, 0), (0, width)), in_share=west, out_share=east),
            Gate(id="east", segment=((length, 0), (length, width)), in_share=east, out_share=west),
        ],
        vans=[Van(id="V1", label="south kerb", x=van_x, y=-1.3, heading_deg=0.0)],
        cameras=cameras,
        provenance=["Made from a straight pavement of a few lines."],
    )
