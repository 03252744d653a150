"""The same deployment as a textbook Mesa model: every passer an agent with one step per second.

This is the peer that `speed.py` compares `DeploymentModel` with: what somebody who knows Mesa well
would write after its tutorial. The crowd is the very same (arrivals, routes, speeds, company, clothes,
who is listed); so are the site, the cameras' views along each route, the laws of capture, of scores and
of stops. What differs is the time step, and who does the work: each passer walks, waits and is looked
at for itself, once a second, and so does each team.

It is written to be fast as far as the textbook's structure allows: passers keep what they need as plain
numbers, most seconds cost one addition and two comparisons, places in the street are worked out only
when a team asks, and what a route meets is found once for all who take it.

What it simplifies:

- nobody is slowed by the crowd, and nobody hides a face from the camera;
- times are whole seconds;
- a match is yes or no, without a score or a candidate's number, and an entry of one's own comes first;
- everybody is alike to the matcher and to officers, no face matches more often than others;
- alerts are judged in one stage, by people who are alike and do not tire;
- nobody is harder to find in a denser crowd;
- a team walks straight to where the person is now, and does not cut the person off.

Run as a script it prints the counts of both models side by side.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Literal

import mesa
import numpy as np

from lfr_sim import street, van
from lfr_sim.model import DeploymentModel
from lfr_sim.police import StopUniforms, found_probability, judgement, stop
from lfr_sim.records import Disposal
from lfr_sim.scenario import CATEGORIES, Scenario
from lfr_sim.street.walkways import Routes, routes_of
from lfr_sim.street.zones import views_of
from lfr_sim.van.scores import ScoreModel

Order = Literal["do", "shuffle_do"]

COLLECT_EVERY_S = 60


@dataclass(frozen=True, slots=True)
class Light:
    """When a signal lets people go."""

    cycle_s: float
    walk_start_s: float
    walk_s: float


@dataclass(frozen=True, slots=True)
class View:
    """A stretch of the way on which a camera sees the face."""

    van: int
    enter_m: float
    exit_m: float


@dataclass(frozen=True, slots=True)
class Way:
    """All that somebody meets on one route, shared by all who take it."""

    route: int
    length_m: float
    stops_m: tuple[float, ...]
    """Where the lights stand; the last is infinity."""
    lights: tuple[Light, ...]
    views: tuple[View, ...]


@dataclass(slots=True, eq=False)
class Alert:
    """Somebody whose face has matched."""

    passer: Passer
    time_s: int
    is_mate: bool
    """Whether the match is the person's own entry."""


class Passer(mesa.Agent):
    """Somebody who walks through the site."""

    def __init__(self, model: TextbookModel, number: int, way: Way, speed_m_s: float) -> None:
        super().__init__(model)
        self.number = number
        self.way = way
        self.speed_m_s = speed_m_s
        self.distance_m = 0.0
        self.length_m = way.length_m
        self.views = way.views
        self.lights_passed = 0
        self.next_stop_m = way.stops_m[0]
        self.capturable: dict[int, bool] = {}
        """Van -> whether its cameras may still capture the face."""

    @property
    def place(self) -> tuple[float, float]:
        """Where the passer is (m)."""
        model: TextbookModel = self.model
        return model.routes.position(self.way.route, self.distance_m)

    def step(self) -> None:
        """Walk for one second, or wait at a red light; be seen; leave at the end of the way."""
        distance_m = self.distance_m + self.speed_m_s
        if distance_m >= self.next_stop_m and not self.may_cross():
            return
        self.distance_m = distance_m
        if distance_m >= self.length_m:
            self.remove()
            return
        for view in self.views:
            if view.enter_m <= distance_m < view.exit_m:
                self.model.look_at(self, view.van)

    def may_cross(self) -> bool:
        """Return whether the light ahead says walk; if so, look out for the next one."""
        light = self.way.lights[self.lights_passed]
        phase_s: float = (self.model.clock_s - light.walk_start_s) % light.cycle_s
        if phase_s >= light.walk_s:
            return False
        self.lights_passed += 1
        self.next_stop_m = self.way.stops_m[self.lights_passed]
        return True


class State(Enum):
    """What a team is doing."""

    WAITING = auto()
    SEEKING = auto()
    SEARCHING = auto()
    ENGAGED = auto()
    HANDING_OVER = auto()
    RETURNING = auto()


