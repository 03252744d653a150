"""Beside the rare counts of a run, what they are on average, given who walked past (Rao-Blackwell).

A run's few alerts and stops are the throw of many dice. Given the street of the run (who passes, what
they wear, how long each is in view), the chances behind those dice are known, and their sum has the same
expected value over runs as the count, with far less noise. What is averaged over is everything else:
the day's presence, who is listed, capture, scores, judges, searches, stops.

The chances are those of the closed form, with the run's own passes in place of its average crowd.
P(a person sought is found) has no closed form: it is the mean over a few passes of the run, drawn in
proportion to their chances of an alert acted upon, of what a team would find.

A listed person who walks past twice cannot be arrested twice, and may be remembered: what a second true
alert loses to the first is taken off. Neglected is the same of a second false alert of one person, and
that not every post has a team free at every time.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from lfr_sim.closed_form.recognition import Recognition
from lfr_sim.closed_form.stops import ExpectedAlerts, police_counts
from lfr_sim.model import DeploymentModel
from lfr_sim.police import chance_of_finding
from lfr_sim.scenario import GROUPS, Fault, InputError, Scenario
from lfr_sim.streams import Stream, generator
from lfr_sim.street import Crowd

from .second_alerts import Lost, SecondAlerts, pairs_of
from .team_load import teams_are_scarce

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SEEN = (
    *("listed_passers", "listed_in_view", "missed", "missed_in_view"),
    *("alerts", "true_alerts", "false_alerts"),
)
_JUDGED = ("dismissed_true", "dismissed_false")
_STOPPED = (
    *("engagements", "wrongful_engagements", "right_person_no_basis", "uninformed_compliance"),
    *("wrongful_any", "arrests", "arrests_on_purpose"),
)

EXPECTED_COLUMNS: tuple[str, ...] = tuple(f"{name}_expected" for name in _SEEN + _JUDGED + _STOPPED)
"""Names of the columns: `alerts` is that of the record row, all others are of the truth row."""

SEARCHES = 4
"""People sought in thought for true alerts, and as many for false ones. P(found) of one person has a
standard deviation of about 0.04, so that of the mean of four is smaller than what else varies."""

_AGES = 3
_DRESSES = 4
_KINDS = len(GROUPS) * 2 * _AGES * _DRESSES
"""Group, sex, age (under 18, to 64, from 65), then bare, hooded, masked, both; in this order."""


class Expectations:
    """Expected counts of the runs of one scenario.

    Args:
        scenario: What is asked; prepared once, for any number of runs.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        match = Recognition(scenario)
        vans = 1 if scenario.site.vans is None else len(scenario.site.vans)
        self._listed = _flat(match.deployed[..., None])
        """P(listed) by kind; the others are given capture."""
        self._true, self._false = _alert_chances(scenario, match)
        self._found = _found_chances(scenario, match, max(vans, 2))
        """P(listed) times the mean of a person's own chance, of its square and so on."""
        self._vans = vans
        self._after = _after_an_alert(scenario, match)
        self._second = SecondAlerts(scenario, match, self._after)
        self._has_teams = scenario.officers.teams > 0
        self.teams_are_scarce = self._has_teams and teams_are_scarce(scenario, match)
        """Whether what comes after judgement cannot be told."""
        self._acted = [
            chance * np.repeat(1 - self._after[name][number], _KINDS // len(GROUPS))
            for number, (chance, name) in enumerate(
                ((self._true, "dismissed_true"), (self._false, "dismissed_false"))
            )
        ]
        """P(alert acted upon | captured), true and false, by kind."""

    def of(self, model: DeploymentModel) -> dict[str, float | None]:
        """Return the expected counts of a run, given its street; changes nothing of the run.

        What comes after judgement is None where teams are so scarce that it cannot be told.

        Args:
            model: A run of the scenario; it need only have been made.

        Raises:
            InputError: If the model is of another scenario.
        """
        if model.config is not self._scenario and model.config != self._scenario:
            fault = Fault("model", "made of another scenario than the one prepared", shows_value=False)
            raise InputError("expectations", [fault])
        passes, chance = model.searches.passes, model.searches.capture_chance
        kinds = _kinds_of(model.crowd)
        of_pass = kinds[passes.passer]
        captured = np.bincount(of_pass, weights=chance, minlength=_KINDS)
        by_group = np.stack([_by_group(captured * self._true), _by_group(captured * self._false)])
        found = self._found_shares(model, of_pass)
        lost = self._lost(model, of_pass, float(found[0]))
        values: dict[str, float | None] = dict(self._seen(kinds, passes.passer, chance, lost))
        true, false = by_group.sum(axis=1).tolist()
        true -= lost.alerts
        values |= {"alerts": true + false, "true_alerts": true, "false_alerts": false}
        for name in _JUDGED + _STOPPED:
            of_alerts = (self._after[name] * by_group).sum(axis=1)
            count = of_alerts.sum() if name in _JUDGED else found @ of_alerts
            values[name] = float(count - lost.counts.get(name, 0.0))
        if self.teams_are_scarce:
            values |= dict.fromkeys(_STOPPED)
        return {f"{name}_expected": values[name] for name in _SEEN + _JUDGED + _STOPPED}

    def _lost(self, model: DeploymentModel, of_pass: IntArray, found: float) -> Lost:
        """Return what the second true alerts of one person lose to the first."""
        searches, crowd = model.searches, model.crowd
        pairs = pairs_of(
            searches.passes.passer,
            crowd.person,
            crowd.people,
            searches.capture_chance,
            searches.time_s,
            self._scenario.camera.dedupe_cooldown_s,
        )

        def true_alerts(rows: IntArray, both: FloatArray) -> FloatArray:
            """Return expected pairs of true alerts by group."""
            return _by_group(self._found[1] * np.bincount(of_pass[rows], weights=both, minlength=_KINDS))

        none = np.zeros(len(GROUPS))
        second = np.arange(len(of_pass) - len(pairs.again), len(of_pass))
        return self._second.of(
            true_alerts(second, pairs.again),
            sum((true_alerts(*one) for one in pairs.suppressed), start=none),
            sum((true_alerts(*one) for one in pairs.apart), start=none),
            found,
        )

    def _seen(self, kinds: IntArray, passer: IntArray, chance: FloatArray, lost: Lost) -> dict[str, float]:
        """Return listed people, and those of them who set off no alert on their own entry."""
        listed = float(self._listed @ np.bincount(kinds, minlength=_KINDS))
        first = np.flatnonzero(np.diff(passer, prepend=-1))
        of_passer = kinds[passer[first]]
        in_view = float(self._listed @ np.bincount(of_passer, minlength=_KINDS))
        found = -lost.unseen
        for power, of_one in enumerate(_symmetric_sums(chance, first, self._vans)):
            by_kind = self._found[power]
            once = float(by_kind @ np.bincount(of_passer, weights=of_one, minlength=_KINDS))
            found += (-1) ** power * once
        return {
            "listed_passers": listed,
            "listed_in_view": in_view,
            "missed": listed - found,
            "missed_in_view": in_view - found,
        }

    def _found_shares(self, model: DeploymentModel, of_pass: IntArray) -> FloatArray:
        """Return P(found) of the people sought for true and for false alerts, from a few of them.

        Systematic sampling: each pass is drawn in proportion to its chance of an alert acted upon, so
        the mean times the expected number sought has the right expected value. Consumes EXPECTATIONS.
        """
        shares = np.zeros(2)
        if not self._has_teams:
            return shares
        searches, officers = model.searches, self._scenario.officers
        posts = list(dict.fromkeys(team.post for team in model.teams))
        offset = generator(model.run_seed, model.replicate, Stream.EXPECTATIONS).random(2)
        for number, by_kind in enumerate(self._acted):
            reached = np.cumsum(searches.capture_chance * by_kind[of_pass])
            if len(reached) == 0 or reached[-1] <= 0.0:
                continue
            at = (np.arange(SEARCHES) + offset[number]) / SEARCHES * reached[-1]
            rows = np.minimum(np.searchsorted(reached, at, side="right"), len(reached) - 1)
            shares[number] = sum(
                chance_of_finding(
                    officers,
                    posts,
                    partial(model.walking.locate, int(searches.passes.passer[row])),
                    float(searches.time_s[row]),
                    float(searches.passes.density_per_m2[row]),
                )
                for row in rows.tolist()
            )
        return shares / SEARCHES


def _flat(values: FloatArray) -> FloatArray:
    """Return values by kind, as one row: dress comes last, and may be left out by an axis of 1."""
    return np.broadcast_to(values, (len(GROUPS), 2, _AGES, _DRESSES)).reshape(-1)


def _by_group(values: FloatArray) -> FloatArray:
    return np.asarray(values.reshape(len(GROUPS), -1).sum(axis=1))


def _kinds_of(crowd: Crowd) -> IntArray:
    """Return the kind of each passer; small whole numbers are added up several times as fast."""
    age = 1 + crowd.older.view(np.uint8) - crowd.under_18.view(np.uint8)  # nobody is both
    kind = 2 * crowd.group.astype(np.uint8) + crowd.woman.view(np.uint8)
    kind = _AGES * kind + age
    kind = _DRESSES * kind + 2 * crowd.masked.view(np.uint8) + crowd.hooded.view(np.uint8)
    return kind.astype(np.int64)


def _tpir_factors(scenario: Scenario) -> list[float]:
    """Return the factor on TPIR of each way to dress."""
    matcher = scenario.matcher
    mask, hood = matcher.mask_tpir_multiplier, matcher.hood_tpir_multiplier
    return [1.0, hood, mask, mask * hood]


def _alert_chances(scenario: Scenario, match: Recognition) -> tuple[FloatArray, FloatArray]:
    """Return P(true alert | captured) and P(false alert | captured), by kind."""
    deployed, true, false = match.deployed, [], []
    for factor in _tpir_factors(scenario):
        chances = match.chances(factor)
        true.append(deployed * chances.own)
        false.append(deployed * chances.false_listed + (1 - deployed) * chances.false_other)
    return _flat(np.stack(true, axis=-1)), _flat(np.stack(false, axis=-1))


def _found_chances(scenario: Scenario, match: Recognition, vans: int) -> list[FloatArray]:
    """Return, by kind, P(listed) times the mean of the first powers of a person's own chance."""
    moments = np.stack([match.found_moments(factor, vans) for factor in _tpir_factors(scenario)], axis=-1)
    return [_flat(match.deployed[..., None] * moments[:, :, None, power]) for power in range(vans)]


def _after_an_alert(scenario: Scenario, match: Recognition) -> dict[str, FloatArray]:
    """Return what one alert gives on average if the person is found: (true and false, groups)."""
    one, none = np.eye(len(GROUPS)), np.zeros(len(GROUPS))
    after = {name: np.zeros((2, len(GROUPS))) for name in _JUDGED + _STOPPED}
    for truth in (0, 1):
        for group in range(len(GROUPS)):
            alerts = ExpectedAlerts(
                true_by_group=one[group] if truth == 0 else none,
                false_by_group=one[group] if truth == 1 else none,
                category_share=match.list.deployed_category_share,
                current_share=match.current_share,
            )
            counts = police_counts(scenario, alerts, 1.0).counts
            for name, values in after.items():
                values[truth, group] = counts[name]
    return after


def _symmetric_sums(chance: FloatArray, first: IntArray, most: int) -> list[FloatArray]:
    """Return, for each passer, the sums over sets of one pass, two passes and so on of chances multiplied.

    Elementary symmetric sums, from sums of powers by Newton's identities.

    Args:
        chance: P(captured) of each pass; those of a passer stand together.
        first: First pass of each passer.
        most: Largest size of a set.
    """
    if most == 1 or len(first) == 0:
        return [chance] * most
    powers = [np.add.reduceat(chance**power, first) for power in range(1, most + 1)]
    sums = [np.ones(len(first))]
    for size in range(1, most + 1):
        terms = [
            (-1) ** (power - 1) * sums[size - power] * powers[power - 1] for power in range(1, size + 1)
        ]
        sums.append(np.sum(terms, axis=0) / size)
    return sums[1:]
