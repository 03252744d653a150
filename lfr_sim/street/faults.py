"""What a scenario names and does not hold: its site, and a file of scores."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lfr_sim.scenario import Camera, Fault, InputError, Scenario, SitePlace, read_scores

from .site import site_of


def place_faults(scenario: Scenario) -> list[Fault]:
    """Return what is wrong with the site and the scores of a scenario."""
    scores = scenario.matcher.score_file
    return site_faults(scenario.site, scenario.camera) + ([] if scores is None else score_faults(scores))


def site_faults(place: SitePlace, camera: Camera) -> list[Fault]:
    """Return what is wrong with a site; a fault inside a layout file says which file."""
    try:
        site_of(place, camera)
    except InputError as error:
        return [
            fault
            if fault.path.startswith(("site.", "camera.")) or fault.path in error.subject
            else replace(fault, path=f"{error.subject}: {fault.path}")
            for fault in error.faults
        ]
    return []


def score_faults(path: str) -> list[Fault]:
    """Return what is wrong with a file of scores, under its name."""
    try:
        read_scores(path)
    except InputError as error:
        return [
            fault if Path(fault.path) == Path(path) else replace(fault, path=f"{path}: {fault.path}")
            for fault in error.faults
        ]
    return []
