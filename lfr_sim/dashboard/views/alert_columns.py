"""Each alert of a day as a column, followed from the alert to the stop to the arrest.

A column can be clicked, but is no stop of the Tab key: hundreds of them would bar the way. With the
keyboard, the same alerts are buttons in the table under the chart, and on the time line.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from lfr_sim.dashboard.days import DayRow, Mark
from lfr_sim.dashboard.limits import MOST_OPENED
from lfr_sim.figures.words import capital

from . import shapes
from .charts import chart, framed, line, px, table
from .funnel import Level, levels_table, levels_told, number_and_word, three_bars
from .words import clock_time, counted, noun, number_word, whole

NAME = "alert-columns"
MOST_MARKS = 120
"""With more alerts, marks would be too small to count: bars stand for them."""

_LABEL_PX = 112
"""What the numbers and words left of the columns need."""
_NARROWEST_PX, _WIDEST_PX = 12.0, 22.5
"""Of a column."""
_LEVEL_PX, _FIRST_PX = 60.0, 18.0


def alert_columns(row: DayRow, start_hour: float, selected: int | None = None) -> Markup:
    """Return the figure of the alerts of one day.

    Args:
        row: The day.
        start_hour: When the deployment begins, in hours after midnight.
        selected: Number of the alert that is open, which is ringed.
    """
    alerts = in_order(row.marks)
    heading = alerts_heading(alerts)
    if not alerts:
        note = Markup('<p class="note">None of {} raised an alert.</p>').format(
            counted(row.record["faces"], "face")
        )
        return framed(NAME, heading, note)
    levels = levels_of_marks(alerts)
    bars = len(alerts) > MOST_MARKS
    return chart(
        NAME,
        heading,
        lambda width: three_bars(levels, width, whole) if bars else _columns(alerts, width, selected),
        told=levels_told(levels, whole),
        note=_note(row, alerts, selected),
        table=levels_table(levels, whole, "People, the day shown")
        + _list(row, alerts, start_hour, selected),
    )


def alerts_heading(alerts: Sequence[Mark]) -> str:
    """Return the finding: arrests of alerts, and how many stops are mistakes."""
    stops = [mark for mark in alerts if mark.stopped]
    arrests = sum(mark.arrested for mark in alerts)
    if not alerts:
        return "No alert, so nobody is stopped"
    told = f"{number_word(len(alerts))} {noun(len(alerts), 'alert')}"
    if not stops:
        return capital(f"{told}, and nobody is stopped")
    first = f"{number_word(arrests)} {'arrest' if not arrests else noun(arrests, 'arrest')} from {told}"
    return capital(f"{first}; {_mistakes(len(stops), sum(not mark.right for mark in stops))}")


def levels_of_marks(alerts: Sequence[Mark]) -> tuple[Level, Level, Level]:
    """Return how many alerts were raised, ended in a stop, and in an arrest."""

    def level(word: str, marks: Sequence[Mark]) -> Level:
        right = sum(mark.right for mark in marks)
        return Level(word, right, len(marks) - right)

    return (
        level(noun(len(alerts), "alert"), alerts),
        level("stopped", [mark for mark in alerts if mark.stopped]),
        level("arrested", [mark for mark in alerts if mark.arrested]),
    )


def in_order(marks: Sequence[Mark]) -> list[Mark]:
    """Return the alerts, right ones first, and among them those that got farthest."""
    alerts = [mark for mark in marks if mark.alert is not None]
    return sorted(
        alerts, key=lambda mark: (not mark.right, not mark.arrested, not mark.stopped, mark.time_s)
    )


def _mistakes(stops: int, mistaken: int) -> str:
    if not mistaken:
        return "no stop is a mistake"
    if stops == 1:
        return "the one stop is a mistake"
    if mistaken == stops:
        return "both stops are mistakes" if stops == 2 else f"all {number_word(stops)} stops are mistakes"
    verb = "is a mistake" if mistaken == 1 else "are mistakes"
    return f"{number_word(mistaken)} {noun(mistaken, 'stop')} in {number_word(stops)} {verb}"


def _note(row: DayRow, alerts: Sequence[Mark], selected: int | None) -> str:
    if len(alerts) > MOST_MARKS:
        first = "Right people first."
    else:
        first = "Each column is one alert." if _fits(len(alerts)) else "Each place is one alert."
    others = int(row.record["faces"]) - len(alerts)
    rest = f" The other {counted(others, 'face')} raised none." if others > 0 else ""
    if len(alerts) <= MOST_MARKS:
        opened = " Ring: the alert that is open." if any(one.alert == selected for one in alerts) else ""
        first += f" Square: right person; triangle: wrong person.{opened}"
    return f"{first}{rest} {_without_stop([mark for mark in alerts if not mark.stopped])}"


def _without_stop(ended: Sequence[Mark]) -> str:
    if not ended:
        return "Every alert ended in a stop."
    right = sum(mark.right for mark in ended)
    told = f"{number_word(len(ended))} {noun(len(ended), 'alert')} ended without a stop"
    if len(ended) == 1:
        return capital(f"{told}, a {'right' if right else 'wrong'} one.")
    part = {0: "none", len(ended): "all"}.get(right, number_word(right))
    return capital(f"{told}, {part} of them right.")


def _fits(alerts: int) -> bool:
    """Whether a phone has room for columns side by side."""
    return alerts <= _most_columns(288)


def _most_columns(width: int) -> int:
    return int((width - _LABEL_PX) // _NARROWEST_PX)


def _columns(alerts: Sequence[Mark], width: int, selected: int | None) -> tuple[list[Markup], float]:
    if len(alerts) > _most_columns(width):
        return _grids(alerts, width, selected)
    pitch = min(_WIDEST_PX, (width - _LABEL_PX) / len(alerts))
    tops = [_FIRST_PX + place * _LEVEL_PX for place in range(3)]
    height = tops[-1] + _FIRST_PX
    parts: list[Markup] = []
    for level, y in zip(levels_of_marks(alerts), tops, strict=True):
        parts += number_and_word(whole(level.all), level.word, y + 6)
    for place, mark in enumerate(alerts):
        x = _LABEL_PX + (place + 0.5) * pitch
        drawn = [_at(mark, level, x, y, min(13.0, pitch * 0.82)) for level, y in enumerate(tops)]
        drawn += [line(x, y + 15, x, y + _LEVEL_PX - 15, "stroke-kerb") for y in tops[: _reached(mark)]]
        if mark.alert == selected:
            drawn.append(_ring(x, tops[0], 12))
        drawn.append(_surface(x - pitch / 2, 0, pitch, height))
        parts.append(_clickable(mark, drawn))
    return parts, height


def _grids(alerts: Sequence[Mark], width: int, selected: int | None) -> tuple[list[Markup], float]:
    """Return three blocks in which the same place is the same alert."""
    pitch = _NARROWEST_PX
    per_line = int(width // pitch)
    high = -(-len(alerts) // per_line) * pitch
    tops = [place * (high + 48) + 34 for place in range(3)]
    parts: list[Markup] = []
    for level, top in zip(levels_of_marks(alerts), tops, strict=True):
        parts += number_and_word(whole(level.all), level.word, top - 10)
    for place, mark in enumerate(alerts):
        row, column = divmod(place, per_line)
        x, y = (column + 0.5) * pitch, (row + 0.5) * pitch
        drawn = [_at(mark, level, x, top + y, pitch * 0.75) for level, top in enumerate(tops)]
        drawn += [_surface(x - pitch / 2, top + y - pitch / 2, pitch, pitch) for top in tops]
        if mark.alert == selected:
            drawn.append(_ring(x, tops[0] + y, 9))
        parts.append(_clickable(mark, drawn))
    return parts, tops[-1] + high + 4


def _reached(mark: Mark) -> int:
    """Return how far an alert got: 0, 1 (a stop) or 2 (an arrest)."""
    return mark.stopped + mark.arrested


def _at(mark: Mark, level: int, x: float, y: float, size: float) -> Markup:
    """Return the mark where the alert got so far, else a dot."""
    if level > _reached(mark):
        return shapes.dot(round(x, 1), round(y, 1))
    return (shapes.right if mark.right else shapes.wrong)(round(x, 1), round(y, 1), round(size, 1))


def _ring(x: float, y: float, radius: float) -> Markup:
    ring = '<circle class="fill-none stroke-ink" stroke-width="2" cx="{}" cy="{}" r="{}"/>'
    return Markup(ring).format(px(x), px(y), px(radius))


def _surface(x: float, y: float, width: float, height: float) -> Markup:
    surface = '<rect class="fill-none" pointer-events="all" x="{}" y="{}" width="{}" height="{}"/>'
    return Markup(surface).format(px(x), px(y), px(width), px(height))


def _clickable(mark: Mark, drawn: Sequence[Markup]) -> Markup:
    group = '<g class="alert-columns-one" data-do="alert" data-value="{}">{}</g>'
    return Markup(group).format(mark.alert, Markup("").join(drawn))


def _list(row: DayRow, alerts: Sequence[Mark], start_hour: float, selected: int | None) -> Markup:
    """Return the alerts in order of time, each with a button that opens it."""
    if len(alerts) > MOST_MARKS:
        elsewhere = "; the time line has them all" if len(row.marks) <= MOST_OPENED else ""
        return Markup('<p class="note">Too many alerts to list{}.</p>').format(elsewhere)
    button = Markup(
        '<button class="link" id="alert-{0}-open" data-do="alert" data-value="{0}" '
        'aria-pressed="{1}">{2}</button>'
    )
    rows = [
        (
            button.format(
                mark.alert,
                "true" if mark.alert == selected else "false",
                clock_time(start_hour, mark.time_s),
            ),
            "right" if mark.right else "wrong",
            ("not stopped", "stopped", "stopped, arrested")[_reached(mark)],
        )
        for mark in sorted(alerts, key=lambda mark: (mark.time_s, mark.alert))
    ]
    return table("Alerts in order of time", ("Alert", "Person", "What followed"), rows)
