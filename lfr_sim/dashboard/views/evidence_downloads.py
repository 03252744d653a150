"""Versions, how to cite, and the tables of the page as files."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from typing import Final

from markupsafe import Markup

from lfr_sim.scenario import Scenario

from ..setting_words import members_of, setting_value, unit_of
from ..settings_told import SettingTold, settings_told

DOWNLOADS: Final = {
    "assumptions-csv": (
        "Assumptions, CSV",
        "Every setting with its value, range, status, source, and what others say (rivals).",
    ),
    "record-csv": ("Record, CSV", "The published record of 2016 to 2022, as it is in the program."),
    "data-csv": ("Model against record, CSV", "The bands of this page beside what was published."),
}
"""Name of a file -> words of its button, and what is in it."""

_AUTHORS: Final = "The lfr-sim maintainers"
_TITLE: Final = "lfr-sim: simulator of live facial recognition in the street"
_COLUMNS: Final = (
    *("path", "setting", "value", "in_words", "unit", "plausible", "accepted", "status"),
    *("reference", "source", "address", "contested", "objections", "rivals"),
)


def cite_section(scenario: Scenario, name: str, version: str) -> Markup:
    """Return versions and the citation of a scenario.

    Args:
        scenario: The scenario that the page tells of.
        name: The shipped scenario that it is, or is made from.
        version: Version of the program.
    """
    return Markup(
        '<section id="evidence-cite"><h2>Versions and citing</h2><div class="row"><p '
        'class="grow">lfr-sim {}, scenario '
        '<code>{}</code>, digest <code>{}</code></p><button type="button" data-do="download" '
        'data-value="cite" '
        'id="get-cite">Cite</button></div><p class="evidence-citation">{}</p><p class="note">Add the '
        "seed of your "
        "runs. The digest is a fingerprint of everything that can change a result.</p></section>"
    ).format(version, name, scenario.digest, citation(scenario, version))


def downloads_section() -> Markup:
    """Return the tables of the page as files."""
    items = Markup("").join(
        Markup(
            '<li><button type="button" data-do="download" data-value="{0}" '
            'id="get-{0}">{1}</button><span>{2}</span></li>'
        ).format(name, words, told)
        for name, (words, told) in DOWNLOADS.items()
    )
    return Markup(
        '<section id="evidence-downloads"><h2>Downloads</h2><ul class="evidence-files">{}</ul></section>'
    ).format(items)


def citation(scenario: Scenario, version: str) -> str:
    """Return how a result of a scenario is cited."""
    return (
        f"{_AUTHORS}. {_TITLE} (version {version}) [computer software]. Scenario “{scenario.title}”, "
        f"digest {scenario.digest}."
    )


def assumptions_csv(scenario: Scenario) -> str:
    """Return every setting of a scenario as a file, one line for each value."""
    text, values = io.StringIO(), scenario.values()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for setting in settings_told(scenario):
        for path in members_of(setting.path):
            writer.writerow(_cells(path, setting, values[path]))
    return text.getvalue()


def record_csv() -> str:
    """Return the published record of deployments as the file that the program reads."""
    file = files("lfr_sim.evidence").joinpath("data", "deployments_2016_2022.csv")
    return file.read_text(encoding="utf-8")


def _cells(path: str, setting: SettingTold, value: object) -> list[object]:
    part = next((part for part in setting.parts if part.path == path), None)
    words = part.words if part else setting.words
    label = f"{setting.label}: {part.label}" if part else setting.label
    reference = setting.reference
    rivals = "; ".join(f"{rival.value:.12g} ({rival.told})" for rival in setting.rivals)
    return [
        path,
        label,
        "" if value is None else setting_value(path, value) if isinstance(value, tuple) else value,
        words,
        unit_of(path),
        part.plausible if part else setting.plausible_words,
        setting.accepted,
        part.status if part else setting.status,
        reference.text,
        reference.title,
        reference.address,
        "yes" if setting.is_contested else "no",
        "; ".join(setting.objections),
        rivals,
    ]
