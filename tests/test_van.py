"""Recognition: score laws against their closed forms, capture, nesting, vans apart, cooldown."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import kstest, norm, truncnorm
from van_parts import EQUAL_FACES, LEAST_P, NO_KIN, PLAIN, SEEN, changed, exact_p, van_alone

from lfr_sim.model import DeploymentModel
from lfr_sim.records import PassTable
from lfr_sim.scenario import MATCHER_PRESETS, Scenario
from lfr_sim.streams import Stream, uniforms
from lfr_sim.van import likeness, presence
from lfr_sim.van.camera import capture_probability, faces_counted, van_passes
from lfr_sim.van.candidates import best_rates
from lfr_sim.van.matcher import after_cooldown
from lfr_sim.van.scores import ScoreModel

NO, YES = np.array([False]), np.array([True])


def test_false_matches_fall_with_the_threshold_as_npl_counted() -> None:
    """Protects the slope: a factor of e^-0.5 (0.61) for each 0.01 of score."""
    scores = ScoreModel(PLAIN)

    assert scores.fmr(0.61) / scores.fmr(0.60) == pytest.approx(math.exp(-0.5))
    assert scores.fmr(0.0) >= 1.0  # every comparison matches


def test_the_best_of_many_others_follows_the_law_of_the_minimum() -> None:
    """Protects the O(1) top score: N comparisons' best is the minimum of N uniforms (KS, p > 1e-6)."""
    u = np.random.default_rng(1).random(50_000)
    for places in (1, 7, 512, 9_756):
        fit = kstest(best_rates(u, places), "beta", args=(1, places))

        assert fit.pvalue > LEAST_P


def test_a_brute_force_search_gives_the_same_alerts() -> None:
    """Protects FPIR by brute force: N explicit comparisons a search, exact two-sided binomial p."""
    entries, fmr, searches = 3_000, 1e-4, 10_000
    rng = np.random.default_rng(2)
    brute = sum(bool((rng.random(entries) < fmr).any()) for _ in range(searches))
    scenario = changed(
        SEEN, EQUAL_FACES, watchlist__size=entries, watchlist__presence=0.0, matcher__fmr=fmr
    )
    fast = int(van_alone(changed(scenario, NO_KIN), searches).searches.exceeds.sum())
    exact = 1 - (1 - fmr) ** entries

    for count in (brute, fast):
        assert exact_p(count, searches, exact) > LEAST_P


def _own_tpir(scenario: Scenario) -> NDArray[np.float64]:
    """Return P(score >= 0.60 | captured) of the reference: white man, custody image of reference age."""
    age = np.array([scenario.matcher.tpir_reference_age_years])
    return ScoreModel(scenario).tpir_given_capture(np.array([0]), NO, age, YES, np.array([1]))


@given(
    u=st.floats(0, 1, exclude_max=True),
    z=st.floats(-6, 6),
    rho=st.sampled_from([0.0, 0.15, 0.9]),
    threshold=st.floats(0, 1),
    masked=st.booleans(),
    hooded=st.booleans(),
)
def test_scores_and_decisions_agree(
    u: float, z: float, rho: float, threshold: float, masked: bool, hooded: bool
) -> None:
    """Protects explanations: the score written down is over the threshold exactly if it alerts."""
    scenario = changed(PLAIN, matcher__mated_agreement=rho)
    scores, tpir = ScoreModel(scenario), _own_tpir(scenario)
    worn = scores.worn(np.array([masked]), np.array([hooded]))
    score = scores.own_score(np.array([u]), np.array([z]), tpir, worn)[0]
    least = (threshold - 0.6) / 0.1 - ndtri(tpir[0])
    chance = worn[0] * ndtr((math.sqrt(rho) * z - least) / math.sqrt(1 - rho))
    if abs(u - chance) > 1e-9:
        assert (score >= threshold) == (u < chance)
    rate = best_rates(np.array([max(u, 1e-300)]), 5000)
    other = scores.other_score(rate)[0]
    if abs(other - threshold) > 1e-9 and scores.fmr(threshold) < 1.0:
        assert (other >= threshold) == (rate[0] < scores.fmr(threshold))


@pytest.mark.parametrize("name", MATCHER_PRESETS)
def test_published_tpir_is_not_charged_for_capture_twice(name: str) -> None:
    """Protects the trap: capture x P(match | capture) is the published TPIR per walk."""
    scenario = changed(PLAIN, matcher__preset=name)
    per_walk = _own_tpir(scenario)[0] * scenario.camera.capture_probability

    assert per_walk == pytest.approx(MATCHER_PRESETS[name].tpir)


