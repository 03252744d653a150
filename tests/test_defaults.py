"""The defaults: each against its row in the table of defaults, and what follows from them together."""

from __future__ import annotations

from typing import Any

import pytest
from strategies import share_tables, simple_settings

from lfr_sim import evidence
from lfr_sim.closed_form import theory
from lfr_sim.evidence import Default
from lfr_sim.scenario import MATCHER_PRESETS, TRAININGS, Scenario, setting_paths

PLAIN = Scenario.from_dict({"site": {"layout": "oxford_circus"}})

RENAMED: dict[tuple[str, str], str] = {
    ("crowd.age.share", "65_plus"): "crowd.share_65_plus",
    ("crowd.age.share", "under_18"): "crowd.share_under_18",
    ("watchlist.ages.share", "under_18"): "watchlist.share_under_18",
    ("watchlist.custody_source_share", ""): "watchlist.custody_share",
    ("watchlist.unconvicted_share_ratio", "Black_to_White"): "watchlist.unconvicted_ratio.black",
    ("watchlist.review_age_years", ""): "watchlist.operations.review_age_years",
    ("watchlist.bluelist.icc", ""): "matcher.mated_agreement",
    ("matcher.tpir_ratio", "Black_to_White"): "matcher.tpir_ratio.black",
    ("matcher.tpir_ratio", "Asian_to_White"): "matcher.tpir_ratio.asian",
    ("matcher.tpir_ratio", "female_to_male"): "matcher.female_tpir_ratio",
    ("matcher.fmr_ratio_sex", "female_to_male_same_sex"): "matcher.female_fmr_ratio",
    ("matcher.fmr_ratio_sex", "cross_sex"): "matcher.cross_sex_fmr_ratio",
    ("matcher.fmr_ratio_age", "65_plus"): "matcher.older_fmr_ratio",
    ("officers.fatigue.criterion_drift_per_h", ""): "officers.fatigue_criterion_drift_per_h",
    ("officers.fatigue.d_prime_drift_per_h", ""): "officers.fatigue_d_prime_drift_per_h",
    ("officers.engagement.minutes", "resolved_at_once"): "officers.engagement.minutes_at_once",
    ("officers.engagement.minutes", "disputed"): "officers.engagement.minutes_disputed",
    ("officers.engagement.minutes", "true_no_arrest"): "officers.engagement.minutes_true_no_arrest",
    ("officers.engagement.team_busy_minutes", "arrest"): "officers.engagement.team_busy_minutes_arrest",
    ("officers.disposal.arrest_share", "false_engaged"): "officers.disposal.arrest_share_misidentified",
}
"""Rows of the table whose setting has another name."""

TABLES = {
    "watchlist.categories.share": "watchlist.categories",
    "watchlist.categories.serious_share": "watchlist.serious_share",
    "watchlist.groups.share": "watchlist.groups",
    "matcher.fmr_ratio": "matcher.fmr_ratio",
    "officers.engagement.legal_basis_share": "officers.engagement.legal_basis_share",
}
"""Rows with an entry for each setting of one of our tables: for FMR, the first name is the passer's."""

OTHER_CASES = {
    "crowd.passers_per_hour": "oxford_circus_jan_2022",
    "watchlist.size": "2022_jul",
    "watchlist.presence": "west_end_2022_with_tpir_0.75",
    "officers.presumption_to_intervene": "one_stage",
    "officers.d_prime": "lookalike",
}
"""Settings with a row for each of several cases: the case that is the default."""

EXCEPTIONS = {
    ("site.vans", ""): "ids of vans, not their number; left out is the layout's first: one van",
    ("camera.max_yaw_deg", ""): "60, because at 30 the drawn layouts cannot show the faces of July 2022",
    ("camera.range_min_m", ""): "left out is the layout's own",
    ("camera.range_max_m", ""): "left out is the layout's own",
    ("camera.hfov_deg", ""): "left out is the layout's own",
    ("watchlist.presence", "west_end_2022_with_tpir_0.75"): (
        "1.49e-4 = 17 / 144,366 / (0.75 / 0.95): faces are captured, so capture must not count twice"
    ),
    ("watchlist.review_age_years", ""): "left out: stale_share is what is left after any review",
    ("watchlist.bluelist.icc", ""): "0.27 of scores, which gives successes the correlation 0.15",
    ("crowd.mask_share", "jan_2022"): "0, because the presets' TPIR contains what people wore",
    ("crowd.mask_share", "jul_2022"): "0, because the presets' TPIR contains what people wore",
    ("crowd.hood_or_hat_share", "winter"): "0, because the presets' TPIR contains what people wore",
    ("crowd.hood_or_hat_share", "summer"): "0, because the presets' TPIR contains what people wore",
    ("officers.disposal.arrest_share", "true_engaged"): (
        "0.845 = 0.667 / 0.90 / 0.877: of current entries with a power to detain only"
    ),
    ("officers.disposal.other_share", "true_engaged"): (
        "0.127 = 0.1 / 0.90 / 0.877: of current entries with a power to detain only"
    ),
}
"""Rows that the model's default differs from, and why; their range and status may differ as well."""

