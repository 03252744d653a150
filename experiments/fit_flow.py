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
from scipy.optimize import brentq, minimize_scalar

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
    steps = np.geomspace(LEAST_PER_H, MOST_PER_H, _STEPS).tolist()
    above = {flow: surplus(flow) for flow in steps}
    top = steps.index(max(steps, key=above.__getitem__))
    around = steps[max(0, top - 1)], steps[min(top + 1, _STEPS - 1)]
    peak = minimize_scalar(lambda flow: -surplus(flow), bounds=around, method="bounded")
    above[float(peak.x)] = -float(peak.fun)  # the most faces come between two steps
    for low, high in itertools.pairwise(sorted(above)):
        if above[low] <= 0 <= above[high]:
            return float(brentq(surplus, low, high, xtol=0.5))
    at = max(above, key=above.__getitem__)
    least, most = min(above.values()) + faces, above[at] + faces
    raise ValueError(
        f"no flow from {LEAST_PER_H:,.0f} to {MOST_PER_H:,.0f} passers per hour gives {faces:,} faces; "
        f"there are {least:,.0f} to {most:,.0f}, the most at {at:,.0f} per hour"
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
