"""Which factors move an outcome most: a bar each, the longest first."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from matplotlib.figure import Figure

from lfr_sim.scenario import Fault, InputError
from lfr_sim.study.analysis.outcomes import Outcome, named
from lfr_sim.study.analysis.sensitivity import Effect, Index, Influence, RangeOfEffect, RankCorrelation

from .palette import FONT, INK, KERB, PERSON
from .sheet import TICK, Sheet, scale_across
from .words import capital, factor_words, listed, outcome_words, the_factor

MOST_BARS = 20
_BAR_IN, _LINE_IN = 0.44, 0.2
"""Least height of a bar with its gap, and of a line of its name."""
_LETTER_IN = 0.62 * TICK / 72


def tornado(effects: Sequence[Influence], *, title: str | None = None) -> Figure:
    """Draw what `lfr_sim.study.analysis.sensitivity` found, sorted by size.

    Bars have a `gid` "bar:<factor>", intervals "interval:<factor>", the shares of Sobol' indices that a
    factor explains alone "alone:<factor>".

    Args:
        effects: Effects of one kind on one outcome.
        title: Left out: what is shown.

    Raises:
        InputError: If there is none.
    """
    if not effects:
        raise InputError(
            "figure", [Fault("effects", "nothing varies, so there is no effect", shows_value=False)]
        )
    ordered = sorted(effects, key=lambda effect: -abs(effect.size))
    shown = ordered[:MOST_BARS]
    outcome = named(shown[0].outcome)
    above = f"Under policy {shown[0].policy}" if shown[0].policy else ""
    notes = [_note(shown[0]), *_together(shown)]
    if len(shown) < len(ordered):
        notes.append(f"{len(ordered) - len(shown):,} factors that do less are not drawn.")
    if not any(effect.size for effect in shown):
        notes.append("It is the same at every point.")
    sheet = Sheet.of(
        title or f"What moves {outcome_words(outcome)} most",
        above,
        _axis(shown[0], outcome),
        " ".join(notes),
        plot_in=max(_BAR_IN, _LINE_IN * _most_lines(shown)) * len(shown) + 0.15,
    )
    _bars(sheet, shown)
    told = _values(shown)
    letters = max(len(line) for text in told for line in text.splitlines())
    sheet.finish(right_in=max(1.15, 0.3 + letters * _LETTER_IN))
    _write_values(sheet, shown, told)
    return sheet.figure


def _bars(sheet: Sheet, effects: Sequence[Influence]) -> None:
    axes, places = sheet.axes, list(range(len(effects)))
    ends = [end for effect in effects for end in (effect.size, *(effect.interval or ()))]
    share = isinstance(effects[0], Index)
    scale_across(axes, ends, share=False)
    low, high = axes.get_xlim()
    axes.set_xlim(0.0 if min(ends) >= 0 else low, max(high, 1.0) if share else high)
    axes.set_yticks(places, [_name(effect) for effect in effects])
    axes.set_ylim(len(effects) - 0.4, -0.6)
    axes.grid(visible=False)
    axes.axvline(0, color=INK, lw=1)
    for place, effect in zip(places, effects, strict=True):
        (bar,) = axes.barh(place, effect.size, height=0.6, color=KERB if share else PERSON)
        bar.set_gid(f"bar:{effect.factor}")
        if isinstance(effect, Index):
            (alone,) = axes.barh(place, max(effect.first, 0.0), height=0.6, color=PERSON)
            alone.set_gid(f"alone:{effect.factor}")
        if effect.interval is not None:
            axes.hlines(
                place, *effect.interval, color=INK, lw=1.6, zorder=4, gid=f"interval:{effect.factor}"
            )
            axes.plot(effect.interval, [place, place], "|", color=INK, ms=7, mew=1.6, zorder=4)


def _name(effect: Influence) -> str:
    return "\n".join(textwrap.wrap(capital(factor_words(effect.factor)), 22))


def _most_lines(effects: Sequence[Influence]) -> int:
    return 1 + max(_name(effect).count("\n") for effect in effects)


def _values(effects: Sequence[Influence]) -> list[str]:
    """Return the numbers that stand beside the bars."""
    decimals = _decimals(max(abs(effect.size) for effect in effects))
    return [_told(effect, decimals) for effect in effects]


def _write_values(sheet: Sheet, effects: Sequence[Influence], told: Sequence[str]) -> None:
    """Write the numbers beside the bars, to the right of everything drawn."""
    for place, (effect, value) in enumerate(zip(effects, told, strict=True)):
        end = max(0.0, effect.size, *(effect.interval or ()))
        text = sheet.axes.annotate(
            value, (end, place), (7, 0), textcoords="offset points", va="center",
            size=TICK, color=INK, family=FONT, parse_math=False, annotation_clip=False,
        )  # fmt: skip
        text.set_linespacing(1.05)


def _told(effect: Influence, decimals: int) -> str:
    if isinstance(effect, Effect):
        return f"{_number(effect.size, decimals)}\nsigma {_number(effect.sigma, decimals)}"
    if isinstance(effect, Index):
        return f"{_two(effect.size)}\nalone {_two(effect.first)}"
    if isinstance(effect, RangeOfEffect):
        return f"{_number(effect.lowest, decimals)} to\n{_number(effect.highest, decimals)}"
    return f"{effect.size:+.2f}"


def _axis(effect: Influence, outcome: Outcome) -> str:
    if isinstance(effect, Effect):
        return "Mean change over a factor's whole range, up or down (mu*)"
    if isinstance(effect, Index):
        return "Share of the variance that a factor has a part in"
    if isinstance(effect, RankCorrelation):
        return "Rank correlation, from -1 to 1"
    return f"Highest less lowest, {outcome_words(outcome)}"


def _note(effect: Influence) -> str:
    bars = "whiskers are 95 % intervals" if effect.interval is not None else ""
    if isinstance(effect, Effect):
        text = f"Morris effects from {effect.trajectories:,} trajectories; {bars} (bootstrap)."
        return f"{text} Sigma is large where an effect depends on other factors, or is not linear."
    if isinstance(effect, Index):
        text = f"Sobol' indices from {effect.samples:,} base samples; {bars} (bootstrap)."
        return f"{text} Dark: alone; light: with others. Estimates may pass 0 and 1."
    if isinstance(effect, RankCorrelation):
        text = f"Spearman's rank correlations over {effect.points:,} points" + (
            f"; {bars}." if bars else "."
        )
        return f"{text} They show what rises or falls steadily, not humps."
    text = "Means over the levels of a factor, averaged over all others"
    return text + (f"; {bars} of the difference on the same days." if bars else ".")


def _together(effects: Sequence[Influence]) -> list[str]:
    """Return the warning for factors that do not vary independently."""
    tied = [
        the_factor(effect.factor)
        for effect in effects
        if isinstance(effect, RangeOfEffect) and effect.together_with
    ]
    if not tied:
        return []
    return [f"{capital(listed(tied))} change together, so their effects cannot be told apart."]


def _two(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"  # and never -0.00


def _decimals(largest: float) -> int:
    """Return as many decimals as show three digits of the largest effect: beside it, less is nothing."""
    return min(12, max(0, 2 - math.floor(math.log10(largest)))) if largest else 2


def _number(value: float, decimals: int) -> str:
    if 0 < abs(value) < 0.5 * 10**-decimals:
        return f"< {10**-decimals:.{decimals}f}"
    return f"{value:,.{decimals}f}" if value else "0"
