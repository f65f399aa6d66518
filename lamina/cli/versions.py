"""`lamina submit | approve | release NAME@VERSION`."""

from argparse import Namespace
from typing import Any

from contracts.problems import ProblemsError
from contracts.versions import Version
from lamina.cli.client import Client
from lamina.cli.credentials import read_login
from lamina.cli.failure import DONE, Failure, bad_input


def submit(options: Namespace) -> int:
    client = Client(read_login())
    version = catalog_version(client, options.version)
    done = client.do(
        "submitVersion", "review { id state }", version=version["id"], message=options.message or ""
    )
    print(f"{options.version} is in review: {client.login.url}/reviews/{done['review']['id']}")
    return DONE


def approve(options: Namespace) -> int:
    client = Client(read_login())
    version = catalog_version(client, options.version)
    if version["review"] is None:
        raise Failure(f"{options.version} is not in review. Submit it first.")
    client.do(
        "approveVersion",
        "review { state }",
        review=version["review"]["id"],
        expectedBundle=version["bundle"],
        message=options.message,
    )
    print(f"Approved {options.version} with {version['bundle']}.")
    return DONE


def release(options: Namespace) -> int:
    client = Client(read_login())
    version = catalog_version(client, options.version)
    client.do(
        "releaseVersion",
        "version { state }",
        version=version["id"],
        expectedBundle=version["bundle"],
        reason=options.message,
    )
    print(f"Released {options.version} with {version['bundle']}.")
    return DONE


def catalog_version(
    client: Client, text: str, fields: str = "id bundle state review { id }"
) -> dict[str, Any]:
    """`fields` of the version NAME@VERSION. Raises `Failure`: bad input where there is none."""
    name, at, number = text.rpartition("@")
    if not at:
        raise bad_input(f"{text!r} names no version. Write it like text/word-count@1.2.0.")
    try:
        Version.parse(number)
    except ProblemsError as error:
        raise bad_input(f"{text!r} names no version.", error.problems) from None
    found: dict[str, Any] | None = client.ask(
        "query($name: String!, $version: SemVer!) {"
        f" moduleVersion(name: $name, version: $version) {{ {fields} }} }}",
        name=name,
        version=number,
    )["moduleVersion"]
    if found is None:
        raise bad_input(f"There is no {text} in the catalog, or you may not see it.")
    return found
