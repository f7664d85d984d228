"""Each mistake in an interview, a script or a practice is told in its file and at its line.

Each is made by one edit in the small content, whose one interview and one script are sound.
"""

import json
import re
import shutil
from datetime import date, timedelta

import pytest

from asylum_teach import check, cli, content, kit
from asylum_teach.check.interviews import FEWEST_ASKS, FEWEST_TURNS
from asylum_teach.interview import replay, walk
from asylum_teach.law.currency import due_among
from tests.played import put_into

TALK = "interviews/talk.yaml"
FLAWED = "scripts/flawed.yaml"
ASKS = "asks.yaml"
PRACTICES = "practices.yaml"


@pytest.fixture
def exercises(exercises):
    """A copy of the small content, with the interview and the script."""
    put_into(exercises.folder)
    return exercises


def assert_sentences(faults):
    """Each is one line for a person: what is wrong, what to do, and nothing of the machinery."""
    for fault in faults:
        assert re.fullmatch(r"[^\n]+:\d+: [^\n]+; [^\n]+", str(fault)), str(fault)
        for machinery in ("Traceback", "Error(", "literal[", "validation", "pydantic", "None"):
            assert machinery not in str(fault)


def told_of(exercises, file, old, new, at, what):
    """Make one edit; exactly one fault, so told, at the line on which *at* stands."""
    exercises.edit(file, old, new)
    (fault,) = exercises.check().faults

    assert (fault.file, fault.line) == (file, exercises.line(file, at))
    assert what in fault.what
    assert_sentences([fault])


def test_sound_interview_and_script_have_no_fault(exercises):
    """Else no test here would show that its own edit is what is told."""
    assert exercises.told() == []


# --- Names that other files know ---


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "kind"),
    [
        pytest.param(TALK, "case: base", "case: bse", "case: bse", "case 'bse'", id="case"),
        pytest.param(
            TALK,
            "lesson: nexus_and_grounds",
            "lesson: nexus",
            "lesson: nexus",
            "lesson 'nexus'",
            id="lesson",
        ),
        pytest.param(TALK, '["2.6"]', '["2.7"]', 'points: ["2.7"]', "point '2.7'", id="point"),
        pytest.param(
            TALK,
            "known: [persecutor_is_armed_forces]",
            "known: [soldiers]",
            "known: [soldiers]",
            "fact 'soldiers'",
            id="known fact",
        ),
        pytest.param(
            TALK,
            "{add: [words_named_the_reason]}",
            "{add: [words_of_reason]}",
            "change: {add: [words_of",
            "fact 'words_of_reason'",
            id="added fact",
        ),
        pytest.param(
            TALK,
            "{add: [words_named_the_reason]}",
            "{add: [words_named_the_reason], remove: [beaten]}",
            "change: {add",
            "fact 'beaten'",
            id="removed fact",
        ),
        pytest.param(
            TALK,
            "    reveals: [filed_within_one_year]",
            "    reveals: [filed_in_time]",
            "reveals: [filed_in_time]",
            "fact 'filed_in_time'",
            id="fact of a shared ask's reply",
        ),
        pytest.param(
            TALK,
            "    reveals: [words_named_the_reason]",
            "    reveals: [word_named]",
            "reveals: [word_named]",
            "fact 'word_named'",
            id="fact of an own ask's reply",
        ),
        pytest.param(
            TALK,
            "      reveals: [expresses_opinion_openly]",
            "      reveals: [opinion_told]",
            "reveals: [opinion_told]",
            "fact 'opinion_told'",
            id="fact after a pause",
        ),
        pytest.param(
            TALK,
            "practices: [no_leading]",
            "practices: [no_leding]",
            "practices: [no_leding]",
            "practice 'no_leding'",
            id="practice of an own ask",
        ),
        pytest.param(
            TALK,
            "leads_the_client",
            "leads",
            "critical_error: leads",
            "critical error 'leads'",
            id="critical error of an own ask",
        ),
        pytest.param(
            ASKS,
            "practices: [mend]",
            "practices: [amend]",
            "practices: [amend]",
            "practice 'amend'",
            id="practice of a shared ask",
        ),
        pytest.param(
            ASKS,
            "gives_legal_advice",
            "gives_advice",
            "critical_error: gives_advice",
            "critical error 'gives_advice'",
            id="critical error of a shared ask",
        ),
        pytest.param(
            PRACTICES,
            "authorities: [ina_101_a_42_a]",
            "authorities: [ina_101]",
            "authorities: [ina_101]",
            "authority 'ina_101'",
            id="authority of a practice",
        ),
        pytest.param(
            FLAWED,
            "lesson: nexus_and_grounds",
            "lesson: nexus",
            "lesson: nexus",
            "lesson 'nexus'",
            id="lesson of a script",
        ),
        pytest.param(
            FLAWED, '["2.6"]', '["2.7"]', 'points: ["2.7"]', "point '2.7'", id="point of a script"
        ),
        pytest.param(
            FLAWED,
            "error: leads",
            "error: led",
            "error: led",
            "error 'led'",
            id="error in a script",
        ),
        pytest.param(
            FLAWED,
            "also: [shortens]",
            "also: [shortened]",
            "also: [shortened]",
            "error 'shortened'",
            id="other name of an error",
        ),
        pytest.param(
            FLAWED,
            "practices: [no_leading]",
            "practices: [leading]",
            "practices: [leading]",
            "practice 'leading'",
            id="practice of a line",
        ),
        pytest.param(
            FLAWED,
            "authorities: [ina_101_a_42_a]",
            "authorities: [ina_102]",
            "authorities: [ina_102]",
            "authority 'ina_102'",
            id="authority of a line",
        ),
    ],
)
def test_name_that_nothing_bears_is_told(exercises, file, old, new, at, kind):
    """A typing error would else take a fact, a rule or a source away without a word."""
    told_of(exercises, file, old, new, at, f"there is no {kind}")


