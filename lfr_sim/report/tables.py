"""Tables of text and numbers as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

NOT_KNOWN = "not known"


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    """Return rows as aligned text: words to the left, numbers to the right."""
    cells = [[str(row.get(column, "")) for column in columns] for row in rows]
    widths = [
        max([len(column), *(len(line[index]) for line in cells)]) for index, column in enumerate(columns)
    ]
    numeric = [
        all(_isnumber(line[index]) for line in cells) and bool(cells) for index in range(len(columns))
    ]
    lines = []
    for line in [list(columns), *cells]:
        padded = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _isnumber(text: str) -> bool:
    return text.replace(",", "").replace(".", "").isdigit() or text in ("", NOT_KNOWN)


def figure(value: float) -> str:
    """Return a count or a mean of counts."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3g}"


def rate_figure(value: float) -> str:
    """Return a rate with four figures."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def quantity(value: float, one: str, many: str) -> str:
    """Return a count with its noun."""
    return f"{figure(value)} {one if value == 1 else many}"