def test_masks_and_hoods_cost_capture_and_recognition() -> None:
    """Protects what is worn: capture and TPIR fall by the stated factors."""
    camera, scores = PLAIN.camera, ScoreModel(PLAIN)
    seen = capture_probability(np.array([9.0]), NO, camera)[0]

    assert scores.worn(NO, NO)[0] == 1.0
    assert scores.worn(YES, NO)[0] == pytest.approx(0.6)
    assert scores.worn(NO, YES)[0] == pytest.approx(0.8)
    assert scores.worn(YES, YES)[0] == pytest.approx(0.48)
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


_SIZES = st.integers(0, 60) | st.integers(0, 3_000)


@settings(max_examples=50)
@given(
    size=st.tuples(_SIZES, _SIZES),
    threshold=st.tuples(st.floats(0.5, 0.7), st.floats(0.5, 0.7)),
    law=st.sampled_from(["fixed", "concave", "proportional"]),
    presence=st.sampled_from([0.0, 0.02, 0.5]),
    fmr=st.sampled_from([1e-6, 1e-4, 1e-2]),
    images=st.sampled_from([1.0, 1.5, 2.0, 3.7]),
    seed=st.integers(0, 10_000),
)
def test_exceedances_nest_for_any_pair_of_lists_and_thresholds(
    size: tuple[int, int],
    threshold: tuple[float, float],
    law: str,
    presence: float,
    fmr: float,
    images: float,
    seed: int,
) -> None:
    """Protects nesting as a law: a list at least as long and a threshold no higher only add.

    Down to lists too short to have somebody of each group and sex, with listed people who are relatives
    of other entries, and with different numbers of images.
    """
    found = []
    for entries, score in zip(sorted(size), sorted(threshold, reverse=True), strict=True):
        scenario = changed(
            SEEN,
            matcher__fmr=fmr,
            matcher__threshold=score,
            watchlist__size=entries,
            watchlist__images_per_person=images,
            watchlist__presence_law=law,
            watchlist__presence=presence,
            watchlist__presence_reference_size=2_000,
        )
        found.append(van_alone(scenario, 150, seed=seed).searches.exceeds)

    assert (found[0] <= found[1]).all()


def test_adding_one_listed_passer_changes_nobody_elses_history() -> None:
    """Protects streams: with one more person listed, every other search stays the same."""
    model = DeploymentModel(LIVELY, run_seed=3)
    # A person is listed at this presence and above.
    least = _membership_uniforms(model) / _likeness_of(model)
    least = np.sort(least[least > presence(model.config.watchlist)])
    scenario = LIVELY.replace({"watchlist.presence_law": "fixed"})
    before, after = (
        DeploymentModel(scenario.replace({"watchlist.presence": value}), run_seed=3)
        for value in (presence(model.config.watchlist), float(np.mean(least[:2])))
    )
    added = after.membership.listed & ~before.membership.listed
    changed_kin = after.membership.kin_entry != before.membership.kin_entry
    of_others = ~(added | changed_kin)[before.crowd.person[before.searches.passes.passer]]

    assert added.sum() == 1
    assert changed_kin.sum() <= 1
    assert (before.membership.listed <= after.membership.listed).all()
    for name in ("captured", "exceeds", "candidate_is_mate", "candidate", "score", "time_s"):
        was, now = getattr(before.searches, name), getattr(after.searches, name)
        assert (was[of_others] == now[of_others]).all()


def _membership_uniforms(model: DeploymentModel) -> NDArray[np.float64]:
    seeds = {"root_seed": 3, "replicate": 0}
    listed_u: NDArray[np.float64] = uniforms(2, model.crowd.people, stream=Stream.MEMBERSHIP, **seeds)[0]
    return listed_u


def _likeness_of(model: DeploymentModel) -> NDArray[np.float64]:
    people = model.street.people
    by_kind = likeness(model.config.watchlist, model.config.crowd)
    return np.asarray(by_kind[people.group, people.woman.astype(int), people.under_18.astype(int)])


@settings(max_examples=50)
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
    scenario = changed(
        LIVELY,
        watchlist__presence=0.2,
        watchlist__presence_law="fixed",
        matcher__tpir_age_decay_per_year=0.0,
    )
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
