"""Rates of days, each with what it is counted of and how sure it is; folded under the record table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup

from lfr_sim.metrics import METRICS, Metric, Value, evaluate
from lfr_sim.study.analysis.intervals import mean_interval, sides_interval

from ..days import FEW_DAYS, Days, FloatArray
from ..prediction import Prediction
from .words import ASKED_FOR, NOT_KNOWN, counted, figure, rounded, whole

PER_FACES: Final = 100_000
_METRICS: Final = {metric.name: metric for metric in METRICS}
_NOT_THERE: Final = {
    "record.faces": "no face is compared",
    "record.alerts": "there is no alert",
    "record.false_alerts": "there is no false alert",
}
"""Denominator -> why a rate is undefined where it is 0."""
_KEPT: Final = "\N{NO-BREAK SPACE}"
"""Between what stays on one line of a narrow window."""
_JUDGED: Final = (
    "A police record counts an alert as false if it was dismissed, whoever it was, and as true if it was "
    "acted upon and nobody was reached."
)

Published = Mapping[str, float | None]
"""Column of the record -> what was published of this very day; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A count a day, or a rate of the registry, and what it is called."""

    name: str
    of: str
    """Column of `COLUMNS`, or name of a metric."""
    per: float | None = None
    """What a metric is told per; None for a count a day."""
    numerator: str = ""
    """Column that is counted in place of the metric's own numerator; empty: that."""

    @property
    def metric(self) -> Metric:
        """The metric, as it is told."""
        assert self.per is not None
        metric = replace(_METRICS[self.of], per=self.per)
        return replace(metric, numerator=(self.numerator,)) if self.numerator else metric

    def words(self, value: float) -> str:
        """Return a value as it is shown: shares in per cent."""
        return f"{figure(100 * value)}{_KEPT}%" if self.per == 1.0 else figure(value)


RATES: Final = {
    "As it was": (
        Rate("False alerts a day", "truth.false_alerts"),
        Rate("True alerts a day", "truth.true_alerts"),
        Rate("Share of alerts that are false", "false_alert_share_truth", 1.0),
        Rate("False alerts per 100,000 faces", "false_alert_rate", PER_FACES, "truth.false_alerts"),
        Rate(
            "Wrongful engagements (people stopped by mistake) per 100,000 faces",
            "wrongful_engagements_per_100k_faces",
            PER_FACES,
        ),
    ),
    "As a police record counts": (
        Rate("False alerts a day", "record.false_alerts"),
        Rate("True alerts a day", "record.true_alerts"),
        Rate("Share of alerts that are false", "false_alert_share", 1.0),
        Rate("False alerts per 100,000 faces", "false_alert_rate", PER_FACES),
        Rate("Share of false alerts that end in a stop", "false_alert_engaged_share", 1.0),
    ),
}
"""What the rows stand under, and the rows."""

_Cells = tuple[str, str, str]
"""Value, what it is counted of, and its interval."""


def simulated_rates(days: Days, published: Published | None = None) -> Markup:
    """Return the rates of simulated days: sums over days by sums over days, with 95 % intervals.

    Args:
        days: The days.
        published: The record that may stand beside them; None where no record belongs to the scenario.
    """
    over = counted(len(days), "day")

    def cells(rate: Rate) -> _Cells:
        if rate.per is None:
            column = days.columns[rate.of]
            interval = mean_interval(column)
            of = f"{whole(column.sum())} / {over}{_ranged(days, rate.of)}"
            return figure(float(column.mean())), of, _ends(interval, figure)
        value = sides_interval(
            rate.metric, _side(days, rate.metric.numerator), _side(days, rate.metric.denominator)
        )
        if value.value is None:
            return "undefined", _undefined(rate.metric), ""
        of = f"{whole(value.numerator)} / {whole(value.denominator)}"
        return rate.words(value.value), of, _ends(value.interval, rate.words)

    note = f"Sums over the {over} simulated; intervals allow for days that differ. {_JUDGED}"
    return _folded(cells, note, published)


def predicted_rates(prediction: Prediction, published: Published | None = None) -> Markup:
    """Return the rates of the closed form: expected counts of a day, of which no interval is known.

    Args:
        prediction: What is expected.
        published: The record that may stand beside it; None where no record belongs to the scenario.
    """
    expected = {"record": prediction.record, "truth": prediction.truth}

    def cells(rate: Rate) -> _Cells:
        if rate.per is None:
            kind, _, name = rate.of.partition(".")
            return figure(expected[kind][name]), f"one day{_ranged(prediction.days, rate.of)}", ""
        value = evaluate(rate.metric, expected)
        if value.value is None:
            return "undefined", _undefined(rate.metric), ""
        of = f"{figure(value.numerator)} / {figure(value.denominator)} a day"
        return rate.words(value.value), of, ""

    note = f"Expected counts of the closed form; 95 % intervals come with Run. {_JUDGED}"
    if prediction.stops_are_asked_for:
        note += f" {ASKED_FOR}"
    return _folded(cells, note, published, has_intervals=False)


