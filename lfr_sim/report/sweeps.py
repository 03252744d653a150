"""What is said of sweeps: the plan, how far it is, how it ended, one row again."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from lfr_sim.scenario import value_text
from lfr_sim.study.analysis.sensitivity import Effect, Index, Influence, RangeOfEffect, RankCorrelation
from lfr_sim.study.sweeps.again import Again
from lfr_sim.study.sweeps.collecting import Collected
from lfr_sim.study.sweeps.dispatch import Progress
from lfr_sim.study.sweeps.plan import Plan
from lfr_sim.study.sweeps.rows import Status
from lfr_sim.study.sweeps.runner import SweepOutcome
from lfr_sim.study.sweeps.schedule import Shard, part_of
from lfr_sim.study.sweeps.state import State
from lfr_sim.study.sweeps.trial import Trial

from .policing import alert_line
from .tables import figure, quantity, table

EVERY_S = 30.0
"""How often a line is written where there is no terminal."""
_MOST_POINTS_SHOWN = 12


@contextmanager
def sweep_progress() -> Iterator[Callable[[Progress], None]]:
    """Show how far a sweep is: a bar on a terminal, a line every half minute elsewhere."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from tqdm import tqdm

    columns, lines = shutil.get_terminal_size()
    with tqdm(
        total=1,
        bar_format="{percentage:3.0f}%|{bar}| {desc}",
        ncols=min(130, columns),
        nrows=lines,
        leave=False,
        file=sys.stderr,
        miniters=1,
    ) as bar:
        has_said = False

        def show(now: Progress) -> None:
            nonlocal has_said
            if now.stopping and not has_said:
                has_said = True
                bar.write(stopping_line(now), file=sys.stderr)
            bar.total, bar.n = max(now.total, 1), now.done
            bar.set_description_str(progress_line(now), refresh=True)

        yield show


def _lines() -> Callable[[Progress], None]:
    last, has_said = time.monotonic(), False

    def show(now: Progress) -> None:
        nonlocal last, has_said
        if now.stopping and not has_said:
            has_said = True
            sys.stderr.write(f"{stopping_line(now)}\n")
            sys.stderr.flush()
        if time.monotonic() - last >= EVERY_S:
            last = time.monotonic()
            sys.stderr.write(f"{progress_line(now)}\n")
            sys.stderr.flush()

    return show


def progress_line(now: Progress) -> str:
    """Return how far a sweep is, on one line."""
    left = "" if now.left_s is None else f", {duration(now.left_s)} left"
    return f"{now.done:,} of {now.total:,} runs, {figure(now.runs_per_s)} runs/s{left}; {_beside(now)}"


def stopping_line(now: Progress) -> str:
    """Return what is said once it is clear that a sweep will stop."""
    return f"stopping after the runs in hand ({now.in_hand:,}); Ctrl-C again stops now, without them"


def _beside(now: Progress) -> str:
    failed = f"{now.failed:,} failed" if now.failed else "none failed"
    return f"{failed}, {quantity(now.chunks, 'chunk', 'chunks')} written"


def plan_table(plan: Plan) -> str:
    """Return what a sweep is going to do."""
    head = [plan.title, *([plan.question] if plan.question else [])]
    runs = f"{quantity(len(plan.points), 'point', 'points')} x {plan.replicates:,} = {plan.runs:,} runs"
    if plan.stopping is not None:
        rule = plan.stopping
        runs = (
            f"{quantity(len(plan.points), 'point', 'points')}, at most {plan.replicates:,} runs each: in "
            f"batches of {rule['batch']:,} until {rule['events']:,} {rule['column']}"
        )
    head.append(f"{runs}, seed {plan.seed}, {len(plan.columns)} columns, plan {plan.digest}")
    shown = plan.points[:_MOST_POINTS_SHOWN]
    rows = [
        {"point": f"p{point.number}", "policy": point.policy}
        | {path: _cell(point.changes.get(path, "as in the scenario")) for path in plan.varied}
        for point in shown
    ]
    columns = ["point", *(["policy"] if any(point.policy for point in plan.points) else []), *plan.varied]
    more = len(plan.points) - len(shown)
    return "\n".join(head) + "\n\n" + table(rows, columns) + (f"\n… and {more:,} more" if more else "")


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else value_text(value)


