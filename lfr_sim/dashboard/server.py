"""Starting the dashboard: on this machine only unless told, with nothing that calls out."""

from __future__ import annotations

import os
import re
import secrets
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lfr_sim.scenario import Fault, InputError

ASSETS = Path(__file__).parent / "assets"
PORT = 8765
NOBODY_ELSE = ("127.0.0.1", "localhost", "::1")
"""Addresses that only this machine reaches."""
_HOST = "LFR_SIM_DASHBOARD_HOST"

_PINNED = {"solara": "1.64.1", "solara-assets": "1.58.2"}
"""Versions that work without the internet; a newer Solara shows a blank page there."""
_OURS: tuple[tuple[str, str, Any], ...] = (
    ("session", "http_only", True),
    ("session", "secret_key", secrets.token_hex(32)),
    ("kernel", "cull_timeout", "10m"),
    ("kernel", "max_count", 200),
)
"""Solara's settings unless the environment has them: visitors' sessions are out of scripts' reach, signed
with a key of their own, and do not pile up."""
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src {connect}; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
"""What the browser lets a page load and reach: its own server. Solara's scripts are inline and compile
templates, and those of the widgets come as blobs."""
_OLDER_THAN_2 = ("ipyvue", "ipyvuetify")


def configure() -> None:
    """Set up Solara, in whatever way it was started: no telemetry, our own look, private sessions."""
    # Assigned, since where `solara run` has read its settings already, the environment comes too late.
    from solara.server import cdn_helper, settings

    for table, name, value in _OURS:
        if f"SOLARA_{table}_{name}".upper() not in os.environ:
            setattr(getattr(settings, table), name, value)
    settings.telemetry.mixpanel_enable = False
    settings.assets.fontawesome_enabled = False
    settings.theme.show_banner = False
    settings.theme.variant = (
        settings.ThemeVariant.light
    )  # "auto" draws no page; our own style sheet follows the browser
    settings.theme.loader = "plain"
    settings.theme.force_refresh = True  # where a page outlives its session; its address holds the state
    if str(ASSETS) not in settings.assets.extra_locations:
        settings.assets.extra_locations = [*settings.assets.extra_locations, str(ASSETS)]
    # Solara would fetch what a visitor asks for and it has not, and keep it; and take away a folder that is
    # asked for as a file. Its server may have this function by name already.
    for module in (cdn_helper, sys.modules.get("solara.server.starlette")):
        if module is not None:
            setattr(module, "get_path", installed_file)  # noqa: B010  one of them is a module to mypy only


def installed_file(folder: Path, path: str) -> Path:
    """Return a file that was installed with `solara-assets`: nothing else is served in its place.

    Args:
        folder: Where such files are installed.
        path: What a page asks for, relative to that.

    Raises:
        FileNotFoundError: If there is no such file, whatever else may be there.
    """
    found = (folder / path).resolve()
    if not found.is_relative_to(folder.resolve()) or not found.is_file():
        raise FileNotFoundError(path)
    return found


def missing() -> list[Fault]:
    """Return what is not installed, or not in the version that works without the internet."""
    faults = []
    for package, wanted in _PINNED.items():
        found = _version(package)
        if found != wanted:
            faults.append(Fault(package, "not the version that works offline", found, allowed=wanted))
    for package in _OLDER_THAN_2:
        found = _version(package)
        if found is None or not found.startswith(("0.", "1.")):
            faults.append(Fault(package, "not the version that works offline", found, allowed="below 2"))
    if _version("anywidget") is None:
        faults.append(Fault("anywidget", "not installed", None, allowed="0.9 or newer"))
    return faults


def serve(
    *, host: str = "127.0.0.1", port: int = PORT, announce: Callable[[], None] = lambda: None
) -> None:
    """Serve the dashboard until interrupted.

    Args:
        host: Address to listen on; the default is reached from this machine only.
        port: Port to listen on.
        announce: Called once it is known that the address can be had, before it answers.

    Raises:
        InputError: If a package is missing, or the address cannot be used.
    """
    faults = missing()
    if faults:
        fault = Fault("dashboard", "install it with pip install 'lfr-sim[dashboard]'", shows_value=False)
        raise InputError("dashboard", [*faults, fault])
    configure()
    _claim(host, port)
    announce()
    os.environ["SOLARA_APP"] = "lfr_sim.dashboard.app"
    os.environ[_HOST] = host

    # Over plain http the session's cookie is "lax", which is what is wanted: no page frames these pages.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none require https")
    import uvicorn
    from solara.server.starlette import app

    uvicorn.run(_closed(_forgiving(app)), host=host, port=port, log_level="warning")


def is_reached_by_others() -> bool:
    """Return whether other machines may reach the dashboard, as far as is known here."""
    return os.environ.get(_HOST, "") not in NOBODY_ELSE


def _forgiving(app: Any) -> Any:
    """Let an address of no page lead to the first one, which says so."""

    async def forgiving(scope: Any, receive: Any, send: Any) -> None:
        word = scope.get("path", "").strip("/")
        is_page = scope["type"] == "http" and scope["method"] == "GET" and "." not in word
        if not is_page or word.startswith(("static", "_solara", "jupyter")):
            await app(scope, receive, send)
            return
        found = True

        async def sent(message: Any) -> None:
            nonlocal found
            if message["type"] == "http.response.start" and message["status"] == 404:
                found = False
                there = f"{scope.get('root_path', '')}/?page={quote(word[:80])}".encode()
                if scope.get("query_string"):  # whatever else the link asks for is told along with that
                    there += b"&" + scope["query_string"]
                await send({**message, "status": 307, "headers": [(b"location", there)]})
            elif found:
                await send(message)
            elif not message.get("more_body"):
                await send({"type": "http.response.body", "body": b""})

        await app(scope, receive, sent)

    return forgiving


def _closed(app: Any) -> Any:
    """Have the browser refuse what a page would load from, or send to, another server, whatever asks."""

    async def closed(scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                policy = (b"content-security-policy", policy_for(scope).encode())
                message = {**message, "headers": [*message.get("headers", []), policy]}
            await send(message)

        await app(scope, receive, sent)

    return closed


def policy_for(scope: Any) -> str:
    """Return the content-security policy of an answer.

    Args:
        scope: The request's ASGI scope. Its host is named for the sake of browsers to which a page's own
            origin does not include its web sockets.
    """
    hosts = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"host"]
    named = len(hosts) == 1 and re.fullmatch(r"[A-Za-z0-9.-]+(:\d{1,5})?", hosts[0])
    connect = f"'self' ws://{hosts[0]} wss://{hosts[0]}" if named else "'self'"
    return _POLICY.format(connect=connect)


def _claim(host: str, port: int) -> None:
    """Say at once, and kindly, that an address cannot be had."""
    import socket

    if not host:  # which would be every address of the machine
        allowed = "127.0.0.1, or 0.0.0.0 for every address"
        raise InputError("dashboard", [Fault("--host", "is no address", host, allowed)])
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        problem = f"cannot be listened on ({error.strerror or error})"
        allowed = "an address of this machine and a free port"
        raise InputError("dashboard", [Fault("address", problem, f"{host}:{port}", allowed)]) from None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
