"""Pieces of a lesson, without a browser: what is sent to the page, and what comes back."""

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given

from asylum_teach import scoring, widgets
from asylum_teach.lesson import Lesson
from asylum_teach.models import (
    Choice,
    Content,
    ElementAssessment,
    Flip,
    Matching,
    Ordering,
    Rationale,
    Sentence,
    Tagging,
)
from asylum_teach.models.words import periods_in_words
from asylum_teach.widgets.cards import card_of
from asylum_teach.widgets.markup import el, prose, render
from tests import strategies as make
from tests.conftest import ROOT

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'&amp;"


class Page(HTMLParser):
    """The tags and the text of some HTML, as a browser would see them."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.attributes = [], "", []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Note a tag and its attributes."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        """Note text."""
        self.text += data


def lesson_on(content, lesson_id="nexus_and_grounds"):
    return Lesson(lesson_id, content=content)


@pytest.fixture
def lesson(kit_content):
    return lesson_on(kit_content)


@pytest.fixture
def small_lesson(small):
    return lesson_on(small)


def answer(question, item, response, n=1, **more):
    """Give an answer as the page does; the feedback on it: n, problem, html."""
    question.answer = {
        "item": item,
        "n": n,
        "response": response,
        "confidence": 2,
        "hints": 0,
        **more,
    }
    return question.feedback.get(item)


def every_item(content):
    return [(case, item) for case in content.cases.values() for item in case.items]


# --- The key stays in Python ---

KEY_FIELDS = {
    "key",
    "credit",
    "reason",
    "reasons",
    "misconception",
    "critical_error",
    "authorities",
}


def fields_in(view):
    """The name of every field in a view, however deep."""
    if isinstance(view, dict):
        yield from view
        for each in view.values():
            yield from fields_in(each)
    elif isinstance(view, list):
        for each in view:
            yield from fields_in(each)


def explanations(item):
    """Every sentence that explains an item."""
    parts = {
        Choice: lambda: item.options,
        Rationale: lambda: (*item.conclusions, *item.reasons),
        Matching: lambda: item.entries,
        Tagging: lambda: tuple(item.options.values()),
        Ordering: lambda: (item,),
        Flip: lambda: (item,),
        ElementAssessment: lambda: (),
    }
    return [part.reason for part in parts[type(item)]()]


def test_page_is_never_sent_the_key(lesson, kit_content):
    """Neither key, nor credit, nor reasons: for every item of every case in the kit."""
    for case, item in every_item(kit_content):
        question = lesson.ask(case.id, item.id)
        sent = question.get_state(["items", "answer", "feedback"])

        assert not KEY_FIELDS & set(fields_in(sent["items"])), (case.id, item.id)
        assert (sent["answer"], sent["feedback"]) == ({}, {})
        for reason in explanations(item):
            assert reason not in json.dumps(sent["items"], ensure_ascii=False)


@given(make.items)
def test_no_item_at_all_sends_its_key(small, item):
    case = next(iter(small.cases.values()))

    view = widgets.view_of(item, case, small.law)

    assert not KEY_FIELDS & set(fields_in(view))


@pytest.mark.parametrize("name", ["single_choice", "several_choice", "rationale", "ordering"])
def test_order_on_the_page_says_nothing_of_the_key(kit_content, name):
    """Options stand in an order of their own; steps never in the right one."""
    first, all_ = 0, 0
    for case, item in every_item(kit_content):
        if item.kind != name:
            continue
        view = widgets.view_of(item, case, kit_content.law)
        if isinstance(item, Ordering):
            assert [step["id"] for step in view["options"]] != scoring.key_of(item)
            continue
        options = view["options"] if "options" in view else view["parts"][0]["options"]
        key = scoring.key_of(item)
        key = key["conclusion"] if isinstance(key, dict) else key
        first += options[0]["id"] in key
        all_ += 1

    assert first <= 0.7 * all_


def test_order_on_the_page_is_the_same_on_every_visit(kit_content):
    for case, item in every_item(kit_content)[:20]:
        assert widgets.view_of(item, case, kit_content.law) == widgets.view_of(
            item, case, kit_content.law
        )


def test_every_stem_and_option_is_offered(lesson, kit_content):
    """Nothing of an item is lost on the way to the page, nor in the widget's text."""
    for case, item in every_item(kit_content):
        question = lesson.ask(case.id, item.id)
        shown = repr(question)

        assert item.stem in shown
        for part in getattr(item, "options", ()) if isinstance(item, Choice) else ():
            assert part.text in shown
        for part in getattr(item, "steps", ()):
            assert part.text in shown


