"""The pieces of the Compare page: true sentences and findings, tables equal to the numbers, sound HTML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from html_parts import Html
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from test_compared import BASE, SERIOUS, SHORTER, arm_of, row_of

from lfr_sim import theory
from lfr_sim.dashboard.compared import (
    ARRESTS,
    FURTHER,
    MISTAKEN,
    OUTCOMES,
    PERS,
    ComparedArm,
    change,
    group_counts,
    measured,
    only_listed_under,
    stops_differ,
)
from lfr_sim.dashboard.days import COLUMNS, DayRow, Days, Mark
from lfr_sim.dashboard.limits import MOST_OPENED
from lfr_sim.dashboard.prediction import predict
from lfr_sim.dashboard.swept import Swept, SweptPoint, swept
from lfr_sim.dashboard.telling_apart import DEPLOYMENTS, telling_apart
from lfr_sim.dashboard.views.compare_day import FULL, MIDDLE, paired_day
from lfr_sim.dashboard.views.compare_day import NARROW as DAY_NARROW
from lfr_sim.dashboard.views.compare_differences import all_days, common_scale, difference_dots, finding
from lfr_sim.dashboard.views.compare_numbers import FEW_DAYS_DIFFER, SEEN_AGAIN, change_told, figure, signed
from lfr_sim.dashboard.views.compare_outcomes import outcomes
from lfr_sim.dashboard.views.compare_power import how_many, tries
from lfr_sim.dashboard.views.compare_sentence import compare_sentence, question
from lfr_sim.dashboard.views.compare_settings import differing_settings
from lfr_sim.dashboard.views.compare_strip import sweep_strip
from lfr_sim.dashboard.views.words import expected
from lfr_sim.scenario import Scenario

NEVER = re.compile(r"\b(None(?! of)|nan|inf|True|False)\b|[{}]|-0\b")
MINUS = "\N{MINUS SIGN}"
LAYOUTS = {"site.layout": "piccadilly_circus", "site.vans": ("V1",)}


class Page(Html):
    """A piece of the page, with what is drawn on it and what can be pressed."""

    @property
    def doers(self) -> list[tuple[str, str | None]]:
        """What each element does that can be pressed, and with what."""
        return [
            (str(said["data-do"]), said.get("data-value")) for _, said in self.tags if said.get("data-do")
        ]

    @property
    def drawings(self) -> list[dict[str, str | None]]:
        """The attributes of every drawing that says something."""
        return [said for tag, said in self.tags if tag == "svg" and said.get("role") == "img"]

    @property
    def sizes(self) -> set[str]:
        """Sizes of type in drawings."""
        return {str(said.get("class", "")).split(" ", 1)[0] for tag, said in self.tags if tag == "text"}


def read(html: Markup) -> Page:
    """Return a piece of HTML, checked: no id twice, nothing that nobody could read aloud, no small type."""
    assert isinstance(html, Markup)
    page = Page(str(html))
    assert max(Counter(page.ids).values(), default=1) == 1
    assert not NEVER.search(words_of(html)), NEVER.search(words_of(html))
    assert page.sizes <= {"t13", "t14", "t16"}
    assert {said["aria-labelledby"] for said in page.drawings} <= set(page.ids)
    assert all(said.get("id") for _, said in page.tags if said.get("data-do")), "the focus needs an id"
    return page


def words_of(html: Markup) -> str:
    """Return what a reader hears."""
    return " ".join(html.striptags().split())


def unjoined(words: str) -> str:
    """Return words without what keeps a range on one line."""
    return words.replace("\N{WORD JOINER}", "")


@pytest.fixture(scope="module")
def arms() -> tuple[ComparedArm, ...]:
    """Return three policies on the same twelve crowds."""
    return arm_of("A", BASE), arm_of("B", SHORTER), arm_of("C", SERIOUS)


@pytest.fixture(scope="module")
def predicted() -> tuple[ComparedArm, ...]:
    """Return two policies with drawn days."""
    return tuple(
        ComparedArm(letter, f"policy {letter}", scenario, predict(scenario, days=40).days)
        for letter, scenario in (("A", BASE), ("B", SHORTER))
    )


def counted_arms(pairs: Sequence[tuple[int, int]], *, arrests: bool = False) -> tuple[ComparedArm, ...]:
    """Return two policies on whose days only one thing is counted."""
    column = "arrests" if arrests else "wrongful_engagements"
    found = []
    for at, letter in enumerate("AB"):
        rows = [
            replace(row_of(number), truth={**row_of(number).truth, column: pair[at]})
            for number, pair in enumerate(pairs)
        ]
        found.append(ComparedArm(letter, letter, BASE, Days.of(rows)))
    return tuple(found)


def whole_page(arms: Sequence[ComparedArm], per: str = "day") -> Markup:
    """Return everything that the page shows of some policies."""
    return Markup("").join(
        (
            Markup("<h1>{}</h1>").format(question(arms)),
            compare_sentence(arms),
            differing_settings(arms),
            paired_day(arms),
            all_days(arms),
            outcomes(arms, per),
            how_many(arms),
            sweep_strip(swept("matcher.threshold", arms[0].scenario, theory)),
        )
    )


# --- the whole page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("per", PERS)
@pytest.mark.parametrize("count", [2, 3, 4])
def test_the_page_is_sound(arms: tuple[ComparedArm, ...], per: str, count: int) -> None:
    """Protects the page as a whole: balanced tags, ids once, no None or NaN, type of 13 px or more."""
    some = (*arms, replace(arms[1], letter="D"))[:count]
    page = read(whole_page(some, per))
    assert len(page.drawings) >= 6 * (count - 1)
    assert {"swap", "day", "play-days", "per"} <= {do for do, _ in page.doers}
    assert ("add-arm" in {do for do, _ in page.doers}) == (count < 4)
    removable = [value for do, value in page.doers if do == "remove-arm"]
    assert removable == ([] if count == 2 else list("BCD"[: count - 1]))


@pytest.mark.parametrize("per", PERS)
def test_a_predicted_page_is_sound_and_says_so(predicted: tuple[ComparedArm, ...], per: str) -> None:
    """Protects the prediction: no single day and no day counts are claimed before any was simulated."""
    html = whole_page(predicted, per)
    read(html)
    said = words_of(html)
    assert "Predicted, over 40 days: policy B stops" in said
    assert "same crowds" not in said
    assert "replays" not in said
    assert "days lower" not in said


def test_a_page_without_any_day_is_sound(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the beginning of a run: no day yet is said, and nothing fails."""
    none = tuple(replace(arm, days=Days.of([])) for arm in arms)
    html = whole_page(none)
    read(html)
    assert "No day has been simulated" in words_of(html)


