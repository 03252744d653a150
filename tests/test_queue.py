"""The teams as a queue, against the formulas of queueing theory, and bugs the comparison would see.

People stand at the post, are found at once and stopped for an exponential time: then teams are the
servers of the textbook. Alerts come as a Poisson process. Errors are those of 40 batch means, with the
gaps between alerts and the lengths of stops, whose means are known, as control variates (Law, Simulation
Modeling and Analysis, 9.5.3 and 11.4). |t| < 5 fails by chance at most twice in a thousand days: measured
with the recursion below on 3,000 days at each of four settings, where t has a standard deviation of 0.9 to
1.2 and only mean waits at a load of 0.8, whose errors are skewed, ever passed 5. Seeds are fixed. Each
setting is run for so long that stops 5 % too long would be 5 standard errors off.

Below stand bugs planted on purpose; every one of them is seen by the check named beside it, and that
check passes without it.
"""

from __future__ import annotations

import dataclasses
import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from police_parts import SURE, FloatArray, PoliceAlone, an_alert, drawn_uniforms

from lfr_sim.closed_form import erlang_b, erlang_c, lapsed_share, mean_wait
from lfr_sim.police import Response, ResponseUniforms, Stop, StopUniforms, Team
from lfr_sim.records import Alert, Outcome

MINUTES = 10.0
"""Mean length of a stop."""
LIMIT = 0.5
"""Longest wait where there is a limit, in mean lengths of a stop."""
LONG = 0.5
"""Waits above this are long, in mean lengths of a stop."""
ARRESTS, HANDOVER_MINUTES = 0.4, 10.0
BATCHES = 40
NEVER_S = 86_400.0
ROW = {name: row for row, name in enumerate(StopUniforms._fields)}


@dataclass(frozen=True)
class Setup:
    """One queue: its rule, how many teams, how busy, and how many alerts are watched.

    Rules: `lapse`, no alert waits; `arrests`, nor here, and arrests keep the team; `wait`, all alerts wait;
    `limit`, they wait up to a limit.
    """

    rule: str
    teams: int
    busy: float
    """Load per team."""
    alerts: int

    @property
    def load(self) -> float:
        """Teams that would be busy if one were always free."""
        return self.teams * self.busy

    @property
    def held_minutes(self) -> float:
        """Mean time for which an alert keeps a team."""
        return MINUTES + (ARRESTS * HANDOVER_MINUTES if self.rule == "arrests" else 0.0)


@dataclass(frozen=True)
class Day:
    """What came of the alerts of a long day."""

    setup: Setup
    alerts: list[Alert]
    gap: FloatArray
    """Time since the alert before, over its mean."""
    held: FloatArray
    """Time for which the alert keeps a team, if one is sent, over its mean."""

    @property
    def lapsed(self) -> FloatArray:
        """Return 1 for each alert that lapsed, 0 for the others."""
        return np.array([alert.outcome is Outcome.LAPSED for alert in self.alerts], dtype=float)

    @property
    def waits(self) -> FloatArray:
        """Return waits in mean lengths of a stop; very long where nobody was ever sent."""
        sent = [NEVER_S if a.sent_s is None else a.sent_s - a.time_s for a in self.alerts]
        return np.array(sent) / (60.0 * MINUTES)


def _day(setup: Setup) -> Day:
    arrests = setup.rule == "arrests"
    scenario = SURE.replace(
        {
            "officers.decision_latency_s": 0.0,
            "officers.search_time_s": 0.0,
            "officers.give_up_s": LIMIT * 60.0 * MINUTES if setup.rule == "limit" else NEVER_S,
            "officers.alerts_wait": setup.rule in ("wait", "limit"),
            "officers.engagement.minutes_at_once": MINUTES,
            "officers.engagement.minutes_shape": 1.0,
            "officers.engagement.disputed_share": 0.0,
            "officers.engagement.team_busy_minutes_arrest": HANDOVER_MINUTES if arrests else 0.0,
            "officers.disposal.arrest_share_misidentified": ARRESTS if arrests else 0.0,
        }
    )
    seed = [setup.teams, round(100 * setup.busy), setup.alerts]
    gap = np.random.default_rng(seed).exponential(1.0, setup.alerts)
    uniforms = drawn_uniforms(setup.alerts, sum(seed))
    times = (gap.cumsum() * 60.0 * setup.held_minutes / setup.load).tolist()
    alerts = [an_alert(number, time_s=time_s) for number, time_s in enumerate(times)]
    PoliceAlone(scenario, alerts, uniforms, [(0.0, 0.0)] * setup.teams).run()
    return Day(setup, alerts, gap, _held_minutes(setup, uniforms) / setup.held_minutes)


