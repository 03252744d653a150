"""Layout files: the shipped ones are sound, broken ones are told what is wrong, by name."""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point
from strategies import pavement_file

from lfr_sim.scenario import Camera, InputError, Scenario, SitePlace
from lfr_sim.street import load_site, shipped_layouts, site_of
from lfr_sim.street.walkways import routes_of
from lfr_sim.street.zones import views_of
from lfr_sim.study import run

SQUARE: dict[str, Any] = {
    "schema": "lfr-site/0.1",
    "id": "square",
    "name": "A square with a signalled crossing",
    "polygons": [
        {"id": "west", "coords": [[0, 0], [20, 0], [20, 10], [0, 10]]},
        {"id": "crossing", "signal": "S1", "coords": [[20, 0], [30, 0], [30, 10], [20, 10]]},
        {"id": "east", "coords": [[30, 0], [50, 0], [50, 10], [30, 10]]},
    ],
    "obstacles": [{"id": "kiosk", "coords": [[8, 4], [10, 4], [10, 6], [8, 6]]}],
    "signals": [{"id": "S1", "cycle_s": 60, "walk_s": 20}],
    "gates": [
        {"id": "in", "segment": [[0, 1], [0, 9]], "in_share": 0.5, "out_share": 0.5},
        {"id": "out", "segment": [[50, 1], [50, 9]], "in_share": 0.5, "out_share": 0.5},
    ],
    "vans": [{"id": "V1", "x": 25, "y": -2}],
    "cameras": [{"id": "C1", "van": "V1", "x": 28, "y": -0.5, "heading_deg": 20, "hfov_deg": 50}],
}


def written(folder: Path, layout: Any, name: str = "mine.json") -> str:
    """Write a layout and return its path."""
    path = folder / name
    path.write_text(layout if isinstance(layout, str) else json.dumps(layout), encoding="utf-8")
    return str(path)


def faults_of(path: str) -> list[str]:
    """Return the faults that loading a layout gives, as text."""
    with pytest.raises(InputError) as caught:
        load_site(path)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("name", shipped_layouts())
def test_shipped_layouts_are_sound(name: str) -> None:
    """Protects the six drawings: every van loads; gates, ground, cameras and signals fit together."""
    layout = load_site(name).layout
    site = load_site(name, [van.id for van in layout.vans])

    assert name == layout.id
    assert sum(gate.in_share for gate in site.gates) == pytest.approx(1.0)
    assert sum(gate.out_share for gate in site.gates) == pytest.approx(1.0)
    assert len(site.zones) == len(layout.cameras)
    assert site.walkable.is_valid
    for gate in site.gates:
        assert site.walkable.distance(LineString(gate.segment)) < 0.75
    for zone in site.zones:
        assert site.walkable.intersection(zone.polygon).area > 5.0


def test_six_layouts_are_shipped() -> None:
    """Protects the list that `site.layout` offers."""
    expected = {
        "canary_wharf",
        "leicester_square",
        "notting_hill_carnival",
        "oxford_circus",
        "piccadilly_circus",
        "stratford_bridge",
    }

    assert expected == set(shipped_layouts())


@pytest.mark.parametrize("name", shipped_layouts())
def test_routes_stay_on_the_ground_of_shipped_layouts(name: str) -> None:
    """Protects the walkable area: every route runs on it, from gate to gate, with shares that sum to 1."""
    site = load_site(name)
    routes = routes_of(site)
    ground = site.walkable.buffer(2.0)
    lines = [LineString(routes.waypoints(route)[1]) for route in range(len(routes))]

    assert routes.probability.sum() == pytest.approx(1.0)
    assert bool(np.all(routes.length_m > 1.0))
    assert bool(np.all(shapely.covers(ground, lines)))


def test_own_layout_by_path(tmp_path: Path) -> None:
    """Protects a user's own JSON: it loads, has routes and views, and a deployment runs on it."""
    path = written(tmp_path, SQUARE)
    site = load_site(path)
    scenario = Scenario.from_dict(
        {"site": {"layout": path}, "crowd": {"passers_per_hour": 300.0}, "deployment": {"hours": 0.2}}
    )
    truth = run(scenario).replicates[0].truth

    assert site.area_m2 == pytest.approx(500.0 - 4.0, rel=1e-3)
    assert bool(np.all(np.isfinite(routes_of(site).stop_m)))
    assert len(views_of(site).route) > 0
    assert 0 < truth["passes"] <= truth["passers"]


