"""Practice interviews: tapped, typed, listened to, cut off and gone on with."""

import html
import json
import os
import secrets
import shutil
import sys

import pytest
import yaml

from asylum_teach import cli, kit
from asylum_teach.law import assess
from tests.browser.conftest import browsers
from tests.browser.talking import (
    BEFORE,
    DRAFT,
    HOLDS,
    LESSON,
    RECORD,
    Held,
    accessible,
    card_of,
    debrief,
    judged,
    played,
    press,
    reach,
    stopped,
)
from tests.browser.test_connection import CONFIG, LATER, SOON
from tests.browser.test_record import KEY, OVERFLOW, attempts, said, with_key
from tests.served import Server

pytestmark = pytest.mark.browser
ALONE = "/practice/eulalia"  # opens in a fraction of its lesson's time


@pytest.fixture
def held(browser, eulalia):
    """An interview in its fourth turn."""
    held = Held(browser().tab(ALONE).page, eulalia).begin()
    return held.ask("explain_role", "explain_confidentiality", "free_account")


@pytest.fixture
def in_lesson(browser, eulalia):
    """The same, on the page of its lesson, which has a kernel and other interviews."""
    held = Held(browser().tab(LESSON).page, eulalia).begin()
    return held.ask("explain_role", "explain_confidentiality", "free_account")


# --- By tapping, on the smallest phone ---


def test_whole_interview_by_tapping_on_a_phone(browser, server, eulalia, kit_content):
    """From the first turn to the debrief, all is reachable, narrow enough and sound for axe."""
    held = Held(browser(width=320).tab(LESSON).page, eulalia)
    page, card = held.page, held.card
    card.scroll_into_view_if_needed()
    accessible(card)

    held.begin()
    for name in [*BEFORE, "free_account", "wait", "open", "wait", "open", *RECORD, "close"]:
        held.ask(held.open_question() if name == "open" else name)
        assert held.last in held.now.inner_text()
        assert page.evaluate(OVERFLOW) <= 1
        if name == "free_account":
            accessible(card)
    accessible(card)
    _, as_of, circuit = kit_content.setting_of(eulalia)
    law = assess(kit_content.law, held.talk.found, as_of=as_of, circuit=circuit)
    judged(card, law.findings)
    press(card, "Check")
    told = debrief(card)
    accessible(card)

    assert f"You judged {len(law.findings)} of {len(law.findings)} elements" in told
    (kept,) = attempts(server, page.evaluate(KEY))
    assert (kept.case, kept.response["asked"]) == ("eulalia", held.asked)


def test_all_that_opens_in_a_debrief_stays_accessible_on_a_phone(held):
    """The ways to what was missed, the rules and their sources, the authorities."""
    held.ask("promise", "close")
    press(held.card, "Leave this out")
    debrief(held.card)

    held.card.evaluate("(card) => card.querySelectorAll('details').forEach((d) => (d.open = true))")

    held.page.set_viewport_size({"width": 320, "height": 900})
    accessible(held.card)


def test_notes_show_what_was_told_and_nothing_more(held, law):
    """A learner who found something sees it among the notes, worded as the law has it."""
    held.card.locator("summary", has_text="Your notes").click()

    shown = held.card.locator("details", has_text="Your notes").locator("li").all_text_contents()

    assert held.talk.found
    assert {*shown} == {law.facts[fact].text for fact in held.talk.found}


def test_page_source_holds_no_reply_before_it_is_given(browser, eulalia, script):
    """Whoever looks into the page, or at what it is sent, finds nothing that is to be found."""
    page = browser().tab(LESSON).page
    sent = [page.content()]
    page.on(
        "response", lambda response: "/record/" in response.url and sent.append(response.text())
    )

    held = Held(page, eulalia).begin().ask("explain_role")
    played(card_of(page, script.id), 2)

    replies = {r.says for ask in eulalia.asks for r in ask.replies if r.reveals} - {held.last}
    notes = {line.note for line in script.lines if line.note}
    everything = "\n".join([*sent, page.content(), page.locator("main").text_content()])
    assert holds(everything, held.last)
    assert [text for text in replies | notes if holds(everything, text)] == []


def holds(source, text):
    """Whether a text stands there: as it is, in JSON or in HTML."""
    written = text, json.dumps(text)[1:-1], html.escape(text), html.escape(text, quote=False)
    return any(each in source for each in written)


# --- By keyboard alone ---


