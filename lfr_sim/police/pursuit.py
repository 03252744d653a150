"""Going after a person: when a team gets there, and how likely it is to find them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from scipy.optimize import brentq

from lfr_sim.scenario import Officers

Locate = Callable[[float], tuple[float, float]]
"""Time (s) -> place of the person sought (m)."""

_RESOLUTION_S = 0.05


def intercept_s(
    locate: Locate, start: tuple[float, float], start_s: float, speed_m_s: float, until_s: float
) -> float | None:
    """Return when a team first gets to a moving person, or None if not by `until_s`.

    The team knows the way the person takes and walks straight to where it can first be at the same
    time, as the crow flies: officers may cross a road where passers wait.

    Args:
        locate: Where the person is at a time.
        start: Where the team is (m).
        start_s: When it sets out.
        speed_m_s: How fast it walks.
        until_s: When it gives up.
    """

    def short_m(time_s: float) -> float:
        """Return how far the team is from being able to be there by then."""
        x, y = locate(time_s)
        return math.hypot(x - start[0], y - start[1]) - speed_m_s * (time_s - start_s)

    late = start_s
    gap_m = short_m(late)
    while gap_m > 0:  # look further ahead until the person can be reached
        if late >= until_s:
            return None
        early, late = late, min(until_s, late + max(1.0, 1.5 * gap_m / speed_m_s))
        gap_m = short_m(late)
    if late == start_s:
        return late
    return float(brentq(short_m, early, late, xtol=_RESOLUTION_S))


def found_probability(officers: Officers, sought_s: float, density_per_m2: float) -> float:
    """Return P(found) of somebody sought for `sought_s` seconds after the alert in a crowd.

    People are lost at a constant rate, which grows as a power of density; `found_share` holds at the
    reference time and density: found_share ** (T / T_ref * (density / density_ref) ** exponent).
    """
    relative = density_per_m2 / officers.found_reference_density_per_m2
    losses = sought_s / officers.found_reference_s * relative**officers.loss_density_exponent
    return float(officers.found_share**losses)


def chance_of_finding(
    officers: Officers,
    posts: Iterable[tuple[float, float]],
    locate: Locate,
    alert_s: float,
    density_per_m2: float,
) -> float:
    """Return P(found) of somebody whose alert is acted upon, if every post has a team free.

    What `Response` does with such an alert, without sending anybody: 0 where it is judged too late, or
    where nobody gets to the person in time.

    Args:
        officers: The settings.
        posts: Where teams wait (m), one or more; the nearest is sent.
        locate: Where the person is at a time.
        alert_s: When the alert is raised.
        density_per_m2: Crowd around the person when seen.
    """
    sent_s = alert_s + officers.decision_latency_s * officers.stages
    give_up_s = alert_s + officers.give_up_s
    if sent_s >= give_up_s:
        return 0.0
    sought = locate(sent_s)
    post = min(posts, key=lambda post: math.dist(post, sought))
    there_s = intercept_s(locate, post, sent_s, officers.walking_speed_m_s, give_up_s)
    if there_s is None:
        return 0.0
    return found_probability(officers, there_s + officers.search_time_s - alert_s, density_per_m2)
