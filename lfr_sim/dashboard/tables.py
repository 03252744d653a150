"""Days as CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from .compared import ComparedArm
from .days import COLUMNS, Days


def days_csv(days: Days, seed: int) -> str:
    """Return one line per day with every count of both rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["seed", "replicate", *COLUMNS])
    for place in range(len(days)):
        replicate = days.rows[place].replicate if days.rows else place
        writer.writerow([seed, replicate, *(f"{days.columns[name][place]:.12g}" for name in COLUMNS)])
    return text.getvalue()


def comparison_csv(arms: Sequence[ComparedArm], seed: int) -> str:
    """Return one line per day and policy with every count of both rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["policy", "name", "scenario_digest", "seed", "replicate", *COLUMNS])
    for arm in arms:
        for place in range(len(arm.days)):
            replicate = arm.days.rows[place].replicate if arm.days.rows else place
            counts = (f"{arm.days.columns[name][place]:.12g}" for name in COLUMNS)
            writer.writerow([arm.letter, _words(arm.name), arm.scenario.digest, seed, replicate, *counts])
    return text.getvalue()


def _words(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula, whoever gave it."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else name
