"""The simulation against the closed form, where events are plenty.

With people walking alone and once, each count is a thinned Poisson process, so its total over
replicates is exactly Poisson with the closed form's mean. About 25,500 events are needed to see a 5 %
bias at p = 1e-6 with 99.9 % power: every count has more. With seeds fixed, a right program fails a
given run of these tests with probability below 1e-4 over all counts together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import poisson

from lfr_sim.closed_form import Theory, chain, theory
from lfr_sim.model import DeploymentModel
from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import Scenario

LEAST_P = 1e-6
ENOUGH_EVENTS = 25_500
REPLICATES = 34
CERTAIN = ("watchlist_size", "officer_hours")
NEVER = ("lapsed",)

PLENTY = {
    "crowd.passers_per_hour": 12_000.0,
    "crowd.repeat.same_day_share": 0.0,
    "crowd.social_groups.unit_size_share": [1.0],
    "deployment.hours": 2.0,
    "watchlist.size": 20_000,
    "watchlist.presence": 0.4,
    "watchlist.presence_law": "fixed",
    "watchlist.presence_day_effect": False,
    "watchlist.stale_share": 0.5,
    "matcher.fmr": 1e-5,
    "camera.dedupe_cooldown_s": 0.0,
    "officers.teams": 1000,
    "officers.d_prime": 0.8,
    "officers.presumption_to_intervene": 0.4,
    "officers.engagement.team_busy_minutes_arrest": 1.0,
}


@dataclass(frozen=True)
class Totals:
    """Sums over replicates, with the mean chance of being found of those sought."""

    scenario: Scenario
    sums: dict[str, float]
    found_share: float

    def p_values(self, expected: Theory) -> dict[str, float]:
        """Return the exact two-sided p of each count against expected counts per replicate."""
        means = _flat(expected.record, expected.truth)
        return {
            name: self._p(name, REPLICATES * means[name])
            for name in means
            if name not in (*CERTAIN, *NEVER)
        }

    def _p(self, name: str, mean: float) -> float:
        total = self.sums[name]
        if name == "wrongful_minutes":
            return self._minutes_p(total, mean)
        return float(min(1.0, 2 * min(poisson.cdf(total, mean), poisson.sf(total - 1, mean))))

    def _minutes_p(self, total: float, mean: float) -> float:
        """Return p of a compound Poisson sum: normal, with its exact variance."""
        times = self.scenario.officers.engagement
        shares = (times.disputed_share, 1 - times.disputed_share)
        lengths = (times.minutes_disputed, times.minutes_at_once)
        first = sum(share * length for share, length in zip(shares, lengths, strict=True))
        second = sum(share * length**2 for share, length in zip(shares, lengths, strict=True))
        variance = mean / first * second * (1 + 1 / times.minutes_shape)
        return math.erfc(abs(total - mean) / math.sqrt(2 * variance))


def _flat(record: dict[str, float], truth: dict[str, float]) -> dict[str, float]:
    return {f"record.{name}": record[name] for name in RECORD_COLUMNS} | {
        name: truth[name] for name in TRUTH_COLUMNS
    }


def _totals(scenario: Scenario) -> Totals:
    sums: dict[str, float] = {}
    chances = []
    for replicate in range(REPLICATES):
        model = DeploymentModel(scenario, run_seed=20_220_128, replicate=replicate)
        model.run()
        for name, value in _flat(model.record, model.truth).items():
            sums[name] = sums.get(name, 0.0) + value
        chances += [a.found_probability for a in model.alerts if a.found_probability is not None]
    return Totals(scenario, sums, float(np.mean(chances)))


@pytest.fixture(scope="module")
def plenty(pavement: str) -> Totals:
    """Return many replicates of a straight pavement with plenty of everything."""
    scenario = Scenario.from_dict({"site": {"layout": pavement}}).replace(PLENTY)
    return _totals(scenario)


@pytest.mark.slow
def test_every_count_of_both_rows_has_the_expected_value(plenty: Totals) -> None:
    """Protects the whole chain: an error of 5 % in any stage moves some count."""
    expected = theory(plenty.scenario, found_share=plenty.found_share)

    p_values = plenty.p_values(expected)

    few = {name: plenty.sums[name] for name in p_values if plenty.sums[name] < ENOUGH_EVENTS}
    assert few == {}
    assert {name: p for name, p in p_values.items() if p < LEAST_P} == {}


@pytest.mark.slow
def test_counts_that_cannot_vary_do_not(plenty: Totals) -> None:
    """Protects list size, hours on duty, and that no alert lapses while a team is always free."""
    expected = theory(plenty.scenario, found_share=plenty.found_share)

    assert plenty.sums["record.watchlist_size"] == REPLICATES * 20_000
    assert plenty.sums["officer_hours"] == REPLICATES * expected.truth["officer_hours"]
    assert plenty.sums["lapsed"] == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("planted", "factor"),
    [
        ("matcher.fmr", 1.1),
        ("matcher.fmr", 0.9),
        ("watchlist.presence", 1.1),
        ("watchlist.presence", 0.9),
        ("g0", 1.1),
        ("g0", 0.9),
        ("watchlist.stale_share", 1.1),
        ("officers.disposal.arrest_share", 0.9),
        ("officers.engagement.disputed_share", 1.1),
        ("camera.capture_probability", 1.05),
    ],
)
def test_a_planted_error_is_caught(plenty: Totals, planted: str, factor: float) -> None:
    """Protects the test itself: it must see an error of a tenth (a twentieth in capture).

    The simulation of one scenario against the closed form of a wrong one is the same as a wrong
    simulation against the right closed form.
    """
    values = plenty.scenario.values()
    if planted == "g0":
        unaided, pi = values["officers.g0_unaided"], values["officers.presumption_to_intervene"]
        wrong_g0 = factor * (unaided + pi * (1 - unaided))
        changes = {"officers.presumption_to_intervene": (wrong_g0 - unaided) / (1 - unaided)}
    else:
        changes = {planted: factor * values[planted]}
    wrong = theory(plenty.scenario.replace(changes), found_share=plenty.found_share)

    assert min(plenty.p_values(wrong).values()) < LEAST_P


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["oxford_circus", "leicester_square"])
def test_groups_returns_and_signals_keep_the_means(layout: str) -> None:
    """Protects the closed form of the street as it is by default: company, second walks, crowding.

    Counts are then over-dispersed, so the mean over replicates is compared by its own standard error;
    |z| < 5 has an error probability of 6e-7 a count.
    """
    scenario = Scenario.from_dict({"site": {"layout": layout, "vans": ["V1", "V2"]}}).replace(
        {
            "watchlist.presence": 0.05,
            "watchlist.presence_law": "fixed",
            "watchlist.presence_day_effect": False,
            "matcher.fmr": 1e-6,
            "camera.dedupe_cooldown_s": 0.0,
            "camera.tracks_per_pass": 1.4,
            "crowd.mask_share": 0.2,
            "crowd.hood_or_hat_share": 0.1,
            "officers.stages": 2,
            "officers.teams": 0,
        }
    )
    rows = []
    for replicate in range(40):
        model = DeploymentModel(scenario, run_seed=7, replicate=replicate)
        model.run()
        rows.append(_flat(model.record, model.truth))
    expected = theory(scenario)
    means = _flat(expected.record, expected.truth)

    z = {}
    for name, mean in means.items():
        values = np.array([row[name] for row in rows])
        error = values.std(ddof=1) / np.sqrt(len(values))
        if error > 0:
            z[name] = float((values.mean() - mean) / error)
        else:
            assert mean == pytest.approx(values[0])
    assert {name: round(value, 1) for name, value in z.items() if abs(value) > 5} == {}


def test_presence_with_a_day_effect_keeps_its_mean() -> None:
    """Protects E[min(1, pG)]: 4,000 days of gamma factors against the closed form, |z| < 5."""
    from lfr_sim.van.watchlist import presence_today

    for presence in (1e-3, 0.4, 0.9):
        scenario = Scenario.from_dict({"site": {"layout": "oxford_circus"}}).replace(
            {"watchlist.presence": presence, "watchlist.presence_law": "fixed"}
        )
        days = np.array(
            [presence_today(scenario.watchlist, root_seed=3, replicate=day) for day in range(4000)]
        )
        z = (days.mean() - theory(scenario).rates["presence"]) / (days.std(ddof=1) / np.sqrt(4000))

        assert abs(z) < 5
        assert days.std() > 0


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6, 0.95, 1.0])
def test_two_stages_agree_between_the_two_formulas(rho: float) -> None:
    """Protects the bivariate normal: the police's own and the closed form's quadrature agree."""
    from lfr_sim.police import act_probability, stages_of

    officers = (
        Scenario.from_dict({"site": {"layout": "oxford_circus"}})
        .replace(
            {
                "officers.stages": 2,
                "officers.stage_correlation": rho,
                "officers.presumption_to_intervene": 0.3,
                "officers.second_presumption_to_intervene": 0.1,
            }
        )
        .officers
    )
    stages = stages_of(officers)

    for is_person, by_theory in zip((False, True), chain(officers), strict=True):
        assert act_probability(stages, rho, is_person=is_person) == pytest.approx(by_theory, abs=2e-4)


def test_without_teams_nobody_is_sought() -> None:
    """Protects the closed form at teams = 0: what is acted upon lapses."""
    scenario = Scenario.from_dict({"site": {"layout": "oxford_circus"}}).replace(
        {"officers.teams": 0, "officers.support_staff": 1, "deployment.hours": 2.0}
    )
    truth = theory(scenario).truth

    assert truth["engagements"] == 0
    assert truth["lost"] == 0
    assert truth["lapsed"] > 0
    assert truth["officer_hours"] == 2.0
