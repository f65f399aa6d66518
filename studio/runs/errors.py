"""What can go wrong with runs."""

from typing import Final

from studio.refusals import Conflict, Invalid, NotFound, conflict, invalid, not_found


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
