"""Judging, going after, stopping: pure functions against closed forms, and the queue of teams."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial
from typing import Any

import mesa
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


def test_stops_have_the_lengths_asked_for() -> None:
    """Protects the gamma law of lengths: mean 10 and shape 4 for a stale entry (KS, p > 1e-6)."""
    minutes = [one.minutes for one in _stops(right_person=True, current=False)]

    assert kstest(minutes, "gamma", args=(4.0, 0.0, 2.5)).pvalue > 1e-6


def test_the_second_stage_has_a_presumption_of_its_own() -> None:
    """Protects the second dial: left out it is the first's, and it moves its own stage only."""
    same = stages_of(_two_stages(0.5))
    update = {"second_presumption_to_intervene": 0.9}
    first, second = stages_of(_two_stages(0.5).model_copy(update=update))

    assert same[0] == same[1] == first == judgement(0.3, 0.14, 1.7)
    assert second == judgement(0.9, 0.14, 1.7)


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
        assert alert.sent_s >= last_end.get(alert.team, 0.0) - 1e-6
        held_s = 60.0 * (alert.minutes or 0.0)
        arrest_s = 60.0 * 45.0 * (alert.disposal is Disposal.ARREST)
        back_s = 0.0
        if alert.contact_x_m is not None and alert.contact_y_m is not None:
            place = (alert.contact_x_m, alert.contact_y_m)
            back_s = math.dist(place, model.teams[alert.team].post) / 1.8
        last_end[alert.team] = (alert.contact_s or alert.sent_s) + held_s + arrest_s + back_s

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

    lapsed = [a.ended_s - a.time_s for a in model.alerts if a.outcome is Outcome.LAPSED and a.ended_s]

    assert max(ages) <= 40.0
    assert outcomes[Outcome.LAPSED] == len(lapsed) > 0
    assert lapsed == pytest.approx([40.0] * len(lapsed))


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


def test_an_alert_judged_too_late_lapses_at_once() -> None:
    """Protects the limit when judging takes longer: nobody is sent, nobody is lost."""
    model = _run(officers__decision_latency_s=50.0, officers__give_up_s=40.0, officers__teams=100)
    outcomes = {alert.outcome for alert in model.alerts}

    assert outcomes == {Outcome.DISMISSED, Outcome.LAPSED}
    assert all(alert.ended_s == pytest.approx(alert.time_s + 50.0) for alert in model.alerts)


@pytest.mark.parametrize("stages", [1, 2])
def test_each_stage_takes_its_time(stages: int) -> None:
    """Protects the delay of judging: the latency, once for each stage."""
    model = _run(officers__stages=stages, officers__decision_latency_s=7.0)

    assert all(a.decided_s == pytest.approx(a.time_s + 7.0 * stages) for a in model.alerts)


class _Queue:
    """A police response alone: a clock, teams at two posts, people who stand still."""

    def __init__(self, places: list[tuple[float, float]], posts: list[tuple[float, float]]) -> None:
        from lfr_sim.clock import Clock
        from lfr_sim.police import Response, ResponseUniforms, Team

        officers = OFFICERS.model_copy(
            update={"presumption_to_intervene": 1.0, "found_share": 1.0, "give_up_s": 5000.0}
        )
        mesa_model = mesa.Model(rng=1)
        teams = [Team(mesa_model, number, post, 1.8) for number, post in enumerate(posts)]
        self.clock = Clock()
        self.ended: list[Alert] = []
        self.response = Response(
            officers, teams, self.clock, lambda passer, _: places[passer], self.ended.append
        )
        count = len(places)
        self.response.uniforms = ResponseUniforms(
            np.full((2, count), 0.5), np.full((1, count), 0.5), np.full((4, count), 0.9)
        )
        self.alerts = [
            Alert(n, 1.0 * n, n, n, "V1", "C", 0.7, 0, False, False, False) for n in range(count)
        ]
        for alert in self.alerts:
            self.clock.schedule(alert.time_s, partial(self.response.receive, alert))
        self.clock.run_until(10_000.0)


def test_the_nearest_team_goes() -> None:
    """Protects dispatch: of two posts the nearer one's team is sent."""
    queue = _Queue(places=[(90.0, 0.0), (8.0, 0.0)], posts=[(0.0, 0.0), (100.0, 0.0)])

    assert [alert.team for alert in queue.alerts] == [1, 0]


def test_the_oldest_alert_is_served_first() -> None:
    """Protects the queue: with one team, alerts are served in the order they came, after its return."""
    queue = _Queue(places=[(0.0, 0.0), (50.0, 0.0), (5.0, 0.0)], posts=[(0.0, 0.0)])
    sent = [alert.sent_s for alert in queue.alerts]

    assert len(queue.ended) == 3
    assert sent == sorted(sent, key=lambda time_s: time_s or 0.0)
    first = queue.alerts[0]
    assert first.contact_s == pytest.approx(10.0 + 20.0)
    assert sent[1] == pytest.approx(first.ended_s or 0.0)


def test_a_team_that_gives_up_is_where_it_has_walked_to() -> None:
    """Protects the way back: nobody is carried to a person they never reached."""
    from lfr_sim.police import Team

    team = Team(mesa.Model(rng=1), 0, (0.0, 0.0), 2.0)
    team.walk_towards((30.0, 40.0), 10.0)

    assert team.place == pytest.approx((12.0, 16.0))
    assert team.way_back_s() == pytest.approx(10.0)
    team.walk_towards((12.0, 17.0), 10.0)
    assert team.place == pytest.approx((12.0, 17.0))


def _arrested(alert: Alert) -> bool:
    return alert.disposal is Disposal.ARREST


def test_people_with_officers_set_off_no_alert() -> None:
    """Protects against arresting twice: no alert during a stop, none after an arrest."""
    model = _run(
        officers__teams=500,
        watchlist__presence=0.5,
        crowd__repeat__same_day_share=1.0,
        crowd__repeat__delay_mean_h=0.2,
        site__vans=["V1", "V2"],
        matcher__tpir=0.9,
    )
    twice = Counter(alert.person for alert in model.alerts)
    free_again: dict[int, float] = {}
    for alert in sorted(model.alerts, key=lambda alert: (alert.sent_s or np.inf, alert.alert)):
        if alert.sent_s is not None:  # nobody is sent after somebody whom officers deal with
            assert alert.sent_s >= free_again.get(alert.person, 0.0)
            arrested = alert.disposal is Disposal.ARREST
            free_again[alert.person] = np.inf if arrested else (alert.ended_s or np.inf)
    sought = [a for a in model.alerts if a.sent_s is not None]
    busy = [(a.person, a.sent_s, free_again[a.person] if _arrested(a) else a.ended_s) for a in sought]
    during = [
        alert
        for person, since_s, until_s in busy
        for alert in model.alerts
        if alert.person == person and (since_s or 0.0) < alert.time_s < (until_s or np.inf)
    ]
    arrests = Counter(a.person for a in model.alerts if _arrested(a))

    assert during == []

    assert max(twice.values()) > 1
    assert max(arrests.values()) == 1
