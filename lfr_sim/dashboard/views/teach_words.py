"""What a learner says: the guess, the sentence in one's own numbers, and the last question."""

from __future__ import annotations

from decimal import Decimal

from markupsafe import Markup

from lfr_sim.lessons import Blank, claim, perfect_told, scene_of
from lfr_sim.scenario import InputError

from ..learner import Learner, middle, near, whole_number
from .words import counted


def guess_form(learner: Learner, *, again: bool = False) -> Markup:
    """Return the slider with which something is guessed, or the guess that is locked."""
    lesson = learner.lesson
    counts = lesson.counts_again if again else lesson.counts
    locked = (learner.again if again else learner.guesses).get(lesson.number)
    name = "again" if again else "guess"
    if locked is not None:
        return Markup(
            '<p class="teach-locked" id="locked-{}"><b>Your guess: {}.</b> It is locked.</p>'
        ).format(name, guess_told(learner, locked, again=again))
    most = lesson.most(counts)
    proposed = learner.proposed.get(f"{lesson.number}{' again' if again else ''}")
    at = middle(lesson, counts) if proposed is None else proposed
    return Markup(
        '<div class="teach-guess"><label for="{name}">{thing}</label><div class="track"><input '
        'type="range" '
        'id="{name}" data-set="@{name}" min="0" max="{most}" step="1" value="{at}" '
        'aria-valuetext="{at:,} of '
        '{most:,}" style="--at:{share:.1f}%"></div><input type="text" inputmode="numeric" '
        'id="{name}-number" data-set="@{name}" value="{said}" '
        'aria-label="Your guess" autocomplete="off"><span class="muted">0 to {most:,}</span></div>'
    ).format(
        name=name,
        thing=f"How many {lesson.thing}?",
        most=most,
        at=at,
        said="" if proposed is None else f"{at:,}",
        share=100 * at / max(most, 1),
    )


def guess_told(learner: Learner, guess: int, *, again: bool = False) -> str:
    """Return a guess in words: 90 of 110."""
    lesson = learner.lesson
    if lesson.number == 1:
        return f"{guess:,} people"
    return f"{guess:,} of {lesson.most(lesson.counts_again if again else lesson.counts):,}"


def own_words(learner: Learner) -> Markup:
    """Return the sentence with its gaps, and whether it agrees with the picture once all are filled."""
    lesson, counts, parts, agree = learner.lesson, learner.lesson.counts, [], []
    for place, part in enumerate(lesson.own):
        if isinstance(part, Blank):
            wrote = learner.filled.get(f"{lesson.number} gap{place}", "")
            agree.append(None if not wrote else whole_number(wrote) == part.answer(counts))
            parts.append(
                Markup(
                    '<input type="text" inputmode="numeric" id="gap-{0}" data-set="@box gap{0}" '
                    'value="{1}" '
                    'aria-label="Number after: {2}" autocomplete="off" placeholder="?"{3}>'
                ).format(
                    place,
                    wrote,
                    lesson.own[place - 1],
                    Markup(' aria-invalid="true"') if agree[-1] is False else "",
                )
            )
        else:
            parts.append(Markup("<span>{}</span>").format(part))
    if None in agree:
        told = "Fill the gaps from the picture."
    elif all(agree):
        told = "That is what the picture shows. Read it aloud."
    else:
        told = (
            "One number does not agree with the picture: count again."
            if agree.count(False) == 1
            else ("Some numbers do not agree with the picture: count again.")
        )
    return Markup(
        '<section id="own" tabindex="-1"><h2>Say it in your own numbers</h2><p class="teach-own '
        'sentence">{}</p><p class="note" '
        'role="status" id="own-told">{}</p></section>'
    ).format(Markup(" ").join(parts), told)


def last_question(learner: Learner) -> Markup:
    """Return the same question with other numbers, its answer once it is locked, and the tally."""
    lesson, counts = learner.lesson, learner.lesson.counts_again
    body = guess_form(learner, again=True)
    if learner.is_done:
        answer = lesson.guess(counts)
        how = "near" if near(learner.again[lesson.number], answer) else "not near"
        body += Markup(
            '<p id="again-told" tabindex="-1">Expected: <b>{:,}</b>. Your answer was {}.</p>'
        ).format(answer, how)
        body += _tally(learner)
    else:
        body += Markup(
            '<div class="row"><button type="button" data-do="lock-again" id="lock-again">Lock my '
            "answer</button></div>"
        )
    return Markup("<section><h2>The same question, other numbers</h2><p>{}</p>{}</section>").format(
        lesson.asked_again(counts), body
    )


