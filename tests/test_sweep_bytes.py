"""The table of a sweep depends on its plan alone: not on workers, chunks, cluster or order."""

from __future__ import annotations

import os
import random
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sweep_runs

from lfr_sim.scenario import InputError
from lfr_sim.study.sweeps.again import again
from lfr_sim.study.sweeps.collecting import collect, lines_in_order, read_results
from lfr_sim.study.sweeps.rows import Chunk, Job, Task, run_chunk
from lfr_sim.study.sweeps.runner import sweep
from lfr_sim.study.sweeps.schedule import parse_shard, shard_faults
from lfr_sim.study.sweeps.store import Store
from lfr_sim.study.sweeps.workers import dask_workers

STOPPING = '\n[stopping]\ncolumn = "alerts"\nevents = 60\nbatch = 10\n'


def tables(folder: Path, **options: Any) -> dict[str, bytes]:
    """Return the bytes of the tables of a sweep."""
    return {path.name: path.read_bytes() for path in collect(folder, **options).files}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Return an experiment of 36 real runs with alerts kept, and its tables from one process."""
    folder = tmp_path_factory.mktemp("real")
    path = sweep_runs.small_experiment(folder, replicates=12, more="\n[outputs]\nevents = true\n")
    path.write_text(path.read_text().replace('"deployment.hours" = 0.05', '"matcher.fmr" = 1e-6'))
    sweep(path, out=folder / "out", jobs=1, chunk=50)
    return path, tables(folder / "out")


@pytest.mark.parametrize(
    ("jobs", "chunk", "start_method"), [(2, 1, "spawn"), (2, 7, "forkserver"), (1, 7, "forkserver")]
)
def test_real_runs_give_the_same_bytes_from_any_workers(
    real: tuple[Path, dict[str, bytes]], tmp_path: Path, jobs: int, chunk: int, start_method: Any
) -> None:
    """Workers, chunks and start methods are nobody's result."""
    if os.name != "posix" and start_method == "forkserver":
        start_method = "spawn"
    sweep(real[0], out=tmp_path / "out", jobs=jobs, chunk=chunk, start_method=start_method)

    assert tables(tmp_path / "out") == real[1]
    assert real[1]["events.csv"].count(b"\n") > 30


