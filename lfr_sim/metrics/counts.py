"""Every count by name: the columns of the police record and of the truth."""

from __future__ import annotations

from .kinds import Count

_C = Count
COUNTS = (
    _C("watchlist_size", "record", "Entries on the list deployed.", "entries"),
    _C("faces", "record", "Faces the system counts: tracks, not people."),
    _C("alerts", "record", "Alerts raised."),
    _C(
        "true_alerts",
        "record",
        "Alerts the force counts as true: stopped and right; or acted upon, and nobody was reached.",
    ),
    _C("false_alerts", "record", "Alerts the force counts as false: dismissed, or stopped and wrong."),
    _C("true_alerts_engaged", "record", "True alerts that ended in a stop."),
    _C("false_alerts_engaged", "record", "False alerts that ended in a stop."),
    _C("arrests", "record", "Arrests that followed from alerts."),
    _C("entries_removed", "truth", "Entries taken off the list before the deployment.", "entries"),
    _C("children_listed", "truth", "Entries of people under 18 on the list deployed.", "entries"),
    _C("passers", "truth", "Walks through the site."),
    _C("people", "truth", "Different people among the passers."),
    _C("children_passers", "truth", "Passers under 18."),
    _C("passes", "truth", "Walks past a van with the face in view of a camera."),
    _C("captured_passes", "truth", "Passes that gave a face to compare with the list."),
    _C("listed_passers", "truth", "Passers who are on the list deployed."),
    _C("listed_removed", "truth", "Passers whose entry was taken off the list before the deployment."),
    _C("listed_in_view", "truth", "Listed passers who came into view of a camera."),
    _C("missed", "truth", "Listed passers with no alert on their own entry, in view or not."),
    _C("missed_in_view", "truth", "Listed passers in view with no alert on their own entry."),
    _C("true_alerts", "truth", "Alerts in which the person is the one of the entry returned."),
    _C("false_alerts", "truth", "Alerts in which the person is not the one of the entry returned."),
    _C("children_alerts", "truth", "Alerts on passers under 18."),
    _C(
        "dismissed_true",
        "truth",
        "True alerts not acted upon: judged to be false, or of somebody remembered from an earlier stop.",
    ),
    _C(
        "dismissed_false",
        "truth",
        "False alerts not acted upon: judged to be false, or of somebody remembered.",
    ),
    _C(
        "lapsed",
        "truth",
        "Alerts acted upon for which no team was free in time, or one was after the person already.",
    ),
    _C("lost", "truth", "Alerts acted upon whose person was not found."),
    _C("fled", "truth", "Alerts acted upon whose person was found and ran away."),
    _C("engagements", "truth", "Stops: people engaged because of an alert."),
    _C("children_engagements", "truth", "Stops of people under 18."),
    _C(
        "wrongful_engagements",
        "truth",
        "Misidentified: stops of somebody who is not the person of the entry.",
    ),
    _C(
        "right_person_no_basis",
        "truth",
        "Right person, no basis: stops of the person listed without a power to detain: the entry was "
        "stale, or gave none.",
    ),
    _C(
        "uninformed_compliance",
        "truth",
        "Uninformed compliance: stops without a power to detain of people who complied and were never "
        "told, and did not know, that they may decline.",
    ),
    _C("wrongful_any", "truth", "Stops in any of the three classes above, each counted once."),
    _C(
        "wrongful_minutes",
        "truth",
        "Minutes for which people who were not the person listed were held.",
        "min",
    ),
    _C("refused", "truth", "People stopped who refused."),
    _C("detained_after_refusal", "truth", "People who refused and were detained all the same."),
    _C(
        "fingerprints_demanded",
        "truth",
        "Stops of somebody who is not the person listed in which fingerprints were demanded.",
    ),
    _C("arrests", "truth", "Arrests that followed from alerts."),
    _C(
        "arrests_misidentified",
        "truth",
        "Arrests of somebody who is not the person listed, for something else found.",
    ),
    _C("arrests_on_purpose", "truth", "Arrests for the deployment's stated purpose."),
    _C("arrests_drugs", "truth", "Arrests for drug offences."),
    _C("arrests_failure_to_appear", "truth", "Arrests for failing to appear in court."),
    _C("arrests_violence", "truth", "Arrests for violence."),
    _C("arrests_other", "truth", "Arrests for anything else."),
    _C(
        "other_actions",
        "truth",
        "Stops that ended in something other than an arrest, such as a check of conditions.",
    ),
    _C(
        "no_further_action",
        "truth",
        "Stops that ended in nothing further, those who refused and left among them.",
    ),
    _C("officer_hours", "truth", "Hours of everybody on duty.", "h"),
)
"""Every column of both rows."""
