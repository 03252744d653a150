"""The watchlist: how likely a passer is to be on it, who is, and on which entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from lfr_sim.scenario import Watchlist as WatchlistSettings
from lfr_sim.streams import Stream, uniforms

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NO_ENTRY = -1


@dataclass(frozen=True, slots=True)
class Membership:
    """Who is listed, one row per person, and what is true of the entries."""

    listed: BoolArray
    entry: IntArray
    """Number of the person's own entry; -1 for those who are not listed."""
    stale: BoolArray
    """Whether each entry of the list is no longer current."""


def presence(settings: WatchlistSettings) -> float:
    """Return P(a person is listed) on a day like any other, at the list's size.

    presence x (size / reference size)^k with k = 0 (fixed), `presence_exponent` (concave) or 1
    (proportional), at most 1. On an empty list there is nobody.
    """
    if settings.size == 0:
        return 0.0
    exponents = {"fixed": 0.0, "concave": settings.presence_exponent, "proportional": 1.0}
    growth = (settings.size / settings.presence_reference_size) ** exponents[settings.presence_law]
    return float(min(1.0, settings.presence * growth))


def presence_today(settings: WatchlistSettings, *, root_seed: int, replicate: int) -> float:
    """Return P(a person is listed) on the day of this run: times a gamma factor of mean 1."""
    usual = presence(settings)
    if not settings.presence_day_effect:
        return usual
    u = uniforms(1, 1, root_seed=root_seed, replicate=replicate, stream=Stream.DAY)[0, 0]
    shape = settings.presence_day_shape
    return float(min(1.0, usual * gammaincinv(shape, u) / shape))


def membership_of(
    settings: WatchlistSettings, people: int, *, root_seed: int, replicate: int
) -> Membership:
    """Draw who is listed; consumes the streams DAY, MEMBERSHIP and ENTRIES."""
    seeds = {"root_seed": root_seed, "replicate": replicate}
    listed_u, entry_u = uniforms(2, people, stream=Stream.MEMBERSHIP, **seeds)
    listed = listed_u < presence_today(settings, **seeds)
    entry = np.where(listed, (entry_u * settings.size).astype(np.int64), NO_ENTRY)
    stale_u = uniforms(1, settings.size, stream=Stream.ENTRIES, **seeds)[0]
    return Membership(listed, entry, stale_u < settings.stale_share)
