"""`python -m tests.benchmarks.viewers --viewers 100 --json`: what watching costs in the one-process default.

Starts `manage.py up`, then runs 1 → 1,000 → 1 (one node, 1,000 parallel ones, a join in two steps of 32), without
and with viewers of `runFeed`, who sit in a process of their own. The graph waits a few seconds first, so that all
of them are subscribed by then.

Measured: the run's duration; `loop`, the round trip of a protocol ping on a socket of its own, which the server's
main loop answers by itself; `health`, the same for GET /healthz; `event`, from an event's instant in the
journal to its arrival at a viewer; `frame`, from the read of the journal to the arrival; memory of the family.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "journeys"))
from product import Person, Product  # noqa: E402 - a plain module beside the stories

WIDE = 1_000
JOINED = 32
NODES = 1 + WIDE + -(-WIDE // JOINED) + 1
SOCKETS_EACH = 10
WAIT_SECONDS = 8
SAMPLE_SECONDS = 0.02
# What is still delivered after the last event belongs to the load.
AFTER_SECONDS = 0.5
FEED = """subscription($run: ID!, $after: Int!) { runFeed(run: $run, after: $after) {
  kind from to head at events { seq type v at data } snapshot } }"""


def main() -> None:
    given = arguments()
    if given.watch:
        asyncio.run(watch(given))
        return
    with tempfile.TemporaryDirectory(prefix="lamina-viewers-") as folder:
        product = Product(Path(folder) / "data", port=given.port)
        try:
            result = measure(product, given)
        finally:
            product.close()
    print(json.dumps(result) if given.json else json.dumps(result, indent=2))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.viewers")
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--port", type=int, default=8221)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--watch", help=argparse.SUPPRESS)
    parser.add_argument("--cookies", nargs="*", help=argparse.SUPPRESS)
    return parser.parse_args()


def measure(product: Product, given: argparse.Namespace) -> dict[str, Any]:
    owner = Person(product, product.start())
    graph = make_graph(product, owner)
    run_once(owner, graph)
    result: dict[str, Any] = {"viewers": given.viewers, "nodes": NODES, "repeat": given.repeat}
    result["idle"] = idle(product, owner)
    audience = [person.cookies for person in members(product, owner, -(-given.viewers // SOCKETS_EACH))]
    for name, viewers in (("unwatched", 0), ("watched", given.viewers)):
        rounds = [one_round(product, owner, graph, audience, viewers) for _ in range(given.repeat)]
        result[name] = summary(rounds)
    return result


def make_graph(product: Product, owner: Person) -> str:
    """The graph's id. The join is a module of ours: none of the library has so many inputs."""
    reviewer = Person(product, product.sign_in_link("reviewer"))
    author = Person(product, product.sign_in_link("author"))
    with tempfile.TemporaryDirectory() as folder:
        write_join(Path(folder))
        product.lamina("publish", folder, token=token_of(author))
    product.lamina("submit", "demo/join-all@1.0.0", "-m", "First", token=token_of(author))
    product.lamina("approve", "demo/join-all@1.0.0", "-m", "Good", token=token_of(reviewer))
    product.lamina("release", "demo/join-all@1.0.0", token=token_of(owner))
    made = owner.do(
        "createGraph", "graph { id } problems { message }", team="demo", title="Wide", document=wide()
    )
    assert not made["problems"], made["problems"][:3]
    return str(made["graph"]["id"])


def members(product: Product, owner: Person, count: int) -> list[Person]:
    """As many people of the team as the viewers need: one person may have only so many sockets."""
    team = owner.ask("{ viewer { teams { team { id slug } } } }")["viewer"]["teams"][0]["team"]["id"]
    people = []
    for number in range(count):
        email = f"viewer{number}@demo.invalid"
        owner.do("addMember", "membership { user { id } }", team=team, email=email, roles=["VIEWER"])
        people.append(Person(product, product.sign_in_link(email)))
    return people


def token_of(person: Person) -> str:
    return str(person.do("createToken", "secret", title="viewers", scopes=["admin"], days=1)["secret"])


