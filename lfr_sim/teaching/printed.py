"""Lessons printed whole, without waiting for anybody, the answers at the end."""

from __future__ import annotations

from collections.abc import Sequence

from lfr_sim.lessons import Lesson, tried

from .pictures import crowd_text, square_text
from .screens import (
    GAP,
    alerts,
    answer,
    count,
    dial_text,
    head,
    noticed,
    own_answers,
    perfect,
    question,
    sentence,
    wrapped,
)
from .signs import WIDTH, Signs


def printed(lessons: Sequence[Lesson], *, seed: int, signs: Signs) -> str:
    """Return lessons whole, without waiting for anybody, the answers at the end."""
    rule = signs.line * WIDTH
    asked = [f"{rule}\n{_asked(lesson, seed=seed, signs=signs)}" for lesson in lessons]
    answers = [_answered(lesson, signs) for lesson in lessons]
    parts = [*asked, f"{rule}\nAnswers", *answers]
    if len(lessons) > 1:
        parts.append(perfect())
    return "\n\n".join(parts)


def _asked(lesson: Lesson, *, seed: int, signs: Signs) -> str:
    counts, again = lesson.counts, lesson.counts_again
    return "\n\n".join(
        [
            head(lesson, 0),
            question(lesson),
            f"Your guess, before you read on: {GAP}",
            head(lesson, 1),
            crowd_text(counts, seed=seed, signs=signs),
            head(lesson, 2),
            alerts(lesson, guess=None, signs=signs),
            head(lesson, 3),
            square_text(lesson, counts, filled=False),
            wrapped(f"Try this: {lesson.try_this}"),
            head(lesson, 4),
            wrapped(sentence(lesson)),
            "The same question with other numbers:",
            wrapped(lesson.asked_again(again)),
            f"Your guess: {GAP}",
        ]
    )


def _answered(lesson: Lesson, signs: Signs) -> str:
    counts = lesson.counts
    return "\n\n".join(
        [
            f"Lesson {lesson.number}: {lesson.name}",
            wrapped(f"{lesson.guess(counts):,} {lesson.thing}. {lesson.told(counts)}"),
            count(lesson, counts, signs=signs),
            wrapped(f"Try this: {lesson.try_this} {tried(lesson)}"),
            dial_text(lesson),
            wrapped(f"In words: {sentence(lesson, own_answers(lesson, counts))}"),
            wrapped(f"With other numbers: {answer(lesson)}"),
            noticed(lesson),
        ]
    )
