"""Every rate by brute force from the alerts, every interval by its definition."""

from __future__ import annotations

import csv
import math
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from lfr_sim import metrics
from lfr_sim.records import BREAKDOWN_COLUMNS, RECORD_COLUMNS, TRUTH_COLUMNS, Outcome, run_columns
from lfr_sim.scenario import Scenario
from lfr_sim.study import Study, run

LIVELY = Scenario.from_dict({"site": {"layout": "oxford_circus"}}).replace(
    {
        "deployment.hours": 1.0,
        "matcher.fmr": 2e-6,
        "watchlist.presence": 0.02,
        "watchlist.stale_share": 0.3,
        "officers.teams": 3,
        "officers.presumption_to_intervene": 0.3,
        "officers.fled_share": 0.3,
        "officers.engagement.refusal_share": 0.3,
        "officers.engagement.informed_share": 0.4,
        "officers.engagement.fingerprint_share": 0.7,
        "officers.disposal.arrest_share_misidentified": 0.2,
        "watchlist.operations.remove_unconvicted_custody": True,
        "crowd.share_under_18": 0.2,
        # Nobody comes back, so nobody is missing because officers have them.
        "crowd.repeat.same_day_share": 0.0,
    }
)


@pytest.fixture(scope="module")
def study() -> Study:
    """Return a few runs in which everything happens."""
    return run(LIVELY, replicates=6, seed=6)


def _brute(study: Study, folder: Path) -> Counter[str]:
    """Count both rows again from the alerts as they were written down."""
    study.write(folder)
    n: Counter[str] = Counter()
    with (folder / "events.csv").open(newline="") as file:
        for alert in csv.DictReader(file):
            mate, outcome = alert["candidate_is_mate"] == "true", alert["outcome"]
            n["record.alerts"] += 1
            n["truth.true_alerts" if mate else "truth.false_alerts"] += 1
            believed = outcome in ("lapsed", "lost", "fled") or (outcome == "engaged" and mate)
            n["record.true_alerts" if believed else "record.false_alerts"] += 1
            n["truth.dismissed_true"] += outcome == "dismissed" and mate
            n["truth.dismissed_false"] += outcome == "dismissed" and not mate
            n["truth.lapsed"] += outcome == "lapsed"
            n["truth.lost"] += outcome == "lost"
            n["truth.fled"] += outcome == "fled"
            n["truth.children_alerts"] += alert["under_18"] == "true"
            if outcome != "engaged":
                continue
            n["truth.engagements"] += 1
            n["record.true_alerts_engaged" if mate else "record.false_alerts_engaged"] += 1
            n["truth.wrongful_engagements"] += not mate
            basis, complied = alert["legal_basis"] == "true", alert["cooperation"] == "complied"
            uninformed = not basis and complied and alert["informed"] == "false"
            n["truth.right_person_no_basis"] += mate and not basis
            n["truth.uninformed_compliance"] += uninformed
            n["truth.wrongful_any"] += not mate or not basis or uninformed
            n["truth.children_engagements"] += alert["under_18"] == "true"
            n["truth.refused"] += not complied
            n["truth.detained_after_refusal"] += alert["cooperation"] == "refused and was detained"
            n["truth.fingerprints_demanded"] += alert["fingerprints_demanded"] == "true"
            arrest = alert["disposal"] == "arrest"
            n["truth.arrests"] += arrest
            n["truth.arrests_misidentified"] += arrest and not mate
            n["truth.arrests_on_purpose"] += alert["on_purpose"] == "true"
            n[f"truth.arrests_{alert['offence']}"] += arrest
            n["truth.other_actions"] += alert["disposal"] == "other action"
            n["truth.no_further_action"] += alert["disposal"] == "no further action"
    del n["truth.arrests_"]  # of stops without an arrest
    n["record.arrests"] = n["truth.arrests"]
    return n


def test_both_rows_follow_from_the_alerts(study: Study, tmp_path: Path) -> None:
    """Protects the tally: each column counted again from events.csv gives the same sum."""
    brute = _brute(study, tmp_path)
    sums = study.sums

    assert {name: sums[name.split(".")[0]][name.split(".")[1]] for name in brute} == dict(brute)
    assert min(brute.values()) > 0


def test_stages_conserve_alerts(study: Study) -> None:
    """Protects conservation: every alert ends in exactly one way, in both rows."""
    for one in study.replicates:
        record, truth = one.record, one.truth
        ends = ("dismissed_true", "dismissed_false", "lapsed", "lost", "fled", "engagements")
        assert record["alerts"] == sum(truth[name] for name in ends)
        assert record["alerts"] == truth["true_alerts"] + truth["false_alerts"]
        assert record["alerts"] == record["true_alerts"] + record["false_alerts"]
        assert truth["engagements"] == record["true_alerts_engaged"] + record["false_alerts_engaged"]
        assert truth["missed"] + truth["true_alerts"] >= truth["listed_passers"]
        assert truth["missed_in_view"] <= truth["listed_in_view"] <= truth["listed_passers"]
        assert truth["people"] <= truth["passers"]
        assert record["faces"] == truth["captured_passes"] <= truth["passes"]


