"""`lfr-sim plan`: how many volunteers, passes or alerts a study needs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .asked import asked_scenario
from .numbers import Asked
from .printed import as_json

if TYPE_CHECKING:
    from lfr_sim.scenario import Fault, Scenario
    from lfr_sim.study.sample_size import Size

_MOST_PASSES_EACH = 1_000_000
_MOST_EVENTS = 1_000_000
_MOST_RATIO = 1_000_000


def plan(options: argparse.Namespace) -> int:
    """Answer one question about the size of a study."""
    questions: dict[str, Callable[[argparse.Namespace], int]] = {
        "share": _share,
        "difference": _difference,
        "bound": _bound,
        "ratio": _ratio,
        "alerts": _alerts,
    }
    return questions[options.question](options)


def _share(options: argparse.Namespace) -> int:
    asked = Asked(options)
    share, half_width = asked.share("expected"), asked.share("half_width")
    level = asked.level()
    smaller = min(share, 1.0 - share)
    if half_width > smaller * (1.0 + 1e-12):  # .01 beside .99, whatever the last bit says
        asked.wrong("half_width", "an interval so wide leaves 0 to 1", f"at most {smaller:.6g}")
    icc, each = _alike(asked)
    asked.check()
    from lfr_sim.study.sample_size import design_effect, share_sizes

    sizes = share_sizes(share, half_width, level, icc=icc, passes_each=each)
    people = [one.number or 0 for one in sizes]
    passes = [{"passes": count * each} for count in people]
    within = f"{asked.typed('expected')} to within {asked.typed('half_width')}"
    each_makes = f" of {each:,} passes each ({people[0] * each:,} passes)" if each > 1 else ""
    effect = design_effect(icc, each)
    sentences = [
        f"{people[0]:,} {_noun(people[0], 'volunteer')}{each_makes} {_shows(people[0])} a share of "
        f"{within} at level {asked.typed('level')}; {people[1]:,} by the exact interval.",
        f"\nPasses of one person are alike (ICC {icc:g}): design effect {effect:.4g} (Kish 1965).",
    ]
    lines = [{"volunteers": _count(count)} for count in people]
    if each > 1:
        lines = [
            line | {"passes": _count(more["passes"])} for line, more in zip(lines, passes, strict=True)
        ]
    data = {"unit": "volunteers", "answer": people[0], **passes[0], "design_effect": effect}
    return _show(asked, sentences[: 1 + (each > 1)], sizes, lines, data, passes)


def _alike(asked: Asked) -> tuple[float, int]:
    """Return the ICC and the passes of each volunteer; both are asked for, or neither is."""
    icc, each = asked.options.icc, asked.options.passes_each
    if (icc is None) == (each is None):
        if icc is None:
            return 0.0, 1
    elif icc is None:
        asked.wrong("icc", "how alike are two passes of one person?", "0 (not at all) to 1 (the same)")
    else:
        asked.wrong("passes_each", "how many passes does each volunteer make?", "1 and more")
    alike = asked.number("icc", "0 to 1", lambda x: 0.0 <= x <= 1.0) if icc is not None else 0.0
    return alike, asked.whole("passes_each", 1, _MOST_PASSES_EACH) if each is not None else 1


def _difference(options: argparse.Namespace) -> int:
    asked = Asked(options)
    first, second = asked.share("first"), asked.share("second")
    power, level = asked.power(), asked.level()
    if first == second:
        asked.wrong("second", "there is no difference to find", f"not {asked.typed('first')}")
    asked.check()
    from lfr_sim.study.sample_size import difference_sizes

    sizes = difference_sizes(first, second, power=power, level=level)
    exact = sizes[-1].number
    each = sizes[0].number or 0
    sentences = [
        f"{each:,} people per group ({2 * each:,} in all) tell {asked.typed('first')} from "
        f"{asked.typed('second')} with power {asked.typed('power')} at level {asked.typed('level')};",
        "too many to count by Fisher's exact test."
        if exact is None
        else f"{exact:,} per group by Fisher's exact test.",
    ]
    lines = [{"per group": _count(one.number)} for one in sizes]
    return _show(asked, sentences, sizes, lines, {"unit": "people per group", "answer": each})


def _bound(options: argparse.Namespace) -> int:
    asked = Asked(options)
    rate, level = asked.rate(), asked.level()
    events = asked.whole("events", 0, _MOST_EVENTS)
    asked.check()
    from lfr_sim.study.sample_size import bound_chance, bound_sizes

    sizes = bound_sizes(rate, level, events=events)
    passes = sizes[0].number or 0
    chance = bound_chance(passes, rate / 2.0, events)
    seen = f"with at most {events:,} {_noun(events, 'event')}" if events else "without an event"
    fewer = "so few are seen" if events else "none is seen"
    sentences = [
        f"{passes:,} {_noun(passes, 'pass')} {seen} {_shows(passes)} a rate of at most "
        f"{asked.typed('rate')} at level {asked.typed('level')}, one-sided; exactly {sizes[-1].number:,}.",
        f"\nIf the rate is half of that, {fewer} with probability {chance:.2g}.",
    ]
    lines = [{"passes": _count(one.number)} for one in sizes]
    data = {"unit": "passes", "answer": passes, "chance_at_half_the_rate": chance}
    return _show(asked, sentences, sizes, lines, data)


def _ratio(options: argparse.Namespace) -> int:
    asked = Asked(options)
    rate, power, level = asked.rate(), asked.power(), asked.level()
    fits = "more than 0, not 1, at most 1,000,000"
    ratio = asked.number("ratio", fits, lambda x: 0.0 < x <= _MOST_RATIO and x != 1.0)
    if rate * ratio > 1.0:
        asked.wrong("ratio", f"the other rate would be {rate * ratio:.4g}", f"at most {1.0 / rate:,.6g}")
    asked.check()
    from lfr_sim.study.sample_size import ratio_sizes

    sizes = ratio_sizes(rate, ratio, power=power, level=level)
    exact, normal = sizes[0].number, sizes[1].number or 0
    passes = normal if exact is None else exact
    sentences = [
        f"{passes:,} passes per group ({2 * passes:,} in all) tell a rate of {asked.typed('rate')} from "
        f"{asked.typed('ratio')} times that with power {asked.typed('power')} at level "
        f"{asked.typed('level')};",
        "too many events to count by the exact test."
        if exact is None
        else f"{normal:,} by the normal formula.",
        f"\nExpect {passes * rate:,.1f} events in one group and {passes * rate * ratio:,.1f} in the other.",
    ]
    lines = [{"per group": _count(one.number)} for one in sizes]
    data = {
        "unit": "passes per group",
        "answer": passes,
        "expected_events": [passes * rate, passes * rate * ratio],
    }
    return _show(asked, sentences, sizes, lines, data)


def _alerts(options: argparse.Namespace) -> int:
    asked = Asked(options)
    half_width, level = asked.share("half_width"), asked.level()
    scenario = _scenario(asked)
    from lfr_sim.study.sample_size import alerts_sizes, rounded_up

    sizes = alerts_sizes(half_width, level)
    alerts = sizes[0].number or 0
    name = "alerts" if scenario is None else _column(options).split(".")[1].replace("_", " ")
    sentences = [
        f"{alerts:,} {name} show their rate to within {asked.typed('half_width')} of itself at level "
        f"{asked.typed('level')}; {sizes[1].number:,} by the exact interval."
    ]
    lines = [{name: _count(one.number)} for one in sizes]
    data: dict[str, Any] = {"unit": name, "answer": alerts}
    extra: list[dict[str, Any]] | None = None
    if scenario is not None:
        expected = _expected(scenario, _column(options))
        deployments = [rounded_up((one.number or 0) / expected) for one in sizes]
        sentences.append(
            f"\n{scenario.title}: {expected:.4g} expected in a deployment, so {deployments[0]:,} "
            f"{_noun(deployments[0], 'deployment')} or replicates ({deployments[1]:,})."
        )
        for line, count in zip(lines, deployments, strict=True):
            line["deployments"] = f"{count:,}"
        data |= {
            "column": _column(options),
            "expected_per_deployment": expected,
            "deployments": deployments[0],
        }
        extra = [{"deployments": count} for count in deployments]
    return _show(asked, sentences, sizes, lines, data, extra)


def _scenario(asked: Asked) -> Scenario | None:
    """Return the scenario asked for, if one is, with all that is wrong with the question."""
    options = asked.options
    if options.scenario is not None:
        return asked_scenario(options, lambda: asked.faults + _column_faults(options.column))
    for name, given in (
        ("set", options.changes[0] if options.changes else None),
        ("column", options.column),
    ):
        if given is not None:
            asked.wrong(name, "of which scenario?", "with --scenario NAME", given)
    asked.check()
    return None


def _columns() -> dict[str, str]:
    """Return what may be typed -> row and column, for all counts of events."""
    from lfr_sim.metrics import COUNTS

    found = {
        f"{count.row}.{count.name}": f"{count.row}.{count.name}"
        for count in COUNTS
        if count.unit == "count"
    }
    names = [full.split(".")[1] for full in found]
    single = {full.split(".")[1]: full for full in found if names.count(full.split(".")[1]) == 1}
    return found | single


def _column(options: argparse.Namespace) -> str:
    return "record.alerts" if options.column is None else _columns()[options.column]


def _column_faults(name: str | None) -> list[Fault]:
    from lfr_sim.scenario import Fault
    from lfr_sim.scenario.faults import nearest

    known = _columns()
    if name is None or name in known:
        return []
    if f"truth.{name}" in known:  # in both rows, with different meanings
        return [Fault("--column", "of which row?", name, f"record.{name} or truth.{name}")]
    return [Fault("--column", "no such count", name, "a count of `lfr-sim metrics`", nearest(name, known))]


def _expected(scenario: Scenario, column: str) -> float:
    """Return how many such events a deployment has on average.

    Raises:
        InputError: If it has none.
    """
    from lfr_sim.closed_form import theory
    from lfr_sim.scenario import Fault, InputError

    row, name = column.split(".")
    found = theory(scenario)
    expected = {"record": found.record, "truth": found.truth}[row][name]
    if not expected > 0.0:
        problem = "none is expected in this scenario, so no number of deployments is enough"
        raise InputError("plan", [Fault("--column", problem, column)])
    return expected


def _show(
    asked: Asked,
    sentences: Sequence[str],
    sizes: Sequence[Size],
    lines: Sequence[dict[str, str]],
    data: dict[str, Any],
    by_method: Sequence[dict[str, Any]] | None = None,
) -> int:
    """Print an answer: as one JSON object, or sentences and the methods in a table."""
    from lfr_sim import report

    if asked.options.json:
        extras = by_method or [{} for _ in sizes]
        methods = [
            {"number": one.number, **extra, "method": one.method, "source": one.source, "exact": one.exact}
            for one, extra in zip(sizes, extras, strict=True)
        ]
        whole = {"question": asked.options.question, "asked": asked.values, **data, "methods": methods}
        print(as_json(whole))
        return 0
    rows = [{"": one.method, **line, "source": one.source} for one, line in zip(sizes, lines, strict=True)]
    print(" ".join(sentences).replace(" \n", "\n"))
    print(f"\n{report.table(rows, list(rows[0]))}")
    return 0


def _count(number: int | None) -> str:
    return "not counted" if number is None else f"{number:,}"


def _noun(count: int, one: str) -> str:
    plural = "es" if one.endswith("s") else "s"
    return one if count == 1 else one + plural


def _shows(count: int) -> str:
    return "shows" if count == 1 else "show"