def test_reply_to_a_shared_ask_that_there_is_none_of_is_told(exercises):
    """It would be said to nobody."""
    told_of(
        exercises, TALK, "  why_you:", "  why_yu:", "why_yu:", "there is no 'why_yu' in asks.yaml"
    )


def test_own_ask_with_the_id_of_a_shared_one_is_told(exercises):
    """What the learner pressed could not be told apart."""
    at = "- id: papers"
    what = "the id 'papers' is used twice"
    told_of(exercises, TALK, "- id: thank_her", at, at, what)


@pytest.mark.parametrize(
    ("file", "old"),
    [(ASKS, "- id: papers"), (PRACTICES, "- id: mend")],
)
def test_id_that_a_list_uses_twice_is_told(exercises, file, old):
    first = re.search(r"- id: (\w+)", exercises.read(file))[1]
    exercises.edit(file, old, f"- id: {first}  # again")

    told = exercises.told()

    at = exercises.line(file, "# again")
    assert (file, at, f"the id '{first}' is used twice") in told


def test_source_that_is_no_address_on_the_web_is_told(exercises):
    address = "url: javascript:alert(1)"
    told_of(
        exercises,
        PRACTICES,
        "url: https://example.org/guide",
        address,
        address,
        "is not an address on the web",
    )


# --- Files that cannot be used ---

FILES = [TALK, FLAWED, ASKS, PRACTICES]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        pytest.param(lambda text: text.replace("id: ", 'id: "', 1), "not YAML", id="open quote"),
        pytest.param(lambda _: "", "the file is empty", id="empty"),
        pytest.param(lambda _: b"\x89PNG\xff\x00", "not a text file", id="binary"),
        pytest.param(lambda _: "a: &a [*a]", "alias", id="alias"),
        pytest.param(lambda _: "[" * 3000, "nest", id="deep"),
        pytest.param(lambda text: text + "\x07", "control character", id="control character"),
        pytest.param(lambda _: "only words", "", id="only words"),
    ],
)
def test_file_that_cannot_be_read_is_told_in_one_sentence(exercises, file, spoil, what):
    """What names its contents elsewhere is not called wrong for it."""
    exercises.write(file, spoil(exercises.read(file)))

    faults = exercises.check().faults

    assert {fault.file for fault in faults} == {file}
    assert any(what in fault.what for fault in faults)
    assert_sentences(faults)


