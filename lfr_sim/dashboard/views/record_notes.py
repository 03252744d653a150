"""What the record table rests on: what was fitted to the day, and what nobody published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from lfr_sim.figures.words import capital, factor_words, listed
from lfr_sim.scenario import Scenario, setting_paths

from ..status_words import BORROWED, OF_THE_DAY, has_record

_FITTED: Final = {
    "crowd.passers_per_hour": ("number of walks past", "faces"),
    "watchlist.presence": ("share of passers who are listed", "true alerts"),
    "matcher.fmr": ("rate of false matches", "false alerts"),
    "officers.presumption_to_intervene": ("presumption to intervene", "stops"),
}
"""Setting -> what it sets, and the published number that is therefore no test."""
_NAMES: Final = {
    "deployment.hours": "how long it lasted",
    "deployment.start_hour": "when it began",
    "matcher.threshold": "the threshold",
    "site.layout": "the layout of the site",
    "site.vans": "where the van stood",
    "crowd.passers_per_hour": "how many people pass",
    "crowd.groups": "the groups of the crowd",
    "watchlist.size": "the size of the list",
}
_PRESENCE, _YEAR_OF_PRESENCE = "watchlist.presence", 2022
"""The default share of listed passers is derived from the true alerts of that year’s days together."""
_MOST_NAMED = 5
_WALKS: Final = (
    "Walks past: people walking through the site, second walks included. Faces are counted by the system "
    "(tracks), not people: of a walk there may be none, one, or several."
)


def notes(scenario: Scenario, shipped: Scenario, outside: Sequence[str] = ()) -> Markup:
    """Return the notes under the record table, with a link to all assumptions.

    Args:
        scenario: Whose sources are told.
        shipped: The shipped scenario that it was made from, whose record it is.
        outside: Which published counts lie beyond the days, in sentences.
    """
    told = [
        *outside,
        *agreement(scenario, shipped),
        *_borrowed(scenario, shipped),
        *_assumed(scenario),
        _walks(scenario),
    ]
    link = Markup('<a href="/evidence" data-page>All assumptions</a>')
    return Markup('<p class="note record-notes">{} {}</p>').format(" ".join(told), link)


def agreement(scenario: Scenario, shipped: Scenario) -> list[str]:
    """Return what the agreement of days with the record can show: nothing of what was fitted to it."""
    if has_record(shipped) and not is_day_itself(scenario, shipped):
        return ["The day has been changed, so its published record is no comparison."]
    return [*_no_record(shipped), *_fitted(scenario, shipped), *_derived(scenario, shipped)]


def is_day_itself(scenario: Scenario, shipped: Scenario) -> bool:
    """Return whether a scenario is of the day of which the record was published, with nothing changed."""
    return scenario.values() == shipped.values()


def _no_record(shipped: Scenario) -> list[str]:
    return [] if has_record(shipped) else ["No published record belongs to this scenario."]


def _fitted(scenario: Scenario, shipped: Scenario) -> list[str]:
    to = "to this day" if has_record(shipped) else "to published figures"
    told = []
    for path, source in scenario.sources.items():
        if source.status == "fitted":
            what, figure = _FITTED.get(path, (f"setting “{factor_words(path)}”", "what it was fitted to"))
            told.append(f"The {what} is fitted {to}, so agreement on {figure} is no test of the model.")
    return told


def _derived(scenario: Scenario, shipped: Scenario) -> list[str]:
    """Return what must be said of the default share of listed passers on a day that it is made from."""
    date = shipped.deployment.date
    is_one = (
        date is not None and date.year == _YEAR_OF_PRESENCE and shipped.published.true_alerts is not None
    )
    is_default = scenario.watchlist.presence == setting_paths()[_PRESENCE].default
    if not (is_one and is_default):
        return []
    return [
        "The share of passers who are listed is derived from this and the other days of "
        f"{_YEAR_OF_PRESENCE} together, so agreement on true alerts is a weak test."
    ]


def _walks(scenario: Scenario) -> str:
    """Return what walks and faces are, and how walks of listed people follow from the share that is set."""
    listed_people = scenario.watchlist
    told = "Listed passers (walks of listed people): the listed people per 10,000 passers, times all walks"
    if listed_people.presence_law != "fixed":
        at = f"{listed_people.presence_reference_size:,}"
        told += f", moved from a list of {at} to this one by the law of presence"
    if listed_people.presence_day_effect:
        told += ", and more or fewer from day to day (day effect)"
    return f"{_WALKS} {told}."


def _borrowed(scenario: Scenario, shipped: Scenario) -> list[str]:
    """Return the values that were published on another occasion, and stand in for those of the day."""
    values = scenario.values()
    paths = [
        path
        for path in OF_THE_DAY
        if path not in scenario.sources and values[path] == setting_paths()[path].default
    ]
    return _named(BORROWED, paths if has_record(shipped) else [])


def _assumed(scenario: Scenario) -> list[str]:
    return _named(
        "not published, so assumed",
        [path for path, source in scenario.sources.items() if source.status == "assumed"],
    )


def _named(what: str, paths: list[str]) -> list[str]:
    if not paths:
        return []
    names = [_NAMES.get(path, factor_words(path)) for path in paths[:_MOST_NAMED]]
    if rest := len(paths) - len(names):
        names.append(f"{rest} other setting{'s' if rest > 1 else ''}")
    return [f"{capital(what)}: {listed(names)}."]
