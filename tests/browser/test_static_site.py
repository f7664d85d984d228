"""The site without a server, in a Chromium that can reach no host but the one it came from."""

import json
import re
from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace

import pytest

from asylum_teach import law
from asylum_teach.records import progress_file
from tests.browser.chromium import FLAGS, find
from tests.browser.conftest import Browser, browsers
from tests.browser.talking import Held, debrief, first_error, played, press, stopped
from tests.browser.test_pages import answer
from tests.browser.test_record import (
    OVERFLOW,
    accessible,
    answered_in,
    attempt,
    check,
    first_question,
    names_in,
    onward,
    said,
    shown_in,
)
from tests.served import Learner, serving
from tests.site_fixtures import BELOW

pytestmark = pytest.mark.browser
LESSON = "/lesson/06_indigenous_people.html"
ALONE = [*FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
# As in a browser that does not know workers that are shared: a counter for each page.
ONE_EACH = "delete globalThis.SharedWorker"
# HTML as the browser writes it.
DRAWN = "(html) => Object.assign(document.createElement('div'), { innerHTML: html }).innerHTML"
# Questions of a page, many at once; and whether each was told something within ten seconds.
ASK_OFTEN = """() => {
  const ask = () => asylumTeach.call("GET", "progress");
  globalThis.asking = Promise.allSettled([..."123456789"].map(ask));
}"""
ASKED = """Promise.race([
  asking.then(() => "told"),
  new Promise((done) => setTimeout(done, 10000, "waiting")),
])"""
LOADING = 45_000  # milliseconds until Python is there, on a slow machine


@pytest.fixture(scope="module")
def alone(chromium):
    """A Chromium that finds no other host."""
    browser = chromium.browser_type.launch(executable_path=find(), args=ALONE)
    browser.new_context().set_default_timeout(LOADING)
    yield browser
    browser.close()


@pytest.fixture
def browser(alone, still_address):
    """Browsers that visit the site; each ends with no error, and no other host asked."""
    with patient(alone, still_address) as made:
        yield made


@contextmanager
def patient(chromium, address):
    """Browsers that wait until Python is there."""
    with browsers(chromium, address) as made:

        def browser(**options):
            own = made(**options)
            own.context.set_default_timeout(LOADING)
            return own

        yield browser


@pytest.fixture(scope="module")
def gone_through(alone, still_address, tmp_path_factory):
    """A learner on a phone, after each question of a lesson; and their progress file."""
    own = Browser(alone, still_address, width=320)
    own.context.set_default_timeout(LOADING)
    page = own.tab(LESSON).page
    told, html = {}, {}
    for card in page.locator(".at-card[data-items]:has(form.at-question)").all():
        for name in names_in(card):
            told[name] = answered_in(card)
            html[name] = card.locator(".at-question > [role=status]").last.inner_html()
            onward(card, "Next ›")
    file = tmp_path_factory.mktemp("file") / "progress.json"
    record = own.tab("/record.html").page
    with record.expect_download() as download:
        press(record, "Download the progress file")
    download.value.save_as(file)
    yield SimpleNamespace(own=own, page=page, told=told, html=html, file=file)
    own.close()


@pytest.fixture(scope="module")
def reader(alone, still_address):
    """Opens pages in one browser on a phone, so that Python is loaded for the first alone."""
    own = Browser(alone, still_address, width=320)
    own.context.set_default_timeout(LOADING)
    yield lambda path: own.tab(path).page
    own.close()


# --- A whole lesson ---


def test_lesson_earns_the_same_credit_and_words_as_on_a_server(gone_through, tmp_path):
    kept = json.loads(gone_through.file.read_text("utf-8"))["attempts"]
    assert [f"{each['case']}/{each['item']}" for each in kept] == [*gone_through.told]
    assert len(kept) >= 30
    assert len({each["credit"] for each in kept}) > 2, "else it would prove little"

    with serving(tmp_path) as server:
        learner = Learner(server)
        told = [learner.post("answers", {**each, "first": True}).json for each in kept]
        served = json.loads(learner.get("file").body)["attempts"]

    own = ("case", "item", "response", "credit", "critical_error", "confidence", "hints", "lesson")
    assert [[a[name] for name in (*own, "basis")] for a in kept] == [
        [a[name] for name in (*own, "basis")] for a in served
    ]
    drawn = [gone_through.page.evaluate(DRAWN, each["html"]) for each in told]
    assert drawn == [*gone_through.html.values()]


def test_answered_lesson_is_accessible_and_narrow_enough(gone_through):
    page = gone_through.page
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")

    accessible(page)
    end = page.locator("#progress").inner_text()
    assert re.search(r"you answered (\d+) of \1 questions", end)


def test_answers_and_progress_are_there_again_after_a_reload(gone_through, kit_content):
    own, names = gone_through.own, [*gone_through.told][:12]
    page = own.tab(LESSON).page

    assert shown_in(page, names) == {name: gone_through.told[name] for name in names}
    start = own.tab("/").page
    start.get_by_text("Welcome back").wait_for()
    assert (
        f"You answered {len(gone_through.told)} questions"
        in start.locator("#progress").inner_text()
    )
    assert start.locator("[data-done=indigenous_people]").inner_text() == " · all answered"
    press_link(start, "Go on: ")
    assert re.search(rf"/{BELOW}/lesson/\w+\.html$", start.url)


def press_link(page, words):
    page.get_by_role("link", name=words).first.click()
    page.locator("h1").wait_for()


def test_progress_file_brings_everything_to_another_browser(browser, gone_through):
    other = browser().tab("/record.html").page
    other.get_by_label("Bring a progress file in").set_input_files(gone_through.file)
    press(other, "Bring it in")
    said(
        other,
        f"{len(gone_through.told)} answers are in the file; {len(gone_through.told)} were new",
    )
    press(other, "Show it")
    kept = json.loads(gone_through.file.read_text("utf-8"))["attempts"]
    other.locator("#about").filter(has_text=kept[-1]["id"]).wait_for()

    name, given = next(iter(gone_through.told.items()))
    other.goto(gone_through.own.site + LESSON)
    assert shown_in(other, [name]) == {name: given}


def test_file_of_something_else_is_refused_in_words(browser, tmp_path):
    page = browser().tab("/record.html").page
    (tmp_path / "other.json").write_text("{}", "utf-8")
    page.get_by_label("Bring a progress file in").set_input_files(tmp_path / "other.json")
    press(page, "Bring it in")

    said(page, "This is not a progress file of this kit.")


# --- What is kept in the browser ---


def stored(page):
    """How many attempts the browser keeps."""
    return page.evaluate(
        """() => new Promise((done) => {
          indexedDB.open("asylum-teach").onsuccess = (opened) => {
            const base = opened.target.result;
            const all = base.transaction("attempts").objectStore("attempts").getAllKeys();
            all.onsuccess = (found) => {
              base.close();
              done(found.target.result);
            };
          };
        })"""
    )


@pytest.mark.parametrize("counters", ["one for both", "one each"])
def test_two_tabs_keep_into_one_record_and_erasing_ends_it_for_both(browser, counters):
    own = browser()
    if counters == "one each":
        own.context.add_init_script(ONE_EACH)
    one, two = own.tab(LESSON).page, own.tab(LESSON).page
    cards = [page.locator(".at-card[data-items]:has(form)") for page in (one, two)]
    check(cards[0].nth(0))
    check(cards[1].nth(1))
    for i in (0, 1):
        cards[i].nth(i).locator(".at-feedback").wait_for()
    assert stored(one) == [1, 2]

    record = own.tab("/record.html").page
    press(record, "Erase everything about me")
    press(record, "Yes, erase it")
    said(record, "Everything about you is erased from this browser.")
    assert stored(one) == []
    one.get_by_text("In another tab, this record was erased").wait_for()

    answer(cards[1].nth(2))
    assert stored(two) == [1]


def test_answer_waits_in_words_until_python_can_be_loaded(browser):
    own = browser()
    own.context.add_init_script(ONE_EACH)
    own.context.route("**/kit.zip", lambda route: route.abort())
    page = own.tab(LESSON).page
    card = first_question(page)
    check(card)
    problem = card.locator(".at-problem").last
    problem.filter(has_text="Not saved yet: there is no connection to this site.").wait_for()
    assert card.locator(".at-feedback").count() == 0

    own.context.unroute("**/kit.zip")
    card.locator(".at-feedback").wait_for()

    assert problem.inner_text() == ""
    assert stored(page) == [1]


def test_browser_that_keeps_nothing_still_answers_and_is_told(browser):
    own = browser()
    own.context.add_init_script(
        """Object.defineProperty(globalThis, "localStorage", {
             get() { throw new DOMException("denied", "SecurityError"); }
           });"""
    )
    page = own.tab(LESSON).page
    answer(first_question(page))

    page.get_by_text("This browser lets this site keep nothing").wait_for()


def test_browser_that_keeps_no_answers_says_so(browser):
    own = browser()
    own.context.add_init_script(ONE_EACH)
    refuse = "indexedDB.open = () => { throw new Error('refused'); };"
    own.context.route(
        "**/counter_worker.js",
        lambda route: route.fulfill(response=(real := route.fetch()), body=refuse + real.text()),
    )
    page = own.tab(LESSON).page
    answer(first_question(page))

    page.get_by_text("This browser lets this site keep nothing").wait_for()
    assert "aved" not in page.locator("#progress").inner_text()

    record = own.tab("/record.html").page
    press(record, "Show it")
    said(record, "This browser lets this site keep nothing")


def test_counter_that_the_browser_ended_is_begun_again(browser):
    page = browser().tab(LESSON).page
    cards = page.locator(".at-card[data-items]:has(form)")
    answer(cards.nth(0))
    end_counter(page)

    answer(cards.nth(1))

    assert stored(page) == [1, 2]


def end_counter(page):
    """End the worker that all tabs share, as a browser does that is short of memory."""
    own = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]
    session = page.context.browser.new_browser_cdp_session()
    [worker] = [
        each["targetId"]
        for each in session.send("Target.getTargets")["targetInfos"]
        if each["type"] == "shared_worker" and each["browserContextId"] == own["browserContextId"]
    ]
    session.send("Target.closeTarget", {"targetId": worker})
    session.detach()


