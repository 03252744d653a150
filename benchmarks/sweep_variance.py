"""How many runs common random numbers and expected counts save: ratios of variances."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from speed import Figure
from sweep_costs import JOBS, experiment_of

from lfr_sim.scenario import Scenario
from lfr_sim.study.sweeps.collecting import read_results
from lfr_sim.study.sweeps.results import Results
from lfr_sim.study.sweeps.runner import sweep

SCENARIO = "oxford-circus-2022-01-28"
SIZES = [6700, 9756]
IntArray = NDArray[np.int64]
RARE = ("alerts", "true_alerts", "false_alerts", "wrongful_engagements")
BOOTSTRAPS = 1000
"""Samples of days from which standard errors are taken."""


def variances(runs: int, folder: Path) -> list[Figure]:
    """Measure what pairing and averaging take off the variance.

    Args:
        runs: Replicates of each of the two lists.
        folder: Where to work.
    """
    scenario = Scenario.from_file(SCENARIO).replace({"watchlist.presence_day_effect": False})
    experiment = experiment_of(scenario, replicates=runs, factors={"watchlist.size": SIZES})
    outcome = sweep(experiment, out=folder / "variance", jobs=JOBS)
    if outcome.done != 2 * runs or outcome.failed:
        raise RuntimeError(f"{outcome.done} of {2 * runs} runs done, failed: {outcome.failed}")
    results = read_results(folder / "variance")
    return [*_paired(results, runs), *(_averaged(results, name) for name in RARE)]


def _paired(results: Results, runs: int) -> list[Figure]:
    short, long = (results.of(point, "alerts") for point in (0, 1))
    below, above = short.mean(), long.mean()
    nested = float((above + below) / (above - below))

    def gain(rows: IntArray) -> float:
        a, b = short[rows], long[rows]
        return float((a.var(ddof=1) + b.var(ddof=1)) / (b - a).var(ddof=1))

    seen, what = gain(np.arange(runs)), f"{SIZES[0]:,} and {SIZES[1]:,} listed, {runs:,} days"
    error = _error(gain, runs)
    return [
        Figure(f"alerts, {what}: variance, independent / paired", "times", seen, seen),
        Figure("  its standard error (bootstrap)", "times", error, error),
        Figure(
            "  (b + a) / (b - a) of the means: what nested Poisson counts give", "times", nested, nested
        ),
        Figure("  alerts with the longer list, mean", "a day", float(above), float(above)),
    ]


def _averaged(results: Results, name: str) -> Figure:
    """Return var(count) / var(expected count), of both lists together."""

    def variance(column: str) -> float:
        return float(sum(results.of(point, column).var(ddof=1) for point in (0, 1)))

    ratio = variance(name) / variance(f"{name}_expected")
    return Figure(f"{name}: variance, count / expected count", "times", ratio, ratio, 3.0, at_least=True)


def _error(statistic: Callable[[IntArray], float], runs: int) -> float:
    """Return the standard error of a statistic of so many days: its spread over days drawn anew."""
    rng = np.random.default_rng(1)
    return float(np.std([statistic(rng.integers(runs, size=runs)) for _ in range(BOOTSTRAPS)]))
