"""What is drawn of a lesson, as counts: marks to be counted, a tree, and a two-by-two.

The same in a terminal and on paper. In four lessons people branch into listed or not, then alert or none;
where officers judge, the alerts branch into right or wrong, then stopped or left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .course import Lesson, the_alerts
from .scene import Counts


class Mark(StrEnum):
    """What a countable mark stands for."""

    RIGHT = "right"
    """An alert that points at a listed person."""
    WRONG = "wrong"
    """An alert that points at somebody who is not on the list."""
    MISSED = "missed"
    """A listed person without an alert."""


MARK_WORDS: Final = {
    Mark.RIGHT: "on the list",
    Mark.WRONG: "not on the list",
    Mark.MISSED: "on the list, no alert",
}
"""What each mark is called, on screens and on paper."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of one kind in a row."""

    mark: Mark
    count: int
    stopped: bool = False
    """Whether each has a bar under it: the person was stopped."""


@dataclass(frozen=True, slots=True)
class Block:
    """Marks that belong together, to be counted."""

    words: str
    marks: tuple[Marks, ...]
    guessed: bool = True
    """Whether the guess is drawn round the first marks of this block."""

    @property
    def count(self) -> int:
        """All marks of the block."""
        return sum(part.count for part in self.marks)


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a tree."""

    count: int
    words: str
    mark: Mark | None = None
    asked: bool = False
    """Whether the learner fills it."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole, its two parts, and the two parts of each."""

    top: Box
    parts: tuple[Box, Box]
    leaves: tuple[tuple[Box, Box], tuple[Box, Box]]


@dataclass(frozen=True, slots=True)
class Square:
    """A two-by-two: the leaves of the tree, with what they add up to."""

    rows: tuple[str, str]
    columns: tuple[str, str]
    cells: tuple[tuple[int, int], tuple[int, int]]

    @property
    def lines(self) -> tuple[tuple[str, int, int, int], ...]:
        """Each row with its sum, and the sums of the columns."""
        (a, b), (c, d) = self.cells
        return (
            (self.rows[0], a, b, a + b),
            (self.rows[1], c, d, c + d),
            ("together", a + c, b + d, a + b + c + d),
        )

    @staticmethod
    def is_asked(line: int, column: int) -> bool:
        """Return whether the learner fills a cell: one of people who are not on the list, or a sum over."""
        return line > 0 and column < 2


def tree_of(lesson: Lesson, counts: Counts) -> Tree:
    """Return the tree of a lesson; the two boxes of people who are not on the list are asked for."""
    if lesson.judged:
        return Tree(
            Box(counts.alerts, "people pointed at"),
            (
                Box(counts.right, "on the list", Mark.RIGHT),
                Box(counts.wrong, "not on the list", Mark.WRONG),
            ),
            (
                (
                    Box(counts.stopped_right, "stopped"),
                    Box(counts.right - counts.stopped_right, "left alone"),
                ),
                (
                    Box(counts.stopped_wrong, "stopped", asked=True),
                    Box(counts.wrong - counts.stopped_wrong, "left alone", asked=True),
                ),
            ),
        )
    return Tree(
        Box(counts.people, "people walk past"),
        (Box(counts.listed, "on the list"), Box(counts.unlisted, "not on the list")),
        (
            (Box(counts.right, "alert, right", Mark.RIGHT), Box(counts.missed, "missed", Mark.MISSED)),
            (
                Box(counts.wrong, "alert, wrong", Mark.WRONG, asked=True),
                Box(counts.quiet, "no alert", asked=True),
            ),
        ),
    )


def square_of(lesson: Lesson, counts: Counts) -> Square:
    """Return the two-by-two of a lesson."""
    tree = tree_of(lesson, counts)
    first, second = ((left.count, right.count) for left, right in tree.leaves)
    columns = ("stopped", "left alone") if lesson.judged else ("alert", "no alert")
    return Square(("on the list", "not on the list"), columns, (first, second))


def blocks_of(lesson: Lesson, counts: Counts) -> tuple[Block, ...]:
    """Return the alerts of a lesson, brought together, such that the guess can be drawn round them."""
    right, wrong = Marks(Mark.RIGHT, counts.right), Marks(Mark.WRONG, counts.wrong)
    if lesson.judged:
        return (
            Block(
                f"The {counts.wrong:,} who are not on the list",
                (
                    Marks(Mark.WRONG, counts.stopped_wrong, stopped=True),
                    Marks(Mark.WRONG, counts.wrong - counts.stopped_wrong),
                ),
            ),
            Block(
                f"The {counts.right:,} who are on the list",
                (
                    Marks(Mark.RIGHT, counts.stopped_right, stopped=True),
                    Marks(Mark.RIGHT, counts.right - counts.stopped_right),
                ),
                guessed=False,
            ),
        )
    if shows_missed(lesson):
        return (
            Block(f"The {counts.listed:,} listed people", (right, Marks(Mark.MISSED, counts.missed))),
            Block(the_alerts(counts.wrong, "wrong"), (wrong,), guessed=False),
        )
    return (Block(the_alerts(counts.alerts), (right, wrong)),)


def shows_missed(lesson: Lesson) -> bool:
    """Return whether people missed are drawn: where the guess is of listed people found."""
    return lesson.dial.path == "matcher.threshold"
