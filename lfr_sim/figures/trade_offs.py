"""Two outcomes against each other: what less of one costs in the other, as a factor moves."""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from lfr_sim.metrics.kinds import Interval
from lfr_sim.study.outcomes import POLICY, Outcome, is_number, levels_of, outcome_of
from lfr_sim.study.results import Results

from .curves import averaged_note, first_factor, lines_of, runs_note
from .palette import DPI, FONT, GROUND, INK, MARKERS, SERIES
from .sheet import TICK, Sheet, scale_across, scale_up
from .words import count_of, factor_words, is_share, level_words, outcome_label, outcome_words

FloatArray = NDArray[np.float64]
_Spot = tuple[float, float]

_WAYS = ((1, 0.6), (1, -0.6), (-1, 0.6), (-1, -0.6), (0, 1), (0, -1), (1, 0), (-1, 0))
_PLACES = tuple((reach * x, reach * y) for reach in (11.0, 17.0, 24.0) for x, y in _WAYS)
"""Where a label may stand from its dot, in points, best first."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One dot: the value of the factor, and both outcomes there."""

    level: Any
    x: float
    y: float
    across: Interval | None
    up: Interval | None


@dataclass
class _Labels:
    """Labels written so far, and what they must not lie on; all in pixels."""

    sheet: Sheet
    lines: list[FloatArray]
    dots: FloatArray
    taken: list[Bbox]

    def write(self, text: str, spots: FloatArray, *, needed: bool, **style: Any) -> None:
        """Write a label near one of some spots, where it is clear; leave it out where there is no room."""
        artist = self.sheet.axes.text(
            0,
            0,
            text,
            family=FONT,
            color=INK,
            parse_math=False,
            ha="center",
            va="center",
            zorder=8,
            **style,
        )
        artist.set_transform(None)
        choices = [
            (self._cost(artist, (x, y), place, apart=needed), number, (x, y), place)
            for number, ((x, y), place) in enumerate(itertools.product(spots.tolist(), _PLACES))
        ]
        cost, _, spot, place = min(choices)
        if cost >= 1.0 and not needed:
            artist.remove()
            return
        self.taken.append(_put(artist, spot, place))
        figure = self.sheet.figure
        x, y = artist.get_position()
        artist.set_transform(figure.transFigure)
        artist.set_position((x / figure.bbox.width, y / figure.bbox.height))
        artist.set_path_effects([withStroke(linewidth=3, foreground=GROUND)])

    def _cost(self, artist: Text, spot: _Spot, place: _Spot, *, apart: bool) -> float:
        """Return how bad a place is: outside, on another label, nearer to another dot, across lines.

        A label that is to stand apart keeps away from crowds of dots.
        """
        box = _put(artist, spot, place)
        frame = self.sheet.axes.get_window_extent()
        out = box.x0 < frame.x0 + 2 or box.x1 > self.sheet.figure.bbox.width - 8
        out = out or box.y0 < frame.y0 + 2 or box.y1 > frame.y1 + 14
        hits = sum(bool(box.overlaps(other)) for other in self.taken)
        wide = box.padded(2)
        inside = ((line > wide.min) & (line < wide.max) for line in self.lines)
        crossed = sum(bool(both.all(axis=1).any()) for both in inside)
        gaps = np.hypot(*(np.clip(self.dots, box.min, box.max) - self.dots).T)
        own = math.dist(np.clip(spot, box.min, box.max), spot)
        strange, crowd = bool(np.any(gaps < own - 1)), int((gaps < 40).sum()) - 1 if apart else 0
        return float(100 * out + 10 * hits + 2 * strange + 0.3 * crossed + 0.15 * crowd)


def trade_off(
    results: Results,
    x: str = "missed",
    y: str = "wrongful_engagements",
    by: str | None = None,
    *,
    along: str | None = None,
    title: str | None = None,
) -> Figure:
    """Draw one outcome against another: a dot per level of a factor, joined in its order.

    What is drawn has a `gid`: "line:<label>", "across:<label>", "up:<label>".

    Args:
        results: The table of a sweep.
        x: Column or rate to the right.
        y: Column or rate upward.
        by: Factor with a line per level; left out: one line.
        along: Factor along which dots are joined, and by which they are labelled; left out: the first
            that varies.
        title: Left out: what is shown.

    Raises:
        InputError: If there is no such outcome or factor, or `by` has too many levels.
    """
    first, second = outcome_of(results, x), outcome_of(results, y)
    along = along or first_factor(results, except_for=by)
    lines, undefined = dots_of(results, first, second, along, by)
    dots = [dot for dots in lines.values() for dot in dots]
    notes = [f"Beside the dots, where there is room: {factor_words(along)}."] if along != POLICY else []
    notes += [*runs_note(results), *averaged_note(results, (along, by))]
    if undefined:
        notes.append(f"{count_of(undefined, 'dot')} undefined (0 / 0), so not drawn.")
    what = "the choice of policy" if along == POLICY else factor_words(along)
    sheet = Sheet.of(
        title or f"What {what} does to {_both(first, second)}",
        outcome_label(second),
        outcome_label(first),
        " ".join(notes),
        plot_in=3.9,
    )
    scale_across(sheet.axes, _ends((dot.x, dot.across) for dot in dots), share=is_share(first))
    scale_up(sheet.axes, _ends((dot.y, dot.up) for dot in dots), share=is_share(second), log=False)
    low, high = sheet.axes.get_ylim()
    sheet.axes.set_ylim(low - 0.05 * (high - low), high)  # dots at 0 stand clear of the axis
    sheet.axes.grid(axis="x", color="#D9D6CC", linewidth=0.8)
    joined = all(is_number(level.value) for level in levels_of(results, along))
    for number, (label, group) in enumerate(lines.items()):
        _draw(sheet, label, number, group, joined=joined)
    figure = sheet.finish(right_in=0.4)
    _label(sheet, lines)
    return figure


