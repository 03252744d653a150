"""Where the runs of a sweep are done: processes of this machine, Dask, or any executor one has."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from importlib import import_module
from typing import Any, Literal, Protocol

from lfr_sim.scenario import Fault, InputError

from ..replicates import maker
from .limit import watch_parent
from .rows import Chunk, Job, Measure, Task, run_chunk

StartMethod = Literal["spawn", "forkserver"]
MOST_JOBS = 512


class Workers(Protocol):
    """What does chunks of runs."""

    jobs: int
    """How many chunks are done at a time."""

    def submit(self, job: Job, tasks: Sequence[Task]) -> Future[Chunk]:
        """Let a chunk be done."""
        ...

    def cancel(self, future: Future[Chunk]) -> bool:
        """Take a chunk back that nobody has begun; return whether that was so."""
        ...

    def renew(self) -> None:
        """Start again after a worker has died and taken the others with it."""
        ...

    def close(self) -> None:
        """Let the workers go, whatever they are doing."""
        ...


class LocalWorkers:
    """Processes of this machine, which end when this process does."""

    def __init__(self, jobs: int, start_method: StartMethod, measure: Measure | None = None) -> None:
        self.jobs = jobs
        self._context = multiprocessing.get_context(start_method)
        if start_method == "forkserver":
            multiprocessing.get_context("forkserver").set_forkserver_preload([run_chunk.__module__])
        self._measure = measure
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.jobs, self._context, initializer=_begin_work)

    def submit(self, job: Job, tasks: Sequence[Task]) -> Future[Chunk]:
        """Let a chunk be done by the next process that is free."""
        with _no_interrupts():  # a new process keeps them off from its first moment
            return self._pool.submit(run_chunk, job, tasks, self._measure)

    def cancel(self, future: Future[Chunk]) -> bool:
        """Take a chunk back that no process has begun."""
        return future.cancel()

    def renew(self) -> None:
        """Start new processes."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._new_pool()

    def close(self) -> None:
        """End the processes: what they have given is written, and what they have not is given up."""
        # Python 3.14 has kill_workers(); before, the processes have to be asked for by name.
        for process in list((getattr(self._pool, "_processes", None) or {}).values()):
            process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)


class GivenWorkers:
    """Somebody else's executor: Dask's, or any other that follows `concurrent.futures.Executor`."""

    def __init__(
        self,
        executor: Executor,
        jobs: int,
        measure: Measure | None = None,
        *,
        done: Callable[[], object] | None = None,
    ) -> None:
        self._executor, self.jobs, self._measure, self._done = executor, jobs, measure, done

    def submit(self, job: Job, tasks: Sequence[Task]) -> Future[Chunk]:
        """Let a chunk be done."""
        try:
            return self._executor.submit(run_chunk, job, tasks, self._measure)
        except (RuntimeError, OSError) as error:  # it was shut down, or its scheduler is gone
            raise BrokenExecutor(str(error)) from None

    def cancel(self, future: Future[Chunk]) -> bool:
        """Take nothing back: of an executor that was given one cannot know what has begun."""
        return False

    def renew(self) -> None:
        """Give up: an executor that was given and is broken cannot be made again here."""
        raise BrokenExecutor("the executor that was given is broken; run the sweep again to go on")

    def close(self) -> None:
        """Leave the executor to whoever gave it."""
        if self._done is not None:
            with contextlib.suppress(OSError, RuntimeError, TimeoutError):
                self._done()


def dask_workers(address: str) -> GivenWorkers:
    """Return the workers of a Dask cluster.

    Args:
        address: Of the scheduler, such as `tcp://node7:8786`.

    Raises:
        InputError: If Dask is not installed, the scheduler cannot be reached, it has no worker, or its
            workers have another version of this package.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        problem = "Dask is not installed here"
        allowed = "pip install 'lfr-sim[cluster]'"
        raise InputError("sweep", [Fault("--executor", problem, "dask", allowed)]) from None
    try:
        client = distributed.Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        problem = f"no Dask scheduler answers there ({reason})"
        allowed = "the address that `dask scheduler` prints, such as tcp://host:8786"
        raise InputError("sweep", [Fault("--scheduler", problem, address, allowed)]) from None
    try:
        threads = sum(client.nthreads().values())
        if not threads:
            problem = "the scheduler has no worker"
            raise InputError("sweep", [Fault("--scheduler", problem, address, "start `dask worker`")])
        _check_versions(client.run(maker))
    except BaseException:
        client.close()
        raise
    return GivenWorkers(client.get_executor(pure=False, retries=0), threads, done=client.close)


def _check_versions(found: Mapping[str, Mapping[str, str | None]]) -> None:
    here = maker()
    for worker, theirs in found.items():
        if theirs != here:
            problem = f"worker {worker} has {told(theirs)}"
            raise InputError(
                "sweep", [Fault("--scheduler", problem, allowed=told(here), shows_value=False)]
            )


def told(made_by: Mapping[str, str | None]) -> str:
    """Return versions in words."""
    commit = made_by["commit"]
    at = f" ({commit[:12]})" if commit else ""
    return f"lfr-sim {made_by['version']}{at}, NumPy {made_by['numpy']}, Mesa {made_by['mesa']}"


def _begin_work() -> None:
    """Prepare a process of ours: it ends with its parent, and leaves Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch_parent()


@contextlib.contextmanager
def _no_interrupts() -> Iterator[None]:
    if os.name != "posix":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
