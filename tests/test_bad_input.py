"""Bad scenarios: every fault is named with its place, its value and what is allowed."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from strategies import Broken, broken_scenarios, list_settings, nested, simple_settings, wrong_values

from lfr_sim.closed_form import theory
from lfr_sim.model import DeploymentModel
from lfr_sim.scenario import CATEGORIES, GROUPS, Fault, InputError, Scenario, read_scores, value_text
from lfr_sim.scenario.demography import FmrRatio

PLAIN = Scenario.from_dict({"site": {"layout": "oxford_circus"}})
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


@given(broken_scenarios())
def test_every_planted_fault_is_found(broken: Broken) -> None:
    """Protects completeness: a scenario with several faults names all of them in one round."""
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(broken.data)
    named = {fault.path for fault in caught.value.faults}
    found = {path for path in broken.planted for name in named if _within(name, path)}

    assert broken.planted == found


@pytest.mark.parametrize("path", [*simple_settings(), *list_settings(), "title", "deployment.date"])
def test_each_setting_refuses_each_wrong_value(path: str) -> None:
    """Protects every setting: wrong types, out of range, NaN and infinity are named with their place.

    And nothing else is said: a table of shares with one broken value is not said not to sum to 1.
    """
    for value in wrong_values(path):
        with pytest.raises(InputError) as caught:
            Scenario.from_dict(nested({"site.layout": "oxford_circus", path: value}))

        assert [fault for fault in caught.value.faults if not _within(fault.path, path)] == []
        assert all(fault.shows_value for fault in caught.value.faults)


def _within(name: str, path: str) -> bool:
    return name == path or name.startswith(f"{path}.") or path.startswith(f"{name}.")


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
        (
            SMALL + "[crowd.groups]\nmixed = 0.1",
            "crowd.groups.mixed",
            "allowed: white, black, asian, other",
        ),
        (SMALL + "[crowd.groups]\nasien = 0.1", "crowd.groups.asien", "did you mean 'crowd.groups.asian'"),
        (SMALL + "groups = [0.5, 0.5]", "watchlist.groups", "this should be a table"),
        (
            SMALL + "[crowd.groups]\nwhite = 44",
            "crowd.groups.white",
            "so 44 % is 0.44; allowed: >= 0 and <=",
        ),
        (SMALL + "female_share = -0.1", "watchlist.female_share", ">= 0 and <= 1"),
        (SMALL + "[matcher]\nfmr = -1e-9", "matcher.fmr", ">= 0 and <= 1"),
        (SMALL + "[matcher.fmr_ratio]\nblack_black = -2.0", "matcher.fmr_ratio.black_black", ">= 0"),
        (
            SMALL + "[matcher.fmr_ratio]\nblak_white = 2",
            "matcher.fmr_ratio.blak_white",
            "'matcher.fmr_ratio.bla",
        ),
        (
            SMALL + "[watchlist.categories]\nsuspect_drug = 0.1",
            "watchlist.categories.suspect_drug",
            "court_order_condition, missing_or_vulnerable, of_interest; did you mean "
            "'watchlist.categories.suspect_drugs'",
        ),
        (
            SMALL + "[watchlist.operations]\nkeep_categories = ['suspect_drugs', 'suspect_violent']",
            "watchlist.operations.keep_categories.1",
            '= "suspect_violent": there is no such choice; allowed: one of failed_to_appear_or_war',
        ),
        (
            SMALL + "[watchlist.operations]\nkeep_categories = 'suspect_drugs'",
            "watchlist.operations.keep_categories",
            "this should be a list",
        ),
        (
            SMALL + "[watchlist.operations]\nkeep_categories = []",
            "watchlist.operations.keep_categories",
            "at least 1",
        ),
        (SMALL + "[watchlist.operations]\ncap = -1", "watchlist.operations.cap", ">= 0"),
        (
            SMALL + "[watchlist.operations]\nremove_entries = 'all'",
            "watchlist.operations.remove_entries",
            '= "all": input should be a valid integer',
        ),
        (
            SMALL + "size = 9\n[watchlist.operations]\nremove_entries = 10",
            "watchlist.operations.remove_entries",
            "= 10: more entries are taken off than the 9 on the list",
        ),
        (
            SMALL + "presence_ratios = 3",
            "watchlist.presence_ratios",
            "did you mean 'watchlist.presence_ratio'",
        ),
        (
            SMALL.replace("hours = 0.1", "purpose_offences = ['violense']"),
            "deployment.purpose_offences.0",
            "drugs, failure_to_appear, violence, other; did you mean 'violence'",
        ),
        (
            SMALL + "[officers]\ntraining = 'shortcourse'",
            "officers.training",
            "did you mean 'short_course'",
        ),
        (SMALL + "[officers]\njudges = 0", "officers.judges", ">= 1 and <= 1,000"),
        (
            SMALL + "[officers.fatigue]\ncriterion_drift_per_h = 0.1",
            "officers.fatigue",
            "did you mean 'officers.fatigue_criterion_drift_per_h'",
        ),
        (
            SMALL + "[officers.disposal]\nwarrant_offences = 1",
            "officers.disposal.warrant_offences",
            "did you mean 'officers.disposal.warrant_offence_share'",
        ),
        (SMALL + "[matcher]\nscore_file = ''", "matcher.score_file", "at least 1 character"),
        (
            SMALL + "[matcher]\nscore_file = 'a.csv'\ntpir = 0.8",
            "matcher.score_file",
            "tpir cannot be given with it; the file holds the rates",
        ),
        (SMALL + "[matcher.tpir_ratio]\nblack = 1.3", "matcher.tpir_ratio.black", "allowed: <= 1.267"),
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


def test_faults_of_all_tables_are_named_at_once() -> None:
    """Protects one round of mending: names, values, sums and combinations, each in one line."""
    data = {
        "site": {"layout": "oxford_circus"},
        "deployment": {"purpose_offences": ["theft", "drugs"]},
        "crowd": {"groups": {"white": 0.5, "mixed": 0.14}, "share_under_18": 8},
        "watchlist": {
            "categories": {"suspect_drugs": 0.5},
            "groups": {"white": 44, "black": 31},
            "operations": {"cap": -1, "keep_categories": ["suspect"], "remove_entries": 7000},
        },
        "matcher": {"fmr": -1e-9, "tpir_ratio": {"asian": 1.3}},
        "officers": {"training": "long_course", "disposal": {"arrest_share": 0.9, "other_share": 0.2}},
    }
    expected = {
        *("deployment.purpose_offences.0", "crowd.groups.mixed", "crowd.share_under_18"),
        *("watchlist.categories.suspect_drugs", "watchlist.groups.white", "watchlist.groups.black"),
        *("watchlist.operations.cap", "watchlist.operations.keep_categories.0"),
        *("watchlist.operations.remove_entries", "matcher.fmr", "matcher.tpir_ratio.asian"),
        *("officers.training", "officers.disposal.arrest_share"),
    }
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(data)

    assert sorted(expected) == sorted(fault.path for fault in caught.value.faults)


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
    ("said", "path", "words"),
    [
        (
            {"crowd.groups.black": 0.5, "crowd.groups.asian": 0.2},
            "crowd.groups.black",
            "= 0.5: the shares of this table sum to 1.43, not to 1 (white 0.64, other 0.09 left out,",
        ),
        (
            {f"watchlist.categories.{name}": 0.1 for name in CATEGORIES},
            "watchlist.categories.failed_to_appear_or_warrant",
            "= 0.1: the shares of this table sum to 0.9, not to 1",
        ),
        (
            {"matcher.reference.crowd.other": 0.0},
            "matcher.reference.crowd.other",
            "= 0.0: the shares of this table sum to 0.91",
        ),
        (
            {"officers.disposal.warrant_offence_share.drugs": 1.0},
            "officers.disposal.warrant_offence_share.drugs",
            "sum to 1.31",
        ),
        (
            {"crowd.share_under_18": 0.7, "crowd.share_65_plus": 0.4},
            "crowd.share_under_18",
            "sum to 1.1, more than 1",
        ),
        (
            {f"matcher.fmr_ratio.{name}": 0.0 for name in FmrRatio.model_fields},
            "matcher.fmr_ratio",
            "between the reference passers and the reference list every ratio is 0",
        ),
        (
            {f"watchlist.presence_ratio.{name}": 0.0 for name in CATEGORIES},
            "watchlist.presence_ratio",
            "so nobody could walk past",
        ),
    ],
)
def test_tables_that_do_not_hang_together(said: dict[str, float], path: str, words: str) -> None:
    """Protects tables: one fault, at the first value given, saying what was left out."""
    with pytest.raises(InputError) as caught:
        PLAIN.replace(said)
    (fault,) = caught.value.faults

    assert fault.path == path
    assert words in str(fault)


@pytest.mark.parametrize(
    "said",
    [
        {"crowd.groups.white": 0.54, "crowd.groups.mixed": 0.1},
        {"crowd.groups.white": 0.54, "crowd.groups.black": "0.1"},
        {"crowd.groups.white": 54, "crowd.groups.black": 0.9},
        {"watchlist.categories.suspect_violence": 0.5, "watchlist.categories.suspect_drug": 0.1},
    ],
    ids=str,
)
def test_shares_beside_a_broken_one_need_not_sum(said: dict[str, Any]) -> None:
    """Protects against faults that vanish by themselves: who mends the name or value mends the sum."""
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(nested({"site.layout": "oxford_circus"} | said))

    assert len(caught.value.faults) == 1


@pytest.mark.parametrize(
    ("changes", "faulty", "words"),
    [
        ({"matcher.tpir_ratio.asian": 1.3}, "matcher.tpir_ratio.asian", "TPIR 0.75 x this is 0.975"),
        ({"matcher.female_tpir_ratio": 1.3}, "matcher.female_tpir_ratio", "TPIR 0.75 x this is 0.975"),
        (
            {"matcher.non_custody_tpir_ratio": 1.3},
            "matcher.non_custody_tpir_ratio",
            "capture_probability 0.95",
        ),
        (
            {"matcher.tpir_ratio.black": 1.1, "matcher.female_tpir_ratio": 1.2},
            "matcher.female_tpir_ratio",
            "TPIR 0.75 x matcher.tpir_ratio.black 1.1 x this is 0.99",
        ),
        ({"matcher.tpir": 0.96, "matcher.tpir_ratio.black": 1.1}, "camera.capture_probability", "contains"),
    ],
    ids=str,
)
def test_tpir_of_somebody_above_capture_is_one_fault(
    changes: dict[str, Any], faulty: str, words: str
) -> None:
    """Protects "TPIR contains capture" for every kind of listed person: the ratio to mend is named."""
    with pytest.raises(InputError) as caught:
        PLAIN.replace(changes)
    (fault,) = caught.value.faults

    assert fault.path == faulty
    assert words in str(fault)


@pytest.mark.parametrize(
    "changes",
    [
        {"matcher.tpir_ratio.black": 1.26},
        {"matcher.female_tpir_ratio": 1.3, "watchlist.female_share": 0.0},
        {"matcher.non_custody_tpir_ratio": 1.3, "watchlist.custody_share": 1.0},
        {"matcher.tpir_ratio.other": 1.3, "watchlist.groups.other": 0.0, "watchlist.groups.white": 0.52},
        {"matcher.female_tpir_ratio": 1.3} | {f"matcher.tpir_ratio.{group}": 0.8 for group in GROUPS},
        {"matcher.tpir_ratio.black": 1.3, "matcher.score_file": "scores.csv"},
        {"camera.capture_probability": 0.7, "matcher.score_file": "scores.csv"},
    ],
    ids=str,
)
def test_ratios_of_tpir_that_nobody_has_are_no_fault(changes: dict[str, Any]) -> None:
    """Protects what is sound: ratios of people not on the list, or that leave TPIR below capture."""
    assert PLAIN.replace(changes) != PLAIN


ROWS = [f"genuine,0.{i:02}\nimpostor,0.{i // 2:02}" for i in range(50, 90)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: the first line is ''; allowed: kind,score"),
        ("a,b\ngenuine,0.5", "allowed: kind,score"),
        (
            "\n".join(["kind,score", *ROWS, "genuine,nan"]),
            'line 82 = "nan": not a score; allowed: a number',
        ),
        ("\n".join(["kind,score", *ROWS, "genuine,high"]), '"high": not a score'),
        ("\n".join(["kind,score", *ROWS, "genuine,inf"]), '"inf": not a score'),
        ("\n".join(["kind,score", *ROWS, "impostor,-0.1"]), '"-0.1": not a score'),
        (
            "\n".join(["kind,score", *ROWS, "impostor,70"]),
            '"70": not a score; allowed: a number from 0 to 1',
        ),
        ("\n".join(["kind,score", *ROWS, "imposter,0.1"]), "did you mean 'impostor'"),
        ("\n".join(["kind,score", *ROWS, "genuine"]), "1 columns"),
        (
            "\n".join(["kind,score"] + ["genuine,0.7"] * 50),
            "impostor: 0 scores of kind 'impostor'; allowed: 20",
        ),
        ("\n".join(["kind,score"] + ["impostor,0.7"] * 50), "genuine: 0 scores of kind 'genuine'"),
        ("\n".join(["kind,score", "genuine,0.9", "impostor,0.1"]), "2 faults"),
        ("\n".join(["kind,score"] + ["genuine,0.9\nimpostor,0.1"] * 30), "no tail to be read off"),
        ("\n".join(["kind,score", *["guest,2"] * 99]), "10 faults"),
    ],
)
def test_scores_that_are_none(tmp_path: Path, text: str, words: str) -> None:
    """Protects score files: each faulty line is named, the first ten of them; both kinds are needed."""
    file = tmp_path / "scores.csv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(InputError) as caught:
        read_scores(file)
    assert words in str(caught.value)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "true"),
        (None, "null"),
        ("npl", '"npl"'),
        ('say "so"\n\u202e', r'"say \"so\"\n\u202e"'),
        (("V1", "V9"), '["V1", "V9"]'),
        ({"low": 1, "a.b": False}, '{ low = 1, "a.b" = false }'),
        (date(2022, 1, 28), "2022-01-28"),
        (1e-8, "1e-08"),
        (16**200, f"0x1{56 * '0'}…"),
        ([["x"] * 99] * 99, '[["x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x…'),
    ],
)
def test_values_are_shown_as_they_are_written(value: object, shown: str) -> None:
    """Protects readers of messages: TOML is what they wrote, and what they have to write instead."""
    assert value_text(value) == shown
    assert str(Fault("x", "wrong", value)) == f"x = {shown}: wrong"


def test_a_score_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Protects score files: a missing one is answered with the nearest name, a folder is none."""
    (tmp_path / "scores.csv").write_text("kind,score\n", encoding="utf-8")

    with pytest.raises(InputError, match=r"no such file; did you mean '.*scores\.csv'"):
        read_scores(tmp_path / "score.csv")
    with pytest.raises(InputError, match="this is a directory"):
        read_scores(tmp_path)


def test_a_scenario_with_a_score_file_that_is_none_does_not_run(tmp_path: Path) -> None:
    """Protects runs and the closed form: what is wrong with the file is said, line by line."""
    (tmp_path / "scores.csv").write_text("kind,score\ngenuine,much\n", encoding="utf-8")
    said = {"matcher.score_file": str(tmp_path / "scores.csv"), "deployment.hours": 0.01}
    scenario = PLAIN.replace(said)

    for ask in (DeploymentModel, theory):
        with pytest.raises(InputError, match='line 2 = "much": not a score'):
            ask(scenario)
