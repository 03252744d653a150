"""A sheet with a title, one pair of axes and a caption, which keeps every word inside and apart."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    NullFormatter,
    NullLocator,
    PercentFormatter,
)

from .palette import DPI, FONT, GROUND, INK, MUTED
from .words import plain_number

WIDTH_IN = 6.5
TITLE, LABEL, TICK, NOTE = 14.0, 11.0, 10.5, 9.5
"""Sizes of type, in points: at 390 pixels the sheet's smallest words are as tall as 7 pixels' capitals."""

_PAD_IN, _LINE = 0.16, 1.3
_WIDTH_OF_LETTER = {TITLE: 0.64, LABEL: 0.56, NOTE: 0.55}
"""Mean width in parts of the size, a little generous."""
_MOST_LEVEL_TICKS = 9
_SPREAD_FOR_LOG = 30.0
"""The axis of a factor whose values span more is logarithmic unless told otherwise."""
_WIDE_LOG = 150.0
"""A logarithmic axis that spans more has its ticks at powers of 10 only."""


@dataclass
class Sheet:
    """A figure under construction: draw on `axes`, then call `finish`."""

    figure: Figure
    axes: Axes
    top_in: float
    bottom_in: float

    @classmethod
    def of(
        cls, title: str, above: str, below: str, caption: str, *, plot_in: float = 3.3, tick_lines: int = 1
    ) -> Sheet:
        """Return a sheet with its words in place.

        Args:
            title: What is shown, as a sentence.
            above: What the upward axis counts; stands level above it.
            below: What the axis to the right counts.
            caption: What the reader must know besides.
            plot_in: Height of the axes in inches.
            tick_lines: How many lines the names of ticks below take up.
        """
        heading, over, under, note = (
            _wrapped(text, size)
            for text, size in ((title, TITLE), (above, LABEL), (below, LABEL), (caption, NOTE))
        )
        top = 2 * _PAD_IN + _height(heading, TITLE) + _height(over, LABEL) + (0.12 if over else 0.0)
        note_in, below_in = _height(note, NOTE), _height(under, LABEL)
        ticks_in = 0.2 + tick_lines * TICK * _LINE / 72
        bottom = note_in + below_in + ticks_in + _PAD_IN + 0.08
        height = top + plot_in + bottom
        figure = Figure(figsize=(WIDTH_IN, height), dpi=DPI, facecolor=GROUND)
        FigureCanvasAgg(figure)  # measures the labels
        x = _PAD_IN / WIDTH_IN
        figure.suptitle(
            heading, x=x, y=1 - _PAD_IN / height, ha="left", va="top", color=INK, family=FONT,
            size=TITLE, weight="bold", linespacing=1.15, parse_math=False,
        )  # fmt: skip
        axes = figure.add_axes((0.12, bottom / height, 0.8, plot_in / height))
        sheet = cls(figure, axes, top, bottom)
        sheet.write(x, 1 - (top - 0.12) / height, over, LABEL, va="bottom")
        sheet.write(x, (bottom - ticks_in + 0.02) / height, under, LABEL, va="top").set_gid("below")
        sheet.write(x, _PAD_IN / height, note, NOTE, va="bottom", color=MUTED)
        _plain(axes)
        return sheet

    def write(self, x: float, y: float, text: str, size: float, *, va: str, color: str = INK) -> Text:
        """Write words at a place of the sheet, in parts of its width and height."""
        return self.figure.text(
            x, y, text, ha="left", va=va, size=size, color=color, family=FONT, linespacing=1.2,
            parse_math=False,
        )  # fmt: skip

    def finish(self, *, right_in: float = 0.42) -> Figure:
        """Give the axes what room the words beside them leave, and return the figure."""
        width, height = self.figure.get_size_inches()
        self.figure.draw_without_rendering()
        ticks = [tick.get_window_extent().width for tick in self.axes.get_yticklabels() if tick.get_text()]
        left_in = _PAD_IN + max(ticks, default=0) / DPI + 0.1
        across = (width - left_in - right_in) / width
        up = (height - self.top_in - self.bottom_in) / height
        self.axes.set_position((left_in / width, self.bottom_in / height, across, up))
        for text in self.figure.texts:
            if text.get_gid() == "below":
                text.set_x(left_in / width)
                _shift_inside(text, width * DPI)
        self.thin_ticks()
        return self.figure

    def thin_ticks(self) -> None:
        """Take away names of ticks that would lie on one another; the ticks themselves stay."""
        self.figure.draw_without_rendering()
        ticks = self.axes.get_xticklabels()
        names = [tick.get_text() for tick in ticks]
        boxes = {place: ticks[place].get_window_extent() for place, name in enumerate(names) if name}
        last, end = max(boxes, default=0), -np.inf
        kept = list(names)
        for place, box in boxes.items():
            if box.x0 < end + 6 or (place < last and box.x1 > boxes[last].x0 - 6):
                kept[place] = ""
            else:
                end = box.x1
        if kept != names:
            self.axes.set_xticks(self.axes.get_xticks(), kept)
            _set_type(self.axes)


def scale_right(
    axes: Axes,
    values: Sequence[float],
    log: bool | None,
    labels: Sequence[str],
    tell: Callable[[float], str],
) -> None:
    """Set the axis to the right up for the values of a factor.

    Ticks stand at the values, with their labels; where there are too many, at round numbers, which
    `tell` puts into words. `log` is None where it is for the values to say whether it is logarithmic; where
    one of them is 0 or below it never is.
    """
    low, high = min(values), max(values)
    if low > 0 and (high > _SPREAD_FOR_LOG * low if log is None else log):
        axes.set_xscale("log")
        room = (high / low) ** 0.04 if high > low else 1.5
        axes.set_xlim(low / room, high * room)
    else:
        room = 0.04 * (high - low) or 0.5
        axes.set_xlim(low - room, high + room)
    if len(values) <= _MOST_LEVEL_TICKS:
        axes.xaxis.set_major_locator(FixedLocator(list(values)))
        axes.set_xticks(list(values), list(labels))
    else:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tell(value)))
    axes.xaxis.set_minor_locator(NullLocator())
    _set_type(axes)


def scale_up(axes: Axes, values: Sequence[float], *, share: bool, log: bool) -> None:
    """Set the upward axis up for outcomes: from 0, or the least below, unless it is logarithmic."""
    high = max(values, default=1.0)
    if log:
        axes.set_yscale("log")
        axes.set_ylim(*_decades(values))
    else:
        low = min(0.0, *values) if values else 0.0
        top = high + 0.06 * (high - low) if high > low else 1.0
        axes.set_ylim(low - (0.06 * (high - low) if low < 0 else 0.0), top)
    _format(axes, "y", share)


def scale_across(axes: Axes, values: Sequence[float], *, share: bool, log: bool = False) -> None:
    """Set the axis to the right up as `scale_up` does the other, with room on both sides."""
    if log:
        axes.set_xscale("log")
        axes.set_xlim(*_decades(values))
    else:
        high, low = max(values, default=1.0), min([0.0, *values])
        room = 0.06 * (high - low) or 1.0
        axes.set_xlim(low - room, high + room)
    _format(axes, "x", share)


def spread_out(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return middles for labels of some heights, near those wanted, apart, between low and high."""
    order = sorted(range(len(wanted)), key=lambda number: wanted[number])
    places = [float(wanted[number]) for number in order]
    sizes = [heights[number] for number in order]
    for _ in range(200):
        moved = False
        for one in range(len(order) - 1):
            overlap = (sizes[one] + sizes[one + 1]) / 2 - (places[one + 1] - places[one])
            if overlap > 1e-6:
                places[one] -= overlap / 2
                places[one + 1] += overlap / 2
                moved = True
        for one, size in enumerate(sizes):
            places[one] = min(max(places[one], low + size / 2), high - size / 2)
        if not moved:
            break
    found = [0.0] * len(order)
    for place, number in zip(places, order, strict=True):
        found[number] = place
    return found


