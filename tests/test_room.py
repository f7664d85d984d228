"""A practice interview and a script, turn by turn and at their end, without a server."""

import json
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asylum_teach import content as contents
from asylum_teach import law
from asylum_teach.desk import CHANGED, Desk
from asylum_teach.guidance import basis_of, fold, review, start, summary, what_changed
from asylum_teach.guidance.review import due_items, next_due
from asylum_teach.interview import NotOnOfferError, profile, replay
from asylum_teach.lesson import Lesson, LessonError
from asylum_teach.models import CRITICAL_ERRORS, ELEMENTS, Practice, Reply, Source, Status
from asylum_teach.models.interview import STOP_ERRORS
from asylum_teach.scoring import ResponseError
from tests.conftest import SMALL
from tests.learners import DAY, NOON
from tests.played import put_into

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&lt;"
WELL = ["explain_confidentiality", "free_account", "wait", "their_words", "last_arrival", "close"]
SHORT = ["free_account", "close"]  # nothing is found beyond the slip


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The small content with its interview and its script."""
    folder = tmp_path_factory.mktemp("played") / "exercises"
    shutil.copytree(SMALL, folder)
    put_into(folder)
    return contents.read(folder)


@pytest.fixture
def exercises(exercises):
    """A copy of that content, to be edited."""
    put_into(exercises.folder)
    return exercises


@pytest.fixture(scope="module")
def desk(played):
    return Desk(played)


@pytest.fixture(scope="module")
def room(desk):
    return desk.room


@pytest.fixture(scope="module")
def talk(played):
    """The interview."""
    return played.interviews["talk"]


class Page(HTMLParser):
    """The tags, the addresses and the text of some HTML, as a browser would see them."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.handlers, self.text = set(), [], [], ""
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attrs):
        """Note a tag, where it leads to, and what it would run."""
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag):
        """Keep the words of two parts apart."""
        if tag not in ("b", "span", "a"):
            self.text += " "

    def handle_data(self, data):
        """Note text."""
        self.text += data


def answer(asked, found=None, item="talk"):
    return {"item": item, "response": {"asked": asked, "found": found or {}}}


def judged(played, facts):
    """The law's word on some facts of the interview."""
    _, day, circuit = played.setting_of(played.interviews["talk"])
    return law.assess(played.law, frozenset(facts), as_of=day, circuit=circuit).findings


# --- A turn ---


def words_in(value):
    """Every text in some JSON."""
    if isinstance(value, dict):
        return [*value, *(word for each in value.values() for word in words_in(each))]
    if isinstance(value, list):
        return [word for each in value for word in words_in(each)]
    return [value] if isinstance(value, str) else []


def secrets_of(interview, law, asked):
    """What a page must not know after *asked*: facts, notes, guards, and what was not said."""
    held = replay(interview, asked)
    said = {turn.says for turn in held.turns}
    hidden = {*interview.facts, *(law.facts[f].text for f in interview.facts - held.found)}
    hidden.add(interview.aim)
    for ask in interview.asks:
        hidden |= {ask.note, ask.critical_error, *ask.practices}
        hidden |= {*ask.needs, *ask.opens}
        for reply in ask.replies:
            hidden |= {reply.note, *reply.after, *reply.unless, *reply.opens, *reply.reveals}
            hidden |= {reply.says} - said
            if reply.then:
                hidden |= {reply.then.says} - said
                hidden |= {*reply.then.reveals, *reply.then.opens}
    return hidden - {""}


@given(st.data())
def test_turn_shows_nothing_of_what_is_to_be_found(played, room, talk, data):
    """Whoever opens the browser's tools would else read the whole story before asking."""
    asked = data.draw(st.lists(st.sampled_from([a.id for a in talk.asks]), max_size=5))
    asked = [name for n, name in enumerate(asked) if held_so(talk, asked[:n], name)]
    shown = room.turn("talk", asked)

    texts = json.dumps(shown, ensure_ascii=False)
    ids = {ask.id for ask in talk.asks}
    for secret in secrets_of(talk, played.law, asked) - ids:
        whole = json.dumps(secret, ensure_ascii=False)
        assert whole not in texts, secret
    for key in ("needs", "after", "unless", "trust", "reveals", "opens", "form", "better", "note"):
        assert f'"{key}"' not in texts


