"""Law grows old: what is due for another look is told, by whom it concerns, on the right day."""

from datetime import date, timedelta

import pytest

from asylum_teach import check, cli, content
from asylum_teach.law.currency import GRACE, due_among, due_for_review
from asylum_teach.serve.site import Site, stale_in_words

DUE = date(2027, 1, 15)  # earlier than any other day of review in the small content
DAY = timedelta(days=1)

# What is put back to that day, by the place of its field: kind and id, file, the field before it.
PLACES = {
    "authority": ("ninth_v_holder", "law/authorities.yaml", "name: Ninth v. Holder"),
    "case": ("base", "cases/base.yaml", "id: base"),
    "rule": ("beating_is_harm", "law/elements.yaml", "id: beating_is_harm"),
}


@pytest.fixture(params=PLACES)
def old(request, exercises):
    """A copy in which one thing is due early: its kind, its id and the copy."""
    name, file, after = PLACES[request.param]
    whole = exercises.read(file)
    start = whole.index(after)
    head, tail = whole[:start], whole[start:]
    if request.param == "rule":  # a rule is as old as its element, unless it says otherwise
        dates = f"as_of: 2026-11-24\n    review_by: {DUE}\n    when:"
        tail = tail.replace("when:", dates, 1)
    else:
        for quote in ("'", ""):
            tail = tail.replace(f"review_by: {quote}2027-05-24{quote}", f"review_by: {DUE}", 1)
    exercises.write(file, head + tail)
    return request.param, name, exercises


@pytest.mark.parametrize(
    ("on", "told"),
    [
        pytest.param(DUE - DAY, "", id="the day before"),
        pytest.param(DUE, "", id="on the day itself"),
        pytest.param(DUE + DAY, "stale", id="the day after"),
        pytest.param(DUE + GRACE, "stale", id="on the last day of grace"),
        pytest.param(DUE + GRACE + DAY, "expired", id="after it"),
    ],
)
def test_review_is_due_from_its_day_on_and_fails_after_the_grace(old, capsys, on, told):
    kind, name, exercises = old

    code = cli.main(["check", "--exercises", str(exercises.folder), "--on", str(on)])
    lines = [line for line in capsys.readouterr().out.splitlines() if f"'{name}'" in line]
    words = f"the {kind} '{name}' was to be reviewed by {DUE}; look it up again, then set the"

    assert [line.startswith(f"{told}: {words}") for line in lines] == ([True] if told else [])
    if told == "expired":
        assert code == 1
    else:
        report = check.check(exercises.folder, exercises.notebooks, on=on)
        assert report.ok, "stale is a warning and no fault"


def test_expired_content_is_not_ok_though_it_has_no_fault(exercises):
    late = date(2030, 1, 1)

    report = check.check(exercises.folder, exercises.notebooks, on=late)

    assert (report.faults, report.ok) == ((), False)
    assert all(due.expired for due in report.due)


def test_without_a_day_nothing_is_asked_about_reviews(exercises):
    """What is served is checked for faults; the page itself tells what is due."""
    assert exercises.check().due == ()


def test_kits_own_content_is_fresh_as_of_the_day_of_its_law(kit_content):
    assert due_for_review(kit_content, kit_content.law_as_of) == ()


def test_every_case_rule_and_authority_falls_due_some_day(kit_content):
    """None is forgotten: in the far future everything is due."""
    law = kit_content.law
    due = {(each.kind, each.id) for each in due_for_review(kit_content, date(2100, 1, 1))}

    assert due == {
        *(("authority", name) for name in law.authorities),
        *(("case", name) for name in kit_content.cases),
        *(("rule", rule.id) for element in law.elements.values() for rule in element.rules),
        *(("rule", name) for name in law.reliefs),
    }


def test_lesson_is_told_of_what_stands_behind_its_own_cases_alone(old):
    kind, name, exercises = old
    whole = content.read(exercises.folder)
    on = DUE + DAY

    beside = due_among(whole, {"some-other-case"}, on)
    behind = due_among(whole, {"base", "held"}, on)

    assert beside == ()
    # The case is judged by no beating, so that rule is not behind it.
    assert [(d.kind, d.id) for d in behind] == ([] if kind == "rule" else [(kind, name)])


# --- What a page says ---


@pytest.fixture
def banner(old):
    """What the frame of every page says on a day."""
    _, _, exercises = old
    whole = content.read(exercises.folder)
    return lambda on: Site(whole, exercises.notebooks, today=lambda: on).frame()["stale"]


def test_page_warns_from_the_day_after(banner):
    assert banner(DUE) == ""
    assert banner(DUE + DAY).startswith("Due for review: 1 ")
    assert "since 15 January 2027" in banner(DUE + DAY)
    assert banner(DUE + DAY).endswith("Check the law before you rely on this page.")


def test_page_says_not_to_rely_on_it_after_the_grace(banner):
    assert banner(DUE + GRACE).startswith("Due for review:")
    assert banner(DUE + GRACE + DAY).startswith("Out of date:")
    assert "Do not rely on" in banner(DUE + GRACE + DAY)


def test_several_are_counted_by_kind(exercises):
    whole = content.read(exercises.folder)

    said = stale_in_words(due_for_review(whole, date(2030, 1, 1)))

    authorities, rules = len(whole.law.authorities), 0
    rules = sum(len(e.rules) for e in whole.law.elements.values()) + len(whole.law.reliefs)
    assert said.startswith(f"Out of date: {authorities} authorities, 1 case and {rules} rules ")
