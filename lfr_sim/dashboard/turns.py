"""Turns: pages are made one after the other, whoever they are for.

Thirty pages made at once on one core would all be ready late; made in turn, most are ready early. What a
run has to tell is shown by a thread kept for that: the one that says so may be making another's page.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType

_log = logging.getLogger(__name__)


class Turns:
    """Gives each page its turn: ``with turns: …`` at once, or `later` in a thread kept for that."""

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self._due: dict[Callable[[], None], None] = {}
        self._is_due = threading.Condition()
        threading.Thread(target=self._work, name="showing", daemon=True).start()

    def __enter__(self) -> None:
        self._turn.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turn.release()

    def later(self, show: Callable[[], None]) -> None:
        """Show something when its turn comes; what waits already is not shown twice."""
        with self._is_due:
            self._due[show] = None
            self._is_due.notify()

    def _work(self) -> None:
        while True:
            with self._is_due:
                self._is_due.wait_for(lambda: self._due)
                show = next(iter(self._due))
                del self._due[show]
            with self:
                try:
                    show()
                except Exception:
                    _log.exception("a page could not be shown anew")
