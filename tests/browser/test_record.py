"""What learners see of their record: it is kept, carried, reviewed and erased."""

import json
import re
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from asylum_teach import guidance
from asylum_teach.models import Attempt, Flip
from tests.browser.conftest import Browser
from tests.browser.test_pages import WCAG, answer, pick
from tests.browser.test_paths import tab_to

pytestmark = pytest.mark.browser
LESSON = "/lesson/03_nexus_and_grounds"
ANOTHER = "/lesson/05_violence_against_women"
TITLE = "Nexus: why this person?"
KEY = "localStorage.getItem('asylum-teach.key')"
AT = "(place) => Math.abs(scrollY - place) <= 8"  # whether the page is down there
# As in a browser that does not hold the place of a reader when something above grows.
NO_ANCHOR = """addEventListener("DOMContentLoaded", () => {
  document.documentElement.style.overflowAnchor = "none";
});"""
OURS = "Object.keys(localStorage).filter((name) => name.startsWith('asylum-teach'))"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Whatever a form was given: what is ticked, chosen, and in which order its steps stand.
GIVEN = """(form) => [...form.querySelectorAll("input, select, li[data-id]")].map(
  (e) => e.dataset.id ?? (e.type === "select-one" ? e.value : e.checked))"""


@dataclass
class Learner:
    """Somebody who answered ten questions and then closed the page."""

    browser: Browser
    given: dict[str, list[Any]]  # by item: what was given, and the feedback
    place: float  # how far down the page was
    last: str  # the item that was answered last


@pytest.fixture(scope="module")
def ten(chromium, server):
    """The learner, with a confidence wherever one is asked for."""
    browser = Browser(chromium, server.address)
    page = browser.tab(LESSON).page
    given = {}
    for card in page.locator(".at-card[data-items]").all():
        for name in names_in(card):
            if len(given) == 10:
                break
            given[name] = answered_in(card)
            onward(card, "Next ›")
    place = page.evaluate("scrollY")
    page.wait_for_timeout(600)  # for the place to be noted
    page.close()
    yield Learner(browser, given, place, [*given][-1])
    browser.close()


def check(card):
    """Answer what a card shows with its first choices, and wait for nothing."""
    pick(card)
    card.get_by_role("button", name="Check").click()


def names_in(card):
    """The items of a card, in its order."""
    return card.get_attribute("data-items").split()


def onward(card, name):
    """Press the button of that name, where there is one that can be pressed."""
    button = card.get_by_role("button", name=name)
    if button.count() and button.is_enabled():
        button.click()


def answered_in(card):
    """Answer what a card shows; what was given, and the feedback."""
    sure = card.locator(".at-sure label")
    if sure.count():
        sure.first.click()
    told = answer(card)
    return [card.locator("form").evaluate(GIVEN), told]


def shown_in(page, names):
    """What the page's cards show of these items, in the form of :func:`answered_in`."""
    shown = {}
    page.locator(".at-feedback").first.wait_for()  # they come for all cards at once
    for card in page.locator(".at-card[data-items]").all():
        if not set(names) & set(names_in(card)):
            continue
        for _ in names_in(card):
            onward(card, "‹ Back")
        for name in names_in(card):
            feedback = card.locator(".at-feedback")
            if name in names and feedback.count():
                shown[name] = [card.locator("form").evaluate(GIVEN), feedback.inner_text()]
            onward(card, "Next ›")
    return shown


def first_question(page):
    """The first card of a lesson that asks one question."""
    return page.locator(".at-card[data-items]").first


def asked(card):
    """The case and the item of a card that asks one question."""
    return tuple(names_in(card)[0].split("/"))


def said(page, words):
    """Wait until the page of the record says that."""
    page.locator("#told").filter(has_text=words).wait_for()


def attempts(server, key):
    """What the server keeps for a browser's key."""
    with server.store() as store:
        learner = store.learner_of(f"key:{key}")
        return [] if learner is None else store.attempts(learner)


def with_key(server, key):
    """What a browser keeps that has that key."""
    kept = {"asylum-teach.key": key, "asylum-teach.known": "yes"}
    local = [{"name": name, "value": value} for name, value in kept.items()]
    return {"cookies": [], "origins": [{"origin": server.address, "localStorage": local}]}


def returning(server, given, bases=None):
    """What the browser of a learner keeps who gave these attempts."""
    key = secrets.token_urlsafe(32)
    with server.store() as store:
        learner = store.add_learner(f"key:{key}", datetime.now(UTC))
        store.add_many(learner, given, bases or {})
    return with_key(server, key)


