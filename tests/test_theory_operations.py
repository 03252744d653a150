"""The closed form of a list that has been shortened, with images that differ, against the simulation.

The list is long beside those of it who walk past: people bring along what is true of their entries, so
otherwise they would change what the list is made of, which the closed form leaves out.
"""

from __future__ import annotations

from typing import Any

import pytest
from theory_parts import LEAST_P, PLENTY, Totals, totals

from lfr_sim.closed_form import theory
from lfr_sim.scenario import Scenario

REPLICATES = 24
CERTAIN = ("record.watchlist_size", "entries_removed", "officer_hours")
NEVER = ("lapsed",)

SHORTENED: dict[str, Any] = PLENTY | {
    "watchlist.size": 60_000,
    "watchlist.presence": 0.15,
    "watchlist.female_share": 0.3,
    "watchlist.custody_share": 0.7,
    "watchlist.images_per_person": 1.4,
    "watchlist.kin_share": 0.8,
    "watchlist.unconvicted_ratio.black": 3.0,
    "watchlist.presence_ratio.suspect_drugs": 5.0,
    "watchlist.operations.remove_unconvicted_custody": True,
    "watchlist.operations.review_age_years": 2.0,
    "watchlist.operations.cap": 30_000,
    "matcher.fmr": 2.5e-6,
    "matcher.kin_fmr_multiplier": 20_000.0,
    "matcher.tpir_ratio.white": 0.7,
    "matcher.female_tpir_ratio": 0.6,
    "matcher.non_custody_tpir_ratio": 0.5,
    "matcher.tpir_age_decay_per_year": 0.05,
}
"""Entries are taken off for three reasons, and whoever is left is matched as their images allow."""


@pytest.fixture(scope="module")
def shortened(pavement: str) -> Totals:
    """Return many replicates of a straight pavement with a list that was shortened."""
    scenario = Scenario.from_dict({"site": {"layout": pavement}}).replace(SHORTENED)
    return totals(scenario, replicates=REPLICATES, seed=20_220_707)


@pytest.mark.slow
def test_every_count_with_operations_has_the_expected_value(shortened: Totals) -> None:
    """Protects composition, operations, images and kin in closed form, in total and by group."""
    expected = theory(shortened.scenario, found_share=shortened.found_share)

    p_values = shortened.p_values(expected, certain=CERTAIN + NEVER)

    assert {name: p for name, p in p_values.items() if p < LEAST_P} == {}
    assert {name: shortened.sums[name] for name in p_values if shortened.sums[name] < 500} == {}
    assert shortened.constant() == {
        "record.watchlist_size": 30_000,
        "entries_removed": 30_000,
        "officer_hours": expected.truth["officer_hours"],
        "lapsed": 0,
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("planted", "factor"),
    [
        ("watchlist.unconvicted_ratio.black", 0.8),
        ("watchlist.unconvicted_share", 1.2),
        ("watchlist.custody_share", 1.15),
        ("watchlist.stale_share", 1.2),
        ("watchlist.image_age_years", 1.5),
        ("watchlist.images_per_person", 1.07),
        ("watchlist.kin_share", 0.3),
        ("watchlist.presence_ratio.suspect_drugs", 2.0),
        ("watchlist.operations.review_age_years", 2.0),
        ("matcher.second_image_tpir_gain", 1.8),
        ("matcher.non_custody_tpir_ratio", 1.3),
        ("matcher.female_tpir_ratio", 1.4),
        ("matcher.tpir_age_decay_per_year", 4.0),
        ("matcher.kin_fmr_multiplier", 2.0),
    ],
)
def test_a_planted_error_in_the_list_is_caught(shortened: Totals, planted: str, factor: float) -> None:
    """Protects the test itself: as for the scenario with plenty of everything."""
    changes = {planted: factor * shortened.scenario.values()[planted]}
    wrong = theory(shortened.scenario.replace(changes), found_share=shortened.found_share)

    assert min(shortened.p_values(wrong, certain=CERTAIN + NEVER).values()) < LEAST_P


@pytest.mark.slow
@pytest.mark.parametrize(
    "operation",
    [
        {"watchlist.operations.remove_unconvicted_custody": False},
        {"watchlist.operations.review_age_years": None},
        {"watchlist.operations.cap": 33_000},
        {"watchlist.operations.keep_categories": ["failed_to_appear_or_warrant", "suspect_violence"]},
    ],
    ids=str,
)
def test_an_operation_more_or_less_is_caught(shortened: Totals, operation: dict[str, Any]) -> None:
    """Protects operations in closed form: each one moves some count."""
    wrong = theory(shortened.scenario.replace(operation), found_share=shortened.found_share)

    assert min(shortened.p_values(wrong, certain=CERTAIN + NEVER).values()) < LEAST_P


def _listed(operations: dict[str, Any]) -> dict[str, float]:
    said = {f"watchlist.operations.{name}": value for name, value in operations.items()}
    expected = theory(Scenario.from_dict({"site": {"layout": "oxford_circus"}}).replace(said))
    names = ("entries_removed", "listed_passers", "listed_removed")
    return {"entries": expected.record["watchlist_size"]} | {name: expected.truth[name] for name in names}


@pytest.mark.parametrize(
    ("operations", "left"),
    [
        ({}, 1.0),
        ({"keep_categories": ["suspect_drugs", "of_interest"]}, 0.06),
        ({"serious_only": True}, 0.6 * 0.35 + 0.104 + 0.02 + 0.03 + 0.009 + 0.02 + 0.03 + 0.003),
        ({"keep_categories": ["suspect_violence"], "serious_only": True}, 0.13 * 0.8),
        ({"review_age_years": 0.0}, 0.9),
        ({"remove_unconvicted_custody": True}, 1 - 0.95 * 0.2 * (0.69 + 0.31 * 1.1)),
        ({"remove_entries": 3_000}, 1 - 3_000 / 6_747),
        ({"cap": 2_000}, 2_000 / 6_747),
        ({"cap": 7_000}, 1.0),
        ({"cap": 0}, 0.0),
        ({"keep_categories": ["missing_or_vulnerable"], "serious_only": True}, 0.0),
    ],
    ids=str,
)
def test_what_is_left_of_the_list_is_the_product_of_its_shares(
    operations: dict[str, Any], left: float
) -> None:
    """Protects the composition in closed form, worked out by hand; and presence falls as the list does.

    Groups, ages and categories walk past alike here (but for unconvicted images, which go by group).
    """
    found, whole = _listed(operations), _listed({})

    assert found["entries"] == pytest.approx(6_747 * left)
    assert found["entries_removed"] == pytest.approx(6_747 * (1 - left))
    assert found["listed_passers"] == pytest.approx(whole["listed_passers"] * left, rel=1e-9)
    assert found["listed_removed"] == pytest.approx(whole["listed_passers"] * (1 - left), abs=1e-9)
