"""The scenario: TOML in and out, frozen, each setting described and sourced, each value where it says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from strategies import different_value, flattened, scenarios, simple_settings

from lfr_sim import evidence
from lfr_sim.closed_form import theory
from lfr_sim.scenario import (
    MATCHER_PRESETS,
    InputError,
    Scenario,
    setting_paths,
    shipped_scenarios,
)

MINIMAL = Scenario.from_file("minimal")
DATED = {name: path for name, path in shipped_scenarios().items() if name != "minimal"}
PLAIN = Scenario.from_dict({"site": {"layout": "oxford_circus"}})

LABELS = {
    "schema": "the version of the format",
    "title": "words",
    "summary": "words",
    "site.layout": "required, so there is no default to be sourced",
    "site.vans": "what is left out is the layout's own",
    "deployment.date": "a label",
    "deployment.purpose": "words",
    "crowd.engine": "the name of a method",
}
"""Settings whose default is no claim about the world, and why."""

# Transcribed from the record: default in the model -> why the table of defaults says otherwise.
EXCEPTIONS = {
    ("camera.max_yaw_deg", ""): "60, because at 30 the drawn layouts cannot show the faces of July 2022",
    ("site.vans", ""): "ids of vans, not their number; left out is the layout's first: one van",
    ("camera.range_min_m", ""): "left out is the layout's own",
    ("camera.range_max_m", ""): "left out is the layout's own",
    ("camera.hfov_deg", ""): "left out is the layout's own",
    ("watchlist.presence", "west_end_2022_with_tpir_0.75"): (
        "1.49e-4 = 17 / 144,366 / (0.75 / 0.95): faces are captured, so capture must not count twice"
    ),
    ("crowd.mask_share", "jan_2022"): "0, because the presets' TPIR contains what people wore",
    ("crowd.mask_share", "jul_2022"): "0, because the presets' TPIR contains what people wore",
    ("crowd.hood_or_hat_share", "winter"): "0, because the presets' TPIR contains what people wore",
    ("crowd.hood_or_hat_share", "summer"): "0, because the presets' TPIR contains what people wore",
    ("officers.disposal.arrest_share", "true_engaged"): "0.741 = 0.667 / 0.90: of current entries only",
    ("officers.disposal.other_share", "true_engaged"): "0.111 = 0.1 / 0.90: of current entries only",
}
"""Rows of defaults.csv that the model's default differs from, and why."""

OTHER_CASES = {
    "crowd.passers_per_hour": "oxford_circus_jan_2022",
    "watchlist.size": "2022_jul",
    "watchlist.presence": "west_end_2022_with_tpir_0.75",
    "matcher.preset": "",
    "officers.presumption_to_intervene": "one_stage",
    "officers.d_prime": "lookalike",
}
"""Settings with a row for each of several cases: the case that is the default."""


@given(scenarios())
def test_toml_round_trip(scenario: Scenario) -> None:
    """Protects reading and writing: what is written reads back as an equal scenario."""
    again = Scenario.from_toml(scenario.to_toml())

    assert scenario == again
    assert scenario.digest == again.digest


@pytest.mark.parametrize("name", shipped_scenarios())
def test_shipped_scenarios_round_trip(name: str) -> None:
    """Protects dates, sources and published figures through TOML, and `from_dict(to_dict())`."""
    scenario = Scenario.from_file(name)

    assert scenario == Scenario.from_toml(scenario.to_toml())
    assert scenario == Scenario.from_dict(scenario.to_dict())


def test_a_title_may_hold_anything() -> None:
    """Protects the writer's quoting."""
    titled = PLAIN.replace({"title": 'Quotes " and \\ and\nlines, ünïcödé 🎥', "summary": "# no comment"})

    assert titled == Scenario.from_toml(titled.to_toml())


def test_scenarios_are_frozen() -> None:
    """Protects results: nothing can change a scenario after it was checked."""
    for section, name, value in [
        (PLAIN, "title", "x"),
        (PLAIN.watchlist, "size", 5),
        (PLAIN.crowd.repeat, "x", 1),
    ]:
        with pytest.raises(ValidationError):
            setattr(section, name, value)


@given(st.sampled_from(simple_settings()), st.data())
def test_digest_changes_with_every_setting(path: str, data: st.DataObject) -> None:
    """Protects provenance: another value of any setting that can change a result is another digest."""
    value = data.draw(different_value(path, PLAIN.values()[path]))
    try:
        changed = PLAIN.replace({path: value})
    except InputError:  # this value needs another setting changed with it
        return

    assert PLAIN.values()[path] != changed.values()[path]
    assert PLAIN.digest != changed.digest


