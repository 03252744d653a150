"""One day simulated: in short for the counts, or with everybody's walk and every story for the plan."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lfr_sim.model import DeploymentModel
from lfr_sim.records import Alert, Disposal, Outcome
from lfr_sim.scenario import Scenario
from lfr_sim.street.site import Site, site_of

from .days import DayRow, Mark
from .limits import MOST_OPENED
from .stories import Story, story_of
from .views.plan import SIZES, crop_of
from .walks import Box, Walks, walks_of

FloatArray = NDArray[np.float64]
Redraw = tuple[tuple[str, int], ...]
"""Part of a day and number of its other draw, each part once."""

MOST_DAYS: Final = 16
"""Days kept with all that is drawn of them."""
MOST_BYTES: Final = 24_000_000
_ALERT_BYTES = 4_000
"""About what an alert takes with its story."""
_EDGE_M = 3.0
"""People beside their route, or just outside the plan, are drawn as well."""


@dataclass(frozen=True, slots=True)
class Trip:
    """What a team did about one alert: the way there, the time with the person, and the way back."""

    alert: int
    team: int
    post: tuple[float, float]
    """Where the team waits (m)."""
    sent_s: float
    there_s: float
    """When it had got to the person and looked for them, or gave up on the way."""
    place: tuple[float, float]
    """Where that was (m)."""
    left_s: float
    """When it set out for its post again: after a stop, or after handing over somebody arrested."""
    back_s: float


@dataclass(frozen=True, eq=False)
class ShownDay:
    """One simulated day with all that a page shows of it."""

    scenario: Scenario
    seed: int
    replicate: int
    redraw: Redraw
    site: Site
    row: DayRow
    alerts: tuple[Alert, ...]
    """In order of time."""
    stories: Mapping[int, Story]
    """Number of the alert -> its story."""
    walks: Walks
    teams: tuple[Trip, ...]
    """In order of the alerts."""
    busy: FloatArray
    """People on the site in each minute from the beginning, mean over the minute."""
    start_hour: float
    """Hour of the day at which time 0 is."""
    notes: tuple[str, ...]
    """How far this day can be trusted."""
    is_open: bool = True
    """False where there are too many alerts to draw: then there are its counts only."""

    @property
    def end_s(self) -> float:
        """When everybody has left and every stop is over."""
        return float(self.walks.header["end_s"])

    def events(self) -> list[dict[str, Any]]:
        """Return the alerts as the player takes them: what happened when and where, and words for the plan.

        Times are seconds since the deployment began, places [x, y] in metres; what did not happen is left
        out.
        """
        trips = {trip.alert: trip for trip in self.teams}
        return [_event(alert, self.stories[alert.alert], trips.get(alert.alert)) for alert in self.alerts]


def simulate_day(scenario: Scenario, seed: int, replicate: int) -> DayRow:
    """Return one simulated day in short; about as fast as the run itself.

    Args:
        scenario: What is simulated.
        seed: Root seed.
        replicate: Number of the day.

    Raises:
        InputError: If the scenario, its layout or a number is wrong.
    """
    model = DeploymentModel(scenario, run_seed=seed, replicate=replicate)
    model.run()
    return _row_of(model)


def show_day(scenario: Scenario, *, seed: int, replicate: int, redraw: Redraw = ()) -> ShownDay:
    """Return one simulated day with all that a page shows of it; the last few days are kept.

    Args:
        scenario: What is simulated.
        seed: Root seed.
        replicate: Number of the day.
        redraw: What of it is drawn again, as for `DeploymentModel`.

    Raises:
        InputError: If the scenario, its layout or a number is wrong.
    """
    drawn = tuple(sorted(redraw))
    return _KEPT.of(
        (scenario.digest, seed, replicate, drawn), lambda: _show(scenario, seed, replicate, drawn)
    )


def open_day(
    scenario: Scenario, *, seed: int, replicate: int, redraw: Redraw, rows: Sequence[DayRow]
) -> ShownDay:
    """Return a day as `show_day` does, or, where it has too many alerts to draw, its counts.

    Args:
        scenario: What is simulated.
        seed: Root seed.
        replicate: Number of the day.
        redraw: What of it is drawn again; nothing of a day that cannot be drawn.
        rows: Days of the same scenario and seed that are known, which tell how many alerts there are.
    """
    known = next((row for row in rows if row.replicate == replicate), None)
    like = (known,) if known is not None else rows
    fullest = max(like, key=lambda row: len(row.marks), default=None)
    if fullest is not None and len(fullest.marks) > MOST_OPENED:
        return _closed(scenario, seed, fullest, site_of(scenario.site, scenario.camera))
    return show_day(scenario, seed=seed, replicate=replicate, redraw=redraw)


class _KeptDays:
    """The days that were asked for last; safe to use from any thread.

    Whoever asks for a day that somebody else is waiting for waits with them.
    """

    def __init__(self, most_days: int = MOST_DAYS, most_bytes: int = MOST_BYTES) -> None:
        self._most_days, self._most_bytes = most_days, most_bytes
        self._lock = threading.Lock()
        self._days: OrderedDict[Any, Future[ShownDay]] = OrderedDict()

    def of(self, key: Any, make: Callable[[], ShownDay]) -> ShownDay:
        """Return the day of a key, made unless it is kept."""
        with self._lock:
            found = self._days.get(key)
            future = self._days.setdefault(key, Future())
            self._days.move_to_end(key)
        if found is None:
            self._fill(key, future, make)
        return future.result()

    def _fill(self, key: Any, future: Future[ShownDay], make: Callable[[], ShownDay]) -> None:
        try:
            future.set_result(make())
        except BaseException as error:  # whoever waits must hear of it
            with self._lock:
                self._days.pop(key, None)
            future.set_exception(error)
            return
        with self._lock:
            while len(self._days) > 1 and self._is_too_much():
                self._days.popitem(last=False)

    def _is_too_much(self) -> bool:
        made = [future.result() for future in self._days.values() if future.done()]
        held = sum(len(day.walks.data) + _ALERT_BYTES * len(day.alerts) for day in made)
        return len(self._days) > self._most_days or held > self._most_bytes


_KEPT = _KeptDays()


def _show(scenario: Scenario, seed: int, replicate: int, redraw: Redraw) -> ShownDay:
    model = DeploymentModel(scenario, run_seed=seed, replicate=replicate, redraw=dict(redraw))
    model.run()
    row = _row_of(model)
    if len(row.marks) > MOST_OPENED:
        return _closed(scenario, seed, row, model.site, redraw)
    trips = tuple(_trips(model))
    end_s = max([trip.left_s for trip in trips], default=0.0)
    return ShownDay(
        scenario=scenario,
        seed=seed,
        replicate=replicate,
        redraw=redraw,
        site=model.site,
        row=row,
        alerts=tuple(model.alerts),
        stories=_stories(model),
        walks=walks_of(model, crop=drawn_box(model.site), end_s=end_s),
        teams=trips,
        busy=model.walking.present_per_minute,
        start_hour=scenario.deployment.start_hour,
        notes=tuple(model.notes),
    )


def _closed(scenario: Scenario, seed: int, row: DayRow, site: Site, redraw: Redraw = ()) -> ShownDay:
    return ShownDay(
        scenario=scenario,
        seed=seed,
        replicate=row.replicate,
        redraw=redraw,
        site=site,
        row=row,
        alerts=(),
        stories={},
        walks=Walks({}, b""),
        teams=(),
        busy=np.zeros(0),
        start_hour=scenario.deployment.start_hour,
        notes=(),
        is_open=False,
    )


@lru_cache(maxsize=64)
def drawn_box(site: Site) -> Box:
    """Return the part of a site that any of its plans shows, and a little round it (m)."""
    crops = np.array([crop_of(site, width / high, least_m=least_m) for width, high, least_m in SIZES])
    west, south = crops[:, :2].min(axis=0) - _EDGE_M
    east, north = crops[:, 2:].max(axis=0) + _EDGE_M
    return float(west), float(south), float(east), float(north)


def _stories(model: DeploymentModel) -> dict[int, Story]:
    taken_off = model.membership.listed[model.crowd.person] & ~model.listed
    return {
        alert.alert: story_of(
            alert,
            model.response.steps(alert),
            model.config,
            model.site,
            taken_off=bool(taken_off[alert.passer]),
        )
        for alert in model.alerts
    }


def _row_of(model: DeploymentModel) -> DayRow:
    marks = [
        Mark(
            alert.passer,
            alert.time_s,
            alert.alert,
            alert.candidate_is_mate,
            stopped=alert.outcome is Outcome.ENGAGED,
            arrested=alert.disposal is Disposal.ARREST,
        )
        for alert in model.alerts
    ]
    marks += _missed(model)
    marks.sort(key=lambda mark: mark.time_s)
    return DayRow(model.replicate, model.record, model.truth, tuple(marks), model.breakdown["group"])


def _missed(model: DeploymentModel) -> Iterable[Mark]:
    """Yield the listed passers without an alert on their own entry.

    At the middle of their first time in view of a camera; of those who never are, of their walk.
    """
    passes = model.walking.passes
    for passer in np.flatnonzero(model.listed).tolist():
        if passer in model.tally.found:
            continue
        seen = slice(*np.searchsorted(passes.passer, [passer, passer + 1]))  # rows are ordered by passer
        enter_s, exit_s = model.walking.enter_s(passer), model.walking.leave_s(passer)
        if seen.start < seen.stop:
            first = seen.start + int(np.argmin(passes.enter_s[seen]))
            enter_s, exit_s = float(passes.enter_s[first]), float(passes.exit_s[first])
        yield Mark(passer, (enter_s + exit_s) / 2, None, right=False)


def _trips(model: DeploymentModel) -> Iterable[Trip]:
    """Yield what each team did that was sent."""
    speed_m_s = model.config.officers.walking_speed_m_s
    arrest_s = 60.0 * model.config.officers.engagement.team_busy_minutes_arrest
    for alert in model.alerts:
        if alert.team is None or alert.sent_s is None or alert.ended_s is None:
            continue
        post = model.teams[alert.team].post
        there_s, place = alert.ended_s, post
        if alert.contact_s is not None and alert.contact_x_m is not None and alert.contact_y_m is not None:
            there_s, place = alert.contact_s, (alert.contact_x_m, alert.contact_y_m)
        else:  # given up on the way, which was straight towards where the person was then
            sought = model.walking.locate(alert.passer, there_s)
            place = _towards(post, sought, speed_m_s * (there_s - alert.sent_s))
        left_s = alert.ended_s + (arrest_s if alert.disposal is Disposal.ARREST else 0.0)
        back_s = left_s + math.dist(place, post) / speed_m_s
        yield Trip(alert.alert, alert.team, post, alert.sent_s, there_s, place, left_s, back_s)


def _towards(start: tuple[float, float], end: tuple[float, float], walked_m: float) -> tuple[float, float]:
    """Return the place after some metres straight from one place to another, and no further."""
    gap_m = math.dist(start, end)
    share = min(1.0, walked_m / gap_m) if gap_m else 0.0
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _event(alert: Alert, story: Story, trip: Trip | None) -> dict[str, Any]:
    event: dict[str, Any] = {
        "alert": alert.alert,
        "passer": alert.passer,
        "time_s": alert.time_s,
        "right": alert.candidate_is_mate,
        "stopped": alert.outcome is Outcome.ENGAGED,
        "arrested": alert.disposal is Disposal.ARREST,
        "label": list(story.label),
        "stop_label": list(story.stop_label),
    }
    if trip is not None:
        event |= {
            "team": trip.team,
            "post": list(trip.post),
            "sent_s": trip.sent_s,
            "contact": list(trip.place),
            "contact_s": trip.there_s,
            "ended_s": alert.ended_s,
            "left_s": trip.left_s,
            "back_s": trip.back_s,
        }
    return event
