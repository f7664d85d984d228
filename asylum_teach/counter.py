"""The counter of a site without a server: in the browser, it answers what pages ask a server for.

Pages ask in the same words as they ask a server (:mod:`asylum_teach.serve.record_handlers`), and
the same desk and records answer.  One learner has it for themselves; what is to be kept is handed
to the browser as text, which brings it back when a page is opened again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from asylum_teach import bundle
from asylum_teach.desk import Desk, switched
from asylum_teach.models import Attempt, Content
from asylum_teach.models.keeping import Added, Doing, Snapshot
from asylum_teach.records import (
    FAILED,
    GONE,
    MOST_ASKED,
    OTHER_PAGE,
    Key,
    Records,
    Refusal,
    refusal_of,
)

_SELF = 1  # the one learner

Sent = Mapping[str, Any]
Verb = Callable[["Counter", Sent], Any]


class OwnShelf:
    """One learner's attempts; what is new waits until the browser asks for it to be kept."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Hold nothing, as before anything was brought."""
        self._attempts: list[Attempt] = []
        self._bases: dict[str, str] = {}
        self._snapshot: Snapshot | None = None
        self._unkept: list[dict[str, Any]] = []
        self._erased = False

    def bring(self, rows: Iterable[str]) -> None:
        """Take what the browser kept, in the order of its serials."""
        for row in map(json.loads, rows):
            self._bases.update(row["bases"])
            self._attempts.append(bundle.decode(Attempt, row["attempt"]))

    def hand_out(self) -> dict[str, Any]:
        """What the browser is to do now: forget everything, or keep some rows by their serials."""
        todo = {"erased": self._erased, "rows": self._unkept}
        self._unkept, self._erased = [], False
        return todo

    @property
    def last(self) -> int:
        """The serial of the last attempt, 0 before the first."""
        return self._attempts[-1].serial if self._attempts else 0

    # --- as records ask a shelf ---

    def learner_of(self, key: Key) -> int | None:
        """Say that it is the one learner."""
        return _SELF

    def add_learner(self, key: Key, now: datetime, doing: Doing = "change") -> int:
        """Say that there is one already."""
        return _SELF

    def add(self, learner: int, attempt: Attempt, basis: str = "") -> Added:
        """Keep an attempt once."""
        known = next((each for each in self._attempts if each.id == attempt.id), None)
        if known is None:
            self._put(attempt, {attempt.basis: basis})
        kept = known or self._attempts[-1]
        return Added(attempt=kept, new=known is None, clock_back=timedelta())

    def add_many(self, learner: int, attempts: Sequence[Attempt], bases: Mapping[str, str]) -> int:
        """Keep attempts in their order, each once; how many were new."""
        known = {each.id for each in self._attempts}
        fresh = {each.id: each for each in reversed(attempts) if each.id not in known}
        for attempt in reversed(fresh.values()):
            self._put(attempt, bases)
        return len(fresh)

    def _put(self, attempt: Attempt, texts: Mapping[str, str]) -> None:
        row = {**bundle.encode(attempt), "serial": self.last + 1}
        needed = {attempt.basis} - {"", *self._bases}
        bases = {digest: texts[digest] for digest in needed}
        self._attempts.append(bundle.decode(Attempt, row))
        self._bases.update(bases)
        text = json.dumps({"attempt": row, "bases": bases}, ensure_ascii=False)
        self._unkept.append({"serial": row["serial"], "text": text})

    def attempts(self, learner: int, after: int = 0) -> list[Attempt]:
        """Those after a serial."""
        return [each for each in self._attempts if each.serial > after]

    def latest(
        self, learner: int, asked: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], Attempt]:
        """The last attempt at each of some items."""
        wanted = set(asked)
        all_of_them = {(each.case, each.item): each for each in self._attempts}
        return {name: each for name, each in all_of_them.items() if name in wanted}

    def basis(self, digest: str) -> str | None:
        """What has that digest, as JSON."""
        return self._bases.get(digest)

    def snapshot(self, learner: int) -> Snapshot | None:
        """Where the learner stood, as long as the page is open."""
        return self._snapshot

    def keep_snapshot(self, learner: int, snapshot: Snapshot) -> None:
        """Keep it as long as the page is open."""
        self._snapshot = snapshot

    def about(self, learner: int) -> dict[str, Any]:
        """Everything that is kept."""
        told = [asdict(each) | {"at": each.at.isoformat()} for each in self._attempts]
        return {"name": "", "training_records": [], "attempts": told}

    def erase(self, learner: int) -> None:
        """Forget everything, and have the browser do so."""
        self.forget()
        self._erased = True

    def finish_erasing(self) -> None:
        """Nothing is ever left to be finished."""

    def seal(self, text: bytes) -> str:
        """Give a check sum: it tells a damaged file, and proves nothing to anybody else."""
        return sha256(text).hexdigest()


