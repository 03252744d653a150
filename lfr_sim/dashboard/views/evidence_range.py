"""The small line that shows where a value stands within what is plausible, and where rivals stand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from markupsafe import Markup

from ..settings_told import SettingTold
from .charts import px

WIDTH: Final = 132
_HEIGHT: Final = 20
_MARGIN: Final = 7
_BEYOND: Final = 0.12
"""How far the line runs on beyond the outermost value, as a share of what it spans."""
_LOG_FROM: Final = 100
"""Ranges that span so many times their least value are drawn in tenfold steps."""


def range_drawing(setting: SettingTold) -> Markup:
    """Return the line of a setting; nothing where its values are no numbers.

    It is hidden from screen readers, because the same numbers stand beside it in words.
    """
    ends = setting.plausible
    if ends is None:
        return Markup("")
    values = [*ends, *(rival.value for rival in setting.rivals)]
    values += [setting.value] if setting.value is not None else []
    place = _scale(values)
    parts = [
        _line(_MARGIN - 6, WIDTH - _MARGIN + 6, 1.5, "stroke-kerb"),
        _line(place(ends[0]), place(ends[1]), 5, "stroke-person"),
        *(_dot(place(rival.value), "fill-ground", 4.2) for rival in setting.rivals),
    ]
    if setting.value is not None:
        parts.append(_dot(place(setting.value), "fill-ink", 5))
    return Markup(
        '<svg class="evidence-line" aria-hidden="true" width="{0}" height="{1}" viewBox="0 0 {0} '
        '{1}">{2}</svg>'
    ).format(WIDTH, _HEIGHT, Markup("").join(parts))


def _scale(values: list[float]) -> Callable[[float], float]:
    """Return value -> x in px: in tenfold steps where all are above 0 and span two of them or more."""
    low, high = min(values), max(values)
    by_tens = low > 0 and high / low >= _LOG_FROM
    of: Callable[[float], float] = math.log10 if by_tens else float
    first, last = of(low), of(high)
    room = (last - first) * _BEYOND or 1.0
    first, last = first - room, last + room
    return lambda value: _MARGIN + (of(value) - first) / (last - first) * (WIDTH - 2 * _MARGIN)


def _line(left: float, right: float, width: float, tone: str) -> Markup:
    line = '<line x1="{0}" y1="{4}" x2="{1}" y2="{4}" stroke-width="{2}" class="{3}"/>'
    return Markup(line).format(px(left), px(right), width, tone, _HEIGHT // 2)


def _dot(x: float, fill: str, radius: float) -> Markup:
    return Markup('<circle class="{} stroke-ink" stroke-width="1.75" cx="{}" cy="{}" r="{}"/>').format(
        fill, px(x), _HEIGHT // 2, radius
    )
