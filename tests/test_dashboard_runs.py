"""The dashboard's runs: many days in a process of its own, stopped, broken, shared, and never left over."""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import run_days

from lfr_sim.dashboard import run_start, run_warm
from lfr_sim.dashboard.days import DayRow
from lfr_sim.dashboard.known_days import KeptColumns, KnownDays, size_of
from lfr_sim.dashboard.limits import MOST_ALERTS, MOST_DAYS, MOST_WAITING, job_faults, visitor_faults
from lfr_sim.dashboard.run_process import Simulate
from lfr_sim.dashboard.runs import Job, Progress, Run, Runs
from lfr_sim.dashboard.simulated import simulate_day
from lfr_sim.scenario import InputError, Scenario, shipped_scenarios
from lfr_sim.street import load_site, shipped_layouts, site_of
from lfr_sim.street.walkways import _routes_of, routes_of

SMALL = Scenario.from_file("minimal")
OTHER = SMALL.replace({"watchlist.size": 3000})
LONG_S = 60.0
"""For what takes well under a second on an idle machine."""
PROC = Path("/proc/self/stat").exists()

posix = pytest.mark.skipif(os.name != "posix" or not PROC, reason="signals, and processes in /proc")


def job(*arms: Scenario, days: int = 10, seed: int = 1) -> Job:
    """Return a job; of one small scenario unless told."""
    return Job(arms or (SMALL,), seed, days)


@pytest.fixture
def runs_of() -> Iterator[Callable[..., Runs]]:
    """Return a maker of `Runs`, all of which are closed in the end."""
    made: list[Runs] = []

    def make(simulate: Simulate = run_days.quick, at_once: int = 2) -> Runs:
        made.append(Runs(at_once, simulate))
        return made[-1]

    yield make
    for runs in made:
        runs.close()


def until(happened: Callable[[], object], what: str = "it") -> None:
    """Wait until something has happened; far longer than it may take, so that busy machines pass."""
    ends = time.monotonic() + LONG_S
    while not happened():
        assert time.monotonic() < ends, f"{what} has not happened"
        time.sleep(0.005)


