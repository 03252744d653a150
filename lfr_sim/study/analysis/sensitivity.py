"""What moves an outcome: Morris effects, Sobol' indices, ranges of effect and rank correlations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lfr_sim.metrics.kinds import Interval
from lfr_sim.scenario import Fault, InputError

from ..sweeps.results import Point, Results
from ..sweeps.sampling import LEVELS, problem_of, quiet, salib
from .outcomes import (
    POLICY,
    Level,
    Outcome,
    daily_sums,
    days_of,
    empty_points,
    estimate,
    estimate_value,
    factors_of,
    levels_of,
    outcome_of,
    value_at,
)
from .paired import paired_difference
from .structure import check_mixtures, entangled, steps_of

FloatArray = NDArray[np.float64]

RESAMPLES = 200
"""Of the bootstrap: the standard deviation of so many is known to within 5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """How much a factor moves an outcome, measured in one of four ways."""

    factor: str
    """Dotted path, or `policy`."""
    outcome: str
    """Name of the column or rate."""
    policy: str = ""
    """The policy under which this holds; "" where there is none, or over all of them."""
    size: float
    """How strongly the factor moves the outcome: what is drawn, and ordered by."""
    interval: Interval | None
    """95 % interval of the size; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect(Influence):
    """Morris (1991), with the mu* of Campolongo, Cariboni and Saltelli (2007), which is the size.

    Changes of the outcome per whole range of the factor, from low to high: steps are measured on the
    scale of the range, so on a logarithmic range in logarithms.
    """

    mu: float
    """Mean change: rises less falls."""
    sigma: float
    """Standard deviation of the changes: 0 where the factor always does the same."""
    trajectories: int

    @property
    def mu_star(self) -> float:
        """Mean size of the changes, up or down."""
        return self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Influence):
    """Sobol' indices (Saltelli and others 2010); the size is the total index.

    Estimates: from few samples they may lie below 0 or above 1, and are not cut off there.
    """

    first: float
    """S1: share of the variance that the factor explains alone."""
    first_interval: Interval
    samples: int

    @property
    def total(self) -> float:
        """ST: share of the variance that the factor has a part in, alone or with others."""
        return self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeOfEffect(Influence):
    """Highest less lowest mean of the outcome over the levels of a factor; the size is never negative.

    The highest and the lowest are chosen for being so, hence a factor that does nothing has a size
    above 0, too, unless the days are the same. The interval is that of the difference between these two
    levels on the same days, and knows nothing of the choice. Rates have no interval.
    """

    lowest: float
    highest: float
    lowest_at: Any
    """Level with the lowest mean."""
    highest_at: Any
    together_with: tuple[str, ...]
    """Factors that do not vary independently of this one, so that the effect may be theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankCorrelation(Influence):
    """Spearman's rank correlation of factor and outcome over points: from -1 to 1, sign and all.

    It tells how steadily the outcome rises or falls with the factor; of a hump it tells nothing.
    """

    points: int


def morris_effects(
    results: Results, column: str, seed: int = 1, *, policy: str | None = None
) -> list[Effect]:
    """Return the effects of the factors of a Morris design on a column or rate.

    Args:
        results: The table.
        column: A column, of which each point has the mean over its replicates; or a rate.
        seed: Seed of the bootstrap.
        policy: The policy, where there are several.

    Raises:
        InputError: If the design is another, points are missing, or there is no such column.
    """
    outcome, points = _asked(results, column, "morris", policy)
    values = _values(results, points, outcome)
    steps = steps_of(results, points)
    levels = int(results.design.get("levels") or LEVELS)
    module = salib("analyze.morris", "morris")
    with quiet():
        found = module.analyze(
            problem_of(len(results.factors)),
            steps,
            values,
            num_resamples=RESAMPLES,
            num_levels=levels,
            seed=seed,
        )
    sizes, halves = np.asarray(found["mu_star"], float), np.asarray(found["mu_star_conf"], float)
    return [
        Effect(
            factor=factor,
            outcome=column,
            policy=points[0].policy,
            size=float(sizes[number]),
            interval=(
                max(0.0, float(sizes[number] - halves[number])),
                float(sizes[number] + halves[number]),
            ),
            mu=float(found["mu"][number]),
            sigma=float(found["sigma"][number]),
            trajectories=len(points) // (len(results.factors) + 1),
        )
        for number, factor in enumerate(results.factors)
    ]


