"""A class on many screens: how to join, what everybody guessed, and how the runs of all screens differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ..classroom import ClassTold
from ..learner import Learner, near
from .charts import chart, line, px, table, text
from .words import counted

_JOIN = Markup('Others join at <b class="teach-address" data-host="/class">/class</b>')
_ALONE = Markup(
    '<span data-reached="no">Only this machine reaches this dashboard. So that others can join, stop it '
    'and start it with <b class="teach-address">lfr-sim dashboard --host 0.0.0.0</b></span>'
    '<span data-reached="yes" hidden>{}</span>'
).format(_JOIN)
"""The page shows one of the two: who reads it from elsewhere, such as through a proxy, has reached it."""
_MOST_BINS = 12
_DOT_PX = 12.0


@dataclass(frozen=True, slots=True)
class ClassShown:
    """What one screen of a class is shown."""

    screen: int
    """Number of this screen."""
    told: ClassTold
    runs: tuple[int, ...]
    """Wrong alerts, or mistaken stops in the last lesson, of all screens' runs."""
    own_run: int
    """That of this screen."""
    leads: bool
    """Whether the class can be begun again from here."""
    is_reached: bool
    """Whether other machines may reach the dashboard."""


def class_panel(learner: Learner, room: ClassShown) -> Markup:
    """Return what the class has done: guesses once one's own is locked, runs once the count is shown."""
    join = _JOIN if room.is_reached else _ALONE
    head = Markup('<section id="class"><h2>The class</h2><p>Screen {}. {} open. {}</p>')
    parts = [head.format(room.screen, counted(room.told.screens, "screen"), join)]
    if learner.is_locked:
        counts = learner.lesson.counts
        answer = learner.lesson.guess(counts)
        shown = answer if learner.step >= 4 else None
        if room.told.before:
            parts.append(_guesses(room.told.before, learner.guesses[learner.number], shown))
    if learner.step >= 4:
        parts.append(_runs(learner, room))
    if learner.is_done:
        parts.append(
            Markup("<p>Near before: {} of {}. Near after: {} of {}.</p>").format(
                _near(room.told.before, learner.lesson.guess(learner.lesson.counts)),
                len(room.told.before),
                _near(room.told.after, learner.lesson.guess(learner.lesson.counts_again)),
                len(room.told.after),
            )
        )
    again = Markup(
        '<button type="button" class="link" data-do="class-again" id="class-again">Begin the class again '
        "(forgets all guesses)</button>"
    )
    parts.append(
        Markup(
            '<div class="row"><button type="button" class="link" data-do="class-update" data-every="3000" '
            'id="class-update">Update</button>{}</div></section>'
        ).format(again if room.leads else "")
    )
    return Markup("").join(parts)


def _near(values: Sequence[int], answer: int) -> int:
    return sum(near(value, answer) for value in values)


def _guesses(values: Sequence[int], own: int, answer: int | None) -> Markup:
    told = f"{counted(len(values), 'guess', 'guesses')} so far; yours is {own:,}"
    heading = f"{counted(len(values), 'guess', 'guesses')} of the class"
    if answer is not None:
        heading = (
            f"{_near(values, answer):,} of {counted(len(values), 'guess', 'guesses')} came near {answer:,}"
        )
    return _dots("class-guesses", heading, values, own, told, "guess")


def _runs(learner: Learner, room: ClassShown) -> Markup:
    what = "mistaken stops" if learner.lesson.judged else "wrong alerts"
    low, high = min(room.runs), max(room.runs)
    told = f"{what.capitalize()} on {counted(len(room.runs), 'screen')}: {low:,} to {high:,}"
    told += f"; on yours {room.own_run:,}"
    heading = (
        f"Same street, same machine: {low:,} to {high:,} {what}" if low != high else f"{high:,} {what}"
    )
    more = (
        " The pictures above are the average; each screen has 10,000 people of its own, of whom chance "
        "decides."
    )
    return _dots("class-runs", heading, room.runs, room.own_run, told, "run", more)


def _dots(
    name: str, heading: str, values: Sequence[int], own: int, told: str, each: str, more: str = ""
) -> Markup:
    """Return a dot for each screen over the value it has, one's own ringed."""
    edges = _edges(values)
    bins = Counter(_bin(value, edges) for value in values)
    rows = [(_label(edges, place), f"{bins[place]:,}") for place in range(len(edges) - 1)]

    def draw(width: int) -> tuple[list[Markup], float]:
        across = width / max(1, len(edges) - 1)
        tallest = max(bins.values(), default=1)
        pitch = min(_DOT_PX, across - 2, 160.0 / tallest)
        bottom = tallest * pitch + 6
        parts = [line(0, bottom, width, bottom, "stroke-ink")]
        for place in range(len(edges) - 1):
            x = (place + 0.5) * across
            for level in range(bins[place]):
                y = bottom - 3 - (level + 0.5) * pitch
                ring = _bin(own, edges) == place and level == 0
                kind = "fill-none stroke-ink" if ring else "fill-person"
                parts.append(
                    Markup(
                        f'<circle class="{kind}" stroke-width="2" cx="{px(x)}" cy="{px(y)}" '
                        f'r="{px(pitch * 0.4)}"/>'
                    )
                )
            if place % max(1, -(-(len(edges) - 1) * 46 // width)) == 0:
                parts.append(text(x, bottom + 18, f"{edges[place]:,}", "t13 mid muted"))
        return parts, bottom + 24

    note = f"One dot is one {each}; the ring is yours.{more}"
    return chart(
        name, heading, draw, told=told, note=note, table=table(heading, ("from", f"{each}s"), rows)
    )


def _edges(values: Sequence[int]) -> list[int]:
    """Return the ends of at most a dozen equal parts, in whole numbers."""
    low, high = min(values, default=0), max(values, default=0)
    step = max(1, -(-(high - low + 1) // _MOST_BINS))
    return [low + step * k for k in range(-(-(high - low + 1) // step) + 1)]


def _bin(value: int, edges: Sequence[int]) -> int:
    step = edges[1] - edges[0]
    return min(max(0, (value - edges[0]) // step), len(edges) - 2)


def _label(edges: Sequence[int], place: int) -> str:
    low, high = edges[place], edges[place + 1] - 1
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
