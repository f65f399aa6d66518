"""What an operator sets: the two forms of deployment, and Django's own checks of the exposed one."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from studio.deployment import read_deployment

ROOT = Path(__file__).parent.parent.parent
CLUSTER = {
    "LAMINA_MODE": "cluster",
    "LAMINA_DATABASE": "postgresql://lamina:lamina@db.example:5432/lamina",
    "LAMINA_REDIS": "redis://redis.example:6379/0",
    "LAMINA_BROKER": "amqp://broker.example",
    "LAMINA_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_",
    "LAMINA_ORIGINS": "https://lamina.example",
}


def test_the_embedded_form_needs_nothing_and_keeps_its_key(tmp_path: Path) -> None:
    first, again = (read_deployment({"LAMINA_DATA": str(tmp_path)}) for _ in range(2))
    assert (first.mode, first.host, first.port) == ("embedded", "127.0.0.1", 8000)
    assert first.secret_key == again.secret_key
    assert len(first.secret_key) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert first.secret_key not in repr(first)


@pytest.mark.parametrize("name", ["LAMINA_DATABASE", "LAMINA_REDIS", "LAMINA_BROKER", "LAMINA_SECRET_KEY"])
def test_the_cluster_form_says_what_it_lacks(tmp_path: Path, name: str) -> None:
    given = {"LAMINA_DATA": str(tmp_path), **CLUSTER, name: ""}
    with pytest.raises(ImproperlyConfigured, match=name):
        read_deployment(given)


@pytest.mark.parametrize(
    ("name", "value"), [("LAMINA_MODE", "both"), ("LAMINA_PORT", "0"), ("LAMINA_PORT", "x")]
)
def test_a_setting_that_cannot_work_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name} is {re.escape(repr(value))}"):
        read_deployment({"LAMINA_DATA": str(tmp_path), name: value})


def test_djangos_checks_of_a_deployment_find_nothing(tmp_path: Path) -> None:
    given = {**os.environ, **CLUSTER, "LAMINA_DATA": str(tmp_path)}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"]
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
