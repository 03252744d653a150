"""Stops: identity, currency, power, cooperation, disposal, offence and minutes, each as asked for."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from police_parts import DAY, numbers
from scipy.stats import kstest
from van_parts import exact_p

from lfr_sim.closed_form.judgement import chain
from lfr_sim.closed_form.stops import ExpectedAlerts, PoliceCounts, police_counts
from lfr_sim.police import STOP_COLUMNS, Stop, StopUniforms, stop
from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS, Cooperation, Disposal
from lfr_sim.scenario import CATEGORIES, Category, Scenario

ENTRY_SHARES = np.array([getattr(DAY.watchlist.categories, name) for name in CATEGORIES])
ACTS_ON_ALL = {"officers.presumption_to_intervene": 1.0}


def _stops(scenario: Scenario = DAY, *, count: int = 20_000, seed: int = 5, **kind: Any) -> list[Stop]:
    kind = {"category": "failed_to_appear_or_warrant", "right_person": True, "current": True} | kind
    rows = np.random.default_rng(seed).random((count, STOP_COLUMNS)).tolist()
    return [stop(scenario, StopUniforms(*row), **kind) for row in rows]


def _expect_share(count: int, trials: int, chance: float) -> None:
    assert exact_p(count, trials, chance) > 1e-6


SETTINGS = st.fixed_dictionaries(
    {
        f"officers.engagement.{name}": numbers(0, 1)
        for name in (
            "informed_share",
            "refusal_share",
            "detained_after_refusal_share",
            "fingerprint_share",
            "disputed_share",
        )
    }
    | {
        "officers.engagement.informed_refusal_multiplier": numbers(0, 10),
        "officers.disposal.arrest_share": numbers(0, 0.8),
        "officers.disposal.arrest_share_misidentified": numbers(0, 1),
    }
)


@given(
    settings=SETTINGS,
    u=st.lists(st.floats(0, 1, exclude_max=True), min_size=STOP_COLUMNS, max_size=STOP_COLUMNS),
    category=st.sampled_from(CATEGORIES),
    right_person=st.booleans(),
    current=st.booleans(),
)
def test_nothing_happens_in_a_stop_that_cannot(
    settings: dict[str, Any], u: list[float], category: str, right_person: bool, current: bool
) -> None:
    """Protects the order of things: who leaves is not arrested, a power comes before an arrest."""
    end = stop(
        DAY.replace(settings),
        StopUniforms(*u),
        category=category,
        right_person=right_person,
        current=current,
    )
    arrested = end.disposal is Disposal.ARREST
    left = end.cooperation is Cooperation.LEFT

    assert not (end.legal_basis and not (right_person and current))
    assert not (left and (end.legal_basis or end.disposal is not Disposal.NONE))
    assert not (arrested and right_person and not end.legal_basis)
    assert not (end.disposal is Disposal.OTHER and not end.legal_basis)
    assert not (end.fingerprints_demanded and (right_person or left))
    assert arrested == (end.offence is not None)
    assert not (end.on_purpose and not (arrested and right_person))
    assert end.minutes >= 0.0


@given(
    u=st.lists(st.floats(0, 1, exclude_max=True), min_size=STOP_COLUMNS, max_size=STOP_COLUMNS),
    right_person=st.booleans(),
)
def test_a_stop_tells_how_it_came_about(u: list[float], right_person: bool) -> None:
    """Protects the explanation: each step passed iff its uniform lies below its probability."""
    settings = {"officers.engagement.refusal_share": 0.5}
    scenario = DAY.replace(settings)
    end = stop(
        scenario, StopUniforms(*u), category="suspect_drugs", right_person=right_person, current=True
    )
    told = {each.name: each for each in end.steps}

    assert len(told) == len(end.steps)
    assert all(each.passed == (each.uniform < each.probability) for each in end.steps)
    assert told["power to detain"].passed == end.legal_basis
    assert told["informed"].passed == end.informed
    assert told["refused"].passed == (end.cooperation is not Cooperation.COMPLIED)
    assert told["refused"].passed == ("detained" in told)
    if "detained" in told:
        assert told["detained"].passed == (end.cooperation is Cooperation.DETAINED)
    if "arrested" in told:
        assert told["arrested"].passed == (end.disposal is Disposal.ARREST)
    assert ("fingerprints demanded" in told) == (
        not right_person and end.cooperation is not Cooperation.LEFT
    )


def test_stops_of_the_right_person_end_as_the_shares_say() -> None:
    """Protects the disposal tree: with a power, arrest 0.845, other 0.127, exact binomial p > 1e-6."""
    stops = _stops()
    ends = Counter(one.disposal for one in stops)

    assert all(one.legal_basis for one in stops)
    _expect_share(ends[Disposal.ARREST], len(stops), 0.845)
    _expect_share(ends[Disposal.OTHER], len(stops), 0.127)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_power_to_detain_depends_on_the_category(category: str) -> None:
    """Protects the legal basis, by category, and that nobody is arrested without one (p > 1e-6)."""
    share = getattr(DAY.officers.engagement.legal_basis_share, category)
    stops = _stops(category=category, count=10_000)
    powerless = [one for one in stops if not one.legal_basis]

    _expect_share(len(powerless), len(stops), 1 - share)
    assert {one.disposal for one in powerless} <= {Disposal.NONE}


def test_a_stale_entry_leads_to_nothing() -> None:
    """Protects staleness: the right person, no longer wanted, is never arrested for the entry."""
    stops = _stops(current=False)

    assert {one.disposal for one in stops} == {Disposal.NONE}
    assert not any(one.legal_basis for one in stops)


@pytest.mark.parametrize("right_person", [False, True])
def test_people_are_told_refuse_and_are_detained_as_the_shares_say(right_person: bool) -> None:
    """Protects cooperation: informed 0.3, refusals 0.2 and 1.5 x 0.2, detained 0.4 (p > 1e-6)."""
    rules = {
        "informed_share": 0.3,
        "refusal_share": 0.2,
        "informed_refusal_multiplier": 1.5,
        "detained_after_refusal_share": 0.4,
    }
    scenario = DAY.replace({f"officers.engagement.{name}": value for name, value in rules.items()})
    stops = _stops(scenario, right_person=right_person)
    _expect_share(sum(one.informed for one in stops), len(stops), 0.3)
    refused = [one for one in stops if one.cooperation is not Cooperation.COMPLIED]
    for informed, chance in ((True, 0.3), (False, 0.2)):
        told = [one for one in stops if one.informed == informed]
        _expect_share(sum(one.informed == informed for one in refused), len(told), chance)
    detained = sum(one.cooperation is Cooperation.DETAINED for one in refused)

    if right_person:
        assert detained == len(refused)  # there is a power
    else:
        _expect_share(detained, len(refused), 0.4)


def test_whoever_may_decline_seldom_knows_it() -> None:
    """Protects uninformed compliance: 0.9 x 0.97 of those without a power to detain them (p > 1e-6)."""
    for kind in ({"right_person": False}, {"current": False}):
        stops = _stops(**kind)
        unaware = [s for s in stops if s.cooperation is Cooperation.COMPLIED and not s.informed]
        _expect_share(len(unaware), len(stops), 0.9 * 0.97)


def test_fingerprints_are_demanded_of_the_misidentified_only() -> None:
    """Protects the intrusion: 0.2 of those who are not the person and do not leave (p > 1e-6)."""
    stops = _stops(DAY.replace({"officers.engagement.refusal_share": 0.5}), right_person=False)
    stayed = [one for one in stops if one.cooperation is not Cooperation.LEFT]

    _expect_share(sum(one.fingerprints_demanded for one in stops), len(stayed), 0.2)
    assert not any(one.fingerprints_demanded for one in _stops(count=1000))


def test_a_refusal_makes_a_mistake_long_or_short() -> None:
    """Protects minutes after a refusal: disputed for those detained, at once for those who leave (KS)."""
    rules = {"officers.engagement.refusal_share": 1.0, "officers.engagement.informed_share": 0.0}
    stops = _stops(DAY.replace(rules), right_person=False)
    for cooperation, mean in ((Cooperation.DETAINED, 20.0), (Cooperation.LEFT, 4.0)):
        minutes = [one.minutes for one in stops if one.cooperation is cooperation]
        assert kstest(minutes, "gamma", args=(4.0, 0.0, mean / 4)).pvalue > 1e-6
    left = [one.minutes for one in _stops(DAY.replace(rules), current=False) if one.minutes > 0]

    assert np.mean(left) == pytest.approx(0.5 * 4.0 + 0.5 * 10.0, rel=0.02)


def test_stops_have_the_lengths_asked_for() -> None:
    """Protects the gamma law of lengths, shape 4: mean 10 without an arrest, 4 with one (KS, p > 1e-6)."""
    polite = DAY.replace({"officers.engagement.refusal_share": 0.0})
    stale = [one.minutes for one in _stops(polite, current=False)]
    arrests = [one.minutes for one in _stops(polite) if one.disposal is Disposal.ARREST]

    assert kstest(stale, "gamma", args=(4.0, 0.0, 2.5)).pvalue > 1e-6
    assert kstest(arrests, "gamma", args=(4.0, 0.0, 1.0)).pvalue > 1e-6


def test_mistaken_stops_take_the_two_regimes_of_the_record() -> None:
    """Protects minutes: mean 0.7 x 4 + 0.3 x 20 = 8.8 (|z| < 5), arrests 2 %, none on purpose."""
    stops = _stops(DAY.replace({"officers.engagement.refusal_share": 0.0}), right_person=False)
    minutes = np.array([one.minutes for one in stops])
    z = (minutes.mean() - 8.8) / (minutes.std() / np.sqrt(len(minutes)))

    assert abs(z) < 5
    _expect_share(sum(one.disposal is Disposal.ARREST for one in stops), len(stops), 0.02)
    assert not any(one.on_purpose for one in stops)
    assert {one.offence for one in stops} == {None, "other"}


@pytest.mark.parametrize(
    ("category", "offence"),
    [
        (Category.VIOLENCE, "violence"),
        (Category.DRUGS, "drugs"),
        (Category.THEFT, "other"),
        (Category.CONDITION, "other"),
    ],
)
def test_suspects_are_arrested_for_what_they_are_suspected_of(category: str, offence: str) -> None:
    """Protects the offence of an arrest, and that drugs are off the purpose."""
    arrests = [one for one in _stops(category=category, count=2000) if one.offence is not None]

    assert {one.offence for one in arrests} == {offence}
    assert {one.on_purpose for one in arrests} == {offence != "drugs"}


def test_those_wanted_by_a_court_are_arrested_for_a_mix() -> None:
    """Protects the mix of warrants: drugs 0.69, failure to appear 0.29, violence 0.02 (p > 1e-6)."""
    offences = Counter(one.offence for one in _stops())
    arrests = offences.total() - offences[None]
    for offence, share in (("drugs", 0.69), ("failure_to_appear", 0.29), ("violence", 0.02)):
        _expect_share(offences[offence], arrests, share)

    assert offences["other"] == 0


def _expected(scenario: Scenario, *, true: float, false: float, current: float = 0.9) -> PoliceCounts:
    quarters = np.full(4, 0.25)
    return police_counts(
        scenario, ExpectedAlerts(true * quarters, false * quarters, ENTRY_SHARES, current), 1.0
    )


def test_arrests_with_the_default_list_are_for_what_the_record_says() -> None:
    """Protects the calibration: half of 2022's arrests for drugs, so half on purpose; 8 of 12 arrested."""
    counts = _expected(DAY, true=100.0, false=0.0).counts
    mix = {"drugs": 0.5, "failure_to_appear": 0.2, "violence": 0.15, "other": 0.15}

    for offence, share in mix.items():
        assert counts[f"arrests_{offence}"] / counts["arrests"] == pytest.approx(share, abs=0.01)
    assert counts["arrests_on_purpose"] / counts["arrests"] == pytest.approx(0.5, abs=0.01)
    assert counts["arrests"] / counts["engagements"] == pytest.approx(8 / 12, abs=0.01)


