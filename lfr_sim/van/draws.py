"""Each pass's own uniforms: every passer has a row at every van, whether it is used or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lfr_sim.streams import Stream, generator, uniforms, uniforms_of

from .camera import VanPasses

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class PassDraws:
    """The draws of all passes of a run.

    Args:
        passes: The passes.
        passers: How many passers there are.
        van_numbers: Number in its layout of each van deployed: its part of the streams, so that a van
            sees the same whether or not another stands beside it.
        root_seed: Seed of the study.
        replicate: Number of the run.
    """

    def __init__(
        self,
        passes: VanPasses,
        passers: int,
        van_numbers: Sequence[int],
        *,
        root_seed: int,
        replicate: int,
    ) -> None:
        self._passes, self._passers, self._van_numbers = passes, passers, van_numbers
        self._seeds = {"root_seed": root_seed, "replicate": replicate}
        self._vans = np.unique(passes.van).tolist()

    def of_all(self, stream: Stream, count: int, *part: int) -> FloatArray:
        """Return uniforms of every pass, shape (count, passes)."""
        drawn = np.empty((count, len(self._passes)))
        for van in self._vans:
            here = self._passes.van == van
            key = (self._van_numbers[van], *part)
            everybody = uniforms(count, self._passers, stream=stream, part=key, **self._seeds)
            drawn[:, here] = everybody[:, self._passes.passer[here]]
        return drawn

    def of_some(self, rows: IntArray, stream: Stream, count: int, *part: int) -> FloatArray:
        """Return the same uniforms of a few passes only, shape (count, rows)."""
        drawn = np.empty((count, len(rows)))
        vans = self._passes.van[rows]
        for van in np.unique(vans).tolist():
            here = vans == van
            key = (self._van_numbers[van], *part)
            who = self._passes.passer[rows[here]]
            drawn[:, here] = uniforms_of(who, count, self._passers, stream=stream, part=key, **self._seeds)
        return drawn

    def further(self, row: int, stream: Stream, *part: int) -> np.random.Generator:
        """Return a generator of one pass, for draws whose number is not known beforehand."""
        van, passer = int(self._passes.van[row]), int(self._passes.passer[row])
        root_seed, replicate = self._seeds.values()
        return generator(root_seed, replicate, stream, self._van_numbers[van], 1 + passer, *part)
