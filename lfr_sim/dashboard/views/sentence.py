"""The sentence at the top of a page: one day in counts that add up, and the line of its spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lfr_sim.dashboard.days import FEW_DAYS, Days

from .shapes import Meaning, inline
from .words import Counts, between, counted, expected, noun, rounded, whole

TYPICAL = "On a typical day"
_CLASSES: Final[dict[Meaning, str]] = {
    "right": "right",
    "wrong": "wrong",
    "missed": "missed",
    "mistaken": "stopped",
}
_SHORT = 16
"""Characters that are kept on one line with their mark; more would not fit a phone."""


def day_sentence(
    record: Counts, truth: Counts, *, opening: str = TYPICAL, teams: int | None = None
) -> Markup:
    """Return the sentence of one day: faces, alerts, right and wrong ones, stops and mistaken stops.

    Right and wrong are what was so, not what the force says.

    Args:
        record: The day's record row.
        truth: The day's row of truths.
        opening: How the sentence begins; the default is true of the day nearest the middle only.
        teams: Teams of officers on duty; 0 says that nobody is there to stop anybody.
    """
    right, wrong = int(truth["true_alerts"]), int(truth["false_alerts"])
    faces = int(record["faces"])
    if not right + wrong:
        return _sentence(_no_alert(record, opening if record["watchlist_size"] else ""))
    first = Markup("{} {} {}{}.").format(
        opening, _raising(faces), counted(right + wrong, "alert"), _alert_parts(right, wrong)
    )
    return _sentence(first + " " + _stops(truth, teams))


def opening_of(done: int, asked: int, *, is_middle: bool) -> str:
    """Return how the sentence of a day begins; where days are missing, with how many there are.

    Args:
        done: Days simulated.
        asked: Days asked for.
        is_middle: Whether the day is the one nearest the middle of those simulated, as it was.
    """
    if done >= asked:
        return TYPICAL if is_middle else "On the day shown"
    day = "it" if done == 1 else "a typical one of them" if is_middle else "the day shown"
    return f"Of {asked:,} days {done:,} {'is' if done == 1 else 'are'} simulated; on {day}"


def predicted_sentence(record: Counts, truth: Counts, *, asked_for: bool = False) -> Markup:
    """Return the sentence of expected counts, which are averages: no sum is named that would not add.

    Args:
        record: Expected record row.
        truth: Expected row of truths.
        asked_for: Whether stops are those asked for, which teams are too few to make.
    """
    right, wrong = truth["true_alerts"], truth["false_alerts"]
    stops, mistaken = truth["engagements"], truth["wrongful_engagements"]
    if not right + wrong:
        return _sentence(_no_alert(record, "Predicted:"))
    alerts = Markup("{} and {} {} a day").format(
        _coloured("right", f"{expected(right)} right"),
        _coloured("wrong", f"{expected(wrong)} wrong"),
        noun(wrong, "alert"),
    )
    if not stops:
        return _sentence(Markup("Predicted: {}, nobody stopped.").format(alerts))
    people = f"{expected(stops)} {noun(stops, 'person', 'people')} {_stopped(asked_for=asked_for)}"
    said = f"{expected(mistaken)} by mistake"
    if stops < 0.5:
        return _sentence(Markup("Predicted: {}, {}.").format(alerts, people))
    errors = _coloured("mistaken", said) if mistaken else Markup("nobody by mistake")
    return _sentence(Markup("Predicted: {}, {}, {}.").format(alerts, people, errors))


def running_sentence(done: int, record: Counts | None = None, truth: Counts | None = None) -> Markup:
    """Return the sentence while days are being simulated.

    Args:
        done: Days finished.
        record: Record row of the day nearest the middle so far; None before the first.
        truth: Its row of truths.
    """
    if not done or record is None or truth is None:
        return _sentence(Markup("The first day is on its way."))
    mistaken = int(truth["wrongful_engagements"])
    errors = (
        _coloured("mistaken", f"{mistaken:,} stopped by mistake")
        if mistaken
        else Markup("nobody stopped by mistake")
    )
    alerts = counted(record["alerts"], "alert")
    text = Markup("So far {}; a typical one has {}, {}.")
    return _sentence(text.format(counted(done, "day"), alerts, errors))


def spread_line(days: Days, record: Mapping[str, float | None]) -> Markup:
    """Return the muted line under the sentence: how days differ, and what a police record says.

    Args:
        days: The days, simulated or predicted.
        record: Alerts, true and false, as the police record has them: what was published, or the record
            row of the day. None is not known; without a number of alerts, nothing is said.
    """
    parts = [part for part in (_spread(days), _record_words(record)) if part]
    return Markup('<p class="spread">{}</p>').format(" ".join(parts)) if parts else Markup("")


def _sentence(text: Markup) -> Markup:
    return Markup('<p class="sentence">{}</p>').format(text.strip())


def _raising(faces: float) -> str:
    """Return the subject and the verb."""
    return f"{counted(faces, 'face')} {noun(faces, 'raises', 'raise')}"


def _no_alert(record: Counts, opening: str) -> Markup:
    empty = "" if record["watchlist_size"] else ("w" if opening else "W") + "ith nobody on the list"
    faces = record["faces"]
    if not faces:
        nobody = f"{empty} and no face compared" if empty else "no face is compared with the list"
        return Markup("{} {}, {} is no alert.").format(opening, nobody, "there" if empty else "so there")
    begin = f"{opening} {empty}, " if empty else f"{opening} "
    return Markup("{}{} no alert.").format(begin.lstrip(), _raising(faces))


def _coloured(meaning: Meaning, text: str) -> Markup:
    """Return words with their mark, which stays on the line of the first of them."""
    if len(text) <= _SHORT:
        inside = Markup('<span class="sentence-keep">{}{}</span>').format(inline(meaning), text)
    else:
        first, _, rest = text.partition(" ")
        inside = Markup('<span class="sentence-keep">{}{}</span> {}').format(inline(meaning), first, rest)
    return Markup('<span class="{}">{}</span>').format(_CLASSES[meaning], inside)


def _alert_parts(right: int, wrong: int) -> Markup:
    if right + wrong == 1:
        kind: Meaning = "right" if right else "wrong"
        return Markup(", and it is {}").format(_coloured(kind, kind))
    rights = _coloured("right", f"{right:,} right") if right else Markup("none right")
    wrongs = _coloured("wrong", f"{wrong:,} wrong") if wrong else Markup("none wrong")
    return Markup(": {} and {}").format(rights, wrongs)


def _stops(truth: Counts, teams: int | None) -> Markup:
    stops, mistaken = int(truth["engagements"]), int(truth["wrongful_engagements"])
    if not stops:
        nobody = "No officers are there to stop anybody." if teams == 0 else "Officers stop nobody."
        return Markup(nobody)
    people = counted(stops, "person", "people")
    if not mistaken:
        end = Markup("nobody by mistake") if stops > 1 else Markup("not by mistake")
    elif stops == 1:
        end = _coloured("mistaken", "by mistake")
    elif mistaken == stops:
        end = _coloured("mistaken", f"{'both' if stops == 2 else f'all {stops:,}'} by mistake")
    else:
        end = _coloured("mistaken", f"{mistaken:,} by mistake")
    return Markup("Officers stop {}, {}.").format(people, end)


def _spread(days: Days) -> str:
    if not len(days):
        return ""
    if len(days) == 1:
        return "This is one day; others differ."
    alerts = between(*days.nine_in_ten("record.alerts"), "alert")
    low, high = days.nine_in_ten("truth.wrongful_engagements")
    errors = "nobody" if not rounded(high) else between(low, high, "person", "people")
    whose = "Nine days in ten" if len(days) >= FEW_DAYS else f"The {len(days)} days"
    verb = "would bring" if days.are_predicted else "bring"
    stopped = _stopped(asked_for=days.stops_are_asked_for)
    return f"{whose} {verb} {alerts} and {errors} {stopped} by mistake."


def _stopped(*, asked_for: bool) -> str:
    return "to be stopped" if asked_for else "stopped"


def _record_words(record: Mapping[str, float | None]) -> str:
    alerts, true, false = (record[name] for name in ("alerts", "true_alerts", "false_alerts"))
    if alerts is None:
        return ""
    begin = f"The police record of the day: {counted(alerts, 'alert')}"
    if not alerts:
        return f"{begin}."
    if true is None or false is None:
        return f"{begin}; how many of them were true is not known."
    return f"{begin}, {whole(true)} true and {whole(false)} false."
