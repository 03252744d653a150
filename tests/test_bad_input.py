"""Bad input: every fault is named with its place, its value and what is allowed; nothing is started.

What is odd but valid runs to a sensible result, with rates left undefined where nothing happened.
"""

from __future__ import annotations

import json
import math
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from strategies import (
    Broken,
    broken_scenarios,
    nested,
    pavement_file,
    scenario_data,
    simple_settings,
    wrong_values,
)

from lfr_sim import metrics
from lfr_sim.cli import main
from lfr_sim.closed_form import theory
from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import Fault, InputError, Scenario
from lfr_sim.study import run

SMALL = """
[site]
layout = "oxford_circus"
[deployment]
hours = 0.1
[crowd]
passers_per_hour = 200.0
[watchlist]
presence = 0.2
"""


def small(changes: dict[str, Any] | None = None) -> Scenario:
    """Return a small deployment on a pavement, with some settings changed."""
    scenario = Scenario.from_toml(SMALL).replace({"site.layout": pavement_file()})
    return scenario.replace(changes or {})


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that must be refused, and return what it says on stderr."""
    code = main(arguments)
    printed = capsys.readouterr()

    assert code == 2
    assert printed.out == ""
    assert "Traceback" not in printed.err
    return printed.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder that holds one sound scenario."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    return tmp_path


@given(broken_scenarios())
def test_every_planted_fault_is_found(broken: Broken) -> None:
    """Protects completeness: a scenario with several faults names all of them in one round."""
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(broken.data)
    named = {fault.path for fault in caught.value.faults}
    found = {path for path in broken.planted for name in named if _within(name, path)}

    assert broken.planted == found


@pytest.mark.parametrize("path", [*simple_settings(), "crowd.hour_profile", "title", "deployment.date"])
def test_each_setting_refuses_each_wrong_value(path: str) -> None:
    """Protects every setting: wrong types, out of range, NaN and infinity are named with their place."""
    for value in wrong_values(path):
        with pytest.raises(InputError) as caught:
            Scenario.from_dict(nested({"site.layout": "oxford_circus", path: value}))
        fault = caught.value.faults[0]

        assert _within(fault.path, path)
        assert fault.shows_value


def _within(name: str, path: str) -> bool:
    return name == path or name.startswith(f"{path}.") or path.startswith(f"{name}.")


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(scenario_data(), st.integers(0, 2**63 - 1))
@example({"site": {"layout": "oxford_circus"}, "crowd": {"passers_per_hour": 0.0}}, 0)
def test_every_sound_scenario_runs(data: dict[str, Any], seed: int) -> None:
    """Protects the promise that what is accepted runs: all columns, finite, no count below 0."""
    study = run(Scenario.from_dict(data), seed=seed)
    record, truth = study.replicates[0].record, study.replicates[0].truth
    rates = metrics.evaluate_all(study.sums)

    assert set(RECORD_COLUMNS) == set(record)
    assert set(TRUTH_COLUMNS) == set(truth)
    assert all(0 <= value < math.inf for value in [*record.values(), *truth.values()])
    assert all(rate.undefined if rate.value is None else rate.value >= 0 for rate in rates.values())
    assert json.dumps(study.summary(), allow_nan=False)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(scenario_data())
def test_every_sound_scenario_has_a_closed_form(data: dict[str, Any]) -> None:
    """Protects `theory` at the edges: finite expectations that are not below 0."""
    expected = theory(Scenario.from_dict(data))
    counts = [*expected.record.values(), *expected.truth.values()]

    assert all(-1e-9 <= value < math.inf for value in counts)


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("", "site.layout", "required"),
        ("[site]\nlayout = 3", "site.layout", "string"),
        ("[sight]\nlayout = 'x'", "sight", "did you mean 'site'"),
        ("schema = 2\n[site]\nlayout = 'oxford_circus'", "schema", "allowed: one of 1"),
        ("site = 3", "site", "this should be a table"),
        (SMALL + "siz = 5", "watchlist.siz", "did you mean 'watchlist.size'"),
        (SMALL + "size = -1", "watchlist.size", ">= 0 and <= 10,000,000"),
        (SMALL + "size = 0x" + "f" * 9000, "watchlist.size", "allowed"),
        (SMALL + "[matcher]\nthreshold = nan", "matcher.threshold", "finite"),
        (SMALL + "[matcher]\nthreshold = inf", "matcher.threshold", "finite"),
        (SMALL + "[matcher]\nthreshold = true", "matcher.threshold", "valid number"),
        (SMALL + "[matcher]\nfmr = 1e-320", "matcher.fmr", "give 0, or 1e-30 and more"),
        (SMALL + "[camera]\ncapture_time_constant_s = 1e-9", "camera.capture_time_constant_s", "give 0"),
        (SMALL + "[matcher]\npreset = 'npl'", "matcher.preset", "npl-2023"),
        (SMALL + "[matcher]\ntpir = 0.96", "camera.capture_probability", "contains capture"),
        (SMALL + "[matcher]\nfield_lab_multiplier = 0.5", "matcher.field_lab_multiplier", "npl-2023"),
        (SMALL + "[camera]\nrange_min_m = 9.0\nrange_max_m = 8.0", "camera.range_min_m", "not below"),
        (SMALL + "[officers]\nteams = 1.5", "officers.teams", "integer"),
        (
            SMALL + "[officers.disposal]\narrest_share = 0.9\nother_share = 0.2",
            "officers.disposal.arrest_share",
            "more than 1",
        ),
        (
            SMALL + "[crowd.social_groups]\nunit_size_share = [0.5, 0.2]",
            "crowd.social_groups.unit_size_share",
            "sum to 0.7",
        ),
        (SMALL + "[sources.nothing]\nstatus = 'published'\nreference = 'x'", "sources.nothing", "no such"),
        (
            SMALL + "[sources.watchlist.size]\nstatus = 'published'\nreference = 'x'",
            "sources.watchlist",
            "not in quotes",
        ),
        (
            SMALL + "[sources.'watchlist.size']\nstatus = 'guessed'\nreference = 'x'",
            "sources.watchlist.size.status",
            "assumed",
        ),
        (
            SMALL + "[sources.'watchlist.size']\nstatus = 'fitted'\nreference = 'x'\nrange = [2.0, 1.0]",
            "sources.watchlist.size.range",
            "from high to low",
        ),
        (SMALL + "[published]\nfaces = -1", "published.faces", ">= 0"),
    ],
)
def test_each_fault_has_place_and_reason(text: str, path: str, words: str) -> None:
    """Protects the message: dotted path, the value that caused it, what is allowed or meant."""
    with pytest.raises(InputError) as caught:
        Scenario.from_toml(text)
    lines = [str(fault) for fault in caught.value.faults if fault.path == path]

    assert len(lines) == 1
    assert words in lines[0]


@pytest.mark.parametrize(
    ("profile", "words"),
    [("[1.0, 2.0]", "2 entries"), (str([0.0] * 24), "0 throughout"), (str([-1.0] * 24), "each weight")],
)
def test_hour_profile_is_checked(profile: str, words: str) -> None:
    """Protects arrivals from a profile that cannot be followed."""
    text = SMALL.replace("[crowd]", f"[crowd]\nhour_profile = {profile}")

    with pytest.raises(InputError, match=words):
        Scenario.from_toml(text)


def test_settings_that_clash_are_named_beside_other_faults() -> None:
    """Protects one round of mending: clashes show even where other settings are broken."""
    data = {
        "site": {"layout": "oxford_circus"},
        "camera": {"range_min_m": 9.0, "range_max_m": 3.0, "max_yaw_deg": "wide"},
        "matcher": {"preset": "legacy-2020", "field_lab_multiplier": 0.5, "threshold": 7.0},
        "crowd": {"passers_per_hour": 200_000.0},
        "deployment": {"hours": 24.0, "start_hour": 99.0},
    }
    expected = {
        "camera.range_min_m",
        "camera.max_yaw_deg",
        "matcher.field_lab_multiplier",
        "matcher.threshold",
        "crowd.passers_per_hour",
        "deployment.start_hour",
    }
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(data)

    assert expected == {fault.path for fault in caught.value.faults}


def test_nothing_is_said_about_what_depends_on_a_broken_setting() -> None:
    """Protects against faults that vanish by themselves: capture is not judged by a TPIR that is none."""
    data = {
        "site": {"layout": "oxford_circus"},
        "matcher": {"tpir": "0.3"},
        "camera": {"capture_probability": 0.5},
    }
    expected = ["matcher.tpir"]
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(data)

    assert expected == [fault.path for fault in caught.value.faults]


def test_an_input_error_travels_between_processes() -> None:
    """Protects parallel sweeps: the error arrives with its faults."""
    error = InputError("here", [Fault("a.b", "wrong", 3, "1 to 2")])
    copy = pickle.loads(pickle.dumps(error))

    assert (str(error), error.faults) == (str(copy), copy.faults)


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
    said = refused(["run", name, "--out", "results"], capsys)

    assert name in said
    assert words in said
    assert not (folder / "results").exists()


def test_a_huge_file_is_refused_unread(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Protects memory: 200 MB are not even opened."""
    with (folder / "huge.toml").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    said = refused(["run", "huge.toml"], capsys)

    assert "209,715,200 bytes; allowed: at most 1,048,576" in said


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "pipe.toml"])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_pipes_and_devices_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], device: str
) -> None:
    """Protects against waiting for ever: only ordinary files are read."""
    os.mkfifo(folder / "pipe.toml")
    for command in ("run", "check", "theory"):
        assert "a pipe or a device" in refused([command, device], capsys)


