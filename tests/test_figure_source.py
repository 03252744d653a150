"""What a saved drawing says of where it comes from: place, date, settings, days and seed."""

from __future__ import annotations

from lfr_sim.dashboard.compared import ComparedArm
from lfr_sim.dashboard.days import Days
from lfr_sim.dashboard.prediction import predict
from lfr_sim.dashboard.simulated import simulate_day
from lfr_sim.dashboard.state import Arm, State
from lfr_sim.dashboard.views.evidence_fit import fit_section
from lfr_sim.dashboard.views.figure_source import source_of_arms, source_of_day
from lfr_sim.dashboard.views.words import plain

OXFORD = Arm("oxford-circus-2022-01-28")
CHANGED = OXFORD.changed({"officers.presumption_to_intervene": "0.3"})


def test_the_source_of_a_day_names_place_settings_days_and_day() -> None:
    """Protects a drawing that is alone: what was simulated, with which seed, and which day is shown."""
    days = Days.of([simulate_day(CHANGED.scenario, 7, number) for number in range(2)])
    state = State(arms=(CHANGED,), seed=7, days=2, redraw=(("officers", 1),))
    said = plain(source_of_day(state, OXFORD.scenario, days, days.rows[1]))
    predicted = predict(OXFORD.scenario, seed=1, days=30).days

    assert "Oxford Circus, 28 January 2022, with 1 setting changed: Presumption to intervene 0.30." in said
    assert "2 simulated days (seed 7). The day shown is Day 2, drawn again: the officers (draw 1)." in said
    assert "a simulation, not a record" in said
    without = plain(source_of_day(State(), OXFORD.scenario, predicted, None))
    assert "28 January 2022. 30 predicted days (seed 1). lfr-sim " in without


def test_the_source_of_a_comparison_names_each_policy_and_what_differs() -> None:
    """Protects a drawing with letters on it: each is a policy, and its settings are told."""
    arms = [
        ComparedArm(letter, name, arm.scenario, predict(arm.scenario, seed=1, days=30).days)
        for letter, name, arm in (("A", "as it was", OXFORD), ("B", "more doubt", CHANGED))
    ]
    said = plain(source_of_arms(arms, [OXFORD.scenario] * 2, 1))

    assert "at Oxford Circus, 28 January 2022. 30 predicted days (seed 1) under each policy." in said
    assert "A is “as it was”; B is “more doubt”. Presumption to intervene: A 0.65, B 0.30." in said


def test_the_drawings_of_evidence_have_a_source() -> None:
    """Protects the figures against the record: how many days of which deployments they show."""
    said = plain(fit_section())

    assert "500 days of each of six deployments, seeds 1 to 6." in said
