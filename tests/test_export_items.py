"""Items leave the kit whole, in formats that others read, and come back under the same ids."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

import pytest
import ua_exam.gift_parser
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from moodle_xml_parser.parser import parse_bytes
from pygiftparser import parser as gift_parser
from pygiftparser.utils import transformSpecials

from asylum_teach.export.anki import anki
from asylum_teach.export.gift import gift
from asylum_teach.export.moodle_xml import moodle_xml
from asylum_teach.export.qti import qti
from asylum_teach.export.questions import cases_of
from asylum_teach.export.sheet import plain
from asylum_teach.models import (
    CRITICAL_ERRORS,
    Choice,
    ElementAssessment,
    Flip,
    Matching,
    Ordering,
    Rationale,
    Status,
    Tagging,
)
from tests.exports import (
    NOTICE,
    findings_of,
    hostile,
    items_of,
    parts_of,
    read,
    shown,
    told,
    with_item,
    with_other_key,
    with_texts,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
# The shares that Moodle's question bank offers (question/engine/bank.php, fraction_options_full).
MOODLE_KNOWS = {100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20}
MOODLE_KNOWS |= {16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0}


@pytest.fixture(scope="module")
def findings(kit_content):
    return findings_of(kit_content)


def key_of(case, item):
    """The texts that are right in an item of which answers are picked."""
    if isinstance(item, Tagging):
        return {read(s.text) for s in case.story if s.id in item.key}
    return {read(option.text) for option in item.options if option.credit == 1}


def moved(content, item):
    """The elements that move in a flip, as a learner reads them."""
    return {content.law.elements[e].title for e in item.key} or {"No element moves."}


def pairs_of(content, item):
    """What belongs together in a matching or an assessment, as a learner reads it."""
    if isinstance(item, Matching):
        targets = {target.id: read(target.text) for target in item.targets}
        return {read(entry.text): targets[entry.key] for entry in item.entries}
    return {content.law.elements[e].title: status.label for e, status in item.key.items()}


# --- Moodle XML -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moodle(kit_content, findings):
    """The whole kit as Moodle XML."""
    return moodle_xml(kit_content, kit_content.cases, findings)


@pytest.fixture(scope="module")
def moodle_questions(moodle):
    """Its questions by their ID numbers."""
    return by_idnumber(moodle)


def by_idnumber(xml):
    questions = [q for q in etree.fromstring(xml) if q.get("type") not in (None, "category")]
    ids = [question.findtext("idnumber") for question in questions]

    assert len(set(ids)) == len(ids)

    return dict(zip(ids, questions, strict=True))


def html_of(node, path):
    """What a reader sees in a text of Moodle's."""
    return shown(node.findtext(f"{path}/text") or "")


def weighed(node):
    """The answers of a question and the share of each."""
    return {html_of(a, "."): float(a.get("fraction")) for a in node.findall("answer")}


def test_moodle_every_item_is_a_question_of_its_kind(kit_content, moodle_questions):
    kinds = {Matching: "matching", ElementAssessment: "matching", Ordering: "ordering"}
    expected = {
        f"{case.id}/{item.id}": kinds.get(type(item), "multichoice")
        for case, item in items_of(kit_content)
    }
    abouts = {f"{case}/about": "description" for case in kit_content.cases}

    assert {key: q.get("type") for key, q in moodle_questions.items()} == expected | abouts


def test_moodle_a_question_goes_with_its_whole_story(kit_content, moodle_questions):
    for case, item in items_of(kit_content):
        text = html_of(moodle_questions[f"{case.id}/{item.id}"], "questiontext")
        story = read(" ".join(sentence.text for sentence in case.story))

        assert story in text
        assert read(item.stem) in text


def test_moodle_each_answer_is_followed_by_its_own_feedback(
    kit_content, findings, moodle_questions
):
    """Or, where Moodle has none for a part, everything is said after the question."""
    for case, item in items_of(kit_content):
        node = moodle_questions[f"{case.id}/{item.id}"]
        for part in parts_of(case, item, findings):
            after = html_of(node, "generalfeedback")
            if isinstance(item, Choice | Tagging):
                own = [a for a in node.findall("answer") if html_of(a, ".") == read(part[0])]
                after = html_of(own[0], "feedback")

                assert len(own) == 1
            elif isinstance(item, Rationale):
                mine = [a for a in node.findall("answer") if read(part[0])[:-1] in html_of(a, ".")]
                after = html_of(mine[0], "feedback")
            for text in told(kit_content, part):
                assert text in after


