"""Explore's own parts: the picker, the head with the sentence, the steps of an alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from lfr_sim.figures.words import count_of
from lfr_sim.scenario import parse_value

from ..policies import POLICIES
from ..setting_words import setting_label, setting_value
from ..state import Changes
from .brief_parts import shortened
from .page import failed_told, options
from .words import counted, drawn_again, too_many

if TYPE_CHECKING:
    from ..simulated import ShownDay
    from ..stories import Story

_REDRAWS = {"officers": "Draw the officers again", "matcher": "the matcher", "crowd": "the crowd"}


def picker(
    titles: Mapping[str, str],
    chosen: str,
    layouts: Iterable[str],
    layout: str,
    told: str,
    changes: Changes,
) -> Markup:
    """Return the choice of a scenario and of a place, and what has been changed in it."""
    scenarios = options(titles, chosen)
    places = options({name: name.replace("_", " ").title() for name in layouts}, layout)
    policies = options({"": "Start from a policy …"} | {one.name: one.words for one in POLICIES}, "")
    undo = Markup("").join(
        Markup(
            '<button type="button" class="link" data-do="undo" data-value="{0}" id="undo-{0}">'
            "{1}: {2}, undo</button>"
        ).format(path, setting_label(path), shortened(setting_value(path, parse_value(text))))
        for path, text in changes
        if path != "site.vans"
    )
    reset = Markup('<button type="button" data-do="reset" id="reset">Reset</button>') if changes else ""
    return Markup(
        '<div class="picker"><select id="scenario" aria-label="Scenario" data-set="@scenario">{}</select>'
        '<select id="place" aria-label="Place of the van" data-set="site.layout">{}</select>'
        '<select id="policy" aria-label="Policy to start from" data-set="@policy">{}</select>'
        '<span id="changed">{}</span>{}{}</div>'
    ).format(scenarios, places, policies, told, undo, reset)


def head(
    choice: Markup,
    faults: Markup,
    told: Markup,
    progress: Markup,
    *,
    predicted: bool,
    all_busy: float = 0.0,
    failed: str = "",
) -> Markup:
    """Return the head of the page: the question, and the one sentence in counts that answers it.

    Args:
        choice: The picker.
        faults: What cannot be used of what was asked.
        told: The sentence and the line with its spread.
        progress: How far a run is; empty without one.
        predicted: Whether the sentence is of the closed form.
        all_busy: The share of alerts that would find all teams busy, where that is much: the closed form
            leaves it out.
        failed: Why the last run broke off.
    """
    note = Markup(
        '<p class="note">By formula (closed form). {}Run the days to see days, not averages.</p>'
    ).format(_too_few_teams(all_busy))
    return Markup(
        "{}{}{}<h1>What happens when a crowd walks past the van?</h1>"
        '<div class="told{}" id="told" aria-live="polite">{}{}</div>{}'
    ).format(
        choice,
        faults,
        failed_told(failed),
        " predicted" if predicted else "",
        told,
        note if predicted else "",
        progress,
    )


def part_words(done: int, asked: int) -> str:
    """Return of how many of the days asked for something tells; nothing where none is missing."""
    return "" if not 0 < done < asked else f"Of {done:,} of {asked:,} days: the others have not been run."


def part_told(done: int, asked: int) -> Markup:
    """Return what stands in place of a run's progress where days are missing: a button to go on."""
    if not 0 < done < asked:
        return Markup("")
    return Markup(
        '<p class="note" id="part-done">Everything here is of the {} simulated: the run was stopped, or '
        'was of fewer days. <button type="button" class="link" data-do="run" id="go-on">Run the other {:,}'
        "</button></p>"
    ).format(counted(done, "day"), asked - done)


def _too_few_teams(all_busy: float) -> str:
    """Say that the closed form takes a team to be free for every alert, and how often none would be."""
    if not all_busy:
        return ""
    of_ten = count_of(round(10 * all_busy), "alert")
    often = f"{of_ten} in 10" if all_busy < 0.95 else "almost every alert"
    return (
        f"It counts the stops asked for, with a team free for every alert; here {often} would find all "
        "teams busy. "
    )


def steps(
    story: Story | None, shown: ShownDay, redraw: tuple[tuple[str, int], ...], *, stale: bool
) -> Markup:
    """Return the opened alert in a few steps, and what can be drawn again."""
    if story is None:
        told = Markup('<p class="note">No alert on this day, so there is none to open.</p>')
    else:
        items = Markup("").join(
            Markup('<li><span class="when">{}</span>{}</li>').format(step.when, step.text)
            for step in story.steps
        )
        told = Markup('<ol class="steps">{}</ol>').format(items)
    again = Markup(" ").join(_button("redraw", part, words) for part, words in _REDRAWS.items())
    drawn = Markup("")
    if redraw:
        drawn = Markup('<span class="note">Drawn again: {}. </span>').format(drawn_again(redraw))
        drawn += _button("redraw", "none", "Back to the day as it was")
    return Markup(
        '<div id="story"{}>{}<div class="row again">{} {}</div><div class="row">{}</div></div>'
    ).format(Markup(' class="stale"') if stale else "", told, again, drawn, _other_days(shown))


def not_opened(
    _: Story | None, shown: ShownDay, redraw: tuple[tuple[str, int], ...], *, stale: bool
) -> Markup:
    """Return what stands in place of the steps where a day has too many alerts to be opened."""
    back = _button("redraw", "none", "Back to the day as it was") if redraw and shown.redraw else ""
    return Markup(
        '<div id="story"{}><p class="note">{}</p><div class="row again">{}</div>'
        '<div class="row">{}</div></div>'
    ).format(Markup(' class="stale"') if stale else "", too_many(shown.row), back, _other_days(shown))


def _other_days(shown: ShownDay) -> Markup:
    return (
        _button("day", "before", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", "The day before")
        + Markup("<span>Day {}</span>").format(f"{shown.replicate + 1:,}")
        + _button("day", "after", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}", "The day after")
        + _button("day", "middle", "the typical day")
    )


def _button(name: str, value: str, words: str, label: str = "") -> Markup:
    kind, named = (
        (Markup(""), Markup(' aria-label="{}"').format(label)) if label else (Markup(' class="link"'), "")
    )
    return Markup('<button type="button"{} id="{}-{}" data-do="{}" data-value="{}"{}>{}</button>').format(
        kind, name, value, name, value, named, words
    )
