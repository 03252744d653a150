"""Every setting in a table: value, range with rivals, status as a shape, source, and values to try."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from markupsafe import Markup

from lfr_sim.figures.words import capital

from ..setting_words import aloud, values_words
from ..settings import FIRST_CONTROLS, TABLES
from ..settings_told import SettingTold
from ..status_words import BORROWED, PLAIN, STATUS_WORDS
from .evidence_range import range_drawing
from .words import counted, number_word

Filter = Literal["all", "contested", "assumed"]
FILTERS: Final[tuple[Filter, ...]] = ("all", "contested", "assumed")

SHOWN_FIRST: Final = 8
"""Settings that stand open; the others are folded up by table."""

LONGEST_REASON: Final = 84
"""Characters of a reason that a cell shows."""

_NUMBER_ONLY: Final = re.compile(r"[\d.,]+")
"""An objection that says no more than the rivals beside it."""

_HEADS: Final = ("Setting", "Value", "Plausible range", "Status", "Source", "Try it")
_CLASSES: Final = ("value", "range", "status", "source", "try")


def settings_section(told: Sequence[SettingTold], shown: str = "all") -> Markup:
    """Return the section on every setting.

    Args:
        told: All settings.
        shown: Which are shown, one of `FILTERS`; anything else shows all.
    """
    chosen: Filter = next((name for name in FILTERS if name == shown), "all")
    body = {"all": _all, "contested": _contested, "assumed": _assumed}[chosen](told)
    return Markup(
        '<section id="evidence-settings"><div class="row evidence-heading"><h2 class="grow">Every '
        "setting</h2>"
        '<div class="row" role="group" aria-label="Which settings are shown">{}</div></div>{}{}</section>'
    ).format(_filters(told, chosen), body, _legend())


def first_settings(told: Sequence[SettingTold]) -> list[SettingTold]:
    """Return the settings that stand open: those on Explore, then those most contested.

    Most contested are those with most rival values, among them those whose values lie farthest apart.
    """
    controls = [control.path for control in FIRST_CONTROLS]
    first = [setting for setting in told if setting.path in controls]
    others = [setting for setting in told if setting.is_contested and setting.path not in controls]
    others.sort(key=lambda setting: (len(setting.rivals), _apart(setting)), reverse=True)
    return [*first, *others[: SHOWN_FIRST - len(first)]]


def _apart(setting: SettingTold) -> float:
    values = [rival.value for rival in setting.rivals]
    values = [value for value in [*values, setting.value or 0] if value > 0]
    return max(values) / min(values) if values else 1.0


def _filters(told: Sequence[SettingTold], chosen: Filter) -> Markup:
    counts = {
        "all": len(told),
        "contested": sum(setting.is_contested for setting in told),
        "assumed": sum(setting.status == "assumed" for setting in told),
    }
    return Markup("").join(
        Markup(
            '<button type="button" data-do="filter" data-value="{0}" id="filter-{0}" aria-pressed="{1}">'
            "{2} {3}</button>"
        ).format(name, "true" if name == chosen else "false", capital(name), counts[name])
        for name in FILTERS
    )


def _all(told: Sequence[SettingTold]) -> Markup:
    first = first_settings(told)
    contested = [setting for setting in told if setting.is_contested and setting not in first]
    rest = [setting for setting in told if setting not in first and setting not in contested]
    more = _fold("contested", f"{counted(len(contested), 'more contested setting')}", contested)
    return _table(first, "The four settings that Explore shows first, and the most contested") + (
        (more if contested else Markup("")) + _by_table(rest, "all")
    )


def _contested(told: Sequence[SettingTold]) -> Markup:
    found = [setting for setting in told if setting.is_contested]
    if not found:
        return Markup("<p>The evidence holds no other value, no rival, for any setting.</p>")
    return _table(found, "Settings of which the evidence says more than one thing")


def _assumed(told: Sequence[SettingTold]) -> Markup:
    found = [setting for setting in told if setting.status == "assumed"]
    if not found:
        return Markup("<p>No setting is assumed.</p>")
    return _by_table(found, "assumed", is_open=True)


def _by_table(told: Sequence[SettingTold], kind: str, *, is_open: bool = False) -> Markup:
    folds = []
    for table, words in TABLES.items():
        found = [setting for setting in told if setting.path.partition(".")[0] == table]
        if found:
            title = f"{words}: {counted(len(found), 'setting')}"
            folds.append(_fold(f"{kind}-{table}", title, found, is_open=is_open))
    return Markup("").join(folds)


def _fold(name: str, title: str, told: Sequence[SettingTold], *, is_open: bool = False) -> Markup:
    return Markup(
        '<details class="evidence-more" id="settings-{}"{}><summary>{}</summary>{}</details>'
    ).format(name, Markup(" open") if is_open else "", title, _table(told, title))


def _table(told: Sequence[SettingTold], caption: str) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(word) for word in _HEADS)
    rows = Markup("").join(_row(setting) for setting in told)
    return Markup(
        '<table class="evidence-table"><caption '
        'class="visually-hidden">{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(caption, heads, rows)


def _row(setting: SettingTold) -> Markup:
    cells = (setting.words, _range(setting), _status(setting), _source(setting), _try(setting))
    told = Markup("").join(
        Markup('<td class="evidence-{}">{}</td>').format(name, cell)
        for name, cell in zip(_CLASSES, cells, strict=True)
    )
    return Markup('<tr id="setting-{}"><th scope="row"><b>{}</b>{}{}</th>{}</tr>').format(
        setting.path, setting.label, _note(setting), _parts(setting), told
    )


def _note(setting: SettingTold) -> Markup:
    objections = "; ".join(words for words in setting.objections if not _NUMBER_ONLY.fullmatch(words))
    contested = f"Contested{f': {objections}' if objections else ''}." if setting.is_contested else ""
    meaning = f"{setting.meaning}." if setting.meaning and not contested else ""
    words = contested or meaning
    return Markup('<span class="note">{}</span>').format(aloud(words)) if words else Markup("")


def _range(setting: SettingTold) -> Markup:
    told = Markup("<span>{}</span>").format(capital(setting.plausible_words))
    if not setting.rivals:
        return range_drawing(setting) + told
    others = values_words(setting.path, [rival.value for rival in setting.rivals])
    return range_drawing(setting) + told + Markup("<span>Others say: {}</span>").format(others)


def _status(setting: SettingTold) -> Markup:
    word, _, but = BORROWED.partition(", ") if setting.is_borrowed else (setting.status, "", "")
    more = Markup(", <span>{}</span>").format(but) if but else ""
    return Markup("{}{}{}").format(status_mark(setting.status), STATUS_WORDS[word], more)


def status_mark(status: str) -> Markup:
    """Return the shape of a status: filled, half or open disc, diamond; the word stands beside it."""
    disc = Markup('<circle class="{} stroke-ink" stroke-width="1.75" cx="8" cy="8" r="5.2"/>')
    diamond = Markup('<path class="{} stroke-ink" stroke-width="1.75" d="M8 2 14 8 8 14 2 8Z"/>')
    half = Markup('<path class="fill-ink" d="M8 2.8A5.2 5.2 0 0 1 8 13.2Z"/>')
    shapes = {
        "published": disc.format("fill-ink"),
        "derived": diamond.format("fill-ink"),
        "fitted": disc.format("fill-none") + half,
        "assumed": disc.format("fill-none"),
        "yours": diamond.format("fill-none"),
    }
    return Markup('<svg class="inline-mark" viewBox="0 0 16 16" aria-hidden="true">{}</svg>').format(
        shapes[status]
    )


def _source(setting: SettingTold) -> Markup:
    reference = setting.reference
    reason = _short_reason(setting)
    if not reference.address:
        title = Markup("{}<br>").format(reference.title) if reference.title else Markup("")
        return Markup('<span class="evidence-reason">{}{}</span>').format(title, reason)
    link = Markup('<a href="{}" rel="noreferrer noopener" target="_blank">{}</a>').format(
        reference.address, reference.title or reference.address
    )
    date = Markup("<span>{}</span>").format(reference.date) if reference.date else Markup("")
    return link + date + (Markup("<span>{}</span>").format(reason) if reason else Markup(""))


def _reason(setting: SettingTold) -> str:
    """Return why a value is what it is, in full, without the title that stands above it."""
    text, title = setting.reference.text, setting.reference.title
    return capital(aloud(text.removeprefix(title).lstrip(":, ") if title else text))


def _short_reason(setting: SettingTold) -> str:
    """Return the reason as far as a cell has room; the rest is behind "Try it", if that is there."""
    reason = _reason(setting)
    if not setting.tries or len(reason) <= LONGEST_REASON:
        return reason
    return reason[:LONGEST_REASON].rsplit(" ", 1)[0].rstrip(",;:(") + "\N{NO-BREAK SPACE}…"


def _try(setting: SettingTold) -> Markup:
    if not setting.tries:
        return Markup('<span class="note">{}</span>').format(
            "in parts, on Explore" if setting.parts else ""
        )
    items = Markup("").join(
        Markup(
            '<li><button type="button" class="link" data-do="try" data-value="{0}={1}" id="try-{0}={1}">'
            'use {2}</button><span class="note">{3}</span></li>'
        ).format(setting.path, other.text, other.words, aloud(other.told))
        for other in setting.tries
    )
    accepted = Markup('<p class="note">Accepted: {}.</p>').format(setting.accepted)
    reason = Markup('<p class="note">Why this value: {}.</p>').format(_reason(setting).rstrip("."))
    is_cut = _short_reason(setting) != _reason(setting)
    return Markup(
        '<details class="evidence-options" name="evidence-try" id="try-{}"><summary>Try it<span '
        'class="visually-hidden">: '
        "{}</span>"
        "</summary><div><ul>{}</ul>{}{}</div></details>"
    ).format(
        setting.path,
        setting.label,
        items,
        accepted if setting.accepted else "",
        reason if is_cut else "",
    )


def _parts(setting: SettingTold) -> Markup:
    if not setting.parts:
        return Markup("")
    items = Markup("").join(
        Markup("<li>{}<b>{}: {}</b><span>{}</span></li>").format(
            status_mark(part.status), part.label, part.words, f"plausible {part.plausible}"
        )
        for part in setting.parts
    )
    return Markup(
        '<details class="evidence-parts" id="parts-{}"><summary>Each of the '
        "{}</summary><ul>{}</ul></details>"
    ).format(setting.path, number_word(len(setting.parts)), items)


def _legend() -> Markup:
    marks = Markup(", ").join(
        Markup('<span class="evidence-key">{}{}{}</span>').format(
            status_mark(status), word.lower(), f" ({PLAIN[status]})" if status in PLAIN else ""
        )
        for status, word in STATUS_WORDS.items()
    )
    return Markup(
        '<p class="note">Filled dot on a line: the value in use. Open dots: what others say. '
        "Thick line: "
        "range we think plausible; where it spans a hundredfold or more, each step is a tenfold. A "
        "value that others name is a rival of ours. Status: {}. Of a table with several values the "
        "least known "
        "counts. Links lead out of this machine only if you follow them.</p>"
    ).format(marks)
