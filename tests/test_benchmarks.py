"""Benchmarks measure what they say: sites are prepared anew, sliders exist, what never comes is late."""

from __future__ import annotations

import json
import math
import struct
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from lfr_sim.dashboard.settings import FIRST_CONTROLS

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(autouse=True)
def benchmarks() -> Iterator[None]:
    """Let the benchmarks be imported."""
    sys.path.insert(0, str(BENCHMARKS))
    yield
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture
def served(benchmarks: None) -> ModuleType:
    """Return what the parts of the dashboard's benchmark share."""
    import dashboard_served

    return dashboard_served


def test_a_site_is_prepared_as_if_never_seen() -> None:
    """Protects the time of preparation: each turn finds its routes anew, none takes those of the last."""
    import speed

    assert speed.prepared("stratford_bridge") is not speed.prepared("stratford_bridge")


def test_only_times_have_leeway_in_ci() -> None:
    """Protects CI from a busy machine, and the limits of counts, memory and ratios from any leeway."""
    import dashboard
    from speed import Figure

    def missed(unit: str, seen: float, target: float, *, at_least: bool = False) -> bool:
        return bool(dashboard.fails(Figure("x", unit, seen, seen, target, at_least)))

    assert not missed("ms", 100.0, 60.0)
    assert missed("ms", 121.0, 60.0)
    assert not missed("s", 1.6, 1.5)
    assert missed("MB", 1001.0, 1000.0)
    assert missed("", 1.0, 0.0)
    assert missed("times", 9.0, 10.0, at_least=True)
    assert not missed("times", 11.0, 10.0, at_least=True)


def test_its_sliders_are_those_of_the_page(served: ModuleType) -> None:
    """Protects against a benchmark that moves something else, or to where a slider cannot go."""
    controls = {f"slider-{one.path.replace('.', '-').replace('_', '-')}": one for one in FIRST_CONTROLS}
    assert [slider for slider, _, _ in served.SLIDERS] == list(controls)
    import dashboard_visitors

    assert {name: one.path for name, one in controls.items()} == dashboard_visitors.PATHS
    for slider, first, step in served.SLIDERS:
        control = controls[slider]
        assert control.step == step
        assert control.low <= first
        assert first + 19 * step <= control.high + 1e-9


def test_every_move_is_to_another_value(served: ModuleType) -> None:
    """Protects against moves that change nothing, whose end would be waited for in vain."""
    import dashboard_visitors

    for number in range(dashboard_visitors.VISITORS):
        moves = dashboard_visitors._moves(number, 20)
        for slider in dashboard_visitors.PATHS:
            values = [value for name, value in moves if name == slider]
            assert all(one != other for one, other in pairwise(values))
    sizes = {dashboard_visitors._own_size(number) for number in range(dashboard_visitors.VISITORS)}
    assert len(sizes) == dashboard_visitors.VISITORS


def test_what_never_came_breaks_the_limit(served: ModuleType) -> None:
    """Protects the limits: an input without an answer counts as late, not as unseen."""
    fast = served.spread("an input", [10.0] * 60, 60.0, 150.0)
    assert [figure.held for figure in fast] == [True, True]
    lost = served.spread("an input", [10.0] * 50 + [None] * 10, 60.0, 150.0)
    assert [figure.held for figure in lost] == [True, False]
    assert lost[1].median == math.inf


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (20, 19), (60, 57), (100, 95)])
def test_19_of_20(served: ModuleType, count: int, expected: int) -> None:
    """Protects the percentile: it is a value that was seen, with one in twenty above it."""
    assert served.p95(range(1, count + 1)) == expected


def test_a_message_with_bytes_is_read(served: ModuleType) -> None:
    """Protects the visitors without a browser: walks travel beside the words, in the same message."""
    import dashboard_wire

    words, walks = json.dumps({"content": {"comm_id": "one"}}).encode(), b"\0" * 9
    head = struct.pack("!3I", 2, 12, 12 + len(words))
    assert dashboard_wire._decoded(head + words + walks) == {"content": {"comm_id": "one"}}
    assert dashboard_wire._decoded(words.decode()) == {"content": {"comm_id": "one"}}