# --- Feedback ---


def test_right_answer_is_called_right_for_every_item(lesson, kit_content):
    for case, item in every_item(kit_content):
        told = answer(lesson.ask(case.id, item.id), item.id, scoring.key_of(item))

        assert told["problem"] == ""
        assert "Right." in Page(told["html"]).text, (case.id, item.id)


def test_wrong_option_is_explained_with_its_authority(lesson, kit_content):
    """Its own reason, what clears it up, and a card that says when the authority was good law."""
    law = kit_content.law
    for case, item in every_item(kit_content):
        if not isinstance(item, Choice) or item.kind == "several_choice":
            continue
        for option in item.options:
            if option.credit == 1:
                continue
            text = Page(answer(lesson.ask(case.id, item.id), item.id, option.id)["html"]).text

            assert said(option.reason) in text
            assert "Right." not in text
            for name in option.authorities:
                assert periods_in_words(law.authorities[name]) in text
                assert law.authorities[name].citation in text
            if option.misconception:
                correction = kit_content.misconceptions[option.misconception].correction
                assert said(correction) in text


def said(text):
    """A text as it is read: emphasis is no asterisk there."""
    return re.sub(r"\*([^*]+)\*", r"\1", text)


def test_best_answer_is_told_beside_a_wrong_one(small_lesson):
    text = Page(answer(small_lesson.ask("base", "pick_one"), "pick_one", "2")["html"]).text

    assert "A job is not one of the five." in text
    assert "A political opinion" in text
    assert "It is one of the five." in text


def test_critical_error_is_told_apart(lesson, kit_content):
    """In words, for every option of the kit that would hurt a client."""
    met = 0
    for case, item in every_item(kit_content):
        for option in item.options if isinstance(item, Choice) else ():
            if option.critical_error:
                response = [option.id] if item.kind == "several_choice" else option.id
                text = Page(answer(lesson.ask(case.id, item.id), item.id, response)["html"]).text
                met += 1

                assert "This could hurt a client." in text
                assert option.critical_error not in text

    assert met


def test_flip_tells_what_moved_and_whither(small, exercises):
    exercises.edit(
        "cases/base.yaml",
        "as_of: 2026-11-24\n    key: []",
        "remove: [filed_within_one_year]\n    key: [bars]",
    )
    lesson = lesson_on(exercises.check().content)

    text = Page(answer(lesson.ask("base", "flip"), "flip", [])["html"]).text

    assert "Bars moves from likely met to could go either way." in text


def test_nobody_is_told_anything_before_an_answer(small_lesson):
    question = small_lesson.ask("base", "pick_one")

    question.answer = {}

    assert question.feedback == {}
    assert small_lesson.attempts == []


ITEMS = ("pick_one", "pick_several", "judge", "conclude", "match", "order", "tag", "flip")
NONSENSE = [None, "", 7, [], {}, ["nothing"], [{}], {"1": []}, "nothing"]
PICKS = ("pick_several", "tag", "flip")  # where an empty list is an answer


@pytest.mark.parametrize(
    ("item", "response"),
    [(item, said) for item in ITEMS for said in NONSENSE if said != [] or item not in PICKS],
)
def test_malformed_answer_gives_a_sentence_and_no_attempt(small_lesson, item, response):
    told = answer(small_lesson.ask("base", item), item, response)

    assert re.fullmatch(r"[A-Z].*\.", told["problem"])
    assert told["html"] == ""
    assert small_lesson.attempts == []


