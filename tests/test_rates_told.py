"""The rates under Explore's record table: those of `lfr_sim.metrics`, with what they are counted of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from html_parts import Html
from markupsafe import Markup

from lfr_sim.dashboard.days import DayRow, Days
from lfr_sim.dashboard.prediction import predict
from lfr_sim.dashboard.simulated import simulate_day
from lfr_sim.dashboard.views.rates import PER_FACES, RATES, predicted_rates, simulated_rates
from lfr_sim.dashboard.views.words import figure, plain
from lfr_sim.metrics import METRICS, evaluate, sum_rows
from lfr_sim.scenario import Scenario
from lfr_sim.study.analysis.intervals import mean_interval, ratio_interval

SCENARIO = Scenario.from_file("minimal").replace({"watchlist.presence": 0.002, "matcher.fmr": 2e-6})
ALL = [(group, rate) for group, rates in RATES.items() for rate in rates]


@pytest.fixture(scope="module")
def rows() -> list[DayRow]:
    """Return some days of a small scenario, with right and wrong alerts."""
    return [simulate_day(SCENARIO, 3, number) for number in range(25)]


def cells_of(markup: Markup) -> list[list[str]]:
    """Return the cells of the table's rows, without its heads."""
    tables = Html(markup).tables

    assert len(tables) == 1
    rows = [[cell.replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in tables[0][1:]]
    return [row for row in rows if len(row) > 1]


def number(text: str) -> float:
    """Return the number that a cell holds."""
    return float(text.replace(",", "").removesuffix(" %"))


def test_rates_are_those_of_the_registry(rows: list[DayRow]) -> None:
    """Protects the analyst's first questions: values, sums and intervals are the library's."""
    told = cells_of(simulated_rates(Days.of(rows)))
    counts = [{"record": row.record, "truth": row.truth} for row in rows]
    metrics = {metric.name: metric for metric in METRICS}

    assert len(told) == len(ALL)
    for (_, rate), (name, value, of, interval) in zip(ALL, told, strict=True):
        low, high = (number(end) for end in interval.split(" to "))
        assert name == rate.name
        if rate.per is None:
            kind, column = rate.of.split(".")
            values = [float(day[kind][column]) for day in counts]
            ends = mean_interval(values)
            assert ends is not None
            assert number(value) == pytest.approx(np.mean(values), rel=0.05)
            assert of.startswith(f"{sum(values):,.0f} / 25 days; nine days in ten: ")
            assert (low, high) == pytest.approx(ends, rel=0.05)
            continue
        metric = replace(metrics[rate.of], per=rate.per)
        if rate.numerator:
            metric = replace(metric, numerator=(rate.numerator,))
        found, pooled = ratio_interval(metric, counts), evaluate(metric, sum_rows(counts))
        scale = 100.0 if rate.per == 1.0 else 1.0
        assert found.value is not None
        assert found.interval is not None
        assert found.value == pooled.value
        assert number(value) == pytest.approx(scale * found.value, rel=0.05)
        assert of == f"{pooled.numerator:,.0f} / {pooled.denominator:,.0f}"
        assert (low, high) == pytest.approx([scale * end for end in found.interval], rel=0.05)


DAY = Scenario.from_file("oxford-circus-2022-01-28")
RECORD = DAY.published.model_dump()


def test_the_published_rate_stands_beside_with_its_counts() -> None:
    """Protects the record: its rates, from counts of the one day; what was so is not known."""
    days = Days.of([simulate_day(DAY, 3, number) for number in range(25)])
    for markup in (simulated_rates(days, RECORD), predicted_rates(predict(DAY), RECORD)):
        told = {(group, row[0]): row[-1] for (group, _), row in zip(ALL, cells_of(markup), strict=True)}
        recorded = "As a police record counts"
        assert {said for (group, _), said in told.items() if group != recorded} == {"not known"}
        assert told[recorded, "False alerts a day"] == "1"
        assert told[recorded, "Share of alerts that are false"] == "9.09 % (1 / 11)"
        assert told[recorded, "False alerts per 100,000 faces"] == "8.25 (1 / 12,120)"


def test_a_published_day_is_not_measured_by_the_interval_of_a_mean() -> None:
    """Protects the reader: one day is no mean of many; what few days reach stands under the record."""
    days = Days.of([simulate_day(DAY, 3, number) for number in range(25)])
    told = plain(simulated_rates(days, RECORD | {"false_alerts": 99.0}))

    assert "outside" not in told
    assert "single days differ by more than an interval of all days together" in told


def test_a_changed_day_has_no_published_rate() -> None:
    """Protects the record: beside a changed day it is not known; without one there is no such column."""
    markup = predicted_rates(predict(DAY.replace({"watchlist.size": 10})), dict.fromkeys(RECORD))

    assert {row[-1] for row in cells_of(markup)} == {"not known"}
    assert "The day has been changed, so its published record is no comparison." in plain(markup)
    assert "Published" not in predicted_rates(predict(SCENARIO))


def test_predicted_rates_promise_no_interval() -> None:
    """Protects what is not simulated: expected counts of the closed form, and where intervals come from."""
    expected = predict(SCENARIO, seed=3, days=40)
    markup = predicted_rates(expected)
    told = {(group, row[0]): row[1:] for (group, _), row in zip(ALL, cells_of(markup), strict=True)}
    mistakes = PER_FACES * expected.truth["wrongful_engagements"] / expected.record["faces"]
    name = "Wrongful engagements (people stopped by mistake) per 100,000 faces"

    assert {len(row) for row in told.values()} == {2}
    assert "95 % intervals come with Run" in plain(markup)
    assert told["As it was", "False alerts a day"][0] == figure(expected.truth["false_alerts"])
    assert told["As it was", name][0] == figure(mistakes)


@pytest.mark.parametrize("days", [0, 1, 3])
def test_what_cannot_be_divided_is_said_in_words(days: int) -> None:
    """Protects readers from NaN: without faces or alerts a rate is undefined, and it is said why."""
    nobody = SCENARIO.replace({"crowd.passers_per_hour": 0.0})
    if days:
        told = simulated_rates(Days.of([simulate_day(nobody, 1, number) for number in range(days)]))
    else:
        told = predicted_rates(predict(nobody))
    rows = {(group, row[0]): row[1:3] for (group, _), row in zip(ALL, cells_of(told), strict=True)}

    assert "nan" not in plain(told).lower()
    assert rows["As it was", "False alerts a day"][0] == "0"
    assert rows["As it was", "Share of alerts that are false"] == ["undefined", "there is no alert"]
    recorded = "As a police record counts"
    assert rows[recorded, "False alerts per 100,000 faces"] == ["undefined", "no face is compared"]
    assert rows[recorded, "Share of false alerts that end in a stop"][1] == "there is no false alert"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (0.000012, "0.000012"),
        (0.1, "0.10"),
        (1.526, "1.53"),
        (98.76, "98.8"),
        (12345.6, "12,346"),
    ],
)
def test_figures_are_plain(value: float, said: str) -> None:
    """Protects small rates: never 0 where there is something, never a power of ten."""
    assert figure(value) == said
