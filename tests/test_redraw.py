"""A day of which one part is drawn again: that part is another, everything else is what it was."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import pavement_file

from lfr_sim.cli import main
from lfr_sim.explanation import explain
from lfr_sim.model import DeploymentModel, redraw_faults
from lfr_sim.records import Alert, Outcome
from lfr_sim.scenario import InputError, Scenario
from lfr_sim.streams import MOST_REDRAWS, PARTS, Seed, Stream, generator

LIVELY = Scenario.from_dict({"site": {"layout": pavement_file(), "vans": ["V1"]}}).replace(
    {
        "deployment.hours": 0.5,
        "crowd.passers_per_hour": 3000.0,
        "crowd.repeat.same_day_share": 0.8,
        "crowd.repeat.delay_mean_h": 0.13,
        "camera.dedupe_cooldown_s": 0.0,
        "watchlist.size": 3000,
        "watchlist.presence": 0.08,
        "matcher.fmr": 2e-5,
        "officers.teams": 8,
    }
)
"""Many alerts, several on the same people, and too few officers."""
NUMBERS = (1, 2, 7)


@lru_cache(maxsize=64)
def day(replicate: int = 0, **redraw: int) -> DeploymentModel:
    """Return a day that has been simulated."""
    model = DeploymentModel(LIVELY, run_seed=4, replicate=replicate, redraw=redraw)
    model.run()
    return model


def seen(alert: Alert) -> tuple[Any, ...]:
    """Return what is so of an alert before anybody judges it."""
    return (
        alert.alert,
        alert.time_s,
        alert.passer,
        alert.person,
        alert.camera,
        alert.score,
        alert.candidate,
        alert.candidate_is_mate,
    )


def done(model: DeploymentModel) -> list[tuple[Any, ...]]:
    """Return what became of each alert."""
    return [(alert.alert, alert.outcome, alert.team, alert.minutes) for alert in model.alerts]


def walks(model: DeploymentModel) -> list[np.ndarray[Any, Any]]:
    """Return who walks past, when, where, and who of them is listed on which entry."""
    crowd, membership = model.crowd, model.membership
    return [
        *(getattr(crowd, name) for name in ("unit_arrive_s", "unit_route", "unit_speed_m_s", "person")),
        *(getattr(crowd, name) for name in ("older", "masked", "hooded", "under_18", "group", "woman")),
        *(membership.listed, membership.entry, membership.kin_entry, membership.image_age_years),
        *(model.walking.passes.enter_s, model.walking.passes.exit_s, model.listed),
    ]


def equal(left: list[np.ndarray[Any, Any]], right: list[np.ndarray[Any, Any]]) -> bool:
    """Return whether all arrays are the same."""
    return all(np.array_equal(one, other) for one, other in zip(left, right, strict=True))


def test_no_redraw_is_the_day_itself() -> None:
    """Protects ordinary runs: 0 and nothing are the same day, and its seed is the plain number."""
    for redraw in (None, {}, {"officers": 0}, dict.fromkeys(PARTS, 0)):
        model = DeploymentModel(LIVELY, run_seed=4, redraw=redraw)
        model.run()

        assert model.redraw == {}
        assert type(model.run_seed) is int
        assert list(map(str, model.alerts)) == list(map(str, day().alerts))
        assert (model.record, model.truth) == (day().record, day().truth)


@pytest.mark.parametrize("replicate", range(3))
@pytest.mark.parametrize("number", NUMBERS)
def test_officers_drawn_again_leave_the_van_as_it_was(replicate: int, number: int) -> None:
    """Protects the law: what the van would raise is the same, and so is every alert raised on both days.

    Officers change which alerts there are by one thing only: somebody whom they are after, are stopping or
    have arrested sets off no more. So the first alert of everybody is there on both days, and one that is
    missing from a day is on somebody to whom a team had been sent before, on that day.
    """
    plain, again = day(replicate), day(replicate, officers=number)

    assert equal(walks(plain), walks(again))
    assert np.array_equal(plain.searches.score, again.searches.score)
    assert np.array_equal(plain._alert_rows, again._alert_rows)
    ours, theirs = ({alert.alert: alert for alert in model.alerts} for model in (plain, again))
    for shared in ours.keys() & theirs.keys():
        assert seen(ours[shared]) == seen(theirs[shared])
    for here, there in ((plain, theirs), (again, ours)):
        raised = {alert.alert for alert in here.alerts}
        for missing in there.keys() - raised:
            sent = [
                alert
                for alert in here.alerts
                if alert.person == there[missing].person and alert.sent_s is not None
            ]
            assert any(alert.sent_s < there[missing].time_s for alert in sent if alert.sent_s is not None)
    people = {alert.person for alert in plain.alerts}
    assert people == {alert.person for alert in again.alerts}
    assert done(plain) != done(again)


def test_officers_do_suppress_alerts_here() -> None:
    """Protects the test above against being about nothing."""
    numbers = [{alert.alert for alert in day(0, officers=n).alerts} for n in (0, *NUMBERS)]

    assert any(one != other for one, other in product(numbers, numbers))


@pytest.mark.parametrize("number", NUMBERS)
def test_matcher_drawn_again_leaves_the_crowd_and_the_list(number: int) -> None:
    """Protects the law: the same people walk the same way, the same are listed; others set off alerts."""
    plain, again = day(), day(matcher=number)
    fixed = ("passers", "people", "passes", "listed_passers", "listed_in_view", "children_passers")

    assert equal(walks(plain), walks(again))
    assert {name: plain.truth[name] for name in fixed} == {name: again.truth[name] for name in fixed}
    assert not np.array_equal(plain.searches.captured, again.searches.captured)
    assert not np.array_equal(plain.street.faces._u_own, again.street.faces._u_own)
    assert {a.passer for a in plain.alerts} != {a.passer for a in again.alerts}


def test_the_officers_draws_of_a_passer_survive_another_matcher() -> None:
    """Protects the parts: whoever is alerted on both days meets judges who see the same."""
    plain, again = day(), day(matcher=1)
    first = {alert.passer: alert.alert for alert in reversed(plain.alerts)}
    both = [(first[a.passer], a.alert) for a in again.alerts if a.passer in first]

    assert len(both) > 5
    for ours, theirs in both:
        assert plain.response.uniforms.of_judgement(ours) == again.response.uniforms.of_judgement(theirs)
        assert plain.response.uniforms.of_stop(ours) == again.response.uniforms.of_stop(theirs)


@pytest.mark.parametrize("number", NUMBERS)
def test_crowd_drawn_again_leaves_the_list(number: int) -> None:
    """Protects the law: other people come, past the same list.

    What is true of an entry is that of its person where that person comes; the others keep theirs.
    """
    plain, again = day(), day(crowd=number)
    nobodys = np.ones(len(plain.entries), dtype=bool)
    for model in (plain, again):
        own = model.membership.entry
        nobodys[own[own >= 0]] = False

    assert not np.array_equal(plain.crowd.unit_arrive_s, again.crowd.unit_arrive_s)
    assert np.array_equal(plain.entries.cell, again.entries.cell)
    assert nobodys.sum() > 1000
    for name in ("category", "stale", "under_18"):
        ours, theirs = getattr(plain.entries, name), getattr(again.entries, name)
        assert np.array_equal(ours[nobodys], theirs[nobodys])


def test_parts_do_not_see_one_another() -> None:
    """Protects combinations: with officers drawn again as well, the van still does what it did."""
    alone, both = day(matcher=1), day(matcher=1, officers=2)

    assert np.array_equal(alone._alert_rows, both._alert_rows)
    assert np.array_equal(alone.searches.score, both.searches.score)
    assert done(alone) != done(both)


@pytest.mark.parametrize("part", PARTS)
def test_other_draws_differ(part: str) -> None:
    """Protects the numbers: no draw of a part is that of another number, another run or another seed."""
    days = [day(**{part: number}) for number in (0, *NUMBERS)]
    stories = [str([(seen(a), a.outcome, a.minutes) for a in model.alerts]) for model in days]

    assert len(set(stories)) == len(stories)


def test_no_two_keys_share_their_numbers() -> None:
    """Protects independence: redraws, seeds, runs, streams and parts of streams are all apart."""
    keys = product((1, 2, 2**63 - 1), (0, 3), Stream, (0, 1))  # 2 is 1 and 1 more
    first: list[float] = []
    for seed, replicate, stream, place in keys:
        first.append(generator(seed, replicate, stream, place).random())
        for part, number in product(PARTS, (1, 2, MOST_REDRAWS)):
            again = Seed.redrawn(seed, {part: number})
            drawn = generator(again, replicate, stream, place).random()
            if stream in PARTS[part]:
                first.append(drawn)
            else:
                assert drawn == generator(seed, replicate, stream, place).random()

    assert len(set(first)) == len(first)


def test_every_stream_of_a_day_belongs_to_one_part() -> None:
    """Protects the parts: a new stream has to be given a place. The list, and thoughts, have none."""
    streams = [stream for part in PARTS.values() for stream in part]

    assert len(streams) == len(set(streams))
    assert set(Stream) - set(streams) == {Stream.ENTRIES, Stream.EXPECTATIONS}


def test_officers_drawn_again_act_as_often_as_they_should() -> None:
    """Protects the draws themselves: over 120 redraws |z| of the judgements < 4.5, and none repeats."""
    yes, chances = 0, []
    alike: dict[str, Any] = {"officers.d_prime_sd": 0.0, "deployment.hours": 0.1}
    for number in range(1, 121):
        model = DeploymentModel(LIVELY, run_seed=4, redraw={"officers": number}, **alike)
        model.run()
        once = {alert.person: alert for alert in reversed(model.alerts)}.values()
        chances += [alert.act_probability or 0.0 for alert in once]
        yes += sum(alert.outcome is not Outcome.DISMISSED for alert in once)
    p = np.array(chances)

    assert len(p) > 500
    assert abs(yes - p.sum()) < 4.5 * np.sqrt((p * (1 - p)).sum())


@pytest.mark.parametrize("part", PARTS)
def test_an_alert_of_a_redrawn_day_is_explained_by_its_own_draws(part: str) -> None:
    """Protects explanations: every uniform told is the one that was held against the chance."""
    model = day(**{part: 2})
    for alert in model.alerts:
        told = explain(model, alert.alert)
        so = {step.name: step.passed for step in (*told.search, *told.response)}
        assert so["the person has an entry"] == alert.mated
        assert so["the face is captured"]
        assert so["first reviewer says yes"] == (alert.outcome is not Outcome.DISMISSED) or so.get(
            "remembered"
        )
        if alert.candidate_is_kin:
            assert so["that of a lookalike relative does"]
        else:
            own = alert.candidate_is_mate
            assert so["the own entry reaches the threshold" if own else "somebody else's entry does"]

    assert len(model.alerts) > 20


@given(
    st.dictionaries(
        st.sampled_from([*PARTS, "officer", "", "list", 7]),
        st.sampled_from([0, 1, MOST_REDRAWS, MOST_REDRAWS + 1, -1, 1.0, "2", None, True, np.int64(3)]),
    )
)
def test_whatever_is_asked_to_be_drawn_again_is_done_or_refused(redraw: dict[Any, Any]) -> None:
    """Protects users: each wrong name and number is one fault, and nothing is run then."""
    wrong = sum(
        part not in PARTS or type(number) not in (int, np.int64) or not 0 <= number <= MOST_REDRAWS
        for part, number in redraw.items()
    )

    assert len(redraw_faults(redraw)) == wrong
    if wrong:
        with pytest.raises(InputError) as refused:
            DeploymentModel(LIVELY, redraw=redraw)
        assert len(refused.value.faults) == wrong


def test_a_name_nearly_right_is_offered() -> None:
    """Protects users: the names there are, and the one that was meant."""
    with pytest.raises(InputError, match=r"crowd, matcher, officers; did you mean 'officers'\?"):
        DeploymentModel(LIVELY, redraw={"officer": 1})


def test_the_command_tells_the_other_draw(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    """Protects `alert --redraw`: the day drawn again is told, and said to be that; faults come whole."""
    path = tmp_path / "lively.toml"
    path.write_text(LIVELY.to_toml(), encoding="utf-8")
    words = ["alert", str(path), "--seed", "4", "--redraw", "officers=2"]

    assert main([*words, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["outcome"] for row in rows] == [alert.outcome for alert in day(officers=2).alerts]
    assert main([*words, "--alert", str(rows[0]["alert"])]) == 0
    assert "seed 4, run 0, redraw of officers 2" in capsys.readouterr().out
    assert main([*words, "--redraw", "officers", "--redraw", "clowns=1", "--redraw", "crowd=1.5"]) == 2
    output = capsys.readouterr()
    assert "3 faults" in output.err
    assert "PART=N" in output.err
    assert output.out == ""
