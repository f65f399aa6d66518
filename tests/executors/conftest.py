from collections.abc import AsyncIterator

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
