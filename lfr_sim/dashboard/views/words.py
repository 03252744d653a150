"""Numbers and short phrases as the pages say them: whole people, singular and plural, never a blank."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from markupsafe import Markup

from ..limits import MOST_OPENED

if TYPE_CHECKING:
    from ..days import DayRow, Days

Counts = Mapping[str, int | float]
"""One of the two rows of a day: column -> count; expected counts have fractions."""

NOT_KNOWN = "not known"
ASKED_FOR = "Stops are those asked for, with a team free for every alert."
"""What is said where teams are too few to make the stops that are predicted."""
FEWER = "fewer than 1"
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
          "twelve")  # fmt: skip
_DAY_S = 86_400


def whole(value: float) -> str:
    """Return a number without a fraction, halves rounded up: `12,400`. What is not finite is not known."""
    return f"{rounded(value):,}" if math.isfinite(value) else NOT_KNOWN


def rounded(value: float) -> int:
    """Return the nearest whole number, halves rounded up."""
    return math.floor(value + 0.5)


def expected(value: float) -> str:
    """Return an expected count: `fewer than 1` below one half, `0` only where nothing can happen."""
    return FEWER if 0 < value < 0.5 else whole(value)


def figure(value: float) -> str:
    """Return a mean or a rate in a few figures, never in powers of ten: `0.0042`, `1.53`, `98.7`."""
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    if size >= 0.1 or not value:
        return f"{value:.2f}" if value else "0"
    return f"{Decimal(f'{value:.2g}'):f}"


def number_word(number: int) -> str:
    """Return a count in a heading: in words up to twelve (`no` for 0), in digits above."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else f"{number:,}"


def expected_word(value: float) -> str:
    """Return an expected count in a heading: `seven`, or `fewer than one` below one half."""
    if not math.isfinite(value):
        return "an unknown number of"
    return "fewer than one" if 0 < value < 0.5 else number_word(rounded(value))


def noun(number: float, singular: str, plural: str = "") -> str:
    """Return a noun in the number that an (expected) count asks for; 0 takes the plural.

    Args:
        number: The count, rounded as it is shown.
        singular: The noun for one.
        plural: The noun for many; "" appends an s.
    """
    one = 0 < number < 0.5 or (math.isfinite(number) and rounded(number) == 1)
    return singular if one else plural or f"{singular}s"


def counted(number: float, singular: str, plural: str = "") -> str:
    """Return a count with its noun: `1 alert`, `12 alerts`, `no alert`."""
    return f"{whole(number)} {noun(number, singular, plural)}" if number else f"no {singular}"


def between(low: float, high: float, singular: str, plural: str = "") -> str:
    """Return a range with its noun: `5 to 22 alerts`; one count where both ends agree."""
    if rounded(low) == rounded(high):
        return counted(rounded(low), singular, plural)
    return f"{whole(low)} to {whole(high)} {plural or singular + 's'}"


def clock_time(start_hour: float, time_s: float) -> str:
    """Return the time of day of an event: `15:02:16`.

    Args:
        start_hour: When the deployment began, in hours after midnight.
        time_s: Seconds since.
    """
    # A time that was computed to within a millionth below a second is that second.
    second = math.floor(start_hour * 3600 + time_s + 1e-6) % _DAY_S
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def days_told(days: Days, seed: int) -> str:
    """Return how many days a figure or a sheet is of: `200 simulated days (seed 1)`."""
    kind = "predicted day" if days.are_predicted else "simulated day"
    return f"{counted(len(days), kind)} (seed {seed})"


def drawn_again(redraw: Iterable[tuple[str, int]]) -> str:
    """Return what of a day is drawn again: `the crowd (draw 1), the officers (draw 3)`."""
    return ", ".join(f"the {part} (draw {number})" for part, number in redraw)


def too_many(row: DayRow) -> str:
    """Return how many alerts a day has that is not opened, and that this is why."""
    missed = sum(mark.missed for mark in row.marks)
    alerts = counted(len(row.marks) - missed, "alert")
    people = f" and {counted(missed, 'person', 'people')} missed" if missed else ""
    return f"This day has {alerts}{people}, too many to draw or to open: more than {MOST_OPENED:,}."


def plain(markup: Markup) -> str:
    """Return what a reader hears of a piece of HTML: its text without tags, on one line."""
    return " ".join(Markup(markup).striptags().split())
