"""The server is killed in the middle of a run: the page says how old it is, and catches up by itself."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from product import Product
from test_core_path import HERE, NUMBERS, people, publish_and_release, token_of, wait_until_running
from window import Window

pytestmark = [pytest.mark.chromium, pytest.mark.journey]

UNREACHABLE = (
    "ERR_FAILED",
    "ERR_CONNECTION_REFUSED",
    "WebSocket connection",
    "ERR_EMPTY_RESPONSE",
    "ERR_CONNECTION_RESET",
)


def test_the_page_says_that_it_is_stale_and_catches_up(product: Product, open_window: Callable[..., Window]):
    owner, reviewer, author = people(product, product.start())
    publish_and_release(product, author, reviewer, owner)
    graph = product.lamina(
        "graph", "import", str(HERE / "squares.json"), "--team", "demo", token=token_of(owner)
    ).stdout.split()[0]
    window = open_window(product, owner)
    window.go("/runs")
    owner.do("startRun", "run { id }", graph=graph, inputs={"numbers": NUMBERS}, parameters={"pause": 2})
    window.page.get_by_role("link", name="Squares").first.click()
    head = window.page.locator(".run-head")
    expect(head).to_contain_text("Live")
    wait_until_running(owner, 3)

    window.expect_complaints(*UNREACHABLE)
    product.kill()
    expect(head).to_contain_text(re.compile(r"Stale since \d\d:\d\d:\d\d"))
    expect(window.page.locator(".top-bar")).to_contain_text("Stale since")
    window.look("run-stale")

    product.start()
    expect(head).to_contain_text("Succeeded", timeout=60_000)
    expect(window.page.locator(".top-bar")).to_contain_text("Live")
    expect(window.page.locator(".node-progress")).to_have_text(f"{len(NUMBERS)}/{len(NUMBERS)}")
    window.look("run-caught-up")


def test_other_pages_open_in_place_while_the_server_is_away(
    product: Product, open_window: Callable[..., Window]
):
    owner, _reviewer, _author = people(product, product.start())
    window = open_window(product, owner)
    window.go("/")
    # The code of the pages is fetched ahead, so that it is there when the server is not.
    window.page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(({name}) => name.includes('KeySheet'))"
    )
    window.page.evaluate("window.isSameWindow = true")
    window.expect_complaints(*UNREACHABLE)
    product.kill()
    window.page.get_by_role("link", name="Catalog", exact=True).click()
    expect(window.page.get_by_role("heading", name="The catalog could not be read")).to_be_visible()
    expect(window.page.locator(".top-bar")).to_contain_text("Stale since")
    window.look("page-away")

    product.start()
    expect(window.page.get_by_role("link", name="chart-svg")).to_be_visible()
    assert window.page.evaluate("window.isSameWindow") is True


def test_a_page_whose_code_does_not_come_is_asked_for_again(
    product: Product, open_window: Callable[..., Window]
):
    owner, _reviewer, _author = people(product, product.start())
    window = open_window(product, owner)
    window.expect_complaints(*UNREACHABLE, "Failed to fetch dynamically imported module")
    code = re.compile(r"/static/CatalogPage-[^/]+$|/static/catalog-[^/]+css$")
    window.page.route(code, lambda route: route.abort())
    window.go("/")
    window.page.evaluate("window.isSameWindow = true")
    window.page.get_by_role("link", name="Catalog", exact=True).click()
    expect(window.page.get_by_role("heading", name="This page could not be loaded")).to_be_visible()
    expect(window.page.get_by_role("navigation", name="Main")).to_be_visible()
    window.look("page-not-loaded")
    window.page.unroute(code)
    window.page.get_by_role("button", name="Try again").click()
    expect(window.page.get_by_role("link", name="chart-svg")).to_be_visible()
    assert window.page.locator(".catalog").evaluate("page => getComputedStyle(page).display") == "grid"
    assert window.page.evaluate("window.isSameWindow") is True
