"""The link to a state, and back: what a link asks for that cannot be is mended and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from lfr_sim.scenario import Fault, InputError, nearest, parse_value, setting_paths, shipped_scenarios
from lfr_sim.streams import PARTS
from lfr_sim.study.replicates import LARGEST_SEED

from .limits import MOST_ARMS, MOST_DAYS, visitor_faults
from .settings import range_of
from .state import DAYS, FIRST_SCENARIO, LETTERS, PAGES, SEED, Arm, Changes, State, value_text

_LONGEST = 65_536
_MOST_CHANGES = 400
_HOMES = {"class": "teach"}
"""Short addresses of a page."""
_OWN = {"teach": ("lesson", "step", "guess")}
"""Page -> parts of a link that are its own."""
_PER = ("day", "faces", "alert", "stop", "listed")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link leads to."""

    page: str
    state: State
    faults: tuple[Fault, ...]
    """What the link asked for and did not get; the state is the nearest valid one."""
    own: Mapping[str, str] = field(default_factory=dict)
    """Parts of the link that are the page's own: where in the lessons it leads."""


def address_of(state: State, page: str = "explore") -> str:
    """Return the path and query of a link to a state."""
    parts: list[tuple[str, str]] = []
    for letter, arm in zip(LETTERS.lower(), state.arms, strict=False):
        parts.append((letter, arm.base))
        parts += [(f"{letter}.set", f"{path}={text}") for path, text in arm.changes]
        if arm.name:
            parts.append((f"{letter}.name", arm.name))
    plain = State(arms=state.arms)
    for name in ("seed", "days", "day", "alert", "per", "sweep"):
        if getattr(state, name) != getattr(plain, name):
            parts.append((name, str(getattr(state, name))))
    parts += [("redraw", f"{part}:{number}") for part, number in state.redraw]
    path = "/" if page == "explore" else f"/{page}"
    if parts == [("a", FIRST_SCENARIO)]:
        return path
    return f"{path}?{'&'.join(f'{key}={quote(value, safe=_LEGIBLE)}' for key, value in parts)}"


_LEGIBLE = "=:,./[]"


def opened(path: str, query: str) -> Opened:
    """Return the page and state of a link, mended where it asks for what cannot be."""
    word = path.strip("/") or "explore"
    word = _HOMES.get(word, word)
    page = word if word in PAGES else "explore"
    faults = [] if word in PAGES else [_no_page(word)]
    if len(query) > _LONGEST:
        problem = f"the link has {len(query):,} characters"
        faults.append(Fault("link", problem, allowed=f"at most {_LONGEST:,}", shows_value=False))
        return Opened(page, State(), tuple(faults))
    asked: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=2 * _MOST_CHANGES)
    except ValueError:
        allowed = f"at most {2 * _MOST_CHANGES}"
        pairs, fault = [], Fault("link", "it has too many parts", allowed=allowed, shows_value=False)
        faults.append(fault)
    for key, value in pairs:
        asked.setdefault(key, []).append(value)
    faults += [_no_page(lost) for lost in asked.pop("page", [])]
    own = {name: asked.pop(name)[0] for name in _OWN.get(page, ()) if name in asked}
    arms = _arms(asked, faults)
    state = _numbers(State(arms=arms), asked, faults)
    known = {"seed", "days", "day", "alert", "per", "sweep", "redraw"}
    known |= {key for letter in LETTERS.lower() for key in (letter, f"{letter}.set", f"{letter}.name")}
    faults += [
        Fault(key, "a link has no such part", values[0], did_you_mean=nearest(key, known))
        for key, values in asked.items()
        if key not in known
    ]
    return Opened(page, state, tuple(faults), own)


def _no_page(word: str) -> Fault:
    return Fault("page", "there is no such page", word, ", ".join(PAGES), nearest(word, PAGES))


