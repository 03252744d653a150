"""What is wrong with the tables `[[figures]]` of an experiment, known before anything runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lfr_sim.scenario import Fault, nearest

from ..analysis.outcomes import outcome_fault

KINDS: Mapping[str, tuple[str, ...]] = {
    "curve": ("y", "x", "by", "log"),
    "trade-off": ("y", "x", "by", "along", "log"),
    "tornado": ("y",),
}
"""What each kind of figure may be told besides `kind`, `name` and `title`."""

LOGS = ("none", "x", "y", "both")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_ALLOWED_NAME = "letters, digits, - and _"


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
        name = figure_name(table, number)
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


def figure_name(table: Mapping[str, Any], number: int) -> str:
    """Return the name of a figure: as asked, or made from what it shows."""
    name = table.get("name")
    if isinstance(name, str):
        return name
    parts = [str(table[part]) for part in ("kind", "y", "x", "along", "by") if part in table]
    plain = re.sub(r"[^A-Za-z0-9]+", "-", "-".join(parts)).strip("-")[:76]
    return plain or f"figure-{number + 1}"
