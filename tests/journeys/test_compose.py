"""From an empty canvas to a run, by mouse and by keyboard; a wrong wire is refused with what breaks it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from product import Person, Product
from window import Window, write

TABLE = "name,height\\nAda,170\\nGrace,165\\nMary,160"

pytestmark = [pytest.mark.chromium, pytest.mark.journey]


def node(page: Page, title: str) -> Locator:
    named = page.locator(".node-title", has_text=re.compile(f"^{title}$"))
    return page.locator(".react-flow__node").filter(has=named)


def port(page: Page, title: str, name: str, side: str) -> Locator:
    return node(page, title).locator(f".port-{side}").filter(has_text=name).locator(".port-handle")


def drag(page: Page, start: Locator, end: Locator | tuple[float, float]) -> None:
    """With the mouse, in steps, as a hand does."""
    x, y = centre(start)
    page.mouse.move(x, y)
    page.mouse.down()
    x, y = centre(end) if isinstance(end, Locator) else end
    page.mouse.move(x - 20, y - 10, steps=4)
    page.mouse.move(x, y, steps=4)
    page.mouse.up()


def centre(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def quick_add(page: Page, words: str) -> None:
    offers = page.get_by_role("dialog", name="Add a node")
    offers.get_by_role("textbox").fill(words)
    expect(offers.get_by_role("option").first).to_contain_text(words)
    offers.get_by_role("textbox").press("Enter")
    expect(offers).to_be_hidden()


def new_graph(page: Page, title: str) -> None:
    page.goto("/graphs")
    page.get_by_role("button", name="New graph").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Create and open").click()
    expect(page.get_by_role("heading", name="This graph is empty")).to_be_visible()


def test_an_empty_canvas_becomes_a_graph_that_runs(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    window = open_window(running, owner)
    page = window.page
    new_graph(page, "From nothing")
    window.look("studio-empty")

    page.get_by_label("Search the palette").fill("csv-read")
    canvas = page.locator(".react-flow__pane")
    expect(page.locator(".palette-item")).to_have_count(1)
    page.locator(".palette-item").drag_to(canvas, target_position={"x": 330, "y": 260})
    expect(node(page, "Csv read")).to_be_visible()
    canvas.dblclick(position={"x": 40, "y": 260})
    quick_add(page, "Input")
    drag(page, port(page, "input", "value", "out"), port(page, "Csv read", "text", "in"))
    expect(page.locator(".wire-yes")).to_have_count(1)

    x, y = centre(node(page, "Csv read"))
    drag(page, port(page, "Csv read", "rows", "out"), (x + 180, y + 120))
    window.look("studio-quick-add")
    quick_add(page, "limit-rows")
    x, y = centre(node(page, "Limit rows"))
    drag(page, port(page, "Limit rows", "rows", "out"), (x + 80, y + 160))
    quick_add(page, "Output")
    expect(page.locator(".wire-yes")).to_have_count(3)

    refuse_a_wrong_wire(window)

    expect(page.get_by_text("No problems")).to_be_visible()
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Run this draft")
    write(dialog.get_by_label("Inputs", exact=True), f'{{"input": "{TABLE}"}}')
    dialog.get_by_role("button", name="Run").click()
    expect(page).to_have_url(re.compile("run="))
    page.reload()
    expect(page.locator(".react-flow__node")).to_have_count(4)
    expect(page.locator(".wire-yes")).to_have_count(3)
    expect(page.locator(".studio-run")).to_have_text("Succeeded", timeout=30_000)
    expect(page.locator(".node-succeeded")).to_have_count(2)
    window.look("studio-composed")


def refuse_a_wrong_wire(window: Window) -> None:
    """A list of texts may not go where rows are wanted; the page says so and shows one."""
    page = window.page
    page.locator(".react-flow__pane").dblclick(position={"x": 60, "y": 470})
    quick_add(page, "split-text")
    page.locator(".react-flow__pane").dblclick(position={"x": 420, "y": 500})
    quick_add(page, "group-aggregate")
    drag(page, port(page, "Split text", "parts", "out"), port(page, "Group aggregate", "rows", "in"))
    refused = page.get_by_role("alertdialog", name="These ports do not fit")
    expect(refused).to_contain_text("It would break on")
    expect(refused.locator(".witness code")).not_to_be_empty()
    window.look("studio-refused")
    refused.get_by_role("button", name="Close").click()
    for title in ("Split text", "Group aggregate"):
        node(page, title).locator(".node-title").click()
        page.keyboard.press("Delete")
        expect(node(page, title)).to_have_count(0)
    expect(page.locator(".wire-yes")).to_have_count(3)


def test_a_list_goes_into_a_port_for_one_item_by_item(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    window = open_window(running, owner)
    page = window.page
    new_graph(page, "Item by item")
    pane = page.locator(".react-flow__pane")
    for words, place in (("split-text", (60, 200)), ("word-count", (420, 220))):
        pane.dblclick(position={"x": place[0], "y": place[1]})
        quick_add(page, words)
    drag(page, port(page, "Split text", "parts", "out"), port(page, "Word count", "text", "in"))
    refused = page.get_by_role("alertdialog", name="These ports do not fit")
    expect(refused).to_contain_text("which is not of type")
    window.look("studio-refused-list")
    refused.get_by_role("button", name="Run for each item").click()
    expect(refused).to_be_hidden()
    expect(page.locator(".wire-yes")).to_have_count(1)
    expect(node(page, "Word count").get_by_label("Runs once for each item")).to_be_visible()

    page.locator(".palette-block").filter(has_text="Constant").click()
    expect(node(page, "Constant")).to_have_count(1)
    page.locator(".palette-block").filter(has_text="Constant").click()
    expect(node(page, "Constant")).to_have_count(2)
    first, second = (node(page, "Constant").nth(place).bounding_box() for place in (0, 1))
    assert first is not None
    assert second is not None
    apart = (
        abs(first["x"] - second["x"]) >= first["width"] or abs(first["y"] - second["y"]) >= first["height"]
    )
    assert apart

    node(page, "Word count").locator(".node-title").click(button="right")
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(page.locator(".node-selected")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".node-selected")).to_have_count(0)


class Keyboard:
    """A person without a pointer: what has the focus is reached by Tab alone."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)

    def type(self, text: str) -> None:
        self._page.keyboard.insert_text(text)

    def reach(self, target: Locator, *, back: bool = False) -> None:
        expect(target).to_be_attached()
        for _ in range(120):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"the keyboard does not reach {target}")

    def choose(self, field: Locator, words: str) -> None:
        """An entry of a searchable choice."""
        self.reach(field)
        self.press("Control+a")
        self.type(words)
        self.press("ArrowDown", "Enter")

    def add(self, words: str) -> None:
        self.press("n")
        expect(self._page.get_by_role("dialog", name="Add a node")).to_be_visible()
        self.type(words)
        expect(self._page.get_by_role("option").first).to_contain_text(words)
        self.press("Enter")