OTHER_RANGES = {
    ("watchlist.size", "2022_jul"): "500 to 9,756, which spans all cases of the table",
    ("matcher.fmr", "npl-2023"): "6e-10 to 1.1e-7, which spans the presets",
    ("matcher.fmr", "operational-2022"): "6e-10 to 1.1e-7, which spans the presets",
    ("matcher.fmr", "legacy-2020"): "6e-10 to 1.1e-7, which spans the presets",
    ("matcher.tpir", "npl-2023"): "0.5 to 0.93, which spans the presets",
    ("matcher.tpir", "operational-2022"): "0.5 to 0.93, which spans the presets",
    ("matcher.tpir", "legacy-2020"): "0.5 to 0.93, which spans the presets",
    ("officers.d_prime", "lookalike"): "up to 2.64, the value of a person against a photo",
}
"""Rows whose range is not that of the setting, and why."""

NOT_SETTINGS = {
    "deployment": {"per_year", "per_year_same_site"},
    "site": {"residents.share"},
    "crowd": {
        *("overseas_share", "faces_per_hour", "social_groups.people_in_groups_share"),
        *("repeat.passes_per_person", "window_stop_share", "looking_down_share", "notice_sign_share"),
        *("avoid.reroute_share", "avoid.cover_share", "chilling.stay_away_share", "signal.all_red_s"),
        *("signal.cycle_s", "exposure.office_days_per_week", "exposure.work_weeks_per_year"),
        *("exposure.passes_per_year", "exposure.live_passes_per_year", "platoon.period_s"),
        *("platoon.share_in_burst", "kin_walk_together_share", "notice_sign_distance_m"),
    },
    "camera": {"count", "height_m", "min_eye_pixels", "frames_per_s", "facing_share"},
    "watchlist": {
        *("wanted_pool", "presence_per_image", "presence_site_multiplier"),
        *("groups.male_share", "bluelist.volunteers", "bluelist.passes_per_volunteer"),
    },
    "matcher": {
        *("tpir_given_capture", "looking_down_tpir_multiplier", "twin_match_probability"),
        "fmr_ratio_normalise",
    },
    "officers": {
        *("criterion_unaided", "g0_total", "g1_total", "label_criterion_shift"),
        *("mask_label_influence_multiplier", "training.d_prime_shift", "training.criterion_shift"),
        *("group_criterion_shift", "disposal.nfa_share", "disposal.ancillary_arrests"),
        *("disposal.on_purpose_share", "disposal.offence_share", "feedback.list_add_share"),
    },
}
"""Rows that are no setting here: of a layout or a site, the sum of others, derived, or not modelled."""


def _setting_of(row: Default) -> str | None:
    """Return the setting that a row is the default of; None where it is of another case, or of none."""
    entry = row.entry or ""
    if row.parameter == "crowd.groups.share":
        site, group = entry.split("|")
        return f"crowd.groups.{group.lower()}" if site == "oxford_circus" else None
    if row.parameter in TABLES:
        return f"{TABLES[row.parameter]}.{entry.lower().replace('|', '_')}"
    if OTHER_CASES.get(row.parameter, entry) != entry:
        return None
    path = RENAMED.get((row.parameter, entry), row.parameter)
    return path if path in setting_paths() else None


def _our_default(row: Default, path: str) -> Any:
    """Return the model's value for a row: of one hour, of one size of unit, of one preset."""
    value = setting_paths()[path].default
    entry = row.entry or ""
    if path == "crowd.hour_profile":
        return value[int(entry)]
    if path == "crowd.social_groups.unit_size_share":
        return value[int(entry) - 1]
    if path in ("matcher.fmr", "matcher.tpir"):
        rate: float = getattr(MATCHER_PRESETS[entry], path.removeprefix("matcher."))
        return float(f"{rate:.4g}")
    return value


def test_defaults_agree_with_the_table_of_defaults() -> None:
    """Protects the numbers: a default differs from its row of evidence only for a stated reason."""
    used, differing = set(), set()
    for row in evidence.defaults():
        path = _setting_of(row)
        if path is not None:
            used.add(path)
            if row.default != _our_default(row, path):
                differing.add((row.parameter, row.entry or ""))

    assert set(EXCEPTIONS) == differing
    assert len(used) > 130


def test_ranges_and_status_agree_with_the_table_of_defaults() -> None:
    """Protects sensitivity analysis: each plausible range is that of the row, and so is what is sure."""
    differing = {}
    for row in evidence.defaults():
        path, key = _setting_of(row), (row.parameter, row.entry or "")
        about = setting_paths()[path].json_schema_extra if path is not None else None
        if about is None or key in EXCEPTIONS:
            continue
        if isinstance(about["plausible"], tuple) and about["plausible"] != (row.low, row.high):
            differing[key] = about["plausible"]
        elif key not in OTHER_RANGES:
            assert about["status"] == row.status, path

    assert set(OTHER_RANGES) == set(differing)


