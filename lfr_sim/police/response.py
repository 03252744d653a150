"""What becomes of alerts: judged, sent to a team or lapsed, the person found or lost, stopped, let go."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lfr_sim.records import Alert, Disposal, Outcome, Step
from lfr_sim.scenario import Scenario

from .chance import ResponseUniforms
from .judging import Judging
from .officers import Team, TeamState
from .pursuit import found_probability, intercept_s
from .stops import Stop, stop

FloatArray = NDArray[np.float64]


class EventClock(Protocol):
    """The clock the response lives by."""

    now_s: float

    def schedule(self, time_s: float, happen: Callable[[], None]) -> None:
        """Let something happen at a time."""
        ...


class Response:
    """The people who act on alerts, as one queue with several teams.

    Args:
        scenario: What is asked.
        teams: The teams on duty.
        clock: Where events are scheduled.
        locate: Where a passer is at a time.
        ended: Called with each alert of which nothing more will come.
        judges: By how much each of those who judge is better than the usual one (d').
    """

    def __init__(
        self,
        scenario: Scenario,
        teams: list[Team],
        clock: EventClock,
        locate: Callable[[int, float], tuple[float, float]],
        ended: Callable[[Alert], None],
        *,
        judges: FloatArray,
    ) -> None:
        self.teams = teams
        self.uniforms = ResponseUniforms()
        self._scenario = scenario
        self._officers = scenario.officers
        self._judging = Judging(scenario, judges)
        self._clock = clock
        self._locate = locate
        self._ended = ended
        self._waiting: deque[Alert] = deque()
        self._held: set[int] = set()
        # People stopped and let go, and the alerts judged when their person was one of them.
        self._let_go: set[int] = set()
        self._on_let_go: set[int] = set()
        # Teams that wait, by post: there are many teams at few posts.
        self._at_post: dict[tuple[float, float], list[int]] = {}
        for team in teams:
            self._at_post.setdefault(team.post, []).append(team.number)

    def holds(self, person: int) -> bool:
        """Return whether officers are after a person, are stopping them, or have arrested them."""
        return person in self._held

    def receive(self, alert: Alert) -> None:
        """Take an alert that has just been raised."""
        latency_s = self._officers.decision_latency_s * self._officers.stages
        self._clock.schedule(self._clock.now_s + latency_s, partial(self._judge, alert))

    def steps(self, alert: Alert) -> list[Step]:
        """Return everything about an alert that could have gone either way, as far as it got."""
        if alert.decided_s is None:
            return []
        u = self.uniforms
        steps = list(self._judging.verdict(alert, u.of_judgement(alert.alert)).steps)
        if alert.alert in self._on_let_go:
            steps.append(self._remembered(alert))
        if alert.found_probability is not None:
            steps.append(self._found(alert))
        if alert.outcome is Outcome.FLED or alert.cooperation is not None:
            steps.append(self._fled(alert))
        if alert.cooperation is not None:
            steps += self._stop_of(alert).steps
        return steps

    def _judge(self, alert: Alert) -> None:
        """Let everybody who judges say yes or no; send a team if all say yes."""
        verdict = self._judging.verdict(alert, self.uniforms.of_judgement(alert.alert))
        yes, chance = verdict.yes, verdict.act_probability
        if alert.person in self._let_go:
            self._on_let_go.add(alert.alert)
            remembered = self._remembered(alert)
            yes = yes and not remembered.passed
            chance *= 1.0 - remembered.probability
        alert.decided_s, alert.act_probability = self._clock.now_s, chance
        lapse_s = alert.time_s + self._officers.give_up_s
        if not yes:
            self._end(alert, Outcome.DISMISSED)
        elif self._clock.now_s >= lapse_s:
            self._end(alert, Outcome.LAPSED)
        else:
            self._waiting.append(alert)
            self._send_teams()
            if not self._officers.alerts_wait:
                self._lapse(alert)
            elif alert in self._waiting:
                self._clock.schedule(lapse_s, partial(self._lapse, alert))

    def _remembered(self, alert: Alert) -> Step:
        share = self._officers.engagement.remember_share
        return Step("remembered", share, self.uniforms.of_judgement(alert.alert).remembered)

    def _lapse(self, alert: Alert) -> None:
        if alert in self._waiting:
            self._waiting.remove(alert)
            self._end(alert, Outcome.LAPSED)

    def _send_teams(self) -> None:
        """Send the nearest waiting team to each alert that waits, oldest first."""
        while self._waiting:
            staffed = [post for post, numbers in self._at_post.items() if numbers]
            if not staffed:
                return
            alert = self._waiting.popleft()
            if self.holds(alert.person):  # another alert has brought a team to the same person
                self._end(alert, Outcome.LAPSED)
                continue
            sought = self._locate(alert.passer, self._clock.now_s)
            nearest = min(staffed, key=lambda post: math.dist(post, sought))
            self._send(self.teams[heapq.heappop(self._at_post[nearest])], alert)

    def _send(self, team: Team, alert: Alert) -> None:
        alert.team, alert.sent_s = team.number, self._clock.now_s
        team.state = TeamState.SEEKING
        self._held.add(alert.person)
        give_up_s = alert.time_s + self._officers.give_up_s
        there_s = intercept_s(
            partial(self._locate, alert.passer),
            team.place,
            self._clock.now_s,
            team.speed_m_s,
            give_up_s,
        )
        if there_s is None:
            alert.found_probability = 0.0
            self._clock.schedule(give_up_s, partial(self._lose, team, alert))
        else:
            self._clock.schedule(there_s + self._officers.search_time_s, partial(self._look, team, alert))

    def _look(self, team: Team, alert: Alert) -> None:
        """Find the person, or not."""
        team.place = self._locate(alert.passer, self._clock.now_s)
        alert.contact_s = self._clock.now_s
        alert.contact_x_m, alert.contact_y_m = team.place
        alert.found_probability = found_probability(
            self._officers, self._clock.now_s - alert.time_s, alert.density_per_m2
        )
        if not self._found(alert).passed:
            self._lose(team, alert)
        elif self._fled(alert).passed:
            self._give_up(team, alert, Outcome.FLED)
        else:
            self._engage(team, alert)

    def _found(self, alert: Alert) -> Step:
        return Step("found", alert.found_probability or 0.0, self.uniforms.of_search(alert.alert).found)

    def _fled(self, alert: Alert) -> Step:
        return Step("fled", self._officers.fled_share, self.uniforms.of_search(alert.alert).fled)

    def _lose(self, team: Team, alert: Alert) -> None:
        if alert.contact_s is None:  # given up on the way
            sought_s = self._clock.now_s - (alert.sent_s or 0.0)
            team.walk_towards(self._locate(alert.passer, self._clock.now_s), sought_s)
        self._give_up(team, alert, Outcome.LOST)

    def _give_up(self, team: Team, alert: Alert, outcome: Outcome) -> None:
        self._held.discard(alert.person)
        self._end(alert, outcome)
        self._walk_back(team, after_s=0.0)

    def _engage(self, team: Team, alert: Alert) -> None:
        team.state = TeamState.ENGAGED
        alert.right_person = alert.candidate_is_mate
        alert.entry_current = not alert.entry_is_stale if alert.right_person else None
        came = self._stop_of(alert)
        alert.legal_basis, alert.informed = came.legal_basis, came.informed
        alert.cooperation = came.cooperation
        alert.fingerprints_demanded = came.fingerprints_demanded
        alert.minutes, alert.disposal = came.minutes, came.disposal
        alert.offence, alert.on_purpose = came.offence, came.on_purpose
        self._clock.schedule(self._clock.now_s + 60.0 * came.minutes, partial(self._end_stop, team, alert))

    def _stop_of(self, alert: Alert) -> Stop:
        return stop(
            self._scenario,
            self.uniforms.of_stop(alert.alert),
            category=alert.category,
            right_person=alert.candidate_is_mate,
            current=not alert.entry_is_stale,
        )

    def _end_stop(self, team: Team, alert: Alert) -> None:
        arrested = alert.disposal is Disposal.ARREST
        if not arrested:
            self._held.discard(alert.person)
            self._let_go.add(alert.person)
        self._end(alert, Outcome.ENGAGED)
        arrest_s = 60.0 * self._officers.engagement.team_busy_minutes_arrest
        self._walk_back(team, after_s=arrest_s if arrested else 0.0)

    def _walk_back(self, team: Team, *, after_s: float) -> None:
        team.state = TeamState.BUSY
        self._clock.schedule(self._clock.now_s + after_s + team.way_back_s(), partial(self._free, team))

    def _free(self, team: Team) -> None:
        team.return_to_post()
        heapq.heappush(self._at_post[team.post], team.number)
        self._send_teams()

    def _end(self, alert: Alert, outcome: Outcome) -> None:
        alert.outcome, alert.ended_s = outcome, self._clock.now_s
        self._ended(alert)
