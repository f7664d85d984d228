"""Who may see the instructor's pages: whoever opened them by the link that the terminal shows."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from typing import Any, TypeVar

import tornado.web
from prometheus_client import CONTENT_TYPE_LATEST
from tornado.escape import to_unicode

from asylum_teach.instructor.files import File
from asylum_teach.serve.handlers import Page
from asylum_teach.serve.record_handlers import Refusal, refused

T = TypeVar("T")

COOKIE = "asylum-teach-instructor"
CLOSED = (
    "These pages are the instructor's. Open them by the link that the terminal showed when "
    "asylum-teach serve --instructor was started."
)


class Opening(Page):
    """The link from the terminal: it leaves the token in a cookie, and out of the address."""

    def get(self) -> None:
        """Let the instructor in."""
        if not _same(self.get_query_argument("token", ""), self.settings["token"]):
            raise tornado.web.HTTPError(403)
        base = self.site.base
        self.set_cookie(COOKIE, self.settings["token"], httponly=True, samesite="Strict", path=base)
        self.redirect(base)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say how to come in."""
        _closed(self, status_code)


class Guarded(Page):
    """A page or a route of the instructor's; nothing answers without the token."""

    kept = "no-store"

    def prepare(self) -> None:
        """Ask for the token, and let no other site's page through."""
        self.set_header("Cache-Control", "no-store")
        if not self.let_in():
            raise tornado.web.HTTPError(403)
        if self.request.method == "POST" and not self._from_here():
            raise tornado.web.HTTPError(403)

    def let_in(self) -> bool:
        """Whether whoever asks has opened these pages by the link."""
        return _same(self.shown(), self.settings["token"])

    def shown(self) -> str | None:
        """The token that whoever asks has shown."""
        return self.get_cookie(COOKIE, "")

    def _from_here(self) -> bool:
        """Whether one of our own pages sent it."""
        # The learners' pages are another origin on the same host, so the cookie's SameSite does
        # not keep them out.  Browsers that do not send this header send Origin.
        site = self.request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site == "same-origin"
        origin = self.request.headers.get("Origin")
        return origin is None or origin.partition("://")[2] == self.request.host

    def check_xsrf_cookie(self) -> None:
        """The cookie is sent by our own pages alone, and Origin is asked as well."""

    def proof(self) -> str:
        """What a form has to send so that it is known to be from here; the cookie is enough."""
        return ""

    def show(self, template: str, **values: Any) -> None:
        """Send one of the instructor's pages."""
        super().show(f"instructor/{template}", proof=self.proof(), **values)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what is wrong, as a page or as JSON."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        told = refused(error, "change") if isinstance(error, Exception) else None
        if told:
            self.set_status(told.status_code)
        if isinstance(error, Refusal):
            told = error
        problem = told.problem if told else _SENTENCES.get(status_code, _FAILED)
        self.set_header("Cache-Control", "no-store")
        if self.request.headers.get("Content-Type", "").startswith("application/json"):
            self.finish({"problem": problem})
        elif status_code == 403:
            _closed(self, status_code, problem)
        else:
            pages = self.settings["jinja2_env"]
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.finish(
                pages.get_template("instructor/error.html").render(
                    kit=self.site.frame(), problem=problem
                )
            )

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """What the teacher is told in a sentence needs no trace at the terminal."""
        if not isinstance(value, Exception) or refused(value, "change") is None:
            super().log_exception(typ, value, tb)

    async def made(self, work: Callable[[], T]) -> T:
        """What *work* makes, off the server's own thread."""
        return await asyncio.get_running_loop().run_in_executor(None, work)

    def send(self, file: File) -> None:
        """Send a file to be saved."""
        self.set_header("Content-Type", file.kind)
        self.set_header("Content-Disposition", f'attachment; filename="{file.name}"')
        self.finish(file.body)


class Metrics(Guarded):
    """The figures of this server, for Prometheus: it shows the token as a bearer's."""

    def shown(self) -> str | None:
        """The token, from a program as well as from a browser."""
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        return token if scheme == "Bearer" else super().shown()

    def get(self) -> None:
        """Send them."""
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(self.settings["figures"].text())


class LetInByHub:
    """Goes before a page where a hub has asked already: its member needs no link."""

    def let_in(self) -> bool:
        """Whom the hub refuses has not come so far."""
        return True

    def proof(self: Any) -> str:
        """The hub's token, which no page of another user has."""
        return str(to_unicode(self.xsrf_token))


class Missing(Guarded):
    """Any address that is not ours."""

    def prepare(self) -> None:
        """Whoever asks: there is nothing here; without the token not even that is said."""
        super().prepare()
        raise tornado.web.HTTPError(404)


_FAILED = "Something went wrong on this site. Nothing that was saved is lost; try again."
_SENTENCES = {
    400: "This page is of another version of the kit; reload it.",
    403: CLOSED,
    404: "There is nothing at this address.",
}


def _same(one: str | None, other: str) -> bool:
    return hmac.compare_digest((one or "").encode(), other.encode())


def _closed(page: tornado.web.RequestHandler, status: int, problem: str = CLOSED) -> None:
    page.set_status(status)
    page.set_header("Content-Type", "text/plain; charset=utf-8")
    page.set_header("Cache-Control", "no-store")
    page.finish(problem + "\n")
