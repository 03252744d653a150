"""What differs between the policies, and what that does to who is on the list."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from ..compared import ComparedArm, another_crowd, differing, stay_listed
from ..limits import MOST_ARMS
from ..setting_words import setting_label, setting_value
from ..settings import shown_settings
from ..state import LETTERS
from .compare_drawing import badge

_SHOWN: Final = 8
"""Settings that stand there at once; the rest on demand."""
_LIST: Final = ("watchlist.size", "watchlist.operations.")


def differing_settings(arms: Sequence[ComparedArm]) -> Markup:
    """Return the settings that are not the same everywhere, and the buttons that change policies."""
    changes = differing(arms)
    paths = list(changes)
    shown = _table(arms, {path: changes[path] for path in paths[:_SHOWN]})
    rest = Markup("")
    if len(paths) > _SHOWN:
        rest = Markup(
            '<details id="compare-more-settings"><summary>and {} more</summary>{}</details>'
        ).format(len(paths) - _SHOWN, _table(arms, {path: changes[path] for path in paths[_SHOWN:]}))
    same = len(shown_settings()) - len(paths)
    return Markup(
        '<section class="compare-settings" id="compare-settings" aria-label="Settings that differ">{}{}'
        '<p class="note">{}{}{}</p><div class="row">{}</div></section>'
    ).format(shown, rest, _same(same, len(paths)), _crowds(arms), _lists(arms, changes), _buttons(arms))


def _table(arms: Sequence[ComparedArm], changes: Mapping[str, tuple[Any, ...]]) -> Markup:
    heads = Markup("").join(
        Markup('<th scope="col">{}<span class="compare-name serif">{}</span>{}</th>').format(
            badge(arm.letter, first=not number), arm.name, _remove(arm, arms) if number else ""
        )
        for number, arm in enumerate(arms)
    )
    lines = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            setting_label(path),
            Markup("").join(Markup("<td>{}</td>").format(setting_value(path, value)) for value in values),
        )
        for path, values in changes.items()
    )
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="Settings that differ">'
        '<table class="compare-differing{}"><thead><tr><td></td>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(" compare-many" if len(arms) > 2 else "", heads, lines)


def _remove(arm: ComparedArm, arms: Sequence[ComparedArm]) -> Markup:
    """Return the button that takes a policy away, where more than two stand there."""
    if len(arms) < 3:
        return Markup("")
    return Markup(
        '<button type="button" class="link" data-do="remove-arm" data-value="{0}" id="compare-remove-{0}" '
        'aria-label="Remove policy {0}">Remove</button>'
    ).format(arm.letter)


def _buttons(arms: Sequence[ComparedArm]) -> Markup:
    swap = Markup(
        '<button type="button" data-do="swap" id="compare-swap" class="compare-swap"{}>Swap</button>'
    ).format("" if len(arms) == 2 else Markup(' aria-label="Swap policies A and B"'))
    if len(arms) >= MOST_ARMS:
        return swap + Markup('<span class="note">Four policies are the most.</span>')
    return swap + Markup(
        '<button type="button" data-do="add-arm" id="compare-add">Add policy {}</button>'
    ).format(LETTERS[len(arms)])


def _same(same: int, differ: int) -> str:
    if not differ:
        return f"All {same} settings are the same, so all outcomes are. "
    return f"The other {same} settings are the same. "


def _crowds(arms: Sequence[ComparedArm]) -> str:
    if not another_crowd(arms):
        return ""
    return "The place, the hours or the passers differ, so each day has its own crowd under each policy. "


def _lists(arms: Sequence[ComparedArm], changes: Mapping[str, tuple[Any, ...]]) -> Markup:
    """Return how many listed people stay listed under the other policies, if only the list differs."""
    told = []
    for number, arm in enumerate(arms[1:], start=1):
        paths = [path for path, values in changes.items() if values[0] != values[number]]
        of_list = [path for path in paths if path.startswith("watchlist.")]
        if not of_list or not all(path.startswith(_LIST) for path in of_list):
            continue
        if another_crowd((arms[0], arm)):
            continue
        told.append(_stay(arms[0], arm, of_list))
    return Markup(" ").join(words for words in told if words)


def _stay(first: ComparedArm, other: ComparedArm, paths: Sequence[str]) -> Markup:
    share = stay_listed(first.scenario, other.scenario)
    if not math.isfinite(share):
        return Markup("")
    before, after = first.scenario.watchlist, other.scenario.watchlist
    if list(paths) == ["watchlist.size"]:
        change = Markup(
            '<button type="button" class="link" data-do="open" data-value="watchlist.presence_exponent" '
            'id="compare-open-presence-{}">change</button>'
        ).format(other.letter)
        assumed = Markup(" (an assumption you can {}).").format(change)
        if after.size < before.size:
            return Markup("When the list shrinks, {} of the listed people who walk past {} on it{}").format(
                _in_100(share), "stays" if _in_100(share) == "1 in 100" else "stay", assumed
            )
        return Markup(
            "When the list grows, for every 100 listed people who walk past there come to be {}{}"
        ).format(f"{100 * share:,.0f}", assumed)
    if not share:
        return Markup("Nobody who walks past is on the list of {}.").format(other.letter)
    return Markup("For every 100 listed people who walk past under {}, there are {} under {}.").format(
        first.letter, "fewer than 1" if share < 0.005 else f"{100 * share:,.0f}", other.letter
    )


def _in_100(share: float) -> str:
    """Return a share up to 1 as so many in 100."""
    if share == 0:
        return "none"
    if share < 0.005:
        return "fewer than 1 in 100"
    if 0.995 <= share < 1:
        return "more than 99 in 100"
    return "all" if share >= 1 else f"{100 * share:.0f} in 100"
