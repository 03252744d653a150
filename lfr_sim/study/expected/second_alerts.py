"""What a listed person's second alert of the day loses to the first: expected counts, to be taken off.

By default three in ten people walk past twice, the way back along the same street. A true alert may
follow a true alert then, and what became of the first decides what can become of the second:

    somebody arrested sets off no other alert
    somebody let go is remembered with `remember_share`, and the second alert is dismissed
    within the cooldown nobody sets off another alert, whatever became of the first
    somebody stopped on the way from one van to the next is not there when the next would see them

Pairs of passes are what is counted. With one van that is all there is; with several, what the first two
of three or more passes take from a third is put too high: by less than 1 in 100 alerts with three vans at
Oxford Circus. A cooldown is not looked at across two walks, between which lie six minutes or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim.closed_form.recognition import Recognition
from lfr_sim.closed_form.stops import ExpectedAlerts, police_counts
from lfr_sim.scenario import CATEGORIES, GROUPS, Scenario

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Sums of P(both captured) over pairs of passes of one person, by row of the second."""

    again: FloatArray
    """P(captured, and captured on the first walk) of the rows of second walks, which stand last."""
    suppressed: list[tuple[IntArray, FloatArray]]
    """Rows and P(both captured) of passes of one walk that lie within the cooldown."""
    apart: list[tuple[IntArray, FloatArray]]
    """The same of those that do not."""


def pairs_of(
    passer: IntArray,
    person: IntArray,
    people: int,
    chance: FloatArray,
    time_s: FloatArray,
    cooldown_s: float,
) -> Pairs:
    """Return the pairs of passes of one person.

    Args:
        passer: Passer of each pass, in order.
        person: Person of each passer; their first walks stand first, in their order.
        people: Number of people.
        chance: P(captured) of each pass.
        time_s: When each would set off an alert.
        cooldown_s: Within so long of an alert there is no other.
    """
    second = int(np.searchsorted(passer, people))
    missed = np.ones(people)
    np.multiply.at(missed, passer[:second], 1.0 - chance[:second])
    again = chance[second:] * (1.0 - missed[person[passer[second:]]])
    suppressed, apart = [], []
    lag = 1
    while len(rows := np.flatnonzero(passer[lag:] == passer[:-lag])):
        both = chance[rows] * chance[rows + lag]
        soon = np.abs(time_s[rows + lag] - time_s[rows]) < cooldown_s
        suppressed.append((rows[soon], both[soon]))
        apart.append((rows[~soon], both[~soon]))
        lag += 1
    return Pairs(again, suppressed, apart)


@dataclass(frozen=True, slots=True)
class Lost:
    """What second alerts lose, by group where alerts are counted."""

    unseen: float
    """True alerts not raised on a second walk, so that the passer is missed."""
    alerts: float
    """True alerts not raised at all."""
    counts: dict[str, float]
    """Of the columns that come after an alert."""


class SecondAlerts:
    """What second alerts lose, prepared for one scenario.

    Args:
        scenario: What is asked.
        match: Its recognition.
        after: What one true alert (row 0) gives on average if the person is found: (2, groups).
    """

    def __init__(self, scenario: Scenario, match: Recognition, after: Mapping[str, FloatArray]) -> None:
        self._remember = scenario.officers.engagement.remember_share
        self._after = {name: values[0] for name, values in after.items()}
        self._acts = 1.0 - self._after["dismissed_true"]
        self._arrested, self._lost_stop = _after_a_stop(scenario, match, tuple(after))

    def of(self, again: FloatArray, suppressed: FloatArray, apart: FloatArray, found: float) -> Lost:
        """Return what is lost.

        Args:
            again: Expected pairs of true alerts, if nothing were lost, of first and second walks, by group.
            suppressed: Of one walk, within the cooldown.
            apart: Of one walk, further apart.
            found: P(a person sought is found).
        """
        stopped = self._after["engagements"] * found
        unseen = again * stopped * self._arrested
        gone = suppressed + apart * stopped
        let_go = again * stopped * (1.0 - self._arrested)
        counts = {}
        for name, values in self._after.items():
            if name == "dismissed_true":
                counts[name] = (unseen + gone) @ values - let_go @ self._acts * self._remember
            elif name != "dismissed_false":
                counts[name] = found * gone @ values + self._lost_stop[name] * (again @ stopped**2)
        return Lost(float(unseen.sum()), float(unseen.sum() + gone.sum()), counts)


def _after_a_stop(
    scenario: Scenario, match: Recognition, names: tuple[str, ...]
) -> tuple[float, dict[str, float]]:
    """Return P(arrest | the person is stopped), and what of a second stop the first one takes, by column.

    Whether an entry is current, and its category, stay the same from one stop to the next: who was not
    arrested is less likely to be.
    """
    first = np.eye(len(GROUPS))[0]
    wanted = match.current_share
    shares = [(wanted * share, 1.0) for share in match.list.deployed_category_share.tolist()]
    remember = scenario.officers.engagement.remember_share
    arrested, lost = 0.0, dict.fromkeys(names, 0.0)
    for category, (share, current) in enumerate([*shares, (1.0 - wanted, 0.0)]):
        of_category = np.eye(len(CATEGORIES))[min(category, len(CATEGORIES) - 1)]
        alerts = ExpectedAlerts(first, np.zeros(len(GROUPS)), of_category, current)
        counts = police_counts(scenario, alerts, 1.0).counts
        if counts["engagements"] == 0.0:
            break
        arrest = counts["arrests"] / counts["engagements"]
        arrested += share * arrest
        for name in names:
            lost_share = arrest + (1.0 - arrest) * remember
            lost[name] += share * lost_share * counts[name] / counts["engagements"]
    return arrested, lost
