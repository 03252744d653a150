"""How many real deployments it would take to see the difference, where no crowd walks past twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup

from ..compared import ARRESTS, MISTAKEN, ComparedArm, Outcome, another_crowd, are_paired
from ..telling_apart import DEPLOYMENTS, IN_2022, LEVEL, telling_apart
from . import charts
from .words import counted, noun, number_word, rounded

WIDE, NARROW = 520, 288

_HEIGHT: Final = 172.0
_LEFT: Final = 40.0
_LOW: Final = 0.6
_MOSTLY: Final = 0.8
"""Share of tries from which on a difference is said to show."""
_IN_100: Final = round(100 * (1 - LEVEL))
"""Of 100 tries, how many the test finds different by mistake."""


@dataclass(frozen=True, slots=True)
class _Curve:
    outcome: Outcome
    words: str
    colour: str
    shares: tuple[float, ...]
    """By `DEPLOYMENTS`: tries that tell the policies apart."""
    by_mistake: float
    """Tries that tell as many days as in 2022 under A from as many others under A."""


def how_many(arms: Sequence[ComparedArm]) -> Markup:
    """Return how many deployments would show what each policy changes against the first."""
    if any(not len(arm.days) for arm in arms):
        body = Markup('<p class="note">No day has been simulated yet.</p>')
    else:
        body = Markup("").join(_against(arms[0], arm, named=len(arms) > 2) for arm in arms[1:])
    return Markup(
        '<section id="compare-power"><h2>How many deployments would show it?</h2>{}</section>'
    ).format(body)


def _against(a: ComparedArm, b: ComparedArm, *, named: bool) -> Markup:
    curves = [
        _Curve(
            outcome,
            words,
            colour,
            telling_apart(outcome.of(a.days), outcome.of(b.days)),
            telling_apart(outcome.of(a.days), outcome.of(a.days), (IN_2022,))[0],
        )
        for outcome, words, colour in (
            (MISTAKEN, "mistaken stops", "stopped"),
            (ARRESTS, "arrests", "ink"),
        )
        if not _same(a, b, outcome)
    ]
    said = _said(a, b, curves)
    heading = Markup("<h3>{} against {}</h3>").format(b.letter, a.letter) if named else Markup("")
    if not curves:
        return Markup("{}<p>{}</p>").format(heading, said)
    return Markup('<div class="compare-power"><div>{}<p>{}</p><p class="note">{}</p></div>{}</div>').format(
        heading, said, _warning(a, curves), _figure(a, b, curves)
    )


def _same(a: ComparedArm, b: ComparedArm, outcome: Outcome) -> bool:
    """Return whether an outcome is the same on every day, so that there is nothing to see."""
    first, second = outcome.of(a.days), outcome.of(b.days)
    if are_paired((a, b)):
        return bool(np.array_equal(first, second))
    return bool(np.array_equal(np.sort(first), np.sort(second)))


def _said(a: ComparedArm, b: ComparedArm, curves: Sequence[_Curve]) -> Markup:
    if not curves:
        return Markup(
            "Mistaken stops and arrests are the same under {} and {} on every day: "
            "there is nothing to show."
        ).format(a.letter, b.letter)
    at = DEPLOYMENTS.index(IN_2022)
    first, *others = curves
    text = Markup(
        "With {} deployments under each policy, as many as in 2022, a plain count would tell {} apart in "
        "<b>{}</b> tries"
    ).format(number_word(IN_2022), first.words, tries(first.shares[at]))
    for curve in others:
        text += Markup(" and {} in <b>{}</b>").format(curve.words, tries(curve.shares[at]))
    text += "."
    if len(curves) == 1:
        other = "Arrests" if curves[0].outcome is MISTAKEN else "Mistaken stops"
        text += Markup(" {} are the same on every day.").format(other)
    if are_paired((a, b)) and not another_crowd((a, b)):
        text += Markup(
            " The simulation can see the difference because it replays the same crowd. A street cannot."
        )
    return text


def _warning(a: ComparedArm, curves: Sequence[_Curve]) -> str:
    """Return how often the same test sees a difference where there is none."""
    parts = " and ".join(f"in {tries(curve.by_mistake)} for {curve.words}" for curve in curves)
    word = number_word(IN_2022)
    lots = f"{word.capitalize()} deployments and {word} others, all under {a.letter},"
    text = f"{lots} would seem to differ {parts}"
    # As they are told: what reads "5 of 100" is not more than 5.
    more = [curve.words for curve in curves if rounded(100 * curve.by_mistake) > _IN_100]
    if not more:
        return f"{text}."
    why = f"more than the test’s {_IN_100} in 100, because days differ by more than chance."
    if len(more) == len(curves):
        return f"{text}: {'both ' if len(more) > 1 else ''}{why}"
    return f"{text}. For {more[0]} that is {why}"


def tries(share: float) -> str:
    """Return a share as so many of 100, never as none or all unless it is."""
    if 0 < share < 0.005:
        return "fewer than 1 of 100"
    if 0.995 <= share < 1 - 1e-12:
        return "more than 99 of 100"
    return f"{100 * share:.0f} of 100"


def _figure(a: ComparedArm, b: ComparedArm, curves: Sequence[_Curve]) -> Markup:
    name = f"compare-power-{b.letter}"
    at = DEPLOYMENTS.index(IN_2022)
    told = "; ".join(
        f"{curve.words} {tries(curve.shares[at])} with {IN_2022} and {tries(curve.shares[-1])} with "
        f"{DEPLOYMENTS[-1]}"
        for curve in curves
    )
    title = f"Tries that tell {b.letter} from {a.letter} by number of deployments under each: {told}."
    drawings = charts.at_both(
        lambda kind, width: _drawn(f"{name}-{kind}", width, curves, title), WIDE, NARROW
    )
    table = charts.table(
        "Of 100 tries, how many tell the two counts apart",
        ("deployments under each policy", *(curve.words for curve in curves)),
        (
            (f"{number}", *(tries(curve.shares[place]) for curve in curves))
            for place, number in enumerate(DEPLOYMENTS)
        ),
    )
    days = counted(len(a.days), "predicted day" if a.days.are_predicted else "simulated day")
    body = Markup(
        '{}<figcaption class="note">Of 100 tries, how many show a difference (two counts, 5 in 100 level). '
        "Each try draws its days at random from the {}.</figcaption>{}"
    ).format(drawings, days, charts.below(name, table))
    return charts.framed(name, finding(curves), body)


def finding(curves: Sequence[_Curve]) -> str:
    """Return from how many deployments on most tries show each difference."""
    needed = [
        next((n for n, share in zip(DEPLOYMENTS, curve.shares, strict=True) if share >= _MOSTLY), None)
        for curve in curves
    ]
    most = f"{100 * _MOSTLY:.0f} of 100 tries"
    if not any(needed):
        what = " or ".join(curve.words for curve in curves)
        return f"Even {DEPLOYMENTS[-1]} deployments would not show {what} in {most}"
    pairs = sorted(zip(curves, needed, strict=True), key=lambda pair: pair[1] is None)
    told = [
        f"{curve.words} {f'not even with {DEPLOYMENTS[-1]}' if number is None else f'with {number}'}"
        for curve, number in pairs
    ]
    return f"{most} would show {', '.join(told)} {noun(pairs[-1][1] or DEPLOYMENTS[-1], 'deployment')}"


def _drawn(name: str, width: int, curves: Sequence[_Curve], told: str) -> Markup:
    room = width - _LEFT - 16
    most = DEPLOYMENTS[-1]

    def x_of(number: float) -> float:
        return _LEFT + room * (number - 1) / (most - 1)

    def y_of(share: float) -> float:
        return 16 + _HEIGHT * (1 - share)

    floor = y_of(0)
    parts = []
    for share in (0.5, 1.0):
        parts.append(charts.line(_LEFT, y_of(share), _LEFT + room, y_of(share), "stroke-hairline"))
    parts += [
        charts.text(_LEFT - 8, y_of(share) + 5, f"{100 * share:.0f}", "t14 end muted")
        for share in (0.0, 0.5, 1.0)
    ]
    parts.append(charts.line(_LEFT, floor, _LEFT + room, floor, "stroke-ink"))
    parts += [charts.text(x_of(n), floor + 20, f"{n}", "t14 mid muted") for n in (1, 6, 12, 18, 24)]
    parts.append(charts.text(_LEFT, floor + 40, "deployments under each policy", "t14 muted"))
    at = DEPLOYMENTS.index(IN_2022)
    highest = max(curve.shares[at] for curve in curves)
    parts.append(
        Markup(
            '<line x1="{0}" y1="{1}" x2="{0}" y2="{2}" class="stroke-ink" stroke-dasharray="2 4"/>'
        ).format(charts.px(x_of(IN_2022)), charts.px(y_of(highest)), charts.px(floor))
    )
    for curve in curves:
        points = [(x_of(n), y_of(s)) for n, s in zip(DEPLOYMENTS, curve.shares, strict=True)]
        parts.append(_curve(points, curve.colour))
    parts += _labels(curves, x_of, y_of, floor)
    return charts.svg(name, width, floor + 46, told, parts)


def _curve(points: Sequence[tuple[float, float]], colour: str) -> Markup:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = Markup("").join(
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5" class="fill-{}"/>').format(x, y, colour)
        for x, y in points
    )
    return (
        Markup('<polyline points="{}" class="fill-none stroke-{}" stroke-width="2"/>').format(path, colour)
        + dots
    )


def _labels(
    curves: Sequence[_Curve], x_of: Callable[[float], float], y_of: Callable[[float], float], floor: float
) -> list[Markup]:
    """Return the names of the curves where they are furthest apart: over the upper, under the lower.

    Low curves leave room for a list of names above them.
    """
    if max(curve.shares[-1] for curve in curves) < _LOW:
        return [_named(curve, x_of(1) + 12, y_of(0.92) + 20 * rank) for rank, curve in enumerate(curves)]
    places = range(2, len(DEPLOYMENTS) - 2)
    place = max(
        places, key=lambda at: max(c.shares[at] for c in curves) - min(c.shares[at] for c in curves)
    )
    x = x_of(DEPLOYMENTS[place])
    found = []
    for rank, curve in enumerate(sorted(curves, key=lambda c: -c.shares[place])):
        y = y_of(curve.shares[place])
        classes = _text_classes(curve)
        if rank and y + 22 < floor:
            found.append(charts.text(x + 8, y + 20, curve.words, classes))
        else:
            found.append(charts.text(x - 8, max(12.0, y - 8), curve.words, f"{classes} end"))
    return found


def _named(curve: _Curve, x: float, y: float) -> Markup:
    dot = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5" class="fill-{}"/>').format(x, y, curve.colour)
    return dot + charts.text(x + 12, y + 5, curve.words, _text_classes(curve))


def _text_classes(curve: _Curve) -> str:
    return "t14 bold stopped" if curve.outcome is MISTAKEN else "t14 bold"
