"""A connection that could lose an answered commit is refused."""

import pytest
from django.db import connection

from tongban.kernel.errors import DurabilityLost
from tongban.site.durability import assert_durable, assert_server_syncs


def _weaken(setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(setting)


def test_every_connection_waits_for_the_disk(database: None) -> None:
    connection.close()
    with connection.cursor():  # a new connection: the check runs as it opens
        assert_durable(connection)


def test_a_connection_that_does_not_wait_is_refused(database: None) -> None:
    weak = "PRAGMA synchronous=NORMAL" if connection.vendor == "sqlite" else "SET synchronous_commit=off"
    _weaken(weak)
    with pytest.raises(DurabilityLost, match="power cut"):
        assert_durable(connection)
    connection.close()


@pytest.mark.postgres
def test_a_server_without_fsync_is_not_served_from(database: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        row = cursor.fetchone()
    if row == ("on",):
        assert_server_syncs(connection)
    else:
        with pytest.raises(DurabilityLost, match="fsync"):
            assert_server_syncs(connection)
