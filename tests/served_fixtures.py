"""A server for a test module, somebody who asks it, and what is stored of them."""

from __future__ import annotations

import re

import pytest

from asylum_teach.store import open_store
from tests.served import Learner, Server, choices


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of the module's own; whatever it is asked, nothing in it fails."""
    folder = tmp_path_factory.mktemp("served")
    with Server(f"sqlite:///{folder}/records/record.sqlite", folder) as running:
        yield running
    assert not re.search(r"(?m)Traceback|^5\d\d ", running.complaints())


@pytest.fixture(scope="module")
def asked(kit_content):
    """Items with one right option."""
    return choices(kit_content)


@pytest.fixture(scope="module")
def disk(server):
    """What is stored, read beside the server."""
    opened = open_store(server.url)
    yield opened
    opened.close()


@pytest.fixture
def learner(server):
    """A browser that was never here."""
    return Learner(server)


@pytest.fixture
def kept(disk):
    """The attempts that are stored of a learner."""

    def read(learner):
        found = disk.learner_of(learner.door)
        return [] if found is None else disk.attempts(found)

    return read
