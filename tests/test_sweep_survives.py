"""Sweeps survive: killed processes, runs that go wrong, full disks, damaged files. The table never changes.

The runs are made up (`sweep_runs.quick`), so that a sweep takes seconds; that real runs give the same
bytes wherever they are done is in `test_sweep_bytes.py`. How often processes are killed can be raised by
the environment variable LFR_SIM_KILLS.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sweep_runs

from lfr_sim.cli import main
from lfr_sim.report.sweeps import stopping_line
from lfr_sim.study.sweeps import dispatch, plan, store
from lfr_sim.study.sweeps.collecting import collect
from lfr_sim.study.sweeps.dispatch import Progress
from lfr_sim.study.sweeps.rows import Job, Measure, Task
from lfr_sim.study.sweeps.runner import SweepOutcome, sweep
from lfr_sim.study.sweeps.state import state_of

KILLS = int(os.environ.get("LFR_SIM_KILLS", "8"))
RUNS, CHUNK, JOBS = 2400, 20, 2
LOG = "executed.log"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")


def tables(folder: Path) -> dict[str, bytes]:
    """Return the bytes of the tables of a sweep."""
    return {path.name: path.read_bytes() for path in collect(folder).files}


def swept(folder: Path, measure: Measure, *, longest_run_s: float = 60.0) -> SweepOutcome:
    """Run a small experiment."""
    path = sweep_runs.small_experiment(folder, replicates=400, longest_run_s=longest_run_s)
    return sweep(path, out=folder / "out", jobs=JOBS, chunk=50, measure=measure)


def started(folder: Path, start_method: str) -> subprocess.Popen[bytes]:
    """Start a sweep in a process of its own, in a session of its own."""
    here = Path(__file__).parent
    command = [
        sys.executable,
        str(here / "sweep_runs.py"),
        str(folder / "small.toml"),
        str(folder / "out"),
    ]
    return subprocess.Popen(
        [*command, "slow_and_logged", str(CHUNK), start_method],
        env={**os.environ, "PYTHONPATH": str(here), "SWEEP_LOG": str(folder / LOG)},
        start_new_session=True,
        stderr=subprocess.PIPE,
    )


def children_of(pid: int) -> list[int]:
    """Return the processes below a process."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            child = int(path.parent.name)
            found += [child, *children_of(child)]
    return found


def alive(pids: list[int]) -> list[int]:
    """Return those of some processes that run."""
    found = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            found.append(pid)
    return found


