"""A matcher's own scores: read from a file, turned into laws, searched with.

What is refused line by line is told in the tests of bad input; here is what is left of it, and the laws.
Shares are compared by exact binomial tests of an error probability of 1e-6.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import norm
from van_parts import AS_LISTED, EQUAL_FACES, LEAST_P, NO_KIN, SEEN, changed, exact_p, van_alone

from lfr_sim.closed_form import theory
from lfr_sim.closed_form.laws import FileLaw, law_of
from lfr_sim.scenario import InputError, Scenario, Scores, parse_scores, read_scores
from lfr_sim.van.scores import ScoreModel

FloatArray = NDArray[np.float64]
Write = Callable[..., str]
SLOPE = 40.0


def _drawn(genuine: int, impostor: int, seed: int = 3) -> tuple[FloatArray, FloatArray]:
    """Return genuine scores, normal about 0.7, and impostor ones, exponential from 0.2."""
    rng = np.random.default_rng(seed)
    of_genuine = np.clip(rng.normal(0.7, 0.1, genuine), 0, 1)
    return of_genuine, np.clip(0.2 + rng.exponential(1 / SLOPE, impostor), 0, 1)


def _text(genuine: FloatArray, impostor: FloatArray, places: int = 7, end: str = "\n") -> str:
    lines = [f"genuine,{score:.{places}f}" for score in genuine]
    lines += [f"impostor,{score:.{places}f}" for score in impostor]
    return end.join(["kind,score", *lines, ""])


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Return what writes scores to a file and returns its path."""

    def written(genuine: FloatArray, impostor: FloatArray, places: int = 7) -> str:
        path: Path = tmp_path_factory.mktemp("scores") / "scores.csv"
        path.write_text(_text(genuine, impostor, places), encoding="utf-8")
        return str(path)

    return written


@pytest.fixture(scope="session")
def usual(write: Write) -> str:
    """Return the path of a file with 4,000 genuine and 30,000 impostor scores."""
    return write(*_drawn(4_000, 30_000))


def _with(path: str, **changes: Any) -> Scenario:
    return changed(SEEN, EQUAL_FACES, NO_KIN, matcher__score_file=path, **changes)


