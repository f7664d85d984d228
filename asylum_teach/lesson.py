"""All that a notebook needs: ``lesson = Lesson("nexus_and_grounds")``.

The content comes from the compiled bundle that the server names.  Where there is
none (an author in JupyterLab), it is compiled from exercises/ on the spot.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from asylum_teach import bundle, kit, law, widgets
from asylum_teach.desk import CHANGED, Desk, Judge
from asylum_teach.interview import NotOnOfferError
from asylum_teach.law.history import history as law_history
from asylum_teach.models import (
    CIRCUITS,
    Assessment,
    Attempt,
    Authority,
    Case,
    Circuit,
    Content,
    Finding,
    Shown,
    cited,
)
from asylum_teach.widgets import pieces

BUNDLE_VARIABLE = "ASYLUM_TEACH_BUNDLE"


class LessonError(Exception):
    """A notebook asks for something that is not there; says what and where to look."""


class Lesson:
    """One lesson's stories, questions, boards and labs.

    Each answer becomes an Attempt and is handed to *record*; *now* is the clock.
    """

    def __init__(
        self,
        lesson_id: str,
        *,
        content: Content | None = None,
        record: Callable[[Attempt], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.content = content or kit_content()
        self.plan = _named(self.content.lessons, lesson_id, "lesson")
        self.attempts: list[Attempt] = []
        self._record = record or self.attempts.append
        self._now = now
        self._used: dict[str, None] = {}  # authorities met, in order
        self._asked: set[tuple[str, str]] = set()  # case and item
        self._shown: set[str] = set()  # authorities whose whole card is on the page
        self._desk = Desk(self.content)

    def story(self, case_id: str) -> widgets.Text:
        """The story of a case, sentence by sentence."""
        return widgets.story_text(self._case(case_id), self.content.law)

    def ask(self, case_id: str, item_id: str) -> pieces.Question:
        """One item of a case, as a question card."""
        return self._question(self._case(case_id), [item_id])

    def practice(self, case_id: str) -> pieces.Question:
        """The items of a case that this notebook has not asked so far, one at a time."""
        case = self._case(case_id)
        left = [item.id for item in case.items if (case.id, item.id) not in self._asked]
        if not left:
            raise LessonError(f"Every item of '{case_id}' is asked already; take this cell out.")
        return self._question(case, left)

    def _question(self, case: Case, item_ids: Sequence[str]) -> pieces.Question:
        views = []
        for item_id in item_ids:
            try:
                item = case.item(item_id)
            except KeyError:
                raise _missing("item", item_id, f"cases/{case.id}.yaml") from None
            findings = self._desk.findings(case, item).values()
            self._meet(*cited(item), *(a for found in findings for a in found.authorities))
            self._asked.add((case.id, item_id))
            views.append(self._desk.view(case.id, item_id))
        return pieces.Question(views, self._respond)

    def _respond(self, case_id: str, answer: dict[str, Any]) -> tuple[str, str]:
        """Keep the attempt, then say what is told: the problem, if any, and the feedback."""
        told = self._desk.take(case_id, answer, self._now())
        if told.attempt:
            self._record(told.attempt)
        return told.problem, told.html

    def board(
        self,
        case_id: str,
        *,
        adding: Collection[str] = (),
        without: Collection[str] = (),
        as_of: str | None = None,
        circuit: str | None = None,
    ) -> widgets.Text:
        """What the law makes of a case, with some facts, the day or the circuit changed."""
        case = self._case(case_id)
        assessment = self._assess(
            case, adding=adding, without=without, as_of=as_of, circuit=circuit
        )
        changed = adding or without or as_of or circuit
        before = self._assess(case) if changed else None
        self._meet(*(a for f in assessment.findings.values() for a in f.authorities))
        view = widgets.board_view(
            assessment,
            self.content.law,
            self.content.law_as_of,
            before=before,
            analysis={} if changed else case.worked_analysis,
        )
        return widgets.board_text(view).on_a_page(self._shown)

    def lab(self, case_id: str | None = None) -> pieces.Lab:
        """The what-if lab on a case, or empty."""
        case = self._case(case_id) if case_id else None
        if case:
            self._meet(*(a for f in self._assess(case).findings.values() for a in f.authorities))
        return pieces.Lab(
            Judge(self.content),
            self.content.law,
            title=f"What if? {case.title}" if case else "What if?",
            facts=case.facts if case else (),
            as_of=case.as_of if case else self.content.law_as_of,
            circuit=case.circuit if case else None,
            law_as_of=self.content.law_as_of,
        )

    def decision(self, decision_id: str) -> pieces.Question:
        """A reported decision: predict, then see."""
        decision = _named(self.content.decisions, decision_id, "decision")
        self._meet(decision.authority)
        return pieces.Question([self._desk.view(decision.id, decision.id)], self._respond)

    def interview(self, interview_id: str) -> pieces.Interviewed:
        """A practice interview, held turn by turn."""
        interview = _named(self.content.interviews, interview_id, "interview")
        _, as_of, circuit = self.content.setting_of(interview)
        about = widgets.interview_about(interview, as_of, circuit)
        return pieces.Interviewed(about, lambda request: self._play(interview_id, request))

    def stop(self, script_id: str) -> pieces.Stopped:
        """A script with errors in it, to be stopped at each."""
        script = _named(self.content.scripts, script_id, "script")
        about = widgets.script_about(script)
        return pieces.Stopped(about, lambda request: self._play(script_id, request))

    def _play(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        """What a piece that is played asks for: the next turn, the script, or what is told last."""
        room = self._desk.room
        if "asked" in request:
            try:
                return room.turn(name, request["asked"])
            except NotOnOfferError:
                return {"problem": CHANGED}
        if "answer" in request:
            problem, html = self._respond(name, request["answer"])
            return {"problem": problem, "html": html}
        return room.script(name)

    def authority(self, *authority_ids: str) -> widgets.Text:
        """The cards of some authorities."""
        self._authorities(authority_ids)
        cards = widgets.cards_text("By what authority", self._cards(authority_ids))
        return cards.on_a_page(self._shown)

    def periods(self, *authority_ids: str) -> widgets.Text:
        """When each of some authorities was good law, as a picture and in words."""
        authorities = self._authorities(authority_ids)
        cards = self._cards(authority_ids)
        periods = widgets.periods_text(authorities, cards, self.content.law_as_of)
        return periods.on_a_page(self._shown)

    def history(
        self,
        case_id: str,
        *,
        since: str,
        adding: Collection[str] = (),
        without: Collection[str] = (),
        circuit: str | None = None,
    ) -> widgets.Text:
        """How the answer to a case moved over the years, as a picture and in words."""
        case = self._case(case_id)
        facts = self._facts(case, adding, without)
        where = case.circuit if circuit is None else _circuit(circuit)
        today = self.content.law_as_of
        moved = law_history(self.content.law, facts, where, since=_day(since), until=today)
        self._meet(*(a for each in moved.values() for s in each for a in s.finding.authorities))
        history = widgets.history_text(case.title, where, moved, self.content.law, today)
        return history.on_a_page(self._shown)

    def events(self) -> widgets.Text:
        """Every change of the law that the kit knows of, year by year."""
        cited = [a for event in self.content.timeline for a in event.authorities]
        return widgets.events_text(self.content.timeline, self._cards(cited))

    def split(self, split_id: str) -> widgets.Text:
        """A question on which the courts differ, shown on one case in two circuits."""
        split = _named(self.content.splits, split_id, "split")
        self._meet(*(a for side in split.sides for a in side.authorities))
        shown = self._on_its_case(split.shown) if split.shown else None
        text = widgets.split_text(split, self.content.law, self.content.law_as_of, shown)
        return text.on_a_page(self._shown)

    def sources(self) -> widgets.Text:
        """Every authority that this lesson met, and as of when the law was checked."""
        note = (
            f"Law as of {widgets.in_words(self.content.law_as_of)}. Each card says when its "
            "authority was good law, where it binds, how sure that is, and when it was checked. "
            "No licensed attorney has reviewed this lesson yet."
        )
        return widgets.sources_text(note, self._cards(self._used))

    # --- what stands behind ---

    def _case(self, case_id: str) -> Case:
        case: Case = _named(self.content.cases, case_id, "case")
        return case

    def _on_its_case(self, shown: Shown) -> widgets.ShownSplit:
        """What is found on the case of a split, in each of its circuits."""
        case, today = self._case(shown.case), self.content.law_as_of.isoformat()
        findings: dict[str, Finding] = {
            name: self._assess(
                case, adding=shown.add, without=shown.remove, as_of=today, circuit=name
            ).findings[shown.element]
            for name in shown.circuits
        }
        self._meet(*(a for finding in findings.values() for a in finding.authorities))
        return widgets.ShownSplit(case=case, shown=shown, findings=findings)

    def _cards(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        authorities, today = self.content.law.authorities, self.content.law_as_of
        return widgets.cards_of(ids, authorities, today)

    def _authorities(self, ids: Collection[str]) -> list[Authority]:
        """The authorities of these ids, now met."""
        found = [_named(self.content.law.authorities, each, "authority") for each in ids]
        self._meet(*ids)
        return found

    def _meet(self, *authority_ids: str) -> None:
        self._used.update(dict.fromkeys(authority_ids))

    def _assess(
        self,
        case: Case,
        *,
        adding: Collection[str] = (),
        without: Collection[str] = (),
        as_of: str | None = None,
        circuit: str | None = None,
    ) -> Assessment:
        facts = self._facts(case, adding, without)
        day = _day(as_of) if as_of else case.as_of
        where = case.circuit if circuit is None else _circuit(circuit)
        return law.assess(self.content.law, facts, as_of=day, circuit=where)

    def _facts(
        self, case: Case, adding: Collection[str], without: Collection[str]
    ) -> frozenset[str]:
        """The facts of a case, with some of them changed."""
        for fact in (*adding, *without):
            _named(self.content.law.facts, fact, "fact")
        return case.facts - set(without) | set(adding)


def kit_content() -> Content:
    """The compiled content that the server names, or exercises/ read on the spot."""
    named = os.environ.get(BUNDLE_VARIABLE)
    if named:
        return _loaded(Path(named))
    from asylum_teach import content  # an author's machine only: a learner's has the bundle

    return content.read(kit.folder("exercises"))


@cache
def _loaded(path: Path) -> Content:
    """The bundle, loaded once in a kernel: a spare kernel does it before its learner comes."""
    return bundle.load(path)


def _named(known: dict[str, Any], name: str, kind: str) -> Any:
    try:
        return known[name]
    except KeyError:
        raise _missing(kind, name, "exercises/") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LessonError(f"'{text}' is not a date; write it as in 2026-11-24.") from None


def _circuit(name: str) -> Circuit | None:
    """The circuit of that name; None, for national law alone, is called none."""
    if name == "none":
        return None
    for circuit in CIRCUITS:
        if circuit == name:
            return circuit
    raise LessonError(f"There is no circuit '{name}'; use one of {', '.join(CIRCUITS)}, none.")


def _missing(kind: str, name: str, where: str) -> LessonError:
    return LessonError(
        f"There is no {kind} '{name}' in {where}; mend the notebook or add it there."
    )
