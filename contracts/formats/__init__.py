"""The JSON Schema of each document that crosses a boundary, and the structural check against it.

Owns:      the `*.schema.json` files beside this module.
Promises:  every problem names the pointer of what is wrong; an unknown format or key is refused.
Never:     judges meaning: names that must exist, ranges and expressions belong to each document's module.
"""

import json
from functools import cache
from importlib import resources
from typing import Final, Literal, get_args

import jsonschema_rs
import msgspec.json
from msgspec.structs import force_setattr

from contracts.canonical import JSON, MAX_DEPTH
from contracts.problems import Problem, ProblemsError, pointer

DocumentKind = Literal[
    "bundle",
    "contract",
    "contract_file",
    "event",
    "example",
    "graph",
    "lock",
    "manifest",
    "migration",
    "plan",
    "value",
    "view",
]
MAX_PROBLEMS: Final = 50


@cache
def schema_of(kind: DocumentKind) -> JSON:
    """The JSON Schema (2020-12) of a document kind."""
    return json.loads(resources.files(__package__).joinpath(f"{kind}.schema.json").read_text("utf-8"))


@cache
def _validator(kind: DocumentKind) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema_of(kind))


def check_structure(kind: DocumentKind, document: JSON) -> list[Problem]:
    """Problems of structure: missing, unknown or ill-typed keys; at most 50."""
    assert kind in get_args(DocumentKind)
    if _is_too_deep(document):
        return [
            Problem(code="too_deep", path="", message=f"Nested deeper than {MAX_DEPTH} levels. Flatten it.")
        ]
    problems = []
    for error in _validator(kind).iter_errors(document):
        problems.extend(_problems_of(error))
        if len(problems) >= MAX_PROBLEMS:
            break
    return problems[:MAX_PROBLEMS]


def require_structure(kind: DocumentKind, document: JSON) -> None:
    """Raises `ProblemsError` with what `check_structure` found."""
    if problems := check_structure(kind, document):
        raise ProblemsError(problems)


def _problems_of(error: jsonschema_rs.ValidationError) -> list[Problem]:
    """Of a union that failed, the problems of the branch that came closest."""
    path = pointer(*error.instance_path)
    branches = getattr(error.kind, "context", None)
    if not branches:
        return [Problem(code="structure", path=path, message=f"{_shortened(error.message)}.")]
    closest: list[jsonschema_rs.ValidationError] = min(branches, key=_distance)
    if unknown := _unknown_kind(branches):
        return [unknown]
    if not closest:
        return [Problem(code="structure", path=path, message=f"{_shortened(error.message)}.")]
    return [problem for inner in closest for problem in _problems_of(inner)]


def _distance(branch: list[jsonschema_rs.ValidationError]) -> tuple[bool, int]:
    """Smaller is closer: a branch whose discriminator does not fit comes last."""
    discriminators = {"kind", "type", "media", "format"}
    misses = any(error.instance_path and error.instance_path[-1] in discriminators for error in branch)
    return misses, len(branch)


def _unknown_kind(branches: list[list[jsonschema_rs.ValidationError]]) -> Problem | None:
    """Of a union whose branches each want another word in one place: that none of them is there."""
    wanted = [_wanted_word(branch) for branch in branches]
    if not all(wanted) or len({place for place, _, _ in filter(None, wanted)}) != 1:
        return None
    place, given, _ = wanted[0] or ("", "", "")
    known = ", ".join(dict.fromkeys(word for _, _, word in filter(None, wanted)))
    message = _shortened(f"{given!r} is not known here. Choose one of: {known}.")
    return Problem(code="structure", path=place, message=message)


def _wanted_word(branch: list[jsonschema_rs.ValidationError]) -> tuple[str, str, str] | None:
    for error in branch:
        if error.kind.name == "const" and isinstance(error.instance, str):
            return (
                pointer(*error.instance_path),
                error.instance,
                str(getattr(error.kind, "expected_value", "")),
            )
    return None


def _shortened(message: str) -> str:
    return message if len(message) <= 300 else f"{message[:150]} … {message[-120:]}"


def _is_too_deep(document: JSON) -> bool:
    level = [document]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a document: immutable; what equals its default is not written."""

    def __post_init__(self) -> None:
        # omit_defaults compares by identity, so an equal value must become the default itself.
        names = self.__struct_fields__[-len(self.__struct_defaults__) or len(self.__struct_fields__) :]
        for name, default in zip(names, self.__struct_defaults__, strict=True):
            value = getattr(self, name)
            if value is not default and type(value) is type(default) and value == default:
                force_setattr(self, name, default)


def plain(part: object) -> JSON:
    """The JSON document of a document type: objects, lists and scalars only."""
    return msgspec.json.decode(msgspec.json.encode(part))
