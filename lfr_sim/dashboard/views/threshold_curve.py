"""What another match threshold would bring: wrong alerts and listed passers missed, by threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from . import shapes
from .charts import chart, framed, line, px, table, text, text_width
from .curve_labels import Box, place_label
from .round_steps import whole_step
from .words import FEWER, expected, figure, whole

FloatArray = NDArray[np.float64]

NAME = "threshold-curve"
PLAIN = "Wrong alerts and listed passers missed, by match threshold"

_PLOT_PX, _BAND_PX = 138.0, 26.0
_FEW = 1 / 3
"""People more found are few beside this share of the wrong alerts more."""
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Points:
    """The two curves, finite and in order of threshold."""

    thresholds: FloatArray
    wrong: FloatArray
    missed: FloatArray
    at: float
    """The threshold of the scenario."""
    assumed: bool
    """Whether the rates of missing rest on an assumption."""

    @property
    def covers(self) -> bool:
        """Whether the scenario's threshold lies within the curves."""
        return bool(self.thresholds[0] <= self.at <= self.thresholds[-1])

    def now(self) -> tuple[float, float]:
        """Return wrong alerts and listed passers missed at the scenario's threshold."""
        return (
            float(np.interp(self.at, self.thresholds, self.wrong)),
            float(np.interp(self.at, self.thresholds, self.missed)),
        )


@dataclass(frozen=True, slots=True)
class _Frame:
    """From values to px."""

    left: float
    right: float
    low: float
    high: float
    ticks: tuple[int, ...]

    def x(self, threshold: float | FloatArray) -> FloatArray:
        span = self.high - self.low
        share = (np.asarray(threshold) - self.low) / span if span else np.full(np.shape(threshold), 0.5)
        return np.asarray(self.left + share * (self.right - self.left))

    def y(self, value: float | FloatArray) -> FloatArray:
        return np.asarray(_BAND_PX + _PLOT_PX * (1 - np.asarray(value) / self.ticks[-1]))


def threshold_curve(
    thresholds: Sequence[float] | FloatArray,
    false_alerts: Sequence[float] | FloatArray,
    missed: Sequence[float] | FloatArray,
    at: float,
    assumed: bool,
) -> Markup:
    """Return the figure of expected wrong alerts and listed passers missed by threshold.

    Args:
        thresholds: Match thresholds; that of the scenario should be among them, else its numbers are
            read off straight lines between its neighbours.
        false_alerts: Expected alerts on somebody who is not the person of the entry, per day.
        missed: Expected listed passers without an alert, per day.
        at: The threshold of the scenario.
        assumed: Whether the rates of missing rest on an assumption; their line is then dashed.
    """
    columns = np.array([thresholds, false_alerts, missed], dtype=np.float64)
    columns = columns[:, np.isfinite(columns).all(axis=0)]
    if not columns.size:
        nothing = Markup('<p class="note">Nothing is known of other thresholds.</p>')
        return framed(NAME, PLAIN, nothing)
    in_order, wrong, lost = columns[:, np.argsort(columns[0], kind="stable")]
    points = Points(in_order, wrong, lost, at, assumed)
    rows = zip(points.thresholds, points.wrong, points.missed, strict=True)
    return chart(
        NAME,
        curve_heading(points),
        lambda width: _curves(points, width),
        told=_told(points),
        note=_note(points),
        table=table(
            "People a day, expected",
            ("Threshold", "Wrong alerts", "Listed, missed"),
            [(score(place), figure(of_it), figure(not_found)) for place, of_it, not_found in rows],
        ),
    )


def curve_heading(points: Points) -> str:
    """Return the finding about the lowest threshold, or, from there, the highest; else a plain title."""
    if not points.covers:
        return PLAIN
    wrong, missed = points.now()
    lower = points.thresholds[0] < points.at
    end = 0 if lower else -1
    more_wrong = abs(float(points.wrong[end]) - wrong)
    more_found = abs(float(points.missed[end]) - missed)
    falls = lower == (points.wrong[end] >= wrong) and lower == (points.missed[end] <= missed)
    if not falls or max(more_wrong, more_found) < 1:
        return PLAIN
    way, wrongly = ("lower", "more") if lower else ("higher", "fewer")
    found = "found" if lower else "missed"
    if more_wrong < 0.5:
        return f"A {way} threshold: more {found}, hardly {wrongly} wrong alerts"
    if more_found < 0.5:
        return f"A {way} threshold: {wrongly} wrong alerts, hardly any more {found}"
    amount = "few more" if more_found <= _FEW * more_wrong else "more listed passers"
    return f"A {way} threshold: {wrongly} wrong alerts, {amount} {found}"


def score(threshold: float) -> str:
    """Return a threshold with two decimals, or three where it has them."""
    three = f"{threshold:.3f}"
    return three.removesuffix("0")


def y_ticks(highest: float) -> tuple[int, ...]:
    """Return whole numbers from 0 by steps of 1, 2, 5 or 10, the last at or above the highest value."""
    step = whole_step(highest / 4)
    return tuple(range(0, max(1, int(np.ceil(highest / step))) * step + 1, step))


def x_ticks(low: float, high: float) -> list[float]:
    """Return at most six round thresholds between the ends."""
    for step in _STEPS:
        first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
        if last - first < _MOST_TICKS:
            return [number * step for number in range(first, last + 1)] or [low]
    return [low]


