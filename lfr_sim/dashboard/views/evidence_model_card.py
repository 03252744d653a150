"""The model in short: what it is, what it was fitted to and tested against, and where it misses."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ..record_fit import IS_TEST, MEASURES, FitRow, fit_rows
from .evidence_fit import fit_heading, measure_heading, runs_told
from .evidence_limits import NOT_FOR
from .evidence_words import term_list


def model_section(version: str, rows: Sequence[FitRow] | None = None) -> Markup:
    """Return the model card.

    Args:
        version: Version of the program.
        rows: Published counts beside simulated days; None takes those shipped.
    """
    rows = fit_rows() if rows is None else rows
    terms = {
        "What it is": "A simulation of one deployment: people walk past a van, cameras compare their "
        "faces with a list, officers act on alerts. Every walk, alert and stop is an event; counts are of "
        "whole people.",
        "Version": f"lfr-sim {version}",
        "Made for": "Asking how counts of alerts, stops and arrests move with the list, the matcher, "
        "the crowd "
        "and the officers; for teaching; for checking what a published record can and cannot show.",
        "Not made for": NOT_FOR[0],
        "Fitted to": "The six deployments of the Metropolitan Police in 2022: " + _fitted() + ".",
        "Tested against": "Expected counts by formula (in closed form), computed from the scenario and "
        "the geometry of the site alone. It shares no code with arrivals, walking, recognition or "
        "police; both read the same settings, the same drawn site and its views, and the same sorted "
        "scores of a score file, and "
        f"a mistake in those would not show. And the record itself, {runs_told(rows)}.",
        "Known misses": _misses(rows),
        "Calibration": "Nothing beyond the fits named here. Every setting is set one by one from its "
        "source; no search was made for the settings that fit the record best.",
        "Prediction": "No deployment was kept back as a test: all six days of 2022 were used. "
        "Deployments of later years have not been compared.",
    }
    return Markup(
        '<section id="evidence-model"><h2>The model in short</h2><dl class="evidence-terms '
        'evidence-card">{}</dl>'
        "</section>"
    ).format(term_list(terms))


def _fitted() -> str:
    return "; ".join(f"{name}, {IS_TEST[measure]}" for measure, name in MEASURES.items())


def _misses(rows: Sequence[FitRow]) -> str:
    heads = [
        measure_heading(measure, [row for row in rows if row.measure == measure]) for measure in MEASURES
    ]
    missed = [head for head in heads if head.endswith("the band")]
    return f"{'. '.join([fit_heading(rows), *missed])}."