def is_alive(pid: int) -> bool:
    """Return whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def pids(rows: tuple[DayRow, ...]) -> list[int]:
    """Return the processes in which days were simulated, each once, in order."""
    return list(dict.fromkeys(int(row.truth["pid"]) for row in rows))


def drawn(rows: tuple[DayRow, ...]) -> list[tuple[int, float]]:
    """Return what days are as a function of scenario, seed and number."""
    return [(row.replicate, row.truth["drawn"]) for row in rows]


def test_a_run_gives_the_days_of_every_policy_and_ends_its_process(runs_of: Callable[..., Runs]) -> None:
    """Protects the result: day r of every policy is the day that would be simulated right here."""
    runs = runs_of()
    run = runs.start("me", job(SMALL, OTHER, days=30, seed=5))
    assert run.wait(LONG_S)

    assert run.progress == Progress(30, 30, None, None, "done", "")
    for arm, scenario in enumerate((SMALL, OTHER)):
        here = tuple(run_days.quick(scenario, 5, replicate) for replicate in range(30))
        assert drawn(run.rows(arm)) == drawn(here)
    (child,) = pids(run.rows(0))
    assert child != os.getpid()
    if PROC:
        until(lambda: not is_alive(child), "the end of the process")
    if hasattr(os, "nice"):
        assert run.rows(0)[0].truth["nice"] == max(5, os.nice(0))


def test_partial_results_are_paired_and_grow(runs_of: Callable[..., Runs]) -> None:
    """Protects comparisons while they run: at any moment the same days under every policy, from day 0."""
    seen: list[tuple[Progress, list[int], list[int], float]] = []

    def look() -> None:
        numbers = [[row.replicate for row in run.rows(arm)] for arm in (0, 1)]
        seen.append((run.progress, numbers[0], numbers[1], time.monotonic()))

    run = runs_of(run_days.slow).start("me", job(SMALL, OTHER, days=25))
    run.on_change = look
    assert run.wait(LONG_S)
    until(lambda: seen and seen[-1][0].state == "done", "the last call")

    for progress, first, second, _ in seen[:-1]:
        assert progress.state == "running"
        assert first == second
        assert len(first) >= progress.done_days
    assert [one[0].done_days for one in seen] == sorted(one[0].done_days for one in seen)
    assert len(seen) >= 3
    assert any(one[0].seconds_left is not None for one in seen[:-1])
    assert len(seen) <= 3 + (seen[-1][3] - seen[0][3]) / 0.1
    truth = [row.truth["when"] for pair in zip(run.rows(0), run.rows(1), strict=True) for row in pair]
    assert truth == sorted(truth), "day r of every policy comes before day r + 1 of any"


def test_the_first_day_is_sent_alone_and_at_once(runs_of: Callable[..., Runs]) -> None:
    """Protects the first impression: something is seen long before the second batch is full."""
    counts: list[int] = []
    began = time.monotonic()
    run = runs_of(run_days.slow).start("me", job(days=40), lambda: counts.append(run.progress.done_days))
    assert run.wait(LONG_S)

    assert counts[0] == 1
    assert 3 <= len(counts) <= 3 + (time.monotonic() - began) / 0.1


@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_a_stopped_run_keeps_its_days_and_leaves_no_process(
    runs_of: Callable[..., Runs], seconds: float
) -> None:
    """Protects the visitor who has seen enough, and the machine: stopping is at once, and final."""
    run = runs_of(run_days.sleeping).start("me", job())
    until(lambda: run.progress.done_days, "the first day")
    time.sleep(seconds)
    before = time.monotonic()
    run.stop()
    taken = time.monotonic() - before
    kept = run.rows(0)

    assert run.progress.state == "stopped"
    assert run.progress.problem == ""
    assert len(kept) >= 1
    assert taken < 2.0  # the bar is 0.1 s, on a machine that does nothing else
    if PROC:
        until(lambda: not is_alive(pids(kept)[0]), "the end of the process")
    run.stop()
    run._add(((0, kept[0]),))  # one that was on its way
    run._runs.keep(SMALL.digest, 1, [run_days.quick(SMALL, 1, replicate) for replicate in range(9)])
    run.look_up()  # as one does that is stopped just before it begins
    assert run.rows(0) == kept
    assert run.progress.state == "stopped"


def test_a_run_goes_on_from_the_days_that_are_known(runs_of: Callable[..., Runs]) -> None:
    """Protects the visitors' time: no day is simulated twice, whoever asked for it first."""
    runs = runs_of(run_days.slow)
    first = runs.start("one", job(days=100))
    until(lambda: first.progress.done_days >= 5, "five days")
    first.stop()
    kept = first.rows(0)
    assert runs.known(SMALL, 1) == kept
    assert runs.known(SMALL, 2) == ()
    assert runs.cached(job(days=100)) is None
    assert runs.cached(job(days=len(kept))) == (kept,)

    further = runs.start("two", job(SMALL, OTHER, days=len(kept) + 5))
    pairs: list[tuple[int, int]] = []
    further.on_change = lambda: pairs.append((len(further.rows(0)), len(further.rows(1))))
    assert further.wait(LONG_S)
    assert {first - second for first, second in pairs} == {0}
    mine, others = further.rows(0), further.rows(1)
    assert mine[: len(kept)] == kept
    assert len(mine) == len(others) == len(kept) + 5
    assert not {*pids(kept)} & {*pids(mine[len(kept) :]), *pids(others)}

    again = runs.start("three", job(OTHER, SMALL, days=5))
    assert again.progress == Progress(5, 5, None, None, "done", "")
    assert (again.rows(0), again.rows(1)) == (others[:5], mine[:5])


def test_a_policy_that_stands_twice_is_simulated_once(runs_of: Callable[..., Runs]) -> None:
    """Protects comparisons of a scenario with itself under another title: same result, half the time."""
    same = SMALL.replace({"title": "Another title"})
    run = runs_of().start("me", job(SMALL, same, OTHER))
    assert run.wait(LONG_S)

    assert run.rows(0) == run.rows(1)
    assert len(run.rows(0)) == 10
    assert drawn(run.rows(0)) != drawn(run.rows(2))


def test_a_visitor_has_one_run_at_a_time(runs_of: Callable[..., Runs]) -> None:
    """Protects the other visitors: a second run is refused in plain words, until the first has ended."""
    runs = runs_of(run_days.sleeping)
    first = runs.start("me", job())
    with pytest.raises(InputError, match=r"your last run is still under way.*one run at a time"):
        runs.start("me", job(OTHER))
    assert first.is_under_way
    first.stop()

    second = runs.start("me", job(OTHER))
    assert second.is_under_way


