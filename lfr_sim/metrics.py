"""Every count and rate by name: what it says, how it is formed, its interval, and when it is undefined.

Counts are sums over runs. Ratios divide sums by sums; they are never means of ratios. Where the
denominator is 0 a ratio is undefined, and that is what is said. `record` columns are the force's own
judgement, `truth` columns what was so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from scipy.stats import beta, chi2

from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS

Kind = Literal["proportion", "rate", "inverse rate", "mean"]
"""Proportion: part of a whole. Rate: events per unit. Inverse rate: units per event. Mean: no interval."""

Rows = Mapping[str, Mapping[str, float]]
"""{"record": sums, "truth": sums}."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Count:
    """A column of one of the two rows."""

    name: str
    row: Literal["record", "truth"]
    sentence: str
    unit: str = "count"


@dataclass(frozen=True, slots=True)
class Metric:
    """A ratio of sums of columns."""

    name: str
    sentence: str
    kind: Kind
    numerator: tuple[str, ...]
    """Columns that are summed, as `row.column`."""
    denominator: tuple[str, ...]
    per: float = 1.0
    """The value is this many times numerator / denominator."""

    @property
    def formula(self) -> str:
        """The metric as text."""
        top, bottom = (" + ".join(side) for side in (self.numerator, self.denominator))
        top = f"({top})" if len(self.numerator) > 1 else top
        bottom = f"({bottom})" if len(self.denominator) > 1 else bottom
        return f"{self.per:,.0f} x {top} / {bottom}" if self.per != 1.0 else f"{top} / {bottom}"


@dataclass(frozen=True, slots=True)
class Value:
    """A metric's value with what it was formed from."""

    numerator: float
    denominator: float
    value: float | None
    """None is undefined."""
    interval: Interval | None
    """Jeffreys (proportions) or Garwood (rates), 95 %, as if events were independent: too narrow where
    days differ (the day effect) or people come in groups and return."""
    undefined: str
    """Why the value is undefined; empty where it is not."""


_C = Count
COUNTS = (
    _C("watchlist_size", "record", "Images on the watchlist.", "images"),
    _C("faces", "record", "Faces the system counts: tracks, not people."),
    _C("alerts", "record", "Alerts raised."),
    _C("true_alerts", "record", "Alerts the force counts as true: stopped and right, or never answered."),
    _C("false_alerts", "record", "Alerts the force counts as false: dismissed, or stopped and wrong."),
    _C("true_alerts_engaged", "record", "True alerts that ended in a stop."),
    _C("false_alerts_engaged", "record", "False alerts that ended in a stop."),
    _C("arrests", "record", "Arrests that followed from alerts."),
    _C("passers", "truth", "Walks through the site."),
    _C("people", "truth", "Different people among the passers."),
    _C("passes", "truth", "Walks past a van with the face in view of a camera."),
    _C("captured_passes", "truth", "Passes that gave a face to compare with the list."),
    _C("listed_passers", "truth", "Passers who are on the list."),
    _C("listed_in_view", "truth", "Listed passers who came into view of a camera."),
    _C("missed", "truth", "Listed passers with no alert on their own entry, in view or not."),
    _C("missed_in_view", "truth", "Listed passers in view with no alert on their own entry."),
    _C("true_alerts", "truth", "Alerts in which the person is the one of the entry returned."),
    _C("false_alerts", "truth", "Alerts in which the person is not the one of the entry returned."),
    _C("dismissed_true", "truth", "True alerts judged to be false."),
    _C("dismissed_false", "truth", "False alerts judged to be false."),
    _C("lapsed", "truth", "Alerts judged to be true for which no team was free in time."),
    _C("lost", "truth", "Alerts judged to be true whose person was not found."),
    _C("engagements", "truth", "Stops: people engaged because of an alert."),
    _C("wrongful_engagements", "truth", "Stops of somebody who is not the person listed."),
    _C("right_person_no_basis", "truth", "Stops of the person listed whose entry was no longer current."),
    _C(
        "wrongful_minutes",
        "truth",
        "Minutes for which people who were not the person listed were held.",
        "min",
    ),
    _C("arrests", "truth", "Arrests that followed from alerts."),
    _C("arrests_on_purpose", "truth", "Arrests for the deployment's stated purpose."),
    _C("officer_hours", "truth", "Hours of everybody on duty.", "h"),
)
"""Every column of both rows."""

