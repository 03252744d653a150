"""Recognition: score laws against their closed forms, nesting, cooldown, presence."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chisquare, kstest, norm, truncnorm

from lfr_sim.model import DeploymentModel
from lfr_sim.records import PassTable
from lfr_sim.scenario import MATCHER_PRESETS, Scenario
from lfr_sim.van.camera import capture_probability, faces_counted, van_passes
from lfr_sim.van.matcher import after_cooldown
from lfr_sim.van.scores import ScoreModel
from lfr_sim.van.watchlist import membership_of, presence

PLAIN = Scenario.from_dict({"site": {"layout": "oxford_circus"}})
NO, YES = np.array([False]), np.array([True])


def _scenario(**changes: Any) -> Scenario:
    return PLAIN.replace({name.replace("__", "."): value for name, value in changes.items()})


@pytest.mark.parametrize(("size", "one_in"), [(10_000, 6_000), (1_000, 60_000)])
def test_npl_law_gives_the_published_fpir(size: int, one_in: int) -> None:
    """Protects the laboratory preset: 1 in 6,000 at 10,000 images, 1 in 60,000 at 1,000 (0.1 %)."""
    fmr = ScoreModel(_scenario(matcher__preset="npl-2023")).fmr(0.6)
    fpir = -math.expm1(size * math.log1p(-fmr))

    assert fpir == pytest.approx(1 / one_in, rel=1e-3)


def test_false_matches_fall_with_the_threshold_as_npl_counted() -> None:
    """Protects the slope: a factor of e^-0.5 (0.61) for each 0.01 of score."""
    scores = ScoreModel(PLAIN)

    assert scores.fmr(0.61) / scores.fmr(0.60) == pytest.approx(math.exp(-0.5))
    assert scores.fmr(0.0) == 1.0


def test_the_best_of_many_others_follows_the_law_of_the_minimum() -> None:
    """Protects the O(1) top score: N comparisons' best is the minimum of N uniforms (KS, p > 1e-6)."""
    u = np.random.default_rng(1).random(50_000)
    for entries in (1, 7, 9_756):
        rate = ScoreModel(PLAIN).best_other_rate(u, entries)
        fit = kstest(rate, lambda x, n=entries: 1 - (1 - x) ** n)

        assert fit.pvalue > 1e-6


def test_a_brute_force_search_gives_the_same_alerts() -> None:
    """Protects FPIR by brute force: N explicit comparisons a search, exact two-sided binomial p."""
    entries, fmr, searches = 300, 1e-3, 20_000
    rng = np.random.default_rng(2)
    brute = sum(bool((rng.random(entries) < fmr).any()) for _ in range(searches))
    scores = ScoreModel(_scenario(matcher__fmr=fmr))
    fast = int((scores.best_other_rate(rng.random(searches), entries) < scores.fmr(0.6)).sum())
    exact = 1 - (1 - fmr) ** entries

    for count in (brute, fast):
        p = 2 * min(binom.cdf(count, searches, exact), binom.sf(count - 1, searches, exact))
        assert p > 1e-6


@given(
    u=st.floats(0, 1, exclude_max=True),
    threshold=st.floats(0, 1),
    masked=st.booleans(),
    hooded=st.booleans(),
)
def test_scores_and_decisions_agree(u: float, threshold: float, masked: bool, hooded: bool) -> None:
    """Protects explanations: the score written down is over the threshold exactly if it alerts."""
    scores = ScoreModel(PLAIN)
    mask, hood = np.array([masked]), np.array([hooded])
    chance = scores.tpir_given_capture(threshold, mask, hood)[0]
    score = scores.mated_score(np.array([u]), mask, hood)[0]
    if abs(u - chance) > 1e-9:
        assert (score >= threshold) == (u < chance)
    rate = scores.best_other_rate(np.array([max(u, 1e-300)]), 5000)
    other = scores.other_score(rate)[0]
    if abs(other - threshold) > 1e-9 and scores.fmr(threshold) < 1.0:
        assert (other >= threshold) == (rate[0] < scores.fmr(threshold))


