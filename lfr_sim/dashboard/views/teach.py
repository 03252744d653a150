"""Teach in one piece: the rail of lessons, the question, the pictures of a step, and what comes next."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from lfr_sim.lessons import LESSONS, STEPS
from lfr_sim.lessons.drawn import MARK_WORDS, Marks, blocks_of

from ..learner import Learner
from . import shapes
from .teach_class import ClassShown, class_panel
from .teach_crowd import brought_together, crowd
from .teach_tree import tree, two_by_two
from .teach_words import (
    guess_form,
    guess_told,
    last_question,
    noticed,
    own_words,
    percentages,
    perfect,
    two_percentages,
)
from .words import counted

IN_CLASS = ("worksheet",)
"""Sheets that a class is offered; the others are the teacher's."""
_SHEETS = {"worksheet": "Worksheet", "answers": "Answers", "lesson-plan": "Lesson plan"}
_PICTURES = Markup('<h2 class="visually-hidden">The pictures</h2>')
_NEXT = ("Lock my guess", "Show the alerts", "Show the count", "Say it in your own words", "Next lesson")


def teach_page(learner: Learner, seed: int, room: ClassShown | None = None) -> Markup:
    """Return the page.

    Args:
        learner: What has been done so far.
        seed: Places of the dots.
        room: The class, in class mode.
    """
    kind = " class" if room is not None else ""
    return Markup(
        '<div class="teach{}"><div class="teach-rail">{}</div><div '
        'class="teach-main">{}{}{}{}{}</div></div>'
    ).format(
        kind,
        _rail(learner, in_class=room is not None),
        _head(learner),
        _step_line(learner),
        _body(learner, seed),
        _foot(learner),
        class_panel(learner, room) if room is not None else "",
    )


_AFRESH = Markup('<br><button type="button" class="link" data-do="afresh" id="afresh">Start again</button>')
"""Not in a class: what has been guessed there stays in its tally, until the whole class begins again."""


def _rail(learner: Learner, *, in_class: bool) -> Markup:
    items = Markup("").join(
        Markup(
            '<li><button type="button" class="link" data-do="lesson" data-value="{0}" data-key="{0}" '
            'id="lesson-{0}"{1}>'
            "<b>{0}</b><span>{2}</span>{3}</button></li>"
        ).format(
            one.number,
            Markup(' aria-current="step"') if one.number == learner.number else "",
            one.name,
            Markup('<span class="teach-done" aria-label="done">\N{CHECK MARK}</span>')
            if one.number in learner.again
            else "",
        )
        for one in LESSONS
    )
    other = (
        Markup('<a href="/teach" data-page id="leave-class">Leave the class</a>')
        if in_class
        else Markup('<a href="/class" data-page id="class-mode">Class mode</a>')
    )
    sheets = Markup("<br>").join(
        Markup(
            '<button type="button" class="link" data-do="download" data-value="{}" id="get-{}">{}</button>'
        ).format(name, name.rpartition("-")[2], words)
        for name, words in _SHEETS.items()
        if name in IN_CLASS or not in_class
    )
    return Markup(
        '<nav aria-label="Lessons"><p class="note">Five lessons, 50 minutes</p><ol>{}</ol></nav>'
        "<p>{}<br>{}{}</p>"
    ).format(items, other, sheets, "" if in_class else _AFRESH)


def _head(learner: Learner) -> Markup:
    lesson = learner.lesson
    return Markup(
        '<h1>Lesson {}: {}</h1><p class="sentence" id="question">{}</p><p class="teach-lead">{}</p>'
    ).format(lesson.number, lesson.name, lesson.headline, lesson.lead(lesson.counts))


def _step_line(learner: Learner) -> Markup:
    items = Markup("").join(
        Markup('<li class="{}"{}><span>{} {}</span></li>').format(
            "done" if number < learner.step else "now" if number == learner.step else "later",
            Markup(' aria-current="step"') if number == learner.step else "",
            number,
            words,
        )
        for number, words in enumerate(STEPS, start=1)
    )
    return Markup(
        '<ol class="teach-steps" id="steps" tabindex="-1" aria-label="Steps of this lesson">{}</ol>'
    ).format(items)


