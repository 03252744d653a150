"""The pages without a browser: what a visit shows after what happened to it, region by region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from browsing import BUSY
from html_parts import Html

from lfr_sim.closed_form import theory
from lfr_sim.dashboard.address import opened
from lfr_sim.dashboard.days import DayRow, Days
from lfr_sim.dashboard.pages.compare import ComparePage
from lfr_sim.dashboard.pages.explore import ExplorePage
from lfr_sim.dashboard.runs import Run, Runs
from lfr_sim.dashboard.setting_words import setting_label
from lfr_sim.dashboard.settings_told import settings_told
from lfr_sim.dashboard.simulated import simulate_day
from lfr_sim.dashboard.views.evidence_model_card import model_section
from lfr_sim.dashboard.views.evidence_settings import settings_section as evidence_settings
from lfr_sim.dashboard.views.words import plain
from lfr_sim.scenario import Scenario

FEW = 8


@pytest.fixture
def runs() -> Iterator[Runs]:
    """Return runs of which none is started."""
    made = Runs()
    yield made
    made.close()


@cache
def days() -> tuple[DayRow, ...]:
    """Return the first days of the busy state."""
    scenario = opened("/", BUSY).state.scenario
    return tuple(simulate_day(scenario, 1, number) for number in range(FEW))


def explore_of(runs: Runs, known: int = FEW) -> ExplorePage:
    """Return a visit to Explore, of which so many days are known."""
    visit = ExplorePage(opened("/", BUSY.replace("days=20", f"days={known}")), "somebody", runs)
    runs.keep(visit.state.arms[0].digest, visit.state.seed, days()[:known])
    visit.refresh()
    return visit


@pytest.mark.parametrize("ends", ["stopped", "failed"])
def test_a_run_that_ends_early_leaves_the_middle_of_its_days(runs: Runs, ends: str) -> None:
    """Protects "on a typical one of them": after a stop or a fault, the middle of the days there are."""
    visit = ExplorePage(opened("/", BUSY), "somebody", runs)
    run = visit.run = Run(runs, visit.job, None)
    run._add(((0, days()[0]),))
    visit.regions()
    assert visit.shown is not None
    assert visit.shown.replicate == 0
    run._add(tuple((0, row) for row in days()[1:]))
    visit.regions()
    middle = Days.of(days()).middle
    assert middle != 0  # else this tests nothing

    if ends == "stopped":
        visit.handle({"do": "stop"})
    else:
        run._fail("the walrus is in the way")
    told = visit.regions()

    assert visit.shown.replicate == middle
    assert "on a typical one of them" in plain(told["head"])
    assert f"Day {middle + 1}" in plain(told["steps"])


def test_a_picked_day_stays_and_is_not_called_typical(runs: Runs) -> None:
    """Protects the pick: only the day nearest the middle is typical, however one came to it."""
    visit = explore_of(runs)
    assert visit.shown is not None
    middle = visit.shown.replicate
    visit.handle({"do": "day", "value": "after"})

    assert "On the day shown" in plain(visit.regions()["head"])
    assert visit.shown.replicate == (middle + 1) % FEW
    visit.handle({"do": "day", "value": "before"})
    assert "On a typical day" in plain(visit.regions()["head"])
    visit.state = replace(visit.state, redraw=(("officers", 1),))
    assert "On the day shown" in plain(visit.regions()["head"])


@pytest.mark.parametrize(("alert", "is_there"), [(0, True), (55, False)])
def test_a_link_to_an_alert_that_is_not_there_is_told(runs: Runs, alert: int, is_there: bool) -> None:
    """Protects links: which alert is opened instead of the one asked for is not kept silent."""
    query = BUSY.replace("days=20", f"days={FEW}&alert={alert}")
    visit = ExplorePage(opened("/", query), "somebody", runs)
    assert visit.faults == ()  # nobody can know yet
    runs.keep(visit.state.arms[0].digest, visit.state.seed, days())
    told = plain(visit.regions()["head"])
    assert visit.shown is not None
    alerts = len(visit.shown.alerts)

    said = f"alert is 55: the day shown has {alerts} alerts. Allowed: 0 to {alerts - 1}. Another is opened."
    assert (said not in told) == is_there
    assert (visit.state.alert == alert) == is_there
    visit.handle({"do": "keep"})
    assert visit.regions() is not None
    assert visit.faults == ()


def test_what_a_link_asked_for_in_vain_stands_at_no_box(runs: Runs) -> None:
    """Protects a box that was set right again: what is found wrong later is not its fault."""
    visit = ExplorePage(opened("/", BUSY.replace("days=20", f"days={FEW}&alert=55")), "somebody", runs)
    for typed in ("abc", "[1, 2]", "{ a = [1] }"):
        visit.handle({"do": "set", "path": "watchlist.size", "value": typed})
        assert set(visit.refused) == {"watchlist.size"}
        assert "aria-invalid" in visit.regions()["controls"]
        visit.handle({"do": "keep"})
        assert visit.refused == {}
    runs.keep(visit.state.arms[0].digest, visit.state.seed, days())

    assert "alert is 55" in plain(visit.regions()["head"])
    assert visit.refused == {}


@pytest.mark.parametrize(("typed", "taken"), [("1e2", 100), ("3e1", 30), ("1.5", FEW), ("1e99", FEW)])
def test_days_are_read_as_other_numbers_are(runs: Runs, typed: str, taken: int) -> None:
    """Protects the box of days: it takes what the boxes of settings take."""
    visit = explore_of(runs)
    visit.handle({"do": "set", "path": "@days", "value": typed})

    assert visit.state.days == taken
    assert bool(visit.faults) == (taken == FEW)


def test_an_alert_does_not_outlive_its_crowd(runs: Runs) -> None:
    """Protects the opened alert: among other people, one of the same number is somebody else's."""
    visit = explore_of(runs)
    assert visit.shown is not None
    visit.handle({"do": "alert", "value": "0"})
    visit.handle({"do": "redraw", "value": "officers"})
    assert visit.state.alert == 0
    visit.handle({"do": "redraw", "value": "crowd"})
    assert visit.state.alert is None
    visit.handle({"do": "alert", "value": "1"})
    visit.handle({"do": "redraw", "value": "none"})
    assert visit.state.alert is None


