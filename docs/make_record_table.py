"""Set the six deployments of 2022 beside the model, and write the tables into their page.

    python docs/make_record_table.py                    500 runs of each, some minutes on two processors
    python docs/make_record_table.py --replicates 50    faster and rougher
    python docs/make_record_table.py --check            exit code 1 if the page is out of date

Each scenario has a seed of its own, so that its days are independent of the others' days. The total of
run r is the sum over the six scenarios of run r. `--check` compares the digests of all scenarios, and the
record row of run 0 of the earliest, with those kept in the page.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from made_parts import put

from lfr_sim import Scenario
from lfr_sim.scenario import shipped_scenarios
from lfr_sim.study import run_replicate
from lfr_sim.study.replicates import provenance, spread

PAGE = Path(__file__).parent / "explanation" / "the-record-of-2022.md"
BEGIN = "<!-- The tables below are made by `python docs/make_record_table.py`; do not edit them. -->"
KEPT = "<!-- For --check: "

COLUMNS = {
    "true_alerts": "true alerts",
    "false_alerts": "false alerts",
    "true_alerts_engaged": "true alerts engaged",
    "false_alerts_engaged": "false alerts engaged",
    "arrests": "arrests",
    "faces": "faces (fitted)",
}
"""Columns of the record row that are compared, and what they are called in the tables."""

CHUNK = 25
"""Runs that a worker makes at a time."""

Counts = dict[str, int]


def scenarios_of_2022() -> dict[str, Scenario]:
    """Return name -> scenario of the six deployments of 2022, by date."""
    found = {name: Scenario.from_file(path) for name, path in shipped_scenarios().items()}
    dated = [
        (scenario.deployment.date, name, scenario)
        for name, scenario in found.items()
        if scenario.deployment.date is not None and scenario.deployment.date.year == 2022
    ]
    return {name: scenario for _, name, scenario in sorted(dated, key=lambda item: item[:2])}


def seeds() -> dict[str, int]:
    """Return name -> root seed: 1 for the earliest scenario, 2 for the next, and so on."""
    return {name: number for number, name in enumerate(scenarios_of_2022(), start=1)}


def some_runs(name: str, seed: int, first: int, last: int) -> list[Counts]:
    """Return the record rows of runs `first` to `last` - 1 of one scenario (in a worker process)."""
    scenario = scenarios_of_2022()[name]
    rows = (run_replicate(scenario, seed=seed, replicate=number).record for number in range(first, last))
    return [{column: int(row[column]) for column in COLUMNS} for row in rows]


def all_runs(replicates: int, workers: int) -> dict[str, list[Counts]]:
    """Return name -> record rows of all runs, in order of their number."""
    parts: dict[tuple[str, int], list[Counts]] = {}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = {
            pool.submit(some_runs, name, seed, first, min(first + CHUNK, replicates)): (name, first)
            for name, seed in seeds().items()
            for first in range(0, replicates, CHUNK)
        }
        for done in as_completed(waiting):
            parts[waiting[done]] = done.result()
            print(f"\r{len(parts)} of {len(waiting)} parts", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {
        name: [row for first in range(0, replicates, CHUNK) for row in parts[name, first]]
        for name in seeds()
    }


def totals(runs: dict[str, list[Counts]]) -> list[Counts]:
    """Return, run by run, the sums over the scenarios."""
    return [
        {column: sum(row[column] for row in rows) for column in COLUMNS}
        for rows in zip(*runs.values(), strict=True)
    ]


def place(known: int, values: list[int]) -> str:
    """Say where a published value lies: inside or outside the central 90 % of the runs."""
    middle = spread([float(value) for value in values])
    if known < middle["p05"]:
        return "outside, below"
    return "outside, above" if known > middle["p95"] else "inside"


def outside(published: dict[str, Counts], runs: dict[str, list[Counts]]) -> str:
    """Return a sentence on the published values of single days that lie outside."""
    found = []
    for name, scenario in scenarios_of_2022().items():
        for column, title in COLUMNS.items():
            where = place(published[name][column], [row[column] for row in runs[name]])
            if where != "inside":
                found.append(f"{title} of {scenario.title} ({where.split(', ')[1]})")
    compared = len(published) * len(COLUMNS)
    listed = f": {'; '.join(found)}" if found else ""
    return f"Of the {compared} values of single days, {len(found)} lie outside{listed}."


def table(published: Counts, rows: list[Counts]) -> Iterator[str]:
    """Yield the lines of one table: published counts beside the runs."""
    number = len(rows)
    yield (
        f"| | published | median | central 90 % | runs at or below, of {number:,} "
        f"| runs at or above, of {number:,} | the published value is |"
    )
    yield "|---|---:|---:|---:|---:|---:|---|"
    for column, title in COLUMNS.items():
        values = [row[column] for row in rows]
        known, middle = published[column], spread([float(value) for value in values])
        below = sum(value <= known for value in values)
        above = sum(value >= known for value in values)
        where = place(known, values)
        yield (
            f"| {title} | {known:,} | {middle['p50']:,} | {middle['p05']:,} to {middle['p95']:,} "
            f"| {below:,} ({below / number:.3f}) | {above:,} ({above / number:.3f}) | {where} |"
        )


def section(replicates: int, workers: int) -> str:
    """Return everything between the two marks of the page."""
    asked = scenarios_of_2022()
    published = {
        name: {column: int(getattr(scenario.published, column)) for column in COLUMNS}
        for name, scenario in asked.items()
    }
    sums = {column: sum(counts[column] for counts in published.values()) for column in COLUMNS}
    runs = all_runs(replicates, workers)
    version = provenance(next(iter(asked.values())))["version"]
    lines = [
        f"{replicates:,} runs of each scenario with lfr-sim {version}; seed 1 for the earliest scenario, "
        f"{len(asked)} for the latest.",
        "",
        "### The six together",
        "",
        *table(sums, totals(runs)),
        "",
        outside(published, runs),
    ]
    for name, scenario in asked.items():
        lines += ["", f"### {scenario.title}", ""]
        lines += [f"Scenario `{name}`, digest {scenario.digest}, seed {seeds()[name]}.", ""]
        lines += table(published[name], runs[name])
    lines += ["", kept(next(iter(runs.values()))[0])]
    return "\n".join(lines)


def kept(first_run: Counts) -> str:
    """Return the line by which `--check` knows the page again.

    Args:
        first_run: Record row of run 0 of the earliest scenario.
    """
    digests = {name: scenario.digest for name, scenario in scenarios_of_2022().items()}
    return f"{KEPT}{json.dumps({'digests': digests, 'first_run': first_run})} -->"


def is_current() -> bool:
    """Return whether the page was made from these scenarios, by a model that runs as this one does."""
    name, seed = next(iter(seeds().items()))
    first_run = some_runs(name, seed, 0, 1)[0]
    return kept(first_run) in PAGE.read_text(encoding="utf-8").splitlines()


def main() -> int:
    """Make or check the page; return the exit code."""
    parser = argparse.ArgumentParser(description="Set the deployments of 2022 beside the model.")
    parser.add_argument("--replicates", type=int, default=500, help="runs of each scenario (500)")
    parser.add_argument("--workers", type=int, default=2, help="worker processes (2)")
    parser.add_argument("--check", action="store_true", help="exit code 1 if the page is out of date")
    options = parser.parse_args()
    if options.check:
        current = is_current()
        print(f"{PAGE.name} is {'current' if current else 'out of date'}")
        return 0 if current else 1
    put(PAGE, BEGIN, section(options.replicates, options.workers))
    print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
