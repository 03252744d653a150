"""The plan as SVG: what is drawn, at which scale, and that its words keep off the crowd and each other."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from shapely.geometry import Polygon, box

from lfr_sim.dashboard.views import plan
from lfr_sim.dashboard.views.charts import text_width
from lfr_sim.dashboard.views.plan_parts import Frame
from lfr_sim.street import load_site, shipped_layouts
from lfr_sim.street.site import footprint

SITES = sorted(shipped_layouts())
LEVEL = "{http://www.w3.org/2000/svg}text"
HARMFUL = '"A<script>x</script>"'


def _root(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def _boxes(svg: str) -> dict[str, Polygon]:
    """Return the boxes of level words, those in the middle of their place."""
    found = {}
    for element in _root(svg).iter(LEVEL):
        if "x" in element.attrib and "mid" in element.attrib["class"].split():
            x, y = float(element.attrib["x"]), float(element.attrib["y"])
            half = text_width(element.text or "", 13) / 2
            found[element.text or ""] = box(x - half, y - 11, x + half, y + 3)
    return found


def _halo(svg: str, words: str) -> bool:
    return any(
        element.text == words and "plan-halo" in element.attrib["class"]
        for element in _root(svg).iter(LEVEL)
    )


@pytest.mark.parametrize("name", SITES)
@pytest.mark.parametrize("every_van", [False, True])
def test_words_of_every_plan_stay_inside_and_apart(name: str, every_van: bool) -> None:
    """Protects legibility: at every width no words overlap, none are cut off, all are 13 px or more."""
    vans = [van.id for van in load_site(name).layout.vans] if every_van else None
    for drawing in plan.grounds(load_site(name, vans)):
        svg = str(drawing.svg)
        boxes = _boxes(svg)
        sheet = box(0, 0, drawing.width, drawing.height)

        assert all(sheet.covers(words) for words in boxes.values()), name
        assert not [pair for pair in combinations(boxes, 2) if boxes[pair[0]].intersects(boxes[pair[1]])]
        assert all({"t13", "t14"} & set(e.attrib["class"].split()) for e in _root(svg).iter(LEVEL))


@pytest.mark.parametrize("name", SITES)
def test_names_of_van_and_zone_keep_off_the_crowd(name: str) -> None:
    """Protects the rule of the design: words about the van stand where nobody walks, or have a halo."""
    site = load_site(name)
    for drawing in plan.grounds(site):
        zone = "Zone of recognition" if drawing.width >= 500 else "Zone"
        boxes = _boxes(str(drawing.svg))
        frame = Frame(_crop(drawing), drawing.width, drawing.height)
        people = frame.shape(site.walkable)
        assert {"Van", zone} <= set(boxes), (name, drawing.width)
        for words in ("Van", zone):
            share = boxes[words].intersection(people).area / boxes[words].area
            assert share < 0.05 or _halo(str(drawing.svg), words), (name, drawing.width, words, share)
            assert share < 0.25, (name, drawing.width, words, share)


def _crop(drawing: plan.Drawing) -> plan.Crop:
    a, _, _, d, e, f = drawing.matrix
    return -e / a, (drawing.height - f) / d, (drawing.width - e) / a, -f / d


@pytest.mark.parametrize("name", SITES)
def test_vans_and_zones_are_in_the_picture(name: str) -> None:
    """Protects against a crop that leaves out what the plan is about."""
    site = load_site(name)
    for drawing in plan.grounds(site):
        shown = box(*_crop(drawing)).buffer(0.01)
        assert all(shown.covers(zone.polygon) for zone in site.zones)
        assert all(shown.covers(footprint(van)) for van in site.vans)


def test_metres_land_where_the_matrix_says() -> None:
    """Protects the people: canvas and ground use the same scale, the same along and across."""
    site = load_site("oxford_circus")
    drawing = plan.drawing(site, 856, 460, 142.0)
    a, b, c, d, e, f = drawing.matrix
    van = site.vans[0]
    path = next(p for p in _root(str(drawing.svg)).iter() if p.attrib.get("class") == "plan-van")
    x, y = zip(*((float(x), float(y)) for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", path.attrib["d"])),
               strict=True)  # fmt: skip

    assert (b, c) == (0.0, 0.0)
    assert a == -d == pytest.approx(856 / 142, rel=0.01)
    assert (min(x) + max(x)) / 2 == pytest.approx(a * van.x + e, abs=0.1)
    assert (min(y) + max(y)) / 2 == pytest.approx(d * van.y + f, abs=0.1)
    assert max(x) - min(x) == pytest.approx(a * van.length_m, abs=0.2)


def test_scale_bar_is_as_long_as_it_says() -> None:
    """Protects against a scale bar that lies."""
    for drawing in plan.grounds(load_site("oxford_circus")):
        root = _root(str(drawing.svg))
        metres = next(float(e.text.split()[0]) for e in root.iter(LEVEL) if (e.text or "").endswith(" m"))
        bars = [e.attrib["d"] for e in root.iter() if e.attrib.get("class") == "plan-scale"]
        left, right = re.match(r"M([\d.]+) .*H([\d.]+)V", bars[0]).groups()
        assert float(right) - float(left) == pytest.approx(metres * drawing.matrix[0], abs=0.2)


def test_north_points_where_the_layout_says() -> None:
    """Protects the arrow's sense: bearings run anticlockwise from +x, and px run down."""
    for name, up, right in (("canary_wharf", 1.0, 0.0), ("stratford_bridge", 0.77, 0.64)):
        root = _root(str(plan.grounds(load_site(name))[-1].svg))
        shafts = [e.attrib["d"] for e in root.iter() if e.attrib.get("class") == "plan-scale"]
        x1, y1, x2, y2 = map(float, re.match(r"M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)", shafts[1]).groups())
        assert ((y1 - y2) / 26, (x2 - x1) / 26) == pytest.approx((up, right), abs=0.02)


