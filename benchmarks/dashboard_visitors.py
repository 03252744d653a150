"""What thirty visitors at once meet and cost, and what is left of those who have gone."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dashboard_served import SLIDERS, Desk, Sizes, cpu_ms, memory_mb, p95, processes_of, row
from dashboard_wire import WireVisitor
from speed import Figure

VISITORS = 30
INPUT_S, MEMORY_MB, GROWTH_MB = 1.5, 1_000.0, 30.0
EVERY_S = 1.0
RUN_BY = 10
"""One visitor in so many presses Run on the way."""
PATHS = dict(zip((slider for slider, _, _ in SLIDERS), (
    "watchlist.size", "watchlist.presence", "matcher.threshold", "officers.presumption_to_intervene",
), strict=True))  # fmt: skip
WARM_CYCLES = 8
SETTLE_S = 4.0


def visitors(desk: Desk, sizes: Sizes) -> list[Figure]:
    """Let thirty people use the dashboard at once, and see what they meet and what it takes."""
    real = [desk.visitor() for _ in range(sizes.in_chromium)]
    wire = [WireVisitor(desk.address) for _ in range(VISITORS - len(real))]
    with _Memory(desk.server) as memory, ThreadPoolExecutor(VISITORS) as pool:
        opening = [pool.submit(one.open) for one in wire]
        for one in real:
            one.open()
        for future in opening:
            future.result()
        spent = cpu_ms({desk.server})
        for number, one in enumerate(real):
            asked = [_moves(VISITORS - 1 - number, sizes.moves), 1_000 * EVERY_S]
            one.page.evaluate("([moves, ms]) => { window.paced = lfrBench.pace(moves, ms); }", asked)
        used = [pool.submit(_use, one, number, sizes.moves) for number, one in enumerate(wire)]
        times = [seconds for future in used for seconds in future.result()]
        paced = [ms for one in real for ms in one.page.evaluate("() => window.paced")]
    spent = (cpu_ms({desk.server}) - spent) / (len(times) + len(paced))
    sizes_seen = [(size, _size_shown(one)) for size, one in _numbered(wire, real)]
    others = [f"{size} of their own, {shown} shown" for size, shown in sizes_seen if size != shown]
    faults = [fault for one in wire for fault in one.faults] + [text for one in real for text in one.errors]
    lost = sum(ms is None for ms in paced)
    for one in (*wire, *real):
        one.close()
    for fault in (*faults[:5], *others):
        print(f"  {fault}")
    in_page = [ms / 1_000.0 for ms in paced if ms is not None]
    return [
        row(f"{VISITORS} at once, {len(real)} of them in Chromium: errors", "", len(faults) + lost, 0.0),
        row("  who see what is not their own", "", len(others), 0.0),
        row(f"  {len(times)} inputs, until the answer: 19 of 20 within", "s", p95(times), INPUT_S),
        row("  median", "s", statistics.median(times)),
        row(f"  {len(in_page)} in Chromium, until all is shown: 19 of 20", "s", p95(in_page), INPUT_S),
        row("  CPU time of the server for each input", "ms", spent),
        row("  all thirty opened: 19 of 20 within", "s", p95([one.opened_s for one in wire])),
        row("  most memory of all processes", "MB", memory.most, MEMORY_MB),
    ]


def _own_size(number: int) -> int:
    """Return the size of the list that a visitor ends with."""
    return 5_000 + 100 * number


def _moves(number: int, count: int) -> list[tuple[str, float]]:
    """Return what a visitor does: moves all sliders, and in the end the list to a size of their own."""
    dice = random.Random(number)
    moves, steps = [], [dice.randrange(20) for _ in SLIDERS]
    for turn in range(count - 1):
        which = turn % len(SLIDERS)
        slider, first, step = SLIDERS[which]
        steps[which] = (steps[which] + dice.randint(1, 19)) % 20  # another than the last
        moves.append((slider, round(first + step * steps[which], 3)))
    return [*moves, (SLIDERS[0][0], float(_own_size(number)))]


def _use(visitor: WireVisitor, number: int, count: int) -> list[float]:
    """Move sliders as somebody does who looks at what comes of it; return how long each took (s)."""
    dice, times = random.Random(number), []
    time.sleep(EVERY_S * dice.random())
    for turn, (slider, value) in enumerate(_moves(number, count)):
        began = time.perf_counter()
        times.append(visitor.move(slider, PATHS[slider], value) / 1_000.0)
        if number % RUN_BY == 0 and turn == count // 2:
            visitor.press("run")
        pause = EVERY_S * dice.uniform(0.7, 1.3) - (time.perf_counter() - began)
        visitor.listen(max(0.0, pause))
    return times


def _numbered(wire: Sequence[WireVisitor], real: Sequence[Any]) -> list[tuple[int, Any]]:
    """Return each visitor with the size of list that they should see."""
    shown = [(_own_size(number), one) for number, one in enumerate(wire)]
    return shown + [(_own_size(VISITORS - 1 - number), one) for number, one in enumerate(real)]


def _size_shown(visitor: Any) -> int:
    """Return the size of the list on somebody's page."""
    if isinstance(visitor, WireVisitor):
        text = visitor.shown(r'id="box-watchlist-size"[^>]* value="([^"]*)"')
    else:
        text = visitor.page.input_value("#box-watchlist-size")
    return int(text.replace(",", "") or -1)


class _Memory:
    """Notes, while it is open, the most memory that a server and its processes take (MB)."""

    def __init__(self, server: int) -> None:
        self.most = 0.0
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            self.most = max(self.most, memory_mb(processes_of(self._server)))


def tabs(desk: Desk, sizes: Sizes) -> list[Figure]:
    """Open and close tabs, and see what they leave behind in the server."""
    for number in range(WARM_CYCLES):
        _come_and_go(desk, number, real=sizes.real_cycles)
    time.sleep(SETTLE_S)
    before = memory_mb({desk.server})
    for number in range(sizes.cycles):
        _come_and_go(desk, number, real=sizes.real_cycles)
    time.sleep(SETTLE_S)
    grown = memory_mb({desk.server}) - before
    how = "in Chromium" if sizes.real_cycles else "by its protocol"
    return [
        row("the server, once some have come and gone", "MB", before),
        row(f"  grows over {sizes.cycles} who come and go, {how}, by", "MB", grown, GROWTH_MB),
    ]


def _come_and_go(desk: Desk, number: int, *, real: bool) -> None:
    """Open a tab, move a slider to one of a few values, and close the tab."""
    value = 6_000 + 100 * (number % WARM_CYCLES)
    if real:
        visitor = desk.visitor()
        visitor.open()
        visitor.page.evaluate("(value) => lfrBench.input('slider-watchlist-size', value)", value)
        visitor.page.close(run_before_unload=True)
        visitor.close()
    else:
        one = WireVisitor(desk.address)
        one.open()
        one.move("slider-watchlist-size", "watchlist.size", value)
        one.close()