def dots_of(
    results: Results, x: Outcome, y: Outcome, along: str, by: str | None
) -> tuple[dict[str, list[Dot]], int]:
    """Return the dots of each line, and how many are left out because a rate is undefined."""
    found: dict[str, list[Dot]] = {}
    undefined = 0
    for across, up in zip(lines_of(results, x, along, by), lines_of(results, y, along, by), strict=True):
        dots = found.setdefault(across.label, [])
        for (level, one), (_, other) in zip(across.points, up.points, strict=True):
            if one.value is None or other.value is None:
                undefined += 1
            else:
                dots.append(Dot(level.value, one.value, other.value, one.interval, other.interval))
    return found, undefined


def _put(artist: Text, spot: _Spot, place: _Spot) -> Bbox:
    """Move a label to a place, in points from a spot in pixels, and return what it covers."""
    artist.set_position((0, 0))
    dx, dy = (part * DPI / 72 for part in place)
    beside = abs(place[0]) > abs(place[1]) / 2
    aside = float(np.sign(dx)) * artist.get_window_extent().width / 2 if beside else 0.0
    artist.set_position((spot[0] + dx + aside, spot[1] + dy))
    return artist.get_window_extent()


def _both(first: Outcome, second: Outcome) -> str:
    one, other, unit = outcome_words(first), outcome_words(second), " per deployment"
    if other.endswith(unit):
        one = one.removesuffix(unit)
    return f"{one} and to {other}"


def _draw(sheet: Sheet, label: str, number: int, dots: Sequence[Dot], *, joined: bool) -> None:
    axes, colour = sheet.axes, SERIES[number]
    xs, ys = [dot.x for dot in dots], [dot.y for dot in dots]
    axes.plot(
        xs, ys, color=colour, marker=MARKERS[number], ms=7, lw=1.8 if joined else 0, zorder=4,
        gid=f"line:{label}", clip_on=False,
    )  # fmt: skip
    across = [(dot.y, *dot.across) for dot in dots if dot.across]
    up = [(dot.x, *dot.up) for dot in dots if dot.up]
    for bars, draw, name in ((across, axes.hlines, "across"), (up, axes.vlines, "up")):
        if bars:
            at, low, high = zip(*bars, strict=True)
            draw(at, low, high, color=colour, lw=1.1, alpha=0.6, zorder=3, gid=f"{name}:{label}")


def _label(sheet: Sheet, lines: dict[str, list[Dot]]) -> None:
    """Write the lines' names at their ends, then the dots' values, ends first, as far as there is room."""
    to_pixels = sheet.axes.transData.transform
    pixels = {name: to_pixels([(dot.x, dot.y) for dot in dots]) for name, dots in lines.items() if dots}
    bars = [
        to_pixels(ends)
        for dot in itertools.chain(*lines.values())
        for ends in (
            [(end, dot.y) for end in dot.across or ()],
            [(dot.x, end) for end in dot.up or ()],
        )
        if ends
    ]
    dots_at = np.concatenate(list(pixels.values()) or [np.empty((0, 2))])
    taken = [Bbox.from_bounds(x - 8, y - 8, 16, 16) for x, y in dots_at.tolist()]
    labels = _Labels(sheet, [_dense(places) for places in (*pixels.values(), *bars)], dots_at, taken)
    for name, places in pixels.items():
        if name:
            short = "\n".join(textwrap.wrap(name, 17, max_lines=2, placeholder=" …"))
            labels.write(short, places[[-1, 0]], needed=True, size=TICK, weight="bold")
    for name, places in pixels.items():
        dots = lines[name]
        order = sorted(range(len(dots)), key=lambda number: number not in (0, len(dots) - 1))
        for number in order:
            labels.write(level_words(dots[number].level), places[[number]], needed=False, size=TICK)


def _dense(places: FloatArray) -> FloatArray:
    """Return points every few pixels along a line."""
    steps = [np.linspace(a, b, 60) for a, b in itertools.pairwise(places)]
    return np.concatenate(steps) if steps else places


def _ends(values: Any) -> list[float]:
    return [end for value, interval in values for end in (value, *(interval or ()))]
