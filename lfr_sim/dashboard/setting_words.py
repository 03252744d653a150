"""Settings and their values as they are read aloud: `1 in 340 million`, `50 to 89 in 100`, `5.5 h`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Final

from lfr_sim.figures.names import FAMILIES
from lfr_sim.figures.words import (
    capital,
    factor_label,
    factor_words,
    level_words,
    listed,
    plain_number,
)
from lfr_sim.scenario import setting_paths

from .settings import control_of, shown

LABELS = {
    "site.layout": "Layout of the place",
    "site.vans": "Vans deployed",
    "deployment.purpose_offences": "Arrests that serve the purpose",
    "crowd.passers_per_hour": "Passers",
    "crowd.hour_profile": "Flow in each hour of the day",
    "crowd.platoons": "Passers come out of stations in bursts",
    "crowd.density_feedback": "Walking slows in a crowd",
    "crowd.fundamental.gamma": "How steeply speed falls with density",
    "crowd.social_groups.unit_size_share": "People who walk alone, in twos, in threes …",
    "crowd.social_groups.slowdown_per_member": "Speed lost with each companion",
    "crowd.groups": "Passers by ethnic group",
    "watchlist.groups": "Entries by ethnic group",
    "watchlist.unconvicted_ratio": "Entries never convicted, by ethnic group",
    "watchlist.categories": "Entries by category",
    "watchlist.serious_share": "Serious cases in each category",
    "watchlist.presence_law": "How presence moves with the size of the list (law)",
    "watchlist.presence_exponent": "How fast presence grows with the list (exponent)",
    "watchlist.presence_ratio": "Presence by category",
    "watchlist.operations.keep_categories": "Categories kept",
    "watchlist.operations.serious_only": "Only serious offences are kept",
    "watchlist.operations.remove_unconvicted_custody": "People never convicted are removed",
    "matcher.fmr_ratio": "False matches, group against group",
    "matcher.tpir_ratio": "Matches by ethnic group",
    "matcher.tpir_reference_age_years": "Age of images on which matches were measured",
    "matcher.reference.crowd": "Passers on whom the false match rate was measured",
    "matcher.reference.watchlist": "Entries with which the false match rate was measured",
    "matcher.score_file": "File of scores",
    "officers.score_shown": "Officers see the score",
    "officers.score_shown_criterion_shift": "Shift of the criterion where the score is shown",
    "officers.fatigue_criterion_drift_per_h": "Drift of the criterion with each hour",
    "officers.fatigue_d_prime_drift_per_h": "Loss of the ability with each hour",
    "officers.low_prevalence_criterion_shift": "Shift of the criterion where wrong alerts are rare",
    "officers.time_pressure_threshold_s": "Time below which officers are pressed",
    "officers.time_pressure_criterion_shift": "Shift of the criterion under pressure",
    "officers.found_reference_s": "Time after an alert at which the found share holds",
    "officers.found_reference_density_per_m2": "Crowd in which the found share holds",
    "officers.alerts_wait": "Alerts wait for a team",
    "officers.group_criterion_shift": "Shift of the criterion by ethnic group",
    "officers.engagement.legal_basis_share": "Entries with a power to stop, by category",
    "officers.engagement.minutes_disputed": "Mean length of a disputed stop",
    "officers.engagement.minutes_true_no_arrest": "Mean length of a right stop without arrest",
    "officers.engagement.minutes_shape": "Shape of the length of stops",
    "officers.engagement.disputed_share": "Share of wrong stops that are disputed",
    "officers.engagement.informed_refusal_multiplier": "Ratio of refusals of people who know they may "
    "decline",
    "officers.engagement.detained_after_refusal_share": "Share of people who refuse and are detained",
    "officers.engagement.fingerprint_share": "Share of wrong stops with fingerprints demanded",
    "officers.engagement.remember_share": "Share of people stopped who are remembered",
    "officers.disposal.other_share": "Chance of other action against the right person",
    "officers.disposal.arrest_share_misidentified": "Chance of an arrest of the wrong person",
    "officers.disposal.warrant_offence_share": "Arrests on warrants, by offence",
}
"""Names of settings, and of tables that a reader takes for one setting, where figures have none."""

_LEFT_OUT = {
    "site.vans": "the layout’s first",
    "camera.range_min_m": "the layout’s own",
    "camera.range_max_m": "the layout’s own",
    "camera.hfov_deg": "the layout’s own",
    "watchlist.operations.keep_categories": "all",
    "watchlist.operations.review_age_years": "no review",
    "watchlist.operations.cap": "no cap",
    "officers.second_presumption_to_intervene": "as the first",
}
_UNITS = {
    "h": "h",
    "m/s": "m/s",
    "s": "s",
    "m": "m",
    "min": "min",
    "years": "years",
    "deg": "°",
    "passers/h": "an hour",
    "1/m2": "per m²",
    "people/m2": "per m²",
    "sd/h": "per h",
    "d prime/h": "per h",
}
_LARGE = ((1e9, " billion"), (1e6, " million"))
_WHOLES = (100, 1_000)
_HOURS_A_DAY = 24


def setting_label(path: str) -> str:
    """Return what a setting, or a table of settings, is called: without its unit, which values have."""
    if control := control_of(path):
        return control.label
    return LABELS.get(path) or capital(factor_words(path))


def box_label(path: str) -> str:
    """Return what stands beside the box of a setting, where its value is typed without the unit."""
    if control_of(path):
        return setting_label(path)
    return setting_label(path) + factor_label(path).removeprefix(factor_words(path))


def part_label(path: str) -> str:
    """Return what one value of a table of settings is called: `black and white`, `suspect drugs`."""
    return capital(path.rpartition(".")[2].replace("_", " "))


def setting_value(path: str, value: Any) -> str:
    """Return a value in words, with its unit."""
    if value is None:
        return _LEFT_OUT.get(path, "none")
    if path == "site.layout":
        return str(value).replace("_", " ").title()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _listed(path, value) if isinstance(value, list | tuple) else _plain(level_words(value))
    if control := control_of(path):
        return shown(control, value)
    unit = unit_of(path)
    if unit == "h after midnight":
        return "{:02}:{:02}".format(*divmod(round(value * 60), 60))
    if unit == "per comparison":
        return odds(value)
    if unit == "share" and (told := _share(value)):
        return told
    return _with_unit(plain_number(value), unit)


def range_words(path: str, low: float, high: float) -> str:
    """Return a range in words, its unit said once."""
    first, last = setting_value(path, low), setting_value(path, high)
    if first == last:
        return first
    if unit_of(path) == "share" and not control_of(path):
        whole = next((of for of in _WHOLES if _is_whole(low * of) and _is_whole(high * of)), None)
        return f"{low * whole:,.0f} to {high * whole:,.0f} in {whole:,}" if whole else f"{first} to {last}"
    unit = _UNITS.get(unit_of(path), "")
    return f"{first.removesuffix(unit).rstrip()} to {last}" if unit else f"{first} to {last}"


def odds(value: float) -> str:
    """Return a small chance as one in so many, to two digits: `1 in 340 million`; `0` for none."""
    if value <= 0 or not math.isfinite(1 / value):
        return "0"
    many = 1 / value
    digits = max(0, math.floor(math.log10(many)) - 1)
    rounded = round(many / 10**digits) * 10**digits
    for size, word in _LARGE:
        if rounded >= size:
            return f"1 in {rounded / size:,.3g}{word}" if rounded < 1e12 else f"1 in {rounded:,.2g}"
    return f"1 in {rounded:,.0f}"


def many_words(path: str, values: Sequence[Any]) -> str:
    """Return the values of a table of settings in words: how many there are, and their ends."""
    numbers = [float(value) for value in values]
    low, high = min(numbers), max(numbers)
    if low == high:
        return f"all {setting_value(path, low)}"
    return f"{len(numbers)} values, {range_words(path, low, high)}"


def values_words(path: str, values: Sequence[float]) -> str:
    """Return several values as they are read, what all end with said once: `50, 70 and 89 in 100`."""
    told = [setting_value(path, value) for value in values]
    ends = {words.partition(" ")[2] for words in told}
    if len(ends) == 1 and (end := ends.pop()):
        return f"{listed(words.removesuffix(end).rstrip() for words in told)} {end}"
    return listed(told)


_TERMS: Final = {
    r"\bTPIR\b": "chance of an alert on a listed person",
    r"\bg0\b": "chance of acting on a wrong person",
    r"\bg1\b": "chance of acting on the right person",
    r"\bd'(?!\w)": "ability to tell people apart",
    r"\bpi\b": "the presumption",
}
"""Terms of the evidence, with the plain words that stand beside them where a text has them first."""


def aloud(text: str) -> str:
    """Return a text of the evidence without the notation of programs: no `1e-4`, no backticks.

    Terms have plain words beside them.
    """
    raised = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    told = re.sub(r"`([^`]*)`", lambda name: name[1].replace("_", " "), text)
    told = re.sub(r"(?<=\d)e(-?\d+)\b", lambda power: f" × 10{power[1].translate(raised)}", told)
    for term, words in _TERMS.items():
        told = re.sub(term, rf"\g<0> ({words})", told, count=1)
    return told


def unit_of(path: str) -> str:
    """Return the unit that a setting declares; "" where it has none."""
    about = setting_paths()[path].json_schema_extra
    return str(about["unit"]) if isinstance(about, dict) else ""


def members_of(owner: str) -> tuple[str, ...]:
    """Return the dotted paths of a setting: its own, or those of a table that is told as one."""
    if owner not in FAMILIES:
        return (owner,)
    return tuple(path for path in setting_paths() if path.rpartition(".")[0] == owner)


def _listed(path: str, values: Sequence[Any]) -> str:
    if len(values) == _HOURS_A_DAY:
        return f"{len(values)} weights, {min(values):g} to {max(values):g}"
    if values and unit_of(path) == "share":
        return ", ".join(f"{value * 100:g}" for value in values) + " in 100"
    return _plain(", ".join(str(value) for value in values)) or "none"


def _plain(words: str) -> str:
    return words.replace("_", " ")


def _share(value: float) -> str:
    whole = next((of for of in _WHOLES if _is_whole(value * of)), None)
    return f"{value * whole:,.0f} in {whole:,}" if whole and value else ""


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-9


def _with_unit(number: str, unit: str) -> str:
    word = _UNITS.get(unit, "")
    return f"{number}{'' if word == '°' else ' '}{word}" if word else number