GOOD = _text(*_drawn(30, 60))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "genuine,0.5,0.6\n", 'line 92 = "genuine,0.5,0.6": 3 columns; allowed: kind,score'),
        (
            GOOD.replace("kind,score", "kind;score"),
            "line 1: the first line is 'kind;score'; allowed: kind,score",
        ),
        (
            "kind,score\n\n\ngenuine,1.01\n" + GOOD,
            'line 4 = "1.01": not a score; allowed: a number from 0 to 1',
        ),
        ("x" * 300_000, "line 1: the first line is 'xxx"),
        ("kind,score\n" + "x" * 300_000, "line 2: not a table"),
        ('kind,score\ngenuine,"0.5\n' + "x" * 300_000, "not a table"),
    ],
    ids=[
        "three columns",
        "semicolons",
        "after empty lines",
        "one long line",
        "a long line",
        "an open quote",
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_line(text: str, words: str) -> None:
    """Protects score files: the faulty line and what is allowed; no file makes the reader fail."""
    with pytest.raises(InputError) as caught:
        parse_scores(text, subject="scores.csv")

    assert words in str(caught.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Protects score files: a picture is named as what it is."""
    path = tmp_path / "scores.csv"
    path.write_bytes(bytes(range(256)))

    with pytest.raises(InputError, match="not text"):
        read_scores(path)


@pytest.mark.parametrize("text", [GOOD.replace("\n", "\r\n"), GOOD.replace("\n", "\r"), GOOD.upper()])
def test_tables_of_other_programs_are_read(text: str) -> None:
    """Protects imports: line ends of all systems, capitals and quotes make no difference."""
    quoted = text.replace("kind,score", '"kind","score"').replace("genuine", '"genuine"')
    for written in (text, quoted):
        scores = parse_scores(written, subject="x")
        assert (scores.genuine == parse_scores(GOOD, subject="x").genuine).all()
        assert scores.tail_slope == parse_scores(GOOD, subject="x").tail_slope


def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    """Protects against stale scores: another content under the same name is another matcher."""
    path = tmp_path / "scores"
    laws = []
    for seed, count in ((1, 60), (2, 61)):
        path.write_text(_text(*_drawn(30, count, seed)), encoding="utf-8")
        laws.append((read_scores(path).tail_slope, _with(str(path)).digest))

    assert len({slope for slope, _ in laws}) == 2
    assert len({digest for _, digest in laws}) == 2


def test_a_digest_holds_the_content_of_a_file_without_a_suffix(tmp_path: Path) -> None:
    """Protects provenance: a file named `scores` counts by its content, not by where it lies."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "scores").write_text(GOOD, encoding="utf-8")
    digests = {_with(str(tmp_path / name / "scores")).digest for name in ("a", "b")}

    assert len(digests) == 1


@pytest.mark.parametrize("count", [300, 3_000, 30_000])
def test_the_tail_recovers_the_slope_it_was_drawn_with(count: int) -> None:
    """Protects extrapolation: peaks over a threshold give the exponent within 5 sd, at each length."""
    slopes = []
    for seed in range(20):
        scores = parse_scores(_text(*_drawn(30, count, seed)), subject="x")
        beyond = scores.tail_share * count
        assert abs(scores.tail_slope / SLOPE - 1) < 5 / np.sqrt(beyond)
        slopes.append(scores.tail_slope)

    assert np.mean(slopes) == pytest.approx(SLOPE, rel=5 / np.sqrt(20 * beyond) + 2 / beyond)


@pytest.mark.parametrize("threshold", [0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.95])
def test_rates_are_the_shares_of_the_file(usual: str, threshold: float) -> None:
    """Protects FMR and TPIR: within the exact intervals of the file's own shares, tail included."""
    scenario = _with(usual, matcher__threshold=threshold)
    scores, laws = read_scores(usual), ScoreModel(scenario)
    genuine, impostor = (int((kind >= threshold).sum()) for kind in (scores.genuine, scores.impostor))
    fmr, tpir = laws.fmr(threshold), laws.own_exceeds(threshold)

    assert fmr == pytest.approx(min(1.0, np.exp(-SLOPE * (threshold - 0.2))), rel=0.5)
    assert exact_p(impostor, 30_000, fmr) > LEAST_P
    assert tpir == pytest.approx(genuine / 4_000, abs=1e-3)
    if threshold < scores.tail_start:
        assert fmr == pytest.approx(impostor / 30_000, abs=1e-4)


@given(st.floats(-12, 0), st.sampled_from([0.0, 0.3, 1.0, 7.0]))
def test_score_and_rate_are_inverse_to_each_other(usual: str, power: float, multiplier: float) -> None:
    """Protects explanations: the FMR at the score written down is the rate that was drawn."""
    preset = {"matcher.preset": "npl-2023"}
    laws = ScoreModel(changed(_with(usual), preset, matcher__field_lab_multiplier=multiplier))
    rate = 10.0**power * multiplier
    score = laws.other_score(np.array([rate]))[0]
    if multiplier == 0.0:
        assert score == -np.inf
        assert laws.fmr(0.0) == 0.0
    else:
        assert laws.fmr(score) == pytest.approx(min(1.0, rate), rel=1e-6)


@given(st.floats(1e-9, 1, exclude_max=True), st.floats(0, 1), st.sampled_from([0.0, 0.05, 0.4, 0.999, 1.0]))
def test_own_scores_and_their_chance_agree(usual: str, u: float, threshold: float, tpir: float) -> None:
    """Protects decisions: the score reaches a threshold exactly if the uniform is below its chance."""
    laws = ScoreModel(changed(_with(usual), matcher__mated_agreement=0.0))
    score = laws.own_score(np.array([u]), np.zeros(1), np.array([tpir]), np.ones(1))[0]
    chance = float(norm.sf(laws.least_own_z(threshold, tpir)))

    if abs(u - chance) > 1e-9:
        assert (score >= threshold) == (u < chance)
    if 0.0 < tpir < 1.0:
        assert float(norm.sf(laws.least_own_z(0.6, tpir))) == pytest.approx(tpir, abs=1e-9)


@given(
    score=st.floats(0, 1),
    u=st.floats(0.001, 0.999),
    tpir=st.floats(0.001, 0.999),
    multiplier=st.sampled_from([0.5, 1.0, 3.0]),
)
def test_the_law_of_the_simulation_is_that_of_the_closed_form(
    usual: str, score: float, u: float, tpir: float, multiplier: float
) -> None:
    """Protects two computations of one law: FMR, TPIR and scores of a file, each side by itself."""
    scenario = changed(
        _with(usual),
        {"matcher.preset": "npl-2023"},
        matcher__field_lab_multiplier=multiplier,
        matcher__mated_agreement=0.0,
    )
    laws, closed = ScoreModel(scenario), law_of(scenario)
    own = laws.own_score(np.array([u]), np.zeros(1), np.array([tpir]), np.ones(1))[0]
    at, share = np.array(score), np.array(tpir)

    assert isinstance(closed, FileLaw)
    assert laws.fmr(score) == pytest.approx(float(closed.fmr(at)), rel=1e-9)
    assert laws.own_exceeds(0.6) == pytest.approx(closed.given_capture, abs=1e-9)
    assert norm.sf(laws.least_own_z(score, tpir)) == pytest.approx(
        float(closed.own_exceeds(score, share)), abs=1e-9
    )
    assert own == pytest.approx(float(closed.own_score(np.array(u), share)), abs=1e-9)


@pytest.mark.parametrize("threshold", [0.45, 0.6, 0.75])
def test_searches_with_a_file_follow_its_closed_form(usual: str, threshold: float) -> None:
    """Protects score files in a search: true and false alerts of listed people and others (exact tests)."""
    for presence in (0.0, 1.0):
        scenario = changed(
            _with(usual),
            AS_LISTED,
            watchlist__presence=presence,
            watchlist__size=2_000,
            matcher__threshold=threshold,
            matcher__tpir_age_decay_per_year=0.0,
        )
        van = van_alone(scenario, 30_000)
        expected = theory(scenario)
        for alerts, name in ((van.true_alerts, "true_alerts"), (van.false_alerts, "false_alerts")):
            chance = expected.truth[name] / expected.truth["captured_passes"]
            assert exact_p(int(alerts.sum()), 30_000, chance) > LEAST_P
        if presence == 1.0 and threshold == 0.6:
            share = float(np.mean(read_scores(usual).genuine >= 0.6))
            assert exact_p(int(van.true_alerts.sum()), 30_000, share) > LEAST_P


def test_a_ratio_of_tpir_holds_with_a_file_too(usual: str) -> None:
    """Protects groups with a file: a group's genuine scores are shifted so that its ratio holds."""
    scenario = changed(
        _with(usual),
        AS_LISTED,
        {"matcher.tpir_ratio.black": 0.5},
        watchlist__presence=1.0,
        watchlist__size=500,
        matcher__tpir_age_decay_per_year=0.0,
        matcher__field_lab_multiplier=0.0,
        matcher__preset="npl-2023",
    )
    van = van_alone(scenario, 60_000)
    at_large = float(np.mean(read_scores(usual).genuine >= 0.6))
    for row, ratio in ((0, 1.0), (1, 0.5)):
        here = van.group == row
        assert exact_p(int(van.true_alerts[here].sum()), int(here.sum()), ratio * at_large) > LEAST_P
    assert not van.false_alerts.any()


@pytest.mark.parametrize("places", [2, 3])
def test_scores_given_to_few_places_keep_their_shares(write: Write, places: int) -> None:
    """Protects rounded scores: at a threshold that is given, those equal to it count; slope and law stay.

    In a search too: the share of listed people found is that of the genuine scores at or above 0.60.
    """
    genuine, impostor = (np.round(scores, places) for scores in _drawn(5_000, 50_000))
    path = write(genuine, impostor, places)
    scenario = changed(
        _with(path),
        AS_LISTED,
        watchlist__presence=1.0,
        watchlist__size=50,
        matcher__tpir_age_decay_per_year=0.0,
    )
    laws, scores = ScoreModel(scenario), read_scores(path)
    beyond = scores.tail_share * 50_000
    for threshold in (0.22, 0.25, 0.3):
        share = float(np.mean(impostor >= threshold - 1e-9))
        assert laws.fmr(threshold) == pytest.approx(share, abs=1e-4)
    van = van_alone(scenario, 50_000)
    found = float(np.mean(genuine >= 0.6 - 1e-9))

    assert laws.own_exceeds(0.6) == pytest.approx(found, abs=1e-3)
    assert found - float(np.mean(genuine > 0.6 + 1e-9)) > 0.001
    assert exact_p(int(van.true_alerts.sum()), 50_000, found) > LEAST_P
    assert scores.tail_slope == pytest.approx(SLOPE, rel=5 / np.sqrt(beyond) + 0.05)


@given(st.lists(st.integers(0, 30), min_size=20, max_size=60), st.lists(st.integers(0, 30), min_size=40))
def test_equal_scores_are_spread_and_never_swapped(genuine: list[int], impostor: list[int]) -> None:
    """Protects the order of scores: spread ones ascend from where they were, none as far as the next."""
    try:
        scores: Scores = parse_scores(
            _text(np.array(genuine) / 30, np.array(impostor) / 30, places=9), subject="x"
        )
    except InputError:  # all of the highest impostor scores are one
        return
    for found, given_scores in ((scores.genuine, genuine), (scores.impostor, impostor)):
        asked = np.sort(np.round(np.array(given_scores) / 30, 9))
        assert (np.diff(found) >= 0).all()
        assert (found >= asked - 1e-9).all()
        values = np.unique(asked)
        following = np.append(values[1:], values[-1] + 1.0)[np.searchsorted(values, asked)]
        assert (found < following).all()
