"""A run waits for two approvals with a form and for a signal; people answer it from its page."""

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect
from product import Person, Product
from window import Window

pytestmark = [pytest.mark.chromium, pytest.mark.journey]

GRAPH: Final[dict[str, Any]] = {
    "format": "lamina/graph@1",
    "title": "Ask people",
    "nodes": {
        "ranking": {"kind": "constant", "value": ["b", "a"]},
        "ok": {
            "kind": "approval",
            "who": {"count": 2, "roles": ["viewer"]},
            "prompt": "Publish this ranking?",
            "form": {
                "type": "object",
                "properties": {
                    "note": {"type": "string", "title": "Note", "minLength": 3},
                    "urgent": {"type": "boolean", "title": "Urgent", "default": False},
                },
                "required": ["note"],
                "additionalProperties": False,
            },
            "deadline_seconds": 3600,
        },
        "go": {"kind": "signal", "name": "go", "schema": {"type": "integer"}, "deadline_seconds": 3600},
        "said": {"kind": "output", "name": "said"},
        "went": {"kind": "output", "name": "went"},
    },
    "edges": {"ranking:value>ok:value": {}, "ok:decision>said:value": {}, "go:value>went:value": {}},
}


def test_people_answer_a_run_that_waits(
    running: Product, owner: Person, author: Person, open_window: Callable[..., Window]
):
    graph = owner.do("createGraph", "graph { id }", team="demo", title="Ask people", document=GRAPH)["graph"]
    run = owner.do("startRun", "run { id }", graph=graph["id"])["run"]["id"]

    window = open_window(running, owner)
    page = window.page
    window.go("/")
    asked = page.locator(".home-needs").get_by_role("listitem").filter(has_text="Ask people")
    expect(asked).to_contain_text("Publish this ranking?")
    window.look("home-needs")
    asked.get_by_role("link").click()
    page.wait_for_url(re.compile("/runs/"))
    approval = page.get_by_role("region", name="Waiting for Approval")
    expect(approval).to_contain_text("0 of 2 have approved.")
    author.do(
        "decideWait", "run { id }", run=run, node="ok", verdict="APPROVED", form={"note": "Looks right"}
    )
    expect(approval).to_contain_text("1 of 2 have approved:")
    approval.get_by_role("button", name="Look at its data").click()
    expect(page.get_by_role("complementary", name=re.compile("^Node "))).to_contain_text("2 items")
    window.look("run-waits")

    approval.get_by_role("button", name="Approve…").click()
    dialog = page.get_by_role("dialog", name="Approval: approve")
    expect(dialog.get_by_label("Note")).to_be_focused()
    dialog.get_by_label("Note").fill("x")
    dialog.get_by_role("button", name="Approve").click()
    expect(dialog.get_by_role("alert").first).to_contain_text("note")
    window.look("run-approve")
    dialog.get_by_label("Note").fill("Go on")
    dialog.get_by_role("button", name="Approve").click()
    expect(approval).to_have_count(0)
    window.go("/")
    expect(page.get_by_role("table", name="Active runs")).to_contain_text("Ask people")
    expect(asked).to_have_count(0)
    window.go(f"/runs/{run}")

    page.get_by_role("region", name="Waiting for go").get_by_role("button", name="Send…").click()
    sending = page.get_by_role("dialog", name="Send the signal go")
    expect(sending.get_by_role("button", name="Send")).to_be_disabled()
    sending.get_by_label("Value").fill("7")
    window.look("run-signal")
    sending.get_by_role("button", name="Send").click()
    ended = owner.wait_for_run(run)
    assert ended["status"] == "SUCCEEDED"
    expect(page.locator(".run-head")).to_contain_text("Succeeded")


WAITS: Final = "query($id: ID!) { run(id: $id) { openWaits { node kind count form } } }"


def test_who_decides_and_what_they_fill_in_is_said_in_the_studio(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    document = {**GRAPH, "nodes": {**GRAPH["nodes"], "ok": {**GRAPH["nodes"]["ok"]}}}
    document["nodes"]["ok"]["who"] = {"roles": ["operator"]}
    del document["nodes"]["ok"]["form"]
    document["nodes"]["later"] = {"kind": "wait", "seconds": 5, "title": "later"}
    graph = owner.do("createGraph", "graph { id }", team="demo", title="Ask more", document=document)["graph"]

    window = open_window(running, owner)
    page = window.page
    window.go(f"/graphs/{graph['id']}")
    page.locator(".react-flow__node").filter(has_text="approval").click()
    inspector = page.locator(".studio-inspector")
    inspector.get_by_label("Operator").uncheck()
    inspector.get_by_label("Viewer", exact=True).check()
    inspector.get_by_label("Teams that may decide").press_sequentially("demo, text")
    expect(inspector.get_by_label("Teams that may decide")).to_have_value("demo, text")
    inspector.get_by_label("People who have to approve").fill("2")
    inspector.get_by_role("button", name="Ask for more than yes or no").click()
    expect(inspector).to_contain_text("Schema of what is filled in")
    expect(inspector.locator(".cm-content")).to_contain_text("required")
    window.look("studio-approval")
    page.locator(".react-flow__node").filter(has_text="later").click()
    inspector.get_by_label("Waits", exact=True).click()
    page.get_by_role("option", name="for seconds that are computed").click()
    inspector.get_by_label("Seconds", exact=True).fill("30.0 * 2.0")
    expect(page.get_by_text("No problems")).to_be_visible()
    window.look("studio-wait")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Run").click()
    page.wait_for_url(re.compile("run="))
    run = re.search("run=([^&]+)", page.url)
    assert run is not None
    waits = {each["node"]: each for each in owner.ask(WAITS, id=unquote(run[1]))["run"]["openWaits"]}
    assert waits["later"]["kind"] == "TIMER"
    assert waits["ok"]["count"] == 2
    assert waits["ok"]["form"]["required"] == ["note"]
