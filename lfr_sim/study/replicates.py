"""One scenario, many replicates: run them, sum them up, write them down."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
import math
import os
import platform
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from lfr_sim import metrics
from lfr_sim.breakdown import Breakdown, added
from lfr_sim.closed_form import chain_of
from lfr_sim.model import AgentMode, DeploymentModel
from lfr_sim.records import BREAKDOWN_COLUMNS, RECORD_COLUMNS, TRUTH_COLUMNS, Alert, run_columns
from lfr_sim.scenario import Fault, InputError, Scenario, read_text, whole_faults
from lfr_sim.street.layout import layout_file
from lfr_sim.tally import Row

from .folders import usable_folder

MOST_REPLICATES = 1_000_000
LARGEST_SEED = 2**63 - 1
OUTPUT_FILES = ("replicates.csv", "breakdown.csv", "events.csv", "provenance.json")


@dataclass(frozen=True, slots=True)
class Replicate:
    """One run's rows and alerts."""

    replicate: int
    record: Row
    truth: Row
    alerts: tuple[Alert, ...]
    breakdown: Breakdown
    """Counts by group, sex, age and category."""
    notes: tuple[str, ...]
    """How far this run can be trusted."""


@dataclass(frozen=True, slots=True)
class Study:
    """A scenario with its replicates."""

    scenario: Scenario
    seed: int
    replicates: tuple[Replicate, ...]

    @property
    def sums(self) -> dict[str, dict[str, float]]:
        """Sums of both rows over the replicates."""
        return metrics.sum_rows({"record": run.record, "truth": run.truth} for run in self.replicates)

    @property
    def breakdown(self) -> Breakdown:
        """Counts by group, sex, age and category, over the replicates."""
        return added(run.breakdown for run in self.replicates)

    @property
    def notes(self) -> list[str]:
        """What a reader should know, each once: the first run that says it speaks for all."""
        kinds: dict[str, str] = {}
        for run in self.replicates:
            for note in run.notes:
                kinds.setdefault("".join(c for c in note if not c.isdigit()), note)
        return list(kinds.values())

    @property
    def chain(self) -> dict[str, float]:
        """P(act | not the person) and P(act | the person), all judgements together, mean over the day."""
        g0, g1 = chain_of(self.scenario)
        return {"g0": g0, "g1": g1}

    def values(self, row: str, column: str) -> list[float]:
        """Return one column over the replicates."""
        return [float(getattr(run, row)[column]) for run in self.replicates]

    def summary(self) -> dict[str, Any]:
        """Return what `lfr-sim run --json` prints: plain data, the same for the same seed."""
        return {
            "scenario": self.scenario.to_dict(defaults=True),
            "seed": self.seed,
            "replicates": len(self.replicates),
            "engine": self.scenario.crowd.engine,
            "record": {name: spread(self.values("record", name)) for name in RECORD_COLUMNS},
            "truth": {name: spread(self.values("truth", name)) for name in TRUTH_COLUMNS},
            "rates": {
                name: dataclasses.asdict(value) for name, value in metrics.evaluate_all(self.sums).items()
            },
            "breakdown": self.breakdown,
            "chain": self.chain,
            "published": self.scenario.published.model_dump(),
            "notes": self.notes,
            "provenance": provenance(self.scenario),
        }

    def write(self, folder: str | Path) -> None:
        """Write `replicates.csv`, `breakdown.csv`, `events.csv` and `provenance.json` into a folder.

        All files are written before any takes its place, so what is there is whole. Files of an
        earlier run are replaced; a folder with anything else in it is refused.

        Raises:
            InputError: If the folder cannot be used.
        """
        target = output_folder(folder)
        contents = {
            "replicates.csv": _csv(_replicate_lines(self)),
            "breakdown.csv": _csv(_breakdown_lines(self)),
            "events.csv": _csv(_event_lines(self)),
            "provenance.json": _json(
                {
                    "seed": self.seed,
                    "replicates": len(self.replicates),
                    "scenario": self.scenario.to_toml(),
                    **provenance(self.scenario),
                }
            ),
        }
        is_new = not target.exists()
        partials = {name: target / f".{name}.partial" for name in contents}
        try:
            target.mkdir(parents=True, exist_ok=True)
            for name, text in contents.items():
                partials[name].write_text(text, encoding="utf-8", newline="")
            for name, partial in partials.items():
                os.replace(partial, target / name)
        except OSError as error:
            problem = f"cannot be written ({error.strerror or error})"
            fault = Fault(str(target), problem, shows_value=False)
            raise InputError("output folder", [fault]) from None
        finally:
            _tidy(target, partials.values(), remove_folder=is_new)


