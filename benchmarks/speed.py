"""Measure how fast lfr-sim is, as CPU time and as ratios within one run.

Prints one table, or one JSON object with `--json`. It reports and does not judge: the exit code is 0
whatever it finds. CPU time does not count waiting, but a busy machine still shares its caches and its
clock rate, so compare figures of one run with one another rather than with those of another day.

The model runs once before it is measured, so imports and the preparation of the site (which is kept)
do not count; what they cost is listed apart. A target is held if the median holds it.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, get_args

from textbook_mesa import Order, TextbookModel, deployment

from lfr_sim import street
from lfr_sim.model import AgentMode, DeploymentModel
from lfr_sim.scenario import Scenario
from lfr_sim.street.site import _ground_from, _site_from
from lfr_sim.street.walkways import Routes, routes_of
from lfr_sim.street.zones import views_of

PASSERS, HOURS, LAYOUT = 25_000.0, 6.0, "oxford_circus"
ROUNDS = 3
"""Turns that the model and its peers take."""
FULLEST_DAY = "oxford-circus-2022-07-16"

HELP_COMMAND = "from lfr_sim.cli import main; main(['--help'])"
SLOW_MODULES = ("mesa", "pandas", "matplotlib", "solara")
LIST_SLOW_MODULES = f"""
import sys
try:
    {HELP_COMMAND}
except SystemExit:
    pass
