"""The five lessons: what each asks, shows, lets be moved, and asks again with other numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .scene import ENTRIES, FMR, PEOPLE, Counts, counts_of, scene_of

Number = Callable[[Counts], int]
Words = Callable[[Counts], str]

STEPS: Final = ("Guess", "The crowd", "The alerts", "The count", "In your own words")
MINUTES: Final = 10
"""Of each lesson."""


@dataclass(frozen=True, slots=True)
class Dial:
    """The one setting that a lesson lets be moved."""

    path: str
    label: str
    low: float
    high: float
    step: float
    scale: float = 1.0
    """What is shown = value of the setting x scale."""

    def value(self, shown: float) -> float:
        """Return the setting's value for what is shown, held within the ends and on a step."""
        steps = round((min(max(shown, self.low), self.high) - self.low) / self.step)
        return round((self.low + steps * self.step) / self.scale, 12)

    def shown(self, value: float) -> float:
        """Return what is shown for a value of the setting."""
        return round(value * self.scale, 9)

    def told(self, shown: float) -> str:
        """Return what is shown, in words."""
        digits = 2 if self.step < 1 else 0
        return f"{shown:,.{digits}f}"


@dataclass(frozen=True, slots=True)
class Blank:
    """A gap in a sentence that the learner fills, and what belongs there."""

    answer: Number