def test_moodle_an_answer_that_would_hurt_a_client_says_so(kit_content, moodle_questions):
    for case, item in items_of(kit_content):
        if not isinstance(item, Choice):
            continue
        for answer in moodle_questions[f"{case.id}/{item.id}"].findall("answer"):
            [option] = [o for o in item.options if read(o.text) == html_of(answer, ".")]
            after = html_of(answer, "feedback")

            assert ("This could hurt a client." in after) == bool(option.critical_error)
            assert CRITICAL_ERRORS.get(option.critical_error, "") in after


def test_moodle_the_keys_earn_everything_together_and_the_rest_takes_away(
    kit_content, moodle_questions
):
    for case, item in items_of(kit_content):
        if not isinstance(item, Choice | Tagging | Flip):
            continue
        answers = weighed(moodle_questions[f"{case.id}/{item.id}"])
        several = not isinstance(item, Choice) or item.kind == "several_choice"
        key = moved(kit_content, item) if isinstance(item, Flip) else key_of(case, item)
        right = {text for text, share in answers.items() if share > 0}
        if several:
            assert right == key
            assert sum(share for share in answers.values() if share > 0) == pytest.approx(100)
            assert all(share < 0 for text, share in answers.items() if text not in key)
        else:
            credits = {read(option.text): 100 * option.credit for option in item.options}

            assert answers == credits


def test_moodle_a_conclusion_earns_nothing_without_its_reason(kit_content, moodle_questions):
    for case, item in items_of(kit_content):
        if isinstance(item, Rationale):
            answers = weighed(moodle_questions[f"{case.id}/{item.id}"])
            best = [
                next(o for o in o_s if o.credit == 1) for o_s in (item.conclusions, item.reasons)
            ]
            whole = [text for text, share in answers.items() if share == 100]

            assert len(answers) == len(item.conclusions) * len(item.reasons)
            assert sorted(answers.values()) == [0] * (len(answers) - 1) + [100]
            assert all(read(option.text).rstrip(".") in whole[0] for option in best)


def test_moodle_rows_have_their_targets_and_the_others_are_offered_too(
    kit_content, moodle_questions
):
    for case, item in items_of(kit_content):
        if isinstance(item, Matching | ElementAssessment):
            node = moodle_questions[f"{case.id}/{item.id}"]
            rows = [(html_of(s, "."), s.findtext("answer/text")) for s in node.iter("subquestion")]
            offered = (
                {read(target.text) for target in item.targets}
                if isinstance(item, Matching)
                else {status.label for status in Status}
            )

            assert {row: target for row, target in rows if row} == pairs_of(kit_content, item)
            assert {target for _, target in rows} == offered


def test_moodle_steps_stand_in_their_order(kit_content, moodle_questions):
    for case, item in items_of(kit_content):
        if isinstance(item, Ordering):
            node = moodle_questions[f"{case.id}/{item.id}"]
            steps = [html_of(answer, ".") for answer in node.findall("answer")]

            assert steps == [read(step.text) for step in item.steps]
            assert node.findtext("selecttype") == "ALL"


def test_moodle_gets_only_shares_that_it_knows(moodle_questions):
    shares = {
        abs(float(answer.get("fraction")))
        for question in moodle_questions.values()
        if question.get("type") == "multichoice"
        for answer in question.findall("answer")
    }

    assert shares <= MOODLE_KNOWS


def test_moodle_a_share_that_it_does_not_know_becomes_the_nearest(small):
    item = small.cases["base"].item("pick_one")
    options = (*item.options[:2], type(item.options[2])(**vars(item.options[2]) | {"credit": 0.64}))
    other = with_item(small, "base", type(item)(**vars(item) | {"options": options}))
    question = by_idnumber(moodle_xml(other, ["base"]))["base/pick_one"]

    assert sorted(weighed(question).values()) == [0, 66.66667, 100]


def test_moodle_is_read_by_a_parser_from_elsewhere(moodle, moodle_questions):
    """moodle-xml-parser reads the multiple choices, each with its answers and feedback."""
    found = parse_bytes(io.BytesIO(moodle))["multichoice"]
    ours = [q for q in moodle_questions.values() if q.get("type") == "multichoice"]

    assert len(found) == len(ours)
    for theirs, node in zip(found, ours, strict=True):
        assert theirs.single == (node.findtext("single") == "true")
        assert {shown(o.answer): o.score_fraction for o in theirs.options} == weighed(node)
        assert all(shown(option.feedback) for option in theirs.options)
        assert NOTICE[0] in theirs.general_feedback


