"""The pages without a browser: what a visit shows after what happened to it, region by region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from browsing import BUSY
from html_parts import Html

from lfr_sim.dashboard.address import opened
from lfr_sim.dashboard.days import DayRow, Days
from lfr_sim.dashboard.pages.explore import ExplorePage
from lfr_sim.dashboard.runs import Run, Runs
from lfr_sim.dashboard.simulated import simulate_day
from lfr_sim.dashboard.views.words import plain
from lfr_sim.scenario import Scenario

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
    """Protects "On a typical day": after a stop or a fault, it is the middle of the days there are."""
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


def told_of(runs: Runs, query: str) -> tuple[str, str]:
    """Return record table and brief of a state of which a few days are known, as they are read."""
    visit = ExplorePage(opened("/", f"{query}&days=3"), "somebody", runs)
    arm = visit.state.arms[0]
    runs.keep(arm.digest, 1, [simulate_day(arm.scenario, 1, number) for number in range(3)])
    table = plain(visit.regions()["record"])
    found = visit.file_of("brief")
    assert found is not None
    return table, Html(found[2]).text


def test_a_changed_day_is_not_told_as_the_published_one(runs: Runs) -> None:
    """Protects the record: beside another place and list it is called that of the unchanged day."""
    same = told_of(runs, "a=oxford-circus-2022-07-07")
    for told in same:
        assert "fitted to this day, so agreement on faces is no test" in told
        assert "unchanged" not in told
    changed = "&a.set=site.layout=leicester_square&a.set=site.vans=[%22V1%22]&a.set=watchlist.size=2000"
    moved = told_of(runs, f"a=oxford-circus-2022-07-07{changed}")
    for told in moved:
        assert "Published, unchanged day" in told
        assert "34,286" in told
        assert "The day has been changed, so its published record is no comparison." in told
        assert "no test of the model" not in told
        assert "weak test" not in told
    headline = "Live facial recognition at Oxford Circus, 7 July 2022, moved to Leicester Square, with"
    assert headline in moved[1]


def test_a_link_cannot_forge_the_record(runs: Runs) -> None:
    """Protects the record: what was published is what the shipped scenario says, whatever a link says."""
    base = "oxford-circus-2022-01-28"
    forged = "published.faces=77", "title=Oxford Circus, as published", "published.alerts=66"
    told = told_of(runs, "&".join([f"a={base}", *(f"a.set={one}" for one in forged)]))
    faces = f"{Scenario.from_file(base).published.faces:,}"
    for words in told:
        assert faces in words
        assert " 77 " not in words
    assert (
        "Live facial recognition: “Oxford Circus, as published”, made from Oxford Circus, 28 January 2022, "
        "with 3 settings changed"
    ) in told[1]
    new = told_of(runs, "a=minimal&a.set=published.faces=77")
    assert "No published record belongs to this scenario." in new[0]
    assert "Published" not in new[0]
