"""The command that serves the lessons, and keeps the learners' records."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from asylum_teach import bundle, check, kit
from asylum_teach.models import Content
from asylum_teach.serve import Keeper, KitApp, ServeError, keeper_for, serve
from asylum_teach.store import StoreFault


def serve_lessons(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; 1 where that cannot begin."""
    notebooks = kit.folder("notebooks")
    report = check.check(arguments.exercises, notebooks)
    if report.content is None or not report.ok:
        for fault in report.faults:
            print(fault, file=sys.stderr)
        print("Nothing is served until these are mended.", file=sys.stderr)
        return 1
    try:
        with kit.compiled(report.content, bundle.save) as compiled:
            keeper = _opened(report.content, compiled, arguments)
            return serve(
                report.content,
                notebooks=notebooks,
                bundle=compiled,
                keeper=keeper,
                hub_user=os.environ.get("JUPYTERHUB_USER", ""),
                base=arguments.base,
                places=arguments.places,
                json_log=arguments.log == "json",
                port=arguments.port,
                ip=arguments.ip,
                open_browser=not arguments.no_browser,
                behind_proxy=arguments.behind_proxy,
                say=_say,
                beside=_instructor(arguments) if arguments.instructor else lambda app: None,
            )
    except (ServeError, StoreFault) as error:
        print(error, file=sys.stderr)
        return 1


def _instructor(arguments: argparse.Namespace) -> Callable[[KitApp], None]:
    """Serves the instructor's pages beside the lessons."""
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
            site=app.site,
            keeper=app.keeper,
            classes=app.sessions,
            token=token,
            now=lambda: datetime.now(UTC),
            learners=learners,
            figures=app.figures,
        )
        link = instructor.listen(arguments.instructor_port, arguments.instructor_ip)
        _say(f"The instructor's pages are at {link}")

    return begin


def _say(line: str) -> None:
    print(line, flush=True)


def _opened(content: Content, compiled: Path, arguments: argparse.Namespace) -> Keeper:
    """The way to the records; a fault that may pass does not keep the lessons from being read."""
    # Taken out of the environment, which kernels inherit: a lesson needs no database.
    named = os.environ.pop("ASYLUM_TEACH_DB", None)
    keeper = keeper_for(content, compiled, url=arguments.db or named, provider=arguments.provider)
    try:
        keeper.open()
    except StoreFault as fault:
        if fault.kind in ("newer", "failed"):
            raise
        print(f"Answers cannot be kept for now: {fault.detail}", file=sys.stderr)
        print("The lessons can be read meanwhile; it is tried again.", file=sys.stderr)
    return keeper
