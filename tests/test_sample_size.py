"""How many are needed: published numbers, brute force, laws, and `lfr-sim plan`."""

from __future__ import annotations

import json
import math
import time
from itertools import product
from typing import Any

import numpy as np
import pytest
from command_parts import refused
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, fisher_exact, norm, poisson

from lfr_sim.cli import main
from lfr_sim.cli.numbers import number_of
from lfr_sim.closed_form import theory
from lfr_sim.scenario import InputError, Scenario
from lfr_sim.study.fisher import fisher_power, fisher_size
from lfr_sim.study.sample_size import (
    LARGEST_ANSWER,
    Size,
    alerts_size,
    bound_size,
    corrected_difference_size,
    design_effect,
    difference_size,
    exact_alerts_size,
    exact_bound_size,
    exact_ratio_size,
    exact_share_size,
    ratio_power,
    ratio_size,
    rounded_up,
    rule_of_three,
    share_size,
    share_sizes,
    smallest,
)

SHARES = st.floats(0.05, 0.95)
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])
POWERS = st.sampled_from([0.5, 0.7, 0.8, 0.9])


# --- published numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "half_width", "people"), [(0.89, 0.05, 151), (0.89, 0.03, 418), (0.51, 0.05, 385)]
)
def test_volunteers_for_a_share_are_those_known(share: float, half_width: float, people: int) -> None:
    """Protects the answers for TPIR that researchers know and can check by hand."""
    assert share_size(share, half_width) == people
    assert share_sizes(share, half_width)[0].number == people


def test_people_to_tell_two_shares_apart_are_those_known() -> None:
    """Protects the 199 per group for .60 against .46; 196 and 213 are its textbook variants."""
    assert difference_size(0.6, 0.46) == 199
    assert difference_size(0.6, 0.46, pooled=False) == 196
    assert corrected_difference_size(0.6, 0.46) == 213


def test_difference_sizes_of_other_programs() -> None:
    """Protects the formulas: R documents 76.7 for .50 against .75, power .90; corrected is 2 / .25 more."""
    assert difference_size(0.5, 0.75, power=0.9) == 77
    assert corrected_difference_size(0.5, 0.75, power=0.9) == pytest.approx(77 + 2 / 0.25, abs=1)


def test_passes_to_bound_a_rate_are_those_known() -> None:
    """Protects the rule of three: 18,000 passes without an event for 1 in 6,000."""
    assert rule_of_three(1 / 6000) == 18_000
    assert exact_bound_size(1 / 6000) == 17_973


def test_passes_to_tell_two_rates_apart_are_about_150_000() -> None:
    """Protects the answer for 1 in 6,000 against twice that: about 150,000 per group."""
    passes = exact_ratio_size(1 / 6000, 2)

    assert passes is not None
    assert abs(passes - 150_000) < 1_000


@pytest.mark.parametrize(("half_width", "alerts"), [(0.2, 97), (0.1, 385), (0.05, 1537), (0.02, 9604)])
def test_alerts_for_a_rate_are_those_known(half_width: float, alerts: int) -> None:
    """Protects the number of alerts at which a sweep may stop."""
    assert alerts_size(half_width) == alerts


# --- brute force --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "first", "second"), [(4, 0.9, 0.1), (13, 0.6, 0.2), (21, 0.02, 0.45)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_power_of_fishers_test_is_that_of_scipy_table_by_table(
    count: int, first: float, second: float, level: float
) -> None:
    """Protects the power: every table of small groups, with the p-value of another program."""
    outcomes = range(count + 1)
    by_hand = sum(
        binom.pmf(one, count, first) * binom.pmf(two, count, second)
        for one, two in product(outcomes, outcomes)
        if fisher_exact([[one, count - one], [two, count - two]])[1] <= (1 - level) * (1 + 1e-9)
    )

    assert fisher_power(count, first, second, level) == pytest.approx(by_hand, abs=1e-8)


@pytest.mark.parametrize(
    ("first", "second", "power", "level"),
    [
        (0.6, 0.46, 0.8, 0.95),
        (0.46, 0.6, 0.5, 0.99),
        (0.9, 0.1, 0.8, 0.95),
        (0.5, 0.2, 0.9, 0.95),
        (0.02, 0.12, 0.8, 0.9),
        (0.97, 0.8, 0.95, 0.95),
    ],
)
def test_from_fishers_number_on_power_stays(
    first: float, second: float, power: float, level: float
) -> None:
    """Protects against the saw-tooth: no larger number has too little power, and one fewer has."""
    guess = corrected_difference_size(first, second, power=power, level=level)
    found = fisher_size(first, second, power=power, level=level, guess=guess)

    assert found is not None
    assert fisher_power(found - 1, first, second, level) < power
    for count in range(found, 2 * found + 40):
        assert fisher_power(count, first, second, level) >= power


