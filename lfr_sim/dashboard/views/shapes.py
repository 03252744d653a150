"""The shapes that mean something, the same on every page: square, triangle, ring, disc with a bar."""

from __future__ import annotations

from typing import Literal

from markupsafe import Markup

Meaning = Literal["right", "wrong", "missed", "mistaken"]

SIZE = 11.0
"""Width of a mark in px."""


def right(x: float, y: float, size: float = SIZE) -> Markup:
    """Return a square: an alert on the right person."""
    half = size / 2
    return Markup(
        f'<rect class="fill-right" x="{x - half:g}" y="{y - half:g}" width="{size:g}" height="{size:g}"/>'
    )


def wrong(x: float, y: float, size: float = SIZE) -> Markup:
    """Return a triangle: an alert on somebody who is not the person of the entry."""
    half = size * 0.58
    points = f"{x - half:g},{y + half * 0.9:g} {x + half:g},{y + half * 0.9:g} {x:g},{y - half:g}"
    return Markup(f'<polygon class="fill-wrong" points="{points}"/>')


def missed(x: float, y: float, size: float = SIZE) -> Markup:
    """Return a ring: a listed person without an alert."""
    return Markup(
        '<circle class="fill-none stroke-missed" stroke-width="2" cx="{:g}" cy="{:g}" r="{:g}"/>'
    ).format(x, y, size / 2 - 1)


def mistaken(x: float, y: float, size: float = SIZE) -> Markup:
    """Return a disc with a bar under it: somebody stopped by mistake, as a count."""
    disc = Markup('<circle class="fill-stopped" cx="{:g}" cy="{:g}" r="{:g}"/>').format(
        x, y - size * 0.12, size * 0.45
    )
    return disc + _bar(x, y + size * 0.55, size)


def dot(x: float, y: float, size: float = 3.0) -> Markup:
    """Return a small dot: somebody without an alert."""
    return Markup('<circle class="fill-person" cx="{:g}" cy="{:g}" r="{:g}"/>').format(x, y, size / 2)


def bars(x: float, y: float, count: int, size: float = SIZE) -> Markup:
    """Return bars under a mark at (x, y): one for stopped, two for stopped and arrested."""
    return Markup("").join(_bar(x, y + size * 0.85 + 4 * number, size) for number in range(count))


def inline(meaning: Meaning) -> Markup:
    """Return a mark as a small picture within prose; it is decoration, since a word says the same."""
    draw = {"right": right, "wrong": wrong, "missed": missed, "mistaken": mistaken}[meaning]
    return Markup('<svg class="inline-mark" viewBox="0 0 16 16" aria-hidden="true">{}</svg>').format(
        draw(8, 8, 14)
    )


def _bar(x: float, y: float, size: float) -> Markup:
    return Markup('<rect class="fill-stopped" x="{:g}" y="{:g}" width="{:g}" height="2.2"/>').format(
        x - size / 2, y - 1.1, size
    )
