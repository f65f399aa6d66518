"""A JSON document kept as text: its bytes come back as they were written (jsonb would reorder them)."""

from typing import Any

import msgspec
from django.db import models

from contracts.canonical import JSON


class JSONText(models.TextField):
    """Python documents on the outside, compact UTF-8 JSON text in the column; null stays null."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> JSON:
        return None if value is None else msgspec.json.decode(value)

    def to_python(self, value: JSON) -> JSON:
        return value

    def get_prep_value(self, value: JSON) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()
