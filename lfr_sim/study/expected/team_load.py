"""Whether teams are so few that alerts often find all of them busy: from the scenario alone.

What depends on the outcome of a run must not decide what is told of it, or the average of what is told
would be biased. So the answer is the same for every run of a scenario, by Erlang's formula on the safe
side: with everybody in view as well captured as can be, and teams busy for longer than they are.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lfr_sim.closed_form import erlang_b
from lfr_sim.closed_form.in_view import InView
from lfr_sim.closed_form.recognition import Recognition, presence_days
from lfr_sim.closed_form.stops import ExpectedAlerts, police_counts
from lfr_sim.scenario import Scenario
from lfr_sim.street import site_of

FloatArray = NDArray[np.float64]

MOST_BUSY_SHARE = 0.01
"""Teams are scarce if more than this share of the alerts sent out would find all of them busy."""


def teams_are_scarce(scenario: Scenario, match: Recognition) -> bool:
    """Return whether too many of the alerts to be sent to a team would find all of them busy.

    The mean over alerts of Erlang's B: over the hours, whose flows differ, and over days, whose
    presence does. On days when more are listed there are more alerts, so those days weigh more.
    """
    alerts = _most_alerts(scenario, match)
    sent, busy_s = zip(
        *(_sent(scenario, alerts, is_true=is_true) for is_true in (True, False)), strict=True
    )
    if sum(sent) == 0:
        return False
    factor, day_weight = presence_days(scenario)
    hours_s = 3600.0 * scenario.deployment.hours
    rate, weight = _hours(scenario)
    # Shape (days, hours): true alerts follow the day's presence, all alerts the hour's flow.
    flow = (factor * sent[0] + sent[1])[:, None] * rate
    load = (factor * sent[0] * busy_s[0] + sent[1] * busy_s[1])[:, None] * rate / hours_s
    teams = scenario.officers.teams
    if erlang_b(float(load.max()), teams) <= MOST_BUSY_SHARE:
        return False
    blocked = np.array([[erlang_b(one, teams) for one in row] for row in load.tolist()])
    return bool(day_weight @ (flow * blocked) @ weight / sum(sent) > MOST_BUSY_SHARE)


def _most_alerts(scenario: Scenario, match: Recognition) -> ExpectedAlerts:
    """Return the alerts of a day on which everybody in view is captured as well as can be."""
    street = InView(scenario, site_of(scenario.site, scenario.camera))
    passes = street.passers * street.passes_per_passer * match.kind_share
    true, false = np.zeros_like(passes), np.zeros_like(passes)
    for share, capture_factor, tpir_factor in match.worn():
        captured = passes * share * scenario.camera.capture_probability * capture_factor
        chances = match.chances(tpir_factor)
        true += captured * match.deployed * chances.own
        false += captured * (
            match.deployed * chances.false_listed + (1 - match.deployed) * chances.false_other
        )
    return ExpectedAlerts(
        true_by_group=true.sum(axis=(1, 2)),
        false_by_group=false.sum(axis=(1, 2)),
        category_share=match.list.deployed_category_share,
        current_share=match.current_share,
    )


def _sent(scenario: Scenario, alerts: ExpectedAlerts, *, is_true: bool) -> tuple[float, float]:
    """Return how many true or false alerts are sent to a team, and how long each keeps it busy (s).

    Rough, and on the long side: twice the way from the camera to the post, there and back; whoever is
    not found is sought until the team gives up; nobody flees. `found_share` is taken for P(found).
    """
    nobody = np.zeros_like(alerts.true_by_group)
    counts = police_counts(
        scenario,
        ExpectedAlerts(
            true_by_group=alerts.true_by_group if is_true else nobody,
            false_by_group=nobody if is_true else alerts.false_by_group,
            category_share=alerts.category_share,
            current_share=alerts.current_share,
        ),
        1.0,
    ).counts
    officers = scenario.officers
    rules = officers.engagement
    stops, arrests = counts["engagements"], counts["arrests"]
    sent = stops + counts["fled"]
    if sent == 0:
        return 0.0, 0.0
    longest = max(rules.minutes_at_once, rules.minutes_true_no_arrest)
    at_stop = arrests * rules.minutes_at_once + (stops - arrests) * longest if is_true else 0.0
    minutes = at_stop + counts["wrongful_minutes"] + arrests * rules.team_busy_minutes_arrest
    stop_s = 60.0 * minutes / stops if stops else 0.0
    ways_s = 4 * officers.post_distance_m / officers.walking_speed_m_s
    found = officers.found_share
    return sent, ways_s + officers.search_time_s + found * stop_s + (1 - found) * officers.give_up_s


def _hours(scenario: Scenario) -> tuple[FloatArray, FloatArray]:
    """Return the flow of each hour of the day over the mean flow, and the hours' shares of the time."""
    start, hours = scenario.deployment.start_hour, scenario.deployment.hours
    edges = [start, *range(math.floor(start) + 1, math.ceil(start + hours)), start + hours]
    share = np.diff(edges) / hours
    flow = np.array([scenario.crowd.hour_profile[math.floor(edge) % 24] for edge in edges[:-1]])
    mean = float(flow @ share)
    return flow / mean if mean else flow, share