@pytest.mark.parametrize("file", [ASKS, PRACTICES])
def test_file_that_is_not_there_is_told(exercises, file):
    (exercises.folder / file).unlink()

    assert {fault.file for fault in exercises.check().faults} == {file}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("field", "mistake", "what"),
    [
        pytest.param(r"(?m)^(- |)id: (\w+)$", r"\1id: \2\n{}colour: red", "'colour'", id="unknown"),
        pytest.param(r"(title|  form): .*", "  # taken out", "is missing", id="missing"),
    ],
)
def test_field_that_is_unknown_or_missing_is_told(exercises, file, field, mistake, what):
    indent = "  " if file in (ASKS, PRACTICES) else ""
    whole = exercises.read(file)
    exercises.write(
        file, re.sub(field, mistake.format(indent) if "{}" in mistake else mistake, whole, count=1)
    )

    (fault,) = exercises.check().faults

    assert fault.file == file
    assert what in fault.what


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        pytest.param(TALK, "turns: 12", "turns: many", "'turns'", id="words for a number"),
        pytest.param(TALK, "topic: why", "topic: wy", "'topic' cannot be 'wy'", id="topic"),
        pytest.param(TALK, "form: leading", "form: led", "'form' cannot be 'led'", id="form"),
        pytest.param(ASKS, "ends: closed", "ends: done", "'ends' cannot be 'done'", id="ending"),
        pytest.param(ASKS, "[deadline]", "[dedline]", "cannot be 'dedline'", id="covers"),
        pytest.param(FLAWED, "who: interpreter", "who: she", "'who' cannot be 'she'", id="speaker"),
        pytest.param(PRACTICES, "seen: excerpt", "seen: no", "'seen'", id="how much was seen"),
        pytest.param(
            PRACTICES, "checked: 2026-11-24", "checked: lately", "not a date", id="day of a check"
        ),
    ],
)
def test_value_that_cannot_be_is_told_at_its_line(exercises, file, old, new, what):
    told_of(exercises, file, old, new, new, what)


@pytest.mark.parametrize(("file", "other"), [(TALK, "speech"), (FLAWED, "flaws")])
def test_file_whose_id_is_not_its_name_is_told(exercises, file, other):
    stem = file.partition("/")[2].removesuffix(".yaml")
    told_of(exercises, file, f"id: {stem}", f"id: {other}", f"id: {other}", f"the id '{other}'")


# --- The bank of asks ---


def test_too_few_turns_are_told(exercises):
    few = FEWEST_TURNS - 1
    told_of(exercises, TALK, "turns: 12", f"turns: {few}", "turns:", f"{few} turns are too few")


@pytest.mark.parametrize("start", ["-1", "5"])
def test_trust_that_begins_off_the_scale_is_told(exercises, start):
    at = f"start_trust: {start}"
    told_of(exercises, TALK, "turns: 12\n", f"turns: 12\n{at}\n", at, "trust runs from 0 to 4")


def test_reply_that_asks_for_trust_off_the_scale_is_told(exercises):
    told_of(exercises, TALK, "trust: 3", "trust: 5", "trust: 5", "trust runs from 0 to 4")


def test_too_few_things_to_ask_are_told(exercises):
    """With a dozen buttons one presses them all; that is no interview."""
    whole = exercises.read(TALK)
    exercises.write(TALK, whole[: whole.index("- id: thank_her")])

    (fault,) = exercises.check().faults

    assert (fault.file, fault.line) == (TALK, exercises.line(TALK, "asks:\n"))
    assert fault.what == f"there are {FEWEST_ASKS - 1} things to ask or do"


