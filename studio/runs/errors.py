"""What can go wrong with runs."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from contracts.problems import Problem
from studio.refusals import Conflict, Invalid, Limited, NotFound, conflict, invalid, not_found

RETRY_SECONDS: Final = 30


def is_over(status: str) -> Conflict:
    message = f"The run has ended: {status.replace('_', ' ')}. Start or resume another one."
    return conflict("run_ended", message, current=status)


_HOW_TO_END: Final = {
    "paused": "It is paused: let it go on, or cancel it and resume it then.",
    "attention": "It waits for somebody to say what became of an effect: resolve that, or cancel it.",
    "quarantined": (
        "It was claimed five times without getting on. Mend the cause, which the log of the engine names, "
        "and let it go on; or cancel it and resume it with a newer version."
    ),
    "cancelling": "It is being cancelled. Resume it once it has ended.",
}


def is_not_over(status: str) -> Conflict:
    message = _HOW_TO_END.get(status, "The run goes on. Cancel it, or wait for its end.")
    return conflict("run_goes_on", message, current=status)


_TOLD: Final = {"graph_id": "graph", "options": "nodes, pins or reuse"}


def key_is_taken(run: UUID, different: Sequence[str]) -> Conflict:
    """`different`: the columns of the run that the request would fill otherwise."""
    names = ", ".join(_TOLD.get(name, name) for name in different)
    message = (
        f"Run {run} was started under this key with other {names}. "
        "Send what was sent then, or choose another key."
    )
    return conflict("key_taken", message, path="/idempotencyKey")


def key_is_of_a_list(run: UUID) -> Conflict:
    message = (
        f"Run {run} was started under this key in a list of another length. "
        "Send what was sent then, or choose another key."
    )
    return conflict("key_taken", message, path="/idempotencyKey")


def queue_is_full(team: str, limit: int, count: int) -> Limited:
    """`count`: how many were to begin."""
    what = "no more are taken" if count == 1 else f"{count} more are not taken"
    message = f"At most {limit} runs of {team} wait to begin; {what}. Try again in a while."
    problem = Problem(code="too_many_runs", path="", message=message)
    return Limited([problem], retry_after_seconds=RETRY_SECONDS)


def more_problems(count: int) -> Problem:
    message = f"{count} more problems are not listed. Mend these first."
    return Problem(code="more_problems", path="", message=message)


def list_is_too_large(size: int, limit: int, count: int) -> Problem:
    """`size`: how many bytes the runs of a list would keep of their inputs, parameters, pins and names of nodes."""
    message = (
        f"The {count} runs would keep {size} bytes of inputs, parameters, pins and names of nodes; the runs of a "
        f"list may keep {limit}. Send the list in parts, or pin fewer values."
    )
    return Problem(code="list_too_large", path="/each", message=message)


def cannot_resume(status: str) -> Conflict:
    """Why a run cannot be resumed, and what to do."""
    if status != "succeeded":
        return is_not_over(status)
    message = (
        "The run has succeeded: nothing is left to do. Start the graph again, from a node on if you like."
    )
    return conflict("run_ended", message, current=status)


def no_open_wait(node: str) -> Conflict:
    message = f"Nothing waits for a decision at {node}: it was taken, has expired, or was never asked for."
    return conflict("no_open_wait", message)


def already_decided(node: str) -> Conflict:
    return conflict("already_decided", f"You have decided at {node}. It goes on when enough others have.")


def no_such_node(node: str) -> NotFound:
    return not_found(f"approval {node} in this run")


def no_such_signal(name: str) -> Invalid:
    return invalid("no_such_signal", "/name", f"No node of this run waits for a signal {name!r}.")


def stands_still(status: str) -> Conflict:
    return conflict("run_stands_still", f"The run is {status} already.", current=status)


def goes_on(status: str) -> Conflict:
    message = f"The run is {status}: it goes on by itself. Only a paused or quarantined run is let go on."
    return conflict("run_goes_on", message, current=status)


def nothing_uncertain(node: str) -> Conflict:
    message = f"It is known what became of {node}: nothing is left to be said."
    return conflict("nothing_uncertain", message)
