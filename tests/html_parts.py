"""What tests read of a page: is it well-formed, and what do its tables, headings and elements say."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

_VOID: Final = {"meta", "br", "wbr", "input", "col", "hr", "img"}
_KEPT: Final = {"td", "th", "h1", "h2", "h3"}
"""Elements whose words are kept apart."""


class Html(HTMLParser):
    """HTML that was read; tags that do not close in order are an assertion error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        """Every element with its attributes, in order."""
        self.tables: list[list[list[str]]] = []
        """Table -> row -> words of a cell."""
        self._headings: list[str] = []
        self._words: list[str] = []
        self._kept: list[str] | None = None
        self.feed(html)
        self.close()
        assert self.open == []

    @property
    def ids(self) -> list[str]:
        """The ids of all elements."""
        return self.values("id")

    @property
    def names(self) -> set[str]:
        """The kinds of elements that there are."""
        return {tag for tag, _ in self.tags}

    @property
    def rows(self) -> list[list[str]]:
        """The rows of all tables."""
        return [row for table in self.tables for row in table]

    @property
    def headings(self) -> list[str]:
        """The words of all headings."""
        return self._headings

    @property
    def text(self) -> str:
        """All that can be read."""
        return " ".join("".join(self._words).split())

    def values(self, name: str) -> list[str]:
        """Return every value of an attribute that says something."""
        return [value for _, attributes in self.tags if (value := attributes.get(name))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that opens."""
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in _KEPT:
            self._kept = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that is complete."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note what is said."""
        if self._kept is not None:
            self._kept.append(data)
        if "style" not in self.open:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Check that the last element that opened is the one that closes."""
        assert self.open.pop() == tag
        if tag in _KEPT:
            words, self._kept = " ".join("".join(self._kept or []).split()), None
            if tag in ("td", "th"):
                self.tables[-1][-1].append(words)
            else:
                self._headings.append(words)