def test_the_saw_tooth_is_there() -> None:
    """Protects the reason for searching from above: some smaller number has the power, too."""
    assert fisher_power(208, 0.6, 0.46) > 0.8 > fisher_power(215, 0.6, 0.46)
    for guess in range(190, 226):
        assert fisher_size(0.6, 0.46, power=0.8, level=0.95, guess=guess) == 216


@pytest.mark.parametrize(("mean", "ratio"), [(2.0, 3.0), (6.0, 2.5), (4.0, 0.25)])
def test_power_of_the_conditional_test_is_that_of_scipy_pair_by_pair(mean: float, ratio: float) -> None:
    """Protects the power: every pair of small counts, with the p-value of another program."""
    pairs = product(range(50), range(80))
    by_hand = sum(
        poisson.pmf(one, mean) * poisson.pmf(two, mean * ratio)
        for one, two in pairs
        if one + two and binomtest(one, one + two).pvalue <= 0.05
    )

    assert ratio_power(1000, mean / 1000, ratio) == pytest.approx(by_hand, abs=1e-9)


@pytest.mark.parametrize("ratio", [0.2, 1.6, 3.0, 12.0])
def test_from_the_number_for_a_ratio_on_power_stays(ratio: float) -> None:
    """Protects the claim that the saw-tooth cancels: power rises over all larger numbers."""
    found = exact_ratio_size(0.02, ratio)

    assert found is not None
    powers = [ratio_power(count, 0.02, ratio) for count in range(found - 1, found + 300)]
    assert powers[0] < 0.8 <= powers[1]
    assert np.all(np.diff(powers) > -1e-10)  # near 1 they differ by rounding only


@pytest.mark.parametrize(("rate", "events"), [(0.3, 0), (0.3, 2), (0.01, 0), (0.02, 5)])
def test_bound_is_the_smallest_by_counting_up(rate: float, events: int) -> None:
    """Protects the exact bound: sums of the binomial law, number after number."""

    def at_most(count: int) -> float:
        return sum(
            math.comb(count, k) * rate**k * (1 - rate) ** (count - k) for k in range(min(count, events) + 1)
        )

    first = next(count for count in range(1, 5000) if at_most(count) <= 0.05)

    assert exact_bound_size(rate, events=events) == first


@pytest.mark.parametrize(("share", "half_width"), [(0.89, 0.05), (0.3, 0.1), (0.02, 0.02)])
def test_exact_share_is_near_the_mean_over_all_outcomes(share: float, half_width: float) -> None:
    """Protects the reading of "half its length": averaged over outcomes the interval is as short.

    The number at n p events and the one at which the average is short enough are within 4 % or 3.
    """

    def average(count: int) -> float:
        chances = binom.pmf(np.arange(count + 1), count, share)
        ends = [binomtest(seen, count).proportion_ci(0.95) for seen in range(count + 1)]
        return float(
            sum(chance * (end.high - end.low) / 2 for chance, end in zip(chances, ends, strict=True))
        )

    found = exact_share_size(share, half_width)
    margin = max(3, math.ceil(0.04 * found))

    assert average(found + margin) <= half_width < average(found - margin)


# --- laws ---------------------------------------------------------------------------------------------


@given(share=SHARES, wide=st.floats(0.01, 0.05), level=LEVELS)
def test_narrower_needs_more_and_exact_needs_more_still(share: float, wide: float, level: float) -> None:
    """Protects the direction: a smaller half-width, a higher level and exactness all cost volunteers."""
    narrow = wide / 2

    assert share_size(share, wide, level) < share_size(share, narrow, level)
    assert exact_share_size(share, wide, level) < exact_share_size(share, narrow, level)
    assert share_size(share, wide, level) <= share_size(share, wide, 0.995)
    assert share_size(share, wide, level) <= exact_share_size(share, wide, level)
    assert share_size(share, wide, level) == pytest.approx(share_size(1 - share, wide, level), abs=1)