@pytest.mark.parametrize(
    "extra",
    [
        {"hints": "many"},
        {"hints": [1]},
        {"hints": -3},
        {"hints": None},
        {"confidence": "certain"},
        {"confidence": 9},
        {"confidence": [3]},
        {"confidence": True},
    ],
)
def test_nonsense_beside_an_answer_does_not_spoil_it(small_lesson, extra):
    """The answer counts; what is nonsense is left out of the attempt."""
    told = answer(small_lesson.ask("base", "pick_one"), "pick_one", "1", **extra)
    (attempt,) = small_lesson.attempts

    assert told["problem"] == ""
    assert attempt.hints >= 0
    assert type(attempt.hints) is int
    assert attempt.confidence is None or type(attempt.confidence) is int
    assert attempt.confidence in (None, 1, 2, 3)


@pytest.mark.parametrize("item", ["order", "nothing", None, 7, ["pick_one"], {}])
def test_answer_to_an_item_that_was_not_asked_is_ignored(small_lesson, item):
    question = small_lesson.ask("base", "pick_one")

    question.answer = {"item": item, "n": 1, "response": "1"}

    assert question.feedback == {}
    assert small_lesson.attempts == []


def test_second_try_is_scored_anew(small_lesson):
    question = small_lesson.ask("base", "pick_one")

    first = answer(question, "pick_one", "2", n=1)
    second = answer(question, "pick_one", "1", n=2)

    assert "Right." not in Page(first["html"]).text
    assert "Right." in Page(second["html"]).text
    assert [attempt.credit for attempt in small_lesson.attempts] == [0, 1]


# --- Cards ---


def test_what_was_recalled_and_not_confirmed_is_never_shown(lesson, kit_content):
    """Of any authority, on any card: not the word, and nothing else of that caution."""
    law = kit_content.law
    recalled = 0

    for authority in law.authorities.values():
        shown = Page(lesson.authority(authority.id).html).text
        assert "recalled" not in shown, authority.id
        for caution in authority.note.split("Caution: ")[1:]:
            memory, confirmed, _ = caution.partition("not confirmed here.")
            if "recalled" in memory and confirmed:
                recalled += 1
                assert memory[:30] not in shown, authority.id

    assert recalled


def test_card_says_where_when_how_sure_and_when_it_was_checked(lesson, kit_content):
    law = kit_content.law

    for authority in law.authorities.values():
        text = Page(lesson.authority(authority.id).html).text

        assert authority.citation in text
        assert authority.holding in text
        assert "How sure: " in text
        assert "Checked " in text
        assert "Good law " in text or "Never binding" in text
        assert not re.search(r"\b[a-z]+(_[a-z0-9]+)+_v_[a-z_]+", text)  # no id of ours


@pytest.mark.parametrize(
    ("authority", "sentence"),
    [
        ("ina_101_a_42_a", "Good law since 1 April 1980."),
        (
            "matter_of_first",
            "Good law from 26 August 2014 to 11 June 2018, and again since 16 June 2021.",
        ),
        ("unpublished_v_holder", "Never binding (unpublished): an example only."),
    ],
)
def test_periods_are_said_in_words(small, authority, sentence):
    assert periods_in_words(small.law.authorities[authority]) == sentence


@pytest.mark.parametrize(
    ("authority", "sentence"),
    [
        ("ina_101_a_42_a", "Binds everywhere."),
        ("ninth_v_holder", "Binds in the Ninth Circuit only."),
        ("unpublished_v_holder", "Binds nowhere: an example only."),
    ],
)
def test_card_says_where_it_binds(small, authority, sentence):
    law = small.law
    card = card_of(law.authorities[authority], law.authorities, small.law_as_of)

    assert card["binds"] == sentence


# --- Hostile text stays text ---


