"""A browser window of one person: what it shows, what it complains about, what it looks like.

Owns:      one Chromium page, its complaints (console errors, exceptions, failed answers) and its pictures.
Promises:  `close` fails the story when the page complained about anything that was not announced.
"""

import re
from pathlib import Path
from typing import Any, Literal, cast

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect
from product import Person, Product

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "test-results" / "journeys"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WIDE = {"width": 1440, "height": 900}
SERIOUS = {"serious", "critical"}
# The machine may be busy; a story waits for what it wants to see, and measures nothing.
expect.set_options(timeout=20_000)
Theme = Literal["dark", "light"]


class Window:
    """`page` is Playwright's own; everything that a story does with a page goes through it."""

    def __init__(
        self, browser: Browser, product: Product, *, theme: Theme = "dark", size: Any = WIDE
    ) -> None:
        self.product = product
        self._context = browser.new_context(
            base_url=product.url, viewport=size, color_scheme=theme, reduced_motion="reduce"
        )
        self._context.set_default_timeout(20_000)
        self._complaints: list[str] = []
        self._expected: list[str] = []
        self.page = self._watched(self._context.new_page())

    def _watched(self, page: Page) -> Page:
        page.on("console", self._hear_console)
        page.on("pageerror", lambda error: self._complaints.append(f"exception: {error}"))
        page.on("response", self._hear_response)
        return page

    def _hear_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place = message.location.get("url", "")
            self._complaints.append(f"console: {message.text[:400]} ({place[:200]})")

    def _hear_response(self, response: Response) -> None:
        if response.status >= 400:
            self._complaints.append(f"{response.status} for {response.url}")

    def sign_in(self, person: Person) -> "Window":
        """As somebody who has opened their link before."""
        pairs = [each.split("=", 1) for each in person.cookies.split("; ")]
        self._context.add_cookies(
            [{"name": name, "value": value, "url": self.product.url} for name, value in pairs]
        )
        return self

    def go(self, path: str) -> None:
        self.page.goto(path)
        self.settle()

    def settle(self) -> None:
        """Until nothing says any more that it is being read."""
        expect(self.page.locator("main, .sign-in").first).to_be_visible()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def expect_complaints(self, *patterns: str) -> None:
        """From now on complaints that match are part of the story."""
        self._expected += patterns

    def look(self, name: str, *, with_axe: bool = True) -> None:
        """Keep a picture, and judge the screen's accessibility."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")
        if with_axe:
            found = violations(self.page)
            assert not found, f"{name} is not accessible:\n" + "\n".join(found)

    def close(self) -> None:
        self._context.close()
        unexpected = [
            said for said in self._complaints if not any(re.search(each, said) for each in self._expected)
        ]
        assert not unexpected, "the page complained:\n" + "\n".join(unexpected)


def violations(page: Page) -> list[str]:
    """The serious findings of axe for the page as it stands, a line each with the places."""
    page.evaluate(AXE.read_text("utf-8"))
    answer = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    found = cast(list[dict[str, Any]], answer["violations"])
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: "
        + "; ".join(f"{node['target']} {node['failureSummary']}" for node in each["nodes"][:4])
        for each in found
        if each["impact"] in SERIOUS
    ]


def write(editor: Locator, text: str) -> None:
    """Replace what a code editor holds; the text goes in as it is, without closed brackets."""
    editor.click()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.insert_text(text)
