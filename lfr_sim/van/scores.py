"""Scores: how alike a face is to an entry of its own, and to others' entries.

`fmr` is P(score >= threshold) of a comparison with somebody else's entry at large; `other_score` is its
inverse, so that the score written down and the decision taken agree.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from lfr_sim.scenario import REFERENCE_THRESHOLD, Scenario, read_scores

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class ScoreModel:
    """The score laws of one scenario: of its rates, or of its score file."""

    def __init__(self, scenario: Scenario) -> None:
        matcher = scenario.matcher
        self._matcher = matcher
        self._tpir_ratios = np.array(list(matcher.tpir_ratio.model_dump().values()))
        if matcher.score_file is None:
            self._law: _RateLaw | _FileLaw = _RateLaw(scenario)
        else:
            self._law = _FileLaw(scenario)

    def fmr(self, score: float) -> float:
        """Return P(a comparison with somebody else's entry scores at least `score`), ratios aside."""
        return self._law.fmr(score)

    def other_score(self, rate: FloatArray) -> FloatArray:
        """Return the score whose FMR is `rate`; minus infinity where nothing can match falsely."""
        return self._law.other_score(rate)

    def tpir_given_capture(
        self,
        group: IntArray,
        woman: BoolArray,
        image_age_years: FloatArray,
        custody: BoolArray,
        images: IntArray,
    ) -> FloatArray:
        """Return P(a bare captured face scores at least 0.60 against the own entry).

        The preset's, times the ratios of group, sex and source and what image age takes; of what is
        still missed each further image recovers `second_image_tpir_gain`.
        """
        matcher = self._matcher
        older_by = image_age_years - matcher.tpir_reference_age_years
        ratio = self._tpir_ratios[group] * np.where(woman, matcher.female_tpir_ratio, 1.0)
        ratio = ratio * np.where(custody, 1.0, matcher.non_custody_tpir_ratio)
        ratio = ratio * np.maximum(0.0, 1.0 - matcher.tpir_age_decay_per_year * older_by)
        first = np.minimum(1.0, self._law.given_capture * ratio)
        missed = (1.0 - first) * (1.0 - matcher.second_image_tpir_gain) ** (images - 1)
        return np.where(first > 0.0, 1.0 - missed, 0.0)  # what never matches does not with more images

    def own_score(
        self, u: FloatArray, person_z: FloatArray, tpir: FloatArray, worn: FloatArray
    ) -> FloatArray:
        """Return the score against the own entry.

        Args:
            u: Uniforms of the pass; small is a good likeness.
            person_z: Standard normal of the person, the same at every pass.
            tpir: P(score >= 0.60) of a bare face.
            worn: Share of faces that what is worn leaves; the others score nothing (minus infinity).
        """
        rho = self._matcher.mated_agreement
        with np.errstate(invalid="ignore", divide="ignore"):
            z = -ndtri(np.minimum(u / worn, 1.0))
        if rho > 0.0:
            # At rho 1 the pass adds nothing, however extreme it is.
            own = np.sqrt(1.0 - rho) * z if rho < 1.0 else np.zeros_like(z)
            z = np.sqrt(rho) * person_z + own
        return np.where(u < worn, self._law.own_score(z, tpir), -np.inf)

    def own_exceeds(self, threshold: float) -> float:
        """Return P(score >= threshold against the own entry | captured), at large."""
        return float(ndtr(-self._law.least_own_z(threshold, min(1.0, self._law.given_capture))))

    def least_own_z(self, threshold: float, tpir: float) -> float:
        """Return the standard normal from which a score against the own entry reaches a threshold."""
        return float(self._law.least_own_z(threshold, tpir))

    def worn(self, masked: BoolArray, hooded: BoolArray) -> FloatArray:
        """Return the factor of mask and hood on TPIR."""
        mask = np.where(masked, self._matcher.mask_tpir_multiplier, 1.0)
        return np.asarray(mask * np.where(hooded, self._matcher.hood_tpir_multiplier, 1.0))


class _RateLaw:
    """Impostor scores fall off exponentially, genuine ones are normal."""

    def __init__(self, scenario: Scenario) -> None:
        matcher = scenario.matcher
        self._at_reference = matcher.fmr_at_reference
        self._slope = matcher.fmr_slope_per_score
        self._sd = matcher.mated_score_sd
        # Published TPIR is per walk and contains capture; given capture it is larger.
        self.given_capture = matcher.tpir_at_reference / scenario.camera.capture_probability

    def fmr(self, score: float) -> float:
        """Return fmr_ref exp(-slope (score - 0.60)); above 1 every comparison matches."""
        return float(self._at_reference * np.exp(-self._slope * (score - REFERENCE_THRESHOLD)))

    def other_score(self, rate: FloatArray) -> FloatArray:
        if self._at_reference == 0.0:
            return np.full_like(rate, -np.inf)
        with np.errstate(divide="ignore"):
            above = np.log(rate / self._at_reference) / self._slope
        return np.asarray(REFERENCE_THRESHOLD - above)

    def own_score(self, z: FloatArray, tpir: FloatArray) -> FloatArray:
        mean = ndtri(tpir)
        with np.errstate(invalid="ignore"):
            score = REFERENCE_THRESHOLD + self._sd * (mean + z)
        return np.where(np.isfinite(mean), score, np.where(mean > 0, np.inf, -np.inf))

    def least_own_z(self, threshold: float, tpir: float) -> float:
        return float((threshold - REFERENCE_THRESHOLD) / self._sd - ndtri(tpir))


class _FileLaw:
    """The scores of a file, with an exponential tail where impostor scores run out."""

    def __init__(self, scenario: Scenario) -> None:
        assert scenario.matcher.score_file is not None
        scores = read_scores(scenario.matcher.score_file)
        self._scores = scores
        self._multiplier = scenario.matcher.field_lab_multiplier
        # Survival falls from 1 at the lowest score to 0 at the highest.
        self._genuine_share = np.linspace(1.0, 0.0, len(scores.genuine))
        self._impostor_share = np.linspace(1.0, 0.0, len(scores.impostor))
        self.given_capture = float(np.interp(REFERENCE_THRESHOLD, scores.genuine, self._genuine_share))

    def fmr(self, score: float) -> float:
        scores = self._scores
        if score >= scores.tail_start:
            share = scores.tail_share * np.exp(-scores.tail_slope * (score - scores.tail_start))
        else:
            share = max(scores.tail_share, np.interp(score, scores.impostor, self._impostor_share))
        return min(1.0, float(share) * self._multiplier)

    def other_score(self, rate: FloatArray) -> FloatArray:
        scores = self._scores
        if self._multiplier == 0.0:
            return np.full_like(rate, -np.inf)
        share = rate / self._multiplier
        with np.errstate(divide="ignore"):
            beyond = scores.tail_start - np.log(share / scores.tail_share) / scores.tail_slope
        within = np.interp(-share, -self._impostor_share, scores.impostor)
        return np.where(share < scores.tail_share, beyond, np.minimum(within, scores.tail_start))

    def own_score(self, z: FloatArray, tpir: FloatArray) -> FloatArray:
        shift = REFERENCE_THRESHOLD - self._quantile(tpir)
        score = self._quantile(ndtr(-z)) + shift
        return np.where(tpir >= 1.0, np.inf, np.where(tpir <= 0.0, -np.inf, score))

    def least_own_z(self, threshold: float, tpir: float) -> float:
        if tpir >= 1.0 or tpir <= 0.0:
            return -np.inf if tpir >= 1.0 else np.inf
        at = threshold - REFERENCE_THRESHOLD + float(self._quantile(np.array(tpir)))
        return float(-ndtri(np.interp(at, self._scores.genuine, self._genuine_share)))

    def _quantile(self, share: FloatArray) -> FloatArray:
        """Return the score that this share of the genuine scores reaches."""
        return np.interp(-share, -self._genuine_share, self._scores.genuine)
