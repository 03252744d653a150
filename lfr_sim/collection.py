"""What Mesa's own tools find collected of a run: its two rows, once they are final."""

from __future__ import annotations

from functools import partial
from typing import Any

import mesa

from lfr_sim.records import run_columns


class FinalCounts(mesa.DataCollector):
    """A DataCollector that collects once, when the counts of the day are final.

    Mesa 3.3's `batch_run` looks collected values up by step, so the steps before hold None; collecting
    None in Mesa's own way would cost a third of a run.
    """

    def __init__(self) -> None:
        reporters = {
            name: partial(_reported, row=row, column=column)
            for name, (row, column) in run_columns().items()
        }
        super().__init__(model_reporters=reporters)
        self._nothing_yet: list[None] = []
        """One list for all columns until there is something to tell them apart."""
        self.model_vars: dict[str, list[Any]] = dict.fromkeys(reporters, self._nothing_yet)

    def collect(self, model: mesa.Model) -> None:
        """Collect the final counts, or mark a step before them as empty."""
        if not model.running:
            self.model_vars = {name: list(self._nothing_yet) for name in self.model_vars}
            super().collect(model)
        elif not hasattr(self, "_collection_steps"):  # Mesa 3.5 looks up by the steps collected
            self._nothing_yet.append(None)


def _reported(model: mesa.Model, row: str, column: str) -> int | float:
    """Return one column for Mesa's DataCollector."""
    rows = {"record": model.record, "truth": model.truth}
    value: int | float = rows[row][column]
    return value
