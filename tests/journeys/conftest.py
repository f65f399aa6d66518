"""A product to work with, the people of its demo team, and windows for them.

One product serves all stories that leave each other's things alone; a story that stops it has one of its own.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
import services
from product import Person, Product
from window import Window


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """Not started; on a data folder of its own."""
    made = Product(tmp_path / "data", port=services.free_port())
    yield made
    made.close()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Started once, for the stories that disturb nobody."""
    made = Product(tmp_path_factory.mktemp("product") / "data", port=services.free_port())
    made.first_link = made.start()
    yield made
    made.close()


@pytest.fixture(scope="session")
def owner(running: Product) -> Person:
    return Person(running, running.first_link)


@pytest.fixture(scope="session")
def reviewer(running: Product) -> Person:
    return Person(running, running.sign_in_link("reviewer"))


@pytest.fixture(scope="session")
def author(running: Product) -> Person:
    return Person(running, running.sign_in_link("author"))


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    # Ended with the file: while it runs, its event loop counts as running in this thread.
    with sync_playwright() as playwright:
        # Where tests run as root, Chromium has no sandbox of its own to offer.
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_window(chromium: Browser) -> Iterator[Callable[..., Window]]:
    """`open_window(product, person=None, **looks)`; whatever a window complained about fails the story."""
    windows: list[Window] = []

    def opened(product: Product, person: Person | None = None, **looks: Any) -> Window:
        window = Window(chromium, product, **looks)
        windows.append(window)
        return window if person is None else window.sign_in(person)

    yield opened
    for window in windows:
        window.close()
