"""Random numbers: everybody's own, whatever is asked and whoever else is there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from lfr_sim.streams import Stream, generator, uniforms, uniforms_of


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 6), st.sampled_from(Stream))
def test_one_person_more_leaves_everybody_elses_row(
    first: int, second: int, columns: int, stream: Stream
) -> None:
    """Protects the fixed row: a larger crowd has the rows of a smaller one, and more."""
    fewer, more = (
        uniforms(columns, people, root_seed=1, replicate=2, stream=stream)
        for people in sorted((first, second))
    )

    assert fewer.shape == (columns, min(first, second))
    np.testing.assert_array_equal(fewer, more[:, : fewer.shape[1]])


@given(
    rows=st.lists(st.integers(0, 4999), max_size=30),
    columns=st.integers(1, 9),
    people=st.integers(5000, 60_000),
    part=st.integers(0, 3),
)
def test_rows_of_some_are_the_rows_they_have_among_all(
    rows: list[int], columns: int, people: int, part: int
) -> None:
    """Protects the short cut: jumping to some people's rows gives what drawing everybody's does."""
    seeds: dict[str, Any] = {"root_seed": 3, "replicate": 1, "stream": Stream.OPERATOR, "part": part}
    some = uniforms_of(np.array(rows, dtype=np.int64), columns, people, **seeds)

    np.testing.assert_array_equal(some, uniforms(columns, people, **seeds)[:, rows])


def test_streams_parts_replicates_and_seeds_differ() -> None:
    """Protects independence: no two keys share their numbers."""
    keys = [
        (seed, replicate, stream, part)
        for seed in (1, 2)
        for replicate in (0, 1)
        for stream in Stream
        for part in (0, 1)
    ]
    first = {generator(seed, replicate, stream, part).random() for seed, replicate, stream, part in keys}

    assert len(first) == len(keys)


def test_numbers_are_uniform_and_not_correlated_between_columns() -> None:
    """Protects the draws: KS p > 1e-6 for each column, and no correlation beyond 5 standard errors."""
    drawn = uniforms(4, 20_000, root_seed=5, replicate=0, stream=Stream.MATCHER)
    correlation = np.corrcoef(drawn) - np.eye(4)

    assert min(kstest(column, "uniform").pvalue for column in drawn) > 1e-6
    assert np.abs(correlation).max() < 5 / np.sqrt(20_000)


@pytest.mark.parametrize("stream", Stream)
def test_stream_numbers_never_change(stream: Stream) -> None:
    """Protects published results: a subsystem keeps its number."""
    names = [
        "ARRIVALS",
        "PEOPLE",
        "MEMBERSHIP",
        "DAY",
        "CAPTURE",
        "MATCHER",
        "OPERATOR",
        "OFFICER",
        "ENGAGEMENT",
        "ENTRIES",
        "JUDGES",
        "FACES",
        "OWN_SCORES",
        "CANDIDATES",
        "EXPECTATIONS",
    ]

    assert names[stream] == stream.name
