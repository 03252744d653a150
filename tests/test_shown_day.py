"""A simulated day as the pages show it: its counts, everybody's walk, what teams did, and what is kept."""

from __future__ import annotations

import gc
import json
import threading
import time
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import pavement_file

from lfr_sim.breakdown import KINDS
from lfr_sim.dashboard import simulated
from lfr_sim.dashboard.simulated import ShownDay, drawn_box, show_day, simulate_day
from lfr_sim.dashboard.views.plan import grounds
from lfr_sim.dashboard.walks import Walks, walks_of
from lfr_sim.model import DeploymentModel
from lfr_sim.police import TeamState
from lfr_sim.records import Disposal, Outcome
from lfr_sim.scenario import InputError, Scenario
from lfr_sim.study import run_replicate

OXFORD = Scenario.from_file("oxford-circus-2022-01-28")
LIVELY = Scenario.from_dict({"site": {"layout": "oxford_circus", "vans": ["V1"]}}).replace(
    {
        "deployment.hours": 0.5,
        "crowd.passers_per_hour": 12_000.0,
        "watchlist.presence": 0.02,
        "watchlist.presence_day_effect": False,
        "matcher.fmr": 5e-6,
        "officers.found_share": 0.6,
        "officers.give_up_s": 30.0,
        "officers.walking_speed_m_s": 1.2,
        "officers.post_distance_m": 50.0,
        "officers.engagement.team_busy_minutes_arrest": 3.0,
    }
)
"""Signals on the way, many alerts, arrests, people lost on sight and before."""
SIZES = {"float32": 4, "uint32": 4, "uint16": 2, "uint8": 1}


MUCH = LIVELY.replace({"watchlist.presence": 0.9, "matcher.fmr": 1e-4, "deployment.hours": 0.2})
NAMED = {
    "lively": LIVELY,
    "oxford": OXFORD,
    "much": MUCH,
    "two vans": LIVELY.replace({"site.vans": ["V1", "V2"]}),
    "missed": LIVELY.replace(
        {"site.vans": ["V1", "V2", "V3"], "watchlist.presence": 0.4, "matcher.threshold": 0.8}
    ),
}


@lru_cache(maxsize=4)
def simulated_model(name: str) -> DeploymentModel:
    """Return a day that has been simulated."""
    model = DeploymentModel(NAMED[name], run_seed=3)
    model.run()
    return model


class Decoded:
    """A buffer read as a browser reads it: nothing but header and bytes."""

    def __init__(self, walks: Walks) -> None:
        self.header = json.loads(json.dumps(walks.header))
        for name, (kind, offset, length) in self.header["fields"].items():
            assert offset % 4 == 0
            values = np.frombuffer(walks.data, np.dtype(kind).newbyteorder("<"), length, offset)
            setattr(self, name, values)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def unit_of(self, passer: int) -> int | None:
        """Return the unit of a passer, if it is there."""
        last = self.unit_first_passer.astype(int) + self.unit_size
        found = np.flatnonzero((self.unit_first_passer <= passer) & (passer < last))
        return int(found[0]) if len(found) else None

    def locate(self, unit: int, time_s: float) -> tuple[float, float]:
        """Return where a unit is."""
        stops, route = self.header["stops"], int(self.unit_route[unit])
        slowness = float(self.unit_slowness_s_per_m[unit])
        distance = max(0.0, time_s - float(self.unit_arrive_s[unit])) / slowness
        for column in range(stops):
            stop_m = float(self.stop_m[route * stops + column])
            if distance <= stop_m:
                break
            wait_s = float(self.unit_wait_ds[unit * stops + column]) / 10.0
            distance = max(stop_m, distance - wait_s / slowness)
        rows = slice(int(self.route_first[route]), int(self.route_first[route + 1]))
        along = self.point_m[rows]
        x, y = (np.interp(distance, along, values[rows]) for values in (self.point_x, self.point_y))
        return float(x), float(y)


@lru_cache(maxsize=4)
def everybody(name: str) -> Decoded:
    """Return all walks of a day, read back."""
    return Decoded(walks_of(simulated_model(name), crop=(-1e4, -1e4, 1e4, 1e4), most_bytes=10**8))


