"""The record and what it leaves out: what was published, the day shown, and how days differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lfr_sim.dashboard.days import FEW_DAYS, Days
from lfr_sim.scenario import Scenario

from ..status_words import has_record
from .outside_words import Outside, all_outside
from .record_notes import is_day_itself, notes
from .words import NOT_KNOWN, Counts, expected, rounded, whole

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNCHANGED = ", unchanged day"
"""What is said of a record where the scenario has been changed."""
_LONG = 6
"""Digits and commas of the two ends of a range, from where on it may break."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of the table."""

    kind: str
    """The row of a day that has it: `record` or `truth`."""
    column: str
    words: str


MEASURES = (
    Measure("record", "faces", "Faces"),
    Measure("record", "alerts", "Alerts"),
    Measure("record", "true_alerts", "True"),
    Measure("record", "false_alerts", "False"),
    Measure("record", "true_alerts_engaged", "Stopped, true"),
    Measure("record", "false_alerts_engaged", "Stopped, false"),
    Measure("record", "arrests", "Arrests"),
    Measure("truth", "passers", "Walks past"),
    Measure("truth", "listed_passers", "Listed passers"),
    Measure("truth", "missed", "Missed"),
    Measure("truth", "wrongful_minutes", "Minutes held by mistake"),
)
_RECORDED = sum(measure.kind == "record" for measure in MEASURES)
_SPOKEN = {
    "faces": ("face", "faces"),
    "alerts": ("alert", "alerts"),
    "true_alerts": ("true alert", "true alerts"),
    "false_alerts": ("false alert", "false alerts"),
    "true_alerts_engaged": ("person stopped on a true alert", "people stopped on a true alert"),
    "false_alerts_engaged": ("person stopped on a false alert", "people stopped on a false alert"),
    "arrests": ("arrest", "arrests"),
}
"""Column of a record -> what a sentence calls one and many of what it counts."""


@dataclass(frozen=True, slots=True)
class Line:
    """One source of numbers: what it is called, and a cell for each measure."""

    name: Markup
    narrow: str
    cells: tuple[Markup, ...]


def record_table(
    scenario: Scenario,
    days: Days,
    record: Counts | None = None,
    truth: Counts | None = None,
    *,
    shipped: Scenario | None = None,
) -> Markup:
    """Return the section of the record table, with its notes, twice: wide, and turned for narrow windows.

    Args:
        scenario: Whose sources are told.
        days: The days, simulated or predicted.
        record: Record row of the day shown; expected counts where the days are predicted; or None.
        truth: Its row of truths.
        shipped: The shipped scenario that it was made from, whose record it is: what a link or a file says
            was published, nobody has published. Left out, it is the scenario itself.
    """
    shipped = shipped or scenario
    is_itself = is_day_itself(scenario, shipped)
    lines = [*_published(shipped, is_itself=is_itself), *_lines(days, record, truth)]
    beyond = outside(days, shipped) if is_itself else []
    return Markup(
        '<h2 id="record-heading">The record, and what it leaves out</h2>'
        '<div class="record-wide scroll" tabindex="0" role="region" '
        'aria-labelledby="record-heading">{}</div><div class="record-narrow">{}</div>{}'
    ).format(_wide(lines), _turned(lines), notes(scenario, shipped, beyond))


def _published(shipped: Scenario, *, is_itself: bool) -> list[Line]:
    """Return the line of the record, where there is one; of a day that was changed, it says so."""
    if not has_record(shipped):
        return []
    date = shipped.deployment.date
    when = f"{date.day} {_MONTHS[date.month - 1]} {date.year}" if date else ""
    of = "" if is_itself else UNCHANGED
    name = Markup("<b>Published</b>{}{}").format(of, f", {when}" if when else "")
    narrow = f"Published{of} {when}".strip()
    return [Line(name, narrow, _cells(lambda m: published_cell(shipped, m)))]


def _lines(days: Days, record: Counts | None, truth: Counts | None) -> list[Line]:
    lines = []
    if record is not None and truth is not None:
        rows = {"record": record, "truth": truth}
        cells = _cells(lambda m: Markup(expected(float(rows[m.kind][m.column]))))
        if days.are_predicted:
            asked = ", of stops those asked for" if days.stops_are_asked_for else ""
            name = Markup("<b>Predicted</b>, on average{}").format(asked)
            lines.append(Line(name, f"Predicted, on average{asked}", cells))
        else:
            lines.append(Line(Markup("<b>Simulated</b>, the day shown"), "Day shown", cells))
    if len(days) > 1:
        of = "predicted" if days.are_predicted else f"of {len(days):,}"
        first = range_name(days)
        name = Markup("{}, {}").format(first, of)
        lines.append(Line(name, f"{first}, {of}", _cells(lambda m: range_cell(days, m))))
    return lines


