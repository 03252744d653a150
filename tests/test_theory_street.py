"""The closed form of the street and of several vans, against the simulation.

Counts are over-dispersed here, so means over replicates are compared by their own standard errors;
|z| < 5 has an error probability of 6e-7 a count.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from theory_parts import flat, totals

from lfr_sim.closed_form import theory
from lfr_sim.scenario import Scenario

STEADY: dict[str, Any] = {
    "watchlist.presence_law": "fixed",
    "watchlist.presence_day_effect": False,
    "camera.dedupe_cooldown_s": 0.0,
    "officers.teams": 0,
}
"""No day like another, no alert held back, and nobody who holds people up."""


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["oxford_circus", "leicester_square"])
def test_company_returns_and_signals_keep_the_means(layout: str) -> None:
    """Protects the closed form of the street as it is by default: company, second walks, crowding."""
    scenario = Scenario.from_dict({"site": {"layout": layout, "vans": ["V1", "V2"]}}).replace(
        STEADY
        | {
            "watchlist.presence": 0.05,
            "matcher.fmr": 1e-6,
            "camera.tracks_per_pass": 1.4,
            "crowd.mask_share": 0.2,
            "crowd.hood_or_hat_share": 0.1,
            "officers.stages": 2,
        }
    )
    many = totals(scenario, replicates=25, seed=7)
    expected = theory(scenario)

    z = many.z(expected)

    assert {name: round(value, 1) for name, value in z.items() if abs(value) > 5} == {}
    for name, value in many.constant().items():
        assert flat(expected)[name] == pytest.approx(value)


@pytest.fixture(scope="module")
def two_vans(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the path of a straight pavement with a van at a quarter of it and one at three."""
    ends = {"west": (0.0, 168.0, -3.0), "east": (120.0, 12.0, 3.0)}
    vans = {"V1": 30.0, "V2": 90.0}
    layout = {
        "schema": "lfr-site/0.1",
        "id": "two_vans",
        "name": "A pavement with two vans",
        "polygons": [{"id": "pavement", "coords": [[0, 0], [120, 0], [120, 4], [0, 4]]}],
        "gates": [
            {"id": end, "segment": [[x, 0], [x, 4]], "in_share": 0.5, "out_share": 0.5}
            for end, (x, _, _) in ends.items()
        ],
        "vans": [{"id": van, "x": x, "y": -1.3} for van, x in vans.items()],
        "cameras": [
            {
                "id": f"{van}-{end}",
                "van": van,
                "x": x + shift,
                "y": -0.4,
                "heading_deg": heading,
                "hfov_deg": 40,
            }
            for van, x in vans.items()
            for end, (_, heading, shift) in ends.items()
        ],
    }
    path: Path = tmp_path_factory.mktemp("layouts") / "two_vans.json"
    path.write_text(json.dumps(layout), encoding="utf-8")
    return str(path)


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.0, 0.15, 0.5, 0.9, 1.0])
def test_missed_at_two_vans_agree_as_the_scores_do(two_vans: str, rho: float) -> None:
    """Protects `mated_agreement`: from two chances for everybody to one, where rho is 1.

    Everybody passes both vans, some a second time the same day. An agreement off by 0.3 is seen.
    """
    said = {"crowd.passers_per_hour": 12_000.0, "deployment.hours": 0.5, "watchlist.presence": 0.1}
    said |= {"matcher.fmr": 0.0, "matcher.tpir": 0.5, "matcher.tpir_age_decay_per_year": 0.05}
    said |= {"crowd.repeat.same_day_share": 0.5, "crowd.repeat.delay_mean_h": 0.2}
    scenario = Scenario.from_dict({"site": {"layout": two_vans, "vans": ["V1", "V2"]}}).replace(
        STEADY | said | {"crowd.mask_share": 0.2, "matcher.mated_agreement": rho}
    )
    many = totals(scenario, replicates=50, seed=3)

    assert {name: z for name, z in many.z(theory(scenario)).items() if abs(z) > 5} == {}
    other = scenario.replace({"matcher.mated_agreement": rho - 0.3 if rho > 0.5 else rho + 0.3})
    assert abs(many.z(theory(other))["missed"]) > 5