_M = Metric
METRICS = (
    _M(
        "false_alert_rate",
        "False alerts per face, as a force publishes it: it shrinks with every face that raises no alert.",
        "proportion",
        ("record.false_alerts",),
        ("record.faces",),
    ),
    _M(
        "false_alert_share",
        "Of the alerts, the share the force counts as false.",
        "proportion",
        ("record.false_alerts",),
        ("record.alerts",),
    ),
    _M(
        "faces_per_alert",
        "Faces compared for each alert.",
        "inverse rate",
        ("record.faces",),
        ("record.alerts",),
    ),
    _M(
        "faces_per_arrest",
        "Faces compared for each arrest.",
        "inverse rate",
        ("record.faces",),
        ("record.arrests",),
    ),
    _M(
        "true_alert_engaged_share",
        "Of the alerts the force counts as true, the share that ended in a stop.",
        "proportion",
        ("record.true_alerts_engaged",),
        ("record.true_alerts",),
    ),
    _M(
        "false_alert_engaged_share",
        "Of the alerts the force counts as false, the share that ended in a stop.",
        "proportion",
        ("record.false_alerts_engaged",),
        ("record.false_alerts",),
    ),
    _M(
        "false_alert_rate_truth",
        "Per captured pass, alerts that were in fact false.",
        "proportion",
        ("truth.false_alerts",),
        ("truth.captured_passes",),
    ),
    _M(
        "false_alert_share_truth",
        "Of the alerts, the share that was in fact false.",
        "proportion",
        ("truth.false_alerts",),
        ("record.alerts",),
    ),
    _M(
        "missed_share",
        "Of the listed passers, the share with no alert on their own entry.",
        "proportion",
        ("truth.missed",),
        ("truth.listed_passers",),
    ),
    _M(
        "missed_in_view_share",
        "Of the listed passers in view of a camera, the share with no alert on their own entry.",
        "proportion",
        ("truth.missed_in_view",),
        ("truth.listed_in_view",),
    ),
    _M(
        "captured_share",
        "Of the passes in view, the share that gave a face to compare.",
        "proportion",
        ("truth.captured_passes",),
        ("truth.passes",),
    ),
    _M(
        "dismissed_true_share",
        "Of the true alerts, the share that was dismissed.",
        "proportion",
        ("truth.dismissed_true",),
        ("truth.true_alerts",),
    ),
    _M(
        "dismissed_false_share",
        "Of the false alerts, the share that was dismissed.",
        "proportion",
        ("truth.dismissed_false",),
        ("truth.false_alerts",),
    ),
    _M(
        "lapsed_share",
        "Of the alerts, the share for which no team was free in time.",
        "proportion",
        ("truth.lapsed",),
        ("record.alerts",),
    ),
    _M(
        "lost_share",
        "Of the people sought, the share that was not found.",
        "proportion",
        ("truth.lost",),
        ("truth.lost", "truth.engagements"),
    ),
    _M(
        "wrongful_engagement_share",
        "Of the stops, the share that was of somebody who is not the person listed.",
        "proportion",
        ("truth.wrongful_engagements",),
        ("truth.engagements",),
    ),
    _M(
        "right_person_no_basis_share",
        "Of the stops, the share that was of the person listed, who was no longer wanted.",
        "proportion",
        ("truth.right_person_no_basis",),
        ("truth.engagements",),
    ),
    _M(
        "wrongful_engagements_per_100k_faces",
        "Stops of somebody who is not the person listed, per 100,000 faces.",
        "rate",
        ("truth.wrongful_engagements",),
        ("record.faces",),
        1e5,
    ),
    _M(
        "arrest_share",
        "Of the stops, the share that ended in arrest.",
        "proportion",
        ("truth.arrests",),
        ("truth.engagements",),
    ),
    _M(
        "on_purpose_share",
        "Of the arrests, the share for the deployment's stated purpose.",
        "proportion",
        ("truth.arrests_on_purpose",),
        ("truth.arrests",),
    ),
    _M(
        "faces_per_arrest_on_purpose",
        "Faces compared for each arrest for the deployment's stated purpose.",
        "inverse rate",
        ("record.faces",),
        ("truth.arrests_on_purpose",),
    ),
    _M(
        "officer_hours_per_arrest",
        "Hours on duty for each arrest.",
        "inverse rate",
        ("truth.officer_hours",),
        ("truth.arrests",),
    ),
    _M(
        "passers_per_person",
        "Walks through the site per person.",
        "mean",
        ("truth.passers",),
        ("truth.people",),
    ),
    _M(
        "minutes_per_wrongful_engagement",
        "Mean length of a stop of somebody who is not the person listed.",
        "mean",
        ("truth.wrongful_minutes",),
        ("truth.wrongful_engagements",),
    ),
)
"""Every rate. Add one here and it appears in the tables, the JSON and the reference page."""


