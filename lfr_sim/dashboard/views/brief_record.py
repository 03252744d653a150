"""The record table of a brief: what was published, the day shown, and how days differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup

from lfr_sim.scenario import Scenario

from ..days import DayRow, Days
from ..status_words import has_record
from .record import MEASURES, UNCHANGED, Measure, outside, published_cell, range_cell, range_name
from .record_notes import agreement, is_day_itself
from .words import whole

_LEFT_OUT: Final = ("passers", "wrongful_minutes")
"""Measures that a sheet has no room for."""


def record(scenario: Scenario, shipped: Scenario, days: Days, row: DayRow) -> Markup:
    """Return the section of the record table, drawn twice: for a sheet, and turned for a phone.

    Args:
        scenario: What was simulated.
        shipped: The shipped scenario that it was made from, whose record it is.
        days: Its days.
        row: The day shown.
    """
    is_itself = is_day_itself(scenario, shipped)
    lines = [*_published(shipped, is_itself=is_itself), *_lines(days, row)]
    beyond = outside(days, shipped) if is_itself else []
    note = " ".join([*beyond, *agreement(scenario, shipped)])
    return Markup(
        '<section><h2>The record, and what it leaves out</h2><div class="brief-wide">{}</div>'
        '<div class="brief-narrow">{}</div>{}</section>'
    ).format(
        _wide(lines), _turned(lines), Markup('<p class="brief-note">{}</p>').format(note) if note else ""
    )


# --- the table ----------------------------------------------------------------------------------------

_SHOWN: Final = tuple(measure for measure in MEASURES if measure.column not in _LEFT_OUT)
_Line = tuple[str, str, tuple[Markup, ...]]
"""What a row is called, what a column of a phone is called, and a cell for each measure."""


def _published(shipped: Scenario, *, is_itself: bool) -> list[_Line]:
    if not has_record(shipped):
        return []
    name = "Published" if is_itself else f"Published{UNCHANGED}"
    return [(name, name, _cells(lambda m: published_cell(shipped, m)))]


def _lines(days: Days, row: DayRow) -> list[_Line]:
    lines: list[_Line] = []
    rows = {"record": row.record, "truth": row.truth}
    cells = _cells(lambda m: Markup(whole(rows[m.kind][m.column])))
    lines.append(("Simulated, the day shown", "Day shown", cells))
    if len(days) > 1:
        kind = range_name(days)
        cells = _cells(lambda m: range_cell(days, m))
        lines.append((f"{kind}, of {len(days):,}", f"{kind}, of {len(days):,}", cells))
    return lines


def _cells(cell: Callable[[Measure], Markup]) -> tuple[Markup, ...]:
    return tuple(cell(measure) for measure in _SHOWN)


def _wide(lines: Sequence[_Line]) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(m.words) for m in _SHOWN)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            Markup("<b>{}</b>").format(name) if name.startswith("Published") else name,
            # A range breaks on phones only: here the column grows.
            Markup("").join(Markup("<td>{}</td>").format(cell.replace("<wbr>", "")) for cell in cells),
        )
        for name, _, cells in lines
    )
    return Markup(
        '<table class="brief-table"><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(heads, body)


def _turned(lines: Sequence[_Line]) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for _, name, _ in lines)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            measure.words,
            Markup("").join(Markup("<td>{}</td>").format(cells[place]) for _, _, cells in lines),
        )
        for place, measure in enumerate(_SHOWN)
    )
    return Markup(
        '<table class="brief-table"><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(heads, body)
