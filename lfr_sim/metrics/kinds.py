"""What a count and a rate are: name, sentence, formula, and the value with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["proportion", "rate", "inverse rate", "mean"]
"""Proportion: part of a whole. Rate: events per unit. Inverse rate: units per event. Mean: no interval."""

Rows = Mapping[str, Mapping[str, float]]
"""{"record": sums, "truth": sums}."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Count:
    """A column of one of the two rows."""

    name: str
    row: Literal["record", "truth"]
    sentence: str
    unit: str = "count"


@dataclass(frozen=True, slots=True)
class Metric:
    """A ratio of sums of columns."""

    name: str
    sentence: str
    kind: Kind
    numerator: tuple[str, ...]
    """Columns that are summed, as `row.column`."""
    denominator: tuple[str, ...]
    per: float = 1.0
    """The value is this many times numerator / denominator."""

    @property
    def formula(self) -> str:
        """The metric as text."""
        top, bottom = (" + ".join(side) for side in (self.numerator, self.denominator))
        top = f"({top})" if len(self.numerator) > 1 else top
        bottom = f"({bottom})" if len(self.denominator) > 1 else bottom
        return f"{self.per:,.0f} x {top} / {bottom}" if self.per != 1.0 else f"{top} / {bottom}"


@dataclass(frozen=True, slots=True)
class Value:
    """A metric's value with what it was formed from."""

    numerator: float
    denominator: float
    value: float | None
    """None is undefined."""
    interval: Interval | None
    """Jeffreys (proportions) or Garwood (rates), 95 %, as if events were independent: too narrow where
    days differ (the day effect) or people come in groups and return."""
    undefined: str
    """Why the value is undefined; empty where it is not."""
