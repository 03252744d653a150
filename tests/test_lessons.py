"""The lessons: their numbers against arithmetic done here, and against the matcher that really searches."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lfr_sim.lessons import (
    LESSONS,
    PEOPLE,
    Counts,
    Lesson,
    claim,
    counts_of,
    lesson_scenario,
    perfect_told,
    scene_of,
    second_alert_right,
    square_of,
    tree_of,
    tried,
    values_to_try,
    why_again,
)
from lfr_sim.lessons.drawn import blocks_of
from lfr_sim.metrics import clopper_pearson
from lfr_sim.scenario import InputError
from lfr_sim.study.matcher_check import check_matcher

ONE_FACE, RARE, LONGER, THRESHOLD, OFFICER = LESSONS
FPIR_OF_1000 = 0.01
"""Alerts / searches of people not listed, at 1,000 entries: right 99 times in 100."""
FMR = 1.0 - (1.0 - FPIR_OF_1000) ** (1 / 1000)

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


def fpir(fmr: float, entries: int) -> float:
    """Return the chance that one search of the whole list finds somebody who is not there."""
    return 1.0 - (1.0 - fmr) ** entries


def test_one_in_a_thousand_and_99_per_cent_give_9_per_cent() -> None:
    """Protects the number that the whole course is about: 9.9 of 109.8 alerts are right."""
    listed, others = 10.0, 9_990.0
    right, wrong = 0.99 * listed, 0.01 * others
    scene = scene_of({"watchlist.presence": 0.001})

    assert f"{100 * right / (right + wrong):.1f}" == "9.0"
    assert scene.right_share is not None
    assert f"{100 * scene.right_share:.1f}" == "9.0"
    assert scene.listed == pytest.approx(listed, rel=1e-9)
    # A few listed people who miss their own entry are taken for another's: less than one in 100,000.
    assert scene.right == pytest.approx(right, rel=1e-3)
    assert scene.wrong == pytest.approx(wrong, rel=1e-3)


@pytest.mark.parametrize("entries", [0, 1, 100, 1_000, 3_000, 5_000, 10_000])
@pytest.mark.parametrize("fmr", [0.0, 1e-6, FMR, 5e-5])
def test_wrong_alerts_follow_the_law_of_many_comparisons(fmr: float, entries: int) -> None:
    """Protects lessons 1 and 3: 1 - (1 - FMR)^N of the people not listed set off an alert."""
    found = scene_of({"watchlist.presence": 0.0, "matcher.fmr": fmr, "watchlist.size": entries})

    assert found.wrong == pytest.approx(PEOPLE * fpir(fmr, entries), rel=1e-9, abs=1e-9)
    assert found.right == found.listed == 0.0


def test_the_answers_are_those_of_arithmetic() -> None:
    """Protects the answer key: each first answer, computed here from nothing but the question."""
    assert ONE_FACE.guess(ONE_FACE.counts) == round(PEOPLE * fpir(1e-5, 1_000)) == 100
    assert ONE_FACE.guess(ONE_FACE.counts_again) == round(PEOPLE * fpir(1e-5, 3_000)) == 296
    assert RARE.guess(RARE.counts) == round(0.99 * 10) == 10
    assert RARE.counts.wrong == round(0.01 * 9_990) == 100
    assert LONGER.counts.wrong == round((PEOPLE - LONGER.counts.listed) * fpir(FMR, 10_000)) == 953
    assert 10 < LONGER.counts.listed < 10 * 10  # more than before, but not ten times as many


def test_the_threshold_lowers_wrong_alerts_by_the_published_slope() -> None:
    """Protects lesson 4: FMR falls by exp(-50 x 0.04) from 0.60 to 0.64, so 100 wrong alerts become 14."""
    stricter = fpir(FMR * math.exp(-50 * 0.04), 1_000)

    assert round(9_960 * stricter) == 14 == THRESHOLD.counts.wrong
    assert round(40 * 0.75) == 30 == THRESHOLD.counts_at(0.60).right


@pytest.mark.parametrize("presumption", [0.0, 0.2, 0.65, 1.0])
def test_mistaken_stops_grow_in_a_line_with_the_presumption(presumption: float) -> None:
    """Protects lesson 5: g0 = g0 of one's own eyes + presumption x (1 - that)."""
    eyes = scene_of({"officers.presumption_to_intervene": 0.0})
    found = scene_of({"officers.presumption_to_intervene": presumption})
    own = eyes.stopped_wrong / eyes.wrong

    assert found.stopped_wrong / found.wrong == pytest.approx(own + presumption * (1 - own), rel=1e-6)


