"""The widget that shows HTML made in Python and hands back what the visitor does with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

_HERE = Path(__file__).parent

Event = dict[str, Any]
"""What a visitor did: `do` says what; `path`, `value`, `name` and `size` with what."""


class MarkupWidget(anywidget.AnyWidget):
    """A part of a page. HTML goes out and is morphed in place; events come back to `handler`."""

    _esm = "\n".join((_HERE / name).read_text() for name in ("idiomorph.min.js", "figures.js", "markup.js"))
    html = traitlets.Unicode().tag(sync=True)
    address = traitlets.Unicode().tag(sync=True)
    """Where set, the path and query that the browser shows from now on."""
    handler = traitlets.Any(None, allow_none=True)
    """Called with an event and its bytes; what it returns is sent to the page (see `markup.js`)."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._received)

    def _received(self, _: Any, content: Event, buffers: Sequence[memoryview]) -> None:
        handler: Callable[[Event, bytes], Event | None] | None = self.handler
        answer: Event = {}
        try:
            if handler is not None:
                answer = handler(content, bytes(buffers[0]) if buffers else b"") or {}
        finally:  # a page that is not answered would wait before it sends the next input
            self.send({"ack": content.get("n", 0), **answer})
