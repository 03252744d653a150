"""The numbers of Compare, as page and brief say them: a count or ratio of a policy, and a difference."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from ..compared import Change, Measured, Per
from .words import whole

FEW_DAYS_DIFFER: Final = (
    "*\N{NO-BREAK SPACE}Few days differ: exact, and wide, because what is rare may not have shown."
)
SEEN_AGAIN: Final = (
    "Only settings of officers differ, and yet alerts do: somebody whom officers do not hold may walk past "
    "again and set off another alert, and a later walk of somebody arrested counts as missed. A right "
    "alert that is dismissed is not counted as missed."
)
_MINUS: Final = "\N{MINUS SIGN}"
_DASH: Final = "\N{EN DASH}"
_NOUGHT: Final = 1e-9
"""Differences below are those of the last bits of a ratio."""


class Told(NamedTuple):
    """A number, and in smaller type what belongs to it."""

    value: str
    """Empty where there is none."""
    rest: str


def measured_told(found: Measured, per: Per) -> Told:
    """Return one outcome under one policy: `0.225`, then sum and range; of a ratio its two sums."""
    if found.value is None:
        return Told("", f"undefined, {per.nothing}")
    if found.whole is not None:
        return Told(figure(found.value), f"{whole(found.total)} in {whole(found.whole)}")
    if found.low is None or found.high is None:
        return Told(figure(found.value), "")
    # A short range stays on one line; one of thousands may break on a phone.
    joint = f"{_DASH}\N{WORD JOINER}" if found.high < 1000 else _DASH
    spread = f"{whole(found.low)}{joint}{whole(found.high)}"
    return Told(figure(found.value), f"{whole(found.total)} in all, {spread}")


def change_told(found: Change, per: Per) -> Told:
    """Return a difference with its interval, and a star where that is the one of few differing days."""
    if found.difference is None:
        return Told("", f"undefined, {per.nothing}")
    if not found.differs:
        return Told(signed(found.difference, 0), "no day differs")
    if found.interval is None:
        return Told(difference_words(found.difference), "too few days to say how sure")
    low, high = found.interval
    digits = _digits((high - low) / 20)
    star = " *" if found.is_exact else ""
    return Told(signed(found.difference, digits), f"{signed(low, digits)} to {signed(high, digits)}{star}")


def starred(changes: Iterable[Change]) -> str:
    """Return what the star means, where a difference has one; else nothing."""
    return FEW_DAYS_DIFFER if any(one.is_exact and one.differs for one in changes) else ""


def difference_words(value: float) -> str:
    """Return a difference of which nobody knows how sure it is, in two digits."""
    return signed(value, _digits(abs(value) / 10))


def figure(value: float) -> str:
    """Return a mean or a ratio in three digits: `0.083`, `1.25`, `12,124`."""
    if abs(value) < _NOUGHT:
        return "0"
    if abs(value) >= 100:
        return whole(value)
    text = f"{value:.{2 - math.floor(math.log10(abs(value)))}f}"
    return text.rstrip("0").rstrip(".")


def signed(value: float, digits: int) -> str:
    """Return a difference with its sign, `0` without one; in more digits where it would look like 0."""
    if abs(value) < _NOUGHT:
        return "0"
    text = f"{abs(value):,.{digits}f}"
    if not float(text.replace(",", "")):
        text = f"{abs(value):.{-math.floor(math.log10(abs(value)))}f}"
    return f"{_MINUS if value < 0 else '+'}{text}"


def _digits(width: float) -> int:
    """Return how many decimals tell a number that is known to within so much."""
    if not width or not math.isfinite(width):
        return 0
    return min(6, max(0, -math.floor(math.log10(width))))
