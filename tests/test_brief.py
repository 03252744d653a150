"""The one-page brief: whole, true to the numbers, closed to the network, and one sheet of paper."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from html_parts import Html

from lfr_sim.dashboard.address import address_of
from lfr_sim.dashboard.compared import ARRESTS, MISTAKEN, OUTCOMES, PERS, ComparedArm, change
from lfr_sim.dashboard.days import DayRow, Days
from lfr_sim.dashboard.prediction import predict
from lfr_sim.dashboard.simulated import show_day, simulate_day
from lfr_sim.dashboard.state import Arm, State, command_of
from lfr_sim.dashboard.street_at import Street, street_at
from lfr_sim.dashboard.views.brief import ExploreTold, explore_brief
from lfr_sim.dashboard.views.brief_charts import columns, columns_heading, dots
from lfr_sim.dashboard.views.brief_compare import CompareTold, compare_brief
from lfr_sim.dashboard.views.brief_parts import ORIGIN, again, headline, shortened
from lfr_sim.dashboard.views.brief_rests import CANNOT_SAY
from lfr_sim.dashboard.views.brief_style import style
from lfr_sim.dashboard.views.compare_numbers import FEW_DAYS_DIFFER, figure
from lfr_sim.dashboard.views.compare_outcomes import outcomes
from lfr_sim.dashboard.views.funnel import Level
from lfr_sim.dashboard.views.sentence import day_sentence
from lfr_sim.dashboard.views.words import plain, whole
from lfr_sim.model import DeploymentModel
from lfr_sim.records import Outcome
from lfr_sim.scenario import Scenario
from lfr_sim.study.replicates import provenance

OXFORD, MINIMAL, ESSEX = "oxford-circus-2022-01-28", "minimal", "essex-trials-2018-2019"
BUSIEST = "oxford-circus-2022-07-16"
TODAY = datetime.date(2026, 11, 23)
MOST_BYTES = 400_000
HOSTILE = '<script>alert("x")</script><img src="https://example.org/p.png">'
CHANGES = {
    "watchlist.size": "2000",
    "officers.teams": "2",
    "officers.presumption_to_intervene": "0.43",
    "matcher.threshold": "0.58",
    "crowd.passers_per_hour": "9000.0",
    "watchlist.operations.serious_only": "true",
}
FETCHING = {"src", "srcset", "href", "xlink:href", "data", "action", "formaction", "poster", "background"}


@cache
def days_of(arm: Arm, number: int = 24) -> Days:
    """Return the first days of a policy."""
    return Days.of([simulate_day(arm.scenario, 1, replicate) for replicate in range(number)])


def told_of(
    arm: Arm, *, replicate: int | None = None, alert: int | None = None, **other: Any
) -> ExploreTold:
    """Return what a brief tells of one day of a policy: an alert of it, by default the first."""
    days, scenario = days_of(arm), arm.scenario
    number = days.rows[days.middle].replicate if replicate is None else replicate
    shown = show_day(scenario, seed=1, replicate=number, redraw=other.get("redraw", ()))
    chosen = next((one for one in shown.alerts if alert in (None, one.alert)), None)
    told = ExploreTold(
        scenario=scenario,
        shipped=Arm(arm.base).scenario,
        seed=1,
        days=days,
        row=shown.row,
        street=street_at(scenario, seed=1, replicate=number, redraw=other.get("redraw", ()), alert=chosen),
        alert=chosen,
        story=None if chosen is None else shown.stories[chosen.alert],
        address=f"{ORIGIN}/?a=here",
        command=command_of(State(arms=(arm,), days=len(days))),
        today=TODAY,
        made=provenance(scenario),
        changes=arm.changes,
    )
    return replace(told, **other)


def compared(*arms: Arm, number: int = 24, **other: Any) -> CompareTold:
    """Return what a brief tells of a comparison."""
    found = tuple(
        ComparedArm(letter, arm.name or arm.base, arm.scenario, days_of(arm, number))
        for letter, arm in zip("ABCD", arms, strict=False)
    )
    command = command_of(State(arms=arms, days=number), "compare")
    told = CompareTold(
        arms=found,
        shipped=[Arm(arm.base).scenario for arm in arms],
        changes=[arm.changes for arm in arms],
        seed=1,
        per="day",
        address=f"{ORIGIN}/compare?a=here",
        command=command,
        needs_files=False,
        today=TODAY,
        made=provenance(found[0].scenario),
    )
    return replace(told, **other)


def four() -> tuple[Arm, ...]:
    """Return four policies that differ in many ways, among them the place."""
    plain = Arm(OXFORD)
    return (
        plain,
        plain.changed({"watchlist.size": "2000"}),
        plain.changed({"officers.presumption_to_intervene": "0.3", "officers.teams": "1"}),
        Arm("leicester-square-2022-03-10"),
    )


def eventful() -> ExploreTold:
    """Return what is told of a day of Oxford Circus on which somebody is stopped."""
    days = days_of(Arm(OXFORD))
    row = max(days.rows, key=lambda one: one.truth["engagements"])
    stopped = next(mark.alert for mark in row.marks if mark.stopped)
    return told_of(Arm(OXFORD), replicate=row.replicate, alert=stopped)


def many_days(*arms: Arm) -> CompareTold:
    """Return what is told of 200 days of a comparison: the same 25 over and over."""
    told = compared(*arms, number=25)
    arms_200 = [
        replace(arm, days=Days.of([replace(arm.days.rows[n % 25], replicate=n) for n in range(200)]))
        for arm in told.arms
    ]
    address = f"{ORIGIN}{address_of(State(arms=arms, days=200), 'compare')}"
    return replace(told, arms=arms_200, address=address.replace(ORIGIN, "http://127.0.0.1:8765"))


def doubt() -> tuple[Arm, Arm]:
    """Return two policies of which only one setting differs, and few days."""
    arm = Arm(BUSIEST)
    return arm, arm.changed({"officers.presumption_to_intervene": "0.3"})


def much() -> tuple[Arm, Arm]:
    """Return two policies that differ in much, by long names."""
    arm = Arm(OXFORD, name="As it was on the day, as far as that is known from the record")
    return arm, replace(
        arm.changed(CHANGES), name="A list of serious offences alone, and more doubt in a crowd"
    )


BRIEFS: Mapping[str, Any] = {
    "explore": lambda: explore_brief(eventful()),
    "busiest": lambda: explore_brief(told_of(Arm(BUSIEST))),
    "no record": lambda: explore_brief(told_of(Arm(ESSEX))),
    "compare two": lambda: compare_brief(compared(*four()[:2])),
    "compare four": lambda: compare_brief(compared(*four())),
    "compare many days": lambda: compare_brief(replace(many_days(*doubt()), address=ORIGIN)),
}


@pytest.mark.parametrize("name", BRIEFS)
def test_a_brief_asks_for_nothing(name: str) -> None:
    """Protects readers: a brief opened from disk fetches nothing, runs nothing, and is small."""
    html = BRIEFS[name]()
    page = Html(html)
    fonts = re.findall(r"url\(([^)]*)\)", html)

    assert {key for name, attributes in page.tags if name != "a" for key in attributes} & FETCHING == set()
    assert page.names & {"script", "link", "iframe", "img", "object", "embed", "base", "form"} == set()
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    assert len(fonts) == 2
    assert all(font.startswith('"data:font/woff2;base64,') for font in fonts)
    assert "@import" not in html
    assert [value for value in page.values("content") if value.startswith("default-src 'none'; ")]
    assert len(html.encode()) <= MOST_BYTES


@pytest.mark.parametrize("name", BRIEFS)
def test_a_brief_is_sound_and_says_what_it_is(name: str) -> None:
    """Protects the page: balanced tags, ids once, drawings that are named, and no slip of the program."""
    page = Html(BRIEFS[name]())
    ids = page.values("id")

    assert len(ids) == len(set(ids))
    assert set(page.values("aria-labelledby")) <= set(ids)
    assert "A simulation, not a record of any real person" in page.text
    assert "23 November 2026" in page.text
    assert page.text.count(ORIGIN) == 1
    assert not re.search(r"\b(None|nan|inf)\b|\{|\}|&lt;", page.text.replace(ORIGIN, ""))


def test_every_class_of_a_drawing_has_its_colour() -> None:
    """Protects the look: rules taken from the pages' style cover all that a brief draws, light only."""
    css = style()
    used = {
        word
        for name in BRIEFS
        for value in Html(BRIEFS[name]()).values("class")
        for word in value.split()
        if word.startswith(("fill-", "stroke-", "plan-", "brief-"))
    }
    named = {word for word in used if not re.search(rf"\.{word}(?![\w-])", css)}
    missing = set(re.findall(r"var\((--[\w-]+)\)", css)) - set(re.findall(r"(--[\w-]+):", css))

    assert named <= {"plan-ground", "brief-place", "brief-explore", "plan-backing"}
    assert missing == set()
    assert "prefers-color-scheme" not in css
    assert css.count("--ink:") == css.count("--wrong-text:") == 1
    assert "</" not in css


