"""Make the tables of the reference from the program, and the outputs that the other pages show.

    python docs/make_reference.py            write them
    python docs/make_reference.py --check    exit code 1 if a table of the reference is out of date

Made are the parts between two marks in `reference/cli.md`, `metrics.md`, `scenario.md` and `sites.md`.
What commands print in other pages is refreshed too; the tests hold it up to date.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args

from pages import DOCS, pages, with_outputs
from pydantic import BaseModel

from lfr_sim import metrics, report
from lfr_sim.cli.parsing import parser
from lfr_sim.scenario import MATCHER_PRESETS, TRAININGS, Scenario, Source
from lfr_sim.street import load_site
from lfr_sim.street.walkways import routes_of
from lfr_sim.street.zones import views_of

BEGIN = "<!-- Made by `python docs/make_reference.py` from here on; do not edit. -->"
END = "<!-- End of what is made. -->"

Lines = Iterator[str]


def table(columns: list[str], rows: list[list[str]], right: frozenset[str] = frozenset()) -> Lines:
    """Yield a Markdown table; columns named in `right` are aligned to the right."""
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "|".join("---:" if column in right else "---" for column in columns) + "|"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
    yield ""


# --- settings -----------------------------------------------------------------------------------------


def scenario_page() -> Lines:
    """Yield every setting, section by section."""
    own = {path: field for path, field in Scenario.model_fields.items() if not _is_section(field)}
    own = {name: field for name, field in own.items() if name != "sources"}
    yield "## Top of the file"
    yield ""
    yield from _settings("", own)
    for name, field in Scenario.model_fields.items():
        if _is_section(field):
            yield from _section(name, field.annotation)
    yield '## `[sources."…"]`'
    yield ""
    yield (
        "One table per dotted path of a setting, or of a whole section. It says where a value that is "
        "not a default comes from; it changes no result."
    )
    yield ""
    yield from _settings("sources.*.", Source.model_fields)
    yield "## Presets of `matcher.preset`"
    yield ""
    rows = [
        [f"`{name}`", f"{preset.fmr:.4g}", f"{preset.tpir:g}", preset.source]
        for name, preset in MATCHER_PRESETS.items()
    ]
    yield from table(
        ["preset", "FMR per comparison at 0.60", "TPIR per walk at 0.60", "source"],
        rows,
        frozenset({"FMR per comparison at 0.60", "TPIR per walk at 0.60"}),
    )
    yield "## Trainings of `officers.training`"
    yield ""
    shifts = ["shift of d'", "shift of the criterion (sd; above 0 is stricter)"]
    trained = [
        [f"`{name}`", f"{training.d_prime_shift:g}", f"{training.criterion_shift:g}", training.source]
        for name, training in TRAININGS.items()
    ]
    yield from table(["training", *shifts, "source"], trained, frozenset(shifts))


def _is_section(field: Any) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _section(path: str, model: Any) -> Lines:
    yield f"## `[{path}]`"
    yield ""
    meaning = " ".join((model.__doc__ or "").split())
    words = meaning.partition(": ")[2]
    yield words[:1].upper() + words[1:]
    yield ""
    own = {name: field for name, field in model.model_fields.items() if not _is_section(field)}
    yield from _settings(f"{path}.", own)
    for name, field in model.model_fields.items():
        if _is_section(field):
            yield from _section(f"{path}.{name}", field.annotation)


def _settings(prefix: str, fields: Any) -> Lines:
    """Yield two tables: what each setting is, and how sure its default is."""
    meanings, grounds = [], []
    for name, field in fields.items():
        path = f"`{prefix}{field.alias or name}`"
        extra = field.json_schema_extra or {}
        meanings.append(
            [
                path,
                " ".join((field.description or "").split()),
                extra.get("unit", ""),
                _default(field),
                _accepted(field),
            ]
        )
        if extra:
            plausible = _plausible(extra.get("plausible"))
            grounds.append([path, plausible, extra["status"], extra["source"]])
    yield from table(["setting", "meaning", "unit", "default", "accepted"], meanings)
    if grounds:
        yield from table(["setting", "plausible range", "status", "source of the default"], grounds)


def _default(field: Any) -> str:
    if field.is_required():
        return "none: must be given"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "left out"
    return f"`{_toml(value)}`" if value != "" else "empty"


def _accepted(field: Any) -> str:
    """Say what may be written: choices, or the type with its limits."""
    text = str(field.annotation)
    choices = getattr(field.annotation, "__args__", ())
    if "Literal" in text:
        return ", ".join(f"`{_toml(choice)}`" for choice in choices)
    names = _names_in(field.annotation)
    if names:
        return "list of some of " + ", ".join(f"`{name}`" for name in names)
    kinds = {
        "bool": "true or false",
        "int": "whole number",
        "float": "number",
        "date": "date",
        "str": "text",
    }
    kind = next(words for name, words in kinds.items() if name in text)
    is_list = "tuple" in text.lower()
    if is_list:
        kind = {"number": "list of numbers", "text": "list of texts"}[kind]
    limits = []
    least = most = None
    for limit in field.metadata:
        for name, sign in {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}.items():
            if getattr(limit, name, None) is not None:
                limits.append(f"{sign} {_number(getattr(limit, name))}")
        least, most = getattr(limit, "min_length", least), getattr(limit, "max_length", most)
    if not is_list and least == 1:
        limits.append("not empty")
    elif least is not None and most is not None:
        limits.append(f"{least} entries" if least == most else f"{least} to {most} entries")
    return ", ".join([kind, *limits])


def _names_in(annotation: Any) -> list[str]:
    """Return the values of the enum inside an annotation; none where there is no enum."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(each.value) for each in annotation]
    return [name for inner in get_args(annotation) for name in _names_in(inner)]


