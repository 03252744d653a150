"""Memory of a process in which all is loaded that stays: what is not needed is given back."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress


def settle() -> None:
    """Give back what loading has left over, and spare what stays the search for garbage.

    What is frozen stays shared with processes made of this one: their collectors leave it alone.
    """
    gc.collect()
    with suppress(OSError, AttributeError):  # elsewhere than under glibc, memory is given back by itself
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    gc.freeze()
