"""A class: everybody on this server who opened the short address, guesses and runs. In memory only."""

from __future__ import annotations

import threading
from dataclasses import dataclass

MOST_SCREENS = 200
"""As many as the server lets in."""
_MOST_REMEMBERED = 10 * MOST_SCREENS
"""Screens whose number is remembered for when they come back."""


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
        self._numbers: dict[str, int] = {}
        self._here: set[str] = set()
        self._round = 1
        self._before: dict[tuple[int, str], int] = {}
        self._after: dict[tuple[int, str], int] = {}

    def join(self, visitor: str) -> int:
        """Return the number of a visitor's screen, from 1."""
        with self._lock:
            self._here.add(visitor)
            if len(self._numbers) >= _MOST_REMEMBERED:
                self._numbers = {who: number for who, number in self._numbers.items() if who in self._here}
            return self._numbers.setdefault(visitor, max(self._numbers.values(), default=0) + 1)

    def leave(self, visitor: str) -> None:
        """Let a screen go, with what was guessed on it: who comes back guesses again, and counts once."""
        with self._lock:
            self._here.discard(visitor)
            for kept in (self._before, self._after):
                for key in [key for key in kept if key[1] == visitor]:
                    del kept[key]

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
            return ClassTold(len(self._here), tuple(before), tuple(after))

    def screens(self) -> tuple[int, ...]:
        """Return the numbers of all screens that are open."""
        with self._lock:
            return tuple(sorted(self._numbers[visitor] for visitor in self._here))

    @property
    def round(self) -> int:
        """Counts how often the class has begun."""
        with self._lock:
            return self._round

    def begin_again(self) -> None:
        """Forget all guesses; open screens begin again too, once they see the new round."""
        with self._lock:
            self._round += 1
            self._before.clear()
            self._after.clear()
