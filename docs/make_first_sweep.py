"""Make the figure of `tutorial/first-sweep.md` with the commands of that page: run this file."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pages import DOCS, run_page

PAGE = DOCS / "tutorial" / "first-sweep.md"
FIGURE = Path("my-sweep/figures/mistaken-stops.png")
PICTURE = DOCS / "images" / "first-sweep.png"


def main() -> None:
    """Run the page, and keep what it draws."""
    with tempfile.TemporaryDirectory() as folder:
        for command in run_page(PAGE, Path(folder)):
            if command.exit_code != command.expected_exit_code:
                raise SystemExit(f"{command.line}\n{command.printed}")
        shutil.copyfile(Path(folder) / FIGURE, PICTURE)
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