def test_every_row_is_a_setting_or_said_to_be_none() -> None:
    """Protects against rows that nobody compares, because a name changed on one side."""
    of_settings = {row.parameter for row in evidence.defaults() if _setting_of(row) is not None}
    others = {row.parameter for row in evidence.defaults()} - of_settings
    listed = {f"{room}.{name}" for room, names in NOT_SETTINGS.items() for name in names}

    assert {
        name for name in others if not name.startswith(("officers.patrol.", "officers.cost."))
    } == listed


def test_rows_that_stand_for_several_settings_agree_with_each() -> None:
    """Protects the settings that share a row, or are its complement or counterpart."""
    men = evidence.default("watchlist.groups.male_share")
    about = setting_paths()["watchlist.female_share"].json_schema_extra
    bias = evidence.default("officers.group_criterion_shift", "any")

    assert PLAIN.watchlist.female_share == pytest.approx(1 - float(men.default))
    assert about["plausible"] == pytest.approx((1 - float(men.high), 1 - float(men.low)))
    assert set(PLAIN.officers.group_criterion_shift.model_dump().values()) == {bias.default}
    for name, parameter in (("d_prime_shift", "short_course"), ("d_prime_shift", "feature_training")):
        row = evidence.default(f"officers.training.{name}", parameter)
        assert row.default == getattr(TRAININGS[parameter], name)
    briefing = evidence.default("officers.training.criterion_shift", "error_rate_briefing")
    assert briefing.default == TRAININGS["error_rate_briefing"].criterion_shift
    assert [TRAININGS["none"].d_prime_shift, TRAININGS["none"].criterion_shift] == [0, 0]


def test_the_people_of_reference_are_the_default_ones() -> None:
    """Protects the preset's mean FMR: it holds for the default crowd and list."""
    reference, crowd, listed = PLAIN.matcher.reference, PLAIN.crowd, PLAIN.watchlist

    assert reference.crowd.model_dump() == crowd.groups.model_dump()
    assert reference.watchlist.model_dump() == listed.groups.model_dump()
    assert reference.crowd_female_share == crowd.female_share
    assert reference.watchlist_female_share == listed.female_share
    assert reference.crowd_share_65_plus == crowd.share_65_plus


def test_exceptions_say_what_they_do() -> None:
    """Protects the derived defaults: the published shares over 0.90 current and 0.877 with a power."""
    categories = PLAIN.watchlist.categories.model_dump()
    powers = PLAIN.officers.engagement.legal_basis_share.model_dump()
    power = sum(share * powers[name] for name, share in categories.items())
    current = 1 - PLAIN.watchlist.stale_share
    disposal = PLAIN.officers.disposal

    assert power == pytest.approx(0.877, abs=6e-4)
    assert disposal.arrest_share == pytest.approx(0.667 / current / 0.877, abs=5e-4)
    assert disposal.other_share == pytest.approx(0.1 / current / 0.877, abs=5e-4)
    assert PLAIN.camera.max_yaw_deg == 60.0
    captured = PLAIN.matcher.tpir_at_reference / PLAIN.camera.capture_probability
    assert PLAIN.watchlist.presence == pytest.approx(17 / 144_366 / captured, rel=2e-3)
    assert PLAIN.crowd.mask_share == PLAIN.crowd.hood_or_hat_share == 0.0


def test_arrests_by_offence_are_those_reported() -> None:
    """Protects what used to be inputs and is now derived: purposes and offences of the arrests of 2022."""
    truth = theory(PLAIN).truth
    reported = {
        f"arrests_{offence}": evidence.default("officers.disposal.offence_share", offence).default
        for offence in ("drugs", "failure_to_appear", "violence", "other")
    }
    reported["arrests_on_purpose"] = evidence.default("officers.disposal.on_purpose_share").default

    shares = {name: truth[name] / truth["arrests"] for name in reported}
    assert shares == pytest.approx(reported, abs=0.01)


def test_engaged_true_alerts_end_as_reported() -> None:
    """Protects the published shares of all engaged true alerts: 0.667 arrested, 0.1 other action."""
    expected = theory(PLAIN)
    truth, engaged = expected.truth, expected.record["true_alerts_engaged"]

    arrested = (truth["arrests"] - truth["arrests_misidentified"]) / engaged
    assert arrested == pytest.approx(0.667, abs=2e-3)
    assert truth["other_actions"] / engaged == pytest.approx(0.1, abs=2e-3)


def test_default_tables_of_shares_sum_to_one() -> None:
    """Protects the tables themselves: there are nine or more, and each is a whole."""
    values = PLAIN.values()

    for paths in share_tables().values():
        assert sum(values[path] for path in paths) == pytest.approx(1.0, abs=1e-9)
    assert {"crowd.groups", "watchlist.categories", "officers.disposal.warrant_offence_share"} <= set(
        share_tables()
    )


@pytest.mark.parametrize("path", simple_settings())
def test_defaults_lie_within_their_own_plausible_range(path: str) -> None:
    """Protects the ranges used in sensitivity analysis: each contains the default."""
    field = setting_paths()[path]
    plausible, default = (field.json_schema_extra or {}).get("plausible"), field.default
    if isinstance(plausible, tuple | list) and isinstance(default, float | int):
        assert plausible[0] <= default <= plausible[1]
