"""The site without a server, made once, and given out by the plainest web server there is."""

from __future__ import annotations

import io
import threading
from contextlib import contextmanager, redirect_stdout
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from asylum_teach import cli

BELOW = "learn"  # the folder on the host: most free hosts put a site below one


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        """Say nothing."""


@contextmanager
def given_out(folder):
    """The address at which the files of *folder* can be had."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The kit's own site, made by the command; below the folder that a host gives out."""
    out, said = tmp_path_factory.mktemp("host") / BELOW, io.StringIO()
    with redirect_stdout(said):
        assert cli.main(["site", str(out)]) == 0
    return out, said.getvalue()


@pytest.fixture(scope="session")
def still(made):
    """The folder of the site."""
    return made[0]


@pytest.fixture(scope="module")
def still_address(still):
    """Where the site is given out, without the last slash."""
    with given_out(still.parent) as address:
        yield f"{address}/{BELOW}"