def told_of(runs: Runs, query: str) -> tuple[str, str]:
    """Return record table and brief of a state of which a few days are known, as they are read."""
    visit = ExplorePage(opened("/", f"{query}&days=3"), "somebody", runs)
    arm = visit.state.arms[0]
    runs.keep(arm.digest, 1, [simulate_day(arm.scenario, 1, number) for number in range(3)])
    table = plain(visit.regions()["record"])
    found = visit.file_of("brief")
    assert found is not None
    return table, Html(found[2]).text


@pytest.mark.parametrize("done", [1, 6])
def test_the_brief_of_a_stopped_run_says_so_and_its_command_gives_those_days(runs: Runs, done: int) -> None:
    """Protects a sheet on its own: it says how many days are missing, and its command makes its table."""
    visit = ExplorePage(opened("/", BUSY), "somebody", runs)
    runs.keep(visit.state.arms[0].digest, 1, days()[:done])
    page = plain(visit.regions()["head"])
    found = visit.file_of("brief")
    assert found is not None
    told = Html(found[2]).text

    opening = f"Of 20 days {done} {'is' if done == 1 else 'are'} simulated; on "
    assert opening in page
    assert opening in told
    assert "On a typical day" not in told
    assert "the run was stopped, was of fewer days, or had not ended" in told
    assert f"--seed 1 --replicates {done} " in told
    assert "days=20" in visit.address
    whole_run = explore_of(runs).file_of("brief")
    assert whole_run is not None
    assert "stopped, was of fewer" not in Html(whole_run[2]).text