@pytest.fixture
def hostile(small):
    """The small content with markup wherever an editor can write a sentence."""

    def spoiled(value):
        if isinstance(value, Choice):
            options = tuple(
                replace(o, text=f"{HOSTILE}{o.id}", reason=HOSTILE) for o in value.options
            )
            return replace(value, stem=HOSTILE, options=options, hints=(HOSTILE,))
        return replace(value, stem=HOSTILE)

    case = small.cases["base"]
    case = replace(
        case,
        title=HOSTILE,
        content_note=HOSTILE,
        story=(*(replace(s, text=HOSTILE) for s in case.story), Sentence(text=HOSTILE)),
        worked_analysis={"bars": HOSTILE},
        items=tuple(map(spoiled, case.items)),
    )
    law = small.law
    law = replace(
        law,
        authorities={
            k: replace(
                a,
                name=HOSTILE,
                citation=HOSTILE,
                holding=HOSTILE,
                note=HOSTILE,
                sources=("javascript:alert(1)", 'https://example.org/"onmouseover="x'),
            )
            for k, a in law.authorities.items()
        },
        facts={k: replace(f, text=HOSTILE) for k, f in law.facts.items()},
        elements={
            k: replace(e, title=HOSTILE, rules=tuple(replace(r, reason=HOSTILE) for r in e.rules))
            for k, e in law.elements.items()
        },
    )
    fields = {**vars(small), "law": law, "cases": {"base": case}}
    fields["misconceptions"] = {
        k: replace(m, correction=HOSTILE) for k, m in small.misconceptions.items()
    }
    return lesson_on(Content(**fields))


def assert_harmless(html):
    page = Page(html)

    assert not {"script", "img", "iframe", "object", "style"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert HOSTILE in page.text


def test_hostile_text_stays_text_in_what_is_read(hostile):
    assert_harmless(hostile.story("base").html)
    assert_harmless(hostile.board("base").html)
    assert_harmless(hostile.authority("ina_101_a_42_a").html)
    assert_harmless(hostile.lab("base").board.value)


@pytest.mark.parametrize("picked", ["1", "2", "3"])
def test_hostile_text_stays_text_in_feedback(hostile, picked):
    assert_harmless(answer(hostile.ask("base", "pick_one"), "pick_one", picked)["html"])


def test_sources_are_links_to_sites_only(hostile):
    """No address that runs something."""
    page = Page(hostile.authority("ina_101_a_42_a").html)

    links = [value for name, value in page.attributes if name == "href"]

    assert all(link.startswith(("https://", "http://")) for link in links), links


@given(make.sentences)
def test_any_text_comes_out_of_the_markup_as_it_went_in(text):
    """Control characters aside, which no page can show."""
    seen = "".join(letter for letter in text if letter >= " ")

    page = Page(render(el("p", seen, title=seen)))

    assert (page.tags, page.text) == (["p"], seen)
    assert dict(page.attributes)["title"] == seen


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "<p>plain</p>"),
        ("a *b* c", "<p>a <em>b</em> c</p>"),
        ("*<b>*", "<p><em>&lt;b&gt;</em></p>"),
        ("2 * 3", "<p>2 * 3</p>"),
    ],
)
def test_emphasis_is_the_only_markup_of_prose(text, html):
    assert render(el("p", prose(text))) == html


# Where a script of ours may set HTML: with what markup.py or a template has escaped.
ALLOWED = [
    "feedback.innerHTML = told.html",
    "place.innerHTML = found.html",
    "told.innerHTML = html",
    "drawn.innerHTML = board",
    "drawn.innerHTML = told.board",
    "told.innerHTML = view.told",
    "told.lastChild.innerHTML = view.told",
    'DOMParser().parseFromString(await answer.text(), "text/html")',  # our own page of words
]
DANGEROUS = re.compile(
    r"[\w.]*(?:innerHTML|outerHTML|insertAdjacentHTML|srcdoc|DOMParser|createContextualFragment"
    r"|document\.write|\beval\b|new Function)[^;\n]*"
)


def test_scripts_set_text_and_no_html():
    """But for the feedback, which Python wrote."""
    scripts = [*ROOT.glob("asylum_teach/**/*.js")]
    found = [
        hit.group()
        for path in scripts
        for hit in DANGEROUS.finditer(re.sub(r"//.*", "", path.read_text("utf-8")))
    ]

    assert scripts
    assert [hit for hit in found if hit not in ALLOWED] == []