def test_runs_wait_in_line_and_say_their_place(runs_of: Callable[..., Runs]) -> None:
    """Protects the cores: no more runs at once than the server has been told, first come, first served."""
    runs = runs_of(run_days.sleeping, at_once=1)
    told: list[int | None] = []
    first = runs.start("a", job(seed=1))
    second = runs.start("b", job(seed=2))
    third = runs.start("c", job(seed=3), lambda: told.append(third.progress.place_in_line))
    assert [run.progress.state for run in (first, second, third)] == ["running", "waiting", "waiting"]
    assert [run.progress.place_in_line for run in (first, second, third)] == [None, 1, 2]

    second.stop()
    assert second.progress.state == "stopped"
    assert third.progress.place_in_line == 1
    assert told == [1]
    first.stop()
    until(lambda: third.progress.done_days, "the first day of the third")
    assert third.progress.place_in_line is None


def test_the_line_is_bounded_whoever_stands_in_it(runs_of: Callable[..., Runs]) -> None:
    """Protects all visitors from one with many tabs; days that are known are still to be had."""
    runs = runs_of(run_days.sleeping, at_once=1)
    runs.keep(OTHER.digest, 1, [run_days.quick(OTHER, 1, replicate) for replicate in range(3)])
    in_line = [runs.start(f"tab {number}", job(seed=number)) for number in range(MOST_WAITING + 1)]
    with pytest.raises(InputError, match=r"60 runs wait in line.*again in a few minutes"):
        runs.start("one more", job())

    assert "one more" not in runs._of_visitor
    assert runs.start("one more", job(OTHER, days=3)).progress.state == "done"
    in_line[-1].stop()
    assert runs.start("one more", job()).progress.place_in_line == MOST_WAITING


def test_what_others_have_had_run_meanwhile_is_not_run_again(runs_of: Callable[..., Runs]) -> None:
    """Protects a class of thirty that presses Run at once: the first one's days serve all in line."""
    runs = runs_of(run_days.slow, at_once=1)
    all_of_them = [runs.start(f"pupil {number}", job(days=15)) for number in range(30)]
    for run in all_of_them:
        assert run.wait(LONG_S)

    assert {run.progress.state for run in all_of_them} == {"done"}
    assert {pids(run.rows(0))[0] for run in all_of_them} == set(pids(all_of_them[0].rows(0)))


@pytest.mark.parametrize(
    ("simulate", "logged"),
    [(run_days.raising, "the walrus is in the way"), (run_days.exiting, "exit code 7")],
)
def test_a_run_that_breaks_says_so_in_plain_words(
    runs_of: Callable[..., Runs], caplog: pytest.LogCaptureFixture, simulate: Simulate, logged: str
) -> None:
    """Protects visitors from tracebacks, and the log from silence; the days before are kept."""
    runs = runs_of(simulate)
    with caplog.at_level(logging.ERROR):
        run = runs.start("me", job())
        assert run.wait(LONG_S)
    done = run.progress.done_days

    assert run.progress.state == "failed"
    assert 1 <= done <= run_days.BAD
    assert run.progress.problem.startswith("The run has broken off; ")
    assert run.progress.problem.endswith("kept.")
    assert "walrus" not in run.progress.problem
    assert logged in caplog.text
    assert runs.known(SMALL, 1) == run.rows(0)
    assert len(run.rows(0)) == done
    runs._simulate = run_days.quick
    after = runs.start("me", job())
    assert after.wait(LONG_S)
    assert after.progress.state == "done"


@posix
def test_a_killed_process_is_a_run_that_broke(
    runs_of: Callable[..., Runs], caplog: pytest.LogCaptureFixture
) -> None:
    """Protects against waiting for ever, for instance when the machine is short of memory."""
    run = runs_of(run_days.sleeping).start("me", job())
    until(lambda: run.progress.done_days, "the first day")
    os.kill(pids(run.rows(0))[0], signal.SIGKILL)
    assert run.wait(LONG_S)

    assert run.progress.state == "failed"
    assert "exit code -9" in caplog.text


def test_what_a_visitor_can_mend_is_told(runs_of: Callable[..., Runs]) -> None:
    """Protects the visitor whose scenario turns out to be impossible only when it is run."""
    run = runs_of(run_days.refusing).start("me", job())
    assert run.wait(LONG_S)

    told = 'The run has ended early: site.vans = "V9": no such van; allowed: V1, V2; no day was done.'
    assert run.progress.problem == told


def test_a_run_full_of_alerts_ends_early(runs_of: Callable[..., Runs]) -> None:
    """Protects the memory that all visitors share from thresholds at which everybody is an alert."""
    run = runs_of(run_days.crowded).start("me", job())
    assert run.wait(LONG_S)

    assert run.progress.state == "failed"
    assert f"more than {MOST_ALERTS:,} alerts and people missed" in run.progress.problem
    assert run.progress.problem.endswith("; 4 days are kept.")