def clear(page):
    """Forget what the browser keeps for the site, as somebody does in its settings."""
    where = {"origin": page.evaluate("location.origin"), "storageTypes": "indexeddb,local_storage"}
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", where)


def test_after_a_browser_was_cleared_a_new_record_begins(browser):
    page = browser().tab(LESSON).page
    cards = page.locator(".at-card[data-items]:has(form)")
    answer(cards.nth(0))
    clear(page)

    answer(cards.nth(1))

    assert stored(page) == [1]


def test_clearing_a_browser_while_questions_are_answered_leaves_none_waiting(browser):
    page = browser().tab(LESSON).page
    answer(first_question(page))
    for _ in range(6):
        page.evaluate(ASK_OFTEN)
        clear(page)
        assert page.evaluate(ASKED) == "told"


def test_what_is_due_comes_back_on_the_review_page(browser, kit_content, tmp_path):
    case = next(
        c for c in kit_content.cases.values() if any(i.id == "your_assessment" for i in c.items)
    )
    old = attempt(case.id, "your_assessment")
    file = tmp_path / "old.json"
    file.write_text(progress_file.write([old], {}, old.at, lambda text: ""), "utf-8")
    own = browser()
    page = own.tab("/record.html").page
    page.get_by_label("Bring a progress file in").set_input_files(file)
    press(page, "Bring it in")
    said(page, "1 answers are in the file; 1 were new")

    page = own.tab("/review.html").page
    page.get_by_text("One question is due.").wait_for()
    assert case.title in page.locator(".at-again").inner_text()
    answer(page.locator(".at-card"))

    page.reload()
    page.get_by_text("Nothing is due for review today.").wait_for()


