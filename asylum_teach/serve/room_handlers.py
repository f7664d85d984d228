"""The routes of practice interviews and scripts: turns, and a screen for a class.

Nothing is kept by them: an answer that is to be kept goes where all answers go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tornado.web

from asylum_teach.desk import Room
from asylum_teach.records import GONE
from asylum_teach.serve.handlers import Page
from asylum_teach.serve.record_handlers import RecordHandler, Refusal, refused

MOST_TURNS = 200  # that a page may send


class RoomHandler(RecordHandler):
    """What the routes of the room share."""

    @property
    def room(self) -> Room:
        """Where interviews are held."""
        return self.settings["room"]  # type: ignore[no-any-return]

    def named(self, kind: str) -> str:
        """The id that the page sent."""
        return self.text(kind, 100)

    def told(self, work: Callable[[], Any]) -> Any:
        """What *work* tells, or an error that the page can tell."""
        try:
            return work()
        except KeyError:
            raise Refusal(404, GONE) from None
        except Exception as error:
            refusal = refused(error, self.doing)
            if refusal is None:
                raise
            raise refusal from None


class Turn(RoomHandler):
    """A practice interview after what was asked so far."""

    async def post(self) -> None:
        """Send it."""
        name, asked = self.named("interview"), self.body().get("asked")
        if not isinstance(asked, list) or len(asked) > MOST_TURNS:
            raise tornado.web.HTTPError(400)
        words = [str(each) for each in asked]
        await self.finish(self.told(lambda: self.room.turn(name, words)))


class Script(RoomHandler):
    """A script to be played, without its errors."""

    async def post(self) -> None:
        """Send it."""
        name = self.named("script")
        await self.finish(self.told(lambda: self.room.script(name)))


class Marked(RoomHandler):
    """A script as a class stopped it; nothing of it is kept."""

    async def post(self) -> None:
        """Send it marked up."""
        name, stops = self.named("script"), self.body().get("stops")
        if not isinstance(stops, list):
            raise tornado.web.HTTPError(400)
        await self.finish({"html": self.told(lambda: self.room.marked(name, stops))})


class Practice(Page):
    """One interview, or one script, on a page of its own."""

    def get(self, name: str) -> None:
        """Send the page."""
        played = self.site.played(name)
        if played is None:
            raise tornado.web.HTTPError(404)
        self.show("practice.html", **played)

    head = get


class Projector(Page):
    """A script on one screen, to be stopped by a class."""

    def get(self, script_id: str) -> None:
        """Send the page."""
        script = self.site.content.scripts.get(script_id)
        if script is None:
            raise tornado.web.HTTPError(404)
        self.show("stop.html", about=self.site.script(script))

    head = get


ROUTES: list[tuple[str, type[RoomHandler]]] = [
    (r"/record/turn", Turn),
    (r"/record/script", Script),
    (r"/record/marked", Marked),
]
