"""The tables of an experiment file: what is to be varied, how often each variant is run, what is kept."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lfr_sim.records import run_columns
from lfr_sim.scenario import Scenario

from ..expected.expectations import EXPECTED_COLUMNS
from ..replicates import MOST_REPLICATES

COUNT_COLUMNS = tuple(run_columns())
ALL_COLUMNS = (*COUNT_COLUMNS, *EXPECTED_COLUMNS)
"""What may be kept of a run: both rows, and the expectations beside the rare counts."""

Kind = Literal["grid", "zip", "list", "lhs", "sobol", "morris", "saltelli"]
SAMPLED = ("lhs", "sobol", "morris", "saltelli")
"""Designs whose factors are ranges."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Range(_Table):
    """What a sampled factor may be."""

    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)
    scale: Literal["linear", "log"] = "linear"
    whole: bool = False
    """Whether only whole numbers are taken."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"a logarithmic scale begins above 0, not at {self.low:g}")
        if self.whole and math.ceil(self.low) > math.floor(self.high):
            raise ValueError(f"there is no whole number from {self.low:g} to {self.high:g}")
        return self


class Design(_Table):
    """How design points are made from the factors."""

    kind: Kind = "grid"
    file: str | None = None
    """Of a list: a CSV file with a column per factor and a line per point."""
    points: int | None = Field(None, ge=1)
    """Of lhs and sobol: how many."""
    trajectories: int | None = Field(None, ge=2)
    """Of morris."""
    levels: int | None = Field(None, ge=2, le=1000)
    """Of morris; an even number."""
    samples: int | None = Field(None, ge=2)
    """Of saltelli: the base sample N; N (k + 2) points for k factors."""
    second_order: bool = False
    """Of saltelli: N (2 k + 2) points."""
    seed: int = Field(1, ge=0)


class Stopping(_Table):
    """Stop a design point once enough events have been seen, looking after whole batches only."""

    events: int = Field(ge=1)
    column: str = "alerts"
    batch: int = Field(50, ge=1)


class Outputs(_Table):
    """What is kept."""

    columns: list[str] | None = None
    """Names of columns; left out: all."""
    events: bool = False
    """Whether every alert is kept."""


class ExperimentFile(_Table):
    """The tables of an experiment file."""

    schema_version: Literal[1] = Field(alias="schema")
    title: str = Field(min_length=1)
    question: str = ""
    scenario: str
    replicates: int = Field(ge=1, le=MOST_REPLICATES)
    seed: int = Field(1, ge=0, lt=2**63)
    base: dict[str, Any] = {}
    """Dotted path -> value: changes of the scenario that hold everywhere."""
    factors: dict[str, list[Any] | Range] = {}
    policies: dict[str, dict[str, Any]] = {}
    design: Design = Design()
    stopping: Stopping | None = None
    outputs: Outputs = Outputs()
    longest_run_s: float = Field(300.0, gt=0, le=86_400)
    """A run that takes longer is given up."""
    figures: list[dict[str, Any]] = []

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the columns kept, in the order of the table."""
        names = self.outputs.columns
        return ALL_COLUMNS if names is None else tuple(name for name in ALL_COLUMNS if name in names)


class Experiment:
    """An experiment file that holds together, with its base scenario.

    Attributes:
        path: The file.
        asked: What it says.
        scenario: The base scenario, with the changes of `[base]`.
    """

    def __init__(self, path: Path, asked: ExperimentFile, scenario: Scenario) -> None:
        self.path, self.asked, self.scenario = path, asked, scenario
