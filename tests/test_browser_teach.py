"""Teach in a real browser: a lesson by keyboard alone, a class on two screens, the sheets."""

from __future__ import annotations

from typing import Any

import pytest
from browsing import Visitor, rows_of, saved_by, says, settled, text_of, type_into, until, url_of

from lfr_sim.lessons import LESSONS

pytestmark = pytest.mark.browser


def test_a_lesson_by_keyboard_alone(visitor: Visitor) -> None:
    """Protects a lesson without mouse and motion: guess, count, fill the sentence, guess again."""
    page = visitor.open("/teach?lesson=2")
    page.locator("#guess").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    says(page, "#next", "Lock my guess")
    guess = int(page.locator("#guess").input_value())
    page.locator("#keys").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#keys[aria-pressed=true]")
    page.locator("#next").focus()
    page.keyboard.press("Enter")
    until(page, "() => location.search.includes('step=2')")
    for step in range(3, 6):
        page.keyboard.press("Space")
        until(page, f"() => location.search.includes('step={step}')")
    assert f"Your guess: {guess} of 110" in text_of(page, ".teach-yours")
    assert rows_of(page, "#teach-table")[1:] == [
        ["on the list", "10", "0", "10"],
        ["not on the list", "100", "9,890", "9,990"],
        ["together", "110", "9,890", "10,000"],
    ]
    for place, number in (("1", "110"), ("3", "10"), ("5", "100")):
        type_into(page, f"#gap-{place}", number)
    says(page, "#own-told", "what the picture shows")
    page.locator("#again-number").fill("49")
    page.keyboard.press("Enter")
    page.locator("#lock-again").focus()
    page.keyboard.press("Enter")
    says(page, "#again-told", "near")
    says(page, "#tally", "1 lesson")
    page.locator("h1").click()
    page.keyboard.press("3")
    says(page, "h1", "Lesson 3")
    page.keyboard.press("ArrowLeft")
    says(page, "h1", "Lesson 2")


def test_keys_do_nothing_unless_switched_on(visitor: Visitor) -> None:
    """Protects those who speak to their computer: single keys are off until they are asked for."""
    page = visitor.open("/teach?lesson=2&step=3&guess=50")
    page.keyboard.press("5")
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    assert text_of(page, "h1") == "Lesson 2: Rare people"
    assert "step=3" in url_of(page)


def test_the_dial_moves_all_pictures(visitor: Visitor) -> None:
    """Protects the dial: marks, table and sentence follow, in the numbers of the model."""
    page = visitor.open("/teach?lesson=3&step=4&guess=300")
    lesson = LESSONS[2]
    for value in (5000, 0):
        page.locator("#dial").fill(str(value))
        counts = lesson.counts_at(value)
        until(page, "n => document.querySelectorAll('.teach-lift').length === n", counts.alerts)
        assert rows_of(page, "#teach-table")[3] == [
            "together", f"{counts.alerts:,}", f"{counts.missed + counts.quiet:,}", "10,000",
        ]  # fmt: skip
        assert page.locator(".teach-field circle.fill-ink").count() == counts.alerts
        says(
            page,
            "#count-told",
            f"{counts.right:,} right, {counts.wrong:,} wrong" if value else "0 right, 0 wrong",
        )
    page.locator("#next").click()
    says(page, "#percentages", "3.2 % are right")


def test_a_class_on_two_screens(chromium: Any, dashboard: str) -> None:
    """Protects class mode: a short address, everybody's guesses on every screen, nobody's sentence."""
    ann, bob = Visitor(chromium, dashboard), Visitor(chromium, dashboard)
    pages = [one.open("/class?lesson=2") for one in (ann, bob)]
    for page, guess in zip(pages, ("90", "12"), strict=True):
        type_into(page, "#guess-number", guess)
        page.locator("#next").click()
        page.wait_for_selector("#next:has-text('Show the alerts')")
        page.locator("#next").click()
        page.wait_for_selector(".teach-block")
        page.locator("#next").click()
        page.wait_for_selector("#class-runs")
    pages[0].locator("#class-update").click()
    says(pages[0], "#class-guesses h3", "guesses came near 10")
    assert "2 screens open" in text_of(pages[1], "#class")
    pages[0].reload()
    says(pages[0], "#class", "Screen 1.")
    says(pages[0], "#content", "Your guess: 90")
    pages[0].wait_for_selector("#class-again")
    alone = Visitor(chromium, dashboard)
    assert alone.open("/teach").locator("#class").count() == 0
    for one in (ann, bob, alone):
        one.close()
        assert (one.outside, one.errors) == ([], [])


@pytest.mark.parametrize("name", ["worksheet", "answers", "lesson-plan"])
def test_sheets_are_saved_and_stand_alone(visitor: Visitor, name: str) -> None:
    """Protects printing: each sheet is a whole page that asks for nothing."""
    page = visitor.open("/teach")
    button = "#get-plan" if name == "lesson-plan" else f"#get-{name}"
    saved, content = saved_by(page, button)
    assert saved == f"{name}.html"
    assert content.lstrip().lower().startswith(b"<!doctype html>")
    page.set_content(content.decode())
    assert page.locator("h1").count() >= 1
    assert visitor.outside == []


def test_space_on_a_slider_goes_on_and_in_a_box_does_not(visitor: Visitor) -> None:
    """Protects whoever has just moved the dial: Space is the next step there, an arrow still moves it."""
    page = visitor.open("/class?lesson=2")
    type_into(page, "#guess-number", "50")
    page.locator("#next").click()
    for words in ("Show the alerts", "Show the count"):
        page.wait_for_selector(f"#next:has-text('{words}')")
        page.locator("#next").click()
    page.wait_for_selector("#dial")
    settled(page)
    page.locator("#dial").focus()
    page.keyboard.press("ArrowLeft")
    says(page, ".teach-dial label", "9")
    page.keyboard.press("Space")
    page.wait_for_selector("#gap-1")
    settled(page)
    page.locator("#gap-1").focus()
    page.keyboard.press("Space")
    page.keyboard.type("110")
    page.keyboard.press("Enter")
    until(page, "() => document.querySelector('#gap-1').value.trim() === '110'")
    says(page, "h1", "Lesson 2")
    says(page, "#help", "from a slider too")
