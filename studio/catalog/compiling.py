"""Whether a candidate's WebAssembly can be compiled: asked before its version is published.

Owns:      the list of those who can tell; the engine registers itself there where it shares this process.
Promises:  what nobody here can tell holds up no publisher: the first run tells.
Never:     compiles anything itself: that happens in the sandbox.
"""

from collections.abc import Callable
from typing import Final

from modules_catalog.candidate import Candidate
from studio.refusals import invalid

Judge = Callable[[Candidate], str | None]
"""Why a candidate cannot be compiled, or None. Blocks."""

judges: Final[list[Judge]] = []


def require_compiled(candidate: Candidate) -> None:
    """Raises `Invalid`."""
    if candidate.manifest.runtime != "wasm":
        return
    for judge in judges:
        reason = judge(candidate)
        if reason is not None:
            raise invalid("not_compiled", candidate.manifest.entry, f"{reason} Build it again.")
