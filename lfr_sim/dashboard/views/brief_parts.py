"""What every brief has: the page round it, its head, how it is made again, and where it comes from."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from lfr_sim.figures.words import listed
from lfr_sim.scenario import Scenario

from ..compared import ComparedArm
from ..state import Changes
from .brief_style import style
from .words import counted, days_told

_LONGEST_TITLE: Final = 240
"""Characters of a title that are printed."""

ORIGIN: Final = "{{origin}}"
"""Stands for where the dashboard runs: the page that saves a brief knows, and fills it in."""

_LONGEST_ADDRESS: Final = 280
"""A longer one would fill the sheet."""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; font-src data:"
"""Tells the browser to fetch nothing, whatever stands in the page."""


def page(title: str, body: Markup, kind: str) -> str:
    """Return a whole page that opens from disk and asks for nothing.

    Args:
        title: What the window is called.
        body: Everything on the sheet.
        kind: "explore", "compare", "several" or "much", each printed at a size of its own.
    """
    return str(
        Markup(
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/><title>{}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
            '<meta http-equiv="Content-Security-Policy" content="{}"/>'
            '<style>{}</style></head>\n<body><main class="lfr brief brief-{}">{}</main></body></html>\n'
        ).format(title, _POLICY, Markup(style()), kind, body)
    )


def top(today: datetime.date) -> Markup:
    """Return the line at the top: what made this, that nobody in it is real, and the date."""
    return Markup(
        '<header><p><b class="serif">lfr-sim</b> A simulation, not a record of any real person</p>'
        '<p><time datetime="{}">{} {:%B %Y}</time></p></header>'
    ).format(today.isoformat(), today.day, today)


def again(command: str, told: Sequence[str], address: str) -> Markup:
    """Return how this is made again.

    Args:
        command: The command line.
        told: Sentences on what it gives and does not give.
        address: The link to this state: path and query, behind `ORIGIN` or an address.
    """
    return Markup(
        '<section><h2>Make it again</h2><pre class="brief-command">{}</pre>'
        '<p class="brief-note">{}</p></section>'
    ).format(command, Markup(" ").join([*map(Markup.escape, told), _link(address)]))


def made_with(made: Mapping[str, Any], digests: Mapping[str, str]) -> str:
    """Return versions, commit and digests in a sentence.

    Args:
        made: What `lfr_sim.study.replicates.provenance` says.
        digests: What has a digest -> the digest.
    """
    commit = made.get("commit")
    parts = [f"lfr-sim {made['version']}"]
    parts += [f"commit {str(commit)[:8]}"] if commit else []
    parts += [f"{name} digest {digest}" for name, digest in digests.items()]
    parts += [f"Python {made['python']}", f"NumPy {made['numpy']}", f"Mesa {made['mesa']}"]
    return f"{', '.join(parts)}."


def shortened(words: str, longest: int = _LONGEST_TITLE) -> str:
    """Return words of a length that a sheet has room for: cut, if there are more, at the end of one."""
    if len(words) <= longest:
        return words
    kept = words[: longest - 2]
    return f"{kept.rpartition(' ')[0] or kept} …"


def headline(scenario: Scenario, shipped: Scenario, changes: Changes) -> str:
    """Return what the sheet is about: the shipped scenario's title, and what has been made of it.

    A title of the visitor's own stands before it, in quotation marks.
    """
    place, now = (one.site.layout.replace("_", " ").title() for one in (shipped, scenario))
    title = shortened(shipped.title or place)
    about = f" at {title}" if title.startswith(place) else f": {title}"
    if scenario.title and scenario.title != shipped.title:
        about = f": “{shortened(scenario.title)}”, made from {title}"
    moved = f", moved to {now}" if now != place else ""
    changed = f", with {counted(len(changes), 'setting')} changed" if changes else ""
    return f"Live facial recognition{about}{moved}{changed}"


def part_told(done: int, asked: int) -> list[str]:
    """Return how many of the days of a run a sheet tells of; nothing where none is missing."""
    if done >= asked:
        return []
    first = f"the first {done:,} are" if done > 1 else "the first is"
    why = "the run was stopped, was of fewer days, or had not ended"
    return [
        f"Of {asked:,} days {first} simulated: {why}. The command gives no others; the link asks for all."
    ]


def about(arms: Sequence[ComparedArm], shipped: Sequence[Scenario], seed: int, asked: int = 0) -> str:
    """Return place and date of what is compared, how many days, and the seed.

    Args:
        arms: The policies with their days.
        shipped: By policy, the shipped scenario that it was made from.
        seed: Of all days.
        asked: Days of the run; where it has more than are simulated, that is said.
    """
    what, letters = "Live facial recognition", dict[str, list[str]]()
    for arm, plain in zip(arms, shipped, strict=True):
        letters.setdefault(headline(arm.scenario, plain, ()), []).append(arm.letter)
    where = next(iter(letters))
    if len(letters) > 1:
        each = (f"{listed(under)}{head.removeprefix(what)}" for head, under in letters.items())
        where = f"{what}. {'; '.join(each)}"
    told = f"{where}. {days_told(arms[0].days, seed)} under each policy."
    return " ".join([told, *part_told(len(arms[0].days), asked)])


def _link(address: str) -> Markup:
    link = Markup('<a class="brief-address" href="{}">{}</a>')
    if len(address) > _LONGEST_ADDRESS:
        words = Markup("The {} opens in the dashboard while that runs; it is too long to print.")
        return words.format(link.format(address, "link to this state"))
    words = Markup("This opens the same state, while the dashboard runs that saved it: {}")
    return words.format(link.format(address, address))
