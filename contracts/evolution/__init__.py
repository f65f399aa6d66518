"""Old contract and new contract: what the change may be called."""

from contracts.evolution.bump import Bump, Level, Reason
from contracts.evolution.derive import derive_bump

__all__ = ["Bump", "Level", "Reason", "derive_bump"]
