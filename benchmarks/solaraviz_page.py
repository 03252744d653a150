"""The street of the dashboard as a Mesa user would show it: `SolaraViz`, drawn with matplotlib.

    LFR_SIM_PLACES=places.npy solara run benchmarks/solaraviz_page.py

The file has places (m) by second, person and axis, so a step of this model costs next to nothing: what is
measured is the showing. Buildings, alerts, officers and the time line are left out, which is in its favour.
"""

from __future__ import annotations

import os
import random
from typing import Any

import mesa
import numpy as np
from mesa.space import ContinuousSpace
from mesa.visualization import SolaraViz, make_space_component
from mesa.visualization.components import AgentPortrayalStyle

PLACES = np.load(os.environ["LFR_SIM_PLACES"])


class Person(mesa.Agent):
    """Somebody who walks past."""

    def __init__(self, model: Street, number: int) -> None:
        super().__init__(model)
        self.places = PLACES[:, number]

    def step(self) -> None:
        """Go where they are a second later."""
        self.model.space.move_agent(self, tuple(self.places[int(self.model.steps) % len(self.places)]))


class Street(mesa.Model):
    """People on their way, for as long as the places last, and then from the beginning."""

    def __init__(self) -> None:
        super().__init__(rng=1)
        self.random = random.Random(1)
        west, south = PLACES.min(axis=(0, 1)) - 1.0
        east, north = PLACES.max(axis=(0, 1)) + 1.0
        self.space = ContinuousSpace(east, north, torus=False, x_min=west, y_min=south)
        for number in range(PLACES.shape[1]):
            person = Person(self, number)
            self.space.place_agent(person, tuple(person.places[0]))

    def step(self) -> None:
        """Let everybody walk for a second."""
        self.agents.do("step")


def portrayal(_: Any) -> AgentPortrayalStyle:
    """Return how somebody is drawn: as on the dashboard, a dot."""
    return AgentPortrayalStyle(color="#8A9499", size=8)


page = SolaraViz(
    Street(),
    components=[make_space_component(portrayal, backend="matplotlib")],
    play_interval=int(os.environ.get("LFR_SIM_PLAY_MS", "100")),
)
