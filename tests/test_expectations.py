"""Expected counts of a run: right on average, far less noisy, and no part of the run.

A column is compared where at least 30 events are expected over the replicates; |z| < 5 then has an error
probability of about 1e-6, and all comparisons of this file together one below 1e-3.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from theory_parts import PLENTY

from lfr_sim.closed_form import theory
from lfr_sim.model import DeploymentModel
from lfr_sim.police import chance_of_finding
from lfr_sim.records import Outcome, run_columns
from lfr_sim.scenario import InputError, Scenario
from lfr_sim.study.expected.expectations import EXPECTED_COLUMNS, SEARCHES, Expectations
from lfr_sim.study.expected.second_alerts import pairs_of

DAY = Scenario.from_file("oxford-circus-2022-01-28")
STOPS = (
    *("engagements", "wrongful_engagements", "right_person_no_basis", "uninformed_compliance"),
    *("wrongful_any", "arrests", "arrests_on_purpose"),
)
NAMES = tuple(name.removesuffix("_expected") for name in EXPECTED_COLUMNS)
LEAST_EVENTS = 30
STEADY = {
    "watchlist.presence": 0.03,
    "watchlist.presence_law": "fixed",
    "watchlist.presence_day_effect": False,
    "matcher.fmr": 1e-7,
    "officers.teams": 1000,
}
"""Much happens to listed people, little to others, and a team is always free."""
SITE = {"site": {"layout": "oxford_circus"}}

Values = dict[str, np.ndarray]
Plant = Callable[[DeploymentModel], None]

CASES: dict[str, tuple[dict[str, Any], int]] = {
    "much of everything": (
        {"crowd.mask_share": 0.4, "crowd.hood_or_hat_share": 0.1, "matcher.mask_tpir_multiplier": 0.3},
        20,
    ),
    "days differ": ({"watchlist.presence_day_effect": True, "watchlist.presence_day_shape": 4.0}, 24),
    "three vans": (
        {"site.vans": ["V1", "V2", "V3"], "officers.teams": 0, "matcher.mated_agreement": 0.6}
        | {"matcher.fmr": 1e-7, "camera.dedupe_cooldown_s": 300.0},
        24,
    ),
    "people return": (STEADY, 16),
    "people return to three vans": (
        STEADY
        | {"site.vans": ["V1", "V2", "V3"], "camera.dedupe_cooldown_s": 0.0, "watchlist.presence": 0.1},
        12,
    ),
}


def scenario_of(case: str) -> Scenario:
    """Return the scenario of a case."""
    changes = CASES[case][0]
    if case.startswith("people return"):
        return DAY.replace(changes)
    return Scenario.from_dict(SITE).replace(PLENTY | {"deployment.hours": 0.5} | changes)


def counted(scenario: Scenario, replicates: int, plant: Plant | None = None) -> tuple[Values, Values]:
    """Return counts and expected counts over replicates; `plant` may spoil what expectations see."""
    expectations = Expectations(scenario)
    columns = run_columns()
    counts: dict[str, list[float]] = {name: [] for name in NAMES}
    expected: dict[str, list[float]] = {name: [] for name in NAMES}
    for replicate in range(replicates):
        model = DeploymentModel(scenario, run_seed=2022, replicate=replicate)
        model.run()
        rows = {"record": model.record, "truth": model.truth}
        if plant is not None:
            plant(model)
        values = expectations.of(model)
        for name in NAMES:
            row, column = columns[name]
            value = values[f"{name}_expected"]
            counts[name].append(rows[row][column])
            expected[name].append(math.nan if value is None else value)
    tables = [{name: np.array(values) for name, values in table.items()} for table in (counts, expected)]
    return tables[0], tables[1]


@cache
def case_counted(case: str) -> tuple[Values, Values]:
    """Return the counts of a case, run once."""
    return counted(scenario_of(case), CASES[case][1])


@cache
def day_counted(*, day_effect: bool) -> tuple[Values, Values]:
    """Return the counts of the day of the record, as shipped or with every day alike."""
    return counted(DAY.replace({"watchlist.presence_day_effect": day_effect}), 50)


def z_values(counts: Values, expected: Values) -> dict[str, float]:
    """Return how many standard errors sums are off, of columns with enough events."""
    found = {}
    for name in NAMES:
        if expected[name].sum() >= LEAST_EVENTS:
            off = counts[name] - expected[name]
            found[name] = float(off.sum() / (off.std(ddof=1) * math.sqrt(len(off))))
    return found


@pytest.mark.parametrize("case", CASES)
def test_sums_of_expected_counts_are_those_counted(case: str) -> None:
    """Protects the one thing that matters: expected counts have the expected value of the counts."""
    counts, expected = case_counted(case)

    z = z_values(counts, expected)

    assert {name: round(value, 1) for name, value in z.items() if abs(value) > 5} == {}
    stops = () if case == "three vans" else STOPS
    assert set(z) >= {*NAMES[:7], "dismissed_true", *stops}


@pytest.mark.parametrize("day_effect", [True, False])
def test_variance_is_far_smaller_than_that_of_counts(day_effect: bool) -> None:
    """Protects the purpose: at most a third of the variance; by default it is below a hundredth."""
    counts, expected = day_counted(day_effect=day_effect)

    gain = {name: counts[name].var() / expected[name].var() for name in NAMES if counts[name].any()}

    assert {name: round(value, 1) for name, value in gain.items() if value < 3} == {}
    assert {"true_alerts", "false_alerts", "engagements", "wrongful_engagements", "arrests"} <= set(gain)


def test_their_mean_is_that_of_the_closed_form() -> None:
    """Protects both: they share chances, not crowds. People walk once: theory knows no second alert.

    Within 5 standard errors, and 1 in 1,000 for how theory sees density.
    """
    scenario = DAY.replace({"crowd.repeat.same_day_share": 0.0})
    expectations = Expectations(scenario)
    rows = [
        expectations.of(DeploymentModel(scenario, run_seed=3, replicate=number)) for number in range(40)
    ]
    values = {name: np.array([row[f"{name}_expected"] for row in rows], dtype=float) for name in NAMES}
    acted = values["alerts"] - values["dismissed_true"] - values["dismissed_false"]
    found = float(values["engagements"].sum() / acted.sum())
    expected = theory(scenario, found_share=found)
    wanted = expected.truth | {"alerts": expected.record["alerts"]}

    off = {
        name: abs(one.mean() - wanted[name]) / (one.std() / math.sqrt(40) + wanted[name] / 5000)
        for name, one in values.items()
    }

    assert {name: round(value, 1) for name, value in off.items() if value > 5} == {}


def test_they_add_up() -> None:
    """Protects what must hold in every run, whatever the chances are."""
    _, expected = case_counted("people return to three vans")

    sums = {
        "alerts": expected["true_alerts"] + expected["false_alerts"],
        "wrongful_any": expected["wrongful_engagements"] + expected["right_person_no_basis"],
        "missed": expected["listed_passers"] - expected["listed_in_view"] + expected["missed_in_view"],
    }
    for name, total in sums.items():
        np.testing.assert_allclose(expected[name], total)
    assert min(values.min() for values in expected.values()) >= 0


@pytest.mark.parametrize(
    "changes",
    [{"watchlist.size": 0}, {"crowd.passers_per_hour": 0.0}, {"watchlist.operations.remove_entries": 9756}],
)
def test_where_nothing_can_happen_nothing_is_expected(changes: dict[str, Any]) -> None:
    """Protects the ends: an empty list, an empty street."""
    scenario = DAY.replace(changes)

    values = Expectations(scenario).of(DeploymentModel(scenario))

    assert values == dict.fromkeys(EXPECTED_COLUMNS, 0.0)


def test_without_a_van_all_listed_people_are_missed() -> None:
    """Protects the end at which nobody is seen."""
    scenario = DAY.replace({"site.vans": []})

    values = Expectations(scenario).of(DeploymentModel(scenario))

    assert values["missed_expected"] == values["listed_passers_expected"]
    left = {name: value for name, value in values.items() if value}
    assert set(left) == {"missed_expected", "listed_passers_expected"}


def test_without_teams_nobody_is_stopped_and_with_few_nothing_is_said() -> None:
    """Protects from a number that would be wrong: 0 where it is exact, None where teams are scarce."""
    told = {}
    for teams in (0, 1, 5):
        scenario = DAY.replace({"officers.teams": teams})
        told[teams] = Expectations(scenario).of(DeploymentModel(scenario))

    stops = [f"{name}_expected" for name in STOPS]

    assert {told[0][name] for name in stops} == {0.0}
    assert {told[1][name] for name in stops} == {None}
    assert all(told[5][name] for name in stops)
    assert None not in {told[1][name] for name in EXPECTED_COLUMNS if name not in stops}


@pytest.mark.parametrize("fmr", [1e-9, 3e-6])
def test_teams_are_called_scarce_before_they_are(fmr: float) -> None:
    """Protects the promise of a free team: with as few as are not called scarce, alerts hardly wait.

    At most 1 in 100 alerts sent out finds no team; 2 in 100 of the thousand here has p < 1e-3.
    """
    busy = DAY.replace(STEADY | {"matcher.fmr": fmr, "watchlist.presence": 0.003})
    scenarios = (busy.replace({"officers.teams": teams}) for teams in range(1, 200))
    scenario = next(one for one in scenarios if not says_nothing(one))
    waited, sent = 0, 0
    for replicate in range(20):
        model = DeploymentModel(scenario, run_seed=5, replicate=replicate)
        model.run()
        for alert in model.alerts:
            if alert.outcome is not Outcome.DISMISSED:
                sent += 1
                waited += alert.sent_s != alert.decided_s

    assert sent > 500
    assert waited / sent < 0.02
    assert says_nothing(scenario.replace({"officers.teams": scenario.officers.teams // 3}))


def says_nothing(scenario: Scenario) -> bool:
    """Return whether teams are called scarce."""
    return Expectations(scenario).teams_are_scarce


def test_searches_in_thought_are_those_of_the_response() -> None:
    """Protects P(found): the same chance as of an alert really answered, whoever is near."""
    scenario = scenario_of("days differ").replace(
        {"officers.give_up_s": 40.0, "officers.post_distance_m": 60.0, "officers.stages": 2}
    )
    model = DeploymentModel(scenario, run_seed=4)
    model.run()
    posts = {team.post for team in model.teams}

    answered = [alert for alert in model.alerts if alert.found_probability is not None]
    for alert in answered:
        assert alert.found_probability == chance_of_finding(
            scenario.officers,
            posts,
            partial(model.walking.locate, alert.passer),
            alert.time_s,
            alert.density_per_m2,
        )

    assert len({alert.found_probability for alert in answered}) > 50
    assert 0.0 in {alert.found_probability for alert in answered}


def test_who_is_sought_in_thought_stands_for_all() -> None:
    """Protects P(found): on average over runs, and as near in each as the mean of four draws is.

    Against every pass of the run. The one team stands by one of two vans and gives up early, so chances
    differ widely. The squared errors of 30 runs are 2.25 times too large with a probability below 1e-4.
    """
    changes = {
        "site.vans": ["V1", "V3"],
        "officers.teams": 1,
        "officers.give_up_s": 25.0,
        "deployment.hours": 0.05,
        "crowd.repeat.same_day_share": 0.0,
        "matcher.fmr": 0.0,
        "watchlist.presence": 1e-6,
        "watchlist.presence_day_effect": False,
    }
    scenario = DAY.replace(changes)
    expectations = Expectations(scenario)
    errors, variances = [], []
    for replicate in range(30):
        model = DeploymentModel(scenario, run_seed=9, replicate=replicate)
        chances, weight = every_search(model), model.searches.capture_chance
        mean = np.average(chances, weights=weight)
        variances.append(np.average((chances - mean) ** 2, weights=weight))
        values = {name: float(value or 0.0) for name, value in expectations.of(model).items()}
        acted = values["true_alerts_expected"] - values["dismissed_true_expected"]
        errors.append(values["engagements_expected"] / acted - mean)

    spread = float(np.mean(variances)) / SEARCHES

    assert np.mean(variances) > 0.05
    assert np.mean(np.square(errors)) < 2.25 * spread
    assert abs(np.mean(errors)) < 5 * math.sqrt(spread / 30)


def every_search(model: DeploymentModel) -> np.ndarray:
    """Return P(found) of everybody in view."""
    passes, time_s = model.searches.passes, model.searches.time_s
    posts = {team.post for team in model.teams}
    chances = [
        chance_of_finding(
            model.config.officers,
            posts,
            partial(model.walking.locate, int(passes.passer[row])),
            float(time_s[row]),
            float(passes.density_per_m2[row]),
        )
        for row in range(len(passes))
    ]
    return np.array(chances)


def test_nobody_is_found_whose_alert_is_judged_too_late() -> None:
    """Protects an end: all that is acted upon lapses, and nobody is stopped."""
    scenario = DAY.replace({"officers.decision_latency_s": 200.0})

    values = Expectations(scenario).of(DeploymentModel(scenario))

    assert {values[f"{name}_expected"] for name in STOPS} == {0.0}


def test_they_are_no_part_of_the_run_and_know_only_its_street() -> None:
    """Protects the run: the same with and without; and the expected counts, made before or after."""
    scenario = scenario_of("days differ")
    alone, watched = (DeploymentModel(scenario, run_seed=6) for _ in range(2))
    before = Expectations(scenario).of(watched)
    alone.run()
    watched.run()

    assert Expectations(scenario).of(watched) == before
    assert (alone.record, alone.truth) == (watched.record, watched.truth)
    assert repr(alone.alerts) == repr(watched.alerts)
    assert alone.breakdown == watched.breakdown


def test_what_one_run_threw_does_not_matter() -> None:
    """Protects the averaging: a run with another list of people has the same expected counts of alerts."""
    model = DeploymentModel(scenario_of("days differ"), run_seed=6)
    before = Expectations(model.config).of(model)
    nobody = np.zeros_like(model.searches.exceeds)
    model.searches = dataclasses.replace(model.searches, exceeds=nobody, captured=nobody, mated=nobody)

    assert Expectations(model.config).of(model) == before


def test_a_run_of_another_scenario_is_refused() -> None:
    """Protects from numbers of one scenario beside another's."""
    model = DeploymentModel("minimal")

    with pytest.raises(InputError, match="another scenario"):
        Expectations(DAY).of(model)


