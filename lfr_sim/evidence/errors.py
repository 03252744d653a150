"""What can go wrong when the published record is read or asked for.

KeyError
└── UnknownRow    a name, or a value to filter by, that the record does not hold
ValueError
└── TableError    a table whose columns, rows or cells are not what they must be
"""

from collections.abc import Iterable
from difflib import get_close_matches

# Beyond this many names a list no longer helps the reader of an error message.
_MOST_NAMES_SHOWN = 20


class UnknownRow(KeyError):  # noqa: N818 - the name says what happened; it is never a fault of ours
    """The record holds no row of this name; the message shows the nearest right names."""

    def __str__(self) -> str:
        # KeyError would show the message in quotation marks with its own marks escaped.
        return str(self.args[0])


class TableError(ValueError):
    """A table of the record is malformed; the message names file, line, column and value."""


def unknown_row(what: str, asked: str, known: Iterable[str]) -> UnknownRow:
    """Build the error for a name that is not known.

    Args:
        what: What the name should have named, for example ``"deployment"``.
        asked: The name that was asked for.
        known: All names that would have been right.
    """
    names = sorted(set(known))
    near = get_close_matches(asked, names, n=3, cutoff=0.5)
    if near:
        hint = f"nearest: {', '.join(map(repr, near))}"
    elif len(names) <= _MOST_NAMES_SHOWN:
        hint = f"known: {', '.join(map(repr, names))}"
    else:
        hint = f"none of the {len(names)} known names is near"
    return UnknownRow(f"no {what} {asked!r}; {hint}")
