"""How days differ: twenty dots, each for one day in twenty, stacked over what such a day brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from lfr_sim.dashboard.days import Days
from lfr_sim.figures.words import capital

from .charts import NARROW, chart, framed, line, px, table, text, text_width
from .round_steps import whole_step
from .words import ASKED_FOR, counted, whole

IntArray = NDArray[np.int64]

DOTS = 20
MOST_COLUMNS = 9

_WIDEST_PX, _TALLEST_PX = 62.0, 170.0
_LARGEST_PITCH_PX = 19.6
_DOT = 0.42
"""Radius of a dot, as a share of the distance between two."""
_POINTER = "the day shown"
_POINTER_PX = 22.0
"""Height of the line of the pointer, where it stands above all dots."""


@dataclass(frozen=True, slots=True)
class Told:
    """How a column of the rows is spoken of."""

    some: str
    """What happens on a day with at least one: `somebody is stopped by mistake`."""
    none: str
    one: str
    """What is counted, in the singular."""
    people: str
    """And in the plural."""
    follows: str
    """What is said of them after a number: `are stopped by mistake`."""


TOLD: Final[dict[str, Told]] = {
    "truth.wrongful_engagements": Told(
        "somebody is stopped by mistake", "nobody is stopped by mistake", "person stopped by mistake",
        "people stopped by mistake", "people are stopped by mistake",
    ),
    "record.alerts": Told("there is an alert", "there is no alert", "alert", "alerts", "alerts are raised"),
    "truth.arrests": Told("somebody is arrested", "nobody is arrested", "arrest", "arrests",
                          "arrests are made"),
    "truth.missed": Told(
        "somebody listed passes without an alert", "nobody listed passes without an alert",
        "listed passer missed", "listed passers missed", "listed passers are missed",
    ),
}  # fmt: skip
"""Columns that can be shown."""


@dataclass(frozen=True, slots=True)
class Bin:
    """A column of dots: the values it stands for, both included."""

    low: int
    high: int

    @property
    def label(self) -> str:
        """The value, or the range."""
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,}–{self.high:,}"

    def has(self, value: int) -> bool:
        """Return whether a value lies in it."""
        return self.low <= value <= self.high

    def holds(self, values: IntArray) -> int:
        """Return how many values lie in it."""
        return int(((values >= self.low) & (values <= self.high)).sum())


def quantile_dots(
    days: Days, column: str = "truth.wrongful_engagements", shown: float | None = None
) -> Markup:
    """Return the figure of how a count differs between days.

    Args:
        days: The days, simulated or predicted.
        column: What is counted: a key of `TOLD`.
        shown: The value of the day shown on the page; None where there is none.
    """
    name, told = f"dots-{column.rpartition('.')[2].replace('_', '-')}", TOLD[column]
    values = np.floor(days.columns[column] + 0.5).astype(np.int64)
    if not len(values):
        note = Markup('<p class="note">No day is finished yet.</p>')
        return framed(name, f"{capital(told.people)} in a day", note)
    dots = dots_of(values)
    shown_value = None if shown is None else int(np.floor(shown + 0.5))
    seen = dots if shown_value is None else np.append(dots, shown_value)
    bins = bins_of(int(seen.min()), int(seen.max()), NARROW)
    sums = [(place.label, place.holds(dots)) for place in bins]
    rows = [(place, place.holds(dots), place.holds(values)) for place in with_rarer(bins, values)]
    return chart(
        name,
        dots_heading(values, told),
        lambda width: _stacks(bins, dots, shown_value, width),
        told="; ".join(f"{label}: {counted(stack, 'dot')}" for label, stack in sums),
        note=_note(days, len(dots), told) + (" Open dots: none." if not dots.min() else ""),
        table=table(
            f"{capital(told.people)} in a day; rarer days have no dot",
            ("In a day", f"Dots, of {len(dots)}", f"Days, of {len(values):,}"),
            [(place.label, whole(stack), whole(count)) for place, stack, count in rows],
        ),
    )


def dots_of(values: IntArray) -> IntArray:
    """Return the value of each dot: the middles of twenty equal parts of the days, or each day of few."""
    dots = min(DOTS, len(values))
    parts = (np.arange(dots) + 0.5) / dots
    return np.sort(np.quantile(values, parts, method="inverted_cdf").astype(np.int64))


def bins_of(low: int, high: int, width: int) -> list[Bin]:
    """Return the columns: one per value, or ranges of one nice width where these would be too many.

    Nobody (0) always stands alone. Labels fit into `width` px.
    """
    most = MOST_COLUMNS
    while most > 1:
        bins = _bins(low, high, most)
        if len(bins) == 1 or max(_label_px(each) for each in bins) <= width / len(bins):
            return bins
        most -= 1
    return _bins(low, high, 2)


def with_rarer(bins: Sequence[Bin], values: IntArray) -> list[Bin]:
    """Return the columns, and before and behind them a range for days with fewer or more than any dot."""
    low, high = int(values.min()), int(values.max())
    fewer = [Bin(low, bins[0].low - 1)] if low < bins[0].low else []
    more = [Bin(bins[-1].high + 1, high)] if high > bins[-1].high else []
    return [*fewer, *bins, *more]


def dots_heading(values: IntArray, told: Told) -> str:
    """Return the finding that the dots show and all days allow."""
    dots = dots_of(values)
    some = int((dots > 0).sum())
    if not values.any():
        return f"On all {len(values):,} days, {told.none}" if len(values) > 1 else capital(told.none)
    if not some:
        return f"On fewer than one day in {len(dots)}, {told.some}"
    if some < len(dots):
        return f"On {some} of {len(dots)} days, {told.some}"
    value = int(dots[len(dots) // 2])
    if value > 1:
        return f"On {int((dots >= value).sum())} of {len(dots)} days, {value:,} or more {told.follows}"
    if len(values) == 1:
        return f"On the only day so far, {told.some}"
    return f"On {f'all {len(values):,} days' if values.all() else 'almost every day'}, {told.some}"


def _bins(low: int, high: int, most: int) -> list[Bin]:
    """Return at most `most` columns from low to high, or 2 if fewer are asked for."""
    if high - low < most:
        return [Bin(value, value) for value in range(low, high + 1)]
    zero = [Bin(0, 0)] if low <= 0 else []
    first = max(low, 1)
    step = 2
    while (high - 1) // step - (first - 1) // step + 1 + len(zero) > max(most, 2):
        step = whole_step(step + 1)
    begin = (first - 1) // step * step + 1
    return zero + [Bin(start, start + step - 1) for start in range(begin, high + 1, step)]


def _label_px(each: Bin) -> float:
    """Return the width that a column's label needs at least, on two lines if it is a range."""
    return max(text_width(words, 14) for words in label_lines(each, 0)) + 6