def trial_text(trial: Trial, plan: Plan, jobs: int | None, shard: Shard = (1, 1)) -> str:
    """Return how long a sweep, or a shard of it, will take by runs that were tried.

    Args:
        trial: Runs that were tried.
        plan: Plan of the sweep.
        jobs: How many processes there are; None if that is not known.
        shard: Which part of the sweep is run.
    """
    if trial.reason:
        return f"How long it takes is not known: {trial.reason}"
    most = "at most " if plan.stopping is not None else ""
    where = "of one process" if jobs is None else f"with {quantity(jobs, 'process', 'processes')}"
    each = " and ".join(f"{figure(seconds)} s" for seconds in trial.seconds)
    points = "the first point and the last" if len(trial.seconds) > 1 else "its one point"
    first, last = part_of(plan, shard)
    left_s = trial.left_s(last - first, jobs or 1)
    left = duration(left_s) if left_s >= 1.0 else f"{figure(left_s)} s"
    part = "" if shard == (1, 1) else f" for shard {shard[0]}/{shard[1]}"
    taken = f"if runs take as long as one just now at {points} ({each})"
    return f"Time: {most}about {left} {where}{part}, {taken}"


def outcome_text(outcome: SweepOutcome, go_on: str) -> str:
    """Return how a sweep ended and what to do next.

    Args:
        outcome: How it ended.
        go_on: The command that goes on with it.
    """
    lines = [f"{one}; moved to quarantine and run again" for one in outcome.quarantined]
    if outcome.interrupted:
        lines.append(f"stopped: {outcome.interrupted}")
        lines.append(f"{outcome.done:,} of {outcome.total:,} runs are on the disk; to go on:\n  {go_on}")
        return "\n".join(lines)
    lines.append(f"{outcome.done:,} of {outcome.total:,} runs done in {outcome.folder}")
    if outcome.failed:
        lines.append(f"{_failures(outcome.failed)}; lfr-sim status {outcome.folder} names them")
    lines.append(f"next: lfr-sim collect {outcome.folder}")
    return "\n".join(lines)


