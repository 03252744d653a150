"""Whether a folder can take results; creates nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from lfr_sim.scenario import Fault, InputError


def usable_folder(
    folder: str | Path, *, subject: str, is_ours: Callable[[str], bool], allowed: str
) -> Path:
    """Return a folder that is new, empty or ours, and can be written to.

    Args:
        folder: The folder.
        subject: What it is called in an error message.
        is_ours: Whether a file or folder of this name may be in it.
        allowed: What would be accepted, in words.

    Raises:
        InputError: If the folder cannot be used.
    """
    where = Path(folder)

    def refusal(problem: str, allowed: str = "") -> InputError:
        return InputError(
            subject, [Fault(str(folder) or "(no name)", problem, allowed=allowed, shows_value=False)]
        )

    if not str(folder) or "\0" in str(folder):
        raise refusal("no folder can have this name", "the name of a folder")
    try:
        if os.path.lexists(where) and not where.is_dir():
            raise refusal("this is a file, not a folder")
        names = sorted(item.name for item in where.iterdir()) if where.exists() else []
        parent = next(path for path in (where, *where.absolute().parents) if path.exists())
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise refusal(f"cannot be used ({getattr(error, 'strerror', None) or error})") from None
    strangers = [name for name in names if not is_ours(name)]
    if strangers:
        raise refusal(f"the folder holds other files ({strangers[0]}, …)", allowed)
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise refusal(f"{parent} is not a folder that can be written to")
    return where
