"""Scores: how alike a face is to an entry of its own, and to the most alike of all the others.

`fmr` and `tpir` are P(score >= threshold); `*_score` are their inverses, so that the score written
down and the decision taken always agree.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from lfr_sim.scenario import REFERENCE_THRESHOLD, Scenario

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


class ScoreModel:
    """The score laws of one scenario."""

    def __init__(self, scenario: Scenario) -> None:
        matcher = scenario.matcher
        self.fmr_at_reference = matcher.fmr_at_reference
        self._slope = matcher.fmr_slope_per_score
        self._sd = matcher.mated_score_sd
        self._mask = matcher.mask_tpir_multiplier
        self._hood = matcher.hood_tpir_multiplier
        # Published TPIR is per walk and contains capture; given capture it is larger.
        given_capture = matcher.tpir_at_reference / scenario.camera.capture_probability
        self._mean = REFERENCE_THRESHOLD + self._sd * float(ndtri(given_capture))

    def fmr(self, score: float) -> float:
        """Return P(a comparison with somebody else's entry scores at least `score`).

        fmr_ref exp(-slope (score - 0.60)), at most 1.
        """
        if self.fmr_at_reference == 0.0:
            return 0.0
        log = np.log(self.fmr_at_reference) - self._slope * (score - REFERENCE_THRESHOLD)
        return float(np.exp(min(0.0, log)))

    def best_other_rate(self, u: FloatArray, entries: int) -> FloatArray:
        """Return the FMR at the best score among `entries` comparisons with others' entries.

        The smallest of N uniforms, from one uniform: 1 - u^(1/N). It never rises with N.
        """
        if entries <= 0:
            return np.ones_like(u)
        with np.errstate(divide="ignore"):  # u may be 0: no comparison is alike at all
            return np.asarray(-np.expm1(np.log(u) / entries))

    def other_score(self, rate: FloatArray) -> FloatArray:
        """Return the score whose FMR is `rate`; minus infinity where nothing can match falsely."""
        if self.fmr_at_reference == 0.0:
            return np.full_like(rate, -np.inf)
        with np.errstate(divide="ignore"):
            above = np.log(rate / self.fmr_at_reference) / self._slope
        return np.asarray(REFERENCE_THRESHOLD - above)

    def tpir_given_capture(self, score: float, masked: BoolArray, hooded: BoolArray) -> FloatArray:
        """Return P(a captured face scores at least `score` against its own entry)."""
        bare = (
            float(ndtr((self._mean - score) / self._sd))
            if np.isfinite(self._mean)
            else (float(self._mean > 0))
        )
        return bare * self._worn(masked, hooded)

    def mated_score(self, u: FloatArray, masked: BoolArray, hooded: BoolArray) -> FloatArray:
        """Return the score against the own entry: at least s exactly if u < tpir_given_capture(s).

        What is worn makes some faces score nothing at all (minus infinity).
        """
        worn = self._worn(masked, hooded)
        with np.errstate(invalid="ignore", divide="ignore"):
            score = self._mean - self._sd * ndtri(np.minimum(u / worn, 1.0))
        return np.where(u < worn, score, -np.inf)

    def _worn(self, masked: BoolArray, hooded: BoolArray) -> FloatArray:
        mask = np.where(masked, self._mask, 1.0)
        return np.asarray(mask * np.where(hooded, self._hood, 1.0))