def label_lines(each: Bin, across: float) -> list[str]:
    """Return the label of a column that is `across` px wide."""
    if each.low == each.high or text_width(each.label, 14) + 6 <= across:
        return [each.label]
    return [f"{each.low:,}–", f"{each.high:,}"]


def _stacks(
    bins: Sequence[Bin], dots: IntArray, shown: int | None, width: int
) -> tuple[list[Markup], float]:
    stacks = [each.holds(dots) for each in bins]
    across = min(_WIDEST_PX, width / len(bins))
    pitch = min(_LARGEST_PITCH_PX, _TALLEST_PX / max(stacks), across - 2)
    centres = [(place + 0.5) * across for place in range(len(bins))]
    at = next((place for place, each in enumerate(bins) if shown is not None and each.has(shown)), None)
    is_beside = at is not None and _has_room_beside(stacks, centres, at, pitch, width)
    bottom = max(stacks) * pitch + 4 + (0.0 if at is None or is_beside else _POINTER_PX)
    axis = '<line x1="0" y1="{0}" x2="{1}" y2="{0}" class="stroke-ink" stroke-width="1.5"/>'
    parts: list[Markup] = [Markup(axis).format(px(bottom), px(len(bins) * across))]
    for place, (each, stack, x) in enumerate(zip(bins, stacks, centres, strict=True)):
        ys = [bottom - 3 - (level + 0.5) * pitch for level in range(stack)]
        parts += [_dot(x, y, pitch * _DOT, is_nobody=each.high == 0) for y in ys]
        parts += [
            text(x, bottom + 20 + 16 * row, words, f"t14 mid{' bold' if place == at else ''}")
            for row, words in enumerate(label_lines(each, across))
        ]
    if at is not None:
        top = bottom - 3 - stacks[at] * pitch
        parts += (_beside if is_beside else _above)(centres[at], top, pitch, width)
    return parts, bottom + 10 + 16 * max(len(label_lines(each, across)) for each in bins)


def _dot(x: float, y: float, radius: float, *, is_nobody: bool) -> Markup:
    kind = 'class="fill-none stroke-stopped" stroke-width="1.8"' if is_nobody else 'class="fill-stopped"'
    return Markup(f'<circle {kind} cx="{px(x)}" cy="{px(y)}" r="{px(radius - 0.9 * is_nobody)}"/>')


def _has_room_beside(
    stacks: Sequence[int], centres: Sequence[float], at: int, pitch: float, width: int
) -> bool:
    """Return whether the pointer's words can stand right of the topmost dot, clear of other stacks."""
    end = _words_left(centres[at], pitch) + text_width(_POINTER, 14)
    in_the_way = [
        stack
        for place, (stack, centre) in enumerate(zip(stacks, centres, strict=True))
        if place > at and centre - pitch / 2 < end
    ]
    clear = all((stacks[at] - 0.5 - stack) * pitch > 12 for stack in in_the_way)
    return stacks[at] > 0 and end <= width and clear


def _words_left(x: float, pitch: float) -> float:
    return x + pitch * 0.6 + 28


def _beside(x: float, top: float, pitch: float, width: int) -> list[Markup]:
    left, y = _words_left(x, pitch), max(top + pitch / 2, 8.0)
    return [line(x + pitch * 0.6 + 4, y, left - 5, y, "stroke-ink"), text(left, y + 5, _POINTER, "t14")]


def _above(x: float, top: float, pitch: float, width: int) -> list[Markup]:
    reach = text_width(_POINTER, 14)
    left = min(max(0.0, x - reach / 2), width - reach)
    stem = [line(x, 18, x, top - 2, "stroke-ink")] if top > 22 else []
    return [text(left, 13, _POINTER, "t14"), *stem]


def _note(days: Days, dots: int, told: Told) -> str:
    each = each_dot(len(days), dots, "predicted day" if days.are_predicted else "day")
    return f"{capital(told.people)} in a day. {each}{f' {ASKED_FOR}' if days.stops_are_asked_for else ''}"


def each_dot(days: int, dots: int, kind: str) -> str:
    """Return what each dot stands for, in a sentence; `kind` is what a day is called."""
    if days == dots:
        return f"The dot is one {kind}." if dots == 1 else f"Each dot is one {kind}."
    if days % dots == 0:
        return f"Each dot stands for {days // dots:,} of {days:,} {kind}s."
    return f"The {dots} dots stand for {days:,} {kind}s."
