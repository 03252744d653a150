"""The commands that look at the list, the matcher and one alert; and what decided about an alert."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_parts import said
from matplotlib.patches import Rectangle
from strategies import pavement_file

from lfr_sim.cli import main
from lfr_sim.explanation import explain
from lfr_sim.figures import composition_chart
from lfr_sim.model import DeploymentModel
from lfr_sim.records import Alert, Cooperation, Disposal, Outcome
from lfr_sim.scenario import CATEGORIES, GROUPS, InputError, Scenario
from lfr_sim.study.matcher_check import check_matcher, check_scores
from lfr_sim.van import Entries

LIVELY = Scenario.from_dict({"site": {"layout": pavement_file(), "vans": ["V1"]}}).replace(
    {
        "deployment.hours": 0.5,
        "crowd.passers_per_hour": 3000.0,
        "crowd.hood_or_hat_share": 0.2,
        "watchlist.size": 3000,
        "watchlist.presence": 0.03,
        "watchlist.presence_day_effect": False,
        "matcher.fmr": 2e-5,
        "officers.teams": 40,
        "officers.reviewers": 2,
        "officers.stages": 2,
        "officers.fled_share": 0.2,
        "officers.engagement.refusal_share": 0.3,
    }
)


@pytest.fixture
def lively(tmp_path: Path) -> str:
    """Return the path of the lively scenario."""
    path = tmp_path / "lively.toml"
    path.write_text(LIVELY.to_toml(), encoding="utf-8")
    return str(path)


def test_the_list_adds_up(capsys: pytest.CaptureFixture[str], lively: str) -> None:
    """Protects `list`: each table sums to the list deployed, and that to what the run reports."""
    change = "watchlist.operations.serious_only=true"
    found = json.loads(said(capsys, "list", lively, "--set", change, "--json"))
    text = said(capsys, "list", lively, "--set", change)

    sums = {name: sum(counts.values()) for name, counts in found["composition"].items()}
    assert set(sums.values()) == {found["deployed"]}
    assert found["deployed"] + found["removed"] == found["size"] == 3000
    assert found["composition"]["seriousness"]["less serious"] == 0
    unconvicted = sum(counts["unconvicted"] for counts in found["unconvicted_by_group"].values())
    assert unconvicted == found["composition"]["source"]["custody, unconvicted"]
    assert f"{found['removed']:,} of 3,000 were taken off" in text
    assert all(name in text for name in (*CATEGORIES, *GROUPS))


def test_the_ratio_of_list_and_crowd_is_printed(capsys: pytest.CaptureFixture[str], lively: str) -> None:
    """Protects the comparison that the question is about: share of entries over share of passers."""
    found = json.loads(said(capsys, "list", lively, "--json"))
    line = next(line for line in said(capsys, "list", lively).splitlines() if line.startswith("black "))
    share = found["composition"]["group"]["black"] / found["deployed"]

    assert float(line.split()[-1]) == pytest.approx(share / 0.09, abs=0.006)


def test_an_empty_list_is_no_error(capsys: pytest.CaptureFixture[str], lively: str) -> None:
    """Protects size 0: tables of zeros, no share of nothing."""
    text = said(capsys, "list", lively, "--set", "watchlist.size=0")

    assert "0 entries on the list" in text
    assert "undefined" in text


def test_the_chart_shows_the_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lively: str
) -> None:
    """Protects the picture: a bar per category and group, as long as its count."""
    entries = Entries(LIVELY.watchlist, root_seed=1, replicate=0)
    axes = composition_chart(LIVELY, entries).axes
    rectangles = (bar for part in axes for bar in part.patches if isinstance(bar, Rectangle))
    bars = {bar.get_gid(): bar for bar in rectangles if bar.get_gid()}
    counts = entries.composition()
    printed = {text.get_text().strip() for text in axes[0].texts}

    assert {f"{count:,}" for count in counts["category"].values()} == printed
    for group in GROUPS:
        share = counts["group"][group] / entries.deployed
        assert bars[f"list:{group}"].get_width() == pytest.approx(share)
        assert bars[f"passers:{group}"].get_width() == getattr(LIVELY.crowd.groups, group)
    said(capsys, "list", lively, "--chart", str(tmp_path / "list.svg"))
    assert (tmp_path / "list.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_check_matcher_agrees_with_the_closed_form() -> None:
    """Protects `check-matcher`: every rate of every group inside its 99.9 % interval (8 of them)."""
    checked = check_matcher(LIVELY, searches=60_000, seed=3)

    assert {one.rate for one in checked} == {"fpir", "own"}
    assert {one.group for one in checked} == set(GROUPS)
    assert all(one.events > 20 for one in checked)
    assert [one for one in checked if not one.agrees] == []


def test_check_matcher_sees_another_matcher() -> None:
    """Protects the check itself: counts of a matcher with half the FMR lie outside the interval."""
    counted = check_matcher(LIVELY.replace({"matcher.fmr": 1e-5}), searches=60_000, seed=3)
    expected = check_matcher(LIVELY, searches=1, seed=3)
    white = next(one for one in counted if (one.rate, one.group) == ("fpir", "white"))
    twice = next(one for one in expected if (one.rate, one.group) == ("fpir", "white"))

    assert not white.interval[0] <= twice.expected <= white.interval[1]


def test_check_matcher_prints_laboratory_and_street(
    capsys: pytest.CaptureFixture[str], lively: str
) -> None:
    """Protects the words: a rate fitted to a record stands beside the laboratory's, and says so."""
    text = said(capsys, "check-matcher", lively, "--searches", "1000", "--set", "matcher.preset=npl-2023")

    assert "laboratory 1.667e-08 (npl-2023)" in text
    assert "fitted to the record of 2022 2.97e-09" in text
    assert check_scores(LIVELY) == []