@given(share=SHARES, icc=st.floats(0, 1), each=st.integers(1, 50))
def test_passes_of_one_person_are_worth_at_most_a_person(share: float, icc: float, each: int) -> None:
    """Protects the design effect: between K people's worth (ICC 0) and one's (ICC 1)."""
    people = share_sizes(share, 0.04, icc=icc, passes_each=each)[0].number
    alone = share_size(share, 0.04)

    assert people is not None
    assert math.ceil(alone / each) - 1 <= people <= alone + 1
    assert design_effect(0.0, each) == design_effect(icc, 1) == 1.0
    assert design_effect(1.0, each) == each


@given(first=SHARES, second=SHARES, power=POWERS, level=LEVELS)
def test_differences_are_symmetric_and_grow_with_power(
    first: float, second: float, power: float, level: float
) -> None:
    """Protects the formula: groups and outcomes can be exchanged, power and level cost people."""
    assume(abs(first - second) > 0.02)
    size = difference_size(first, second, power=power, level=level)

    assert size == pytest.approx(difference_size(second, first, power=power, level=level), abs=1)
    assert size == pytest.approx(difference_size(1 - first, 1 - second, power=power, level=level), abs=1)
    assert size <= difference_size(first, second, power=0.95, level=level)
    assert size <= difference_size(first, second, power=power, level=0.995)
    assert size <= corrected_difference_size(first, second, power=power, level=level)


@given(first=SHARES, second=SHARES)
@settings(max_examples=25, deadline=None)
def test_fishers_number_is_near_the_corrected_formula(first: float, second: float) -> None:
    """Protects the exact search from losing its way: formula and counting agree within a tenth or 12."""
    assume(abs(first - second) > 0.08)
    guess = corrected_difference_size(first, second)
    found = fisher_size(first, second, power=0.8, level=0.95, guess=guess)

    assert found is not None
    assert abs(found - guess) <= max(12, 0.1 * guess)
    assert found == fisher_size(second, first, power=0.8, level=0.95, guess=guess)


@given(rate=st.floats(1e-6, 0.5), level=LEVELS, events=st.integers(0, 20))
def test_bound_holds_and_one_fewer_does_not(rate: float, level: float, events: int) -> None:
    """Protects the meaning of a bound: so few events would be too rare at that rate, and only just."""
    count = exact_bound_size(rate, level, events=events)

    assert binom.cdf(events, count, rate) <= (1 - level) * (1 + 1e-9)
    assert count == 1 or binom.cdf(events, count - 1, rate) > (1 - level) * (1 - 1e-9)
    assert count <= bound_size(rate, level, events=events)
    assert count < exact_bound_size(rate, level, events=events + 1)
    assert count <= exact_bound_size(rate / 2, level, events=events)


@given(rate=st.floats(1e-5, 0.05), ratio=st.floats(1.3, 10), power=POWERS)
@settings(max_examples=50, deadline=None)
def test_ratios_are_symmetric_and_grow_with_power(rate: float, ratio: float, power: float) -> None:
    """Protects the exact ratio: it does not matter which group is called the first."""
    found = exact_ratio_size(rate, ratio, power=power)
    turned = exact_ratio_size(rate * ratio, 1 / ratio, power=power)

    assert found is not None
    assert turned is not None
    assert abs(found - turned) <= 1
    assert found <= (exact_ratio_size(rate, ratio, power=0.95) or 0)
    assert 0.9 * ratio_size(rate, ratio, power=power) <= found


@given(half_width=st.floats(0.005, 0.9), level=LEVELS)
def test_alerts_grow_with_what_is_asked(half_width: float, level: float) -> None:
    """Protects the number of alerts: finer costs more, and the exact interval a little more."""
    count = alerts_size(half_width, level)

    assert count <= alerts_size(half_width / 2, level)
    assert count <= exact_alerts_size(half_width, level) <= count + 4 / half_width + 4
    assert count == pytest.approx((norm.isf((1 - level) / 2) / half_width) ** 2, rel=1e-4, abs=1)


