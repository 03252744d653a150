"""The Evidence page in one piece: what every number rests on, and what the model is not for."""

from __future__ import annotations

from markupsafe import Markup

from lfr_sim.scenario import Scenario

from ..settings_told import settings_told
from .evidence_downloads import cite_section, downloads_section
from .evidence_fit import fit_section
from .evidence_head import evidence_head, evidence_rail
from .evidence_limits import limits_section
from .evidence_model_card import model_section
from .evidence_record import record_section
from .evidence_settings import settings_section
from .evidence_words import words_section


def evidence_page(scenario: Scenario, name: str, version: str, shown: str = "all") -> Markup:
    """Return the page.

    Args:
        scenario: The scenario whose settings are told.
        name: The shipped scenario that it is, or is made from.
        version: Version of the program.
        shown: Which settings are shown: `all`, `contested` or `assumed`.
    """
    told = settings_told(scenario)
    sections = (
        evidence_head(told),
        settings_section(told, shown),
        fit_section(),
        model_section(version),
        limits_section(),
        words_section(),
        record_section(),
        cite_section(scenario, name, version),
        downloads_section(),
    )
    return Markup('<div class="evidence"><div>{}</div><div class="evidence-main">{}</div></div>').format(
        evidence_rail(), Markup("").join(sections)
    )
