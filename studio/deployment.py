"""The process environment, read once.

Owns:      every setting an operator may give, its default and its check.
Promises:  one frozen value; a setting that cannot work stops the start with what to write instead.
Never:     is changed after the start; nothing else reads the environment.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).parent.parent
KEY_BYTES = 48
LOCAL_QUEUE = "local"
_QUEUE = re.compile(r"[a-z][a-z0-9-]{0,39}")
_HOST_AND_PORT = re.compile(r"[a-z0-9.-]{1,253}:[0-9]{1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """How this process takes part in an installation.

    `data` is the folder of everything that lasts in the embedded form: database, bundles, artifacts, keys; in a
    cluster the bundles and artifacts that all processes share. `queues` are the places where work may be
    carried out, `default_queue` is for nodes that name none. `private_hosts` (host:port) may be called although
    their addresses are not public. `insecure_loopback`: a cluster without TLS, on
    this machine alone.
    """

    data: Path
    port: int
    host: str
    mode: Literal["embedded", "cluster"]
    database_url: str
    redis_url: str
    broker_url: str
    origins: tuple[str, ...]
    secret_key: str = field(repr=False)
    queues: tuple[str, ...] = (LOCAL_QUEUE,)
    default_queue: str = LOCAL_QUEUE
    private_hosts: frozenset[str] = frozenset()
    insecure_loopback: bool = False
    debug: bool = False

    @property
    def bundles(self) -> Path:
        return self.data / "bundles"

    @property
    def artifacts(self) -> Path:
        return self.data / "artifacts"

    @property
    def is_embedded(self) -> bool:
        return self.mode == "embedded"

    @property
    def remote_queues(self) -> tuple[str, ...]:
        return tuple(queue for queue in self.queues if queue != LOCAL_QUEUE)

    @property
    def address(self) -> str:
        """Where a browser finds the installation, as far as this process knows."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.origins[0] if self.origins else f"http://{host}:{self.port}"


def read_deployment(environment: Mapping[str, str]) -> Deployment:
    """Raises `ImproperlyConfigured` with the name of the variable and what it may be."""
    mode = environment.get("LAMINA_MODE", "embedded")
    if mode not in ("embedded", "cluster"):
        raise ImproperlyConfigured(f"LAMINA_MODE is {mode!r}. Set it to embedded or cluster.")
    data = Path(environment.get("LAMINA_DATA") or ROOT / ".lamina").expanduser().resolve()
    database_url = environment.get("LAMINA_DATABASE", "")
    if mode == "cluster":
        for name in ("LAMINA_DATABASE", "LAMINA_REDIS", "LAMINA_BROKER", "LAMINA_SECRET_KEY"):
            if not environment.get(name):
                raise ImproperlyConfigured(f"{name} is missing. LAMINA_MODE=cluster needs it.")
    host = environment.get("LAMINA_HOST", "127.0.0.1")
    queues = _queues(environment.get("LAMINA_QUEUES", LOCAL_QUEUE), is_embedded=mode == "embedded")
    return Deployment(
        data=data,
        port=_port(environment.get("LAMINA_PORT", "8000")),
        host=host,
        mode="cluster" if mode == "cluster" else "embedded",
        database_url=database_url,
        redis_url=environment.get("LAMINA_REDIS", ""),
        broker_url=environment.get("LAMINA_BROKER", ""),
        origins=tuple(filter(None, environment.get("LAMINA_ORIGINS", "").split(","))),
        secret_key=environment.get("LAMINA_SECRET_KEY") or _kept_key(data),
        queues=queues,
        default_queue=_default_queue(environment.get("LAMINA_DEFAULT_QUEUE", LOCAL_QUEUE), queues),
        private_hosts=_private_hosts(environment.get("LAMINA_PRIVATE_HOSTS", "")),
        insecure_loopback=_insecure_loopback(environment.get("LAMINA_INSECURE_LOOPBACK", ""), host),
        debug=environment.get("LAMINA_DEBUG") == "1",
    )


def _queues(text: str, *, is_embedded: bool) -> tuple[str, ...]:
    """`local` is always one of them."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if not _QUEUE.fullmatch(name):
            raise ImproperlyConfigured(
                f"LAMINA_QUEUES names {name!r}. Use lower-case letters, digits and hyphens, at most 40 characters."
            )
    if is_embedded and set(names) - {LOCAL_QUEUE}:
        raise ImproperlyConfigured(
            "LAMINA_QUEUES names queues for workers, which LAMINA_MODE=embedded does not have. "
            "Leave it out, or set LAMINA_MODE to cluster."
        )
    return tuple(dict.fromkeys((LOCAL_QUEUE, *names)))


def _default_queue(name: str, queues: tuple[str, ...]) -> str:
    if name not in queues:
        raise ImproperlyConfigured(
            f"LAMINA_DEFAULT_QUEUE is {name!r}. Set it to one of {', '.join(queues)}, or add it to LAMINA_QUEUES."
        )
    return name


def _private_hosts(text: str) -> frozenset[str]:
    hosts = frozenset(host.strip() for host in text.split(",") if host.strip())
    for host in hosts:
        if not _HOST_AND_PORT.fullmatch(host):
            raise ImproperlyConfigured(
                f"LAMINA_PRIVATE_HOSTS names {host!r}. Write host:port, separated by commas."
            )
    return hosts


def _insecure_loopback(text: str, host: str) -> bool:
    if text != "1":
        return False
    try:
        is_loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ImproperlyConfigured(
            f"LAMINA_INSECURE_LOOPBACK=1 switches TLS off, and LAMINA_HOST is {host!r}. "
            "Set LAMINA_HOST to 127.0.0.1, or leave LAMINA_INSECURE_LOOPBACK out and put TLS in front."
        )
    return True


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65_536:
        raise ImproperlyConfigured(f"LAMINA_PORT is {text!r}. Set it to a number from 1 to 65535.")
    return int(text)


def _kept_key(data: Path) -> str:
    """The secret key of this installation, made on first use and readable by its owner alone."""
    path = data / "secret_key"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("utf-8")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(KEY_BYTES))
    return path.read_text("utf-8")


@cache
def deployment() -> Deployment:
    """The deployment of this process."""
    return read_deployment(os.environ)