def test_whole_numbers_are_found_and_rounded_up() -> None:
    """Protects rounding: 3 / (1 / 6000) is 18,000 and not the next; what nobody can do is refused."""
    assert [rounded_up(value) for value in (0.0, 1.0, 1.01)] == [1, 1, 2]
    assert all(rule_of_three(1 / count) == 3 * count for count in range(1, 2000))
    assert [smallest(lambda count, least=least: count >= least, guess) for least, guess in WANTED] == [
        least for least, _ in WANTED
    ]
    for value in (LARGEST_ANSWER * 1.1, math.inf, math.nan):
        with pytest.raises(InputError, match="too fine"):
            rounded_up(value)


WANTED = [(1, 1), (1, 100), (7, 1), (100, 99), (1000, 5), (5, 1000)]


# --- lfr-sim plan -------------------------------------------------------------------------------------

SHARE = ["plan", "share", "--expected", "0.89", "--half-width", "0.05"]
DIFFERENCE = ["plan", "difference", "--first", "0.6", "--second", "0.46"]
BOUND = ["plan", "bound", "--rate", "1/6000"]
RATIO = ["plan", "ratio", "--rate", "1/6000", "--ratio", "2"]
ALERTS = ["plan", "alerts", "--half-width", "0.1"]
QUESTIONS = [SHARE, DIFFERENCE, BOUND, RATIO, ALERTS]


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Return the JSON object that a question is answered with."""
    code = main([*arguments, "--json"])
    printed = capsys.readouterr()

    assert code == 0, printed.err
    assert printed.err == ""
    found: dict[str, Any] = json.loads(printed.out)
    return found


def refused_at_once(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return why a question is refused, within seconds."""
    began = time.monotonic()
    told = refused(capsys, *arguments)

    assert time.monotonic() - began < 5
    return told


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (SHARE, "151 volunteers show a share of 0.89 to within 0.05 at level 0.95; 170 by the exact"),
        (
            DIFFERENCE,
            "199 people per group (398 in all) tell 0.6 from 0.46 with power 0.8 at level 0.95; 216",
        ),
        (
            BOUND,
            "18,000 passes without an event show a rate of at most 1/6000 at level 0.95, one-sided; exa",
        ),
        (RATIO, "149,376 passes per group (298,752 in all) tell a rate of 1/6000 from 2 times that with"),
        (ALERTS, "385 alerts show their rate to within 0.1 of itself at level 0.95; 395 by the exact"),
    ],
)
def test_each_question_is_answered_counts_first(
    capsys: pytest.CaptureFixture[str], question: list[str], words: str
) -> None:
    """Protects the reader: the answer is the first thing on the page, its methods and sources follow."""
    assert main(question) == 0
    printed = capsys.readouterr().out

    assert printed.startswith(words)
    assert "source" in printed.split("\n\n")[1].splitlines()[0]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[1])
def test_json_has_the_numbers_of_every_method(
    capsys: pytest.CaptureFixture[str], question: list[str]
) -> None:
    """Protects whoever reads the JSON: what was asked, the answer, and each method with its source."""
    found = answer(capsys, *question)

    assert {"question", "asked", "unit", "answer", "methods"} <= set(found)
    assert found["question"] == question[1]
    assert found["answer"] == found["methods"][0]["number"]
    assert any(method["exact"] for method in found["methods"])
    assert all(set(Size.__slots__) <= set(method) for method in found["methods"])


@pytest.mark.parametrize("typed", ["0.89", "89%", " 89 % ", ".89", "89/100", "8.9e-1"])
def test_numbers_may_be_typed_as_people_write_them(capsys: pytest.CaptureFixture[str], typed: str) -> None:
    """Protects the kindness: decimals, percentages and fractions are the same number."""
    found = answer(capsys, "plan", "share", "--expected", typed, "--half-width", "5%", "--level", "95%")

    assert number_of(typed) == 0.89
    assert found["answer"] == 151
    assert answer(capsys, *BOUND[:-1], "0.0166666666666667%")["answer"] == 18_000


@pytest.mark.parametrize(
    "typed", ["", "%", "/", "1/", "1/0", "1/2/3", "nan", "inf", "-inf%", "1/inf", "x", "1,5"]
)
def test_what_is_no_number_is_none(typed: str) -> None:
    """Protects the reading: nothing odd becomes a number."""
    assert number_of(typed) is None