def _body(learner: Learner, seed: int) -> Markup:
    if learner.step == 1:
        return Markup('<section class="teach-first">{}</section>').format(guess_form(learner))
    parts = [_pictures(learner, seed)]
    if learner.step == 3:
        parts += [_task(learner.lesson.task(learner.counts)), _tree(learner, open_boxes=True)]
    if learner.step >= 4:
        parts.append(_told(learner))
        parts += [_dial(learner)] if learner.step == 4 else []
        parts += [_tree(learner, open_boxes=False), two_by_two(learner.lesson, learner.counts)]
    if learner.step == 5:
        parts += [own_words(learner), last_question(learner), noticed(learner), percentages(learner)]
        parts += [two_percentages(learner)] if learner.number == 2 else []
        parts += [perfect(learner)] if learner.number == 5 else []
    return Markup("").join(parts)


def _tree(learner: Learner, *, open_boxes: bool) -> Markup:
    filled, moved = learner.filled, learner.is_moved
    return tree(learner.lesson, learner.counts, filled, open_boxes=open_boxes, is_moved=moved)


def _pictures(learner: Learner, seed: int) -> Markup:
    counts = learner.counts
    shown = learner.step > 2
    field = Markup(
        '<figure><h3>10,000 people, one dot each</h3>{}<figcaption class="note">{}</figcaption></figure>'
    ).format(
        crowd(counts, seed, alerts=shown),
        _dark(learner) if shown else _unseen(learner),
    )
    if not shown:
        return Markup('{}<div class="teach-pair">{}</div>').format(_PICTURES, field)
    zoom = Markup(
        '<svg class="teach-zoom" viewBox="0 0 56 440" aria-hidden="true"><path class="fill-none '
        'stroke-kerb" '
        'd="M6 30L50 56M6 470L50 462"/></svg>'
    )
    return Markup('{}<div class="teach-pair">{}{}{}</div>').format(_PICTURES, field, zoom, _alerts(learner))


def _dark(learner: Learner) -> str:
    """Return what the dark dots are; their number is left open where it is to be counted."""
    if learner.number == 1 and learner.step == 3:
        return "The dark dots set off an alert."
    return f"{counted(learner.counts.alerts, 'dark dot')} set off an alert."


def _unseen(learner: Learner) -> str:
    listed = learner.counts.listed
    if not listed:
        return "None of them is on the list."
    return f"{listed:,} of them are on the list. You cannot see which."


def _alerts(learner: Learner) -> Markup:
    counts, guess = learner.counts, learner.guesses[learner.number]
    yours = guess_told(learner, guess)
    parts = []
    for place, block in enumerate(blocks_of(learner.lesson, counts)):
        told = f"{block.words}: " + ", ".join(f"{part.count:,} {_mark_words(part)}" for part in block.marks)
        own = guess if block.guessed else None
        is_open = learner.number == 1 and learner.step == 3
        heading = Markup("<h3>{}</h3>").format("The alerts, brought together" if is_open else block.words)
        if block.guessed:
            heading += Markup('<p class="teach-yours">Your guess: {}</p>').format(yours)
            told += f"; your guess: {yours}"
        parts.append(heading + brought_together(block, f"teach-block-{place}", own, told))
    return Markup("<figure>{}<figcaption>{}</figcaption></figure>").format(
        Markup("").join(parts), _key(learner)
    )


def _mark_words(part: Marks) -> str:
    words = MARK_WORDS[part.mark]
    return f"{words}, stopped" if part.stopped else words


def _key(learner: Learner) -> Markup:
    blocks = blocks_of(learner.lesson, learner.counts)
    parts = {part.mark: part for block in blocks for part in block.marks if part.count}
    items = [
        Markup("<li>{}{}</li>").format(shapes.inline(mark.value), _mark_words(replace(part, stopped=False)))
        for mark, part in parts.items()
    ]
    if learner.lesson.judged:
        items.append(Markup("<li><b>\N{EN DASH}</b> under a mark: stopped</li>"))
    return Markup('<ul class="teach-key">{}</ul>').format(Markup("").join(items))


def _task(words: str) -> Markup:
    return Markup('<p class="teach-task serif">{}</p>').format(words)


def _told(learner: Learner) -> Markup:
    """Return what the count shows: in the lesson's words, or, where the dial was moved, in plain counts."""
    lesson, counts = learner.lesson, learner.counts
    if not learner.is_moved:
        return Markup(
            '<p class="teach-task serif" id="count-told" tabindex="-1" aria-live="polite">{}</p>'
        ).format(lesson.told(counts))
    told = (
        f"{counted(counts.alerts, 'alert')}: {counts.right:,} right, {counts.wrong:,} wrong.".capitalize()
    )
    if counts.listed:
        told += f" Of {counted(counts.listed, 'listed person', 'listed people')}, {counts.missed:,} missed."
    if lesson.judged:
        told = _stops_told(learner)
    return Markup(
        '<p class="teach-task serif" id="count-told" tabindex="-1" aria-live="polite">{}</p>'
    ).format(told)


