"""The entries of the list: who they are, and which of them are taken off before the deployment.

Entries have numbers and are in no other order. What is true of an entry is drawn from its own
uniforms, so a longer list holds the shorter one, and taking entries off leaves the others as they are.
An entry whose person walks past takes what is true of it from that person.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lfr_sim.scenario import CATEGORIES, GROUPS, Watchlist
from lfr_sim.streams import Stream, uniforms

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

CELLS = 2 * len(GROUPS)
"""Group and sex together: cell = 2 x group + woman."""

SETTLING_DRAWS = 40
"""Uniforms of each listed person that say which entry is theirs."""


class Part(IntEnum):
    """Parts of the stream ENTRIES, one per column: add, never renumber."""

    STALE = 0
    CATEGORY = 1
    SERIOUS = 2
    GROUP = 3
    SEX = 4
    AGE = 5
    CUSTODY = 6
    CONVICTED = 7
    IMAGE_AGE = 8
    IMAGES = 9


class Entries:
    """The list of one run, one row per entry. Columns are drawn when first looked at."""

    def __init__(self, settings: Watchlist, *, root_seed: int, replicate: int) -> None:
        self.settings = settings
        self.size = settings.size
        self._seeds = {"root_seed": root_seed, "replicate": replicate}
        self._claimed = np.zeros(0, dtype=np.int64)
        self._claims: dict[Part, FloatArray] = {}

    def claim(self, entries: IntArray, uniforms_by_part: dict[Part, FloatArray]) -> None:
        """Let entries take columns from the people they are of; before the columns are looked at.

        Args:
            entries: Numbers of the entries.
            uniforms_by_part: Their uniforms, for each column that is taken over.
        """
        self._claimed, self._claims = entries, uniforms_by_part

    def __len__(self) -> int:
        """Return the number of entries before any is taken off."""
        return self.size

    def _u(self, part: Part) -> FloatArray:
        u: FloatArray = uniforms(1, self.size, stream=Stream.ENTRIES, part=part, **self._seeds)[0]
        if part in self._claims:
            # Of two people with one entry the one of lower number decides, whoever else is listed.
            u[self._claimed[::-1]] = self._claims[part][::-1]
        return u

    @cached_property
    def stale(self) -> BoolArray:
        """Whether the person is not wanted any more."""
        return np.asarray(self._u(Part.STALE) < self.settings.stale_share)

    @cached_property
    def category(self) -> NDArray[np.int8]:
        """Index into `CATEGORIES`."""
        return _chosen(self.settings.categories.model_dump(), self._u(Part.CATEGORY))

    @cached_property
    def serious(self) -> BoolArray:
        """Whether the offence carries four years or more."""
        shares = np.array(list(self.settings.serious_share.model_dump().values()))
        return self._u(Part.SERIOUS) < shares[self.category]

    @cached_property
    def group(self) -> NDArray[np.int8]:
        """Index into `GROUPS`."""
        return _chosen(self.settings.groups.model_dump(), self._u(Part.GROUP))

    @cached_property
    def woman(self) -> BoolArray:
        """Whether the person is a woman."""
        return self._u(Part.SEX) < self.settings.female_share

    @cached_property
    def under_18(self) -> BoolArray:
        """Whether the person is under 18."""
        return self._u(Part.AGE) < self.settings.share_under_18

    @cached_property
    def custody(self) -> BoolArray:
        """Whether the image was taken in custody."""
        return self._u(Part.CUSTODY) < self.settings.custody_share

    @cached_property
    def unconvicted(self) -> BoolArray:
        """Whether it is a custody image of somebody who was never convicted."""
        ratios = np.array(list(self.settings.unconvicted_ratio.model_dump().values()))
        shares = self.settings.unconvicted_share * ratios
        return self.custody & (self._u(Part.CONVICTED) < shares[self.group])

    @cached_property
    def image_age_years(self) -> FloatArray:
        """Age of the image, or of the best of several."""
        return image_age_years(self.settings, self._u(Part.IMAGE_AGE))

    @cached_property
    def images(self) -> NDArray[np.int8]:
        """Number of images."""
        u = self._u(Part.IMAGES) if self._numbers_of_images > 1 else np.zeros(self.size)
        return images_of(self.settings, u)

    @cached_property
    def cell(self) -> NDArray[np.int8]:
        """Group and sex together."""
        return np.asarray(2 * self.group + self.woman, dtype=np.int8)

    @cached_property
    def kept(self) -> BoolArray:
        """Whether each entry is still on the list after all `watchlist.operations`."""
        asked = self.settings.operations
        kept = np.ones(self.size, dtype=bool)
        if asked.keep_categories is not None:
            wanted = [CATEGORIES.index(name) for name in asked.keep_categories]
            kept &= np.isin(self.category, wanted)
        if asked.serious_only:
            kept &= self.serious
        if asked.remove_unconvicted_custody:
            kept &= ~self.unconvicted
        if asked.review_age_years is not None:
            kept &= ~(self.stale & (self.image_age_years >= asked.review_age_years))
        if asked.remove_entries:
            kept[self.size - asked.remove_entries :] = False
        if asked.cap is not None and kept.sum() > asked.cap:
            kept = self._most_serious(kept, asked.cap)
        return kept

    def _most_serious(self, kept: BoolArray, cap: int) -> BoolArray:
        """Return the serious ones among those kept, then others, by number, up to a cap."""
        numbers = np.flatnonzero(kept)
        numbers = numbers[np.argsort(~self.serious[numbers], kind="stable")][:cap]
        chosen = np.zeros(self.size, dtype=bool)
        chosen[numbers] = True
        return chosen

    @cached_property
    def all_kept(self) -> bool:
        """Whether nothing is taken off."""
        asked = self.settings.operations
        return asked == type(asked)() or bool(self.kept.all())

    @property
    def deployed(self) -> int:
        """Number of entries on the list deployed."""
        return self.size if self.all_kept else int(self.kept.sum())

    @cached_property
    def by_cell(self) -> tuple[IntArray, IntArray]:
        """Entries ordered by cell, then number, and where each cell begins in that order (and ends)."""
        return _in_order(self.cell, CELLS)

    def alike(self, cell: IntArray, u: FloatArray, images: IntArray) -> IntArray:
        """Return an entry of each cell; the list's first if the cell has none.

        Each is as likely. As the list grows, the entry returned for the same uniforms is the same or a
        new one.

        Args:
            cell: Cells.
            u: Uniforms, shape (`SETTLING_DRAWS`, cells).
            images: Number of images the entry is to have, unless no entry of the cell has so many.
        """
        found = _settled(*self.by_cell, cell, u)
        if self._numbers_of_images > 1:
            of_kind = _settled(*self._by_cell_and_images, self._kind(cell, images), u)
            found = np.where(of_kind < 0, found, of_kind)
        return np.maximum(found, 0)

    def others_alike(self, cell: IntArray, u: FloatArray, own: IntArray) -> IntArray:
        """Return an entry of each cell, or the list's first, that is not the own one; -1 if none is left.

        The last entry of the cell stands in for the own one, so that all others are as likely.
        """
        order, first = self.by_cell
        here = (own >= 0) & (self.cell[own] == cell)
        count = first[cell + 1] - first[cell] - here
        found = _pick(order, first[cell], count, u)
        found = np.where(here & (found == own), order[first[cell + 1] - 1], found)
        not_own = np.where(own == 0, 1 if self.size > 1 else -1, 0)
        return np.where(count > 0, found, not_own)

    @property
    def _numbers_of_images(self) -> int:
        """Return how many different numbers of images entries have."""
        return 1 if self.settings.images_per_person == int(self.settings.images_per_person) else 2

    def _kind(self, cell: IntArray, images: IntArray) -> IntArray:
        """Return cell and number of images together."""
        return np.asarray(2 * cell + (images > int(self.settings.images_per_person)))

    @cached_property
    def _by_cell_and_images(self) -> tuple[IntArray, IntArray]:
        """Entries ordered by cell and number of images, as `by_cell`."""
        kind = self._kind(self.cell.astype(np.int64), self.images.astype(np.int64))
        return _in_order(kind, 2 * CELLS)

    def unconvicted_by_group(self) -> dict[str, dict[str, int]]:
        """Return the custody images of the list deployed, and those never convicted, by group."""
        tables = {"custody": self.custody & self.kept, "unconvicted": self.unconvicted & self.kept}
        counts = {
            name: np.bincount(self.group[rows], minlength=len(GROUPS)) for name, rows in tables.items()
        }
        return {
            group: {name: int(of_groups[number]) for name, of_groups in counts.items()}
            for number, group in enumerate(GROUPS)
        }

    def composition(self) -> dict[str, dict[str, int]]:
        """Return the entries of the list deployed, counted by category, group and source.

        Each table sums to `deployed`.
        """
        kept = self.kept
        source = np.where(self.unconvicted, 1, np.where(self.custody, 0, 2))
        tables = {
            "category": (CATEGORIES, self.category),
            "group": (GROUPS, self.group),
            "sex": (("men", "women"), self.woman),
            "age": (("18 and over", "under 18"), self.under_18),
            "seriousness": (("less serious", "serious"), self.serious),
            "source": (("custody, convicted", "custody, unconvicted", "not custody"), source),
            "currency": (("current", "stale"), self.stale),
        }
        return {
            name: dict(zip(labels, np.bincount(column[kept], minlength=len(labels)).tolist(), strict=True))
            for name, (labels, column) in tables.items()
        }


def image_age_years(settings: Watchlist, u: FloatArray) -> FloatArray:
    """Return ages of images: exponential."""
    return np.asarray(-settings.image_age_years * np.log1p(-u))


def images_of(settings: Watchlist, u: FloatArray) -> NDArray[np.int8]:
    """Return numbers of images: the whole number below or above the mean."""
    whole = int(settings.images_per_person)
    return np.asarray(whole + (u < settings.images_per_person - whole), dtype=np.int8)


def _chosen(shares: dict[str, float], u: FloatArray) -> NDArray[np.int8]:
    edges = np.cumsum(list(shares.values()))
    return np.searchsorted(edges[:-1] / edges[-1], u, side="right").astype(np.int8)


def _in_order(kind: NDArray[np.integer], kinds: int) -> tuple[IntArray, IntArray]:
    """Return entries ordered by kind, then number, and where each kind begins in that order (and ends)."""
    count = np.bincount(kind, minlength=kinds)
    return np.argsort(kind, kind="stable"), np.concatenate([[0], np.cumsum(count)])


def _settled(order: IntArray, first: IntArray, kind: IntArray, u: FloatArray) -> IntArray:
    """Return an entry of each kind, by uniforms of shape (draws, kinds); -1 if there is none.

    As if entries came one by one and the n-th took over with chance 1/n: each uniform says when the next
    one does (Lamping and Veach 2014). More takeovers than draws are left out: of ten million entries, one
    choice in a million has so many.
    """
    count = first[kind + 1] - first[kind]
    place, following = np.zeros(len(kind), dtype=np.int64), np.zeros(len(kind))
    for draw in u:
        place = np.where(following < count, following, place).astype(np.int64)
        following = np.where(following < count, np.floor((place + 1) / (1.0 - draw)), following)
        if not (following < count).any():
            break
    return np.where(count > 0, order[np.minimum(first[kind] + place, len(order) - 1)], -1)


def _pick(order: IntArray, first: IntArray, count: IntArray, u: FloatArray) -> IntArray:
    """Return which of so many, the first of them given, each uniform picks; -1 of none."""
    place = np.minimum(first + (u * count).astype(np.int64), len(order) - 1)
    return np.where(count > 0, order[place], -1)
