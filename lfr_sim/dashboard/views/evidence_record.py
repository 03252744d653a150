"""The published record of 2022 as a table: what is known of each deployment, and what is not."""

from __future__ import annotations

import datetime
from typing import Final

from markupsafe import Markup

from lfr_sim import evidence
from lfr_sim.evidence import Deployment

from ..status_words import BORROWED
from .words import NOT_KNOWN, whole

_COLUMNS: Final = {
    "watchlist_size_images": "On the list",
    "faces_seen_estimate": "Faces",
    "alerts_total": "Alerts",
    "alerts_true": "True",
    "alerts_true_engaged": "True, stopped",
    "alerts_false": "False",
    "alerts_false_engaged": "False, stopped",
    "arrests_lfr_led": "Arrests",
}
"""Field of a deployment -> heading of its column."""

UNKNOWN: Final = (
    *("How long the van stood", "The threshold in use", "How many people walked past"),
    *("How many of them were on the list", "How many listed people raised no alert"),
    *("Who was stopped, and for how long", "What the arrests were for"),
)
"""What the published record leaves out for every one of these days."""

_BORROWED: Final = UNKNOWN[:2]
"""Of which there is a published value all the same."""

_FIELDS: Final = {
    "watchlist_size": "watchlist_size_images",
    "faces": "faces_seen_estimate",
    "alerts": "alerts_total",
    "true_alerts": "alerts_true",
    "false_alerts": "alerts_false",
    "true_alerts_engaged": "alerts_true_engaged",
    "false_alerts_engaged": "alerts_false_engaged",
    "arrests": "arrests_lfr_led",
}
"""Column of the record row -> field of the published record."""


def record_rows() -> tuple[Deployment, ...]:
    """Return the six deployments of 2022 by date."""
    rows = evidence.deployments(force="MPS", year=2022, aggregates=False)
    return tuple(sorted(rows, key=lambda row: row.date_start))


def record_sums() -> dict[str, int]:
    """Return the sums over the six deployments of 2022, by column of the record row."""
    sums = {}
    for column, field in _FIELDS.items():
        known = [getattr(row, field) for row in record_rows()]
        sums[column] = sum(int(count) for count in known if count is not None)
    return sums


def record_section() -> Markup:
    """Return the table of the six deployments, and what it leaves out."""
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(word) for word in _COLUMNS.values())
    lines = Markup("").join(_line(row) for row in record_rows())
    sums = {_FIELDS[column]: whole(count) for column, count in record_sums().items()}
    sums[_FIELDS["watchlist_size"]] = ""  # of lists that share most of their entries
    total = Markup('<tr class="strong"><th scope="row">All six</th>{}</tr>').format(
        _cells([sums[name] for name in _COLUMNS])
    )
    source = record_rows()[0].source_url
    unknown = Markup("").join(
        Markup("<li>{}: {}{}</li>").format(what, NOT_KNOWN, _in_its_place(what)) for what in UNKNOWN
    )
    return Markup(
        '<section id="evidence-record"><h2>The published record</h2><table class="numbers evidence-days">'
        "<caption>The six deployments of the Metropolitan Police in 2022, as the force counted them. "
        "Arrests "
        "include other disposals.</caption><thead><tr><th "
        'scope="col">Deployment</th>{}</tr></thead><tbody>{}{}'
        '</tbody></table><h3>What it leaves out</h3><ul class="evidence-list">{}</ul><p '
        'class="note">Source: '
        '<a href="{}" rel="noreferrer noopener" target="_blank">the force’s own grid of '
        "deployments</a>. The "
        "record of earlier years, with its notes, is in the download.</p></section>"
    ).format(heads, lines, total, unknown, source)


def _in_its_place(what: str) -> str:
    return f"; the model’s value is {BORROWED}" if what in _BORROWED else ""


def _line(row: Deployment) -> Markup:
    date = datetime.date.fromisoformat(row.date_start)
    cells = [_known(getattr(row, name)) for name in _COLUMNS]
    return Markup('<tr><th scope="row">{}<span class="note">{}</span></th>{}</tr>').format(
        f"{date.day} {date:%b %Y}", row.site, _cells(cells)
    )


def _known(count: int | None) -> str:
    return NOT_KNOWN if count is None else whole(count)


def _cells(cells: list[str]) -> Markup:
    return Markup("").join(
        Markup('<td data-label="{}">{}</td>').format(word, cell)
        for word, cell in zip(_COLUMNS.values(), cells, strict=True)
    )
