"""What several test files need."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# One set of examples for everybody, so that a failure is the same on every machine.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

PAVEMENT = """
name = "A straight pavement"
length_m = 60.0
width_m = 4.0
"""


@pytest.fixture(scope="session")
def pavement(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the path of a straight pavement with one van and a camera each way."""
    path: Path = tmp_path_factory.mktemp("layouts") / "pavement.toml"
    path.write_text(PAVEMENT)
    return str(path)
