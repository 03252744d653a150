"""The named policies that Compare offers."""

from __future__ import annotations

import pytest

from lfr_sim.dashboard.policies import POLICIES, Policy, policy_of, rival_of
from lfr_sim.dashboard.state import Arm
from lfr_sim.scenario import shipped_scenarios


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_every_named_policy_can_be_had_and_changes_something(policy: Policy) -> None:
    """Protects the list of policies: none is a fault, and none does nothing."""
    plain = Arm("oxford-circus-2022-01-28")
    changed = plain.changed(policy.changes)

    assert changed.scenario.digest != plain.scenario.digest
    assert policy_of(policy.name) is policy
    assert dict(changed.changes) == dict(policy.changes)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_scenario_has_a_rival_that_differs(name: str) -> None:
    """Protects Compare's first sight: two policies that are not the same."""
    arm = Arm(name)

    assert rival_of(arm).scenario.digest != arm.scenario.digest
    assert policy_of("nonsense") is None
