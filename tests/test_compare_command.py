"""`lfr-sim compare`: what it prints, what it refuses, and how it reads a sweep."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_parts import refused, said
from strategies import pavement_file

from lfr_sim.cli import main
from lfr_sim.report import comparison_table
from lfr_sim.scenario import Scenario
from lfr_sim.study import compare
from lfr_sim.study.sweeps import state
from lfr_sim.study.sweeps.results import Point, Results

LIVELY = Scenario.from_dict({"site": {"layout": pavement_file(), "vans": ["V1"]}}).replace(
    {
        "deployment.hours": 0.3,
        "crowd.passers_per_hour": 1500.0,
        "watchlist.size": 3000,
        "watchlist.presence": 0.01,
        "matcher.fmr": 5e-6,
        "officers.teams": 100,
    }
)
CAP, PI = "watchlist.operations.cap", "officers.presumption_to_intervene"


@pytest.fixture
def lively(tmp_path: Path) -> str:
    """Return the path of a quick scenario."""
    path = tmp_path / "lively.toml"
    path.write_text(LIVELY.to_toml(), encoding="utf-8")
    return str(path)


def test_it_prints_the_comparison_asked_for(capsys: pytest.CaptureFixture[str], lively: str) -> None:
    """Protects the command: `--json` is what Python gives, `--set` in all arms and `--arm` on top."""
    words = ("--set", f"{PI}=0.9", "--arm", f"{CAP}=500; {PI}=0.1", "--replicates", "4", "--seed", "3")
    told = json.loads(said(capsys, "compare", lively, *words, "--names", "as it is,capped", "--json"))
    both = LIVELY.replace({PI: 0.9}), LIVELY.replace({CAP: 500, PI: 0.1})
    expected = compare(*both, replicates=4, seed=3, names=["as it is", "capped"]).summary()

    assert told == json.loads(json.dumps(expected))
    assert told["differs"] == {CAP: [None, 500], PI: [0.9, 0.1]}


def test_counts_of_days_come_first(capsys: pytest.CaptureFixture[str], lively: str) -> None:
    """Protects the order: days, then what differs, then the table; and the sum of the days."""
    text = said(capsys, "compare", lively, "--arm", f"{PI}=0", "--replicates", "6", "--names", "a,b")
    sentence = text.split("\n\n")[1]
    fewer, days, more, same = map(int, re.findall(r"\d+", sentence))

    assert sentence == (
        f"On {fewer} of 6 days fewer people are stopped by mistake under b than under a, "
        f"on {more} more, on {same} the same."
    )
    assert fewer + more + same == days == 6
    assert text.index(sentence) < text.index("What differs") < text.index("b against a")
    line = next(line for line in text.splitlines() if line.startswith("wrongful_engagements"))
    assert line.split()[-3:] == [str(fewer), str(same), str(more)]
    assert not re.search(r"\b(better|worse|significant\w*)\b", text)


def test_main_columns_or_all(capsys: pytest.CaptureFixture[str], lively: str) -> None:
    """Protects `--all`: every column is there; without it, those that are read first."""
    words = ("compare", lively, lively, "--replicates", "2")
    some, everything = said(capsys, *words), said(capsys, *words, "--all")

    assert "No setting differs." in some
    assert "lively (2)" in some
    assert "\nalerts" in some
    assert "\npeople" not in some
    assert "\npeople" in everything
    assert "\nrecord_false_alerts" in everything


def test_long_names_are_called_by_letters() -> None:
    """Protects the width of the table: a legend says which arm is which."""
    names = ["the list as it was on the day", "no unconvicted custody"]
    text = comparison_table(compare(LIVELY, LIVELY.replace({CAP: 10}), replicates=2, names=names))

    assert "\nA: the list as it was on the day\nB: no unconvicted custody\n" in text
    assert "under B than under A" in text
    assert "B against A" in text


def test_all_faults_are_told_once_with_their_arm(capsys: pytest.CaptureFixture[str], lively: str) -> None:
    """Protects the promise: faults of files, changes, arms, names and numbers, all at once."""
    words = ("--set", "watchlist.sise=1", "--arm", f"{PI}=7", "--arm", "cap", "--names", "a,a")
    told = refused(capsys, "compare", lively, "minimall", *words, "--replicates", "x", "--seed", "-1")

    assert told.startswith("lfr-sim: comparison: 8 faults\n")
    assert told.count("did you mean 'watchlist.size'?") == 1
    for part in (
        "minimall: no such file",
        f"{PI}=7: {PI} = 7:",
        'cap: --set = "cap": not of this form',
        'names = ["a", "a"]: 2 names for 4 arms',
        "empty, or not all different",
        'replicates = "x"',
        "seed = -1",
    ):
        assert part in told


def test_one_scenario_alone_is_refused(capsys: pytest.CaptureFixture[str], lively: str) -> None:
    """Protects against a comparison with nothing."""
    assert "nothing to compare with" in refused(capsys, "compare", lively)


def results(policies: tuple[str, ...] = ("as it was", "own eyes")) -> Results:
    """Return a sweep of two list sizes under each policy, of two days each; the last point has none."""
    sizes = (1000, 2000)
    points = tuple(
        Point(number, policy, {"watchlist.size": size}, {"watchlist.size": size, PI: level})
        for number, (policy, level, size) in enumerate(
            (policy, level, size) for level, policy in enumerate(policies) for size in sizes
        )
    )
    runs = np.repeat(np.arange(len(points)), 2)[:-2] if len(points) > 3 else np.repeat([0, 1], 2)
    return Results(
        title="A sweep",
        factors=("watchlist.size",),
        design={"kind": "grid"},
        points=points,
        point=runs,
        replicate=np.tile([0, 1], len(runs) // 2),
        columns={"wrongful_engagements": runs.astype(float), "alerts": np.ones(len(runs))},
    )


@pytest.fixture
def swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what makes a folder look like that of a sweep with such results."""

    def begin(found: Results) -> str:
        (tmp_path / "plan.json").write_text("{}", encoding="utf-8")
        monkeypatch.setattr(state, "read_with_remark", lambda _: (found, ""))
        return str(tmp_path)

    return begin


