"""One alert told in a few short steps: what the camera saw, who judged, what officers did, what is kept.

A story says what was so, also where nobody knew it; its last step says what a record makes of that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lfr_sim.figures.words import count_of
from lfr_sim.records import Alert, Cooperation, Disposal, Outcome, Step
from lfr_sim.scenario import Officers, Scenario
from lfr_sim.street.site import Site

from .views.words import clock_time

WRITTEN = "Written down as"
"""Head of the last step."""

_OFFENCES = {
    "drugs": "for a drug offence",
    "failure_to_appear": "for failing to appear in court",
    "violence": "for violence",
    "other": "for another offence",
}
_Clock = Callable[[float | None], str]
_LEAST_WAIT_S = 1.0
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One step of a story."""

    when: str
    """Clock time and where, such as `15:02:16, camera 2`."""
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """What became of one alert, in words."""

    alert: int
    steps: tuple[StoryStep, ...]
    """Three, or four where a team was sent; the last is what is written down."""
    label: tuple[str, ...]
    """Short lines for the place of the alert on a plan."""
    stop_label: tuple[str, ...]
    """Short lines for the place of the stop; empty without one."""

    @property
    def one_line(self) -> str:
        """The label in one line."""
        return " ".join(self.label)


def story_of(
    alert: Alert, judged: Sequence[Step], scenario: Scenario, site: Site, *, taken_off: bool = False
) -> Story:
    """Return the story of an alert of a day that is over.

    Args:
        alert: The alert.
        judged: What decided among those who judge and the officers, as `Response.steps` or
            `Explanation.response` gives it.
        scenario: What was simulated.
        site: Where.
        taken_off: Whether the person's own entry was taken off the list before the deployment.
    """
    clock = _clock(scenario)
    officers = scenario.officers
    steps = [
        StoryStep(
            f"{clock(alert.time_s)}, {_camera(alert, site)}", _seen(alert, scenario, taken_off=taken_off)
        ),
        StoryStep(f"{clock(alert.decided_s)}, judgement", _judged(alert, judged, officers)),
    ]
    if alert.team is not None:
        when = alert.ended_s if alert.contact_s is None else alert.contact_s
        steps.append(StoryStep(f"{clock(when)}, team {alert.team + 1}", _met(alert, site, officers)))
    steps.append(StoryStep(WRITTEN, written(alert)))
    score, threshold = _score(alert.score, scenario.matcher.threshold)
    label = (f"{clock(alert.time_s)} Alert", f"Score {score}, threshold {threshold}.", _who(alert))
    return Story(alert.alert, tuple(steps), label, _stop_label(alert, clock))


def written(alert: Alert) -> str:
    """Return what the record says of an alert, and then what it does not, where that is another thing.

    The record counts as `lfr_sim.tally` does: dismissed as false, not answered or not found as true, and
    whoever was stopped as what they turned out to be.
    """
    if alert.outcome is not Outcome.ENGAGED:
        counted = alert.outcome is not Outcome.DISMISSED
        text = f"{'True' if counted else 'False'} alert, not engaged."
        if counted is alert.candidate_is_mate:
            return text
        return f"{text} In truth it was {'the person' if alert.candidate_is_mate else 'somebody else'}."
    ended = {
        Disposal.ARREST: "Arrest.",
        Disposal.OTHER: "No arrest, another action.",
        Disposal.NONE: "No arrest.",
    }
    verdict = "True" if alert.right_person else "False"
    return f"{verdict} alert, engaged. {ended[alert.disposal or Disposal.NONE]}"


def _clock(scenario: Scenario) -> _Clock:
    """Return what tells the hour of a time of the deployment."""
    start_hour = scenario.deployment.start_hour
    return lambda time_s: clock_time(start_hour, time_s or 0.0)


def _camera(alert: Alert, site: Site) -> str:
    """Return which camera it was: its number at its van, and the van where there are several."""
    van = next(number for number, place in enumerate(site.vans) if place.id == alert.van)
    at_van = [zone.camera for zone in site.zones if zone.van == van]
    name = f"camera {at_van.index(alert.camera) + 1}"
    return name if len(site.vans) == 1 else f"van {alert.van}, {name}"


def _score(score: float, threshold: float) -> tuple[str, str]:
    """Return a score and the threshold in as many digits as the threshold needs, two at least.

    A score just above the threshold gets one digit more.
    """
    digits = max(2, len(f"{threshold:.4f}".rstrip("0").partition(".")[2]))
    digits += f"{score:.{digits}f}" == f"{threshold:.{digits}f}"
    return f"{score:.{digits}f}", f"{threshold:.{digits}f}"


def _seen(alert: Alert, scenario: Scenario, *, taken_off: bool) -> str:
    score, threshold = _score(alert.score, scenario.matcher.threshold)
    return f"Score {score} against a threshold of {threshold}. {_whose(alert, taken_off=taken_off)}"


def _whose(alert: Alert, *, taken_off: bool) -> str:
    """Return whether the person is on the list, and whose the entry is."""
    if alert.candidate_is_mate:
        stale = ", though no longer wanted" if alert.entry_is_stale else ""
        return f"Person on the list, matched to their own entry{stale}."
    entry = "a lookalike relative's entry" if alert.candidate_is_kin else "somebody else's entry"
    if alert.mated:
        return f"Person on the list, but matched to {entry}."
    if taken_off:
        return f"Person taken off the list before, and matched to {entry}."
    return f"Person not on the list{', matched to ' + entry if alert.candidate_is_kin else ''}."


