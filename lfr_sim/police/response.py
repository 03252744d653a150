"""What becomes of alerts: judged, sent to a team or lapsed, the person found or lost, stopped, let go."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lfr_sim.records import Alert, Disposal, Outcome
from lfr_sim.scenario import Officers

from .adjudication import act_probability, correlated_evidence, stages_of
from .disposal import StopUniforms, stop
from .officers import Team, TeamState
from .pursuit import found_probability, intercept_s

FloatArray = NDArray[np.float64]


class EventClock(Protocol):
    """The clock the response lives by."""

    now_s: float

    def schedule(self, time_s: float, happen: Callable[[], None]) -> None:
        """Let something happen at a time."""
        ...


@dataclass(frozen=True, slots=True)
class ResponseUniforms:
    """Each alert's own uniforms, one column per alert."""

    judgement: FloatArray = field(default_factory=lambda: np.empty((2, 0)))
    found: FloatArray = field(default_factory=lambda: np.empty((1, 0)))
    stop: FloatArray = field(default_factory=lambda: np.empty((4, 0)))


class Response:
    """The people who act on alerts, as one queue with several teams.

    Args:
        officers: The settings.
        teams: The teams on duty.
        clock: Where events are scheduled.
        locate: Where a passer is at a time.
        ended: Called with each alert of which nothing more will come.
    """

    def __init__(
        self,
        officers: Officers,
        teams: list[Team],
        clock: EventClock,
        locate: Callable[[int, float], tuple[float, float]],
        ended: Callable[[Alert], None],
    ) -> None:
        self.teams = teams
        self.uniforms = ResponseUniforms()
        self._officers = officers
        self._clock = clock
        self._locate = locate
        self._ended = ended
        self._stages = stages_of(officers)
        self._chances = {
            is_person: act_probability(self._stages, officers.stage_correlation, is_person=is_person)
            for is_person in (False, True)
        }
        self._waiting: deque[Alert] = deque()
        self._held: set[int] = set()
        # Teams that wait, by post: there are many teams at few posts.
        self._at_post: dict[tuple[float, float], list[int]] = {}
        for team in teams:
            self._at_post.setdefault(team.post, []).append(team.number)

    def holds(self, person: int) -> bool:
        """Return whether officers are after a person, are stopping them, or have arrested them."""
        return person in self._held

    def receive(self, alert: Alert) -> None:
        """Take an alert that has just been raised."""
        latency_s = self._officers.decision_latency_s * len(self._stages)
        self._clock.schedule(self._clock.now_s + latency_s, partial(self._judge, alert))

    def _judge(self, alert: Alert) -> None:
        """Let every stage say yes or no; send a team if all say yes."""
        is_person = alert.candidate_is_mate
        evidence = float(self.uniforms.judgement[0, alert.alert])
        yes = self._stages[0].says_yes(evidence, is_person=is_person)
        if len(self._stages) == 2:
            own = float(self.uniforms.judgement[1, alert.alert])
            second = correlated_evidence(evidence, own, self._officers.stage_correlation)
            yes = yes and self._stages[1].says_yes(second, is_person=is_person)
        alert.decided_s = self._clock.now_s
        alert.act_probability = self._chances[is_person]
        lapse_s = alert.time_s + self._officers.give_up_s
        if not yes:
            self._end(alert, Outcome.DISMISSED)
        elif self._clock.now_s >= lapse_s:
            self._end(alert, Outcome.LAPSED)
        else:
            self._waiting.append(alert)
            self._send_teams()
            if alert in self._waiting:
                self._clock.schedule(lapse_s, partial(self._lapse, alert))

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
            self._officers.found_share,
            self._clock.now_s - alert.time_s,
            self._officers.found_reference_s,
        )
        if self.uniforms.found[0, alert.alert] < alert.found_probability:
            self._engage(team, alert)
        else:
            self._lose(team, alert)

    def _lose(self, team: Team, alert: Alert) -> None:
        if alert.contact_s is None:  # given up on the way
            sought_s = self._clock.now_s - (alert.sent_s or 0.0)
            team.walk_towards(self._locate(alert.passer, self._clock.now_s), sought_s)
        self._held.discard(alert.person)
        self._end(alert, Outcome.LOST)
        self._walk_back(team, after_s=0.0)

    def _engage(self, team: Team, alert: Alert) -> None:
        team.state = TeamState.ENGAGED
        u = StopUniforms(*self.uniforms.stop[:, alert.alert].tolist())
        alert.right_person = alert.candidate_is_mate
        current = alert.right_person and not alert.entry_is_stale
        alert.entry_current = current if alert.right_person else None
        outcome = stop(self._officers, u, right_person=alert.right_person, current=current)
        alert.minutes, alert.disposal = outcome.minutes, outcome.disposal
        alert.on_purpose = outcome.on_purpose
        self._clock.schedule(self._clock.now_s + 60.0 * outcome.minutes, partial(self._let_go, team, alert))

    def _let_go(self, team: Team, alert: Alert) -> None:
        if alert.disposal is not Disposal.ARREST:
            self._held.discard(alert.person)
        self._end(alert, Outcome.ENGAGED)
        arrest_s = 60.0 * self._officers.engagement.team_busy_minutes_arrest
        self._walk_back(team, after_s=arrest_s if alert.disposal is Disposal.ARREST else 0.0)

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
