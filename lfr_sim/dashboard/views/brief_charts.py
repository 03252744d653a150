"""The two small charts of a brief: each alert as a column, and twenty days as dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from markupsafe import Markup

from ..days import DayRow, Days, Mark
from . import shapes
from .alert_columns import in_order, levels_of_marks
from .charts import line, px, svg, text, text_width
from .funnel import Level, levels_told
from .quantile_dots import Bin, bins_of, dots_of, each_dot, label_lines
from .words import counted, rounded, whole

WIDTH: Final = 284
"""Of both, in px."""

_PITCH_PX, _NARROWEST_PX = 13.5, 7.0
"""Distance of two columns: at most, and the least at which marks can be counted."""
_LEVEL_PX: Final = 43.0
_DOT_PX, _TALLEST_PX, _WIDEST_PX = 14.0, 112.0, 50.0
_POINTER: Final = "the day shown"


def columns(row: DayRow) -> Markup:
    """Return each alert of a day as a column, followed from the alert to the stop to the arrest."""
    alerts = in_order(row.marks)
    levels = levels_of_marks(alerts)
    heading = columns_heading(levels)
    if not alerts:
        faces = counted(row.record["faces"], "face")
        return _figure(heading, Markup('<p class="brief-note">None of {} raised one.</p>').format(faces))
    left = max(
        36 + text_width(level.word, 14) + 8 + max(0.0, text_width(whole(level.all), 22) - 32)
        for level in levels
    )
    pitch = min(_PITCH_PX, (WIDTH - left) / len(alerts))
    tops = [14 + place * _LEVEL_PX for place in range(3)]
    parts: list[Markup] = []
    for level, y in zip(levels, tops, strict=True):
        parts += _count(level, y)
        if pitch < _NARROWEST_PX:
            parts += _bar(level, left, y, (WIDTH - left) / len(alerts))
    if pitch >= _NARROWEST_PX:
        for place, mark in enumerate(alerts):
            parts += _column(mark, left + (place + 0.5) * pitch, tops, pitch)
    told = levels_told(levels, whole)
    return _figure(heading, svg("brief-columns", WIDTH, tops[-1] + 14, f"{told}.", parts))


def columns_heading(levels: Sequence[Level]) -> str:
    """Return the counts of alerts, stops and arrests, as they are read."""
    alerts, stops, arrests = (int(level.all) for level in levels)
    if not alerts:
        return "No alert, so nobody is stopped"
    if not stops:
        return f"{counted(alerts, 'alert')}, nobody stopped"
    arrested = "no arrest" if not arrests else counted(arrests, "arrest")
    return f"{counted(alerts, 'alert')}, {counted(stops, 'stop')}, {arrested}"


def dots(days: Days, shown: float) -> Markup:
    """Return twenty days as dots, stacked over how many people are stopped by mistake on such a day.

    Args:
        days: The days, simulated.
        shown: People stopped by mistake on the day shown.
    """
    values = np.floor(days.columns["truth.wrongful_engagements"] + 0.5).astype(np.int64)
    found, at = dots_of(values), rounded(shown)
    bins = bins_of(int(min(found.min(), at)), int(max(found.max(), at)), WIDTH)
    stacks = [each.holds(found) for each in bins]
    across = min(_WIDEST_PX, WIDTH / len(bins))
    pitch = min(_DOT_PX, _TALLEST_PX / max(stacks), across - 2)
    place = next(number for number, each in enumerate(bins) if each.has(at))
    floor = max(stacks) * pitch + 18
    parts = [
        Markup('<line x1="0" y1="{0}" x2="{1}" y2="{0}" class="stroke-ink" stroke-width="1.5"/>').format(
            px(floor), px(len(bins) * across)
        )
    ]
    for number, (each, stack) in enumerate(zip(bins, stacks, strict=True)):
        x = (number + 0.5) * across
        parts += [_dot(x, floor - 3 - (k + 0.5) * pitch, pitch, nobody=not each.high) for k in range(stack)]
        parts += _bin_label(each, x, floor, across, bold=number == place)
    parts += _pointer(stacks, place, across, pitch, floor)
    of = f"in {counted(len(found), 'day')}"
    told = "; ".join(
        f"{each.label}: {counted(stack, 'dot')}" for each, stack in zip(bins, stacks, strict=True)
    )
    height = floor + 8 + 15 * max(len(label_lines(each, across)) for each in bins)
    drawn = svg("brief-dots", WIDTH, height, f"People stopped by mistake, {of}. {told}.", parts)
    note = Markup('<p class="brief-note">{}</p>').format(each_dot(len(days), len(found), "simulated day"))
    return _figure(f"Stopped by mistake, {of}", drawn + note)


def _figure(heading: str, body: Markup) -> Markup:
    return Markup('<figure class="brief-chart"><h3>{}</h3>{}</figure>').format(heading, body)


def _count(level: Level, y: float) -> list[Markup]:
    number = whole(level.all)
    beside = max(36.0, text_width(number, 22) + 4)
    return [
        text(0, y + 7, number, "brief-number serif"),
        text(beside, y + 5, level.word, "t14"),
    ]


def _bar(level: Level, left: float, y: float, per_alert: float) -> list[Markup]:
    """Return right people and then wrong ones as parts of a bar."""
    bar = Markup('<rect class="fill-{}" x="{}" y="{}" width="{}" height="12"/>')
    middle = left + level.right * per_alert
    parts = []
    if level.right:
        parts.append(bar.format("right", px(left), px(y - 6), px(max(1.0, middle - left - 0.5))))
    if level.wrong:
        parts.append(bar.format("wrong", px(middle), px(y - 6), px(max(1.0, level.wrong * per_alert))))
    return parts


def _column(mark: Mark, x: float, tops: Sequence[float], pitch: float) -> list[Markup]:
    reached, size = mark.stopped + mark.arrested, min(11.0, round(pitch * 0.78, 1))
    shape = shapes.right if mark.right else shapes.wrong
    parts = [
        shape(round(x, 1), round(y, 1), size) if level <= reached else shapes.dot(round(x, 1), round(y, 1))
        for level, y in enumerate(tops)
    ]
    return parts + [line(x, y + 13, x, y + _LEVEL_PX - 13, "stroke-kerb") for y in tops[:reached]]


def _dot(x: float, y: float, pitch: float, *, nobody: bool) -> Markup:
    if nobody:
        ring = '<circle class="fill-none stroke-stopped" stroke-width="1.6" cx="{}" cy="{}" r="{}"/>'
        return Markup(ring).format(px(x), px(y), px(pitch * 0.42 - 0.8))
    return Markup('<circle class="fill-stopped" cx="{}" cy="{}" r="{}"/>').format(
        px(x), px(y), px(pitch * 0.42)
    )


def _bin_label(each: Bin, x: float, floor: float, across: float, *, bold: bool) -> list[Markup]:
    classes = "t14 mid bold" if bold else "t14 mid"
    return [
        text(x, floor + 17 + 15 * row, words, classes)
        for row, words in enumerate(label_lines(each, across))
    ]


def _pointer(stacks: Sequence[int], place: int, across: float, pitch: float, floor: float) -> list[Markup]:
    """Return the words at the topmost dot of the day shown: beside it where no heap is in the way."""
    x, top = (place + 0.5) * across, floor - 3 - stacks[place] * pitch
    wide = text_width(_POINTER, 13)
    left = x + pitch * 0.6 + 20
    y = top + pitch / 2
    beyond = range(place + 1, len(stacks))
    others = [stacks[n] for n in beyond if (n + 0.5) * across - pitch / 2 < left + wide]
    clear = all((stacks[place] - 0.5 - stack) * pitch > 9 for stack in others)
    if stacks[place] and left + wide <= WIDTH and clear:
        return [line(x + pitch * 0.6 + 3, y, left - 4, y, "stroke-ink"), text(left, y + 4, _POINTER, "t13")]
    left = min(max(0.0, x - wide / 2), WIDTH - wide)
    stem = [line(x, 14, x, top - 2, "stroke-ink")] if top > 18 else []
    return [text(left, 10, _POINTER, "t13"), *stem]
