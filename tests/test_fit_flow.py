"""The fit of the flow: the faces come out, and where they cannot it says so."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from strategies import pavement_file

from lfr_sim import Scenario, theory
from lfr_sim.scenario import shipped_scenarios

SCRIPT = Path(__file__).parents[1] / "experiments" / "fit_flow.py"


@pytest.fixture(scope="module")
def fit() -> ModuleType:
    """Return the script, imported."""
    spec = importlib.util.spec_from_file_location("fit_flow", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def narrow(tmp_path: Path, faces: int) -> Path:
    """Return the file of a scenario on a pavement on which a dense crowd comes to a halt."""
    (tmp_path / "street.toml").write_text('name = "Narrow"\nlength_m = 60.0\nwidth_m = 1.5\n')
    path = tmp_path / "narrow.toml"
    published = f"[published]\nfaces = {faces}\n"
    path.write_text(f'[site]\nlayout = "street.toml"\n[deployment]\nhours = 5.0\n{published}')
    return path


@pytest.mark.parametrize("name", ["oxford-circus-2022-01-28", "oxford-circus-2022-07-16"])
def test_shipped_flows_are_those_that_are_fitted(fit: ModuleType, name: str) -> None:
    """Protects the scenarios: the flow in the file is what the script prints, and its source says so."""
    scenario = Scenario.from_file(shipped_scenarios()[name])
    assert scenario.published.faces is not None
    fitted = fit.fitted_flow(scenario, scenario.published.faces)

    assert abs(fitted - scenario.crowd.passers_per_hour) <= 0.5


def test_the_lower_of_two_flows_is_found_where_a_crowd_comes_to_a_halt(
    fit: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Protects narrow sites: faces fall again beyond some flow, so both ends have too few of them."""
    path = narrow(tmp_path, 20_000)

    assert fit.main([str(path)]) == 0
    flow = float(capsys.readouterr().out.rpartition("= ")[2])
    scenario = Scenario.from_file(path).replace({"crowd.passers_per_hour": flow})
    assert theory(scenario).record["faces"] == pytest.approx(20_000, rel=1e-3)
    assert flow < 5_000


def test_the_most_faces_between_two_steps_of_the_search_are_found(
    fit: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Protects what is said of no flow: 31,525 faces lie above every step, and below the top."""
    assert fit.main([str(narrow(tmp_path, 31_525))]) == 0
    assert 6_000 < float(capsys.readouterr().out.rpartition("= ")[2]) < 6_671
    assert fit.main([str(narrow(tmp_path, 31_700))]) == 1
    most = float(capsys.readouterr().err.rpartition(" to ")[2].partition(" the most")[0].replace(",", ""))
    assert 31_630 <= most < 31_700


def test_faces_that_no_flow_gives_are_one_line(
    fit: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Protects against a traceback from a solver; the other files are fitted all the same."""
    path, sound = narrow(tmp_path, 2_000_000), str(shipped_scenarios()["oxford-circus-2022-01-28"])

    assert fit.main([str(path), pavement_file(), sound]) == 2
    told = capsys.readouterr()
    assert "gives 2,000,000 faces; there are" in told.err.splitlines()[0]
    assert "Traceback" not in told.err
    assert told.out.endswith("passers_per_hour = 11048\n")
