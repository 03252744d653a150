"""Faces: those that match often, likenesses that stay, relatives, images and their age.

Laws over the repeated passes of one person, and of what an entry holds. Exact tests of an error
probability of 1e-6 each; means of unequal chances by |z| < 5, which is 6e-7.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import kstest, multivariate_normal, norm, poisson
from van_parts import (
    AS_LISTED,
    EQUAL_FACES,
    LEAST_P,
    NO_KIN,
    SEEN,
    VanAlone,
    changed,
    crowd_alone,
    exact_p,
    van_alone,
)

from lfr_sim.closed_form import theory
from lfr_sim.model import DeploymentModel
from lfr_sim.scenario import GROUPS, Scenario
from lfr_sim.van.faces import Faces

NOBODY = changed(
    SEEN, EQUAL_FACES, NO_KIN, watchlist__presence=0.0, watchlist__size=1_000, matcher__fmr=1e-6
)
"""Nobody is listed; FPIR is 0.001."""
EVERYBODY = changed(
    SEEN,
    AS_LISTED,
    EQUAL_FACES,
    NO_KIN,
    watchlist__presence=1.0,
    watchlist__size=1_000,
    matcher__fmr=0.0,
    matcher__tpir=0.6,
    matcher__tpir_age_decay_per_year=0.0,
    matcher__mated_agreement=0.0,
)
"""Everybody is listed and nobody falsely matched; TPIR is 0.6 for everybody."""


def _mean_over_faces(sd: float, chance: Any) -> float:
    """Return the mean of a function of the frailty of faces: lognormal of mean 1."""
    z = np.linspace(-12, 12, 240_001)
    values = chance(np.exp(sd * z - sd**2 / 2)) * norm.pdf(z)
    return float(np.trapezoid(values, z))


@pytest.mark.parametrize("sd", [0.5, 1.0, 2.0])
def test_frailty_is_lognormal_with_mean_one(sd: float) -> None:
    """Protects frailty: the logarithm is normal with this sd and mean -sd^2 / 2 (KS, p > 1e-6)."""
    matcher = changed(NOBODY, matcher__frailty_sd_log=sd).matcher
    people = crowd_alone(NOBODY, 50_000)
    factor = Faces(matcher, people, root_seed=1, replicate=0).fmr_factor(np.arange(50_000))

    assert kstest((np.log(factor) + sd**2 / 2) / sd, "norm").pvalue > LEAST_P


@pytest.mark.parametrize("sd", [0.0, 1.0])
def test_a_few_faces_match_often_and_the_total_stays(sd: float) -> None:
    """Protects frailty: as many false alerts in all, but clustered on few (exact tests).

    P(an alert) is E[f], P(two of two) is E[f^2], f being a face's own FPIR. Where FPIR is 0.001 the
    total is 0.001 without frailty and within 1 % of it with; the second pass of a face that alerted
    alerts again e^(sd^2) times as often as any.
    """
    scenario = changed(NOBODY, matcher__frailty_sd_log=sd)
    both, alerts, people = 0, 0, 0
    for replicate in range(4):
        van = van_alone(scenario, 150_000, passes=2, replicate=replicate)
        first, second = van.false_alerts.reshape(2, -1)
        both, alerts, people = (
            both + int((first & second).sum()),
            alerts + int(first.sum()),
            people + len(first),
        )
    once = _mean_over_faces(sd, lambda f: -np.expm1(1_000 * np.log1p(-1e-6 * f)))
    twice = _mean_over_faces(sd, lambda f: np.expm1(1_000 * np.log1p(-1e-6 * f)) ** 2)

    assert theory(scenario).rates["fpir"] == pytest.approx(once, rel=1e-6)
    assert once == pytest.approx(1e-3, rel=0.01)
    assert twice / once**2 == pytest.approx(np.exp(sd**2), rel=0.03)
    assert exact_p(alerts, people, once) > LEAST_P
    assert exact_p(both, people, twice) > LEAST_P


def test_second_walks_of_frail_faces_alert_together() -> None:
    """Protects the street's link: who comes back is the same face, so alerts cluster on people.

    Of people who came back, the pairs in which both passes alert are more than chance alone makes
    (Poisson, p < 1e-6).
    """
    scenario = changed(
        SEEN,
        {"crowd.repeat.same_day_share": 1.0, "crowd.repeat.delay_mean_h": 0.2},
        deployment__hours=4.0,
        crowd__passers_per_hour=5_000.0,
        watchlist__presence=0.0,
        matcher__fmr=3e-6,
        matcher__frailty_sd_log=2.0,
    )
    pairs = both = alerts = 0
    for replicate in range(2):
        model = DeploymentModel(scenario, run_seed=2, replicate=replicate)
        passes = model.searches.passes.passer
        alerted = np.full(len(model.crowd), -1)
        alerted[passes] = model.searches.exceeds
        again = np.arange(model.crowd.people, len(model.crowd))
        first = alerted[model.crowd.person[again]]
        second = alerted[again]
        seen = (first >= 0) & (second >= 0)
        pairs += int(seen.sum())
        both += int(((first == 1) & (second == 1)).sum())
        alerts += int((first[seen] + second[seen]).sum())
    by_chance = pairs * (alerts / (2 * pairs)) ** 2

    assert pairs > 1_000
    assert both > 5 * by_chance
    assert poisson.sf(both - 1, by_chance) < LEAST_P


@pytest.mark.parametrize("rho", [0.0, 0.5, 1.0])
def test_own_scores_agree_over_the_passes_of_a_person(rho: float) -> None:
    """Protects agreement: TPIR stays, P(found twice) is bivariate normal; 0 none, 1 always (exact)."""
    van = van_alone(changed(EVERYBODY, matcher__mated_agreement=rho), 40_000, passes=2)
    first, second = van.true_alerts.reshape(2, -1)
    level = ndtri(0.6)
    if rho < 1.0:
        twice = float(multivariate_normal(cov=np.array([[1.0, rho], [rho, 1.0]])).cdf([level, level]))
        assert exact_p(int((first & second).sum()), 40_000, twice) > LEAST_P
    else:
        assert (first == second).all()

    assert van.searches.mated.all()
    assert exact_p(int(first.sum()), 40_000, 0.6) > LEAST_P
    assert exact_p(int(second.sum()), 40_000, 0.6) > LEAST_P


def test_agreement_does_not_make_a_mask_agree() -> None:
    """Protects what is worn: who is hooded is missed anew at each pass, also where scores always agree."""
    van = van_alone(changed(EVERYBODY, matcher__mated_agreement=1.0), 40_000, passes=2, hooded=True)
    first, second = van.true_alerts.reshape(2, -1)

    assert exact_p(int(first.sum()), 40_000, 0.6 * 0.8) > LEAST_P
    assert exact_p(int((first & second).sum()), 40_000, 0.6 * 0.8**2) > LEAST_P


def test_own_scores_agree_between_thresholds_too() -> None:
    """Protects the marginal law under agreement: TPIR at other thresholds is the normal law's (exact)."""
    for threshold in (0.5, 0.7):
        van = van_alone(
            changed(EVERYBODY, matcher__mated_agreement=0.6, matcher__threshold=threshold), 40_000
        )
        expected = float(norm.cdf(ndtri(0.6) - (threshold - 0.6) / 0.1))

        assert exact_p(int(van.true_alerts.sum()), 40_000, expected) > LEAST_P


