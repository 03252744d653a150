"""Bad commands: nothing is started and nothing written, and the exit code is 2."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from command_parts import refused
from test_bad_input import SMALL

from lfr_sim.cli import main
from lfr_sim.scenario import Scenario


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder that holds one sound scenario."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("broken.toml", b"[site\nlayout=", "not TOML"),
        ("twice.toml", b"a = 1\na = 2", "not TOML"),
        ("binary.toml", bytes(range(256)), "not UTF-8"),
        ("empty.toml", b"", "site.layout"),
        ("deep.toml", b"a = " + b"[" * 5000 + b"]" * 5000, "not TOML"),
        ("deeper.toml", b"[" + b".".join([b"a"] * 3000) + b"]\nx = 1", "site.layout"),
        ("digits.toml", b"a = 1" + b"0" * 5000, "not TOML"),
        ("null.toml", SMALL.encode() + b"\0", "not TOML"),
    ],
)
def test_files_that_are_no_scenario(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, words: str
) -> None:
    """Protects reading: a file of any content is refused in words."""
    (folder / name).write_bytes(content)
    said = refused(capsys, "run", name, "--out", "results")

    assert name in said
    assert words in said
    assert not (folder / "results").exists()


def test_a_huge_file_is_refused_unread(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Protects memory: 200 MB are not even opened."""
    with (folder / "huge.toml").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    said = refused(capsys, "run", "huge.toml")

    assert "209,715,200 bytes; allowed: at most 1,048,576" in said


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "pipe.toml"])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_pipes_and_devices_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], device: str
) -> None:
    """Protects against waiting for ever: only ordinary files are read."""
    os.mkfifo(folder / "pipe.toml")
    for command in ("run", "check", "theory"):
        assert "a pipe or a device" in refused(capsys, command, device)


@pytest.mark.parametrize(
    "path", [".", "nothing.toml", "nothing", "", "x" * 5000, "a\0b", "small.toml/x.toml"]
)
def test_paths_that_are_no_file(folder: Path, capsys: pytest.CaptureFixture[str], path: str) -> None:
    """Protects reading: directories, missing files and impossible names are refused in words."""
    assert "1 fault" in refused(capsys, "run", path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="may read everything")
def test_an_unreadable_file_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Protects reading: no permission is a fault, not a traceback."""
    (folder / "small.toml").chmod(0)

    assert "cannot be read" in refused(capsys, "run", "small.toml")


def test_the_nearest_file_and_scenario_are_suggested(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Protects "did you mean", for files and for shipped names."""
    assert "did you mean 'small.toml'" in refused(capsys, "run", "smal.toml")
    assert "did you mean 'minimal'" in refused(capsys, "run", "minimla")


@pytest.mark.parametrize(
    "encode", [lambda t: b"\xef\xbb\xbf" + t.encode(), lambda t: t.replace("\n", "\r\n").encode()]
)
def test_files_as_some_editors_write_them(folder: Path, encode: Any) -> None:
    """Protects readers on Windows: a byte-order mark and its line ends are no fault."""
    (folder / "theirs.toml").write_bytes(encode(SMALL))

    assert Scenario.from_file("small.toml") == Scenario.from_file("theirs.toml")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("watchlist.size", "allowed: PATH=VALUE"),
        ("=3", "no such setting"),
        ("", "allowed: PATH=VALUE"),
        ("watchlist=3", "a table of settings"),
        ("crowd.repeat={}", "a table of settings"),
        ("watchlist.sise=3", "did you mean 'watchlist.size'"),
        ("sources.x=1", "no such setting"),
        ("site.layout=", 'site.layout = ""'),
        ("site.layout=oxford", "did you mean 'oxford_circus'"),
        ("site.layout=[1]", "site.layout = [1]"),
        ("site.layout=ünïcödé", "no shipped layout"),
        ("site.layout=missing.json", "missing.json: there is no such file"),
        ("site.layout=a\0b.json", "there is no such file"),
        ("site.layout=" + "x" * 100_000, "no shipped layout"),
        ("site.layout=small.toml", "layout small.toml: length_m"),
        ("site.vans=V1", "this should be a list"),
        ('site.vans=["V9"]', "allowed: V1, V2, V3"),
        ('site.vans=["V1", "V1"]', "named twice"),
        ("camera.range_max_m=4.0", "camera.range_max_m = 4.0"),
        ("watchlist.size=1" + "0" * 5000, "watchlist.size"),
        ("watchlist.size=2.0", "integer"),
        ("deployment.date=2022-13-45", "valid date"),
        ("title=\ud800", "UTF-8"),
        ("crowd.groups.mixed=0.1", "allowed: white, black, asian, other"),
        ("crowd.groups.white=64", "64 % is 0.64"),
        ("crowd.groups.white=0.5", "sum to 0.86, not to 1"),
        ("crowd.groups={white=1.0}", "a table of settings"),
        ('watchlist.operations.keep_categories=["suspect_drug"]', "did you mean 'suspect_drugs'"),
        ("watchlist.operations.cap=-1", ">= 0 and <= 10,000,000"),
        ("watchlist.operations.remove_entries=6748", "more entries are taken off than the 6,747"),
        ('deployment.purpose_offences=["drug"]', "did you mean 'drugs'"),
        ("officers.training=feature", "did you mean 'feature_training'"),
        ("matcher.tpir_ratio.black=1.3", "allowed: <= 1.267"),
    ],
)
def test_changes_that_make_no_sense(
    folder: Path, capsys: pytest.CaptureFixture[str], change: str, words: str
) -> None:
    """Protects `--set`: each odd path or value is refused in words, nothing is written."""
    said = refused(capsys, "run", "small.toml", "--set", change, "--out", "results")

    assert words in said
    assert {"small.toml"} == set(os.listdir(folder))