def _plausible(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    low, high = value
    return f"{low} or {high}" if isinstance(low, str) else f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else f"{value:.6g}"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value)


# --- metrics ------------------------------------------------------------------------------------------


def metrics_page() -> Lines:
    """Yield every count and every rate."""
    for row, title in (("record", "Counts of the record row"), ("truth", "Counts of the truth row")):
        yield f"## {title}"
        yield ""
        counts = [count for count in metrics.COUNTS if count.row == row]
        yield from table(["name", "meaning", "unit"], [[f"`{c.name}`", c.sentence, c.unit] for c in counts])
    yield "## Rates"
    yield ""
    intervals = {row["name"]: row["interval"] or "none" for row in report.metric_list()}
    rows = [
        [
            f"`{metric.name}`",
            metric.sentence,
            _sum(metric.numerator),
            _sum(metric.denominator),
            f"{metric.per:,.0f}" if metric.per != 1.0 else "",
            metric.kind,
            intervals[metric.name],
        ]
        for metric in metrics.METRICS
    ]
    columns = ["name", "meaning", "numerator", "denominator", "times", "kind", "interval shown"]
    yield from table(columns, rows, frozenset({"times"}))


def _sum(columns: tuple[str, ...]) -> str:
    return " + ".join(f"`{column}`" for column in columns)


# --- commands -----------------------------------------------------------------------------------------


def cli_page() -> Lines:
    """Yield every command with its arguments, as the program's own parser has them."""
    for name, command in _commands_of(parser()):
        yield f"{'##' if ' ' not in name else '###'} `lfr-sim {name}`"
        yield ""
        summary = command.description or ""
        yield summary[:1].upper() + summary[1:] + "."
        yield ""
        arguments = [
            action
            for action in command._actions
            if action.dest != "help" and not isinstance(action, argparse._SubParsersAction)
        ]
        if arguments:
            rows = [[_argument(action), *_explained(action)] for action in arguments]
            yield from table(["argument", "meaning", "default"], rows)
        elif not any(_commands_of(command)):
            yield "No arguments."
            yield ""


