"""The server as a command sees it: GraphQL and plain HTTP, with a token.

Promises:  every refusal is a `Failure` with the server's own words and problems.
Never:     follows a redirect with the token, or talks to another server than the one logged in to.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from contracts.problems import Problem
from lamina.cli.credentials import Login
from lamina.cli.failure import UNREACHABLE, Failure

TIMEOUT_SECONDS: Final = 60.0
_ANY: Final = "application/octet-stream"


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = build_opener(_NoRedirect)


class Client:
    def __init__(self, login: Login) -> None:
        self.login = login

    def ask(self, document: str, /, **variables: Any) -> dict[str, Any]:
        """The data of a GraphQL document."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        answer = json.loads(self.send("POST", "/graphql", body=body, content_type="application/json"))
        if answer.get("errors"):
            raise Failure(answer["errors"][0]["message"])
        data: dict[str, Any] = answer["data"]
        return data

    def do(self, mutation: str, done: str, /, **values: Any) -> dict[str, Any]:
        """Carry out one mutation: the fields `done` of what it did. Raises `Failure` with its problems."""
        kind = mutation[0].upper() + mutation[1:]
        document = (
            f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ __typename "
            f"... on {kind}Done {{ {done} }} ... on Refusal {{ problems {{ code path message }} }} }} }}"
        )
        given = {name: value for name, value in values.items() if value is not None}
        result: dict[str, Any] = self.ask(document, input=given)[mutation]
        if result["__typename"] != f"{kind}Done":
            problems = [Problem(**problem) for problem in result["problems"]]
            raise Failure(f"{_REFUSALS.get(result['__typename'], 'Refused')}.", problems=problems)
        return result

    def upload(self, path: Path, team: str) -> str:
        """The digest under which the server keeps a file for a team; it is sent as it is read."""
        with path.open("rb") as file:
            size = path.stat().st_size
            answer = self.send("POST", f"/artifacts?team={team}", body=file, content_type=_ANY, size=size)
        artifact: str = json.loads(answer)["artifact"]
        return artifact

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | BinaryIO | None = None,
        content_type: str = "",
        size: int | None = None,
    ) -> bytes:
        """The body of a good answer; `size` is that of a file. Raises `Failure` for any other and none."""
        headers = {"Authorization": f"Bearer {self.login.token}", "Accept": "application/json"}
        if size is not None:
            headers["Content-Length"] = str(size)
        if content_type:
            headers["Content-Type"] = content_type
        request = Request(self.login.url + path, data=body, headers=headers, method=method)  # noqa: S310  checked at login
        try:
            with _opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                data: bytes = response.read()
        except HTTPError as error:
            raise _failure(error.code, error.read()) from None
        except (URLError, TimeoutError, ConnectionError) as error:
            reason = getattr(error, "reason", error)
            message = f"{self.login.url} does not answer: {reason}. Is the server running?"
            raise Failure(message, exit_code=UNREACHABLE) from None
        return data


_REFUSALS: Final = {
    "Invalid": "That cannot be done as it is",
    "Forbidden": "You may not do that",
    "NotFound": "That was not found",
    "Conflict": "It is no longer as you expect",
    "Limited": "Too much at once, try again later",
}


def _failure(status: int, body: bytes) -> Failure:
    try:
        answer: Mapping[str, Any] = json.loads(body)
    except ValueError:
        return Failure(f"The server answered {status}.")
    if errors := answer.get("errors"):
        return Failure(errors[0]["message"])
    problems = [Problem(**problem) for problem in answer.get("problems", ())]
    return Failure(answer.get("detail") or f"The server answered {status}.", problems=problems)