class Counter:
    """Answers pages, with *content*; *now* is the clock."""

    def __init__(self, content: Content, now: Callable[[], datetime]) -> None:
        self.shelf = OwnShelf()
        self.records = Records(store=self.shelf, desk=Desk(content), version="", now=now)

    def forget(self) -> None:
        """Hold nothing: what was handed out was not kept, or another page erased it."""
        self.shelf.forget()

    def last(self) -> int:
        """The serial up to which it knows what the browser keeps."""
        return self.shelf.last

    def ask(self, method: str, path: str, body: str, base: str, rows: str) -> str:
        """The answer, as JSON: {status, text, erased, rows}.

        *path* is below /record/, *base* is where the page's links begin, *rows* is a JSON list of
        what other pages kept meanwhile.
        """
        self.shelf.bring(json.loads(rows))
        status, told = self._answer(method, urlsplit(path), body, base)
        text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
        return json.dumps({"status": status, "text": text, **self.shelf.hand_out()})

    def _answer(self, method: str, path: Any, body: str, base: str) -> tuple[int, Any]:
        verb = _VERBS.get((method, path.path))
        if verb is None:
            return 404, {"problem": GONE, "kind": ""}
        try:
            sent = {"text": body} if path.path == "file" else json.loads(body or "{}")
            asked = {name: values[0] for name, values in parse_qs(path.query).items()}
            return 200, verb(self, {"base": base, **sent, **asked})
        except Exception as error:
            refusal = refusal_of(error, _DOING.get(path.path, "read")) or _misuse(error)
            return refusal.status, {"problem": refusal.problem, "kind": refusal.kind}


def _misuse(error: Exception) -> Refusal:
    """What is told of a page that sends what no page of this kit sends, or of a fault of ours."""
    if isinstance(error, KeyError):
        return Refusal(404, GONE)
    if isinstance(error, (ValueError, TypeError)):
        return Refusal(400, OTHER_PAGE)
    return Refusal(500, FAILED)


def _earlier(counter: Counter, sent: Sent) -> Any:
    pairs = [(str(case), str(item)) for case, item in sent["asked"][:MOST_ASKED]]
    return {"earlier": counter.records.earlier("", pairs)}


def _progress(counter: Counter, sent: Sent) -> Any:
    # Loaded when it is asked for: feedback on a first answer should not wait for a template engine.
    from asylum_teach.records.progress import piece, templates

    pages = templates({"base": sent["base"], "alone": True})
    told = counter.records.progress("")
    found = piece(told, counter.records.content, sent.get("lesson", ""), pages)
    return {**found, "html": to_files(found["html"], sent["base"])}


def _erase(counter: Counter, sent: Sent) -> Any:
    counter.records.erase("")
    return {"erased": True}


_VERBS: dict[tuple[str, str], Verb] = {
    ("POST", "answers"): lambda counter, sent: counter.records.answer("", sent),
    ("POST", "earlier"): _earlier,
    ("GET", "progress"): _progress,
    ("GET", "review"): lambda counter, sent: counter.records.review(""),
    ("GET", "about"): lambda counter, sent: counter.records.about(""),
    ("GET", "file"): lambda counter, sent: counter.records.file(""),
    ("POST", "file"): lambda counter, sent: counter.records.bring("", sent["text"].encode()),
    ("POST", "erase"): _erase,
    ("POST", "turn"): lambda counter, sent: counter.records.desk.room.turn(
        sent["interview"], [str(each) for each in sent["asked"]]
    ),
    ("POST", "script"): lambda counter, sent: counter.records.desk.room.script(sent["script"]),
    ("POST", "marked"): lambda counter, sent: {
        "html": counter.records.desk.room.marked(sent["script"], sent["stops"])
    },
    ("POST", "lab"): lambda counter, sent: switched(counter.records.content, sent),
}
_DOING: dict[str, Doing] = {"answers": "answer", "erase": "change"}


def to_files(html: str, base: str) -> str:
    """*html* with its links to our pages as links to files: words becomes words.html.

    *base* is where these links begin.  A host then needs to know nothing but files.
    """
    links = re.compile(rf'href="{re.escape(base)}({_PAGES})?(?=["#?])')
    return links.sub(lambda found: f'href="{base}{found[1] or "index"}.html', html)


_PAGES = r"(?:lesson|practice|stop)/[\w-]+|words|review|record"


def opened(path: str) -> Counter:
    """The counter for the content that is compiled at *path*."""
    return Counter(bundle.load(Path(path)), lambda: datetime.now(UTC))
