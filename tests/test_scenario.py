"""The scenario: TOML in and out, frozen, each setting described and sourced, each value where it says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from strategies import different_value, flattened, scenarios, share_tables, shares_of, simple_settings

from lfr_sim import evidence
from lfr_sim.closed_form import theory
from lfr_sim.scenario import (
    InputError,
    Scenario,
    setting_paths,
    shipped_scenarios,
)

MINIMAL = Scenario.from_file("minimal")
SOURCED = [name for name in shipped_scenarios() if name != "minimal"]
DATED = [name for name in SOURCED if Scenario.from_file(name).deployment.date is not None]
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


@given(st.sampled_from(sorted(share_tables())), st.data())
def test_digest_changes_with_every_table_of_shares(table: str, data: st.DataObject) -> None:
    """Protects provenance: other shares of groups, categories or offences are another digest."""
    shares = data.draw(shares_of(table))
    changed = PLAIN.replace(shares)

    said = {path: changed.values()[path] for path in shares}
    assert said == pytest.approx(shares)
    assert (PLAIN.digest == changed.digest) == (said == {path: PLAIN.values()[path] for path in shares})


@pytest.mark.parametrize(
    "changes",
    [
        {"deployment.purpose_offences": ["drugs"]},
        {"deployment.purpose_offences": []},
        {"watchlist.operations.keep_categories": ["suspect_drugs", "suspect_violence"]},
    ],
    ids=str,
)
def test_lists_of_names_are_kept_as_they_are_said(changes: dict[str, list[str]]) -> None:
    """Protects purposes and filters: names read back from TOML, and other names are another digest."""
    changed = PLAIN.replace(changes)
    ((path, names),) = changes.items()

    assert list(changed.values()[path]) == names
    assert changed == Scenario.from_toml(changed.to_toml())
    assert PLAIN.digest != changed.digest


def test_digest_holds_the_content_of_a_score_file_and_not_its_place(tmp_path: Path) -> None:
    """Protects provenance: the same scores elsewhere are the same scenario, other scores another."""
    digests = []
    for name, text in (("a.csv", "kind,score\n"), ("b.csv", "kind,score\n"), ("c.csv", "other")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        digests.append(PLAIN.replace({"matcher.score_file": str(tmp_path / name)}).digest)

    assert digests[0] == digests[1] != digests[2]
    assert PLAIN.digest not in digests


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


def test_paths_in_a_file_are_relative_to_the_file(tmp_path: Path) -> None:
    """Protects scenarios that travel with layout and scores, whatever the current directory."""
    text = '[site]\nlayout = "places/here.json"\n[matcher]\nscore_file = "scores.csv"\n'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    scenario = Scenario.from_file(tmp_path / "mine.toml")

    assert str(tmp_path / "places" / "here.json") == scenario.site.layout
    assert str(tmp_path / "scores.csv") == scenario.matcher.score_file


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


@pytest.mark.parametrize("name", SOURCED)
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
