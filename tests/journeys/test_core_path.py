"""The main job, headless, through the real server: publish, release, compose, run, follow, survive."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from product import Person, Product

HERE = Path(__file__).parent
DEMO = {"Electricity report", "Log analysis", "Text pipeline"}
NUMBERS = list(range(1, 13))
SQUARES = [number * number for number in NUMBERS]


def token_of(person: Person) -> str:
    return person.do("createToken", "secret", title="story", scopes=["admin"], days=1)["secret"]


def publish_and_release(product: Product, author: Person, reviewer: Person, owner: Person) -> None:
    """The author publishes and submits, the reviewer approves, the owner releases."""
    token = token_of(author)
    product.lamina("publish", str(HERE / "module"), token=token)
    product.lamina("submit", "demo/slow-square@1.0.0", "-m", "First version", token=token)
    refused = product.lamina("approve", "demo/slow-square@1.0.0", token=token, check=False)
    assert refused.returncode == 1, "the author may not approve"
    product.lamina("approve", "demo/slow-square@1.0.0", "-m", "Good", token=token_of(reviewer))
    product.lamina("release", "demo/slow-square@1.0.0", token=token_of(owner))


def people(product: Product, link: str) -> tuple[Person, Person, Person]:
    """Owner, reviewer and author of the demo team."""
    others = (Person(product, product.sign_in_link(who)) for who in ("reviewer", "author"))
    return Person(product, link), *others


def start_following(product: Product, token: str, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "lamina.cli", "run", "Squares", "--follow", "--json", *words],
        cwd=HERE.parent.parent,
        env={**product.environment, "LAMINA_URL": product.url, "LAMINA_TOKEN": token},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_until_running(owner: Person, seq: int) -> str:
    """The run that is under way, once its journal has come to `seq`."""
    document = "{ runs(status: [RUNNING], first: 1) { edges { node { id lastSeq } } } }"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for edge in owner.ask(document)["runs"]["edges"]:
            if edge["node"]["lastSeq"] >= seq:
                return str(edge["node"]["id"])
        time.sleep(0.05)
    raise AssertionError("no run is under way")


@pytest.mark.journey
def test_the_whole_path_survives_a_kill_in_the_middle(product: Product):
    owner, reviewer, author = people(product, product.start())
    publish_and_release(product, author, reviewer, owner)
    token = token_of(owner)
    product.lamina("graph", "import", str(HERE / "squares.json"), "--team", "demo", token=token)

    calm = product.lamina(
        "run",
        "Squares",
        "--input",
        f"numbers={NUMBERS}",
        "--param",
        "pause=0",
        "--follow",
        "--json",
        token=token,
    )
    expected = json.loads(calm.stdout.splitlines()[-1])["run"]["outputs"]
    assert expected["squares"]["value"] == SQUARES
    assert expected["few"]["value"] == SQUARES[:3]

    with start_following(product, token, "--input", f"numbers={NUMBERS}") as follower:
        under_way = wait_until_running(owner, 3)
        product.kill()
        product.start()
        output, errors = follower.communicate(timeout=90)
    assert follower.returncode == 0, output + errors

    lines = [json.loads(line) for line in output.splitlines()]
    assert lines[-1]["run"]["outputs"] == expected
    sequence = [line["event"]["seq"] for line in lines if "event" in line]
    assert sequence == list(range(1, len(sequence) + 1)), "no gap, nothing twice"
    ended = owner.wait_for_run(under_way)
    assert ended["status"] == "SUCCEEDED"


@pytest.mark.journey
def test_a_failing_module_says_what_failed_and_where(product: Product):
    owner, reviewer, author = people(product, product.start())
    publish_and_release(product, author, reviewer, owner)
    token = token_of(owner)
    product.lamina("graph", "import", str(HERE / "squares.json"), "--team", "demo", token=token)
    done = product.lamina(
        "run",
        "Squares",
        "--input",
        "numbers=[12, 13]",
        "--param",
        "pause=0",
        "--follow",
        token=token,
        check=False,
    )
    assert done.returncode == 4
    assert "unlucky" in done.stdout + done.stderr
    assert "square[1]" in done.stdout + done.stderr


@pytest.mark.journey
def test_the_demo_graphs_run(owner: Person):
    graphs = owner.ask("{ graphs { edges { node { id title } } } }")["graphs"]["edges"]
    assert {graph["node"]["title"] for graph in graphs} >= DEMO
    for graph in graphs:
        if graph["node"]["title"] not in DEMO:
            continue  # made by another story on this server
        run = owner.do("startRun", "run { id }", graph=graph["node"]["id"])["run"]["id"]
        ended = owner.wait_for_run(run)
        assert ended["status"] == "SUCCEEDED", (graph, ended["error"])
        assert ended["outputs"]
