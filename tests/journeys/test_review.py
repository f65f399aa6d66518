"""A version is published from the command line, reviewed by two people in two browsers, released and used."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pictures import replace
from playwright.sync_api import Page, expect
from product import Person, Product
from test_compose import new_graph, node, quick_add
from test_core_path import token_of
from window import Window

MODULE = Path(__file__).parent / "module"

pytestmark = [pytest.mark.chromium, pytest.mark.journey]


def decide(page: Page, verb: str, action: str, message: str) -> None:
    page.get_by_role("button", name=verb, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill(message)
    dialog.get_by_role("button", name=action).click()
    expect(dialog).to_be_hidden()


def test_a_version_is_reviewed_in_two_browsers_released_and_used(
    running: Product, owner: Person, reviewer: Person, author: Person, open_window: Callable[..., Window]
):
    running.lamina("publish", str(MODULE), token=token_of(author))
    mine = open_window(running, author)
    mine.go("/catalog/demo/slow-square")
    mine.page.get_by_role("button", name="Ask for review").click()
    dialog = mine.page.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill("Squares, slowly")
    dialog.get_by_role("button", name=re.compile("review")).click()
    expect(mine.page).to_have_url(re.compile("/reviews/"))
    expect(mine.page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    mine.look("review-of-mine")

    theirs = open_window(running, reviewer, theme="light")
    theirs.go("/")
    theirs.page.get_by_role("link", name=re.compile("slow-square")).first.click()
    expect(theirs.page.get_by_role("heading", name=re.compile("slow-square"))).to_be_visible()
    theirs.look("review-overview")
    for tab in ("Contract", "Source", "Discussion", "History"):
        theirs.page.get_by_role("tab", name=tab).click()
        theirs.settle()
        theirs.look(f"review-{tab.lower()}")
    decide(theirs.page, "Approve", "Approve this bundle", "Good")

    expect(mine.page.get_by_text("Approved").first).to_be_visible()
    keeper = open_window(running, owner)
    keeper.go(mine.page.url)
    decide(keeper.page, "Release", "Release for good", "Ready")
    expect(mine.page.get_by_text("Released").first).to_be_visible()
    keeper.look("review-released")

    new_graph(keeper.page, "Uses the new module")
    keeper.page.locator(".react-flow__pane").dblclick(position={"x": 200, "y": 200})
    quick_add(keeper.page, "slow-square")
    expect(node(keeper.page, "Slow square")).to_contain_text("^1.0.0")


def test_a_second_round_shows_what_changed_since_the_first(
    running: Product,
    reviewer: Person,
    author: Person,
    open_window: Callable[..., Window],
    tmp_path: Path,
):
    module = tmp_path / "module"
    shutil.copytree(MODULE, module)
    replace(module / "module.toml", "slow-square", "second-look")
    token = token_of(author)
    running.lamina("publish", str(module), token=token)
    running.lamina("submit", "demo/second-look@1.0.0", token=token)
    open_reviews = "{ reviews(first: 1, state: OPEN) { edges { node { id version { bundle } } } } }"
    [edge] = reviewer.ask(open_reviews)["reviews"]["edges"]
    review, bundle = edge["node"]["id"], edge["node"]["version"]["bundle"]
    reviewer.do("requestChanges", "review { id }", review=review, expectedBundle=bundle, message="Explain")
    replace(module / "README.md", "#", "# Explained:")
    running.lamina("publish", str(module), token=token)
    running.lamina("submit", "demo/second-look@1.0.0", token=token)

    window = open_window(running, reviewer)
    window.go(f"/reviews/{review}?tab=source")
    files = window.page.get_by_role("navigation", name="Files")
    expect(files).to_contain_text("0 of 1 viewed")
    expect(window.page.get_by_role("region", name="README.md")).to_contain_text("Explained:")
    window.look("review-second-round")
    window.page.get_by_text("All changes", exact=True).click()
    expect(files).to_contain_text(re.compile("0 of [2-9] viewed"))
