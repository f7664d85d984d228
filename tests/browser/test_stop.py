"""Scripts that are stopped at their errors, by a learner and on one screen for a class."""

import re

import pytest

from asylum_teach.models.interview import STOP_ERRORS
from tests.browser.talking import (
    DRAFT,
    HOLDS,
    LESSON,
    card_of,
    debrief,
    first_error,
    played,
    press,
    reach,
    stopped,
)
from tests.browser.test_record import KEY, OURS
from tests.browser.test_record import accessible as whole_page

pytestmark = pytest.mark.browser


def test_script_by_keyboard_alone(browser, script):
    """Play, stop at an error, name it with the arrows, and read the marking."""
    page = browser().tab(LESSON).page
    card, key, line = card_of(page, script.id), page.keyboard.press, first_error(script)
    reach(page, card.get_by_role("button", name="Play"))
    key("Enter")
    card.get_by_role("log").wait_for()
    for _ in range(line):
        key("Enter")
    reach(page, card.get_by_role("button", name="Stop!"))
    key("Space")
    reach(page, card.get_by_role("radio").first)
    key("Space")
    for _ in range([*STOP_ERRORS].index(script.lines[line].error)):
        key("ArrowDown")
    reach(page, card.get_by_role("button", name="Mark it"))
    key("Enter")
    reach(page, card.get_by_role("button", name="Next line"))
    for _ in script.lines[line:]:
        key("Enter")
    figures = debrief(card)

    errors = sum(bool(each.error) for each in script.lines)
    assert re.search(rf"Hits: stopped at an error\s+1 of {errors}\s", figures)
    assert re.search(r"called by the right name\s+1\s", figures)
    assert re.search(r"where nothing was wrong\s+0\s", figures)


def test_each_line_of_a_script_comes_into_the_log_that_was_there_before(browser, script):
    card = card_of(browser().tab(f"/practice/{script.id}").page, script.id)
    played(card, 1)
    log = card.get_by_role("log").element_handle()

    for line in script.lines[1:4]:
        press(card, "Next line")
        assert log.inner_text().endswith(line.text)


def test_focus_stays_in_a_script_from_its_begin_to_its_marking(browser, script):
    """After Stop!, Mark it, Take back and all the other buttons that vanish when pressed."""
    card = card_of(browser().tab(f"/practice/{script.id}").page, script.id)
    lost = []

    def step(name):
        press(card, name)
        card.get_by_role("button", name="Nothing, go on" if name == "Stop!" else "again").or_(
            card.get_by_role("button", name="anew")
        ).first.wait_for()
        if not card.evaluate(HOLDS):
            lost.append(name)

    for name in ("Play", "Next line", "Stop!", "Nothing, go on", "Begin anew", "Stop!"):
        step(name)
    card.get_by_role("radio").first.check()
    for name in ("Mark it", "Take back", *["Next line"] * (len(script.lines) - 1)):
        step(name)
    step("See what there was")
    debrief(card)
    step("Play it again")

    assert lost == []


def test_stop_that_was_taken_back_is_not_marked(browser, script):
    """A learner who changes their mind is not held to the first."""
    card = card_of(browser().tab(f"/practice/{script.id}").page, script.id)
    played(card, len(script.lines))
    stopped(card, "pries")

    press(card, "Take back")
    press(card, "See what there was")

    assert re.search(r"where nothing was wrong\s+0\s", debrief(card))


def test_script_goes_on_at_the_same_line_with_its_stops_after_a_reload(browser, script):
    page = browser().tab(f"/practice/{script.id}").page
    card, line = card_of(page, script.id), first_error(script)
    played(card, line + 1)
    stopped(card, script.lines[line].error)
    shown = card.get_by_role("log").inner_text()

    page.reload()

    card.get_by_role("log").wait_for(timeout=60_000)
    assert card.get_by_role("log").inner_text() == shown
    assert STOP_ERRORS[script.lines[line].error] in shown


def test_projector_page_is_accessible_in_every_state(browser, script):
    page = browser().tab(f"/stop/{script.id}").page
    card = card_of(page, script.id)
    whole_page(page)
    played(card, 3)
    whole_page(page)
    press(card, "Stop!")
    whole_page(page)
    card.get_by_role("radio").first.check()
    press(card, "Mark it")
    while card.get_by_role("button", name="Next line").count():
        press(card, "Next line")
    press(card, "See what there was")
    debrief(card)
    whole_page(page)


def test_nothing_is_kept_of_what_a_class_stopped(browser, server, script):
    """No answer is stored, no learner is made, and a learner's own script on the way stays."""
    own = browser()
    lesson, line = own.tab(f"/practice/{script.id}").page, first_error(script)
    played(card_of(lesson, script.id), 2)
    kept = lesson.evaluate(DRAFT, script.id)
    page = own.tab(f"/stop/{script.id}").page
    card = card_of(page, script.id)
    played(card, line + 1)
    stopped(card, script.lines[line].error)
    while card.get_by_role("button", name="Next line").count():
        press(card, "Next line")
    press(card, "See what there was")
    assert re.search(r"Hits: stopped at an error\s+1 of", debrief(card))

    assert lesson.evaluate(DRAFT, script.id) == kept
    assert [name for name in page.evaluate(OURS) if "known" in name or "outbox" in name] == []
    with server.store() as store:
        assert store.learner_of(f"key:{page.evaluate(KEY)}") is None
