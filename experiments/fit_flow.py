"""Which flow makes the expected number of faces equal the published one?

    python experiments/fit_flow.py scenarios/*.toml

Hours and flow of 2022 were never published. Hours are set to the force's usual stint; the flow is then
fitted, because faces, the hours and the share of passers in view of a van leave only that free. For
each scenario with published faces this prints the flow to be written into the file.

Faces grow with the flow until people are too close together to be seen, or to walk; where two flows
give as many faces, it is the lower one.
"""

from __future__ import annotations

import itertools
import sys

import numpy as np
from scipy.optimize import brentq

from lfr_sim import InputError, Scenario, theory

LEAST_PER_H, MOST_PER_H = 100.0, 80_000.0
_STEPS = 60


def fitted_flow(scenario: Scenario, faces: int) -> float:
    """Return the passers per hour at which so many faces are expected.

    Raises:
        ValueError: If there is no such flow.
    """

    def surplus(flow: float) -> float:
        """Return expected faces above the published ones."""
        return theory(scenario.replace({"crowd.passers_per_hour": flow})).record["faces"] - faces

    if surplus(LEAST_PER_H) < 0 < surplus(MOST_PER_H):
        return float(brentq(surplus, LEAST_PER_H, MOST_PER_H, xtol=0.5))
    flows = np.geomspace(LEAST_PER_H, MOST_PER_H, _STEPS).tolist()
    above = [surplus(flow) for flow in flows]
    for (low, high), (before, after) in zip(
        itertools.pairwise(flows), itertools.pairwise(above), strict=True
    ):
        if before <= 0 <= after:
            return float(brentq(surplus, low, high, xtol=0.5))
    most, at = max(zip(above, flows, strict=True))
    raise ValueError(
        f"no flow from {LEAST_PER_H:,.0f} to {MOST_PER_H:,.0f} passers per hour gives {faces:,} faces; "
        f"there are {min(above) + faces:,.0f} to {most + faces:,.0f}, the most at {at:,.0f} per hour"
    )


def main(paths: list[str]) -> int:
    """Print the fitted flow of each scenario file; return 1 if one has none, 2 if one is no scenario."""
    codes = [0]
    for path in paths:
        try:
            scenario = Scenario.from_file(path)
            faces = scenario.published.faces
            if faces is not None:
                print(f"{path}: passers_per_hour = {fitted_flow(scenario, faces):.0f}")
        except InputError as error:
            print(error, file=sys.stderr)
            codes.append(2)
        except ValueError as error:
            print(f"{path}: {error}", file=sys.stderr)
            codes.append(1)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
