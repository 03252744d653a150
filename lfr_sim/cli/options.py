"""What several commands have in common: how one is added, and options of the same name."""

from __future__ import annotations

import argparse
from typing import Any


def command(commands: Any, name: str, function: str, summary: str) -> argparse.ArgumentParser:
    """Add a command, done by `module.function` of this package."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(command=function)
    return parser


def scenario_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a command take a scenario and changes of it."""
    parser.add_argument("scenario", help="a scenario file, or the name of a shipped one")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        dest="changes",
        help="change a setting by dotted path; may be repeated",
    )


def replicate_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a command take one run of a scenario."""
    parser.add_argument("--seed", type=whole, default=1, help="root seed (1)")
    parser.add_argument("--replicate", type=whole, default=0, help="number of the run, from 0 (0)")


def whole(text: str) -> int | str:
    """Return a whole number, or the text itself, which is then listed among all that is wrong."""
    try:
        return int(text)
    except ValueError:
        return text


def real(text: str) -> float | str:
    """Return a number, or the text itself, which is then listed among all that is wrong."""
    try:
        return float(text)
    except ValueError:
        return text
