"""What can go wrong in a review."""

from studio.refusals import Conflict, Invalid, conflict, invalid
from studio.reviews.models import Review


def review_state(review: Review, *, wanted: str) -> Conflict:
    message = f"The review is {review.state.replace('_', ' ')}; this needs it to be {wanted}."
    return conflict("review_state", message, current=review.state)


def no_message() -> Invalid:
    return invalid("message", "/message", "Say what should change.")


def not_approved(bundle: str) -> Conflict:
    message = "Nobody but its author has approved this bundle. Ask a reviewer."
    return conflict("not_approved", message, current=bundle)
