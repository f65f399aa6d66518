"""Secrets are taken out of whatever leaves a call.

Owns:      the forms in which a secret may appear: as it is, in base64, URL-escaped, JSON-escaped.
Promises:  none of those forms is left in a text or in bytes.
"""

import base64
import json
from collections.abc import Sequence
from urllib.parse import quote, quote_plus

from contracts.canonical import MAX_DEPTH

MASK = "[secret]"
_SHORTEST = 4


class Redactor:
    """Knows the secrets that one call has been given. Without any, it changes nothing."""

    __slots__ = ("_forms",)

    def __init__(self) -> None:
        self._forms: Sequence[str] = ()

    def learn(self, secret: str) -> None:
        """A secret shorter than four characters cannot be told from ordinary text and is left alone."""
        if len(secret) < _SHORTEST:
            return
        raw = secret.encode()
        plain = base64.b64encode(raw).decode()
        forms = {
            secret,
            plain,
            plain.rstrip("="),
            base64.urlsafe_b64encode(raw).decode(),
            quote(secret, safe=""),
            quote_plus(secret),
            json.dumps(secret)[1:-1],
            json.dumps(secret, ensure_ascii=False)[1:-1],
        }
        self._forms = sorted({*self._forms, *forms}, key=len, reverse=True)

    @property
    def is_idle(self) -> bool:
        return not self._forms

    def text(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, MASK)
        return text

    def value(self, value: object, depth: int = 0) -> object:
        """A JSON value with every text in it redacted; of what lies too deep to travel nothing is left."""
        if not self._forms:
            return value
        if depth > MAX_DEPTH:
            return MASK
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self.value(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item, depth + 1) for item in value]
        return value
