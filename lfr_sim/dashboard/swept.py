"""One setting at several values, each predicted: what Compare shows as a strip of small charts."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from lfr_sim.scenario import InputError, Scenario, setting_paths

from .settings import choices_of, kind_of, range_of

MOST_VALUES: Final = 6
"""Values of a number beside the one that the scenario has."""
WIDE_RANGE: Final = 40.0
"""Greatest over least value from which on values are spread by ratio."""


class Predicted(Protocol):
    """Expected counts of a deployment; `lfr_sim.theory` gives them."""

    @property
    def record(self) -> Mapping[str, float]:
        """Expected record row."""

    @property
    def truth(self) -> Mapping[str, float]:
        """Expected row of truths."""


@dataclass(frozen=True, slots=True)
class SweptPoint:
    """Expected counts of a day at one value."""

    value: Any
    wrong_alerts: float
    mistaken_stops: float
    arrests: float


@dataclass(frozen=True, slots=True)
class Swept:
    """One setting at several values, all others as in the scenario."""

    path: str
    current: Any
    """The value that the scenario has; among the points unless it is none."""
    points: tuple[SweptPoint, ...]
    """In the order of the values."""


def sweep_values(path: str, scenario: Scenario, others: Iterable[Any] = ()) -> tuple[Any, ...]:
    """Return the values at which a setting is looked at: over its plausible range, and the one it has.

    Args:
        path: Dotted path of a setting.
        scenario: What is asked.
        others: Values of other policies, which are looked at as well.

    Raises:
        KeyError: If there is no such setting.
    """
    current = scenario.values()[path]
    kind = kind_of(path)
    if kind == "switch":
        return False, True
    if kind == "choice":
        return choices_of(path)
    if kind != "number":
        return (current,)
    kept = {value for value in (current, *others) if _is_number(value)}
    low, high = _ends(path, current, kept)
    if low >= high:
        return (current,)
    whole = int in (getattr(setting_paths()[path].annotation, "__args__", ())) or (
        setting_paths()[path].annotation is int
    )
    spread = sorted({_tidy(value, whole=whole) for value in _spread(low, high)})
    # Between the ends, a value that is nearly one of a policy would only hide that one.
    between = {value for value in spread[1:-1] if not any(_near(value, one, low, high) for one in kept)}
    return tuple(sorted({spread[0], *between, spread[-1]} | kept))


def swept(
    path: str,
    scenario: Scenario,
    predict: Callable[[Scenario], Predicted],
    values: Sequence[Any] | None = None,
) -> Swept:
    """Return what is predicted at each value; values that cannot be had are left out.

    Args:
        path: Dotted path of the setting.
        scenario: What is asked.
        predict: Gives the expected counts of a day.
        values: Which values; left out: `sweep_values`.

    Raises:
        KeyError: If there is no such setting.
    """
    points = []
    for value in sweep_values(path, scenario) if values is None else values:
        try:
            expected = predict(scenario.replace({path: value}))
        except InputError:
            continue
        points.append(
            SweptPoint(
                value,
                expected.truth["false_alerts"],
                expected.truth["wrongful_engagements"],
                expected.truth["arrests"],
            )
        )
    return Swept(path, scenario.values()[path], tuple(points))


def _ends(path: str, current: Any, kept: Collection[float]) -> tuple[float, float]:
    """Return the plausible range, or one about the current value, with the values kept, within bounds."""
    about = setting_paths()[path].json_schema_extra
    plausible = about.get("plausible") if isinstance(about, dict) else None
    if isinstance(plausible, list | tuple) and all(_is_number(end) for end in plausible):
        low, high = float(str(plausible[0])), float(str(plausible[1]))
    elif _is_number(current) and current:
        low, high = sorted((current / 2, current * 1.5))
    else:
        low, high = min(kept, default=0.0), max(kept, default=0.0)
    low, high = min((low, *kept)), max((high, *kept))
    least, greatest = range_of(path)
    return max(low, low if least is None else least), min(high, high if greatest is None else greatest)


def _spread(low: float, high: float) -> list[float]:
    steps = [step / (MOST_VALUES - 1) for step in range(MOST_VALUES)]
    if _is_wide(low, high):
        return [low * (high / low) ** step for step in steps]
    return [low + (high - low) * step for step in steps]


def _near(value: float, other: float, low: float, high: float) -> bool:
    """Return whether two values are nearer than a quarter of a step, as the steps of the spread go."""
    if _is_wide(low, high):
        return abs(math.log(value / other)) <= math.log(high / low) / (4 * MOST_VALUES)
    return abs(value - other) <= (high - low) / (4 * MOST_VALUES)


def _is_wide(low: float, high: float) -> bool:
    return low > 0 and high / low > WIDE_RANGE


def _tidy(value: float, *, whole: bool) -> float:
    """Return a value in two digits, so that it can be read; of whole numbers in one or two."""
    short = float(f"{value:.2g}")
    return int(short) if whole else short


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
