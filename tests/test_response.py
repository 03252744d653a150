"""The response as a whole: who is sent, what becomes of an alert, and the day with its model."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from police_parts import DAY, SURE, PoliceAlone, an_alert, drawn_uniforms, equal_uniforms, numbers
from van_parts import exact_p

from lfr_sim.model import DeploymentModel
from lfr_sim.records import Alert, Cooperation, Disposal, Outcome
from lfr_sim.scenario import Scenario

POST = (0.0, 0.0)


def _told(response_of: PoliceAlone, alert: Alert) -> dict[str, bool]:
    return {step.name: step.passed for step in response_of.response.steps(alert)}


def _standing(places: list[tuple[float, float]], posts: list[tuple[float, float]]) -> PoliceAlone:
    """Return a finished day with people who stand still and set off an alert a second."""
    alerts = [an_alert(number, time_s=1.0 * number) for number in range(len(places))]
    uniforms = equal_uniforms(len(places))
    return PoliceAlone(SURE, alerts, uniforms, posts, lambda passer, _: places[passer]).run()


def test_the_nearest_team_goes() -> None:
    """Protects dispatch: of two posts the nearer one's team is sent."""
    queue = _standing(places=[(90.0, 0.0), (8.0, 0.0)], posts=[(0.0, 0.0), (100.0, 0.0)])

    assert [alert.team for alert in queue.alerts] == [1, 0]


def test_the_oldest_alert_is_served_first() -> None:
    """Protects the queue: with one team, alerts are served in the order they came, after its return."""
    queue = _standing(places=[(0.0, 0.0), (50.0, 0.0), (5.0, 0.0)], posts=[POST])
    sent = [alert.sent_s for alert in queue.alerts]

    assert len(queue.ended) == 3
    assert sent == sorted(sent, key=lambda time_s: time_s or 0.0)
    first = queue.alerts[0]
    assert first.contact_s == pytest.approx(10.0 + 20.0)
    assert sent[1] == pytest.approx(first.ended_s or 0.0)


@pytest.mark.parametrize("waits", [True, False])
def test_whether_alerts_wait_is_a_rule(waits: bool) -> None:
    """Protects alerts_wait: with one team, a second alert is served later, or lapses when judged."""
    scenario = SURE.replace({"officers.alerts_wait": waits})
    alerts = [an_alert(number, time_s=1.0 * number) for number in range(2)]
    first, second = PoliceAlone(scenario, alerts, equal_uniforms(2), [POST]).run().alerts

    assert first.outcome is Outcome.ENGAGED
    assert second.outcome is (Outcome.ENGAGED if waits else Outcome.LAPSED)
    if not waits:
        assert second.ended_s == second.decided_s == 11.0


def test_whoever_runs_away_is_not_stopped() -> None:
    """Protects fled_share: found, never spoken to, and the team walks back from where they met."""
    scenario = SURE.replace({"officers.fled_share": 0.6})
    place = (18.0, 0.0)
    alerts = [an_alert(0), an_alert(1)]
    day = PoliceAlone(scenario, alerts, equal_uniforms(2), [POST], lambda passer, _: place).run()
    first, second = day.alerts

    assert {first.outcome, second.outcome} == {Outcome.FLED}
    assert first.cooperation is first.minutes is first.disposal is None
    assert first.contact_s == pytest.approx(10.0 + 10.0 + 20.0)
    assert first.ended_s == first.contact_s
    assert second.sent_s == pytest.approx(first.contact_s + 10.0)
    assert not day.response.holds(first.person)
    assert list(_told(day, first)) == ["first reviewer says yes", "found", "fled"]


def _alerted_twice(*, arrested: bool = False, **changes: Any) -> PoliceAlone:
    """Return a day on which one person sets off two alerts an hour apart, found the first time."""
    uniforms = equal_uniforms(2, judgement=0.85, stop=0.5 if arrested else 0.999)
    scenario = SURE.replace({"officers.engagement.remember_share": 0.9} | changes)
    kind = {"person": 7, "candidate_is_mate": arrested}
    alerts = [an_alert(0, time_s=0.0, **kind), an_alert(1, time_s=3600.0, **kind)]
    return PoliceAlone(scenario, alerts, uniforms, [POST]).run()


def test_people_who_were_let_go_are_remembered() -> None:
    """Protects remember_share: alerted on again, they are recognised and left alone (u 0.85 < 0.9)."""
    day = _alerted_twice()
    first, second = day.alerts

    assert first.outcome is Outcome.ENGAGED
    assert second.outcome is Outcome.DISMISSED
    assert (first.act_probability, second.act_probability) == (1.0, pytest.approx(0.1))
    assert _told(day, second) == {"first reviewer says yes": True, "remembered": True}
    assert "remembered" not in _told(day, first)


def test_people_who_were_not_stopped_are_not_remembered() -> None:
    """Protects memory: not after a search in vain, not with a share below u; arrest ends the matter."""
    forgotten = _alerted_twice(**{"officers.engagement.remember_share": 0.8}).alerts
    lost = _alerted_twice(**{"officers.found_share": 0.0}).alerts
    arrested = _alerted_twice(arrested=True).alerts

    assert [alert.outcome for alert in forgotten] == [Outcome.ENGAGED, Outcome.ENGAGED]
    assert forgotten[1].act_probability == pytest.approx(0.2)
    assert [alert.outcome for alert in lost] == [Outcome.LOST, Outcome.LOST]
    assert [alert.outcome for alert in arrested] == [Outcome.ENGAGED, Outcome.OPEN]