@settings(max_examples=300)
@given(share=st.floats(0.0, 1.0), when=st.floats(-0.05, 1.05), data=st.data())
def test_everybody_is_where_the_walking_engine_says(share: float, when: float, data: Any) -> None:
    """Protects the drawing: whoever is read back is where they are, at any time before, on and after.

    To 5 cm and what half a tenth of a second of rounded waits is worth at a walk (at most 11 cm).
    """
    name = data.draw(st.sampled_from(["lively", "oxford"]))
    model, walks = simulated_model(name), everybody(name)
    passer = min(int(share * len(model.crowd)), len(model.crowd) - 1)
    enter_s, leave_s = model.walking.enter_s(passer), model.walking.leave_s(passer)
    time_s = enter_s + when * (leave_s - enter_s)
    unit = walks.unit_of(passer)
    assert unit is not None
    waited = walks.header["stops"] > 0
    room_m = 0.05 + waited * 0.05 / float(walks.unit_slowness_s_per_m[unit])

    assert np.hypot(*np.subtract(walks.locate(unit, time_s), model.walking.locate(passer, time_s))) < room_m


@pytest.mark.parametrize("name", ["lively", "oxford"])
def test_the_buffer_is_whole(name: str) -> None:
    """Protects the reader: fields fill the buffer in order, units come by arrival, sizes fit together."""
    model, scenario = simulated_model(name), NAMED[name]
    walks = walks_of(model, crop=drawn_box(model.site))
    read = Decoded(walks)
    stops, units = read.header["stops"], len(read.unit_size)

    end = 0
    for kind, offset, length in read.header["fields"].values():
        assert 0 <= offset - end < 4
        end = offset + length * SIZES[kind]
    assert end <= len(walks.data) < end + 4
    assert len(read.unit_wait_ds) == stops * units
    assert len(read.stop_m) == stops * (len(read.route_first) - 1)
    assert read.route_first[-1] == len(read.point_x) == len(read.point_y) == len(read.point_m)
    assert (np.diff(read.unit_arrive_s) >= 0).all()
    assert read.unit_route.max() == len(read.route_first) - 2
    for name in ("unit_arrive_s", "unit_slowness_s_per_m", "unit_route", "unit_first_passer"):
        assert len(getattr(read, name)) == units
    stays = [model.walking.leave_s(p) - model.walking.enter_s(p) for p in read.unit_first_passer.tolist()]
    assert read.header["longest_s"] == pytest.approx(max(stays))
    assert read.header["start_hour"] == scenario.deployment.start_hour
    assert read.header["end_s"] >= max(model.walking.last_leave_s, 3600.0 * scenario.deployment.hours)


def test_faces_that_could_be_compared_are_those_captured() -> None:
    """Protects the ink: captured passes are there with their times in view, others are not."""
    model = simulated_model("lively")
    read, table, searches = everybody("lively"), model.walking.passes, model.searches
    captured = set(
        zip(
            searches.passes.passer[searches.captured].tolist(),
            searches.passes.van[searches.captured].tolist(),
            strict=True,
        )
    )
    expected = sorted(
        (passer, enter_s, exit_s)
        for passer, van, enter_s, exit_s in zip(
            table.passer.tolist(), table.van.tolist(), table.enter_s, table.exit_s, strict=True
        )
        if (passer, van) in captured
    )
    told = sorted(zip(read.pass_passer.tolist(), read.pass_enter_s, read.pass_exit_s, strict=True))

    assert 0 < len(told) < len(table)
    np.testing.assert_allclose(np.array(told), np.array(expected), rtol=1e-6)


