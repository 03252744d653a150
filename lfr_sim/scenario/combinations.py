"""What is wrong with settings that are sound by themselves and cannot stand together."""

from __future__ import annotations

import math

from .demography import GROUPS
from .faults import Fault
from .place import Deployment
from .tables import MOST_PASSERS, ScenarioSettings

_LEAST_WEIGHT = 1e-6
_ROUNDING = 1e-12


def combination_faults(scenario: ScenarioSettings, broken: set[str]) -> list[Fault]:
    """Faults that need more than one section to be seen, where none of the settings is broken."""
    found = (_too_many_walks(scenario), _nobody_comes(scenario), _tpir_above_capture(scenario))
    return [
        fault
        for names, fault in (item for item in found if item is not None)
        if not any(same_branch(name, other) for name in names for other in broken)
    ]


_Combination = tuple[tuple[str, ...], Fault]
"""Settings that take part, and what is wrong."""


def _too_many_walks(scenario: ScenarioSettings) -> _Combination | None:
    per_hour, hours = scenario.crowd.passers_per_hour, scenario.deployment.hours
    if per_hour * hours <= MOST_PASSERS:
        return None
    name = "crowd.passers_per_hour"
    problem = f"over {hours:g} h this makes {per_hour * hours:,.0f} walks"
    return (name, "deployment.hours"), Fault(name, problem, per_hour, f"at most {MOST_PASSERS:,} walks")


def _nobody_comes(scenario: ScenarioSettings) -> _Combination | None:
    name, others = "crowd.hour_profile", ("crowd.passers_per_hour", "deployment.start_hour")
    open_weight = _weight_while_open(scenario.crowd.hour_profile, scenario.deployment)
    if scenario.crowd.passers_per_hour == 0 or open_weight >= _LEAST_WEIGHT:
        return None
    fault = Fault(
        name,
        "it is 0 throughout the deployment, yet passers_per_hour is not",
        scenario.crowd.hour_profile,
        allowed=f"a weight of {_LEAST_WEIGHT:g} or more in some hour of the deployment",
    )
    return (name, *others, "deployment.hours"), fault


def _tpir_above_capture(scenario: ScenarioSettings) -> _Combination | None:
    matcher = scenario.matcher
    name, others = "camera.capture_probability", ("matcher.tpir", "matcher.preset", "matcher.score_file")
    tpir, capture = matcher.tpir_at_reference, scenario.camera.capture_probability
    if matcher.score_file is not None:  # its TPIR is that of captured faces
        return None
    if tpir > capture:
        problem = f"TPIR {tpir:g} contains capture, so it cannot be larger than capture"
        return (name, *others), Fault(name, problem, capture, allowed=f">= {tpir:g}")
    ratios = _largest_tpir_ratios(scenario)
    highest = tpir * math.prod(ratios.values())
    if highest <= capture + _ROUNDING:
        return None
    largest = max(ratios, key=lambda path: ratios[path])
    so_far = [f"TPIR {tpir:g}", *(f"{path} {ratio:g}" for path, ratio in ratios.items() if path != largest)]
    problem = (
        f"{' x '.join(so_far)} x this is {highest:g}; it contains capture, so it cannot be larger than "
        f"capture_probability {capture:g}"
    )
    most = capture * ratios[largest] / highest
    fault = Fault(largest, problem, ratios[largest], allowed=f"<= {most:.4g}")
    return (largest, *ratios, name, *others), fault


def _largest_tpir_ratios(scenario: ScenarioSettings) -> dict[str, float]:
    """Return the ratios of TPIR, by path, of those on the list who are most easily matched.

    Ratios that hold for nobody on the list, or raise nothing, are left out; that of a group never is.
    """
    matcher, listed = scenario.matcher, scenario.watchlist
    present = [group for group in GROUPS if getattr(listed.groups, group) > 0]
    group = max(present, key=lambda name: getattr(matcher.tpir_ratio, name))
    ratios = {f"matcher.tpir_ratio.{group}": float(getattr(matcher.tpir_ratio, group))}
    if listed.female_share > 0 and (matcher.female_tpir_ratio > 1 or listed.female_share == 1):
        ratios["matcher.female_tpir_ratio"] = matcher.female_tpir_ratio
    if listed.custody_share < 1 and (matcher.non_custody_tpir_ratio > 1 or listed.custody_share == 0):
        ratios["matcher.non_custody_tpir_ratio"] = matcher.non_custody_tpir_ratio
    return {path: ratio for path, ratio in ratios.items() if ratio != 1.0} or ratios


def _weight_while_open(profile: tuple[float, ...], deployment: Deployment) -> float:
    start, end = deployment.start_hour, deployment.start_hour + deployment.hours
    return max(
        profile[hour % 24]
        for hour in range(int(start), int(end) + 1)
        if min(hour + 1, end) > max(hour, start)
    )


def same_branch(path: str, other: str) -> bool:
    """Return whether one dotted path is the other, or holds it."""
    return path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.")
