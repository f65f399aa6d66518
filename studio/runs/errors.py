"""What can go wrong with runs."""

from studio.refusals import Conflict, Invalid, NotFound, conflict, invalid, not_found


def is_over(status: str) -> Conflict:
    message = f"The run has ended: {status.replace('_', ' ')}. Start or resume another one."
    return conflict("run_ended", message, current=status)


def is_not_over(status: str) -> Conflict:
    message = "The run goes on. Cancel it, or wait for its end, before it is resumed."
    return conflict("run_goes_on", message, current=status)


def no_open_wait(node: str) -> Conflict:
    message = f"Nothing waits for a decision at {node}: it was taken, has expired, or was never asked for."
    return conflict("no_open_wait", message)


def no_such_node(node: str) -> NotFound:
    return not_found(f"approval {node} in this run")


def no_such_signal(name: str) -> Invalid:
    return invalid("no_such_signal", "/name", f"No node of this run waits for a signal {name!r}.")