def _held_minutes(setup: Setup, uniforms: ResponseUniforms) -> FloatArray:
    """Return for how long each alert keeps a team, from its uniforms: the inverse exponential."""
    minutes = -MINUTES * np.log1p(-uniforms.stop[ROW["length"]])
    arrested = uniforms.stop[ROW["disposal"]] < ARRESTS
    return np.asarray(minutes + HANDOVER_MINUTES * arrested * (setup.rule == "arrests"))


@dataclass(frozen=True)
class Reading:
    """One statistic of a day beside its formula."""

    t: float
    """Standard errors between the two."""
    shift: float
    """Standard errors by which stops 5 % longer would move the formula."""


def _reading(day: Day, values: FloatArray, formula: Callable[[float], float]) -> Reading:
    """Compare a mean with a formula of the factor by which stops are longer than asked for.

    Batch means are regressed on those of gaps and lengths; the intercept is the mean at their own means.
    """
    kept = len(values) // 10  # the queue starts empty
    columns = (values, day.gap - 1.0, day.held - 1.0)
    mean, *controls = (
        np.array([batch.mean() for batch in np.array_split(column[kept:], BATCHES)]) for column in columns
    )
    design = np.column_stack([np.ones(BATCHES), *controls])
    fitted = np.linalg.lstsq(design, mean, rcond=None)[0]
    left = mean - design @ fitted
    variance = left @ left / (BATCHES - design.shape[1])
    error = max(1e-12, math.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0]))
    return Reading((fitted[0] - formula(1.0)) / error, abs(formula(1.05) - formula(1.0)) / error)


def _readings(setup: Setup) -> dict[str, Reading]:
    """Run a day and compare all its statistics with their formulas."""
    day, teams, load = _day(setup), setup.teams, setup.load
    if setup.rule in ("lapse", "arrests"):
        return {"lapsed": _reading(day, day.lapsed, lambda f: erlang_b(f * load, teams))}
    if setup.rule == "limit":
        return {"lapsed": _reading(day, day.lapsed, lambda f: lapsed_share(f * load, teams, LIMIT / f))}

    def long(f: float) -> float:
        return erlang_c(f * load, teams) * math.exp(-(teams - f * load) * LONG / f)

    return {
        "waits at all": _reading(day, (day.waits > 1e-9) * 1.0, lambda f: erlang_c(f * load, teams)),
        "mean wait": _reading(day, day.waits, lambda f: mean_wait(f * load, teams, f)),
        "waits long": _reading(day, (day.waits > LONG) * 1.0, long),
    }


def _agrees(setup: Setup) -> bool:
    return all(abs(reading.t) < 5 for reading in _readings(setup).values())


SETUPS = [
    *(Setup("lapse", 1, busy, 40_000) for busy in (0.6, 0.8, 1.2)),
    *(Setup("lapse", teams, busy, 24_000) for teams in (3, 5) for busy in (0.6, 0.8, 1.2)),
    *(Setup("arrests", 3, busy, 20_000) for busy in (0.6, 1.2)),
    *(Setup("wait", teams, busy, 24_000) for teams in (1, 3, 5) for busy in (0.5, 0.65, 0.8)),
    *(Setup("limit", 3, busy, 20_000) for busy in (0.8, 1.2)),
]


def _named(setup: Setup) -> str:
    return f"{setup.rule}-{setup.teams}-{setup.busy}"


@pytest.mark.slow
@pytest.mark.parametrize("setup", SETUPS, ids=_named)
def test_the_teams_are_the_queue_of_the_textbook(setup: Setup) -> None:
    """Protects queue and teams: Erlang's and Barrer's formulas, |t| < 5, and 5 % would have shown."""
    readings = _readings(setup)

    assert {name: round(r.t, 1) for name, r in readings.items() if abs(r.t) >= 5} == {}
    assert max(reading.shift for reading in readings.values()) > 5