Sentence = tuple[str | Blank, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson of ten minutes."""

    number: int
    name: str
    headline: str
    """The question, before any number."""
    lead: Words
    """The same question in counts."""
    changes: Mapping[str, Any]
    """What is set otherwise than in the other lessons: dotted path -> value."""
    guess: Number
    """What is to be guessed."""
    most: Number
    """The most that can be guessed."""
    thing: str
    """What is guessed, after a number: `of 110 alerts point at a listed person`."""
    task: Words
    """What is to be done with the picture of the alerts."""
    told: Words
    """What the count shows."""
    dial: Dial
    try_this: str
    """What to do with the dial."""
    own: Sentence
    """The sentence that the learner completes."""
    again: Mapping[str, Any]
    """What is set on another day, of which the same is asked at the end."""
    asked_again: Words
    """That question."""
    notice: tuple[str, ...]
    """What a class should have noticed."""
    judged: bool = False
    """Whether officers judge the alerts in this lesson."""

    @property
    def counts(self) -> Counts:
        """The numbers of the lesson."""
        return counts_of(self.changes)

    @property
    def counts_again(self) -> Counts:
        """The numbers of the last question."""
        return counts_of(self.again)

    def counts_at(self, shown: float) -> Counts:
        """Return the numbers with the dial at a value, as it is shown."""
        return counts_of({**self.changes, self.dial.path: self.setting(shown)})

    def setting(self, shown: float) -> float | int:
        """Return the setting's value where the dial shows something."""
        value = self.dial.value(shown)
        return round(value) if self.dial.path == "watchlist.size" else value

    @property
    def start(self) -> float:
        """What the dial shows at first."""
        return self.dial.shown(float({**_START, **self.changes}[self.dial.path]))


_START: Final = {
    "watchlist.size": ENTRIES,
    "watchlist.presence": 0.001,
    "matcher.fmr": FMR,
    "matcher.threshold": 0.6,
    "officers.presumption_to_intervene": 0.65,
}


def spaced(words: Iterable[str]) -> str:
    """Return the parts of a sentence in one line, without a space before a comma or a full stop."""
    return " ".join(words).replace(" ,", ",").replace(" .", ".")


def people(count: int) -> str:
    """Return a count of people in words: 1 person, 10 people, nobody."""
    return "nobody" if not count else f"{count:,} {'person' if count == 1 else 'people'}"


def the_alerts(count: int, kind: str = "") -> str:
    """Return a heading for so many alerts: No wrong alert, The 1 alert, The 110 alerts."""
    kind = f"{kind} " if kind else ""
    return f"The {count:,} {kind}{'alert' if count == 1 else 'alerts'}" if count else f"No {kind}alert"


def alerts(count: int) -> str:
    """Return a count of alerts in words: no alert, 1 alert, 110 alerts."""
    return "no alert" if not count else f"{count:,} {'alert' if count == 1 else 'alerts'}"


def _lower() -> Counts:
    """Return the counts of the fourth lesson at the threshold that it starts from."""
    return counts_of({**_THRESHOLD.changes, "matcher.threshold": 0.6})


_ONE_FACE = Lesson(
    number=1,
    name="One face, one list",
    headline="The machine takes one face for another once in 100,000 times. Is that rare?",
    lead=lambda c: (
        f"{c.people:,} people walk past, and none of them is on the list. Each face is compared with all "
        f"{ENTRIES:,} entries. How many of the {c.people:,} people set off an alert?"
    ),
    changes={"watchlist.presence": 0.0, "matcher.fmr": 1e-5},
    guess=lambda c: c.wrong,
    most=lambda c: 1_000,
    thing="people set off an alert",
    task=lambda c: (
        f"Count the triangles. Then fill the two empty boxes: {c.people:,} faces, {ENTRIES:,} entries, "
        f"{c.people * ENTRIES // 1_000_000} million comparisons."
    ),
    told=lambda c: (
        f"Of {c.people:,} people not on the list, {c.wrong:,} set off an alert: each was compared with "
        f"{ENTRIES:,} entries, and had {ENTRIES:,} chances to be taken for somebody."
    ),
    dial=Dial("matcher.fmr", "Wrong matches in 10 million comparisons", 0, 500, 1, scale=1e7),
    try_this="Make the machine ten times better. How many alerts are left?",
    own=(
        "Of",
        Blank(lambda c: c.people),
        "people not on the list,",
        Blank(lambda c: c.wrong),
        "set off an alert.",
    ),
    again={"watchlist.presence": 0.0, "matcher.fmr": 1e-5, "watchlist.size": 3 * ENTRIES},
    asked_again=lambda c: (
        f"Another list has {3 * ENTRIES:,} entries. How many of {c.people:,} people, none of them listed, "
        "set off an alert?"
    ),
    notice=(
        "A rate per comparison says little: it has to be multiplied by the faces and by the list.",
        "Every one of these alerts points at somebody who is not on the list, however good the machine.",
    ),
)

_RARE = Lesson(
    number=2,
    name="Rare people",
    headline="The system is right 99 times in 100. When it raises an alert, is it usually right?",
    lead=lambda c: (
        f"{c.people:,} people walk past and {c.listed:,} of them are on the list. It raises "
        f"{alerts(c.alerts)}. How many of the {c.alerts:,} point at a listed person?"
    ),
    changes={},
    guess=lambda c: c.right,
    most=lambda c: c.alerts,
    thing="alerts point at a listed person",
    task=lambda c: (
        "Count the squares. Then fill the two empty boxes: of the "
        f"{c.unlisted:,} people not on the list, 1 in 100 sets off an alert."
    ),
    told=lambda c: (
        f"Of {alerts(c.alerts)}, {c.right:,} point at a listed person and {c.wrong:,} do not: few are "
        "listed, and many others can be taken for them."
    ),
    dial=Dial("watchlist.presence", "Listed people among 10,000", 0, 500, 1, scale=PEOPLE),
    try_this="How many of the 10,000 have to be on the list until every second alert is right?",
    own=(
        "Of",
        Blank(lambda c: c.alerts),
        "alerts,",
        Blank(lambda c: c.right),
        "point at a listed person and",
        Blank(lambda c: c.wrong),
        "at somebody who is not listed.",
    ),
    again={"watchlist.presence": 0.005},
    asked_again=lambda c: (
        f"On another day {c.listed:,} of the {c.people:,} are listed, and it raises {alerts(c.alerts)}. "
        "How many point at a listed person?"
    ),
    notice=(
        "The same machine is right in 1 alert of 11 or in half of them: it depends on who walks past.",
        "Right 99 times in 100 is said of people. How often an alert is right is said of alerts.",
    ),
)

_LONGER = Lesson(
    number=3,
    name="Longer lists",
    headline="The list is made ten times as long. Are ten times as many people found?",
    lead=lambda c: (
        f"The list grows from {ENTRIES:,} to {10 * ENTRIES:,} entries. Those who are added are met more "
        f"rarely: not 10 but {c.listed:,} of the {c.people:,} people are now on it. It raises "
        f"{alerts(c.alerts)}. How many point at a listed person?"
    ),
    changes={"watchlist.size": 10 * ENTRIES},
    guess=lambda c: c.right,
    most=lambda c: c.alerts,
    thing="alerts point at a listed person",
    task=lambda c: (
        f"Find the squares. Then fill the two empty boxes: each of the {c.unlisted:,} people not on the "
        f"list is now compared with {10 * ENTRIES:,} entries."
    ),
    told=lambda c: (
        f"Ten times the list: {people(c.right)} found, not 10, and {c.wrong:,} wrong alerts, not 100. "
        "Wrong alerts grow with the list; people found only as far as those who are added walk past."
    ),
    dial=Dial("watchlist.size", "Entries on the list", 0, 10_000, 100),
    try_this="Shorten the list again. What goes faster, the wrong alerts or the people found?",
    own=(
        "With",
        Blank(lambda c: 10 * ENTRIES),
        "entries there are",
        Blank(lambda c: c.wrong),
        "wrong alerts for",
        Blank(lambda c: c.right),
        "listed people found.",
    ),
    again={"watchlist.size": 5 * ENTRIES},
    asked_again=lambda c: (
        f"Another list has {5 * ENTRIES:,} entries; {c.listed:,} of the {c.people:,} people are on it. It "
        f"raises {alerts(c.alerts)}. How many point at a listed person?"
    ),
    notice=(
        "That those who are added are met more rarely is assumed: no force has published it.",
        "If they were met as often as the others, people found would grow as fast as wrong alerts.",
    ),
)

_THRESHOLD = Lesson(
    number=4,
    name="The threshold",
    headline="Set higher, the threshold spares people. Whom does it miss?",
    lead=lambda c: (
        f"{c.listed:,} of {c.people:,} people are on the list. At a threshold of 0.60 there are "
        f"{_lower().wrong:,} wrong alerts, and {_lower().right:,} of the {c.listed:,} are found. At 0.64 "
        f"there are {c.wrong:,} wrong alerts. How many of the {c.listed:,} are still found?"
    ),
    changes={"watchlist.presence": 0.004, "matcher.tpir": 0.75, "matcher.threshold": 0.64},
    guess=lambda c: c.right,
    most=lambda c: c.listed,
    thing="listed people are found",
    task=lambda c: (
        f"Count the squares. Then fill the two empty boxes: of the {c.unlisted:,} people not on the list, "
        f"{c.wrong:,} still set off an alert."
    ),
    told=lambda c: (
        f"From 0.60 to 0.64: {_lower().wrong - c.wrong:,} wrong alerts fewer, and "
        f"{_lower().right - c.right:,} listed people fewer found. Of {c.listed:,}, {c.right:,} are "
        f"found, {c.missed:,} walk on."
    ),
    dial=Dial("matcher.threshold", "Match threshold", 0.55, 0.75, 0.01),
    try_this="Find the threshold at which you would stop. Write down what it costs on each side.",
    own=(
        "At this threshold",
        Blank(lambda c: c.wrong),
        "people set off an alert by mistake, and",
        Blank(lambda c: c.missed),
        "of",
        Blank(lambda c: c.listed),
        "listed people are missed.",
    ),
    again={"watchlist.presence": 0.004, "matcher.tpir": 0.75, "matcher.threshold": 0.68},
    asked_again=lambda c: (
        f"At 0.68 there are {c.wrong:,} wrong alerts. How many of the {c.listed:,} listed people are found?"
    ),
    notice=(
        "The threshold alone cannot lower both wrong alerts and people missed.",
        "How many are missed at each threshold was never published; the spread of scores is assumed.",
    ),
)

_OFFICER = Lesson(
    number=5,
    name="The officer",
    headline="Officers look before they stop somebody. Do they see what the machine got wrong?",
    lead=lambda c: (
        f"Of {alerts(c.alerts)}, {c.right:,} are right and {c.wrong:,} wrong. The officers presume that "
        f"the machine is mostly right (0.65). How many of the {c.wrong:,} people are stopped by mistake?"
    ),
    changes={},
    guess=lambda c: c.stopped_wrong,
    most=lambda c: c.wrong,
    thing="people are stopped by mistake",
    task=lambda c: (
        "A bar under a mark is a stop. Count the triangles without one. Then fill the two empty boxes: of "
        f"the {c.wrong:,} people not on the list, some are stopped and some left alone."
    ),
    told=lambda c: (
        f"{c.stopped_right + c.stopped_wrong:,} people are stopped, {c.stopped_wrong:,} of them by "
        f"mistake. Of {c.listed:,} listed people, {c.stopped_right:,} are stopped."
    ),
    dial=Dial("officers.presumption_to_intervene", "Presumption to intervene", 0, 1, 0.05),
    try_this="Same crowd, lower presumption: watch stops vanish, and a listed person walk on.",
    own=(
        "Of",
        Blank(lambda c: c.alerts),
        "people pointed at,",
        Blank(lambda c: c.stopped_wrong),
        "are stopped by mistake and",
        Blank(lambda c: c.stopped_right),
        "listed people are stopped.",
    ),
    again={"officers.presumption_to_intervene": 0.2},
    asked_again=lambda c: (
        f"Other officers presume less (0.20). Of the {c.wrong:,} people, how many are stopped?"
    ),
    notice=(
        "At 0 officers trust their own eyes alone, at 1 they stop everybody pointed at. How much they "
        "presume in the street was never measured; 0.65 is derived from the record of 2022.",
        "Who presumes less makes fewer mistaken stops, and lets some listed people walk on.",
    ),
    judged=True,
)

LESSONS: Final[tuple[Lesson, ...]] = (_ONE_FACE, _RARE, _LONGER, _THRESHOLD, _OFFICER)


def perfect_told() -> tuple[str, ...]:
    """Return what stays when the machine makes no mistake at all, of 100 listed people who walk past."""
    changes = {"watchlist.presence": 0.01, "matcher.fmr": 0.0, "matcher.tpir": 1.0}
    scene, counts = scene_of(changes), counts_of(changes)
    stopped, no_basis = counts.stopped_right, round(scene.no_basis)
    return (
        f"{counts.listed:,} listed people walk past, {people(counts.stopped_wrong)} is stopped by mistake.",
        f"{stopped:,} of the {counts.listed:,} are stopped: officers look at right alerts too.",
        f"{no_basis:,} of the {stopped:,} are people whom officers have no power to detain: the entry is "
        "out of date, or never gave one.",
        f"{round(scene.never_told):,} of those {no_basis:,} stay without being told that they may leave.",
        f"{PEOPLE:,} faces were scanned all the same.",
    )
