"""The widget that plays a simulated day on the plan of its site."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .markup import Event

_HERE = Path(__file__).parent
_SOURCES = ("player_walks.js", "player_draw.js", "player_labels.js", "player_timeline.js", "player.js")
"""The browser's half, in the order in which its parts need one another."""


class PlayerWidget(anywidget.AnyWidget):
    """A day on the plan: people walking, alerts, officers, and a time line to move along.

    All of a day is sent once; to open another alert only `selected` travels.
    """

    _esm = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in _SOURCES)
    grounds = traitlets.List(traitlets.Dict()).tag(sync=True)
    """The plan at several widths, the narrowest first: `Drawing.told` of `views.plan.grounds`."""
    walks = traitlets.Bytes().tag(sync=True)
    """Everybody's walk, in arrays one after the other; `header` says which and where."""
    header = traitlets.Dict().tag(sync=True)
    """`fields`: name -> [type, offset in bytes, length]; `stops`, `longest_s`, `one_in`."""
    events = traitlets.List(traitlets.Dict()).tag(sync=True)
    """The alerts of the day: what happened, when and where, and its words on the plan."""
    busy = traitlets.List(traitlets.Any()).tag(sync=True)
    """People present in each minute."""
    start_hour = traitlets.Float().tag(sync=True)
    """Hour of the day at which time 0 is."""
    end_s = traitlets.Float().tag(sync=True)
    """Length of the time line (s)."""
    selected = traitlets.Int(-1).tag(sync=True)
    """Number of the alert that is opened, or -1."""
    dimmed = traitlets.Bool().tag(sync=True)
    """Whether the settings have changed since this day was simulated."""
    caption = traitlets.Unicode().tag(sync=True)
    """What stands under the plan, such as that it is of an earlier run."""
    summary = traitlets.Unicode().tag(sync=True)
    """The picture in words, with its numbers."""
    event = traitlets.Dict().tag(sync=True)
    """What the visitor did last: {"do": "alert", "value": number of the alert, "n": ever greater}."""
    handler = traitlets.Any(None, allow_none=True)
    """Called with each `event` and no bytes, as the handler of a part of the page is."""

    @traitlets.observe("event")
    def _happened(self, change: dict[str, Any]) -> None:
        handler: Callable[[Event, bytes], Any] | None = self.handler
        if handler is not None and change["new"]:
            handler(change["new"], b"")
