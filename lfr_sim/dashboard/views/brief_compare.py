"""The one-page brief of a comparison: the question, its answer in counts, and every outcome per day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from lfr_sim.figures.words import listed
from lfr_sim.scenario import Scenario

from ..compared import (
    ARRESTS,
    MISTAKEN,
    OUTCOMES,
    PERS,
    Change,
    ComparedArm,
    Outcome,
    Per,
    another_crowd,
    are_paired,
    change,
    differing,
    measured,
    seen_again,
    unsought,
)
from ..setting_words import setting_label, setting_value
from ..settings import shown_settings
from ..settings_told import settings_told
from ..state import Changes
from ..telling_apart import IN_2022, telling_apart
from .brief_parts import about, again, made_with, page, shortened, top
from .brief_rests import sources_told, standing
from .compare_differences import common_scale, daily_change, difference_dots, dots_told, finding
from .compare_drawing import badge
from .compare_numbers import SEEN_AGAIN, Told, change_told, measured_told, starred
from .compare_power import tries
from .compare_sentence import compare_sentence, question
from .words import counted, number_word

_MINUS: Final = "\N{MINUS SIGN}"
_MOST_SETTINGS: Final = 6
_MOST_OF_SEVERAL: Final = 4
"""Settings shown of two policies, and of more."""
_MOST_LARGE: Final = 2
"""Settings that may differ before the sheet is printed smaller."""
_LONGEST_VALUE: Final = 60
"""Characters of a value or a policy's name."""
_TALLEST: Final = 104.0
"""How tall a heap of days may be, in px, so that hundreds of them leave room on the sheet."""
_BOTH: Final = (MISTAKEN, ARRESTS)


@dataclass(frozen=True, eq=False)
class CompareTold:
    """All that the brief of Compare tells of."""

    arms: Sequence[ComparedArm]
    """Two to four policies with the simulated days that all of them have, as `aligned` gives them."""
    shipped: Sequence[Scenario]
    """By policy, the shipped scenario that it was made from."""
    changes: Sequence[Changes]
    """By policy, what of it has been changed."""
    seed: int
    per: str
    """Name of a denominator of `PERS`: what outcomes are told per."""
    address: str
    """The link to this state: path and query, behind `ORIGIN` or an address."""
    command: str
    needs_files: bool
    """Whether the command names scenario files that have to be saved first."""
    today: datetime.date
    made: Mapping[str, Any]
    """What `lfr_sim.study.replicates.provenance` says of the first policy's scenario."""
    asked: int = 0
    """Days of the run; where it has more than are simulated, the sheet says so."""


def compare_brief(told: CompareTold) -> str:
    """Return the brief of a comparison, as a whole HTML page.

    Raises:
        ValueError: If there are fewer than two policies, or if their days are not simulated.
    """
    arms = tuple(told.arms)
    if len(arms) < 2 or not are_paired(arms):
        raise ValueError("a brief needs two policies or more, with simulated days")
    settings = settings_told(arms[0].scenario)
    body = Markup("").join(
        [
            top(told.today),
            Markup('<h1>{}</h1><p class="brief-about">{}</p>{}').format(
                shortened(question(arms)),
                about(arms, told.shipped, told.seed, told.asked),
                compare_sentence(arms),
            ),
            _settings(arms),
            _all_days(arms),
            _outcomes(arms, PERS[told.per]),
            _how_many(arms),
            standing(arms[0].scenario, told.shipped[0], told.changes[0], settings, _whose(arms)),
            again(told.command, [*_made(told), *sources_told(settings)], told.address),
        ]
    )
    much = len(arms) > 2 or len(differing(arms)) > _MOST_LARGE
    return page(f"lfr-sim: {shortened(question(arms))}", body, "several" if much else "compare")


def _whose(arms: Sequence[ComparedArm]) -> str:
    first, *others = arms
    return f"Settings of {first.letter}; those of {listed([arm.letter for arm in others])} differ as above."


# --- what differs -------------------------------------------------------------------------------------


def _settings(arms: Sequence[ComparedArm]) -> Markup:
    """Return the settings that are not the same everywhere: a table, or on phones a list."""
    changes = differing(arms)
    most = _MOST_SETTINGS if len(arms) == 2 else _MOST_OF_SEVERAL
    shown = {
        setting_label(path): [shortened(setting_value(path, value), _LONGEST_VALUE) for value in values]
        for path, values in list(changes.items())[:most]
    }
    named = [
        Markup("{} <span>{}</span>").format(
            badge(arm.letter, first=not number), shortened(arm.name, _LONGEST_VALUE)
        )
        for number, arm in enumerate(arms)
    ]
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in named)
    lines = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            label, Markup("").join(Markup("<td>{}</td>").format(value) for value in values)
        )
        for label, values in shown.items()
    )
    return Markup(
        '<section><h2>What differs</h2><div class="brief-wide"><table class="brief-table brief-settings">'
        "<thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div>"
        '<div class="brief-narrow">{}</div><p class="brief-note">{}</p></section>'
    ).format(heads, lines, _as_lists(arms, named, shown), _rest_told(arms, len(changes), len(shown)))