def test_passes_of_the_same_volunteers(capsys: pytest.CaptureFixture[str]) -> None:
    """Protects people against passes: 4 each at ICC 0.3 count as 1.9 times fewer."""
    found = answer(capsys, *SHARE, "--icc", "0.3", "--passes-each", "4")

    assert found["design_effect"] == pytest.approx(1.9)
    assert found["answer"] == math.ceil(150.44 * 1.9 / 4)
    assert found["passes"] == 4 * found["answer"]
    assert main([*SHARE, "--icc", "0.3", "--passes-each", "4"]) == 0
    assert capsys.readouterr().out.startswith("72 volunteers of 4 passes each (288 passes)")


def test_bound_with_events_and_its_chance(capsys: pytest.CaptureFixture[str]) -> None:
    """Protects `--events` and the chance that a study shows what it is made for."""
    found = answer(capsys, *BOUND, "--events", "2")

    assert found["answer"] == bound_size(1 / 6000, events=2)
    assert found["chance_at_half_the_rate"] == pytest.approx(
        poisson.cdf(2, found["answer"] / 12_000), rel=1e-3
    )
    assert [method["number"] for method in answer(capsys, *BOUND, "--level", "0.9")["methods"]] == [
        math.ceil(math.log(10) * 6000),
        math.ceil(math.log(10) / -math.log1p(-1 / 6000)),
    ]


def test_deployments_are_alerts_over_those_expected(capsys: pytest.CaptureFixture[str]) -> None:
    """Protects the link to `theory`: deployments for a count of the scenario as changed."""
    scenario = Scenario.from_file("minimal").replace({"watchlist.size": 20_000})
    changed = [*ALERTS, "--scenario", "minimal", "--set", "watchlist.size=20000"]
    expected = theory(scenario)
    all_alerts = answer(capsys, *changed)
    false = answer(capsys, *changed, "--column", "truth.false_alerts")
    short = answer(capsys, *changed, "--column", "engagements")

    assert all_alerts["column"] == "record.alerts"
    assert all_alerts["deployments"] == math.ceil(385 / expected.record["alerts"])
    assert false["deployments"] == math.ceil(385 / expected.truth["false_alerts"])
    assert short["column"] == "truth.engagements"
    assert [m["deployments"] for m in false["methods"]] == [
        math.ceil(count / expected.truth["false_alerts"]) for count in (385, 395)
    ]


def test_what_takes_too_long_to_count_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Protects against waiting: formulas answer where counting would take minutes, and say so."""
    found = answer(capsys, "plan", "difference", "--first", "0.5", "--second", "0.501")

    assert found["methods"][-1]["number"] is None
    assert main(["plan", "ratio", "--rate", "0.01", "--ratio", "1.005"]) == 0
    assert "not counted" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["share", "--expected", "0", "--half-width", "0.05"], '--expected = "0": out of range'),
        (["share", "--expected", "1", "--half-width", "0.05"], "more than 0, less than 1"),
        (["share", "--expected", "-0.5", "--half-width", "0.05"], '--expected = "-0.5"'),
        (["share", "--expected", "nan", "--half-width", "0.05"], '--expected = "nan": not a number'),
        (["share", "--expected", "89", "--half-width", "0.05"], "so 89 % is 0.89"),
        (["share", "--expected", "0.05", "--half-width", "0.06"], "allowed: at most 0.05"),
        (["share", "--expected", "0.97", "--half-width", "0.05"], "allowed: at most 0.03"),
        (["share", "--expected", "0.5", "--half-width", "1e-9"], "at most 1,000,000,000"),
        (["share", "--expected", "0.5", "--half-width", "1e-310"], "at most 1,000,000,000"),
        (["share", "--expected", "0.5", "--half-width", "1e999999999"], "not a number"),
        ([*SHARE[1:], "--passes-each", "4"], "how alike are two passes of one person?"),
        ([*SHARE[1:], "--icc", "0.4"], "how many passes does each volunteer make?"),
        ([*SHARE[1:], "--icc", "1.1", "--passes-each", "4"], '--icc = "1.1"'),
        ([*SHARE[1:], "--icc", "0.1", "--passes-each", "1.5"], '--passes-each = "1.5"'),
        ([*SHARE[1:], "--level", "1"], '--level = "1": out of range; allowed: 0.5 to 0.9999'),
        (["difference", "--first", "0.5", "--second", "50%"], "no difference to find; allowed: not 0.5"),
        (["difference", "--first", "0.5", "--second", "0.50000001"], "too fine"),
        ([*DIFFERENCE[1:], "--power", "0"], '--power = "0"'),
        ([*DIFFERENCE[1:], "--power", "1"], '--power = "1"'),
        (["bound", "--rate", "6000"], "1 in 6,000 is 1/6000"),
        (["bound", "--rate", "1e-300"], "too fine"),
        (["bound", "--rate", "9" * 5000], '--rate = "999'),
        ([*BOUND[1:], "--events", "-1"], "--events = -1"),
        ([*BOUND[1:], "--events", "9" * 5000], "--events"),
        (["ratio", "--rate", "1/6000", "--ratio", "1"], "no difference to find"),
        (["ratio", "--rate", "1/6000", "--ratio", "0"], '--ratio = "0"'),
        (["ratio", "--rate", "0.6", "--ratio", "2"], "the other rate would be 1.2"),
        (["ratio", "--rate", "1/6000", "--ratio", "1.0000001"], "too fine"),
        (["alerts", "--half-width", "0"], '--half-width = "0"'),
        (["alerts", "--half-width", "1e-6"], "too fine"),
        ([*ALERTS[1:], "--set", "watchlist.size=3"], '--set = "watchlist.size=3": of which scenario?'),
        ([*ALERTS[1:], "--column", "alerts"], '--column = "alerts": of which scenario?'),
        ([*ALERTS[1:], "--scenario", "minimla"], "did you mean 'minimal'"),
        ([*ALERTS[1:], "--scenario", "minimal", "--column", "engagement"], "did you mean 'engagements'"),
        ([*ALERTS[1:], "--scenario", "minimal", "--column", "watchlist_size"], "no such count"),
        ([*ALERTS[1:], "--scenario", "minimal", "--column", "true_alerts"], "record.true_alerts or truth"),
        (
            [*ALERTS[1:], "--scenario", "minimal", "--set", "officers.teams=0", "--column", "engagements"],
            "none is expected in this scenario",
        ),
    ],
)
def test_questions_that_make_no_sense(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Protects against nonsense: each is refused at once, in words that name the option."""
    assert words in refused_at_once(capsys, "plan", *arguments)