def test_a_day_on_which_nothing_happens_is_sound() -> None:
    """Protects the empty case: nobody listed, no alert, no stop."""
    html = whole_page(counted_arms([(0, 0)]))
    read(html)
    assert "nobody on the list walks past" in words_of(html)


def test_other_crowds_are_never_called_the_same(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the claim the page rests on: with other passers, no words say that crowds are the same."""
    other = replace(arms[1], scenario=SHORTER.replace({"crowd.passers_per_hour": 1900.0}))
    for per in PERS:
        said = words_of(whole_page((arms[0], other), per)).lower()
        assert "own crowd" in said
        for words in ("same crowd", "same 12 crowds", "same people", "same person", "one crowd", "replays"):
            assert words not in said, words


def test_names_are_escaped(arms: tuple[ComparedArm, ...]) -> None:
    """Protects visitors: a policy's name is text, whatever is in it."""
    named = (arms[0], replace(arms[1], name='<img src=x onerror="x()">'))
    assert "<img" not in str(whole_page(named))


# --- the sentence -------------------------------------------------------------------------------------


def said_of(a: tuple[int, int], b: tuple[int, int], **more: Any) -> str:
    """Return the sentence of one day with (mistaken stops, arrests) under each policy."""
    found = []
    for letter, (stops, arrests) in zip("AB", (a, b), strict=True):
        truth = {**row_of(0).truth, "wrongful_engagements": stops, "arrests": arrests}
        days = Days.of([replace(row_of(number), truth=truth) for number in (0, 1)])
        found.append(ComparedArm(letter, letter, BASE, days))
    return words_of(compare_sentence(found, **more))


def test_the_sentence_is_the_one_of_the_design() -> None:
    """Protects the largest thing on the page: counts over all days, B first, then `not` what A did."""
    begin = "Past the same 2 crowds, policy B"
    assert (
        said_of((5, 4), (2, 3)) == f"{begin} stops 4 people by mistake, not 10, and makes 6 arrests, not 8."
    )
    assert (
        said_of((5, 4), (0, 0)) == f"{begin} stops nobody by mistake, not 10, and makes no arrests, not 8."
    )
    assert said_of((5, 4), (5, 4)) == (
        f"{begin} stops the same number of people by mistake as policy A, 10, and makes the same number of "
        "arrests, 8."
    )
    assert said_of((5, 4), (5, 1)) == (
        f"{begin} stops the same number of people by mistake, 10, and makes 2 arrests, not 8."
    )
    assert said_of((0, 4), (1, 4)) == (
        f"{begin} stops 2 people by mistake, not 0, and makes the same number of arrests, 8."
    )
    assert said_of((5, 4), (2, 3), asked=9).startswith(
        "So far, past the same 2 of 9 crowds, policy B stops"
    )


def test_one_person_and_one_arrest_are_singular() -> None:
    """Protects grammar at one."""
    a, b = counted_arms([(3, 1)])
    assert "stops 1 person by mistake, not 3" in words_of(compare_sentence((a, b)))
    a, b = counted_arms([(3, 1)], arrests=True)
    assert "makes 1 arrest, not 3" in words_of(compare_sentence((a, b)))
    assert "Past the same crowd, policy B" in words_of(compare_sentence((a, b)))


def test_each_further_policy_has_its_line(arms: tuple[ComparedArm, ...]) -> None:
    """Protects comparisons of three: C is set against A as well, in its own line, with true counts."""
    said = words_of(compare_sentence(arms))
    for arm in arms[1:]:
        stops, before = (int(MISTAKEN.of(one.days).sum()) for one in (arm, arms[0]))
        assert re.search(rf"olicy {arm.letter} stops (nobody|{stops} p\w+) by mistake, not {before}", said)


QUESTIONS = {
    "What if the list were cut to 700?": {"watchlist.size": 700},
    "What if the list were grown to 9,000?": {"watchlist.size": 9000},
    "What if nobody were on the list?": {"watchlist.size": 0},
    "What if the list were cut to 700, and officers doubted more?": {
        "watchlist.size": 700,
        "officers.presumption_to_intervene": 0.3,
    },
    "What if the match threshold were raised to 0.64, and officers trusted the machine more?": {
        "matcher.threshold": 0.64,
        "officers.presumption_to_intervene": 0.9,
    },
    "What if only serious entries stayed on the list?": {"watchlist.operations.serious_only": True},
    "What if only suspects of violence and people of interest stayed on the list?": {
        "watchlist.operations.keep_categories": ("suspect_violence", "of_interest")
    },
    "What if there was only one team of officers?": {"officers.teams": 1},
    "What if there were eight teams of officers?": {"officers.teams": 8},
    "What if the same van stood at Piccadilly Circus?": LAYOUTS,
    "What if the same van stood at Piccadilly Circus, and 2,500 people walked past in an hour?": {
        **LAYOUTS,
        "crowd.passers_per_hour": 2500.0,
    },
    "What if the van stood there for 1 hour?": {"deployment.hours": 1.0},
    "What if the list were capped at 500?": {"watchlist.operations.cap": 500},
    "What if share of stale entries were 30 in 100?": {"watchlist.stale_share": 0.3},
    "What if nothing were changed?": {},
}


@pytest.mark.parametrize("asked", QUESTIONS)
def test_the_question_is_what_differs(asked: str) -> None:
    """Protects the headline: common changes in plain words, anything else by its name and value."""
    none = Days.of([])
    arms = [
        ComparedArm("A", "as it is", BASE, none),
        ComparedArm("B", "other", BASE.replace(QUESTIONS[asked]), none),
    ]
    assert question(arms) == asked


def test_many_changes_are_asked_about_by_name(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the headline from growing into a list, and tells policies of three apart by letter."""
    much = {f"officers.{name}": 7 for name in ("teams", "team_size", "support_staff")} | {
        "watchlist.size": 9
    }
    other = replace(arms[1], scenario=BASE.replace(much), name="Everything else")
    assert question((arms[0], other)) == "What if it were Everything else, instead of policy A?"
    assert question(arms) == (
        "What if the list were cut to 700, and officers doubted more (B), "
        "or only serious entries stayed on the list (C)?"
    )


@pytest.mark.parametrize(
    ("second", "third", "asked"),
    [
        (0.3, 0.1, "presumption to intervene were 0.30 (B), or presumption to intervene were 0.10 (C)"),
        (0.3, 0.9, "officers doubted more (B), or officers trusted the machine more (C)"),
    ],
)  # fmt: skip
def test_policies_that_would_read_alike_are_told_by_value(second: float, third: float, asked: str) -> None:
    """Protects the headline of three: two degrees of doubt are not both "officers doubted more"."""
    none, path = Days.of([]), "officers.presumption_to_intervene"
    arms = [
        ComparedArm(letter, letter, scenario, none)
        for letter, scenario in zip(
            "ABC", (BASE, BASE.replace({path: second}), BASE.replace({path: third})), strict=True
        )
    ]
    assert question(arms) == f"What if {asked}?"


def test_what_two_policies_share_keeps_its_words() -> None:
    """Protects the headline: only what tells two policies apart is told by its value."""
    none, place = Days.of([]), {"site.layout": "leicester_square", "site.vans": None}
    doubts = [
        {},
        place | {"officers.presumption_to_intervene": 0.3},
        place | {"officers.presumption_to_intervene": 0.1},
    ]
    arms = [
        ComparedArm(letter, letter, BASE.replace(doubt), none)
        for letter, doubt in zip("ABC", doubts, strict=True)
    ]
    told = question(arms)

    assert told.count("the same van stood at Leicester Square") == 2
    assert "presumption to intervene were 0.30" in told
    assert "presumption to intervene were 0.10" in told


# --- settings -----------------------------------------------------------------------------------------


def test_settings_that_differ_stand_with_their_values(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the table of settings and the sentence on who stays listed: 48 in 100 by the root law."""
    html = differing_settings(arms[:2])
    (table,) = read(html).tables
    assert [row[0] for row in table[1:]] == ["People on the watchlist", "Presumption to intervene"]
    assert [row[1:] for row in table[1:]] == [["3,000", "700"], ["0.65", "0.30"]]
    said = words_of(html)
    assert "The other 213 settings are the same." in said
    assert "48 in 100 of the listed people who walk past stay on it" in said
    assert round(100 * (700 / 3000) ** 0.5) == 48


def test_long_lists_of_differences_open_on_demand(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the page from a wall of settings; all of them can still be read."""
    other = Scenario.from_file("essex-trials-2018-2019")
    page = read(differing_settings((arms[0], replace(arms[1], scenario=other))))
    rows = [row for table in page.tables for row in table[1:]]
    differ = sum(other.values()[path] != value for path, value in BASE.values().items())
    assert len(rows) == differ > 8


# --- one day ------------------------------------------------------------------------------------------


def test_the_table_of_a_day_is_its_marks(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the drawing of a day: each passer once, under each policy with what happened to them."""
    for day in range(4):
        rows = [arm.days.rows[day] for arm in arms[:2]]
        table = read(paired_day(arms[:2], day)).tables[-1]
        people = {mark.passer for row in rows for mark in row.marks}
        assert len(table) - 1 == len(people)
        for place, row in enumerate(rows, start=1):
            cells = "; ".join(line[place] for line in table[1:]).split("; ")
            assert cells.count("listed, missed") == row.truth["missed"]
            right, wrong = (
                sum(cell.startswith(f"alert, {kind}") for cell in cells) for kind in ("right", "wrong")
            )
            assert (right, wrong) == (row.truth["true_alerts"], row.truth["false_alerts"])
            assert sum("stopped" in cell for cell in cells) == row.truth["engagements"]
            assert sum("arrested" in cell for cell in cells) == row.truth["arrests"]


def day_of(marks: Sequence[Mark]) -> DayRow:
    """Return a day with some marks."""
    truth = {**row_of(0).truth, "engagements": sum(mark.stopped for mark in marks)}
    return replace(row_of(0), marks=tuple(marks), truth=truth)


def day_arms(*marks: Sequence[Mark]) -> list[ComparedArm]:
    """Return policies with one day each."""
    return [
        ComparedArm(letter, letter, BASE, Days.of([day_of(some)]))
        for letter, some in zip("ABCD", marks, strict=False)
    ]


def test_a_person_whose_entry_is_gone_is_a_dot_and_no_miss() -> None:
    """Protects the shorter list from looking better or worse: who is not on it is not missed by it."""
    missed, right = Mark(7, 60.0, None, False), Mark(8, 90.0, 0, True, True, True)
    html = paired_day(day_arms([missed, right], []))
    table = read(html).tables[-1]
    assert [row[1:] for row in table[1:]] == [
        ["listed, missed", "no alert"],
        ["alert, right person, stopped and arrested", "no alert"],
    ]
    drawing = re.split("<svg", str(html))[1]
    assert drawing.count("fill-person") == 2
    assert drawing.count("stroke-missed") == 1
    assert drawing.count("fill-stopped") == 2
    assert "The one person stopped under A is not stopped under B" in words_of(html)


def test_a_day_with_too_much_is_counted_and_not_drawn() -> None:
    """Protects the other visitors, who wait while a day is drawn: the limit and the words of Explore."""
    full = [Mark(n, 1.0 * n, n, False) for n in range(MOST_OPENED)]
    more = [*full, Mark(MOST_OPENED, 1.0 * MOST_OPENED, None, False)]
    drawn, counted = (paired_day(day_arms(full, marks)) for marks in (full, more))

    assert 'id="compare-people"' in drawn
    assert 'id="compare-too-many"' not in drawn
    read(counted)
    assert 'id="compare-people"' not in counted
    told = "Under B: This day has 1,000 alerts and 1 person missed, too many to draw or to open: more than"
    assert f"{told} 1,000." in words_of(counted)
    assert 'id="compare-day-after"' in counted, "the days can still be gone through"


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12),
)
def test_the_finding_of_a_day_is_true(stopped: list[tuple[bool, bool]]) -> None:
    """Protects the heading over a day: of those stopped under A, how many are under B, and who else."""
    marks = [[Mark(n, 10.0 * n, n, True, pair[at]) for n, pair in enumerate(stopped)] for at in (0, 1)]
    if not stopped:
        return
    heading = read(paired_day(day_arms(*marks))).headings[1]
    before, both = sum(a for a, _ in stopped), sum(a and b for a, b in stopped)
    others = sum(b and not a for a, b in stopped)
    if not before:
        assert heading == f"Nobody is stopped under A, {others or 'and nobody'} under B"
    elif before == 1:
        assert heading.startswith(f"The one person stopped under A is {'' if both else 'not '}stopped")
    else:
        some = {0: "None", before: "All"}.get(both, str(both))
        assert heading.startswith(f"{some} of the {before} people stopped under A ")
    assert (", and " in heading.replace("A, and nobody", "")) == bool(before and others)


def test_a_busy_day_keeps_every_alert_in_sight(arms: tuple[ComparedArm, ...]) -> None:
    """Protects busy days: people with an alert come before those missed, and drawings keep their width."""
    missed = [Mark(n, 5.0 * n, None, False) for n in range(300)]
    alerts = [Mark(500 + n, 7.0 * n, n, n % 2 == 0, n % 3 == 0) for n in range(60)]
    html = paired_day(day_arms(missed + alerts, alerts))
    page = read(html)
    assert {float(str(said["width"])) for said in page.drawings} == {FULL, MIDDLE, DAY_NARROW}
    assert "And 300 more, listed and missed." in words_of(html)
    assert len(page.tables[-1]) - 1 == 60 + 180
    assert "120 people not in the table." in words_of(html)
    for x, anchor in re.findall(r'<text x="([\d.]+)"[^>]*class="[^"]*(mid|end)?', str(html)):
        assert 0 <= float(x) <= FULL, anchor


def test_the_picker_goes_to_the_days_beside(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the picker: replicate numbers are sent, days are counted from one, ends are closed."""
    first, last = read(paired_day(arms, 0)), read(paired_day(arms, 11))
    assert ("day", "1") in first.doers
    assert ("day", "10") in last.doers
    assert "Day 1 of 12" in words_of(paired_day(arms, 0))
    assert str(paired_day(arms, 0)).count(" disabled") == 1
    assert "Pause" in words_of(paired_day(arms, 0, playing=True))


def test_the_day_shown_first_is_one_that_differs(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the first look: of the days on which the stops differ, that nearest the middle."""
    differ, off = stops_differ(arms[:2]), arms[0].days.off_middle
    first = min(differ, key=lambda day: off[day])
    assert f"Day {first + 1} of 12" in words_of(paired_day(arms[:2]))
    assert "Day 3 of 12" in words_of(paired_day(arms[:2], 2))
    twin = arms[0], replace(arms[0], letter="B")
    assert f"Day {arms[0].days.middle + 1} of 12" in words_of(paired_day(twin))

    for day in range(12):
        page = read(paired_day(arms[:2], day))
        button = next(said for _, said in page.tags if said.get("id") == "compare-day-differs")
        after = [one for one in differ if one > day]
        assert button["data-value"] == (str(after[0]) if after else "")
        assert ("disabled" in button) == (not after)
    other = (arms[0], replace(arms[1], scenario=SHORTER.replace({"crowd.passers_per_hour": 1900.0})))
    assert "compare-day-differs" not in paired_day(other)


def test_a_day_chosen_because_it_differs_is_told_as_one(arms: tuple[ComparedArm, ...]) -> None:
    """Protects neutrality: the day shown first is no typical one, and how many are like it is said."""
    row = arms[1].days.rows[4]
    b = replace(arms[1], days=Days.of([row if one.replicate == 4 else one for one in arms[0].days.rows]))
    assert stops_differ((arms[0], b)) == [4]
    same = "The same people are stopped on 11 of 12 days."
    assert f"{same} The day shown was chosen because they differ." in words_of(paired_day((arms[0], b)))
    assert same in words_of(paired_day((arms[0], b), 2))
    assert "was chosen" not in words_of(paired_day((arms[0], b), 2))
    twin = arms[0], replace(arms[0], letter="B")
    assert "The same people are stopped on each of 12 days." in words_of(paired_day(twin))
    assert "On each of 12 days other people are stopped." in words_of(paired_day(arms[:2]))


# --- all days -----------------------------------------------------------------------------------------

pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60)


@given(pairs, st.booleans())
def test_findings_over_days_are_true(days: list[tuple[int, int]], arrests: bool) -> None:
    """Protects the headings of the dots: fewer, more and never are counts of days."""
    outcome = ARRESTS if arrests else MISTAKEN
    change = np.array([b - a for a, b in days])
    said = finding(change, outcome)
    fewer, more, all_of = int((change < 0).sum()), int((change > 0).sum()), len(days)
    if fewer == more == 0:
        assert said.startswith(("The same number", "As many"))
        return
    match = re.fullmatch(
        r"(Fewer|More) .* on (\d+) of (\d+) days?, (never )?(more|fewer)( on (\d+))?", said
    )
    assert match
    told = {match[1].lower(): int(match[2]), match[5]: int(match[7] or 0)}
    assert told == {"fewer": fewer, "more": more}
    assert int(match[3]) == all_of
    assert bool(match[4]) == (told[match[5]] == 0)


@settings(max_examples=50, deadline=None)
@given(pairs, st.sampled_from([1, 7, 60, 2_000]), st.booleans())
def test_dots_are_days(days: list[tuple[int, int]], times: int, arrests: bool) -> None:
    """Protects the dots: as many as days, at their difference, with no difference in its place."""
    arms = counted_arms([(a * times, b * times) for a, b in days], arrests=arrests)
    column = "arrests" if arrests else "wrongful_engagements"
    html = difference_dots(*arms, column)
    table = read(html).tables[0]
    counts = {row[0]: int(row[1]) for row in table[1:]}
    assert sum(counts.values()) == len(days)
    assert counts["same"] == sum(a == b for a, b in days)
    assert sum(n for name, n in counts.items() if name[0] == MINUS) == sum(b < a for a, b in days)
    assert len(counts) <= 24 + 2
    wide, narrow = re.findall("<svg.*?</svg>", str(html), flags=re.DOTALL)
    for drawing in (wide, narrow):
        assert drawing.count("M") - drawing.count("More") == len(days)
        assert ">same<" in drawing
        assert "stroke-dasharray" in drawing


@given(pairs, st.integers(1, 500))
def test_every_difference_has_a_place_that_holds_it(days: list[tuple[int, int]], times: int) -> None:
    """Protects the scale: no difference falls off it, and a place's words hold what is in it."""
    change = np.array([times * (b - a) for a, b in days])
    scale = common_scale([change])
    for one in change.tolist():
        place = scale.place(one)
        assert -scale.below <= place <= scale.above
        numbers = [int(text.replace(",", "")) for text in re.findall(r"[\d,]+", scale.range_words(place))]
        assert (one == 0) if not numbers else numbers[0] <= abs(one) <= numbers[-1]


def test_both_charts_have_one_scale(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the eye: arrests lost stand as large as mistakes spared."""
    page = read(all_days(arms[:2]))
    assert [row[0] for row in page.tables[0]] == [row[0] for row in page.tables[1]]


# --- outcomes -----------------------------------------------------------------------------------------


@cache
def nobody_listed() -> ComparedArm:
    """Return a policy under which nobody is on the list, on the same crowds."""
    return arm_of("B", BASE.replace({"watchlist.size": 0}))


@pytest.mark.parametrize("per", PERS)
@pytest.mark.parametrize("listed", [True, False])
def test_the_table_of_outcomes_is_the_numbers(
    arms: tuple[ComparedArm, ...], per: str, listed: bool
) -> None:
    """Protects the table: every cell is what the functions of numbers give, also where nothing happens."""
    a, b = arms[:2] if listed else (arms[0], nobody_listed())
    tables = read(outcomes((a, b), per)).tables
    rows = [row for table in tables[:2] for row in table[1:]]
    for outcome in (*OUTCOMES, *FURTHER):
        row = next(row for row in rows if re.match(rf"{outcome.label}(?! missed)", row[0]))
        for cell, arm in zip(row[1:3], (a, b), strict=True):
            counts = outcome.of(arm.days)
            told = measured(arm.days, outcome, PERS[per])
            if told.value is None:
                assert cell.startswith("undefined, ")
            elif per == "day":
                low, high = np.sort(counts)[[0, -1]]
                ends = f"{np.floor(low + 0.5):,.0f}\N{EN DASH}{np.floor(high + 0.5):,.0f}"
                total = f"{np.floor(counts.sum() + 0.5):,.0f}"
                assert unjoined(cell) == f"{figure(float(counts.mean()))} {total} in all, {ends}"
            else:
                whole = arm.days.columns[PERS[per].column].sum()
                total = f"{np.floor(counts.sum() + 0.5):,.0f}"
                assert cell == f"{figure(told.value)} {total} in {whole:,.0f}"
        found = change(a.days, b.days, outcome, PERS[per])
        assert [int(cell) for cell in row[4:7]] == [found.lower, found.equal, found.higher]
        if found.difference is not None:
            told = row[3].split(" ")[0].replace(MINUS, "-").replace(",", "")
            digits = len(told.partition(".")[2])
            assert float(told) == pytest.approx(found.difference, abs=0.51 * 10**-digits)


def test_the_unsought_stand_in_their_row(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the row that keeps a shorter list from looking as if it missed fewer people."""
    a, b = arms[:2]
    each = np.sort(only_listed_under(a.days, b.days))
    row = next(
        r for r in read(outcomes((a, b))).tables[0] if r[0].startswith("Listed under A, not under B")
    )
    ends = f"{each[0]:.0f}\N{EN DASH}{each[-1]:.0f}"
    assert unjoined(row[2]) == f"{figure(float(each.mean()))} {each.sum():.0f} in all, {ends}"
    assert "neither found nor missed" in " ".join(row)


def test_nobody_unsought_is_no_claim_about_the_list() -> None:
    """Protects from a false claim: where the settings do not imply it, only these days are told."""
    nobody = Days.of([row_of(number) for number in range(3)])
    filters = {"watchlist.operations.keep_categories": ("suspect_violence",)}

    def said(a: Scenario, b: Scenario) -> str:
        found = outcomes((ComparedArm("A", "a", a, nobody), ComparedArm("B", "b", b, nobody)))
        return words_of(found)

    assert "nobody listed under A only walked past on these days" in said(BASE, SHORTER)
    assert "everybody listed under A is listed under B" not in said(BASE, BASE.replace(filters))
    doubt = BASE.replace({"officers.presumption_to_intervene": 0.3})
    for wider in (doubt, BASE):
        assert "everybody listed under A is listed under B" in said(BASE, wider)
    assert "everybody listed under A is listed under B" in said(SHORTER, BASE)


def test_one_deployment_is_singular() -> None:
    """Protects the heading in its smallest case."""
    assert "100 tries would show mistaken stops with 1 deployment" in words_of(
        how_many(counted_arms([(0, 9)] * 20))
    )
    assert "1 deployments" not in words_of(how_many(counted_arms([(0, 9)] * 20)))


def test_the_unsought_are_predicted_where_settings_say_who_they_are(
    predicted: tuple[ComparedArm, ...],
) -> None:
    """Protects the same row before a run: on average, or not known, never left out."""
    a, b = predicted
    row = next(r for r in read(outcomes((a, b))).tables[0] if r[0].startswith("Listed under A"))
    listed = [arm.days.columns["truth.listed_passers"].mean() for arm in (a, b)]
    assert row[2] == f"{expected(listed[0] - listed[1])} on average"
    row = next(r for r in read(outcomes((replace(b, letter="A"), replace(a, letter="B")))).tables[0] if
               r[0].startswith("Listed under A"))  # fmt: skip
    assert row[2] == "not known"


def test_groups_with_few_events_have_counts_and_no_rate(arms: tuple[ComparedArm, ...]) -> None:
    """Protects small groups: their counts stay, their rates are replaced, and the line counts them."""
    html = outcomes(arms[:2])
    table = read(html).tables[-1]
    groups = group_counts(arms[:2])
    assert len(table) - 1 == 2 * len(groups)
    for row in table[1:]:
        assert (row[3] == "not enough to say") == (int(row[2]) < 5)
    few = [sum(counts[at].wrong_alerts < 5 for counts in groups.values()) for at in (0, 1)]
    told = [f"{few[at]} of {len(groups)} groups under {'AB'[at]}" for at in (0, 1) if few[at]]
    assert f"Not enough to say: {' and '.join(told)} ha" in words_of(html)


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (-1.04, 2, f"{MINUS}1.04"),
        (0.001, 2, "+0.001"),
        (-0.002, 2, f"{MINUS}0.002"),
        (-0.04, 0, f"{MINUS}0.04"),
        (0.0, 2, "0"),
        (-1e-17, 2, "0"),
        (12345.6, 0, "+12,346"),
    ],
)
def test_differences_have_a_sign_or_are_nought(value: float, digits: int, said: str) -> None:
    """Protects from `-0.0`, and from a 0 that hides on which side of nought something is."""
    assert signed(value, digits) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.225, "0.225"), (0.2, "0.2"), (5.284, "5.28"), (45.26, "45.3"), (12_124.4, "12,124"), (0.0, "0"),
     (0.0005, "0.0005"), (99.96, "100"), (30.0, "30")],
)  # fmt: skip
def test_means_have_three_digits(value: float, said: str) -> None:
    """Protects means of rare events: 45 in 200 days are 0.225 a day, not 0."""
    assert figure(value) == said