@pytest.mark.parametrize("form", ["compound", "needless", "insensitive", "leading"])
def test_form_of_which_no_ask_is_is_told(exercises, form):
    file = TALK if form == "leading" else ASKS
    exercises.edit(file, f"form: {form}", "form: open")

    (fault,) = exercises.check().faults

    assert (fault.file, fault.line) == (TALK, exercises.line(TALK, "asks:\n"))
    assert fault.what == f"no ask is {form}"


def test_better_ask_that_is_not_of_this_bank_is_told(exercises):
    at = "better: her_words"
    told_of(exercises, TALK, "better: their_words", at, at, "there is no ask 'her_words' here")


def test_better_ask_of_a_shared_one_is_told_where_the_interview_is_written(exercises):
    """It is sound in an interview that has such an ask, so the shared file alone cannot tell."""
    exercises.edit(ASKS, "better: who_came", "better: who_went")

    (fault,) = exercises.check().faults

    assert fault.file == TALK
    assert fault.what == "there is no ask 'who_went' here"


def test_leading_question_without_a_better_one_is_told(exercises):
    told_of(
        exercises,
        TALK,
        "  better: their_words\n",
        "",
        "- id: lead_reason",
        "'lead_reason' does not say what would be better",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("needs: [hint]", "needs: [hnt]", id="needed"),
        pytest.param("- after: [column]", "- after: [hnt]", id="waited for"),
        pytest.param("unless: [column]", "unless: [hnt]", id="excluded"),
    ],
)
def test_thread_that_nothing_opens_is_told(exercises, old, new):
    """A reply behind it would never be heard, or always."""
    exercises.edit(TALK, old, new)

    (fault,) = exercises.check().faults

    assert fault.what == "nothing opens the thread 'hnt'"
    near = new if "needs" in new else ("says: '\"You" if "unless" in new else "after: [hnt]")
    assert abs(fault.line - exercises.line(TALK, near)) <= 2
    assert fault.file == TALK


def test_ask_without_any_reply_is_told(exercises):
    whole = exercises.read(TALK)
    start = whole.rindex("  replies:")
    exercises.write(TALK, whole[:start] + "  replies: []\n")

    (fault,) = exercises.check().faults

    assert (fault.file, fault.line) == (TALK, exercises.line(TALK, "- id: thank_her"))
    assert fault.what == "nothing is replied to 'thank_her'"


def test_trust_that_is_won_again_and_again_is_told(exercises):
    """Whoever asks the same ten times would else be trusted with everything."""
    told_of(
        exercises,
        TALK,
        "  - says: She nods.\n",
        "  - says: She nods.\n    warms: 1\n",
        "- says: She nods.",
        "this reply wins trust and opens no thread",
    )


def test_pause_that_wins_trust_again_and_again_is_told(exercises):
    told_of(
        exercises,
        TALK,
        "      opens: [column]\n      warms: 1",
        "      opens: [account]\n      warms: 1",
        "    then:",
        "what follows a pause wins trust and opens no thread of its own",
    )


# --- The facts ---


def test_fact_of_the_case_that_no_reply_tells_is_told(exercises):
    told_of(
        exercises,
        TALK,
        "    reveals: [filed_within_one_year]\n",
        "",
        "asks:\n",
        "no reply tells the fact 'filed_within_one_year' of the case",
    )


def test_fact_that_the_case_does_not_have_is_told(exercises):
    """The debrief judges by these facts, so one too many is another case."""
    told_of(
        exercises,
        TALK,
        "  - says: She nods.\n",
        "  - says: She nods.\n    reveals: [is_woman]\n",
        "asks:\n",
        "the fact 'is_woman' is not one of the case",
    )


def test_replies_that_contradict_each_other_are_told(exercises):
    exercises.edit(TALK, "{add: [words", "{add: [filed_after_one_year, words")
    exercises.edit(TALK, "says: She nods.\n", "says: Hm.\n    reveals: [filed_after_one_year]\n")

    (fault,) = exercises.check().faults

    assert (fault.file, fault.line) == (TALK, exercises.line(TALK, "asks:\n"))
    assert fault.what == "'filed_after_one_year' and 'filed_within_one_year' cannot both hold"


