"""What a teacher wants to know beside the counts: why the last answer is so, and what the dial shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from .course import LESSONS, Lesson, alerts, people
from .scene import Counts


def why_again(lesson: Lesson) -> str:
    """Return, in half a sentence, why the answer with other numbers is what it is."""
    return _WHY[lesson.name](lesson.counts, lesson.counts_again)


def tried(lesson: Lesson) -> str:
    """Return what a learner finds who does with the dial what the lesson says."""
    return _TRIED[lesson.name](lesson)


def second_alert_right(lesson: Lesson) -> float:
    """Return the least value of the dial, as shown, at which as many alerts are right as wrong."""
    low, high = 0, round((lesson.dial.high - lesson.dial.low) / lesson.dial.step)
    while low < high:  # right alerts rise with the dial and wrong ones fall
        middle = (low + high) // 2
        counts = lesson.counts_at(lesson.dial.low + middle * lesson.dial.step)
        low, high = (low, middle) if counts.right >= counts.wrong else (middle + 1, high)
    return lesson.dial.low + low * lesson.dial.step


def values_to_try(lesson: Lesson) -> tuple[float, ...]:
    """Return some values of the dial, as shown: both ends, where it starts, and some between."""
    dial = lesson.dial
    quarters = [dial.low + (dial.high - dial.low) * part / 4 for part in range(5)]
    near = [value for value in quarters if abs(value - lesson.start) > (dial.high - dial.low) / 10]
    return tuple(sorted({_on_step(lesson, value) for value in [dial.low, *near, lesson.start, dial.high]}))


def along_the_dial(lesson: Lesson, shown: float) -> dict[str, int]:
    """Return the counts that are told of a value of the dial: what each is called -> how many."""
    counts = lesson.counts_at(shown)
    if lesson.judged:
        return {"listed, stopped": counts.stopped_right, "not listed, stopped": counts.stopped_wrong}
    return {"right": counts.right, "wrong": counts.wrong, "missed": counts.missed}


def _on_step(lesson: Lesson, shown: float) -> float:
    return lesson.dial.shown(lesson.dial.value(shown))


def _better(lesson: Lesson) -> str:
    left = lesson.counts_at(lesson.start / 10).wrong
    return (
        f"{alerts(left).capitalize()} instead of {lesson.counts.wrong:,}: a tenth. Each still points at "
        "somebody who is not on the list."
    )


def _common(lesson: Lesson) -> str:
    shown = second_alert_right(lesson)
    counts = lesson.counts_at(shown)
    return (
        f"About {lesson.dial.told(shown)}: then {counts.right:,} alerts are right and {counts.wrong:,} "
        "wrong, of the same machine."
    )


def _shorter(lesson: Lesson) -> str:
    short = LESSONS[1].counts
    return (
        f"The wrong alerts. Down to a tenth of the list, they go from {lesson.counts.wrong:,} to "
        f"{short.wrong:,}; the people found from {lesson.counts.right:,} to {short.right:,}."
    )


def _no_best(lesson: Lesson) -> str:
    loose, strict = (lesson.counts_at(end) for end in (lesson.dial.low, lesson.dial.high))
    return (
        f"There is no right answer. At {lesson.dial.told(lesson.dial.low)} there are {loose.wrong:,} wrong "
        f"alerts and {loose.missed:,} of {loose.listed:,} are missed; at "
        f"{lesson.dial.told(lesson.dial.high)}, {strict.wrong:,} and {strict.missed:,}."
    )


def _own_eyes(lesson: Lesson) -> str:
    eyes = lesson.counts_at(0)
    return (
        f"At a presumption of {lesson.dial.told(0)}, {people(eyes.stopped_wrong)} are stopped by mistake "
        f"instead of {lesson.counts.stopped_wrong:,}, and {eyes.right - eyes.stopped_right:,} of "
        f"{eyes.listed:,} listed people walk on."
    )


_WHY: Final[Mapping[str, Callable[[Counts, Counts], str]]] = {
    LESSONS[0].name: lambda now, then: (
        f"three times the entries, so nearly three times the {now.wrong:,} alerts; who is taken for two "
        "entries at once counts once"
    ),
    LESSONS[1].name: lambda now, then: (
        f"more listed people walk past ({then.listed:,}, not {now.listed:,}), and {then.wrong:,} others "
        "are still taken for somebody"
    ),
    LESSONS[2].name: lambda now, then: (
        f"half the list, so about half the wrong alerts ({then.wrong:,}, not {now.wrong:,}), but more than "
        f"half the people found ({then.right:,}, not {now.right:,})"
    ),
    LESSONS[3].name: lambda now, then: (
        f"stricter again, so {now.right - then.right:,} listed people more are missed, to spare "
        f"{now.wrong - then.wrong:,} more wrong alerts"
    ),
    LESSONS[4].name: lambda now, then: (
        f"who presumes less looks again, so {now.stopped_wrong - then.stopped_wrong:,} people fewer are "
        f"stopped by mistake, and {now.stopped_right - then.stopped_right:,} listed fewer"
    ),
}
_TRIED: Final[Mapping[str, Callable[[Lesson], str]]] = {
    LESSONS[0].name: _better,
    LESSONS[1].name: _common,
    LESSONS[2].name: _shorter,
    LESSONS[3].name: _no_best,
    LESSONS[4].name: _own_eyes,
}