@pytest.mark.parametrize(
    "words",
    [
        ("check-matcher", "minimal", "--searches", "0"),
        ("check-matcher", "minimal", "--searches", "many"),
        ("check-matcher", "minimal", "--seed", "-1"),
        ("alert", "minimal", "--replicate", "-1"),
        ("alert", "minimal", "--alert", "7"),
        ("alert", "minimal", "--alert", "first"),
        ("list", "minimal", "--seed", "x"),
        ("list", "minimal", "--chart", "list.gif"),
        ("list", "minimol"),
    ],
)
def test_bad_input_gets_one_message(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str]
) -> None:
    """Protects users: exit code 2, the value and what is allowed, nothing printed or written."""
    monkeypatch.chdir(tmp_path)
    assert main(list(words)) == 2
    output = capsys.readouterr()

    assert output.out == ""
    assert output.err.startswith("lfr-sim: ")
    assert "Traceback" not in output.err
    assert list(tmp_path.iterdir()) == []


def _decisive(alert: Alert) -> str:
    """Return the step without which there had been no such alert."""
    if alert.candidate_is_kin:
        return "that of a lookalike relative does"
    own = "the own entry reaches the threshold"
    return own if alert.candidate_is_mate else "somebody else's entry does"


@pytest.fixture(scope="module")
def model() -> DeploymentModel:
    """Return a run in which everything happens."""
    model = DeploymentModel(LIVELY, run_seed=8)
    model.run()
    return model


def test_what_is_told_of_an_alert_is_what_happened(model: DeploymentModel) -> None:
    """Protects explanations: the uniform held against each chance gives what the records say."""
    for alert in model.alerts:
        told = explain(model, alert.alert)
        so = {step.name: step.passed for step in (*told.search, *told.response)}
        assert so["the face is captured"]
        assert so["the person has an entry"] == alert.mated
        assert so[_decisive(alert)]
        judged = [step.passed for step in told.response if "yes" in step.name]
        sought = alert.outcome in (Outcome.LOST, Outcome.FLED, Outcome.ENGAGED, Outcome.LAPSED)
        assert all(judged) == sought
        if alert.cooperation is not None:
            assert so["refused"] == (alert.cooperation is not Cooperation.COMPLIED)
            assert so.get("arrested", False) == (alert.disposal is Disposal.ARREST)
            other = so.get("arrested, or other action", False)
            assert other == (alert.disposal is Disposal.OTHER)

    outcomes = {alert.outcome for alert in model.alerts}
    assert {Outcome.DISMISSED, Outcome.LOST, Outcome.FLED, Outcome.ENGAGED} <= outcomes
    assert {True, False} == {alert.candidate_is_mate for alert in model.alerts}