@given(pairs)
def test_the_interval_shows_on_which_side_of_nought_it_ends(days: list[tuple[int, int]]) -> None:
    """Protects the reading of an interval: each end has the sign that it has, and 0 only where it is 0."""
    a, b = counted_arms(days, arrests=True)
    found = change(a.days, b.days, ARRESTS, PERS["day"])
    told = change_told(found, PERS["day"])
    if not found.lower and not found.higher:
        assert told == ("0", "no day differs")
        return
    assert found.interval is not None
    ends = told.rest.removesuffix(" *").split(" to ")
    for end, value in zip((told.value, *ends), (found.difference, *found.interval), strict=True):
        assert value is not None
        assert end[0] == ("0" if abs(value) < 1e-9 else MINUS if value < 0 else "+")
        assert end == "0" or float(end[1:].replace(",", ""))
    assert told.rest.endswith(" *") == (found.lower + found.higher < 10)


def with_faces(arms: tuple[ComparedArm, ...]) -> tuple[ComparedArm, ...]:
    """Return the policies with a hundred faces on each day."""
    return tuple(
        replace(
            arm,
            days=Days.of([replace(row, record={**row.record, "faces": 100}) for row in arm.days.rows]),
        )
        for arm in arms
    )


@pytest.mark.parametrize("per", ["day", "faces"])
def test_the_exact_interval_of_few_days_has_a_star_and_its_note(per: str) -> None:
    """Protects from reading a wide interval as a usual one: the star of the command line, and its note."""
    few = with_faces(counted_arms([(1, 0)] * 9 + [(0, 0)] * 191, arrests=True))
    many = with_faces(counted_arms([(1, 0)] * 80 + [(0, 0)] * 120, arrests=True))

    assert " ".join(FEW_DAYS_DIFFER.split()) in words_of(outcomes(few, per))
    row = next(row for row in read(outcomes(few, per)).tables[0] if row[0].startswith("Arrests"))
    assert row[3].endswith(" *")
    if per == "day":
        assert row[3] == f"{MINUS}0.045 {MINUS}0.092 to +0.004 *"
    assert "*" not in words_of(outcomes(many, per))