def test_points_of_a_sweep_are_compared_by_number(capsys: pytest.CaptureFixture[str], swept: Any) -> None:
    """Protects numbers, with or without the p, in the order given."""
    for words in (("2", "0"), ("p2", "p0")):
        (told,) = json.loads(said(capsys, "compare", swept(results()), *words, "--json"))

        assert told["names"] == ["own eyes, watchlist.size=1000", "as it was, watchlist.size=1000"]
        assert told["differs"] == {PI: [1, 0]}
        assert next(iter(told["differences"].values()))["wrongful_engagements"]["difference"] == -2


@pytest.mark.parametrize("words", [(), ("as it was", "own eyes")])
def test_policies_are_compared_where_they_meet(
    capsys: pytest.CaptureFixture[str], swept: Any, words: tuple[str, ...]
) -> None:
    """Protects the comparison of policies: other factors alike, and only where both have run."""
    (told,) = json.loads(said(capsys, "compare", swept(results()), *words, "--json"))
    text = said(capsys, "compare", swept(results()), *words)

    assert told["at"] == "watchlist.size=1000"
    assert told["names"] == ["as it was", "own eyes"]
    assert text.startswith("watchlist.size=1000\nas it was, own eyes: 2 days each\n")
    assert "On 0 of 2 days fewer people are stopped by mistake under own eyes" in text


def test_a_sweep_without_policies_is_compared_with_its_first_point(
    capsys: pytest.CaptureFixture[str], swept: Any
) -> None:
    """Protects the shortest form: `compare DIR`."""
    (told,) = json.loads(said(capsys, "compare", swept(results(("",))), "--json"))

    assert told["names"] == ["watchlist.size=1000", "watchlist.size=2000"]


