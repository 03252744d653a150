"""The entry returned: the best of all others, the own one left out, the next best uncovered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import chisquare, kstest
from van_parts import (
    AS_LISTED,
    EQUAL_FACES,
    LEAST_P,
    NO_KIN,
    SEEN,
    changed,
    exact_p,
    van_alone,
)

from lfr_sim.closed_form import theory
from lfr_sim.scenario import GROUPS
from lfr_sim.van import Entries
from lfr_sim.van.candidates import FIRST_BLOCK, Block, Gallery, ranked_after

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

WHITE_MEN: dict[str, Any] = EQUAL_FACES | {
    **{
        f"{where}.groups.{name}": float(name == "white")
        for name in GROUPS
        for where in ("crowd", "watchlist")
    },
    "crowd.female_share": 0.0,
    "watchlist.female_share": 0.0,
    "crowd.share_under_18": SEEN.watchlist.share_under_18,
}
"""Settings under which all passers and entries are of one group and sex, and ages are the list's."""
FOUR = changed(SEEN, WHITE_MEN, NO_KIN, watchlist__size=4, watchlist__presence=0.0, matcher__fmr=0.3)
"""A list of four strangers, each of whom matches three faces in ten."""


def _block(size: int) -> Block:
    return Block(cell=3, number=0, start=0, size=size)


def _after(
    size: int, best: float, place: int, seed: int, most: int | None = None
) -> tuple[FloatArray, IntArray]:
    """Return FMR and place of the next so many after the best of a block; of all by default."""
    drawn: list[tuple[float, int]] = []
    for rates, places in ranked_after(_block(size), best, place, np.random.default_rng(seed)):
        drawn += zip(rates.tolist(), places.tolist(), strict=True)
        if most is not None and len(drawn) >= most:
            break
    rate, where = zip(*drawn[:most], strict=True)
    return np.array(rate), np.array(where)


@given(
    best=st.floats(0, 1, exclude_max=True),
    size=st.integers(2, 60) | st.sampled_from([512, 4_096, 4_097, 5_000]),
    first=st.floats(0, 1, exclude_max=True),
    seed=st.integers(0, 1000),
)
def test_the_ranking_names_every_place_once_best_first(
    best: float, size: int, first: float, seed: int
) -> None:
    """Protects drawing without replacement: all other places in some order, FMR rising from the best."""
    place = int(first * size)
    rates, places = _after(size, best, place, seed)

    assert rates[0] >= best
    assert (np.diff(rates) >= 0).all()
    assert sorted([place, *places.tolist()]) == list(range(size))


def test_a_block_of_one_has_nothing_after_its_best() -> None:
    """Protects the end of a block: no rank follows the last."""
    assert list(ranked_after(_block(1), 0.5, 0, np.random.default_rng(1))) == []