def run(
    scenario: Scenario | str | Path,
    *,
    replicates: int = 1,
    seed: int = 1,
    agents: AgentMode = "alerted",
    progress: Callable[[int], None] | None = None,
) -> Study:
    """Run a scenario a number of times.

    Replicate r of a seed is always the same run, whatever else is run.

    Args:
        scenario: A scenario, or the path or shipped name of one.
        replicates: How many runs.
        seed: Root seed.
        agents: Whether all passers become Mesa agents or only those who set off alerts.
        progress: Called with the number of runs done, after each.

    Raises:
        InputError: If the scenario or a number is wrong; nothing has been run then.
    """
    asked = scenario if isinstance(scenario, Scenario) else Scenario.from_file(scenario)
    faults = run_faults(replicates=replicates, seed=seed)
    if faults:
        raise InputError("run", faults)
    done = []
    for number in range(replicates):
        done.append(run_replicate(asked, seed=seed, replicate=number, agents=agents))
        if progress is not None:
            progress(number + 1)
    return Study(asked, seed, tuple(done))


def run_faults(*, replicates: object, seed: object) -> list[Fault]:
    """Return what is wrong with the numbers of a run."""
    asked = whole_faults("replicates", replicates, 1, MOST_REPLICATES)
    return asked + whole_faults("seed", seed, 0, LARGEST_SEED)


def run_replicate(
    scenario: Scenario, *, seed: int, replicate: int, agents: AgentMode = "alerted"
) -> Replicate:
    """Run one replicate alone; the same as within a study."""
    model = DeploymentModel(scenario, run_seed=seed, replicate=replicate, agents=agents)
    model.run()
    return Replicate(
        replicate, model.record, model.truth, tuple(model.alerts), model.breakdown, tuple(model.notes)
    )


def spread(values: list[float]) -> dict[str, Any]:
    """Return mean, standard deviation (None for one value) and quantiles: values that occurred."""
    quantiles = np.quantile(values, [0.05, 0.5, 0.95], method="inverted_cdf")
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
    p05, p50, p95 = (_plain(value) for value in quantiles.tolist())
    return {"mean": _plain(float(np.mean(values))), "sd": sd, "p05": p05, "p50": p50, "p95": p95}


def provenance(scenario: Scenario) -> dict[str, Any]:
    """Return what is needed to make a result again."""
    return {
        "package": "lfr-sim",
        "version": _version("lfr-sim"),
        "commit": _commit(),
        "scenario_digest": scenario.digest,
        "layout_sha256": _layout_digest(scenario.site.layout),
        "scores_sha256": _scores_digest(scenario.matcher.score_file),
        "python": platform.python_version(),
        "numpy": _version("numpy"),
        "mesa": _version("mesa"),
    }


def output_folder(folder: str | Path) -> Path:
    """Return a folder into which results may be written, or raise `InputError`; creates nothing."""
    ours = {*OUTPUT_FILES, *(f".{name}.partial" for name in OUTPUT_FILES)}
    return usable_folder(
        folder,
        subject="output folder",
        is_ours=ours.__contains__,
        allowed="a new or empty folder, or one of an earlier run",
    )


def _tidy(folder: Path, partials: Iterable[Path], *, remove_folder: bool) -> None:
    """Leave nothing half-written behind, whatever went wrong."""
    for partial in partials:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    if remove_folder:
        with suppress(OSError):
            folder.rmdir()  # which a folder with files in it survives


def _replicate_lines(study: Study) -> Iterator[list[Any]]:
    columns = run_columns()
    yield ["replicate", "seed", *columns]
    for one in study.replicates:
        rows = {"record": one.record, "truth": one.truth}
        yield [one.replicate, study.seed, *(rows[row][column] for row, column in columns.values())]


def _breakdown_lines(study: Study) -> Iterator[list[Any]]:
    yield ["replicate", "dimension", "value", *BREAKDOWN_COLUMNS]
    for one in study.replicates:
        for name, values in one.breakdown.items():
            for value, columns in values.items():
                yield [one.replicate, name, value, *columns.values()]


def _event_lines(study: Study) -> Iterator[list[Any]]:
    names = [field.name for field in dataclasses.fields(Alert)]
    yield ["replicate", *names]
    for one in study.replicates:
        for alert in one.alerts:
            yield [one.replicate, *(_cell(getattr(alert, name)) for name in names)]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def _csv(lines: Iterator[list[Any]]) -> str:
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: float) -> float:
    """Return whole numbers without a decimal point."""
    return int(value) if math.isfinite(value) and value == int(value) else value


def maker() -> dict[str, str | None]:
    """Return who makes results here: versions of this package, NumPy and Mesa, and the commit."""
    packages = {"version": "lfr-sim", "numpy": "numpy", "mesa": "mesa"}
    return {name: _version(package) for name, package in packages.items()} | {"commit": _commit()}


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


@cache
def _commit() -> str | None:
    """Return the commit of the checkout the package runs from, or None for an installed one."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    try:
        found = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return found.stdout.strip() or None


def _scores_digest(path: str | None) -> str | None:
    return None if path is None else hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


def _layout_digest(layout: str) -> str:
    text = read_text(layout_file(layout), kind="layout")
    return hashlib.sha256(text.encode()).hexdigest()[:16]
