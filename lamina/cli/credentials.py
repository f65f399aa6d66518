"""Where the server is and who we are there.

Promises:  the token is kept in a file that its owner alone can read; LAMINA_URL and LAMINA_TOKEN win over it.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from lamina.cli.failure import bad_input

DEFAULT_URL: Final = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    url: str
    token: str = field(repr=False)


def read_login() -> Login:
    """Raises `Failure` where nobody has logged in."""
    kept: dict[str, str] = {}
    if login_file().exists():
        kept = json.loads(login_file().read_text("utf-8"))
    token = os.environ.get("LAMINA_TOKEN") or kept.get("token")
    if not token:
        raise bad_input("Nobody is logged in. Make a token in the settings, then: lamina login --url URL")
    return Login(url=checked_url(os.environ.get("LAMINA_URL") or kept.get("url") or DEFAULT_URL), token=token)


def login_file() -> Path:
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "lamina" / "login.json"


def keep_login(found: Login) -> None:
    path = login_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"url": found.url, "token": found.token}, file)


def checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_input(f"{url!r} is not the address of a server. Write it like {DEFAULT_URL}.")
    return f"{parts.scheme}://{parts.netloc}"