@pytest.mark.parametrize(
    ("size", "ranks", "count"), [(5, (1, 2, 3, 4), 10_000), (5_000, (1, 2, 63, 90), 2_000)]
)
def test_the_ranking_follows_the_law_of_explicit_comparisons(
    size: int, ranks: tuple[int, ...], count: int
) -> None:
    """Protects what is uncovered: of N comparisons rank k is beta(k, N + 1 - k), at any place as often.

    In blocks that are shuffled whole and in those that are not (KS, chi2, p > 1e-6).
    """
    draws = np.random.default_rng(5)
    rates, places = np.empty((count, len(ranks))), np.empty((count, len(ranks)), dtype=int)
    best, first = 1 - draws.random(count) ** (1 / size), draws.integers(size, size=count)
    for row in range(count):
        rate, place = _after(size, best[row], int(first[row]), seed=row, most=max(ranks))
        rates[row], places[row] = rate[np.array(ranks) - 1], place[np.array(ranks) - 1]
    for column, rank in enumerate(ranks):
        assert kstest(rates[:, column], "beta", args=(rank + 1, size - rank)).pvalue > LEAST_P
        assert chisquare(np.bincount(places[:, column] * 5 // size, minlength=5)).pvalue > LEAST_P


def test_any_order_of_places_is_as_likely() -> None:
    """Protects what is uncovered: of five places each pair stands as often at any two ranks (chi2)."""
    orders = np.array([[row % 5, *_after(5, 0.1, row % 5, seed=row)[1]] for row in range(10_000)])
    for one, other in ((0, 1), (1, 2), (1, 4), (3, 4)):
        pairs = np.bincount(5 * orders[:, one] + orders[:, other], minlength=25)
        possible = ~np.eye(5, dtype=bool).ravel()

        assert pairs[~possible].sum() == 0
        assert chisquare(pairs[possible]).pvalue > LEAST_P


def _gallery(size: int, images: float, kept: int | None = None) -> Gallery:
    asked = changed(
        SEEN,
        {"watchlist.operations.cap": kept},
        watchlist__size=size,
        watchlist__images_per_person=images,
        watchlist__presence=0.0,
    )
    return Gallery(Entries(asked.watchlist, root_seed=2, replicate=0))


@given(st.integers(0, 9_000), st.integers(0, 9_000), st.sampled_from([1.0, 1.6, 4.0]))
def test_places_do_not_move_when_the_list_grows(first: int, second: int, images: float) -> None:
    """Protects nesting: blocks of a shorter list are blocks of a longer one, with the same entries."""
    short, long = (_gallery(size, images) for size in sorted((first, second)))

    assert set(short.blocks) <= set(long.blocks)
    for block in short.blocks:
        places = np.arange(block.size)
        was, now = short.entry_at(block, places), long.entry_at(block, places)
        assert (was == now)[was >= 0].all()


@pytest.mark.parametrize("kept", [None, 3_000, 0])
@pytest.mark.parametrize("images", [1.0, 1.6])
def test_every_image_has_one_place(images: float, kept: int | None) -> None:
    """Protects the blocks: each kept entry stands at as many places as it has images, others at none."""
    gallery = _gallery(9_000, images, kept)
    entries = gallery._entries
    held = np.concatenate([gallery.entry_at(block, np.arange(block.size)) for block in gallery.blocks])

    assert {block.size for block in gallery.blocks} >= {FIRST_BLOCK, 2 * FIRST_BLOCK}
    assert (np.bincount(held[held >= 0], minlength=9_000) == entries.images * entries.kept).all()


def test_any_entry_of_a_list_is_as_likely_to_be_returned() -> None:
    """Protects the candidate: of four strangers each is returned as often (chi2, p > 1e-6)."""
    van = van_alone(FOUR, 4_000)
    counted = np.bincount(van.searches.candidate[van.searches.exceeds], minlength=4)

    assert exact_p(int(counted.sum()), 4_000, 1 - 0.7**4) > LEAST_P
    assert chisquare(counted).pvalue > LEAST_P


def test_what_stays_of_a_list_is_returned_as_if_nothing_else_had_been_there() -> None:
    """Protects operations in law: of ten, three stay; each is returned as often, FPIR is that of three."""
    scenario = changed(FOUR, {"watchlist.operations.remove_entries": 7}, watchlist__size=10)
    van = van_alone(scenario, 4_000)
    counted = np.bincount(van.searches.candidate[van.searches.exceeds], minlength=10)

    assert counted[3:].sum() == 0
    assert exact_p(int(counted.sum()), 4_000, 1 - 0.7**3) > LEAST_P
    assert chisquare(counted[:3]).pvalue > LEAST_P


@pytest.mark.parametrize("removed", [0, 2])
@pytest.mark.parametrize("images", [1.0, 3.0])
def test_a_false_candidate_is_never_the_own_entry_and_any_other_alike(images: float, removed: int) -> None:
    """Protects the candidate of listed people: others' entries alone, each as often (exact, chi2).

    Of a list of eight with so many images each; also where the own entry has been taken off.
    """
    scenario = changed(
        FOUR,
        {"watchlist.operations.remove_entries": removed},
        watchlist__size=8,
        watchlist__presence=1.0,
        watchlist__images_per_person=images,
        matcher__tpir=0.0,
        matcher__second_image_tpir_gain=0.0,
        matcher__fmr=0.1,
    )
    van = van_alone(scenario, 4_000)
    own = van.membership.entry[van.person]
    for on_list in (True, False):
        here = van.searches.mated == on_list
        others = 8 - removed - on_list
        exceeds = here & van.searches.exceeds
        pairs = np.bincount(8 * own[exceeds] + van.searches.candidate[exceeds], minlength=64).reshape(8, 8)
        kept = np.arange(8) < 8 - removed

        if here.any():
            chance = 1 - (1 - 0.1) ** (images * others)
            assert exact_p(int(exceeds.sum()), int(here.sum()), chance) > LEAST_P
        assert np.diag(pairs).sum() == 0
        assert pairs[:, ~kept].sum() == 0
        for entry in np.unique(own[here]):
            assert chisquare(np.delete(pairs[entry], entry)[np.delete(kept, entry)]).pvalue > LEAST_P
    assert van.searches.mated.all() == (removed == 0)
    assert not van.true_alerts.any()


def test_the_own_entry_and_others_compete_by_score() -> None:
    """Protects true against false: a listed person alerts on whichever scores higher.

    P(own), and P(another's) of those listed, are those of the closed form, in exact tests.
    """
    scenario = changed(
        SEEN,
        AS_LISTED,
        EQUAL_FACES,
        NO_KIN,
        watchlist__presence=1.0,
        watchlist__size=1_000,
        matcher__fmr=1e-3,
        matcher__tpir=0.6,
        matcher__threshold=0.55,
        matcher__fmr_slope_per_score=5.0,
    )
    van = van_alone(scenario, 10_000)
    expected = theory(scenario)
    captured = expected.truth["captured_passes"]
    for alerts, name in ((van.true_alerts, "true_alerts"), (van.false_alerts, "false_alerts")):
        assert exact_p(int(alerts.sum()), 10_000, expected.truth[name] / captured) > LEAST_P

    # Others score high so often that the own score is beaten in a good part of the passes it exceeds.
    assert 0.1 < van.false_alerts.mean() < 0.9
    assert (van.searches.candidate[van.true_alerts] == van.membership.entry[van.true_alerts]).all()
    assert (van.searches.candidate[van.false_alerts] != van.membership.entry[van.false_alerts]).all()


@pytest.mark.parametrize("images", [1.0, 1.5, 3.0])
def test_further_images_raise_fpir_by_their_number(images: float) -> None:
    """Protects images per person: FPIR is that of so many comparisons, here and in closed form."""
    scenario = changed(
        SEEN,
        EQUAL_FACES,
        NO_KIN,
        watchlist__presence=0.0,
        watchlist__size=2_000,
        watchlist__images_per_person=images,
        matcher__fmr=1e-5,
    )
    exact = 1 - (1 - 1e-5) ** (2_000 * images)
    alerts = sum(int(van_alone(scenario, 50_000, replicate=run).searches.exceeds.sum()) for run in range(3))

    assert theory(scenario).rates["fpir"] == pytest.approx(exact, rel=1e-4)
    assert exact_p(alerts, 150_000, exact) > LEAST_P


def test_a_face_that_nobody_can_be_taken_for_is_never_matched() -> None:
    """Protects ratios of 0: no candidate of a group against which the ratio is 0, nor any NaN."""
    nothing = {f"matcher.fmr_ratio.black_{name}": 0.0 for name in GROUPS}
    scenario = changed(
        SEEN,
        nothing,
        {"matcher.fmr_ratio.white_black": 0.0},
        watchlist__presence=0.3,
        watchlist__size=500,
        matcher__fmr=0.1,
        matcher__tpir=0.5,
    )
    for operations in ({}, {"watchlist.operations.cap": 200}):
        van = van_alone(changed(scenario, operations), 2_000)
        black = van.group == GROUPS.index("black")
        white = van.false_alerts & (van.group == GROUPS.index("white"))

        assert van.true_alerts[black].any()
        assert not van.false_alerts[black].any()
        assert white.sum() > 500
        assert (van.entries.group[van.searches.candidate[white]] != GROUPS.index("black")).all()
        assert np.isfinite(van.searches.score).all()


def test_on_an_empty_list_nobody_is_found() -> None:
    """Protects size 0: no exceedance at any rate, in both ways to compute it."""
    scenario = changed(SEEN, watchlist__size=0, watchlist__presence=1.0, matcher__fmr=1.0)
    van = van_alone(scenario, 1_000)

    assert not van.searches.exceeds.any()
    assert not van.searches.mated.any()
    assert theory(scenario).truth["false_alerts"] == 0.0
    assert theory(scenario).truth["true_alerts"] == 0.0


def test_with_everything_taken_off_nobody_is_found() -> None:
    """Protects the end of operations: what is deployed is empty, so nothing is returned."""
    scenario = changed(
        SEEN, {"watchlist.operations.cap": 0}, watchlist__size=50, watchlist__presence=0.5, matcher__fmr=0.1
    )
    van = van_alone(scenario, 2_000)

    assert van.entries.deployed == 0
    assert not van.searches.exceeds.any()
    assert (van.searches.candidate == -1).all()
