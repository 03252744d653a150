"""Layout files: what a site file may say, checked name by name and number by number.

A layout is JSON with polygons in local metres, or a straight pavement in a few lines of TOML. This
module knows the file; `site` knows the place that comes of it.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lfr_sim.scenario import Fault, InputError, fault_of, nearest, parse_toml, read_text

_FARTHEST_M = 5_000.0

Coordinate = Annotated[float, Field(ge=-_FARTHEST_M, le=_FARTHEST_M)]
Point = tuple[Coordinate, Coordinate]
Ring = Annotated[list[Point], Field(min_length=3)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Area(_Part):
    """A polygon of the ground: where people walk, where vehicles drive, or what is drawn only."""

    id: str = ""
    kind: str = ""
    label: str = ""
    walkable: bool = True
    signal: str | None = None
    coords: Ring
    holes: list[Ring] = []


class Obstacle(_Part):
    """Something on the pavement that people walk round."""

    id: str = ""
    kind: str = ""
    coords: Ring
    blocks_sight: bool = False
    height_m: float = 1.0


class Signal(_Part):
    """A pedestrian signal: people may start to cross from `walk_start_s` for `walk_s` seconds."""

    id: str
    cycle_s: Annotated[float, Field(gt=0)]
    walk_start_s: Annotated[float, Field(ge=0)] = 0.0
    walk_s: Annotated[float, Field(gt=0)]
    clearance_s: float = 0.0
    status: str = ""


class Platoon(_Part):
    """People who leave a gate in bursts, as after a train."""

    period_s: Annotated[float, Field(gt=0)]
    burst_s: Annotated[float, Field(gt=0)]
    share_in_burst: Share
    status: str = ""


class Gate(_Part):
    """A line through which people enter and leave the site, with its share of each."""

    id: str
    label: str = ""
    kind: str = ""
    segment: tuple[Point, Point]
    in_share: Share
    out_share: Share
    platoon: Platoon | None = None


class Van(_Part):
    """A place for a camera van; whether it is deployed is for the scenario to say."""

    id: str
    label: str = ""
    x: Coordinate
    y: Coordinate
    heading_deg: float = 0.0
    length_m: Annotated[float, Field(gt=0)] = 6.0
    width_m: Annotated[float, Field(gt=0)] = 2.1
    on_walkable: bool = False
    position_evidence: str = ""


class CameraMount(_Part):
    """A camera of a van: where it stands, where it looks, how far it sees (a sector)."""

    id: str
    van: str
    x: Coordinate
    y: Coordinate
    z_m: Annotated[float, Field(gt=1.6)] = 3.0
    heading_deg: float
    hfov_deg: Annotated[float, Field(gt=0, le=180)]
    range_min_m: Annotated[float, Field(ge=0)] = 4.0
    range_max_m: Annotated[float, Field(gt=0)] = 13.8
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
    id: str = Field(min_length=1)
    name: str
    units: Literal["metres"] = "metres"
    frame: dict[str, Any] = {}
    polygons: list[Area] = Field(min_length=1)
    carriageways: list[Area] = []
    context: list[Area] = []
    obstacles: list[Obstacle] = []
    signals: list[Signal] = []
    gates: list[Gate] = Field(min_length=2)
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

    name: str
    length_m: Annotated[float, Field(ge=10, le=1000)]
    width_m: Annotated[float, Field(ge=1, le=100)]
    west_share: Share = 0.5
    """Share of passers who enter at the west end and leave at the east end."""
    van_x_m: float | None = None
    """Where along the pavement the van stands, on its south kerb; left out: in the middle."""
    cameras: list[Literal["west", "east"]] = ["west", "east"]
    """The directions in which the van's cameras look."""
    range_min_m: Annotated[float, Field(ge=0)] = 4.0
    range_max_m: Annotated[float, Field(gt=0)] = 13.8
    hfov_deg: Annotated[float, Field(gt=0, le=180)] = 40.0


PartT = TypeVar("PartT", bound=_Part)


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


def read_layout(layout: str) -> Layout:
    """Read a layout by name or path; raises `InputError` with every fault found in the file."""
    path = layout_file(layout)
    text = read_text(path, kind="layout")
    if path.suffix == ".toml":
        pavement = _validated(Pavement, parse_toml(text, subject=str(path)), path)
        return _layout_of_pavement(pavement, path)
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise InputError(str(path), [Fault(str(path), f"not JSON: {reason}", shows_value=False)]) from None
    return _validated(Layout, data, path)


def _validated(model: type[PartT], data: Any, path: Path) -> PartT:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = []
        for item in error.errors(include_url=False):
            fault = fault_of(item)
            if item["type"] == "extra_forbidden":
                near = nearest(str(item["loc"][-1]), _names_in(model))
                fault = Fault(fault.path, fault.problem, fault.value, did_you_mean=near)
            faults.append(fault)
        raise InputError(f"layout {path}", faults) from None


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
