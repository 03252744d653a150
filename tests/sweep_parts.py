"""Tables of sweeps made by hand: what the tests of sensitivity and of figures need."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lfr_sim.study.sweeps.results import Point, Results
from lfr_sim.study.sweeps.sampling import to_range, unit_sample

Counts = Callable[[Mapping[str, Any], str, np.ndarray], Mapping[str, np.ndarray]]
"""Values of the factors, policy and replicates -> columns."""


def table(
    points: Sequence[tuple[str, Mapping[str, Any]]],
    counts: Counts,
    *,
    replicates: int | Sequence[int] = 1,
    design: Mapping[str, Any] | None = None,
    ranges: Mapping[str, Any] | None = None,
) -> Results:
    """Return the table of points (policy, values); `replicates` may differ from point to point."""
    sizes = [replicates] * len(points) if isinstance(replicates, int) else list(replicates)
    made = tuple(Point(n, policy, values, values) for n, (policy, values) in enumerate(points))
    parts = [
        counts(point.values, point.policy, np.arange(size)) for point, size in zip(made, sizes, strict=True)
    ]
    return Results(
        title="by hand",
        factors=tuple(made[0].values),
        design=design or {"kind": "grid"},
        points=made,
        point=np.repeat(np.arange(len(made)), sizes),
        replicate=np.concatenate([np.arange(size) for size in sizes]),
        columns={
            name: np.concatenate([np.asarray(part[name], dtype=float) for part in parts])
            for name in parts[0]
        },
        ranges=ranges or {},
    )


def grid(
    factors: Mapping[str, Sequence[Any]],
    counts: Counts,
    *,
    replicates: int | Sequence[int] = 1,
    policies: Sequence[str] = ("",),
) -> Results:
    """Return the table of every combination of levels."""
    points = [
        (policy, dict(zip(factors, chosen, strict=True)))
        for policy in policies
        for chosen in itertools.product(*factors.values())
    ]
    return table(points, counts, replicates=replicates)


def sampled(
    ranges: Mapping[str, Mapping[str, Any]],
    counts: Counts,
    *,
    policies: Sequence[str] = ("",),
    replicates: int = 1,
    **design: Any,
) -> Results:
    """Return the table of a design whose factors are ranges."""
    full = {path: {"scale": "linear", "whole": False, **limits} for path, limits in ranges.items()}
    points = []
    for policy in policies:
        for row in unit_sample(design["kind"], len(ranges), design).tolist():
            values = {
                path: to_range(u, **limits) for u, (path, limits) in zip(row, full.items(), strict=True)
            }
            points.append((policy, values))
    return table(points, counts, replicates=replicates, design=design, ranges=full)
