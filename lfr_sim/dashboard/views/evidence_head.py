"""The head of Evidence: how many settings are published, and the way through the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from lfr_sim.figures.words import listed

from ..settings import shown_settings
from ..settings_told import GRID, LABELS_ONLY, SettingTold, status_counts
from .words import counted, number_word

SECTIONS: Final = {
    "evidence-settings": "Every setting",
    "evidence-fit": "Model against record",
    "evidence-model": "The model in short",
    "evidence-limits": "What it is not for",
    "evidence-words": "Words and denominators",
    "evidence-record": "The published record",
    "evidence-cite": "Versions and citing",
    "evidence-downloads": "Downloads",
}
"""Id of a section -> how the list of sections calls it, in the order of the page."""

_STATUS_PHRASES: Final = {
    "published": "published",
    "derived": "derived from what was published",
    "fitted": "fitted to the record",
    "assumed": "assumed",
    "yours": "yours",
}


def evidence_head(told: Sequence[SettingTold]) -> Markup:
    """Return the question, the sentence that splits the settings by what they rest on, and its notes."""
    return Markup(
        "<h1>Where do the numbers come from?</h1>"
        '<p class="sentence" id="evidence-sentence">{}</p><p class="spread">{}</p>'
    ).format(status_sentence(told), _notes(told))


def status_sentence(told: Sequence[SettingTold]) -> str:
    """Return how many settings are published, derived, fitted, assumed, and the visitor's own."""
    counts = status_counts(tuple(told))
    if not counts:
        return "There is no setting."
    parts = [
        f"{number} {'is' if number == 1 else 'are'} {_STATUS_PHRASES[status]}"
        for status, number in counts.items()
    ]
    return f"Of {counted(len(told), 'setting')}, {listed(parts)}."


def _notes(told: Sequence[SettingTold]) -> str:
    same = sum(setting.status == "derived" and GRID in setting.reference.text for setting in told)
    notes = [
        "A table of values, such as the groups of the crowd, counts once here; Explore lists each value by "
        f"itself, and the {number_word(len(LABELS_ONLY))} that nothing hangs on: "
        f"{len(shown_settings())} in all.",
        "“Faces” are an estimate of tracks, not people. “True” and “false” are the police’s own judgement.",
        "An empty place means not known, never zero.",
    ]
    if same:
        verb = "is" if same == 1 else "are"
        notes.append(
            f"Of those derived, {number_word(same)} {verb} computed from the very record that the model "
            f"is set "
            "beside, so agreement with it tests little."
        )
    return " ".join(notes)


def evidence_rail() -> Markup:
    """Return the list of sections: beside the page where there is room, folded above it where not."""
    links = Markup("").join(
        Markup('<li><a href="#{}">{}</a></li>').format(name, words) for name, words in SECTIONS.items()
    )
    return Markup(
        '<nav class="evidence-rail" aria-label="On this page"><ul>{0}</ul></nav>'
        '<details class="evidence-fold" id="evidence-contents"><summary>On this '
        "page</summary><ul>{0}</ul></details>"
    ).format(links)
