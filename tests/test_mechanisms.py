"""What each setting does: the right counts rise and fall, and no setting does nothing."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import pytest
from strategies import list_settings, pavement_file, share_tables, simple_settings

from lfr_sim import DeploymentModel, Scenario, run
from lfr_sim.scenario import CATEGORIES, GROUPS, Offence, setting_paths

STREET = Scenario.from_dict({"site": {"layout": "oxford_circus"}}).replace(
    {
        "deployment.hours": 0.5,
        "crowd.passers_per_hour": 4000.0,
        "crowd.repeat.delay_mean_h": 0.15,
        "watchlist.presence": 0.05,
        "matcher.fmr": 1e-5,
        "matcher.tpir": 0.75,
        "officers.teams": 300,
        "officers.presumption_to_intervene": 0.5,
    }
)


@pytest.mark.parametrize(
    ("setting", "low", "high", "rises", "falls"),
    [
        ("matcher.threshold", 0.64, 0.56, ["true_alerts", "false_alerts"], ["missed"]),
        ("watchlist.size", 1_000, 30_000, ["false_alerts"], []),
        ("watchlist.presence", 0.01, 0.2, ["true_alerts", "listed_passers"], []),
        ("officers.presumption_to_intervene", 0.0, 1.0, ["wrongful_engagements"], ["dismissed_true"]),
        ("officers.d_prime", 0.2, 3.0, [], ["dismissed_true"]),
        ("officers.found_share", 0.3, 0.95, ["engagements"], ["lost"]),
        ("officers.decision_latency_s", 5.0, 60.0, ["lost"], ["engagements"]),
        ("officers.post_distance_m", 5.0, 60.0, ["lost"], ["engagements"]),
        ("officers.walking_speed_m_s", 0.8, 3.0, ["engagements"], ["lost"]),
        ("watchlist.stale_share", 0.05, 0.6, ["right_person_no_basis"], ["arrests"]),
        ("officers.disposal.arrest_share", 0.2, 0.8, ["arrests"], []),
        ("camera.capture_probability", 0.8, 1.0, ["captured_passes"], []),
        ("camera.capture_time_constant_s", 0.2, 2.0, ["missed_in_view"], ["captured_passes"]),
        ("camera.max_yaw_deg", 20.0, 60.0, ["passes"], []),
        ("camera.range_max_m", 8.0, 16.0, ["captured_passes"], []),
        ("camera.occlusion_effect", 0.0, 8.0, [], ["captured_passes"]),
        ("crowd.mask_share", 0.0, 0.9, ["missed_in_view"], ["captured_passes"]),
        ("crowd.hood_or_hat_share", 0.0, 0.9, ["missed_in_view"], []),
        ("crowd.repeat.same_day_share", 0.0, 0.9, [], ["people"]),
        ("matcher.fmr", 1e-6, 3e-5, ["false_alerts"], []),
        ("matcher.tpir", 0.4, 0.9, ["true_alerts"], ["missed"]),
        ("officers.engagement.disputed_share", 0.0, 1.0, ["wrongful_minutes"], []),
        ("officers.teams", 0, 50, ["engagements"], ["lapsed"]),
    ],
)
def test_each_mechanism_moves_outcomes_as_theory_says(
    setting: str, low: float, high: float, rises: list[str], falls: list[str]
) -> None:
    """Protects street, recognition and response: each setting moves what it should, the right way."""
    _moves(STREET, setting, (low, high), rises, falls)


def _moves(base: Scenario, setting: str, ends: tuple[Any, Any], rises: list[str], falls: list[str]) -> None:
    sums = [run(base.replace({setting: value}), replicates=2, seed=12).sums["truth"] for value in ends]

    assert {name: sums[1][name] > sums[0][name] for name in rises} == dict.fromkeys(rises, True)
    assert {name: sums[1][name] < sums[0][name] for name in falls} == dict.fromkeys(falls, True)


LIVELY: dict[str, Any] = {
    "deployment.hours": 0.4,
    "deployment.start_hour": 16.8,
    "deployment.purpose_offences": ["drugs", "violence"],
    "crowd.passers_per_hour": 2500.0,
    "crowd.mask_share": 0.3,
    "crowd.hood_or_hat_share": 0.2,
    "crowd.share_under_18": 0.2,
    "crowd.share_65_plus": 0.2,
    "crowd.repeat.delay_mean_h": 0.15,
    "camera.tracks_per_pass": 1.5,
    "watchlist.size": 4000,
    "watchlist.presence": 0.4,
    "watchlist.stale_share": 0.3,
    "watchlist.female_share": 0.5,
    "watchlist.share_under_18": 0.2,
    "watchlist.custody_share": 0.8,
    "watchlist.images_per_person": 1.5,
    "watchlist.kin_also_listed_share": 0.3,
    "watchlist.operations.remove_unconvicted_custody": True,
    "watchlist.operations.review_age_years": 3.0,
    "watchlist.operations.cap": 2500,
    "matcher.preset": "npl-2023",
    "matcher.fmr": 3e-5,
    "matcher.tpir": 0.6,
    "matcher.kin_fmr_multiplier": 3000.0,
    "officers.teams": 30,
    "officers.reviewers": 2,
    "officers.stages": 2,
    "officers.score_shown": True,
    "officers.decision_latency_s": 3.0,
    "officers.fled_share": 0.05,
    "officers.presumption_to_intervene": 0.8,
    "officers.second_presumption_to_intervene": 0.8,
    "officers.engagement.refusal_share": 0.3,
    "officers.engagement.informed_share": 0.5,
    "officers.engagement.minutes_at_once": 0.5,
    "officers.engagement.minutes_disputed": 2.0,
    "officers.engagement.minutes_true_no_arrest": 0.5,
    "officers.engagement.team_busy_minutes_arrest": 5.0,
    **{f"{table}.groups.{group}": 0.25 for table in ("crowd", "watchlist") for group in GROUPS},
    **{f"watchlist.categories.{name}": 0.1 for name in CATEGORIES[1:]},
    f"watchlist.categories.{CATEGORIES[0]}": 0.2,
    **{f"officers.disposal.warrant_offence_share.{offence}": 0.25 for offence in Offence},
}
"""Every mechanism at work, on a pavement: about 900 walks and 300 alerts of all kinds."""


@cache
def lively() -> Scenario:
    """Return the scenario in which everything happens."""
    return Scenario.from_dict({"site": {"layout": pavement_file()}}).replace(LIVELY)


@pytest.mark.parametrize(
    ("setting", "low", "high", "rises", "falls"),
    [
        ("crowd.share_under_18", 0.05, 0.5, ["children_passers"], []),
        ("watchlist.share_under_18", 0.0, 0.6, ["children_listed", "children_alerts"], []),
        (
            "watchlist.operations.remove_entries",
            0,
            3000,
            ["listed_removed"],
            ["listed_passers", "false_alerts"],
        ),
        ("watchlist.operations.cap", 100, 3000, ["listed_passers"], ["entries_removed", "listed_removed"]),
        ("watchlist.operations.serious_only", False, True, ["entries_removed"], ["listed_passers"]),
        (
            "watchlist.operations.review_age_years",
            0.0,
            100.0,
            ["right_person_no_basis"],
            ["entries_removed"],
        ),
        ("watchlist.unconvicted_share", 0.0, 1.0, ["entries_removed"], ["true_alerts"]),
        ("watchlist.unconvicted_ratio.black", 0.0, 5.0, ["entries_removed"], ["listed_passers"]),
        ("watchlist.presence_ratio.suspect_drugs", 0.0, 100.0, ["arrests_drugs"], []),
        ("watchlist.images_per_person", 1.0, 5.0, ["true_alerts", "false_alerts"], ["missed"]),
        ("watchlist.image_age_years", 1.0, 40.0, ["missed"], []),
        ("watchlist.kin_share", 0.0, 1.0, ["false_alerts"], []),
        ("watchlist.kin_also_listed_share", 0.0, 1.0, ["false_alerts"], []),
        ("matcher.kin_fmr_multiplier", 1.0, 1e5, ["false_alerts"], []),
        ("matcher.frailty_sd_log", 0.0, 3.0, [], ["false_alerts"]),
        ("matcher.child_fmr_ratio", 0.0, 20.0, ["children_alerts"], []),
        ("matcher.tpir_ratio.black", 0.0, 1.5, ["true_alerts"], ["missed"]),
        ("matcher.female_tpir_ratio", 0.0, 1.5, ["true_alerts"], ["missed"]),
        ("matcher.non_custody_tpir_ratio", 0.0, 1.5, ["true_alerts"], ["missed"]),
        ("matcher.second_image_tpir_gain", 0.0, 1.0, ["true_alerts"], ["missed"]),
        ("matcher.tpir_reference_age_years", 0.0, 30.0, ["true_alerts"], ["missed"]),
        ("officers.training", "none", "feature_training", [], ["dismissed_true"]),
        ("officers.training", "none", "error_rate_briefing", ["dismissed_false", "dismissed_true"], []),
        ("officers.score_shown", False, True, ["dismissed_false"], []),
        ("officers.low_prevalence_criterion_shift", -0.5, 0.0, ["dismissed_false"], []),
        ("officers.time_pressure_criterion_shift", -1.0, 0.0, ["dismissed_false"], []),
        ("officers.group_criterion_shift.black", -3.0, 3.0, ["dismissed_false", "dismissed_true"], []),
        ("officers.reviewers", 1, 2, ["dismissed_false", "dismissed_true"], []),
        ("officers.second_reviewer_correlation", 0.0, 1.0, [], ["dismissed_false"]),
        ("officers.fled_share", 0.0, 0.5, ["fled"], ["engagements"]),
        ("officers.engagement.informed_share", 0.0, 1.0, [], ["uninformed_compliance"]),
        ("officers.engagement.refusal_share", 0.0, 0.9, ["refused"], ["uninformed_compliance"]),
        ("officers.engagement.informed_refusal_multiplier", 0.0, 3.0, ["refused"], []),
        ("officers.engagement.detained_after_refusal_share", 0.0, 1.0, ["detained_after_refusal"], []),
        ("officers.engagement.fingerprint_share", 0.0, 1.0, ["fingerprints_demanded"], []),
        (
            "officers.engagement.legal_basis_share.suspect_drugs",
            0.0,
            1.0,
            ["arrests_drugs", "arrests_on_purpose"],
            ["right_person_no_basis", "wrongful_any"],
        ),
        ("officers.disposal.arrest_share_misidentified", 0.0, 0.5, ["arrests_misidentified"], []),
    ],
)
def test_list_faces_and_people_move_outcomes_as_they_should(
    setting: str, low: Any, high: Any, rises: list[str], falls: list[str]
) -> None:
    """Protects the list, the matcher and the chain of policing: as above, where everything happens."""
    base = {"watchlist.operations.cap": None, "watchlist.operations.review_age_years": None}
    _moves(lively().replace(base), setting, (low, high), rises, falls)


def outcome(scenario: Scenario) -> Any:
    """Return both rows of one run and all that is written down about its alerts."""
    model = DeploymentModel(scenario, run_seed=5)
    model.run()
    return model.record, model.truth, [dataclasses.astuple(alert) for alert in model.alerts]


@cache
def usual() -> Any:
    """Return the outcome of the lively scenario as it is."""
    return outcome(lively())


OTHER_VALUES: dict[str, Any] = {
    **{f"watchlist.serious_share.{name}": 0.0 for name in CATEGORIES},
    "watchlist.serious_share.missing_or_vulnerable": 1.0,
    **{f"officers.engagement.legal_basis_share.{name}": 0.0 for name in CATEGORIES},
    "officers.engagement.legal_basis_share.missing_or_vulnerable": 1.0,
    "officers.engagement.legal_basis_share.of_interest": 1.0,
    "camera.occlusion_effect": 10.0,
    "camera.dedupe_cooldown_s": 3600.0,
    "watchlist.presence_law": "proportional",
    "watchlist.operations.keep_categories": ["suspect_drugs"],
    "watchlist.operations.remove_entries": 2000,
    "watchlist.operations.cap": 500,
    "matcher.fmr_ratio.white_white": 3.0,
    "officers.time_pressure_threshold_s": 2.0,
    "officers.give_up_s": 20.0,
    "officers.disposal.other_share": 0.0,
    "deployment.purpose_offences": ["other"],
    "crowd.hour_profile": [1.0] * 16 + [5.0] + [1.0] * 7,
    "crowd.social_groups.unit_size_share": [0.0, 1.0],
}
"""A value other than in the lively scenario, where the far end of the plausible range is none."""

ELSEWHERE = {
    "crowd.engine": "there is one",
    "crowd.platoons": "nobody comes by train to a pavement; tested with arrivals",
    "matcher.preset": "both rates are given; tested with presets",
    "matcher.score_file": "it cannot stand beside both rates; tested with score files",
    "officers.training": "short courses bring nothing; the others are tested above",
}
"""Settings that do nothing here, and why."""


def _another(path: str) -> Any:
    """Return a value of a setting that is not that of the lively scenario."""
    if path in OTHER_VALUES:
        return OTHER_VALUES[path]
    field, value = setting_paths()[path], lively().values()[path]
    if isinstance(value, bool):
        return not value
    ends = [type(field.default)(end) if field.default is not None else end for end in _plausible(path)]
    return max(ends, key=lambda end: abs(end - (value or 0.0)))


def _plausible(path: str) -> Any:
    return (setting_paths()[path].json_schema_extra or {})["plausible"]


SETTINGS = (*simple_settings(), *list_settings())


def test_exceptions_are_settings() -> None:
    """Protects the test below from exceptions that are left of a setting with another name."""
    assert {*OTHER_VALUES, *ELSEWHERE} <= {*SETTINGS}


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in SETTINGS if path not in ELSEWHERE])
def test_no_setting_is_dead(path: str) -> None:
    """Protects against settings that are read and never used: each changes some alert or count."""
    tables = {setting: table for table in share_tables().values() for setting in table}
    values = lively().values()
    if path in tables:  # most of its share goes to the next one
        following = tables[path][(tables[path].index(path) + 1) % len(tables[path])]
        moved = 0.8 * values[path]
        changes = {path: values[path] - moved, following: values[following] + moved}
    else:
        changes = {path: _another(path)}
    assert {name: values[name] for name in changes} != changes

    assert outcome(lively().replace(changes)) != usual()
