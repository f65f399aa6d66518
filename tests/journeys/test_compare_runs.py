"""Two runs beside each other, and one node that ran for many items."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from product import Person, Product
from window import Window

pytestmark = [pytest.mark.chromium, pytest.mark.journey]


def graph_of(person: Person, title: str) -> str:
    edges = person.ask("{ graphs(first: 100) { edges { node { id title } } } }")["graphs"]["edges"]
    return next(str(edge["node"]["id"]) for edge in edges if edge["node"]["title"] == title)


def run_of(person: Person, graph: str, **more: object) -> str:
    run = str(person.do("startRun", "run { id }", graph=graph, **more)["run"]["id"])
    person.wait_for_run(run)
    return run


def test_two_runs_are_compared_and_part_where_a_parameter_differs(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    graph = graph_of(owner, "Electricity report")
    for since in ("2001-01-01", "2010-01-01"):
        run_of(owner, graph, parameters={"since": since})
    window = open_window(running, owner)
    page = window.page
    window.go(f"/runs?graph={graph}")
    marks = page.get_by_role("checkbox", name=re.compile("^Mark the run of Electricity report"))
    marks.nth(0).check()
    expect(page.get_by_text("Mark another run to compare the two.")).to_be_visible()
    marks.nth(1).check()
    window.look("runs-marked")
    page.get_by_role("link", name="Compare", exact=True).click()

    first = page.get_by_role("region", name="First difference")
    expect(first).to_contain_text("They part at Since the first day: it gave something else.")
    expect(first).to_contain_text("It uses a parameter that differs: since.")
    row = page.locator(".compared-table tr").filter(has_text="since")
    expect(row.locator("td")).to_have_text(['"2001-01-01"', '"2010-01-01"'])
    nodes = page.get_by_role("table", name="Nodes of both runs")
    expect(nodes.get_by_role("row").filter(has_text="Read generation")).to_contain_text("the same")
    page.get_by_role("switch", name="Only what differs").click()
    expect(nodes.get_by_role("row").filter(has_text="Read generation")).to_have_count(0)
    window.look("runs-compared")

    page.get_by_role("button", name="Swap the two").click()
    expect(row.locator("td")).to_have_text(['"2010-01-01"', '"2001-01-01"'])


def test_a_run_is_compared_with_itself_anew(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    graph = graph_of(owner, "Text pipeline")
    run_of(owner, graph)
    run = run_of(owner, graph)
    window = open_window(running, owner)
    page = window.page
    window.go(f"/runs/{run}")
    page.get_by_role("link", name="Compare with…").click()
    page.get_by_role("combobox", name="Run B").click()
    page.get_by_role("option").first.click()
    expect(page.get_by_role("heading", name="They went alike")).to_be_visible()


def test_all_items_of_a_node_are_told_and_each_is_named(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    run = run_of(owner, graph_of(owner, "Text pipeline"))
    window = open_window(running, owner)
    page = window.page
    window.go(f"/runs/{run}?node=each")
    inspector = page.get_by_role("complementary", name="Node Count each paragraph")
    expect(inspector).to_contain_text("10 done")
    items = inspector.get_by_role("list", name="Items").get_by_role("button")
    expect(items).to_have_count(10)
    window.look("run-items")
    items.nth(2).click()
    expect(inspector.get_by_label("Item", exact=True)).to_have_value("3")
    expect(inspector).to_contain_text("No Soldier shall")
    inspector.get_by_role("button", name="Item after").click()
    expect(inspector.get_by_label("Item", exact=True)).to_have_value("4")
    expect(inspector).not_to_contain_text("No Soldier shall")
    inspector.get_by_role("button", name="All items").click()
    expect(items).to_have_count(10)

    window.go(f"/graphs/{graph_of(owner, 'Text pipeline')}?select=each&run={run}")
    beside = page.get_by_role("complementary", name="Inspector")
    expect(beside.get_by_role("list", name="Items").get_by_role("button")).to_have_count(10)
