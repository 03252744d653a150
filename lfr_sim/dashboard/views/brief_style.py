"""The style of a one-page brief: its own rules, those of drawings, and the two fonts, all in one text."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

_ASSETS: Final = files("lfr_sim.dashboard") / "assets"
_SHARED: Final = ("custom.css", "player.css")
"""Style of the pages that holds the colours, the type in drawings and the ground of plans."""
_KEPT: Final = re.compile(r":root|\.(fill|stroke|plan)-|\.lfr svg|\.t\d\d\b|\.(bold|mid|end)\b|svg\.plan")
"""What the selector of a shared rule that is kept begins with."""
_FONTS: Final = {
    "Public Sans": "public-sans-latin-wght-normal.woff2",
    "Source Serif": "source-serif-4-latin-wght-normal.woff2",
}
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")


@cache
def style() -> str:
    """Return all of the style: nothing in it is fetched from anywhere."""
    shared = [rule for name in _SHARED for rule in _drawing_rules(_read(name))]
    return "\n".join([*map(_font, _FONTS), *shared, _COMMENT.sub("", _read("brief.css")).strip()])


def _read(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _font(name: str) -> str:
    content = base64.b64encode((_ASSETS / "fonts" / _FONTS[name]).read_bytes()).decode("ascii")
    return (
        f'@font-face {{ font-family: "{name}"; font-weight: 200 900; '
        f'src: url("data:font/woff2;base64,{content}") format("woff2"); }}'
    )


def _drawing_rules(css: str) -> Iterator[str]:
    """Yield the rules of drawings, of light pages: what depends on window or preference is left out."""
    plain = re.sub(r"@import[^;]*;", "", _COMMENT.sub("", css))
    for selector, body in _RULE.findall(_without_conditions(plain)):
        kept = [one.strip() for one in selector.split(",") if _KEPT.match(one.strip())]
        if kept:
            yield f"{', '.join(kept)} {{{body}}}"


def _without_conditions(css: str) -> str:
    """Return style without its `@media` blocks."""
    kept, depth, start = [], 0, 0
    for found in re.finditer(r"@media|[{}]", css):
        if found[0] == "@media" and not depth:
            kept.append(css[start : found.start()])
            depth, start = 1, -1
        elif start < 0 and found[0] == "{":
            depth += 1
        elif start < 0 and found[0] == "}":
            depth -= 1
            if depth == 1:
                depth, start = 0, found.end()
    return "".join([*kept, css[start:]])
