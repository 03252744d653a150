"""The dashboard for `solara run app.py`; `lfr-sim dashboard` serves the same."""

from lfr_sim.dashboard.app import Layout, routes

__all__ = ["Layout", "routes"]