@pytest.mark.parametrize("name", MATCHER_PRESETS)
def test_published_tpir_is_not_charged_for_capture_twice(name: str) -> None:
    """Protects the trap: capture x P(match | capture) is the published TPIR per walk."""
    scenario = _scenario(matcher__preset=name)
    given_capture = ScoreModel(scenario).tpir_given_capture(0.6, NO, NO)[0]

    assert given_capture * scenario.camera.capture_probability == pytest.approx(MATCHER_PRESETS[name].tpir)


def test_masks_and_hoods_cost_capture_and_recognition() -> None:
    """Protects what is worn: capture and TPIR fall by the stated factors."""
    scores, camera = ScoreModel(PLAIN), PLAIN.camera
    bare = scores.tpir_given_capture(0.6, NO, NO)[0]
    seen = capture_probability(np.array([9.0]), NO, camera)[0]

    assert scores.tpir_given_capture(0.6, YES, NO)[0] == pytest.approx(0.6 * bare)
    assert scores.tpir_given_capture(0.6, YES, YES)[0] == pytest.approx(0.48 * bare)
    assert capture_probability(np.array([9.0]), YES, camera)[0] == pytest.approx(0.9 * seen)


@given(st.lists(st.floats(0, 60), min_size=2, max_size=20))
def test_capture_grows_with_time_in_view_up_to_its_limit(times: list[float]) -> None:
    """Protects the capture law: 0 at no time, monotone, never above the limit."""
    chances = capture_probability(np.sort(times), np.zeros(len(times), bool), PLAIN.camera)

    assert (np.diff(chances) >= 0).all()
    assert chances.max() <= 0.95
    assert capture_probability(np.zeros(1), NO, PLAIN.camera)[0] == 0.0


def _table(rows: list[tuple[int, int, int, float, float, float]]) -> PassTable:
    """Return a pass table of (passer, camera, van, enter, exit, hidden share)."""
    passer, camera, van, enter, leave, hidden = (np.array(column) for column in zip(*rows, strict=True))
    unused = np.zeros(len(rows))
    return PassTable(passer, camera, van, enter, leave, unused, unused, unused, hidden)


def test_one_walk_past_one_van_is_one_pass() -> None:
    """Protects the unit of TPIR: cameras of a van add up, vans do not, hidden time does not count."""
    table = _table(
        [
            (3, 0, 0, 10.0, 12.0, 0.0),
            (3, 1, 0, 20.0, 26.0, 0.5),
            (3, 2, 1, 30.0, 31.0, 0.0),
            (8, 1, 0, 5.0, 6.0, 0.0),
        ]
    )
    passes = van_passes(table, occlusion_effect=1.0)

    assert passes.passer.tolist() == [3, 3, 8]
    assert passes.van.tolist() == [0, 1, 0]
    assert passes.camera.tolist() == [1, 2, 1]
    assert passes.in_view_s.tolist() == [5.0, 1.0, 1.0]
    assert passes.first_s.tolist() == [20.0, 30.0, 5.0]


def test_faces_are_tracks() -> None:
    """Protects the count of faces: whole numbers whose mean is the tracks per pass."""
    u = (np.arange(1000) + 0.5) / 1000

    assert faces_counted(u, 1.0).tolist() == [1] * 1000
    assert faces_counted(u, 2.2).sum() == 2200
    assert set(faces_counted(u, 2.2).tolist()) == {2, 3}


@pytest.mark.parametrize(("law", "exponent"), [("fixed", 0.0), ("concave", 0.5), ("proportional", 1.0)])
def test_presence_moves_with_size_by_its_law(law: str, exponent: float) -> None:
    """Protects the three laws, that none is implied by the size, and the two ends."""
    at = {
        size: presence(_scenario(watchlist__presence_law=law, watchlist__size=size).watchlist)
        for size in (0, 1_749, 6_996, 27_984)
    }

    assert at[0] == 0.0
    assert at[6_996] == pytest.approx(1.49e-4)
    assert at[27_984] / at[1_749] == pytest.approx(16.0**exponent)


