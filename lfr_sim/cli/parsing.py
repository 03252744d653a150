"""What may be typed: the commands that run a deployment, look at it, or look things up."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from .options import command, real, replicate_arguments, scenario_arguments, whole
from .study_parsing import compare_command, plan_command, sweep_commands, sweep_reading_commands

_EXAMPLES = """examples:
  lfr-sim run oxford-circus-2022-01-28
  lfr-sim run scenarios/minimal.toml --set watchlist.size=2000 --replicates 100
  lfr-sim theory oxford-circus-2022-07-16 --set matcher.preset=npl-2023 \\
      --set watchlist.presence=1.26e-4
  lfr-sim sites oxford_circus --map oxford.png
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    whole_line = argparse.ArgumentParser(
        prog="lfr-sim",
        description="Simulate live facial recognition in the street.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole_line.add_argument("--version", action=_PrintVersion)
    commands = whole_line.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _deployment_commands(commands)
    compare_command(commands)
    sweep_commands(commands)
    sweep_reading_commands(commands)
    _policing_commands(commands)
    plan_command(commands)
    _lookup_commands(commands)
    _dashboard_command(commands)
    _teach_command(commands)
    return whole_line


def _deployment_commands(commands: Any) -> None:
    """Add what runs a deployment, or tells what to expect of one."""
    run = command(commands, "run", "commands.run", "simulate a deployment and print its rows")
    scenario_arguments(run)
    run.add_argument("--replicates", type=whole, default=20, help="how many runs (20)")
    run.add_argument("--seed", type=whole, default=1, help="root seed (1)")
    run.add_argument("--engine", choices=["flow"], help="walking engine, the same as crowd.engine")
    run.add_argument(
        "--agents", choices=["alerted", "all"], default="alerted", help="who becomes a Mesa agent"
    )
    run.add_argument("--out", metavar="DIR", help="write replicates, alerts and provenance there")
    run.add_argument(
        "--breakdown", action="store_true", help="print counts by group, sex, age and category too"
    )
    run.add_argument("--json", action="store_true", help="print one JSON object")

    theory = command(commands, "theory", "commands.theory", "print expected counts in closed form")
    scenario_arguments(theory)
    theory.add_argument("--found-share", type=real, help="P(a person sought is found)")
    theory.add_argument("--json", action="store_true", help="print one JSON object")


def _policing_commands(commands: Any) -> None:
    """Add what looks at the list, the matcher or one alert."""
    listed = command(
        commands, "list", "commands.watchlist", "count the entries of a scenario's list by kind"
    )
    scenario_arguments(listed)
    replicate_arguments(listed)
    listed.add_argument("--chart", metavar="FILE", help="draw them as .png, .svg or .pdf")
    listed.add_argument("--json", action="store_true", help="print one JSON object")

    matcher = command(
        commands,
        "check-matcher",
        "commands.check_matcher",
        "compare a matcher's alerts with the closed form",
    )
    scenario_arguments(matcher)
    matcher.add_argument("--searches", type=whole, default=1_000_000, help="how many faces (1,000,000)")
    matcher.add_argument("--seed", type=whole, default=1, help="root seed (1)")
    matcher.add_argument("--json", action="store_true", help="print one JSON object")

    alert = command(commands, "alert", "commands.alert", "tell what decided about one alert of one run")
    scenario_arguments(alert)
    replicate_arguments(alert)
    alert.add_argument("--alert", type=whole, help="number of the alert; left out: list them")
    alert.add_argument(
        "--redraw",
        action="append",
        default=[],
        metavar="PART=N",
        dest="redraws",
        help="draw crowd, matcher or officers again, the N-th other time; may be repeated",
    )
    alert.add_argument("--json", action="store_true", help="print one JSON object")


def _lookup_commands(commands: Any) -> None:
    """Add what checks files and lists what there is."""
    check = command(commands, "check", "commands.check", "check scenario, layout or experiment files")
    check.add_argument("files", nargs="+", metavar="FILE")

    scenarios = command(commands, "scenarios", "commands.scenarios", "list the shipped scenarios")
    scenarios.add_argument("--json", action="store_true", help="print one JSON array")

    experiments = command(
        commands, "experiments", "commands.experiments", "list the shipped experiments, or print one"
    )
    experiments.add_argument("name", nargs="?", help="print this one, to be saved and changed")
    experiments.add_argument("--json", action="store_true", help="print one JSON array")

    sites = command(commands, "sites", "commands.sites", "list the shipped layouts, or draw one")
    sites.add_argument("layout", nargs="?", help="a shipped layout or the path of a layout file")
    sites.add_argument("--map", metavar="FILE", help="draw the layout as .png, .svg or .pdf")
    sites.add_argument("--vans", metavar="IDS", help="vans to deploy, such as V1,V2")
    sites.add_argument("--json", action="store_true", help="print one JSON array")

    metric = command(commands, "metrics", "commands.metrics", "list every count and rate, with its formula")
    metric.add_argument("--json", action="store_true", help="print one JSON array")

    command(commands, "schema", "commands.schema", "print the JSON Schema of a scenario")


def _dashboard_command(commands: Any) -> None:
    """Add what opens the pages in a browser."""
    pages = command(commands, "dashboard", "pages.dashboard", "serve the dashboard to a browser")
    pages.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine only)"
    )
    pages.add_argument("--port", type=whole, default=8765, help="port to listen on (8765)")


def _teach_command(commands: Any) -> None:
    """Add the lessons: in a terminal, printed, or as sheets of paper."""
    teach = command(
        commands, "teach", "teaching.teach", "five lessons on base rates in the terminal, or on paper"
    )
    teach.add_argument("lesson", nargs="?", help="number or name of one lesson; left out: all five")
    teach.add_argument("--seed", type=whole, default=1, help="who of the crowd sets off an alert (1)")
    teach.add_argument(
        "--all", action="store_true", help="print it whole, answers at the end, without waiting"
    )
    teach.add_argument("--plain", action="store_true", help="draw with # and ^ only")
    teach.add_argument(
        "--materials", metavar="DIR", help="write lesson plan, worksheet and answers there, to be printed"
    )


class _PrintVersion(argparse.Action):
    """Look the version up only when it is asked for: that is slower than all the rest of --help."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"lfr-sim {version('lfr-sim')}")
        parser.exit()