# --- What the walk finds ---


def test_state_in_which_an_own_ask_has_no_reply_is_told(exercises):
    """The page would stop in the middle of an interview."""
    told_of(
        exercises,
        TALK,
        "  - says: '\"I would rather not say.\"'\n",
        "",
        "- id: their_words",
        "in some state nothing is replied to 'their_words'",
    )


def test_state_without_an_ending_on_offer_is_told(exercises):
    for ending in ("closed", "referred"):
        exercises.edit(ASKS, f"  ends: {ending}\n", f"  ends: {ending}\n  needs: [account]\n")

    (fault,) = exercises.check().faults

    assert (fault.file, fault.line) == (TALK, exercises.line(TALK, "asks:\n"))
    assert re.fullmatch(r"\d+ states have no ending on offer", fault.what)


def test_fact_behind_more_trust_than_can_be_won_is_told(exercises):
    """Trust begins at nothing and two are won, so three are never there."""
    exercises.edit(TALK, "turns: 12\n", "turns: 12\nstart_trust: 0\n")

    told = {what: (file, line) for file, line, what in exercises.told()}

    unfound = "the fact 'words_named_the_reason' cannot be found within 12 turns"
    assert told[unfound] == (TALK, exercises.line(TALK, "turns: 12"))
    assert told["this reply is never said"] == (TALK, exercises.line(TALK, "- after: [column]"))
    assert told["12 turns are too few to find everything"] == told[unfound]


def test_fact_that_can_be_lost_for_good_is_told(exercises):
    """Here nothing that was asked badly makes an answer impossible for ever."""
    exercises.edit(TALK, "  - after: [column]\n", "  - after: [column]\n    unless: [led]\n")
    exercises.edit(TALK, "    chills: 1\n", "    chills: 1\n    opens: [led]\n")

    (fault,) = exercises.check().faults

    assert (fault.file, fault.line) == (TALK, exercises.line(TALK, "asks:\n"))
    lost = r"after \d+ states the fact 'words_named_the_reason' can no longer be found"
    assert re.fullmatch(lost, fault.what)


def test_everything_that_takes_more_turns_than_there_are_is_told(exercises):
    """Each fact alone is near enough; all of them together are not."""
    steps = "\n".join(f"- id: step{n}\n{STEP.format(n, n - 1)}" for n in range(1, 8))
    first = "- id: step0\n" + STEP.format(0, 0).replace("  needs: [s0]\n", "")
    exercises.edit(TALK, "asks:\n", f"asks:\n{first}\n{steps}\n")
    exercises.edit(TALK, "  - after: [column]\n", "  - after: [column, s7]\n")
    exercises.edit(TALK, "turns: 12\n", "turns: 12\nstart_trust: 3\n")

    told = exercises.told()

    at = exercises.line(TALK, "turns: 12")
    assert (TALK, at, "12 turns are too few to find everything") in told
    assert not [what for _, _, what in told if "cannot be found within" in what]


STEP = """\
  form: open
  topic: story
  text: And then?
  note: You followed.
  practices: [listen]
  needs: [s{1}]
  replies:
  - says: '"One more day."'
    opens: [s{0}]
"""


def test_own_ask_that_is_never_on_offer_is_told(exercises):
    exercises.edit(TALK, "    opens: [hint]\n", "    trust: 4\n    opens: [hint]\n")
    exercises.edit(TALK, "    unless: [column]\n", "    unless: [column, confidentiality]\n")

    told = exercises.told()

    at = exercises.line(TALK, "- id: your_work")
    assert (TALK, at, "'your_work' is never on offer") in told


def test_reply_below_one_that_always_fits_is_told(exercises):
    at = "- says: She nods again."
    told_of(
        exercises,
        TALK,
        "  - says: She nods.\n",
        f"  - says: She nods.\n  {at}\n",
        at,
        "this reply is never said",
    )


