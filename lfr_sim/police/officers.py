"""Teams of officers: ordinary Mesa agents that wait at posts, go, look, stop people, and come back."""

from __future__ import annotations

import itertools
import math
import weakref
from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import mesa


class _WeakCounters(defaultdict[Any, Iterator[int]]):
    """Numbers agents per model without keeping the model alive.

    Mesa 3.3 keeps every model that ever had an agent in a dictionary of its Agent class; agents that
    bring this one instead let their models go. Later Mesas number agents in the model.
    """

    def __init__(self) -> None:
        super().__init__()
        self._by_model: weakref.WeakKeyDictionary[Any, Iterator[int]] = weakref.WeakKeyDictionary()

    def __getitem__(self, model: Any) -> Iterator[int]:
        try:
            return self._by_model[model]
        except KeyError:
            return self._by_model.setdefault(model, itertools.count(1))


AGENT_NUMBERS = _WeakCounters()
"""Shared by all agents of this package, so that numbers are unique within a model."""


class TeamState(StrEnum):
    """What a team is doing."""

    WAITING = "waiting at its post"
    SEEKING = "seeking a person"
    ENGAGED = "stopping a person"
    BUSY = "handing over or walking back"


class Team(mesa.Agent):
    """A team at its post, ready to be sent."""

    _ids = AGENT_NUMBERS

    def __init__(self, model: mesa.Model, number: int, post: tuple[float, float], speed_m_s: float) -> None:
        super().__init__(model)
        self.number = number
        """Number of the team, from 0."""
        self.post = post
        """Where it waits (m)."""
        self.speed_m_s = speed_m_s
        """How fast it walks on its way."""
        self.place = post
        """Where it was last known to stand (m): at the post, where it looked, or where it gave up."""
        self.state = TeamState.WAITING
        """What it is doing."""

    def walk_towards(self, place: tuple[float, float], for_s: float) -> None:
        """Walk straight towards a place for a time, no further than the place."""
        gap_m = math.dist(self.place, place)
        share = min(1.0, for_s * self.speed_m_s / gap_m) if gap_m else 0.0
        x, y = self.place
        self.place = (x + share * (place[0] - x), y + share * (place[1] - y))

    def way_back_s(self) -> float:
        """Return how long the team takes back to its post."""
        return math.dist(self.place, self.post) / self.speed_m_s

    def return_to_post(self) -> None:
        """Stand at the post again, ready."""
        self.place = self.post
        self.state = TeamState.WAITING