@pytest.mark.parametrize("moment", [0.3, 0.5, 0.9])
def test_nobody_on_the_plan_is_left_out(moment: float) -> None:
    """Protects the crop: whoever is within it at a time is in the buffer, those never near it are not."""
    model = simulated_model("lively")
    crop = (10.0, -30.0, 60.0, 10.0)
    read = Decoded(walks_of(model, crop=crop))
    time_s = moment * 3600.0 * LIVELY.deployment.hours
    inside = 0
    for passer in model.walking.present(time_s).tolist():
        x, y = model.walking.locate(passer, time_s)
        if crop[0] <= x <= crop[2] and crop[1] <= y <= crop[3]:
            inside += 1
            assert read.unit_of(passer) is not None

    assert read.header["one_in"] == 1
    assert inside > 10
    assert len(read.unit_size) < 0.8 * len(everybody("lively").unit_size)
    assert read.header["crop"] == list(crop)


@pytest.mark.parametrize("most_bytes", [60_000, 150_000, 250_000, 400_000])
def test_the_buffer_keeps_its_limit(most_bytes: int) -> None:
    """Protects the link: where there is not room for all, every n-th is there and alerts are all."""
    model = simulated_model("oxford")
    walks = walks_of(model, crop=(-1e4, -1e4, 1e4, 1e4), most_bytes=most_bytes)
    read = Decoded(walks)

    assert len(walks.data) <= most_bytes
    if most_bytes >= 350_000:  # more than the routes alone take
        assert read.header["one_in"] > 1
        units = len(model.crowd.unit_route)
        assert len(read.unit_size) == pytest.approx(units / read.header["one_in"], abs=200)
        assert all(read.unit_of(alert.passer) is not None for alert in model.alerts)
        listed = np.flatnonzero(model.listed).tolist()
        assert all(read.unit_of(passer) is not None for passer in listed)


def test_a_street_where_everybody_sets_off_an_alert_still_fits() -> None:
    """Protects the limit against absurd lists: alerts first, then listed people, and never too much."""
    model = simulated_model("much")
    for most_bytes in (300_000, 330_000, 400_000):
        walks = walks_of(model, crop=drawn_box(model.site), most_bytes=most_bytes)
        assert len(walks.data) <= most_bytes
        assert len(Decoded(walks).unit_size) > 0 or most_bytes < 310_000


def test_an_empty_street_is_a_buffer_too() -> None:
    """Protects the edge: nobody walks, and there is no van."""
    nobody = LIVELY.replace({"crowd.passers_per_hour": 0.0, "site.vans": []})
    day = show_day(nobody, seed=1, replicate=0)
    read = Decoded(day.walks)

    assert len(read.unit_size) == 0
    assert read.header["longest_s"] == 0.0
    assert day.events() == []
    assert simulate_day(nobody, 1, 0).marks == ()


def test_all_that_a_plan_shows_is_walked() -> None:
    """Protects the edges of the drawing: the part of the site with people holds that of every plan."""
    model = simulated_model("lively")
    west, south, east, north = drawn_box(model.site)
    for drawing in grounds(model.site):
        a, _, _, d, e, f = drawing.matrix
        assert a * west + e <= 0 <= drawing.width <= a * east + e
        assert d * north + f <= 0 <= drawing.height <= d * south + f
    assert east - west > 90.0


@pytest.mark.parametrize("replicate", range(3))
def test_a_day_in_short_is_the_run(replicate: int) -> None:
    """Protects the counts: rows and groups are those of the run, and the marks add up to them."""
    scenario = NAMED["two vans"]
    row, run = simulate_day(scenario, 5, replicate), run_replicate(scenario, seed=5, replicate=replicate)
    count = {
        "true_alerts": sum(mark.right for mark in row.marks),
        "false_alerts": sum(not mark.right and not mark.missed for mark in row.marks),
        "missed": sum(mark.missed for mark in row.marks),
        "engagements": sum(mark.stopped for mark in row.marks),
        "arrests": sum(mark.arrested for mark in row.marks),
        "wrongful_engagements": sum(mark.stopped and not mark.right for mark in row.marks),
    }

    assert (row.replicate, row.record, row.truth) == (replicate, run.record, run.truth)
    assert row.groups == run.breakdown["group"]
    assert list(row.groups) == list(KINDS["group"])
    assert count == {name: row.truth[name] for name in count}
    assert [mark.time_s for mark in row.marks] == sorted(mark.time_s for mark in row.marks)
    assert {m.alert for m in row.marks if not m.missed} == {alert.alert for alert in run.alerts}
    assert min(count[name] for name in ("true_alerts", "false_alerts", "missed", "engagements")) > 0