@pytest.mark.parametrize("base", [OXFORD, MINIMAL, ESSEX])
def test_the_record_table_is_the_days(base: str) -> None:
    """Protects the numbers: each cell of the sheet's and of the phone's table is that of the rows."""
    told = told_of(Arm(base))
    wide, turned = Html(explore_brief(told)).tables
    rows = {"record": told.row.record, "truth": told.row.truth}
    kinds = [("record", name) for name in ("faces", "alerts", "true_alerts", "false_alerts",
             "true_alerts_engaged", "false_alerts_engaged", "arrests")]  # fmt: skip
    kinds += [("truth", "listed_passers"), ("truth", "missed")]
    shown = [whole(rows[kind][name]) for kind, name in kinds]
    spread = []
    for kind, name in kinds:
        low, high = map(whole, told.days.nine_in_ten(f"{kind}.{name}"))
        spread.append(low if low == high else f"{low}\N{EN DASH}{high}")

    body = {line[0]: line[1:] for line in wide[1:]}
    assert body["Simulated, the day shown"] == shown
    assert body["Nine days in ten, of 24"] == spread
    columns_of_phone = list(zip(*turned[1:], strict=True))
    assert list(columns_of_phone[-2]) == shown
    assert list(columns_of_phone[-1]) == spread
    published = told.scenario.published
    if base == OXFORD:
        assert body["Published"][:2] == [whole(published.faces or 0), whole(published.alerts or 0)]
        assert body["Published"][-2:] == ["not known", "not known"]
    else:
        assert "Published" not in body


