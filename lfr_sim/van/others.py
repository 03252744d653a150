"""The most alike of all the others' entries, for every pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lfr_sim.streams import Stream

from .candidates import Block, Gallery, best_rates, ranked_after
from .draws import PassDraws
from .watchlist import NO_ENTRY

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Others:
    """Searches of everybody else's entries; arrays have one row per pass.

    Args:
        gallery: The images of the list.
        draws: The draws of the passes.
        fmr_factor: FMR of each face against each cell over its mean, shape (cells, passes).
        own_entry: Entry of each pass's person; -1 for people without one. It is none of the others'.
    """

    def __init__(
        self, gallery: Gallery, draws: PassDraws, fmr_factor: FloatArray, own_entry: IntArray
    ) -> None:
        self._gallery, self._draws = gallery, draws
        self._factor, self._own = fmr_factor, own_entry
        rates = np.full((len(gallery.blocks), len(own_entry)), np.inf)
        for row, block in zip(rates, gallery.blocks, strict=True):
            u = draws.of_all(Stream.MATCHER, 1, block.cell, block.number)[0]
            with np.errstate(divide="ignore", invalid="ignore"):  # a ratio of 0 never matches
                np.divide(best_rates(u, block.size), fmr_factor[block.cell], out=row)
        rates[np.isnan(rates)] = np.inf
        self._rates = rates
        """FMR, for a face at large, at the best place of each block: (blocks, passes)."""

    def best(self, fmr: float) -> tuple[FloatArray, IntArray]:
        """Return FMR at the best of the others' scores, and that entry where the FMR is below `fmr`.

        Elsewhere the entry is -1 and the FMR that at the best place, whether or not it holds anybody.
        """
        if len(self._rates) == 0:
            return np.full(len(self._own), np.inf), np.full(len(self._own), NO_ENTRY)
        best = self._rates.min(axis=0)
        looked_at = best < fmr
        best[looked_at] = np.inf
        entry = np.full(len(best), NO_ENTRY)
        passed_over: list[tuple[int, int, int]] = []
        for number, block in enumerate(self._gallery.blocks):
            rows = np.flatnonzero(self._rates[number] < fmr)
            if len(rows) == 0:
                continue
            place, found = self._first(block, rows)
            rate = self._rates[number, rows]
            better = (found != NO_ENTRY) & (rate < best[rows])
            best[rows[better]], entry[rows[better]] = rate[better], found[better]
            lost = found == NO_ENTRY
            passed_over += [
                (number, *pair) for pair in zip(rows[lost].tolist(), place[lost].tolist(), strict=True)
            ]
        for number, row, at in passed_over:
            limit = min(fmr, float(best[row]))
            rate_after, entry_after = self._after(number, row, at, limit)
            if rate_after < limit:
                best[row], entry[row] = rate_after, entry_after
        return best, entry

    def best_of(self, row: int) -> float:
        """Return FMR at the best of the others' scores of one pass, whatever it is."""
        best = np.inf
        for number, block in enumerate(self._gallery.blocks):
            rate = float(self._rates[number, row])
            if rate < best:
                place, found = self._first(block, np.array([row]))
                if found[0] == NO_ENTRY:
                    rate = self._after(number, row, int(place[0]), best)[0]
                best = min(best, rate)
        return best

    def _first(self, block: Block, rows: IntArray) -> tuple[IntArray, IntArray]:
        """Return the best place of a block, and the entry of somebody else there; -1 for none."""
        u = self._draws.of_some(rows, Stream.CANDIDATES, 1, block.cell, block.number)[0]
        place = (u * block.size).astype(np.int64)
        return place, self._someone_else(block, place, self._own[rows])

    def _someone_else(self, block: Block, place: IntArray, own: IntArray | int) -> IntArray:
        found = self._gallery.entry_at(block, place)
        return np.where((found == own) & (found != NO_ENTRY), NO_ENTRY, found)

    def _after(self, number: int, row: int, place: int, limit: float) -> tuple[float, int]:
        """Return the first after the best place that holds somebody else, up to a limit on the FMR."""
        block = self._gallery.blocks[number]
        factor = float(self._factor[block.cell, row])
        draws = self._draws.further(row, Stream.CANDIDATES, block.cell, block.number)
        best = float(self._rates[number, row]) * factor
        for survival, places in ranked_after(block, best, place, draws):
            found = self._someone_else(block, places, int(self._own[row]))
            held = np.flatnonzero(found != NO_ENTRY)
            if len(held):
                return float(survival[held[0]]) / factor, int(found[held[0]])
            if survival[-1] >= limit * factor:
                break
        return np.inf, NO_ENTRY
