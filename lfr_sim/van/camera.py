"""From being in view to being captured: pure functions, and the passes of each van.

One walk past one van is one pass, however many of its cameras see it: time in view adds up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lfr_sim.records import PassTable
from lfr_sim.scenario import Camera as CameraSettings

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class VanPasses:
    """One row per passer and van, ordered by passer, then van."""

    passer: IntArray
    """The walk."""
    van: IntArray
    """Index of the van among those deployed."""
    camera: IntArray
    """The camera that has the face in view for longest."""
    in_view_s: FloatArray
    """Time in view of any camera, hidden time not counted."""
    first_s: FloatArray
    """When the face first comes into view of that camera."""
    density_per_m2: FloatArray
    """Crowd around the person there."""

    def __len__(self) -> int:
        """Return the number of passes."""
        return len(self.passer)


def van_passes(passes: PassTable, occlusion_effect: float) -> VanPasses:
    """Gather each walk past each van from the rows of its cameras."""
    seen_s = (passes.exit_s - passes.enter_s) * (1.0 - passes.occluded_share) ** occlusion_effect
    order = np.lexsort((-seen_s, passes.van, passes.passer))
    passer, van = passes.passer[order], passes.van[order]
    first = np.flatnonzero(
        np.concatenate([[True], (np.diff(passer) > 0) | (np.diff(van) > 0)])[: len(passer)]
    )
    total = np.add.reduceat(seen_s[order], first) if len(first) else np.zeros(0)
    longest = order[first]
    return VanPasses(
        passer=passer[first],
        van=van[first],
        camera=passes.camera[longest],
        in_view_s=total,
        first_s=passes.enter_s[longest],
        density_per_m2=passes.density_per_m2[longest],
    )


def capture_probability(in_view_s: FloatArray, masked: BoolArray, camera: CameraSettings) -> FloatArray:
    """Return P(a pass gives a face that can be compared).

    c (1 - exp(-t / tau)) with c the limit and t the time in view; times a factor for masks.
    """
    if camera.capture_time_constant_s > 0:
        grown = -np.expm1(-in_view_s / camera.capture_time_constant_s)
    else:
        grown = (in_view_s > 0).astype(float)
    worn = np.where(masked, camera.mask_capture_multiplier, 1.0)
    return np.asarray(camera.capture_probability * grown * worn)


def faces_counted(u: FloatArray, tracks_per_pass: float) -> IntArray:
    """Return how many faces each captured pass is counted as: whole numbers with this mean."""
    whole = int(tracks_per_pass)
    return whole + (u < tracks_per_pass - whole).astype(np.int64)
