"""What an exported file must say, taken from the content itself and not from the export's code."""

import re
from dataclasses import replace

from hypothesis import strategies as st
from lxml import html

from asylum_teach.law import assess
from asylum_teach.models import Choice, ElementAssessment, Flip, Matching, Ordering, Rationale

NOTICE = ("Teaching material, not legal advice", "Not reviewed by a licensed attorney")
HOSTILE = (
    'Él dijo: "¿Sí o no?" – ñandú, José',
    "a = b ~ c # d { e } f : g \\ h % i -> j",
    "%50%half :: name // no comment ####general [html]x",
    "<script>alert(1)</script> &lt;b&gt; &#61; ]]> <!-- x",
    "1. one *a) two [*] three ... four ___ ``` $x^2$ [a](b) ![c](d) _e_",
    "\\n \\= \\\\ \\{ {{c1::x}} {{Key}} {% raw %}",
    "END_GROUP COMMENT Title: Points: 3 | 'quoted' “curly” …",
    "\u202etxt.exe\u2066 عربى Привет 日本",
)
# Anything that can be typed; what is not there to be read is taken out, and white space is one.
hostile = (st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=60)).filter(
    lambda text: re.search(r"[^\W_]", text) and "*" not in text
)


def findings_of(content):
    """What the board finds in every case."""
    return {
        case.id: assess(content.law, case.facts, as_of=case.as_of, circuit=case.circuit).findings
        for case in content.cases.values()
    }


def items_of(content):
    """Every case with each of its items."""
    return [(case, item) for case in content.cases.values() for item in case.items]


def shown(markup):
    """What a reader sees of a piece of HTML."""
    return " ".join(html.fromstring(f"<div>{markup}</div>").text_content().split())


def read(text):
    """The text as a reader sees it: without the marks of emphasis."""
    return " ".join(re.sub(r"\*([^*]+)\*", r"\1", text).split())


def parts_of(case, item, findings):
    """The parts of an item with what is said of each: (text, reason, misconception, authorities).

    The text is empty for what is said of the whole.
    """
    match item:
        case Choice():
            return [_part(option) for option in item.options]
        case Rationale():
            return [_part(option) for option in (*item.conclusions, *item.reasons)]
        case Matching():
            return [_part(entry) for entry in item.entries]
        case Ordering() | Flip():
            return [("", item.reason, "", item.authorities)]
        case ElementAssessment():
            found = [findings[case.id][element] for element in item.key]
            return [("", each.reason, "", each.authorities) for each in found]
    sentences = {sentence.id: sentence.text for sentence in case.story}
    return [
        (sentences[name], mark.reason, mark.misconception, mark.authorities)
        for name, mark in item.options.items()
    ]


def _part(part):
    return part.text, part.reason, part.misconception, part.authorities


def told(content, part):
    """The texts that the feedback on a part must hold."""
    _, reason, misconception, authorities = part
    corrections = [content.misconceptions[misconception].correction] if misconception else []
    citations = [content.law.authorities[each].citation for each in authorities]
    years = [
        period.since[:4]
        for each in authorities
        for period in content.law.authorities[each].in_force
        if period.since
    ]
    return [read(text) for text in (reason, *corrections, *citations, *years)]


def with_item(content, case_id, item):
    """The content with another item in place of the one of its id."""
    case = content.cases[case_id]
    items = tuple(item if each.id == item.id else each for each in case.items)
    return replace(content, cases={**content.cases, case_id: replace(case, items=items)})


def with_other_key(content, case_id, item_id):
    """The content with the key of a single choice moved to the next option."""
    item = content.cases[case_id].item(item_id)
    best = next(i for i, option in enumerate(item.options) if option.credit == 1)
    following = (best + 1) % len(item.options)
    options = tuple(
        replace(option, credit=float(i == following)) for i, option in enumerate(item.options)
    )
    return with_item(content, case_id, replace(item, options=options))


def with_texts(content, stem, option, reason):
    """The small content whose first item asks, offers and explains in these words."""
    item = content.cases["base"].item("pick_one")
    first = replace(item.options[0], text=option, reason=reason)
    return with_item(content, "base", replace(item, stem=stem, options=(first, *item.options[1:])))
