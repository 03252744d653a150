"""Judging, going after, stopping: pure functions against closed forms, and the queue of teams."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binom, kstest, norm

from lfr_sim.model import DeploymentModel
from lfr_sim.police import (
    StopUniforms,
    act_probability,
    correlated_evidence,
    found_probability,
    intercept_s,
    judgement,
    stages_of,
    stop,
)
from lfr_sim.records import Alert, Disposal, Outcome
from lfr_sim.scenario import Officers, Scenario

OFFICERS = Officers()
SHARES = st.floats(0, 1)


def test_no_presumption_is_ones_own_eyes_and_full_presumption_acts_on_everything() -> None:
    """Protects both ends of the dial, and the default: pi 0.65 is g0 0.70."""
    own_eyes, default, always = (judgement(pi, 0.14, 1.7) for pi in (0.0, 0.65, 1.0))

    assert own_eyes.g0 == pytest.approx(0.14)
    assert own_eyes.g1 == pytest.approx(norm.cdf(1.7 + norm.ppf(0.14)))
    assert default.g0 == pytest.approx(0.699)
    assert (always.g0, always.g1) == (1.0, 1.0)


@given(first=SHARES, second=SHARES, unaided=st.floats(0.01, 0.99), d_prime=st.floats(0, 5))
def test_presumption_moves_along_one_roc_curve(
    first: float, second: float, unaided: float, d_prime: float
) -> None:
    """Protects the mechanism: presuming more raises both chances, and skill d' stays what it is."""
    low, high = (judgement(pi, unaided, d_prime) for pi in sorted((first, second)))

    assert low.g0 <= high.g0
    assert low.g1 <= high.g1
    for one in (low, high):
        assert one.g1 >= one.g0 - 1e-12
        if 0.001 < one.g0 < 0.999 and one.g1 < 0.999999:
            assert norm.ppf(one.g1) - norm.ppf(one.g0) == pytest.approx(d_prime, abs=1e-4)


def _two_stages(rho: float) -> Officers:
    return OFFICERS.model_copy(
        update={"stages": 2, "stage_correlation": rho, "presumption_to_intervene": 0.3}
    )


def test_two_stages_are_one_if_they_see_the_same_and_a_product_if_strangers() -> None:
    """Protects the two limits of correlated reviewers (Q7)."""
    stages = stages_of(_two_stages(0.0))
    for is_person in (False, True):
        one = stages[0].g1 if is_person else stages[0].g0
        assert act_probability(stages, 1.0, is_person=is_person) == one
        assert act_probability(stages, 0.0, is_person=is_person) == pytest.approx(one**2)
        assert one**2 < act_probability(stages, 0.6, is_person=is_person) < one


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.6, 1.0])
def test_correlated_evidence_is_uniform_and_gives_the_joint_chance(rho: float) -> None:
    """Protects the copula: uniform by itself (KS), joint by simulation (exact binomial p > 1e-6)."""
    u = np.random.default_rng(4).random((20_000, 2))
    second = np.array([correlated_evidence(a, b, rho) for a, b in u.tolist()])
    stages = stages_of(_two_stages(rho))
    both = int(((u[:, 0] < stages[0].g0) & (second < stages[1].g0)).sum())
    chance = act_probability(stages, rho, is_person=False)
    p = 2 * min(binom.cdf(both, len(u), chance), binom.sf(both - 1, len(u), chance))

    assert kstest(second, "uniform").pvalue > 1e-6
    assert p > 1e-6


@given(
    x=st.floats(-100, 100),
    y=st.floats(-100, 100),
    walk=st.floats(0.0, 1.5),
    team=st.floats(1.6, 5.0),
    angle=st.floats(0, 6.3),
)
def test_a_team_meets_the_person_where_both_can_be(
    x: float, y: float, walk: float, team: float, angle: float
) -> None:
    """Protects the pursuit: at the time returned the team could just be where the person is."""

    def locate(time_s: float) -> tuple[float, float]:
        along = walk * (time_s - 50.0)
        return x + along * math.cos(angle), y + along * math.sin(angle)

    there_s = intercept_s(locate, (0.0, 0.0), 50.0, team, 1e6)

    assert there_s is not None
    place = locate(there_s)
    assert math.hypot(*place) == pytest.approx(team * (there_s - 50.0), abs=0.6)


def test_a_person_who_is_faster_gets_away() -> None:
    """Protects giving up: a slow team behind a fast person stops at the limit, not for ever."""

    def locate(time_s: float) -> tuple[float, float]:
        return 10.0 + 2.0 * time_s, 0.0

    assert intercept_s(locate, (0.0, 0.0), 0.0, 1.0, 180.0) is None
    assert intercept_s(locate, (10.0, 0.0), 0.0, 1.0, 180.0) == 0.0


@given(share=SHARES, first=st.floats(0, 500), second=st.floats(0, 500))
def test_people_are_lost_with_time(share: float, first: float, second: float) -> None:
    """Protects the law of losing people: it holds at its reference and only falls with time."""
    soon, late = sorted((first, second))

    assert found_probability(share, 37.0, 37.0) == pytest.approx(share)
    assert found_probability(share, late, 37.0) <= found_probability(share, soon, 37.0)
    assert 0.0 <= found_probability(share, late, 37.0) <= 1.0


