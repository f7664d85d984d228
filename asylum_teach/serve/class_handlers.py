"""A class on learners' phones: joining, what the screen asks, voting."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import tornado.web

from asylum_teach.records import LONGEST_RESPONSE
from asylum_teach.serve.classes import Classes
from asylum_teach.serve.handlers import Page
from asylum_teach.serve.record_handlers import RecordHandler, Refusal, refused

T = TypeVar("T")


class Join(Page):
    """The page on which a learner joins a class and votes; the code may stand in its address."""

    def get(self, code: str | None = None) -> None:
        """Send it."""
        self.show("class.html", code=code or "")

    head = get


class ClassHandler(RecordHandler):
    """What the routes of a class share."""

    @property
    def classes(self) -> Classes:
        """The sessions that are under way."""
        return self.settings["classes"]  # type: ignore[no-any-return]

    async def told(self, work: Awaitable[T]) -> T:
        """What *work* tells, or an error that the page can tell."""
        try:
            return await work
        except KeyError:
            raise Refusal(404, "This class is not known here; type its code again.") from None
        except Exception as error:
            refusal = refused(error, self.doing)
            if refusal is None:
                raise
            raise refusal from None

    def number(self, name: str) -> int:
        """A whole number that the page sent."""
        value = self.body().get(name)
        if type(value) is not int:
            raise tornado.web.HTTPError(400)
        return value


class Enter(ClassHandler):
    """Lets a learner into a class."""

    async def post(self) -> None:
        """Join, under a code and a chosen name."""
        code, name = self.text("code", 40), self.text("name", 20_000)
        await self.finish(await self.told(self.classes.enter(self.key, code, name)))


class State(ClassHandler):
    """What a phone shows."""

    doing = "read"

    async def post(self) -> None:
        """Send it, as soon as it is not what the phone has seen."""
        session, seen = self.text("session", 100), self.number("seen")
        await self.finish(await self.told(self.classes.phone(self.key, session, seen)))


class Vote(ClassHandler):
    """Takes a vote."""

    doing = "answer"

    async def post(self) -> None:
        """Keep it, once."""
        if len(self.request.body) > LONGEST_RESPONSE:
            raise tornado.web.HTTPError(400)
        session, number = self.text("session", 100), self.number("round")
        response = self.body().get("response")
        await self.finish(await self.told(self.classes.vote(self.key, session, number, response)))


ROUTES: list[tuple[str, type[ClassHandler]]] = [
    (r"/class/enter", Enter),
    (r"/class/state", State),
    (r"/class/vote", Vote),
]
