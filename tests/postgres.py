"""A PostgreSQL server of the tests' own: found on this machine, started on a free port."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

PASSWORD = "known-to-the-tests-alone"
MISSING = (
    "No PostgreSQL server was found: install one (apt-get install postgresql, or "
    "brew install postgresql), or put the folder of its initdb and pg_ctl on the PATH."
)
# Where Debian and Homebrew put what they leave off the PATH.
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)


def find() -> Path | None:
    """The folder of initdb and pg_ctl: on the PATH, or else the newest of the usual ones."""
    named = shutil.which("pg_ctl")
    own = [Path(named).resolve().parent] if named else []
    usual = [found for each in FOLDERS for found in Path("/").glob(each[1:])]
    usual.sort(key=lambda folder: [int(n) for n in folder.parent.name.split(".") if n.isdigit()])
    whole = [folder for folder in [*own, *reversed(usual)] if (folder / "initdb").exists()]
    return whole[0] if whole else None


class Server:
    """A cluster in a folder of its own, which a test may stop and start again."""

    def __init__(self) -> None:
        programs = find()
        if programs is None:
            raise RuntimeError(MISSING)
        self._programs = programs
        self._numbers = count(1)
        self.port = _free_port()
        # pytest's own folders are closed to the user that the server runs as.
        self._scratch = Path(tempfile.mkdtemp(prefix="asylum-teach-pg-"))
        self._data = self._scratch / "data"
        password = self._scratch / "password"
        password.write_text(PASSWORD, "utf-8")
        if self._owner:
            for path in (self._scratch, password):
                os.chown(path, self._owner["user"], self._owner["group"])
        self._run(
            "initdb",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
            "--username=kit",
            "--auth=scram-sha-256",
            f"--pwfile={password}",
        )
        self.start()

    @property
    def _owner(self) -> dict:
        """PostgreSQL refuses to run as root: whose it is then."""
        if os.geteuid() != 0:
            return {}
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = known.get("postgres") or known["nobody"]
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, "--pgdata", self._data, *arguments],
            cwd=self._scratch,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the server would keep a pipe open
            stderr=subprocess.DEVNULL,
            check=False,
            **self._owner,
        )
        if done.returncode:
            log = self._scratch / "log"
            said = log.read_text("utf-8", "replace") if log.exists() else "it said nothing"
            raise RuntimeError(f"{program} {arguments[0]} failed: {said}")

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._scratch}"
        log = str(self._scratch / "log")
        self._run("pg_ctl", "start", "--wait", "--silent", "--log", log, "--options", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; *mode* immediate is as if it had crashed."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", mode)

    def url(self, options: str = "") -> str:
        """The URL of its database, with options for each session."""
        return (
            f"postgresql://kit:{PASSWORD}@127.0.0.1:{self.port}/postgres?options={quote(options)}"
        )

    def new(self) -> str:
        """The URL of a new, empty schema: quicker made than a database, and as separate."""
        name = f"kit_{next(self._numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return self.url(f"-csearch_path={name}")

    def close(self) -> None:
        """Stop it, and leave nothing behind."""
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)


def _free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    found = find()
    print(found or MISSING)
    sys.exit(not found)
