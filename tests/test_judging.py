"""Judging: one ROC curve, what shifts the criterion, who judges, and all judgements together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from police_parts import DAY, FloatArray, an_alert, numbers
from scipy.stats import kstest, multivariate_normal, norm
from van_parts import exact_p

from lfr_sim.closed_form.judgement import chain, chain_of, normal_pair, normal_triple
from lfr_sim.police import (
    JudgementUniforms,
    Judging,
    Verdict,
    act_probability,
    correlated_evidence,
    criterion_shift,
    d_prime_at,
    judgement,
    judges_of,
    roles_of,
)
from lfr_sim.scenario import GROUPS, Scenario

SHARES = st.floats(0, 1)
HALF = JudgementUniforms(*[0.5] * 7)
SEEDS = {"root_seed": 7, "replicate": 0}


def _day(**changes: Any) -> Scenario:
    """Return the defaults with officers changed."""
    return DAY.replace({f"officers.{name.replace('__', '.')}": value for name, value in changes.items()})


def _verdict(scenario: Scenario, u: JudgementUniforms = HALF, **alert: Any) -> Verdict:
    return Judging(scenario, np.zeros(1)).verdict(an_alert(**alert), u)


def _chances(scenario: Scenario, **alert: Any) -> tuple[float, float]:
    """Return g0 and g1 of the usual judge, at the middle of the day unless told otherwise."""
    alert = {"time_s": 1800.0 * scenario.deployment.hours} | alert
    g0, g1 = (_verdict(scenario, candidate_is_mate=truth, **alert) for truth in (False, True))
    return g0.act_probability, g1.act_probability


def test_no_presumption_is_ones_own_eyes_and_full_presumption_acts_on_everything() -> None:
    """Protects both ends of the dial, and the default: pi 0.65 is g0 0.70."""
    own_eyes, default, always = (judgement(pi, 0.14, 1.7) for pi in (0.0, 0.65, 1.0))

    assert own_eyes.g0 == pytest.approx(0.14)
    assert own_eyes.g1 == pytest.approx(norm.cdf(1.7 + norm.ppf(0.14)))
    assert default.g0 == pytest.approx(0.699)
    assert (always.g0, always.g1) == (1.0, 1.0)


@given(
    first=SHARES,
    second=SHARES,
    unaided=st.floats(0.01, 0.99),
    d_prime=st.floats(0, 5),
    shift=st.floats(-2, 2),
)
def test_presumption_moves_along_one_roc_curve(
    first: float, second: float, unaided: float, d_prime: float, shift: float
) -> None:
    """Protects the mechanism: presuming more raises both chances, and skill d' stays what it is."""
    low, high = (judgement(pi, unaided, d_prime, shift) for pi in sorted((first, second)))

    assert low.g0 <= high.g0
    assert low.g1 <= high.g1
    for one in (low, high):
        assert one.g1 >= one.g0 - 1e-12
        if 0.001 < one.g0 < 0.999 and one.g1 < 0.999999:
            assert norm.ppf(one.g1) - norm.ppf(one.g0) == pytest.approx(d_prime, abs=1e-4)


@given(SHARES, st.floats(-10, 10), st.floats(0.001, 10))
def test_a_stricter_criterion_lowers_both_chances(pi: float, shift: float, more: float) -> None:
    """Protects the sign of every shift: above 0 is stricter; who acts on everything still does."""
    lenient, strict = (judgement(pi, 0.14, 1.7, by) for by in (shift, shift + more))

    assert strict.g0 <= lenient.g0
    assert strict.g1 <= lenient.g1
    assert judgement(1.0, 0.14, 1.7, shift) == judgement(1.0, 0.14, 1.7)


