"""What the command line shows: tables and sentences, counts before rates."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lfr_sim import metrics
from lfr_sim.closed_form import Theory
from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import Scenario, parse_toml, read_text, setting_paths, shipped_scenarios
from lfr_sim.street import load_site, shipped_layouts, site_of
from lfr_sim.street.walkways import routes_of
from lfr_sim.street.zones import views_of
from lfr_sim.study import Study
from lfr_sim.study.replicates import spread

NOT_KNOWN = "not known"


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[int], None]]:
    """Show the number of runs done and the time left, on a terminal; elsewhere, nothing."""
    from tqdm import tqdm

    quiet = not sys.stderr.isatty() or total < 2
    # A terminal that does not tell its size says 0, at which the bar would be invisible.
    columns, lines = shutil.get_terminal_size()
    with tqdm(
        total=total,
        unit="run",
        ncols=min(100, columns),
        nrows=lines,
        disable=quiet,
        leave=False,
        file=sys.stderr,
    ) as bar:

        def advance(done: int) -> None:
            bar.update(done - bar.n)

        yield advance


def study_table(study: Study, changed: Sequence[str] = ()) -> str:
    """Return the three rows of a study, its rates and one sentence in counts.

    Args:
        study: The runs.
        changed: Settings changed on the command line, as `path=value`.
    """
    scenario, count = study.scenario, len(study.replicates)
    runs = "1 run" if count == 1 else f"{count:,} runs"
    head = f"{scenario.title}\n{runs}, seed {study.seed}, scenario {scenario.digest}"
    if changed:
        head += f"\nchanged: {', '.join(changed)}"
    columns = ["", "mean", "median", "nine in ten"]
    parts = [
        head,
        sentence(study),
        "Record row: what the force would publish of the model's day, beside what it published\n"
        + table(_record_lines(study), [*columns, "published"]),
        "Truth row: what really happened in the model; of a real day nobody knows this\n"
        + table(_truth_lines(study), columns),
        f"Rates over {runs} together; intervals as if events were independent\n"
        + table(_rate_lines(study), ["", "value", "95 % interval", "from"]),
        "An alert is acted upon with chance "
        f"{study.chain['g0']:.3f} if it is false and {study.chain['g1']:.3f} if it is true.\n"
        f"{settings_sentence(scenario)}",
    ]
    parts += [f"Note: {note}." for note in study.notes]
    return "\n\n".join(parts)


def settings_sentence(scenario: Scenario) -> str:
    """Return how many settings rest on what."""
    values = scenario.values()
    counts: Counter[str] = Counter()
    for path, setting in setting_paths().items():
        known = setting.json_schema_extra
        if path in scenario.sources:
            counts[scenario.sources[path].status] += 1
        elif isinstance(known, dict) and values.get(path) == setting.default:
            counts[str(known["status"])] += 1
        elif isinstance(known, dict):
            counts["given without a source"] += 1
    parts = [f"{number} {status}" for status, number in sorted(counts.items())]
    return f"Of {counts.total()} settings, {', '.join(parts[:-1])} and {parts[-1]}."


def sentence(study: Study) -> str:
    """Return the day nearest the middle of all runs in a few words, so that its counts add up."""
    day, count = middle_day(study), len(study.replicates)
    record, truth = study.replicates[day].record, study.replicates[day].truth
    when = (
        "In the one run"
        if count == 1
        else f"On a middling day of the model (run {day} of 0 to {count - 1})"
    )
    stopped, wrong, arrests = truth["engagements"], truth["wrongful_engagements"], truth["arrests"]
    text = (
        f"{when}, {_count(truth['passers'], 'passer walks', 'passers walk')} through the site and "
        f"{_count(record['faces'], 'face is', 'faces are')} compared with "
        f"{_count(record['watchlist_size'], 'image', 'images')}. "
    )
    if not record["alerts"]:
        text += "No alert is raised. "
    else:
        text += f"{_count(record['alerts'], 'alert is', 'alerts are')} raised and "
        text += f"{_count(stopped, 'person is', 'people are') if stopped else 'nobody is'} stopped"
        if stopped:
            whom = "none" if not wrong else _number(wrong)
            text += f", {whom} of them by mistake; {_number(arrests) if arrests else 'nobody'} "
            text += "is arrested" if arrests <= 1 else "are arrested"
        text += ". "
    if not truth["listed_passers"]:
        return text + "Nobody on the list walks past."
    listed = _count(truth["listed_passers"], "listed passer", "listed passers")
    return text + f"{_number(truth['missed'])} of {listed} set off no alert, in view of a camera or not."


def middle_day(study: Study) -> int:
    """Return the replicate whose main counts are nearest to the medians, in units of their spread."""
    columns = [
        ("record", "faces"),
        ("record", "alerts"),
        ("truth", "engagements"),
        ("truth", "wrongful_engagements"),
        ("truth", "arrests"),
    ]
    distance = [0.0] * len(study.replicates)
    for row, column in columns:
        values = study.values(row, column)
        middle = spread(values)
        for run, value in enumerate(values):
            distance[run] += abs(value - middle["p50"]) / (middle["sd"] or 1.0)
    return distance.index(min(distance))


def theory_table(scenario: Scenario, expected: Theory) -> str:
    """Return expected counts and the probabilities they rest on."""
    record = [{"": name, "expected": _number(expected.record[name])} for name in RECORD_COLUMNS]
    truth = [{"": name, "expected": _number(expected.truth[name])} for name in TRUTH_COLUMNS]
    rates = [
        {"": name, "value": "undefined" if value is None else f"{value:.4g}"}
        for name, value in expected.rates.items()
    ]
    return "\n\n".join(
        [
            f"{scenario.title}\nexpected counts in closed form, a team always free",
            "Police record\n" + table(record, ["", "expected"]),
            "What really happens\n" + table(truth, ["", "expected"]),
            "Probabilities\n" + table(rates, ["", "value"]),
        ]
    )


def checked(name: str) -> str:
    """Return one line about a sound scenario or layout file; raises `InputError` for another."""
    if _is_layout(name):
        site = load_site(name)
        return f"{name}: a sound layout, {len(site.gates)} gates, {len(site.vans)} van deployed"
    scenario = Scenario.from_file(name)
    site_of(scenario.site, scenario.camera)
    line = f"{name}: a sound scenario, digest {scenario.digest}"
    missing = scenario.unsourced()
    if missing:
        line += f"; without a source: {', '.join(missing)}"
    return line


def _is_layout(name: str) -> bool:
    """Return whether a name is meant as a layout: JSON, or TOML that says how long a pavement is."""
    if name in shipped_layouts() or name.endswith(".json"):
        return True
    if not name.endswith(".toml"):
        return False
    tables = parse_toml(read_text(Path(name), kind="scenario"), subject=name)
    return "length_m" in tables and "site" not in tables


def scenario_list() -> list[dict[str, Any]]:
    """Return the shipped scenarios."""
    rows = []
    for name, path in shipped_scenarios().items():
        scenario = Scenario.from_file(path)
        date = scenario.deployment.date
        rows.append(
            {
                "name": name,
                "date": date.isoformat() if date else "",
                "layout": scenario.site.layout,
                "title": scenario.title,
                "summary": scenario.summary,
            }
        )
    return rows


def site_list(
    layouts: Sequence[str] | None = None, vans: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Return layouts with what they hold and the share of passers in view of the deployed vans.

    Args:
        layouts: Names or paths; None is all that are shipped.
        vans: Ids of the vans deployed; None is each layout's first.
    """
    rows = []
    for name in shipped_layouts() if layouts is None else layouts:
        site = load_site(name, vans)
        routes, views = routes_of(site), views_of(site)
        seen = sorted(set(views.route.tolist()))
        rows.append(
            {
                "name": name,
                "gates": len(site.gates),
                "signals": len(site.signals),
                "vans": len(site.layout.vans),
                "cameras": len(site.layout.cameras),
                "walkable_m2": round(site.area_m2),
                "in_view": round(float(routes.probability[seen].sum()), 3),
                "title": site.layout.name,
            }
        )
    return rows