def attempt(case, item, *, days=60, **more):
    """A wrong answer of some time ago."""
    return Attempt(
        **{
            "id": secrets.token_urlsafe(16),
            "case": case,
            "case_version": 1,
            "item": item,
            "response": None,
            "credit": 0.0,
            "at": datetime.now(UTC) - timedelta(days=days),
            **more,
        }
    )


def accessible(page):
    """No axe violation and no sideways scroll."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []
    assert page.evaluate(OVERFLOW) <= 1


# --- The same place and the same answers ---


def test_whoever_comes_back_finds_the_same_place_and_the_same_answers(ten):
    page = ten.browser.tab(LESSON).page
    page.locator(".back", has_text="You are back where you stopped.").wait_for()
    page.wait_for_function(AT, arg=ten.place)
    assert shown_in(page, ten.given) == ten.given


def test_place_is_held_though_the_answers_come_late(ten):
    """They make the cards above taller; not every browser holds a reader's place by itself."""
    page = ten.browser.tab().page
    held = []
    page.route("**/record/earlier", lambda route: held.append(route), times=1)
    page.add_init_script(NO_ANCHOR)
    page.goto(ten.browser.site + LESSON)
    page.locator(".back").wait_for()
    assert page.evaluate("scrollY") < ten.place - 100, "else nothing above is still to grow"
    held[0].continue_()

    page.wait_for_function(AT, arg=ten.place)
    page.close()


def test_answers_come_back_though_the_records_could_not_be_read_at_first(ten):
    """An answered question must not look unanswered for one moment's fault of the database."""
    page = ten.browser.tab().page
    asked = []

    def fail_twice(route):
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=503, json={"problem": "Not now."})
        elif len(asked) == 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/record/earlier", fail_twice)
    page.goto(ten.browser.site + LESSON)

    assert shown_in(page, ten.given) == ten.given
    assert len(asked) == 3
    page.close()


def test_start_page_says_where_to_go_on_and_how_much_is_answered(ten):
    page = ten.browser.tab("/").page
    progress = page.locator("#progress")
    progress.get_by_role("heading", name="Welcome back").wait_for()

    assert "You answered 10 questions" in progress.inner_text()
    assert re.search(
        r"· 10 of \d+ answered", page.locator("[data-done=nexus_and_grounds]").inner_text()
    )
    progress.get_by_role("link", name=f"Go on: {TITLE}").click()
    page.wait_for_url("**" + LESSON)


def test_lessons_end_counts_an_answer_as_soon_as_it_is_kept(browser):
    page = browser().tab(LESSON).page
    end = page.locator("#progress")
    assert end.is_hidden()

    answer(first_question(page))

    end.filter(has_text="In this lesson you answered 1 of").wait_for()


def test_resume_code_opens_the_record_in_a_second_browser(ten, browser):
    page = ten.browser.tab("/record").page
    page.get_by_role("button", name="Make a resume code").click()
    said(page, "Write this code down now")
    code = page.locator("#code").inner_text()

    second = browser(width=390)
    page = second.tab("/record").page
    page.get_by_label("Open a record by its code").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Open it here").click()
    said(page, "The record is open in this browser now.")
    page = second.tab(LESSON).page

    page.locator(".back").wait_for()
    page.wait_for_timeout(400)
    last = page.locator(f'[data-items~="{ten.last}"]')
    assert 0 <= last.bounding_box()["y"] <= 200, "the last question answered is in view"
    assert shown_in(page, ten.given) == ten.given


@pytest.mark.parametrize(
    ("path", "script", "name"),
    [("/record", "record_page.js", "Open it here"), ("/join", "class_page.js", "Join")],
)
def test_nothing_typed_gets_into_an_address_while_the_script_is_on_its_way(
    browser, path, script, name
):
    """A form that is sent without its script would put a resume code or a name there."""
    own = browser()
    page, held = own.tab().page, []
    page.route(f"**/{script}", lambda route: held.append(route))
    page.goto(own.site + path, wait_until="commit")
    field = page.get_by_label("Open a record by its code" if path == "/record" else "Code")
    field.fill("K7PM-3XQ2-9TDA")
    field.press("Enter")
    while not held:
        page.wait_for_timeout(20)
    assert page.get_by_role("button", name=name).is_disabled()
    assert page.url == own.site + path

    held[0].continue_()
    page.locator("button:enabled", has_text=name).wait_for()


