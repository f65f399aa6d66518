"""What can go wrong with graphs."""

from studio.refusals import Conflict, Invalid, conflict, invalid


def draft_moved_on(version: int) -> Conflict:
    message = "The draft was saved by somebody else in the meantime. Read it again."
    return conflict("draft_version", message, current=str(version))


def head_moved_on(head: int) -> Conflict:
    message = f"The latest revision is now {head}. Look at what changed and save again."
    return conflict("head", message, current=str(head))


def bad_title() -> Invalid:
    return invalid("title", "/title", "Give the graph a title of 1 to 200 characters.")
