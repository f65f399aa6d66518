"""A thousand nodes open, run live and stay usable."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from product import Person, Product
from window import Window

ROWS, COLUMNS = 25, 40
COUNT = ROWS * COLUMNS

pytestmark = [pytest.mark.chromium, pytest.mark.journey]


def large_document() -> dict[str, Any]:
    """One constant feeds 25 chains of 40 nodes; each chain ends in an output."""
    nodes: dict[str, Any] = {"start": {"kind": "constant", "value": [{"n": n} for n in range(10)]}}
    edges: dict[str, Any] = {}
    positions: dict[str, Any] = {"start": [-280, ROWS * 64]}
    for row in range(ROWS):
        before = "start:value"
        for column in range(COLUMNS):
            name = f"n{row}-{column}"
            nodes[name] = {"kind": "module", "module": "lamina/limit-rows", "pin": "^1.0.0"}
            edges[f"{before}>{name}:rows"] = {}
            positions[name] = [column * 280, row * 128]
            before = f"{name}:rows"
        nodes[f"out{row}"] = {"kind": "output", "name": f"out{row}"}
        edges[f"{before}>out{row}:value"] = {}
        positions[f"out{row}"] = [COLUMNS * 280, row * 128]
    return {
        "format": "lamina/graph@1",
        "title": "A thousand nodes",
        "nodes": nodes,
        "edges": edges,
        "layout": {"positions": positions},
    }


def test_a_thousand_nodes_open_and_run_live(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    made = owner.do(
        "createGraph",
        "graph { id } problems { message }",
        team="demo",
        title="A thousand nodes",
        document=large_document(),
    )
    assert made["problems"] == []
    window = open_window(running, owner)
    page = window.page
    window.go(f"/graphs/{made['graph']['id']}")
    expect(page.get_by_text(f"{COUNT + ROWS + 1:,} nodes")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("No problems")).to_be_visible(timeout=60_000)
    window.look("studio-large", with_axe=False)

    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog", name="Run this draft").get_by_role("button", name="Run").click()
    chip = page.locator(".studio-run")
    expect(chip).to_be_visible()
    chip.click()
    head = page.locator(".run-head")
    expect(head).to_contain_text(f"{COUNT:,} succeeded", timeout=120_000)
    expect(head).to_contain_text("Succeeded")
    window.look("run-large", with_axe=False)
    zoom_in(window)
    expect(page.locator(".node-succeeded").first).to_be_visible()
    page.locator(".timeline-row").first.click()
    expect(page.get_by_role("complementary")).to_contain_text("limit-rows")


def zoom_in(window: Window) -> None:
    """Until single nodes are drawn."""
    tool = window.page.get_by_role("button", name="Zoom in")
    for _ in range(12):
        if window.page.locator(".react-flow__node").count() > 0:
            return
        tool.click()
        window.page.wait_for_timeout(200)
