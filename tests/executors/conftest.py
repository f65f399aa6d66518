from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.executors.workshop import Workshop


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    await made.close()
