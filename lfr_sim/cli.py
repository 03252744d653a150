"""`lfr-sim`: run deployments and look things up from the command line.

Exit codes: 0 done, 2 bad input (nothing started, nothing written), 130 interrupted. Modules that are
slow to load are loaded by the command that needs them, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lfr_sim.scenario import Camera, Fault, Scenario

BAD_INPUT, INTERRUPTED = 2, 130

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
            command: Callable[[argparse.Namespace], int] = options.command
            return command(options)
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

    run = _command(commands, "run", _run, "simulate a deployment and print its rows")
    _scenario_arguments(run)
    run.add_argument("--replicates", type=_whole, default=20, help="how many runs (20)")
    run.add_argument("--seed", type=_whole, default=1, help="root seed (1)")
    run.add_argument("--engine", choices=["flow"], help="walking engine, the same as crowd.engine")
    run.add_argument(
        "--agents", choices=["alerted", "all"], default="alerted", help="who becomes a Mesa agent"
    )
    run.add_argument("--out", metavar="DIR", help="write replicates, alerts and provenance there")
    run.add_argument("--json", action="store_true", help="print one JSON object")

    theory = _command(commands, "theory", _theory, "print expected counts in closed form")
    _scenario_arguments(theory)
    theory.add_argument("--found-share", type=_real, help="P(a person sought is found)")
    theory.add_argument("--json", action="store_true", help="print one JSON object")

    check = _command(commands, "check", _check, "check scenario or layout files, without running")
    check.add_argument("files", nargs="+", metavar="FILE")

    scenarios = _command(commands, "scenarios", _scenarios, "list the shipped scenarios")
    scenarios.add_argument("--json", action="store_true", help="print one JSON array")

    sites = _command(commands, "sites", _sites, "list the shipped layouts, or draw one")
    sites.add_argument("layout", nargs="?", help="a shipped layout or the path of a layout file")
    sites.add_argument("--map", metavar="FILE", help="draw the layout as .png, .svg or .pdf")
    sites.add_argument("--vans", metavar="IDS", help="vans to deploy, such as V1,V2")
    sites.add_argument("--json", action="store_true", help="print one JSON array")

    metric = _command(commands, "metrics", _metrics, "list every count and rate, with its formula")
    metric.add_argument("--json", action="store_true", help="print one JSON array")

    _command(commands, "schema", _schema, "print the JSON Schema of a scenario")
    return parser


def _command(
    commands: Any, name: str, function: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
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


def _scenario(options: argparse.Namespace, *checks: Callable[[], list[Fault]]) -> Scenario:
    """Return the scenario asked for, with the changes of `--set` and `--engine`.

    Raises:
        InputError: With every fault of the file, the changes, the layout and the further checks.
    """
    from lfr_sim import scenario as asked
    from lfr_sim.scenario import InputError

    faults: list[Fault] = []

    def collected(step: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return step(*arguments)
        except InputError as error:
            faults.extend(error.faults)
            return None

    changes = _changes(options.changes, faults)
    if getattr(options, "engine", None):
        changes["crowd.engine"] = options.engine
    read = collected(asked.read_scenario_data, options.scenario)
    scenario: Scenario | None = None
    if read is not None:
        data = collected(asked.with_changes, read[1], changes) or read[1]
        scenario = collected(asked.Scenario.from_dict, data)
        if scenario is None:
            faults += _site_faults(data)
        else:
            faults += _site_faults(scenario.to_dict(), scenario.camera)
    for check in checks:
        faults += collected(check) or []
    if scenario is None or faults:
        raise InputError(str(options.scenario), faults)
    return scenario


def _changes(texts: Sequence[str], faults: list[Fault]) -> dict[str, Any]:
    """Return dotted path -> value of every `--set`, adding what is wrong to `faults`."""
    from lfr_sim.scenario import Fault, parse_value

    changes = {}
    for text in texts:
        path, equals, value = text.partition("=")
        if not equals:
            faults.append(Fault("--set", "not of this form", text, allowed="PATH=VALUE"))
        else:
            changes[path.strip()] = parse_value(value.strip())
    return changes


def _site_faults(data: dict[str, Any], camera: Camera | None = None) -> list[Fault]:
    """Return what is wrong with the place a scenario names, even if other settings are broken."""
    from dataclasses import replace

    from pydantic import ValidationError

    from lfr_sim.scenario import Camera, InputError, SitePlace
    from lfr_sim.street import site_of

    try:
        site_of(SitePlace.model_validate(data.get("site")), camera or Camera())
    except InputError as error:
        return [
            # A fault inside a layout file says which file; others name a setting or the file itself.
            fault
            if fault.path.startswith(("site.", "camera.")) or fault.path in error.subject
            else replace(fault, path=f"{error.subject}: {fault.path}")
            for fault in error.faults
        ]
    except ValidationError:  # listed with the other settings
        return []
    return []


def _run(options: argparse.Namespace) -> int:
    from lfr_sim.study.replicates import run, run_faults, usable_folder

    numbers = {"replicates": options.replicates, "seed": options.seed}

    def out_faults() -> list[Fault]:
        if options.out is not None:
            usable_folder(options.out)  # better now than after an hour
        return []

    scenario = _scenario(options, lambda: run_faults(**numbers), out_faults)
    from lfr_sim import report

    with report.progress_bar(options.replicates) as advance:
        study = run(scenario, **numbers, agents=options.agents, progress=advance)
    if options.out is not None:
        study.write(options.out)
    print(_json(study.summary()) if options.json else report.study_table(study, options.changes))
    if options.out is not None and not options.json:
        print(f"\nwrote {options.out}")
    return 0


def _theory(options: argparse.Namespace) -> int:
    from lfr_sim.scenario import Fault

    found = options.found_share
    is_share = found is None or (isinstance(found, float) and 0.0 <= found <= 1.0)
    wrong = [] if is_share else [Fault("--found-share", "not a share", found, "0 to 1")]
    scenario = _scenario(options, lambda: wrong)
    from lfr_sim import report
    from lfr_sim.closed_form import theory

    expected = theory(scenario, found_share=found)
    if options.json:
        print(_json({"record": expected.record, "truth": expected.truth, "rates": expected.rates}))
    else:
        print(report.theory_table(scenario, expected))
    return 0


def _check(options: argparse.Namespace) -> int:
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


def _scenarios(options: argparse.Namespace) -> int:
    from lfr_sim import report

    rows = report.scenario_list()
    print(_json(rows) if options.json else report.table(rows, ["name", "date", "layout", "title"]))
    return 0


def _sites(options: argparse.Namespace) -> int:
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
    print(_json(rows) if options.json else report.table(rows, columns))
    return 0


def _metrics(options: argparse.Namespace) -> int:
    from lfr_sim import report

    rows = report.metric_list()
    columns = ["name", "row", "formula", "interval", "sentence"]
    print(_json(rows) if options.json else report.table(rows, columns))
    return 0


def _schema(_: argparse.Namespace) -> int:
    from lfr_sim.scenario import Scenario

    print(_json(Scenario.model_json_schema(by_alias=True)))
    return 0


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)


if __name__ == "__main__":
    sys.exit(main())
