from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.executors.workshop import Workshop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened_workshop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workshop]:
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    yield made
    await made.close()


@pytest.fixture
def workshop(opened_workshop: Workshop) -> Workshop:
    """One per file, swept before each test; the tests of the file share its loop."""
    opened_workshop.lines.clear()
    opened_workshop.trusts.clear()
    return opened_workshop


@pytest.fixture
async def own_workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """One per test, for those that count its workers or break it."""
    made = Workshop(tmp_path)
    yield made
    await made.close()
