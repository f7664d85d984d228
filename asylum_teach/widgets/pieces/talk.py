"""A practice interview and a script, played turn by turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from asylum_teach.widgets.base import front_end
from asylum_teach.widgets.pieces.piece import Piece
from asylum_teach.widgets.talk import View

Request = dict[str, Any]  # n, and: {turn: asked}, {script: id} or an answer {item, response}
Reply = Callable[[Request], View]


class _Played(Piece):
    """A piece that is played turn by turn, and asks for what comes next.

    On a page that keeps a record its server replies.  Elsewhere *reply* does: a request is
    {n, …}, and what is told is {n, problem, …}.
    """

    about = traitlets.Dict().tag(sync=True)  # what stands there before it begins
    request = traitlets.Dict().tag(sync=True)
    told = traitlets.Dict().tag(sync=True)

    def __init__(self, about: View, reply: Reply) -> None:
        self._reply = reply
        super().__init__(about=about, request={}, told={})

    @traitlets.observe("request")
    def _requested(self, change: Any) -> None:
        request = change["new"]
        if request.get("n"):
            self.told = {"n": request["n"], "problem": "", **self._reply(request)}


class Interviewed(_Played):
    """A practice interview."""

    _esm, _css = front_end("interview")

    def lines(self) -> list[str]:
        """Return what stands there before the interview begins."""
        about = self.about
        return [
            f"Practice interview: {about['title']} ({about['content_note']})",
            about["slip"],
            f"{about['turns']} turns. {about['setting']}",
        ]


class Stopped(_Played):
    """A script that plays until the learner says stop."""

    _esm, _css = front_end("stop")

    def lines(self) -> list[str]:
        """Return what stands there before the script begins."""
        about = self.about
        return [
            f"Stop! {about['title']} ({about['content_note']})",
            about["setting"],
            f"{about['lines']} lines.",
        ]
