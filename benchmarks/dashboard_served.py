"""What the parts of the dashboard's benchmark share: a server with its processes, a browser, and rows."""

from __future__ import annotations

import importlib
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from speed import Figure

TESTS = Path(__file__).parents[1] / "tests"
if str(TESTS) not in sys.path:
    sys.path.append(str(TESTS))
browsing: Any = importlib.import_module("browsing")
"""How the browser tests start server and browser; mypy does not look among the tests."""

WATCH = Path(__file__).with_name("dashboard_watch.js").read_text()
SLIDERS = (
    ("slider-watchlist-size", 3_000.0, 100.0),
    ("slider-watchlist-presence", 2.0, 0.1),
    ("slider-matcher-threshold", 0.605, 0.005),
    ("slider-officers-presumption-to-intervene", 0.3, 0.01),
)
"""The first four settings of Explore: slider, where the benchmark begins, and its step.

None of twenty values from there on is that of the scenario, so that each input changes the page.
"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    openings: int = 3
    inputs: int = 15
    """Of each slider, and of the dial of each lesson."""
    drags: int = 3
    """Of a slider, and ways back to settings that were shown before."""
    canvas_s: float = 5.0
    turns: int = 2
    """Of the canvas and SolaraViz."""
    runs: int = 5
    in_chromium: int = 1
    """Visitors with a tab in Chromium; the others of thirty speak the page's protocol themselves.

    A tab takes about as much of a core as eight inputs a second take of the server.
    """
    moves: int = 20
    """Of each visitor, one a second."""
    cycles: int = 50
    real_cycles: bool = False
    """Whether tabs are opened and closed in Chromium, rather than by what speaks its protocol."""


class Desk:
    """A dashboard that is being served and a browser, both started when they are first needed."""

    def __init__(self) -> None:
        self._closing = ExitStack()
        self._folder = Path(
            self._closing.enter_context(tempfile.TemporaryDirectory(prefix="lfr-sim-desk-"))
        )

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    @cached_property
    def started(self) -> str:
        """Where the dashboard is, as soon as it answers."""
        address: str = self._closing.enter_context(browsing.serving(self._folder / "log"))
        return address

    @cached_property
    def address(self) -> str:
        """Where the dashboard is; it is warm, and knows the days that everybody sees first."""
        visitor = self.visitor(address=self.started)
        visitor.open()
        browsing.days_are_simulated(visitor.page)
        visitor.close()
        return self.started

    @cached_property
    def server(self) -> int:
        """The process that serves the dashboard."""
        return server_at(self.started)

    @cached_property
    def browser(self) -> Any:
        """Chromium."""
        return self._closing.enter_context(browsing.browsing())

    @contextmanager
    def another_browser(self) -> Iterator[Any]:
        """Start a Chromium that has never been anywhere, and yield it."""
        browser = self.browser.browser_type.launch(
            executable_path=browsing.CHROMIUM, args=list(browsing.QUIET)
        )
        try:
            yield browser
        finally:
            browser.close()

    def visitor(self, *, address: str = "", browser: Any = None, **context: Any) -> Any:
        """Return somebody with an empty tab, in which it is noted what changes when."""
        visitor = browsing.Visitor(browser or self.browser, address or self.address, **context)
        visitor.context.add_init_script(WATCH)
        return visitor

    def new_file(self, name: str) -> Path:
        """Return the path of a file that is gone at the end."""
        return self._folder / name


def server_at(address: str) -> int:
    """Return the process that was started here to serve an address."""
    port = address.rpartition(":")[2]
    for pid, parent in _parents().items():
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if parent == os.getpid() and b"dashboard" in words and port.encode() in words:
            return pid
    raise RuntimeError(f"no process of ours serves {address}")


def processes_of(server: int) -> set[int]:
    """Return a server and all that descend from it: its fork server, and the processes of runs."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents().items():
        children.setdefault(parent, []).append(pid)
    found, new = {server}, [server]
    while new:
        new = [child for pid in new for child in children.get(pid, ())]
        found |= set(new)
    return found


def _parents() -> dict[int, int]:
    """Return process -> parent, of all that have not ended."""
    found = {}
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdigit():
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
                if state not in "ZX":
                    found[int(folder.name)] = int(parent)
    return found


def memory_mb(pids: set[int]) -> float:
    """Return the memory of processes, what they share counted once (MB)."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total * 1024 / 1e6


def cpu_ms(pids: set[int]) -> float:
    """Return the CPU time that processes have taken so far (ms)."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(words[11]) + int(words[12])
    return 1_000.0 * ticks / os.sysconf("SC_CLK_TCK")


def wait_until(is_met: Callable[[], bool], most_s: float) -> bool:
    """Wait until a condition is met, at most so long; return whether it is."""
    end = time.perf_counter() + most_s
    while not is_met():
        if time.perf_counter() > end:
            return False
        time.sleep(0.01)
    return True


def p95(values: Sequence[float]) -> float:
    """Return the value that 19 of 20 do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(0.95 * len(ordered)) - 1)]


def row(
    name: str, unit: str, value: float, limit: float | None = None, *, at_least: bool = False
) -> Figure:
    """Return a line of the table with one value."""
    return Figure(name, unit, value, value, limit, at_least)


def spread(
    name: str, times: Sequence[float | None], median: float | None = None, most: float | None = None
) -> list[Figure]:
    """Return median and 95th percentile of times (ms); what never came is infinitely late.

    Args:
        name: Of what.
        times: The times, None for what never came.
        median: Limit of their median.
        most: Limit of the 95th percentile.
    """
    known = [math.inf if one is None else one for one in times]
    return [
        row(f"{name}: median of {len(known)}", "ms", statistics.median(known), median),
        row("  19 of 20 take at most", "ms", p95(known), most),
    ]
