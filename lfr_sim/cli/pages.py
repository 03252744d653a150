"""The command that serves the dashboard."""

from __future__ import annotations

import argparse
import socket
import sys

_HIGHEST_PORT = 65_535
_EVERYWHERE = ("0.0.0.0", "::")
_NOWHERE = ("192.0.2.1", 9)
"""An address kept for examples: asking for the way there sends nothing, and tells which address is ours."""


def dashboard(options: argparse.Namespace) -> int:
    """Serve the dashboard until interrupted."""
    from lfr_sim.dashboard.server import serve
    from lfr_sim.scenario import Fault, InputError

    port = options.port
    if not isinstance(port, int) or not 1 <= port <= _HIGHEST_PORT:
        raise InputError("dashboard", [Fault("--port", "not a port", port, f"1 to {_HIGHEST_PORT:,}")])
    serve(host=options.host, port=port, announce=lambda: _announce(options.host, port))
    return 0


def _announce(host: str, port: int) -> None:
    """Say where the dashboard is, and, where others reach it, what that means."""
    from lfr_sim.dashboard.server import NOBODY_ELSE

    print(f"The dashboard: http://{host}:{port}/   (Ctrl-C ends it)")
    if host not in NOBODY_ELSE:
        print(
            "Everybody who reaches this address can open it. It has no passwords, and needs none: it shows "
            "simulations, keeps nothing on disk and runs nothing that a visitor types.",
            file=sys.stderr,
        )
        print(f"For a class, on its screens: http://{address_here(host)}:{port}/class")
    sys.stdout.flush()


def address_here(host: str) -> str:
    """Return the address under which others on the network reach this machine."""
    if host not in _EVERYWHERE:
        return f"[{host}]" if ":" in host else host
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
            way.connect(_NOWHERE)
            return str(way.getsockname()[0])
    except OSError:  # without a network, the name will have to do
        return socket.gethostname()
