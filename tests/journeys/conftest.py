"""A fresh product for each story."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import services
from product import Product


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """Not started; on a data folder of its own."""
    made = Product(tmp_path / "data", port=services.free_port())
    yield made
    made.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Started once for the stories of a file that leave it as it was."""
    made = Product(tmp_path_factory.mktemp("product") / "data", port=services.free_port())
    made.first_link = made.start()
    yield made
    made.close()