def write_join(folder: Path) -> None:
    rows = {"media": "json", "schema": {"type": "array"}}
    optional = {**rows, "default": []}
    ports = {
        "in": {f"i{n}": optional for n in range(JOINED)},
        "out": {"rows": rows, "count": {"media": "json", "schema": {"type": "integer"}}},
    }
    folder.joinpath("contract.json").write_text(json.dumps({"format": "lamina/contract@1", "ports": ports}))
    folder.joinpath("run.py").write_text(
        'def run(inputs, context):\n    return {"rows": list(inputs), "count": len(inputs)}\n'
    )
    folder.joinpath("README.md").write_text("# Join all\n\nCounts its inputs.\n")
    folder.joinpath("module.toml").write_text(
        'format = "lamina/module@1"\nname = "demo/join-all"\nversion = "1.0.0"\nsummary = "Counts its inputs."\n'
        'owner = "demo"\nruntime = "python"\nentry = "run.py:run"\nlicence = "Apache-2.0"\n'
        'effects = { kind = "pure", deterministic = true }\n'
    )


def wide() -> dict[str, Any]:
    limit = {"kind": "module", "module": "lamina/limit-rows", "pin": "^1.0.0"}
    join = {"kind": "module", "module": "demo/join-all", "pin": "^1.0.0"}
    nodes: dict[str, Any] = {
        "rows": {"kind": "constant", "value": [{"n": 1}, {"n": 2}]},
        "pause": {"kind": "wait", "seconds": WAIT_SECONDS},
        "first": limit,
        "join": join,
        "out": {"kind": "output", "name": "count"},
    }
    edges: dict[str, Any] = {
        "rows:value>pause:value": {},
        "pause:value>first:rows": {},
        "join:count>out:value": {},
    }
    for n in range(WIDE):
        nodes[f"n{n}"] = limit
        edges[f"first:rows>n{n}:rows"] = {}
        some = f"some{n // JOINED}"
        nodes[some] = join
        edges[f"n{n}:rows>{some}:i{n % JOINED}"] = {}
        edges[f"{some}:rows>join:i{n // JOINED}"] = {}
    return {"format": "lamina/graph@1", "title": "Wide", "nodes": nodes, "edges": edges}


def run_once(owner: Person, graph: str) -> str:
    run = str(owner.do("startRun", "run { id }", graph=graph)["run"]["id"])
    ended = owner.wait_for_run(run, seconds=120)
    assert ended["status"] == "SUCCEEDED", ended["error"]
    return run


def idle(product: Product, owner: Person) -> dict[str, Any]:
    with sampled(product, owner) as samples:
        time.sleep(5)
    return {name: percentiles(values) for name, values in samples.items()} | {"memory_mb": memory_mb(product)}


def one_round(
    product: Product, owner: Person, graph: str, audience: list[str], viewers: int
) -> dict[str, Any]:
    """Samples of the time from the end of the wait to shortly after the end of the run."""
    run = str(owner.do("startRun", "run { id }", graph=graph)["run"]["id"])
    watching = start_viewers(product, audience, run, viewers) if viewers else None
    with sampled(product, owner) as samples:
        owner.wait_for_run(run, seconds=120)
        memory = memory_mb(product)
        received = json.loads(watching.communicate(timeout=120)[0]) if watching else {}
    began, ended = span_of(owner, run)
    busy = {
        name: [took for at, took in values if at + took / 1000 >= began and at <= ended + AFTER_SECONDS]
        for name, values in samples.items()
    }
    return {"run_ms": (ended - began) * 1000, "memory_mb": memory, **busy, **received}


def span_of(owner: Person, run: str) -> tuple[float, float]:
    """From the end of the wait to the end of the run, as the journal has it."""
    document = "query($id: ID!) { run(id: $id) { view } }"
    view = owner.ask(document, id=run)["run"]["view"]
    return instant(view["nodes"]["pause"]["finished_at"]), instant(view["finished_at"])


def instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@contextmanager
def sampled(product: Product, owner: Person) -> Iterator[dict[str, list[tuple[float, float]]]]:
    """Round trips in milliseconds with the instants at which they began, while the block runs."""
    samples: dict[str, list[tuple[float, float]]] = {"health_ms": [], "loop_ms": []}
    over = threading.Event()

    def health() -> None:
        while not over.wait(SAMPLE_SECONDS):
            at, began = time.time(), time.perf_counter()
            urllib.request.urlopen(product.url + "/healthz", timeout=30).read()
            samples["health_ms"].append((at, (time.perf_counter() - began) * 1000))

    async def loop() -> None:
        async with opened(product.url, owner.cookies) as socket:
            await greeted(socket)
            while not over.is_set():
                at, began = time.time(), time.perf_counter()
                await (await socket.ping())
                samples["loop_ms"].append((at, (time.perf_counter() - began) * 1000))
                await asyncio.sleep(SAMPLE_SECONDS)

    threads = [threading.Thread(target=health), threading.Thread(target=lambda: asyncio.run(loop()))]
    for thread in threads:
        thread.start()
    try:
        yield samples
    finally:
        over.set()
        for thread in threads:
            thread.join()


