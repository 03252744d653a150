"""What a factor does to an outcome: a line per level of another, with 95 % intervals."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from lfr_sim.scenario import Fault, InputError, nearest
from lfr_sim.study.analysis.outcomes import (
    Estimate,
    Level,
    Outcome,
    estimate,
    factors_of,
    is_number,
    levels_of,
    outcome_of,
)
from lfr_sim.study.sweeps.results import Results

from .keys import finish_with_key
from .notes import averaged_note, gaps_note, key_heading, runs_note, within_marks, zeros_note
from .palette import MARKERS, SERIES
from .sheet import Sheet, scale_right, scale_up
from .words import (
    capital,
    factor_label,
    factor_words,
    is_share,
    level_words,
    outcome_label,
    outcome_words,
    the_factor,
)

MOST_LINES = len(SERIES)
_MOST_JOINED = 25
"""More levels than this are drawn as dots, without lines and intervals."""
_MOST_NAMES, _LONGEST_KEY = 6, 25
"""More names than this have no room under an axis; more than that have none in the caption."""
_SIDESTEP_PT = 3.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a figure: the estimates at the levels of a factor."""

    label: str
    points: tuple[tuple[Level, Estimate], ...]


def response_curve(
    results: Results,
    outcome: str,
    x: str | None = None,
    by: str | None = None,
    *,
    title: str | None = None,
    log: bool | None = None,
    log_up: bool = False,
) -> Figure:
    """Draw a column's mean per deployment, or a rate, against a factor.

    What is drawn has a `gid`: "line:<label>", "interval:<label>", and the key's as `finish_with_key` has
    them; the label of a single line is "", and it has no key.

    Args:
        results: The table of a sweep.
        outcome: A column, a rate of `lfr_sim.metrics`, or a rate by expected counts.
        x: Dotted path of a factor, or `policy`; left out: the first that varies.
        by: Factor with a line per level; left out: one line.
        title: Left out: what is shown.
        log: Whether the factor's axis is logarithmic; left out: where its values span more than 30-fold.
        log_up: Whether the other axis is.

    Raises:
        InputError: If there is no such outcome or factor, or `by` has too many levels.
    """
    shown = outcome_of(results, outcome)
    x = x or first_factor(results, except_for=by)
    lines = lines_of(results, shown, x, by)
    levels = levels_of(results, x)
    few = len(levels) <= _MOST_JOINED
    notes = _notes(results, shown, (x, by), lines, few=few, log_up=log_up)
    notes += _key(levels)
    lines, empty = _with_values(lines, log_up)
    if empty:
        notes.append(f"No value at all, so no line: {', '.join(line.label for line in empty)}.")
    names = _level_names(levels, x)
    sheet = Sheet.of(
        title or _title(shown, x, by),
        outcome_label(shown),
        capital(factor_label(x)),
        " ".join(notes),
        tick_lines=1 + max(name.count("\n") for name in names),
    )
    places = _places(sheet, x, levels, names, log)
    drawn = [
        (value, found.interval)
        for line in lines
        for _, found in line.points
        if (value := _drawable(found, log_up)) is not None
    ]
    ends = [end for value, interval in drawn for end in (value, *((few and interval) or ()))]
    scale_up(sheet.axes, ends, share=is_share(shown), log=log_up)
    joined = few and all(is_number(level.value) for level in levels)
    for number, line in enumerate(lines):
        step = _SIDESTEP_PT * (number - (len(lines) - 1) / 2) if few else 0.0
        _draw(sheet, line, number, places, step, few=few, joined=joined, log_up=log_up)
    if len(lines) == 1:
        return sheet.finish()
    return finish_with_key(sheet, [line.label for line in lines], key_heading(by or ""), leaders=True)


def _with_values(lines: Sequence[Line], log_up: bool) -> tuple[list[Line], list[Line]]:
    """Return the lines of which something can be drawn, and the others; all if there are none such."""
    full = [line for line in lines if any(_drawable(found, log_up) is not None for _, found in line.points)]
    return (full, [line for line in lines if line not in full]) if full else (list(lines), [])


def lines_of(results: Results, outcome: Outcome, x: str, by: str | None) -> list[Line]:
    """Return the estimates at each level of a factor, for each level of another."""
    check_factors(results, x, by)
    across = levels_of(results, x)
    if by is None:
        return [Line("", tuple((level, estimate(results, level.points, outcome)) for level in across))]
    found = []
    for split in levels_of(results, by):
        both = [Level(level.value, _common(level, split)) for level in across]
        points = tuple((level, estimate(results, level.points, outcome)) for level in both if level.points)
        found.append(Line(level_words(split.value, by), points))
    return found


