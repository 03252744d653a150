"""What a page shows before anything is simulated: expected counts, and days drawn around them.

Expected counts are those of the closed form. Its days are draws from the same chances with uniforms that a
seed keeps, so that a setting that is moved moves the same days. They take as given what the closed form
does: a team is always free, nobody is remembered or sets off two alerts within the cooldown, and the list
and the judges of a day are the usual ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lfr_sim.closed_form import Theory, theory
from lfr_sim.closed_form.expected import Parts, parts_of
from lfr_sim.closed_form.queues import erlang_b
from lfr_sim.closed_form.thresholds import over_thresholds
from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import GROUPS, Scenario

from .alert_draws import AlertDays, alert_days
from .crowd_draws import CrowdDays, crowd_days
from .days import COLUMNS, Days
from .quantiles import Dice, Uniforms, binomial
from .stop_draws import StopDays, stop_days

FloatArray = NDArray[np.float64]

_AROUND = 12
"""Points of a curve on either side of the threshold."""
_STEPS_PER_SCORE = 200
"""Points for each unit of score: one every 0.005."""
_MANY_BUSY = 0.1
"""Share of alerts that find all teams busy, from where on predicted stops are called those asked for."""


@dataclass(frozen=True)
class Curve:
    """False alerts and listed passers missed as the threshold moves, all else as it is."""

    thresholds: FloatArray
    """Ascending, 0.005 apart; the scenario's own is one of them."""
    false_alerts: FloatArray
    """Expected number per day at each."""
    missed: FloatArray
    """Expected number of listed passers per day without an alert on the own entry."""
    at: float
    """The scenario's threshold."""


