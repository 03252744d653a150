"""The parts of a lesson as text that fits a narrow terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from lfr_sim.lessons import (
    STEPS,
    Blank,
    Counts,
    Lesson,
    along_the_dial,
    perfect_told,
    spaced,
    values_to_try,
    why_again,
)

from .pictures import alerts_text, square_text, tree_text
from .signs import WIDTH, Signs

GAP = "______"


def wrapped(text: str, *, indent: str = "") -> str:
    """Return text in lines that fit the narrowest terminal."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def head(lesson: Lesson, step: int) -> str:
    """Return the line above a screen: which lesson, which step."""
    left, right = f"Lesson {lesson.number}: {lesson.name}", f"{step + 1} of {len(STEPS)}: {STEPS[step]}"
    return f"{left}{right:>{WIDTH - len(left)}}"


def question(lesson: Lesson) -> str:
    """Return the question, in words and in counts."""
    return f"{wrapped(lesson.headline)}\n\n{wrapped(lesson.lead(lesson.counts))}"


def alerts(lesson: Lesson, *, guess: int | None, signs: Signs) -> str:
    """Return the alerts to be counted, and the tree with two boxes to be filled."""
    counts = lesson.counts
    return "\n\n".join(
        [
            alerts_text(lesson, counts, guess=guess, signs=signs),
            wrapped(lesson.task(counts)),
            tree_text(lesson, counts, filled=False, signs=signs),
            "  No percentages yet: stay with counts of people.",
        ]
    )


def count(lesson: Lesson, counts: Counts, *, signs: Signs) -> str:
    """Return the tree and the two-by-two, filled."""
    tree = tree_text(lesson, counts, filled=True, signs=signs)
    return f"{tree}\n\n{square_text(lesson, counts, filled=True)}"


def sentence(lesson: Lesson, said: Sequence[int] | None = None) -> str:
    """Return the learner's sentence with what was said in its gaps; the others stay open."""
    given = [f"{number:,}" for number in said or ()]
    gaps = iter([*given, *[GAP] * len(lesson.own)])
    words = [part if isinstance(part, str) else next(gaps) for part in lesson.own]
    return spaced(words)


def own_answers(lesson: Lesson, counts: Counts) -> list[int]:
    """Return what belongs into the gaps of the learner's sentence."""
    return [part.answer(counts) for part in lesson.own if isinstance(part, Blank)]


def dial_text(lesson: Lesson) -> str:
    """Return what the counts are along the dial."""
    rows = {shown: along_the_dial(lesson, shown) for shown in values_to_try(lesson)}
    lines = [f"  {lesson.dial.label:<40}" + "".join(f"{f'  {title}':>11}" for title in rows[lesson.start])]
    for shown, counts in rows.items():
        told = lesson.dial.told(shown)
        lines.append(f"  {told:>39} " + "".join(f"{n:>{max(11, len(t) + 2)},}" for t, n in counts.items()))
    return "\n".join(lines)


def answer(lesson: Lesson) -> str:
    """Return the last answer, with the reason in half a sentence."""
    counts = lesson.counts_again
    return f"{lesson.guess(counts):,}: {why_again(lesson)}."


def dial_at(lesson: Lesson, shown: float) -> str:
    """Return where the dial stands, on the step nearest to what is asked."""
    return lesson.dial.told(lesson.dial.shown(lesson.dial.value(shown)))


def moved(lesson: Lesson, shown: float, *, signs: Signs) -> str:
    """Return the alerts and the two-by-two with the dial at a value, as it is shown."""
    counts = lesson.counts_at(shown)
    return "\n\n".join(
        [
            f"{lesson.dial.label}: {dial_at(lesson, shown)}",
            alerts_text(lesson, counts, guess=None, signs=signs),
            square_text(lesson, counts, filled=True),
        ]
    )


def noticed(lesson: Lesson) -> str:
    """Return what a class should have noticed."""
    return "\n".join(["To notice:", *listed(lesson.notice)])


def perfect() -> str:
    """Return what stays when the machine makes no mistake at all."""
    return "\n".join(["Make it perfect: what stays", *listed(perfect_told())])


def listed(sentences: Sequence[str]) -> list[str]:
    """Return sentences as a list."""
    return [
        textwrap.fill(text, WIDTH, initial_indent="  - ", subsequent_indent="    ") for text in sentences
    ]
