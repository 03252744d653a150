"""Words on figures: what varies and what comes of it, as somebody would say it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from figure_parts import check_legible, counts, gids, words
from sweep_parts import grid

from lfr_sim.figures import response_curve, tornado, trade_off
from lfr_sim.figures.names import COLUMNS, FAMILIES, SETTINGS
from lfr_sim.figures.words import (
    factor_label,
    factor_words,
    level_words,
    outcome_label,
    outcome_words,
    plain_number,
    the_factor,
)
from lfr_sim.metrics import COUNTS, METRICS
from lfr_sim.scenario import setting_paths
from lfr_sim.study.analysis.outcomes import POLICY, known_outcomes, named
from lfr_sim.study.analysis.sensitivity import ranges_of_effect
from lfr_sim.study.sweeps.experiment import shipped_experiments
from lfr_sim.study.sweeps.tables import ALL_COLUMNS

EXPERIMENTS = sorted(Path(path) for path in shipped_experiments().values())


def test_the_tables_name_what_there_is() -> None:
    """Protects the tables: every name is of a setting or column that exists, and no two are the same."""
    assert set(SETTINGS) <= set(setting_paths())
    assert set(FAMILIES) <= {path.rpartition(".")[0] for path in setting_paths()}
    assert {name for name in COLUMNS if name not in {count.name for count in COUNTS}} == set()
    assert len(set(SETTINGS.values())) == len(SETTINGS)
    assert len(set(COLUMNS.values())) == len(COLUMNS)
    every = [factor_words(path) for path in setting_paths()]
    assert len([name for name in every if every.count(name) > 1 and name not in SETTINGS.values()]) <= 4


def test_names_of_settings_are_words() -> None:
    """Protects readers: no dots, underscores or unit suffixes, and a singular that takes any sentence."""
    for path in setting_paths():
        assert not set("._") & set(factor_words(path)), path
        assert the_factor(path).startswith(("the setting “", f"the {factor_words(path)}")), path
    for name in SETTINGS.values():
        assert not name.startswith(("the ", "a ")), name
        assert name[0].islower(), name
        assert len(name) <= 48, name
    assert the_factor("officers.teams") == "the number of teams"
    assert the_factor("crowd.mask_share") == "the share of passers who wear a face mask"
    assert the_factor("matcher.fmr_ratio.white_white") == (
        "the false match ratio of White passers to White entries"
    )
    assert the_factor("watchlist.categories.suspect_drugs") == "the share of the category suspect drugs"
    assert the_factor("crowd.hour_profile") == "the setting “hour profile”"
    assert the_factor(POLICY) == "the choice of policy"
    assert factor_label("watchlist.size") == "list size (entries)"
    assert factor_label("officers.teams") == "number of teams"
    assert factor_label("matcher.fmr") == "false match rate (per comparison)"
    assert factor_label("crowd.passers_per_hour") == "number of passers per hour"
    assert factor_label("officers.presumption_to_intervene") == "presumption to intervene"


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_shipped_experiments_vary_what_has_a_name(path: Path) -> None:
    """Protects the shipped figures: each factor is in the table, and each figure says what it shows."""
    asked = tomllib.loads(path.read_text())

    assert set(asked.get("factors", {})) <= set(SETTINGS)
    for figure in asked["figures"]:
        assert 20 < len(figure["title"]) < 100, figure
        assert not re.search(r"lawful|bias|good|bad|safe|should|must", figure["title"]), figure


@pytest.mark.parametrize(
    ("value", "factor", "said"),
    [
        (3e-8, "matcher.fmr", "3 in 100 million"),
        (1e-6, "matcher.fmr", "1 in a million"),
        (2.5e-7, "matcher.fmr", "25 in 100 million"),
        (1e-9, "matcher.fmr", "1 in a billion"),
        (0.0, "matcher.fmr", "0"),
        (0.004, "matcher.fmr", "0.004"),
        (5e-5, "watchlist.presence", "5 in 100,000"),
        (4e-4, "watchlist.presence", "4 in 10,000"),
        (1 / 3 * 1e-6, "matcher.fmr", "333,333 in a trillion"),
        (1.5e-14, "matcher.fmr", "1.5 × 10⁻¹⁴"),  # noqa: RUF001  the sign that is drawn
        (3e-8, "crowd.free_speed_sd_m_s", "3 × 10⁻⁸"),  # noqa: RUF001  the sign that is drawn
        (20_000, "watchlist.size", "20,000"),
        (2e6, "", "2,000,000"),
        (0.43, "officers.presumption_to_intervene", "0.43"),
        (True, "watchlist.presence_day_effect", "yes"),
        (None, "matcher.fmr", "none"),
        (["V1", "V2"], "site.vans", "V1, V2"),
    ],
)
def test_values_are_told_as_people_say_them(value: object, factor: str, said: str) -> None:
    """Protects readers from 3e-08: small chances are so many in so many."""
    assert level_words(value, factor) == said


def test_no_number_is_told_in_the_notation_of_computers() -> None:
    """Protects axes and labels over thirty orders of magnitude."""
    for power in range(-15, 15):
        for digits in (1.0, 2.5, 9.99999, 9.999999):
            for value in (digits * 10**power, -digits * 10**power):
                assert not re.search(r"\de[+-]?\d", plain_number(value)), value
                assert not re.search(r"\de[+-]?\d", level_words(value, "matcher.fmr")), value


def test_outcomes_are_phrases() -> None:
    """Protects titles: "per deployment" stands beside what is counted, and no two columns sound alike."""
    said = {name: outcome_words(outcome) for name, outcome in known_outcomes(ALL_COLUMNS).items()}

    assert said["false_alerts"] == "false alerts per deployment"
    assert said["lapsed"] == "alerts per deployment for which no team was free"
    assert said["refused"] == "people stopped per deployment who refused"
    assert said["record_false_alerts"] == "false alerts per deployment, as the force counts them"
    assert said["alerts_expected"] == "expected alerts per deployment"
    assert said["wrongful_any_expected"] == (
        "expected stops per deployment that were wrongful in any of three ways"
    )
    assert said["true_alert_share_truth"] == "the share of the alerts that was in fact true"
    assert said["true_alert_share_truth_expected"] == (
        "the share of the alerts that was in fact true, by expected counts"
    )
    assert said["false_alert_rate_truth"] == "the false alert rate, in truth"
    assert outcome_words(named("lapsed"), per=False) == "alerts for which no team was free"
    assert outcome_label(named("officer_hours")) == "Officer hours per deployment"
    assert len(set(said.values())) == len(said)
    for phrase in said.values():
        assert not set("_{}") & set(phrase), phrase
    assert all(metric.sentence.endswith(".") for metric in METRICS)


def test_titles_read_well() -> None:
    """Protects the sentences that the program writes by itself, in the figures that were hard to read."""
    factors = {"officers.teams": [1, 2], "matcher.fmr": [3e-9, 3e-8, 1e-6]}
    results = grid(factors, counts, replicates=4)
    curve = response_curve(results, "false_alerts", "officers.teams", "matcher.fmr")
    ticks = response_curve(results, "false_alerts", "matcher.fmr")

    said = "What the number of teams does to false alerts per deployment, for each false match rate"
    assert said in words(curve)
    assert gids(curve, "label") == ["3 in a billion", "3 in 100 million", "1 in a million"]
    assert "3 in 100 million" in words(ticks)
    assert "False match rate (per comparison)" in words(ticks)
    assert "What the false match rate does to" in words(trade_off(results, along="matcher.fmr"))
    assert "False match rate" in words(tornado(ranges_of_effect(results, "false_alerts")))
    for figure in (curve, ticks):
        check_legible(figure)
