"""The frequency tree with two boxes for the learner to fill, and the two-by-two that says the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lfr_sim.lessons import Counts, Lesson
from lfr_sim.lessons.drawn import Box, square_of, tree_of

from ..learner import agrees
from . import shapes

_FIRST_LINES: Final = "M50 0V5M25 10V5H75V10"
_LAST_LINES: Final = "M25 0V5M12.5 10V5H37.5V10M75 0V5M62.5 10V5H87.5V10"
"""Lines from a whole to its parts; across and down in hundredths and tenths."""


def tree(
    lesson: Lesson, counts: Counts, filled: Mapping[str, str], *, open_boxes: bool, is_moved: bool = False
) -> Markup:
    """Return the tree; its last two boxes wait for the learner, or show the numbers.

    Args:
        lesson: Whose tree.
        counts: Its numbers.
        filled: Lesson and box, as `2 right-a` -> what the learner wrote.
        open_boxes: Whether the two boxes still wait.
        is_moved: Whether the dial has been moved since the boxes were filled.
    """
    found = tree_of(lesson, counts)
    (one, two), ((a, b), (c, d)) = found.parts, found.leaves
    places = ("top", "left", "left-a", "left-b", "right", "right-a", "right-b")
    boxes = Markup("").join(
        _box(box, place, filled.get(f"{lesson.number} {place}", ""), is_open=open_boxes, is_moved=is_moved)
        for box, place in zip((found.top, one, a, b, two, c, d), places, strict=True)
    )
    lines = Markup("").join(
        Markup(
            '<svg class="teach-lines {}" viewBox="0 0 100 10" preserveAspectRatio="none" '
            'aria-hidden="true">'
            '<path class="fill-none stroke-kerb" vector-effect="non-scaling-stroke" d="{}"/></svg>'
        ).format(kind, path)
        for kind, path in (("first", _FIRST_LINES), ("last", _LAST_LINES))
    )
    return Markup('<div class="teach-tree" role="group" aria-label="Tree of counts">{}{}</div>').format(
        boxes, lines
    )


def _box(box: Box, place: str, wrote: str, *, is_open: bool, is_moved: bool) -> Markup:
    mark = shapes.inline(box.mark.value) if box.mark else Markup("")
    if is_open and box.asked:
        inside = Markup(
            '<input type="text" inputmode="numeric" id="box-{0}" data-set="@box {0}" value="{1}" '
            'aria-label="How many: {2}" placeholder="?" autocomplete="off">'
        ).format(place, wrote, box.words)
        return Markup('<div class="teach-box {} teach-open">{}{}<span>{}</span></div>').format(
            place, mark, inside, box.words
        )
    other = box.asked and wrote and not is_moved and not agrees(wrote, box.count)
    yours = Markup('<span class="note">you wrote {}</span>').format(wrote) if other else ""
    return Markup('<div class="teach-box {}">{}<b class="serif">{}</b><span>{}</span>{}</div>').format(
        place, mark, f"{box.count:,}", box.words, yours
    )


def two_by_two(lesson: Lesson, counts: Counts) -> Markup:
    """Return the same counts as a table of two rows and two columns, with their sums."""
    square = square_of(lesson, counts)
    last = len(square.lines) - 1
    body = Markup("").join(
        Markup('<tr{}><th scope="row">{}</th>{}</tr>').format(
            Markup(' class="strong"') if place == last else "",
            words,
            Markup("").join(Markup("<td>{}</td>").format(f"{count:,}") for count in numbers),
        )
        for place, (words, *numbers) in enumerate(square.lines)
    )
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="The same as a table"><table '
        'class="numbers" '
        'id="teach-table"><caption>The same as a table: people</caption><thead><tr><td></td>'
        '<th scope="col">{}</th><th scope="col">{}</th><th '
        'scope="col">together</th></tr></thead><tbody>{}</tbody>'
        "</table></div>"
    ).format(*square.columns, body)