def test_a_run_full_of_alerts_does_not_go_on_when_it_is_begun_again(runs_of: Callable[..., Runs]) -> None:
    """Protects the same memory from whoever presses Run again: the days that are kept count as well."""
    runs = runs_of(run_days.crowded)
    assert runs.start("me", job()).wait(LONG_S)
    told: list[int] = []
    again = runs.start("me", job(), lambda: told.append(1))

    assert not again.is_under_way, "nothing is begun for it"
    assert again.progress.state == "failed"
    assert again.progress.problem.endswith("; 4 days are kept.")
    assert len(runs.known(SMALL, 1)) == 4
    few = runs.start("me", job(days=3))
    assert few.progress.state == "done", "days that are all known are not refused"


def test_a_slow_page_does_not_lag_behind(runs_of: Callable[..., Runs]) -> None:
    """Protects visitors on a busy server: a page that takes long to show the days shows the latest."""
    calls: list[int] = []

    def show() -> None:
        calls.append(run.progress.done_days)
        time.sleep(0.3)

    run = runs_of(run_days.slow).start("me", job(days=60))
    run.on_change = show
    assert run.wait(LONG_S)
    until(lambda: calls[-1] == 60, "the last call")

    seconds = run.rows(0)[-1].truth["when"] - run.rows(0)[0].truth["when"]
    assert len(calls) <= 3 + seconds / 0.3


def test_a_page_that_goes_wrong_does_not_end_its_run(
    runs_of: Callable[..., Runs], caplog: pytest.LogCaptureFixture
) -> None:
    """Protects the run, and the days that others may use, from an error in what shows it."""
    run = runs_of().start("me", job(), lambda: 1 // 0)
    assert run.wait(LONG_S)

    assert run.progress.state == "done"
    until(lambda: "could not be told" in caplog.text, "the entry in the log")


def test_a_visitor_who_leaves_takes_the_run_along(runs_of: Callable[..., Runs]) -> None:
    """Protects the machine from tabs that are closed: nothing runs for them, nothing is told to them."""
    told: list[str] = []
    runs = runs_of(run_days.sleeping, at_once=1)
    run = runs.start("me", job())
    waiting = runs.start("other", job(OTHER))
    until(lambda: run.progress.done_days, "the first day")
    run.on_change = waiting.on_change = lambda: told.append("told")
    runs.leave("me")
    runs.leave("nobody")

    assert run.progress.state == "stopped"
    until(lambda: waiting.progress.done_days, "the first day of the next")
    runs.leave("other")
    assert len(told) <= 3  # while the other waited and ran, not at its end
    until(lambda: not runs._busy, "the end of the last process")
    assert runs._of_visitor == {}
    assert runs._line == []


@posix
def test_an_interrupt_is_left_to_the_server(runs_of: Callable[..., Runs]) -> None:
    """Protects the terminal: Ctrl-C reaches every process of it, and must not break runs."""
    run = runs_of(run_days.slow).start("me", job(days=20))
    until(lambda: run.progress.done_days, "the first day")
    os.kill(pids(run.rows(0))[0], signal.SIGINT)
    assert run.wait(LONG_S)

    assert run.progress.state == "done"


@posix
def test_processes_end_with_the_server_and_never_run_its_script(tmp_path: Path) -> None:
    """Protects the machine from a server that was killed, and the first day from the server's imports."""
    script = Path(run_days.__file__)
    server = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "imports")],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(script.parent)},
        start_new_session=True,
    )
    assert server.stdout is not None
    with server.stdout:
        children = [int(pid) for pid in server.stdout.readline().split()]
    try:
        assert len(set(children)) == 2
        assert all(map(is_alive, children))
        parents = {
            int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in children
        }
        assert server.pid not in parents, "a server with threads is not forked"
    finally:
        server.kill()
        server.wait()
    until(lambda: not any(map(is_alive, [*children, *parents])), "the end of all processes")
    ran = (tmp_path / "imports").read_text().split()
    assert ran[1::2].count("__main__") == 1
    assert "__mp_main__" not in ran


