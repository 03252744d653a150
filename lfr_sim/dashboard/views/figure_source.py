"""What a saved drawing says of where it comes from: place, date, settings, days and seed."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from lfr_sim.scenario import Scenario, parse_value
from lfr_sim.study.replicates import maker

from ..compared import ComparedArm, differing
from ..days import DayRow, Days
from ..setting_words import setting_label, setting_value
from ..state import State
from .brief_parts import about, headline
from .words import days_told, drawn_again

_MOST_SETTINGS = 5


def figure_source(*sentences: str) -> Markup:
    """Return those sentences, and what made the drawing, for `figures.js`; the page hides them."""
    told = *sentences, f"lfr-sim {maker()['version']}: a simulation, not a record of any real person."
    return Markup('<p id="figure-source" hidden>{}</p>').format(Markup(" ").join(told))


def source_of_day(state: State, shipped: Scenario, days: Days, row: DayRow | None) -> Markup:
    """Return the source of drawings of one policy.

    Args:
        state: The state of the page.
        shipped: The shipped scenario that the first policy is made from.
        days: The days that are drawn.
        row: The one that is shown, if one is.
    """
    arm = state.arms[0]
    sentences = [f"{headline(arm.scenario, shipped, arm.changes)}{_changed(arm.changes)}."]
    of_days = f"{days_told(days, state.seed)}."
    if row is not None:
        again = f", drawn again: {drawn_again(state.redraw)}" if state.redraw else ""
        of_days += f" The day shown is Day {row.replicate + 1:,}{again}."
    return figure_source(*sentences, Markup("<span data-of-days>{}</span>").format(of_days))


def source_of_arms(arms: Sequence[ComparedArm], shipped: Sequence[Scenario], seed: int) -> Markup:
    """Return the source of drawings that compare policies.

    Args:
        arms: The policies with their days.
        shipped: By policy, the shipped scenario that it was made from.
        seed: Of all days.
    """
    named = "; ".join(f"{arm.letter} is “{arm.name}”" for arm in arms)
    changes = [
        f"{setting_label(path)}: {_values(arms, path, values)}" for path, values in differing(arms).items()
    ]
    return figure_source(about(arms, shipped, seed), f"{named}.", *(f"{one}." for one in _most(changes)))


def _values(arms: Sequence[ComparedArm], path: str, values: Sequence[object]) -> str:
    return ", ".join(
        f"{arm.letter} {setting_value(path, value)}" for arm, value in zip(arms, values, strict=True)
    )


def _changed(changes: Sequence[tuple[str, str]]) -> str:
    told = [f"{setting_label(path)} {setting_value(path, parse_value(text))}" for path, text in changes]
    return f": {'; '.join(_most(told))}" if told else ""


def _most(told: list[str]) -> list[str]:
    rest = len(told) - _MOST_SETTINGS
    return told if rest <= 0 else [*told[:_MOST_SETTINGS], f"and {rest} more"]