def _of_kin(scenario: Scenario, count: int) -> tuple[VanAlone, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return searches, relatives who are not listed, and alerts on the entries of their relatives."""
    van = van_alone(scenario, count)
    kin_entry = van.membership.kin_entry[van.person]
    kin = (kin_entry >= 0) & ~van.membership.listed[van.person]
    return van, kin, van.false_alerts & (van.searches.candidate == kin_entry)


KIN = changed(
    SEEN,
    AS_LISTED,
    EQUAL_FACES,
    watchlist__size=10_000,
    watchlist__presence=0.5,
    watchlist__kin_share=1.0,
    matcher__fmr=2e-6,
    matcher__kin_fmr_multiplier=10_000.0,
)


@pytest.mark.parametrize("sd", [0.0, 1.0])
def test_relatives_are_matched_more_often_by_the_multiplier(sd: float) -> None:
    """Protects kin: P(alert) is that of strangers, and of the relative's FMR x multiplier (exact tests).

    The relative's entry is returned where no stranger's scores higher: density of the relative's FMR
    times P(no other is more alike), from 0 to the threshold's.
    """
    van, kin, on_kin = _of_kin(changed(KIN, matcher__frailty_sd_log=sd), 100_000)
    others = ~kin & ~van.membership.listed[van.person]
    stranger = _mean_over_faces(sd, lambda f: 1 - np.exp(10_000 * np.log1p(-2e-6 * f)))
    relative = _mean_over_faces(
        sd,
        lambda f: 1 - np.exp(10_000 * np.log1p(-2e-6 * f)) * (1 - np.minimum(1.0, 0.02 * f)),
    )
    returned = _mean_over_faces(
        sd, lambda f: 1 - np.exp(10_001 * np.log1p(-np.minimum(2e-6 * f, 1e-4)))
    ) * (10_000 / 10_001)

    assert kin.sum() > 10_000
    assert (van.searches.candidate_is_kin & van.searches.exceeds)[on_kin].mean() > 0.99
    assert not (van.searches.candidate_is_kin & van.false_alerts & ~on_kin).any()
    assert exact_p(int(van.false_alerts[kin].sum()), int(kin.sum()), relative) > LEAST_P
    assert exact_p(int(van.false_alerts[others].sum()), int(others.sum()), stranger) > LEAST_P
    assert relative > 1.5 * stranger
    assert exact_p(int(on_kin[kin].sum()), int(kin.sum()), returned) > LEAST_P
    assert (van.entries.cell[van.searches.candidate[on_kin]] == van.people.cell[van.person[on_kin]]).all()


def test_relatives_of_those_taken_off_are_strangers() -> None:
    """Protects operations: nobody is matched to a relative's entry that is off, others as before."""
    operations = {"watchlist.operations.serious_only": True}
    before, _, was = _of_kin(KIN, 50_000)
    after, kin, now = _of_kin(changed(KIN, operations), 50_000)
    kept = after.entries.kept[after.membership.kin_entry[after.person]]

    assert not now[~kept].any()
    assert now[kept & kin].sum() > 50
    assert (was & kept <= now).all()
    assert (before.membership.kin_entry == after.membership.kin_entry).all()


def test_listed_people_who_are_relatives_are_matched_to_both() -> None:
    """Protects kin among the listed: where the own entry fails, the relative's still can (exact test)."""
    scenario = changed(
        EVERYBODY,
        watchlist__kin_also_listed_share=1.0,
        matcher__fmr=2e-6,
        matcher__kin_fmr_multiplier=100_000.0,
        watchlist__size=200,
    )
    van = van_alone(scenario, 50_000)
    on_kin = van.searches.candidate == van.membership.kin_entry[van.person]
    missed = ~van.true_alerts
    any_alert = 1 - 0.4 * (1 - 0.2) * (1 - 2e-6) ** 199

    assert exact_p(int(van.searches.exceeds.sum()), 50_000, any_alert) > LEAST_P
    assert (on_kin | ~van.false_alerts).mean() > 0.999
    assert van.false_alerts[missed].sum() > 1_000


def test_false_alerts_with_kin_and_frailty_are_those_of_the_closed_form() -> None:
    """Protects kin in the closed form: false alerts by group, of listed people and not (exact tests)."""
    scenario = changed(
        SEEN,
        watchlist__size=2_000,
        watchlist__presence=0.02,
        watchlist__kin_share=0.8,
        matcher__fmr=1e-6,
        matcher__kin_fmr_multiplier=100_000.0,
    )
    alerts, searches = np.zeros(len(GROUPS), dtype=np.int64), np.zeros(len(GROUPS), dtype=np.int64)
    for replicate in range(4):
        van = van_alone(scenario, 100_000, replicate=replicate)
        alerts += np.bincount(van.group[van.false_alerts], minlength=len(GROUPS))
        searches += np.bincount(van.group, minlength=len(GROUPS))
    expected = theory(scenario).groups
    for row, name in enumerate(GROUPS):
        chance = expected[name]["false_alerts"] / expected[name]["captured_passes"]
        assert chance > 1.4 * expected[name]["fpir"]  # a good part is kin
        assert exact_p(int(alerts[row]), int(searches[row]), chance) > LEAST_P


@pytest.mark.parametrize(("images", "expected"), [(1.0, 0.6), (1.5, 0.65), (2.0, 0.7), (3.0, 0.775)])
def test_further_images_recover_a_share_of_the_misses(images: float, expected: float) -> None:
    """Protects images per person: of what is missed, each further image recovers a quarter (exact)."""
    scenario = changed(EVERYBODY, watchlist__images_per_person=images, matcher__second_image_tpir_gain=0.25)
    van = van_alone(scenario, 50_000)
    own = theory(scenario).groups["white"]["true_alert_given_capture"]

    assert own == pytest.approx(expected, rel=1e-6)
    assert exact_p(int(van.true_alerts.sum()), 50_000, expected) > LEAST_P


def test_older_images_are_matched_less() -> None:
    """Protects image age: TPIR falls by 2 % of itself a year from 3 years on, and rises before (|z| < 5).

    The mean is that of the closed form (exact test).
    """
    scenario = changed(EVERYBODY, matcher__tpir_age_decay_per_year=0.02, watchlist__image_age_years=6.0)
    van = van_alone(scenario, 100_000)
    age = van.membership.image_age_years[van.person]
    chance = 0.6 * np.maximum(0.0, 1 - 0.02 * (age - 3.0))
    for low, high in ((0, 1), (1, 3), (3, 8), (8, 20), (20, 100)):
        here = (age >= low) & (age < high)
        spread = np.sqrt((chance[here] * (1 - chance[here])).sum())
        assert here.sum() > 1_000
        assert abs(van.true_alerts[here].sum() - chance[here].sum()) < 5 * spread

    own = theory(scenario).groups["black"]["true_alert_given_capture"]
    assert own == pytest.approx(0.6 * (1 - 0.02 * 3.0), rel=1e-3)
    assert exact_p(int(van.true_alerts.sum()), 100_000, own) > LEAST_P


def test_images_from_elsewhere_are_matched_by_their_ratio() -> None:
    """Protects image quality: TPIR with images not taken in custody (exact tests)."""
    scenario = changed(EVERYBODY, watchlist__custody_share=0.7, matcher__non_custody_tpir_ratio=0.5)
    van = van_alone(scenario, 50_000)
    custody = van.membership.custody[van.person]
    for source, expected in ((custody, 0.6), (~custody, 0.3)):
        assert exact_p(int(van.true_alerts[source].sum()), int(source.sum()), expected) > LEAST_P

    own = theory(scenario).groups["asian"]["true_alert_given_capture"]
    assert own == pytest.approx(0.7 * 0.6 + 0.3 * 0.3, rel=1e-6)


def test_no_ratio_makes_tpir_more_than_one() -> None:
    """Protects the end of TPIR: beyond 1 everybody is found, at any threshold below the highest score."""
    scenario = changed(
        EVERYBODY,
        matcher__tpir=1.0,
        matcher__tpir_age_decay_per_year=0.5,
        matcher__tpir_reference_age_years=50,
    )
    for threshold in (0.6, 0.9, 1.0):
        van = van_alone(changed(scenario, matcher__threshold=threshold), 2_000)
        young = van.membership.image_age_years[van.person] < 49

        assert young.mean() > 0.99
        assert van.true_alerts[young].all()