def _recursion(gaps: FloatArray, held: FloatArray, teams: int) -> FloatArray:
    """Return waits, first come first served: each alert takes the team that is free first."""
    free_at = [0.0] * teams
    waits = []
    for now, hold in zip(gaps.cumsum().tolist(), held.tolist(), strict=True):
        start = max(now, free_at[0])
        heapq.heapreplace(free_at, start + hold)
        waits.append(start - now)
    return np.array(waits)


@pytest.mark.parametrize("teams", [1, 3, 5])
def test_every_wait_is_that_of_the_recursion(teams: int) -> None:
    """Protects each single wait: against Kiefer and Wolfowitz's recursion, to a microsecond."""
    day = _day(Setup("wait", teams, 0.9, 3_000))
    expected = _recursion(day.gap / day.setup.load, day.held, teams)

    assert np.abs(day.waits - expected).max() * 60.0 * MINUTES < 1e-5
    assert (day.waits > 0).mean() > 0.5


def _late_back(patch: pytest.MonkeyPatch) -> None:
    back = Team.way_back_s
    patch.setattr(Team, "way_back_s", lambda self: back(self) + 60.0)


def _never_free_again(patch: pytest.MonkeyPatch) -> None:
    free = Response._free
    patch.setattr(Response, "_free", lambda self, team: free(self, team) if team.number else None)


def _two_people_at_once(patch: pytest.MonkeyPatch) -> None:
    send, free = Response._send, Response._free

    def send_and_stay(self: Response, team: Team, alert: Alert) -> None:
        send(self, team, alert)
        if team.number == 0 and alert.alert % 2:
            heapq.heappush(self._at_post[team.post], team.number)

    def free_unless_there(self: Response, team: Team) -> None:
        if team.number not in self._at_post[team.post]:
            free(self, team)

    patch.setattr(Response, "_send", send_and_stay)
    patch.setattr(Response, "_free", free_unless_there)


def _newest_first(patch: pytest.MonkeyPatch) -> None:
    send_teams = Response._send_teams

    def send_teams_backwards(self: Response) -> None:
        if any(self._at_post.values()):
            self._waiting.rotate(1)
        send_teams(self)

    patch.setattr(Response, "_send_teams", send_teams_backwards)


def _one_in_ten_dropped(patch: pytest.MonkeyPatch) -> None:
    judge = Response._judge

    def judge_and_drop(self: Response, alert: Alert) -> None:
        judge(self, alert)
        if alert.alert % 10 == 0 and alert in self._waiting:
            self._waiting.remove(alert)

    patch.setattr(Response, "_judge", judge_and_drop)


def _lapsed_but_still_queued(patch: pytest.MonkeyPatch) -> None:
    def lapse(self: Response, alert: Alert) -> None:
        if alert in self._waiting:
            self._end(alert, Outcome.LAPSED)

    patch.setattr(Response, "_lapse", lapse)


def _stops_a_tenth_longer(patch: pytest.MonkeyPatch) -> None:
    stop_of = Response._stop_of

    def longer(self: Response, alert: Alert) -> Stop:
        end = stop_of(self, alert)
        return dataclasses.replace(end, minutes=1.1 * end.minutes)

    patch.setattr(Response, "_stop_of", longer)


def _keep(patch: pytest.MonkeyPatch, factor: float) -> None:
    back = Response._walk_back

    def walk_back(self: Response, team: Team, *, after_s: float) -> None:
        back(self, team, after_s=factor * after_s)

    patch.setattr(Response, "_walk_back", walk_back)


def _no_lapse(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Response, "_lapse", lambda self, alert: None)


def _idle_until_the_next_alert(patch: pytest.MonkeyPatch) -> None:
    def free(self: Response, team: Team) -> None:
        team.return_to_post()
        heapq.heappush(self._at_post[team.post], team.number)

    patch.setattr(Response, "_free", free)


def _free_when_the_stop_begins(patch: pytest.MonkeyPatch) -> None:
    engage = Response._engage

    def engage_and_free(self: Response, team: Team, alert: Alert) -> None:
        engage(self, team, alert)
        self._free(team)

    patch.setattr(Response, "_engage", engage_and_free)
    patch.setattr(Response, "_walk_back", lambda self, team, after_s: None)


