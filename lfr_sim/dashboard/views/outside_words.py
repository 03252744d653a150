"""A published count beyond nine days in ten, in words: the same beside the record table and on Evidence."""

from __future__ import annotations

from typing import Final

from .words import noun, rounded, whole

WHY_UNKNOWN: Final = "Its list, its crowd or its day was different, and the record does not say which."
"""What is said of a deployment with such a count."""


def outside_told(
    opening: str, published: int, *, is_above: bool, beyond: int, days: int, kind: str = "simulated"
) -> str:
    """Return the sentence of a published count that few days reach.

    Args:
        opening: How it begins: `On 17 February`, `Of true alerts,`.
        published: The count.
        is_above: Whether it lies above nine days in ten; else it lies below.
        beyond: Days with as many, or with as few.
        days: All days.
        kind: What days they are.
    """
    were = "was" if rounded(published) == 1 else "were"
    has = "has" if beyond == 1 else "have"
    return (
        f"{opening} {whole(published)} {were} published; {whole(beyond)} in {whole(days)} {kind} "
        f"{noun(days, 'day')} {has} {'as many' if is_above else 'as few'}."
    )
