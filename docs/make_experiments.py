"""Run the shipped experiments, draw their figures, and write their tables into their page.

    python docs/make_experiments.py                     all of them, about seven minutes on two processors
    python docs/make_experiments.py screening           only this one
    python docs/make_experiments.py --check             exit code 1 if the page is out of date

Sweeps are kept in `out/experiments`, so that a run that was stopped goes on. Figures go into
`docs/images`. `--check` compares what the experiments ask for, and the counts of one run of each scenario,
with what is kept in the page.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from made_parts import put

from lfr_sim import report
from lfr_sim.figures import figures_of, save
from lfr_sim.scenario import InputError
from lfr_sim.study import run_replicate
from lfr_sim.study.analysis.outcomes import Estimate, estimate, levels_of, outcome_of
from lfr_sim.study.analysis.sensitivity import effects_of
from lfr_sim.study.sweeps.collecting import collect, read_results
from lfr_sim.study.sweeps.experiment import read_experiment, shipped_experiments
from lfr_sim.study.sweeps.plan import plan_of
from lfr_sim.study.sweeps.results import Results
from lfr_sim.study.sweeps.runner import sweep
from lfr_sim.study.sweeps.tables import Experiment

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).parent / "explanation" / "experiments.md"
IMAGES = Path(__file__).parent / "images"
SWEEPS = ROOT / "out" / "experiments"

TABLES: dict[str, tuple[str, str, str]] = {
    "list-size-and-presence": (
        "true_alert_share_truth_expected",
        "watchlist.size",
        "watchlist.presence_law",
    ),
    "presumption-by-list-size": (
        "wrongful_engagements_expected",
        "officers.presumption_to_intervene",
        "watchlist.size",
    ),
    "threshold-by-list-size": ("false_alerts_expected", "matcher.threshold", "watchlist.size"),
    "officers-and-load": ("lapsed", "matcher.fmr", "officers.teams"),
}
"""Experiment -> what its table shows, by which factor in rows, and in columns."""

POLICY_COLUMNS = (
    "faces",
    "listed_passers",
    "missed",
    "alerts",
    "false_alerts",
    "engagements",
    "wrongful_engagements",
    "right_person_no_basis",
    "arrests",
)
"""What is shown of each policy of `null-and-perfect`."""


def begin(name: str) -> str:
    """Return the mark before what is made of an experiment."""
    return f"<!-- Made by `python docs/make_experiments.py {name}`; do not edit. -->"


def fingerprint(experiment: Experiment) -> str:
    """Return a fingerprint of what an experiment asks, and of the counts of one run of its scenario.

    Whole counts only, and no sampled points: those are the same whatever NumPy and SciPy there are.
    """
    asked = experiment.asked.model_dump(mode="json", exclude={"title", "question", "figures"})
    run = run_replicate(experiment.scenario, seed=experiment.asked.seed, replicate=0)
    counts = {name: value for name, value in run.truth.items() if isinstance(value, int)}
    text = json.dumps([asked, experiment.scenario.to_toml(), counts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def kept(name: str) -> str:
    """Return the line by which `--check` knows the page again."""
    return f"<!-- For --check: {name} {fingerprint(read_experiment(name))} -->"


def is_current() -> bool:
    """Return whether the page was made from these experiments, by a model that runs as this one does."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return all(kept(name) in lines for name in shipped_experiments())


def results_of(name: str) -> Results:
    """Run an experiment, or go on with it, and return its table."""
    folder = SWEEPS / name
    try:
        plan_of(read_experiment(name))
        with report.sweep_progress() as progress:
            outcome = sweep(name, out=folder, progress=progress)
    except InputError as error:
        if not any(said in str(error) for said in ("another plan", "was begun with", "plan is damaged")):
            raise
        shutil.rmtree(folder)  # made from an older state of the experiment or of the program
        return results_of(name)
    if outcome.interrupted:
        raise SystemExit(130)
    collect(folder)
    return read_results(folder)


def made(name: str) -> Iterator[str]:
    """Yield the lines of an experiment's part of the page."""
    experiment, results = read_experiment(name), results_of(name)
    asked = experiment.asked
    yield f"*{asked.question}* {len(results.points):,} design points, {asked.replicates:,} days each."
    yield ""
    for stem, figure in figures_of(results, asked.figures):
        path = IMAGES / f"{stem}.png"
        save(figure, path)
        yield f"![{figure.get_suptitle().replace(chr(10), ' ')}](../images/{path.name})"
        yield ""
    if name in TABLES:
        yield from two_way(results, *TABLES[name])
    elif name == "screening":
        yield from ranking(results)
    else:
        yield from by_policy(results)
    yield ""
    yield kept(name)


def two_way(results: Results, what: str, rows: str, columns: str) -> Iterator[str]:
    """Yield a table of an outcome by two factors."""
    outcome = outcome_of(results, what)
    across = levels_of(results, columns)
    yield f"`{what}` by `{rows}` (rows) and `{columns}` (columns), with 95 % intervals:"
    yield ""
    yield f"| | {' | '.join(_value(level.value) for level in across)} |"
    yield f"|---|{'---:|' * len(across)}"
    for level in levels_of(results, rows):
        cells = []
        for other in across:
            points = sorted(set(level.points) & set(other.points))
            cells.append(_cell(estimate(results, points, outcome)))
        yield f"| {_value(level.value)} | {' | '.join(cells)} |"


def by_policy(results: Results) -> Iterator[str]:
    """Yield a table of counts by policy."""
    yield "Means per day, with 95 % intervals:"
    yield ""
    policies = [point.policy for point in results.points]
    yield f"| | {' | '.join(policies)} |"
    yield f"|---|{'---:|' * len(policies)}"
    for column in POLICY_COLUMNS:
        outcome = outcome_of(results, column)
        cells = [_cell(estimate(results, [point.number], outcome)) for point in results.points]
        yield f"| {column} | {' | '.join(cells)} |"


def ranking(results: Results) -> Iterator[str]:
    """Yield the effects of a screening, the strongest first."""
    column = "wrongful_engagements_expected"
    yield f"Mean size of the change in `{column}` over the whole range of each input (mu*):"
    yield ""
    yield "| input | mu* | 95 % interval |"
    yield "|---|---:|---:|"
    for one in sorted(effects_of(results, column), key=lambda effect: -effect.size):
        interval = "" if one.interval is None else f"{_short(one.interval[0])} to {_short(one.interval[1])}"
        yield f"| `{one.factor}` | {_short(one.size)} | {interval} |"


def _cell(found: Estimate) -> str:
    if found.value is None:
        return "undefined"
    if found.interval is None:
        return _short(found.value)
    low, high = map(_short, found.interval)
    return _short(found.value) if low == high else f"{_short(found.value)} ({low} to {high})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _value(value: object) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:,}" if is_number and value >= 1000 else f"{value:g}" if is_number else str(value)


def main() -> int:
    """Make or check the page; return the exit code."""
    parser = argparse.ArgumentParser(description="Run the shipped experiments into their page.")
    parser.add_argument("names", nargs="*", help="experiments (all)")
    parser.add_argument("--check", action="store_true", help="exit code 1 if the page is out of date")
    options = parser.parse_args()
    if options.check:
        current = is_current()
        print(f"{PAGE.name} is {'current' if current else 'out of date'}")
        return 0 if current else 1
    for name in options.names or shipped_experiments():
        put(PAGE, begin(name), "\n".join(made(name)))
        print(f"wrote {name} into {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
