"""What Explore has had simulated: the days, and the sheet that tells of one of them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any

from lfr_sim.scenario import Scenario
from lfr_sim.study.replicates import provenance

from ..days import Days
from ..simulated import ShownDay
from ..state import Arm, State, command_of
from ..street_at import street_at
from ..views.brief import ExploreTold, explore_brief
from ..views.brief_parts import ORIGIN


@dataclass(frozen=True)
class Simulated:
    """Days that were run, and of what."""

    arm: Arm
    seed: int
    days: Days

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.arm.scenario

    @property
    def shipped(self) -> Scenario:
        """The shipped scenario that it was made from, whose record it is."""
        return Arm(self.arm.base).scenario


def brief_of(last: Simulated, shown: ShownDay, state: State, *, alert: int | None, address: str) -> str:
    """Return the state on one sheet: a page that opens from disk.

    Args:
        last: The days simulated, of the state as it is.
        shown: The one of them that is shown.
        state: The state of the page, whose run may have more days.
        alert: Number of the alert that is opened; None: none is.
        address: The link to the state.
    """
    chosen = next((one for one in shown.alerts if one.alert == alert), None)
    day: dict[str, Any] = {"seed": last.seed, "replicate": shown.replicate, "redraw": shown.redraw}
    told = ExploreTold(
        scenario=last.scenario,
        shipped=last.shipped,
        seed=last.seed,
        days=last.days,
        row=shown.row,
        street=street_at(last.scenario, **day, alert=chosen),
        alert=chosen,
        story=None if chosen is None else shown.stories[chosen.alert],
        address=f"{ORIGIN}{address}",
        command=command_of(replace(state, days=len(last.days))),  # days are simulated from the first on
        today=datetime.date.today(),
        made=provenance(last.scenario),
        asked=state.days,
        redraw=shown.redraw,
        changes=state.arms[0].changes,
    )
    return explore_brief(told)
