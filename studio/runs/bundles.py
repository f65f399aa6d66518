"""The catalog's bundles for engines and workers.

Owns:      one thread with one database connection, on which bundles are read.
Promises:  callable from any thread; `close` leaves no connection behind.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from contracts.canonical import Digest
from studio.catalog.bundles import DatabaseBundles
from studio.reading import read_anew


class ReadBundles:
    """The `BundleStore` of an engine, whose own threads come and go and would each keep a connection open."""

    def __init__(self) -> None:
        self._stored = DatabaseBundles()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="bundles")

    def files(self, bundle: Digest) -> Mapping[str, bytes]:
        return self._reader.submit(read_anew, self._stored.files, bundle).result()

    def contract(self, contract: Digest) -> bytes:
        return self._reader.submit(read_anew, self._stored.contract, contract).result()

    def close(self) -> None:
        self._reader.submit(connections.close_all)
        self._reader.shutdown()