@pytest.mark.parametrize(
    "path", [".", "nothing.toml", "nothing", "", "x" * 5000, "a\0b", "small.toml/x.toml"]
)
def test_paths_that_are_no_file(folder: Path, capsys: pytest.CaptureFixture[str], path: str) -> None:
    """Protects reading: directories, missing files and impossible names are refused in words."""
    assert "1 fault" in refused(["run", path], capsys)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="may read everything")
def test_an_unreadable_file_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Protects reading: no permission is a fault, not a traceback."""
    (folder / "small.toml").chmod(0)

    assert "cannot be read" in refused(["run", "small.toml"], capsys)


def test_the_nearest_file_and_scenario_are_suggested(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Protects "did you mean", for files and for shipped names."""
    assert "did you mean 'small.toml'" in refused(["run", "smal.toml"], capsys)
    assert "did you mean 'minimal'" in refused(["run", "minimla"], capsys)


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
        ("site.layout=", "site.layout = ''"),
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
    ],
)
def test_changes_that_make_no_sense(
    folder: Path, capsys: pytest.CaptureFixture[str], change: str, words: str
) -> None:
    """Protects `--set`: each odd path or value is refused in words, nothing is written."""
    said = refused(["run", "small.toml", "--set", change, "--out", "results"], capsys)

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
    said = refused(["run", "small.toml", f"--{option}", value], capsys)

    assert f"{option} = " in said
    assert "allowed: " in said