def test_the_sentence_is_that_of_the_page_and_says_so_where_the_day_is_not_typical() -> None:
    """Protects the sentence: the same as on Explore; a day that was picked is not called typical."""
    middle = told_of(Arm(OXFORD))
    other = (middle.row.replicate + 1) % len(middle.days)
    sentence = plain(day_sentence(middle.row.record, middle.row.truth))

    typical = Html(explore_brief(middle)).text
    assert sentence in typical
    assert f"day {middle.row.replicate + 1} of 24 (seed 1, replicate {middle.row.replicate})" in typical
    picked = Html(explore_brief(told_of(Arm(OXFORD), replicate=other))).text
    assert "On the day shown" in picked
    assert "On a typical day" not in picked
    drawn = Html(explore_brief(told_of(Arm(OXFORD), redraw=(("officers", 2),)))).text
    assert "On the day shown" in drawn
    assert "drawn again: the officers (draw 2)" in drawn


def test_a_day_without_alert_has_a_plan_and_a_true_sentence() -> None:
    """Protects the empty state: nobody on the list, so no alert, no mark of one, and true words."""
    told = told_of(Arm(OXFORD).changed({"watchlist.size": "0"}))
    html = explore_brief(told)
    page = Html(html)

    assert told.alert is None
    assert "With nobody on the list" in page.text
    assert "This day has no alert." in page.text
    assert "No alert, so nobody is stopped" in page.text
    assert "brief-ring" not in html.partition("</style>")[2]
    assert len(told.street.people) > 50


def test_what_a_visitor_typed_is_shown_as_text() -> None:
    """Protects readers from a hostile link or file: titles, names and commands are text, never HTML."""
    told = told_of(Arm(OXFORD))
    scenario = told.scenario.model_copy(update={"title": HOSTILE})
    explore = explore_brief(replace(told, scenario=scenario, address=HOSTILE, command=HOSTILE))
    arms = [replace(arm, name=HOSTILE) for arm in compared(*four()[:2]).arms]
    compare = compare_brief(compared(*four()[:2], arms=arms, address=HOSTILE, command=HOSTILE))

    for html in (explore, compare):
        assert "<script" not in html
        assert "<img" not in html
        assert {"script", "img"} & Html(html).names == set()
        assert HOSTILE in Html(html).text


