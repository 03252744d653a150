"""What was guessed before and after, and what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lfr_sim.lessons import Lesson


@dataclass(frozen=True, slots=True)
class Answer:
    """What a learner guessed in one lesson: at first, and with other numbers at the end."""

    lesson: Lesson
    before: int
    after: int | None = None

    @property
    def off_before(self) -> int:
        """By how much the first guess missed."""
        return abs(self.before - self.lesson.guess(self.lesson.counts))

    @property
    def off_after(self) -> int | None:
        """By how much the last guess missed; None if there was none."""
        return None if self.after is None else abs(self.after - self.lesson.guess(self.lesson.counts_again))


def tally_text(answers: Sequence[Answer]) -> str:
    """Return the guesses beside what it was, before and after; an empty text for no guesses."""
    if not answers:
        return ""
    lines = [
        "Before and after. This stands on this screen only; nothing is kept.",
        "",
        f"  {'':<20}{'at first':^27}  {'with other numbers':^27}",
        f"  {'':<20}" + 2 * f"{'guess':>8}{'it was':>9}{'off by':>10}  ",
    ]
    for one in answers:
        lesson = one.lesson
        was, was_again = lesson.guess(lesson.counts), lesson.guess(lesson.counts_again)
        line = f"  {lesson.number} {lesson.name:<18}{one.before:>8,}{was:>9,}{one.off_before:>10,}"
        if one.after is not None:
            line += f"  {one.after:>8,}{was_again:>9,}{one.off_after:>10,}"
        lines.append(line)
    return "\n".join(line.rstrip() for line in lines)
