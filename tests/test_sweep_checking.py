"""What is said of an experiment before it runs: no sound line is blamed, and no fault is left for later."""

from __future__ import annotations

from pathlib import Path

import pytest
import sweep_runs
from test_sweep_commands import experiment, faults_of

from lfr_sim.cli import main
from lfr_sim.study.sweeps.experiment import read_experiment
from lfr_sim.study.sweeps.plan import plan_of
from lfr_sim.study.sweeps.store import Store

FIGURE = '[[figures]]\nkind = "curve"\ny = "alerts"\nx = "watchlist.size"\n'


@pytest.mark.parametrize(
    "text",
    [
        '[factors]\n"watchlist.size" = [1, 2]\n[outputs]\ncolumns = ["alertz"]\n',
        '[factors]\n"watchlist.sise" = [1, 2]\n',
        '[factors]\n"watchlist.size" = []\n',
        '[design]\nkind = "gird"\n[factors]\n"watchlist.size" = [1, 2]\n',
        '[factors]\n"watchlist.size" = [1, 2]\n[policies.p0]\n',
    ],
)
def test_a_sound_figure_is_not_blamed_for_another_fault(tmp_path: Path, text: str) -> None:
    """Protects whoever mends a file: only the line that is wrong is named."""
    said = faults_of(experiment(tmp_path, text + FIGURE)).splitlines()

    assert said[0].endswith("1 fault")
    assert "figures" not in said[1]


def test_figures_of_a_list_are_looked_at_before_anything_runs(tmp_path: Path) -> None:
    """Protects an hour of runs: what varies is in the file of points, and known before the first run."""
    (tmp_path / "points.csv").write_text("watchlist.size\n1000\n-5\n")
    design = '[design]\nkind = "list"\nfile = "points.csv"\n[policies.a]\n[policies.b]\n'
    sound = f'{FIGURE}[[figures]]\nkind = "curve"\ny = "faces"\nx = "policy"\n'
    wrong = sound.replace('"alerts"', '"alrts"').replace("size", "sise")
    said = faults_of(experiment(tmp_path, design + wrong))

    assert "3 faults" in said
    for part in (
        "watchlist.size = -5",
        'figures.0.y = "alrts"',
        'figures.0.x = "watchlist.sise": nothing of this name',
    ):
        assert part in said, part
    (tmp_path / "points.csv").write_text("watchlist.size\n1000\n2000\n")
    assert plan_of(read_experiment(experiment(tmp_path, design + sound))).figures


def test_a_base_scenario_that_is_no_toml_is_named_once(tmp_path: Path) -> None:
    """Protects the reader: one file, one name."""
    (tmp_path / "broken.toml").write_text("title = = 3\n")
    path = experiment(tmp_path, "")
    path.write_text(path.read_text().replace('"minimal"', '"broken.toml"'))

    assert faults_of(path).count("broken.toml") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('replicates = 0\n[design]\nkind = "list"\nfile = "nope.csv"\n', ("nope.csv", "replicates = 0")),
        (
            '[base]\n"officers.teams" = -1\n"site.layout" = "nope"\n',
            ("base.officers.teams = -1", 'site.layout = "nope"'),
        ),
    ],
)
def test_files_and_places_are_looked_at_beside_other_faults(
    tmp_path: Path, text: str, said: tuple[str, ...]
) -> None:
    """Protects whoever mends a file from a second round."""
    path = experiment(tmp_path, text)
    if "replicates = 0" in text:
        path.write_text(path.read_text().replace("replicates = 5\n", ""))
    told = faults_of(path).splitlines()

    assert told[0].endswith("2 faults")
    for part in said:
        assert sum(part in line for line in told) == 1, part


def test_a_dry_run_refuses_the_folder_that_the_run_would(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Protects a night's run: files of others and another plan are told before, and nothing is written."""
    path, out = sweep_runs.small_experiment(tmp_path), tmp_path / "out"
    out.mkdir()
    (out / "thesis.tex").write_text("mine")
    command = ["sweep", str(path), "--out", str(out), "--dry-run"]

    assert main(command) == 2
    assert "the folder holds other files (thesis.tex, …)" in capsys.readouterr().err
    (out / "thesis.tex").unlink()
    assert main(command) == 0
    assert list(out.iterdir()) == []
    Store.begin(out, plan_of(read_experiment(path)))
    assert main(command) == 0
    sweep_runs.small_experiment(tmp_path, replicates=9)
    capsys.readouterr()
    assert main(command) == 2
    assert "another plan has begun in this folder" in capsys.readouterr().err


def test_no_name_is_not_the_folder_that_one_stands_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects a sweep from a variable that a script left empty."""
    path = sweep_runs.small_experiment(tmp_path)
    Store.begin(tmp_path / "out", plan_of(read_experiment(path)))
    monkeypatch.chdir(tmp_path / "out")

    for command in (["sweep"], ["sweep", str(path)], ["sweep", "--dry-run"]):
        assert main([*command, "--out", ""]) == 2, command
        assert "(no name): no folder can have this name" in capsys.readouterr().err
    assert main(["status", "."]) == 0