def held_so(interview, before, name):
    """Whether *name* can be asked after those of *before* that could be asked."""
    kept = []
    for each in [*before, name]:
        try:
            replay(interview, [*kept, each])
        except NotOnOfferError:
            if each == name:
                return False
            continue
        kept.append(each)
    return True


@pytest.mark.parametrize("name", ["eulalia", "beatriz", "ofelia", "tomas"])
def test_kits_interviews_show_no_fact_before_it_is_found(kit_content, name):
    """Also none that a form, a note or a reply that nobody heard would tell."""
    interview = kit_content.interviews[name]
    shown = json.dumps(Desk(kit_content).room.turn(name, []), ensure_ascii=False)

    for fact in interview.facts - set(interview.known):
        assert f'"{fact}"' not in shown
        assert kit_content.law.facts[fact].text not in shown
    for ask in interview.asks:
        assert json.dumps(ask.note, ensure_ascii=False) not in shown
        assert not any(json.dumps(r.says, ensure_ascii=False) in shown for r in ask.replies)


@pytest.mark.parametrize("n", range(len(WELL) + 1))
def test_notes_hold_what_was_found_and_nothing_else(played, room, talk, n):
    shown = room.turn("talk", WELL[:n])

    found = replay(talk, WELL[:n]).found
    assert set(shown["notes"]) == {played.law.facts[fact].text for fact in found}
    assert set(talk.known) <= found
    assert shown["left"] == talk.turns - n


def test_judging_is_offered_at_the_end_and_not_before(room):
    """Who could judge first would ask to be right, and not to learn."""
    before, after = room.turn("talk", WELL[:-1]), room.turn("talk", WELL)

    assert "judge" not in before
    assert [row["id"] for row in after["judge"]["rows"]] == list(ELEMENTS)
    assert after["ended"]
    assert not any(topic["asks"] for topic in after["topics"])


def test_what_needs_something_first_is_offered_after_it(room):
    def offered(asked):
        return {ask["id"] for t in room.turn("talk", asked)["topics"] for ask in t["asks"]}

    assert offered(["free_account"]) - offered([]) == {"their_words", "lead_reason"}


@pytest.mark.parametrize(
    "asked", [["their_words"], ["no_such"], [""], ["close", "wait"], ["wait"] * 13]
)
def test_turns_that_cannot_have_been_are_refused(room, asked):
    with pytest.raises(NotOnOfferError):
        room.turn("talk", asked)


@pytest.mark.parametrize("name", ["", "base", "flawed", "held", "nobody"])
def test_interview_that_there_is_none_of_is_a_key_error(room, name):
    with pytest.raises(KeyError):
        room.turn(name, [])


def test_script_shows_no_error_before_it_is_marked(room, played):
    """The page has every line at once; what is wrong in them must not be among them."""
    shown = json.dumps(room.script("flawed"), ensure_ascii=False)

    assert STOP_ERRORS["leads"] in shown  # among the names from which one is chosen
    for line in room.script("flawed")["lines"]:
        assert set(line) == {"who", "text", "lang", "gloss"}
    for line in played.scripts["flawed"].lines:
        for secret in (line.note, line.better):
            assert not secret or json.dumps(secret) not in shown
    assert played.scripts["flawed"].lesson_learned not in shown


# --- The debrief ---


def debrief(room, interview, asked, found=None):
    return room.debrief(interview.item, {"asked": asked, "found": found or {}})


def figures_of(html):
    """The figures of a profile, by their titles."""
    parts = html.split("<dt>")[1:]
    return {
        part.partition("</dt>")[0]: part.partition("<dd>")[2].partition("</dd>")[0]
        for part in parts
    }


HELD_BADLY = [
    "hurt_detail",
    "free_account",
    "all_at_once",  # cuts her short
    "lead_reason",
    "favorite_team",
    "their_words",  # held back
    "their_words",  # asked again
    "may_stop",
    "last_arrival",
    "advise",
    "close",
]


