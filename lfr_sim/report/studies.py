"""What a study, or the closed form, shows: tables and sentences, counts before rates."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from lfr_sim import metrics
from lfr_sim.closed_form import Theory
from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import Scenario, setting_paths
from lfr_sim.study import Study
from lfr_sim.study.replicates import spread

from .tables import NOT_KNOWN, figure, quantity, rate_figure, table


@contextmanager
def progress_bar(total: int, *, unit: str = "run") -> Iterator[Callable[[int], None]]:
    """Show the number of runs done and the time left, on a terminal; elsewhere, nothing."""
    from tqdm import tqdm

    quiet = not sys.stderr.isatty() or total < 2
    # A terminal that does not tell its size says 0, at which the bar would be invisible.
    columns, lines = shutil.get_terminal_size()
    with tqdm(
        total=total,
        unit=unit,
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
        covering = [key for key in scenario.sources if path == key or path.startswith(f"{key}.")]
        if covering:
            counts[scenario.sources[max(covering, key=len)].status] += 1
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
        f"{when}, {quantity(truth['passers'], 'passer walks', 'passers walk')} through the site and "
        f"{quantity(record['faces'], 'face is', 'faces are')} compared with "
        f"{quantity(record['watchlist_size'], 'entry', 'entries')}. "
    )
    if not record["alerts"]:
        text += "No alert is raised. "
    else:
        text += f"{quantity(record['alerts'], 'alert is', 'alerts are')} raised and "
        text += f"{quantity(stopped, 'person is', 'people are') if stopped else 'nobody is'} stopped"
        if stopped:
            whom = "none" if not wrong else figure(wrong)
            text += f", {whom} of them by mistake; {figure(arrests) if arrests else 'nobody'} "
            text += "is arrested" if arrests <= 1 else "are arrested"
        text += ". "
    if not truth["listed_passers"]:
        return text + "Nobody on the list walks past."
    listed = quantity(truth["listed_passers"], "listed passer", "listed passers")
    return text + f"{figure(truth['missed'])} of {listed} set off no alert, in view of a camera or not."


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


def _record_lines(study: Study) -> list[dict[str, str]]:
    published = study.scenario.published.model_dump()
    lines = _spread_lines(study, "record", RECORD_COLUMNS)
    for line, name in zip(lines, RECORD_COLUMNS, strict=True):
        known = published[name]
        line["published"] = NOT_KNOWN if known is None else figure(known)
    return lines


def _truth_lines(study: Study) -> list[dict[str, str]]:
    return _spread_lines(study, "truth", TRUTH_COLUMNS)


def _spread_lines(study: Study, row: str, columns: Sequence[str]) -> list[dict[str, str]]:
    lines = []
    for name in columns:
        values = spread(study.values(row, name))
        low, middle, high = (figure(values[key]) for key in ("p05", "p50", "p95"))
        mean = figure(values["mean"])
        lines.append({"": name, "mean": mean, "median": middle, "nine in ten": f"{low} to {high}"})
    return lines


def _rate_lines(study: Study) -> list[dict[str, str]]:
    lines = []
    for name, value in metrics.evaluate_all(study.sums).items():
        of = f"{figure(value.numerator)} of {figure(value.denominator)}"
        if value.value is None:
            lines.append(
                {"": name, "value": "undefined", "from": value.undefined.removeprefix("undefined, ")}
            )
            continue
        interval = ""
        if value.interval is not None:
            interval = " to ".join(rate_figure(end) for end in value.interval)
        lines.append({"": name, "value": rate_figure(value.value), "95 % interval": interval, "from": of})
    return lines


def theory_table(scenario: Scenario, expected: Theory) -> str:
    """Return expected counts and the probabilities they rest on."""
    record = [{"": name, "expected": figure(expected.record[name])} for name in RECORD_COLUMNS]
    truth = [{"": name, "expected": figure(expected.truth[name])} for name in TRUTH_COLUMNS]
    columns = ("passers", "listed_passers", "fpir", "true_alerts", "false_alerts", "engagements", "arrests")
    groups = [
        {"": group, **{name: _short(counts[name]) for name in columns}}
        for group, counts in expected.groups.items()
    ]
    rates = [
        {"": name, "value": "undefined" if value is None else f"{value:.4g}"}
        for name, value in expected.rates.items()
    ]
    return "\n\n".join(
        [
            f"{scenario.title}\nexpected counts in closed form, a team always free",
            "Record row: what the force would publish\n" + table(record, ["", "expected"]),
            "Truth row: what really happens\n" + table(truth, ["", "expected"]),
            "Probabilities\n" + table(rates, ["", "value"]),
            "By group of the passer\n" + table(groups, ["", *columns]),
        ]
    )


def _short(value: float) -> str:
    return figure(value) if value >= 0.001 or value == 0 else f"{value:.3g}"
