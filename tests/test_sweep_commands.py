"""What a researcher types: sweep, status, collect, explain, and everything that can be typed wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sweep_runs
from filelock import FileLock

from lfr_sim.cli import main
from lfr_sim.report.sweeps import trial_text
from lfr_sim.scenario import InputError
from lfr_sim.study.sweeps.collecting import collect
from lfr_sim.study.sweeps.design import MOST_POINTS
from lfr_sim.study.sweeps.experiment import read_experiment, shipped_experiments
from lfr_sim.study.sweeps.plan import plan_of
from lfr_sim.study.sweeps.points import MOST_FAULTY
from lfr_sim.study.sweeps.runner import begun, sweep
from lfr_sim.study.sweeps.trial import Trial

FAST: dict[str, Any] = {"executor": ThreadPoolExecutor(1), "measure": sweep_runs.quick}


def experiment(folder: Path, text: str) -> Path:
    """Return an experiment file of this text below a sound head."""
    path = folder / "mine.toml"
    path.write_text(f'schema = 1\ntitle = "Mine"\nscenario = "minimal"\nreplicates = 5\n{text}')
    return path


def faults_of(path: Path) -> str:
    """Return what is said of an experiment that cannot be run."""
    with pytest.raises(InputError) as caught:
        plan_of(read_experiment(path))
    return str(caught.value)


def test_a_sweep_from_the_command_line_from_start_to_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The path of a researcher: plan, sweep, status, collect, explain; the same command goes on."""
    path, out = sweep_runs.small_experiment(tmp_path), str(tmp_path / "out")
    codes = [
        main(["sweep", str(path), "--dry-run"]),
        main(["sweep", str(path), "--out", out, "--jobs", "1"]),
    ]
    codes += [main(["status", out]), main(["collect", out]), main(["explain", out, "p1-r2"])]
    codes += [main(["sweep", str(path), "--out", out])]
    said = capsys.readouterr().out

    assert codes == [0] * 6
    assert "3 points x 4 = 12 runs" in said
    assert re.search(
        r"Time: about [\d.]+ s with \d+ process(es)?, .* the first point and the last \(.*\)", said
    )
    assert "12 of 12 runs done" in said
    assert "complete" in said
    assert "watchlist.size = 2000" in said
    assert "the same" in said
    assert (tmp_path / "out" / "results.csv").read_text().count("\n") == 13