@pytest.mark.parametrize("per", PERS)
def test_alerts_that_differ_by_officers_alone_are_explained(
    arms: tuple[ComparedArm, ...], per: str
) -> None:
    """Protects from a riddle: why doubt changes alerts and misses is said where it does, and only there."""
    doubt = replace(arms[1], scenario=BASE.replace({"officers.presumption_to_intervene": 0.1}))
    same = replace(doubt, days=arms[0].days)

    assert SEEN_AGAIN in words_of(outcomes((arms[0], doubt), per))
    assert SEEN_AGAIN not in words_of(outcomes((arms[0], same), per))
    assert SEEN_AGAIN not in words_of(outcomes(arms[:2], per))


@pytest.mark.parametrize("simulated", [True, False])
def test_the_difference_is_that_of_the_two_means_seen(
    arms: tuple[ComparedArm, ...], predicted: tuple[ComparedArm, ...], simulated: bool
) -> None:
    """Protects the reader who subtracts: B less A of a row is its third number, up to rounding."""
    table = read(outcomes(arms[:2] if simulated else predicted)).tables[0]
    for row in table[1 : 1 + len(OUTCOMES)]:
        a, b, difference = (
            float(cell.split(" ")[0].replace(MINUS, "-").replace(",", "")) for cell in row[1:4]
        )
        assert difference == pytest.approx(b - a, abs=max(0.06, 0.01 * max(a, b))), row