def test_at_full_presumption_everybody_pointed_at_is_stopped() -> None:
    """Protects the upper end of lesson 5."""
    counts = OFFICER.counts_at(1.0)

    assert (counts.stopped_right, counts.stopped_wrong) == (counts.right, counts.wrong)


def adds_up(lesson: Lesson, counts: Counts) -> None:
    """Hold every sum, and that no part is negative or larger than its whole."""
    assert counts.listed + counts.unlisted == counts.people == PEOPLE
    assert counts.right + counts.missed == counts.listed
    assert counts.wrong + counts.quiet == counts.unlisted
    assert counts.right + counts.wrong == counts.alerts
    assert 0 <= counts.stopped_right <= counts.right
    assert 0 <= counts.stopped_wrong <= counts.wrong
    assert min(counts.listed, counts.missed, counts.quiet, counts.unlisted) >= 0
    tree = tree_of(lesson, counts)
    assert tree.top.count == sum(part.count for part in tree.parts)
    for part, leaves in zip(tree.parts, tree.leaves, strict=True):
        assert part.count == sum(leaf.count for leaf in leaves)
    first, second, sums = square_of(lesson, counts).lines
    for column in (1, 2, 3):
        assert first[column] + second[column] == sums[column]
    assert sums[3] == tree.top.count
    drawn = sum(block.count for block in blocks_of(lesson, counts))
    assert drawn == counts.alerts + (counts.missed if lesson is THRESHOLD else 0)


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_counts_add_up_wherever_the_dial_stands(data: st.DataObject) -> None:
    """Protects tree and two-by-two: whole people who add up, at each value and at both ends."""
    lesson = data.draw(st.sampled_from(LESSONS))
    dial = lesson.dial
    shown = data.draw(st.one_of(st.sampled_from([dial.low, dial.high]), st.floats(dial.low, dial.high)))

    adds_up(lesson, lesson.counts_at(shown))
    assert "nan" not in dial.told(dial.shown(dial.value(shown)))


@each_lesson
def test_both_questions_of_a_lesson_have_an_answer_in_range(lesson: Lesson) -> None:
    """Protects the guess: what is right can be typed."""
    for counts in (lesson.counts, lesson.counts_again):
        adds_up(lesson, counts)
        assert 0 <= lesson.guess(counts) <= lesson.most(counts)


@pytest.mark.parametrize(
    ("lesson", "rising", "falling"),
    [
        (ONE_FACE, ("wrong",), ("quiet",)),
        (RARE, ("listed", "right"), ("wrong",)),
        (LONGER, ("listed", "right", "wrong"), ()),
        (THRESHOLD, ("missed",), ("right", "wrong", "stopped_wrong")),
        (OFFICER, ("stopped_right", "stopped_wrong"), ()),
    ],
    ids=lambda value: value.name if isinstance(value, Lesson) else "",
)
def test_counts_move_with_the_dial_as_theory_says(
    lesson: Lesson, rising: tuple[str, ...], falling: tuple[str, ...]
) -> None:
    """Protects the dial: each count moves one way only, and somewhere it does move."""
    dial = lesson.dial
    along = [lesson.counts_at(dial.low + (dial.high - dial.low) * part / 20) for part in range(21)]
    for names, sign in ((rising, 1), (falling, -1)):
        for name in names:
            values = [sign * getattr(counts, name) for counts in along]
            assert values == sorted(values), name
            assert values[0] < values[-1], name


def test_the_dial_does_not_move_what_it_does_not_decide() -> None:
    """Protects "same crowd": a threshold lists nobody, and a presumption alerts on nobody."""
    for lesson, fixed in ((THRESHOLD, ("listed",)), (OFFICER, ("listed", "right", "wrong"))):
        for shown in values_to_try(lesson):
            for name in fixed:
                assert getattr(lesson.counts_at(shown), name) == getattr(lesson.counts, name)


def test_every_second_alert_is_right_at_a_hundred_listed_people() -> None:
    """Protects the answer to what lesson 2 lets be tried: 0.99 n = 0.01 (10,000 - n), so n = 100."""
    found = second_alert_right(RARE)

    assert found == pytest.approx(100, abs=2)
    assert RARE.counts_at(found).right >= RARE.counts_at(found).wrong
    assert RARE.counts_at(found - 1).right < RARE.counts_at(found - 1).wrong


