"""What a visitor may not do to the server that many share: read its files, fill its memory, take its time."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from lfr_sim.dashboard.address import opened
from lfr_sim.dashboard.pages.compare import ComparePage
from lfr_sim.dashboard.pages.explore import ExplorePage
from lfr_sim.dashboard.pages.visit import Visit
from lfr_sim.dashboard.runs import Runs

SECRET = "hunter2"


@pytest.fixture
def secrets_of(tmp_path: Path) -> Path:
    """Return a folder of this machine with files that are nobody's business."""
    for name in ("private.json", "private.toml"):
        (tmp_path / name).write_text(f'{{"password is {SECRET}": "{SECRET}"}}')
    (tmp_path / "scores.csv").write_text(f"kind,score\n{SECRET},0.9\n")
    return tmp_path


def the_visit(make: type[Visit], query: str = "a=minimal&days=20") -> Any:
    """Return a visit to a page, of which nothing has been run."""
    return make(opened("/", query), "somebody", Runs(simulate=None))


@pytest.mark.parametrize("name", ["private.json", "private.toml", "privat.json", "none/such.json"])
@pytest.mark.parametrize("way", ["link", "set", "use", "upload", "move"])
def test_no_visitor_has_a_file_of_the_machine_opened(secrets_of: Path, name: str, way: str) -> None:
    """Protects files: neither what is in one, nor whether it is there, nor what lies beside, is told."""
    path = str(secrets_of / name)
    change = f'site.layout="{path}"'
    if way == "link":
        query = f"a=minimal&a.set={quote(change)}&a.set=matcher.threshold=0.61"
        faults = opened("/", query).faults
        assert opened("/", query).state.arms[0].changes == (("matcher.threshold", "0.61"),)
    else:
        visit = the_visit(ExplorePage if way in ("use", "move") else ComparePage)
        content = f'[site]\nlayout = "{path}"\n'.encode()
        event = {
            "set": {"do": "set", "path": "A:site.layout", "value": path},
            "use": {"do": "use", "value": change},
            "upload": {"do": "upload", "name": "mine.toml", "size": len(content)},
            "move": {"do": "set", "path": "site.layout", "value": path},
        }[way]
        visit.handle(event, content)
        faults = visit.faults
        assert visit.state.scenario.site.layout == "leicester_square"

    (fault,) = faults
    assert (fault.path, fault.value) == ("site.layout", path)
    assert "oxford_circus" in fault.allowed
    told = str(fault).replace(path, "")
    assert fault.problem == "no site that is shown here"
    assert SECRET not in told
    assert "private" not in told


@pytest.mark.parametrize("name", ["scores.csv", "score.csv"])
def test_no_visitor_has_a_file_of_scores_opened(secrets_of: Path, name: str) -> None:
    """Protects files of scores likewise, in links and uploads."""
    path = str(secrets_of / name)
    content = f'[site]\nlayout = "oxford_circus"\n[matcher]\nscore_file = "{path}"\n'.encode()
    visit = the_visit(ExplorePage)
    visit.handle({"do": "upload", "name": "mine.toml", "size": len(content)}, content)
    by_link = opened("/", f"a=minimal&a.set={quote(f'matcher.score_file={path}')}")

    assert by_link.state.arms[0].changes == ()
    for (fault,) in (visit.faults, by_link.faults):
        assert fault.path == "matcher.score_file"
        assert "only on the command line" in fault.problem
        assert not fault.shows_value
        assert SECRET not in str(fault)
