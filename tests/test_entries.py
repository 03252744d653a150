"""The list: what it is made of, and what taking entries off it leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import chi2_contingency, chisquare, kstest
from van_parts import (
    AS_LISTED,
    EQUAL_FACES,
    LEAST_P,
    NO_KIN,
    PLAIN,
    SEEN,
    VanAlone,
    changed,
    exact_p,
    members_of,
    van_alone,
)

from lfr_sim.scenario import CATEGORIES, GROUPS, Scenario
from lfr_sim.van import Entries

LONG = changed(PLAIN, watchlist__size=200_000, watchlist__images_per_person=1.4)
COLUMNS = (
    "category",
    "serious",
    "group",
    "woman",
    "under_18",
    "custody",
    "unconvicted",
    "stale",
    "image_age_years",
    "images",
)


def _entries(scenario: Scenario, seed: int = 1) -> Entries:
    return Entries(scenario.watchlist, root_seed=seed, replicate=0)


@pytest.fixture(scope="module")
def long() -> Entries:
    """Return a long list, of which nobody walks past."""
    return _entries(LONG)


def _operations(**operations: Any) -> dict[str, Any]:
    return {f"watchlist.operations.{name}": value for name, value in operations.items()}


def _share_p(column: NDArray[np.bool_], share: float) -> float:
    return exact_p(int(column.sum()), len(column), share)


def test_shares_of_the_list_are_the_settings(long: Entries) -> None:
    """Protects the composition: each share of 200,000 entries, exact tests."""
    settings = LONG.watchlist
    size = len(long)
    expected = {
        "category": list(settings.categories.model_dump().values()),
        "group": list(settings.groups.model_dump().values()),
    }
    for name, shares in expected.items():
        counted = np.bincount(getattr(long, name), minlength=len(shares))
        assert chisquare(counted, np.array(shares) * size).pvalue > LEAST_P

    assert _share_p(long.woman, settings.female_share) > LEAST_P
    assert _share_p(long.under_18, settings.share_under_18) > LEAST_P
    assert _share_p(long.custody, settings.custody_share) > LEAST_P
    assert _share_p(long.stale, settings.stale_share) > LEAST_P
    assert _share_p(long.images == 2, 0.4) > LEAST_P
    assert set(long.images.tolist()) == {1, 2}
    assert kstest(long.image_age_years, "expon", args=(0, settings.image_age_years)).pvalue > LEAST_P


def test_seriousness_goes_by_category(long: Entries) -> None:
    """Protects the category's seriousness: in each the stated share, 0 and 1 included."""
    for number, name in enumerate(CATEGORIES):
        of_category = long.serious[long.category == number]

        assert len(of_category) > 1000
        assert _share_p(of_category, getattr(LONG.watchlist.serious_share, name)) > LEAST_P


def test_unconvicted_custody_images_go_by_group() -> None:
    """Protects the source: never convicted only with a custody image, share times ratio by group."""
    ratios = dict(zip(GROUPS, (1.0, 2.5, 0.0, 100.0), strict=True))
    entries = _entries(
        changed(
            LONG,
            {f"watchlist.unconvicted_ratio.{name}": ratio for name, ratio in ratios.items()},
            watchlist__custody_share=0.7,
        )
    )

    assert not entries.unconvicted[~entries.custody].any()
    for number, name in enumerate(GROUPS):
        here = entries.custody & (entries.group == number)
        assert _share_p(entries.unconvicted[here], min(1.0, 0.2 * ratios[name])) > LEAST_P


def test_what_is_drawn_for_an_entry_is_drawn_apart(long: Entries) -> None:
    """Protects against shared draws: columns that nothing links are independent (chi2, p > 1e-6)."""
    linked = {frozenset(pair) for pair in (("category", "serious"), ("custody", "unconvicted"))}
    linked.add(frozenset(("group", "unconvicted")))
    old = np.asarray(long.image_age_years > 3.0)
    columns = {name: old if name == "image_age_years" else getattr(long, name) for name in COLUMNS}
    for first in COLUMNS:
        for second in COLUMNS[: COLUMNS.index(first)]:
            if frozenset((first, second)) not in linked:
                table = np.zeros((len(CATEGORIES), len(CATEGORIES)))
                np.add.at(table, (columns[first].astype(int), columns[second].astype(int)), 1)
                table = table[table.any(axis=1)][:, table.any(axis=0)]
                assert chi2_contingency(table).pvalue > LEAST_P, (first, second)


