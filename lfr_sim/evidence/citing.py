"""Citations: what each row is evidence for, and the list of sources behind all tables."""

from collections.abc import Iterator
from dataclasses import dataclass

from lfr_sim.evidence.rows import (
    Accuracy,
    Adjudication,
    Composition,
    Default,
    Deployment,
    Row,
    Timing,
)
from lfr_sim.evidence.showing import display
from lfr_sim.evidence.tables import all_tables


@dataclass(frozen=True, slots=True)
class Citation:
    """What one row is evidence for, and what it rests on."""

    evidence_for: str
    """The statement supported, in one phrase."""
    title: str | None
    """Title of the source, where the table keeps one."""
    address: str | None
    """Where the source is found; ``None`` for an assumption without one."""
    standing: str
    """Confidence (high, medium, low), or for a default published, derived or assumed."""
    note: str | None
    """What a reader must know before relying on it."""

    def __str__(self) -> str:
        source = ", ".join(part for part in (self.title, self.address) if part)
        remarks = "; ".join(part for part in (self.standing, self.note) if part)
        return f"{self.evidence_for}. Source: {source or 'none'} ({remarks})"


@dataclass(frozen=True, slots=True)
class Source:
    """One source and the tables that use it."""

    address: str
    """Where the source is found."""
    titles: tuple[str, ...]
    """Titles given to it, sorted; empty where no table keeps one."""
    tables: tuple[str, ...]
    """Names of the loaders of the tables that use it, sorted."""
    n_rows: int
    """Number of rows, over all tables, that rest on it."""


def cite(row: Row) -> Citation:
    """Return the citation of a row of any table.

    Raises:
        TypeError: If this is not a row of the record.
    """
    if isinstance(row, Default):
        return _cite_default(row)
    if not isinstance(row, Deployment | Accuracy | Adjudication | Composition | Timing):
        raise TypeError(f"only rows of the record can be cited, not {row!r}")
    return Citation(
        evidence_for=_statement(row),
        title=row.study if isinstance(row, Accuracy) else None,
        address=row.source_url,
        standing=f"{row.confidence} confidence",
        note=row.note,
    )


def _cite_default(row: Default) -> Citation:
    name = f"{row.parameter}[{row.entry}]" if row.entry else row.parameter
    title = row.source_title
    if title and row.source_year:
        title = f"{title}, {row.source_year}"
    label = "contested" if row.contested else "rival value"
    rival = f"; {label}: {row.rival_value}" if row.rival_value else ""
    return Citation(
        evidence_for=f"{name} = {display(row.default)} {row.unit}",
        title=title,
        address=row.source_address,
        standing=row.status,
        note=row.derivation.rstrip(".") + rival,
    )


def _statement(row: Deployment | Accuracy | Adjudication | Composition | Timing) -> str:
    """Say in one phrase what a row states."""
    match row:
        case Deployment():
            last = "" if row.date_end == row.date_start else f" to {row.date_end}"
            kind = row.period_type.replace("_", " ")
            return f"{row.force} {kind} at {row.site}, {row.date_start}{last}"
        case Accuracy():
            group = f", {row.group}" if row.group else ""
            return f"{row.metric} of {row.system}{group}: {display(row.value)} ({row.unit})"
        case Adjudication():
            kind = f"{row.stage.replace('_', ' ')}, {row.alert_truth} alerts"
            return f"{kind}, {row.force} {row.period}: {row.n_to:,} of {row.n_from:,}"
        case Composition():
            what = f"{row.topic.replace('_', ' ')}, {row.category}"
            return f"{what}, {row.force_or_area} {row.period}: {_amount(row.value, row.unit)}"
        case Timing():
            what = f"{row.topic.replace('_', ' ')}, {row.quantity}"
            return f"{what}, {row.force} {row.period}: {_amount(row.value, row.unit)}"


def _amount(value: float | None, unit: str) -> str:
    # A row without a figure carries its content in the note; "not known" would deny that.
    return "described in words" if value is None else f"{display(value)} {unit}"


def citations() -> tuple[Source, ...]:
    """Return each source once, sorted by address, with the tables that use it."""
    uses: dict[str, list[tuple[str, str | None]]] = {}
    for table, address, title in _uses():
        uses.setdefault(address, []).append((table, title))
    return tuple(
        Source(
            address=address,
            titles=tuple(sorted({title for _, title in found if title})),
            tables=tuple(sorted({table for table, _ in found})),
            n_rows=len(found),
        )
        for address, found in sorted(uses.items())
    )


def _uses() -> Iterator[tuple[str, str, str | None]]:
    """Yield table, address and title for every row that has a source."""
    for table, rows in all_tables().items():
        for row in rows:
            citation = cite(row)
            if citation.address is not None:
                yield table, citation.address, citation.title