class Team(mesa.Agent):
    """A team of officers that acts on one alert at a time."""

    alert: Alert
    """The latest alert the team was sent to."""

    def __init__(self, model: TextbookModel, post: tuple[float, float]) -> None:
        super().__init__(model)
        self.post = post
        self.place = post
        self.state = State.WAITING
        self.until_s = 0.0
        self.arrests = False

    def send(self, alert: Alert) -> None:
        """Go after somebody."""
        self.alert, self.state = alert, State.SEEKING

    def step(self) -> None:
        """Do one second of whatever the team is doing."""
        if self.state is State.WAITING:
            return
        if self.state is State.SEEKING:
            self.seek()
        elif self.state is State.RETURNING:
            if self.walk_to(self.post):
                self.state = State.WAITING
        elif self.model.clock_s >= self.until_s:
            self.finish()

    def walk_to(self, goal: tuple[float, float]) -> bool:
        """Walk for one second straight towards a place; return whether the team is there."""
        dx, dy = goal[0] - self.place[0], goal[1] - self.place[1]
        gap_m, stride_m = math.hypot(dx, dy), self.model.officers.walking_speed_m_s
        if gap_m <= stride_m:
            self.place = goal
            return True
        self.place = (self.place[0] + dx / gap_m * stride_m, self.place[1] + dy / gap_m * stride_m)
        return False

    def seek(self) -> None:
        """Walk after the person, until there or out of time."""
        if self.walk_to(self.alert.passer.place):
            self.busy(State.SEARCHING, self.model.officers.search_time_s)
        elif self.model.clock_s >= self.alert.time_s + self.model.officers.give_up_s:
            self.lose()

    def busy(self, state: State, seconds: float) -> None:
        """Stay at something for some time."""
        self.state, self.until_s = state, self.model.clock_s + seconds

    def finish(self) -> None:
        """Go on to what comes after what the team has been doing."""
        if self.state is State.SEARCHING:
            if self.model.is_found(self.alert):
                self.engage()
            else:
                self.lose()
        elif self.state is State.ENGAGED and self.arrests:
            self.busy(State.HANDING_OVER, 60.0 * self.model.officers.engagement.team_busy_minutes_arrest)
        else:
            self.state = State.RETURNING

    def engage(self) -> None:
        """Stop the person."""
        minutes, self.arrests = self.model.stop(self.alert)
        self.busy(State.ENGAGED, 60.0 * minutes)

    def lose(self) -> None:
        """Give the person up."""
        self.model.counts["lost"] += 1
        self.state = State.RETURNING


