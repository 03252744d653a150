"""What every chart of a panel has: a finding as heading, a drawing at its real width, words and a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup, escape

WIDE, NARROW = 360, 288
"""Widths in px of a panel of three side by side, and of a phone's. Text is never scaled."""

_LETTER = 0.56
"""Mean width of a letter, as a share of the size of type; rather too much."""

Draw = Callable[[int], tuple[Iterable[Markup], float]]
"""Width in px -> the parts of a drawing, and its height in px."""


def chart(name: str, heading: str, draw: Draw, *, told: str, note: Markup | str, table: Markup) -> Markup:
    """Return a figure, drawn twice: for a panel and for a phone.

    Args:
        name: Its id.
        heading: The finding, written from the numbers.
        draw: What draws it at a width.
        told: The drawing in words, with its numbers.
        note: What stands under it.
        table: The numbers as a table.
    """

    def drawn(kind: str, width: int) -> Markup:
        parts, height = draw(width)
        return svg(f"{name}-{kind}", width, height, told, parts)

    drawings = at_both(drawn)
    body = Markup('{}<figcaption class="note">{}</figcaption>{}').format(drawings, note, below(name, table))
    return framed(name, heading, body)


def svg(name: str, width: float, height: float, told: str, parts: Iterable[Markup]) -> Markup:
    """Return a drawing at its real size.

    Args:
        name: Its id, one in the page.
        width: In px.
        height: In px.
        told: The drawing in words, with its numbers.
        parts: What is drawn.
    """
    return Markup(
        '<svg role="img" aria-labelledby="{0}-title" width="{1}" height="{2}" viewBox="0 0 {1} {2}">'
        '<title id="{0}-title">{3}</title>{4}</svg>'
    ).format(name, px(width), px(height), told, Markup("").join(parts))


def at_both(draw: Callable[[str, int], Markup], wide: int = WIDE, narrow: int = NARROW) -> Markup:
    """Return two drawings of which the page shows one: for windows with room, and for phones.

    Args:
        draw: What draws it, from `wide` or `narrow`, which is part of its id, and the width in px.
        wide: Width of the one.
        narrow: Width of the other.
    """
    return Markup("").join(
        Markup('<div class="{}">{}</div>').format(kind, draw(kind, width))
        for kind, width in (("wide", wide), ("narrow", narrow))
    )


def framed(name: str, heading: str, body: Markup) -> Markup:
    """Return a figure of anything under a heading; also where there is nothing to draw."""
    return Markup('<figure class="chart" id="{}"><h3>{}</h3>{}</figure>').format(name, heading, body)


def below(name: str, numbers: Markup) -> Markup:
    """Return what stands under a drawing: its numbers as a table, and the drawing as a file."""
    return Markup('<div class="below">{}{}</div>').format(as_table(name, numbers), save_buttons(name))


def save_buttons(name: str) -> Markup:
    """Return two buttons that save the drawing of a figure as a file."""
    buttons = Markup(" ").join(
        Markup(
            '<button type="button" class="link" id="{0}-{1}" data-figure="{0}" data-format="{1}" '
            'aria-label="Save the drawing as {2}">{2}</button>'
        ).format(name, kind, kind.upper())
        for kind in ("svg", "png")
    )
    return Markup('<div class="save">{}</div>').format(buttons)


def as_table(name: str, table: Markup) -> Markup:
    """Return a table that opens on demand."""
    return Markup(
        '<details class="as-table" id="{}-table"><summary>As a table</summary>'
        '<div class="scroll" tabindex="0" role="region" aria-label="The numbers as a table">{}</div>'
        "</details>"
    ).format(name, table)


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str | Markup]]) -> Markup:
    """Return a table of numbers whose first column names the rows."""
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(word) for word in head)
    lines = ""
    for first, *rest in rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        lines += f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>'
    return Markup(
        '<table class="numbers"><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(caption, heads, Markup(lines))


def text(x: float, y: float, words: str, classes: str = "t13") -> Markup:
    """Return text whose baseline begins at (x, y); classes name its size, weight, colour and anchor."""
    return Markup(f'<text x="{px(x)}" y="{px(y)}" class="{classes}">{escape(words)}</text>')


def line(x1: float, y1: float, x2: float, y2: float, classes: str) -> Markup:
    """Return a straight line of 1 px."""
    return Markup(f'<line x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}" class="{classes}"/>')


def text_width(words: str, size_px: float) -> float:
    """Return about how wide a text is, in px; rather too wide than too narrow."""
    return len(words) * size_px * _LETTER


def px(value: float) -> str:
    """Return a coordinate to a tenth of a px."""
    return f"{round(value, 1):g}"
