"""A real browser on a real dashboard: what the browser tests and the dashboard's benchmark share."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
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

BUSY = "a=minimal&a.set=deployment.hours=1.0&a.set=watchlist.presence=0.004&a.set=matcher.fmr=2e-06&days=20"
"""The query of a state that is soon simulated and brings 4 to 19 alerts a day, right and wrong ones."""
RIVAL = BUSY.replace("a=", "b=").replace("a.set", "b.set").removesuffix("&days=20")
"""The query of a second policy that is no other yet."""

SLOW_MS = float(os.environ.get("LFR_SIM_SLOW_PAGES", "0"))
"""Milliseconds between two messages that reach a page: a test that reads too early then always fails."""

_WIRE = """{
    const every = %s, Wire = window.WebSocket, due = [];
    window.wire = {due, last: 0};
    const late = () => setTimeout(show, due.length > 10 ? 0 : every);  // no later than that all in all
    const show = () => {
        wire.last = performance.now();
        try { due.shift()(); } finally { if (due.length) late(); }
    };
    window.WebSocket = class extends Wire {
        set onmessage(take) {
            super.onmessage = message => {
                due.push(() => take.call(this, message));
                if (!every) show();
                else if (due.length === 1) late();
            };
        }
    };
}"""
"""Notes when messages come from the server, and holds them up where that is asked for."""
_SETTLED = "() => !wire.due.length && performance.now() - wire.last > 150"
_READY_S = 90.0
_ROWS = """table => [...table.rows].map(row => [...row.cells].map(cell => cell.textContent
    .replace(/\\s+/g, " ").trim()))"""
_ANSWERED_MS = 30_000


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(log: Path, port: int = 0, before: str = "") -> Iterator[str]:
    """Serve the dashboard from a process of its own, as a user does, and yield its address.

    Args:
        log: Where its output goes.
        port: Where it listens; 0 is a free port.
        before: Python that the process runs first, such as to break something.
    """
    port = port or free_port()
    words = ["dashboard", "--port", str(port)]
    command = [sys.executable, "-m", "lfr_sim.cli", *words]
    if before:
        main = f"import sys\nfrom lfr_sim.cli import main\nsys.exit(main({words!r}))"
        command = [sys.executable, "-c", f"{before}\n{main}"]
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
    """Somebody with a tab open: a page that remembers what it asked for and complained of."""

    def __init__(self, browser: Any, address: str, **context: Any) -> None:
        settings = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **context}
        self.context = browser.new_context(**settings)
        self.context.set_default_timeout(30_000)
        self.context.add_init_script(_WIRE % SLOW_MS)
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
    page.wait_for_selector("#running", state="detached", timeout=1000 * timeout_s)
    settled(page)


def comparison_is_simulated(page: Any, timeout_s: float = 120.0) -> None:
    """Wait until all days of Compare are simulated under all policies."""
    page.wait_for_selector("#compare-people", timeout=1000 * timeout_s)
    page.wait_for_selector("#running", state="detached", timeout=1000 * timeout_s)
    page.wait_for_selector("#told:not(.predicted)", timeout=1000 * timeout_s)
    settled(page)


def settled(page: Any) -> None:
    """Wait until all that was sent to a page is shown: its parts come one after the other."""
    until(page, _SETTLED)


def rows_of(page: Any, selector: str) -> list[list[str]]:
    """Return the text of every cell of a table, row by row, whether it is folded up or not."""
    rows: list[list[str]] = page.locator(selector).first.evaluate(_ROWS)
    return rows


def text_of(page: Any, selector: str) -> str:
    """Return the text of an element on one line, whether it is folded up or not."""
    return " ".join(str(page.locator(selector).first.text_content()).split())


def numbers_in(text: str) -> list[float]:
    """Return the numbers in a text in their order: "4,171 faces, \N{MINUS SIGN}0.5" gives 4171 and -0.5."""
    found = re.findall(r"[-+\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?", text)
    return [float(number.replace(",", "").replace("\N{MINUS SIGN}", "-")) for number in found]


def url_of(page: Any) -> str:
    """Return the address in the browser's bar, which Playwright's own `page.url` lags behind.

    All is shown by then, unless a run is under way, which always has something more to show.
    """
    until(page, f"() => document.querySelector('#running') || ({_SETTLED})()")
    return str(page.evaluate("location.href"))


def until(page: Any, told: str, argument: Any = None) -> None:
    """Wait until a condition in JavaScript holds, of an argument if it is a function."""
    page.wait_for_function(told, arg=argument, timeout=_ANSWERED_MS)


def says(page: Any, selector: str, words: str) -> None:
    """Wait until an element's text has some words in it."""
    told = """([selector, words]) => {
        const found = document.querySelector(selector);
        return found && found.textContent.replace(/\\s+/g, " ").includes(words);
    }"""
    until(page, told, [selector, words])


def eventually(page: Any, check: Callable[[], None], timeout_s: float = 20.0) -> None:
    """Wait until a check holds: the parts of a page are shown one after the other."""
    end = time.monotonic() + timeout_s
    while True:
        try:
            check()
        except (AssertionError, StopIteration, IndexError):
            if time.monotonic() > end:
                raise
            page.wait_for_timeout(50)
        else:
            return


def type_into(page: Any, selector: str, text: str) -> None:
    """Type a value over what a box holds, and press Enter."""
    box = page.locator(selector)
    box.fill(text)
    box.press("Enter")


def saved_by(page: Any, selector: str) -> tuple[str, bytes]:
    """Press a button that saves a file, and return the file's name and content."""
    with page.expect_download() as found:
        page.locator(selector).click()
    path = found.value.path()
    return str(found.value.suggested_filename), Path(path).read_bytes()


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
