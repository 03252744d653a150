"""All days at once: each a dot at how much a count differs between two policies on that day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from ..compared import ARRESTS, MISTAKEN, ComparedArm, Outcome, another_crowd, are_paired
from . import charts
from .round_steps import whole_step

WIDE, NARROW = 560, 288
TALLEST: Final = 176.0
"""How tall a heap of days may be, in px."""

_MOST_PLACES: Final = 24
_BEYOND: Final = 2
"""Places that stand on each side of "same" whatever there is."""
_MOST_DOTS: Final = 400
_PITCHES: Final = (9.3, 8.5, 7.5, 6.5, 5.5, 4.5, 3.6, 3.0)
_ACROSS: Final = 5
"""Dots beside each other, unless heaps would grow too tall."""
_MINUS: Final = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Scale:
    """Places along the axis: one for no difference, and as many differences to each other place."""

    step: int
    """Differences that share a place."""
    below: int
    """Places left of no difference."""
    above: int
    tallest: int = 1
    """Days at the place with most of them."""

    def place(self, difference: int) -> int:
        """Return the place of a difference; that of no difference is 0."""
        away = -(-abs(difference) // self.step)
        return away if difference > 0 else -away

    def label(self, place: int) -> str:
        """Return what stands under a place: the difference, or the largest of those that share it."""
        if not place:
            return "same"
        return f"{'+' if place > 0 else _MINUS}{abs(place) * self.step:,}"

    def range_words(self, place: int) -> str:
        """Return the differences that share a place."""
        if not place or self.step == 1:
            return self.label(place)
        sign = "+" if place > 0 else _MINUS
        near, far = (abs(place) - 1) * self.step + 1, abs(place) * self.step
        return f"{sign}{near:,} to {sign}{far:,}"


def all_days(arms: Sequence[ComparedArm]) -> Markup:
    """Return the section of all days: mistaken stops and arrests of each policy less those of the first."""
    days = min((len(arm.days) for arm in arms), default=0)
    if not are_paired(arms):
        return Markup(
            '<section id="compare-days"><h2>Day by day</h2><p class="note">On how many days a policy '
            "brings fewer is known once days have been simulated.</p></section>"
        )
    first, *others = arms
    scale = common_scale([daily_change(first, arm, one) for arm in others for one in (MISTAKEN, ARRESTS)])
    pairs = Markup("").join(
        Markup('<div class="compare-pair">{}{}</div>').format(
            *(
                difference_dots(first, arm, one.name, scale=scale, named=len(others) > 1)
                for one in (MISTAKEN, ARRESTS)
            )
        )
        for arm in others
    )
    heading = f"All {days:,} days" if days != 1 else "The one day"
    return Markup(
        '<section id="compare-days"><h2>{}</h2>{}<p class="note" data-figure-note>{}</p></section>'
    ).format(heading, pairs, dots_told(arms, scale))


def difference_dots(
    arm_a: ComparedArm,
    arm_b: ComparedArm,
    column: str,
    *,
    scale: Scale | None = None,
    named: bool = False,
    tallest_px: float = TALLEST,
) -> Markup:
    """Return a dot for each day at B less A; no difference has its place even where nothing lies beyond.

    Args:
        arm_a: The policy that the other is set against.
        arm_b: The other one, with the same days.
        column: "wrongful_engagements" or "arrests".
        scale: Shared with other charts; left out: its own.
        named: Whether the heading names the policy.
        tallest_px: How tall a heap of days may be.

    Raises:
        KeyError: If the column is another one.
    """
    outcome = {one.name: one for one in (MISTAKEN, ARRESTS)}[column]
    change = daily_change(arm_a, arm_b, outcome)
    places = scale or common_scale([change])
    name = f"compare-dots-{column}-{arm_b.letter}"
    heading = finding(change, outcome, arm_b.letter if named else "")
    counts = _heights(places, change)
    colour = "stopped" if outcome is MISTAKEN else "ink"
    drawings = charts.at_both(
        lambda kind, width: _drawn(
            f"{name}-{kind}", width, counts, places, colour, arm_b.letter, heading, tallest_px
        ),
        WIDE,
        NARROW,
    )
    rows = [
        (places.range_words(number - places.below), f"{count:,}")
        for number, count in enumerate(counts.tolist())
    ]
    head = (f"{arm_b.letter} less {arm_a.letter}", "days")
    table = charts.below(name, charts.table(f"{outcome.label}, day by day", head, rows))
    return charts.framed(name, heading, drawings + table)


def common_scale(changes: Sequence[NDArray[np.int64]]) -> Scale:
    """Return the scale that holds all differences, and a little beyond no difference on each side."""
    low = min((int(change.min()) for change in changes if len(change)), default=0)
    high = max((int(change.max()) for change in changes if len(change)), default=0)
    step = 1
    while -(-max(-low, 0) // step) + 1 + -(-max(high, 0) // step) > _MOST_PLACES:
        step = whole_step(step + 1)
    scale = Scale(step, max(_BEYOND, -(-max(-low, 0) // step)), max(_BEYOND, -(-max(high, 0) // step)))
    return replace(scale, tallest=max(1, *(int(_heights(scale, change).max()) for change in changes)))


def _heights(scale: Scale, change: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of days at each place."""
    places = np.array([scale.place(int(one)) + scale.below for one in change], dtype=np.int64)
    return np.bincount(places, minlength=scale.below + 1 + scale.above)