def published_rate(rate: Rate, published: Published) -> Value | None:
    """Return what was published of a rate, with its two counts; None where one of them is not known."""
    names = (rate.of,) if rate.per is None else (*rate.metric.numerator, *rate.metric.denominator)
    found: dict[str, float] = {}
    for name in names:
        kind, _, column = name.partition(".")
        value = published.get(column) if kind == "record" else None
        if value is None:
            return None
        found[column] = float(value)
    if rate.per is None:
        count = found[rate.of.partition(".")[2]]
        return Value(count, 1.0, count, None, "")
    return evaluate(rate.metric, {"record": found})


def _published_cell(rate: Rate, published: Published) -> str:
    found = published_rate(rate, published)
    if found is None:
        return NOT_KNOWN
    if rate.per is None:
        return whole(found.numerator)
    of = f"{whole(found.numerator)} / {whole(found.denominator)}"
    return "undefined" if found.value is None else f"{rate.words(found.value)} ({of})"


def _beside(published: Published | None) -> str:
    """Return what is said of the published column."""
    if published is None:
        return ""
    if not any(value is not None for value in published.values()):
        return " The day has been changed, so its published record is no comparison."
    return (
        " Published values are of that one day, and of what the record counts alone: single days differ by "
        "more than an interval of all days together. Which of them few simulated days reach is said under "
        "the record."
    )


def _side(days: Days, names: tuple[str, ...]) -> FloatArray:
    first, *others = (days.columns[name] for name in names)
    return sum(others, start=first)


def _ranged(days: Days, column: str) -> str:
    """Return how much days differ, where there are several."""
    if len(days) < 2:
        return ""
    low, high = days.nine_in_ten(column)
    whose = "nine days in ten" if len(days) >= FEW_DAYS else "least to most"
    told = whole(low) if rounded(low) == rounded(high) else f"{whole(low)} to {whole(high)}"
    told = told.replace(" ", _KEPT)
    return f"; {whose}: {told}"


def _ends(interval: tuple[float, float] | None, words: Callable[[float], str]) -> str:
    if interval is None:
        return "too few days"
    low, high = map(words, interval)
    return f"{low.removesuffix(f'{_KEPT}%')} to {high}"


def _undefined(metric: Metric) -> str:
    return " and ".join(_NOT_THERE[column] for column in metric.denominator)


def _folded(
    cells: Callable[[Rate], _Cells],
    note: str,
    published: Published | None,
    *,
    has_intervals: bool = True,
) -> Markup:
    found: Mapping[str, list[tuple[Rate, _Cells]]] = {
        group: [(rate, cells(rate)) for rate in rates] for group, rates in RATES.items()
    }
    so = found["As it was"]
    mistakes, false = so[-1][1][0], so[0][1][0]
    summary = f"Rates, with what they are counted of: {false} false alerts a day"
    if mistakes != "undefined":
        summary += f", {mistakes} people stopped by mistake per {PER_FACES:,} faces"
    head = ("", "Mean or rate", "Counted of", *(("95 % interval",) if has_intervals else ()))
    shown = len(head) - 1
    head += ("Published",) if published is not None else ()
    heads = Markup("").join(
        Markup('<th scope="col">{}</th>').format(word) if word else Markup("<td></td>") for word in head
    )
    bodies = Markup("").join(
        Markup(
            '<tbody><tr class="record-between"><th scope="rowgroup" colspan="{}">{}</th></tr>{}</tbody>'
        ).format(
            len(head), group, Markup("").join(_row(rate, told[:shown], published) for rate, told in lines)
        )
        for group, lines in found.items()
    )
    return Markup(
        '<details class="as-table rates" id="rates"><summary>{}</summary>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Rates">'
        '<table class="numbers" aria-label="Rates, with what they are counted of">'
        "<thead><tr>{}</tr></thead>{}</table></div>"
        '<p class="note">{}</p></details>'
    ).format(summary, heads, bodies, note + _beside(published))


def _row(rate: Rate, told: tuple[str, ...], published: Published | None) -> Markup:
    value, *rest = told
    rest += [] if published is None else [_published_cell(rate, published)]
    cells = Markup("").join(Markup("<td>{}</td>").format(cell) for cell in rest)
    return Markup('<tr><th scope="row">{}</th><td class="strong">{}</td>{}</tr>').format(
        rate.name, value, cells
    )
