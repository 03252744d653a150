"""The forms that make the policies of Compare: a name, a policy to start from, settings one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from ..policies import POLICIES
from ..setting_words import box_label, setting_label
from ..settings import FIRST_CONTROLS, TABLES, settings_by_table, shown
from ..state import LETTERS, Arm, settings_of
from .controls import setting_field
from .page import options, upload


def forms(arms: Sequence[Arm], names: Sequence[str], titles: Mapping[str, str], asked: str = "") -> Markup:
    """Return a form for each policy.

    Args:
        arms: The policies.
        names: What they are called.
        titles: Name -> title of the scenarios that a policy can be made from.
        asked: Letter and path, `B:watchlist.size`, of a further setting that is being changed.
    """
    parts = Markup("").join(
        _form(LETTERS[number], arm, name, titles, asked)
        for number, (arm, name) in enumerate(zip(arms, names, strict=True))
    )
    return Markup('<div class="policy-forms" id="policy-forms">{}</div>').format(parts)


def _form(letter: str, arm: Arm, name: str, titles: Mapping[str, str], asked: str) -> Markup:
    values = settings_of(arm.scenario)
    boxes = Markup("").join(
        Markup(
            '<div class="setting"><label for="{0}-{1}">{2}</label><input type="text" inputmode="decimal" '
            'id="{0}-{1}" data-set="{0}:{1}" value="{3}" autocomplete="off"></div>'
        ).format(letter, control.path, control.label, shown(control, values[control.path]))
        for control in FIRST_CONTROLS
    )
    return Markup(
        '<details id="form-{0}"{7}><summary>Change policy {0}: {1}</summary>'
        '<div class="setting long"><label for="{0}-name">Name</label><input type="text" id="{0}-name" '
        'data-set="{0}:@name" value="{2}" placeholder="{1}" maxlength="60" autocomplete="off"></div>'
        '<div class="setting long"><label for="{0}-scenario">Scenario</label>'
        '<select id="{0}-scenario" data-set="{0}:@scenario">{8}</select></div>'
        '<div class="setting long"><label for="{0}-policy">Start from</label>{3}</div>{4}{5}{6}</details>'
    ).format(
        letter,
        name,
        arm.name,
        _policies(letter),
        boxes,
        _another(letter, arm, asked),
        upload(f"{letter}-upload", f"Open a scenario file as policy {letter}", letter),
        Markup(" open") if asked.startswith(f"{letter}:") else "",
        options(titles, arm.base),
    )


def _policies(letter: str) -> Markup:
    names = {"": "choose …", "shipped": "The scenario as it is shipped"}
    names |= {policy.name: policy.words for policy in POLICIES}
    return Markup('<select id="{0}-policy" data-set="{0}:@policy">{1}</select>').format(
        letter, options(names, "")
    )


def _another(letter: str, arm: Arm, asked: str) -> Markup:
    path = asked.removeprefix(f"{letter}:") if asked.startswith(f"{letter}:") else ""
    groups = Markup("").join(
        Markup('<optgroup label="{}">{}</optgroup>').format(
            TABLES[table], options({each: setting_label(each) for each in paths}, path)
        )
        for table, paths in settings_by_table().items()
    )
    select = Markup(
        '<div class="setting long"><label for="{0}-another">Another setting</label>'
        '<select id="{0}-another" data-set="{0}:@another"><option value="">choose …</option>{1}</select>'
        "</div>"
    ).format(letter, groups)
    if not path:
        return select
    name, value = f"{letter}-value", settings_of(arm.scenario).get(path)
    return select + Markup('<div class="setting"><label for="{}">{}</label>{}</div>').format(
        name, box_label(path), setting_field(path, value, name, f"{letter}:{path}")
    )
