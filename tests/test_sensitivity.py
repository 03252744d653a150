"""Sensitivity analysis, against functions whose effects are known exactly."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from sweep_parts import grid, sampled, table

from lfr_sim.scenario import InputError
from lfr_sim.study.analysis.outcomes import POLICY, daily_sums, estimate, levels_of, outcome_of
from lfr_sim.study.analysis.sensitivity import (
    effects_of,
    morris_effects,
    ranges_of_effect,
    rank_correlations,
    sobol_indices,
)
from lfr_sim.study.sweeps.results import Results

THREE = {name: {"low": -math.pi, "high": math.pi} for name in ("a", "b", "c")}
LINEAR = {
    "a": {"low": 0.0, "high": 2.0},
    "b": {"low": 10.0, "high": 1000.0, "scale": "log"},
    "c": {"low": 1, "high": 9, "whole": True},
}


def ishigami(values: Mapping[str, Any], policy: str, days: np.ndarray) -> Mapping[str, np.ndarray]:
    """Ishigami and Homma (1990): indices known in closed form."""
    a, b, c = values.values()
    level = math.sin(a) + 7 * math.sin(b) ** 2 + 0.1 * c**4 * math.sin(a)
    return {"y": np.full(len(days), 50 + level), "flat": np.full(len(days), 3.0)}


def linear(values: Mapping[str, Any], policy: str, days: np.ndarray) -> Mapping[str, np.ndarray]:
    """A linear function on the scale of each range, under "twice" doubled."""
    level = 5 * values["a"] - 2 * math.log10(values["b"])
    noise = np.where(days % 2, 1.0, -1.0)  # whose mean over an even number of days is 0
    times = 2.0 if policy == "twice" else 1.0
    return {"y": times * level + noise, "flat": np.zeros(len(days)), "n": np.ones(len(days))}


def without(results: Results, point: int) -> Results:
    """Return a table in which every run of a point failed."""
    kept = results.point != point
    columns = {name: values[kept] for name, values in results.columns.items()}
    return dataclasses.replace(
        results, point=results.point[kept], replicate=results.replicate[kept], columns=columns, failed=1
    )


@pytest.mark.parametrize("second_order", [False, True])
def test_sobol_indices_of_ishigami(second_order: bool) -> None:
    """Protects the indices: S1 and ST as in closed form, and the truth within the intervals.

    With scrambled Sobol' points and N = 4,096 errors are below 0.01; each interval misses in 1 of 20.
    """
    results = sampled(THREE, ishigami, kind="saltelli", samples=4096, second_order=second_order)
    found = sobol_indices(results, "y")

    a, b = 7.0, 0.1
    v1, v2, v13 = (1 + b * math.pi**4 / 5) ** 2 / 2, a**2 / 8, b**2 * math.pi**8 * (1 / 18 - 1 / 50)
    total = v1 + v2 + v13
    assert [index.factor for index in found] == ["a", "b", "c"]
    assert [index.first for index in found] == pytest.approx([v1 / total, v2 / total, 0], abs=0.015)
    assert [index.total for index in found] == pytest.approx(
        [(v1 + v13) / total, v2 / total, v13 / total], abs=0.015
    )
    assert [round(v1 / total, 3), round(v2 / total, 3)] == [0.314, 0.442]
    for index in found:
        assert index.interval is not None
        assert index.interval[0] < index.total < index.interval[1]
        assert index.interval[1] - index.interval[0] < 0.1
        assert index.samples == 4096


@pytest.mark.parametrize("levels", [4, 10])
def test_morris_effects_of_a_linear_function(levels: int) -> None:
    """Protects mu*: coefficient times range on the scale of the range; sigma 0; nothing for a bystander."""
    results = sampled(LINEAR, linear, kind="morris", trajectories=6, levels=levels, replicates=4)
    a, b, c = morris_effects(results, "y")

    assert [a.mu, b.mu, c.mu] == pytest.approx([10.0, -4.0, 0.0], abs=1e-9)
    assert [a.mu_star, b.mu_star, c.mu_star] == pytest.approx([10.0, 4.0, 0.0], abs=1e-9)
    assert [a.sigma, b.sigma, c.sigma] == pytest.approx([0, 0, 0], abs=1e-9)
    assert a.interval == pytest.approx((10.0, 10.0))
    assert a.trajectories == 6


def test_morris_sigma_shows_what_depends_on_others() -> None:
    """Protects sigma: a product of two factors has one, by the formula of its levels.

    Over the levels 0, 1/3, 2/3 and 1 of the other factor, drawn evenly, the effect of each factor of
    a x b is the other's value: mean 1/2, variance 5/36. Of 400 trajectories both are known to 4 %.
    """
    unit = {"a": {"low": 0.0, "high": 1.0}, "b": {"low": 0.0, "high": 1.0}}

    def product(values: Mapping[str, Any], policy: str, days: np.ndarray) -> Mapping[str, np.ndarray]:
        return {"y": np.full(len(days), values["a"] * values["b"])}

    found = morris_effects(sampled(unit, product, kind="morris", trajectories=400), "y")

    for effect in found:
        assert effect.mu_star == pytest.approx(0.5, abs=4 * math.sqrt(5 / 36 / 400))
        assert effect.sigma == pytest.approx(math.sqrt(5 / 36), rel=0.15)
        assert effect.interval is not None
        width = effect.interval[1] - effect.interval[0]
        assert width == pytest.approx(2 * 1.96 * effect.sigma / 20, rel=0.25)


def test_morris_reads_steps_off_whole_numbers_that_stand_still() -> None:
    """Protects factors with few values: a step within one whole number has the effect 0."""
    narrow = {"a": {"low": 1, "high": 2, "whole": True, "scale": "log"}, "b": {"low": 0.0, "high": 1.0}}

    def of_a(values: Mapping[str, Any], policy: str, days: np.ndarray) -> Mapping[str, np.ndarray]:
        return {"y": np.full(len(days), float(values["a"]))}

    results = sampled(narrow, of_a, kind="morris", trajectories=40, levels=100)
    a, b = morris_effects(results, "y")

    still = [one.values["a"] == other.values["a"] for one, other in itertools.pairwise(results.points)]
    assert 0 < a.mu < 99 / 50
    assert b.mu_star == 0.0
    assert any(still)


def test_policies_are_looked_at_one_at_a_time() -> None:
    """Protects the design's structure, which holds within a policy only."""
    results = sampled(
        LINEAR, linear, kind="morris", trajectories=4, policies=("once", "twice"), replicates=2
    )

    assert morris_effects(results, "y", policy="once")[0].mu == pytest.approx(10)
    assert morris_effects(results, "y", policy="twice")[0].mu == pytest.approx(20)
    assert {effect.policy for effect in morris_effects(results, "y", policy="twice")} == {"twice"}
    with pytest.raises(InputError, match="once, twice"):
        morris_effects(results, "y")
    with pytest.raises(InputError, match="no such policy"):
        morris_effects(results, "y", policy="thrice")