def test_progress_file_carries_the_answers_to_a_third_browser(ten, browser, tmp_path):
    page = ten.browser.tab("/record").page
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the progress file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert len(json.loads(file.read_text("utf-8"))["attempts"]) == 10

    third = browser()
    page = third.tab("/record").page
    for found in ("10 answers are in the file; 10 were new here.", "0 were new here."):
        page.get_by_label("Bring a progress file in").set_input_files(file)
        page.get_by_role("button", name="Bring it in").click()
        said(page, found)

    assert shown_in(third.tab(LESSON).page, ten.given) == ten.given


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "This is not a progress file: it is not JSON."), ("{}", "not a progress file of this")],
)
def test_file_that_is_none_of_ours_is_refused_in_words(browser, tmp_path, text, sentence):
    page = browser().tab("/record").page
    (tmp_path / "other.json").write_text(text)

    page.get_by_label("Bring a progress file in").set_input_files(tmp_path / "other.json")
    page.get_by_role("button", name="Bring it in").click()

    said(page, sentence)


def test_after_erasing_nothing_of_the_learner_is_left(browser, server):
    """Not in the browser, and not as bytes in the files of the database."""
    own = browser()
    page = own.tab(LESSON).page
    answer(first_question(page))
    key = page.evaluate(KEY)
    page = own.tab("/record").page
    page.get_by_role("button", name="Make a resume code").click()
    page.get_by_label("Name on the sheet").fill("Xóchitl Quetzalli")
    page.get_by_role("button", name="Keep this name").click()
    said(page, "The sheet will bear the name Xóchitl Quetzalli.")
    page.get_by_role("button", name="Make a training record").click()
    page.locator("#sheets", has_text="verification code").wait_for()
    traces = [
        attempts(server, key)[0].id,
        "Xóchitl Quetzalli",
        "Quetzalli",
        sha256(f"key:{key}".encode()).hexdigest(),
        re.search(r"code (\S+):", page.locator("#sheets").inner_text())[1],
    ]
    assert left_of(traces, server) == traces

    page.get_by_role("button", name="Erase everything about me").click()
    page.get_by_role("button", name="Yes, erase it").click()
    said(page, "Everything about you is erased, here and on the server.")

    assert left_of(traces, server) == []
    assert page.evaluate(OURS) == []
    assert page.get_by_label("Name on the sheet").input_value() == ""
    start = own.tab("/").page
    start.wait_for_timeout(500)
    assert start.locator("#progress").is_hidden()


def left_of(traces, server):
    """Which of these texts the files of the database hold."""
    files = server.folder.glob("record.sqlite*")
    held = b"".join(file.read_bytes() for file in files)
    return [trace for trace in traces if trace.encode() in held]


def test_everything_that_is_stored_can_be_read_and_downloaded(ten):
    page = ten.browser.tab("/record").page
    page.get_by_role("button", name="Show it").click()
    page.locator("#about").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download it").click()

    shown = json.loads(page.locator("#about").inner_text())
    assert shown == json.loads(download.value.path().read_text("utf-8"))
    assert {f"{each['case']}/{each['item']}" for each in shown["attempts"]} == {*ten.given}
    assert page.evaluate(KEY) not in json.dumps(shown)


# --- Tabs, private windows, storage that is cleared, codes that are wrong ---


def test_two_tabs_keep_into_one_record(browser, server):
    own = browser()
    first, second = own.tab(LESSON).page, own.tab(ANOTHER).page

    answer(first_question(first))
    answer(first_question(second))

    kept = {(each.case, each.item) for each in attempts(server, first.evaluate(KEY))}
    assert kept == {asked(first_question(first)), asked(first_question(second))}


def test_answer_after_erasing_in_another_tab_begins_a_new_record(browser, server):
    own = browser()
    page = own.tab(LESSON).page
    answer(first_question(page))
    key = page.evaluate(KEY)
    record = own.tab("/record").page
    record.get_by_role("button", name="Erase everything about me").click()
    record.get_by_role("button", name="Yes, erase it").click()
    said(record, "Everything about you is erased")
    page.get_by_text("In another tab, this record was erased").wait_for()

    second = page.locator(".at-card[data-items]").nth(1)
    answer(second)

    assert attempts(server, key) == []
    new = attempts(server, page.evaluate(KEY))
    assert [(each.case, each.item) for each in new] == [asked(second)]


def test_browser_that_keeps_nothing_still_answers_and_is_told(browser):
    own = browser()
    own.context.add_init_script(
        """Object.defineProperty(window, "localStorage", {
          get() { throw new DOMException("The operation is insecure.", "SecurityError"); } });"""
    )
    page = own.tab(LESSON).page

    answer(first_question(page))

    end = page.locator("#progress")
    end.filter(has_text="In this lesson you answered 1 of").wait_for()
    assert "You can reach your answers only while their page is open." in end.inner_text()
    said(own.tab("/record").page, "This browser lets this site keep nothing")


