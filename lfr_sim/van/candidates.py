"""The entries most alike to a face, best first, of each cell of the list.

The best of N comparisons has an FMR like the smallest of N uniforms, drawn from one uniform:
1 - u^(1/N). Further ones follow in the same way among those that are left. So a search need not
compare N times, and an entry that is taken off the list uncovers the next best and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lfr_sim.streams import Stream, generator

from .entries import Entries

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_ONE_BY_ONE = 100
"""So many candidates are drawn one after another; the time that takes grows as their square."""


class Gallery:
    """The images of the list, by cell."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        order, first = entries.by_cell
        if entries.settings.images_per_person == 1.0:
            self._image_entry = order
            self._first = first
        else:
            images = entries.images[order]
            self._image_entry = np.repeat(order, images)
            self._first = np.concatenate([[0], np.cumsum(images)])[first]
        self.count = np.diff(self._first)
        """Images in each cell."""

    def own_images(self, entry: IntArray) -> tuple[IntArray, IntArray]:
        """Return the cell of entries and their numbers of images, which are no others'."""
        if self._entries.settings.images_per_person == 1.0:
            images = np.ones(len(entry), dtype=np.int64)
        else:
            images = self._entries.images[entry].astype(np.int64)
        return self._entries.cell[entry].astype(np.int64), images

    def entries(self, cell: IntArray, u: FloatArray) -> IntArray:
        """Return the entry of the image that each uniform picks in its cell."""
        place = np.minimum((u * self.count[cell]).astype(np.int64), self.count[cell] - 1)
        return np.asarray(self._image_entry[self._first[cell] + place], dtype=np.int64)

    def entry(self, cell: int, position: int, own: int) -> int:
        """Return the entry of an image by its place in the cell, images of the own entry left out."""
        images = self._image_entry[self._first[cell] : self._first[cell + 1]]
        if own >= 0:
            start = int(np.searchsorted(images, own))  # entries of a cell stand in order of number
            end = int(np.searchsorted(images, own, side="right"))
            if position >= start:
                position += end - start
        return int(images[position])


def best_rates(u: FloatArray, images: IntArray) -> FloatArray:
    """Return the FMR at the best score among so many others' images, cell by cell.

    1 - u^(1/N); it never rises with N. Infinite where there is no image.

    Args:
        u: Uniforms, shape (cells, passes).
        images: Images of others, shape (cells, 1) or (cells, passes).
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # u may be 0: no comparison is alike at all
        rates = -np.expm1(np.log(u) / images)
    return np.where(images > 0, rates, np.inf)


def ranked(
    best: float, images: int, first_u: float | None, draws: np.random.Generator
) -> Iterator[tuple[float, int]]:
    """Yield FMR and place of each image of a cell, best first.

    Args:
        best: FMR at the best of them.
        images: How many there are.
        first_u: Uniform that says which the best one is; None draws it.
        draws: Where everything else comes from.
    """
    rate, taken = best, list[int]()
    for left in range(images, max(0, images - _ONE_BY_ONE), -1):
        drawn = draws.random(2)
        u = float(drawn[0]) if first_u is None or taken else first_u
        place = min(int(u * left), left - 1)
        for other in sorted(taken):
            place += place >= other
        taken.append(place)
        yield rate, place
        if left > 1:
            with np.errstate(divide="ignore"):
                further = -np.expm1(np.log(drawn[1]) / (left - 1))
            rate = 1.0 - (1.0 - rate) * (1.0 - float(further))
    if images > _ONE_BY_ONE:  # hardly anybody is left on the list: all the others at once
        places = draws.permutation(np.setdiff1d(np.arange(images), taken))
        with np.errstate(divide="ignore"):
            lower = np.log(draws.random(len(places) - 1)) / np.arange(len(places) - 1, 0, -1)
            none_so_far = np.log1p(-rate) + np.concatenate([[0.0], np.cumsum(lower)])
        yield from zip((-np.expm1(none_so_far)).tolist(), places.tolist(), strict=True)


def chain_draws(root_seed: int, replicate: int, van: int, passer: int, cell: int) -> np.random.Generator:
    """Return the draws of one passer at one van among the images of one cell."""
    return generator(root_seed, replicate, Stream.CANDIDATES, van, 1 + passer, cell)