@pytest.mark.parametrize("out", ["", "small.toml", ".", "small.toml/x", "x" * 300, "a\0b", os.devnull])
def test_folders_that_cannot_take_results(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    """Protects `--out`: a folder that cannot be used is refused before anything runs."""
    monkeypatch.setattr("lfr_sim.study.replicates.run_replicate", lambda *_, **__: pytest.fail("it ran"))
    refused(["run", "small.toml", "--out", out], capsys)

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
    said = refused(["run", "bad.toml", *changes, *numbers], capsys)

    assert "7 faults" in said
    for words in ("--set = 'x'", "size = -5", "threshold = 7", "'oxford'", "replicates", "seed", "a file"):
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


@pytest.mark.parametrize(
    "changes",
    [
        {"watchlist.size": 0},
        {"crowd.passers_per_hour": 0.0},
        {"site.vans": ()},
        {"matcher.threshold": 1.0, "matcher.tpir": 0.0, "matcher.fmr": 0.0},
        {"watchlist.presence": 0.0, "matcher.fmr": 0.0},
        {"camera.capture_time_constant_s": 60.0, "camera.capture_probability": 1e-6, "matcher.tpir": 0.0},
    ],
)
def test_nothing_to_find_leaves_rates_undefined(changes: dict[str, Any]) -> None:
    """Protects empty results: no alerts, and every share of them undefined rather than 0."""
    study = run(small(changes), replicates=2)
    rates = metrics.evaluate_all(study.sums)

    assert study.sums["record"]["alerts"] == 0
    for name in (
        "false_alert_share_truth",
        "lapsed_share",
        "wrongful_engagement_share",
        "on_purpose_share",
    ):
        assert rates[name].value is None
        assert "is 0" in rates[name].undefined


def test_without_officers_every_alert_acted_upon_lapses() -> None:
    """Protects `officers.teams = 0`: alerts are judged, nobody goes."""
    truth = run(small({"officers.teams": 0, "officers.presumption_to_intervene": 1.0}), replicates=4).sums[
        "truth"
    ]

    assert truth["true_alerts"] + truth["false_alerts"] == truth["lapsed"]
    assert truth["lapsed"] > 0
    assert truth["engagements"] == 0


def test_a_threshold_below_every_score_alerts_on_every_face() -> None:
    """Protects `matcher.threshold = 0`: every captured pass alerts, once per cooldown."""
    scenario = small({"matcher.threshold": 0.0, "camera.dedupe_cooldown_s": 0.0})
    sums = run(scenario).sums

    assert sums["truth"]["captured_passes"] == sums["record"]["alerts"]
    assert sums["record"]["alerts"] > 0


def test_presence_1_lists_everybody() -> None:
    """Protects `watchlist.presence = 1`: every passer is listed, and the run says it does not fit."""
    study = run(
        small({"watchlist.presence": 1.0, "watchlist.presence_day_effect": False, "watchlist.size": 7000})
    )
    truth = study.sums["truth"]

    assert truth["passers"] == truth["listed_passers"]
    assert truth["passers"] > 0


EXTREMES: list[dict[str, Any]] = [
    {"deployment.hours": 0.01},
    {"deployment.hours": 24.0, "crowd.passers_per_hour": 10.0},
    {"deployment.start_hour": 23.5, "deployment.hours": 1.0},
    {"crowd.passers_per_hour": 200_000.0, "deployment.hours": 0.01},
    {"crowd.free_speed_sd_m_s": 0.0},
    {"crowd.free_speed_sd_m_s": 1e-300},
    {"crowd.social_groups.unit_size_share": (0.0, 0.0, 0.0, 1.0)},
    {"crowd.repeat.same_day_share": 1.0, "crowd.repeat.delay_mean_h": 0.11},
    {"crowd.platoons": False},
    {"crowd.density_feedback": False},
    {"crowd.mask_share": 1.0, "matcher.mask_tpir_multiplier": 0.0, "camera.mask_capture_multiplier": 0.0},
    {"officers.stages": 2, "officers.stage_correlation": 0.0},
    {"officers.stages": 2, "officers.stage_correlation": 1.0},
    {"officers.stages": 2, "officers.second_presumption_to_intervene": 1.0},
    {"officers.found_share": 0.0},
    {"officers.found_share": 1.0},
    {"officers.give_up_s": 0.0},
    {"officers.teams": 1000},
    {"officers.d_prime": 0.0},
    {"officers.presumption_to_intervene": 0.0},
    {"officers.presumption_to_intervene": 1.0},
    {"matcher.fmr": 0.0},
    {"matcher.fmr": 1.0},
    {"matcher.tpir": 0.0},
    {"matcher.tpir": 0.95},
    {"camera.capture_time_constant_s": 0.0},
    {"camera.max_yaw_deg": 180.0},
    {"camera.range_min_m": 0.0, "camera.range_max_m": 200.0, "camera.hfov_deg": 180.0},
    {"camera.tracks_per_pass": 10.0},
    {"watchlist.presence_day_shape": 0.01},
    {"watchlist.size": 10_000_000, "watchlist.presence_law": "proportional"},
]


@pytest.mark.parametrize("changes", EXTREMES, ids=str)
def test_extreme_but_valid_settings_run(changes: dict[str, Any]) -> None:
    """Protects the ends of the accepted ranges: a finite result, and no numeric warning (an error here)."""
    scenario = small(changes)
    study = run(scenario, replicates=2)
    expected = theory(scenario)
    counts = [value for sums in study.sums.values() for value in sums.values()]

    assert all(0 <= value < math.inf for value in counts)
    assert all(math.isfinite(value) for value in [*expected.record.values(), *expected.truth.values()])
