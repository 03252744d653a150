"""`lfr-sim`: run deployments and look things up from the command line.

Exit codes: 0 done, 1 finished with failed runs, 2 bad input (nothing started, nothing written), 130
interrupted. Modules that are slow to load are loaded by the command that needs them, so that `--help`
answers at once.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from .asked import BAD_INPUT, INTERRUPTED
from .parsing import parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        try:
            options = parser().parse_args(arguments)
            return _function(options.command)(options)
        finally:  # after --help too, so that a reader who has gone is noticed here
            if sys.stdout is not None:
                sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        _silence_stdout()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _silence_stdout()
        print(f"lfr-sim: the output cannot be written ({error.strerror})", file=sys.stderr)
        return BAD_INPUT
    except ValueError as error:
        # InputError is a ValueError; its module is loaded only once something has gone wrong.
        from lfr_sim.scenario import InputError

        if not isinstance(error, InputError):
            raise
        print(f"lfr-sim: {error}", file=sys.stderr)
        return BAD_INPUT


def _function(name: str) -> Callable[[argparse.Namespace], int]:
    """Return the function of a command, named `module.function`; loads only that module."""
    module, _, function = name.partition(".")
    found: Callable[[argparse.Namespace], int] = getattr(import_module(f".{module}", __name__), function)
    return found


def _silence_stdout() -> None:
    """Let what is still unprinted go nowhere, so that Python does not complain about it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
