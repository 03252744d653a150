"""The record table of a brief: what was published, the day shown, how days differ; and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup

from lfr_sim.figures.words import capital, listed
from lfr_sim.scenario import Scenario

from ..days import DayRow, Days
from ..setting_words import setting_label, setting_value
from ..settings_told import STATUSES, SettingTold
from ..state import Changes
from .evidence_settings import status_mark
from .record import MEASURES, UNCHANGED, Measure, outside, published_cell, range_cell, range_name
from .record_notes import agreement, has_record, is_day_itself
from .words import counted, number_word, whole

_LEFT_OUT: Final = ("wrongful_minutes",)
"""Measures that a sheet has no room for."""
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


def record(scenario: Scenario, shipped: Scenario, days: Days, row: DayRow) -> Markup:
    """Return the section of the record table, drawn twice: for a sheet, and turned for a phone.

    Args:
        scenario: What was simulated.
        shipped: The shipped scenario that it was made from, whose record it is.
        days: Its days.
        row: The day shown.
    """
    is_itself = is_day_itself(scenario, shipped)
    lines = [*_published(shipped, is_itself=is_itself), *_lines(days, row)]
    beyond = outside(days, shipped) if is_itself else []
    note = " ".join([*beyond, *agreement(scenario, shipped)])
    return Markup(
        '<section><h2>The record, and what it leaves out</h2><div class="brief-wide">{}</div>'
        '<div class="brief-narrow">{}</div>{}</section>'
    ).format(
        _wide(lines), _turned(lines), Markup('<p class="brief-note">{}</p>').format(note) if note else ""
    )


def rests_on(
    scenario: Scenario, shipped: Scenario, changes: Changes, told: Sequence[SettingTold]
) -> Markup:
    """Return the settings that matter most, each with its value and what it rests on.

    Args:
        scenario: The scenario.
        shipped: The shipped scenario that it was made from.
        changes: What of the shipped scenario has been changed.
        told: Every setting as `settings_told` has it.
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
        '<p class="brief-note">In brackets: the range that seems plausible.</p></div>'
    ).format(Markup("").join(items))


def sources(told: Sequence[SettingTold]) -> str:
    """Return the titles of the sources of those settings, each once; "" where none has one."""
    found = {setting.path: setting for setting in told}
    titles = [found[path].reference.title for path in (*_ALONE, *_TOGETHER)]
    return "; ".join(_short(title) for title in list(dict.fromkeys(filter(None, titles)))[:_MOST_SOURCES])


# --- the table ----------------------------------------------------------------------------------------

_SHOWN: Final = tuple(measure for measure in MEASURES if measure.column not in _LEFT_OUT)
_Line = tuple[str, str, tuple[Markup, ...]]
"""What a row is called, what a column of a phone is called, and a cell for each measure."""


def _published(shipped: Scenario, *, is_itself: bool) -> list[_Line]:
    if not has_record(shipped):
        return []
    name = "Published" if is_itself else f"Published{UNCHANGED}"
    return [(name, name, _cells(lambda m: published_cell(shipped, m)))]


def _lines(days: Days, row: DayRow) -> list[_Line]:
    lines: list[_Line] = []
    rows = {"record": row.record, "truth": row.truth}
    cells = _cells(lambda m: Markup(whole(rows[m.kind][m.column])))
    lines.append(("Simulated, the day shown", "Day shown", cells))
    if len(days) > 1:
        kind = range_name(days)
        cells = _cells(lambda m: range_cell(days, m))
        lines.append((f"{kind}, of {len(days):,}", f"{kind}, of {len(days):,}", cells))
    return lines


def _cells(cell: Callable[[Measure], Markup]) -> tuple[Markup, ...]:
    return tuple(cell(measure) for measure in _SHOWN)


def _wide(lines: Sequence[_Line]) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(m.words) for m in _SHOWN)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            Markup("<b>{}</b>").format(name) if name.startswith("Published") else name,
            # A range breaks on phones only: here the column grows.
            Markup("").join(Markup("<td>{}</td>").format(cell.replace("<wbr>", "")) for cell in cells),
        )
        for name, _, cells in lines
    )
    return Markup(
        '<table class="brief-table"><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(heads, body)


def _turned(lines: Sequence[_Line]) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for _, name, _ in lines)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            measure.words,
            Markup("").join(Markup("<td>{}</td>").format(cells[place]) for _, _, cells in lines),
        )
        for place, measure in enumerate(_SHOWN)
    )
    return Markup(
        '<table class="brief-table"><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(heads, body)


# --- what it rests on ---------------------------------------------------------------------------------


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