def test_whole_interview_by_keyboard_alone(browser, eulalia):
    """Topics open, questions are asked and elements judged without a pointer."""
    held = Held(browser().tab(ALONE).page, eulalia)
    page, card, key = held.page, held.card, held.page.keyboard.press
    reach(page, card.get_by_role("button", name="Begin the interview"))
    key("Enter")
    held.now.wait_for()

    for name, pressed in [
        ("explain_role", "Enter"),
        ("free_account", "Space"),
        ("close", "Enter"),
    ]:
        reach(page, held.topic(name).locator("summary"))
        key(pressed)
        reach(page, held.button(name))
        key(pressed)
        held.replied(name)
    for select in card.locator("select").all():
        reach(page, select)
        key("ArrowDown")
        key("ArrowDown")
    reach(page, card.get_by_role("button", name="Check"))
    key("Enter")
    debrief(card)

    assert "You judged" in card.inner_text()
    rules = card.locator("summary", has_text="The rules behind this")
    reach(page, rules)
    key("Enter")
    card.locator(".at-sources").first.wait_for(state="visible")


# --- With a screen reader ---


def test_each_reply_comes_into_a_live_region_that_was_there_before(held):
    """A region that came with its words, or one that was put in its place, is not read aloud."""
    region = held.card.get_by_role("status").first.element_handle()

    for name in ("last_arrival", "list_for_everybody"):
        held.ask(name)
        assert held.last in region.inner_text()


def test_focus_stays_in_an_interview_from_its_begin_to_its_debrief(browser, eulalia):
    """Whoever hears the page is never thrown back to its top."""
    held = Held(browser().tab(ALONE).page, eulalia)
    lost = []

    def step(name, act):
        act()
        if not held.card.evaluate(HOLDS):
            lost.append(name)

    step("begin", held.begin)
    for name in ("explain_confidentiality", "free_account", held.open_question):
        step(name, lambda name=name: held.ask(name() if callable(name) else name))
    step("close", lambda: held.ask("close"))
    step("leave out", lambda: (press(held.card, "Leave this out"), debrief(held.card)))
    step("again", lambda: (press(held.card, "Hold this interview again"), held.now.wait_for()))

    assert lost == []


def test_focus_comes_to_the_debrief_after_the_elements_are_judged(held):
    """The button that was pressed is gone by then."""
    held.ask("close")
    for select in held.card.locator("select").all():
        select.select_option(index=1)
    press(held.card, "Check")
    debrief(held.card)

    assert held.card.locator(".at-told-last").evaluate(HOLDS)


# --- Cut off in the middle ---


def test_next_turn_needs_no_kernel(in_lesson, server):
    """A lesson's kernel that died takes no interview with it."""
    server.kill_kernel(in_lesson.page.evaluate(CONFIG))

    in_lesson.ask("last_arrival")

    assert in_lesson.last in in_lesson.now.inner_text()


def test_reload_goes_on_at_the_same_turn_with_the_same_reply(held):
    before = held.shown

    held.page.reload()

    assert held.shown == before
    held.ask("last_arrival")
    assert held.shown != before


def test_killed_server_loses_no_turn_of_an_interview(held, server):
    """Neither on the page that stayed open, nor on one that is loaded anew."""
    with server.down():
        pass

    held.ask("last_arrival")
    assert held.last in held.now.inner_text()

    shown = held.shown
    held.page.reload()
    assert held.shown == shown


def test_one_interview_leaves_the_turns_of_another_alone(in_lesson, kit_content):
    """Two can be under way; to end one of them, or to begin it anew, is nothing to the other."""
    page = in_lesson.page
    other = Held(page, kit_content.interviews["beatriz"]).begin().ask("may_stop", "safe_now")
    kept, shown = page.evaluate(DRAFT, "beatriz"), other.shown
    assert other.asked == [*json.loads(kept)["asked"]]

    page.once("dialog", lambda dialog: dialog.accept())
    press(in_lesson.card, "Begin anew")
    in_lesson.card.get_by_text("Turn 1 of").wait_for()
    in_lesson.asked = []
    in_lesson.ask("close")
    press(in_lesson.card, "Leave this out")
    debrief(in_lesson.card)

    assert page.evaluate(DRAFT, "eulalia") is None
    assert page.evaluate(DRAFT, "beatriz") == kept
    page.reload()
    assert other.shown == shown


