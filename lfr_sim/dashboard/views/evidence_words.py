"""Words with what they are divided by, and what they came to in the deployments of 2022."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from markupsafe import Markup

from lfr_sim.figures.names import COLUMNS
from lfr_sim.figures.words import capital
from lfr_sim.metrics import COUNTS, METRICS, Metric, evaluate, sum_rows
from lfr_sim.records import RECORD_COLUMNS

from .charts import table
from .evidence_record import record_sums
from .words import whole

FIRST_RATES: Final = (
    *("false_alert_rate", "false_alert_share", "true_alert_share", "true_alert_engaged_share"),
    *("false_alert_engaged_share", "faces_per_arrest", "missed_share", "wrongful_engagement_share"),
)
"""Rates that stand open, by name; all others are in a table."""

_AS_JUDGED: Final = {
    "wrongful_engagement_share": ("false_alerts_engaged", ("true_alerts_engaged", "false_alerts_engaged")),
}
"""Rates of the truth for which the record has the police's own judgement: its columns, part and whole."""

TERMS: Final = {
    "Face": "What a system counts: a track of a face, not a person. One person can leave several, or none.",
    "Passer": "One walk through the site. Somebody who walks twice is one person and two passers.",
    "Entry": "One person’s place on the list, with one image or more.",
    "Listed person": "Somebody who is on the list deployed.",
    "Listed passer": "One walk of a listed person through the site; missed if there is no alert on that "
    "person’s own entry.",
    "Stale": "An entry whose person is not wanted any more.",
    "True alert": "The person is the one of the entry returned. In a published record: judged so by the "
    "police.",
    "Engaged, stopped": "Officers stop the person and speak to them.",
    "Stopped by mistake": "A stop of somebody who is not the person listed.",
    "False match rate (FMR)": "Per comparison of one face with one image of somebody else.",
    "False-positive identification rate (FPIR)": "Per search of the whole list; it grows with the list.",
    "True-positive identification rate (TPIR)": "Per walk of a listed person past a van. It contains "
    "capture.",
    "Presence": "How many of those who walk past are on the list.",
    "Presumption to intervene": "How far officers trust the alert rather than their own eyes.",
}
"""Words of the page that are easily taken for one another."""


def words_section() -> Markup:
    """Return the glossary: main rates with the numbers of 2022, terms, and every count and rate."""
    metrics = {metric.name: metric for metric in METRICS}
    rates = Markup("").join(_rate(metrics[name]) for name in FIRST_RATES)
    return Markup(
        '<section id="evidence-words"><h2>Words and denominators</h2><div class="evidence-pair">'
        '<dl class="evidence-terms">{}</dl><dl class="evidence-terms">{}</dl></div>{}</section>'
    ).format(rates, term_list(TERMS), _everything())


def term_list(terms: Mapping[str, str]) -> Markup:
    """Return words with what is said of each, for a list of definitions."""
    return Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(word, told) for word, told in terms.items()
    )


def rate_of_2022(metric: Metric) -> str:
    """Return what a rate came to in 2022, as counts; `not known` where the record leaves it out."""
    told = _names()
    if any(not name.startswith("record.") for name in (*metric.numerator, *metric.denominator)):
        return _as_judged(metric)
    sums = sum_rows([])
    sums["record"] |= {name: float(count) for name, count in record_sums().items()}
    value = evaluate(metric, sums)
    top, bottom = (names[0].partition(".")[2] for names in (metric.numerator, metric.denominator))
    if value.value is None:
        return f"2022: {value.undefined}."
    if metric.kind == "inverse rate":
        each = f"about {whole(value.value)} each"
        return (
            f"2022: {whole(value.numerator)} {told[top]} for {whole(value.denominator)} "
            f"{told[bottom]}, {each}."
        )
    return f"2022: {whole(value.numerator)} of {whole(value.denominator)} {told[bottom]}."


def _as_judged(metric: Metric) -> str:
    if metric.name not in _AS_JUDGED:
        return "2022: not known; the record does not hold it."
    part, parts = _AS_JUDGED[metric.name]
    sums = record_sums()
    whole_of = sum(sums[name] for name in parts)
    return f"2022: {whole(sums[part])} of {whole(whole_of)} stops, as the police judge them."


def _rate(metric: Metric) -> Markup:
    name = capital(metric.name.replace("_", " "))
    return Markup("<div><dt>{}</dt><dd>{}<span>{}</span></dd></div>").format(
        name, metric.sentence, rate_of_2022(metric)
    )


@cache
def _names() -> dict[str, str]:
    """Return column of the record -> what its counts are called."""
    plain = {column: column.replace("_", " ") for column in RECORD_COLUMNS}
    told = {name: words.format(per="") for name, words in COLUMNS.items() if name in plain}
    return {name: " ".join(words.split()) for name, words in (plain | told).items()}


def _formula(metric: Metric) -> str:
    words = metric.formula.replace("record.", "record ").replace("truth.", "truth ").replace("_", " ")
    return words.replace(" x ", " \N{MULTIPLICATION SIGN} ")


def _everything() -> Markup:
    counts = [
        (capital(count.name.replace("_", " ")), count.sentence, count.row, count.unit) for count in COUNTS
    ]
    rates = [
        (capital(metric.name.replace("_", " ")), metric.sentence, _formula(metric), metric.kind)
        for metric in METRICS
    ]
    first = table("Every count", ("Count", "What it says", "Row", "Unit"), counts)
    second = table("Every rate", ("Rate", "What it says", "How it is formed", "Kind"), rates)
    return Markup(
        '<details class="evidence-more" id="all-words"><summary>All {} counts and {} rates</summary>'
        '<div class="scroll evidence-registry" tabindex="0" role="region" aria-label="Every count and '
        'rate">{}{}</div></details>'
    ).format(len(COUNTS), len(METRICS), first, second)
