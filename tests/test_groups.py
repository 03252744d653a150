"""Groups, sexes and ages in the matcher: who is falsely matched, and who of the listed is found.

Rates are compared by exact tests of an error probability of 1e-6 each. Counts of rare events with
nearly equal rates are compared given their sum, which makes the first of them binomial.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chisquare
from van_parts import (
    AS_LISTED,
    EQUAL_FACES,
    LEAST_P,
    NO_KIN,
    OWN_GROUP_ONLY,
    SEEN,
    changed,
    exact_p,
    same_rate_p,
    van_alone,
)

from lfr_sim.closed_form import theory
from lfr_sim.metrics import clopper_pearson
from lfr_sim.scenario import GROUPS, Scenario
from lfr_sim.van.entries import CELLS
from lfr_sim.van.faces import fmr_ratios

NOBODY = changed(SEEN, watchlist__presence=0.0)
"""Nobody who walks past is listed, so every alert is false."""
EVERYBODY = changed(
    SEEN, AS_LISTED, NO_KIN, watchlist__presence=1.0, watchlist__size=1_000, matcher__fmr=0.0
)
"""Everybody who walks past is listed, and nobody is falsely matched."""
MIXED = {
    "crowd.groups.white": 0.4,
    "crowd.groups.black": 0.3,
    "crowd.groups.asian": 0.2,
    "crowd.groups.other": 0.1,
}
UNEVEN = {
    f"matcher.fmr_ratio.{one}_{other}": ratio
    for (one, other), ratio in zip(
        [(one, other) for one in GROUPS for other in GROUPS],
        (1, 0.1, 0.3, 0.2, 0.5, 4, 0.6, 0.1, 0.2, 0.3, 2, 0.4, 0.7, 0.1, 0.2, 3),
        strict=True,
    )
}
"""A matrix that is not symmetric."""


def _false_by_group(
    scenario: Scenario, count: int, replicates: int, **same: Any
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return false alerts and searches by group, over several lists."""
    alerts, searches = np.zeros(len(GROUPS), dtype=np.int64), np.zeros(len(GROUPS), dtype=np.int64)
    for replicate in range(replicates):
        van = van_alone(scenario, count, replicate=replicate, **same)
        alerts += np.bincount(van.group[van.false_alerts], minlength=len(GROUPS))
        searches += np.bincount(van.group, minlength=len(GROUPS))
    return alerts, searches


def _fpir(scenario: Scenario) -> NDArray[np.float64]:
    groups = theory(scenario).groups
    return np.array([groups[name]["fpir"] for name in GROUPS])


def _own(scenario: Scenario) -> NDArray[np.float64]:
    groups = theory(scenario).groups
    return np.array([groups[name]["true_alert_given_capture"] for name in GROUPS])


def test_the_list_decides_who_is_falsely_matched() -> None:
    """Protects the matrix: FPIR by group is that of the closed form, and not that of the transpose."""
    scenario = changed(
        NOBODY, MIXED, UNEVEN, NO_KIN, watchlist__size=2_000, matcher__fmr=4e-5, watchlist__female_share=0.5
    )
    alerts, searches = _false_by_group(scenario, 60_000, 4)
    transposed = {
        f"matcher.fmr_ratio.{other}_{one}": UNEVEN[f"matcher.fmr_ratio.{one}_{other}"]
        for one in GROUPS
        for other in GROUPS
    }
    wrong = _fpir(changed(scenario, transposed))

    for row, expected in enumerate(_fpir(scenario)):
        assert alerts[row] > 500
        assert exact_p(int(alerts[row]), int(searches[row]), expected) > LEAST_P
        assert exact_p(int(alerts[row]), int(searches[row]), wrong[row]) < LEAST_P


def test_the_candidate_comes_in_proportion_to_entries_and_ratio() -> None:
    """Protects whom one is mistaken for: by group and sex of the entry, number x FMR (chi2, p > 1e-6)."""
    scenario = changed(
        NOBODY, MIXED, UNEVEN, NO_KIN, watchlist__size=2_000, matcher__fmr=1e-6, watchlist__female_share=0.3
    )
    counted = np.zeros((CELLS, CELLS))
    expected = np.zeros((CELLS, CELLS))
    for replicate in range(4):
        van = van_alone(changed(scenario, matcher__threshold=0.55), 100_000, replicate=replicate)
        rows = np.flatnonzero(van.searches.exceeds)
        here = van.people.cell[van.person[rows]]
        np.add.at(counted, (here, van.entries.cell[van.searches.candidate[rows]]), 1)
        weights = np.bincount(van.entries.cell, minlength=CELLS) * fmr_ratios(scenario.matcher)
        shares = weights / weights.sum(axis=1, keepdims=True)
        expected += np.bincount(here, minlength=CELLS)[:, None] * shares

    assert counted.sum() > 5_000
    for row in range(CELLS):
        enough = expected[row] >= 5
        assert enough.sum() > 3
        total = counted[row][enough].sum()
        assert (
            chisquare(
                counted[row][enough], expected[row][enough] / expected[row][enough].sum() * total
            ).pvalue
            > LEAST_P
        )