def test_the_brief_of_a_stopped_comparison_says_so(runs: Runs) -> None:
    """Protects the sheet of Compare alike: which days are missing, and a command for the others."""
    visit = compare_of(runs)
    for arm in visit.state.arms:
        runs.keep(arm.digest, 1, [simulate_day(arm.scenario, 1, number) for number in range(6)])
    found = visit.file_of("brief")
    assert found is not None
    told = Html(found[2]).text

    assert "Of 20 days the first 6 are simulated: the run was stopped" in told
    assert "--replicates 6 " in told


def test_a_changed_day_is_not_told_as_the_published_one(runs: Runs) -> None:
    """Protects the record: beside another place and list it is called that of the unchanged day."""
    same = told_of(runs, "a=oxford-circus-2022-07-07")
    for told in same:
        assert "fitted to this day, so agreement on faces is no test" in told
        assert "unchanged" not in told
    changed = "&a.set=site.layout=leicester_square&a.set=site.vans=[%22V1%22]&a.set=watchlist.size=2000"
    moved = told_of(runs, f"a=oxford-circus-2022-07-07{changed}")
    for told in moved:
        assert "Published, unchanged day" in told
        assert "34,286" in told
        assert "The day has been changed, so its published record is no comparison." in told
        assert "no test of the model" not in told
        assert "weak test" not in told
    headline = "Live facial recognition at Oxford Circus, 7 July 2022, moved to Leicester Square, with"
    assert headline in moved[1]


def test_a_link_cannot_forge_the_record(runs: Runs) -> None:
    """Protects the record: what was published is what the shipped scenario says, whatever a link says."""
    base = "oxford-circus-2022-01-28"
    forged = "published.faces=77", "title=Oxford Circus, as published", "published.alerts=66"
    told = told_of(runs, "&".join([f"a={base}", *(f"a.set={one}" for one in forged)]))
    faces = f"{Scenario.from_file(base).published.faces:,}"
    for words in told:
        assert faces in words
        assert " 77 " not in words
    assert (
        "Live facial recognition: “Oxford Circus, as published”, made from Oxford Circus, 28 January 2022, "
        "with 3 settings changed"
    ) in told[1]
    new = told_of(runs, "a=minimal&a.set=published.faces=77")
    assert "No published record belongs to this scenario." in new[0]
    assert "Published" not in new[0]


@pytest.mark.parametrize(
    ("change", "is_itself"),
    [("title=Another name", True), ("published.faces=77", True), ("deployment.date=2022-01-29", False)],
)
def test_a_title_is_no_change_of_the_day(runs: Runs, change: str, is_itself: bool) -> None:
    """Protects the police record beside the sentence: only a change of the day itself takes it away."""
    query = f"a=oxford-circus-2022-01-28&a.set={change}&days=3"
    visit = ExplorePage(opened("/", query), "somebody", runs)
    head = plain(visit.regions()["head"])

    assert visit.state.arms[0].changes
    assert ("The police record of the day: 11 alerts, 10 true and 1 false." in head) == is_itself
    assert ("9.09\N{NO-BREAK SPACE}% (1 / 11)" in visit.regions()["record"]) == is_itself


