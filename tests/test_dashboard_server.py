"""How Solara is set up: the same however it was started, and with nothing that calls out."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lfr_sim.cli import main
from lfr_sim.dashboard.address import opened
from lfr_sim.dashboard.server import _forgiving, installed_file, policy_for

_BEFORE = "import solara.server.settings, solara.server.starlette"
_CONFIGURED = """
import json, sys
from lfr_sim.dashboard.server import configure
configure()
from solara.server import settings
"""
_TOLD = """
print(json.dumps([settings.session.http_only, len(settings.session.secret_key),
                  settings.kernel.cull_timeout,
                  settings.kernel.max_count, settings.telemetry.mixpanel_enable]))
"""
_ASKED = """
import asyncio, pathlib, socket
from starlette.exceptions import HTTPException
from solara.server import starlette
called = []
def refused(*_, **__):
    called.append("network")
    raise OSError("there is no network")
import requests
requests.get = socket.create_connection = socket.getaddrinfo = socket.socket.connect = refused
settings.assets.proxy_cache_dir = pathlib.Path(sys.argv[1])
served = starlette.StaticCdn(directory=sys.argv[1])

async def status_of(path):
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": [],
             "query_string": b""}
    try:
        return (await served.get_response(path, scope)).status_code
    except HTTPException as error:
        return error.status_code

print(json.dumps([[asyncio.run(status_of(path)) for path in sys.argv[2:]], called]))
"""


def told_by(script: str, *words: str, **environment: str) -> Any:
    """Return what a Python of its own prints, as JSON."""
    # Solara's own imports warn; what is asked here is what it prints.
    command = [sys.executable, "-W", "ignore", "-c", script, *words]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("SOLARA_")}
    printed = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**plain, **environment}, timeout=120
    ).stdout
    return json.loads(printed.splitlines()[-1])


@pytest.mark.parametrize("before", ["", _BEFORE], ids=["lfr-sim dashboard", "solara run"])
def test_solara_is_set_up_however_it_was_started(before: str) -> None:
    """Protects sessions where Solara has read its settings before the pages are imported."""
    assert told_by(before + _CONFIGURED + _TOLD) == [True, 64, "10m", 200, False]


@pytest.mark.parametrize("before", ["", _BEFORE], ids=["lfr-sim dashboard", "solara run"])
def test_what_the_environment_says_of_solara_stays(before: str) -> None:
    """Protects whoever runs a server from settings that cannot be changed; telemetry stays off."""
    asked = {"SOLARA_KERNEL_MAX_COUNT": "7", "SOLARA_SESSION_SECRET_KEY": "ours",
             "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "true"}  # fmt: skip
    assert told_by(before + _CONFIGURED + _TOLD, **asked) == [True, 4, "10m", 7, False]


@pytest.mark.parametrize("before", ["", _BEFORE], ids=["lfr-sim dashboard", "solara run"])
def test_nothing_is_fetched_for_a_visitor(before: str, tmp_path: Path) -> None:
    """Protects the server's network and disk: what is not installed is not found, nor fetched, nor kept."""
    folder = tmp_path / "cdn"
    (folder / "there@1.0.0" / "dist").mkdir(parents=True)
    (folder / "there@1.0.0" / "dist" / "main.js").write_text("1;")
    (tmp_path / "private.js").write_text("2;")
    asked = ("there@1.0.0/dist/main.js", "none@1.0.0/main.js", "none", "there@1.0.0/dist", "../private.js")
    statuses, called = told_by(before + _CONFIGURED + _ASKED, str(folder), *asked)

    assert statuses == [200, 404, 404, 404, 404]
    assert called == []
    kept = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert kept == ["cdn/there@1.0.0/dist/main.js", "private.js"]


@pytest.mark.parametrize("path", ["..", "../private.js", "/etc/passwd", "", ".", "dist"])
def test_only_installed_files_are_served(tmp_path: Path, path: str) -> None:
    """Protects the other files of the machine."""
    (tmp_path / "cdn" / "dist").mkdir(parents=True)
    (tmp_path / "private.js").write_text("2;")
    with pytest.raises(FileNotFoundError):
        installed_file(tmp_path / "cdn", path)


@pytest.mark.parametrize(
    ("host", "told"),
    [("", "--host = '': is no address"), ("nowhere.invalid", "cannot be listened on"), ("busy", "in use")],
)
def test_an_address_that_cannot_be_had_is_not_announced(
    host: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Protects whoever mistypes: no address is promised, and one line says what is wrong with it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        words = ["--host", "127.0.0.1" if host == "busy" else host, "--port", f"{taken.getsockname()[1]}"]
        assert main(["dashboard", *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert told in printed.err.replace('"', "'")
    assert "Everybody who reaches" not in printed.err


@pytest.mark.parametrize(
    ("hosts", "connect"),
    [
        ([b"localhost:8765"], "'self' ws://localhost:8765 wss://localhost:8765"),
        ([b"10.0.0.7"], "'self' ws://10.0.0.7 wss://10.0.0.7"),
        ([b"[::1]:8765"], "'self'"),
        ([b"here * http:"], "'self'"),
        ([b"here; script-src *"], "'self'"),
        ([b"here", b"there"], "'self'"),
        ([], "'self'"),
    ],
)
def test_pages_may_speak_to_their_own_server_only(hosts: list[bytes], connect: str) -> None:
    """Protects the policy from whatever a request calls its host."""
    policy = policy_for({"headers": [(b"accept", b"*/*"), *((b"host", host) for host in hosts)]})
    told = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert told["default-src"] == "'self'"
    assert told["connect-src"] == connect
    assert "*" not in policy


def test_an_address_of_no_page_keeps_what_else_the_link_asks_for() -> None:
    """Protects a link with a wrong page and a right state: it leads to the first page, with that state."""
    sent: list[dict[str, Any]] = []

    async def app(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"not found"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    for query in (b"", b"a=minimal&zz=1"):
        scope = {"type": "http", "method": "GET", "path": "/exlpore", "query_string": query}
        with ThreadPoolExecutor(1) as elsewhere:  # where no test with a browser has left a loop running
            elsewhere.submit(lambda scope=scope: asyncio.run(_forgiving(app)(scope, None, send))).result()

    found = [message["headers"][0][1].decode() for message in sent if "headers" in message]
    assert found == ["/?page=exlpore", "/?page=exlpore&a=minimal&zz=1"]
    link = opened("/", found[1].partition("?")[2])
    assert [(fault.path, fault.value) for fault in link.faults] == [("page", "exlpore"), ("zz", "1")]
    assert link.state.arms[0].base == "minimal"
