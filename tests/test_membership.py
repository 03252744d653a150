"""Presence: who of those who walk past is on the list, on which entry, and who is a relative."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, kstest
from van_parts import AS_LISTED, LEAST_P, NO_KIN, PLAIN, changed, exact_p, members_of

from lfr_sim.model import DeploymentModel
from lfr_sim.records import People
from lfr_sim.scenario import CATEGORIES, GROUPS
from lfr_sim.van import Entries, Membership, likeness, presence
from lfr_sim.van.watchlist import presence_today

FIXED = changed(PLAIN, watchlist__presence_law="fixed", watchlist__presence_day_effect=False)
PLENTY = changed(FIXED, watchlist__presence=0.05)
MANY = 400_000

Members = tuple[Entries, People, Membership]


@pytest.fixture(scope="module")
def plenty() -> Members:
    """Return 400,000 people of London's streets, one in twenty of whom is listed."""
    return members_of(PLENTY, MANY)


@pytest.mark.parametrize(("law", "exponent"), [("fixed", 0.0), ("concave", 0.5), ("proportional", 1.0)])
def test_presence_moves_with_size_by_its_law(law: str, exponent: float) -> None:
    """Protects the three laws, that none is implied by the size, and the two ends."""
    at = {
        size: presence(changed(PLAIN, watchlist__presence_law=law, watchlist__size=size).watchlist)
        for size in (0, 1_749, 6_996, 27_984)
    }

    assert at[0] == 0.0
    assert at[6_996] == pytest.approx(1.49e-4)
    assert at[27_984] / at[1_749] == pytest.approx(16.0**exponent)


@pytest.mark.parametrize("shape", [0.3, 1.0, 4.0])
def test_days_differ_by_a_gamma_factor(shape: float) -> None:
    """Protects the day effect: presence of 2,000 days is gamma of the usual mean (KS, p > 1e-6)."""
    settings = changed(
        PLAIN, watchlist__presence_law="fixed", watchlist__presence_day_shape=shape
    ).watchlist
    days = [presence_today(settings, root_seed=1, replicate=day) / 1.49e-4 for day in range(2_000)]

    assert kstest(days, "gamma", args=(shape, 0, 1 / shape)).pvalue > LEAST_P


_PRESENCE = st.just(0.0) | st.floats(1e-6, 1)


@given(
    levels=st.tuples(_PRESENCE, _PRESENCE),
    people=st.integers(0, 400),
    size=st.integers(2, 500),
    seed=st.integers(0, 50),
)
def test_more_presence_only_adds_people(
    levels: tuple[float, float], people: int, size: int, seed: int
) -> None:
    """Protects nesting of membership: those listed at a lower presence stay, on the same entry.

    So does whoever is a lookalike relative.
    """
    (_, _, fewer), (_, _, more) = (
        members_of(changed(FIXED, watchlist__presence=level, watchlist__size=size), people, seed=seed)
        for level in sorted(levels)
    )

    assert (more.listed >= fewer.listed).all()
    for name in ("entry", "image_age_years", "custody", "images"):
        assert (getattr(fewer, name)[fewer.listed] == getattr(more, name)[fewer.listed]).all()
    assert ((more.kin_entry >= 0) >= (fewer.kin_entry >= 0)).all()


def test_as_many_are_listed_as_presence_says(plenty: Members) -> None:
    """Protects presence at the default list: it is that of the whole crowd, whatever the mixes are."""
    _, _, membership = plenty

    assert exact_p(int(membership.listed.sum()), MANY, 0.05) > LEAST_P
    assert ((membership.entry >= 0) == membership.listed).all()


def test_the_listed_who_walk_past_are_like_the_list(plenty: Members) -> None:
    """Protects who is listed: group, sex and age of the list, not of the crowd (exact tests)."""
    _, people, membership = plenty
    settings, listed = PLENTY.watchlist, membership.listed
    count = int(listed.sum())
    by_group = np.bincount(people.group[listed], minlength=len(GROUPS))

    assert (
        chisquare(by_group, count * np.array(list(settings.groups.model_dump().values()))).pvalue > LEAST_P
    )
    assert exact_p(int(people.woman[listed].sum()), count, settings.female_share) > LEAST_P
    assert exact_p(int(people.under_18[listed].sum()), count, settings.share_under_18) > LEAST_P
    older = PLENTY.crowd.share_65_plus / (1 - PLENTY.crowd.share_under_18) * (1 - settings.share_under_18)
    assert exact_p(int(people.older[listed].sum()), count, older) > LEAST_P
    assert people.under_18[listed].sum() > 0