@each_lesson
def test_words_hold_their_numbers_and_no_verdict(lesson: Lesson) -> None:
    """Protects the words: ASCII for every terminal, counts in the answer, nobody judged."""
    counts, again = lesson.counts, lesson.counts_again
    words = [lesson.headline, lesson.lead(counts), lesson.task(counts), lesson.told(counts)]
    words += [lesson.asked_again(again), why_again(lesson), tried(lesson), lesson.try_this, *lesson.notice]
    together = " ".join([*words, *perfect_told()])

    assert together.isascii()
    assert f"{lesson.guess(counts):,}" in lesson.told(counts)
    assert not {"lawful", "unlawful", "biased", "criminal", "innocent", "nan"} & set(
        together.lower().split()
    )


def test_a_perfect_machine_leaves_what_it_cannot_know() -> None:
    """Protects "make it perfect": nobody is taken for another, and right people without basis stay."""
    counts = counts_of({"watchlist.presence": 0.01, "matcher.fmr": 0.0, "matcher.tpir": 1.0})
    told = perfect_told()

    assert (counts.wrong, counts.missed) == (0, 0)
    assert told[0].startswith("100 listed people walk past, nobody")
    assert told[-1].startswith("10,000 faces")


def test_two_percentages_of_the_same_alerts() -> None:
    """Protects the claim: 5 of 400 among 1,000,000 are 0.0005 % of faces and 1.25 % of alerts."""
    said = claim(5, 400, 1_000_000)

    assert said.per_face is not None
    assert said.per_alert is not None
    assert f"{100 * said.per_face:.4f}" == "0.0005"
    assert f"{100 * said.per_alert:.2f}" == "1.25"


def test_a_claim_about_nobody_has_no_rate() -> None:
    """Protects against a division by nothing: words, not NaN."""
    assert (claim(0, 0, 0).per_face, claim(0, 0, 0).per_alert) == (None, None)
    assert claim(0, 0, 5).per_face == 0.0


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((6, 5, 10), "more than all alerts"),
        ((1, 11, 10), "more than all faces"),
        ((-1, 5, 10), "false_alerts = -1"),
        ((1, 5, 10**13), "faces = 10000000000000"),
    ],
)
def test_claims_that_cannot_be_are_refused(numbers: tuple[int, int, int], words: str) -> None:
    """Protects the claim: a part is no larger than its whole."""
    with pytest.raises(InputError, match=words):
        claim(*numbers)


SEARCHES = {"Rare people": 200_000, "Longer lists": 200_000, "The threshold": 1_000_000}
"""Where few are falsely matched, more are searched."""
LEVEL = 1.0 - 1e-5
"""Each interval misses the truth in fewer than 1 of 100,000 experiments; six of them, in fewer than 6.
The seed is fixed, so what holds today holds tomorrow."""


@pytest.mark.parametrize(
    ("lesson", "expected_fpir"),
    [
        (RARE, FPIR_OF_1000),
        (LONGER, fpir(FMR, 10_000)),
        (THRESHOLD, fpir(FMR * math.exp(-50 * 0.04), 1_000)),
    ],
    ids=lambda value: value.name if isinstance(value, Lesson) else "",
)
def test_the_matcher_really_does_what_the_lesson_says(lesson: Lesson, expected_fpir: float) -> None:
    """Protects the lessons from their own closed form: hundreds of thousands of searches are drawn.

    FPIR is held against arithmetic done here; TPIR, and what a class sees, against the lesson.
    """
    scenario = lesson_scenario(lesson.changes)
    found = check_matcher(scenario, searches=SEARCHES[lesson.name], seed=20)
    for rate, expected in (("fpir", expected_fpir), ("own", _right(lesson))):
        rows = [one for one in found if one.rate == rate]
        events, trials = sum(one.events for one in rows), sum(one.searches for one in rows)
        low, high = clopper_pearson(events, trials, LEVEL)

        assert trials == SEARCHES[lesson.name] // (1 if rate == "fpir" else 10)
        assert low <= expected <= high, f"{rate}: {events:,} of {trials:,}, expected {expected:.5f}"
    scene = scene_of(lesson.changes)
    assert lesson.counts.wrong == round(scene.wrong)
    assert scene.wrong == pytest.approx((PEOPLE - scene.listed) * expected_fpir, rel=2e-3)


def _right(lesson: Lesson) -> float:
    """Return the share of listed people found that the lesson shows."""
    scene = scene_of(lesson.changes)
    return scene.right / scene.listed
