"""One crowd, two policies: every person of a day who matters, once under each policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from lfr_sim.figures.words import listed

from ..compared import ComparedArm, another_crowd, are_paired, stops_differ
from ..days import DayRow, Mark
from ..limits import MOST_OPENED
from . import charts, shapes
from .compare_drawing import day_key, drawn_badge
from .compare_people import (
    Person,
    alerted_of,
    finding,
    is_missed,
    marks_words,
    people_of,
    split,
    within_reason,
)
from .words import clock_time, counted, number_word, too_many

FULL, MIDDLE, NARROW = 1180, 600, 288
"""Widths in px: beside each other at 1280 px, between, and on a phone, where time runs down."""

_PITCH: Final = 46.0
"""Least width of a column that its time of day fits into."""
_BESIDE: Final = {FULL: 340.0, MIDDLE: 236.0}
"""Width of the counts at the left."""
_ARM: Final = 92.0
_TOP: Final = 20.0
_NARROW_ROW: Final = 34.0
_NARROW_ROWS: Final = 24


def paired_day(
    arms: Sequence[ComparedArm],
    day: int | None = None,
    *,
    playing: bool = False,
    run: Markup | str = "",
) -> Markup:
    """Return one day under every policy, one person a column, with the picker of days.

    Args:
        arms: The policies with their days, aligned.
        day: Number of the replicate; None, or one that is not there, is the day nearest the middle of A of
            those on which the stops differ.
        playing: Whether the days are being played.
        run: What runs the days, where none are simulated.
    """
    own = another_crowd(arms)
    heading = f"{'One day' if own else 'One crowd'}, {number_word(len(arms))} policies"
    if not are_paired(arms):
        return Markup(
            '<section id="compare-day"><h2>{}</h2><p class="note">Single days are known once they have '
            "been simulated. Run them to see who is stopped under each policy.</p>{}</section>"
        ).format(heading, run)
    telling = [] if own else stops_differ(arms)
    place = _place(arms[0], day, telling)
    rows = [arm.days.rows[place] for arm in arms]
    head = Markup('<div class="compare-head"><h2>{}</h2>{}</div>').format(
        heading, _picker(arms[0], place, None if own else telling, playing=playing)
    )
    body = _too_many(arms, rows) or _everybody(arms, rows, own=own)
    chosen = Markup("") if own else _chosen(len(arms[0].days), len(telling), is_first=day is None)
    return Markup('<section id="compare-day">{}{}{}</section>').format(head, chosen, body)


def _chosen(days: int, differ: int, *, is_first: bool) -> Markup:
    """Say on how many days the stops differ, and that the one shown first is no typical one."""
    if days == 1:
        return Markup("")
    if not differ:
        told = f"The same people are stopped on each of {counted(days, 'day')}."
    elif differ == days:
        told = f"On each of {counted(days, 'day')} other people are stopped."
    else:
        told = f"The same people are stopped on {days - differ:,} of {counted(days, 'day')}."
        told += " The day shown was chosen because they differ." if is_first else ""
    return Markup('<p class="note" id="compare-day-chosen">{}</p>').format(told)


def _everybody(arms: Sequence[ComparedArm], rows: Sequence[DayRow], *, own: bool) -> Markup:
    people = people_of(rows, own_crowds=own)
    start = arms[0].scenario.deployment.start_hour
    return _figure(arms, rows, people, start, own=own) if people else _nobody(arms)


def _too_many(arms: Sequence[ComparedArm], rows: Sequence[DayRow]) -> Markup:
    """Say under which policies the day has too much to be drawn; empty where it can be."""
    told = [
        f"Under {arm.letter}: {too_many(row)}"
        for arm, row in zip(arms, rows, strict=True)
        if len(row.marks) > MOST_OPENED
    ]
    return (
        Markup('<p class="note" id="compare-too-many">{}</p>').format(" ".join(told))
        if told
        else Markup("")
    )


def _place(arm: ComparedArm, day: int | None, telling: Sequence[int]) -> int:
    """Return the place of the day asked for, else of one that tells something, else of the middle day."""
    numbers = [row.replicate for row in arm.days.rows]
    if day in numbers:
        return numbers.index(day)
    return min(telling, key=lambda place: arm.days.off_middle[place], default=arm.days.middle)


def _picker(arm: ComparedArm, place: int, telling: Sequence[int] | None, *, playing: bool) -> Markup:
    rows = arm.days.rows
    further = Markup("") if telling is None else _further(rows, place, telling)
    buttons = []
    for name, label, sign, other in (
        ("before", "The day before", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", place - 1),
        ("after", "The day after", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}", place + 1),
    ):
        there = 0 <= other < len(rows)
        buttons.append(
            Markup(
                '<button type="button" data-do="day" data-value="{}" id="compare-day-{}" aria-label="{}"{}>'
                "{}</button>"
            ).format(
                rows[other].replicate if there else "",
                name,
                label,
                "" if there else Markup(" disabled"),
                sign,
            )
        )
    return Markup(
        '<div class="row compare-picker">{}<span>Day {} of {}</span>{}{}<button type="button" class="main" '
        'data-do="play-days" id="compare-play" aria-pressed="{}">{}</button></div>'
    ).format(
        buttons[0],
        place + 1,
        len(rows),
        buttons[1],
        further,
        "true" if playing else "false",
        "Pause" if playing else "Play the days",
    )


def _further(rows: Sequence[DayRow], place: int, telling: Sequence[int]) -> Markup:
    """Return the button that goes to the next day on which the stops differ."""
    after = next((rows[one].replicate for one in telling if one > place), None)
    return Markup(
        '<button type="button" data-do="day" data-value="{}" id="compare-day-differs"{}>'
        "Next day that differs</button>"
    ).format("" if after is None else after, Markup(" disabled") if after is None else "")


def _nobody(arms: Sequence[ComparedArm]) -> Markup:
    under = listed([arm.letter for arm in arms])
    return Markup(
        "<p>On this day nobody on the list walks past, and there is no alert, under {}.</p>"
    ).format(under)


def _figure(
    arms: Sequence[ComparedArm],
    rows: Sequence[DayRow],
    people: Sequence[Person],
    start: float,
    *,
    own: bool,
) -> Markup:
    drawn = within_reason(people)
    full, middle = (
        _blocks(arms, rows, people, start, width, name)
        for name, width in (("full", FULL), ("middle", MIDDLE))
    )
    narrow = _narrow(arms, rows, people, start)
    more = len(people) - len(drawn)
    beyond = (
        Markup('<p class="note">{} not in the table.</p>').format(counted(more, "person", "people"))
        if more
        else ""
    )
    table = charts.table(
        f"Everybody with an alert, and everybody missed, under {listed([arm.letter for arm in arms])}",
        ("time", *(arm.letter for arm in arms)),
        (
            (clock_time(start, person.time_s), *(marks_words(marks) for marks in person.marks))
            for person in drawn
        ),
    )
    return Markup('<figure class="chart" id="compare-people"><h3>{}</h3>{}{}{}{}{}{}{}</figure>').format(
        finding(arms, people, own=own),
        Markup('<div class="compare-full">{}</div>').format(full),
        Markup('<div class="compare-middle">{}</div>').format(middle),
        Markup('<div class="narrow">{}</div>').format(narrow),
        day_key(same_people=not own),
        charts.below("compare-people", table),
        beyond,
        _note(arms, rows[0]),
    )


def _note(arms: Sequence[ComparedArm], row: DayRow) -> Markup:
    """Return what the saved drawing says of itself, which on the page the picker does."""
    under = listed([f"under {arm.letter}" for arm in arms])
    told = f"Day {row.replicate + 1:,}: everybody with an alert or missed, by time of day, each {under}."
    return Markup("<p hidden data-figure-note>{}</p>").format(told)


def _counts(row: DayRow) -> tuple[str, str, str, str]:
    stopped, mistaken = row.truth["engagements"], row.truth["wrongful_engagements"]
    alerts = int(row.record["alerts"])
    return (
        f"{alerts:,} {'alert' if alerts == 1 else 'alerts'}",
        f"{stopped:,} stopped",
        f"{mistaken:,} by mistake",
        f"{row.truth['arrests']:,} arrested",
    )


# --- columns: time runs to the right ------------------------------------------------------------------


def _blocks(
    arms: Sequence[ComparedArm],
    rows: Sequence[DayRow],
    people: Sequence[Person],
    start: float,
    width: int,
    name: str,
) -> Markup:
    """Return the drawing in rows of as many people as fit; all but the first on demand."""
    beside = _BESIDE[width]
    a_row = int((width - beside) // _PITCH)
    first, rest = split(people, a_row)
    drawn = [
        Markup("").join(
            _block(arms, rows, some[at : at + a_row], start, width, f"compare-people-{name}-{part}{at}")
            for at in range(0, len(some), a_row)
        )
        for part, some in (("a", first), ("b", alerted_of(rest)))
    ]
    return drawn[0] + _more(name, rest, drawn[1])


def _more(name: str, rest: Sequence[Person], drawn: Markup) -> Markup:
    """Return the people with an alert who found no room, on demand; of people missed, only how many."""
    missed = sum(map(is_missed, rest))
    alerted = len(rest) - missed
    parts = Markup("")
    if alerted:
        parts += Markup(
            '<details class="as-table" id="compare-people-more-{}"><summary>and {} more with '
            "an alert</summary>{}</details>"
        ).format(name, f"{alerted:,}", drawn)
    if missed:
        parts += Markup('<p class="note">And {} more, listed and missed.</p>').format(f"{missed:,}")
    return parts


def _block(
    arms: Sequence[ComparedArm],
    rows: Sequence[DayRow],
    people: Sequence[Person],
    start: float,
    width: int,
    name: str,
) -> Markup:
    """Return one row of people; at the first of all, what is counted under each policy stands beside it."""
    beside = _BESIDE[width]
    pitch = max(_PITCH, min(62.0, (width - beside) / max(1, len(people))))
    height = _TOP + _ARM * (len(arms) - 1) + 66
    parts: list[Markup] = []
    for number, (arm, row) in enumerate(zip(arms, rows, strict=True)):
        y = _TOP + _ARM * number
        parts.append(drawn_badge(arm.letter, 0, y - 14, first=not number))
        if name.endswith("-a0"):
            told = _counts(row)
            parts.append(charts.text(40, y - 2, f"{told[0]}, {told[1]}:", "t16"))
            parts.append(charts.text(40, y + 20, f"{told[2]}, {told[3]}", "t16"))
    for number, person in enumerate(people):
        x = beside + pitch * (number + 0.5)
        parts.append(_column(person, x))
        time = clock_time(start, person.time_s)[:5]
        size = "t14" if pitch > 52 else "t13"
        parts.append(charts.text(x, height - 8, time, f"{size} mid muted"))
    return charts.svg(name, width, height, _alt(arms, people), parts)


def _column(person: Person, x: float) -> Markup:
    parts = []
    for number, marks in enumerate(person.marks):
        y = _TOP + _ARM * number
        parts.append(_marks(marks, x, y))
        joined = number + 1 < len(person.marks) and None not in (marks, person.marks[number + 1])
        if joined:
            parts.append(charts.line(x, y + 24, x, y + _ARM - 12, "stroke-kerb"))
    return Markup("").join(parts)


def _marks(marks: tuple[Mark, ...] | None, x: float, y: float) -> Markup:
    """Return what is drawn of somebody under one policy: a dot without any mark, up to two marks else."""
    if marks is None:
        return Markup("")
    if not marks:
        return shapes.dot(x, y, 6)
    if len(marks) == 1:
        return _mark(marks[0], x, y, 14.0)
    telling = sorted(marks, key=_weight, reverse=True)[:2]
    drawn = Markup("").join(
        _mark(mark, x + away, y, 11.0)
        for mark, away in zip(sorted(telling, key=lambda m: m.time_s), (-8, 8), strict=True)
    )
    if len(marks) > 2:
        drawn += charts.text(x, y - 10, f"{len(marks)}×", "t13 mid muted")
    return drawn


def _weight(mark: Mark) -> tuple[bool, bool, bool]:
    return mark.stopped, mark.arrested, not mark.missed


def _mark(mark: Mark, x: float, y: float, size: float) -> Markup:
    if mark.missed:
        return shapes.missed(x, y, size)
    shape = shapes.right(x, y, size) if mark.right else shapes.wrong(x, y, size)
    return shape + shapes.bars(x, y, mark.stopped + mark.arrested, size)


# --- rows: time runs down -----------------------------------------------------------------------------


def _narrow(
    arms: Sequence[ComparedArm], rows: Sequence[DayRow], people: Sequence[Person], start: float
) -> Markup:
    first, rest = split(people, _NARROW_ROWS)
    drawn = _down(arms, rows, first, start, "compare-people-narrow")
    further = _down(arms, rows, alerted_of(rest), start, "compare-people-narrow-2")
    return drawn + _more("narrow", rest, further)


def _down(
    arms: Sequence[ComparedArm], rows: Sequence[DayRow], people: Sequence[Person], start: float, name: str
) -> Markup:
    pitch = (NARROW - 64) / len(arms)
    top = 30 + (4 * 18 if len(arms) == 2 else 0) + 28
    parts = []
    places = [64 + pitch * (number + 0.5) for number in range(len(arms))]
    for number, (arm, row) in enumerate(zip(arms, rows, strict=True)):
        left = places[number] - min(40.0, pitch / 2 - 2)
        parts.append(drawn_badge(arm.letter, left, 0, first=not number))
        if len(arms) == 2:
            parts += [charts.text(left, 46 + 18 * n, line, "t14") for n, line in enumerate(_counts(row))]
    for number, person in enumerate(people):
        y = top + _NARROW_ROW * (number + 0.5)
        parts.append(charts.text(0, y + 5, clock_time(start, person.time_s)[:5], "t14 muted"))
        for place, x in enumerate(places):
            parts.append(_marks(person.marks[place], x, y))
            after = person.marks[place + 1] if place + 1 < len(places) else None
            if after is not None and person.marks[place] is not None:
                parts.append(charts.line(x + 18, y, places[place + 1] - 18, y, "stroke-kerb"))
    return charts.svg(name, NARROW, top + _NARROW_ROW * len(people), _alt(arms, people), parts)


def _alt(arms: Sequence[ComparedArm], people: Sequence[Person]) -> str:
    """Return what the drawing shows, in counts of people."""
    parts = []
    for number, arm in enumerate(arms):
        marks = [mark for person in people for mark in person.marks[number] or ()]
        right = sum(mark.right and not mark.missed for mark in marks)
        missed = sum(mark.missed for mark in marks)
        wrong = len(marks) - right - missed
        parts.append(
            f"under {arm.letter} {counted(right, 'right alert')}, {counted(wrong, 'wrong alert')} and "
            f"{missed} listed missed"
        )
    return f"{counted(len(people), 'person', 'people')}: {'; '.join(parts)}."
