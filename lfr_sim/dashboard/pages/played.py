"""What the player of a day is given: the same objects again, so that none is sent twice."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lfr_sim.street import Site

from ..simulated import ShownDay
from ..views.plan import grounds


@lru_cache(maxsize=32)
def plans_of(site: Site) -> list[dict[str, Any]]:
    """Return the plans of a site as the player takes them."""
    return [one.told() for one in grounds(site)]


@lru_cache(maxsize=16)
def street_of(shown: ShownDay) -> dict[str, Any]:
    """Return a day as the player takes it."""
    return {
        "grounds": plans_of(shown.site),
        "walks": shown.walks.data,
        "header": shown.walks.header,
        "events": shown.events(),
        "busy": shown.busy.tolist(),
        "start_hour": shown.start_hour,
        "end_s": shown.end_s,
    }
