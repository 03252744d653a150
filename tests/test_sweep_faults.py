"""What else may go wrong with a sweep: idle pools that break, machines that can do nothing, versions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sweep_runs

from lfr_sim.cli import main
from lfr_sim.scenario import InputError
from lfr_sim.study.sweeps import store as store_module
from lfr_sim.study.sweeps.collecting import collect, read_results
from lfr_sim.study.sweeps.experiment import read_experiment
from lfr_sim.study.sweeps.plan import plan_of
from lfr_sim.study.sweeps.rows import Chunk, Job, Task, run_chunk
from lfr_sim.study.sweeps.runner import sweep
from lfr_sim.study.sweeps.state import state_of
from lfr_sim.study.sweeps.store import Store

FAST: dict[str, Any] = {"executor": ThreadPoolExecutor(1), "measure": sweep_runs.quick}


class Scripted:
    """Workers that do each chunk at once, or fail as a script says, one word per chunk handed out."""

    def __init__(self, script: str) -> None:
        self.jobs = 1
        self._script = iter(script.split())

    def submit(self, job: Job, tasks: Sequence[Task]) -> Future[Chunk]:
        """Do a chunk, or fail."""
        what = next(self._script, "ok")
        if what == "refuse":
            raise BrokenExecutor("broken while idle")
        future: Future[Chunk] = Future()
        if what == "ok":
            future.set_result(run_chunk(job, tasks, sweep_runs.quick))
        elif what == "dies":
            future.set_exception(BrokenExecutor("a worker died"))
        elif what == "cancelled":
            future.set_exception(CancelledError())
        else:
            future.set_exception(ModuleNotFoundError("No module named 'walrus'"))
        return future

    def cancel(self, future: Future[Chunk]) -> bool:
        """Take nothing back."""
        return False

    def renew(self) -> None:
        """Start again."""

    def close(self) -> None:
        """Have nothing to close."""


@pytest.mark.parametrize(
    "script",
    [
        "refuse",
        "ok refuse",
        "dies",
        "cancelled",
        "refuse refuse",
        "ok dies ok dies ok dies ok ok",
        "raises",
    ],
)
def test_whatever_workers_do_for_a_while_every_run_is_done(tmp_path: Path, script: str) -> None:
    """A pool that breaks, while it works or while it is idle, costs time and no run."""
    path = sweep_runs.small_experiment(tmp_path)
    sweep(path, out=tmp_path / "whole", **FAST)
    outcome = sweep(path, out=tmp_path / "out", executor=Scripted(script), chunk=5)

    assert (outcome.done, outcome.total, outcome.interrupted, outcome.failed) == (12, 12, "", {})
    assert [file.read_bytes() for file in collect(tmp_path / "out").files] == [
        file.read_bytes() for file in collect(tmp_path / "whole").files
    ]


@pytest.mark.parametrize("word", ["refuse", "dies", "raises"])
def test_where_nothing_can_be_done_no_run_is_blamed(tmp_path: Path, word: str) -> None:
    """A machine without the package, or a script without its guard, leaves no row and a reason."""
    path = sweep_runs.small_experiment(tmp_path)
    outcome = sweep(path, out=tmp_path / "out", executor=Scripted(" ".join([word] * 100)), chunk=5)

    assert "the workers can do nothing" in outcome.interrupted
    assert (outcome.done, outcome.failed) == (0, {})
    assert "walrus" in outcome.interrupted or word != "raises"
    assert sweep(path, out=tmp_path / "out", **FAST).done == 12


@pytest.mark.slow
def test_a_script_without_its_guard_is_told_so(tmp_path: Path) -> None:
    """A beginner's script ends soon, with a sentence, and with no row that is wrong."""
    path = sweep_runs.small_experiment(tmp_path)
    script = tmp_path / "script.py"
    script.write_text(
        f"from lfr_sim import sweep\nprint(sweep({str(path)!r}, out={str(tmp_path / 'out')!r}, jobs=1))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)

    assert "__name__" in done.stdout
    assert state_of(tmp_path / "out").failed == {}


def test_a_worker_of_another_version_stops_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of a worker that joined a cluster with another version get into no table."""
    path = sweep_runs.small_experiment(tmp_path)
    from lfr_sim.study.sweeps import rows

    real = rows.maker
    monkeypatch.setattr(rows, "maker", lambda: real() | {"version": "9.9"})
    outcome = sweep(path, out=tmp_path / "out", **FAST)

    assert "a worker has lfr-sim 9.9" in outcome.interrupted
    assert outcome.done == 0


def test_each_row_says_which_version_made_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two versions may go on with one another's sweep, the table says whose each row is."""
    path = sweep_runs.small_experiment(tmp_path)
    sweep(path, out=tmp_path / "out", shard=(1, 2), **FAST)
    from lfr_sim.study.sweeps import plan, rows

    real = rows.maker

    def other() -> dict[str, str | None]:
        return real() | {"version": "9.9"}

    for module in (plan, rows, store_module):
        monkeypatch.setattr(module, "maker", other)
    sweep(path, out=tmp_path / "out", other_version=True, **FAST)
    import pyarrow.csv

    collect(tmp_path / "out")
    made = pyarrow.csv.read_csv(tmp_path / "out" / "results.csv").column("version").to_pylist()

    assert made == [real()["version"]] * 6 + ["9.9"] * 6


def test_failed_runs_can_be_done_again(tmp_path: Path) -> None:
    """What failed for a reason that is gone need not stay failed; sound rows stay as they are."""
    path = sweep_runs.small_experiment(tmp_path, replicates=200, more="\n[outputs]\nevents = true\n")
    sweep(path, out=tmp_path / "whole", **FAST)
    sweep(path, out=tmp_path / "out", executor=ThreadPoolExecutor(1), measure=sweep_runs.raising)
    before = sweep(path, out=tmp_path / "out", **FAST)
    after = sweep(path, out=tmp_path / "out", redo_failed=True, **FAST)

    assert before.failed == {"error": 1}
    assert (after.failed, after.done) == ({}, 600)
    assert [file.read_bytes() for file in collect(tmp_path / "out").files] == [
        file.read_bytes() for file in collect(tmp_path / "whole").files
    ]


def test_titles_and_figures_may_be_mended(tmp_path: Path) -> None:
    """No row depends on them, so a sweep goes on with others, and `plot` draws the new ones."""
    path = sweep_runs.small_experiment(tmp_path)
    sweep(path, out=tmp_path / "out", shard=(1, 2), **FAST)
    figure = '\n[[figures]]\nname = "one"\nkind = "curve"\ny = "alerts"\n'
    path.write_text(path.read_text().replace("Does a longer", "Would a longer") + figure)
    outcome = sweep(path, out=tmp_path / "out", **FAST)

    assert outcome.done == 12
    assert read_results(tmp_path / "out").title.startswith("Would")
    assert main(["plot", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "figures" / "one.png").exists()


def test_wrong_figures_are_named_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not after an hour."""
    figure = '\n[[figures]]\nname = "one"\nkind = "curve"\ny = "alertz"\n'
    path = sweep_runs.small_experiment(tmp_path, more=figure)

    assert main(["sweep", str(path), "--out", str(tmp_path / "out")]) == 2
    assert "alerts" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_a_plan_reads_is_read_before_anything_runs(tmp_path: Path) -> None:
    """A file of scores that is none is named with the point, not as thousands of failed runs."""
    (tmp_path / "scores.csv").write_text("this is\nno score file\n")
    path = sweep_runs.small_experiment(tmp_path)
    base = f'[base]\n"matcher.score_file" = "{tmp_path / "scores.csv"}"'
    path.write_text(path.read_text().replace("[base]", base))

    with pytest.raises(InputError, match="at each of 3 points"):
        plan_of(read_experiment(path))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("\n[factors.watchlist]\nsize = [7]\n", "said twice"),
        ('\n[policies.a]\n"deployment.date" = 2024-01-01\n', "change no run"),
    ],
)
def test_what_would_be_decided_in_silence_is_refused(tmp_path: Path, more: str, said: str) -> None:
    """Of two values for one thing neither wins unseen."""
    path = sweep_runs.small_experiment(tmp_path, more=more)

    with pytest.raises(InputError, match=said):
        plan_of(read_experiment(path))


def test_a_policy_cannot_take_over_a_column_of_a_list(tmp_path: Path) -> None:
    """A point is what its label says."""
    (tmp_path / "points.csv").write_text("watchlist.size\n1000\n5000\n")
    path = tmp_path / "mine.toml"
    path.write_text(
        'schema = 1\ntitle = "x"\nscenario = "minimal"\nreplicates = 2\n[design]\nkind = "list"\n'
        'file = "points.csv"\n[policies.a]\n"watchlist.size" = 77\n'
    )

    with pytest.raises(InputError, match="column of the list too"):
        plan_of(read_experiment(path))


def test_two_plans_begun_at_once_do_not_share_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever comes second is refused, also if it looked before the first had written its plan."""
    first, second = (
        plan_of(read_experiment(sweep_runs.small_experiment(tmp_path / name, replicates=number)))
        for name, number in (("a", 4), ("b", 5))
    )
    looked = store_module._usable

    def overtaken(folder: Any) -> None:
        looked(folder)
        monkeypatch.undo()
        Store.begin(tmp_path / "out", first)

    monkeypatch.setattr(store_module, "_usable", overtaken)
    with pytest.raises(InputError, match="another plan has begun"):
        Store.begin(tmp_path / "out", second)

    assert Store.open(tmp_path / "out").plan.replicates == 4


def test_a_chunk_that_cannot_be_read_is_not_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system that fails for a moment must not cost sound work."""
    path = sweep_runs.small_experiment(tmp_path)
    sweep(path, out=tmp_path / "out", **FAST)

    def stale(self: Path) -> bytes:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(Path, "read_bytes", stale)
    with pytest.raises(InputError, match="Stale file handle"):
        sweep(path, out=tmp_path / "out", **FAST)
    monkeypatch.undo()

    assert not (tmp_path / "out" / "quarantine").exists()


def test_status_is_complete_only_if_all_is_sound(tmp_path: Path) -> None:
    """With a stopping rule a damaged batch reopens its point, however many runs come after it."""
    more = '\n[stopping]\ncolumn = "alerts"\nevents = 60\nbatch = 10\n'
    path = sweep_runs.small_experiment(tmp_path, replicates=40, more=more)
    sweep(path, out=tmp_path / "out", chunk=10, **FAST)
    whole = state_of(tmp_path / "out")
    chunk = sorted((tmp_path / "out" / "chunks").iterdir())[0]
    chunk.write_text("")
    state = state_of(tmp_path / "out")

    assert whole.is_complete
    assert not state.is_complete
    assert state.done <= state.total
    assert sweep(path, out=tmp_path / "out", **FAST).done >= whole.done
    assert state_of(tmp_path / "out").is_complete


@pytest.mark.parametrize("edit", ["format", "made_by", "points", "list", "seal"])
def test_a_plan_that_was_edited_is_refused(tmp_path: Path, edit: str) -> None:
    """Nothing in a plan can be changed by hand without notice."""
    path = sweep_runs.small_experiment(tmp_path)
    sweep(path, out=tmp_path / "out", **FAST)
    file = tmp_path / "out" / "plan.json"
    data = json.loads(file.read_text())
    if edit == "format":
        data["plan"]["format"] = 99
    elif edit == "made_by":
        data["plan"]["made_by"] = {}
    elif edit == "points":
        data["plan"]["points"][0][1]["watchlist.size"] = 1
    elif edit == "list":
        data["plan"] = []
    else:
        del data["seal"]
    file.write_text(json.dumps(data))

    for command in (["status"], ["collect"], ["explain", "p0-r0"], ["plot"]):
        assert main([command[0], str(tmp_path / "out"), *command[1:]]) == 2
    with pytest.raises(InputError, match="the plan is damaged"):
        sweep(path, out=tmp_path / "out", **FAST)


def test_names_that_no_file_can_have_get_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not a traceback, whatever is typed."""
    long, path = "x" * 300, str(sweep_runs.small_experiment(tmp_path))
    out = str(tmp_path / "out")
    sweep(path, out=out, **FAST)
    commands = [
        *(["status", name] for name in (long, "a\0b", "")),
        *(["collect", name] for name in (long, "")),
        ["sweep", long, "--out", out],
        ["sweep", path, "--out", long],
        ["sweep", path, "--out", ""],
        ["sweep", path, "--out", out, "--shard", f"1/{'9' * 5000}"],
        ["explain", out, f"p{'9' * 5000}-r0"],
        ["compare", long, long],
        ["plot", long],
        ["experiments", "nosuch.toml"],
        ["experiments", str(tmp_path)],
        ["sensitivity", out, "--column", "walrus"],
    ]

    for command in commands:
        assert main(command) == 2, command
    assert "Traceback" not in capsys.readouterr().err


def test_a_folder_with_any_name_can_hold_a_sweep(tmp_path: Path) -> None:
    """Letters of any script, spaces, and bytes that are no text."""
    path = sweep_runs.small_experiment(tmp_path)
    for name in ("Überwachung 監視", b"no\xfftext".decode("utf-8", "surrogateescape")):
        sweep(path, out=tmp_path / name, **FAST)

        assert collect(tmp_path / name).rows == 12


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["plot"], "nothing to read"),
        (["compare"], "nothing to read"),
        (["sensitivity"], "nothing to read"),
        (["collect"], "nothing to collect"),
    ],
)
def test_a_sweep_without_a_run_gives_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], said: str
) -> None:
    """No empty table, and no empty figure under a title that claims something."""
    Store.begin(tmp_path / "out", plan_of(read_experiment(sweep_runs.small_experiment(tmp_path))))
    before = sorted((tmp_path / "out").iterdir())

    assert main([command[0], str(tmp_path / "out"), *command[1:]]) == 2
    assert said in capsys.readouterr().err
    assert sorted((tmp_path / "out").iterdir()) == before


