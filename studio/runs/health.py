"""Whether this installation can work, and how strongly it walls modules off."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import DatabaseError

from studio.deployment import deployment
from studio.runs.models import EngineProcess

RUNG_NAMES: Final = {
    0: "no sandbox",
    1: "separate user",
    2: "kernel filters",
    3: "namespaces and kernel filters",
    4: "namespaces, kernel filters and a memory group",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`engine` names the engine that has a lease, `rung_how` says how to reach the next rung."""

    database: str
    engine: str
    broker: str
    rung: int
    rung_name: str
    rung_how: str

    @property
    def is_ready(self) -> bool:
        return self.database == "ok" and self.engine == "ok"


def read_health() -> Health:
    engine: EngineProcess | None = None
    try:
        now = datetime.now(UTC)
        engine = EngineProcess.objects.filter(lease_until__gt=now).order_by("-rung").first()
        database = "ok"
    except DatabaseError:
        database = "unavailable"
    rung = engine.rung if engine else 0
    return Health(
        database=database,
        engine="ok" if engine else "no engine has a lease",
        broker="none" if deployment().is_embedded else "configured",
        rung=rung,
        rung_name=RUNG_NAMES[rung],
        rung_how=how_to_rise(rung),
    )


def how_to_rise(rung: int) -> str:
    """What an operator does for a stronger sandbox; empty on the highest rung."""
    if rung < 2:
        return "Run on Linux 5.13 or later with Landlock and seccomp, outside a container that forbids them."
    if rung < 3:
        return "Install bubblewrap (apt install bubblewrap) and allow unprivileged user namespaces."
    if rung < 4:
        return "Give the server a writable memory control group (systemd: Delegate=memory)."
    return ""