def test_likeness_is_share_of_the_list_over_share_of_the_crowd() -> None:
    """Protects likeness by hand: a Black man over 18 against the crowd, and its mean of 1."""
    ratios = likeness(PLAIN.watchlist, PLAIN.crowd)
    crowd, listed = PLAIN.crowd, PLAIN.watchlist
    shares = np.array(list(crowd.groups.model_dump().values()))
    sexes = np.array([1 - crowd.female_share, crowd.female_share])
    ages = np.array([1 - crowd.share_under_18, crowd.share_under_18])
    adults = (1 - listed.share_under_18) / (1 - crowd.share_under_18)

    assert ratios.shape == (4, 2, 2)
    assert ratios[1, 0, 0] == pytest.approx(0.31 / 0.09 * 0.9 / (1 - crowd.female_share) * adults)
    assert ratios[0, 1, 1] == pytest.approx(
        0.44 / 0.64 * 0.1 / crowd.female_share * 0.005 / crowd.share_under_18
    )
    assert np.einsum("gsa,g,s,a->", ratios, shares, sexes, ages) == pytest.approx(1.0)


def test_nobody_of_a_kind_who_does_not_walk_past_is_listed() -> None:
    """Protects empty kinds: without Black passers the rest are listed as before, presence falls."""
    groups = {"white": 0.73, "black": 0.0, "asian": 0.18, "other": 0.09}
    scenario = changed(PLENTY, {f"crowd.groups.{name}": share for name, share in groups.items()})
    _, people, membership = members_of(scenario, MANY)

    assert (people.group != 1).all()
    assert exact_p(int(membership.listed.sum()), MANY, 0.05 * (1 - 0.31)) > LEAST_P


_RATIOS = dict(zip(CATEGORIES, (1.0, 3.0, 0.0, 0.5, 8.0, 1.0, 0.2, 30.0, 2.0), strict=True))


def test_categories_walk_past_in_proportion_to_share_and_ratio() -> None:
    """Protects presence by category: share x ratio among those who walk past, the total unchanged."""
    scenario = changed(
        PLENTY,
        AS_LISTED,
        {f"watchlist.presence_ratio.{name}": ratio for name, ratio in _RATIOS.items()},
        watchlist__size=2_000_000,
    )
    entries, _, membership = members_of(scenario, MANY)
    listed = membership.listed
    counted = np.bincount(entries.category[membership.entry[listed]], minlength=len(CATEGORIES))
    weights = np.array(list(scenario.watchlist.categories.model_dump().values())) * list(_RATIOS.values())
    expected = weights / weights.sum() * counted.sum()
    present = expected > 0

    assert exact_p(int(listed.sum()), MANY, 0.05) > LEAST_P
    assert counted[~present].sum() == 0
    assert chisquare(counted[present], expected[present]).pvalue > LEAST_P


def test_who_walks_past_leaves_the_make_up_of_the_list_alone(plenty: Members) -> None:
    """Protects the list: groups, sexes and images stay whoever walks past; shares of the rest do too."""
    entries, people, _ = plenty
    with_nobody, _, _ = members_of(changed(PLENTY, watchlist__presence=0.0), 0, people=people)
    settings = PLENTY.watchlist

    for name in ("group", "woman", "images"):
        assert (getattr(entries, name) == getattr(with_nobody, name)).all()
    assert (entries.stale != with_nobody.stale).any()
    assert exact_p(int(entries.stale.sum()), len(entries), settings.stale_share) > LEAST_P
    assert exact_p(int(entries.custody.sum()), len(entries), settings.custody_share) > LEAST_P
    assert exact_p(int(entries.under_18.sum()), len(entries), settings.share_under_18) > LEAST_P


