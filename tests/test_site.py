"""The pages of docs/ as a site: built without a warning, complete, and without a request to anywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}
"""Elements that make a browser fetch something, and where they say what."""


class Links(HTMLParser):
    """What one built page links to, loads, and can be linked to at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element refers to."""
        said = {name: value for name, value in attrs if value}
        self.anchors |= {said[name] for name in ("id", "name") if name in said}
        if tag == "a" and "href" in said:
            self.targets.append(said["href"])
        if tag in LOADED and LOADED[tag] in said:
            self.loaded.append(said[LOADED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a site that was built strictly."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = built.stdout + built.stderr
    assert built.returncode == 0, said
    assert "WARNING" not in said
    assert "contains a link" not in said  # of an anchor that is not there
    return folder


@pytest.fixture(scope="module")
def built(site: Path) -> dict[Path, Links]:
    """Return every page of the site, read."""
    return {path: Links(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_page_is_in_the_navigation() -> None:
    """A page that nobody can find is not there."""
    named = list(_pages_in(_configuration()["nav"]))
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]

    assert sorted(named) == sorted(pages)


def test_index_links_to_every_page() -> None:
    """Whoever reads on a code host, where there is no navigation, finds the same."""
    text = (DOCS / "index.md").read_text(encoding="utf-8")
    linked = {target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)}
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}

    assert pages - linked == {"index.md"}


def test_no_page_loads_anything_from_outside(built: dict[Path, Links]) -> None:
    """The site works without the internet, and tells nobody who reads it."""
    outside = {
        f"{path.name}: {target}"
        for path, page in built.items()
        for target in page.loaded
        if urlsplit(target).scheme not in ("", "data") or target.startswith("//")
    }

    assert len(built) > 30
    assert outside == set()


def test_no_style_loads_anything_from_outside(site: Path) -> None:
    """A font that is fetched from elsewhere would be a request too."""
    found = [
        f"{path.name}: {match}"
        for path in site.rglob("*.css")
        for match in re.findall(r"(?:url\(|@import\s+)[\"']?(?:https?:)?//[^)\s]+", path.read_text("utf-8"))
    ]

    assert found == []


def test_every_link_of_the_site_leads_to_a_file_and_anchor(site: Path, built: dict[Path, Links]) -> None:
    """No reader of the site is sent nowhere, by text, navigation or contents."""
    broken = []
    for path, page in built.items():
        for target in {*page.targets, *page.loaded}:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or (path.name == "404.html" and target.startswith("/")):
                continue
            found = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            found = found / "index.html" if found.is_dir() else found
            anchors = built[found].anchors if found in built else set()
            if not found.is_file() or (parts.fragment and unquote(parts.fragment) not in anchors):
                broken.append(f"{path.relative_to(site)}: {target}")

    assert broken == []


def _configuration() -> dict[str, object]:
    """Return mkdocs.yml without its names of Python objects, which are not read here."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(re.sub(r"!!python\S*", "", text)))


def _pages_in(entry: object) -> Iterator[str]:
    """Yield the pages of a part of the navigation."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        for inner in entry.values():
            yield from _pages_in(inner)
    elif isinstance(entry, list):
        for inner in entry:
            yield from _pages_in(inner)
