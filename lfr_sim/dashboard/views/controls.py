"""Controls of settings: the four that Explore shows first, and all the others by table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from lfr_sim.figures.words import capital
from lfr_sim.scenario import Fault, Scenario, setting_paths

from ..setting_words import box_label, setting_value
from ..settings import (
    FIRST_CONTROLS,
    TABLES,
    Control,
    Mark,
    choices_of,
    control_of,
    kind_of,
    marks_of,
    range_of,
    settings_by_table,
    shown,
    shown_settings,
)
from ..state import settings_of, value_text
from ..status_words import BORROWED, PLAIN, is_borrowed
from .fault_words import fault_at
from .page import options
from .words import rounded, whole

_TRACK_PX = 262.0
"""Width of a slider's way on a wide page, for which labels of ticks must not collide."""
_CHARACTER_PX = 8.2
_GAP_PX = 10.0

Refused = Mapping[str, Sequence[Fault]]
"""What is set -> what is wrong with the value that was typed into its box last."""
_NOTHING: Refused = {}


def first_controls(
    scenario: Scenario,
    plain: Scenario,
    open_path: str = "",
    *,
    deployed: float | None = None,
    refused: Refused = _NOTHING,
) -> Markup:
    """Return the controls of the four settings that matter first, in their groups.

    Args:
        scenario: What is asked.
        plain: The shipped scenario it came from, whose values stay on the tracks.
        open_path: On phones, where controls open one at a time: the one that is open.
        deployed: Entries that are expected to be left on the list; None leaves that unsaid.
        refused: What was typed last and cannot be used.
    """
    parts, group = [], ""
    left = Markup("") if deployed is None else _left_on_the_list(scenario.watchlist.size, deployed)
    values, before = settings_of(scenario), settings_of(plain)
    for control in FIRST_CONTROLS:
        if control.group != group:
            group = control.group
            parts.append(Markup('<h3 class="group">{}</h3>').format(group))
        parts.append(
            _control(
                control,
                values[control.path],
                before[control.path],
                _status(scenario, control, values[control.path]),
                left if control.path == "watchlist.size" else Markup(""),
                refused.get(control.path, ()),
                is_open=control.path == open_path,
            )
        )
    return Markup('<div class="controls"><h2 class="narrow">Settings</h2>{}</div>').format(
        Markup("").join(parts)
    )


def all_settings(
    scenario: Scenario,
    plain: Scenario,
    *,
    is_open: bool = False,
    open_table: str = "",
    refused: Refused = _NOTHING,
) -> Markup:
    """Return every setting, behind one button, in groups of which one is open."""
    tables = settings_by_table()
    button = Markup(
        '<button type="button" class="link" id="all-settings" data-do="all" aria-expanded="{}">'
        "All {} settings</button>"
    ).format("true" if is_open else "false", len(shown_settings()))
    if not is_open:
        return button
    values, before = settings_of(scenario), settings_of(plain)
    parts = [
        _table(table, paths, values, before, refused, is_open=table == open_table)
        for table, paths in tables.items()
    ]
    return button + Markup(
        '<div class="all-settings"><p class="note">Values as in a scenario file. Where each comes from '
        'stands under <a href="/evidence" data-page>Evidence</a>.</p>{}</div>'
    ).format(Markup("").join(parts))


def _left_on_the_list(size: int, deployed: float) -> Markup:
    """Say how many are left where filters or a cap make the list shorter than the box says."""
    if rounded(deployed) >= size:
        return Markup("")
    return Markup('<p class="note" id="left-on-the-list"><b>{} left</b> on average, once filters and cap '
                  "have taken entries off.</p>").format(whole(deployed))  # fmt: skip


def _control(
    control: Control,
    value: Any,
    before: Any,
    status: str,
    beside: Markup,
    faults: Sequence[Fault],
    *,
    is_open: bool,
) -> Markup:
    name = _id_of(control.path)
    tied, said = fault_at(faults, f"box-{name}")
    now = shown(control, value)
    changed = value != before
    was = Markup('<span class="was">was {}</span>').format(shown(control, before)) if changed else ""
    old = Markup('<span class="old" style="left:{:.2f}%"></span>').format(100 * _share(control, before))
    ticks = Markup("").join(_tick(control, mark, told) for mark, told in _labelled(control, before))
    return Markup(
        '<div class="control{opened}" id="control-{name}">'
        '<button type="button" class="narrow opener" id="open-{name}" data-do="open" data-value="{path}" '
        'aria-expanded="{expanded}"><span>{label}</span><b>{now}</b></button>'
        '<div class="body"><div class="head"><label for="box-{name}">{label}</label>{was}'
        '<input type="text" inputmode="decimal" id="box-{name}" data-set="{path}" value="{now}" '
        'autocomplete="off"{tied}></div>{said}{beside}'
        '<div class="track">{old}<input type="range" id="slider-{name}" data-set="{path}" '
        'aria-label="{label}" min="{low:g}" max="{high:g}" step="{step:g}" value="{at:.6g}" '
        'aria-valuetext="{now}" style="--at:{share:.2f}%"></div><div class="ticks">{ticks}</div>'
        '<p class="note">{note} {status} <a href="/evidence#setting-{path}" data-page>source</a></p>'
        "</div></div>"
    ).format(
        opened=" open" if is_open else "",
        expanded="true" if is_open else "false",
        name=name,
        path=control.path,
        label=control.label,
        now=now,
        was=was,
        tied=tied,
        said=said,
        beside=beside,
        old=old if changed else "",
        low=control.low,
        high=control.high,
        step=control.step,
        at=value * control.scale,
        share=100 * _share(control, value),
        ticks=ticks,
        note=control.note,
        status=status,
    )


