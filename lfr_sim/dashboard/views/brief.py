"""The one-page brief of a scenario: one day in a sentence, on the plan and in the record, on one sheet."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from lfr_sim.records import Alert, Disposal, Outcome
from lfr_sim.scenario import Scenario
from lfr_sim.street import site_of
from lfr_sim.street.site import Site

from ..days import DayRow, Days
from ..settings_told import SettingTold, settings_told
from ..state import Changes
from ..stories import Story
from ..street_at import Street
from . import shapes
from .brief_charts import columns, dots
from .brief_parts import again, headline, made_with, page, part_told, top
from .brief_plan import plan, stop_is_drawn
from .brief_record import record
from .brief_rests import sources_told, standing
from .sentence import day_sentence, opening_of, spread_line
from .words import clock_time, counted, drawn_again, rounded

_NOTHING: Final = {"alerts": None, "true_alerts": None, "false_alerts": None}
"""What the line of the spread is told of the record, which stands on the sheet in full."""
_MUCH: Final = 250
"""Characters of title, command and what is drawn again, from which on a sheet is printed smaller."""


@dataclass(frozen=True, eq=False)
class ExploreTold:
    """All that the brief of Explore tells of."""

    scenario: Scenario
    shipped: Scenario
    """The shipped scenario that it was made from, whose record it is."""
    seed: int
    days: Days
    """Simulated days; at least one."""
    row: DayRow
    """The day shown, of the same scenario."""
    street: Street
    """That day's street, when the alert is raised."""
    alert: Alert | None
    """The alert that is opened, of that day; None where there is none."""
    story: Story | None
    """Its story."""
    address: str
    """The link to this state: path and query, behind `ORIGIN` or an address."""
    command: str
    today: datetime.date
    made: Mapping[str, Any]
    """What `lfr_sim.study.replicates.provenance(scenario)` says."""
    asked: int = 0
    """Days of the run; where it has more than are simulated, the sheet says so."""
    redraw: tuple[tuple[str, int], ...] = ()
    """What of the day is drawn again."""
    changes: Changes = ()
    """What of the shipped scenario has been changed."""


def explore_brief(told: ExploreTold) -> str:
    """Return the brief of a scenario and one of its days, as a whole HTML page."""
    row, scenario = told.row, told.scenario
    site = site_of(scenario.site, scenario.camera)
    settings = settings_told(scenario)
    opening = opening_of(len(told.days), told.asked, is_middle=_is_middle(told))
    sentence = day_sentence(row.record, row.truth, opening=opening, teams=scenario.officers.teams)
    title = headline(scenario, told.shipped, told.changes)
    made = made_with(told.made, {"scenario": scenario.digest})
    charts = columns(row) + dots(told.days, float(row.truth["wrongful_engagements"]))
    body = Markup("").join(
        [
            top(told.today),
            Markup('<h1>{}</h1>{}{}<div class="brief-street">{}<div>{}</div></div>').format(
                title,
                sentence,
                spread_line(told.days, _NOTHING),
                _plan(told, site, settings),
                charts,
            ),
            record(scenario, told.shipped, told.days, row),
            standing(scenario, told.shipped, told.changes, settings),
            again(told.command, _again_told(told, made, settings), told.address),
        ]
    )
    much = len(title) + len(told.command) + 40 * len(told.redraw) > _MUCH
    return page(f"lfr-sim: {title}", body, "much" if much else "explore")


def _is_middle(told: ExploreTold) -> bool:
    """Return whether the day shown is the one nearest the middle of all, as it was."""
    return told.days.is_middle(told.row) and not told.redraw


def _plan(told: ExploreTold, site: Site, settings: Sequence[SettingTold]) -> Markup:
    caption = " ".join([*_alert_told(told, site), _assumed(settings)]).strip()
    people = counted(len(told.street.people) + (told.street.alert is not None), "person", "people")
    at = clock_time(told.scenario.deployment.start_hour, told.street.time_s)
    drawn = plan(
        told.street,
        site,
        told.alert,
        told.story,
        told=f"Plan of the street at {at}, with {people} on the site. {caption}",
    )
    return Markup(
        '<figure class="brief-place">{}<figcaption class="brief-note">{}</figcaption>{}</figure>'
    ).format(drawn, caption, _key(told.alert))


def _key(alert: Alert | None) -> Markup:
    """Return what the shapes mean; the last is a stop as the plan shows it."""
    stopped = shapes.mistaken(8, 7, 13), "stopped by mistake"
    if alert is not None and alert.outcome is Outcome.ENGAGED and alert.right_person:
        stopped = Markup('<rect class="fill-stopped" x="1" y="7" width="14" height="2.6"/>'), "stopped"
    marks = (
        (shapes.right(8, 8, 13), "alert, right person"),
        (shapes.wrong(8, 8, 14), "alert, wrong person"),
        stopped,
    )
    items = Markup("").join(
        Markup(
            '<li><svg class="inline-mark" viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}</li>'
        ).format(mark, words)
        for mark, words in marks
    )
    return Markup('<ul class="brief-key">{}</ul>').format(items)


def _alert_told(told: ExploreTold, site: Site) -> list[str]:
    """Return the alert in two sentences, or what stands there without one."""
    alert, start = told.alert, told.scenario.deployment.start_hour
    if alert is None:
        none = "This day has no alert." if not told.row.record["alerts"] else "No alert is opened."
        return [f"The street at {clock_time(start, told.street.time_s)}. {none}"]
    if alert.candidate_is_mate:
        who = "was on the list"
    elif alert.mated:
        who = "was on the list, but was taken for somebody else on it,"
    else:
        who = "was not on the list"
    ended = {
        Outcome.ENGAGED: _stopped(alert),
        Outcome.LOST: "was not found by the officers sent",
        Outcome.FLED: "ran away from the officers",
    }.get(alert.outcome, "met no officers")
    sentences = [f"One alert at {clock_time(start, alert.time_s)}. The person {who} and {ended}."]
    if alert.outcome is Outcome.ENGAGED and not stop_is_drawn(told.street, site):
        sentences.append("The stop lies outside the plan.")
    return sentences


def _stopped(alert: Alert) -> str:
    minutes = counted(max(1, rounded(alert.minutes or 0.0)), "minute")
    mistake = "" if alert.right_person else " by mistake"
    if alert.disposal is Disposal.ARREST:
        return f"was stopped{mistake}, and arrested after {minutes}"
    return f"was stopped{mistake} for {minutes}"


def _assumed(settings: Sequence[SettingTold]) -> str:
    assumed = any(one.path == "site.vans" and one.status == "assumed" for one in settings)
    return "Van and camera positions are assumed." if assumed else "Van and cameras stand where set."


def _again_told(told: ExploreTold, made: str, settings: Sequence[SettingTold]) -> list[str]:
    part = part_told(len(told.days), told.asked)
    return [*_day_told(told), *part, made, *sources_told(settings)]


def _day_told(told: ExploreTold) -> list[str]:
    """Return which of the days is shown, and what of it the command does not give."""
    number, days = told.row.replicate, len(told.days)
    sentences = [f"The day shown is day {number + 1:,} of {days:,} (seed {told.seed}, replicate {number})."]
    if told.redraw:
        drawn = drawn_again(told.redraw)
        sentences.append(f"Of it, drawn again: {drawn}; only the link gives that.")
    return sentences
