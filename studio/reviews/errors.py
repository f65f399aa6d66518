"""What can go wrong in a review."""

from studio.refusals import Conflict, Invalid, conflict, invalid


def review_state(state: str, *, wanted: str) -> Conflict:
    message = f"The review is {state.replace('_', ' ')}; this needs it to be {wanted}."
    return conflict("review_state", message, current=state)


def no_message() -> Invalid:
    return invalid("message", "/message", "Say what should change.")


def not_approved(bundle: str) -> Conflict:
    message = "Nobody but its author has approved this bundle. Ask a reviewer."
    return conflict("not_approved", message, current=bundle)