def test_begin_anew_that_is_not_confirmed_loses_nothing(held):
    """A slip of the finger costs no turn."""
    before = held.shown
    held.page.once("dialog", lambda dialog: dialog.dismiss())

    press(held.card, "Begin anew")

    assert held.shown == before
    held.page.reload()
    assert held.shown == before


def test_lost_connection_is_told_and_the_turn_goes_on_by_itself(held):
    """And what is tapped meanwhile, out of impatience, is not asked as well."""
    held.page.context.route("**/record/turn", lambda route: route.abort())
    before = held.shown
    held.topic("last_arrival").locator("summary").click()
    held.button("last_arrival").click()
    problem = held.card.locator(".at-problem").first
    problem.filter(has_text="There is no connection to this site.").wait_for(timeout=SOON)
    assert held.shown == before
    held.button("sent_so_far").click()

    held.page.context.unroute("**/record/turn")

    held.card.get_by_text("Everything so far (4)").wait_for(timeout=LATER)
    held.asked.append("last_arrival")
    assert held.last in held.now.inner_text()
    assert problem.inner_text() == ""
    held.ask("court_papers")  # the fifth turn, not the sixth


def test_debrief_waits_for_the_connection_and_comes_by_itself(held, server):
    """What was held to its end is not lost with the line, and is kept once."""
    held.ask("close")
    held.page.context.route("**/record/answers", lambda route: route.abort())
    press(held.card, "Leave this out")
    held.card.get_by_text("Not saved yet: there is no connection").wait_for(timeout=SOON)
    assert held.card.locator(".at-debrief").count() == 0

    held.page.context.unroute("**/record/answers")

    held.card.locator(".at-debrief").wait_for(timeout=LATER)
    assert "Not saved yet" not in held.card.inner_text()
    (kept,) = attempts(server, held.page.evaluate(KEY))
    assert kept.response == {"asked": held.asked, "found": {}}


def test_interview_that_was_rewritten_meanwhile_says_so_and_can_be_begun(held):
    """A draft that no longer fits must not lock anybody out."""
    held.page.evaluate(
        "localStorage.setItem('asylum-teach.draft.eulalia/eulalia', '{\"asked\": [\"gone\"]}')"
    )

    held.page.reload()

    problem = held.card.locator(".at-problem").first
    problem.filter(has_text="This interview was rewritten since you began it").wait_for()
    held.asked = []
    held.begin().ask("explain_role")
    assert problem.inner_text() == ""


# --- What was held to its end ---


def test_ended_interview_comes_back_here_and_in_a_second_browser(held, browser):
    """Its debrief can be read again after a reload, and wherever the record is opened."""
    held.ask("what_else", "close")
    press(held.card, "Leave this out")
    first = debrief(held.card)

    def last(page):
        press(card_of(page, "eulalia"), "Show the last debrief")
        return debrief(card_of(page, "eulalia"))

    held.page.reload()
    assert last(held.page) == first
    code = resume_code(held.page)
    page = browser().tab("/record").page
    page.get_by_label("Open a record by its code").fill(code)
    press(page, "Open it here")
    said(page, "The record is open in this browser now.")
    page.goto(held.page.url.replace("/record", ALONE))

    assert last(page) == first


def resume_code(page):
    """A resume code, made on the page of the record."""
    page.goto(page.url.replace(ALONE, "/record"))
    press(page, "Make a resume code")
    said(page, "Write this code down now")
    return page.locator("#code").inner_text()


# --- Words that are code ---


@pytest.fixture
def hostile(tmp_path):
    """A server whose interview says HTML, in its title, its slip and its replies."""
    folder = tmp_path / "exercises"
    shutil.copytree(kit.folder("exercises"), folder)
    file = folder / "interviews" / "eulalia.yaml"
    interview = yaml.safe_load(file.read_text("utf-8"))
    for field in ("title", "slip", "name"):
        interview[field] = f"{field} {IMG}"
    interview["shared"]["safe_now"] = [{"says": f'"reply {IMG}"', "note": f"note {IMG}"}]
    file.write_text(yaml.safe_dump(interview, allow_unicode=True, sort_keys=False), "utf-8")
    url = f"sqlite:///{tmp_path}/record.sqlite"
    with Server(url, tmp_path, module=__name__, EXERCISES=str(folder)) as server:
        yield server


IMG = '<img src="x" onerror="document.title = 1">'


