"""A matcher by itself: many searches without a street, beside the closed form.

People are drawn as the crowd is, and each is searched once against a list drawn anew for every batch.
First nobody is listed, so that every alert is false; then everybody is, with the list's own mix.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim import van
from lfr_sim.closed_form import theory
from lfr_sim.metrics import clopper_pearson
from lfr_sim.records import PassTable
from lfr_sim.scenario import GROUPS, InputError, Scenario, read_scores, whole_faults
from lfr_sim.street import people_of

MOST_SEARCHES = 100_000_000
_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Checked:
    """One rate of one group: counted, and in closed form."""

    rate: str
    """`fpir` (nobody listed) or `own` (alert on the own entry, given capture)."""
    group: str
    searches: int
    """Captured faces."""
    events: int
    expected: float
    """The rate in closed form."""

    @property
    def interval(self) -> tuple[float, float]:
        """The exact 99.9 % interval of the rate counted (Clopper and Pearson)."""
        return clopper_pearson(self.events, self.searches, 0.999) if self.searches else (0.0, 1.0)

    @property
    def agrees(self) -> bool | None:
        """Whether the closed form lies in the interval; None where nothing was searched."""
        if not self.searches:
            return None
        low, high = self.interval
        return low <= self.expected <= high


@dataclass(frozen=True, slots=True)
class ScoreCheck:
    """A score file at one threshold: shares of its scores, and the laws read off it."""

    threshold: float
    genuine_share: float
    tpir_given_capture: float
    impostor_share: float
    fmr: float
    tail_start: float
    """Score from which FMR is extrapolated."""


def check_matcher(
    scenario: Scenario,
    *,
    searches: int = 1_000_000,
    seed: int = 1,
    progress: Callable[[int], None] | None = None,
) -> list[Checked]:
    """Search so many faces of people not listed, and a tenth as many listed ones.

    Args:
        scenario: What is asked; its street plays no part.
        searches: How many faces of people not listed.
        seed: Root seed.
        progress: Called with the number of searches done.

    Raises:
        InputError: If a number is wrong.
    """
    if faults := whole_faults("searches", searches, 1, MOST_SEARCHES):
        raise InputError("check-matcher", faults)
    nobody = scenario.replace({"watchlist.presence": 0.0})
    found = _rates(nobody, "fpir", searches, seed, progress, 0)
    return found + _rates(_all_listed(scenario), "own", max(1, searches // 10), seed, progress, searches)


def check_scores(scenario: Scenario) -> list[ScoreCheck]:
    """Return what a score file says and what the model makes of it, at thresholds of interest."""
    if scenario.matcher.score_file is None:
        return []
    scores = read_scores(scenario.matcher.score_file)
    laws = van.ScoreModel(scenario)
    rows = []
    for threshold in sorted({0.56, 0.58, 0.60, 0.62, 0.64, scenario.matcher.threshold}):
        own = float(laws.own_exceeds(threshold))
        rows.append(
            ScoreCheck(
                threshold,
                float(np.mean(scores.genuine >= threshold)),
                own,
                float(np.mean(scores.impostor >= threshold)),
                laws.fmr(threshold),
                scores.tail_start,
            )
        )
    return rows


def _all_listed(scenario: Scenario) -> Scenario:
    """Return the scenario with a crowd that is the list."""
    listed = scenario.watchlist
    groups = {f"crowd.groups.{name}": getattr(listed.groups, name) for name in GROUPS}
    return scenario.replace(
        {
            **groups,
            "crowd.female_share": listed.female_share,
            "crowd.share_under_18": listed.share_under_18,
            "crowd.share_65_plus": min(scenario.crowd.share_65_plus, 1.0 - listed.share_under_18),
            "watchlist.presence": 1.0,
            "watchlist.presence_law": "fixed",
            "watchlist.presence_day_effect": False,
        }
    )


def _rates(
    scenario: Scenario,
    rate: str,
    searches: int,
    seed: int,
    progress: Callable[[int], None] | None,
    done_before: int,
) -> list[Checked]:
    trials = np.zeros(len(GROUPS), dtype=np.int64)
    events = np.zeros(len(GROUPS), dtype=np.int64)
    done = 0
    while done < searches:
        count = min(_BATCH, searches - done)
        of_batch = _batch(scenario, count, seed, replicate=done // _BATCH)
        trials, events = trials + of_batch[0], events + of_batch[1]
        done += count
        if progress is not None:
            progress(done_before + done)
    by_group = theory(scenario).groups
    column = {"fpir": "fpir", "own": "true_alert_given_capture"}[rate]
    return [
        Checked(rate, group, int(trials[row]), int(events[row]), by_group[group][column])
        for row, group in enumerate(GROUPS)
    ]


def _batch(
    scenario: Scenario, count: int, seed: int, *, replicate: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return captured faces and alerts by group: false ones if nobody is listed, else own ones."""
    seeds = {"root_seed": seed, "replicate": replicate}
    people = people_of(scenario.crowd, count, **seeds)
    entries = van.Entries(scenario.watchlist, **seeds)
    membership = van.membership_of(entries, people, scenario.crowd, **seeds)
    faces = van.Faces(scenario.matcher, people, **seeds)
    street = van.Street(np.arange(count), people, membership, entries, faces)
    found = van.search_all(scenario, _one_long_look_each(count), street, [0], **seeds)
    counted = found.captured
    alerts = found.exceeds
    if scenario.watchlist.presence > 0:
        counted, alerts = found.captured & found.mated, found.exceeds & found.candidate_is_mate
    groups = people.group
    return (
        np.bincount(groups[counted], minlength=len(GROUPS)),
        np.bincount(groups[alerts], minlength=len(GROUPS)),
    )


def _one_long_look_each(count: int) -> PassTable:
    nothing, number = np.zeros(count), np.zeros(count, dtype=np.int64)
    return PassTable(
        passer=np.arange(count),
        camera=number,
        van=number,
        enter_s=nothing,
        exit_s=nothing + 3600.0,
        lateral_m=nothing,
        speed_m_s=nothing,
        density_per_m2=nothing,
        occluded_share=nothing,
    )
