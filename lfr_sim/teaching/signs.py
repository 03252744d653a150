"""The signs of which the terminal's pictures consist, and what stands for them where they are missing."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from lfr_sim.lessons import Mark

WIDTH: Final = 78
"""Two less than the 80 columns of the narrowest terminal, some of which wrap a full line."""


@dataclass(frozen=True, slots=True)
class Signs:
    """One character for each thing that is drawn."""

    right: str
    wrong: str
    missed: str
    hundred: str
    """A hundred people without an alert."""
    nobody: str
    """A place within the guess where there is no mark."""
    stop: str
    """The bar under somebody who is stopped."""
    line: str
    down: str
    left: str
    """Where a branch of the tree begins, left and right,"""
    right_end: str
    join: str
    """and where it comes from above."""

    def of(self, mark: Mark) -> str:
        """Return the sign of a mark."""
        return {Mark.RIGHT: self.right, Mark.WRONG: self.wrong, Mark.MISSED: self.missed}[mark]


FULL: Final = Signs(
    right="■",
    wrong="▲",
    missed="○",
    hundred="·",
    nobody="·",
    stop="─",
    line="─",
    down="│",
    left="┌",
    right_end="┐",
    join="┴",
)
PLAIN: Final = Signs(
    right="#",
    wrong="^",
    missed="o",
    hundred=".",
    nobody=".",
    stop="-",
    line="-",
    down="|",
    left="+",
    right_end="+",
    join="+",
)


def signs_for(encoding: str | None, *, plain: bool = False) -> Signs:
    """Return the signs that an output can show: ASCII if asked for, or if its encoding has no others."""
    try:
        "".join(getattr(FULL, field.name) for field in fields(FULL)).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return PLAIN if plain else FULL
