"""One deployment as a Mesa model: street, van and police wired together, with the clock and the records.

A Mesa step is one minute; inside it, events happen at their exact times. The crowd's walks and the
searches are computed once, when the model is made; what officers do with the alerts is simulated
event by event, because teams are few and get in one another's way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

import mesa
import numpy as np
from numpy.typing import NDArray

from lfr_sim import police, street, van
from lfr_sim.breakdown import Breakdown, Walks, breakdown
from lfr_sim.cautions import cautions
from lfr_sim.clock import Clock
from lfr_sim.collection import FinalCounts
from lfr_sim.records import Alert, CrowdCounts
from lfr_sim.scenario import CATEGORIES, GROUPS, Fault, InputError, Scenario, nearest
from lfr_sim.streams import MOST_REDRAWS, PARTS, Seed, Stream, uniforms_of
from lfr_sim.tally import Row, Tally

FloatArray = NDArray[np.float64]

STEP_S = 60.0
"""Simulated time of one Mesa step."""

AgentMode = Literal["alerted", "all"]


class Passer(mesa.Agent):
    """Somebody who walks through the site: a Mesa agent over the walking engine's numbers."""

    _ids = police.AGENT_NUMBERS

    def __init__(self, model: DeploymentModel, number: int) -> None:
        super().__init__(model)
        self.number = number
        """Row of the passer in the crowd and the pass table."""

    @property
    def place(self) -> tuple[float, float]:
        """Where the passer is now (m)."""
        model: DeploymentModel = self.model
        return model.walking.locate(self.number, model.clock_s)