@pytest.mark.parametrize(
    ("changes", "shift"),
    [
        ({"training": "error_rate_briefing"}, 0.25),
        ({"training": "short_course"}, 0.0),
        ({"score_shown": True}, 0.2),
        ({"score_shown_criterion_shift": 1.0}, 0.0),
        ({"decision_latency_s": 3.9}, -0.2),
        ({"decision_latency_s": 4.0}, 0.0),
        ({"low_prevalence_criterion_shift": -0.3}, -0.3),
        ({"group_criterion_shift__white": 0.5}, 0.5),
        ({"group_criterion_shift__black": 0.5}, 0.0),
    ],
)
def test_each_cause_shifts_the_criterion_and_no_skill(changes: dict[str, Any], shift: float) -> None:
    """Protects the causes: a briefing and a shown score make strict, haste and rare mismatches lenient."""
    (g0, g1), (usual_g0, _) = _chances(_day(**changes)), _chances(DAY)

    assert norm.ppf(g0) == pytest.approx(norm.ppf(usual_g0) - shift)
    assert norm.ppf(g1) - norm.ppf(g0) == pytest.approx(1.7)


def test_feature_training_is_skill() -> None:
    """Protects what training adds to d': g1 rises, g0 stays."""
    (g0, g1), (usual_g0, _) = _chances(_day(training="feature_training")), _chances(DAY)

    assert g0 == usual_g0
    assert norm.ppf(g1) - norm.ppf(g0) == pytest.approx(2.1)


@given(hour=st.floats(0, 5.4), later=st.floats(0.01, 3.0))
def test_people_tire(hour: float, later: float) -> None:
    """Protects fatigue: more lenient and less able over the day, as said at its middle, and no further."""
    hours = DAY.deployment.hours
    early, late = (_chances(DAY, time_s=3600.0 * t) for t in (hour, min(hour + later, hours)))
    gap = min(hour + later, hours) - hour

    assert late[0] > early[0]
    assert norm.ppf(late[0]) - norm.ppf(early[0]) == pytest.approx(0.05 * gap)
    skill = [norm.ppf(g1) - norm.ppf(g0) for g0, g1 in (early, late)]
    assert skill[1] - skill[0] == pytest.approx(-0.03 * gap, abs=1e-9)
    assert _chances(DAY, time_s=3600.0 * (hours + later)) == _chances(DAY, time_s=3600.0 * hours)
    assert criterion_shift(DAY.officers, group="white", after_middle_h=0.0) == 0.0
    assert d_prime_at(DAY.officers, after_middle_h=0.0) == 1.7


@given(st.sampled_from(GROUPS), numbers(-3, 3))
def test_a_bias_moves_its_own_group_only(group: str, shift: float) -> None:
    """Protects the term of bias: it shifts how passers of one group are judged, nobody else's."""
    biased = _day(**{f"group_criterion_shift__{group}": shift})
    usual = _chances(DAY)
    for other in GROUPS:
        g0, g1 = _chances(biased, group=other)
        if other != group:
            assert (g0, g1) == usual
        else:
            assert norm.ppf(g0) == pytest.approx(norm.ppf(usual[0]) - shift, abs=1e-9)


def test_judges_are_people_of_their_own() -> None:
    """Protects the draws of judges: one more leaves the others, a spread of 0 makes all alike."""
    five, six = (judges_of(_day(judges=n).officers, **SEEDS) for n in (5, 6))
    many = judges_of(_day(judges=1000).officers, **SEEDS)

    assert six[:5].tolist() == five.tolist()
    assert not judges_of(_day(d_prime_sd=0.0).officers, **SEEDS).any()
    assert kstest(many / 0.6, "norm").pvalue > 1e-6


def test_every_judge_is_as_likely_to_be_picked() -> None:
    """Protects who judges: a uniform picks among all judges, the last and the first included."""
    deviations = np.linspace(-1.0, 1.0, 4)
    judging = Judging(DAY, deviations)
    alert = an_alert(candidate_is_mate=True, time_s=1800.0 * DAY.deployment.hours)
    picked = [
        judging.verdict(alert, JudgementUniforms(0.5, 0.5, 0.5, u, 0.5, 0.5, 0.5)).act_probability
        for u in (0.0, 0.2499, 0.25, 0.5, 0.75, 1 - 2**-53)
    ]

    expected = [judgement(0.65, 0.14, 1.7 + d).g1 for d in deviations[[0, 0, 1, 2, 3, 3]]]
    assert picked == pytest.approx(expected)


