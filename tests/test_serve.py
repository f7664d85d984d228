"""The served site, asked over real HTTP from a real server with a small content of its own."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import socket
import subprocess
import sys
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from asylum_teach.models import Authority, Content, Law, LessonPlan, Point
from asylum_teach.serve import Keeper, ServeError, keeper_for, serve
from asylum_teach.serve.handlers import KernelChannels
from asylum_teach.serve.site import title_of

HOSTILE = "<script>alert('x')</script>"
SECRET = "answer-key-of-the-instructor"


def small_content() -> Content:
    """Two lessons, one of them not written; two points, one of them hostile."""
    authority = Authority(
        id="a",
        name="A",
        citation="1 U.S. 1",
        court="scotus",
        holding="h",
        helps="neutral",
        in_force=(),
        checked=date(2026, 11, 24),
        review_by=date(2027, 5, 24),
        confidence="low",
    )
    law = Law(**{part.name: {} for part in fields(Law)} | {"authorities": {"a": authority}})
    plans = (
        LessonPlan(
            id="late",
            number=2,
            title="Later",
            subtitle="s",
            minutes=5,
            points=("1.1",),
            notebook="",
        ),
        LessonPlan(
            id="first",
            number=1,
            title=f"First {HOSTILE}",
            subtitle="s",
            minutes=5,
            points=("1.1", "1.2"),
            notebook="01_first",
        ),
    )
    points = (
        Point(id="1.1", text="Fear alone is not a claim.", outcome="o"),
        Point(id="1.2", text=f"Said {HOSTILE}", outcome="o"),
    )
    return Content(
        law=law,
        points={point.id: point for point in points},
        lessons={plan.id: plan for plan in plans},
        misconceptions={},
        glossary={},
        cases={},
        decisions={},
        practices={},
        interviews={},
        scripts={},
        timeline=(),
        splits={},
    )


def write_notebook(path: Path, *cells: tuple[str, str]) -> None:
    make = {"md": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    path.parent.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[make[k](source) for k, source in cells]), path)


def keeper(folder: Path) -> Keeper:
    """The way to records in *folder*."""
    bundle = folder / "bundle.json"
    bundle.touch()
    return keeper_for(small_content(), bundle, url=f"sqlite:///{folder}/record.sqlite")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The port of a running server; Ctrl+C must end it well, and without a traceback."""
    folder = tmp_path_factory.mktemp("kit")
    notebooks = folder / "notebooks"
    write_notebook(
        notebooks / "01_first.ipynb",
        ("md", "# Why *this* <b>person</b>?\n\n| a | b |\n|---|---|\n| c | d |"),
        (
            "code",
            "secret_source = 1\nimport os; print('bundle', os.environ['ASYLUM_TEACH_BUNDLE'])",
        ),
        ("code", "1/0"),
        ("md", "## Summary\n\nStill here."),
    )
    write_notebook(notebooks / "instructor" / "keys.ipynb", ("md", f"# {SECRET}"))
    (notebooks / "picture.png").write_bytes(SECRET.encode())
    process = subprocess.Popen(
        [sys.executable, __file__, str(notebooks), str(folder / "bundle.json")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    link, stop = process.stdout.readline(), process.stdout.readline()
    assert stop == "Press Ctrl+C to stop.\n", process.communicate()[1]
    yield int(re.search(r":(\d+)/", link)[1])
    process.send_signal(2)
    _, complaints = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Cell 3 failed: ZeroDivisionError: division by zero" in complaints
    assert "Traceback" not in complaints


def ask(port, path, method="GET", **headers):
    """The status, the headers and the decoded body of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return answer.status, answer.headers, body.decode()


def kernel_of(page):
    """The id of the kernel behind a lesson's page."""
    found = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page)
    return json.loads(found[1])["kernelId"]


@pytest.fixture(scope="module")
def lesson(site):
    """The first lesson's page, opened once."""
    return ask(site, "/lesson/01_first")


pytestmark = pytest.mark.server


def test_start_page_has_every_lesson_and_point(site):
    status, _, page = ask(site, "/")

    assert status == 200
    assert "Law as of 24 November 2026. Not yet reviewed by a licensed attorney." in page
    assert page.index("First ") < page.index("Later")
    assert all(f'id="point-{point}"' in page for point in ("1.1", "1.2"))
    assert 'href="/lesson/01_first"' in page


def test_lesson_that_is_not_written_is_said_so_and_not_linked(site):
    page = ask(site, "/")[2]

    assert "Not written yet" in page
    assert "Later</a>" not in page


def test_what_content_says_is_escaped(site, lesson):
    assert HOSTILE not in ask(site, "/")[2]
    assert HOSTILE not in lesson[2]


def test_lesson_shows_its_text_and_not_its_source(lesson):
    status, _, page = lesson

    assert status == 200
    assert "<title>Why this person? · Asylum Teach</title>" in page
    assert "Lesson 1 of 2 · about 5 minutes" in page
    assert "Opening the lesson…" in page
    assert "secret_source" not in page


def test_kernel_knows_where_the_bundle_is(lesson):
    assert re.search(r"bundle \S+bundle\.json", lesson[2])


def test_cell_that_fails_is_told_in_plain_words_and_the_lesson_goes_on(lesson):
    page = lesson[2]

    assert "This part of the lesson could not be shown." in page
    assert "Still here." in page
    assert "ZeroDivisionError" not in page
    assert "Traceback" not in page


def test_wide_table_can_be_scrolled_by_keyboard(lesson):
    assert 'role="region" aria-label="Table" tabindex="0"><table>' in lesson[2]


def test_page_asks_no_other_host(site, lesson):
    for page in (ask(site, "/")[2], lesson[2]):
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


def test_lesson_opens_under_voilas_own_address_too(site):
    assert ask(site, "/voila/render/01_first.ipynb")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/lesson/nope",
        "/lesson/keys",
        "/lesson/instructor/keys",
        "/lesson/..%2finstructor%2fkeys",
        "/lesson/instructor%2Fkeys",
        "/voila/render/instructor/keys.ipynb",
        "/voila/files/01_first.ipynb",
        "/voila/files/picture.png",
        "/files/01_first.ipynb",
        "/picture.png",
        "/voila/tree",
        "/voila/api/contents/",
        "/api/contents/",
        "/api/kernels",
        "/api/kernels/",
        "/api/sessions",
        "/api/kernelspecs",
        "/login",
    ],
)
def test_there_is_nothing_else(site, path):
    status, _, page = ask(site, path)

    assert status == 404
    assert "There is no such page" in page
    assert 'href="/"' in page
    assert SECRET not in page