def test_what_taking_off_uncovers_follows_the_matrix_too() -> None:
    """Protects operations with groups: of 4,000 entries 1,000 stay, and alerts are on those alone.

    Given the list, P(alert) is 1 - product over its entries of (1 - FMR x ratio): exact tests.
    """
    scenario = changed(
        NOBODY,
        MIXED,
        EQUAL_FACES,
        UNEVEN,
        NO_KIN,
        {"watchlist.operations.remove_entries": 3_000, "matcher.cross_sex_fmr_ratio": 0.3},
        watchlist__size=4_000,
        watchlist__female_share=0.4,
        matcher__fmr=5e-4,
    )
    van = van_alone(scenario, 8_000)
    left = np.bincount(van.entries.cell[van.entries.kept], minlength=CELLS)
    chance = 1 - np.prod((1 - 5e-4 * fmr_ratios(scenario.matcher)) ** left, axis=1)
    for cell in range(CELLS):
        here = van.people.cell == cell
        assert exact_p(int(van.searches.exceeds[here].sum()), int(here.sum()), chance[cell]) > LEAST_P

    assert 0.2 < van.searches.exceeds.mean() < 0.8


def test_equal_ratios_make_equal_groups() -> None:
    """Protects symmetry: with all ratios 1, false alerts per pass are the same in every group.

    Given their sum, the count of one of two groups is binomial: each pair by an exact test.
    """
    scenario = changed(NOBODY, MIXED, EQUAL_FACES, NO_KIN, watchlist__size=2_000, matcher__fmr=4e-6)
    alerts, searches = _false_by_group(scenario, 125_000, 4)
    fpir = _fpir(scenario)

    assert np.ptp(fpir) < 1e-15
    assert fpir[0] == pytest.approx(1 - (1 - 4e-6) ** 2_000)
    assert alerts.sum() > 3_000
    assert exact_p(int(alerts.sum()), int(searches.sum()), fpir[0]) > LEAST_P
    counts = list(zip(alerts.tolist(), searches.tolist(), strict=True))
    for one, other in combinations(counts, 2):
        assert same_rate_p(one, other) > LEAST_P


_BY_GROUP = (
    "crowd.groups",
    "watchlist.groups",
    "matcher.reference.crowd",
    "matcher.reference.watchlist",
    "matcher.tpir_ratio",
    "watchlist.unconvicted_ratio",
    "officers.group_criterion_shift",
)


def _renamed(scenario: Scenario, order: tuple[int, ...]) -> Scenario:
    """Return the scenario with what holds for group i said of group order[i]."""
    values = scenario.values()
    new_name = dict(zip(GROUPS, (GROUPS[place] for place in order), strict=True))
    changes = {
        f"{table}.{new_name[name]}": values[f"{table}.{name}"] for table in _BY_GROUP for name in GROUPS
    }
    for one in GROUPS:
        for other in GROUPS:
            ratio = values[f"matcher.fmr_ratio.{one}_{other}"]
            changes[f"matcher.fmr_ratio.{new_name[one]}_{new_name[other]}"] = ratio
    return scenario.replace(changes)


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (0, 2, 1, 3), (0, 1, 3, 2), (3, 0, 1, 2), (2, 3, 1, 0)])
def test_names_of_groups_mean_nothing(order: tuple[int, ...]) -> None:
    """Protects symmetry: renaming the groups renames the results of the closed form, and that is all."""
    scenario = changed(
        SEEN,
        MIXED,
        UNEVEN,
        {"matcher.tpir_ratio.black": 1.2, "watchlist.unconvicted_ratio.asian": 1.5},
        {
            "officers.group_criterion_shift.other": 0.4,
            "watchlist.operations.remove_unconvicted_custody": True,
        },
        watchlist__presence=0.01,
        matcher__fmr=1e-5,
    )
    before, after = theory(scenario), theory(_renamed(scenario, order))
    for place, name in enumerate(GROUPS):
        assert after.groups[GROUPS[order[place]]] == pytest.approx(before.groups[name], rel=1e-9)

    assert after.truth == pytest.approx(before.truth, rel=1e-9)


