"""A class: everybody on this server who opened the short address, guesses and runs. In memory only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_SCREENS = 200
"""As many as the server lets in."""
_MOST_REMEMBERED = 10 * MOST_SCREENS
"""Screens that are kept at most, with those that have left."""
KEPT_S = 600.0
"""For so long a screen that has left is kept: a page that is loaded again, or a lid that was closed."""


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
    left_s: float | None = None
    """When it left; None while it is here."""
    guesses: dict[int, int] = field(default_factory=dict)
    """Lesson -> the guess that was locked."""
    again: dict[int, int] = field(default_factory=dict)
    """Lesson -> the answer to the last question."""

    @property
    def is_here(self) -> bool:
        """Whether somebody looks at it."""
        return self.left_s is None


class Classroom:
    """One class on one server; safe to use from any thread.

    The browser that joins first leads. Once nobody is here, whoever else comes begins a new class.

    Args:
        clock: Seconds on a clock that never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
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
            self._forget()
            mine = [one for one in self._screens.values() if one.browser == browser]
            free = [one for one in mine if one.visitor == visitor or not one.is_here]
            if free:
                screen = min(free, key=lambda one: (one.visitor != visitor, one.number))
                screen.visitor, screen.left_s = visitor, None
                return screen
            if not any(one.is_here for one in self._screens.values()):
                self._screens, self._leader = {}, browser
            number = max(self._screens, default=0) + 1
            self._screens[number] = Screen(number, browser, visitor)
            return self._screens[number]

    def leave(self, visitor: str) -> None:
        """Let a screen go: its guesses count no more, unless it comes back."""
        with self._lock:
            screen = self._of(visitor)
            if screen is not None:
                screen.left_s = self._clock()

    def leads(self, visitor: str) -> bool:
        """Return whether a visitor may begin the class again: the browser that joined first."""
        with self._lock:
            screen = self._of(visitor)
            return screen is not None and screen.browser == self._leader

    def guess(self, visitor: str, lesson: int, value: int, round_: int, *, again: bool = False) -> None:
        """Take note of a guess; the first one counts, and none of a round that is over."""
        with self._lock:
            screen = self._of(visitor)
            if screen is not None and round_ == self._round:
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

    def _forget(self) -> None:
        now, many = self._clock(), len(self._screens) >= _MOST_REMEMBERED
        for number, one in list(self._screens.items()):
            if one.left_s is not None and (many or now - one.left_s > KEPT_S):
                del self._screens[number]
