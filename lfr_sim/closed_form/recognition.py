"""How likely a passer is to be listed, and what a search makes of a captured face, on average."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import gammainc, ndtr, ndtri

from lfr_sim.scenario import REFERENCE_THRESHOLD, Scenario

from .quadrature import U_WEIGHT, U


class Recognition:
    """Presence, and the chances of a search given capture."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        matcher = scenario.matcher
        self._mean_shift = ndtri(matcher.tpir_at_reference / scenario.camera.capture_probability)
        self.presence = _mean_presence(scenario)

    def worn(self) -> Iterator[tuple[float, float, float]]:
        """Yield each way to dress: its share, its factor on capture, its factor on TPIR."""
        crowd, camera, matcher = self._scenario.crowd, self._scenario.camera, self._scenario.matcher
        for masked in (False, True):
            for hooded in (False, True):
                share = crowd.mask_share if masked else 1 - crowd.mask_share
                share *= crowd.hood_or_hat_share if hooded else 1 - crowd.hood_or_hat_share
                tpir = matcher.mask_tpir_multiplier if masked else 1.0
                tpir *= matcher.hood_tpir_multiplier if hooded else 1.0
                yield share, camera.mask_capture_multiplier if masked else 1.0, tpir

    def fpir(self, entries: int) -> float:
        """Return P(some entry of somebody else exceeds the threshold)."""
        return -math.expm1(max(entries, 0) * math.log1p(-min(self._fmr(), 1 - 1e-16)))

    def own_entry(self, factor: float) -> tuple[float, float]:
        """Return P(alert on the own entry) and P(own score exceeds), given capture."""
        matcher, size = self._scenario.matcher, self._scenario.watchlist.size
        above = (matcher.threshold - REFERENCE_THRESHOLD) / matcher.mated_score_sd
        exceeds = float(ndtr(self._mean_shift - above)) * factor
        if exceeds == 0.0 or size == 0:
            return 0.0, 0.0
        # u uniform below `exceeds` gives the own scores above the threshold.
        z = self._mean_shift - ndtri(U * exceeds / factor)
        score = REFERENCE_THRESHOLD + matcher.mated_score_sd * z
        with np.errstate(over="ignore"):
            fmr = matcher.fmr_at_reference * np.exp(
                -matcher.fmr_slope_per_score * (score - REFERENCE_THRESHOLD)
            )
        none_higher = np.exp((size - 1) * np.log1p(-np.minimum(fmr, 1 - 1e-16)))
        return float(exceeds * np.sum(U_WEIGHT * none_higher)), exceeds

    def _fmr(self) -> float:
        matcher = self._scenario.matcher
        above = matcher.threshold - REFERENCE_THRESHOLD
        return min(1.0, matcher.fmr_at_reference * math.exp(-matcher.fmr_slope_per_score * above))


def _mean_presence(scenario: Scenario) -> float:
    """Return E[min(1, pG)] with G gamma of mean 1: p F_(k+1)(k / p) + 1 - F_k(k / p)."""
    settings = scenario.watchlist
    if settings.size == 0:
        return 0.0
    power: float = {"fixed": 0.0, "proportional": 1.0}.get(
        settings.presence_law, settings.presence_exponent
    )
    relative = settings.size / settings.presence_reference_size
    usual = float(min(1.0, settings.presence * relative**power))
    if not settings.presence_day_effect or usual == 0.0:
        return usual
    shape = settings.presence_day_shape
    below = gammainc(shape + 1, shape / usual)
    return float(usual * below + 1 - gammainc(shape, shape / usual))
