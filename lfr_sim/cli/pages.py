"""The command that serves the dashboard."""

from __future__ import annotations

import argparse
import sys

_HIGHEST_PORT = 65_535
_NOBODY_ELSE = ("127.0.0.1", "localhost", "::1")


def dashboard(options: argparse.Namespace) -> int:
    """Serve the dashboard until interrupted."""
    from lfr_sim.dashboard.server import serve
    from lfr_sim.scenario import Fault, InputError

    port = options.port
    if not isinstance(port, int) or not 1 <= port <= _HIGHEST_PORT:
        raise InputError("dashboard", [Fault("--port", "not a port", port, f"1 to {_HIGHEST_PORT:,}")])
    print(f"The dashboard: http://{options.host}:{port}/   (Ctrl-C ends it)")
    if options.host not in _NOBODY_ELSE:
        print(
            "Everybody who reaches this address can open it. It has no passwords, and needs none: it shows "
            "simulations, keeps nothing and runs nothing that a visitor types.",
            file=sys.stderr,
        )
    sys.stdout.flush()
    serve(host=options.host, port=port)
    return 0