def _id_of(path: str) -> str:
    return path.replace(".", "-").replace("_", "-")


def _share(control: Control, value: float) -> float:
    """Return how far along the slider a value lies, held at the ends."""
    along = (value * control.scale - control.low) / (control.high - control.low)
    return min(max(along, 0.0), 1.0)


def _status(scenario: Scenario, control: Control, value: Any) -> str:
    """Return where the value comes from, in a word or two."""
    told, field = scenario.sources.get(control.path), setting_paths()[control.path]
    extra = field.json_schema_extra
    status = told.status if told is not None else extra["status"] if isinstance(extra, dict) else "assumed"
    if told is None and value != field.default:
        return "Your value."
    words = f"{PLAIN[status]} ({status})" if status in PLAIN else status
    words = BORROWED if is_borrowed(control.path, status, scenario) else words
    return f"{capital(words)}.{' Contested.' if control.contested else ''}"


def _labelled(control: Control, before: float) -> list[tuple[Mark, bool]]:
    """Return the marks of a slider, each with whether its label has room beside those before it."""
    marks = [mark for mark in marks_of(control.path) if control.low <= mark.value <= control.high]
    own = Mark(before * control.scale, "the value of this scenario")
    if all(abs(mark.value - own.value) > 1e-9 for mark in marks):
        marks.append(own)
    # The scenario's own value first, then the outermost, so that what is dropped lies between.
    marks.sort(key=lambda mark: (abs(mark.value - own.value) > 1e-9, -abs(mark.value - own.value)))
    taken: list[tuple[float, float]] = []
    found = []
    for mark in marks:
        middle = _TRACK_PX * _share(control, mark.value / control.scale)
        half = (len(f"{mark.value:,.{control.digits}f}") * _CHARACTER_PX + _GAP_PX) / 2
        free = all(middle + half <= low or middle - half >= high for low, high in taken)
        if free:
            taken.append((middle - half, middle + half))
        found.append((mark, free))
    return sorted(found, key=lambda item: item[0].value)


def _tick(control: Control, mark: Mark, told: bool) -> Markup:
    at = 100 * _share(control, mark.value / control.scale)
    if not told:
        return Markup('<span class="tick" style="left:{:.2f}%"></span>').format(at)
    text = shown(control, mark.value / control.scale)
    return Markup(
        '<button type="button" class="tick link" id="tick-{}-{}" style="left:{:.2f}%" data-do="use" '
        'data-value="{}={!r}" title="{}" aria-label="Use {}: {}">{}</button>'
    ).format(
        control.path.replace(".", "-"), text, at, control.path, mark.value, mark.told, text, mark.told, text
    )


def _table(
    table: str,
    paths: Iterable[str],
    values: dict[str, Any],
    before: dict[str, Any],
    refused: Refused,
    *,
    is_open: bool,
) -> Markup:
    paths = list(paths)
    changed = sum(values[path] != before[path] for path in paths)
    head = Markup(
        '<button type="button" class="opener" id="table-{0}" data-do="table" data-value="{0}" '
        'aria-expanded="{1}"><span>{2}</span><span class="muted">{3} settings{4}</span></button>'
    ).format(
        table,
        "true" if is_open else "false",
        TABLES[table],
        len(paths),
        f", {changed} changed" if changed else "",
    )
    rows = Markup("")
    if is_open:
        found = (_row(path, values[path], before[path], refused.get(path, ())) for path in paths)
        rows = Markup("").join(found)
    return Markup('<div class="setting-table">{}{}</div>').format(head, rows)


def _row(path: str, value: Any, before: Any, faults: Sequence[Fault]) -> Markup:
    name = _id_of(path)
    was = (
        Markup('<span class="was">was {}</span>').format(setting_value(path, before))
        if value != before
        else ""
    )
    return Markup('<div class="setting"><label for="all-{0}">{1}{2}</label>{3}</div>').format(
        name, box_label(path), was, setting_field(path, value, f"all-{name}", path, faults)
    )


def setting_field(path: str, value: Any, name: str, target: str, faults: Sequence[Fault] = ()) -> Markup:
    """Return what a setting is changed with: a switch, a choice, or a box, with what is wrong beside it.

    Args:
        path: Dotted path of the setting.
        value: Its value now.
        name: Id of the field.
        target: What is told to be set, as `Visit` takes it.
        faults: What is wrong with the value that was typed last.
    """
    kind = kind_of(path)
    tied, said = fault_at(faults, name)
    text = "" if value is None else value_text(value)
    if kind == "switch":
        return Markup('<input type="checkbox" id="{}" data-set="{}"{}{}>{}').format(
            name, target, Markup(" checked") if value else "", tied, said
        )
    if kind == "choice":
        choices = options({choice: choice for choice in choices_of(path)}, text)
        return Markup('<select id="{}" data-set="{}"{}>{}</select>{}').format(
            name, target, tied, choices, said
        )
    control = control_of(path)
    if control is not None:  # whose box is read in the unit that its name says
        text = shown(control, value)
    scale = 1.0 if control is None else control.scale
    allowed = " to ".join(f"{scale * end:g}" for end in range_of(path) if end is not None)
    hint = Markup(' title="allowed: {}"').format(allowed) if kind == "number" and allowed else ""
    return Markup(
        '<input type="text" id="{}" data-set="{}" value="{}" placeholder="none" autocomplete="off"{}{}>{}'
    ).format(name, target, text, hint, tied, said)