# --- how many deployments, and the strip --------------------------------------------------------------


def test_the_chances_of_the_street_stand_in_sentence_and_table(arms: tuple[ComparedArm, ...]) -> None:
    """Protects the sentence of six deployments, and the table of the chart, against the numbers."""
    html = how_many(arms[:2])
    table = read(html).tables[0]
    said = words_of(html)
    for column, outcome in enumerate((MISTAKEN, ARRESTS), start=1):
        shares = telling_apart(outcome.of(arms[0].days), outcome.of(arms[1].days))
        assert [row[column] for row in table[1:]] == [tries(share) for share in shares]
        assert f"in {tries(shares[DEPLOYMENTS.index(6)])}" in said
    assert "A street cannot." in said


def test_days_that_differ_by_more_than_chance_are_warned_of() -> None:
    """Protects from a false proof: how often the test sees a difference where there is none is told."""
    wild, calm = [0, 9, 0, 12, 1, 0], [1, 1, 1, 1, 1, 1]
    html = how_many(counted_arms(list(zip(wild, calm, strict=True)), arrests=True))
    counts = np.array(wild, dtype=float)
    null = telling_apart(counts, counts, (6,))[0]
    assert null > 0.2
    said = words_of(html)
    assert f"all under A, would seem to differ in {tries(null)} for arrests: more than" in said
    assert "Mistaken stops are the same on every day." in said


