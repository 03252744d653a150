"""What a visitor looks at: one object from which the link, the command and the scenario files are made.

A policy is a shipped scenario with changes by dotted path, each in the text that `--set` takes. Every
scenario can be said so: an uploaded file becomes the changes that lead to it from a shipped one.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from lfr_sim.scenario import Fault, InputError, Scenario, parse_value, shipped_scenarios
from lfr_sim.scenario.model import flatten
from lfr_sim.street import site_of

from .limits import file_faults

FIRST_SCENARIO = "oxford-circus-2022-01-28"
LETTERS = "ABCD"
DAYS: Final = 200
SEED: Final = 1
PAGES = ("explore", "compare", "teach", "evidence")
LARGEST_UPLOAD_BYTES = 65_536

Changes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Arm:
    """One policy: a shipped scenario, and what is changed in it."""

    base: str
    changes: Changes = ()
    """Dotted path and value, as `--set` takes it; each path once."""
    name: str = ""
    """What the visitor calls it; empty: told from the changes."""

    @property
    def scenario(self) -> Scenario:
        """The scenario; raises `InputError` with every fault."""
        return _scenario_of(self.base, self.changes)

    @property
    def digest(self) -> str:
        """The scenario's digest, found once."""
        return _digest_of(self.base, self.changes)

    def changed(self, changes: Mapping[str, str]) -> Arm:
        """Return the policy with some values changed; what is as in the shipped scenario is no change.

        Raises:
            InputError: If the result is not a valid scenario.
        """
        merged = {**dict(self.changes), **changes}
        scenario = _scenario_of(self.base, tuple(merged.items()))
        plain, now = _shipped_settings(self.base), settings_of(scenario)
        kept = tuple((path, text) for path, text in merged.items() if now.get(path) != plain.get(path))
        return replace(self, changes=kept)

    def without(self, path: str) -> Arm:
        """Return the policy with one value as in the shipped scenario; raises `InputError`."""
        arm = replace(self, changes=tuple(change for change in self.changes if change[0] != path))
        _scenario_of(arm.base, arm.changes)  # which says so if the rest cannot stand alone
        return arm


@dataclass(frozen=True, slots=True)
class State:
    """Everything that decides what the pages show."""

    arms: tuple[Arm, ...] = (Arm(FIRST_SCENARIO),)
    """The policies, first the one that Explore shows."""
    seed: int = SEED
    days: int = DAYS
    day: int | None = None
    """Replicate shown; None is the one nearest the middle."""
    alert: int | None = None
    """Alert opened; None is one chosen for being told."""
    redraw: tuple[tuple[str, int], ...] = ()
    """What of the day is drawn again, and how often."""
    per: str = "day"
    """What outcomes are told per, on Compare."""
    sweep: str = ""
    """Dotted path of the setting swept on Compare; empty: none."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that Explore shows."""
        return self.arms[0].scenario

    def with_arm(self, arm: Arm, number: int = 0) -> State:
        """Return the state with one policy replaced; what was picked of its days is let go."""
        arms = (*self.arms[:number], arm, *self.arms[number + 1 :])
        return replace(self, arms=arms, day=None, alert=None, redraw=())