def test_debrief_says_each_figure_of_the_profile(room, talk):
    figures = figures_of(debrief(room, talk, HELD_BADLY))
    counted = profile(replay(talk, HELD_BADLY))

    by_title = {
        "Closed questions": counted.forms["closed"],
        "Leading questions": counted.forms["leading"],
        "Several questions in one": counted.forms["compound"],
        "Needless questions": counted.forms["needless"],
        "Questions that can hurt": counted.forms["insensitive"],
        "Interruptions": counted.interruptions,
        "Asked again, with the same reply": counted.repeated,
        "Replies in which something was held back": counted.held_back,
        "Turns": len(HELD_BADLY),
    }
    assert {title: figures[title] for title in by_title} == {t: str(n) for t, n in by_title.items()}
    assert all(by_title.values()), "each figure has something to count here"
    assert figures["Open questions"].startswith(f"{counted.forms['open']} of {counted.questions} ")
    assert f"({counted.open_share:.0%})" in figures["Open questions"]
    assert figures["The day of the last arrival, or what was filed"] == "asked"
    assert figures["The list for everybody (bars)"] == "not asked"


def test_debrief_of_no_question_gives_no_share(room, talk):
    """Nothing out of nothing is no percentage."""
    figures = figures_of(debrief(room, talk, ["may_stop", "refer"]))

    assert figures["Open questions"] == "no question was asked"


def test_debrief_tells_every_critical_error_with_its_turn(room, talk):
    text = Page(debrief(room, talk, HELD_BADLY)).text

    for name in ("lead_reason", "advise"):
        turn = HELD_BADLY.index(name) + 1
        kind = talk.by_id[name].critical_error
        assert f"Turn {turn}: {CRITICAL_ERRORS[kind]}" in text
    assert "could hurt a client" not in Page(debrief(room, talk, WELL)).text


def test_debrief_says_what_was_owed_and_when_it_was_done(room, talk):
    """The same step counts before the story, and hardly after it."""
    early = debrief(room, talk, ["may_stop", "last_arrival", "close"])
    late = debrief(room, talk, ["last_arrival", "may_stop", "close"])

    assert "can be left out: in turn 1, before the story." in Page(early).text
    assert "can be left out: only in turn 2, when the story had begun." in Page(late).text
    assert Page(late).text.count(": not done.") == 4


def test_debrief_tells_every_turn(room, talk):
    text = Page(debrief(room, talk, HELD_BADLY)).text
    held = replay(talk, HELD_BADLY)

    for turn in held.turns:
        assert turn.ask.text in text
        assert turn.says in text
        assert turn.ask.note in text
        if turn.ask.better:
            assert f"Better: “{talk.by_id[turn.ask.better].text}”" in text
    assert text.count("Interruption. ") == sum(turn.cut for turn in held.turns) == 1
    assert text.count("Held back. ") == sum(bool(turn.held_back) for turn in held.turns)
    assert talk.aim in text


def test_debrief_names_what_was_not_found_with_what_it_alone_would_have_moved(room, played, talk):
    """By the engine: with the fact and without it, and nothing else changed."""
    asked = ["free_account", "wait", "close"]  # the opinion, and neither the words nor the date
    found = replay(talk, asked).found
    missing = talk.facts - found
    text = Page(debrief(room, talk, asked)).text

    assert f"What you did not find ({len(missing)})" in text
    before = judged(played, found)
    moved = set()
    for fact in missing:
        after = judged(played, found | {fact})
        moves = [
            f"{played.law.elements[e].title}, from {before[e].status.label}"
            f" to {after[e].status.label}"
            for e in before
            if after[e].status != before[e].status
        ]
        told = f"{played.law.facts[fact].text} It alone would have moved: {'; '.join(moves)}."
        assert (told in text) == bool(moves)
        moved |= set(moves)
    assert text.count("It alone would have moved") == sum(
        judged(played, found | {f}) != before for f in missing
    )
    assert len(moved) > 1


def test_fact_that_alone_moves_nothing_is_told_without_a_move(room, played, talk):
    """A woman is of no group here unless she could not leave, so that fact alone moves nothing."""
    told = Reply(says="Hm.", reveals=("is_woman",))
    asks = tuple(replace(a, replies=(told,)) if a.id == "thank_her" else a for a in talk.asks)
    found = replay(talk, SHORT).found
    assert judged(played, found | {"is_woman"}) == judged(played, found)

    text = Page(debrief(room, replace(talk, asks=asks), SHORT)).text

    assert f"{played.law.facts['is_woman'].text} It alone" not in text
    assert played.law.facts["is_woman"].text in text