def test_chances_of_a_search_are_those_of_the_closed_form(model: DeploymentModel) -> None:
    """Protects the chances told: alerts' uniforms are uniform below their chance (|z| < 5)."""
    shares = []
    for alert in model.alerts:
        steps = explain(model, alert.alert).search
        one = next(step for step in steps if step.name == _decisive(alert))
        shares.append(one.uniform / one.probability)
    z = (sum(shares) / len(shares) - 0.5) * (12 * len(shares)) ** 0.5

    assert len(shares) > 50
    assert abs(z) < 5


def test_an_alert_that_is_not_there(model: DeploymentModel) -> None:
    """Protects users: the numbers there are."""
    with pytest.raises(InputError, match="there is no such alert"):
        explain(model, 10_000)


def test_alert_prints_the_path(capsys: pytest.CaptureFixture[str], lively: str) -> None:
    """Protects `alert`: without a number the alerts, with one its path, as text and as JSON."""
    rows = json.loads(said(capsys, "alert", lively, "--seed", "8", "--json"))
    number = str(rows[-1]["alert"])
    text = said(capsys, "alert", lively, "--seed", "8", "--alert", number)
    data = json.loads(said(capsys, "alert", lively, "--seed", "8", "--alert", number, "--json"))

    assert len(said(capsys, "alert", lively, "--seed", "8").splitlines()) == len(rows) + 1
    assert data["alert"]["alert"] == int(number)
    assert all(step["name"] in text for step in data["steps"])


def test_what_else_there_is_to_know(model: DeploymentModel) -> None:
    """Protects remarks: scores of listed people, entries taken off, and why an alert lapsed."""
    listed = next(alert for alert in model.alerts if alert.candidate_is_mate)
    assert f"{listed.score:.3f}" in explain(model, listed.alert).remarks[0]

    for changes, reason in (
        ({"officers.teams": 0}, "there is no team"),
        ({"officers.teams": 1, "officers.alerts_wait": False}, "alerts do not wait"),
        ({"officers.teams": 1, "officers.give_up_s": 30.0}, "no team was free within 30 s"),
        ({"officers.give_up_s": 5.0}, "judged only after 5 s"),
    ):
        run = DeploymentModel(LIVELY, run_seed=8, **changes)
        run.run()
        lapsed = [alert.alert for alert in run.alerts if alert.outcome is Outcome.LAPSED]
        assert any(reason in remark for number in lapsed for remark in explain(run, number).remarks)


def test_an_entry_taken_off_is_told() -> None:
    """Protects the remark: somebody whose own entry was taken off, alerted on for another's."""
    model = DeploymentModel(
        LIVELY, run_seed=8, **{"watchlist.operations.remove_entries": 1500, "watchlist.presence": 0.2}
    )
    model.run()
    entry = model.membership.entry
    off = [
        alert.alert
        for alert in model.alerts
        if entry[alert.person] >= 0 and not model.entries.kept[entry[alert.person]]
    ]

    assert off
    assert "was taken off" in explain(model, off[0]).remarks[0]


def test_a_run_without_alerts_says_so(capsys: pytest.CaptureFixture[str], lively: str) -> None:
    """Protects the quiet day."""
    assert said(capsys, "alert", lively, "--set", "watchlist.size=0") == "no alert\n"


def test_breakdown_is_printed_when_asked(capsys: pytest.CaptureFixture[str], lively: str) -> None:
    """Protects `run --breakdown`: tables by group, sex, age and category; not without it."""
    text = said(capsys, "run", lively, "--replicates", "2", "--breakdown")
    plain = said(capsys, "run", lively, "--replicates", "2")

    for name in ("group", "sex", "age", "category"):
        assert f"By {name}, all runs together" in text
    assert text.startswith(plain.rstrip("\n"))
