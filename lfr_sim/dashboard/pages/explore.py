"""Explore: one scenario, many days, one of them on the plan, one alert of it opened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from markupsafe import Markup

from lfr_sim.scenario import Scenario
from lfr_sim.streams import PARTS
from lfr_sim.street import shipped_layouts

from ..days import DayRow, Days
from ..limits import alert_fault
from ..prediction import Prediction, predict
from ..runs import Job
from ..simulated import ShownDay, open_day
from ..state import Arm
from ..status_words import has_record
from ..tables import days_csv
from ..views import page as around
from ..views.alert_columns import alert_columns
from ..views.controls import all_settings, first_controls
from ..views.explore import head, not_opened, part_told, part_words, picker, steps
from ..views.figure_source import source_of_day
from ..views.funnel import funnel
from ..views.quantile_dots import quantile_dots
from ..views.rates import predicted_rates, simulated_rates
from ..views.record import record_table
from ..views.record_notes import is_day_itself
from ..views.sentence import day_sentence, opening_of, predicted_sentence, running_sentence, spread_line
from ..views.threshold_curve import threshold_curve
from .explored import Simulated, brief_of
from .played import STALE, player_of
from .visit import FEWEST_DAYS, Visit, changes_told, scenario_titles


class ExplorePage(Visit):
    """The visit to Explore."""

    page = "explore"
    last: Simulated | None = None
    """The days simulated last, whatever has been changed since."""
    shown: ShownDay | None = None
    """The day on the plan: one of those."""
    _linked_alert: int | None = None
    """The alert that the link asks for, until its day is there."""

    _told: tuple[Simulated, DayRow, Markup] | None = None
    """Days and day of the record table, and the table."""
    _rated: tuple[Days, Markup] | None = None
    """Days whose rates were told last, and the rates."""
    _stepped: tuple[ShownDay, tuple[int | None, tuple[tuple[str, int], ...], bool], Markup] | None = None
    """The day and what else the steps tell of, and the steps."""

    def _begin(self) -> None:
        self._linked_alert = self.state.alert
        self._doers |= {"alert": self._alert, "redraw": self._redraw, "day": self._day, "next": self._next}
        self.refresh()

    def start(self) -> None:
        """Simulate what the link asked for, unless its days are known already."""
        self._run_unless_known()

    @property
    def is_current(self) -> bool:
        """Whether the last simulated days are of the state as it is."""
        last, state = self.last, self.state
        return last is not None and last.arm.digest == state.arms[0].digest and last.seed == state.seed

    @property
    def job(self) -> Job:
        """What a full run is: Explore shows one policy, whatever others the link holds."""
        return Job((self.state.scenario,), self.state.seed, self.state.days)

    @property
    def prediction(self) -> Prediction:
        """What the closed form says of the state."""
        return predict(self.state.scenario, seed=self.state.seed, days=self.state.days)

    def refresh(self) -> None:
        """Take up what has been simulated of the state since the page was last shown."""
        run = self.run
        if run is not None and run.progress.state in ("done", "stopped"):
            self.run = None
        rows, arm, last = self._rows(), self.state.arms[0], self.last
        was_current = self.is_current
        told = was_current and last is not None and last.arm == arm and len(rows) == len(last.days)
        if rows and not told:
            self.last = Simulated(arm, self.state.seed, Days.of(rows))
            if not was_current:
                self.shown = None
        # While days are added the plan stays; in the end, however that came, it shows the one nearest the
        # middle of all, unless another was picked.
        if not self.is_running and self.is_current and self.state.day is None and not self._is_middle:
            self.shown = None
        if self.shown is None and self.last is not None:
            self.shown = self._show_day()
        self._look_for_alert()

    def _look_for_alert(self) -> None:
        """Say so where the link asks for an alert that its day has not, once that day is there."""
        number, shown = self._linked_alert, self.shown
        if number is None or shown is None or self.is_running or not (self.is_current and shown.is_open):
            return
        self._linked_alert = None
        if number == self.state.alert and all(alert.alert != number for alert in shown.alerts):
            self.faults = (*self.faults, alert_fault(number, len(shown.alerts)))
            self.state = replace(self.state, alert=None)

    @property
    def _is_middle(self) -> bool:
        """Whether the day shown is the one nearest the middle of all that were simulated last."""
        return self.last is not None and self.shown is not None and self.last.days.is_middle(self.shown.row)

    def _rows(self) -> tuple[DayRow, ...]:
        run = self.run
        if run is not None and run.is_under_way and run.job == self.job:
            return run.rows(0)
        return self._runs.days_of(self.state.arms[0].digest, self.state.seed)[: self.state.days]

    def _show_day(self) -> ShownDay | None:
        last = self.last
        if last is None or not len(last.days):
            return None
        replicate = last.days.rows[last.days.middle].replicate if self.state.day is None else self.state.day
        day: dict[str, Any] = {"replicate": replicate, "redraw": self.state.redraw, "rows": last.days.rows}
        return open_day(last.scenario, seed=last.seed, **day)

    @property
    def alert(self) -> int | None:
        """The alert that is opened: the one picked, else the one with most to tell."""
        if self.shown is None or not self.shown.alerts:
            return None
        numbers = {alert.alert for alert in self.shown.alerts}
        if self.state.alert in numbers:
            return self.state.alert
        return max(self.shown.row.marks, key=lambda m: (not m.missed, not m.right, m.stopped)).alert

    def player(self) -> dict[str, Any]:
        """Return what the player of the day is given."""
        scenario = self.state.scenario
        return player_of(self.shown, scenario, is_current=self.is_current, alert=self.alert)

    def regions(self) -> dict[str, Markup]:
        """Return the parts of the page, by name."""
        self.refresh()
        current = self.is_current
        found = {
            "bar": around.bar(self.page, self.links),
            "head": self._head(current),
            "controls": self._controls(),
            "steps": self._steps(),
            "record": self._record(current),
            "panels": self._panels(current),
            "foot": self._foot(),
            "help": around.help_text(),
        }
        again = Markup("<!-- {} -->").format(self.revision)
        return found | {name: found[name] + again for name in ("head", "controls", "foot")}

    def _head(self, current: bool) -> Markup:
        run = self.run
        running = run.progress if run is not None else None
        predicted = (
            not current or self.last is None or (self.is_running and len(self.last.days) < FEWEST_DAYS)
        )
        all_busy = 0.0
        if predicted or self.last is None:
            expected = self.prediction
            asked_for = expected.stops_are_asked_for
            all_busy = expected.all_busy_share if asked_for else 0.0
            told = predicted_sentence(expected.record, expected.truth, asked_for=asked_for)
            told += spread_line(expected.days, self._published)
        elif self.is_running:
            row = self.last.days.rows[self.last.days.middle]
            told = running_sentence(len(self.last.days), row.record, row.truth)
            told += spread_line(self.last.days, self._published)
        else:
            row = self._day_row()
            told = day_sentence(row.record, row.truth, opening=self._opening, teams=self._teams)
            told += spread_line(self.last.days, self._published)
        progress = around.run_told(running) if running is not None else Markup("")
        progress += part_told(self._done_days, self.state.days)
        failed = running.problem if running is not None else ""
        return head(
            self._picker(),
            around.faults_told(self.faults),
            told,
            progress,
            predicted=predicted,
            all_busy=all_busy,
            failed=failed,
        )

    @property
    def _shipped(self) -> Scenario:
        """The shipped scenario of which the state is a change."""
        return Arm(self.state.arms[0].base).scenario

    @property
    def _published(self) -> dict[str, float | None]:
        """What the force published of the day, which is told as long as the day is as it was."""
        published: dict[str, float | None] = self._shipped.published.model_dump()
        is_itself = is_day_itself(self.state.scenario, self._shipped)
        return published if is_itself else dict.fromkeys(published)

    def _picker(self) -> Markup:
        arm, layout = self.state.arms[0], self.state.scenario.site.layout
        told = changes_told(arm)
        return picker(scenario_titles(), arm.base, shipped_layouts(), layout, told, arm.changes)

    @property
    def _opening(self) -> str:
        is_middle = self._is_middle and not self.state.redraw
        return opening_of(self._done_days, self.state.days, is_middle=is_middle)

    @property
    def _done_days(self) -> int:
        """How many of the days asked for are there, unless more are on their way."""
        return (
            len(self.last.days) if self.last is not None and self.is_current and not self.is_running else 0
        )

    @property
    def _teams(self) -> int:
        return self.state.scenario.officers.teams

    def _day_row(self) -> DayRow:
        """The day that the sentence and the table tell of."""
        if self.shown is not None:
            return self.shown.row
        assert self.last is not None
        return self.last.days.rows[self.last.days.middle]

    def _controls(self) -> Markup:
        scenario, plain = self.state.scenario, self._shipped
        deployed = self.prediction.record["watchlist_size"]
        refused = self.refused
        first = first_controls(scenario, plain, self.open_path, deployed=deployed, refused=refused)
        opened: dict[str, Any] = {"is_open": self.all_open, "open_table": self.open_table}
        return first + all_settings(scenario, plain, **opened, refused=refused)

    def _steps(self) -> Markup:
        if self.shown is None:
            return Markup("")
        about = self.alert, self.state.redraw, self.is_current
        if self._stepped is None or self._stepped[0] is not self.shown or self._stepped[1] != about:
            story = self.shown.stories.get(self.alert) if self.alert is not None else None
            tell = steps if self.shown.is_open else not_opened
            told = tell(story, self.shown, self.state.redraw, stale=not self.is_current)
            self._stepped = self.shown, about, told
        return self._stepped[2]

    def _record(self, current: bool) -> Markup:
        if self.last is None:
            expected = self.prediction
            table = record_table(
                self.state.scenario, expected.days, expected.record, expected.truth, shipped=self._shipped
            )
        else:
            table = self._record_of(self.last, self._day_row())
        stale = Markup(' class="stale"') if self.last is not None and not current else ""
        said = STALE if stale else part_words(self._done_days, self.state.days)
        note = Markup('<p class="note">{}</p>').format(said) if said else ""
        section = Markup('<section id="record"{}>{}{}</section>').format(stale, note, table)
        return section + self._rates(current)

    def _rates(self, current: bool) -> Markup:
        """Return the rates of what is set now; those of simulated days stay until there are others."""
        published = self._published if has_record(self._shipped) else None
        if self.last is None or not current:
            return predicted_rates(self.prediction, published)
        days = self.last.days
        if self._rated is None or self._rated[0] is not days:
            self._rated = days, simulated_rates(days, published)
        return self._rated[1]

    def _record_of(self, last: Simulated, row: DayRow) -> Markup:
        """Return the table of simulated days, which stays the same while settings are moved."""
        if self._told is None or self._told[0] is not last or self._told[1] is not row:
            table = record_table(last.scenario, last.days, row.record, row.truth, shipped=last.shipped)
            self._told = last, row, table
        return self._told[2]

    def _panels(self, current: bool) -> Markup:
        expected = self.prediction
        curve = expected.curve
        lines = threshold_curve(curve.thresholds, curve.false_alerts, curve.missed, curve.at, assumed=True)
        if current and self.last is not None:
            row, days = self._day_row(), self.last.days
            first = alert_columns(row, self.last.scenario.deployment.start_hour, self.alert)
            dots = quantile_dots(days, shown=float(row.truth["wrongful_engagements"]))
        else:
            row, days, asked_for = None, expected.days, expected.stops_are_asked_for
            first = funnel(expected.record, expected.truth, asked_for=asked_for)
            dots = quantile_dots(days)
        source = source_of_day(self.state, self._shipped, days, row)
        return Markup('<div class="panels">{}{}{}</div>{}').format(first, dots, lines, source)

    def _foot(self) -> Markup:
        buttons = {"scenario": "Scenario file"}
        if self.is_current and self.shown is not None:
            buttons |= {"data": "Data, CSV"}
            buttons |= {"brief": "One-page brief"} if self.shown.is_open else {}
        share = around.share_row(self.command, buttons=buttons, said=self.said)
        days, seed, busy = self.state.days, self.state.seed, self.is_running
        about: dict[str, Any] = {"busy": busy, "done": self._done_days, "refused": self.refused}
        return around.foot(days, seed, self._agreement(), share, **about)

    def _agreement(self) -> str:
        """Return how near the closed form comes to the days, in a sentence; empty without days."""
        if self.last is None or not self.is_current:
            return ""
        mean = float(self.last.days.columns["record.alerts"].mean())
        expected = self.prediction.record["alerts"]
        days = f"{len(self.last.days):,} days bring {mean:.1f} alerts a day"
        return f"{days}; the formula (closed form) says {expected:.1f}."

    def _alert(self, value: str) -> None:
        if value.isascii() and value.isdigit() and len(value) < 8:
            self.state = replace(self.state, alert=int(value))

    def _next(self, value: str) -> None:
        """Go to the alert after, or before, the one that is open."""
        if self.shown is None or not self.shown.alerts:
            return
        numbers = [alert.alert for alert in self.shown.alerts]
        at = numbers.index(self.alert) if self.alert in numbers else 0
        step = -1 if value == "back" else 1
        self.state = replace(self.state, alert=numbers[(at + step) % len(numbers)])

    def _redraw(self, part: str) -> None:
        """Draw one part of the day again, or the day as it was."""
        if self.shown is not None and not self.shown.is_open and not self.shown.redraw:
            return
        drawn = dict(self.state.redraw)
        other_people = part == "crowd" or (part == "none" and "crowd" in drawn)
        if part == "none":
            drawn = {}
        elif part in PARTS:
            drawn[part] = drawn.get(part, 0) + 1
        # Among other people, the alert of the same number is somebody else's.
        alert = None if other_people else self.alert
        day = self.shown.replicate if self.shown is not None else self.state.day
        self.state = replace(self.state, redraw=tuple(sorted(drawn.items())), alert=alert, day=day)
        self.shown = None

    def _day(self, value: str) -> None:
        """Show the day before, after, or the one in the middle."""
        if self.last is None:
            return
        now = self.shown.replicate if self.shown is not None else 0
        target = {"before": now - 1, "after": now + 1}.get(value)
        day = None if target is None else target % len(self.last.days)
        self.state = replace(self.state, day=day, alert=None, redraw=())
        self.shown = None

    def file_of(self, what: str) -> tuple[str, str, str] | None:
        """Return the name, type and text of a file that the page offers."""
        name = self.state.arms[0].base
        if what == "data" and self.last is not None:
            return f"{name}-days.csv", "text/csv", days_csv(self.last.days, self.last.seed)
        last, shown = self.last, self.shown
        if what == "brief" and self.is_current and last is not None and shown is not None and shown.is_open:
            told = brief_of(last, shown, self.state, alert=self.alert, address=self.address)
            return f"{name}-brief.html", "text/html", told
        return super().file_of(what)