def _mixed(scenario: Scenario, count: int) -> list[tuple[bool, Stop]]:
    """Return stops of whom it may be: 0.6 the right person, 0.8 of them current, of any category."""
    draw = np.random.default_rng(9)
    category = draw.choice(CATEGORIES, count, p=ENTRY_SHARES / ENTRY_SHARES.sum()).tolist()
    right, current = (draw.random(count) < share for share in (0.6, 0.8))
    rows = draw.random((count, STOP_COLUMNS)).tolist()
    kinds = zip(rows, category, right.tolist(), current.tolist(), strict=True)
    return [
        (who, stop(scenario, StopUniforms(*row), category=why, right_person=who, current=still))
        for row, why, who, still in kinds
    ]


def _counted(stops: list[tuple[bool, Stop]]) -> Counter[str]:
    """Return the columns of the truth row, counted by their definitions."""
    counts: Counter[str] = Counter()
    for right, end in stops:
        arrested = end.disposal is Disposal.ARREST
        unaware = not end.legal_basis and not end.informed and end.cooperation is Cooperation.COMPLIED
        no_basis = right and not end.legal_basis
        counts["wrongful_engagements"] += not right
        counts["right_person_no_basis"] += no_basis
        counts["uninformed_compliance"] += unaware
        counts["wrongful_any"] += not right or no_basis or unaware
        counts["refused"] += end.cooperation is not Cooperation.COMPLIED
        counts["detained_after_refusal"] += end.cooperation is Cooperation.DETAINED
        counts["fingerprints_demanded"] += end.fingerprints_demanded
        counts["arrests"] += arrested
        counts["arrests_misidentified"] += arrested and not right
        counts["arrests_on_purpose"] += end.on_purpose
        counts["other_actions"] += end.disposal is Disposal.OTHER
        counts["no_further_action"] += end.disposal is Disposal.NONE
        if end.offence is not None:
            counts[f"arrests_{end.offence}"] += 1
    return counts