def test_moodle_a_slash_in_a_title_begins_no_category(small):
    case = small.cases["base"]
    changed = replace(small, cases={"base": replace(case, title="Either/or")})
    [category] = etree.fromstring(moodle_xml(changed, ["base"])).xpath("//category/text/text()")

    assert category.endswith("/Either//or")


@given(stem=hostile, option=hostile, reason=hostile)
def test_moodle_any_text_comes_back_as_it_was(small, stem, option, reason):
    xml = moodle_xml(with_texts(small, stem, option, reason), ["base"])
    question = by_idnumber(xml)["base/pick_one"]
    [answer] = [a for a in question.findall("answer") if a.get("fraction") == "100"]

    assert plain(stem) in html_of(question, "questiontext")
    assert html_of(answer, ".") == plain(option)
    assert plain(reason) in html_of(answer, "feedback")


# --- GIFT -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gift_text(kit_content, findings):
    return gift(kit_content, kit_content.cases, findings).decode()


@pytest.fixture(scope="module")
def gift_questions(gift_text):
    """Every question, as pygiftparser reads it, by the id in the comment before it."""
    parsed = [q for q in gift_parser.parseFile(io.StringIO(gift_text)) if q.title]
    ids = [re.search(r"\[id:(.+?)\]", question.full)[1] for question in parsed]

    assert all(question.valid for question in parsed)
    assert len(set(ids)) == len(ids)

    return dict(zip(ids, parsed, strict=True))


def gift_shown(text):
    """What a reader sees of a text in GIFT."""
    return shown(transformSpecials(text.replace("[html]", "")))


def test_gift_every_item_is_a_question(kit_content, gift_questions):
    expected = {f"{case.id}/{item.id}" for case, item in items_of(kit_content)}

    assert set(gift_questions) == expected


def test_gift_a_question_goes_with_its_whole_story(kit_content, gift_questions):
    for case, item in items_of(kit_content):
        text = gift_shown(gift_questions[f"{case.id}/{item.id}"].text)

        assert read(" ".join(sentence.text for sentence in case.story)) in text
        assert read(item.stem) in text


def test_gift_each_answer_is_followed_by_its_own_feedback(kit_content, findings, gift_questions):
    for case, item in items_of(kit_content):
        question = gift_questions[f"{case.id}/{item.id}"]
        for part in parts_of(case, item, findings):
            after = gift_shown(question.generalFeedback)
            if isinstance(item, Choice | Tagging | Rationale):
                own = [
                    answer
                    for answer in question.answers.answers
                    if read(part[0]).rstrip(".") in gift_shown(answer.answer)
                ]
                after = gift_shown(own[0].feedback)
            for text in told(kit_content, part):
                assert text in after


def test_gift_the_keys_earn_everything_together(kit_content, gift_questions):
    for case, item in items_of(kit_content):
        if not isinstance(item, Choice | Tagging | Flip):
            continue
        answers = {
            gift_shown(answer.answer): answer.fraction
            for answer in gift_questions[f"{case.id}/{item.id}"].answers.answers
        }
        key = moved(kit_content, item) if isinstance(item, Flip) else key_of(case, item)
        if isinstance(item, Choice) and item.kind != "several_choice":
            assert answers == {read(option.text): 100 * option.credit for option in item.options}
        else:
            assert {text for text, share in answers.items() if share > 0} == key
            assert sum(share for share in answers.values() if share > 0) == pytest.approx(100)


def test_gift_rows_and_places_are_matched(kit_content, gift_questions):
    for case, item in items_of(kit_content):
        if isinstance(item, Matching | ElementAssessment | Ordering):
            answers = gift_questions[f"{case.id}/{item.id}"].answers.answers
            rows = {gift_shown(a.question): transformSpecials(a.answer.strip()) for a in answers}
            expected = (
                {read(step.text): str(n) for n, step in enumerate(item.steps, start=1)}
                if isinstance(item, Ordering)
                else pairs_of(kit_content, item)
            )

            offered = {transformSpecials(answer.answer.strip()) for answer in answers}
            to_offer = set(expected.values())
            if isinstance(item, Matching):
                to_offer = {read(target.text) for target in item.targets}
            elif isinstance(item, ElementAssessment):
                to_offer = {status.label for status in Status}

            assert {row: target for row, target in rows.items() if row} == expected
            assert offered == to_offer


