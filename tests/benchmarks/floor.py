"""What the machine itself takes: the least that a durable engine in Python can cost, in this very minute."""

import asyncio
import hashlib
import os
import socket
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import orjson

from contracts.canonical import JSON
from contracts.schema import compile_guard

BLOB_BYTES = 10_000_000
ROWS = 1_000
ROUNDS = 20
PIPELINED = 100
VALUES = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Microseconds, medians."""

    round_trip: float
    pipelined: float
    row: float
    commit: float
    postgresql_row: float | None
    postgresql_commit: float | None
    blob: float
    text: float


def floor_of_machine(folder: Path, postgresql_url: str, value: JSON) -> Floor:
    """`value` is what `text` decodes, encodes and validates."""
    row, commit = _sqlite(folder)
    copied = _postgresql(postgresql_url) if postgresql_url else (None, None)
    round_trip, pipelined = asyncio.run(round_trips())
    found = Floor(
        round_trip=round_trip,
        pipelined=pipelined,
        row=row,
        commit=commit,
        postgresql_row=copied[0],
        postgresql_commit=copied[1],
        blob=0.0,
        text=0.0,
    )
    return with_values(found, folder, value)


def with_values(floor: Floor, folder: Path, value: JSON) -> Floor:
    """`blob` and `text` taken anew: what large values take moves by half within minutes."""
    data, encoded = b"x" * BLOB_BYTES, orjson.dumps(value)
    return replace(
        floor,
        blob=median(of_blob(data, folder) for _ in range(VALUES)),
        text=median(of_json(encoded) for _ in range(VALUES)),
    )


async def timed(action: Callable[[], Awaitable[Any]], count: int) -> tuple[float, float]:
    """Median and 99th percentile in microseconds."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        await action()
        times.append((time.perf_counter() - began) * 1e6)
    cuts = quantiles(times, n=100)
    return cuts[49], cuts[98]


async def round_trips() -> tuple[float, float]:
    """A message of 60 bytes to a forked process and back on the event loop: one at a time, one of many."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        while data := theirs.recv(1 << 16):
            theirs.sendall(data)
        os._exit(0)
    theirs.close()
    ours.setblocking(False)
    loop = asyncio.get_running_loop()

    async def exchange() -> None:
        await loop.sock_sendall(ours, b"x" * 60)
        await loop.sock_recv(ours, 4096)

    async def exchange_many() -> None:
        for _ in range(PIPELINED):
            ours.send(b"x" * 60)
        left = 60 * PIPELINED
        while left:
            left -= len(await loop.sock_recv(ours, 1 << 16))

    single, _ = await timed(exchange, 2_000)
    many, _ = await timed(exchange_many, 200)
    ours.close()
    await asyncio.to_thread(os.waitpid, child, 0)
    return single, many / PIPELINED


def of_json(data: bytes, schema: JSON = True) -> float:
    """Decode, encode and validate, in microseconds."""
    guard = compile_guard(schema)
    began = time.perf_counter()
    value = orjson.loads(data)
    orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    assert guard.is_valid(value)
    return (time.perf_counter() - began) * 1e6


def of_blob(data: bytes, folder: Path) -> float:
    """Hash, write and sync a file of its own, in microseconds: to write over one is cheaper than anybody can be."""
    place = folder / f"floor-{time.monotonic_ns()}"
    began = time.perf_counter()
    hashlib.sha256(data).digest()
    with place.open("wb") as file:
        file.write(data)
        file.flush()
        os.fdatasync(file.fileno())
    return (time.perf_counter() - began) * 1e6


def _sqlite(folder: Path) -> tuple[float, float]:
    """A row of 1,000 in one synced commit, and a commit of one row, in microseconds."""
    connection = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(
        "CREATE TABLE event (run BLOB, seq INTEGER, data TEXT, PRIMARY KEY (run, seq)) WITHOUT ROWID"
    )

    def write(first: int, count: int) -> float:
        rows = [(b"r" * 16, seq, '{"x":"%s"}' % ("y" * 150)) for seq in range(first, first + count)]
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO event VALUES (?, ?, ?)", rows)
        connection.execute("COMMIT")
        return (time.perf_counter() - began) * 1e6

    many = median(write(turn * ROWS, ROWS) for turn in range(ROUNDS)) / ROWS
    single = median(write(ROUNDS * ROWS + turn, 1) for turn in range(10 * ROUNDS))
    connection.close()
    return many, single


def _postgresql(url: str) -> tuple[float, float]:
    """The same by COPY and by INSERT."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS floor")
        connection.execute("CREATE TABLE floor (run bytea, seq bigint, data text, PRIMARY KEY (run, seq))")

        def copy(first: int) -> float:
            rows = [(b"r" * 16, seq, '{"x":"%s"}' % ("y" * 150)) for seq in range(first, first + ROWS)]
            began = time.perf_counter()
            with connection.transaction(), connection.cursor().copy("COPY floor FROM STDIN") as sink:
                for row in rows:
                    sink.write_row(row)
            return (time.perf_counter() - began) * 1e6

        def insert(seq: int) -> float:
            began = time.perf_counter()
            connection.execute("INSERT INTO floor VALUES (%s, %s, %s)", (b"s", seq, "y" * 150))
            return (time.perf_counter() - began) * 1e6

        many = median(copy(turn * ROWS) for turn in range(ROUNDS)) / ROWS
        single = median(insert(seq) for seq in range(10 * ROUNDS))
        connection.execute("DROP TABLE floor")
    return many, single
