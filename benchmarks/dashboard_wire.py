"""A visitor without a browser: speaks the protocol of the page, so that thirty fit beside the server.

What a browser does with the answers, some 20 ms of drawing on the visitor's own machine, is left out.
"""

from __future__ import annotations

import html
import json
import re
import struct
import time
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

from websockets.sync.client import connect

LONGEST_S = 60.0


class WireVisitor:
    """Somebody with a tab open on Explore.

    Args:
        address: Of the dashboard.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.opened_s = 0.0
        """How long it took until the page was there (s)."""
        self.faults: list[str] = []
        """What went wrong."""
        self._kernel, self._page = str(uuid.uuid4()), str(uuid.uuid4())
        self._states: dict[str, dict[str, Any]] = {}
        self._number = 0

    def open(self) -> None:
        """Open the page, as the browser's half of Solara does."""
        began = time.perf_counter()
        with urllib.request.urlopen(f"{self.address}/", timeout=LONGEST_S) as answer:
            answer.read()
            cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
        socket = self.address.replace("http", "ws")
        channel = f"{socket}/jupyter/api/kernels/{self._kernel}/channels?session_id={self._page}"
        self._socket = connect(channel, max_size=None, additional_headers={"Cookie": cookie})
        comm = uuid.uuid4().hex
        self._send("comm_open", {"comm_id": comm, "target_name": "solara.control", "data": {}})
        themes: dict[str, Any] = {"light": {}, "dark": {}}
        arguments = {"path": "/", "dark": False, "themes": themes, "appName": None}
        self._send("comm_msg", {"comm_id": comm, "data": {"method": "run", "args": arguments}})
        self._listen(lambda data: data.get("method") == "finished")
        self.opened_s = time.perf_counter() - began

    def move(self, slider: str, path: str, value: float) -> float:
        """Move a slider to another value, and return how long it took until all of the page had come (ms).

        Answer and page may come in either order: another thread may be showing how far a run is.
        """
        controls, foot = self._part(f'id="{slider}"'), self._part('id="run"')
        told = re.compile(rf'id="{slider}"[^>]*aria-valuetext="([^"]*)"')
        before = self._states[foot]["html"]

        def is_shown() -> bool:
            found = told.search(self._states[controls]["html"])
            there = found is not None and float(found[1].replace(",", "")) == value
            return there and self._states[foot]["html"] != before

        event = {"do": "set", "path": path, "value": f"{value:g}"}
        return self._tell(controls, event, is_shown)

    def press(self, name: str) -> float:
        """Press a button of the foot, and return how long the answer took (ms)."""
        return self._tell(self._part('id="run"'), {"do": name, "value": ""}, lambda: True)

    def shown(self, pattern: str) -> str:
        """Return what a pattern's group finds in the page as it is; empty if it finds nothing."""
        for state in self._states.values():
            found = re.search(pattern, state.get("html") or "")
            if found:
                return html.unescape(found[1])
        return ""

    def listen(self, seconds: float) -> None:
        """Take what comes by itself."""
        self._listen(lambda _: False, seconds)

    def close(self) -> None:
        """Close the tab: the page says so when it goes."""
        self._socket.close()
        beacon = f"{self.address}/_solara/api/close/{self._kernel}?session_id={self._page}"
        with urllib.request.urlopen(beacon, data=b"", timeout=LONGEST_S) as answer:
            answer.read()

    def _part(self, text: str) -> str:
        return next(name for name, state in self._states.items() if text in (state.get("html") or ""))

    def _tell(self, comm: str, event: dict[str, Any], is_shown: Callable[[], bool]) -> float:
        self._number += 1
        number, acknowledged = self._number, False
        began = time.perf_counter()
        content = {**event, "n": number}
        self._send("comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": content}})

        def is_last(data: dict[str, Any]) -> bool:
            nonlocal acknowledged
            acknowledged |= (data.get("content") or {}).get("ack", 0) >= number
            return acknowledged and is_shown()

        if not self._listen(is_last):
            self.faults.append(f"no answer to {event}")
        return 1_000.0 * (time.perf_counter() - began)

    def _send(self, kind: str, content: dict[str, Any]) -> None:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self._page, "username": "",
                  "version": "5.2", "date": "2026-01-01T00:00:00.000Z"}  # fmt: skip
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        self._socket.send(json.dumps(message | {"channel": "shell", "buffers": []}))

    def _listen(self, is_last: Callable[[dict[str, Any]], bool], most_s: float = LONGEST_S) -> bool:
        """Take messages until one is the last that is waited for; return whether it came."""
        end = time.perf_counter() + most_s
        while (left := end - time.perf_counter()) > 0:
            try:
                text = self._socket.recv(timeout=left)
            except TimeoutError:
                break
            message = _decoded(text)
            kind, content = message["header"]["msg_type"], message["content"]
            if kind in ("error", "stream"):
                self.faults.append(str(content)[:300])
            data = content.get("data") or {}
            if isinstance(data, dict) and "state" in data:
                self._states.setdefault(content["comm_id"], {}).update(data["state"])
                self._note_faults(data["state"].get("html") or "")
            if isinstance(data, dict) and is_last(data):
                return True
        return False

    def _note_faults(self, text: str) -> None:
        if found := re.search(r'class="fault"|Traceback', text):
            self.faults.append(text[found.start() :][:300])


def _decoded(message: str | bytes) -> dict[str, Any]:
    """Return a message; of one with bytes beside it only what is said in words."""
    if isinstance(message, bytes):
        count = struct.unpack("!i", message[:4])[0]
        ends = [*struct.unpack(f"!{count}I", message[4 : 4 * (count + 1)]), len(message)]
        message = message[ends[0] : ends[1]].decode()
    decoded: dict[str, Any] = json.loads(message)
    return decoded
