"""What is written down: about a pass, an alert, a stop; and the columns of the two rows of a run.

Truth and decision always stand in differently named fields: `mated` and `candidate_is_mate` are true
of the world, `outcome` and `disposal` are what people did.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class Outcome(StrEnum):
    """What became of an alert."""

    OPEN = "open"
    DISMISSED = "dismissed"
    """Judged not to be the person, or left alone because of an earlier stop that day."""
    LAPSED = "lapsed"
    """Judged to be the person, and no team was free in time or one was already after them."""
    LOST = "lost"
    """A team was sent and did not find the person."""
    FLED = "fled"
    """A team found the person, who ran away before a word was spoken."""
    ENGAGED = "engaged"
    """A team stopped and spoke to the person."""


class Disposal(StrEnum):
    """How a stop ended."""

    ARREST = "arrest"
    OTHER = "other action"
    NONE = "no further action"


class Cooperation(StrEnum):
    """What a person who was stopped did."""

    COMPLIED = "complied"
    DETAINED = "refused and was detained"
    LEFT = "refused and left"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that could have gone either way, and did not."""

    name: str
    """What happened if it passed."""
    probability: float
    """P(it passes), by itself, with everything before as it was."""
    uniform: float
    """What was drawn, uniform on [0, 1)."""

    @property
    def passed(self) -> bool:
        """Whether it happened: `uniform` lies below `probability`."""
        return self.uniform < self.probability


@dataclass(frozen=True, slots=True)
class People:
    """What is true of each person on the street, one row per person."""

    group: IntArray
    """Index into `lfr_sim.scenario.GROUPS`."""
    woman: BoolArray
    """Whether the person is a woman."""
    under_18: BoolArray
    """Whether the person is under 18."""
    older: BoolArray
    """Whether the person is 65 or over."""
    masked: BoolArray
    """Whether the person wears a face mask."""
    hooded: BoolArray
    """Whether a hood or hat shades the person's face."""

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.group)

    @property
    def cell(self) -> IntArray:
        """Group and sex together: 2 x group + woman, as for entries."""
        return np.asarray(2 * self.group + self.woman)


@dataclass(frozen=True, slots=True)
class PassTable:
    """One row per passer and camera: the only thing recognition knows about walking.

    Rows are ordered by passer, then camera. Times are seconds since the deployment began.
    """

    passer: IntArray
    camera: IntArray
    """Index into `Site.zones`."""
    van: IntArray
    """Index into `Site.vans`."""
    enter_s: FloatArray
    exit_s: FloatArray
    lateral_m: FloatArray
    speed_m_s: FloatArray
    density_per_m2: FloatArray
    occluded_share: FloatArray

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.passer)


@dataclass(slots=True, eq=False)
class Alert:
    """One alert from the camera to the end of the stop. Empty (None) where it did not get so far."""

    alert: int
    """Number within the run, in order of time. A number is missing where the person was already being
    stopped or had been arrested, and so set off no alert."""
    time_s: float
    """When it was raised, seconds since the deployment began."""
    passer: int
    """The walk on which it was set off."""
    person: int
    """Who walks; the same for all walks of one person."""
    van: str
    """Id of the van in the layout."""
    camera: str
    """The camera that had the face in view for longest."""
    score: float
    """Score of the entry returned, from the threshold up."""
    candidate: int
    """The entry returned."""
    mated: bool
    """Whether the person is on the list deployed."""
    candidate_is_mate: bool
    """Whether the entry returned is that very person's."""
    entry_is_stale: bool
    """Whether the entry returned is no longer current."""
    category: str
    """Category of the entry returned."""
    group: str
    """Group of the passer."""
    woman: bool
    """Whether the passer is a woman."""
    under_18: bool
    """Whether the passer is under 18."""
    density_per_m2: float
    """Crowd around the passer when seen."""
    candidate_is_kin: bool = False
    """Whether the entry returned is that of a lookalike relative."""
    outcome: Outcome = Outcome.OPEN
    """What became of the alert."""
    act_probability: float | None = None
    """P(judged to be the person), all judgements together, by those who judged and when they did."""
    decided_s: float | None = None
    """When the last judgement was made."""
    team: int | None = None
    """Number of the team sent."""
    sent_s: float | None = None
    """When that team set out."""
    contact_s: float | None = None
    """When the team had got to the person and looked for them."""
    found_probability: float | None = None
    """P(the team finds the person); 0 where it could not get there in time."""
    contact_x_m: float | None = None
    """Where the team looked."""
    contact_y_m: float | None = None
    """Where the team looked."""
    right_person: bool | None = None
    """Found in the stop: whether this is the person of the candidate entry."""
    entry_current: bool | None = None
    """Found in the stop: whether the right person is still wanted; None for somebody else."""
    legal_basis: bool | None = None
    """Whether there is a power to detain this person."""
    informed: bool | None = None
    """Whether the person was told, or knew, that one may decline where there is no power."""
    cooperation: Cooperation | None = None
    """What the person did."""
    fingerprints_demanded: bool | None = None
    """Whether fingerprints were demanded."""
    minutes: float | None = None
    """Length of the stop."""
    disposal: Disposal | None = None
    """How the stop ended."""
    offence: str | None = None
    """What an arrest was for."""
    on_purpose: bool | None = None
    """Whether an arrest is for the deployment's purpose."""
    ended_s: float | None = None
    """When nothing more came of the alert."""


