"""What a setting rests on is said in the same words on every page and sheet."""

from __future__ import annotations

from lfr_sim.dashboard.setting_words import aloud
from lfr_sim.dashboard.settings_told import settings_told
from lfr_sim.dashboard.state import Arm
from lfr_sim.dashboard.status_words import BORROWED, OF_THE_DAY, PLAIN
from lfr_sim.dashboard.views.brief_rests import standing
from lfr_sim.dashboard.views.controls import first_controls
from lfr_sim.dashboard.views.evidence_record import record_section
from lfr_sim.dashboard.views.evidence_settings import settings_section
from lfr_sim.dashboard.views.record_notes import notes
from lfr_sim.dashboard.views.words import plain

OXFORD = Arm("oxford-circus-2022-01-28")
CAPITAL = BORROWED.capitalize()


def test_the_threshold_of_a_day_is_the_same_everywhere() -> None:
    """Protects from four answers: a threshold was published, and the one in use on the day is not known."""
    day = OXFORD.scenario
    told = settings_told(day)
    table, sheet = plain(notes(day, day)), plain(standing(day, day, (), told))

    assert [one.path for one in told if one.is_borrowed] == ["matcher.threshold", "deployment.hours"]
    assert f"listed passers missed. {CAPITAL}. source" in plain(first_controls(day, day, ""))
    assert f"{CAPITAL}: how long it lasted and the threshold. Not published, so assumed: the" in table
    assert f"Threshold 0.60 and 5.5 h of deployment: {BORROWED}." in sheet
    assert plain(settings_section(told)).count(CAPITAL) == len(OF_THE_DAY)
    assert (
        f"The threshold in use: not known; the model\N{RIGHT SINGLE QUOTATION MARK}s value is {BORROWED}"
        in plain(record_section())
    )


def test_a_value_of_the_visitors_own_stands_for_no_other() -> None:
    """Protects from a source that is none: a changed threshold was published nowhere."""
    day = OXFORD.changed({"matcher.threshold": "0.58"}).scenario

    assert [one.path for one in settings_told(day) if one.is_borrowed] == ["deployment.hours"]
    assert f"{CAPITAL}: how long it lasted. Not" in plain(notes(day, OXFORD.scenario))
    assert not any(one.is_borrowed for one in settings_told(Arm("minimal").scenario))


def test_words_of_statistics_have_plain_ones_beside_them() -> None:
    """Protects a reader who is no statistician: terms stay, with plain words beside them."""
    day = OXFORD.scenario
    page = plain(settings_section(settings_told(day)))

    assert "g0 (chance of acting on a wrong person) = 0.74" in page
    assert all(words in page for words in PLAIN.values())
    assert f"{PLAIN['derived'].capitalize()} (derived). Contested." in plain(first_controls(day, day, ""))
    assert aloud("TPIR of TPIR") == "TPIR (chance of an alert on a listed person) of TPIR"