def evaluate(metric: Metric, sums: Rows) -> Value:
    """Return a metric from sums over runs, with a 95 % interval for display."""
    top, bottom = (_total(side, sums) for side in (metric.numerator, metric.denominator))
    if bottom == 0:
        wanted = " + ".join(name.split(".")[1] for name in metric.denominator)
        return Value(top, bottom, None, None, f"undefined, {wanted} is 0")
    return Value(top, bottom, metric.per * top / bottom, _display_interval(metric, top, bottom), "")


def evaluate_all(sums: Rows) -> dict[str, Value]:
    """Return every metric from sums over runs."""
    return {metric.name: evaluate(metric, sums) for metric in METRICS}


def sum_rows(rows: Iterable[Rows]) -> dict[str, dict[str, float]]:
    """Return the sums of both rows over runs."""
    sums = {"record": dict.fromkeys(RECORD_COLUMNS, 0.0), "truth": dict.fromkeys(TRUTH_COLUMNS, 0.0)}
    for run in rows:
        for row, columns in sums.items():
            for column in columns:
                columns[column] += run[row][column]
    return sums


def jeffreys(events: float, trials: float, level: float = 0.95) -> Interval:
    """Return the Jeffreys interval of a proportion (Brown, Cai and DasGupta 2001), for display.

    At 0 or all events the near end is 0 or 1.
    """
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(beta.ppf(tail, events + 0.5, trials - events + 0.5))
    high = 1.0 if events == trials else float(beta.ppf(1 - tail, events + 0.5, trials - events + 0.5))
    return low, high


def clopper_pearson(events: float, trials: float, level: float = 0.95) -> Interval:
    """Return the exact interval of a proportion (Clopper and Pearson 1934), for claims."""
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(beta.ppf(tail, events, trials - events + 1))
    high = 1.0 if events == trials else float(beta.ppf(1 - tail, events + 1, trials - events))
    return low, high


def garwood(events: float, level: float = 0.95) -> Interval:
    """Return the exact interval of a Poisson mean (Garwood 1936)."""
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(chi2.ppf(tail, 2 * events) / 2)
    return low, float(chi2.ppf(1 - tail, 2 * events + 2) / 2)


def _total(columns: tuple[str, ...], sums: Rows) -> float:
    return sum(float(sums[row][column]) for row, column in (name.split(".") for name in columns))


def _display_interval(metric: Metric, top: float, bottom: float) -> Interval | None:
    if metric.kind == "proportion" and top <= bottom:
        return jeffreys(top, bottom)
    if metric.kind == "rate":
        low, high = garwood(top)
        return metric.per * low / bottom, metric.per * high / bottom
    if metric.kind == "inverse rate":
        low, high = garwood(bottom)
        return metric.per * top / high, metric.per * top / low
    return None
