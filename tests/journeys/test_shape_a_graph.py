"""A graph is given its shape and tried in parts, by one person while another looks on."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from product import Person, Product
from test_compose import node
from window import Window

ROWS = "name,height\nAda,170\nGrace,165\nMary,160"

PLACE = "node => node.style.transform"

pytestmark = [pytest.mark.chromium, pytest.mark.journey]


def chain() -> dict[str, object]:
    """Text → rows → the first of them → out; and a second way that fails."""
    text = {"media": "json", "schema": {"type": "string"}, "default": ROWS}
    return {
        "format": "lamina/graph@1",
        "title": "In parts",
        "nodes": {
            "csv": {"kind": "input", "name": "csv", "port": text},
            "read": {"kind": "module", "module": "lamina/csv-read", "pin": "^1.0.0", "title": "Read"},
            "top": {"kind": "module", "module": "lamina/limit-rows", "pin": "^1.0.0", "title": "Top"},
            "bad": {"kind": "module", "module": "lamina/json-read", "pin": "^1.0.0", "title": "As JSON"},
            "rows": {"kind": "output", "name": "rows"},
            "value": {"kind": "output", "name": "value"},
        },
        "edges": {
            "csv:value>read:text": {},
            "read:rows>top:rows": {},
            "top:rows>rows:value": {},
            "csv:value>bad:text": {},
            "bad:value>value:value": {},
        },
    }


def opened(window: Window, graph: str) -> Page:
    window.go(f"/graphs/{graph}")
    expect(window.page.locator(".wire-yes")).to_have_count(5)
    return window.page


def choose(page: Page, *titles: str) -> None:
    for place, title in enumerate(titles):
        node(page, title).click(modifiers=["Control"] if place else [])
    expect(page.locator(".node-selected")).to_have_count(len(titles))


def test_a_graph_is_shaped_tried_in_parts_and_compared(
    running: Product, owner: Person, author: Person, open_window: Callable[..., Window]
):
    made = owner.do("createGraph", "graph { id }", team="demo", title="In parts", document=chain())
    graph = made["graph"]["id"]
    owner.do("saveRevision", "revision { number }", graph=graph, message="As it began")
    window = open_window(running, owner)
    page = opened(window, graph)
    other = opened(open_window(running, author, theme="light"), graph)

    choose(page, "Read", "Top")
    page.keyboard.press("Control+g")
    page.get_by_label("Group", exact=True).fill("Rows")
    expect(other.locator(".frame-head")).to_contain_text("Rows")
    page.mouse.move(700, 420)
    page.mouse.move(712, 428)
    expect(other.locator(".person-cursor")).to_contain_text("Ada Owner")
    expect(other.get_by_text("AO", exact=True)).to_be_visible()

    node(page, "As JSON").click()
    page.keyboard.press("Shift+N")
    page.keyboard.insert_text("This is no JSON.")
    expect(other.locator(".note-text")).to_have_text("This is no JSON.")
    window.look("studio-groups-and-notes")

    choose(page, "Read", "Top")
    page.get_by_role("button", name="Make a sub-graph").click()
    expect(node(page, "Sub-graph")).to_be_visible()
    expect(node(other, "Read")).to_have_count(0)
    expect(page.get_by_text("No problems")).to_be_visible()
    node(page, "Sub-graph").dblclick()
    expect(page.locator(".scope-path")).to_contain_text("Sub-graph")
    expect(node(page, "Read")).to_be_visible()
    window.look("studio-inside")
    page.get_by_role("button", name="In parts").click()
    node(page, "Sub-graph").click()
    page.get_by_role("button", name="Take the sub-graph apart").click()
    expect(node(other, "Read")).to_be_visible()
    expect(page.locator(".wire-yes")).to_have_count(5)

    before = node(page, "Read").evaluate(PLACE)
    page.get_by_role("button", name="Lay out by layers").click()
    page.wait_for_function(
        f"([node, before]) => ({PLACE})(node) !== before", arg=[node(page, "Read").element_handle(), before]
    )
    for title in ("Read", "Top", "As JSON"):
        expect(node(page, title)).to_be_in_viewport(ratio=0.99)
    page.keyboard.press("Control+z")
    page.wait_for_function(
        f"([node, before]) => ({PLACE})(node) === before", arg=[node(page, "Read").element_handle(), before]
    )

    run_up_to(window, "Top")
    compare(window)


def run_up_to(window: Window, title: str) -> None:
    """Only what the node needs runs, so what would fail does not; then its outputs stand in for it."""
    page = window.page
    # One Escape lets go of the nodes and of the tooltip that happens to be open.
    page.get_by_role("button", name="Zoom in").hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".node-selected")).to_have_count(0)
    expect(page.get_by_role("tooltip")).to_have_count(0)
    node(page, title).click()
    expect(page.locator(".node-selected")).to_have_count(1)
    page.keyboard.press("Shift+Enter")
    dialog = page.get_by_role("dialog", name="Run up to here")
    dialog.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".studio-run")).to_have_text("Succeeded", timeout=30_000)
    expect(page.locator(".node-succeeded")).to_have_count(2)
    expect(page.locator(".studio-inspector")).to_contain_text("Grace")
    page.get_by_role("button", name="Pin these outputs").click()
    expect(node(page, title).get_by_label("Its outputs are pinned")).to_be_visible()
    window.look("studio-run-to-here")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    window.look("studio-keys")
    page.keyboard.press("Escape")


def compare(window: Window) -> None:
    page = window.page
    node(page, "As JSON").click()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Revisions").click()
    page.get_by_role("button", name="Compare with the draft").click()
    changes = page.get_by_role("complementary", name="Changes")
    expect(changes.get_by_role("button")).to_have_count(3)
    expect(changes.get_by_role("button", name=re.compile("As JSON · value → value"))).to_be_visible()
    expect(page.locator(".node-removed")).to_have_count(1)
    window.look("studio-compare")
    page.locator(".compare-head").get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Revisions").click()
    page.get_by_role("button", name="Restore into the draft").click()
    expect(node(page, "As JSON")).to_be_visible()
    expect(page.locator(".wire-yes")).to_have_count(5)
