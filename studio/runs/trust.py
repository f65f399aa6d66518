"""How far a bundle is trusted here, for the choke point.

Owns:      shipped, released, reviewed or unreviewed, from library.lock and the state of versions.
Promises:  a bundle is trusted by its digest, never by a number; a change of state counts within seconds.
Never:     touches the database on the thread that asks: that is an event loop.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import UUID

from django.db import connections

from contracts.canonical import Digest
from executors.trust import Trust
from modules_catalog.library import locked_versions
from studio import announcements
from studio.catalog.models import APPROVED, FIXED, ModuleVersion
from studio.reading import read_anew

KEPT_SECONDS: Final = 5.0


class BundleTrust:
    """Callable as the `trust_of` of a policy; lives on one loop."""

    def __init__(self) -> None:
        self._shipped = frozenset(locked_versions().values())
        self._known: dict[Digest, tuple[Trust, float]] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="trust")
        announcements.listeners.append(self._forget)

    def __call__(self, bundle: Digest) -> Trust:
        if bundle in self._shipped:
            return "shipped"
        known = self._known.get(bundle)
        if known is None or known[1] < time.monotonic():
            trust = self._reader.submit(read_anew, _read, bundle).result()
            known = self._known[bundle] = trust, time.monotonic() + KEPT_SECONDS
        return known[0]

    def _forget(self, kind: str, _id: UUID | None, _team: UUID | None) -> None:
        if kind in ("version", "review"):
            self._known = {}

    def close(self) -> None:
        announcements.listeners.remove(self._forget)
        self._reader.submit(connections.close_all)
        self._reader.shutdown()


def _read(bundle: Digest) -> Trust:
    """The best that any version with these very bytes has reached."""
    states = set(ModuleVersion.objects.filter(bundle=bundle).values_list("state", flat=True))
    if states & FIXED:
        return "released"
    return "reviewed" if APPROVED in states else "unreviewed"