def test_those_missed_are_marked_where_they_could_have_been_seen() -> None:
    """Protects the rings: at the middle of the first time in view; of those never in view, of the walk."""
    model = simulated_model("missed")
    marks = [mark for mark in simulate_day(NAMED["missed"], 3, 0).marks if mark.missed]
    passes, unseen, seen_twice = model.walking.passes, 0, 0
    for mark in marks:
        assert model.listed[mark.passer]
        rows = np.flatnonzero(passes.passer == mark.passer)
        middles = (passes.enter_s[rows] + passes.exit_s[rows]) / 2
        seen_twice += len(rows) > 1
        if len(rows):
            assert mark.time_s == pytest.approx(middles[np.argmin(passes.enter_s[rows])])
        else:
            unseen += 1
            ends = model.walking.enter_s(mark.passer), model.walking.leave_s(mark.passer)
            assert mark.time_s == pytest.approx(sum(ends) / 2)

    assert 0 < unseen < len(marks)
    assert seen_twice > 3


@pytest.mark.parametrize("redraw", [(), (("officers", 2),), (("matcher", 1), ("crowd", 3))])
def test_the_day_shown_is_the_day_counted(redraw: tuple[tuple[str, int], ...]) -> None:
    """Protects agreement: sentence, table and plan tell of one day, drawn again or not."""
    day = show_day(LIVELY, seed=3, replicate=1, redraw=redraw)
    model = DeploymentModel(LIVELY, run_seed=3, replicate=1, redraw=dict(redraw))
    model.run()

    assert list(map(str, day.alerts)) == list(map(str, model.alerts))
    assert (day.row.record, day.row.truth) == (model.record, model.truth)
    assert set(day.stories) == {alert.alert for alert in day.alerts}
    assert day.redraw == tuple(sorted(redraw))
    if not redraw:
        assert day.row == simulate_day(LIVELY, 3, 1)
    people = 60.0 * day.busy.sum()
    stays = model.walking.unit_leave_s - model.crowd.unit_arrive_s
    assert people == pytest.approx((stays * np.diff(model.crowd.first_passer)).sum())


def test_teams_are_where_the_model_has_them() -> None:
    """Protects the officers drawn: each trip's times and places are those of the team in the model."""
    day = show_day(LIVELY, seed=3, replicate=0)
    moments: dict[float, Any] = {}
    for trip in day.teams:
        moments[trip.sent_s + 0.01] = (trip.team, trip.post, {TeamState.SEEKING})
        at_place = {TeamState.ENGAGED, TeamState.BUSY}
        moments[trip.there_s + 0.01] = (trip.team, trip.place, at_place)
        moments[trip.left_s - 0.01] = (
            (trip.team, trip.place, at_place) if trip.left_s > trip.there_s else None
        )
        moments[trip.back_s - 0.01] = (trip.team, trip.place, {TeamState.BUSY})
        moments[trip.back_s + 0.01] = (trip.team, trip.post, {TeamState.WAITING, TeamState.SEEKING})
    model = DeploymentModel(LIVELY, run_seed=3)
    for time_s in sorted(moments):
        if moments[time_s] is None or time_s < model.clock_s:
            continue
        model._clock.run_until(time_s)
        team, place, states = moments[time_s]
        assert model.teams[team].place == pytest.approx(place, abs=1e-6)
        assert model.teams[team].state in states

    ended = {(a.outcome, a.contact_s is None) for a in day.alerts if a.team is not None}
    assert {(Outcome.LOST, True), (Outcome.LOST, False), (Outcome.ENGAGED, False)} <= ended
    assert any(alert.disposal is Disposal.ARREST for alert in day.alerts)
    assert len(day.teams) == sum(alert.team is not None for alert in day.alerts)


