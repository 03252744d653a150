"""Numbers as people write them, 0.89, 89% or 1/6000, and everything that is wrong with them."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lfr_sim.scenario import Fault


class Asked:
    """The numbers of a question, and everything that is wrong with them."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.faults: list[Fault] = []
        self.values: dict[str, float] = {}

    def number(self, name: str, allowed: str, fits: Callable[[float], bool]) -> float:
        """Return a number that fits, or NaN, which no comparison holds for, with a fault."""
        text = getattr(self.options, name)
        value = number_of(text)
        if value is None:
            self.wrong(name, "not a number", f"{allowed}, such as 0.89, 89% or 1/6000")
        elif not fits(value):
            self.wrong(name, _out_of_range(name, value), allowed)
        else:
            self.values[name] = value
            return value
        return math.nan

    def share(self, name: str) -> float:
        """Return a share strictly between none and all."""
        return self.number(name, "more than 0, less than 1", lambda x: 0.0 < x < 1.0)

    def rate(self) -> float:
        """Return a rate per pass."""
        return self.share("rate")

    def power(self) -> float:
        """Return the power asked for."""
        return self.number("power", "0.5 to 0.9999", lambda x: 0.5 <= x <= 0.9999)

    def level(self) -> float:
        """Return the level of the interval or test."""
        return self.number("level", "0.5 to 0.9999", lambda x: 0.5 <= x <= 0.9999)

    def whole(self, name: str, least: int, most: int) -> int:
        """Return a whole number in range, or `least` with a fault."""
        value = getattr(self.options, name)
        if isinstance(value, int) and least <= value <= most:
            self.values[name] = value
            return value
        self.wrong(name, "not a whole number in range", f"{least:,} to {most:,}")
        return least

    def wrong(self, name: str, problem: str, allowed: str, value: Any = None) -> None:
        """Add a fault."""
        from lfr_sim.scenario import Fault

        given = getattr(self.options, name, None) if value is None else value
        flag = f"--{name.replace('_', '-')}"
        self.faults.append(Fault(flag, problem, given, allowed, shows_value=given is not None))

    def check(self) -> None:
        """Raise an `InputError` if anything is wrong."""
        from lfr_sim.scenario import InputError

        if self.faults:
            raise InputError(f"plan {self.options.question}", self.faults)

    def typed(self, name: str) -> str:
        """Return a number as it was typed, if that is short."""
        text = str(getattr(self.options, name)).strip()
        return text if len(text) <= 12 else f"{self.values[name]:.6g}"


def number_of(text: str) -> float | None:
    """Return the number that a text such as 0.89, 1/6000 or 89% is; None if it is none."""
    text = text.strip()
    percent = text.endswith("%")
    parts = text.removesuffix("%").split("/")
    try:
        numbers = [float(part) for part in parts]
        if len(numbers) > 2 or not all(map(math.isfinite, numbers)):
            return None
        value = numbers[0] / numbers[1] if len(numbers) == 2 else numbers[0]
    except (ValueError, ZeroDivisionError):
        return None
    value = value / 100.0 if percent else value
    return value if math.isfinite(value) else None


def _out_of_range(name: str, value: float) -> str:
    if name == "rate" and value > 1.0:
        return f"a rate is a number from 0 to 1, so 1 in {value:,.6g} is 1/{value:.6g}"
    if name != "ratio" and 1.0 < value < 100.0:
        return f"a share is a number from 0 to 1, so {value:g} % is {value / 100.0:g}"
    if name == "ratio" and value == 1.0:
        return "there is no difference to find"
    return "out of range"