def test_the_closed_form_gives_the_mean_of_every_count() -> None:
    """Protects police_counts: all columns of 60,000 stops at odd settings, exact binomial p > 1e-7."""
    scenario = DAY.replace(
        ACTS_ON_ALL
        | {
            "officers.engagement.informed_share": 0.4,
            "officers.engagement.refusal_share": 0.3,
            "officers.engagement.informed_refusal_multiplier": 2.5,
            "officers.disposal.arrest_share_misidentified": 0.2,
            **{
                f"officers.disposal.warrant_offence_share.{offence}": share
                for offence, share in (
                    ("drugs", 0.1),
                    ("failure_to_appear", 0.2),
                    ("violence", 0.3),
                    ("other", 0.4),
                )
            },
            "deployment.purpose_offences": ["drugs", "other"],
        }
    )
    trials = 60_000
    stops = _mixed(scenario, trials)
    expected = _expected(scenario, true=0.6, false=0.4, current=0.8).counts
    counted = _counted(stops)
    for column, count in counted.items():
        assert exact_p(count, trials, expected[column]) > 1e-7, column
    minutes = np.array([0.0 if right else end.minutes for right, end in stops])
    z = (minutes.mean() - expected["wrongful_minutes"]) / (minutes.std() / math.sqrt(trials))

    assert len(counted) == 16
    assert abs(z) < 5