def test_names_of_groups_mean_nothing_to_the_simulation() -> None:
    """Protects symmetry in the search: false alerts by group follow the names (exact tests)."""
    order = (3, 2, 0, 1)
    scenario = changed(NOBODY, MIXED, UNEVEN, NO_KIN, watchlist__size=2_000, matcher__fmr=1e-5)
    before, passes = _false_by_group(scenario, 60_000, 3)
    after, others = _false_by_group(_renamed(scenario, order), 60_000, 3)
    for place in range(len(GROUPS)):
        was, now = (before[place], passes[place]), (after[order[place]], others[order[place]])

        assert min(was[0], now[0]) > 100
        assert same_rate_p((int(was[0]), int(was[1])), (int(now[0]), int(now[1]))) > LEAST_P


def _with_entries(counts: tuple[int, int, int, int]) -> Scenario:
    """Return a list of so many entries of each group; nobody matches one of another group."""
    size = sum(counts)
    shares = {f"watchlist.groups.{name}": count / size for name, count in zip(GROUPS, counts, strict=True)}
    return changed(NOBODY, MIXED, OWN_GROUP_ONLY, NO_KIN, shares, watchlist__size=size, matcher__fmr=5e-7)


@pytest.mark.parametrize("place", range(4))
def test_doubling_a_groups_entries_doubles_its_false_alerts_and_no_others(place: int) -> None:
    """Protects the composition in closed form: twice the entries of one group, to 0.1 %."""
    counts = (1_000, 600, 400, 200)
    more = tuple(count * (1 + (row == place)) for row, count in enumerate(counts))
    before, after = _fpir(_with_entries(counts)), _fpir(_with_entries((more[0], more[1], more[2], more[3])))

    np.testing.assert_allclose(after / before, [1 + (row == place) for row in range(4)], rtol=1e-3)


@pytest.mark.slow
def test_doubling_a_groups_entries_does_so_in_simulation() -> None:
    """Protects the composition in simulation: Black entries doubled, the others kept (exact tests).

    Ratio of 2 for Black passers and of 1 for the others, in the exact 99.9 % interval given the sum;
    each excludes what the other is.
    """
    before = _false_by_group(_with_entries((1_000, 600, 400, 200)), 250_000, 40)
    after = _false_by_group(_with_entries((1_000, 1_200, 400, 200)), 250_000, 40)
    for place in range(len(GROUPS)):
        was, now = ((int(alerts[place]), int(passes[place])) for alerts, passes in (before, after))
        ratio = 2.0 if place == 1 else 1.0
        low, high = clopper_pearson(now[0], now[0] + was[0], 0.999)

        assert low < ratio / (1 + ratio) < high
        assert same_rate_p(now, was, ratio) > LEAST_P
        if place != 3:  # enough alerts to tell a doubling
            assert same_rate_p(now, was, 3.0 - ratio) < LEAST_P


def test_another_crowd_or_list_leaves_the_matchers_constant_alone() -> None:
    """Protects the normaliser: FPIR of a group depends neither on who else walks past, nor on operations.

    It is set by the reference alone: with the reference people, the mean FMR is the one stated.
    """
    uneven = changed(NOBODY, UNEVEN, NO_KIN, watchlist__size=1_000, matcher__fmr=1e-7)
    reference = uneven.matcher.reference
    ratios = fmr_ratios(uneven.matcher)
    women, listed_women = reference.crowd_female_share, reference.watchlist_female_share
    passers = np.outer(list(reference.crowd.model_dump().values()), [1 - women, women]).ravel()
    entries = np.outer(
        list(reference.watchlist.model_dump().values()), [1 - listed_women, listed_women]
    ).ravel()
    older = 1 + reference.crowd_share_65_plus * (uneven.matcher.older_fmr_ratio - 1)

    assert passers @ ratios @ entries * older == pytest.approx(1.0)
    assert (fmr_ratios(changed(uneven, MIXED, watchlist__female_share=0.7).matcher) == ratios).all()
    np.testing.assert_allclose(_fpir(changed(uneven, MIXED)), _fpir(uneven), rtol=1e-12)
    shorter = changed(uneven, {"watchlist.operations.remove_entries": 500})
    np.testing.assert_allclose(_fpir(shorter), _fpir(uneven) / 2, rtol=1e-3)


def test_sexes_are_told_apart() -> None:
    """Protects sex: women against women, men against men, and across, by their ratios (exact tests)."""
    rates = {}
    for passer in (False, True):
        for listed in (0.0, 1.0):
            scenario = changed(
                NOBODY,
                EQUAL_FACES,
                NO_KIN,
                watchlist__size=1_000,
                watchlist__female_share=listed,
                matcher__fmr=1e-5,
                matcher__female_fmr_ratio=3.0,
                matcher__cross_sex_fmr_ratio=0.2,
            )
            van = van_alone(scenario, 120_000, woman=passer)
            rates[passer, bool(listed)] = int(van.searches.exceeds.sum())
    mean = 0.5 * (0.1 * 3.0 + 0.9 * 0.2) + 0.5 * (0.1 * 0.2 + 0.9)
    for cell, ratio in {
        (True, True): 3.0,
        (False, False): 1.0,
        (True, False): 0.2,
        (False, True): 0.2,
    }.items():
        assert exact_p(rates[cell], 120_000, 1 - (1 - 1e-5 * ratio / mean) ** 1_000) > LEAST_P