@pytest.mark.slow
def test_real_runs_give_the_same_bytes_from_a_dask_cluster(
    real: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    """A cluster is nobody's result either; its workers are found by the scheduler's address."""
    with dask_cluster() as address:
        sweep(real[0], out=tmp_path / "out", executor=dask_workers(address), chunk=7)

    assert tables(tmp_path / "out") == real[1]


@contextmanager
def dask_cluster() -> Iterator[str]:
    """Start two worker processes of Dask on this machine and yield the address of their scheduler."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Dask's own, about sockets and ports of this machine
        from distributed import LocalCluster

        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            yield cluster.scheduler_address


@pytest.mark.parametrize("more", ["", STOPPING])
@pytest.mark.parametrize("seed", range(6))
def test_any_order_any_chunks_any_interruption_and_any_shards_give_the_same_bytes(
    tmp_path: Path, more: str, seed: int
) -> None:
    """Runs that finish in any order, in chunks of any size, in parts, cut off at any point: one table."""
    path = sweep_runs.small_experiment(tmp_path, replicates=40, more=more)
    sweep(path, out=tmp_path / "one", executor=ThreadPoolExecutor(1), chunk=40, measure=sweep_runs.quick)
    draw = random.Random(seed)
    parts = draw.choice([1, 2, 3])
    for part in range(1, parts + 1):
        for _ in range(20):
            workers = Shuffled(draw, breaks_after=draw.randrange(1, 8))
            chunk, shard = draw.randrange(1, 9), (part, parts)
            outcome = sweep(path, out=tmp_path / "other", executor=workers, chunk=chunk, shard=shard)
            if not outcome.interrupted:
                break

    assert tables(tmp_path / "other") == tables(tmp_path / "one")


class Shuffled:
    """Workers that do any of what they have been given, and break after some chunks."""

    def __init__(self, draw: random.Random, breaks_after: int) -> None:
        self.jobs = 3
        self._draw, self._left = draw, breaks_after
        self._waiting: list[tuple[Future[Chunk], Job, Sequence[Task]]] = []
        self._thread = ThreadPoolExecutor(1)

    def submit(self, job: Job, tasks: Sequence[Task]) -> Future[Chunk]:
        """Keep a chunk, and do any of those kept."""
        future: Future[Chunk] = Future()
        self._waiting.append((future, job, tasks))
        self._thread.submit(self._do_one)
        return future

    def _do_one(self) -> None:
        future, job, tasks = self._waiting.pop(self._draw.randrange(len(self._waiting)))
        if not future.set_running_or_notify_cancel():
            return
        self._left -= 1
        if self._left < 0:
            future.set_exception(BrokenExecutor("broken"))
        else:
            future.set_result(run_chunk(job, tasks, sweep_runs.quick))

    def renew(self) -> None:
        """Stay broken."""
        raise BrokenExecutor("these workers are broken")

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown()


def test_a_stopping_rule_stops_at_whole_batches_in_replicate_order(tmp_path: Path) -> None:
    """Runs are as many as the rule says when it is applied to the counts one after another."""
    path = sweep_runs.small_experiment(tmp_path, replicates=40, more=STOPPING)
    without = sweep_runs.small_experiment(tmp_path / "all", replicates=40)
    sweep(path, out=tmp_path / "out", executor=ThreadPoolExecutor(2), chunk=3, measure=sweep_runs.quick)
    sweep(without, out=tmp_path / "full", executor=ThreadPoolExecutor(1), measure=sweep_runs.quick)
    stopped, full = read_results(tmp_path / "out"), read_results(tmp_path / "full")

    for point in range(3):
        alerts = full.of(point, "alerts")
        enough = next((n for n in range(10, 41, 10) if alerts[:n].sum() >= 60), 40)

        assert stopped.of(point, "alerts").tolist() == alerts[:enough].tolist()
    assert len(stopped.point) < len(full.point)


def test_going_on_with_a_finished_sweep_does_nothing(tmp_path: Path) -> None:
    """The same command again is safe at any time."""
    path = sweep_runs.small_experiment(tmp_path)
    sweep(path, out=tmp_path / "out", executor=ThreadPoolExecutor(1), measure=sweep_runs.quick)
    before = {file: file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()}
    outcome = sweep(path, out=tmp_path / "out", jobs=1)

    assert outcome.done == outcome.total == 12
    assert {file: file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()} == before


def test_runs_done_twice_stand_in_the_table_once(tmp_path: Path) -> None:
    """Two processes that do the same part of a sweep cannot double a row."""
    path = sweep_runs.small_experiment(tmp_path, replicates=10)
    options: dict[str, Any] = {"executor": ThreadPoolExecutor(1), "measure": sweep_runs.quick}
    sweep(path, out=tmp_path / "out", chunk=7, **options)
    sweep(path, out=tmp_path / "other", chunk=4, **options)
    alone = tables(tmp_path / "out")
    for file in (tmp_path / "other" / "chunks").iterdir():
        (tmp_path / "out" / "chunks" / file.name).write_bytes(file.read_bytes())

    assert len(list((tmp_path / "out" / "chunks").iterdir())) > 10
    assert tables(tmp_path / "out") == alone


def test_any_row_can_be_made_again_alone(real: tuple[Path, dict[str, bytes]]) -> None:
    """A published row is reproduced, to the byte, from the folder and its name."""
    folder = real[0].parent / "out"
    for run_id in ("p0-r0", "p1-r7", "p2-r11"):
        told = again(folder, run_id)

        assert told.agrees
        assert len(told.alerts) == told.columns["alerts"]


def test_a_row_that_was_not_made_by_this_program_is_told_apart(
    real: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    """`explain` can say no: it compares, and does not just print."""
    path = real[0]
    sweep(path, out=tmp_path / "out", executor=ThreadPoolExecutor(1), measure=sweep_runs.quick)

    assert not again(tmp_path / "out", "p0-r0").agrees


def test_tables_hold_the_same_rows_in_the_order_of_the_plan(
    real: tuple[Path, dict[str, bytes]],
) -> None:
    """Parquet, CSV and what Python reads are one table, each run in its place."""
    import pyarrow.csv
    import pyarrow.parquet

    folder = real[0].parent / "out"
    parquet = pyarrow.parquet.read_table(folder / "results.parquet")
    text = pyarrow.csv.read_csv(folder / "results.csv")
    results = read_results(folder)
    about = parquet.schema.metadata[b"lfr_sim"].decode()

    assert parquet.column("run_id").to_pylist() == [f"p{p}-r{r}" for p in range(3) for r in range(12)]
    assert parquet.column_names == text.column_names
    for name, values in results.columns.items():
        known = [None if np.isnan(value) else value for value in values.tolist()]

        assert parquet.column(name).to_pylist() == known
        assert text.column(name).to_pylist() == known
    assert parquet.column("watchlist.size").to_pylist() == [1000] * 12 + [2000] * 12 + [9000] * 12
    assert Store.open(folder).plan.digest in about


def test_every_setting_can_stand_in_every_row(real: tuple[Path, dict[str, bytes]]) -> None:
    """A table can be made to need nothing beside it, and `points.csv` always says all of each point."""
    folder = real[0].parent / "out"
    wide = tables(folder, all_settings=True)["results.csv"].decode().splitlines()
    points = tables(folder)["points.csv"].decode().splitlines()

    assert '"matcher.threshold"' in wide[0]
    assert '"matcher.threshold"' in points[0]
    assert len(points) == 4


def test_files_are_read_one_after_another(tmp_path: Path) -> None:
    """Memory stays flat: a row is yielded before later files are read."""
    path = sweep_runs.small_experiment(tmp_path, replicates=40)
    sweep(path, out=tmp_path / "out", executor=ThreadPoolExecutor(1), chunk=10, measure=sweep_runs.quick)
    read: list[int] = []

    def noted(file: Any) -> list[list[Any]]:
        read.append(file.runs[0][0])
        return [[run] for run in file.numbers()]

    lines = lines_in_order(Store.open(tmp_path / "out").files(), noted)
    for _ in range(15):
        next(lines)

    assert read == [0, 10]


def test_a_part_that_is_none_is_refused(tmp_path: Path) -> None:
    """`--shard` says which part of how many, counted from 1; so does `shard=`."""
    path = sweep_runs.small_experiment(tmp_path)

    assert parse_shard("3/10") == (3, 10)
    assert shard_faults((3, 10)) == []
    for text in ("0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/2/3"):
        (fault,) = shard_faults(parse_shard(text))
        assert "such as 3/10" in str(fault)
    with pytest.raises(InputError, match="not a part of so many"):
        sweep(path, out=tmp_path / "out", shard=(4, 3))


def test_an_experiment_may_be_plain_tables(tmp_path: Path) -> None:
    """From Python no file is needed; the plan is that of the same file."""
    tables = {
        "schema": 1,
        "title": "Does a longer list bring more alerts?",
        "scenario": "minimal",
        "replicates": 4,
        "longest_run_s": 60.0,
        "base": {"deployment": {"hours": 0.05}},
        "factors": {"watchlist.size": [1000, 2000, 9000]},
    }
    path = sweep_runs.small_experiment(tmp_path)
    options: dict[str, Any] = {"executor": ThreadPoolExecutor(1), "measure": sweep_runs.quick}
    sweep(tables, out=tmp_path / "out", **options)

    assert sweep(path, out=tmp_path / "out", **options).done == 12
