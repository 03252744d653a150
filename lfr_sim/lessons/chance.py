"""Chance in the lessons: where the alerts stand in the crowd, and how runs of the same street differ."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lfr_sim.streams import Stream, generator

from .course import Lesson
from .scene import PEOPLE, Counts, scene_of

FloatArray = NDArray[np.float64]


@lru_cache(maxsize=64)
def places(seed: int) -> tuple[int, ...]:
    """Return all places in an order that the seed decides: the first ones set off the alerts."""
    return tuple(generator(seed, 0, Stream.PEOPLE).permutation(PEOPLE).tolist())


def run_of(lesson: Lesson, shown: float, seed: int, screen: int) -> Counts:
    """Return one run of 10,000 people: chance decides who is listed, found, taken for another, stopped.

    Each person keeps three uniforms of seed and screen, and settings move what they are held against. So
    the same person is stopped or not as the dial moves, and the mean over screens is the lesson's number.

    Args:
        lesson: Whose scene it is.
        shown: What its dial shows.
        seed: The class's seed.
        screen: Number of the screen, from 1.
    """
    changes = {**lesson.changes, lesson.dial.path: lesson.setting(shown)}
    return _run(tuple(sorted(changes.items())), seed, screen)


@lru_cache(maxsize=4096)
def _run(changes: tuple[tuple[str, Any], ...], seed: int, screen: int) -> Counts:
    scene = scene_of(dict(changes))
    who, match, stop = _uniforms(seed, screen)
    listed = who < scene.listed / PEOPLE
    right = listed & (match < _share(scene.right, scene.listed))
    wrong = ~listed & (match < _share(scene.wrong, PEOPLE - scene.listed))
    return Counts(
        listed=int(listed.sum()),
        right=int(right.sum()),
        wrong=int(wrong.sum()),
        stopped_right=int((right & (stop < _share(scene.stopped_right, scene.right))).sum()),
        stopped_wrong=int((wrong & (stop < _share(scene.stopped_wrong, scene.wrong))).sum()),
    )


@lru_cache(maxsize=256)
def _uniforms(seed: int, screen: int) -> FloatArray:
    drawn = generator(seed, screen, Stream.PEOPLE).random((3, PEOPLE))
    drawn.setflags(write=False)
    return drawn


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
