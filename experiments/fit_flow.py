"""Which flow makes the expected number of faces equal the published one?

    python experiments/fit_flow.py scenarios/*.toml

Hours and flow of 2022 were never published. Hours are set to the force's usual stint; the flow is then
fitted, because faces, the hours and the share of passers in view of a van leave only that free. For
each scenario with published faces this prints the flow to be written into the file.
"""

from __future__ import annotations

import sys

from scipy.optimize import brentq

from lfr_sim import Scenario, theory


def fitted_flow(scenario: Scenario) -> float:
    """Return the passers per hour at which the expected faces are the published faces."""
    faces = scenario.published.faces
    if faces is None:
        raise SystemExit(f"{scenario.title}: no faces were published")

    def surplus(flow: float) -> float:
        """Return expected faces above the published ones."""
        return theory(scenario.replace({"crowd.passers_per_hour": flow})).record["faces"] - faces

    return float(brentq(surplus, 100.0, 80_000.0, xtol=0.5))


def main(paths: list[str]) -> None:
    """Print the fitted flow of each scenario file."""
    for path in paths:
        scenario = Scenario.from_file(path)
        if scenario.published.faces is not None:
            print(f"{path}: passers_per_hour = {fitted_flow(scenario):.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
