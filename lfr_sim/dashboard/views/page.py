"""What pages have around them: the bar, faults, progress, run and share, help; and choices and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from lfr_sim.figures.words import capital
from lfr_sim.scenario import Fault

from ..state import LARGEST_UPLOAD_BYTES
from .fault_words import fault_at, fault_told
from .words import number_word

if TYPE_CHECKING:
    from ..runs import Progress

PAGE_WORDS = {"explore": "Explore", "compare": "Compare", "teach": "Teach", "evidence": "Evidence"}


def bar(page: str, links: Mapping[str, str]) -> Markup:
    """Return the bar with the pages.

    Args:
        page: The page that is shown.
        links: Page -> its address with the visitor's state.
    """
    items = Markup("").join(
        Markup('<a href="{}" data-page id="nav-{}"{}>{}</a>').format(
            links[name], name, Markup(' aria-current="page"') if name == page else "", word
        )
        for name, word in PAGE_WORDS.items()
        if name in links
    )
    return Markup(
        '<a class="skip" href="#content">To the content</a><header class="bar"><div>'
        '<a class="name" href="/" data-page id="nav-home">lfr-sim</a><nav aria-label="Pages">{}</nav>'
        '<a class="help" href="#help" id="nav-help">Help and keyboard</a></div></header>'
    ).format(items)


def faults_told(faults: Sequence[Fault], *, keep: str = "Keep the last good state") -> Markup:
    """Return everything that is wrong with what was asked, each with its value and what is allowed."""
    if not faults:
        return Markup("")
    count = "One value cannot" if len(faults) == 1 else f"{capital(number_word(len(faults)))} values cannot"
    items = Markup("").join(Markup("<li>{}</li>").format(fault_told(fault)) for fault in faults[:12])
    more = Markup("<li>and {} more</li>").format(len(faults) - 12) if len(faults) > 12 else ""
    return Markup(
        '<div class="fault" role="alert" id="faults" tabindex="-1"><p><b>{} be used.</b></p><ul>{}{}</ul>'
        '<div class="row"><button type="button" data-do="keep" id="keep">{}</button></div></div>'
    ).format(count, items, more, keep)


def failed_told(problem: str) -> Markup:
    """Return why a run broke off; nothing where none did."""
    if not problem:
        return Markup("")
    return Markup('<div class="fault" role="alert"><p>{}</p></div>').format(problem)


def run_told(progress: Progress) -> Markup:
    """Return how far a run has got, with the button that stops it and keeps what is there."""
    if progress.state not in ("waiting", "running"):
        return Markup("")
    done, asked = progress.done_days, progress.asked_days
    left = "" if progress.seconds_left is None else f", about {_seconds(progress.seconds_left)} left"
    text = f"{done:,} of {asked:,} days{left}"
    if progress.state == "waiting":
        text = f"Others are first: place {progress.place_in_line} in line"
    return Markup(
        '<div class="running" id="running"><progress max="{}" value="{}" aria-label="Days simulated">'
        '</progress><div class="row"><span>{}</span><button type="button" data-do="stop" id="stop">'
        "Stop here</button></div></div>"
    ).format(asked, done, text)


def share_row(command: str, *, buttons: Mapping[str, str], said: str = "") -> Markup:
    """Return the buttons that carry a state elsewhere.

    Args:
        command: The command line that gives the same result.
        buttons: What is downloaded -> the button's words.
        said: What has just been done, in a line.
    """
    downloads = Markup("").join(
        Markup(
            '<button type="button" data-do="download" data-value="{0}" id="get-{0}">{1}</button>'
        ).format(name, words)
        for name, words in buttons.items()
    )
    return Markup(
        '<div class="row share"><button type="button" data-copy="" data-do="copied" data-value="link" '
        'id="copy-link">Copy link</button><button type="button" data-copy="{0}" data-do="copied" '
        'data-value="command" id="copy-command">Command</button>{1}</div>'
        '<p class="note" role="status" id="said">{2}</p>'
    ).format(command, downloads, said)


def run_button(name: str, days: int, done: int = 0, *, busy: bool) -> Markup:
    """Return the button that runs the days.

    Args:
        name: Its id; a page may have it in two places.
        days: How many days a run has.
        done: How many of them are there; a run goes on from them.
        busy: Whether a run is under way.
    """
    return Markup('<button type="button" class="main" data-do="run" id="{}"{}>Run {} days</button>').format(
        name,
        Markup(" disabled") if busy else "",
        f"the other {days - done:,}" if 0 < done < days else f"{days:,}",
    )


def foot(
    days: int,
    seed: int,
    agreement: str,
    share: Markup,
    *,
    busy: bool,
    done: int = 0,
    opens: bool = True,
    refused: Mapping[str, Sequence[Fault]] | None = None,
) -> Markup:
    """Return what stands at the foot: run, and share.

    Args:
        days: How many days a run has.
        seed: Its root seed.
        agreement: How near closed form and days come, or what has to be run first; may be empty.
        share: The buttons that carry the state elsewhere.
        busy: Whether a run is under way.
        done: How many of its days are there; a run goes on from them.
        opens: Whether a scenario file can be opened here.
        refused: What was typed last and cannot be used: what is set -> what is wrong.
    """
    run = run_button("run", days, done, busy=busy)
    boxes, said = Markup(""), Markup("")
    for name, value in (("days", days), ("seed", seed)):
        tied, told = fault_at((refused or {}).get(f"@{name}", ()), name)
        boxes += Markup(
            '<label class="seed" for="{0}">{0} <input type="text" inputmode="numeric" id="{0}" '
            'data-set="@{0}" value="{1}" autocomplete="off"{2}></label>'
        ).format(name, value, tied)
        said += told
    return Markup(
        '<section class="foot" aria-label="Run and share"><div><div class="row">{}{}</div>{}'
        '<p class="note">{}</p></div><div>{}<div class="row">{}</div></div></section>'
    ).format(run, boxes, said, agreement, share, upload("upload", "Open a scenario file") if opens else "")


def upload(name: str, words: str, letter: str = "") -> Markup:
    """Return the button that opens a scenario file.

    Args:
        name: Its id.
        words: What it says.
        letter: The policy that the file becomes; "" for the one of the page.
    """
    return Markup(
        '<label class="upload" for="{0}">{1} <input type="file" id="{0}" accept=".toml" data-upload="{2}" '
        'data-value="{3}"></label>'
    ).format(name, words, LARGEST_UPLOAD_BYTES, letter)


def options(names: Mapping[str, str], chosen: str) -> Markup:
    """Return the options of a choice, by name, one of them chosen."""
    return Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            name, Markup(" selected") if name == chosen else "", words
        )
        for name, words in names.items()
    )


def help_text() -> Markup:
    """Return how the pages are used, by mouse and by keyboard."""
    return Markup(
        '<section id="help" tabindex="-1"><h2>Help and keyboard</h2><div class="help-columns"><div>'
        "<p>Move a setting: the numbers that it changes are told at once as a prediction, from "
        "formulas (in closed form) rather than walks. It is on the high side: some people come back, and "
        "on a crowded street officers find fewer of those they look for, so on 16 July 2022 a fifth "
        "fewer are stopped and arrested; where teams are too few, far fewer, and the page says so. "
        "Before they are simulated, days are drawn around it, from the seed. The plan and the table keep "
        "the last simulated days until you run new ones.</p>"
        "<p>A count is of one simulated day, the typical one, so that its parts add up: of all days the "
        "one whose counts are nearest the middle. Under it stands how far nine days in ten spread.</p>"
        "<p>The address of the page holds all you have set: copy it, keep it, send it.</p></div><dl>"
        "<div><dt>Tab</dt><dd>to the next button, box or slider</dd></div>"
        "<div><dt>Arrow keys</dt><dd>move a slider; on the time line, to the next alert</dd></div>"
        "<div><dt>Space</dt><dd>plays and pauses the street</dd></div>"
        "<div><dt>Enter</dt><dd>presses a button, or sets what a box holds</dd></div></dl></div></section>"
    )


def _seconds(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"


def broken() -> Markup:
    """Return what stands where a page has failed: a sentence and a way back, never a trace."""
    return Markup(
        '<main class="lfr-page"><div class="fault" role="alert"><p><b>This page failed, and that is our '
        "mistake.</b> It is written in the log of the program. What you have set is in the address.</p>"
        '<div class="row"><button type="button" data-do="again" id="again">Try again</button>'
        '<a class="button" href="/" data-page>Start afresh</a></div></div></main>'
    )
