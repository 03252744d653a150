"""What the tests of figures share: counts to draw, and what is drawn and written on a figure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text


def counts(values: Mapping[str, Any], policy: str, days: np.ndarray) -> Mapping[str, np.ndarray]:
    """Counts of the kind that a sweep has, the same crowds at every point."""
    size = values.get("watchlist.size", 5000)
    law = values.get("watchlist.presence_law", "concave")
    step = 20 * (0.64 - values.get("matcher.threshold", 0.64))
    power = {"fixed": 0.0, "concave": 0.5, "proportional": 1.0}[law]
    crowd = np.random.Generator(np.random.PCG64(7)).random((200, 3))[days]
    listed = np.floor(2 * (size / 7000) ** power + 2 * crowd[:, 0])
    false = np.floor(size / 40_000 * np.exp(step) + crowd[:, 1])
    true = np.floor(0.7 * listed + crowd[:, 2])
    act = 0.3 if policy == "more doubt" else 0.8
    stops = np.floor(act * false + crowd[:, 2])
    return {
        "faces": 4000 + np.floor(200 * crowd[:, 0]),
        "alerts": true + false,
        "false_alerts": false,
        "listed_passers": listed,
        "missed": listed - true,
        "engagements": stops + true,
        "wrongful_engagements": stops,
    }


def by_gid(figure: Figure, gid: str) -> Any:
    """Return the one artist with a gid."""
    (found,) = figure.findobj(lambda artist: artist.get_gid() == gid)
    return found


def gids(figure: Figure, kind: str) -> list[str]:
    """Return what stands after "<kind>:" in the gids of a figure, in the order drawn."""
    found = [artist.get_gid() or "" for artist in figure.findobj()]
    return [gid.split(":", 1)[1] for gid in found if gid.startswith(f"{kind}:")]


def words(figure: Figure) -> str:
    """Return everything that is written on a figure, on one line."""
    return " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text) if text.get_text())


def check_legible(figure: Figure) -> None:
    """Refuse words that are small, leave the sheet, or lie on other words."""
    figure.draw_without_rendering()
    unseen = set()
    for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis):
        low, high = sorted(axis.get_view_interval())
        ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
        unseen |= {label for place, label in ticks if not low <= place <= high}
    shown = [
        text
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible() and text not in unseen
    ]
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown]
    width, height = figure.bbox.width, figure.bbox.height
    assert figure.get_size_inches()[0] == 6.5
    assert min(text.get_size() for text in shown) >= 9
    for name, box in boxes:
        assert box.x0 >= 0, name
        assert box.y0 >= 0, name
        assert box.x1 <= width, name
        assert box.y1 <= height, name
    for (name, one), (other, two) in itertools.combinations(boxes, 2):
        wide = min(one.x1, two.x1) - max(one.x0, two.x0)
        high = min(one.y1, two.y1) - max(one.y0, two.y0)
        assert min(wide, high) < 1.0, f"{name!r} lies on {other!r}"
