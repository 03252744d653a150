"""How fast sweeps go and what is left of them when they are killed, beside `mesa.batch_run`."""

from __future__ import annotations

import csv
import os
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import mesa
from speed import HOURS, LAYOUT, PASSERS, Figure, peak_memory_mb
from sweep_costs import JOBS, spent_us, usual_experiment
from textbook_mesa import deployment

from lfr_sim.model import DeploymentModel
from lfr_sim.study.sweeps.collecting import collect, read_results
from lfr_sim.study.sweeps.dispatch import Progress
from lfr_sim.study.sweeps.rows import Job, Measure, Task, measured
from lfr_sim.study.sweeps.runner import sweep
from lfr_sim.study.sweeps.tables import COUNT_COLUMNS

LONG = 10_000
"""Runs of the sweep that the target of eight minutes is for."""
TABLE = "results.csv"
WHOLE = 4
"""Runs of the `mesa.batch_run` that is not killed, to see that it writes what it has."""
LOG = "LFR_SIM_BENCHMARK_LOG"
"""Names the file that gets a byte for each run done."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a sweep went."""

    wall_s: float
    """From the call to its return."""
    per_s: float
    """Runs per second, after the first tenth."""
    growth_mb: float
    """What this process grew by, after the first tenth."""


def throughput(runs: int, folder: Path) -> list[Figure]:
    """Measure sweeps with two workers and with one."""
    two, one = (_pace(runs, jobs, folder / f"throughput-{jobs}") for jobs in (2, 1))
    ratio, with_start = two.per_s / one.per_s, one.wall_s / two.wall_s
    long_min = (two.wall_s + (LONG - runs) / two.per_s) / 60.0
    seen_or_not = "" if runs == LONG else ", extrapolated"
    what = f"{PASSERS:,.0f} passers a run, all columns"
    return [
        Figure(f"{runs:,} runs, {what}, 2 workers", "s wall", two.wall_s, two.wall_s),
        Figure("  the same, 1 worker", "s wall", one.wall_s, one.wall_s),
        Figure("  2 workers / 1 worker, once started", "times", ratio, ratio, 1.8, at_least=True),
        Figure("  the same, start-up included", "times", with_start, with_start),
        Figure(f"  {LONG:,} runs with 2 workers{seen_or_not}", "min wall", long_min, long_min, 8.0),
        Figure(
            f"  this process grew, from run {runs // 10:,} to the end",
            "MB",
            two.growth_mb,
            two.growth_mb,
            20.0,
        ),
    ]


def _pace(runs: int, jobs: int, folder: Path) -> Pace:
    seen: list[tuple[int, float, float]] = []

    def note(progress: Progress) -> None:
        seen.append((progress.done, time.perf_counter(), memory_mb()))

    wall_s = _sweep_s(runs, folder, jobs=jobs, progress=note)
    first = next(one for one in seen if one[0] >= runs / 10)
    done, seconds, grown = (last - before for last, before in zip(seen[-1], first, strict=True))
    return Pace(wall_s, done / seconds, grown)


def _sweep_s(runs: int, folder: Path, *, jobs: int = JOBS, progress: Any = None, **tables: Any) -> float:
    """Return how long a whole sweep takes."""
    start = time.perf_counter()
    outcome = sweep(usual_experiment(runs, **tables), out=folder, jobs=jobs, progress=progress)
    wall_s = time.perf_counter() - start
    if outcome.done != runs or outcome.failed:
        raise RuntimeError(f"{outcome.done} of {runs} runs done, failed: {outcome.failed}")
    return wall_s