def sobol_indices(
    results: Results, column: str, seed: int = 1, *, policy: str | None = None
) -> list[Index]:
    """Return the Sobol' indices of the factors of a Saltelli design for a column or rate.

    Args and errors are those of `morris_effects`; besides, an outcome that is the same at every point
    has no variance to explain.
    """
    outcome, points = _asked(results, column, "saltelli", policy)
    values = _values(results, points, outcome)
    both, factors = bool(results.design.get("second_order")), len(results.factors)
    block = 2 * factors + 2 if both else factors + 2
    check_mixtures(results, points, block)
    ends = np.concatenate([values[::block], values[block - 1 :: block]])
    if np.ptp(ends) <= 1e-12 * max(1.0, float(np.abs(ends).max())):
        problem = "it is the same at every point, so there is no variance to explain"
        raise _refusal(Fault("column", problem, column, "a column that varies"))
    module = salib("analyze.sobol", "saltelli")
    with quiet():
        found = module.analyze(
            problem_of(factors),
            values,
            calc_second_order=both,
            num_resamples=RESAMPLES,
            seed=seed + 1,  # SALib takes 0 for no seed at all
        )
    ends_of = {
        name: np.stack([found[name] - found[f"{name}_conf"], found[name] + found[f"{name}_conf"]])
        for name in ("S1", "ST")
    }
    return [
        Index(
            factor=factor,
            outcome=column,
            policy=points[0].policy,
            size=float(found["ST"][number]),
            interval=_pair(ends_of["ST"][:, number]),
            first=float(found["S1"][number]),
            first_interval=_pair(ends_of["S1"][:, number]),
            samples=len(points) // block,
        )
        for number, factor in enumerate(results.factors)
    ]


def ranges_of_effect(results: Results, column: str) -> list[RangeOfEffect]:
    """Return, for each factor of a grid, zip or list, how far apart its levels are.

    A level's mean is that of the means of its points. Policies count as a factor.

    Raises:
        InputError: If the factors are ranges, points are missing, or there is no such column.
    """
    outcome = outcome_of(results, column)
    kind = results.design["kind"]
    if kind not in ("grid", "zip", "list"):
        raise _refusal(Fault("design.kind", "its factors have no levels", kind, "grid, zip or list"))
    for name in outcome.columns:
        _values(results, results.points, Outcome(name))
    found = []
    for factor in factors_of(results):
        levels = levels_of(results, factor)
        means = _means(results, factor, levels, outcome)
        low, high = int(np.argmin(means)), int(np.argmax(means))
        found.append(
            RangeOfEffect(
                factor=factor,
                outcome=column,
                size=means[high] - means[low],
                interval=_difference(results, levels[low], levels[high], outcome),
                lowest=means[low],
                highest=means[high],
                lowest_at=levels[low].value,
                highest_at=levels[high].value,
                together_with=entangled(results, factor),
            )
        )
    return found


def rank_correlations(results: Results, column: str, *, policy: str | None = None) -> list[RankCorrelation]:
    """Return the rank correlation of each factor of an lhs or sobol design with a column or rate.

    The interval is that of Bonett and Wright (2000, Psychometrika 65, 23-28). An outcome that is the
    same at every point goes with nothing: 0.
    """
    kind = results.design["kind"]
    outcome, points = _asked(results, column, kind if kind in ("lhs", "sobol") else "lhs", policy)
    values = _ranks(_values(results, points, outcome))
    found = []
    for factor in results.factors:
        places = _ranks(np.array([float(value_at(point, factor)) for point in points]))
        spread = float(places.std() * values.std())
        size = (
            float(((places - places.mean()) * (values - values.mean())).mean()) / spread if spread else 0.0
        )
        told = {"factor": factor, "outcome": column, "policy": points[0].policy}
        interval = _rank_interval(size, len(points)) if spread else None
        found.append(RankCorrelation(**told, size=size, interval=interval, points=len(points)))
    return found


def effects_of(results: Results, column: str, *, policy: str | None = None) -> Sequence[Influence]:
    """Return what a design can tell of the effects of its factors on a column or rate."""
    match results.design["kind"]:
        case "morris":
            return morris_effects(results, column, policy=policy)
        case "saltelli":
            return sobol_indices(results, column, policy=policy)
        case "lhs" | "sobol":
            return rank_correlations(results, column, policy=policy)
        case kind:
            if policy is not None:
                problem = f"a {kind} is looked at as a whole, and the policies are one of its factors"
                raise _refusal(Fault(POLICY, problem, policy, "left out"))
            return ranges_of_effect(results, column)


