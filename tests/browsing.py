"""A real browser on a real dashboard: what the browser tests and the dashboard's benchmark share."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
"""Debian's Chromium; browsers of other names are not looked for."""

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""Without these Chromium itself looks for hosts outside, which would hide what the pages do."""

_READY_S = 90.0


@contextmanager
def serving(log: Path) -> Iterator[str]:
    """Serve the dashboard from a process of its own, as a user does, and yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "lfr_sim.cli", "dashboard", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(f"{address}/readyz", process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def browsing() -> Iterator[Any]:
    """Start Chromium and yield it (a Playwright `Browser`)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


class Visitor:
    """Somebody with a tab open: a page of the browser that remembers what it asked for and complained of."""

    def __init__(self, browser: Any, address: str, **context: Any) -> None:
        settings = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **context}
        self.context = browser.new_context(**settings)
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()
        self.address = address
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._said)

    def open(self, path: str = "/", wait_for: str = ".lfr #content h1") -> Any:
        """Open a page of the dashboard and wait until something stands on it."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector(wait_for)
        return self.page

    def close(self) -> None:
        """Close the tab."""
        self.context.close()

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.outside.append(request.url)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)


def days_are_simulated(page: Any, timeout_s: float = 120.0) -> None:
    """Wait until the days of the page are simulated and its plan is there."""
    page.wait_for_selector("#story", timeout=1000 * timeout_s)
    page.wait_for_selector("#told:not(.predicted)", timeout=1000 * timeout_s)


def required() -> bool:
    """Return whether browser tests must run, as in CI: a missing browser is a failure then."""
    return os.environ.get("LFR_SIM_BROWSER") == "required"


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _READY_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the dashboard did not start:\n{log.read_text(errors='replace')[-2000:]}")
