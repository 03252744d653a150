"""The link to a state, and back: what a link asks for that cannot be is mended and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from lfr_sim.scenario import Fault, InputError, nearest, shipped_scenarios
from lfr_sim.streams import PARTS
from lfr_sim.study.replicates import LARGEST_SEED

from .limits import MOST_ARMS, MOST_DAYS, Beyond, mended_fault, visitor_faults
from .setting_words import setting_value
from .settings import shown_settings
from .state import (
    DAYS,
    FIRST_SCENARIO,
    LETTERS,
    PAGES,
    SEED,
    Arm,
    Changes,
    State,
    settings_of,
    value_text,
)

_LONGEST = 65_536
_MOST_CHANGES = 400
_LONGEST_NAME = 60
_MOST_ROUNDS = 8
_MOST_TRIED = 40
"""Changes of which it is tried whether a scenario can be had without one of them."""
_ONCE = ("seed", "days", "day", "alert", "per", "sweep")
_HOMES = {"class": "teach"}
"""Short addresses of a page."""
_OWN = {"teach": ("lesson", "step", "guess")}
"""Page -> parts of a link that are its own."""
_MIDDLE = "the day nearest the middle is shown"
_LEFT_OUT = "it is left out"
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
    faults += _repeated(asked)
    own = {name: asked.pop(name)[0] for name in _OWN.get(page, ()) if name in asked}
    arms = _arms(asked, faults)
    state = _numbers(State(arms=arms), asked, faults)
    known = {*_ONCE, "redraw"}
    known |= {key for letter in LETTERS.lower() for key in (letter, f"{letter}.set", f"{letter}.name")}
    faults += [
        mended_fault(
            Fault(key, "a link has no such part", values[0], did_you_mean=nearest(key, known)), _LEFT_OUT
        )
        for key, values in asked.items()
        if key not in known
    ]
    return Opened(page, state, tuple(faults), own)


def _no_page(word: str) -> Fault:
    return Fault("page", "there is no such page", word, ", ".join(PAGES), nearest(word, PAGES))


def _repeated(asked: Mapping[str, list[str]]) -> list[Fault]:
    """Return what stands more than once although it can be had once only."""
    letters = [key for letter in LETTERS.lower() for key in (letter, f"{letter}.name")]
    problem = "it stands in the link more than once; the first one counts"
    return [Fault(key, problem, text) for key in (*_ONCE, *letters) for text in asked.get(key, [])[1:]]


def mended(arm: Arm, faults: list[Fault]) -> Arm:
    """Return the nearest policy that is valid, adding what was wrong with the one asked for.

    A value that cannot be used is left out, so that the scenario's own is used; and that is said.
    """
    shipped, asked, found = shipped_scenarios(), arm.changes, list[Fault]()
    if arm.base not in shipped:
        near = nearest(arm.base, shipped)
        problem = "no shipped scenario of this name"
        fault = Fault("scenario", problem, arm.base, ", ".join(shipped), did_you_mean=near)
        arm = replace(arm, base=near or FIRST_SCENARIO)
        faults.append(mended_fault(fault, f"the scenario {arm.base} is used"))
    for _ in range(_MOST_ROUNDS):  # mending one value may show the next fault
        wrong = _wrong(arm)
        if not wrong:
            break
        found += [fault for fault in wrong if fault not in found]
        arm = replace(arm, changes=_nearest_changes(arm, wrong))
    else:
        arm = replace(arm, changes=())
    lost = _left_out(asked, arm, found)
    told = (mended_fault(fault, _used(fault.path, arm)) for fault in found)
    faults += [fault for fault in told if fault not in faults]
    faults += lost
    return arm.changed({})


def _used(path: str, arm: Arm) -> str:
    """Return what a policy has in place of a value that cannot be used."""
    values = settings_of(arm.scenario)
    if path not in values or path not in shown_settings():
        return _LEFT_OUT
    value = setting_value(path, values[path])
    return (
        f"{value} is used instead" if path in dict(arm.changes) else f"the scenario’s own, {value}, is used"
    )


def _wrong(arm: Arm) -> list[Fault]:
    try:
        return visitor_faults(arm.scenario)
    except InputError as error:
        return list(error.faults)


def _left_out(asked: Changes, arm: Arm, faults: list[Fault]) -> list[Fault]:
    """Return the changes that are there no more, although nothing has been said of them."""
    kept = dict(arm.changes)
    return [
        Fault(path, "left out, since it cannot be had with the rest", text)
        for path, text in asked
        if path not in kept and not any(_is_about(fault, path) for fault in faults)
    ]


def _is_about(fault: Fault, path: str) -> bool:
    return fault.path == path or fault.path.startswith((f"{path}.", f"{path}["))


def _nearest_changes(arm: Arm, wrong: list[Fault]) -> Changes:
    """Return the changes without those that are wrong; where none is, with what is too much made less."""
    kept = {path: text for path, text in arm.changes if not any(_is_about(fault, path) for fault in wrong)}
    if len(kept) < len(arm.changes):
        return tuple(kept.items())
    # What is too much may be so by what else was changed.
    most = {fault.path: value_text(fault.most) for fault in wrong if isinstance(fault, Beyond)}
    return tuple((kept | most).items()) if most else _fewer(arm, wrong)


def _fewer(arm: Arm, wrong: list[Fault]) -> Changes:
    """Return the changes without the one that is to blame, where no fault names one."""
    for place in reversed(range(len(arm.changes))[-_MOST_TRIED:]):
        fewer = (*arm.changes[:place], *arm.changes[place + 1 :])
        if not _wrong(replace(arm, changes=fewer)):
            return fewer
    tables = {fault.path.partition(".")[0] for fault in wrong}
    others = tuple(change for change in arm.changes if change[0].partition(".")[0] not in tables)
    return others if others != arm.changes else ()


def _arms(asked: Mapping[str, list[str]], faults: list[Fault]) -> tuple[Arm, ...]:
    arms = []
    for letter in LETTERS.lower()[:MOST_ARMS]:
        about = (f"{letter}.set", f"{letter}.name")
        lost = [(key, text) for key in about for text in asked.get(key, [])]
        if letter not in asked and (letter != "a" or not lost):
            problem = f"left out: the link has no policy {letter} to which it could belong"
            faults += [Fault(key, problem, text, f"beside {letter}=SCENARIO") for key, text in lost]
            continue
        name = asked.get(about[1], [""])[0]
        if len(name) > _LONGEST_NAME:
            faults.append(
                Fault(about[1], "too long a name, which is cut", name, f"{_LONGEST_NAME} characters")
            )
        base = asked.get(letter, [FIRST_SCENARIO])[0]
        if letter != "a" and base not in shipped_scenarios() and not nearest(base, shipped_scenarios()):
            known = ", ".join(shipped_scenarios())
            fault = Fault(letter, "no shipped scenario of this name", base, known)
            faults.append(mended_fault(fault, f"policy {letter.upper()} of the link is left out"))
            continue
        changes = _changes(about[0], asked.get(about[0], []), faults)
        arms.append(mended(Arm(base, changes, name[:_LONGEST_NAME]), faults))
    return tuple(arms) or (Arm(FIRST_SCENARIO),)


def _changes(key: str, texts: list[str], faults: list[Fault]) -> Changes:
    """Return what a link changes of one policy; of a setting that stands more than once, the last."""
    changes: dict[str, str] = {}
    for text in texts[:_MOST_CHANGES]:
        name, equals, value = text.partition("=")
        path = name.strip()
        if not equals:
            faults.append(mended_fault(Fault(key, "not of this form", text, "path=value"), _LEFT_OUT))
            continue
        if path in changes:
            problem = "the link changes this setting more than once; the last one counts"
            faults.append(Fault(path, problem, changes[path]))
        changes[path] = value.strip()
    if len(texts) > _MOST_CHANGES:
        problem, allowed = f"{len(texts):,} changes of one policy", f"the first {_MOST_CHANGES}"
        faults.append(Fault(key, problem, allowed=allowed, shows_value=False))
    return tuple(changes.items())


def _numbers(state: State, asked: Mapping[str, list[str]], faults: list[Fault]) -> State:
    limits = {
        "seed": (0, LARGEST_SEED),
        "days": (1, MOST_DAYS),
        "day": (0, MOST_DAYS - 1),
        "alert": (0, 10**6),
    }
    used = {
        "seed": f"{SEED} is used",
        "days": f"{DAYS} are used",
        "day": _MIDDLE,
        "alert": "another is opened",
    }
    found: dict[str, Any] = {"seed": SEED, "days": DAYS}
    for name, (low, high) in limits.items():
        if name in asked:
            number, text = _whole(asked[name][0]), asked[name][0]
            if number is None or not low <= number <= high:
                allowed = _days_allowed(high + 1) if name == "day" else f"{low:,} to {high:,}"
                fault = Fault(name, "not a whole number in range", text, allowed)
                faults.append(mended_fault(fault, used[name]))
            else:
                found[name] = number
    if found.get("day", 0) >= found["days"]:
        allowed = _days_allowed(found["days"])
        fault = Fault("day", "there are not so many days", found.pop("day"), allowed)
        faults.append(mended_fault(fault, _MIDDLE))
    found["redraw"] = _redraws(asked.get("redraw", []), faults)
    per = asked.get("per", ["day"])[0]
    if per not in _PER:
        fault = Fault("per", "nothing is told per this", per, ", ".join(_PER))
        faults.append(mended_fault(fault, "outcomes are told per day"))
    else:
        found["per"] = per
    sweep = asked.get("sweep", [""])[0]
    if sweep and sweep not in shown_settings():
        near = nearest(sweep, shown_settings())
        fault = Fault("sweep", "there is no such setting", sweep, did_you_mean=near)
        faults.append(mended_fault(fault, "none is swept"))
    else:
        found["sweep"] = sweep
    return replace(state, **found)


def _days_allowed(days: int) -> str:
    """Return which days a link can ask for: it counts from 0, the pages from Day 1."""
    if days == 1:
        return "0, which is Day 1"
    return f"0 to {days - 1:,}, which are Day 1 to Day {days:,}"


def _redraws(texts: list[str], faults: list[Fault]) -> tuple[tuple[str, int], ...]:
    """Return what is to be drawn again, each part once."""
    found: dict[str, int] = {}
    for text in texts:
        part, _, number_text = text.partition(":")
        number = _whole(number_text)
        if part not in PARTS or number is None or not 1 <= number <= 1_000:
            allowed = "crowd:N, matcher:N or officers:N, N from 1 to 1,000"
            fault = Fault("redraw", "not something that can be drawn again", text, allowed)
            faults.append(mended_fault(fault, _LEFT_OUT))
        elif part in found:
            faults.append(Fault("redraw", "each part can be drawn again once; the first one counts", text))
        else:
            found[part] = number
    return tuple(found.items())


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None
