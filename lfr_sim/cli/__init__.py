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

from .asked import BAD_INPUT, INTERRUPTED

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
    _compare_command(commands)
    _sweep_commands(commands)
    _policing_commands(commands)
    _plan_command(commands)
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


def _compare_command(commands: Any) -> None:
    """Add what compares policies on the same crowds."""
    compare = _command(
        commands, "compare", "comparing.compare", "compare policies day by day, on the same crowds"
    )
    compare.add_argument(
        "scenarios",
        nargs="+",
        metavar="scenario",
        help="scenarios, each set against the first; or the folder of a sweep, then its points by number "
        "or policies by name",
    )
    compare.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        dest="changes",
        help="change a setting in all scenarios; may be repeated",
    )
    compare.add_argument(
        "--arm",
        action="append",
        default=[],
        metavar="CHANGES",
        dest="arms",
        help="add the first scenario with these changes, `PATH=VALUE; PATH=VALUE`; may be repeated",
    )
    compare.add_argument("--names", metavar="A,B", help="what to call the arms, in order")
    compare.add_argument("--replicates", type=_whole, help="how many days (100)")
    compare.add_argument("--seed", type=_whole, help="root seed (1)")
    compare.add_argument("--all", action="store_true", help="print every column, not the main ones only")
    compare.add_argument(
        "--json", action="store_true", help="print one JSON object; of a sweep, an array of them"
    )


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


def _plan_command(commands: Any) -> None:
    """Add what tells how large a study has to be. Numbers stay text, as 1/6000 and 89% are numbers, too."""
    plan = _command(
        commands, "plan", "planning.plan", "tell how many volunteers, passes or alerts a study needs"
    )
    questions = plan.add_subparsers(title="questions", required=True, metavar="QUESTION", dest="question")
    level = ("--level", "confidence or 1 - significance (0.95)", "0.95")
    power = ("--power", "P(the difference is found) (0.8)", "0.8")

    def question(name: str, summary: str, *arguments: tuple[str, str, str | None]) -> Any:
        one = questions.add_parser(name, help=summary, description=summary)
        for flag, meaning, default in arguments:
            one.add_argument(flag, metavar="X", help=meaning, default=default, required=default is None)
        return one

    half_width = ("--half-width", "half the length of its interval, such as 0.05", None)
    share = ("--expected", "the share expected, such as 0.89", None)
    one = question("share", "volunteers to estimate a share, such as TPIR", share, half_width, level)
    one.add_argument("--icc", metavar="X", help="correlation of two passes of one person")
    one.add_argument("--passes-each", metavar="K", type=_whole, help="passes of each volunteer")
    shares = [(f"--{name}", f"the share in the {name} group", None) for name in ("first", "second")]
    two = question("difference", "people per group to tell two shares apart", *shares, power, level)
    rate = ("--rate", "events per pass, such as 1/6000", None)
    three = question("bound", "passes to show that a rate is at most so large", rate, level)
    three.add_argument("--events", metavar="K", type=_whole, default=0, help="events allowed (0)")
    ratio = ("--ratio", "the other rate over this one, such as 2", None)
    four = question("ratio", "passes per group to tell two rates apart", rate, ratio, power, level)
    relative = ("--half-width", "half the length of the interval over the rate, such as 0.1", None)
    five = question("alerts", "alerts, and deployments, to know a rate well", relative, level)
    five.add_argument(
        "--scenario", metavar="NAME", help="a scenario, to tell how many deployments that takes"
    )
    five.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", dest="changes", help="as in `run`"
    )
    five.add_argument("--column", metavar="NAME", help="count of the scenario (record.alerts)")
    for each in (one, two, three, four, five):
        each.add_argument("--json", action="store_true", help="print one JSON object")


def _sweep_commands(commands: Any) -> None:
    """Add what runs experiments and reads them."""
    sweep = _command(commands, "sweep", "sweeps.sweep", "run an experiment into a folder, or go on with it")
    sweep.add_argument("experiment", help="an experiment file, or the name of a shipped one")
    sweep.add_argument("--out", metavar="DIR", help="folder of the sweep; the same again goes on with it")
    sweep.add_argument("--jobs", type=_whole, metavar="N", help="processes (as many as processors)")
    sweep.add_argument("--shard", default="1/1", metavar="i/n", help="run this part only (1/1)")
    sweep.add_argument(
        "--executor", choices=["local", "dask"], default="local", help="where to run (local)"
    )
    sweep.add_argument("--scheduler", metavar="ADDRESS", help="of the Dask scheduler")
    sweep.add_argument("--chunk", type=_whole, metavar="N", help="runs written together (2 s worth)")
    sweep.add_argument(
        "--start-method", choices=["spawn", "forkserver"], default="spawn", help="of processes (spawn)"
    )
    sweep.add_argument(
        "--other-version", action="store_true", help="go on although another version began the sweep"
    )
    sweep.add_argument(
        "--dry-run", action="store_true", help="check everything, print the plan, run nothing"
    )

    status = _command(commands, "status", "sweeps.status", "tell how far a sweep has come")
    status.add_argument("folder", metavar="DIR", help="folder of the sweep")
    status.add_argument("--json", action="store_true", help="print one JSON object")

    collect = _command(commands, "collect", "sweeps.collect", "write the table of a sweep, as far as it is")
    collect.add_argument("folder", metavar="DIR", help="folder of the sweep")
    collect.add_argument(
        "--all-settings", action="store_true", help="give each row every setting, not only those that vary"
    )

    explain = _command(commands, "explain", "sweeps.explain", "run one row of a sweep again and compare")
    explain.add_argument("folder", metavar="DIR", help="folder of the sweep")
    explain.add_argument("run", metavar="RUN_ID", help="name of the run, such as p3-r17")
    explain.add_argument("--json", action="store_true", help="print one JSON object")

    sensitivity = _command(commands, "sensitivity", "sweeps.sensitivity", "tell which factors matter")
    sensitivity.add_argument("folder", metavar="DIR", help="folder of the sweep")
    sensitivity.add_argument(
        "--column",
        default="wrongful_engagements",
        metavar="NAME",
        help="column or rate they act on (wrongful_engagements)",
    )
    sensitivity.add_argument("--policy", metavar="NAME", help="under which policy, if there are several")
    sensitivity.add_argument("--json", action="store_true", help="print one JSON object")

    plot = _command(commands, "plot", "sweeps.plot", "draw the figures of a sweep")
    plot.add_argument("folder", metavar="DIR", help="folder of the sweep")
    plot.add_argument("--kind", choices=["curve", "trade-off", "tornado"], help="one figure of this kind")
    plot.add_argument("--y", metavar="NAME", help="column or metric that is drawn")
    plot.add_argument("--x", metavar="NAME", help="factor (or column, of a trade-off) it is drawn against")
    plot.add_argument("--by", metavar="PATH", help="factor with a line for each of its values")
    plot.add_argument("--out", metavar="DIR", help="folder of the figures (DIR/figures)")
    plot.add_argument("--format", choices=["png", "svg", "pdf"], default="png", help="of the files (png)")


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
