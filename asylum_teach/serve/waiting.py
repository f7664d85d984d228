"""What a page is told that has to wait for a place."""

from __future__ import annotations

from typing import Any

from asylum_teach.serve.handlers import Page
from asylum_teach.serve.places import Places


class Wait(Page):
    """Where a ticket stands; to ask keeps its place."""

    def get(self, ticket: str) -> None:
        """Answer in JSON."""
        self.set_header("Cache-Control", "no-store")
        left = self.get_query_argument("left", "")
        self.finish(standing(self.settings["places"], ticket, left))


def standing(places: Places, ticket: str, left: str = "") -> dict[str, Any]:
    """A ticket as its page is told: to wait, to come, or that it is not known any more.

    *left* is the page that its browser had open before, if it had one.
    """
    try:
        waiting = places.look(ticket, left)
    except KeyError:
        return {"state": "gone"}
    if waiting is None:
        return {"state": "come"}
    return {
        "state": "wait",
        "place": waiting.before + 1,
        "minutes": waiting.minutes,
        "again": waiting.again,
    }