def memory_mb() -> float:
    """Return the resident size of this process; where that is not known, its largest so far."""
    now = Path("/proc/self/statm")
    if now.exists():
        return int(now.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return peak_memory_mb()


def beside_mesa(runs: int, turns: int, folder: Path) -> list[Figure]:
    """Measure the same runs as sweeps and through `mesa.batch_run`, in turn, from call to return.

    All of them start two new processes in each turn, and stop them.
    """
    walls: dict[str, list[float]] = {"mesa": [], "counts": [], "all": []}
    cpus: dict[str, list[float]] = {"mesa": [], "counts": [], "all": []}

    def timed(kind: str, do: Callable[[], Any]) -> Any:
        wall, cpu = time.perf_counter(), spent_us().sum()
        found = do()
        walls[kind].append(time.perf_counter() - wall)
        cpus[kind].append((spent_us().sum() - cpu) / 1e6)
        return found

    counts = {"columns": list(COUNT_COLUMNS)}
    for turn in range(turns):
        out = folder / f"beside-mesa-{turn}"
        results = timed("mesa", lambda: batch_run(DeploymentModel, runs))
        timed("counts", partial(_sweep_s, runs, out / "counts", outputs=counts))
        timed("all", partial(_sweep_s, runs, out / "all"))
        ours, theirs = read_results(out / "all").columns["alerts"].sum(), _sum(results, "alerts")
        if ours != theirs:
            raise RuntimeError(f"{ours} alerts here, {theirs} through mesa.batch_run")
    return [
        _seconds(f"{runs:,} runs through mesa.batch_run, start-up included", "s wall", walls["mesa"]),
        _seconds("  the same counts as a sweep", "s wall", walls["counts"]),
        _seconds("  as a sweep with the expected counts besides", "s wall", walls["all"]),
        _ratio("  mesa.batch_run / the same counts, wall", walls["mesa"], walls["counts"], 1.0),
        _ratio("  mesa.batch_run / the same counts, CPU", cpus["mesa"], cpus["counts"]),
        _ratio("  mesa.batch_run / with the expected counts, wall", walls["mesa"], walls["all"]),
        _ratio("  mesa.batch_run / with the expected counts, CPU", cpus["mesa"], cpus["all"]),
    ]


def _seconds(name: str, unit: str, times: Sequence[float]) -> Figure:
    return Figure(name, unit, min(times), statistics.median(times))


def _ratio(
    name: str, above: Sequence[float], below: Sequence[float], target: float | None = None
) -> Figure:
    """Return the ratio of times that belong to the same turns."""
    ratios = [one / other for one, other in zip(above, below, strict=True)]
    return Figure(name, "times", max(ratios), statistics.median(ratios), target, at_least=True)


def batch_run(model: type[DeploymentModel], runs: int) -> list[dict[str, Any]]:
    """Run the replicates of the usual deployment through Mesa, with two processes."""
    parameters = {
        "config": [deployment(PASSERS, HOURS, LAYOUT)],
        "run_seed": [1],
        "replicate": range(runs),
    }
    found: list[dict[str, Any]] = mesa.batch_run(
        model, parameters, number_processes=JOBS, display_progress=False
    )
    return found


def _sum(results: Sequence[dict[str, Any]], column: str) -> float:
    return float(sum(result[column] for result in results))


def killed(runs: int, folder: Path, in_here: Callable[..., Sequence[str]]) -> list[Figure]:
    """Kill a sweep and a `mesa.batch_run` half-way, as a power cut would, and count what is left.

    Args:
        runs: Runs of each.
        folder: Where to work.
        in_here: Makes the command that calls `sweep_in_here` or `batch_run_in_here`.
    """
    ours, theirs = folder / "killed-sweep", folder / "killed-batch-run"
    whole = folder / "whole-batch-run"
    environment = os.environ | {LOG: str(folder / "whole.log")}
    subprocess.run(in_here("batch-run", whole, WHOLE), check=True, env=environment)
    if _lines(whole) != WHOLE:
        raise RuntimeError("mesa.batch_run writes nothing even if it is left alone")
    done = _kill_half_way(in_here("sweep", ours, runs), runs, folder / "sweep.log")
    left = collect(ours).rows
    mesa_done = _kill_half_way(in_here("batch-run", theirs, runs), runs, folder / "batch-run.log")
    mesa_left = _lines(theirs)
    share, mesa_share = left / done, mesa_left / mesa_done
    return [
        Figure(f"runs left of {done:,} after kill -9, a sweep", "share", share, share),
        Figure("  rows lost", "rows", done - left, done - left),
        Figure(f"runs left of {mesa_done:,}, mesa.batch_run", "share", mesa_share, mesa_share),
    ]


def _lines(folder: Path) -> int:
    """Return how many results there are in a folder of `batch_run_in_here`."""
    table = folder / TABLE
    return len(table.read_text().splitlines()) - 1 if table.exists() else 0


def _kill_half_way(command: Sequence[str], runs: int, log: Path) -> int:
    """Start a process and kill it once half the runs are done; return how many were."""
    log.touch()
    said = log.with_suffix(".err")
    with said.open("w") as stderr:  # workers of Mesa complain when their parent is gone
        process = subprocess.Popen(
            command, env=os.environ | {LOG: str(log)}, start_new_session=True, stderr=stderr
        )
    try:
        while log.stat().st_size < runs / 2:
            if process.poll() is not None:
                raise RuntimeError(f"ended before it was killed: {said.read_text()}")
            time.sleep(0.01)
        process.kill()
        done = log.stat().st_size
        process.wait()
        return done
    finally:
        with suppress(ProcessLookupError):  # workers it may have left behind: the session is its own
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _note_done() -> None:
    with open(os.environ[LOG], "ab", buffering=0) as log:
        log.write(b".")


def logged(job: Job, task: Task) -> Any:
    """Do a run, and note that it is done."""
    found = measured(job, task)
    _note_done()
    return found


class LoggedModel(DeploymentModel):
    """A deployment that notes when it is over."""

    def step(self) -> None:
        """Go on by a minute."""
        super().step()
        if not self.running:
            _note_done()


def sweep_in_here(folder: Path, runs: int) -> None:
    """Run the sweep that will be killed."""
    measure: Measure = logged
    sweep(usual_experiment(runs), out=folder, jobs=JOBS, measure=measure)


def batch_run_in_here(folder: Path, runs: int) -> None:
    """Run what will be killed through Mesa, and write its results as its tutorial does: at the end."""
    results = batch_run(LoggedModel, runs)
    folder.mkdir()
    with (folder / TABLE).open("w", newline="") as file:
        writer = csv.DictWriter(file, results[0])
        writer.writeheader()
        writer.writerows(results)
