"""A graph is run for each of a list: pasted, mended by line, refused by line, started together, and listed."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import expect
from product import Person, Product
from window import Window, write

pytestmark = [pytest.mark.chromium, pytest.mark.journey]

NUMBER: Final = {"media": "json", "schema": {"type": "integer", "minimum": 1}}
GRAPH: Final[dict[str, Any]] = {
    "format": "lamina/graph@1",
    "title": "Pass numbers on",
    "nodes": {
        "n": {"kind": "input", "name": "n", "port": NUMBER},
        "note": {
            "kind": "input",
            "name": "note",
            "port": {"media": "json", "schema": {"type": "string"}, "default": ""},
        },
        "out": {"kind": "output", "name": "same"},
        "said": {"kind": "output", "name": "said"},
    },
    "edges": {"n:value>out:value": {}, "note:value>said:value": {}},
}
RUNS: Final = "query($graph: ID!) { runs(graph: $graph, first: 20) { edges { node { status inputs } } } }"
SMALL: Final = {"width": 1024, "height": 768}


def test_a_graph_is_run_for_each_of_a_list(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    graph = owner.do("createGraph", "graph { id }", team="demo", title="Pass numbers on", document=GRAPH)
    id = graph["graph"]["id"]
    window = open_window(running, owner)
    page = window.page
    window.go(f"/graphs/{id}")
    page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog")
    once = dialog.get_by_role("radio", name="Once")
    expect(once).to_be_checked()
    once.focus()
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("radio", name="For each of a list")).to_be_checked()
    editor = dialog.get_by_role("textbox", name="Inputs of each run")
    expect(editor).to_contain_text('{"n":1}')
    expect(dialog).to_contain_text("Starts 1 run.")

    write(editor, '{"n": 1}\n{"n": "two"}\n{"n": 3, "more": 1}\n{"n": \n')
    faults = dialog.get_by_role("list", name="What does not fit")
    expect(faults.get_by_role("listitem")).to_have_count(3)
    expect(faults).to_contain_text("n takes integer ≥ 1, not string.")
    expect(dialog.get_by_role("button", name=re.compile("^Run"))).to_be_disabled()
    window.look("run-list-faults")
    faults.get_by_role("button", name="Line 3").click()
    expect(editor).to_be_focused()

    # What was written outlives the dialog.
    page.mouse.click(4, 4)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(once).to_be_checked()
    dialog.get_by_text("For each of a list").click()
    expect(editor).to_contain_text('{"n": "two"}')

    write(editor, '{"n": 1}\n{"n": 2}\n\n{"n": 0}\n')
    dialog.get_by_role("button", name="Run 3 times").click()
    expect(faults.get_by_role("listitem")).to_have_count(1)
    expect(faults.get_by_role("button", name="Line 4")).to_be_visible()
    expect(faults).to_contain_text("n:")
    assert owner.ask(RUNS, graph=id)["runs"]["edges"] == []

    write(editor, '{"n": 1}\n{"n": 2, "note": "second"}\n\n{"n": 3}\n')
    expect(dialog).to_contain_text("Starts 3 runs: all of them, or none.")
    window.look("run-list")
    dialog.get_by_role("button", name="Run 3 times").click()
    page.wait_for_url(re.compile(r"/runs\?graph="))
    expect(page.get_by_role("table", name="Runs").get_by_text("Succeeded")).to_have_count(3)
    window.look("runs-of-a-list")
    found = [edge["node"]["inputs"]["n"]["value"] for edge in owner.ask(RUNS, graph=id)["runs"]["edges"]]
    assert found == [3, 2, 1]


def test_the_list_is_a_file(
    running: Product, owner: Person, open_window: Callable[..., Window], tmp_path: Path
):
    graph = owner.do("createGraph", "graph { id }", team="demo", title="Pass a file on", document=GRAPH)
    id = graph["graph"]["id"]
    file = tmp_path / "numbers.jsonl"
    file.write_text("".join(f'{{"n": {number}}}\n' for number in range(1, 251)))
    window = open_window(running, owner, theme="light", size=SMALL)
    page = window.page
    window.go(f"/graphs/{id}")
    page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("For each of a list").click()
    expect(dialog.get_by_role("textbox", name="Inputs of each run")).to_be_visible()
    dialog.locator("input[type=file]").set_input_files(file)
    expect(dialog).to_contain_text("Starts 250 runs: all of them, or none.")
    window.look("run-list-file")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/runs\?graph="))
    expect(page.get_by_role("table", name="Runs").get_by_text("Succeeded")).to_have_count(50)
    window.look("runs-of-a-file")