def test_events_are_plain_data_and_agree_with_the_alerts() -> None:
    """Protects the player: one event an alert, ready for JSON, in order of time, places from the trips."""
    day = show_day(LIVELY, seed=3, replicate=0)
    events = json.loads(json.dumps(day.events()))
    trips = {trip.alert: trip for trip in day.teams}

    assert [event["alert"] for event in events] == [alert.alert for alert in day.alerts]
    for event, alert in zip(events, day.alerts, strict=True):
        assert event["right"] == alert.candidate_is_mate
        assert event["stopped"] == (alert.outcome is Outcome.ENGAGED)
        assert event["label"] == list(day.stories[alert.alert].label)
        assert bool(event["stop_label"]) == event["stopped"]
        assert ("team" in event) == (alert.alert in trips)
        if event["stopped"]:
            assert event["contact"] == pytest.approx([alert.contact_x_m, alert.contact_y_m])
            assert event["sent_s"] <= event["contact_s"] <= event["ended_s"] <= event["left_s"]
            assert event["left_s"] <= event["back_s"]


def test_nothing_of_the_model_stays() -> None:
    """Protects memory: a day that is kept holds no model."""

    def models() -> int:
        gc.collect()
        return sum(type(one) is DeploymentModel for one in gc.get_objects())

    before = models()
    day = show_day(LIVELY, seed=77, replicate=0)

    assert day.alerts
    assert models() == before


def test_a_day_asked_for_again_is_the_same_and_other_days_are_not() -> None:
    """Protects the store: by scenario, seed, day and redraw; the order of redraws and zeros say nothing."""
    pavement = Scenario.from_dict({"site": {"layout": pavement_file()}, "deployment": {"hours": 0.1}})
    first = show_day(pavement, seed=1, replicate=0, redraw=(("crowd", 1), ("matcher", 2)))

    assert show_day(pavement, seed=1, replicate=0, redraw=(("matcher", 2), ("crowd", 1))) is first
    others = [
        show_day(pavement, seed=1, replicate=0),
        show_day(pavement, seed=2, replicate=0),
        show_day(pavement, seed=1, replicate=1),
        show_day(pavement.replace({"matcher.threshold": 0.7}), seed=1, replicate=0),
    ]
    assert len({id(day) for day in (first, *others)}) == 5


def a_day(size: int) -> ShownDay:
    """Return a day whose walks take so many bytes."""
    day = show_day(LIVELY.replace({"crowd.passers_per_hour": 0.0}), seed=1, replicate=0)
    named = {**vars(day), "walks": Walks(day.walks.header, bytes(size))}
    return ShownDay(**named)


def test_the_store_is_bounded_by_days_and_by_bytes() -> None:
    """Protects memory: the least recently used days go, the one just made stays however large."""
    kept = simulated._KeptDays(most_days=3, most_bytes=1000)
    made: list[Any] = []

    def ask(key: str, size: int) -> None:
        def make() -> ShownDay:
            made.append(key)
            return a_day(size)

        kept.of(key, make)

    for key in "abcabd":  # d is one too many: c, used least recently, goes
        ask(key, 10)
    ask("a", 10)
    assert made == list("abcd")
    ask("c", 10)
    assert made == list("abcdc")
    ask("large", 5000)
    ask("large", 5000)
    assert made == [*"abcdc", "large"]
    ask("a", 10)
    assert made == [*"abcdc", "large", "a"]


def test_a_day_that_several_ask_for_at_once_is_made_once() -> None:
    """Protects a class that opens one link: others wait for the first, and get the same day."""
    kept, made = simulated._KeptDays(), []

    def make() -> ShownDay:
        made.append(1)
        time.sleep(0.2)
        return a_day(10)

    days: list[ShownDay] = []
    threads = [threading.Thread(target=lambda: days.append(kept.of("key", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert (len(made), len(days), len({id(day) for day in days})) == (1, 8, 1)


def test_a_fault_is_told_and_not_kept() -> None:
    """Protects the store: what cannot be drawn again is refused each time, and nothing is left of it."""
    for _ in range(2):
        with pytest.raises(InputError, match="did you mean 'officers'"):
            show_day(LIVELY, seed=1, replicate=0, redraw=(("officer", 1),))

    assert all("officer" not in dict(key[3]) for key in simulated._KEPT._days)