def test_own_pavement_in_toml(tmp_path: Path) -> None:
    """Protects the short form: a rectangle, two gates, a van with a camera each way."""
    path = written(
        tmp_path,
        'name = "Mine"\nlength_m = 80.0\nwidth_m = 5.0\nwest_share = 0.3\n'
        'cameras = ["east"]\nvan_x_m = 10.0\n',
        "mine.toml",
    )
    site = load_site(path)

    assert {gate.id: (gate.in_share, gate.out_share) for gate in site.gates} == {
        "west": (0.3, 0.7),
        "east": (0.7, 0.3),
    }
    assert site.area_m2 == pytest.approx(400.0)
    assert {"V1-east"} == {zone.camera for zone in site.zones}
    assert site.vans[0].x == 10.0


@settings(max_examples=40)
@given(
    st.floats(10.0, 200.0),
    st.floats(1.0, 20.0),
    st.sampled_from([0.0, 1.0]) | st.floats(0.01, 0.99),
    st.lists(st.sampled_from(["west", "east"]), unique=True),
)
def test_any_pavement_is_sound(length: float, width: float, share: float, cameras: list[str]) -> None:
    """Protects the short form over its whole range: it always loads and always has routes."""
    folder = Path(pavement_file()).parent
    text = (
        f'name = "any"\nlength_m = {length}\nwidth_m = {width}\nwest_share = {share}\ncameras = {cameras}\n'
    )
    site = load_site(written(folder, text, "any.toml"))
    routes = routes_of(site)

    assert routes.probability.sum() == pytest.approx(1.0)
    assert bool(np.all(routes.length_m >= length - 1e-6))
    assert len(cameras) == len(site.zones)


