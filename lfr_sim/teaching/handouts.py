"""The three sheets of a lesson on paper: plan, worksheet, answers. Every number comes from the lessons."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from lfr_sim.lessons import (
    LESSONS,
    Lesson,
    along_the_dial,
    blocks_of,
    perfect_told,
    tried,
    values_to_try,
    why_again,
)

from .paper import (
    field,
    key,
    listed,
    marks,
    own_sentence,
    page,
    pair,
    paragraph,
    part,
    rows,
    square,
    top,
    tree,
    whole_sentence,
)
from .plan import plan, two_percentages

MATERIALS: Final = ("lesson-plan.html", "worksheet.html", "answers.html")


def materials() -> dict[str, str]:
    """Return the three sheets: name of the file -> the page."""
    return dict(zip(MATERIALS, (plan(), worksheet(), answers()), strict=True))


def worksheet() -> str:
    """Return the sheets that pupils fill, one to a lesson."""
    return page("lfr-sim: worksheet", [_worksheet(lesson) for lesson in LESSONS], kind="tight")


def _worksheet(lesson: Lesson) -> str:
    counts, again = lesson.counts, lesson.counts_again
    blocks = blocks_of(lesson, counts)
    return "\n".join(
        [
            top(f"Lesson {lesson.number}: {lesson.name}", "Name ____________________"),
            f"<h1>{escape(lesson.headline)}</h1>",
            paragraph(lesson.lead(counts), "lead"),
            part(
                "My guess, before I look. It stays as it is.",
                field(_of(lesson.most(counts), lesson)),
            ),
            paragraph("Fold the sheet back here until everybody has guessed.", "fold"),
            part(
                "What I count",
                paragraph(f"{lesson.task(counts)} No percentages yet: stay with counts of people."),
                # A heading of one block alone would count for the pupil.
                marks(blocks, named=len(blocks) > 1),
                key(lesson),
                tree(lesson, counts, filled=False),
            ),
            pair(
                f'<div class="part">{square(lesson, counts, filled=False)}</div>'
                + part("In my own numbers", own_sentence(lesson, None)),
                part("Try this", paragraph(lesson.try_this), _dial(lesson, _but_the_answers(lesson))),
            ),
            part(
                "The same question with other numbers",
                paragraph(lesson.asked_again(again)),
                field(_of(lesson.most(again), lesson)),
            ),
        ]
    )


def _but_the_answers(lesson: Lesson) -> tuple[float, ...]:
    """Return the values of the dial that a worksheet shows: neither question is answered by them."""
    asked = lesson.again.get(lesson.dial.path)
    answers = {lesson.start, None if asked is None else lesson.dial.shown(asked)}
    return tuple(shown for shown in values_to_try(lesson) if shown not in answers)


def _of(most: int, lesson: Lesson) -> str:
    return lesson.thing if lesson.number == 1 else f"of {most:,} {lesson.thing}"


def answers() -> str:
    """Return the answer key, one sheet to a lesson, and one on what is said of all five."""
    return page("lfr-sim: answers", [*(_answers(lesson) for lesson in LESSONS), _after()], kind="tight")


def _answers(lesson: Lesson) -> str:
    counts, again = lesson.counts, lesson.counts_again
    return "\n".join(
        [
            top(f"Lesson {lesson.number}: {lesson.name}", "Answers"),
            f"<h1>{escape(lesson.headline)}</h1>",
            paragraph(lesson.lead(counts)),
            f"<p>{_answer(lesson, 'first', lesson.guess(counts))} {escape(lesson.told(counts))}</p>",
            f'<div class="part">{marks(blocks_of(lesson, counts), named=True)}{key(lesson)}</div>',
            f'<div class="part">{tree(lesson, counts, filled=True)}</div>',
            pair(
                f'<div class="part">{square(lesson, counts, filled=True)}</div>'
                + part("In my own numbers", own_sentence(lesson, counts))
                + f'<div class="part">{_dial(lesson, values_to_try(lesson))}</div>',
                part(
                    "The same question with other numbers",
                    f"<p>{escape(lesson.asked_again(again))}</p>"
                    f"<p>{_answer(lesson, 'again', lesson.guess(again))} "
                    f"{escape(whole_sentence(why_again(lesson)))}</p>",
                )
                + part("Try this", paragraph(f"{lesson.try_this} {tried(lesson)}"))
                + part("To notice", listed(lesson.notice)),
            ),
        ]
    )


def _answer(lesson: Lesson, which: str, number: int) -> str:
    """Return an answer such that it can be found again by whoever checks the sheet."""
    return (
        f'<b class="answer" data-lesson="{lesson.number}" data-question="{which}">{number:,}</b> '
        f"{escape(lesson.thing)}."
    )


def _dial(lesson: Lesson, values: Sequence[float]) -> str:
    """Return the counts with the dial at some values, as it shows them."""
    lines = [
        [lesson.dial.told(shown), *(f"{n:,}" for n in along_the_dial(lesson, shown).values())]
        for shown in values
    ]
    titles = along_the_dial(lesson, lesson.start)
    return rows(["", *titles], lines, kind="numbers", caption=lesson.dial.label)


def _after() -> str:
    return "\n".join(
        [
            top("After the five lessons", "Answers"),
            "<h1>Two percentages, both true</h1>",
            two_percentages(),
            "<h2>Make it perfect: what stays</h2>",
            listed(perfect_told()),
            "<h2>Where the numbers come from</h2>",
            paragraph(
                "Every number of these sheets is what the model expects of 10,000 people, rounded to whole "
                "people. In the street it varies from day to day. The program computes them when it writes "
                "the sheets; nothing is typed in."
            ),
        ]
    )
