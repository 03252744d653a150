"""What may be typed: the commands of studies, which compare, plan, sweep and read sweeps."""

from __future__ import annotations

from typing import Any

from .options import command, whole


def compare_command(commands: Any) -> None:
    """Add what compares policies on the same crowds."""
    compare = command(
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
    compare.add_argument("--replicates", type=whole, help="how many days (100)")
    compare.add_argument("--seed", type=whole, help="root seed (1)")
    compare.add_argument("--all", action="store_true", help="print every column, not the main ones only")
    compare.add_argument(
        "--json", action="store_true", help="print one JSON object; of a sweep, an array of them"
    )


def plan_command(commands: Any) -> None:
    """Add what tells how large a study has to be. Numbers stay text, as 1/6000 and 89% are numbers, too."""
    plan = command(
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
    one.add_argument("--passes-each", metavar="K", type=whole, help="passes of each volunteer")
    shares = [(f"--{name}", f"the share in the {name} group", None) for name in ("first", "second")]
    two = question("difference", "people per group to tell two shares apart", *shares, power, level)
    rate = ("--rate", "events per pass, such as 1/6000", None)
    three = question("bound", "passes to show that a rate is at most so large", rate, level)
    three.add_argument("--events", metavar="K", type=whole, default=0, help="events allowed (0)")
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


def sweep_commands(commands: Any) -> None:
    """Add what runs experiments."""
    sweep = command(commands, "sweep", "sweeps.sweep", "run an experiment into a folder, or go on with it")
    sweep.add_argument(
        "experiment",
        nargs="?",
        help="an experiment file, or the name of a shipped one; left out: what has begun in --out",
    )
    sweep.add_argument("--out", metavar="DIR", help="folder of the sweep; the same again goes on with it")
    sweep.add_argument("--jobs", type=whole, metavar="N", help="processes (as many as processors)")
    sweep.add_argument("--shard", default="1/1", metavar="i/n", help="run this part only (1/1)")
    sweep.add_argument(
        "--executor", choices=["local", "dask"], default="local", help="where to run (local)"
    )
    sweep.add_argument("--scheduler", metavar="ADDRESS", help="of the Dask scheduler")
    sweep.add_argument("--chunk", type=whole, metavar="N", help="runs written together (2 s worth)")
    sweep.add_argument(
        "--start-method", choices=["spawn", "forkserver"], default="spawn", help="of processes (spawn)"
    )
    sweep.add_argument(
        "--other-version", action="store_true", help="go on although another version began the sweep"
    )
    sweep.add_argument("--redo-failed", action="store_true", help="run those again that failed")
    sweep.add_argument(
        "--dry-run",
        action="store_true",
        help="check experiment, options and folder, print the plan and how long it takes, write nothing",
    )


def sweep_reading_commands(commands: Any) -> None:
    """Add what reads the folder of a sweep."""
    status = command(commands, "status", "sweeps.status", "tell how far a sweep has come")
    status.add_argument("folder", metavar="DIR", help="folder of the sweep")
    status.add_argument("--json", action="store_true", help="print one JSON object")

    collect = command(commands, "collect", "sweeps.collect", "write the table of a sweep, as far as it is")
    collect.add_argument("folder", metavar="DIR", help="folder of the sweep")
    collect.add_argument(
        "--all-settings", action="store_true", help="give each row every setting, not only those that vary"
    )

    explain = command(commands, "explain", "sweeps.explain", "run one row of a sweep again and compare")
    explain.add_argument("folder", metavar="DIR", help="folder of the sweep")
    explain.add_argument("run", metavar="RUN_ID", help="name of the run, such as p3-r17")
    explain.add_argument("--json", action="store_true", help="print one JSON object")

    sensitivity = command(commands, "sensitivity", "sweeps.sensitivity", "tell which factors matter")
    sensitivity.add_argument("folder", metavar="DIR", help="folder of the sweep")
    sensitivity.add_argument(
        "--column",
        default="wrongful_engagements",
        metavar="NAME",
        help="column or rate they act on (wrongful_engagements)",
    )
    sensitivity.add_argument("--policy", metavar="NAME", help="under which policy, if there are several")
    sensitivity.add_argument("--json", action="store_true", help="print one JSON object")

    plot = command(commands, "plot", "sweeps.plot", "draw the figures of a sweep")
    plot.add_argument("folder", metavar="DIR", help="folder of the sweep")
    plot.add_argument("--kind", choices=["curve", "trade-off", "tornado"], help="one figure of this kind")
    plot.add_argument("--y", metavar="NAME", help="column or metric that is drawn")
    plot.add_argument("--x", metavar="NAME", help="factor (or column, of a trade-off) it is drawn against")
    plot.add_argument("--by", metavar="PATH", help="factor with a line for each of its values")
    plot.add_argument("--out", metavar="DIR", help="folder of the figures (DIR/figures)")
    plot.add_argument("--format", choices=["png", "svg", "pdf"], default="png", help="of the files (png)")