def test_names_of_streets_run_along_them() -> None:
    """Protects the names by which the place is recognised, each once and along its street."""
    svg = str(plan.grounds(load_site("oxford_circus"))[-1].svg)
    names = {e.text: e.attrib["transform"] for e in _root(svg).iter(LEVEL) if "transform" in e.attrib}

    assert set(names) == {"OXFORD STREET", "REGENT STREET", "ARGYLL ST"}
    assert names["OXFORD STREET"].endswith("rotate(0)") or names["OXFORD STREET"].endswith("rotate(-0)")
    assert "rotate(-90)" in names["REGENT STREET"]


def test_colours_come_from_the_page() -> None:
    """Protects dark mode: no colour is written into the drawing."""
    for name in SITES:
        svg = str(plan.grounds(load_site(name))[-1].svg)
        assert not re.search(r"#[0-9a-fA-F]{3}|rgb|fill=|stroke=|style=", svg)


def test_ground_draws_the_crop_asked_for() -> None:
    """Protects other users of the drawing: size and crop are theirs to say."""
    site = load_site("oxford_circus")
    svg = str(plan._drawn(site, Frame((-20.0, -20.0, 20.0, 20.0), 400, 400))[0])

    assert 'viewBox="0 0 400 400"' in svg
    assert "plan-crossing" in svg
    assert "plan-van" not in svg


def test_room_knows_vans_words_people_and_roads() -> None:
    """Protects the words of alerts, which the browser lays out on this raster."""
    site = load_site("oxford_circus")
    drawing = plan.grounds(site)[-1]
    told = drawing.told()
    frame = Frame(_crop(drawing), drawing.width, drawing.height)

    def kind(x: float, y: float) -> str:
        across, down = frame.point(x, y)
        return str(told["room"][int(down // told["cell"])][int(across // told["cell"])])

    assert kind(site.vans[0].x, site.vans[0].y) == "3"
    assert kind(80.0, 11.0) == "2"  # north pavement
    assert kind(90.0, 0.5) == "1"
    assert kind(90.0, 28.0) == "0"
    assert "4" in "".join(told["room"])
    assert len(told["room"]) == 460 // 8
    assert {len(row) for row in told["room"]} == {856 // 8}


def test_a_site_without_a_van_is_drawn() -> None:
    """Protects the empty state: no van and no zone, and the middle of the site."""
    site = load_site("oxford_circus", ())
    svg = str(plan.grounds(site)[-1].svg)

    assert "plan-pavement" in svg
    assert "plan-zone" not in svg
    assert "Van" not in _boxes(svg)


def test_a_pavement_of_a_few_lines_is_drawn(tmp_path: Path) -> None:
    """Protects visitors' own layouts: no bearing, no landmarks, one rectangle; and scale still fits."""
    file = tmp_path / "mine.toml"
    file.write_text('name = "Mine"\nlength_m = 40\nwidth_m = 4\n')
    for drawing in plan.grounds(load_site(str(file))):
        assert "Van" in _boxes(str(drawing.svg))
        assert " m</text>" in str(drawing.svg)


def test_names_in_a_layout_cannot_become_markup(tmp_path: Path) -> None:
    """Protects visitors from what somebody wrote into a layout file."""
    text = shipped_layouts()["oxford_circus"].read_text()
    file = tmp_path / "harmful.json"
    file.write_text(text.replace('"Oxford Street"', HARMFUL))
    drawn = [str(d.svg) for d in plan.grounds(load_site(str(file)))]

    assert any("A&lt;SCRIPT" in svg for svg in drawn)
    assert not any("<script" in svg.lower() for svg in drawn)
