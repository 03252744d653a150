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
from ..status_words import BORROWED, PLAIN
from .brief_parts import shortened
from .evidence_settings import status_mark
from .words import counted, number_word

CANNOT_SAY: Final = (
    "Whether a deployment is lawful, biased or fair.",
    "How many listed people pass, apart from how many are found.",
    "What would have happened without a van.",
    "What happens in a place or year unlike this one.",
)
"""What the numbers leave open, in short."""

_MOST_SOURCES: Final = 5
_LONGEST_SOURCE, _LONGEST_VALUE = 90, 40
"""Characters of a source's title, and of a value that was changed."""
_MOST_CHANGES: Final = 3

_STATUS: Final = {
    "published": "published",
    "derived": "derived",
    "fitted": "fitted, so no test",
    "assumed": "assumed",
    "yours": "set without a source",
}
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
        _rests_on(scenario, shipped, changes, told, note), _cannot_say()
    )


def _rests_on(
    scenario: Scenario, shipped: Scenario, changes: Changes, told: Sequence[SettingTold], note: str
) -> Markup:
    """Return the settings that matter most, each with its value and what it rests on."""
    found = {setting.path: setting for setting in told}
    items = [_alone(found[path]) for path in _ALONE]
    items.insert(3, _together(found))
    others = [(path, text) for path, text in changes if path not in _ALONE and path not in _TOGETHER]
    if others:
        items.append(_item("yours", _changed(others, scenario)))
    return Markup(
        '<div><h2>What this rests on</h2><ul class="brief-rests">{}</ul>'
        '<p class="brief-note">{}In brackets: the range that seems plausible. Derived: {}.</p></div>'
    ).format(Markup("").join(items), f"{note} " if note else "", PLAIN["derived"])


def sources_told(told: Sequence[SettingTold]) -> list[str]:
    """Return a sentence with the titles of the sources of those settings; none where none has one."""
    found = {setting.path: setting for setting in told}
    titles = [found[path].reference.title for path in (*_ALONE, *_TOGETHER)]
    shown = list(dict.fromkeys(filter(None, titles)))[:_MOST_SOURCES]
    named = [shortened(title, _LONGEST_SOURCE) for title in shown]
    return [f"Sources: {'; '.join(named)}."] if named else []


def _item(status: str, words: str) -> Markup:
    return Markup("<li>{}<span>{}</span></li>").format(status_mark(status), words)


def _alone(setting: SettingTold) -> Markup:
    words = capital(_ALONE[setting.path].format(setting.words))
    if setting.plausible is not None and setting.status not in ("published", "yours"):
        words += f" ({setting.plausible_words})"
    contested = " Contested." if setting.is_contested else ""
    return _item(setting.status, f"{words}: {_status_words(setting)}.{contested}")


def _together(found: dict[str, SettingTold]) -> Markup:
    by_status: dict[str, list[str]] = {}
    statuses = []
    for path, words in _TOGETHER.items():
        statuses.append(found[path].status)
        by_status.setdefault(_status_words(found[path]), []).append(words.format(found[path].words))
    told = ". ".join(f"{capital(listed(names))}: {said}" for said, names in by_status.items())
    return _item(max(statuses, key=STATUSES.index), f"{told}.")


def _status_words(setting: SettingTold) -> str:
    return BORROWED if setting.is_borrowed else _STATUS[setting.status]


def _changed(changes: Sequence[tuple[str, str]], scenario: Scenario) -> str:
    values = scenario.values()
    shown = [
        f"{setting_label(path)}: {shortened(setting_value(path, values[path]), _LONGEST_VALUE)}"
        for path, _ in changes[:_MOST_CHANGES]
        if path in values
    ]
    rest = len(changes) - len(shown)
    if rest:
        more = "more setting" if shown else "setting"
        shown.append(counted(rest, more) if rest > 12 else f"{number_word(rest)} {more}{'s' * (rest > 1)}")
    return f"Also changed. {'; '.join(shown)}."


def _cannot_say() -> Markup:
    items = Markup("").join(Markup("<p>{}</p>").format(words) for words in CANNOT_SAY)
    return Markup('<div class="brief-cannot"><h2>What it cannot say</h2>{}</div>').format(items)