def test_digest_is_left_alone_by_labels() -> None:
    """Protects provenance: words, dates, sources and the published record change no result."""
    scenario = Scenario.from_file("oxford-circus-2022-01-28")
    bare = scenario.to_dict()
    del bare["sources"], bare["published"], bare["title"], bare["summary"], bare["deployment"]["date"]
    bare["deployment"]["purpose"] = "something else"

    assert scenario.digest == Scenario.from_dict(bare).digest


def test_digest_is_the_same_however_a_value_is_said() -> None:
    """Protects provenance: defaults may be said or left out, 2 is 2.0."""
    said = {"site.layout": "oxford_circus", "watchlist.size": PLAIN.watchlist.size, "deployment.hours": 2}

    assert PLAIN.replace({"deployment.hours": 2.0}).digest == PLAIN.replace(said).digest


def test_replace_changes_one_value_and_leaves_the_original() -> None:
    """Protects sweeps: exactly the named values change."""
    changed = PLAIN.replace({"watchlist.size": 12, "crowd.repeat.same_day_share": 0.0})
    differing = {path for path, value in PLAIN.values().items() if value != changed.values()[path]}

    assert {"watchlist.size", "crowd.repeat.same_day_share"} == differing
    assert changed.replace({"watchlist.size": None, "crowd.repeat.same_day_share": None}) == PLAIN


def test_replace_refuses_what_makes_no_sense() -> None:
    """Protects sweeps: unknown paths are all named; a change that clashes is refused as a whole."""
    with pytest.raises(InputError) as caught:
        PLAIN.replace({"watchlist.sise": 1, "crowd.repeat": 2})

    assert {"watchlist.sise", "crowd.repeat"} == {fault.path for fault in caught.value.faults}
    with pytest.raises(InputError):
        PLAIN.replace({"matcher.tpir": 0.99})


def test_layout_path_in_a_file_is_relative_to_the_file(tmp_path: Path) -> None:
    """Protects scenarios that travel with their layout, whatever the current directory."""
    (tmp_path / "mine.toml").write_text('[site]\nlayout = "places/here.json"\n', encoding="utf-8")
    scenario = Scenario.from_file(tmp_path / "mine.toml")

    assert str(tmp_path / "places" / "here.json") == scenario.site.layout


def _leaves() -> list[str]:
    return [path for path in setting_paths() if not path.startswith("published.")]


@pytest.mark.parametrize("path", _leaves())
def test_every_setting_is_described_and_sourced(path: str) -> None:
    """Protects the reference: meaning, unit, plausible range, status and source of each default."""
    field = setting_paths()[path]
    about = field.json_schema_extra

    assert field.description
    if path in LABELS:
        return
    assert about is not None, "declare it with `setting`, or give a reason in LABELS"
    is_number = not isinstance(field.default, bool | str)
    assert bool(about["unit"]) == is_number
    assert about["plausible"] is not None or isinstance(field.default, bool)
    assert about["status"] in ("published", "derived", "assumed", "fitted")
    assert len(about["source"]) >= 8


def test_schema_holds_what_was_declared() -> None:
    """Protects `lfr-sim schema`: descriptions and provenance reach the JSON Schema."""
    schema = Scenario.model_json_schema(by_alias=True)
    size = schema["$defs"]["Watchlist"]["properties"]["size"]

    assert {"unit", "plausible", "status", "source", "description", "minimum"} <= set(size)
    assert all(isinstance(part, dict) for part in schema["$defs"].values())


def test_every_section_says_what_it_is() -> None:
    """Protects the reference: no table of settings without a sentence."""
    sections: list[type[BaseModel]] = [Scenario]
    for section in sections:
        inner = [field.annotation for field in section.model_fields.values()]
        sections += [part for part in inner if isinstance(part, type) and issubclass(part, BaseModel)]

        assert section.__doc__


def test_defaults_agree_with_the_table_of_defaults() -> None:
    """Protects the numbers: a default differs from its row of evidence only for a stated reason."""
    values = PLAIN.values()
    used, differing = set(), {}
    for row in evidence.defaults():
        if row.parameter not in values or _is_another_case(row.parameter, row.entry or ""):
            continue
        entry = row.entry or ""
        ours = _our_default(row.parameter, entry, values[row.parameter])
        used.add(row.parameter)
        if row.default != ours:
            differing[row.parameter, entry] = (row.default, ours)

    assert set(EXCEPTIONS) == set(differing)
    assert len(used) > 50


