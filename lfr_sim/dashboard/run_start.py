"""Starting and ending the processes of runs, from the server's side."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext, SpawnContext
from typing import Any

from . import run_process, run_warm

_GONE_S = 2.0
"""How long an ended process is waited for."""

_bookkeeping = threading.Lock()
"""The lists of processes that `multiprocessing` keeps are not made for several threads."""


class Child:
    """A process in which the days of a task are simulated.

    Args:
        task: Which days.
        simulate: As for `run_process.work`.
    """

    def __init__(self, task: run_process.Task, simulate: run_process.Simulate | None) -> None:
        context = _context()
        self._ours, theirs = context.Pipe(duplex=False)
        arguments = (theirs, task, simulate)
        self._process = context.Process(target=run_process.work, args=arguments, daemon=True)
        try:
            with _bookkeeping:
                self._process.start()
        except BaseException:
            self._ours.close()
            raise
        finally:
            theirs.close()  # so that the end of the process is the end of what can be read

    def receive(self) -> Any:
        """Return the next message; raises `EOFError` or `OSError` once the process has ended."""
        return self._ours.recv()

    @property
    def has_more(self) -> bool:
        """Whether a message waits to be received."""
        return self._ours.poll()

    def kill(self) -> None:
        """End the process at once, whatever it is doing; from any thread, and not after `close`."""
        self._process.kill()

    def close(self) -> int | None:
        """End the process, let go of it and return how it ended; None if it has not within 2 s."""
        self._ours.close()
        if not wait([self._process.sentinel], 0):
            self._process.kill()
        wait([self._process.sentinel], _GONE_S)
        with _bookkeeping:
            code: int | None = self._process.exitcode
            if code is not None:
                self._process.close()
        return code


def warm() -> None:
    """Start the fork server, let it build the shipped sites and wait until it is ready; takes seconds.

    Does nothing where processes are spawned.
    """
    os.environ[run_warm.SITES] = "1"
    context = _context()
    if context.get_start_method() != "forkserver":
        return
    process = context.Process(target=_nothing, daemon=True)
    with _bookkeeping:
        process.start()
    wait([process.sentinel])
    with _bookkeeping:
        process.join()
        process.close()


def _nothing() -> None:
    pass


def _context() -> SpawnContext | ForkServerContext:
    """Return how processes are made: the server has threads, so it never forks itself."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([run_warm.__name__])
    main = getattr(sys.modules["__main__"], "__file__", None)
    os.environ[run_warm.MAIN] = os.path.abspath(main) if main else ""
    return context
