"""`make pictures`: the pictures of docs/images, from a real server with demo content, in both themes.

It starts a product of its own on a data folder that is thrown away: nothing of yours is shown.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, get_args

from playwright.sync_api import Browser, expect, sync_playwright

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "tools")]
import services  # noqa: E402 - tools/services.py
from product import Person, Product  # noqa: E402 - the files beside this one
from test_core_path import publish_and_release, token_of  # noqa: E402
from window import Theme, Window  # noqa: E402

IMAGES = HERE.parent.parent / "docs" / "images"
SIZE = {"width": 1280, "height": 800}
LARGEST_BYTES = 250_000
SQUARES = "Squares"
# The second version makes the review worth looking at: one input more, with a default.
OLD_PORT = '"in": {"number":'
NEW_PORT = (
    '"in": {"factor": {"media": "json", "default": 1, "schema": {"type": "integer", "minimum": 1}}, "number":'
)


def main() -> int:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed. Get it: apt-get install chromium", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lamina-pictures-") as folder, sync_playwright() as playwright:
        product = Product(Path(folder) / "data", port=services.free_port())
        try:
            owner, places = furnish(product, Path(folder))
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for theme in get_args(Theme):
                photograph(browser, product, owner, places, theme)
            browser.close()
        finally:
            product.close()
    return 0


def furnish(product: Product, folder: Path) -> tuple[Person, dict[str, str]]:
    """Runs that ended well and badly, a review that is open; and where each picture is taken."""
    owner = Person(product, product.start())
    reviewer, author = (Person(product, product.sign_in_link(who)) for who in ("reviewer", "author"))
    publish_and_release(product, author, reviewer, owner)
    token = token_of(owner)
    product.lamina("graph", "import", str(HERE / "squares.json"), "--team", "demo", token=token)
    runs = {title: run_of(owner, graph) for title, graph in graphs(owner).items() if title != SQUARES}
    run_of(owner, graphs(owner)[SQUARES], inputs={"numbers": [11, 12, 13]}, parameters={"pause": 0.1})
    review = open_review(product, author, folder)
    return owner, {
        "home": "/",
        "catalog": "/catalog",
        "module": "/catalog/lamina/chart-svg",
        "studio": f"/graphs/{graphs(owner)['Text pipeline']}?select=each",
        "run": f"/runs/{runs['Text pipeline']}?node=whole",
        "review": f"/reviews/{review}",
    }


def graphs(owner: Person) -> dict[str, str]:
    edges = owner.ask("{ graphs { edges { node { id title } } } }")["graphs"]["edges"]
    return {edge["node"]["title"]: edge["node"]["id"] for edge in edges}


def run_of(owner: Person, graph: str, **more: Any) -> str:
    run = str(owner.do("startRun", "run { id }", graph=graph, **more)["run"]["id"])
    owner.wait_for_run(run)
    return run


def open_review(product: Product, author: Person, folder: Path) -> str:
    module = folder / "module"
    shutil.copytree(HERE / "module", module)
    replace(module / "module.toml", '"1.0.0"', '"1.1.0"')
    replace(module / "contract.json", OLD_PORT, NEW_PORT)
    replace(module / "run.py", "number * number", 'inputs["factor"] * number * number')
    token = token_of(author)
    product.lamina("publish", str(module), token=token)
    product.lamina("submit", "demo/slow-square@1.1.0", "-m", "Squares may be scaled.", token=token)
    reviews = author.ask("{ reviews(first: 1, state: OPEN) { edges { node { id } } } }")["reviews"]
    return str(reviews["edges"][0]["node"]["id"])


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, path
    path.write_text(text.replace(old, new), "utf-8")


def photograph(
    browser: Browser, product: Product, owner: Person, places: dict[str, str], theme: Theme
) -> None:
    window = Window(browser, product, theme=theme, size=SIZE).sign_in(owner)
    for name, place in places.items():
        window.go(place)
        expect(window.page.locator(".skeleton")).to_have_count(0)
        # Until pictures inside the page and code editors have been drawn.
        window.page.wait_for_load_state("networkidle")
        time.sleep(1)
        picture = IMAGES / f"{name}-{theme}.png"
        window.page.screenshot(path=picture)
        size = picture.stat().st_size
        assert size <= LARGEST_BYTES, f"{picture.name} is {size} bytes, more than {LARGEST_BYTES}"
        print(f"{picture.relative_to(IMAGES.parent.parent)}  {size // 1000} kB")
    window.close()


if __name__ == "__main__":
    sys.exit(main())
