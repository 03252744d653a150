"""What a sweep costs beside its runs: each run's share of the work, a commit, the table at the end."""

from __future__ import annotations

import dataclasses
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from speed import HOURS, LAYOUT, PASSERS, Figure, cpu_ms, figure, peak_memory_mb
from textbook_mesa import deployment

from lfr_sim.model import DeploymentModel
from lfr_sim.records import Alert
from lfr_sim.scenario import Scenario
from lfr_sim.study.expected.expectations import EXPECTED_COLUMNS, Expectations
from lfr_sim.study.sweeps.collecting import collect
from lfr_sim.study.sweeps.dispatch import job_of, task_of
from lfr_sim.study.sweeps.plan import plan_of
from lfr_sim.study.sweeps.rows import Job, Row, Status, Task, measured, run_chunk
from lfr_sim.study.sweeps.runner import sweep
from lfr_sim.study.sweeps.store import Store
from lfr_sim.study.sweeps.tables import ALL_COLUMNS, Experiment, ExperimentFile

CHUNK = 50
JOBS = 2
COLLECTED = ("alerts", "alerts_expected")
COLLECTED_COLUMNS = 12
"""Columns of the table that is collected: two outcomes, one factor, and nine that name the run."""
SIZES = [1000 * number for number in range(1, 11)]
PER_CHUNK = 1000

CONSTANT = {name: 12.345678901234567 if name in EXPECTED_COLUMNS else 12_345 for name in ALL_COLUMNS}


def constant_counts(job: Job, task: Task) -> tuple[Mapping[str, Any], tuple[Alert, ...]]:
    """Return the same counts for every run: a run that costs nothing."""
    return CONSTANT, ()


def experiment_of(scenario: Scenario, *, replicates: int, **tables: Any) -> Experiment:
    """Return an experiment without a file.

    Args:
        scenario: The base scenario.
        replicates: Runs of each point.
        **tables: Other tables of the file, such as `factors`.
    """
    asked = {"schema": 1, "title": "Benchmark", "scenario": "in memory", "replicates": replicates}
    return Experiment(Path("benchmark.toml"), ExperimentFile.model_validate(asked | tables), scenario)


def usual_experiment(replicates: int, **tables: Any) -> Experiment:
    """Return an experiment of the deployment that `speed.py` measures, with all columns."""
    return experiment_of(deployment(PASSERS, HOURS, LAYOUT), replicates=replicates, **tables)


def overhead(lengths: tuple[int, int], turns: int, folder: Path) -> list[Figure]:
    """Measure the CPU time of a run above the model's own, once workers have started.

    Two sweeps of runs that cost nothing differ by their runs alone, so start-up cancels, but for how
    much it varies: hence several turns.
    """
    each = []
    for turn in range(turns):
        less, more = (_sweep_us(length, folder / f"overhead-{turn}-{length}") for length in lengths)
        each.append((more - less) / (lengths[1] - lengths[0]))
    parent, children = np.transpose(each).tolist()
    both = [sum(one) for one in each]
    return [
        _cost(f"a run above its model, chunks of {CHUNK}, all columns", both, 100.0),
        _cost("  of which in the process that hands out and writes", parent),
        _cost("  of which in the workers", children),
    ]


def _cost(name: str, costs: Sequence[float], target: float | None = None) -> Figure:
    return Figure(name, "us CPU", min(costs), statistics.median(costs), target)


def _sweep_us(runs: int, folder: Path) -> Any:
    """Return the CPU time of a sweep of runs that cost nothing, here and in the workers (us)."""
    before, experiment = spent_us(), usual_experiment(runs)
    outcome = sweep(experiment, out=folder, jobs=JOBS, chunk=CHUNK, measure=constant_counts)
    if outcome.done != runs:
        raise RuntimeError(f"{outcome.done} of {runs} runs done: {outcome.interrupted}")
    return spent_us() - before


