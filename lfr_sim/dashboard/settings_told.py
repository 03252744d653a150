"""Every setting of a scenario with what it rests on: value, range, status, source, and who disagrees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from lfr_sim.evidence import Default
from lfr_sim.figures.words import listed, plain_number
from lfr_sim.scenario import MATCHER_PRESETS, InputError, Scenario, Source, setting_paths
from lfr_sim.street import site_of

from .limits import visitor_faults
from .setting_rows import Rival, rivals_of, row_owner, rows_of
from .setting_words import many_words, members_of, part_label, range_words, setting_label, setting_value
from .settings import FIRST_CONTROLS, choices_of, control_of, kind_of
from .state import value_text
from .status_words import is_borrowed

STATUSES: Final = ("published", "derived", "fitted", "assumed", "yours")
"""From the best known to the least: `yours` is a value without a source, set by the visitor or a file."""

LABELS_ONLY: Final = frozenset({"deployment.date", "deployment.purpose", "crowd.engine"})
"""Values of a scenario that are no settings: two labels that change nothing, and a choice of one."""

GRID: Final = "MPS LFR deployment grid 2020-2022"
"""How sources of settings call the record that the model is set beside."""

_ADDRESS = re.compile(r",? *\b((?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}/[^\s,;]+)")
_YEARS = re.compile(r"\b(?:19|20)\d\d\b")
_SAME = 0.005
"""Values that differ by less are one value, rounded twice."""
_MOST_TRIES = 8
_OF_LAYOUT = {"camera.range_min_m", "camera.range_max_m", "camera.hfov_deg"}


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a value comes from."""

    text: str
    """The publication, the derivation, or the reason."""
    title: str
    """Title of the source, where that is not all of the text."""
    address: str
    """Where it is found; "" where nothing can be opened."""
    date: str
    """Years named by the source; "" where it names none."""


@dataclass(frozen=True, slots=True)
class Try:
    """Another value that a visitor may put into the scenario, and see what follows."""

    text: str
    """The value as `--set` takes it."""
    words: str
    told: str
    """Whose value it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a table of settings that is told as one."""

    path: str
    label: str
    words: str
    plausible: str
    status: str


@dataclass(frozen=True, slots=True)
class SettingTold:
    """One setting as a reader wants it told."""

    path: str
    """Dotted path, of a table that is told as one the table's."""
    label: str
    words: str
    """The value in use, with its unit."""
    value: float | None
    """The number in use; None where it is no single number."""
    plausible: tuple[float, float] | None
    """The range within which the truth may lie, where it is one of numbers."""
    plausible_words: str
    accepted: str
    """What the program takes; "" where it takes what it says."""
    status: str
    is_borrowed: bool
    """Whether it stands in for a value of the day, which is not known: see `status_words`."""
    reference: Reference
    is_contested: bool
    """Whether the evidence holds another value with good grounds."""
    objections: tuple[str, ...]
    """What the evidence says against the value."""
    rivals: tuple[Rival, ...]
    """Published values that differ from the one in use, least first."""
    meaning: str
    tries: tuple[Try, ...]
    parts: tuple[Part, ...]
    """The values of a table that is told as one; () for a setting by itself."""


@dataclass(frozen=True)
class _Asked:
    """A scenario with what many of its settings need; told apart by all that it says."""

    said: str
    scenario: Scenario = field(compare=False)
    values: Mapping[str, Any] = field(compare=False)
    unsourced: frozenset[str] = field(compare=False)


def settings_told(scenario: Scenario) -> tuple[SettingTold, ...]:
    """Return every setting of a scenario, those on Explore first, then in the order of the tables."""
    said = scenario.model_dump_json()
    return _settings_told(_Asked(said, scenario, scenario.values(), frozenset(scenario.unsourced())))


@lru_cache(maxsize=64)
def _settings_told(asked: _Asked) -> tuple[SettingTold, ...]:
    owners = dict.fromkeys(row_owner(path) for path in asked.values if path not in LABELS_ONLY)
    first = [control.path for control in FIRST_CONTROLS]
    order = [*first, *(owner for owner in owners if owner not in first)]
    return tuple(_told(owner, asked) for owner in order)


def status_counts(told: tuple[SettingTold, ...]) -> dict[str, int]:
    """Return status -> number of settings, in the order of `STATUSES`, those without any left out."""
    counts = Counter(setting.status for setting in told)
    return {status: counts[status] for status in STATUSES if counts[status]}


