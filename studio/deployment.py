"""The process environment, read once.

Owns:      every setting an operator may give, its default and its check.
Promises:  one frozen value; a setting that cannot work stops the start with what to write instead.
Never:     is changed after the start; nothing else reads the environment.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).parent.parent
KEY_BYTES = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """How this process takes part in an installation.

    `data` is the folder of everything that lasts in the embedded form: database, bundles, artifacts, keys.
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
    return Deployment(
        data=data,
        port=_port(environment.get("LAMINA_PORT", "8000")),
        host=environment.get("LAMINA_HOST", "127.0.0.1"),
        mode="cluster" if mode == "cluster" else "embedded",
        database_url=database_url,
        redis_url=environment.get("LAMINA_REDIS", ""),
        broker_url=environment.get("LAMINA_BROKER", ""),
        origins=tuple(filter(None, environment.get("LAMINA_ORIGINS", "").split(","))),
        secret_key=environment.get("LAMINA_SECRET_KEY") or _kept_key(data),
        debug=environment.get("LAMINA_DEBUG") == "1",
    )


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
