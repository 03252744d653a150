"""What several test files need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import CHROMIUM, Visitor, browsing, required, serving
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


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a dashboard that is being served."""
    with serving(tmp_path_factory.mktemp("dashboard") / "log") as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a browser; without one the test is skipped, or fails where LFR_SIM_BROWSER asks (CI)."""
    if CHROMIUM is None:
        if required():
            pytest.fail("there is no Chromium, and LFR_SIM_BROWSER is required")
        pytest.skip("there is no Chromium on this machine")
    with browsing() as browser:
        yield browser


@pytest.fixture
def visitor(chromium: Any, dashboard: str) -> Iterator[Visitor]:
    """Return somebody with a tab open, who in the end has asked for nothing outside and met no error."""
    somebody = Visitor(chromium, dashboard)
    yield somebody
    somebody.close()
    assert somebody.outside == []
    assert somebody.errors == []