def test_columns_stand_beside_columns_of_a_run() -> None:
    """Protects the names: each is that of a column with one line per run, and ends alike."""
    assert {name[-len("_expected") :] for name in EXPECTED_COLUMNS} == {"_expected"}
    assert set(NAMES) <= set(run_columns())
    assert len(set(NAMES)) == len(NAMES)


def test_pairs_of_passes_are_those_found_by_looking_at_every_two() -> None:
    """Protects what second alerts lose: pairs of one walk, near or apart in time, and of two walks."""
    draws = np.random.default_rng(8)
    people, walks = 40, 60
    person = np.concatenate([np.arange(people), np.sort(draws.permutation(people)[: walks - people])])
    passer = np.repeat(np.arange(walks), draws.integers(0, 4, walks))
    chance, time_s = draws.random(len(passer)), draws.random(len(passer)) * 100.0

    pairs = pairs_of(passer, person, people, chance, time_s, cooldown_s=50.0)

    for soon, found in ((True, pairs.suppressed), (False, pairs.apart)):
        looked_at = sorted(
            chance[i] * chance[j]
            for i, j in itertools.combinations(range(len(passer)), 2)
            if passer[i] == passer[j] and (abs(time_s[i] - time_s[j]) < 50.0) == soon
        )
        assert sorted(np.concatenate([both for _, both in found])) == pytest.approx(looked_at)
        assert len(looked_at) > 10
    again = [
        chance[j] * (1 - np.prod(1 - chance[passer == person[passer[j]]]))
        for j in np.flatnonzero(passer >= people)
    ]
    np.testing.assert_allclose(pairs.again, again)


def forget_masks(model: DeploymentModel) -> None:
    """Plant a bug: what masks do to scores is forgotten."""
    model.crowd = dataclasses.replace(model.crowd, masked=np.zeros_like(model.crowd.masked))


def forget_groups(model: DeploymentModel) -> None:
    """Plant a bug: everybody is of the first group."""
    model.crowd = dataclasses.replace(model.crowd, group=np.zeros_like(model.crowd.group))


def forget_returns(model: DeploymentModel) -> None:
    """Plant a bug: whoever comes back is somebody else."""
    passers = np.arange(len(model.crowd))
    model.crowd = dataclasses.replace(model.crowd, person=passers)


@pytest.mark.parametrize(
    ("case", "plant", "seen_in"),
    [
        ("much of everything", forget_masks, "true_alerts"),
        ("days differ", forget_groups, "false_alerts"),
        ("people return", forget_returns, "arrests"),
    ],
)
def test_a_planted_bug_is_caught(case: str, plant: Plant, seen_in: str) -> None:
    """Protects the tests above: what they look at would show such an error."""
    counts, expected = counted(scenario_of(case), CASES[case][1], plant)

    assert abs(z_values(counts, expected)[seen_in]) > 5
