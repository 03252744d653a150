"""How long a sweep will take, by a few of its runs."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from .dispatch import job_of, task_of
from .plan import Plan
from .rows import Status, measured, row_of


@dataclass(frozen=True, slots=True)
class Trial:
    """What a few runs of a sweep have taken, in this process."""

    seconds: tuple[float, ...]
    """A run at the first point, and one at the last."""
    reason: str = ""
    """Why a run did not come out; "" if all did."""

    def left_s(self, runs: int, jobs: int) -> float:
        """Return how long so many runs take in so many processes, if all are like these; none is shared."""
        return sum(self.seconds) / len(self.seconds) * math.ceil(runs / jobs)


def trial_of(plan: Plan) -> Trial:
    """Run the first and the last point and return how long that takes.

    Each is run twice: the first time sites are drawn up and caches filled, as in a worker's first run.
    """
    job, taken = job_of(plan), []
    for point in dict.fromkeys((0, len(plan.points) - 1)):
        for _ in range(2):
            start = time.perf_counter()
            row = row_of(job, task_of(plan, point * plan.replicates), measured)
            spent = time.perf_counter() - start
            if row.status != Status.OK:
                return Trial((spent,), f"{plan.run_id(row.run)} ended in {row.status}: {row.reason}")
        taken.append(spent)
    return Trial(tuple(taken))