def test_debrief_says_the_way_to_what_was_not_found(room, talk):
    """What to ask, one after the other, and where one has to wait."""
    text = Page(debrief(room, talk, ["explain_role", "close"])).text

    story, words, date = (
        f"“{talk.by_id[name].text}”" for name in ("free_account", "their_words", "last_arrival")
    )
    assert f"{story} and wait, then {words}" in text
    assert date in text


def test_way_says_what_wins_the_trust_that_is_missing(room, talk):
    """Where no pause does it, and only as long as it was not done."""
    straight = tuple(
        replace(a, replies=tuple(replace(r, then=None) for r in a.replies)) for a in talk.asks
    )
    without = replace(talk, asks=straight)
    winning = f"“{talk.by_id['explain_confidentiality'].text}”"

    def told(*asked):
        text = Page(debrief(room, without, [*asked])).text
        return text.partition("What you did not find")[2].partition("Turn by turn")[0]

    assert winning in told("close")
    assert winning not in told("explain_confidentiality", "close")


def test_debrief_counts_what_was_found_by_element(room, played, talk):
    asked = ["free_account", "wait", "close"]
    found, there = (played.law.closed(f) for f in (replay(talk, asked).found, talk.facts))
    text = Page(debrief(room, talk, asked)).text

    for element in ELEMENTS:
        rules = played.law.elements[element].rules
        bearing = {fact for rule in rules for fact in rule.facts} & there
        told = f"{played.law.elements[element].title}: {len(bearing & found)} of {len(bearing)}"
        assert (told in text) == bool(bearing)


def test_debrief_of_all_that_there_is_says_so(room, talk):
    text = Page(debrief(room, talk, WELL)).text

    assert "You found everything that there is to find here." in text
    assert "What you did not find" not in text


@pytest.mark.parametrize("asked", [SHORT, WELL])
def test_board_says_what_the_law_makes_of_what_was_found_and_of_all(room, played, talk, asked):
    """The gap between the two columns is what the questions cost."""
    rows = debrief(room, talk, asked).split("<tr>")[2:]
    on_found, on_all = judged(played, replay(talk, asked).found), judged(played, talk.facts)

    assert len(rows) == len(ELEMENTS)
    for element, row in zip(ELEMENTS, rows, strict=True):
        assert played.law.elements[element].title in row
        pills = re.findall(r"at-status-(\w+)( at-moved)?", row)
        found, whole = on_found[element].status.value, on_all[element].status.value
        assert pills == [(found, ""), (whole, " at-moved" if found != whole else "")]


def test_judging_is_measured_by_what_was_found_and_not_by_what_there_is(room, played, talk):
    """Who found little and says so judges rightly."""
    on_found = {e: f.status.value for e, f in judged(played, replay(talk, SHORT).found).items()}
    on_all = {e: f.status.value for e, f in judged(played, talk.facts).items()}
    differ = sum(on_found[e] != on_all[e] for e in ELEMENTS)
    assert differ

    of_found = Page(debrief(room, talk, SHORT, on_found)).text
    of_all = Page(debrief(room, talk, SHORT, on_all)).text

    n = len(ELEMENTS)
    assert f"You judged {n} of {n} elements" in of_found
    assert f"You judged {n - differ} of {n} elements" in of_all
    assert of_all.count("✗ You said") == differ
    assert "You left the judging out." in Page(debrief(room, talk, SHORT)).text


# --- A marked script ---


def test_marking_counts_hits_misses_and_false_alarms(room, played):
    item = played.scripts["flawed"].item
    text = Page(room.markings(item, {"stops": [[2, "shortens"], [4, "pries"]]})).text

    assert "Hits: stopped at an error 1 of 2" in text
    assert "called by the right name 1" in text  # another name under which it is right as well
    assert "Missed errors 1" in text
    assert "False alarms: stopped where nothing was wrong 1" in text
    assert f"You said: {STOP_ERRORS['pries']}. Nothing was wrong here." in text
    assert f"Missed. {STOP_ERRORS['leads']}." in text
    assert played.scripts["flawed"].lesson_learned in text


def test_hit_under_a_wrong_name_says_both(room, played):
    item = played.scripts["flawed"].item
    text = Page(room.markings(item, {"stops": [[3, "several"]]})).text

    assert f"You said: {STOP_ERRORS['several']}. It was: {STOP_ERRORS['leads']}." in text
    assert "called by the right name 0" in text