@given(stem=hostile, option=hostile, reason=hostile)
def test_gift_any_text_comes_back_as_it_was(small, stem, option, reason):
    """As ua-exam reads it, which knows every escape and drops the feedback."""
    text = gift(with_texts(small, stem, option, reason), ["base"]).decode()
    found = ua_exam.gift_parser.parse_gift_content(text)
    [first] = [q for q in found if q["title"] == "The base case, question 1"]

    assert len(found) == len(small.cases["base"].items)
    assert plain(stem) in first["text"]
    assert len(first["options"]) == 3
    assert any(o["text"] == f"[html]<p>{plain(option)}</p>" for o in first["options"])


# --- Canvas QTI -------------------------------------------------------------------------


QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"


@pytest.fixture(scope="module")
def qti_zip(kit_content, findings):
    return qti(kit_content, kit_content.cases, findings)


@pytest.fixture(scope="module")
def qti_items(qti_zip):
    return items_in(qti_zip)


def items_in(body):
    """The items of a QTI zip as (title, text, answers, keys, feedback by answer, feedback on all).

    Answers are texts by ident.  Every reference is followed, and must lead somewhere.
    """
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        manifest = etree.fromstring(archive.read("imsmanifest.xml"))
        [name] = [h for h in manifest.xpath("//@href") if not h.endswith("_meta.xml")]
        tree = etree.fromstring(archive.read(name))
    return [_read_item(item) for item in tree.iter(f"{QTI}item")]


def _read_item(item):
    def mattext(node):
        return shown(node.findtext(f".//{QTI}mattext"))

    labels = {label.get("ident"): mattext(label) for label in item.iter(f"{QTI}response_label")}
    feedback = {f.get("ident"): mattext(f) for f in item.iter(f"{QTI}itemfeedback")}
    told_after = {
        condition.findtext(f".//{QTI}varequal"): feedback[link.get("linkrefid")]
        for condition in item.iter(f"{QTI}respcondition")
        for link in condition.iter(f"{QTI}displayfeedback")
    }
    [scored] = [c for c in item.iter(f"{QTI}respcondition") if c.find(f"{QTI}setvar") is not None]
    right = [v.text for v in scored.iter(f"{QTI}varequal") if v.getparent().tag != f"{QTI}not"]
    return {
        "id": item.get("ident"),
        "title": item.get("title"),
        "text": mattext(item.find(f"{QTI}presentation/{QTI}material")),
        "answers": labels,
        "key": {labels[ident] for ident in right},
        "feedback": {labels[i]: text for i, text in told_after.items() if i},
        "general": told_after[None],
    }


def qti_of(kit_content, qti_items):
    """Each item of the kit with what became of it: one question, or one a row."""
    found = {}
    for each in qti_items:
        found.setdefault(each["title"], []).append(each)
    for case in kit_content.cases.values():
        for number, item in enumerate(case.items, start=1):
            yield case, item, found.pop(f"{case.title}, question {number}")

    assert not found


def test_qti_every_item_is_there_with_its_story_and_notice(kit_content, qti_items):
    for case, item, questions in qti_of(kit_content, qti_items):
        for each in questions:
            assert read(" ".join(sentence.text for sentence in case.story)) in each["text"]
            assert read(item.stem) in each["text"]
            assert all(words in each["general"] for words in NOTICE)


def test_qti_each_answer_is_followed_by_its_own_feedback(kit_content, findings, qti_items):
    for case, item, questions in qti_of(kit_content, qti_items):
        everything = " ".join(each["general"] for each in questions)
        for part in parts_of(case, item, findings):
            after = everything
            if isinstance(item, Choice | Tagging | Rationale):
                own = [
                    said
                    for text, said in questions[0]["feedback"].items()
                    if read(part[0]).rstrip(".") in text
                ]
                after = own[0]
            for text in told(kit_content, part):
                assert text in after


def test_qti_the_key_is_the_key(kit_content, qti_items):
    for case, item, questions in qti_of(kit_content, qti_items):
        match item:
            case Choice() | Tagging():
                expected = [key_of(case, item)]
            case Flip():
                expected = [moved(kit_content, item)]
            case Rationale():
                best = [
                    next(read(o.text) for o in offered if o.credit == 1)
                    for offered in (item.conclusions, item.reasons)
                ]
                expected = [{f"{best[0].rstrip('.')}. Because: {best[1]}"}]
            case Ordering():
                places = {read(step.text): str(n) for n, step in enumerate(item.steps, start=1)}
                expected = _by_row(item, places, questions)
            case _:
                expected = _by_row(item, pairs_of(kit_content, item), questions)

        assert [each["key"] for each in questions] == expected