def test_a_constant_moves_with_nothing() -> None:
    """Protects the undefined: Morris effects of a constant are 0, its Sobol' indices do not exist."""
    morris = sampled(LINEAR, linear, kind="morris", trajectories=4)
    saltelli = sampled(LINEAR, linear, kind="saltelli", samples=8)
    lhs = sampled(LINEAR, linear, kind="lhs", points=9)

    assert [effect.mu_star for effect in morris_effects(morris, "flat")] == [0, 0, 0]
    assert [found.size for found in rank_correlations(lhs, "flat")] == [0, 0, 0]
    with pytest.raises(InputError, match="no variance to explain"):
        sobol_indices(saltelli, "flat")


@pytest.mark.parametrize("kind", ["morris", "saltelli", "lhs"])
def test_missing_points_and_columns_are_refused(kind: str) -> None:
    """Protects against effects from part of a design; the nearest right name is told."""
    results = sampled(LINEAR, linear, kind=kind, trajectories=4, samples=8, points=9)

    with pytest.raises(InputError, match=r"point 3 .*no run succeeded at 1 of"):
        effects_of(without(results, 3), "y")
    with pytest.raises(InputError, match="did you mean 'flat'"):
        effects_of(results, "flaat")


def test_points_in_another_order_are_refused() -> None:
    """Protects against numbers that mean nothing: the points must be what the design says."""
    for kind in ("morris", "saltelli"):
        results = sampled(LINEAR, linear, kind=kind, trajectories=4, samples=8)
        first, *rest = results.points
        values = [rest[-1].values, *(point.values for point in rest[:-1]), first.values]
        mixed = tuple(
            dataclasses.replace(point, values=value)
            for point, value in zip(results.points, values, strict=True)
        )
        with pytest.raises(InputError, match="points"):
            effects_of(dataclasses.replace(results, points=mixed), "y")
        short = dataclasses.replace(results, points=results.points[:-1])
        with pytest.raises(InputError, match="points are not"):
            effects_of(short, "y")


