"""What the database role of workers may do, on PostgreSQL; `test_postgresql.py` runs this there."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Max

from studio.runs.models import LogLine
from studio.runs.remote.grants import RoleRefused, grant_to
from studio.teams.models import Team

pytestmark = pytest.mark.django_db


def test_a_worker_reads_no_more_of_log_lines_than_their_numbers() -> None:
    run = Team.objects.create(slug="any", title="Any").pk  # an id of no run
    with connection.cursor() as cursor:
        grant_to("a_worker")
        cursor.execute("SET LOCAL ROLE a_worker")
        assert LogLine.objects.filter(run_id=run).aggregate(last=Max("line"))["last"] is None
        assert LogLine.objects.filter(run_id=run, line__lte=3).delete()[0] == 0
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            LogLine.objects.filter(run_id=run).values_list("message").first()


def test_our_own_role_is_not_made_a_workers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        ((own,),) = cursor.fetchall()
    with pytest.raises(RoleRefused, match="itself is connected as"):
        grant_to(own)


def test_a_role_that_owns_a_table_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE an_owner")
        cursor.execute("CREATE TABLE owned (n int)")
        cursor.execute("ALTER TABLE owned OWNER TO an_owner")
    with pytest.raises(RoleRefused, match="an_owner owns the table owned"):
        grant_to("an_owner")
