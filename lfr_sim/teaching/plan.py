"""The lesson plan: fifty minutes, minute by minute, and what to expect of a class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Final

from lfr_sim.lessons import (
    INVENTED,
    LESSONS,
    MINUTES,
    PEOPLE,
    RIGHT_SHARE,
    Counts,
    Lesson,
    perfect_told,
    tried,
)

from .paper import listed, page, paragraph, part, rows, top

_PARTS: Final = 5
_LENGTH: Final = MINUTES // _PARTS
"""Minutes of each part of a lesson."""


def plan() -> str:
    """Return the plan."""
    title = f"Lesson plan: {len(LESSONS)} questions in {len(LESSONS) * MINUTES} minutes"
    first = [top("lfr-sim", "For the teacher"), f"<h1>{title}</h1>", *_before()]
    return page(
        f"lfr-sim: {title}", ["\n".join(first), _in_all(), *(_lesson(lesson) for lesson in LESSONS)]
    )


def two_percentages() -> str:
    """Return the same false alerts as a share of all faces and of all alerts."""
    said = INVENTED
    return "\n".join(
        [
            paragraph(
                f"Invented: {said.false_alerts:,} of {said.alerts:,} alerts were false, among "
                f"{said.faces:,} faces."
            ),
            f'<div class="two"><div><b>{100 * (said.per_face or 0):.4g} %</b>of all faces</div>'
            f"<div><b>{100 * (said.per_alert or 0):.4g} %</b>of all alerts</div></div>",
            paragraph(
                "Whoever reads one of them asks: of what? The first says how seldom somebody who walks "
                "past is pointed at by mistake, the second how often an alert is a mistake."
            ),
        ]
    )


def _before() -> list[str]:
    return [
        paragraph(
            f"A camera compares everybody who walks past with a list. {PEOPLE:,} people walk past, few of "
            "them are on the list, and the system is right 99 times in 100. How often is an alert right? "
            "The class guesses first, then counts. It needs no more than multiplying, and suits pupils "
            "from about 14 years.",
            "lead",
        ),
        _aims(),
        _needed(),
        _at_a_glance(),
    ]


def _aims() -> str:
    return part(
        "Afterwards they can",
        listed(
            [
                "say how many alerts are right, of how many, and why that depends on who walks past;",
                "tell what a longer list, another threshold and a doubtful officer change, on both sides;",
                "ask of any percentage: of what?",
            ]
        ),
    )


def _needed() -> str:
    return part(
        "Before the lesson",
        listed(
            [
                "One worksheet for each pupil: worksheet.html, printed on both sides. Keep answers.html.",
                "A projector and one machine with lfr-sim. Nothing comes from the internet.",
                "For the screens of the class: `lfr-sim dashboard --host 0.0.0.0` on your machine. It "
                "says the address that the class opens, such as `192.168.1.20:8765/class`. The guesses of "
                "all screens are gathered.",
                "No browser? `lfr-sim teach` is the same in a terminal; `lfr-sim teach --all` prints it "
                "whole.",
                "No machine at all? The worksheet is enough: what is counted is printed below its fold.",
            ]
        ),
    )


def _at_a_glance() -> str:
    lines = [
        [_minutes(lesson, 0, _PARTS), f"{lesson.number}. {lesson.name}", lesson.headline]
        for lesson in LESSONS
    ]
    return part("At a glance", rows(["Minute", "Lesson", "Question"], lines, kind="minutes"))


def _minutes(lesson: Lesson, first: int, parts: int = 1) -> str:
    start = (lesson.number - 1) * MINUTES + first * _LENGTH
    return f"{start} to {start + parts * _LENGTH}"


def _lesson(lesson: Lesson) -> str:
    counts, again = lesson.counts, lesson.counts_again
    steps = [
        (
            f"{lesson.headline} {lesson.lead(counts)}",
            "Everybody writes down a guess, alone and in silence. It is locked.",
        ),
        (
            lesson.task(counts),
            "Show the crowd, then the alerts. They count, not you.",
        ),
        (
            lesson.told(counts),
            "They compare the boxes with a neighbour. Only then show the count.",
        ),
        (
            lesson.try_this,
            "One pupil moves the one setting, the others say beforehand what will happen.",
        ),
        (
            f"Say it in your own numbers. Then: {lesson.asked_again(again)}",
            "They write the sentence, and guess again. Hands up: who is nearer than at first?",
        ),
    ]
    lines = [[_minutes(lesson, place), say, do] for place, (say, do) in enumerate(steps)]
    return "\n".join(
        [
            top(f"Lesson {lesson.number}: {lesson.name}", f"Minute {_minutes(lesson, 0, _PARTS)}"),
            f"<h2>{escape(lesson.headline)}</h2>",
            rows(["Minute", "You say", "You do, they do"], lines, kind="minutes"),
            part("To notice", listed(lesson.notice)),
            part("To try", paragraph(f"{lesson.try_this} {tried(lesson)}")),
            part("What commonly goes wrong", listed(_WRONG[lesson.name](counts))),
        ]
    )


def _in_all() -> str:
    rare, officer = LESSONS[1], LESSONS[4]
    return "\n".join(
        [
            top("In all five lessons, and after", "For the teacher"),
            _wrong_in_all(),
            part(
                "Now percentages: two, both true",
                two_percentages(),
                paragraph("Homework: find a percentage in the news, and ask of what."),
            ),
            part(
                "Make it perfect",
                paragraph("What would stay if the machine never took anybody for somebody else?"),
                listed(perfect_told()),
            ),
            part(
                "Less time",
                paragraph(
                    f"Lessons {rare.number} and {officer.number} stand by themselves: {2 * MINUTES} "
                    "minutes, and five for the two percentages."
                ),
            ),
            part(
                "What these numbers are",
                listed(
                    [
                        "Each is what the model expects of that many people, rounded to whole people. On a "
                        "day in the street it would be more or less.",
                        "A real street has hundreds of settings; all but a handful are taken out here. The "
                        "other pages of the program hold them.",
                        "They are no judgement on any deployment, or on anybody.",
                    ]
                ),
            ),
        ]
    )


def _wrong_in_all() -> str:
    return part(
        "What commonly goes wrong in all five",
        listed(
            [
                "Learners turn the counts back into percentages, and get lost. Send them back to "
                "the boxes: how many people, of how many? Percentages come last.",
                "Somebody says the answer before all have guessed. Ask for silence; a guess that "
                "is not locked teaches nothing.",
                "They ask whether the system is good or bad. The counts do not say. Ask what else "
                "one would want to know: who is on the list, and why; what a stop costs the person "
                "stopped; what a person missed might do.",
                "They speak of good and bad people. Say: a person on the list, a person not on the "
                "list. An entry can be out of date, and says nothing about guilt.",
            ]
        ),
    )


_WRONG: Final[Mapping[str, Callable[[Counts], tuple[str, ...]]]] = {
    LESSONS[0].name: lambda c: (
        "They say: once in so many is as good as never. Ask how often the machine compares.",
        f"They think that a face is compared once. It is compared with every entry: {c.wrong:,} people set "
        "off an alert.",
    ),
    LESSONS[1].name: lambda c: (
        f"A common guess is about {round(RIGHT_SHARE * c.alerts):,} of {c.alerts:,}. That answers another "
        f"question: of the listed people, how many are found? ({c.right:,} of {c.listed:,}.)",
        f"They forget those who are not on the list, because nearly all are left in peace. {c.wrong:,} of "
        f"{c.unlisted:,} are not.",
    ),
    LESSONS[2].name: lambda c: (
        "They expect everything ten times. Ask who is added to a list last, and how often such a person "
        "walks past.",
        f"They wonder why it is {c.wrong:,} and not ten times as many as before. Who is taken for two "
        "entries at once counts once.",
    ),
    LESSONS[3].name: lambda c: (
        "They look for the right threshold. The counts hold none: how much a person missed weighs against "
        "a wrong alert is not a count.",
        f"They look at the wrong alerts alone. Ask for the circles: {c.missed:,} of {c.listed:,} walk on.",
    ),
    LESSONS[4].name: lambda c: (
        f"They think that officers put everything right, or nothing. Of {c.wrong:,} people, "
        f"{c.wrong - c.stopped_wrong:,} are left alone.",
        "They think that presuming less costs nothing. Move it down to 0, and look at the squares.",
    ),
}