print(*(name for name in {SLOW_MODULES} if name in sys.modules), file=sys.stderr)
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    unit: str
    best: float
    median: float
    target: float | None = None
    at_least: bool = False
    """Whether the target is a floor; otherwise it is a ceiling."""

    @property
    def held(self) -> bool | None:
        """Whether the median holds the target; None without a target."""
        if self.target is None:
            return None
        return self.median >= self.target if self.at_least else self.median <= self.target


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description="Measure how fast lfr-sim is.")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument(
        "--repeats", type=int, default=9, help="runs of each kind (default 9); of the textbook 3"
    )
    parser.add_argument("--day-in-here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.day_in_here:
        print(json.dumps(fullest_day_in_here(asked.repeats)))
        return
    figures = [
        *fullest_day(asked.repeats),
        *deployments_and_peers(asked.repeats),
        *command_line_help(asked.repeats),
        *site_preparation(),
    ]
    print(as_json(figures) if asked.json else as_table(figures))


def cpu_ms(run: Callable[[], object], repeats: int) -> list[float]:
    """Return the CPU time of each run (ms)."""
    times = []
    for _ in range(repeats):
        gc.collect()
        start = time.process_time()
        run()
        times.append(1e3 * (time.process_time() - start))
    return times


def figure(name: str, times: Sequence[float], target: float | None = None) -> Figure:
    """Return the line of some CPU times (ms)."""
    return Figure(name, "ms", min(times), statistics.median(times), target)


def deployments_and_peers(repeats: int) -> list[Figure]:
    """Measure one deployment in both agent modes and as a textbook model in both orders.

    The kinds take turns, and ratios are taken within each turn: machines have slow minutes.
    """
    scenario = deployment(PASSERS, HOURS, LAYOUT)

    def ours(mode: AgentMode) -> Callable[[], None]:
        return lambda: DeploymentModel(scenario, agents=mode).run()

    def peer(order: Order) -> Callable[[], None]:
        return lambda: TextbookModel(scenario, order=order).run()

    each = -(-repeats // ROUNDS)
    kinds: dict[str, tuple[Callable[[], None], int]] = {
        **{mode: (ours(mode), each) for mode in get_args(AgentMode)},
        **{order: (peer(order), 1) for order in get_args(Order)},
    }
    ours("alerted")()  # the first run prepares the site
    rounds = [{name: cpu_ms(run, count) for name, (run, count) in kinds.items()} for _ in range(ROUNDS)]
    times = {name: [time_ms for turn in rounds for time_ms in turn[name]] for name in kinds}
    what = f"{HOURS:g} h, {PASSERS:,.0f} passers, Oxford Circus"
    return [
        figure(f'{what}, agents="alerted"', times["alerted"], 60.0),
        figure(f'{what}, agents="all"', times["all"], 600.0),
        figure("  the same as textbook Mesa, shuffle_do", times["shuffle_do"]),
        figure("  the same as textbook Mesa, do", times["do"]),
        ratio(rounds, "shuffle_do", "alerted", 100.0),
        ratio(rounds, "do", "alerted"),
        ratio(rounds, "shuffle_do", "all"),
    ]


def ratio(
    rounds: Sequence[Mapping[str, Sequence[float]]],
    peer: Order,
    mode: AgentMode,
    target: float | None = None,
) -> Figure:
    """Return how many times the time of a mode the textbook takes, from the medians of each turn."""
    ratios = [statistics.median(turn[peer]) / statistics.median(turn[mode]) for turn in rounds]
    name = f'  textbook {peer} / agents="{mode}"'
    return Figure(name, "times", max(ratios), statistics.median(ratios), target, at_least=True)


def fullest_day(repeats: int) -> list[Figure]:
    """Measure the fullest day of 2022 in a process of its own."""
    command = [sys.executable, __file__, "--day-in-here", "--repeats", str(repeats)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seen: dict[str, Any] = json.loads(output)
    what = f"fullest day of 2022 ({seen['passers']:,} passers)"
    peak, imports = seen["peak_mb"], seen["imports_mb"]
    return [
        figure(f'{what}, agents="alerted"', seen["times_ms"], 500.0),
        figure("  its first run, with preparation of the site", [seen["first_ms"]]),
        Figure("  its peak memory", "MB", peak, peak, 500.0),
        Figure("  of which after imports, before any run", "MB", imports, imports),
    ]


def fullest_day_in_here(repeats: int) -> dict[str, Any]:
    """Run the fullest day in this process, which should be fresh, and return times and memory."""
    imports_mb = peak_memory_mb()
    scenario = Scenario.from_file(FULLEST_DAY)
    first_ms = cpu_ms(lambda: DeploymentModel(scenario).run(), 1)[0]
    return {
        "passers": DeploymentModel(scenario).counts.passers,
        "first_ms": first_ms,
        "times_ms": cpu_ms(lambda: DeploymentModel(scenario).run(), repeats),
        "imports_mb": imports_mb,
        "peak_mb": peak_memory_mb(),
    }


def peak_memory_mb() -> float:
    """Return the largest resident size of this process so far.

    Linux counts the parent's size into a child's `ru_maxrss`, so its own account is read first.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def command_line_help(repeats: int) -> list[Figure]:
    """Measure `lfr-sim --help` against a Python that does nothing, and what it imports."""
    bare, asked = [], []
    for _ in range(repeats):  # in turn, so that a busy moment hits both
        bare.append(child_cpu_ms("pass"))
        asked.append(child_cpu_ms(HELP_COMMAND))
    extra = [with_help - without for with_help, without in zip(asked, bare, strict=True)]
    loaded = float(len(slow_modules_loaded()))
    return [
        figure("python -c pass", bare),
        figure("lfr-sim --help", asked),
        figure("  more than python -c pass", extra, 150.0),
        Figure(f"  of {', '.join(SLOW_MODULES)} imported", "modules", loaded, loaded, 0.0),
    ]


def child_cpu_ms(code: str) -> float:
    """Return the CPU time, user and system, of a new Python that runs some code."""

    def spent_s() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = spent_s()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    return 1e3 * (spent_s() - before)


def slow_modules_loaded() -> list[str]:
    """Return which of the modules that are slow to load `lfr-sim --help` has loaded."""
    command = [sys.executable, "-c", LIST_SLOW_MODULES]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr.split()


def site_preparation() -> list[Figure]:
    """Measure the preparation of each shipped layout, which a process does once."""
    return [
        figure(f"preparing {layout}", cpu_ms(partial(prepared, layout), 3))
        for layout in street.shipped_layouts()
    ]


def prepared(layout: str) -> Routes:
    """Prepare a site as in a process that has never seen it, and return its routes."""
    for kept in (_site_from, _ground_from):  # routes are kept by ground, whatever the cameras see
        kept.cache_clear()
    site = street.load_site(layout)
    views_of(site)
    return routes_of(site)


def machine() -> dict[str, Any]:
    """Return what the figures were measured on and with."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in ("mesa", "numpy", "scipy")},
    }


def as_json(figures: Sequence[Figure]) -> str:
    """Return everything as one JSON object."""
    rows = [{**asdict(item), "name": item.name.strip(), "held": item.held} for item in figures]
    return json.dumps({"machine": machine(), "figures": rows}, indent=2)


def as_table(figures: Sequence[Figure]) -> str:
    """Return everything as a table of plain text."""
    width = max(len(item.name) for item in figures)
    facts = ", ".join(f"{name} {value}" for name, value in machine().items())
    lines = [facts, "", f"{'':<{width}} {'best':>9} {'median':>9} {'':<8}{'target':>9}  held"]
    for item in figures:
        numbers = f"{short(item.best):>9} {short(item.median):>9} {item.unit:<8}"
        lines.append(f"{item.name:<{width}} {numbers}{target(item):>9}  {held(item)}".rstrip())
    return "\n".join(lines)


def short(value: float) -> str:
    """Return a number with about three digits."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def target(item: Figure) -> str:
    """Return the target of a line in words; "" without one."""
    if item.target is None:
        return ""
    return f"{'>=' if item.at_least else '<='} {short(item.target)}"


def held(item: Figure) -> str:
    """Return whether a line's target is held, in a word; "" without one."""
    return {None: "", True: "yes", False: "no"}[item.held]


if __name__ == "__main__":
    main()