def test_cleared_storage_begins_a_new_record(browser, server):
    page = browser().tab(LESSON).page
    answer(first_question(page))
    before = page.evaluate(KEY)
    page.evaluate("localStorage.clear()")

    answer(page.locator(".at-card[data-items]").nth(1))

    assert page.evaluate(KEY) != before
    assert len(attempts(server, before)) == len(attempts(server, page.evaluate(KEY))) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type a code first."),
        ("K7PM", "A code has twelve letters and digits, like K7PM-3XQ2-9TDA."),
        ("K7PM-3XQ2-9TDA", "No record has this code. Look at each letter"),
    ],
)
def test_wrong_code_is_answered_with_a_sentence(browser, typed, sentence):
    page = browser().tab("/record").page

    page.get_by_label("Open a record by its code").fill(typed)
    page.get_by_role("button", name="Open it here").click()

    said(page, sentence)
    assert page.evaluate(OURS) == []


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (secrets.token_urlsafe(32), "This browser's record is not known here"),
        ("forged", "This browser has no record yet."),
    ],
    ids=["unknown", "malformed"],
)
def test_key_that_opens_nothing_offers_a_new_record_and_keeps_the_answer(
    browser, server, key, words
):
    page = browser(storage_state=with_key(server, key)).tab(LESSON).page
    card = first_question(page)
    card.locator("label.at-option").first.click()
    given = card.locator("form").evaluate(GIVEN)
    card.get_by_role("button", name="Check").click()
    problem = card.locator(".at-problem")
    problem.filter(has_text=words).wait_for()
    assert "Your answer still stands here." in problem.inner_text()

    problem.get_by_role("button", name="Start a new record").click()
    card.locator(".at-feedback").wait_for()

    assert card.locator("form").evaluate(GIVEN) == given
    assert page.evaluate(KEY) != key
    assert len(attempts(server, page.evaluate(KEY))) == 1


# --- Answers that are not finished, and records that cannot be written ---


def test_what_is_picked_but_not_checked_survives_a_reload(browser, server, kit_content):
    """With how sure the learner is, and the hints that were shown."""
    case, item = next(
        (case.id, item.id)
        for case in kit_content.cases.values()
        for item in case.items
        if case.lesson == "criminal_organizations" and item.ask_confidence and item.hints
    )
    opened = browser().tab("/lesson/02_criminal_organizations")
    card = show(opened.page, f"{case}/{item}")
    card.locator("fieldset:not(.at-sure) label.at-option").last.click()
    card.locator(".at-sure label").last.click()
    card.get_by_role("button", name="Hint").click()
    given = card.locator("form").evaluate(GIVEN)

    opened.open("/lesson/02_criminal_organizations")

    card = show(opened.page, f"{case}/{item}")
    assert card.locator("form").evaluate(GIVEN) == given
    assert card.locator(".at-hints p").count() == 1
    assert card.locator(".at-feedback").count() == 0
    card.get_by_role("button", name="Check").click()
    card.locator(".at-feedback").wait_for()
    kept = attempts(server, opened.page.evaluate(KEY))[-1]
    assert (kept.item, kept.confidence, kept.hints) == (item, 3, 1)


def show(page, name):
    """The card that asks an item, with that item in view."""
    card = page.locator(f'[data-items~="{name}"]')
    for _ in range(names_in(card).index(name)):
        onward(card, "Next ›")
    return card


