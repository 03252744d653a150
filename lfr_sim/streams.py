"""Each person's own random numbers.

A run is a pure function of (scenario, root seed, replicate). Every subsystem has a stream of its own
and every passer a fixed row in it, drawn whether used or not; settings move thresholds on those
uniforms, never the draws. So the same crowd walks past every policy, and differences between two
policies are differences of policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_DRAWS_PER_JUMP = 600
"""Jumping to one person's row takes about as long as drawing this many uniforms."""


class Stream(IntEnum):
    """The subsystems. Numbers are part of every published result: add, never renumber."""

    ARRIVALS = 0
    """When units come, how many they are, how fast they walk, whether they return."""
    PEOPLE = 1
    """What each person brings along: age, group, sex, mask, hood."""
    MEMBERSHIP = 2
    """Who is listed, on which entry, whose relative, and what is true of such an entry."""
    DAY = 3
    """What makes one day differ from another."""
    CAPTURE = 4
    """Whether a pass is captured, and how many faces it is counted as."""
    MATCHER = 5
    """Scores of a pass against everybody else's entries."""
    OPERATOR = 6
    """Judgements of an alert."""
    OFFICER = 7
    """Whether a person sought is found."""
    ENGAGEMENT = 8
    """How a stop goes and how it ends."""
    ENTRIES = 9
    """What is true of each entry of the list."""
    JUDGES = 10
    """How well each of those who judge can tell faces apart."""
    FACES = 11
    """What each person's face is like to the matcher, at every pass."""
    OWN_SCORES = 12
    """Scores of a pass against the own entry and that of a relative."""
    CANDIDATES = 13
    """Which entry of those alike enough is returned."""
    EXPECTATIONS = 14
    """Who is sought in thought, for what a run's counts are on average; the run itself draws nothing."""


PARTS: dict[str, tuple[Stream, ...]] = {
    "crowd": (Stream.ARRIVALS, Stream.PEOPLE, Stream.MEMBERSHIP, Stream.DAY),
    "matcher": (Stream.CAPTURE, Stream.FACES, Stream.MATCHER, Stream.OWN_SCORES, Stream.CANDIDATES),
    "officers": (Stream.JUDGES, Stream.OPERATOR, Stream.OFFICER, Stream.ENGAGEMENT),
}
"""What of a day can be drawn again while the rest stays; ENTRIES, the list, always stays."""

MOST_REDRAWS = 1_000_000
"""So many other draws there are of a part."""

_SEED_BITS = 64
"""Root seeds of studies lie below 2**63, so that a number above these bits belongs to a redraw."""


class Seed(int):
    """A root seed that gives some streams of a day other draws; as a number it is the root seed itself.

    Nothing may be kept by root seed alone: two of these can be equal and draw differently.
    """

    _again: dict[Stream, int]

    @classmethod
    def redrawn(cls, root_seed: int, redraw: Mapping[str, int]) -> Seed:
        """Return a root seed of which some parts are drawn again.

        Args:
            root_seed: Seed of the study.
            redraw: Part of `PARTS` -> n for its n-th other draw; 0 is the day itself.
        """
        seed = cls(root_seed)
        seed._again = {stream: number for part, number in redraw.items() for stream in PARTS[part]}
        return seed

    def of(self, stream: Stream) -> int:
        """Return the seed of one stream."""
        return int(self) + (self._again.get(stream, 0) << _SEED_BITS)


def generator(root_seed: int, replicate: int, stream: Stream, *part: int) -> np.random.Generator:
    """Return a fresh generator at the start of a stream.

    Args:
        root_seed: Seed of the study; a `Seed` may give other draws of this stream.
        replicate: Number of the run within the study, from 0.
        stream: The subsystem.
        *part: A part with draws of its own, such as the number of a van in its layout.
    """
    key = (replicate, int(stream), *part)
    seed = root_seed.of(stream) if isinstance(root_seed, Seed) else root_seed
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def uniforms(
    columns: int,
    people: int,
    *,
    root_seed: int,
    replicate: int,
    stream: Stream,
    part: int | tuple[int, ...] = 0,
) -> FloatArray:
    """Return uniforms on [0, 1), shape (columns, people).

    Person by person: one person more leaves everybody else's as they are.
    """
    return generator(root_seed, replicate, stream, *_parts(part)).random((people, columns)).T


def uniforms_of(
    rows: IntArray,
    columns: int,
    people: int,
    *,
    root_seed: int,
    replicate: int,
    stream: Stream,
    part: int | tuple[int, ...] = 0,
) -> FloatArray:
    """Return `uniforms(columns, people, …)[:, rows]`, without drawing everybody's where rows are few."""
    seeds = {"root_seed": root_seed, "replicate": replicate}
    if len(rows) * _DRAWS_PER_JUMP > people * columns:
        return uniforms(columns, people, stream=stream, part=part, **seeds)[:, rows]
    source = generator(root_seed, replicate, stream, *_parts(part))
    bits: Any = source.bit_generator
    drawn = np.empty((columns, len(rows)))
    again = np.empty(columns)
    reached = 0
    for place in np.argsort(rows, kind="stable").tolist():
        start = int(rows[place]) * columns
        if start < reached:  # the same person again
            drawn[:, place] = again
            continue
        bits.advance(start - reached)
        again = source.random(columns)
        drawn[:, place] = again
        reached = start + columns
    return drawn


def _parts(part: int | tuple[int, ...]) -> tuple[int, ...]:
    return part if isinstance(part, tuple) else (part,)
