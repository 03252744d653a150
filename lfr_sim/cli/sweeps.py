"""Commands of experiments: run a sweep, see how far it is, collect, explain, analyse and draw it."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .asked import FINISHED_WITH_FAILURES, INTERRUPTED
from .printed import as_json

if TYPE_CHECKING:
    from lfr_sim.scenario import Fault
    from lfr_sim.study.sweeps.plan import Plan
    from lfr_sim.study.sweeps.workers import Workers


def sweep(options: argparse.Namespace) -> int:
    """Run an experiment into a folder, or go on with it."""
    from lfr_sim import report
    from lfr_sim.study.sweeps.runner import processors, sweep
    from lfr_sim.study.sweeps.schedule import parse_shard
    from lfr_sim.study.sweeps.store import Store
    from lfr_sim.study.sweeps.trial import trial_of

    _listen_to_interrupts()
    plan, shard = _asked_plan(options), parse_shard(options.shard)
    assert not isinstance(shard, str)  # else the plan would have been refused
    if options.dry_run:
        if options.out is not None:
            Store.check(options.out, plan, other_version=options.other_version)
        print(report.plan_table(plan))
        jobs = None if options.executor == "dask" else options.jobs or processors()
        print(f"\n{report.trial_text(trial_of(plan), plan, jobs, shard)}")
        return 0
    executor = _executor(options)
    try:
        with report.sweep_progress() as progress:
            outcome = sweep(
                plan,
                out=options.out,
                jobs=options.jobs,
                executor=executor,
                shard=shard,
                chunk=options.chunk,
                start_method=options.start_method,
                other_version=options.other_version,
                redo_failed=options.redo_failed,
                progress=progress,
            )
    except KeyboardInterrupt:
        sys.stderr.write(f"stopped at once, without the runs in hand; to go on:\n  {_again(options)}\n")
        return INTERRUPTED
    finally:
        if executor is not None:
            executor.close()
    print(report.outcome_text(outcome, _again(options)), file=sys.stderr if outcome.interrupted else None)
    if outcome.interrupted:
        return INTERRUPTED
    return FINISHED_WITH_FAILURES if outcome.failed else 0


def _listen_to_interrupts() -> None:
    """Let Ctrl-C and its like stop a sweep that a script has started in the background, too.

    Shells start those with the signal ignored; one that came before the first run would be lost.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _asked_plan(options: argparse.Namespace) -> Plan:
    """Return the plan asked for, or the one that has begun; raises `InputError` with every fault."""
    from lfr_sim.scenario import InputError
    from lfr_sim.study.sweeps.experiment import read_experiment
    from lfr_sim.study.sweeps.plan import plan_of
    from lfr_sim.study.sweeps.runner import begun

    subject, faults, plan = "sweep", _option_faults(options), None
    try:
        if options.experiment is not None:
            plan = plan_of(read_experiment(options.experiment))
        elif options.out is not None:
            plan = begun(options.out)
    except InputError as error:
        subject, faults = error.subject, [*error.faults, *faults]
    if plan is None or faults:
        raise InputError(subject, faults)
    return plan


def _option_faults(options: argparse.Namespace) -> list[Fault]:
    """Return what is wrong with the options of a sweep."""
    from lfr_sim.scenario import Fault
    from lfr_sim.study.sweeps.runner import number_faults
    from lfr_sim.study.sweeps.schedule import parse_shard, shard_faults

    faults = number_faults(options.jobs, options.chunk) + shard_faults(parse_shard(options.shard))
    if options.out is None and not (options.dry_run and options.experiment is not None):
        faults.append(Fault("--out", "where to?", allowed="--out DIR", shows_value=False))
    if options.executor == "dask" and options.scheduler is None:
        allowed = "the address that `dask scheduler` prints, such as tcp://host:8786"
        faults.append(Fault("--scheduler", "which cluster?", allowed=allowed, shows_value=False))
    if options.executor == "local" and options.scheduler is not None:
        faults.append(Fault("--scheduler", "only --executor dask has one", options.scheduler))
    if options.executor == "dask" and options.jobs is not None:
        faults.append(Fault("--jobs", "a Dask cluster has as many workers as it has", options.jobs))
    return faults


