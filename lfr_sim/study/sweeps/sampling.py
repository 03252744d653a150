"""Samples of the unit cube for designs whose factors are ranges, and from there to values of factors.

lhs       Latin hypercube (McKay, Beckman and Conover 1979)
sobol     scrambled Sobol' sequence (Owen 1998)
morris    trajectories of one step per factor (Morris 1991)
saltelli  matrices A and B with their mixtures, for Sobol' indices (Saltelli 2002)
"""

from __future__ import annotations

import importlib
import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lfr_sim.scenario import Fault, InputError

FloatArray = NDArray[np.float64]

LEVELS = 4
"""Of a Morris design that does not say how many."""

_NEEDS_SALIB = ("morris", "saltelli")
_SIZES = {"lhs": "points", "sobol": "points", "morris": "trajectories", "saltelli": "samples"}
"""What says how large a design is."""


def unit_sample(kind: str, factors: int, design: Mapping[str, Any]) -> FloatArray:
    """Return the points of a design in the unit cube, a row per point and a column per factor.

    The same for the same design and versions of SciPy and SALib.

    Args:
        kind: lhs, sobol, morris or saltelli.
        factors: How many factors there are.
        design: The table `[design]`.

    Raises:
        InputError: If the design cannot be made, or needs SALib and it is not installed.
    """
    points_of_design(kind, factors, design)
    seed = _seed(design)
    if kind in _NEEDS_SALIB:
        return _salib_sample(kind, factors, design, seed)
    from scipy.stats import qmc

    rng = np.random.Generator(np.random.PCG64(seed))
    if kind == "lhs":
        return qmc.LatinHypercube(d=factors, seed=rng).random(design["points"])
    return qmc.Sobol(d=factors, scramble=True, seed=rng).random(design["points"])


def points_of_design(kind: str, factors: int, design: Mapping[str, Any]) -> int:
    """Return how many points a design has, without making them.

    Raises:
        InputError: If no such design can be made.
    """
    faults = sampling_faults(kind, factors, design)
    if faults:
        raise InputError("design", faults)
    size = int(design[_SIZES[kind]])
    if kind == "morris":
        return size * (factors + 1)
    if kind == "saltelli":
        return size * (2 * factors + 2 if design.get("second_order") else factors + 2)
    return size


def sampling_faults(kind: str, factors: int, design: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with a design whose factors are ranges.

    Sobol' sequences are balanced only when their length is a power of two: any other length loses the
    very property they are chosen for, so it is refused and not merely warned of.
    """
    if kind not in _SIZES:
        return [Fault("design.kind", "its factors are no ranges", kind, ", ".join(_SIZES))]
    name = _SIZES[kind]
    size, faults = design.get(name), []
    if factors < 1:
        faults.append(Fault("factors", f"design {kind} needs at least one", shows_value=False))
    least = 1 if kind in ("lhs", "sobol") else 2
    if isinstance(size, bool) or not isinstance(size, int) or size < least:
        allowed = f"a whole number, at least {least}"
        faults.append(Fault(f"design.{name}", f"design {kind} needs it", size, allowed))
    elif kind in ("sobol", "saltelli") and size & (size - 1):
        below = 1 << (size.bit_length() - 1)
        problem = "a Sobol' sequence is balanced only when its length is a power of two"
        faults.append(Fault(f"design.{name}", problem, size, f"{below:,} or {2 * below:,}"))
    levels = _levels(design)
    if kind == "morris" and (levels < 2 or levels % 2):
        faults.append(Fault("design.levels", "not an even number", levels, "4, 6, 8, …"))
    return faults


def to_range(u: float, low: float, high: float, scale: str = "linear", whole: bool = False) -> float | int:
    """Return the value of a factor at a place u from 0 (lowest) to 1 (highest).

    Whole numbers between two ends each take up an equal part of a linear scale, the ends too; rounding
    would give the ends half a part. On a logarithmic scale k takes up the part from log k to log(k + 1).

    Raises:
        InputError: If whole numbers are asked for and there is none between low and high.
    """
    if not whole:
        return min(max(_between(u, low, high, scale), low), high)
    first, last = math.ceil(low), math.floor(high)
    if first > last:
        fault = Fault("whole", f"there is no whole number from {low:g} to {high:g}", shows_value=False)
        raise InputError("range", [fault])
    return min(math.floor(_between(u, first, last + 1, scale)), last)


@contextmanager
def quiet() -> Iterator[None]:
    """Let SALib use what other libraries mean to take away; no other warning is silenced."""
    with warnings.catch_warnings():
        for category in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
            warnings.simplefilter("ignore", category)
        yield


def salib(module: str, kind: str) -> Any:
    """Return a module of SALib, or raise the `InputError` that says how to install it."""
    try:
        with quiet():
            return importlib.import_module(f"SALib.{module}")
    except ImportError:
        problem = "needs SALib; pip install 'lfr-sim[sensitivity]'"
        raise InputError("design", [Fault("design.kind", problem, kind)]) from None


def _salib_sample(kind: str, factors: int, design: Mapping[str, Any], seed: int) -> FloatArray:
    problem = problem_of(factors)
    made: FloatArray
    if kind == "morris":
        module = salib("sample.morris", kind)
        with quiet():
            made = module.sample(problem, design["trajectories"], num_levels=_levels(design), seed=seed)
    else:
        module, both = salib("sample.sobol", kind), bool(design.get("second_order"))
        with quiet():
            made = module.sample(problem, design["samples"], calc_second_order=both, seed=seed)
    return np.clip(np.asarray(made, dtype=np.float64), 0.0, 1.0)


def problem_of(factors: int) -> dict[str, Any]:
    """Return factors on the unit cube as SALib describes them."""
    names = [f"x{number}" for number in range(factors)]
    return {"num_vars": factors, "names": names, "bounds": [[0.0, 1.0]] * factors}


def _levels(design: Mapping[str, Any]) -> int:
    levels = design.get("levels")
    return LEVELS if levels is None else int(levels)


def _seed(design: Mapping[str, Any]) -> int:
    seed = design.get("seed")
    return 1 if seed is None else int(seed)


def _between(u: float, low: float, high: float, scale: str) -> float:
    if scale == "log":
        return float(low ** (1 - u) * high**u)
    return float(low * (1 - u) + high * u)
