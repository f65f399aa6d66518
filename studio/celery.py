"""Celery: the doorbell between coordinators and workers.

Owns:      the Celery application, its queues, and calling and running workers.
Promises:  JSON messages of an id and its signature, acknowledged early, never retried or delayed by Celery:
           the rows of remote work make delivery sure.
Never:     carries work or results, or listens to remote control.
"""

import logging
import time
from functools import cache
from typing import Final
from uuid import UUID, uuid4

from celery import Celery
from celery.worker.consumer import Consumer
from django.db import connection, transaction
from kombu.connection import Connection
from kombu.entity import Queue
from kombu.exceptions import OperationalError
from kombu.pools import producers

from studio.deployment import deployment
from studio.signatures import ticket_of

TASK: Final = "lamina.carry_out"
CANARY_TASK: Final = "lamina.hear_canary"
CANARY_QUEUE_SECONDS: Final = 3600
BROKER_SECONDS: Final = 4

_is_rabbitmq: Final = deployment().broker_url.startswith("amqp")


def queue_name(queue: str) -> str:
    return f"work.{queue}"


def _queue(queue: str) -> Queue:
    arguments = {"x-queue-type": "quorum"} if _is_rabbitmq else None
    name = queue_name(queue)
    return Queue(name, routing_key=name, durable=True, queue_arguments=arguments)


class BellConsumer(Consumer):
    """Celery's own, without the 28 queues that it makes on RabbitMQ to delay messages: ours are never delayed."""

    class Blueprint(Consumer.Blueprint):
        default_steps = [
            step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in str(step)
        ]


# Without Django's fix-up: it would end the database connection of a thread after each task.
app = Celery("lamina", fixups=(), set_as_current=True)
app.conf.update(
    broker_url=deployment().broker_url,
    broker_connection_timeout=BROKER_SECONDS,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={} if _is_rabbitmq else {"socket_timeout": None, "socket_keepalive": True},
    task_queues=[_queue(queue) for queue in deployment().remote_queues],
    task_create_missing_queues=False,
    task_default_queue=queue_name((deployment().remote_queues or ("none",))[0]),
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_acks_late=False,
    task_serializer="json",
    accept_content=["json"],
    result_backend=None,
    imports=["studio.runs.tasks"],
    worker_prefetch_multiplier=1,
    worker_pool="threads",
    worker_consumer="studio.celery:BellConsumer",
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    enable_utc=True,
)


@cache
def _line() -> Connection:
    """What is sent goes apart from what is heard: it takes no time, so that a broker that has fallen silent is not
    waited for.
    """
    options = {} if _is_rabbitmq else {"socket_timeout": BROKER_SECONDS}
    return app.connection_for_write(transport_options=options)


@cache
def declare_queues() -> None:
    """Make the queues, one process at a time: RabbitMQ fails for ever on a quorum queue that two declare at once.

    Raises what the broker raises.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["lamina.queues"])
        with _line().clone() as broker:
            for queue in app.conf.task_queues:
                queue(broker.default_channel).declare()


def call_worker(queue: str, batch: UUID) -> None:
    """Tell a worker of the queue that a batch is there. Raises what the broker raises."""
    declare_queues()
    arguments = [ticket_of(batch)]
    with producers[_line()].acquire(block=True) as producer:
        app.send_task(
            TASK, args=arguments, queue=queue_name(queue), retry=False, ignore_result=True, producer=producer
        )


def send_canary(queue: str) -> None:
    """Send a message to the worker that listens to this queue. Raises what the broker raises."""
    app.send_task(CANARY_TASK, queue=app.amqp.queues[queue], retry=False, ignore_result=True)


def add_canary_queue() -> str:
    """The name of a queue for this process alone; it goes when nobody listens to it any more."""
    name = f"canary.{uuid4()}"
    app.amqp.queues.add(Queue(name, routing_key=name, auto_delete=True, expires=CANARY_QUEUE_SECONDS))
    return name


def run_worker(name: str, queues: list[str], concurrency: int, *, canary_queue: str) -> int:
    """Take messages until a signal ends it; work under way is finished first. Returns an exit code."""
    _declare_patiently()
    worker = app.Worker(
        hostname=name,
        queues=[*(queue_name(queue) for queue in queues), canary_queue],
        concurrency=concurrency,
        pool="threads",
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def _declare_patiently() -> None:
    """A worker may be there before its broker is."""
    while True:
        try:
            declare_queues()
        except (*app.connection_for_write().connection_errors, OperationalError) as error:
            logging.getLogger(__name__).warning(
                "The broker does not make the queues, trying again: %s", error
            )
            time.sleep(BROKER_SECONDS)
        else:
            connection.close()
            return
