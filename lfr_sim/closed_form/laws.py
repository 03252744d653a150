"""Score laws: FMR at a score, and the scores of faces against their own entries."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from lfr_sim.scenario import REFERENCE_THRESHOLD, Scenario, read_scores

FloatArray = NDArray[np.float64]


class ScoreLaw(Protocol):
    """Of rates, or of a file of scores."""

    given_capture: float
    """P(score >= 0.60 against the own entry | captured), at large."""

    def fmr(self, score: FloatArray) -> FloatArray:
        """Return P(a comparison with somebody else's entry scores at least so much)."""
        ...

    def own_exceeds(self, threshold: float | FloatArray, tpir: FloatArray) -> FloatArray:
        """Return P(score >= threshold against the own entry) where it is `tpir` at 0.60."""
        ...

    def own_score(self, share: FloatArray, tpir: FloatArray) -> FloatArray:
        """Return the score that this share of faces reaches against their own entries."""
        ...


def law_of(scenario: Scenario) -> ScoreLaw:
    """Return the law of a scenario."""
    return RateLaw(scenario) if scenario.matcher.score_file is None else FileLaw(scenario)


class RateLaw:
    """An exponential tail of others' scores, and a normal law of own ones."""

    def __init__(self, scenario: Scenario) -> None:
        matcher = scenario.matcher
        self._fmr, self._slope = matcher.fmr_at_reference, matcher.fmr_slope_per_score
        self._sd = matcher.mated_score_sd
        self.given_capture = matcher.tpir_at_reference / scenario.camera.capture_probability

    def fmr(self, score: FloatArray) -> FloatArray:
        """Return fmr_ref exp(-slope (score - 0.60)); above 1 every comparison matches."""
        return np.asarray(self._fmr * np.exp(-self._slope * (score - REFERENCE_THRESHOLD)))

    def own_exceeds(self, threshold: float | FloatArray, tpir: FloatArray) -> FloatArray:
        """Return Phi(Phi^-1(tpir) - (threshold - 0.60) / sd)."""
        return np.asarray(ndtr(ndtri(tpir) - (threshold - REFERENCE_THRESHOLD) / self._sd))

    def own_score(self, share: FloatArray, tpir: FloatArray) -> FloatArray:
        """Return 0.60 + sd (Phi^-1(tpir) - Phi^-1(share))."""
        with np.errstate(invalid="ignore"):
            return np.asarray(REFERENCE_THRESHOLD + self._sd * (ndtri(tpir) - ndtri(share)))


class FileLaw:
    """The scores of a file; beyond its tail's start, others' scores fall off exponentially."""

    def __init__(self, scenario: Scenario) -> None:
        assert scenario.matcher.score_file is not None
        self._scores = read_scores(scenario.matcher.score_file)
        self._multiplier = scenario.matcher.field_lab_multiplier
        self.given_capture = float(self._survival(self._scores.genuine, np.array(REFERENCE_THRESHOLD)))

    @staticmethod
    def _survival(scores: FloatArray, at: FloatArray) -> FloatArray:
        """Return the share of scores above: straight between one score and the next."""
        return 1 - np.interp(at, scores, np.arange(len(scores)) / (len(scores) - 1))

    def _quantile(self, share: FloatArray) -> FloatArray:
        scores = self._scores.genuine
        return np.interp(1 - share, np.arange(len(scores)) / (len(scores) - 1), scores)

    def fmr(self, score: FloatArray) -> FloatArray:
        """Return the share of impostor scores above, times the field multiplier, at most 1."""
        tail = self._scores
        beyond = tail.tail_share * np.exp(-tail.tail_slope * np.maximum(0.0, score - tail.tail_start))
        within = np.maximum(tail.tail_share, self._survival(tail.impostor, score))
        share = np.where(score >= tail.tail_start, beyond, within)
        return np.minimum(1.0, share * self._multiplier)

    def own_exceeds(self, threshold: float | FloatArray, tpir: FloatArray) -> FloatArray:
        """Return the share of genuine scores above, shifted so that it is `tpir` at 0.60."""
        at = threshold - REFERENCE_THRESHOLD + self._quantile(tpir)
        share = self._survival(self._scores.genuine, at)
        return np.where(tpir >= 1, 1.0, np.where(tpir <= 0, 0.0, share))

    def own_score(self, share: FloatArray, tpir: FloatArray) -> FloatArray:
        """Return the quantile of the genuine scores, shifted likewise."""
        score = self._quantile(share) + REFERENCE_THRESHOLD - self._quantile(tpir)
        return np.where(tpir >= 1, np.inf, score)
