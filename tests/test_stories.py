"""The story of an alert: every word of it is so, of every kind of alert there is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from police_parts import SURE, PoliceAlone, an_alert, drawn_uniforms

from lfr_sim.dashboard.stories import WRITTEN, Story, story_of
from lfr_sim.explanation import explain
from lfr_sim.model import DeploymentModel
from lfr_sim.records import Alert, Cooperation, Disposal, Outcome, Step
from lfr_sim.scenario import Scenario
from lfr_sim.street import load_site

BUSY = Scenario.from_dict({"site": {"layout": "leicester_square", "vans": ["V1", "V2"]}}).replace(
    {
        "deployment.hours": 0.5,
        "crowd.passers_per_hour": 6000.0,
        "crowd.repeat.same_day_share": 0.8,
        "crowd.repeat.delay_mean_h": 0.15,
        "camera.dedupe_cooldown_s": 0.0,
        "watchlist.size": 3000,
        "watchlist.presence": 0.04,
        "watchlist.presence_day_effect": False,
        "watchlist.stale_share": 0.3,
        "watchlist.kin_share": 0.5,
        "matcher.kin_fmr_multiplier": 1e5,
        "matcher.fmr": 1e-5,
        "officers.teams": 12,
        "officers.found_share": 0.6,
        "officers.fled_share": 0.2,
        "officers.engagement.refusal_share": 0.4,
        "officers.engagement.minutes_at_once": 1.0,
        "officers.engagement.minutes_true_no_arrest": 1.0,
        "officers.engagement.team_busy_minutes_arrest": 2.0,
        "officers.disposal.arrest_share": 0.5,
        "officers.disposal.other_share": 0.3,
        "officers.disposal.arrest_share_misidentified": 0.3,
        "officers.disposal.warrant_offence_share.drugs": 0.4,
        "officers.disposal.warrant_offence_share.failure_to_appear": 0.3,
        "officers.disposal.warrant_offence_share.violence": 0.3,
    }
)
SITE = load_site("leicester_square", ("V1",))
SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"officers.reviewers": 2, "officers.presumption_to_intervene": 0.2},
    {"officers.stages": 2, "officers.presumption_to_intervene": 0.3, "officers.give_up_s": 90.0},
    {"officers.reviewers": 2, "officers.stages": 2, "officers.presumption_to_intervene": 0.3},
    {"officers.teams": 0},
    {"officers.teams": 2, "officers.give_up_s": 200.0, "officers.walking_speed_m_s": 0.9},
    {"officers.teams": 1, "officers.alerts_wait": False},
    {"officers.give_up_s": 25.0, "officers.post_distance_m": 60.0, "officers.walking_speed_m_s": 1.0},
    {"officers.stages": 2, "officers.decision_latency_s": 45.0, "officers.give_up_s": 70.0},
    {"watchlist.operations.remove_entries": 1500, "watchlist.presence": 0.2, "matcher.threshold": 0.625},
)


@dataclass(frozen=True)
class Told:
    """One alert, its story, and what else decided about it."""

    alert: Alert
    story: Story
    steps: list[Step]
    scenario: Scenario
    remarks: list[str]

    @property
    def judged(self) -> list[bool]:
        """What each of those who judge says."""
        return [step.passed for step in self.steps if "yes" in step.name]

    @property
    def text(self) -> str:
        """The whole story."""
        return " / ".join(f"{step.when}: {step.text}" for step in self.story.steps)


def told_of(changes: dict[str, Any]) -> tuple[DeploymentModel, list[Told]]:
    """Return a day and the stories of its alerts."""
    scenario = BUSY.replace(changes)
    model = DeploymentModel(scenario, run_seed=6)
    model.run()
    told = []
    for alert in model.alerts:
        why = explain(model, alert.alert)
        off = any("was taken off" in remark for remark in why.remarks)
        story = story_of(alert, why.response, scenario, model.site, taken_off=off)
        told.append(Told(alert, story, why.response, scenario, why.remarks))
    return model, told


@pytest.fixture(scope="module")
def days() -> list[tuple[DeploymentModel, list[Told]]]:
    """Return days in which, together, everything happens."""
    return [told_of(changes) for changes in SETTINGS]


@pytest.fixture(scope="module")
def everything(days: list[tuple[DeploymentModel, list[Told]]]) -> list[Told]:
    """Return all stories of the days, and those of two alerts on one person shortly after each other."""
    camera = SITE.zones[0].camera
    alerts = [an_alert(n, time_s=5.0 * n, person=0, passer=0, camera=camera) for n in range(2)]
    alone = PoliceAlone(SURE, alerts, drawn_uniforms(2, 1), [(30.0, 0.0), (40.0, 0.0)]).run()
    told = [one for _, of_day in days for one in of_day]
    for alert in alone.alerts:
        steps = alone.response.steps(alert)
        told.append(Told(alert, story_of(alert, steps, SURE, SITE), steps, SURE, []))
    return told


def _gave_up(one: Told) -> bool:
    """Return whether an alert lapsed because its time was over (to a millisecond)."""
    limit_s = one.scenario.officers.give_up_s
    return (one.alert.ended_s or 0.0) - one.alert.time_s > limit_s - 1e-3


def _lapsed(one: Told) -> bool:
    return one.alert.outcome is Outcome.LAPSED


def _judged_late(one: Told) -> bool:
    limit_s = one.scenario.officers.give_up_s
    return _lapsed(one) and (one.alert.decided_s or 0.0) - one.alert.time_s > limit_s - 1e-3


def _may_wait(one: Told) -> bool:
    officers = one.scenario.officers
    return _lapsed(one) and not _judged_late(one) and officers.teams > 0 and officers.alerts_wait


def _stopped(one: Told) -> bool:
    return one.alert.outcome is Outcome.ENGAGED


def _uninformed(one: Told) -> bool:
    alert = one.alert
    complied = alert.cooperation is Cooperation.COMPLIED
    return _stopped(one) and not alert.legal_basis and not alert.informed and complied


Fact = Callable[[Told], bool]
FACTS: dict[str, Fact] = {
    # The camera.
    r"Person on the list, matched to their own entry": lambda t: t.alert.candidate_is_mate,
    r"though no longer wanted": lambda t: t.alert.candidate_is_mate and t.alert.entry_is_stale,
    r"Person on the list, but": lambda t: t.alert.mated and not t.alert.candidate_is_mate,
    r"a lookalike relative's entry": lambda t: t.alert.candidate_is_kin,
    r"Person not on the list|Person taken off": lambda t: not t.alert.mated,
    r"Person taken off the list": lambda t: any("was taken off" in remark for remark in t.remarks),
    # Those who judge.
    r"judgement: Officer: looks like": lambda t: t.scenario.officers.reviewers == 1 and t.judged[0],
    r"judgement: Officer: not the person": lambda t: t.scenario.officers.reviewers == 1 and not t.judged[0],
    r"both say: looks like": lambda t: t.scenario.officers.reviewers == 2 and all(t.judged[:2]),
    r"both say: not": lambda t: t.scenario.officers.reviewers == 2 and not any(t.judged[:2]),
    r"one says: not": lambda t: t.scenario.officers.reviewers == 2 and len(set(t.judged[:2])) == 2,
    r"Officers in the street: the same": lambda t: t.scenario.officers.stages == 2 and all(t.judged),
    r"Officers in the street: not": (
        lambda t: t.scenario.officers.stages == 2 and all(t.judged[:-1]) and not t.judged[-1]
    ),
    # What follows.
    r"Nobody sent\.": lambda t: t.alert.outcome is Outcome.DISMISSED and not all(t.judged),
    r"Recognised from a stop": lambda t: t.alert.outcome is Outcome.DISMISSED and all(t.judged),
    r"[Tt]eam \d+ sent": lambda t: t.alert.team is not None,
    r"No team free for .*, then": lambda t: (t.alert.sent_s or 0.0) >= (t.alert.decided_s or 0.0) + 1.0,
    r"after the alert, too late": _judged_late,
    r"There is no team to send": lambda t: (
        _lapsed(t) and not _judged_late(t) and t.scenario.officers.teams == 0
    ),
    r"No team free, so nobody sent": lambda t: (
        _lapsed(t) and not _judged_late(t) and not t.scenario.officers.alerts_wait
    ),
    r"A team was after the same person already": lambda t: _may_wait(t) and not _gave_up(t),
    r"No team free within": lambda t: _may_wait(t) and _gave_up(t),
    # The street.
    r"Could not reach": lambda t: t.alert.outcome is Outcome.LOST and t.alert.contact_s is None,
    r"Looked \d+ m from the van and did not find": (
        lambda t: t.alert.outcome is Outcome.LOST and t.alert.contact_s is not None
    ),
    r"ran away": lambda t: t.alert.outcome is Outcome.FLED,
    r"Stopped \d+ m from the van": _stopped,
    r"By mistake": lambda t: _stopped(t) and not t.alert.candidate_is_mate,
    r"no longer wanted: no power": lambda t: t.alert.right_person is True and not t.alert.entry_current,
    r"but there is no power": lambda t: (
        t.alert.right_person is True and t.alert.entry_current is True and not t.alert.legal_basis
    ),
    r"Identity checked": lambda t: t.alert.cooperation is Cooperation.COMPLIED,
    r"Refused, and left": lambda t: t.alert.cooperation is Cooperation.LEFT,
    r"Refused, and was detained": lambda t: t.alert.cooperation is Cooperation.DETAINED,
    r"Fingerprints demanded": lambda t: bool(t.alert.fingerprints_demanded),
    r"Not told that one may decline": _uninformed,
    r"Arrested for": lambda t: t.alert.disposal is Disposal.ARREST,
    r"Arrested for a drug": lambda t: t.alert.offence == "drugs",
    r"Arrested for failing to appear": lambda t: t.alert.offence == "failure_to_appear",
    r"Arrested for violence": lambda t: t.alert.offence == "violence",
    r"Arrested for another offence": lambda t: t.alert.offence == "other",
    # The record.
    r": (True|False) alert, engaged": _stopped,
    r": False alert, not engaged": lambda t: t.alert.outcome is Outcome.DISMISSED,
    r": True alert, not engaged": (
        lambda t: t.alert.outcome in (Outcome.LAPSED, Outcome.LOST, Outcome.FLED)
    ),
    r"In truth it was the person": (
        lambda t: t.alert.outcome is Outcome.DISMISSED and t.alert.candidate_is_mate
    ),
    r"In truth it was somebody else": lambda t: (
        t.alert.outcome in (Outcome.LAPSED, Outcome.LOST, Outcome.FLED) and not t.alert.candidate_is_mate
    ),
    r"engaged\. Arrest\.": lambda t: t.alert.disposal is Disposal.ARREST,
    r"engaged\. No arrest, another action\.": lambda t: t.alert.disposal is Disposal.OTHER,
    r"engaged\. No arrest\.": lambda t: t.alert.disposal is Disposal.NONE,
}
"""What is said -> of which alerts it is so: of all of these, and of no others."""


@pytest.mark.parametrize("said", FACTS)
def test_what_is_said_is_so_and_what_is_so_is_said(said: str, everything: list[Told]) -> None:
    """Protects the words: each stands in the stories of which it is true, of at least one, not in all."""
    wrong = [one.text for one in everything if bool(re.search(said, one.text)) != FACTS[said](one)]

    assert wrong == []
    assert 0 < sum(FACTS[said](one) for one in everything) < len(everything)


def test_stories_add_up_to_the_record(days: list[tuple[DeploymentModel, list[Told]]]) -> None:
    """Protects "Written down as": counted over a day, it is the record row."""
    for model, told in days:
        last = [one.story.steps[-1] for one in told]
        assert {step.when for step in last} == {WRITTEN}
        counts = {
            "alerts": len(last),
            "true_alerts": sum(step.text.startswith("True") for step in last),
            "false_alerts": sum(step.text.startswith("False") for step in last),
            "true_alerts_engaged": sum(step.text.startswith("True alert, engaged") for step in last),
            "false_alerts_engaged": sum(step.text.startswith("False alert, engaged") for step in last),
            "arrests": sum("Arrest." in step.text for step in last),
        }
        assert counts == {name: model.record[name] for name in counts}


def test_heads_say_when_and_where(days: list[tuple[DeploymentModel, list[Told]]]) -> None:
    """Protects the heads: clock times of the deployment that never go back, camera, team, in that order."""
    for model, told in days:
        start_s = 3600.0 * model.config.deployment.start_hour
        for one in told:
            heads = [step.when for step in one.story.steps]
            clocks = [head.partition(",")[0] for head in heads[:-1]]
            assert clocks == sorted(clocks)
            hours, minutes, seconds = map(int, clocks[0].split(":"))
            assert hours * 3600 + minutes * 60 + seconds == int(start_s + one.alert.time_s)
            van, number = re.fullmatch(r".*, van (V\d), camera (\d)", heads[0]).groups()
            assert van == one.alert.van
            at_van = [zone.camera for zone in model.site.zones if model.site.vans[zone.van].id == van]
            assert at_van[int(number) - 1] == one.alert.camera
            assert heads[1].endswith(", judgement")
            assert len(heads) == 3 + (one.alert.team is not None)
            if one.alert.team is not None:
                assert heads[2].endswith(f", team {one.alert.team + 1}")


def test_numbers_in_the_words_are_the_alerts(days: list[tuple[DeploymentModel, list[Told]]]) -> None:
    """Protects the figures: score, threshold, metres and minutes, as rounded."""
    for model, told in days:
        threshold = model.config.matcher.threshold
        places = {van.id: (van.x, van.y) for van in model.site.vans}
        for one in told:
            score, against = re.findall(r"0\.\d+", one.story.steps[0].text)
            assert float(against) == pytest.approx(threshold)
            assert float(score) == pytest.approx(one.alert.score, abs=0.0051)
            assert float(score) >= float(against)
            assert len(against) == len(score) >= 4
            if one.alert.contact_s is not None and one.alert.contact_x_m is not None:
                away = math.dist(
                    (one.alert.contact_x_m, one.alert.contact_y_m or 0.0), places[one.alert.van]
                )
                assert f"{away:.0f} m from the van" in one.story.steps[2].text
            if one.alert.minutes is not None:
                whole = round(one.alert.minutes)
                words = "less than a minute" if whole == 0 else f"{whole} minute"
                assert words in one.story.steps[2].text
                assert not re.search(r"\b(1 minutes|1 seconds|0 )", one.text)


def test_labels_are_short_and_say_the_same(days: list[tuple[DeploymentModel, list[Told]]]) -> None:
    """Protects the plan: at most three lines of 34 characters, at the alert and at the stop."""
    for _, told in days:
        for one in told:
            label, stop, alert = one.story.label, one.story.stop_label, one.alert
            assert len(label) == 3
            assert len(stop) == (3 if _stopped(one) else 0)
            assert max(map(len, (*label, *stop))) <= 34
            assert label[0] == f"{one.story.steps[0].when.partition(',')[0]} Alert"
            assert ("not on the list" in label[2]) == (not alert.mated)
            assert (label[2] == "Person on the list.") == alert.candidate_is_mate
            if stop:
                assert stop[0] == f"{one.story.steps[2].when.partition(',')[0]} Stopped"
                assert (stop[1] == "The person listed.") == bool(alert.right_person)
                assert stop[2].startswith("Arrested") == (alert.disposal is Disposal.ARREST)
                left = alert.cooperation is Cooperation.LEFT
                assert stop[2].startswith("Left") == left
            assert one.story.one_line.startswith(label[0])


def test_words_pass_no_verdict(days: list[tuple[DeploymentModel, list[Told]]]) -> None:
    """Protects the language: no verdicts, nothing unfilled, every step ends in a full stop."""
    for _, told in days:
        for one in told:
            assert not re.search(
                r"innocent|guilty|criminal|lawful|None|nan|\bwrong", one.text, re.IGNORECASE
            )
            assert all(step.text.endswith(".") and ".." not in step.text for step in one.story.steps)
            assert all(len(step.text) <= 210 for step in one.story.steps)


@given(time_s=st.floats(0.0, 86_400.0), start=st.sampled_from([0.0, 12.0, 12.5, 23.0]))
def test_the_clock_goes_round_midnight(time_s: float, start: float) -> None:
    """Protects long days: hours stay below 24."""
    scenario = BUSY.replace({"deployment.start_hour": start, "deployment.hours": 1.0})
    camera = SITE.zones[0].camera
    alert = an_alert(
        time_s=time_s, camera=camera, outcome=Outcome.DISMISSED, decided_s=time_s + 10, ended_s=time_s + 10
    )
    story = story_of(alert, [Step("first reviewer says yes", 0.5, 0.9)], scenario, SITE)
    hours, minutes, seconds = map(int, story.steps[0].when.removesuffix(", camera 1").split(":"))

    assert hours < 24
    assert minutes < 60
    told_s = hours * 3600 + minutes * 60 + seconds
    assert (3600 * start + time_s - told_s) % 86_400 < 1.0 + 1e-4 or math.isclose(
        (3600 * start + time_s - told_s) % 86_400, 86_400, abs_tol=1e-4
    )


@given(time_s=st.floats(0.0, 40_000.0), limit_s=st.sampled_from([30.0, 60.0, 120.0]))
def test_time_that_is_up_is_up(time_s: float, limit_s: float) -> None:
    """Protects the reason: time + limit - time can come out below the limit by a bit."""
    scenario = BUSY.replace({"officers.give_up_s": limit_s})
    alert = an_alert(
        time_s=time_s,
        camera=SITE.zones[0].camera,
        outcome=Outcome.LAPSED,
        decided_s=time_s + 10.0,
        ended_s=time_s + limit_s,
    )
    story = story_of(alert, [Step("first reviewer says yes", 0.5, 0.1)], scenario, SITE)

    assert "No team free within" in story.steps[1].text
