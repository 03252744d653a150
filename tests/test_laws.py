"""Laws of the two rows that hold whatever the scenario: nobody appears, and nobody is lost.

The scenarios are drawn from all settings, and made busy so that the laws have something to hold for.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import flattened, nested, scenario_data

from lfr_sim import DeploymentModel, Scenario
from lfr_sim.closed_form import theory
from lfr_sim.scenario import GROUPS, Offence

BUSY: dict[str, Any] = {
    "site.vans": ("V1",),
    "crowd.passers_per_hour": 300.0,
    "deployment.hours": 0.5,
    "watchlist.size": 5000,
    "watchlist.presence": 0.3,
    "watchlist.presence_law": "fixed",
    "watchlist.presence_day_effect": False,
    "watchlist.operations.remove_entries": 500,
    "matcher.threshold": 0.6,
    "matcher.fmr": 1e-4,
    "officers.decision_latency_s": 5.0,
    "officers.give_up_s": 300.0,
}
"""About 150 walks, a third of them by listed people, and as many false alerts."""
Row = dict[str, float]


@st.composite
def busy_scenarios(draw: st.DrawFn) -> Scenario:
    """Return scenarios drawn from all settings in which there are alerts."""
    flat = flattened(draw(scenario_data()))
    return Scenario.from_dict(nested(flat | BUSY))


def rows_of(scenario: Scenario, seed: int) -> Row:
    """Return both rows of one run as one; the record's columns have a prefix."""
    model = DeploymentModel(scenario, run_seed=seed)
    model.run()
    return joined(model.record, model.truth)


def joined(record: Any, truth: Any) -> Row:
    """Return both rows as one."""
    return {f"record.{name}": value for name, value in record.items()} | dict(truth)


def assert_conserved(row: Row, size: int, exact: float = 0.0) -> None:
    """Check that each stage passes on what it was given, up to rounding."""

    def same(left: float, right: float) -> None:
        assert left == pytest.approx(right, rel=exact, abs=exact)

    def within(*ascending: float) -> None:
        for less, more in pairwise(ascending):
            assert less <= more + exact * max(1.0, abs(more))

    alerts = row["record.alerts"]
    same(alerts, row["true_alerts"] + row["false_alerts"])
    same(alerts, row["record.true_alerts"] + row["record.false_alerts"])
    dismissed = row["dismissed_true"] + row["dismissed_false"]
    same(alerts, dismissed + row["lapsed"] + row["lost"] + row["fled"] + row["engagements"])
    within(row["dismissed_true"] + row["record.true_alerts_engaged"], row["true_alerts"])
    within(row["dismissed_false"] + row["record.false_alerts_engaged"], row["false_alerts"])
    same(row["record.false_alerts"], dismissed + row["record.false_alerts_engaged"])

    same(row["engagements"], row["record.true_alerts_engaged"] + row["record.false_alerts_engaged"])
    same(row["engagements"], row["arrests"] + row["other_actions"] + row["no_further_action"])
    same(row["arrests"], row["record.arrests"])
    same(row["arrests"], sum(row[f"arrests_{offence}"] for offence in Offence))
    within(row["arrests_on_purpose"] + row["arrests_misidentified"], row["arrests"])
    within(row["arrests_misidentified"], row["arrests_other"])

    wrongful = row["wrongful_engagements"], row["right_person_no_basis"], row["uninformed_compliance"]
    same(wrongful[0], row["record.false_alerts_engaged"])
    same(row["wrongful_any"], wrongful[0] + wrongful[1])  # whoever complies unasked is one of the two
    within(max(wrongful), row["wrongful_any"], row["engagements"])
    within(row["arrests_misidentified"], row["wrongful_engagements"])
    within(row["detained_after_refusal"], row["refused"], row["engagements"])
    within(row["uninformed_compliance"] + row["refused"], row["engagements"])
    within(row["fingerprints_demanded"], row["wrongful_engagements"])

    same(row["record.watchlist_size"] + row["entries_removed"], size)
    within(row["captured_passes"], row["passes"])
    within(row["people"], row["passers"])
    within(row["listed_passers"] + row["listed_removed"], row["passers"])
    same(row["missed"] - row["missed_in_view"], row["listed_passers"] - row["listed_in_view"])
    within(0.0, row["missed_in_view"], row["missed"], row["listed_passers"])
    within(row["children_passers"], row["passers"])
    within(row["children_listed"], row["record.watchlist_size"])
    within(row["children_engagements"], row["children_alerts"], alerts)
    within(row["children_engagements"], row["engagements"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(busy_scenarios(), st.integers(0, 1000))
def test_every_stage_passes_on_what_it_was_given(scenario: Scenario, seed: int) -> None:
    """Protects the two rows of a run: each alert ends in one way, each stop too."""
    row = rows_of(scenario, seed)

    assert_conserved(row, scenario.watchlist.size)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(scenario_data())
def test_the_closed_form_obeys_the_same_laws(data: dict[str, Any]) -> None:
    """Protects `theory`: its two rows hang together as those of a run do."""
    scenario = Scenario.from_dict(data)
    expected = theory(scenario)

    assert_conserved(joined(expected.record, expected.truth), scenario.watchlist.size, exact=1e-9)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(busy_scenarios(), st.integers(0, 1000))
def test_perfect_recognition_or_review_stops_nobody_by_mistake(scenario: Scenario, seed: int) -> None:
    """Protects the two perfect arms: no misidentified stop, and as many faces scanned as before."""
    before = rows_of(scenario, seed)
    assume(before["false_alerts"] > 0)
    matcher = rows_of(scenario.replace({"matcher.fmr": 0.0}), seed)
    review = rows_of(
        scenario.replace(
            {
                "officers.presumption_to_intervene": 0.0,
                "officers.second_presumption_to_intervene": None,
                "officers.g0_unaided": 1e-6,
                "officers.d_prime": 10.0,
                "officers.fatigue_criterion_drift_per_h": 0.0,
                "officers.low_prevalence_criterion_shift": 0.0,
                "officers.time_pressure_criterion_shift": 0.0,
                **{f"officers.group_criterion_shift.{group}": 0.0 for group in GROUPS},
            }
        ),
        seed,
    )

    for perfect in (matcher, review):
        assert perfect["wrongful_engagements"] == perfect["arrests_misidentified"] == 0
        for scanned in ("record.faces", "passers", "passes", "captured_passes", "listed_passers"):
            assert perfect[scanned] == before[scanned]
    assert matcher["false_alerts"] == 0


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(busy_scenarios(), st.integers(0, 1000), st.integers(501, 4500))
def test_who_stays_on_a_shorter_list_is_found_as_before(
    scenario: Scenario, seed: int, removed: int
) -> None:
    """Protects operations through the whole model: taking others off hides nobody who is still listed.

    Without a cap, which takes in others instead, without a cooldown, which holds alerts back, and
    without officers, who hold people up.
    """
    alone = {"watchlist.operations.cap": None, "camera.dedupe_cooldown_s": 0.0, "officers.teams": 0}
    listed, found = [], []
    for number in (500, removed):
        model = DeploymentModel(
            scenario.replace(alone | {"watchlist.operations.remove_entries": number}), run_seed=seed
        )
        model.run()
        listed.append(model.listed)
        found.append({alert.passer for alert in model.alerts if alert.candidate_is_mate})

    assert not (listed[1] & ~listed[0]).any()
    assert {passer for passer in found[0] if listed[1][passer]} <= found[1]
    assert all(listed[1][passer] for passer in found[1])