@pytest.mark.parametrize(("who", "ratio"), [("older", 2.5), ("under_18", 4.0), (None, 1.0)])
def test_ages_are_told_apart(who: str | None, ratio: float) -> None:
    """Protects age: people of 65 and over, and under 18, by their ratio to all others (exact tests)."""
    scenario = changed(
        NOBODY,
        EQUAL_FACES,
        NO_KIN,
        watchlist__size=1_000,
        matcher__fmr=1e-5,
        matcher__older_fmr_ratio=2.5,
        matcher__child_fmr_ratio=4.0,
    )
    ages: dict[str, Any] = {"older": who == "older", "under_18": who == "under_18"}
    van = van_alone(scenario, 100_000, **ages)
    mean = 1 + 0.06 * 1.5

    chance = 1 - (1 - 1e-5 * ratio / mean) ** 1_000
    assert exact_p(int(van.searches.exceeds.sum()), 100_000, chance) > LEAST_P


def test_tpir_by_group_as_seen_in_essex() -> None:
    """Protects disparity in who is found: .60 against .46 is a ratio of 1.30, in both ways.

    Closed form to 0.1 % of the stated rates, and the rates simulated in their exact 99.9 % intervals.
    """
    scenario = changed(
        EVERYBODY,
        {"matcher.tpir_ratio.black": 0.60 / 0.46},
        matcher__tpir=0.46,
        matcher__tpir_age_decay_per_year=0.0,
    )
    expected = _own(scenario)
    van = van_alone(scenario, 200_000)

    np.testing.assert_allclose(expected, [0.46, 0.60, 0.46, 0.46], rtol=1e-3)
    assert expected[1] / expected[0] == pytest.approx(1.304, abs=1e-3)
    found = []
    for place, rate in enumerate((0.46, 0.60, 0.46, 0.46)):
        mated = van.searches.mated & (van.group == place)
        found.append((int(van.true_alerts[mated].sum()), int(mated.sum())))
        low, high = clopper_pearson(*found[-1], 0.999)
        assert low < rate < high
    black, white = found[1], found[0]
    assert black[0] / black[1] / (white[0] / white[1]) == pytest.approx(1.30, abs=0.03)


@pytest.mark.parametrize("women", [0.0, 1.0])
def test_tpir_of_women(women: float) -> None:
    """Protects TPIR by sex: that of women by its ratio to that of men (exact test)."""
    scenario = changed(
        EVERYBODY,
        matcher__tpir=0.6,
        matcher__female_tpir_ratio=0.7,
        matcher__tpir_age_decay_per_year=0.0,
        crowd__female_share=women,
        watchlist__female_share=women,
    )
    van = van_alone(scenario, 50_000)
    expected = 0.6 * (0.7 if women else 1.0)

    assert _own(scenario) == pytest.approx([expected] * 4, rel=1e-6)
    assert exact_p(int(van.true_alerts.sum()), int(van.searches.mated.sum()), expected) > LEAST_P


def test_a_perfect_matcher_leaves_the_people_scanned_where_they_were() -> None:
    """Protects the perfect-accuracy arm: no false alert, all listed found, as many faces, same list mix."""
    scenario = changed(
        SEEN,
        AS_LISTED,
        watchlist__presence=0.05,
        watchlist__size=5_000,
        matcher__tpir_age_decay_per_year=0.0,
    )
    perfection = {"matcher.fmr": 0.0, "matcher.tpir": 1.0}
    usual = van_alone(changed(scenario, matcher__fmr=1e-4), 50_000)
    perfect = van_alone(changed(scenario, perfection), 50_000)
    expected = theory(changed(scenario, perfection)).truth

    assert usual.false_alerts.sum() > 100
    assert perfect.false_alerts.sum() == 0
    assert (perfect.true_alerts == perfect.searches.mated).all()
    for name in ("captured", "faces", "mated"):
        assert (getattr(usual.searches, name) == getattr(perfect.searches, name)).all()
    assert expected["false_alerts"] == pytest.approx(0.0, abs=1e-9)
    assert expected["missed_in_view"] == pytest.approx(0.0, abs=1e-9)
    assert expected["captured_passes"] == pytest.approx(theory(scenario).truth["captured_passes"])
