"""The six tables: loading them whole, filtering deployments, finding one row by name."""

from functools import cache
from importlib.resources import files

from lfr_sim.evidence.errors import UnknownRow, unknown_row
from lfr_sim.evidence.reading import RowT, read_table
from lfr_sim.evidence.rows import (
    Accuracy,
    Adjudication,
    Composition,
    Default,
    Deployment,
    Row,
    Timing,
)


def _load(file_name: str, row_type: type[RowT]) -> tuple[RowT, ...]:
    # Package resources, not paths, so that the tables are found inside a zipped installation too.
    return read_table(files("lfr_sim.evidence").joinpath("data", file_name), row_type)


@cache
def _all_deployments() -> tuple[Deployment, ...]:
    return _load("deployments_2016_2022.csv", Deployment)


def deployments(
    *,
    force: str | None = None,
    period_type: str | None = None,
    year: int | None = None,
    site: str | None = None,
    aggregates: bool = True,
) -> tuple[Deployment, ...]:
    """Return deployments, trials, events and aggregates, in the order of the table.

    Aggregate rows repeat the rows they sum, and some of them overlap one another: adding an
    aggregate to its parts counts twice. Pass ``aggregates=False`` before summing. One pair of
    single rows appears to overlap as well: ``swp-fulcrum2-2017`` and ``swp-2017-12-21`` (see the
    note of the first).

    Args:
        force: Only this police force.
        period_type: Only this kind of period.
        year: Only rows whose dates touch this year.
        site: Only this site, spelled as in the table.
        aggregates: Whether rows that sum other rows are kept.

    Raises:
        UnknownRow: If no row at all has this force, period type or site.
    """
    rows = _all_deployments()
    for column, wanted in (("force", force), ("period_type", period_type), ("site", site)):
        # Checked against the whole table: a misspelt name must not look like an empty result.
        known = {str(getattr(row, column)) for row in _all_deployments()}
        if wanted is not None and wanted not in known:
            raise unknown_row(f"deployment with {column}", wanted, known)
        rows = tuple(row for row in rows if wanted in (None, getattr(row, column)))
    if year is not None:
        rows = tuple(r for r in rows if int(r.date_start[:4]) <= year <= int(r.date_end[:4]))
    return tuple(row for row in rows if aggregates or not row.is_aggregate)


@cache
def accuracy() -> tuple[Accuracy, ...]:
    """Return all published accuracy figures, of matchers and of people."""
    return _load("accuracy.csv", Accuracy)


@cache
def adjudication() -> tuple[Adjudication, ...]:
    """Return all figures on how alerts were decided on; pooled rows repeat single ones."""
    return _load("adjudication.csv", Adjudication)


@cache
def composition() -> tuple[Composition, ...]:
    """Return all figures on watchlists, custody images and ethnic shares."""
    return _load("composition.csv", Composition)


@cache
def timings() -> tuple[Timing, ...]:
    """Return all figures on stops, cameras, distances and process."""
    return _load("timings.csv", Timing)


@cache
def defaults() -> tuple[Default, ...]:
    """Return the default value, range and grounds of every model parameter."""
    return _load("defaults.csv", Default)


@cache
def _deployments_by_id() -> dict[str, Deployment]:
    return {row.deployment_id: row for row in _all_deployments()}


def deployment(deployment_id: str) -> Deployment:
    """Return one deployment by its name.

    Raises:
        UnknownRow: If there is none of this name.
    """
    try:
        return _deployments_by_id()[deployment_id]
    except KeyError:
        raise unknown_row("deployment", deployment_id, _deployments_by_id()) from None


@cache
def _defaults_by_name() -> dict[str, dict[str, Default]]:
    by_name: dict[str, dict[str, Default]] = {}
    for row in defaults():
        by_name.setdefault(row.parameter, {})[row.entry] = row
    return by_name


def default(parameter: str, entry: str = "") -> Default:
    """Return the default of one parameter, or of one entry of a parameter that is a table.

    Raises:
        UnknownRow: If there is no such parameter, or it has no such entry.
    """
    entries = _defaults_by_name().get(parameter)
    if entries is None:
        raise unknown_row("default for parameter", parameter, _defaults_by_name())
    if entry not in entries:
        if set(entries) == {""}:
            raise UnknownRow(f"no entry {entry!r}; {parameter} is a single value without entries")
        raise unknown_row(f"entry of {parameter}", entry, entries)
    return entries[entry]


def all_tables() -> dict[str, tuple[Row, ...]]:
    """Return every table whole, under the name of its loader."""
    return {
        "accuracy": accuracy(),
        "adjudication": adjudication(),
        "composition": composition(),
        "defaults": defaults(),
        "deployments": _all_deployments(),
        "timings": timings(),
    }
