"""What the fields of a module.toml mean together: rules that its JSON Schema cannot say."""

import keyword
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from contracts.problems import Problem, pointer
from contracts.versions import Version
from modules_catalog.bundle_rules import is_name
from modules_catalog.licence import why_no_licence

Document = dict[str, Any]
_ALLOWED_STRATEGIES: Final[dict[str, tuple[str, ...]]] = {
    "python": ("process", "inline"),
    "wasm": ("wasm",),
    "http": ("http",),
    "graph": (),
}
_HOST: Final = re.compile(
    r"(?=.{1,253}:)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*:\d+\Z"
)
_SOURCE: Final = re.compile(r"https://[^\s@]+@[0-9a-f]{7,64}\Z")
_KEY: Final = re.compile(r"/(inputs/[^/]+|config)(/.*)?\Z")


def check_meaning(document: Document) -> list[Problem]:
    """Problems of a document that has passed the structural check."""
    return [
        *_check_names(document),
        *_check_entry(document),
        *_check_effects(document["effects"]),
        *_check_network(document.get("capabilities", {}).get("network", ())),
        *_check_limits(document.get("limits", {})),
        *_check_strategies(document),
        *_check_origin(document),
    ]


def _check_names(document: Document) -> Iterator[Problem]:
    if not document["summary"].strip() or not document["summary"].isprintable():
        yield _problem("summary", "summary", "Say in one line what the module does.")
    if wrong := why_no_licence(document["licence"]):
        yield _problem("licence", "licence", f"{wrong} Write an SPDX expression, such as Apache-2.0.")
    try:
        Version.parse(document["version"])
    except ValueError:
        yield _problem("version", "version", "Not a semantic version. Write three numbers, such as 1.2.0.")


def _check_entry(document: Document) -> Iterator[Problem]:
    entry = document["entry"]
    match document["runtime"]:
        case "python":
            file, colon, function = entry.partition(":")
            is_function = bool(colon) and function.isidentifier() and not keyword.iskeyword(function)
            if not (is_name(file) and file.endswith(".py") and is_function):
                yield _problem("entry", "entry", "Write file.py:function, such as run.py:run.")
        case "http":
            yield from _check_url(entry, document.get("capabilities", {}).get("network", ()))
        case _:
            if not is_name(entry):
                yield _problem("entry", "entry", "Write the name of a file of the bundle.")


def _check_url(entry: str, network: list[str]) -> Iterator[Problem]:
    try:
        url = urlsplit(entry)
        host, port = url.hostname, url.port or 443
    except ValueError:
        host = None
    if host is None or url.scheme != "https" or url.username is not None or url.query or url.fragment:
        message = "Write an https URL without user, query and fragment."
        yield _problem("entry", "entry", message)
    elif f"{host}:{port}" not in network:
        message = f"{host}:{port} is not declared. Add it to capabilities.network."
        yield _problem("undeclared_host", "entry", message)


def _check_effects(effects: Document) -> Iterator[Problem]:
    if effects["kind"] == "keyed":
        if "key_seconds" not in effects:
            message = "Say with key_seconds how long the receiver remembers a key."
            yield _problem("key_seconds", "effects", message)
        if "key" in effects and _KEY.match(effects["key"]) is None:
            message = "Points at nothing that a call has. Begin with /inputs/<port> or /config."
            yield _problem("key", "effects/key", message)
        return
    for name in ("key", "key_seconds"):
        if name in effects:
            message = f"Only effects of kind keyed have it; these are {effects['kind']}. Remove it."
            yield _problem("key", f"effects/{name}", message)


def _check_network(network: list[str]) -> Iterator[Problem]:
    for index, place in enumerate(network):
        if _HOST.match(place) is None or not 1 <= int(place.rpartition(":")[2]) <= 65_535:
            message = f"{place!r} is no host:port. Write it as api.example.org:443."
            yield _problem("host", f"capabilities/network/{index}", message)


def _check_limits(limits: Document) -> Iterator[Problem]:
    for name in ("wall_seconds", "cpu_seconds"):
        if limits.get(name, 1) <= 0:
            yield _problem("limit", f"limits/{name}", "A call needs some time. Write more than 0.")


def _check_strategies(document: Document) -> Iterator[Problem]:
    runtime = document["runtime"]
    allowed = _ALLOWED_STRATEGIES[runtime]
    strategies = document.get("strategies")
    if strategies is None:
        return
    if not strategies and allowed:
        yield _problem("strategy", "strategies", f"Name one of {', '.join(allowed)}, or leave it out.")
    for index, strategy in enumerate(strategies):
        if strategy not in allowed:
            choice = f"It can use {', '.join(allowed)}." if allowed else "Leave strategies out."
            yield _problem(
                "strategy", f"strategies/{index}", f"A {runtime} module cannot run {strategy}. {choice}"
            )


def _check_origin(document: Document) -> Iterator[Problem]:
    dependencies = document.get("dependencies")
    if dependencies is not None and document["runtime"] != "python":
        yield _problem(
            "dependencies", "dependencies", "Only python modules have a lock of packages. Remove it."
        )
    elif dependencies is not None and not is_name(dependencies):
        yield _problem("dependencies", "dependencies", "Write the name of a file of the bundle.")
    if "source" in document and _SOURCE.match(document["source"]) is None:
        message = "Write an https URL and a commit: https://example.org/code@0123abc."
        yield _problem("source", "source", message)
    if document.get("successor") == document["name"]:
        yield _problem("successor", "successor", "A module cannot succeed itself. Name another one.")


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=pointer(*path.split("/")), message=message)