def test_words_that_name_no_point_are_refused(capsys: pytest.CaptureFixture[str], swept: Any) -> None:
    """Protects against a silent choice: unknown, ambiguous, not run yet; and changes of what has run."""
    words = ("own eye", "as it was", "3", "--set", "a=1", "--seed", "2")
    told = refused(capsys, "compare", swept(results()), *words)

    assert "did you mean 'own eyes'?" in told
    assert "several points have this policy; allowed: one of p0, p1" in told
    assert 'point = "3": no run of this point has come out; allowed: p0, p1, p2, as it was' in told
    assert '--set = ["a=1"]: a sweep has been run already' in told
    assert "--seed = 2" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("p1", "p99"),
            'point = "p99": there is no such point; allowed: p0, p1, p2, as it was, own eyes; '
            "did you mean 'p2'?",
        ),
        (("p1", "walrus"), 'point = "walrus": there is no point or policy of this name; allowed: p0, p1'),
        (("p1", "p1"), 'points = ["p1"]: nothing differs from itself'),
        (("p1", "1"), 'point = "1": this is p1 again'),
        (("own eyes", "own eyes"), 'points = ["own eyes"]: nothing differs from itself'),
        (("p1", "9" * 5000), "there is no point or policy"),
    ],
)
def test_a_point_that_is_not_there_or_the_same_again_is_one_line(
    capsys: pytest.CaptureFixture[str], swept: Any, words: tuple[str, ...], said: str
) -> None:
    """Protects whoever mistypes a number: what there is, and the nearest."""
    told = refused(capsys, "compare", swept(results()), *words)

    assert told.startswith("lfr-sim: comparison: 1 fault\n")
    assert said in told


def test_a_point_alone_and_too_many_points_are_refused(
    capsys: pytest.CaptureFixture[str], swept: Any
) -> None:
    """Protects both ends: nothing to compare with, and a table nobody asked for."""
    many = Results(
        title="",
        factors=(),
        design={},
        points=tuple(Point(number, "", {"watchlist.size": number}, {}) for number in range(13)),
        point=np.arange(13),
        replicate=np.zeros(13, dtype=int),
        columns={"alerts": np.zeros(13)},
    )

    assert "nothing to compare with" in refused(capsys, "compare", swept(results()), "0")
    assert "too many to compare" in refused(capsys, "compare", swept(many))


def test_a_sweep_in_which_nothing_has_run_is_refused(
    capsys: pytest.CaptureFixture[str], swept: Any
) -> None:
    """Protects a sweep that has just begun."""
    empty = results()
    nothing = Results(
        title="",
        factors=(),
        design={},
        points=empty.points,
        point=np.array([], dtype=int),
        replicate=np.array([], dtype=int),
        columns={"alerts": np.array([])},
    )

    assert "nothing to compare with" in refused(capsys, "compare", swept(nothing))
    assert "no run of this point" in refused(capsys, "compare", swept(nothing), "0", "1")


@pytest.mark.slow
def test_a_sweep_gives_the_same_differences_as_the_scenarios(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, lively: str
) -> None:
    """Protects the whole way: points of a real sweep are the days that `compare` of scenarios runs."""
    experiment = tmp_path / "presumption.toml"
    experiment.write_text(
        f"""
schema = 1
title = "Presumption"
scenario = "{Path(lively).name}"
replicates = 3
seed = 5

[policies."as it was"]
"{PI}" = 0.9

[policies."own eyes"]
"{PI}" = 0.1
""",
        encoding="utf-8",
    )
    assert main(["sweep", str(experiment), "--out", str(tmp_path / "out"), "--jobs", "1"]) == 0
    capsys.readouterr()
    (swept,) = json.loads(said(capsys, "compare", str(tmp_path / "out"), "--json"))
    words = ("--arm", f"{PI}=0.1", "--set", f"{PI}=0.9", "--replicates", "3", "--seed", "5")
    alone = json.loads(said(capsys, "compare", lively, *words, "--names", "as it was,own eyes", "--json"))

    assert swept["differs"] == {PI: [0.9, 0.1]}
    for name, values in alone["differences"]["own eyes"].items():
        assert swept["differences"]["own eyes"][name] == values
