"""Samples of the unit cube and their way to values of factors."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lfr_sim.scenario import InputError
from lfr_sim.study.sweeps.sampling import points_of_design, salib, to_range, unit_sample

DESIGNS = {
    "lhs": {"points": 30},
    "sobol": {"points": 32},
    "morris": {"trajectories": 5, "levels": 6},
    "saltelli": {"samples": 16},
}


@pytest.mark.parametrize("kind", DESIGNS)
@pytest.mark.parametrize("factors", [1, 2, 5])
def test_a_sample_is_what_was_announced(kind: str, factors: int) -> None:
    """Protects the refusal of huge designs: the number told is the number made, all in the unit cube."""
    made = unit_sample(kind, factors, DESIGNS[kind])

    assert made.shape == (points_of_design(kind, factors, DESIGNS[kind]), factors)
    assert made.min() >= 0
    assert made.max() <= 1


@pytest.mark.parametrize("kind", DESIGNS)
def test_a_sample_follows_its_seed(kind: str) -> None:
    """Protects resuming a sweep: a seed always gives the same points, another seed others; 1 is usual."""
    once, again, usual, other = (
        unit_sample(kind, 3, {**DESIGNS[kind], **seed})
        for seed in ({"seed": 1}, {"seed": 1}, {}, {"seed": 2})
    )

    assert np.array_equal(once, again)
    assert np.array_equal(once, usual)
    assert not np.array_equal(once, other)


def test_a_latin_hypercube_has_one_point_in_every_slice() -> None:
    """Protects the property that the design is named for."""
    made = unit_sample("lhs", 4, {"points": 25})

    assert np.array_equal(np.sort(np.floor(made * 25), axis=0), np.tile(np.arange(25)[:, None], 4))


def test_a_sobol_sequence_is_balanced() -> None:
    """Protects the refusal of odd lengths: 2**k points put one into every slice of 2**-k."""
    made = unit_sample("sobol", 3, {"points": 64})

    assert np.array_equal(np.sort(np.floor(made * 64), axis=0), np.tile(np.arange(64)[:, None], 3))


def test_a_morris_trajectory_moves_every_factor_once() -> None:
    """Protects the elementary effects: one factor at a time, by p / (2 (p - 1)) of its range."""
    steps = np.diff(unit_sample("morris", 4, {"trajectories": 9, "levels": 6}).reshape(9, 5, 4), axis=1)

    assert np.all((np.abs(steps) > 1e-9).sum(axis=1) == 1)
    assert np.all((np.abs(steps) > 1e-9).sum(axis=2) == 1)
    assert np.allclose(np.abs(steps).sum(axis=1), 6 / 10)


@pytest.mark.parametrize("second_order", [False, True])
def test_a_saltelli_design_is_two_samples_and_their_mixtures(second_order: bool) -> None:
    """Protects the order of points on which the estimators rely."""
    made = unit_sample("saltelli", 3, {"samples": 8, "second_order": second_order})
    blocks = made.reshape(8, 8 if second_order else 5, 3)

    for factor in range(3):
        mixed = blocks[:, 0].copy()
        mixed[:, factor] = blocks[:, -1, factor]
        assert np.array_equal(blocks[:, 1 + factor], mixed)


@pytest.mark.parametrize(
    ("kind", "design", "told"),
    [
        ("sobol", {"points": 100}, "64 or 128"),
        ("saltelli", {"samples": 1000}, "512 or 1,024"),
        ("lhs", {}, "design.points"),
        ("lhs", {"points": True}, "design.points"),
        ("morris", {"trajectories": 1}, "at least 2"),
        ("morris", {"trajectories": 4, "levels": 5}, "even number"),
        ("grid", {"points": 4}, "lhs, sobol, morris, saltelli"),
    ],
)
def test_designs_that_cannot_be_made_are_refused(kind: str, design: dict[str, object], told: str) -> None:
    """Protects against a warning in place of an answer: what is wrong is said, with what is right."""
    for make in (points_of_design, unit_sample):
        with pytest.raises(InputError, match=told):
            make(kind, 2, design)


def test_huge_designs_are_counted_without_being_made() -> None:
    """Protects memory: a thousand million points are a number, not a table."""
    assert points_of_design("lhs", 10, {"points": 10**9}) == 10**9
    assert points_of_design("morris", 10, {"trajectories": 10**8}) == 11 * 10**8
    assert points_of_design("saltelli", 3, {"samples": 2**30}) == 5 * 2**30
    assert points_of_design("saltelli", 3, {"samples": 2**30, "second_order": True}) == 8 * 2**30


def test_a_missing_salib_is_told_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects those without the extra: they learn what to install; lhs and sobol work without it."""
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(
        InputError, match=r"design\.kind.*needs SALib; pip install 'lfr-sim\[sensitivity\]'"
    ):
        unit_sample("morris", 2, DESIGNS["morris"])
    with pytest.raises(InputError, match="needs SALib"):
        salib("no_such_part", "morris")
    assert len(unit_sample("lhs", 2, DESIGNS["lhs"])) == 30


ENDS = st.tuples(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6)).filter(lambda ends: ends[0] < ends[1])


@given(
    ends=ENDS,
    us=st.lists(st.floats(0, 1), min_size=2, max_size=2),
    scale=st.sampled_from(["linear", "log"]),
)
def test_values_stay_within_the_range_in_order(
    ends: tuple[float, float], us: list[float], scale: str
) -> None:
    """Protects validation: no rounding pushes a value out of its range, or changes the order."""
    low, high = ends
    first, second = (to_range(u, low, high, scale) for u in sorted(us))

    assert low <= first <= high
    assert second - first >= -1e-12 * high
    assert to_range(0.0, low, high, scale) == low
    assert to_range(1.0, low, high, scale) == high


@given(
    low=st.integers(1, 50),
    more=st.integers(1, 50),
    u=st.floats(0, 1),
    scale=st.sampled_from(["linear", "log"]),
)
def test_whole_numbers_are_whole(low: int, more: int, u: float, scale: str) -> None:
    """Protects settings that are counts: a whole number of type int, within the range."""
    value = to_range(u, low - 0.5, low + more + 0.5, scale, whole=True)

    assert type(value) is int
    assert low <= value <= low + more
    assert to_range(0.0, low, low + more, scale, whole=True) == low
    assert to_range(1.0, low, low + more, scale, whole=True) == low + more


def test_whole_numbers_share_the_range_evenly() -> None:
    """Protects the ends: each of 0 to 4 takes up a fifth, where rounding would give the ends an eighth."""
    values = [to_range((i + 0.5) / 1000, 0, 4, whole=True) for i in range(1000)]

    assert np.bincount(values).tolist() == [200] * 5


def test_a_logarithmic_range_has_its_middle_at_the_geometric_mean() -> None:
    """Protects the scale: half-way from 100 to 10,000 is 1,000."""
    assert to_range(0.5, 100, 10_000, "log") == pytest.approx(1000)
    assert to_range(0.5, 100, 10_000) == pytest.approx(5050)


def test_a_range_without_a_whole_number_is_refused() -> None:
    """Protects against a value outside the range where there is no other."""
    with pytest.raises(InputError, match=r"no whole number from 0\.2 to 0\.8"):
        to_range(0.5, 0.2, 0.8, whole=True)
