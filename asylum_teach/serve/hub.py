"""Behind JupyterHub: the hub is asked who asks, before any route answers.

The hub starts this process, says in its environment where to listen and below which path, and
keeps the passwords.  Its own library does the rest: sign-in by OAuth, scopes, and the token that
keeps other pages of the same host from posting in a user's name.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import tornado.ioloop
import tornado.web
from jupyterhub.services.auth import (
    HubOAuth,
    HubOAuthCallbackHandler,
    HubOAuthenticated,
    UserNotAllowed,
)
from tornado.httpclient import AsyncHTTPClient, HTTPError
from tornado.log import app_log

from asylum_teach.serve.handlers import Asset, Health, Page
from asylum_teach.serve.kernels import log
from asylum_teach.serve.record_handlers import Refusal

# What kernels must not inherit: with it they could ask the hub for what the user may do.
SECRETS = (
    "JUPYTERHUB_API_TOKEN",
    "JPY_API_TOKEN",
    "ASYLUM_TEACH_CLASS_TOKEN",
    "ASYLUM_TEACH_TEACH_TOKEN",
)
_OF_A_SERVER = (
    "JUPYTERHUB_API_URL",
    "JUPYTERHUB_API_TOKEN",
    "JUPYTERHUB_CLIENT_ID",
    "JUPYTERHUB_OAUTH_ACCESS_SCOPES",  # without it the library lets in every user of the hub
)
REMEMBERED = 30  # seconds for which an answer of the hub's holds
REPORT_EVERY = 300  # seconds, unless the hub says otherwise
# The cookie that keeps two users of one browser apart in it; pages say it in a header, prefixed X-.
LEARNER = "asylum-teach-learner"

SIGNED_OUT = (
    "You are signed out, or this page is too old. Open it again in another tab and sign in; what "
    "you answered here is kept in this browser meanwhile."
)
NOT_YOURS = "This belongs to another user of this hub."
# These say nothing of anybody, and a page that asks after its connection must get an answer.
_OPEN = (Asset, Health, tornado.web.RedirectHandler)


class NoHubError(Exception):
    """The environment does not say what a hub says; the message names what is missing."""


@dataclass
class Activity:
    """When a user was here last, told to the hub, which stops servers that nobody uses."""

    last: datetime | None = None

    def note(self) -> None:
        """Somebody is here now."""
        self.last = datetime.now(UTC)

    def report(self, token: str) -> None:
        """Tell the hub from now on, where it has said how; a service has nothing to tell."""
        url = os.environ.get("JUPYTERHUB_ACTIVITY_URL")
        if not url:
            return
        every = int(os.environ.get("JUPYTERHUB_ACTIVITY_INTERVAL") or REPORT_EVERY)
        server = os.environ.get("JUPYTERHUB_SERVER_NAME", "")

        async def tell() -> None:
            if self.last is None:
                return
            seen = {"last_activity": self.last.isoformat()}
            try:
                await AsyncHTTPClient().fetch(
                    url,
                    method="POST",
                    headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
                    body=json.dumps({"servers": {server: seen}, **seen}),
                )
            except (OSError, HTTPError) as error:  # the next time tells it
                log.warning("The hub was not told that this server is in use: %s", error)

        tornado.ioloop.PeriodicCallback(tell, 1000 * every).start()


@dataclass(frozen=True)
class Place:
    """Where the hub wants an application, and how it asks the hub there."""

    ip: str
    port: int
    auth: HubOAuth
    activity: Activity = field(default_factory=Activity)

    @property
    def base(self) -> str:
        """The path below which it stands; begins and ends with a slash."""
        return str(self.auth.base_url)

    def begin(self) -> None:
        """Tell the hub from now on when somebody is here; called once the server runs."""
        self.activity.report(self.auth.api_token)

    def guarded(self, routes: list[Any], *first: type) -> list[Any]:
        """The routes, each of which asks the hub first, and the one to which sign-in comes back.

        What the classes *first* say goes before what a handler says itself.
        """
        return [
            (re.escape(f"{self.base}oauth_callback"), self._asking(SignedIn)),
            *((pattern, self.guard(handler, *first), *rest) for pattern, handler, *rest in routes),
        ]

    def guard(self, handler: type, *first: type) -> type:
        """The handler, asking the hub first unless what it tells is open to anybody."""
        return handler if issubclass(handler, _OPEN) else self._asking(AsksHub, *first, handler)

    def _asking(self, *classes: type) -> type:
        name = classes[-1].__name__  # by which figures know it
        return type(name, classes, {"hub_auth": self.auth, "place": self})


def place(env: MutableMapping[str, str]) -> Place:
    """The place that the hub gives a user's server.

    Raises NoHubError where the hub has not started it.
    """
    _need(env, "JUPYTERHUB_SERVICE_URL", "JUPYTERHUB_SERVICE_PREFIX", *_OF_A_SERVER)
    auth = HubOAuth(base_url=env["JUPYTERHUB_SERVICE_PREFIX"], cache_max_age=REMEMBERED)
    _ = auth.api_token  # read when it is asked for first, and gone from the environment by then
    return _at(env["JUPYTERHUB_SERVICE_URL"], auth)


def service_place(env: MutableMapping[str, str], kind: str) -> Place:
    """The place of a service of the hub's: CLASS is for its learners, TEACH for its instructors.

    ASYLUM_TEACH_CLASS_URL is its address with its path, as in http://127.0.0.1:8004/services/class/,
    and ASYLUM_TEACH_CLASS_TOKEN its token; the last part of the path is its name.

    Raises NoHubError where one of them is not set.
    """
    _need(env, f"ASYLUM_TEACH_{kind}_URL", f"ASYLUM_TEACH_{kind}_TOKEN", "JUPYTERHUB_API_URL")
    url, token = env[f"ASYLUM_TEACH_{kind}_URL"], env[f"ASYLUM_TEACH_{kind}_TOKEN"]
    path = urlsplit(url).path
    name = path.rstrip("/").rpartition("/")[2]
    auth = HubOAuth(
        base_url=path,
        api_token=token,
        oauth_client_id=f"service-{name}",
        oauth_redirect_uri=f"{path.rstrip('/')}/oauth_callback",
        access_scopes={f"access:services!service={name}"},
        cache_max_age=REMEMBERED,
    )
    return _at(url, auth)


def _need(env: MutableMapping[str, str], *names: str) -> None:
    missing = [name for name in names if not env.get(name)]
    if missing:
        raise NoHubError(
            f"JupyterHub has not started this server: {', '.join(missing)} is not set. "
            "Start it from the hub, as docs/hub.md says, or leave --hub out."
        )


def _at(url: str, auth: HubOAuth) -> Place:
    where = urlsplit(url)
    app_log.addFilter(_names_nobody)
    return Place(ip=where.hostname or "127.0.0.1", port=where.port or 80, auth=auth)


def _names_nobody(line: logging.LogRecord) -> bool:
    """Keep the remarks of the hub's library out of the log: they name users."""
    return line.levelno >= logging.ERROR or "jupyterhub" not in line.pathname


