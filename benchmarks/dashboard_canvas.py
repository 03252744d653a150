"""How fast the street is drawn, beside the same people in Mesa's own `SolaraViz`."""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from dashboard_served import Desk, Sizes, browsing, p95, row, wait_until
from numpy.typing import NDArray
from speed import Figure

from lfr_sim.dashboard.state import FIRST_SCENARIO, SEED
from lfr_sim.dashboard.views.plan import SIZES, crop_of
from lfr_sim.model import DeploymentModel
from lfr_sim.scenario import Scenario

PEOPLE = 600
DRAW_MS, TIMES_AS_FAST = 4.0, 10.0
CHANGES = {"crowd.passers_per_hour": 20_000.0, "deployment.hours": 1.0}
"""A street in which more than 600 people are in the picture at its fullest."""
SECONDS = 120
"""How long people walk in SolaraViz before they begin again."""
PEER = Path(__file__).with_name("solaraviz_page.py")
PEER_S = 8.0
COUNT_PICTURES = """
  window.pictures = 0;
  const count = (event) => { if (event.target.tagName === "IMG") window.pictures += 1; };
  document.addEventListener("load", count, true);
"""
MOVE_TO = """(time) => {
  const range = document.querySelector(".player input[type=range]");
  range.value = time;
  range.dispatchEvent(new Event("input", { bubbles: true }));
  return lfrPlayer.people;
}"""
PLAY = """async (seconds) => {
  const button = document.querySelector(".player-play");
  button.click();
  await new Promise((done) => setTimeout(done, 500));
  const { frames } = lfrPlayer, began = performance.now(), people = [];
  while (performance.now() - began < 1000 * seconds) {
    await new Promise((done) => setTimeout(done, 250));
    people.push(lfrPlayer.people);
  }
  const count = lfrPlayer.frames - frames, took = performance.now() - began;
  button.click();
  const last = frames + count, size = lfrPlayer.draws.length, drawn = [];
  for (let k = Math.max(frames, last - size); k < last; k += 1) drawn.push(lfrPlayer.draws[k % size]);
  return { fps: (1000 * count) / took, drawn, people };
}"""


@dataclass(frozen=True, slots=True)
class Played:
    """A turn of the canvas and of SolaraViz."""

    fps: float
    peer_fps: float
    drawn_ms: list[float]
    people: list[int]


def canvas(desk: Desk, sizes: Sizes) -> list[Figure]:
    """Play a full street on the dashboard and in SolaraViz, in turn."""
    if importlib.util.find_spec("altair") is None:
        raise RuntimeError(
            "Mesa's SolaraViz needs altair, even to draw with matplotlib: pip install altair"
        )
    visitor = desk.visitor(reduced_motion="no-preference")
    asked = "&".join(f"a.set={path}={value}" for path, value in CHANGES.items())
    page = visitor.open(f"/?a={FIRST_SCENARIO}&{asked}&days=20&day=0")
    browsing.days_are_simulated(page)
    time_s = _fullest(page)
    places = desk.new_file("places.npy")
    np.save(places, places_from(time_s))
    with _solaraviz(places, desk.new_file("solaraviz-log")) as address:
        peer = desk.browser.new_page()
        peer.add_init_script(COUNT_PICTURES)
        peer.goto(address)
        peer.wait_for_selector("img", timeout=60_000)
        turns = [_turn(page, peer, time_s, sizes.canvas_s) for _ in range(sizes.turns)]
        peer.close()
    visitor.close()
    drawn = [ms for turn in turns for ms in turn.drawn_ms]
    people = statistics.median(number for turn in turns for number in turn.people)
    ratios = [turn.fps / turn.peer_fps for turn in turns]
    return [
        row("people in the picture", "", people, PEOPLE, at_least=True),
        row("a picture of them: 19 of 20 are drawn within", "ms", p95(drawn), DRAW_MS),
        row("  median", "ms", statistics.median(drawn)),
        row("  pictures a second", "", statistics.median(turn.fps for turn in turns)),
        row("  Mesa's SolaraViz, 600 people", "", statistics.median(turn.peer_fps for turn in turns)),
        row("  times as many", "times", statistics.median(ratios), TIMES_AS_FAST, at_least=True),
    ]


def _fullest(page: Any) -> float:
    """Return a minute in which the picture is full (s)."""
    end = 3600.0 * CHANGES["deployment.hours"]
    return float(max(np.arange(0.0, end, 60.0).tolist(), key=lambda time_s: page.evaluate(MOVE_TO, time_s)))


def _turn(page: Any, peer: Any, time_s: float, seconds: float) -> Played:
    page.bring_to_front()
    page.evaluate(MOVE_TO, time_s)
    played = page.evaluate(PLAY, seconds)
    peer.bring_to_front()
    return Played(played["fps"], _peer_fps(peer), played["drawn"], played["people"])


def _peer_fps(peer: Any) -> float:
    """Play SolaraViz and return how many pictures a second the browser got."""
    peer.get_by_text("▶").first.click()
    peer.wait_for_timeout(1_000)
    before, began = peer.evaluate("window.pictures"), time.perf_counter()
    peer.wait_for_timeout(1_000 * PEER_S)
    seen, took = peer.evaluate("window.pictures") - before, time.perf_counter() - began
    peer.get_by_text("❚❚").first.click()
    peer.wait_for_timeout(500)
    if not seen:
        raise RuntimeError("SolaraViz showed nothing new")
    return float(seen / took)


def places_from(time_s: float) -> NDArray[np.float64]:
    """Return where 600 of those in the picture at a time are in each of the seconds that follow (m).

    Args:
        time_s: Seconds since the deployment began.
    """
    scenario = Scenario.from_file(FIRST_SCENARIO).replace(CHANGES)
    day = DeploymentModel(scenario, run_seed=SEED, replicate=0)
    width, height, least_m = SIZES[-1]
    west, south, east, north = crop_of(day.site, width / height, least_m=least_m)
    shown = []
    for passer in day.walking.present(time_s).tolist():
        x, y = day.walking.locate(passer, time_s)
        if west <= x <= east and south <= y <= north:
            shown.append(passer)
    people = shown[:PEOPLE]
    times = time_s + np.arange(SECONDS)
    return np.array([[day.walking.locate(passer, at) for passer in people] for at in times.tolist()])


@contextmanager
def _solaraviz(places: Path, log: Path) -> Iterator[str]:
    """Serve the page of SolaraViz and yield its address."""
    port = browsing.free_port()
    environment = os.environ | {
        "LFR_SIM_PLACES": str(places),
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
        "PYTHONWARNINGS": "ignore",
    }
    command = [
        sys.executable,
        "-m",
        "solara",
        "run",
        str(PEER),
        "--port",
        str(port),
        "--no-open",
        "--production",
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{port}"
        if not wait_until(lambda: _answers(f"{address}/readyz"), 60.0):
            raise RuntimeError(f"SolaraViz did not start:\n{log.read_text(errors='replace')[-2000:]}")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False
