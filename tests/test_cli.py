"""The command line: every command, the shape of `run --json`, the files of `--out`, and how it ends."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_parts import said
from strategies import pavement_file

from lfr_sim import metrics
from lfr_sim.cli import main
from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS, run_columns
from lfr_sim.scenario import Scenario, shipped_scenarios
from lfr_sim.street import shipped_layouts
from lfr_sim.study.replicates import OUTPUT_FILES

SPREAD = {"mean", "sd", "p05", "p50", "p95"}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a small scenario with some alerts, in an empty current directory."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path.parent / f"{tmp_path.name}-input"
    folder.mkdir()
    path = folder / "small.toml"
    path.write_text(
        f"""
title = "A small deployment"
[site]
layout = "{Path(pavement_file()).as_posix()}"
[deployment]
hours = 0.3
[crowd]
passers_per_hour = 300.0
[watchlist]
presence = 0.2
[published]
faces = 40
""",
        encoding="utf-8",
    )
    return str(path)


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=60, **options
    )


def test_run_json_has_the_agreed_shape(capsys: pytest.CaptureFixture[str], small: str) -> None:
    """Protects whoever reads `run --json`: its keys, rows and spreads stay."""
    found = json.loads(said(capsys, "run", small, "--replicates", "3", "--seed", "7", "--json"))
    keys = {
        "scenario",
        "seed",
        "replicates",
        "engine",
        "record",
        "truth",
        "rates",
        "published",
        "provenance",
    }

    assert keys <= set(found)
    assert (found["seed"], found["replicates"], found["engine"]) == (7, 3, "flow")
    assert set(RECORD_COLUMNS) == set(found["record"])
    assert set(TRUTH_COLUMNS) == set(found["truth"])
    assert all(set(value) == SPREAD for value in [*found["record"].values(), *found["truth"].values()])
    assert {metric.name for metric in metrics.METRICS} == set(found["rates"])
    assert found["published"]["faces"] == 40
    assert found["published"]["alerts"] is None
    assert {"version", "commit", "scenario_digest", "python", "numpy", "mesa"} <= set(found["provenance"])
    assert Scenario.from_file(small) == Scenario.from_dict(_without_none(found["scenario"]))


def _without_none(data: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in data.items()
        if value is not None
    }


def test_run_json_is_the_same_for_the_same_seed(capsys: pytest.CaptureFixture[str], small: str) -> None:
    """Protects reproducibility: the same bytes for the same seed, other numbers for another."""
    first = said(capsys, "run", small, "--replicates", "2", "--seed", "5", "--json")
    again = said(capsys, "run", small, "--replicates", "2", "--seed", "5", "--json")
    other = said(capsys, "run", small, "--replicates", "2", "--seed", "6", "--json")

    assert first == again
    assert json.loads(first)["truth"] != json.loads(other)["truth"]


def test_agents_all_changes_nothing(capsys: pytest.CaptureFixture[str], small: str) -> None:
    """Protects `--agents`: whether passers become agents leaves every number alone."""
    alerted = said(capsys, "run", small, "--replicates", "1", "--json", "--agents", "alerted")

    assert alerted == said(capsys, "run", small, "--replicates", "1", "--json", "--agents", "all")


def test_run_prints_tables(capsys: pytest.CaptureFixture[str], small: str) -> None:
    """Protects the text output: a sentence in counts, both rows, rates with their counts."""
    printed = said(capsys, "run", small, "--replicates", "2")

    for words in ("A small deployment", "2 runs, seed 1", "would publish", "really happened", "Rates"):
        assert words in printed
    for name in (*RECORD_COLUMNS, *TRUTH_COLUMNS):
        assert name in printed


def test_a_terminal_sees_progress(small: str) -> None:
    """Protects patience: on a terminal, also one that does not tell its size, the runs are counted."""
    parent, child = os.openpty()
    command = [sys.executable, "-m", "lfr_sim.cli", "run", small, "--replicates", "3"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=child, check=False)
    os.close(child)
    shown = os.read(parent, 65_536).decode()
    os.close(parent)

    assert done.returncode == 0
    assert "0/3" in shown


def test_out_writes_its_files(capsys: pytest.CaptureFixture[str], small: str, tmp_path: Path) -> None:
    """Protects `--out`: lines per replicate, kind of passer and alert, and how to do it again."""
    out = tmp_path / "deep" / "results"
    found = json.loads(said(capsys, "run", small, "--replicates", "4", "--json", "--out", str(out)))
    with (out / "replicates.csv").open(newline="", encoding="utf-8") as file:
        runs = list(csv.DictReader(file))
    with (out / "events.csv").open(newline="", encoding="utf-8") as file:
        events = list(csv.DictReader(file))
    with (out / "breakdown.csv").open(newline="", encoding="utf-8") as file:
        kinds = list(csv.DictReader(file))
    provenance = json.loads((out / "provenance.json").read_text(encoding="utf-8"))

    assert set(OUTPUT_FILES) == set(os.listdir(out))
    assert [line["replicate"] for line in runs] == ["0", "1", "2", "3"]
    assert {"replicate", "seed", *run_columns()} == set(runs[0])
    assert "wrongful_engagements" in runs[0]
    assert sum(int(line["alerts"]) for line in runs) == len(events) > 0
    assert {"replicate", "alert", "time_s", "mated", "candidate_is_mate", "outcome"} <= set(events[0])
    by_group = [int(line["passers"]) for line in kinds if line["dimension"] == "group"]
    assert sum(by_group) == sum(int(line["passers"]) for line in runs)
    assert found["provenance"]["scenario_digest"] == provenance["scenario_digest"]
    assert Scenario.from_file(small) == Scenario.from_toml(provenance["scenario"])


def test_out_may_be_used_again(capsys: pytest.CaptureFixture[str], small: str, tmp_path: Path) -> None:
    """Protects a second run into the same folder: files are replaced, remains of an interruption go."""
    said(capsys, "run", small, "--replicates", "2", "--out", "results")
    (tmp_path / "results" / ".events.csv.partial").write_text("half", encoding="utf-8")
    said(capsys, "run", small, "--replicates", "1", "--out", "results")
    lines = (tmp_path / "results" / "replicates.csv").read_text(encoding="utf-8").splitlines()

    assert len(lines) == 2
    assert set(OUTPUT_FILES) == set(os.listdir("results"))


def test_a_full_disk_leaves_nothing_half_written(
    capsys: pytest.CaptureFixture[str], small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects `--out`: if a file cannot be written, no file appears and no folder stays."""
    write = Path.write_text

    def fail(self: Path, *arguments: Any, **options: Any) -> int:
        if "provenance" in self.name:
            raise OSError(28, "No space left on device")
        return write(self, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", fail)
    code = main(["run", small, "--replicates", "1", "--out", "results"])
    printed = capsys.readouterr()

    assert code == 2
    assert "No space left on device" in printed.err
    assert printed.out == ""
    assert not os.listdir(".")


def test_an_empty_list_gives_no_alerts(capsys: pytest.CaptureFixture[str], small: str) -> None:
    """Protects `--set watchlist.size=0`: nobody is listed, nothing alerts, shares are undefined."""
    found = json.loads(
        said(capsys, "run", small, "--set", "watchlist.size=0", "--replicates", "2", "--json")
    )

    assert found["record"]["alerts"]["p95"] == 0
    assert found["truth"]["listed_passers"]["p95"] == 0
    assert found["rates"]["false_alert_share"]["value"] is None
    assert "alerts is 0" in found["rates"]["false_alert_share"]["undefined"]


def test_set_changes_what_is_asked(capsys: pytest.CaptureFixture[str], small: str) -> None:
    """Protects `--set`: numbers, lists and words reach the scenario; the last of two wins."""
    changes = [
        "watchlist.size=7",
        "watchlist.size=9",
        "site.vans=[]",
        "matcher.preset=npl-2023",
        "title=My own",
    ]
    options = [part for change in changes for part in ("--set", change)]
    found = json.loads(said(capsys, "run", small, *options, "--replicates", "1", "--json"))["scenario"]

    assert (
        found["watchlist"]["size"],
        found["site"]["vans"],
        found["matcher"]["preset"],
        found["title"],
    ) == (9, [], "npl-2023", "My own")


def test_set_may_mend_a_faulty_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Protects `--set` on top of a file: what counts is the result."""
    (tmp_path / "faulty.toml").write_text("[site]\nlayout = 'nowhere'\n", encoding="utf-8")
    change = f"site.layout={pavement_file()}"

    assert "sound" not in said(capsys, "theory", str(tmp_path / "faulty.toml"), "--set", change)


def test_theory(capsys: pytest.CaptureFixture[str], small: str) -> None:
    """Protects `theory`: both rows as name -> number, only JSON with `--json`, null if undefined."""
    found = json.loads(said(capsys, "theory", small, "--json"))
    empty = json.loads(said(capsys, "theory", small, "--json", "--set", "site.vans=[]"))
    never_found = json.loads(said(capsys, "theory", small, "--json", "--found-share", "0"))

    assert set(RECORD_COLUMNS) == set(found["record"])
    assert set(TRUTH_COLUMNS) == set(found["truth"])
    assert found["truth"]["engagements"] > 0 == never_found["truth"]["engagements"]
    assert empty["rates"]["captured_share_in_view"] is None
    assert "undefined" in said(capsys, "theory", small, "--set", "site.vans=[]")


def test_check(capsys: pytest.CaptureFixture[str], small: str) -> None:
    """Protects `check`: a line for each sound file, exit 2 if any is not; nothing runs."""
    printed = said(capsys, "check", small, "minimal", "oxford_circus", pavement_file())

    assert printed.count("a sound scenario") == 2
    assert printed.count("a sound layout") == 2
    assert "without a source: " in printed
    assert main(["check", small, "nothing.toml"]) == 2


def test_lists(capsys: pytest.CaptureFixture[str]) -> None:
    """Protects `scenarios` and `metrics`: everything there is is listed, as text and as JSON."""
    scenarios = {row["name"] for row in json.loads(said(capsys, "scenarios", "--json"))}
    measures = {row["name"] for row in json.loads(said(capsys, "metrics", "--json"))}

    assert set(shipped_scenarios()) == scenarios
    assert scenarios <= set(said(capsys, "scenarios").split())
    assert {*TRUTH_COLUMNS, *RECORD_COLUMNS, *(metric.name for metric in metrics.METRICS)} == measures
    assert measures <= set(said(capsys, "metrics").split())


def test_sites(capsys: pytest.CaptureFixture[str]) -> None:
    """Protects `sites`: every shipped layout is listed, or the one asked for, with the vans asked for."""
    layout = pavement_file()
    (row,) = json.loads(said(capsys, "sites", layout, "--json"))
    (without_van,) = json.loads(said(capsys, "sites", layout, "--vans", "", "--json"))

    assert (layout, 2, 0, 1) == (row["name"], row["gates"], row["signals"], row["vans"])
    assert row["in_view"] > 0 == without_van["in_view"]
    assert set(shipped_layouts()) <= set(said(capsys, "sites").split())


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """Protects `schema`: a JSON Schema that names the sections as users write them."""
    found = json.loads(said(capsys, "schema"))

    assert {"schema", "site", "crowd", "camera", "watchlist", "matcher", "officers"} <= set(
        found["properties"]
    )
    assert found["required"] == ["site"]


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_map(capsys: pytest.CaptureFixture[str], small: str, tmp_path: Path, suffix: str) -> None:
    """Protects `sites --map`: a picture of each kind is written, whole."""
    said(capsys, "sites", pavement_file(), "--map", f"map.{suffix}")

    assert {f"map.{suffix}"} == set(os.listdir(tmp_path))
    assert (tmp_path / f"map.{suffix}").stat().st_size > 1000


@pytest.mark.parametrize("arguments", [["run"], ["run", "--json"]])
def test_interruption_leaves_nothing(
    capsys: pytest.CaptureFixture[str], small: str, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """Protects Ctrl-C: exit 130, one line on stderr, no file."""

    def interrupt(*_: object, **options: int) -> None:
        if options["replicate"] == 1:
            raise KeyboardInterrupt
        return

    monkeypatch.setattr("lfr_sim.study.replicates.run_replicate", interrupt)
    code = main([*arguments, small, "--replicates", "3", "--out", "results"])
    printed = capsys.readouterr()

    assert code == 130
    assert printed.out == ""
    assert printed.err == "interrupted; nothing was written\n"
    assert not os.listdir(".")


def test_faults_of_ours_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects debugging: only bad input is a short message; a mistake of the program stays a traceback."""

    def fail(_: object) -> int:
        raise ValueError("a mistake of the program")

    monkeypatch.setattr("lfr_sim.cli.commands.schema", fail)
    with pytest.raises(ValueError, match="a mistake"):
        main(["schema"])


@pytest.mark.skipif(os.name != "posix", reason="shell pipes")
@pytest.mark.parametrize("command", ["schema", "metrics", "--help"])
def test_a_reader_who_leaves_is_no_error(command: str) -> None:
    """Protects `| head`: when the reader goes, we end quietly with 0."""
    script = (
        "import os, sys\n"
        "read, write = os.pipe()\n"
        "os.close(read)\n"
        "os.dup2(write, 1)\n"
        "from lfr_sim.cli import main\n"
        f"sys.exit(main([{command!r}]))\n"
    )
    ended = process("-c", script)

    assert ended.stderr == ""
    assert ended.returncode == 0


def test_help_loads_nothing_heavy() -> None:
    """Protects the quick answer: neither numbers nor models nor figures are loaded for `--help`."""
    script = (
        "import sys\n"
        "from lfr_sim.cli import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit as left:\n"
        "    assert not left.code\n"
        "heavy = {'mesa', 'pandas', 'matplotlib', 'solara', 'numpy', 'pydantic', 'scipy', 'shapely'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))\n"
    )
    ended = process("-c", script)

    assert ended.stderr == ""
    assert "usage: lfr-sim" in ended.stdout
    assert ended.stdout.endswith("LOADED []\n")


def test_help_of_every_command_and_version() -> None:
    """Protects the help texts: each command answers, with exit 0."""
    commands = ["run", "theory", "check", "scenarios", "sites", "metrics", "schema"]
    for arguments in [["--version"], ["--help"], *([command, "--help"] for command in commands)]:
        with pytest.raises(SystemExit) as left:
            main(arguments)

        assert not left.value.code


def test_the_installed_command_runs(small: str) -> None:
    """Protects the entry point: `python -m lfr_sim.cli` gives code 2 and a clean stdout on bad input."""
    ended = process("-m", "lfr_sim.cli", "run", "nothing.toml")

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "there is no such file" in ended.stderr
