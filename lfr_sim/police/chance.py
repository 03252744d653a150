"""Chances and uniforms: every decision compares one number of an alert's own with one probability."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class JudgementUniforms(NamedTuple):
    """One alert's uniforms for the judgements."""

    first: float
    """What the first reviewer sees: small speaks for yes."""
    second: float
    """What the second reviewer sees apart from what both see."""
    street: float
    """What the officers in the street see apart from what the first reviewer saw."""
    first_judge: float
    second_judge: float
    street_judge: float
    remembered: float
    """Whether somebody who was stopped and let go earlier is recognised."""


class SearchUniforms(NamedTuple):
    """One alert's uniforms for the search."""

    found: float
    fled: float


class StopUniforms(NamedTuple):
    """One alert's uniforms for a stop."""

    disposal: float
    dispute: float
    length: float
    offence: float
    basis: float
    informed: float
    refusal: float
    detained: float
    fingerprints: float


JUDGEMENT_COLUMNS = len(JudgementUniforms._fields)
"""Uniforms of one alert in `JudgementUniforms`; from `Stream.OPERATOR`."""
FOUND_COLUMNS = len(SearchUniforms._fields)
"""Uniforms of one alert in `SearchUniforms`; from `Stream.OFFICER`."""
STOP_COLUMNS = len(StopUniforms._fields)
"""Uniforms of one alert in `StopUniforms`; from `Stream.ENGAGEMENT`."""


@dataclass(frozen=True, slots=True)
class ResponseUniforms:
    """Each alert's own uniforms: a row per field of the classes above, a column per alert."""

    judgement: FloatArray = field(default_factory=lambda: np.empty((JUDGEMENT_COLUMNS, 0)))
    found: FloatArray = field(default_factory=lambda: np.empty((FOUND_COLUMNS, 0)))
    stop: FloatArray = field(default_factory=lambda: np.empty((STOP_COLUMNS, 0)))

    def of_judgement(self, alert: int) -> JudgementUniforms:
        """Return an alert's uniforms for the judgements."""
        return JudgementUniforms(*self.judgement[:, alert].tolist())

    def of_search(self, alert: int) -> SearchUniforms:
        """Return an alert's uniforms for the search."""
        return SearchUniforms(*self.found[:, alert].tolist())

    def of_stop(self, alert: int) -> StopUniforms:
        """Return an alert's uniforms for the stop."""
        return StopUniforms(*self.stop[:, alert].tolist())
