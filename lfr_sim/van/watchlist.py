"""Presence: how likely a passer is to be on the list, who is, on which entry, and whose relative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from lfr_sim.records import People
from lfr_sim.scenario import Crowd as CrowdSettings
from lfr_sim.scenario import Watchlist as WatchlistSettings
from lfr_sim.streams import Stream, uniforms, uniforms_of

from .entries import SETTLING_DRAWS, Entries, Part, image_age_years, images_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NO_ENTRY = -1


@dataclass(frozen=True, slots=True)
class Membership:
    """Who has an entry, one row per person. Entries count whether or not they are taken off."""

    listed: BoolArray
    """Whether the person is on the list before anything is taken off."""
    entry: IntArray
    """Number of the person's own entry; -1 for those who are not listed."""
    kin_entry: IntArray
    """Entry of a lookalike relative; -1 where there is none."""
    image_age_years: FloatArray
    """Age of the image of those who are listed; 0 for others."""
    custody: BoolArray
    """Whether the image of those who are listed was taken in custody."""
    images: IntArray
    """Number of images of those who are listed; 0 for others."""


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


def likeness(settings: WatchlistSettings, crowd: CrowdSettings) -> FloatArray:
    """Return how much likelier somebody is to be listed than a passer at large, by who they are.

    Share of the list over share of the crowd, for group, sex and age, which are independent: shape
    (group, woman, under 18). 0 where nobody of the kind walks past.
    """
    groups = _over(list(settings.groups.model_dump().values()), list(crowd.groups.model_dump().values()))
    sexes = _over(
        [1 - settings.female_share, settings.female_share], [1 - crowd.female_share, crowd.female_share]
    )
    ages = _over(
        [1 - settings.share_under_18, settings.share_under_18],
        [1 - crowd.share_under_18, crowd.share_under_18],
    )
    return groups[:, None, None] * sexes[:, None] * ages


def absent_share(settings: WatchlistSettings, crowd: CrowdSettings) -> float:
    """Return the share of the list that is of a group, sex or age nobody of whom walks past."""
    groups = zip(settings.groups.model_dump().values(), crowd.groups.model_dump().values(), strict=True)
    there = sum(listed for listed, walking in groups if walking > 0)
    pairs = (
        (settings.female_share, crowd.female_share),
        (settings.share_under_18, crowd.share_under_18),
    )
    for listed, walking in pairs:
        there *= listed * (walking > 0) + (1 - listed) * (walking < 1)
    return max(0.0, 1.0 - float(there))


def _over(listed: list[float], walking: list[float]) -> FloatArray:
    return np.array([part / whole if whole else 0.0 for part, whole in zip(listed, walking, strict=True)])


def membership_of(
    entries: Entries, people: People, crowd: CrowdSettings, *, root_seed: int, replicate: int
) -> Membership:
    """Draw who is listed and who is a lookalike relative; consumes the streams DAY and MEMBERSHIP.

    The person of an entry has its group, sex and number of images, and what else is true of the entry
    is the person's.
    So a person stays who they are when the list grows, and the list has as many of each group and sex
    whoever walks past.
    """
    settings, count = entries.settings, len(people)
    seeds = {"root_seed": root_seed, "replicate": replicate}
    listed_u = uniforms(2, count, stream=Stream.MEMBERSHIP, **seeds)[0]
    kin_u = uniforms(1, count, stream=Stream.MEMBERSHIP, part=1, **seeds)[0]
    today = presence_today(settings, **seeds)
    by_kind = today * likeness(settings, crowd)
    listed = _below(listed_u, by_kind, people)
    # A relative is as likely to walk past as the person listed. Who comes to be listed stays one.
    kin = _below(kin_u, by_kind * settings.kin_share, people)
    kin[listed] |= kin_u[listed] < settings.kin_also_listed_share

    rows = np.flatnonzero(listed)
    images_u = uniforms_of(rows, 1, count, stream=Stream.MEMBERSHIP, part=4, **seeds)[0]
    images = np.zeros(count, dtype=np.int64)
    images[rows] = images_of(settings, images_u)
    entry, kin_entry = np.full(count, NO_ENTRY), np.full(count, NO_ENTRY)
    if len(entries):
        entry_u = uniforms_of(rows, SETTLING_DRAWS, count, stream=Stream.MEMBERSHIP, part=5, **seeds)
        entry[rows] = entries.alike(people.cell[rows], entry_u, images[rows])
        of_kin = np.flatnonzero(kin)
        kin_entry_u = uniforms_of(of_kin, 1, count, stream=Stream.MEMBERSHIP, part=3, **seeds)[0]
        kin_entry[of_kin] = entries.others_alike(people.cell[of_kin], kin_entry_u, entry[of_kin])

    own = uniforms_of(rows, len(_PERSONAL), count, stream=Stream.MEMBERSHIP, part=2, **seeds)
    personal = dict(zip(_PERSONAL, own, strict=True))
    image_age, custody = np.zeros(count), np.zeros(count, dtype=bool)
    image_age[rows] = image_age_years(settings, personal[Part.IMAGE_AGE])
    custody[rows] = personal[Part.CUSTODY] < settings.custody_share
    personal[Part.CATEGORY] = _by_presence(settings, personal[Part.CATEGORY])
    personal[Part.AGE] = np.where(people.under_18[rows], 0.0, 1.0)
    entries.claim(entry[rows], personal)
    return Membership(listed, entry, kin_entry, image_age, custody, images)


_PERSONAL = (Part.STALE, Part.CATEGORY, Part.SERIOUS, Part.CUSTODY, Part.CONVICTED, Part.IMAGE_AGE)
"""Columns of an entry that its person brings along, in the order of the draws: add, never reorder."""


def _by_presence(settings: WatchlistSettings, u: FloatArray) -> FloatArray:
    """Return uniforms for the category of entries whose person walks past.

    Categories then come in proportion to share x presence_ratio.
    """
    shares = np.array(list(settings.categories.model_dump().values()))
    ratios = np.array(list(settings.presence_ratio.model_dump().values()))
    if (ratios == ratios[0]).all():
        return u
    edges = np.cumsum(shares * ratios)
    category = np.searchsorted(edges[:-1], u * edges[-1], side="right")
    return np.asarray((np.cumsum(shares) - shares / 2)[category])


def _below(u: FloatArray, chances: FloatArray, people: People) -> BoolArray:
    """Return whose uniform is below the chance of their kind; few are, so only those are looked at."""
    below = u < chances.max()
    some = np.flatnonzero(below)
    kinds = people.group[some], people.woman[some] * 1, people.under_18[some] * 1
    below[some] = u[some] < chances[kinds]
    return np.asarray(below)