def test_what_nobody_can_wait_for_is_told(exercises):
    """Whatever follows the pause is lost when its reply ends the interview."""
    exercises.edit(ASKS, "  ends: closed\n", "  ends: closed\n  keeps_pause: true\n")
    late = "    then:\n      says: And one thing more.\n"
    closing = f"shared:\n  close:\n  - says: Goodbye.\n{late}"
    exercises.edit(TALK, "shared:\n", closing)

    (fault,) = exercises.check().faults

    assert (fault.file, fault.line) == (TALK, exercises.line(TALK, "    then:"))
    assert fault.what == "nobody can wait for this"


def test_faults_of_several_interviews_are_told_in_one_run(exercises):
    whole = exercises.read(TALK)
    exercises.write("interviews/other.yaml", whole.replace("id: talk", "id: other", 1))
    for file in (TALK, "interviews/other.yaml"):
        exercises.edit(file, "turns: 12", "turns: 3")

    told = {(file, line) for file, line, _ in exercises.told()}

    assert told == {
        (file, exercises.line(file, "turns: 3")) for file in (TALK, "interviews/other.yaml")
    }


# --- Scripts ---


@pytest.mark.parametrize(
    "take_out",
    [
        pytest.param(("  error: alters\n  also: [shortens]\n", "  error: leads\n"), id="none"),
        pytest.param((), id="all"),
    ],
)
def test_script_with_no_error_or_nothing_else_is_told(exercises, take_out):
    for text in take_out:
        exercises.edit(FLAWED, text, "")
    if not take_out:
        whole = exercises.read(FLAWED)
        start, end = whole.index("- who: interpreter"), whole.index("- who: applicant\n  text")
        head = whole[: whole.index("- who:")]
        exercises.write(FLAWED, head + whole[start:end] + "lesson_learned: So.\n")

    (fault,) = exercises.check().faults

    assert (fault.file, fault.line) == (FLAWED, exercises.line(FLAWED, "lines:\n"))
    assert fault.what == "a script needs lines with an error and lines without"


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        pytest.param(
            "  note: There were two.\n",
            "",
            "- who: interpreter",
            "an error needs its note",
            id="no note",
        ),
        pytest.param(
            "  better: What did they say?\n",
            "",
            "- who: interviewer\n  text: They hate",
            "an error needs its note, what is better",
            id="nothing better",
        ),
        pytest.param(
            "  practices: [no_leading]\n",
            "",
            "- who: interviewer\n  text: They hate",
            "and a practice",
            id="no practice",
        ),
        pytest.param(
            "who: interpreter",
            "who: applicant",
            "- who: applicant\n  text: A soldier",
            "only an interviewer or an interpreter makes errors here",
            id="the applicant's error",
        ),
        pytest.param(
            "  text: They said nothing.\n",
            "  text: They said nothing.\n  also: [leads]\n",
            "- who: applicant\n  text: They said",
            "other names stand where there is no error",
            id="other names of nothing",
        ),
        pytest.param(
            "also: [shortens]",
            "also: [shortens, alters]",
            "- who: interpreter",
            "'alters' stands twice",
            id="the same name twice",
        ),
        pytest.param(
            "  gloss: Two soldiers came.\n",
            "",
            "- who: applicant\n  language",
            "a line in Spanish needs its words in English",
            id="Spanish without English",
        ),
        pytest.param(
            "  text: They said nothing.\n",
            "  text: They said nothing.\n  gloss: Nothing.\n",
            "- who: applicant\n  text: They said",
            "and no other does",
            id="English with English",
        ),
    ],
)
def test_unsound_line_of_a_script_is_told(exercises, old, new, line, what):
    """A learner who stops there would be told nothing, or something wrong."""
    told_of(exercises, FLAWED, old, new, line, what)


# --- Counted, affected, due ---


