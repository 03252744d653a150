"""Parts of a page that are made by a script: where they stand, and whether they are up to date.

A part stands between `<!-- Made by `python docs/SCRIPT.py`: NAME; do not edit. -->` and the next
`<!-- End of what is made. -->`. A page may have several, by name; the rest of it is written by hand.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Lines = Iterator[str]
Parts = Mapping[str, Callable[[], Lines]]
"""Name of a part -> what makes its lines."""

END = "<!-- End of what is made. -->"


def with_parts(page: Path, script: str, parts: Parts) -> str:
    """Return the text of a page with its made parts as the program has them now.

    Raises:
        SystemExit: If the page does not have each part once.
    """
    text = page.read_text(encoding="utf-8")
    mark = re.compile(rf"<!-- Made by `python docs/{re.escape(script)}`: (.+?); do not edit. -->")
    if sorted(mark.findall(text)) != sorted(parts):
        raise SystemExit(f"{page}: it must have each of these parts once: {', '.join(sorted(parts))}")
    before, *rest = mark.split(text)
    made = [before]
    for name, tail in zip(rest[::2], rest[1::2], strict=True):
        _, end, after = tail.partition(END)
        if not end:
            raise SystemExit(f"{page}: the part {name} has no end")
        lines = "\n".join(parts[name]()).rstrip()
        begin = f"<!-- Made by `python docs/{script}`: {name}; do not edit. -->"
        made.append(f"{begin}\n\n{lines}\n\n{END}{after}")
    return "".join(made)


def put(page: Path, begin: str, part: str) -> None:
    """Write a part that takes minutes to make between its own mark and the next end.

    The page is read only now: its own text may have been edited while the part was made.

    Raises:
        SystemExit: If the page has no such mark.
    """
    before, mark, rest = page.read_text(encoding="utf-8").partition(begin)
    if not mark:
        raise SystemExit(f"{page.name} has no place for what was made: {begin}")
    after = rest.partition(END)[2]
    page.write_text(f"{before}{mark}\n\n{part}\n\n{END}{after}", encoding="utf-8")


def is_current(page: Path, script: str, parts: Parts) -> bool:
    """Return whether the made parts of a page are what the program would make."""
    return with_parts(page, script, parts) == page.read_text(encoding="utf-8")


def write_or_check(page: Path, script: str, parts: Parts) -> int:
    """Do what the command line asks for a page; return the exit code."""
    parser = argparse.ArgumentParser(description=f"Make the tables of {page.name} from the program.")
    parser.add_argument("--check", action="store_true", help="exit code 1 if the page is out of date")
    options = parser.parse_args()
    if is_current(page, script, parts):
        return 0
    if options.check:
        print(f"{page} is out of date; run `python docs/{script}`")
        return 1
    page.write_text(with_parts(page, script, parts), encoding="utf-8")
    print(f"wrote {page}")
    return 0