@given(short=st.integers(0, 300), more=st.integers(0, 300), seed=st.integers(0, 1000))
def test_a_longer_list_holds_the_shorter_one(short: int, more: int, seed: int) -> None:
    """Protects the prefix: where nobody of the list walks past, its entries stay what they are."""
    sizes = (short, short + more)
    shorter, longer = (_entries(changed(LONG, watchlist__size=size), seed) for size in sizes)

    for name in COLUMNS:
        assert (getattr(shorter, name) == getattr(longer, name)[:short]).all()


def test_every_run_has_a_list_of_its_own() -> None:
    """Protects replicates: another number or seed of a run is another list."""
    settings = PLAIN.watchlist
    first, second, third = (
        Entries(settings, root_seed=seed, replicate=replicate).image_age_years
        for seed, replicate in ((1, 0), (1, 1), (2, 0))
    )

    assert not np.isin(first, second).any()
    assert not np.isin(first, third).any()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_shares_of_none_and_all_leave_no_exception(share: float) -> None:
    """Protects the ends: a share of 0 holds for no entry, one of 1 for each."""
    names = ("female_share", "share_under_18", "custody_share", "unconvicted_share", "stale_share")
    entries = _entries(changed(PLAIN, {f"watchlist.{name}": share for name in names}))

    for name in ("woman", "under_18", "custody", "unconvicted", "stale"):
        assert getattr(entries, name).mean() == share


_CATEGORY_SETS = st.none() | st.sets(st.sampled_from(CATEGORIES), min_size=1).map(
    lambda names: tuple(sorted(names))
)
_OPERATIONS = st.fixed_dictionaries(
    {
        "keep_categories": _CATEGORY_SETS,
        "serious_only": st.booleans(),
        "remove_unconvicted_custody": st.booleans(),
        "review_age_years": st.none() | st.sampled_from([0.0, 0.5, 3.0, 20.0]),
        "remove_entries": st.integers(0, 100),
        "cap": st.none() | st.integers(0, 600),
    }
)
"""Any combination of operations on a list of 100 to 600."""


@given(_OPERATIONS, st.integers(100, 600), st.integers(0, 1000))
def test_every_table_of_the_list_sums_to_what_is_deployed(
    operations: dict[str, Any], size: int, seed: int
) -> None:
    """Protects the totals: each table of the composition, and removed plus deployed is the size."""
    scenario = changed(SEEN, _operations(**operations), watchlist__size=size, watchlist__presence=0.3)
    entries, _, _ = members_of(scenario, 200, seed=seed)
    tables = entries.composition()

    assert entries.deployed == entries.kept.sum() <= size
    assert set(tables) == {"category", "group", "sex", "age", "seriousness", "source", "currency"}
    assert {name: sum(table.values()) for name, table in tables.items()} == dict.fromkeys(
        tables, entries.deployed
    )
    assert tuple(tables["category"]) == CATEGORIES
    assert tuple(tables["group"]) == GROUPS


def test_tables_count_what_they_say() -> None:
    """Protects the labels: each cell of the composition is the count of its entries."""
    entries = _entries(changed(LONG, _operations(serious_only=True, keep_categories=["suspect_drugs"])))
    kept, tables = entries.kept, entries.composition()
    convicted = entries.custody & ~entries.unconvicted

    assert tables["category"] == dict.fromkeys(CATEGORIES, 0) | {"suspect_drugs": entries.deployed}
    assert tables["group"] == {
        name: (kept & (entries.group == number)).sum() for number, name in enumerate(GROUPS)
    }
    assert tables["sex"] == {"men": (kept & ~entries.woman).sum(), "women": (kept & entries.woman).sum()}
    assert tables["age"]["under 18"] == (kept & entries.under_18).sum()
    assert tables["seriousness"] == {"less serious": 0, "serious": entries.deployed}
    assert tables["source"] == {
        "custody, convicted": (kept & convicted).sum(),
        "custody, unconvicted": (kept & entries.unconvicted).sum(),
        "not custody": (kept & ~entries.custody).sum(),
    }
    assert tables["currency"]["stale"] == (kept & entries.stale).sum()
    assert min(tables["source"].values()) > 0
    for number, name in enumerate(GROUPS):
        here = kept & (entries.group == number)
        counts = {
            "custody": (here & entries.custody).sum(),
            "unconvicted": (here & entries.unconvicted).sum(),
        }
        assert entries.unconvicted_by_group()[name] == counts