def forget_secrets(env: MutableMapping[str, str]) -> None:
    """Take out of the environment what kernels, which inherit it, must not have."""
    for name in SECRETS:
        env.pop(name, None)


class AsksHub(HubOAuthenticated):  # type: ignore[misc]  # jupyterhub ships no types
    """Goes before a handler: it answers nobody whom the hub does not know and let in here."""

    async def prepare(self: Any) -> None:
        """Ask who it is; send a page's reader to sign in, and refuse everything else."""
        user = await self.hub_auth.get_user(self, sync=False)
        try:
            self.current_user = user and self.check_hub_user(user)
        except UserNotAllowed:
            raise Refusal(403, NOT_YOURS, "not-yours") from None
        if user is None:
            self._sign_in()
            return
        if user["kind"] != "user":  # a service is no learner, whatever its name
            raise Refusal(403, NOT_YOURS, "not-yours")
        self.hub_name = user["name"]
        self._check_page()
        self.place.activity.note()
        following = super().prepare()
        if following is not None:
            await following

    def _sign_in(self: Any) -> None:
        if not _opens_page(self.request):
            raise Refusal(403, SIGNED_OUT, "signed-out")
        self.redirect(self.get_login_url())

    def _check_page(self: Any) -> None:
        """Leave a page the token that it posts with, and a mark of whose it is; know it by that."""
        mark = hashlib.sha256(self.hub_name.encode()).hexdigest()[:16]
        if self.request.headers.get(f"X-{LEARNER}", mark) != mark:
            raise Refusal(403, SIGNED_OUT, "signed-out")  # another user of this browser opened it
        if not _opens_page(self.request):
            return
        _ = self.xsrf_token  # the hub's library leaves it in a cookie when it is read
        if self.get_cookie(LEARNER) != mark:
            self.set_cookie(LEARNER, mark, path=self.hub_auth.base_url, samesite="Lax")

    def _key(self) -> str:
        """The record of whoever asks: the hub's user name is its key."""
        return f"hub:{self.hub_name}"


def _opens_page(request: Any) -> bool:
    """Whether a browser asks for something to be shown in a tab."""
    mode = request.headers.get("Sec-Fetch-Mode")
    shown = "text/html" in request.headers.get("Accept", "") if mode is None else mode == "navigate"
    return request.method in ("GET", "HEAD") and shown


class SignedIn(Page, HubOAuthCallbackHandler):  # type: ignore[misc]
    """Where the hub sends a browser back once its user has signed in."""

    def log_exception(self, *_args: Any) -> None:
        """The reader is told; the address in a log would name the user."""
