"""The figures of a sweep: those that its experiment asks for, or a few that suit its design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from matplotlib.figure import Figure

from lfr_sim.scenario import InputError
from lfr_sim.study.analysis.outcomes import POLICY, factors_of, known_outcomes, levels_of
from lfr_sim.study.analysis.sensitivity import effects_of
from lfr_sim.study.sweeps.figure_tables import figure_faults, figure_name
from lfr_sim.study.sweeps.results import Results

from .curves import MOST_LINES, first_factor, response_curve
from .notes import SAMPLED
from .tornado import tornado
from .trade_offs import trade_off

_SHOWN = ("false_alerts", "missed", "wrongful_engagements")
_SHARE = "false_alert_share_truth"


def figures_of(results: Results, asked: Sequence[Mapping[str, Any]]) -> list[tuple[str, Figure]]:
    """Return name -> figure of what the tables `[[figures]]` of an experiment ask for.

    A tornado of a sampled design with several policies is one figure per policy.

    Args:
        results: The table of the sweep.
        asked: Tables with `kind` and `y`, and optionally `x`, `by`, `along`, `log`, `name`, `title`.

    Raises:
        InputError: With every fault of the tables, or because a figure cannot be drawn of this table.
    """
    faults = figure_faults(asked, _factors(results), tuple(results.columns))
    if faults:
        raise InputError("figures", faults)
    found: list[tuple[str, Figure]] = []
    for number, table in enumerate(asked):
        try:
            found += _drawn(results, table, figure_name(table, number))
        except InputError as error:
            where = f"figures.{number}."
            moved = [replace(fault, path=where + fault.path) for fault in error.faults]
            raise InputError("figures", moved) from None
    return found


def default_figures(results: Results) -> list[tuple[str, Figure]]:
    """Return the figures for an experiment that asks for none; none where nothing varies."""
    return figures_of(results, default_tables(results))


def default_tables(results: Results) -> list[dict[str, Any]]:
    """Return what `default_figures` draws, as tables `[[figures]]`."""
    known = known_outcomes(results.columns)
    shown = [name for name in _SHOWN if name in known] or list(results.columns)[:1]
    varied = factors_of(results)
    if not varied:
        return []
    if results.design["kind"] in SAMPLED:
        return [{"kind": "tornado", "y": name} for name in shown]
    x = first_factor(results)
    few = [name for name in reversed(varied) if name != x and len(levels_of(results, name)) <= MOST_LINES]
    by = {"by": few[0]} if few else {}
    curves = [name for name in (*shown, _SHARE) if name in known]
    tables: list[dict[str, Any]] = [{"kind": "curve", "y": name, "x": x, **by} for name in curves]
    if {"missed", "wrongful_engagements"} <= set(known):
        tables.append({"kind": "trade-off", "y": "wrongful_engagements", "x": "missed", "along": x, **by})
    if len(varied) > 1:
        tables += [{"kind": "tornado", "y": name} for name in shown]
    return tables


def _drawn(results: Results, table: Mapping[str, Any], name: str) -> list[tuple[str, Figure]]:
    title = table.get("title")
    if table["kind"] == "curve":
        log = table.get("log")
        across = log if isinstance(log, bool) or log is None else log in ("x", "both")
        figure = response_curve(
            results,
            table["y"],
            table.get("x"),
            table.get("by"),
            title=title,
            log=across,
            log_up=log in ("y", "both"),
        )
        return [(name, figure)]
    if table["kind"] == "trade-off":
        x, y = table.get("x", "missed"), table.get("y", "wrongful_engagements")
        log = (table.get("log") in ("x", "both"), table.get("log") in ("y", "both"))
        figure = trade_off(results, x, y, table.get("by"), along=table.get("along"), title=title, log=log)
        return [(name, figure)]
    policies = list(dict.fromkeys(point.policy for point in results.points))
    if results.design["kind"] not in SAMPLED or len(policies) == 1:
        return [(name, tornado(effects_of(results, table["y"]), title=title))]
    return [
        (f"{name}-{number}", tornado(effects_of(results, table["y"], policy=policy), title=title))
        for number, policy in enumerate(policies, start=1)
    ]


def _factors(results: Results) -> tuple[str, ...]:
    policies = {point.policy for point in results.points}
    return (*results.factors, POLICY) if len(policies) > 1 else results.factors