def mended(arm: Arm, faults: list[Fault]) -> Arm:
    """Return the nearest policy that is valid, adding what was wrong with the one asked for.

    Values out of range go to the end of the range, whatever else is wrong is left out.
    """
    shipped = shipped_scenarios()
    if arm.base not in shipped:
        near = nearest(arm.base, shipped)
        problem = "no shipped scenario of this name"
        faults.append(Fault("scenario", problem, arm.base, ", ".join(shipped), did_you_mean=near))
        arm = replace(arm, base=near or FIRST_SCENARIO)
    for _ in range(4):  # mending one value may show the next fault
        try:
            scenario = arm.scenario
            wrong = list(visitor_faults(scenario))
            if not wrong:
                return arm.changed({})
        except InputError as error:
            wrong = list(error.faults)
        faults += [fault for fault in wrong if fault not in faults]
        arm = replace(arm, changes=_nearest_changes(arm.changes, wrong))
    return replace(arm, changes=())


def _nearest_changes(changes: Changes, faults: list[Fault]) -> Changes:
    wrong = {fault.path for fault in faults}
    kept = []
    for path, text in changes:
        at_fault = [name for name in wrong if name == path or name.startswith((f"{path}.", f"{path}["))]
        if not at_fault:
            kept.append((path, text))
        elif (clamped := _clamped(path, text)) is not None:
            kept.append((path, clamped))
    same = tuple(kept) == changes
    return () if same else tuple(kept)


def _clamped(path: str, text: str) -> str | None:
    """Return the value nearest to a number within what a setting accepts, or None if there is none."""
    value = parse_value(text)
    if path not in setting_paths() or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    low, high = range_of(path)
    if low is not None and value < low:
        return value_text(type(value)(low) if isinstance(value, int) else float(low))
    if high is not None and value > high:
        return value_text(type(value)(high) if isinstance(value, int) else float(high))
    return None


def _arms(asked: Mapping[str, list[str]], faults: list[Fault]) -> tuple[Arm, ...]:
    arms = []
    for letter in LETTERS.lower()[:MOST_ARMS]:
        if letter not in asked and (letter != "a" or "a.set" not in asked):
            continue
        changes: dict[str, str] = {}
        for text in asked.get(f"{letter}.set", [])[:_MOST_CHANGES]:
            path, equals, value = text.partition("=")
            if equals:
                changes[path.strip()] = value.strip()
            else:
                faults.append(Fault(f"{letter}.set", "not of this form", text, "path=value"))
        name = asked.get(f"{letter}.name", [""])[0][:60]
        base = asked.get(letter, [FIRST_SCENARIO])[0]
        arms.append(mended(Arm(base, tuple(changes.items()), name), faults))
    return tuple(arms) or (Arm(FIRST_SCENARIO),)


def _numbers(state: State, asked: Mapping[str, list[str]], faults: list[Fault]) -> State:
    limits = {
        "seed": (0, LARGEST_SEED),
        "days": (1, MOST_DAYS),
        "day": (0, MOST_DAYS - 1),
        "alert": (0, 10**6),
    }
    found: dict[str, Any] = {"seed": SEED, "days": DAYS}
    for name, (low, high) in limits.items():
        if name in asked:
            number = _whole(asked[name][0])
            if number is None or not low <= number <= high:
                faults.append(
                    Fault(name, "not a whole number in range", asked[name][0], f"{low:,} to {high:,}")
                )
            if number is not None:
                found[name] = min(max(number, low), high)
    if found.get("day", 0) >= found["days"]:
        faults.append(Fault("day", "there are not so many days", found["day"], f"0 to {found['days'] - 1}"))
        found["day"] = found["days"] - 1
    for text in asked.get("redraw", [])[:3]:
        part, _, number_text = text.partition(":")
        number = _whole(number_text)
        if part not in PARTS or number is None or not 1 <= number <= 1_000:
            allowed = "crowd:N, matcher:N or officers:N, N from 1 to 1,000"
            faults.append(Fault("redraw", "not something that can be drawn again", text, allowed))
        else:
            found["redraw"] = (*found.get("redraw", ()), (part, number))
    per = asked.get("per", ["day"])[0]
    if per not in _PER:
        faults.append(Fault("per", "nothing is told per this", per, ", ".join(_PER)))
    else:
        found["per"] = per
    sweep = asked.get("sweep", [""])[0]
    if sweep and sweep not in setting_paths():
        near = nearest(sweep, setting_paths())
        faults.append(Fault("sweep", "there is no such setting", sweep, did_you_mean=near))
    else:
        found["sweep"] = sweep
    return replace(state, **found)


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None
