"""Figures, drawn with matplotlib's objects alone: no screen, no pyplot, the same bytes every time."""

from lfr_sim.study.sweeps.figure_tables import figure_faults

from .curves import response_curve
from .palette import DPI, INK
from .saving import save
from .site import CAPTION, site_map
from .sweeps import default_figures, default_tables, figures_of
from .tornado import tornado
from .trade_offs import trade_off
from .watchlist import composition_chart

__all__ = [
    "CAPTION",
    "DPI",
    "INK",
    "composition_chart",
    "default_figures",
    "default_tables",
    "figure_faults",
    "figures_of",
    "response_curve",
    "save",
    "site_map",
    "tornado",
    "trade_off",
]