@given(first=st.floats(0, 1), second=st.floats(0, 1), people=st.integers(0, 400), seed=st.integers(0, 50))
def test_more_presence_only_adds_people(first: float, second: float, people: int, seed: int) -> None:
    """Protects nesting of membership: those listed at a lower presence stay, on the same entry."""
    low, high = sorted((first, second))
    fewer, more = (
        membership_of(_scenario(watchlist__presence=value).watchlist, people, root_seed=seed, replicate=0)
        for value in (low, high)
    )

    assert (more.listed | ~fewer.listed).all()
    assert (fewer.entry[fewer.listed] == more.entry[fewer.listed]).all()
    assert (fewer.stale == more.stale).all()


def _exceeding(scenario: Scenario, replicate: int) -> set[tuple[int, int]]:
    searches = DeploymentModel(scenario, run_seed=11, replicate=replicate).searches
    rows = np.flatnonzero(searches.exceeds)
    return set(zip(searches.passes.passer[rows].tolist(), searches.passes.van[rows].tolist(), strict=True))


LIVELY = PLAIN.replace(
    {
        "deployment.hours": 0.5,
        "site.vans": ["V1", "V2"],
        "matcher.fmr": 2e-7,
        "watchlist.presence": 0.01,
        "watchlist.presence_day_effect": False,
    }
)


@pytest.mark.parametrize("replicate", range(4))
@pytest.mark.parametrize("law", ["fixed", "concave", "proportional"])
def test_a_longer_list_only_adds_exceedances(law: str, replicate: int) -> None:
    """Protects nesting in list size, 1,000 to 50,000, under each presence law, run by run."""
    before: set[tuple[int, int]] = set()
    sizes = []
    for size in (1_000, 2_000, 5_000, 10_000, 20_000, 50_000):
        now = _exceeding(LIVELY.replace({"watchlist.size": size, "watchlist.presence_law": law}), replicate)
        assert before <= now
        sizes.append(len(now))
        before = now

    assert sizes[-1] > sizes[0]


@pytest.mark.parametrize("replicate", range(4))
def test_a_lower_threshold_only_adds_exceedances(replicate: int) -> None:
    """Protects nesting in the threshold, 0.70 to 0.50, run by run."""
    before: set[tuple[int, int]] = set()
    sizes = []
    for threshold in (0.70, 0.66, 0.62, 0.60, 0.58, 0.54, 0.50):
        now = _exceeding(LIVELY.replace({"matcher.threshold": threshold}), replicate)
        assert before <= now
        sizes.append(len(now))
        before = now

    assert sizes[-1] > sizes[0]


@given(
    size=st.tuples(st.integers(0, 60_000), st.integers(0, 60_000)),
    threshold=st.tuples(st.floats(0.45, 0.75), st.floats(0.45, 0.75)),
    law=st.sampled_from(["fixed", "concave", "proportional"]),
    seed=st.integers(0, 10_000),
)
def test_exceedances_nest_for_any_pair_of_lists_and_thresholds(
    size: tuple[int, int], threshold: tuple[float, float], law: str, seed: int
) -> None:
    """Protects nesting as a law: a list at least as long and a threshold no higher only add."""
    found = []
    for images, score in zip(sorted(size), sorted(threshold, reverse=True), strict=True):
        scenario = LIVELY.replace(
            {
                "deployment.hours": 0.05,
                "matcher.fmr": 1e-6,
                "watchlist.size": images,
                "watchlist.presence_law": law,
                "matcher.threshold": score,
            }
        )
        found.append(_exceeding(scenario, seed))

    assert found[0] <= found[1]