def _as_lists(
    arms: Sequence[ComparedArm], named: Sequence[Markup], shown: Mapping[str, Sequence[str]]
) -> Markup:
    policies = Markup("").join(Markup("<li>{}</li>").format(name) for name in named)
    items = Markup("").join(
        Markup("<li><b>{}</b> {}</li>").format(
            label, "; ".join(f"{arm.letter} {value}" for arm, value in zip(arms, values, strict=True))
        )
        for label, values in shown.items()
    )
    return Markup('<ul class="brief-list">{}</ul><ul class="brief-list">{}</ul>').format(policies, items)


def _rest_told(arms: Sequence[ComparedArm], differ: int, shown: int) -> str:
    more = f"And {differ - shown} more that differ. " if differ > shown else ""
    same = len(shown_settings()) - differ
    rest = f"The other {same} settings are the same." if differ else "All settings are the same."
    if another_crowd(arms):
        return f"{more}{rest} Each day has its own crowd under each policy."
    return f"{more}{rest} The same people walk past under each policy."


# --- day by day ---------------------------------------------------------------------------------------


def _all_days(arms: Sequence[ComparedArm]) -> Markup:
    """Return the days as dots; of more than two policies, in words, for which a sheet has room."""
    first, *others = arms
    days = counted(len(first.days), "day")
    heading = f"All {days}" if len(first.days) > 1 else "The one day"
    changes = {(arm.letter, one.name): daily_change(first, arm, one) for arm in others for one in _BOTH}
    if len(others) == 1:
        scale = common_scale(list(changes.values()))
        body = Markup('<div class="brief-dots">{}</div>').format(
            Markup("").join(
                difference_dots(first, others[0], one.name, scale=scale, tallest_px=_TALLEST)
                for one in _BOTH
            )
        )
        note = dots_told(arms, scale)
    else:
        items = Markup("").join(
            Markup("<li>{}.</li>").format(finding(changes[arm.letter, one.name], one, arm.letter))
            for arm in others
            for one in _BOTH
        )
        body = Markup('<ul class="brief-list">{}</ul>').format(items)
        note = f"Each against {first.letter}, day by day."
    return Markup('<section><h2>{}</h2>{}<p class="brief-note">{}</p></section>').format(
        heading, body, note
    )


# --- every outcome ------------------------------------------------------------------------------------


def _outcomes(arms: Sequence[ComparedArm], per: Per) -> Markup:
    """Return every outcome: of two policies with days counted, of more in one table but on phones."""
    first, *others = arms
    changes = [[change(first.days, arm.days, one, per) for one in OUTCOMES] for arm in others]
    pairs = Markup("").join(_pair(first, arm, per, of) for arm, of in zip(others, changes, strict=True))
    if len(others) > 1:
        body = Markup('<div class="brief-wide">{}</div><div class="brief-narrow">{}</div>').format(
            _together(arms, per, changes), pairs
        )
    else:
        body = pairs
    again_told = SEEN_AGAIN if any(seen_again(first, arm) for arm in others) else ""
    note = " ".join(filter(None, (_note(arms, per), starred(chain.from_iterable(changes)), again_told)))
    return Markup('<section><h2>Every outcome, per {}</h2>{}<p class="brief-note">{}</p></section>').format(
        per.label, body, note
    )


def _pair(a: ComparedArm, b: ComparedArm, per: Per, changes: Sequence[Change]) -> Markup:
    heads = Markup(
        '<th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th>'
        '<th scope="col" class="brief-days">days lower</th><th scope="col" class="brief-days">same</th>'
        '<th scope="col" class="brief-days">higher</th>'
    ).format(badge(a.letter, first=True), badge(b.letter, first=False), _less(a, b))
    lines = [_row(outcome, a, b, per, found) for outcome, found in zip(OUTCOMES, changes, strict=True)]
    if not per.column and not another_crowd((a, b)):
        lines += _unsought(a, b)
    return _table(heads, lines)


def _together(arms: Sequence[ComparedArm], per: Per, changes: Sequence[Sequence[Change]]) -> Markup:
    """Return all policies in one table: under each value how it differs from that of the first."""
    first, *others = arms
    heads = Markup('<th scope="col">{}</th>').format(badge(first.letter, first=True)) + Markup("").join(
        Markup('<th scope="col">{} then {}</th>').format(badge(arm.letter, first=False), _less(first, arm))
        for arm in others
    )
    lines = []
    for number, outcome in enumerate(OUTCOMES):
        cells = Markup("<td>{}</td>").format(_value(first, outcome, per))
        for arm, of_arm in zip(others, changes, strict=True):
            cells += Markup("<td>{}<br/>{}</td>").format(
                _value(arm, outcome, per), _told(change_told(of_arm[number], per))
            )
        lines.append(Markup('<tr><th scope="row">{}</th>{}</tr>').format(outcome.label, cells))
    return _table(heads, lines)


