"""Real workers on real brokers: work arrives once, whatever becomes of messages and of workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from studio.catalog.models import ModuleVersion
from studio.runs.models import Document, RemoteBatch, Run
from studio.teams.models import User
from tests.support.cluster import WORKER_ROLE, Cluster
from tests.support.silent_proxy import SilentProxy, silent_proxy

TABLES = {"run": Run, "batch": RemoteBatch, "document": Document, "version": ModuleVersion, "user": User}
pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.redis]


@pytest.fixture(scope="module")
def installation(
    postgresql_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """A prepared installation in a database of its own, with the sleeping modules."""
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE workers")
    database = postgresql_url.rpartition("/")[0] + "/workers"
    made = Cluster(tmp_path_factory.mktemp("cluster"), database=database, redis=redis_url)
    made.run("prepare", "--worker-role", WORKER_ROLE)
    for effect in ("pure", "effectful"):
        made.ask("add_sleeper", effect=effect, seconds=2)
    yield made
    made.close()


@pytest.fixture(scope="module", params=["rabbitmq", "redis"])
def cluster(installation: Cluster, request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """The same installation on one broker after the other, with a coordinator."""
    installation.environment["LAMINA_BROKER"] = request.getfixturevalue(f"{request.param}_url")
    installation.close()
    installation.start("coordinator", "coordinate")
    installation.ready("coordinator")
    yield installation
    installation.close()


@pytest.fixture(autouse=True)
def no_workers_are_left(cluster: Cluster) -> Iterator[None]:
    yield
    cluster.stop(*(name for name in tuple(cluster.processes) if name != "coordinator"))


def is_over(run: dict[str, Any]) -> bool:
    return run["status"] not in ("queued", "running")


def is_called(run: dict[str, Any]) -> bool:
    return run["calls"] == 1


def waits_for_workers(rows: list[dict[str, Any]]) -> bool:
    return [row["state"] for row in rows] == ["queued"]


def test_a_demo_graph_gives_on_workers_what_it_gives_here(cluster: Cluster) -> None:
    cluster.work("one", "two")
    for title in ("Text pipeline", "Log analysis"):
        here, there = cluster.ask("start", title=title), cluster.ask("start", title=title, queue="shared")
        expected = cluster.until("run", is_over, id=here)
        found = cluster.until("run", is_over, id=there)
        assert (found["status"], found["error"]) == ("succeeded", None)
        assert found["outputs"] == expected["outputs"]
    cluster.until("batches", lambda rows: rows == [])


def test_work_that_nobody_has_taken_is_withdrawn_with_its_run(cluster: Cluster) -> None:
    run = cluster.ask("start", title="Sleep pure")
    cluster.until("batches", waits_for_workers)
    cluster.ask("cancel", id=run)
    assert cluster.until("run", is_over, id=run)["status"] == "cancelled"
    cluster.until("batches", lambda rows: rows == [])


def test_lost_messages_are_sent_again_and_doubled_ones_are_harmless(cluster: Cluster) -> None:
    run = cluster.ask("start", title="Sleep effectful")
    cluster.until("batches", waits_for_workers)
    cluster.until("purge", lambda count: count > 0, queue="shared")
    cluster.work("one", "two")
    cluster.until("run", is_called, id=run)
    assert cluster.ask("ring", queue="shared", count=5) == 1
    found = cluster.until("run", is_over, id=run)
    assert (found["status"], found["calls"]) == ("succeeded", 1)


def test_a_killed_worker_costs_pure_work_a_second_call_and_an_effect_a_question(cluster: Cluster) -> None:
    cluster.work("one")
    pure, effect = (cluster.ask("start", title=f"Sleep {effect}") for effect in ("pure", "effectful"))
    for run in (pure, effect):
        cluster.until("run", is_called, id=run)
    cluster.kill("one")
    cluster.work("two")
    found = cluster.until("run", is_over, id=pure)
    assert (found["status"], found["calls"]) == ("succeeded", 2)
    found = cluster.until("run", is_over, id=effect)
    assert (found["status"], found["calls"]) == ("attention", 1)
    assert "invocation_uncertain" in found["types"]
    cluster.until("batches", lambda rows: rows == [])


def test_a_worker_that_hears_nothing_any_more_ends(cluster: Cluster) -> None:
    with broker_that_can_fall_silent(cluster) as (proxy, through):
        cluster.work("deaf", options=("--canary-seconds", "0.5"), LAMINA_BROKER=through)
        run = cluster.ask("start", title="Log analysis", queue="shared")
        assert cluster.until("run", is_over, id=run)["status"] == "succeeded"

        cluster.until_said("deaf", "It hears its own messages.")
        proxy.fall_silent()

        assert cluster.processes["deaf"].wait(60) is not None
        assert "it hears nothing" in cluster.log("deaf")


@contextmanager
def broker_that_can_fall_silent(cluster: Cluster) -> Iterator[tuple[SilentProxy, str]]:
    broker = urlsplit(cluster.environment["LAMINA_BROKER"])
    assert broker.port is not None
    with silent_proxy(broker.port) as proxy:
        yield (
            proxy,
            broker._replace(netloc=broker.netloc.replace(f":{broker.port}", f":{proxy.port}")).geturl(),
        )


# RabbitMQ answers no message that is sent: that it is gone is not noticed for minutes.
@pytest.mark.parametrize("cluster", ["redis"], indirect=True)
def test_a_coordinator_goes_on_calling_workers_after_its_broker_fell_silent(cluster: Cluster) -> None:
    cluster.work("worker")
    cluster.stop("coordinator")
    with broker_that_can_fall_silent(cluster) as (proxy, through):
        cluster.start("coordinator", "coordinate", LAMINA_BROKER=through)
        cluster.ready("coordinator")
        for _ in range(2):
            run = cluster.ask("start", title="Log analysis", queue="shared")
            assert cluster.until("run", is_over, id=run)["status"] == "succeeded"
            proxy.fall_silent()
        cluster.stop("coordinator")
    cluster.start("coordinator", "coordinate")
    cluster.ready("coordinator")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT inputs FROM {run}",
        "SELECT email FROM {user}",
        "UPDATE {run} SET status = 'succeeded'",
        "UPDATE {batch} SET \"order\" = '{{}}'",
        "INSERT INTO {batch} DEFAULT VALUES",
        "DELETE FROM {batch}",
        "UPDATE {version} SET state = 'released'",
        "DELETE FROM {document}",
        "CREATE TABLE mine ()",
        "CREATE ROLE other",
    ],
)
def test_the_role_of_workers_may_do_nothing_else(installation: Cluster, statement: str) -> None:
    tables = {name: model._meta.db_table for name, model in TABLES.items()}
    with (
        psycopg.connect(installation.of_workers["LAMINA_DATABASE"]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.format(**tables))
