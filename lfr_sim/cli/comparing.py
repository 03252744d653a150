"""`lfr-sim compare`: policies on the same crowds, from scenarios or from the points of a sweep."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .asked import asked_scenario
from .printed import as_json

if TYPE_CHECKING:
    from lfr_sim.scenario import Fault, Scenario
    from lfr_sim.study.analysis.paired import Comparison
    from lfr_sim.study.sweeps.results import Point, Results

REPLICATES = 100
SEED = 1

_MOST_POINTS = 12
"""So many points are compared without being named."""

Arm = tuple[str, str, list[str]]
"""Name of an arm, its scenario, and what is changed in it."""


def compare(options: argparse.Namespace) -> int:
    """Compare scenarios, or points of a sweep, and print the differences."""
    from_sweep = _names_a_sweep(*options.scenarios)
    comparisons = _of_sweep(options) if from_sweep else {"": _of_scenarios(options)}
    if options.json:
        found = [
            {"at": at, **one.summary()} if from_sweep else one.summary() for at, one in comparisons.items()
        ]
        shown = found if from_sweep else found[0]
        print(as_json(shown))
        return 0
    from lfr_sim import report

    tables = [
        report.comparison_table(one, every_column=options.all, title=at) for at, one in comparisons.items()
    ]
    print("\n\n\n".join(tables))
    return 0


def _names_a_sweep(first: str, *others: str) -> bool:
    """Return whether words name a sweep: the first is its folder, or all others can only be points."""
    points = [word for word in others if re.fullmatch(r"p\d+", word) and not os.path.exists(word)]
    return os.path.isfile(os.path.join(first, "plan.json")) or 0 < len(points) == len(others)


def _of_scenarios(options: argparse.Namespace) -> Comparison:
    from lfr_sim import report
    from lfr_sim.scenario import InputError
    from lfr_sim.study.analysis.paired import arm_faults, compare
    from lfr_sim.study.replicates import run_faults

    asked = _arms(options)
    names = options.names.split(",") if options.names is not None else [name for name, _, _ in asked]
    numbers = {
        "replicates": REPLICATES if options.replicates is None else options.replicates,
        "seed": SEED if options.seed is None else options.seed,
    }
    scenarios, faults = _checked(asked)
    faults += run_faults(**numbers) + arm_faults(names, len(asked))
    if faults:
        raise InputError("comparison", faults)
    with report.progress_bar(len(scenarios) * numbers["replicates"]) as advance:
        return compare(*scenarios, **numbers, names=names, progress=advance)


def _arms(options: argparse.Namespace) -> list[Arm]:
    """Return the arms asked for: the scenarios, then the first one with the changes of each `--arm`."""
    arms: list[Arm] = []
    for number, scenario in enumerate(options.scenarios, start=1):
        name = Path(scenario).stem or "scenario"
        again = any(name == other for other, _, _ in arms)
        arms.append((f"{name} ({number})" if again else name, scenario, list(options.changes)))
    for text in options.arms:
        changes = [part.strip() for part in text.split(";") if part.strip()]
        arms.append(("; ".join(changes), options.scenarios[0], [*options.changes, *changes]))
    return arms


def _checked(arms: Sequence[Arm]) -> tuple[list[Scenario], list[Fault]]:
    """Return the scenarios of all arms, and every fault once, with the arm it is in."""
    from lfr_sim.scenario import InputError

    scenarios, faults, told = [], [], set()
    for name, scenario, changes in arms:
        try:
            scenarios.append(asked_scenario(argparse.Namespace(scenario=scenario, changes=changes)))
        except InputError as error:
            # An arm made from the first scenario, or a change made in all, would repeat their faults.
            new = [fault for fault in error.faults if str(fault) not in told]
            told |= {str(fault) for fault in new}
            faults += [
                fault if scenario in fault.path else replace(fault, path=f"{name}: {fault.path}")
                for fault in new
            ]
    return scenarios, faults


def _of_sweep(options: argparse.Namespace) -> dict[str, Comparison]:
    """Return the comparisons of a sweep's points, each under where it is made."""
    from lfr_sim.scenario import Fault, InputError
    from lfr_sim.study.analysis.paired import compare_points
    from lfr_sim.study.sweeps.state import read_with_remark

    folder, *wanted = options.scenarios
    given = {
        "--set": options.changes,
        "--arm": options.arms,
        "--names": options.names,
        "--replicates": options.replicates,
        "--seed": options.seed,
    }
    faults = [
        Fault(name, "a sweep has been run already, and this cannot change it", value)
        for name, value in given.items()
        if value not in (None, [])
    ]
    results, remark = read_with_remark(folder)
    chosen, wrong = _chosen(results, wanted)
    if not wrong and any(len(points) < 2 for points in chosen.values()):
        wrong = [Fault("points", "nothing to compare with", wanted, "at least 2 that have run")]
    if faults or wrong:
        raise InputError("comparison", [*faults, *wrong])
    if remark:
        print(f"Note: {remark}", file=sys.stderr)
    return {
        at: compare_points(
            results, *(point.number for point in points), names=[p.policy for p in points] if at else None
        )
        for at, points in chosen.items()
    }


