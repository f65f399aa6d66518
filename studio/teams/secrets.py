"""Secrets of links, tokens and tickets: made here, kept as their SHA-256 alone."""

import hashlib
import secrets as random
from typing import Final

SECRET_BYTES: Final = 32


def new_secret() -> str:
    return random.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """Secrets are random and long: a plain SHA-256 can neither be guessed nor looked up."""
    return hashlib.sha256(secret.encode()).hexdigest()