def _commands_of(parser: argparse.ArgumentParser, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every command of a parser, each followed by those within it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield f"{before}{name}", command
                yield from _commands_of(command, f"{before}{name} ")


def _argument(action: argparse.Action) -> str:
    # Choices stand as in `--help`: a stroke in a cell of a table is not read alike by all that show pages.
    choices = "{" + ",".join(action.choices) + "}" if action.choices else ""
    value = action.metavar or choices or (action.dest.upper() if action.type else "")
    if not action.option_strings:
        name = str(action.metavar or action.dest).upper()
        return f"`{name}`" + {"+": ", one or more", "?": ", may be left out"}.get(str(action.nargs), "")
    takes_value = action.nargs != 0
    return f"`{action.option_strings[0]}{' ' + str(value) if takes_value and value else ''}`"


def _explained(action: argparse.Action) -> tuple[str, str]:
    meaning = action.help or ("one or more files" if action.nargs == "+" else "")
    shown = action.nargs != 0 and action.default not in (None, []) and action.option_strings
    return meaning, f"`{action.default}`" if shown else ""


# --- sites --------------------------------------------------------------------------------------------


def sites_page() -> Lines:
    """Yield the shipped layouts and the vans drawn in them."""
    rows = report.site_list()
    numeric = ["gates", "signals", "vans", "cameras", "walkable_m2", "in_view"]
    yield "## Layouts"
    yield ""
    yield from table(
        ["name", "title", *numeric],
        [[f"`{row['name']}`", row["title"], *(str(row[column]) for column in numeric)] for row in rows],
        frozenset(numeric),
    )
    yield "## Vans"
    yield ""
    lines = []
    for row in rows:
        name = row["name"]
        first = load_site(name)
        for number, van in enumerate(first.layout.vans):
            site = first if number == 0 else load_site(name, (van.id,))
            routes, views = routes_of(site), views_of(site)
            seen = sorted(set(views.route.tolist()))
            share = f"{float(routes.probability[seen].sum()):.3f}"
            lines.append([f"`{name}`", f"`{van.id}`", van.label, str(len(site.zones)), share])
    yield from table(
        ["layout", "van", "where", "cameras", "in_view"], lines, frozenset({"cameras", "in_view"})
    )


# --- writing ------------------------------------------------------------------------------------------

MADE: dict[str, Callable[[], Lines]] = {
    "cli.md": cli_page,
    "metrics.md": metrics_page,
    "scenario.md": scenario_page,
    "sites.md": sites_page,
}
"""Page of the reference -> what makes its middle part."""


def made(page: Path) -> str:
    """Return a page of the reference with its middle part as the program has it now."""
    text = page.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise SystemExit(f"{page}: the two marks must each stand in the page once")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    middle = "\n".join(MADE[page.name]()).rstrip()
    return f"{before}{BEGIN}\n\n{middle}\n\n{END}{after}"


def stale() -> list[Path]:
    """Return the pages of the reference that are out of date."""
    files = [DOCS / "reference" / name for name in MADE]
    return [page for page in files if made(page) != page.read_text(encoding="utf-8")]


def main() -> int:
    """Write or check; return the exit code."""
    parser = argparse.ArgumentParser(description="Make the tables of the reference from the program.")
    parser.add_argument("--check", action="store_true", help="exit code 1 if a page is out of date")
    options = parser.parse_args()
    if options.check:
        for page in (old := stale()):
            print(f"{page} is out of date; run `python docs/make_reference.py`")
        return 1 if old else 0
    for page in stale():
        page.write_text(made(page), encoding="utf-8")
        print(f"wrote {page}")
    for page in pages():
        with tempfile.TemporaryDirectory() as folder:
            text = with_outputs(page, Path(folder))
        if text != page.read_text(encoding="utf-8"):
            page.write_text(text, encoding="utf-8")
            print(f"refreshed what commands print in {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
