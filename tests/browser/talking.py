"""What the tests of interviews and scripts do on a page."""

from axe_playwright_python.sync_playwright import Axe

from asylum_teach.interview import replay
from asylum_teach.models.interview import STOP_ERRORS
from tests.browser.test_pages import WCAG
from tests.browser.test_record import OVERFLOW

LESSON = "/lesson/08_intake_interview"
DRAFT = "(name) => localStorage.getItem(`asylum-teach.draft.${name}/${name}`)"
BEFORE = ["check_interpreter", "explain_role", "explain_confidentiality", "may_stop", "safe_now"]
RECORD = ["last_arrival", "sent_so_far", "court_papers", "list_for_everybody"]
# Whether a node holds the focus, and on which side of it the focus is.
HOLDS = "(node) => node.contains(document.activeElement)"
BEHIND = """(node) => {
  const at = document.activeElement.compareDocumentPosition(node);
  return !!(at & Node.DOCUMENT_POSITION_PRECEDING) && !(at & Node.DOCUMENT_POSITION_CONTAINS);
}"""


class Held:
    """An interview as somebody holds it on a page."""

    def __init__(self, page, interview):
        self.page, self.interview, self.asked = page, interview, []
        self.card = card_of(page, interview.id)
        self.now = self.card.locator(".at-now")

    def begin(self):
        """Begin it by a tap."""
        press(self.card, "Begin the interview")
        self.now.wait_for()
        return self

    def ask(self, *names):
        """Ask or do these by tapping, and wait for each reply."""
        for name in names:
            topic = self.topic(name)
            if topic.count() and not topic.evaluate("(node) => node.open"):
                topic.locator("summary").click()
            self.button(name).click()
            self.replied(name)
        return self

    def replied(self, name):
        """Wait until the turn is over in which that was asked."""
        self.asked.append(name)
        self.card.get_by_text(f"Everything so far ({len(self.asked)})").wait_for()

    def topic(self, name):
        """Where the bank of questions has it; nowhere, if it is always at hand."""
        asks = self.interview.by_id[name]
        at_hand = asks.keeps_pause and asks.label
        return self.card.locator("#nowhere" if at_hand else f"[data-topic={asks.topic}]")

    def button(self, name):
        """What has to be pressed in order to ask it."""
        asks = self.interview.by_id[name]
        return self.card.locator("button", has_text=asks.label or asks.text).first

    def open_question(self):
        """The first open question on offer on the page that was not asked yet."""
        by_text = {each.text: each for each in self.interview.asks if each.form == "open"}
        for text in self.card.locator(".at-ask").all_text_contents():
            if text in by_text and by_text[text].topic != "end":
                return by_text[text].id
        raise AssertionError("no open question is left")

    @property
    def talk(self):
        """The interview so far, as the rules of the room have it."""
        return replay(self.interview, self.asked)

    @property
    def last(self):
        """What was replied last."""
        return self.talk.turns[-1].says

    @property
    def shown(self):
        """Which turn the card is at, and what it shows of the last one."""
        self.now.wait_for(timeout=60_000)
        return self.card.locator(".at-eyebrow").nth(1).text_content(), self.now.inner_text()


def accessible(card):
    """No axe violation in the card, and no sideways scroll of its page."""
    found = Axe().run(
        card.page,
        context=f"[data-items='{card.get_attribute('data-items')}']",
        options={"runOnly": {"type": "tag", "values": WCAG}},
    )
    assert found.response["passes"], "axe looked at nothing"
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []
    assert card.page.evaluate(OVERFLOW) <= 1


def card_of(page, name):
    """The card of an interview or a script."""
    return page.locator(f'[data-items="{name}/{name}"]')


def press(place, name):
    """Press a button."""
    place.get_by_role("button", name=name).click()


def reach(page, wanted):
    """Press Tab, or Shift and Tab, until *wanted* has the focus."""
    for _ in range(1500):
        if wanted.evaluate("(node) => node === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if wanted.evaluate(BEHIND) else "Tab")
    raise AssertionError(f"{wanted} cannot be reached with the Tab key")


def judged(card, findings):
    """Judge each element as the findings have it."""
    for select, finding in zip(card.locator("select").all(), findings.values(), strict=True):
        select.select_option(finding.status.value)


def debrief(card):
    """What is told after the interview or the script."""
    card.locator(".at-debrief").wait_for()
    return card.locator(".at-debrief").inner_text()


def first_error(script):
    """The number of the first line with an error, from 0."""
    return next(number for number, line in enumerate(script.lines) if line.error)


def played(card, lines):
    """Let a script play up to so many lines."""
    press(card, "Play")
    for _ in range(lines - 1):
        press(card, "Next line")
    card.get_by_text(f"Line {lines} of").wait_for()


def stopped(card, error):
    """Stop the script at its last line, and name the error."""
    press(card, "Stop!")
    card.get_by_label(STOP_ERRORS[error]).check()
    press(card, "Mark it")