@pytest.mark.parametrize(
    ("option", "value"),
    [("replicates", value) for value in ("0", "-1", "1e9", "1000000000", "abc", "", "1.5")]
    + [("seed", value) for value in ("-1", "abc", "1" * 5000, str(2**64))],
)
def test_numbers_of_runs_and_seeds(
    folder: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    """Protects against studies that nobody meant: the allowed range is named."""
    said = refused(capsys, "run", "small.toml", f"--{option}", value)

    assert f"{option} = " in said
    assert "allowed: " in said


@pytest.mark.parametrize("out", ["", "small.toml", ".", "small.toml/x", "x" * 300, "a\0b", os.devnull])
def test_folders_that_cannot_take_results(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    """Protects `--out`: a folder that cannot be used is refused before anything runs."""
    monkeypatch.setattr("lfr_sim.study.replicates.run_replicate", lambda *_, **__: pytest.fail("it ran"))
    refused(capsys, "run", "small.toml", "--out", out)

    assert {"small.toml"} == set(os.listdir(folder))


def test_everything_wrong_with_a_command_is_listed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Protects one round of mending on the command line: file, changes, layout, numbers and folder."""
    (folder / "bad.toml").write_text(
        "[site]\nlayout = 'oxford'\n[watchlist]\nsize = -5\n", encoding="utf-8"
    )
    changes = ["--set", "x", "--set", "matcher.threshold=7"]
    numbers = ["--replicates", "0", "--seed", "-1", "--out", "small.toml"]
    said = refused(capsys, "run", "bad.toml", *changes, *numbers)

    assert "7 faults" in said
    for words in ('--set = "x"', "size = -5", "threshold = 7", '"oxford"', "replicates", "seed", "a file"):
        assert words in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["sites", "--map", "x.png"],
        ["sites", "--vans", "V1"],
        ["sites", "oxford"],
        ["sites", ""],
        ["sites", "small.toml"],
        ["sites", "oxford_circus", "--vans", "V9"],
        ["sites", "oxford_circus", "--vans", "V9", "--map", "x.png"],
        ["sites", "oxford_circus", "--map", "x.bmp"],
        ["sites", "oxford_circus", "--map", "missing/x.png"],
        ["theory", "small.toml", "--found-share", "nan"],
        ["theory", "small.toml", "--found-share", "x"],
        ["check", "small.toml", "--json"],
        ["check", "nothing.toml"],
        ["run", "small.toml", "--engine", "walk"],
        ["nothing"],
        [],
    ],
)
def test_other_commands_refuse_too(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """Protects the exit code: 2 and a sentence for every command, and no file left."""
    try:
        code: Any = main(arguments)
    except SystemExit as left:  # how argparse refuses
        code = left.code
    printed = capsys.readouterr()

    assert code == 2
    assert printed.out == ""
    assert "lfr-sim" in printed.err
    assert {"small.toml"} == set(os.listdir(folder))
