"""Figures: everything of the site is on its drawing, and files are whole, plain and repeatable."""

import os
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import shapely
from figure_parts import by_gid, gids
from matplotlib import rcParams
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Annotation, Text
from shapely.geometry import LineString, Polygon, box

from lfr_sim.figures import CAPTION, DPI, INK, save, site_map
from lfr_sim.scenario import InputError
from lfr_sim.street import load_site, shipped_layouts
from lfr_sim.street.site import Site
from lfr_sim.street.walkways import routes_of

LAYOUTS = list(shipped_layouts())


def every_van(layout: str) -> Site:
    """Return a shipped site with all its vans deployed."""
    return load_site(layout, tuple(van.id for van in load_site(layout).layout.vans))


@cache
def map_of(site: Site) -> Figure:
    """Return the drawing of a site, drawn once for all the tests that only look at it."""
    return site_map(site)


@pytest.fixture(scope="module")
def pavement(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A straight pavement whose name would be mathematics to matplotlib."""
    file = tmp_path_factory.mktemp("layouts") / "high.toml"
    file.write_text('name = "High street, $5 a day$"\nlength_m = 80\nwidth_m = 6\n', encoding="utf-8")
    return load_site(str(file))


@pytest.fixture(scope="module")
def oxford() -> Figure:
    """Oxford Circus with its first van."""
    return map_of(load_site("oxford_circus"))


def ids(figure: Figure, kind: str) -> list[str]:
    """Return what stands after "<kind>:" in the gids of a figure, sorted."""
    return sorted(gids(figure, kind))


def shown(figure: Figure) -> list[Text]:
    """Return every text of a figure that is not empty."""
    return [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


def words(figure: Figure) -> set[str]:
    """Return the texts of a figure, each on one line."""
    return {" ".join(text.get_text().split()) for text in shown(figure)}


def body(text: Text) -> Polygon:
    """Return the outline of a label on the sheet, in pixels, turned as it is written."""
    angle = text.get_rotation()
    text.set_rotation(0)
    west, south, east, north = text.get_window_extent().extents
    text.set_rotation(angle)
    return shapely.affinity.rotate(box(west, south, east, north), angle)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_site_is_complete(layout: str) -> None:
    """Protects completeness: each zone, van, gate, crossing and signal is drawn once."""
    site = every_van(layout)
    figure = map_of(site)
    crossings = [area for area in site.layout.polygons if area.kind == "crossing"]
    assert ids(figure, "zone") == sorted(zone.camera for zone in site.zones)
    assert ids(figure, "van") == sorted(van.id for van in site.layout.vans)
    assert ids(figure, "place") == []
    assert ids(figure, "gate") == sorted(gate.id for gate in site.gates)
    assert ids(figure, "crossing") == sorted(area.id for area in crossings)
    assert ids(figure, "signal") == sorted(area.signal for area in crossings if area.signal)
    assert {" ".join(site.layout.name.split()), CAPTION} <= words(figure)
    assert {f"Van {van.id}" for van in site.vans} <= words(figure)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_landmarks_are_named(layout: str) -> None:
    """Protects recognition: no landmark loses its label for want of room, with any van deployed."""
    for site in (load_site(layout), every_van(layout)):
        assert {mark.label for mark in site.layout.landmarks} <= words(map_of(site))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("vans", ["first", "all"])
def test_labels_keep_clear(layout: str, vans: str) -> None:
    """Protects legibility: no two labels overlap, none hides a van, none leaves the sheet."""
    site = load_site(layout) if vans == "first" else every_van(layout)
    figure = map_of(site)
    figure.draw_without_rendering()  # lays the legend out
    sheet = box(*figure.bbox.extents)
    labels = [(text.get_text(), body(text)) for text in shown(figure) if not isinstance(text, Annotation)]
    for (first, one), (second, other) in combinations(labels, 2):
        assert one.intersection(other).area < 1.0, f"{first!r} lies on {second!r}"
    vans_drawn = [by_gid(figure, f"van:{van.id}") for van in site.vans]
    for name, label in labels:
        assert sheet.covers(label), f"{name!r} leaves the sheet"
        for van in vans_drawn:
            assert not label.intersects(
                Polygon(van.get_transform().transform_path(van.get_path()).vertices)
            )


def test_undeployed_van_is_a_dashed_place(oxford: Figure) -> None:
    """Protects the difference between a van that is there and a place where one could be."""
    assert ids(oxford, "van") == ["V1"]
    assert ids(oxford, "place") == ["V2", "V3"]
    assert by_gid(oxford, "place:V2").get_linestyle() not in ("-", "solid")
    assert {"camera van", "other place for a van"} <= words(oxford)
    assert "other place for a van" not in words(map_of(every_van("oxford_circus")))


def test_site_without_vans() -> None:
    """Protects the site as it is on any other day: no van, no zone, neither in the legend."""
    figure = site_map(load_site("oxford_circus", ()))
    assert ids(figure, "zone") == ids(figure, "van") == []
    assert not {"camera van", "zone of recognition"} & words(figure)


def test_zones_and_gates_lie_where_the_site_says(oxford: Figure) -> None:
    """Protects the geometry: the drawing's sector is the camera's, and its gate is the gate."""
    site = load_site("oxford_circus")
    for zone in site.zones:
        drawn = Polygon(by_gid(oxford, f"zone:{zone.camera}").get_path().vertices)
        assert drawn.symmetric_difference(zone.polygon).area < 1e-6
    for gate in site.gates:
        assert np.allclose(by_gid(oxford, f"gate:{gate.id}").get_xydata(), gate.segment)


def test_plan_is_true_to_scale(oxford: Figure) -> None:
    """Protects measuring on the plan: a metre is as long up as across, and as long as the bar says."""
    plan, strip = oxford.axes
    to_pixels = plan.transData.transform
    across, up = np.diff(to_pixels([[0, 0], [1, 0]]), axis=0), np.diff(to_pixels([[0, 0], [0, 1]]), axis=0)
    assert np.hypot(*across[0]) == pytest.approx(np.hypot(*up[0]))
    (length,) = (text.get_text() for text in strip.texts if text.get_text().endswith(" m"))
    bar = strip.transData.transform(by_gid(oxford, "scale").get_xydata())
    assert np.ptp(bar[:, 0]) == pytest.approx(float(length.split()[0]) * np.hypot(*across[0]))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_north_follows_the_frame(layout: str) -> None:
    """Protects orientation: true north lies the bearing of +x anticlockwise of +x."""
    arrow = by_gid(site_map(load_site(layout), routes=False), "north")
    dx, dy = np.subtract(arrow.xy, arrow.xyann)
    bearing = load_site(layout).layout.frame["x_axis_bearing_deg"]
    assert np.degrees(np.arctan2(dy, dx)) == pytest.approx(bearing)


def test_routes_carry_the_flow(oxford: Figure) -> None:
    """Protects the picture of the flows: the widest line is the piece of way that most people walk."""
    (lines,) = oxford.findobj(LineCollection)
    widths = np.array(lines.get_linewidths())
    routes, site = routes_of(load_site("oxford_circus")), load_site("oxford_circus")
    busiest = LineString(lines.get_segments()[int(np.argmax(widths))])
    share = sum(
        float(routes.probability[route])
        for route in range(len(routes))
        if LineString(routes.waypoints(route)[1]).buffer(0.02).covers(busiest)
    )
    assert share > 3 * 2 * max(routes.probability)
    assert widths.min() < widths.max() / 2
    assert site.walkable.buffer(0.5).covers(busiest)
    assert not site_map(site, routes=False).findobj(LineCollection)


def test_pavement_of_a_few_lines(pavement: Site) -> None:
    """Protects the short form: no frame means no arrow, and a name is text, never mathematics."""
    figure = site_map(pavement)
    assert ids(figure, "zone") == ["V1-east", "V1-west"]
    assert ids(figure, "gate") == ["east", "west"]
    assert "north" not in {artist.get_gid() for artist in figure.findobj()}
    assert {"High street, $5 a day$", "50%", "Van V1"} <= words(figure)


@pytest.mark.parametrize(("length_m", "width_m"), [(1000, 1), (10, 100), (10, 1)])
def test_extreme_shapes_fit_a_page(tmp_path: Path, length_m: int, width_m: int) -> None:
    """Protects against pictures of thousands of pixels, or of a few, from a long or narrow site."""
    file = tmp_path / "odd.toml"
    file.write_text(f'name = "odd"\nlength_m = {length_m}\nwidth_m = {width_m}\n', encoding="utf-8")
    width, height = site_map(load_site(str(file))).get_size_inches() * DPI
    assert 700 <= width <= 1281
    assert 250 <= height <= 1800


def test_picture_is_as_wide_as_a_page(oxford: Figure, tmp_path: Path) -> None:
    """Protects the size on the page: 1280 pixels wide, with ink on it."""
    save(oxford, tmp_path / "map.png")
    picture = imread(tmp_path / "map.png")
    assert picture.shape[1] == 1280
    ink = np.array([int(INK[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    assert (np.abs(picture[..., :3] - ink).max(axis=-1) < 0.01).sum() > 2000


@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".PDF", b"%PDF")])
def test_saving_twice_gives_the_same_bytes(
    pavement: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, magic: bytes
) -> None:
    """Protects reproducibility: neither the hour nor the process shows in the file."""
    files = [tmp_path / f"{name}{suffix}" for name in ("one", "two", "three")]
    figure = site_map(pavement)
    save(figure, files[0])
    save(figure, files[1])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    save(site_map(pavement), str(files[2]))
    first = files[0].read_bytes()
    assert first.startswith(magic)
    assert files[1].read_bytes() == files[2].read_bytes() == first
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_saving_leaves_settings_alone(pavement: Site, tmp_path: Path) -> None:
    """Protects the caller's own figures: drawing and saving change no setting of matplotlib."""
    before = dict(rcParams)
    save(site_map(pavement), tmp_path / "map.svg")
    assert dict(rcParams) == before


@pytest.mark.parametrize("name", ["map.jpeg", "map", ".png", "map.png.tmp"])
def test_unknown_kind_is_refused(tmp_path: Path, name: str) -> None:
    """Protects against a file of a kind nobody asked for: the fault names the kinds there are."""
    with pytest.raises(InputError, match=r"\.png, \.svg, \.pdf") as caught:
        save(Figure(), tmp_path / name)
    assert len(caught.value.faults) == 1
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    """Protects against a trace: the fault names the folder, which is not made on the quiet."""
    with pytest.raises(InputError, match=r"there is no folder .*absent"):
        save(Figure(), tmp_path / "absent" / "map.png")
    assert list(tmp_path.iterdir()) == []


def test_target_that_cannot_be_written(tmp_path: Path) -> None:
    """Protects a folder that bears the name asked for, and one with a name too long for a file."""
    (tmp_path / "map.png").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        save(Figure(), tmp_path / "map.png")
    with pytest.raises(InputError, match="cannot be written"):
        save(Figure(), tmp_path / f"{'m' * 300}.png")
    assert [path.name for path in tmp_path.iterdir()] == ["map.png"]


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="the superuser may write anywhere")
def test_locked_folder_is_refused(tmp_path: Path) -> None:
    """Protects against a trace where the folder may only be read."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(InputError, match="cannot be written"):
            save(Figure(), tmp_path / "map.png")
    finally:
        tmp_path.chmod(0o700)


def test_failure_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects what was there: a save that breaks off half-way leaves the old file and no other."""
    file = tmp_path / "map.png"
    file.write_bytes(b"old")

    def break_off(self: Figure, handle, **_: object) -> None:
        handle.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", break_off)
    with pytest.raises(InputError, match="No space left on device"):
        save(Figure(), file)
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]
