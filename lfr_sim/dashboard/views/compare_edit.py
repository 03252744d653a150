"""The forms that make the policies of Compare: a name, a policy to start from, settings one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from ..policies import POLICIES
from ..settings import FIRST_CONTROLS, TABLES, label_of, settings_by_table, shown
from ..state import LETTERS, Arm, settings_of


def forms(arms: Sequence[Arm], names: Sequence[str], asked: str = "", typed: Any = None) -> Markup:
    """Return a form for each policy.

    Args:
        arms: The policies.
        names: What they are called.
        asked: Letter and path, `B:watchlist.size`, of a further setting that is being changed.
        typed: Its value.
    """
    parts = Markup("").join(
        _form(LETTERS[number], arm, name, asked, typed)
        for number, (arm, name) in enumerate(zip(arms, names, strict=True))
    )
    return Markup('<div class="policy-forms" id="policy-forms">{}</div>').format(parts)


def _form(letter: str, arm: Arm, name: str, asked: str, typed: Any) -> Markup:
    values = settings_of(arm.scenario)
    boxes = Markup("").join(
        Markup(
            '<div class="setting"><label for="{0}-{1}">{2}</label><input type="text" inputmode="decimal" '
            'id="{0}-{1}" data-set="{0}:{1}" value="{3}" autocomplete="off"></div>'
        ).format(letter, control.path, control.label, shown(control, values[control.path]))
        for control in FIRST_CONTROLS
    )
    return Markup(
        '<details id="form-{0}"{6}><summary>Change policy {0}: {1}</summary>'
        '<div class="setting"><label for="{0}-name">Name</label><input type="text" id="{0}-name" '
        'data-set="{0}:@name" value="{2}" placeholder="{1}" maxlength="60" autocomplete="off"></div>'
        '<div class="setting"><label for="{0}-policy">Start from</label>{3}</div>{4}{5}</details>'
    ).format(
        letter,
        name,
        arm.name,
        _policies(letter),
        boxes,
        _another(letter, asked, typed),
        Markup(" open") if asked.startswith(f"{letter}:") else "",
    )


def _policies(letter: str) -> Markup:
    options = Markup("").join(
        Markup('<option value="{}">{}</option>').format(policy.name, policy.words) for policy in POLICIES
    )
    return Markup(
        '<select id="{0}-policy" data-set="{0}:@policy"><option value="">choose …</option>'
        '<option value="shipped">The scenario as it is shipped</option>{1}</select>'
    ).format(letter, options)


def _another(letter: str, asked: str, typed: Any) -> Markup:
    path = asked.removeprefix(f"{letter}:") if asked.startswith(f"{letter}:") else ""
    groups = Markup("").join(
        Markup('<optgroup label="{}">{}</optgroup>').format(
            TABLES[table], Markup("").join(_option(each, path) for each in paths)
        )
        for table, paths in settings_by_table().items()
    )
    select = Markup(
        '<div class="setting"><label for="{0}-another">Another setting</label>'
        '<select id="{0}-another" data-set="{0}:@another"><option value="">choose …</option>{1}</select>'
        "</div>"
    ).format(letter, groups)
    if not path:
        return select
    return select + Markup(
        '<div class="setting"><label for="{0}-value">{1}</label><input type="text" id="{0}-value" '
        'data-set="{0}:{2}" value="{3}" autocomplete="off"></div>'
    ).format(letter, label_of(path), path, typed)


def _option(path: str, chosen: str) -> Markup:
    selected = Markup(" selected") if path == chosen else ""
    return Markup('<option value="{}"{}>{}</option>').format(path, selected, label_of(path))