def compare_of(runs: Runs, query: str = BUSY) -> ComparePage:
    """Return a visit to Compare of which nothing is simulated."""
    return ComparePage(opened("/compare", query), "somebody", runs)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("officers.support_staff", '<input type="text" id="B-value" data-set="B:{}" value="0"'),
        ("crowd.density_feedback", '<input type="checkbox" id="B-value" data-set="B:{}">'),
        ("watchlist.presence", '<input type="text" id="B-value" data-set="B:{}" value="40"'),
        ("matcher.fmr", '<input type="text" id="B-value" data-set="B:{}" value=""'),
        ("matcher.preset", '<select id="B-value" data-set="B:{}"><option value='),
    ],
)
def test_a_further_setting_has_its_value_and_its_kind_of_field(runs: Runs, path: str, field: str) -> None:
    """Protects the forms of Compare: 0 is 0, a switch is a switch, only what is left out is empty."""
    visit = compare_of(runs, "a=minimal&a.set=watchlist.presence=0.004")
    for change in ("officers.support_staff", "0"), ("crowd.density_feedback", "false"):
        visit.handle({"do": "set", "path": f"B:{change[0]}", "value": change[1]})
    visit.handle({"do": "set", "path": "B:watchlist.presence", "value": "40"})
    visit.handle({"do": "set", "path": "B:@another", "value": path})

    assert field.format(path) in visit.regions()["settings"]
    assert visit.state.arms[1].scenario.watchlist.presence == 0.004


def test_a_policy_can_start_from_another_scenario(runs: Runs) -> None:
    """Protects "two to four scenarios": B is another day, the days are not called the same crowds."""
    visit = compare_of(runs)
    visit.handle({"do": "swap"})  # the visitor's own first, then the scenario as it is shipped
    visit.handle({"do": "set", "path": "B:@scenario", "value": "leicester-square-2022-03-10"})
    first, second = visit.state.arms

    assert second.scenario == Scenario.from_file("leicester-square-2022-03-10")
    told = {name: plain(region) for name, region in visit.regions().items()}
    assert "Leicester Square, 10 March 2022, unchanged" in told["settings"]
    assert "A short afternoon at Leicester Square: " in told["settings"]
    assert "each day has its own crowd under each policy" in told["settings"]
    visit.handle({"do": "set", "path": "B:@scenario", "value": "nowhere"})
    assert visit.faults
    assert visit.state.arms == (first, second)


def test_a_scenario_file_goes_to_the_policy_in_whose_form_it_is_opened(runs: Runs) -> None:
    """Protects uploads on Compare: the others stay, and a letter that is none is the first policy's."""
    visit = compare_of(runs)
    first, _ = visit.state.arms
    content = Scenario.from_file("oxford-circus-2022-07-14").to_toml().encode()
    event = {"do": "upload", "name": "mine.toml", "size": len(content)}
    assert 'id="B-upload"' in visit.regions()["settings"]
    visit.handle(event | {"value": "B"}, content)

    assert [arm.base for arm in visit.state.arms] == [first.base, "oxford-circus-2022-07-14"]
    assert "Opened mine.toml" in visit.said
    visit.handle(event | {"value": "ABC"}, content)
    assert [arm.base for arm in visit.state.arms] == ["oxford-circus-2022-07-14"] * 2


def test_a_setting_is_called_the_same_on_every_page(runs: Runs) -> None:
    """Protects the one vocabulary: Explore, Compare and Evidence name settings and values alike."""
    unit_sizes = "crowd.social_groups.unit_size_share"
    visit = explore_of(runs)
    visit.handle({"do": "all"})
    visit.handle({"do": "table", "value": "crowd"})
    visit.handle({"do": "set", "path": "crowd.free_speed_mean_m_s", "value": "1.2"})
    explore = plain(visit.regions()["controls"])
    evidence = plain(evidence_settings(settings_told(visit.state.scenario)))
    changed = plain(visit.regions()["head"])
    compare = compare_of(runs, visit.address.partition("?")[2])

    for told in explore, evidence, plain(compare.regions()["settings"]):
        assert setting_label(unit_sizes) in told
    assert "Mean walking speed of passers (m/s)was 1.34 m/s" in explore
    assert "Mean walking speed of passers: 1.2 m/s, undo" in changed
    assert "Mean walking speed of passers1.34 m/s1.2 m/s" in plain(compare.regions()["settings"])


