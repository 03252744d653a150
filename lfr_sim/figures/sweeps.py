"""The figures of a sweep: those that its experiment asks for, or a few that suit its design."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from lfr_sim.scenario import Fault, InputError, nearest
from lfr_sim.study.analysis.outcomes import POLICY, factors_of, known_outcomes, levels_of, outcome_fault
from lfr_sim.study.analysis.sensitivity import effects_of
from lfr_sim.study.sweeps.results import Results

from .curves import MOST_LINES, first_factor, response_curve
from .notes import SAMPLED
from .tornado import tornado
from .trade_offs import trade_off

KINDS: Mapping[str, tuple[str, ...]] = {
    "curve": ("y", "x", "by", "log"),
    "trade-off": ("y", "x", "by", "along", "log"),
    "tornado": ("y",),
}
"""What each kind of figure may be told besides `kind`, `name` and `title`."""

LOGS = ("none", "x", "y", "both")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_ALLOWED_NAME = "letters, digits, - and _"
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
            found += _drawn(results, table, _named(table, number))
        except InputError as error:
            where = f"figures.{number}."
            moved = [
                Fault(
                    where + one.path, one.problem, one.value, one.allowed, one.did_you_mean, one.shows_value
                )
                for one in error.faults
            ]
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


def figure_faults(
    asked: Sequence[Mapping[str, Any]], factors: Sequence[str], columns: Sequence[str]
) -> list[Fault]:
    """Return everything that is wrong with the tables `[[figures]]` of an experiment.

    Args:
        asked: The tables.
        factors: Dotted paths of what varies; `policy` among them where there are several policies.
        columns: Names of the columns that the sweep keeps.
    """
    faults: list[Fault] = []
    names: dict[str, int] = {}
    for number, table in enumerate(asked):
        at = f"figures.{number}"
        if not isinstance(table, Mapping):
            faults.append(Fault(at, "not a table", table, "[[figures]]"))
            continue
        faults += _table_faults(at, table, factors, columns)
        name = _named(table, number)
        if names.setdefault(name, number) != number:
            problem = f"figures.{names[name]} has this name already"
            faults.append(Fault(f"{at}.name", problem, name, "names that differ"))
    return faults


def _table_faults(
    at: str, table: Mapping[str, Any], factors: Sequence[str], columns: Sequence[str]
) -> list[Fault]:
    kind, faults = table.get("kind"), []
    if not isinstance(kind, str) or kind not in KINDS:
        near = nearest(kind, KINDS) if isinstance(kind, str) else ""
        problem = "there is no such kind of figure"
        return [Fault(f"{at}.kind", problem, kind, ", ".join(KINDS), near, shows_value="kind" in table)]
    known = ("kind", "name", "title", *KINDS[kind])
    for name in table:
        if name not in known:
            problem = f"a {kind} has no such setting"
            near = nearest(str(name), known)
            faults.append(Fault(f"{at}.{name}", problem, table[name], ", ".join(known), near))
    faults += _text_faults(at, table)
    for name in ("y", "x") if kind == "trade-off" else ("y",):
        if name in table:
            fault = outcome_fault(f"{at}.{name}", table[name], columns)
            faults += [fault] if fault else []
        elif kind != "trade-off":
            problem = "needed, and left out"
            faults.append(Fault(f"{at}.{name}", problem, allowed="a column or a rate", shows_value=False))
    places = {"curve": ("x", "by"), "trade-off": ("along", "by"), "tornado": ()}[kind]
    for name in places:
        if name in table and table[name] not in factors:
            factor = table[name]
            near = nearest(factor, factors) if isinstance(factor, str) else ""
            problem = "nothing of this name varies"
            faults.append(Fault(f"{at}.{name}", problem, factor, ", ".join(factors), near))
    if places and "by" in table and table["by"] == table.get(places[0]):
        faults.append(Fault(f"{at}.by", f"this is {places[0]} already", table["by"], "another factor"))
    return faults


def _text_faults(at: str, table: Mapping[str, Any]) -> list[Fault]:
    faults = []
    name, title, log = table.get("name"), table.get("title"), table.get("log", True)
    if name is not None and not (isinstance(name, str) and _NAME.fullmatch(name)):
        faults.append(Fault(f"{at}.name", "not the name of a file", name, _ALLOWED_NAME))
    if title is not None and not (isinstance(title, str) and title.strip()):
        faults.append(Fault(f"{at}.title", "not a title", title, "a line of text"))
    is_switch = isinstance(log, bool) and (table["kind"] == "curve" or "log" not in table)
    if not is_switch and log not in LOGS:
        switch = "true or false, for the factor's axis, or " if table["kind"] == "curve" else ""
        allowed = f"{switch}one of {', '.join(LOGS)}"
        faults.append(Fault(f"{at}.log", "there is no such choice", log, allowed))
    return faults


def _named(table: Mapping[str, Any], number: int) -> str:
    """Return the name of a figure: as asked, or made from what it shows."""
    name = table.get("name")
    if isinstance(name, str):
        return name
    parts = [str(table[part]) for part in ("kind", "y", "x", "along", "by") if part in table]
    plain = re.sub(r"[^A-Za-z0-9]+", "-", "-".join(parts)).strip("-")[:76]
    return plain or f"figure-{number + 1}"


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