@pytest.mark.parametrize("metric", metrics.METRICS, ids=lambda metric: metric.name)
def test_every_rate_is_its_formula(metric: metrics.Metric, study: Study) -> None:
    """Protects the registry: the printed formula, evaluated as text, gives the printed value."""
    sums = study.sums
    text = metric.formula.replace(",", "").replace(" x ", " * ")
    names = {f"{row}.{name}": value for row, columns in sums.items() for name, value in columns.items()}
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, repr(names[name]))
    value = metrics.evaluate(metric, sums)

    assert value.value == pytest.approx(eval(text, {"__builtins__": {}}))
    if value.interval is not None:
        assert value.interval[0] <= value.value <= value.interval[1]


def test_without_events_rates_are_undefined_not_zero() -> None:
    """Protects the undefined state: the word and its reason wherever the denominator is 0."""
    nothing = metrics.sum_rows([])
    for value in metrics.evaluate_all(nothing).values():
        assert value.value is None
        assert value.interval is None
        assert value.undefined.startswith("undefined, ")


def test_every_column_is_described_and_every_metric_uses_columns_that_exist() -> None:
    """Protects the registry against drift from the records."""
    described = {(count.row, count.name) for count in metrics.COUNTS}
    columns = {("record", name) for name in RECORD_COLUMNS} | {("truth", name) for name in TRUTH_COLUMNS}
    used = {name for m in metrics.METRICS for name in (*m.numerator, *m.denominator)}

    assert described == columns
    assert used <= {f"{row}.{name}" for row, name in columns}
    assert len({m.name for m in metrics.METRICS}) == len(metrics.METRICS)
    assert set(run_columns().values()) == columns - {("record", "arrests")}


@given(st.integers(0, 60), st.integers(1, 60))
def test_exact_intervals_are_where_the_tails_are_one_in_forty(events: int, more: int) -> None:
    """Protects Clopper-Pearson and Garwood by their definition."""
    trials = events + more
    low, high = metrics.clopper_pearson(events, trials)
    if events:
        assert binom.sf(events - 1, trials, low) == pytest.approx(0.025, rel=1e-6)
        assert poisson.sf(events - 1, metrics.garwood(events)[0]) == pytest.approx(0.025, rel=1e-6)
    assert binom.cdf(events, trials, high) == pytest.approx(0.025, rel=1e-6)
    assert poisson.cdf(events, metrics.garwood(events)[1]) == pytest.approx(0.025, rel=1e-6)


def test_intervals_of_the_record_are_those_published() -> None:
    """Protects against a slip: Essex 14 of 22 wrong is 40.7 to 82.8 %; 8 arrests, 9.2k to 41.8k faces."""
    low, high = metrics.clopper_pearson(14, 22)
    fewest, most = metrics.garwood(8)

    assert (round(100 * low, 1), round(100 * high, 1)) == (40.7, 82.8)
    assert round(144_366 / most / 1000, 1) == 9.2
    assert round(144_366 / fewest / 1000, 1) == 41.8


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_jeffreys_interval_lies_inside_the_exact_one(events: int, more: int) -> None:
    """Protects Jeffreys: never wider than Clopper-Pearson, and holds the share observed."""
    trials = events + more
    low, high = metrics.jeffreys(events, trials)
    exact_low, exact_high = metrics.clopper_pearson(events, trials)

    assert exact_low - 1e-12 <= low <= events / trials <= high <= exact_high + 1e-12


def test_ratios_pool_sums(study: Study) -> None:
    """Protects against means of ratios: the pooled share is total over total."""
    value = metrics.evaluate_all(study.sums)["wrongful_engagement_share"].value
    wrong = sum(one.truth["wrongful_engagements"] for one in study.replicates)
    stops = sum(one.truth["engagements"] for one in study.replicates)

    assert value is not None
    assert math.isclose(value, wrong / stops)


def test_the_breakdown_adds_up_to_the_rows(study: Study) -> None:
    """Protects counts by group, sex and age: each dimension sums to the row; categories from alerts on."""
    for one in study.replicates:
        for name, values in one.breakdown.items():
            summed = {
                column: sum(columns[column] for columns in values.values()) for column in BREAKDOWN_COLUMNS
            }
            expected = {column: one.truth[column] for column in BREAKDOWN_COLUMNS}
            if name == "category":
                expected |= {"passers": 0, "captured_passes": 0}
            assert summed == expected, name


def test_the_breakdown_counts_each_alert_under_what_its_passer_is(study: Study) -> None:
    """Protects who is counted where: stops by group and sex counted again from the alerts."""
    group: Counter[str] = Counter()
    sex: Counter[str] = Counter()
    for one in study.replicates:
        for alert in one.alerts:
            if alert.outcome is Outcome.ENGAGED:
                group[alert.group] += 1
                sex["women" if alert.woman else "men"] += 1

    totals = study.breakdown
    assert {
        name: counts["engagements"] for name, counts in totals["group"].items() if name in group
    } == group
    assert {name: counts["engagements"] for name, counts in totals["sex"].items() if name in sex} == sex
    assert len(group) > 2
    assert len(sex) == 2
