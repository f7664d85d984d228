"""The site without a server, made once, and given out by the plainest web server there is."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from asylum_teach import kit, site

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
def still(tmp_path_factory, kit_content):
    """The folder of the kit's own site, below the folder that a host gives out."""
    out = tmp_path_factory.mktemp("host") / BELOW
    site.build(
        kit_content,
        out,
        notebooks=kit.folder("notebooks"),
        pyodide=site.fetched(),
        today=date.today(),
    )
    return out


@pytest.fixture(scope="module")
def still_address(still):
    """Where the site is given out, without the last slash."""
    with given_out(still.parent) as address:
        yield f"{address}/{BELOW}"
