"""Going after a person: where a team meets them, and how likely it is to find them."""

from __future__ import annotations

import math

import mesa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from police_parts import DAY

from lfr_sim.police import Team, found_probability, intercept_s

SHARES = st.floats(0, 1)
OFFICERS = DAY.officers


@given(
    x=st.floats(-100, 100),
    y=st.floats(-100, 100),
    walk=st.floats(0.0, 1.5),
    team=st.floats(1.6, 5.0),
    angle=st.floats(0, 6.3),
)
def test_a_team_meets_the_person_where_both_can_be(
    x: float, y: float, walk: float, team: float, angle: float
) -> None:
    """Protects the pursuit: at the time returned the team could just be where the person is."""

    def locate(time_s: float) -> tuple[float, float]:
        along = walk * (time_s - 50.0)
        return x + along * math.cos(angle), y + along * math.sin(angle)

    there_s = intercept_s(locate, (0.0, 0.0), 50.0, team, 1e6)

    assert there_s is not None
    place = locate(there_s)
    assert math.hypot(*place) == pytest.approx(team * (there_s - 50.0), abs=0.6)


def test_a_person_who_is_faster_gets_away() -> None:
    """Protects giving up: a slow team behind a fast person stops at the limit, not for ever."""

    def locate(time_s: float) -> tuple[float, float]:
        return 10.0 + 2.0 * time_s, 0.0

    assert intercept_s(locate, (0.0, 0.0), 0.0, 1.0, 180.0) is None
    assert intercept_s(locate, (10.0, 0.0), 0.0, 1.0, 180.0) == 0.0


@given(share=SHARES, first=st.floats(0, 500), second=st.floats(0, 500), density=st.floats(0, 5))
def test_people_are_lost_with_time(share: float, first: float, second: float, density: float) -> None:
    """Protects the law of losing people: it holds at its reference and only falls with time."""
    officers = OFFICERS.model_copy(update={"found_share": share})
    soon, late = (found_probability(officers, after_s, density) for after_s in sorted((first, second)))

    assert found_probability(officers, 37.0, 0.25) == pytest.approx(share)
    assert 0.0 <= late <= soon <= 1.0


@given(
    first=st.floats(0, 5),
    second=st.floats(0, 5),
    exponent=st.floats(0, 3),
    after_s=st.floats(0, 500),
)
def test_people_are_lost_in_crowds(first: float, second: float, exponent: float, after_s: float) -> None:
    """Protects the effect of density: more people, fewer found; with an exponent of 0 it has none."""
    officers = OFFICERS.model_copy(update={"loss_density_exponent": exponent})
    sparse, dense = (found_probability(officers, after_s, d) for d in sorted((first, second)))
    blind = OFFICERS.model_copy(update={"loss_density_exponent": 0.0})

    assert dense <= sparse
    assert found_probability(blind, after_s, first) == pytest.approx(0.85 ** (after_s / 37.0))


def test_the_rate_of_losing_people_grows_as_a_power_of_density() -> None:
    """Protects the formula: at four times the density and exponent 0.5, the rate doubles."""
    assert found_probability(OFFICERS, 37.0, 1.0) == pytest.approx(0.85**2)
    assert found_probability(OFFICERS, 74.0, 1.0) == pytest.approx(0.85**4)


def test_a_team_that_gives_up_is_where_it_has_walked_to() -> None:
    """Protects the way back: nobody is carried to a person they never reached."""
    team = Team(mesa.Model(rng=1), 0, (0.0, 0.0), 2.0)
    team.walk_towards((30.0, 40.0), 10.0)

    assert team.place == pytest.approx((12.0, 16.0))
    assert team.way_back_s() == pytest.approx(10.0)
    team.walk_towards((12.0, 17.0), 10.0)
    assert team.place == pytest.approx((12.0, 17.0))