def _failures(failed: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {status}" for status, count in failed.items())


def state_text(state: State) -> str:
    """Return how far a sweep has come."""
    plan = state.plan
    lines = [
        plan.title,
        f"{state.done:,} of {state.total:,} runs done"
        + (" so far known" if plan.stopping and state.done < state.total else "")
        + f", {quantity(state.chunks, 'chunk', 'chunks')}, {quantity(len(plan.points), 'point', 'points')}",
    ]
    if state.running:
        left = state.left_s
        lines += [f"running: {one}" for one in state.running]
        lines.append("time left: not known yet" if left is None else f"time left: {duration(left)}")
    else:
        lines.append("complete" if state.is_complete else "nobody is running it")
    lines += [f"damaged: {one} (the next `lfr-sim sweep` runs it again)" for one in state.damaged]
    if state.failed:
        lines.append(f"failed: {_failures(state.failed)}")
        lines.append(table([dict(zip(_FAILED, one, strict=True)) for one in state.named], _FAILED))
        if sum(state.failed.values()) > len(state.named):
            lines.append("…")
    return "\n".join(lines)


_FAILED = ("run", "status", "reason")


def collected_text(collected: Collected) -> str:
    """Return what `collect` has written."""
    lines = [f"wrote {path}" for path in collected.files]
    rows = quantity(collected.rows, "row", "rows")
    if collected.total is not None:
        rows += f" of {collected.total:,}"
    failed = f", {collected.failed:,} of them failed" if collected.failed else ""
    lines.append(f"{rows}{failed}")
    lines += [f"left out, damaged: {one}; run the sweep again" for one in collected.damaged]
    return "\n".join(lines)


def again_text(told: Again, folder: str) -> str:
    """Return one row of a sweep with what made it, and whether it came out the same again."""
    plan, point = told.plan, told.plan.point_of(told.run)
    replicate = plan.replicate_of(told.run)
    lines = [
        f"{plan.run_id(told.run)} of {folder}: {plan.title}",
        f"replicate {replicate} of seed {plan.seed}; {told.status}"
        + (f": {told.reason}" if told.reason else ""),
        "",
        "Changed against the base scenario: " + (point.label if point.changes else "nothing"),
    ]
    lines += [f"  {path} = {value_text(value)}" for path, value in point.changes.items()]
    if told.status == Status.OK:
        counts = {name: value for name, value in told.columns.items() if value}
        lines += ["", "What came out, where it is not 0"]
        lines.append(
            table([{"": name, "value": _exact(value)} for name, value in counts.items()], ["", "value"])
        )
        if told.alerts:
            rows = [alert_line(alert) for alert in told.alerts]
            lines += ["", "Its alerts", table(rows, list(rows[0]))]
    lines += ["", _agreement(told)]
    return "\n".join(lines)


def _agreement(told: Again) -> str:
    if told.agrees:
        size = len(told.stored.encode())
        return f"Run again just now, alone: the same {size:,} bytes as in {told.file.path.name}."
    other = f"It was made by {told.other_maker}.\n" if told.other_maker else ""
    return (
        f"{other}Run again just now, alone: NOT the same as in {told.file.path.name}.\n"
        f"  written: {told.stored}\n  now:     {told.now}"
    )


def _exact(value: Any) -> str:
    return figure(value) if isinstance(value, int) else f"{value:.6g}"


def duration(seconds: float) -> str:
    """Return a time in words: `45 s`, `12 min`, `3 h 20 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def effects_table(found: Sequence[Influence]) -> str:
    """Return which factors move an outcome, the strongest first."""
    if not found:
        return "There is no factor."
    rows = []
    for one in sorted(found, key=lambda each: -abs(each.size)):
        interval = "" if one.interval is None else f"{one.interval[0]:.3g} to {one.interval[1]:.3g}"
        row = {"factor": one.factor, "size": f"{one.size:.3g}", "95 % interval": interval}
        row |= {name: _told_value(getattr(one, name)) for name in _BESIDE.get(type(one), {})}
        if isinstance(one, RangeOfEffect) and one.together_with:
            row["varies together with"] = ", ".join(one.together_with)
        rows.append(row)
    beside = _BESIDE.get(type(found[0]), {})
    legend = [_MEANING[type(found[0])], *(f"{name}: {meaning}" for name, meaning in beside.items())]
    head = f"What moves {found[0].outcome}" + (f" under {found[0].policy}" if found[0].policy else "")
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return "\n".join([head, "", table(rows, columns), "", *legend])


_MEANING: dict[type[Influence], str] = {
    Effect: "size: mu*, mean size of the change over the whole range of the factor (Morris screening)",
    Index: "size: ST, share of the variance in which the factor has a part, alone or with others (Sobol')",
    RangeOfEffect: "size: highest less lowest mean over the values of the factor",
    RankCorrelation: "size: Spearman's rank correlation over the points, from -1 to 1",
}
_BESIDE: dict[type[Influence], dict[str, str]] = {
    Effect: {"mu": "mean change, rises less falls", "sigma": "how much it differs from place to place"},
    Index: {"first": "S1, share of the variance that the factor explains alone"},
    RangeOfEffect: {
        "lowest": "the lowest mean",
        "lowest_at": "the value that has it",
        "highest": "the highest mean",
        "highest_at": "the value that has it",
    },
}


def _told_value(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
