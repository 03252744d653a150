"""What the tests of the closed form share: deployments with plenty of everything, and their totals."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from lfr_sim.closed_form import Theory
from lfr_sim.model import DeploymentModel
from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import Scenario

LEAST_P = 1e-6

PLENTY: dict[str, Any] = {
    "crowd.passers_per_hour": 12_000.0,
    "crowd.repeat.same_day_share": 0.0,
    "crowd.social_groups.unit_size_share": [1.0],
    "deployment.hours": 2.0,
    "watchlist.size": 20_000,
    # More, and everybody of the kinds commonest on the list would be listed.
    "watchlist.presence": 0.12,
    "watchlist.presence_law": "fixed",
    "watchlist.presence_day_effect": False,
    "watchlist.stale_share": 0.4,
    "watchlist.share_under_18": 0.05,
    "matcher.fmr": 1e-5,
    "camera.dedupe_cooldown_s": 0.0,
    "officers.teams": 1000,
    # So many that how good the judges of a day happen to be averages out.
    "officers.judges": 1000,
    "officers.d_prime": 0.8,
    "officers.d_prime_sd": 0.4,
    "officers.presumption_to_intervene": 0.5,
    "officers.fled_share": 0.1,
    "officers.engagement.team_busy_minutes_arrest": 1.0,
    "officers.engagement.informed_share": 0.4,
    "officers.engagement.refusal_share": 0.3,
    "officers.disposal.arrest_share_misidentified": 0.1,
    "officers.disposal.warrant_offence_share.drugs": 0.3,
    "officers.disposal.warrant_offence_share.violence": 0.2,
    "officers.disposal.warrant_offence_share.other": 0.21,
}
"""People walk alone and once, every alert is answered by a team at once, and much happens."""

Row = dict[str, float]


@dataclass(frozen=True)
class Totals:
    """The counts of many replicates, with the mean chance of being found of those sought."""

    scenario: Scenario
    rows: list[Row]
    found_share: float
    sums: Row = field(init=False)

    def __post_init__(self) -> None:
        sums = {name: sum(row[name] for row in self.rows) for name in self.rows[0]}
        object.__setattr__(self, "sums", sums)

    def p_values(self, expected: Theory, *, certain: tuple[str, ...]) -> Row:
        """Return the exact two-sided p of each count against expected counts per replicate."""
        means = flat(expected)
        return {name: self._p(name, len(self.rows) * means[name]) for name in means if name not in certain}

    def z(self, expected: Theory) -> Row:
        """Return how many standard errors the mean of each count that varies is off."""
        return {
            name: float((values.mean() - flat(expected)[name]) / error)
            for name, values, error in self._with_errors()
            if error > 0
        }

    def constant(self) -> Row:
        """Return the counts that are the same in all replicates."""
        return {name: float(values[0]) for name, values, error in self._with_errors() if error == 0}

    def dispersion(self, name: str) -> float:
        """Return the variance of a count over its mean: 1 if it is Poisson."""
        values = np.array([row[name] for row in self.rows])
        return float(values.var(ddof=1) / values.mean())

    def _with_errors(self) -> list[tuple[str, NDArray[np.float64], float]]:
        columns = {name: np.array([row[name] for row in self.rows]) for name in self.rows[0]}
        return [
            (name, values, float(values.std(ddof=1) / math.sqrt(len(values))))
            for name, values in columns.items()
        ]

    def _p(self, name: str, mean: float) -> float:
        total = self.sums[name]
        if name == "wrongful_minutes":
            return self._minutes_p(total, mean)
        return float(min(1.0, 2 * min(poisson.cdf(total, mean), poisson.sf(total - 1, mean))))

    def _minutes_p(self, total: float, mean: float) -> float:
        """Return p of a compound Poisson sum: normal, with its exact variance."""
        rules = self.scenario.officers.engagement
        knowing = rules.refusal_share * rules.informed_refusal_multiplier
        refused = rules.informed_share * knowing + (1 - rules.informed_share) * rules.refusal_share
        detained = refused * rules.detained_after_refusal_share
        disputed = detained + (1 - refused) * rules.disputed_share
        shares, lengths = (disputed, 1 - disputed), (rules.minutes_disputed, rules.minutes_at_once)
        first = sum(share * length for share, length in zip(shares, lengths, strict=True))
        second = sum(share * length**2 for share, length in zip(shares, lengths, strict=True))
        variance = mean / first * second * (1 + 1 / rules.minutes_shape)
        return math.erfc(abs(total - mean) / math.sqrt(2 * variance))


def flat(expected: Theory | DeploymentModel) -> Row:
    """Return both rows and the counts by group as one, by name."""
    if isinstance(expected, Theory):
        groups = expected.groups
    else:
        groups = {group: dict(counts) for group, counts in expected.breakdown["group"].items()}
    row = {f"record.{name}": float(expected.record[name]) for name in RECORD_COLUMNS}
    row |= {name: float(expected.truth[name]) for name in TRUTH_COLUMNS}
    counted = (
        *("passers", "captured_passes", "listed_passers", "missed", "true_alerts", "false_alerts"),
        *("engagements", "wrongful_engagements", "arrests"),
    )
    return row | {
        f"{group}.{name}": float(counts[name]) for group, counts in groups.items() for name in counted
    }


def totals(scenario: Scenario, *, replicates: int, seed: int) -> Totals:
    """Run a scenario."""
    rows, chances = [], []
    for replicate in range(replicates):
        model = DeploymentModel(scenario, run_seed=seed, replicate=replicate)
        model.run()
        rows.append(flat(model))
        chances += [a.found_probability for a in model.alerts if a.found_probability is not None]
    return Totals(scenario, rows, float(np.mean(chances)) if chances else 0.0)
