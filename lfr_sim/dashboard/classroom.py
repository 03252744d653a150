"""A class: everybody on this server who opened the short address, guesses and runs. In memory only."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

MOST_SCREENS = 200
"""As many as the server lets in."""
_MOST_REMEMBERED = 10 * MOST_SCREENS
"""Screens whose number and guesses are kept for when they come back."""


@dataclass(frozen=True, slots=True)
class ClassTold:
    """What a class has guessed and seen in one lesson."""

    screens: int
    before: tuple[int, ...]
    """Guesses that are locked, lowest first."""
    after: tuple[int, ...]
    """Answers to the last question, lowest first."""


@dataclass(slots=True)
class Screen:
    """One screen of a class: a tab, or the one that took its place when the page was loaded again."""

    number: int
    """From 1, in the order of joining."""
    browser: str
    visitor: str
    is_here: bool = True
    guesses: dict[int, int] = field(default_factory=dict)
    """Lesson -> the guess that was locked."""
    again: dict[int, int] = field(default_factory=dict)
    """Lesson -> the answer to the last question."""


class Classroom:
    """One class on one server; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._screens: dict[int, Screen] = {}
        self._leader = ""
        self._round = 1

    def join(self, visitor: str, browser: str = "") -> Screen:
        """Return the screen of a visitor: a new one, or the one that this browser has let go of.

        Args:
            visitor: The tab; it is another one after the page has been loaded again.
            browser: Whose tab it is; left out, each tab is a browser of its own.
        """
        browser = browser or visitor
        with self._lock:
            mine = [one for one in self._screens.values() if one.browser == browser]
            left = [one for one in mine if one.visitor == visitor or not one.is_here]
            if left:
                screen = min(left, key=lambda one: (one.visitor != visitor, one.number))
                screen.visitor, screen.is_here = visitor, True
                return screen
            self._leader = self._leader or browser
            self._forget_some()
            number = max(self._screens, default=0) + 1
            self._screens[number] = Screen(number, browser, visitor)
            return self._screens[number]

    def leave(self, visitor: str) -> None:
        """Let a screen go: its guesses count no more, unless it comes back."""
        with self._lock:
            screen = self._of(visitor)
            if screen is not None:
                screen.is_here = False

    def leads(self, visitor: str) -> bool:
        """Return whether a visitor may begin the class again: the browser that joined first."""
        with self._lock:
            screen = self._of(visitor)
            return screen is not None and screen.browser == self._leader

    def guess(self, visitor: str, lesson: int, value: int, *, again: bool = False) -> None:
        """Take note of a guess; the first one counts."""
        with self._lock:
            screen = self._of(visitor)
            if screen is not None:
                (screen.again if again else screen.guesses).setdefault(lesson, value)

    def told(self, lesson: int) -> ClassTold:
        """Return what those who are here have done in a lesson."""
        with self._lock:
            here = [screen for screen in self._screens.values() if screen.is_here]
            before = sorted(screen.guesses[lesson] for screen in here if lesson in screen.guesses)
            after = sorted(screen.again[lesson] for screen in here if lesson in screen.again)
            return ClassTold(len(here), tuple(before), tuple(after))

    def screens(self) -> tuple[int, ...]:
        """Return the numbers of all screens that are open."""
        with self._lock:
            return tuple(sorted(screen.number for screen in self._screens.values() if screen.is_here))

    @property
    def round(self) -> int:
        """Counts how often the class has begun."""
        with self._lock:
            return self._round

    def begin_again(self) -> None:
        """Forget all guesses; open screens begin again too, once they see the new round."""
        with self._lock:
            self._round += 1
            for screen in self._screens.values():
                screen.guesses.clear()
                screen.again.clear()

    def _of(self, visitor: str) -> Screen | None:
        return next((one for one in self._screens.values() if one.visitor == visitor), None)

    def _forget_some(self) -> None:
        if len(self._screens) >= _MOST_REMEMBERED:
            self._screens = {number: one for number, one in self._screens.items() if one.is_here}
