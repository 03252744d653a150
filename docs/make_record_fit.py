"""Write how the six deployments of 2022 lie within the model's days, for the dashboard's Evidence page.

    python docs/make_record_fit.py                    500 runs of each, some minutes on two processors
    python docs/make_record_fit.py --replicates 50    faster and rougher

The runs are those of `make_record_table.py`: the same scenarios, seeds and numbers of runs, so that page
and dashboard tell the same. Alerts are the sum of true and false ones, as the force counts them.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path

from make_record_table import Counts, all_runs, scenarios_of_2022, seeds

from lfr_sim.dashboard.record_fit import COLUMNS, HEADER, MEASURES
from lfr_sim.study.replicates import provenance, spread

FILE = Path(__file__).parents[1] / "lfr_sim" / "dashboard" / "data" / "record_fit.csv"


def with_alerts(counts: Counts) -> Counts:
    """Return a record row with all alerts, each of which the force counts as true or as false."""
    return {**counts, "alerts": counts["true_alerts"] + counts["false_alerts"]}


def lines(runs: dict[str, list[Counts]]) -> list[list[str]]:
    """Return one line for each deployment and measure: what was published, beside the runs."""
    made = []
    for name, scenario in scenarios_of_2022().items():
        for measure in MEASURES:
            values = [with_alerts(row)[measure] for row in runs[name]]
            known = int(getattr(scenario.published, measure))
            ends = spread([float(value) for value in values])
            below = sum(value <= known for value in values)
            above = sum(value >= known for value in values)
            counts = (known, ends["p05"], ends["p50"], ends["p95"], below, above, len(values))
            told = (name, scenario.digest, str(seeds()[name]), measure)
            made.append([*told, *(f"{count:.0f}" for count in counts)])
    return made


def main() -> int:
    """Make the file; return the exit code."""
    parser = argparse.ArgumentParser(description="Write how the record of 2022 lies within the model.")
    parser.add_argument("--replicates", type=int, default=500, help="runs of each scenario (500)")
    parser.add_argument("--workers", type=int, default=2, help="worker processes (2)")
    options = parser.parse_args()
    made = lines(all_runs(options.replicates, options.workers))
    version = provenance(next(iter(scenarios_of_2022().values())))["version"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, *made])
    FILE.write_text(f"{HEADER.format(version=version)}\n{text.getvalue()}", encoding="utf-8")
    print(f"wrote {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