def _by_row(item, pairs, questions):
    """The key of each row's question; its text names the row after the stem."""
    rows = [
        max((row for row in pairs if f"{read(item.stem)} {row}" in each["text"]), key=len)
        for each in questions
    ]

    assert sorted(rows) == sorted(pairs)

    return [{pairs[row]} for row in rows]


def test_qti_an_answer_that_earns_a_part_says_that_here_it_does_not(small):
    [first, *_] = items_in(qti(small, ["base"]))

    assert "50% of the credit" in first["feedback"]["A real danger to life"]
    assert first["key"] == {"A political opinion"}


@given(stem=hostile, option=hostile, reason=hostile)
def test_qti_any_text_comes_back_as_it_was(small, stem, option, reason):
    [first, *_] = items_in(qti(with_texts(small, stem, option, reason), ["base"]))

    assert plain(stem) in first["text"]
    assert first["key"] == {plain(option)}
    assert plain(reason) in first["feedback"][plain(option)]


# --- Anki -------------------------------------------------------------------------------


@pytest.fixture
def collection(tmp_path):
    """An empty collection of Anki's own."""
    found = Collection(str(tmp_path / "collection.anki2"))
    yield found
    found.close()


def imported(collection, body, folder):
    """What Anki's own importer makes of a file."""
    path = folder / "kit.apkg"
    path.write_bytes(body)
    options = ImportAnkiPackageOptions(merge_notetypes=True)
    request = ImportAnkiPackageRequest(package_path=str(path), options=options)
    return collection.import_anki_package(request)


def notes_of(collection):
    """The notes by the field that says which item they are."""
    notes = [collection.get_note(note) for note in collection.find_notes("")]

    assert len({note["Id"] for note in notes}) == len(notes)

    return {note["Id"]: note for note in notes}


def test_anki_takes_every_item_with_everything_said_about_it(
    kit_content, findings, collection, tmp_path
):
    imported(collection, anki(kit_content, kit_content.cases, findings, now=NOW), tmp_path)
    notes = notes_of(collection)

    assert set(notes) == {f"{case.id}/{item.id}" for case, item in items_of(kit_content)}
    for case, item in items_of(kit_content):
        card = notes[f"{case.id}/{item.id}"].cards()[0]
        front, back = shown(card.question()), shown(card.answer())

        assert read(" ".join(sentence.text for sentence in case.story)) in front
        assert read(item.stem) in front
        assert all(words in back for words in NOTICE)
        for part in parts_of(case, item, findings):
            assert read(part[0]) in back
            assert all(text in back for text in told(kit_content, part))


def test_anki_shows_no_key_on_the_front(kit_content, findings, collection, tmp_path):
    imported(collection, anki(kit_content, kit_content.cases, findings, now=NOW), tmp_path)
    notes = notes_of(collection)
    for case, item in items_of(kit_content):
        front = shown(notes[f"{case.id}/{item.id}"].cards()[0].question())
        reasons = [read(part[1]) for part in parts_of(case, item, findings)]

        assert not [reason for reason in reasons if reason in front]


def test_anki_a_case_is_a_deck_below_its_lesson(kit_content, collection, tmp_path):
    imported(collection, anki(kit_content, ["the-papers-never-sent"], now=NOW), tmp_path)
    case = kit_content.cases["the-papers-never-sent"]
    lesson = kit_content.lessons[case.lesson].title
    names = {deck.name for deck in collection.decks.all_names_and_ids()}

    assert any(name.endswith(f"::{lesson}::{case.title}") for name in names)


def test_anki_a_newer_file_brings_notes_up_to_date_and_doubles_none(small, collection, tmp_path):
    imported(collection, anki(small, ["base"], now=NOW), tmp_path)
    before = {key: (note.id, note.guid) for key, note in notes_of(collection).items()}
    changed = with_other_key(small, "base", "pick_one")
    imported(collection, anki(changed, ["base"], now=NOW + timedelta(days=1)), tmp_path)
    after = notes_of(collection)

    assert {key: (note.id, note.guid) for key, note in after.items()} == before
    assert shown(after["base/pick_one"]["Key"]).endswith("A job as a reporter")
    assert collection.card_count() == len(before)
    assert len([m for m in collection.models.all_names() if m.startswith("Asylum")]) == 1


