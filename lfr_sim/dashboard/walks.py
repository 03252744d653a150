"""Everybody's walk of a day as one buffer, from which a browser draws the street at any time.

Routes stand once; each unit has its route, when it came, how slowly it walks and how long it waits at each
signal on its way. Where somebody is follows as in `lfr_sim.street.Flow.locate`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import box

from lfr_sim.model import DeploymentModel
from lfr_sim.street.site import Site
from lfr_sim.street.walkways import Routes, routes_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Box = tuple[float, float, float, float]
"""West, south, east and north edge (m)."""

MOST_BYTES: Final = 1_500_000

_ALIGNED = 4
_MOST_WAIT_DS = 65_535
_PASS_BYTES = 12


@dataclass(frozen=True, slots=True)
class Walks:
    """The walks of a day, as bytes and what they mean.

    Units stand in order of arrival. Times are seconds since the deployment began, places metres, waits
    tenths of a second, rounded so that what a unit has waited in all is right to half a tenth.
    """

    header: dict[str, Any]
    """`fields`: name -> [type, offset in bytes, length]; `stops`: stops of every route and waits of every
    unit; `longest_s`: longest stay of a unit; `one_in`: of units without alert, only every n-th is there;
    `crop`: part of the site that these units come through; `start_hour`; `end_s`: when all is over."""
    data: bytes
    """Little-endian; every field begins at a multiple of 4."""


def walks_of(
    model: DeploymentModel, *, crop: Box, end_s: float = 0.0, most_bytes: int = MOST_BYTES
) -> Walks:
    """Return the walks of a day that has been simulated.

    Args:
        model: The day.
        crop: Part of the site that is drawn; units that never come through it are left out, but for those
            who are listed or set off an alert.
        end_s: When the last stop is over; the day ends then, or when the last passer has left.
        most_bytes: Most bytes of data. Where that is too few for all units, every n-th is there of those
            whom nothing happens to.
    """
    units, one_in = _units_shown(model, crop, most_bytes)
    routes, walking = routes_of(model.site), model.walking
    fields = _route_fields(routes, units, model) | _unit_fields(units, model) | _pass_fields(units, model)
    stays_s = walking.unit_leave_s[units] - model.crowd.unit_arrive_s[units]
    header = {
        "stops": int(routes.stop_m.shape[1]),
        "longest_s": float(stays_s.max(initial=0.0)),
        "one_in": one_in,
        "crop": [float(edge) for edge in crop],
        "start_hour": float(model.config.deployment.start_hour),
        "end_s": max(end_s, walking.last_leave_s, 3600.0 * model.config.deployment.hours),
    }
    places, data = _packed(fields)
    return Walks({"fields": places} | header, data)


def _units_shown(model: DeploymentModel, crop: Box, most_bytes: int) -> tuple[IntArray, int]:
    """Return the units that are kept, in order of arrival, and of how many of the others one is."""
    crowd = model.crowd
    order = np.argsort(crowd.unit_arrive_s, kind="stable")
    near = _routes_near(model.site, crop)[crowd.unit_route][order]
    bytes_each = _unit_bytes(model)[order]
    left = most_bytes - _route_bytes(routes_of(model.site))
    alerted, listed = _units_of(model, [a.passer for a in model.alerts]), _units_of(model, model.listed)
    # Whom something happens to comes first, as long as that leaves room for a street.
    for asked in (alerted | listed, alerted, np.zeros_like(alerted)):
        always = asked[order]
        if bytes_each[always].sum() <= left / 2:
            break
    others = np.flatnonzero(near & ~always)
    one_in = _one_in(bytes_each[others], left - int(bytes_each[always].sum()))
    kept = always.copy()
    kept[others[::one_in] if one_in <= len(others) else []] = True
    return order[kept], one_in


def _one_in(sizes: IntArray, room: int) -> int:
    """Return the least n with which every n-th fits into the room; more than there are if none does."""
    one_in = 1
    while one_in <= len(sizes) and (taken := int(sizes[::one_in].sum())) > room:
        one_in = max(one_in + 1, one_in * taken // max(room, 1))
    return one_in


def _units_of(model: DeploymentModel, passers: Iterable[int] | BoolArray) -> BoolArray:
    """Return which units some passers belong to."""
    which = np.zeros(len(model.crowd.unit_route), dtype=bool)
    rows = passers if isinstance(passers, np.ndarray) else np.array(list(passers), dtype=np.int64)
    which[model.crowd.unit[rows]] = True
    return which


@lru_cache(maxsize=64)
def _routes_near(site: Site, crop: Box) -> BoolArray:
    """Return which routes come through a part of a site."""
    routes = routes_of(site)
    of_point = np.repeat(np.arange(len(routes)), np.diff(routes.first_point))
    lines = shapely.linestrings(routes.points, indices=of_point)
    return np.asarray(shapely.intersects(lines, box(*crop)))


def _route_bytes(routes: Routes) -> int:
    return 4 * (len(routes) + 1) + 12 * len(routes.points) + 4 * routes.stop_m.size


def _unit_bytes(model: DeploymentModel) -> IntArray:
    """Return how many bytes each unit takes, passes of its members included; padding apart."""
    crowd = model.crowd
    rows = captured_rows(model)
    passes = np.bincount(crowd.unit[model.walking.passes.passer[rows]], minlength=len(crowd.unit_route))
    stops = model.walking.unit_waits_s.shape[1]
    return np.asarray(15 + 2 * stops + _PASS_BYTES * passes)


def _route_fields(routes: Routes, units: IntArray, model: DeploymentModel) -> dict[str, Any]:
    """Return the routes that are walked, and which of them each unit walks."""
    used, which = np.unique(model.crowd.unit_route[units], return_inverse=True)
    counts = np.diff(routes.first_point)[used]
    first = np.concatenate([[0], np.cumsum(counts)])
    rows = np.repeat(routes.first_point[used] - first[:-1], counts) + np.arange(first[-1])
    return {
        "route_first": first.astype("<u4"),
        "point_x": routes.points[rows, 0].astype("<f4"),
        "point_y": routes.points[rows, 1].astype("<f4"),
        "point_m": routes.point_m[rows].astype("<f4"),
        "stop_m": routes.stop_m[used].astype("<f4").ravel(),
        "unit_route": which.astype("<u2"),
    }


def _unit_fields(units: IntArray, model: DeploymentModel) -> dict[str, Any]:
    crowd, walking = model.crowd, model.walking
    return {
        "unit_arrive_s": crowd.unit_arrive_s[units].astype("<f4"),
        "unit_slowness_s_per_m": walking.unit_slowness_s_per_m[units].astype("<f4"),
        "unit_size": np.diff(crowd.first_passer)[units].astype("u1"),
        "unit_wait_ds": _tenths(walking.unit_waits_s[units]).astype("<u2").ravel(),
        "unit_first_passer": crowd.first_passer[units].astype("<u4"),
    }


def _tenths(waits_s: FloatArray) -> FloatArray:
    """Return waits in tenths of a second, of which the sums are right to half a tenth."""
    sums = np.rint(10.0 * np.cumsum(waits_s, axis=1))
    return np.clip(np.diff(sums, axis=1, prepend=0.0), 0.0, _MOST_WAIT_DS)


def _pass_fields(units: IntArray, model: DeploymentModel) -> dict[str, Any]:
    """Return when whose face is in view of a camera that could compare it."""
    shown = np.zeros(len(model.crowd.unit_route), dtype=bool)
    shown[units] = True
    passes = model.walking.passes
    rows = captured_rows(model)
    rows = rows[shown[model.crowd.unit[passes.passer[rows]]]]
    return {
        "pass_passer": passes.passer[rows].astype("<u4"),
        "pass_enter_s": passes.enter_s[rows].astype("<f4"),
        "pass_exit_s": passes.exit_s[rows].astype("<f4"),
    }


def captured_rows(model: DeploymentModel) -> IntArray:
    """Return the rows of the pass table, a camera each, of passes that were captured."""
    table, searches = model.walking.passes, model.searches
    vans = max(1, len(model.site.vans))
    walks = searches.passes.passer * vans + searches.passes.van  # ordered
    row = np.searchsorted(walks, table.passer * vans + table.van)
    return np.flatnonzero(searches.captured[row])


def _packed(fields: dict[str, Any]) -> tuple[dict[str, list[Any]], bytes]:
    """Return where each field stands, and all of them one after another."""
    names = {"f4": "float32", "u4": "uint32", "u2": "uint16", "u1": "uint8"}
    places: dict[str, list[Any]] = {}
    pieces: list[bytes] = []
    at = 0
    for name, values in fields.items():
        piece = values.tobytes()
        piece += bytes(-len(piece) % _ALIGNED)
        places[name] = [names[values.dtype.str[1:]], at, len(values)]
        pieces.append(piece)
        at += len(piece)
    return places, b"".join(pieces)
