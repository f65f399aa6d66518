"""The process environment: what may be said, and what is refused before anything starts."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from studio.deployment import read_deployment

CLUSTER = {
    "LAMINA_MODE": "cluster",
    "LAMINA_DATABASE": "postgresql://lamina@db/lamina",
    "LAMINA_REDIS": "redis://redis/0",
    "LAMINA_BROKER": "amqp://rabbitmq//",
    "LAMINA_SECRET_KEY": "a key",
    "LAMINA_DATA": "/tmp/lamina-test",
}


def test_work_stays_in_the_process_unless_queues_are_named():
    place = read_deployment(CLUSTER)
    assert (place.queues, place.remote_queues, place.default_queue) == (("local",), (), "local")


def test_queues_for_workers_stand_beside_the_local_one():
    assert read_deployment(CLUSTER | {"LAMINA_PRIVATE_HOSTS": "a:1, b.c:443"}).private_hosts == {
        "a:1",
        "b.c:443",
    }
    place = read_deployment(CLUSTER | {"LAMINA_QUEUES": "shared, gpu", "LAMINA_DEFAULT_QUEUE": "gpu"})
    assert (place.queues, place.remote_queues) == (("local", "shared", "gpu"), ("shared", "gpu"))
    assert place.default_queue == "gpu"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"LAMINA_QUEUES": "Shared"}, "LAMINA_QUEUES names 'Shared'"),
        ({"LAMINA_DEFAULT_QUEUE": "gpu"}, "Set it to one of local"),
        ({"LAMINA_PRIVATE_HOSTS": "rates:8443, https://rates"}, "Write host:port"),
        ({"LAMINA_QUEUES": "shared", "LAMINA_MODE": "embedded"}, "set LAMINA_MODE to cluster"),
        ({"LAMINA_INSECURE_LOOPBACK": "1", "LAMINA_HOST": "0.0.0.0"}, "Set LAMINA_HOST to 127.0.0.1"),
        ({"LAMINA_INSECURE_LOOPBACK": "1", "LAMINA_HOST": "lamina.example.org"}, "put TLS in front"),
        ({"LAMINA_SECRET_KEY": ""}, "LAMINA_SECRET_KEY is missing"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_with_what_to_write(changes, told):
    with pytest.raises(ImproperlyConfigured, match=told):
        read_deployment(CLUSTER | changes)


def test_plain_http_is_allowed_on_a_loopback_address_alone():
    assert read_deployment(CLUSTER | {"LAMINA_INSECURE_LOOPBACK": "1"}).insecure_loopback
    assert not read_deployment(CLUSTER).insecure_loopback