def test_every_line_is_told_with_what_is_better(room, played):
    text = Page(room.markings(played.scripts["flawed"].item, {"stops": []})).text

    for line in played.scripts["flawed"].lines:
        for part in (line.text, line.note, line.better, line.gloss):
            assert part in text


@pytest.mark.parametrize(
    ("stops", "defined"),
    [
        pytest.param([[2, "alters"], [0, "pries"]], True, id="one of each"),
        pytest.param([[2, "alters"], [3, "leads"]], False, id="all right"),
        pytest.param([], False, id="none"),
    ],
)
def test_sensitivity_is_told_only_where_it_is_defined(room, played, stops, defined):
    """No number is made up where a rate is nothing or all."""
    text = Page(room.markings(played.scripts["flawed"].item, {"stops": stops})).text

    assert ("higher is better" in text) == defined
    assert ("is not defined here" in text) != defined


@pytest.mark.parametrize(
    "stops",
    [
        None,
        "leads",
        [[5, "leads"]],
        [[-1, "leads"]],
        [[True, "leads"]],
        [[1.0, "leads"]],
        [["1", "leads"]],
        [[1, "nothing"]],
        [[1, None]],
        [[1, ["leads"]]],
        [[1]],
        [1],
        [{"0": 1}],
        [[10**400, "leads"]],
    ],
)
def test_stops_that_the_script_does_not_have_are_refused_in_a_sentence(room, played, stops):
    with pytest.raises(ResponseError, match=r"^[A-Z][^\n]+\.$"):
        room.markings(played.scripts["flawed"].item, {"stops": stops})


# --- Hostile text ---


def hostile(played):
    """The content, with markup in every text of its interview, its script and its practices."""
    talk, flawed = played.interviews["talk"], played.scripts["flawed"]

    def spoiled(reply):
        then = reply.then and replace(reply.then, says=f'"{HOSTILE}')
        return replace(reply, says=f'"{HOSTILE}', note=HOSTILE, then=then)

    asks = tuple(
        replace(a, text=HOSTILE, note=HOSTILE, replies=tuple(map(spoiled, a.replies)))
        for a in talk.asks
    )
    lines = tuple(
        replace(line, text=HOSTILE, note=HOSTILE, better=HOSTILE, gloss=HOSTILE)
        for line in flawed.lines
    )
    source = Source(
        organization=HOSTILE,
        title=HOSTILE,
        url="https://example.org/\"'><img src=x onerror=alert(1)>",
        supports=HOSTILE,
        seen="page",
        checked=played.law_as_of,
        where=HOSTILE,
    )
    rule = {"title": HOSTILE, "says": HOSTILE, "why": HOSTILE, "own": HOSTILE}
    return replace(
        played,
        interviews={"talk": replace(talk, name=HOSTILE, aim=HOSTILE, asks=asks)},
        scripts={"flawed": replace(flawed, lines=lines, lesson_learned=HOSTILE)},
        practices={n: Practice(id=n, sources=(source,), **rule) for n in played.practices},
        law=replace(
            played.law,
            facts={n: replace(f, text=HOSTILE) for n, f in played.law.facts.items()},
        ),
    )


def test_text_of_files_is_never_markup(played):
    """A page puts this HTML in as it is."""
    spoiled = hostile(played)
    room = Desk(spoiled).room
    held = debrief(room, spoiled.interviews["talk"], HELD_BADLY)
    marked = room.marked("flawed", [[2, "alters"], [4, "pries"]])

    for html in (held, marked):
        page = Page(html)
        assert page.tags.isdisjoint({"img", "script"})
        assert page.handlers == []
        assert HOSTILE in page.text  # as text it is all there
    assert held.count("onerror") > 20


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x.example", "x", ""])
def test_source_that_is_no_address_on_the_web_is_no_link(played, url):
    """A tap on a source must not run something."""
    (source,) = played.practices["listen"].sources
    odd = replace(played.practices["listen"], sources=(replace(source, url=url),))
    spoiled = replace(played, practices={**played.practices, "listen": odd})
    html = debrief(Desk(spoiled).room, played.interviews["talk"], SHORT)

    assert [link for link in Page(html).links if not link.startswith(("https://", "http://"))] == []
    assert source.title in Page(html).text


