"""Figures, drawn with matplotlib's objects alone: no screen, no pyplot, the same bytes every time."""

from .palette import DPI, INK
from .saving import save
from .site import CAPTION, site_map
from .watchlist import composition_chart

__all__ = ["CAPTION", "DPI", "INK", "composition_chart", "save", "site_map"]
