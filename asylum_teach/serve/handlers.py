"""The answers to each route, and the headers on all of them."""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import tornado.httputil
import tornado.web
from jinja2 import Environment
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.iostream import StreamClosedError
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from asylum_teach.serve.kernels import log
from asylum_teach.serve.places import Places
from asylum_teach.serve.site import Site, read_asset

FOREVER = "public, max-age=31536000, immutable"
FRESH = "no-cache"  # kept, but asked for again each time

# Nothing may come from, or go to, another host.  Widgets arrive as modules from blob: addresses;
# Voilà's page has inline scripts, ipywidgets inline styles.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' blob:",
        "style-src 'self' 'unsafe-inline' blob:",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)


class SecurityHeaders(tornado.web.OutputTransform):
    """Puts the same protective headers on every answer, errors included."""

    def transform_first_chunk(
        self, status_code: int, headers: tornado.httputil.HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, tornado.httputil.HTTPHeaders, bytes]:
        """Set the headers, and say nothing of the software."""
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Content-Security-Policy"] = _POLICY
        if "Server" in headers:
            del headers["Server"]
        return status_code, headers, chunk


class Page(tornado.web.RequestHandler):
    """A page of our own, rendered without a kernel; errors are plain pages too."""

    kept = FRESH  # by a browser

    @property
    def site(self) -> Site:
        """What there is to say."""
        return self.settings["site"]  # type: ignore[no-any-return]

    def body(self) -> dict[str, Any]:
        """What the page sent."""
        try:
            sent = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise tornado.web.HTTPError(400) from None
        if not isinstance(sent, dict):
            raise tornado.web.HTTPError(400)
        return sent

    def show(self, template: str, **values: Any) -> None:
        """Send the page made from *template*."""
        pages: Environment = self.settings["jinja2_env"]
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", self.kept)
        self.finish(pages.get_template(template).render(kit=self.site.frame(), **values))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Tell the terminal of a fault; a browser that left before its answer is none."""
        if not isinstance(value, StreamClosedError):
            super().log_exception(typ, value, tb)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what happened in plain words."""
        self.show("404.html" if status_code == 404 else "error.html", status_code=status_code)


class StartPage(Page):
    """The lessons, and the source document point by point."""

    def get(self) -> None:
        """Send it."""
        self.show("start.html", **self.site.start())

    head = get


class Words(Page):
    """The legal terms, each explained once."""

    def get(self) -> None:
        """Send it."""
        self.show("words.html", **self.site.words())

    head = get


class Review(Page):
    """The page on which questions that are due come back; its cards are asked for by the page."""

    def get(self) -> None:
        """Send it."""
        self.show("review.html")

    head = get


class Record(Page):
    """The page on which learners see, carry and erase what is kept about them."""

    def get(self) -> None:
        """Send it."""
        self.show("record.html")

    head = get


class NotFound(Page):
    """Any address that is not ours."""

    def prepare(self) -> None:
        """Whatever the method: there is nothing here."""
        raise tornado.web.HTTPError(404)


class Lesson(TornadoVoilaHandler):  # type: ignore[misc]  # Voilà ships no types
    """A lesson, under its short address and under Voilà's."""

    async def get(self, stem: str) -> None:
        """Send the lesson piece by piece, as its cells finish; or a page that waits for a place."""
        if self.settings["site"].path_of(stem) is None:
            raise tornado.web.HTTPError(404)
        places: Places = self.settings["places"]
        if places.enter(self.get_query_argument(TICKET, "")):
            async with places.opening():
                await self._open(stem)
        else:
            await self._wait(stem, places)

    async def _wait(self, stem: str, places: Places) -> None:
        ticket = self.get_query_argument(TICKET, "")
        if not places.knows(ticket):
            ticket = places.take_ticket()
        waiting = places.look(ticket)
        page = self.settings["jinja2_env"].get_template("waiting.html")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Asylum-Teach", "wait")  # tells a program what a person reads
        self.finish(
            page.render(
                ticket=ticket,
                address=f"{self.settings['site'].base}lesson/{stem}?{TICKET}={ticket}",
                place=waiting.before + 1 if waiting else 1,
                minutes=waiting.minutes if waiting else None,
            )
        )

    async def _open(self, stem: str) -> None:
        try:
            await self._send(f"{stem}.ipynb")
        except Exception:
            if not self._headers_written:
                raise
            log.exception("The lesson %s broke off.", stem)
            self.finish(_BROKEN)

    async def _send(self, path: str) -> None:
        """Send the pieces; give up on a page that has only shown signs of life for a minute.

        When a template or a kernel fails, Voilà would send these for ever.
        """
        silent = 0
        async for piece in self.get_generator(path=path):
            silent = silent + 1 if "voila_heartbeat" in piece else 0
            if silent > _SIGNS_OF_LIFE:
                raise TimeoutError(path)
            self.write(piece)
            self.flush()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send our own page, without Jupyter's reason or message in it."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        name = "404.html" if status_code == 404 else "error.html"
        page = self.settings["jinja2_env"].get_template(name)
        self.finish(page.render(status_code=status_code))


