"""A published count beyond nine days in ten, in words: the same beside the record table and on Evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lfr_sim.figures.words import listed

from .words import counted, noun, whole

WHY_UNKNOWN: Final = "Its list, its crowd or its day was different, and the record does not say which."
"""What is said of a deployment with such a count."""


@dataclass(frozen=True, slots=True)
class Outside:
    """One such count."""

    published: int
    is_above: bool
    """Whether it lies above nine days in ten; else it lies below."""
    beyond: int
    """Days with as many, or with as few."""
    days: int
    """All days."""

    @property
    def _side(self) -> str:
        return "as many" if self.is_above else "as few"

    def told(self, opening: str, kind: str = "simulated") -> str:
        """Return it as a sentence.

        Args:
            opening: How the sentence begins: `On 17 February`, `Of true alerts,`.
            kind: What days they are.
        """
        were = "was" if self.published == 1 else "were"
        has = "has" if self.beyond == 1 else "have"
        return (
            f"{opening} {whole(self.published)} {were} published; {whole(self.beyond)} in "
            f"{whole(self.days)} {kind} {noun(self.days, 'day')} {has} {self._side}."
        )

    def in_short(self, singular: str, plural: str) -> str:
        """Return it as one of several that a sentence lists."""
        what = counted(self.published, singular, plural)
        return f"{what} ({whole(self.beyond)} in {whole(self.days)} {self._side})"


def all_outside(found: Sequence[tuple[Outside, tuple[str, str]]], kind: str) -> list[str]:
    """Return the counts of one day that lie outside, in sentences; nothing where none does.

    Args:
        found: The counts, each with what it counts in the singular and in the plural.
        kind: What days they are.
    """
    if not found:
        return []
    (first, (_, plural)), *others = found
    told = [first.told(f"Of {plural},", kind)]
    if others:
        told.append(f"Likewise {listed(one.in_short(*words) for one, words in others)}.")
    return [*told, WHY_UNKNOWN]
