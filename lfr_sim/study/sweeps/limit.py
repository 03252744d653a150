"""What a worker watches while it runs: the time a run may take, and whether its parent still lives.

One thread per process watches both. A run that takes too long gets an exception between two steps of
Python; one that does not come back to Python takes its worker process with it.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_LOOK_S = 0.25
_GRACE_S = 2.0
"""Between the exception and the end of the worker."""


class RunTooLong(BaseException):
    """A run has taken longer than it may; no ordinary exception, so that the model cannot catch it."""


@dataclass(slots=True)
class _Limited:
    thread: int
    ends: float
    told: bool = False


class _Watch(threading.Thread):
    """Looks a few times a second after the runs of this process, and after its parent."""

    def __init__(self) -> None:
        super().__init__(name="lfr-sim watch", daemon=True)
        self.lock = threading.Lock()
        self.limited: dict[int, _Limited] = {}
        self.may_exit = False
        """Whether this process is a worker of ours, which may be ended."""

    def run(self) -> None:
        """Look, until the process ends."""
        parent = multiprocessing.parent_process()
        while True:
            time.sleep(_LOOK_S)
            if self.may_exit and parent is not None and not parent.is_alive():
                os._exit(1)
            now = time.monotonic()
            with self.lock:
                for one in self.limited.values():
                    self._look_at(one, now)

    def _look_at(self, one: _Limited, now: float) -> None:
        if now >= one.ends and not one.told:
            one.told = True
            interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc
            interrupt(ctypes.c_ulong(one.thread), ctypes.py_object(RunTooLong))
        elif self.may_exit and now >= one.ends + _GRACE_S:
            os._exit(1)


_watch: _Watch | None = None
_starting = threading.Lock()


def _watching() -> _Watch:
    global _watch
    with _starting:
        if _watch is None or not _watch.is_alive():
            _watch = _Watch()
            _watch.start()
    return _watch


def watch_parent() -> None:
    """Let this process, a worker of ours, end within a second of its parent."""
    _watching().may_exit = True


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `RunTooLong` inside, if what is inside takes longer."""
    watch, me = _watching(), threading.get_ident()
    with watch.lock:
        watch.limited[me] = _Limited(me, time.monotonic() + seconds)
    try:
        yield
    finally:
        with watch.lock:
            del watch.limited[me]