def test_adding_one_listed_passer_changes_nobody_elses_history() -> None:
    """Protects streams: with one more person listed, every other search stays the same."""
    scenario = LIVELY.replace({"watchlist.presence": 0.01})
    model = DeploymentModel(scenario, run_seed=3)
    u = np.sort(_membership_uniforms(model))
    just_one_more = float((u[u > 0.01 * 0.98].tolist() or [1.0])[0])
    with_one = DeploymentModel(
        scenario,
        run_seed=3,
        **{
            "watchlist.presence": just_one_more * (1 + 1e-9) * 0.01 / _presence_of(model),
        },
    )
    added = np.flatnonzero(with_one.membership.listed & ~model.membership.listed)
    of_others = ~np.isin(model.crowd.person[model.searches.passes.passer], added)

    assert 1 <= len(added) <= 3
    assert (model.membership.listed <= with_one.membership.listed).all()
    for name in ("captured", "exceeds", "candidate_is_mate", "candidate", "score", "time_s"):
        before, after = getattr(model.searches, name), getattr(with_one.searches, name)
        assert (before[of_others] == after[of_others]).all()


def _presence_of(model: DeploymentModel) -> float:
    return presence(model.config.watchlist)


def _membership_uniforms(model: DeploymentModel) -> np.ndarray[Any, Any]:
    from lfr_sim.streams import Stream, uniforms

    return uniforms(2, model.crowd.people, root_seed=3, replicate=0, stream=Stream.MEMBERSHIP)[0]


@given(st.floats(0, 600), st.integers(0, 20))
def test_the_cooldown_keeps_alerts_of_one_person_apart(cooldown_s: float, seed: int) -> None:
    """Protects the cooldown: never two alerts on one person within it; without it none is dropped."""
    scenario = LIVELY.replace(
        {"crowd.repeat.same_day_share": 1.0, "crowd.repeat.delay_mean_h": 0.15, "matcher.fmr": 1e-5}
    )
    model = DeploymentModel(scenario, run_seed=seed)
    kept = after_cooldown(model.searches, model.crowd.person, cooldown_s)
    times: dict[int, list[float]] = {}
    for row in kept:
        person = int(model.crowd.person[model.searches.passes.passer[row]])
        times.setdefault(person, []).append(float(model.searches.time_s[row]))

    assert len(after_cooldown(model.searches, model.crowd.person, 0.0)) == model.searches.exceeds.sum()
    for history in times.values():
        assert all(gap >= cooldown_s for gap in np.diff(history))


def _by_van(scenario: Scenario) -> dict[str, list[tuple[int, bool, bool, float]]]:
    model = DeploymentModel(scenario, run_seed=21)
    found: dict[str, list[tuple[int, bool, bool, float]]] = {}
    searches = model.searches
    for row in range(len(searches.passes)):
        van = model.site.vans[searches.passes.van[row]].id
        found.setdefault(van, []).append(
            (
                int(searches.passes.passer[row]),
                bool(searches.captured[row]),
                bool(searches.exceeds[row]),
                float(searches.score[row]),
            )
        )
    return found


def test_a_van_sees_the_same_whoever_stands_beside_it() -> None:
    """Protects comparisons of places: van order and further vans on a kerb change no search."""
    both, reversed_order, alone = (
        _by_van(LIVELY.replace({"site.vans": vans})) for vans in (["V1", "V2"], ["V2", "V1"], ["V2"])
    )

    assert both == reversed_order
    assert both["V2"] == alone["V2"]


def test_two_vans_draw_apart() -> None:
    """Protects against shared streams: being captured at one van says nothing of the other (5 sd)."""
    scenario = LIVELY.replace(
        {"deployment.hours": 2.0, "crowd.passers_per_hour": 20_000.0, "camera.capture_probability": 0.75}
    )
    seen = {van: {p: c for p, c, *_ in rows} for van, rows in _by_van(scenario).items()}
    twice = sorted(set(seen["V1"]) & set(seen["V2"]))
    captured = np.array([[seen[van][passer] for passer in twice] for van in ("V1", "V2")], dtype=float)

    assert len(twice) > 300
    assert abs(np.corrcoef(captured)[0, 1]) < 5 / np.sqrt(len(twice))