def test_the_status_of_a_setting_follows_the_scenario() -> None:
    """Protects what the sheet rests on: values and statuses are those of the scenario, changes are told."""
    plain_text = Html(explore_brief(told_of(Arm(OXFORD)))).text
    arm = Arm(OXFORD).changed({"watchlist.size": "2000", "officers.teams": "2"})
    changed = Html(explore_brief(told_of(arm))).text

    assert "List of 9,756 people: published." in plain_text
    assert "Threshold 0.60 and 5.5 h of deployment: published, but not for the day itself." in plain_text
    assert "fitted to this day, so agreement on faces is no test" in plain_text
    assert "List of 2,000 people: set without a source." in changed
    assert "Also changed. Number of teams: 2." in changed
    assert "with 2 settings changed" in changed
    assert "presumption to intervene is fitted" in Html(explore_brief(told_of(Arm(ESSEX)))).text


def test_headlines_name_place_and_changes() -> None:
    """Protects the head: a scenario that begins with its place is `at` it; none is left without a name."""
    oxford = Scenario.from_file(OXFORD)

    assert headline(oxford, oxford, ()) == "Live facial recognition at Oxford Circus, 28 January 2022"
    nameless = oxford.model_copy(update={"title": ""})
    assert headline(nameless, nameless, ()).endswith("at Oxford Circus")
    own = oxford.model_copy(update={"title": "A day"})
    assert headline(own, oxford, (("title", "A day"),)) == (
        "Live facial recognition: “A day”, made from Oxford Circus, 28 January 2022, with 1 setting changed"
    )
    assert shortened("word " * 100).endswith("word …")
    assert len(shortened("x" * 500)) <= 240


def test_an_address_too_long_to_print_can_be_followed_all_the_same() -> None:
    """Protects the sheet: a link with hundreds of changes does not fill it, and that is said."""
    long = f"{ORIGIN}/?{'a' * 400}"
    printed, hidden = (Html(again("lfr-sim run minimal", [], one)) for one in (f"{ORIGIN}/", long))

    assert "too long to print" in hidden.text
    assert long not in hidden.text
    assert list(hidden.values("href")) == [long]
    assert f"while the dashboard runs that saved it: {ORIGIN}/" in printed.text
    assert list(printed.values("href")) == [f"{ORIGIN}/"]


def test_both_briefs_name_place_and_date_and_what_they_rest_on() -> None:
    """Protects a sheet that is alone: where and when, what it rests on, and what it cannot say."""
    alike, apart = (Html(compare_brief(compared(*arms))) for arms in (four()[:2], four()))
    explored = Html(explore_brief(told_of(Arm(OXFORD))))
    rests = explored.text[explored.text.index("What this rests on") : explored.text.index("In brackets")]

    about = "Live facial recognition at Oxford Circus, 28 January 2022. 24 simulated days (seed 1) under"
    assert about in alike.text
    assert (
        "A, B and C at Oxford Circus, 28 January 2022; D at Leicester Square, 10 March 2022. 24"
        in apart.text
    )
    for page in (alike, apart):
        assert rests in page.text
        assert all(words in page.text for words in CANNOT_SAY)
        assert "Sources: " in page.text
    assert "Settings of A; those of B differ as above." in alike.text
    assert "Settings of A; those of B, C and D differ as above." in apart.text


def test_the_street_is_that_of_the_run() -> None:
    """Protects the plan: everybody present is on it once, within reach of where the run has them."""
    told = eventful()
    street, alert = told.street, told.alert
    assert alert is not None
    model = DeploymentModel(told.scenario, run_seed=1, replicate=told.row.replicate)
    present = set(model.walking.present(alert.time_s).tolist()) - {alert.passer}
    located = [model.walking.locate(passer, alert.time_s) for passer in sorted(present)]

    assert street.time_s == alert.time_s
    assert len(street.people) == len(present)
    away = [math.dist(spot, (one.x, one.y)) for spot, one in zip(located, street.people, strict=True)]
    assert max(away) < 5.0
    assert 0 < sum(one.in_view for one in street.people) < len(present) / 2
    assert any((one.x, one.y) != one.before for one in street.people)


def test_the_ways_of_an_alert_meet() -> None:
    """Protects the story on the plan: the way leads to the alert, and on to where the officers were."""
    told = eventful()
    street, alert = told.street, told.alert
    assert alert is not None
    assert alert.outcome is Outcome.ENGAGED

    assert street.alert == street.way_before[-1] == street.way_after[0]
    assert street.way_after[-1] == street.officers[-1] == (alert.contact_x_m, alert.contact_y_m)
    steps = [math.dist(*pair) for pair in zip(street.way_before, street.way_before[1:], strict=False)]
    assert max(steps) < 6.0