def _stops(*, right_person: bool, current: bool) -> list[Any]:
    u = np.random.default_rng(5).random((40_000, 4))
    return [
        stop(OFFICERS, StopUniforms(*row), right_person=right_person, current=current) for row in u.tolist()
    ]


def _expect_share(count: int, trials: int, chance: float) -> None:
    p = 2 * min(binom.cdf(count, trials, chance), binom.sf(count - 1, trials, chance))
    assert p > 1e-6


def test_stops_of_the_right_person_end_as_the_shares_say() -> None:
    """Protects the disposal tree: arrest 0.741, other 0.111, purpose half, exact binomial."""
    stops = _stops(right_person=True, current=True)
    ends = Counter(one.disposal for one in stops)
    arrests = ends[Disposal.ARREST]

    _expect_share(arrests, len(stops), 0.741)
    _expect_share(ends[Disposal.OTHER], len(stops), 0.111)
    _expect_share(sum(one.on_purpose for one in stops), arrests, 0.5)


def test_a_stale_entry_leads_to_nothing() -> None:
    """Protects staleness: the right person, no longer wanted, is never arrested for the entry."""
    assert {one.disposal for one in _stops(right_person=True, current=False)} == {Disposal.NONE}


def test_mistaken_stops_take_the_two_regimes_of_the_record() -> None:
    """Protects minutes: mean 0.7 x 4 + 0.3 x 20 = 8.8 (|z| < 5), arrests 2 %, none on purpose."""
    stops = _stops(right_person=False, current=False)
    minutes = np.array([one.minutes for one in stops])
    z = (minutes.mean() - 8.8) / (minutes.std() / np.sqrt(len(minutes)))

    assert abs(z) < 5
    _expect_share(sum(one.disposal is Disposal.ARREST for one in stops), len(stops), 0.02)
    assert not any(one.on_purpose for one in stops)


BUSY = Scenario.from_dict({"site": {"layout": "oxford_circus"}}).replace(
    {
        "deployment.hours": 1.0,
        "matcher.fmr": 2e-6,
        "watchlist.presence": 0.02,
        "watchlist.presence_day_effect": False,
        "camera.dedupe_cooldown_s": 0.0,
    }
)


def _run(**changes: Any) -> DeploymentModel:
    settings = {name.replace("__", "."): value for name, value in changes.items()}
    model = DeploymentModel(BUSY, run_seed=9, **settings)
    model.run()
    return model


def test_no_team_is_in_two_places() -> None:
    """Protects the queue: each team's tasks follow one another, its way back included."""
    model = _run(officers__teams=2)
    last_end: dict[int, float] = {}
    sent = [alert for alert in model.alerts if alert.team is not None]
    for alert in sorted(sent, key=lambda alert: (alert.sent_s or 0.0, alert.alert)):
        assert alert.sent_s is not None
        assert alert.team is not None
        assert alert.sent_s >= last_end.get(alert.team, 0.0)
        held_s = 60.0 * (alert.minutes or 0.0)
        arrest_s = 60.0 * 45.0 * (alert.disposal is Disposal.ARREST)
        last_end[alert.team] = (alert.contact_s or alert.sent_s) + held_s + arrest_s

    assert len(sent) > 4


def test_more_alerts_than_teams_means_alerts_that_lapse() -> None:
    """Protects the finite resource: lapsed alerts fall with teams, all of them without any."""
    lapsed = [_run(officers__teams=teams).truth["lapsed"] for teams in (0, 1, 3, 10, 1000)]
    nobody = _run(officers__teams=0)

    assert lapsed == sorted(lapsed, reverse=True)
    assert lapsed[0] > lapsed[1] > lapsed[2]
    assert lapsed[-1] == 0
    assert nobody.truth["engagements"] == nobody.truth["lost"] == 0


def test_an_alert_waits_no_longer_than_the_limit() -> None:
    """Protects give_up_s: nobody is sent after it; a lapse happens exactly then."""
    model = _run(officers__teams=1, officers__give_up_s=40.0)
    ages = [a.sent_s - a.time_s for a in model.alerts if a.sent_s is not None]
    outcomes = Counter(alert.outcome for alert in model.alerts)

    assert max(ages) <= 40.0
    assert outcomes[Outcome.LAPSED] > 0


def _key(alert: Alert) -> tuple[int, str, float]:
    return alert.passer, alert.van, alert.time_s


@given(st.lists(SHARES, min_size=2, max_size=2), st.integers(0, 30), st.sampled_from([1, 2]))
def test_a_lower_presumption_only_removes_engagements(
    presumptions: list[float], seed: int, stages: int
) -> None:
    """Protects common random numbers: with ample officers, presuming less stops nobody new."""
    assume(presumptions[0] != presumptions[1])
    engaged = []
    for pi in sorted(presumptions):
        model = DeploymentModel(
            BUSY,
            run_seed=seed,
            **{
                "deployment.hours": 0.1,
                "officers.teams": 1000,
                "officers.presumption_to_intervene": pi,
                "officers.stages": stages,
            },
        )
        model.run()
        engaged.append({_key(a) for a in model.alerts if a.outcome is Outcome.ENGAGED})

    assert engaged[0] <= engaged[1]
