"""What the pages of this folder consist of, and how the examples in them are run.

Conventions, for whoever writes a page:

    ```toml title="my-street.toml"     is written to that file before the next example is run
    ```sh                              each line that begins with `lfr-sim` is run, in order
    ```text                            directly after a block with one such line: what it prints;
                                       a line of three dots stands for any number of lines,
                                       three dots in a line for the folder
    ```pycon                           is run by doctest; one namespace for the whole page

A command that is meant to fail ends in `# exit code 2`. All examples of a page share one empty folder,
in which only `scenarios/` exists.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lfr_sim.cli import main

DOCS = Path(__file__).parent
ROOT = DOCS.parent

_FENCE = re.compile(r'^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_EXIT_CODE = re.compile(r"# exit code (\d+)\s*$")
_RUNNER = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
_PARSER = doctest.DocTestParser()


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    language: str
    title: str
    """Name of the file it stands for; empty for most."""
    body: str
    line: int
    """Line of the page on which the body begins."""
    span: tuple[int, int]
    """Where the body stands in the text."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a page that has been run."""

    line: str
    exit_code: int
    expected_exit_code: int
    printed: str
    shown: Block | None
    """The block that shows what is printed, if the page has one."""


def pages() -> list[Path]:
    """Return every page: the README and all of this folder."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks_of(text: str) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    return [
        Block(
            language=found[1],
            title=found[2] or "",
            body=found[3],
            line=text.count("\n", 0, found.start(3)) + 1,
            span=found.span(3),
        )
        for found in _FENCE.finditer(text)
    ]


def commands_in(block: Block) -> list[str]:
    """Return the `lfr-sim` lines of a block; a backslash at the end of a line continues it."""
    lines = block.body.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("lfr-sim ")]


def run_page(page: Path, folder: Path) -> Iterator[Command]:
    """Run a page's examples in a folder, which is the current one meanwhile; yield its commands.

    Raises:
        AssertionError: After all else, if examples in Python do not print what the page shows.
    """
    failed = []
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    blocks = blocks_of(page.read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.chdir(folder):
        for number, block in enumerate(blocks):
            after = blocks[number + 1] if number + 1 < len(blocks) else None
            if block.title:
                (folder / block.title).write_text(block.body, encoding="utf-8")
            elif block.language == "pycon":
                failed += _run_python(page, block, names)
            elif block.language == "sh" and page.name != "README.md":  # its first block installs
                lines = commands_in(block)
                shown = after if after and after.language == "text" and len(lines) == 1 else None
                for line in lines:
                    yield _run_command(line, shown)
    if failed:
        raise AssertionError("\n".join(failed))


def prints_as_shown(command: Command) -> bool:
    """Return whether a command printed what its page shows."""
    if command.shown is None:
        return True
    shown, printed = (_without_trailing_space(text) for text in (command.shown.body, command.printed))
    return doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS)


def with_outputs(page: Path, folder: Path) -> str:
    """Return a page's text with its outputs as the commands print them now.

    Outputs that are shown in part, with three dots, are left as they are.
    """
    text = page.read_text(encoding="utf-8")
    shown = []
    here = str(folder.resolve())
    with contextlib.suppress(AssertionError):  # examples in Python are mended by hand; the tests name them
        for command in run_page(page, folder):
            if command.shown is not None and "\n...\n" not in f"\n{command.shown.body}":
                shown.append((command.shown.span, command.printed.replace(here, "...")))
    for (start, end), printed in reversed(shown):
        text = text[:start] + _without_trailing_space(printed) + text[end:]
    return text


def _run_python(page: Path, block: Block, names: dict[str, Any]) -> list[str]:
    """Run a block of examples, and return a report on those that print something else."""
    where = str(page.relative_to(ROOT))
    test = _PARSER.get_doctest(block.body, names, where, where, block.line - 1)
    report = io.StringIO()
    failed, _ = _RUNNER.run(test, out=report.write, clear_globs=False)
    names.update(test.globs)
    return [report.getvalue()] if failed else []


def _run_command(line: str, shown: Block | None) -> Command:
    meant = _EXIT_CODE.search(line)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            exit_code = main(shlex.split(line, comments=True)[1:])
        except SystemExit as left:  # --help, --version, and words that argparse refuses
            exit_code = int(left.code or 0)
    return Command(line, exit_code, int(meant[1]) if meant else 0, printed.getvalue(), shown)


def _without_trailing_space(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.rstrip().splitlines())
