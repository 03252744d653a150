"""Ten thousand dots for the scale, and the alerts among them brought together to be counted."""

from __future__ import annotations

import math
from typing import Final

from markupsafe import Markup, escape

from lfr_sim.lessons import PEOPLE, Counts
from lfr_sim.lessons.chance import places
from lfr_sim.lessons.drawn import Block, Mark

from . import shapes
from .charts import px

ACROSS: Final = 100
"""Dots in a row of the crowd."""
_PITCH: Final = 5.0
_BANDS: Final = 10
"""Parts in which the dots fall into place."""
_SIZE: Final = 440.0
"""Width of the block of alerts, in units of its drawing."""
_LARGEST: Final = 40.0
"""Width of the place of a mark, at most."""
_FEWEST_ROWS: Final = 10


def crowd(counts: Counts, seed: int, *, alerts: bool) -> Markup:
    """Return everybody as a dot; those who set off an alert dark, if that is shown already.

    Args:
        counts: Of whom.
        seed: Places of the alerts; the same on all screens of a class.
        alerts: Whether the alerts are shown.
    """
    size = ACROSS * _PITCH
    high = size / _BANDS
    bands = "".join(
        f'<rect class="teach-fall" style="--band:{band}" x="0" y="{px(band * high)}" width="{px(size)}" '
        f'height="{px(high)}" fill="url(#teach-dots)"/>'
        for band in range(_BANDS)
    )
    dark = "".join(_dark(place) for place in places(seed)[: counts.alerts]) if alerts else ""
    told = f"{PEOPLE:,} people, one dot each"
    if alerts:
        told += f"; the {counts.alerts:,} dark ones set off an alert" if counts.alerts else "; no alert"
    return Markup(
        f'<svg role="img" aria-labelledby="teach-crowd-title" class="teach-field" viewBox="0 0 '
        f'{px(size)} {px(size)}">'
        f'<title id="teach-crowd-title">{told}</title><defs><pattern id="teach-dots" width="{px(_PITCH)}" '
        f'height="{px(_PITCH)}" patternUnits="userSpaceOnUse"><circle cx="2.5" cy="2.5" r="1.2" '
        f'class="fill-person"/>'
        f"</pattern></defs>{bands}<g>{dark}</g></svg>"
    )


def brought_together(block: Block, name: str, guess: int | None, told: str) -> Markup:
    """Return a block of marks, column by column, with the guess as an outline round so many places.

    Args:
        block: The marks. A guess may be larger than their number: then some places stay empty.
        name: Of the drawing.
        guess: The locked guess; None where it is not of this block.
        told: The picture in words.
    """
    places = max(block.count, guess or 0, 1)
    square = math.sqrt(places)
    rows = min(places, round(0.6 * square) or 1 if guess is None else max(_FEWEST_ROWS, round(square)))
    columns = -(-places // rows)
    cell = min(_LARGEST, _SIZE / columns)
    marks = [(part.mark, part.stopped) for part in block.marks for _ in range(part.count)]
    drawn = "".join(
        _mark(mark, stopped, *divmod(place, rows), cell) for place, (mark, stopped) in enumerate(marks)
    )
    outline = _outline(guess, rows, cell) if guess else ""
    wide, high = columns * cell + 4, rows * cell + 4
    return Markup(
        f'<svg role="img" aria-labelledby="{name}-title" class="teach-block" '
        f'style="max-width:{px(wide)}px" '
        f'viewBox="-2 -2 {px(wide)} {px(high)}"><title id="{name}-title">{escape(told)}</title>'
        f"{drawn}{outline}</svg>"
    )


def _mark(mark: Mark, stopped: bool, column: int, row: int, cell: float) -> str:
    x, y, size = round((column + 0.5) * cell, 1), round((row + 0.45) * cell, 1), round(cell * 0.56, 1)
    shape = {Mark.RIGHT: shapes.right, Mark.WRONG: shapes.wrong, Mark.MISSED: shapes.missed}[mark]
    bar = shapes.bars(x, y, 1, size) if stopped else ""
    return f'<g class="teach-lift" style="--column:{column}">{shape(x, y, size)}{bar}</g>'


def _outline(guess: int, rows: int, cell: float) -> str:
    """Return the dashed line round as many places as were guessed."""
    right, below = divmod(guess, rows)
    corners = (
        [(0, 0), (right + 1, 0), (right + 1, below), (right, below)] if below else [(0, 0), (right, 0)]
    )
    corners += [(right, rows), (0, rows)] if right else [(0, below)]
    points = " ".join(f"{px(x * cell)},{px(y * cell)}" for x, y in corners)
    return (
        f'<polygon class="fill-none stroke-ink" stroke-width="2" stroke-dasharray="7 5" points="{points}"/>'
    )


def _dark(place: int) -> str:
    row, column = divmod(place, ACROSS)
    x, y = px((column + 0.5) * _PITCH), px((row + 0.5) * _PITCH)
    return f'<circle class="fill-ink" cx="{x}" cy="{y}" r="2.7"/>'
