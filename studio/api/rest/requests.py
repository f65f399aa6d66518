"""Reading the body of a request within bounds."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from studio.api.rest.refusing import DoorRefused


def read_body(request: HttpRequest, content_type: str, limit: int) -> bytes:
    """The body. Raises `DoorRefused` for another content type or more than `limit` bytes."""
    if request.content_type != content_type:
        raise DoorRefused("media_type", f"Send {content_type}.")
    length = request.headers.get("Content-Length", "")
    too_large = DoorRefused("too_large", f"At most {limit >> 20} MiB are taken.")
    if length.isdigit() and int(length) > limit:
        raise too_large
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_large from None
    if len(body) > limit:
        raise too_large
    return body
