"""The pages without a browser: what a visit shows after what happened to it, region by region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from browsing import BUSY

from lfr_sim.dashboard.address import opened
from lfr_sim.dashboard.days import DayRow, Days
from lfr_sim.dashboard.pages.explore import ExplorePage
from lfr_sim.dashboard.runs import Run, Runs
from lfr_sim.dashboard.simulated import simulate_day
from lfr_sim.dashboard.views.words import plain

FEW = 8


@pytest.fixture
def runs() -> Iterator[Runs]:
    """Return runs of which none is started."""
    made = Runs()
    yield made
    made.close()


@cache
def days() -> tuple[DayRow, ...]:
    """Return the first days of the busy state."""
    scenario = opened("/", BUSY).state.scenario
    return tuple(simulate_day(scenario, 1, number) for number in range(FEW))


def explore_of(runs: Runs, known: int = FEW) -> ExplorePage:
    """Return a visit to Explore, of which so many days are known."""
    visit = ExplorePage(opened("/", BUSY.replace("days=20", f"days={known}")), "somebody", runs)
    runs.keep(visit.state.arms[0].digest, visit.state.seed, days()[:known])
    visit.refresh()
    return visit


@pytest.mark.parametrize("ends", ["stopped", "failed"])
def test_a_run_that_ends_early_leaves_the_middle_of_its_days(runs: Runs, ends: str) -> None:
    """Protects "On a typical day": after a stop or a fault it is the middle of what there is, on the plan too."""
    visit = ExplorePage(opened("/", BUSY), "somebody", runs)
    run = visit.run = Run(runs, visit.job, None)
    run._add(((0, days()[0]),))
    visit.regions()
    assert visit.shown is not None
    assert visit.shown.replicate == 0
    run._add(tuple((0, row) for row in days()[1:]))
    visit.regions()
    middle = Days.of(days()).middle
    assert middle != 0  # else this tests nothing

    if ends == "stopped":
        visit.handle({"do": "stop"})
    else:
        run._fail("the walrus is in the way")
    told = visit.regions()

    assert visit.shown.replicate == middle
    assert "On a typical day" in plain(told["head"])
    assert f"Day {middle + 1}" in plain(told["steps"])


def test_a_picked_day_stays_and_is_not_called_typical(runs: Runs) -> None:
    """Protects the pick: only the day nearest the middle is typical, however one came to it."""
    visit = explore_of(runs)
    assert visit.shown is not None
    middle = visit.shown.replicate
    visit.handle({"do": "day", "value": "after"})

    assert "On the day shown" in plain(visit.regions()["head"])
    assert visit.shown.replicate == (middle + 1) % FEW
    visit.handle({"do": "day", "value": "before"})
    assert "On a typical day" in plain(visit.regions()["head"])
    visit.state = replace(visit.state, redraw=(("officers", 1),))
    assert "On the day shown" in plain(visit.regions()["head"])


def test_an_alert_does_not_outlive_its_crowd(runs: Runs) -> None:
    """Protects the opened alert: among other people, one of the same number is somebody else's."""
    visit = explore_of(runs)
    assert visit.shown is not None
    visit.handle({"do": "alert", "value": "0"})
    visit.handle({"do": "redraw", "value": "officers"})
    assert visit.state.alert == 0
    visit.handle({"do": "redraw", "value": "crowd"})
    assert visit.state.alert is None
    visit.handle({"do": "alert", "value": "1"})
    visit.handle({"do": "redraw", "value": "none"})
    assert visit.state.alert is None