def test_the_same_graph_is_composed_by_keyboard_alone(
    running: Product, owner: Person, open_window: Callable[..., Window]
):
    window = open_window(running, owner)
    page, keys = window.page, Keyboard(window.page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    keys.press("g", "g")
    keys.reach(page.get_by_role("button", name="New graph"))
    keys.press("Enter")
    expect(page.get_by_label("Title")).to_be_focused()
    keys.type("By keyboard")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="This graph is empty")).to_be_visible()
    keys.reach(page.get_by_role("radio", name="Canvas"))
    keys.press("ArrowRight")
    expect(page.locator(".outline")).to_be_visible()
    keys.press("Escape")
    leave_fields(page, keys)

    for words in ("Input", "csv-read", "limit-rows", "Output", "split-text", "group-aggregate"):
        keys.add(words)
        expect(page.locator(".outline li").filter(has_text=words)).to_have_count(1)
    keys.choose(page.get_by_role("combobox", name="Connect text of Csv read to"), "Input")
    keys.choose(page.get_by_role("combobox", name="Connect rows of Limit rows to"), "Csv read · rows")
    keys.choose(page.get_by_role("combobox", name="Connect value of Output to"), "Limit rows · rows")
    keys.choose(page.get_by_role("combobox", name="Connect rows of Group aggregate to"), "Split text · parts")
    refused = page.get_by_role("alertdialog", name="These ports do not fit")
    expect(refused.locator(".witness code")).not_to_be_empty()
    keys.reach(refused.get_by_role("button", name="Close"))
    keys.press("Enter")
    expect(refused).to_be_hidden()
    for title in ("Group aggregate", "Split text"):
        keys.reach(page.get_by_role("button", name=f"Delete {title}"))
        keys.press("Enter")
    expect(page.locator(".outline li")).to_have_count(4)
    window.look("studio-outline")

    expect(page.get_by_text("No problems")).to_be_visible()
    keys.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Run this draft")
    keys.reach(dialog.get_by_label("Inputs", exact=True))
    keys.press("Control+a")
    keys.type(f'{{"input": "{TABLE}"}}')
    keys.reach(dialog.get_by_role("button", name="Run"))
    keys.press("Enter")
    expect(page.locator(".studio-run")).to_have_text("Succeeded", timeout=30_000)
    expect(page.locator(".outline li").filter(has_text="Succeeded")).to_have_count(2)


def leave_fields(page: Page, keys: Keyboard) -> None:
    """Shortcuts of one letter are for when no field has the focus."""
    keys.reach(page.get_by_role("button", name="Run", exact=True))
