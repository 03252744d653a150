"""What commands print for other programs to read."""

from __future__ import annotations

import json
from typing import Any


def as_json(data: Any) -> str:
    """Return plain data as JSON; raises `ValueError` for what no JSON can hold."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