def _executor(options: argparse.Namespace) -> Workers | None:
    """Return the workers of a cluster, if it is asked for."""
    if options.executor == "local":
        return None
    from lfr_sim.study.sweeps.workers import dask_workers

    return dask_workers(options.scheduler)


def _again(options: argparse.Namespace) -> str:
    """Return the command that goes on with a sweep."""
    experiment = [] if options.experiment is None else [options.experiment]
    command = ["lfr-sim", "sweep", *experiment, "--out", options.out]
    usual = {"jobs": None, "shard": "1/1", "executor": "local", "scheduler": None, "chunk": None}
    for name, value in (usual | {"start_method": "spawn"}).items():
        if getattr(options, name) != value:
            command += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
    return shlex.join([*command, *(["--other-version"] if options.other_version else [])])


def status(options: argparse.Namespace) -> int:
    """Tell how far a sweep has come."""
    from lfr_sim import report
    from lfr_sim.study.sweeps.state import state_of

    state = state_of(options.folder)
    print(as_json(state.summary()) if options.json else report.state_text(state))
    return 0


def collect(options: argparse.Namespace) -> int:
    """Write the table of a sweep."""
    from lfr_sim import report
    from lfr_sim.study.sweeps.collecting import collect
    from lfr_sim.study.sweeps.state import state_of

    collected = collect(options.folder, all_settings=options.all_settings)
    _say(state_of(options.folder).remark)
    print(report.collected_text(collected))
    return 0


def explain(options: argparse.Namespace) -> int:
    """Run one row again and compare it with what was written."""
    from lfr_sim import report
    from lfr_sim.study.sweeps.again import again

    told = again(options.folder, options.run)
    if options.json:
        print(as_json(told.summary()))
    else:
        print(report.again_text(told, options.folder))
    return 0 if told.agrees else FINISHED_WITH_FAILURES


def sensitivity(options: argparse.Namespace) -> int:
    """Tell which factors matter."""
    import dataclasses

    from lfr_sim import report
    from lfr_sim.study.analysis.sensitivity import effects_of
    from lfr_sim.study.sweeps.state import read_with_remark

    results, remark = read_with_remark(options.folder)
    _say(remark)
    found = effects_of(results, options.column, policy=options.policy)
    print(
        as_json([dataclasses.asdict(one) for one in found]) if options.json else report.effects_table(found)
    )
    return 0


def plot(options: argparse.Namespace) -> int:
    """Draw the figures of a sweep."""
    from lfr_sim.figures import default_figures, figure_faults, figures_of, save
    from lfr_sim.scenario import InputError
    from lfr_sim.study.sweeps.state import read_with_remark
    from lfr_sim.study.sweeps.store import Store

    plan = Store.open(options.folder).plan
    asked = _asked_figure(options) or list(plan.figures)
    several = len({point.policy for point in plan.points}) > 1
    faults = figure_faults(asked, (*plan.factors, *(["policy"] if several else [])), plan.columns)
    if faults:
        raise InputError(f"figures of {options.folder}", faults)
    results, remark = read_with_remark(options.folder)
    _say(remark)
    drawn = figures_of(results, asked) if asked else default_figures(results)
    folder = figure_folder(options.out or Path(options.folder) / "figures")
    for name, figure in drawn:
        path = folder / f"{name}.{options.format}"
        save(figure, path)
        print(f"wrote {path}")
    return 0


def _say(remark: str) -> None:
    """Tell what is missing of a sweep, beside its results."""
    if remark:
        print(f"Note: {remark}", file=sys.stderr)


def figure_folder(where: str | Path) -> Path:
    """Return a folder for figures, made if it is not there; raises `InputError`."""
    from lfr_sim.scenario import Fault, InputError

    folder = Path(where)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        problem = f"cannot be used as a folder ({getattr(error, 'strerror', None) or error})"
        raise InputError("figures", [Fault(str(folder), problem, shows_value=False)]) from None
    return folder


def _asked_figure(options: argparse.Namespace) -> list[Mapping[str, Any]]:
    """Return the one figure that the command line asks for, if it does."""
    given = {
        name: getattr(options, name) for name in ("y", "x", "by") if getattr(options, name) is not None
    }
    if not given and options.kind is None:
        return []
    return [{"kind": options.kind or "curve", **given}]