def test_anki_a_card_keeps_what_was_learned_when_its_key_changes(small, collection, tmp_path):
    imported(collection, anki(small, ["base"], now=NOW), tmp_path)
    card = notes_of(collection)["base/pick_one"].cards()[0]
    collection.sched.set_due_date([card.id], "30")
    due = collection.get_card(card.id).due
    changed = with_other_key(small, "base", "pick_one")
    imported(collection, anki(changed, ["base"], now=NOW + timedelta(days=1)), tmp_path)

    assert notes_of(collection)["base/pick_one"].cards()[0].due == due


@given(data=st.data())
def test_anki_any_text_comes_back_as_it_was(small, tmp_path_factory, data):
    # Anki keeps every text in Unicode's form C, so it is asked for one in that form.
    stem, option, reason = (normalize("NFC", data.draw(hostile)) for _ in range(3))
    folder = tmp_path_factory.mktemp("anki")
    collection = Collection(str(folder / "collection.anki2"))
    try:
        other = with_texts(small, stem, option, reason)
        imported(collection, anki(other, ["base"], now=NOW), folder)
        note = notes_of(collection)["base/pick_one"]

        assert shown(note["Question"]).startswith(plain(stem))
        assert plain(option) in shown(note["Answers"])
        assert plain(option) in shown(note["Key"])
        assert plain(reason) in shown(note["Reasons"])
    finally:
        collection.close()


# --- What all share ---------------------------------------------------------------------


WRITERS = {
    "moodle": lambda content, ids: moodle_xml(content, ids),
    "gift": lambda content, ids: gift(content, ids),
    "qti": lambda content, ids: qti(content, ids),
}


def ids_and_keys(name, body):
    """The ids of a file's questions, and what it counts as right in the first of them."""
    if name == "moodle":
        questions = by_idnumber(body)
        answers = weighed(questions["base/pick_one"])
        return list(questions), {text for text, share in answers.items() if share == 100}
    if name == "gift":
        parsed = [q for q in gift_parser.parseFile(io.StringIO(body.decode())) if q.title]
        ids = [re.search(r"\[id:(.+?)\]", question.full)[1] for question in parsed]
        right = [a for a in parsed[0].answers.answers if a.fraction == 100]
        return ids, {gift_shown(answer.answer) for answer in right}
    found = items_in(body)
    return [(each["id"], *each["answers"]) for each in found], found[0]["key"]


@pytest.mark.parametrize("name", WRITERS)
def test_a_changed_key_keeps_every_id(small, name):
    before, right = ids_and_keys(name, WRITERS[name](small, ["base"]))
    changed = with_other_key(small, "base", "pick_one")
    after, other = ids_and_keys(name, WRITERS[name](changed, ["base"]))

    assert after == before
    assert (right, other) == ({"A political opinion"}, {"A job as a reporter"})


def test_qti_another_wording_keeps_every_id(small):
    before, _ = ids_and_keys("qti", qti(small, ["base"]))
    other = with_texts(small, "Asked in other words?", "Offered in other words", "Why not")

    assert ids_and_keys("qti", qti(other, ["base"]))[0] == before


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_content_gives_the_same_questions(small, name):
    one, other = (ids_and_keys(name, WRITERS[name](small, ["base"])) for _ in range(2))

    assert one == other


def test_every_file_says_what_it_is(kit_content, moodle, gift_text, qti_zip):
    with zipfile.ZipFile(io.BytesIO(qti_zip)) as archive:
        [meta] = [archive.read(n) for n in archive.namelist() if n.endswith("_meta.xml")]
    about = shown(etree.fromstring(meta).findtext("{*}description"))
    day = kit_content.law_as_of
    for text in (moodle.decode(), gift_text, about):
        assert all(words in text for words in NOTICE)
        assert f"Law as of {day.day} {day:%B %Y}" in text


def test_a_lesson_stands_for_its_cases(kit_content):
    expected = [c.id for c in kit_content.cases.values() if c.lesson == "intake_interview"]

    assert list(cases_of(kit_content, lesson="intake_interview")) == expected
    assert cases_of(kit_content, expected[:1], "intake_interview")[0] == expected[0]
    assert len(cases_of(kit_content, expected[:1], "intake_interview")) == len(expected)


@pytest.mark.parametrize(
    ("case_ids", "lesson", "sentence"),
    [
        (["no-such-case"], None, "There is no case 'no-such-case'."),
        ([], "no_such_lesson", "There is no lesson 'no_such_lesson'."),
        ([], None, "No case is chosen"),
    ],
)
def test_a_choice_that_there_is_not_is_refused_with_a_sentence(
    kit_content, case_ids, lesson, sentence
):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        cases_of(kit_content, case_ids, lesson)
