"""Two outcomes against each other: what less of one costs in the other, as a factor moves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from lfr_sim.metrics.kinds import Interval
from lfr_sim.study.analysis.outcomes import POLICY, Estimate, Outcome, is_number, levels_of, outcome_of
from lfr_sim.study.sweeps.results import Results

from .curves import first_factor, lines_of
from .keys import finish_with_key
from .notes import averaged_note, gaps_note, key_heading, runs_note, within_marks, zeros_note
from .palette import DPI, FONT, GROUND, INK, MARKERS, SERIES
from .sheet import TICK, Sheet, scale_across, scale_up
from .words import factor_words, is_share, level_words, outcome_label, outcome_words, the_factor

FloatArray = NDArray[np.float64]
_Spot = tuple[float, float]

_WAYS = ((1, 0.6), (1, -0.6), (-1, 0.6), (-1, -0.6), (0, 1), (0, -1), (1, 0), (-1, 0))
_PLACES = tuple((reach * x, reach * y) for reach in (8.0, 12.0, 16.0, 22.0) for x, y in _WAYS)
_NEAR = 2 * len(_WAYS)
"""Where a value may stand from its dot, in points, best first; farther than so many only if needed."""
_DOT_PX, _CLEAR_PX = 8.0, 3.0
"""Half the side of a dot, and how far words keep from everything drawn."""
_NEARER = 2.0
"""Any other dot and line is this many times as far from a value as its own dot."""


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
    """Values written so far, and what they must not lie on; all in pixels."""

    sheet: Sheet
    drawn: Mapping[str, FloatArray]
    """Points of everything drawn for each line: the line itself, and its intervals."""
    dots: Mapping[str, FloatArray]
    taken: list[Bbox]

    def write(self, text: str, name: str, number: int, *, needed: bool) -> None:
        """Write the value of a dot of a line beside it where it is clear; leave it out where it is not.

        A needed one is written where it is clearest.
        """
        artist = self.sheet.axes.text(
            0, 0, text, size=TICK, family=FONT, color=INK, parse_math=False, ha="center", va="center",
            zorder=8,
        )  # fmt: skip
        artist.set_transform(None)
        spot = tuple(self.dots[name][number].tolist())
        choices = [
            (self._cost(_put(artist, spot, place), name, number), at)
            for at, place in enumerate(_PLACES if needed else _PLACES[:_NEAR])
        ]
        cost, best = min(choices)
        if cost >= 1 and not needed:
            artist.remove()
            return
        self.taken.append(_put(artist, spot, _PLACES[best]))
        figure = self.sheet.figure
        x, y = artist.get_position()
        artist.set_transform(figure.transFigure)
        artist.set_position((x / figure.bbox.width, y / figure.bbox.height))
        artist.set_path_effects([withStroke(linewidth=3, foreground=GROUND)])
        artist.set_gid(f"value:{name}:{number}")

    def _cost(self, box: Bbox, name: str, number: int) -> float:
        """Return how bad a place is: outside, on other words, on what is drawn, as near to other dots.

        At 1 and more it could be misread.
        """
        frame = self.sheet.axes.get_window_extent()
        right = frame.x1 + 4 if len(self.dots) > 1 else self.sheet.figure.bbox.width - 8
        out = box.x0 < frame.x0 + 2 or box.x1 > right or box.y0 < frame.y0 + 2
        out = out or box.y1 > frame.y1 + 14
        hits = sum(bool(box.overlaps(other)) for other in self.taken)
        gaps = {other: _gaps(box, points) for other, points in self.drawn.items()}
        touched = sum(bool((gap < _CLEAR_PX).any()) for gap in gaps.values())
        own = float(_gaps(box, self.dots[name][[number]])[0])
        rest = np.concatenate([np.delete(self.dots[name], number, axis=0), *self._others(self.dots, name)])
        others = np.concatenate([rest, *self._others(self.drawn, name)])
        strange = len(others) > 0 and float(_gaps(box, others).min()) < _NEARER * own
        return float(100 * out + 10 * hits + 2 * strange + touched)

    @staticmethod
    def _others(table: Mapping[str, FloatArray], name: str) -> list[FloatArray]:
        return [points for other, points in table.items() if other != name]


def trade_off(
    results: Results,
    x: str = "missed",
    y: str = "wrongful_engagements",
    by: str | None = None,
    *,
    along: str | None = None,
    title: str | None = None,
    log: tuple[bool, bool] = (False, False),
) -> Figure:
    """Draw one outcome against another: a dot per level of a factor, joined in its order.

    What is drawn has a `gid`: "line:<label>", "across:<label>", "up:<label>", and "value:<label>:<number>"
    beside the dots.

    Args:
        results: The table of a sweep.
        x: Column or rate to the right, as in `response_curve`.
        y: Column or rate upward.
        by: Factor with a line per level; left out: one line.
        along: Factor along which dots are joined, and by which they are labelled; left out: the first
            that varies.
        title: Left out: what is shown.
        log: Whether the axis to the right, and the axis upward, are logarithmic.

    Raises:
        InputError: If there is no such outcome or factor, or `by` has too many levels.
    """
    first, second = outcome_of(results, x), outcome_of(results, y)
    along = along or first_factor(results, except_for=by)
    pairs = pairs_of(results, first, second, along, by)
    lines = {name: _dots(levels, log) for name, levels in pairs.items()}
    dots = [dot for dots in lines.values() for dot in dots]
    notes = [f"Beside the dots, where there is room: {factor_words(along)}."] if along != POLICY else []
    notes += _notes(results, (first, second), (along, by), pairs, log)
    sheet = Sheet.of(
        title or f"What {the_factor(along)} does to {_both(first, second)}",
        outcome_label(second),
        outcome_label(first),
        " ".join(notes),
        plot_in=3.9,
    )
    scale_across(sheet.axes, _ends((dot.x, dot.across) for dot in dots), share=is_share(first), log=log[0])
    scale_up(sheet.axes, _ends((dot.y, dot.up) for dot in dots), share=is_share(second), log=log[1])
    if not log[1]:
        low, high = sheet.axes.get_ylim()
        sheet.axes.set_ylim(low - 0.05 * (high - low), high)  # dots at 0 stand clear of the axis
    sheet.axes.grid(axis="x", color="#D9D6CC", linewidth=0.8)
    joined = all(is_number(level.value) for level in levels_of(results, along))
    for number, (label, group) in enumerate(lines.items()):
        _draw(sheet, label, number, group, joined=joined)
    if by is None:
        figure = sheet.finish(right_in=0.4)
    else:
        figure = finish_with_key(sheet, list(lines), key_heading(by), leaders=False)
    _label(sheet, lines, along)
    return figure


def pairs_of(
    results: Results, x: Outcome, y: Outcome, along: str, by: str | None
) -> dict[str, list[tuple[Any, Estimate, Estimate]]]:
    """Return, for each line, the levels along it with both outcomes."""
    both = zip(lines_of(results, x, along, by), lines_of(results, y, along, by), strict=True)
    return {
        across.label: [
            (level.value, one, other)
            for (level, one), (_, other) in zip(across.points, up.points, strict=True)
        ]
        for across, up in both
    }


def _dots(levels: Iterable[tuple[Any, Estimate, Estimate]], log: tuple[bool, bool]) -> list[Dot]:
    """Return the dots of a line: where both outcomes have a value, and a place on their axes."""
    return [
        Dot(level, one.value, other.value, one.interval, other.interval)
        for level, one, other in levels
        if one.value is not None and other.value is not None
        if not (log[0] and one.value <= 0) and not (log[1] and other.value <= 0)
    ]


def _notes(
    results: Results,
    outcomes: tuple[Outcome, Outcome],
    used: Sequence[str | None],
    pairs: Mapping[str, Sequence[tuple[Any, Estimate, Estimate]]],
    log: tuple[bool, bool],
) -> list[str]:
    levels = list(itertools.chain(*pairs.values()))
    first, second = [one for _, one, _ in levels], [other for _, _, other in levels]
    bars = any(one.interval for one in (*first, *second))
    hidden = within_marks(first, log=log[0]) and within_marks(second, log=log[1])
    notes = runs_note(results, outcomes, intervals=bars, hidden=hidden)
    notes += averaged_note(results, used)
    notes += gaps_note(results, list(zip(outcomes, (first, second), strict=True)))
    return notes + zeros_note((first, second), log)


def _put(artist: Text, spot: _Spot, place: _Spot) -> Bbox:
    """Move a label to a place, in points from a spot in pixels, and return what it covers."""
    artist.set_position((0, 0))
    dx, dy = (part * DPI / 72 for part in place)
    beside = abs(place[0]) > abs(place[1]) / 2
    aside = float(np.sign(dx)) * artist.get_window_extent().width / 2 if beside else 0.0
    artist.set_position((spot[0] + dx + aside, spot[1] + dy))
    return artist.get_window_extent()


def _both(first: Outcome, second: Outcome) -> str:
    once = second.metric is None and first.metric is None
    return f"{outcome_words(first, per=not once)} and to {outcome_words(second)}"


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


def _label(sheet: Sheet, lines: Mapping[str, Sequence[Dot]], along: str) -> None:
    """Write values beside the dots, the ends of lines first; names of levels are all written."""
    to_pixels = sheet.axes.transData.transform
    at = {name: to_pixels([(dot.x, dot.y) for dot in dots]) for name, dots in lines.items() if dots}
    drawn = {
        name: np.concatenate(
            [_dense(at[name])] + [_dense(to_pixels(ends)) for dot in lines[name] for ends in _bars(dot)]
        )
        for name in at
    }
    taken = [
        Bbox.from_extents(x - _DOT_PX, y - _DOT_PX, x + _DOT_PX, y + _DOT_PX)
        for places in at.values()
        for x, y in places.tolist()
    ]
    labels = _Labels(sheet, drawn, at, taken)
    needed = len(lines) == 1 and not all(is_number(dot.level) for dots in lines.values() for dot in dots)
    for name in at:
        last = len(at[name]) - 1
        for number in sorted(range(last + 1), key=lambda one: one not in (0, last)):
            labels.write(level_words(lines[name][number].level, along), name, number, needed=needed)


def _bars(dot: Dot) -> list[list[_Spot]]:
    """Return the ends of a dot's intervals."""
    bars = [[(end, dot.y) for end in dot.across or ()], [(dot.x, end) for end in dot.up or ()]]
    return [ends for ends in bars if ends]


def _gaps(box: Bbox, points: FloatArray) -> FloatArray:
    """Return how far each point is from a box, 0 inside."""
    off = np.clip(points, box.min, box.max) - points
    return np.asarray(np.hypot(off[:, 0], off[:, 1]), dtype=np.float64)


def _dense(places: FloatArray) -> FloatArray:
    """Return points every few pixels along a line."""
    steps = [np.linspace(a, b, 2 + int(math.dist(a, b) / 2)) for a, b in itertools.pairwise(places)]
    return np.concatenate(steps) if steps else places


def _ends(values: Any) -> list[float]:
    return [end for value, interval in values for end in (value, *(interval or ()))]
