"""What no visitor may do to the server that many share: read its files, fill its memory, take its time."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from lfr_sim.dashboard import simulated
from lfr_sim.dashboard.address import opened
from lfr_sim.dashboard.compared import ComparedArm
from lfr_sim.dashboard.limits import MOST_OPENED
from lfr_sim.dashboard.pages.compare import ComparePage
from lfr_sim.dashboard.pages.evidence import EvidencePage
from lfr_sim.dashboard.pages.explore import ExplorePage
from lfr_sim.dashboard.pages.visit import Visit
from lfr_sim.dashboard.prediction import predict
from lfr_sim.dashboard.runs import Runs
from lfr_sim.dashboard.settings import shown_settings
from lfr_sim.dashboard.simulated import open_day, show_day, simulate_day
from lfr_sim.dashboard.state import Arm
from lfr_sim.dashboard.swept import sweep_values
from lfr_sim.dashboard.tables import comparison_csv
from lfr_sim.scenario import setting_paths

SECRET = "hunter2"
SOON_S = 1.0
"""CPU time for what takes a quarter of a second on an idle machine."""


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


CROWDED = "a=minimal&a.set=matcher.fmr=0.001&a.set=deployment.hours=1.0&days=3"
"""More alerts a day than are opened."""


def test_a_day_with_too_many_alerts_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the other visitors, who wait while a day is made: such a day is counted, and not drawn."""
    visit = the_visit(ExplorePage, CROWDED)
    scenario, digest = visit.state.scenario, visit.state.arms[0].digest
    rows = [simulate_day(scenario, 1, replicate) for replicate in range(3)]
    visit._runs.keep(digest, 1, rows)
    monkeypatch.setattr(simulated, "DeploymentModel", None)  # which the server must not run
    began = time.process_time()
    told = visit.regions()
    player = visit.player()
    took_s = time.process_time() - began

    alerts = visit.shown.row.record["alerts"]
    assert alerts > MOST_OPENED
    assert took_s < SOON_S
    words = f"This day has {alerts:,} alerts"
    assert words in told["steps"]
    assert "too many to draw" in told["steps"]
    assert words in player["summary"]
    assert (player["walks"], player["events"], player["header"]) == (b"", [], {})
    assert f"{alerts:,}" in told["record"], "counts, table and dots stay"
    assert 'id="dots-wrongful-engagements"' in told["panels"]
    assert "time line" not in told["panels"]
    assert 'data-value="brief"' not in told["foot"]
    for event in (("redraw", "officers"), ("next", ""), ("alert", "3"), ("download", "brief")):
        assert visit.handle(dict(zip(("do", "value"), event, strict=True))) == {}
        assert visit.faults == ()
    before = visit.shown.replicate
    visit.handle({"do": "day", "value": "after"})
    visit.regions()
    assert visit.shown.replicate == (before + 1) % 3, "the days can still be gone through"


def test_a_day_that_turns_out_to_be_too_full_is_not_told_either() -> None:
    """Protects the same of a day that is not known yet, or is drawn again."""
    scenario = Arm("minimal", (("matcher.fmr", "0.001"), ("deployment.hours", "1.0"))).scenario
    redrawn = show_day(scenario, seed=1, replicate=0, redraw=(("officers", 1),))
    first = simulate_day(scenario, 1, 0)

    assert not redrawn.is_open
    assert (redrawn.alerts, dict(redrawn.stories), redrawn.walks.data) == ((), {}, b"")
    assert len(redrawn.row.marks) > MOST_OPENED
    assert open_day(scenario, seed=1, replicate=7, redraw=(), rows=[first]).row is first


def test_a_day_as_full_as_may_be_is_opened_in_time() -> None:
    """Protects the limit: it lets through what can be shown in well under half a second."""
    scenario = Arm("oxford-circus-2022-07-16", (("matcher.fmr", "0.000004"),)).scenario
    simulate_day(scenario, 1, 0)  # so that the site is known
    began = time.process_time()
    shown = show_day(scenario, seed=1, replicate=0)
    shown.events()
    took_s = time.process_time() - began

    assert 600 < len(shown.row.marks) <= MOST_OPENED
    assert shown.is_open
    assert took_s < SOON_S


NOT_SHOWN = sorted(set(setting_paths()) - shown_settings())
"""What a scenario says that is no setting of the model: its schema, titles, and what was published."""


@pytest.mark.parametrize("path", NOT_SHOWN)
def test_only_settings_can_be_swept_or_opened(path: str) -> None:
    """Protects Compare: what is no setting of the model breaks nothing, by link or by event."""
    found = opened("/compare", f"a=minimal&sweep={path}")
    assert [(fault.path, fault.value) for fault in found.faults] == [("sweep", path)]
    assert found.state.sweep == ""

    visit = the_visit(ComparePage, f"a=minimal&sweep={path}")
    for event in (("open", path), ("set", "@sweep", path), ("set", "A:@another", path)):
        told = dict(
            zip(("do", "path", "value") if len(event) == 3 else ("do", "value"), event, strict=True)
        )
        assert visit.handle(told) == {}
        assert (visit.asked, visit.state.sweep) == ("", "")
        assert visit.regions()["sweep"]


def test_every_setting_can_be_swept_and_opened() -> None:
    """Protects the other side: whatever the page shows as a setting can be looked at there."""
    visit = the_visit(ComparePage)
    for path in sorted(shown_settings()):
        assert opened("/compare", f"a=minimal&sweep={path}").faults == ()
        visit.handle({"do": "open", "value": path})
        visit.handle({"do": "set", "path": "@sweep", "value": path})
        assert (visit.asked, visit.state.sweep) == (f"A:{path}", path)
        assert visit._forms()
        assert sweep_values(path, visit.state.scenario)


@pytest.mark.parametrize("make", [ExplorePage, ComparePage, EvidencePage])
@pytest.mark.parametrize("path", NOT_SHOWN)
def test_what_is_no_setting_breaks_no_page(make: type[Visit], path: str) -> None:
    """Protects all pages from links that change a title or a published number."""
    for text in ("1", "schema", "[1]"):
        visit = the_visit(make, f"a=minimal&a.set={path}={text}&b=minimal&b.set=watchlist.size=1")
        assert visit.regions()["bar"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('=HYPERLINK("http://example.org")', '\'=HYPERLINK("http://example.org")'),
        ("+1", "'+1"),
        ("-2 teams", "'-2 teams"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("Half the list", "Half the list"),
    ],
)
def test_no_name_becomes_a_formula(name: str, written: str) -> None:
    """Protects whoever opens the data of somebody else's link in a spreadsheet; numbers stay numbers."""
    scenario = Arm("minimal").scenario
    table = comparison_csv([ComparedArm("A", name, scenario, predict(scenario, days=2).days)], 1)
    rows = list(csv.DictReader(io.StringIO(table)))

    assert [row["name"] for row in rows] == [written, written]
    assert all(float(row["record.faces"]) > 0 for row in rows)
