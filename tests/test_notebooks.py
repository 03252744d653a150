"""The notebooks run from top to bottom as they are, and are stored without what they print."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "docs" / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_stored_without_outputs(path: Path) -> None:
    """What a notebook prints belongs to the reader's own run; stored, it would be of an older program."""
    book = nbformat.read(path, as_version=4)
    cells = [cell for cell in book.cells if cell.cell_type == "code"]

    assert cells
    assert [cell for cell in cells if cell.outputs or cell.execution_count is not None] == []


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of Jupyter's own packages; ours are errors in all other tests
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path: Path, tmp_path: Path) -> None:
    """A researcher who opens a notebook and runs all of it meets no error."""
    book = nbformat.read(path, as_version=4)

    NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()

    errors = [out for cell in book.cells for out in cell.get("outputs", []) if out.output_type == "error"]
    warned = [
        out.text for cell in book.cells for out in cell.get("outputs", []) if out.get("name") == "stderr"
    ]
    assert errors == []
    assert warned == []
