"""Going after a person: when a team gets there, and how likely it is to find them."""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.optimize import brentq

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


def found_probability(found_share: float, sought_s: float, reference_s: float) -> float:
    """Return P(found) of somebody sought for `sought_s` seconds after the alert.

    People are lost at a constant rate such that `found_share` holds at `reference_s`.
    """
    return float(found_share ** (sought_s / reference_s))