def test_scripts_and_styles_ask_no_other_host():
    """Not even for a font."""
    for path in [*ROOT.glob("asylum_teach/**/*.js"), *ROOT.glob("asylum_teach/**/*.css")]:
        text = re.sub(r"http://www\.w3\.org/\S+", "", path.read_text("utf-8"))

        assert not re.search(r"https?://|@import|//cdn", text), path.name


# --- Reprs say what is shown, in full ---


def test_story_says_every_sentence(lesson, kit_content):
    for case in kit_content.cases.values():
        shown = lesson.story(case.id)

        for text in (case.title, case.content_note, *(s.text for s in case.story)):
            assert text in repr(shown)
            assert said(text) in Page(shown.html).text


def test_board_says_every_element_with_status_reason_and_authority(lesson, kit_content):
    law = kit_content.law
    for case in kit_content.cases.values():
        shown = lesson.board(case.id)
        page = Page(shown.html).text

        for element in law.elements.values():
            line = next(x for x in repr(shown).splitlines() if x.startswith(f"{element.title}: "))
            assert line.split(": ", 1)[1].startswith(("likely met.", "could go", "likely not met."))
            assert element.title in page


def test_display_data_is_never_cut(lesson, kit_content):
    """Jupyter would cut a widget's text at 110 letters."""
    case = max(kit_content.cases.values(), key=lambda c: max(len(i.stem) for i in c.items))
    item = max(case.items, key=lambda i: len(i.stem))
    question = lesson.ask(case.id, item.id)

    data, _ = question._repr_mimebundle_()

    assert data["text/plain"] == repr(question)
    assert item.stem in data["text/plain"]
    data, _ = lesson.lab(case.id)._repr_mimebundle_()
    assert "Which single fact would change this?" in data["text/plain"]


# --- The board marks what moved ---


def test_board_marks_what_moved(small_lesson):
    shown = small_lesson.board("base", without=["filed_within_one_year"])

    assert Page(shown.html).text.count("Moved: was") == 1
    assert "Moved: was likely met" in Page(shown.html).text


def test_board_of_the_story_itself_marks_nothing(small_lesson):
    assert "Moved" not in Page(small_lesson.board("base").html).text


# --- The lab ---


@pytest.fixture
def lab(small_lesson):
    return small_lesson.lab("base")


def facts_on(lab):
    return set(lab.switches.choice["facts"])


def choose(lab, **changed):
    """Choose as the page does."""
    lab.switches.choice = {
        **lab.switches.choice,
        "n": lab.switches.choice["n"] + 1,
        **changed,
    }


def ask(lab, **content):
    """Press a button as the page does."""
    lab.switches._handle_custom_msg(content, [])


STORY = {"expresses_opinion_openly", "persecutor_is_armed_forces", "filed_within_one_year"}


def test_lab_starts_with_the_story(lab):
    assert facts_on(lab) == STORY
    assert (lab.switches.choice["as_of"], lab.switches.choice["circuit"]) == ("2026-11-24", "9")


def test_lab_offers_every_fact_once(lab, small):
    offered = [fact["id"] for group in lab.switches.view["groups"] for fact in group["facts"]]

    assert sorted(offered) == sorted(small.law.facts)


def test_board_follows_the_switches(lab):
    choose(lab, facts=[*STORY, "beaten_severely"])

    assert "Harm: likely met. A severe beating is persecution." in repr(lab)
    assert "Harm, from could go either way to likely met" in lab.switches.said
    assert "Moved: was could go either way" in Page(lab.board.value).text


def test_new_fact_switches_off_what_it_excludes(lab):
    choose(lab, facts=[*STORY, "filed_after_one_year"])

    assert facts_on(lab) == STORY - {"filed_within_one_year"} | {"filed_after_one_year"}
    assert "both cannot hold: The applicant filed within one year." in lab.switches.said


def test_new_fact_switches_off_what_it_excludes_by_what_it_implies(lab):
    """One report only is a report, so nothing can stay unreported."""
    choose(lab, facts=[*STORY, "did_not_report"])

    choose(lab, facts=[*facts_on(lab), "single_local_report"])

    assert facts_on(lab) == STORY | {"single_local_report"}
    assert "Nothing was reported." in lab.switches.said