def metric_list() -> list[dict[str, Any]]:
    """Return every count and rate."""
    rows: list[dict[str, Any]] = [
        {
            "name": count.name,
            "row": count.row,
            "formula": f"sum of {count.row}.{count.name}",
            "interval": "",
            "sentence": count.sentence,
        }
        for count in metrics.COUNTS
    ]
    intervals = {"proportion": "Jeffreys", "rate": "Garwood", "inverse rate": "Garwood", "mean": ""}
    rows += [
        {
            "name": metric.name,
            "row": "rate",
            "formula": metric.formula,
            "interval": intervals[metric.kind],
            "sentence": metric.sentence,
        }
        for metric in metrics.METRICS
    ]
    return rows


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    """Return rows as aligned text: words to the left, numbers to the right."""
    cells = [[str(row.get(column, "")) for column in columns] for row in rows]
    widths = [
        max([len(column), *(len(line[index]) for line in cells)]) for index, column in enumerate(columns)
    ]
    numeric = [
        all(_is_number(line[index]) for line in cells) and bool(cells) for index in range(len(columns))
    ]
    lines = []
    for line in [list(columns), *cells]:
        padded = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").isdigit() or text in ("", NOT_KNOWN)


def _record_lines(study: Study) -> list[dict[str, str]]:
    published = study.scenario.published.model_dump()
    lines = _spread_lines(study, "record", RECORD_COLUMNS)
    for line, name in zip(lines, RECORD_COLUMNS, strict=True):
        known = published[name]
        line["published"] = NOT_KNOWN if known is None else _number(known)
    return lines


def _truth_lines(study: Study) -> list[dict[str, str]]:
    return _spread_lines(study, "truth", TRUTH_COLUMNS)


def _spread_lines(study: Study, row: str, columns: Sequence[str]) -> list[dict[str, str]]:
    lines = []
    for name in columns:
        values = spread(study.values(row, name))
        low, middle, high = (_number(values[key]) for key in ("p05", "p50", "p95"))
        mean = _number(values["mean"])
        lines.append({"": name, "mean": mean, "median": middle, "nine in ten": f"{low} to {high}"})
    return lines


def _rate_lines(study: Study) -> list[dict[str, str]]:
    lines = []
    for name, value in metrics.evaluate_all(study.sums).items():
        of = f"{_number(value.numerator)} of {_number(value.denominator)}"
        if value.value is None:
            lines.append(
                {"": name, "value": "undefined", "from": value.undefined.removeprefix("undefined, ")}
            )
            continue
        interval = ""
        if value.interval is not None:
            interval = " to ".join(_rate(end) for end in value.interval)
        lines.append({"": name, "value": _rate(value.value), "95 % interval": interval, "from": of})
    return lines


def _number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3g}"


def _rate(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _count(value: float, one: str, many: str) -> str:
    return f"{_number(value)} {one if value == 1 else many}"
