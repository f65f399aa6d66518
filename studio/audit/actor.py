"""Whoever acts, as far as the audit has to know them; `studio.teams.viewer.Viewer` is one.

A protocol and no import: the actions of teams write entries too, and they stand above the audit.
"""

from typing import Protocol
from uuid import UUID


class Actor(Protocol):
    @property
    def actor(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def teams(self) -> list[UUID]: ...
