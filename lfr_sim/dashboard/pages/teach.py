"""Teach: five lessons on base rates, alone or as a class on many screens."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from markupsafe import Markup

from lfr_sim.lessons import LESSONS, STEPS
from lfr_sim.lessons.chance import run_of
from lfr_sim.scenario import Fault, InputError
from lfr_sim.teaching import materials

from ..address import address_of
from ..classroom import Classroom
from ..learner import Learner, learner_of, whole_number
from ..server import is_reached_by_others
from ..views import page as around
from ..views.teach import IN_CLASS, teach_help, teach_page
from ..views.teach_class import ClassShown
from .visit import Answer, Event, Visit

_NO_GUESS = Fault("guess", "there is none yet: move the slider, or write a number", shows_value=False)
_NEW_IN_STEP = {4: "count-told", 5: "own"}
"""Step -> the element that is new there; elsewhere the line of steps, above the pictures."""
CLASS = Classroom()
"""The class of this server: everybody who opened the short address."""


class TeachPage(Visit):
    """The visit to Teach."""

    page = "teach"
    learner: Learner

    def _begin(self) -> None:
        self.learner, faults = learner_of(self._own_parts)
        self.faults = (*self.faults, *faults)
        doers: dict[str, Callable[[str], Answer | None]] = {
            "lesson": self._lesson,
            "next": self._next,
            "back": self._back,
            "lock-again": self._lock_again,
            "dial-back": self._dial_back,
            "keys": self._keys,
            "perfect": self._perfect,
            "afresh": self._afresh,
        }
        self._doers |= doers

    @property
    def address(self) -> str:
        """The path and query that hold the state and the place in the course."""
        found, learner = address_of(self.state, self.page), self.learner
        own: dict[str, int] = {}
        if (learner.number, learner.step) != (1, 1) or learner.is_locked:
            own = {"lesson": learner.number, "step": learner.step}
        if learner.is_locked:
            own["guess"] = learner.guesses[learner.number]
        if not own:
            return found
        return f"{found}{'&' if '?' in found else '?'}{urlencode(own)}"

    def regions(self) -> dict[str, Markup]:
        """Return the parts of the page, by name."""
        again = Markup("<!-- {} -->").format(self.revision)
        return {
            "bar": around.bar("teach", self.links),
            "faults": around.faults_told(self.faults),
            "page": teach_page(self.learner, self.state.seed, self._class_shown()) + again,
            "said": self._said(),
            "help": teach_help(in_class=self.page == "class"),
        }

    def _said(self) -> Markup:
        """Return what was done, read aloud; which step this is stands above the pictures for all to see."""
        kind = "visually-hidden" if self.said.startswith("Step ") else "note"
        return Markup('<p class="{}" role="status" id="said">{}</p>').format(kind, self.said)

    def _class_shown(self) -> ClassShown | None:
        return None

    def _set(self, path: str, text: str) -> Answer | None:
        name, _, part = path.partition(" ")
        learner, lesson = self.learner, self.learner.lesson
        self.revision += 1
        if name in ("@guess", "@again"):
            counts = lesson.counts if name == "@guess" else lesson.counts_again
            value = self._guess_of(text, lesson.most(counts))
            learner.proposed[f"{lesson.number}{'' if name == '@guess' else ' again'}"] = value
        elif name == "@dial":
            learner.dials[lesson.number] = self._dial_at(text)
        elif name == "@box" and len(part) < 30 and len(learner.filled) < 100:
            learner.filled[f"{lesson.number} {part}"] = text[:20]
        elif name == "@claim" and part in learner.claimed:
            learner.claimed[part] = text[:20]
        return None

    @staticmethod
    def _guess_of(text: str, most: int) -> int:
        value = whole_number(text)
        if value is None or value > most:
            raise InputError(
                "guess", [Fault("guess", "not a whole number in range", text[:40], f"0 to {most:,}")]
            )
        return value

    def _dial_at(self, text: str) -> float:
        dial = self.learner.lesson.dial
        try:
            value = float(text.replace(",", ""))
        except ValueError:
            value = float("nan")
        if not dial.low <= value <= dial.high:
            allowed = f"{dial.low:g} to {dial.high:g}"
            raise InputError("dial", [Fault(dial.label, "not a number in range", text[:40], allowed)])
        return dial.shown(dial.value(value))

    def file_of(self, what: str) -> tuple[str, str, str] | None:
        """Return the name, type and text of a sheet to print."""
        name = f"{what}.html"
        sheets = materials()
        return (name, "text/html", sheets[name]) if name in sheets else super().file_of(what)

    def _done(self, event: Event, content: bytes) -> Answer | None:
        self.faults = ()
        return super()._done(event, content)

    def _lesson(self, text: str) -> Answer | None:
        number = whole_number(text)
        if number is None or not 1 <= number <= len(LESSONS):
            return None
        self.learner.open(number)
        return self._arrived()

    def _next(self, _: str) -> Answer | None:
        learner = self.learner
        if learner.step == 1 and not learner.is_locked:
            if not learner.lock():
                raise InputError("guess", [_NO_GUESS])
            self._told_guess(again=False)
        if learner.step < len(STEPS):
            learner.go(learner.step + 1)
        elif learner.number < len(LESSONS):
            learner.open(learner.number + 1)
        return self._arrived()

    def _back(self, _: str) -> Answer | None:
        learner = self.learner
        if learner.step > 1:
            learner.step -= 1
        elif learner.number > 1:
            learner.open(learner.number - 1)
        return self._arrived()

    def _arrived(self) -> Answer:
        """Say which step this is, and take the reader to what is new in it."""
        step = self.learner.step
        self.said = f"Step {step} of {len(STEPS)}: {STEPS[step - 1]}"
        return {"focus": _NEW_IN_STEP.get(step, "steps")}

    def _lock_again(self, _: str) -> Answer | None:
        if not self.learner.lock_again():
            raise InputError("guess", [_NO_GUESS])
        self._told_guess(again=True)
        return {"focus": "again-told"}

    def _told_guess(self, *, again: bool) -> None:
        """Let a class know of a guess."""

    def _dial_back(self, _: str) -> Answer:
        self.learner.dials.pop(self.learner.number, None)
        return {"focus": "dial"}

    def _keys(self, _: str) -> None:
        self.learner.keys = not self.learner.keys

    def _perfect(self, _: str) -> None:
        self.learner.perfect = not self.learner.perfect

    def _afresh(self, _: str) -> None:
        if self.page == "teach":  # guesses of a class are in its tally
            self.learner = Learner(keys=self.learner.keys)


class ClassPage(TeachPage):
    """The visit to Teach as one screen of a class: large, with keys, and with everybody's guesses."""

    page = "class"

    def _begin(self) -> None:
        self._own_parts = {name: text for name, text in self._own_parts.items() if name == "lesson"}
        super()._begin()
        self.learner.keys = True
        self._doers |= {"class-again": self._class_again, "class-update": lambda _: None}
        self._round = CLASS.round
        self._join()

    @property
    def address(self) -> str:
        """The path and query that hold the state and the lesson: guesses are everybody's own."""
        found, number = address_of(self.state, self.page), self.learner.number
        return found if number == 1 else f"{found}{'&' if '?' in found else '?'}lesson={number}"

    def start(self) -> None:
        """Join again: a visit may be closed and opened by the page that holds it."""
        self._join()

    def _join(self) -> None:
        """Take a screen; what was guessed on it before the page was loaded again is there again."""
        screen = CLASS.join(self._visitor, self._browser)
        self._screen = screen.number
        self.learner.guesses |= screen.guesses
        self.learner.again |= screen.again

    def close(self) -> None:
        """Leave the class."""
        CLASS.leave(self._visitor)
        super().close()

    def handle(self, event: Event, content: bytes = b"") -> Answer:
        """Do what was asked; what was said before stays while the page only updates itself."""
        said = self.said
        answer = super().handle(event, content)
        if event.get("do") == "class-update":
            self.said = said
        return answer

    def file_of(self, what: str) -> tuple[str, str, str] | None:
        """Return a sheet that a class may have."""
        return super().file_of(what) if what in IN_CLASS else None

    def regions(self) -> dict[str, Markup]:
        """Return the parts of the page, by name; where the class has begun again, from the beginning."""
        if self._round != CLASS.round:
            self._round = CLASS.round
            self.learner = Learner(keys=self.learner.keys)
        return super().regions()

    def _class_shown(self) -> ClassShown:
        learner, lesson = self.learner, self.learner.lesson
        shown = learner.dial if learner.is_moved else lesson.start

        def run(screen: int) -> int:
            counts = run_of(lesson, shown, self.state.seed, screen)
            return counts.stopped_wrong if lesson.judged else counts.wrong

        screens = CLASS.screens() or (self._screen,)
        return ClassShown(
            screen=self._screen,
            told=CLASS.told(lesson.number),
            runs=tuple(map(run, screens)),
            own_run=run(self._screen),
            leads=CLASS.leads(self._visitor),
            is_reached=is_reached_by_others(),
        )

    def _told_guess(self, *, again: bool) -> None:
        learner = self.learner
        value = (learner.again if again else learner.guesses)[learner.number]
        CLASS.guess(self._visitor, learner.number, value, self._round, again=again)

    def _class_again(self, _: str) -> None:
        if CLASS.leads(self._visitor):
            CLASS.begin_again()