def additive(values: Mapping[str, Any], policy: str, days: np.ndarray) -> Mapping[str, np.ndarray]:
    """10 more for each step of a, 1 more for each of b, and 100 x the day."""
    level = 10 * values["a"] + values["b"] + (50 if policy == "new" else 0)
    alerts = np.full(len(days), 4.0)
    return {"passers": level + 100.0 * days, "alerts": alerts, "false_alerts": alerts * values["b"] / 4}


def test_ranges_of_effect_are_differences_of_means() -> None:
    """Protects the plain measure: highest less lowest mean, over the levels of everything else."""
    results = grid({"a": [2, 0, 1], "b": [1, 3]}, additive, replicates=12, policies=("old", "new"))
    found = {effect.factor: effect for effect in ranges_of_effect(results, "passers")}

    assert {name: effect.size for name, effect in found.items()} == pytest.approx(
        {"a": 20, "b": 2, POLICY: 50}
    )
    assert (found["a"].lowest_at, found["a"].highest_at) == (0, 2)
    assert (found[POLICY].lowest_at, found[POLICY].highest_at) == ("old", "new")
    assert all(effect.together_with == () for effect in found.values())
    with pytest.raises(InputError, match="no run succeeded"):
        ranges_of_effect(without(results, 1), "passers")


def test_ranges_of_effect_are_taken_day_by_day() -> None:
    """Protects the precision: what all levels have in common on a day cancels."""
    results = grid({"a": [0, 1], "b": [1, 3]}, additive, replicates=12)
    rng = np.random.Generator(np.random.PCG64(3))
    days = np.tile(rng.poisson(1000, 12), 4).astype(float)
    rise = np.where(results.point >= 2, np.tile(rng.poisson(5, 12), 4), 0)
    noisy = dataclasses.replace(results, columns={"passers": days + rise})
    effect = ranges_of_effect(noisy, "passers")[0]

    assert effect.interval is not None
    assert effect.interval[0] < effect.size < effect.interval[1]
    assert effect.interval[1] - effect.interval[0] < 6  # of days that vary by 32


def test_factors_that_change_together_are_named() -> None:
    """Protects against reading one factor's effect off a zip, where it cannot be told apart."""
    points = [("", {"a": a, "b": b}) for a, b in ((0, 1), (1, 2), (2, 3))]
    found = ranges_of_effect(table(points, additive, design={"kind": "zip"}), "passers")

    assert [effect.together_with for effect in found] == [("b",), ("a",)]
    assert [effect.size for effect in found] == [22, 22]


def test_ranges_of_rates_pool_sums() -> None:
    """Protects rates: sums by sums over a level, and a refusal where a level has no denominator."""
    results = grid({"a": [0, 1], "b": [1, 3]}, additive, replicates=5)
    found = ranges_of_effect(results, "false_alert_share_truth")

    assert [effect.size for effect in found] == pytest.approx([0, 0.5])
    assert found[1].interval is None
    nothing = dataclasses.replace(results, columns={**results.columns, "alerts": np.zeros(20)})
    with pytest.raises(InputError, match=r"where a is 0: it is undefined"):
        ranges_of_effect(nothing, "false_alert_share_truth")


