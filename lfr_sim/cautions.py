"""How far a run can be trusted: where settings do not fit together, or the model is too simple."""

from __future__ import annotations

from lfr_sim import street, van
from lfr_sim.scenario import Crowd, Scenario, Watchlist


def cautions(scenario: Scenario, *, densest_per_m2: float, listed_people: int) -> list[str]:
    """Return what a reader should know about a run, as clauses.

    Args:
        scenario: What was asked.
        densest_per_m2: Highest density of the run, averaged over a minute and a cell of the ground.
        listed_people: People of the run who are on the list before anything is taken off.
    """
    notes = []
    if densest_per_m2 > street.DENSE_PER_M2:
        notes.append(
            f"the densest minute and place reach {densest_per_m2:.1f} people/m2; above "
            f"{street.DENSE_PER_M2:g} the flow engine is too simple"
        )
    matcher, watchlist = scenario.matcher, scenario.watchlist
    if matcher.preset == "npl-2023" and watchlist.presence == type(watchlist)().presence:
        notes.append(
            f"presence {watchlist.presence:g} was derived with the TPIR of 'operational-2022'; with "
            "'npl-2023' it is 1.26e-4, or true alerts are 19 % too many"
        )
    notes += _missing(watchlist, scenario.crowd)
    if listed_people > watchlist.size:
        notes.append(
            f"{listed_people:,} listed people walk past a list of {watchlist.size:,}: "
            "presence and list size do not fit together"
        )
    return notes


def _missing(watchlist: Watchlist, crowd: Crowd) -> list[str]:
    """Return why fewer listed people walk past than presence says."""
    notes = []
    absent = van.absent_share(watchlist, crowd)
    if watchlist.size and absent > 1e-6:
        notes.append(
            f"{absent:.1%} of the list is of a group, sex or age that does not walk past at all: so "
            f"much of presence {watchlist.presence:g} is missing"
        )
    if van.presence(watchlist) * van.likeness(watchlist, crowd).max() > 1.0:
        notes.append(
            f"presence {watchlist.presence:g} would need more than everybody of the kind of passer who "
            "is commonest on the list: fewer are listed than it says"
        )
    return notes
