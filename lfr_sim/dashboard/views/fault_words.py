"""What is wrong with a value, in the words and the unit that stand beside its box."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from lfr_sim.figures.words import capital
from lfr_sim.scenario import Fault

from ..limits import Mended
from ..setting_words import box_label
from ..settings import control_of, range_of, shown_settings

_LONGEST_VALUE = 60
_LONGEST_PATH = 100
_MOST_AT_BOX = 3
_PLAIN = {
    "input should be a valid integer": "not a whole number",
    "input should be a valid number": "not a number",
    "input should be a finite number": "not a finite number",
}


def fault_told(fault: Fault) -> Markup:
    """Return one fault: what is wrong, its value, what is allowed, and what is used instead."""
    path, problem, allowed = fault.path[:_LONGEST_PATH], fault.problem, fault.allowed
    name, value = path, str(fault.value) or "empty"
    if fault.path in shown_settings():
        name = f"{box_label(fault.path)} ({path})"
        value, problem, allowed = _as_typed(fault)
    told = Markup("{}{}: {}.").format(
        name, f" is {value[:_LONGEST_VALUE]}" if fault.shows_value else "", problem
    )
    if allowed:
        told += Markup(" Allowed: {}.").format(allowed)
    if fault.did_you_mean:
        told += Markup(" Did you mean <b>{}</b>?").format(fault.did_you_mean)
    if isinstance(fault, Mended):
        told += Markup(" {}.").format(capital(fault.used))
    return told


def fault_at(faults: Sequence[Fault], box: str) -> tuple[Markup, Markup]:
    """Return what a box has where a value was refused: its attributes, and the message beside it.

    The list at the top of the page is what is read out, once; this stands where the visitor looks.

    Args:
        faults: What is wrong with the value; empty where it was taken.
        box: Id of the box.
    """
    if not faults:
        return Markup(""), Markup("")
    told = Markup(" ").join(fault_told(fault) for fault in faults[:_MOST_AT_BOX])
    tied = Markup(' aria-invalid="true" aria-describedby="fault-{}"').format(box)
    return tied, Markup('<p class="fault-at" id="fault-{}">{}</p>').format(box, told)


def _as_typed(fault: Fault) -> tuple[str, str, str]:
    """Return value, problem and range of a setting in the unit of its box."""
    control, value = control_of(fault.path), fault.value
    problem, allowed = _PLAIN.get(fault.problem, fault.problem), fault.allowed
    scale = 1.0 if control is None else control.scale
    low, high = range_of(fault.path)
    if allowed.startswith(">=") and low is not None and high is not None:
        allowed = f"{_number(scale * low)} to {_number(scale * high)}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value) or "empty", problem, allowed
    if control is not None or problem.startswith("input should be"):
        if low is not None and value < low:
            problem = "too small"
        elif high is not None and value > high:
            problem = "too large"
    return _number(value, scale), problem, allowed


def _number(value: float, scale: float = 1.0) -> str:
    try:
        return f"{scale * value:,.12g}"
    except OverflowError:  # no float has room for it
        return "a number of more than 300 digits"
