"""Figures that a reader can look up: FPIR by list length, and what a longer list does to right alerts."""

from __future__ import annotations

import math

import pytest
from van_parts import LEAST_P, SEEN, changed, exact_p, van_alone

from lfr_sim.closed_form import theory
from lfr_sim.metrics import clopper_pearson
from lfr_sim.scenario import Scenario

NPL = changed(SEEN, matcher__preset="npl-2023")
"""The laboratory's rates, on faces that are all captured: TPIR given capture is 0.89."""
PRESENCE = 7.4e-4
PER_IMAGE = 4.0e-8
"""Presence x TPIR of each image on the list, if every image is as likely to walk past."""


@pytest.mark.parametrize(("size", "one_in"), [(10_000, 6_000), (1_000, 60_000)])
def test_npl_law_gives_the_published_fpir(size: int, one_in: int) -> None:
    """Protects the laboratory preset: 1 in 6,000 at 10,000 images, 1 in 60,000 at 1,000 (0.1 %).

    With all the differences between groups, sexes, ages and faces that are on by default.
    """
    assert theory(changed(NPL, watchlist__size=size)).rates["fpir"] == pytest.approx(1 / one_in, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "one_in", "lists"), [(10_000, 6_000, 10), (1_000, 60_000, 40)])
def test_npl_law_gives_the_published_fpir_in_simulation(size: int, one_in: int, lists: int) -> None:
    """Protects the laboratory preset in 400,000 searches of each list: 1 / FPIR in its 99.9 % interval.

    The interval's ends are less than a factor of 1.6 apart.
    """
    scenario = changed(NPL, watchlist__size=size, watchlist__presence=0.0)
    alerts = sum(
        int(van_alone(scenario, 400_000, replicate=replicate).searches.exceeds.sum())
        for replicate in range(lists)
    )
    low, high = clopper_pearson(alerts, 400_000 * lists, 0.999)

    assert low < 1 / one_in < high
    assert high < 1.6 * low


def _right_share(scenario: Scenario) -> float:
    """Return the share of alerts that are on the person's own entry, in closed form."""
    truth = theory(scenario).truth
    return truth["true_alerts"] / (truth["true_alerts"] + truth["false_alerts"])


def _fixed(size: int) -> Scenario:
    return changed(NPL, watchlist__presence=PRESENCE, watchlist__size=size)


@pytest.mark.parametrize(
    ("size", "share"), [(100, 0.998), (1_000, 0.975), (10_000, 0.798), (100_000, 0.284)]
)
def test_fixed_presence_drowns_right_alerts_as_the_list_grows(size: int, share: float) -> None:
    """Protects the share of right alerts at fixed presence: pT / (pT + (1 - p) f), from .998 to .284."""
    fpir = 1 - (1 - 1 / 6e7) ** size
    by_hand = PRESENCE * 0.89 / (PRESENCE * 0.89 + (1 - PRESENCE) * fpir)

    assert by_hand == pytest.approx(share, abs=1e-3)
    assert _right_share(_fixed(size)) == pytest.approx(by_hand, abs=0.005)


@pytest.mark.parametrize("size", [100, 1_000, 10_000, 100_000])
def test_proportional_presence_leaves_the_share_of_right_alerts_flat(size: int) -> None:
    """Protects the share of right alerts when each image brings its own presence: .705 at any length."""
    scenario = changed(
        NPL,
        watchlist__presence_law="proportional",
        watchlist__presence_reference_size=10_000,
        watchlist__presence=PER_IMAGE * 10_000 / 0.89,
        watchlist__size=size,
    )

    assert _right_share(scenario) == pytest.approx(0.705, abs=0.005)


def test_the_share_of_right_alerts_is_simulated_alike() -> None:
    """Protects the sweep's far end: at 100,000 images, right and wrong alerts of 500,000 passes (exact)."""
    van = van_alone(_fixed(100_000), 500_000)
    right, wrong = int(van.true_alerts.sum()), int(van.false_alerts.sum())

    assert right + wrong > 800
    assert exact_p(right, right + wrong, _right_share(_fixed(100_000))) > LEAST_P


def test_the_field_multiplier_scales_false_matches() -> None:
    """Protects field over laboratory: a multiplier of 0.18 leaves 0.18 of FPIR, and TPIR as it is."""
    street = changed(NPL, watchlist__size=10_000, matcher__field_lab_multiplier=0.18)
    fpir = theory(street).rates["fpir"]
    van = van_alone(changed(street, watchlist__presence=0.0, matcher__threshold=0.54), 200_000)
    at_lower = theory(changed(street, matcher__threshold=0.54)).rates["fpir"]

    assert fpir == pytest.approx(0.18 / 6_000, rel=1e-3)
    assert at_lower is not None
    assert exact_p(int(van.searches.exceeds.sum()), 200_000, at_lower) > LEAST_P
    groups = (
        theory(changed(street, matcher__field_lab_multiplier=factor)).groups for factor in (0.18, 1.0)
    )
    own = [group["white"]["true_alert_given_capture"] for group in groups]
    assert own[0] == pytest.approx(own[1], rel=1e-3)


@pytest.mark.parametrize("slope", [34.0, 66.0])
def test_the_slope_sets_how_fpir_falls_with_the_threshold(slope: float) -> None:
    """Protects the slope: 0.02 more of threshold divides FPIR by e^(slope x 0.02), simulated too."""
    scenario = changed(
        NPL,
        watchlist__size=1_000,
        watchlist__presence=0.0,
        matcher__fmr_slope_per_score=slope,
        matcher__fmr=1e-6,
    )
    higher = changed(scenario, matcher__threshold=0.62)
    before, after = theory(scenario).rates["fpir"], theory(higher).rates["fpir"]

    assert before is not None
    assert after is not None
    assert after == pytest.approx(before * math.exp(-slope * 0.02), rel=2e-3)
    assert exact_p(int(van_alone(higher, 300_000).searches.exceeds.sum()), 300_000, after) > LEAST_P
