"""Rates by expected counts: sums by sums, with intervals that days give, and refusals that say why."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student
from sweep_parts import grid, sampled, table

from lfr_sim.closed_form import theory
from lfr_sim.figures import figure_faults, response_curve, tornado
from lfr_sim.metrics import METRICS
from lfr_sim.model import DeploymentModel
from lfr_sim.scenario import InputError, Scenario
from lfr_sim.study.analysis.outcomes import (
    Outcome,
    empty_points,
    estimate,
    estimate_value,
    known_outcomes,
    named,
    outcome_fault,
    outcome_of,
)
from lfr_sim.study.analysis.sensitivity import effects_of, ranges_of_effect
from lfr_sim.study.expected.expectations import EXPECTED_COLUMNS, Expectations
from lfr_sim.study.sweeps.experiment import read_experiment
from lfr_sim.study.sweeps.plan import plan_of
from lfr_sim.study.sweeps.results import Results
from lfr_sim.study.sweeps.tables import ALL_COLUMNS

SHARE = "true_alert_share_truth_expected"
RANGES = {
    "officers.teams": {"low": 1, "high": 9, "whole": True},
    "watchlist.size": {"low": 100, "high": 9000, "scale": "log", "whole": True},
    "matcher.threshold": {"low": 0.5, "high": 0.7},
}


def expected(values: Mapping[str, Any], policy: str, days: np.ndarray) -> Mapping[str, np.ndarray]:
    """Expected counts, with a street that differs from day to day; stops are empty with few teams."""
    rng = np.random.Generator(np.random.PCG64(11))
    crowd = 1 + 0.2 * rng.standard_normal((500, 2))[days]
    size = values.get("watchlist.size", 1000)
    true = 2.0 * crowd[:, 0] * crowd[:, 1]
    false = size / 2000 * crowd[:, 0] * math.exp(20 * (0.6 - values.get("matcher.threshold", 0.6)))
    scarce = values.get("officers.teams", 9) < 3
    stops = np.where(scarce, np.nan, 0.5 * (true + false))
    return {
        "alerts": np.round(true + false),
        "true_alerts": np.round(true),
        "alerts_expected": true + false,
        "true_alerts_expected": true,
        "engagements_expected": stops,
        "wrongful_engagements_expected": 0.5 * false + 0 * stops,
        "wrongful_engagements": np.round(0.5 * false),
    }


def test_a_rate_is_a_sum_of_expected_counts_by_a_sum() -> None:
    """Protects the value: never a mean of ratios, at one point and at several."""
    results = grid({"watchlist.size": [500, 4000]}, expected, replicates=30)
    rate = outcome_of(results, SHARE)
    true, alerts = results.columns["true_alerts_expected"], results.columns["alerts_expected"]
    both = true.sum() / alerts.sum()

    assert rate.columns == ("true_alerts_expected", "alerts_expected")
    assert estimate(results, [0, 1], rate).value == pytest.approx(both)
    assert abs(both - np.mean(true / alerts)) > 0.01
    for point in (0, 1):
        share = true[results.point == point].sum() / alerts[results.point == point].sum()
        assert estimate(results, [point], rate).value == pytest.approx(share)
        assert estimate_value(results, point, rate) == pytest.approx(share)


@pytest.mark.parametrize("points", [[0], [0, 1]])
def test_the_interval_is_that_of_days_left_out_one_by_one(points: list[int]) -> None:
    """Protects the interval: as the jackknife over days gives it, the same day at two points being one.

    The linearised variance and the jackknife's differ by terms of 1/n: with 60 days by less than 5 %.
    """
    results = grid({"watchlist.size": [500, 4000]}, expected, replicates=60)
    found = estimate(results, points, outcome_of(results, SHARE))
    kept = np.isin(results.point, points)
    tops, bottoms = (
        np.bincount(results.replicate[kept], weights=results.columns[name][kept])
        for name in ("true_alerts_expected", "alerts_expected")
    )
    without = (tops.sum() - tops) / (bottoms.sum() - bottoms)
    spread = math.sqrt(59 / 60 * ((without - without.mean()) ** 2).sum())
    half = float(student.ppf(0.975, 59)) * spread

    assert found.interval is not None
    assert found.value is not None
    assert found.interval[0] == pytest.approx(found.value - half, abs=0.05 * half)
    assert found.interval[1] == pytest.approx(found.value + half, abs=0.05 * half)


def test_an_interval_of_a_share_is_a_share_and_of_one_day_there_is_none() -> None:
    """Protects the ends: few days do not push a share past 1; one day says nothing of days."""

    def nearly_all(values: Mapping[str, Any], policy: str, days: np.ndarray) -> Mapping[str, np.ndarray]:
        alerts = 2.0 + days
        return {"alerts_expected": alerts, "true_alerts_expected": alerts - 0.2 * (days % 2)}

    results = grid({"a": [1, 2]}, nearly_all, replicates=(3, 1))
    rate = outcome_of(results, SHARE)
    three, one = (estimate(results, [point], rate) for point in (0, 1))

    assert three.interval is not None
    assert three.interval[1] == 1.0
    assert (one.value, one.interval) == (1.0, None)


def test_rates_are_known_where_both_sides_are_kept() -> None:
    """Protects the list of what may be asked for: no rate whose columns have no expected counts."""
    every = {name for name in known_outcomes(ALL_COLUMNS) if name.endswith("_expected")}
    rates = every - set(EXPECTED_COLUMNS)

    assert SHARE in rates
    assert {"missed_share_expected", "arrest_share_expected", "wrongful_engagement_share_expected"} <= rates
    assert {name.removesuffix("_expected") for name in rates} <= {metric.name for metric in METRICS}
    # Neither faces nor what the force judges has expected counts.
    assert not {"faces_per_alert_expected", "true_alert_share_expected"} & rates
    for name in rates:
        assert named(name).is_expected
        assert set(named(name).columns) <= set(EXPECTED_COLUMNS)
        assert named(named(name).counted).metric is named(name).metric
    assert SHARE not in known_outcomes(["true_alerts_expected", "alerts"])
    assert named("alerts_expected") == Outcome("alerts_expected")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (SHARE, "the table lacks columns that it is formed from; allowed: true_alerts_expected"),
        ("missed_share_expectd", "did you mean 'missed_share_expected'"),
        ("true_alert_share_expected", "there is no such column or rate"),
        ("faces_per_alert_expected", "there is no such column or rate"),
    ],
)
def test_names_that_are_wrong_are_met_with_right_ones(name: str, told: str) -> None:
    """Protects those who ask: what is missing is named, and what is near."""
    kept = ("alerts_expected", "missed_expected", "listed_passers_expected", "faces", "alerts")
    fault = outcome_fault("y", name, kept)

    assert fault is not None
    assert told in str(fault)
    (shown,) = figure_faults([{"kind": "curve", "y": name}], ("a",), kept)
    assert (shown.path, shown.problem) == ("figures.0.y", fault.problem)


def test_rates_are_taken_wherever_a_count_is() -> None:
    """Protects figures and sensitivity: a rate by expected counts has curves, ranges and effects."""
    results = grid({"watchlist.size": [500, 1000, 4000]}, expected, replicates=12)
    (effect,) = ranges_of_effect(results, SHARE)
    curve = response_curve(results, SHARE)

    assert effect.size == pytest.approx(effect.highest - effect.lowest)
    assert (effect.lowest_at, effect.highest_at) == (4000, 500)
    assert "by expected counts" in " ".join(curve.get_suptitle().split())
    assert "the share of the alerts" in " ".join(tornado([effect]).get_suptitle().split())
    for kind in ("morris", "saltelli", "lhs"):
        design = sampled(RANGES, expected, kind=kind, trajectories=4, samples=8, points=20, replicates=4)
        sizes = {one.factor: one.size for one in effects_of(design, SHARE)}
        assert abs(sizes["officers.teams"]) < abs(sizes["watchlist.size"])


@pytest.mark.parametrize("kind", ["morris", "saltelli", "lhs", "grid"])
@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("wrongful_engagements_expected", "the count wrongful_engagements"),
        ("wrongful_engagement_share_expected", "the rate wrongful_engagement_share"),
    ],
)
def test_scarce_teams_are_said_to_be_the_reason(kind: str, name: str, instead: str) -> None:
    """Protects those whose design has few teams somewhere: why, where first, and what can be done."""
    sizes = {"trajectories": 4, "samples": 8, "points": 20, "levels": 4}
    results = (
        grid({"officers.teams": [1, 5], "watchlist.size": [5, 9], "a": [0.123456789]}, expected)
        if kind == "grid"
        else sampled(RANGES, expected, kind=kind, replicates=2, **sizes)
    )
    gone = [point for point in results.points if point.values["officers.teams"] < 3]
    with pytest.raises(InputError) as refused:
        effects_of(results, name)

    (fault,) = refused.value.faults
    told = str(fault)
    column = "wrongful_engagements_expected" if kind == "grid" else name
    assert f"{column} at point {gone[0].number} (officers.teams=" in told
    assert "and 1 more): teams are scarce, so it is empty, at" in told
    assert f"{len(gone):,} of {len(results.points):,} points" in told
    assert "more officers.teams at every point" in told
    assert kind == "grid" or instead in told
    assert len(told) < 330
    assert empty_points(results, outcome_of(results, name)) == tuple(point.number for point in gone)


def test_other_gaps_have_their_own_reasons() -> None:
    """Protects the reasons: failed runs and 0 / 0 are not laid to the teams."""
    results = sampled(RANGES, expected, kind="lhs", points=9, replicates=2)
    none = {name: np.where(results.point == 4, 0.0, values) for name, values in results.columns.items()}
    kept = results.point != 2
    columns = {name: values[kept] for name, values in results.columns.items()}
    failed = dataclasses.replace(
        results, point=results.point[kept], replicate=results.replicate[kept], columns=columns
    )

    with pytest.raises(InputError, match=r"point 4 .*undefined \(0 / 0\) at 1 of 9 points"):
        effects_of(dataclasses.replace(results, columns=none), SHARE)
    with pytest.raises(InputError, match=r"point 2 .*no run succeeded at 1 of 9 points"):
        effects_of(failed, SHARE)
    hole = {**results.columns, "alerts": np.where(results.point == 3, np.nan, 1.0)}
    with pytest.raises(InputError, match=r"point 3 .*: it is empty at 1 of 9 points; allowed: a value"):
        effects_of(dataclasses.replace(results, columns=hole), "alerts")


def simulated(points: list[dict[str, Any]], replicates: int) -> Results:
    """Return the expected counts of runs of the day of the record, at some points."""
    day = Scenario.from_file("oxford-circus-2022-01-28")

    def run(values: Mapping[str, Any], policy: str, days: np.ndarray) -> Mapping[str, np.ndarray]:
        scenario = day.replace(dict(values))
        expectations = Expectations(scenario)
        rows = [
            expectations.of(DeploymentModel(scenario, run_seed=1, replicate=int(number))) for number in days
        ]
        return {
            name: np.array([row[name] for row in rows], dtype=float)
            for name in ("true_alerts_expected", "alerts_expected")
        }

    return table([("", values) for values in points], run, replicates=replicates)


@pytest.mark.parametrize("same_day_share", [0.0, None])
def test_shares_are_those_of_the_closed_form(same_day_share: float | None) -> None:
    """Protects the figure of list size and presence: the shares at three points are those of theory.

    The closed form leaves out that the second true alert of somebody who comes back is often none. So
    they agree where nobody comes back; with returns as shipped the simulated share is lower, by less than
    the tenth of the true alerts that is lost.
    """
    plan = plan_of(read_experiment("list-size-and-presence"))
    chosen = {("fixed", 1000), ("concave", 10_000), ("proportional", 100_000)}
    back = {} if same_day_share is None else {"crowd.repeat.same_day_share": same_day_share}
    points = [
        {**point.changes, **back}
        for point in plan.points
        if (point.values["watchlist.presence_law"], point.values["watchlist.size"]) in chosen
    ]
    results = simulated(points, 8)
    day = Scenario.from_file("oxford-circus-2022-01-28")

    assert SHARE in [figure["y"] for figure in plan.figures]
    assert len(points) == 3
    for point in results.points:
        told = theory(day.replace(dict(point.values)))
        share = told.truth["true_alerts"] / told.record["alerts"]
        found = estimate(results, [point.number], outcome_of(results, SHARE))
        assert found.value is not None
        assert found.interval is not None
        if same_day_share is None:
            assert 0.9 < found.value / share < 1, point.label
        else:
            inside = found.interval[0] <= share <= found.interval[1]
            assert inside or found.value == pytest.approx(share, rel=0.01), point.label
