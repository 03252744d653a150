"""What the list is made of, on average, before and after entries are taken off it.

Entries are alike but for what is drawn for each: category, seriousness, group, sex, age, source, image
age, staleness. So the chance that an entry stays is a product over causes that are independent. A cap
is taken to hold the serious ones first and to act on expected numbers; how the number of serious
entries varies about its mean is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lfr_sim.scenario import CATEGORIES, GROUPS, Scenario

from .quadrature import U_WEIGHT, U

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Images:
    """Images of listed people, as a mixture."""

    weight: FloatArray
    """Shares; they sum to 1."""
    age_years: FloatArray
    custody: NDArray[np.bool_]
    further: FloatArray
    """Images of the same person beyond the first."""
    current_share: FloatArray
    """P(the entry is current) for each."""


class Composition:
    """The list of a scenario; arrays over groups are in the order of `GROUPS`."""

    def __init__(self, scenario: Scenario) -> None:
        self._list = scenario.watchlist
        self._asked = scenario.watchlist.operations
        names = [getattr(self._list.categories, name) for name in CATEGORIES]
        self.category_share = np.array(names)
        self.group_share = np.array([getattr(self._list.groups, name) for name in GROUPS])
        serious = np.array([getattr(self._list.serious_share, name) for name in CATEGORIES])
        self._serious_share = np.stack([1 - serious, serious], axis=1)

    @cached_property
    def kept_by_group(self) -> FloatArray:
        """P(not taken off for being an unconvicted custody image)."""
        if not self._asked.remove_unconvicted_custody:
            return np.ones(len(GROUPS))
        return 1 - self._list.custody_share * self._unconvicted

    @cached_property
    def _unconvicted(self) -> FloatArray:
        """P(never convicted | custody image)."""
        ratios = np.array([getattr(self._list.unconvicted_ratio, name) for name in GROUPS])
        return np.minimum(1.0, self._list.unconvicted_share * ratios)

    @cached_property
    def _reviewed(self) -> float:
        """P(the image is so old that the entry was reviewed)."""
        limit, mean = self._asked.review_age_years, self._list.image_age_years
        if limit is None:
            return 0.0
        if mean == 0:
            return float(limit == 0)
        return float(np.exp(-limit / mean))

    @property
    def _kept_in_review(self) -> float:
        return 1 - self._list.stale_share * self._reviewed

    @property
    def _kept_of_all(self) -> float:
        """P(not among those taken off by chance)."""
        return 1 - self._asked.remove_entries / self._list.size if self._list.size else 0.0

    @cached_property
    def _kept_by_kind(self) -> FloatArray:
        """P(an entry stays on account of its category and seriousness, and of a cap), (category, 2)."""
        asked = self._asked
        stays = np.ones_like(self._serious_share)
        if asked.keep_categories is not None:
            stays *= np.isin(CATEGORIES, asked.keep_categories)[:, None]
        if asked.serious_only:
            stays[:, 0] = 0.0
        if asked.cap is None:
            return stays
        others = float(self.group_share @ self.kept_by_group) * self._kept_in_review * self._kept_of_all
        count = self._list.size * others * (self.category_share @ (stays * self._serious_share))
        room = [max(0.0, asked.cap - count[1]), float(asked.cap)]
        for kind in (0, 1):
            if count[kind] > room[kind]:
                stays[:, kind] *= room[kind] / count[kind]
        return stays

    @cached_property
    def kept_by_category(self) -> FloatArray:
        """P(an entry of a category stays), other causes aside."""
        return np.asarray((self._kept_by_kind * self._serious_share).sum(axis=1))

    def kept(self, weights: FloatArray) -> FloatArray:
        """Return P(an entry stays) by group, categories weighted."""
        by_category = float(self.kept_by_category @ weights / weights.sum())
        return by_category * self.kept_by_group * self._kept_in_review * self._kept_of_all

    @property
    def kept_entries(self) -> FloatArray:
        """P(an entry of the list stays) by group."""
        return self.kept(self.category_share)

    @property
    def kept_present(self) -> FloatArray:
        """P(the entry of somebody who walks past stays) by group."""
        return np.minimum(1.0, self.kept(self.present_category_share))

    @cached_property
    def present_category_share(self) -> FloatArray:
        """Categories of those listed who walk past, before anything is taken off."""
        ratios = np.array([getattr(self._list.presence_ratio, name) for name in CATEGORIES])
        weights = self.category_share * ratios
        return np.asarray(weights / weights.sum())

    @property
    def deployed_category_share(self) -> FloatArray:
        """Categories of those on the list deployed who walk past."""
        weights = self.present_category_share * self.kept_by_category
        total = weights.sum()
        return np.asarray(weights / total if total else self.present_category_share)

    @property
    def removed(self) -> float:
        """Expected number of entries taken off."""
        if self._asked == type(self._asked)():
            return 0.0  # exactly, though shares sum to 1 only nearly
        return max(0.0, float(self._list.size * (self.group_share @ (1 - self.kept_entries))))

    @property
    def deployed(self) -> float:
        """Expected number of entries on the list deployed."""
        return self._list.size - self.removed

    def matched(self, one: FloatArray) -> FloatArray:
        """Return P(some image of an entry matches) from P(a single one does)."""
        whole = int(self._list.images_per_person)
        further = self._list.images_per_person - whole
        if self._list.images_per_person == 1:
            return one
        with np.errstate(divide="ignore"):
            miss = np.log1p(-one)
        return np.asarray(-(1 - further) * np.expm1(whole * miss) - further * np.expm1((whole + 1) * miss))

    def images(self, group: int) -> Images:
        """Return the images of those of a group on the list deployed who walk past."""
        mean, stale = self._list.image_age_years, self._list.stale_share
        reviewed = self._reviewed
        log_older, weight = np.log1p(-(1 - reviewed) * U), (1 - reviewed) * U_WEIGHT
        if reviewed > 0:
            log_older = np.concatenate([log_older, np.log(reviewed) + np.log1p(-U)])
            weight = np.concatenate([weight, reviewed * U_WEIGHT])
        is_old = np.arange(len(weight)) >= len(U)
        stale_left = np.where(is_old, 0.0, stale) if self._asked.review_age_years is not None else stale
        current = np.broadcast_to((1 - stale) / (1 - stale + stale_left + (stale == 1)), weight.shape)
        weight = weight * (1 - stale + stale_left)
        custody = self._list.custody_share
        if self._asked.remove_unconvicted_custody:
            custody = custody * (1 - self._unconvicted[group]) / (self.kept_by_group[group] or 1.0)
        whole = int(self._list.images_per_person)
        one_more = self._list.images_per_person - whole
        parts = [
            (weight * of_source * of_number, is_custody, number)
            for of_source, is_custody in ((custody, True), (1 - custody, False))
            for of_number, number in ((1 - one_more, whole - 1), (one_more, whole))
            if of_source * of_number > 0
        ]
        joined = np.concatenate([part[0] for part in parts])
        return Images(
            weight=joined / (joined.sum() or 1.0),
            age_years=np.tile(-mean * log_older, len(parts)),
            custody=np.repeat([part[1] for part in parts], len(weight)),
            further=np.repeat([float(part[2]) for part in parts], len(weight)),
            current_share=np.tile(current, len(parts)),
        )
