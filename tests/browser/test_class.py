"""A class in real browsers: a teacher's screen and learners' phones, through a whole session."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.room import CASE, PATIENCE, ask, close, counts, press, put_on, says, unfold, vote
from tests.browser.test_pages import WCAG
from tests.served import serving

pytestmark = pytest.mark.browser
LEAST_STEM = 28  # pixels, on a projector of 1280
# Twice on one button, and on the one beside it, before anything can come back.
PRESS_ALL = "(button) => { button.click(); button.click(); button.nextSibling.click(); }"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with the instructor's pages."""
    with serving(tmp_path_factory.mktemp("class"), instructor=True) as running:
        yield running


def sound(page):
    """No axe violation, and nothing to scroll sideways for."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert found.response["passes"], "axe looked at nothing"
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 1


def test_whole_session(room):
    """Three phones: joined, read to, asked, asked again, told, and asked about a flip."""
    board = room.begin(room.teacher(), "Whole")
    assert board.get_by_role("img", name=f"QR code of {room.server.address}/join").is_visible()
    assert board.locator(".qr svg").bounding_box()["width"] > 200
    phones = [room.phone(name) for name in ("Ana", "Bruno", "Chole")]
    says(board, "3 learners are here")

    put_on(board)
    for number in (2, 3):
        press(board, "Next sentence")
        board.locator("#story > p:not(.at-why)").nth(number - 1).wait_for()
        assert board.locator("#story > p:not(.at-why)").count() == number
    read = board.locator("#story > p:not(.at-why)").all_inner_texts()
    phones[0].locator("#story > p:not(.at-why)").nth(2).wait_for()
    assert phones[0].locator("#story > p:not(.at-why)").all_inner_texts() == read

    ask(board)
    for number, phone in enumerate(phones):
        vote(phone, min(number, 1))
        says(board, f"{number + 1} voted")
    assert board.locator("#spread").inner_text() == ""
    close(board)
    assert sorted(filter(None, counts(board, "The vote"))) == [1, 2]
    assert board.locator(".bars .key").count() == 0

    press(board, "Vote again")
    for phone in phones:
        vote(phone, 1)
    says(board, "3 voted")
    close(board)
    assert sorted(filter(None, counts(board, "First vote"))) == [1, 2]
    assert [count for count in counts(board, "Second vote") if count] == [3]
    first, second = (board.get_by_role("region", name=f"{n} vote") for n in ("First", "Second"))
    assert first.bounding_box()["y"] == second.bounding_box()["y"]
    widths = [bar.bounding_box()["width"] for bar in second.locator(".bar i").all()]
    assert [width > 20 for width in widths] == [n > 0 for n in counts(board, "Second vote")]

    press(board, "Show the answer")
    board.locator("#told .at-card").wait_for()
    marked = [part.locator(".bars .key").count() for part in (first, second)]
    assert marked[0] == marked[1] > 0
    for phone in phones:
        says(phone, "The answer is shown")
        assert len(phone.locator("#question").inner_text()) > 100

    unfold(board, "Flip")
    press(board, "Vote in that circuit")
    board.locator("#question .at-stem", has_text="Suppose").wait_for()
    for phone in phones:
        vote(phone, 0)
    says(board, "3 voted")
    close(board)
    assert 3 in counts(board, "The vote")

    unfold(board, "End the session")
    press(board, "End it")
    says(board, "This session is over")
    for phone in phones:
        says(phone, "This class is over")
    assert not board.locator("#join").is_visible()


def test_every_stage_is_accessible_and_fits(room):
    """The home page, the screen at 1280 and a phone at 320 pixels, as the class goes on."""
    board = room.teacher()
    sound(board)
    room.begin(board, "Sound")
    join = room._learners(width=320).tab("/join").page
    sound(join)
    phone = room.phone("Ana", width=320)

    def both():
        for page in (board, phone):
            sound(page)

    both()
    put_on(board)
    phone.locator("#story h2").wait_for()
    both()
    for name in ("Put a case on", "Ask", "Flip", "End"):
        unfold(board, name)
    both()
    for name in ("Put a case on", "Ask", "Flip", "End"):
        unfold(board, name)
    ask(board)
    says(phone, "Vote now")
    stem = board.locator("#question .at-stem")
    assert float(stem.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= LEAST_STEM
    both()
    vote(phone, 0)
    both()
    close(board)
    both()
    press(board, "Vote again")
    vote(phone, 1)
    close(board)
    both()
    press(board, "Show the answer")
    says(phone, "The answer is shown")
    both()
    unfold(board, "Flip")
    press(board, "Vote without it")
    says(phone, "Vote now")
    both()
    close(board)
    unfold(board, "End the session")
    press(board, "End it")
    says(phone, "This class is over")
    both()
    board.get_by_role("link", name="Results", exact=True).click()
    sound(board)


@pytest.mark.parametrize("number", range(1, 5))
def test_each_item_of_a_case_fits_a_narrow_phone(room, number):
    board = room.begin(room.teacher(), f"Narrow {number}")
    phone = room.phone("Ana", width=320)
    put_on(board)
    unfold(board, "Ask")
    items = board.locator("#items button")
    items.first.wait_for()
    if number >= items.count():
        number = 0
    items.nth(number).click()
    says(phone, "Vote now")

    sound(phone)
    sound(board)


def tab_to(page, selector):
    """Press Tab until that has the focus."""
    for _ in range(60):
        if page.evaluate("s => document.activeElement?.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def test_keyboard_is_enough(room):
    """The teacher from a case to the answer, and the learner from the code to the vote."""
    board = room.begin(room.teacher(), "Keys")
    phone = room._learners(width=360).tab("/join").page
    phone.set_default_timeout(PATIENCE)
    tab_to(phone, "#code")
    phone.keyboard.type(room.code.lower())
    tab_to(phone, "#name")
    phone.keyboard.type("Ana")
    phone.keyboard.press("Enter")
    says(phone, "You are in")

    tab_to(board, "#choose summary")
    board.keyboard.press("Enter")
    tab_to(board, "#case")
    board.keyboard.type(board.locator(f"#case option[value={CASE}]").inner_text())
    tab_to(board, "#put")
    board.keyboard.press("Enter")
    board.locator("#story h2").wait_for()
    tab_to(board, "#buttons button")
    for number in (2, 3):  # the focus stays on the button
        board.keyboard.press("Enter")
        board.locator("#story > p:not(.at-why)").nth(number - 1).wait_for()
    tab_to(board, "#ask summary")
    board.keyboard.press("Enter")
    board.locator("#items button").first.wait_for()
    tab_to(board, "#items button")
    board.keyboard.press("Enter")

    says(phone, "Vote now")
    tab_to(phone, "#question input")
    phone.keyboard.press("Space")
    tab_to(phone, "#question button[type=submit]")
    phone.keyboard.press("Enter")
    says(phone, "Your vote is in")

    says(board, "1 voted")
    for name, then in (("Close", "#spread .proposal"), ("Show", "#told .at-card")):
        tab_to(board, "#buttons button")
        assert name in board.evaluate("document.activeElement.textContent")
        board.keyboard.press("Enter")
        board.locator(then).wait_for()


def test_press_on_a_slow_line_is_done_once_and_none_is_lost(room):
    """Before the screen knows where the class is, and twice before it shows what came of it."""
    board = room.teacher()
    held, acts = [], []
    board.route("**/state", lambda route: held.append(route), times=1)
    board.route("**/do", lambda route: (acts.append(route.request.post_data), route.continue_()))
    room.begin(board, "Slow")
    unfold(board, "Put a case on")
    board.get_by_label("Case").select_option(CASE)
    press(board, "Put it on")
    assert board.locator("#problem").inner_text() == ""
    while not held:
        board.wait_for_timeout(20)
    held[0].continue_()
    board.locator("#story h2").wait_for()

    further = board.get_by_role("button", name="Next sentence", exact=True)
    further.evaluate(PRESS_ALL)

    told = board.locator("#story > p:not(.at-why)")
    board.get_by_role("button", name="The whole story").wait_for(state="detached")
    assert [json.loads(sent) | {"version": 0} for sent in acts] == [
        {"do": "put", "case": CASE, "version": 0},
        {"do": "read", "version": 0},
        {"do": "read", "all": True, "version": 0},
    ]
    assert told.count() > 2
    assert board.locator("#problem").inner_text() == ""


def test_questions_are_offered_though_they_could_not_be_read_at_first(room):
    board = room.begin(room.teacher(), "Again")
    board.route("**/case", lambda route: route.abort(), times=1)

    put_on(board)
    ask(board)


def test_vote_of_a_phone_that_dropped_counts_once(room):
    """Sent while there is no connection, it is counted when there is one."""
    board = room.begin(room.teacher(), "Dropped")
    phone, other = room.phone("Ana"), room.phone("Bruno")
    put_on(board)
    ask(board)
    says(phone, "Vote now")
    phone.context.set_offline(True)
    phone.locator("#question input").first.check()
    press(phone, "Vote")
    phone.locator("#question .at-problem", has_text="Not counted yet").wait_for()
    vote(other, 0)
    says(board, "1 voted")
    phone.context.set_offline(False)

    says(phone, "Your vote is in")
    says(board, "2 voted")
    close(board)
    assert [count for count in counts(board, "The vote") if count] == [2]


def test_phone_that_was_away_is_where_the_class_is(room):
    board = room.begin(room.teacher(), "Away")
    phone = room.phone("Ana")
    put_on(board)
    ask(board)
    vote(phone, 0)
    phone.context.set_offline(True)
    close(board)
    press(board, "Show the answer")
    board.locator("#told .at-card").wait_for()
    phone.context.set_offline(False)

    says(phone, "Here is what your vote says")
    assert len(phone.locator("#question").inner_text()) > 100


def test_link_of_the_picture_has_the_code_in_it(room):
    board = room.begin(room.teacher(), "Picture")
    label = board.locator(".qr").get_attribute("aria-label")
    phone = room._learners(width=360).tab(f"/join/{label.rpartition('/')[2]}").page

    assert phone.get_by_label("Code").input_value() == room.code


def test_wrong_code_says_what_to_do(room):
    phone = room._learners(width=320).tab("/join").page
    phone.get_by_label("Code").fill("000000")
    phone.get_by_label("A name").fill("Ana")
    press(phone, "Join")

    phone.locator("#problem", has_text="Look at the screen").wait_for()
    sound(phone)


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "\u202eanA שלום", "A" * 80])
def test_hostile_name_harms_no_screen(room, name):
    board = room.begin(room.teacher(), f"Names {len(name)}")
    phone = room.phone(name, width=320)

    assert phone.locator("#who img").count() == 0
    sound(phone)
    says(board, "1 learner is here")


def test_second_teacher_sees_the_same_and_is_told_who_was_quicker(room):
    board = room.begin(room.teacher(), "Two")
    put_on(board)
    ask(board)
    second = room.teacher()
    second.goto(board.url)
    says(second, "0 voted")
    held = []
    second.route("**/state", lambda route: held.append(route))  # its news are late
    close(board)
    second.locator("#spread .proposal").wait_for()
    press(board, "Vote again")
    board.get_by_role("button", name="Close the vote").wait_for()
    press(second, "Vote again")

    second.locator("#problem", has_text="quicker").wait_for()
    assert held
