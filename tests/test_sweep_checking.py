"""What is said of an experiment before it runs: no sound line is blamed, and no fault is left for later."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_sweep_commands import experiment, faults_of

FIGURE = '[[figures]]\nkind = "curve"\ny = "alerts"\nx = "watchlist.size"\n'


@pytest.mark.parametrize(
    "text",
    [
        '[factors]\n"watchlist.size" = [1, 2]\n[outputs]\ncolumns = ["alertz"]\n',
        '[factors]\n"watchlist.sise" = [1, 2]\n',
        '[factors]\n"watchlist.size" = []\n',
        '[design]\nkind = "gird"\n[factors]\n"watchlist.size" = [1, 2]\n',
        '[factors]\n"watchlist.size" = [1, 2]\n[policies.p0]\n',
    ],
)
def test_a_sound_figure_is_not_blamed_for_another_fault(tmp_path: Path, text: str) -> None:
    """Protects whoever mends a file: only the line that is wrong is named."""
    said = faults_of(experiment(tmp_path, text + FIGURE)).splitlines()

    assert said[0].endswith("1 fault")
    assert "figures" not in said[1]
