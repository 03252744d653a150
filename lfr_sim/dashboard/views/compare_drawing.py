"""What the drawings of Compare share: the letter of a policy, the line of shapes and words."""

from __future__ import annotations

from markupsafe import Markup

from . import charts, shapes


def badge(letter: str, *, first: bool) -> Markup:
    """Return the letter of a policy in a box: filled for the one that the others are set against."""
    return Markup('<span class="compare-badge{}">{}</span>').format(
        " compare-first" if first else "", letter
    )


def drawn_badge(letter: str, x: float, y: float, *, first: bool) -> Markup:
    """Return the same box within a drawing, its upper left corner at (x, y)."""
    box = Markup(
        '<rect x="{}" y="{}" width="26" height="26" rx="3" stroke-width="1.5" class="{}"/>'
    ).format(charts.px(x + 1), charts.px(y), "fill-ink stroke-ink" if first else "fill-none stroke-ink")
    return box + charts.text(x + 14, y + 18, letter, f"t14 bold mid{' compare-on-ink' if first else ''}")


def day_key(*, same_people: bool) -> Markup:
    """Return what the shapes of a day mean.

    Args:
        same_people: Whether the same people walk past under each policy.
    """
    bar = Markup('<rect class="fill-stopped" x="1" y="{}" width="14" height="2.6"/>')
    marks = {
        "alert, right person": shapes.right(8, 8, 13),
        "alert, wrong person": shapes.wrong(8, 8, 14),
        "listed, missed": shapes.missed(8, 8, 13),
        "same person, no alert": shapes.dot(8, 8, 6),
        "stopped": bar.format(7),
        "stopped and arrested": bar.format(4) + bar.format(9),
    }
    items = (
        Markup(
            '<li><svg class="inline-mark" viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}</li>'
        ).format(mark, words)
        for words, mark in marks.items()
        if same_people or not words.startswith("same")
    )
    return Markup('<ul class="key">{}</ul>').format(Markup("").join(items))
