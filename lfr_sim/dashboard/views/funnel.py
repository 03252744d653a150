"""From alerts to stops to arrests as three bars: for many alerts, and for expected counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from . import shapes
from .charts import chart, px, table, text, text_width
from .words import ASKED_FOR, FEWER, Counts, expected, expected_word, noun, whole

Number = Callable[[float], str]

_LEVEL_PX, _BAR_PX = 84, 16
_THINNEST_PX = 2.0
"""A part that is not 0 is never invisible."""


@dataclass(frozen=True, slots=True)
class Level:
    """How many alerts got so far."""

    word: str
    """What follows the number: `stopped`."""
    right: float
    wrong: float

    @property
    def all(self) -> float:
        """Right and wrong together."""
        return self.right + self.wrong


def levels_of(truth: Counts) -> tuple[Level, Level, Level]:
    """Return alerts, stops and arrests of a row of truths, expected or counted."""
    wrongly, misidentified = truth["wrongful_engagements"], truth["arrests_misidentified"]
    alerts = Level("", truth["true_alerts"], truth["false_alerts"])
    return (
        Level(noun(alerts.all, "alert"), alerts.right, alerts.wrong),
        Level("stopped", truth["engagements"] - wrongly, wrongly),
        Level("arrested", truth["arrests"] - misidentified, misidentified),
    )


def funnel(record: Counts, truth: Counts, *, asked_for: bool = False) -> Markup:
    """Return the figure of a predicted day: expected alerts, stops and arrests.

    Args:
        record: Expected record row.
        truth: Expected row of truths.
        asked_for: Whether stops are those asked for, which teams are too few to make.
    """
    levels = levels_of(truth)
    others = record["faces"] - levels[0].all
    rest = f" Of {whole(record['faces'])} faces, the rest raise no alert." if others >= 0.5 else ""
    note = f"Averages of a predicted day, each rounded by itself, right people first.{rest}"
    note += f" {ASKED_FOR}" if asked_for else ""
    return chart(
        "alert-columns",
        _heading(levels),
        lambda width: three_bars(levels, width, expected),
        told=levels_told(levels, expected),
        note=note,
        table=levels_table(levels, expected, "Predicted, people a day"),
    )


def three_bars(levels: Iterable[Level], width: int, number: Number) -> tuple[list[Markup], float]:
    """Return three bars under their numbers, right parts first, and their height in px."""
    levels = tuple(levels)
    most = max(level.all for level in levels) or 1.0
    parts: list[Markup] = []
    for place, level in enumerate(levels):
        top = place * _LEVEL_PX
        parts += number_and_word(number(level.all), level.word, top + 22)
        parts += _bar(level, top + 32, width / most)
        parts += _parts_told(level, top + 66, number)
    return parts, len(levels) * _LEVEL_PX - 10


def number_and_word(number: str, word: str, y: float) -> list[Markup]:
    """Return a large number with its word behind it, on the baseline y."""
    if not number[0].isdigit():
        return [text(0, y, f"{number} {word}", "t16 bold")]
    beside = max(38.0, text_width(number, 26) + 8)
    return [text(0, y, number, "t26 bold serif"), text(beside, y, word, "t16")]


def levels_told(levels: Iterable[Level], number: Number) -> str:
    """Return the levels in words."""
    return ". ".join(
        f"{number(level.all)} {level.word}: {number(level.right)} right, {number(level.wrong)} wrong"
        for level in levels
    )


def levels_table(levels: Iterable[Level], number: Number, caption: str) -> Markup:
    """Return the levels as a table."""
    rows = [
        (word, number(level.all), number(level.right), number(level.wrong))
        for word, level in zip(("Alerts", "Stopped", "Arrested"), levels, strict=True)
    ]
    return table(caption, ("How far", "All", "Right person", "Wrong person"), rows)


def _heading(levels: tuple[Level, ...]) -> str:
    alerts, stops, arrests = (level.all for level in levels)
    if not alerts:
        return "No alert, so nobody is stopped"
    told = [
        f"{expected_word(value)} {'stop' if not value and word == 'stop' else noun(value, word)}"
        for value, word in ((alerts, "alert"), (stops, "stop"), (arrests, "arrest"))
    ]
    return f"On average {told[0]}, {told[1]} and {told[2]} a day"


def _bar(level: Level, top: float, px_per_person: float) -> list[Markup]:
    parts, left = [], 0.0
    for value, kind in ((level.right, "right"), (level.wrong, "wrong")):
        if value <= 0:
            continue
        long = max(_THINNEST_PX, value * px_per_person)
        place = f'x="{px(left)}" y="{px(top)}" width="{px(long)}" height="{_BAR_PX}"'
        parts.append(Markup(f'<rect class="fill-{kind}" {place}/>'))
        left += long + 1
    return parts or [Markup('<rect class="fill-person" x="0" y="{}" width="1" height="{}"/>').format(
        px(top), _BAR_PX
    )]  # fmt: skip


def _parts_told(level: Level, y: float, number: Number) -> list[Markup]:
    right, wrong = number(level.right), number(level.wrong)
    mark_y = y - 5
    if right == wrong == FEWER:
        words = text(34, y, f"{FEWER} of each", "t14")
        return [shapes.right(6, mark_y), shapes.wrong(22, mark_y), words]
    told = f"{right} right"
    second = 16 + text_width(told, 14) + 14
    return [
        shapes.right(6, mark_y),
        text(16, y, told, "t14 right"),
        shapes.wrong(second + 6, mark_y),
        text(second + 17, y, f"{wrong} wrong", "t14 wrong"),
    ]
