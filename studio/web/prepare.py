"""Bring a data folder to where the server can start: schema, library, people, demo.

Promises:  what is done is not done again: a second start only looks.
Never:     takes anything away, or changes what people have made of the demo.
"""

from collections.abc import Iterator

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from studio.catalog.actions.install_library import install_library
from studio.teams.models import Membership, Team, User
from studio.web.install_demo import install_demo
from studio.writing import writing


def prepare(*, with_demo: bool) -> Iterator[str]:
    """Each step that had something to do, said in a sentence once it is done."""
    if _migrate():
        yield "Prepared the database."
    if count := install_library():
        yield f"Installed {count} modules of the library."
    if with_demo:
        yield from install_demo()
    elif not User.objects.exists():
        _create_owner()
        yield "Created the owner owner@lamina.local and the team home."


def _migrate() -> bool:
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", verbosity=0, interactive=False)
    return True


def _create_owner() -> None:
    """Somebody has to be able to sign in and invite the others."""
    with writing():
        owner = User.objects.create(email="owner@lamina.local", name="Owner")
        home = Team.objects.create(slug="home", title="Home")
        Membership.objects.create(user=owner, team=home, roles=["admin"])
