"""What the list, the matcher and one alert show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lfr_sim.breakdown import Breakdown
from lfr_sim.explanation import Explanation
from lfr_sim.records import BREAKDOWN_COLUMNS, Alert
from lfr_sim.scenario import GROUPS, MATCHER_PRESETS, Scenario
from lfr_sim.study.matcher_check import Checked, ScoreCheck
from lfr_sim.van import Entries

from .tables import figure, quantity, table

_OF_PASSERS = ("passers", "captured_passes", "listed_passers")


def composition_table(scenario: Scenario, entries: Entries) -> str:
    """Return the entries of one list, counted by kind; each part sums to the list."""
    deployed, removed = entries.deployed, len(entries) - entries.deployed
    head = f"{scenario.title}\n{quantity(deployed, 'entry', 'entries')} on the list deployed"
    if removed:
        head += f"; {figure(removed)} of {figure(len(entries))} were taken off"
    parts = [head]
    for name, counts in entries.composition().items():
        rows = [
            {"": value, "entries": figure(count), "share": f"{count / deployed:.1%}" if deployed else ""}
            for value, count in counts.items()
        ]
        columns = ["", "entries", "share"]
        if name == "group":
            columns += ["of passers", "ratio"]
            for row, group in zip(rows, GROUPS, strict=True):
                row |= _against_crowd(counts[group], deployed, getattr(scenario.crowd.groups, group))
        rows.append({"": "together", "entries": figure(sum(counts.values()))})
        parts.append(f"By {name}\n" + table(rows, columns))
    parts.append("Custody images of people never convicted, by group\n" + _unconvicted(entries))
    return "\n\n".join(parts)


def _unconvicted(entries: Entries) -> str:
    rows = [
        {
            "": group,
            "custody images": figure(counts["custody"]),
            "never convicted": figure(counts["unconvicted"]),
            "share": _share(counts["unconvicted"], counts["custody"]),
        }
        for group, counts in entries.unconvicted_by_group().items()
    ]
    return table(rows, list(rows[0]))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "undefined"


def _against_crowd(count: int, deployed: int, passers: float) -> dict[str, str]:
    if not deployed or not passers:
        return {"of passers": f"{passers:.1%}", "ratio": "undefined"}
    return {"of passers": f"{passers:.1%}", "ratio": f"{count / deployed / passers:.2f}"}


def composition_data(entries: Entries, scenario: Scenario) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "size": len(entries),
        "deployed": entries.deployed,
        "removed": len(entries) - entries.deployed,
        "composition": entries.composition(),
        "unconvicted_by_group": entries.unconvicted_by_group(),
        "group_share_of_passers": scenario.crowd.groups.model_dump(),
    }


def breakdown_table(counts: Breakdown) -> str:
    """Return counts by group, sex, age and category, over all runs together."""
    parts = []
    for name, values in counts.items():
        rows = [
            {"": value, **{column: figure(columns[column]) for column in BREAKDOWN_COLUMNS}}
            for value, columns in values.items()
        ]
        columns = [
            column for column in BREAKDOWN_COLUMNS if name != "category" or column not in _OF_PASSERS
        ]
        if name == "category":
            columns.insert(0, "listed_passers")
        parts.append(f"By {name}, all runs together\n" + table(rows, ["", *columns]))
    return "\n\n".join(parts)


def rates_sentence(scenario: Scenario) -> str:
    """Return where the false match rate comes from: of the laboratory, of the street, or of a file."""
    matcher = scenario.matcher
    if matcher.score_file is not None:
        source = f"the scores of {matcher.score_file}"
    elif matcher.fmr is not None:
        source = f"the scenario: {matcher.fmr:.4g}"
    else:
        preset = MATCHER_PRESETS[matcher.preset]
        source = f"preset {matcher.preset!r}: {preset.fmr:.4g}\n  {preset.source}"
    lines = [f"FMR per comparison at score 0.60 from {source}"]
    lab, street = MATCHER_PRESETS["npl-2023"].fmr, MATCHER_PRESETS["operational-2022"].fmr
    lines.append(
        f"for comparison: laboratory {lab:.4g} (npl-2023); fitted to the record of 2022 {street:.4g} "
        f"(operational-2022), {street / lab:.2f} of it"
    )
    if matcher.field_lab_multiplier != 1.0:
        lines.append(f"street over laboratory: {matcher.field_lab_multiplier:g}, multiplied in here")
    return "\n".join(lines)


def check_table(scenario: Scenario, checked: Sequence[Checked], scores: Sequence[ScoreCheck]) -> str:
    """Return rates counted beside rates in closed form, by group."""
    columns = ["", "searches", "alerts", "rate", "99.9 % interval", "closed form", "inside"]
    titles = {
        "fpir": "False alerts of people not listed (FPIR)",
        "own": "Alerts of listed people on their own entry, given capture",
    }
    parts = [f"{scenario.title}\n{rates_sentence(scenario)}"]
    for rate, title in titles.items():
        rows = [_check_line(one) for one in checked if one.rate == rate]
        parts.append(f"{title}, threshold {scenario.matcher.threshold:g}\n" + table(rows, columns))
    if scores:
        rows = [
            {
                "threshold": f"{one.threshold:.2f}",
                "impostors above": f"{one.impostor_share:.3g}",
                "FMR": f"{one.fmr:.3g}",
                "genuine above": f"{one.genuine_share:.4f}",
                "TPIR given capture": f"{one.tpir_given_capture:.4f}",
            }
            for one in scores
        ]
        parts.append("Scores of the file, and the laws read off them\n" + table(rows, list(rows[0])))
        tail = (
            f"Beyond score {scores[0].tail_start:.3f} FMR follows an exponential tail fitted to the file's"
        )
        parts.append(
            f"{tail} highest\nimpostor scores: far beyond them it is an extrapolation, not a count."
        )
    return "\n\n".join(parts)


def _check_line(one: Checked) -> dict[str, str]:
    low, high = one.interval
    return {
        "": one.group,
        "searches": figure(one.searches),
        "alerts": figure(one.events),
        "rate": f"{one.events / one.searches:.4g}" if one.searches else "undefined",
        "99.9 % interval": f"{low:.4g} to {high:.4g}",
        "closed form": f"{one.expected:.4g}",
        "inside": {True: "yes", False: "no", None: "undefined"}[one.agrees],
    }


def alert_table(told: Explanation, about: Mapping[str, Any]) -> str:
    """Return what decided about one alert, line by line, and how it ended."""
    alert = told.alert
    whose = "the person's own" if alert.candidate_is_mate else "somebody else's"
    whose = "a lookalike relative's" if alert.candidate_is_kin else whose
    lines = [
        f"Alert {alert.alert} of {', '.join(f'{name} {value}' for name, value in about.items())}",
        f"after {alert.time_s / 60:.1f} min, van {alert.van}: score {alert.score:.3f} against entry "
        f"{alert.candidate} ({alert.category}), {whose}",
        f"how it ended: {alert.outcome.value}" + (f", {alert.disposal.value}" if alert.disposal else ""),
    ]
    lines += [f"note: {remark}" for remark in told.remarks]
    rows = [
        {
            "": stage,
            "so?": "yes" if step.passed else "no",
            "what": step.name,
            "chance": f"{step.probability:.6g}",
            "drawn": f"{step.uniform:.6g}",
        }
        for stage, steps in (("van", told.search), ("officers", told.response))
        for step in steps
    ]
    end = "It is so where the number drawn, uniform between 0 and 1, lies below the chance."
    return "\n".join(lines) + "\n\n" + table(rows, ["", "what", "chance", "drawn", "so?"]) + f"\n\n{end}"


def alert_line(alert: Alert) -> dict[str, Any]:
    """Return one alert in a line."""
    return {
        "alert": alert.alert,
        "minute": round(alert.time_s / 60, 1),
        "score": round(alert.score, 3),
        "right person": "yes" if alert.candidate_is_mate else "no",
        "category": alert.category,
        "outcome": alert.outcome.value,
        "ended in": alert.disposal.value if alert.disposal else "",
    }
