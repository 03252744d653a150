"""What there is: scenarios, experiments, layouts, metrics; and whether a file is sound."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lfr_sim import metrics
from lfr_sim.scenario import InputError, Scenario, parse_toml, read_text, shipped_scenarios
from lfr_sim.street import load_site, shipped_layouts
from lfr_sim.street.faults import place_faults
from lfr_sim.street.walkways import routes_of
from lfr_sim.street.zones import views_of
from lfr_sim.study.sweeps.design import point_count
from lfr_sim.study.sweeps.experiment import read_experiment, shipped_experiments
from lfr_sim.study.sweeps.plan import plan_of


def checked(name: str) -> str:
    """Return one line about a sound scenario or layout file; raises `InputError` for another."""
    if _is_layout(name):
        site = load_site(name)
        return f"{name}: a sound layout, {len(site.gates)} gates, {len(site.vans)} van deployed"
    if _is_experiment(name):
        plan = plan_of(read_experiment(name))
        return f"{name}: a sound experiment, {len(plan.points):,} points, {plan.runs:,} runs"
    scenario = Scenario.from_file(name)
    if faults := place_faults(scenario):
        raise InputError(name, faults)
    line = f"{name}: a sound scenario, digest {scenario.digest}"
    missing = scenario.unsourced()
    if missing:
        line += f"; without a source: {', '.join(missing)}"
    return line


def _is_layout(name: str) -> bool:
    """Return whether a name is meant as a layout: JSON, or TOML that says how long a pavement is."""
    if name in shipped_layouts() or name.endswith(".json"):
        return True
    if not name.endswith(".toml"):
        return False
    tables = parse_toml(read_text(Path(name), kind="scenario"), subject=name)
    return "length_m" in tables and "site" not in tables


def _is_experiment(name: str) -> bool:
    """Return whether a name is meant as an experiment: it says how often something is run."""
    if name in shipped_experiments():
        return True
    if not name.endswith(".toml"):
        return False
    return "replicates" in parse_toml(read_text(Path(name), kind="scenario"), subject=name)


def scenario_list() -> list[dict[str, Any]]:
    """Return the shipped scenarios."""
    rows = []
    for name, path in shipped_scenarios().items():
        scenario = Scenario.from_file(path)
        date = scenario.deployment.date
        rows.append(
            {
                "name": name,
                "date": date.isoformat() if date else "",
                "layout": scenario.site.layout,
                "title": scenario.title,
                "summary": scenario.summary,
            }
        )
    return rows


def experiment_list() -> list[dict[str, Any]]:
    """Return the shipped experiments."""
    rows = []
    for name, path in shipped_experiments().items():
        experiment = read_experiment(path)
        points = point_count(experiment)  # making them may need a library that is not there
        runs = points * experiment.asked.replicates
        about = {"title": experiment.asked.title, "question": experiment.asked.question}
        rows.append({"name": name, "points": points, "runs": runs, **about})
    return rows


def site_list(
    layouts: Sequence[str] | None = None, vans: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Return layouts with what they hold and the share of passers in view of the deployed vans.

    Args:
        layouts: Names or paths; None is all that are shipped.
        vans: Ids of the vans deployed; None is each layout's first.
    """
    rows = []
    for name in shipped_layouts() if layouts is None else layouts:
        site = load_site(name, vans)
        routes, views = routes_of(site), views_of(site)
        seen = sorted(set(views.route.tolist()))
        rows.append(
            {
                "name": name,
                "gates": len(site.gates),
                "signals": len(site.signals),
                "vans": len(site.layout.vans),
                "cameras": len(site.layout.cameras),
                "walkable_m2": round(site.area_m2),
                "in_view": round(float(routes.probability[seen].sum()), 3),
                "title": site.layout.name,
            }
        )
    return rows


def metric_list() -> list[dict[str, Any]]:
    """Return every count and rate."""
    rows: list[dict[str, Any]] = [
        {
            "name": count.name,
            "row": count.row,
            "formula": f"sum of {count.row}.{count.name}",
            "interval": "",
            "sentence": count.sentence,
        }
        for count in metrics.COUNTS
    ]
    intervals = {"proportion": "Jeffreys", "rate": "Garwood", "inverse rate": "Garwood", "mean": ""}
    rows += [
        {
            "name": metric.name,
            "row": "rate",
            "formula": metric.formula,
            "interval": intervals[metric.kind],
            "sentence": metric.sentence,
        }
        for metric in metrics.METRICS
    ]
    return rows
