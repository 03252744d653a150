"""Which line is which: names at the right side, below what they are values of, never over data."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from .palette import DPI, FONT, INK, MARKERS, MUTED, SERIES
from .sheet import LABEL, TICK, WIDTH_IN, Sheet, spread_out

FloatArray = NDArray[np.float64]

_LETTERS = 17
_GAP_PX = 5.0
_TIED_PX, _LIKE_PX = 6.0, 0.3
"""Names of lines that end nearer to each other are in the order of the lines' mean heights, and those whose
mean heights are as near as the second in the order in which they are drawn."""
_MARK_IN, _TEXT_IN = 0.3, 0.42
"""How far right of the axes the marks and the words of a key stand."""


def finish_with_key(sheet: Sheet, names: Sequence[str], heading: str, *, leaders: bool) -> Figure:
    """Write the name of each line beside the axes, and finish the sheet.

    What is drawn has a `gid`: "label:<name>", "key:<name>" of its mark, "leader:<name>", and "heading".

    Args:
        sheet: A sheet whose lines have a `gid` "line:<name>".
        names: Names of the lines, in the order of their colours.
        heading: What the names are values of; stands once above them. Empty: nothing does.
        leaders: Whether each name stands beside the end of its line, and is led to it; else the names
            stand at the top, in order.
    """
    head = _written(sheet, heading, "heading", TICK)
    head.set_color(MUTED)
    texts = [_written(sheet, name, f"label:{name}", LABEL) for name in names]
    boxes = [text.get_window_extent() for text in texts]
    words_in = max(box.width for box in boxes) / DPI + _TEXT_IN
    over_in = head.get_window_extent().width / DPI + _MARK_IN - 0.08 if heading else 0.0
    right_in = max(words_in, over_in) + 0.2
    figure = sheet.finish(right_in=right_in)
    start = (WIDTH_IN - right_in) * DPI
    frame = sheet.axes.get_window_extent()
    head_px = head.get_window_extent().height + 2 * _GAP_PX if heading else 0.0
    heights = [box.height + _GAP_PX for box in boxes]
    ends = [_end_of(sheet, name) for name in names]
    if leaders:
        middles = spread_out(
            _in_order([y for _, y in ends], [_middle_of(sheet, name) for name in names]),
            heights,
            frame.y0 - 12,
            frame.y1 + 8 - head_px,
        )
    else:
        below = frame.y1 - head_px - np.cumsum([0.0, *heights])
        middles = [float(one + other) / 2 for one, other in itertools.pairwise(below)]
    for number, (text, end, middle) in enumerate(zip(texts, ends, middles, strict=True)):
        _place(figure, text, start + _TEXT_IN * DPI, middle)
        mark = (start + _MARK_IN * DPI, middle)
        _add(figure, f"key:{names[number]}", [mark], number, marker=MARKERS[number], ms=7, lw=0)
        if leaders:
            leader = [(end[0] + 8, end[1]), (start + 0.2 * DPI, middle)]
            _add(figure, f"leader:{names[number]}", leader, number, lw=0.8, alpha=0.7)
    top = max(middle + height / 2 for middle, height in zip(middles, heights, strict=True))
    _place(figure, head, start + (_MARK_IN - 0.08) * DPI, top + head_px / 2)
    return figure


def _written(sheet: Sheet, name: str, gid: str, size: float) -> Text:
    wrapped = "\n".join(textwrap.wrap(name, _LETTERS, max_lines=3, placeholder=" …"))
    text = sheet.axes.text(0, 0, wrapped, size=size, color=INK, family=FONT, va="center", parse_math=False)
    text.set_gid(gid)
    text.set_linespacing(1.05)
    return text


def _place(figure: Figure, text: Text, x: float, y: float) -> None:
    """Put words at a place in pixels, which stays when the resolution changes."""
    text.set_transform(figure.transFigure)
    text.set_position((x / figure.bbox.width, y / figure.bbox.height))


def _add(
    figure: Figure, gid: str, places: Sequence[tuple[float, float]], number: int, **style: Any
) -> None:
    xs = [x / figure.bbox.width for x, _ in places]
    ys = [y / figure.bbox.height for _, y in places]
    line = Line2D(xs, ys, color=SERIES[number], transform=figure.transFigure, **style)
    line.set_gid(gid)
    figure.add_artist(line)


def _in_order(ends: Sequence[float], middles: Sequence[float]) -> list[float]:
    """Return the heights at which lines end, of which those that are tied have the lines' own order."""
    found = list(ends)
    ordered = sorted(range(len(ends)), key=lambda number: ends[number])
    for below, above in itertools.pairwise(ordered):
        if ends[above] - ends[below] < _TIED_PX:
            found[above] = found[below]
    order = sorted(range(len(ends)), key=lambda number: (-round(middles[number] / _LIKE_PX), number))
    return [height - 0.01 * order.index(number) for number, height in enumerate(found)]


def _end_of(sheet: Sheet, name: str) -> tuple[float, float]:
    """Return where on the sheet a line ends, in pixels."""
    places = _pixels_of(sheet, name)
    x, y = places[places[:, 0].argmax()].tolist()
    return float(x), float(y)


def _middle_of(sheet: Sheet, name: str) -> float:
    """Return the mean height of a line, in pixels."""
    return float(_pixels_of(sheet, name)[:, 1].mean())


def _pixels_of(sheet: Sheet, name: str) -> FloatArray:
    """Return where on the sheet the points of a line are; of a line without any, a corner of the axes."""
    for line in sheet.axes.get_lines():
        if line.get_gid() == f"line:{name}":
            data = np.asarray(line.get_xydata(), dtype=np.float64)
            data = data[np.isfinite(data[:, 1])]
            if len(data):
                return np.asarray(line.get_transform().transform(data), dtype=np.float64)
    frame = sheet.axes.get_window_extent()
    return np.array([[frame.x1, frame.y0]])