def test_rank_correlations_know_direction_only() -> None:
    """Protects the measure: 1 for what rises steadily, however bent; near 0 for a bystander.

    With 200 points a bystander's correlation has a standard deviation of 0.07; 4 of them fail 1 in 15,000.
    """

    def bent(values: Mapping[str, Any], policy: str, days: np.ndarray) -> Mapping[str, np.ndarray]:
        return {"y": np.full(len(days), math.exp(5 * values["a"])), "x": np.full(len(days), -values["a"])}

    results = sampled(LINEAR, bent, kind="lhs", points=200)
    a, b, c = rank_correlations(results, "y")

    assert a.size == pytest.approx(1)
    assert a.interval == (a.size, a.size)
    assert rank_correlations(results, "x")[0].size == pytest.approx(-1)
    for bystander in (b, c):
        assert abs(bystander.size) < 4 / math.sqrt(200)
        assert bystander.interval is not None
        assert bystander.interval[0] < bystander.size < bystander.interval[1]
    assert [found.factor for found in effects_of(results, "y")] == ["a", "b", "c"]


def test_effects_repeat() -> None:
    """Protects reproducibility: the bootstrap has a seed, 0 among them."""
    morris = sampled(LINEAR, linear, kind="morris", trajectories=4, replicates=3)
    saltelli = sampled(LINEAR, linear, kind="saltelli", samples=8, replicates=3)

    for seed in (0, 1):
        assert morris_effects(morris, "y", seed) == morris_effects(morris, "y", seed)
        assert sobol_indices(saltelli, "y", seed) == sobol_indices(saltelli, "y", seed)


def test_several_points_are_taken_together_day_by_day() -> None:
    """Protects intervals over several points: the same day at three points is one day, not three.

    Days counted three times over would make the interval narrower by a factor 0.58.
    """
    rng = np.random.Generator(np.random.PCG64(5))
    days = rng.poisson(20, 40).astype(float)

    def same(values: Mapping[str, Any], policy: str, chosen: np.ndarray) -> Mapping[str, np.ndarray]:
        return {"alerts": days[chosen]}

    results = grid({"a": [1], "b": [1, 2, 3]}, same, replicates=40)
    outcome = outcome_of(results, "alerts")
    one, three = (estimate(results, points, outcome) for points in ([0], [0, 1, 2]))

    assert one.value == three.value == pytest.approx(days.mean())
    assert one.interval is not None
    assert three.interval is not None
    assert three.interval[1] - three.interval[0] >= 0.8 * (one.interval[1] - one.interval[0])
    assert three.runs == 120


def test_points_with_unequal_days_weigh_the_same() -> None:
    """Protects the stopping rule: a point that ran longer does not count for more."""

    def by_a(values: Mapping[str, Any], policy: str, chosen: np.ndarray) -> Mapping[str, np.ndarray]:
        return {"wrongful_minutes": values["a"] + 0.5 * (-1.0) ** chosen}

    results = grid({"a": [0, 10], "b": [1]}, by_a, replicates=(4, 20))
    found = estimate(results, [0, 1], outcome_of(results, "wrongful_minutes"))
    values, weight = daily_sums(results, [0, 1], "wrongful_minutes")

    assert found.value == pytest.approx(5)
    assert found.interval is not None
    assert found.interval[0] < 5 < found.interval[1]
    assert weight == 1
    assert values.mean() == pytest.approx(5)


def test_levels_are_in_order_and_apart() -> None:
    """Protects axes: numbers in order, names as first given, 1 and true two values, 1 and 1.0 one."""

    def nothing(values: Mapping[str, Any], policy: str, chosen: np.ndarray) -> Mapping[str, np.ndarray]:
        return {"alerts": np.zeros(len(chosen))}

    def values_of(*levels: Any) -> list[Any]:
        points = [("", {"a": level}) for level in levels]
        return [level.value for level in levels_of(table(points, nothing), "a")]

    assert values_of(3, 1.0, 1, 2) == [1.0, 2, 3]
    assert values_of("fixed", "concave", "fixed") == ["fixed", "concave"]
    assert values_of(1, True, None) == [1, True, None]
    assert values_of(["V1"], ["V1", "V2"], ["V1"]) == [["V1"], ["V1", "V2"]]