def _now_words(points: Points) -> str:
    wrong, missed = map(expected, points.now())
    counts = f"{FEWER} of each" if wrong == missed == FEWER else f"{wrong} wrong, {missed} missed"
    return f"now {score(points.at)}: {counts}"


def _told(points: Points) -> str:
    told = [
        f"at {score(points.thresholds[end])}: {expected(points.wrong[end])} wrong, "
        f"{expected(points.missed[end])} missed"
        for end in (0, -1)
    ]
    now = [_now_words(points)] if points.covers else []
    return "Expected a day, " + "; ".join([told[0], *now, told[1]])


def _note(points: Points) -> Markup:
    off = "" if points.covers else f" The threshold now, {score(points.at)}, lies beyond this scale."
    dashed = (
        " The dashed line rests on an assumption: rates by threshold were never published."
        if points.assumed
        else ""
    )
    return Markup(
        "<span data-by-formula>People a day, expected by formula, by match threshold.</span>{}{}"
    ).format(off, dashed)


def _curves(points: Points, width: int) -> tuple[list[Markup], float]:
    ticks = y_ticks(float(max(points.wrong.max(), points.missed.max())))
    left = text_width(whole(ticks[-1]), 14) + 8
    frame = _Frame(left, width - 16, float(points.thresholds[0]), float(points.thresholds[-1]), ticks)
    bottom = float(frame.y(0))
    parts: list[Markup] = []
    for tick in ticks:
        y = float(frame.y(tick))
        parts += [text(left - 6, y + 5, whole(tick), "t14 end muted")]
        parts += [line(left, y, frame.right, y, "stroke-ink" if tick == 0 else "stroke-hairline")]
    parts += _x_axis(frame, bottom)
    wrong_line = np.stack([frame.x(points.thresholds), frame.y(points.wrong)])
    missed_line = np.stack([frame.x(points.thresholds), frame.y(points.missed)])
    taken: list[Box] = []
    now = _now(points, frame, width, taken) if points.covers else []
    parts.append(_polyline(wrong_line, "stroke-wrong", dashed=False))
    parts.append(_polyline(missed_line, "stroke-missed", dashed=points.assumed))
    missed_words = "missed (assumed)" if points.assumed else "missed"
    below = 0
    area = Box(left + 2, _BAND_PX, frame.right, bottom)
    for words, colour, own, other in (
        ("wrong alerts", "wrong", wrong_line, missed_line),
        (missed_words, "missed", missed_line, wrong_line),
    ):
        box = place_label(text_width(words, 13), 15, own, other, taken, area)
        if box is None:
            below += 1
            parts += _key_line(
                words, colour, bottom + 22 + 20 * below, dashed=own is missed_line and points.assumed
            )
            continue
        taken.append(box)
        parts.append(text(box.left, box.bottom - 3, words, f"t13 bold {colour}"))
    return parts + now, bottom + 26 + 20 * below


def _x_axis(frame: _Frame, bottom: float) -> list[Markup]:
    parts = []
    for tick in x_ticks(frame.low, frame.high):
        half = text_width(score(tick), 14) / 2
        x = min(max(float(frame.x(tick)), half), frame.right + 16 - half)
        parts.append(text(x, bottom + 20, score(tick), "t14 mid muted"))
    return parts


def _now(points: Points, frame: _Frame, width: int, taken: list[Box]) -> list[Markup]:
    """Return the line at the scenario's threshold with its marks; its words stand above all curves."""
    wrong, missed = points.now()
    x, words = float(frame.x(points.at)), _now_words(points)
    if text_width(words, 13) > width:  # the axis names the threshold, so the words can do without
        words = f"now{words[words.index(':') :]}"
    reach = text_width(words, 13)
    left = min(max(0.0, x - 4), width - reach)
    bottom = float(frame.y(0))
    taken.append(Box(x - 2, 0, x + 2, bottom))
    for value in (wrong, missed):
        y = float(frame.y(value))
        taken.append(Box(x - 7, y - 7, x + 7, y + 7))
    return [
        line(x, 17, x, bottom, "stroke-ink"),
        text(left, 12, words, "t13"),
        shapes.wrong(round(x, 1), round(float(frame.y(wrong)), 1), 10),
        Markup(
            '<circle class="fill-ground stroke-missed" stroke-width="2" cx="{}" cy="{}" r="4.5"/>'
        ).format(px(x), px(float(frame.y(missed)))),
    ]


def _polyline(points: FloatArray, colour: str, *, dashed: bool) -> Markup:
    path = " ".join(f"{x:g},{y:g}" for x, y in np.round(points.T, 1).tolist())
    dash = Markup(' stroke-dasharray="6 4"') if dashed else Markup("")
    return Markup('<polyline class="fill-none {}" stroke-width="2"{} points="{}"/>').format(
        colour, dash, path
    )


def _key_line(words: str, colour: str, y: float, *, dashed: bool) -> list[Markup]:
    swatch = _polyline(np.array([[0.0, 28.0], [y - 5, y - 5]]), f"stroke-{colour}", dashed=dashed)
    return [swatch, text(36, y, words, f"t13 bold {colour}")]
