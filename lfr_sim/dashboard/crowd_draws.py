"""The crowds of drawn days: who walks past, in which groups, how often in view, and captured.

Units of people walk together. Those that walk once and twice, in view or not, are Poisson counts that
know nothing of each other; their people fall into groups by shares. Nothing here knows the list, the
threshold or the officers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lfr_sim.closed_form.expected import Parts
from lfr_sim.closed_form.in_view import Street
from lfr_sim.scenario import GROUPS, Scenario

from .quantiles import Dice, Uniforms, binomial, poisson, split

FloatArray = NDArray[np.float64]

WALKS = np.array([1.0, 1.0, 2.0, 2.0, 2.0])
"""Walks of a person of each type."""
IN_VIEW = np.array([0.0, 1.0, 0.0, 1.0, 2.0])
"""How many of them come into view of a camera."""


@dataclass(frozen=True, slots=True)
class CrowdDays:
    """Crowds of drawn days: days along the last axis, groups in the order of `GROUPS` before it."""

    people: FloatArray
    """(types, groups, days), types as `WALKS`."""
    passers: FloatArray
    """(groups, days), as those below."""
    in_view: FloatArray
    """Walks that come into view."""
    passes: FloatArray
    """Vans come into view of, over all walks."""
    captured: FloatArray
    faces: FloatArray
    """(days), as those below."""
    children: FloatArray
    """Passers under 18."""


@dataclass(frozen=True, slots=True)
class _Key:
    """All that crowds hang on."""

    street: Street
    unit_size_share: tuple[float, ...]
    group_share: tuple[float, ...]
    share_under_18: float
    captured_share: float
    """P(captured) of a pass."""
    tracks_per_pass: float
    uniforms: Uniforms


def crowd_days(scenario: Scenario, parts: Parts, uniforms: Uniforms) -> CrowdDays:
    """Return the crowds of the days of a seed; kept, because most settings leave them alone."""
    crowd, passes = scenario.crowd, parts.street.passers * parts.street.passes_per_passer
    key = _Key(
        street=parts.street,
        unit_size_share=crowd.social_groups.unit_size_share,
        group_share=tuple(getattr(crowd.groups, group) for group in GROUPS),
        share_under_18=crowd.share_under_18,
        captured_share=min(1.0, float(parts.kinds.captured.sum()) / passes) if passes else 0.0,
        tracks_per_pass=scenario.camera.tracks_per_pass,
        uniforms=uniforms,
    )
    return _drawn(key)


@lru_cache(maxsize=32)
def _drawn(key: _Key) -> CrowdDays:
    of, street = key.uniforms.of, key.street
    people = _people(key)
    passers, in_view = (np.tensordot(times, people, 1) for times in (WALKS, IN_VIEW))
    passes, further = in_view, street.most_vans - 1
    if further > 0 and street.in_view_share > 0:
        more = (street.passes_per_passer / street.in_view_share - 1) / further
        more_passes = binomial(of(Dice.PASSES, len(GROUPS)), in_view * further, np.clip(more, 0, 1))
        passes = in_view + more_passes
    captured = binomial(of(Dice.CAPTURED, len(GROUPS)), passes, key.captured_share)
    whole = int(key.tracks_per_pass)
    all_captured = captured.sum(axis=0)
    of_type = people.sum(axis=1)
    children = binomial(of(Dice.CHILDREN, len(of_type)), of_type, key.share_under_18)
    more_faces = binomial(of(Dice.FACES), all_captured, key.tracks_per_pass - whole)
    return CrowdDays(
        people=people,
        passers=passers,
        in_view=in_view,
        passes=passes,
        captured=captured,
        faces=all_captured * whole + more_faces,
        children=np.tensordot(WALKS, children, 1),
    )


def _people(key: _Key) -> FloatArray:
    """Return people by type and group."""
    street, sizes = key.street, np.arange(1, len(key.unit_size_share) + 1)
    mean_size = float(sizes @ np.array(key.unit_size_share))
    again, (first, second, both) = street.returns_per_person, street.in_view_by_walk
    once, twice = (1 - first, first), (1 - first - second + both, first + second - 2 * both, both)
    types = np.array([*(share * (1 - again) for share in once), *(share * again for share in twice)])
    types = np.maximum(types, 0.0)
    expected = street.passers / (1 + again) / mean_size * np.outer(types, key.unit_size_share)
    units = poisson(key.uniforms.of(Dice.UNITS, *expected.shape), expected[..., None])
    of_type = np.tensordot(units, sizes.astype(np.float64), ([1], [0]))
    by_group = split(key.uniforms.of(Dice.GROUPS, len(GROUPS) - 1, len(types)), of_type, key.group_share)
    return by_group.swapaxes(0, 1)