def test_practices_behind_the_turns_are_told_with_their_sources(room, played, talk):
    """Each rule once, however often it was met, and none that was not met."""
    page = Page(debrief(room, talk, HELD_BADLY))

    for name, met in (("listen", True), ("no_leading", True), ("mend", False)):
        rule = played.practices[name]
        assert page.text.count(rule.says) == met
    (source,) = played.practices["listen"].sources
    assert page.links.count(source.url) == 1
    assert f"{source.organization}: {source.title}" in page.text
    assert "only an excerpt was seen" in page.text.lower()
    assert "no source was found" not in page.text.lower()
    assert "No source was found." in Page(debrief(room, talk, ["apologize", "close"])).text


# --- The desk ---


def test_interview_is_kept_with_its_version_and_its_critical_error(desk, talk):
    told = desk.take("talk", answer(HELD_BADLY), NOON)

    attempt = told.attempt
    assert (attempt.case, attempt.item, attempt.case_version) == ("talk", "talk", talk.version)
    assert attempt.response == {"asked": HELD_BADLY, "found": {}}
    assert attempt.critical_error == talk.by_id["lead_reason"].critical_error
    assert attempt.critical_error
    assert 0 < attempt.credit < 1
    assert told.html == desk.tell(attempt)


def test_interview_held_well_has_full_credit_and_no_critical_error(desk):
    attempt = desk.take("talk", answer(WELL), NOON).attempt

    assert (attempt.credit, attempt.critical_error) == (1, "")


def test_what_stood_on_the_slip_earns_nothing(desk):
    assert desk.take("talk", answer(["close"]), NOON).attempt.credit == 0


def test_script_is_kept_with_its_version(desk, played):
    stops = {"item": "flawed", "response": {"stops": [[2, "alters"]]}}

    attempt = desk.take("flawed", stops, NOON).attempt

    assert (attempt.case_version, attempt.credit) == (played.scripts["flawed"].version, 0.5)


@pytest.mark.parametrize(
    "response",
    [
        None,
        [],
        "close",
        {},
        {"asked": "close"},
        {"asked": [1]},
        {"asked": ["free_account"]},  # not ended
        {"asked": ["their_words", "close"]},  # not on offer
        {"asked": WELL, "found": None},
        {"asked": WELL, "found": {"courage": "met"}},
        {"asked": WELL, "found": {"harm": "surely"}},
        {"asked": WELL, "found": {"harm": ["met"]}},
        {"asked": ["wait"] * 10_000},
    ],
)
def test_interview_that_was_not_held_so_is_told_in_a_sentence_and_not_kept(desk, response):
    told = desk.take("talk", {"item": "talk", "response": response}, NOON)

    assert (told.attempt, told.html) == (None, "")
    assert told.problem.endswith(".")
    assert "\n" not in told.problem


def test_older_attempt_that_no_longer_fits_is_a_response_error(played, desk, talk):
    """The interview was rewritten: what was held cannot be told by the new one."""
    attempt = desk.take("talk", answer(WELL), NOON).attempt
    rewritten = replace(talk, asks=tuple(a for a in talk.asks if a.id != "their_words"))
    new = Desk(replace(played, interviews={"talk": rewritten}))

    with pytest.raises(ResponseError):
        new.tell(attempt)
    with pytest.raises(KeyError):
        Desk(replace(played, interviews={})).tell(attempt)


# --- In a notebook ---


@pytest.fixture
def lesson(played):
    return Lesson("nexus_and_grounds", content=played, now=lambda: NOON)


def asked_of(piece, n, **request):
    """What a page is told that asks for it."""
    piece.request = {"n": n, **request}
    return piece.told


def test_interview_goes_turn_by_turn_and_its_answer_is_recorded(lesson, room):
    """In JupyterLab there is no server to ask."""
    piece = lesson.interview("talk")

    first = asked_of(piece, 1, asked=[])
    second = asked_of(piece, 2, asked=["free_account"])
    last = asked_of(piece, 3, answer=answer(WELL))

    assert (first["n"], first["problem"], first["turns"]) == (1, "", [])
    assert {k: second[k] for k in room.turn("talk", [])} == room.turn("talk", ["free_account"])
    assert (last["n"], last["problem"]) == (3, "")
    assert "at-debrief" in last["html"]
    (attempt,) = lesson.attempts
    assert (attempt.case, attempt.credit, attempt.at) == ("talk", 1, NOON)


