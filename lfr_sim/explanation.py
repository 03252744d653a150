"""Why an alert came and what became of it: every chance on its way, and the draw that decided it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lfr_sim import police, van
from lfr_sim.model import DeploymentModel
from lfr_sim.records import Alert
from lfr_sim.scenario import Fault, InputError


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that could have gone either way."""

    stage: str
    """The van, or the officers."""
    what: str
    """What would have to be so."""
    chance: float
    """P(it is so), by itself, with everything before as it was."""
    uniform: float
    """The passer's own number, uniform on [0, 1): it is so if this lies below the chance."""

    @property
    def so(self) -> bool:
        """Whether it was so."""
        return self.uniform < self.chance


def explain(model: DeploymentModel, number: int) -> tuple[Alert, list[Decision]]:
    """Return an alert of a model that has run, and everything that decided about it, in order.

    Args:
        model: A model after `run()`.
        number: The alert's number within the run.

    Raises:
        InputError: If there is no such alert.
    """
    found = {alert.alert: alert for alert in model.alerts}
    if number not in found:
        numbers = ", ".join(str(each) for each in list(found)[:20])
        allowed = f"one of {numbers}{' …' if len(found) > 20 else ''}" if found else "this run has none"
        raise InputError("alert", [Fault("alert", "there is no such alert in this run", number, allowed)])
    alert = found[number]
    return alert, [*_search(model, alert), *_response(model, alert)]


def _search(model: DeploymentModel, alert: Alert) -> Iterator[Decision]:
    passes = model.searches.passes
    vans = [place.id for place in model.site.vans]
    here = (passes.passer == alert.passer) & (passes.van == vans.index(alert.van))
    row = int(np.flatnonzero(here)[0])
    for what, chance, u in van.decisions(
        model.config,
        model.street,
        model.searches,
        row,
        root_seed=model.run_seed,
        replicate=model.replicate,
    ):
        yield Decision("van", what, chance, u)


def _response(model: DeploymentModel, alert: Alert) -> Iterator[Decision]:
    steps: list[police.Step] = model.response.steps(alert)
    for step in steps:
        yield Decision("officers", step.name, step.probability, step.uniform)