def test_exceptions_say_what_they_do() -> None:
    """Protects the derived defaults: the shares of current entries are the published ones over 0.90."""
    current = 1 - PLAIN.watchlist.stale_share
    disposal = PLAIN.officers.disposal

    assert disposal.arrest_share == pytest.approx(0.667 / current, abs=5e-4)
    assert disposal.other_share == pytest.approx(0.1 / current, abs=5e-4)
    assert PLAIN.camera.max_yaw_deg == 60.0
    captured = PLAIN.matcher.tpir_at_reference / PLAIN.camera.capture_probability
    assert PLAIN.watchlist.presence == pytest.approx(17 / 144_366 / captured, rel=2e-3)
    assert PLAIN.crowd.mask_share == PLAIN.crowd.hood_or_hat_share == 0.0


def _is_another_case(parameter: str, entry: str) -> bool:
    if parameter == "officers.disposal.arrest_share":
        return entry == "false_engaged"  # a setting of its own: arrest_share_misidentified
    return parameter in OTHER_CASES and entry != OTHER_CASES[parameter]


def _our_default(parameter: str, entry: str, value: Any) -> Any:
    """Return the model's value for a row: of one hour, of one size of unit, of one preset."""
    if parameter == "crowd.hour_profile":
        return value[int(entry)]
    if parameter == "crowd.social_groups.unit_size_share":
        return value[int(entry) - 1]
    if parameter in ("matcher.fmr", "matcher.tpir"):
        rate: float = getattr(MATCHER_PRESETS[entry], parameter.removeprefix("matcher."))
        return float(f"{rate:.4g}")
    return value


def test_misidentified_arrests_agree_with_their_row() -> None:
    """Protects the setting whose name differs from its row in the table."""
    row = evidence.default("officers.disposal.arrest_share", "false_engaged")

    assert row.default == PLAIN.officers.disposal.arrest_share_misidentified


@pytest.mark.parametrize("path", simple_settings())
def test_defaults_lie_within_their_own_plausible_range(path: str) -> None:
    """Protects the ranges used in sensitivity analysis: each contains the default."""
    field = setting_paths()[path]
    plausible, default = (field.json_schema_extra or {}).get("plausible"), field.default
    zero_for_a_reason = ("crowd.mask_share", "crowd.hood_or_hat_share")
    if (
        isinstance(plausible, tuple | list)
        and isinstance(default, float | int)
        and path not in zero_for_a_reason
    ):
        assert plausible[0] <= default <= plausible[1]


@pytest.mark.parametrize("name", DATED)
def test_every_value_of_a_shipped_scenario_has_a_source(name: str) -> None:
    """Protects the reconstructions: no number without a status and a reference."""
    scenario = Scenario.from_file(name)

    assert not scenario.unsourced()


@pytest.mark.parametrize("name", DATED)
def test_published_figures_are_those_of_the_record(name: str) -> None:
    """Protects the comparison: what a scenario calls published stands in the evidence."""
    published = Scenario.from_file(name).published
    row = evidence.deployment(f"mps-{name[-10:]}")
    expected = {
        "watchlist_size": row.watchlist_size_images,
        "faces": row.faces_seen_estimate,
        "alerts": row.alerts_total,
        "true_alerts": row.alerts_true,
        "false_alerts": row.alerts_false,
        "true_alerts_engaged": row.alerts_true_engaged,
        "false_alerts_engaged": row.alerts_false_engaged,
        "arrests": row.arrests_lfr_led,
    }

    assert expected == published.model_dump()


@pytest.mark.parametrize("name", DATED)
def test_scenarios_use_the_published_list_and_date(name: str) -> None:
    """Protects the reconstructions: list size and date are those of the row."""
    scenario = Scenario.from_file(name)

    assert scenario.published.watchlist_size == scenario.watchlist.size
    assert name[-10:] == str(scenario.deployment.date)


@pytest.mark.parametrize("name", DATED)
def test_expected_faces_are_the_published_ones(name: str) -> None:
    """Protects the fitted flow: closed-form faces within 0.1 % of the published number."""
    scenario = Scenario.from_file(name)

    assert scenario.published.faces == pytest.approx(theory(scenario).record["faces"], rel=1e-3)


def test_minimal_scenario_is_minimal() -> None:
    """Protects the first example: at most ten lines, and all its values are told apart from defaults."""
    text = shipped_scenarios()["minimal"].read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 10
    assert set(flattened(tomllib.loads(text))) - {"title"} == set(MINIMAL.unsourced())


def test_a_changed_value_does_not_keep_the_source_of_the_old_one() -> None:
    """Protects provenance: what is set by hand is not passed off as published or fitted."""
    day = Scenario.from_file("oxford-circus-2022-01-28")
    changed = day.replace({"watchlist.size": 2000, "matcher.threshold": 0.62})

    assert "watchlist.size" in day.sources
    assert "watchlist.size" not in changed.sources
    assert set(changed.unsourced()) == {"watchlist.size", "matcher.threshold"}
    assert changed.sources["crowd.passers_per_hour"] == day.sources["crowd.passers_per_hour"]