@pytest.mark.parametrize(
    ("done", "told"), [(0, ""), (1, "1 simulated day kept"), (4, "4 simulated days kept"), (5, "")]
)
def test_too_few_days_to_compare_are_said_to_be_kept(runs: Runs, done: int, told: str) -> None:
    """Protects "Stop here": whoever stops before the fifth day learns why the page still predicts."""
    visit = compare_of(runs)
    for arm in visit.state.arms:
        runs.keep(arm.digest, 1, [simulate_day(arm.scenario, 1, number) for number in range(done)])
    head = plain(visit.regions()["head"])

    assert ("from 5 on, this page tells of them" in head) == bool(told)
    assert told in head
    assert ("Predicted" in head) == (done < 5)


def test_what_is_predicted_on_compare_says_so_and_can_be_run_where_days_are_missing(runs: Runs) -> None:
    """Protects whoever changes B: why A's numbers move, a Run in reach, and why two files are not there."""
    visit = compare_of(runs)
    first, second = visit.state.arms
    runs.keep(first.digest, 1, [simulate_day(first.scenario, 1, number) for number in range(6)])
    told = visit.regions()

    assert "Both policies are predicted by formula until they are run." in plain(told["head"])
    assert "The simulated days of A are kept." in plain(told["head"])
    buttons = [said for _, said in Html(str(told["day"])).tags if said.get("data-do") == "run"]
    assert [one["id"] for one in buttons] == ["run-days"]
    assert "“Data, CSV” and “One-page brief” are of simulated days" in plain(told["foot"])
    assert 'id="get-brief"' not in told["foot"]

    runs.keep(second.digest, 1, [simulate_day(second.scenario, 1, number) for number in range(6)])
    told = visit.regions()
    assert "predicted" not in plain(told["head"])
    assert "run-days" not in told["day"]
    assert "are of simulated days" not in plain(told["foot"])
    assert 'id="get-brief"' in told["foot"]


def test_the_brief_of_compare_follows_the_page(runs: Runs) -> None:
    """Protects the brief's link: what it opens is told per the same as the sheet."""
    visit = compare_of(runs, f"{BUSY}&per=alert")
    for arm in visit.state.arms:
        runs.keep(arm.digest, 1, [simulate_day(arm.scenario, 1, number) for number in range(6)])
    found = visit.file_of("brief")

    assert found is not None
    assert "Every outcome, per alert" in found[2]
    assert "per=alert" in visit.address


def test_what_filters_leave_on_the_list_is_told_beside_the_box(runs: Runs) -> None:
    """Protects the size of the list: where entries are taken off, the box alone says too much."""
    visit = explore_of(runs)
    assert "left-on-the-list" not in visit.regions()["controls"]
    visit.handle({"do": "set", "path": "watchlist.operations.serious_only", "value": "true"})
    told = visit.regions()["controls"]
    left = round(theory(visit.state.scenario).record["watchlist_size"])

    assert left < visit.state.scenario.watchlist.size
    assert f'id="left-on-the-list"><b>{left:,} left</b>' in told


@pytest.mark.parametrize("page", [ExplorePage, ComparePage])
def test_all_that_is_wrong_with_a_link_is_told_at_once(
    runs: Runs, page: type[ExplorePage | ComparePage]
) -> None:
    """Protects a link whose days cannot be run either: that adds to what is wrong with it."""
    query = "a=minimal&b=minimal&a.set=crowd.passers_per_hour=1e5&a.set=matcher.threshold=7&days=1000&zz=1"
    visit = page(opened("/", query), "somebody", runs)
    visit.start()

    assert [fault.path for fault in visit.faults] == ["matcher.threshold", "zz", "days"]


def test_the_model_card_says_what_the_closed_form_shares() -> None:
    """Protects the claim of a test from outside: the closed form reads the same site and settings."""
    card = plain(model_section("0"))

    assert "It shares no code with arrivals, walking, recognition or police" in card
    assert "both read the same settings, the same drawn site and its views" in card
    assert "sharing no code with it" not in card
