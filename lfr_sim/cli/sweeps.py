"""Commands of experiments: run a sweep, see how far it is, collect, explain, analyse and draw it."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .asked import FINISHED_WITH_FAILURES, INTERRUPTED

if TYPE_CHECKING:
    from lfr_sim.scenario import Fault
    from lfr_sim.study.sweeps.experiment import Experiment
    from lfr_sim.study.sweeps.workers import Workers


def sweep(options: argparse.Namespace) -> int:
    """Run an experiment into a folder, or go on with it."""
    from lfr_sim import report
    from lfr_sim.scenario import Fault, InputError
    from lfr_sim.study.sweeps.experiment import read_experiment
    from lfr_sim.study.sweeps.plan import plan_of
    from lfr_sim.study.sweeps.runner import sweep
    from lfr_sim.study.sweeps.schedule import parse_shard, shard_faults

    experiment = read_experiment(options.experiment)
    _check_figures(experiment)
    shard = parse_shard(options.shard)
    if isinstance(shard, str):
        raise InputError("sweep", shard_faults(shard))
    if options.dry_run:
        print(report.plan_table(plan_of(experiment)))
        return 0
    if options.out is None:
        raise InputError("sweep", [Fault("--out", "where to?", allowed="--out DIR", shows_value=False)])
    executor = _executor(options)
    try:
        with report.sweep_progress() as progress:
            outcome = sweep(
                experiment,
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
        sys.stderr.write(
            f"stopped at once; chunks that were running are lost; to go on:\n  {_again(options)}\n"
        )
        return INTERRUPTED
    finally:
        if executor is not None:
            executor.close()
    print(report.outcome_text(outcome, _again(options)), file=sys.stderr if outcome.interrupted else None)
    if outcome.interrupted:
        return INTERRUPTED
    return FINISHED_WITH_FAILURES if outcome.failed else 0


def _check_figures(experiment: Experiment) -> None:
    """Raise `InputError` if the figures that are asked for could not be drawn."""
    if not experiment.asked.figures:
        return
    from lfr_sim.figures import figure_faults
    from lfr_sim.scenario import InputError

    policies = ["policy"] if len(experiment.asked.policies) > 1 else []
    factors = list(experiment.asked.factors)
    if experiment.asked.design.kind == "list":
        return  # its factors are in the list
    faults = figure_faults(experiment.asked.figures, (*factors, *policies), experiment.columns)
    if faults:
        raise InputError(str(experiment.path), faults)


def _executor(options: argparse.Namespace) -> Workers | None:
    from lfr_sim.scenario import Fault, InputError

    faults: list[Fault] = []
    if options.executor == "dask" and options.scheduler is None:
        allowed = "the address that `dask scheduler` prints, such as tcp://host:8786"
        faults.append(Fault("--scheduler", "which cluster?", allowed=allowed, shows_value=False))
    if options.executor == "local" and options.scheduler is not None:
        faults.append(Fault("--scheduler", "only --executor dask has one", options.scheduler))
    if options.executor == "dask" and options.jobs is not None:
        faults.append(Fault("--jobs", "a Dask cluster has as many workers as it has", options.jobs))
    if faults:
        raise InputError("sweep", faults)
    if options.executor == "local":
        return None
    from lfr_sim.study.sweeps.workers import dask_workers

    return dask_workers(options.scheduler)


def _again(options: argparse.Namespace) -> str:
    """Return the command that goes on with a sweep."""
    command = ["lfr-sim", "sweep", options.experiment, "--out", options.out]
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
    print(_json(state.summary()) if options.json else report.state_text(state))
    return 0


def collect(options: argparse.Namespace) -> int:
    """Write the table of a sweep."""
    from lfr_sim import report
    from lfr_sim.study.sweeps.collecting import collect

    print(report.collected_text(collect(options.folder, all_settings=options.all_settings)))
    return 0


def explain(options: argparse.Namespace) -> int:
    """Run one row again and compare it with what was written."""
    from lfr_sim import report
    from lfr_sim.study.sweeps.again import again

    told = again(options.folder, options.run)
    if options.json:
        print(_json(told.summary()))
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
        _json([dataclasses.asdict(one) for one in found]) if options.json else report.effects_table(found)
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


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
