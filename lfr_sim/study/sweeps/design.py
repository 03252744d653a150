"""From the factors of an experiment to its design points."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lfr_sim.scenario import Fault, InputError, parse_value, read_text, with_changes

from .results import Point
from .sampling import points_of_design, to_range, unit_sample
from .tables import SAMPLED, Experiment, ExperimentFile, Range

MOST_POINTS = 100_000
"""A design of more points is refused: checking each takes a tenth of a millisecond, running far more."""
MOST_RUNS = 20_000_000
LARGEST_LIST_BYTES = 64 * 1_048_576


def points_of(experiment: Experiment) -> tuple[Point, ...]:
    """Return the design points, every policy at every combination of factors; policies change slowest.

    Raises:
        InputError: If there are too many, or a list cannot be read.
    """
    asked = experiment.asked
    listed = _listed(experiment.path, asked) if asked.design.kind == "list" else None
    count = point_count(experiment) if listed is None else len(listed) * max(1, len(asked.policies))
    faults = [
        Fault("design", f"it has {count:,} points", None, f"at most {MOST_POINTS:,}", shows_value=False)
        for _ in range(count > MOST_POINTS)
    ]
    if (runs := count * asked.replicates) > MOST_RUNS:
        problem = f"{count:,} points of {asked.replicates:,} replicates are {runs:,} runs"
        faults.append(Fault("replicates", problem, asked.replicates, f"at most {MOST_RUNS:,} runs"))
    if faults:
        raise InputError(str(experiment.path), faults)
    values = listed if listed is not None else list(_values(asked))
    policies: Mapping[str, Mapping[str, Any]] = asked.policies or {"": {}}
    return tuple(
        Point(number, policy, chosen, {**chosen, **changes})
        for number, ((policy, changes), chosen) in enumerate(itertools.product(policies.items(), values))
    )


def point_count(experiment: Experiment) -> int:
    """Return how many points a design has, without making them; raises `InputError` for a bad list."""
    asked = experiment.asked
    is_list = asked.design.kind == "list"
    count = len(_listed(experiment.path, asked)) if is_list else _combinations(asked)
    return count * max(1, len(asked.policies))


def list_faults(beside: Path, asked: ExperimentFile) -> list[Fault]:
    """Return what is wrong with the file of a list of points, where one is named beside the experiment."""
    if asked.design.kind != "list" or asked.design.file is None:
        return []
    try:
        _listed(beside, asked)
    except InputError as error:
        return list(error.faults)
    return []


def _combinations(asked: ExperimentFile) -> int:
    """Return how many combinations of factors there are, without making them."""
    kind, factors = asked.design.kind, asked.factors
    if kind in SAMPLED:
        return points_of_design(kind, len(factors), asked.design.model_dump())
    lengths = [len(values) for values in factors.values() if isinstance(values, list)]
    return math.prod(lengths) if kind == "grid" else max(lengths, default=1)


def _values(asked: ExperimentFile) -> Iterator[dict[str, Any]]:
    kind, factors = asked.design.kind, asked.factors
    lists = [values for values in factors.values() if isinstance(values, list)]
    ranges = [values for values in factors.values() if isinstance(values, Range)]
    if kind in SAMPLED:
        for row in unit_sample(kind, len(factors), asked.design.model_dump()).tolist():
            yield {
                path: to_range(u, limits.low, limits.high, limits.scale, limits.whole)
                for path, u, limits in zip(factors, row, ranges, strict=True)
            }
        return
    combined = itertools.product(*lists) if kind == "grid" else zip(*lists, strict=True)
    if not lists:
        yield {}
        return
    for chosen in combined:
        yield dict(zip(factors, chosen, strict=True))


def _listed(beside: Path, asked: ExperimentFile) -> list[dict[str, Any]]:
    """Return the points of a CSV file; cells are read as `--set` reads values."""
    assert asked.design.file is not None
    path = beside.parent / asked.design.file
    text = read_text(path, kind="list of points", largest_bytes=LARGEST_LIST_BYTES)
    try:
        header, *lines = csv.reader(io.StringIO(text), strict=False) if text.strip() else [[]]
    except csv.Error as error:
        raise InputError(str(path), [Fault(path.name, f"not CSV: {error}", shows_value=False)]) from None
    faults = [
        dataclasses.replace(fault, path=f"{path.name}: column {fault.path}", shows_value=False)
        for fault in with_changes({}, dict.fromkeys(header, 0))[1]
    ]
    for name, changes in asked.policies.items():
        problem = "this is a column of the list too, and only one of them can say what it is"
        faults += [
            Fault(f"policies.{name}.{both}", problem, changes[both]) for both in changes if both in header
        ]
    if len(set(header)) < len(header):
        faults.append(Fault(path.name, "two columns have the same name", header))
    rows = []
    for number, cells in enumerate(lines, start=2):
        if len(cells) == len(header):
            rows.append({name: parse_value(cell) for name, cell in zip(header, cells, strict=True)})
        elif cells:
            problem = f"{len(cells)} cells under {len(header)} columns"
            faults.append(Fault(f"{path.name}: line {number}", problem, shows_value=False))
    if not rows and not faults:
        faults.append(Fault(path.name, "there is no point in it", shows_value=False))
    if faults:
        raise InputError(str(path), faults)
    return rows