def _table(heads: Markup, lines: Sequence[Markup]) -> Markup:
    return Markup(
        '<table class="brief-table brief-outcomes"><thead><tr><td></td>{}</tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(heads, Markup("").join(lines))


def _less(a: ComparedArm, b: ComparedArm) -> str:
    return f"{b.letter} {_MINUS} {a.letter}"


def _row(outcome: Outcome, a: ComparedArm, b: ComparedArm, per: Per, found: Change) -> Markup:
    values = Markup("").join(Markup("<td>{}</td>").format(_value(arm, outcome, per)) for arm in (a, b))
    days = Markup("").join(
        Markup('<td class="brief-days">{:,}</td>').format(count)
        for count in (found.lower, found.equal, found.higher)
    )
    said = "the same on all days"
    if found.lower or found.higher:
        said = f"lower on {found.lower:,}, higher on {found.higher:,} of {counted(len(a.days), 'day')}"
    return Markup('<tr><th scope="row">{}{}</th>{}<td class="brief-less">{}</td>{}</tr>').format(
        outcome.label, _on_phones(said), values, _told(change_told(found, per)), days
    )


def _value(arm: ComparedArm, outcome: Outcome, per: Per) -> Markup:
    return _told(measured_told(measured(arm.days, outcome, per), per))


def _on_phones(words: str) -> Markup:
    return Markup('<span class="brief-narrow brief-said">{}</span>').format(words)


def _told(told: Told) -> Markup:
    value = Markup("{} ").format(told.value) if told.value else ""
    return Markup('{}<span class="brief-spread">{}</span>').format(value, told.rest)


def _unsought(a: ComparedArm, b: ComparedArm) -> list[Markup]:
    """Return how many pass who are listed under one policy only, whom nobody looks for under the other."""
    lines = []
    for one, other in ((a, b), (b, a)):
        found = unsought(one.days, other.days)
        if found is None:
            continue
        value = Markup("<td>{}</td>").format(_told(measured_told(found, PERS["day"])))
        none = Markup("<td>–</td>")
        cells = none + value if other is b else value + none
        said = f"pass unsought under {other.letter}, neither found nor missed"
        lines.append(
            Markup(
                '<tr><th scope="row">Listed under {}, not under {}{}</th>{}<td>–</td>'
                '<td colspan="3" class="brief-days brief-said">{}</td></tr>'
            ).format(one.letter, other.letter, _on_phones(said), cells, said)
        )
    return lines


def _note(arms: Sequence[ComparedArm], per: Per) -> str:
    first, second = (arms[0].letter, arms[1].letter)
    less = f"{second} {_MINUS} {first}" if len(arms) == 2 else f"Less {first}"
    if per.column:
        text = f"Sums over days by sums, then the two sums. {less}: of the two ratios"
    else:
        means = "Mean per day, then the sum, and nine days in ten"
        one = "Counts of the one day" if len(arms[0].days) == 1 else means
        text = f"{one}. {less}: mean of the daily differences"
    text += ", then its 95 % interval."
    return f"{text} Days are paired by number only." if another_crowd(arms) else text


# --- deployments, and making it again -----------------------------------------------------------------


def _how_many(arms: Sequence[ComparedArm]) -> Markup:
    first, *others = arms
    told = Markup("").join(
        Markup("<p>{}{}.</p>").format(f"{arm.letter}: " if len(others) > 1 else "", _telling(first, arm))
        for arm in others
    )
    who = f"a policy from {first.letter}" if len(others) > 1 else f"{others[0].letter} from {first.letter}"
    return Markup(
        '<section class="brief-power"><h2>How many deployments would show it?</h2><p>With {} deployments '
        "under each policy, as in 2022, a plain count would tell {}:</p>{}"
        '<p class="brief-note">Two counts compared '
        "at the 5 in 100 level; each try draws its days at random from the simulated ones.{}</p></section>"
    ).format(
        number_word(IN_2022),
        who,
        told,
        "" if another_crowd(arms) else " The simulation replays the same crowds. A street cannot.",
    )


def _telling(a: ComparedArm, b: ComparedArm) -> str:
    told = []
    for outcome, words in ((MISTAKEN, "mistaken stops"), (ARRESTS, "arrests")):
        first, second = outcome.of(a.days), outcome.of(b.days)
        if np.array_equal(first, second):
            told.append(f"never by {words}, which are the same on every day")
        else:
            told.append(f"by {words} in {tries(telling_apart(first, second, (IN_2022,))[0])} tries")
    return ", ".join(told)


def _made(told: CompareTold) -> list[str]:
    files = ["Save the scenario files named in it first."] if told.needs_files else []
    digests = {f"scenario {arm.letter}": arm.scenario.digest for arm in told.arms}
    return [*files, made_with(told.made, digests)]
