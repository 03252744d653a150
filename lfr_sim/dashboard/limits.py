"""What one visitor may ask of a server that many share, and how a refusal is worded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from lfr_sim.figures.words import count_of
from lfr_sim.scenario import Fault, Scenario, nearest
from lfr_sim.street import shipped_layouts
from lfr_sim.study.replicates import LARGEST_SEED

MOST_DAYS: Final = 1_000
MOST_ARMS: Final = 4
MOST_WALKS_A_DAY: Final = 200_000
"""A tenth of a second to simulate; the busiest deployment of 2022 had 185,895."""
MOST_WALKS: Final = 150_000_000
"""Over all days and policies of a run: the busiest deployment under four policies, 200 days each."""
_ALL_WALKS: Final = f"{MOST_WALKS:,} walks over all days and policies"
MOST_TEAMS: Final = 200
MOST_ALERTS: Final = 100_000
"""Alerts and people missed, over all days and policies of a run, known days among them. They are kept, at
about 0.2 kB each, and days full of them are slow."""
MOST_WAITING: Final = 60
"""Runs in line, whoever waits for them: two classes that press Run at once."""
MOST_OPENED: Final = 1_000
"""Alerts and people missed of a day that is opened on a page: a quarter of a second at most, for which all
others wait; ten times as many take ten times as long."""


@dataclass(frozen=True, slots=True)
class Beyond(Fault):
    """A value beyond what a visitor may ask for."""

    most: Any = None
    """The nearest value that may be asked for; None where there is none."""


@dataclass(frozen=True, slots=True)
class Mended(Fault):
    """Something in a link that cannot be used, and what is used in its place."""

    used: str = ""
    """A clause without a full stop: `the scenario's own value, 9,756, is used`."""


def mended_fault(fault: Fault, used: str) -> Mended:
    """Return a fault with what is used in place of the value."""
    return Mended(
        fault.path,
        fault.problem,
        fault.value,
        fault.allowed,
        fault.did_you_mean,
        fault.shows_value,
        used,
    )


def visitor_faults(scenario: Scenario, *, layout: str | None = None) -> list[Fault]:
    """Return what in a scenario goes beyond what a visitor may ask for.

    Args:
        scenario: The scenario, which is sound in itself.
        layout: Another site at which it is to be looked at; None is the scenario's own.
    """
    faults = file_faults(scenario, layout=layout)
    crowd, hours = scenario.crowd.passers_per_hour, scenario.deployment.hours
    if walks_a_day(scenario) > MOST_WALKS_A_DAY:
        problem = (
            f"over {hours:g} hours that is {crowd * hours:,.0f} walks a day, more than can be run here"
        )
        # Rounded down, so that the number offered is one that is accepted.
        most = float(int(MOST_WALKS_A_DAY / hours))
        allowed = f"at most {most:,.0f} ({MOST_WALKS_A_DAY:,} walks a day)"
        faults.append(Beyond("crowd.passers_per_hour", problem, crowd, allowed, most=most))
    if scenario.officers.teams > MOST_TEAMS:
        problem, teams = "more teams than can be run here", scenario.officers.teams
        faults.append(Beyond("officers.teams", problem, teams, f"at most {MOST_TEAMS}", most=MOST_TEAMS))
    return faults


def file_faults(scenario: Scenario, *, layout: str | None = None) -> list[Fault]:
    """Return what in a scenario names a file of this machine; none is opened, nor looked for.

    Args:
        scenario: The scenario, which is sound in itself.
        layout: Another site at which it is to be looked at; None is the scenario's own.
    """
    faults = []
    site, shipped = layout or scenario.site.layout, shipped_layouts()
    if site not in shipped:
        near, known = nearest(site, shipped), ", ".join(shipped)
        faults.append(Fault("site.layout", "no site that is shown here", site, known, did_you_mean=near))
    if scenario.matcher.score_file is not None:
        problem = "files of scores cannot be used here, only on the command line"
        faults.append(Fault("matcher.score_file", problem, allowed="left out", shows_value=False))
    return faults


def alert_fault(number: int, alerts: int) -> Fault:
    """Return what is wrong with a link to an alert that the day shown does not have."""
    allowed = "" if not alerts else "0" if alerts == 1 else f"0 to {alerts - 1:,}"
    fault = Fault("alert", f"the day shown has {count_of(alerts, 'alert')}", number, allowed)
    return mended_fault(fault, "another is opened" if alerts else "none is opened")


def job_faults(arms: Sequence[Scenario], *, seed: int, days: int) -> list[Fault]:
    """Return what in a run goes beyond what a visitor may ask for, scenarios and numbers alike."""
    faults = [
        Fault(name, problem, value, f"{low:,} to {high:,}")
        for name, problem, value, low, high in (
            ("days", "not a number of days that can be run here", days, 1, MOST_DAYS),
            ("policies", "not a number of policies that can be run here", len(arms), 1, MOST_ARMS),
            ("seed", "not a whole number in range", seed, 0, LARGEST_SEED),
        )
        if not low <= value <= high
    ]
    for scenario in arms:
        faults += [fault for fault in visitor_faults(scenario) if fault not in faults]
    if not faults and days > most_days(arms):
        walks = days * sum(map(walks_a_day, arms))
        problem = f"that is {walks:,.0f} walks in all, more than can be run here"
        faults.append(Fault("days", problem, days, f"at most {most_days(arms):,} ({_ALL_WALKS})"))
    return faults


def days_fault(text: str, arms: Sequence[Scenario]) -> Fault:
    """Return what is wrong with a number of days: how many can be run of these policies."""
    most = most_days(arms)
    why = f" ({_ALL_WALKS})" if most < MOST_DAYS else ""
    return Fault("days", "not a whole number in range", text, f"1 to {most:,}{why}")


def most_days(arms: Sequence[Scenario]) -> int:
    """Return how many days of some policies can be run here."""
    a_day = sum(map(walks_a_day, arms))
    return min(MOST_DAYS, int(MOST_WALKS / a_day)) if a_day else MOST_DAYS


def walks_a_day(scenario: Scenario) -> float:
    """Return the expected number of walks through the site on one day."""
    return scenario.crowd.passers_per_hour * scenario.deployment.hours
