"""The pages around the studio: what they offer to whom, and how they say no."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from product import Person, Product
from window import Window, write

pytestmark = [pytest.mark.chromium, pytest.mark.journey]


def test_the_keys_of_a_page_are_told_on_that_page(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    window = open_window(running, owner)
    for place, says in (("/", "Search everything"), ("/explorer", "Run the operation at the cursor")):
        window.go(place)
        expect(window.page.get_by_role("heading", level=1)).to_be_visible()
        window.page.keyboard.press("?")
        sheet = window.page.get_by_role("dialog", name="Keys")
        expect(sheet).to_contain_text(says)
        window.page.keyboard.press("Escape")
        expect(sheet).to_have_count(0)


def test_a_version_that_is_not_there_is_named_and_none_stands_in_for_it(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    window = open_window(running, owner)
    window.go("/catalog/lamina/chart-svg?version=9.9.9")
    main = window.page.locator("main")
    expect(main).to_contain_text("There is no version 9.9.9 of this module.")
    window.look("module-without-version")
    window.page.locator(".versions").get_by_role("link").first.click()
    expect(window.page.get_by_role("tab", name="Docs")).to_be_visible()


def test_what_is_not_there_leads_on(running: Product, owner: Person, open_window: Callable[..., Window]):
    window = open_window(running, owner)
    window.go("/graphs/none")
    expect(window.page.get_by_role("heading", name="This graph is not here")).to_be_visible()
    window.look("not-there")
    window.page.locator("main").get_by_role("button", name="Search").click()
    expect(window.page.get_by_role("dialog", name="Search")).to_be_visible()
    window.page.keyboard.press("Escape")
    window.page.get_by_role("link", name="All graphs").click()
    expect(window.page.get_by_role("heading", name="Graphs", level=1)).to_be_visible()


def test_who_may_not_run_a_sample_is_told_why(
    running: Product, reviewer: Person, open_window: Callable[..., Window]
):
    window = open_window(running, reviewer)
    window.go("/")
    button = window.page.get_by_role("button", name="Run Text pipeline")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.focus()
    expect(window.page.get_by_role("tooltip")).to_contain_text("needs the role author or operator in Demo")
    button.press("Enter")
    window.look("home-of-a-reviewer")
    assert window.page.url.endswith("/")


def test_samples_and_tries_run_in_the_chosen_environment(
    running: Product, author: Person, open_window: Callable[..., Window]
):
    window = open_window(running, author)
    window.go("/")
    window.page.get_by_role("combobox", name="Environment in which runs start").click()
    window.page.get_by_role("option", name="staging").click()
    window.page.get_by_role("button", name="Run Text pipeline").click()
    expect(window.page.locator(".run-head")).to_be_visible()
    window.go("/catalog/lamina/word-count?tab=try")
    window.page.get_by_role("button", name="Run it once").click()
    expect(window.page.locator(".try > section").last).to_contain_text("in staging")
    runs = author.ask("{ runs(first: 2) { edges { node { environment } } } }")["runs"]["edges"]
    assert [edge["node"]["environment"] for edge in runs] == ["staging", "staging"]


def test_a_refused_try_names_the_field_and_shows_no_old_outcome(
    running: Product, author: Person, open_window: Callable[..., Window]
):
    window = open_window(running, author)
    window.go("/catalog/lamina/word-count?tab=try")
    run = window.page.get_by_role("button", name="Run it once")
    run.click()
    outcome = window.page.locator(".try > section").last
    expect(outcome).to_contain_text("Succeeded")
    write(window.page.get_by_label("Inputs"), '{"text": 7}')
    expect(outcome).to_contain_text("of what stood there before")
    run.click()
    expect(window.page.get_by_label("What is wrong with inputs")).to_contain_text("text 7 is not of type")
    expect(outcome).to_contain_text("Nothing was run")
    window.look("try-refused")


def test_a_used_link_says_how_to_get_another(running: Product, open_window: Callable[..., Window]):
    link = running.sign_in_link("reviewer")
    Person(running, link)
    window = open_window(running)
    window.expect_complaints("410")
    window.page.goto(link)
    expect(window.page.locator("main")).to_contain_text("manage.py sign_in_link")
    window.look("link-used")