class TextbookModel(mesa.Model):
    """One deployment in steps of one second.

    Args:
        config: The scenario.
        run_seed: Seed of the crowd and of everything else.
        order: "shuffle_do" steps the agents in a new random order each second, as Mesa's tutorial
            does; "do" in a fixed order, which is cheaper and serves as well here.
    """

    def __init__(self, config: Scenario, *, run_seed: int = 1, order: Order = "shuffle_do") -> None:
        super().__init__(rng=run_seed)
        self.config = config
        self.officers = config.officers
        self.camera = config.camera
        self.activate = getattr(self.agents, order)
        self.site = street.site_of(config.site, config.camera)
        self.routes = routes_of(self.site)
        self.clock_s = 0
        self.counts: Counter[str] = Counter()
        self.judging: deque[Alert] = deque()
        self.waiting: deque[Alert] = deque()
        self.last_alert_s: dict[int, int] = {}
        self._draw_crowd(config, run_seed)
        self._set_chances(config)
        posts = street.posts_of(self.site, self.officers.teams, self.officers.post_distance_m)
        self.teams = [Team(self, post) for post in posts]
        names = ("passers", "passes", "captured", "faces", "alerts", "engagements")
        self.datacollector = mesa.DataCollector(
            {name: lambda model, name=name: model.counts[name] for name in names}
        )

    def _draw_crowd(self, config: Scenario, run_seed: int) -> None:
        """Draw the crowd as `DeploymentModel` does, and lay it out as lists in order of arrival."""
        seeds = {"root_seed": run_seed, "replicate": 0}
        crowd = street.crowd_of(config, self.site, **seeds)
        entries = van.Entries(config.watchlist, **seeds)
        listed = van.membership_of(entries, crowd.everybody, config.crowd, **seeds)
        arrive_s = crowd.unit_arrive_s[crowd.unit]
        order = np.argsort(arrive_s, kind="stable")
        ways = ways_of(self.site, self.routes)
        self.arrive_s: list[float] = arrive_s[order].tolist()
        self.way = [ways[route] for route in crowd.unit_route[crowd.unit][order].tolist()]
        self.speed_m_s: list[float] = crowd.unit_speed_m_s[crowd.unit][order].tolist()
        person = crowd.person[order]
        self.person: list[int] = person.tolist()
        self.listed: list[bool] = listed.listed[person].tolist()
        entry = listed.entry[person]
        self.stale: list[bool] = ((entry >= 0) & entries.stale[entry]).tolist()
        self.category = [CATEGORIES[number] for number in entries.category[entry].tolist()]
        self.masked: list[bool] = crowd.masked[order].tolist()
        self.hooded: list[bool] = crowd.hooded[order].tolist()

    def _set_chances(self, config: Scenario) -> None:
        """Work out once what would be the same for every face."""
        scores, threshold = ScoreModel(config), config.matcher.threshold
        self.false_match = -math.expm1(config.watchlist.size * math.log1p(-scores.fmr(threshold)))
        worn = [(masked, hooded) for masked in (False, True) for hooded in (False, True)]
        masked, hooded = np.array(worn).T
        chances = (scores.own_exceeds(threshold) * scores.worn(masked, hooded)).tolist()
        self.true_match = dict(zip(worn, chances, strict=True))
        constant_s = self.camera.capture_time_constant_s
        self.capture_each_second = -math.expm1(-1.0 / constant_s) if constant_s else 1.0
        officers = config.officers
        pi = officers.presumption_to_intervene
        self.judged_yes = judgement(pi, officers.g0_unaided, officers.d_prime)

    def step(self) -> None:
        """Advance by one second."""
        self.clock_s += 1
        self._let_in()
        self.activate("step")
        if self.judging:
            self._judge()
        if self.waiting:
            self._send_teams()
        if self.clock_s % COLLECT_EVERY_S == 0:
            self.datacollector.collect(self)
        if self._is_over():
            self.running = False

    def run(self) -> None:
        """Step until everybody has left and every stop is over."""
        while self.running:
            self.step()

    def _let_in(self) -> None:
        """Add everybody who has arrived within the second."""
        number, count = self.counts["passers"], len(self.arrive_s)
        while number < count and self.arrive_s[number] <= self.clock_s:
            Passer(self, number, self.way[number], self.speed_m_s[number])
            number += 1
        self.counts["passers"] = number

    def _is_over(self) -> bool:
        return bool(
            self.counts["passers"] == len(self.arrive_s)
            and len(self.agents) == len(self.teams)
            and not self.judging
            and not self.waiting
            and all(team.state is State.WAITING for team in self.teams)
        )

    def look_at(self, passer: Passer, van: int) -> None:
        """Let a van's camera look at a face for one second."""
        capturable = passer.capturable.get(van)
        if capturable is None:
            capturable = self._begin_pass(passer, van)
        if capturable and self.random.random() < self.capture_each_second:
            passer.capturable[van] = False
            self._capture(passer)

    def _begin_pass(self, passer: Passer, van: int) -> bool:
        """Return whether the pass that begins can give a usable face at all."""
        self.counts["passes"] += 1
        limit = self.camera.capture_probability
        if self.masked[passer.number]:
            limit *= self.camera.mask_capture_multiplier
        passer.capturable[van] = self.random.random() < limit
        return passer.capturable[van]

    def _capture(self, passer: Passer) -> None:
        """Compare a captured face with the list; raise an alert if it matches."""
        whole, part = divmod(self.camera.tracks_per_pass, 1.0)
        self.counts["captured"] += 1
        self.counts["faces"] += int(whole) + (self.random.random() < part)
        number = passer.number
        worn = self.masked[number], self.hooded[number]
        is_mate = self.listed[number] and self.random.random() < self.true_match[worn]
        if is_mate or self.random.random() < self.false_match:
            self._alert(passer, is_mate)

    def _alert(self, passer: Passer, is_mate: bool) -> None:
        person = self.person[passer.number]
        last_s = self.last_alert_s.get(person)
        if last_s is None or self.clock_s - last_s >= self.camera.dedupe_cooldown_s:
            self.last_alert_s[person] = self.clock_s
            self.counts["alerts"] += 1
            self.judging.append(Alert(passer, self.clock_s, is_mate))

    def _judge(self) -> None:
        """Judge the alerts whose time has come."""
        due_s = self.clock_s - self.officers.decision_latency_s
        while self.judging and self.judging[0].time_s <= due_s:
            alert = self.judging.popleft()
            if self.random.random() < self.judged_yes.chance(is_person=alert.is_mate):
                self.waiting.append(alert)
            else:
                self.counts["dismissed"] += 1

    def _send_teams(self) -> None:
        """Send the nearest free team to each alert, oldest first; let old ones lapse."""
        while self.waiting and self.clock_s > self.waiting[0].time_s + self.officers.give_up_s:
            self.waiting.popleft()
            self.counts["lapsed"] += 1
        while self.waiting:
            free = [team for team in self.teams if team.state is State.WAITING]
            if not free:
                return
            alert = self.waiting.popleft()
            place = alert.passer.place
            min(free, key=lambda team: math.dist(team.place, place)).send(alert)

    def is_found(self, alert: Alert) -> bool:
        """Return whether a team that has got to a person picks them out."""
        usual = self.officers.found_reference_density_per_m2
        chance = found_probability(self.officers, self.clock_s - alert.time_s, usual)
        return bool(self.random.random() < chance)

    def stop(self, alert: Alert) -> tuple[float, bool]:
        """Return how many minutes a stop takes, and whether it ends in arrest."""
        number = alert.passer.number
        u = StopUniforms(*(self.random.random() for _ in StopUniforms._fields))
        current = alert.is_mate and not self.stale[number]
        # Somebody else's entry is not known here, and plays no part in how a mistaken stop ends.
        category = self.category[number]
        ends = stop(self.config, u, category=category, right_person=alert.is_mate, current=current)
        self.counts["engagements"] += 1
        self.counts["wrongful_engagements"] += not alert.is_mate
        self.counts["arrests"] += ends.disposal is Disposal.ARREST
        return ends.minutes, ends.disposal is Disposal.ARREST