def _told(owner: str, asked: _Asked) -> SettingTold:
    scenario, values, paths = asked.scenario, asked.values, members_of(owner)
    statuses = {path: _status(path, asked) for path in paths}
    rows = rows_of(owner, scenario)
    value, words = _in_use(owner, asked)
    plausible, plausible_words = _plausible(paths[0], scenario)
    rivals = () if len(paths) > 1 else _differing(rivals_of(owner, scenario), value)
    parts = _parts(paths, asked, statuses) if len(paths) > 1 else ()
    if parts:
        words, plausible, plausible_words = many_words(paths[0], [values[path] for path in paths]), None, ""
    return SettingTold(
        path=owner,
        label=setting_label(owner),
        words=words,
        value=value,
        plausible=plausible,
        plausible_words=plausible_words or ("each its own" if parts else "not said"),
        accepted=accepted_words(paths[0]),
        status=max(statuses.values(), key=STATUSES.index),
        is_borrowed=is_borrowed(owner, statuses[paths[0]], scenario),
        reference=_reference(paths, scenario, statuses, rows),
        is_contested=any(row.contested for row in rows),
        objections=tuple(dict.fromkeys(row.rival_value for row in rows if row.rival_value)),
        rivals=rivals,
        meaning="" if parts else _meaning(owner),
        tries=() if parts else tuple(_tries(owner, asked, rivals)),
        parts=parts,
    )


def _status(path: str, asked: _Asked) -> str:
    scenario = asked.scenario
    if source := _source(path, scenario):
        return source.status
    if path in asked.unsourced:
        return "yours"
    for row in rows_of(path, scenario) if path in ("matcher.fmr", "matcher.tpir") else ():
        return row.status  # of the preset that is used, not of the default one
    about = setting_paths()[path].json_schema_extra
    return str(about["status"]) if isinstance(about, dict) else "assumed"


def _source(path: str, scenario: Scenario) -> Source | None:
    """Return the source that a scenario gives for a value, or for the table that it is in."""
    tables = [path[:place] for place, letter in enumerate(path) if letter == "."]
    return next(
        (scenario.sources[key] for key in (path, *reversed(tables)) if key in scenario.sources), None
    )


def _in_use(owner: str, asked: _Asked) -> tuple[float | None, str]:
    """Return the number in use, and the value in words; what is left out is filled in."""
    scenario, value = asked.scenario, asked.values.get(owner)
    if owner in ("matcher.fmr", "matcher.tpir") and value is None:
        if scenario.matcher.score_file is not None:
            return None, "from the file of scores"
        value = getattr(MATCHER_PRESETS[scenario.matcher.preset], owner.rpartition(".")[2])
    elif owner == "officers.second_presumption_to_intervene" and value is None:
        return scenario.officers.presumption_to_intervene, setting_value(owner, None)
    elif owner in _OF_LAYOUT and value is None:
        return _of_layout(owner, scenario)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None, setting_value(owner, value)
    return float(value), setting_value(owner, value)


def _of_layout(owner: str, scenario: Scenario) -> tuple[float | None, str]:
    try:
        zones = site_of(scenario.site, scenario.camera).zones
    except InputError:
        return None, setting_value(owner, None)
    ends = sorted({float(getattr(zone, owner.rpartition(".")[2])) for zone in zones})
    if not ends:
        return None, setting_value(owner, None)
    return (ends[0] if len(ends) == 1 else None), range_words(owner, ends[0], ends[-1])


def _plausible(path: str, scenario: Scenario) -> tuple[tuple[float, float] | None, str]:
    source = _source(path, scenario)
    about = setting_paths()[path].json_schema_extra
    ends: Any = about["plausible"] if isinstance(about, dict) else None
    if source is not None and source.range is not None:
        ends = source.range
    if isinstance(ends, str):
        return None, ends.replace("_", " ").replace("+-", "±")
    if isinstance(ends, tuple) and all(isinstance(end, int | float) for end in ends):
        return (float(ends[0]), float(ends[1])), range_words(path, *ends)
    if choices := choices_of(path):
        return None, ", ".join(choices).replace("_", " ")
    return None, "yes or no" if kind_of(path) == "switch" else ""