def _asked(
    results: Results, column: str, kind: str, policy: str | None
) -> tuple[Outcome, tuple[Point, ...]]:
    """Return the outcome and the points of one policy, in order."""
    if results.design["kind"] != kind:
        raise _refusal(Fault("design.kind", "another design is needed", results.design["kind"], kind))
    outcome = outcome_of(results, column)
    names = list(dict.fromkeys(point.policy for point in results.points))
    if policy is None and len(names) > 1:
        raise _refusal(
            Fault(POLICY, "there are several, and one at a time is looked at", None, ", ".join(names))
        )
    chosen = names[0] if policy is None else policy
    if chosen not in names:
        raise _refusal(Fault(POLICY, "there is no such policy", policy, ", ".join(names)))
    ordered = sorted(results.points, key=lambda point: point.number)
    return outcome, tuple(point for point in ordered if point.policy == chosen)


def _values(results: Results, points: Sequence[Point], outcome: Outcome) -> FloatArray:
    """Return the outcome at each point; effects cannot be had from some of a design's points."""
    found = [estimate_value(results, point.number, outcome) for point in points]
    gone = [point for point, value in zip(points, found, strict=True) if value is None]
    if gone:
        raise _refusal(_gap(results, len(points), gone, outcome))
    return np.array([value for value in found if value is not None])


def _gap(results: Results, points: int, gone: Sequence[Point], outcome: Outcome) -> Fault:
    """Return why an outcome has no value at some points, and what can be done."""
    failed = [point for point in gone if not len(results.replicates_of(point.number))]
    empty = [point for point in gone if point.number in empty_points(results, outcome)]
    told, problem, allowed = gone, "it is undefined (0 / 0)", "a value at every point"
    if failed:
        told, problem = failed, "no run succeeded"
        allowed += " (`lfr-sim status` says what is done)"
    elif empty and outcome.is_expected:
        told, problem = empty, "teams are scarce, so it is empty,"
        kind = "count" if outcome.metric is None else "rate"
        allowed = f"more officers.teams at every point, or the {kind} {outcome.counted}"
    elif empty:
        told, problem = empty, "it is empty"
    first = told[0]
    values = [
        f"{path}={value:.4g}" if isinstance(value, float) else f"{path}={value!s:.20}"
        for path, value in first.values.items()
    ]
    beyond = [f"and {len(values) - 2:,} more"] if len(values) > 2 else []
    label = ", ".join([*([first.policy] if first.policy else []), *values[:2], *beyond])
    where = f"{outcome.name} at point {first.number} ({label or 'base'})"
    problem += f" at {len(told):,} of {points:,} points"
    return Fault(where, problem, allowed=allowed, shows_value=False)


def _means(results: Results, factor: str, levels: Sequence[Level], outcome: Outcome) -> list[float]:
    found = [estimate(results, level.points, outcome).value for level in levels]
    for level, value in zip(levels, found, strict=True):
        if value is None:
            where = f"{outcome.name} where {factor} is {level.value}"
            raise _refusal(Fault(where, "it is undefined", shows_value=False))
    return [value for value in found if value is not None]


def _difference(results: Results, low: Level, high: Level, outcome: Outcome) -> Interval | None:
    """Return the interval of the difference between two levels on the same days."""
    if outcome.metric is not None:
        return None
    days = days_of(results, (*low.points, *high.points), outcome.name)
    (below, weight), (above, other) = (
        daily_sums(results, level.points, outcome.name, days) for level in (low, high)
    )
    if weight != other:
        below, above, weight = below / weight, above / other, 1
    found = paired_difference(outcome.name, below, above).interval
    return None if found is None else (found[0] / weight, found[1] / weight)


def _ranks(values: FloatArray) -> FloatArray:
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=np.float64)


def _rank_interval(size: float, points: int) -> Interval | None:
    if points < 4:
        return None
    if abs(size) > 1 - 1e-12:
        return size, size
    half = 1.959963984540054 * math.sqrt((1 + size**2 / 2) / (points - 3))
    return math.tanh(math.atanh(size) - half), math.tanh(math.atanh(size) + half)


def _pair(ends: FloatArray) -> Interval:
    return float(ends[0]), float(ends[1])


def _refusal(fault: Fault) -> InputError:
    return InputError("sensitivity", [fault])