def test_words_that_are_html_are_shown_as_words(hostile, chromium, eulalia):
    """Before, in the midst, and in the debrief, which comes as HTML."""
    with browsers(chromium, hostile.address) as browser:
        page = browser().tab(ALONE).page
        held = Held(page, eulalia)
        title = page.title()
        assert f"title {IMG}" in held.card.inner_text()
        assert f"slip {IMG}" in held.card.inner_text()
        held.begin()
        assert f"name {IMG}" in held.card.inner_text()

        held.ask("safe_now")
        assert f'"reply {IMG}"' in held.now.inner_text()
        held.ask("close")
        press(held.card, "Leave this out")

        debriefed = debrief(held.card)
        assert f'name {IMG}: "reply {IMG}"' in debriefed
        assert f"note {IMG}" in debriefed
        assert page.locator("img[src=x]").count() == 0
        assert page.title() == title


if __name__ == "__main__":
    sys.exit(cli.main([*sys.argv[1:], "--exercises", os.environ["EXERCISES"]]))


# --- What once went wrong ---


def test_class_goes_on_with_the_arrow_right_after_play(browser, script):
    """The page says so; the key must not need a click beside all buttons first."""
    page = browser().tab(f"/stop/{script.id}").page
    played(card_of(page, script.id), 1)

    page.keyboard.press("ArrowRight")

    page.get_by_text("Line 2 of").wait_for(timeout=2000)


def test_class_stops_with_s_right_after_play(browser, script):
    page = browser().tab(f"/stop/{script.id}").page
    played(card_of(page, script.id), 1)

    page.keyboard.press("s")

    page.get_by_role("button", name="Mark it").wait_for(timeout=2000)


@pytest.mark.parametrize("key", ["ArrowRight", "Space"])
def test_class_goes_on_with_a_key_after_a_stop_is_marked(browser, script, key):
    """The focus is on Stop! then, and the space bar stops once more."""
    page = browser().tab(f"/stop/{script.id}").page
    played(card_of(page, script.id), 1)
    stopped(card_of(page, script.id), "pries")

    page.keyboard.press(key)

    page.get_by_text("Line 2 of").wait_for(timeout=2000)


def test_keys_do_nothing_any_more_once_the_marking_is_there(browser, script):
    """Space scrolls through the marking; it must not be asked for anew and jump to its top."""
    page = browser().tab(f"/stop/{script.id}").page
    card = card_of(page, script.id)
    played(card, len(script.lines))
    press(card, "See what there was")
    debrief(card)
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.keyboard.press("Space")
    page.wait_for_timeout(400)

    assert asked == []


def test_interview_under_a_key_that_opens_nothing_can_still_be_handed_in(browser, server, eulalia):
    """As a question's card does, it has to offer a new record."""
    own = browser(storage_state=with_key(server, secrets.token_urlsafe(32)))
    held = Held(own.tab(ALONE).page, eulalia).begin().ask("close")
    press(held.card, "Leave this out")
    held.card.get_by_text("This browser's record is not known here").wait_for()

    held.card.get_by_role("button", name="Start a new record").click(timeout=2000)

    debrief(held.card)


@pytest.mark.parametrize("name", ["wait", "offer_break", "thank"])
def test_focus_stays_on_what_is_always_at_hand(held, name):
    """Say nothing, Offer a break, Say thank you: the next Tab begins where the learner was."""
    held.ask(name)

    assert held.card.evaluate(HOLDS)


def test_focus_stays_in_the_card_when_a_turn_is_refused(held):
    """The interview was rewritten meanwhile: the button that was pressed is gone."""
    told = {"problem": "This interview was rewritten since you began it.", "kind": ""}
    held.page.route("**/record/turn", lambda route: route.fulfill(status=400, json=told))
    held.topic("last_arrival").locator("summary").click()
    held.button("last_arrival").click()
    held.card.get_by_role("button", name="Begin the interview").wait_for()

    assert held.card.evaluate(HOLDS)


def test_judging_can_be_sent_again_after_it_was_refused(held):
    """Check must not stay at "Checking…" for ever."""
    held.ask("close")
    told = {"problem": "Something is wrong.", "kind": ""}
    held.page.route("**/record/answers", lambda route: route.fulfill(status=400, json=told))
    for select in held.card.locator("select").all():
        select.select_option(index=1)
    press(held.card, "Check")
    held.card.get_by_text("Something is wrong.").wait_for()

    assert held.card.get_by_role("button", name="Check", exact=True).is_enabled(timeout=2000)