def test_everything_wrong_with_a_question_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Protects patience: all faults at once, those of the scenario with those of the numbers."""
    said = refused_at_once(
        capsys, "plan", "ratio", "--rate", "x", "--ratio", "1", "--power", "2", "--level", "0"
    )
    mixed = refused_at_once(
        capsys,
        *["plan", "alerts", "--half-width", "7", "--scenario", "minimal", "--set", "watchlist.sise=1"],
        *["--column", "x", "--level", "y"],
    )

    assert "4 faults" in said
    assert all(f"--{name} = " in said for name in ("rate", "ratio", "power", "level"))
    assert "4 faults" in mixed
    assert all(name in mixed for name in ("watchlist.size", "--half-width", "--column", "--level"))


@pytest.mark.parametrize(
    "arguments",
    [["plan"], ["plan", "shares"], ["plan", "share"], ["plan", "bound", "--rate", "-1/6000"]],
    ids=str,
)
def test_half_a_question_is_refused_with_its_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """Protects the exit code: what the parser itself refuses ends with 2, too."""
    with pytest.raises(SystemExit) as left:
        main(arguments)

    assert left.value.code == 2
    assert "usage: lfr-sim plan" in capsys.readouterr().err


@pytest.mark.parametrize("question", ["", "share", "difference", "bound", "ratio", "alerts"])
def test_help_of_every_question(capsys: pytest.CaptureFixture[str], question: str) -> None:
    """Protects the help texts: each question answers, with exit 0."""
    with pytest.raises(SystemExit) as left:
        main(["plan", *filter(None, [question]), "--help"])

    assert left.value.code == 0
    assert "usage: lfr-sim plan" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("question", "seconds"),
    [
        (["plan", "difference", "--first", "0.5", "--second", "0.48"], 10),
        (["plan", "ratio", "--rate", "0.01", "--ratio", "1.015"], 10),
        (["plan", "bound", "--rate", "1e-8"], 2),
        (["plan", "share", "--expected", "0.5", "--half-width", "0.00005"], 2),
    ],
    ids=lambda case: str(case),
)
@pytest.mark.slow
def test_hard_questions_are_answered_soon(
    capsys: pytest.CaptureFixture[str], question: list[str], seconds: float
) -> None:
    """Protects against waiting: the largest that is counted takes seconds (twice what it took here)."""
    began = time.monotonic()

    assert main(question) == 0
    assert time.monotonic() - began < seconds
