"""Every design point tried before anything runs: whether it is a scenario, in a place that there is."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from lfr_sim.scenario import Fault, InputError, Scenario
from lfr_sim.street.faults import place_faults

from .results import Point
from .tables import Experiment

MOST_FAULTY = 1_000
"""After so many points with faults the others are not tried."""
_MOST_FAULTS = 20
PLACES = ("site.", "camera.", "matcher.score_file")
"""What names a place or a file, begins so."""
_MOST_VALUES = 5
"""So many values of one setting are named that are wrong in the same way."""


def checked_points(
    experiment: Experiment, points: Sequence[Point], further: Sequence[Fault] = ()
) -> dict[str, str]:
    """Return the layout and score files that the points' scenarios read, with their fingerprints.

    Args:
        experiment: The experiment.
        points: Its design points.
        further: What else is wrong, to be told with the faults of the points.

    Raises:
        InputError: If points make no scenario, or one without a place: each fault once, with how many
            points have it. If something else is wrong.
    """
    files: dict[str, str] = {}
    places = _Places()
    told = _Told(len(points))
    for point in points:
        wrong: list[Fault] = []
        try:
            scenario = experiment.scenario.replace(point.changes)
        except InputError as error:
            wrong = list(error.faults)
            if not any(path.startswith(PLACES) for path in point.changes):
                wrong += places.faults(experiment.scenario)
        else:
            wrong = list(places.faults(scenario))
            for path in (scenario.site.layout, scenario.matcher.score_file):
                if path is not None and Path(path).suffix and path not in files and not wrong:
                    files[path] = fingerprint(path, wrong)
        told.add(point, wrong)
        if told.points == MOST_FAULTY:
            break
    if told.points or further:
        raise InputError(str(experiment.path), [*told.faults(), *further])
    return files


def fingerprint(path: str, wrong: list[Fault]) -> str:
    """Return the fingerprint of what a file holds; adds to `wrong` if it cannot be read."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]
    except OSError as error:
        wrong.append(Fault(path, f"cannot be read ({error.strerror or error})", shows_value=False))
        return ""


class _Places:
    """What is wrong with the sites and files of scores that points name: each looked at once."""

    def __init__(self) -> None:
        self._seen: dict[str, list[Fault]] = {}

    def faults(self, scenario: Scenario) -> list[Fault]:
        """Return what is wrong with what a scenario names."""
        site, camera, scores = scenario.site, scenario.camera, scenario.matcher.score_file
        place = json.dumps([site.model_dump(), camera.model_dump(), scores], default=str)
        if place not in self._seen:
            self._seen[place] = place_faults(scenario)
        return self._seen[place]


class _Told:
    """The faults of points: each once, with how many points have it."""

    def __init__(self, total: int) -> None:
        self.total, self.points = total, 0
        self._found: dict[str, tuple[Fault, list[int]]] = {}
        """A fault as text -> the fault, and the numbers of the points that have it."""

    def add(self, point: Point, wrong: Iterable[Fault]) -> None:
        """Note what is wrong with a point."""
        for fault in wrong:
            self._found.setdefault(str(fault), (fault, []))[1].append(point.number)
        self.points += bool(wrong)

    def faults(self) -> list[Fault]:
        """Return the faults: of many values that are wrong in one way the first ones, and a number."""
        shown: list[Fault] = []
        alike: dict[tuple[str, str], int] = {}
        for fault, numbers in self._found.values():
            kind = fault.path, fault.problem
            alike[kind] = alike.get(kind, 0) + 1
            if alike[kind] <= _MOST_VALUES:
                shown.append(dataclasses.replace(fault, problem=f"{fault.problem}{self._where(numbers)}"))
        shown += [
            Fault(path, f"{count - _MOST_VALUES:,} more values are wrong so", shows_value=False)
            for (path, _), count in alike.items()
            if count > _MOST_VALUES
        ]
        more = len(shown) - _MOST_FAULTS
        kept = shown if more <= 0 else shown[:_MOST_FAULTS]
        rest = [Fault("…", f"and {more:,} more faults", shows_value=False) for _ in range(more > 0)]
        return kept + rest

    def _where(self, numbers: Sequence[int]) -> str:
        if self.total == 1:
            return ""
        if len(numbers) == self.total:
            return f", at each of {self.total:,} points"
        most = " or more" if self.points == MOST_FAULTY else ""
        return f", at {len(numbers):,}{most} of {self.total:,} points, first p{numbers[0]}"