def ways_of(site: street.Site, routes: Routes) -> list[Way]:
    """Return what each route of a site meets."""
    views = views_of(site)
    seen: list[list[View]] = [[] for _ in range(len(routes))]
    columns = (views.route, views.van, views.enter_m, views.exit_m)
    for route, number, enter_m, exit_m in zip(*(column.tolist() for column in columns), strict=True):
        seen[route].append(View(number, enter_m, exit_m))
    lights = [Light(signal.cycle_s, signal.walk_start_s, signal.walk_s) for signal in site.signals]
    rows = zip(routes.length_m.tolist(), routes.stop_m.tolist(), routes.stop_signal.tolist(), strict=True)
    ways = []
    for route, (length_m, stops_m, signals) in enumerate(rows):
        met = [(at_m, lights[signal]) for at_m, signal in zip(stops_m, signals, strict=True) if signal >= 0]
        ways.append(
            Way(
                route=route,
                length_m=length_m,
                stops_m=(*(at_m for at_m, _ in met), math.inf),
                lights=tuple(light for _, light in met),
                views=tuple(seen[route]),
            )
        )
    return ways


def deployment(
    passers: float, hours: float, layout: str, watchlist: Mapping[str, Any] | None = None
) -> Scenario:
    """Return a scenario with the defaults of everything else."""
    return Scenario.from_dict(
        {
            "site": {"layout": layout},
            "crowd": {"passers_per_hour": passers / hours},
            "deployment": {"hours": hours},
            "watchlist": dict(watchlist or {}),
        }
    )


def counts_of(model: DeploymentModel) -> dict[str, float]:
    """Return the counts of a finished run of `DeploymentModel`, named as the textbook names them."""
    truth = model.truth
    return {
        "passers": truth["passers"],
        "passes": truth["passes"],
        "captured": truth["captured_passes"],
        "faces": model.record["faces"],
        "alerts": model.record["alerts"],
        "dismissed": truth["dismissed_true"] + truth["dismissed_false"],
        "lapsed": truth["lapsed"],
        "lost": truth["lost"],
        "engagements": truth["engagements"],
        "wrongful_engagements": truth["wrongful_engagements"],
        "arrests": truth["arrests"],
    }


def compare(title: str, scenario: Scenario, seed: int) -> None:
    """Run both models on one crowd and print their counts side by side."""
    peer, model = TextbookModel(scenario, run_seed=seed), DeploymentModel(scenario, run_seed=seed)
    peer.run()
    model.run()
    print(f"{title}\n  {'':<22}{'textbook':>10}{'lfr-sim':>10}{'ratio':>9}")
    for name, ours in counts_of(model).items():
        ratio = f"{peer.counts[name] / ours:9.3f}" if ours else f"{'-':>9}"
        print(f"  {name:<22}{peer.counts[name]:>10,}{ours:>10,}{ratio}")


def main() -> None:
    """Print the counts of both models, with the default list and with a busy one."""
    parser = argparse.ArgumentParser(description="Compare the textbook model's counts with lfr-sim's.")
    parser.add_argument("--passers", type=float, default=25_000.0, help="mean number of passers")
    parser.add_argument("--hours", type=float, default=6.0, help="length of the deployment")
    parser.add_argument("--layout", default="oxford_circus", help="shipped layout")
    parser.add_argument("--seed", type=int, default=1, help="seed of the run")
    asked = parser.parse_args()
    size = (asked.passers, asked.hours, asked.layout)
    compare("default list", deployment(*size), asked.seed)
    busy = {"presence": 0.05, "presence_day_effect": False}
    compare("made-up list with 5 % of passers on it", deployment(*size, busy), asked.seed)


if __name__ == "__main__":
    main()