def _tally(learner: Learner) -> Markup:
    done, before, after = learner.tally()
    return Markup(
        '<p class="note" id="tally">Of {}, your first guess was near in {:,} and your last answer in '
        "{:,}. Near is "
        "within a tenth of the answer. Kept in this page only.</p>"
    ).format(counted(done, "lesson"), before, after)


def percentages(learner: Learner) -> Markup:
    """Return the shares of alerts that are right and of faces that alert wrongly, with their wholes."""
    lesson, counts = learner.lesson, learner.counts
    scene = scene_of(lesson.changes)
    if scene.right_share is None:
        share = "Of alerts, the share that is right is undefined: there are no alerts"
    else:
        share = (
            f"Of alerts, {100 * scene.right_share:.1f} % are right ({scene.right:,.1f} of "
            f"{scene.right + scene.wrong:,.1f}, before rounding to whole people)"
        )
    per_face = (
        f"{100 * scene.wrong / counts.people:.2f} %" if scene.wrong >= 0.5 else "fewer than 1 in 10,000"
    )
    return Markup('<p class="note" id="percentages">{}. Of faces, {} set off a wrong alert.</p>').format(
        share, per_face
    )


def two_percentages(learner: Learner) -> Markup:
    """Return an exercise: the same false alerts as a share of all faces and of all alerts."""
    labels = {"false_alerts": "False alerts", "alerts": "of alerts", "faces": "among faces"}
    boxes = Markup("").join(
        Markup(
            '<label for="claim-{0}">{1} <input type="text" inputmode="numeric" id="claim-{0}" '
            'data-set="@claim {0}" '
            'value="{2}" autocomplete="off"></label>'
        ).format(name, words, learner.claimed[name])
        for name, words in labels.items()
    )
    return Markup(
        '<section id="two-percentages"><h2>Two percentages, both true</h2><p>An invented day: change the '
        "numbers.</p>"
        '<div class="row">{}</div>{}</section>'
    ).format(boxes, _claim_told(learner))


def _claim_told(learner: Learner) -> Markup:
    numbers = {name: whole_number(text) for name, text in learner.claimed.items()}
    try:
        found = claim(**{name: -1 if number is None else number for name, number in numbers.items()})
    except InputError as error:
        told = "; ".join(
            f"{learner.claimed[one.path]}: {one.problem} ({one.allowed})" for one in error.faults
        )
        return Markup('<div class="fault" role="alert" id="claim-fault"><p>{}</p></div>').format(told)
    per_face, per_alert = _percent(found.per_face, "faces"), _percent(found.per_alert, "alerts")
    return Markup(
        '<p class="sentence" id="claim-told" role="status">{} false: {} of faces, {} of alerts.</p>'
    ).format(counted(found.false_alerts, "alert"), per_face, per_alert)


def _percent(share: float | None, whole: str) -> str:
    """Return a share to three figures and never as a power of ten."""
    if share is None:
        return f"undefined (no {whole})"
    return f"{Decimal(f'{100 * share:.3g}'):f} %"


def perfect(learner: Learner) -> Markup:
    """Return what stays when the machine makes no mistake at all, once that is asked for."""
    button = Markup(
        '<div class="row"><button type="button" data-do="perfect" id="perfect" aria-expanded="{}">'
        "Make the machine perfect</button></div>"
    ).format("true" if learner.perfect else "false")
    told = Markup("")
    if learner.perfect:
        lines = Markup("").join(Markup("<li>{}</li>").format(line) for line in perfect_told())
        told = Markup('<ul class="teach-list" id="perfect-told">{}</ul>').format(lines)
    return Markup("<section><h2>What stays?</h2>{}{}</section>").format(button, told)


def noticed(learner: Learner) -> Markup:
    """Return what should have been noticed."""
    lines = Markup("").join(Markup("<li>{}</li>").format(line) for line in learner.lesson.notice)
    return Markup('<section><h2>Things to notice</h2><ul class="teach-list">{}</ul></section>').format(
        lines
    )
