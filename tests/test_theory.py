"""The simulation against the closed form, where events are plenty.

With people walking alone and once, each count is a thinned Poisson process, so its total over
replicates is Poisson with the closed form's mean, but for two things that a run has one of: its list
and its judges. The first adds about 4 % to the variance of false alerts, the second about 10 % to that
of what judges decide (there are 1,000 of them here); so a p of 1e-6 is really one of 3e-6 at most.
A count of n events shows a bias of 8 / sqrt(n) at p = 1e-6 with 99.9 % power: 5 % at 25,500 events,
25 % at 1,000. With seeds fixed, a right program fails a given run of these tests with probability
below 1e-3 over all counts together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2
from theory_parts import LEAST_P, PLENTY, Totals, totals

from lfr_sim.closed_form import theory
from lfr_sim.records import BREAKDOWN_COLUMNS, RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import GROUPS, Scenario
from lfr_sim.van.faces import fmr_ratios
from lfr_sim.van.watchlist import presence_today

REPLICATES = 26
SIZE = PLENTY["watchlist.size"]
CERTAIN = ("record.watchlist_size", "entries_removed", "officer_hours")
NEVER = ("lapsed", "listed_removed")
MANY = (
    *("record.alerts", "record.true_alerts", "record.false_alerts", "record.faces", "passers"),
    *("true_alerts", "false_alerts", "engagements", "wrongful_engagements", "dismissed_false"),
    *("children_passers", "listed_passers", "no_further_action", "wrongful_any"),
)
"""Counts that see an error of 5 %."""

PLAIN = Scenario.from_dict({"site": {"layout": "oxford_circus"}})


@pytest.fixture(scope="module")
def plenty(pavement: str) -> Totals:
    """Return many replicates of a straight pavement with plenty of everything."""
    scenario = Scenario.from_dict({"site": {"layout": pavement}}).replace(PLENTY)
    return totals(scenario, replicates=REPLICATES, seed=20_220_128)


@pytest.mark.slow
def test_every_count_of_both_rows_and_of_each_group_has_the_expected_value(plenty: Totals) -> None:
    """Protects the whole chain: an error of 5 % in any stage moves some count."""
    expected = theory(plenty.scenario, found_share=plenty.found_share)

    p_values = plenty.p_values(expected, certain=CERTAIN + NEVER)

    assert {name: p for name, p in p_values.items() if p < LEAST_P} == {}
    assert len(p_values) == len(RECORD_COLUMNS + TRUTH_COLUMNS) - 5 + len(GROUPS) * len(BREAKDOWN_COLUMNS)
    assert {name: plenty.sums[name] for name in p_values if plenty.sums[name] < 1_000} == {}
    assert {name: plenty.sums[name] for name in MANY if plenty.sums[name] < 25_500} == {}


@pytest.mark.slow
def test_counts_that_cannot_vary_do_not(plenty: Totals) -> None:
    """Protects list size, hours on duty, and that no alert lapses while a team is always free."""
    expected = theory(plenty.scenario, found_share=plenty.found_share)

    assert plenty.constant() == {
        "record.watchlist_size": SIZE,
        "officer_hours": expected.truth["officer_hours"],
        **dict.fromkeys(("entries_removed", *NEVER), 0),
    }


@pytest.mark.slow
def test_counts_vary_as_much_as_events_that_know_nothing_of_each_other(plenty: Totals) -> None:
    """Protects the p-values above: the variance over replicates is that of a Poisson count (chi2)."""
    freedom = REPLICATES - 1

    p_values = {}
    for name in plenty.sums:
        if name not in (*CERTAIN, *NEVER, "wrongful_minutes"):
            spread = freedom * plenty.dispersion(name)
            p_values[name] = 2 * min(chi2.cdf(spread, freedom), chi2.sf(spread, freedom))
    assert {name: p for name, p in p_values.items() if p < LEAST_P} == {}


def test_a_list_drawn_anew_adds_little_to_the_variance(pavement: str) -> None:
    """Protects the p-values above: how much false alerts depend on whom a run's list happens to hold.

    Of N entries drawn alike, the sum of their FMR against the crowd has the relative variance CV^2 / N;
    it multiplies a Poisson count of mean m, so it adds CV^2 m / N to the variance over the mean: 0.04.
    """
    scenario = PLAIN.replace(PLENTY | {"site.layout": pavement})
    crowd, listed = scenario.crowd, scenario.watchlist
    passers = np.outer(
        list(crowd.groups.model_dump().values()), [1 - crowd.female_share, crowd.female_share]
    )
    entries = np.outer(
        list(listed.groups.model_dump().values()), [1 - listed.female_share, listed.female_share]
    )
    per_entry = passers.ravel() @ fmr_ratios(scenario.matcher)
    mean, second = per_entry @ entries.ravel(), per_entry**2 @ entries.ravel()
    false_alerts = sum(group["false_alerts"] for group in theory(scenario).groups.values())

    extra = (second / mean**2 - 1) * false_alerts / SIZE

    assert 0.03 < extra < 0.05


@pytest.mark.slow
@pytest.mark.parametrize(
    ("planted", "factor"),
    [
        ("matcher.fmr", 1.05),
        ("matcher.fmr", 0.95),
        ("matcher.fmr_ratio.black_black", 1.2),
        ("matcher.fmr_ratio.asian_white", 2.3),
        ("matcher.child_fmr_ratio", 1.2),
        ("matcher.frailty_sd_log", 0.85),
        ("matcher.tpir_ratio.black", 0.95),
        ("matcher.mated_score_sd", 0.5),
        ("camera.capture_probability", 1.05),
        ("crowd.share_under_18", 1.05),
        ("watchlist.presence", 1.05),
        ("watchlist.presence", 0.95),
        ("watchlist.stale_share", 1.1),
        ("watchlist.share_under_18", 1.1),
        ("officers.d_prime", 1.1),
        ("officers.d_prime_sd", 1.5),
        ("officers.fled_share", 1.15),
        ("officers.engagement.disputed_share", 1.3),
        ("officers.engagement.informed_share", 1.1),
        ("officers.engagement.refusal_share", 1.1),
        ("officers.engagement.informed_refusal_multiplier", 1.2),
        ("officers.engagement.detained_after_refusal_share", 1.15),
        ("officers.engagement.fingerprint_share", 1.15),
        ("officers.engagement.legal_basis_share.suspect_violence", 0.7),
        ("officers.engagement.legal_basis_share.failed_to_appear_or_warrant", 0.9),
        ("officers.disposal.arrest_share", 0.9),
        ("officers.disposal.other_share", 1.2),
        ("officers.disposal.arrest_share_misidentified", 1.2),
        ("g0", 1.05),
        ("g0", 0.95),
    ],
)
def test_a_planted_error_is_caught(plenty: Totals, planted: str, factor: float) -> None:
    """Protects the test itself: it must see an error of a tenth or so in what matters most.

    Each error moves some count by eight standard errors or more, so it is seen with any seed.

    The simulation of one scenario against the closed form of a wrong one is the same as a wrong
    simulation against the right closed form.
    """
    values = plenty.scenario.values()
    if planted == "g0":
        unaided, pi = values["officers.g0_unaided"], values["officers.presumption_to_intervene"]
        wrong_g0 = factor * (unaided + pi * (1 - unaided))
        changes: dict[str, Any] = {
            "officers.presumption_to_intervene": (wrong_g0 - unaided) / (1 - unaided)
        }
    else:
        changes = {planted: factor * values[planted]}
    wrong = theory(plenty.scenario.replace(changes), found_share=plenty.found_share)

    assert min(plenty.p_values(wrong, certain=CERTAIN + NEVER).values()) < LEAST_P


def test_presence_with_a_day_effect_keeps_its_mean() -> None:
    """Protects E[min(1, pG)]: 4,000 days of gamma factors against the closed form, |z| < 5."""
    alike: dict[str, Any] = {
        **{f"watchlist.groups.{group}": getattr(PLAIN.crowd.groups, group) for group in GROUPS},
        "watchlist.female_share": PLAIN.crowd.female_share,
        "watchlist.share_under_18": PLAIN.crowd.share_under_18,
    }
    for presence in (1e-3, 0.4, 0.9):
        said = {"watchlist.presence": presence, "watchlist.presence_law": "fixed"}
        scenario = PLAIN.replace(alike | said)
        days = np.array(
            [presence_today(scenario.watchlist, root_seed=3, replicate=day) for day in range(4000)]
        )
        z = (days.mean() - theory(scenario).rates["presence"]) / (days.std(ddof=1) / np.sqrt(4000))

        assert abs(z) < 5
        assert days.std() > 0


def test_without_teams_nobody_is_sought() -> None:
    """Protects the closed form at teams = 0: what is acted upon lapses."""
    scenario = PLAIN.replace({"officers.teams": 0, "officers.support_staff": 1, "deployment.hours": 2.0})
    truth = theory(scenario).truth

    assert truth["engagements"] == 0
    assert truth["lost"] == 0
    assert truth["lapsed"] > 0
    assert truth["officer_hours"] == 2.0