@pytest.mark.parametrize(
    "day", ["", None, "yesterday", "2026-13-45", "2026-11-25", "9999-12-31", 7]
)
def test_day_that_the_law_does_not_know_is_put_back(lab, day):
    choose(lab, as_of=day)

    assert lab.switches.choice["as_of"] == "2026-11-24"
    assert "known up to 24 November 2026" in lab.switches.said
    assert "Law as of 24 November 2026" in repr(lab)


@pytest.mark.parametrize("day", ["1985-01-01", "2014-08-26", "2026-11-24"])
def test_any_day_until_then_can_be_chosen(lab, day):
    choose(lab, as_of=day)

    assert lab.switches.choice["as_of"] == day


def test_message_is_gone_after_the_next_choice(lab):
    choose(lab, as_of="2030-01-01")
    choose(lab, as_of="2020-01-01")

    assert "known up to" not in lab.switches.said


@pytest.mark.parametrize("circuit", ["none", "12", "", None, 9, ["9"]])
def test_circuit_that_is_none_means_national_law_alone(lab, circuit):
    choose(lab, circuit=circuit)

    assert "national law alone" in repr(lab)
    assert lab.switches.choice["circuit"] == "none"


def test_circuit_can_be_chosen(lab):
    choose(lab, circuit="5")

    assert "Fifth Circuit" in repr(lab)


@pytest.mark.parametrize(
    "facts", [["is_a_womn"], [None], [{}], [["is_woman"]], None, "is_woman", {"is_woman": 1}, [7]]
)
def test_nonsense_among_the_facts_does_no_harm(lab, facts):
    """The lab goes on; no fact is on that the vocabulary does not have."""
    choose(lab, facts=facts)
    choose(lab, facts=["beaten_severely"])

    assert facts_on(lab) == {"beaten_severely"}
    assert "Harm: likely met." in repr(lab)


def test_lab_can_be_put_back(lab):
    choose(lab, facts=[], as_of="2015-01-01", circuit="5")

    ask(lab, ask="reset")

    assert facts_on(lab) == STORY
    assert (lab.switches.choice["as_of"], lab.switches.choice["circuit"]) == ("2026-11-24", "9")


def test_pivots_are_found_on_request_and_flipped(lab):
    ask(lab, ask="pivots")
    bars = next(e for e in lab.pivots.found["elements"] if e["title"] == "Bars")

    assert {
        "id": "filed_within_one_year",
        "text": "Take away: The applicant filed within one year.",
        "moves": "likely met → could go either way",
    } in bars["pivots"]

    ask(lab, ask="flip", fact="filed_within_one_year")

    assert facts_on(lab) == STORY - {"filed_within_one_year"}
    assert "Bars: could go either way." in repr(lab)
    assert lab.pivots.found["said"] == "Moved: Bars, from likely met to could go either way."
    back = [p["text"] for e in lab.pivots.found["elements"] for p in e["pivots"]]
    assert "Add: The applicant filed within one year." in back


@pytest.mark.parametrize(
    "content",
    [{}, {"ask": "riches"}, {"ask": "flip"}, {"ask": "flip", "fact": "x"}, [], None, "pivots"],
)
def test_message_that_means_nothing_is_ignored(lab, content):
    before = repr(lab)

    lab.switches._handle_custom_msg(content, [])

    assert repr(lab) == before


def test_empty_lab_starts_with_nothing(small_lesson):
    lab = small_lesson.lab()

    assert facts_on(lab) == set()
    assert "0 facts on" in repr(lab)


def test_card_says_when_the_page_of_a_citation_was_not_confirmed(law):
    """A decision's card says so, and a statute's, which has no such page, does not."""
    sure = widgets.cards_of(law.authorities, law.authorities, date(2026, 11, 24))
    unconfirmed = "reporter page of the citation was not confirmed"

    assert unconfirmed in sure["matter_of_e_m_f_s"]["sureness"]
    assert unconfirmed not in sure["grava_v_ins"]["sureness"]
    assert unconfirmed not in sure["ina_101_a_42_a"]["sureness"]
