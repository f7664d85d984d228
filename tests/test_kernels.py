"""Kernels: forked and yet apart, ended with their page, and none left behind."""

import asyncio
import contextlib
import http.client
import json
import logging
import re
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest

from asylum_teach import bundle
from asylum_teach.serve import forking, sockets
from asylum_teach.serve.kernels import SpareKernelManager
from asylum_teach.serve.visits import Visits
from tests.hasty_serve import LEFT, UNOPENED
from tests.served import Server

pytestmark = pytest.mark.server
LESSON = "/lesson/00_start_here"
SOON = 30  # seconds: how long is waited for what has to come
linux = pytest.mark.skipif(sys.platform != "linux", reason="Kernels are forked on Linux alone.")


def short():
    """A folder whose name is short enough for sockets, which pytest's own are not."""
    return tempfile.TemporaryDirectory(prefix="k", dir="/tmp")


@pytest.fixture
def short_folder():
    """One for a test of its own."""
    with short() as folder:
        yield Path(folder)


def hasty_server(scratch, folder):
    """A server that soon misses a page, with its sockets in *folder*."""
    url = f"sqlite:///{scratch}/record.sqlite"
    return Server(url, scratch, module="tests.hasty_serve", TMPDIR=str(folder))


@pytest.fixture
def own(tmp_path, short_folder):
    """A server for one test, which may stop and kill it."""
    with hasty_server(tmp_path, short_folder) as server:
        yield server


@pytest.fixture(scope="module")
def room():
    """Where the kernels of the server that tests share have their sockets."""
    with short() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def hasty(tmp_path_factory, room):
    """A server that tests share."""
    with hasty_server(tmp_path_factory.mktemp("hasty"), room) as server:
        yield server


@pytest.fixture
def manager(kit_content, short_folder, monkeypatch):
    """A manager of kernels without a server, and the loop that it runs in."""
    bundle.save(kit_content, short_folder / "bundle.json")
    monkeypatch.setenv("ASYLUM_TEACH_BUNDLE", str(short_folder / "bundle.json"))
    runner = asyncio.Runner()
    with ThreadPoolExecutor(1) as thread:  # a browser's fixture holds a loop in ours

        def run(work):
            return thread.submit(runner.run, work).result()

        async def begin():
            return SpareKernelManager(spares=0, connection_dir=str(short_folder))

        kernels = run(begin())
        kernels.run = run
        yield kernels
        run(kernels.shutdown_all(now=True))
        kernels.nursery.close()
        thread.submit(runner.close).result()


def ask(server, path, method="GET"):
    """The status and the body of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with contextlib.closing(connection):
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def opened(server):
    """The kernel of a lesson that was opened just now."""
    status, page = ask(server, LESSON)
    assert status == 200
    assert "could not be" not in page
    return json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page)[1])[
        "kernelId"
    ]


@contextlib.contextmanager
def line(server, kernel):
    """A page's line to its kernel, open for as long as the context lasts."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as held:
        held.sendall(
            f"GET /api/kernels/{kernel}/channels HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        assert b" 101 " in held.recv(4096)
        yield


def health(server, kernel):
    """What the page is told of its kernel."""
    return ask(server, f"/healthz/{kernel}")[0]


def eventually(holds):
    """Wait until something holds."""
    until = monotonic() + SOON
    while not holds():
        assert monotonic() < until, "It never came."
        sleep(0.2)


def said(kernels, kernel_id, code):
    """What a kernel prints when it runs *code*."""

    async def execute():
        client = kernels.get_kernel(kernel_id).client()
        client.start_channels()
        printed = []
        await client.wait_for_ready(timeout=60)
        await client.execute_interactive(
            code,
            timeout=60,
            output_hook=lambda message: printed.append(message["content"].get("text", "")),
        )
        client.stop_channels()
        return "".join(printed)

    return kernels.run(execute())


# --- Which pages still need theirs ---


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def visits(clock):
    begun = Visits(now=lambda: clock[0])
    begun.begin("k")
    return begun


def over(visits, quiet=1000.0):
    return visits.over("k", quiet=quiet, after=50, unopened=110)


def test_page_with_a_line_is_kept_however_long(visits, clock):
    visits.opened("k")
    clock[0] = 1e6

    assert not over(visits)


def test_page_is_gone_some_time_after_its_last_line_closed(visits, clock):
    visits.opened("k")
    visits.opened("k")  # a reload opens the new one first
    visits.closed("k")
    clock[0] = 1000
    assert not over(visits)
    visits.closed("k")
    clock[0] = 1049
    assert not over(visits)
    clock[0] = 1050

    assert over(visits)


def test_line_that_opens_again_keeps_the_kernel(visits, clock):
    visits.opened("k")
    visits.closed("k")
    clock[0] = 40
    visits.opened("k")
    clock[0] = 100

    assert not over(visits)


def test_page_that_never_opens_a_line_is_gone(visits, clock):
    clock[0] = 109
    assert not over(visits)
    clock[0] = 110

    assert over(visits)


def test_page_whose_cells_still_run_is_waited_for(visits, clock):
    clock[0] = 500

    assert not over(visits, quiet=20)
    assert over(visits, quiet=110)


# --- Where they listen ---


def test_abandoned_folder_is_removed_and_one_in_use_is_not(short_folder):
    with sockets.private_folder(str(short_folder)) as used:
        abandoned = short_folder / "at-kernels-abandoned"
        abandoned.mkdir()
        (abandoned / "lock").touch()
        (abandoned / "kernel-ipc-1").touch()
        with sockets.private_folder(str(short_folder)) as other:
            assert sorted(short_folder.iterdir()) == sorted([used, other])
            assert used.stat().st_mode & 0o077 == 0

    assert list(short_folder.iterdir()) == []


def test_path_too_long_for_a_socket_is_known_and_the_folder_is_elsewhere(tmp_path, monkeypatch):
    assert not sockets.fits("/" + "x" * 103)
    long = tmp_path / ("x" * 60)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))

    with sockets.private_folder() as folder:
        kernel = "kernel-00000000-0000-0000-0000-000000000000-ipc-5"
        assert sockets.fits(str(folder / "voila_abcdefgh" / kernel))


