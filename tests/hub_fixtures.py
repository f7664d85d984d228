"""One hub for all tests that need one: it starts for some ten seconds."""

import pytest

from tests.hubs import Hub


@pytest.fixture(scope="session")
def hub_database(postgres):
    """The URL of the records behind the hub."""
    return postgres.new()


@pytest.fixture(scope="session")
def hub(tmp_path_factory, hub_database):
    """A running hub; whatever it is asked, none of the kit's servers fails."""
    with Hub(tmp_path_factory.mktemp("hub"), hub_database) as running:
        yield running
        assert "Traceback" not in running.log()
