"""Whether this installation can work, and how strongly it walls modules off."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import DatabaseError

from executors.sandbox.ladder import Rung
from studio.deployment import deployment
from studio.runs.models import EngineProcess

_told: dict[int, Rung] = {}
NO_ENGINE: Final = "no engine takes part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`engine` and `database` are "ok" or say what is wrong; `rung_how` says how to reach the next rung."""

    database: str
    engine: str
    broker: str
    rung: int
    rung_name: str
    rung_how: str

    @property
    def is_ready(self) -> bool:
        return self.database == "ok" and self.engine == "ok"


def tell_rung(rung: Rung) -> None:
    """What the engine of this process found when it tried its sandbox."""
    _told[rung.number] = rung


def read_health() -> Health:
    engine: EngineProcess | None = None
    try:
        taking_part = EngineProcess.objects.filter(lease_until__gt=datetime.now(UTC))
        engine = taking_part.order_by("rung").first()
        database = "ok"
    except DatabaseError:
        database = "unavailable"
    number = engine.rung if engine else 0
    rung = _told.get(number)
    return Health(
        database=database,
        engine="ok" if engine else NO_ENGINE,
        broker="none" if deployment().is_embedded else "configured",
        rung=number,
        rung_name=rung.name if rung else f"rung {number}",
        rung_how=rung.how_to_improve if rung else "",
    )