def test_a_false_candidate_is_never_the_own_entry_and_any_other_alike() -> None:
    """Protects the candidate: of a list of four, the three others are returned equally often."""
    scenario = LIVELY.replace(
        {
            "watchlist.presence": 1.0,
            "watchlist.size": 4,
            "watchlist.presence_law": "fixed",
            "matcher.fmr": 0.5,
            "matcher.tpir": 0.0,
            "deployment.hours": 1.0,
        }
    )
    model = DeploymentModel(scenario, run_seed=4)
    searches = model.searches
    own = model.membership.entry[model.crowd.person[searches.passes.passer]]
    step = (searches.candidate - own) % 4
    counts = np.bincount(step[searches.exceeds], minlength=4)

    assert counts[0] == 0
    assert counts.sum() > 1000
    assert chisquare(counts[1:]).pvalue > 1e-6


def test_staleness_belongs_to_the_entry() -> None:
    """Protects entries: one that several people or passes are returned as is stale for all or none."""
    scenario = LIVELY.replace({"watchlist.size": 40, "matcher.fmr": 1e-2, "watchlist.stale_share": 0.4})
    model = DeploymentModel(scenario, run_seed=4)
    seen: dict[int, set[bool]] = {}
    rows = np.flatnonzero(model.searches.exceeds)
    for entry, stale in zip(
        model.searches.candidate[rows], model.searches.candidate_is_stale[rows], strict=True
    ):
        seen.setdefault(int(entry), set()).add(bool(stale))

    assert len(seen) > 20
    assert all(len(values) == 1 for values in seen.values())
    assert {True, False} == set().union(*seen.values())


def test_the_cooldown_counts_from_the_last_alert_not_from_the_last_exceedance() -> None:
    """Protects the kind of cooldown: suppressed exceedances do not prolong it."""
    scenario = LIVELY.replace(
        {"watchlist.presence": 1.0, "site.vans": ["V1", "V2", "V3"], "matcher.tpir": 0.9}
    )
    model = DeploymentModel(scenario, run_seed=4)
    searches, person = model.searches, model.crowd.person
    last: dict[int, float] = {}
    expected = []
    rows = np.flatnonzero(searches.exceeds)
    for row in sorted(rows.tolist(), key=lambda row: (searches.time_s[row], row)):
        who = int(person[searches.passes.passer[row]])
        if searches.time_s[row] - last.get(who, -np.inf) >= 40.0:
            expected.append(row)
            last[who] = float(searches.time_s[row])

    assert after_cooldown(searches, person, 40.0).tolist() == expected
    assert len(expected) < len(rows)


def test_an_alert_comes_after_capture_and_search() -> None:
    """Protects timing: first sight, time to capture (no longer than in view), search latency."""
    scenario = LIVELY.replace({"matcher.search_latency_s": 2.5, "camera.capture_time_constant_s": 1.0})
    searches = DeploymentModel(scenario, run_seed=4).searches
    seen_s = np.minimum(searches.passes.in_view_s, 1.0)

    np.testing.assert_allclose(searches.time_s, searches.passes.first_s + seen_s + 2.5)


def test_the_score_written_down_is_that_of_the_candidate() -> None:
    """Protects explanations: each exceedance has a score over the threshold, its mate's or another's.

    Scores of mates above the threshold follow the normal law cut off there (KS, p > 1e-6); those of
    others fall off exponentially with the slope of the FMR.
    """
    scenario = LIVELY.replace({"watchlist.presence": 0.5, "watchlist.presence_law": "fixed"})
    searches = DeploymentModel(scenario.replace({"deployment.hours": 3.0}), run_seed=4).searches
    mates = searches.score[searches.exceeds & searches.candidate_is_mate]
    others = DeploymentModel(
        scenario.replace({"watchlist.presence": 0.0, "matcher.fmr": 1e-5}), run_seed=4
    ).searches
    mean = 0.6 + 0.1 * norm.ppf(0.75 / 0.95)
    cut = truncnorm((0.6 - mean) / 0.1, np.inf, loc=mean, scale=0.1)
    below_one = mates[mates < 1.0]

    assert searches.score[searches.exceeds].min() >= 0.6
    assert len(mates) > 1000
    assert kstest(below_one, lambda x: cut.cdf(x) / cut.cdf(1.0)).pvalue > 1e-6
    assert kstest(others.score[others.exceeds] - 0.6, "expon", args=(0, 1 / 50)).pvalue > 1e-6
