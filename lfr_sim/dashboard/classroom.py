"""A class: everybody on this server who opened the short address, guesses and runs. In memory only."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from lfr_sim.lessons import PEOPLE, Counts, Lesson, scene_of

MOST_SCREENS = 200
"""As many as the server lets in."""


@dataclass(frozen=True, slots=True)
class ClassTold:
    """What a class has guessed and seen in one lesson."""

    screens: int
    before: tuple[int, ...]
    """Guesses that are locked, lowest first."""
    after: tuple[int, ...]
    """Answers to the last question, lowest first."""


class Classroom:
    """One class on one server; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._screens: dict[str, int] = {}
        self._next = 1
        self._before: dict[tuple[int, str], int] = {}
        self._after: dict[tuple[int, str], int] = {}

    def join(self, visitor: str) -> int:
        """Return the number of a visitor's screen, from 1."""
        with self._lock:
            if visitor not in self._screens:
                self._screens[visitor] = self._next
                self._next += 1
            return self._screens[visitor]

    def leave(self, visitor: str) -> None:
        """Let a screen go; what was guessed on it stays until the class begins again."""
        with self._lock:
            self._screens.pop(visitor, None)

    def guess(self, visitor: str, lesson: int, value: int, *, again: bool = False) -> None:
        """Take note of a guess; the first one counts."""
        with self._lock:
            kept = self._after if again else self._before
            if len(kept) < MOST_SCREENS * 5:
                kept.setdefault((lesson, visitor), value)

    def told(self, lesson: int) -> ClassTold:
        """Return what the class has done in a lesson."""
        with self._lock:
            before = sorted(value for (number, _), value in self._before.items() if number == lesson)
            after = sorted(value for (number, _), value in self._after.items() if number == lesson)
            return ClassTold(len(self._screens), tuple(before), tuple(after))

    def screens(self) -> tuple[int, ...]:
        """Return the numbers of all screens that are open."""
        with self._lock:
            return tuple(sorted(self._screens.values()))

    def begin_again(self) -> None:
        """Forget all guesses."""
        with self._lock:
            self._before.clear()
            self._after.clear()


def run_of(lesson: Lesson, shown: float, seed: int, screen: int) -> Counts:
    """Return one run of 10,000 people: chance decides who is listed, found, taken for another, stopped.

    The same seed and screen give the same run; other screens give others. Each count is binomial with the
    chances of the lesson's scene, so the mean over many screens is the lesson's own number.

    Args:
        lesson: Whose scene it is.
        shown: What its dial shows.
        seed: The class's seed.
        screen: Number of the screen.
    """
    scene = scene_of({**lesson.changes, lesson.dial.path: lesson.setting(shown)})
    dice = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, screen, lesson.number])))

    def draw(count: int, expected: float, of: float) -> int:
        return int(dice.binomial(count, min(1.0, expected / of) if of > 0 else 0.0))

    listed = draw(PEOPLE, scene.listed, PEOPLE)
    right = draw(listed, scene.right, scene.listed)
    wrong = draw(PEOPLE - listed, scene.wrong, PEOPLE - scene.listed)
    return Counts(
        listed=listed,
        right=right,
        wrong=wrong,
        stopped_right=draw(right, scene.stopped_right, scene.right),
        stopped_wrong=draw(wrong, scene.stopped_wrong, scene.wrong),
    )
