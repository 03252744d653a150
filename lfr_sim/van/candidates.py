"""The entries most alike to a face, found without comparing it with every one of them.

The images of each cell (group and sex) stand in blocks, whose places do not depend on how long the list
is: the first 512, the next 512, the next 1,024 and so on. The best of the B places of a block has an FMR
like the smallest of B uniforms, drawn from one uniform: 1 - u^(1/B). Further ones follow in the same way
among those that are left, each at any place. Places that hold nobody are passed over: beyond the end of
the list, taken off it, or the person's own. So a longer list and a list with fewer taken off only add
candidates, and an entry that goes takes along its own matches and no others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .entries import CELLS, Entries

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FIRST_BLOCK = 512
"""Places in the first block of a cell; part of every result, as it decides who draws what."""
_SHUFFLED = 4096
"""Blocks up to this size are shuffled whole; of larger ones, places are drawn as they are needed."""
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Block:
    """Some places of a cell."""

    cell: int
    number: int
    start: int
    size: int


class Gallery:
    """The images of the list, by cell and block."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        order, first = entries.by_cell
        if entries.settings.images_per_person == 1.0:
            self._image_entry, self._first = order, first
        else:
            images = entries.images[order]
            self._image_entry = np.repeat(order, images)
            self._first = np.concatenate([[0], np.cumsum(images)])[first]
        self.count = np.diff(self._first)
        """Images in each cell."""
        self.blocks = [block for cell in range(CELLS) for block in _blocks(cell, int(self.count[cell]))]

    def entry_at(self, block: Block, place: IntArray) -> IntArray:
        """Return the entries of places of a block that are on the list deployed; -1 elsewhere."""
        within = block.start + place
        on_list = within < self.count[block.cell]
        number = np.where(on_list, self._first[block.cell] + within, 0)
        found = np.where(on_list, self._image_entry[number], -1)
        if not self._entries.all_kept:
            found = np.where(self._entries.kept[found], found, -1)
        return np.asarray(found, dtype=np.int64)


def _blocks(cell: int, images: int) -> Iterator[Block]:
    start, size, number = 0, FIRST_BLOCK, 0
    while start < images:
        yield Block(cell, number, start, size)
        start, number = start + size, number + 1
        size = start


def best_rates(u: FloatArray, places: int) -> FloatArray:
    """Return the FMR at the best score among so many places: 1 - u^(1/B)."""
    with np.errstate(divide="ignore"):  # u may be 0: no comparison is alike at all
        return np.asarray(-np.expm1(np.log(u) / places))


def ranked_after(
    block: Block, best: float, place: int, draws: np.random.Generator
) -> Iterator[tuple[FloatArray, IntArray]]:
    """Yield FMR and place of what follows the best of a block, best first, some at a time.

    Args:
        block: The block.
        best: FMR at its best.
        place: Place of its best.
        draws: Where everything else comes from.
    """
    taken = {place}
    left, none_so_far = block.size - 1, np.log1p(-best)
    while left > 0:
        places = _next_places(block, taken, draws)
        with np.errstate(divide="ignore"):
            steps = np.log(draws.random(len(places))) / np.arange(left, left - len(places), -1)
        survival = none_so_far + np.cumsum(steps)
        yield -np.expm1(survival), places
        taken.update(places.tolist())
        left, none_so_far = left - len(places), survival[-1]


def _next_places(block: Block, taken: set[int], draws: np.random.Generator) -> IntArray:
    """Return places not taken yet, in an order that knows nothing of how many are asked for."""
    if block.size <= _SHUFFLED or 2 * len(taken) > block.size:
        order = draws.permutation(block.size)
        return np.asarray(order[~np.isin(order, list(taken))])
    drawn = draws.integers(block.size, size=_AT_ONCE)
    fresh = [place for place in dict.fromkeys(drawn.tolist()) if place not in taken]
    return np.array(fresh, dtype=np.int64) if fresh else _next_places(block, taken, draws)
