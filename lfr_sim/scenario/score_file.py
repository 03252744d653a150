"""A matcher's own scores: a file of genuine and impostor comparisons, read and checked."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .faults import Fault, InputError, nearest
from .reading import read_text

KINDS = ("genuine", "impostor")
LEAST_SCORES = 20
"""Scores of each kind without which no rate can be read off."""

_LARGEST_FILE_BYTES = 200_000_000
_LONGEST_HEADER = 1000
_MOST_FAULTS = 10
_DECIMALS = 9
"""Scores nearer to each other than that are the same."""
_TAIL_SHARES = ((10_000, 0.01), (1_000, 0.05), (0, 0.2))
"""Share of impostor scores that the tail is fitted to, for this many scores and more."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a file, each kind in ascending order.

    Equal scores are spread over the step in which scores are given: one of 0.60, given to two places,
    stands for all from 0.60 up to 0.61. So shares fall straight from one step to the next.
    """

    genuine: NDArray[np.float64]
    impostor: NDArray[np.float64]
    tail_start: float
    """Score from which the impostor scores are taken to fall off exponentially."""
    tail_share: float
    """Share of the impostor scores from there on."""
    tail_slope: float
    """How fast they fall off (1/score): one over the mean excess (peaks over a threshold)."""


@lru_cache(maxsize=8)
def _read(path: Path, _stamp: tuple[int, int]) -> Scores:
    return parse_scores(read_text(path, kind="score", largest_bytes=_LARGEST_FILE_BYTES), subject=str(path))


def read_scores(path: str | Path) -> Scores:
    """Return the scores of a file; raises `InputError` naming every faulty line (the first ten)."""
    found = Path(path)
    try:
        about = found.stat()
        stamp = (about.st_mtime_ns, about.st_size)
    except (OSError, ValueError):
        stamp = (0, 0)  # reading says what is wrong
    return _read(found, stamp)


def parse_scores(text: str, *, subject: str) -> Scores:
    """Return the scores of CSV text with the columns `kind` and `score`."""
    lines = io.StringIO(text, newline=None)  # line ends of every kind
    first_line = lines.readline()
    header = [name.strip().lower() for name in next(csv.reader([first_line[:_LONGEST_HEADER]]), [])]
    if header != ["kind", "score"]:
        problem = f"the first line is {first_line.strip()[:60]!r}"
        raise InputError(subject, [Fault("line 1", problem, allowed="kind,score", shows_value=False)])
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    faults: list[Fault] = []
    rows = csv.reader(lines)
    try:
        for cells in rows:
            if not cells:
                continue
            fault = _line(cells, found, f"line {rows.line_num + 1}")
            if fault is not None:
                faults.append(fault)
                if len(faults) == _MOST_FAULTS:
                    break
    except csv.Error as error:
        where, problem = f"line {rows.line_num + 1}", f"not a table ({error})"
        faults.append(Fault(where, problem, allowed="kind,score", shows_value=False))
    if not faults:
        enough = f"{LEAST_SCORES} and more"
        faults = [
            Fault(kind, f"{len(scores)} scores of kind {kind!r}", allowed=enough, shows_value=False)
            for kind, scores in found.items()
            if len(scores) < LEAST_SCORES
        ]
    if faults:
        raise InputError(subject, faults)
    return _fitted(np.sort(found["genuine"]), np.sort(found["impostor"]), subject)


def _line(cells: list[str], found: dict[str, list[float]], where: str) -> Fault | None:
    """Add one line to what was found, or return what is wrong with it."""
    if len(cells) != len(KINDS):
        return Fault(where, f"{len(cells)} columns", ",".join(cells)[:60], allowed="kind,score")
    kind = cells[0].strip().lower()
    if kind not in found:
        near = nearest(kind, KINDS)
        return Fault(where, "no such kind", cells[0][:60], allowed=", ".join(KINDS), did_you_mean=near)
    try:
        score = float(cells[1])
    except ValueError:
        score = math.nan
    if not 0.0 <= score <= 1.0:  # NaN is not either
        return Fault(where, "not a score", cells[1][:60], allowed="a number from 0 to 1")
    found[kind].append(score)
    return None


def _spread(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores with equal ones spread evenly, upwards, towards the next higher one.

    So the share of scores from one of them on is read off as it stands in the file.
    """
    scores = np.round(scores, _DECIMALS)
    values, first, count = np.unique(scores, return_index=True, return_counts=True)
    gaps = np.diff(values)
    last = gaps.min() if len(gaps) else 10.0**-_DECIMALS  # nothing is above the highest
    place = np.arange(len(scores)) - np.repeat(first, count)
    return np.asarray(scores + np.repeat(np.append(gaps, last) / count, count) * place)


def _fitted(genuine: NDArray[np.float64], impostor: NDArray[np.float64], subject: str) -> Scores:
    share = next(share for least, share in _TAIL_SHARES if len(impostor) >= least)
    highest = float(impostor[-1])
    if np.quantile(impostor, 1.0 - share) == highest:
        problem = (
            f"the highest {share:.0%} of the impostor scores are all {highest:g}: no tail to be read off"
        )
        raise InputError(subject, [Fault("impostor", problem, shows_value=False)])
    impostor = _spread(impostor)
    start = float(np.quantile(impostor, 1.0 - share))
    beyond = impostor[impostor > start]
    return Scores(
        genuine=_spread(genuine),
        impostor=impostor,
        tail_start=start,
        tail_share=len(beyond) / len(impostor),
        tail_slope=1.0 / float(np.mean(beyond - start)),
    )
