"""What the tests of the police share: alerts, uniforms, and a response without street or van."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import mesa
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from lfr_sim.clock import Clock
from lfr_sim.police import (
    FOUND_COLUMNS,
    JUDGEMENT_COLUMNS,
    STOP_COLUMNS,
    Response,
    ResponseUniforms,
    Team,
)
from lfr_sim.records import Alert
from lfr_sim.scenario import Scenario

FloatArray = NDArray[np.float64]
Place = tuple[float, float]

DAY = Scenario.from_dict({"site": {"layout": "oxford_circus"}})
"""All defaults."""
SURE = DAY.replace(
    {
        "officers.presumption_to_intervene": 1.0,
        "officers.found_share": 1.0,
        "officers.give_up_s": 5000.0,
        "officers.engagement.refusal_share": 0.0,
    }
)
"""Every alert is acted upon, everybody is found, nobody refuses."""


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    """Return values that a setting may have: six decimals, because specks above 0 are refused."""
    return st.floats(low, high).map(lambda value: round(value, 6))


def an_alert(number: int = 0, **changes: Any) -> Alert:
    """Return an alert on somebody else than the person of a current entry, unless told otherwise."""
    said: dict[str, Any] = {
        "alert": number,
        "time_s": 0.0,
        "passer": number,
        "person": number,
        "van": "V1",
        "camera": "C",
        "score": 0.7,
        "candidate": 0,
        "mated": False,
        "candidate_is_mate": False,
        "entry_is_stale": False,
        "category": "failed_to_appear_or_warrant",
        "group": "white",
        "woman": False,
        "under_18": False,
        "density_per_m2": 0.25,
    }
    if changes.get("candidate_is_mate"):
        said["mated"] = True
    return Alert(**(said | changes))


def drawn_uniforms(count: int, seed: int) -> ResponseUniforms:
    """Return uniforms of so many alerts."""
    draw = np.random.default_rng(seed)
    rows = (JUDGEMENT_COLUMNS, FOUND_COLUMNS, STOP_COLUMNS)
    return ResponseUniforms(*(draw.random((columns, count)) for columns in rows))


def equal_uniforms(count: int, *, judgement: float = 0.5, found: float = 0.5, stop: float = 0.9) -> Any:
    """Return the same uniforms for so many alerts."""
    return ResponseUniforms(
        np.full((JUDGEMENT_COLUMNS, count), judgement),
        np.full((FOUND_COLUMNS, count), found),
        np.full((STOP_COLUMNS, count), stop),
    )


class PoliceAlone:
    """A police response by itself: a clock, teams at posts, and alerts.

    Args:
        scenario: The settings.
        alerts: What is raised, each at its time, unless officers are with the person.
        uniforms: The alerts' own.
        posts: One for each team.
        locate: Where a passer is at a time; left out: at the first post.
        judges: Deviations of d'.
    """

    def __init__(
        self,
        scenario: Scenario,
        alerts: Iterable[Alert],
        uniforms: ResponseUniforms,
        posts: list[Place],
        locate: Callable[[int, float], Place] | None = None,
        judges: Iterable[float] = (0.0,),
    ) -> None:
        model = mesa.Model(rng=1)
        speed = scenario.officers.walking_speed_m_s
        teams = [Team(model, number, post, speed) for number, post in enumerate(posts)]
        self.clock = Clock()
        self.ended: list[Alert] = []
        self.alerts = list(alerts)
        self.response = Response(
            scenario,
            teams,
            self.clock,
            locate or (lambda passer, time_s: posts[0]),
            self.ended.append,
            judges=np.array(list(judges)),
        )
        self.response.uniforms = uniforms
        for alert in self.alerts:
            self.clock.schedule(alert.time_s, partial(self._raise, alert))

    def _raise(self, alert: Alert) -> None:
        if not self.response.holds(alert.person):
            self.response.receive(alert)

    def run(self, until_s: float = 1e9) -> PoliceAlone:
        """Let everything happen."""
        self.clock.run_until(until_s)
        return self