def test_judges_who_differ_miss_more_on_average() -> None:
    """Protects heterogeneity: mean g1 is Phi((d' + c) / sqrt(1 + sd^2)); 200,000 judges, |z| < 5 (6e-7)."""
    officers = _day(judges=1000).officers
    drawn = np.concatenate([judges_of(officers, root_seed=3, replicate=n) for n in range(200)])
    readiness = norm.ppf(0.699)
    g1 = norm.cdf(1.7 + readiness + drawn)
    expected = norm.cdf((1.7 + readiness) / math.sqrt(1 + 0.36))
    z = (g1.mean() - expected) / (g1.std() / math.sqrt(len(g1)))

    assert abs(z) < 5
    tireless = _day(fatigue_criterion_drift_per_h=0.0, fatigue_d_prime_drift_per_h=0.0)
    assert chain(tireless)[0] == pytest.approx([0.699, expected])


def test_who_judges() -> None:
    """Protects the roles: second reviewer and street are options, the street has its own presumption."""
    one = roles_of(DAY.officers)
    all_three = roles_of(_day(reviewers=2, stages=2, second_presumption_to_intervene=0.9).officers)
    same = roles_of(_day(stages=2).officers)

    assert [role.presumption for role in one] == [0.65]
    assert [role.presumption for role in all_three] == [0.65, 0.65, 0.9]
    assert [role.correlation for role in all_three] == [1.0, 0.4, 0.6]
    assert [role.presumption for role in same] == [0.65, 0.65]


@pytest.mark.parametrize("option", [{"reviewers": 2}, {"stages": 2}])
@pytest.mark.parametrize("is_person", [False, True])
def test_two_judgements_are_one_if_they_see_the_same_and_a_product_if_strangers(
    option: dict[str, int], is_person: bool
) -> None:
    """Protects the two limits of correlated judgements, of two reviewers and of two stages."""
    name = "second_reviewer_correlation" if "reviewers" in option else "stage_correlation"
    alert = {"candidate_is_mate": is_person, "time_s": 9000.0}
    one = _verdict(DAY, **alert).act_probability
    same, apart, between = (
        _verdict(_day(**option, **{name: rho}), **alert).act_probability for rho in (1.0, 0.0, 0.5)
    )

    assert same == one
    assert apart == pytest.approx(one**2)
    assert one**2 < between < one


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.95, 1.0])
def test_correlated_evidence_is_uniform_and_gives_the_joint_chance(rho: float) -> None:
    """Protects the copula: uniform by itself (KS), joint by simulation (exact binomial p > 1e-6)."""
    u = np.random.default_rng(4).random((20_000, 2))
    second = np.array([correlated_evidence(a, b, rho) for a, b in u.tolist()])
    both = int(((u[:, 0] < 0.4) & (second < 0.3)).sum())

    assert kstest(second, "uniform").pvalue > 1e-6
    assert exact_p(both, len(u), act_probability([0.4, 0.3], [1.0, rho])) > 1e-6


@given(
    g=st.lists(st.floats(0.001, 0.999), min_size=3, max_size=3),
    second=st.floats(0.0, 0.99),
    street=st.floats(0.0, 0.99),
)
def test_three_ways_to_one_normal_probability(g: list[float], second: float, street: float) -> None:
    """Protects both formulas: the police's integral, Owen's function and scipy's agree (to 3e-4)."""
    levels = norm.ppf(g)
    alike = second * street
    covariance = [[1.0, second, street], [second, 1.0, alike], [street, alike, 1.0]]
    arrays = [np.array([level]) for level in levels]
    pair = act_probability(g[:2], [1.0, second])
    triple = act_probability(g, [1.0, second, street])

    assert pair == pytest.approx(float(normal_pair(arrays[0], arrays[1], second)[0]), abs=1e-9)
    assert triple == pytest.approx(float(normal_triple(arrays, (second, street, alike))[0]), abs=3e-4)
    by_scipy = multivariate_normal.cdf(levels, mean=np.zeros(3), cov=covariance, rng=1)
    assert triple == pytest.approx(by_scipy, abs=1e-4)


@given(chances=st.lists(SHARES, min_size=1, max_size=3), rhos=st.lists(SHARES, min_size=3, max_size=3))
def test_all_say_yes_less_often_than_each(chances: list[float], rhos: list[float]) -> None:
    """Protects the bounds at every corner (0, 1, hardly correlated): between product and smallest."""
    together = act_probability(chances, rhos[: len(chances)])

    assert math.prod(chances) - 1e-9 <= together <= min(chances) + 1e-9


