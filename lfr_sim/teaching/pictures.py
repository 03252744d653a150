"""The pictures of a lesson in text: the crowd, the alerts brought together, the tree, the two-by-two."""

from __future__ import annotations

import numpy as np

from lfr_sim.lessons import MARK_WORDS, Block, Box, Counts, Lesson, blocks_of, square_of, tree_of
from lfr_sim.lessons.chance import places

from .signs import WIDTH, Signs

_HUNDREDS_IN_A_LINE = 20
_TENS_IN_A_LINE = 5
_LEAF = 18
"""Columns of the tree that each of its four leaves takes."""
_MOST_SHOWN = 9


def crowd_text(counts: Counts, *, seed: int, signs: Signs) -> str:
    """Return everybody who walks past, a hundred people to a sign, and where the alerts are among them."""
    alerted = np.array(places(seed)[: counts.alerts], dtype=int)
    each = np.bincount(alerted // 100, minlength=counts.people // 100)
    shown = [signs.hundred if not n else str(n) if n <= _MOST_SHOWN else "+" for n in each.tolist()]
    lines = [
        "  " + " ".join(shown[first : first + _HUNDREDS_IN_A_LINE])
        for first in range(0, len(shown), _HUNDREDS_IN_A_LINE)
    ]
    more = f", + over {_MOST_SHOWN}" if max(each.tolist()) > _MOST_SHOWN else ""
    key = (
        f"  Each sign is 100 people: {signs.hundred} no alert among them, a number so many{more}.\n"
        f"  {counts.alerts:,} of {counts.people:,} set off an alert; who they are, the seed decides."
    )
    return "\n".join([*lines, "", key])


def alerts_text(lesson: Lesson, counts: Counts, *, guess: int | None, signs: Signs) -> str:
    """Return the alerts as marks to count, with the guess in brackets round the first of them."""
    parts = []
    for block in blocks_of(lesson, counts):
        inside = guess if block.guessed else None
        told = f"; your guess, {guess:,}, in [brackets]" if inside is not None else ""
        parts.append(f"  {block.words}{told}:\n\n{_block(block, inside, signs)}")
    return "\n\n".join([*parts, _key(lesson, counts, signs)])


def _key(lesson: Lesson, counts: Counts, signs: Signs) -> str:
    blocks = blocks_of(lesson, counts)
    used = {part.mark for block in blocks for part in block.marks if part.count}
    key = [f"{signs.of(mark)} {words}" for mark, words in MARK_WORDS.items() if mark in used]
    if lesson.judged:
        key.append(f"{signs.stop} under a mark: stopped")
    return "  " + "    ".join(key)


def _block(block: Block, guess: int | None, signs: Signs) -> str:
    """Return marks in tens, fifty to a line, each line ending with how many there are up to there."""
    marks = [(signs.of(part.mark), part.stopped) for part in block.marks for _ in range(part.count)]
    places = max(len(marks), guess or 0)
    cells = marks + [(signs.nobody, False)] * (places - len(marks))
    in_line = 10 * _TENS_IN_A_LINE
    lines = []
    if not places:
        return "   []" if guess is not None else "   none"
    for first in range(0, places, in_line):
        last = min(first + in_line, places)
        upper, lower = _line(cells, first, last, guess, signs)
        so_far = f"{min(last, len(marks)):,}" if first < len(marks) else ""
        lines.append(f"{upper:<{WIDTH - 10}}{so_far:>7}".rstrip())
        if any(stopped for _, stopped in cells[first:last]):
            lines.append(lower.rstrip())
    return "\n".join(lines)


def _line(
    cells: list[tuple[str, bool]], first: int, last: int, guess: int | None, signs: Signs
) -> tuple[str, str]:
    """Return one line of marks, and the line of bars under it; brackets stand between the marks."""
    upper = lower = ""
    for place in range(first, last):
        gap = " " if place > first and place % 10 == 0 else ""
        if guess == place > first:
            gap = "]"
        mark, stopped = cells[place]
        upper += gap + mark
        lower += " " * len(gap) + (signs.stop if stopped else " ")
    opening = {0: "[]"}.get(guess or 0, "[") if guess is not None and first == 0 else ""
    closing = "]" if guess == last else ""
    return f"{opening:>3}{upper}{closing}", f"   {lower}"


def tree_text(lesson: Lesson, counts: Counts, *, filled: bool, signs: Signs) -> str:
    """Return the frequency tree; the boxes that the learner fills stand in brackets."""
    tree = tree_of(lesson, counts)
    leaves = [leaf for pair in tree.leaves for leaf in pair]
    centres = [_LEAF // 2 + _LEAF * place for place in range(4)]
    middles = [(centres[0] + centres[1]) // 2, (centres[2] + centres[3]) // 2]
    top = sum(middles) // 2
    number = [_number(leaf, filled) for leaf in leaves]
    lines = [
        _placed([f"{tree.top.count:,}"], [top]),
        _placed([tree.top.words], [top]),
        _branch(middles[0], top, middles[1], signs),
        _placed([f"{part.count:,}" for part in tree.parts], middles),
        _placed([_words(part, signs) for part in tree.parts], middles),
        _branch(centres[0], middles[0], centres[1], signs)
        + _branch(centres[2], middles[1], centres[3], signs)[centres[1] + 1 :],
        _placed(number, centres),
        _placed([_words(leaf, signs) for leaf in leaves], centres),
    ]
    return "\n".join(f"  {line}".rstrip() for line in lines)


def _number(box: Box, filled: bool) -> str:
    if not box.asked:
        return f"{box.count:,}"
    return f"[ {box.count:,} ]" if filled else "[   ?   ]"


def _words(box: Box, signs: Signs) -> str:
    return f"{signs.of(box.mark)} {box.words}" if box.mark else box.words


def _placed(words: list[str], centres: list[int]) -> str:
    """Return words on one line, each about its centre."""
    line = ""
    for word, centre in zip(words, centres, strict=True):
        line = line.ljust(centre - len(word) // 2) + word
    return line


def _branch(left: int, middle: int, right: int, signs: Signs) -> str:
    line = [" "] * left + [signs.line] * (right - left + 1)
    line[left], line[middle], line[right] = signs.left, signs.join, signs.right_end
    return "".join(line)


def square_text(lesson: Lesson, counts: Counts, *, filled: bool) -> str:
    """Return the two-by-two with its sums; unfilled, the people not on the list are left open."""
    square = square_of(lesson, counts)
    lines = [" " * 18 + "".join(f"{words:>13}" for words in (*square.columns, "together"))]
    for row, (words, *numbers) in enumerate(square.lines):
        shown = [
            f"{count:,}" if filled or not square.is_asked(row, column) else "?"
            for column, count in enumerate(numbers)
        ]
        lines.append(f"  {words:<16}" + "".join(f"{number:>13}" for number in shown))
    return "\n".join(lines)
