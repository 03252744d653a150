"""Counting: from the alerts of a run to its two rows.

The record row judges as the force would: a dismissed alert counts as false, whatever it was; an alert
sent out but lost, or never answered, counts as true; a stopped person's identity is established, so an
alert that ended in a stop counts as what it was. So does one whose person refused and left: officers saw
whom they had before them.
"""

from __future__ import annotations

from collections import Counter

from lfr_sim.records import (
    RECORD_COLUMNS,
    TRUTH_COLUMNS,
    Alert,
    Cooperation,
    CrowdCounts,
    Disposal,
    Outcome,
)
from lfr_sim.scenario import Scenario

Row = dict[str, int | float]


class Tally:
    """Counts alerts as they end."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._wrongful_minutes = 0.0
        self.found: set[int] = set()
        """Passers who set off an alert on their own entry."""

    def raised(self, alert: Alert) -> None:
        """Count an alert that has been raised."""
        self._counts["alerts"] += 1
        self._counts["true_alerts" if alert.candidate_is_mate else "false_alerts"] += 1
        self._counts["children_alerts"] += alert.under_18
        if alert.candidate_is_mate:
            self.found.add(alert.passer)

    def ended(self, alert: Alert) -> None:
        """Count an alert of which nothing more will come."""
        counts = self._counts
        if alert.outcome is Outcome.DISMISSED:
            counts["dismissed_true" if alert.candidate_is_mate else "dismissed_false"] += 1
            counts["recorded_false"] += 1
        elif alert.outcome is Outcome.ENGAGED:
            self._engaged(alert)
        else:
            counts[alert.outcome.value] += 1
            counts["recorded_true"] += 1

    def _engaged(self, alert: Alert) -> None:
        counts = self._counts
        verdict = "true" if alert.right_person else "false"
        counts["engagements"] += 1
        counts["children_engagements"] += alert.under_18
        counts[f"recorded_{verdict}"] += 1
        counts[f"{verdict}_alerts_engaged"] += 1
        self._wrongful(alert)
        refused = alert.cooperation is not Cooperation.COMPLIED
        counts["refused"] += refused
        counts["detained_after_refusal"] += alert.cooperation is Cooperation.DETAINED
        counts["fingerprints_demanded"] += bool(alert.fingerprints_demanded)
        if alert.disposal is Disposal.ARREST:
            counts["arrests"] += 1
            counts["arrests_misidentified"] += not alert.right_person
            counts["arrests_on_purpose"] += bool(alert.on_purpose)
            counts[f"arrests_{alert.offence}"] += 1
        else:
            counts["other_actions" if alert.disposal is Disposal.OTHER else "no_further_action"] += 1

    def _wrongful(self, alert: Alert) -> None:
        """Count the three wrongful classes, which overlap, and their union."""
        counts = self._counts
        no_basis = bool(alert.right_person) and not alert.legal_basis
        complied = alert.cooperation is Cooperation.COMPLIED
        uninformed = not alert.legal_basis and not alert.informed and complied
        counts["wrongful_engagements"] += not alert.right_person
        counts["right_person_no_basis"] += no_basis
        counts["uninformed_compliance"] += uninformed
        counts["wrongful_any"] += not alert.right_person or no_basis or uninformed
        if not alert.right_person:
            self._wrongful_minutes += alert.minutes or 0.0

    def record(self, crowd: CrowdCounts) -> Row:
        """Return what the force would publish."""
        counts = self._counts
        row: Row = {
            "watchlist_size": crowd.entries,
            "faces": crowd.faces,
            "alerts": counts["alerts"],
            "true_alerts": counts["recorded_true"],
            "false_alerts": counts["recorded_false"],
            "true_alerts_engaged": counts["true_alerts_engaged"],
            "false_alerts_engaged": counts["false_alerts_engaged"],
            "arrests": counts["arrests"],
        }
        return {name: row[name] for name in RECORD_COLUMNS}

    def truth(self, scenario: Scenario, crowd: CrowdCounts) -> Row:
        """Return what really happened."""
        row: Row = {name: self._counts[name] for name in TRUTH_COLUMNS}
        row.update(
            entries_removed=crowd.entries_removed,
            children_listed=crowd.children_listed,
            children_passers=crowd.children_passers,
            listed_removed=crowd.listed_removed,
            passers=crowd.passers,
            people=crowd.people,
            passes=crowd.passes,
            captured_passes=crowd.captured_passes,
            listed_passers=crowd.listed_passers,
            listed_in_view=crowd.listed_in_view,
            missed=crowd.listed_passers - len(self.found),
            missed_in_view=crowd.listed_in_view - len(self.found),
            wrongful_minutes=self._wrongful_minutes,
            officer_hours=officer_hours(scenario),
        )
        return row


def officer_hours(scenario: Scenario) -> float:
    """Return the hours of everybody on duty, from opening to closing."""
    officers = scenario.officers
    on_duty = officers.teams * officers.team_size + officers.support_staff
    return on_duty * scenario.deployment.hours
