"""Simulate live facial recognition in the street: who is scanned, alerted on, stopped, and why.

Everything else is private and may change. Names are imported when they are first used, so that
`import lfr_sim` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lfr_sim import evidence
    from lfr_sim.closed_form import theory
    from lfr_sim.model import DeploymentModel
    from lfr_sim.scenario import InputError, Scenario
    from lfr_sim.study import Study, compare, run
    from lfr_sim.study.sweeps.runner import sweep

__all__ = [
    "DeploymentModel",
    "InputError",
    "Scenario",
    "Study",
    "compare",
    "evidence",
    "run",
    "sweep",
    "theory",
]

_HOMES = {
    "DeploymentModel": "lfr_sim.model",
    "InputError": "lfr_sim.scenario",
    "Scenario": "lfr_sim.scenario",
    "Study": "lfr_sim.study",
    "compare": "lfr_sim.study",
    "run": "lfr_sim.study",
    "sweep": "lfr_sim.study.sweeps.runner",
    "theory": "lfr_sim.closed_form",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name == "evidence":
        return import_module("lfr_sim.evidence")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'lfr_sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