def _of(published: object, measure: Measure) -> int | None:
    value: int | None = getattr(published, measure.column)
    return value


def published_cell(shipped: Scenario, measure: Measure) -> Markup:
    """Return what was published of the day of a shipped scenario, or that it is not known."""
    value = _of(shipped.published, measure) if measure.kind == "record" else None
    if value is None:
        return Markup('<span class="record-unknown">{}</span>').format(NOT_KNOWN)
    return Markup("<b>{}</b>").format(whole(value))


def outside(days: Days, shipped: Scenario) -> list[str]:
    """Return which published counts lie beyond nine days in ten, and how few days reach them.

    Args:
        days: Days of the shipped scenario; of too few for nine in ten to mean something nothing is said.
        shipped: That scenario.
    """
    if len(days) < FEW_DAYS:
        return []
    found = []
    for measure in MEASURES[:_RECORDED]:
        published, column = _of(shipped.published, measure), f"{measure.kind}.{measure.column}"
        low, high = days.nine_in_ten(column)
        if published is None or low <= published <= high:
            continue
        values, is_above = days.columns[column], published > high
        beyond = int((values >= published if is_above else values <= published).sum())
        found.append((Outside(published, is_above, beyond, len(days)), _SPOKEN[measure.column]))
    return all_outside(found, "predicted" if days.are_predicted else "simulated")


def range_name(days: Days) -> str:
    """Return what the line of ranges is called: nine days in ten, or of few days all of them."""
    return "Nine days in ten" if len(days) >= FEW_DAYS else "Least to most"


def range_cell(days: Days, measure: Measure) -> Markup:
    """Return the range of nine days in ten."""
    low, high = days.nine_in_ten(f"{measure.kind}.{measure.column}")
    if rounded(low) == rounded(high):
        return Markup(whole(low))
    ends = whole(low), whole(high)
    # A long range may break behind the dash, on a narrow phone.
    return Markup("{}–<wbr>{}" if len("".join(ends)) > _LONG else "{}–{}").format(*ends)


def _cells(cell: Callable[[Measure], Markup]) -> tuple[Markup, ...]:
    return tuple(cell(measure) for measure in MEASURES)


def _row(head: Markup | str, cells: Sequence[Markup]) -> Markup:
    line = Markup("").join(
        Markup("<td{}>{}</td>").format(
            Markup(' class="record-gap"') if place == _RECORDED else Markup(""), cell
        )
        for place, cell in enumerate(cells)
    )
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(head, line)


def _wide(lines: Sequence[Line]) -> Markup:
    heads = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(
            Markup(' class="record-gap"') if place == _RECORDED else Markup(""), measure.words
        )
        for place, measure in enumerate(MEASURES)
    )
    body = Markup("").join(_row(line.name, line.cells) for line in lines)
    return Markup(
        '<table class="numbers" aria-labelledby="record-heading"><thead>'
        '<tr class="record-groups"><td></td>'
        '<th scope="colgroup" colspan="{}">What a police record shows</th>'
        '<th scope="colgroup" colspan="{}" class="record-gap">What it leaves out</th></tr>'
        "<tr><td></td>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(_RECORDED, len(MEASURES) - _RECORDED, heads, body)


def _turned(lines: Sequence[Line]) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(line.narrow) for line in lines)
    rows = [
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            measure.words,
            Markup("").join(Markup("<td>{}</td>").format(line.cells[place]) for line in lines),
        )
        for place, measure in enumerate(MEASURES)
    ]
    between = Markup(
        '<tr class="record-between"><th scope="colgroup" colspan="{}">Left out of the record</th></tr>'
    ).format(len(lines) + 1)
    return Markup(
        '<table class="numbers" aria-labelledby="record-heading"><thead><tr><td></td>{}</tr></thead>'
        "<tbody>{}</tbody><tbody>{}{}</tbody></table>"
    ).format(heads, Markup("").join(rows[:_RECORDED]), between, Markup("").join(rows[_RECORDED:]))
