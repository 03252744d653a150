"""Compare: two to four policies past the same crowds."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from lfr_sim.figures.words import count_of, listed
from lfr_sim.scenario import InputError, Scenario
from lfr_sim.study.replicates import provenance

from ..compared import PERS, ComparedArm, aligned, are_paired
from ..days import DayRow
from ..known_days import KeptColumns
from ..limits import MOST_ARMS
from ..policies import POLICIES, policy_of, rival_of
from ..prediction import predict
from ..setting_words import setting_label, setting_value
from ..settings import FIRST_CONTROLS, shown_settings
from ..state import LETTERS, Arm, State, command_of, needs_files, scenario_file, settings_of
from ..swept import sweep_values, swept
from ..tables import comparison_csv
from ..views import page as around
from ..views.brief_compare import CompareTold, compare_brief
from ..views.brief_parts import ORIGIN
from ..views.compare_day import paired_day
from ..views.compare_differences import all_days
from ..views.compare_edit import forms
from ..views.compare_outcomes import outcomes
from ..views.compare_power import how_many
from ..views.compare_sentence import compare_sentence, question
from ..views.compare_settings import differing_settings
from ..views.compare_strip import sweep_strip
from ..views.figure_source import source_of_arms
from .visit import FEWEST_DAYS, Event, Visit, scenario_titles

_COLUMNS = KeptColumns()
"""Of all visitors."""
_SWEPT = (
    *(control.path for control in FIRST_CONTROLS),
    "officers.teams",
    "officers.d_prime",
    "crowd.passers_per_hour",
    "watchlist.image_age_years",
)


class ComparePage(Visit):
    """The visit to Compare."""

    page = "compare"

    playing = False
    asked = ""
    """Letter and path of a further setting that is being changed."""

    def _begin(self) -> None:
        self._doers |= {
            "swap": self._swap,
            "add-arm": self._add,
            "remove-arm": self._remove,
            "per": self._per,
            "day": self._day,
            "play-days": self._play,
            "next-day": self._next_day,
            "open": self._ask,
        }
        if len(self.state.arms) == 1:
            self.state = replace(self.state, arms=_pair_of(self.state.arms[0]))

    def start(self) -> None:
        """Simulate what the link asked for, unless its days are known already."""
        self._run_unless_known()

    def arms(self) -> tuple[ComparedArm, ...]:
        """Return the policies with their days: simulated as far as they are there, else predicted."""
        state = self.state
        rows = self._rows()
        found, names = [], names_of(state.arms)
        for number, arm in enumerate(state.arms):
            if rows is None:
                days = predict(arm.scenario, seed=state.seed, days=state.days).days
            else:
                days = _COLUMNS.of(arm.digest, state.seed, rows[number])
            found.append(ComparedArm(LETTERS[number], names[number], arm.scenario, days))
        return aligned(found)

    def _rows(self) -> tuple[tuple[DayRow, ...], ...] | None:
        known = self._runs.cached(self.job)
        if known is not None:
            return known
        run = self.run
        if run is not None and run.is_under_way:
            so_far = tuple(run.rows(number) for number in range(len(self.state.arms)))
            return so_far if len(so_far[0]) >= FEWEST_DAYS else None
        partial = self._partial()
        return partial if len(partial[0]) >= FEWEST_DAYS else None

    def _partial(self) -> tuple[tuple[DayRow, ...], ...]:
        """Return the days that are known under every policy, from runs that have ended."""
        known = tuple(self._runs.known(arm.scenario, self.state.seed) for arm in self.state.arms)
        fewest = min(self.state.days, *map(len, known))
        return tuple(rows[:fewest] for rows in known)

    def _few_told(self) -> Markup:
        """Say that too few days are done to be told, where no run is on its way to more."""
        done = len(self._partial()[0])
        if self.is_running or not 0 < done < min(FEWEST_DAYS, self.state.days):
            return Markup("")
        told = f"{count_of(done, 'simulated day')} kept; from {FEWEST_DAYS} on, this page tells of them."
        return Markup('<p class="note">{}</p>').format(told)

    def _predicted_told(self, arms: tuple[ComparedArm, ...]) -> Markup:
        """Say that every policy is told by formula until all have been run, and whose days are kept."""
        if not arms[0].days.are_predicted:
            return Markup("")
        letters = [
            arm.letter
            for arm in arms
            if len(self._runs.known(arm.scenario, self.state.seed)) >= FEWEST_DAYS
        ]
        whole = "Both policies" if len(arms) == 2 else "All policies"
        kept = f" The simulated days of {listed(letters)} are kept." if letters else ""
        told = f"{whole} are predicted by formula until they are run.{kept}"
        return Markup('<p class="note">{}</p>').format(told)

    def regions(self) -> dict[str, Markup]:
        """Return the parts of the page, by name."""
        run = self.run
        if run is not None and run.progress.state in ("done", "stopped"):
            self.run = None
        arms = self.arms()
        return {
            "bar": around.bar(self.page, self.links),
            "head": self._head(arms),
            "settings": differing_settings(arms) + self._forms(),
            "day": self._paired_day(arms),
            "days": all_days(arms),
            "outcomes": outcomes(arms, self._told_per),
            "power": how_many(arms),
            "sweep": self._sweep(),
            "foot": self._foot(arms) + Markup("<!-- {} -->").format(self.revision),
            "help": around.help_text(),
        }

    @property
    def _told_per(self) -> str:
        """What outcomes are told per."""
        return self.state.per if self.state.per in PERS else "day"

    def _head(self, arms: tuple[ComparedArm, ...]) -> Markup:
        run = self.run
        running = run.progress if run is not None else None
        asked = self.state.days if running is not None and self.is_running else None
        progress = around.run_told(running) if running is not None else Markup("")
        problem = around.failed_told(running.problem if running is not None else "")
        return Markup(
            '{}{}<h1>{}</h1><div id="told" class="told{}" aria-live="polite">{}</div>{}{}'
        ).format(
            around.faults_told(self.faults),
            problem,
            question(arms),
            " predicted" if arms[0].days.are_predicted else "",
            compare_sentence(arms, asked) + self._predicted_told(arms) + self._few_told(),
            progress,
            Markup("<!-- {} -->").format(self.revision),
        )

    def _forms(self) -> Markup:
        told = forms(self.state.arms, names_of(self.state.arms), scenario_titles(), self.asked)
        return told + Markup("<!-- {} -->").format(self.revision)

    def _paired_day(self, arms: tuple[ComparedArm, ...]) -> Markup:
        run = around.run_button("run-days", self.state.days, busy=self.is_running)
        told = paired_day(arms, self.state.day, playing=self.playing, run=run)
        if not self.playing:
            return told
        return told + Markup('<span hidden data-every="500" data-do="next-day"></span>')

    def _sweep(self) -> Markup:
        path, scenario = self.state.sweep, self.state.arms[0].scenario
        if not path:
            return sweep_strip(None, _SWEPT)
        others = [arm.scenario.values()[path] for arm in self.state.arms[1:]]
        values = sweep_values(path, scenario, others)
        found = swept(path, scenario, lambda one: predict(one, seed=self.state.seed, days=1), values)
        return sweep_strip(found, _SWEPT)

    def _foot(self, arms: tuple[ComparedArm, ...]) -> Markup:
        buttons = {f"scenario-{arm.letter}": f"Scenario {arm.letter}" for arm in arms}
        needed = "Run the days first: “Data, CSV” and “One-page brief” are of simulated days."
        if are_paired(arms):
            buttons |= {"data": "Data, CSV", "brief": "One-page brief"}
            needed = ""
        share = around.share_row(self.command, buttons=buttons, said=self.said)
        source = source_of_arms(arms, self._shipped_of(), self.state.seed)
        return source + around.foot(
            self.state.days,
            self.state.seed,
            needed,
            share,
            busy=self.is_running,
            opens=False,
            refused=self.refused,
        )

    def _shipped_of(self) -> list[Scenario]:
        return [Arm(arm.base).scenario for arm in self.state.arms]

    def _set(self, path: str, text: str) -> None:
        letter, _, inner = path.partition(":")
        if path == "@sweep":
            if text and text not in shown_settings():
                return
            self.state = replace(self.state, sweep=text)
        elif len(letter) == 1 and letter in LETTERS[: len(self.state.arms)]:
            self._set_of(LETTERS.index(letter), inner, text)
        else:
            super()._set(path, text)

    def _set_of(self, number: int, path: str, text: str) -> None:
        """Change something of one policy."""
        arm = self.state.arms[number]
        if path == "@name":
            self._show(self._with(number, replace(arm, name=text.strip()[:60])))
        elif path == "@scenario":
            new = replace(Arm(text).changed({}), name=arm.name)
            self._show(self.state.with_arm(new, number))
        elif path == "@another":
            self.asked = f"{LETTERS[number]}:{text}" if text in shown_settings() else ""
        elif path == "@policy":
            policy = policy_of(text)
            plain = Arm(arm.base)
            if policy is not None or text == "shipped":
                new = plain.changed(policy.changes) if policy is not None else plain
                self._show(self._with(number, new))
        else:
            self._change({path: self._setting_text(path, text)}, number)

    def _with(self, number: int, arm: Arm) -> State:
        arms = (*self.state.arms[:number], arm, *self.state.arms[number + 1 :])
        return replace(self.state, arms=arms)

    def _opened_as(self, letter: str) -> int:
        known = LETTERS[: len(self.state.arms)]
        return known.index(letter) if len(letter) == 1 and letter in known else 0

    def _swap(self, _: str) -> None:
        first, second, *others = self.state.arms
        self._show(replace(self.state, arms=(second, first, *others)))

    def _add(self, _: str) -> None:
        if len(self.state.arms) < MOST_ARMS:
            self._show(replace(self.state, arms=(*self.state.arms, rival_of(*self.state.arms))))

    def _remove(self, letter: str) -> None:
        kept = tuple(arm for arm, name in zip(self.state.arms, LETTERS, strict=False) if name != letter)
        if len(kept) >= 2:
            self.asked = ""
            self._show(replace(self.state, arms=kept))

    def _ask(self, path: str) -> None:
        """Open a further setting in the form of the first policy."""
        if path in shown_settings():
            self.asked = f"{LETTERS[0]}:{path}"

    def _per(self, name: str) -> None:
        if name in PERS:
            self.state = replace(self.state, per=name)

    def _day(self, value: str) -> None:
        self.playing = False
        if value.isascii() and value.isdigit() and int(value[:6]) < self.state.days:
            self.state = replace(self.state, day=int(value))

    def _play(self, _: str) -> None:
        self.playing = not self.playing

    def _next_day(self, _: str) -> None:
        rows = self._rows()
        if self.playing and rows:
            now = self.state.day if self.state.day is not None else -1
            self.state = replace(self.state, day=(now + 1) % len(rows[0]))

    def _done(self, event: Event, content: bytes) -> Any:
        if event.get("do") in ("set", "swap", "add-arm", "remove-arm"):
            self.playing = False
        return super()._done(event, content)

    def file_of(self, what: str) -> tuple[str, str, str] | None:
        """Return the name, type and text of a file that the page offers."""
        letter = what.removeprefix("scenario-")
        if letter != what and letter in LETTERS[: len(self.state.arms)]:
            arm = self.state.arms[LETTERS.index(letter)]
            return f"{letter}.toml", "application/toml", scenario_file(arm)
        if what == "data":
            return "comparison.csv", "text/csv", comparison_csv(self.arms(), self.state.seed)
        if what == "brief" and are_paired(arms := self.arms()):
            return "comparison-brief.html", "text/html", self._brief(arms)
        return super().file_of(what)

    def _brief(self, arms: tuple[ComparedArm, ...]) -> str:
        """Return the comparison on one sheet: a page that opens from disk."""
        told = CompareTold(
            arms=arms,
            shipped=self._shipped_of(),
            changes=[arm.changes for arm in self.state.arms],
            seed=self.state.seed,
            per=self._told_per,
            address=f"{ORIGIN}{self.address}",
            command=command_of(replace(self.state, days=len(arms[0].days)), self.page),
            needs_files=needs_files(self.state),
            today=datetime.date.today(),
            made=provenance(arms[0].scenario),
            asked=self.state.days,
        )
        return compare_brief(told)


def names_of(arms: Sequence[Arm]) -> list[str]:
    """Return what policies are called; of several scenarios, those that are changed name theirs, too."""
    several = len({arm.base for arm in arms}) > 1
    return [
        f"{scenario_titles()[arm.base]}: {name_of(arm)}"
        if several and arm.changes and not arm.name
        else name_of(arm)
        for arm in arms
    ]


def name_of(arm: Arm) -> str:
    """Return what a policy is called: as the visitor says, else by its changes, else by its scenario."""
    if arm.name:
        return arm.name
    if not arm.changes:
        return f"{scenario_titles()[arm.base]}, unchanged"
    named = next((one.words for one in POLICIES if dict(one.changes) == dict(arm.changes)), "")
    if named:
        return named
    values = settings_of(arm.scenario)
    told = [f"{setting_label(path)} {setting_value(path, values[path])}" for path, _ in arm.changes[:2]]
    more = f" and {len(arm.changes) - 2} more" if len(arm.changes) > 2 else ""
    return ", ".join(told) + more


def _pair_of(arm: Arm) -> tuple[Arm, Arm]:
    """Return what is compared at first: the shipped scenario and its changes, or a policy and a rival."""
    if arm.changes:
        return Arm(arm.base), arm
    try:
        return arm, rival_of(arm)
    except InputError:
        return arm, arm
