"""What was acknowledged is kept, whatever is killed.  ``make bench`` does it at length."""

import asyncio

import pytest

from tests import kills

pytestmark = pytest.mark.server


def test_no_acknowledged_answer_is_lost_or_doubled(kit_content, tmp_path):
    """Kernels, servers and the descriptors of the database are killed while learners answer."""
    planned = {"kernel": 8, "server": 2, "descriptors": 2}

    figures = asyncio.run(
        kills.run(
            kit_content,
            f"sqlite:///{tmp_path}/record/record.sqlite",
            tmp_path,
            learners=6,
            kills=planned,
            seed=1,  # the last kill is one that the store must get over by itself
        )
    )

    print(figures)
    assert figures.sound(), figures
    assert figures.acknowledged > 50
    assert figures.broken > 0
