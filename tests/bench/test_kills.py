"""Two hundred kills while twenty learners answer, and a hundred more with PostgreSQL."""

import asyncio

from tests import kills


def test_kills_on_sqlite(benchmark, kit_content, new_place, tmp_path):
    """Kernels, servers, and every descriptor of the database's files."""
    planned = {"kernel": 85, "server": 60, "descriptors": 55}

    figures = benchmark.pedantic(
        lambda: asyncio.run(
            kills.run(
                kit_content, new_place("sqlite"), tmp_path, learners=20, kills=planned, seed=5
            )
        ),
        rounds=1,
    )

    print(f"\n{figures}")
    assert figures.sound(), figures


def test_kills_on_postgresql(benchmark, kit_content, postgres, new_place, tmp_path):
    """Kernels, servers, PostgreSQL as if it had crashed, and every connection to it."""
    planned = {"kernel": 20, "server": 25, "postgres_server": 30, "postgres_connections": 25}

    figures = benchmark.pedantic(
        lambda: asyncio.run(
            kills.run(
                kit_content,
                new_place("postgresql"),
                tmp_path,
                learners=20,
                kills=planned,
                seed=6,
                postgres=postgres,
            )
        ),
        rounds=1,
    )

    print(f"\n{figures}")
    assert figures.sound(), figures
