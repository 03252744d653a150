"""What is wrong with something a user gave us, said once, completely, and kindly.

InputError(ValueError)      anything a user can mend: carries every fault that was found
└── raised by scenarios, layouts, score files and the command line; never by the simulation itself
"""

from __future__ import annotations

import difflib
import json
import re
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from itertools import islice
from typing import Any

_LONGEST_VALUE = 60
_LONGEST_NAME = 200
"""Names longer than this are cut where they are shown, and nothing is near them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where it stands, and what would be right."""

    path: str
    """Dotted path of the setting, or the name of the file."""
    problem: str
    """What is wrong, as a clause without a full stop."""
    value: Any = None
    """The value that caused it; left out of the text where `shows_value` is false."""
    allowed: str = ""
    """What would have been accepted."""
    did_you_mean: str = ""
    """The nearest right name, if one is near."""
    shows_value: bool = True
    """False where there is no single value to show (a missing key, an unreadable file)."""

    def __str__(self) -> str:
        """Return the fault as one line."""
        text = _printable(self.path)
        if self.shows_value:
            text += f" = {value_text(self.value)}"
        text += f": {self.problem}"
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.did_you_mean:
            text += f"; did you mean {self.did_you_mean!r}?"
        return text


class InputError(ValueError):
    """Input that cannot be used. `faults` holds every fault that was found, not only the first."""

    def __init__(self, subject: str, faults: Iterable[Fault]) -> None:
        self.subject = subject
        self.faults = tuple(faults)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults):,} faults"
        super().__init__("\n  ".join([f"{_printable(subject)}: {count}", *map(str, self.faults)]))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, tuple[Fault, ...]]]:
        """Let the error travel between processes whole."""
        return type(self), (self.subject, self.faults)


def whole_faults(name: str, value: object, low: int, high: int) -> list[Fault]:
    """Return what is wrong with a number that has to be whole and in a range."""
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return []
    return [Fault(name, "not a whole number in range", value, f"{low:,} to {high:,}")]


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is nearest to `name`, or "" if none is near."""
    if len(name) > _LONGEST_NAME:
        return ""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


class _Shortened(reprlib.Repr):
    """Shows the beginning of a value without ever looking at all of it: it may be huge, or deep."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxlist, self.maxtuple, self.maxdict = 4, 12, 12, 6
        self.maxstring = self.maxother = self.maxlong = 2 * _LONGEST_VALUE
        self.fillvalue = "…"

    def repr_int(self, x: int, level: int) -> str:
        """Show a number that has more digits than Python is willing to print, too."""
        return repr(x) if x.bit_length() < 8 * _LONGEST_VALUE else f"{hex(x)[:_LONGEST_VALUE]}…"

    def repr_bool(self, x: bool, level: int) -> str:
        """Show `true` or `false`."""
        return str(x).lower()

    def repr_NoneType(self, x: None, level: int) -> str:  # noqa: N802  the name is given by reprlib
        """Show what JSON writes; TOML has no word for it."""
        return "null"

    def repr_str(self, x: str, level: int) -> str:
        """Show text in double quotes, with unprintable characters escaped."""
        quoted = json.dumps(x[: self.maxstring], ensure_ascii=False)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in quoted)

    def repr_tuple(self, x: tuple[Any, ...], level: int) -> str:
        """Show a tuple as the list that it is in a file."""
        return self.repr_list(list(x[: self.maxtuple + 1]), level)

    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        """Show a table on one line, its names in their order."""
        if level <= 0:
            return "{…}"
        parts = [
            f"{_key(key)} = {self.repr1(value, level - 1)}"
            for key, value in islice(x.items(), self.maxdict)
        ]
        parts += ["…"] if len(x) > self.maxdict else []
        return f"{{ {', '.join(parts)} }}" if parts else "{}"

    def repr_instance(self, x: Any, level: int) -> str:
        """Show dates and words as they are written, and whatever else there is as Python does."""
        if isinstance(x, date | time):
            return x.isoformat()
        return self.repr_str(str(x), level) if isinstance(x, str) else super().repr_instance(x, level)


def _key(name: Any) -> str:
    bare = isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,60}", name)
    return str(name) if bare else _shortened.repr(name)


_shortened = _Shortened()


def value_text(value: Any) -> str:
    """Return the beginning of a value as one writes it in TOML, on one line."""
    text = _shortened.repr(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1].rstrip("…") + "…"


def _printable(name: str) -> str:
    """Return a name on one line, cut if it is very long, with unprintable characters escaped."""
    name = name or "(no name)"
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in name[:_LONGEST_NAME]
    )
    return shown if len(name) <= _LONGEST_NAME else shown + "…"