def _chosen(results: Results, wanted: Sequence[str]) -> tuple[dict[str, list[Point]], list[Fault]]:
    """Return the points to compare, under the place where policies meet; and what is wrong with the words.

    Policies, or nothing, named: the policies at each combination of the factors. Points named: those.
    """
    from lfr_sim.scenario import Fault

    ran = set(results.point.tolist())
    points = [point for point in results.points if point.number in ran]
    policies = list(dict.fromkeys(point.policy for point in points if point.policy))
    twice = sorted({word for word in wanted if list(wanted).count(word) > 1})
    if twice:
        return {}, [Fault("points", "nothing differs from itself", twice, "each once")]
    if all(word in policies for word in wanted) and policies and len(wanted) != 1:
        return _where_they_meet(points, list(wanted) or policies)
    if not wanted:
        if len(points) > _MOST_POINTS:
            allowed = f"at least two of the numbers {points[0].number} to {points[-1].number}"
            return {}, [Fault("points", "too many to compare all of them", len(points), allowed)]
        return {"": points}, []
    chosen: list[Point] = []
    faults: list[Fault] = []
    for word in wanted:
        meant = [point for point in points if word and word in (point.policy, point.label)]
        meant = meant or [point for point in points if word.removeprefix("p") == str(point.number)]
        if len(meant) > 1:
            numbers = ", ".join(f"p{point.number}" for point in meant)
            faults.append(Fault("point", "several points have this policy", word, f"one of {numbers}"))
        elif not meant:
            faults.append(_unknown_point(word, results, points, policies))
        elif meant[0] in chosen:
            faults.append(Fault("point", f"this is p{meant[0].number} again", word, "points that differ"))
        chosen += meant
    return {"": chosen}, faults


def _unknown_point(word: str, results: Results, ran: Sequence[Point], policies: Sequence[str]) -> Fault:
    """Return the fault of a word that names no point that has run, with those that it may name."""
    from lfr_sim.scenario import Fault, nearest

    numbers = [f"p{point.number}" for point in ran]
    shown = numbers if len(numbers) <= _MOST_POINTS else [*numbers[:_MOST_POINTS], "…"]
    allowed = ", ".join([*shown, *policies])
    if word.removeprefix("p") in {str(point.number) for point in results.points}:
        return Fault("point", "no run of this point has come out", word, allowed)
    number = word.removeprefix("p")
    if number.isdecimal() and numbers and len(number) < 10:
        near = min(ran, key=lambda point: abs(point.number - int(number)))
        return Fault("point", "there is no such point", word, allowed, f"p{near.number}")
    return Fault(
        "point", "there is no point or policy of this name", word, allowed, nearest(word, policies)
    )


def _where_they_meet(
    points: Sequence[Point], policies: Sequence[str]
) -> tuple[dict[str, list[Point]], list[Fault]]:
    """Return the points of the policies at each combination of the factors that has at least two."""
    from lfr_sim.scenario import Fault

    met: dict[str, list[Point]] = {}
    for policy in policies:
        for point in points:
            if point.policy == policy:
                at = ", ".join(f"{path}={value}" for path, value in point.values.items())
                met.setdefault(at or "each policy", []).append(point)
    met = {at: those for at, those in met.items() if len(those) > 1}
    if not met:
        return {}, [Fault("policies", "no two have run at the same values of the factors", list(policies))]
    return met, []
