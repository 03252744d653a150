"""Why an alert came and what became of it: every chance on its way, and the draw that decided it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lfr_sim import van
from lfr_sim.model import DeploymentModel
from lfr_sim.records import Alert, Outcome, Step
from lfr_sim.scenario import Fault, InputError

_ROUNDING_S = 1e-6
"""Times are sums of others: an alert that ran out of time ended that much sooner than its limit at most."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One alert, with all that decided about it."""

    alert: Alert
    search: list[Step]
    """What decided in the van, in order."""
    response: list[Step]
    """What decided among those who judge and the officers in the street, in order."""
    remarks: list[str]
    """What else there is to know, as clauses."""


def explain(model: DeploymentModel, number: int) -> Explanation:
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
    told = van.decisions(
        model.config,
        model.street,
        model.searches,
        _row_of(model, alert),
        model.van_numbers,
        root_seed=model.run_seed,
        replicate=model.replicate,
    )
    remarks = told.remarks + _currency(alert) + _lapse(model, alert)
    return Explanation(alert, told.steps, model.response.steps(alert), remarks)


def _row_of(model: DeploymentModel, alert: Alert) -> int:
    passes = model.searches.passes
    vans = [place.id for place in model.site.vans]
    here = (passes.passer == alert.passer) & (passes.van == vans.index(alert.van))
    return int(np.flatnonzero(here)[0])


def _currency(alert: Alert) -> list[str]:
    if not (alert.candidate_is_mate and alert.entry_is_stale):
        return []
    return ["the entry is stale: the person is not wanted any more, so there is no power to detain"]


def _lapse(model: DeploymentModel, alert: Alert) -> list[str]:
    """Return why an alert lapsed."""
    if alert.outcome is not Outcome.LAPSED or alert.decided_s is None or alert.ended_s is None:
        return []
    limit_s = model.config.officers.give_up_s
    if alert.decided_s - alert.time_s >= limit_s:
        return [f"it was judged only after {limit_s:g} s, when it had lapsed"]
    if not model.teams:
        return ["there is no team"]
    if not model.config.officers.alerts_wait:
        return ["no team was free, and alerts do not wait"]
    if alert.ended_s - alert.time_s < limit_s - _ROUNDING_S:
        return ["a team was after the same person already"]
    return [f"no team was free within {limit_s:g} s of the alert"]
