"""Sweep one setting: three small charts of what is predicted at each of its values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from markupsafe import Markup

from lfr_sim.figures.words import capital

from ..setting_words import setting_label, setting_value
from ..swept import WIDE_RANGE, Swept, SweptPoint
from . import charts
from .page import options
from .round_steps import round_step
from .words import counted, expected

WIDE, NARROW = 368, 288

_HEIGHT: Final = 120.0
_LEFT: Final = 44.0
_RIGHT: Final = 20.0

_MEASURES: Final[tuple[tuple[str, str, str, Callable[[SweptPoint], float]], ...]] = (
    ("wrong", "wrong alerts", "wrong", lambda point: point.wrong_alerts),
    ("mistaken", "people stopped by mistake", "stopped", lambda point: point.mistaken_stops),
    ("arrests", "arrests", "ink", lambda point: point.arrests),
)


def sweep_strip(result: Swept | None, choices: Sequence[str] = (), days: int = 200) -> Markup:
    """Return the strip of one setting, with the choice of another.

    Args:
        result: What is predicted at each value; None: no setting is swept.
        choices: Dotted paths that are offered.
        days: For how many days expected counts are told, so that they are whole people.
    """
    picker = _picker(result.path if result is not None else "", choices)
    head = Markup('<div class="compare-head"><h2>Sweep one setting</h2>{}</div>').format(picker)
    if result is None:
        body = Markup('<p class="note">Choose a setting to see what its values would do.</p>')
    elif len(result.points) < 2:
        body = Markup('<p class="note">{} has no range of values to go through.</p>').format(
            setting_label(result.path)
        )
    else:
        body = _strip(result, days)
    return Markup('<section id="compare-sweep">{}{}</section>').format(head, body)


def _picker(path: str, choices: Sequence[str]) -> Markup:
    offered = list(dict.fromkeys((path, *choices) if path else choices))
    if not offered:
        return Markup("")
    names = {"": "none"} | {one: setting_label(one) for one in offered}
    return Markup(
        '<label class="row" for="compare-sweep-path">Setting <select id="compare-sweep-path" '
        'data-set="@sweep">{}</select></label>'
    ).format(options(names, path))


def _strip(result: Swept, days: int) -> Markup:
    result = _over(result, days)
    panels = Markup("").join(_panel(result, *measure) for measure in _MEASURES)
    rows = [
        (
            _words(result, point) + (", as it is" if point.value == result.current else ""),
            *(expected(of(point)) for _, _, _, of in _MEASURES),
        )
        for point in result.points
    ]
    label = setting_label(result.path)
    table = charts.table(
        f"Predicted in {counted(days, 'day')}, by {_lower(label)}",
        (label, *(words for _, words, _, _ in _MEASURES)),
        rows,
    )
    return Markup(
        '<div class="panels compare-strip" id="compare-strip">{}</div><p class="note" data-figure-note>'
        "Predicted by formula (in closed form), not simulated: expected counts of {} at each value of "
        "“{}”, with a team always free, all other settings as under A. The ring: the value as it is.</p>{}"
    ).format(panels, counted(days, "day"), label, charts.as_table("compare-strip", table))


def _over(result: Swept, days: int) -> Swept:
    points = tuple(
        SweptPoint(one.value, days * one.wrong_alerts, days * one.mistaken_stops, days * one.arrests)
        for one in result.points
    )
    return replace(result, points=points)


def _panel(result: Swept, name: str, words: str, colour: str, of: Callable[[SweptPoint], float]) -> Markup:
    heading = finding(result, words, of)
    full = f"compare-strip-{name}"
    drawings = charts.at_both(
        lambda kind, width: _drawn(f"{full}-{kind}", width, result, colour, of, heading), WIDE, NARROW
    )
    return charts.framed(full, heading, drawings + charts.save_buttons(full))


def finding(result: Swept, words: str, of: Callable[[SweptPoint], float]) -> str:
    """Return what a setting does to an expected count, from its first value to its last."""
    values = [of(point) for point in result.points]
    first, last = result.points[0], result.points[-1]
    told = [expected(value) for value in values]
    if len(set(told)) == 1:
        return f"{capital(words)}: {told[0]} at every value"
    if told[0] == told[-1]:
        return f"{capital(words)}: {expected(min(values))} to {expected(max(values))}"
    begin = f"{capital(words)}: {told[0]} at {_words(result, first)}"
    return f"{begin}, {told[-1]} at {_words(result, last)}"


def _words(result: Swept, point: SweptPoint) -> str:
    return setting_value(result.path, point.value)


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


# --- the drawing --------------------------------------------------------------------------------------


def _drawn(
    name: str,
    width: int,
    result: Swept,
    colour: str,
    of: Callable[[SweptPoint], float],
    told: str,
) -> Markup:
    places = _places([point.value for point in result.points])
    room = width - _LEFT - _RIGHT
    top = round_step(max(of(point) for point in result.points))
    floor = 14 + _HEIGHT
    at = [(_LEFT + room * place, floor - _HEIGHT * of(point) / top)
          for place, point in zip(places, result.points, strict=True)]  # fmt: skip
    parts = [
        charts.line(_LEFT, 14, width - _RIGHT, 14, "stroke-hairline"),
        charts.line(_LEFT, floor, width - _RIGHT, floor, "stroke-ink"),
        charts.text(_LEFT - 8, 19, f"{top:,g}", "t14 end muted"),
        charts.text(_LEFT - 8, floor + 5, "0", "t14 end muted"),
    ]
    if _are_numbers([point.value for point in result.points]):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        parts.append(
            Markup('<polyline points="{}" class="fill-none stroke-{}" stroke-width="2"/>').format(
                path, colour
            )
        )
    for (x, y), point in zip(at, result.points, strict=True):
        parts.append(_dot(x, y, colour, is_current=point.value == result.current))
    parts += _labels(result, [x for x, _ in at], floor + 20, width)
    return charts.svg(name, width, floor + 28, told, parts)


def _dot(x: float, y: float, colour: str, *, is_current: bool) -> Markup:
    if is_current:
        return Markup(
            '<circle cx="{:.1f}" cy="{:.1f}" r="6" class="fill-ground stroke-{}" stroke-width="2.5"/>'
        ).format(x, y, colour)
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5" class="fill-{}"/>').format(x, y, colour)


def _places(values: Sequence[Any]) -> list[float]:
    """Return where values stand between 0 and 1: by what they are, or in equal steps if not numbers."""
    if not _are_numbers(values):
        return [(number + 0.5) / len(values) for number in range(len(values))]
    low, high = values[0], values[-1]
    if low > 0 and high / low > WIDE_RANGE:
        return [math.log(value / low) / math.log(high / low) for value in values]
    return [(value - low) / (high - low) for value in values]


def _are_numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _labels(result: Swept, places: Sequence[float], y: float, width: int) -> list[Markup]:
    """Return the labels of values: the current one, then from both ends, those that do not collide."""
    order = sorted(
        range(len(places)),
        key=lambda n: (result.points[n].value != result.current, min(n, len(places) - 1 - n)),
    )
    taken: list[tuple[float, float]] = []
    found = []
    for number in order:
        words = _words(result, result.points[number])
        half = charts.text_width(words, 14) / 2 + 4
        x = min(max(places[number], half), width - half)
        if all(x + half <= low or x - half >= high for low, high in taken):
            taken.append((x - half, x + half))
            bold = " bold" if result.points[number].value == result.current else " muted"
            found.append(charts.text(x, y, words, f"t14 mid{bold}"))
    return found
