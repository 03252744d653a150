"""What the tests of commands share: run one that must succeed, or one that must be refused."""

from __future__ import annotations

import pytest

from lfr_sim.cli import main


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what a command prints that must succeed, and have nothing to complain of."""
    code = main(words)
    printed = capsys.readouterr()

    assert code == 0, printed.err
    assert printed.err == ""
    return printed.out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return why a command was refused; it must print nothing else."""
    code = main(words)
    printed = capsys.readouterr()

    assert code == 2
    assert printed.out == ""
    assert "Traceback" not in printed.err
    return printed.err
