"""What was acknowledged is kept, whatever is killed.  ``make bench`` does it at length."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event
from time import monotonic, sleep

import pytest

from asylum_teach.store import StoreFault, open_store
from tests import kills
from tests.killed_site import fail_descriptors
from tests.served import run

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(sys.platform != "linux", reason="O_PATH and /proc are Linux's own"),
]
USERS = 4
LONG_ENOUGH = 45  # seconds; SQLite itself tries for ten before it gives up


def test_no_acknowledged_answer_is_lost_or_doubled(kit_content, tmp_path):
    """Kernels, servers and the descriptors of the database are killed while learners answer."""
    planned = {"kernel": 8, "server": 2, "descriptors": 2}

    figures = run(
        kills.run(
            kit_content,
            f"sqlite:///{tmp_path}/record/record.sqlite",
            tmp_path,
            learners=6,
            kills=planned,
            seed=1,  # the last kill is one that the store must get over by itself
        )
    )

    assert figures.sound(), str(figures)
    assert figures.acknowledged > 50
    assert figures.broken > 0


def test_store_gets_over_broken_descriptors_while_many_use_it(tmp_path):
    """Everybody is answered again, though nobody stops asking for the others' sake."""
    store = open_store(f"sqlite:///{tmp_path}/record/record.sqlite")
    learner = store.add_learner("key", datetime(2026, 11, 24, tzinfo=UTC))
    end, broken, well = monotonic() + LONG_ENOUGH, Event(), set()

    def use(user):
        while len(well) < USERS and monotonic() < end:
            after = broken.is_set()
            with suppress(StoreFault):
                store.set_name(learner, f"Name {user}")
                if after:
                    well.add(user)

    with ThreadPoolExecutor(USERS) as pool:
        users = [pool.submit(use, user) for user in range(USERS)]
        sleep(0.5)
        fail_descriptors(str(tmp_path))
        broken.set()

    assert [user.exception() for user in users] == [None] * USERS
    assert well == set(range(USERS))
    store.close()
