"""The line that says what the shapes mean."""

from __future__ import annotations

from markupsafe import Markup

from . import shapes


def key() -> Markup:
    """Return shapes and their words, as they stand under the plan and its time line."""
    bar = Markup('<rect class="fill-stopped" x="1" y="{}" width="14" height="2.6"/>')
    marks = (
        (shapes.right(8, 8, 13), "alert, right person"),
        (shapes.wrong(8, 8, 14), "alert, wrong person"),
        (shapes.missed(8, 8, 13), "listed, missed"),
        (bar.format(7), "stopped by officers"),
        (bar.format(4) + bar.format(9), "stopped and arrested"),
        (shapes.dot(8, 8, 6), "one person, tail shows where from"),
    )
    items = (
        Markup(
            '<li><svg class="inline-mark" viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}</li>'
        ).format(mark, words)
        for mark, words in marks
    )
    return Markup('<ul class="key">{}</ul>').format(Markup("").join(items))