def check_factors(results: Results, x: str, by: str | None) -> None:
    """Refuse factors that the table does not have, and more lines than can be told apart."""
    known = factors_of(results) or tuple(results.factors)
    faults = [
        Fault(name, "nothing of this name varies", factor, ", ".join(known), nearest(factor, known))
        for name, factor in (("x", x), ("by", by))
        if factor is not None and factor not in known
    ]
    if by == x:
        faults.append(Fault("by", "this is x already", by, "another factor"))
    elif not faults and by is not None and (count := len(levels_of(results, by))) > MOST_LINES:
        problem = f"its {count:,} levels would be as many lines"
        faults.append(Fault("by", problem, by, f"a factor of at most {MOST_LINES} levels"))
    if faults:
        raise InputError("figure", faults)


def first_factor(results: Results, *, except_for: str | None = None) -> str:
    """Return the first factor that varies; raises `InputError` if none does."""
    for factor in factors_of(results):
        if factor != except_for:
            return factor
    raise InputError("figure", [Fault("x", "nothing varies in this table", shows_value=False)])


def _common(one: Level, other: Level) -> tuple[int, ...]:
    wanted = set(other.points)
    return tuple(point for point in one.points if point in wanted)


def _level_names(levels: Sequence[Level], factor: str) -> list[str]:
    """Return what stands at each level's tick; words may take up several lines."""
    names = [level_words(level.value, factor) for level in levels]
    if all(is_number(level.value) for level in levels):
        return ["\n".join(textwrap.wrap(name, 9)) if " in " in name else name for name in names]
    if len(names) > _MOST_NAMES:
        return [f"{number:,}" for number in range(1, len(names) + 1)]
    letters = 64 // len(names) if len(names) > 4 else 14
    return ["\n".join(textwrap.wrap(name, letters, max_lines=3, placeholder=" …")) for name in names]


def _key(levels: Sequence[Level]) -> list[str]:
    """Return what numbered ticks stand for, where there is no room for names."""
    if len(levels) <= _MOST_NAMES or all(is_number(level.value) for level in levels):
        return []
    told = [f"{number}: {level_words(level.value)}" for number, level in enumerate(levels, start=1)]
    return [f"{'; '.join(told[:_LONGEST_KEY])}{'; …' if len(told) > _LONGEST_KEY else ''}."]


def _places(
    sheet: Sheet, factor: str, levels: Sequence[Level], names: Sequence[str], log: bool | None
) -> dict[str, float]:
    """Set the factor's axis up, and return where on it each level lies."""
    numeric = all(is_number(level.value) for level in levels)
    values = [float(level.value) for level in levels] if numeric else [*map(float, range(len(levels)))]
    scale_right(sheet.axes, values, log if numeric else False, names, partial(level_words, factor=factor))
    if not numeric:
        sheet.axes.set_xlim(-0.5, len(levels) - 0.5)
    return dict(zip((repr(level.value) for level in levels), values, strict=True))


def _drawable(found: Estimate, log_up: bool) -> float | None:
    """Return the value of an estimate; None where it cannot be drawn."""
    if found.value is None or (log_up and found.value <= 0):
        return None
    return found.value


def _draw(
    sheet: Sheet,
    line: Line,
    number: int,
    places: dict[str, float],
    step_pt: float,
    *,
    few: bool,
    joined: bool,
    log_up: bool,
) -> None:
    axes, colour, marker = sheet.axes, SERIES[number], MARKERS[number]
    aside = axes.transData + ScaledTranslation(step_pt / 72, 0, sheet.figure.dpi_scale_trans)
    xs = [places[repr(level.value)] for level, _ in line.points]
    ys = [float("nan") if (y := _drawable(found, log_up)) is None else y for _, found in line.points]
    style: dict[str, Any] = {"color": colour, "transform": aside}
    axes.plot(
        xs, ys, marker=marker, ms=6.5 if few else 4, lw=1.8 if joined else 0, zorder=4,
        gid=f"line:{line.label}", clip_on=False, **style,
    )  # fmt: skip
    floor = axes.get_ylim()[0]
    bars = [
        (x, max(found.interval[0], floor), found.interval[1])
        for x, y, (_, found) in zip(xs, ys, line.points, strict=True)
        if found.interval is not None and y == y
    ]
    if bars and few:
        at, low, high = zip(*bars, strict=True)
        axes.vlines(at, low, high, lw=1.4, alpha=0.75, zorder=3, gid=f"interval:{line.label}", **style)


def _title(outcome: Outcome, x: str, by: str | None) -> str:
    text = f"What {the_factor(x)} does to {outcome_words(outcome)}"
    return text if by is None else f"{text}, for each {factor_words(by)}"


def _notes(
    results: Results,
    outcome: Outcome,
    used: Sequence[str | None],
    lines: Sequence[Line],
    *,
    few: bool,
    log_up: bool,
) -> list[str]:
    found = [one for line in lines for _, one in line.points]
    has_bars = few and any(one.interval for one in found)
    notes = runs_note(results, [outcome], intervals=has_bars, hidden=within_marks(found, log=log_up))
    notes += [*averaged_note(results, used), *gaps_note(results, [(outcome, found)])]
    return notes + zeros_note([found], [log_up])