def test_only_outcomes_that_exceed_the_tests_own_level_are_said_to() -> None:
    """Protects from a warning that is true of one outcome and said of both."""
    few, wild = [(0, 0)] * 19 + [(1, 0)], [(0, 1), (9, 8), (0, 0), (12, 9)] * 5
    stops, arrests = counted_arms(few), counted_arms(wild, arrests=True)
    both = tuple(
        replace(one, days=Days.of([
            replace(row, truth={**row.truth, "arrests": other.truth["arrests"]})
            for row, other in zip(one.days.rows, more.days.rows, strict=True)
        ]))
        for one, more in zip(stops, arrests, strict=True)
    )  # fmt: skip
    shares = [
        telling_apart(one.of(both[0].days), one.of(both[0].days), (6,))[0] for one in (MISTAKEN, ARRESTS)
    ]
    said = words_of(how_many(both))
    told = [
        f"in {tries(share)} for {words}"
        for share, words in zip(shares, ("mistaken stops", "arrests"), strict=True)
    ]
    calm = words_of(how_many(stops))

    assert shares[0] < 0.05 < shares[1]
    assert f"{' and '.join(told)}. For arrests that is more than the test" in said
    assert said.count("more than the test") == 1
    assert f"{told[0]}." in calm
    assert "more than the test" not in calm


