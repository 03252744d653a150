"""What a visitor looks at, as a link, a command and a scenario file: all three say the same."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import list_settings, simple_settings, values_of

from lfr_sim.cli.asked import asked_scenario
from lfr_sim.cli.comparing import _arms
from lfr_sim.cli.parsing import parser
from lfr_sim.dashboard.address import address_of, opened
from lfr_sim.dashboard.limits import MOST_WALKS, Mended, days_fault, most_days, visitor_faults
from lfr_sim.dashboard.state import (
    FIRST_SCENARIO,
    Arm,
    State,
    arm_for,
    arm_from_upload,
    command_of,
    needs_files,
    scenario_file,
    value_text,
)
from lfr_sim.dashboard.views.fault_words import fault_told
from lfr_sim.scenario import Fault, InputError, Scenario, parse_value, shipped_scenarios

_PATHS = [path for path in (*simple_settings(), *list_settings()) if path != "matcher.score_file"]


@st.composite
def arms(draw: st.DrawFn) -> Arm:
    """Return valid policies: a shipped scenario with some settings changed."""
    arm = Arm(draw(st.sampled_from(list(shipped_scenarios()))))
    for path in draw(st.lists(st.sampled_from(_PATHS), max_size=6, unique=True)):
        value = draw(values_of(path))
        if value is None:
            continue
        try:
            changed = arm.changed({path: value_text(value)})
        except InputError:
            continue
        arm = changed if not visitor_faults(changed.scenario) else arm
    return arm


states = st.builds(
    State,
    arms=st.lists(arms(), min_size=1, max_size=3).map(tuple),
    seed=st.integers(0, 2**63 - 1),
    days=st.integers(1, 1_000),
    day=st.none() | st.just(0),
    alert=st.none() | st.integers(0, 500),
    redraw=st.sampled_from([(), (("officers", 2),), (("crowd", 1), ("matcher", 7))]),
    per=st.sampled_from(["day", "faces", "alert"]),
)


@settings(max_examples=60, deadline=None)
@given(states)
def test_the_link_leads_back_to_the_state(state: State) -> None:
    """Protects the share: whoever opens the link sees what the sender saw, and no fault."""
    path, _, query = address_of(state, "compare").partition("?")
    back = opened(path, query)

    assert back.faults == ()
    assert back.page == "compare"
    assert back.state == state


@settings(max_examples=60, deadline=None)
@given(states)
def test_link_file_and_command_agree_to_the_digest(state: State) -> None:
    """Protects reproducibility: the three ways out of the page give one and the same scenario."""
    arm = state.arms[0]
    path, _, query = address_of(state).partition("?")
    by_link = opened(path, query).state.arms[0].scenario
    by_file = Scenario.from_toml(scenario_file(arm))
    options = parser().parse_args(shlex.split(command_of(state))[1:])
    by_command = asked_scenario(options)

    assert by_link.digest == by_file.digest == by_command.digest == arm.scenario.digest
    assert (options.seed, options.replicates) == (state.seed, state.days)


@settings(max_examples=40, deadline=None)
@given(states)
def test_the_command_of_a_comparison_gives_the_same_policies(state: State) -> None:
    """Protects Compare's command: its arms are the page's, or it says that files are needed."""
    if len(state.arms) == 1:
        return
    words = shlex.split(command_of(state, "compare"))[1:]
    if needs_files(state):
        assert words[1 : 1 + len(state.arms)] == [f"{letter}.toml" for letter in "ABC"[: len(state.arms)]]
        return
    options = parser().parse_args(words)
    found = [
        asked_scenario(replace_options(options, scenario=scenario, changes=changes))
        for _, scenario, changes in _arms(options)
    ]

    assert [one.digest for one in found] == [arm.scenario.digest for arm in state.arms]


def replace_options(options: Any, **values: Any) -> Any:
    """Return parsed options with some replaced."""
    return type(options)(**{**vars(options), **values})


@settings(max_examples=40, deadline=None)
@given(arms())
def test_an_uploaded_file_becomes_a_policy_of_the_same_digest(arm: Arm) -> None:
    """Protects uploads: what is opened is what was saved, although a link holds no file."""
    found = arm_from_upload(scenario_file(arm).encode())

    assert found.scenario.digest == arm.scenario.digest
    assert found.scenario.title == arm.scenario.title


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_shipped_file_is_recognised(name: str) -> None:
    """Protects short links: a shipped scenario, uploaded, needs no changes."""
    assert arm_for(Scenario.from_file(name)).changes == ()


@given(st.text() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_values_read_back_as_they_were_written(value: Any) -> None:
    """Protects links and commands against values that change on the way."""
    text = value_text(value)

    assert parse_value(text) == value
    assert isinstance(parse_value(text), type(value))


@pytest.mark.parametrize(
    ("query", "told", "value"),
    [
        ("a=oxford-circus-2022-01-29", "scenario", None),
        ("a.set=watchlist.size=-5", "watchlist.size", 9756),
        ("a.set=officers.presumption_to_intervene=7.5", "officers.presumption_to_intervene", 0.65),
        ("a.set=officers.teams=5000000", "officers.teams", 5),
        ("a.set=officers.teams=500", "officers.teams", 5),
        ("a.set=crowd.passers_per_hour=90000", "crowd.passers_per_hour", 11_048),
        ("a.set=matcher.treshold=0.6", "matcher.treshold", None),
        ("a.set=watchlist.size=many", "watchlist.size", 9756),
        ("a.set=site.layout=/etc/passwd", "site.layout", "oxford_circus"),
        ("a.set=matcher.score_file=/etc/passwd", "matcher.score_file", None),
        ("a.set=watchlist", "a.set", None),
        ("seed=x", "seed", None),
        ("days=10000000", "days", None),
        ("day=999", "day", None),
        ("redraw=weather:2", "redraw", None),
        ("per=fortnight", "per", None),
        ("sweep=watchlist.sise", "sweep", None),
        ("colour=red", "colour", None),
        ("a.set=crowd.passers_per_hour=1e9", "crowd.passers_per_hour", None),
    ],
)
def test_a_link_that_asks_for_what_cannot_be_says_so_and_is_mended(
    query: str, told: str, value: Any
) -> None:
    """Protects visitors with a wrong link: each fault is named, and a valid state is shown."""
    found = opened("/", query)

    assert told in [fault.path for fault in found.faults]
    assert all(isinstance(fault, Mended) and fault.used for fault in found.faults)
    assert not visitor_faults(found.state.scenario)
    if value is not None:
        node: Any = found.state.scenario
        for part in told.split("."):
            node = getattr(node, part)
        assert node == value


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("day=200", "0 to 199, which are Day 1 to Day 200"),
        ("days=1&day=1", "0, which is Day 1"),
        ("day=-1", "0 to 999, which are Day 1 to Day 1,000"),
    ],
)
def test_days_of_a_link_are_told_as_the_pages_count_them(query: str, allowed: str) -> None:
    """Protects who reads "Day 1" on a page and 0 in its link: a fault says which days there are in both."""
    found = opened("/", query)

    assert [fault.allowed for fault in found.faults] == [allowed]
    assert not opened("/", f"day={allowed.partition(',')[0].split()[-1]}&days=1000").faults


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("a.set=watchlist.size=-4", "The scenario\N{RIGHT SINGLE QUOTATION MARK}s own, 9,756, is used."),
        ("a.set=matcher.threshold=7", "The scenario\N{RIGHT SINGLE QUOTATION MARK}s own, 0.60, is used."),
        ("a.set=deployment.hours=20", "10,000 an hour is used instead."),
        ("days=99999999", "200 are used."),
        ("a=nix", f"The scenario {FIRST_SCENARIO} is used."),
        ("b=nix&b.set=officers.teams=3", "Policy B of the link is left out."),
        ("days=5&day=5", "The day nearest the middle is shown."),
        ("a.set=matcher.treshold=0.6", "It is left out."),
    ],
)
def test_what_is_used_instead_is_said_and_true(query: str, told: str) -> None:
    """Protects visitors with a wrong link: they read what stands in place of what they asked for."""
    found = opened("/compare", query)

    assert [fault_told(fault).endswith(told) for fault in found.faults] == [True]
    assert len(found.state.arms) == 1
    assert (found.state.days, found.state.day) == (5 if "days=5&" in query else 200, None)


def test_a_mended_link_keeps_what_is_not_wrong() -> None:
    """Protects the rest of a link: only what goes beyond a limit is changed, to the limit that is told."""
    found = opened(
        "/", "a.set=deployment.hours=20&a.set=matcher.threshold=0.61&a.set=officers.teams=3&a.name=Long"
    )
    scenario = found.state.scenario

    assert [fault.path for fault in found.faults] == ["crowd.passers_per_hour"]
    assert "at most 10,000" in found.faults[0].allowed
    assert (scenario.deployment.hours, scenario.crowd.passers_per_hour) == (20, 10_000)
    assert (scenario.matcher.threshold, scenario.officers.teams) == (0.61, 3)
    assert found.state.arms[0].name == "Long"


def test_what_cannot_be_had_together_costs_no_more_than_it_must() -> None:
    """Protects the rest of a link where no fault names what is to blame, and tells what is left out."""
    changes = ("officers.teams=3", "matcher.tpir=1.0", "watchlist.size=900")
    found = opened("/", "&".join(f"a.set={change}" for change in changes))

    assert [fault.path for fault in found.faults] == ["camera.capture_probability", "matcher.tpir"]
    assert "left out" in found.faults[1].problem
    kept = dict(found.state.arms[0].changes)
    assert (kept["officers.teams"], kept["watchlist.size"]) == ("3", "900")


@pytest.mark.parametrize(
    ("query", "lost"),
    [
        ("b.set=officers.teams=3", ["b.set"]),
        ("a=minimal&c.name=x&c.set=officers.teams=3", ["c.set", "c.name"]),
        ("seed=3&seed=4&seed=5", ["seed", "seed"]),
        ("a=minimal&a=stratford-2022", ["a"]),
        ("a.name=x&a.name=y", ["a.name"]),
        (f"a.name={'x' * 61}", ["a.name"]),
        ("days=20&days=30&per=day&per=faces", ["days", "per"]),
        ("a.set=officers.teams=3&a.set=officers.teams=4", ["officers.teams"]),
        ("redraw=crowd:1&redraw=crowd:2", ["redraw"]),
        ("redraw=crowd:1&redraw=matcher:1&redraw=officers:1&redraw=officers:2", ["redraw"]),
        ("redraw=a:1&redraw=b:2&redraw=c:3&redraw=d:4", ["redraw"] * 4),
        ("&".join(["a.set=officers.teams=3", *(f"a.set=x{n}=1" for n in range(400))]), ["a.set"]),
    ],
)
def test_nothing_of_a_link_is_left_out_without_a_word(query: str, lost: list[str]) -> None:
    """Protects senders: whatever of their link does not count is named."""
    found = opened("/", query)
    told = [fault.path for fault in found.faults if not fault.path.startswith("x")]

    assert told == lost
    parts = [part for part, _ in found.state.redraw]
    assert len(parts) == len(set(parts))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.text(max_size=400))
def test_no_link_can_break_the_page(path: str, query: str) -> None:
    """Protects the page against any address at all."""
    found = opened(path, query)
    assert found.state.scenario.site.layout


def test_a_link_with_too_much_in_it_is_refused_with_the_limit() -> None:
    """Protects the server: a link is read only so far."""
    assert "at most 65,536" in str(opened("/", "a" * 70_000).faults[0])
    assert "too many parts" in str(opened("/", "&".join(["x=1"] * 5_000)).faults[0])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"x" * 70_000, "at most 65,536"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "not text"),
        (b"this is not TOML", "not TOML"),
        (b'[site]\nlayout = "oxford_circus"\n[watchlist]\nsize = -1\nsise = 2\n', "did you mean"),
        (b"", "site"),
    ],
)
def test_files_that_cannot_be_opened_say_why(content: bytes, told: str) -> None:
    """Protects uploads: huge, binary, not TOML, invalid and empty files each get a reason."""
    with pytest.raises(InputError, match=told):
        arm_from_upload(content, "mine.toml")


def test_a_change_back_is_no_change() -> None:
    """Protects 'nothing changed': a setting moved and moved back leaves no trace in the link."""
    arm = Arm(FIRST_SCENARIO).changed({"watchlist.size": "2000"})

    assert arm.changes == (("watchlist.size", "2000"),)
    assert arm.changed({"watchlist.size": "9756"}).changes == ()
    assert arm.without("watchlist.size").changes == ()
    assert address_of(State()) == "/"
    assert replace(arm, name="x").name == "x"


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (
            "watchlist.presence",
            "1.0001",
            "Listed people, per 10,000 passers (watchlist.presence) is 10,001: too large. Allowed: 0 to",
        ),
        (
            "watchlist.size",
            "-5",
            "People on the watchlist (watchlist.size) is -5: too small. Allowed: 0 to",
        ),
        ("watchlist.size", "many", "People on the watchlist (watchlist.size) is many: not a whole number."),
        (
            "watchlist.size",
            "9" * 3000,
            "People on the watchlist (watchlist.size) is a number of more than 300",
        ),
        (
            "watchlist.presence",
            "1e99",
            "Listed people, per 10,000 passers (watchlist.presence) is 1e+103: too",
        ),
        ("watchlist.size", '""', "People on the watchlist (watchlist.size) is empty: not a whole number."),
        ("matcher.threshold", "nan", "Match threshold (matcher.threshold) is nan: not a finite number."),
        ("matcher.threshold", "7", "Match threshold (matcher.threshold) is 7: too large. Allowed: 0 to 1."),
    ],
)
def test_messages_speak_as_the_box_does(path: str, text: str, told: str) -> None:
    """Protects who types: a setting is called, and counted, as beside its box, and never by halves."""
    with pytest.raises(InputError) as refused:
        Arm(FIRST_SCENARIO).changed({path: text})

    assert [fault_told(fault).startswith(told) for fault in refused.value.faults] == [True]


def test_days_are_refused_with_the_number_that_can_be_run() -> None:
    """Protects against two limits, one at the box and one at Run: the smaller is told at the box."""
    busy = Scenario.from_file("minimal").replace(
        {"crowd.passers_per_hour": 190_000.0, "deployment.hours": 1.0}
    )
    most = MOST_WALKS // 190_000

    assert most_days([busy]) == most
    assert most_days([busy, busy]) == most // 2
    assert most_days([Scenario.from_file("minimal")]) == 1_000
    assert days_fault("5000", [busy]).allowed.startswith(f"1 to {most:,} (150,000,000 walks")
    assert isinstance(days_fault("x", [busy]), Fault)
