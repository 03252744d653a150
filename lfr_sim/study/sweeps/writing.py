"""A table as Parquet and as CSV at once: the same rows, group by group, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

KINDS: dict[str, Any] = {
    "whole": pa.int64(),
    "real": pa.float64(),
    "text": pa.string(),
    "truth": pa.bool_(),
}
"""What a column may hold."""


class TableWriter:
    """Writes a table to two files, row group by row group.

    Args:
        parquet: The Parquet file; None for none.
        csv: The CSV file.
        columns: Name -> kind of each column, in order.
        about: Plain data kept in the Parquet file, under the name `lfr_sim`.
    """

    def __init__(self, parquet: Path | None, csv: Path, columns: dict[str, str], about: Any) -> None:
        kept = {"lfr_sim": json.dumps(about, sort_keys=True, ensure_ascii=False)}
        fields = [pa.field(name, KINDS[kind]) for name, kind in columns.items()]
        self._schema = pa.schema(fields, metadata=kept)
        # Opened here: Arrow takes names in UTF-8 only.
        self._files = [csv.open("wb")]
        self._csv = pa_csv.CSVWriter(self._files[0], self._schema)
        self._parquet = None
        if parquet is not None:
            self._files.append(parquet.open("wb"))
            self._parquet = pa_parquet.ParquetWriter(self._files[1], self._schema, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._csv.close()
        if self._parquet is not None:
            self._parquet.close()
        for file in self._files:
            file.close()

    def add(self, columns: Sequence[Any]) -> None:
        """Write a group of rows, given as one sequence or Arrow array per column."""
        arrays = [
            column if isinstance(column, pa.Array) else pa.array(column, type=field.type)
            for column, field in zip(columns, self._schema, strict=True)
        ]
        table = pa.table(arrays, schema=self._schema)
        self._csv.write_table(table)
        if self._parquet is not None:
            self._parquet.write_table(table, row_group_size=max(1, len(table)))


class Setting:
    """What one setting is at each design point, ready to be repeated over rows."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.kind = _kind_of(values)
        plain = values if self.kind != "text" else [_text(value) for value in values]
        self._values = pa.array(plain, type=KINDS[self.kind])

    def at(self, points: Any) -> Any:
        """Return the values at points, given by number."""
        return self._values.take(pa.array(points))


def _kind_of(values: Sequence[Any]) -> str:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool} and kinds:
        return "truth"
    if kinds <= {int} and kinds and all(abs(value) < 2**63 for value in values if value is not None):
        return "whole"
    return "real" if kinds <= {int, float} and kinds else "text"


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
