"""The model beside the six deployments of 2022: a small table made by `python docs/make_record_fit.py`.

Five hundred days of each take minutes, so they are simulated once and their middle is kept.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

HEADER = (
    "# Made by `python docs/make_record_fit.py` with lfr-sim {version}; do not edit. A published count is "
    "outside where it lies beyond low or high, between which nine simulated days in ten lie."
)
"""The first line of the file."""

COLUMNS = (
    *("scenario", "digest", "seed", "measure", "published", "low", "middle", "high"),
    *("runs_at_or_below", "runs_at_or_above", "runs"),
)
"""Columns of the file."""

MEASURES: Mapping[str, str] = {
    "true_alerts": "true alerts",
    "false_alerts": "false alerts",
    "alerts": "alerts",
    "arrests": "arrests",
    "faces": "faces",
}
"""Columns of the record that are compared, and what they are called."""

TAKEN: Mapping[str, str] = {
    "true_alerts": "Presence is derived from their sum over the six days, and the spread between days from "
    "how they differ. How presence moves with the size of the list was not; it is assumed.",
    "false_alerts": "The false match rate is derived from their sum over the six days.",
    "alerts": "The sum of true and false alerts, so nothing new.",
    "arrests": "The share of stops that end in an arrest is derived from their sum over the six days.",
    "faces": "The flow of each day is fitted to the faces of that day, so they are no test at all.",
}
"""What the model took from this very record: agreement with it is no test."""

IS_TEST: Mapping[str, str] = {
    "true_alerts": "sum fitted",
    "false_alerts": "sum fitted",
    "alerts": "sum fitted",
    "arrests": "sum fitted",
    "faces": "fitted to each day",
}
"""The same in three words."""


@dataclass(frozen=True, slots=True)
class FitRow:
    """One published count of one deployment, beside the simulated days of its scenario."""

    scenario: str
    """Name of the shipped scenario."""
    digest: str
    """Fingerprint of the scenario that was run."""
    seed: int
    measure: str
    """A key of `MEASURES`."""
    published: int
    low: int
    """5 % of the days lie at or below it."""
    middle: int
    """Half of the days lie at or below it."""
    high: int
    """95 % of the days lie at or below it."""
    runs_at_or_below: int
    """Days with no more than was published."""
    runs_at_or_above: int
    """Days with no less than was published."""
    runs: int

    @property
    def is_outside(self) -> bool:
        """Whether the published count lies beyond nine simulated days in ten."""
        return not self.low <= self.published <= self.high

    @property
    def date(self) -> datetime.date:
        """The day of the deployment, with which the names of these scenarios end."""
        return datetime.date.fromisoformat(self.scenario[-10:])

    @property
    def site(self) -> str:
        """The place, as the names of these scenarios begin."""
        return self.scenario[:-11].replace("-", " ").title()


@cache
def fit_rows(measure: str = "") -> tuple[FitRow, ...]:
    """Return what was published beside the model, by date.

    Args:
        measure: A key of `MEASURES`; "" for all of them.

    Raises:
        KeyError: If there is no such measure.
    """
    if measure:
        MEASURES[measure]
    lines = [line for line in fit_csv().splitlines() if not line.startswith("#")]
    rows = (_row(cells) for cells in csv.DictReader(lines))
    return tuple(row for row in rows if measure in ("", row.measure))


def fit_csv() -> str:
    """Return the table as the file that it is, with a first line that says how it was made."""
    file = files("lfr_sim.dashboard").joinpath("data", "record_fit.csv")
    return file.read_text(encoding="utf-8")


def _row(cells: Mapping[str, str]) -> FitRow:
    words = ("scenario", "digest", "measure")
    values = {name: cell if name in words else int(cell) for name, cell in cells.items()}
    return FitRow(**values)  # type: ignore[arg-type]  # the columns are the fields, which a test checks
