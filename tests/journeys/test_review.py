"""A version is published from the command line, reviewed by two people in two browsers, released and used."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from product import Person, Product
from test_core_path import token_of
from window import Window

MODULE = Path(__file__).parent / "module"

pytestmark = [pytest.mark.chromium, pytest.mark.journey]


def test_a_version_is_reviewed_in_two_browsers_released_and_used(
    running: Product, owner: Person, reviewer: Person, author: Person, open_window: Callable[..., Window]
):
    token = token_of(author)
    running.lamina("publish", str(MODULE), token=token)
    theirs = open_window(running, author)
    theirs.go("/catalog/demo/slow-square")
    theirs.page.get_by_role("button", name="Ask for review").click()
    theirs.look("module-ask-for-review")
    theirs.page.get_by_role("dialog").get_by_role("button", name="Ask for review").click()
    expect(theirs.page.get_by_role("dialog")).to_have_count(0)