def _counted_twice_on_return(patch: pytest.MonkeyPatch) -> None:
    free = Response._free

    def free_twice(self: Response, team: Team) -> None:
        free(self, team)
        if team.number == 0:
            free(self, team)

    patch.setattr(Response, "_free", free_twice)


def _second_choice_ends_the_round(patch: pytest.MonkeyPatch) -> None:
    """One team of three is sent only when both others are out and two alerts wait."""
    send_teams = Response._send_teams

    def spare_one(self: Response) -> None:
        free = sum(len(numbers) for numbers in self._at_post.values())
        if free > 1 or len(self._waiting) > 1:
            send_teams(self)

    patch.setattr(Response, "_send_teams", spare_one)


SEEN_BY = {
    "lapse": Setup("lapse", 3, 0.8, 10_000),
    "arrests": Setup("arrests", 3, 0.8, 10_000),
    "wait": Setup("wait", 3, 0.8, 10_000),
    "limit": Setup("limit", 3, 1.2, 10_000),
}
BUGS: list[tuple[str, str, Callable[[pytest.MonkeyPatch], None]]] = [
    ("a team takes a minute to come back from where it stands", "lapse", _late_back),
    ("one team is never free again", "lapse", _never_free_again),
    ("one team stops two people at once", "lapse", _two_people_at_once),
    ("stops take a tenth longer than drawn", "wait", _stops_a_tenth_longer),
    ("a team is free as soon as a stop begins", "lapse", _free_when_the_stop_begins),
    ("a team that comes back counts twice", "wait", _counted_twice_on_return),
    ("alerts wait although the rule says not to", "lapse", _no_lapse),
    ("the time of an arrest is counted twice", "arrests", partial(_keep, factor=2.0)),
    ("the time of an arrest is forgotten", "arrests", partial(_keep, factor=0.0)),
    ("the newest alert is served first", "wait", _newest_first),
    ("the queue drops one alert in ten", "wait", _one_in_ten_dropped),
    ("a team that comes back waits for the next alert", "wait", _idle_until_the_next_alert),
    ("one team is held back while only one alert waits", "wait", _second_choice_ends_the_round),
    ("the limit of waiting is ignored", "limit", _no_lapse),
    ("a lapsed alert stays in the queue", "limit", _lapsed_but_still_queued),
]


@pytest.mark.parametrize("setup", SEEN_BY.values(), ids=SEEN_BY)
def test_the_checks_pass_without_a_bug(setup: Setup) -> None:
    """Protects the tests below from seeing bugs where there are none."""
    assert _agrees(setup)


@pytest.mark.slow
@pytest.mark.parametrize(("bug", "seen_by", "plant"), BUGS, ids=[bug for bug, _, _ in BUGS])
def test_planted_bugs_are_seen(
    bug: str, seen_by: str, plant: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects the tests of the queue: each bug fails the check that is there to see it."""
    plant(monkeypatch)

    assert not _agrees(SEEN_BY[seen_by]), bug


@given(st.floats(0.01, 20), st.integers(1, 12))
def test_the_formulas_agree_where_they_meet(load: float, servers: int) -> None:
    """Protects the formulas: a limit of 0 is Erlang's loss, a long one lapses what is too much."""
    blocked = erlang_b(load, servers)
    terms = [load**busy / math.factorial(busy) for busy in range(servers + 1)]

    assert blocked == pytest.approx(terms[-1] / sum(terms))
    assert lapsed_share(load, servers, 0.0) == pytest.approx(blocked)
    assert lapsed_share(load, servers, 1e4) == pytest.approx(max(0.0, 1 - servers / load), abs=1e-3)
    assert lapsed_share(load, servers, 2.0) <= blocked <= erlang_c(load, servers) <= 1.0


def test_one_server_is_the_first_chapter_of_every_book() -> None:
    """Protects M/M/1: P(wait) = rho, mean wait = rho / (1 - rho); too much load waits for ever."""
    assert erlang_c(0.8, 1) == pytest.approx(0.8)
    assert mean_wait(0.8, 1, 10.0) == pytest.approx(40.0)
    assert mean_wait(3.0, 3, 1.0) == math.inf
    assert lapsed_share(1.0, 0, 1.0) == erlang_b(1.0, 0) == 1.0
