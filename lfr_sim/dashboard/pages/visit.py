"""One visit to one page: its state, what went wrong, its run, and the events that change them."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from markupsafe import Markup

from lfr_sim.figures.words import count_of
from lfr_sim.scenario import Fault, InputError, Scenario, parse_value, setting_paths, shipped_scenarios
from lfr_sim.street import load_site
from lfr_sim.study.replicates import LARGEST_SEED

from ..address import Opened, address_of
from ..limits import days_fault, most_days, visitor_faults
from ..policies import policy_of
from ..runs import Job, Run, Runs
from ..settings import control_of, kind_of
from ..state import LARGEST_UPLOAD_BYTES, Arm, State, arm_from_upload, command_of, scenario_file, value_text
from ..views.page import PAGE_WORDS

Event = Mapping[str, Any]
Answer = dict[str, Any]

LONGEST_TEXT = 4_000
"""Characters of an event that are read."""
FEWEST_DAYS = 5
"""From so many days on, a page tells of days that are there while more are on their way."""

_LONGEST_PATH = 200
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
_NO_ZERO = re.compile(r"^(-?)\.(?=\d)")
_LARGEST_READ = 1e300
"""Numbers beyond are handed on as they were typed: no setting takes them, and some fit no float."""

_log = logging.getLogger(__name__)


class Visit:
    """What the pages have in common.

    Args:
        opened: The state that the link led to.
        visitor: Whose visit it is, told by the tab; a tab has one run at a time.
        runs: Where days are simulated.
        changed: Called, from any thread, when there is something new to show.
        browser: Whose tab it is; the same after the page has been loaded again.
    """

    page = ""

    def __init__(
        self,
        opened: Opened,
        visitor: str,
        runs: Runs,
        changed: Callable[[], None] = lambda: None,
        browser: str = "",
    ) -> None:
        self.state = opened.state
        self._own_parts = opened.own
        self.faults: tuple[Fault, ...] = opened.faults
        self._refused: dict[str, tuple[Fault, ...]] = {}
        """What was typed last, where that is what is wrong: a dotted path, or `@days`."""
        self.said = ""
        self.run: Run | None = None
        self.open_path = ""
        self.open_table = ""
        self.all_open = False
        self.revision = 0
        """Changes when boxes have to be written again although nothing that they show has changed."""
        self._visitor = visitor
        self._browser = browser
        self._runs = runs
        self._changed = changed
        self._doers: dict[str, Callable[[str], Answer | None]] = {
            "keep": self._keep,
            "open": self._open,
            "all": self._all,
            "table": self._table,
            "use": self._use,
            "reset": self._reset,
            "undo": self._undo,
            "run": self._run,
            "stop": self._stop,
            "copied": self._copied,
            "download": self._download,
        }
        self._begin()

    def _begin(self) -> None:
        """Add what the page has beyond the others; called once, at the end of making it."""

    @property
    def address(self) -> str:
        """The path and query that hold the state."""
        return address_of(self.state, self.page)

    @property
    def links(self) -> dict[str, str]:
        """Page -> its address with this state."""
        return {name: address_of(self.state, name) for name in PAGE_WORDS}

    @property
    def job(self) -> Job:
        """What a full run of this state is."""
        return Job(tuple(arm.scenario for arm in self.state.arms), self.state.seed, self.state.days)

    @property
    def is_running(self) -> bool:
        """Whether days are being simulated for this visit, or wait in line."""
        run = self.run  # which another thread may let go of meanwhile
        return run is not None and run.is_under_way

    @property
    def refused(self) -> dict[str, tuple[Fault, ...]]:
        """What was typed last and cannot be used: what is set -> what is wrong with it."""
        told = self.faults
        return {path: wrong for path, wrong in self._refused.items() if all(one in told for one in wrong)}

    def start(self) -> None:
        """Do what the page does by itself when it is opened."""

    def _run_unless_known(self) -> None:
        """Simulate what the link asked for, unless its days are known already."""
        if self._runs.cached(self.job) is None and self.run is None:
            before = self.faults  # of the link, which a refused run adds to
            self.handle({"do": "run"})
            self.faults = (*before, *(fault for fault in self.faults if fault not in before))

    def regions(self) -> dict[str, Markup]:
        """Return the parts of the page, by name."""
        return {}

    def handle(self, event: Event, content: bytes = b"") -> Answer:
        """Do what the visitor asked, and return what is sent back; nothing that goes wrong gets out."""
        try:
            return self._done(event, content) or {}
        except InputError as error:
            self.faults, self._refused = error.faults, {}
            if event.get("do") == "set":  # told at its box, which goes back to the value in use
                self._refused = {str(event.get("path", ""))[:_LONGEST_PATH]: error.faults}
                return {"back": {"path": event.get("path"), "value": event.get("value")}}
            # What was asked at the foot is answered at the top, out of sight.
            return {"focus": "faults"} if event.get("do") in ("run", "upload") else {}
        except Exception:
            _log.exception("an event of a visitor failed")
            problem = "this went wrong here, and is written in the log; nothing of yours is lost"
            self.faults, self._refused = (Fault("page", problem, shows_value=False),), {}
        return {}

    def close(self) -> None:
        """Stop what runs for this visit."""
        run = self.run
        if run is not None:
            self._end(run)

    def _done(self, event: Event, content: bytes) -> Answer | None:
        name = str(event.get("do", ""))[:40]
        value = str(event.get("value", ""))[:LONGEST_TEXT]
        self.said = ""
        if name == "set":
            return self._set(str(event.get("path", ""))[:_LONGEST_PATH], value)
        if name == "upload":
            return self._upload(event, content)
        doer = self._doers.get(name)
        return doer(value) if doer is not None else None

    def _set(self, path: str, text: str) -> Answer | None:
        if path == "@scenario":
            self._choose(text)
        elif path == "@policy":
            self._start_from(text)
        elif path == "@seed":
            self._number("seed", text, 0, LARGEST_SEED)
        elif path == "@days":
            self._number("days", text, 1, most_days(self.job.arms))
        elif path == "site.layout":
            self._move_to(text)
        else:
            self._change({path: self._setting_text(path, text)})
        return None

    def _change(self, changes: Mapping[str, str], number: int = 0) -> None:
        """Change settings of one policy, if the result can be had."""
        arm = self.state.arms[number].changed(changes)
        wrong = visitor_faults(arm.scenario)
        if wrong:
            raise InputError("limits", wrong)
        self._show(self.state.with_arm(arm, number))

    def _show(self, state: State) -> None:
        """Show another state; a run of the old one ends, and its finished days are kept."""
        self.faults = ()
        self.revision += 1
        self.state = state
        run = self.run
        if run is not None and run.job != self.job:
            if run.is_under_way:
                done = count_of(run.progress.done_days, "day")
                self.said = f"The run was of the settings before; it has been stopped, {done} kept."
            self._end(run)
            self.run = None

    def _setting_text(self, path: str, text: str) -> str:
        """Return what was typed into a box as `--set` takes it: 9,756 is 9756."""
        if path not in setting_paths() or kind_of(path) != "number":
            return text
        plain = _plain_number(text)
        control = control_of(path)
        value = parse_value(plain)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return plain
        if abs(value) > _LARGEST_READ:  # the scenario says what is allowed
            return plain
        if control is not None and control.scale != 1.0:
            value = float(f"{value / control.scale:.12g}")
        if setting_paths()[path].annotation in (float, float | None):
            return value_text(float(value))
        return value_text(int(value) if float(value).is_integer() else value)

    def _choose(self, name: str) -> None:
        """Start from another shipped scenario."""
        self._show(self.state.with_arm(Arm(name).changed({})))

    def _start_from(self, name: str) -> None:
        """Put a named policy in place of what has been changed."""
        policy, arm = policy_of(name), Arm(self.state.arms[0].base)
        self._show(self.state.with_arm(arm if policy is None else arm.changed(policy.changes)))

    def _move_to(self, layout: str) -> None:
        """Put the van into another place, at its first stand: stands are each place's own."""
        faults = visitor_faults(self.state.scenario, layout=layout)
        if faults:
            raise InputError("site", faults)
        van = load_site(layout).vans[0].id
        self._change({"site.layout": value_text(layout), "site.vans": value_text([van])})

    def _number(self, name: str, text: str, low: int, high: int) -> None:
        value = parse_value(_plain_number(text))
        if isinstance(value, float) and value.is_integer():  # 1e2 is 100, as everywhere
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            out = Fault(name, "not a whole number in range", text, f"{low:,} to {high:,}")
            raise InputError(name, [days_fault(text, self.job.arms) if name == "days" else out])
        self._show(replace(self._renumbered(name, value), day=None, alert=None, redraw=()))

    def _renumbered(self, name: str, value: int) -> State:
        if name == "seed":
            return replace(self.state, seed=value)
        return replace(self.state, days=value)

    def _upload(self, event: Event, content: bytes) -> Answer | None:
        name = str(event.get("name", "scenario"))[:80]
        size = event.get("size")
        if isinstance(size, int) and size > LARGEST_UPLOAD_BYTES:
            fault = Fault(name, f"the file has {size:,} bytes", allowed=f"at most {LARGEST_UPLOAD_BYTES:,}",
                          shows_value=False)  # fmt: skip
            raise InputError(name, [fault])
        arm = arm_from_upload(content, name)
        wrong = visitor_faults(arm.scenario)
        if wrong:
            raise InputError(name, wrong)
        self._show(self.state.with_arm(arm, self._opened_as(str(event.get("value", "")))))
        self.said = f"Opened {name}: {arm.scenario.title or 'a scenario'}."
        return None

    def _opened_as(self, _: str) -> int:
        """Return the place of the policy that an opened file becomes."""
        return 0

    def _keep(self, _: str) -> None:
        self.faults = ()
        self.revision += 1

    def _open(self, path: str) -> None:
        self.open_path = "" if path == self.open_path else path

    def _all(self, _: str) -> None:
        self.all_open = not self.all_open

    def _table(self, table: str) -> None:
        self.open_table = "" if table == self.open_table else table

    def _use(self, change: str) -> None:
        path, _, text = change.partition("=")
        self._change({path: self._setting_text(path, text)})

    def _reset(self, _: str) -> None:
        self._show(self.state.with_arm(Arm(self.state.arms[0].base)))

    def _undo(self, path: str) -> None:
        self._show(self.state.with_arm(self.state.arms[0].without(path)))

    def _run(self, _: str) -> None:
        self.run = self._runs.start(self._visitor, self.job, self._changed)

    def _stop(self, _: str) -> None:
        run = self.run
        if run is not None:
            self._end(run)
            self.said = f"Stopped; {count_of(run.progress.done_days, 'day')} kept."

    @staticmethod
    def _end(run: Run) -> None:
        """Stop a run without being told: the page is drawn anew after every event anyway."""
        run.on_change = None
        run.stop()

    def _copied(self, what: str) -> None:
        self.said = {
            "link": "Link copied: it opens this state.",
            "command": f"Command copied: in a terminal it gives {count_of(self.state.days, 'day')}.",
        }.get(what, "")

    def _download(self, what: str) -> Answer | None:
        found = self.file_of(what)
        if found is None:
            return None
        name, mime, text = found
        self.said = f"{name} saved."
        return {"download": {"name": name, "mime": mime, "text": text}}

    def file_of(self, what: str) -> tuple[str, str, str] | None:
        """Return the name, type and text of a file that the page offers, or None."""
        if what == "scenario":
            return f"{self.state.arms[0].base}.toml", "application/toml", scenario_file(self.state.arms[0])
        return None

    @property
    def command(self) -> str:
        """The command that gives the same result in a terminal."""
        return command_of(self.state, self.page)


def _plain_number(text: str) -> str:
    """Return a number without commas between its thousands: 9,756 is 9756, but 1,49 stays so."""
    plain = text.replace("\N{NO-BREAK SPACE}", "").strip()
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    return _NO_ZERO.sub(r"\g<1>0.", plain)


@cache
def scenario_titles() -> dict[str, str]:
    """Return name -> title of the shipped scenarios."""
    return {name: Scenario.from_file(name).title or name for name in shipped_scenarios()}


def changes_told(arm: Arm) -> str:
    """Return how much of a shipped scenario has been changed, in a few words."""
    if not arm.changes:
        return "As published and fitted, nothing changed"
    return f"Changed: {count_of(len(arm.changes), 'setting')}"