class DeploymentModel(mesa.Model):
    """One deployment, from the first arrival to the last stop.

    Args:
        config: A scenario, the path or shipped name of one, or its tables as a dict.
        run_seed: Root seed of the study; the run is a function of (scenario, run_seed, replicate). Left
            out: `rng` if that is a whole number, else 1.
        replicate: Number of the run within the study.
        redraw: What of the run is drawn again, as {"officers": 2}: the second other draw of what officers
            do. Of crowd, matcher and officers (`lfr_sim.streams.PARTS`); left out or 0, the run itself.
        agents: "all" makes every passer a Mesa agent while on the site; "alerted" only those who set
            off an alert. The records are the same.
        rng: Mesa's name for a seed, as `batch_run(rng=[…])` gives it.
        **settings: Settings to change, by dotted path: `**{"watchlist.size": 2000}`.

    Raises:
        InputError: If the scenario, a setting, the layout or a number is wrong.
    """

    def __init__(
        self,
        config: Scenario | str | Path | Mapping[str, Any],
        *,
        run_seed: int | None = None,
        replicate: int = 0,
        redraw: Mapping[str, int] | None = None,
        agents: AgentMode = "alerted",
        rng: Any = None,
        **settings: Any,
    ) -> None:
        if run_seed is None:
            run_seed = int(rng) if isinstance(rng, int | np.integer) else 1
        seed, replicate = _whole("run_seed", run_seed), _whole("replicate", replicate)
        if faults := redraw_faults(redraw or {}):
            raise InputError("model", faults)
        super().__init__(rng=seed if rng is None else rng)
        self.config = _scenario_of(config, settings)
        self.redraw = {part: int(number) for part, number in (redraw or {}).items() if number}
        self.run_seed = Seed.redrawn(seed, self.redraw) if self.redraw else seed
        self.replicate = replicate
        if agents not in ("alerted", "all"):
            raise InputError("model", [Fault("agents", "unknown mode", agents, "alerted, all")])
        self.agent_mode = agents
        self._seeds = {"root_seed": self.run_seed, "replicate": self.replicate}

        self.site = street.site_of(self.config.site, self.config.camera)
        in_layout = [place.id for place in self.site.layout.vans]
        self.van_numbers = [in_layout.index(place.id) for place in self.site.vans]
        self.crowd = street.crowd_of(self.config, self.site, **self._seeds)
        self.walking = street.Flow(self.config, self.site, self.crowd)
        self.entries = van.Entries(self.config.watchlist, **self._seeds)
        people = self.crowd.everybody
        self.membership = van.membership_of(self.entries, people, self.config.crowd, **self._seeds)
        faces = van.Faces(self.config.matcher, people, **self._seeds)
        self.street = van.Street(self.crowd.person, people, self.membership, self.entries, faces)
        self.searches = van.search_all(
            self.config,
            self.walking.passes,
            self.street,
            self.van_numbers,
            **self._seeds,
        )
        self._alert_rows = van.after_cooldown(
            self.searches, self.crowd.person, self.config.camera.dedupe_cooldown_s
        )
        self.counts = self._count_crowd()

        self.alerts: list[Alert] = []
        self.tally = Tally()
        self._clock = Clock()
        self._passers: dict[int, Passer] = {}
        self._open: Counter[int] = Counter()
        self.response = self._make_response()
        self._schedule_alerts()
        if agents == "all":
            self._schedule_passers()
        self.datacollector = FinalCounts()

    @property
    def clock_s(self) -> float:
        """Seconds since the deployment began."""
        return self._clock.now_s

    @property
    def teams(self) -> list[police.Team]:
        """The teams on duty."""
        return self.response.teams

    @property
    def record(self) -> Row:
        """What the force would publish, as far as the day has gone."""
        return self.tally.record(self.counts)

    @property
    def truth(self) -> Row:
        """What really happened, as far as the day has gone; crowd counts are the whole day's."""
        return self.tally.truth(self.config, self.counts)

    @property
    def notes(self) -> list[str]:
        """What a reader should know about how far this run can be trusted."""
        return cautions(
            self.config,
            densest_per_m2=self.walking.densest_per_m2,
            listed_people=int(self.membership.listed.sum()),
        )

    @property
    def breakdown(self) -> Breakdown:
        """Counts by group, sex, age and category, as far as the day has gone."""
        crowd, passes = self.crowd, self.searches.passes
        own = self.membership.entry[crowd.person]
        category = np.where(own >= 0, self.entries.category[own] if len(self.entries) else -1, -1)
        captured = np.bincount(passes.passer[self.searches.captured], minlength=len(crowd))
        found = np.zeros(len(crowd), dtype=bool)
        found[list(self.tally.found)] = True
        kinds = {
            "group": crowd.group,
            "sex": crowd.woman.astype(np.int64),
            "age": np.where(crowd.under_18, 0, np.where(crowd.older, 2, 1)),
            "category": category.astype(np.int64),
        }
        return breakdown(Walks(kinds, captured, self.listed, found), self.alerts)

    def step(self) -> None:
        """Advance by one minute; the run ends when everybody has left and every stop is over."""
        self._clock.run_until(self._clock.now_s + STEP_S)
        if self._clock.is_idle and self.clock_s >= self.walking.last_leave_s:
            self.running = False
        self.datacollector.collect(self)

    def run(self) -> None:
        """Step until the run is over."""
        while self.running:
            self.step()

    def _count_crowd(self) -> CrowdCounts:
        deployed = self.listed
        searches = self.searches
        in_view = np.unique(searches.passes.passer[searches.mated])
        on_any_list = self.membership.listed[self.crowd.person]
        return CrowdCounts(
            passers=len(self.crowd),
            people=self.crowd.people,
            listed_passers=int(deployed.sum()),
            passes=len(searches.passes),
            captured_passes=int(searches.captured.sum()),
            faces=int(searches.faces.sum()),
            listed_in_view=len(in_view),
            listed_removed=int((on_any_list & ~deployed).sum()),
            children_passers=int(self.crowd.under_18.sum()),
            children_listed=int((self.entries.under_18 & self.entries.kept).sum()),
            entries=self.entries.deployed,
            entries_removed=len(self.entries) - self.entries.deployed,
        )

    @cached_property
    def listed(self) -> NDArray[np.bool_]:
        """Whether each passer is on the list deployed."""
        own = self.membership.entry[self.crowd.person]
        if self.entries.all_kept:
            return np.asarray(own >= 0)
        return np.asarray((own >= 0) & self.entries.kept[own])

    def _make_response(self) -> police.Response:
        officers = self.config.officers
        posts = street.posts_of(self.site, officers.teams, officers.post_distance_m)
        teams = [
            police.Team(self, number, post, officers.walking_speed_m_s) for number, post in enumerate(posts)
        ]
        return police.Response(
            self.config,
            teams,
            self._clock,
            self.walking.locate,
            self._alert_ended,
            judges=police.judges_of(officers, **self._seeds),
        )

    def _schedule_alerts(self) -> None:
        searches, rows = self.searches, self._alert_rows
        if len(rows) == 0:
            return
        who, where = searches.passes.passer[rows], searches.passes.van[rows]
        self.response.uniforms = police.ResponseUniforms(
            judgement=self._rows_of(Stream.OPERATOR, police.JUDGEMENT_COLUMNS, who, where),
            found=self._rows_of(Stream.OFFICER, police.FOUND_COLUMNS, who, where),
            stop=self._rows_of(Stream.ENGAGEMENT, police.STOP_COLUMNS, who, where),
        )
        for number, row in enumerate(rows.tolist()):
            alert = self._alert(number, row)
            self._clock.schedule(alert.time_s, partial(self._raise_alert, alert))

    def _alert(self, number: int, row: int) -> Alert:
        searches, crowd, entries = self.searches, self.crowd, self.entries
        passer, entry = int(searches.passes.passer[row]), int(searches.candidate[row])
        return Alert(
            alert=number,
            time_s=float(searches.time_s[row]),
            passer=passer,
            person=int(crowd.person[passer]),
            van=self.site.vans[searches.passes.van[row]].id,
            camera=self.site.zones[searches.passes.camera[row]].camera,
            score=float(searches.score[row]),
            candidate=entry,
            mated=bool(searches.mated[row]),
            candidate_is_mate=bool(searches.candidate_is_mate[row]),
            entry_is_stale=bool(entries.stale[entry]),
            category=CATEGORIES[entries.category[entry]],
            group=GROUPS[crowd.group[passer]],
            woman=bool(crowd.woman[passer]),
            under_18=bool(crowd.under_18[passer]),
            density_per_m2=float(searches.passes.density_per_m2[row]),
            candidate_is_kin=bool(searches.candidate_is_kin[row]),
        )

    def _rows_of(
        self, stream: Stream, count: int, passer: NDArray[np.int64], place: NDArray[np.int64]
    ) -> FloatArray:
        """Return the uniforms of some passers: everybody has them, whether used or not."""
        rows = np.empty((count, len(passer)))
        for number in np.unique(place).tolist():
            here = place == number
            rows[:, here] = uniforms_of(
                passer[here],
                count,
                len(self.crowd),
                stream=stream,
                part=self.van_numbers[number],
                **self._seeds,
            )
        return rows

    def _schedule_passers(self) -> None:
        """Let passers enter one after another: each arrival schedules the next."""
        enter_s = self.crowd.unit_arrive_s[self.crowd.unit]
        order = np.argsort(enter_s, kind="stable")
        self._arrivals = zip(enter_s[order].tolist(), order.tolist(), strict=True)
        self._schedule_next_passer()

    def _schedule_next_passer(self) -> None:
        time_s, number = next(self._arrivals, (0.0, None))
        if number is not None:
            self._clock.schedule(time_s, partial(self._enter, number))

    def _enter(self, number: int) -> None:
        self._passers[number] = Passer(self, number)
        self._clock.schedule(self.walking.leave_s(number), partial(self._leave, number))
        self._schedule_next_passer()

    def _leave(self, number: int) -> None:
        self._passers.pop(number).remove()

    def _raise_alert(self, alert: Alert) -> None:
        """Raise an alert, unless the person is with officers and so walks past no camera."""
        if self.response.holds(alert.person):
            return
        self.alerts.append(alert)
        self.tally.raised(alert)
        self._open[alert.passer] += 1
        if self.agent_mode == "alerted" and alert.passer not in self._passers:
            self._passers[alert.passer] = Passer(self, alert.passer)
        self.response.receive(alert)

    def _alert_ended(self, alert: Alert) -> None:
        self.tally.ended(alert)
        self._open[alert.passer] -= 1
        if self.agent_mode == "alerted" and not self._open[alert.passer]:
            self._leave(alert.passer)


def _scenario_of(
    config: Scenario | str | Path | Mapping[str, Any], settings: Mapping[str, Any]
) -> Scenario:
    if isinstance(config, str | Path):
        scenario = Scenario.from_file(config)
    elif isinstance(config, Scenario):
        scenario = config
    else:
        scenario = Scenario.from_dict(config)
    return scenario.replace(settings) if settings else scenario


def redraw_faults(redraw: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with what is to be drawn again: part -> number of the other draw."""
    names, numbers = ", ".join(PARTS), f"0 to {MOST_REDRAWS:,}"
    return [
        Fault(f"redraw.{part}", "not a whole number in range", number, numbers)
        if part in PARTS
        else Fault("redraw", "nothing that can be drawn again", part, names, nearest(str(part), PARTS))
        for part, number in redraw.items()
        if part not in PARTS or not _is_whole(number) or number > MOST_REDRAWS
    ]


def _whole(name: str, value: Any) -> int:
    """Return a seed or number as a plain int, or raise `InputError`."""
    if not _is_whole(value):
        raise InputError("model", [Fault(name, "not a whole number", value, "0 or more")])
    return int(value)


def _is_whole(value: Any) -> bool:
    is_number = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return is_number and bool(value >= 0)
