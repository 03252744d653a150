"""What every brief rests on, and what it cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from lfr_sim.figures.words import capital, listed
from lfr_sim.scenario import Scenario

from ..setting_words import setting_label, setting_value
from ..settings_told import STATUSES, SettingTold
from ..state import Changes
from .evidence_settings import status_mark
from .record_notes import has_record
from .words import counted, number_word

CANNOT_SAY: Final = (
    "Whether a deployment is lawful, biased or fair.",
    "How many listed people pass, apart from how many are found.",
    "What would have happened without a van.",
    "What happens in a place or year unlike this one.",
)
"""What the numbers leave open, in short."""

_MOST_SOURCES: Final = 5
_LONGEST: Final = 90
_MOST_CHANGES: Final = 3

_STATUS: Final = {
    "published": "published",
    "derived": "derived",
    "fitted": "fitted, so no test",
    "assumed": "assumed",
    "yours": "set without a source",
}
_OF_THE_DAY: Final = "published, but not for this day"
_CAMERAS: Final = "site.vans"
_TOGETHER: Final = {
    "matcher.threshold": "threshold {}",
    "deployment.hours": "{} of deployment",
    _CAMERAS: "van and camera places",
}
"""Settings of the day itself that are told in one line, those of one status together."""
_ALONE: Final = {
    "watchlist.size": "List of {} people",
    "matcher.fmr": "False matches {} comparisons",
    "watchlist.presence": "{} listed people per 10,000 passers",
    "officers.presumption_to_intervene": "Presumption to intervene {}",
}
"""Settings with a line each, and how their value is told."""


def standing(
    scenario: Scenario, shipped: Scenario, changes: Changes, told: Sequence[SettingTold], note: str = ""
) -> Markup:
    """Return the section of what a brief rests on, and of what it cannot say.

    Args:
        scenario: The scenario.
        shipped: The shipped scenario that it was made from.
        changes: What of the shipped scenario has been changed.
        told: Every setting as `settings_told` has it.
        note: Whose settings these are, where a brief has several scenarios.
    """
    return Markup('<section class="brief-pair">{}{}</section>').format(
        rests_on(scenario, shipped, changes, told, note), _cannot_say()
    )


def rests_on(
    scenario: Scenario, shipped: Scenario, changes: Changes, told: Sequence[SettingTold], note: str = ""
) -> Markup:
    """Return the settings that matter most, each with its value and what it rests on.

    Args: as of `standing`.
    """
    found = {setting.path: setting for setting in told}
    is_of_day = has_record(shipped)
    items = [_alone(found[path], scenario, is_of_day=is_of_day) for path in _ALONE]
    items.insert(3, _together(found, scenario, is_of_day=is_of_day))
    others = [(path, text) for path, text in changes if path not in _ALONE and path not in _TOGETHER]
    if others:
        items.append(_item("yours", _changed(others, scenario)))
    return Markup(
        '<div><h2>What this rests on</h2><ul class="brief-rests">{}</ul>'
        '<p class="brief-note">{}In brackets: the range that seems plausible.</p></div>'
    ).format(Markup("").join(items), f"{note} " if note else "")


def sources_told(told: Sequence[SettingTold]) -> list[str]:
    """Return a sentence with the titles of the sources of those settings; none where none has one."""
    found = {setting.path: setting for setting in told}
    titles = [found[path].reference.title for path in (*_ALONE, *_TOGETHER)]
    named = [_short(title) for title in list(dict.fromkeys(filter(None, titles)))[:_MOST_SOURCES]]
    return [f"Sources: {'; '.join(named)}."] if named else []


def _item(status: str, words: str) -> Markup:
    return Markup("<li>{}<span>{}</span></li>").format(status_mark(status), words)


def _alone(setting: SettingTold, scenario: Scenario, *, is_of_day: bool) -> Markup:
    words = capital(_ALONE[setting.path].format(setting.words))
    if setting.plausible is not None and setting.status not in ("published", "yours"):
        words += f" ({setting.plausible_words})"
    contested = " Contested." if setting.is_contested else ""
    status = _status_words(setting.path, setting.status, scenario, is_of_day=is_of_day)
    return _item(setting.status, f"{words}: {status}.{contested}")


def _together(found: dict[str, SettingTold], scenario: Scenario, *, is_of_day: bool) -> Markup:
    by_status: dict[str, list[str]] = {}
    statuses = []
    for path, words in _TOGETHER.items():
        status = found[path].status
        statuses.append(status)
        said = _status_words(path, status, scenario, is_of_day=is_of_day)
        by_status.setdefault(said, []).append(words.format(found[path].words))
    told = ". ".join(f"{capital(listed(names))}: {said}" for said, names in by_status.items())
    return _item(max(statuses, key=STATUSES.index), f"{told}.")


def _status_words(path: str, status: str, scenario: Scenario, *, is_of_day: bool) -> str:
    """Return a status in words; of usual values that stand in for a day's own, that they do."""
    if status == "published" and path not in scenario.sources and path in _TOGETHER and is_of_day:
        return _OF_THE_DAY
    return _STATUS[status]


def _changed(changes: Sequence[tuple[str, str]], scenario: Scenario) -> str:
    values = scenario.values()
    shown = [
        f"{setting_label(path)}: {_short(setting_value(path, values[path]), 40)}"
        for path, _ in changes[:_MOST_CHANGES]
        if path in values
    ]
    rest = len(changes) - len(shown)
    if rest:
        more = "more setting" if shown else "setting"
        shown.append(counted(rest, more) if rest > 12 else f"{number_word(rest)} {more}{'s' * (rest > 1)}")
    return f"Also changed. {'; '.join(shown)}."


def _short(words: str, longest: int = _LONGEST) -> str:
    """Return words, cut short at the end of one where there are too many."""
    if len(words) <= longest:
        return words
    return f"{words[:longest].rpartition(' ')[0] or words[:longest]} …"


def _cannot_say() -> Markup:
    items = Markup("").join(Markup("<p>{}</p>").format(words) for words in CANNOT_SAY)
    return Markup('<div class="brief-cannot"><h2>What it cannot say</h2>{}</div>').format(items)