def spent_us() -> Any:
    """Return the CPU time of this process and of its children that have ended (us)."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return np.array([1e6 * (one.ru_utime + one.ru_stime) for one in used])


def run_itself(repeats: int) -> list[Figure]:
    """Measure what a run of a sweep consists of, in this process."""
    scenario = deployment(PASSERS, HOURS, LAYOUT)
    plan = plan_of(usual_experiment(2))
    job, task = job_of(plan), task_of(plan, 0)
    expectations = Expectations(scenario)
    model = DeploymentModel(scenario)
    model.run()
    run_chunk(job, [task])
    times: dict[str, list[float]] = {"model": [], "expected": [], "row": [], "point": []}
    for _ in range(repeats):  # in turn, so that a busy moment hits all
        times["model"] += cpu_ms(lambda: DeploymentModel(scenario).run(), 1)
        times["expected"] += cpu_ms(lambda: expectations.of(model), 1)
        times["row"] += cpu_ms(lambda: run_chunk(job, [task]), 1)
        times["point"] += cpu_ms(lambda: Expectations(scenario.replace({"watchlist.size": 5000})), 1)
    return [
        figure("a run and its row, all columns", times["row"]),
        figure("  of which the model", times["model"]),
        figure("  of which the expected counts", times["expected"]),
        figure("preparing a design point", times["point"]),
    ]


def commit(repeats: int, folder: Path) -> list[Figure]:
    """Measure how long it takes until a chunk is on the disk."""
    plan = plan_of(usual_experiment(repeats * CHUNK))
    store = Store.begin(folder / "commit", plan)
    counts, _ = measured(job_of(plan), task_of(plan, 0))
    row = run_chunk(job_of(plan), [task_of(plan, 0)], lambda job, task: (counts, ())).rows[0]
    times, cpu = [], []
    for first in range(0, repeats * CHUNK, CHUNK):
        rows = [dataclasses.replace(row, run=run) for run in range(first, first + CHUNK)]
        start, start_cpu = time.perf_counter(), time.process_time()
        store.commit(rows)
        times.append(1e3 * (time.perf_counter() - start))
        cpu.append(1e3 * (time.process_time() - start_cpu))
    worst = sorted(times)[-1 - len(times) // 20]
    return [
        Figure(
            f"a commit of {CHUNK} rows, all columns", "ms wall", min(times), statistics.median(times), 5.0
        ),
        Figure("  19 of 20 take at most", "ms wall", worst, worst),
        Figure("  its CPU time", "ms CPU", min(cpu), statistics.median(cpu)),
    ]


def collecting(rows: int, folder: Path, in_here: Callable[..., Sequence[str]]) -> list[Figure]:
    """Measure the making of the table, in a process of its own.

    Args:
        rows: Rows of the table.
        folder: Where to work.
        in_here: Makes the command that calls `collect_in_here` in a new process.
    """
    out = folder / "collect"
    write_chunks(rows, out)
    output = subprocess.run(in_here("collect", out), check=True, capture_output=True, text=True).stdout
    seen: dict[str, Any] = json.loads(output)
    if seen["rows"] != rows or seen["columns"] != COLLECTED_COLUMNS:
        raise RuntimeError(f"the table has {seen['rows']} rows and {seen['columns']} columns")
    share = rows / 1_000_000  # of what the targets are for
    size = (out / "results.parquet").stat().st_size / 1e6
    peak, imports = seen["peak_mb"], seen["imports_mb"]
    what = f"collecting {rows:,} rows of {COLLECTED_COLUMNS} columns"
    return [
        Figure(what, "s wall", seen["wall_s"], seen["wall_s"], 10.0 * share),
        Figure("  its CPU time", "s CPU", seen["cpu_s"], seen["cpu_s"]),
        Figure("  its Parquet file", "MB", size, size, 40.0 * share),
        Figure("  its peak memory", "MB", peak, peak),
        Figure("  of which after imports", "MB", imports, imports),
    ]


def write_chunks(rows: int, out: Path) -> None:
    """Write the chunk files of a sweep of made-up runs."""
    plan = plan_of(
        usual_experiment(
            -(-rows // len(SIZES)),
            factors={"watchlist.size": SIZES},
            outputs={"columns": list(COLLECTED)},
        )
    )
    store = Store.begin(out, plan)
    rng = np.random.default_rng(1)
    for first in range(0, rows, PER_CHUNK):
        runs = range(first, min(first + PER_CHUNK, rows))
        expected = rng.gamma(30.0, 0.4, len(runs))
        both = zip(rng.poisson(expected).tolist(), expected.tolist(), strict=True)
        store.commit(
            [Row(run, Status.OK.value, "", values) for run, values in zip(runs, both, strict=True)]
        )


def collect_in_here(folder: Path) -> dict[str, Any]:
    """Collect in this process, which should be fresh, and return time and memory."""
    import pyarrow.parquet as pa_parquet

    imports_mb, wall, cpu = peak_memory_mb(), time.perf_counter(), time.process_time()
    collected = collect(folder)
    wall_s, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "rows": collected.rows,
        "columns": len(pa_parquet.read_schema(folder / "results.parquet").names),
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "imports_mb": imports_mb,
        "peak_mb": peak_memory_mb(),
    }


if __name__ == "__main__":
    sys.exit("run sweeps.py")
