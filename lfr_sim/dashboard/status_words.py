"""What a setting rests on, in a word or a few, for every page; briefs add what that is worth as a test."""

from __future__ import annotations

from typing import Final

from lfr_sim.scenario import Scenario

STATUS_WORDS: Final = {
    "published": "Published",
    "derived": "Derived",
    "fitted": "Fitted",
    "assumed": "Assumed",
    "yours": "Yours",
}
PLAIN: Final = {
    "derived": "worked out from what was published",
    "fitted": "set so that the model meets the record",
}
"""Those of them that are no plain words, in plain words."""

OF_THE_DAY: Final = ("deployment.hours", "matcher.threshold")
"""Settings that a published record never names: where a scenario leaves them, usual values stand in."""
BORROWED: Final = "published, but not for the day itself"
"""What such a value is: published on another occasion; the one in use on the day is not known."""


def has_record(shipped: Scenario) -> bool:
    """Return whether anything was published of the day of a shipped scenario."""
    return any(value is not None for value in shipped.published.model_dump().values())


def is_borrowed(path: str, status: str, scenario: Scenario) -> bool:
    """Return whether a usual value, published elsewhere, stands in for one of a day that is on record."""
    return (
        status == "published"
        and path in OF_THE_DAY
        and path not in scenario.sources
        and has_record(scenario)
    )
