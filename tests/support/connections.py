"""Connections to the database that are lost, as when its server is started anew."""

import pytest
from django.db import connection


def end_the_connections_of_others() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("There is no server that could end them.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
