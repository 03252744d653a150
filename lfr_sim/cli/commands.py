"""What each command does; each imports what it needs when it runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .asked import BAD_INPUT, asked_scenario
from .options import whole
from .printed import as_json

if TYPE_CHECKING:
    from lfr_sim.scenario import Fault


def run(options: argparse.Namespace) -> int:
    """Simulate a deployment and print its rows."""
    from lfr_sim.study.replicates import output_folder, run, run_faults

    numbers = {"replicates": options.replicates, "seed": options.seed}

    def out_faults() -> list[Fault]:
        if options.out is not None:
            output_folder(options.out)  # better now than after an hour
        return []

    scenario = asked_scenario(options, lambda: run_faults(**numbers), out_faults)
    from lfr_sim import report

    with report.progress_bar(options.replicates) as advance:
        study = run(scenario, **numbers, agents=options.agents, progress=advance)
    if options.out is not None:
        study.write(options.out)
    print(as_json(study.summary()) if options.json else report.study_table(study, options.changes))
    if options.breakdown and not options.json:
        print(f"\n{report.breakdown_table(study.breakdown)}")
    if options.out is not None and not options.json:
        print(f"\nwrote {options.out}")
    return 0


def theory(options: argparse.Namespace) -> int:
    """Print expected counts."""
    import dataclasses

    from lfr_sim.scenario import Fault

    found = options.found_share
    is_share = found is None or (isinstance(found, float) and 0.0 <= found <= 1.0)
    wrong = [] if is_share else [Fault("--found-share", "not a share", found, "0 to 1")]
    scenario = asked_scenario(options, lambda: wrong)
    from lfr_sim import report
    from lfr_sim.closed_form import theory

    expected = theory(scenario, found_share=found)
    if options.json:
        print(as_json(dataclasses.asdict(expected)))
    else:
        print(report.theory_table(scenario, expected))
    return 0


def check(options: argparse.Namespace) -> int:
    """Check files without running them."""
    from lfr_sim import report
    from lfr_sim.scenario import InputError

    failed = 0
    for name in options.files:
        try:
            print(report.checked(name))
        except InputError as error:
            failed += 1
            print(f"lfr-sim: {error}", file=sys.stderr)
    return BAD_INPUT if failed else 0


def scenarios(options: argparse.Namespace) -> int:
    """List the shipped scenarios."""
    from lfr_sim import report

    rows = report.scenario_list()
    print(as_json(rows) if options.json else report.table(rows, ["name", "date", "layout", "title"]))
    return 0


def experiments(options: argparse.Namespace) -> int:
    """List the shipped experiments, or print one."""
    from lfr_sim import report
    from lfr_sim.scenario import read_text
    from lfr_sim.study.sweeps.experiment import experiment_file

    if options.name is not None:
        print(read_text(experiment_file(options.name), kind="experiment"), end="")
        return 0
    rows = report.experiment_list()
    print(as_json(rows) if options.json else report.table(rows, ["name", "points", "runs", "question"]))
    return 0


def sites(options: argparse.Namespace) -> int:
    """List the layouts, or draw one."""
    from lfr_sim import report
    from lfr_sim.scenario import Fault, InputError

    if options.layout is None:
        faults = [
            Fault(f"--{name}", "which layout is meant?", value, f"sites LAYOUT --{name} {example}")
            for name, value, example in (("map", options.map, "FILE"), ("vans", options.vans, "IDS"))
            if value is not None
        ]
        if faults:
            raise InputError("command line", faults)
    vans = None if options.vans is None else tuple(filter(None, options.vans.split(",")))
    if options.map is not None:
        from lfr_sim.figures import save, site_map
        from lfr_sim.street import load_site

        save(site_map(load_site(options.layout, vans)), options.map)
        print(f"wrote {options.map}")
        return 0
    rows = report.site_list(None if options.layout is None else [options.layout], vans)
    columns = ["name", "gates", "signals", "vans", "cameras", "walkable_m2", "in_view", "title"]
    print(as_json(rows) if options.json else report.table(rows, columns))
    return 0


def metrics(options: argparse.Namespace) -> int:
    """List every count and rate."""
    from lfr_sim import report

    rows = report.metric_list()
    columns = ["name", "row", "formula", "interval", "sentence"]
    print(as_json(rows) if options.json else report.table(rows, columns))
    return 0


def schema(_: argparse.Namespace) -> int:
    """Print the JSON Schema of a scenario."""
    from lfr_sim.scenario import Scenario

    print(as_json(Scenario.model_json_schema(by_alias=True)))
    return 0


def watchlist(options: argparse.Namespace) -> int:
    """Count the entries of a list."""
    scenario = asked_scenario(options, lambda: _run_number_faults(options))
    from lfr_sim import report
    from lfr_sim.model import DeploymentModel

    # Listed people who walk past bring what is true of their entries, so the street is needed.
    entries = DeploymentModel(scenario, run_seed=options.seed, replicate=options.replicate).entries
    if options.chart is not None:
        from lfr_sim.figures import composition_chart, save

        save(composition_chart(scenario, entries), options.chart)
        print(f"wrote {options.chart}")
        return 0
    if options.json:
        print(as_json(report.composition_data(entries, scenario)))
    else:
        print(report.composition_table(scenario, entries))
    return 0


def check_matcher(options: argparse.Namespace) -> int:
    """Compare a matcher with the closed form."""
    import dataclasses

    from lfr_sim.study.replicates import run_faults

    scenario = asked_scenario(options, lambda: run_faults(replicates=1, seed=options.seed))
    from lfr_sim import report
    from lfr_sim.study.matcher_check import check_matcher as check
    from lfr_sim.study.matcher_check import check_scores

    total = options.searches if isinstance(options.searches, int) else 0
    with report.progress_bar(total + total // 10, unit="face") as advance:
        checked = check(scenario, searches=options.searches, seed=options.seed, progress=advance)
    scores = check_scores(scenario)
    if options.json:
        rates = [
            dataclasses.asdict(one) | {"interval": one.interval, "agrees": one.agrees} for one in checked
        ]
        print(as_json({"rates": rates, "scores": [dataclasses.asdict(one) for one in scores]}))
    else:
        print(report.check_table(scenario, checked, scores))
    return 0


def alert(options: argparse.Namespace) -> int:
    """Tell what decided about one alert, or list the alerts of a run."""
    import dataclasses

    redraw, redraw_faults = _redraw(options.redraws)
    scenario = asked_scenario(
        options,
        lambda: _run_number_faults(options),
        lambda: _alert_number_faults(options.alert),
        lambda: redraw_faults,
    )
    from lfr_sim import report
    from lfr_sim.explanation import explain
    from lfr_sim.model import DeploymentModel

    model = DeploymentModel(scenario, run_seed=options.seed, replicate=options.replicate, redraw=redraw)
    model.run()
    about = {"scenario": scenario.digest, "seed": options.seed, "run": options.replicate}
    about |= {f"redraw of {part}": number for part, number in model.redraw.items()}
    if options.alert is None:
        rows = [report.alert_line(one) for one in model.alerts]
        print(as_json(rows) if options.json else report.table(rows, list(rows[0])) if rows else "no alert")
        return 0
    told = explain(model, options.alert)
    if options.json:
        steps = [
            {"stage": stage, **dataclasses.asdict(step), "passed": step.passed}
            for stage, decided in (("van", told.search), ("officers", told.response))
            for step in decided
        ]
        alert_data = dataclasses.asdict(told.alert)
        print(as_json({**about, "alert": alert_data, "steps": steps, "remarks": told.remarks}))
    else:
        print(report.alert_table(told, about))
    return 0


def _redraw(texts: Sequence[str]) -> tuple[dict[str, Any], list[Fault]]:
    """Return what is to be drawn again, and what is wrong with it."""
    from lfr_sim.model import redraw_faults
    from lfr_sim.scenario import Fault

    said = [text.partition("=") for text in texts]
    faults = [
        Fault("--redraw", "not of this form", text, "PART=N")
        for text, (_, equals, _) in zip(texts, said, strict=True)
        if not equals
    ]
    redraw: dict[str, Any] = {
        part.strip(): whole(number.strip()) for part, equals, number in said if equals
    }
    return redraw, faults + redraw_faults(redraw)


def _alert_number_faults(number: int | str | None) -> list[Fault]:
    from lfr_sim.scenario import Fault

    if number is None or (isinstance(number, int) and number >= 0):
        return []
    return [Fault("--alert", "not a whole number in range", number, "0 and more")]


def _run_number_faults(options: argparse.Namespace) -> list[Fault]:
    """Return what is wrong with the seed and the number of a run."""
    from lfr_sim.scenario import whole_faults
    from lfr_sim.study.replicates import MOST_REPLICATES, run_faults

    number = whole_faults("replicate", options.replicate, 0, MOST_REPLICATES - 1)
    return run_faults(replicates=1, seed=options.seed) + number
