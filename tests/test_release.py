"""What is handed out: a source archive, and a wheel that is small, whole and works anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_BYTES = 5_000_000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the source archive and the wheel that was built from it, as for a release."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    """Return the wheel."""
    (found,) = dist.glob("*.whl")
    return found


def _data_files() -> set[str]:
    """Return all that is no Python in the package, and what travels inside it from the top level."""
    inside = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "lfr_sim").rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    shipped = {
        f"lfr_sim/{path.relative_to(ROOT).as_posix()}"
        for folder in ("scenarios", "experiments")
        for path in (ROOT / folder).glob("*.toml")
    }
    return inside | shipped


def test_wheel_is_small(wheel: Path) -> None:
    """A school's connection is slow, and a teacher has ten minutes."""
    assert wheel.stat().st_size < MOST_BYTES


def test_wheel_holds_all_that_is_no_code(wheel: Path) -> None:
    """Scenarios, experiments, layouts, the record, what the dashboard needs: none is left at home."""
    held = set(zipfile.ZipFile(wheel).namelist())
    kinds = {Path(name).suffix for name in held}

    assert _data_files() - held == set()
    assert {".toml", ".json", ".csv", ".css", ".js", ".svg"} <= kinds


def test_wheel_holds_nothing_of_the_workshop(wheel: Path) -> None:
    """Tests, pages and benchmarks stay in the repository; nobody else's package is written over."""
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert tops == {"lfr_sim", f"{wheel.name.partition('-py3')[0]}.dist-info"}


def test_source_archive_holds_what_a_reader_needs(dist: Path) -> None:
    """Whoever gets the archive alone can read, test and cite it."""
    (archive,) = dist.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        held = {name.partition("/")[2] for name in opened.getnames()}

    assert {"README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "mkdocs.yml"} <= held
    assert {"docs/index.md", "docs/notebooks/quick-start.ipynb", "tests/test_release.py"} <= held


def test_wheel_works_away_from_the_repository(wheel: Path, tmp_path: Path) -> None:
    """The program finds its own scenarios, experiments and layouts, wherever it is started."""
    home, elsewhere = tmp_path / "package", tmp_path / "elsewhere"
    elsewhere.mkdir()
    zipfile.ZipFile(wheel).extractall(home)

    def said(*words: str) -> str:
        """Return what the program of the wheel prints, started elsewhere."""
        code = f"import sys, lfr_sim.cli as cli; assert cli.__file__.startswith({str(home)!r}); "
        command = [sys.executable, "-c", f"{code}sys.exit(cli.main({list(words)!r}))"]
        environment = {**os.environ, "PYTHONPATH": str(home)}
        done = subprocess.run(
            command, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "oxford-circus-2022-01-28" in said("scenarios")
    assert "list-size-and-presence" in said("experiments")
    assert "oxford_circus" in said("sites")
    assert "Record row" in said("run", "minimal", "--replicates", "1")
    assert list(elsewhere.iterdir()) == []