def test_rewritten_interview_is_told_in_a_notebook(lesson):
    """The page still knows the turns of an older version."""
    piece = lesson.interview("talk")

    turn = asked_of(piece, 1, asked=["gone"])
    last = asked_of(piece, 2, answer=answer(["gone", "close"]))

    assert (turn["problem"], "turns" in turn) == (CHANGED, False)
    assert last["problem"]
    assert lesson.attempts == []


def test_script_plays_in_a_notebook_and_its_answer_is_recorded(lesson, room):
    piece = lesson.stop("flawed")

    script = asked_of(piece, 1)
    stops = {"item": "flawed", "response": {"stops": [[2, "alters"]]}}
    last = asked_of(piece, 2, answer=stops)

    assert script == {"n": 1, "problem": "", **room.script("flawed")}
    assert (last["problem"], "at-debrief" in last["html"]) == ("", True)
    assert [attempt.case for attempt in lesson.attempts] == ["flawed"]


def test_plain_text_of_a_piece_says_what_stands_there_before_it_begins(lesson, played, talk):
    """What a notebook keeps of a cell, and what is read where no widget runs."""
    text, flawed = repr(lesson.interview("talk")), played.scripts["flawed"]

    for part in (talk.title, talk.content_note, talk.slip, f"{talk.turns} turns", "Ninth Circuit"):
        assert part in text
    assert talk.aim not in text
    stop = repr(lesson.stop("flawed"))
    for part in (flawed.title, flawed.content_note, flawed.setting, "5 lines"):
        assert part in stop
    assert flawed.lesson_learned not in stop


def test_what_a_page_has_before_the_first_turn_is_no_secret(lesson, played, talk):
    about = json.dumps(lesson.interview("talk").about)

    for secret in secrets_of(talk, played.law, []):
        assert json.dumps(secret) not in about
    assert set(lesson.stop("flawed").about) == {
        "id", "title", "content_note", "setting", "lines",
    }  # fmt: skip
    assert lesson.stop("flawed").about["lines"] == 5


@pytest.mark.parametrize("cell", ["interview", "stop"])
def test_notebook_that_names_what_there_is_not_is_told(lesson, cell):
    with pytest.raises(LessonError, match="'nobody'"):
        getattr(lesson, cell)("nobody")


# --- Guidance ---


def kept(desk, asked, at=NOON):
    """An attempt at the interview, as a record keeps it."""
    return desk.take("talk", {**answer(asked), "lesson": "nexus_and_grounds"}, at).attempt


def test_interview_counts_in_its_lesson_and_its_points(played, desk):
    before = summary(start(), played, NOON)
    after = summary(fold([kept(desk, WELL)], played), played, NOON)

    for of, name in (("lessons", "nexus_and_grounds"), ("points", "2.6")):
        was, now = getattr(before, of)[name], getattr(after, of)[name]
        assert (now.answered, now.right, now.of) == (was.answered + 1, was.right + 1, was.of)
    without = summary(start(), replace(played, interviews={}, scripts={}), NOON)
    assert before.lessons["nexus_and_grounds"].of == without.lessons["nexus_and_grounds"].of + 2
    assert after.decisions == before.decisions


def test_lesson_goes_on_at_the_interview_that_is_left(played, desk):
    """Once it was begun, nobody is told that the lesson is finished without its interview."""
    lessons = summary(fold([kept(desk, WELL)], played), played, NOON).lessons

    assert not lessons["nexus_and_grounds"].whole


@pytest.mark.parametrize("asked", [WELL, HELD_BADLY])
def test_interview_moves_no_element(played, desk, asked):
    """To have found facts is no proof of knowing the law."""
    record = [kept(desk, asked, NOON + n * 30 * DAY) for n in range(4)]

    assert fold(record, played).elements == {}


def test_interview_never_comes_up_in_review(played, desk):
    """It takes half an hour, and is no card."""
    script = {"item": "flawed", "response": {"stops": []}}
    record = [kept(desk, HELD_BADLY), desk.take("flawed", script, NOON).attempt]
    standing = fold(record, played)

    for later in (NOON, NOON + DAY, NOON + 1000 * DAY):
        assert review(standing, played, later) == due_items(standing, played, later) == ()
    assert next_due(standing, played, NOON) is None


