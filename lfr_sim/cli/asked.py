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
    from lfr_sim.scenario import Fault, Scenario


def asked_scenario(options: argparse.Namespace, *checks: Callable[[], list[Fault]]) -> Scenario:
    """Return the scenario asked for, with the changes of `--set` and `--engine`.

    Raises:
        InputError: With every fault of the file, the changes, the layout and the further checks.
    """
    from lfr_sim import scenario as asked
    from lfr_sim.scenario import InputError
    from lfr_sim.street.faults import place_faults

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
        faults += _faults_of_site(data) if scenario is None else place_faults(scenario)
    for check in checks:
        faults += collected(check) or []
    if scenario is None or faults:
        raise InputError(str(options.scenario), faults)
    return scenario


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


def _faults_of_site(data: dict[str, Any]) -> list[Fault]:
    """Return what is wrong with the place that broken settings name."""
    from pydantic import ValidationError

    from lfr_sim.scenario import Camera, SitePlace
    from lfr_sim.street.faults import site_faults

    try:
        place = SitePlace.model_validate(data.get("site"))
    except ValidationError:  # listed with the other settings
        return []
    return site_faults(place, Camera())