@dataclass(frozen=True, slots=True)
class CrowdCounts:
    """What is true of the crowd of one run, before anybody judges anything."""

    passers: int
    people: int
    listed_passers: int
    passes: int
    captured_passes: int
    faces: int
    listed_in_view: int
    """Listed passers whose face came into view of a camera."""
    listed_removed: int
    """Passers whose entry was taken off the list before the deployment."""
    children_passers: int
    """Passers under 18."""
    children_listed: int
    """Entries of people under 18 on the list deployed."""
    entries: int
    """Entries on the list deployed."""
    entries_removed: int
    """Entries taken off before the deployment."""


RECORD_COLUMNS = (
    "watchlist_size",
    "faces",
    "alerts",
    "true_alerts",
    "false_alerts",
    "true_alerts_engaged",
    "false_alerts_engaged",
    "arrests",
)
"""What a force would publish, judged as the force would judge it."""

TRUTH_COLUMNS = (
    "entries_removed",
    "children_listed",
    "passers",
    "people",
    "children_passers",
    "passes",
    "captured_passes",
    "listed_passers",
    "listed_removed",
    "listed_in_view",
    "missed",
    "missed_in_view",
    "true_alerts",
    "false_alerts",
    "children_alerts",
    "dismissed_true",
    "dismissed_false",
    "lapsed",
    "lost",
    "fled",
    "engagements",
    "children_engagements",
    "wrongful_engagements",
    "right_person_no_basis",
    "uninformed_compliance",
    "wrongful_any",
    "wrongful_minutes",
    "refused",
    "detained_after_refusal",
    "fingerprints_demanded",
    "arrests",
    "arrests_misidentified",
    "arrests_on_purpose",
    "arrests_drugs",
    "arrests_failure_to_appear",
    "arrests_violence",
    "arrests_other",
    "other_actions",
    "no_further_action",
    "officer_hours",
)
"""What really happened. Never published, because nobody could know all of it."""

BREAKDOWN_COLUMNS = (
    "passers",
    "captured_passes",
    "listed_passers",
    "missed",
    "true_alerts",
    "false_alerts",
    "engagements",
    "wrongful_engagements",
    "arrests",
)
"""What is counted for each group, sex, age and, from alerts on, category."""

JUDGED_TWICE = ("true_alerts", "false_alerts")
"""Columns that stand in both rows with different meanings: what the force says, and what was so."""


def run_columns() -> dict[str, tuple[str, str]]:
    """Return the columns of a table with one line per run: name -> (row, column of that row).

    Names are those of the rows; where both rows have one with different meanings, the record's is
    prefixed `record_`. `arrests` is the same in both and stands once.
    """
    names = {
        f"record_{column}" if column in JUDGED_TWICE else column: ("record", column)
        for column in RECORD_COLUMNS
    }
    return names | {column: ("truth", column) for column in TRUTH_COLUMNS}
