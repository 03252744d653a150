"""The order of the house: imports point left only, modules and functions stay short."""

from __future__ import annotations

import ast
from pathlib import Path

import networkx as nx
import pytest

import lfr_sim

PACKAGE = Path(lfr_sim.__file__).parent
LAYERS = (
    ("scenario", "records", "streams", "clock"),
    ("street", "van", "police"),
    ("tally", "breakdown", "cautions", "collection", "model", "explanation"),
    ("closed_form", "metrics", "evidence"),
    ("study", "lessons"),
    ("figures",),
    ("report", "teaching"),
    ("dashboard",),
    ("cli",),
)
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
SIDEWAYS = {
    *(("model", room) for room in ("tally", "breakdown", "cautions", "collection")),
    ("explanation", "model"),
}
"""Rooms of one layer that may know each other; between the other rooms nothing crosses sideways."""
MESA_ROOMS = {"street", "police", "collection", "model"}


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _rooms() -> list[Path]:
    """Return all modules but the front door, which shows every room."""
    return [path for path in _modules() if path != PACKAGE / "__init__.py"]


def _room(path: Path) -> str:
    inside = path.relative_to(PACKAGE)
    return inside.parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    """Return the full names of everything a module imports, wherever in the file."""
    found: set[str] = set()
    package = ("lfr_sim", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def _rooms_imported(path: Path) -> set[str]:
    names = (name.split(".") for name in _imports(path) if name.startswith("lfr_sim."))
    return {parts[1] for parts in names if parts[1] in RANK}


@pytest.mark.parametrize("path", _rooms(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_left(path: Path) -> None:
    """Protects the layers: a room knows only rooms to its left, and itself."""
    room = _room(path)
    wrong = {
        other
        for other in _rooms_imported(path)
        if other != room and RANK[other] >= RANK[room] and (room, other) not in SIDEWAYS
    }

    assert room in RANK, f"{room} has no place in the house"
    assert set() == wrong


def test_recognition_and_police_know_walking_by_its_pass_table_only() -> None:
    """Protects the border between street, van and police; van may not even read the site."""
    for path in _modules():
        if _room(path) in ("van", "police"):
            assert "street" not in _rooms_imported(path), path
        if _room(path) == "street":
            assert not {"van", "police"} & _rooms_imported(path), path


def test_the_closed_form_knows_nothing_of_the_simulation() -> None:
    """Protects the check itself: an error in arrivals, walking, van or police cannot cancel itself."""
    files = (PACKAGE / "closed_form").glob("*.py")
    names = {n for path in files for n in _imports(path) if n.startswith("lfr_sim")}
    geometry = ("street.site", "street.walkways", "street.zones")
    allowed = (
        "lfr_sim.scenario",
        "lfr_sim.records",
        "lfr_sim.closed_form",
        *(f"lfr_sim.{name}" for name in geometry),
    )

    assert {name for name in names if not name.startswith(allowed)} == set()


def test_the_simulation_never_reads_the_record() -> None:
    """Protects against fitting by stealth: only what shows results may read the evidence."""
    for path in _modules():
        if RANK.get(_room(path), 99) <= RANK["model"]:
            assert "evidence" not in _rooms_imported(path), path


def test_mesa_appears_only_where_agents_live() -> None:
    """Protects the pure functions from the framework."""
    for path in _modules():
        if _room(path) not in MESA_ROOMS:
            assert not {name for name in _imports(path) if name.split(".")[0] == "mesa"}, path


def test_modules_import_each_other_in_no_circle() -> None:
    """Protects against circles, those hidden inside functions too; the front door shows everything."""
    names = {_name(path): path for path in _modules() if _name(path) != "lfr_sim"}
    graph: nx.DiGraph[str] = nx.DiGraph()
    for name, path in names.items():
        wanted = _imports(path)
        graph.add_edges_from((name, other) for other in wanted if other in names and other != name)
    circles = [ring for ring in nx.simple_cycles(graph) if len(ring) > 1]

    assert circles == []


def _name(path: Path) -> str:
    parts = ("lfr_sim", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_modules_and_functions_stay_short(path: Path) -> None:
    """Protects readers: modules under 400 lines, functions under 50 (docstrings not counted)."""
    text = path.read_text()
    long = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            documented = ast.get_docstring(node) is not None
            first = node.body[1 if documented and len(node.body) > 1 else 0].lineno
            if (node.end_lineno or 0) - first >= 50:
                long.append(node.name)

    assert text.count("\n") < 400
    assert long == []


def test_the_public_names_are_those_listed() -> None:
    """Protects the interface: nobody widens it by accident, and each name can be had."""
    assert sorted(lfr_sim.__all__) == lfr_sim.__all__
    assert lfr_sim.__all__ == dir(lfr_sim)
    for name in lfr_sim.__all__:
        assert getattr(lfr_sim, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'walrus'"):
        _ = lfr_sim.walrus
