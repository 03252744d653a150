"""Turns: one page is made at a time, and what runs have to tell waits for its turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from lfr_sim.dashboard.turns import Turns

SOON_S = 10.0


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_one_page_is_made_at_a_time() -> None:
    """Protects thirty visitors: no two pages are being made together, neither at once nor later."""
    turns, inside, most = Turns(), 0, 0
    shown: list[int] = []

    def make(number: int) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.002)
        inside -= 1
        shown.append(number)

    def visit(number: int) -> None:
        for _ in range(5):
            with turns:
                make(number)
            turns.later(lambda: make(number))

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    until(lambda: len(shown) == 6 * 10)
    assert most == 1


def test_a_page_that_is_being_made_may_ask_for_another() -> None:
    """Protects against standstill: a stopped run tells others while a page has its turn."""
    turns, told = Turns(), threading.Event()
    with turns, turns:
        turns.later(told.set)
        assert not told.wait(0.05)  # not before the turn is over
    assert told.wait(SOON_S)


def test_what_waits_already_is_shown_once() -> None:
    """Protects the pace: a run that tells faster than its page is made does not fall behind."""
    turns, shown = Turns(), []

    def show() -> None:
        shown.append("one")

    with turns:
        turns.later(lambda: None)
        time.sleep(0.05)  # the thread has taken it, and waits for its turn
        for _ in range(100):
            turns.later(show)
    last = threading.Event()
    turns.later(last.set)
    assert last.wait(SOON_S)
    assert shown == ["one"]


def test_a_page_that_fails_holds_up_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Protects the others from one page's error, at once and later."""
    turns, told = Turns(), threading.Event()
    with pytest.raises(ZeroDivisionError), turns:
        raise ZeroDivisionError
    turns.later(lambda: [].pop())
    turns.later(told.set)
    assert told.wait(SOON_S)
    assert "could not be shown" in caplog.text
    with turns:
        pass
