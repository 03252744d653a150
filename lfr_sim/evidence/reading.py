"""Strict reading of one table into rows of one dataclass.

The columns of a file are the fields of its dataclass, in the same order, and the type of a field
says how its cells are read. Nothing is guessed: a cell is a number or it is an error, and only a
field that may be ``None`` accepts an empty cell.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from importlib.resources.abc import Traversable
from io import StringIO
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

from lfr_sim.evidence.errors import TableError

RowT = TypeVar("RowT")

Confidence = Literal["high", "medium", "low"]
"""How far the compilers trust a row: its source, and their reading of it."""

Status = Literal["published", "derived", "assumed"]
"""Where a default value comes from: printed by a source, computed from one, or our choice."""

PartialDate = Annotated[str, "ISO 8601 date"]
"""A date to the precision known: ``2022-07-28``, ``2017-11`` or ``2018``."""

Label = Annotated[str, "may be empty"]
"""A text whose emptiness is a value of its own, not a gap in the record."""


@dataclass(frozen=True, slots=True)
class CountRange:
    """A count published as one number or as "from low to high"; one number has low = high."""

    low: int
    """Least value."""
    high: int
    """Greatest value."""


# The number forms are spelled out because int() and float() also take "1_000", " 7 " and "nan".
_COUNT = re.compile(r"[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def _text(cell: str) -> str:
    if not cell:
        raise ValueError("a text, which may not be missing")
    return cell


def _count(cell: str) -> int:
    if not _COUNT.fullmatch(cell):
        raise ValueError("a whole number in digits only")
    return int(cell)


def _measure(cell: str) -> float:
    if not _NUMBER.fullmatch(cell):
        raise ValueError("a number")
    return float(cell)


def _measure_or_word(cell: str) -> float | str:
    if cell == "inf":
        return float("inf")
    # A word starts with a letter, so that a mistyped number is refused and not taken for a word.
    return cell if cell[:1].isalpha() else _measure(cell)


def _count_range(cell: str) -> CountRange:
    low, _, high = cell.partition("-")
    ends = CountRange(_count(low), _count(high or low))
    if ends.low > ends.high:
        raise ValueError("a range from low to high")
    return ends


def _date(cell: str) -> str:
    if not _DATE.fullmatch(cell):
        raise ValueError("a date as YYYY-MM-DD, YYYY-MM or YYYY")
    return cell


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(cell: str) -> str:
        if cell not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return cell

    return parse


def _yes(cell: str) -> bool:
    return _one_of("yes", "no")(cell) == "yes"


def _or_unknown(parse: Callable[[str], object]) -> Callable[[str], object]:
    return lambda cell: parse(cell) if cell else None


_PARSERS: dict[object, Callable[[str], object]] = {
    str: _text,
    str | None: _or_unknown(_text),
    Label: str,
    int: _count,
    int | None: _or_unknown(_count),
    float: _measure,
    float | None: _or_unknown(_measure),
    float | str: _measure_or_word,
    CountRange | None: _or_unknown(_count_range),
    bool: _yes,
    PartialDate: _date,
    Confidence: _one_of("high", "medium", "low"),
    Status: _one_of("published", "derived", "assumed"),
}


def read_table(path: Traversable, row_type: type[RowT]) -> tuple[RowT, ...]:
    """Read a table as rows of a dataclass.

    Args:
        path: The file: UTF-8, comma-separated, first line the column names.
        row_type: Dataclass whose fields are the columns of the file, in order.

    Raises:
        TableError: If columns, the length of a row or a cell are not as declared.
    """
    hints = get_type_hints(row_type, include_extras=True)
    columns = [field.name for field in fields(row_type)]  # type: ignore[arg-type]  # no type names a dataclass
    lines = _numbered_lines(path)
    _check_header(path.name, next(lines, (1, []))[1], columns)
    rows = []
    for line, cells in lines:
        if len(cells) != len(columns):
            raise TableError(f"{path.name}, line {line}: {len(cells)} cells for {len(columns)}")
        values: dict[str, Any] = {}
        for column, cell in zip(columns, cells, strict=True):
            try:
                values[column] = _PARSERS[hints[column]](cell)
            except ValueError as error:
                raise TableError(
                    f"{path.name}, line {line}, column {column}: {cell!r} is not {error}"
                ) from None
        rows.append(row_type(**values))
    return tuple(rows)


def _numbered_lines(path: Traversable) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each line with its number in the file."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise TableError(f"{path.name} is not UTF-8: {error}") from error
    # newline="" leaves line ends inside quoted cells to the csv module.
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise TableError(f"{path.name}, line {reader.line_num}: {error}") from error


def _check_header(file_name: str, found: list[str], wanted: list[str]) -> None:
    if found == wanted:
        return
    missing = [name for name in wanted if name not in found]
    unexpected = [name for name in found if name not in wanted]
    raise TableError(
        f"{file_name}, line 1: columns are not as declared; "
        f"missing {missing}, unexpected {unexpected}, in order {found}"
    )