def test_static_path_does_not_lead_outside(site):
    assets = re.search(r'href="(/static/\w+)/kit.css"', ask(site, "/")[2])[1]

    for path in (
        "voila/../../../../conf.json",
        "extensions/..%2f..%2f..%2fkernels/python3/kernel.json",
    ):
        assert ask(site, f"{assets}/{path}")[0] == 404


def test_error_is_a_plain_page_without_a_traceback(site):
    status, _, page = ask(site, "/", method="POST")

    assert status == 405
    assert "This cannot be shown" in page
    assert "Traceback" not in page


@pytest.mark.parametrize("path", ["/", "/nope", "/healthz", "/lesson/nope"])
def test_every_answer_carries_the_protective_headers(site, path):
    headers = ask(site, path)[1]

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert "Server" not in headers


def test_pages_set_no_cookie(site, lesson):
    assert "Set-Cookie" not in ask(site, "/")[1]
    assert "Set-Cookie" not in lesson[1]


def test_pages_and_scripts_are_compressed_and_scripts_kept(site, lesson):
    page = ask(site, "/", Accept_Encoding="gzip")
    paths = re.findall(r'(?:src|href)="(/static/[^"]+)"', lesson[2])

    assert page[1]["Content-Encoding"] == "gzip"
    assert any(path.endswith("/voila/voila.js") for path in paths)
    for path in paths:
        status, headers, _ = ask(site, path, Accept_Encoding="gzip")
        assert (status, headers["Content-Encoding"]) == (200, "gzip")
        assert "immutable" in headers["Cache-Control"]
        assert ask(site, path, If_None_Match=headers["Etag"])[0] == 304


def test_start_page_is_validated_and_not_sent_twice(site):
    assert ask(site, "/", If_None_Match=ask(site, "/")[1]["Etag"])[0] == 304


def test_health_tells_a_live_kernel_from_one_that_is_gone(site, lesson):
    kernel = kernel_of(lesson[2])

    assert ask(site, "/healthz")[::2] == (200, "ok")
    assert ask(site, f"/healthz/{kernel}")[::2] == (200, "ok")
    assert ask(site, "/healthz/00000000-0000-0000-0000-000000000000")[::2] == (410, "gone")


def test_kernel_can_be_looked_at_but_not_stopped_by_the_api(site, lesson):
    kernel = kernel_of(lesson[2])
    path = f"/api/kernels/{kernel}"

    assert ask(site, path)[0] == 200
    assert ask(site, path, method="DELETE")[0] == 405
    assert ask(site, path)[0] == 200


def test_leaving_a_lesson_ends_its_kernel(site):
    kernel = kernel_of(ask(site, "/lesson/01_first")[2])

    assert ask(site, f"/voila/api/shutdown/{kernel}", method="POST")[0] == 204
    assert ask(site, f"/healthz/{kernel}")[0] == 410


def test_kernels_line_is_compressed(site, lesson):
    kernel = kernel_of(lesson[2])
    with socket.create_connection(("127.0.0.1", site), timeout=20) as line:
        line.sendall(
            f"GET /api/kernels/{kernel}/channels HTTP/1.1\r\nHost: 127.0.0.1:{site}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n".encode()
        )
        answer = line.recv(4096).decode()

    assert " 101 " in answer
    assert "Sec-Websocket-Extensions: permessage-deflate" in answer


@pytest.mark.parametrize(("line", "intervals"), [(None, 1), ("stands", 3)])
def test_kernels_line_outlives_its_first_ping(line, intervals):
    """Jupyter closes it at the first ping where the wait for an answer is no longer than that."""
    handler = SimpleNamespace(ping_interval=30_000, ws_connection=line)

    assert KernelChannels.ping_timeout.fget(handler) == intervals * 30_000


def test_port_in_use_is_one_clear_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServeError) as error:
            serve(
                small_content(),
                notebooks=tmp_path,
                bundle=tmp_path / "b",
                keeper=keeper(tmp_path),
                port=port,
            )

    assert str(error.value) == (
        f"Port {port} is already in use. Stop the other program, or choose another port: "
        f"asylum-teach serve --port {port + 1}"
    )


def test_title_is_the_metadatas_before_the_first_headings():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# *Heading*")])
    heading = title_of(notebook)
    notebook.metadata["title"] = "Given"

    assert (heading, title_of(notebook)) == ("Heading", "Given")


if __name__ == "__main__":  # the server of the fixture
    sys.exit(
        serve(
            small_content(),
            notebooks=Path(sys.argv[1]),
            bundle=Path(sys.argv[2]),
            keeper=keeper(Path(sys.argv[2]).parent),
            port=0,
            open_browser=False,
            say=lambda line: print(line, flush=True),
        )
    )
