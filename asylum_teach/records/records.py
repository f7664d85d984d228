"""What becomes of learners' answers: kept, told again, summed up, carried, erased.

Wherever they are kept: a server has a database, a page without one the browser's own storage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from asylum_teach import guidance, scoring
from asylum_teach.desk import Desk
from asylum_teach.models import Attempt, Content
from asylum_teach.models.keeping import Doing, Snapshot, StoreFault
from asylum_teach.models.words import in_words
from asylum_teach.records import progress_file
from asylum_teach.records.shelf import Key, Shelf

MOST_ASKED = 500  # items that one page may ask about
LONGEST_RESPONSE = 20_000  # letters of JSON
SNAPSHOT_EVERY = 40  # attempts folded anew before the standing is kept

NOTHING_YET = "Nothing is kept about you here yet: your record begins with your first answer."

Clock = Callable[[], datetime]


class RefusedError(Exception):
    """The page asks for what cannot be done; the message is a sentence for the learner."""


class NobodyError(Exception):
    """The key is of no learner here: erased, or of another server; a message says it better."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the records say of a learner, with what changed since in words."""

    progress: guidance.Progress
    changed: tuple[dict[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Records:
    """Learners' records, one learner at a time: each call names its own key."""

    store: Shelf
    desk: Desk
    version: str  # of the content: a standing folded under another is folded anew
    now: Clock

    @property
    def content(self) -> Content:
        """What is taught."""
        return self.desk.content

    # --- Answers ---

    def answer(self, key: Key, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Score an answer and keep it; what is returned may be shown, because it is kept."""
        now = self.now()
        told = self.desk.take(_checked(answer, self.content), answer, now)
        if told.attempt is None:
            return {"problem": told.problem, "html": "", "notice": ""}
        learner = self.learner(key, new_by="answer" if answer.get("first") is True else None)
        basis = guidance.basis_of(self.content, told.attempt.case, told.attempt.item)
        digest = guidance.digest_of(basis)
        attempt = replace(told.attempt, basis=digest, lesson=_lesson(told.attempt.lesson))
        added = self.store.add(learner, attempt, guidance.to_json(basis))
        html = told.html if added.new else self._explained(added.attempt)
        return {"problem": "", "html": html, "notice": _clock(added.clock_back, now)}

    def earlier(self, key: Key, asked: Collection[tuple[str, str]]) -> dict[str, Any]:
        """The last answer to each of some items, with its feedback by the law of today."""
        learner = self.learner(key)
        latest = self.store.latest(learner, asked)
        return {f"{case}/{item}": self._told(a) for (case, item), a in latest.items()}

    def _told(self, attempt: Attempt) -> dict[str, Any]:
        return {
            "response": attempt.response,
            "confidence": attempt.confidence,
            "hints": attempt.hints,
            "html": self._explained(attempt),
            "at": attempt.at.isoformat(),
            "serial": attempt.serial,
            "changed": list(self._changes(attempt)),
        }

    def _explained(self, attempt: Attempt) -> str:
        try:
            return self.desk.tell(attempt)
        except (KeyError, scoring.ResponseError):
            return ""  # the item has changed so much that it has to be answered anew

    def _changes(self, attempt: Attempt) -> tuple[str, ...]:
        """What changed since an answer was given; nothing, or nothing known."""
        try:
            basis = guidance.basis_of(self.content, attempt.case, attempt.item)
        except KeyError:
            return ()
        if attempt.basis in ("", guidance.digest_of(basis)):
            return ()
        old = self.store.basis(attempt.basis)
        return guidance.what_changed(guidance.from_json(old), basis, self.content) if old else ()

    # --- Guidance ---

    def progress(self, key: Key) -> Told:
        """Where the learner stands, and what changed since they answered."""
        progress = guidance.summary(self._standing(self.learner(key)), self.content, self.now())
        olds = {changed.basis for changed in progress.changed}
        texts = {digest: self.store.basis(digest) for digest in olds}
        changed = tuple(
            {"was": each, "why": self._why(each.case, each.item, texts[each.basis])}
            for each in progress.changed
        )
        return Told(progress=progress, changed=changed)

    def _why(self, case: str, item: str, old: str | None) -> tuple[str, ...]:
        if not old:
            return ()
        new = guidance.basis_of(self.content, case, item)
        return guidance.what_changed(guidance.from_json(old), new, self.content)

    def review(self, key: Key) -> dict[str, Any]:
        """How many items are due, and the cards of the first, mixed across lessons."""
        standing, now = self._standing(self.learner(key)), self.now()
        first = guidance.review(standing, self.content, now)
        return {
            "due": len(guidance.due_items(standing, self.content, now)),
            "items": [self.desk.view_with_story(each.case, each.item) for each in first],
        }

    def _standing(self, learner: int) -> guidance.Standing:
        """Folded on from where it was kept last."""
        kept = self.store.snapshot(learner)
        standing, upto = guidance.start(), 0
        if kept and kept.of == self.version:
            standing, upto = guidance.standing_from_json(kept.body), kept.upto
        fresh = self.store.attempts(learner, after=upto)
        standing = guidance.fold(fresh, self.content, standing)
        if len(fresh) >= SNAPSHOT_EVERY:
            body = guidance.standing_to_json(standing)
            kept = Snapshot(of=self.version, upto=fresh[-1].serial, body=body)
            with suppress(StoreFault):  # a full disk: what is read can be read all the same
                self.store.keep_snapshot(learner, kept)
        return standing

    # --- The record itself: seen, carried, erased ---

    def about(self, key: Key) -> dict[str, Any]:
        """Everything that is stored about the learner."""
        return self.store.about(self.learner(key))

    def file(self, key: Key) -> str:
        """The progress file."""
        attempts = self.store.attempts(self.learner(key))
        digests = {a.basis for a in attempts if a.basis}
        bases = {digest: text for digest in sorted(digests) if (text := self.store.basis(digest))}
        return progress_file.write(attempts, bases, self.now(), self.store.seal)

    def bring(self, key: Key, text: bytes) -> dict[str, int]:
        """Take in the attempts of a progress file; those that are here already are not doubled."""
        found = progress_file.read(text, self.now(), self.store.seal)
        attempts = sorted((self._fitting(a, found.bases) for a in found.attempts), key=_by_time)
        learner = self.learner(key, new_by="change")
        new = self.store.add_many(learner, attempts, found.bases)
        self._standing(learner)
        return {"found": len(attempts), "new": new}

    def _fitting(self, attempt: Attempt, bases: Mapping[str, str]) -> Attempt:
        """An attempt of a file: what it says of itself counts only if it is sealed."""
        basis = attempt.basis if attempt.basis in bases else ""
        return replace(attempt, basis=basis, cohort=None)

    def erase(self, key: Key) -> None:
        """Erase everything about the learner; to erase it twice is no fault."""
        learner = self.store.learner_of(key)
        if learner is None:
            self.store.finish_erasing()  # of one that the learner was told had failed
        else:
            self.store.erase(learner)

    def learner(self, key: Key, *, new_by: Doing | None = None) -> int:
        """Whose key it is; whoever does what may begin a record is a new learner by it."""
        learner = self.store.learner_of(key)
        if learner is None and new_by:
            learner = self.store.add_learner(key, self.now(), new_by)
        if learner is None:
            raise NobodyError(NOTHING_YET if key.startswith("hub:") else "")
        return learner


def _checked(answer: Mapping[str, Any], content: Content) -> str:
    """The case of an answer whose form is sound."""
    case, item, made = (str(answer.get(name, "")) for name in ("case", "item", "id"))
    if not re.fullmatch(r"[\w-]{16,64}", made, re.ASCII):
        raise RefusedError("This page is of another version of the kit; reload it.")
    if len(json.dumps(answer.get("response"))) > LONGEST_RESPONSE:
        raise RefusedError("This answer is longer than any that can be given here.")
    try:
        content.item(case, item)
    except KeyError:
        raise RefusedError("This question is no longer part of the kit; reload the page.") from None
    return case


def _lesson(named: str) -> str:
    """The lesson that a page names, or none where it cannot be the name of one."""
    return named if re.fullmatch(r"[\w-]{1,64}", named, re.ASCII) else ""


def _clock(back: timedelta, now: datetime) -> str:
    """What is said when the server's clock stands before an earlier answer."""
    if not back:
        return ""
    return (
        f"Saved. But the clock of this site was set back: it says {in_words(now.date())}, and your "
        f"last answer bears a later time. Nothing is lost; dates and reviews are right again once "
        "the clock is. Please tell the person who runs this site."
    )


def _by_time(attempt: Attempt) -> datetime:
    return attempt.at.astimezone(UTC)
