"""Showing a value of the record, so that what is not known never looks like a number."""

from lfr_sim.evidence.reading import CountRange

NOT_KNOWN = "not known"


def display(value: bool | float | str | CountRange | None) -> str:
    """Return a value as text for readers: ``not known`` for ``None``, ``34,286`` for a count."""
    match value:
        case None:
            return NOT_KNOWN
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            # 15 digits is all that a decimal number keeps in a float; fewer would change values.
            return f"{value:,.15g}"
        case CountRange(low, high):
            return f"{low:,}" if low == high else f"{low:,} to {high:,}"
        case _:
            return value