def test_counts_say_what_the_walk_found(exercises):
    """Whether an interview is large and short enough is seen without holding it."""
    counts = exercises.check().counts
    small = content.read(exercises.folder)
    talk = small.interviews["talk"]
    walked = walk(talk)

    assert (counts["practices"], counts["interviews"], counts["scripts"]) == (3, 1, 1)
    told = counts["interviews_walked"]["talk"]
    assert (told["states"], told["transitions"]) == (walked.states, walked.transitions)
    assert told["transitions"] > told["states"] > 1
    assert (told["turns"], told["asks"], told["facts"]) == (12, len(talk.asks), len(talk.facts))
    held = replay(talk, walked.complete)
    assert held.found == talk.facts
    assert told["turns_to_everything"] == len(held.turns)
    assert told["turns_to_the_farthest_fact"] < told["turns_to_everything"] <= told["turns"]
    assert counts["scripts_written"] == {"flawed": {"lines": 5, "errors": 2}}
    by_error = counts["script_lines_by_error"]
    assert {name for name, n in by_error.items() if n} == {"alters", "leads"}


def test_command_counts_every_interview_as_json(exercises, capsys, monkeypatch):
    shutil.copy(exercises.folder / TALK, exercises.folder / "interviews" / "other.yaml")
    exercises.edit("interviews/other.yaml", "id: talk", "id: other")
    exercises.edit("interviews/other.yaml", "turns: 12", "turns: 14")
    monkeypatch.setattr(kit, "folder", lambda _: exercises.notebooks)

    code = cli.main(["check", "--json", "--exercises", str(exercises.folder)])

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    walked = told["counts"]["interviews_walked"]
    assert {name: each["turns"] for name, each in walked.items()} == {"talk": 12, "other": 14}
    assert all(each["states"] > 1 for each in walked.values())


def test_kits_own_interviews_can_all_be_finished(kit_content):
    """Each shows everything to somebody who asks well, in the turns that there are."""
    for interview in kit_content.interviews.values():
        walked = walk(interview)
        assert walked.complete, interview.id
        assert replay(interview, walked.complete).found == interview.facts


@pytest.mark.parametrize(
    ("authority", "kinds"),
    [
        pytest.param("ina_101_a_42_a", {"interviews", "scripts", "practices"}, id="named by all"),
        pytest.param("ninth_v_holder", {"interviews"}, id="by which it is judged"),
        pytest.param("matter_of_first", set(), id="not at all"),
    ],
)
def test_affected_lists_what_is_played(exercises, authority, kinds):
    """ninth_v_holder decides on the words that this interview adds to its case."""
    small = content.read(exercises.folder)

    listed = check.affected(small, authority, exercises.notebooks)

    found = {"interviews": "talk", "scripts": "flawed", "practices": "no_leading"}
    for kind, name in found.items():
        assert getattr(listed, kind) == ((name,) if kind in kinds else ())


@pytest.mark.parametrize("played", ["interview('talk')", "stop('flawed')"])
def test_affected_lists_the_lesson_that_plays_it(exercises, played):
    cell = {"cell_type": "code", "source": f"lesson.{played}", "metadata": {}, "outputs": []}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (exercises.notebooks / "00_start_here.ipynb").write_text(json.dumps(notebook), "utf-8")
    small = content.read(exercises.folder)

    def lessons(authority):
        return check.affected(small, authority, exercises.notebooks).lessons

    assert lessons("ina_101_a_42_a") == ("nexus_and_grounds",)
    assert lessons("matter_of_first") == ()


def test_lesson_that_names_an_interview_is_due_when_its_case_is(exercises):
    """The interview takes its facts, its day and its circuit from the case."""
    day = date(2027, 1, 15)
    exercises.edit("cases/base.yaml", "review_by: 2027-05-24", f"review_by: {day}")
    small = content.read(exercises.folder)

    def due(names, on):
        return [(each.kind, each.id) for each in due_among(small, names, on)]

    assert due({"talk"}, day + timedelta(days=1)) == [("case", "base")]
    assert due({"talk"}, day) == []
    assert due({"some-other-interview"}, day + timedelta(days=1)) == []