def test_a_stop_is_written_down() -> None:
    """Protects the fields of an alert: what was found in the stop stands in them, empty before."""
    lapsed, stopped = an_alert(0), an_alert(1, candidate_is_mate=True)
    PoliceAlone(SURE.replace({"officers.give_up_s": 1.0}), [lapsed], equal_uniforms(1), [POST]).run()
    PoliceAlone(SURE, [stopped], equal_uniforms(2, stop=0.5), [POST]).run()
    fields = ("right_person", "entry_current", "legal_basis", "informed", "cooperation", "disposal")

    assert [getattr(lapsed, name) for name in fields] == [None] * 6
    expected = [True, True, True, False, Cooperation.COMPLIED, Disposal.ARREST]
    assert [getattr(stopped, name) for name in fields] == expected
    assert (stopped.fingerprints_demanded, stopped.offence, stopped.on_purpose) == (False, "drugs", False)


def _busy_day() -> PoliceAlone:
    """Return a day with every option on and 4,000 alerts on 3,000 people."""
    scenario = DAY.replace(
        {
            "deployment.hours": 24.0,
            "officers.reviewers": 2,
            "officers.stages": 2,
            "officers.fled_share": 0.1,
            "officers.engagement.refusal_share": 0.3,
            "officers.engagement.team_busy_minutes_arrest": 5.0,
        }
    )
    draw = np.random.default_rng(2)
    alerts = [
        an_alert(number, time_s=20.0 * number, person=int(draw.integers(3000)), candidate_is_mate=mate)
        for number, mate in enumerate((draw.random(4000) < 0.5).tolist())
    ]
    judges = [-0.5, 0.0, 0.5]
    return PoliceAlone(scenario, alerts, drawn_uniforms(4000, 3), [POST] * 30, judges=judges).run()


def test_the_explanation_agrees_with_what_happened() -> None:
    """Protects Response.steps: what it tells of each alert of a full day is what was written down."""
    day = _busy_day()
    outcomes = Counter(alert.outcome for alert in day.alerts)
    for alert in day.ended:
        told = _told(day, alert)
        says = [passed for name, passed in told.items() if name.endswith(("says yes", "say yes"))]
        acted = all(says) and not told.get("remembered", False)
        assert len(says) == 3
        assert acted == (alert.outcome is not Outcome.DISMISSED)
        assert ("found" in told) == (alert.contact_s is not None)
        assert told.get("fled", False) == (alert.outcome is Outcome.FLED)
        assert ("refused" in told) == (alert.outcome is Outcome.ENGAGED)
        assert told.get("arrested", False) == (alert.disposal is Disposal.ARREST)

    assert {*outcomes} >= {Outcome.DISMISSED, Outcome.LOST, Outcome.FLED, Outcome.ENGAGED}
    assert len(day.ended) + outcomes[Outcome.OPEN] == 4000


def test_an_alert_gets_one_end_and_a_stop_all_its_fields() -> None:
    """Protects conservation: each alert ends once, with the fields of a stop if and only if engaged."""
    day = _busy_day()

    assert len({alert.alert for alert in day.ended}) == len(day.ended)
    for alert in day.ended:
        stopped = alert.outcome is Outcome.ENGAGED
        for value in (alert.cooperation, alert.disposal, alert.minutes, alert.legal_basis, alert.informed):
            assert (value is not None) == stopped
        assert alert.outcome is not Outcome.OPEN
        if stopped:
            assert alert.contact_s is not None
            assert alert.ended_s == pytest.approx(alert.contact_s + 60.0 * (alert.minutes or 0.0))


def test_people_run_away_as_often_as_asked_for() -> None:
    """Protects fled_share against found: exact binomial p > 1e-6 on a full day."""
    day = _busy_day()
    outcomes = Counter(alert.outcome for alert in day.ended)
    met = outcomes[Outcome.FLED] + outcomes[Outcome.ENGAGED]
    chances = [alert.found_probability for alert in day.ended if alert.found_probability is not None]

    assert exact_p(outcomes[Outcome.FLED], met, 0.1) > 1e-6
    assert abs(met - sum(chances)) < 5 * math.sqrt(sum(p * (1 - p) for p in chances))


def test_an_alert_on_somebody_who_is_sought_already_lapses() -> None:
    """Protects against two teams for one person, whether alerts wait or not."""
    for waits in (True, False):
        scenario = SURE.replace({"officers.alerts_wait": waits})
        alerts = [an_alert(0, person=3), an_alert(1, time_s=5.0, person=3)]
        first, second = PoliceAlone(scenario, alerts, equal_uniforms(2), [POST, POST]).run().alerts

        assert first.outcome is Outcome.ENGAGED
        assert second.outcome is Outcome.LAPSED


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


@settings(max_examples=50)
@given(st.lists(numbers(0, 1), min_size=2, max_size=2), st.integers(0, 30), st.sampled_from([1, 2]))
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