def test_where_nothing_can_be_forked_processes_are_spawned(
    runs_of: Callable[..., Runs], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects Windows: everything but the first day's speed is the same."""
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    run_start.warm()
    run = runs_of().start("me", job())
    assert run.wait(LONG_S)

    assert run.progress.state == "done"
    if hasattr(os, "nice"):
        assert run.rows(0)[0].truth["nice"] == max(5, os.nice(0))


@posix
def test_twenty_starts_and_stops_leave_nothing(runs_of: Callable[..., Runs]) -> None:
    """Protects a server that runs for weeks: no process, no thread and no pipe is left behind."""
    runs = runs_of(run_days.slow)
    assert runs.start("first", job(days=1)).wait(LONG_S)  # which starts the fork server
    until(lambda: not runs._busy, "the end of the first process")
    threads, pipes = threading.active_count(), len(os.listdir("/proc/self/fd"))
    seen: set[int] = set()
    for number in range(20):
        run = runs.start("me", job(days=MOST_DAYS, seed=100 + number))
        if number % 3:
            until(lambda: run.progress.done_days, "the first day")  # noqa: B023  asked within the loop
            seen |= {*pids(run.rows(0))}
        run.stop()
    until(lambda: not runs._busy, "the end of the last process")

    assert len(seen) >= 10
    until(lambda: not any(map(is_alive, seen)), "the end of all processes")
    until(lambda: threading.active_count() <= threads, "the end of all threads")
    assert len(os.listdir("/proc/self/fd")) <= pipes


def test_many_visitors_at_once_do_not_meet(runs_of: Callable[..., Runs]) -> None:
    """Protects against races: whatever eight visitors do, each gets own days, and all ends."""
    runs = runs_of(run_days.slow)
    wrong: list[str] = []

    def visit(number: int) -> None:
        draw = random.Random(number)
        for _ in range(4):
            seed, days = draw.randrange(3), draw.randrange(1, 8)
            run = runs.start(f"visitor {number}", job(seed=seed, days=days))
            if draw.random() < 0.5:
                run.wait(draw.random() * 0.3)
                if draw.random() < 0.5:
                    run.stop()
                else:
                    runs.leave(f"visitor {number}")
            run.wait(LONG_S)
            rows, state = run.rows(0), run.progress.state
            if state not in ("done", "stopped") or (state == "done") != (len(rows) == days):
                wrong.append(f"{state} with {len(rows)} of {days}")
            if drawn(rows) != drawn(tuple(run_days.quick(SMALL, seed, r) for r in range(len(rows)))):
                wrong.append("somebody else's days")
            if len(runs._busy) > 2:
                wrong.append("more at once than allowed")

    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(8)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join(LONG_S)

    assert wrong == []
    until(lambda: not runs._busy, "the end of all runs")


def test_known_days_are_bounded_and_the_least_used_go() -> None:
    """Protects memory: days in it are limited, and days full of alerts count for more."""
    known = KnownDays(most=30)
    rows = tuple(run_days.quick(SMALL, 1, replicate) for replicate in range(10))
    for seed in (1, 2, 3):
        known.add("a", seed, rows)
    assert known.of("a", 1) == rows  # which is thereby the last used
    known.add("a", 4, rows[:5])
    assert [len(known.of("a", seed)) for seed in (1, 2, 3, 4)] == [10, 0, 10, 5]
    known.add("a", 3, rows[:5])
    assert len(known.of("a", 3)) == 10, "fewer days never replace more"

    full = run_days.crowded(SMALL, 1, 0)
    known.add("b", 1, (full,))
    assert known.of("b", 1) == ()
    assert known.of("a", 3) == ()


def test_columns_are_made_once_and_never_of_other_days() -> None:
    """Protects Compare: what is kept is told by scenario, seed and number of days, and is bounded."""
    rows = [simulate_day(SMALL, 1, replicate) for replicate in range(3)]
    kept = KeptColumns(most=size_of(rows) + 3)
    days = kept.of("a", 1, rows)

    assert kept.of("a", 1, list(rows)) is days, "the same days, in whatever tuple they come"
    others = [kept.of("a", 2, rows[:1]), kept.of("b", 1, rows[:1]), kept.of("a", 1, rows[:1])]
    assert [len(one) for one in others] == [1, 1, 1]
    assert len({id(one) for one in (days, *others)}) == 4
    kept.of("c", 1, rows)
    assert kept.of("a", 1, rows) is not days, "the least recently used make room"

    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(kept.of("d", 1, rows))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert sum(size for _, size in kept._days.values()) <= size_of(rows) + 3


@pytest.mark.parametrize("name", shipped_scenarios())
def test_shipped_scenarios_are_within_the_limits(name: str) -> None:
    """Protects the picker: everything in it can be run, and compared with three policies over 200 days."""
    scenario = Scenario.from_file(name)

    assert visitor_faults(scenario) == []
    assert job_faults([scenario] * 4, seed=1, days=200) == []


@pytest.mark.parametrize(
    ("changes", "path", "limit"),
    [
        ({"crowd.passers_per_hour": 200_000.0}, "crowd.passers_per_hour", "at most 100,000"),
        ({"crowd.passers_per_hour": 9000.0, "deployment.hours": 24.0}, "crowd.passers_per_hour", "8,333"),
        ({"officers.teams": 201}, "officers.teams", "at most 200"),
        ({"site.layout": "/etc/somewhere.json"}, "site.layout", "oxford_circus"),
    ],
)
def test_what_is_beyond_the_limits_is_refused_with_them(
    changes: dict[str, object], path: str, limit: str
) -> None:
    """Protects the server, and tells the visitor what would be accepted; what is told is accepted."""
    (fault,) = visitor_faults(SMALL.replace(changes))

    assert fault.path == path
    assert limit in fault.allowed


def test_the_limit_that_is_told_is_accepted() -> None:
    """Protects visitors from being refused twice."""
    hours = SMALL.replace({"deployment.hours": 7.0})
    (fault,) = visitor_faults(hours.replace({"crowd.passers_per_hour": 50_000.0}))
    told = float(fault.allowed.split()[2].replace(",", ""))

    assert visitor_faults(hours.replace({"crowd.passers_per_hour": told})) == []
    assert visitor_faults(hours.replace({"crowd.passers_per_hour": told + 1})) != []


def test_a_layout_to_be_moved_to_is_checked_before_it_is_opened() -> None:
    """Protects files of the machine: no layout but the shipped ones is ever looked at for a visitor."""
    assert visitor_faults(SMALL, layout="stratford_bridge") == []
    (fault,) = visitor_faults(SMALL, layout="stratford_brige")
    assert fault.did_you_mean == "stratford_bridge"
    assert visitor_faults(SMALL, layout="/etc/passwd.json")[0].path == "site.layout"


def test_score_files_are_not_for_visitors(tmp_path: Path) -> None:
    """Protects files of the machine from being read through a scenario that somebody uploads."""
    path = tmp_path / "scores.csv"
    path.write_text("kind,score\n" + "mated,0.9\nnon-mated,0.1\n" * 200)
    matcher = SMALL.matcher.model_copy(update={"score_file": str(path)})
    (fault,) = visitor_faults(SMALL.model_copy(update={"matcher": matcher}))

    assert fault.path == "matcher.score_file"
    assert str(path) not in str(fault)


@pytest.mark.parametrize(
    ("arms", "days", "seed", "path"),
    [
        (1, 0, 1, "days"),
        (1, MOST_DAYS + 1, 1, "days"),
        (0, 10, 1, "policies"),
        (5, 10, 1, "policies"),
        (1, 10, -1, "seed"),
        (4, 500, 1, "days"),
    ],
)
def test_jobs_beyond_the_limits_are_refused(
    runs_of: Callable[..., Runs], arms: int, days: int, seed: int, path: str
) -> None:
    """Protects the server: nothing is begun, and the visitor is told what would be accepted."""
    busiest = Scenario.from_file("oxford-circus-2022-07-16")
    runs = runs_of()
    with pytest.raises(InputError) as refused:
        runs.start("me", Job((busiest,) * arms, seed, days))

    assert [fault.path for fault in refused.value.faults] == [path]
    assert refused.value.faults[0].allowed
    assert runs._of_visitor == {}


@pytest.mark.slow
def test_every_site_that_can_be_picked_is_built_beforehand() -> None:
    """Protects the first day at each site, which would else take a second longer than all others."""
    run_warm._build_sites()
    before = _routes_of.cache_info().misses
    for scenario in map(Scenario.from_file, shipped_scenarios()):
        routes_of(site_of(scenario.site, scenario.camera))
    for layout in shipped_layouts():
        routes_of(load_site(layout, [load_site(layout).vans[0].id]))

    assert _routes_of.cache_info().misses == before


def test_a_run_of_the_model_is_the_same_as_in_the_server() -> None:
    """Protects Explore: the day that is opened there is the day of the run, mark for mark."""
    runs = Runs()
    run: Run = runs.start("me", job(days=3))
    assert run.wait(LONG_S)
    runs.close()

    assert run.rows(0) == tuple(simulate_day(SMALL, 1, replicate) for replicate in range(3))
