"""Fetches a text from a web address, by way of the host."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Literal
from urllib.parse import urlsplit

from lamina import CapabilityRefused, Context, ModuleError, Port, Schema, Unavailable, module

Status = Annotated[int, Schema(minimum=100, maximum=599)]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    url: Annotated[str | None, Port(doc="Wins over the setting `url`.")] = None
    body: Annotated[str | None, Port(max_bytes=1 << 20, doc="What is sent along with PUT.")] = None


@dataclass(frozen=True, kw_only=True)
class Config:
    url: Annotated[
        str, Schema(maxLength=2000, description="An https address, unless the port `url` is wired.")
    ] = ""
    method: Annotated[
        Literal["GET", "HEAD", "PUT"], Schema(description="All three may be repeated safely.")
    ] = "GET"
    headers: Annotated[
        dict[str, Annotated[str, Schema(maxLength=4000, pattern="^[^\\r\\n]*$")]],
        Schema(
            propertyNames={"pattern": "^[A-Za-z0-9-]+$"},
            description="Sent along; never put a secret here, settings are visible.",
        ),
    ] = field(default_factory=dict)
    accept: Annotated[
        Literal["success", "any"],
        Schema(description="success: other statuses are errors; any: they are answers."),
    ] = "success"


@dataclass(frozen=True, kw_only=True)
class Outputs:
    text: Annotated[
        str, Port(max_bytes=16 << 20, doc="The body, decoded by the charset that the answer names.")
    ]
    status: Annotated[Status, Port(doc="The number that the server answered with.")]
    headers: Annotated[dict[str, str], Port(doc="By lower-case name.")]


class InvalidUrl(ModuleError):
    """The address cannot be fetched by anybody."""

    message = "{url} cannot be fetched: {reason}"
    url: str
    reason: str


class Refused(ModuleError):
    """The host does not let this module reach the address."""

    message = "this module may not reach {url}"
    url: str


class Unreachable(ModuleError):
    """Nothing answered."""

    message = "{url} did not answer"
    retryable = True
    url: str


class Busy(ModuleError):
    """The server asked to come back later (429 or 5xx)."""

    message = "{url} answered {status}"
    retryable = True
    url: str
    status: Status


class BadStatus(ModuleError):
    """The server refused the request (3xx or 4xx)."""

    message = "{url} answered {status}"
    url: str
    status: Status


@module(errors=[InvalidUrl, Refused, Unreachable, Busy, BadStatus], comparators={"/headers": "ignore"})
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    url = inputs.url or config.url
    if wrong := _why_not(url):
        raise InvalidUrl(url=_without_user(url), reason=wrong)
    try:
        answer = context.http(config.method, url, config.headers, inputs.body)
    except CapabilityRefused as error:
        raise Refused(url=url) from error
    except Unavailable as error:
        raise Unreachable(url=url) from error
    context.log("answered", status=answer.status, bytes=len(answer.body))
    if config.accept == "success" and not 200 <= answer.status < 300:
        kind = Busy if answer.status == 429 or answer.status >= 500 else BadStatus
        raise kind(url=url, status=answer.status)
    return Outputs(
        text=_decoded(answer.body, answer.headers), status=answer.status, headers=dict(answer.headers)
    )


def _why_not(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme != "https" or not host:
        return "it is no https address"
    return "it carries a user name" if parts.username is not None else ""


def _without_user(url: str) -> str:
    """What a user put before the host is often a password: it goes into no error."""
    return re.sub(r"//[^/?#]*@", "//", url)


def _decoded(body: bytes, headers: object) -> str:
    content_type = dict(headers).get("content-type", "")  # type: ignore[call-overload]
    _, _, charset = content_type.lower().partition("charset=")
    try:
        return body.decode(charset.split(";")[0].strip(" \"'") or "utf-8", errors="replace")
    except LookupError:
        return body.decode("utf-8", errors="replace")