def executed(folder: Path) -> int:
    """Return how many runs have been done, those done again counted again."""
    log = folder / LOG
    return log.read_bytes().count(b"\n") if log.exists() else 0


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
def test_killed_at_any_moment_the_table_is_the_same(tmp_path: Path) -> None:
    """Whatever is killed, and when: the same bytes, and only chunks that were running are done again."""
    sweep_runs.small_experiment(tmp_path, replicates=RUNS // 3)
    whole = tmp_path / "whole"
    sweep(tmp_path / "small.toml", out=whole, jobs=JOBS, chunk=100, measure=sweep_runs.quick)
    draw = random.Random(20260724)
    kills = {"parent": 0, "worker": 0, "ctrl-c": 0}
    lost = 0
    rounds = -1
    while sum(kills.values()) < KILLS or rounds == -1:
        rounds += 1
        folder = tmp_path / f"round-{rounds}"
        folder.mkdir()
        sweep_runs.small_experiment(folder, replicates=RUNS // 3)
        wanted_left = KILLS - sum(kills.values())
        for number in range(min(10, wanted_left)):
            kind = draw.choice(list(kills))
            process = started(folder, draw.choice(["spawn", "forkserver"]))
            kills[kind] += _kill(process, kind, folder, draw, number)
        process = started(folder, "spawn")
        _, said = process.communicate(timeout=120)

        assert process.returncode == 0, said
        assert tables(folder / "out") == tables(whole)
        lost += executed(folder) - RUNS

    assert sum(kills.values()) >= KILLS, kills
    # A worker's death also takes the chunks of its neighbours, and makes them be tried alone.
    assert lost <= sum(kills.values()) * (JOBS + 1) * CHUNK


def _kill(
    process: subprocess.Popen[bytes], kind: str, folder: Path, draw: random.Random, number: int
) -> bool:
    """Kill something at a random moment of the work; return whether it was still there to be killed."""
    before = executed(folder)
    _wait_until(lambda: executed(folder) > before or process.poll() is not None, 60)
    time.sleep(draw.uniform(0.0, 0.6))
    workers = children_of(process.pid)
    if process.poll() is not None:
        return False
    if kind == "worker":
        os.kill(draw.choice(workers), signal.SIGKILL)
        time.sleep(draw.uniform(0.0, 1.0))  # and the sweep goes on, until it is killed itself
        process.kill()
    elif kind == "parent":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all at once
    process.communicate(timeout=60)
    deadline = time.monotonic() + 2.0
    _wait_until(lambda: not alive(workers), 2.0)

    assert alive(workers) == [], f"{kind}, kill {number}: workers outlive their parent by 2 s"
    assert time.monotonic() < deadline + 0.5
    return True


def _wait_until(true: Callable[[], bool], longest_s: float) -> None:
    end = time.monotonic() + longest_s
    while not true() and time.monotonic() < end:
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("measure", "status", "reason"),
    [
        (sweep_runs.raising, "error", "RuntimeError: the walrus is in the way"),
        (sweep_runs.not_a_number, "non-finite", "faces not finite"),
        (sweep_runs.exiting, "crashed", "its worker process died each time it was tried"),
        (sweep_runs.endless, "timeout", "took longer than 1 s"),
    ],
)
@pytest.mark.slow
def test_one_poisoned_run_is_one_named_row(
    tmp_path: Path, measure: Measure, status: str, reason: str
) -> None:
    """One bad run among 1,200 costs itself and no other; its row says which and why."""
    sound = swept(tmp_path / "sound", sweep_runs.quick)
    outcome = swept(tmp_path / "bad", measure, longest_run_s=1.0)
    state = state_of(tmp_path / "bad" / "out")
    collect(tmp_path / "bad" / "out")
    collect(tmp_path / "sound" / "out")
    rows = {
        name: (tmp_path / name / "out" / "results.csv").read_text().splitlines()
        for name in ("sound", "bad")
    }
    differ = [
        number
        for number, pair in enumerate(zip(rows["sound"], rows["bad"], strict=True))
        if pair[0] != pair[1]
    ]

    assert sound.failed == {}
    assert outcome.failed == {status: 1}
    assert outcome.done == 1200
    assert state.named == ((f"p0-r{sweep_runs.POISONED}", status, reason),)
    assert differ == [1 + sweep_runs.POISONED]


@pytest.mark.slow
def test_a_run_that_never_comes_back_to_python_is_named_too(tmp_path: Path) -> None:
    """A run that cannot be interrupted takes its worker along, and is found by halving the chunk."""
    path = sweep_runs.small_experiment(tmp_path, replicates=112, longest_run_s=0.2)
    last_four = (84, 84)
    outcome = sweep(
        path, out=tmp_path / "out", jobs=1, chunk=4, shard=last_four, measure=sweep_runs.sleeping
    )

    assert outcome.failed == {"crashed": 1}
    assert outcome.done == 4
    assert state_of(tmp_path / "out").named[0][0] == f"p2-r{sweep_runs.POISONED - 2 * 112}"


@pytest.mark.slow
def test_where_every_run_kills_its_worker_the_sweep_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken installation ends the sweep with a reason, not after hours."""
    path = sweep_runs.small_experiment(tmp_path)
    monkeypatch.setattr(dispatch, "MOST_CRASHES", 1)
    monkeypatch.setattr(dispatch, "TRIES", 2)
    outcome = sweep(path, out=tmp_path / "out", jobs=1, chunk=1, measure=sweep_runs.always_exiting)

    assert "have killed their workers" in outcome.interrupted
    assert outcome.failed == {"crashed": 2}


def test_a_full_disk_stops_the_sweep_and_the_same_call_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is committed stays, nothing half-written is left, and the rest is done later."""
    path = sweep_runs.small_experiment(tmp_path, replicates=40)
    sweep(path, out=tmp_path / "whole", executor=ThreadPoolExecutor(1), chunk=10, measure=sweep_runs.quick)
    real, count = os.fsync, 0

    def full(descriptor: int) -> None:
        nonlocal count
        count += 1
        if count > 8:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(store.os, "fsync", full)
    stopped = sweep(
        path, out=tmp_path / "out", executor=ThreadPoolExecutor(1), chunk=10, measure=sweep_runs.quick
    )
    monkeypatch.undo()
    left = list((tmp_path / "out").rglob("*.partial"))
    again = sweep(
        path, out=tmp_path / "out", executor=ThreadPoolExecutor(1), chunk=10, measure=sweep_runs.quick
    )

    assert "No space left on device" in stopped.interrupted
    assert 0 < stopped.done < 120
    assert left == []
    assert again.done == 120
    assert tables(tmp_path / "out") == tables(tmp_path / "whole")


def interrupting(times: int) -> Measure:
    """Return runs of which the sixth sends this process so many interrupts."""

    def measure(job: Job, task: Task) -> sweep_runs.Measured:
        if task.run == 5:
            for _ in range(times):
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
                time.sleep(0.5)
        return sweep_runs.quick(job, task)

    return measure


@pytest.mark.parametrize("times", [1, 2])
def test_interrupted_it_says_so_at_once_and_the_same_call_goes_on(tmp_path: Path, times: int) -> None:
    """The first Ctrl-C keeps the runs in hand, the second does not wait for them; neither does damage."""
    path = sweep_runs.small_experiment(tmp_path, replicates=40)
    sweep(path, out=tmp_path / "whole", executor=ThreadPoolExecutor(1), chunk=10, measure=sweep_runs.quick)
    told: list[Progress] = []
    out, workers = tmp_path / "out", ThreadPoolExecutor(1)

    def interrupted() -> SweepOutcome:
        return sweep(
            path,
            out=out,
            jobs=1,
            executor=workers,
            chunk=10,
            measure=interrupting(times),
            progress=told.append,
        )

    if times == 1:
        outcome = interrupted()
        assert (outcome.interrupted, outcome.done) == ("interrupted", 20)
    else:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        workers.shutdown()
    first = next(one for one in told if one.stopping)

    assert (first.done, first.in_hand) == (0, 20)
    assert stopping_line(first).startswith("stopping after the runs in hand (20); Ctrl-C again stops now")
    assert list(out.rglob("*.partial")) == []
    again = sweep(path, out=out, executor=ThreadPoolExecutor(1), chunk=10, measure=sweep_runs.quick)
    assert again.done == 120
    assert tables(out) == tables(tmp_path / "whole")


def test_an_interrupt_before_the_first_run_is_heard_in_the_background_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts start what stands before `&` with the signal ignored: without this the exit code was 0."""
    path = sweep_runs.small_experiment(tmp_path)

    def slow(experiment: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(plan, "plan_of", slow)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = main(["sweep", str(path), "--out", str(tmp_path / "out")])
    finally:
        signal.signal(signal.SIGINT, before)

    assert code == 130
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("damage", ["cut", "digit", "empty", "other plan"])
def test_a_damaged_chunk_is_put_aside_and_done_again(tmp_path: Path, damage: str) -> None:
    """Nothing that was not written as it stands gets into a table."""
    path = sweep_runs.small_experiment(tmp_path, replicates=40)
    sweep(path, out=tmp_path / "out", executor=ThreadPoolExecutor(1), chunk=30, measure=sweep_runs.quick)
    whole = tables(tmp_path / "out")
    chunk = sorted((tmp_path / "out" / "chunks").glob("*.jsonl"))[1]
    text = chunk.read_text()
    if damage == "cut":
        chunk.write_text(text[: len(text) * 6 // 10])
    elif damage == "digit":
        place = text.index(',"ok","",') + 9
        chunk.write_text(text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :])
    elif damage == "empty":
        chunk.write_text("")
    else:
        chunk.write_text(_sealed(text.replace('{"plan":"', '{"plan":"x')))
    seen = state_of(tmp_path / "out")
    outcome = sweep(
        path, out=tmp_path / "out", executor=ThreadPoolExecutor(1), chunk=30, measure=sweep_runs.quick
    )

    assert len(seen.damaged) == 1
    assert seen.done == 90
    assert chunk.name in outcome.quarantined[0]
    assert [path.name for path in (tmp_path / "out" / "quarantine").iterdir()] == [chunk.name]
    assert tables(tmp_path / "out") == whole


def _sealed(text: str) -> str:
    """Return a chunk file's text with the hash that fits it."""
    body = text.rstrip("\n").rpartition("\n")[0] + "\n"
    return (
        body
        + json.dumps({"sha256": hashlib.sha256(body.encode()).hexdigest()}, separators=(",", ":"))
        + "\n"
    )
