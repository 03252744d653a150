"""What a face is like to the matcher: how it compares with entries of each group and sex."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from lfr_sim.records import People
from lfr_sim.scenario import GROUPS, Matcher
from lfr_sim.streams import Stream, uniforms

from .entries import CELLS

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Faces:
    """What stays the same of each person at every pass; consumes the stream FACES."""

    def __init__(self, matcher: Matcher, people: People, *, root_seed: int, replicate: int) -> None:
        self._matcher, self._people = matcher, people
        self._u_frailty, self._u_own = uniforms(
            2, len(people), stream=Stream.FACES, root_seed=root_seed, replicate=replicate
        )

    def fmr_factor(self, who: IntArray) -> FloatArray:
        """Return FMR of people over that of others of the same group and sex: age and frailty.

        Frailty is lognormal with mean 1: exp(s Z - s^2 / 2), s = `frailty_sd_log`.
        """
        factor = np.where(self._people.older[who], self._matcher.older_fmr_ratio, 1.0)
        factor *= np.where(self._people.under_18[who], self._matcher.child_fmr_ratio, 1.0)
        sd = self._matcher.frailty_sd_log
        if sd > 0.0:
            factor *= np.exp(sd * _normal(self._u_frailty[who]) - sd**2 / 2)
        return factor

    def own_z(self, who: IntArray) -> FloatArray:
        """Return how good a likeness their own entries are: standard normal."""
        return _normal(self._u_own[who])


def _normal(u: FloatArray) -> FloatArray:
    return np.asarray(ndtri(np.maximum(u, 1e-300)))  # u may be 0


def fmr_ratios(matcher: Matcher) -> FloatArray:
    """Return FMR over its mean for each cell of passers (row) and of entries (column).

    Group against group times sex against sex, over the mean at the matcher's reference people.
    """
    named = matcher.fmr_ratio.model_dump()
    groups = np.array([[named[f"{passer}_{entry}"] for entry in GROUPS] for passer in GROUPS])
    cross = matcher.cross_sex_fmr_ratio
    sexes = np.array([[1.0, cross], [cross, matcher.female_fmr_ratio]])
    ratios = groups[:, None, :, None] * sexes[None, :, None, :]
    return np.asarray(ratios.reshape(CELLS, CELLS) / matcher.mean_fmr_ratio)