def test_layout_of_a_change_is_relative_to_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects `--set site.layout=…`: a relative path means here; in a file it means beside the file."""
    (tmp_path / "scenarios").mkdir()
    written(tmp_path / "scenarios", SQUARE, "beside.json")
    written(tmp_path, SQUARE | {"name": "here"}, "here.json")
    (tmp_path / "scenarios" / "a.toml").write_text('[site]\nlayout = "beside.json"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    scenario = Scenario.from_file("scenarios/a.toml")
    changed = scenario.replace({"site.layout": "here.json"})

    assert SQUARE["name"] == site_of(scenario.site, scenario.camera).layout.name
    assert site_of(changed.site, changed.camera).layout.name == "here"


def test_a_changed_layout_file_is_read_again(tmp_path: Path) -> None:
    """Protects a session in which a layout is edited: the site is the file's, not yesterday's."""
    path = written(tmp_path, SQUARE)
    first, second = load_site(path), load_site(path)
    written(tmp_path, SQUARE | {"name": "Redrawn"})

    assert first is second
    assert load_site(path).layout.name == "Redrawn"


def _set(*keys: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(layout: dict[str, Any]) -> None:
        part: Any = layout
        for key in keys[:-1]:
            part = part[key]
        part[keys[-1]] = to

    return change


def _drop(*keys: Any) -> Callable[[dict[str, Any]], None]:
    def change(layout: dict[str, Any]) -> None:
        part: Any = layout
        for key in keys[:-1]:
            part = part[key]
        del part[keys[-1]]

    return change


BROKEN: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (
        _set("polygons", 0, "coords", to=[[0, 0], [20, 10], [20, 0], [0, 10]]),
        r"polygons\.west: not a valid",
    ),
    (_set("polygons", 0, "coords", to=[[0, 0], [20, 0], [10, 0]]), r"polygons\.west: not a valid polygon"),
    (_set("polygons", 0, "coords", to=[[0, 0], [20, 0]]), r"polygons\.0\.coords.*2 entries"),
    (
        _set("polygons", 0, "holes", to=[[[100, 100], [101, 100], [101, 101]]]),
        r"polygons\.west: not a valid",
    ),
    (
        _set("polygons", 1, "coords", to=[[22, 0], [28, 0], [28, 10], [22, 10]]),
        r"gates\.(in|out): cannot be reached",
    ),
    (
        _set("obstacles", 0, "coords", to=[[8, -1], [10, -1], [10, 11], [8, 11]]),
        r"gates\.(in|out): cannot be reached",
    ),
    (
        _set("obstacles", 0, "coords", to=[[-9, -9], [60, -9], [60, 60], [-9, 60]]),
        r"polygons: no ground is wide",
    ),
    (_set("gates", 0, "segment", to=[[0, 20], [0, 25]]), r"gates\.in: lies 10\.\d m away"),
    (_set("gates", 0, "segment", to=[[0, 5], [0, 5]]), r"gates\.in\.segment.*too narrow"),
    (_set("gates", 1, "segment", to=[[0, 1], [0, 9]]), r"gates\.out\.segment.*lies on gate in"),
    (_set("gates", 1, "segment", to=[[0, 9], [0, 1]]), r"gates\.out\.segment.*lies on gate in"),
    (_set("gates", 0, "in_share", to=0.4), r"gates\.\*\.in_share = 0\.9: the shares do not sum to 1"),
    (_set("gates", 0, "out_share", to=1.5), r"gates\.0\.out_share = 1\.5"),
    (_set("gates", 1, "id", to="in"), r"gates\.in.*more than once"),
    (_set("polygons", 1, "id", to="west"), r"polygons\.west.*more than once"),
    (_set("gates", to=[]), r"gates.*0 entries; allowed: at least 2"),
    (
        _set("cameras", 0, "van", to="V2"),
        r'cameras\.C1\.van = "V2": no such van; allowed: V1',
    ),
    (
        _set("polygons", 1, "signal", to="S2"),
        r'polygons\.crossing\.signal = "S2": no such signal; allowed: S1',
    ),
    (_set("polygons", 1, "signal", to=None), r"signals\.S1: no polygon is crossed"),
    (
        _set("signals", 0, "walk_s", to=90),
        r"signals\.S1\.walk_s = 90\.0: longer than its cycle; allowed: <= 60",
    ),
    (_set("signals", 0, "cycle_s", to=1e300), r"signals\.0\.cycle_s"),
    (_set("cameras", 0, "range_min_m", to=20), r"cameras\.C1\.range_min_m = 20\.0.*below 13\.8"),
    (_set("cameras", 0, "hfov_deg", to=0), r"cameras\.0\.hfov_deg = 0"),
    (_set("cameras", 0, "z_m", to=1.5), r"cameras\.0\.z_m = 1\.5"),
    (_set("vans", 0, "x", to=math.nan), r"vans\.0\.x = nan"),
    (_set("vans", 0, "x", to=math.inf), r"vans\.0\.x = inf"),
    (_set("polygons", 0, "coords", 0, 0, to=1e9), r"polygons\.0\.coords\.0\.0 = 1000000000\.0"),
    (_set("polygons", 0, "coords", 0, 0, to="0"), r'polygons\.0\.coords\.0\.0 = "0"'),
    (_set("polygons", 0, "walkable", to="yes"), r'polygons\.0\.walkable = "yes"'),
    (_set("polygons", 0, "kerb", to=True), r"polygons\.0\.kerb = true: there is no such name"),
    (_set("gates", 0, "in_shares", to=1), r"gates\.0\.in_shares = 1.*did you mean 'in_share'"),
    (_set("schema", to="lfr-site/9"), r'schema = "lfr-site/9"'),
    (_set("units", to="feet"), r'units = "feet"'),
    (_drop("gates", 0, "segment"), r"gates\.0\.segment: this is required"),
    (_drop("name"), r"name: this is required"),
]


@pytest.mark.parametrize(("change", "words"), BROKEN, ids=[words for _, words in BROKEN])
def test_broken_layouts_are_named(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    """Protects layout authors: each thing that is wrong is named with its place and value."""
    layout = copy.deepcopy(SQUARE)
    change(layout)
    found = faults_of(written(tmp_path, layout))

    assert [line for line in found if re.search(words, line)], found


def test_faults_of_one_layout_come_together(tmp_path: Path) -> None:
    """Protects one round of mending: shapes, names, shares and numbers are all listed."""
    layout = copy.deepcopy(SQUARE)
    for change in (
        _set("polygons", 0, "coords", to=[[0, 0], [20, 10], [20, 0], [0, 10]]),
        _set("cameras", 0, "van", to="V7"),
        _set("gates", 0, "in_share", to=0.1),
        _set("signals", 0, "walk_s", to=61),
    ):
        change(layout)
    found = "\n".join(faults_of(written(tmp_path, layout)))

    for words in ("polygons.west", "cameras.C1.van", "gates.*.in_share", "signals.S1.walk_s"):
        assert words in found


def test_people_must_be_able_to_leave(tmp_path: Path) -> None:
    """Protects the flow: whoever enters leaves by another gate, so one gate cannot take all."""
    layout = copy.deepcopy(SQUARE)
    layout["gates"][0] |= {"in_share": 0.5, "out_share": 1.0}
    layout["gates"][1] |= {"in_share": 0.5, "out_share": 0.0}

    assert "nobody leaves anywhere else" in faults_of(written(tmp_path, layout))[0]


def test_layouts_too_large_to_walk_are_refused(tmp_path: Path) -> None:
    """Protects memory: routes grow with the square of corners and gates."""
    ring = [[25 + 20 * math.cos(a / 400), 5 + 4 * math.sin(a / 400)] for a in range(2513)]
    many = copy.deepcopy(SQUARE)
    many["polygons"].append({"id": "round", "coords": ring})
    gates = copy.deepcopy(SQUARE)
    gates["gates"] = [gates["gates"][0] | {"id": str(number)} for number in range(31)]

    assert "too many corners" in faults_of(written(tmp_path, many))[0]
    assert "31 entries; allowed: at most 30" in faults_of(written(tmp_path, gates, "gates.json"))[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "not JSON"), ("", "not JSON"), ("[" * 100_000, "not JSON"), ("[]", "table"), ("{}", "required")],
)
def test_files_that_are_no_layout(tmp_path: Path, text: str, words: str) -> None:
    """Protects reading: broken, empty, deep and wrong JSON is refused in words."""
    assert words in " ".join(faults_of(written(tmp_path, text)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("length_m = 5.0", "length_m = 5.0"),
        ("width_m = 0.0", "width_m = 0.0"),
        ("van_x_m = 61.0", "van_x_m = 61.0: the van is not on the pavement; allowed: 0 to 60"),
        ("west_share = 1.2", "west_share = 1.2"),
        ("cameras = ['north']", 'cameras.0 = "north"'),
        ("cameras = ['west', 'west']", "cameras.V1-west"),
        ("range_min_m = 14.0", "range_min_m = 14.0"),
        ("hfov = 3", "did you mean 'hfov_deg'"),
        ("length_m = nan", "length_m = nan"),
        ("length_m = '60'", 'length_m = "60"'),
    ],
)
def test_broken_pavements_are_named(tmp_path: Path, text: str, words: str) -> None:
    """Protects the short form: the same messages as for JSON."""
    key = text.split(" ")[0]
    sound = {"name": "'Mine'", "length_m": "60.0", "width_m": "4.0"}
    lines = [text, *(f"{name} = {value}" for name, value in sound.items() if name != key)]

    assert any(words in line for line in faults_of(written(tmp_path, "\n".join(lines), "mine.toml")))


def test_camera_settings_override_the_layout() -> None:
    """Protects `[camera]` ranges and field of view: they reach every zone, and must leave it some depth."""
    place = SitePlace(layout="oxford_circus")
    camera = Camera(range_min_m=2.0, range_max_m=9.0, hfov_deg=30.0, max_yaw_deg=20.0)
    zones = site_of(place, camera).zones

    assert {(2.0, 9.0, 30.0, 20.0)} == {
        (zone.range_min_m, zone.range_max_m, zone.hfov_deg, zone.max_yaw_deg) for zone in zones
    }
    with pytest.raises(InputError, match=r"camera\.range_min_m = 50\.0"):
        site_of(place, Camera(range_min_m=50.0))


def test_vans_deployed() -> None:
    """Protects `site.vans`: left out is the first, empty is none, order and names are kept."""
    layout = load_site("oxford_circus").layout

    assert [layout.vans[0].id] == [van.id for van in load_site("oxford_circus").vans]
    assert load_site("oxford_circus", ()).zones == ()
    assert tuple(van.id for van in load_site("oxford_circus", ["V3", "V1"]).vans) == ("V3", "V1")


def test_deployed_vans_take_up_ground() -> None:
    """Protects the walkable area: a van on the pavement is walked round, an absent one is not."""
    on_ground = [
        (name, van) for name in shipped_layouts() for van in load_site(name).layout.vans if van.on_walkable
    ]
    for name, van in on_ground:
        centre = Point(van.x, van.y)

        assert load_site(name, ()).walkable.buffer(0.1).contains(centre)
        assert not load_site(name, [van.id]).walkable.contains(centre)
    assert on_ground