def finding(change: NDArray[np.int64], outcome: Outcome, letter: str = "") -> str:
    """Return what the days show, in counts of days.

    Args:
        change: B less A on each day.
        outcome: What is counted.
        letter: The policy, where it has to be named.
    """
    days = len(change)
    fewer, more = int((change < 0).sum()), int((change > 0).sum())
    what = "people stopped by mistake" if outcome is MISTAKEN else outcome.label.lower()
    what += f" under {letter}" if letter else ""
    if not fewer and not more:
        begin = "The same number of" if outcome is MISTAKEN else "As many"
        return f"{begin} {what} on {_all(days)}"
    word, count, other, other_count = (
        ("Fewer", fewer, "more", more) if fewer >= more else ("More", more, "fewer", fewer)
    )
    end = f"{other} on {other_count:,}" if other_count else f"never {other}"
    return f"{word} {what} on {count:,} of {days:,} {'day' if days == 1 else 'days'}, {end}"


def _all(days: int) -> str:
    return "the one day" if days == 1 else f"all {days:,} days"


def daily_change(a: ComparedArm, b: ComparedArm, outcome: Outcome) -> NDArray[np.int64]:
    """Return how much an outcome differs between two policies, day by day."""
    return np.rint(outcome.of(b.days) - outcome.of(a.days)).astype(np.int64)


def dots_told(arms: Sequence[ComparedArm], scale: Scale) -> str:
    """Return what a dot is: how many days, of which policies, and on which crowd."""
    first, *others = arms
    dot = _days_a_dot(min(len(arm.days) for arm in arms))
    unit = "One dot is one day" if dot == 1 else f"One dot is up to {dot} days"
    under = " or ".join(arm.letter for arm in others)
    own = "days paired by number only, since each has its own crowd"
    joined = own if another_crowd(arms) else "on the same crowd"
    steps = f" A place holds {scale.step:,} differences, named by the largest." if scale.step > 1 else ""
    return f"{unit}: {under} minus {first.letter}, {joined}. An open dot is no difference.{steps}"


def _days_a_dot(days: int) -> int:
    return max(1, -(-days // _MOST_DOTS))


# --- the drawing --------------------------------------------------------------------------------------


def _drawn(
    name: str,
    width: int,
    counts: NDArray[np.int64],
    scale: Scale,
    colour: str,
    letter: str,
    told: str,
    tallest_px: float,
) -> Markup:
    a_dot = _days_a_dot(int(counts.sum()))
    dots, tallest = -(-counts // a_dot), -(-scale.tallest // a_dot)
    pitch_x = width / len(counts)
    pitch, across = _fit(tallest, pitch_x, tallest_px)
    floor = 12 + max(60.0, pitch * -(-tallest // across))
    parts = [charts.line(0, floor, width, floor, "stroke-ink")]
    zero = pitch_x * scale.below
    parts.append(
        Markup(
            '<line x1="{0}" y1="0" x2="{0}" y2="{1}" class="stroke-ink" stroke-dasharray="2 4"/>'
        ).format(charts.px(zero), charts.px(floor))
    )
    for number, count in enumerate(dots.tolist()):
        middle = pitch_x * (number + 0.5)
        parts.append(_heap(count, middle, floor, pitch, across, colour, is_open=number == scale.below))
    parts += _labels(scale, pitch_x, floor + 20)
    parts.append(charts.text(0, floor + 42, f"fewer under {letter}", "t14 muted"))
    parts.append(charts.text(width, floor + 42, "more", "t14 muted end"))
    return charts.svg(name, width, floor + 48, f"{told}.", parts)


def _fit(tallest: int, pitch_x: float, tallest_px: float) -> tuple[float, int]:
    """Return the distance between dots and how many stand beside each other, so that heaps stay low."""
    for pitch in _PITCHES:
        room = max(1, int((pitch_x - 5) // pitch))
        for across in (min(room, _ACROSS), room):
            if -(-tallest // across) * pitch <= tallest_px:
                return pitch, across
    return _PITCHES[-1], max(1, int((pitch_x - 2) // _PITCHES[-1]))


def _heap(
    count: int, middle: float, floor: float, pitch: float, across: int, colour: str, *, is_open: bool
) -> Markup:
    """Return the dots of one place, from the floor up; open where nothing differs. One path for all."""
    if not count:
        return Markup("")
    radius = round(pitch * 0.37 - (0.5 if is_open else 0.0), 1)
    left = middle - pitch * (min(count, across) - 1) / 2
    r, across_px = charts.px(radius), charts.px(2 * radius)
    circle = f"a{r} {r} 0 1 0 {across_px} 0a{r} {r} 0 1 0 -{across_px} 0"
    path = "".join(
        f"M{left + pitch * (number % across) - radius:.1f} {floor - pitch * (number // across + 0.6):.1f}"
        f"{circle}"
        for number in range(count)
    )
    classes = f"fill-none stroke-{colour}" if is_open else f"fill-{colour}"
    return Markup('<path d="{}" class="{}"/>').format(path, classes)


def _labels(scale: Scale, pitch_x: float, y: float) -> list[Markup]:
    """Return the labels of the places; of those that would collide, every so many."""
    widest = max(len(scale.label(place)) for place in (-scale.below, scale.above))
    each = max(1, -(-int(charts.text_width("0" * (widest + 1), 14) + 4) // int(pitch_x)))
    same = charts.text_width("same", 14) / 2 + 5
    found = []
    for place in range(-scale.below, scale.above + 1):
        x = pitch_x * (place + scale.below + 0.5)
        if not place:
            found.append(charts.text(x, y, "same", "t14 bold mid"))
        elif place % each == 0 and abs(place) * pitch_x > same + charts.text_width("0" * widest, 14) / 2:
            found.append(charts.text(x, y, scale.label(place), "t14 mid muted"))
    return found