def opened(url: str, cookies: str) -> connect:
    return connect(
        url.replace("http", "ws", 1) + "/graphql",
        subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
        additional_headers={"Cookie": cookies},
        origin=url,  # type: ignore[arg-type]
        max_size=None,
        compression=None,
    )


def start_viewers(product: Product, audience: list[str], run: str, viewers: int) -> "subprocess.Popen[str]":
    """Returns once they are all subscribed."""
    words = ["--watch", f"{product.url} {run}", "--viewers", str(viewers), "--cookies", *audience]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.viewers", *words],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "subscribed\n"
    return process


async def watch(given: argparse.Namespace) -> None:
    """Keeps what arrives as it is, and reads it only when all is over: reading costs the machine, too."""
    url, run = given.watch.split(" ")
    viewers = []
    for number in range(given.viewers):
        socket = await subscribed(url, given.cookies[number // SOCKETS_EACH], run)
        viewers.append(asyncio.create_task(kept(socket)))
    print("subscribed", flush=True)
    print(json.dumps(latencies(await asyncio.gather(*viewers))))


async def greeted(socket: ClientConnection) -> None:
    await socket.send('{"type":"connection_init"}')
    assert json.loads(await socket.recv())["type"] == "connection_ack"


async def subscribed(url: str, cookies: str, run: str) -> ClientConnection:
    socket = await opened(url, cookies)
    await greeted(socket)
    payload = {"query": FEED, "variables": {"run": run, "after": 0}}
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
    return socket


async def kept(socket: ClientConnection) -> list[tuple[float, str | bytes]]:
    arrived: list[tuple[float, str | bytes]] = []
    async for message in socket:
        arrived.append((time.time(), message))
        if '"complete"' in message[:200] if isinstance(message, str) else False:
            break
    await socket.close()
    return arrived


def latencies(viewers: list[list[tuple[float, str | bytes]]]) -> dict[str, Any]:
    events: list[float] = []
    frames: list[float] = []
    gaps = 0
    for messages in viewers:
        cursor = 0
        for received, message in messages:
            document = json.loads(message)
            if document["type"] != "next":
                continue
            frame = document["payload"]["data"]["runFeed"]
            frames.append((received - instant(frame["at"])) * 1000)
            if frame["kind"] != "EVENTS":
                cursor = frame["to"]
                continue
            gaps += frame["from"] != cursor + 1
            cursor = frame["to"]
            # The first frames bring what happened before the viewer came.
            if any(event["type"] == "run_created" for event in frame["events"]):
                continue
            events += [(received - instant(event["at"])) * 1000 for event in frame["events"]]
    return {"event_ms": events, "frame_ms": frames, "gaps": gaps, "frames": len(frames)}


def summary(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    durations = sorted(each["run_ms"] for each in rounds)
    result: dict[str, Any] = {
        "run_ms": {
            "median": round(durations[len(durations) // 2]),
            "all": [round(each) for each in durations],
        },
        "memory_mb": max(each["memory_mb"] for each in rounds),
    }
    for name in ("loop_ms", "health_ms", "event_ms", "frame_ms"):
        values = [value for each in rounds for value in each.get(name, [])]
        if values:
            result[name] = percentiles(values)
    if "frames" in rounds[0]:
        result["frames"] = sum(each["frames"] for each in rounds)
        result["gaps"] = sum(each["gaps"] for each in rounds)
    return result


def percentiles(values: list[Any]) -> dict[str, float]:
    ordered = sorted(value[1] if isinstance(value, tuple) else value for value in values)
    at = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    shown = {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1) for name, part in at.items()
    }
    return {**shown, "count": len(ordered)}


def memory_mb(product: Product) -> float:
    """Resident memory of the server and its workers."""
    pids = [product.pid]
    for pid in pids:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            pids += map(int, children.read_text().split())
    pages = sum(
        int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        for pid in pids
        if Path(f"/proc/{pid}").exists()
    )
    return round(pages * 4096 / 1e6, 1)


if __name__ == "__main__":
    main()
