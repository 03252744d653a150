"""How soon a run begins and ends, and whether anything of it is left in the machine."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from dashboard_served import Desk, Sizes, processes_of, row, spread, wait_until
from speed import Figure

FIRST_MS, CANCEL_MS, GONE_S = 300.0, 500.0, 2.0
DAYS = 1_000
"""Days of a run that is not to end by itself."""
FIRST_SEED = 7_000
ALIVE_S = 0.3
"""How long a run is left alone before it is stopped."""
SET_SEED = """(seed) => {
  const box = document.getElementById("seed");
  box.value = seed;
  box.dispatchEvent(new Event("change", { bubbles: true }));
  const command = () => document.querySelector("#copy-command").dataset.copy;
  return lfrBench.until(() => command().includes(`--seed ${seed} `));
}"""


@dataclass(slots=True)
class Seen:
    """What was seen of the runs."""

    said_ms: list[float | None] = field(default_factory=list)
    day_ms: list[float | None] = field(default_factory=list)
    stopped_ms: list[float | None] = field(default_factory=list)
    gone_s: list[float] = field(default_factory=list)
    closed_s: list[float] = field(default_factory=list)


def runs(desk: Desk, sizes: Sizes) -> list[Figure]:
    """Run days that nobody has seen, stop them, and close the tab on them."""
    idle = processes_of(desk.server)
    seen = Seen()
    for number in range(sizes.runs):
        _run_and_stop(desk, FIRST_SEED + 10 * number, idle, seen)
    for number in range(max(2, sizes.runs // 2)):
        _run_and_leave(desk, FIRST_SEED + 1_000 + 10 * number, idle, seen)
    return [
        *spread("from Run to the first day", seen.day_ms, FIRST_MS),
        *spread("  until something is said of it", seen.said_ms)[:1],
        *spread("from Stop here to its end on the page", seen.stopped_ms, CANCEL_MS),
        row("  longest until its process is gone", "s", max(seen.gone_s), GONE_S),
        row("from closing the tab until the process is gone, longest", "s", max(seen.closed_s), GONE_S),
    ]


def _running(desk: Desk, seed: int, idle: set[int], seen: Seen) -> tuple[Any, Any]:
    """Press Run on a page that has days to run and runs none; return visitor and page a moment later.

    There must be a process then.
    """
    visitor = desk.visitor()
    page = visitor.open(f"/?days={DAYS}&seed={seed}")
    page.wait_for_selector("#stop")  # a link is run by itself, which is not what is measured
    page.evaluate("lfrBench.stop()")
    page.evaluate(SET_SEED, seed + 1)
    page.wait_for_timeout(300)
    began = page.evaluate("lfrBench.run()")
    seen.said_ms.append(began["said"])
    seen.day_ms.append(began["day"])
    page.wait_for_timeout(1_000 * ALIVE_S)
    if not processes_of(desk.server) - idle:
        raise RuntimeError("no process runs, so that none can be seen to end")
    return visitor, page


def _run_and_stop(desk: Desk, seed: int, idle: set[int], seen: Seen) -> None:
    visitor, page = _running(desk, seed, idle, seen)
    began = time.perf_counter()
    seen.stopped_ms.append(page.evaluate("lfrBench.stop()"))
    seen.gone_s.append(_gone_s(desk, idle, began))
    visitor.close()


def _run_and_leave(desk: Desk, seed: int, idle: set[int], seen: Seen) -> None:
    visitor, page = _running(desk, seed, idle, seen)
    began = time.perf_counter()
    page.close(run_before_unload=True)
    seen.closed_s.append(_gone_s(desk, idle, began))
    visitor.close()


def _gone_s(desk: Desk, idle: set[int], began: float) -> float:
    """Return how long after a moment no process but those of the idle server is there (s)."""
    wait_until(lambda: not processes_of(desk.server) - idle, 10.0)
    return time.perf_counter() - began
