"""Measure sweeps: what they cost beside their runs, how fast they go, what survives, what runs they save.

Prints one table, or one JSON object with `--json`, or the rows of the table in README.md with
`--markdown`. It reports and does not judge: the exit code is 0 whatever it finds. Wall times say what the
machine did meanwhile as well; ratios and CPU times say it less.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from speed import Figure, as_json, as_table, held, machine, short, target

# Parts import what they need themselves: new processes import this module, those of Mesa too, and
# should not pay for what only the measuring needs.


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    overhead: tuple[int, int] = (2_000, 12_000)
    """Lengths of the two sweeps."""
    repeats: int = 40
    """Of a run and its parts."""
    commits: int = 200
    throughput: int = 1_000
    beside_mesa: int = 200
    turns: int = 5
    """Of what is noisy and is done several times."""
    killed: int = 1_000
    collected: int = 1_000_000
    days: int = 400
    """Replicates of each list whose variances are taken."""


USUAL = Sizes()
SHORT = Sizes(
    overhead=(1_000, 11_000),
    repeats=10,
    commits=40,
    throughput=200,
    turns=2,
    killed=200,
    collected=100_000,
    days=100,
)
FULL = Sizes(throughput=10_000, killed=2_000, days=2_000)


def _costs(sizes: Sizes, folder: Path) -> list[Figure]:
    from sweep_costs import overhead, run_itself

    return overhead(sizes.overhead, sizes.turns, folder) + run_itself(sizes.repeats)


def _commit(sizes: Sizes, folder: Path) -> list[Figure]:
    from sweep_costs import commit

    return commit(sizes.commits, folder)


def _throughput(sizes: Sizes, folder: Path) -> list[Figure]:
    from sweep_speed import throughput

    return throughput(sizes.throughput, folder)


def _mesa(sizes: Sizes, folder: Path) -> list[Figure]:
    from sweep_speed import beside_mesa

    return beside_mesa(sizes.beside_mesa, sizes.turns, folder)


def _killed(sizes: Sizes, folder: Path) -> list[Figure]:
    from sweep_speed import killed

    return killed(sizes.killed, folder, in_here)


def _collect(sizes: Sizes, folder: Path) -> list[Figure]:
    from sweep_costs import collecting

    return collecting(sizes.collected, folder, in_here)


def _variance(sizes: Sizes, folder: Path) -> list[Figure]:
    from sweep_variance import variances

    return variances(sizes.days, folder)


PARTS: dict[str, Callable[[Sizes, Path], list[Figure]]] = {
    "overhead": _costs,
    "commit": _commit,
    "throughput": _throughput,
    "mesa": _mesa,
    "killed": _killed,
    "collect": _collect,
    "variance": _variance,
}
"""Each can be asked for alone."""


def main() -> None:
    """Measure what is asked and print it."""
    asked = _parser().parse_args()
    if asked.in_here:
        _do_in_here(*asked.in_here)
        return
    sizes = SHORT if asked.short else FULL if asked.full else USUAL
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="lfr-sim-sweeps-", dir=asked.folder) as folder:
        for name in asked.only:
            print(f"{name} …", file=sys.stderr, flush=True)
            figures += PARTS[name](sizes, Path(folder))
    if asked.markdown:
        print(as_markdown(figures))
    else:
        print(as_json(figures) if asked.json else as_table(figures))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure how sweeps do.")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--short", action="store_true", help="less of everything: about two minutes")
    size.add_argument("--full", action="store_true", help="the sizes that the targets are for")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    shape.add_argument("--markdown", action="store_true", help="print the rows of the table in README.md")
    parser.add_argument(
        "--only", type=_parts, default=list(PARTS), metavar="PART,…", help=f"of {', '.join(PARTS)}"
    )
    parser.add_argument(
        "--folder", help="where sweeps are written, for a while (default: as the system has)"
    )
    parser.add_argument("--in-here", nargs="+", help=argparse.SUPPRESS)
    return parser


def _parts(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in PARTS:
            raise argparse.ArgumentTypeError(f"there is no part {name!r}; there are {', '.join(PARTS)}")
    return names


def in_here(what: str, folder: Path, runs: int = 0) -> list[str]:
    """Return the command that does something in a new process."""
    return [sys.executable, __file__, "--in-here", what, str(folder), str(runs)]


def _do_in_here(what: str, folder: str, runs: str) -> None:
    from sweep_costs import collect_in_here
    from sweep_speed import batch_run_in_here, sweep_in_here

    if what == "collect":
        print(json.dumps(collect_in_here(Path(folder))))
    elif what == "sweep":
        sweep_in_here(Path(folder), int(runs))
    elif what == "batch-run":
        batch_run_in_here(Path(folder), int(runs))


def as_markdown(figures: Sequence[Figure]) -> str:
    """Return everything as a table of Markdown."""
    facts = ", ".join(f"{name} {value}" for name, value in machine().items())
    lines = [facts, "", "| | median | target | held |", "|---|---:|---:|---|"]
    for item in figures:
        unit = "" if item.unit == "share" else f" {item.unit}"
        aim = target(item).replace(">=", "≥").replace("<=", "≤")
        lines.append(f"| {item.name.strip()} | {short(item.median)}{unit} | {aim} | {held(item)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
