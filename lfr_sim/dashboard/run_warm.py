"""What the fork server does once, so that a run begins at once: the model and the sites are there already.

The fork server imports this module before it makes its first process; each process of a run then begins
with all that is in memory here. Anywhere else, importing it does nothing.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

from .memory import settle

SITES, MAIN = "LFR_SIM_RUNS_SITES", "LFR_SIM_RUNS_MAIN"
"""Environment variables by which the server tells its fork server what to do."""


def prepare() -> None:
    """Get this process ready to be the model of all runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # before what takes time: Ctrl-C is for the server
    from . import run_process

    run_process.be_modest()
    with suppress(ImportError):
        run_process.simulator()
    # A new process runs the server's main script again, for functions that may stand in it. Ours do not,
    # and Solara's script takes most of a second; a process that has its file already leaves it.
    main = os.environ.get(MAIN)
    if main:
        sys.modules["__main__"].__file__ = main
    if os.environ.get(SITES):
        _build_sites()
    settle()  # building sites leaves some 70 MB that nobody needs


def _build_sites() -> None:
    """Build routes and views of all sites that a visitor can pick, with a short day at each."""
    from lfr_sim.scenario import Scenario, shipped_scenarios
    from lfr_sim.street import load_site, shipped_layouts
    from lfr_sim.study.replicates import run_replicate

    from .state import FIRST_SCENARIO

    scenarios = [Scenario.from_file(name) for name in (FIRST_SCENARIO, *shipped_scenarios())]
    places = [(one.site.layout, one.site.vans) for one in scenarios]
    places += [(layout, (load_site(layout).vans[0].id,)) for layout in shipped_layouts()]
    server = os.getppid()
    for layout, vans in dict.fromkeys(places):
        if os.getppid() != server:
            return  # nobody is left who could want them
        changes = {"site.layout": layout, "site.vans": vans, "deployment.hours": 0.05}
        run_replicate(scenarios[0].replace(changes), seed=1, replicate=0)


if any("multiprocessing.forkserver" in word for word in sys.orig_argv):
    prepare()