def _more(spared: int, one: str, many: str) -> str:
    """Return `56 fewer mistaken stops`, or more."""
    return f"{abs(spared):,} {'fewer' if spared > 0 else 'more'} {one if abs(spared) == 1 else many}"


def _stops_told(learner: Learner) -> str:
    now, before = learner.counts, learner.lesson.counts
    spared, lost = before.stopped_wrong - now.stopped_wrong, before.stopped_right - now.stopped_right
    told = [
        f"{now.stopped_wrong:,} stopped by mistake, and {now.stopped_right:,} of {now.listed:,} listed "
        f"people."
    ]
    told += [f"Same crowd: {_more(spared, 'mistaken stop', 'mistaken stops')}."] if spared else []
    if lost:
        people = counted(abs(lost), "listed person", "listed people")
        told.append(f"{people} {'more walk on' if lost > 0 else 'more stopped'}.")
    return " ".join(told)


def _dial(learner: Learner) -> Markup:
    dial, at = learner.lesson.dial, learner.dial
    reset = (
        Markup(
            '<button type="button" class="link" data-do="dial-back" id="dial-back">Back to {}</button>'
        ).format(dial.told(learner.lesson.start))
        if learner.is_moved
        else Markup("")
    )
    return Markup(
        '<div class="teach-dial"><label for="dial">{label}: <b>{told}</b></label><div class="track">'
        '<input type="range" id="dial" data-set="@dial" min="{low:g}" max="{high:g}" step="{step:g}" '
        'value="{at:g}" aria-valuetext="{told}" style="--at:{share:.1f}%"></div>'
        '<p class="note">{task} {reset}</p></div>'
    ).format(
        label=dial.label,
        told=dial.told(at),
        low=dial.low,
        high=dial.high,
        step=dial.step,
        at=at,
        share=100 * (at - dial.low) / (dial.high - dial.low),
        task=learner.lesson.try_this,
        reset=reset,
    )


def _foot(learner: Learner) -> Markup:
    last = learner.step == len(STEPS)
    words = _NEXT[learner.step - 1]
    if learner.step == 1 and learner.is_locked:
        words = "Show the crowd"
    after = (
        ""
        if last and learner.number == len(LESSONS)
        else Markup('<button type="button" class="main" data-do="next"{} id="next">{}</button>').format(
            "" if learner.step == 1 and not learner.is_locked else Markup(' data-key="Space"'), words
        )
    )
    back = Markup('<button type="button" data-do="back" data-key="ArrowLeft" id="back">Back</button>')
    keys = Markup(
        '<button type="button" class="link" data-do="keys" id="keys" aria-pressed="{}">Keys: Space next, '
        "\N{LEFTWARDS ARROW} back, "
        "1 to 5 lessons ({})</button>"
    ).format("true" if learner.keys else "false", "on" if learner.keys else "off")
    note = (
        ""
        if learner.step >= 4
        else Markup('<p class="note">No percentages yet: stay with counts of people.</p>')
    )
    return Markup('<div class="teach-foot"{}><div class="row">{}{}{}</div>{}</div>').format(
        Markup(" data-keys") if learner.keys else "",
        back if learner.step > 1 or learner.number > 1 else "",
        after,
        keys,
        note,
    )


def teach_help(*, in_class: bool) -> Markup:
    """Return how the lessons are used, by mouse and by keyboard."""
    kept = "What you guess and write stays in this page and is gone when it is closed."
    if in_class:
        kept = (
            "Guesses are shown to the class, without names, and forgotten when the program stops. "
            "What you write into boxes stays in this page."
        )
    return Markup(
        '<section id="help" tabindex="-1"><h2>Help and keyboard</h2><div class="help-columns"><div>'
        "<p>Guess first. A guess that is locked stays drawn beside the answer.</p>"
        "<p>Counts are what the model expects of 10,000 people, rounded to whole people. Everybody is "
        "seen and "
        "compared once, all groups are alike, and officers find whom they look for.</p>"
        "<p>{}</p></div><dl>"
        "<div><dt>Tab, Enter</dt><dd>to the next button or box; press it</dd></div>"
        "<div><dt>Arrow keys</dt><dd>move a slider</dd></div>"
        "<div><dt>Space</dt><dd>the next step, where keys are switched on, from a slider too; in a box it "
        "is a space, on a button it presses that</dd></div>"
        "<div><dt>\N{LEFTWARDS ARROW}, 1 to 5</dt><dd>back; a lesson, "
        "likewise</dd></div></dl></div></section>"
    ).format(kept)
