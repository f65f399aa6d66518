"""One frame of a feed, shared by the sockets that receive it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, eq=False)
class Frame:
    """`value` is that of the feed's root field; `executions` by operation key, as JSON text."""

    value: Mapping[str, Any]
    executions: dict[str, "asyncio.Future[str]"] = field(default_factory=dict)