def _decades(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of a logarithmic axis."""
    low = min((value for value in values if value > 0), default=0.1)
    return low / 1.5, max([*values, low]) * 1.5


def _format(axes: Axes, name: str, share: bool) -> None:
    axis = axes.yaxis if name == "y" else axes.xaxis
    plain = FuncFormatter(lambda value, _: plain_number(float(value)))
    low, high = axis.get_view_interval()
    if axis.get_scale() == "linear":
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    elif high < _WIDE_LOG * low:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(PercentFormatter(1.0, symbol=" %") if share else plain)
    axis.set_minor_formatter(NullFormatter())
    _set_type(axes)


def _plain(axes: Axes) -> None:
    axes.set_facecolor(GROUND)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    axes.grid(axis="y", color="#D9D6CC", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0, which="both")
    axes.tick_params(axis="x", color=INK)
    _set_type(axes)


def _set_type(axes: Axes) -> None:
    axes.tick_params(labelsize=TICK, labelcolor=INK, labelfontfamily=FONT)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_parse_math(False)


def _shift_inside(text: Text, width: float) -> None:
    over = text.get_window_extent().x1 - (width - _PAD_IN * DPI)
    if over > 0:
        text.set_x(text.get_position()[0] - over / width)


def _wrapped(text: str, size: float) -> str:
    letters = int(72 * (WIDTH_IN - 2 * _PAD_IN) / (size * _WIDTH_OF_LETTER[size]))
    lines = textwrap.wrap(text, letters)
    while size == TITLE and len(narrower := textwrap.wrap(text, letters - 1)) == len(lines) > 1:
        lines, letters = narrower, letters - 1  # so that no line is left with a single word
    return "\n".join(lines)


def _height(text: str, size: float) -> float:
    """Return the height of wrapped text in inches."""
    return (text.count("\n") + 1) * size * _LINE / 72 if text else 0.0
