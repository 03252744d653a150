"""Every outcome under each policy and how it differs, per day or per something counted; and by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from lfr_sim.figures.words import listed

from ..compared import (
    FURTHER,
    OUTCOMES,
    PERS,
    Change,
    ComparedArm,
    GroupCounts,
    Measured,
    Outcome,
    Per,
    another_crowd,
    are_paired,
    change,
    group_counts,
    holds_the_list_of,
    measured,
    seen_again,
    too_few,
    unsought,
)
from .compare_drawing import badge
from .compare_numbers import SEEN_AGAIN, Told, change_told, difference_words, figure, measured_told, starred
from .words import counted, expected, whole

_MINUS: Final = "\N{MINUS SIGN}"
_DASH: Final = "\N{EN DASH}"
_BAR: Final = 150


def outcomes(arms: Sequence[ComparedArm], per: str = "day") -> Markup:
    """Return the table of outcomes, one for each policy against the first, with the switch of denominator.

    Args:
        arms: The policies with their days, aligned.
        per: Name of a denominator of `PERS`.

    Raises:
        KeyError: If there is no such denominator.
    """
    chosen = PERS[per]
    switch = Markup("").join(
        Markup(
            '<button type="button" data-do="per" data-value="{0}" id="compare-per-{0}" aria-pressed="{1}">'
            "{2}</button>"
        ).format(one.name, "true" if one is chosen else "false", one.label)
        for one in PERS.values()
    )
    head = Markup(
        '<div class="compare-head"><h2 id="compare-outcomes-title">Every outcome, per</h2>'
        '<div class="compare-per" role="group" aria-label="Every outcome, per">{}</div></div>'
    ).format(switch)
    if any(not len(arm.days) for arm in arms):
        body = Markup('<p class="note">No day has been simulated yet.</p>')
    else:
        first, *others = arms
        body = Markup("").join(_against(first, arm, chosen) for arm in others) + _groups(arms)
    return Markup('<section id="compare-outcomes">{}{}</section>').format(head, body)


def _against(a: ComparedArm, b: ComparedArm, per: Per) -> Markup:
    paired = are_paired((a, b))
    every = (*OUTCOMES, *FURTHER)
    changes = {one.name: change(a.days, b.days, one, per) for one in every} if paired else {}
    main = [_row(one, a, b, per, changes.get(one.name)) for one in OUTCOMES]
    if not per.column and not another_crowd((a, b)):
        main += _unsought(a, b) if paired else _unsought_predicted(a, b)
    further = [_row(one, a, b, per, changes.get(one.name)) for one in FURTHER]
    heads = _heads(a, b, per, paired=paired)
    notes = [
        _note(a, b, per, paired=paired),
        starred(changes.values()),
        SEEN_AGAIN if paired and seen_again(a, b) else "",
    ]
    name = f"compare-outcomes-{b.letter}"
    return Markup(
        '{}<p class="note">{}</p><details class="as-table" id="{}-further">'
        "<summary>Further outcomes</summary>{}</details>"
    ).format(
        _table(name, heads, main),
        " ".join(filter(None, notes)),
        name,
        _table(f"{name}-more", heads, further),
    )


def _table(name: str, heads: Markup, rows: Sequence[Markup]) -> Markup:
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="Outcomes">'
        '<table class="numbers compare-outcomes" id="{}">{}<tbody>{}</tbody></table></div>'
    ).format(name, heads, Markup("").join(rows))


def _heads(a: ComparedArm, b: ComparedArm, per: Per, *, paired: bool) -> Markup:
    same = "same crowds" if paired and not another_crowd((a, b)) else "on average"
    days = (
        Markup(
            '<th scope="col" class="compare-days">days<br>lower</th>'
            '<th scope="col" class="compare-days">days<br>same</th>'
            '<th scope="col" class="compare-days">days<br>higher</th><td class="compare-days"></td>'
        )
        if paired
        else ""
    )
    return Markup(
        '<thead><tr><td></td><th scope="col">{a}</th><th scope="col">{b}</th>'
        '<th scope="col">{letter_b} {minus} {letter_a}, {same}</th>{days}</tr></thead>'
    ).format(
        a=badge(a.letter, first=True),
        b=badge(b.letter, first=False),
        letter_a=a.letter,
        letter_b=b.letter,
        minus=_MINUS,
        same=same,
        days=days,
    )


def _row(outcome: Outcome, a: ComparedArm, b: ComparedArm, per: Per, found: Change | None) -> Markup:
    of_a, of_b = (measured(arm.days, outcome, per) for arm in (a, b))
    cells = _cell(measured_told(of_a, per)) + _cell(measured_told(of_b, per))
    said = Markup("")
    if found is not None:
        cells += _cell(change_told(found, per)) + _days(found)
        said = _days_said(found, b.letter)
    else:
        cells += _cell(_unpaired(of_a, of_b, per))
    return Markup('<tr><th scope="row">{} {}</th>{}</tr>').format(outcome.label, said, cells)


def _cell(told: Told) -> Markup:
    if not told.value:
        return Markup('<td><span class="compare-undefined">{}</span></td>').format(told.rest)
    rest = Markup(' <span class="compare-spread">{}</span>').format(told.rest) if told.rest else ""
    return Markup('<td><span class="compare-value">{}</span>{}</td>').format(told.value, rest)


def _unpaired(of_a: Measured, of_b: Measured, per: Per) -> Told:
    """Return a difference between days that are not paired: predicted ones."""
    if of_a.value is None or of_b.value is None:
        return Told("", f"undefined, {per.nothing}")
    return Told(difference_words(of_b.value - of_a.value), "")


def _days(found: Change) -> Markup:
    days = found.lower + found.equal + found.higher + found.undefined
    scale = _BAR / max(1, days)
    bar = Markup(
        '<svg width="{0}" height="11" viewBox="0 0 {0} 11" aria-hidden="true">'
        '<rect x="0.5" y="0.5" width="{1}" height="10" class="fill-none stroke-person"/>'
        '<rect x="0" y="0" width="{2}" height="11" class="fill-ink"/>'
        '<rect x="{3}" y="0" width="{4}" height="11" class="fill-person"/></svg>'
    ).format(
        _BAR,
        _BAR - 1,
        f"{scale * found.lower:.1f}",
        f"{_BAR - scale * found.higher:.1f}",
        f"{scale * found.higher:.1f}",
    )
    cells = Markup("").join(
        Markup('<td class="compare-days">{}</td>').format(f"{count:,}")
        for count in (found.lower, found.equal, found.higher)
    )
    return cells + Markup('<td class="compare-days compare-bar">{}</td>').format(bar)


def _days_said(found: Change, letter: str) -> Markup:
    """Return the days in words, for phones, where their columns have no room."""
    days = found.lower + found.equal + found.higher
    if not days:
        words = "on no day known under both"
    elif found.equal == days:
        words = "the same on all days"
    else:
        words = f"under {letter} lower on {found.lower:,}, higher on {counted(found.higher, 'day')}"
        words = words.replace("higher on no day", "never higher").replace("lower on 0", "never lower")
    return Markup('<span class="narrow compare-said">{}</span>').format(words)


def _unsought(a: ComparedArm, b: ComparedArm) -> list[Markup]:
    """Return how many walk past who are listed under one policy only: nobody looks for them."""
    rows = []
    for one, other in ((a, b), (b, a)):
        counted_so = unsought(one.days, other.days)
        if other is a and counted_so is None:
            continue
        found = _cell(measured_told(counted_so or Measured(0.0), PERS["day"]))
        none = Markup("<td>{}</td>").format(_DASH)
        cells = none + found if other is b else found + none
        said = f"walk past unsought under {other.letter}; neither found nor missed"
        if counted_so is None:
            said = _nobody_unsought(one, other)
        rows.append(
            Markup(
                '<tr><th scope="row">Listed under {}, not under {} '
                '<span class="narrow compare-said">{}</span></th>{}<td>{}</td>'
                '<td class="compare-days compare-told" colspan="4">{}</td></tr>'
            ).format(one.letter, other.letter, said, cells, _DASH, said)
        )
    return rows


def _nobody_unsought(one: ComparedArm, other: ComparedArm) -> str:
    """Return why nobody listed under one policy only walks past: it cannot be, or it did not happen."""
    if holds_the_list_of(other.scenario, one.scenario):
        return f"everybody listed under {one.letter} is listed under {other.letter}"
    return f"nobody listed under {one.letter} only walked past on these days"


def _unsought_predicted(a: ComparedArm, b: ComparedArm) -> list[Markup]:
    """Return the same of predicted days, on average, where the settings say who is listed under both."""
    if holds_the_list_of(a.scenario, b.scenario):
        gone = [float(arm.days.columns["truth.listed_passers"].mean()) for arm in (a, b)]
        told = f"{expected(max(0.0, gone[0] - gone[1]))} on average"
        said = f"walk past unsought under {b.letter}; neither found nor missed"
    else:
        told, said = "not known", "known once days have been simulated"
    return [
        Markup(
            '<tr><th scope="row">Listed under {}, not under {} <span class="compare-said">{}</span></th>'
            "<td>{}</td><td>{}</td><td>{}</td></tr>"
        ).format(a.letter, b.letter, said, _DASH, told, _DASH)
    ]


def _note(a: ComparedArm, b: ComparedArm, per: Per, *, paired: bool) -> str:
    days = len(a.days)
    if per.column:
        first = f"Sums over {counted(days, 'day')} by sums, never a mean of ratios; under it the two sums."
    elif days == 1:
        first = "Counts of the one day."
    else:
        first = "Mean per day; under it the sum over all days, and the range of nine days in ten."
    if not paired:
        kind = "their means" if not per.column else "the ratios"
        other = f"Predicted days of {b.letter} are not those of {a.letter}"
        return f"{first} {other}: the difference is of {kind}."
    then = "mean of the daily differences" if not per.column else "of the two ratios"
    text = f"{first} {b.letter} {_MINUS} {a.letter}: {then}, then its 95 % interval."
    if another_crowd((a, b)):
        text += " Each day has its own crowd under each policy, so days are paired by number only."
    if per.column:
        either = f"Days with {per.nothing} under one of the two are neither lower, the same nor higher."
        text += f" {either}"
    return text


# --- groups -------------------------------------------------------------------------------------------


def _groups(arms: Sequence[ComparedArm]) -> Markup:
    groups = group_counts(arms)
    if not groups:
        return Markup("")
    days, all_groups = len(arms[0].days), counted(len(groups), "group")
    few = {arm.letter: number for arm, number in zip(arms, too_few(groups), strict=True) if number}
    if few:
        told = listed([f"{number} of {all_groups} under {letter}" for letter, number in few.items()])
        have = "has" if list(few.values()) == [1] else "have"
        said = f"Not enough to say: {told} {have} fewer than 5 wrong alerts in {counted(days, 'day')}."
    else:
        said = f"Each of {all_groups} has 5 wrong alerts or more in {counted(days, 'day')}."
    lines = Markup("").join(
        Markup('<tr><th scope="row">{}, under {}</th>{}</tr>').format(
            group.capitalize(), arm.letter, _group_cells(one)
        )
        for group, counts in groups.items()
        for arm, one in zip(arms, counts, strict=True)
    )
    return Markup(
        '<div class="compare-groups"><p><b>Wrong alerts by group.</b> <span class="muted">{}</span></p>'
        '<details class="as-table" id="compare-groups"><summary>Counts by group</summary>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Counts by group">'
        '<table class="numbers"><caption>Sums over {}</caption><thead><tr><td></td>'
        '<th scope="col">passers</th><th scope="col">wrong alerts</th>'
        '<th scope="col">per 10,000 passers</th><th scope="col">stops by mistake</th>'
        "</tr></thead><tbody>{}</tbody></table></div></details></div>"
    ).format(said, counted(days, "day"), lines)


def _group_cells(counts: GroupCounts) -> Markup:
    rate = counts.wrong_per_10_000
    return Markup("<td>{}</td><td>{}</td><td>{}</td><td>{}</td>").format(
        whole(counts.passers),
        whole(counts.wrong_alerts),
        "not enough to say" if rate is None else figure(rate),
        whole(counts.mistaken_stops),
    )