def test_every_factor_of_a_sampled_design_can_be_drawn_by(tmp_path: Path) -> None:
    """A curve with nothing left to vary from point to point has a caption, too."""
    path = tmp_path / "mine.toml"
    path.write_text(
        'schema = 1\ntitle = "x"\nscenario = "minimal"\nreplicates = 3\n'
        '[design]\nkind = "lhs"\npoints = 4\n'
        '[factors]\n"watchlist.size" = { low = 100, high = 900, whole = true }\n'
        '"matcher.threshold" = { low = 0.56, high = 0.64 }\n'
    )
    sweep(path, out=tmp_path / "out", **FAST)

    assert main(["plot", str(tmp_path / "out"), "--y", "faces", "--by", "watchlist.size"]) == 0


def test_experiments_are_listed_without_the_library_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without SALib, which is an extra, the list is whole all the same."""
    from lfr_sim.study.sweeps import sampling

    def absent(module: str, kind: str) -> Any:
        raise InputError("design", [])

    monkeypatch.setattr(sampling, "salib", absent)

    assert main(["experiments"]) == 0


@pytest.mark.parametrize("command", [["plot"], ["compare", "p0", "p1"], ["sensitivity"], ["collect"]])
def test_what_is_read_from_an_unfinished_sweep_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """Half a sweep is not taken for a whole one; a whole one is not called half."""
    path = sweep_runs.small_experiment(tmp_path)
    sweep(path, out=tmp_path / "out", chunk=1, **FAST)
    arguments = [command[0], str(tmp_path / "out"), *command[1:]]
    codes = [main(arguments)]
    whole = capsys.readouterr().err
    next((tmp_path / "out" / "chunks").glob("runs-*")).unlink()
    codes.append(main(arguments))

    assert codes == [0, 0]
    assert "not complete" not in whole
    assert "11 of 12 runs done" in capsys.readouterr().err