# --- The lab, interviews, scripts ---


def test_lab_shows_what_the_law_makes_of_each_choice(reader, kit_content):
    page = reader("/lesson/what_if_lab.html")
    lab = page.locator("[data-piece=lab]").first
    board, boxes = lab.locator("> div").nth(1), lab.locator(".at-switch")
    boxes.first.wait_for(state="attached")
    start = switched_on(lab)
    for fact in ("beaten_severely", "detained_without_cause"):
        lab.get_by_label("Find a fact").fill(kit_content.law.facts[fact].text)
        before = board.inner_text()
        lab.locator(f"input[value={fact}]").click()
        moved = "([node, text]) => node.innerText !== text"
        page.wait_for_function(moved, arg=[board.element_handle(), before])
        assert (fact in switched_on(lab)) != (fact in start)
    circuit = lab.locator("select").input_value()
    found = law.assess(
        kit_content.law,
        switched_on(lab),
        as_of=date.fromisoformat(lab.get_by_label("Law as of").input_value()),
        circuit=None if circuit == "none" else circuit,
    )
    for finding in found.findings.values():
        assert finding.reason in board.text_content()

    press(lab, "Which single fact would change this?")
    would = lab.locator("details[data-title]").first
    would.locator("summary").click()
    before = board.inner_text()
    would.get_by_role("button", name="Flip it").first.click()
    page.wait_for_function(moved, arg=[board.element_handle(), before])
    press(lab, "Back to the start")
    back = "([node, on]) => [...node.querySelectorAll('.at-switch:checked')].length === on"
    page.wait_for_function(back, arg=[lab.element_handle(), len(start)])
    assert switched_on(lab) == start
    accessible(page)


