"""A teacher, a session and a phone on the server of a test module that serves the instructor."""

import pytest

from tests.classes import Phone, Teacher


@pytest.fixture(scope="module")
def teacher(server):
    return Teacher(server)


@pytest.fixture
def session(teacher):
    return teacher.session()


@pytest.fixture
def phone(server, session):
    return Phone(server).join(session)


@pytest.fixture(scope="module")
def choice(asked):
    """An item with one right option."""
    return asked[0]