def test_nothing_is_left_when_the_server_is_stopped(own, short_folder):
    opened(own)
    assert list(short_folder.rglob("kernel-*-ipc-*"))
    left = own.descendants()

    own.stop()

    assert psutil.wait_procs(left, timeout=SOON)[1] == []
    assert list(short_folder.glob("at-kernels-*")) == []


def test_killed_server_leaves_no_process_and_the_next_one_removes_its_folder(own, short_folder):
    opened(own)
    left = own.descendants()
    assert len(left) > 1
    [folder] = short_folder.glob("at-kernels-*")

    own.kill_alone()

    assert psutil.wait_procs(left, timeout=SOON)[1] == []
    own.start()
    opened(own)
    [own] = short_folder.glob("at-kernels-*")
    assert own != folder


# --- Ended with their page ---


def test_kernel_goes_when_its_page_vanishes_and_its_socket_files_with_it(hasty, room):
    kernel = opened(hasty)
    with line(hasty, kernel):
        sleep(LEFT + UNOPENED + 2)
        assert health(hasty, kernel) == 200, "Its line is open."

    eventually(lambda: health(hasty, kernel) == 410)
    eventually(lambda: not list(room.rglob(f"kernel-{kernel}*")))


def test_kernel_whose_page_never_comes_back_for_it_goes(hasty):
    kernel = opened(hasty)
    assert health(hasty, kernel) == 200

    eventually(lambda: health(hasty, kernel) == 410)


def test_spares_stay(hasty):
    eventually(hasty.kernels)
    before = {each.pid for each in hasty.kernels()}

    sleep(UNOPENED + 3)

    assert before <= {each.pid for each in hasty.kernels()}


def test_killed_kernel_is_noticed_and_forgotten(hasty, room):
    kernel = opened(hasty)
    with line(hasty, kernel):
        hasty.kill_kernel(kernel)

        eventually(lambda: health(hasty, kernel) == 410)
        eventually(lambda: not list(room.rglob(f"kernel-{kernel}*")))
    assert "Traceback" not in hasty.complaints()


def test_page_may_say_twice_that_it_is_left(hasty):
    kernel = opened(hasty)

    for _ in range(2):
        assert ask(hasty, f"/voila/api/shutdown/{kernel}", "POST")[0] == 204

    assert health(hasty, kernel) == 410
    assert "Traceback" not in hasty.complaints()


def test_kernels_that_pages_have_are_counted_and_spares_are_not(manager):
    manager.spares = 1
    manager.run(manager.keep_spares())
    assert (manager.live, len(manager)) == (0, 1)

    page = manager.run(manager.start_kernel())
    assert manager.live == 1
    manager.run(manager.shutdown_kernel(page))

    assert manager.live == 0


# --- Forked ---


@linux
def test_forked_kernels_share_no_variable_and_no_chance(manager):
    code = (
        "import os, random, secrets, tempfile, uuid\n"
        "print(random.random(), uuid.uuid4(), secrets.token_hex(), tempfile.mktemp())\n"
    )
    one, other = (manager.run(manager.start_kernel()) for _ in range(2))

    drawn = [said(manager, kernel, code).split() for kernel in (one, other)]
    said(manager, one, "import asylum_teach.lesson; mine = asylum_teach.lesson.mine = 1")

    assert len(drawn[0]) == 4
    assert not set(drawn[0]) & set(drawn[1])
    asked = "print('mine' in globals(), hasattr(__import__('asylum_teach.lesson').lesson, 'mine'))"
    assert said(manager, other, asked) == "False False\n"
    assert said(manager, one, asked) == "True True\n"


@linux
def test_forked_kernel_has_what_it_needs_loaded_and_nothing_of_the_servers(manager):
    kernel = manager.run(manager.start_kernel())

    loaded = said(manager, kernel, "import sys; print(*sys.modules)").split()

    assert {"asylum_teach.lesson", "ipywidgets", "anywidget"} <= set(loaded)
    assert not {"voila", "jupyter_server", "sqlalchemy", "pydantic", "pandas"} & set(loaded)


@linux
def test_lessons_open_when_the_nursery_is_killed_and_open_ones_go_on(hasty):
    kernel = opened(hasty)
    with line(hasty, kernel):
        killed = hasty.nursery()
        killed.kill()

        other = opened(hasty)

        assert health(hasty, kernel) == health(hasty, other) == 200
    eventually(lambda: hasty.nursery() not in (None, killed))


@linux
def test_lessons_open_where_there_is_no_nursery_and_one_sentence_says_so(
    manager, monkeypatch, caplog
):
    ordinary = subprocess.Popen
    tried = []

    def fails(command, **kwargs):
        if "asylum_teach.nursery" in command:
            tried.append(command)
            command = ["false"]
        return ordinary(command, **kwargs)

    monkeypatch.setattr(forking.subprocess, "Popen", fails)
    with caplog.at_level(logging.ERROR):
        one, other = (manager.run(manager.start_kernel()) for _ in range(2))

    assert said(manager, one, "print(1)") == said(manager, other, "print(1)") == "1\n"
    assert len(tried) == 3
    assert [record.getMessage() for record in caplog.records] == [
        "Kernels cannot share memory here: each lesson needs more of it, and opens more slowly."
    ]