def switched_on(lab):
    """The facts that are on."""
    return {box.get_attribute("value") for box in lab.locator(".at-switch:checked").all()}


def test_interview_is_held_and_goes_on_after_a_reload(reader, eulalia):
    held = Held(reader("/practice/eulalia.html"), eulalia)
    held.card.wait_for()
    held.begin()
    held.ask("check_interpreter", "explain_role", held.open_question())
    assert held.last[:20] in held.now.inner_text()

    again = Held(reader("/practice/eulalia.html"), eulalia)
    assert again.shown == held.shown


def test_script_is_stopped_and_marked(reader, script):
    page = reader(f"/practice/{script.id}.html")
    card = page.locator(".at-talk")
    error = first_error(script)
    played(card, error + 1)
    stopped(card, script.lines[error].error)
    for _ in range(len(script.lines) - error - 1):
        press(card, "Next line")
    press(card, "See what there was to stop")

    assert "Hit" in debrief(card)


# --- Each page ---


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [
        ("/", 320, "light"),
        ("/", 1280, "dark"),
        ("/words.html", 320, "dark"),
        ("/record.html", 320, "light"),
        ("/record.html", 1280, "dark"),
        ("/review.html", 320, "light"),
        ("/practice/noemi.html", 320, "light"),
        ("/stop/kind-volunteer.html", 768, "light"),
    ],
)
def test_page_is_accessible_and_narrow_enough(browser, path, width, scheme):
    page = browser(width=width, color_scheme=scheme).tab(path).page
    page.wait_for_timeout(300)

    accessible(page)
    assert page.locator("h1").count() == 1


def test_words_open_over_the_lesson(reader):
    page = reader(LESSON)
    page.get_by_role("link", name="Words").click()

    page.get_by_role("dialog").wait_for()
    assert page.get_by_role("dialog").locator("dt").count() > 20
    assert page.url.endswith(LESSON)


def test_plain_http_on_a_host_with_a_name_suffices(chromium, still, still_address):
    """No service worker is used, so a school's own host needs no certificate for a trial."""
    rules = ALONE[-1].replace("MAP *", "MAP lessons.test 127.0.0.1, MAP *")
    browser = chromium.browser_type.launch(executable_path=find(), args=[*FLAGS, rules])
    address = still_address.replace("127.0.0.1", "lessons.test")
    with patient(browser, address) as made:
        page = made().tab(LESSON).page
        assert page.evaluate("isSecureContext") is False
        answer(first_question(page))
        assert stored(page) == [1]
    browser.close()


def test_page_that_was_opened_as_a_file_says_what_to_do(alone, still):
    page = alone.new_page()
    page.goto((still / LESSON.lstrip("/")).as_uri())

    told = page.get_by_role("alert").first.inner_text()
    assert "opened as a file" in told
    assert "python -m http.server" in told
    assert "Indigenous" in page.locator("h1").inner_text()
    page.close()


def test_browser_without_webassembly_is_told_and_can_read(browser):
    own = browser(width=320)
    own.context.add_init_script("delete globalThis.WebAssembly")
    page = own.tab(LESSON).page

    assert "WebAssembly is switched off" in page.get_by_role("alert").first.inner_text()
    assert page.evaluate(OVERFLOW) <= 1
    card = first_question(page)
    check(card)
    card.locator(".at-problem").filter(has_text="cannot check answers").wait_for()
