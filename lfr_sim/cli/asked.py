"""From what was typed to a checked scenario, with every fault at once."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

FINISHED_WITH_FAILURES = 1
"""Exit code where all was done, and something of it did not come out."""
BAD_INPUT = 2
"""Exit code where nothing was started and nothing written."""
INTERRUPTED = 130
"""Exit code where the same command goes on."""

if TYPE_CHECKING:
    from lfr_sim.scenario import Camera, Fault, Scenario


def asked_scenario(options: argparse.Namespace, *checks: Callable[[], list[Fault]]) -> Scenario:
    """Return the scenario asked for, with the changes of `--set` and `--engine`.

    Raises:
        InputError: With every fault of the file, the changes, the layout and the further checks.
    """
    from lfr_sim import scenario as asked
    from lfr_sim.scenario import InputError

    faults: list[Fault] = []

    def collected(step: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return step(*arguments)
        except InputError as error:
            faults.extend(error.faults)
            return None

    changes = _changes(options.changes, faults)
    if getattr(options, "engine", None):
        changes["crowd.engine"] = options.engine
    read = collected(asked.read_scenario_data, options.scenario)
    scenario: Scenario | None = None
    if read is not None:
        data, unknown = asked.with_changes(read[1], changes)
        faults += unknown
        scenario = collected(asked.Scenario.from_dict, data)
        if scenario is None:
            faults += _site_faults(data)
        else:
            faults += _site_faults(scenario.to_dict(), scenario.camera)
    if scenario is not None and scenario.matcher.score_file is not None:
        faults += _score_faults(scenario.matcher.score_file)
    for check in checks:
        faults += collected(check) or []
    if scenario is None or faults:
        raise InputError(str(options.scenario), faults)
    return scenario


def _score_faults(path: str) -> list[Fault]:
    """Return what is wrong with a file of scores, under its name."""
    from dataclasses import replace

    from lfr_sim.scenario import InputError, read_scores

    try:
        read_scores(path)
    except InputError as error:
        inside = [fault.path.startswith(("line", "csv")) or "/" not in fault.path for fault in error.faults]
        return [
            replace(fault, path=f"{path}: {fault.path}") if within else fault
            for fault, within in zip(error.faults, inside, strict=True)
        ]
    return []


def _changes(texts: Sequence[str], faults: list[Fault]) -> dict[str, Any]:
    """Return dotted path -> value of every `--set`, adding what is wrong to `faults`."""
    from lfr_sim.scenario import Fault, parse_value

    changes = {}
    for text in texts:
        path, equals, value = text.partition("=")
        if not equals:
            faults.append(Fault("--set", "not of this form", text, allowed="PATH=VALUE"))
        else:
            changes[path.strip()] = parse_value(value.strip())
    return changes


def _site_faults(data: dict[str, Any], camera: Camera | None = None) -> list[Fault]:
    """Return what is wrong with the place a scenario names, even if other settings are broken."""
    from dataclasses import replace

    from pydantic import ValidationError

    from lfr_sim.scenario import Camera, InputError, SitePlace
    from lfr_sim.street import site_of

    try:
        site_of(SitePlace.model_validate(data.get("site")), camera or Camera())
    except InputError as error:
        return [
            # A fault inside a layout file says which file; others name a setting or the file itself.
            fault
            if fault.path.startswith(("site.", "camera.")) or fault.path in error.subject
            else replace(fault, path=f"{error.subject}: {fault.path}")
            for fault in error.faults
        ]
    except ValidationError:  # listed with the other settings
        return []
    return []
