"""Make the pictures of the dashboard in these pages: `python docs/make_pictures.py` (needs Chromium)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browsing import Visitor, browsing, days_are_simulated, serving

IMAGES = Path(__file__).parent / "images"
EXPLORE = "/?a=oxford-circus-2022-07-07"
"""A day with a few alerts."""


def main() -> None:
    """Photograph Explore as it opens, once its days are simulated."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "log") as address,
        browsing() as chromium,
    ):
        visitor = Visitor(chromium, address, viewport={"width": 1280, "height": 1230})
        page = visitor.open(EXPLORE)
        days_are_simulated(page)
        page.wait_for_selector("#running", state="detached", timeout=180_000)
        page.wait_for_timeout(1_000)
        page.screenshot(path=IMAGES / "dashboard-explore.png")
        visitor.close()
    print(f"wrote {IMAGES / 'dashboard-explore.png'}")


if __name__ == "__main__":
    main()
