"""What a module says beside its outputs, in a form that any database and page takes.

Owns:      lines of its log, and the errors that it raises.
Promises:  no secret that the call was given is left; what cannot be kept is left out, and named.
"""

from collections.abc import Mapping
from typing import Any, Final

from contracts.canonical import JSON
from executors.interchange import NotInterchangeable, encode, shown
from executors.protocol import LogLine
from executors.strategies.registry import Job, Raised, Stopped
from lamina.context import LEVELS

MESSAGE_LENGTH: Final = 2_000


def said(job: Job, message: str, level: str, fields: Mapping[str, JSON]) -> LogLine:
    """A line of a call's log; `progress` is a level too."""
    call = job.call
    return LogLine(
        run=call.run,
        node=call.node,
        index=call.index,
        attempt=call.attempt,
        level=level if level in LEVELS or level == "progress" else "info",
        message=shown(job.redactor.text(message)),
        fields=_kept(job, fields),
    )


def raised(job: Job, name: str, message: str, data: JSON) -> Raised | Stopped:
    """An error as its module raised it, to be judged by its contract."""
    redact = job.redactor
    name, message = redact.text(name), redact.text(message[:MESSAGE_LENGTH])
    try:
        encode(data)
    except NotInterchangeable as error:
        text = f"The data of error {name}: {redact.text(str(error))}"
        return Stopped(name="system.contract", message=text)
    return Raised(name=name, message=message, data=redact.value(data))


def _kept(job: Job, fields: Mapping[str, JSON]) -> Mapping[str, JSON]:
    try:
        encode(fields)
    except NotInterchangeable as error:
        return {"left_out": f"fields that cannot be kept: {job.redactor.text(str(error))}"}
    kept: Any = job.redactor.value(fields)
    return dict(kept)
