"""Database reads for the live side, off the web loop.

A few threads of its own keep their connections open: the shared thread of `database_sync_to_async` would
queue behind every page, and opening a connection for each read costs more than the read.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from studio.reading import read_anew

THREADS: Final = 2

P = ParamSpec("P")
T = TypeVar("T")
_threads: Final = ThreadPoolExecutor(THREADS, thread_name_prefix="live-reader")


async def read(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The answer of `function`, called on one of the reader threads."""
    return await asyncio.get_running_loop().run_in_executor(
        _threads, lambda: read_anew(function, *args, **kwargs)
    )
