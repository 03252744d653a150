"""What somebody who takes the lessons has done so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from lfr_sim.lessons import INVENTED, LESSONS, STEPS, Counts, Lesson
from lfr_sim.scenario import Fault

LONGEST_NUMBER = 12
"""Characters of a number that are read."""
_DIAL_STEP = 4
_NEAR = 0.1
"""A guess is near if it is off by no more than this share of the answer, or by one."""


@dataclass
class Learner:
    """A learner's place in the course, and everything guessed and filled in; in memory only."""

    number: int = 1
    """Of the lesson."""
    step: int = 1
    guesses: dict[int, int] = field(default_factory=dict)
    """Lesson -> the guess that was locked."""
    again: dict[int, int] = field(default_factory=dict)
    """Lesson -> the guess at the last question."""
    proposed: dict[str, int] = field(default_factory=dict)
    """Where the sliders stand that are not locked yet: `1` for the guess of lesson 1, `1 again`."""
    dials: dict[int, float] = field(default_factory=dict)
    filled: dict[str, str] = field(default_factory=dict)
    """Box or gap of a lesson, as `2 wrong` -> what was written into it."""
    keys: bool = False
    """Whether single keys do something: Space, arrows, 1 to 5."""
    perfect: bool = False
    """Whether it is shown what stays when the machine makes no mistake."""
    claimed: dict[str, str] = field(
        default_factory=lambda: {name: str(value) for name, value in asdict(INVENTED).items()}
    )

    @property
    def lesson(self) -> Lesson:
        """The lesson that is open."""
        return LESSONS[self.number - 1]

    @property
    def is_locked(self) -> bool:
        """Whether the guess of this lesson is locked."""
        return self.number in self.guesses

    @property
    def is_done(self) -> bool:
        """Whether the last question of this lesson is answered."""
        return self.number in self.again

    @property
    def dial(self) -> float:
        """What the dial of this lesson shows."""
        return self.dials.get(self.number, self.lesson.start)

    @property
    def is_moved(self) -> bool:
        """Whether the pictures show another value of the dial: it is there in the fourth step alone."""
        return self.step == _DIAL_STEP and self.dial != self.lesson.start

    @property
    def counts(self) -> Counts:
        """The numbers that the pictures show."""
        return self.lesson.counts_at(self.dial) if self.is_moved else self.lesson.counts

    def go(self, step: int) -> None:
        """Go to a step, as far as the guess allows."""
        self.step = min(max(step, 1), len(STEPS)) if self.is_locked else 1

    def open(self, number: int) -> None:
        """Open a lesson at its first step."""
        self.number, self.step = number, 1

    def lock(self) -> bool:
        """Lock the guess, once and for all, if there is one; return whether it is locked."""
        if str(self.number) in self.proposed:
            self.guesses.setdefault(self.number, self.proposed[str(self.number)])
        return self.is_locked

    def lock_again(self) -> bool:
        """Lock the answer to the last question, likewise."""
        at = self.proposed.get(f"{self.number} again")
        if at is not None and self.is_locked and self.step == len(STEPS):
            self.again.setdefault(self.number, at)
        return self.is_done

    def tally(self) -> tuple[int, int, int]:
        """Return how many lessons are answered twice, and how many answers were near before and after."""
        both = [lesson for lesson in LESSONS if lesson.number in self.again]
        before = sum(near(self.guesses[one.number], one.guess(one.counts)) for one in both)
        after = sum(near(self.again[one.number], one.guess(one.counts_again)) for one in both)
        return len(both), before, after


def middle(lesson: Lesson, counts: Counts) -> int:
    """Return where the slider of a guess stands at first."""
    return lesson.most(counts) // 2


def near(guess: int, answer: int) -> bool:
    """Return whether a guess counts as near: within a tenth of the answer, or off by one."""
    return abs(guess - answer) <= max(1.0, _NEAR * answer)


def whole_number(text: str) -> int | None:
    """Return the whole number that a text says, or None: 9,900 is 9900."""
    plain = text.replace(",", "").replace("\N{NO-BREAK SPACE}", "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= LONGEST_NUMBER else None


def agrees(text: str, count: int) -> bool:
    """Return whether what was written says a count, give or take the rounding to whole people."""
    try:
        return abs(float(text.replace(",", "")) - count) < 1.0
    except ValueError:
        return False


def learner_of(asked: Mapping[str, str]) -> tuple[Learner, list[Fault]]:
    """Return where a link leads in the course, and what it asked for that cannot be."""
    found, faults = Learner(), []
    numbers = {"lesson": (1, len(LESSONS)), "step": (1, len(STEPS)), "guess": (0, 10**6)}
    values = {"lesson": 1, "step": 1}
    for name, (low, high) in numbers.items():
        if name not in asked:
            continue
        value = whole_number(asked[name])
        if value is None or not low <= value <= high:
            faults.append(
                Fault(name, "not a whole number in range", asked[name][:40], f"{low} to {high:,}")
            )
        else:
            values[name] = value
    found.number = values["lesson"]
    if "guess" in values:
        most = found.lesson.most(found.lesson.counts)
        if values["guess"] > most:
            faults.append(Fault("guess", "more than can be guessed", values["guess"], f"0 to {most:,}"))
        found.guesses[found.number] = min(values["guess"], most)
    if values["step"] > 1 and not found.is_locked:
        faults.append(Fault("step", "the guess comes first", values["step"], "1"))
    found.go(values["step"])
    return found, faults