def test_equal_policies_have_nothing_to_show(arms: tuple[ComparedArm, ...]) -> None:
    """Protects from a chart of nothing: a policy against itself shows no difference, and this is said."""
    twin = (arms[0], replace(arms[0], letter="B"))
    html = whole_page(twin)
    read(html)
    said = words_of(html)
    assert "there is nothing to show" in said
    assert "the same number of people by mistake as policy A" in said
    assert "The same number of people stopped by mistake on all 12 days" in said
    assert "As many arrests on all 12 days" in said
    assert "so all outcomes are" in said


def test_the_strip_is_what_was_swept() -> None:
    """Protects the strip: its table has the expected counts over the days of the page, its value marked."""
    result = swept("officers.presumption_to_intervene", BASE, theory)
    html = sweep_strip(result, ["watchlist.size"], days=200)
    table = read(html).tables[0]
    for row, point in zip(table[1:], result.points, strict=True):
        told = [expected(200 * one) for one in (point.wrong_alerts, point.mistaken_stops, point.arrests)]
        assert row[1:] == told
    assert [row[0] for row in table if "as it is" in row[0]] == ["0.65, as it is"]


@given(st.lists(st.floats(0.0, 50.0), min_size=2, max_size=7), st.booleans())
def test_any_strip_is_sound(values: list[float], choice: bool) -> None:
    """Protects the strip from odd numbers: all nothing, all alike, of one kind or another."""
    path = "watchlist.presence_law" if choice else "watchlist.size"
    names: list[Any] = [f"law_{n}" if choice else 100 * n for n in range(len(values))]
    points = tuple(SweptPoint(name, v, v / 2, 0.0) for name, v in zip(names, values, strict=True))
    read(sweep_strip(Swept(path, names[0], points)))


def test_a_strip_of_nothing_says_so() -> None:
    """Protects the strip before a setting is chosen, and of settings that are no range."""
    assert "Choose a setting" in words_of(sweep_strip(None, ["watchlist.size"]))
    assert "no range of values" in words_of(sweep_strip(swept("site.layout", BASE, theory)))


def test_columns_of_outcomes_exist() -> None:
    """Protects the outcomes from a column that is not there."""
    for outcome in (*OUTCOMES, *FURTHER):
        assert outcome.plus in COLUMNS
        assert outcome.minus in ("", *COLUMNS)
