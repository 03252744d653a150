"""Named sets of changes that a policy can start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lfr_sim.scenario import InputError

from .state import Arm


@dataclass(frozen=True, slots=True)
class Policy:
    """A set of changes with a name."""

    name: str
    words: str
    changes: Mapping[str, str]


POLICIES = (
    Policy("doubt", "More doubt: presumption 0.30", {"officers.presumption_to_intervene": "0.3"}),
    Policy("own-eyes", "Own eyes only: presumption 0", {"officers.presumption_to_intervene": "0.0"}),
    Policy("serious", "A list of serious offences only", {"watchlist.operations.serious_only": "true"}),
    Policy(
        "violence",
        "A list of violent offences only",
        {"watchlist.operations.keep_categories": '["suspect_violence"]'},
    ),
    Policy(
        "convicted",
        "Without custody images of people never convicted",
        {"watchlist.operations.remove_unconvicted_custody": "true"},
    ),
    Policy("reviewed", "Images reviewed after a year", {"watchlist.operations.review_age_years": "1.0"}),
    Policy("cap", "At most 2,000 on the list", {"watchlist.operations.cap": "2000"}),
    Policy("strict", "A stricter match: threshold 0.64", {"matcher.threshold": "0.64"}),
    Policy("lax", "A looser match: threshold 0.56", {"matcher.threshold": "0.56"}),
    Policy("second", "A second judgement", {"officers.stages": "2"}),
)
"""What Compare offers at once; anything else is a change of one's own."""


def policy_of(name: str) -> Policy | None:
    """Return the policy of a name, or None."""
    return next((policy for policy in POLICIES if policy.name == name), None)


def rival_of(arm: Arm, *others: Arm) -> Arm:
    """Return what policies are set against: the first with a named change that differs from all of them."""
    there = {one.scenario.digest for one in (arm, *others)}
    for policy in POLICIES:
        try:
            other = arm.changed(policy.changes)
        except InputError:
            continue
        if other.scenario.digest not in there:
            return other
    return arm
