"""Writing a figure: whole, or not at all, and the same bytes every time."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from lfr_sim.scenario import Fault, InputError

_UNDATED: dict[str, Any] = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as PNG, SVG or PDF, by the suffix of `path`: whole, or not at all.

    Raises:
        InputError: If the suffix is unknown, or the folder is missing or cannot be written.
    """
    path, suffix = Path(path), Path(path).suffix.lower()
    if suffix not in _UNDATED:
        raise _refusal(path, "no such kind of figure", f"a name ending in {', '.join(_UNDATED)}")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    metadata = _UNDATED[suffix] | {"Title": " ".join(figure.get_suptitle().split())}
    try:
        if not path.parent.is_dir():
            raise _refusal(path, f"there is no folder {path.parent}")
        with partial.open("wb") as file, rc_context({"svg.hashsalt": "lfr-sim"}):
            figure.savefig(file, format=suffix[1:], metadata=metadata)
        os.replace(partial, path)
    except OSError as error:
        raise _refusal(path, f"cannot be written ({error.strerror or error})") from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _refusal(path: Path, problem: str, allowed: str = "") -> InputError:
    return InputError(f"figure {path}", [Fault(str(path), problem, allowed=allowed, shows_value=False)])