def _who(alert: Alert) -> str:
    """Return the same in a short line."""
    if alert.candidate_is_mate:
        return "Person on the list."
    return "Person listed, another's entry." if alert.mated else "Person not on the list."


def _judged(alert: Alert, judged: Sequence[Step], officers: Officers) -> str:
    """Return what those who judge say, and what follows."""
    # They come first, in the order of `police.roles_of`; whoever is not asked is not told of.
    said = [step.passed for step in judged[: officers.reviewers + officers.stages - 1]]
    first, street = said[: officers.reviewers], said[officers.reviewers :]
    parts = [_reviewed(first)]
    if all(first) and street:
        parts.append(f"Officers in the street: {'the same' if street[0] else 'not the person'}.")
    if alert.outcome is Outcome.DISMISSED:
        remembered = all(said)
        follows = (
            "Recognised from a stop earlier that day, and left alone." if remembered else "Nobody sent."
        )
        parts.append(follows)
    elif alert.outcome is Outcome.LAPSED:
        parts.append(_lapsed(alert, officers))
    else:
        parts.append(_sent(alert))
    return " ".join(parts)


def _reviewed(said: Sequence[bool]) -> str:
    if len(said) == 1:
        return f"Officer: {'looks like' if said[0] else 'not'} the person."
    if all(said):
        return "Two officers, and both say: looks like the person."
    return f"Two officers, and {'one says' if any(said) else 'both say'}: not the person."


def _sent(alert: Alert) -> str:
    team = f"{(alert.team or 0) + 1}"
    waited_s = (alert.sent_s or 0.0) - (alert.decided_s or 0.0)
    if waited_s < _LEAST_WAIT_S:
        return f"Team {team} sent."
    return f"No team free for {_lasting(waited_s)}, then team {team} sent."


def _lapsed(alert: Alert, officers: Officers) -> str:
    """Return why nobody was sent after somebody taken for the person."""
    limit_s, almost_s = officers.give_up_s, officers.give_up_s - 1e-6
    if (alert.decided_s or 0.0) - alert.time_s >= almost_s:
        return f"Judged {_lasting((alert.decided_s or 0.0) - alert.time_s)} after the alert, too late."
    if officers.teams == 0:
        return "There is no team to send."
    if not officers.alerts_wait:
        return "No team free, so nobody sent."
    if (alert.ended_s or 0.0) - alert.time_s < almost_s:
        return "A team was after the same person already."
    return f"No team free within {_lasting(limit_s)} of the alert."


def _met(alert: Alert, site: Site, officers: Officers) -> str:
    """Return what the team that was sent did."""
    if alert.contact_s is None:
        return f"Could not reach the person within {_lasting(officers.give_up_s)} of the alert."
    van = next(place for place in site.vans if place.id == alert.van)
    away_m = math.hypot((alert.contact_x_m or 0.0) - van.x, (alert.contact_y_m or 0.0) - van.y)
    where = f"{away_m:.0f} m from the van"
    if alert.outcome is Outcome.LOST:
        return f"Looked {where} and did not find the person."
    if alert.outcome is Outcome.FLED:
        return f"Found {where}, but the person ran away before a word was spoken."
    return " ".join([f"Stopped {where}.", *_stopped(alert)])


def _stopped(alert: Alert) -> list[str]:
    """Return how a stop went, a sentence each: who it was, what they did, what they were told, the end."""
    told = [_identity(alert), _course(alert)]
    if alert.fingerprints_demanded:
        told.append("Fingerprints demanded.")
    if not alert.legal_basis and not alert.informed and alert.cooperation is Cooperation.COMPLIED:
        told.append("Not told that one may decline.")
    if alert.disposal is Disposal.ARREST:
        told.append(f"Arrested {_OFFENCES[alert.offence or 'other']}.")
    return told


def _identity(alert: Alert) -> str:
    if not alert.right_person:
        return "By mistake: not the person of the entry."
    if not alert.entry_current:
        return "It is the person, no longer wanted: no power to detain."
    return (
        "It is the person." if alert.legal_basis else "It is the person, but there is no power to detain."
    )


def _course(alert: Alert) -> str:
    minutes = _minutes(alert)
    if alert.cooperation is Cooperation.LEFT:
        return f"Refused, and left after {minutes}."
    if alert.cooperation is Cooperation.DETAINED:
        return f"Refused, and was detained for {minutes}."
    return f"Identity checked, {minutes}."


def _stop_label(alert: Alert, clock: _Clock) -> tuple[str, ...]:
    if alert.outcome is not Outcome.ENGAGED:
        return ()
    if alert.right_person:
        who = "The person listed."
    else:
        who = "Not the person of the entry." if alert.mated else "Not the person listed."
    minutes = _minutes(alert)
    if alert.disposal is Disposal.ARREST:
        how = f"Arrested after {minutes}."
    elif alert.cooperation is Cooperation.LEFT:
        how = f"Left after {minutes}."
    else:
        how = f"Held for {minutes}."
    return f"{clock(alert.contact_s)} Stopped", who, how


def _minutes(alert: Alert) -> str:
    minutes = round(alert.minutes or 0.0)
    return count_of(minutes, "minute") if minutes else "less than a minute"


def _lasting(seconds: float) -> str:
    """Return a length of time: in whole minutes from one and a half on, else in seconds."""
    if seconds < 1.5 * _MINUTE_S:
        return count_of(max(1, round(seconds)), "second")
    return count_of(round(seconds / _MINUTE_S), "minute")