def value_text(value: Any) -> str:
    """Return a setting's value as `--set` takes it: the bare word for text that reads back as itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        bare = value and value == value.strip() and parse_value(value) == value
        return value if bare else '"' + value.translate(_ESCAPES) + '"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_quoted(item) for item in value) + "]"
    return repr(value) if isinstance(value, float) else str(value)


def settings_of(scenario: Scenario) -> dict[str, Any]:
    """Return dotted path -> value of everything that `--set` can say; the schema and sources it cannot."""
    said = flatten(scenario.model_dump(by_alias=True, exclude={"sources", "schema_version"}))
    return {path: value for path, value in said.items() if path != "schema"}


def arm_for(scenario: Scenario) -> Arm:
    """Return a policy that gives a scenario: the shipped one that needs fewest changes, and those.

    What a shipped scenario says and the scenario leaves out cannot be taken back by a change, so shipped
    scenarios of which that is true are passed over. Sources are left behind: a change has none.
    """
    wanted = settings_of(scenario)
    best: Arm | None = None
    for base in shipped_scenarios():
        plain = _shipped_settings(base)
        differing = {path: value for path, value in wanted.items() if plain.get(path) != value}
        if any(value is None for value in differing.values()):
            continue
        if best is None or len(differing) < len(best.changes):
            best = Arm(base, tuple((path, value_text(value)) for path, value in differing.items()))
    if best is None:
        fault = Fault("scenario", "it cannot be told as changes of a shipped scenario", shows_value=False)
        raise InputError("scenario", [fault])
    return best


def arm_from_upload(content: bytes, name: str = "scenario") -> Arm:
    """Return the policy of an uploaded scenario file.

    Raises:
        InputError: If it is too large, not text, not TOML, or not a valid scenario: every fault.
    """
    if len(content) > LARGEST_UPLOAD_BYTES:
        allowed = f"at most {LARGEST_UPLOAD_BYTES:,}"
        problem = f"the file has {len(content):,} bytes"
        raise InputError(name, [Fault(name, problem, allowed=allowed, shows_value=False)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"not text: byte {error.start} is not UTF-8"
        fault = Fault(name, problem, allowed="a scenario file, in UTF-8 text", shows_value=False)
        raise InputError(name, [fault]) from None
    scenario = Scenario.from_toml(text, subject=name)
    _refuse_files(name, scenario)
    return arm_for(scenario)


def scenario_file(arm: Arm) -> str:
    """Return the scenario of a policy as a file that `lfr-sim run` takes."""
    return arm.scenario.to_toml()


def command_of(state: State, page: str = "explore") -> str:
    """Return the command that gives the same result in a terminal.

    Policies that one command cannot say are told as scenario files, `A.toml` and so on, to be saved beside.
    """
    numbers = ["--seed", str(state.seed), "--replicates", str(state.days)]
    if page != "compare" or len(state.arms) == 1:
        arm = state.arms[0]
        return shlex.join(["lfr-sim", "run", arm.base, *numbers, *_set_options(arm.changes)])
    arms = _arm_options(state.arms)
    if arms is None:
        files = [f"{LETTERS[number]}.toml" for number in range(len(state.arms))]
        return shlex.join(["lfr-sim", "compare", *files, *numbers])
    first = state.arms[0]
    return shlex.join(["lfr-sim", "compare", first.base, *numbers, *_set_options(first.changes), *arms])


def needs_files(state: State) -> bool:
    """Return whether the command for Compare names files that have to be saved first."""
    return len(state.arms) > 1 and _arm_options(state.arms) is None


_ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"'} | {
    number: f"\\u{number:04x}" for number in (*range(32), 127)
}


def _quoted(value: Any) -> str:
    """Return a value within a list, where text is always quoted."""
    if isinstance(value, str):
        return '"' + value.translate(_ESCAPES) + '"'
    return value_text(value)


def _set_options(changes: Changes) -> list[str]:
    return [word for path, text in changes for word in ("--set", f"{path}={text}")]


def _arm_options(arms: tuple[Arm, ...]) -> list[str] | None:
    """Return the options for the further policies of a comparison, or None where files are needed."""
    first = arms[0]
    plain = _shipped_settings(first.base)
    words: list[str] = []
    for arm in arms[1:]:
        back = {path for path, _ in first.changes} - {path for path, _ in arm.changes}
        if arm.base != first.base or any(plain.get(path) is None for path in back):
            return None
        changes = [*arm.changes, *((path, value_text(plain[path])) for path in sorted(back))]
        if any(";" in text for _, text in changes):
            return None
        words += ["--arm", "; ".join(f"{path}={text}" for path, text in changes)]
    return words


@lru_cache(maxsize=64)
def _shipped(base: str) -> Scenario:
    return Scenario.from_file(base)


@lru_cache(maxsize=64)
def _shipped_settings(base: str) -> dict[str, Any]:
    return settings_of(_shipped(base))


@lru_cache(maxsize=512)
def _scenario_of(base: str, changes: Changes) -> Scenario:
    if base not in shipped_scenarios():  # files on this machine are nobody's business
        known = shipped_scenarios()
        fault = Fault("scenario", "no shipped scenario of this name", base, ", ".join(known))
        raise InputError("scenario", [fault])
    shipped = _shipped(base)
    if not changes:
        return shipped
    scenario = shipped.replace({path: parse_value(text) for path, text in changes}, subject=base)
    _refuse_files(base, scenario)
    site_of(scenario.site, scenario.camera)  # a layout or van that is not there is a fault as any other
    return scenario


def _refuse_files(subject: str, scenario: Scenario) -> None:
    """Raise `InputError` before a file of this machine is opened, or looked for, on a visitor's word."""
    faults = file_faults(scenario)
    if faults:
        raise InputError(subject, faults)


@lru_cache(maxsize=512)
def _digest_of(base: str, changes: Changes) -> str:
    return _scenario_of(base, changes).digest
