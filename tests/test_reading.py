"""A volunteer without legal training can read it, and cannot guess the answer from its looks."""

import re
from collections import Counter

import nbformat
import pytest
import textstat

from asylum_teach import kit
from asylum_teach.check import cases, counts
from asylum_teach.models import ELEMENTS

GRADE = 10  # of Flesch and Kincaid: what a reader has learned after so many years at school
ENOUGH = 40  # words: the grade of a shorter text is mostly noise
PLACE_SHARE = 0.35  # the right option stands in the same place in at most this share of items
PATHS = sorted(kit.folder("notebooks").glob("*.ipynb"))

# Full stops that end no sentence.
ABBREVIATED = re.compile(r"\b(?:v|No|Dec|Cir|Inc|Dr|Mr|Mrs|Ms|U\.S|C\.F\.R|e\.g|i\.e|a\.m|p\.m)\.")
LABEL = re.compile(r'<p class="eyebrow">[^<]*</p>')
BOX = re.compile(r"</?(?:div|p|details|summary|br)\b[^>]*>")
MARKUP = re.compile(r"<[^>]+>|(?<=\])\([^)]*\)|[*_`\[\]]")
NEW_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*>|]|\d+\.)\s)")
LIST_MARK = re.compile(r"^(?:[-*>]|\d+\.)\s+")


def blocks(source):
    """Each paragraph, entry of a list and sentence in a table, without Markdown's marks."""
    for block in NEW_BLOCK.split(BOX.sub("\n\n", LABEL.sub("", source))):
        line = " ".join(block.split())
        if line.startswith("|"):  # of a table, what is more than a few words
            yield from (MARKUP.sub("", c).strip() for c in line.split("|") if c.count(" ") > 4)
        elif line and not line.startswith("#"):
            yield MARKUP.sub("", LIST_MARK.sub("", line)).strip()


def sentences(texts):
    """The prose of some Markdown: one stop after each sentence, and nowhere else."""
    found = (block for text in texts for block in blocks(text))
    closed = (block if re.search(r"[.!?][\"”’)]*$", block) else f"{block}." for block in found)
    whole = ABBREVIATED.sub(lambda short: short[0].replace(".", ""), " ".join(closed))
    return re.sub(r"[.!?]+(?=[^\s\"”’)])", "", whole)


def too_hard(texts):
    """The texts above the grade, hardest first, with their grades."""
    prose = {name: sentences(some) for name, some in texts.items()}
    graded = [
        (round(textstat.flesch_kincaid_grade(text), 1), name)
        for name, text in prose.items()
        if len(text.split()) >= ENOUGH
    ]
    return sorted((each for each in graded if each[0] > GRADE), reverse=True)


def reasons(item):
    """Every sentence that explains an answer."""
    parts = [item]
    for name in ("options", "conclusions", "reasons", "entries"):
        inside = getattr(item, name, ())
        parts += inside.values() if isinstance(inside, dict) else inside
    yield from filter(None, (getattr(part, "reason", "") for part in parts))
    yield from item.hints


def test_grade_is_what_a_teacher_would_say():
    """A plain text is far below the grade, a lawyer's far above; marks and stops change nothing."""
    plain = "The police did not come. She called them again. Nobody wrote down what she said. " * 4
    hard = (
        "Notwithstanding the aforementioned considerations, adjudicators necessarily determine "
        "whether governmental authorities demonstrated an unwillingness to provide protection. "
    ) * 4
    marked = "\n- ".join(["# A title", "*Matter of A-B-*, 28 I&N Dec. 199, **was** here", plain])

    assert too_hard({"plain": [plain], "marked": [marked]}) == []
    assert [name for _, name in too_hard({"hard": [hard], "plain": [plain]})] == ["hard"]
    assert sentences(["He sued, *Ward v. Holder*, in the U.S. He won"]) == (
        "He sued, Ward v Holder, in the US He won."
    )


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_lesson_can_be_read(path):
    prose = enumerate(nbformat.read(path, as_version=4).cells)

    assert too_hard({i: [c.source] for i, c in prose if c.cell_type == "markdown"}) == []


def test_explanations_of_a_case_can_be_read(kit_content):
    """All that is said about the answers of one case, and the analysis that is worked out."""
    every = kit_content.cases.values()

    assert too_hard({c.id: [r for i in c.items for r in reasons(i)] for c in every}) == []
    assert too_hard({c.id: c.worked_analysis.values() for c in every}) == []


@pytest.mark.parametrize("element", ELEMENTS)
def test_reasons_of_the_rules_can_be_read(law, element):
    assert too_hard({element: [rule.reason for rule in law.elements[element].rules]}) == []


def test_what_a_card_says_can_be_read(law):
    """Every authority's holding, even the short ones."""
    graded = {
        a.id: textstat.flesch_kincaid_grade(sentences([a.holding]))
        for a in law.authorities.values()
    }

    assert {name: grade for name, grade in graded.items() if grade > GRADE} == {}


def test_all_else_that_explains_can_be_read(kit_content):
    law = kit_content.law
    combining = [*(n for r in law.reliefs.values() for n in (*r.needs, *r.limits))]

    assert (
        too_hard(
            {
                "relief": [each.reason for each in combining],
                "words": [term.says for term in kit_content.glossary.values()],
                "mistakes": [m.correction for m in kit_content.misconceptions.values()],
                "points": [
                    each for p in kit_content.points.values() for each in (p.text, p.outcome)
                ],
                "splits": [split.teaching_point for split in kit_content.splits.values()],
                "events": [event.what for event in kit_content.timeline],
            }
        )
        == []
    )


# --- Nobody guesses the answer from its looks ---


def test_right_option_is_seldom_the_longest(kit_content):
    longest, all_ = counts(kit_content)["longest_option_is_the_key"].split(" of ")

    assert int(longest) <= cases.LONGEST_SHARE * int(all_)


def test_right_option_stands_in_no_favourite_place(kit_content):
    places = Counter()
    for place, times in counts(kit_content)["place_of_the_key"].items():
        places[place.split(" of ")[0]] += times

    assert max(places.values()) <= PLACE_SHARE * places.total()
