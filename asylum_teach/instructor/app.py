"""The instructor's application: its routes, its token, its pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import jinja2
import tornado.httpserver
import tornado.web

from asylum_teach.instructor import class_pages, handout_pages, result_pages
from asylum_teach.instructor.guard import LetInByHub, Metrics, Missing, Opening
from asylum_teach.serve.app import bind
from asylum_teach.serve.classes import Classes
from asylum_teach.serve.figures import Figures
from asylum_teach.serve.handlers import Asset, SecurityHeaders, below
from asylum_teach.serve.keeper import Keeper
from asylum_teach.serve.site import TEMPLATE, Site

if TYPE_CHECKING:
    from asylum_teach.serve.hub import Place

TOKEN_BYTES = 24


@dataclass(frozen=True, kw_only=True)
class Instructor:
    """The instructor's pages of one server."""

    site: Site
    keeper: Keeper
    classes: Classes
    token: str
    now: Callable[[], datetime]
    figures: Figures
    learners: Callable[[], str]  # the address of the learners' pages, as phones reach them
    place: Place | None = None  # that a hub gives these pages: it lets people in, and no token

    def listen(self, port: int, ip: str = "127.0.0.1") -> str:
        """Serve on that port; returns the link that opens the pages.

        Raises ServeError when the port cannot be had.
        """
        sockets = bind(port, ip)
        bound = sockets[0].getsockname()[1]
        tornado.httpserver.HTTPServer(self._application()).add_sockets(sockets)
        opening = "" if self.place else f"open?token={self.token}"
        return f"http://localhost:{bound}{self.site.base}{opening}"

    def _application(self) -> tornado.web.Application:
        pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATE),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        static = "/" + self.site.assets.removeprefix(self.site.base)
        routes = below(
            self.site.base,
            (r"/open", Opening),
            (r"/metrics", Metrics),
            *class_pages.ROUTES,
            *result_pages.ROUTES,
            *handout_pages.ROUTES,
            (rf"{static}/([\w.-]+)", Asset),
            (
                r"/favicon\.ico",
                tornado.web.RedirectHandler,
                {"url": f"{self.site.assets}/icon.svg"},
            ),
        )
        return tornado.web.Application(
            self.place.guarded(routes, LetInByHub) if self.place else routes,
            default_handler_class=self.place.guard(Missing, LetInByHub) if self.place else Missing,
            cookie_secret=secrets.token_hex(32),
            transforms=[SecurityHeaders, tornado.web.GZipContentEncoding],
            log_function=lambda _handler: None,
            jinja2_env=pages,
            site=self.site,
            keeper=self.keeper,
            classes=self.classes,
            token=self.token,
            learners=self.learners,
            figures=self.figures,
            now=self.now,
        )


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)