def test_failed_runs_end_in_exit_code_1_and_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script notices that something failed, and a person is told what."""
    path, out = sweep_runs.small_experiment(tmp_path, replicates=200), tmp_path / "out"
    sweep(path, out=out, executor=ThreadPoolExecutor(1), measure=sweep_runs.raising)

    assert main(["sweep", str(path), "--out", str(out)]) == 1
    assert main(["status", str(out)]) == 0
    said = capsys.readouterr().out
    assert "1 error" in said
    assert "p1-r133  error   RuntimeError: the walrus is in the way" in said


def test_status_as_json_counts_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Machines read how far it is without parsing sentences."""
    path = sweep_runs.small_experiment(tmp_path)
    sweep(path, out=tmp_path / "out", shard=(1, 2), **FAST)
    main(["status", str(tmp_path / "out"), "--json"])
    state = json.loads(capsys.readouterr().out)

    assert (state["done"], state["total"], state["running"]) == (6, 12, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[factors]\n"watchlist.sise" = [1]', "did you mean 'watchlist.size'"),
        ('[factors]\n"watchlist.size" = 3', "neither a list of values nor a range"),
        ('[factors]\n"watchlist.size" = []', "there is no value"),
        (
            '[factors]\n"watchlist.size" = [1, -5]',
            "equal to 0, at 1 of 2 points, first p1; allowed: >= 0",
        ),
        ('[factors]\n"site.layout" = ["nowhere"]', "no shipped layout of this name"),
        ('[factors]\n"watchlist.size" = { low = 1, high = 9 }', "a range needs a design that samples it"),
        ('[design]\nkind = "gird"', "did you mean 'grid'"),
        ('[design]\nkind = "lhs"\npoints = 4', "design lhs needs at least one"),
        ('[design]\nkind = "lhs"\n[factors]\n"watchlist.size" = { low = 1, high = 9 }', "design.points"),
        (
            '[design]\nkind = "lhs"\npoints = 4\n[factors]\n"watchlist.size" = { low = 9, high = 1 }',
            "low 9 is not below high 1",
        ),
        (
            '[design]\nkind = "lhs"\npoints = 4\n[factors]\n'
            '"officers.teams" = { low = 1.2, high = 1.8, whole = true }',
            "there is no whole number from 1.2 to 1.8",
        ),
        (
            '[design]\nkind = "lhs"\npoints = 4\n[factors]\n"watchlist.size" = [1, 2]',
            "design lhs wants a range",
        ),
        ('[design]\nkind = "zip"\n[factors]\n"a.b" = [1]\n"watchlist.size" = [1, 2]', "not equally long"),
        ('[design]\nkind = "list"\nfile = "no.csv"', "there is no such file"),
        ("[design]\npoints = 4", "design grid has no use for it"),
        ('[policies.a]\n"watchlist.size" = 1\n[factors]\n"watchlist.size" = [1]', "this is a factor too"),
        ('[outputs]\ncolumns = ["alert"]', "did you mean 'alerts'"),
        ("[outputs]\ncolumns = []", "there is no column"),
        ('[stopping]\nevents = 5\ncolumn = "alerts_expected"', "not expectations"),
        ('[stopping]\nevents = 5\n[outputs]\ncolumns = ["faces"]', "must be among outputs.columns"),
        ("[policies.p0]\n[policies.other]", "a policy needs a name of its own"),
        ("colour = 1", "there is no such name"),
        ("longest_run_s = 0", "longest_run_s"),
        ("seed = -1", "seed"),
        ('[base]\n"officers.teams" = -1', "officers.teams"),
    ],
)
def test_what_is_wrong_with_an_experiment_is_said_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    """Bad experiments get one clear message, exit code 2, and leave no folder."""
    path = experiment(tmp_path, text)

    assert main(["sweep", str(path), "--out", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


EVERY_FAULT = """
title = 5
scenario = "minimal"
replicates = 0
colour = 1

[base]
"officers.teams" = -1
"watchlist.sise" = 2

[factors]
"watchlist.size" = [100, -5]
"officers.presumption_to_intervene" = [0.5, 50]
"officers.d_prime" = 3
"matcher.threshold" = { low = 0.5, high = 0.6 }

[policies.as-it-is]
[policies.b]
"watchlist.presence_day_effect" = 3

[design]
points = 3

[stopping]
evnts = 4

[outputs]
columns = ["alerts", "alert"]
"""


def test_every_fault_of_a_file_and_of_the_options_is_said_at_once_and_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One round of mending is enough: tables, base, values of factors and policies, columns, options."""
    path = tmp_path / "mine.toml"
    path.write_text(EVERY_FAULT)

    assert main(["sweep", str(path), "--jobs", "0", "--shard", "4/3"]) == 2
    said = capsys.readouterr().err.splitlines()[1:]
    begins = [
        "schema: this is required and was left out; allowed: one of 1",
        "title = 5: input should be a valid string; allowed: text",
        "replicates = 0: input should be greater than or equal to 1; allowed: >= 1 and <= 1,000,000",
        "factors.officers.d_prime = 3: neither a list of values nor a range",
        "stopping.events: this is required and was left out; allowed: >= 1",
        "stopping.evnts = 4: there is no such name; allowed: events, column, batch; did you mean 'events'",
        "colour = 1: there is no such name; allowed: schema, title",
        "base.watchlist.sise = 2: there is no such setting; did you mean 'watchlist.size'?",
        'factors.matcher.threshold = { low = 0.5, high = 0.6, scale = "linear", whole = false }: a range',
        "design.points = 3: design grid has no use for it",
        "outputs.columns = \"alert\": there is no such column; did you mean 'alerts'?",
        "base.officers.teams = -1: input should be greater than or equal to 0",
        "factors.watchlist.size = -5: input should be greater than or equal to 0",
        "factors.officers.presumption_to_intervene = 50: a share is a number from 0 to 1, so 50 % is 0.5",
        "policies.b.watchlist.presence_day_effect = 3: input should be a valid boolean; allowed: true or",
        "jobs = 0: not a whole number in range",
        'shard = "4/3": not a part of so many',
        "--out: where to?",
    ]
    assert len(said) == len(begins)
    for begin in begins:
        assert sum(line.startswith(f"  {begin}") for line in said) == 1, begin


def test_a_bad_value_is_said_once_with_how_many_points_have_it(tmp_path: Path) -> None:
    """Neither a value of the base nor one of an axis is repeated for each of many points."""
    text = (
        '[base]\n"site.layout" = "nowhere"\n[policies.a]\n[policies.b]\n"officers.teams" = -1\n'
        '[factors]\n"watchlist.size" = [1, -5]\n"watchlist.presence_day_effect" = [true, 3]\n'
    )
    said = faults_of(experiment(tmp_path, text)).splitlines()[1:]

    assert len(said) == 4
    for begin, where in (
        ('site.layout = "nowhere"', "at each of 8 points"),
        ("watchlist.presence_day_effect = 3", "at 4 of 8 points, first p1;"),
        ("watchlist.size = -5", "at 4 of 8 points, first p2;"),
        ("officers.teams = -1", "at 4 of 8 points, first p4;"),
    ):
        assert [where in line for line in said if line.startswith(f"  {begin}: ")] == [True], begin


def test_many_values_that_are_wrong_in_one_way_are_counted(tmp_path: Path) -> None:
    """A sampled factor that has to be whole is not told a thousand times, and soon."""
    text = '[design]\nkind = "lhs"\npoints = 2000\n[factors]\n"watchlist.size" = { low = 1, high = 9000 }\n'
    said = faults_of(experiment(tmp_path, text)).splitlines()

    assert said[0].endswith("6 faults")
    assert said[-1] == f"  watchlist.size: {MOST_FAULTY - 5:,} more values are wrong so"


def test_a_design_of_a_thousand_million_points_is_refused_by_number(tmp_path: Path) -> None:
    """A slip of the pen cannot fill the machine: the number is told, and nothing is made."""
    thousand = list(range(1, 1001))
    shares = [number / 1001 for number in thousand]
    text = (
        f'[factors]\n"watchlist.size" = {thousand}\n"officers.teams" = {thousand}\n'
        f'"officers.presumption_to_intervene" = {shares}\n'
    )
    said = faults_of(experiment(tmp_path, text))

    assert "it has 1,000,000,000 points" in said
    assert f"at most {MOST_POINTS:,}" in said


def test_a_list_of_points_is_read_and_its_faults_named(tmp_path: Path) -> None:
    """A table made elsewhere can be run; what is wrong in it is named with its line."""
    path = experiment(tmp_path, '[design]\nkind = "list"\nfile = "points.csv"')
    table = tmp_path / "points.csv"
    table.write_text("watchlist.size,crowd.engine\n1000,flow\n2000,flow\n")
    points = plan_of(read_experiment(path)).points

    assert [dict(point.values) for point in points] == [
        {"watchlist.size": 1000, "crowd.engine": "flow"},
        {"watchlist.size": 2000, "crowd.engine": "flow"},
    ]
    table.write_text("watchlist.sise,crowd.engine\n1000\n")
    said = faults_of(path)
    assert "did you mean 'watchlist.size'" in said
    assert "line 2: 1 cells under 2 columns" in said
    table.write_text("")
    assert "there is no point in it" in faults_of(path)


def test_policies_cross_factors_and_zip_pairs_them(tmp_path: Path) -> None:
    """The design is what the file says: policies slowest, then factors in their order."""
    text = (
        '[policies.base]\n[policies.strict]\n"matcher.threshold" = 0.62\n'
        '[factors]\n"watchlist.size" = [1, 2]\n"officers.teams" = [3, 4]\n[design]\nkind = "KIND"\n'
    )
    grid = plan_of(read_experiment(experiment(tmp_path, text.replace("KIND", "grid"))))
    paired = plan_of(read_experiment(experiment(tmp_path, text.replace("KIND", "zip"))))

    assert [(p.policy, *p.values.values()) for p in grid.points] == [
        (policy, size, teams) for policy in ("base", "strict") for size in (1, 2) for teams in (3, 4)
    ]
    assert [(p.policy, *p.values.values()) for p in paired.points] == [
        (policy, size, size + 2) for policy in ("base", "strict") for size in (1, 2)
    ]
    assert grid.points[-1].changes["matcher.threshold"] == 0.62


@pytest.mark.parametrize("kind", ["lhs", "sobol", "morris", "saltelli"])
def test_sampled_designs_stay_within_their_ranges(tmp_path: Path, kind: str) -> None:
    """A sampled factor keeps to its range, on its scale, in whole numbers where that is said."""
    size = {"morris": "trajectories = 4", "saltelli": "samples = 8"}.get(kind, "points = 16")
    text = (
        f'[design]\nkind = "{kind}"\n{size}\n[factors]\n'
        '"watchlist.size" = { low = 100, high = 10000, scale = "log", whole = true }\n'
        '"matcher.threshold" = { low = 0.56, high = 0.64 }\n'
    )
    points = plan_of(read_experiment(experiment(tmp_path, text))).points
    sizes = [point.values["watchlist.size"] for point in points]

    assert all(isinstance(size, int) and 100 <= size <= 10_000 for size in sizes)
    assert all(0.56 <= point.values["matcher.threshold"] <= 0.64 for point in points)
    assert sum(size < 1000 for size in sizes) >= len(sizes) * 0.3


@pytest.mark.parametrize("name", shipped_experiments())
def test_shipped_experiments_can_be_planned(name: str) -> None:
    """Each has a question, and every design point is a scenario."""
    plan = plan_of(read_experiment(name))

    assert plan.question.endswith("?")
    assert plan.figures


def test_another_plan_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    """A folder holds one plan; the first thing in which they differ is named."""
    path = sweep_runs.small_experiment(tmp_path)
    sweep(path, out=tmp_path / "out", **FAST)
    for old, new, name in (
        ("replicates = 4", "replicates = 5", "replicates"),
        ("2000", "2500", "points.1"),
        ("schema = 1", "schema = 1\nseed = 2", "seed"),
    ):
        changed = tmp_path / "changed.toml"
        changed.write_text(path.read_text().replace(old, new))
        with pytest.raises(InputError, match="another plan has begun in this folder") as caught:
            sweep(changed, out=tmp_path / "out", **FAST)
        assert name in str(caught.value)


def test_a_begun_sweep_goes_on_without_its_experiment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder has the plan: a file that was moved, or is on another machine, is not missed."""
    path, out = sweep_runs.small_experiment(tmp_path), str(tmp_path / "out")
    sweep(path, out=tmp_path / "whole", **FAST)
    sweep(path, out=out, shard=(1, 2), **FAST)
    path.unlink()

    assert sweep(begun(out), out=out, **FAST).done == 12
    assert main(["sweep", "--out", out]) == 0
    assert "12 of 12 runs done" in capsys.readouterr().out
    assert [file.read_bytes() for file in collect(out).files] == [
        file.read_bytes() for file in collect(tmp_path / "whole").files
    ]
    assert main(["sweep", "--out", out, "--dry-run"]) == 0
    assert main(["sweep", "--out", str(tmp_path)]) == 2
    assert "there is no sweep in this folder" in capsys.readouterr().err


def test_another_version_is_refused_unless_it_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of two versions never mix unknown; where they may, the table says which made them."""
    path = sweep_runs.small_experiment(tmp_path)
    sweep(path, out=tmp_path / "out", shard=(1, 2), **FAST)
    from lfr_sim.study import replicates
    from lfr_sim.study.sweeps import plan

    real = replicates.maker
    monkeypatch.setattr(plan, "maker", lambda: real() | {"version": "9.9"})
    for asked in (path, begun(tmp_path / "out")):
        with pytest.raises(InputError, match=r"begun with version .* and here it is 9\.9"):
            sweep(asked, out=tmp_path / "out", **FAST)

    assert sweep(path, out=tmp_path / "out", other_version=True, **FAST).done == 12


def test_a_layout_that_changes_under_a_sweep_stops_it(tmp_path: Path) -> None:
    """A file that the scenario reads is part of the plan."""
    layout = tmp_path / "street.toml"
    layout.write_text('name = "A straight pavement"\nlength_m = 60.0\nwidth_m = 4.0\n')
    path = experiment(tmp_path, f'[base]\n"site.layout" = "{layout}"\n"deployment.hours" = 0.05\n')
    path.write_text(path.read_text().replace("replicates = 5", "replicates = 2"))
    base = '[site]\nlayout = "street.toml"\n[deployment]\nhours = 0.05\n[crowd]\npassers_per_hour = 100.0\n'
    (tmp_path / "base.toml").write_text(f'schema = 1\ntitle = "x"\n{base}')
    path.write_text('schema = 1\ntitle = "Mine"\nscenario = "base.toml"\nreplicates = 2\n')
    sweep(path, out=tmp_path / "out", **FAST)
    layout.write_text(layout.read_text().replace("60.0", "61.0"))

    with pytest.raises(InputError, match=r"street\.toml"):
        sweep(path, out=tmp_path / "out", **FAST)
    assert main(["explain", str(tmp_path / "out"), "p0-r0"]) == 2
    assert main(["sweep", "--out", str(tmp_path / "out")]) == 2


def test_two_processes_on_one_folder_are_kept_apart(tmp_path: Path) -> None:
    """The second is told who is running; a lock left by a killed process holds nobody up."""
    path = sweep_runs.small_experiment(tmp_path)
    sweep(path, out=tmp_path / "out", shard=(1, 2), **FAST)
    with FileLock(tmp_path / "out" / ".lock"):
        (tmp_path / "out" / ".running.json").write_text('{"pid": 7, "host": "node1", "since": "noon"}')
        with pytest.raises(InputError, match="process 7 on node1, since noon"):
            sweep(path, out=tmp_path / "out", **FAST)

    assert sweep(path, out=tmp_path / "out", **FAST).done == 12


@pytest.mark.parametrize("what", ["a file", "strangers", "no name", "damaged plan"])
def test_a_folder_that_cannot_be_a_sweeps_is_refused(tmp_path: Path, what: str) -> None:
    """Nothing of anybody else's is touched."""
    path = sweep_runs.small_experiment(tmp_path)
    out = tmp_path / "out"
    if what == "a file":
        out.write_text("mine")
    elif what == "strangers":
        out.mkdir()
        (out / "thesis.tex").write_text("mine")
    elif what == "no name":
        out = Path("a\0b")
    else:
        out.mkdir()
        (out / "plan.json").write_text('{"digest": "x", "plan": {}}')

    with pytest.raises(InputError):
        sweep(path, out=out, **FAST)
    assert what != "a file" or out.read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder_is_refused(tmp_path: Path) -> None:
    """It is said before anything runs."""
    path = sweep_runs.small_experiment(tmp_path)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)

    with pytest.raises(InputError, match="not a folder that can be written to"):
        sweep(path, out=closed / "out", **FAST)


def test_a_trial_is_multiplied_by_the_runs_and_divided_by_the_processes(tmp_path: Path) -> None:
    """What is said of the time can be checked by hand; where a run fails, nothing is said of it."""
    path = sweep_runs.small_experiment(tmp_path, replicates=400)
    plan = plan_of(read_experiment(path))
    told = trial_text(Trial((0.1, 0.3)), plan, 2)
    failed = trial_text(Trial((0.1,), "p0-r0 ended in error: ValueError: x"), plan, 2)

    assert told == (
        "Time: about 2 min with 2 processes, if runs take as long as one just now at the first point and "
        "the last (0.1 s and 0.3 s)"
    )
    assert trial_text(Trial((0.1,)), plan, None).startswith("Time: about 2 min of one process, if runs")
    assert failed == "How long it takes is not known: p0-r0 ended in error: ValueError: x"
    half = trial_text(Trial((0.1, 0.3)), plan, 2, (2, 2))
    assert half.startswith("Time: about 60 s with 2 processes for shard 2/2, if runs")


def test_a_sweep_takes_no_less_than_one_run(tmp_path: Path) -> None:
    """Where there are more processes than runs, the others wait: nothing is done in 0 s."""
    plan = plan_of(read_experiment(sweep_runs.small_experiment(tmp_path)))

    assert Trial((1.0, 3.0)).left_s(plan.runs, 64) == 2.0
    assert Trial((1.0, 3.0)).left_s(plan.runs, 11) == 4.0
    assert "about 0.2 s with 64 processes" in trial_text(Trial((0.1, 0.3)), plan, 64)
    assert "about 2 s with 64 processes" in trial_text(Trial((1.0, 3.0)), plan, 64)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--jobs", "0"], "jobs = 0: not a whole number in range; allowed: 1 to 512"),
        (["--jobs", "two"], 'jobs = "two"'),
        (["--chunk", "-1"], "chunk = -1"),
        (["--shard", "4/3"], 'shard = "4/3": not a part of so many; allowed: i/n with i from 1 to n'),
        (["--executor", "dask"], "--scheduler: which cluster?"),
        (["--scheduler", "tcp://127.0.0.1:9"], "only --executor dask has one"),
        (["--executor", "dask", "--scheduler", "x", "--jobs", "2"], "as many workers as it has"),
    ],
)
def test_what_is_wrong_with_the_options_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    """Every option says what it takes, and nothing is begun."""
    path = sweep_runs.small_experiment(tmp_path)

    assert main(["sweep", str(path), "--out", str(tmp_path / "out"), *options]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unreachable cluster is one line, not a traceback."""
    path = sweep_runs.small_experiment(tmp_path)
    options = ["--executor", "dask", "--scheduler", "tcp://127.0.0.1:9"]

    assert main(["sweep", str(path), "--out", str(tmp_path / "out"), *options]) == 2
    assert "no Dask scheduler answers there" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["status"], ["collect"], ["plot"], ["explain", "p0-r0"], ["compare", "p0", "p1"]]
)
def test_a_folder_that_is_none_is_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """A file in its place is called one, and points are not looked for among scenarios."""
    name, *rest = command
    file = tmp_path / "mine.toml"
    file.write_text("schema = 1\n")

    assert main([name, str(file), *rest]) == 2
    assert "this is a file; allowed: the folder given as --out" in capsys.readouterr().err
    assert main([name, str(tmp_path / "none"), *rest]) == 2
    assert "there is no such folder; allowed: the folder given as --out" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["status"], ["collect"], ["explain", "p0-r0"]])
def test_a_folder_without_a_sweep_is_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """Each command says what folder it wants."""
    name, *rest = command

    assert main([name, str(tmp_path), *rest]) == 2
    assert "there is no sweep in this folder" in capsys.readouterr().err


def test_a_run_that_is_not_there_is_told_with_those_that_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`explain` names the range of runs, and what has not been done."""
    path, out = sweep_runs.small_experiment(tmp_path), str(tmp_path / "out")
    sweep(path, out=out, shard=(1, 2), **FAST)
    for run in ("p9-r0", "p0-r4", "walrus", ""):
        assert main(["explain", out, run]) == 2
        assert "p0-r0 to p2-r3" in capsys.readouterr().err
    assert main(["explain", out, "p2-r3"]) == 2
    assert "has not been done" in capsys.readouterr().err


def test_where_there_is_no_terminal_a_line_says_how_far_it_is(tmp_path: Path) -> None:
    """A log of a long sweep shows that it lives, what failed, and when it will end."""
    path = sweep_runs.small_experiment(tmp_path)
    code = (
        "import lfr_sim.report.sweeps as s, sys; s.EVERY_S = 0.0\n"
        "from lfr_sim.cli import main\n"
        f"if __name__ == '__main__': sys.exit(main(['sweep', {str(path)!r}, '--out', "
        f"{str(tmp_path / 'out')!r}, '--jobs', '1']))"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    assert "12 of 12 runs" in done.stderr
    assert "none failed" in done.stderr
    assert "left" in done.stderr
