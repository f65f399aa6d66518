"""Come in by the link, run a sample, watch it, change its parameter, run it again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from product import Product
from window import Window, write

CALLS = 12

pytestmark = [pytest.mark.chromium, pytest.mark.journey]


def totals(page: Page) -> list[str]:
    """The rows of the output `totals`, as they are shown."""
    page.get_by_role("tab", name="Inputs and outputs").click()
    value = page.locator(".value").filter(has_text="totals")
    expect(value.locator("tbody tr").first).to_be_visible()
    return value.locator("tbody tr").all_inner_texts()


def test_a_sample_runs_by_one_click_and_again_with_another_parameter(
    running: Product, open_window: Callable[..., Window]
):
    window = open_window(running)
    page = window.page
    window.expect_complaints("401")
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in to Lamina")).to_be_visible()
    window.look("sign-in")
    page.goto(running.sign_in_link("owner"))
    window.look("sign-in-link", with_axe=False)
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    window.look("home-first")

    page.get_by_role("button", name="Run Electricity report").click()
    expect(page).to_have_url(re.compile("/runs/"))
    page.get_by_role("button", name="Show the whole graph").click()
    expect(page.locator(".node-succeeded")).to_have_count(CALLS, timeout=30_000)
    expect(page.locator(".run-head")).to_contain_text(f"{CALLS} succeeded")
    all_years = totals(page)
    chart = page.locator(".value").filter(has_text="chart").locator("img.picture")
    expect(chart.first).to_be_visible()
    assert chart.first.evaluate("picture => picture.naturalWidth") > 100
    window.look("run-succeeded")

    page.get_by_role("link", name="Open in the studio").click()
    expect(page.get_by_text("No problems")).to_be_visible()
    clipped = "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.textContent)"
    assert page.locator(".palette-block .ellipsis").evaluate_all(clipped) == []
    the_overview_follows_the_theme(page)
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Run this draft")
    write(dialog.get_by_label("Parameters", exact=True), '{"since": "2010-01-01"}')
    window.look("run-dialog")
    dialog.get_by_role("button", name="Run").click()
    expect(dialog).to_be_hidden()
    chip = page.locator(".studio-run")
    expect(chip).to_have_text("Succeeded", timeout=30_000)
    window.look("studio-after-run")
    chip.click()
    page.get_by_role("button", name="Show the whole graph").click()
    expect(page.locator(".node-succeeded")).to_have_count(CALLS)
    fewer_years = totals(page)
    assert len(fewer_years) == len(all_years)
    assert fewer_years != all_years


def the_overview_follows_the_theme(page: Page) -> None:
    paint = "() => document.querySelector('.overview-map canvas').toDataURL()"
    dark = page.evaluate(paint)
    page.get_by_role("button", name="Use the light theme").click()
    page.wait_for_function(f"dark => ({paint})() !== dark", arg=dark)
    page.get_by_role("button", name="Use the dark theme").click()
    page.wait_for_function(f"dark => ({paint})() === dark", arg=dark)