def test_an_entry_is_like_its_person() -> None:
    """Protects the link: an entry has group, sex, age, source and images of the person who has it."""
    scenario = changed(
        PLENTY,
        AS_LISTED,
        watchlist__size=3_000_000,
        watchlist__images_per_person=1.5,
        watchlist__share_under_18=0.3,
        crowd__share_under_18=0.3,
    )
    entries, people, membership = members_of(scenario, 4_000)
    own = membership.entry[membership.listed]
    alone = np.bincount(own)[own] == 1  # nobody else drew the same entry
    rows = np.flatnonzero(membership.listed)[alone]
    own = own[alone]

    assert len(rows) > 150
    assert people.under_18[rows].any()
    for of_person, of_entry in (
        (people.group, entries.group),
        (people.woman, entries.woman),
        (people.under_18, entries.under_18),
        (membership.custody, entries.custody),
        (membership.images, entries.images),
        (membership.image_age_years, entries.image_age_years),
    ):
        assert (of_person[rows] == of_entry[own]).all()


@given(st.integers(300, 3_000), st.integers(300, 3_000), st.integers(0, 1000))
def test_a_person_stays_who_they_are_when_the_list_grows(first: int, second: int, seed: int) -> None:
    """Protects comparisons of lists: image, source and what the entry says go with the person."""
    scenario = changed(FIXED, AS_LISTED, watchlist__presence=0.01, watchlist__images_per_person=1.5)
    told = []
    for size in (first, second):
        entries, _, membership = members_of(changed(scenario, watchlist__size=size), 400, seed=seed)
        listed, own = membership.listed, membership.entry[membership.listed]
        alone = np.bincount(own)[own] == 1 if len(own) else np.zeros(0, dtype=bool)
        said = [membership.image_age_years, membership.custody, membership.images]
        of_entry = [entries.category, entries.serious, entries.stale, entries.unconvicted]
        told.append(
            (listed, alone, [column[listed] for column in said], [column[own] for column in of_entry])
        )
    both = told[0][1] & told[1][1]

    assert (told[0][0] == told[1][0]).all()
    for one, other in zip(told[0][2], told[1][2], strict=True):
        assert (one == other).all()
    for one, other in zip(told[0][3], told[1][3], strict=True):
        assert (one[both] == other[both]).all()


def test_every_entry_of_a_kind_is_as_likely_to_walk_past() -> None:
    """Protects the choice of the entry: those of one group and sex are drawn alike (chi2, p > 1e-6)."""
    scenario = changed(PLENTY, AS_LISTED, watchlist__size=500, watchlist__presence=0.2)
    entries, people, membership = members_of(scenario, MANY)
    men = (people.group == 0) & ~people.woman & membership.listed
    of_kind = (entries.group == 0) & ~entries.woman
    counted = np.bincount(membership.entry[men], minlength=500)

    assert counted[~of_kind].sum() == 0
    assert chisquare(counted[of_kind]).pvalue > LEAST_P


def test_relatives_are_as_likely_to_walk_past_as_the_listed(plenty: Members) -> None:
    """Protects kin: among people not listed the share of kin, by kind; their entry is of their kind."""
    entries, people, membership = plenty
    chance = 0.05 * PLENTY.watchlist.kin_share * likeness(PLENTY.watchlist, PLENTY.crowd)
    kin = membership.kin_entry >= 0
    for group in range(len(GROUPS)):
        for woman in (0, 1):
            here = (people.group == group) & (people.woman == woman) & ~people.under_18 & ~membership.listed
            assert exact_p(int(kin[here].sum()), int(here.sum()), chance[group, woman, 0]) > LEAST_P

    assert (entries.cell[membership.kin_entry[kin]] == people.cell[kin]).all()


@pytest.mark.parametrize(("share", "size"), [(0.05, 6_747), (1.0, 6_747), (1.0, 2)])
def test_listed_people_can_be_relatives_of_others_but_not_of_themselves(share: float, size: int) -> None:
    """Protects kin of listed people: the stated share, never on the own entry."""
    scenario = changed(
        PLENTY,
        AS_LISTED,
        watchlist__presence=0.05,
        watchlist__kin_also_listed_share=share,
        watchlist__size=size,
    )
    _, _, membership = members_of(scenario, MANY)
    kin = membership.kin_entry[membership.listed]

    assert exact_p(int((kin >= 0).sum()), len(kin), share) > LEAST_P
    assert (kin != membership.entry[membership.listed])[kin >= 0].all()


