"""`lfr-sim`: run deployments and look things up from the command line.

Exit codes: 0 done, 2 bad input (nothing started, nothing written), 130 interrupted. Modules that are
slow to load are loaded by the command that needs them, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from .asked import BAD_INPUT

INTERRUPTED = 130

_EXAMPLES = """examples:
  lfr-sim run oxford-circus-2022-01-28
  lfr-sim run scenarios/minimal.toml --set watchlist.size=2000 --replicates 100
  lfr-sim theory oxford-circus-2022-07-16 --set matcher.preset=npl-2023 \\
      --set watchlist.presence=1.26e-4
  lfr-sim sites oxford_circus --map oxford.png
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        try:
            options = _parser().parse_args(arguments)
            return _function(options.command)(options)
        finally:  # after --help too, so that a reader who has gone is noticed here
            if sys.stdout is not None:
                sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        _silence_stdout()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _silence_stdout()
        print(f"lfr-sim: the output cannot be written ({error.strerror})", file=sys.stderr)
        return BAD_INPUT
    except ValueError as error:
        # InputError is a ValueError; its module is loaded only once something has gone wrong.
        from lfr_sim.scenario import InputError

        if not isinstance(error, InputError):
            raise
        print(f"lfr-sim: {error}", file=sys.stderr)
        return BAD_INPUT


def _function(name: str) -> Callable[[argparse.Namespace], int]:
    """Return the function of a command, named `module.function`; loads only that module."""
    module, _, function = name.partition(".")
    found: Callable[[argparse.Namespace], int] = getattr(import_module(f".{module}", __name__), function)
    return found


def _silence_stdout() -> None:
    """Let what is still unprinted go nowhere, so that Python does not complain about it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lfr-sim",
        description="Simulate live facial recognition in the street.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_PrintVersion)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _deployment_commands(commands)
    _policing_commands(commands)
    _lookup_commands(commands)
    return parser


def _deployment_commands(commands: Any) -> None:
    """Add what runs a deployment, or tells what to expect of one."""
    run = _command(commands, "run", "commands.run", "simulate a deployment and print its rows")
    _scenario_arguments(run)
    run.add_argument("--replicates", type=_whole, default=20, help="how many runs (20)")
    run.add_argument("--seed", type=_whole, default=1, help="root seed (1)")
    run.add_argument("--engine", choices=["flow"], help="walking engine, the same as crowd.engine")
    run.add_argument(
        "--agents", choices=["alerted", "all"], default="alerted", help="who becomes a Mesa agent"
    )
    run.add_argument("--out", metavar="DIR", help="write replicates, alerts and provenance there")
    run.add_argument(
        "--breakdown", action="store_true", help="print counts by group, sex, age and category too"
    )
    run.add_argument("--json", action="store_true", help="print one JSON object")

    theory = _command(commands, "theory", "commands.theory", "print expected counts in closed form")
    _scenario_arguments(theory)
    theory.add_argument("--found-share", type=_real, help="P(a person sought is found)")
    theory.add_argument("--json", action="store_true", help="print one JSON object")


def _policing_commands(commands: Any) -> None:
    """Add what looks at the list, the matcher or one alert."""
    listed = _command(
        commands, "list", "commands.watchlist", "count the entries of a scenario's list by kind"
    )
    _scenario_arguments(listed)
    _replicate_arguments(listed)
    listed.add_argument("--chart", metavar="FILE", help="draw them as .png, .svg or .pdf")
    listed.add_argument("--json", action="store_true", help="print one JSON object")

    matcher = _command(
        commands,
        "check-matcher",
        "commands.check_matcher",
        "compare a matcher's alerts with the closed form",
    )
    _scenario_arguments(matcher)
    matcher.add_argument("--searches", type=_whole, default=1_000_000, help="how many faces (1,000,000)")
    matcher.add_argument("--seed", type=_whole, default=1, help="root seed (1)")
    matcher.add_argument("--json", action="store_true", help="print one JSON object")

    alert = _command(commands, "alert", "commands.alert", "tell what decided about one alert of one run")
    _scenario_arguments(alert)
    _replicate_arguments(alert)
    alert.add_argument("--alert", type=_whole, help="number of the alert; left out: list them")
    alert.add_argument("--json", action="store_true", help="print one JSON object")


def _lookup_commands(commands: Any) -> None:
    """Add what checks files and lists what there is."""
    check = _command(commands, "check", "commands.check", "check scenario or layout files, without running")
    check.add_argument("files", nargs="+", metavar="FILE")

    scenarios = _command(commands, "scenarios", "commands.scenarios", "list the shipped scenarios")
    scenarios.add_argument("--json", action="store_true", help="print one JSON array")

    sites = _command(commands, "sites", "commands.sites", "list the shipped layouts, or draw one")
    sites.add_argument("layout", nargs="?", help="a shipped layout or the path of a layout file")
    sites.add_argument("--map", metavar="FILE", help="draw the layout as .png, .svg or .pdf")
    sites.add_argument("--vans", metavar="IDS", help="vans to deploy, such as V1,V2")
    sites.add_argument("--json", action="store_true", help="print one JSON array")

    metric = _command(
        commands, "metrics", "commands.metrics", "list every count and rate, with its formula"
    )
    metric.add_argument("--json", action="store_true", help="print one JSON array")

    _command(commands, "schema", "commands.schema", "print the JSON Schema of a scenario")


def _command(commands: Any, name: str, function: str, summary: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(command=function)
    return parser


def _scenario_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", help="a scenario file, or the name of a shipped one")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        dest="changes",
        help="change a setting by dotted path; may be repeated",
    )


def _replicate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=_whole, default=1, help="root seed (1)")
    parser.add_argument("--replicate", type=_whole, default=0, help="number of the run, from 0 (0)")


class _PrintVersion(argparse.Action):
    """Look the version up only when it is asked for: that is slower than all the rest of --help."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"lfr-sim {version('lfr-sim')}")
        parser.exit()


def _whole(text: str) -> int | str:
    """Return a whole number, or the text itself, which is then listed among all that is wrong."""
    try:
        return int(text)
    except ValueError:
        return text


def _real(text: str) -> float | str:
    """Return a number, or the text itself, which is then listed among all that is wrong."""
    try:
        return float(text)
    except ValueError:
        return text