MANNERS = [
    {},
    {"reviewers": 2},
    {"stages": 2, "second_presumption_to_intervene": 0.3},
    {"reviewers": 2, "stages": 2, "second_reviewer_correlation": 1.0},
    {"reviewers": 2, "stages": 2, "presumption_to_intervene": 0.3, "judges": 2},
]


@pytest.mark.parametrize("is_person", [False, True])
@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: "-".join(manner) or "one")
def test_alerts_are_acted_upon_as_often_as_said(manner: dict[str, Any], is_person: bool) -> None:
    """Protects act_probability: against 6,000 judgements by judges who differ, |z| < 5 (6e-7)."""
    scenario = _day(**{"presumption_to_intervene": 0.4} | manner)
    judging = Judging(scenario, judges_of(scenario.officers, **SEEDS))
    draw = np.random.default_rng(5)
    times = draw.uniform(0, 3600 * scenario.deployment.hours, 6000)
    verdicts = [
        judging.verdict(an_alert(time_s=t, candidate_is_mate=is_person), JudgementUniforms(*u))
        for t, u in zip(times.tolist(), draw.random((6000, 7)).tolist(), strict=True)
    ]
    chance = np.array([verdict.act_probability for verdict in verdicts])
    yes = sum(verdict.yes for verdict in verdicts)

    assert abs(yes - chance.sum()) / math.sqrt((chance * (1 - chance)).sum()) < 5


def _passing_times(scenario: Scenario, count: int, seed: int) -> FloatArray:
    """Return times at which people pass, by the profile of the hours (s since opening)."""
    start, hours = scenario.deployment.start_hour, scenario.deployment.hours
    draw = np.random.default_rng(seed)
    clock = draw.uniform(start, start + hours, 20 * count)
    weight = np.array(scenario.crowd.hour_profile)[clock.astype(int) % 24]
    return 3600 * (clock[draw.random(len(clock)) < weight / weight.max()][:count] - start)


@pytest.mark.slow
@pytest.mark.parametrize("is_person", [False, True])
@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: "-".join(manner) or "one")
def test_the_closed_form_gives_the_mean_over_days_and_judges(
    manner: dict[str, Any], is_person: bool
) -> None:
    """Protects chain(): mean act_probability of 8,000 alerts with judges of their own, |z| < 5 (6e-7)."""
    scenario = _day(
        **manner,
        training="feature_training",
        score_shown=True,
        fatigue_criterion_drift_per_h=-0.3,
        fatigue_d_prime_drift_per_h=-0.2,
        group_criterion_shift__asian=0.5,
    ).replace({"deployment.start_hour": 15.5})
    draw = np.random.default_rng(6)
    times = _passing_times(scenario, 8000, 7).tolist()
    chances = [
        Judging(scenario, judges_of(scenario.officers, root_seed=8, replicate=n))
        .verdict(an_alert(time_s=t, candidate_is_mate=is_person, group="asian"), JudgementUniforms(*u))
        .act_probability
        for n, (t, u) in enumerate(zip(times, draw.random((8000, 7)).tolist(), strict=True))
    ]
    expected = chain(scenario)[GROUPS.index("asian"), int(is_person)]
    z = (np.mean(chances) - expected) / (np.std(chances) / math.sqrt(len(chances)))

    assert abs(z) < 5


def test_the_chain_over_groups_is_weighted_by_alerts() -> None:
    """Protects g0 and g1 as printed: by the groups given, or by those of crowd and list."""
    scenario = _day(group_criterion_shift__black=1.0)
    by_group = chain(scenario)
    crowd = scenario.crowd.groups

    only_black = chain_of(scenario, np.array([0.0, 2.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0, 0.0]))
    shares = np.array([crowd.white, crowd.black, crowd.asian, crowd.other])
    assert only_black == pytest.approx(by_group[1].tolist())
    assert chain_of(scenario)[0] == pytest.approx(float(shares @ by_group[:, 0]))
    assert chain_of(scenario, np.zeros(4))[0] == chain_of(scenario)[0]