@dataclass(frozen=True)
class Prediction:
    """What is predicted of a scenario."""

    scenario: Scenario
    record: dict[str, float]
    """Expected counts of the record row."""
    truth: dict[str, float]
    """Expected counts of the truth row."""
    days: Days
    """Seeded draws, without marks."""
    curve: Curve

    @property
    def all_busy_share(self) -> float:
        """The share of alerts that would find all teams at a stop, which the counts take to be none.

        Erlang's formula for alerts spread evenly over the hours; a team that has made an arrest is away.
        """
        officers, truth = self.scenario.officers, self.truth
        rules, arrests = officers.engagement, truth["arrests"]
        others = max(0.0, truth["engagements"] - truth["wrongful_engagements"] - arrests)
        minutes = truth["wrongful_minutes"] + others * rules.minutes_true_no_arrest
        minutes += arrests * rules.team_busy_minutes_arrest
        return erlang_b(minutes / 60.0 / self.scenario.deployment.hours, officers.teams)

    @property
    def stops_are_asked_for(self) -> bool:
        """Whether many of the stops predicted could not be made, since all teams would be at another."""
        return self.scenario.officers.teams > 0 and self.all_busy_share >= _MANY_BUSY


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question; scenarios of one digest have the same answer."""

    digest: str
    uniforms: Uniforms
    scenario: Scenario = field(compare=False)


def predict(scenario: Scenario, *, seed: int = 1, days: int = 200) -> Prediction:
    """Return expected counts of a scenario and days drawn around them; kept, so asking again is free.

    The days of a seed are the same whatever else is asked, and the first ones the same however many
    there are.

    Args:
        scenario: What is asked.
        seed: Seed of the draws, 0 or more.
        days: How many are drawn.

    Raises:
        InputError: If the layout cannot be read.
    """
    found = _predicted(_Asked(scenario.digest, Uniforms(seed, days), scenario))
    # Of scenarios that differ in title only, the one that was asked.
    return found if found.scenario is scenario else replace(found, scenario=scenario)


@lru_cache(maxsize=128)
def _predicted(asked: _Asked) -> Prediction:
    scenario = asked.scenario
    parts = parts_of(scenario)
    expected = theory(scenario, parts=parts)
    found = Prediction(
        scenario=scenario,
        record=expected.record,
        truth=expected.truth,
        days=_days(scenario, parts, expected, asked.uniforms),
        curve=_curve(scenario, parts),
    )
    days = replace(found.days, stops_are_asked_for=found.stops_are_asked_for)
    return replace(found, days=days)


def _curve(scenario: Scenario, parts: Parts) -> Curve:
    at = scenario.matcher.threshold
    nearest = round(at * _STEPS_PER_SCORE)
    steps = np.arange(max(0, nearest - _AROUND), min(_STEPS_PER_SCORE, nearest + _AROUND) + 1)
    grid = steps / _STEPS_PER_SCORE
    thresholds = np.append(grid[np.abs(grid - at) > 1e-9], at)
    thresholds.sort()
    return Curve(thresholds, *over_thresholds(scenario, parts, thresholds), at)


def _days(scenario: Scenario, parts: Parts, expected: Theory, uniforms: Uniforms) -> Days:
    crowd = crowd_days(scenario, parts, uniforms)
    alerts = alert_days(scenario, parts, crowd, uniforms)
    stops = stop_days(scenario, parts, expected, alerts, uniforms)
    listed, in_view, found = (
        each.sum(axis=0) for each in (alerts.listed, alerts.listed_in_view, alerts.found)
    )
    truth = {
        **_entries(scenario, parts, uniforms),
        **stops.columns,
        "passers": crowd.passers.sum(axis=0),
        "people": crowd.people.sum(axis=(0, 1)),
        "children_passers": crowd.children,
        "passes": crowd.passes.sum(axis=0),
        "captured_passes": crowd.captured.sum(axis=0),
        "listed_passers": listed,
        "listed_removed": alerts.removed.sum(axis=0),
        "listed_in_view": in_view,
        "missed": listed - found,
        "missed_in_view": in_view - found,
        "true_alerts": alerts.true_alerts.sum(axis=0),
        "false_alerts": alerts.false_alerts.sum(axis=0),
    }
    record = {
        **truth,
        "faces": crowd.faces,
        "alerts": truth["true_alerts"] + truth["false_alerts"],
        "true_alerts": truth["recorded_true"],
        "false_alerts": truth["recorded_false"],
    }
    columns = {f"record.{name}": record[name] for name in RECORD_COLUMNS}
    columns |= {f"truth.{name}": truth[name] for name in TRUTH_COLUMNS}
    return Days({name: columns[name] for name in COLUMNS}, _by_group(crowd, alerts, stops))


def _by_group(crowd: CrowdDays, alerts: AlertDays, stops: StopDays) -> dict[str, dict[str, FloatArray]]:
    counts = {
        "passers": crowd.passers,
        "captured_passes": crowd.captured,
        "listed_passers": alerts.listed,
        "missed": alerts.listed - alerts.found,
        "true_alerts": alerts.true_alerts,
        "false_alerts": alerts.false_alerts,
        "engagements": stops.engagements,
        "wrongful_engagements": stops.wrongful,
        "arrests": stops.arrests,
    }
    return {
        group: {name: values[number] for name, values in counts.items()}
        for number, group in enumerate(GROUPS)
    }


def _entries(scenario: Scenario, parts: Parts, uniforms: Uniforms) -> dict[str, FloatArray]:
    """Return entries on the list deployed, those taken off, and those of people under 18.

    What is taken off by number alone is the same every day; a filter's number hangs on who is listed.
    """
    settings, deployed = scenario.watchlist, parts.match.list.deployed
    asked = settings.operations
    filters = (asked.keep_categories, asked.serious_only, asked.remove_unconvicted_custody)
    filtered = any(filters) or asked.review_age_years is not None
    capped = asked.cap is not None and deployed > asked.cap - 0.5
    if filtered and not capped:
        share = min(1.0, deployed / settings.size) if settings.size else 0.0
        entries = binomial(uniforms.of(Dice.ENTRIES), np.full(uniforms.days, settings.size), share)
    else:
        entries = np.full(uniforms.days, float(round(deployed)))
    return {
        "watchlist_size": entries,
        "entries_removed": settings.size - entries,
        "children_listed": binomial(uniforms.of(Dice.CHILDREN_LISTED), entries, settings.share_under_18),
    }