def _reference(
    paths: tuple[str, ...], scenario: Scenario, statuses: Mapping[str, str], rows: tuple[Default, ...]
) -> Reference:
    source, about = _source(paths[0], scenario), setting_paths()[paths[0]].json_schema_extra
    if source is not None:
        return reference_of(source.reference)
    if "yours" in statuses.values():
        return Reference("Set by you, or by a scenario that gives no source", "", "", "")
    text = str(about["source"]) if isinstance(about, dict) else "Our choice"
    if paths[0] in ("matcher.fmr", "matcher.tpir"):
        text = f"The preset’s. {MATCHER_PRESETS[scenario.matcher.preset].source}"
    row = next((row for row in rows if row.source_address), None)
    if row is None or row.source_title is None or row.source_address is None:
        return reference_of(text)
    years = str(row.source_year or "")
    # A few rows keep words where no address was kept; those cannot be opened.
    address = row.source_address if row.source_address.startswith("http") else ""
    return Reference(text, row.source_title, address, "" if years in row.source_title else years)


def reference_of(text: str) -> Reference:
    """Return a reference in words, its address taken out so that it can be opened."""
    found = _ADDRESS.search(text)
    address, title = (found[1], text[: found.start()]) if found else ("", "")
    rest = _ADDRESS.sub("", text).strip()
    full = address if not address or address.startswith("http") else f"https://{address}"
    years = [year for year in dict.fromkeys(_YEARS.findall(rest)) if year not in title]
    return Reference(rest, title, full, listed(years) if years else "")


def _parts(paths: tuple[str, ...], asked: _Asked, statuses: Mapping[str, str]) -> tuple[Part, ...]:
    values, scenario = asked.values, asked.scenario
    return tuple(
        Part(
            path,
            part_label(path),
            setting_value(path, values[path]),
            _plausible(path, scenario)[1],
            statuses[path],
        )
        for path in paths
    )


def _differing(rivals: tuple[Rival, ...], value: float | None) -> tuple[Rival, ...]:
    kept: list[Rival] = []
    for rival in rivals:
        others = [other.value for other in kept] + ([value] if value is not None else [])
        if not any(abs(rival.value - other) <= _SAME * abs(other) for other in others):
            kept.append(rival)
    return tuple(kept)


def _tries(owner: str, asked: _Asked, rivals: tuple[Rival, ...]) -> Iterator[Try]:
    """Yield other values that the scenario takes: those of rivals, then the ends of the plausible range."""
    scenario, now = asked.scenario, asked.values[owner]
    seen: set[str] = set()
    for value, told in _other_values(owner, asked, rivals):
        text = value_text(value)
        if (
            value != now
            and text not in seen
            and len(seen) < _MOST_TRIES
            and _is_taken(scenario, owner, value)
        ):
            seen.add(text)
            yield Try(text, setting_value(owner, value), told)


def _other_values(owner: str, asked: _Asked, rivals: tuple[Rival, ...]) -> Iterator[tuple[Any, str]]:
    for rival in rivals:
        yield _of_kind(owner, rival.value), rival.told
    if kind_of(owner) == "switch":
        yield not asked.values[owner], "the other choice"
    yield from ((choice, "another choice") for choice in choices_of(owner))
    plausible, _ = _plausible(owner, asked.scenario)
    for end, told in zip(plausible or (), ("low end", "high end"), strict=False):
        yield _of_kind(owner, end), f"{told} of what is plausible"


def _of_kind(owner: str, number: float) -> float | int:
    whole = "float" not in str(setting_paths()[owner].annotation)
    return round(number) if whole else number


def _is_taken(scenario: Scenario, owner: str, value: Any) -> bool:
    try:
        return not visitor_faults(scenario.replace({owner: value}))
    except InputError:
        return False


def accepted_words(path: str) -> str:
    """Return the values that the program takes for a setting; "" where that is no range of numbers."""
    ends = {
        name: getattr(rule, name)
        for rule in setting_paths()[path].metadata
        for name in ("ge", "gt", "le", "lt")
        if getattr(rule, name, None) is not None
    }
    words = {"ge": "from {}", "gt": "more than {}", "lt": "less than {}", "le": "up to {}"}
    told = [phrase.format(plain_number(ends[name])) for name, phrase in words.items() if name in ends]
    return ", ".join(told[:2])  # where an end is said twice, the strict one counts


def _meaning(path: str) -> str:
    """Return a sentence on a setting; "" where its name says as much, or where it is a formula."""
    if control := control_of(path):
        return control.note.rstrip(".")
    told = " ".join((setting_paths()[path].description or "").replace("`", "").split())
    first = re.split(r"(?<=[.;:]) ", told)[0].rstrip(".;:")
    label = setting_label(path).lower()
    is_said = label in first.lower() or first.lower() in label
    return "" if is_said or "_" in first or "P(" in first else first