_RULES: dict[str, tuple[Any, Callable[[Entries], NDArray[np.bool_]]]] = {
    "keep_categories": (
        ["suspect_sexual", "of_interest"],
        lambda on: np.isin(
            on.category, [CATEGORIES.index("suspect_sexual"), CATEGORIES.index("of_interest")]
        ),
    ),
    "serious_only": (True, lambda on: on.serious),
    "remove_unconvicted_custody": (True, lambda on: ~on.unconvicted),
    "review_age_years": (2.0, lambda on: ~on.stale | (on.image_age_years < 2.0)),
    "remove_entries": (150_000, lambda on: np.arange(len(on)) < 50_000),
}


@pytest.mark.parametrize("name", _RULES)
def test_an_operation_takes_off_exactly_what_it_names(name: str) -> None:
    """Protects each operation: entries that it names go, all others stay."""
    value, stays = _RULES[name]
    entries = _entries(changed(LONG, _operations(**{name: value})))

    assert (entries.kept == stays(entries)).all()
    assert 0 < entries.deployed < len(entries)


def test_operations_add_up() -> None:
    """Protects combinations: what any one operation takes off is off, and nothing else, cap aside."""
    entries = _entries(changed(LONG, _operations(**{name: value for name, (value, _) in _RULES.items()})))
    stays = np.logical_and.reduce([rule(entries) for _, rule in _RULES.values()])

    assert (entries.kept == stays).all()
    assert entries.deployed > 100


@pytest.mark.parametrize("cap", [0, 10_000, 60_000, 199_999, 200_000])
def test_a_cap_keeps_the_serious_ones_first_then_by_number(cap: int) -> None:
    """Protects the cap: at most so many; nobody less serious while somebody serious is off."""
    entries = _entries(changed(LONG, _operations(cap=cap, remove_unconvicted_custody=True)))
    open_to = ~entries.unconvicted
    kept = entries.kept

    assert kept.sum() == min(cap, open_to.sum())
    assert not (kept & ~open_to).any()
    for serious in (True, False):
        those = np.flatnonzero(open_to & (entries.serious == serious))
        assert (np.diff(kept[those].astype(int)) <= 0).all()  # the lower numbers
    if (kept & ~entries.serious).any():
        assert kept[open_to & entries.serious].all()


def test_without_operations_the_list_is_whole() -> None:
    """Protects the default: nothing is taken off, nor by operations that find nothing to take off."""
    whole = _entries(PLAIN)
    all_kept = _entries(changed(PLAIN, _operations(cap=6747, keep_categories=list(CATEGORIES))))

    assert whole.kept.all()
    assert whole.all_kept
    assert all_kept.all_kept
    assert whole.deployed == all_kept.deployed == 6747


_STRICTER = st.sampled_from(
    [
        "cap",
        "review_age_years",
        "remove_entries",
        "serious_only",
        "remove_unconvicted_custody",
        "categories",
    ]
)


@given(_OPERATIONS, _STRICTER, st.floats(0, 1), st.integers(0, 1000))
def test_a_stricter_operation_leaves_a_part_of_what_stayed(
    operations: dict[str, Any], stricter: str, how_much: float, seed: int
) -> None:
    """Protects nesting: without a cap, making any one operation stricter only takes more off.

    With a cap, entries taken off make room for others; a smaller cap nests whatever else is asked.
    """
    harder = dict(operations)
    match stricter:
        case "cap":
            harder["cap"] = int(how_much * (600 if operations["cap"] is None else operations["cap"]))
        case "review_age_years":
            before = operations["review_age_years"]
            harder["review_age_years"] = round(how_much * (20.0 if before is None else before), 6)
        case "remove_entries":
            harder["remove_entries"] += int(how_much * 200)
        case "categories":
            before = operations["keep_categories"] or CATEGORIES
            harder["keep_categories"] = before[: 1 + int(how_much * (len(before) - 1))]
        case _:
            harder[stricter] = True
    if stricter != "cap":
        operations, harder = operations | {"cap": None}, harder | {"cap": None}
    scenario = changed(SEEN, watchlist__size=400, watchlist__presence=0.3)
    more, fewer = (
        members_of(changed(scenario, _operations(**asked)), 100, seed=seed)[0].kept
        for asked in (operations, harder)
    )

    assert (fewer <= more).all()


