"""The record of training that a learner may print, and that others may check.

It is made from a body that goes through JSON, here with what stands for each value::

    {
        "title": "Record of training: U.S. asylum claims by people from Mexico",
        "kit": "0.1.0",
        "provider": "a law school's clinic",
        "name": "as the learner wrote it",
        "began": "2026-11-01",  # days; empty where nothing was answered yet
        "ended": "2026-11-20",
        "minutes": 200,
        "minutes_how": "a sentence that says how they are measured",
        "mode": "Online, self-paced",
        "topics": [
            {
                "lesson": "Nexus: why this person?",
                "number": 3,  # 0 for what stands beside the lessons
                "answered": 20,
                "of": 24,
                "right": 15,
                "points": ["what the lesson teaches", ...],
            },
        ],
        "elements": [{"element": "Nexus", "standing": "in words"}],
        "law_as_of": "2026-11-24",
        "critical_errors": [{"sentence": "the rule it broke", "times": 2, "open": False}],
        "ready": True,
        "rules": [{"rule": "a sentence", "met": True, "found": "you answered 85 %"}],
        "issued": "2026-11-25",
        "code": "ABCD-EFGH-JKMN",
    }
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from asylum_teach.export.page import html_of
from asylum_teach.export.sheet import Cell, Line, Section, Sheet, Table, cut, plainly, row
from asylum_teach.export.word import docx_of

Body = Mapping[str, Any]

READY = "Ready for supervised intake by the rules stated here"
NOT_READY = "Not yet ready for supervised intake by the rules stated here"
LIMITS = (
    "This is a record of practice with teaching material. It is no accreditation, no license and "
    "no legal qualification. It does not allow anyone to give legal advice. No licensed attorney "
    "has reviewed the material yet."
)
UNCHECKED = "The name is as the learner wrote it, and was not checked."

_NAME_LENGTH = 80
_PROVIDER_LENGTH = 200  # a DOCX file has room for 255


def training_record_html(body: Body) -> bytes:
    """The record as one HTML file that needs nothing else, made for print."""
    return html_of(_sheet(_read(body)))


def training_record_docx(body: Body) -> bytes:
    """The record as a Word file, with the same content in the same order."""
    return docx_of(_sheet(_read(body)))


def check_text(body: Body) -> list[str]:
    """The lines that somebody who checks a record compares with it; safe on a terminal."""
    body = _read(body)
    return [
        body["title"],
        f"Name: {body['name']} (as the learner wrote it; not checked)",
        f"Provider: {body['provider']}",
        f"Issued: {_day(body['issued'])}",
        f"Dates: {_dates(body)}",
        f"Time: {_time(body['minutes'])}",
        f"Result: {_verdict(body).replace('here', 'in the record')}",
        f"Law as of: {_day(body['law_as_of'])}",
        "It is no accreditation, and does not allow anyone to give legal advice.",
    ]


def _read(body: Body) -> Body:
    """The body made fit to show; refused when it lacks a name or its code is none."""
    clean: dict[str, Any] = plainly(body)
    if not any(map(str.isalnum, clean.get("name") or "")):
        raise ValueError("A record of training needs a name: write the one that it should carry.")
    # People copy the code into a command, so it holds nothing that a shell would act on.
    if not re.fullmatch(r"[0-9A-Z]+(-[0-9A-Z]+)*", clean["code"]):
        raise ValueError(
            f"{clean['code']!r} is no verification code; one looks like ABCD-EFGH-JKMN."
        )
    clean["name"] = cut(clean["name"], _NAME_LENGTH)
    clean["provider"] = cut(clean["provider"], _PROVIDER_LENGTH)
    return clean


def _sheet(body: Body) -> Sheet:
    return Sheet(
        title=body["title"],
        name=body["name"],
        name_note=UNCHECKED,
        author=body["provider"],
        issued=body["issued"],
        facts=_facts(body),
        sections=(
            _readiness(body),
            Section("What this record is not", (Line(LIMITS, "limits"),)),
            _check(body),
            _elements(body),
            _critical_errors(body),
            _topics(body),
        ),
        foot=f"Verification code {body['code']}",
    )


def _facts(body: Body) -> tuple[tuple[str, str], ...]:
    return (
        ("Provider", body["provider"]),
        ("Dates", _dates(body)),
        ("Time", f"{_time(body['minutes'])}. {body['minutes_how']}"),
        ("Mode", body["mode"]),
        ("Law as of", _day(body["law_as_of"])),
        ("Issued", _day(body["issued"])),
        ("Verification code", body["code"]),
        ("Teaching kit", f"asylum-teach {body['kit']}"),
    )


def _readiness(body: Body) -> Section:
    rules = [
        row(rule["rule"], rule["found"], "Met" if rule["met"] else "Not yet")
        for rule in body["rules"]
    ]
    return Section(
        "Result",
        (
            Line(f"{_verdict(body)}.", "verdict"),
            Table(("Rule", "What was found", "Met?"), (48, 34, 18), tuple(rules)),
        ),
    )


def _elements(body: Body) -> Section:
    rows = [row(each["element"], each["standing"]) for each in body["elements"]]
    return Section(
        "Result by element of the claim",
        (Table(("Element", "Standing"), (38, 62), tuple(rows)),),
    )


def _critical_errors(body: Body) -> Section:
    """They are told apart from everything else, and never averaged away."""
    said = "A critical error is an answer that would have hurt a client."
    if not body["critical_errors"]:
        return Section("Critical errors", (Line(f"{said} There was none."),))
    rows = [
        row(
            each["sentence"],
            str(each["times"]),
            "Still open" if each["open"] else "Answered again without it",
        )
        for each in body["critical_errors"]
    ]
    head = ("What the answer left out of account", "Times", "Since then")
    return Section("Critical errors", (Line(said), Table(head, (55, 15, 30), tuple(rows))))


def _topics(body: Body) -> Section:
    rows = [
        row(
            Cell(_lesson(topic), tuple(topic["points"])),
            f"{topic['answered']} of {topic['of']}",
            str(topic["right"]),
        )
        for topic in body["topics"]
    ]
    head = ("Lesson, and what it teaches", "Answered", "Right")
    return Section("Topics", (Table(head, (72, 16, 12), tuple(rows)),))


def _check(body: Body) -> Section:
    return Section(
        "How to check this record",
        (
            Line(
                "Ask whoever runs the site where the training was done to give this command there:"
            ),
            Line(f"asylum-teach verify {body['code']}", "command"),
            Line(
                "It says for whom and when the site gave out the record of this code, and with "
                "which result. Where that differs from this page, the page is not to be trusted."
            ),
        ),
    )


def _verdict(body: Body) -> str:
    return READY if body["ready"] else NOT_READY


def _lesson(topic: Body) -> str:
    return f"{topic['number']}. {topic['lesson']}" if topic["number"] else str(topic["lesson"])


def _dates(body: Body) -> str:
    if not body["began"]:
        return "nothing answered yet"
    if body["began"] == body["ended"]:
        return _day(body["began"])
    return f"{_day(body['began'])} to {_day(body['ended'])}"


def _day(written: str) -> str:
    """The day as prose writes it: 24 November 2026."""
    day = date.fromisoformat(written)
    return f"{day.day} {day:%B %Y}"


def _time(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [_count(hours, "hour")] if hours else []
    return " ".join([*parts, _count(rest, "minute")] if rest or not hours else parts)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
