"""A run that failed is resumed: the page says before what runs again and what is taken over, and afterwards why."""

import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import expect
from product import Person, Product
from window import Window

pytestmark = [pytest.mark.chromium, pytest.mark.journey]

TEXT: Final = {"media": "json", "schema": {"type": "string"}}
GRAPH: Final[dict[str, Any]] = {
    "format": "lamina/graph@1",
    "title": "Read twice",
    "nodes": {
        "text": {"kind": "input", "name": "text", "port": TEXT},
        "outer": {"kind": "module", "module": "lamina/json-read", "pin": "^1.0.0"},
        "inner": {"kind": "module", "module": "lamina/json-read", "pin": "^1.0.0"},
        "out": {"kind": "output", "name": "value"},
    },
    "edges": {
        "text:value>outer:text": {},
        "outer:value>inner:text": {"select": "string(value)"},
        "inner:value>out:value": {},
    },
}


def test_a_failed_run_is_resumed_from_its_page(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    graph = owner.do("createGraph", "graph { id }", team="demo", title="Read twice", document=GRAPH)["graph"][
        "id"
    ]
    started = owner.do("startRun", "run { id }", graph=graph, inputs={"text": '"{"'})["run"]["id"]
    assert owner.wait_for_run(started)["status"] == "FAILED"

    window = open_window(running, owner)
    page = window.page
    window.go(f"/runs/{started}")
    page.get_by_role("button", name="Resume…").click()
    dialog = page.get_by_role("dialog", name="Resume as a new run")
    expect(dialog.get_by_role("region", name="Carried out")).to_contain_text("inner")
    expect(dialog.get_by_role("region", name="Carried out")).to_contain_text("did not complete it")
    expect(dialog.get_by_role("region", name="Taken over")).to_contain_text("outer")
    window.look("resume-dialog")
    dialog.get_by_role("button", name="Resume").click()
    expect(page.locator(".run-head")).to_contain_text("takes over from")
    expect(page.locator(".node-failed")).to_have_count(1)
    window.go(f"{page.url}?node=outer")
    expect(page.get_by_role("complementary", name=re.compile("^Node "))).to_contain_text("Taken over")
    window.look("run-resumed")
