"""The model beside the six deployments of 2022: bands of simulated days, and what was published."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from lfr_sim.figures.words import capital, listed

from ..record_fit import IS_TEST, MEASURES, TAKEN, FitRow, fit_rows
from . import shapes
from .charts import below, framed, line, px, table, text, text_width
from .figure_source import figure_source
from .outside_words import WHY_UNKNOWN, Outside
from .round_steps import whole_step
from .words import counted, number_word, whole

WIDTHS: Final = {"large": 936, "medium": 600, "small": 288}
"""Kind of drawing -> its width in px; the page shows the one that fits."""

_TEXT_PX: Final = {"large": 16, "medium": 16, "small": 14}
_LEFT_PX: Final = {"large": 216, "medium": 200, "small": 122}
_ROW_PX: Final = 44
_RIGHT_PX: Final = 12
_BAND_PX: Final = 12


def fit_section(rows: Sequence[FitRow] | None = None) -> Markup:
    """Return the section that sets the model beside the record, the miss in its heading.

    Args:
        rows: Published counts beside simulated days; None takes those shipped.
    """
    rows = fit_rows() if rows is None else rows
    first, *others = MEASURES
    figures = Markup("").join(_figure(measure, _of(rows, measure)) for measure in others)
    names = listed(MEASURES[measure] for measure in others)
    return Markup(
        '<section id="evidence-fit"><h2>{}</h2><p data-figure-note>{}</p>{}<details class="evidence-more" '
        'id="fit-others"><summary>'
        "The same for {}</summary>{}</details>{}</section>"
    ).format(
        fit_heading(rows), _method(rows), _figure(first, _of(rows, first)), names, figures, _source(rows)
    )


def _source(rows: Sequence[FitRow]) -> Markup:
    seeds = sorted({row.seed for row in rows}) or [0]
    days = f"{runs_told(rows)}, seeds {seeds[0]} to {seeds[-1]}. " if rows else ""
    return figure_source(
        f"Live facial recognition of the Metropolitan Police, London, 2022. {days}Shipped scenarios."
    )


def fit_heading(rows: Sequence[FitRow]) -> str:
    """Return how many deployments fall outside the model in any count."""
    deployments = len({row.scenario for row in rows})
    outside = len({row.scenario for row in rows if row.is_outside})
    if not rows:
        return "Model against record"
    if not outside:
        return f"All {number_word(deployments)} deployments lie within the model"
    verb = "falls" if outside == 1 else "fall"
    return capital(
        f"{number_word(outside)} of {number_word(deployments)} deployments {verb} outside the model"
    )


def measure_heading(measure: str, rows: Sequence[FitRow]) -> str:
    """Return what one count shows: which deployments lie outside."""
    outside = [row for row in rows if row.is_outside]
    name = capital(MEASURES[measure])
    if not outside:
        return f"{name}: all {number_word(len(rows))} inside"
    sides = {row.published > row.high for row in outside}
    side = "outside" if len(sides) == 2 else "above" if sides == {True} else "below"
    days = listed(f"{row.date.day} {row.date:%B}" for row in outside)
    return f"{name}: {days} {'lies' if len(outside) == 1 else 'lie'} {side} the band"


def _of(rows: Sequence[FitRow], measure: str) -> list[FitRow]:
    return [row for row in rows if row.measure == measure]


def _method(rows: Sequence[FitRow]) -> str:
    runs = {row.runs for row in rows}
    days = f"{whole(max(runs))} simulated days of each deployment. " if runs else ""
    return (
        f"{days}How many listed people walk past is one rate for all six days, derived from their sum; "
        f"the flow "
        "of each day is fitted to its faces. The band holds nine simulated days in ten, the bar is the "
        "middle day, the mark is what the police published."
    )


def _figure(measure: str, rows: Sequence[FitRow]) -> Markup:
    name = f"fit-{measure.replace('_', '-')}"
    drawings = Markup("").join(_drawing(name, kind, measure, rows) for kind in WIDTHS)
    body = Markup('{}<figcaption class="note">{} {}</figcaption>{}').format(
        drawings, _told(measure, rows), TAKEN[measure], below(name, _table(measure, rows))
    )
    return framed(name, measure_heading(measure, rows), body)


def _told(measure: str, rows: Sequence[FitRow]) -> str:
    outside = [row for row in rows if row.is_outside]
    if not outside:
        return f"Every published count of {MEASURES[measure]} lies within nine simulated days in ten."
    told = []
    for row in outside:
        is_above = row.published > row.high
        beyond = row.runs_at_or_above if is_above else row.runs_at_or_below
        found = Outside(row.published, is_above, beyond, row.runs)
        told.append(found.told(f"On {row.date.day} {row.date:%B}"))
    return " ".join([*told, WHY_UNKNOWN])


def _table(measure: str, rows: Sequence[FitRow]) -> Markup:
    head = ("Deployment", "Published", "Middle day", "Nine days in ten", "The count is", "What was fitted")
    lines = [
        (
            f"{_day(row.date)}, {row.site}",
            whole(row.published),
            whole(row.middle),
            f"{whole(row.low)} to {whole(row.high)}",
            "inside" if not row.is_outside else "above" if row.published > row.high else "below",
            IS_TEST[measure],
        )
        for row in rows
    ]
    return table(f"{capital(MEASURES[measure])}, model and record", head, lines)


def _drawing(name: str, kind: str, measure: str, rows: Sequence[FitRow]) -> Markup:
    width, left, size = WIDTHS[kind], _LEFT_PX[kind], _TEXT_PX[kind]
    most = max((max(row.high, row.published) for row in rows), default=1)
    step = whole_step(most / (3 if kind == "small" else 5))
    last = -(-most // step) * step
    height = len(rows) * _ROW_PX + 48

    def x_of(value: float) -> float:
        return left + value / last * (width - left - _RIGHT_PX - text_width(f"{last:,}", 13) / 2)

    bottom = len(rows) * _ROW_PX
    parts = [
        part
        for value in range(0, last + 1, step)
        for part in (
            line(x_of(value), 0, x_of(value), bottom, "stroke-hairline"),
            text(x_of(value), bottom + 18, f"{value:,}", "t14 mid"),
        )
    ]
    parts.append(text(left, bottom + 38, MEASURES[measure], "t14 muted"))
    for number, row in enumerate(rows):
        parts += _row(row, (number + 0.5) * _ROW_PX, x_of, size)
    title = f"{measure_heading(measure, rows)}. " + " ".join(_row_told(row) for row in rows)
    return Markup(
        '<div class="evidence-{0}"><svg role="img" aria-labelledby="{1}-{0}" width="{2}" height="{3}" '
        'viewBox="0 0 {2} {3}"><title id="{1}-{0}">{4}</title>{5}</svg></div>'
    ).format(kind, name, width, height, title, Markup("").join(parts))


def _row(row: FitRow, y: float, x_of: object, size: int) -> list[Markup]:
    assert callable(x_of)
    low, high, at = x_of(row.low), x_of(row.high), x_of(row.published)
    band = '<rect class="fill-kerb" x="{}" y="{}" width="{}" height="{}"/>'
    weight = " bold" if row.is_outside else ""
    if size == 16:
        names = [text(0, y + 5, _day(row.date), f"t16{weight}"), text(64, y + 5, row.site, "t16 muted")]
    else:
        names = [text(0, y - 2, _day(row.date), f"t14{weight}"), text(0, y + 14, row.site, "t13 muted")]
    drawn = [
        *names,
        Markup(band).format(px(low), px(y - _BAND_PX / 2), px(max(2.0, high - low)), _BAND_PX),
        Markup('<line class="stroke-ink" stroke-width="2.5" x1="{0}" y1="{1}" x2="{0}" y2="{2}"/>').format(
            px(x_of(row.middle)), px(y - 11), px(y + 11)
        ),
        _mark(row.measure, at, y),
    ]
    if row.is_outside and size == _TEXT_PX["small"]:
        half = text_width("outside", 14) / 2
        drawn.append(text(min(at, WIDTHS["small"] - half), y - 11, "outside", "t14 bold mid"))
    elif row.is_outside:
        # The word goes to whichever side of the mark has room for it.
        to_left = at - high > text_width("outside", 14) + 24
        drawn.append(text(at - 14 if to_left else at + 14, y + 5, "outside", f"t14 bold{' end' * to_left}"))
    return drawn


def _mark(measure: str, x: float, y: float) -> Markup:
    x = round(x, 1)
    if measure == "true_alerts":
        return shapes.right(x, y, 13)
    if measure == "false_alerts":
        return shapes.wrong(x, y, 14)
    return Markup('<circle class="fill-ink" cx="{}" cy="{}" r="4.5"/>').format(px(x), px(y))


def _row_told(row: FitRow) -> str:
    return (
        f"{_day(row.date)}, {row.site}: {whole(row.published)} published, middle day {whole(row.middle)}, "
        f"nine in ten {whole(row.low)} to {whole(row.high)}."
    )


def _day(date: datetime.date) -> str:
    return f"{date.day} {date:%b}"


def runs_told(rows: Sequence[FitRow]) -> str:
    """Return how many days were simulated of how many deployments."""
    deployments = len({row.scenario for row in rows})
    return (
        f"{counted(max(row.runs for row in rows), 'day')} of each of {number_word(deployments)} deployments"
    )
