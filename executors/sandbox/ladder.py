"""The rungs of the process sandbox, from plain process to namespaces.

Owns:      their numbers, names, and what to install to reach the next one.
Promises:  a rung is told as reached only after a worker has tried its walls there.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from executors.sandbox import syscalls

_NAMES: Final = (
    "a plain process with limits",
    "a user of its own",
    "Landlock and seccomp",
    "namespaces, Landlock and seccomp",
)
HIGHEST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """How strong the sandbox of this machine is. `how_to_improve` is empty on the highest rung."""

    number: int
    name: str
    how_to_improve: str = ""


def climb(try_rung: Callable[[int], str | None], *, highest: int | None = None) -> Rung:
    """The highest rung that works. `try_rung(number)` starts a real worker and tells why it failed, or None.

    LAMINA_MAX_RUNG in the environment, or `highest`, keeps the sandbox below a rung.
    """
    limit = _limit(highest)
    reasons: list[str] = []
    for number in range(limit, 0, -1):
        if number == 1 and (not syscalls.IS_LINUX or os.getuid() != 0):
            continue
        if number >= 2 and not syscalls.IS_LINUX:
            continue
        reason = try_rung(number)
        if reason is None:
            return _rung(number, limit, reasons)
        reasons.append(f"rung {number}: {reason}")
    return _rung(0, limit, reasons)


def _limit(highest: int | None) -> int:
    text = os.environ.get("LAMINA_MAX_RUNG", "")
    wanted = int(text) if text.isdigit() else HIGHEST
    return max(0, min(wanted, HIGHEST if highest is None else highest, HIGHEST))


def _rung(number: int, limit: int, reasons: list[str]) -> Rung:
    return Rung(number=number, name=_NAMES[number], how_to_improve=_advice(number, limit, reasons))


def _advice(number: int, limit: int, reasons: list[str]) -> str:
    if number == HIGHEST:
        return ""
    if number == limit or (limit < HIGHEST and not reasons):
        return f"LAMINA_MAX_RUNG keeps it at {limit}. Remove the setting to use more."
    if sys.platform != "linux":
        return "Run Lamina on Linux, for example in a virtual machine, or run the module as wasm."
    why = f" ({'; '.join(reasons)})" if reasons else ""
    if number == 2:
        return (
            "Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, or install bubblewrap where the"
            f" distribution restricts them), or start the server with CAP_SYS_ADMIN{why}."
        )
    return f"Use Linux 5.13 or newer with Landlock and seccomp enabled{why}."