def test_a_review_takes_stale_entries_off_down_to_none() -> None:
    """Protects the review: at age 0 no entry stays stale, at later ages more do, up to the share."""
    ages = (0.0, 1.0, 3.0, 6.0, 12.0, 100.0, None)
    shares = []
    for age in ages:
        entries = _entries(changed(LONG, _operations(review_age_years=age)))
        shares.append(entries.composition()["currency"]["stale"] / entries.deployed)

    assert shares[0] == 0.0
    assert (np.diff(shares[:-1]) > 0).all()
    assert shares[-2] == shares[-1]
    expected = 0.1 * (1 - np.exp(-1.0)) / (0.9 + 0.1 * (1 - np.exp(-1.0)))
    reviewed = _entries(changed(LONG, _operations(review_age_years=3.0)))
    assert _share_p(reviewed.stale[reviewed.kept], expected) > LEAST_P


def _alone(scenario: Scenario, seed: int) -> VanAlone:
    return van_alone(scenario, 80, passes=2, seed=seed)


_BUSY = changed(
    SEEN,
    AS_LISTED,
    watchlist__size=300,
    watchlist__presence=0.3,
    matcher__tpir=0.6,
    matcher__fmr=2e-3,
    matcher__kin_fmr_multiplier=30.0,
)


@settings(max_examples=50)
@given(
    _OPERATIONS,
    st.sampled_from([1.0, 1.5, 3.0]),
    st.sampled_from([1e-4, 2e-3, 0.05]),
    st.integers(0, 10_000),
)
def test_taking_entries_off_removes_exactly_their_alerts(
    operations: dict[str, Any], images: float, fmr: float, seed: int
) -> None:
    """Protects the filters: a pass whose candidate stays is unchanged; no pass alerts that did not.

    A pass whose candidate is taken off either falls silent or shows another, kept entry with a score
    no higher. Nobody's own entry that is off is ever returned.
    """
    scenario = changed(_BUSY, watchlist__images_per_person=images, matcher__fmr=fmr)
    before, after = (_alone(changed(scenario, table), seed) for table in ({}, _operations(**operations)))
    was, now, kept = before.searches, after.searches, after.entries.kept
    stays = was.exceeds & kept[was.candidate]
    goes = was.exceeds & ~stays

    for name in ("exceeds", "candidate", "candidate_is_mate", "score", "time_s"):
        assert (getattr(was, name)[stays] == getattr(now, name)[stays]).all()
    assert not (now.exceeds & ~was.exceeds).any()
    assert kept[now.candidate[now.exceeds]].all()
    uncovered = goes & now.exceeds
    assert (now.score[uncovered] <= was.score[uncovered]).all()
    assert (now.score[uncovered] >= scenario.matcher.threshold).all()
    assert (now.mated == (was.mated & kept[before.membership.entry[before.person]])).all()
    for name in ("captured", "faces"):
        assert (getattr(was, name) == getattr(now, name)).all()


def test_entries_taken_off_uncover_others_as_often_as_brute_force() -> None:
    """Protects what is uncovered: FPIR of the list that is left is that of as many entries at random.

    Half of 6,000 entries go; each face then has 3,000 strangers: exact binomial test, p > 1e-6.
    """
    scenario = changed(
        _BUSY,
        EQUAL_FACES,
        NO_KIN,
        _operations(remove_entries=3_000),
        watchlist__presence=0.0,
        watchlist__size=6_000,
        matcher__fmr=1e-4,
    )
    alerts = int(van_alone(scenario, 20_000).searches.exceeds.sum())

    assert exact_p(alerts, 20_000, 1 - (1 - 1e-4) ** 3_000) > LEAST_P