def test_the_closed_form_loses_no_alert() -> None:
    """Protects the books: alerts are dismissed, lapsed, lost, fled or engaged; groups sum to counts."""
    scenario = DAY.replace({"officers.fled_share": 0.1, "officers.group_criterion_shift.black": 1.0})
    alerts = ExpectedAlerts(np.array([5.0, 3, 1, 1]), np.array([1.0, 2, 3, 4]), ENTRY_SHARES, 0.9)
    for teams in (0, 3):
        came = police_counts(scenario.replace({"officers.teams": teams}), alerts, 0.8)
        counts = came.counts
        parts = ("dismissed_true", "dismissed_false", "lapsed", "lost", "fled", "engagements")
        assert sum(counts[name] for name in parts) == pytest.approx(20.0)
        assert counts["recorded_true"] + counts["recorded_false"] == pytest.approx(20.0)
        assert counts["engagements"] == pytest.approx(came.engagements.sum())
        assert counts["wrongful_engagements"] == pytest.approx(came.wrongful.sum())
        assert counts["arrests"] == pytest.approx(came.arrests.sum())
        disposals = counts["arrests"] + counts["other_actions"] + counts["no_further_action"]
        assert disposals == pytest.approx(counts["engagements"])
    g0 = chain(scenario)[:, 0]

    assert came.wrongful == pytest.approx(alerts.false_by_group * g0 * 0.8 * 0.9)
    decided = TRUTH_COLUMNS[TRUTH_COLUMNS.index("dismissed_true") :]
    elsewhere = {"children_engagements"}
    assert set(decided) - elsewhere <= set(counts)
    assert {"true_alerts_engaged", "false_alerts_engaged", "arrests"} <= set(counts) & set(RECORD_COLUMNS)