def test_answer_waits_while_the_records_are_locked(browser, server):
    page = browser().tab(LESSON).page
    answer(first_question(page))
    card = page.locator(".at-card[data-items]").nth(1)
    with closing(sqlite3.connect(server.folder / "record.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        check(card)
        problem = card.locator(".at-problem").last
        problem.filter(has_text="Your answer is not saved yet").wait_for(timeout=15_000)
        assert "in use by something else" in problem.inner_text()
        assert card.locator(".at-feedback").count() == 0
        other.execute("ROLLBACK")

    card.locator(".at-feedback").wait_for(timeout=15_000)

    assert problem.inner_text() == ""
    assert len(attempts(server, page.evaluate(KEY))) == 2


# --- Review, and law that changed ---


@pytest.fixture
def due(kit_content):
    """Wrong answers of two months ago to items of three lessons, two of one id."""
    cases = [
        (case.id, case.lesson)
        for case in kit_content.cases.values()
        if any(item.id == "your_assessment" for item in case.items)
    ]
    one_of_each = {lesson: case for case, lesson in cases}
    return [attempt(case, "your_assessment") for case in [*one_of_each.values()][:3]]


def test_review_asks_what_is_due_with_its_story_and_keeps_the_answers(
    browser, server, due, kit_content
):
    own = browser(storage_state=returning(server, due))
    start = own.tab("/").page
    start.get_by_role("link", name="Review 3 questions due today").click()
    start.get_by_text("3 questions are due.").wait_for()
    card = start.locator(".at-card")
    titles = {kit_content.cases[each.case].title for each in due}

    met = set()
    for _ in due:
        assert card.locator(".at-feedback").count() == 0, "each is asked anew"
        met |= {title for title in titles if title in card.locator(".at-again").inner_text()}
        answer(card)
        onward(card, "Next ›")

    assert met == titles
    kept = attempts(server, start.evaluate(KEY))[len(due) :]
    assert {(each.case, each.item) for each in kept} == {(each.case, each.item) for each in due}
    own.tab("/review").page.get_by_text("Nothing is due for review today.").wait_for()


@pytest.fixture
def turned(kit_content):
    """An item of the nexus lesson that rests on a decision which is no longer good law."""
    for case in kit_content.cases.values():
        for item in case.items if case.lesson == "nexus_and_grounds" else ():
            basis = guidance.basis_of(kit_content, case.id, item.id)
            for authority, periods in basis.authorities.items():
                if isinstance(item, Flip) and periods and not periods[-1].endswith("/"):
                    return case, item, basis, authority
    raise AssertionError("no item of the lesson rests on a decision that was ended")


def test_law_that_changed_since_is_told_on_the_card_and_on_the_start_page(
    browser, server, turned, kit_content
):
    case, item, basis, authority = turned
    name = kit_content.law.authorities[authority].name
    still = (
        *basis.authorities[authority][:-1],
        basis.authorities[authority][-1].split("/")[0] + "/",
    )
    old = replace(basis, authorities={**basis.authorities, authority: still})
    digest = guidance.digest_of(old)
    given = attempt(case.id, item.id, response=[], basis=digest, lesson="nexus_and_grounds", days=1)
    own = browser(storage_state=returning(server, [given], {digest: guidance.to_json(old)}))

    start, lesson = own.tab("/").page, own.tab(LESSON).page

    told = start.locator("#progress details", has_text="changed since you answered one question")
    assert f"{name} stopped being good law on" in told.inner_text()
    feedback = show(lesson, f"{case.id}/{item.id}").get_by_role("status").last
    feedback.get_by_text("The law changed since you answered this.").wait_for()
    assert f"{name} stopped being good law on" in feedback.inner_text()


# --- For everybody: by keyboard alone, on a phone, with a screen reader ---


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_pages_with_a_record_are_accessible_and_narrow_enough(browser, server, due, width, scheme):
    own = browser(width=width, color_scheme=scheme, storage_state=returning(server, due))
    page = own.tab("/review").page
    page.locator(".at-card").wait_for()
    answer(page.locator(".at-card"))
    accessible(page)
    page = own.tab("/").page
    page.locator("#progress h2").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    accessible(page)
    page = own.tab(LESSON).page
    page.locator("#progress h2").wait_for()
    page.locator("#progress").scroll_into_view_if_needed()
    accessible(page)
    page = own.tab("/record").page
    page.get_by_label("Name on the sheet").fill("Ana")
    page.get_by_role("button", name="Keep this name").click()
    said(page, "Ana")
    page.get_by_role("button", name="Make a training record").click()
    page.locator("#sheets li").wait_for()
    page.get_by_role("button", name="Make a resume code").click()
    page.get_by_role("button", name="Show it").click()
    page.get_by_role("button", name="Erase everything about me").click()
    page.locator("#about").wait_for()
    accessible(page)


def test_from_the_start_page_to_a_resume_code_by_keyboard_alone(browser, server, due):
    own = browser(storage_state=returning(server, due))
    opened = own.tab("/")
    page = opened.page
    page.locator("#progress h2").wait_for()
    tab_to(page, "Go on:")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lesson/*")
    page.locator("#opening").wait_for(state="detached", timeout=60_000)

    card = page.locator(".at-card", has=page.locator("label.at-option")).first
    tab_to(page, card.locator("label.at-option").first.inner_text())
    page.keyboard.press("Space")
    tab_to(page, "Check")
    page.keyboard.press("Enter")
    card.locator(".at-feedback").wait_for()

    tab_to(page, "Your record", limit=1500)
    page.keyboard.press("Enter")
    page.wait_for_url("**/record")
    tab_to(page, "Make a resume code")
    page.keyboard.press("Enter")
    page.locator("#code").filter(has_text=re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$")).wait_for()
    assert page.evaluate("document.activeElement.id") == "make-code"
