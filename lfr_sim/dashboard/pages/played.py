"""What the player of a day is given: the same objects again, so that none is sent twice."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from lfr_sim.figures.words import count_of
from lfr_sim.scenario import Scenario
from lfr_sim.street import Site, site_of

from ..simulated import ShownDay
from ..views.plan import grounds
from ..views.words import too_many

STALE: Final = "Of the days simulated last, before the change."
"""What is said of a day that is shown although the settings have changed since."""
_NOBODY: Final[dict[str, Any]] = {
    "events": [],
    "walks": b"",
    "header": {},
    "busy": [],
    "selected": -1,
    "dimmed": False,
    "caption": "",
}


def player_of(
    shown: ShownDay | None, scenario: Scenario, *, is_current: bool, alert: int | None
) -> dict[str, Any]:
    """Return what the player is given; without a day, or of one elsewhere, the empty plan of the site.

    Args:
        shown: The day.
        scenario: What is set now.
        is_current: Whether the day is of that.
        alert: Number of the alert that is opened; None: none is.
    """
    if shown is None or (not is_current and shown.scenario.site != scenario.site):
        return _NOBODY | {"grounds": _ground(scenario), "summary": "Plan of the site."}
    stale = {} if is_current else {"dimmed": True, "caption": STALE}
    if not shown.is_open:
        summary = f"Plan of the site. {too_many(shown.row)}"
        return _NOBODY | {"grounds": _ground(shown.scenario), "summary": summary} | stale
    number = -1 if alert is None else alert
    story = shown.stories.get(number)
    told = story.one_line if story is not None else "No alert is opened."
    alerts = count_of(len(shown.alerts), "alert")
    return {
        **_NOBODY,
        **_street_of(shown),
        "selected": number,
        "summary": f"Plan of the site with {alerts} of the day. {told}",
        **stale,
    }


def _ground(scenario: Scenario) -> list[dict[str, Any]]:
    return _plans_of(site_of(scenario.site, scenario.camera))


@lru_cache(maxsize=32)
def _plans_of(site: Site) -> list[dict[str, Any]]:
    """Return the plans of a site as the player takes them."""
    return [one.told() for one in grounds(site)]


@lru_cache(maxsize=16)
def _street_of(shown: ShownDay) -> dict[str, Any]:
    """Return a day as the player takes it."""
    return {
        "grounds": _plans_of(shown.site),
        "walks": shown.walks.data,
        "header": shown.walks.header,
        "events": shown.events(),
        "busy": shown.busy.tolist(),
        "start_hour": shown.start_hour,
        "end_s": shown.end_s,
    }