def open_errors(record, content, now):
    return {e.kind for e in summary(fold(record, content), content, now).critical_errors if e.open}


def test_critical_error_of_an_interview_is_open_until_it_is_held_without_one(played, desk):
    """On another day: on the same, the debrief has just said what to leave out."""
    bad, same_day = kept(desk, HELD_BADLY), kept(desk, WELL, NOON + timedelta(hours=1))
    again = kept(desk, HELD_BADLY, NOON + DAY)
    good = kept(desk, WELL, NOON + 2 * DAY)
    kind = {bad.critical_error}

    assert open_errors([bad], played, NOON) == kind
    assert open_errors([bad, same_day], played, NOON) == kind
    assert open_errors([bad, same_day, again], played, NOON) == kind
    assert open_errors([bad, same_day, again, good], played, NOON) == set()


def changed(played, exercises, *edits, name="talk"):
    """What a learner is told of an interview after an edit of the files."""
    for edit in edits:
        exercises.edit(*edit)
    new = contents.read(exercises.folder)
    return what_changed(basis_of(played, name, name), basis_of(new, name, name), new)


TALK = "interviews/talk.yaml"
AUTHORITIES = "law/authorities.yaml"
REWRITTEN = "The question, its options or the reasons given were rewritten."


def test_nothing_is_told_while_nothing_changed(played, exercises):
    assert changed(played, exercises) == changed(played, exercises, name="flawed") == ()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param(TALK, "What were their words?", "What did they say?", id="own ask"),
        pytest.param(TALK, "It was after my column.", "It was after my song.", id="reply"),
        pytest.param(TALK, "trust: 3", "trust: 2", id="guard"),
        pytest.param("asks.yaml", "You may stop.", "You can stop.", id="shared ask"),
    ],
)
def test_rewritten_interview_is_told(played, exercises, file, old, new):
    assert changed(played, exercises, (file, old, new)) == (REWRITTEN,)


def test_interview_with_another_fact_to_find_is_told(played, exercises):
    told = changed(
        played,
        exercises,
        (TALK, "says: She nods.\n", "says: She nods.\n    reveals: [is_woman]\n"),
    )

    assert told == ("The story changed.", REWRITTEN)


def test_law_that_turns_an_interview_is_told(played, exercises):
    """Its debrief rests on the rules, though it cites nothing itself."""
    old = "in_force: [{since: '2010-05-01'}]"
    told = changed(played, exercises, (AUTHORITIES, old, "in_force: []"))

    _, _, circuit = played.setting_of(played.interviews["talk"])
    assert judged(played, played.interviews["talk"].facts)["nexus"].status == Status.MET
    assert circuit == "9"
    assert told[0] == "The right answer changed."
    assert any("Ninth v. Holder" in sentence for sentence in told)


def test_day_of_the_case_is_the_day_of_its_interview(played, exercises):
    told = changed(played, exercises, ("cases/base.yaml", "as_of: 2026-11-24", "as_of: 2026-11-23"))

    assert told == ("The day on which the case is judged changed.",)


def test_changed_script_is_told(played, exercises):
    edits = ("scripts/flawed.yaml", "error: alters\n  also: [shortens]", "error: shortens")

    assert changed(played, exercises, edits, name="flawed") == ("The right answer changed.",)


def test_authority_of_a_line_that_was_overruled_is_told(played, exercises):
    edit = (AUTHORITIES, "[{since: '1980-04-01'}]", "[{since: '1980-04-01', until: '2026-11-25'}]")
    told = changed(played, exercises, edit, name="flawed")

    assert told == ("The statute stopped being good law on 25 November 2026.",)


def test_reply_that_was_not_heard_does_not_count_as_done(played, talk):
    """Whoever explains confidentiality to somebody who cannot follow has not explained it."""
    deaf = Reply(says="She looks at the interpreter.", unheard=True)
    asks = tuple(
        replace(a, replies=(deaf, *a.replies)) if a.id == "may_stop" else a for a in talk.asks
    )
    spoiled = replace(talk, asks=asks)
    room = Desk(replace(played, interviews={"talk": spoiled})).room

    text = Page(debrief(room, spoiled, ["may_stop", "close"])).text

    assert "can be left out: not done." in text
