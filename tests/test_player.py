"""The player: what travels to the browser and back, and its arithmetic against the model's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lfr_sim import DeploymentModel
from lfr_sim.dashboard.simulated import drawn_box
from lfr_sim.dashboard.walks import walks_of
from lfr_sim.dashboard.widgets.player import PlayerWidget

NODE = shutil.which("node")
UNITS = Path(__file__).with_name("player_units.mjs")
ASKED = (
    "decodeWalks walkedTo pointAt locate shownAt alertsOf locateAlerted teamsOf locateTeam clockOf rowsOf "
    "stackOf toldOf makeRaster placeBox overPeople crossesWords"
)
needs_node = pytest.mark.skipif(NODE is None, reason="needs node")


def _source() -> str:
    return str(PlayerWidget._esm)


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The widget's source as a module that shows its parts."""
    path = tmp_path_factory.mktemp("player") / "player.mjs"
    path.write_text(f"{_source()}\nexport {{ {', '.join(ASKED.split())} }};\n")
    return path


@needs_node
def test_arithmetic_of_the_browser_half(module: Path) -> None:
    """Protects walks, stops, officers, the time line and the place of words; see `player_units.mjs`."""
    told = subprocess.run(
        [str(NODE), "--test", str(UNITS)],
        env={**os.environ, "PLAYER_MODULE": str(module)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-2000:]
    assert f"# pass {UNITS.read_text().count('test(')}" in told.stdout


READ = """
import fs from "node:fs";
const [module, header, bytes, asked] = process.argv.slice(2);
const p = await import(module);
const view = new DataView(new Uint8Array(fs.readFileSync(bytes)).buffer);
const day = p.decodeWalks(JSON.parse(fs.readFileSync(header)), view);
const out = new Float64Array(4);
const places = JSON.parse(fs.readFileSync(asked)).map(([passer, time]) => {
  const unit = day.unitOf[passer];
  if (unit < 0) return null;
  p.pointAt(day, day.unit_route[unit], p.walkedTo(day, unit, time), out);
  return [out[0], out[1]];
});
process.stdout.write(JSON.stringify(places));
"""


@needs_node
def test_everybody_is_drawn_where_the_model_has_them(module: Path, tmp_path: Path) -> None:
    """Protects the whole way of a walk: model, bytes, browser; within 15 cm, waits at signals included."""
    settings: dict[str, Any] = {"deployment.hours": 0.5}
    model = DeploymentModel("oxford-circus-2022-01-28", run_seed=3, **settings)
    walks = walks_of(model, crop=drawn_box(model.site))
    rng = np.random.Generator(np.random.PCG64(1))
    passers = rng.integers(0, len(model.crowd), 600).tolist()
    asked = [
        (n, s + float(rng.uniform(0, model.walking.leave_s(n) - s)))
        for n in passers
        for s in [model.walking.enter_s(n)]
    ]
    names = [str(module)]
    for name, content in (("h", json.dumps(walks.header)), ("b", walks.data), ("a", json.dumps(asked))):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        names.append(str(path))
    script = tmp_path / "read.mjs"
    script.write_text(READ)
    told = subprocess.run([str(NODE), str(script), *names], capture_output=True, text=True, check=True)
    found = json.loads(told.stdout)

    known = [number for number, place in enumerate(found) if place is not None]
    gaps = [np.hypot(*np.subtract(found[n], model.walking.locate(*asked[n]))) for n in known]
    assert len(known) > 300
    assert max(gaps) < 0.15


def test_source_needs_nothing_from_outside() -> None:
    """Protects working offline: the source is one module, with no address and no import in it."""
    source = _source()

    assert "import " not in source
    assert source.count("http") == source.count('"http://www.w3.org/2000/svg"') == 1
    assert source.rstrip().endswith("export default { render };")
    assert "fetch(" not in source


def test_handler_hears_what_the_visitor_did() -> None:
    """Protects the way back: each event reaches the page once, as events of its other parts do."""
    heard: list[tuple[dict[str, Any], bytes]] = []
    widget = PlayerWidget(handler=lambda event, content: heard.append((event, content)))
    widget.event = {"do": "alert", "value": 3, "n": 1}
    widget.event = {"do": "alert", "value": 3, "n": 2}
    widget.event = {}

    assert [event["n"] for event, _ in heard] == [1, 2]
    assert {content for _, content in heard} == {b""}


def test_opening_another_alert_sends_only_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the line: a day's walks, up to 1.5 MB, do not travel again when an alert is opened."""
    widget = PlayerWidget(walks=bytes(1000), header={"fields": {}}, busy=[1, 2])
    sent: list[Any] = []
    monkeypatch.setattr(widget, "send_state", lambda key=None: sent.append(key))
    widget.selected = 4

    assert sent == ["selected"]
