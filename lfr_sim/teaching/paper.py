"""Pieces of a printed sheet as HTML: the page itself, the tree, the two-by-two, marks, gaps.

A sheet holds everything it needs: no script, no font and no picture from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from lfr_sim.lessons import (
    MARK_WORDS,
    Blank,
    Block,
    Box,
    Counts,
    Lesson,
    Mark,
    shows_missed,
    spaced,
    square_of,
    tree_of,
)

MADE_BY: Final = '<meta name="generator" content="lfr-sim teach --materials">'
"""By which a sheet of ours is known, so that it may be written again."""

_STYLE: Final = """
:root { --ink: #14213d; --soft: #5a6275; --rule: #c9c6bd; --right: #007a5a; --wrong: #c2500a; }
@page { size: A4; margin: 15mm 18mm 14mm }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0 auto; max-width: 174mm; padding: 24px 16px; background: #fff; color: var(--ink);
  font: 11.5pt/1.5 "Segoe UI", "Noto Sans", "DejaVu Sans", Helvetica, Arial, sans-serif }
h1, h2, h3, .headline { font-family: Georgia, "Noto Serif", "DejaVu Serif", serif; line-height: 1.25;
  font-weight: 700; text-wrap: balance; break-after: avoid }
h1 { font-size: 18pt; margin: 0 0 8px }
h2 { font-size: 14pt; margin: 24px 0 8px }
.top + h2 { margin-top: 0 }
h3 { font-size: 12pt; margin: 18px 0 4px }
p { margin: 0 0 10px }
ul { margin: 0 0 10px; padding-left: 1.2em }
li { margin: 3px 0 }
code { font: 10pt "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere }
.sheet { break-after: page }
.sheet:last-child { break-after: auto }
.sheet + .sheet { margin-top: 56px }
.top { display: flex; flex-wrap: wrap; gap: 4px 24px; justify-content: space-between; color: var(--soft);
  font-size: 10pt; border-bottom: 1.5pt solid var(--ink); padding-bottom: 5px; margin-bottom: 16px }
.top strong { color: var(--ink) }
.lead { font-size: 12.5pt }
.soft { color: var(--soft) }
.fold { border-top: 1.25pt dashed var(--soft); color: var(--soft); font-size: 10pt; padding-top: 3px;
  margin: 16px 0 6px }
.part { break-inside: avoid; margin: 14px 0 }
.part > h3:first-child { margin-top: 0 }
.guess { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px }
.field { display: inline-block; min-width: 84px; height: 34px; border: 1.25pt solid var(--ink);
  border-radius: 3px; vertical-align: middle }
.gap { display: inline-block; min-width: 74px; border-bottom: 1.25pt solid var(--ink); height: 1.5em;
  vertical-align: baseline; margin: 0 2px }
.own { font-size: 12.5pt; line-height: 2.2 }
.tree { display: grid; grid-template-columns: repeat(4, 1fr); column-gap: 8px; margin: 14px 0;
  max-width: 150mm }
.box { border: 1.25pt solid var(--ink); border-radius: 3px; text-align: center; padding: 5px 3px 4px;
  line-height: 1.2; min-width: 0; font-size: 10pt }
.box b { display: block; font-size: 14pt; min-height: 1.25em; font-family: Georgia, "Noto Serif", serif }
.box.asked { border-style: dashed; border-color: var(--ink) }
.box.filled { background: #fdf3dc; -webkit-print-color-adjust: exact; print-color-adjust: exact }
.root { grid-column: 2 / 4; justify-self: center; min-width: 56% }
.left, .right { grid-column: span 2; justify-self: center; min-width: 48% }
.fork { position: relative; height: 12px; margin-top: 10px;
  border: 1pt solid var(--soft); border-bottom: 0 }
.fork::before { content: ""; position: absolute; left: 50%; top: -11px; height: 11px;
  border-left: 1pt solid var(--soft) }
.fork.wide { grid-column: 1 / -1; margin-left: 25%; margin-right: 25% }
.fork.half { grid-column: span 2; margin-left: 25%; margin-right: 25% }
table { border-collapse: collapse; margin: 10px 0 14px; font-variant-numeric: tabular-nums }
th, td { padding: 5px 10px; text-align: left; vertical-align: top; border-bottom: 0.75pt solid var(--rule) }
th { font-weight: 600; font-size: 10pt }
caption { text-align: left; font-size: 10pt; color: var(--soft) }
td.n, th.n { text-align: right }
.square td { border: 1.25pt solid var(--ink); width: 27mm; height: 11mm; text-align: right;
  vertical-align: middle; font-size: 12.5pt }
.square td.sum { border-color: var(--rule) }
.square th { border: 0; vertical-align: middle }
.square th:first-child { padding-left: 0 }
.square thead th { text-align: right }
.minutes { width: 100%; font-size: 10.5pt; line-height: 1.4 }
.minutes tr { break-inside: avoid }
.minutes th:first-child, .minutes td:first-child { white-space: nowrap; padding-left: 0 }
.marks { display: block; width: 100%; max-width: 150mm; height: auto; margin: 4px 0 8px }
.marks .right { fill: var(--right) } .marks .wrong { fill: var(--wrong) }
.marks .missed { fill: none; stroke: var(--ink); stroke-width: 1.4 } .marks .stop { fill: var(--ink) }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 32px; align-items: start }
.pair .square td { width: 18mm; height: 8.5mm; padding: 3px 8px; font-size: 11.5pt }
.pair .square th { padding: 3px 6px 3px 0; white-space: nowrap }
.pair .square { margin-top: 2px }
.pair .part { margin: 8px 0 }
.pair td, .pair th { padding-top: 3px; padding-bottom: 3px }
.key { font-size: 10pt; color: var(--soft) }
.key b { font-weight: 400 } .key .right { color: var(--right) } .key .wrong { color: var(--wrong) }
.answer { font-size: 14pt; font-family: Georgia, "Noto Serif", serif }
.two { display: grid; grid-template-columns: repeat(2, 1fr); gap: 12px; max-width: 150mm; margin: 12px 0 }
.two div { border: 1.25pt solid var(--ink); border-radius: 3px; padding: 10px 14px }
.two b { display: block; font: 700 19pt Georgia, "Noto Serif", serif }
@media print {
  body { padding: 0; max-width: none; font-size: 10.5pt; line-height: 1.45 } .lead { font-size: 11.5pt }
  .sheet + .sheet { margin-top: 0 }
  .tight { font-size: 9.5pt; line-height: 1.4 }
  .tight h1 { font-size: 15.5pt } .tight .tree { margin: 8px 0 }
  .tight .lead { font-size: 10.5pt } .tight .own { font-size: 10.5pt; line-height: 1.9 }
  .tight p { margin-bottom: 5px } .tight .fold { margin: 9px 0 4px } .tight .field { height: 28px }
  .tight .box { padding: 3px 3px 2px } .tight .box b { font-size: 12.5pt } .tight table { margin: 4px 0 }
  .tight .part { margin: 7px 0 } .tight h3 { font-size: 11pt } .tight .answer { font-size: 12pt }
  .tight .top { margin-bottom: 10px }
}
@media screen and (max-width: 560px) {
  body { font-size: 12pt } .tree { column-gap: 5px } .box { font-size: 8.5pt } .box b { font-size: 12.5pt }
  th, td { padding: 5px 4px } .square td, .pair .square td { width: auto; min-width: 46px; padding: 4px }
  .pair .square th { white-space: normal } .pair > div { min-width: 0 }
  .minutes, .minutes tbody, .minutes tr, .minutes td { display: block; border: 0; padding: 0 }
  .minutes thead { display: none } .minutes tr { padding: 8px 0; border-bottom: 0.75pt solid var(--rule) }
  .minutes td:first-child { font-weight: 600 } .two, .pair { grid-template-columns: 1fr }
}
"""


def page(title: str, sheets: Iterable[str], *, kind: str = "") -> str:
    """Return a whole page; each sheet begins on paper of its own."""
    body = "\n".join(f'<section class="sheet">\n{sheet}\n</section>' for sheet in sheets)
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n{MADE_BY}\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body{_class(kind)}>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


def top(left: str, right: str) -> str:
    """Return the line above a sheet."""
    return f'<div class="top"><strong>{escape(left)}</strong><span>{escape(right)}</span></div>'


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph of plain text."""
    return f"<p{_class(kind)}>{_text(text)}</p>"


def _text(text: str) -> str:
    """Return text with `what is typed` set apart."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def whole_sentence(half: str) -> str:
    """Return half a sentence as one that stands by itself."""
    return f"{half[:1].upper()}{half[1:]}."


def listed(sentences: Iterable[str]) -> str:
    """Return sentences as a list."""
    return "<ul>" + "".join(f"<li>{_text(text)}</li>" for text in sentences) + "</ul>"


def part(title: str, *inner: str) -> str:
    """Return a part that stays together on paper."""
    return f'<div class="part"><h3>{escape(title)}</h3>' + "\n".join(inner) + "</div>"


def pair(left: str, right: str) -> str:
    """Return two pieces side by side, on a narrow screen one below the other."""
    return f'<div class="pair"><div>{left}</div><div>{right}</div></div>'


def field(words: str) -> str:
    """Return an empty field for a number, with what it is a number of."""
    return f'<p class="guess"><span class="field"></span> <span>{escape(words)}</span></p>'


def tree(lesson: Lesson, counts: Counts, *, filled: bool) -> str:
    """Return the tree; to be filled, the two boxes that are asked for are empty."""
    drawn = tree_of(lesson, counts)
    leaves = [_box(leaf, filled=filled) for pair in drawn.leaves for leaf in pair]
    return (
        '<div class="tree">'
        + _box(drawn.top, "root")
        + '<i class="fork wide"></i>'
        + _box(drawn.parts[0], "left")
        + _box(drawn.parts[1], "right")
        + 2 * '<i class="fork half"></i>'
        + "".join(leaves)
        + "</div>"
    )


def _box(box: Box, kind: str = "", *, filled: bool = True) -> str:
    asked = "filled" if filled else "asked"
    classes = " ".join(["box", *([kind] if kind else []), *([asked] if box.asked else [])])
    number = f"{box.count:,}" if filled or not box.asked else ""
    return f'<div class="{classes}"><b>{number}</b>{escape(box.words)}</div>'


def square(lesson: Lesson, counts: Counts, *, filled: bool) -> str:
    """Return the two-by-two with its sums; to be filled, the cells that are asked for are empty."""
    drawn = square_of(lesson, counts)
    heads = "".join(f'<th scope="col">{escape(words)}</th>' for words in (*drawn.columns, "together"))
    rows = []
    for place, (words, *numbers) in enumerate(drawn.lines):
        cells = []
        for column, number in enumerate(numbers):
            kind = ' class="sum"' if column == 2 or place == 2 else ""
            shown = f"{number:,}" if filled or not drawn.is_asked(place, column) else ""
            cells.append(f"<td{kind}>{shown}</td>")
        rows.append(f'<tr><th scope="row">{escape(words)}</th>{"".join(cells)}</tr>')
    return (
        f'<table class="square"><thead><tr><th></th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def own_sentence(lesson: Lesson, counts: Counts | None) -> str:
    """Return the learner's sentence, with gaps, or with what belongs there."""
    words = []
    for piece in lesson.own:
        if isinstance(piece, Blank):
            words.append(f"<b>{piece.answer(counts):,}</b>" if counts else '<span class="gap"></span>')
        else:
            words.append(escape(piece))
    text = spaced(words)
    return f'<p class="own">{text}</p>' if counts is None else f"<p>{text}</p>"


def rows(head: Sequence[str], lines: Iterable[Sequence[str]], *, kind: str = "", caption: str = "") -> str:
    """Return a table of text; numbers stand to the right."""
    heads = "".join(
        f'<th scope="col"{_numeric(kind, place)}>{escape(words)}</th>' for place, words in enumerate(head)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{_numeric(kind, place)}>{escape(cell)}</td>" for place, cell in enumerate(line))
        + "</tr>"
        for line in lines
    )
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table{_class(kind)}>{above}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _numeric(kind: str, place: int) -> str:
    return ' class="n"' if kind == "numbers" and place else ""


_IN_A_LINE: Final = 50
_MANY: Final = 500
"""From so many marks on, twice as many stand in a line, at half the size, for the sheet to hold them."""
_STEP, _TEN, _LINE = 10, 6, 15


def marks(blocks: Iterable[Block], *, named: bool) -> str:
    """Return marks to count, in tens, fifty or a hundred to a line; named, under what they are called."""
    drawn = []
    for block in blocks:
        in_line = _IN_A_LINE if block.count < _MANY else 2 * _IN_A_LINE
        wide = in_line * _STEP + (in_line // 10 - 1) * _TEN
        cells = [(run.mark, run.stopped) for run in block.marks for _ in range(run.count)]
        paths: dict[str, list[str]] = {}
        for place, (mark, stopped) in enumerate(cells):
            line, column = divmod(place, in_line)
            x, y = column * _STEP + column // 10 * _TEN, line * _LINE
            paths.setdefault(str(mark), []).append(_outline(mark, x, y))
            if stopped:
                paths.setdefault("stop", []).append(f"M{x} {y + 10}h8v2h-8z")
        height = max(1, -(-len(cells) // in_line)) * _LINE
        inner = "".join(f'<path class="{kind}" d="{"".join(found)}"/>' for kind, found in paths.items())
        words = escape(block.words if named else "Marks to count")
        drawn.append(
            (f'<p class="soft">{words}</p>' if named else "")
            + f'<svg class="marks" viewBox="-1 -1 {wide} {height}" role="img" aria-label="{words}">'
            f"{inner}</svg>"
        )
    return "".join(drawn)


def _outline(mark: Mark, x: int, y: int) -> str:
    if mark is Mark.RIGHT:
        return f"M{x} {y}h8v8h-8z"
    if mark is Mark.WRONG:
        return f"M{x + 4} {y}l4 8h-8z"
    return f"M{x + 1} {y + 4}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z"


_SIGNS: Final = {Mark.RIGHT: "■", Mark.WRONG: "▲"}


def key(lesson: Lesson) -> str:
    """Return what the marks mean."""
    bar = " &nbsp; a bar under a mark: stopped" if lesson.judged else ""
    marks = [f'<b class="{mark.value}">{sign}</b> {MARK_WORDS[mark]}' for mark, sign in _SIGNS.items()]
    marks += [f"○ {MARK_WORDS[Mark.MISSED]}"] if shows_missed(lesson) else []
    return f'<p class="key">{" &nbsp; ".join(marks)}{bar}</p>'