TICKET = "ticket"
_SIGNS_OF_LIFE = 6  # of ten seconds each
_BROKEN = (
    '<p class="broken" role="alert">The rest of this lesson could not be opened. '
    "Reload the page to try again.</p>"
)


class Health(tornado.web.RequestHandler):
    """Whether the server is there; with a kernel's id, whether that lesson is."""

    async def get(self, kernel_id: str | None = None) -> None:
        """Answer ok, or 410 gone.  Asking does not count as activity."""
        # What is sent is not awaited: a page that left meanwhile is no fault.
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/plain")
        if kernel_id is None or await self.settings["kernel_manager"].alive(kernel_id):
            self.finish("ok")
        else:
            self.set_status(410)
            self.finish("gone")


class KernelModel(KernelHandler):
    """Tells the page that its kernel is there; a page cannot stop or change one this way."""

    SUPPORTED_METHODS = ("GET",)


class KernelChannels(VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """The page's line to its kernel.  Voilà lets only widget messages through."""

    @property
    def ping_timeout(self) -> int:
        """Milliseconds without an answer to a ping until the line is closed.

        Jupyter needs more than the interval, or its first ping ends every line; tornado, which
        reads this before the line stands, warns of more than the interval.
        """
        interval = int(self.ping_interval)
        return interval if self.ws_connection is None else 3 * interval

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say no more than the status: Jupyter's page of an error would set a cookie."""
        self.finish()


class Shutdown(VoilaShutdownKernelHandler):  # type: ignore[misc]
    """Ends a lesson's kernel when its page is left."""

    def check_xsrf_cookie(self) -> None:
        """Ask for no cookie: who knows the kernel's random id may end it, and nobody else can."""

    async def post(self, kernel_id: str) -> None:
        """End it; to end it twice is no fault."""
        if kernel_id in self.kernel_manager:
            await super().post(kernel_id)
        else:
            self.set_status(204)


def below(base: str, *routes: Any) -> list[Any]:
    """Put *routes* under the path *base*, which begins and ends with a slash."""
    return [(re.escape(base.rstrip("/")) + pattern, *rest) for pattern, *rest in routes]


@dataclass(frozen=True)
class Packed:
    """A static file, compressed once."""

    kind: str
    gzipped: bytes
    etag: str


class Asset(Page):
    """A static file of our own, kept in memory."""

    def get(self, name: str) -> None:
        """Send it."""
        self.send(_pack_asset(name))

    head = get

    def send(self, packed: Packed | None) -> None:
        """Send it compressed where the browser takes that, to be kept for ever."""
        if packed is None:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", packed.kind)
        self.set_header("Cache-Control", FOREVER)
        self.set_header("Etag", packed.etag)
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
        elif "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(packed.gzipped)
        else:
            self.finish(gzip.decompress(packed.gzipped))


class StaticFiles(Asset):
    """Voilà's and the widgets' own scripts: the first folder that has the file gives it."""

    def initialize(self, folders: tuple[Path, ...]) -> None:
        """Remember where to look: resolved folders, or each of a page's files would pay for it."""
        self.folders = folders

    def get(self, name: str) -> None:
        """Send it."""
        self.send(_pack_found(self.folders, name))

    head = get


@lru_cache
def _pack_asset(name: str) -> Packed | None:
    content = read_asset(name)
    return None if content is None else _pack(name, content)


@lru_cache(maxsize=1024)
def _pack_found(folders: tuple[Path, ...], name: str) -> Packed | None:
    for folder in folders:
        path = (folder / name).resolve()
        if path.is_relative_to(folder) and path.is_file():
            return _pack(name, path.read_bytes())
    return None


def _pack(name: str, content: bytes) -> Packed:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith(("javascript", "json", "xml")):
        kind += "; charset=utf-8"
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Packed(kind=kind, gzipped=gzip.compress(content, 9, mtime=0), etag=f'"{digest}"')
