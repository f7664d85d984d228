"""Empty databases of both engines, and what the tests of the store put into them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from asylum_teach.models import Attempt
from asylum_teach.store import open_store
from tests.postgres import Server

NOW = datetime(2026, 11, 24, 12, 30, 15, 123456, tzinfo=UTC)
ENGINES = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL server; without one the tests fail, and say what to install."""
    server = Server()
    yield server
    server.close()


@pytest.fixture
def new_place(request, tmp_path):
    """Makes the URL of an empty database of an engine."""

    def make(engine, name="record"):
        if engine == "postgresql":
            return request.getfixturevalue("postgres").new()
        return f"sqlite:///{tmp_path / name / 'record.sqlite'}"

    return make


@pytest.fixture(params=ENGINES)
def place(request, new_place):
    """The URL of an empty database."""
    return new_place(request.param)


@pytest.fixture
def opened():
    """Opens stores, and closes them after the test."""
    stores = []

    def open_(url):
        stores.append(open_store(url))
        return stores[-1]

    yield open_
    for store in stores:
        store.close()


@pytest.fixture
def store(place, opened):
    """An empty store."""
    return opened(place)


@pytest.fixture
def sqlite(new_place, opened):
    """An empty store on SQLite."""
    return opened(new_place("sqlite"))


def attempt(id="a", **parts):
    """An attempt, whole but for what a test is about."""
    given = {
        "case": "case",
        "case_version": 1,
        "item": "item",
        "response": {"choice": "b"},
        "credit": 1.0,
        "at": NOW,
    }
    return Attempt(id=id, **(given | parts))


def minutes(count):
    """A time so many minutes after the first."""
    return NOW + timedelta(minutes=count)


def ids(store, learner):
    """The ids of what is kept of a learner, in its order."""
    return [each.id for each in store.attempts(learner)]