def test_any_other_entry_of_a_kind_is_as_likely_to_be_the_relatives() -> None:
    """Protects the choice of the relative: of five entries, the four others alike (chi2, p > 1e-6)."""
    only_white_men: dict[str, Any] = {
        **{
            f"{where}.groups.{name}": float(name == "white")
            for name in GROUPS
            for where in ("crowd", "watchlist")
        },
        "crowd.female_share": 0.0,
        "watchlist.female_share": 0.0,
    }
    scenario = changed(
        FIXED,
        only_white_men,
        watchlist__size=5,
        watchlist__presence=1.0,
        watchlist__kin_also_listed_share=1.0,
    )
    _, _, membership = members_of(scenario, 50_000)
    step = (membership.kin_entry - membership.entry) % 5
    counted = np.bincount(step[membership.listed], minlength=5)

    assert counted[0] == 0
    assert chisquare(counted[1:]).pvalue > LEAST_P


@pytest.mark.parametrize("size", [0, 1])
def test_lists_of_none_and_one(size: int) -> None:
    """Protects the ends: nobody is on an empty list, and nobody is a relative on a list of oneself."""
    scenario = changed(FIXED, watchlist__size=size, watchlist__presence=1.0)
    entries, _, membership = members_of(changed(scenario, watchlist__kin_also_listed_share=1.0), 1_000)

    assert membership.listed.any() == (size > 0)
    assert (membership.kin_entry[membership.listed] == -1).all()
    assert entries.deployed == size


_OPERATIONS: list[dict[str, Any]] = [
    {},
    {"serious_only": True},
    {"remove_unconvicted_custody": True, "review_age_years": 1.0},
    {"keep_categories": ["suspect_drugs"], "cap": 10},
    {"cap": 500},
    {"cap": 0},
    {"remove_entries": 1_000},
]


def _day(operations: dict[str, Any]) -> DeploymentModel:
    scenario = changed(
        FIXED,
        {f"watchlist.operations.{name}": value for name, value in operations.items()},
        site__vans=["V1", "V2"],
        deployment__hours=0.5,
        watchlist__presence=0.05,
        watchlist__size=2_000,
        matcher__fmr=1e-5,
    )
    return DeploymentModel(scenario, run_seed=6)


def test_who_was_taken_off_still_walks_past() -> None:
    """Protects the answer to who of the removed would have walked past: they do, and are counted.

    Listed passers and passers whose entry was taken off sum to the same under every operation, and the
    exceedances are those of the whole list whose entry stays, and fewer others in place of the rest.
    """
    whole = _day({})
    everybody = whole.truth["listed_passers"]
    listed = whole.membership.listed[whole.crowd.person]
    removed = []
    for operations in _OPERATIONS:
        model = _day(operations)
        truth, kept = model.truth, model.entries.kept
        gone = listed & ~kept[model.membership.entry[model.crowd.person]]
        stays = whole.searches.exceeds & kept[whole.searches.candidate]

        assert truth["listed_passers"] + truth["listed_removed"] == everybody
        assert truth["listed_removed"] == gone.sum()
        assert truth["entries_removed"] == (~kept).sum()
        assert model.record["watchlist_size"] + truth["entries_removed"] == 2_000
        assert (model.membership.entry == whole.membership.entry).all()
        assert (model.searches.candidate[stays] == whole.searches.candidate[stays]).all()
        assert (model.searches.exceeds <= whole.searches.exceeds).all()
        assert kept[model.searches.candidate[model.searches.exceeds]].all()
        removed.append(truth["listed_removed"])

    assert everybody > 100
    assert removed[0] == 0
    assert removed[_OPERATIONS.index({"cap": 0})] == everybody
    assert all(0 < removed[row] < everybody for row in (1, 2, 4, 6))


def test_taking_off_a_category_takes_off_its_presence() -> None:
    """Protects presence by category under a filter: those who are likelier to walk past count more."""
    scenario = changed(
        PLENTY,
        AS_LISTED,
        NO_KIN,
        {f"watchlist.presence_ratio.{name}": ratio for name, ratio in _RATIOS.items()},
        {"watchlist.operations.keep_categories": ["suspect_drugs", "of_interest"]},
        watchlist__size=2_000_000,
    )
    entries, _, membership = members_of(scenario, MANY)
    own = membership.entry[membership.listed]
    shares = dict(zip(CATEGORIES, scenario.watchlist.categories.model_dump().values(), strict=True))
    weights = {name: shares[name] * _RATIOS[name] for name in CATEGORIES}
    kept_share = (weights["suspect_drugs"] + weights["of_interest"]) / sum(weights.values())
    kept = int(entries.kept[own].sum())

    assert exact_p(kept, len(own), kept_share) > LEAST_P
    assert kept_share > 2 * entries.deployed / len(entries)
