"""Who hears, within the transaction, that a candidate's bundle was replaced: reviews drop their approvals."""

from collections.abc import Callable
from typing import Final

from studio.catalog.models import ModuleVersion

listeners: Final[list[Callable[[ModuleVersion], None]]] = []


def tell(version: ModuleVersion) -> None:
    for listener in listeners:
        listener(version)
