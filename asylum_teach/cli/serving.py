"""The command that serves the lessons, and keeps the learners' records."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from asylum_teach import bundle, check, content, kit
from asylum_teach.models import Content
from asylum_teach.serve import Keeper, KitApp, ServeError, keeper_for, serve
from asylum_teach.store import StoreFault

if TYPE_CHECKING:
    from asylum_teach.serve.hub import Place


def serve_lessons(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; 1 where that cannot begin."""
    notebooks = kit.folder("notebooks")
    taught = content.read(arguments.exercises) if arguments.unchecked else _checked(arguments)
    if taught is None:
        return 1
    try:
        lessons, teaching = _places(arguments)
        with kit.compiled(taught, bundle.save) as compiled:
            keeper = _opened(taught, compiled, arguments)
            return serve(
                taught,
                notebooks=notebooks,
                bundle=compiled,
                keeper=keeper,
                place=lessons,
                base=lessons.base if lessons else arguments.base,
                places=arguments.places,
                json_log=arguments.log == "json",
                port=lessons.port if lessons else arguments.port,
                ip=lessons.ip if lessons else arguments.ip,
                behind_proxy=arguments.behind_proxy,
                open_browser=not (arguments.no_browser or lessons),
                say=_say,
                beside=_instructor(arguments, teaching) if arguments.instructor else _nothing,
            )
    except (ServeError, StoreFault) as error:
        print(error, file=sys.stderr)
        return 1


def _checked(arguments: argparse.Namespace) -> Content | None:
    """The content, if it is sound; else what is wrong with it is told."""
    report = check.check(arguments.exercises, kit.folder("notebooks"))
    if report.content is not None and report.ok:
        return report.content
    for fault in report.faults:
        print(fault, file=sys.stderr)
    print("Nothing is served until these are mended.", file=sys.stderr)
    return None


def _places(arguments: argparse.Namespace) -> tuple[Place | None, Place | None]:
    """Where a hub wants the lessons and the instructor's pages; none where no hub started this."""
    behind = "JUPYTERHUB_SERVICE_URL" in os.environ if arguments.hub is None else arguments.hub
    if not behind:
        return None, None
    try:
        from asylum_teach.serve import hub
    except ModuleNotFoundError as missing:
        raise ServeError(
            f"A server behind JupyterHub needs '{missing.name}', which is not installed. "
            "Run: pip install 'asylum-teach[hub]'"
        ) from None
    try:
        if not arguments.instructor:
            return hub.place(os.environ), None
        return hub.service_place(os.environ, "CLASS"), hub.service_place(os.environ, "TEACH")
    except hub.NoHubError as error:
        raise ServeError(str(error)) from None
    finally:
        hub.forget_secrets(os.environ)


def _instructor(arguments: argparse.Namespace, place: Place | None) -> Callable[[KitApp], None]:
    """Serves the instructor's pages beside the lessons, where a hub says if there is one."""
    try:
        from asylum_teach.instructor import Instructor, new_token, own_address
    except ModuleNotFoundError as missing:
        raise ServeError(
            f"The instructor's pages need '{missing.name}', which is not installed. "
            "Run: pip install 'asylum-teach[instructor]'"
        ) from None

    # Taken out of the environment, which kernels inherit.
    token = os.environ.pop("ASYLUM_TEACH_TOKEN", "") or new_token()
    if not re.fullmatch(r"[\w-]{16,}", token, re.ASCII):
        raise ServeError(
            "ASYLUM_TEACH_TOKEN takes sixteen or more letters, digits, - or _; write another."
        )

    def begin(app: KitApp) -> None:
        def learners() -> str:
            if arguments.address:
                return str(arguments.address).rstrip("/")
            local = arguments.ip in ("127.0.0.1", "localhost", "::1")
            host = "localhost" if local else own_address()
            return f"http://{host}:{app.port}{arguments.base.rstrip('/')}"

        instructor = Instructor(
            site=replace(app.site, base=place.base if place else "/"),
            keeper=app.keeper,
            classes=app.sessions,
            token=token,
            now=lambda: datetime.now(UTC),
            learners=learners,
            figures=app.figures,
            place=place,
        )
        link = instructor.listen(
            place.port if place else arguments.instructor_port,
            place.ip if place else arguments.instructor_ip,
        )
        _say(f"The instructor's pages are at {link}")

    return begin


def _nothing(_app: KitApp) -> None:
    """What is served beside the lessons, where the instructor's pages are not."""


def _say(line: str) -> None:
    print(line, flush=True)


def _opened(taught: Content, compiled: Path, arguments: argparse.Namespace) -> Keeper:
    """The way to the records; a fault that may pass does not keep the lessons from being read."""
    # Taken out of the environment, which kernels inherit: a lesson needs no database.
    named = os.environ.pop("ASYLUM_TEACH_DB", None)
    keeper = keeper_for(taught, compiled, url=arguments.db or named, provider=arguments.provider)
    try:
        keeper.open()
    except StoreFault as fault:
        if fault.kind in ("newer", "failed"):
            raise
        print(f"Answers cannot be kept for now: {fault.detail}", file=sys.stderr)
        print("The lessons can be read meanwhile; it is tried again.", file=sys.stderr)
    return keeper
