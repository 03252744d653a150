"""Which rows of the published evidence are about which setting, and which values of theirs are rivals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from lfr_sim import evidence
from lfr_sim.evidence import Default
from lfr_sim.figures.names import FAMILIES
from lfr_sim.scenario import Scenario

RENAMED: Mapping[tuple[str, str], str] = {
    ("crowd.age.share", "65_plus"): "crowd.share_65_plus",
    ("crowd.age.share", "under_18"): "crowd.share_under_18",
    ("watchlist.ages.share", "under_18"): "watchlist.share_under_18",
    ("watchlist.custody_source_share", ""): "watchlist.custody_share",
    ("watchlist.review_age_years", ""): "watchlist.operations.review_age_years",
    ("watchlist.bluelist.icc", ""): "matcher.mated_agreement",
    ("matcher.tpir_ratio", "female_to_male"): "matcher.female_tpir_ratio",
    ("matcher.fmr_ratio_sex", "female_to_male_same_sex"): "matcher.female_fmr_ratio",
    ("matcher.fmr_ratio_sex", "cross_sex"): "matcher.cross_sex_fmr_ratio",
    ("matcher.fmr_ratio_age", "65_plus"): "matcher.older_fmr_ratio",
    ("officers.fatigue.criterion_drift_per_h", ""): "officers.fatigue_criterion_drift_per_h",
    ("officers.fatigue.d_prime_drift_per_h", ""): "officers.fatigue_d_prime_drift_per_h",
    ("officers.engagement.minutes", "resolved_at_once"): "officers.engagement.minutes_at_once",
    ("officers.engagement.minutes", "disputed"): "officers.engagement.minutes_disputed",
    ("officers.engagement.minutes", "true_no_arrest"): "officers.engagement.minutes_true_no_arrest",
    ("officers.engagement.team_busy_minutes", "arrest"): "officers.engagement.team_busy_minutes_arrest",
    ("officers.disposal.arrest_share", "false_engaged"): "officers.disposal.arrest_share_misidentified",
}
"""Rows of the evidence whose setting has another name."""

TABLES: Mapping[str, str] = {
    "crowd.groups.share": "crowd.groups",
    "watchlist.categories.share": "watchlist.categories",
    "watchlist.categories.serious_share": "watchlist.serious_share",
    "watchlist.groups.share": "watchlist.groups",
    "watchlist.unconvicted_share_ratio": "watchlist.unconvicted_ratio",
}
"""Rows of the evidence with an entry for each value of a table of settings that has another name."""

CASES: Mapping[str, str] = {
    "watchlist.presence": "west_end_2022_with_tpir_0.75",
    "officers.presumption_to_intervene": "one_stage",
    "officers.d_prime": "lookalike",
}
"""Settings with a row for each of several cases: the case that the model's default takes."""

NO_RIVALS: Mapping[str, str] = {
    "crowd.passers_per_hour": "its rows are of other places and days",
    "crowd.groups": "its rows are of other places",
    "crowd.mask_share": "its rows are of other seasons",
    "crowd.hood_or_hat_share": "its rows are of other seasons",
    "watchlist.size": "its rows are lists of other days and forces",
    "officers.presumption_to_intervene": "its other row holds where alerts are judged twice",
}
"""Settings whose further rows say what held elsewhere, so that they contradict nothing."""

_NUMBER = r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?"
_OPENING = re.compile(rf"({_NUMBER})(?:(?: to | or |-)({_NUMBER}))?(?=[ :,;]|$)(?! (?:in|of) \d)")
"""The number, or the two, with which the words on a rival value begin; not those of `1 in 1,000`."""


@dataclass(frozen=True, slots=True)
class Rival:
    """A published value of the same quantity that the scenario does not use."""

    value: float
    """In the unit of the setting."""
    told: str
    """Who says so, in words."""


def row_owner(path: str) -> str:
    """Return the name under which a setting is told: of one value of a table, the table's."""
    table = path.rpartition(".")[0]
    return table if table in FAMILIES else path


def rows_of(owner: str, scenario: Scenario) -> tuple[Default, ...]:
    """Return the rows that hold for a setting or table of settings in a scenario, of all its cases."""
    rows = _by_owner().get(owner, ())
    if owner in ("matcher.fmr", "matcher.tpir"):
        return tuple(row for row in rows if row.entry == scenario.matcher.preset)
    if owner in ("crowd.groups", "crowd.passers_per_hour"):
        return tuple(row for row in rows if row.entry.startswith(scenario.site.layout))
    if owner in CASES:
        return tuple(row for row in rows if row.entry == CASES[owner])
    return rows


def rivals_of(owner: str, scenario: Scenario) -> tuple[Rival, ...]:
    """Return the values of the evidence that contradict one another on a setting, least first."""
    own = rows_of(owner, scenario)
    found = [] if owner in NO_RIVALS else [*_other_rows(owner, own)]
    found += [rival for row in own if row.contested for rival in _opening_numbers(row)]
    if owner == "matcher.tpir":
        found += _accuracy("TPIR")
    return tuple(sorted(found, key=lambda rival: rival.value))


def _other_rows(owner: str, own: tuple[Default, ...]) -> Iterator[Rival]:
    for row in _by_owner().get(owner, ()) if own and owner not in FAMILIES else ():
        if row not in own and not isinstance(row.default, str):
            yield Rival(row.default, f"{row.entry.replace('_', ' ')}, {row.status}: {row.source_title}")


def _opening_numbers(row: Default) -> Iterator[Rival]:
    words = row.rival_value or ""
    if found := _OPENING.match(words):
        for number in filter(None, found.groups()):
            yield Rival(float(number.replace(",", "")), words)


def _accuracy(metric: str) -> Iterator[Rival]:
    """Yield the accuracy figures that trials of people walking past have published."""
    for row in evidence.accuracy():
        if row.metric == metric and row.value is not None:
            yield Rival(row.value, f"{row.system}, {row.year}: {row.study}")


@cache
def _by_owner() -> dict[str, tuple[Default, ...]]:
    found: dict[str, list[Default]] = {}
    for row in evidence.defaults():
        name = RENAMED.get((row.parameter, row.entry), row.parameter)
        found.setdefault(TABLES.get(name, name), []).append(row)
    return {owner: tuple(rows) for owner, rows in found.items()}
