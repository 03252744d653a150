"""What is odd but valid runs to a sensible result, with rates left undefined where nothing happened."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from strategies import pavement_file, scenario_data

from lfr_sim import metrics
from lfr_sim.closed_form import theory
from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import CATEGORIES, GROUPS, Scenario
from lfr_sim.study import run


def small(changes: dict[str, Any]) -> Scenario:
    """Return a small deployment on a pavement, with some settings changed."""
    said = {"deployment.hours": 0.1, "crowd.passers_per_hour": 200.0, "watchlist.presence": 0.2}
    return Scenario.from_dict({"site": {"layout": pavement_file()}}).replace(said | changes)


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


AS_THE_CROWD = {
    "watchlist.groups.white": 0.64,
    "watchlist.groups.black": 0.09,
    "watchlist.groups.asian": 0.18,
    "watchlist.groups.other": 0.09,
    "watchlist.female_share": 0.5,
    "watchlist.share_under_18": 0.08,
}
"""A list of people such as walk past."""


def test_presence_1_lists_everybody() -> None:
    """Protects `watchlist.presence = 1`: where the list is as the crowd, every passer is listed."""
    sure = {"watchlist.presence": 1.0, "watchlist.presence_day_effect": False, "watchlist.size": 7000}
    truth = run(small(sure | AS_THE_CROWD)).sums["truth"]

    assert truth["passers"] == truth["listed_passers"] > 0


def test_presence_that_no_crowd_could_have_is_said() -> None:
    """Protects readers: with few women and children listed, not everybody can be, and the run says so."""
    sure = {"watchlist.presence": 1.0, "watchlist.presence_law": "fixed", "watchlist.size": 3}
    study = run(small(sure), replicates=2)
    truth = study.sums["truth"]

    assert truth["passers"] > truth["listed_passers"] > 0
    assert any("more than everybody of the kind of passer" in note for note in study.notes)
    assert any("presence and list size do not fit together" in note for note in study.notes)


EXTREMES: list[dict[str, Any]] = [
    {"deployment.hours": 0.01},
    {"deployment.hours": 24.0, "crowd.passers_per_hour": 10.0},
    {"deployment.start_hour": 23.5, "deployment.hours": 1.0},
    {"crowd.passers_per_hour": 200_000.0, "deployment.hours": 0.01},
    {"crowd.free_speed_sd_m_s": 0.0},
    {"crowd.free_speed_sd_m_s": 1e-30},
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
    {"watchlist.size": 1_000_000, "watchlist.operations.serious_only": True},
    {"watchlist.size": 1},
    {"watchlist.stale_share": 1.0, "watchlist.operations.review_age_years": 0.0},
    {"watchlist.stale_share": 1.0, "watchlist.operations.review_age_years": 100.0},
    {"watchlist.image_age_years": 0.0, "watchlist.operations.review_age_years": 0.0},
    {"watchlist.operations.cap": 0, "matcher.threshold": 0.0},
    {"watchlist.operations.remove_entries": 6747},
    {"watchlist.operations.keep_categories": ["missing_or_vulnerable"]},
    {
        "watchlist.operations.keep_categories": ["missing_or_vulnerable"],
        "watchlist.operations.serious_only": True,
    },
    {"watchlist.unconvicted_share": 1.0, "watchlist.operations.remove_unconvicted_custody": True},
    {"watchlist.images_per_person": 10.0, "matcher.second_image_tpir_gain": 1.0},
    {"watchlist.kin_share": 1.0, "watchlist.kin_also_listed_share": 1.0, "matcher.kin_fmr_multiplier": 1e9},
    {"watchlist.presence_ratio.missing_or_vulnerable": 1000.0},
    {f"watchlist.groups.{group}": float(group == "other") for group in GROUPS},
    {f"crowd.groups.{group}": float(group == "white") for group in GROUPS},
    {"crowd.female_share": 1.0, "watchlist.female_share": 0.0, "watchlist.presence": 1.0},
    {"crowd.share_under_18": 1.0, "crowd.share_65_plus": 0.0},
    {"crowd.share_under_18": 0.0, "crowd.share_65_plus": 1.0, "matcher.older_fmr_ratio": 0.0},
    {"matcher.frailty_sd_log": 3.0, "matcher.fmr": 1e-3},
    {"matcher.mated_agreement": 1.0},
    {"matcher.cross_sex_fmr_ratio": 0.0, "matcher.female_fmr_ratio": 0.0},
    {"matcher.tpir_age_decay_per_year": 1.0, "matcher.tpir_reference_age_years": 100.0},
    {f"matcher.tpir_ratio.{group}": 0.0 for group in GROUPS},
    {"officers.judges": 1, "officers.d_prime_sd": 5.0, "officers.reviewers": 2, "officers.stages": 2},
    {"officers.judges": 1000, "officers.second_reviewer_correlation": 1.0, "officers.reviewers": 2},
    {"officers.fatigue_criterion_drift_per_h": 5.0, "officers.group_criterion_shift.black": -10.0},
    {"officers.fled_share": 1.0},
    {"officers.engagement.refusal_share": 1.0, "officers.engagement.detained_after_refusal_share": 0.0},
    {f"officers.engagement.legal_basis_share.{name}": 0.0 for name in CATEGORIES},
    {"deployment.purpose_offences": []},
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