def test_a_street_without_alert_is_seen_half_way_through() -> None:
    """Protects the plan of a day without alert: a time at which people walk, and no way of anybody."""
    scenario = Scenario.from_file(MINIMAL)
    street = street_at(scenario, seed=1, replicate=0)

    assert street.time_s == 1800.0 * scenario.deployment.hours
    assert (street.alert, street.way_before, street.officers) == (None, (), ())
    assert len(street.people) > 20


def test_the_small_charts_hold_every_mark_and_day() -> None:
    """Protects the two charts: a mark for each alert, stop and arrest, twenty dots, the day pointed at."""
    told = eventful()
    drawn = columns(told.row)
    alerts = [mark for mark in told.row.marks if not mark.missed]
    reached = sum(1 + mark.stopped + mark.arrested for mark in alerts)
    marks = len(re.findall('class="fill-(?:right|wrong)"', drawn))
    heaps = dots(told.days, told.row.truth["wrongful_engagements"])

    assert marks == reached
    assert drawn.count('class="fill-person"') == 3 * len(alerts) - reached
    assert heaps.count("<circle") == 20
    assert heaps.count("the day shown") == 1
    assert "The 20 dots stand for 24 simulated days." in heaps


def test_many_alerts_are_bars() -> None:
    """Protects busy days: hundreds of alerts are parts of bars, which fit the width."""
    row = told_of(Arm(OXFORD)).row
    mark = next(mark for mark in days_of(Arm(OXFORD)).rows[0].marks if True)
    marks = tuple(
        replace(mark, alert=number, right=number % 3 > 0, stopped=number % 2 == 0, arrested=number % 8 == 0)
        for number in range(1_300)
    )
    drawn = columns(DayRow(row.replicate, row.record, row.truth, marks, row.groups))

    assert drawn.count("<rect") == 6
    assert "1,300 alerts, 650 stops, 163 arrests" in drawn
    right = [float(x) + float(w) for x, w in re.findall(r'x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)]
    assert max(right) <= 284.1


def test_headings_of_the_columns_count_right() -> None:
    """Protects singular and plural."""

    def levels(*numbers: int) -> list[Level]:
        return [Level("", number, 0) for number in numbers]

    assert columns_heading(levels(1, 1, 0)) == "1 alert, 1 stop, no arrest"
    assert columns_heading(levels(12, 8, 5)) == "12 alerts, 8 stops, 5 arrests"
    assert columns_heading(levels(2, 0, 0)) == "2 alerts, nobody stopped"
    assert columns_heading(levels(0, 0, 0)) == "No alert, so nobody is stopped"


def test_the_outcomes_of_a_comparison_are_the_days() -> None:
    """Protects the numbers of Compare: values, differences and days of every outcome."""
    told = compared(*four()[:2])
    a, b = told.arms
    page = Html(compare_brief(told))
    table = next(one for one in page.tables if one[1][0].startswith("Faces compared"))
    lines = {line[0]: line[1:] for line in table[1:]}

    for outcome in OUTCOMES:
        line = next(cells for name, cells in lines.items() if name.startswith(outcome.label))
        found = change(a.days, b.days, outcome, PERS["day"])
        for cell, arm in zip(line, (a, b), strict=False):
            counts = outcome.of(arm.days)
            assert cell.split()[:2] == [figure(float(counts.mean())), whole(float(counts.sum()))]
        assert line[3:] == [f"{count:,}" for count in (found.lower, found.equal, found.higher)]
        assert found.difference is not None
        shown = float(line[2].split()[0].replace("\N{MINUS SIGN}", "-").replace(",", ""))
        assert shown == pytest.approx(found.difference, abs=0.051)
    assert any(name.startswith("Listed under A, not under B") for name in lines)
    sums = [whole(float(one.of(arm.days).sum())) for one in (MISTAKEN, ARRESTS) for arm in (b, a)]
    assert all(number in page.text for number in sums)


@pytest.mark.parametrize("per", PERS)
@pytest.mark.parametrize("count", [2, 4])
def test_the_brief_tells_outcomes_per_what_the_page_does(per: str, count: int) -> None:
    """Protects the sheet and its link: cells, differences and heading are those of the page's table."""
    told = compared(*four()[:count], per=per)
    page, (a, b) = Html(compare_brief(told)), told.arms[:2]
    table = next(one for one in page.tables if one[1][0].startswith("Faces compared"))
    asked = Html(str(outcomes((a, b), per)))
    if count == 2:
        for line, row in zip(table[1:], asked.tables[0][1:], strict=True):
            assert line[1:4] == row[1:4]
            assert any(outcome.label in line[0] for outcome in OUTCOMES) or "Listed under" in line[0]
    else:
        for line, row in zip(table[1:], asked.tables[0][1:], strict=False):
            assert line[1:3] == [row[1], f"{row[2]}{row[3]}"]
    assert f"Every outcome, per {PERS[per].label}" in page.text
    assert (" ".join(FEW_DAYS_DIFFER.split()) in page.text) == (" *" in str(table))


def test_four_policies_are_each_told() -> None:
    """Protects comparisons of more than two: each has its letter, settings, outcomes and digest."""
    told = compared(*four())
    page = Html(compare_brief(told))
    table = next(one for one in page.tables if one[1][0].startswith("Faces compared"))

    assert [len(line) for line in table] == [5] * (1 + len(OUTCOMES))
    for arm in told.arms:
        assert f"scenario {arm.letter} digest {arm.scenario.digest}" in page.text
        if arm.letter != "A":
            assert f"{arm.letter} \N{MINUS SIGN} A" in page.text
            assert f"under {arm.letter} on" in page.text
    assert "Each day has its own crowd under each policy." in page.text


def test_a_comparison_of_days_that_nobody_simulated_is_refused() -> None:
    """Protects against a brief of predictions, or of one policy, which would say what was never run."""
    told = compared(*four()[:2])
    predicted = predict(told.arms[1].scenario, seed=1, days=24).days

    with pytest.raises(ValueError, match="simulated"):
        compare_brief(replace(told, arms=told.arms[:1]))
    with pytest.raises(ValueError, match="simulated"):
        compare_brief(replace(told, arms=(told.arms[0], replace(told.arms[1], days=predicted))))


def _longest() -> str:
    """Return a brief that has as much to say as a usual visit can bring together."""
    arm = Arm(OXFORD).changed(CHANGES)
    redraw = (("crowd", 3), ("matcher", 12), ("officers", 1))
    told = told_of(arm, redraw=redraw)
    title = (
        "Oxford Circus, 28 January 2022, as a visitor would have it with a list for serious offences only"
    )
    scenario = told.scenario.model_copy(update={"title": title})
    return explore_brief(replace(told, scenario=scenario, address="/?a=" + "x" * 270))


LONG: Mapping[str, Any] = {
    "longest": _longest,
    "minimal": lambda: explore_brief(told_of(Arm(MINIMAL))),
    "compare much": lambda: compare_brief(many_days(*much())),
    "compare three": lambda: compare_brief(many_days(*four()[:3])),
    "compare four, many days": lambda: compare_brief(many_days(*four())),
}
"""What has much to say, or little."""


def _pages_of(browser: Any, html: str, folder: Path) -> int:
    """Return how many sheets of A4 a page takes, which asks for nothing on the way."""
    path = folder / "brief.html"
    path.write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    try:
        page.goto(path.as_uri())
        assert page.evaluate(
            "document.fonts.ready.then(() => document.fonts.check('16px \"Public Sans\"'))"
        )
        for width in (1280, 730, 729, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        pdf: bytes = page.pdf(prefer_css_page_size=True, print_background=True)
    finally:
        page.close()
    assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
    assert said == []
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.browser
@pytest.mark.parametrize("name", [*BRIEFS, *LONG])
def test_a_brief_is_one_sheet(name: str, chromium: Any, tmp_path: Path) -> None:
    """Protects print and phone: one sheet of A4, no sideways scrolling, fonts inside, no request."""
    made = {**BRIEFS, **LONG}

    assert _pages_of(chromium, made[name](), tmp_path) == 1


def test_a_street_is_plain_data() -> None:
    """Protects the view: it draws any street it is given, also one where nobody walks."""
    told = told_of(Arm(OXFORD))
    empty = explore_brief(replace(told, street=Street(0.0, ()), alert=None, story=None))

    assert "No alert is opened." in empty or "This day has no alert." in empty
    assert "with no person on the site" in empty
