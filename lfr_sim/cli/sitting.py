"""A lesson held in a terminal: one screen at a time, with what was guessed and typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from lfr_sim.lessons import Blank, Lesson
from lfr_sim.teaching import Answer, Signs, tally_text
from lfr_sim.teaching import screens as shown
from lfr_sim.teaching.pictures import crowd_text
from lfr_sim.teaching.signs import WIDTH

_ON: Final = 1
_BACK: Final = -1
_KEYS: Final = "b back, q end"
_WHOLE: Final = re.compile(r"[0-9]{1,3}(?:[, ][0-9]{3}){1,3}|[0-9]{1,12}")
_DECIMAL: Final = re.compile(r"[0-9]{0,9}\.[0-9]{1,9}")
_LONGEST: Final = 20
"""More of what was typed by mistake is not shown again."""


class _EndedError(Exception):
    """The learner wants no more."""


class _BackError(Exception):
    """The learner wants to see the last screen again."""


@dataclass(slots=True)
class _Said:
    """What a learner said in one lesson. What is said is locked."""

    before: int | None = None
    after: int | None = None
    own: list[int] = field(default_factory=list)


class Sitting:
    """One learner before one terminal."""

    def __init__(self, lessons: Sequence[Lesson], *, seed: int, signs: Signs) -> None:
        self._seed, self._signs = seed, signs
        self._said = {lesson.number: _Said() for lesson in lessons}
        self._lessons = lessons

    def hold(self) -> None:
        """Hold the lessons, until the last or until the learner ends; then show the tally."""
        steps = (self._guess, self._crowd, self._alerts, self._count, self._own_words)
        screens: list[tuple[Callable[[Lesson], None], Lesson, int]] = [
            (show, lesson, step) for lesson in self._lessons for step, show in enumerate(steps)
        ]
        place = 0
        try:
            while place < len(screens):
                show, lesson, step = screens[place]
                print(f"\n{self._signs.line * WIDTH}\n{shown.head(lesson, step)}\n")
                try:
                    show(lesson)
                    place += _ON
                except _BackError:
                    place = max(place + _BACK, 0)
            if len(self._lessons) > 1:
                print(f"\n{shown.perfect()}")
        except _EndedError:
            pass
        except EOFError:
            print()
        finally:  # after Ctrl-C, too
            self._tally()

    def _tally(self) -> None:
        answers = [
            Answer(lesson, said.before, said.after)
            for lesson in self._lessons
            if (said := self._said[lesson.number]).before is not None
        ]
        if answers:
            print(f"\n{tally_text(answers)}")

    def _guess(self, lesson: Lesson) -> None:
        said = self._said[lesson.number]
        print(f"{shown.question(lesson)}\n")
        if said.before is None:
            said.before = _number("Your guess", 0, lesson.most(lesson.counts))
        else:
            print(f"Your guess is locked: {said.before:,} {lesson.thing}.\n")
            _go_on()

    def _crowd(self, lesson: Lesson) -> None:
        print(f"{crowd_text(lesson.counts, seed=self._seed, signs=self._signs)}\n")
        _go_on()

    def _alerts(self, lesson: Lesson) -> None:
        guess = self._said[lesson.number].before
        print(f"{shown.alerts(lesson, guess=guess, signs=self._signs)}\n")
        _go_on()

    def _count(self, lesson: Lesson) -> None:
        counts, said = lesson.counts, self._said[lesson.number]
        print(f"{shown.count(lesson, counts, signs=self._signs)}\n")
        was = f"It is {lesson.guess(counts):,}: {lesson.told(counts)}"
        print(shown.wrapped(f"You said {said.before:,} {lesson.thing}. {was}"))
        print(f"\n{shown.wrapped(f'Try this: {lesson.try_this}')}\n")
        dial = lesson.dial
        print(f"{dial.label}: now {shown.dial_at(lesson, lesson.start)}")
        allowed = f"{dial.told(dial.low)} to {dial.told(dial.high)}, Enter goes on"
        while True:
            value = _typed("Another value", allowed, lambda text: _setting(text, lesson))
            if value is None:
                return
            print(f"\n{shown.moved(lesson, value, signs=self._signs)}\n")

    def _own_words(self, lesson: Lesson) -> None:
        said = self._said[lesson.number]
        answers = shown.own_answers(lesson, lesson.counts)
        print(f"{shown.wrapped(shown.sentence(lesson))}\n")
        if not said.own:
            gaps = sum(isinstance(part, Blank) for part in lesson.own)
            own = [_number(f"Number {place + 1} of {gaps}", 0, _MOST_OWN) for place in range(gaps)]
            said.own = own
            print()
        print(shown.wrapped(shown.sentence(lesson, said.own)))
        if said.own != answers:
            print(shown.wrapped(f"In the lesson: {shown.sentence(lesson, answers)}"))
        counts = lesson.counts_again
        print(f"\nThe same question with other numbers.\n\n{shown.wrapped(lesson.asked_again(counts))}\n")
        if said.after is None:
            said.after = _number("Your guess", 0, lesson.most(counts))
            print()
        print(shown.wrapped(f"You said {said.after:,} {lesson.thing}. It is {shown.answer(lesson)}"))
        print(f"\n{shown.noticed(lesson)}\n")
        _go_on()


_MOST_OWN: Final = 1_000_000
"""The largest number that a gap of the sentence takes."""


def _go_on() -> None:
    _typed("Go on", "Enter", lambda _: None)


def _number(asked: str, low: int, high: int) -> int:
    """Return a whole number that was typed; asks again until there is one."""
    allowed = f"a whole number, {low:,} to {high:,}"
    while True:
        found = _typed(asked, allowed, lambda text: _in_range(_whole(text), low, high))
        if found is not None:
            return round(found)
        print(f"Nothing was typed. Allowed: {allowed}.")


def _typed(asked: str, allowed: str, read: Callable[[str], float | None]) -> float | None:
    """Return what was typed, as it is read, or None for Enter alone; asks again after anything else."""
    while True:
        text = input(f"{asked} ({allowed}; {_KEYS}): ").strip()
        if not text:
            return None
        if text.lower() in ("b", "back"):
            raise _BackError
        if text.lower() in ("q", "quit"):
            raise _EndedError
        found = read(text)
        if found is not None:
            return found
        short = ascii(text[: _LONGEST + 1])
        if len(short) > _LONGEST:
            short = f"{short[: _LONGEST - 4]}...'"
        print(f"{short} does not fit. Allowed: {allowed}.")


def _whole(text: str) -> int | None:
    return int(text.replace(",", "").replace(" ", "")) if _WHOLE.fullmatch(text) else None


def _in_range(value: float | None, low: float, high: float) -> float | None:
    return value if value is not None and low <= value <= high else None


def _setting(text: str, lesson: Lesson) -> float | None:
    """Return where the dial shows what was typed; None if it cannot."""
    value: float | None = float(text) if _DECIMAL.fullmatch(text) else _whole(text)
    return _in_range(value, lesson.dial.low, lesson.dial.high)
