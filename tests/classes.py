"""A teacher and learners' phones who ask a real server as their pages do."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from http.client import HTTPConnection
from time import sleep
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.served import PATIENCE, Answer, Learner, Server

COOKIE = "asylum-teach-instructor"
HOSTILE = {
    "markup": "<img src=x onerror=alert(1)>",
    "formula": '=HYPERLINK("http://example.org","x")',
    "right to left": "\u202egnihton\u202c שלום",
    "long": "Ana" * 3_334,
    "control": "Ana\x00\r\nBruno\x1b[31m",
}


def sentence(text: str) -> bool:
    """Whether a person is told one plain sentence or two, and nothing of the machine."""
    return re.fullmatch(r"[A-Z][^<>{}\n]+\.\n?", text) is not None


def refusal(answer: Answer) -> str:
    """The sentence of a refusal that is no fault of the server's."""
    assert 400 <= answer.status < 500
    assert sentence(answer.json["problem"])
    return str(answer.json["problem"])


def asked_of(
    port: int, method: str, path: str, body: bytes | None = None, **headers: str
) -> Answer:
    """What a port of this machine answers to a request with exactly these headers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        came = connection.getresponse()
        answer = Answer(came.status, came.headers, came.read())
    finally:
        connection.close()
    assert b"Traceback" not in answer.body, answer.body
    return answer


class Teacher:
    """Whoever opened the link that the terminal showed."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.open()

    def open(self) -> Answer:
        """Follow the link; afterwards the browser holds the cookie."""
        link = urlsplit(self.server.instructor_link)
        opened = asked_of(self.server.instructor_port, "GET", f"{link.path}?{link.query}")
        self.cookie = (opened.headers["Set-Cookie"] or "").partition(";")[0]
        return opened

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Any request, as one of the instructor's own pages makes it."""
        page = {"Cookie": self.cookie}
        if method == "POST":
            page |= {"Sec_Fetch_Site": "same-origin", "Content_Type": "application/json"}
        return asked_of(self.server.instructor_port, method, path, body, **page | headers)

    def get(self, path: str) -> Answer:
        """A page."""
        return self.ask("GET", path)

    def send(self, path: str, **fields: str) -> Answer:
        """A form."""
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, urlencode(fields).encode(), Content_Type=kind)

    def cohort(self, name: str = "") -> str:
        """The id of a new cohort."""
        chosen = name or f"Clinic {secrets.token_hex(4)}"
        assert self.send("/cohorts", name=chosen).status == 302
        with self.server.store() as store:
            return next(each.id for each in store.cohorts() if each.name == chosen)

    def session(self, cohort: str = "", title: str = "Nexus") -> Session:
        """A new session, of a new cohort unless one is named."""
        opened = self.send("/sessions", cohort=cohort or self.cohort(), title=title)
        assert opened.status == 302, opened.body
        return Session(self, opened.headers["Location"].rpartition("/")[2])


@dataclass(frozen=True)
class Session:
    """One session as its teacher holds it."""

    teacher: Teacher
    id: str

    def post(self, path: str, **body: Any) -> Answer:
        """What a route of the session answers."""
        return self.teacher.ask("POST", f"/class/{self.id}/{path}", json.dumps(body).encode())

    def board(self) -> Any:
        """What the teacher's screen shows now."""
        shown = self.post("state", seen=0)
        assert shown.status == 200, shown.body
        return shown.json

    def drop(self) -> None:
        """Ask for news as the screen does, and go away before any come."""
        port = self.teacher.server.instructor_port
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        page = {"Cookie": self.teacher.cookie, "Sec-Fetch-Site": "same-origin"}
        body = json.dumps({"seen": self.board()["seen"]})
        kind = {"Content-Type": "application/json"}
        connection.request("POST", f"/class/{self.id}/state", body, page | kind)
        sleep(0.3)  # until it is asked; news come once it has gone
        connection.close()

    def do(self, what: str, **more: Any) -> Session:
        """Press a button that works."""
        done = self.post("do", **{"do": what, "version": self.board()["version"], **more})
        assert done.status == 200, done.body
        return self

    def ask(self, case: str, item: str) -> Session:
        """Put a case on and open a vote on one of its items."""
        return self.do("put", case=case).do("ask", item=item)

    @property
    def code(self) -> str:
        """Its join code."""
        return str(self.board()["code"])

    def counts(self) -> list[int]:
        """How often each bar on the screen was voted for."""
        return [bar["count"] for part in self.board()["spread"]["parts"] for bar in part["bars"]]


class Phone(Learner):
    """A learner's phone, with a key of its own."""

    session = ""

    def enter(self, code: str, name: str) -> Answer:
        """Join, or be told why not."""
        return self.ask("POST", "/class/enter", json.dumps({"code": code, "name": name}).encode())

    def join(self, session: Session, name: str = "Ana") -> Phone:
        """Join a session that is open."""
        entered = self.enter(session.code, name)
        assert entered.status == 200, entered.body
        self.session = entered.json["session"]
        return self

    def looks(self, seen: int = 0) -> Answer:
        """Ask for what the phone shows."""
        body = {"session": self.session, "seen": seen}
        return self.ask("POST", "/class/state", json.dumps(body).encode())

    def screen(self) -> Any:
        """What the phone shows now."""
        shown = self.looks()
        assert shown.status == 200, shown.body
        return shown.json

    def vote(self, number: int, response: Any) -> Answer:
        """Vote in a round."""
        body = {"session": self.session, "round": number, "response": response}
        return self.ask("POST", "/class/vote", json.dumps(body).encode())

    def drop(self) -> None:
        """Ask for news as a page does, and go away before any come."""
        seen = self.screen()["seen"]
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        body = json.dumps({"session": self.session, "seen": seen})
        page = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        connection.request("POST", "/class/state", body, page)
        connection.close()


def phones(server: Server, session: Session, many: int) -> list[Phone]:
    """So many phones in a session, each with a name of its own."""
    return [Phone(server).join(session, f"Learner {n}") for n in range(many)]
